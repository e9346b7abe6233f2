#!/usr/bin/env python3
"""Many reloads, one after the other, while readers ask: nobody is refused, every page is whole, and neither the web nor the master keeps what is in force no more."""
import random, threading
from _house import *

RELOADS, ROOM_KB = 60, 6 << 10


def memory(pid):
    with open(f"/proc/{pid}/status") as f: return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])


h = House(site_file("Name 0"), binary=PLAIN)
with h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "A story that stays"))
    check(h.shows("/", "A story that stays"), "a story stands")
    over, wrong, asked = threading.Event(), [], [0]

    def reader():
        while not over.is_set():
            try:
                c = h.connection()
                for path in ("/", "/no-such-page", "/rss.xml", "/"):
                    a = h.ask(path, on=c)
                    if a.status != (404 if "no-such" in path else 200) or not re.search(r"Name \d+", a.text): wrong.append((path, a.status, a.text[:200]))
                    asked[0] += 1
                c.close()
            except Exception as e: wrong.append(repr(e))

    readers = [threading.Thread(target=reader) for _ in range(4)]
    for r in readers: r.start()
    for n in range(1, 11):
        h.write_config(site_file(f"Name {n}"))
        h.verb("reload")
    web, master = h.roles()["web"], h.process.pid
    before = memory(web[0]), memory(master)
    failed = 0
    for n in range(11, 11 + RELOADS):
        h.write_config(site_file(f"Name {n}"))
        failed += h.verb("reload").returncode != 0 or f"Name {n}<" not in h.get("/").text
    after = memory(web[0]), memory(master)
    over.set()
    for r in readers: r.join()
    check(failed == 0, f"{RELOADS} reloads, each in force when it says so", failed)
    check(not wrong and asked[0] > RELOADS, f"readers meanwhile: {asked[0]} answers, none refused or broken", wrong[:3])
    check(h.roles()["web"] == web, "by the same process")
    check(after[0] - before[0] < ROOM_KB, "the web does not grow", (before, after))
    check(after[1] - before[1] < ROOM_KB // 8, "nor the master", (before, after))
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-1500:])
# ---- one of them does not answer ----
DESK = "desk:\n  listen: 127.0.0.1:0\n"
HOLDS = "rules:\n  - name: Quay\n    texts: [\"harbour wall\"]\n    action: hold\n"
h = House(site_file("Name 0") + DESK)
with h:
    desk = until(lambda: h.roles().get("desk"))[0]
    check(h.shows("/", "Name 0"), "a site with a desk")
    h.write_config(site_file("Name 1") + DESK)
    check(h.verb("reload").returncode == 0 and "Name 1<" in h.get("/").text, "is reloaded")
    h.drop("a.json", ninjs("tag:example.org,2026:1", "A story that stays", "<p>It lies by the harbour wall.</p>"))
    path = h.path_of("A story that stays")
    os.kill(desk, signal.SIGSTOP)
    h.write_config(site_file("Name 2", more=HOLDS) + DESK)
    said = []
    asks = threading.Thread(target=lambda: said.append(h.verb("reload")))
    asks.start()
    check(h.shows("/", "Name 2<"), "a desk that stands still: the web has the new configuration, which is not in force yet")
    before = h.roles()
    for role in ("newsroom", "intake", "courier"): os.kill(before[role][0], signal.SIGKILL)
    check(until(lambda: all(set(h.roles().get(r, before[r])).isdisjoint(before[r]) for r in ("newsroom", "intake", "courier"))) and asks.is_alive(), "newsroom, intake and courier are started again meanwhile")
    asks.join()
    os.kill(desk, signal.SIGCONT)
    check(said[0].returncode == 78 and "desk: it has not answered" in said[0].stderr, "where the desk does not answer `reload` says so", said[0].stdout + said[0].stderr)
    check(h.shows("/", "Name 1<"), "and the old configuration is in force for readers too", h.get("/").text[:500])
    h.drop("b.json", ninjs("tag:example.org,2026:2", "A story behind it", "<p>It came to the harbour wall.</p>"))
    check(h.shows("/", "A story behind it") and h.get(path).status == 200, "and in the newsroom that was started meanwhile", h.log_text()[-1500:])
    check(h.verb("reload").returncode == 0 and "Name 2<" in h.get("/").text, "once it answers the new one is", h.log_text()[-1500:])
    check(until(lambda: h.get(path).status == 404), "in the newsroom too")
    # ---- a mistake, while the one before is still asked about ----
    desk = until(lambda: h.roles().get("desk"))[0]
    os.kill(desk, signal.SIGSTOP)
    h.write_config(site_file("Name 3") + DESK)
    h.process.send_signal(signal.SIGHUP)
    time.sleep(1.5)
    h.write_config("site: {name: [\n")
    said = []
    asks = threading.Thread(target=lambda: said.append(h.verb("reload")))
    asks.start()
    time.sleep(1)
    os.kill(desk, signal.SIGCONT)
    asks.join()
    check(said[0].returncode == 78 and "in force\n" not in said[0].stdout and h.shows("/", "Name 3<"), "a file that is refused is never called in force, whatever came just before", said[0].stdout + said[0].stderr)
# ---- one of them ends over it ----
h = House(site_file("Name 0") + DESK)
with h:
    refused, moments, asked_first, in_time = [], random.Random(5), 0, 0
    for n in range(20):
        desk = until(lambda: h.roles().get("desk"))[0]
        h.write_config(site_file(f"Name {n + 1}") + DESK)
        said = []
        asks = threading.Thread(target=lambda: said.append(h.verb("reload")))
        if n % 2: os.kill(desk, signal.SIGSTOP)  # it has been asked once the web shows the name, and cannot have answered
        asks.start()
        if n % 2: asked_first += bool(h.shows("/", f"Name {n + 1}<"))
        else: time.sleep(moments.uniform(0, 0.7))
        in_time += asks.is_alive()
        with contextlib.suppress(ProcessLookupError): os.kill(desk, signal.SIGKILL)
        asks.join()
        if said[0].returncode: refused.append(said[0].stderr)
        until(lambda: h.roles().get("desk", [desk])[0] != desk)
    check(asked_first == 10 and in_time >= 10, f"a desk is ended over a reload, {asked_first} times after it was asked and before it could answer", in_time)
    check(not refused and h.shows("/", "Name 20<"), "that refuses nothing", refused)
# ---- the newsroom ends over it ----
h = House(site_file("Name 0"))
with h:
    check(h.shows("/", "Name 0"), "a site")
    newsroom, intake = h.roles()["newsroom"][0], h.roles()["intake"][0]
    os.kill(newsroom, signal.SIGSTOP)
    h.write_config(site_file("Name 1"))
    said = []
    asks = threading.Thread(target=lambda: said.append(h.verb("reload")))
    asks.start()
    check(until(lambda: h.roles().get("intake", [intake])[0] != intake), "intake has the new configuration, and the newsroom is asked to keep it")
    os.kill(newsroom, signal.SIGKILL)
    asks.join()
    check(said[0].returncode == 0 and h.shows("/", "Name 1<"), "the newsroom that is started then keeps it, and `reload` says so", said[0].stdout + said[0].stderr + h.log_text()[-1500:])
done()
