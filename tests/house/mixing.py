#!/usr/bin/env python3
"""C17: readers who ask while versions come never see the headline of one with the text of another."""
import threading
from _house import *

VERSIONS = 120
MARK = re.compile(r"Turn (\d+) of the wheel|turned (\d+) times|Said in round (\d+)")

with House() as h:
    def drop(n): h.drop(f"v{n}.json", ninjs("tag:example.org,2026:turn", f"Turn {n} of the wheel", f"<p>The wheel has turned {n} times.</p><p>Said in round {n}.</p>", version=str(n), versionCreated=at(n / 100)))
    drop(1)
    path = h.path_of("Turn 1 of the wheel")
    mixed, seen, ended = [], set(), threading.Event()

    def read():
        c = h.connection()
        while not ended.is_set():
            a = h.ask(path, on=c)
            said = {n for m in MARK.findall(a.text) for n in m if n}
            seen.update(said)
            if a.status != 200 or len(said) != 1: mixed.append((a.status, sorted(said)))
    readers = [threading.Thread(target=read) for _ in range(3)]
    for r in readers: r.start()
    for n in range(2, VERSIONS + 1):
        drop(n)
        until(lambda: len(seen) > n // 8, within_s=5)  # readers keep up a little, so that they see many of them
    until(lambda: str(VERSIONS) in seen)
    ended.set()
    for r in readers: r.join()
    check(not mixed, "every page that was read is of one version alone", mixed[:5])
    check(len(seen) > 10 and str(VERSIONS) in seen, f"{len(seen)} versions were seen, the last among them")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
