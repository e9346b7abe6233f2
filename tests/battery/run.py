#!/usr/bin/env python3
"""The battery as a test: every schedule that once failed, and as many fresh ones as a change can wait for (docs/reliability.md). Speaks TAP.

usage: tests/battery/run.py [cases | tables | press | http | sanitized]...

The seeds are the same in every run, so that a red run is the change's doing; long runs take others. The plain build plays most of them:
what it looks for is no matter of memory; the sanitized one plays a few. Figures: schedules; a core plays about 35 of tables, 10 of press, 2 of http a second.
BATTERY_TABLES: another number of tables."""
import os, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PLAIN = os.environ.get("BROADSHEET_PLAIN", os.path.join(ROOT, "build", "broadsheet"))
CHECKED = os.environ.get("BROADSHEET", os.path.join(ROOT, "build-asan", "broadsheet"))
RUNS = {"tables": [("tables", PLAIN, int(os.environ.get("BATTERY_TABLES", 10000)))], "press": [("press", PLAIN, 500)], "http": [("http", PLAIN, 100)],
        "sanitized": [("tables", CHECKED, 100), ("press", CHECKED, 20)]}
CASES = sorted(f for f in os.listdir(os.path.join(HERE, "cases")) if f.endswith(".txt"))


def commands(parts):
    for part in parts:
        for c in CASES if part == "cases" else []:
            yield c[:-4].replace("-", " "), [PLAIN, "battery", "--replay", os.path.join(HERE, "cases", c)]
        for layer, binary, count in RUNS.get(part, []):
            name = f"{count} schedules, {layer}, {'sanitized' if binary == CHECKED else 'plain'}"
            yield name, [binary, "battery", "--layer", layer, "--schedules", str(count), "--seed", "1", "--to", os.environ.get("TMPDIR", "/tmp")]


def main():
    failed, todo = 0, list(commands(sys.argv[1:] or ["cases", *RUNS]))
    env = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    print(f"1..{len(todo)}", flush=True)
    for number, (name, command) in enumerate(todo, 1):
        start = time.monotonic()
        r = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        failed += r.returncode != 0
        print(f"{'not ok' if r.returncode else 'ok'} {number} - {name}, {time.monotonic() - start:.1f} s", flush=True)
        for line in r.stdout.strip().splitlines()[-8 if r.returncode else -2:]: print("# " + line, flush=True)
    return 1 if failed else 0


sys.exit(main())
