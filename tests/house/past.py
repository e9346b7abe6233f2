#!/usr/bin/env python3
"""Time travel: the front and a story as they stood at instants of a day on which much happened; by the rules then in force, and with today's tombstones."""
import datetime, json
from _house import *

CONFIG = site_file("Quillmere Post", url="https://news.example.org")
FERRY, BRIDGE, MILL = "tag:example.org,2026:ferry", "tag:example.org,2026:bridge", "tag:example.org,2026:mill"


def instant():
    """A moment of its own: nothing else happens in its millisecond."""
    time.sleep(0.005)
    t = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    time.sleep(0.005)
    return t


def as_of(h, when, what="front"):
    r = h.verb("as-of", "--json", when, what)
    return json.loads(r.stdout) if r.returncode == 0 else {"code": r.returncode, "why": r.stderr}


def front(h, when, what="front"): return [s.get("headline", "withdrawn") for s in as_of(h, when, what)["stories"]]


with House(CONFIG) as h:
    check(until(lambda: "stories" in as_of(h, instant())), "the site has its rules", as_of(h, instant()))
    before = instant()
    h.drop("ferry1.json", ninjs(FERRY, "Ferry sails at dawn", "<p>The ferry sails at dawn with nine hands.</p>"))
    check(h.shows("/", "Ferry sails at dawn"), "a story is published")
    morning = instant()
    h.drop("bridge.json", ninjs(BRIDGE, "Bridge opens"))
    h.drop("mill.json", ninjs(MILL, "Mill turns again"))
    check(h.shows("/", "Bridge opens") and h.shows("/", "Mill turns again"), "two more")
    h.drop("ferry2.json", ninjs(FERRY, "Ferry sails at noon", "<p>The ferry sails at noon with ten hands.</p>", version="2"))
    check(h.shows("/", "Ferry sails at noon"), "the first is updated")
    noon = instant()
    check(h.verb("pause").returncode == 0, "a brake")
    h.drop("ferry3.json", ninjs(FERRY, "Ferry stays in port", version="3"))
    check(until(lambda: "Ferry stays in port" in h.verb("desk", "show", FERRY).stdout), "behind which an update waits")
    braked = instant()
    h.verb("resume", "--publish", "all")
    check(h.shows("/", "Ferry stays in port"), "let go")
    check(h.verb("hold", BRIDGE).returncode == 0 and h.lacks("/", "Bridge opens"), "a story is held")
    held = instant()
    h.write_config(CONFIG + 'rules:\n  - name: no mills\n    texts: ["mill"]\n    action: hold\n')
    check(h.verb("reload").returncode == 0, "another rule is put in force")
    h.drop("mill2.json", ninjs(MILL, "Mill stands still", version="2"))
    check(until(lambda: "Mill stands still" in h.verb("desk", "show", MILL).stdout), "which holds an update")
    ruled = instant()
    h.drop("ferrykill.json", ninjs(FERRY, "Ferry stays in port", version="4", status="canceled"))
    check(h.lacks("/", "Ferry stays in port"), "the first is killed")
    evening = instant()

    check(as_of(h, before).get("stories") == [], "before everything the front was empty", as_of(h, before))
    check(front(h, morning) == ["withdrawn"], "what has been killed since is counted, and named nowhere", front(h, morning))
    check(sorted(front(h, noon)) == ["Bridge opens", "Mill turns again", "withdrawn"], "the front at noon", front(h, noon))
    check(front(h, noon, "section:news") == front(h, noon) and front(h, noon, "section:sport") == [], "and of a section")
    check(sorted(front(h, held)) == ["Mill turns again", "withdrawn"], "what was held was not there", front(h, held))
    check(front(h, evening) == [], "in the evening it was empty", front(h, evening))

    at_noon, in_brake, after_kill = as_of(h, noon, FERRY), as_of(h, braked, FERRY), as_of(h, evening, FERRY)
    check(at_noon["public"] and at_noon["withdrawn_since"], "a killed story was public at noon")
    words = json.dumps([at_noon, in_brake, after_kill]) + "".join(h.verb("as-of", t, FERRY).stdout for t in (morning, noon, braked, evening))
    check("Ferry" not in words and "sails" not in words, "but none of its words comes back", words)
    check("it came while publishing was paused" in in_brake["reasons"] and "it came while publishing was paused" not in at_noon["reasons"], "the brake was on then, though it is off now", in_brake)
    check(not after_kill["public"] and "killed by the agency" in after_kill["reasons"], "the kill had come", after_kill)
    mill = as_of(h, ruled, MILL)
    check(not mill["public"] and mill["headline"] == "Mill stands still" and any("rule" in r for r in mill["reasons"]), "the rule then in force held the story", mill)
    check(as_of(h, held, MILL)["reasons"] == ["published"], "and before it, none", as_of(h, held, MILL))
    check(as_of(h, morning, BRIDGE)["code"] == 66, "a story that had not come: said, 66", as_of(h, morning, BRIDGE))
    r = h.verb("as-of", noon, BRIDGE)
    check(r.returncode == 0 and "public since" in r.stdout and "Bridge opens" in r.stdout and "Some words that stand here." in r.stdout, "for people it is told in words", r.stdout + r.stderr)

    for words, code, why in ((["yesterday"], 64, "2026-01-23T11:30"), (["2199-01-01"], 64, "still to come"), ([], 64, "when?"), (["1990-01-01"], 66, "by then"), ([noon, "urn:none"], 66, "known")):
        r = h.verb("as-of", *words)
        check(r.returncode == code and why in r.stderr, f"as-of {' '.join(words)}: {code}, and why", r.stderr)
    check(h.get("/as-of").status == 404, "readers have no such page")
done()
