#!/usr/bin/env python3
"""The desk in the whole house: who gets in and who does not (T8), what is shown to nobody else (E16), every button, the API by the same acts, the verbs of the terminal,
the fence around the role; and that readers' door knows nothing of any of it."""
import html, http.client, json, sqlite3, ssl, sys, threading, urllib.parse
from _desk import *

CONFIG = """
site:
  name: Quillmere Post
feeds:
  wire:
    provider: Wire
    folder: @WIRE@
    push_key_file: @FOLDER@/push.key
    pictures: yes
  slow:
    provider: Slow Wire
    folder: @FOLDER@/slow
  trial:
    provider: Trial Wire
    folder: @FOLDER@/trial
    shadow: yes
  flood:
    provider: Flood Wire
    folder: @FOLDER@/flood
    limits: {stories_per_hour: 1}
rules:
  - name: ferries on trial
    texts: [ferry]
    to_section: sport
    shadow: yes
sections:
  sport:
    title: Sport
    subjects: ["medtop:15000000"]
  news:
    title: News
server:
  trusted_proxies: 127.0.0.1
desk:
  listen: 127.0.0.1:0
"""


def events(h):
    with sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True) as db: return db.execute("SELECT count(*) FROM event").fetchone()[0]


def acts(h):
    with sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True) as db: return [json.loads(m) for (m,) in db.execute("SELECT meta FROM event WHERE kind=3 ORDER BY pos")]


h = House(CONFIG, listen="127.0.0.1:0")
for feed in ("slow", "trial", "flood"): os.makedirs(os.path.join(h.folder, feed))
with open(os.path.join(h.folder, "push.key"), "w") as f: f.write("00" * 32)
os.chmod(os.path.join(h.folder, "push.key"), 0o600)
with h:
    port = desk_port(h)
    anna, ed, rita, nobody = (Desk(h, port) for _ in range(4))

    # ---- accounts, by the terminal alone ----
    check(account(h, "anna", "chief").returncode == 0 and account(h, "ed", "editor").returncode == 0 and account(h, "rita", "reader").returncode == 0, "accounts are made in the terminal")
    r = account(h, "short", "editor", "tooshort")
    check(r.returncode == 64 and "10 characters" in r.stderr, "a short password is refused", r.stderr)
    check(account(h, "anna", "editor").returncode == 64, "a name is given once")
    r = h.run("desk", "account", "add", "eve", "--role", "god", "--data", h.data, input=PASSWORD)
    check(r.returncode == 64 and "--role" in r.stderr, "a role that is not there is refused", r.stderr)
    r = h.run("desk", "account", "list", "--data", h.data)
    check(r.stdout.split() == ["anna", "chief", "ed", "editor", "rita", "reader"], "and listed", r.stdout)
    raw = open(os.path.join(h.data, "desk", "accounts.db"), "rb").read()
    check(b"$argon2id$" in raw and PASSWORD.encode() not in raw, "passwords are kept as argon2id alone")
    check(os.stat(os.path.join(h.data, "desk", "accounts.db")).st_mode & 0o077 == 0, "and the file is nobody else's")

    # ---- the readers' door knows nothing of it ----
    want = h.get("/no-such-page-at-all")
    drop = {"date"}
    same = lambda a: (a.status, a.body, {k: v for k, v in a.headers.items() if k not in drop})
    for path in ("/desk/", "/desk", "/desk/live", "/desk/sign-in", "/desk/api/v1/held", "/desk/story/0123456789ab"):
        check(same(h.get(path)) == same(want), f"the readers' door answers {path} as any unknown path", str(same(h.get(path)))[:600])
    check("desk" not in str(h.get("/robots.txt").text), "and robots.txt does not name it")
    a = h.ask("/desk/sign-in", "POST", body="name=anna")
    check(a.status in (404, 405, 413), "nor does it take forms", a.status)

    # ---- signing in ----
    page = nobody.get("/desk/sign-in")
    check(page.status == 200 and "<script" not in page.text and "javascript" not in page.text.lower(), "the sign-in page needs no script")
    flags = page.cookies[0]
    check("HttpOnly" in flags and "SameSite=Strict" in flags and "Path=/desk/" in flags and "Domain" not in flags, "its cookie is HttpOnly, SameSite=Strict, the desk's own", flags)
    for k, v in {"cache-control": "private, no-store", "referrer-policy": "no-referrer", "x-frame-options": "DENY", "x-content-type-options": "nosniff"}.items():
        check(page.headers.get(k) == v, f"{k}: {v}", page.headers)
    check("noindex" in page.headers.get("x-robots-tag", ""), "and noindex")
    check("default-src 'none'" in page.headers["content-security-policy"] and "script-src" not in page.headers["content-security-policy"], "its policy lets nothing run", page.headers)
    a = nobody.get("/desk/held")
    check(a.status == 303 and a.headers["location"] == "/desk/sign-in?next=%2Fdesk%2Fheld" and not a.body, "a page without a session leads to the sign-in", a.headers)

    wrong = nobody.sign_in("anna", "not the password"), nobody.sign_in("nobody-here", "not the password")
    plain = [re.sub(r'value="[^"]*"', "", w.text) for w in wrong]
    check([w.status for w in wrong] == [403, 403] and plain[0] == plain[1], "a wrong password and an unknown name are answered alike", plain)
    first = nobody.cookie
    a = anna.sign_in("anna", PASSWORD, next="/desk/held")
    check(a.status == 303 and a.headers["location"] == "/desk/held", "the right one leads on", a.text[:300])
    check(Desk(h, port).sign_in("Anna", PASSWORD).status == 303, "a phone may write the name with a capital letter")
    a = Desk(h, port).sign_in("anna", PASSWORD, next="https://evil.example/")
    check(a.headers.get("location") == "/desk/live", "but never to another site", a.headers)
    check(ed.sign_in("ed", PASSWORD).status == 303 and rita.sign_in("rita", PASSWORD).status == 303, "the others too")
    check(anna.get("/desk/live").status == 200 and "anna" in anna.get("/desk/live").text, "and is known by name")

    # session fixation: a token that was there before the sign-in opens nothing after it
    fixed = Desk(h, port)
    fixed.cookie = "broadsheet-desk=" + "ab" * 32
    given = fixed.cookie
    check(fixed.sign_in("ed", PASSWORD).status == 303 and fixed.cookie != given, "signing in gives a token of its own")
    fixed.cookie = given
    check(fixed.get("/desk/live").status == 303, "one that was foisted on the browser opens nothing")
    for bad in ("broadsheet-desk=", "broadsheet-desk=xyz", "broadsheet-desk=" + "0" * 64, "other=1"):
        fixed.cookie = bad
        check(fixed.get("/desk/live").status == 303, f"nor does {bad[:24]}")

    # ---- behind a proxy ----
    far = {"X-Forwarded-For": "203.0.113.9"}
    a = nobody.ask("/desk/sign-in", headers=far)
    check(a.status == 403 and "TLS" in a.text and not a.cookies, "from elsewhere without TLS there is no desk", a.text[-400:])
    tls = far | {"X-Forwarded-Proto": "https", "Host": "desk.example.org"}
    a = nobody.ask("/desk/sign-in", headers=tls)
    flags = a.cookies[0]
    check(flags.startswith("__Host-broadsheet-desk=") and "; Secure" in flags and "; Path=/;" in flags and "Domain" not in flags and "HttpOnly" in flags and "SameSite=Strict" in flags, "with it, the cookie is __Host- and Secure", flags)
    fields = {"token": re.search(r'name="token" value="([0-9a-f]{64})"', a.text)[1], "name": "anna", "password": PASSWORD}
    pre = {"Cookie": flags.split(";")[0], "Sec-Fetch-Site": None}
    for origin in ("http://desk.example.org", "https://desk.example.org.evil.example", "https://other.example.org"):
        check(nobody.post("/desk/sign-in", fields, tls | pre | {"Origin": origin}).status == 403, f"a form from {origin} is refused")
    a = nobody.post("/desk/sign-in", fields, tls | pre | {"Origin": "https://desk.example.org"})
    check(a.status == 303 and a.cookies[0].startswith("__Host-broadsheet-desk=") and "Max-Age=604800" in a.cookies[0], "one from the desk's own is taken", a.text[-300:])
    check("203.0.113.9" in anna.get("/desk/account").text, "and the session tells where it is from")

    # ---- what there is ----
    h.drop("a.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns of Quillmere were lit.</p>"))
    check(h.shows("/", "Harbour bridge opens"), "a story is public")
    h.drop("b.xml", newsml("tag:example.org,2026:2", "Secret of the morning", "<p>Wexcombe whispers &lt;script&gt;alert(1)&lt;/script&gt; of it.</p><script>alert(2)</script>", embargoed="2199-01-01T00:00:00Z"))
    h.drop("c.xml", newsml("tag:example.org,2026:3", "HFR budget of the town", "<p>Do not use until Monday.</p>"))
    h.drop("bad.xml", "<newsItem guid='x'><broken")
    check(until(lambda: "Secret of the morning" in (text := anna.get("/desk/held").text) and "HFR budget" in text), "what is held stands in the desk, newest first")
    held = anna.get("/desk/held").text
    check("embargoed until a given time" in held and "2199-01-01" in held and "its words say that it is not for use yet" in held, "with its reasons and its release", held)
    secret = re.search(r'/desk/story/(\w{12})"><span class="headline" dir="auto">Secret', held)[1]
    budget = re.search(r'/desk/story/(\w{12})"><span class="headline" dir="auto">HFR', held)[1]
    live = anna.get("/desk/live").text
    bridge = re.search(r'/desk/story/(\w{12})"><span class="headline" dir="auto">Harbour', live)[1]
    check("Secret" not in live, "and not among what is live")
    path = h.path_of("Harbour bridge opens")
    for asked in ("lanterns", "Quillmere"): check("Harbour bridge" in anna.get("/desk/live?q=" + asked).text, f"live stories are found by words: {asked}")
    for asked in ("tag:example.org,2026:1", h.address + path, bridge): check(anna.get("/desk/live?q=" + urllib.parse.quote(asked)).headers.get("location") == f"/desk/story/{bridge}", f"and by {asked[:20]}…")
    check("bad.xml" in anna.get("/desk/quarantine").text and until(lambda: "bad.xml" in anna.get("/desk/alarms").text), "what could not be read is shown, and an alarm of it")

    # ---- E16: the preview ----
    page = anna.get(f"/desk/story/{secret}")
    check(page.status == 200 and "Wexcombe whispers" in page.text and page.headers["cache-control"] == "private, no-store" and "noindex" in page.headers["x-robots-tag"], "E16 the private preview shows what is held, to a session, private and no-store")
    check("&lt;script&gt;alert(1)" in page.text and "<script" not in page.text and "alert(2)" not in page.text, "with its markup cleaned and its text escaped", page.text)
    check(nobody.get(f"/desk/story/{secret}").status == 303 and "Wexcombe" not in nobody.get(f"/desk/story/{secret}").text, "E16 and to nobody without")
    check(not re.search(r'(href|action|src)="[^"]*' + anna.cookie.split("=")[1][:16], page.text) and anna.token() not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page.text)), "E16 no token stands in any address")
    # ---- E16: and its pictures ----
    photo = {"name": "p", "type": "picture", "uri": "tag:example.org,2026:photo", "altText": "The quay before dawn", "descriptions": [{"role": "caption", "value": "Fog over the quay"}],
             "renditions": [{"name": "main", "href": "quay.jpg", "contentType": "image/jpeg", "width": 1600, "height": 900}]}
    with open(os.path.join(ROOT, "demo", "pictures", "lighthouse.jpg"), "rb") as f: h.drop("quay.jpg", f.read())
    for guid, when in (("4", None), ("5", "2199-01-01T00:00:00Z")):
        h.drop(f"p{guid}.json", json.dumps({"uri": "tag:example.org,2026:" + guid, "version": "1", "type": "text", "language": "en", "versionCreated": "2026-01-23T06:00:00Z", "embargoedUntil": when,
                                              "headlines": [{"role": "main", "value": "Ferry pictures " + guid}], "bodies": [{"contentType": "text/html", "value": "<p>Held with its picture.</p>"}], "associations": [photo]}))
    check(until(lambda: "Ferry pictures 4" in (held := anna.get("/desk/held").text) and "Ferry pictures 5" in held), "two stories with a picture are held")
    for guid in "45":
        ferry = re.search(r'/desk/story/(\w{12})"><span class="headline" dir="auto">Ferry pictures ' + guid, anna.get("/desk/held").text)[1]
        seen = until(lambda: re.search(rf'<img src="(/desk/story/{ferry}/picture/([0-9a-f]{{64}})-800\.jpg)" alt="The quay before dawn"', anna.get(f"/desk/story/{ferry}").text), 30)
        check(seen and "Fog over the quay" in anna.get(f"/desk/story/{ferry}").text, "E16 the preview shows the picture of a held story, with its words", anna.get(f"/desk/story/{ferry}").text[:3000])
        a = anna.get(seen[1])
        check(a.status == 200 and a.headers["content-type"] == "image/jpeg" and a.body[:2] == b"\xff\xd8" and a.headers["cache-control"] == "private, no-store" and "noindex" in a.headers["x-robots-tag"]
              and a.headers["referrer-policy"] == "no-referrer" and a.headers["cross-origin-resource-policy"] == "same-origin", "E16 private, no-store, noindex, and to no other site", a.headers)
        check("img-src 'self'" in anna.get(f"/desk/story/{ferry}").headers["content-security-policy"], "and the page's policy lets it in")
        a = nobody.get(seen[1])
        check(a.status == 303 and not a.body.startswith(b"\xff"), "E16 without a session there is no picture", a.status)
        public = [h.get(p).status for p in (f"/pictures/{seen[2]}-800.jpg", f"/pictures/{seen[2]}-480.webp", seen[1])]
        check(public == [404, 404, 404], "E16 and the readers' door knows no address of it", public)
        check(anna.get(f"/desk/story/{bridge}/picture/{seen[2]}-800.jpg").status == 404 and anna.get(seen[1].replace("-800.jpg", "-800.jpg%00")).status in (400, 404) and anna.get(seen[1].replace(seen[2], "..%2f..%2fdesk%2faccounts.db")).status in (400, 404),
              "only a story's own pictures are given, and no other file")
    h.drop("kill.json", json.dumps({"uri": "tag:example.org,2026:photo", "version": "2", "type": "picture", "pubStatus": "canceled", "versionCreated": "2026-01-23T07:00:00Z"}))
    check(until(lambda: anna.get(seen[1]).status == 404 and "<img" not in anna.get(f"/desk/story/{ferry}").text), "K15 a killed picture leaves the preview too")
    def nowhere(word):
        surfaces = ["/", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/sitemap-1.xml", "/news-sitemap.xml", "/api/v1/stories", f"/api/v1/stories/{secret}", f"/2026/01/01/{secret}", "/search?q=" + word, f"/desk/story/{secret}", "/section/sport", "/corrections", "/popular"]
        return [s for s in surfaces for c in ("identity", "gzip") if word in re.sub(r'(value|q=|Search: )[="]*' + word, "", h.ask(s, headers={"Accept-Encoding": c}).text)]
    check(not nowhere("Wexcombe") and not nowhere("Secret"), "while the public side holds none of it", nowhere("Wexcombe"))

    # ---- T8: what is refused ----
    token, before = anna.token(), events(h)
    hold = f"/desk/story/{bridge}/hold"
    refusals = {
        "without a session": Desk(h, port).post(hold, {"token": token}),
        "without a token": anna.post(hold, {}),
        "with a wrong token": anna.post(hold, {"token": "0" * 64}),
        "with another session's token": anna.post(hold, {"token": ed.token()}),
        "from another site": anna.post(hold, {"token": token}, {"Sec-Fetch-Site": "cross-site"}),
        "from a sister site": anna.post(hold, {"token": token}, {"Sec-Fetch-Site": "same-site"}),
        "with another origin": anna.post(hold, {"token": token}, {"Sec-Fetch-Site": None, "Origin": "https://evil.example"}),
        "by a reader": rita.post(hold, {"token": rita.token()}),
        "a kill by an editor": ed.post(f"/desk/story/{bridge}/kill", {"token": ed.token(), "sure": "yes"}),
        "a purge by an editor": ed.post(f"/desk/story/{bridge}/purge", {"token": ed.token(), "sure": "yes", "id": bridge}),
        "a pause by a reader": rita.post("/desk/brakes", {"token": rita.token(), "act": "pause", "target": "all"}),
        "a sign-in without its form": Desk(h, port).post("/desk/sign-in", {"name": "anna", "password": PASSWORD}),
        "the audit for an editor": ed.get("/desk/audit"),
    }
    for what, a in refusals.items(): check(a.status == 403, f"T8 403: {what}", f"{a.status} {a.text[-600:]}")
    check(events(h) == before and h.get(path).status == 200, "T8 and nothing has been changed")
    check(anna.post(hold, {"token": token}, {"Sec-Fetch-Site": None, "Origin": "null"}).status == 303, "an old browser, whose forms have no origin, is held to the token alone")
    check(until(lambda: h.get(path).status == 404), "and its hold holds")
    audited = h.run("desk", "audit", "--data", h.data).stdout
    for line in ("refused: no session", "refused: the form's token is not this session's", "refused: the form comes from another site", "refused: role too low; account rita", "refused: role too low; account ed", "signed in; account anna",
                 "wrong name or password; account anna", "act hold; account anna", "account added; account"):
        check(line in audited, f"T8 the audit says: {line}", audited)
    check("refused: role too low" in anna.get("/desk/audit").text and "audit: refused" in h.log_text(), "in the browser and in the log too")
    check(PASSWORD not in audited and PASSWORD not in h.log_text() and token not in h.log_text() and anna.cookie.split("=")[1] not in h.log_text(), "and holds no secret")

    # ---- every button ----
    a = anna.act(bridge, "publish")
    check(a.status == 303 and re.fullmatch(rf"/desk/story/{bridge}\?event=\d+", a.headers["location"]), "publish: leads back to the story", a.text[-500:])
    after = anna.get(a.headers["location"]).text
    check("Every page shows it" in after and re.search(r"applied after <span dir=\"ltr\">[\d.]+ ms", after) and h.get(path).status == 200, "which tells what came of it, measured; and it is so", after[:1500])
    once = dict(token=token, once="11111111-2222-4333-8444-555555555555")
    n = events(h)
    one, two = ed.post(f"/desk/story/{bridge}/hold", once | {"token": ed.token()}), ed.post(f"/desk/story/{bridge}/hold", once | {"token": ed.token()})
    check(one.headers["location"] == two.headers["location"] and events(h) == n + 1, "a form sent twice is one act")
    ed.act(bridge, "publish")

    a = ed.act(bridge, "headline", text="Harbour bridge <opens> twice")
    check(a.status == 303 and h.shows(path, "Harbour bridge &lt;opens&gt; twice"), "headline: the desk's words stand on the page, escaped")
    check("This headline is the desk" in ed.get(f"/desk/story/{bridge}").text, "and the desk says whose they are")
    a = ed.act(bridge, "headline", text="")
    check(until(lambda: "twice" not in h.get("/").text) and h.shows("/", "Harbour bridge opens"), "without words the wire's comes back")
    a = ed.act(bridge, "section", text="nowhere")
    check(a.status == 422 and "no section of this name" in a.text, "section: one that is not there is refused", a.text[-800:])
    check(ed.act(bridge, "section", text="news").status == 303 and h.shows("/section/news", "Harbour bridge") and h.lacks("/section/sport", "Harbour bridge"), "section: it moves")
    a = ed.act(bridge, "reslug", text="???")
    check(a.status == 422, "reslug: words without letters are refused")
    check(ed.act(bridge, "reslug", text="Bridge is open").status == 303, "reslug")
    moved = h.get(path)
    check(moved.status == 301 and "bridge-is-open-" + bridge in moved.headers["location"] and h.get(re.sub(r"^https?://[^/]+", "", moved.headers["location"])).status == 200, "the old address leads to the new one", moved.headers)
    path = re.sub(r"^https?://[^/]+", "", moved.headers["location"])

    a = ed.post(f"/desk/story/{bridge}/redact", {"token": ed.token()})
    check(a.status == 422 and "words or a picture" in a.text and "<textarea" in a.text, "redact: wants words or a picture", a.text[-900:])
    check(ed.act(bridge, "redact", text="LANTERNS", reference="K 13/26").status == 303 and "lanterns" not in h.get(path).text and "The […] of" in h.get(path).text, "and strikes them: a mark stands there when the answer is there", h.get(path).text[-900:])
    check("Nothing was found" in h.get("/search?q=lanterns").text or until(lambda: "Nothing was found" in h.get("/search?q=lanterns").text), "they are not found")
    check("lanterns" in ed.get(f"/desk/story/{bridge}").text and "LANTERNS" in ed.get("/desk/takedowns").text, "the desk still has what the wire sent, and the case")
    check(ed.get(f"/desk/story/{bridge}/unredact").status == 403 and 'value="w:LANTERNS"' in anna.get(f"/desk/story/{bridge}/unredact").text, "unredact: a chief's, from the list of what is struck")
    check(anna.act(bridge, "unredact", struck="w:LANTERNS").status == 303 and until(lambda: "lanterns" in h.get(path).text), "and it is back")
    r = h.run("desk", "redact", bridge, "--text", "lanterns", "--data", h.data)
    check(r.returncode == 0 and "lanterns" not in h.get(path).text, "broadsheet desk redact", r.stderr)
    r = h.run("desk", "unredact", bridge, "--data", h.data)
    check(r.returncode == 0 and "lanterns" in h.get(path).text, "broadsheet desk unredact: all", r.stderr)
    check(ed.act(bridge, "history", text="all").status == 422 and ed.act(bridge, "history", text="none").status == 303 and "times and reasons only" in ed.get(f"/desk/story/{bridge}/history").text, "history: how much it may tell")

    # ---- a form that comes back has what was chosen ----
    def form_of(page): return {m[1]: html.unescape(m[2]) for m in re.finditer(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', page.text[page.text.find("<main"):page.text.find("</main>")])}
    def chosen(page): return [html.unescape(v) for v in re.findall(r'<option value="([^"]*)" selected', page.text)]
    def late(verb, **fields):
        """Sent by a chief after an editor has acted on the story."""
        form = form_of(anna.get(f"/desk/story/{bridge}/{verb}"))
        check(ed.act(bridge, "headline", text=f"Meanwhile {verb}").status == 303, "somebody else acts")
        return anna.post(f"/desk/story/{bridge}/{verb}", form | fields)
    check(chosen(ed.get(f"/desk/story/{bridge}/section")) == ["news"] and chosen(ed.get(f"/desk/story/{bridge}/history")) == ["none"], "a new form has what is now")
    a = late("section", text="sport")
    check(a.status == 409 and chosen(a) == ["sport"], "section: after somebody else's act the chosen one is chosen still", [a.status, chosen(a)])
    check(anna.post(f"/desk/story/{bridge}/section", form_of(a) | {"text": chosen(a)[0]}).status == 303 and h.shows("/section/sport", path), "and is what Save saves")
    a = ed.act(bridge, "section", text="nowhere <b>")
    check(a.status == 422 and chosen(a) == ["nowhere <b>"], "also one that is none", chosen(a))
    check(ed.act(bridge, "section", text="news").status == 303, "back")
    a = late("history", text="full")
    check(a.status == 409 and chosen(a) == ["full"], "history: the same", [a.status, chosen(a)])
    a = late("redact", text="lanterns", picture="urn:quay:picture:9")
    check(a.status == 422 and chosen(a) == ["urn:quay:picture:9"] and ">lanterns</textarea>" in a.text, "redact: words and picture", [a.status, chosen(a)])
    for words in ("bridge", "lanterns"): check(ed.act(bridge, "redact", text=words).status == 303, "two are struck")
    check(chosen(anna.get(f"/desk/story/{bridge}/unredact")) == [], "unredact: the first one stands there")
    for struck in ("w:lanterns", "w:gone since", ""):
        a = late("unredact", struck=struck)
        check(a.status == 409 and chosen(a) == [struck], f"but what was chosen stays: “{struck}”", [a.status, chosen(a)])
    form, cookie = form_of(anna.get(f"/desk/story/{bridge}/unredact")) | {"struck": "w:lanterns"}, anna.cookie
    anna.cookie = None
    a = anna.post(f"/desk/story/{bridge}/unredact", form)
    check(a.status == 403 and 'name="keep.struck" value="w:lanterns"' in a.text, "also behind a sign-in", a.text[-800:])
    anna.cookie = anna.cookie or a.cookies[0].split(";")[0]
    a = anna.post("/desk/sign-in", form_of(a) | {"name": "anna", "password": PASSWORD})
    check(a.status == 200 and chosen(a) == ["w:lanterns"], "where it is chosen again", [a.status, chosen(a)])
    anna.cookie = cookie
    check(anna.act(bridge, "unredact", struck="").status == 303 and ed.act(bridge, "headline", text="").status == 303 and until(lambda: "lanterns" in h.get(path).text), "all as it was")

    a = ed.post(f"/desk/story/{bridge}/takedown", {"token": ed.token()})
    check(a.status == 200 and "leaves every page" in a.text and h.get(path).status == 200, "takedown: asks first", a.status)
    a = ed.act(bridge, "takedown", text="At the request of a court", reference="K 12/26", requested_by="District court <b>", deadline="2026-12-01T17:00")
    check(a.status == 303 and h.get(path).status == 410 and "Quillmere were lit" not in h.get(path).text, "and takes it down: 410 when the answer is there")
    check("At the request of a court" in h.get(path).text and "K 12/26" not in h.get(path).text and "District" not in h.get(path).text, "whose page gives the reason in the desk's public words, and no more of the case")
    cases = ed.get("/desk/takedowns").text
    check(all(w in cases for w in ("At the request of a court", "K 12/26", "District court &lt;b&gt;", "2026-12-01 17:00", "stands")), "the case is listed: wording, reference, by whom, deadline", cases)
    check(acts(h)[-1] | {"story": ""} == {"act": "takedown", "story": "", "text": "At the request of a court", "by": "ed", "via": "desk", "reference": "K 12/26", "requested_by": "District court <b>", "deadline_ms": acts(h)[-1]["deadline_ms"]}, "and is an event, with who", acts(h)[-1])
    check(ed.get(f"/desk/story/{bridge}/lift").status == 403 and anna.act(bridge, "lift").status == 303 and until(lambda: h.get(path).status == 200), "lift: a chief's")
    check("lifted" in ed.get("/desk/takedowns").text, "and the case says so")
    check(anna.act(bridge, "kill", text="Never true").status == 303 and h.get(path).status == 410, "kill: 410")
    check(anna.act(bridge, "lift").status == 303 and until(lambda: h.get(path).status == 200), "lifted again")

    check("Publish" in anna.get(f"/desk/story/{budget}").text and ed.act(budget, "publish").status == 303 and h.shows("/", "HFR budget of the town"), "publish releases what was held by its words")
    ed.act(secret, "publish")
    check(not nowhere("Wexcombe"), "but no embargo")
    check("404" in ed.get(f"/desk/story/{secret}").text, "as its page says")

    h.drop("d.xml", newsml("tag:example.org,2026:4", "Ferry sinks", "<p>Never so.</p>"))
    check(h.shows("/", "Ferry sinks"), "another story")
    h.drop("late.xml", newsml("tag:example.org,2026:late", "Tram line reopens", "<p>The tram runs again between the port and the hill.</p>", created=at(-5 * 60)))
    check(h.shows("/", "Tram line reopens"), "one that comes six hours after the agency's own time")
    live, late = ed.get("/desk/live").text, ed.get("/desk/live?late=1").text
    check(re.search(r"late by 6:0\d h", live) and live.count("late by") == 1, "is marked late at the desk, alone", live[-2500:])
    check("Tram line reopens" in late and "Ferry sinks" not in late and 'href="/desk/live"' in late, "and the list can show such alone", late[-2500:])
    ferry = h.path_of("Ferry sinks")
    ferry_id = ferry[-12:]
    h.drop("e.xml", newsml("tag:example.org,2026:4", "Ferry sinks", "", version=2, status="canceled", created=at(20)))
    check(until(lambda: h.get(ferry).status == 410), "killed by its agency")
    h.drop("f.xml", newsml("tag:example.org,2026:4", "Ferry arrives", "<p>All is well.</p>", version=3, created=at(30)))
    check(until(lambda: "Bring back" in anna.get(f"/desk/story/{ferry_id}").text) and h.get(ferry).status == 410, "K6 a usable version after the kill: the desk is to confirm")
    check(anna.act(ferry_id, "confirm").status == 303 and until(lambda: h.get(ferry).status in (200, 301)), "confirm: it is back")

    a = anna.act(ferry_id, "purge", id="wrong")
    check(a.status == 422 and h.get(ferry).status in (200, 301), "purge: wants the story's id typed")
    check(anna.act(ferry_id, "purge", id=ferry_id, text="Court order").status == 303 and h.get(ferry).status == 410, "and then it is gone")
    check("Lift" not in anna.get(f"/desk/story/{ferry_id}").text, "for good")
    history = anna.get(f"/desk/story/{ferry_id}").text
    check(all(w in history for w in ("purged · anna", "brought back · anna", "Court order")), "the story's page tells who did what, and when")
    check(anna.get("/desk/story/0123456789ab").status == 404 and anna.get("/desk/story/xyz").status == 404 and anna.post("/desk/story/0123456789ab/hold", {"token": anna.token()}).status == 404, "an unknown story is 404")

    # ---- the brake ----
    check(ed.post("/desk/brakes", {"token": ed.token(), "act": "pause", "target": "nothing-here"}).status == 422, "a pause of what is not there is refused")
    check(ed.post("/desk/brakes", {"token": ed.token(), "act": "pause", "target": "all", "text": "Fire drill"}).status == 303, "PAUSE everything")
    page = ed.get("/desk/brakes").text
    check("Paused: everything" in page and "Fire drill" in page and "PAUSE everything" not in page, "is shown, with its reason", page)
    for k in range(3): h.drop(f"p{k}.xml", newsml(f"tag:example.org,2026:p{k}", f"Piled up {k}"))
    h.drop("g.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens wide", "<p>The lanterns of Quillmere were lit again.</p>", version=2, created=at(40)))
    check(until(lambda: "Waiting: 4" in ed.get("/desk/brakes").text), "the pile is counted", ed.get("/desk/brakes").text)
    pile = ed.get("/desk/resume?target=all").text
    check(all(f"Piled up {k}" in pile for k in range(3)) and "update of a public story" in pile and "hold what waits" in pile, "and shown before going on", pile)
    check("Piled up" not in h.get("/").text, "while nobody outside sees it")
    check(ed.post("/desk/brakes", {"token": ed.token(), "act": "resume", "target": "all", "pile": "hold"}).status == 303 and h.shows(path, "lit again"), "going on and holding: updates of public stories go out")
    check("Piled up" not in h.get("/").text and until(lambda: all(f"Piled up {k}" in ed.get("/desk/held").text for k in range(3))), "what waited is held, story by story")
    piled = re.search(r'/desk/story/(\w{12})"><span class="headline" dir="auto">Piled up 1', ed.get("/desk/held").text)[1]
    check(ed.act(piled, "publish").status == 303 and h.shows("/", "Piled up 1") and "Piled up 2" not in h.get("/").text, "and published one by one")
    ed.post("/desk/brakes", {"token": ed.token(), "act": "pause", "target": "sport"})
    h.drop("q.xml", newsml("tag:example.org,2026:q", "Sport in a drawer"))
    check(until(lambda: "Waiting: 1" in ed.get("/desk/brakes").text), "a section can be paused; its pile is its own")
    check(ed.post("/desk/brakes", {"token": ed.token(), "act": "resume", "target": "sport", "pile": "publish"}).status == 303 and h.shows("/", "Sport in a drawer"), "going on and publishing")

    # ---- safeguards: the front's first place, limits, shadow ----
    def into(feed, name, text):
        with open(os.path.join(h.folder, name), "w") as f: f.write(text)
        os.rename(os.path.join(h.folder, name), os.path.join(h.folder, feed, name))
    def leads(word):
        page = h.get("/").text
        return "teaser lead" in page and word in page[page.index("teaser lead"):page.index('<div class="second">')]
    drawer = h.path_of("Sport in a drawer")[-12:]
    check("First on the front" in ed.get(f"/desk/story/{drawer}").text and ed.post(f"/desk/story/{drawer}/lead", {"token": ed.token()}).status == 303 and until(lambda: leads("Sport in a drawer")), "lead: it stands first on the front")
    check("Not first on the front" in ed.get(f"/desk/story/{drawer}").text and json.loads(h.run("desk", "show", drawer, "--json", "--data", h.data).stdout)["lead"], "which its page and the terminal say")
    r = h.run("desk", "unlead", drawer, "--data", h.data)
    check(r.returncode == 0 and "Not first" not in ed.get(f"/desk/story/{drawer}").text, "unlead: the place goes back to the rule", r.stderr)

    for k in range(3): into("flood", f"fl{k}.xml", newsml(f"tag:example.org,2026:fl{k}", f"Torrent {k} of news"))
    check(until(lambda: "Waiting: 2" in ed.get("/desk/brakes").text) and h.shows("/", "Torrent"), "what a feed brings over its limit waits")
    page = ed.get("/desk/brakes").text
    check("Over its limits" in page and "feed flood" in page and "Let all go" in page and "Let all go" not in rita.get("/desk/brakes").text, "the page of brakes lists it, with a button for editors", page)
    check("its feed brought more stories within an hour" in ed.get("/desk/held").text and "flood: more than 1 new stories within an hour" in ed.get("/desk/alarms").text, "with its reason, and one alarm")
    check(ed.get("/desk/alarms").text.count("flood: more than 1") == 1, "one, however many came")
    check(rita.post("/desk/brakes", {"token": rita.token(), "act": "release", "target": "flood"}).status == 403 and ed.post("/desk/brakes", {"token": ed.token(), "act": "release", "target": "no-such"}).status == 422, "release: an editor's, of a feed that is there")
    check(h.run("desk", "kept-back", "--data", h.data).stdout.count("Torrent") == 2, "broadsheet desk kept-back")
    check(ed.post("/desk/brakes", {"token": ed.token(), "act": "release", "target": "flood"}).status == 303 and all(h.shows("/", f"Torrent {k} of news") for k in range(3)), "release: all of them are public")

    into("trial", "t1.xml", newsml("tag:example.org,2026:t1", "Ferry on trial", "<p>Wexcombe has a ferry.</p>"))
    into("trial", "t2.xml", newsml("tag:example.org,2026:t2", "Trial without end", "<p>Do not use until Monday.</p>"))
    check(until(lambda: "Waiting: 2" in ed.get("/desk/shadow").text), "a feed in shadow: the desk sees what came")
    page = ed.get("/desk/shadow").text
    check("It would be public." in page and "It would be held." in page and "its words say that it is not for use yet" in page, "and what would become of it, and why", page)
    trial = re.search(r'/desk/story/(\w{12})"><span class="headline" dir="auto">Ferry on trial', page)[1]
    story = ed.get(f"/desk/story/{trial}").text
    check("Were its feed live" in story and "It would be public." in story and "a rule in shadow would act on it" in story and "ferries on trial" in story and "Wexcombe has a ferry" in story, "a private preview, with what a rule in shadow would do", story)
    check(not nowhere("Wexcombe") and h.lacks("/search?q=%22Ferry+on+trial%22", "Ferry on trial</"), "while readers see nothing of it")
    check("Ferry on trial" not in ed.get("/desk/held").text and "tag:example.org,2026:t1" not in ed.get("/desk/alarms").text, "nor does it fill the lists of others")
    check("would: be public" in h.run("desk", "shadow", "--data", h.data).stdout, "broadsheet desk shadow")
    check(ed.post("/desk/brakes", {"token": ed.token(), "act": "go-live", "target": "trial"}).status == 403 and "Go live" not in ed.get("/desk/shadow").text, "going live is a chief's")
    a = anna.post("/desk/brakes", {"token": anna.token(), "act": "go-live", "target": "trial", "text": ""})
    check(a.status == 303 and a.headers["location"].startswith("/desk/shadow?event="), "go live", a.text[-400:])
    into("trial", "t3.xml", newsml("tag:example.org,2026:t3", "Trial is over", created=at(30)))
    check(h.shows("/", "Trial is over") and h.lacks("/", "Ferry on trial") and h.get(f"/2026/01/01/{trial}").status == 404, "what comes from then on is public; what came before is not")
    r = h.run("desk", "go-live", "trial", "--text", "all", "--data", h.data)
    check(r.returncode == 0 and h.shows("/", "Ferry on trial"), "until the desk says that it shall be, too", r.stdout + r.stderr)
    check("Trial without end" in anna.get("/desk/held").text and h.lacks("/", "Trial without end") and "No feed is in shadow" in anna.get("/desk/shadow").text, "and what would have been held is held")

    # ---- the API ----
    r = h.run("desk", "token", "add", "robot", "--role", "editor", "--data", h.data)
    bearer = r.stdout.strip()
    check(r.returncode == 0 and len(bearer) == 64 and bearer.encode() not in open(os.path.join(h.data, "desk", "accounts.db"), "rb").read(), "a token of the API is shown once and kept as its hash")
    api = lambda path, body=None, auth="Bearer " + bearer, **hd: nobody.ask("/desk/api/v1/" + path, "POST" if body is not None else "GET", ({"Authorization": auth} if auth else {}) | hd, body if isinstance(body, (str, type(None))) else json.dumps(body))
    for auth in (None, "Bearer " + "0" * 64, "Basic YTpi", "Bearer"):
        a = api("held", auth=auth)
        check(a.status == 401 and a.headers["www-authenticate"] == "Bearer" and "next" in json.loads(a.text), f"the API without a token: 401 and what to do ({auth and auth[:12]})", a.text)
    check(api("held", auth=None, Cookie=anna.cookie).status == 401, "a cookie opens nothing there")
    check(nobody.ask("/desk/live", headers={"Authorization": "Bearer " + bearer}).status == 303, "nor a token the pages")
    a = api("held")
    check(a.status == 200 and "Secret of the morning" in [s["headline"] for s in json.loads(a.text)["held"]] and a.headers["cache-control"] == "private, no-store", "lists are JSON", a.text[:500])
    for what in ("live", "quarantine", "alarms", "pauses", "takedowns", "acts"): check(what in json.loads(api(what).text), f"{what} too")
    check({x["act"] for x in json.loads(api("acts").text)["acts"]} == {"publish", "hold", "takedown", "lift", "kill", "confirm", "headline", "section", "purge", "pause", "resume", "reslug", "redact", "unredact", "history", "lead", "unlead", "release", "go-live", "approve", "hide", "retry", "drop", "acknowledge", "uphold", "reject", "forward", "note"}, "the table of acts is there to be read")
    bad = json.loads(api("quarantine").text)["quarantine"][0]["id"]
    a = api("acts", {"act": "retry", "target": bad})
    check(a.status == 200 and json.loads(a.text)["acknowledged"] and json.loads(api("quarantine").text)["quarantine"][0]["id"] == bad, "what could not be read is read again; it still cannot", a.text)
    a = ed.post("/desk/brakes", {"token": ed.token(), "act": "retry", "target": bad})
    check(f'name="target" value="{bad}"' in ed.get("/desk/quarantine").text and a.status == 303 and a.headers["location"].startswith("/desk/quarantine?event="), "from the page too", (a.status, a.headers, a.text[-300:]))
    check(api("acts", {"act": "drop", "target": "999999"}).status == 422, "nothing of that id: refused")
    for act, target, lead in (("drop", "999999", "These files could not be read"), ("go-live", "no-such", "Feeds on trial")):
        a = anna.post("/desk/brakes", {"token": anna.token(), "act": act, "target": target})
        check(a.status == 422 and 'role="alert"' in a.text and lead in a.text, f"{act}: a refusal stands on the page that it came from", (a.status, a.text[-900:]))
    story = json.loads(api("stories/" + secret).text)
    check(story["answers"] == 404 and story["reasons"][0]["text"] == "embargoed until a given time" and "Wexcombe" in story["versions"][0]["body"], "a story with its verdict and versions", story)
    check(json.loads(api("stories?of=tag:example.org,2026:2").text)["id"] == secret and api("stories/0123456789ab").status == 404, "also by its guid")
    a = api("acts", {"act": "hold", "story": "tag:example.org,2026:1"})
    j = json.loads(a.text)
    check(a.status == 200 and j["acknowledged"] and j["story"] == bridge and until(lambda: h.get(path).status == 404), "an act: kept, applied, acknowledged", a.text)
    check(acts(h)[-1]["by"] == "robot" and acts(h)[-1]["via"] == "api", "by the token's name", acts(h)[-1])
    once = {"once": "6BA7B810-9dad-11d1-80b4-00c04fd430c8"}
    first, again = api("acts", {"act": "pause", "target": "sport"} | once), api("acts", {"act": "pause", "target": "sport", "once": once["once"].lower()})
    check(first.status == again.status == 200 and json.loads(first.text)["event"] == json.loads(again.text)["event"], "an act sent again under its own name is done once", first.text + again.text)
    a = api("acts", {"act": "resume", "target": "sport"} | once)
    check(a.status == 409 and "another act" in json.loads(a.text)["error"] and "sport" in api("pauses").text, "another act under that name is not done, and not called done", f"{a.status} {a.text}")
    check(api("acts", {"act": "resume", "target": "sport", "once": "mine"}).status == 422, "a name that is no UUID is refused")
    check(api("acts", {"act": "resume", "target": "sport"}).status == 200 and api("acts", {"act": "resume", "target": "sport"}).status == 422, "what is not paused cannot be resumed")
    check(api("acts", {"act": "publish", "story": bridge}).status == 200 and until(lambda: h.get(path).status == 200), "and back")
    for body, status in (("{", 400), ([], 400), ({"act": "explode"}, 422), ({"act": "hold"}, 422), ({"act": "hold", "story": "no-such"}, 422), ({"act": "kill", "story": bridge}, 403),
                         ({"act": "section", "story": bridge, "text": "nowhere"}, 422), ({"act": "takedown", "story": bridge, "deadline": "tomorrow"}, 422), ({"act": "pause", "target": "nothing-here"}, 422), ({"act": "headline", "story": bridge, "text": "x" * 600}, 422)):
        n = events(h)
        a = api("acts", body)
        check(a.status == status and "error" in json.loads(a.text) and events(h) == n, f"{json.dumps(body)[:60]}: {status}, in JSON, and nothing done", f"{a.status} {a.text}")
    check(api("nothing").status == 404 and nobody.ask("/desk/api/v1/acts", "PUT", {"Authorization": "Bearer " + bearer}).status in (405, 501), "what is not there is 404")
    check(h.run("desk", "token", "remove", "robot", "--data", h.data).returncode == 0 and api("held").status == 401, "a token removed is shut out at once")

    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.putrequest("GET", "/desk/live")
    for piece in ("theme=dark", anna.cookie, "x=y"): c.putheader("Cookie", piece)
    c.endheaders()
    check(c.getresponse().status == 200, "cookies that come in pieces are one (HTTP/2 sends them so)")
    c.close()

    # ---- the terminal ----
    for words, want in ((("held",), "Secret of the morning"), (("live",), "Piled up 1"), (("quarantine",), "bad.xml"), (("alarms",), "bad.xml"), (("takedowns",), "K 12/26"), (("show", "tag:example.org,2026:2"), "embargoed until a given time"), (("show", bridge, "--json"), '"answers":200')):
        r = h.run("desk", *words, "--data", h.data)
        check(r.returncode == 0 and want in r.stdout, f"broadsheet desk {' '.join(words)}", r.stdout[:800] + r.stderr)
    r = h.run("desk", "headline", bridge, "--text", "By the terminal", "--data", h.data)
    check(r.returncode == 0 and h.shows("/", "By the terminal") and acts(h)[-1]["via"] == "cli", "broadsheet desk headline", r.stdout + r.stderr)
    r = h.run("desk", "purge", bridge, "--data", h.data)
    check(r.returncode == 64 and "--confirm" in r.stderr and h.get(path).status == 200, "broadsheet desk purge wants it said twice", r.stderr)
    check(h.run("desk", "explode", "--data", h.data).returncode == 64 and h.run("desk", "show", "no-such-guid", "--data", h.data).returncode == 66, "what is not there is told")

    # ---- sessions, passwords, roles ----
    other = Desk(h, port)
    other.sign_in("ed", PASSWORD)
    page = ed.get("/desk/account").text
    check(page.count('name="number"') >= 2 and "rita" not in page.split("<main")[1].split("</main>")[0], "an editor sees his own sessions, and nobody else's")
    check('rita' in anna.get("/desk/account").text, "a chief sees everybody's")
    a = ed.post("/desk/account/password", {"token": ed.token(), "old": "wrong wrong wrong", "new": "four other plain words"})
    check(a.status == 403 and other.get("/desk/live").status == 200, "a password is not changed without the old one", a.status)
    a = ed.post("/desk/account/password", {"token": ed.token(), "old": PASSWORD, "new": "four other plain words"})
    check(a.status == 200 and "is changed" in a.text and ed.get("/desk/live").status == 200 and other.get("/desk/live").status == 303, "a changed password ends the account's other sessions, and not this one", a.text[-500:])
    check(Desk(h, port).sign_in("ed", PASSWORD).status == 403 and Desk(h, port).sign_in("ed", "four other plain words").status == 303, "the new one counts")
    number = re.search(r'name="number" value="(\w+)"', rita.get("/desk/account").text)[1]
    check(ed.post("/desk/account/end", {"token": ed.token(), "number": number}).status == 303 and rita.get("/desk/live").status == 200, "an editor cannot end another's session")
    check(anna.post("/desk/account/end", {"token": anna.token(), "number": number}).status == 303 and rita.get("/desk/live").status == 303, "a chief can")
    check(h.run("desk", "account", "role", "ed", "reader", "--data", h.data).returncode == 0 and ed.get("/desk/live").status == 303, "a changed role ends the sessions that had the old one")
    ed.sign_in("ed", "four other plain words")
    check(ed.post(hold, {"token": ed.token()}).status == 403, "and counts from then on")
    check(ed.post("/desk/sign-out", {"token": ed.token()}).status == 303 and ed.get("/desk/live").status == 303, "signing out ends the session")
    check(h.run("desk", "account", "remove", "ed", "--data", h.data).returncode == 0 and Desk(h, port).sign_in("ed", "four other plain words").status == 403, "a removed account is gone")

    # ---- the lock-out curve ----
    account(h, "lena", "editor")
    known = Desk(h, port)
    tries = [known.sign_in("lena", "wrong password %d" % k).status for k in range(7)]
    check(tries[:3] == [403] * 3 and 429 in tries[3:5] and tries[-1] == 429, "after five wrong passwords of an address there is a wait: the first were those for nobody-here and for the removed account", tries)
    a = known.sign_in("lena", PASSWORD)
    check(a.status == 429 and 1 <= int(a.headers["retry-after"]) <= 2, "in which the right one is not even looked at", a.headers)
    check(until(lambda: known.sign_in("lena", PASSWORD).status == 303, within_s=4), "and after it the right one opens")
    check("locked out for now" in h.run("desk", "audit", "--data", h.data).stdout, "the audit has it")

    # many at once: no more than two hash, the others wait in line or are told to come back; pages go on
    results = []
    with sqlite3.connect(os.path.join(h.data, "desk", "accounts.db")) as db: tried_before = db.execute("SELECT count(*) FROM tries").fetchone()[0]
    def knock(name, address, together):
        d = Desk(h, port, address)
        page = d.get("/desk/sign-in")
        d.cookie = page.cookies[0].split(";")[0]
        together.wait()
        results.append(d.post("/desk/sign-in", {"token": re.search(r'name="token" value="([0-9a-f]{64})"', page.text)[1], "name": name, "password": "wrong password"}))
    for round in range(8):  # a machine that is busy with other things lets them come one by one
        together = threading.Barrier(30)
        threads = [threading.Thread(target=knock, args=(f"nobody-{round}-{k}", f"198.51.{100 + round}.{k}", together)) for k in range(30)]
        for t in threads: t.start()
        slow = time.monotonic()
        check(anna.get("/desk/live").status == 200 and time.monotonic() - slow < 5, "pages are answered while thirty try their luck", time.monotonic() - slow)
        for t in threads: t.join()
        if any(a.status == 503 for a in results): break
    statuses = sorted(a.status for a in results)
    check(set(statuses) == {403, 503} and statuses.count(403) >= 16, "the line takes sixteen; the others are told that it is busy", statuses)
    with sqlite3.connect(os.path.join(h.data, "desk", "accounts.db")) as db: tried_after = db.execute("SELECT count(*) FROM tries").fetchone()[0]
    check(tried_after - tried_before == 3 * statuses.count(403), "a try that is not made is not counted", (tried_before, tried_after, statuses))
    check(all(a.headers.get("retry-after") == "2" for a in results if a.status == 503), "and when to come again")

    page = anna.get(f"/desk/story/{bridge}").text
    check("Duties of the licence" in page and "The agency is named" in page, "a story's page tells the licence's duties")

    # ---- the fence ----
    pid = h.roles()["desk"][0]
    check(len(h.roles()["desk"]) == 1 and len(h.roles()["web"]) == 1, "the desk is a process of its own")
    fds = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
    check(not any("push.key" in f for f in fds), "no key is open in it")
    inodes = {re.search(r"\[(\d+)\]", f)[1] for f in fds if f.startswith("socket:")}
    listening = {line.split()[9] for line in open("/proc/net/tcp") if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == h.port}
    check(listening and not (listening & inodes), "nor the readers' door")
    web = {os.readlink(f"/proc/{h.roles()['web'][0]}/fd/{n}") for n in os.listdir(f"/proc/{h.roles()['web'][0]}/fd")}
    doors = {line.split()[9] for line in open("/proc/net/tcp") if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == port}
    check(doors and not any(f"[{d}]" in f for d in doors for f in web), "nor has the web the desk's")

    # ---- it falls and stands up; a rebuild; a reload ----
    os.kill(pid, signal.SIGKILL)
    check(until(lambda: h.roles().get("desk", [pid])[0] != pid) and until(lambda: h.get("/").status == 200), "killed, it is started again, and readers see nothing of it")
    check(until(lambda: anna.get("/desk/live").status == 200, within_s=30), "with its sessions")
    before = h.get(path).body
    r = h.verb("rebuild")
    check(r.returncode == 0 and h.get(path).body == before, "a rebuild from the ledger gives the same page, with the desk's headline, section and address", r.stdout + r.stderr)
    def lists_again():
        try: return "Secret of the morning" in anna.get("/desk/held").text and bridge in anna.get("/desk/live").text
        except OSError: return False
    check(until(lists_again, within_s=30), "and the desk sees the new store")
    h.write_config(CONFIG.replace("Quillmere Post", "Quillmere Courier"))
    r = h.verb("reload")
    check(until(lambda: "Quillmere Courier" in anna.get("/desk/live").text, within_s=60), "a reload reaches the desk", f"{r.returncode} {r.stdout} {r.stderr}\n{h.log_text()[-1500:]}")
    check(anna.post(f"/desk/story/{bridge}/hold", {"token": anna.token()}).status == 303 and until(lambda: h.get(path).status == 404), "which acts as before")

    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
    check("ERROR: AddressSanitizer" not in h.log_text() and "runtime error" not in h.log_text(), "no sanitizer spoke", h.log_text()[-3000:])

    for top, _, files in os.walk(h.data):
        for f in files:
            if f.endswith("-shm"): os.remove(os.path.join(top, f))
    os.remove(os.path.join(h.folder, "log"))
    h.start()
    anna.port = desk_port(h)
    check(until(lambda: anna.get("/desk/live").status == 200, within_s=30) and anna.act(bridge, "publish").status == 303 and until(lambda: h.get(path).status == 200), "after a start with fresh shared indices it reads, and acts")
    h.stop()

    # ---- a file of another version ----
    db = os.path.join(h.data, "desk", "accounts.db")
    kept = open(db, "rb").read()
    with sqlite3.connect(db) as c: c.execute("PRAGMA user_version=99")
    r = h.run("desk", "account", "list", "--data", h.data)
    check(r.returncode == 78 and "newer Broadsheet" in r.stderr and "accounts.db" in r.stderr, "accounts of a newer version: told, with what to do", r.stderr)
    open(db, "wb").write(b"not a database, but long enough to be looked at " * 20)
    r = h.run("desk", "account", "list", "--data", h.data)
    check(r.returncode != 0 and "accounts.db" in r.stderr and "account add" in r.stderr, "a damaged file: told, with what to do", r.stderr)
    os.remove(os.path.join(h.folder, "log"))
    h.start()
    check(until(lambda: "the desk stays shut" in h.log_text()) and h.get("/").status == 200, "the desk stays shut and says why; readers are served", h.log_text()[-800:])
    h.stop()
    open(db, "wb").write(kept)

# ---- TLS: the shown nginx in front, for real; and the desk's own ----
def https(port, path, method="GET", fields=None, cookie=None):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    c = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    head = {"Host": f"desk.example.org:{port}", "Origin": f"https://desk.example.org:{port}"} | ({"Cookie": cookie} if cookie else {})
    if fields is not None: head["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        c.request(method, path, body=urllib.parse.urlencode(fields) if fields is not None else None, headers=head)
        r = c.getresponse()
        a = Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
        a.cookies = r.headers.get_all("Set-Cookie") or []
        return a
    except OSError: return Answer(0, {}, b"")
    finally: c.close()


def signs_in(h, port, what):
    check(until(lambda: https(port, "/desk/sign-in").status == 200), f"{what}: the sign-in page by TLS")
    page = https(port, "/desk/sign-in")
    check(page.cookies and page.cookies[0].startswith("__Host-broadsheet-desk=") and "; Secure" in page.cookies[0], f"{what}: its cookie is __Host- and Secure", page.cookies)
    a = https(port, "/desk/sign-in", "POST", {"token": re.search(r'name="token" value="([0-9a-f]{64})"', page.text)[1], "name": "anna", "password": PASSWORD}, page.cookies[0].split(";")[0])
    check(a.status == 303 and https(port, "/desk/live", cookie=a.cookies[0].split(";")[0]).status == 200, f"{what}: signed in", a.text[-400:])


def certificate(folder):
    pem, key = os.path.join(folder, "desk.example.org.pem"), os.path.join(folder, "desk.example.org.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=desk.example.org", "-keyout", key, "-out", pem], check=True, capture_output=True)
    return pem, key


h = House(CONFIG, listen="127.0.0.1:0")
os.makedirs(os.path.join(h.folder, "slow"))
with open(os.path.join(h.folder, "push.key"), "w") as f: f.write("00" * 32)
pem, key = certificate(h.folder)
with h:
    account(h, "anna", "chief")
    if shutil.which("nginx"):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        block = re.search(r"^```nginx\n(.*?)^```$", open(os.path.join(ROOT, "docs", "desk.md")).read(), re.M | re.S)[1]
        block = block.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("/etc/ssl/", h.folder + "/").replace("127.0.0.1:8081", f"127.0.0.1:{desk_port(h)}")
        d = h.folder
        with open(d + "/nginx.conf", "w") as f:
            f.write(("user root;\n" if os.geteuid() == 0 else "") + f"daemon off; pid {d}/nginx.pid; error_log {d}/nginx.log;\nevents {{}}\nhttp {{ access_log off; client_body_temp_path {d}/nb; proxy_temp_path {d}/np; "
                    f"fastcgi_temp_path {d}/nf; uwsgi_temp_path {d}/nu; scgi_temp_path {d}/ns;\n{block}\n}}\n")
        proxy = subprocess.Popen(["nginx", "-p", d, "-c", d + "/nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try: signs_in(h, port, "behind the nginx of docs/desk.md")
        finally:
            proxy.terminate()
            proxy.wait(timeout=20)
    else: skip("behind the nginx of docs/desk.md", "nginx is not installed")
    h.stop()
    h.write_config(CONFIG.replace("server:\n", f"server:\n  tls:\n    certificate: {pem}\n    key: {key}\n"))
    os.remove(os.path.join(h.folder, "log"))
    h.start()
    signs_in(h, desk_port(h), "the desk's own TLS")

# without a door there is no desk and no process
with House() as h:
    check("desk" not in h.roles() and "desk http" not in h.log_text(), "without an address there is no desk and no process")
done()
