#!/usr/bin/env python3
"""What leaves the house: alarms by mail, webhook and command; news for subscribers, and their recall; WebSub pings; fetched pictures.
Nothing leaves twice: not after a replay, a crash, or a rebuild. What a wire names is fetched from public addresses only. The servers that
listen here are the test's own, on loopback."""
import base64, json, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from _smtp import *

KEY = b"0123456789abcdef0123456789abcdef"


class Outside(BaseHTTPRequestHandler):
    """The world: remembers what was posted, gives a picture, redirects, refuses."""
    got, refuse, may_give = [], 0, threading.Event()

    def log_message(self, *_): pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            Outside.got.append((self.path, dict(self.headers), body))
            refuse = Outside.refuse if self.path != "/hub" else 0
            Outside.refuse = max(0, Outside.refuse - bool(refuse))
        self.send_response(503 if refuse else 204)
        self.end_headers()

    def do_GET(self):
        with lock: Outside.got.append((self.path, dict(self.headers), b""))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        if self.path.startswith("/picture-late"): Outside.may_give.wait(30)
        picture = open(os.path.join(ROOT, "demo", "pictures", sorted(os.listdir(os.path.join(ROOT, "demo", "pictures")))[0]), "rb").read()
        self.send_response(200 if self.path.startswith("/picture") else 404)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        self.wfile.write(picture if self.path.startswith("/picture") else b"")


lock = threading.Lock()
outside = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
threading.Thread(target=outside.serve_forever, daemon=True).start()
HTTP = outside.server_address[1]


mail = MailServer()


def posted(path):
    with lock: return [(h, b) for p, h, b in Outside.got if p == path]


def news(event=None):
    return [j for j in (json.loads(b) for _, b in posted("/news")) if event in (None, j["event"])]


def named(ping):
    """The feeds that a hub was told of."""
    return {re.sub(r"^https://[^/]+", "", t) for t in urllib.parse.parse_qs(ping.decode())["hub.url"]}


def letters(): return mail.read()


CONFIG = f"""
site: {{name: "Test “Post”", url: "https://news.example.org", timezone: UTC}}
feeds:
  wire: {{provider: Example, timezone: UTC, folder: "@WIRE@", pictures: yes, fetch_pictures: yes}}
syndication:
  hubs: ["http://127.0.0.1:{HTTP}/hub"]
  subscribers:
    partner: {{url: "http://127.0.0.1:{HTTP}/news", secret_file: partner.key}}
alarms:
  mail: {{server: "smtp://127.0.0.1:{mail.port}", from: post@example.org, to: [desk@example.org, chief@example.org]}}
  webhook: "http://127.0.0.1:{HTTP}/alarm"
  secret_file: partner.key
  command: tell.sh
outgoing: {{allow: [127.0.0.1]}}
"""


def prepare(h):
    with open(os.path.join(h.folder, "partner.key"), "wb") as f: f.write(KEY)
    os.chmod(os.path.join(h.folder, "partner.key"), 0o600)
    tell = os.path.join(h.folder, "tell.sh")
    with open(tell, "w") as f: f.write('#!/bin/sh\n[ -n "$1" ] || exit 3\ngrep -q "Kind of alarm: $1"\n')
    os.chmod(tell, 0o755)
    return h


def picture_story(guid, headline, href):
    return ninjs(guid, headline, associations=[{"name": "main", "type": "picture", "uri": guid + "-p", "pubStatus": "usable", "headlines": [{"value": "A picture"}],
                 "renditions": [{"name": "web", "href": href, "contentType": "image/jpeg", "width": 1200, "height": 800}]}])


def own_pictures(h, headline):
    """What its page shows beside the made card; an absent page counts as one."""
    path = h.path_of(headline)
    return re.findall(r"/pictures/(?!card)[^\" ]+", h.get(path).text) if path else ["no page"]


h = prepare(House(config=CONFIG))
h.start()
try:
    # ---- the ways by which people are told ----
    r = h.run("alarm", "test", "--data", h.data)
    check(r.returncode == 0 and re.search(r"^mail +sent", r.stdout, re.M) and re.search(r"^webhook +sent", r.stdout, re.M) and re.search(r"^command +sent: exit status 0", r.stdout, re.M),
          "alarm test goes by mail, webhook and command, and says so", r.stdout + r.stderr + h.log_text()[-1500:])
    letter = until(letters)[0]
    check("Test “Post”" in subject_of(letter), "the subject names the site, in any script", letter["Subject"])
    check("desk@example.org" in letter["To"] and "chief@example.org" in letter["To"] and len(letter.get_all("To")) == 1, "one To field names both", letter["To"])
    check("nothing has happened" in text_of(letter), "the text says that it is a test", text_of(letter))
    head, body = posted("/alarm")[0]
    want = hmac.new(KEY, head["Broadsheet-Time"].encode() + b"\n" + head["Broadsheet-Nonce"].encode() + b"\n" + body, hashlib.sha256).hexdigest()
    check(head.get("Broadsheet-Signature") == want, "the webhook's message is signed", head)

    # ---- published, changed, withdrawn ----
    h.drop("a1.json", ninjs("tag:example.org,2026:a", "Harbour bridge opens", keywords=["bridges"]))
    got = until(lambda: news("published"))
    check(got and got[0]["headline"] == "Harbour bridge opens" and got[0]["url"].startswith("https://news.example.org/2"), "a subscriber hears what is published", got)
    check(until(lambda: posted("/hub")) and b"hub.mode=publish" in posted("/hub")[0][1] and b"rss.xml" in posted("/hub")[0][1], "the hub is pinged with the feeds' addresses", posted("/hub"))
    topics = named(posted("/hub")[0][1])
    day = "/archive/" + "/".join(h.path_of("Harbour bridge opens").split("/")[1:4])
    check(topics == {f"{below}/{f}" for below in ("", "/section/news", "/tag/bridges", day) for f in ("rss.xml", "atom.xml", "feed.json")}, "with those of each list on which the story stands, and no others", topics)
    hub = f"http://127.0.0.1:{HTTP}/hub"
    check(all(hub in h.get(p).text and "hub" in h.get(p).text.split(hub)[0][-60:] for p in ("/rss.xml", "/atom.xml", "/feed.json")), "the feeds name it")
    check(all(hub in h.get(f"{below}/{f}").text for below in ("/section/news", "/corrections", "/tag/bridges", "/popular", day) for f in ("rss.xml", "atom.xml", "feed.json")), "and so do those")
    h.drop("a2.json", ninjs("tag:example.org,2026:a", "Harbour bridge opens to all", version="2", keywords=["bridges"]))
    check(until(lambda: news("updated")), "and what is changed", news())
    told = len(news())
    for n in range(3): h.drop(f"again{n}.json", ninjs("tag:example.org,2026:a", "Harbour bridge opens to all", version="2"))
    h.drop("old.json", ninjs("tag:example.org,2026:a", "Harbour bridge opens"))
    h.drop("e1.json", ninjs("tag:example.org,2026:e", "Secret till later", embargoedUntil=at(60 * 24)))
    h.drop("e2.json", ninjs("tag:example.org,2026:e", "Secret till later", version="2", status="canceled"))
    h.drop("k.json", ninjs("tag:example.org,2026:a", "Harbour bridge opens to all", version="3", status="canceled"))
    gone = until(lambda: news("withdrawn"))
    check(gone and "Harbour" not in json.dumps(gone) and "killed" in gone[0]["reason"], "a kill recalls it, and repeats nothing of it", gone)
    check(len(news()) == told + 1, "repetitions and late versions are no news; what was killed before its release was never spoken of (V6, E8)", news()[told:])
    check(until(lambda: [b for _, b in posted("/hub")[1:] if "/section/news/atom.xml" in named(b) and "/tag/bridges/feed.json" in named(b)]), "the hub is told of the lists on which it stood", [named(b) for _, b in posted("/hub")])
    check(until(lambda: any("killed" in text_of(l) for l in letters())), "people are told of a kill by mail", [text_of(l) for l in letters()])

    # ---- behind an outage: what comes hours after its own time floods nobody ----
    told, pinged = len(news()), len(posted("/hub"))
    for n in range(20): h.drop(f"late{n}.json", ninjs(f"tag:example.org,2026:late-{n}", f"Late story {n:02d}", f"<p>The {n}th thing that happened while the line was down.</p>", versionCreated=at(-7 * 60 + n), keywords=["floods"]))
    check(all(h.shows("/", f"Late story {n:02d}") for n in range(20)), "twenty stories that come seven hours late are public")
    h.drop("intime.json", ninjs("tag:example.org,2026:intime", "News in time"))
    check(until(lambda: any(j.get("headline") == "News in time" for j in news())) and [j["headline"] for j in news()[told:]] == ["News in time"], "subscribers are told of none of them, but of what comes in time", news()[told:])
    check(until(lambda: len(posted("/hub")) > pinged) and len(posted("/hub")) - pinged <= 5, "the hub is pinged once or so", len(posted("/hub")) - pinged)
    check(until(lambda: [t for _, b in posted("/hub")[pinged:] for t in named(b) if t == "/tag/floods/rss.xml"], within_s=45), "and hears, when there is time, of the label that only a late story has", [named(b) for _, b in posted("/hub")[pinged:]])
    h.drop("late0b.json", ninjs("tag:example.org,2026:late-0", "Late story 00, in full", "<p>The first thing that happened while the line was down, and what came of it.</p>", version="2"))
    check(until(lambda: any(j.get("headline") == "Late story 00, in full" and j["event"] == "published" for j in news())), "its next version in time is news", news()[told:])

    # ---- the same words in another story are no trace of this one ----
    twins = ["tag:example.org,2026:twin-1", "tag:example.org,2026:twin-2"]
    for n, guid in enumerate(twins): h.drop(f"twin{n}.json", ninjs(guid, "Ferry timetable of the week", "<p>The ferries leave on the hour, every hour, all week long, says the harbour master of Quillmere.</p>"))
    until(lambda: sum(i["headline"] == "Ferry timetable of the week" for i in h.api()) == 2)
    h.drop("twin-kill.json", ninjs(twins[0], "Ferry timetable of the week", version="2", status="canceled"))
    r = until(lambda: (x := h.run("receipt", "--data", h.data, twins[0], "--json")).returncode == 0 and x, within_s=15) or h.run("receipt", "--data", h.data, twins[0], "--json")
    receipt = json.loads(r.stdout or "{}")
    check(receipt.get("clean") is True, "a story with the same headline and opening is no trace of the one that was killed", [s for s in receipt.get("surfaces", []) if s["shows"]] or r.stderr)
    check({"/", "/rss.xml"} <= {s["path"] for s in receipt.get("surfaces", []) if s.get("same_words")}, "and the receipt says where the same words stand", [s["path"] for s in receipt.get("surfaces", []) if s.get("same_words")])
    check("the same words stand in another story" in h.run("receipt", "--data", h.data, twins[0]).stdout, "in words too")

    # ---- the receipt of the kill ----
    r = until(lambda: (x := h.run("receipt", "--data", h.data, "tag:example.org,2026:a", "--json")).returncode == 0 and x, within_s=15) or h.run("receipt", "--data", h.data, "tag:example.org,2026:a", "--json")
    check(r.returncode == 0, "a kill leaves a receipt", r.stderr + h.log_text()[-800:])
    receipt = json.loads(r.stdout or "{}")
    asked = {s["path"]: s for s in receipt.get("surfaces", [])}
    check(receipt.get("clean") is True and receipt["cause"] == "kill" and receipt["guid"] == "tag:example.org,2026:a", "which says that every surface was clean", receipt)
    page = next((p for p in asked if re.match(r"/\d{4}/\d\d/\d\d/harbour-bridge", p) and "revisions" not in p), "")
    check(asked.get(page, {}).get("plain") == 410 and asked[page]["gzip"] == 410 and asked[page]["br"] == 410, "page: 410, plain and compressed", asked.get(page))
    check(all(any(p.startswith(k) for p in asked) for k in ("/rss.xml", "/atom.xml", "/feed.json", "/sitemap", "/news-sitemap.xml", "/api/v1/stories", "/search", "/section/", "/corrections", "/popular", "/archive/")), "every kind of surface was asked", list(asked))
    check("harbour bridge opens" not in urllib.parse.unquote(r.stdout).lower(), "it repeats nothing of the story but its address", [l for l in urllib.parse.unquote(r.stdout).split('"') if "harbour bridge opens" in l.lower()])
    check(receipt["not_reached"] and "partner" in receipt["told"], "it says what it cannot reach, and who was told", receipt.get("not_reached"))
    jws = os.path.join(h.folder, "receipt.jws")
    with open(jws, "w") as f: f.write(h.run("receipt", "--data", h.data, "tag:example.org,2026:a", "--jws").stdout)
    public = h.run("receipt", "--data", h.data, "key").stdout.split()[0]
    check(h.run("receipt", "verify", jws, "--key", public).returncode == 0, "an agency verifies it with the public key alone")
    check(h.run("receipt", "--data", h.data, "rotate").returncode == 0 and h.run("receipt", "verify", jws, "--data", h.data).returncode == 0, "and it holds after the key was changed")
    r = h.run("receipt", "verify", jws, "--key", h.run("receipt", "--data", h.data, "key").stdout.split()[0])
    check(r.returncode == 65 and "signed it, and the one given is" in r.stderr, "not by another key, and it says which one signed it", r.stderr)
    keys = h.run("receipt", "--data", h.data, "key", "--all").stdout.splitlines()
    check(len(keys) == 2 and "in force" in keys[0] and public in keys[1] and "of before" in keys[1], "every public key that was is told", keys)
    for how in ("--json", "--html"):
        kept = os.path.join(h.folder, "receipt" + how[1:])
        with open(kept, "w") as f: f.write(h.run("receipt", "--data", h.data, "tag:example.org,2026:a", how).stdout)
        check(h.run("receipt", "verify", kept, "--key", public).returncode == 0, f"{how}: it can be verified as it is, by the key of before")
        with open(kept) as f: text = f.read()
        with open(kept, "w") as f: f.write(text.replace("410", "200", 1))
        r = h.run("receipt", "verify", kept, "--key", public)
        check(r.returncode == 65 and "something else in clear" in r.stderr, f"{how}: not where its clear words were changed", r.stderr)
    with open(jws) as f: forged = json.load(f)
    body = base64.urlsafe_b64decode(forged["payload"] + "==").replace(b'"clean":true', b'"clean":fals')
    forged["payload"] = base64.urlsafe_b64encode(body).decode().rstrip("=")
    with open(jws, "w") as f: json.dump(forged, f)
    r = h.run("receipt", "verify", jws, "--data", h.data)
    check(r.returncode == 65, "a changed receipt does not hold", r.stdout + r.stderr)
    check("<table>" in h.run("receipt", "--data", h.data, "tag:example.org,2026:a", "--html").stdout, "as HTML too")
    check(h.run("receipt", "--data", h.data, "tag:example.org,2026:e").returncode == 66, "of what was never public there is none")

    # ---- a picture that is killed alone ----
    shot = sorted(os.listdir(os.path.join(ROOT, "demo", "pictures")))[0]
    with open(os.path.join(ROOT, "demo", "pictures", shot), "rb") as f: h.drop("pylon.jpg", f.read())
    for n in ("m", "n"):
        h.drop(f"{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Riggers at work, part {n}", body=f"<p>Part {n} of a long repair.</p>", associations=[
            {"name": "main", "type": "picture", "uri": "tag:example.org,2026:pylon", "pubStatus": "usable", "headlines": [{"value": "The north pylon"}],
             "renditions": [{"name": "web", "href": "pylon.jpg", "contentType": "image/jpeg", "width": 1200, "height": 800}]}]))
    shown = {n: h.path_of(f"Riggers at work, part {n}") for n in ("m", "n")}
    check(all(until(lambda: own_pictures(h, f"Riggers at work, part {n}")) for n in shown), "two stories show one picture", h.log_text()[-600:])
    file = (re.search(r"/pictures/[0-9a-f]{64}-\d+\.jpg", h.get(shown["m"]).text) or ["/pictures/none"])[0]
    check(h.get(file).status == 200, "and its file can be had")
    own = lambda n: file[10:74] in re.search(r'og:image" content="([^"]*)', h.get(shown[n]).text)[1]  # related stories have pictures too
    h.drop("n2.json", ninjs("tag:example.org,2026:n", "Riggers at work, part n", body="<p>Part n of a long repair, told anew.</p>", version="2"))
    check(until(lambda: not own("n")) and h.run("receipt", "--data", h.data, "tag:example.org,2026:pylon").returncode == 66, "a story that goes on without it is no withdrawal: no receipt")
    h.drop("n3.json", ninjs("tag:example.org,2026:n", "Riggers at work, part n", body="<p>Part n of a long repair.</p>", version="3", associations=[
        {"name": "main", "type": "picture", "uri": "tag:example.org,2026:pylon", "pubStatus": "usable", "renditions": [{"name": "web", "href": "pylon.jpg", "contentType": "image/jpeg"}]}]))
    check(until(lambda: own("n")), "it comes back")
    h.drop("pylon.json", ninjs("tag:example.org,2026:pylon", "The north pylon", type="picture", version="2", status="canceled"))
    r = until(lambda: (x := h.run("receipt", "--data", h.data, "tag:example.org,2026:pylon", "--json")).returncode == 0 and x, within_s=15) or h.run("receipt", "--data", h.data, "tag:example.org,2026:pylon", "--json")
    receipt = json.loads(r.stdout or "{}")
    asked = {s["path"]: s for s in receipt.get("surfaces", [])}
    check(receipt.get("clean") is True and receipt.get("what") == "a picture" and receipt.get("cause") == "kill", "a picture killed alone has a receipt of its own", r.stderr + str(receipt)[:900] + h.log_text()[-600:])
    check(all(asked.get(p, {}).get("plain") == 200 for p in shown.values()) and all(s["shows"] is False for s in asked.values()), "every page that showed it was asked, and stands without it", list(asked))
    check(asked.get(file, {}).get("plain") == 404 and len([p for p in asked if p.startswith("/pictures/")]) >= 10, "its files cannot be had in any size or form", [p for p in asked if p.startswith("/pictures/")])
    check("What                        a picture" in h.run("receipt", "--data", h.data, "tag:example.org,2026:pylon").stdout, "it says that it is a picture's")

    # ---- the other side refuses; the courier and the house end ----
    check(until(lambda: any(b"pylon" in b for _, b in posted("/alarm"))), "its kill is told by the webhook")
    with lock: Outside.refuse = 1
    h.drop("b.json", ninjs("tag:example.org,2026:b", "Ferry timetable changes"))
    until(lambda: len(news("published")) > 1)
    check("status 503" in until(lambda: "status 503" in h.log_text() and h.log_text()), "a refusal is told in the log", h.log_text()[-500:])
    os.kill(until(lambda: h.roles().get("courier"))[0], signal.SIGKILL)
    check(until(lambda: len([n for n in news("published") if n["headline"] == "Ferry timetable changes"]) >= 2, within_s=30), "and it is tried again, also by a courier that was started again", h.log_text()[-800:])
    count = len(news())
    check(h.verb("rebuild").returncode == 0, "a rebuild")
    h.stop(signal.SIGKILL)
    h.start()
    h.drop("c.json", ninjs("tag:example.org,2026:c", "Market square to be paved"))
    check(until(lambda: [n for n in news("published") if n["headline"] == "Market square to be paved"]), "after rebuild, kill -9 and start news goes on")
    check(len(news()) == count + 1, "and nothing is told twice", news()[count:])

    # ---- words that wait to leave are forgotten with the story (K20) ----
    def outbox(): return b"".join(open(os.path.join(h.data, "courier", n), "rb").read() for n in os.listdir(os.path.join(h.data, "courier")))
    h.drop("w.json", ninjs("tag:example.org,2026:w", "Lantern parade at dusk"))
    until(lambda: news("published") and news()[-1]["headline"] == "Lantern parade at dusk")
    check(h.run("desk", "headline", "--data", h.data, "tag:example.org,2026:w", "--text", "Parade of lanterns").returncode == 0, "the desk writes a headline of its own")
    until(lambda: "Parade of lanterns" in h.get("/").text)
    with lock: Outside.refuse = 1000
    h.drop("w2.json", ninjs("tag:example.org,2026:w", "Lantern parade cancelled by zanzibar winds", version="2"))
    check(until(lambda: b"zanzibar" in outbox()), "what is told of a story waits while nobody takes it")
    r = h.run("purge", "--data", h.data, "--config", h.config_path, "tag:example.org,2026:w")
    check(r.returncode == 0 and until(lambda: b"zanzibar" not in outbox()), "and is forgotten when the story is purged", r.stdout + r.stderr)
    with lock: Outside.refuse = 0
    check(until(lambda: [n for n in news("withdrawn") if n["id"] == news("published")[-1]["id"]], within_s=60), "that it was withdrawn is told all the same", news()[-3:])

    # ---- pictures that an item names ----
    h.drop("p.json", picture_story("tag:example.org,2026:p", "Lighthouse painted", f"http://127.0.0.1:{HTTP}/picture.jpg"))
    path = h.path_of("Lighthouse painted")
    check(h.shows(path, "/pictures/"), "a picture that an item names is fetched and shown", h.log_text()[-800:])
    h.drop("q.json", picture_story("tag:example.org,2026:q", "Evil picture", f"http://127.0.0.1:{HTTP}/to/metadata"))
    check(until(lambda: "not public" in h.log_text()), "a redirect to what is not public is not followed", h.log_text()[-800:])
    check(not own_pictures(h, "Evil picture"), "its text runs without the picture")
    h.drop("late.json", picture_story("tag:example.org,2026:late", "Lighthouse lit", f"http://127.0.0.1:{HTTP}/picture-late.jpg"))
    check(until(lambda: [g for g in Outside.got if g[0] == "/picture-late.jpg"]), "another is asked for")
    newsroom = h.roles()["newsroom"][0]
    os.kill(newsroom, signal.SIGSTOP)
    Outside.may_give.set()
    time.sleep(2)
    os.kill(newsroom, signal.SIGKILL)
    check(until(lambda: re.search(r'og:image" content="[^"]*/pictures/[0-9a-f]{64}', h.get(h.path_of("Lighthouse lit")).text), within_s=60), "one that the newsroom had not kept when it ended is fetched again, and shown", h.log_text()[-1200:])
    code = h.stop()
    check(code == 0, "it ends cleanly", f"{code}\n{h.log_text()[-1500:]}")
finally:
    h.remove()

# ---- what cannot be kept at the moment is kept later; a long address is pinged once ----
import sqlite3
LONG = f"http://127.0.0.1:{HTTP}/hub?" + "x" * 300
h = prepare(House(config=CONFIG.replace(f'hubs: ["http://127.0.0.1:{HTTP}/hub"]', f'hubs: ["{LONG}"]')))
h.start()
try:
    with lock: Outside.got.clear()
    h.drop("a.json", ninjs("tag:example.org,2026:a", "Before the lock"))
    check(until(lambda: [n for n in news("published") if n["headline"] == "Before the lock"]), "news goes out")
    outbox = sqlite3.connect(os.path.join(h.data, "courier", "outbox.db"), isolation_level=None)
    outbox.execute("BEGIN EXCLUSIVE")
    h.drop("b.json", ninjs("tag:example.org,2026:b", "During the lock"))
    check(until(lambda: "the outbox does not take a message now" in h.log_text()), "an outbox that does not take it: said", h.log_text()[-800:])
    outbox.execute("ROLLBACK")
    outbox.close()
    h.drop("c.json", ninjs("tag:example.org,2026:c", "After the lock"))
    for headline in ("During the lock", "After the lock"):
        check(until(lambda: [n for n in news("published") if n["headline"] == headline], within_s=30), f"{headline}: told all the same", h.log_text()[-800:])
    pings = [p for p, _, _ in Outside.got if p.startswith("/hub")]
    check(1 <= len(pings) <= 12, "a hub with a long address is pinged as often as another", len(pings))
finally:
    h.remove()

# ---- without permission nothing here is reached, in whatever form its address is written ----
def hostile(port):
    """Each leads to this test's own server, which would give a picture; then what is no address of the web."""
    hosts = ("127.0.0.1", "user:word@127.0.0.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "localhost", "localhost.", "[::ffff:127.0.0.1]", "[::1]", "10.0.0.1", "169.254.169.254", "0.0.0.0")
    return [f"http://{host}:{port}/picture{n}.jpg" for n, host in enumerate(hosts)]


h = prepare(House(config=CONFIG.replace("outgoing: {allow: [127.0.0.1]}\n", "")))
h.start()
try:
    with lock: Outside.got.clear()
    h.drop("p.json", picture_story("tag:example.org,2026:p", "Lighthouse painted", f"http://127.0.0.1:{HTTP}/picture.jpg"))
    check(until(lambda: "not public" in h.log_text()), "an address of this machine is not fetched from (P4)", h.log_text()[-800:])
    for n, href in enumerate(hostile(HTTP)): h.drop(f"q{n}.json", picture_story(f"tag:example.org,2026:q{n}", f"Evil picture {n}", href))
    h.drop("file.json", picture_story("tag:example.org,2026:f", "Evil picture of a file", "file:///etc/passwd"))
    h.drop("gopher.json", picture_story("tag:example.org,2026:g", "Evil picture of a gopher", f"gopher://127.0.0.1:{HTTP}/picture.jpg"))
    for n, href in enumerate(hostile(HTTP)):
        said = href.replace("user:word@", "") + " of feed wire: "
        check(until(lambda: said in h.log_text()), f"{href} is refused, and the log says so", h.log_text()[-1200:])
        check(not own_pictures(h, f"Evil picture {n}"), "its text runs without the picture")
    for headline in ("Evil picture of a file", "Evil picture of a gopher"): check(not own_pictures(h, headline), f"{headline}: nor this one")
    check("word@" not in h.log_text(), "without the password in the address")
    check(not [p for p, _, _ in Outside.got if p.startswith("/picture")], "nobody connected to it")
    check(h.get(h.path_of("Lighthouse painted")).status == 200, "the story is out without it (P3)")
finally:
    h.remove()
done()
