// Files of a message: sent as soon as they are chosen, with their progress; described, ordered, taken off without leaving the page.
import { announce } from "./fragments.js";

const ADDRESS = "/ecrire/medias";

/** Have the files of a form go by themselves: those that were chosen before this came, too. */
export function attachments(form) {
  const files = form.querySelector("input[type=file]");
  if (!files) return;
  files.addEventListener("change", () => void upload(form, files));
  form.querySelector("[data-again] button").addEventListener("click", () => void upload(form, files));
  form.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[name=remove], button[name=forward]");
    if (!button) return;
    event.preventDefault();
    change(form, button);
  });
  void upload(form, files);
}

/** Show again the media of a draft; those that are gone are left out. */
export async function restoreMedia(form, fields) {
  if (!fields.length || !form.querySelector(".files")) return;
  const body = new FormData();
  body.set("csrf", form.elements.csrf.value);
  for (const [name, value] of fields) body.append(name, value);
  try {
    add(form, await ask(body));
  } catch {
    // Without the network they cannot be shown, but they leave with the message.
    for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

async function upload(form, files) {
  if (!files.files.length) return;
  const [bar, again] = [form.querySelector("[data-progress]"), form.querySelector("[data-again]")];
  again.hidden = true;
  bar.hidden = false;
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (name === "csrf" || name.startsWith("media[")) body.append(name, value);
  for (const file of files.files) body.append("files[]", file);
  form.querySelectorAll("[type=submit], .send button").forEach((one) => (one.disabled = true));
  try {
    const first = add(form, await ask(body, (share) => (bar.firstElementChild.value = share)));
    files.value = "";
    if ([document.body, files].includes(document.activeElement)) first?.querySelector("textarea").focus();
  } catch {
    again.hidden = false;
  } finally {
    bar.hidden = true;
    form.querySelectorAll("[type=submit], .send button").forEach((one) => (one.disabled = false));
  }
}

/** Put the media of an answer that are not there yet after those that are, and return the first: what is being typed stays. */
function add(form, page) {
  const list = form.querySelector("#jointes");
  let first = null;
  for (const one of page.querySelectorAll("[data-medium]")) {
    if (list.querySelector(`[data-medium="${one.dataset.medium}"]`)) continue;
    const fresh = document.importNode(one, true);
    list.append(fresh);
    first ??= fresh;
  }
  const told = page.querySelector("[data-told]");
  if (told) announce(told.textContent, { shown: true, wrong: true });
  form.dispatchEvent(new Event("attached"));
  return first;
}

function change(form, button) {
  const medium = button.closest("[data-medium]");
  const before = medium.previousElementSibling;
  if (button.name === "forward") {
    before?.before(medium);
    button.focus();
  } else {
    const body = new FormData();
    body.set("csrf", form.elements.csrf.value);
    body.set("remove", button.value);
    void ask(body).catch(() => {});
    medium.remove();
    form.querySelector("input[type=file]").focus();
  }
  form.dispatchEvent(new Event("attached"));
}

/** Send to the server, by the one way that tells how far it is; resolves to the page that it answers. */
function ask(body, progressed = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ADDRESS);
    request.setRequestHeader("x-fragment", "jointes");
    request.setRequestHeader("accept", "text/html");
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progressed(event.loaded / event.total));
    request.addEventListener("load", () => (request.status === 200 && request.response ? resolve(request.response) : reject(new Error(request.statusText))));
    request.addEventListener("error", () => reject(new Error("network")));
    request.send(body);
  });
}
