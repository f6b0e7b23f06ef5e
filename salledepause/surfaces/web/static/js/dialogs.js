// Links marked `data-dialog`: their page opens over this one, and closes where one was.
import { ask, read } from "./fragments.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-dialog], a[data-close]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const open = link.closest("dialog");
  if ("close" in link.dataset) {
    if (!open) return;
    event.preventDefault();
    open.close();
  } else if (!open) {
    event.preventDefault();
    void show(link);
  }
});

async function show(link) {
  try {
    const answer = await ask(link.href, "dialog");
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const page = await read(answer);
    const dialog = document.createElement("dialog");
    dialog.className = "sheet";
    dialog.append(...document.importNode(page.body, true).childNodes);
    const heading = dialog.querySelector("h2");
    if (heading) dialog.setAttribute("aria-label", heading.textContent);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    location.assign(link.href);
  }
}
