// keys: a reader without a mouse: the skip link first, every stop seen, in the order of the page, and out again at its end.

function stop() {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const edge = x => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
  const r = e.getBoundingClientRect(), label = e.matches("input[type=radio]") ? e.nextElementSibling : e;
  window.__stops ||= [];
  const before = window.__stops.at(-1);
  const inOrder = !before || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
  const again = window.__stops.includes(e);
  window.__stops.push(e);
  return { what: `${e.tagName}.${e.className} "${(e.textContent || e.name || "").trim().slice(0, 30)}"`, seen: edge(label) || e.matches("input[type=search]") && edge(e), inOrder, again,
    onScreen: r.width > 0 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth };
}

export async function checkKeys(context, site, check, desktop, phone) {
  // What stands where is the same in every language but for its direction.
  const kinds = { en: ["front", "article", "section", "found", "410", "days"], hi: ["article"], ar: ["front", "article"] }[site.language];
  for (const where of site.pages.filter(p => kinds.includes(p.kind)))
    for (const [device, size] of site.language === "en" ? [["desktop", desktop], ["phone", phone]] : [["phone", phone]]) {
      const name = `${site.language} ${where.kind}, ${device}`, page = await context.newPage();
      await page.setViewportSize(size);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.goto(site.address + where.path);
      const stops = [];
      for (let n = 0; n < 400; n++) {
        await page.keyboard.press("Tab");
        const s = await page.evaluate(stop);
        if (!s || s.again) break;
        stops.push(s);
      }
      const links = await page.evaluate(() => [...document.querySelectorAll("a[href],button,input")].filter(e => e.checkVisibility() && e.tabIndex >= 0 && !(e.type === "radio" && !e.checked)).length);
      check(stops[0]?.what.startsWith("A.skip") && stops[0].onScreen, `${name}: the first stop skips to the content, and is seen`, stops[0]);
      check(stops.every(s => s.seen && s.onScreen), `${name}: where the focus is can be seen`, stops.filter(s => !s.seen || !s.onScreen).slice(0, 6));
      check(stops.every(s => s.inOrder), `${name}: the stops are in the page's order`, stops.filter(s => !s.inOrder).slice(0, 6));
      check(stops.length >= links && stops.length < 400, `${name}: every link is reached, and none holds on to the focus`, [stops.length, links]);
      await page.evaluate(() => document.querySelector(".skip").focus());
      await page.keyboard.press("Enter");
      check(await page.evaluate(() => document.activeElement.id === "main" || location.hash === "#main"), `${name}: the skip link leads to the content`);
      await page.close();
    }
}
