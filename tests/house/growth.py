#!/usr/bin/env python3
"""The disk's marks: what it loses a day and how long it lasts, in status and metrics; at 80 % the desk is told, at 95 % nothing new is taken, and kills still act (K19)."""
import json
from _house import *

mount = tempfile.mkdtemp(prefix="broadsheet-growth-")
if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", mount], capture_output=True).returncode != 0:
    os.rmdir(mount)
    skip("a small disk", "a small file system cannot be mounted here")
    done()
T = "tag:example.org,2026:"
h = House(site_file("Small Disk", more="    pictures: yes\n"), data=os.path.join(mount, "data"))
filler = os.path.join(mount, "filler")


def use(percent):
    """Fills the disk so far, as df counts."""
    s = os.statvfs(mount)
    with open(filler, "ab") as f: os.posix_fallocate(f.fileno(), 0, max(1, os.path.getsize(filler) + int((percent / 100) * s.f_blocks * s.f_frsize) - (s.f_blocks - s.f_bfree) * s.f_frsize))


def disk(): return json.loads(h.verb("status", "--json").stdout)["disk"]
def metric(name): return int(m[1]) if (m := re.search(rf"^broadsheet_{name} (-?\d+)$", h.get("/metrics").text, re.M)) else None
def waiting(): return [f for f in os.listdir(h.wire) if f.endswith(".json")]


try:
    h.start()
    h.drop("a.json", ninjs(T + "a", "Before it fills"))
    h.drop("b.json", ninjs(T + "b", "To be killed"))
    h.drop("lamp.png", png(640, 400))
    h.drop("lamp.json", ninjs(T + "lamp", "A lamp is lit", associations=[{"name": "main", "uri": T + "lamp-picture", "type": "picture", "pubStatus": "usable",
           "renditions": [{"name": "original", "href": "lamp.png", "contentType": "image/png", "width": 640, "height": 400}]}]))
    check(h.shows("/", "Before it fills") and h.shows("/", "To be killed"), "two stories stand")
    lamp = h.path_of("A lamp is lit")
    shown = until(lambda: re.findall(r"/pictures/[0-9a-f]{64}-\d+\.\w+", h.get(lamp).text))
    check(shown and all(h.get(p).status == 200 for p in shown) and until(lambda: h.get("/pictures/card-news.jpg").status == 200), "and one with its picture, and the cards of sections", shown)
    doomed = h.path_of("To be killed")
    d = disk()
    check(d["bytes"] == 160 << 20 and not d["low"] and not d["intake_stopped"] and d["grows_a_day"] == -1 == d["days_left"], "a day has not gone: what it loses is not known", d)
    check("known after a day" in h.verb("status").stdout, "and status says so")
    check(until(lambda: metric("disk_bytes") == 160 << 20) and metric("disk_days_left") == -1, "metrics too")
    h.stop()
    os.rename(os.path.join(h.data, "store"), os.path.join(h.data, "store.away"))
    r = h.verb("prune", "--config", h.config_path, "--days", "0", "--dry-run")
    check(r.returncode == 0 and "pictures are left, for the store cannot be read" in r.stderr, "where nobody knows what pages show, prune leaves all pictures, and says so", r.stdout + r.stderr)
    os.rename(os.path.join(h.data, "store.away"), os.path.join(h.data, "store"))
    used = d["bytes"] - d["free"]
    with open(os.path.join(h.data, "courier", "room"), "w") as f:  # as it was noted two days ago
        f.write(f"{int((time.time() - 2 * 86400) * 1000)} {160 << 20} {used - (8 << 20)}\n{int((time.time() - 7200) * 1000)} {160 << 20} {used - (1 << 20)}\n")
    h.start()
    d = disk()
    check(3 << 20 < d["grows_a_day"] < 6 << 20 and 20 < d["days_left"] < 45, "of two days it is", d)
    r = h.verb("status")
    check(re.search(r"it loses \d+ MB a day: \d+ days are left", r.stdout), "status says how long it lasts", r.stdout)
    check(until(lambda: metric("disk_days_left") not in (None, -1)), "and metrics")
    with open(os.path.join(h.data, "courier", "room")) as f: check(until(lambda: len(open(f.name).read().splitlines()) == 3), "what is free is noted again", f.read())

    aged = os.path.join(h.wire, "done", "a.json")
    stranger = os.path.join(h.wire, "done", "not-ours.txt")
    with open(stranger, "w") as f: f.write("put here by hand")
    rendition = os.path.join(h.data, "pictures", "0123-320.webp")
    with open(rendition, "w") as f: f.write("of a picture that no page shows")
    pictures = [os.path.join(h.data, "pictures", f) for f in os.listdir(os.path.join(h.data, "pictures"))]
    for f in (aged, stranger, *pictures): os.utime(f, (time.time() - 40 * 86400,) * 2)
    prune = lambda *words: h.verb("prune", "--config", h.config_path, *words)
    r = prune("--dry-run")
    check(r.returncode == 0 and "would delete 2 files" in r.stdout and os.path.exists(aged), "what prune would delete it only tells", r.stdout + r.stderr)
    r = prune("--days", "50")
    check(r.returncode == 0 and "deleted 0 files" in r.stdout, "what is younger it leaves", r.stdout + r.stderr)
    r = prune()
    check("deleted 2 files" in r.stdout and not os.path.exists(aged) and not os.path.exists(rendition) and "b.json" in os.listdir(h.wire + "/done"), "what is old, and in the ledger or shown by no page, is deleted", r.stdout + r.stderr)
    check(all(h.get(p).status == 200 for p in shown), "what a page shows is left, however old", os.listdir(os.path.join(h.data, "pictures")))
    for f in pictures: os.path.exists(f) and os.unlink(f)
    check(h.get(shown[0]).status == 503, "where the folder was emptied, a picture comes in a moment")
    check(until(lambda: all(h.get(p).status == 200 for p in shown)), "for it is made again", h.log_text()[-900:])
    check(until(lambda: h.get("/pictures/card-news.jpg").status == 200), "and so are the cards")
    check(os.path.exists(stranger) and "1 files in done/ are left" in r.stderr, "what the ledger does not have is left, and told", r.stderr)
    check(h.shows("/", "Before it fills"), "and the site is as it was")

    use(84)
    check(until(lambda: "alarm: disk: " in h.log_text(), within_s=60), "at 80 % people are told", h.log_text()[-900:])
    r = h.verb("status")
    check(r.returncode == 0 and "NEARLY FULL" in r.stdout, "status says so; the house is healthy yet", f"{r.returncode} {r.stdout}")
    h.drop("c.json", ninjs(T + "c", "News at eighty"))
    check(h.shows("/", "News at eighty"), "news come in")

    use(96)
    r = h.verb("status")
    check(until(lambda: "alarm: disk-full: " in h.log_text(), within_s=60), "at 95 % they are told at once, whatever they were told before", h.log_text()[-900:])
    check(disk()["intake_stopped"] and r.returncode == 1 and "nothing new is taken" in r.stdout, "at 95 % nothing is taken", f"{r.returncode} {r.stdout}")
    h.drop("d.json", ninjs(T + "d", "News at ninety-six"))
    check(until(lambda: re.search(r"waits: the disk is full", h.log_text())) and "d.json" in waiting(), "it waits in its folder", h.log_text()[-600:])
    h.drop("k.json", ninjs(T + "b", "To be killed", status="canceled", version="2"))
    check(until(lambda: h.get(doomed).status == 410), "a kill is taken", h.log_text()[-600:])
    check(h.verb("takedown", h.path_of("News at eighty")).returncode == 0, "and a takedown")
    check("News at ninety-six" not in h.get("/").text and "d.json" in waiting(), "news wait on")
    os.truncate(filler, 0)
    check(h.shows("/", "News at ninety-six"), "with room they are taken", h.log_text()[-600:])
    check(until(lambda: "all clear: disk-full " in h.log_text() and "all clear: disk " in h.log_text(), within_s=60), "and the alarms end", h.log_text()[-600:])
finally:
    h.remove()
    subprocess.run(["umount", mount])
    os.rmdir(mount)
done()
