#!/usr/bin/env python3
"""A kill behind a long queue is obeyed ahead of it (K18), and a thousand versions make the front again a few times only (V13)."""
import sqlite3
from _house import *

QUEUE = 900
VERSIONS = 1000


def events(h):
    with sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True) as db: return db.execute("SELECT count(*) FROM event").fetchone()[0]


def renders(h): return int(float(re.search(r"^broadsheet_renders_total (\S+)", h.get("/metrics").text, re.M)[1]))


with House() as h:
    h.drop("story.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns of Quillmere were lit.</p>"))
    check(h.shows("/", "Harbour bridge opens"), "a story stands")
    path = h.path_of("Harbour bridge opens")
    newsroom = until(lambda: h.roles().get("newsroom"))[0]
    os.kill(newsroom, signal.SIGSTOP)
    body = "<p>" + "It waits its turn. " * 400 + "</p>"
    for n in range(QUEUE): h.drop(f"q{n:04}.json", ninjs(f"tag:example.org,2026:q{n}", f"Waiting story {n}", body, versionCreated=at(30 if n == QUEUE - 1 else n / QUEUE)))
    taken = lambda: not [f for f in os.listdir(h.wire) if f.endswith((".json", ".xml"))]
    check(until(taken, within_s=60), "nine hundred stories are in the ledger while the newsroom stands still", len(os.listdir(h.wire)))
    h.drop("kill.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "", version=2, status="canceled", created=at(20)))
    check(until(taken, within_s=30), "and a kill behind them")
    os.kill(newsroom, signal.SIGCONT)
    killed = until(lambda: h.get(path).status == 410 or h.get(path).status == 404, within_s=60)
    listed = [i["headline"] for i in h.api()]  # the last of the queue would stand first here
    check(killed and f"Waiting story {QUEUE - 1}" not in listed, "the kill is obeyed while stories ahead of it still wait", [killed, listed[:3]])
    check(until(lambda: f"Waiting story {QUEUE - 1}" in h.get("/").text, within_s=90), "which then stand")
    check(until(lambda: h.get(path).status == 410), "the killed one answers 410")

    # Readers ask for the front all the time, while a story has a thousand versions.
    os.kill(newsroom, signal.SIGSTOP)
    for n in range(1, VERSIONS + 1): h.drop(f"v{n:04}.json", ninjs("tag:example.org,2026:turn", f"Turn {n} of the wheel", "<p>Round.</p>", version=str(n), versionCreated=at(31)))
    check(until(taken, within_s=60), "a thousand versions of one story are in the ledger")
    h.get("/")
    before = renders(h)
    os.kill(newsroom, signal.SIGCONT)
    c = h.connection()
    asked = 0

    def front():
        global asked
        asked += 1
        return f"Turn {VERSIONS} of the wheel" in h.ask("/", on=c).text
    check(until(front, within_s=90), "the last one stands in the end")
    made = renders(h) - before
    check(1 <= made <= 20, f"the front was made {made} times for {asked} readers, not for each version", made)

    # The desk's own takedown says that the story is gone when it is gone, not when its turn comes.
    h.drop("second.xml", newsml("tag:example.org,2026:2", "Ferry leaves", "<p>The ferry of Quillmere left.</p>", created=at(32)))
    check(h.shows("/", "Ferry leaves"), "another story stands")
    ferry = h.path_of("Ferry leaves")
    os.kill(newsroom, signal.SIGSTOP)
    for n in range(QUEUE): h.drop(f"r{n:04}.json", ninjs(f"tag:example.org,2026:r{n}", f"Later story {n}", body + f"<p>{n}</p>", versionCreated=at(33 + n / QUEUE)))
    check(until(taken, within_s=60), "nine hundred more stories wait")
    p = subprocess.Popen([h.binary, "takedown", "--data", h.data, "tag:example.org,2026:2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: events(h) > 2 * QUEUE + 3)
    os.kill(newsroom, signal.SIGCONT)
    said = p.communicate(timeout=60)
    check(p.returncode == 0 and h.get(ferry).status in (404, 410) and "off every page after" in said[0] and f"Later story {QUEUE - 1}" not in h.get("/").text, "a takedown behind them ends when the story is off every page, and says what follows", [said, h.get(ferry).status])
    check(until(lambda: f"Later story {QUEUE - 1}" in h.get("/").text, within_s=90) and until(lambda: h.get(ferry).status == 410), "which it does")

    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
