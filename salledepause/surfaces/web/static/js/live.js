// What comes while a page is open: told by the server in words, shown beside the list, never put under the finger.
const region = document.getElementById("direct");
let source = null;

function open() {
  if (!region || source || document.visibilityState === "hidden") return;
  source = new EventSource(region.dataset.source);
  source.addEventListener("news", (event) => news(JSON.parse(event.data)));
  source.addEventListener("wave", (event) => dispatchEvent(new CustomEvent("wave", { detail: JSON.parse(event.data) })));
  source.addEventListener("badges", (event) => Object.entries(JSON.parse(event.data)).forEach(badge));
}

function close() {
  source?.close();
  source = null;
}

function news(told) {
  const link = region.querySelector("a");
  link.textContent = told;
  link.hidden = !told;
}

function badge([path, [shown, told]]) {
  for (const link of document.querySelectorAll(`.places a[href="${CSS.escape(path)}"], .directory a[href="${CSS.escape(path)}"]`)) {
    link.querySelector(".badge")?.remove();
    if (!told) continue;
    const fresh = document.importNode(region.querySelector("template").content, true).firstElementChild;
    fresh.classList.toggle("dot", !shown);
    fresh.firstElementChild.textContent = shown;
    fresh.lastElementChild.textContent = told;
    link.append(fresh);
  }
}

document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();
