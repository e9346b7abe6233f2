#!/usr/bin/env python3
"""X10: an upgrade whose store has another version. What the program before left is not read: the tables are built again from the ledger, by themselves, at the start; what was held, embargoed,
killed or struck is so still, from the first answer on."""
import sqlite3
from _house import *

T = "tag:example.org,2026:"
SITE = site_file("Quillmere Post", url="https://news.example.org") + 'rules:\n  - {name: no mills, texts: [mill], action: hold}\n'
SECRETS = ("mill", "harvest", "Bridge", "Marlow")


def files(h): return [os.path.join(where, n) for where, _, names in os.walk(h.data) for n in names if n in ("site.db", "desk.db")]


def set_version(h, by):
    """The tables' version, so much more or less than this program's."""
    for path in files(h):
        db = sqlite3.connect(path)
        own = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute(f"PRAGMA user_version={own + by}")
        db.commit()
        db.close()
    return len(files(h))


def leaks(h): return [(w, p) for w in SECRETS for p in ("/", "/rss.xml", "/sitemap-1.xml", "/api/v1/stories", "/corrections") if w in h.get(p).text]


with House(SITE) as h:
    h.drop("a.json", ninjs(T + "a", "Ferry sails at dawn", "<p>Edda Marlow was on board.</p>"))
    h.drop("b.json", ninjs(T + "b", "Bridge opens"))
    check(h.shows("/", "Ferry sails") and h.shows("/", "Bridge opens"), "two stories are live")
    ferry, bridge = h.path_of("Ferry sails at dawn"), h.path_of("Bridge opens")
    h.drop("m.json", ninjs(T + "m", "Old mill turns"))
    h.drop("e.json", ninjs(T + "e", "Of the harvest", embargoed="2199-01-01T00:00:00Z"))
    h.drop("k.json", ninjs(T + "b", "Bridge opens", version="2", status="canceled"))
    check(until(lambda: h.get(bridge).status == 410 and "held 2" in h.verb("status").stdout), "one is killed, one held by a rule, one under embargo", h.verb("status").stdout)
    check(h.verb("desk", "redact", T + "a", "--text", "Edda Marlow").returncode == 0 and until(lambda: "Marlow" not in h.get(ferry).text), "a name is struck")
    before = h.get(ferry).text
    check(not leaks(h), "nothing of it is anywhere", leaks(h))

    h.stop()
    check(set_version(h, -1) == 2, "the tables are of a program before this one")
    h.start()
    check(until(lambda: h.get(bridge).status == 410), "after the start what was killed is", h.log_text()[-900:])
    seen = set()
    check(until(lambda: (seen.update(leaks(h)), h.get(ferry).text == before)[1]), "what was live stands at its address, byte for byte", h.log_text()[-900:])
    check(not seen and not leaks(h), "and while the tables were built nothing of what is held was seen", seen)
    check(until(lambda: "held 2" in h.verb("status").stdout), "the desk still has it", h.verb("status").stdout)
    r = h.verb("publish", T + "m")
    check(r.returncode == 0 and h.shows("/", "Old mill turns"), "and may let it go", r.stdout + r.stderr)
done()
