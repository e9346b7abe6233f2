#!/usr/bin/env python3
"""The battery as a test: every schedule that once failed, and as many fresh ones as a change can wait for (docs/reliability.md). Speaks TAP.

usage: tests/battery/run.py [--list | PART...]   parts: cases, tables, press, http, sanitized; those of tables also one by one, as --list names them

The seeds are the same in every run, so that a red run is the change's doing; long runs take others. The plain build plays most of them:
what it looks for is no matter of memory; the sanitized one plays a few. Figures: schedules; a core plays about 35 of tables, 10 of press, 2 of http a second.
BATTERY_TABLES: another number of tables. They are played in parts, each a test with a limit of its own, so that many on a busy machine take long and do not fail."""
import os, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PLAIN = os.environ.get("BROADSHEET_PLAIN", os.path.join(ROOT, "build", "broadsheet"))
CHECKED = os.environ.get("BROADSHEET", os.path.join(ROOT, "build-asan", "broadsheet"))
TABLES, A_PART = int(os.environ.get("BATTERY_TABLES", 2500)), 2500
RUNS = {f"tables {n // A_PART + 1}": [("tables", PLAIN, min(A_PART, TABLES - n), 1 + n)] for n in range(0, TABLES, A_PART)}  # layer, binary, schedules, the first one's seed
RUNS |= {"press": [("press", PLAIN, 500, 1)], "http": [("http", PLAIN, 100, 1)], "sanitized": [("tables", CHECKED, 60, 1), ("press", CHECKED, 12, 1)]}
PARTS = ["cases", *RUNS]
CASES = sorted(f for f in os.listdir(os.path.join(HERE, "cases")) if f.endswith(".txt"))


def commands(parts):
    for part in parts:
        for c in CASES if part == "cases" else []:
            yield c[:-4].replace("-", " "), [PLAIN, "battery", "--replay", os.path.join(HERE, "cases", c)]
        for layer, binary, count, seed in RUNS.get(part, []):
            name = f"{count} schedules from seed {seed}, {layer}, {'sanitized' if binary == CHECKED else 'plain'}"
            yield name, [binary, "battery", "--layer", layer, "--schedules", str(count), "--seed", str(seed), "--to", os.environ.get("TMPDIR", "/tmp")]


def asked(words):
    """Its parts for each word; a word that names none is a mistake."""
    for word in words:
        if not (named := [p for p in PARTS if p == word or p.split()[0] == word]): sys.exit(f"no part {word!r}; there are: {', '.join(PARTS)}")
        yield from named


def main():
    if sys.argv[1:] == ["--list"]: print("\n".join(PARTS)); return 0
    failed, todo = 0, list(commands(asked(sys.argv[1:] or PARTS)))
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
