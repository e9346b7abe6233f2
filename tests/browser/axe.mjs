// axe: one site in one language, as tests/house/browser_axe.py has set it up: every rule in light on a phone, what depends on colours and widths in dark on a desk.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8")), site = plan.site;
const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], COLOURS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"];

function tell(ok, what, detail = "") { process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail }) + "\n"); }

const axe = (page, only) => page.evaluate(async only => {
  const r = await window.axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return r.violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `   ${n.target.join(" ")}  ${(n.failureSummary || "").replace(/\s+/g, " ").slice(0, 260)}`).join("\n"));
}, only);

// /lite has no style: its colours are the browser's own, whose dark page axe takes for white. So its links are held against what stands behind them.
const links = page => page.evaluate(() => {
  const shade = c => c.match(/\d+/g).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const sheet = document.body.appendChild(document.createElement("p"));
  sheet.style.backgroundColor = "Canvas";
  const behind = shade(getComputedStyle(sheet).backgroundColor);
  sheet.remove();
  return [...document.querySelectorAll("a,p,h1")].map(e => [e.tagName, shade(getComputedStyle(e).color)]).map(([t, s]) => [t, (Math.max(s, behind) + 0.05) / (Math.min(s, behind) + 0.05)]).filter(x => x[1] < 4.5).map(x => `${x[0]}: contrast ${x[1].toFixed(2)}`);
});

async function lookAt(context, where) {
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.goto(site.address + where.path, { waitUntil: "load" });
  if (where.kind === "comment-wrong") { // an empty form is sent: the page that says what is wrong with it
    const [answer] = await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.evaluate(() => HTMLFormElement.prototype.submit.call(document.querySelector("form.write, .write form, .comments form")))]);
    tell(answer.status() === 422 || answer.status() === 400 || answer.status() === 200, `${site.language} ${where.kind}: answers`, String(answer.status()));
  }
  tell(await page.evaluate(l => document.documentElement.lang === l || location.pathname.endsWith("/lite"), site.language), `${site.language} ${where.kind}: is of this language`);
  await page.evaluate(source);
  const light = await axe(page, { type: "tag", values: TAGS });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  const dark = where.kind === "lite" ? await links(page) : await axe(page, { type: "rule", values: COLOURS });
  tell(!light.length && !dark.length, `${site.language} ${where.kind}: nothing that axe finds, light and dark`, [...light.map(l => "light, phone: " + l), ...dark.map(l => "dark, desk: " + l)].join("\n"));
  await page.close();
}

const browser = await start(plan);
try {
  const context = await browser.newContext({ locale: site.language }), queue = [...site.pages];
  await Promise.all([0, 1].map(async () => { for (let where; (where = queue.shift());) await lookAt(context, where); }));
} finally {
  await browser.close();
}
