#!/usr/bin/env python3
"""A full disk: readers are served, what the wire delivers waits in its folder and is not lost, the log says what to do, and everything flows again once there is room."""
from _house import *

mount = tempfile.mkdtemp(prefix="broadsheet-disk-")
if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", mount], capture_output=True).returncode != 0:
    os.rmdir(mount)
    skip("a full disk", "a small file system cannot be mounted here")
    done()
CONFIG = site_file("Disk", more="""desk:
  listen: 127.0.0.1:0
""")
DAMAGED = "the store was found damaged\n"  # as the newsroom writes it
h = House(CONFIG, data=os.path.join(mount, "data"))
filler = os.path.join(mount, "filler")


def fill():
    with open(filler, "ab", buffering=0) as f:
        for size in (1 << 16, 4096, 512):
            with contextlib.suppress(OSError):
                while True: f.write(b"x" * size)


def generation():
    with open(os.path.join(h.data, "store", "current")) as f: return f.read()


def rebuild_is_refused(what):
    """What there is no room for says so, and changes nothing."""
    before, start = generation(), time.monotonic()
    r = h.verb("rebuild")
    took = time.monotonic() - start
    check(r.returncode == 73 and "the disk is full" in r.stderr and "make room" in r.stderr and took < 60, f"{what}: a rebuild without room ends, and says why and what to do", f"{took:.1f} s: {r.returncode} {r.stdout}{r.stderr}")
    check(generation() == before and not os.path.exists(os.path.join(h.data, "run", "rebuild")), f"{what}: the old store stays in force")


def damage_is_remembered(what):
    """A rebuild that is asked for takes the place of none that damage has asked for."""
    r = h.verb("rebuild")
    check(r.returncode == 73 and "found damaged" in r.stderr and "the disk is full" in r.stderr and "make room" in r.stderr and "stays in force" not in r.stderr, f"{what}: a rebuild of a store that was found damaged says that it is, and that there is no room", f"{r.returncode} {r.stdout}{r.stderr}")
    with open(damage_mark) as f: check(f.read() == DAMAGED, f"{what}: and that is not forgotten")


def by_desk(token, path, act):
    """The desk's own process, behind its fence."""
    import json
    port = int(re.findall(r"desk https?://[^/]*:(\d+)/desk/", h.log_text())[-1])
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.request("POST", "/desk/api/v1/acts", json.dumps({"act": act, "story": path.rsplit("-", 1)[1]}), {"Authorization": "Bearer " + token})
    r = c.getresponse()
    return r.status, r.read().decode()


try:
    h.start()
    h.drop("a.json", ninjs("tag:example.org,2026:1", "Before the disk was full"))
    check(h.shows("/", "Before the disk was full"), "a story stands")
    path = h.path_of("Before the disk was full")
    h.drop("a2.json", ninjs("tag:example.org,2026:2", "For the desk to take down"))
    check(h.shows("/", "For the desk to take down"), "and another")
    other = h.path_of("For the desk to take down")
    for n in range(12): h.drop(f"m{n}.json", ninjs(f"tag:example.org,2026:m{n}", f"One of many {n}"))
    many = [h.path_of(f"One of many {n}") for n in range(12)]
    check(all(many), "and many more", many)
    token = h.run("desk", "token", "add", "robot", "--role", "chief", "--data", h.data).stdout.strip()
    ballast = os.path.join(h.data, "ballast")
    check(until(lambda: os.path.getsize(ballast) == 4 << 20), "room is kept for what cannot wait")
    inode = os.stat(ballast).st_ino
    fill()
    for n in range(12): h.drop(f"b{n}.json", ninjs(f"tag:example.org,2026:b{n}", f"While the disk is full {n}", "<p>" + "word " * 40000 + "</p>"))
    check(until(lambda: re.search(r"full", h.log_text())), "the log says that the disk is full", h.log_text()[-1500:])
    check(h.get("/").status == 200 and h.get(path).status == 200, "readers are served")
    check(any(os.path.isfile(os.path.join(h.wire, f)) for f in os.listdir(h.wire)), "deliveries wait in their folder", os.listdir(h.wire))
    fill()
    said = by_desk(token, other, "takedown")
    check(said[0] in (200, 202) and until(lambda: h.get(other).status == 410), "the desk's takedown acts without room (K19)", str(said) + h.log_text()[-1500:])
    check(0 < os.path.getsize(ballast) <= 2 << 20 and os.stat(ballast).st_ino == inode, "in the room that was kept for it, which is the same file for ever", os.path.getsize(ballast))
    r = h.verb("takedown", path)
    check(until(lambda: h.get(path).status == 410), "a kill acts without room (K19)", r.stdout + r.stderr + h.log_text()[-1500:])
    said, up = [], []
    for n, p in enumerate(many):
        fill()  # what becomes free is taken at once
        said.append(by_desk(token, p, ("takedown", "kill")[n % 2]))
        if not until(lambda: h.get(p).status != 200, within_s=5): up.append(p)
    check(not up and all(s[0] in (200, 202) for s in said), "takedowns and kills go on acting on a disk that is filled again and again", [len(up), [s for s in said if s[0] not in (200, 202)][:3]])
    os.unlink(filler)
    check(until(lambda: len([1 for i in h.api() if "While the disk" in i["headline"]]) == 12, within_s=60), "with room again all of them are published", h.log_text()[-1500:])
    check(until(lambda: os.path.getsize(ballast) == 4 << 20) and os.stat(ballast).st_ino == inode, "and room is kept again, in the same file")
    path = h.path_of("While the disk is full 3")
    check(h.verb("takedown", path).returncode == 0 and h.get(path).status == 410, "and acts work")
    for left in (256 << 10, 0):
        fill()
        os.truncate(filler, max(0, os.path.getsize(filler) - left))
        rebuild_is_refused(f"{left >> 10} KB are left")
        check(h.get("/").status == 200 and h.path_of("While the disk is full 4"), "readers are served")
    os.unlink(filler)
    h.drop("c.json", ninjs("tag:example.org,2026:c", "After a rebuild that found no room"))
    check(h.shows("/", "After a rebuild that found no room"), "with room news are published, by the old store", h.log_text()[-1500:])
    r = h.verb("rebuild")
    check(r.returncode == 0 and "rebuilt from" in r.stdout and h.get(path).status == 410, "and a rebuild ends well", r.stdout + r.stderr)
    check(h.stop() == 0, "it ends cleanly")
    fill()
    os.truncate(filler, os.path.getsize(filler) - (256 << 10))
    rebuild_is_refused("no site runs")
    os.unlink(filler)
    h.start()
    check(h.shows("/", "After a rebuild that found no room") and h.get(path).status == 410, "and what was there is there")
    h.stop()
    damage_mark, before = os.path.join(h.data, "run", "rebuild"), generation()
    with open(damage_mark, "w") as f: f.write(DAMAGED)
    fill()
    os.truncate(filler, os.path.getsize(filler) - (256 << 10))
    h.start()
    damage_is_remembered("with a site")
    check(h.get("/").status == 200 and h.get(path).status == 410, "readers are served")
    h.stop()
    damage_is_remembered("without one")
    os.unlink(filler)
    r = h.verb("rebuild")
    check(r.returncode == 0 and generation() != before and not os.path.exists(damage_mark), "with room it is built again", r.stdout + r.stderr)
    h.start()
    check(h.shows("/", "After a rebuild that found no room") and h.get(path).status == 410, "and what was there is there")
finally:
    h.remove()
    subprocess.run(["umount", mount])
    os.rmdir(mount)
done()
