// While one writes: once one pauses, the server looks at the text, forgets it, and gives the card of help lines or nothing.
import { ask, read, swap } from "./fragments.js";

const PAUSE = 2500;
let timer = 0;
let last = "";

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || target.name !== "text" || !document.getElementById("fiche")) return;
  clearTimeout(timer);
  timer = setTimeout(() => look(target.form, target.value), PAUSE);
});

async function look(form, text) {
  if (text === last || text.length < 12) return;
  last = text;
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, text, language: form.elements.language?.value ?? "" });
  try {
    const answer = await ask("/aide/fiche", "fiche", { method: "POST", body });
    if (answer.ok) swap("fiche", await read(answer));
  } catch {
    // without network nothing is shown: the page of help is linked from every page
  }
}
