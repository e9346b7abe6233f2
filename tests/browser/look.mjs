// look: how a page lies on the screen: nothing to scroll sideways, nothing that overlaps or is cut, room for a finger; large text, print, forced colours, reduced motion.

// Texts that lie on one another or are cut off, as a reader sees them. Runs in the page.
export function faultsOfText() {
  const faults = [], boxes = [];
  const name = e => e.tagName.toLowerCase() + (e.className && typeof e.className === "string" ? "." + e.className.trim().replace(/\s+/g, ".") : "");
  const hidden = e => e.closest(".hidden,.skip,[hidden]") || !e.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE"].includes(e.tagName) || hidden(e)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // What scrolls by itself; and the crumbs of a story and of the page itself, which h1 repeats in full.
    const scroller = e.closest(".scroll,.menu ul,.parent ul,pre,.body,.crumbs [aria-current],.crumbs li:nth-child(3)");
    for (const r of range.getClientRects()) {
      if (r.width < 2 || r.height < 2) continue;
      if (!scroller && (r.left < -1 || r.right > innerWidth + 1)) faults.push(`off the screen: ${name(e)} "${node.data.trim().slice(0, 40)}" ${Math.round(r.left)}..${Math.round(r.right)}`);
      boxes.push({ e, scroller, text: node.data.trim().slice(0, 30), l: r.left, r: r.right, m: (r.top + r.bottom) / 2, h: parseFloat(getComputedStyle(e).fontSize) });
    }
    for (let cut = e; cut && cut !== document.body; cut = cut.parentElement) {
      const s = getComputedStyle(cut);
      if (s.overflowX === "hidden" && cut.scrollWidth > cut.clientWidth + 1 && s.textOverflow !== "ellipsis") faults.push(`cut at the side: ${name(cut)}`);
      if (s.overflowY === "hidden" && cut.scrollHeight > cut.clientHeight + 3) faults.push(`cut below: ${name(cut)}`);
    }
  }
  // The ink of a line is about its font's size around the middle of its box: boxes of lines of one paragraph may touch.
  boxes.sort((a, b) => a.m - b.m);
  for (let i = 0; i < boxes.length; i++)
    for (let k = i + 1; k < boxes.length && boxes[k].m - boxes[i].m < 120; k++) {
      const a = boxes[i], b = boxes[k];
      if (a.scroller || b.scroller || b.m - a.m > (a.h + b.h) / 2 * 0.8) continue;
      if (Math.min(a.r, b.r) - Math.max(a.l, b.l) > 3) faults.push(`overlap: ${name(a.e)} "${a.text}" and ${name(b.e)} "${b.text}"`);
    }
  return [...new Set(faults)].slice(0, 12);
}

export function sideways() {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll,.menu,.parent,pre") && e.getBoundingClientRect().right > innerWidth + 1).slice(0, 6)
    .map(e => `${root.scrollWidth} > ${innerWidth}: ${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`).concat(`${root.scrollWidth} > ${innerWidth}`);
}

// Every control and every link that stands by itself; links within running text are excepted (WCAG 2.5.8).
function smallTargets() {
  const out = [];
  for (const e of document.querySelectorAll("a[href],button,input,select,summary,label")) {
    if (e.closest(".hidden,.skip") || e.closest(".text p,.text li,.text td,.text th,h1,h2,h3") || !e.checkVisibility() || e.tabIndex < 0) continue;
    if (e.matches("input[type=radio]") || (e.tagName === "LABEL" && !e.querySelector("input"))) continue;
    const r = e.getBoundingClientRect();
    if (r.width && (r.width < 23.9 || r.height < 23.9)) out.push(`${e.tagName} "${e.textContent.trim().slice(0, 30)}" in ${e.parentElement.className || e.parentElement.tagName} ${r.width.toFixed(1)}x${r.height.toFixed(1)}`);
  }
  return [...new Set(out)].slice(0, 12);
}

const fontSize = (page, size) => page.evaluate(s => { s ? document.documentElement.style.fontSize = s : document.documentElement.removeAttribute("style"); }, size);

export async function checkLayout(page, name, check, plan) {
  for (const width of [320, 360, 768, 1024, 1440]) {
    await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
    const wide = await page.evaluate(sideways), faults = await page.evaluate(faultsOfText);
    check(!wide.length, `${name}: nothing to scroll sideways at ${width} px`, wide.join("\n"));
    check(!faults.length, `${name}: no text overlaps or is cut at ${width} px`, faults.join("\n"));
    if (width === 360) {
      const small = await page.evaluate(smallTargets);
      check(!small.length, `${name}: every target is at least 24 by 24 px`, small.join("\n"));
    }
  }
  await fontSize(page, "200%");
  for (const width of [360, 720, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(sideways), faults = await page.evaluate(faultsOfText);
    check(!wide.length && !faults.length, `${name}: text at 200 % neither overlaps nor is cut at ${width} px`, [...wide, ...faults].join("\n"));
  }
  await page.setViewportSize({ width: 360, height: 740 });
  if (plan.all) await page.screenshot({ path: `${plan.shots}/${name.replace(" ", "-")}-phone-200.png`, fullPage: true });
  await fontSize(page, "");
}

// Forced colours: what colour alone told must still be told. Reduced motion: nothing moves.
export async function checkModes(page, name, check) {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  const forced = await page.evaluate(() => {
    const out = [], look = e => { const s = getComputedStyle(e); return [s.borderBlockEndColor, s.borderBlockEndStyle, s.borderBlockEndWidth, s.backgroundColor, s.outlineStyle, s.outlineWidth].join(" "); };
    const chosen = document.querySelector(".sizes [value=m]"), other = document.querySelector(".sizes [value=l]");
    if (chosen && look(chosen) === look(other)) out.push("the chosen text size looks like the others");
    const here = document.querySelector(".menu a[aria-current]"), there = document.querySelector(".menu li:not(.to-home):not(.to-search) a:not([aria-current])");
    if (here && look(here) === look(there)) out.push("the section's link in the menu looks like the others");
    for (const e of document.querySelectorAll("input[type=search],button"))
      if (e.checkVisibility() && !e.closest(".find") && parseFloat(getComputedStyle(e).borderBlockEndWidth) < 1) out.push("a control without an edge: " + e.outerHTML.slice(0, 80));
    return out;
  });
  check(!forced.length, `${name}: forced colours tell what colour told`, forced.join("\n"));
  const moving = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll("body *")].filter(e => {
    const s = getComputedStyle(e);
    return s.scrollBehavior === "smooth" || s.animationName !== "none" || /[1-9]/.test(s.transitionDuration);
  }).map(e => e.tagName).slice(0, 5));
  check(!moving.length, `${name}: nothing moves for those who do not want it`, moving);
  await page.emulateMedia({ forcedColors: "none" });
}

// On paper: the story, who wrote it and where it stands; nothing to click.
export async function checkPrint(page, name, where, site, check, plan) {
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await page.setViewportSize({ width: 720, height: 1000 });
  const seen = await page.evaluate(() => {
    const shown = q => [...document.querySelectorAll(q)].filter(e => e.checkVisibility({ checkVisibilityCSS: true }));
    const ink = [...document.querySelectorAll("main h1,main p")].filter(e => e.checkVisibility()).map(e => getComputedStyle(e).color.match(/\d+/g).map(Number)).filter(c => c[0] + c[1] + c[2] > 380).length;
    return { clicks: shown("nav,form,.skip,.sizes").map(e => e.className || e.tagName), text: document.body.innerText, pale: ink,
      links: shown(".text a[href]").map(a => getComputedStyle(a, "::after").content) };
  });
  check(!seen.clicks.length, `${name}: on paper there is nothing to click`, seen.clicks);
  check(!seen.pale, `${name}: on paper ink is dark`, seen.pale);
  check(seen.links.every(c => c !== "none"), `${name}: on paper links are told`, seen.links);
  if (["article", "foreign", "corrected"].includes(where.kind)) {
    check(seen.text.includes("https://courier.example" + where.path), `${name}: on paper the story's address is told`, seen.text.slice(-300));
    check(seen.text.includes("Meridian"), `${name}: on paper the agency is told`);
    if (plan.all) await page.screenshot({ path: `${plan.shots}/${name.replace(" ", "-")}-print.png`, fullPage: true });
  }
  const wide = await page.evaluate(sideways);
  check(!wide.length, `${name}: on paper nothing is cut at the side`, wide.join("\n"));
  await page.emulateMedia({ media: "screen" });
}
