/* The worker that keeps the stories read last, for when there is no line. Pages come from the
   network while there is one; what the site no longer has is dropped. Lists, search, comments,
   pictures and what is bound to a country are never kept. BASE, OFFLINE, KEEP and PRE stand above. */
const HOME = BASE + "/", PAGES = "pages " + HOME, FILES = "files " + HOME;
const STORY = /^\/\d{4}\/\d\d\/\d\d\/[^/]*[0-9a-z]{12}$/, LEFT = [404, 410, 451];
const DAYS = 30, SWEEP_MS = 60e3, LOOK_MS = 30 * 60e3;
const below = url => url.pathname.slice(BASE.length);
const isStory = url => !url.search && STORY.test(below(url));
const isFile = url => below(url).startsWith("/assets/");

self.addEventListener("install", e => {
  self.skipWaiting();
  e.waitUntil(caches.open(FILES).then(c => c.addAll(PRE.map(p => new Request(p, { cache: "reload" })))));
});

async function tidy() {
  const files = await caches.open(FILES), now = new Set(PRE);
  for (const k of await files.keys()) if (!now.has(new URL(k.url).pathname)) await files.delete(k);
  await self.clients.claim();
}

self.addEventListener("activate", e => e.waitUntil(tidy().then(() => sweep(true))));
self.addEventListener("message", e => ["sweep", "online"].includes(e.data) && e.waitUntil(sweep(e.data === "online")));

/* ---- what is kept ---- */
async function trim(c) {
  const all = await c.keys();
  for (const k of all.slice(0, Math.max(0, all.length - KEEP))) await c.delete(k);
}

async function keep(key, r) {
  const c = await caches.open(PAGES), bound = /private|no-store/.test(r.headers.get("Cache-Control") || "");
  if (LEFT.includes(r.status) || r.redirected || r.type === "opaqueredirect" || bound) return c.delete(key);
  if (!r.ok || !/^text\/html/.test(r.headers.get("Content-Type") || "")) return;
  await c.delete(key); /* the order is that of reading */
  await c.put(key, r);
  await trim(c);
}

/* ---- what has left ---- */
const stamp = name => HOME + "?" + name;
async function due(name, ms) {
  const at = await (await caches.open(FILES)).match(stamp(name));
  return !at || Date.now() - await at.text() >= ms;
}
const done = async name => (await caches.open(FILES)).put(stamp(name), new Response(String(Date.now())));

async function forgetLeft(c) {
  const r = await fetch(BASE + "/left.json", { cache: "no-cache" });
  if (!r.ok) throw r.status;
  const gone = new Set((await r.json()).left);
  for (const k of await c.keys()) if (gone.has(k.url.slice(-12))) await c.delete(k);
}

/* What answers as if it had never been stands in no list: each copy is asked for, by its head. One
   that was corrected is fetched anew. */
async function look(c, k, kept) {
  if (!kept) return;
  const old = Date.parse(kept.headers.get("Date")) < Date.now() - DAYS * 864e5;
  if (old) return c.delete(k);
  const r = await fetch(k.url, { method: "HEAD", cache: "no-cache" });
  if (LEFT.includes(r.status) || r.redirected) return c.delete(k);
  if (!r.ok || r.headers.get("ETag") === kept.headers.get("ETag")) return;
  const fresh = await fetch(k.url, { cache: "no-cache" });
  if (fresh.ok && !fresh.redirected) await c.put(k, fresh);
  else if (LEFT.includes(fresh.status)) await c.delete(k);
}

async function sweepOnce(always) {
  const c = await caches.open(PAGES);
  if (always || await due("left", SWEEP_MS)) await forgetLeft(c), await done("left");
  if (!always && !await due("look", LOOK_MS)) return;
  for (const k of await c.keys()) await look(c, k, await c.match(k));
  await done("look");
}

/* A line that has just come back may fail once more. */
async function sweep(always) {
  for (let tries = 0; tries < (always ? 5 : 1); tries++) {
    try { return await sweepOnce(always); } catch (e) { await new Promise(r => setTimeout(r, 500 << tries)); }
  }
}

/* ---- answers ---- */
async function story(e, url) {
  const key = url.origin + url.pathname;
  try {
    const r = await fetch(e.request);
    e.waitUntil(keep(key, r.clone()));
    return r;
  } catch (why) {
    if (e.request.mode !== "navigate") throw why;
    return await (await caches.open(PAGES)).match(key, { ignoreVary: true }) || caches.match(OFFLINE, { ignoreVary: true });
  }
}

async function file(e, url) {
  const c = await caches.open(FILES), kept = await c.match(url.pathname, { ignoreVary: true });
  if (kept) return kept;
  return fetch(e.request);
}

self.addEventListener("fetch", e => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith(HOME)) return;
  if (isFile(url)) e.respondWith(file(e, url));
  else if (isStory(url)) e.respondWith(story(e, url));
  else if (e.request.mode === "navigate") e.respondWith(fetch(e.request).catch(() => caches.match(OFFLINE, { ignoreVary: true })));
});
