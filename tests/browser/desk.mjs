// desk: an editor with a phone, without script, in every language of the desk: signs in, publishes, kills, takes down, strikes, pauses, and is never left without a word of what came of it.
// The plan is by tests/house/browser_desk.py. Each check is one line of JSON on standard output: {ok, what, detail}.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "./start.mjs";
import { faultsOfText, sideways } from "./look.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 375, height: 667 }, DESKTOP = { width: 1280, height: 800 }, FINGER = 44;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

function check(ok, what, detail = "") {
  process.stdout.write(JSON.stringify({ ok: Boolean(ok), what, detail: ok ? "" : typeof detail === "string" ? detail : JSON.stringify(detail, null, 1) }) + "\n");
  return ok;
}

// Every control has room for a thumb; a link in running text is excepted, and the page's own address in a story.
function smallTargets(finger) {
  const out = [];
  for (const e of document.querySelectorAll("a[href],button,input:not([type=hidden]):not([type=checkbox]),select,textarea,summary,label.pick")) {
    if (e.closest(".skip,.body") || e.closest("p:not(:has(>.button))") && e.matches("a:not(.button)") || e.matches(".reasons a") || !e.checkVisibility()) continue;
    const r = e.getBoundingClientRect();
    if (r.width && (r.width < finger - 0.5 || r.height < finger - 0.5)) out.push(`${e.tagName} "${e.textContent.trim().slice(0, 30)}" ${r.width.toFixed(0)}x${r.height.toFixed(0)}`);
  }
  return out;
}

class Editor {
  constructor(context, page, site) { Object.assign(this, { context, page, site, name: site.language, shots: 0 }); }

  async go(path) { await this.page.goto(this.site.desk + path); }
  path() { return this.page.url().replace(this.site.desk, ""); }
  text() { return this.page.locator("main").innerText(); }
  say(key, with_ = {}) { return Object.entries(with_).reduce((s, [k, v]) => s.replace(`{${k}}`, v), this.site.words[key]); }
  async says(key, what) { check((await this.text()).includes(this.say(key)), `${this.name}: ${what}`, await this.text()); }
  id() { return this.path().match(/story\/(\w+)/)[1]; }
  async press() { await this.page.locator("form.card button.main").click(); }
  async signIn(name, password) { await this.page.fill("#name", name); await this.page.fill("#password", password); await this.page.click("button.main"); }

  // How the page lies on a phone.
  async look(what) {
    await this.page.waitForLoadState("load"); // a click waits for no stylesheet
    const wide = await this.page.evaluate(sideways), faults = await this.page.evaluate(faultsOfText), small = await this.page.evaluate(smallTargets, FINGER);
    const good = check(!wide.length && !faults.length, `${this.name} ${what}: nothing is cut, overlaps or runs off a phone`, [...wide, ...faults].join("\n"));
    const room = check(!small.length, `${this.name} ${what}: every target is ${FINGER} px`, small.join("\n"));
    if (plan.all || !good || !room) await this.page.screenshot({ path: `${plan.shots}/${this.name}-${String(++this.shots).padStart(2, "0")}-${what.replace(/\W+/g, "-")}.png`, fullPage: true });
  }

  async open(list, headline) {
    await this.go(list);
    await this.page.locator(".list a", { hasText: headline }).first().click();
  }
}

async function signingIn(ed) {
  await ed.go("/desk/held");
  await ed.look("sign-in");
  await ed.signIn("Anna", "wrong wrong wrong");
  await ed.says("sign_in_wrong", "a wrong password is said");
  check(await ed.page.inputValue("#name") === "anna", `${ed.name}: and the name need not be typed again`);
  // A machine that has much to do spends the first waits between two tries: they double.
  const [before, after] = ed.say("sign_in_wait").split("{n}");
  let told = "";
  for (let i = 0; i < 14 && !told.includes(before); i++) { await ed.signIn("anna", "wrong wrong wrong"); told = await ed.text(); }
  check(told.includes(before) && told.includes(after.trim()), `${ed.name}: after too many tries it tells how long to wait, and whom to ask`, told);
  await ed.look("locked out");
  for (let i = 0; i < 40 && !ed.path().startsWith("/desk/held"); i++) { await new Promise(r => setTimeout(r, 250)); await ed.signIn("anna", plan.password); }
  check(ed.path() === "/desk/held", `${ed.name}: then the right one leads to where the editor wanted to go`, ed.path());
}

async function publishing(ed) {
  await ed.look("held");
  await ed.page.fill("#q", "HFR"); await ed.page.locator(".search button").click();
  check(await ed.page.locator(".list > li").count() === 1, `${ed.name}: the held list can be searched`, await ed.text());
  await ed.page.locator(".list a").click();
  await ed.look("held story");
  check(await ed.page.locator(".reasons li").count() > 0 && (await ed.text()).includes("HFR"), `${ed.name}: why it is held`);
  await ed.says("stands_held", "where it stands");
  const url = ed.page.url();
  await ed.page.locator("form[action$='/publish'] button").click();
  check((await ed.text()).includes(`${ed.say("outcome_done")}: ${ed.say("did_publish")}. ${ed.say("outcome_everywhere")}`), `${ed.name}: what was done is said`, await ed.text());
  await ed.says("stands_public", "and where it stands now");
  await ed.look("published");
  await ed.page.goBack();
  check(ed.page.url() === url && !(await ed.page.locator("form[action$='/publish']").count()), `${ed.name}: back, the button is gone: nothing is published twice`);
  check(await ed.page.locator(`a[href$='/hold']`).count() === 1 && !(await ed.page.locator("form[action$='/hold']").count()), `${ed.name}: where Publish was, no second tap takes the story away: a hold of a public story asks`);
  await ed.page.locator("a[href$='/hold']").click();
  await ed.says("ask_hold", "and says what it does");
  await ed.press();
  await ed.says("stands_held", "held");
}

// Two thumbs on one button: one act.
async function doubleTap(ed) {
  const form = await ed.page.locator("form[action$='/publish']").evaluate(f => [f.getAttribute("action"), Object.fromEntries([...f.querySelectorAll("input")].map(i => [i.name, i.value]))]);
  const send = () => ed.context.request.post(ed.site.desk + form[0], { form: form[1], headers: { "Sec-Fetch-Site": "same-origin" }, maxRedirects: 0 });
  const [one, two] = await Promise.all([send(), send()]), three = await send();
  const to = [one, two, three].map(a => a.headers().location);
  check(one.status() === 303 && to[0] === to[1] && to[0] === to[2], `${ed.name}: a double tap is one act`, to);
}

async function killing(ed) {
  await ed.open("/desk/live", ed.site.titles[0].slice(0, 12));
  await ed.look("live story with a long headline");
  await ed.page.locator("a[href$='/kill']").click();
  await ed.look("kill");
  await ed.page.fill("#text", "Never true");
  await ed.press();
  await ed.says("stands_killed_here", "killed by the desk, and not “taken down”");
  await ed.says("answers_410", "its address says that it is gone");
  const story = ed.path().replace(/\?.*/, "");
  await ed.page.goBack();
  await ed.says("nothing_to_do", "back, the form of an act that is done is not there to be sent again");
  check(!(await ed.page.locator("form.card").count()), `${ed.name}: no button stands there`);
  for (let i = 0; i < 40; i++) { await ed.go(story + "/receipt"); if (await ed.page.locator(".note.good").count()) break; await new Promise(r => setTimeout(r, 250)); }
  check(await ed.page.locator(".note.good").count() === 1 && (await ed.text()).includes(ed.say("cause_kill")), `${ed.name}: the kill's receipt is on the desk: clean`, await ed.text());
  await ed.look("receipt");
  const jws = await ed.context.request.get(ed.site.desk + story + "/receipt.jws");
  check(jws.status() === 200 && Object.keys(await jws.json()).sort().join() === "payload,protected,signature", `${ed.name}: and its signed form can be taken away`);
  await ed.go(story);
  check(await ed.page.locator("a[href$='/receipt']").count() === 1, `${ed.name}: the story's page leads to it`);
}

async function striking(ed) {
  await ed.open("/desk/live", ed.site.titles[3]);
  const id = ed.id();
  await ed.page.locator("a[href$='/redact']").click();
  await ed.look("strike");
  await ed.press();
  const alert = ed.page.locator("[role=alert]");
  check(ed.name === "en" || !(await alert.getAttribute("lang")), `${ed.name}: what is missing is said in the desk's language`, await alert.innerText());
  await ed.look("strike without words");
  await ed.page.fill("#text", ed.site.struck);
  await ed.press();
  check((await ed.text()).includes("[…]"), `${ed.name}: a name is struck`);
  await ed.page.locator("a[href$='/reslug']").click();
  await ed.look("address");
  await ed.page.fill("#text", "Mayor goes");
  await ed.press();
  check((await ed.text()).includes("mayor-goes-" + id), `${ed.name}: the address has other words`, await ed.text());
  return id;
}

// The session ends while a case is being written: nothing is lost, nothing is done before the editor has seen it again.
async function takingDown(ed, id) {
  await ed.go(`/desk/story/${id}/takedown`);
  const fields = { text: "At the request of a court", reference: "K 12/26", requested_by: "District court", deadline: "2026-12-24T17:00" };
  for (const [k, v] of Object.entries(fields)) await ed.page.fill("#" + k, v);
  await ed.look("takedown");
  await ed.context.clearCookies();
  await ed.press();
  await ed.says("session_over", "the session has ended: nothing is lost");
  await ed.look("session over");
  await ed.signIn("anna", "wrong wrong wrong");
  await ed.signIn("anna", plan.password);
  await ed.says("look_once_more", "signed in again, the act is asked for once more");
  const kept = Object.fromEntries(await Promise.all(Object.keys(fields).map(async k => [k, await ed.page.inputValue("#" + k)])));
  check(JSON.stringify(kept) === JSON.stringify(fields), `${ed.name}: with every word that was written`, kept);
  check(!ed.page.url().includes("court"), `${ed.name}: and none of them in an address`, ed.page.url());
  await ed.press();
  await ed.says("stands_taken_down", "taken down");
  await ed.look("taken down");
  await ed.go("/desk/takedowns");
  const list = await ed.text();
  check([...Object.values(fields).slice(0, 3), "2026-12-24 17:00"].every(w => list.includes(w)), `${ed.name}: the case stands in the list: wording, reference, by whom, deadline`, list);
  await ed.look("takedowns");
}

// Two editors: the second is told what the first has done, and his own act waits for his word.
async function twoEditors(ed, other) {
  await ed.open("/desk/live", ed.site.titles[2]);
  const story = ed.path();
  await other.go(story + "/headline");
  await ed.page.locator("a[href$='/hold']").click();
  await ed.press();
  await other.page.fill("#text", "Words of the second editor");
  await other.press();
  const said = await other.text();
  check(said.includes("anna") && said.includes(ed.say("did_hold")) && await other.page.inputValue("#text") === "Words of the second editor", `${ed.name}: the second editor is told who did what meanwhile, and keeps his words`, said);
  await other.look("meanwhile");
  await other.press();
  check((await other.text()).includes("Words of the second editor"), `${ed.name}: and goes on if he still wants to`, await other.text());
  await ed.go(story);
  await ed.page.locator("form[action$='/publish'] button").click();
}

async function braking(ed) {
  await ed.go("/desk/brakes");
  const top = await ed.page.locator("button", { hasText: ed.say("pause_all") }).boundingBox(), kept = await ed.page.locator("#kept").boundingBox();
  check(top.y < kept.y, `${ed.name}: the hand brake stands above what feeds have kept back`);
  await ed.look("brakes");
  await ed.page.selectOption("#target", "wire");
  await ed.page.locator("#text").fill("Something is odd");
  await ed.page.locator("form:has(#target) button").click();
  check((await ed.text()).includes(`${ed.say("outcome_done")}: ${ed.say("did_pause")}.`) && !(await ed.text()).includes(ed.say("outcome_everywhere")), `${ed.name}: paused, and not “every page shows it”`, await ed.text());
  await ed.look("paused");
  for (let k = 0; k < 3; k++) {
    const item = { uri: "tag:example.org,2026:pile" + k, type: "text", version: "1", pubStatus: "usable", versionCreated: new Date(Date.now() - 6e4).toISOString().slice(0, 19) + "Z", language: ed.name, headlines: [{ value: `${ed.site.titles[2]} № ${k}` }], bodies: [{ contentType: "text/html", value: `<p>Words of it, ${k}.</p>` }] };
    writeFileSync(`${ed.site.wire}/.p${k}`, JSON.stringify(item));
    renameSync(`${ed.site.wire}/.p${k}`, `${ed.site.wire}/pile${k}.json`);
  }
  const waits = ed.say("waiting", { n: "3" });
  for (let i = 0; i < 100 && !(await ed.text()).includes(waits); i++) { await new Promise(r => setTimeout(r, 100)); await ed.go("/desk/brakes"); }
  await ed.page.locator("a.on").first().click();
  check((await ed.text()).includes(waits) && await ed.page.locator(".pick").count() === 3, `${ed.name}: the pile is shown before going on`, await ed.text());
  await ed.look("pile");
  await ed.page.locator(".pick", { hasText: "№ 1" }).click();
  await ed.page.locator("button[value=pick]").click();
  await ed.go("/desk/live");
  const live = await ed.text();
  check(live.includes("№ 1") && !live.includes("№ 0") && !live.includes("№ 2"), `${ed.name}: what is ticked is public, the rest is not`, live);
  await ed.go("/desk/held");
  check((await ed.text()).includes("№ 0") && (await ed.text()).includes("№ 2"), `${ed.name}: but held, to be published one by one`);
}

async function trial(ed) {
  await ed.go("/desk/shadow");
  await ed.look("shadow");
  const all = ed.page.locator("button[value=all]");
  check(!(await all.isVisible()), `${ed.name}: going live takes two taps`);
  await ed.page.locator("summary").click();
  await ed.look("shadow, opened");
  await all.click();
  await ed.says("none_shadow", "gone live");
}

async function owing(ed) {
  await ed.go("/desk/duties");
  await ed.look("duties");
  await ed.says("duty_retention", "what a licence wants by an instant is listed");
  await ed.page.selectOption("#feed", "flood"); await ed.page.locator(".search button").click();
  await ed.says("none_duties", "of one feed alone, too");
  check(await ed.page.inputValue("#feed") === "flood", `${ed.name}: and which is seen`);
  await ed.page.selectOption("#feed", "wire"); await ed.page.locator(".search button").click();
  await ed.page.locator(".list a").first().click();
  check(ed.path().startsWith("/desk/story/"), `${ed.name}: each leads to its story`, ed.path());
}

async function sessions(ed, browser) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
  const other = new Editor(context, await context.newPage(), ed.site);
  await other.go("/desk/held");
  await other.signIn("ed", plan.password);
  await ed.go("/desk/account");
  await ed.look("account");
  const row = ed.page.locator(".list > li", { hasText: /^ed/ });
  await row.locator("button").last().click();
  await ed.says("session_ended", "ending a session is said");
  await other.go("/desk/held");
  check(other.path().startsWith("/desk/sign-in"), `${ed.name}: and it has ended`, other.path());
  await other.signIn("ed", plan.password);
  return other;
}

// Every page once more: accessibility on a phone in the dark and by day, and on a desk; the order of what a keyboard meets.
async function accessible(ed, browser, paths) {
  const context = await browser.newContext({ viewport: PHONE, locale: ed.name });
  await context.addCookies(await ed.context.cookies());
  const page = await context.newPage();
  const views = [[PHONE, "dark"], [PHONE, "light"], [DESKTOP, "light"], [DESKTOP, "dark"]].slice(0, ed.name === "en" ? 4 : 2);
  for (const [what, path] of paths) {
    await page.goto(ed.site.desk + path);
    await page.evaluate(axeSource);
    for (const [size, scheme] of views) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const faults = await page.evaluate(async rules => (await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })).violations
        .map(v => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 3).map(n => `   ${n.target.join(" ")} ${(n.failureSummary || "").replace(/\s+/g, " ").slice(0, 200)}`).join("\n")), RULES);
      check(!faults.length, `${ed.name} ${what}, ${size.width} px, ${scheme}: accessible (axe)`, faults.join("\n"));
      if (size === DESKTOP) {
        const wide = await page.evaluate(sideways), text = await page.evaluate(faultsOfText);
        check(!wide.length && !text.length, `${ed.name} ${what}, ${size.width} px: nothing is cut or overlaps`, [...wide, ...text].join("\n"));
        if (plan.all) await page.screenshot({ path: `${plan.shots}/${ed.name}-desktop-${what}-${scheme}.png`, fullPage: true });
      }
    }
    const order = await page.evaluate(() => [...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary")].filter(e => e.tabIndex > 0).length);
    check(order === 0 && await page.evaluate(() => document.querySelector("a[href]").classList.contains("skip")), `${ed.name} ${what}: the keyboard goes in the page's order, and can skip the menu first`);
  }
  await context.close();
}

const browser = await start(plan);
try {
  for (const site of plan.sites) {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE, locale: site.language, hasTouch: true });
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    await page.emulateMedia({ colorScheme: site.language === "hi" ? "light" : "dark" });
    const ed = new Editor(context, page, site);
    await signingIn(ed);
    check(await page.evaluate(() => document.documentElement.dir) === (site.language === "ar" ? "rtl" : "ltr"), `${site.language}: it runs the right way`);
    await publishing(ed);
    const held = ed.path().replace(/\?.*/, "");
    await doubleTap(ed);
    await killing(ed);
    const killed = ed.path();
    const id = await striking(ed);
    await takingDown(ed, id);
    await owing(ed);
    const other = await sessions(ed, browser);
    await twoEditors(ed, other);
    await braking(ed);
    await trial(ed);
    for (const p of ["alarms", "duties", "quarantine", "audit", "live?q=xyzzyx", "held?q=xyzzyx"]) { await ed.go("/desk/" + p); await ed.look(p); }
    for (const verb of ["lift", "purge", "redact", "headline"]) { await ed.go(`/desk/story/${id}/${verb}`); await ed.look(verb + " of what is down"); }
    await accessible(ed, browser, [["live", "/desk/live"], ["held", "/desk/held"], ["story", held], ["killed", killed], ["receipt", killed + "/receipt"], ["strike", held + "/redact"], ["takedown", held + "/takedown"], ["section", held + "/section"],
      ["nothing to do", killed + "/takedown"], ["purge", `/desk/story/${id}/purge`], ["brakes", "/desk/brakes"], ["takedowns", "/desk/takedowns"], ["duties", "/desk/duties"], ["alarms", "/desk/alarms"], ["unreadable", "/desk/quarantine"], ["account", "/desk/account"], ["audit", "/desk/audit"], ["not here", "/desk/story/nosuch"]]);
    await other.context.close();
    await context.close();
  }
} finally {
  await browser.close();
}
