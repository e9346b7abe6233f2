#!/usr/bin/env python3
"""Breaks the code on purpose, one joint at a time, and asks that the named test sees it: ./dev mutants [WORD]

Each row of mutants.py is put into a copy of the tree, with a build folder of its own; what is needed is built, the test is run, and must fail. Before that
each test must pass unbroken, or its failing would prove nothing. Closes with one line: N caught, N survived."""
import os, shutil, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TREE, BUILD = os.path.join(ROOT, "build-mutants", "tree"), os.path.join(ROOT, "build-mutants", "out")
LIMIT_S = 240
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mutants import MUTANTS


def copy_tree():
    """Only what changed, so that a second run builds little."""
    for top in ("src", "themes", "tests", "docs", "meson.build", "meson_options.txt"):
        here = os.path.join(ROOT, top)
        for folder, _, files in os.walk(here) if os.path.isdir(here) else [(ROOT, [], [top])]:
            if "node_modules" in folder: continue
            for name in files:
                a = os.path.join(folder, name)
                b = os.path.join(TREE, os.path.relpath(a, ROOT))
                if os.path.exists(b) and open(a, "rb").read() == open(b, "rb").read(): continue
                os.makedirs(os.path.dirname(b), exist_ok=True)
                shutil.copyfile(a, b)
                shutil.copymode(a, b)


def build(target):
    r = subprocess.run(["ninja", "-C", BUILD, target], capture_output=True, text=True)
    return r.returncode == 0, r.stdout[-2000:]


def target_of(test):
    return "broadsheet" if test.split()[0] in ("rehearse", "house") else "test-" + test


def run(test):
    """Does the test pass? Ended with its whole group when it takes too long, which counts as failing."""
    binary = os.path.join(BUILD, "broadsheet")
    kind, _, name = test.partition(" ")
    if kind == "rehearse": command = [binary, "rehearse", os.path.join(TREE, "tests", "cases", "rehearse", name)]
    elif kind == "house": command = [sys.executable, os.path.join(TREE, "tests", "house", name + ".py")]
    else: command = [os.path.join(BUILD, "test-" + test)]
    env = {**os.environ, "BROADSHEET": binary, "BROADSHEET_PLAIN": binary}
    p = subprocess.Popen(command, cwd=TREE, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return p.wait(timeout=LIMIT_S) == 0
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, 9)
        p.wait()
        return False


def break_and_ask(m):
    path = os.path.join(TREE, m["file"])
    with open(path) as f: whole = f.read()
    if whole.count(m["from"]) != 1: return "STALE    its place stands %d times in %s" % (whole.count(m["from"]), m["file"])
    try:
        with open(path, "w") as f: f.write(whole.replace(m["from"], m["to"]))
        built, why = build(target_of(m["test"]))
        if not built: return "STALE    it does not compile: " + why
        return "survived" if run(m["test"]) else "caught"
    finally:
        with open(path, "w") as f: f.write(whole)


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = [m for m in MUTANTS if only in m["what"] or only in m["test"]]
    copy_tree()
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        subprocess.run(["meson", "setup", BUILD, TREE, "--buildtype=plain", "-Dc_args=-O1"], check=True, stdout=subprocess.DEVNULL)
    ends = {"caught": 0}
    for test in sorted({m["test"] for m in rows}):
        built, why = build(target_of(test))
        if not built or not run(test):
            print(f"BROKEN   {test} fails without any break {why if not built else ''}", flush=True)
            ends["BROKEN"] = ends.get("BROKEN", 0) + 1
    for m in rows:
        start = time.monotonic()
        end = break_and_ask(m)
        ends[end.split()[0]] = ends.get(end.split()[0], 0) + 1
        print(f"{end:8} {m['what']:70} {m['test']:34} {time.monotonic() - start:5.1f} s", flush=True)
    print(f"{ends['caught']} caught, {sum(ends.values()) - ends['caught']} survived, stale or broken")
    return 0 if sum(ends.values()) == ends["caught"] and rows else 1


sys.exit(main())
