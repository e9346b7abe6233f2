#!/usr/bin/env python3
"""The article in a browser: people and roles, dateline, labels, text size with and without script, the words alone (/lite, .txt), fewer bytes for who saves them.
English, Hindi and Arabic; what is looked at stands in tests/browser/article.mjs."""
import json, tempfile
from _house import *
from browser import CHROMIUM, NAMES, HERE, config, everything, look, packages, path_of, settled, words

STORIES = {
    "en": dict(tag="UPDATE 1", headline="Harbour bridge opens", by="By Asha Rao and Tom Lind", date="LINDMARCH, Nov 30 (Meridian)", city="LINDMARCH", day="11-30", source="Meridian",
               text="The bridge opened on Monday, a year late and to applause.", credits="(Reporting by Asha Rao in Lindmarch and Ada Voss; Editing by Bo Quay)",
               people=[["Asha Rao", "reporting"], ["Ada Voss", "reporting"], ["Bo Quay", "editing"]], authors=["Asha Rao", "Tom Lind"], label="update"),
    "hi": dict(tag="तत्काल", headline="बंदरगाह का पुल खुला", by="आशा राव और टॉम लिंड", date="पुणे, 30 नवंबर (मेरिडियन)", city="पुणे", day="11-30", source="मेरिडियन",
               text="सोमवार को पुल तालियों के बीच खुला।", credits="(रिपोर्टिंग: आशा राव और आदा वोस; संपादन: बो क्वे)",
               people=[["आशा राव", "reporting"], ["आदा वोस", "reporting"], ["बो क्वे", "editing"]], authors=["आशा राव", "टॉम लिंड"], label="urgent"),
    "ar": dict(tag="عاجل", headline="افتتاح جسر الميناء", by="أحمد علي و مريم سعيد", date="القاهرة 30 نوفمبر (ميريديان)", city="القاهرة", day="11-30", source="ميريديان",
               text="افتتح الجسر يوم الاثنين وسط التصفيق.", credits="(إعداد أحمد علي - تحرير هدى نور)",
               people=[["أحمد علي", "compiling"], ["هدى نور", "editing"]], authors=["أحمد علي", "مريم سعيد"], label="urgent"),
}


def story(language, s):
    long = "".join(f"<p>{s['text']}</p>" for _ in range(6))
    body = f"<p>{s['date']} - {s['text']}</p>{long}<blockquote><p>{s['text']}</p></blockquote><table><tr><td>1</td><td>2</td></tr></table><p>{s['credits']}</p>"
    picture = {"name": "p", "type": "picture", "headlines": [{"value": "A bridge"}], "altText": "A bridge", "uri": "tag:example.org,2026:bridge-picture", "creditline": "Meridian",
               "descriptions": [{"role": "caption", "value": "The bridge"}], "renditions": [{"name": "main", "href": "bridge.jpg", "contentType": "image/jpeg", "width": 1600, "height": 900}]}
    return ninjs("tag:example.org,2026:bridge", f"{s['tag']}: {s['headline']}", body, by=s["by"], language=language, subjects=[{"uri": "meridian:world", "name": "World"}], associations=[picture])


def checks_by_http(h, language, s, path):
    """What needs no browser: sizes, headers, the same predicate, the disclaimer."""
    says = words(language)["disclaimer"].replace("{agency}", "Meridian").replace("{site}", NAMES[language][0])
    for end in ("", "/lite", ".txt"):
        check(says in h.get(path + end).text, f"{language} {end or 'page'}: the disclaimer stands there (R4)")
    for end in ("/lite", ".txt"):
        a = h.get(path + end)
        check(a.status == 200 and len(a.body) < 10000 and a.headers["x-robots-tag"] == "noindex", f"{language} {end}: under 10 KB, not indexed", len(a.body))
        check(s["credits"] in re.sub(r"<[^>]*>", "", a.text) and s["date"] in re.sub(r"<[^>]*>", "", a.text), f"{language} {end}: with the agency's own lines")
    page = h.get(path).text
    found = re.search(r'src="(/pictures/[0-9a-f]+-)\d+\.jpg"', page)
    if check(found, f"{language}: it has a picture"):
        whole, less = h.get(found[1] + "1200.jpg"), h.get(found[1] + "1200.jpg", Save_Data="on")
        check(whole.status == less.status == 200 and len(less.body) * 2 < len(whole.body) and "Save-Data" in less.headers["vary"], f"{language}: who saves data gets the smallest picture", [len(whole.body), len(less.body)])
        check(h.get(path, Save_Data="on", Cookie="size=l").body == h.get(path).body, f"{language}: the page is the same for everybody")
    graphs = [json.loads(g) for g in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]
    graph = next(g for g in graphs if g["@type"] == "NewsArticle")
    check([a["name"] for a in graph["author"]] == s["authors"] and all("/author/" in a["url"] for a in graph["author"]), f"{language}: authors with their pages, for machines", graph["author"])
    check([e["name"] for e in graph.get("editor", [])] == [n for n, r in s["people"] if r == "editing"], f"{language}: and editors", graph.get("editor"))
    check(graph.get("dateline") == s["city"], f"{language}: and the place", graph.get("dateline"))


def gone(h, language, path):
    h.drop("bridge-2.json", ninjs("tag:example.org,2026:bridge", "x", version="2", status="canceled", versionCreated=at(30)))
    for end in ("", "/lite", ".txt"):
        check(until(lambda: h.get(path + end).status == 410), f"{language} {end or 'page'}: gone with the story (K1)")
    check(h.get(path + ".text").status == 404, f"{language}: no other ending")


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        skip("the article in a browser", why)
        done()
    shots = tempfile.mkdtemp(prefix="broadsheet-screenshots-")
    houses, sites = [], []
    try:
        for language, s in STORIES.items():
            h = House(config=config(language), binary=PLAIN).start()
            houses.append(h)
            with open(os.path.join(ROOT, "demo", "pictures", "lighthouse.jpg"), "rb") as f: h.drop("bridge.jpg", f.read())
            h.drop("bridge-1.json", story(language, s))
        for h, (language, s) in zip(houses, STORIES.items()):
            check(until(lambda: settled(h) and everything(h), within_s=60), f"{language}: the story stands", h.log_text()[-2000:])
            path = path_of(everything(h)[0])
            check(until(lambda: "<figure>" in h.get(path).text, within_s=60), f"{language}: its picture is drawn")
            checks_by_http(h, language, s, path)
            sites.append(dict(language=language, address=h.address.rstrip("/"), path=path, **s))
        look(dict(chromium=CHROMIUM, shots=shots, all=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=sites), "article.mjs")
        for h, site in zip(houses, sites): gone(h, site["language"], site["path"])
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    if os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
