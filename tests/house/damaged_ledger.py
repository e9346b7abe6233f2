#!/usr/bin/env python3
"""A page of the ledger's file is overwritten: readers are served on, the house says what is damaged, where, and what to do next; `check --audit` finds it. Where the ledger still takes events, kills
act; where it does not, that is said, and the wire's files wait in their folder."""
import sqlite3
from _house import *

DAMAGED = "ledger: DAMAGED"
PLACE = r"DAMAGED at event ([1-9]\d*)( \([^)]*\))?: .*[Pp]age \d+"


def spoil(path, mark):
    """Overwrites the page of the database that holds these bytes."""
    with open(path, "rb") as f: data = f.read()
    size = int.from_bytes(data[16:18], "big")
    with open(path, "r+b") as f:
        f.seek(data.rindex(mark) // size * size)
        f.write(b"\xa5" * size)


def at_rest(name, mark_of, starts=True):
    """Forty stories, whose house then ended and whose ledger lost a page."""
    h = House(config=site_file("Damage", url="https://news.example.org")).start()
    for n in range(40): h.drop(f"s{n:03}.json", ninjs(f"tag:example.org,2026:{n}", f"Sound story {n}", f"<p>The mark of story {n} is Quillmere-{n}.</p>"))
    check(until(lambda: len(h.api()) + len(h.api(2)) == 40), f"{name}: forty stories stand")
    path = h.path_of("Sound story 39")
    h.stop()
    ledger = os.path.join(h.data, "ledger.db")
    with sqlite3.connect(ledger) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        mark = mark_of(db)
    spoil(ledger, mark)
    r = h.verb("check", "--audit")
    check(r.returncode == 65 and DAMAGED in r.stdout and "at event 0" not in r.stdout and r.stdout.count("restore a backup") == 1, f"{name}: the audit finds it, and says what to do", r.stdout + r.stderr)
    if not starts: return h, path
    check(re.search(PLACE, r.stdout), f"{name}: by the event up to which all holds, and the file's page", r.stdout)
    h.start()
    check(h.get(path).status == 200 and h.get("/").status == 200, f"{name}: readers are served")
    return h, path


h, path = at_rest("an old page", lambda db: db.execute("SELECT payload FROM event WHERE pos >= (SELECT max(pos) / 2 FROM event) ORDER BY pos LIMIT 1").fetchone()[0])
h.drop("k.json", ninjs("tag:example.org,2026:39", "Sound story 39", version="2", status="canceled"))
# 410 once it is applied; 404 where that waits behind the page, and its tombstone alone acts
gone = lambda p: h.get(p).status in (404, 410)
check(until(lambda: gone(path)), "a kill of the wire acts", h.log_text()[-600:])
r = h.verb("takedown", "tag:example.org,2026:5")
check(r.returncode == 0 and ("done in" in r.stdout or "off every page" in r.stdout), "and a takedown of the desk", r.stdout + r.stderr)
h.remove()

h, path = at_rest("the newest page", lambda db: db.execute("SELECT payload FROM event ORDER BY pos DESC LIMIT 1").fetchone()[0])
h.drop("k.json", ninjs("tag:example.org,2026:39", "Sound story 39", version="2", status="canceled"))
check(until(lambda: "the ledger is damaged: restore a backup, see docs/operations.md" in h.log_text()), "the house says what is damaged and what to do", h.log_text()[-1500:])
check(until(lambda: "its files stay in the folder" in h.log_text()) and "k.json" in os.listdir(h.wire), "what the wire brings waits in its folder", os.listdir(h.wire))
r = h.verb("takedown", "tag:example.org,2026:5")
check(r.returncode == 75 and "damaged" in r.stderr and "docs/operations.md" in r.stderr, "an act that cannot be kept says why, and what to do", r.stdout + r.stderr)
r = h.verb("status")
check(r.returncode == 1 and "check --audit" in r.stderr, "`status` says where to look", r.stdout + r.stderr)
check(h.get(path).status == 200, "readers are served all the while")
h.remove()

# what cannot be read stops what is behind it, but kills
h = House(config=site_file("Damage", url="https://news.example.org")).start()
for n, words in enumerate(("Lamps of the quay", "Mill of the valley", "Kiosk of the park")): h.drop(f"s{n}.json", ninjs(f"tag:example.org,2026:s{n}", words))
killed, down, stays = (h.path_of(w) for w in ("Lamps of the quay", "Mill of the valley", "Kiosk of the park"))
check(killed and down and stays, "three stories stand")
newsroom = h.roles()["newsroom"][0]
os.kill(newsroom, signal.SIGSTOP)
count = lambda: sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True).execute("SELECT count(*), max(pos) FROM event").fetchone()
before = count()
h.drop("bad.json", ninjs("tag:example.org,2026:bad", "Never read"))
check(until(lambda: count()[0] > before[0]), "one more is in the ledger")
with sqlite3.connect(os.path.join(h.data, "ledger.db"), timeout=10) as db: db.execute("UPDATE event SET blob = x'00' WHERE pos = ?", (before[1] + 1,))
h.drop("kill.json", ninjs("tag:example.org,2026:s0", "Lamps of the quay", version="2", status="canceled"))
check(until(lambda: count()[0] > before[0] + 1), "and a kill behind it")
os.kill(newsroom, signal.SIGCONT)
check(until(lambda: gone(killed)), "an event cannot be read: a kill behind it acts", [h.get(killed).status, h.log_text()[-600:]])
r = h.verb("takedown", down)
check(until(lambda: gone(down)) and h.get(stays).status == 200, "and a takedown", [h.get(down).status, h.get(stays).status, r.stdout + r.stderr])
check("the ledger is damaged: restore a backup" in h.log_text(), "and the house says what to do", h.log_text()[-600:])
h.remove()

# one event that was edited: what lay there is named
h = House(config=site_file("Damage", url="https://news.example.org")).start()
h.drop("bridge.json", ninjs("tag:example.org,2026:1", "Bridge opens"))
check(h.path_of("Bridge opens"), "a story stands")
h.stop()
with sqlite3.connect(os.path.join(h.data, "ledger.db")) as db:
    pos = db.execute("SELECT max(pos) FROM event WHERE feed = CAST('wire' AS BLOB)").fetchone()[0]
    db.execute("UPDATE event SET received_ms = received_ms - 1 WHERE pos = ?", (pos,))
r = h.verb("check", "--audit")
check(r.returncode == 65 and f"DAMAGED at event {pos} (feed wire, file “bridge.json”): it was changed" in r.stdout and "restore a backup" in r.stdout, "an event that was edited is named by its feed and file", r.stdout + r.stderr)
with sqlite3.connect(os.path.join(h.data, "store.desk", open(os.path.join(h.data, "store", "current")).read().strip(), "desk.db")) as db:
    db.execute("UPDATE version SET received_ms = received_ms - 1")
r = h.verb("check", "--audit")
check(re.search(r"store: DAMAGED \(1 rows of table version do not match their checksums, the first of story [0-9a-z]{12}\): `broadsheet rebuild", r.stdout), "and a row of the store by its story", r.stdout + r.stderr)
h.remove()

h, path = at_rest("the first page", lambda db: db.execute("SELECT payload FROM event ORDER BY pos LIMIT 1").fetchone()[0], starts=False)
r = subprocess.run(h.command(), capture_output=True, text=True, timeout=60)
check(r.returncode != 0 and "the ledger is damaged" in r.stderr and "restore a backup, see docs/operations.md" in r.stderr, "without its first event no house starts, and says what to do", r.stderr)
h.remove()
done()
