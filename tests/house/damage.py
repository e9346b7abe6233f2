#!/usr/bin/env python3
"""X5: a bit that flips in the store is found: the row is not shown, or the store is built again from the ledger. T9: a ledger from which an event was cut is found out."""
import random, sqlite3
from _house import *

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
print(f"# seed {SEED}")
rnd = random.Random(SEED)


def store_file(h, name):
    with open(os.path.join(h.data, "store", "current")) as f: return os.path.join(h.data, "store", f.read().strip(), name)


CONFIG = site_file("Damage", url="https://news.example.org")

with House(config=CONFIG) as h:
    for n in range(30): h.drop(f"{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Sound story {n}", f"<p>The mark of story {n} is Quillmere-{n}.</p>"))
    check(until(lambda: len(h.api()) == 20 and len(h.api(2)) == 10 or len(h.api()) == 30), "thirty stories stand", len(h.api()))
    good = {}
    for page in (1, 2):
        for i in h.api(page):
            path = re.sub(r"^https?://[^/]+", "", i["url"])
            good[path] = h.get(path).plain
    h.stop()
    path = store_file(h, "site.db")
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with open(path, "rb") as f: sound = f.read()
    wrong, served = [], 0
    places = [m.start() for m in re.finditer(rb"Sound story \d", sound)]
    check(len(places) >= 3, "the file holds headlines of theirs", len(places))
    for _ in range(6):
        at_ = rnd.choice(places) + rnd.randrange(12)
        bad = bytearray(sound)
        bad[at_] ^= 1 << rnd.randrange(8)
        with open(path, "wb") as f: f.write(bad)
        h.start()
        for p, want in good.items():
            a = h.get(p)
            served += a.status == 200
            # Its own page: right, or not there; and what stands beside it on the page may be less.
            head = re.search(rb"<h1[^>]*>(.*?)</h1>", want)[0]
            mark = re.search(rb"Quillmere-\d+", want)[0]
            if a.status == 200 and (head not in a.plain or mark not in a.plain): wrong.append((at_, p))
            elif a.status not in (200, 404, 500, 503): wrong.append((at_, p, a.status))
        h.stop()
        for end in ("", "-wal", "-shm"):  # the next damage begins from what was sound
            with contextlib.suppress(FileNotFoundError): os.unlink(store_file(h, "site.db") + end) if end else None
        path = store_file(h, "site.db")
    check(not wrong, f"with one bit wrong no page shows anything else (seed {SEED})", wrong[:5])
    check(served > 100, f"and {served} of 180 are served")
    told = re.findall(r"do not match|damaged|built again", h.log_text())
    check(served < 180 or told, "what is wrong is not served, or was found and mended", [served, told[:3]])
    r = h.verb("rebuild")
    check(r.returncode == 0, "the store is built again from the ledger", r.stdout + r.stderr)
    h.start()
    check(all(h.get(p).plain == want for p, want in good.items()), "and every page is what it was", [p for p, want in good.items() if h.get(p).plain != want])
    h.stop()
    db = sqlite3.connect(os.path.join(h.data, "ledger.db"))
    db.execute("DELETE FROM event WHERE pos = 9")
    db.commit()
    db.close()
    r = h.verb("check", "--audit")
    check(r.returncode == 65, "an event that was cut out of the ledger is found by the audit (T9)", r.stdout + r.stderr)
done()
