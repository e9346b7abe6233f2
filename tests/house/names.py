#!/usr/bin/env python3
"""What an editor names is what is hit, and nothing else: ids, addresses as they are copied from a browser, guids that look like ids; what is named wrongly is said, never called done.
And what a purge is asked to forget is forgotten: the right file, every word."""
import hashlib, re, sqlite3
from _house import *

CONFIG = """
site:
  name: Quillmere Post
  url: https://news.example.org
feeds:
  wire:
    provider: Wire
    folder: @WIRE@
    pictures: yes
    push_key_file: @FOLDER@/push.key
sections:
  sport:
    title: Sport
    subjects: ["medtop:15000000"]
  news:
    title: News
"""
UUID, DIGITS, PLAIN = "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "tag:example.org,2026:report-202601231130", "tag:example.org,2026:ferry"


def path_of(h, headline): return next(i["url"] for i in h.api(1) if i["headline"] == headline).replace("https://news.example.org", "")


def gone(h, path): return until(lambda: h.get(path).status in (404, 410))


def in_ledger(h, word):
    """Is the word in any event's payload, or in any file of the ledger?"""
    with sqlite3.connect(os.path.join(h.data, "ledger.db")) as db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return any((word if isinstance(word, bytes) else word.encode()) in open(os.path.join(h.data, f), "rb").read() for f in os.listdir(h.data) if f.startswith("ledger.db"))


h = House(CONFIG)
with open(os.path.join(h.folder, "push.key"), "w") as f: f.write("00" * 32)
with h:
    for n, (guid, headline) in enumerate(((UUID, "Bridge opens"), (DIGITS, "Mill turns again"), (PLAIN, "Ferry sails at dawn"))):
        h.drop(f"{n}.json", ninjs(guid, headline))
        check(h.shows("/", headline), f"{headline} is published")
    bridge, mill, ferry = (path_of(h, w) for w in ("Bridge opens", "Mill turns again", "Ferry sails at dawn"))

    for name, guid, path in (("a guid that ends in a UUID", UUID, bridge), ("a guid that ends in twelve digits", DIGITS, mill)):
        check(h.verb("takedown", guid).returncode == 0 and gone(h, path), f"{name}: its story is taken down")
        check(h.verb("lift", guid).returncode == 0 and until(lambda: h.get(path).status == 200), "and lifted")
        check(guid in h.verb("desk", "show", guid, "--json").stdout, "the desk finds it")

    for how, target in (("with a fragment", f"https://news.example.org{ferry}#comments"), ("its history", f"{ferry}/revisions"), ("with a query and a slash", f"https://news.example.org{ferry}/?utm_source=x"),
                        ("without a scheme", f"news.example.org{ferry}"), ("its id", ferry[-12:])):
        r = h.verb("hold", target)
        check(r.returncode == 0 and gone(h, ferry), f"an address, {how}: its story is hit", r.stdout + r.stderr)
        check(h.verb("publish", target).returncode == 0 and until(lambda: h.get(ferry).status == 200), "and released")
    check(h.verb("takedown", ferry).returncode == 0 and until(lambda: h.verb("receipt", f"{ferry}/revisions").returncode == 0), "a receipt is found by any of these")
    h.verb("lift", ferry)

    for words, why in ((["hold", "no-such-guid"], "no story is known"), (["publish", "https://news.example.org/2026/01/01/other-000000000000"], "no story is known"), 
                       (["desk", "headline", "urn:none", "--text", "x"], "no story is known"), (["pause", "sprot"], "what is to be paused? all, a feed or a section"), (["resume", "sprot"], "is not paused"), (["desk", "pause", "sprot"], "what is to be paused?"),
                       (["purge", "urn:none"], "no story is known")):
        r = h.verb(*words)
        check(r.returncode in (64, 66) and why in r.stderr and "done" not in r.stdout, f"{' '.join(words)}: not called done", f"{r.returncode} {r.stdout} {r.stderr}")
    r = h.verb("lift", "urn:none")
    check(r.returncode == 66 and "kept for a story that has not come" in r.stdout, "a takedown that waits for its story can be lifted: kept, and said", r.stdout + r.stderr)
    check(h.verb("desk", "pauses").stdout == "", "and no brake is on", h.verb("desk", "pauses").stdout)
    r = h.verb("takedown", "tag:example.org,2026:to-come")
    check(r.returncode == 66 and "kept for a story that has not come" in r.stdout, "a takedown may come before its story: it is kept, and said", r.stdout + r.stderr)
    h.drop("later.json", ninjs("tag:example.org,2026:to-come", "Never to be seen"))
    h.drop("mark.json", ninjs("tag:example.org,2026:mark", "A mark"))
    check(h.shows("/", "A mark") and "Never to be seen" not in h.get("/").text, "and obeyed when it comes")

    # ---- purge ----
    taken = os.path.join(h.wire, "done")
    h.drop("same.json", ninjs("tag:example.org,2026:a", "Innocent item"))
    check(h.shows("/", "Innocent item"), "a file of some name")
    h.drop("same.json", ninjs("tag:example.org,2026:b", "Zebracorn sighted"))
    check(h.shows("/", "Zebracorn sighted"), "another of the same name")
    zebra = path_of(h, "Zebracorn sighted")
    h.drop("u.json", ninjs("tag:example.org,2026:b", "Zebracorn sighted again", version="2", previousVersions=[]))
    check(h.shows("/", "Zebracorn sighted again"), "an update")
    h.verb("desk", "headline", zebra, "--text", "Zebracorn is a horse")
    h.verb("desk", "headline", "tag:example.org,2026:b", "--text", "Zebracorn was a horse")
    check(h.shows("/", "Zebracorn was a horse"), "the desk's own words")
    h.verb("desk", "redact", "tag:example.org,2026:b", "--text", "Ophelia Quillback")
    r = h.verb("desk", "takedown", "tag:example.org,2026:b", "--text", "Mrs Quillback asked", "--requested-by", "Ophelia Quillback")
    check(r.returncode == 0, "a takedown with a case", r.stdout + r.stderr)
    h.verb("hold", f"https://news.example.org{zebra}")
    check(in_ledger(h, "ebracorn") and in_ledger(h, "Quillback") and sum("Zebracorn" in open(os.path.join(taken, f)).read() for f in os.listdir(taken)) == 2, "before: its words lie about")
    r = h.verb("purge", "--config", h.config_path, zebra)
    check(r.returncode == 0, "purge", r.stdout + r.stderr)
    left = [f for f in os.listdir(taken) if "Zebracorn" in open(os.path.join(taken, f)).read()]
    check(not left, "its files are gone from done/, whatever names they got there", left)
    check(any("Innocent" in open(os.path.join(taken, f)).read() for f in os.listdir(taken)), "and the other story's file of that name is not")
    check(not in_ledger(h, "ebracorn"), "no word of it is left in the ledger: not in its address, nor in what the desk wrote or did")
    check(not in_ledger(h, "Quillback"), "nor the name that was struck, nor who asked for its takedown")
    check(h.get(zebra).status in (404, 410) and "ebracorn" not in h.get(zebra).text.replace(zebra, ""), "its address is bare", f"{h.get(zebra).status} {h.get(zebra).text[:1500]}")
    check(h.get("/").status == 200 and "Innocent item" in h.get("/").text, "the rest of the site stands")

    h.drop("kept.json", ninjs("tag:example.org,2026:c", "Quagga returns"))
    check(h.shows("/", "Quagga returns"), "one more")
    quagga = path_of(h, "Quagga returns")
    os.remove(os.path.join(taken, "kept.json"))
    r = h.verb("purge", "--config", h.config_path, quagga)
    check(r.returncode == 69 and "kept.json" in r.stdout, "a raw file that is not found is named, and the exit code tells", f"{r.returncode} {r.stdout}")
    r = h.verb("purge", "--config", "/nowhere.yaml", quagga)
    check(r.returncode == 66 and "/nowhere.yaml" in r.stderr, "a configuration that is not there is named", f"{r.returncode} {r.stderr}")

    # ---- and its pictures ----
    drawings = os.path.join(ROOT, "demo", "pictures")
    drawn = lambda n: open(os.path.join(drawings, sorted(os.listdir(drawings))[n]), "rb").read()
    shot = lambda *files: [{"name": f"p{i}", "type": "picture", "uri": f"tag:example.org,2026:{f}", "pubStatus": "usable", "headlines": [{"value": "A picture"}],
                            "renditions": [{"name": "web", "href": f, "contentType": "image/jpeg", "width": 1600, "height": 900}]} for i, f in enumerate(files)]
    pictures = lambda path: set(re.findall(r"/pictures/([0-9a-f]{64})", h.get(path).text))
    h.drop("own.jpg", drawn(0)), h.drop("both.jpg", drawn(1))
    h.drop("ibex.json", ninjs("tag:example.org,2026:ibex", "Ibex on the ledge", associations=shot("own.jpg", "both.jpg")))
    h.drop("oryx.json", ninjs("tag:example.org,2026:oryx", "Oryx at the well", associations=shot("both.jpg")))
    check(h.shows("/", "Ibex on the ledge") and h.shows("/", "Oryx at the well"), "two stories with pictures")
    ibex, oryx = path_of(h, "Ibex on the ledge"), path_of(h, "Oryx at the well")
    check(until(lambda: len(pictures(ibex)) >= 2 and pictures(oryx)), "are shown with them", h.log_text()[-600:])
    own, both = (hashlib.blake2b(drawn(n), digest_size=32).hexdigest() for n in (0, 1))
    kept = lambda hash: [f for f in os.listdir(os.path.join(h.data, "pictures")) if f.startswith(hash)]
    check(kept(own) and kept(both), "renditions lie there", os.listdir(os.path.join(h.data, "pictures"))[:4])
    r = h.verb("purge", "--config", h.config_path, ibex)
    check(r.returncode == 69 and "both.jpg" in r.stdout and "another story has it too" in r.stdout and "own.jpg" not in r.stdout, "purge: the picture that another story has too is left, and said", f"{r.returncode} {r.stdout} {r.stderr}")
    check(not kept(own) and not os.path.exists(os.path.join(taken, "own.jpg")) and not in_ledger(h, drawn(0)[5000:5200]), "its own picture is gone: renditions, raw file, the ledger's copy")
    check(kept(both) and os.path.exists(os.path.join(taken, "both.jpg")) and until(lambda: both in pictures(oryx)), "the other story keeps its picture")
done()
