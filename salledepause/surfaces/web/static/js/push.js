// Waking this browser: what it is reached by is asked of the browser, put into the form, and sent as any form.
import { announce } from "./fragments.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.push || form.elements.endpoint.value) return;
  event.preventDefault();
  subscribe(form).then(
    () => form.requestSubmit(),
    () => announce(form.dataset.unable, { shown: true, wrong: true }),
  );
});

async function subscribe(form) {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
  const worker = await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  await active(worker);
  const asked = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) };
  const made = (await worker.pushManager.subscribe(asked)).toJSON();
  form.elements.p256dh.value = made.keys.p256dh;
  form.elements.auth.value = made.keys.auth;
  form.elements.endpoint.value = made.endpoint;
}

/** Wait until a worker that was just registered may be asked. */
function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((done) => worker.addEventListener("statechange", () => worker.state === "activated" && done()));
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
