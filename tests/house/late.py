#!/usr/bin/env python3
"""The newsroom stands still while embargoed versions fall due: readers keep what they may keep until it has decided, and see nothing of what an embargo or a right's end takes away (E6)."""
import json

from _house import *

SOON_S = 4
LISTS = ["/", "/section/sport", "/atom.xml", "/api/v1/stories", "/news-sitemap.xml"]


def stamp(s): return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(s))


def statuses(h, paths): return [h.get(p).status for p in paths]


def picture(name, caption, version=1, **times):
    """An item of its own; its file lies beside it."""
    item = {"guid": "tag:example.org,2026:" + name, "version": str(version), "type": "picture", "versioncreated": stamp(time.time()), "pubstatus": "usable", "headline": "Slip", "language": "en",
            "description_text": caption, "creditline": "Tom Ostrey/Example", "renditions": {"original": {"href": name + ".jpg", "mimetype": "image/jpeg"}}}
    return json.dumps({**item, **{k: stamp(v) for k, v in times.items()}})


def story_with(name, headline):
    return json.dumps({"guid": f"tag:example.org,2026:with-{name}", "version": "1", "type": "text", "versioncreated": stamp(time.time()), "pubstatus": "usable", "headline": headline, "language": "en",
                       "body_html": "<p>Islanders asked for a later boat.</p>", "associations": {"featuremedia": {"guid": "tag:example.org,2026:" + name, "type": "picture", "pubstatus": "usable",
                       "renditions": {"original": {"href": name + ".jpg", "mimetype": "image/jpeg"}}}}})


HIDES = "  strict:\n    provider: Strict\n    timezone: UTC\n    folder: @FOLDER@/strict\n"
with House(config=site_file("Late", more="    late_embargo: keep\n    pictures: yes\n" + HIDES + "sections:\n  sport:\n    title: Sport\n    subjects: [\"medtop:15000000\"]\n")) as h:
    due = int(time.time()) + SOON_S + 2
    h.drop("a1.xml", newsml("tag:example.org,2026:kept", "Lanterns of the quay", "<p>The old lamps burn.</p>"))
    h.drop("b1.xml", newsml("tag:example.org,2026:ends", "Ferry of the morning", "<p>The old ferry leaves.</p>", expires=stamp(due)))
    strict = os.path.join(h.folder, "strict")
    wire, h.wire = h.wire, strict
    os.makedirs(strict, exist_ok=True)
    h.drop("c1.xml", newsml("tag:example.org,2026:hidden", "Mill of the valley", "<p>The old mill turns.</p>", provider="strict.example"))
    kept, ends, hidden = [h.path_of(t) for t in ("Lanterns of the quay", "Ferry of the morning", "Mill of the valley")]
    check(kept and ends and hidden, "three stories stand")
    h.drop("c2.xml", newsml("tag:example.org,2026:hidden", "Mill by night", "<p>The new mill turns.</p>", version=2, embargoed=stamp(due), provider="strict.example"))
    h.wire = wire
    h.drop("a2.xml", newsml("tag:example.org,2026:kept", "Lanterns by night", "<p>The new lamps burn.</p>", version=2, embargoed=stamp(due)))
    h.drop("b2.xml", newsml("tag:example.org,2026:ends", "Ferry by night", "<p>The new ferry leaves.</p>", version=2, embargoed=stamp(due)))
    check(until(lambda: h.get(hidden).status == 404), "an embargo that came late hides the one")
    taken = lambda: not [f for f in os.listdir(h.wire) if f.endswith(".xml")]
    held = lambda: h.verb("desk", "held").stdout
    check(until(taken) and until(lambda: "kept" in held() and "ends" in held()) and statuses(h, [kept, ends]) == [200, 200] and time.time() < due, "the feed's policy keeps the two others", [held(), due - time.time()])
    newsroom = h.roles()["newsroom"][0]
    os.kill(newsroom, signal.SIGSTOP)
    until(lambda: time.time() > due + 0.3)
    page = h.get(kept)
    check(page.status == 200 and "The old lamps burn" in page.text and "The new lamps" not in page.text, "at the hour the newsroom stands still: the old version is still there", [page.status, page.text[:300]])
    seen = {p: h.get(p).text for p in LISTS}
    check(all("Lanterns of the quay" in t for t in seen.values()), "and in every list", [p for p, t in seen.items() if "Lanterns of the quay" not in t])
    night = h.get(hidden)
    check(h.get(ends).status == 404 and night.status == 200 and "The new mill turns" in night.text and "The old mill" not in night.text, "what has lost its right at that instant is gone; what the embargo hid is new", statuses(h, [ends, hidden]))
    check(not [p for p, t in seen.items() if "of the morning" in t or "of the valley" in t or "Lanterns by night" in t or "Ferry" in t], "and in no list stands what is over, nor what is not decided yet")
    os.kill(newsroom, signal.SIGCONT)
    check(h.shows(kept, "The new lamps burn") and h.shows(hidden, "The new mill turns") and h.shows(ends, "The new ferry leaves"), "the newsroom goes on, and the new versions stand")
    check(h.lacks("/", "Lanterns of the quay") and "Lanterns by night" in h.get("/").text, "in the lists too")
    # R1: what takes its place has itself ended before the newsroom decided
    due = int(time.time()) + SOON_S
    h.drop("d1.xml", newsml("tag:example.org,2026:short", "Kiosk of the park", "<p>The old kiosk sells.</p>"))
    short = h.path_of("Kiosk of the park")
    h.drop("d2.xml", newsml("tag:example.org,2026:short", "Kiosk by night", "<p>The new kiosk sells.</p>", version=2, embargoed=stamp(due), expires=stamp(due + 2)))
    check(until(taken) and until(lambda: "short" in held()) and h.get(short).status == 200 and time.time() < due, "one more is kept", held())
    newsroom = h.roles()["newsroom"][0]
    os.kill(newsroom, signal.SIGSTOP)
    until(lambda: time.time() > due + 0.3)
    check(h.get(short).status == 200, "it stands until its successor is decided", h.get(short).status)
    until(lambda: time.time() > due + 2.3)
    check(h.get(short).status != 200 and "Kiosk" not in h.get("/").text, "but not behind its successor's end", h.get(short).status)
    os.kill(newsroom, signal.SIGCONT)
    check(until(lambda: h.get(short).status == 410), "the newsroom goes on, and says so", h.get(short).status)
    # the same of pictures, each an item of its own: one is followed, one's follower ends before it is decided, one ends
    with open(os.path.join(ROOT, "demo", "pictures", sorted(os.listdir(os.path.join(ROOT, "demo", "pictures")))[0]), "rb") as f: shot = f.read()
    due = int(time.time()) + 3 * SOON_S
    pictures = {"slip": "Boats at the slip", "pier": "Boats at the pier", "mole": "Boats at the mole"}
    page = {}
    for n, (name, words) in enumerate(pictures.items()):
        h.drop(name + ".jpg", shot + bytes([n]))
        h.drop(name + ".json", picture(name, words, **({"expires": due} if name == "mole" else {})))
        h.drop(f"with-{name}.json", story_with(name, f"Midnight sailing {n}"))
    for n, (name, words) in enumerate(pictures.items()): page[name] = h.path_of(f"Midnight sailing {n}")
    check(all(page.values()) and all(h.shows(page[name], words) for name, words in pictures.items()), "three stories show a picture each", h.log_text()[-600:])
    h.drop("slip2.json", picture("slip", "Boats by night", version=2, embargoed=due))
    h.drop("pier2.json", picture("pier", "Boats by night", version=2, embargoed=due, expires=due + 2))
    h.drop("mole2.json", picture("mole", "Boats by night", version=2, embargoed=due + 1))
    h.drop("bell.xml", newsml("tag:example.org,2026:bell", "Bell of the harbour")) # behind them in the ledger
    check(h.path_of("Bell of the harbour") and all(h.shows(page[name], words) for name, words in pictures.items()) and time.time() < due, "which the feed's policy keeps behind a late embargo", due - time.time())
    file_of = lambda name: re.search(r"/pictures/[0-9a-f]{64}-\d+\.jpg", h.get(page[name]).text)
    files = {name: file_of(name)[0] for name in pictures}
    newsroom = h.roles()["newsroom"][0]
    os.kill(newsroom, signal.SIGSTOP)
    until(lambda: time.time() > due + 0.3)
    check(pictures["slip"] in h.get(page["slip"]).text and h.get(files["slip"]).status == 200, "at the hour the newsroom stands still: the old picture is still there, and so is its file", h.get(files["slip"]).status)
    check(pictures["mole"] not in h.get(page["mole"]).text and h.get(files["mole"]).status == 404, "one whose own right has ended is not (R1)", h.get(files["mole"]).status)
    until(lambda: time.time() > due + 2.3)
    check(pictures["pier"] not in h.get(page["pier"]).text and h.get(files["pier"]).status == 404, "nor is one behind its successor's end", h.get(files["pier"]).status)
    os.kill(newsroom, signal.SIGCONT)
    check(h.shows(page["slip"], "Boats by night") and h.shows(page["mole"], "Boats by night"), "the newsroom goes on, and the new pictures stand, though nothing has come", h.log_text()[-600:])
    check(h.lacks(page["pier"], "Boats") and statuses(h, page.values()) == [200] * 3, "and each story")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
