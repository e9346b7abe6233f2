#!/usr/bin/env python3
"""The house's rules that a compiler does not see: private headers stay inside their floor, sizes hold, the desk's states and the site's agree,
every stop of docs/tour.md exists, and nobody speaks of what is not there."""
import os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.chdir(ROOT)
count = 0


def check(held, what, detail=""):
    global count
    count += 1
    print(f"{'' if held else 'not '}ok {count} - {what}")
    if not held: print("# " + detail.replace("\n", "\n# "))


def floors():
    text = open("meson.build").read()
    block = text[text.index("matrix = ["):text.index("generated = []")]
    return {m[1]: re.findall(r"'(\w+)'", m[2]) for m in re.finditer(r"\['(\w+)',\s*\[([^\]]*)\]", block)}


def sources(*ends):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "src"], capture_output=True, text=True).stdout.split()
    return [f for f in out if f.endswith(ends) and os.path.exists(f)]


matrix = floors()
public = {f + ".h": f for f in matrix} | {"clock.h": "base"}
bad = []
for path in sources(".c", ".h"):
    parts = path.split("/")
    if len(parts) < 3: continue
    floor = parts[1]
    for name in re.findall(r'#include "([^"]+)"', open(path).read()):
        owner = public.get(name)
        if owner and owner != floor and owner not in matrix[floor]: bad.append(f"{path} includes {name}, which {floor} may not know")
        if not owner and not os.path.exists(os.path.join("tests", name)) and not os.path.exists(os.path.join("src", floor, name)): bad.append(f"{path} includes {name}, private to another floor")
check(not bad, "floors include only what the matrix allows, and no other floor's private header", "\n".join(bad))

long_files = [f"{p}: {n} lines" for p in sources(".c", ".h") for n in [sum(1 for _ in open(p))] if n > 800 and not p.endswith("_table.h")]
check(not long_files, "no file is longer than 800 lines", "\n".join(long_files))

headless = [p for p in sources(".c") if not p.endswith("_test.c") and not open(p).read(2).startswith("/*")]
check(not headless, "every source file opens by saying what it owns", "\n".join(headless))

states = re.findall(r"STATE_(\w+)", open("src/desk/desk.h").read().split("enum answer_state")[1].split("}")[0])
site = re.search(r"enum \{ ([A-Z_, ]+) \};", open("src/site/answer.c").read())[1].split(", ")
check(states == site, "the site's table of states is the desk's", f"{states}\n{site}")

if os.path.exists("docs/tour.md"):
    missing = []
    for path, name in re.findall(r"`(src/[\w/]+\.[ch]):(\w+)`", open("docs/tour.md").read()):
        if not os.path.exists(path) or not re.search(r"\b" + name + r"\b", open(path).read()): missing.append(f"{path}:{name}")
    check(not missing, "every stop of docs/tour.md exists", "\n".join(missing))
    rows = dict(re.findall(r"^\| (\w+) +\| ([\w, ]*) *\|$", open("docs/tour.md").read(), re.M))
    drawn = {k: sorted(x for x in v.replace(" ", "").split(",") if x and x != "nothing") for k, v in rows.items() if k in matrix}
    check(drawn == {k: sorted(v) for k, v in matrix.items()}, "docs/tour.md draws the matrix as the build has it", f"{drawn}")

todo = subprocess.run(["git", "grep", "-nIE", r"TODO|FIXME|XXX:|HACK", "--", "src", "themes", "dev"], capture_output=True, text=True).stdout
check(not todo, "nothing is left for later in the code", todo)
print(f"1..{count}")
