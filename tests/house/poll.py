#!/usr/bin/env python3
"""Documents that the house asks for by itself, from a server of the test's own and a real nginx: conditional requests, codings, redirects, Retry-After, what never ends, what leads
inside, wrong certificates; kill -9 at every moment between answer and cursor: nothing lost, nothing doubled; feeds that hang beside feeds that do not."""
import base64, collections, select, ssl
from _agency import *
from _house import *


# ---- a document: conditional, coded, moved, refused ----
def conditional(body, tag, coding=None):
    def f(r):
        if r.headers.get("If-None-Match") == tag: return 304, {"ETag": tag}, b""
        if coding == "gzip" and "gzip" in r.headers.get("Accept-Encoding", ""): return 200, {"ETag": tag, "Content-Encoding": "gzip", "Content-Type": "application/atom+xml"}, gzip.compress(body)
        return 200, {"ETag": tag, "Last-Modified": "Sun, 29 Nov 2026 10:00:00 GMT", "Content-Type": "application/atom+xml"}, body
    return f


def documents():
    forget()
    first = atom([1, 2])
    page("/atom", conditional(first, '"one"', "gzip"))
    page("/same", (200, {}, atom([11])))
    page("/old", (301, {"Location": "/new"}, b""))
    page("/new", (200, {"ETag": '"n"'}, atom([21])))
    page("/for-now", (302, {"Location": "/new2"}, b""))
    page("/new2", (200, {}, atom([22])))
    page("/busy", (429, {"Retry-After": "7"}, b"later"))
    page("/bomb", lambda r: (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * (40 << 20))))
    page("/garbage", lambda r: r.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n") and None)
    page("/metadata", (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""))
    page("/circle", (302, {"Location": "/circle"}, b""))
    page("/away", (302, {"Location": "ftp://127.0.0.1/x"}, b""))
    basic, keyed, header = atom([31]), atom([32]), atom([33])
    page("/basic", lambda r: (200, {}, basic) if r.headers.get("Authorization") == "Basic " + base64.b64encode(b"harbour:open sesame").decode() else (401, {}, b""))
    page("/keyed", lambda r: (200, {}, keyed) if r.query.get("key") == ["open sesame"] else (403, {}, b""))
    page("/header", lambda r: (200, {}, header) if r.headers.get("X-Key") == "open sesame" else (403, {}, b""))
    page("/stolen", (302, {"Location": f"http://127.0.0.2:{PORT}/thief"}, b""))
    every = "every_seconds: 1"
    ways = {name: f'url: "{URL}/{name}", {every}' for name in ("atom", "same", "old", "for-now", "busy", "bomb", "garbage", "metadata", "circle", "away")}
    ways["basic"] = f'url: "{URL}/basic", {every}, user: harbour, secret_file: "@FOLDER@/pass"'
    ways["keyed"] = f'url: "{URL}/keyed?key={{secret}}", {every}, secret_file: "@FOLDER@/pass"'
    ways["header"] = f'url: "{URL}/header", {every}, secret_header: X-Key, secret_file: "@FOLDER@/pass"'
    ways["stolen"] = f'url: "{URL}/stolen", {every}, secret_header: X-Key, secret_file: "@FOLDER@/pass"'
    ways["inside"] = f'url: "http://127.0.0.3:{PORT}/atom", {every}'
    ways["metadata2"] = 'url: "http://169.254.169.254/latest/", every_seconds: 1'
    ways["name"] = f'url: "http://localhost:{PORT}/atom", {every}'
    h = House(config=site(ways), wire=False)
    secret(h, "pass", "open sesame")
    with h:
        check(h.shows("/", "Harbour story 1"), "a polled document's stories are on the front", h.log_text()[-1500:])
        check(until(lambda: len(asked("/atom")) >= 3), "it is asked for again and again")
        tags = [a[3].get("If-None-Match") for a in asked("/atom")]
        check(tags[0] is None and '"one"' in tags[1:], "with what is remembered of it", tags)
        check("gzip" in asked("/atom")[0][3].get("Accept-Encoding", "") and "br" in asked("/atom")[0][3]["Accept-Encoding"], "gzip and br are understood", asked("/atom")[0][3])
        check(until(lambda: len(asked("/same")) >= 3) and len(events(h, "same")) == 1, "the same bytes without a tag are one delivery", events(h, "same"))
        check(len(events(h, "atom")) == 1 and events(h, "atom")[0][1] == len(first), "what was compressed is kept as it is", events(h, "atom"))
        check(b"atom+xml" in events(h, "atom")[0][2], "with its type", events(h, "atom"))
        check(until(lambda: len(asked("/new")) >= 3) and len(asked("/old")) == 1, "moved for good: asked for where it stands now", (len(asked("/old")), len(asked("/new"))))
        check("has moved for good to" in h.log_text(), "and the log says so")
        check(until(lambda: len(asked("/for-now")) >= 2) and len(events(h, "for-now")) == 1, "moved for now: the address stays", len(asked("/for-now")))
        page("/atom", conditional(atom([3, 1, 2]), '"two"'))
        check(h.shows("/", "Harbour story 3"), "what changes is taken")
        for name in ("basic", "keyed", "header"): check(until(lambda: len(events(h, name)) == 1), f"a secret goes its way: {name}", polls(h).get(name))
        check(until(lambda: polls(h)["stolen"]["failures"]) and "a secret is not led elsewhere" in polls(h)["stolen"]["error"] and not asked("/thief"), "and never to another server", polls(h)["stolen"])
        for name, said in {"bomb": "larger than allowed", "garbage": "", "metadata": "not public", "circle": "too often", "away": "", "inside": "not public", "metadata2": "not public"}.items():
            p = until(lambda: (x := polls(h).get(name)) and x["failures"] and x, within_s=40) or {}
            check(p.get("failures") and said in p.get("error", ""), f"{name}: it fails, and says why", p)
            check(not events(h, name), f"{name}: it brings nothing")
        check(until(lambda: len(events(h, "name")) > 0), "a name is resolved, and what is allowed reached", polls(h)["name"])
        p = until(lambda: (x := polls(h)["busy"]) and x["failures"] and x)
        check(p and p["error"] == "the server answers 429", "what is refused is told", p)
        until(lambda: len(asked("/busy")) > 1)
        gaps = [b[0] - a[0] for a, b in zip(asked("/busy"), asked("/busy")[1:])]
        check(gaps and min(gaps) > 6.5, "Retry-After is kept", gaps)
        text = h.verb("status").stdout
        check("feed atom (http, " in text and "last success" in text and "next try in" in text, "status shows last success and next try", text)
        check("FAILS" in text and "the server answers 429" in text, "and errors", text)
        ps = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
        kept = "".join(open(os.path.join(h.data, "polls", n), errors="replace").read() for n in os.listdir(os.path.join(h.data, "polls")))
        for where, what in (("the log", h.log_text()), ("the process list", ps), ("what is remembered", kept), ("status", text)):
            check("open sesame" not in what and "open%20sesame" not in what, f"the secret is not in {where}")
        code = h.stop()
        check(code == 0, "it ends cleanly", h.log_text()[-1500:])
        before = len(asked("/atom"))
        h.start()
        check(until(lambda: len(asked("/atom")) > before) and asked("/atom")[before][3].get("If-None-Match") == '"two"', "after a start it goes on from what is remembered", asked("/atom")[before:][:1])
        check(len(events(h, "atom")) == 2, "and nothing comes twice", len(events(h, "atom")))


# ---- a secret's file ----
def secrets_change():
    """A key that is renewed by a rename, as every careful program does it; one that everybody may read; one that comes late; a redirect that was remembered before there was one."""
    forget()
    keyed, documents = {"key": "open sesame", "n": 1}, {n: atom([n]) for n in (1, 2, 51)}
    page("/feed", lambda r: (200, {}, documents[keyed["n"]]) if r.headers.get("X-Key") == keyed["key"] else (403, {}, b""))
    page("/late", lambda r: (200, {}, documents[51]) if r.headers.get("X-Key") == "late" else (403, {}, b""))
    page("/moves", (301, {"Location": f"http://127.0.0.2:{PORT}/thief"}, b""))
    page("/thief", (200, {}, atom([61])))
    wild = Server(("127.0.0.2", PORT), Agency)
    threading.Thread(target=wild.serve_forever, daemon=True).start()
    keys = ", secret_header: X-Key, secret_file: "
    feeds = {"feed": f'url: "{URL}/feed", every_seconds: 1{keys}"@FOLDER@/key"', "late": f'url: "{URL}/late", every_seconds: 1{keys}"@FOLDER@/late"', "open": f'url: "{URL}/feed", every_seconds: 1{keys}"@FOLDER@/open"', "moves": f'url: "{URL}/moves", every_seconds: 1'}
    allow = "outgoing: {allow: [127.0.0.1, 127.0.0.2]}\n"
    h = House(config=site(feeds, allow=allow), wire=False)
    secret(h, "key", "open sesame")
    secret(h, "open", "open sesame")
    os.chmod(os.path.join(h.folder, "open"), 0o644)
    with h:
        check(until(lambda: len(events(h, "feed")) == 1), "a feed with a secret", (polls(h), h.log_text()[-900:]))
        p = until(lambda: (x := polls(h).get("open")) and x["failures"] and x) or {}
        check("chmod 640" in p.get("error", "") and p["last_success_ms"] == 0, "a secret that everybody may read: its feed is listed, fails, and says what to do", (polls(h), h.log_text()[-900:]))
        os.chmod(os.path.join(h.folder, "open"), 0o640)
        check(until(lambda: len(events(h, "open")) == 1 and not polls(h)["open"]["failures"], within_s=20), "and goes on when that is mended, without a start", polls(h))
        keyed.update(key="another", n=2)
        secret(h, ".new", "another")
        os.rename(os.path.join(h.folder, ".new"), os.path.join(h.folder, "key"))
        check(until(lambda: len(events(h, "feed")) == 2, within_s=20), "a key that another file has replaced is read", (polls(h), h.log_text()[-900:]))
        check(h.log_text().count("another file is its secret_file now") == 1, "for that intake begins anew, once", h.log_text()[-900:])
        check(until(lambda: (x := polls(h).get("late")) and "cannot be read" in x.get("error", "")), "a key that is not there", polls(h))
        secret(h, "late", "late")
        check(until(lambda: len(events(h, "late")) == 1, within_s=20), "is read when it comes", (polls(h), h.log_text()[-900:]))
        check(until(lambda: len(events(h, "moves")) == 1 and "thief" in memory(h, "moves").get("moved", "")), "without a secret what has moved is followed", polls(h))
        h.stop()
        seen = len(asked("/thief"))
        feeds["moves"] += f'{keys}"@FOLDER@/key"'
        h.write_config(site(feeds, allow=allow))
        h.start()
        check(until(lambda: "a secret is not led elsewhere" in str(polls(h).get("moves"))), "with one it is asked for where the owner says", (polls(h), h.log_text()[-900:]))
        check(len(asked("/thief")) == seen and not [a for a in asked("/thief") if "X-Key" in a[3]], "and no other server ever gets it", asked("/thief")[seen:])
    wild.shutdown()


# ---- alarms ----
def alarms():
    forget()
    told = []
    def hear(r):
        with lock: told.append(json.loads(r.body))
        return 204, {}, b""
    page("/alarm", hear)
    page("/feed", (404, {}, b""))
    with House(config=site({"feed": f'url: "{URL}/feed", every_seconds: 1'}, more=f'alarms: {{webhook: "{URL}/alarm"}}\n'), wire=False) as h:
        check(until(lambda: [t for t in told if t["kind"] == "fetch" and t["state"] == "raised"], within_s=40), "a feed that cannot be fetched is an alarm", h.log_text()[-1500:])
        check("404" in told[0]["text"] and told[0]["subject"] == "feed", "which says of which feed, and why", told)
        check(h.verb("status").returncode == 1, "and `status` ends with 1")
        page("/feed", (200, {}, atom([1])))
        check(until(lambda: [t for t in told if t["kind"] == "fetch" and t["state"] == "over"], within_s=60), "and ends with an all clear", (told, polls(h)))
        check(len([t for t in told if t["kind"] == "fetch"]) == 2, "each is told once", told)
        check(until(lambda: h.verb("status").returncode == 0), "and `status` with 0")
        check(h.shows("/", "Harbour story 1"), "and its stories come")
        page("/feed", (404, {}, b""))
        check(until(lambda: len([t for t in told if t["kind"] == "fetch" and t["state"] == "raised"]) == 2, within_s=40), "it fails again", told)
        h.write_config(site({"other": f'url: "{URL}/other", every_seconds: 60'}, more=f'alarms: {{webhook: "{URL}/alarm"}}\n'))
        check(h.verb("reload").returncode == 0 and until(lambda: len([t for t in told if t["kind"] == "fetch" and t["subject"] == "feed" and t["state"] == "over"]) == 2, within_s=30), "of a feed that is asked for no more the alarm ends", (told, h.log_text()[-900:]))


# ---- older pages, when some may have been missed ----
def older_pages():
    forget()
    story = list(range(100, 110))
    def paged(r):
        at_page = int(r.query.get("page", ["1"])[0])
        part = list(reversed(story))[10 * (at_page - 1):10 * at_page]
        link = f'<link rel="self" href="/"/><link href="?page={at_page + 1}&amp;x=1" rel="next"/>' if 10 * at_page < len(story) else ""
        return 200, {}, atom(part, link)
    page("/paged", paged)
    h = House(config=site({"paged": f'url: "{URL}/paged", every_seconds: 1'}), wire=False)
    with h:
        check(h.shows("/", "Harbour story 109"), "the first page comes")
        check(not [a for a in asked("/paged") if "page=" in a[2]], "the first time no older page is asked for: an archive is no news")
        h.stop()
        story += range(110, 145)
        h.start()
        check(until(lambda: "page=4" in str(asked("/paged"))), "after an outage older pages are, until they meet what was there", [a[2] for a in asked("/paged")])
        until(lambda: memory(h, "paged")["marks"] and len(asked("/paged")) > 6)
        check("page=5" not in str(asked("/paged")), "and no further", [a[2] for a in asked("/paged")])
        check(until(lambda: all(f"Harbour story {n}" in "".join(h.get(f"/archive/{time.strftime('%Y/%m/%d')}").text + h.get("/api/v1/stories?page=1").text + h.get("/api/v1/stories?page=2").text) for n in (111, 120, 144))), "nothing of the outage is missing", h.api()[:3])
        n = len(asked("/paged"))
        story.append(200)
        check(h.shows("/", "Harbour story 200") and "page=" not in str([a[2] for a in asked("/paged")[n:]]), "where nothing was missed no older page is asked for", [a[2] for a in asked("/paged")[n:]])
        def endless(r): return 200, {}, atom(range(10 ** 6 + 10 * int(r.query.get("page", ["1"])[0]) + secrets.randbelow(9) * 10 ** 6, 10 ** 6 + 10 * int(r.query.get("page", ["1"])[0]) + 9 * 10 ** 6 + 5)[:5], f'<link rel="next" href="?page={int(r.query.get("page", ["1"])[0]) + 1}"/>')
        page("/paged", endless)
        check(until(lambda: "more than 20 pages" in h.log_text(), within_s=30), "pages without end come to one", h.log_text()[-800:])


# ---- what hangs beside what does not ----
def slow_ones():
    forget()
    hanging, beside = collections.Counter(), []
    def hangs(r):  # until who asks has had enough
        hanging[r.path] += 1
        if hanging[r.path] > 1: beside.append(r.path)
        select.select([r.connection], [], [], 300)
        hanging[r.path] -= 1
    def drips(r):
        with contextlib.suppress(OSError):
            r.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                r.wfile.write(b"<")
                r.wfile.flush()
                time.sleep(0.2)
    def endless(r):
        with contextlib.suppress(OSError):
            r.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True: r.wfile.write(b"x" * 65536)
    page("/hang0", hangs); page("/hang1", hangs); page("/hang2", hangs); page("/drip", drips); page("/endless", endless)
    for n in range(16): page(f"/good{n}", lambda r, n=n: (200, {"ETag": '"x"'}, atom([1000 + n])))
    names = [f"hang{n}" for n in range(3)] + ["drip"] + [f"good{n}" for n in range(16)]
    with House(config=site({n: f'url: "{URL}/{n}", every_seconds: 1' for n in names + ["endless"]}), wire=False) as h:
        check(until(lambda: all(len(asked(f"/good{n}")) >= 12 for n in range(16)), within_s=60), "twenty feeds, of which three hang and one drips: the others are asked", {n: len(asked("/" + n)) for n in names})
        gaps = [b[0] - a[0] for n in range(16) for a, b in zip(asked(f"/good{n}")[2:], asked(f"/good{n}")[3:])]
        check(sorted(gaps)[len(gaps) // 2] < 2 and max(gaps) < 6, "and keep their rhythm", (sorted(gaps)[len(gaps) // 2], max(gaps)))
        check(all(asked(f"/hang{n}") for n in range(3)) and not beside, "while one question hangs no other is asked", beside)
        check(until(lambda: all(polls(h)[n]["failures"] for n in ("hang0", "drip", "endless")), within_s=80), "what hangs, drips or never ends is given up", polls(h))
        check("larger than allowed" in polls(h)["endless"]["error"], "an answer has its bound", polls(h)["endless"])
        t = time.monotonic()
        check(h.stop() == 0 and time.monotonic() - t < 20, "and a house with hanging feeds ends at once", time.monotonic() - t)


# ---- TLS: a certificate that nobody here trusts ----
def certificates():
    forget()
    folder = tempfile.mkdtemp(prefix="broadsheet-test-")
    pem, key = os.path.join(folder, "c.pem"), os.path.join(folder, "k.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=elsewhere.example", "-keyout", key, "-out", pem], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    tls = Server(("127.0.0.1", 0), Agency)
    tls.socket = context.wrap_socket(tls.socket, server_side=True)
    threading.Thread(target=tls.serve_forever, daemon=True).start()
    page("/tls", (200, {}, atom([1])))
    page("/to-tls", (302, {"Location": f"https://127.0.0.1:{tls.server_address[1]}/tls"}, b""))
    with House(config=site({"tls": f'url: "https://127.0.0.1:{tls.server_address[1]}/tls", every_seconds: 1', "to-tls": f'url: "{URL}/to-tls", every_seconds: 1'}), wire=False) as h:
        for name in ("tls", "to-tls"):
            p = until(lambda: (x := polls(h).get(name)) and x["failures"] and x) or {}
            check("certificate" in p.get("error", "").lower() or "ssl" in p.get("error", "").lower(), f"{name}: a certificate that is not trusted is refused", p)
        check(not asked("/tls") and not events(h, "tls") and not events(h, "to-tls"), "nothing is asked of whoever shows it")
    tls.shutdown()
    shutil.rmtree(folder)


# ---- T7: another key, though the authority is trusted ----
def other_keys():
    forget()
    folder = tempfile.mkdtemp(prefix="broadsheet-test-")
    inside = lambda name: os.path.join(folder, name)
    for n in "ab":
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", inside(n + ".key"), "-out", inside(n + ".pem")], check=True, capture_output=True)
    with open(inside("both.pem"), "w") as f: f.write("".join(open(inside(n + ".pem")).read() for n in "ab"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(inside("a.pem"), inside("a.key"))
    tls = Server(("127.0.0.1", 0), Agency)
    tls.socket = context.wrap_socket(tls.socket, server_side=True)
    threading.Thread(target=tls.serve_forever, daemon=True).start()
    url = f"https://127.0.0.1:{tls.server_address[1]}"
    for i, n in enumerate(("pinned", "coming", "any")): page("/" + n, (200, {"Connection": "close"}, atom([i])))
    poll = lambda path, *pins: f'url: "{url}{path}", every_seconds: 1, ca_file: "{inside("both.pem")}"' + (f', server_keys: {json.dumps(pins)}' if pins else "")
    a, b = pin(inside("a.pem")), pin(inside("b.pem"))
    with House(config=site({"pinned": poll("/pinned", a), "coming": poll("/coming", b, a), "any": poll("/any")}), wire=False) as h:
        check(until(lambda: all(len(events(h, n)) == 1 for n in ("pinned", "coming", "any"))), "a server with the key that is named is asked, one or several", polls(h))
        context.load_cert_chain(inside("b.pem"), inside("b.key"))
        p = until(lambda: (x := polls(h)["pinned"]) and x["failures"] and x) or {}
        for i, n in enumerate(("pinned", "coming", "any")): page("/" + n, (200, {"Connection": "close"}, atom([10 + i])))
        check("pinned" in p.get("error", ""), "another key, though its authority is trusted: it is not asked, and says why", p)
        check(until(lambda: "server-key" in h.log_text()), "an alarm rings", h.log_text()[-800:])
        check(until(lambda: len(events(h, "coming")) == 2 and len(events(h, "any")) == 2), "where the key to come is named too, and where none is, the news goes on", polls(h))
        check(len(events(h, "pinned")) == 1, "of the one that changed nothing is taken", events(h, "pinned"))
        context.load_cert_chain(inside("a.pem"), inside("a.key"))
        check(until(lambda: len(events(h, "pinned")) == 2, within_s=40), "until it shows its own key again", polls(h)["pinned"])
    with open(inside("site.yaml"), "w") as f: f.write(site({"clear": f'url: "{URL}/x", server_keys: ["{a}"]', "short": f'url: "{url}/x", server_keys: ["sha256//abc="]'}))
    said = subprocess.run([BINARY, "check", "--config", inside("site.yaml")], capture_output=True, text=True).stderr
    check("for addresses with TLS" in said and "is no pin of a key" in said, "what cannot hold is a mistake in the site file", said)
    tls.shutdown()
    shutil.rmtree(folder)


# ---- kill -9 at any moment ----
def crashes():
    """Intake is killed again and again while a feed moves on: at whatever moment of answer, append and cursor it falls."""
    forget()
    state = {"n": 0}
    documents = {n: atom([n, n - 1, n - 2]) for n in range(30)}
    def moving(r):
        n = state["n"]
        if r.headers.get("If-None-Match") == f'"{n}"': return 304, {}, b""
        return 200, {"ETag": f'"{n}"'}, documents[n]
    page("/moving", moving)
    h = House(config=site({"moving": f'url: "{URL}/moving", every_seconds: 1'}), wire=False)
    with h:
        until(lambda: len(events(h, "moving")) == 1)
        for n in range(1, 11):
            state["n"] = n
            seen = len(asked("/moving"))
            until(lambda: len(asked("/moving")) > seen, within_s=15)
            time.sleep([0, 0.001, 0.003, 0.008, 0.02][n % 5])
            kill_intake(h)
            check(until(lambda: len(events(h, "moving")) > n, within_s=30), f"killed at moment {n}: what was answered is in the ledger in the end", (n, len(events(h, "moving"))))
        time.sleep(2.5)
        deliveries = [e[0] for e in events(h, "moving")]
        check(len(deliveries) == 11, "and nothing is there twice", len(deliveries))
        check(h.shows("/", "Harbour story 10"), "the last one is out")
        # between append and cursor: what is remembered is put back to what it was before
        path = os.path.join(h.data, "polls", "moving.json")
        old = open(path).read()
        state["n"] = 20
        check(until(lambda: len(events(h, "moving")) > len(deliveries)), "another one comes")
        count = len(events(h, "moving"))
        intake = h.roles()["intake"]
        h.stop(signal.SIGKILL)
        until(lambda: not any(os.path.exists(f"/proc/{p}") for p in intake))
        with open(path, "w") as f: f.write(old)
        seen = len(asked("/moving"))
        h.start()
        check(until(lambda: len(asked("/moving")) > seen and memory(h, "moving").get("etag") == '"20"') and len(events(h, "moving")) == count, "appended, and the cursor not moved: it comes again, and is the same delivery", (len(events(h, "moving")), count))
        # the ledger takes nothing: nothing is acknowledged
        old = memory(h, "moving")["etag"]
        with contextlib.closing(sqlite3.connect(f"{h.data}/ledger.db", isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            state["n"], seen = 21, len(asked("/moving"))
            until(lambda: len(asked("/moving")) > seen)
            time.sleep(0.5)
            check(memory(h, "moving")["etag"] == old, "what the ledger has not taken is not acknowledged", memory(h, "moving")["etag"])
            os.kill(h.roles()["intake"][0], signal.SIGKILL)
            db.execute("ROLLBACK")
        check(until(lambda: len(events(h, "moving")) == count + 1), "and comes again", (len(events(h, "moving")), count))
        count += 1
        # what is remembered is damaged: begun anew
        h.stop()
        with open(path, "w") as f: f.write('{"url": "' + "x" * 9000)
        h.start()
        check(until(lambda: memory_or_none(h, "moving")) and len(events(h, "moving")) <= count + 1, "what is remembered is damaged: it begins anew", len(events(h, "moving")))
        check(len(set(headlines := [i["headline"] for i in h.api()])) == len(headlines), "and no story comes twice", headlines)


def memory_or_none(h, feed):
    try: return memory(h, feed)
    except ValueError: return None


# ---- a real nginx ----
def nginx():
    if not shutil.which("nginx"):
        skip("polling a real nginx", "nginx is not installed")
        return
    d = tempfile.mkdtemp(prefix="broadsheet-test-")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    os.makedirs(d + "/www")
    def write(n):
        with open(d + "/www/.new", "wb") as f: f.write(atom(n) + b"<!-- " + b"harbour " * 400 + b" -->")
        os.rename(d + "/www/.new", d + "/www/feed.xml")
    write([1])
    os.chmod(d, 0o755)
    with open(d + "/nginx.conf", "w") as f:
        f.write(("user root;\n" if os.geteuid() == 0 else "") + f"daemon off; pid {d}/pid; error_log {d}/error.log;\nevents {{}}\nhttp {{ log_format x '$status $sent_http_content_encoding $http_if_none_match'; access_log {d}/access.log x; "
                f"client_body_temp_path {d}/a; proxy_temp_path {d}/b; fastcgi_temp_path {d}/c; uwsgi_temp_path {d}/d; scgi_temp_path {d}/e; types {{ application/atom+xml xml; }} gzip on; gzip_types application/atom+xml; gzip_proxied any;\n"
                f"server {{ listen 127.0.0.1:{port}; root {d}/www; location /moved {{ return 308 /feed.xml; }} }} }}\n")
    os.makedirs(d + "/old", exist_ok=True)
    engine = subprocess.Popen(["nginx", "-p", d, "-c", d + "/nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    access = lambda: open(d + "/access.log").read() if os.path.exists(d + "/access.log") else ""
    try:
        with House(config=site({"feed": f'url: "http://127.0.0.1:{port}/feed.xml", every_seconds: 1', "moved": f'url: "http://127.0.0.1:{port}/moved", every_seconds: 1'}), wire=False) as h:
            check(h.shows("/", "Harbour story 1"), "nginx: a document is taken", h.log_text()[-1000:] + access())
            check(until(lambda: "304 " in access()) and "200 gzip" in access(), "nginx: compressed, then 304", access())
            count = len(events(h, "feed"))
            write([2, 1])
            seen = access().count("304 ")
            check(h.shows("/", "Harbour story 2") and until(lambda: len(events(h, "feed")) > count), "nginx: a change is taken", access())
            asked_again = until(lambda: access().count("304 ") > seen)  # the other feed may have brought it first
            check(asked_again and len(events(h, "feed")) == count + 1, "nginx: once", access())
            check(until(lambda: len(events(h, "moved")) >= 1) and access().count("308") == 1, "nginx: 308 is kept in mind", access())
    finally:
        engine.terminate()
        engine.wait(timeout=20)
        shutil.rmtree(d, ignore_errors=True)


run(documents, secrets_change, alarms, older_pages, slow_ones, certificates, other_keys, crashes, nginx)
