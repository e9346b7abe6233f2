// comments: readers' comments as a browser has them: written, answered, reported, changed, with script and without; and payloads that must stay text wherever they are shown.
// Each check is one line of JSON on standard output: {ok, what, detail}. The houses are those of tests/house/browser_comments.py.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1440, height: 900 }, PHONE = { width: 390, height: 844 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const AT_ONCE = 4; // readers who send hostile comments, each of whom has to read two seconds
let networks = 0;

function tell(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
  return ok;
}

// A reader of his own: another network each, as a proxy tells it.
async function reader(browser, site, options = {}) {
  networks++;
  const context = await browser.newContext({ viewport: DESKTOP, locale: site.language, extraHTTPHeaders: { "X-Forwarded-For": `198.51.${networks >> 8}.${networks & 255}` }, ...options });
  context.setDefaultTimeout(120000); // a machine may be busy
  context.notes = [];
  context.on("page", p => {
    p.on("dialog", d => { context.notes.push("dialog: " + d.message()); d.dismiss(); });
    p.on("pageerror", e => context.notes.push("script: " + e.message));
    p.on("request", r => {
      if (![site.address, site.desk].some(a => r.url().startsWith(a + "/")) && !/^(data|blob|about):/.test(r.url())) context.notes.push("asks " + r.url());
    });
  });
  return context;
}

const submit = page => Promise.all([page.waitForURL(() => true, { waitUntil: "load" }), page.locator(".write button").first().press("Enter")]);

async function write(page, address, name, text) {
  if (address) await page.goto(address);
  await page.evaluate(([n, t]) => { // as pasted
    document.getElementById("comment-name").value = n;
    document.getElementById("comment-text").value = t;
  }, [name, text]);
  await submit(page);
}

async function send(page) {
  await page.waitForTimeout(2100); // nobody reads more quickly
  await submit(page);
}

async function shown(page, address, words) {
  for (let i = 0; i < 300; i++) {
    await page.goto(address);
    if ((await page.locator(".comments").first().innerText().catch(() => "")).includes(words)) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

async function accessible(page, name) {
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async rules => {
    const r = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
    return r.violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map(n => `   ${n.target.join(" ")}  ${(n.failureSummary || "").replace(/\s+/g, " ").slice(0, 260)}`).join("\n"));
  }, RULES);
  tell(!faults.length, `${name}: accessible (axe)`, faults.join("\n"));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  tell(!wide, `${name}: nothing stands out of the page`);
}

// The colours are the same in every language: other sites than the English one are looked at in two views.
const VIEWS = [["desktop", "light", DESKTOP], ["phone", "dark", PHONE], ["desktop", "dark", DESKTOP], ["phone", "light", PHONE]];

async function looks(page, site, kind) {
  for (const [device, scheme, size] of site.language === "en" ? VIEWS : VIEWS.slice(0, 2)) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await accessible(page, `${site.language} ${kind}, ${device}, ${scheme}`);
    if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-${kind}-${device}-${scheme}.png`, fullPage: true });
  }
  await page.setViewportSize(DESKTOP);
}

// ---- without script: everything is a page with a form ----
async function plain(browser, site) {
  const context = await reader(browser, site, { javaScriptEnabled: false, viewport: PHONE }), page = await context.newPage(), name = site.language + " without script";
  const fill = async (n, t) => { await page.fill("#comment-name", n); await page.fill("#comment-text", t); };
  await page.goto(site.address + site.story);
  await fill("Perpetua", "The first word.");
  await submit(page);
  tell(await page.locator(".note .said").innerText() === "The first word.", `${name}: what was written is shown before it is sent`);
  await send(page);
  tell(page.url().includes("?change=") && await page.locator("#thanks").isVisible(), `${name}: it is sent, and thanked for`, page.url());
  const link = page.url();
  await shown(page, site.address + site.story, "The first word.");
  await page.locator("a.reply").first().click();
  tell(/comments\?to=/.test(page.url()) && await page.locator(".answered .said").innerText() === "The first word.", `${name}: an answer is a page that shows what it answers`, page.url());
  await fill("Oswin", "An answer.");
  await submit(page);
  await send(page);
  await shown(page, site.address + site.story, "An answer.");
  tell(await page.locator(".comments > ol > li > ol > li .said").innerText() === "An answer.", `${name}: it stands below`);
  await page.locator(".comments .do a:not(.reply)").first().click();
  await page.check("#why-abuse");
  await submit(page);
  tell(page.url().endsWith("#reported") && await page.locator("#reported").isVisible(), `${name}: a report is thanked for`, page.url());
  await page.goto(link);
  tell(await page.inputValue("#comment-text") === "The first word.", `${name}: the link opens the words`);
  await page.fill("#comment-text", "The first word, mended.");
  await submit(page);
  tell(await page.locator("#changed").isVisible(), `${name}: they are changed`, page.url());
  tell(await shown(page, site.address + site.story, "mended"), `${name}: and stand so`);
  const time = page.locator(".comments .who a:has(time)").first(), id = (await time.getAttribute("href")).slice(1);
  tell(await page.locator("#" + id).count() === 1, `${name}: each has an address of its own`);
  tell(!context.notes.length, `${name}: nothing else happens`, context.notes.join("\n"));
  await context.close();
  return link;
}

// ---- with script: the form comes to the comment ----
async function inline(browser, site) {
  const context = await reader(browser, site), page = await context.newPage(), name = site.language + " with script";
  await page.goto(site.address + site.story);
  const first = page.locator(".comments > ol > li").first(), id = (await first.getAttribute("id")).slice(2);
  await first.locator("a.reply").first().focus();
  await page.keyboard.press("Enter");
  tell(!page.url().includes("?to=") && await first.locator("form.write").count() === 1 && await page.inputValue("input[name=parent]") === id, `${name}: the form comes to the comment that is answered`, page.url());
  tell(await page.evaluate(() => document.activeElement.id) === "comment-text", `${name}: and may be written in at once`);
  if (plan.all) await page.screenshot({ path: `${plan.shots}/${site.language}-inline-desktop.png`, fullPage: true });
  await first.locator("a.reply").first().click();
  tell(await first.locator("form.write").count() === 0 && await page.inputValue("input[name=parent]") === "", `${name}: a second time it goes back`);
  await first.locator("a.reply").first().click();
  await page.fill("#comment-name", "Ines");
  await page.fill("#comment-text", "Inline words.");
  await submit(page);
  await send(page);
  await shown(page, site.address + site.story, "Inline words.");
  tell(await page.locator(".comments > ol > li > ol .said", { hasText: "Inline words." }).count() === 1, `${name}: the answer stands where it belongs`);
  tell(!context.notes.length, `${name}: no error, no other host`, context.notes.join("\n"));
  await context.close();
}

async function views(browser, site, link) {
  const context = await reader(browser, site, { bypassCSP: true }), page = await context.newPage(); // for axe alone
  await page.goto(site.address + site.story);
  await looks(page, site, "talk");
  const href = await page.locator("a.reply").first().getAttribute("href"), report = await page.locator(".comments .do a:not(.reply)").first().getAttribute("href");
  for (const [kind, at] of [["answer", site.address + href], ["report", site.address + report], ["change", link]]) {
    await page.goto(at);
    await looks(page, site, kind);
  }
  await context.close();
}

// ---- confirmed by mail: an address is asked for, a link comes, a button confirms ----
async function linkFor(address) {
  for (let i = 0; i < 1200; i++) {
    try { const link = JSON.parse(readFileSync(plan.by_mail.box, "utf8"))[address]; if (link) return link; } catch { /* none has come yet */ }
    await new Promise(r => setTimeout(r, 50));
  }
  return null;
}

async function byMail(browser, site, script) {
  const context = await reader(browser, site, script ? { bypassCSP: true } : { javaScriptEnabled: false, viewport: PHONE }), page = await context.newPage(); // the policy is off for axe alone
  const name = `by mail, ${script ? "with" : "without"} script`, words = `Confirmed ${script ? "with" : "without"} script.`, address = `${script ? "ines" : "oswin"}@example.org`;
  await page.goto(site.address + site.story);
  await page.fill("#comment-name", "Ines");
  await page.fill("#comment-text", words);
  await submit(page);
  tell(await page.locator("#comment-mail").isVisible() && await page.inputValue("#comment-mail") === "", `${name}: the address is asked for beside the words as they will stand`);
  if (script) await looks(page, site, "mail");
  await page.fill("#comment-mail", "ines@example");
  await send(page);
  tell(await page.locator("#comment-mail-wrong").isVisible() && await page.inputValue("#comment-mail") === "", `${name}: what is no address is named, and not repeated`, page.url());
  if (script) await looks(page, site, "mail-wrong");
  await page.fill("#comment-mail", address);
  await submit(page);
  tell(page.url().endsWith(site.story + "#mailed") && await page.locator("#mailed").isVisible(), `${name}: then a mail is on its way`, page.url());
  const link = await linkFor(address);
  for (let i = 0; i < 2; i++) await page.goto(link);
  tell(page.url().includes("?confirm=") && await page.locator(".write button").count() === 1, `${name}: its link opens a page with one button`, page.url());
  if (script) await looks(page, site, "confirm");
  await submit(page);
  tell(page.url().includes("?change=") && await page.locator("#thanks").isVisible(), `${name}: which confirms, and leads to where it can be changed`, page.url());
  tell(await shown(page, site.address + site.story, words), `${name}: then it stands`);
  await page.goto(link);
  await submit(page);
  tell(page.url().endsWith("?confirm=over") && await page.locator(".is-wrong").isVisible() && await page.locator(".write button").count() === 0, `${name}: a second time it says that it is over`, page.url());
  if (script) await looks(page, site, "confirm-over");
  tell(!context.notes.length, `${name}: nothing else happens`, context.notes.join("\n"));
  await context.close();
}

// ---- what nobody may run: the policy is off, so that escaping alone holds ----
const fold = s => s.replace(/[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\s]+/gu, "");
const elements = page => page.evaluate(() => [...document.querySelectorAll(".said *, .who b *, .why b *, textarea *")].map(e => e.outerHTML.slice(0, 200)));

async function hostileOnes(browser, site, list, sent) {
  for (const c of list) {
    const context = await reader(browser, site, { bypassCSP: true }), page = await context.newPage();
    await write(page, site.address + site.other + "/comments", c.name, c.text);
    const here = await elements(page), kept = fold(await page.inputValue("#comment-text")), lost = c.parts.filter(p => !kept.includes(fold(p)));
    sent.lost.push(...lost);
    if (here.length) sent.faults.push(...here);
    await send(page);
    if (page.url().includes("?change=")) sent.count++;
    else sent.faults.push("not sent: " + c.name + " " + await page.locator(".is-wrong").innerText().catch(() => page.url()));
    sent.faults.push(...await elements(page), ...context.notes);
    await context.close();
  }
}

async function hostile(browser, site) {
  const sent = { count: 0, faults: [], lost: [] }, each = Math.ceil(plan.hostile.length / AT_ONCE);
  await Promise.all([...Array(AT_ONCE).keys()].map(i => hostileOnes(browser, site, plan.hostile.slice(i * each, (i + 1) * each), sent)));
  const payloads = plan.hostile.reduce((n, c) => n + c.parts.length, 0);
  tell(sent.count === plan.hostile.length && !sent.faults.length, `${payloads} payloads in ${plan.hostile.length} comments stay text where they are written and changed`, sent.faults.slice(0, 20).join("\n"));
  tell(sent.lost.length * 50 <= payloads, `nearly all of them come through the form whole (${sent.lost.length} hold what is no text)`, sent.lost.slice(0, 20).join("\n"));
  const context = await reader(browser, site, { bypassCSP: true }), page = await context.newPage();
  let count = 0;
  for (let i = 0; i < 300 && count < plan.hostile.length; i++) {
    await page.goto(site.address + site.other);
    count = await page.locator(".comments .said").count();
  }
  await page.mouse.move(300, 300);
  await page.keyboard.press("Tab");
  await page.evaluate(() => { for (const e of document.querySelectorAll(".comments *")) for (const t of ["click", "mouseover", "focus", "error"]) if (e.tagName !== "A" && e.tagName !== "BUTTON") e.dispatchEvent(new Event(t)); });
  const faults = [...await elements(page), ...context.notes];
  tell(count === plan.hostile.length && !faults.length, "all of them stand under the story as text, and none runs", `${count}\n${faults.slice(0, 20).join("\n")}`);
  const own = await reader(browser, site, { bypassCSP: true, extraHTTPHeaders: {} }), desk = await own.newPage(); // no proxy: the desk would want TLS
  await desk.goto(site.desk + "/desk/sign-in");
  await desk.fill("input[name=name]", "ed");
  await desk.fill("input[name=password]", plan.password);
  await Promise.all([desk.waitForURL(u => !u.pathname.endsWith("/sign-in")), desk.keyboard.press("Enter")]);
  await desk.goto(site.desk + "/desk/comments");
  const rows = await desk.locator(".said").count(), there = [...await elements(desk), ...own.notes];
  tell(rows > 50 && !there.length, `nor at the desk (${rows} rows)`, there.slice(0, 20).join("\n"));
  await own.close();
  await context.close();
}

const browser = await start(plan);
try {
  for (const site of plan.sites) {
    const link = await plain(browser, site);
    await inline(browser, site);
    await views(browser, site, link);
  }
  for (const script of [false, true]) await byMail(browser, plan.by_mail, script);
  if (plan.hostile.length) await hostile(browser, plan.sites[0]);
} finally { await browser.close(); }
