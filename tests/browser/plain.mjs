// plain: a browser without script: everything is read, found and chosen all the same.

export async function checkWithoutScript(browser, site, check, phone) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: phone, locale: site.language });
  const page = await context.newPage(), at = kind => site.address + site.pages.find(p => p.kind === kind).path, name = site.language + " without script";
  await page.goto(at("article"));
  const text = page.locator(".text").first(), size = async () => text.evaluate(e => parseFloat(getComputedStyle(e).fontSize));
  check((await text.innerText()).length > 300 && await page.locator("h1").isVisible(), `${name}: the story is read`);
  const before = await size();
  const chosen = async (value, fits) => { // a form is sent, and the page comes again
    await page.locator(`.sizes [value=${value}]`).click();
    for (let i = 0; i < 50 && !fits(await size().catch(() => before)); i++) await page.waitForTimeout(100);
    return size();
  };
  const large = await chosen("l", n => n > before), small = await chosen("s", n => n < before);
  check(large > before * 1.1 && small < before, `${name}: the text's size is chosen`, [before, large, small]);
  check(await page.locator("noscript").evaluateAll(list => list.every(n => !n.textContent.replace(/<link[^>]*>/g, "").trim())), `${name}: nothing asks for script`);
  await page.locator(".menu a").nth(2).click();
  check(new URL(page.url()).pathname.startsWith("/section/"), `${name}: the menu works`, page.url());
  await page.goto(at("front"));
  check(await page.locator("main h2").count() > 10, `${name}: the front page is read`);
  await page.locator(".to-search a").click();
  await page.locator("#q").fill(site.language === "en" ? "lighthouse" : site.language === "hi" ? "नगर" : "مدن");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=/);
  check(await page.locator("main .row").count() > 0, `${name}: the search form works`, page.url());
  const images = await page.goto(at("front")).then(() => page.locator("main img").count());
  check(images > 0, `${name}: pictures are there`);
  await context.close();
}
