// Forms marked `data-enhance="id"`: sent without leaving the page; the answer replaces the element `id`, which may be the page's.
import { announce, ask, read, swap, tell } from "./fragments.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.enhance) return;
  event.preventDefault();
  if (form.ariaBusy !== "true") void send(form, event.submitter);
});

async function send(form, button) {
  const part = form.dataset.enhance;
  form.ariaBusy = "true";
  press(button);
  try {
    const filled = new FormData(form, button);
    const body = form.enctype === "multipart/form-data" ? filled : new URLSearchParams(filled);
    const answer = await ask(form.action, part, { method: "POST", body });
    if (!answer.ok) return plainly(form, button);
    const page = await read(answer);
    if (swap(part, page)) tell(page);
    else location.assign(answer.url);
  } catch {
    press(button);
    announce(document.getElementById("messages").dataset.offline, { shown: true, wrong: true });
  } finally {
    form.ariaBusy = null;
  }
}

/** Show at once what a button will become. */
function press(button) {
  if (button?.ariaPressed) button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
}

/** Send as if there were no script: the server's own page says what is wrong. */
function plainly(form, button) {
  delete form.dataset.enhance;
  form.requestSubmit(button);
}
