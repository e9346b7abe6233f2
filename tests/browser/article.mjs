// article: what a story's page says of people, place and day; its text's size; its words alone. With and without script, phone and desktop, light and dark.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = [["desktop", "light", { width: 1440, height: 900 }], ["phone", "light", { width: 390, height: 844 }], ["phone", "dark", { width: 390, height: 844 }]];

function tell(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
}

const same = (x, y) => JSON.stringify(x) === JSON.stringify(y);
const textSize = page => page.locator(".text").first().evaluate(e => parseFloat(getComputedStyle(e).fontSize));

async function axe(page, name) {
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })).violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")));
  tell(!faults.length, `${name}: accessible (axe)`, faults.join("\n"));
}

async function sayings(page, site, name) {
  tell(await page.locator("h1").innerText() === site.headline, `${name}: no tag in the headline`, await page.locator("h1").innerText());
  tell(await page.locator(`.kicker .is-${site.label}`).count() === 1, `${name}: it is a label`);
  const line = page.locator(".text .dateline-in-text");
  tell(await line.innerText() === site.date, `${name}: the dateline stands where it stood`, await line.allInnerTexts());
  tell(await line.locator(".city").innerText() === site.city && await line.locator(".source").innerText() === site.source, `${name}: place and agency are marked`);
  tell((await line.locator("time").getAttribute("datetime")).endsWith(site.day), `${name}: the day is a time`, await line.locator("time").getAttribute("datetime"));
  tell(same(await page.locator(".byline a[rel=author]").allInnerTexts(), site.authors), `${name}: people of the byline`, await page.locator(".byline a").allInnerTexts());
  const people = await page.locator(".story-foot .credits a").evaluateAll(list => list.map(a => [a.innerText, a.className.replace("is-", "")]));
  tell(same(people, site.people), `${name}: people of the reporters' line and what they did`, people);
  tell((await page.locator(".story-foot .credits").innerText()) === site.credits, `${name}: as the agency wrote it`, await page.locator(".story-foot .credits").innerText());
  const low = await page.locator(".story-foot .credits a, .plain a").evaluateAll(list => list.map(a => a.getBoundingClientRect().height).filter(h => h < 24));
  tell(!low.length, `${name}: links are high enough for a finger`, low);
  tell(!(await page.locator(".text").first().innerText()).includes(site.credits), `${name}: set apart from the text`);
  tell(await page.locator(".text blockquote").count() === 1, `${name}: a quotation is one`);
}

async function authorPages(page, site, name) {
  const list = await page.locator(".story-foot .credits a, .byline a").evaluateAll(list => list.map(a => a.href));
  for (const href of list) {
    const answer = await page.goto(href);
    tell(answer.status() === 200 && (await page.locator("main").innerText()).includes(site.headline), `${name}: each has a page that lists it`, href);
  }
}

// What has moved by itself, and how far.
async function shifts(page) {
  return page.evaluate(() => new Promise(done => {
    const moved = [], at = r => [r.x, r.y, r.width, r.height].map(n => n.toFixed(1)).join(" "), of = s => `${(s.node?.outerHTML ?? s.node?.nodeName ?? "?").slice(0, 90)} from ${at(s.previousRect)} to ${at(s.currentRect)}`;
    const farther = s => ["left", "top", "right", "bottom"].some(k => Math.abs(s.previousRect[k] - s.currentRect[k]) >= 1); // a part of a pixel is seen by nobody
    new PerformanceObserver(l => { for (const e of l.getEntries()) if ((e.sources ?? []).some(farther)) moved.push(e.value.toFixed(4), ...e.sources.map(of)); }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(moved), 300);
  }));
}

// Chosen with one click; there at the next visit, from the first paint.
async function sizeKept(context, site, name) {
  const page = await context.newPage();
  await page.goto(site.address + site.path);
  const before = await textSize(page);
  await page.locator(".sizes [value=l]").click();
  await page.waitForLoadState();
  const large = await textSize(page);
  await page.goto(site.address + "/");
  await page.goto(site.address + site.path);
  tell(large > before * 1.1 && await textSize(page) === large, `${name}: the size is chosen and kept`, [before, large, await textSize(page)]);
  const look = v => page.locator(`.sizes [value=${v}]`).evaluate(e => getComputedStyle(e).backgroundColor);
  tell(await look("l") !== await look("m") && await look("m") === await look("s"), `${name}: the chosen button shows it`, [await look("s"), await look("m"), await look("l")]);
  await page.locator(".sizes [value=m]").click();
  await page.waitForLoadState();
  tell(await textSize(page) === before, `${name}: and is taken back`, await textSize(page));
  tell(new URL(page.url()).pathname === site.path, `${name}: on the same page`, page.url());
  await page.close();
}

// What begins on the first screen stands where it will stand before style.css is there: that comes behind the page.
async function firstScreen(context, site, name) {
  const page = await context.newPage(), seen = [], boxes = () => page.evaluate(() => [...document.querySelectorAll("body header *, main *")].map(e => [e.tagName + "." + e.className, e.getBoundingClientRect()])
    .filter(([, b]) => b.width && b.top < innerHeight).map(([n, b]) => [n, ...[b.x, b.y, b.width, Math.min(b.bottom, innerHeight)].map(Math.round)].join(" ")));
  for (const path of ["/", site.path]) {
    for (const without of [true, false]) {
      if (without) await page.route(/\/assets\/style-/, r => r.abort());
      await page.goto(site.address + path);
      await page.evaluate(() => document.fonts.ready);
      seen.push(await boxes());
      await page.unrouteAll();
    }
    const [first, whole] = seen.splice(0), other = first.filter(b => !whole.includes(b)).map(b => [b, whole[first.indexOf(b)]]);
    tell(first.length > 20 && !other.length, `${name}: the first screen of ${path === "/" ? "the front" : "a story"} needs no style.css`, other.slice(0, 8));
  }
  await page.close();
}

async function wordsAlone(context, site, name) {
  const page = await context.newPage(), asked = [];
  await page.goto(site.address + site.path);
  page.on("request", r => asked.push(r.url()));
  await page.locator(".plain a").first().click();
  await page.waitForURL(/\/lite$/);
  tell((await page.locator("main").innerText()).includes(site.text) && asked.filter(u => !/favicon|\/beacon$/.test(u)).length === 1, `${name}: the words alone, in one request`, asked);
  tell(!(await page.locator("script,img,link[rel=stylesheet]").count()), `${name}: without script, picture or style`);
  tell((await page.locator("link[rel=canonical]").getAttribute("href")).endsWith(site.path), `${name}: the article is the one to be found`);
  await axe(page, `${name} lite`).catch(e => tell(false, `${name} lite: axe`, String(e)));
  if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-lite-${name.split(" ").pop()}.png`, fullPage: true });
  await page.goto(site.address + site.path);
  const file = await page.locator(".plain a[type]").getAttribute("href"), answer = await page.goto(site.address + file);
  tell(answer.headers()["content-type"].startsWith("text/plain") && (await answer.text()).includes(site.text), `${name}: a text file`);
  await page.close();
}

const browser = await start(plan);
try {
  for (const site of plan.sites) {
    for (const script of [true, false]) {
      const context = await browser.newContext({ locale: site.language, javaScriptEnabled: script, viewport: VIEWS[1][2] });
      const name = `${site.language} ${script ? "script" : "plain"}`, page = await context.newPage();
      await page.goto(site.address + site.path);
      await sayings(page, site, name);
      if (script) await authorPages(page, site, name);
      await page.close();
      await sizeKept(context, site, name);
      if (script) await wordsAlone(context, site, name);
      await context.close();
    }
    for (const [device, scheme, viewport] of VIEWS) {
      const context = await browser.newContext({ locale: site.language, colorScheme: scheme, viewport, reducedMotion: "reduce" }), page = await context.newPage(), name = `${site.language} ${device} ${scheme}`;
      const others = [];
      page.on("request", r => { if (!r.url().startsWith(site.address + "/")) others.push(r.url()); });
      await page.addInitScript(() => { try { localStorage.setItem("size", "l"); } catch { /* about:blank */ } });
      await page.goto(site.address + site.path, { waitUntil: "load" });
      const moved = await shifts(page);
      tell(!moved.length && !others.length, `${name}: nothing shifts, no other host is asked`, [moved, others]);
      await firstScreen(context, site, name);
      await axe(page, name);
      if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-article-${device}-${scheme}.png`, fullPage: true });
      await context.close();
    }
  }
} finally {
  await browser.close();
}
