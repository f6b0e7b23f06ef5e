// A wave while its page is open: the number and the families as the server says them; what is opened or over is read again.
import { ask, read, swap } from "./fragments.js";

const QUIET = 4000;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let said = 0;
let waiting = null;

addEventListener("wave", ({ detail }) => {
  const wave = document.getElementById("ronde");
  const count = wave?.querySelector("[data-wave-count]");
  if (!wave || (!count && !detail.open)) return;
  if (!count || !detail.open) return void renew();
  if (count.textContent !== detail.told) {
    count.textContent = detail.told;
    if (!still.matches) bump(count);
  }
  const families = wave.querySelector("[data-wave-families]");
  families.textContent = detail.families;
  families.parentElement.hidden = !detail.families;
  soon(`${detail.told}. ${detail.families}`);
});

/** Say a number to screen readers, the latest of a few seconds only. */
function soon(sentence) {
  clearTimeout(waiting);
  const left = Math.max(0, said + QUIET - Date.now());
  waiting = setTimeout(() => {
    said = Date.now();
    const line = document.querySelector("[data-wave-told]");
    if (line) line.textContent = sentence;
  }, left);
}

function bump(count) {
  count.classList.remove("moved");
  void count.offsetWidth;
  count.classList.add("moved");
}

/** Read the wave again, unless somebody is writing in it. */
async function renew() {
  const field = document.querySelector("#ronde [name=word]");
  if (field && (field.value || field === document.activeElement)) return;
  const answer = await ask(location.pathname, "ronde").catch(() => null);
  if (answer?.ok) swap("ronde", await read(answer));
}
