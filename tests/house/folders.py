#!/usr/bin/env python3
"""Watched folders over time: several deliveries under one name, of which one is bad; a folder that is replaced, mounted over, taken away, or not to be had at the start."""
from _house import *

CONFIG = site_file("Folders", more="""  shut:
    provider: Other
    timezone: UTC
    folder: @FOLDER@/shut
""")
h = House(CONFIG)
shut = os.path.join(h.folder, "shut")
with open(shut, "w") as f: f.write("no folder")  # where one is wanted


def read(name):
    with contextlib.suppress(OSError):
        with open(os.path.join(h.wire, name), "rb") as f: return f.read()
    return b""


with h:
    good, bad = ninjs("tag:example.org,2026:1", "Good story").encode(), b'{"uri": broken!'
    h.drop("latest.json", good)
    check(h.shows("/", "Good story") and until(lambda: read("done/latest.json") == good), "a delivery lies in done/")
    h.drop("latest.json", bad)
    check(until(lambda: read("quarantine/latest.json.why.txt")), "a bad one under the same name has its note in quarantine/")
    check(read("quarantine/latest.json") == bad, "beside it lies the bad one", os.listdir(h.wire + "/quarantine"))
    check(read("done/latest.json") == good and not os.path.exists(h.wire + "/done/latest.json~1"), "and the good one stays in done/", os.listdir(h.wire + "/done"))

    # ---- a folder that was not to be had ----
    check("folder " + shut in h.log_text(), "a folder that cannot be opened is told of")
    os.unlink(shut)
    os.mkdir(shut)
    with open(shut + "/.s", "w") as f: f.write(ninjs("tag:example.org,2026:9", "From behind the door"))
    os.rename(shut + "/.s", shut + "/s.json")
    check(h.shows("/", "From behind the door", within_s=40), "and is tried again", h.log_text()[-1500:])

    # ---- another folder in its place ----
    os.rename(h.wire, h.wire + ".old")
    check(until(lambda: "is waited for" in h.log_text()), "a folder that is taken away is told of", h.log_text()[-1500:])
    os.mkdir(h.wire)
    h.drop("b.json", ninjs("tag:example.org,2026:2", "Into the new folder"))
    check(h.shows("/", "Into the new folder"), "a folder that is put in its place is watched", h.log_text()[-1500:])
    check("another one stands under " + h.wire in h.log_text(), "and the log says so")
    if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", h.wire], capture_output=True).returncode == 0:
        try:
            h.drop("c.json", ninjs("tag:example.org,2026:3", "Onto the mounted disk"))
            check(h.shows("/", "Onto the mounted disk"), "so is one that is mounted over it", h.log_text()[-1500:])
            check(h.stop() == 0, "it ends cleanly", h.log_text()[-1500:])
        finally:
            h.stop()
            subprocess.run(["umount", h.wire])
    else:
        skip("a folder that is mounted over", "a small file system cannot be mounted here")
done()
