// The composer: counts while one types, keeps a draft on the device, sends without ever losing or doubling a message.
import { announce } from "./fragments.js";
import { counted } from "./counting.js";
import { draft, dropDraft, dropWaiting, freshKey, keepDraft, keepWaiting } from "./drafts.js";
import { send, show } from "./sending.js";
import { attachments, restoreMedia } from "./attaching.js";

const NOT_KEPT = new Set(["csrf", "back", "files[]", "step", "was"]);
/** What was decided before a preview is decided again. */
const NOT_RESTORED = new Set([...NOT_KEPT, "shape", "looked"]);
const PAUSE = 250;

for (const form of document.querySelectorAll("form[data-composer]")) begin(form);
void import("./whom.js");

function begin(form) {
  const first = form.elements.text.defaultValue.trim();
  const early = form.elements.text.value.trim() !== first;
  form.classList.add("scripted");
  if ("fresh" in form.dataset && !unkept(form)) restore(form);
  count(form);
  attachments(form);
  let pause = 0;
  const keep = () => {
    clearTimeout(pause);
    pause = 0;
    save(form, first);
  };
  form.addEventListener("input", () => {
    count(form);
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE);
  });
  form.addEventListener("attached", keep);
  if (early || !("fresh" in form.dataset)) keep();
  form.addEventListener("keydown", stay);
  form.addEventListener("submit", (event) => {
    keep();
    if (event.submitter && event.submitter.value !== "publish") return;
    if (form.dataset.plainly !== undefined || unkept(form)) return;
    event.preventDefault();
    if (form.ariaBusy !== "true") void publish(form, event.submitter);
  });
  addEventListener("pagehide", () => pause && keep());
  form.querySelector("[data-forget]").addEventListener("click", () => blank(form));
  if (location.hash === "#repondre" && form.closest(location.hash)) write(form.elements.text);
}

/** Who came to answer writes at once, behind the names that are there already. */
function write(text) {
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

/** Enter in a line goes to no button: a message leaves only when one presses its button. */
function stay(event) {
  if (event.key === "Enter" && event.target.matches("input:not([type=radio], [type=checkbox], [type=file])")) event.preventDefault();
}

function count(form) {
  const { shown, most, link } = form.dataset;
  const text = form.elements.text.value;
  const fun = form.elements.humour?.checked && !/#humour(?![\p{L}\p{M}\p{N}_])/iu.test(text);
  const number = counted(fun ? `${text.trimEnd()}\n\n#humour` : text, Number(link));
  const said = form.querySelector(".counter");
  const state = number > most ? "beyond" : number > shown ? "over" : "";
  const left = { beyond: number - most, over: number - shown }[state] ?? shown - number;
  const sentence = { beyond: form.dataset.beyond, over: form.dataset.over }[state] ?? form.dataset.left;
  said.textContent = sentence.replace("{n}", left).replace("{shown}", shown);
  said.hidden = false;
  if (state !== (said.dataset.state ?? "")) {
    said.dataset.state = state;
    if (state) announce(said.textContent);
  }
}

function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => !NOT_KEPT.has(name) && typeof value === "string");
}

/** Whether what is written here is to leave nothing on the device: it is said for some hours only. */
function unkept(form) {
  return "unkept" in form.dataset;
}

function save(form, first) {
  if (unkept(form)) return;
  const fields = fieldsOf(form);
  const said = form.elements.text.value.trim();
  const more = fields.some(([name, value]) => name.startsWith("media[") || (name.startsWith("options[") && value.trim()));
  if ((said && said !== first) || more) keepDraft({ place: form.dataset.composer, key: form.elements.key.value, at: Date.now(), fields });
  else dropDraft(form.dataset.composer);
}

/** Give a draft back, before what was written here while this script was on its way. */
function restore(form) {
  const kept = draft(form.dataset.composer);
  if (!kept) return;
  const { text } = form.elements;
  const early = text.value === text.defaultValue ? "" : text.value;
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const [name, value] of kept.fields) if (!NOT_RESTORED.has(name)) fill(form, name, value);
  if (!text.value.includes(early)) text.value = early.startsWith(text.value) ? early : `${text.value.trimEnd()}\n\n${early}`;
  void restoreMedia(form, kept.fields.filter(([name]) => name.startsWith("media[")));
  const line = form.querySelector("[data-draft]");
  line.hidden = false;
  line.firstElementChild.textContent = form.dataset.restored;
}

function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList) field.value = value;
  else if (field?.type === "checkbox") field.checked = true;
  else if (field) field.value = value;
  else if (!name.startsWith("media[") || !form.querySelector(".files")) hide(form, name, value);
}

/** Carry along what a short form has no place for. */
function hide(form, name, value) {
  const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  input.dataset.carried = "";
  form.append(input);
}

function blank(form) {
  dropDraft(form.dataset.composer);
  form.querySelectorAll("[data-carried], .medium, .preview, .chosen").forEach((one) => one.remove());
  form.reset();
  form.elements.key.value = freshKey();
  form.querySelector("[data-draft]").hidden = true;
  count(form);
  form.elements.text.focus();
}

async function publish(form, button) {
  const place = form.dataset.composer;
  const fields = [...fieldsOf(form), ["back", form.elements.back.value], ["step", "publish"]];
  const one = { place, key: form.elements.key.value, at: Date.now(), fields };
  form.ariaBusy = "true";
  announce(form.dataset.sending);
  keepWaiting(one);
  dropDraft(place);
  const { at, refused } = await send(one);
  form.ariaBusy = null;
  if (at) return arrive(at);
  if (refused) {
    dropWaiting(one.key);
    keepDraft(one);
    return plainly(form, button);
  }
  blank(form);
  show();
  announce(form.dataset.waiting);
  document.querySelector(".unsent")?.scrollIntoView({ block: "nearest" });
}

/** Let the server's own page say what is missing, as if there were no script. */
function plainly(form, button) {
  form.dataset.plainly = "";
  form.requestSubmit(button);
}

function arrive(at) {
  const there = new URL(at, location.origin);
  if (there.pathname + there.search !== location.pathname + location.search) return location.assign(there);
  history.replaceState(null, "", there);
  location.reload();
}
