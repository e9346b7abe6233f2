// run: one browser, every site and page of the plan that tests/house/browser.py wrote. Each check is one line of JSON on standard output: {ok, what, detail}.
// What is looked at in a page stands in look.mjs (layout), words.mjs (what it says), keys.mjs (keyboard), hostile.mjs (what may never run).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";
import { checkLayout, checkModes, checkPrint } from "./look.mjs";
import { checkWords, checkCard } from "./words.mjs";
import { checkKeys } from "./keys.mjs";
import { checkHostile } from "./hostile.mjs";
import { checkWithoutScript } from "./plain.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const DESKTOP = { width: 1440, height: 900 }, PHONE = { width: 360, height: 740 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

function tell(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
  return ok;
}

// What a page asks for and complains of, from the moment it is opened.
function listen(page, site, notes) {
  page.on("request", r => {
    if (!r.url().startsWith(site.address + "/") && !/^(data|blob|about):/.test(r.url())) notes.push("asks another host: " + r.url());
  });
  page.on("console", m => {
    const own = /Failed to load resource/.test(m.text()) && m.location().url === page.url(); // a 404 that is meant
    if (["error", "warning"].includes(m.type()) && !own) notes.push("console: " + m.text());
  });
  page.on("pageerror", e => notes.push("script: " + e.message));
  page.on("dialog", d => { notes.push("dialog: " + d.message()); d.dismiss(); });
}

async function axe(page) {
  return page.evaluate(async rules => {
    const r = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
    return r.violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `   ${n.target.join(" ")}  ${(n.failureSummary || "").replace(/\s+/g, " ").slice(0, 260)}`).join("\n"));
  }, RULES);
}

async function withAxe(page) {
  await page.evaluate(axeSource);
}

// The colours are the same in every language: other sites than the English one are looked at in two views.
const VIEWS = [["desktop", "light", DESKTOP], ["desktop", "dark", DESKTOP], ["phone", "dark", PHONE], ["phone", "light", PHONE]];

async function lookAt(context, site, where) {
  let failed = false;
  const check = (ok, what, detail) => { failed ||= !ok; return tell(ok, what, detail); };
  const page = await context.newPage(), notes = [], name = `${site.language} ${where.kind}`;
  listen(page, site, notes);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(DESKTOP);
  const answer = await page.goto(site.address + where.path, { waitUntil: "load" });
  check(answer.status() === where.status, `${name}: answers ${where.status}`, `${answer.status()} ${where.path}`);
  await page.evaluate(() => Promise.all([...document.images].map(i => { i.loading = "eager"; return i.decode().catch(() => 0); })));
  const broken = await page.evaluate(() => [...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src));
  check(!broken.length, `${name}: every picture loads`, broken);
  await withAxe(page);
  for (const [device, scheme, size] of site.language === "en" ? VIEWS : [VIEWS[0], VIEWS[2]]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    const faults = await axe(page);
    check(!faults.length, `${name}, ${device}, ${scheme}: accessible (axe)`, faults.join("\n"));
    if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-${where.kind}-${device}-${scheme}.png`, fullPage: true });
  }
  await checkLayout(page, name, check, plan);
  await checkModes(page, name, check);
  await checkWords(page, name, site, where, plan, check);
  await checkPrint(page, name, where, site, check, plan);
  const csp = await page.evaluate(() => window.__csp || []);
  check(!notes.length && !csp.length, `${name}: no other host, no error, no breach of the policy`, [...notes, ...csp].join("\n"));
  if (failed && !plan.all)
    for (const [device, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
      await page.setViewportSize(size);
      await page.screenshot({ path: `${plan.shots}/${site.language}-${where.kind}-${device}.png`, fullPage: true });
    }
  await page.close();
}

const browser = await start(plan);
try {
  for (const site of plan.sites) {
    const context = await browser.newContext({ locale: site.language });
    await context.addInitScript(() => {
      window.__csp = [];
      addEventListener("securitypolicyviolation", e => window.__csp.push(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
    });
    const queue = [...site.pages];
    await Promise.all([0, 1].map(async () => { for (let where; (where = queue.shift());) await lookAt(context, site, where); }));
    await checkKeys(context, site, tell, DESKTOP, PHONE);
    await checkCard(context, site, tell);
    await context.close();
    await checkWithoutScript(browser, site, tell, PHONE);
  }
  await Promise.all([true, false].map(strict => checkHostile(browser, plan.sites[0], strict, tell, listen)));
} finally {
  await browser.close();
}
