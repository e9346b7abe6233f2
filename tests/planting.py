"""A copy of the source in which faults are planted, with a build of its own: build-mutants. The product holds no seam for this: a fault is a replacement of text, and one whose text no longer stands there once is told (house planted)."""
import os, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, "build-mutants")
SOURCE, BUILD = os.path.join(WORK, "source"), os.path.join(WORK, "build")


def sh(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def copy_source():
    """Every file that is kept, so that no list here can miss one that the build has come to need. Only what differs is written, so that ninja builds only that."""
    files = sh(["git", "ls-files", "-z"], cwd=ROOT).stdout.strip("\0").split("\0")
    for f in files:
        here, there = os.path.join(ROOT, f), os.path.join(SOURCE, f)
        os.makedirs(os.path.dirname(there), exist_ok=True)
        with open(here, "rb") as a: new = a.read()
        if not os.path.exists(there) or open(there, "rb").read() != new:
            with open(there, "wb") as b: b.write(new)
        os.chmod(there, os.stat(here).st_mode)
    for folder, _, names in os.walk(SOURCE):
        for n in names:
            path = os.path.relpath(os.path.join(folder, n), SOURCE)
            if path not in files: os.remove(os.path.join(folder, n))
    peers = os.path.join(SOURCE, "build-peers")  # real servers that tests meet: without them those would skip, and see nothing
    if not os.path.islink(peers): os.symlink(os.path.join(ROOT, "build-peers"), peers)
    return files


def configure(files):
    """Once, and again when files came or went: each floor's sources are globbed."""
    mark = os.path.join(WORK, "files")
    if os.path.exists(mark) and open(mark).read() == "\n".join(files): return
    again = ["--reconfigure"] if os.path.exists(os.path.join(BUILD, "build.ninja")) else []
    r = sh(["meson", "setup", *again, BUILD, SOURCE, "-Doptimization=1", "-Ddebug=false"])
    if r.returncode: sys.exit(r.stdout)
    with open(mark, "w") as f: f.write("\n".join(files))


def build(target):
    """None, or what the compiler said."""
    r = sh(["ninja", "-C", BUILD, target])
    return r.stdout[-4000:] if r.returncode else None


def plant(replacements):
    """(file, old, new) each. None, or which text does not stand there once."""
    for file, old, new in replacements:
        path = os.path.join(SOURCE, file)
        with open(path) as f: text = f.read()
        if text.count(old) != 1: return f"{file} holds “{old.strip()[:60]}” {text.count(old)} times: mend the row"
        with open(path, "w") as f: f.write(text.replace(old, new))
    return None
