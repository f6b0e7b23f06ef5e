// A conversation, or diaries, read with the keyboard: j and k, while the focus is in the text; and the button that prints.
const text = document.querySelector(".unrolled, .diary-axis");
const print = document.querySelector("[data-print]");

for (const one of document.querySelectorAll("[data-print], [data-keys]")) one.hidden = false;
print?.addEventListener("click", () => window.print());

text?.addEventListener("keydown", (event) => {
  const step = { j: 1, k: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...text.querySelectorAll("article")];
  const here = all.indexOf(event.target.closest("article"));
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "start" });
});
