// hostile: what a wire may write and no reader may run. Looked at with the policy in force and with it off: it must hold by itself. hit() is what every shape calls; any call, dialog, request for /hit
// or way to another host fails.

const SURFACES = ["/", "/section/world", "/search?q=hostile", "/search?q=%3Cscript%3Ehit()%3C/script%3E", "/search?q=%22%3E%3Csvg%20onload=hit()%3E", "/tag/hostile", "/corrections", "/archive", "/rss.xml", "/atom.xml",
  "/feed.json", "/section/world/rss.xml", "/api/v1/stories", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/%3Cscript%3Ehit()%3C/script%3E", "/tag/%3Cscript%3Ehit()%3C%2Fscript%3E"];

// Every link, control and element that reacts is tried. Runs in the page. The theme's own script and one style of it stand in the head.
function provoke(boot) {
  const bad = [], inHead = (e, only) => e.parentElement === document.head && document.head.querySelectorAll(only).length === 1;
  for (const e of document.querySelectorAll("*")) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name)) bad.push(`<${e.tagName} ${a.name}>`);
      if (/^(href|src|action|formaction|data|xlink:href|srcdoc|poster|background)$/i.test(a.name) && /^[\s\x00-\x20]*(javascript|vbscript|data):/i.test(a.value)) bad.push(`<${e.tagName} ${a.name}=${a.value.slice(0, 40)}>`);
    }
    if (/^(IFRAME|OBJECT|EMBED|STYLE|BASE|TEMPLATE|NOSCRIPT|MATH)$/i.test(e.tagName) && e.namespaceURI.endsWith("xhtml") && !(e.tagName === "NOSCRIPT" && e.parentElement === document.head) && !(e.tagName === "STYLE" && inHead(e, "style"))) bad.push(`<${e.tagName}>`);
    if (e.tagName === "SCRIPT" && !e.src && e.type !== "application/ld+json" && !(e.textContent === boot && inHead(e, "script:not([src]):not([type])"))) bad.push("<script>");
    if (e.tagName === "META" && e.httpEquiv && !/content-type/i.test(e.httpEquiv)) bad.push("<meta http-equiv>");
    for (const type of ["mouseover", "focus", "load", "error", "toggle", "animationstart"]) try { e.dispatchEvent(new Event(type, { bubbles: false })); } catch (x) { /* not this one */ }
  }
  return [...new Set(bad)].slice(0, 12);
}

export async function checkHostile(browser, site, strict, check, listen) {
  const context = await browser.newContext({ bypassCSP: !strict }), how = strict ? "policy in force" : "policy off";
  const ran = [];
  await context.exposeFunction("hit", () => { ran.push("hit()"); });
  await context.addInitScript(() => { for (const f of ["alert", "confirm", "prompt", "print"]) window[f] = () => window.hit(); });
  check(site.hostile.length >= 5, `hostile, ${how}: the stories are public`, site.hostile);
  const page = await context.newPage(), notes = [], boot = await (await context.request.get(site.address + "/assets/boot.js")).text();
  listen(page, site, notes);
  page.on("request", r => { if (new URL(r.url()).pathname === "/hit") notes.push("asks for /hit"); });
  await page.setContent("<img src=x onerror=hit()>");
  await page.waitForTimeout(100);
  check(ran.length === 1, `hostile, ${how}: what runs would be seen`);
  ran.length = notes.length = 0;
  for (const path of [...site.hostile, site.hostile[0] + "/revisions", ...SURFACES]) {
    const answer = await page.goto(site.address + path, { waitUntil: "load" }).catch(e => { if (!/Download/.test(String(e))) notes.push(String(e)); });
    const isHtml = /html/.test(answer?.headers()["content-type"] || ""), bad = isHtml ? await page.evaluate(provoke, boot) : [];
    // Browsers dress XML and JSON for reading with styles of their own, which the policy forbids.
    const told = isHtml ? notes : notes.filter(n => !n.startsWith("console: Applying inline style"));
    check(page.url() === site.address + path || new URL(page.url()).pathname === new URL(site.address + path).pathname, `hostile, ${how}: ${path.slice(0, 60)} stays where it is`, page.url());
    check(!bad.length && !ran.length && !told.length, `hostile, ${how}: nothing runs on ${path.slice(0, 60)}`, [...bad, ...ran, ...told].join("\n"));
    ran.length = notes.length = 0;
  }
  await page.close();
  await checkReaders(context, site, how, ran, check);
  await context.close();
}

// What a feed reader or another site does with our text: it puts it into a page of its own, that has no policy.
async function checkReaders(context, site, how, ran, check) {
  const bodies = [], page = await context.newPage();
  const feed = await (await context.request.get(site.address + "/section/world/feed.json")).json().catch(() => ({ items: [] }));
  for (const i of feed.items) bodies.push(i.content_html || "");
  const rss = await (await context.request.get(site.address + "/section/world/rss.xml")).text();
  const parsed = await page.evaluate(xml => { const d = new DOMParser().parseFromString(xml, "application/xml"); return { broken: d.querySelector("parsererror")?.textContent || "", texts: [...d.querySelectorAll("item *")].filter(e => ["content:encoded", "description"].includes(e.nodeName)).map(e => e.textContent) }; }, rss);
  check(!parsed.broken && parsed.texts.length > 0 && feed.items.length > 0, `hostile, ${how}: the feeds parse`, parsed.broken);
  for (const body of [...bodies, ...parsed.texts]) {
    await page.setContent(`<!doctype html><title>reader</title><body>${body}</body>`, { waitUntil: "load" }).catch(() => 0);
    await page.evaluate(() => new Promise(r => setTimeout(r, 0)));
  }
  check(!ran.length, `hostile, ${how}: ${bodies.length + parsed.texts.length} texts of feeds run nothing in a page without a policy`, ran);
  ran.length = 0;
  await page.close();
}
