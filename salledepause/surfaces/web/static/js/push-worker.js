// What a sleeping browser does when it is woken: it shows what it was told, and opens the notifications when asked to.
// The second part of the worker (surfaces/web/installing.py).
self.addEventListener("push", (event) => {
  const told = event.data?.json();
  if (!told) return;
  const shown = {
    body: told.body,
    icon: told.icon,
    lang: told.preferred_locale,
    silent: told.silent === true,
    tag: told.silent ? "matin" : String(told.notification_id),
  };
  event.waitUntil(self.registration.showNotification(told.title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(reach("/notifications"));
});

async function reach(path) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = windows.find((one) => new URL(one.url).pathname === path);
  return here ? here.focus() : self.clients.openWindow(path);
}
