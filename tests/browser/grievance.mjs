// grievance: a complaint as a browser has it that runs no script: written on a phone, looked at, sent, followed on its own page; and the desk's list and case. All of it accessible, in light and dark.
// Each check is one line of JSON on standard output: {ok, what, detail}. The houses are those of tests/house/browser_grievance.py.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1440, height: 900 }, PHONE = { width: 390, height: 844 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

function tell(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
  return ok;
}

async function accessible(page, name) {
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async rules => {
    const r = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
    return r.violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `   ${n.target.join(" ")}  ${(n.failureSummary || "").replace(/\s+/g, " ").slice(0, 260)}`).join("\n"));
  }, RULES);
  tell(!faults.length, `${name}: accessible (axe)`, faults.join("\n"));
  tell(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: nothing stands out of the page`);
}

// axe wants scripts: the very page, as it came to a browser without, is looked at by one with them.
async function looks(reader, site, kind) {
  const html = await reader.content(), address = reader.url().split("#")[0], page = await eyes.newPage();
  await page.route(u => u.href === address, r => r.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
  await page.goto(address);
  for (const [device, scheme, size] of [["phone", "light", PHONE], ["desktop", "dark", DESKTOP]]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await accessible(page, `${site.language} ${kind}, ${device}, ${scheme}`);
    if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-${kind}-${device}-${scheme}.png`, fullPage: true });
  }
  await page.close();
}

const submit = (page, form) => Promise.all([page.waitForURL(() => true, { waitUntil: "load" }), page.locator(`${form} button`).first().press("Enter")]);

async function until(page, address, ready) {
  for (let i = 0; i < 300; i++) {
    await page.goto(address);
    if (await ready()) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

// ---- the reader, without script ----
async function complain(context, site) {
  const page = await context.newPage(), name = site.language;
  await page.goto(site.address + "/");
  await page.locator(".foot a[href$='/grievance']").click();
  tell(page.url().endsWith("/grievance") && (await page.locator(".terms").innerText()).includes("Leela Menon"), `${name}: the footer leads to the officer`, page.url());
  await looks(page, site, "page");
  await page.fill("#complaint-name", "Perpetua Quill");
  await page.fill("#complaint-contact", "perpetua@reader.example");
  await page.fill("#complaint-about", "https://evil.example/");
  await page.fill("#complaint-text", "The bridge is not grey.\nIt is <b>green</b>.");
  await submit(page, ".complaint");
  tell(await page.locator("#complaint-about[aria-invalid=true]").count() === 1 && await page.locator("[role=alert] a[href='#complaint-about']").count() === 1, `${name}: what is wrong is named at its field, and above`);
  tell(await page.inputValue("#complaint-text") === "The bridge is not grey.\nIt is <b>green</b>.", `${name}: nothing that was written is lost`);
  await looks(page, site, "mistake");
  await page.fill("#complaint-about", site.address + site.story);
  await submit(page, ".complaint");
  tell(await page.locator(".complaint [role=status]").isVisible() && await page.inputValue("input[name=stamp]") !== "", `${name}: it is to be looked at before it goes`);
  await looks(page, site, "check");
  await page.waitForTimeout(2100); // nobody reads more quickly
  await submit(page, ".complaint");
  const link = page.url();
  tell(/\/grievance\/\w{12}\?key=\w{32}$/.test(link), `${name}: sent, it has a page of its own`, link);
  tell(await until(page, link, async () => await page.locator(".terms time").count() === 3), `${name}: which tells when it came and both deadlines`, await page.locator("main").innerText());
  await looks(page, site, "case");
  await page.goto(site.address + "/grievance");
  tell(await page.locator(".figures tbody tr").count() === 1, `${name}: the month's figures have it`);
  await looks(page, site, "figures");
  await page.close();
  return link;
}

// ---- the desk, without script ----
async function decide(context, site, link) {
  const page = await context.newPage(), name = site.language + " desk", number = /\/(\w{12})\?/.exec(link)[1];
  await page.goto(site.desk + "/desk/sign-in");
  await page.fill("#name", "ed");
  await page.fill("#password", plan.password);
  await Promise.all([page.waitForURL(u => !u.pathname.includes("sign-in"), { waitUntil: "load" }), page.locator("main form button").first().click()]);
  await page.goto(site.desk + "/desk/complaints");
  tell((await page.locator(".list").innerText()).includes(number), `${name}: the list has it`);
  await looks(page, site, "list");
  await page.locator(`a[href$='${number}']`).click();
  tell((await page.locator("main").innerText()).includes("It is <b>green</b>."), `${name}: the words are text`);
  await looks(page, site, "complaint");
  await submit(page, `form[action$='/acknowledge']`);
  await page.fill("#text-uphold", "We corrected it.");
  await submit(page, `form[action$='/uphold']`);
  tell(await until(page, link, async () => (await page.locator("main").innerText()).includes("We corrected it.")), `${name}: it is decided, and its page says how`);
  await looks(page, site, "decided");
  await page.close();
}

const browser = await start(plan);
const eyes = await browser.newContext({ bypassCSP: true });
eyes.setDefaultTimeout(120000); // a machine may be busy
try {
  for (const site of plan.sites) {
    const context = await browser.newContext({ viewport: PHONE, locale: site.language, javaScriptEnabled: false });
    context.setDefaultTimeout(120000);
    const link = await complain(context, site);
    await decide(context, site, link);
    await context.close();
  }
} catch (e) {
  tell(false, "the browser came to its end", String(e.stack || e));
} finally {
  await browser.close();
}
