"""A site of N stories, backed up, brought back on another data directory: how long until it serves all of them."""
import shutil, subprocess, threading
from _bench import *


def applied(line):
    m = re.search(rb"^broadsheet_stories_total (\d+)", line.get("/metrics")[1], re.M)
    return int(m[1]) if m else 0


def load_all(h, count):
    aside = os.path.join(h.folder, "aside")
    os.mkdir(aside)
    for n in range(count):
        with open(os.path.join(aside, f"{n:06d}.xml"), "w") as f: f.write(story(n, words=280))
    t0 = time.perf_counter()
    for n in range(count): os.rename(os.path.join(aside, f"{n:06d}.xml"), os.path.join(h.wire, f"{n:06d}.xml"))
    line = Line(h.host, h.port)
    while applied(line) < count:
        if time.perf_counter() - t0 > 1800: raise SystemExit(f"only {applied(line)} stories within 1800 s\n" + h.log_text()[-2000:])
        time.sleep(0.2)
    print(f"{count} stories are there after {time.perf_counter() - t0:.1f} s ({load()})", flush=True)


def timed(h, what, *words):
    t0 = time.perf_counter()
    r = subprocess.run([h.binary, *words], capture_output=True, text=True)
    if r.returncode: raise SystemExit(f"{what}: {r.stdout}{r.stderr}")
    print(f"  {what}: {time.perf_counter() - t0:.1f} s ({r.stdout.strip()})", flush=True)


def size_of(folder): return sum(os.path.getsize(os.path.join(w, n)) for w, _, names in os.walk(folder) for n in names) >> 20


def restored(h, backup, paths, count):
    """From the restore's start until every one of these pages answers."""
    old, h.data = h.data, os.path.join(h.folder, "restored")
    os.makedirs(h.data)
    shutil.copy(os.path.join(old, "tombstones"), h.data)  # this machine's own: nothing waits for a word
    t0 = time.perf_counter()
    timed(h, "restore", "restore", "--from", backup, "--data", h.data)
    h.start()
    answers = time.perf_counter() - t0
    line, last = Line(h.host, h.port), time.perf_counter() + 1800
    def whole(): return all(b" 200 " in line.get(p)[0].split(b"\r\n")[0] for p in paths)
    while not whole():
        if time.perf_counter() > last: raise SystemExit("the restored site does not show its stories\n" + h.log_text()[-2000:])
        time.sleep(0.1)
    took = time.perf_counter() - t0
    print(f"restored site of {count} stories: answers after {answers:.1f} s, shows every page after {took:.1f} s  (goal <= 60 s: {'kept' if took <= 60 else 'MISSED'})   ({load()})", flush=True)
    cpu = {r: cpu_s(p) for r, p in h.roles().items()}
    print("  CPU seconds by role: " + ", ".join(f"{r} {s:.1f}" for r, s in cpu.items()), flush=True)
    h.stop()
    shutil.rmtree(h.data)
    h.data = old


def restore(count=100000):
    with House() as h:
        load_all(h, count)
        paths = ["/" + i["url"].split("/", 3)[3] for i in h.api()]  # the newest, which are built last
        backup = os.path.join(h.folder, "backup")
        timed(h, "backup, whole", "backup", "--data", h.data, "--to", backup)
        print(f"  ledger {size_of(backup)} MB, store {size_of(os.path.join(h.data, 'store')) + size_of(os.path.join(h.data, 'store.desk'))} MB", flush=True)
        timed(h, "backup, what is new", "backup", "--data", h.data, "--to", backup)
        h.stop()
        restored(h, backup, paths, count)
