#!/usr/bin/env python3
"""Routing rules: the shipped examples decide invented wire files as written down; a rule keeps a story from hubs and subscribers, and they hear of its kill and its
correction nevertheless; a dry run tells what other rules would change, and writes nothing. BROADSHEET_BLESS=1 writes the wanted decisions anew."""
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from _house import *

CASES = os.path.join(ROOT, "tests", "cases", "rules")
KEY = b"0123456789abcdef0123456789abcdef"


def broadsheet(*words, cwd=ROOT):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=120, cwd=cwd)


# ---- the shipped examples ----
for name in sorted(os.listdir(CASES)):
    folder = f"tests/cases/rules/{name}"
    files = sorted(f"{folder}/{f}" for f in os.listdir(os.path.join(CASES, name)) if f.endswith((".json", ".xml")))
    with open(os.path.join(CASES, name, "at")) as f: when = f.read().strip()
    r = broadsheet("rules", "test", "--config", f"packaging/rules/{name.split('-')[0]}.yaml", "--at", when, *files)
    want_file = os.path.join(CASES, name, "want.txt")
    if os.environ.get("BROADSHEET_BLESS"):
        with open(want_file, "w") as f: f.write(r.stdout)
    with open(want_file) as f: want = f.read()
    check(r.returncode == 0 and not r.stderr and r.stdout == want, f"example {name}: every decision, each with its line", r.stdout + r.stderr)
for name in os.listdir(os.path.join(ROOT, "packaging", "rules")):
    r = broadsheet("check", "--config", f"packaging/rules/{name}")
    check(r.returncode == 0 and not r.stderr, f"packaging/rules/{name} has no mistake", r.stderr)
r = broadsheet("rules", "test", "--config", "packaging/rules/silence.yaml", "--at", "2026-05-03T12:00", "--json", "tests/cases/rules/silence-voting/poll.json")
told = json.loads(r.stdout)
check(told["outcome"] == "later" and told["from"] == "2026-05-03T13:00:00Z" and told["tags"] == ["Election"] and told["rules"][0]["line"] == 9 and told["reasons"][0]["line"] == 9,
      "--json tells the same", r.stdout)

# ---- topics below topics ----
def topic(code, name, below=None, old=None):
    c = {"uri": f"http://cv.iptc.org/newscodes/mediatopic/{code}", "qcode": f"medtop:{code}", "prefLabel": {"en-GB": name}}
    if below: c["broader"] = [f"http://cv.iptc.org/newscodes/mediatopic/{below}"]
    if old: c["exactMatch"] = [f"http://cv.iptc.org/newscodes/subjectcode/{old}"]
    return c


def topics(quarrels_below="16000000"):
    tree = [topic("15000000", "sport"), topic("16000000", "conflict"), topic("29000100", "ball games", "15000000"), topic("29000110", "hoopball", "29000100", "15902000"),
            topic("29000111", "beach hoopball", "29000110"), topic("29000200", "quarrels", quarrels_below)]
    return json.dumps({"conceptSet": tree})


with tempfile.TemporaryDirectory() as d:
    site, wire = os.path.join(d, "site.yaml"), os.path.join(d, "hoops.json")
    rules = "rules:\n  - {name: Games, subjects: [\"medtop:29000100\"], add_tags: [Games]}\n  - {name: Hoops, subjects: [\"subj:15902000\", hoopball], noindex: yes}\n"
    head = "feeds: {a: {timezone: UTC}}\nsite: {url: https://news.example.org"
    with open(os.path.join(d, "topics.json"), "w") as f: f.write(topics())
    with open(wire, "w") as f: json.dump({"guid": "tag:example.org,2026:hoops", "version": "1", "type": "text", "pubstatus": "usable", "versioncreated": "2026-01-23T06:00:00Z", "language": "en",
        "headline": "Elly wins on the sand", "body_html": "<p>A small crowd stayed.</p>", "subject": [{"code": "medtop:29000111"}]}, f)
    with open(site, "w") as f: f.write(head + ", media_topics: topics.json}\n" + rules)
    r = broadsheet("rules", "test", "--config", site, "--at", "2026-01-23T06:00", wire)
    up = "29000111 beach hoopball < 29000110 hoopball < "
    check(r.returncode == 0 and not r.stderr and r.stdout.splitlines()[1:] == ["  section sport; tags added: Games; kept out of search engines",
        f"    matched by ancestry: {up}29000100 ball games < 15000000 sport",
        f"  {site}:4: “Games” fits: tag Games", f"    matched by ancestry: {up}29000100 ball games",
        f"  {site}:5: “Hoops” fits: noindex", f"    matched by ancestry: {up}subj:15902000"], "a match by ancestry is explained step by step, with names", r.stdout + r.stderr)
    r = broadsheet("rules", "test", "--config", site, "--at", "2026-01-23T06:00", "--json", wire)
    told = json.loads(r.stdout)
    check(told["ancestry"].endswith("15000000 sport") and [t["ancestry"] for t in told["rules"]] == [up + "29000100 ball games", up + "subj:15902000"], "--json has it too", r.stdout)
    with open(site, "a") as f: f.write("  - {name: Leaf, subjects: [\"medtop:29000111\"], to_section: world}\n")
    r = broadsheet("rules", "test", "--config", site, "--at", "2026-01-23T06:00", wire)
    check("section world" in r.stdout and r.stdout.splitlines()[-1].endswith(":6: “Leaf” fits: to section world") and r.stdout.splitlines()[2].endswith("fits: tag Games"),
          "what fits by its own code, or stands where a rule says, has none", r.stdout)
    r = broadsheet("check", "--config", site)
    check(r.returncode == 0 and "warning" not in r.stdout + r.stderr, "check has nothing to say of topics that are known", r.stdout + r.stderr)
    with open(site, "w") as f: f.write(head + "}\n" + rules)
    r = broadsheet("check", "--config", site)
    check(r.returncode == 0 and f"{site}:4:" in r.stdout + r.stderr and "site.media_topics" in r.stdout + r.stderr and "https://cv.iptc.org/newscodes/mediatopic/" in r.stdout + r.stderr,
          "without the file check says where it can be had", r.stdout + r.stderr)
    r = broadsheet("rules", "test", "--config", site, "--at", "2026-01-23T06:00", wire)
    check(r.returncode == 0 and "section news" in r.stdout and "fits" not in r.stdout, "and the topics take themselves alone", r.stdout + r.stderr)
    with open(site, "w") as f: f.write(head + ", media_topics: topics.json}\n" + rules)
    with open(os.path.join(d, "topics.json"), "w") as f: f.write(json.dumps({"conceptSet": [topic("29000100", "hen", "29000110"), topic("29000110", "egg", "29000100")]}))
    r = broadsheet("check", "--config", site)
    check(r.returncode == 78 and "topics.json:1:" in r.stdout + r.stderr and "stands below itself" in r.stdout + r.stderr, "a loop is a mistake of that file, with its place", r.stdout + r.stderr)

# ---- topics in force: in the ledger, and over the fence of a reload ----
SITE = """site: {name: The Lantern, url: https://news.example.org, timezone: UTC, media_topics: @TOPICS@}
feeds: {agency: {provider: Example Agency, timezone: UTC, folder: @WIRE@}}
"""
with tempfile.TemporaryDirectory() as d:
    file = os.path.join(d, "topics.json")
    with open(file, "w") as f: f.write(topics())
    with House(config=SITE.replace("@TOPICS@", file)) as h:
        h.drop("a.json", ninjs("tag:example.org,2026:1", "A quarrel on the pier", subjects=[{"uri": "medtop:29000200", "literal": "medtop:29000200", "name": "quarrels"}]))
        check(h.shows("/section/world", "A quarrel on the pier"), "a leaf stands in the section of its branch")
        with open(file, "w") as f: f.write(topics("15000000"))
        r = h.verb("reload")
        check(r.returncode == 0 and h.shows("/section/sport", "A quarrel on the pier"), "a reload reads the file again, and what has come moves", r.stdout + r.stderr)
        with open(file, "w") as f: f.write("{")
        r = h.verb("reload")
        check(r.returncode == 78 and "topics.json:1:2" in r.stdout + r.stderr and "A quarrel" in h.get("/section/sport").text, "half a file is refused, the topics before stay", r.stdout + r.stderr)
        os.unlink(file)
        r = h.verb("rebuild")
        check(r.returncode == 0 and h.shows("/section/sport", "A quarrel on the pier") and "A quarrel" not in h.get("/section/world").text, "a rebuild decides by the ledger's, without the file", r.stdout + r.stderr)

# ---- what cannot be tested ----
with tempfile.TemporaryDirectory() as d:
    bad = os.path.join(d, "bad.json")
    with open(bad, "w") as f: f.write('{"uri": ')
    r = broadsheet("rules", "test", bad)
    check(r.returncode == 65 and re.search(r"bad\.json:\d+:\d+: ", r.stderr), "a broken wire file is named with line and column", r.stderr)
    site = os.path.join(d, "site.yaml")
    with open(site, "w") as f: f.write("feeds: {a: {}, b: {}}\nrules:\n  - texts: [x]\n    action: wait\n")
    r = broadsheet("rules", "test", "--config", site, bad)
    check(r.returncode == 78 and "site.yaml:4:13: this rule waits for nothing" in r.stderr, "a rule that makes no sense stops it", r.stderr)
    with open(site, "w") as f: f.write("feeds: {a: {}, b: {}}\n")
    r = broadsheet("rules", "test", "--config", site, bad)
    check(r.returncode == 64 and "--feed NAME" in r.stderr and "a b" in r.stderr, "of several feeds one has to be named", r.stderr)
check(broadsheet("rules", "dry-run", "--data", "/nowhere", "--config", "packaging/rules/maps.yaml").returncode == 66, "a dry run needs a house")


# ---- over the wire: quiet, told, recalled ----
class Outside(BaseHTTPRequestHandler):
    got = []
    def log_message(self, *_): pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock: Outside.got.append((self.path, body))
        self.send_response(204)
        self.end_headers()


lock = threading.Lock()
outside = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
threading.Thread(target=outside.serve_forever, daemon=True).start()
PORT = outside.server_address[1]


def posted(path):
    with lock: return [b for p, b in Outside.got if p == path]


def news(): return [json.loads(b) for b in posted("/news")]


def heard(event, text=""): return [j for j in news() if j["event"] == event and text in j.get("headline", "")]


CONFIG = f"""
site: {{name: "The Post", url: "https://news.example.org", timezone: UTC}}
feeds:
  wire: {{provider: Example, timezone: UTC, folder: "@WIRE@"}}
syndication:
  hubs: ["http://127.0.0.1:{PORT}/hub"]
  subscribers:
    partner: {{url: "http://127.0.0.1:{PORT}/news", secret_file: partner.key}}
outgoing: {{allow: [127.0.0.1]}}
rules:
  - {{name: Hush, keywords: [quiet], no_push: yes, add_tags: [Hush]}}
"""
NEW = CONFIG.split("rules:")[0] + """rules:
  - {name: No bridges, texts: [bridge], action: hold}
  - {name: Ferries, texts: ["ferr*"], to_section: sport, add_tags: [Ferries], noindex: yes}
"""


def files_of(folder):
    out = {}
    for where, _, names in os.walk(folder):
        for p in (os.path.join(where, n) for n in names):
            if not os.path.isfile(p) or p.endswith(("run/clock", "-shm")): continue # bells are sockets; who reads moves the clock and takes a lock
            with open(p, "rb") as f: out[p] = hashlib.sha256(f.read()).hexdigest()
    return out


h = House(config=CONFIG)
with open(os.path.join(h.folder, "partner.key"), "wb") as f: f.write(KEY)
os.chmod(os.path.join(h.folder, "partner.key"), 0o600)
h.start()
try:
    T = "tag:example.org,2026:"
    h.drop("q1.json", ninjs(T + "q", "Whispered about the bridge", keywords=["quiet"]))
    check(h.shows("/", "Whispered about the bridge"), "a quiet story is public")
    check("Whispered" in h.get("/rss.xml").text and "Whispered" in h.get("/tag/hush").text, "in feeds and under the rule's tag")
    h.drop("q2.json", ninjs(T + "q", "Whispered again about the bridge", version="2", keywords=["quiet"]))
    check(h.shows("/", "Whispered again"), "and updated")
    # What is told behind it proves that the quiet one was passed over, and not merely late.
    h.drop("l1.json", ninjs(T + "l", "Loud words on the ferry"))
    check(until(lambda: heard("published", "Loud")), "another story is told")
    check(not [j for j in news() if "Whispered" in j.get("headline", "")] and len(news()) == 1, "the quiet one and its update are not", news())
    check(until(lambda: len(posted("/hub")) >= 1), "the hub is pinged for the loud one")

    h.drop("l2.json", ninjs(T + "l", "Loud update on the ferry", version="2", keywords=["quiet"]))
    check(h.shows("/", "Loud update"), "a story that was told becomes quiet")
    h.drop("l3.json", ninjs(T + "l", "CORRECTED-Loud words on the ferries", version="3", keywords=["quiet"]))
    check(until(lambda: heard("corrected", "ferries")), "a correction to what was told is told", news())
    check(not heard("updated"), "an update is not", news())
    h.drop("l4.json", ninjs(T + "l", "Loud words", version="4", status="canceled"))
    check(until(lambda: heard("withdrawn")), "and so is its kill", news())

    # ---- a dry run beside the running site ----
    with open(os.path.join(h.folder, "new.yaml"), "w") as f: f.write(NEW.replace("@WIRE@", h.wire))
    h.drop("f.json", ninjs(T + "f", "Night ferry sails on time"))
    h.drop("p.json", ninjs(T + "p", "Park opens early"))
    check(h.shows("/", "Night ferry") and h.shows("/", "Park opens"), "more stories")
    new = os.path.join(h.folder, "new.yaml")
    r = h.run("rules", "dry-run", "--data", h.data, "--config", new)
    check(r.returncode == 0 and "outcome: public -> held" in r.stdout and "No bridges" in r.stdout and re.search(r"new\.yaml:\d+", r.stdout), "a dry run lists what would be held, with its line", r.stdout + r.stderr)
    check("section: news -> sport" in r.stdout and "tags: none -> Ferries" in r.stdout and "noindex: no -> yes" in r.stdout, "and new sections, tags, noindex", r.stdout)
    check("Park opens" not in r.stdout and "Loud" not in r.stdout, "not what stays as it is, nor what was killed", r.stdout)
    check(re.search(r"looked at +3  of the last 7 days\nlive now +3\n +would leave the site +1\n +would change +1  section 1, tags 1, noindex 1\nwould appear on the site +0", r.stdout), "and counts the live pages", r.stdout)
    r = h.run("rules", "dry-run", "--data", h.data, "--config", new, "--json", "--days", "1")
    last = json.loads(r.stdout.strip().split("\n")[-1])
    check({k: last[k] for k in ("days", "pages", "live", "leave", "appear", "change")} == {"days": 1, "pages": 3, "live": 3, "leave": 1, "appear": 0, "change": 1}, "as JSON too", r.stdout)
    r = h.run("rules", "dry-run", "--data", h.data, "--config", h.config_path)
    check(r.returncode == 0 and re.search(r"would change +0\n", r.stdout), "the file in force changes nothing", r.stdout + r.stderr)
    check("Whispered again" in h.get("/").text, "nothing has changed on the site")

    # ---- the kill of what was never told: the hub is told to look again, the subscriber hears nothing ----
    before, pings = len(news()), len(posted("/hub"))
    h.drop("q3.json", ninjs(T + "q", "Whispered", version="3", status="canceled"))
    check(until(lambda: len(posted("/hub")) > pings, within_s=60), "a hub that may hold it is pinged at its kill", (pings, len(posted("/hub"))))
    check(len(heard("withdrawn")) == 1 and not [j for j in news() if "Whispered" in j.get("headline", "")], "the subscriber, who never heard of it, hears nothing", news()[before:])

    # ---- and what the run foretold comes true ----
    h.drop("q4.json", ninjs(T + "b", "Old bridge reopens"))
    check(h.shows("/", "Old bridge reopens"), "one more")
    with open(new) as f: h.write_config(f.read())
    check(h.verb("reload").returncode == 0 and h.lacks("/", "Old bridge reopens") and h.shows("/section/sport", "Night ferry"), "a reload does what the dry run told")
    r = h.verb("status", "--held")
    check(re.search(r"a rule holds it for the desk \(No bridges, line \d+ of the site file\)", r.stdout), "the list of what is held names the rule and its line", r.stdout)
    h.stop()
    before = files_of(h.data)
    r = h.run("rules", "dry-run", "--data", h.data, "--config", new)
    after = files_of(h.data)
    check(r.returncode == 0 and re.search(r"would change +0\n", r.stdout), "a dry run works on a house at rest", r.stdout + r.stderr)
    check(before == after, "and leaves every byte of it as it was", [f for f in before.keys() | after.keys() if before.get(f) != after.get(f)])
finally:
    h.remove()
done()
