#!/usr/bin/env python3
"""X10: the ledger of every version that was released, kept for ever (tests/ledgers/VERSION): this program reads it, plays it, and shows the same stories at the same addresses; what was held, killed, struck
or under embargo is so still. A ledger of a newer version is refused, and left as it is.

ledgers.py --make VERSION keeps what the program writes now: once, at its release, and never again."""
import json, lzma, sqlite3
from _house import *

KEPT = os.path.join(ROOT, "tests", "ledgers")
T = "tag:example.org,2026:"
SITE = site_file("Quillmere Post", url="https://news.example.org") + "rules:\n  - {name: no mills, texts: [mill], action: hold}\n"
SECRETS = ("mill turns", "harvest", "Bridge opens", "Marlow", "Lighthouse")


def words_of(h, path):
    """What a reader is told, whatever the theme: headline and text."""
    story = json.loads(h.get("/api/v1/stories/" + path.rsplit("-", 1)[1]).body)
    return {k: story.get(k) for k in ("headline", "url", "published", "body_text", "byline", "language") if k in story}


def listed(h):
    found = {}
    for page in range(1, 9):
        r = h.get(f"/api/v1/stories?page={page}")
        items = json.loads(r.body).get("items", []) if r.status == 200 else []
        for i in items: found[i["url"].removeprefix("https://news.example.org")] = i["headline"]
        if not items: break
    return found


def state(h, paths):
    live = listed(h)
    return {"live": {p: words_of(h, p) for p in sorted(live)}, "answers": {p: h.get(p).status for p in paths}, "held": json.loads(h.verb("status", "--json").stdout)["held"]}


def make(version):
    folder = os.path.join(KEPT, version)
    os.makedirs(folder)
    with House(SITE) as h:
        h.drop("a.json", ninjs(T + "a", "Ferry sails at dawn", "<p>Edda Marlow was on board.</p><p>The sea was calm.</p>"))
        h.drop("b.json", ninjs(T + "b", "Bridge opens"))
        h.drop("c.xml", newsml(T + "c", "Council votes on the quay", "<p>Seven were for it.</p>", by="Ann Ash", slugline="quay"))
        h.drop("l.json", ninjs(T + "l", "Lighthouse is sold"))
        if not until(lambda: len(listed(h)) == 4): raise SystemExit(h.log_text())
        bridge, light = h.path_of("Bridge opens"), h.path_of("Lighthouse is sold")
        h.drop("m.json", ninjs(T + "m", "Old mill turns"))
        h.drop("e.json", ninjs(T + "e", "Of the harvest", embargoed="2199-01-01T00:00:00Z"))
        h.drop("k.json", ninjs(T + "b", "Bridge opens", version="2", status="canceled"))
        h.drop("u.xml", newsml(T + "c", "Council votes for the quay", "<p>Eight were for it.</p>", version=2, by="Ann Ash", slugline="quay"))
        if not until(lambda: h.get(bridge).status == 410 and "held 2" in h.verb("status").stdout and "Council votes for the quay" in listed(h).values()): raise SystemExit(h.log_text())
        for words in (["takedown", light, "--reason", "a court"], ["desk", "redact", T + "a", "--text", "Edda Marlow"]):
            r = h.verb(*words)
            if r.returncode: raise SystemExit(r.stdout + r.stderr)
        if not until(lambda: h.get(light).status == 410 and "Marlow" not in json.dumps(state(h, []))): raise SystemExit(h.log_text())
        with open(os.path.join(folder, "want.json"), "w") as f: json.dump(state(h, [bridge, light]), f, indent=1, ensure_ascii=False, sort_keys=True)
        tar = subprocess.run([h.binary, "backup", "--data", h.data, "--to", "-"], stdout=subprocess.PIPE, check=True).stdout
        with lzma.open(os.path.join(folder, "backup.tar.xz"), "wb") as f: f.write(tar)


def leaks(h): return [(w, p) for w in SECRETS for p in ("/", "/rss.xml", "/sitemap-1.xml", "/api/v1/stories") if w in h.get(p).text]


def plays(version):
    with open(os.path.join(KEPT, version, "want.json")) as f: want = json.load(f)
    with lzma.open(os.path.join(KEPT, version, "backup.tar.xz")) as f: tar = f.read()
    h = House(SITE)
    try:
        r = subprocess.run([h.binary, "restore", "--from", "-", "--data", h.data], input=tar, capture_output=True)
        check(r.returncode == 0, f"{version}: it is brought back", r.stderr)
        r = h.verb("check", "--audit")
        check(r.returncode == 0 and "every chain and hash holds" in r.stdout, f"{version}: every chain and hash holds", r.stdout + r.stderr)
        r = h.run("check", "--upgrade", "--data", h.data, "--config", h.config_path)
        check(r.returncode == 0, f"{version}: and this program may follow it", r.stdout + r.stderr)
        h.start()
        check(not listed(h) and not leaks(h), f"{version}: nothing is shown before somebody says so", leaks(h))
        check(h.verb("confirm").returncode == 0 and until(lambda: len(listed(h)) == len(want["live"])), f"{version}: it is played", h.log_text()[-1500:])
        got = state(h, want["answers"])
        check(got["live"] == want["live"], f"{version}: the same stories stand at the same addresses, word for word", got["live"])
        check(got["answers"] == want["answers"], f"{version}: what was withdrawn answers as it did", got["answers"])
        check(until(lambda: state(h, [])["held"] == want["held"]), f"{version}: what was held is held", h.verb("status").stdout)
        check(not leaks(h) and "Marlow" not in json.dumps(got["live"]), f"{version}: no word of it is anywhere", leaks(h))
        h.drop("new.json", ninjs(T + "new", "Goes on from there"))
        check(h.shows("/", "Goes on from there"), f"{version}: and it goes on from there", h.log_text()[-900:])
        h.stop()
        ledger = os.path.join(h.data, "ledger.db")
        with contextlib.closing(sqlite3.connect(ledger)) as db:
            own = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute(f"PRAGMA user_version={own + 1}")
            db.commit()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = open(ledger, "rb").read()
        r = h.run("serve", "--data", h.data, "--config", h.config_path, "--listen", "127.0.0.1:0")
        check(r.returncode == 78 and "newer" in r.stderr and open(ledger, "rb").read() == before, f"{version}: one of a newer version is refused, and left as it is", f"{r.returncode} {r.stderr}")
    finally: h.remove()


if "--make" in sys.argv: make(sys.argv[sys.argv.index("--make") + 1])
else:
    versions = sorted(os.listdir(KEPT))
    check(bool(versions), "ledgers are kept")
    for v in versions: plays(v)
    done()
