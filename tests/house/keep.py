#!/usr/bin/env python3
"""The keeper's verbs: backup, restore (tombstones are united, never replaced), rebuild alone, audit finding damage."""
import sqlite3
from _house import *

SURFACES = ("/", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/sitemap-1.xml", "/section/sport", "/corrections", "/api/v1/stories")

CONFIG = """site:
  name: Keeper
  url: https://news.example.org
  timezone: UTC
  noindex: false
feeds:
  wire:
    provider: Wire
    timezone: UTC
    folder: @WIRE@
"""

with House(config=CONFIG) as h:
    for n in range(12): h.drop(f"{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Keeper story {n}", subjects=[{"uri": "medtop:15000000", "literal": "medtop:15000000", "name": "Sport"}]))
    check(until(lambda: len(h.api()) == 12), "twelve stories stand")
    backup = os.path.join(h.folder, "backup")
    r = h.verb("backup", "--to", backup)
    check(r.returncode == 0 and "verified" in r.stdout, "backup while running, verified", r.stdout + r.stderr)
    path = h.path_of("Keeper story 3")
    h.drop("kill.json", ninjs("tag:example.org,2026:3", "Keeper story 3", status="canceled", version="2"))
    check(until(lambda: h.get(path).status == 410), "one is killed after the backup")
    before = {p: h.get(p).body for p in SURFACES}
    h.stop()
    outbox, aside = os.path.join(h.data, "courier"), os.path.join(h.folder, "courier-aside")
    os.rename(outbox, aside)
    r = h.verb("rebuild")
    check(r.returncode == 0, "rebuild of a house that does not run", r.stdout + r.stderr)
    if check(not os.path.exists(outbox), "it sends nothing: it knows no site file"): os.rename(aside, outbox)
    h.start()
    check(all(h.get(p).body == before[p] for p in SURFACES), "byte-identical pages afterwards", [p for p in SURFACES if h.get(p).body != before[p]])
    h.stop()
    r = h.run("restore", "--from", backup, "--data", h.data)
    check(r.returncode == 0, "restore over it", r.stdout + r.stderr)
    h.start()
    check(until(lambda: h.get(h.path_of("Keeper story 4") or "/x").status == 200), "the restored site serves")
    check("Keeper story 3" not in h.get("/").text and h.get(path).status in (404, 410), "the story killed after the backup stays dead (X9)", h.get(path).status)
    h.stop()
    fresh = os.path.join(h.folder, "fresh")
    os.makedirs(fresh)
    r = h.run("restore", "--from", backup, "--data", fresh)
    check(r.returncode == 0 and "confirm" in r.stderr, "restore on a machine without tombstones says that stories are held", r.stdout + r.stderr)
    old, h.data = h.data, fresh
    h.start()
    check("Keeper story" not in h.get("/").text, "and holds them")
    r = h.verb("confirm")
    check(r.returncode == 0 and h.shows("/", "Keeper story 4"), "until an editor confirms", r.stdout + r.stderr)
    h.stop()
    h.data = old
    db = sqlite3.connect(os.path.join(old, "ledger.db"))
    db.execute("UPDATE event SET received_ms = received_ms + 1 WHERE pos = 5")
    db.commit()
    db.close()
    r = h.verb("check", "--audit")
    check(r.returncode == 65 and re.search(r"event 5\b", r.stdout), "an edited event is found by the audit (T9)", r.stdout + r.stderr)
done()
