// What one looks for shows as one types, and stands in the address of the page. Without this, the button of the form leads there.
import { ask, read, swap } from "./fragments.js";

const FOUND = "trouves";
const PAUSE = 250;
let pause = 0;
let latest = 0;

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-seek]");
  if (!form) return;
  clearTimeout(pause);
  pause = setTimeout(() => void look(form), PAUSE);
});

async function look(form) {
  const turn = ++latest;
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await ask(address, FOUND);
    if (answer.ok && turn === latest && swap(FOUND, await read(answer))) history.replaceState(history.state, "", address);
  } catch {
    // Without the network what was found stays; the button says what is wrong.
  }
}
