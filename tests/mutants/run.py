#!/usr/bin/env python3
"""Breaks the code on purpose, one joint at a time, and asks that the named test sees it: ./dev mutants [WORD]

Each row of mutants.py is put into a copy of the tree, with a build folder of its own; what is needed is built, the test is run, and must fail. Before that
each test must pass unbroken, or its failing would prove nothing. Closes with one line: N caught, N survived."""
import os, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from planting import *
from mutants import MUTANTS

LIMIT_S = 240


def target_of(test):
    return "broadsheet" if test.split()[0] in ("rehearse", "house") else "test-" + test


def run(test):
    """Does the test pass? Ended with its whole group when it takes too long, which counts as failing."""
    binary = os.path.join(BUILD, "broadsheet")
    kind, _, name = test.partition(" ")
    if kind == "rehearse": command = [binary, "rehearse", os.path.join(SOURCE, "tests", "cases", "rehearse", name)]
    elif kind == "house": command = [sys.executable, os.path.join(SOURCE, "tests", "house", name + ".py")]
    else: command = [os.path.join(BUILD, "test-" + test)]
    env = {**os.environ, "BROADSHEET": binary, "BROADSHEET_PLAIN": binary}
    p = subprocess.Popen(command, cwd=SOURCE, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return p.wait(timeout=LIMIT_S) == 0
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, 9)
        p.wait()
        return False


def break_and_ask(m):
    why = plant([(m["file"], m["from"], m["to"])])
    if not why and (said := build(target_of(m["test"]))): why = "it does not compile: " + said
    end = "STALE    " + why if why else "survived" if run(m["test"]) else "caught"
    copy_source()
    return end


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = [m for m in MUTANTS if only in m["what"] or only in m["test"]]
    configure(copy_source())
    ends = {"caught": 0}
    for test in sorted({m["test"] for m in rows}):
        why = build(target_of(test))
        if why or not run(test):
            print(f"BROKEN   {test} fails without any break {why or ''}", flush=True)
            ends["BROKEN"] = ends.get("BROKEN", 0) + 1
    for m in rows:
        start = time.monotonic()
        end = break_and_ask(m)
        ends[end.split()[0]] = ends.get(end.split()[0], 0) + 1
        print(f"{end:8} {m['what']:70} {m['test']:34} {time.monotonic() - start:5.1f} s", flush=True)
    print(f"{ends['caught']} caught, {sum(ends.values()) - ends['caught']} survived, stale or broken")
    return 0 if sum(ends.values()) == ends["caught"] and rows else 1


sys.exit(main())
