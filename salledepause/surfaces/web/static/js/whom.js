// To whom a message goes: proposals come as one types, the chosen ones stay on the page. Without this, the same buttons lead to a page.
import { ask, read, swap } from "./fragments.js";

const ADDRESS = "/ecrire/destinataires";
const PAUSE = 250;
const SHORTEST = 2;
let pause = 0;
let latest = 0;

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-whom]")) return;
  clearTimeout(pause);
  const field = event.target;
  pause = setTimeout(() => void look(field), PAUSE);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".whom button");
  if (!button) return;
  event.preventDefault();
  void choose(button);
});

function filled(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (name === "csrf" || name === "whom" || name.startsWith("thanks[")) body.append(name, value);
  return body;
}

async function look(field) {
  const turn = ++latest;
  const found = document.getElementById("proposes");
  if (field.value.trim().length < SHORTEST) return found.replaceChildren();
  try {
    const answer = await ask(ADDRESS, "proposes", { method: "POST", body: filled(field.form) });
    if (answer.ok && turn === latest) swap("proposes", await read(answer));
  } catch {
    // Without the network nothing is proposed; what is typed leaves with the message all the same.
  }
}

async function choose(button) {
  const form = button.form;
  const body = filled(form);
  if (button.name) body.set(button.name, button.value);
  clearTimeout(pause);
  latest += 1;
  try {
    const answer = await ask(ADDRESS, "destinataires", { method: "POST", body });
    if (!answer.ok || !swap("destinataires", await read(answer))) return form.requestSubmit(button);
  } catch {
    return form.requestSubmit(button);
  }
  form.querySelectorAll("[data-carried][name^='thanks[']").forEach((one) => one.remove());
  if (button.name) form.querySelector("[data-whom]").focus();
  form.dispatchEvent(new Event("attached"));
}

/** What a draft brought back has its names shown again. */
for (const form of document.querySelectorAll("form[data-composer]")) {
  if (form.querySelector("[data-carried][name^='thanks[']")) void choose(form.querySelector(".whom button:not([name])"));
}
