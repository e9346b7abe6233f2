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
    with open(os.path.join(keep, name), "w") as f: f.write(before)  # as a house that was purged by an older program has it
    p = h.run("purge", "--data", h.data, "--config", h.config_path, r["story"])
    check(p.returncode == 0 and not found(h, "quillwort"), "purged once more, by its id, a receipt of before is signed anew too", p.stdout + p.stderr + str(found(h, "quillwort")))

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
done()
