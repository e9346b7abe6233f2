// appearance: what the eye measures, in the plan's sites (tests/house/browser_look.py). One line of JSON a check: {ok, what, detail}.
import { readFileSync } from "node:fs";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const DESKTOP = { width: 1440, height: 900 }, PHONE = { width: 390, height: 844 };

function check(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : JSON.stringify(detail) }) + "\n");
}

// Opened anew, with every picture there; shift: how much moved while it was made (CLS).
async function open(browser, site, kind, options) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: site.language, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.__moved = [];
    new PerformanceObserver(l => { for (const e of l.getEntries()) window.__moved.push([e.value, ...e.sources.map(s => s.node?.className || s.node?.nodeName)]); }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(site.address + site.pages[kind], { waitUntil: "load" });
  return page;
}

// Characters in each full line of the text: letters with their marks, as a reader counts them.
function charactersOfLines() {
  const lines = [], parts = new Intl.Segmenter(document.documentElement.lang, { granularity: "grapheme" });
  for (const p of document.querySelectorAll(".text > p")) {
    const counts = [];
    let top = null;
    for (const node of p.childNodes) {
      if (node.nodeType !== 3) continue;
      for (const s of parts.segment(node.data)) {
        const range = document.createRange();
        range.setStart(node, s.index);
        range.setEnd(node, s.index + s.segment.length);
        const r = range.getClientRects()[0];
        if (!r) continue;
        if (top === null || Math.abs(r.top - top) > 8) counts.push(0), top = r.top;
        counts[counts.length - 1]++;
      }
    }
    lines.push(...counts.slice(0, -1)); // the last line of a paragraph is not full
  }
  lines.sort((a, b) => a - b);
  return lines[Math.floor(lines.length / 2)];
}

async function checkFront(browser, site) {
  const name = `${site.language} front`, page = await open(browser, site, "front");
  const seen = await page.evaluate(() => {
    const box = q => document.querySelector(q)?.getBoundingClientRect().toJSON();
    const size = q => parseFloat(getComputedStyle(document.querySelector(q)).fontSize);
    return { lead: box(".lead h2"), picture: box(".lead img"), rest: [".second h2", ".block h3", ".line h3", ".newest h3"].map(size), head: size(".lead h2"),
      tops: [...document.querySelectorAll(".second>article>.shot img")].map(e => Math.round(e.getBoundingClientRect().top)), pictured: document.querySelectorAll(".second>article").length };
  });
  check(seen.picture && seen.picture.bottom < DESKTOP.height && seen.lead.bottom < DESKTOP.height, `${name}: the lead's picture and headline are seen without scrolling`, seen);
  check(seen.picture?.width > 600 && seen.rest.every(s => s * 1.8 < seen.head), `${name}: the lead is larger than everything else`, seen);
  check(seen.tops.length === seen.pictured && new Set(seen.tops).size === 1, `${name}: the second rank's pictures stand in one row`, seen);
  // A headline begins where its box does, whatever its script: no dead space before it.
  const astray = await page.evaluate(dir => [...document.querySelectorAll("main :is(.teaser,.line,.newest li) :is(h2,h3)")].map(h => {
    const range = document.createRange();
    range.selectNodeContents(h);
    const box = h.getBoundingClientRect(), rects = [...range.getClientRects()].filter(r => r.width > 1);
    const gap = dir === "ltr" ? Math.min(...rects.map(r => r.left)) - box.left : box.right - Math.max(...rects.map(r => r.right));
    return gap > 3 ? [h.textContent.trim().slice(0, 30), gap] : null;
  }).filter(Boolean), site.dir);
  check(!astray.length, `${name}: every headline begins at the page's edge, whatever its script`, astray);
  await page.context().close();
}

async function checkArticle(browser, site) {
  const name = `${site.language} article`, page = await open(browser, site, "article");
  const characters = await page.evaluate(charactersOfLines);
  check(characters >= 58 && characters <= 76, `${name}: a line has 60 to 75 characters`, characters);
  const [text, picture] = await page.evaluate(() => [".text", ".story>figure img"].map(q => document.querySelector(q).getBoundingClientRect().toJSON()));
  check(Math.abs(text.left - picture.left) < 1 && Math.abs(text.right - picture.right) < 1, `${name}: the picture is as wide as the text`, [text, picture]);
  const phone = await open(browser, site, "article", { viewport: PHONE });
  const order = await phone.evaluate(() => ["h1", ".story>figure", ".facts", ".text"].map(q => document.querySelector(q).getBoundingClientRect().top));
  check(order.every((t, i) => !i || t > order[i - 1]), `${name}, phone: headline, picture, facts, text`, order);
  await page.context().close();
  await phone.context().close();
}

async function checkToday(browser, site) {
  for (const viewport of [DESKTOP, PHONE])
    for (const [kind, want] of [["front", 1], ["section", 1], ["search", 1], ["days", 1], ["article", 0]]) {
      const page = await open(browser, site, kind, { viewport, javaScriptEnabled: false });
      const told = await page.locator(".today time").evaluateAll(l => l.filter(e => e.checkVisibility()).map(e => [e.dateTime, e.textContent]));
      const names = await page.locator("body>header .name").evaluateAll(l => l.map(e => e.tagName));
      check(told.length === want && told.every(([iso, text]) => /^\d{4}-\d\d-\d\d$/.test(iso) && text.includes(iso.slice(0, 4))), `${site.language} ${kind}, ${viewport.width}: ${want ? "today's date, with its year" : "no date of today"}`, told);
      check(names.join() === (kind === "front" ? "H1" : "P"), `${site.language} ${kind}, ${viewport.width}: the site's name is a heading on the front alone`, names);
      await page.context().close();
    }
}

async function checkShift(browser, site) {
  for (const kind of Object.keys(site.pages))
    for (const [device, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
      const page = await open(browser, site, kind, { viewport });
      await page.waitForFunction(() => document.readyState === "complete" && performance.now() > 600);
      const moved = await page.evaluate(() => window.__moved);
      check(!moved.length, `${site.language} ${kind}, ${device}: nothing moves while it is made`, moved);
      await page.context().close();
    }
}

async function checkPhoneMenu(browser, site) {
  for (const script of [true, false]) {
    const name = `${site.language} phone${script ? "" : " without script"}`, page = await open(browser, site, "front", { viewport: PHONE, javaScriptEnabled: script });
    const summary = page.locator(".sheet summary"), box = await summary.boundingBox();
    check(box.x >= 0 && box.x + box.width <= PHONE.width && box.height >= 24, `${name}: the menu says that there is more`, box);
    check(!(await page.locator(".sheet a").first().isVisible()), `${name}: and keeps it folded`);
    await summary.click();
    const links = page.locator(".sheet a"), count = await links.count(), wrong = [];
    for (let i = 0; i < count; i++) {
      const b = await links.nth(i).boundingBox();
      if (!b || b.x < 0 || b.x + b.width > PHONE.width || b.height < 24) wrong.push(await links.nth(i).textContent());
    }
    check(count >= 8 && !wrong.length, `${name}: unfolded, every section is there, whole`, wrong);
    await links.nth(3).click();
    check(/\/section\//.test(page.url()), `${name}: and leads there`, page.url());
    await page.goto(site.address + "/");
    await page.locator(".to-search a").click();
    check(/\/search$/.test(page.url()), `${name}: the search is one touch away`, page.url());
    await page.context().close();
  }
}

const paper = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number)[0]);

async function checkDark(browser, site) {
  const name = `${site.language} light and dark`, page = await open(browser, site, "front", { colorScheme: "light" });
  const button = value => page.locator(`.appearance button[value=${value}]`);
  check(await paper(page) > 200 && await button("auto").getAttribute("aria-pressed") === "true", `${name}: as the system says, at first`);
  await button("dark").click();
  check(await paper(page) < 60 && await button("dark").getAttribute("aria-pressed") === "true", `${name}: dark when the reader says so`);
  await page.goto(site.address + site.pages.article);
  const tone = await page.evaluate(() => document.querySelector("meta[name=theme-color]").content);
  check(await paper(page) < 60 && tone === "#15171a", `${name}: remembered on the next page`, tone);
  await page.emulateMedia({ colorScheme: "dark" });
  await button("light").click();
  await page.reload();
  check(await paper(page) > 200, `${name}: light where the system is dark`);
  await button("auto").click();
  check(await paper(page) < 60, `${name}: and the system's own again`);
  await page.context().close();
  const plain = await open(browser, site, "front", { javaScriptEnabled: false });
  check(!(await plain.locator(".appearance").isVisible()), `${name}: without script there is no switch`);
  await plain.context().close();
}

async function checkAges(browser, site) {
  const name = `${site.language} ages`, times = page => page.locator(".stamp time").evaluateAll(l => l.map(t => [t.textContent, t.title, t.dateTime]));
  const page = await open(browser, site, "front"), plain = await open(browser, site, "front", { javaScriptEnabled: false });
  const told = await times(page), full = await times(plain);
  check(full.length > 10 && full.every(([text, , iso]) => text.includes(iso.slice(0, 4))), `${name}: the page's own bytes tell the year`, full.slice(0, 3));
  check(told.length === full.length && told.every(([text, title], i) => text !== title && title === full[i][0] && !/[٠-٩०-९]/.test(text)), `${name}: script tells how long ago, and keeps the date`, told.slice(0, 3));
  await page.context().close();
  await plain.context().close();
}

const browser = await start(plan);
try {
  for (const site of plan.sites)
    for (const part of [checkFront, checkArticle, checkToday, checkShift, checkPhoneMenu, checkDark, checkAges]) await part(browser, site);
} finally {
  await browser.close();
}
