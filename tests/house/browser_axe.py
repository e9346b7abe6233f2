#!/usr/bin/env python3
"""Accessibility by axe-core: every kind of page in every language, light on a phone and dark on a desk (tests/browser/axe.mjs). One house, reloaded from language to language.
The whole takes some minutes of processor, so each language has its own share of the kinds, chosen by a seed (printed; BROADSHEET_SEED runs one again): each kind is looked at in four languages or more, each language in
a third of the kinds. BROADSHEET_AXE=all looks at all of them in all, BROADSHEET_AXE=hi,fr in these."""
import json, random
from browser import kill, restore
from browser_languages import CHROMIUM, RTL, STORIES, WORD, everything, fill, go_to_config, look, packages, path_of, settled, words
from _house import *

WHOLE = os.environ.get("BROADSHEET_AXE", "")
seed = os.environ.get("BROADSHEET_SEED") or str(random.randrange(1 << 30))


def config(language):
    return f"""site: {{name: "Brackhaven Post", tagline: "All of it is invented", url: "https://post.example", language: {language}, timezone: Asia/Kolkata, comments: open, confirm_changes_over: 1000000}}
feeds:
  wire: {{provider: Quay Press, credit: Quay, timezone: UTC, folder: "@WIRE@", pictures: yes, comments: yes, disclaimer: "Not edited by the Post."}}
sections: [{{name: world, colour: "#aa2222"}}, sport, news]
live: {{updates: 2}}
share: {{by: [whatsapp, telegram, x, mail, copy, system]}}
channels: [{{kind: rss}}, {{kind: mail, address: desk@post.example}}]
audience: {{measure: yes}}
pages:
  - {{name: about, title: "About", html: "<h2>We</h2><p>print <em>news</em>, <a href='/corrections'>and correct it</a>.</p><ul><li>A</li></ul>"}}
editions:
  - {{language: {language}, url: "https://post.example", default: yes}}
  - {{language: {"ur" if language != "ur" else "en"}, url: "https://other.post.example"}}
"""


def more_stories(h):
    """A corrected one, one that runs, enough for a second page: their headlines are told from the others' by their first word."""
    table = "<table><tr><th>Place</th><th>Rain</th></tr><tr><td>Velmara</td><td>7</td></tr></table><ol><li>one</li></ol><p>A <a href='https://other.example/'>link</a>. (Reporting by Ines Marlow; Editing by Otto Vane)</p>"
    for v in (1, 2):
        h.drop(f"c{v}.xml", newsml("tag:example.org,2026:c", "Corrected mill turns", f"<p>Grain, {v} tons of it.</p>" + table, version=v, signal="correction" if v == 2 else "", by="By Ines Marlow"))
        until(lambda: any("Corrected" in i["headline"] for i in h.api()))
    for v in (1, 2, 3):
        h.drop(f"r{v}.json", ninjs("tag:example.org,2026:r", "Running water rises", "".join(f"<p>Word {k} of the dam.</p>" for k in range(v)), version=str(v), versionCreated=at(50 + v)))
        until(lambda: settled(h))
    for n in range(30): h.drop(f"n{n}.json", ninjs(f"tag:example.org,2026:n{n}", f"Number {n} of many", f"<p>Row {n}.</p>", versionCreated=at(n - 60), subjects=[{"uri": "medtop:16000000", "name": "x"}]))


def pages_of(h, language):
    items = everything(h)
    has = lambda text: next(path_of(i) for i in items if text in i["headline"])
    own, foreign = has(STORIES[language][0]), has(STORIES["ur" if language != "ur" else "ta"][0])
    text = h.get(own).text
    first = lambda what: (re.search(rf'href="(/{what}/[^"]+)"', text) or [0, None])[1]
    where = {"front": "/", "article": own, "foreign": foreign, "running": has("Running"), "corrected": has("Corrected"), "revisions": has("Corrected") + "/revisions", "section": "/section/world", "section-2": "/section/news?page=2",
             "tag": first("tag"), "author": first("author"), "search": "/search", "found": "/search?q=" + WORD[language], "nothing": "/search?q=xyzzyx", "corrections": "/corrections", "days": "/archive", "day": "/archive" + own[:11],
             "popular": "/popular", "house": "/page/about", "comments": own + "/comments", "comment-wrong": own, "lite": own + "/lite", "offline": "/offline", "404": "/no/such/page", "410": h.killed, "restored": h.restored}
    return [dict(kind=k, path=p) for k, p in where.items() if p]


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        skip("axe in every language", why)
        done()
    print(f"# BROADSHEET_SEED={seed}", flush=True)
    chance = random.Random(int(seed))
    with House(config("en"), binary=PLAIN) as h:
        fill(h)
        more_stories(h)
        check(until(lambda: settled(h) and "srcset" in h.get("/").text, within_s=60), "stories in all languages stand, with pictures", h.log_text()[-2000:])
        h.killed, h.restored = kill(h, "killed", "Old quay to be sold"), restore(h)
        until(lambda: settled(h))
        kinds = [p["kind"] for p in pages_of(h, "en")]
        check(len(kinds) >= 25, f"{len(kinds)} kinds of page", kinds)
        turn = chance.sample(kinds, len(kinds))
        plan = dict(chromium=CHROMIUM)
        for n, language in enumerate(chance.sample(list(STORIES), len(STORIES))):
            if WHOLE not in ("", "all") and language not in WHOLE.split(","): continue
            if not go_to_config(h, language, config(language)): continue
            mine = set(kinds) if WHOLE else set(turn[n % 3::3])
            site = dict(address=h.address.rstrip("/"), language=language, pages=[p for p in pages_of(h, language) if p["kind"] in mine])
            look({**plan, "site": site}, "axe.mjs")
        check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    done()


if __name__ == "__main__": main()
