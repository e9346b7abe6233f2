// search: what a reader finds and how, with script and without, on a phone and at a desk: marks in four scripts, what narrows, what is meant, what is suggested; people's and places' pages. One line of JSON a check.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1440, height: 900 }, PHONE = { width: 390, height: 800 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const tell = (ok, what, detail = "") => process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : JSON.stringify(detail) }) + "\n");

// What is typed, and what is marked of it.
const FOUND = [["record", ["record", "records"]], ["cafe zurich", ["Café", "Zürich"]], ["हिंदी कलम", ["हिन्दी", "क़लम"]], ["الواحات المدرسه", ["الواحات", "المَدْرَسَة"]], ["渡轮 码头", ["渡轮", "渡轮", "码头"]]];

async function searches(page, name, address) {
  for (const [words, marks] of FOUND) {
    await page.goto(address + "/");
    if (!await page.locator("#find").isVisible()) await page.goto(address + "/search"); // on a phone the menu leads there
    await page.locator("#find:visible, #q:visible").first().fill(words);
    await page.keyboard.press("Enter");
    await page.waitForURL(/search\?q=/);
    const said = await page.locator("main .row mark").allInnerTexts();
    tell(marks.every(m => said.includes(m)), `${name}: “${words}” is found and marked`, said);
  }
  await page.goto(address + "/search?q=lighthuose");
  await page.locator(".meant a").click();
  tell(await page.locator("main .row").count() === 1, `${name}: what was meant is one click away`, page.url());
}

async function narrows(page, name, address) {
  await page.goto(address + "/search?q=velmara");
  const all = await page.locator("main .row").count();
  await page.locator(".narrow summary").click();
  await page.locator("select[name=section]").selectOption("sport");
  await page.locator("select[name=period]").selectOption("week");
  await page.locator("select[name=sort]").selectOption("newest");
  await page.locator(".ask button").click();
  await page.waitForURL(/section=sport/);
  tell(all === 2 && await page.locator("main .row").count() <= all && await page.locator("select[name=section]").inputValue() === "sport" && await page.locator(".narrow").getAttribute("open") !== null,
    `${name}: a search is narrowed, and says so`, page.url());
  await page.goto(address + "/search?q=velmara&to=2001-01-01");
  tell(await page.locator("main .row").count() === 0, `${name}: to a time`);
}

async function labels(page, name, site) {
  await page.goto(site.address + site.article);
  const groups = await page.locator(".tags h2").count();
  await page.locator(".tags a[href^='/person/']").click();
  const about = await page.locator("script[type='application/ld+json']").allTextContents();
  tell(groups === 3 && (await page.locator("h1").innerText()) === "Teodora Marsh-Adeyo" && about.map(JSON.parse).some(j => j.about?.["@type"] === "Person"), `${name}: a person's page`, about);
  tell(await page.locator(".feeds a").count() === 3, `${name}: with its feeds`);
}

async function suggests(page, name, address) {
  await page.goto(address + "/search");
  await page.locator("#q").pressSequentially("velm", { delay: 20 });
  await page.waitForFunction(() => document.querySelectorAll("#q-list option").length > 0, null, { timeout: 8000 }).catch(() => 0);
  const offered = await page.locator("#q-list option").evaluateAll(list => list.map(o => o.value));
  tell(offered.includes("Velmara"), `${name}: a place is suggested`, offered);
  await page.evaluate(() => {
    const q = document.getElementById("q");
    q.value = "Velmara";
    q.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.waitForURL(/place\/velmara/, { timeout: 8000 }).catch(() => 0);
  tell(page.url().endsWith("/place/velmara"), `${name}: and who chooses it is there`, page.url());
}

async function looks(page, name, site, size) {
  for (const path of ["/search?q=velmara&sort=newest", "/search?q=lighthuose", "/search", "/place/velmara", site.article])
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(site.address + path);
      await page.evaluate(axeSource);
      const faults = await page.evaluate(async rules => (await window.axe.run(document, { runOnly: { type: "tag", values: rules }, rules: { "target-size": { enabled: true } } })).violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")), RULES);
      tell(!faults.length, `${name}, ${scheme}: ${path} is accessible (axe)`, faults);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      tell(wide <= 0, `${name}, ${scheme}: ${path} is no wider than the window`, wide);
      if (plan.keep) await page.screenshot({ path: `${plan.shots}/${site.language}-${path.replace(/\W+/g, "-").slice(0, 30)}-${size.width}-${scheme}.png`, fullPage: true });
    }
}

const browser = await start(plan);
try {
  for (const site of plan.sites)
    for (const [size, where] of [[DESKTOP, "desktop"], [PHONE, "phone"]])
      for (const script of [true, false]) {
        const context = await browser.newContext({ javaScriptEnabled: script, viewport: size, locale: site.language, reducedMotion: "reduce" });
        const page = await context.newPage(), name = `${site.language}, ${where}${script ? "" : ", without script"}`, notes = [];
        page.on("console", m => { if (["error", "warning"].includes(m.type()) && !/Failed to load resource/.test(m.text())) notes.push(m.text()); });
        page.on("pageerror", e => notes.push(e.message));
        await searches(page, name, site.address);
        await narrows(page, name, site.address);
        await labels(page, name, site);
        if (script) {
          await suggests(page, name, site.address);
          await looks(page, name, site, size);
        }
        tell(!notes.length, `${name}: nothing is complained of`, notes);
        await context.close();
      }
} finally {
  await browser.close();
}
