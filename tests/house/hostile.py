#!/usr/bin/env python3
"""Hostile files, and other people's feeds well and ill formed: `read` refuses or bounds each, in memory and time; what is marked for nobody's eyes is on no page.
The files are made by SHARED/attacks/make_hostile.py from a seed (printed; BROADSHEET_SEED runs one again), and read by the plain binary, which alone is what is measured.
That nothing is fetched needs no watching here: the readers' floor knows no socket, and in a house they run in a cage that allows none (unit roles-cage)."""
import base64, json, random
from _house import *

ATTACKS = os.path.join(SHARED, "attacks")
EXTRA_MB, CPU_S = 64, 1.0  # above what an empty file takes; of processor time, for the machine may have other work
# Kinds and files whose bound is another, and why.
LOOSE = {"feed-shape": (128, 4.0),  # 20,000 items may stand in one delivery: 5 KB each
         "big_text.xml": (112, 1.0)}  # one headline of 8 to 16 MB: the file, its copy, the tree's text and the folded line stand beside each other


def read(path):
    """Exit code, output, MB of the largest resident set, seconds of processor time."""
    with tempfile.TemporaryFile() as out:
        p = subprocess.Popen([PLAIN, "read", path], stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return p.returncode, out.read(), used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


def feeds(kind):
    path = os.path.join(ATTACKS, kind, "feedparser.jsonl")
    return [json.loads(l) for l in open(path, encoding="utf-8")] if os.path.exists(path) else []


maker = os.path.join(ATTACKS, "make_hostile.py")
if not os.path.exists(maker):
    skip("hostile files", f"no {maker} here")
    done()
seed = os.environ.get("BROADSHEET_SEED") or str(random.randrange(1 << 30))
print(f"# BROADSHEET_SEED={seed}", flush=True)
folder = tempfile.mkdtemp(prefix="broadsheet-hostile-")
made = os.path.join(folder, "made")
subprocess.run([sys.executable, maker, made, seed], check=True, stdout=subprocess.DEVNULL, timeout=500)
rows = [l.rstrip("\n").split("\t") for l in open(os.path.join(made, "index.tsv"), encoding="utf-8")][1:]
small = os.path.join(folder, "small.json")
with open(small, "w") as f: f.write(ninjs("tag:example.org,2026:1", "Standing story"))
base = read(small)[2]
over, ended, told = [], [], []
for name, kind, _, _, must in rows:
    code, out, mb, cpu = read(os.path.join(made, name))
    extra, seconds = LOOSE.get(name, LOOSE.get(kind, (EXTRA_MB, CPU_S)))
    if code not in (0, 65): ended.append(f"{name}: {code}")
    if mb - base > extra or cpu > seconds: over.append(f"{name} ({kind}): {mb - base:.0f} MB, {cpu:.1f} s")
    if "root:" in out.decode("utf-8", "replace"): told.append(name + ": a file of this machine")
    if must.startswith("refuse") and code == 0 and out: told.append(f"{name}: read, and to be refused: {out[:200]!r}")
check(len(rows) > 80 and not ended, f"{len(rows)} hostile files: each is read or refused, none ends the reader", "\n".join(ended))
check(not over, f"in {EXTRA_MB} MB above {base:.0f} MB and {CPU_S} s each; of feeds without end {LOOSE['feed-shape'][0]} MB", "\n".join(over))
check(not told, "none tells what is not in it, and what has to be refused is", "\n".join(told))

for kind, least in (("feed-wellformed", 400), ("feed-illformed", 5)):
    records, bad, items = feeds(kind), [], 0
    for r in records:
        path = os.path.join(folder, "feed.xml")
        with open(path, "wb") as f: f.write(base64.b64decode(r["b64"]))
        code, out, mb, cpu = read(path)
        items += len(out.splitlines())
        if code not in (0, 65) or mb - base > EXTRA_MB or cpu > CPU_S: bad.append(f"{r['name']}: {code}, {mb - base:.0f} MB, {cpu:.1f} s")
    if records: check(len(records) >= least and not bad, f"{kind}: {len(records)} feeds, {items} items, none ends the reader or costs more than it may", "\n".join(bad))
    else: skip(kind, f"no {ATTACKS}/{kind} here")

# ---- in a house: what has to be held is on no page ----
held = [(n, k) for n, k, _, _, must in rows if must.startswith("held, never public")]
with House(config=site_file("Hostile")) as h:
    h.drop("standing.json", ninjs("tag:example.org,2026:standing", "Standing story"))
    check(h.shows("/", "Standing story"), "a story stands")
    for name, _ in held:
        with open(os.path.join(made, name), "rb") as f: h.drop(name, f.read())
    def applied():
        s = json.loads(h.verb("status", "--json").stdout)
        return s["applied"] == s["ledger"] and not [f for f in os.listdir(h.wire) if os.path.isfile(os.path.join(h.wire, f))]
    check(until(applied, within_s=120), f"{len(held)} files to be held are taken")
    stories = h.api(1) or []
    check([s["headline"] for s in stories] == ["Standing story"], "and none of them is public", [s["headline"] for s in stories])
    check("ended by signal" not in h.log_text(), "no role ended", h.log_text()[-2000:])
shutil.rmtree(folder, ignore_errors=True)
done()
