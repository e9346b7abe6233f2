#!/usr/bin/env python3
"""A full disk: readers are served, what the wire delivers waits in its folder and is not lost, the log says what to do, and everything flows again once there is room."""
from _house import *

mount = tempfile.mkdtemp(prefix="broadsheet-disk-")
if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", mount], capture_output=True).returncode != 0:
    os.rmdir(mount)
    skip("a full disk", "a small file system cannot be mounted here")
    done()
h = House(data=os.path.join(mount, "data"))
try:
    h.start()
    h.drop("a.json", ninjs("tag:example.org,2026:1", "Before the disk was full"))
    check(h.shows("/", "Before the disk was full"), "a story stands")
    path = h.path_of("Before the disk was full")
    filler = os.path.join(mount, "filler")
    with open(filler, "wb") as f:
        try:
            while True: f.write(b"x" * 65536)
        except OSError: pass
    for n in range(12): h.drop(f"b{n}.json", ninjs(f"tag:example.org,2026:b{n}", f"While the disk is full {n}", "<p>" + "word " * 40000 + "</p>"))
    check(until(lambda: re.search(r"full", h.log_text())), "the log says that the disk is full", h.log_text()[-1500:])
    check(h.get("/").status == 200 and h.get(path).status == 200, "readers are served")
    check(any(os.path.isfile(os.path.join(h.wire, f)) for f in os.listdir(h.wire)), "deliveries wait in their folder", os.listdir(h.wire))
    r = h.verb("takedown", path)
    check(until(lambda: h.get(path).status == 410), "a kill acts without room (K19)", r.stdout + r.stderr + h.log_text()[-1500:])
    os.unlink(filler)
    check(until(lambda: len([1 for i in h.api() if "While the disk" in i["headline"]]) == 12, within_s=60), "with room again all of them are published", h.log_text()[-1500:])
    path = h.path_of("While the disk is full 3")
    check(h.verb("takedown", path).returncode == 0 and h.get(path).status == 410, "and acts work")
    check(h.stop() == 0, "it ends cleanly")
finally:
    h.remove()
    subprocess.run(["umount", mount])
    os.rmdir(mount)
done()
