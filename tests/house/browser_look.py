#!/usr/bin/env python3
"""How the site looks, measured in Chromium (tests/browser/appearance.mjs): the front's lead and its grid, the measure of the text in each script, the phone's menu, light and dark, times told as ages, no shift of
the layout, and what of a story comes with the first bytes. With and without script."""
import gzip, tempfile
from _house import *
import browser


def first_text(page):
    """Where the story's own words begin in the page's bytes."""
    return page.index(b'<div class="text"')


def main():
    why = browser.packages() or ("" if os.path.exists(browser.CHROMIUM) else f"there is no {browser.CHROMIUM}")
    if why:
        skip("the look of the site in a browser", why)
        done()
    source = tempfile.mkdtemp(prefix="broadsheet-test-")
    r = subprocess.run([PLAIN, "simulate", "--stories", os.path.join(ROOT, "demo"), "--to", source, "--length", "1"], capture_output=True, text=True, timeout=60)
    check(r.returncode == 0, "the demonstration's stories are written", r.stderr)
    houses, sites = [], []
    try:
        for language in browser.NAMES:
            h = House(config=browser.config(language), binary=PLAIN).start()
            houses.append(h)
            for name in sorted(os.listdir(source)):
                with open(os.path.join(source, name), "rb") as f: h.drop(name, f.read())
        for h, language in zip(houses, browser.NAMES):
            check(until(lambda: browser.settled(h), within_s=60), f"{language}: all of them are applied", h.log_text()[-2000:])
            items = browser.everything(h)
            story = next(browser.path_of(i) for i in items if browser.STORIES[language] in i["headline"])
            pages = {"front": "/", "article": story, "section": "/section/science", "search": "/search?q=a", "days": "/archive"}
            drawn = lambda: browser.is_drawn(h, [dict(kind=k, path=p) for k, p in pages.items() if k in ("front", "article")])
            # The lead is chosen by its picture too: it may be another until the last one is drawn.
            led = lambda: "<figure>" in h.get("/").text.partition('class="second"')[0]
            check(until(lambda: drawn() and led(), within_s=120), f"{language}: their pictures are drawn, and the front's lead has its own")
            text = h.get(story).body
            begins = len(gzip.compress(text[:first_text(text)]))  # on its way: the head bears the first screen's style
            check(begins < 14 * 1024, f"{language}: the story's text begins within the page's first 14 KB", begins)
            check(len(gzip.compress(text)) < 30 * 1024, f"{language}: the page is light", len(gzip.compress(text)))
            check(text.index(b"application/ld+json") > text.index(b"</footer>"), f"{language}: what only machines read comes last")
            sites.append(dict(language=language, dir="rtl" if language == "ar" else "ltr", address=h.address.rstrip("/"), pages=pages))
        browser.look(dict(chromium=browser.CHROMIUM, sites=sites), "appearance.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
        shutil.rmtree(source, ignore_errors=True)
    done()


if __name__ == "__main__": main()
