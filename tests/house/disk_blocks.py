#!/usr/bin/env python3
"""A full disk whose blocks are smaller than a page of memory (ext4 of 1 KB). SQLite grows the index of a log (FILE-shm) by a byte for each page, so three blocks of four
are not there; whoever first writes to one of those through the map while none is left would end by a signal. No role does: readers are served, kills act, and with room everything goes on."""
import glob
from _disk import Mounted, run
from _house import *

SIZE = 64 << 20
MAKE = ["-q", "-b", "1024", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"]
LEFT = 12 << 10  # room for that index with its holes, and not without
STARTS = 6  # of a newsroom without room; before this was mended each ended by SIGBUS
folder = tempfile.mkdtemp(prefix="broadsheet-blocks-")
image, mount, filler = (os.path.join(folder, n) for n in ("image", "at", "at/filler"))


def disk():
    with open(image, "wb") as f: f.truncate(SIZE)
    run("mkfs.ext4", *MAKE, image)
    return Mounted(image, mount)


def fill(left):
    with open(filler, "ab", buffering=0) as f:
        for size in (1 << 16, 1024):
            with contextlib.suppress(OSError):
                while True: f.write(b"x" * size)
        os.fsync(f.fileno())
    os.truncate(filler, os.path.getsize(filler) - left)


def starts(): return len(re.findall(r"newsroom ended", h.log_text()))
def signals(): return re.findall(r".*(?:ended by signal [^9]|Sanitizer).*", h.log_text())


try: mounted = disk()
except OSError as e:
    shutil.rmtree(folder)
    skip("a full disk of small blocks", f"it cannot be had here: {e}")
    done()
h = House(site_file("Blocks"), data=os.path.join(mount, "data"))
try:
    h.start()
    for n in range(20): h.drop(f"a{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Before the disk was full {n}", "<p>" + f"word{n} " * 9000 + "</p>"))
    check(until(lambda: len(h.api()) == 20), "stories stand")
    path, other = h.path_of("Before the disk was full 3"), h.path_of("Before the disk was full 4")
    statuses = set()

    def read_on(condition):
        statuses.update((h.get("/").status, h.get(path).status))
        return condition()

    newsroom = h.roles()["newsroom"][0]
    os.kill(h.process.pid, signal.SIGSTOP)  # so that nobody starts it again before the disk is full
    os.kill(newsroom, signal.SIGKILL)
    check(until(lambda: open(f"/proc/{newsroom}/stat").read().split(") ")[1][0] == "Z"), "the newsroom is ended")
    os.unlink(glob.glob(os.path.join(h.data, "store.desk", "*", "desk.db-shm"))[0])
    fill(LEFT)
    os.kill(h.process.pid, signal.SIGCONT)
    check(until(lambda: read_on(lambda: starts() > STARTS)), "a newsroom that finds no room for the index of a log is started again and again", h.log_text()[-1500:])
    check(signals() == [], "no role is ended by a signal", "\n".join(signals()[:4]))
    check(re.search(r"cannot open: the disk is full; make room", h.log_text()), "the log says why, and what to do", h.log_text()[-1500:])
    check(statuses == {200}, "readers are served", statuses)
    r = h.verb("takedown", other)
    check(until(lambda: h.get(other).status == 410), "a kill acts without room (K19)", r.stdout + r.stderr + h.log_text()[-1500:])
    for n in range(12): h.drop(f"b{n}.json", ninjs(f"tag:example.org,2026:b{n}", f"While the disk is full {n}", "<p>" + f"other{n} " * 9000 + "</p>"))
    os.unlink(filler)
    check(until(lambda: sum("While the disk" in i["headline"] for i in h.api()) == 12, within_s=60), "with room again everything is published", h.log_text()[-1500:])
    check(h.get(path).status == 200 and h.get(other).status == 410, "and what was there is there")
    check(h.stop() == 0, "it ends cleanly")
    r = h.verb("check", "--audit")
    check(r.returncode == 0, "and its chains are sound", r.stdout + r.stderr)
    check(signals() == [], "no role has been ended by a signal", "\n".join(signals()[:4]))
finally:
    h.remove()
    mounted.close()
    shutil.rmtree(folder)
done()
