#!/usr/bin/env python3
"""The battery as a test: every schedule that once failed, and as many fresh ones as a change can wait for (docs/reliability.md). Speaks TAP.
The seeds are the same in every run, so that a red run is the change's doing; long runs take others. The plain build plays most of them:
what it looks for is no matter of memory; the sanitized one plays a few."""
import os, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PLAIN = os.environ.get("BROADSHEET_PLAIN", os.path.join(ROOT, "build", "broadsheet"))
CHECKED = os.environ.get("BROADSHEET", os.path.join(ROOT, "build-asan", "broadsheet"))
# layer, binary, schedules
RUNS = [("tables", PLAIN, 5000), ("press", PLAIN, 500), ("http", PLAIN, 60), ("tables", CHECKED, 100), ("press", CHECKED, 20)]


def main():
    cases = sorted(f for f in os.listdir(os.path.join(HERE, "cases")) if f.endswith(".txt"))
    print(f"1..{len(cases) + len(RUNS)}", flush=True)
    failed = number = 0
    env = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}

    def test(name, command):
        nonlocal failed, number
        start, number = time.monotonic(), number + 1
        r = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        failed += r.returncode != 0
        print(f"{'not ok' if r.returncode else 'ok'} {number} - {name}, {time.monotonic() - start:.1f} s", flush=True)
        for line in r.stdout.strip().splitlines()[-8 if r.returncode else -2:]: print("# " + line, flush=True)

    for c in cases: test(c[:-4].replace("-", " "), [PLAIN, "battery", "--replay", os.path.join(HERE, "cases", c)])
    for layer, binary, count in RUNS:
        kind = "sanitized" if binary == CHECKED else "plain"
        test(f"{count} schedules, {layer}, {kind}", [binary, "battery", "--layer", layer, "--schedules", str(count), "--seed", "1", "--to", os.environ.get("TMPDIR", "/tmp")])
    return 1 if failed else 0


sys.exit(main())
