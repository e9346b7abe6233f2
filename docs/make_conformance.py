#!/usr/bin/env python3
"""Plays every rehearsal, in process and over HTTP, runs the tests that tests/rules.tsv names, and writes docs/conformance.md: make_conformance.py [--check]

--check plays nothing: it looks whether the document names exactly the rules, scenarios and tests that there are. `./dev conformance` builds first."""
import json, os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from room import in_memory
OUT = os.path.join(ROOT, "docs", "conformance.md")
CASES = os.path.join(ROOT, "tests", "cases", "rehearse")
STAGES = (("in process", []), ("over HTTP", ["--http"]))
GROUPS = {"E": "Embargo and hold", "K": "Kill, withhold, takedown", "C": "Correction, refile, update", "V": "Versions, order, replay", "P": "Packages and pictures", "A": "Things that are not stories",
          "R": "Rights and credit", "T": "Authenticity of the feed", "D": "What readers see", "X": "Crash, time, cluster"}
HEAD = """# Conformance

Made by `./dev conformance`, which plays everything named here; do not edit. The rules are the project's editorial rules (`tests/rules.tsv`); a scenario is a folder of `tests/cases/rehearse/`
([rehearsals.md](rehearsals.md)); a name such as *house crash* is a test of `./dev test`. *Formats* are those in which the wire's files of a rule's scenarios are written.
"""
FORMATS = ("NewsML-G2", "NewsML 1", "NITF", "ninjs", "AP", "digitalwires", "Connect", "RSS", "Atom", "Ritzau", "IPTC 7901", "ANPA 1312", "mail")
MARKS = ((b"<rss", "RSS"), (b"<feed", "Atom"), (b"<NewsML", "NewsML 1"), (b"iptc.org/std/nar", "NewsML-G2"), (b"<nitf ", "NITF"), (b"<RBNews", "Ritzau"), (b'"altids"', "AP"), (b"digitalwires@", "digitalwires"),
         (b"versionedGuid", "Connect"))


def rules():
    """[id, sentence, [test], what is left open] in the list's order."""
    out = []
    with open(os.path.join(ROOT, "tests", "rules.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#") or not line.strip(): continue
            c = (line.rstrip("\n").split("\t") + ["", ""])[:4]
            out.append((c[0], c[1], [t.strip() for t in c[2].split(",") if t.strip()], c[3]))
    return out


def format_of(path):
    with open(path, "rb") as f: head = f.read(1500)
    if head[:1] in (b"\x01", b"\x16"): return "ANPA 1312" if b"\x1f" in head else "IPTC 7901"
    if b"\nMessage-ID:" in head: return "mail"
    for mark, name in MARKS:
        if mark in head: return name
    return "ninjs" if head.lstrip()[:1] == b"{" else None


def scenarios():
    """name -> (rules, formats)"""
    out = {}
    for name in sorted(os.listdir(CASES)):
        folder = os.path.join(CASES, name)
        with open(os.path.join(folder, "scenario.json"), encoding="utf-8") as f: s = json.load(f)
        files = [os.path.join(folder, n) for n in os.listdir(folder) if n != "scenario.json"]
        out[name] = (s["rules"], {format_of(p) for p in files} - {None})
    return out


# ---- running ----
def play(words):
    """name -> held, failed or skipped"""
    env = {**os.environ, **({"TMPDIR": in_memory()} if in_memory() else {}), "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1"}
    binary = os.environ.get("BROADSHEET", os.path.join(ROOT, "build-asan", "broadsheet"))
    r = subprocess.run([binary, "rehearse", "--format", "json", *words, CASES], capture_output=True, text=True, env=env)
    found = [json.loads(line) for line in r.stdout.splitlines() if line.startswith("{")]
    for f in found:
        if f["outcome"] == "failed": print(f"{f['scenario']}: " + "\n  ".join(f["told"]), file=sys.stderr)
    return {os.path.basename(f["scenario"]): f["outcome"] for f in found}


def test(name):
    r = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "run.py"), "--only", name], capture_output=True, text=True)
    m = re.search(r"(\d+) passed, (\d+) failed, (\d+) skipped\s*$", r.stdout)
    if not m or r.returncode: print(r.stdout, file=sys.stderr)
    return "failed" if r.returncode or not m else "passed" if int(m[1]) and not int(m[3]) else "skipped"


# ---- the document ----
def together(outcomes):
    """One word for several."""
    if not outcomes: return "-"
    return next((w for w in ("failed", "skipped") if w in outcomes), "held")


def shown(name, outcome): return name + ("" if outcome in ("held", "passed", None) else f" ({outcome})")


def document(staged, tested):
    played, sections, open_rules = scenarios(), {}, []
    counts = dict(both=0, tests=0, bad=0)
    for rule, sentence, tests, short in rules():
        mine = [n for n, (r, _) in played.items() if rule in r]
        if not mine and not tests:
            open_rules.append(f"| {rule} | {sentence} |")
            continue
        formats = set().union(*(played[n][1] for n in mine)) if mine else set()
        cells = [together({staged[s][n] for n in mine}) for s, _ in STAGES]
        good = all(c in ("held", "-") for c in cells) and all(tested[t] == "passed" for t in tests)
        counts["bad" if not good else "both" if mine else "tests"] += 1
        names = [shown(f"`{n}`", together({staged[s][n] for s, _ in STAGES})) for n in mine] + [shown(f"*{t}*", tested[t]) for t in tests]
        left = f" *Left open: {short}.*" if short else ""
        sections.setdefault(rule[0], []).append(f"| {rule} | {sentence}{left} | {', '.join(f for f in FORMATS if f in formats) or '-'} | {cells[0]} | {cells[1]} | {', '.join(names)} |")
    text = HEAD + f"\n{len(rules())} rules. {counts['both']} are rehearsed and held in process and over HTTP; {counts['tests']} are kept by other tests alone; {counts['bad']} failed or were skipped here; " \
        f"{len(open_rules)} are not yet rehearsed. {len(played)} scenarios.\n"
    for group, rows in sections.items():
        text += f"\n## {GROUPS[group]}\n\n| rule | what it says | formats | in process | over HTTP | scenarios and tests |\n|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    return text + ("\n## Not yet\n\n| rule | what it says |\n|---|---|\n" + "\n".join(open_rules) + "\n" if open_rules else "")


def without_outcomes(text):
    """What the document says apart from how the last run went."""
    text = re.sub(r"\d+ are rehearsed.*?skipped here;", "", text)
    return re.sub(r" \| (held|failed|skipped|-) \| (held|failed|skipped|-) \| ", " | ", re.sub(r" \((failed|skipped)\)", "", text))


def stale():
    """What differs between the document and what there is; empty: nothing."""
    as_is = document({s: dict.fromkeys(scenarios(), "held") for s, _ in STAGES}, {t: "passed" for r in rules() for t in r[2]})
    with open(OUT, encoding="utf-8") as f: written = f.read()
    a, b = without_outcomes(as_is).splitlines(), without_outcomes(written).splitlines()
    return "\n".join([f"- {l}" for l in b if l not in a] + [f"+ {l}" for l in a if l not in b])


def main():
    if sys.argv[1:] == ["--check"]:
        difference = stale()
        if difference: print(difference, file=sys.stderr)
        return 1 if difference else 0
    staged = {s: play(words) for s, words in STAGES}
    tested = {t: test(t) for t in sorted({t for r in rules() for t in r[2]})}
    text = document(staged, tested)
    with open(OUT, "w", encoding="utf-8") as f: f.write(text)
    print(re.search(r"\d+ rules\..*", text)[0])
    return 1 if "failed" in {o for s in staged.values() for o in s.values()} | set(tested.values()) else 0


if __name__ == "__main__": sys.exit(main())
