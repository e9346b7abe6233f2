#!/usr/bin/env python3
"""Runs every fuzz target for its share of a time and replays kept crashes: run.py BUILD SECONDS [TARGET...]"""
import base64, os, subprocess, sys, tempfile

build, seconds, only = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
here = os.path.dirname(os.path.abspath(__file__))
targets = sorted(f[:-2] for f in os.listdir(here) if f.endswith(".c") and (not only or f[:-2] in only))
share = max(2, seconds // max(1, len(targets)))
passed = failed = 0

def tell(target, errors, work):
    """What broke and the bytes that did it: kept beside the program, and in base64 for who has the output alone."""
    for line in errors.splitlines():
        if "a bug: must(" in line or "ERROR:" in line or "runtime error" in line: print(line)
    print(errors[-3000:])
    for name in sorted(os.listdir(work)):
        if not name.startswith(("crash-", "leak-", "oom-", "timeout-")): continue
        with open(os.path.join(work, name), "rb") as f: data = f.read()
        found = os.path.join(build, "found", target)
        os.makedirs(found, exist_ok=True)
        with open(os.path.join(found, name), "wb") as f: f.write(data)
        print(f"kept as {found}/{name}; once mended, it goes to tests/fuzz/crashes/{target}/ with a name of what it is", base64.b64encode(data[:6000]).decode(), sep="\n")

for t in targets:
    program = os.path.join(build, "fuzz-" + t)
    crashes, seeds, words = (os.path.join(here, d) for d in (f"crashes/{t}", f"seeds/{t}", f"{t}.dict"))
    kept = [os.path.join(crashes, f) for f in sorted(os.listdir(crashes))] if os.path.isdir(crashes) else []
    with tempfile.TemporaryDirectory() as work:
        command = [program, work, f"-max_total_time={share}", "-rss_limit_mb=2048", "-timeout=10", "-max_len=65536", "-print_final_stats=1", f"-artifact_prefix={work}/"]
        if os.path.isdir(seeds): command.append(seeds)
        if os.path.exists(words): command.append("-dict=" + words)
        replay = subprocess.run([program, *kept], capture_output=True, text=True) if kept else None
        r = subprocess.run(command, capture_output=True, text=True)
        runs = next((l.split()[-1] for l in r.stderr.splitlines() if "number_of_executed_units" in l), "?")
        good = r.returncode == 0 and (not replay or replay.returncode == 0)
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok' if good else 'not ok'} - fuzz {t}: {runs} runs in {share} s, {len(kept)} kept crashes replayed", flush=True)
        if not good: tell(t, r.stderr if r.returncode else replay.stderr, work)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
