// Without the network: what waits on this device, to read again, and a button to try once more.
import { drafts, lastAccount, textOf, waiting } from "./drafts.js";

const list = document.getElementById("sur-appareil");
const line = document.getElementById("un-brouillon");

for (const one of [...waiting(lastAccount()), ...drafts(lastAccount())]) {
  const item = line.content.firstElementChild.cloneNode(true);
  item.querySelector("blockquote").textContent = textOf(one);
  list.append(item);
}
document.getElementById("rien").hidden = list.childElementCount > 0;
document.getElementById("encore").addEventListener("click", () => location.reload());
addEventListener("online", () => void look());
setInterval(() => void look(), 5000);

/** A device says that it has a network before anything answers there, and says it once: look until something does. */
async function look() {
  if (!navigator.onLine) return;
  const answer = await fetch("/health", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}
