// What is being written, and what waits for the network, kept on this device only: per account, gone when one signs out.
const DRAFT = "brouillon";
const WAITING = "envoi";
const WHO = "compte";

/** The account whose page this is; empty for a visitor. */
export const account = document.querySelector("meta[name=account]")?.content ?? "";
if (account) write(WHO, account);

/** The account that this device last showed pages of: all that a page without the network can know. */
export function lastAccount() {
  return read(WHO) ?? "";
}

/** A draft: { place, key, at, fields: [[name, value], …] }, one for each place one writes at. */
export const draft = (place) => read(`${DRAFT}:${account}:${place}`);
export const keepDraft = (one) => write(`${DRAFT}:${account}:${one.place}`, one);
export const dropDraft = (place) => drop(`${DRAFT}:${account}:${place}`);

/** A message on its way: a draft that was sent, until the server says that it has it. */
export const keepWaiting = (one) => write(`${WAITING}:${account}:${one.key}`, one);
export const dropWaiting = (key) => drop(`${WAITING}:${account}:${key}`);
export const isWaiting = (key) => read(`${WAITING}:${account}:${key}`) !== null;
export const waiting = (whose = account) => all(`${WAITING}:${whose}:`);
export const drafts = (whose = account) => all(`${DRAFT}:${whose}:`);

/** What a draft says. */
export function textOf(one) {
  return one.fields.find(([name]) => name === "text")?.[1] ?? "";
}

/** A name for one sending, which no other has. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Leave nothing of anybody on this device. */
export function forgetAll() {
  for (const key of keys()) if (key === WHO || key.startsWith(`${DRAFT}:`) || key.startsWith(`${WAITING}:`)) drop(key);
}

function all(prefix) {
  return keys().filter((key) => key.startsWith(prefix)).map(read).filter(Boolean).sort((one, other) => one.at - other.at);
}

// A browser may refuse to keep anything (private windows, full disks): then nothing is kept, and all else works.
function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
