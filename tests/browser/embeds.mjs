// embeds: a story with a picture and two embeds in its text. What the browser asks of whom before and behind a click, what stands there, and that nothing moves by itself.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = [["desktop", { width: 1440, height: 900 }], ["phone", { width: 390, height: 844 }]];

function tell(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
}

async function axe(page, name) {
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } }, iframes: false })).violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")));
  tell(!faults.length, `${name}: accessible (axe)`, faults.join("\n"));
}

// Every host that is asked. The provider's is answered here: no test leaves the machine.
async function listen(context, site, asked) {
  await context.route("**/*", route => {
    const url = new URL(route.request().url());
    if (url.origin === site.address) return route.continue();
    asked.push({ url: url.href, referrer: route.request().headers().referer ?? "" });
    return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>There</title><p>A film.</p>" });
  });
}

async function withScript(browser, site, [kind, viewport]) {
  const name = `${site.language} ${kind}`, asked = [], context = await browser.newContext({ viewport });
  await listen(context, site, asked);
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.moved = 0;
    window.movers = [];
    const of = m => [m.node?.nodeName, m.node?.className, JSON.stringify(m.previousRect), JSON.stringify(m.currentRect)].join(" ");
    new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) { window.moved += e.value; window.movers.push(e.value.toFixed(4), ...(e.sources ?? []).map(of)); } }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(site.address + site.path);
  const picture = page.locator(".text figure img"), box = page.locator(".embed.is-video"), link = box.locator("a");
  await picture.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => [...document.querySelectorAll(".text figure img")].every(i => i.complete && i.naturalWidth));
  tell(await picture.count() === 1 && await picture.getAttribute("loading") === "lazy", `${name}: the picture stands in the text, and is lazy`);
  tell(await page.locator(".story > figure").count() === 1, `${name}: that of the head stands once`);
  await link.scrollIntoViewIfNeeded();
  tell(!asked.length, `${name}: nothing was asked of others`, asked);
  tell(await page.locator("iframe").count() === 0, `${name}: there is no frame`);
  tell(await link.getAttribute("href") === site.video && (await box.innerText()).includes("YouTube"), `${name}: a link to where it lies`, await box.innerText());
  tell(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: no wider than the window`);
  tell(await page.evaluate(() => window.moved) < 0.001, `${name}: nothing has moved`, await page.evaluate(() => window.movers));
  await axe(page, name);
  const before = await box.boundingBox();
  await link.focus();
  await page.keyboard.press("Enter");
  const frame = page.locator(".embed.is-video iframe");
  await frame.waitFor();
  await page.waitForFunction(() => document.querySelector(".embed.is-video iframe").clientHeight > 0);
  for (let i = 0; i < 200 && !asked.length; i++) await page.waitForTimeout(50);
  tell(asked.length === 1 && asked[0].url === site.frame, `${name}: the click asks for the frame, and for no more`, asked);
  tell(!asked[0]?.referrer.includes("/20"), `${name}: which page it is stays untold`, asked);
  const has = n => frame.getAttribute(n);
  tell(await has("sandbox") === "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox" && await has("referrerpolicy") === "strict-origin" && (await has("title")).includes("YouTube"), `${name}: it is sandboxed, and has a title`);
  tell(await frame.evaluate(f => document.activeElement === f), `${name}: the focus goes with it`);
  const after = await box.boundingBox();
  tell(Math.abs(before.height - after.height) < 4 && Math.abs(before.width - after.width) < 4, `${name}: it takes the box's place`, [before, after]);
  tell(await page.locator(".embed.is-post a").count() === 1, `${name}: the other waits for its own click`);
  await context.close();
}

async function withoutScript(browser, site) {
  const name = `${site.language} without script`, asked = [], context = await browser.newContext({ javaScriptEnabled: false, viewport: VIEWS[1][1] });
  await listen(context, site, asked);
  const page = await context.newPage();
  await page.goto(site.address + site.path);
  tell(await page.locator(".text figure img").isVisible() && !asked.length, `${name}: the picture is there, and nothing is asked of others`, asked);
  await page.locator(".embed.is-video a").click();
  await page.waitForURL(site.video);
  tell(page.url() === site.video, `${name}: the link leads to where it lies`, page.url());
  await context.close();
}

const browser = await start(plan, ["--host-resolver-rules=MAP * 127.0.0.1"]);
try {
  for (const site of plan.sites) {
    for (const view of VIEWS) await withScript(browser, site, view);
    await withoutScript(browser, site);
  }
} finally {
  await browser.close();
}
