#!/usr/bin/env python3
"""What must not make readers wait: a reader process that hangs, a store that is built again, a ledger that is busy when the configuration is loaded anew (K18)."""
import sqlite3
from _house import *

CONFIG = site_file("Newsroom", url="https://news.example.org")


def story(h, n):
    h.drop(f"s{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Story number {n}"))
    assert h.shows("/", f"Story number {n}")
    return h.path_of(f"Story number {n}")


def kill(h, n): h.drop(f"k{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Story number {n}", "", version="2", status="canceled", versionCreated=at(7)))


def takedown(h, path): return subprocess.Popen([h.binary, "takedown", "--data", h.data, "--reason", "a test", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def until_gone(h, paths, within_s):
    """Seconds until each of them answers no more; None: it still does."""
    start, took = time.monotonic(), [None] * len(paths)

    def all_gone():
        for i, p in enumerate(paths):
            if took[i] is None and h.get(p).status != 200: took[i] = time.monotonic() - start
        return None not in took
    until(all_gone, within_s=within_s)
    return took


with House(config=CONFIG) as h:
    paths = [story(h, n) for n in range(2)]
    readers = until(lambda: len(h.roles().get("reader", [])) == 2 and h.roles()["reader"])
    os.kill(readers[0], signal.SIGSTOP)
    h.drop("slow.json", ninjs("tag:example.org,2026:slow", "A slow one"))
    hung = until(lambda: not os.path.exists(os.path.join(h.wire, "slow.json")))
    t = takedown(h, paths[0])
    kill(h, 1)
    took = until_gone(h, paths, 25)
    check(hung and None not in took and max(took) < 3, "a takedown and a kill do not wait for a reader that hangs", took)
    check(h.shows("/", "A slow one", within_s=30), "it is ended, and its story stands")
    check(until(lambda: t.poll() == 0, within_s=30), "the command ends well", t.returncode)

    # The ledger is busy when the configuration changes: it is tried until it is kept.
    last = story(h, 3)
    with contextlib.closing(sqlite3.connect(os.path.join(h.data, "ledger.db"), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        h.write_config(CONFIG + "    contract_ends: 2020-01-01\n")
        r = h.verb("reload")
        check(r.returncode == 78 and h.get(last).status == 200, "a reload that the ledger does not take is not said to be in force", [r.returncode, r.stdout])
        check(until(lambda: "cannot be kept in the ledger" in h.log_text(), within_s=30), "the log says so")
        db.execute("ROLLBACK")
    check(until(lambda: h.get(last).status != 200, within_s=30), "it is in force once the ledger takes it", h.log_text()[-1500:])
    h.write_config(CONFIG)
    r = h.verb("reload")
    check(r.returncode == 0 and until(lambda: h.get(last).status == 200), "the next reload is in force when the command ends", r.stderr)

    # What the newsroom knows from the site file alone is that of the file in force: cards bear the site's name.
    card = os.path.join(h.data, "pictures", "card.jpg")

    def card_bytes():
        with contextlib.suppress(FileNotFoundError), open(card, "rb") as f: return f.read()
    before = until(card_bytes)
    h.write_config(CONFIG.replace("name: Newsroom", "name: A Quite Other Name"))
    r = h.verb("reload")
    check(before and until(lambda: card_bytes() != before), "a card bears the name that the site was given by a reload", r.returncode)
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
