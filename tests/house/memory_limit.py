#!/usr/bin/env python3
"""A limit of memory (a control group's, as systemd's MemoryMax= sets it) is honoured: a delivery that wants more than its share of it is quarantined, and nobody is ended for want of memory. That the page cache keeps to its bound
is tested where the cache is (unit site-cache)."""

from _house import *

LIMIT = 512 << 20
T = "tag:example.org,2026:"

class Group:
    """A control group below our own, of whichever kind this machine has."""
    def __init__(self):
        self.path = self.home = None
        for line in open("/proc/self/cgroup"):
            number, kinds, group = line.strip().split(":", 2)
            for root, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),) if "memory" in kinds.split(",") else (("/sys/fs/cgroup", "memory.max"),) if number == "0" else ():
                if self.path is None: self.make(root + group.rstrip("/"), limit)

    def make(self, home, limit):
        path = os.path.join(home, "broadsheet-test-" + secrets.token_hex(4))
        try:
            os.mkdir(path)
            with open(os.path.join(path, limit), "w") as f: f.write(str(LIMIT))
            self.path, self.home = path, home
        except OSError:
            with contextlib.suppress(OSError): os.rmdir(path)

    def take(self, path):
        with open(os.path.join(path, "cgroup.procs"), "w") as f: f.write(str(os.getpid()))

    def __enter__(self): return self.take(self.path)
    def __exit__(self, *_): self.take(self.home)

    def ended(self):
        """How often the kernel has ended somebody in it."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError):
                for line in open(os.path.join(self.path, name)):
                    if line.startswith("oom_kill "): return int(line.split()[1])
        return 0

    def remove(self):
        for _ in range(50):
            with contextlib.suppress(OSError): return os.rmdir(self.path)
            time.sleep(0.1)

group = Group()
if not group.path:
    skip("a limit of memory", "no control group can be made here")
    done()
h = House(site_file("Quillmere Post"), binary=PLAIN)  # a sanitizer takes several times as much
try:
    with group: h.start()
    check(f"{LIMIT >> 20} MB of memory may be used here" in h.log_text(), "it knows its limit", h.log_text()[:500])
    before = {role: list(p) for role, p in h.roles().items()}
    for n in range(60): h.drop(f"{n}.json", ninjs(f"{T}{n}", f"Story {n} of the mill", "".join(f"<p>{secrets.token_hex(30)} {n}</p>" for _ in range(600))))
    check(until(lambda: h.get("/sitemap-1.xml").text.count("<loc>") >= 60, within_s=120), "long stories stand", h.log_text()[-500:])
    h.drop("huge.json", b"[" + b"[1]," * (6 << 20) + b"1]")
    check(until(lambda: "needs more memory than a reader may use" in h.verb("quarantine", "list").stdout, within_s=120), "a delivery that wants more than its share is quarantined, and says why", h.verb("quarantine", "list").stdout + h.log_text()[-800:])
    h.drop("after.json", ninjs(T + "after", "What comes after it"))
    check(h.shows("/", "What comes after it"), "and what is behind it flows")
    after = h.roles()
    check(all(after[r] == before[r] for r in ("web", "newsroom", "intake", "courier")), "no role was ended", f"{before} {after}")
    check(group.ended() == 0, "the kernel had nobody to end", group.ended())
    adj = {r: open(f"/proc/{after[r][0]}/oom_score_adj").read().strip() for r in ("reader", "darkroom", "newsroom")}
    check(adj["reader"] == adj["darkroom"] == "500" and adj["newsroom"] != "500", "and if it had, readers first", adj)
finally:
    h.remove()
    group.remove()
done()
