#!/usr/bin/env python3
"""The Debian package: packed with the program that was just built, read by lintian, and tried by tests/package/trial.sh in a Debian of its own (a container with systemd as its first process):
installed, run, upgraded, removed, purged."""
import glob
import _house
from _house import *

DEBIAN = os.path.join(ROOT, "build-peers", "debian")
TRIAL = os.path.join(ROOT, "tests", "package")
UNITS = [os.path.join(ROOT, "packaging", name) for name in ("broadsheet.service", "broadsheet@.service")]
EXPOSURE_MAX = 1.5
SUDO = 'sudo() { if [ "$1" = -u ]; then runuser -u "$2" -- "${@:3}"; else "$@"; fi; }\n'


def run(*words, **kw): return subprocess.run(words, capture_output=True, text=True, timeout=900, **kw)


# ---- the units ----
if shutil.which("systemd-analyze"):
    for unit in UNITS:
        r = run("systemd-analyze", "security", "--offline=true", unit)
        m = re.search(r"Overall exposure level for \S+: ([\d.]+)", r.stdout)
        check(m and float(m[1]) <= EXPOSURE_MAX, f"{os.path.basename(unit)}: exposure of at most {EXPOSURE_MAX}", r.stdout[-400:])
        check("nknown" not in r.stderr, "and systemd knows all that it says", r.stderr)
else: skip("the units' exposure", "no systemd-analyze here")
a, b = (open(u).read().split("[Unit]")[1] for u in UNITS)
same = b.replace(" (%i)", "").replace("broadsheet-%i", "broadsheet").replace("%i.yaml", "site.yaml").replace("broadsheet@hindi", "broadsheet")
check(a == same, "the unit of one site and the unit of many are the same")

# ---- the package ----
lacking = [p for p in ("dpkg-buildpackage", "dh", "lintian", "systemd-nspawn") if not shutil.which(p)]
why = f"{', '.join(lacking)} not here" if lacking else "not root here" if os.geteuid() else "" if os.path.exists(os.path.join(ROOT, "build-peers", ".has-debian")) else "no build-peers/debian: ./dev test makes it"
if why:
    skip("the package is built, and tried in a Debian of its own", why)
    done()
work = tempfile.mkdtemp(prefix="broadsheet-package-")
try:
    r = run(os.path.join(ROOT, "packaging", "pack"), os.path.join(work, "pack"), PLAIN)
    debs = glob.glob(os.path.join(work, "pack", "*.deb")) if r.returncode == 0 else []
    if not check(len(debs) == 1, "the package is packed", r.stdout + r.stderr): done()
    r = run("lintian", "--allow-root", "--fail-on", "error,warning", *debs)
    check(r.returncode == 0, "lintian finds neither an error nor a warning", r.stdout + r.stderr)

    # ---- in a Debian of its own ----
    inside, out = os.path.join(work, "trial"), os.path.join(work, "out")
    os.mkdir(inside); os.mkdir(out)
    for f in [*debs, os.path.join(TRIAL, "trial.sh")]: shutil.copy(f, inside)
    with open(os.path.join(inside, "install.sh"), "w") as f: f.write(SUDO + "".join(re.findall(r"^```sh trial\n(.*?)^```$", open(os.path.join(ROOT, "docs", "install.md")).read(), re.M | re.S)))
    with open(os.path.join(inside, "held.xml"), "w") as f: f.write(newsml("tag:example.org,2026:held", "A secret meeting", body="<p>Secret words.</p>", embargoed="2099-01-01T00:00:00Z", provider="Harbour Agency"))
    with open(os.path.join(inside, "broken.xml"), "w") as f: f.write('<newsItem guid="tag:example.org,2026:broken"><contentMeta><headline>Secret words</headlin></contentMeta></newsItem>')
    with open(os.path.join(work, "console"), "w") as console:
        p = subprocess.Popen(["systemd-nspawn", "--quiet", "--boot", "--volatile=overlay", "--register=no", "--keep-unit", "--private-network", "--console=pipe", "-D", DEBIAN,
                              "--system-call-filter=seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self", f"--bind-ro={inside}:/trial", f"--bind={out}:/out",
                              f"--bind-ro={TRIAL}/trial.service:/etc/systemd/system/trial.service", "--", "systemd.wants=trial.service"], stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try: p.wait(timeout=600)
        finally:
            if p.poll() is None: p.terminate(); p.wait(timeout=60)
    tap = os.path.join(out, "tap")
    facts = open(tap).read() if os.path.exists(tap) else ""
    said = open(os.path.join(work, "console"), errors="replace").read()
    if not facts and "Welcome to" not in said: skip("the package is tried in a Debian of its own", "systemd does not start in a container here: " + " ".join(said.split())[-200:])
    else:
        for held, what, detail in re.findall(r"^((?:not )?ok) - (.*)\n((?:#.*\n)*)", facts, re.M): check(held == "ok", what, detail)
        check(facts.endswith("the end\n"), "the trial came to its end", facts[-600:] + open(os.path.join(out, "log")).read()[-2000:])
    if _house._failed and os.path.exists(os.path.join(out, "log")): print("# its log:\n# " + open(os.path.join(out, "log")).read()[-6000:].replace("\n", "\n# "))
finally: shutil.rmtree(work, ignore_errors=True)
done()
