#!/usr/bin/env python3
"""One story's life in the real house: published, updated, corrected, killed; held what must be held; the hand brake."""
import sys
from _house import *

with House() as h:
    h.drop("a.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns of Quillmere were lit.</p>"))
    check(h.shows("/", "Harbour bridge opens"), "a story put into the folder is on the front page")
    path = h.path_of("Harbour bridge opens")
    check(path and h.get(path).status == 200, "its page answers 200", path)
    check("lanterns of Quillmere" in h.get(path).text, "with its body")
    for surface in ("/rss.xml", "/atom.xml", "/feed.json", "/api/v1/stories", "/section/sport", "/search?q=Quillmere"):
        check(h.shows(surface, "Harbour bridge opens"), f"{surface} lists it")
    check(os.path.exists(os.path.join(h.wire, "done", "a.xml")), "its file lies in done/")
    check(until(lambda: h.get("/pictures/card-sport.jpg").status == 200) and h.get("/pictures/card-sport.jpg").body[:2] == b"\xff\xd8", "its section's card is drawn")

    h.drop("b.xml", newsml("tag:example.org,2026:1", "CORRECTED-Harbour bridge opens on Friday", "<p>The lanterns of Quillmere were lit twice.</p>", version=2, signal="correction",
                           created=at(10)))
    check(h.shows(path, "lit twice"), "a correction takes the text's place at the same address")
    text = h.get(path).text
    check("CORRECTED-" not in text and "orrected" in text, "its tag is a label and not in the headline", text[:500])

    old = h.get(path).headers.get("etag")
    h.drop("c.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens on Friday", "", version=3, status="canceled", created=at(20)))
    check(until(lambda: h.get(path).status == 410), "a kill: the page answers 410", h.get(path).status)
    gone = h.get(path).text
    check("Quillmere" not in gone and "Harbour bridge" not in gone, "the tombstone repeats nothing of it", gone)
    for headers in ({"If-None-Match": old or '"x"'}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}, {"Range": "bytes=0-10"}):
        check(h.ask(path, headers=headers).status == 410, f"410 also with {headers}")
    for surface in ("/", "/rss.xml", "/atom.xml", "/feed.json", "/api/v1/stories", "/section/sport", "/search?q=Quillmere", "/sitemap-1.xml", "/corrections"):
        check("Harbour bridge" not in h.get(surface).text and "lit twice" not in h.get(surface).text, f"nothing of it on {surface}")

    h.drop("d.xml", newsml("tag:example.org,2026:2", "Held for the morning", embargoed="2199-01-01T00:00:00Z"))
    h.drop("e.json", ninjs("tag:example.org,2026:3", "Second story stands"))
    check(h.shows("/", "Second story stands"), "a ninjs story is published")
    check("Held for the morning" not in h.get("/").text, "an embargoed one is not")
    unknown, held = h.get("/2026/01/23/never-0123456789ab"), h.get("/search?q=morning")
    check("Held for the morning" not in held.text, "nor can it be searched")

    path = h.path_of("Second story stands")
    r = h.verb("takedown", path)
    check(r.returncode == 0 and h.get(path).status == 410, "broadsheet takedown URL: 410 when the command returns", r.stdout + r.stderr)
    h.drop("f.json", ninjs("tag:example.org,2026:3", "Second story comes back", version="2", versionCreated=at(30)))
    h.drop("g.json", ninjs("tag:example.org,2026:4", "Third story stands"))
    check(h.shows("/", "Third story stands") and h.get(path).status == 410, "a new wire version does not lift it (K17)")
    r = h.verb("lift", path)
    check(r.returncode == 0 and until(lambda: h.get(path).status in (200, 301)), "lift brings it back", r.stdout + r.stderr)

    h.drop("k1.json", ninjs("tag:example.org,2026:6", "Quay is for sale", versionCreated=at(31)))
    path = h.path_of("Quay is for sale")
    h.drop("k2.json", ninjs("tag:example.org,2026:6", "Quay is for sale", status="canceled", version="2", versionCreated=at(32)))
    check(until(lambda: h.get(path).status == 410), "an agency's kill")
    h.drop("k3.json", ninjs("tag:example.org,2026:6", "Quay is for sale after all", version="3", versionCreated=at(33)))
    r = h.verb("lift", path)
    check(r.returncode == 0 and h.get(path).status == 410, "is not the desk's to lift (K6)", r.stdout + r.stderr)
    r = h.verb("confirm", path)
    check(r.returncode == 0 and h.shows(path, "Quay is for sale after all") and "was withdrawn on" in h.get(path).text,
          "confirm, when a newer version has come: the story is back and says that it was withdrawn and restored", r.stdout + r.stderr)

    r = h.verb("pause")
    h.drop("h.json", ninjs("tag:example.org,2026:5", "Filed while paused"))
    h.drop("i.json", ninjs("tag:example.org,2026:4", "Third story stands", status="canceled", version="2"))
    check(r.returncode == 0 and h.lacks("/", "Third story stands"), "kills act while the house is paused")
    check("Filed while paused" not in h.get("/").text, "new stories do not appear while it is paused")
    h.drop("h2.json", ninjs("tag:example.org,2026:brake-6", "Filed a little later", "<p>A tram was late on the hill line this morning.</p>"))
    waits = lambda *heads: until(lambda: all(x in h.verb("desk", "held").stdout for x in heads))
    waits("Filed while paused", "Filed a little later")
    for way in (["resume"], ["desk", "resume", "all"]):
        r = h.verb(*way)
        check(r.returncode == 1 and "Filed while paused" in r.stdout and "Filed a little later" in r.stdout and "--publish all" in r.stderr, f"`{' '.join(way)}` shows what waits, and asks", r.stdout + r.stderr)
    check("Filed" not in h.get("/").text and "all" in h.verb("desk", "pauses").stdout, "and changes nothing")
    r = h.verb("resume", "--publish", "0123456789ab")
    check(r.returncode == 65 and "does not wait" in r.stderr and h.verb("resume", "--publish", "x").returncode == 64 and h.verb("resume", "--publish", "all", "--hold").returncode == 64, "a choice that cannot be meant is refused", r.stderr)
    picked = re.search(r"(\w{12})  \S+  Filed while paused", h.verb("resume").stdout)[1]
    r = h.verb("resume", "--publish", picked)
    check(r.returncode == 0 and h.shows("/", "Filed while paused"), "what is picked appears", r.stdout + r.stderr)
    check("Filed a little later" not in h.get("/").text and "held by the desk" in h.verb("status", "--held").stdout, "what is not is held", h.verb("status", "--held").stdout)
    h.verb("pause")
    h.drop("h3.json", ninjs("tag:example.org,2026:brake-7", "Filed in a second pause", "<p>The lamps of the quay are painted green again.</p>"))
    check(waits("second pause") and h.verb("resume", "--hold").returncode == 0 and "second pause" not in h.get("/").text, "--hold holds all of it")
    r = h.verb("resume", "wire")
    check(r.returncode == 64 and "is not paused" in r.stderr, "what is not paused cannot be resumed", r.stdout + r.stderr)
    h.verb("pause")
    check(h.verb("resume").returncode == 0, "where nothing waits nothing is asked")
    h.verb("pause")
    h.drop("h4.json", ninjs("tag:example.org,2026:brake-8", "Filed in a third pause", "<p>Nobody won the chess prize of the harbour school.</p>"))
    check(waits("third pause") and h.verb("desk", "resume", "all", "--publish", "all").returncode == 0 and h.shows("/", "Filed in a third pause"), "--publish all publishes it")

    h.drop("bad.xml", "<newsItem guid='x'><broken")
    note = os.path.join(h.wire, "quarantine", "bad.xml.why.txt")
    check(until(lambda: os.path.exists(note)), "a file that cannot be read goes to quarantine/ with a note")
    check(re.search(r"bad\.xml:\d+:\d+: ", open(note).read() if os.path.exists(note) else ""), "the note says where and why", open(note).read() if os.path.exists(note) else "")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
    check("ERROR: AddressSanitizer" not in h.log_text() and "runtime error" not in h.log_text(), "no sanitizer spoke", h.log_text()[-3000:])
    h.start()
    check("Filed while paused" in h.get("/").text and h.get(path).status in (200, 301), "and starts again with everything where it was")
done()
