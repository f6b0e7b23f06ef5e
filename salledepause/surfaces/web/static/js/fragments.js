// Parts of pages: asked of the server, put in the place of what they replace, told to who listens. Decision 0009.

/** Ask for a page or a part of it; `part` names what will be replaced. Rejects when the network is away. */
export async function ask(address, part, options = {}) {
  const headers = { accept: "text/html", "x-fragment": part };
  return fetch(address, { ...options, headers, credentials: "same-origin" });
}

/** Read an answer as a document whose scripts never run. */
export async function read(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Replace the element `id` by the one of `source`; the focus stays where it was. Tells whether both were there. */
export function swap(id, source) {
  const old = document.getElementById(id);
  const fresh = source.getElementById(id);
  if (!old || !fresh) return false;
  const focused = old.contains(document.activeElement) ? place(old, document.activeElement) : -1;
  const element = document.importNode(fresh, true);
  old.replaceWith(element);
  if (focused >= 0) {
    const all = stops(element);
    all[Math.min(focused, all.length - 1)]?.focus({ preventScroll: true });
  }
  element.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
  return true;
}

/** Tell what happened: what the answer says aloud, or its messages, with their button to undo. */
export function tell(source) {
  const said = source.querySelector("[data-told]");
  if (said) return announce(said.textContent);
  const messages = source.getElementById("messages");
  if (messages) document.getElementById("messages").replaceChildren(...document.importNode(messages, true).childNodes);
}

/** Have a sentence read by screen readers; `shown` also puts it before everybody's eyes, `wrong` as what did not work. */
export function announce(sentence, { shown = false, wrong = false } = {}) {
  const line = document.createElement("p");
  line.className = shown ? `message${wrong ? " unhappy" : ""}` : "quiet";
  line.textContent = sentence;
  document.getElementById("messages").replaceChildren(line);
}

function stops(element) {
  return [...element.querySelectorAll("a[href], button, input:not([type=hidden]), summary, textarea, select")];
}

function place(element, focused) {
  return stops(element).indexOf(focused);
}
