#!/usr/bin/env python3
"""What pages that listen cost: live.py [LISTENERS]. Opens so many (10,000; fewer where this machine's limits say so), tells the memory of each, and how long after a version's file lies in the folder they hear of it."""
import os, resource, selectors, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "house"))
from _house import *

WANTED, UPDATES = int(sys.argv[1]) if len(sys.argv) > 1 else 10000, 30
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
COUNT = min(WANTED, hard - 1000)
h = House(site_file("Bench", more=f"live:\n  listeners: {COUNT + 10}\n  listeners_per_client: 60\n  updates: 1\n"))


def memory(pid):
    with open(f"/proc/{pid}/status") as f: return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])


def kernel():
    """Pages that TCP's sockets hold."""
    with open("/proc/net/sockstat") as f: return int(re.search(r"TCP: .* mem (\d+)", f.read())[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def publish(n):
    h.drop(f"run-{n}.json", ninjs("tag:example.org,2026:run", f"Version {n}", f"<p>Update {n} of this.</p>", version=str(n), versionCreated=at(n / 100)))
    return time.perf_counter()


def open_all(path):
    out = []
    for k in range(COUNT):
        s = socket.socket()
        s.bind((f"127.0.{1 + k // 50 // 200}.{1 + k // 50 % 200}", 0))
        s.connect((h.host, h.port))
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        out.append(s)
    return out


def hear(listeners, began, mark):
    """Seconds until each has heard."""
    times, left = [], set(listeners)
    end = time.perf_counter() + 60
    while left and time.perf_counter() < end:
        for key, _ in select_all.select(1):
            data = key.fileobj.recv(65536)
            if mark in data and key.fileobj in left:
                left.discard(key.fileobj)
                times.append(time.perf_counter() - began)
    return sorted(times)


quantile = lambda times, q: times[min(len(times) - 1, int(len(times) * q))] * 1000
select_all = selectors.DefaultSelector()
with h:
    publish(1)
    path = "/live/" + h.path_of("Version 1")[-12:]
    web = h.roles()["web"][0]
    h.get(path + ".json")
    before, sockets = memory(web), kernel()
    listeners = open_all(path)
    for s in listeners: select_all.register(s, selectors.EVENT_READ)
    heard = hear(listeners, time.perf_counter(), b"event: update")
    after = memory(web)
    print(f"{len(heard)} of {WANTED} listen; web grew by {(after - before) / len(heard):.2f} KB each ({before} -> {after} KB), TCP by {(kernel() - sockets) / len(heard):.2f} KB each, both ends together")
    few = listeners[:100]
    all_times, firsts = [], []
    for n in range(2, 2 + UPDATES):
        times = hear(listeners, publish(n), b"event: update")
        if len(times) < len(listeners): print(f"update {n}: {len(times)} heard")
        all_times += times
        firsts.append(times[0])
    print(f"{UPDATES} updates to {len(listeners)}: the first hears after {quantile(sorted(firsts), 0.5):.0f} ms (median), all after {quantile(sorted(all_times), 0.5):.0f} ms (median), {quantile(sorted(all_times), 0.99):.0f} ms (p99), from the file on")
    for s in listeners[100:]:
        select_all.unregister(s)
        s.close()
    until(lambda: f"broadsheet_live_listeners {len(few)}" in h.get("/metrics").text)
    times = []
    for n in range(2 + UPDATES, 102 + UPDATES): times += hear(few, publish(n), b"event: update")
    times.sort()
    print(f"100 updates to {len(few)}: {quantile(times, 0.5):.0f} ms (median), {quantile(times, 0.99):.0f} ms (p99)")
    began = time.perf_counter()
    h.drop("run-kill.json", ninjs("tag:example.org,2026:run", "Gone", version="999", status="canceled", versionCreated=at(50)))
    times = hear(few, began, b"event: gone")
    print(f"a kill: {quantile(times, 0.99):.0f} ms (p99)")
    print(f"web afterwards: {memory(web)} KB")
