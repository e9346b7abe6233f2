// audience: what a reader's browser does with a story's page beside the story: share, follow, support, what is told of him. With and without script, on phone and desktop.
// The plan is by tests/house/browser_audience.py. Each check is one line of JSON on standard output: {ok, what, detail}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";
import { faultsOfText, sideways } from "./look.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 390, height: 844 }, DESKTOP = { width: 1440, height: 900 };
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

function check(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
  return ok;
}

async function axe(page) {
  await page.evaluate(axeSource);
  return page.evaluate(async rules => (await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] }))
    .violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.failureSummary || "").slice(0, 200)).join("\n")}`), RULES);
}

// Other hosts, errors, breaches of the policy, shifts of the layout: from the moment it is opened.
async function open(context, site, path, init) {
  const page = await context.newPage();
  page.notes = [];
  page.told = [];
  page.on("request", r => {
    if (!r.url().startsWith(site.address + "/") && !/^(data|blob|about):/.test(r.url())) page.notes.push("asks another host: " + r.url());
    if (r.method() === "POST") page.told.push([new URL(r.url()).pathname, r.postData()]);
  });
  page.on("console", m => { if (["error", "warning"].includes(m.type()) && !/Failed to load resource/.test(m.text())) page.notes.push(m.text()); });
  page.on("pageerror", e => page.notes.push(e.message));
  if (init) await page.addInitScript(init);
  await page.addInitScript(() => {
    window.__shift = 0;
    new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.__shift += e.value; }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(site.address + path, { waitUntil: "load" });
  return page;
}

// How each page looks, in every language, on two screens, by day and night.
async function looks(browser, site) {
  const context = await browser.newContext({ userAgent: AGENT, locale: site.language });
  for (const [kind, path] of [["story", site.story], ["support", "/support"], ["front", "/"], ["gone", site.killed]])
    for (const [device, size] of [["phone", PHONE], ["desktop", DESKTOP]]) {
      const page = await open(context, site, path), name = `${site.language} ${kind}, ${device}`;
      await page.setViewportSize(size);
      for (const scheme of site.language === "en" ? ["light", "dark"] : ["dark"]) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        const faults = await axe(page);
        check(!faults.length, `${name}, ${scheme}: accessible (axe)`, faults.join("\n"));
        if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-${kind}-${device}-${scheme}.png`, fullPage: true });
      }
      const wide = await page.evaluate(sideways), faults = await page.evaluate(faultsOfText);
      check(!wide.length && !faults.length, `${name}: nothing is cut, overlaps or runs off the screen`, [...wide, ...faults].join("\n"));
      check(!page.notes.length, `${name}: asks nobody else, no error`, page.notes);
      if (kind === "gone") check(!(await page.locator(".support,.share").count()), `${name}: what was withdrawn asks for nothing and is not passed on`);
      await page.close();
    }
  await context.close();
}

async function withScript(browser, site, device, size) {
  const context = await browser.newContext({ userAgent: AGENT, viewport: size, locale: site.language, permissions: ["clipboard-read", "clipboard-write"] });
  const name = `${site.language} ${device}`, w = site.words;
  const page = await open(context, site, site.story, () => { navigator.share = d => { window.__shared = d; return Promise.resolve(); }; });
  const copy = page.locator('[data-share="copy"]'), own = page.locator('[data-share="system"]');
  check(await copy.isVisible() && await own.isVisible(), `${name}: what scripts can do is offered`);
  await copy.click();
  await page.waitForFunction(t => document.querySelector('[data-share="copy"]').textContent === t, w.share_copied);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check(copied === "https://courier.org" + site.story, `${name}: the address is copied, the canonical one`, copied);
  check(await page.locator(".share [role=status]").textContent() === w.share_copied, `${name}: and said to who does not see`);
  await own.click();
  check(await page.evaluate(() => window.__shared && window.__shared.url) === "https://courier.org" + site.story, `${name}: the device's own list gets the address`);
  check(await page.evaluate(() => window.__shift) === 0, `${name}: nothing moves`, await page.evaluate(() => window.__shift));
  // how long it is read: told once, when it is left
  await page.evaluate(() => new Promise(r => setTimeout(r, 1200)));
  check(!page.told.length, `${name}: nothing is told while it is read`, page.told);
  await page.goto(site.address + "/support");
  const id = site.story.slice(-12);
  check(page.told.length === 1 && page.told[0][0] === "/beacon" && new RegExp(`^story=${id}&seconds=\\d+&from=$`).test(page.told[0][1] || ""), `${name}: that it was read, for how long, is told once when it is left`, page.told);
  check(await page.locator(".plans li").count() === 2 && (await page.locator(".plans a").first().getAttribute("href")) === "https://pay.example/reader", `${name}: the plans and where they are paid`);
  check(!(await context.cookies()).length && !(await page.evaluate(() => localStorage.length + sessionStorage.length)), `${name}: nothing is kept in the browser`);
  check(!page.notes.length, `${name}: asks nobody else, no error`, page.notes);
  await context.close();
}

async function notAsked(browser, site, what, init, more) {
  const context = await browser.newContext({ userAgent: AGENT, viewport: PHONE, ...more });
  const page = await open(context, site, site.story, init);
  await page.evaluate(() => new Promise(r => setTimeout(r, 1200)));
  await page.goto(site.address + "/support");
  check(!page.told.length, `${site.language}: with ${what} nothing is told`, page.told);
  await context.close();
}

async function withoutScript(browser, site, device, size) {
  const context = await browser.newContext({ userAgent: AGENT, viewport: size, javaScriptEnabled: false, locale: site.language });
  const page = await context.newPage(), name = `${site.language} ${device} without script`, told = [];
  page.on("request", r => { if (r.method() === "POST" || !r.url().startsWith(site.address)) told.push(r.url()); });
  await page.goto(site.address + site.story);
  check(!(await page.locator('[data-share]').first().isVisible()), `${name}: what needs a script is not there`);
  const links = await page.locator(".share a").evaluateAll(l => l.map(a => a.href));
  check(links.length === 5 && links.every(l => l.includes("courier.org")), `${name}: links share the story`, links);
  check(await page.locator('.story-after .follow a[rel~="me"]').count() === 9 && await page.locator('footer .follow a[rel~="me"]').count() === 9, `${name}: channels under the story and at the foot`);
  check((await page.locator(".prefer a").getAttribute("href")) === "https://www.google.com/preferences/source?q=courier.org", `${name}: the preferred source`);
  await page.locator(".support.is-below a").click();
  check(new URL(page.url()).pathname === "/support" && await page.locator(".plans li").count() === 2, `${name}: the way to the plans`);
  check(!told.length, `${name}: nothing is told, nobody else is asked`, told);
  await context.close();
}

// The desk's page of what was read, on a phone.
async function desk(browser, site) {
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: true, locale: site.language });
  const page = await context.newPage(), name = `${site.language} desk`;
  await page.goto(site.desk + "/desk/audience");
  await page.fill("#name", "ruth");
  await page.fill("#password", site.secret);
  await page.click("button.main");
  check(page.url().endsWith("/desk/audience") && await page.locator("h1").isVisible(), `${name}: the audience's page`, page.url());
  check((await page.locator("table.sums").count()) === 3 && (await page.locator("main").innerText()).includes("search.example"), `${name}: what was read, from where, for how long`);
  const small = await page.locator(".choice a,.sums a").evaluateAll(l => l.filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.textContent));
  check(!small.length, `${name}: room for a thumb`, small);
  const wide = await page.evaluate(sideways), faults = await page.evaluate(faultsOfText);
  check(!wide.length && !faults.length, `${name}: nothing is cut or runs off a phone`, [...wide, ...faults].join("\n"));
  if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-desk.png`, fullPage: true });
  await context.close();
}

const browser = await start(plan);
for (const site of plan.sites) {
  await looks(browser, site);
  if (site.language === "en")
    for (const [device, size] of [["phone", PHONE], ["desktop", DESKTOP]]) {
      await withScript(browser, site, device, size);
      await withoutScript(browser, site, device, size);
    }
  await desk(browser, site);
}
// ---- advertisements and the one script of others: the hosts are played by the test ----
const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
async function withHosts(browser, more, init) {
  const context = await browser.newContext({ userAgent: AGENT, permissions: [], ...more });
  context.asked = [];
  await context.route(u => !u.href.startsWith(plan.paid.address), r => {
    const url = r.request().url();
    context.asked.push(url);
    if (url.endsWith(".png")) return r.fulfill({ contentType: "image/png", body: PIXEL });
    if (url.endsWith(".js")) return r.fulfill({ contentType: "text/javascript", body: "window.__tag = (window.__tag || 0) + 1;" });
    return r.fulfill({ contentType: "text/html", body: "<p>frame</p><script>try { parent.document.title = 'read'; } catch (e) {} try { localStorage.x = 1; } catch (e) {} try { top.location = 'https://evil.example/'; } catch (e) {}</script>" });
  });
  const page = await context.newPage();
  page.on("console", m => context.asked.push("console: " + m.text()));
  if (init) await context.addInitScript(init);
  await context.addInitScript(() => {
    window.__shift = 0;
    new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.__shift += e.value; }).observe({ type: "layout-shift", buffered: true });
  });
  return [context, page];
}
const tags = context => context.asked.filter(u => u.startsWith("https://tag."));

async function ads(browser, device, size) {
  const name = `advertisements, ${device}`, site = plan.paid;
  const [context, page] = await withHosts(browser, { viewport: size });
  await page.goto(site.address + site.story);
  await page.locator('[data-consent="no"]').click();
  await page.evaluate(async () => { for (let y = 0; y < document.body.scrollHeight; y += 300) { scrollTo(0, y); await new Promise(r => setTimeout(r, 60)); } });
  await page.waitForTimeout(400);
  const seen = await page.locator(".ad").evaluateAll(l => l.filter(e => e.checkVisibility()).map(e => { const m = e.querySelector("img,iframe").getBoundingClientRect(); return [e.querySelector("p").textContent, Math.round(m.width), Math.round(m.height)]; }));
  const want = device === "phone" ? [["Advertisement", 320, 50], ["Advertisement", 300, 250]] : [["Advertisement", null, null], ["Advertisement", 300, 250]];
  check(seen.length === want.length && seen.every((s, i) => s[0] === want[i][0] && (want[i][1] === null || s[1] === want[i][1] && s[2] === want[i][2])), `${name}: labelled, at their size`, seen);
  check(await page.evaluate(() => window.__shift) < 0.0001, `${name}: nothing moves when they come`, await page.evaluate(() => window.__shift));
  check(context.asked.some(u => u.endsWith(device === "phone" ? "phone.png" : "wide.png")) && !context.asked.some(u => u.endsWith(device === "phone" ? "wide.png" : "phone.png")), `${name}: what is not seen is not fetched`, context.asked);
  check(context.asked.some(u => u.endsWith("/frame")) && await page.title() !== "read" && page.url() === site.address + site.story, `${name}: the frame is shown, and can neither read the page nor lead it away`, context.asked);
  const faults = await axe(page);
  check(!faults.length, `${name}: accessible (axe)`, faults.join("\n"));
  if (plan.all) await page.screenshot({ path: `${plan.shots}/ads-${device}.png`, fullPage: true });
  check(!tags(context).length, `${name}: the one script was declined, and nothing of it asked for`, context.asked);
  context.asked.length = 0;
  await page.goto(site.address + site.killed);
  check(!context.asked.filter(u => u.startsWith("https://")).length && !(await page.locator(".ad,.consent").count()), `${name}: none on what was withdrawn`, context.asked);
  await context.close();
}

async function consent(browser, device, size) {
  const name = `the one script, ${device}`, site = plan.paid;
  const [context, page] = await withHosts(browser, { viewport: size });
  await page.goto(site.address + "/");
  const gate = page.locator(".consent"), yes = page.locator('[data-consent="yes"]'), no = page.locator('[data-consent="no"]');
  check(await gate.isVisible() && (await gate.innerText()).includes("Meter Inc") && !tags(context).length, `${name}: it is asked about, by name, and not loaded`, context.asked);
  const again = async () => { await page.locator('[data-consent="ask"]').focus(); await page.keyboard.press("Enter"); }; // by the keyboard: a mouse over a page that just scrolled may still be over a frame of another host
  const boxes = [await yes.boundingBox(), await no.boundingBox()], style = async b => b.evaluate(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).fontSize].join());
  check(Math.abs(boxes[0].width - boxes[1].width) < 2 && boxes[0].height === boxes[1].height && await style(yes) === await style(no), `${name}: no is as easy as yes`, boxes);
  const faults = await axe(page);
  check(!faults.length, `${name}: accessible (axe)`, faults.join("\n"));
  if (plan.all) await page.screenshot({ path: `${plan.shots}/consent-${device}.png` });
  await no.click();
  check(!(await gate.isVisible()) && await page.evaluate(() => localStorage.tag) === "no", `${name}: a no is kept`);
  await page.goto(site.address + site.story);
  check(!(await gate.isVisible()) && !tags(context).length, `${name}: and holds on the next page`, context.asked);
  await again();
  check(await gate.isVisible(), `${name}: it can be changed at the foot of the page`);
  await Promise.all([page.waitForNavigation(), yes.click()]);
  await page.waitForFunction(() => window.__tag === 1);
  check(tags(context).length === 1 && await page.evaluate(() => localStorage.tag) === "yes" && !(await gate.isVisible()), `${name}: after a yes it is loaded, once`, context.asked);
  await page.goto(site.address + "/nothing");
  check(tags(context).length === 1 && !(await page.evaluate(() => window.__tag)), `${name}: not on a page of nothing`, context.asked);
  await page.goto(site.address + "/");
  await again();
  await Promise.all([page.waitForNavigation(), no.click()]);
  const before = tags(context).length;
  await page.waitForTimeout(200);
  check(tags(context).length === before && !(await page.evaluate(() => window.__tag)), `${name}: a yes taken back takes it off the page`, context.asked);
  check(!(await context.cookies()).length, `${name}: no cookie`);
  await context.close();
}

async function neverLoaded(browser, what, more, init) {
  const [context, page] = await withHosts(browser, { viewport: PHONE, ...more }, init);
  for (const path of ["/", plan.paid.story]) {
    await page.goto(plan.paid.address + path);
    check(!(await page.locator(".consent").isVisible()) && !tags(context).length, `the one script, ${what}: nobody is asked, nothing is loaded`, context.asked);
  }
  await context.close();
}

for (const [device, size] of [["phone", PHONE], ["desktop", DESKTOP]]) {
  await ads(browser, device, size);
  await consent(browser, device, size);
}
await neverLoaded(browser, "without script", { javaScriptEnabled: false });
await neverLoaded(browser, "Global Privacy Control", {}, () => { Object.defineProperty(navigator, "globalPrivacyControl", { value: true }); try { localStorage.tag = "yes"; } catch (e) {} });
await neverLoaded(browser, "Do Not Track", {}, () => Object.defineProperty(navigator, "doNotTrack", { value: "1" }));
const site = plan.sites[0];
await notAsked(browser, site, "Do Not Track", () => Object.defineProperty(navigator, "doNotTrack", { value: "1" }));
await notAsked(browser, site, "Global Privacy Control", () => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
await browser.close();
