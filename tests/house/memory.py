#!/usr/bin/env python3
"""X4: no memory is left. A role that gets none ends and is started again, or lives on without; readers are served, and nothing that was delivered is lost."""
import resource
from _house import *

STORIES = 12


def limit(pid):
    """No more address space than it has now; a process that is started in its place has none of this."""
    with open(f"/proc/{pid}/statm") as f: used = int(f.read().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (used, used))


with House() as h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "Before all was taken"))
    check(h.shows("/", "Before all was taken"), "a story stands")
    wanted, bitten = {"Before all was taken"}, []
    for role in ("newsroom", "intake", "web"):
        pid = until(lambda: h.roles().get(role))[0]
        limit(pid)
        for n in range(STORIES): h.drop(f"{role}{n}.json", ninjs(f"tag:example.org,2026:{role}{n}", f"While the {role} had none {n}", "<p>" + "Many words. " * 4000 + "</p>"))
        wanted |= {f"While the {role} had none {n}" for n in range(STORIES)}
        served = lambda: h.get("/").status in (200, 503)
        if role != "web": check(served(), f"{role}: readers are served")
        def got():
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException): return {i["headline"] for p in (1, 2, 3) for i in h.api(p)} == wanted
        check(until(got, within_s=60), f"{role}: everything that was delivered stands, once", h.log_text()[-1500:])
        now = until(lambda: h.roles().get(role))[0]
        if now != pid: bitten.append(role)
        print(f"# {role}: {'lives on' if now == pid else 'was started again'}")
    check(bitten, "where no limit bites, nothing is tried here")
    check(h.get("/").status == 200, "readers are served")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
