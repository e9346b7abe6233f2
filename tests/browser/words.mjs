// words: what a page says to people and to machines: language and direction, headings, landmarks, title, description, cards, structured data; no English word of the interface on other sites.

const DECLARED = { story: ["article", "foreign", "corrected", "restored", "long"], indexed: ["front", "article", "foreign", "corrected", "long", "section", "tag", "author", "day"] };

// Words of the interface that stand on the page in English. Texts in a language of their own are the wire's.
function englishOf([english, lang]) {
  const rules = Object.values(english).filter(w => /[A-Za-z]{2}/.test(w.replace(/\{\w+\}/g, ""))).map(w => new RegExp("^" + w.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, ".+") + "$"))
    .filter(r => !/^\^(\.\+[ ,]*)+\$$/.test(r.source));
  const said = new Set();
  const say = (text, e) => { text = text.replace(/\s+/g, " ").trim(); if (/[A-Za-z]{2}/.test(text) && !e.closest(`[lang]:not(html)`)) said.add(text); };
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let n; (n = walker.nextNode());) if (!["SCRIPT", "STYLE"].includes(n.parentElement.tagName)) say(n.data, n.parentElement);
  for (const e of document.querySelectorAll("[aria-label],[placeholder],[title]")) for (const a of ["aria-label", "placeholder", "title"]) if (e.hasAttribute(a)) say(e.getAttribute(a), e);
  for (const e of document.querySelectorAll("p,dt,li,h1,h2,h3,label,legend")) if (!e.querySelector("[lang]")) say(e.textContent, e);
  for (const e of document.querySelectorAll("meta[name=description]")) say(e.content, e);
  return [...said].filter(t => t.length > 1 && rules.some(r => r.test(t)));
}

export async function checkWords(page, name, site, where, plan, check) {
  const seen = await page.evaluate(() => {
    const q = s => document.querySelector(s), all = s => [...document.querySelectorAll(s)], content = s => q(s)?.content || "";
    const json = all('script[type="application/ld+json"]').map(s => { try { return JSON.parse(s.textContent)["@type"]; } catch (e) { return "broken: " + e; } });
    const range = getSelection(); range.selectAllChildren(q("main"));
    const selected = range.toString().trim().length; range.removeAllRanges();
    return { lang: document.documentElement.lang, dir: document.documentElement.dir, h1: all("h1").length, main: all("main").length, banner: all("body>header").length, foot: all("body>footer").length,
      levels: all("h1,h2,h3,h4").map(h => Number(h.tagName[1])), title: document.title, description: content("meta[name=description]"), canonical: q("link[rel=canonical]")?.href || "", robots: content("meta[name=robots]"),
      og: Object.fromEntries(all("meta[property^='og:']").map(m => [m.getAttribute("property"), m.content])), json, selected, notes: all("article.story .note").map(e => e.className).join(" "), inline: all("[style]:not([style='']),body script:not([src]):not([type]),body style").map(e => e.outerHTML.slice(0, 120)),
      navs: all("nav").filter(n => !n.getAttribute("aria-label") && !n.getAttribute("aria-labelledby")).length, story: q("article.story") && [q("article.story h1").lang, q("article.story").dir, getComputedStyle(q("article.story h1")).direction] };
  });
  check(seen.lang === site.language && seen.dir === site.dir, `${name}: language and direction`, [seen.lang, seen.dir]);
  check(seen.h1 === 1 && seen.main === 1 && seen.banner === 1 && seen.foot === 1 && !seen.navs, `${name}: one h1; landmarks; menus have names`, seen);
  check(seen.levels.every((l, i) => i === 0 || l <= seen.levels[i - 1] + 1), `${name}: no heading's level is left out`, seen.levels);
  check(seen.title.endsWith(site.name) && seen.selected > 10, `${name}: a title; texts can be selected`, seen.title);
  check(!seen.inline.length, `${name}: no style and no script stands in the page's body`, seen.inline);
  if (DECLARED.indexed.includes(where.kind)) {
    const want = "https://courier.example" + where.path;
    check(seen.canonical === new URL(want).href, `${name}: its one right address`, [seen.canonical, want]);
    check(seen.description.length > 5, `${name}: a description`, seen.description);
    check(!/noindex/.test(seen.robots), `${name}: may be found`);
  } else if (["search", "found", "nothing", "404", "410"].includes(where.kind)) check(/noindex/.test(seen.robots), `${name}: not for search engines`, seen.robots);
  if (DECLARED.story.includes(where.kind)) {
    check(["og:type", "og:title", "og:url", "og:image", "og:site_name"].every(k => seen.og[k]) && seen.og["og:type"] === "article", `${name}: an Open Graph card`, seen.og);
    check(seen.json.includes("NewsArticle") && seen.json.includes("BreadcrumbList"), `${name}: structured data`, seen.json);
  }
  if (where.kind === "corrected") check(seen.notes.includes("is-correction"), `${name}: the correction box (C1)`, seen.notes);
  if (where.kind === "restored") check(seen.notes.includes("is-restored"), `${name}: says that it was withdrawn and restored (K6)`, seen.notes);
  if (where.kind === "front") check(seen.json.includes("WebSite") && seen.og["og:image"], `${name}: structured data and a card`, seen.json);
  check(seen.json.every(t => !String(t).startsWith("broken")), `${name}: structured data parses`, seen.json);
  if (where.kind === "foreign") {
    const [lang, dir] = site.language === "ar" ? ["en", "ltr"] : ["ar", "rtl"];
    check(seen.story[0] === lang && seen.story[1] === dir && seen.story[2] === dir, `${name}: a story in another language says so, and runs its own way`, seen.story);
  }
  if (site.language === "en") return;
  const english = await page.evaluate(englishOf, [plan.english, site.language]);
  check(!english.length, `${name}: no English word of the interface`, english.join("\n"));
}

// The card that others show: a JPEG of 1200 by 630, and not heavy.
export async function checkCard(context, site, check) {
  const page = await context.newPage();
  for (const where of site.pages.filter(p => ["front", "article", "corrected"].includes(p.kind))) {
    await page.goto(site.address + where.path);
    const path = await page.evaluate(() => new URL(document.querySelector("meta[property='og:image']").content).pathname);
    const answer = await context.request.get(site.address + path), bytes = await answer.body();
    const size = await page.evaluate(async src => { const i = new Image(); i.src = src; await i.decode(); return [i.naturalWidth, i.naturalHeight]; }, path).catch(e => [String(e)]);
    check(answer.status() === 200 && answer.headers()["content-type"] === "image/jpeg" && bytes.length < 300 * 1024 && size[0] === 1200 && size[1] === 630,
      `${site.language} ${where.kind}: its card is a JPEG of 1200 by 630 under 300 KB`, [path, answer.status(), bytes.length, size]);
  }
  await page.close();
}
