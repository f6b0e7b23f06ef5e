// How far one has read one's home: what stood before the eyes for a second is told when one looks away, never backwards.
const form = document.querySelector("form[data-position]");
const seen = new Map();
let read = BigInt(form?.dataset.position ?? 0);
let farthest = read;

function pass(entries) {
  for (const { target, isIntersecting } of entries) {
    clearTimeout(seen.get(target));
    if (isIntersecting) seen.set(target, setTimeout(() => note(BigInt(target.id.slice(1))), 1000));
  }
}

function note(id) {
  if (id > farthest) farthest = id;
}

function tell() {
  if (document.visibilityState !== "hidden" || farthest === read) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("last_read", farthest);
  read = farthest;
  fetch(form.action, { method: "POST", body, keepalive: true, headers: { "x-fragment": "position" }, credentials: "same-origin" }).catch(() => {});
}

if (form) {
  const watch = new IntersectionObserver(pass, { threshold: 0.5 });
  document.querySelectorAll(".posts > .post").forEach((post) => watch.observe(post));
  document.addEventListener("visibilitychange", tell);
}
