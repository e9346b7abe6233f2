#!/usr/bin/env python3
"""Receipts: they repeat nothing of a story but its address, and after a court's order (K20) not even the words in that; every address that ever showed the story is asked;
each can be verified from every form in which it is given, also after the key was changed."""
import base64, json, urllib.parse
from _house import *

SITE = """
site: {name: Quillmere Post}
feeds:
  alpha: {provider: Alpha, folder: "@WIRE@"}
  beta: {provider: Beta, folder: "@WIRE2@"}
sections:
  - {name: harbour, title: Harbour}
"""


def drop_beta(h, name, text):
    with open(os.path.join(h.wire, "beta", "." + name), "w") as f: f.write(text)
    os.rename(os.path.join(h.wire, "beta", "." + name), os.path.join(h.wire, "beta", name))


def decoded(text):
    """What a signed receipt says, without asking us."""
    return base64.urlsafe_b64decode(json.loads(text)["payload"] + "==").decode()


def on_disk(h):
    """Every byte below DATA, and what lies in it as base64."""
    for folder, _, names in os.walk(h.data):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.isfile(path): continue  # sockets
            with open(path, "rb") as f: data = f.read()
            yield path, data
            if name.endswith(".jws"): yield path, decoded(data).encode()


def found(h, *words):
    return [(os.path.relpath(p, h.data), w) for p, data in on_disk(h) for w in words if w.encode() in data]


def receipt(h, target, within_s=20):
    def ask():
        r = h.run("receipt", "--data", h.data, "--json", target)
        return json.loads(r.stdout) if r.returncode == 0 else None
    return until(ask, within_s=within_s) or {}


h = House(config=SITE.replace("@WIRE2@", "@WIRE@/beta"))
os.makedirs(os.path.join(h.wire, "beta"), exist_ok=True)
h.start()
try:
    # ---- nothing of the story but its address ----
    body = "<p>Zephyrine lanterns were lit along the quay, <b>four hundred</b> of them.</p>"
    h.drop("v1.json", ninjs("tag:example.org,2026:a", "Quillwort heir named by thornapple", body=body, by="Marshwort Obsidian", subjects=[{"name": "Gillyflower"}]))
    path = h.path_of("Quillwort heir named by thornapple")
    h.drop("v2.json", ninjs("tag:example.org,2026:a", "Quillwort heir named by thornapple", version="2", body=body.replace("Zephyrine", "Verbena")))
    check(h.shows(path, "Verbena"), "a story of two versions")
    h.drop("other.json", ninjs("tag:example.org,2026:other", "Ferry timetable changes"))
    h.path_of("Ferry timetable changes")
    check(h.run("takedown", "--data", h.data, "tag:example.org,2026:a").returncode == 0, "is taken down")
    r = receipt(h, "tag:example.org,2026:a")
    check(r.get("clean") is True, "its receipt is clean", str(r)[:2000])
    own = path.rsplit("/", 1)[1].rsplit("-", 1)[0]
    said = "".join(h.run("receipt", "--data", h.data, "tag:example.org,2026:a", *how).stdout for how in ([], ["--html"], ["--json"])) + decoded(h.run("receipt", "--data", h.data, "tag:example.org,2026:a", "--jws").stdout)
    plain = urllib.parse.unquote(said).replace(own, "").lower()
    check(not [w for w in ("quillwort", "thornapple", "zephyrine", "verbena", "lanterns", "four hundred") if w in plain], "it repeats nothing of the story but its address", [l for l in plain.splitlines() if "zephyrine" in l or "thornapple" in l or "lanterns" in l])
    searches = [s for s in r.get("surfaces", []) if s["path"] == "/search"]
    check([s.get("words") for s in searches] == ["headline", "opening 1", "opening 2"] and all(s["plain"] == 200 for s in searches), "searches are named by what was searched for, not by its words", searches)
    check("/search (headline)" in h.run("receipt", "--data", h.data, "tag:example.org,2026:a").stdout, "in the text as well")

    # ---- a receipt as an older Broadsheet wrote it, and one of another story that names this one ----
    keep = os.path.join(h.data, "receipts")
    name = sorted(n for n in os.listdir(keep) if n.startswith(r["story"]))[-1]
    before = open(os.path.join(keep, name)).read()

    # ---- a court's order (K20): what it says in base64 is said all the same ----
    words = ["Quillwort", "quillwort", "thornapple", "ephyrine", "erbena", "arshwort", "bsidian", "illyflower"]
    check(found(h, "quillwort"), "before, the receipt holds its address")
    p = h.run("purge", "--data", h.data, "--config", h.config_path, "tag:example.org,2026:a")
    check(p.returncode == 0, "it is purged", p.stdout + p.stderr)
    check(until(lambda: not found(h, *words)), "after it no file of the house holds a word of it, receipts neither", found(h, *words))
    check("receipt" in p.stdout and "signed anew" in p.stdout, "and says what became of its receipts", p.stdout)
    r = receipt(h, path)
    check(r.get("cause") in ("takedown", "purge") and r.get("withheld_at_purge") and r.get("clean") is True, "its receipt stays: what was asked and answered, without its words", str(r)[:1500])
    was = next((json.load(open(os.path.join(keep, n))) for n in os.listdir(keep) if n == name), {})
    check(was and h.run("receipt", "verify", os.path.join(keep, name), "--data", h.data).returncode == 0, "signed by the house")
    check("2026:a" not in decoded(json.dumps(was)), "without the agency's name of it")
    check(json.loads(decoded(json.dumps(was))).get("replaces") == hashlib.blake2b(before.encode(), digest_size=32).hexdigest(), "and names the one before by its hash, for whoever has that")
    check(h.path_of("Ferry timetable changes"), "other stories stay")
    status = json.loads(h.run("status", "--data", h.data, "--json").stdout)
    check(status["quarantined"] == 0 and status["alarms"] == 0 and status.get("purged") == 2, "what was purged is no damage that an editor is to mend: status counts it, and nothing else tells of it", status)
    listed = h.run("quarantine", "list", "--data", h.data).stdout
    check("delivery" not in listed and "purged" not in listed and "purged: 2 deliveries" in h.run("status", "--data", h.data).stdout, "no list of what cannot be read holds it", listed)
    with open(os.path.join(keep, name), "w") as f: f.write(before)  # as a house that was purged by an older program has it
    p = h.run("purge", "--data", h.data, "--config", h.config_path, r["story"])
    check(p.returncode == 0 and not found(h, "quillwort"), "purged once more, by its id, a receipt of before is signed anew too", p.stdout + p.stderr + str(found(h, "quillwort")))

    # ---- a takedown that stands when its deadline passes ----
    h.drop("d.json", ninjs("tag:example.org,2026:d", "Market square repaved"))
    h.path_of("Market square repaved")
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 30))
    p = h.run("desk", "takedown", "--data", h.data, "tag:example.org,2026:d", "--reference", "C-17", "--deadline", soon)
    rung = lambda: [l for l in h.run("desk", "alarms", "--data", h.data).stdout.splitlines() if "C-17" in l and "deadline" in l]
    check(p.returncode == 0 and until(rung, within_s=40), "a takedown that stands when its deadline passes rings", p.stderr + h.log_text()[-600:])

    # ---- purged while it is public: the receipt of that says nothing from the first ----
    h.drop("b.json", ninjs("tag:example.org,2026:b", "Celandine verdict by Toadflax", by="Marshwort Obsidian"))
    path = h.path_of("Celandine verdict by Toadflax")
    p = h.run("purge", "--data", h.data, "--config", h.config_path, path)
    r = receipt(h, path)
    check(p.returncode == 0 and r.get("cause") == "purge" and r.get("clean") is True and r.get("withheld_at_purge"), "a story that is purged while it is public has a receipt", p.stdout + p.stderr + str(r)[:600])
    check(until(lambda: not found(h, "elandine", "oadflax")), "which holds no word of it", found(h, "elandine", "oadflax"))
    code = h.stop()
    check(code == 0, "it ends cleanly", h.log_text()[-1500:])
finally:
    h.remove()

# ---- every address that ever showed it ----
PLACES = """
site: {name: Quillmere Post}
feeds:
  alpha: {provider: Alpha, folder: "@WIRE@"}
  beta: {provider: Beta, folder: "@WIRE@/beta"}
sections:
  - {name: world, title: World}
  - {name: harbour, title: Harbour}
rules:
  - {name: World, feeds: [alpha, beta], to_section: world}
front: {section_items: 5}
"""
h = House(config=PLACES)
os.makedirs(os.path.join(h.wire, "beta"), exist_ok=True)
h.start()
try:
    text = "<p>The harbour master of Quillmere has signed the lease of the long pier for thirty years, he said on Monday, against the votes of three of seven members.</p>"
    one = "tag:example.org,2026:lease"
    h.drop("a1.json", ninjs(one, "Long pier leased", body=text, by="Anna Pike", subjects=[{"name": "Piers"}]))
    first = h.path_of("Long pier leased")
    drop_beta(h, "twin.json", ninjs("tag:example.net,2026:twin", "Quillmere leases its long pier", body=text))
    twin = h.path_of("Quillmere leases its long pier")
    check(until(lambda: first.rsplit("-", 1)[1] in h.get(twin).text), "another agency's page names it")
    h.drop("pack.json", ninjs("tag:example.org,2026:pack", "The week at the pier", type="composite", body="<p>What was said of the pier.</p>", associations=[{"name": "m1", "uri": one, "type": "text"}]))
    pack = h.path_of("The week at the pier")
    check(until(lambda: first.rsplit("-", 1)[1] in h.get(pack).text), "a package too", h.get(pack).text[-3000:])
    check(h.run("desk", "reslug", "--data", h.data, one, "--text", "pier let at last").returncode == 0, "its address is changed")
    h.drop("a2.json", ninjs(one, "Long pier leased", version="2", body=text.replace("thirty", "forty"), by="Tom Lind", subjects=[{"name": "Leases"}]))
    check(h.run("desk", "section", "--data", h.data, one, "--text", "harbour").returncode == 0, "and its section, tags and author")
    now = until(lambda: "forty" in h.get(first).text and h.api() and next((i["url"] for i in h.api() if i["headline"] == "Long pier leased"), None))
    for i in range(7): h.drop(f"more{i}.json", ninjs(f"tag:example.org,2026:m{i}", f"Gull number {i} counted", body=f"<p>A gull, the one with number {i}, was seen.</p>", subjects=[{"name": "Leases"}, {"name": "Gulls"}]))
    check(until(lambda: sum("counted" in i["headline"] for i in h.api()) == 7), "newer stories push it to the second page")
    check(h.run("takedown", "--data", h.data, one).returncode == 0, "it is taken down")
    r = receipt(h, one)
    asked = {s["path"]: s for s in r.get("surfaces", [])}
    ours = r["story"]
    check(r.get("clean") is True, "its receipt is clean", [s for s in r.get("surfaces", []) if s["shows"]])
    for path, what in ((first, "the address of before"), (twin, "the other agency's page"), (pack, "the package"), ("/section/world", "the section of before"), ("/section/harbour", "its section"), ("/tag/piers", "a tag of before"),
                       ("/tag/leases", "its tag"), ("/author/anna-pike", "an author of before"), ("/author/tom-lind", "its author"), ("/tag/leases?page=2", "the page of its tag on which it stood"),
                       ("/section/world/rss.xml", "feeds of before"), ("/api/v1/stories/" + twin.rsplit("-", 1)[1], "the other agency's page in the API")):
        check(path in asked, f"{what} was asked", sorted(asked))
    check(any("pier-let-at-last-" + ours in p for p in asked), "so was its last address", sorted(asked))
    check(any(p.startswith("/20") and "counted" not in asked[p] and p.rsplit("-", 1)[-1] not in (ours, twin.rsplit("-", 1)[1], pack.rsplit("-", 1)[1]) for p in asked), "and pages that named it as related", sorted(asked))
    check(all("If-Modified-Since" in s for p, s in asked.items() if not p.startswith("/pictures/")), "each as who has a copy asks")
    check(asked[first].get("Range") == 410 and asked[first]["plain"] == 410, "and for a part of its own page", asked[first])
    check(any("behind the first" in t for t in r["not_reached"]) and any("related" in t for t in r["not_reached"]), "what was not asked is named", r["not_reached"])

    # ---- a day of more stories than one page of the archive has ----
    for i in range(205): h.drop(f"boat{i}.json", ninjs(f"tag:example.org,2026:boat{i}", f"Boat {i} leaves", f"<p>The boat with number {i} has left with {i * 3 + 1} people.</p>"))
    day = "/archive/" + first[1:11]
    there = until(lambda: re.findall(r"/20\d\d/\d\d/\d\d/boat-\d+-[^\"#?]*", h.get(day + "?page=2").text), within_s=90)
    check(there, "there are stories on the day's second page", h.log_text()[-600:])
    check(h.run("takedown", "--data", h.data, there[0]).returncode == 0, "one is taken down")
    r = receipt(h, there[0])
    asked = {s["path"] for s in r.get("surfaces", [])}
    check(r.get("clean") is True and {day, day + "?page=2"} <= asked, "its receipt asked that page too", sorted(p for p in asked if "archive" in p))
    code = h.stop()
    check(code == 0, "it ends cleanly", h.log_text()[-1500:])
finally:
    h.remove()
done()
