// The page that shows without the network: kept ready for whoever has an account, gone with everything else when they leave.
import { account, forgetAll } from "./drafts.js";

if (account && "serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => {});

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/deconnexion") void leave();
});

async function leave() {
  forgetAll();
  if (!("serviceWorker" in navigator)) return;
  for (const one of await navigator.serviceWorker.getRegistrations()) void one.unregister();
  for (const name of await caches.keys()) void caches.delete(name);
}
