#!/usr/bin/env python3
"""X4: no descriptor is left. Readers that come are refused or wait, those that are there are served; what the wire delivers stays in its folder or is taken, and nothing is lost."""
import resource
from _house import *


def descriptors(pid): return len(os.listdir(f"/proc/{pid}/fd"))


def limit(pid, n): resource.prlimit(pid, resource.RLIMIT_NOFILE, (n, resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]))  # the soft one: only that may be raised again


def answered(s):
    try:
        s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return bool(s.recv(1))
    except OSError: return False


with House() as h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "Before all were taken"))
    check(h.shows("/", "Before all were taken"), "a story stands")
    web, intake, newsroom = (until(lambda: h.roles().get(r))[0] for r in ("web", "intake", "newsroom"))
    kept = h.connection()
    check(h.ask("/", on=kept).status == 200, "a reader is connected")
    for pid in (web, intake, newsroom): limit(pid, descriptors(pid))
    for n in range(8): h.drop(f"b{n}.json", ninjs(f"tag:example.org,2026:b{n}", f"While none was left {n}"))
    crowd = []
    for _ in range(40):
        with contextlib.suppress(OSError):
            s = socket.create_connection((h.host, h.port), timeout=1)
            s.settimeout(0.1)
            crowd.append(s)
    met = sum(answered(s) for s in crowd)  # a few: the limit is on the highest number, and below it some are free
    check(met < 20, f"the limit holds: {met} of 40 newcomers are answered")
    check([f for f in os.listdir(h.wire) if f.endswith(".json")], "what the wire delivers waits in its folder", os.listdir(h.wire))
    alive = lambda: all(os.path.exists(f"/proc/{p}") for p in (web, intake, newsroom))
    check(h.ask("/api/v1/stories", on=kept).status in (200, 503), "the reader who is connected is answered")
    check(alive(), "no role has ended for want of a descriptor", h.roles())
    for s in crowd: s.close()
    for pid in (web, intake, newsroom): limit(pid, 4096)
    wanted = {"Before all were taken", *(f"While none was left {n}" for n in range(8))}
    got = lambda: {i["headline"] for i in h.api()}
    check(until(lambda: got() == wanted, within_s=40), "with descriptors again everything that was delivered stands, once", h.log_text()[-1500:])
    check(h.ask("/", on=h.connection()).status == 200, "and new readers are served")

    master = h.process.pid
    limit(master, 3)  # of the numbers below all are taken
    os.kill(h.roles()["newsroom"][0], signal.SIGKILL)
    check(until(lambda: "newsroom cannot be started: Too many open files" in h.log_text()) and os.path.exists(f"/proc/{master}/fd/0"), "the master has none to start a role with: it says so, and lives", h.log_text()[-1500:])
    h.drop("c.json", ninjs("tag:example.org,2026:c", "While the master had none"))
    check(h.get("/").status == 200, "readers are served meanwhile")
    limit(master, 4096)
    check(h.shows("/", "While the master had none", within_s=40), "with descriptors again the role is there, and what came is published", h.log_text()[-1500:])
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])


def size(pid):
    """Of all that it has mapped, in bytes."""
    with open(f"/proc/{pid}/statm") as f: return int(f.read().split()[0]) * resource.getpagesize()


# ---- no memory is left: a role that asks for more ends, and its successor, whom the system does not refuse, goes on ----
with House(binary=PLAIN) as h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "Before all were taken"))
    check(h.shows("/", "Before all were taken"), "a story stands")
    for role in ("newsroom", "intake", "reader", "web"):
        pids = until(lambda: h.roles().get(role))
        for pid in pids: resource.prlimit(pid, resource.RLIMIT_AS, (size(pid), size(pid)))
        for n in range(3): h.drop(f"{role}{n}.json", ninjs(f"tag:example.org,2026:{role}{n}", f"Without memory {role} {n}"))
        check(until(lambda: all(f"Without memory {role} {n}" in {i["headline"] for i in h.api()} for n in range(3)), within_s=60), f"{role}: what came meanwhile is published", h.log_text()[-1500:])
    got = [i["headline"] for i in h.api()]
    check(len(got) == len(set(got)) == 13, "everything that was delivered stands, once", got)
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
