#!/usr/bin/env python3
"""What could not be read (P8): listed, shown with its place, read again, dropped. What reads on a second try is published as of its own arrival, and a rebuild gives the same."""
import json, sqlite3
from _house import *

STORY = ninjs("tag:example.org,2026:late", "Harbour opens again", "<p>Boats may leave.</p>", versionCreated=None)  # no time of its own: that of its arrival
BAD = "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'>\n  <itemMeta>\x85 \u202e</itemMeto>\n</newsItem>"


def q(h, *words): return h.run("quarantine", *words, "--data", h.data)
def listed(h): return json.loads(q(h, "list", "--json").stdout)["quarantine"]
def alarms(h): return json.loads(h.run("desk", "alarms", "--json", "--data", h.data).stdout)["alarms"]
def of(h, name): return next((x for x in listed(h) if x["name"] == name), None)


def ledger(h, sql, *args):
    with contextlib.closing(sqlite3.connect(os.path.join(h.data, "ledger.db"), timeout=20)) as db, db:
        return db.execute(sql, args).fetchall()


def acts(h): return [json.loads(m) for m, in ledger(h, "SELECT meta FROM event WHERE kind=3 ORDER BY pos")]


def deliver_damaged(h, name, text):
    """The reader cannot have it: its bytes in the ledger are damaged before the newsroom asks for them. Gives what mends them."""
    newsroom = h.roles()["newsroom"][0]
    os.kill(newsroom, signal.SIGSTOP)
    try:
        before = ledger(h, "SELECT max(pos) FROM event")[0][0]
        h.drop(name, text)
        check(until(lambda: (ledger(h, "SELECT max(pos) FROM event WHERE kind=2")[0][0] or 0) > (before or 0)) and until(lambda: os.path.exists(os.path.join(h.wire, "done")) and not os.path.exists(os.path.join(h.wire, name))), f"{name} is in the ledger")
        (key, whole), = ledger(h, "SELECT b.hash, b.bytes FROM blob b JOIN event e ON e.blob=b.hash ORDER BY e.pos DESC LIMIT 1")
        ledger(h, "UPDATE blob SET bytes=? WHERE hash=?", whole[:-1] + bytes([whole[-1] ^ 1]), key)
    finally:
        os.kill(newsroom, signal.SIGCONT)
    return lambda: ledger(h, "UPDATE blob SET bytes=? WHERE hash=?", whole, key)


h = House(site_file("Quarantine", url="https://news.example.org")).start()
check(q(h, "list").stdout == "" and listed(h) == [], "at first nothing lies there")
check(q(h, "retry", "all").stdout == "nothing lies in quarantine\n", "nothing to read again")

# ---- bad bytes: listed and shown
h.drop("bad\x1b[2J.xml", BAD)
h.drop("good.json", ninjs("tag:example.org,2026:good", "A neighbour"))
check(h.shows("/", "A neighbour") and until(lambda: listed(h)), "a bad delivery is listed, its neighbour flows (P8)")
bad, = listed(h)
check(bad["feed"] == "wire" and bad["line"] == 2 and bad["column"] > 10 and bad["why"] and re.match(r"20\d\d-", bad["at"]) and bad["id"] == str(bad["event"]), "what, feed, when, place and why", bad)
r = q(h, "list")
check(f":2:{bad['column']}: {bad['why']}" in r.stdout and "\x1b" not in r.stdout and r.stdout.count("\n") == 1, "a line for people; nothing of it moves a terminal", r.stdout)
r = q(h, "show", bad["id"])
lines = r.stdout.split("\n")
shown = next(i for i, l in enumerate(lines) if l.startswith("     2 | "))
check(r.returncode == 0 and "\\u{202E}" in r.stdout and "\u202e" not in r.stdout and "\x85" not in r.stdout, "its bytes, safe", r.stdout)
check(lines[shown + 1].strip("| ") == "^" and lines[shown][lines[shown + 1].index("^"):] == "itemMeto>", "and the caret at the place", r.stdout)
check(subprocess.run([h.binary, "quarantine", "show", bad["id"], "--raw", "--data", h.data], capture_output=True).stdout == BAD.encode(), "--raw: as they came")
r = q(h, "retry", bad["id"])
check(r.returncode == 65 and "still cannot be read" in r.stdout and len(listed(h)) == 1 and len(alarms(h)) == 1, "what still fails says so", r)
for words, code in ((("show", "9999"), 66), (("retry", "x"), 66), (("drop", bad["id"] + ".1"), 66), (("show",), 64), (("burn", "1"), 64), ((), 64)):
    r = q(h, *words)
    check(r.returncode == code and r.stderr, f"quarantine {' '.join(words)}: {code}, and why", r)

# ---- what reads on a second try
mend = deliver_damaged(h, "late.json", STORY)
check(until(lambda: of(h, "late.json")), "a delivery whose bytes are damaged")
late = of(h, "late.json")
h.drop("later.json", ninjs("tag:example.org,2026:later", "Came behind it"))
check(h.shows("/", "Came behind it"), "what comes behind it is read")
check(q(h, "retry", late["id"]).returncode == 65, "not mended: still not read")
mend()
check(until(lambda: time.time() * 1000 > ledger(h, "SELECT received_ms FROM event WHERE pos=?", int(late["id"]))[0][0] + 2000), "a while later")
r = q(h, "retry", "all")
check(r.returncode == 65 and f"{late['id']}: read; it is published" in r.stdout and f"{bad['id']}: still cannot be read" in r.stdout, "mended: read and published, and the other told", r.stdout)
check(until(lambda: h.path_of("Harbour opens again")), "it is public")
check([x["id"] for x in listed(h)] == [bad["id"]] and not any("late.json" in x["text"] for x in alarms(h)), "and off the list, its alarm with it", alarms(h))
check(q(h, "retry", late["id"]).returncode == 66, "once is enough")
story = h.path_of("Harbour opens again")
came = ledger(h, "SELECT received_ms FROM event WHERE pos=?", int(late["id"]))[0][0]
said = next(i for i in h.api() if i["headline"] == "Harbour opens again")["published"]
check(said[:19] == time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(came // 1000)) and said[:19] < time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()), "as of its own arrival", (said, came))
page = h.get(story).text
front = [i["headline"] for i in h.api()]

# ---- dropped
r = q(h, "drop", bad["id"], "--reason", "sent again by the agency")
check(r.returncode == 0 and listed(h) == [] and alarms(h) == [], "dropped: off the list, its alarm too", (r, alarms(h)))
last = acts(h)[-1]
check(last["act"] == "drop" and last["target"] == bad["id"] and last["by"] and last["text"] == "sent again by the agency" and last["via"] == "cli", "an act: who and why", last)
check(ledger(h, "SELECT forgotten FROM event WHERE pos=?", int(bad["id"])) == [(0,)] and '"quarantined":0' in h.run("status", "--json", "--data", h.data).stdout, "its bytes stay")

# ---- a rebuild gives the same
h.stop()
check(h.run("rebuild", "--data", h.data).returncode == 0, "rebuilt from the ledger")
h.start()
check(h.path_of("Harbour opens again") == story and h.get(story).text == page and [i["headline"] for i in h.api()] == front, "the same page, the same front", ([i["headline"] for i in h.api()], front))
check(listed(h) == [] and alarms(h) == [], "and nothing is listed again", (listed(h), alarms(h)))

# ---- one item of a delivery, and a house that does not run
h.drop("lines.json", json.dumps(json.loads(ninjs("tag:example.org,2026:l1", "First line"))) + "\n[]\n" + json.dumps(json.loads(ninjs("tag:example.org,2026:l3", "Third line"))) + "\n")
check(h.shows("/", "First line") and h.shows("/", "Third line") and until(lambda: of(h, "lines.json")), "a bad item among good ones")
item = of(h, "lines.json")
check(item["id"] == f"{item['event']}.2" and item["item"] == 2 and item["line"] == 2, "by its own id", item)
check("     2 | []" in q(h, "show", item["id"]).stdout, "and place")
h.stop()
r = q(h, "retry", item["id"])
check(r.returncode == 65 and "not running" in r.stdout and "still cannot be read" in r.stdout, "without a house: kept, and tried here", r)
r = q(h, "drop", item["id"])
check(r.returncode == 0 and "not running" in r.stdout and len(listed(h)) == 1, "a drop waits for the house", r)
h.start()
check(until(lambda: listed(h) == []), "which does it")
r = h.run("desk", "retry", item["id"], "--data", h.data)
check(r.returncode == 64 and "quarantine list" in r.stderr, "the desk's own door knows what lies there", r)
h.remove()
done()
