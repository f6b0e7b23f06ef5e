// Messages that wait for the network: sent when it is back, each once (its key says so to the server), told in between.
import { announce } from "./fragments.js";
import { account, drafts, dropDraft, dropWaiting, isWaiting, keepDraft, freshKey, keepWaiting, textOf, waiting } from "./drafts.js";

const PATIENCE = 30_000;
const AGAIN = 20_000;
/** How long the server remembers keys, less an hour: what is older is looked at again before it is sent. */
const REMEMBERED = 23 * 3_600_000;
const busy = new Set();
const words = document.getElementById("en-attente");

/**
 * Send what waits; return where it now stands, `{ at }`, or `{ away: true }` when the network or the server is missing, or
 * `{ refused: true }` when the server has something to say about it.
 */
export async function send(one) {
  const body = new URLSearchParams([...one.fields, ["csrf", document.querySelector("[name=csrf]")?.value ?? ""]]);
  try {
    const headers = { accept: "text/html", "x-fragment": "envoi" };
    const answer = await fetch("/ecrire", { method: "POST", body, headers, credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status >= 500 || answer.status === 429) return { away: true };
    if (answer.status !== 201) return { refused: true };
    dropWaiting(one.key);
    return { at: answer.headers.get("location") };
  } catch {
    return { away: true };
  }
}

/** Show what waits, on whatever page. */
export function show() {
  const held = document.querySelector(".unsent:focus-within");
  document.querySelectorAll(".unsent").forEach((old) => old.remove());
  if (!account || !words) return;
  for (const one of waiting()) {
    const panel = words.content.firstElementChild.cloneNode(true);
    panel.querySelector("blockquote").textContent = textOf(one);
    const [again, change, forget] = panel.querySelectorAll("button");
    if (old(one)) again.remove();
    again.addEventListener("click", () => void retry(one, panel));
    change.addEventListener("click", () => reopen(one));
    forget.addEventListener("click", () => {
      dropWaiting(one.key);
      show();
    });
    document.getElementById("messages").after(panel);
  }
  if (held) (document.querySelector(".unsent button") ?? document.getElementById("contenu")).focus();
}

/** Open the form of a message again, filled; one that may have left already gets another name only by its writer's will. */
function reopen(one) {
  const key = old(one) ? freshKey() : one.key;
  keepDraft({ ...one, key, fields: one.fields.map(([name, value]) => [name, name === "key" ? key : value]) });
  dropWaiting(one.key);
  const value = (wanted) => one.fields.find(([name]) => name === wanted)?.[1];
  const at = value("answering") ? value("back") : value("quoting") ? `/ecrire?cite=${value("quoting")}` : "/ecrire";
  location.assign(new URL(at, location.origin).origin === location.origin ? at : "/ecrire");
}

async function retry(one, panel) {
  if (busy.has(one.key) || !isWaiting(one.key)) return;
  busy.add(one.key);
  const state = panel?.querySelector("[data-state]");
  if (state) state.textContent = words.dataset.sending;
  const { at, refused } = await send(one);
  busy.delete(one.key);
  if (at) announce(words.dataset.gone, { shown: true });
  if (refused) keepWaiting({ ...one, refused: true });
  show();
  if (!at && panel) announce(refused ? words.dataset.refused : words.dataset.away, { shown: refused, wrong: refused });
}

function old(one) {
  return Date.now() - one.at > REMEMBERED;
}

function retryAll() {
  if (!navigator.onLine) return;
  for (const one of waiting()) if (!old(one) && !one.refused) void retry(one, null);
}

/** What left by the form itself, before its script came or after a refusal, is no draft any more. */
function settle() {
  const key = document.querySelector("[data-sent]")?.dataset.sent;
  for (const one of drafts()) if (one.key === key) dropDraft(one.place);
}

if (account) {
  settle();
  show();
  retryAll();
  addEventListener("online", retryAll);
  addEventListener("storage", show);
  setInterval(() => document.visibilityState === "visible" && retryAll(), AGAIN);
}
