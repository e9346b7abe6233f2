// live: running stories and reading without a line, while stories are published, corrected and killed.
import { readFileSync, writeFileSync, renameSync, copyFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1440, height: 900 }, PHONE = { width: 390, height: 844 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TEXTS = {
  en: ["Dam at Velmara is watched", "The dam at Velmara is watched by engineers since dawn.", "Two of its gates are open.", "The road below is shut.", "A third gate opens."],
  hi: ["वेलमारा बाँध पर नज़र", "इंजीनियर सुबह से बाँध पर नज़र रखे हुए हैं।", "दो फाटक खुले हैं।", "नीचे की सड़क बंद है।", "तीसरा फाटक खुला।"],
  ar: ["سد فيلمارا تحت المراقبة", "يراقب المهندسون السد منذ الفجر.", "فُتحت بوابتان.", "أُغلق الطريق أسفل السد.", "فُتحت بوابة ثالثة."],
};

function check(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
  return ok;
}

async function until(fn, ms = 20000) {
  for (const end = Date.now() + ms; ;) {
    const got = await fn();
    if (got || Date.now() > end) return got;
    await new Promise(r => setTimeout(r, 25));
  }
}

// ---- the wire ----
const stamp = n => new Date(Date.now() - 3600e3 + n * 1000).toISOString().replace(/\.\d+/, "");
function drop(site, guid, version, headline, paragraphs, status = "usable") {
  const item = { uri: "tag:example.org,2026:" + guid, standard: { name: "ninjs", version: "3.0" }, type: "text", version: String(version), pubStatus: status, versionCreated: stamp(version), language: site.language,
    headlines: [{ role: "main", value: headline }], bodies: [{ role: "main", contentType: "text/html", value: paragraphs.map(p => `<p>${p}</p>`).join("") }] };
  writeFileSync(`${site.wire}/.${guid}`, JSON.stringify(item));
  renameSync(`${site.wire}/.${guid}`, `${site.wire}/${guid}-${version}.json`);
}
const get = (site, path) => fetch(site.address + path).then(async r => ({ status: r.status, text: await r.text() }));
const shows = (site, path, words) => until(async () => (await get(site, path)).text.includes(words));
async function path(site, headline) {
  const item = await until(async () => JSON.parse((await get(site, "/api/v1/stories")).text).items.find(i => i.headline === headline));
  return new URL(item.url).pathname.replace(/^\/wire/, "");
}
const listeners = async site => +/live_listeners (\d+)/.exec(await fetch(site.metrics).then(r => r.text()))[1];

async function tell(site, guid) {
  const [headline, ...p] = TEXTS[site.language];
  drop(site, guid, 1, headline, p.slice(0, 1));
  const at = await path(site, headline);
  for (let n = 2; n <= 3; n++) {
    drop(site, guid, n, headline, p.slice(0, n));
    await shows(site, at, p[n - 1]);
  }
  return at;
}

async function isClean(page, name) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async rules => (await window.axe.run(document, { runOnly: { type: "tag", values: rules } })).violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target + " " + n.failureSummary).join("; ")), RULES);
  check(!found.length, `${name}: axe finds nothing`, found);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(over <= 0, `${name}: nothing sticks out`, over);
}

async function withoutScript(browser, site, at) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE, locale: site.language }), page = await context.newPage();
  await page.goto(site.address + at);
  const items = page.locator(".updates li");
  check(await items.count() === 3 && await items.first().isVisible(), `${site.language} without script: the timeline is read`, await items.count());
  await page.locator("#live a").click();
  check(page.url().endsWith("#updates"), `${site.language} without script: the line above leads to it`);
  check(!await page.locator(".live-bar").count(), `${site.language} without script: nothing pretends to be live`);
  await context.close();
}

async function looks(browser, site, at) {
  for (const [device, viewport] of [["phone", PHONE], ["desktop", DESKTOP]])
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport, colorScheme, locale: site.language, reducedMotion: "reduce" }), page = await context.newPage();
      await page.goto(site.address + at);
      await isClean(page, `${site.language} running story, ${device}, ${colorScheme}`);
      await page.screenshot({ path: `${plan.shots}/${site.language}-running-${device}-${colorScheme}.png`, fullPage: true });
      await context.close();
    }
}

async function live(browser, site, guid, at, viewport, device) {
  const name = `${site.language} ${device}`, [headline, ...p] = TEXTS[site.language], more = n => site.words.live_more.replace("{n}", n);
  const context = await browser.newContext({ viewport, locale: site.language, reducedMotion: "reduce" }), page = await context.newPage(), errors = [];
  page.on("pageerror", e => errors.push(e.message));
  await page.addInitScript(() => {
    window.__shift = 0;
    new PerformanceObserver(l => l.getEntries().forEach(e => { window.__shift += e.value; })).observe({ type: "layout-shift", buffered: true });
  });
  const before = await listeners(site);
  await page.goto(site.address + at);
  check(await until(async () => await listeners(site) === before + 1), `${name}: the open page listens`);
  check(!await page.locator(".is-new").count(), `${name}: at the first look nothing is marked as new`);
  const text = await page.locator(".text").boundingBox();
  drop(site, guid, 4, headline, p);
  await page.waitForSelector(".live-bar:not(.hidden)");
  const bar = page.locator(".live-bar");
  check((await bar.locator("[role=status]").innerText()) === more(1), `${name}: a line says how many are new`, await bar.innerText());
  check(JSON.stringify(text) === JSON.stringify(await page.locator(".text").boundingBox()) && await page.evaluate(() => window.__shift) === 0, `${name}: nothing moves under the reader`, await page.evaluate(() => window.__shift));
  check(!await page.getByText(p[3]).count(), `${name}: and nothing is shown that was not asked for`);
  await isClean(page, `${name}, with news`);
  await page.screenshot({ path: `${plan.shots}/${site.language}-news-${device}.png` });
  await bar.getByRole("button").click();
  await page.waitForSelector(".updates .is-new");
  check((await page.locator(".text").innerText()).includes(p[3]) && (await page.locator(".updates .is-new").innerText()).includes(site.words.live_new) && await page.locator(".is-new").count() === 1, `${name}: shown, and marked`);
  check(!await page.locator(".live-bar:not(.hidden)").count() && await page.evaluate(() => document.activeElement.matches(".updates .is-new")), `${name}: the line goes, the reader stands at the first new entry`);
  check(await until(async () => await listeners(site) === before + 1), `${name}: it goes on listening`);
  await page.evaluate(() => { Object.defineProperty(document, "hidden", { value: true, configurable: true }); document.dispatchEvent(new Event("visibilitychange")); });
  check(await until(async () => await listeners(site) === before), `${name}: a hidden page does not`);
  drop(site, guid, 5, headline, [...p, "5."]);
  await shows(site, at, "<p>5.</p>");
  await page.evaluate(() => { Object.defineProperty(document, "hidden", { value: false, configurable: true }); document.dispatchEvent(new Event("visibilitychange")); });
  await page.waitForSelector(".live-bar:not(.hidden)");
  check(true, `${name}: seen again it hears what it missed`);
  await page.goto(site.address + "/");
  await page.goto(site.address + at);
  check(await page.locator(".is-new").count() === 1, `${name}: opened again, what came since the last look is marked`, await page.locator(".is-new").count());
  await page.reload();
  check(!await page.locator(".is-new").count(), `${name}: once`);
  check(!errors.length, `${name}: no script fails`, errors);
  await context.close();
}

// No line that stays open: by asking, with the clock driven.
async function asking(browser, site, guid, at) {
  const context = await browser.newContext({ viewport: PHONE, locale: site.language }), page = await context.newPage();
  const [headline, ...p] = TEXTS[site.language];
  let asked = 0;
  await page.clock.install();
  await page.route(/\/live\/[0-9a-z]+$/, r => r.fulfill({ status: 503, headers: { "Retry-After": "60" }, body: "" }));
  page.on("request", r => { asked += r.url().endsWith(".json"); });
  await page.goto(site.address + at);
  await until(async () => false, 300);
  check(asked === 0, "refused: it does not ask at once", asked);
  drop(site, guid, 6, headline, [...p, "6."]);
  await shows(site, at, "<p>6.</p>");
  await page.clock.fastForward(61000);
  check(await until(() => page.locator(".live-bar:not(.hidden)").count()), "refused: within a minute it asks, and hears");
  check(asked === 1, "once", asked);
  await context.close();
}

async function front(browser, site) {
  const context = await browser.newContext({ viewport: PHONE, locale: site.language }), page = await context.newPage();
  await page.clock.install();
  await page.goto(site.address + "/");
  await page.waitForResponse(r => r.url().endsWith("/live/front.json")).catch(() => 0);
  drop(site, "fresh", 1, "Fresh bread at dawn", ["Bread."]);
  await path(site, "Fresh bread at dawn");
  await page.clock.fastForward(61000);
  check(await until(() => page.locator(".live-bar:not(.hidden)").count()) && (await page.locator(".live-bar").innerText()).includes(site.words.live_front.replace("{n}", "1")), "the front says that there is a new story");
  await page.locator(".live-bar button").click();
  await page.waitForLoadState();
  check(await until(() => page.getByText("Fresh bread at dawn").count()), "and shows it when asked");
  await context.close();
}

async function killed(browser, site, guid, at) {
  const [headline, ...p] = TEXTS[site.language];
  const context = await browser.newContext({ viewport: PHONE, locale: site.language }), page = await context.newPage();
  await page.goto(site.address + at);
  const before = await until(() => listeners(site));
  drop(site, guid, 9, headline, ["x"], "canceled");
  check(before && await until(async () => !(await page.locator("body").innerText()).includes(p[0]) && !await page.locator(".text").count()), `${site.language}: K1: a kill takes the words from under the reader`);
  check(!(await page.title()).includes(headline) && !(await page.content()).includes(p[1]), `${site.language}: and from the title`, await page.title());
  check((await page.locator("main h1").innerText()).length > 0, `${site.language}: a notice stands there`);
  await page.screenshot({ path: `${plan.shots}/${site.language}-killed.png` });
  await context.close();
}

// ---- without a line ----
const kept = page => page.evaluate(async () => (await (await caches.open("pages /wire/")).keys()).map(k => new URL(k.url).pathname));
async function controlled(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
}

async function offline(browser, site) {
  const context = await browser.newContext({ viewport: PHONE, locale: site.language }), page = await context.newPage();
  const paths = [];
  for (const n of [1, 2, 3]) {
    drop(site, "keep" + n, 1, `Kept story number ${n}`, [`Words that are kept, ${n}.`]);
    paths.push(await path(site, `Kept story number ${n}`));
  }
  await page.goto(site.address + "/");
  await controlled(page);
  check(await page.evaluate(() => navigator.serviceWorker.getRegistration().then(r => new URL(r.scope).pathname)) === "/wire/", "the worker's scope is the site's base");
  for (const p of paths) await page.goto(site.address + p);
  await page.goto(site.address + "/search?q=kept");
  await page.goto(site.address + "/section/world");
  check(await until(async () => (await kept(page)).length === 3), "stories that were read are kept, and nothing else", await kept(page));
  await context.setOffline(true);
  await page.goto(site.address + paths[0]);
  check((await page.locator(".text").innerText()).includes("kept, 1."), "without a line a story is read");
  check(await page.evaluate(() => getComputedStyle(document.querySelector("h1")).fontWeight > 600 && document.styleSheets[0].cssRules.length > 10), "in its style");
  await page.goto(site.address + "/section/world");
  check(await page.locator("h1").innerText() === site.words.offline, "what is not kept: a page says so", await page.locator("body").innerText());
  check(await until(async () => await page.locator("#offline-list a").count() === 3) && !await page.locator("#offline-none").isVisible(), "and lists what is", await page.locator("#offline-list").innerText());
  await isClean(page, "the page without a line");
  await page.screenshot({ path: `${plan.shots}/offline.png` });
  await page.locator("#offline-list a").first().click();
  await page.waitForLoadState();
  check(await page.locator(".text").count() === 1, "from which it is read");
  // withdrawn meanwhile, each in its way
  drop(site, "keep1", 2, "Kept story number 1", ["x"], "canceled");
  drop(site, "keep2", 2, "Kept story number 2", ["Words put right, 2."]);
  await until(async () => (await get(site, paths[0])).status === 410 && (await get(site, paths[1])).text.includes("put right"));
  await context.setOffline(false);
  check(await until(async () => !(await kept(page)).includes("/wire" + paths[0])), "K11: as soon as there is a line, what was killed leaves the browser", await kept(page));
  check(await until(() => page.evaluate(async p => (await (await (await caches.open("pages /wire/")).match(location.origin + p)).text()).includes("put right"), "/wire" + paths[1])), "and what was corrected is fetched anew");
  await context.setOffline(true);
  await page.goto(site.address + paths[0]);
  check(await page.locator("h1").innerText() === site.words.offline && !(await page.content()).includes("kept, 1"), "without a line again there is nothing of it");
  await context.setOffline(false);
  drop(site, "keep3", 2, "Kept story number 3", ["x"], "canceled");
  await until(async () => (await get(site, paths[2])).status === 410);
  const gone = await page.goto(site.address + paths[2]);
  check(gone.status() === 410 && await until(async () => !(await kept(page)).includes("/wire" + paths[2])), "a kept page that answers 410 is dropped");
  // switched off
  copyFileSync(site.off, site.config);
  execFileSync(site.reload[0], site.reload.slice(1));
  await page.goto(site.address + "/");
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then(r => r && r.update()).catch(() => 0));
  check(await until(() => page.evaluate(async () => !await navigator.serviceWorker.getRegistration() && !(await caches.keys()).length)), "switched off the worker removes itself and what it kept", await page.evaluate(() => caches.keys()));
  await context.close();
}

const browser = await start(plan);
try {
  for (const site of plan.sites) {
    const at = await tell(site, "dam");
    await withoutScript(browser, site, at);
    await looks(browser, site, at);
    await live(browser, site, "dam", at, PHONE, "phone");
    if (site.language === "en") await asking(browser, site, "dam", at);
    if (site.language === "en") await front(browser, site);
    await killed(browser, site, "dam", at);
    if (site.language === "en") await offline(browser, site);
  }
} finally {
  await browser.close();
}
