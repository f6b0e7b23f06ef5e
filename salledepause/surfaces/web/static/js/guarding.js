// While one writes: once one pauses, the server looks at what could let somebody be recognised, forgets it, and shows it. One request at a time.
import { announce, ask, read, swap } from "./fragments.js";

const PAUSE = 900;
let timer = 0;
let last = "";
let busy = false;

document.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLTextAreaElement && target.name === "text") later(target.form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#garde button[name=reword]");
  if (!button?.form || busy) return;
  event.preventDefault();
  void look(button.form, button);
});

function later(form) {
  clearTimeout(timer);
  timer = setTimeout(() => look(form), PAUSE);
}

/** Ask for the panel of a text, or for the text said otherwise when a button is pressed. */
async function look(form, button) {
  const text = form.elements.text.value;
  if (!button && (text === last || busy)) return busy && later(form);
  last = text;
  busy = true;
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, text });
  for (const name of ["was", "editing", "audience", "room"]) body.set(name, form.elements[name]?.value ?? "");
  if (button) body.set("reword", button.value);
  try {
    const answer = await ask("/ecrire/relire", "garde", { method: "POST", body });
    if (!answer.ok) return button && form.requestSubmit(button);
    const page = await read(answer);
    if (form.elements.text.value !== text) return later(form);
    const said = page.getElementById("garde").dataset.text;
    swap("garde", page);
    if (said !== undefined) put(form, said);
  } catch {
    if (button) announce(document.getElementById("messages").dataset.offline, { shown: true, wrong: true });
  } finally {
    busy = false;
  }
}

function put(form, said) {
  last = said;
  form.elements.text.value = said;
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
}
