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
addEventListener("online", () => location.reload());
