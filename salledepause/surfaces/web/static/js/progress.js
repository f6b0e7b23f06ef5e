// Work that goes on elsewhere, marked `data-watch`: its part of the page is asked again every two seconds until it is done.
import { ask, read, swap } from "./fragments.js";

const PAUSE = 2000;

async function look() {
  const work = document.querySelector("[data-watch]");
  if (!work) return;
  try {
    const answer = await ask(work.dataset.watch, work.id);
    if (answer.ok) swap(work.id, await read(answer));
  } catch {
    // The network is away: the next look tells.
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
