// languages: one site in one language, as tests/house/browser_languages.py has set it up: four kinds of page, on a phone and a desk, light and dark.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";
import { faultsOfText, sideways } from "./look.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8")), site = plan.site;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const VIEWS = [["phone", "light", { width: 390, height: 800 }], ["phone", "dark", { width: 390, height: 800 }], ["desk", "light", { width: 1440, height: 900 }]];

function tell(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
}

const axe = page => page.evaluate(async rules => {
  const r = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
  return r.violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `   ${n.target.join(" ")}  ${(n.failureSummary || "").replace(/\s+/g, " ").slice(0, 260)}`).join("\n"));
}, RULES);

// Where a story's headline stands, its language and direction are the story's: on its page, in every list.
const strangers = page => page.evaluate(stories => {
  const out = [];
  for (const s of stories)
    for (const e of document.querySelectorAll("h1,h2,h3,main a")) {
      if (e.textContent.trim() !== s.headline || e.closest(".crumbs,.skip")) continue;
      const at = [...e.querySelectorAll("*")].findLast(x => x.textContent.trim() === s.headline) || e;
      const language = at.closest("[lang]").lang, dir = getComputedStyle(at).direction;
      if (language !== s.language || dir !== s.dir) out.push(`${s.headline.slice(0, 30)}: ${language} ${dir}, not ${s.language} ${s.dir}, in ${e.tagName} of ${e.parentElement.className}`);
    }
  return [...new Set(out)];
}, plan.stories);

// English words of the interface on a page of another language: whole texts only, that the language says otherwise.
const english = page => page.evaluate(([own, en]) => {
  const mine = new Set(Object.values(own)), theirs = new Set(Object.values(en).filter(w => !mine.has(w) && /[a-z]{3}/i.test(w) && !w.includes("{"))), out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walker.nextNode());) if (theirs.has(n.data.trim()) && !n.parentElement.closest('[lang="en"]:not(html)')) out.push(n.data.trim());
  for (const e of document.querySelectorAll("[aria-label],[placeholder],[title]")) for (const a of ["aria-label", "placeholder", "title"]) if (theirs.has(e.getAttribute(a))) out.push(e.getAttribute(a));
  return [...new Set(out)];
}, [site.words, plan.english]);

async function lookAt(context, where) {
  const name = `${site.theme ? site.theme + ", " : ""}${site.language} ${where.kind}`, page = await context.newPage(), notes = [];
  page.on("console", m => { if (["error", "warning"].includes(m.type())) notes.push(m.text()); });
  page.on("pageerror", e => notes.push(String(e)));
  await page.setViewportSize(VIEWS[0][2]);
  const answer = await page.goto(site.address + where.path, { waitUntil: "load" });
  tell(answer.status() === 200, `${name}: answers`, answer.status());
  const root = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
  tell(root[0] === site.language && root[1] === site.dir, `${name}: says its language and direction`, root);
  await page.evaluate(() => Promise.all([...document.images].map(i => { i.loading = "eager"; return i.decode().catch(() => 0); })));
  await page.evaluate(axeSource);
  for (const [device, scheme, size] of VIEWS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const faults = await axe(page);
    tell(!faults.length, `${name}, ${device}, ${scheme}: accessible (axe)`, faults.join("\n"));
    if (plan.shots) await page.screenshot({ path: `${plan.shots}/${site.theme}${site.language}-${where.kind}-${device}-${scheme}.png`, fullPage: where.kind !== "search" });
    if (scheme === "light") {
      const wide = await page.evaluate(sideways), texts = await page.evaluate(faultsOfText);
      const own = texts.filter(t => !(site.theme && /ticker|ol"/.test(t)));
      tell(!wide.length && !own.length, `${name}, ${device}: nothing off the screen, cut or on top of another`, [...wide, ...own].join("\n"));
    }
  }
  const lost = await strangers(page), foreign = site.language === "en" ? [] : await english(page);
  tell(!lost.length, `${name}: every headline is in its own language and direction`, lost.join("\n"));
  tell(!foreign.length, `${name}: the interface speaks no English`, foreign.join("\n"));
  tell(!notes.length, `${name}: no error and no breach of the policy`, notes.join("\n"));
  await page.close();
}

const browser = await start(plan);
try {
  const context = await browser.newContext({ locale: site.language });
  const queue = [...site.pages];
  await Promise.all([0, 1].map(async () => { for (let where; (where = queue.shift());) await lookAt(context, where); }));
} finally {
  await browser.close();
}
