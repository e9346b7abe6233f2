#!/usr/bin/env python3
"""The conformance document names exactly the rules, scenarios and tests that there are, and no scenario looks for words that nobody sent."""
import html, json
from _house import *

sys.path.insert(0, os.path.join(ROOT, "docs"))
import make_conformance as made

known, scenarios = {r[0] for r in made.rules()}, made.scenarios()
check(len(known) == len(made.rules()), "no rule is listed twice")
unknown = [f"{n}: {r}" for n, (rules, _) in scenarios.items() for r in rules if r not in known]
check(not unknown, "every rule that a scenario names is in tests/rules.tsv", unknown)
nameless = [n for n, (rules, _) in scenarios.items() if not rules]
check(not nameless, "every scenario names a rule", nameless)
listed = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "run.py"), "--list"], capture_output=True, text=True).stdout.split("\n")
lost = [t for r in made.rules() for t in r[2] if t not in listed]
check(not lost, "every test that a rule names is there", lost)
difference = made.stale()
check(not difference, "docs/conformance.md is as the scenarios are (./dev conformance makes it)", difference)
with open(made.OUT, encoding="utf-8") as f: written = f.read()
check("failed |" not in written and "(failed)" not in written, "and nothing in it has failed")


# ---- words that are nowhere must have been somewhere ----
def absent(step):
    """Texts that a step wants not to see."""
    e = step.get("expect", {})
    return [*e.get("nowhere", []), *(t for texts in e.get("lacks", {}).values() for t in texts)]


def shown(step): return [t for texts in step.get("expect", {}).get("shows", {}).values() for t in texts]


def plain(text): return re.sub(r"[^a-z0-9]+", " ", re.sub(r"<[^>]*>", "", text).lower())


with open(os.path.join(ROOT, "themes", "words", "en.yaml"), encoding="utf-8") as f: interface = f.read()
idle = []
everywhere_shown = set()
stories = {}
for name in scenarios:
    with open(os.path.join(made.CASES, name, "scenario.json"), encoding="utf-8") as f: stories[name] = json.load(f)
    everywhere_shown |= {t for s in stories[name]["steps"] for t in shown(s)}
    everywhere_shown |= {t for s in stories[name]["steps"] for texts in s.get("expect", {}).get("order", {}).values() for t in texts}
    # a check of its own wants this very word in other scenarios
    if any("deleted" in s.get("expect", {}) for s in stories[name]["steps"]): everywhere_shown.add("deleted-entry")
for name, story in stories.items():
    folder = os.path.join(made.CASES, name)
    sent = ""
    for n in sorted(os.listdir(folder)):
        if n == "scenario.json" or n.endswith(".jpg"): continue
        with open(os.path.join(folder, n), encoding="utf-8", errors="replace") as f: sent += " " + f.read()
    said = json.dumps([{k: v for k, v in s.items() if k != "expect"} for s in story["steps"]], ensure_ascii=False)
    wire = plain(re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), sent) + said)
    for step in story["steps"]:
        for t in absent(step):
            words = plain(t).strip()
            # A number stands where the file says {n}; some words are the site's own, and shown in other scenarios.
            numbered = plain(re.sub(r"\d+", " n ", t)).strip()
            raw = t.lower() in html.unescape(sent).lower()
            found = raw or words in wire or numbered in plain(sent) or t in everywhere_shown or t in interface
            if not found: idle.append(f"{name}: {t}")
check(not idle, "what scenarios do not want to see was sent in them, or is shown in another", "\n".join(sorted(set(idle))))
done()
