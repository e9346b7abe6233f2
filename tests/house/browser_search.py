#!/usr/bin/env python3
"""The search, suggestions, and the pages of people and places, as readers of English, Hindi, Arabic and Chinese use them in a browser, with and without script (tests/browser/search.mjs)."""
import tempfile
from browser import CHROMIUM, config, look, packages, settled
from _house import *

SAID = [  # guid, language, headline, body, people, places
    ("record", "en", "Marsh-Adeyo breaks the 10,000 metres record", "<p>Nobody had run so fast.</p><p>Her records were read out at the Café Zürich in Velmara.</p>", ["Teodora Marsh-Adeyo"], ["Velmara"]),
    ("lamp", "en", "Lighthouse keeper retires", "<p>The Lighthouse at Velmara has a new lamp, and nobody to light it.</p>", ["Ambrose Tilling"], ["Velmara", "Lindmarch"]),
    ("hi", "hi", "नगर में नई लाइब्रेरी", "<p>हिन्दी के पाठक क़लम से लिखते हैं और नदी के किनारे मिलते हैं।</p>", ["आशा राव"], ["सोनतट"]),
    ("ar", "ar", "عودة الماء إلى الحقول", "<p>قال أهالي الواحات إنّ المَدْرَسَة الجديدة تفتح اليوم.</p>", ["سليم حداد"], ["واحة الندى"]),
    ("zh", "zh", "渡轮恢复通航", "<p>东京港的渡轮今天早上离开码头，市长说明天恢复通航。</p>", [], ["东京港"]),
]


def item(guid, language, headline, body, people, places):
    name = lambda n: {"uri": "meridian:" + n.replace(" ", "-"), "name": n}
    return ninjs("tag:example.org,2026:" + guid, headline, body, language=language, by="By Asha Rao", versionCreated=at(30), subjects=[{"uri": "meridian:sport", "name": "Athletics"}], keywords=["10", "10,000 metres"],
                 people=[name(n) for n in people], places=[name(n) for n in places])


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        print(f"# NOTHING OF THE SEARCH WAS LOOKED AT IN A BROWSER: {why}")
        skip("the search in a browser", why)
        done()
    shots = tempfile.mkdtemp(prefix="broadsheet-screenshots-")
    houses, sites = [], []
    try:
        for language in ("en", "ar"):
            h = House(config=config(language), binary=PLAIN).start()
            houses.append(h)
            for said in SAID: h.drop(said[0] + ".json", item(*said))
            h.drop("secret.json", ninjs("tag:example.org,2026:secret", "Quokkaville keeps its name", "<p>The wombatine stood.</p>", versionCreated=at(31)))
            secret = h.path_of("Quokkaville keeps its name")
            check(until(lambda: "wombatine" in h.get("/search?q=wombatime").text), f"{language}: a word of a public story is meant")
            h.drop("secret-2.json", ninjs("tag:example.org,2026:secret", "Quokkaville keeps its name", version="2", status="canceled", versionCreated=at(32)))
            check(until(lambda: h.get(secret).status == 410), f"{language}: one is killed")
            said = [h.get(p).text for p in ("/search?q=wombatime", "/search?q=quokkavile", "/suggest?q=quok", "/search/rss.xml?q=quokkaville")]
            check(not any("wombatine" in s or "Quokkaville" in s for s in said), f"{language}: D4 no word of it is meant, suggested or found", said)
            until(lambda: settled(h))
            old = h.get("/tag/velmara")
            check(old.status == 301 and old.headers.get("location") == "/place/velmara" and h.get("/tag/velmara/rss.xml").headers.get("location") == "/place/velmara/rss.xml", f"{language}: a place's old address leads on", old.headers)
            check(h.get("/tag/10").status == 404 and h.get("/tag/10-000-metres").status == 200, f"{language}: a number alone is no tag")
            check(h.get("/tag/quokka").status == 404, f"{language}: what nobody has leads nowhere")
            sites.append(dict(language=language, address=h.address.rstrip("/"), article=h.path_of(SAID[0][2])))
        look(dict(chromium=CHROMIUM, shots=shots, keep=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=sites), "search.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    if os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
