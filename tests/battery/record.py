#!/usr/bin/env python3
"""A long run of the battery, and its line for the table in docs/reliability.md (./dev battery record).

usage: tests/battery/record.py OPTIONS of `broadsheet battery`: --layer tables --seed 8000000 --schedules 1000000 --jobs 2

Says how far it is, in the end the line. What differs is kept as a schedule in tests/battery/found/ (--to FOLDER: elsewhere), and its seeds
stand in the line. Ended early (^C), the line says what was played until then."""
import os, re, shlex, signal, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN = os.environ.get("BROADSHEET_PLAIN", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "broadsheet"))
TALLY = re.compile(r"\w+: (\d+) schedules, (\d+) events, (\d+) comparisons, (\d+) embargo leaks, (\d+) kill leaks, (\d+) divergences")


def main():
    options = sys.argv[1:]
    if "--seed" not in options: sys.exit("record: which seeds? --seed N, far from those in the table")
    kept = [] if "--to" in options else ["--to", os.path.join(HERE, "found")]
    if kept: os.makedirs(kept[1], exist_ok=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the battery ends; what it said stays
    run = subprocess.Popen([PLAIN, "battery", *options, *kept], stdout=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    tally, failures = None, ""
    for line in run.stdout:
        print(line, end="", flush=True)
        tally = TALLY.match(line) or tally
        if line.startswith("seeds of failures: ") and "none" not in line: failures = line.split(":")[1].strip()
    code = run.wait()
    if not tally: sys.exit("record: nothing was played")
    n = [f"{int(g):,}" for g in tally.groups()]
    early = "--schedules" in options and int(tally[1]) < int(options[options.index("--schedules") + 1])
    said = f": seeds {failures.replace(' ', ', ')}" if failures else "" if code == 0 and not early else " (ended early)"
    print(f"\n| `battery {shlex.join(options)}` | {n[0]} | {n[1]} | {n[2]} | {n[3]} / {n[4]} / {n[5]}{said} |")
    return code


sys.exit(main())
