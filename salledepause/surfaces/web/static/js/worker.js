// Between the browser and the network: nothing but the page that shows without the network, and what it needs. No page of
// anybody is ever kept. `KEPT` and `NAME` come from the server (surfaces/web/installing.py), and change with what they name.
/* global KEPT, NAME */
const OFFLINE = "/hors-ligne";

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => kept(OFFLINE)));
  else if (event.request.method === "GET" && KEPT.includes(new URL(event.request.url).pathname)) event.respondWith(found(event.request));
});

/** Fetch what is kept as a visitor would see it. */
async function keep() {
  const cache = await caches.open(NAME);
  await cache.addAll(KEPT.map((path) => new Request(path, { credentials: "omit", cache: "reload" })));
}

async function forgetOthers() {
  for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
}

async function kept(path) {
  return (await caches.match(path, { ignoreVary: true })) ?? Response.error();
}

async function found(request) {
  return (await caches.match(new URL(request.url).pathname, { ignoreVary: true })) ?? fetch(request);
}
