"""Readers against the bare tokeniser: on the wire samples of ../shared where they are, else on the project's own cases."""
import glob, os, subprocess

from _bench import ROOT, load

SHARED = os.environ.get("BROADSHEET_SHARED", os.path.join(ROOT, "..", "shared"))
PROGRAM = os.path.join(os.path.dirname(os.environ["BROADSHEET"]), "bench-readers")
FORMATS = (("xml", "newsml-g2", "g2-*", 0.5), ("xml", "nitf", "nitf-*", 0.5), ("xml", "newsml-1", "newsml-1-*", 0.5), ("json", "ninjs", "ninjs-*", 0.3))


def files_of(name, own):
    shared = [f for f in sorted(glob.glob(os.path.join(SHARED, "wires", name, "*"))) if not f.endswith(".expected.json")]
    return shared or sorted(glob.glob(os.path.join(ROOT, "tests", "cases", "wire", own, "in.*")))


def readers():
    print(f"readers, the whole way through the cage against the bare tokeniser, MB/s of processor, median of 15 pairs ({load()})")
    for kind, name, own, goal in FORMATS:
        r = subprocess.run([PROGRAM, kind, name, *files_of(name, own)], capture_output=True, text=True)
        print("  " + (r.stdout.strip() or f"{name}: nothing to read, exit status {r.returncode} {r.stderr.strip()}") + f"  goal {goal}", flush=True)
