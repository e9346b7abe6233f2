/* The site keeps nothing in browsers any more: takes the place of the worker of before, and removes
   itself and what that one kept. */
const HOME = new URL(self.registration.scope).pathname;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", e => e.waitUntil((async () => {
  for (const name of ["pages " + HOME, "files " + HOME]) await caches.delete(name);
  await self.registration.unregister();
})()));
