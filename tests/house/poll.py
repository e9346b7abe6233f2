#!/usr/bin/env python3
"""Feeds that the house asks for by itself, against a server of the test's own and a real nginx: conditional requests, codings, redirects, Retry-After, what never ends, what leads
inside, wrong certificates; kill -9 at every moment between answer and cursor: nothing lost, nothing doubled; feeds that hang beside feeds that do not. Then each road of an agency."""
import base64, json, sqlite3, ssl, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from _house import *

lock = threading.Lock()


class Agency(BaseHTTPRequestHandler):
    """Answers by path: pages[path] is a function of the request that gives (status, headers, body), or answers by itself and gives None."""
    protocol_version = "HTTP/1.1"
    pages, asked = {}, []

    def log_message(self, *_): pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        self.query = urllib.parse.parse_qs(self.path.partition("?")[2])
        with lock: Agency.asked.append((time.monotonic(), self.command, self.path, dict(self.headers), body))
        self.body = body
        with lock: page = Agency.pages.get(path) or next((p for k, p in Agency.pages.items() if k.endswith("*") and path.startswith(k[:-1])), None)
        got = page(self) if page else (404, {}, b"")
        if got is None: return
        status, head, data = got
        with contextlib.suppress(OSError):
            self.send_response(status)
            for k, v in head.items(): self.send_header(k, v)
            if status not in (304, 204): self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    do_GET = do_POST = do_DELETE = answer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    def handle_error(self, *_): pass


server = Server(("127.0.0.1", 0), Agency)
threading.Thread(target=server.serve_forever, daemon=True).start()
PORT = server.server_address[1]
URL = f"http://127.0.0.1:{PORT}"


def asked(path, method=None):
    with lock: return [a for a in Agency.asked if a[2].split("?")[0] == path and method in (None, a[1])]


def page(path, f):
    with lock: Agency.pages[path] = f if callable(f) else lambda r: f


def forget():
    with lock:
        Agency.asked.clear()
        Agency.pages.clear()


def site(feeds, more="", allow="outgoing: {allow: [127.0.0.1]}\n"):
    lines = "".join(f"  {name}: {{provider: {name.capitalize()}, timezone: UTC, poll: {{{poll}}}}}\n" for name, poll in feeds.items())
    return f'site: {{name: Polled, url: "https://news.example.org", timezone: UTC}}\nfeeds:\n{lines}{more}{allow}'


def secret(h, name, text):
    path = os.path.join(h.folder, name)
    with open(path, "w") as f: f.write(text + "\n")
    os.chmod(path, 0o600)


def events(h, feed):
    """(delivery, bytes in all, meta) of what a feed has brought, from the ledger itself."""
    with contextlib.closing(sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT delivery, blob_bytes, meta FROM event WHERE feed = ? AND kind = 2 ORDER BY pos", (feed.encode(),)).fetchall()


def polls(h):
    r = h.run("status", "--data", h.data, "--json")
    return {p["feed"]: p for p in json.loads(r.stdout)["polls"]}


def memory(h, feed): return json.load(open(os.path.join(h.data, "polls", feed + ".json")))


def entry(n, words=""): return f"<entry><id>tag:example.org,2026:{n}</id><title>Harbour story {n}{words}</title><updated>{at()}</updated><content type='html'>&lt;p&gt;Words of story {n}.&lt;/p&gt;</content></entry>"


def atom(numbers, links="", words=""):
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:example.org,2026:feed</id><title>Harbour</title><updated>{at()}</updated>{links}{"".join(entry(n, words) for n in numbers)}</feed>'.encode()


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
        check(p and p["next_try_ms"] - time.time() * 1000 > 4000 and p["error"] == "the server answers 429", "Retry-After is kept", p)
        until(lambda: len(asked("/busy")) > 1)
        gaps = [b[0] - a[0] for a, b in zip(asked("/busy"), asked("/busy")[1:])]
        check(gaps and min(gaps) > 6.5, "and nobody is asked meanwhile", gaps)
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
        page("/feed", (200, {}, atom([1])))
        check(until(lambda: [t for t in told if t["kind"] == "fetch" and t["state"] == "over"], within_s=60), "and ends with an all clear", (told, polls(h)))
        check(len([t for t in told if t["kind"] == "fetch"]) == 2, "each is told once", told)
        check(h.shows("/", "Harbour story 1"), "and its stories come")


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
        story[:] = story
        page("/paged", paged)


# ---- what hangs beside what does not ----
def slow_ones():
    forget()
    def hangs(r): time.sleep(300)
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
        check(all(len(asked(f"/hang{n}")) == 1 for n in range(3)), "while one question hangs no other is asked", [len(asked(f"/hang{n}")) for n in range(3)])
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
            with contextlib.suppress(ProcessLookupError, KeyError, IndexError): os.kill(h.roles()["intake"][0], signal.SIGKILL)
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
        # what is remembered is damaged: begun anew
        h.stop()
        with open(path, "w") as f: f.write('{"url": "' + "x" * 9000)
        h.start()
        check(until(lambda: memory_or_none(h, "moving")) and len(events(h, "moving")) == count, "what is remembered is damaged: it begins anew, and nothing comes twice", len(events(h, "moving")))


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
            check(h.shows("/", "Harbour story 2") and len(events(h, "feed")) == count + 1, "nginx: a change is taken once", access())
            check(until(lambda: len(events(h, "moved")) >= 1) and access().count("308") == 1, "nginx: 308 is kept in mind", access())
    finally:
        engine.terminate()
        engine.wait(timeout=20)
        shutil.rmtree(d, ignore_errors=True)


# ---- AP's Media API ----
def ap():
    forget()
    items, hold, texts = [], threading.Event(), {}
    def item(n, text=True):
        nitf = {"nitf": {"href": f"{URL}/media/v/content/{n}/download", "rel": "Story", "format": "NITF"}} if text else {}
        texts[str(n)] = f"<nitf><body><body.content><block><p>Words of item {n} &amp; more.</p></block></body.content></body></nitf>".encode()
        return {"meta": {"products": []}, "item": {"uri": f"{URL}/media/v/content/{n}", "altids": {"itemid": f"id{n}", "etag": f"id{n}_1"}, "version": 0, "type": "text" if text else "picture", "headline": f"AP item {n}", "renditions": nitf}}
    def feed(r):
        if r.headers.get("x-api-key") != "ap key": return 403, {}, b""
        at_item = int(r.query.get("seq", ["0"])[0])
        if r.query.get("qt") == ["old"]: return 400, {}, b'{"error": {"code": 6060}}'
        end = time.monotonic() + 2
        while len(items) <= at_item and time.monotonic() < end: time.sleep(0.02)
        part = items[at_item:at_item + 3]
        return 200, {}, json.dumps({"api_version": "2.0", "data": {"updated": at(), "current_item_count": len(part), "items": part, "next_page": f"{URL}/media/v/content/feed?qt=new&seq={at_item + len(part)}"}}).encode()
    def text(r):
        if r.headers.get("x-api-key") != "ap key": return 403, {}, b""
        n = r.path.split("/")[4]
        return (200, {"Content-Type": "text/xml"}, texts[n]) if n in texts else (404, {}, b"")
    page("/media/v/content/feed", feed)
    page("/media/v/content/*", text)
    items += [item(1), item(2, False), item(3), item(4)]
    h = House(config=site({"ap": f'road: ap, url: "{URL}/media/v/content/feed?q=productid:1", every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "ap key")
    with h:
        check(until(lambda: len(events(h, "ap")) == 4), "ap: each item is a delivery", (len(events(h, "ap")), polls(h), h.log_text()[-900:]))
        check(until(lambda: "seq=4" in memory(h, "ap")["cursor"]), "ap: the cursor is next_page", memory(h, "ap"))
        t = time.monotonic()
        items.append(item(5))
        check(until(lambda: len(events(h, "ap")) == 5) and time.monotonic() - t < 1.5, "ap: long polling: what comes is here at once", time.monotonic() - t)
        for n in range(6, 12):
            items.append(item(n))
            seen = len(asked("/media/v/content/feed"))
            until(lambda: len(asked("/media/v/content/feed")) > seen, within_s=10)
            with contextlib.suppress(ProcessLookupError, KeyError, IndexError): os.kill(h.roles()["intake"][0], signal.SIGKILL)
        check(until(lambda: len(events(h, "ap")) == 11, within_s=40), "ap: killed at any moment nothing is lost", len(events(h, "ap")))
        time.sleep(1)
        check(len(events(h, "ap")) == 11, "ap: and nothing doubled", len(events(h, "ap")))
        texts.clear()
        items.append(item(12))
        del texts["12"]
        check(until(lambda: len(events(h, "ap")) == 12), "ap: an item whose text is gone comes without it", polls(h))
        sizes = [e[1] for e in events(h, "ap")]
        check(sizes[4] > len(json.dumps(items[4])) + 80 and sizes[11] == len(json.dumps(items[11])), "ap: the text stands beside the item, whose own bytes are as they came", (sizes, len(json.dumps(items[4]))))
        h.stop()
        m = memory(h, "ap")
        m["cursor"] = f"{URL}/media/v/content/feed?qt=old&seq=12"
        json.dump(m, open(os.path.join(h.data, "polls", "ap.json"), "w"))
        h.start()
        check(until(lambda: "begins anew" in h.log_text()) and until(lambda: "seq=12" in memory(h, "ap")["cursor"] and "new" in memory(h, "ap")["cursor"]), "ap: a cursor that is too old: it begins anew", h.log_text()[-600:])
        page("/media/v/content/feed", (200, {}, json.dumps({"data": {"items": [], "next_page": "http://169.254.169.254/feed"}}).encode()))
        check(until(lambda: "next_page leads elsewhere" in str(polls(h)["ap"].get("error"))), "ap: a next_page on another server is not followed", polls(h))
        check("ap key" not in h.log_text(), "ap: the key is not in the log")


# ---- Reuters Connect ----
def connect():
    forget()
    tokens, items, lasts = set(), [], {"expires": 3600}
    def login(r):
        form = urllib.parse.parse_qs(r.body.decode())
        if form != {"grant_type": ["client_credentials"], "client_id": ["harbour"], "client_secret": ["s&cret=1"], "audience": ["aud"], "scope": ["a b"]}: return 401, {}, b""
        token = secrets.token_hex(8)
        tokens.add(token)
        return 200, {}, json.dumps({"access_token": token, "expires_in": lasts["expires"], "token_type": "Bearer"}).encode()
    def graphql(r):
        if r.headers.get("Authorization", "").removeprefix("Bearer ") not in tokens: return 401, {}, b""
        q = json.loads(r.body)
        if "id" in q["variables"]:
            found = [i for i in items if i["versionedGuid"] == q["variables"]["id"]]
            return 200, {"Content-Type": "application/json"}, json.dumps({"data": {"item": found[0] if found else None}}).encode()
        since = q["variables"]["from"]
        part = sorted([i for i in items if i["when"] >= since and q["variables"]["channel"] == ["abc", "def"]], key=lambda i: i["when"])
        n = int(q["variables"]["cursor"] or 0)
        return 200, {}, json.dumps({"data": {"search": {"pageInfo": {"hasNextPage": n + 4 < len(part), "endCursor": str(n + 4)}, "items": [{k: i[k] for k in ("versionedGuid", "contentTimestamp")} for i in part[n:n + 4]]}}}).encode()
    def item(n):
        t = time.gmtime(time.time() - 60 + n)
        return {"versionedGuid": f"tag:reuters.com,2026:newsml_L{n}:1", "uri": f"tag:reuters.com,2026:newsml_L{n}", "contentTimestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", t), "when": time.strftime("%Y.%m.%d.%H.%M.%S", t),
                "headLine": f"Connect item {n}", "bodyXhtml": "<p>Words.</p>", "usn": f"L{n}", "type": "text"}
    page("/oauth/token", login)
    page("/content/graphql", graphql)
    items += [item(n) for n in range(10)]
    h = House(config=site({"connect": f'road: reuters, url: "{URL}/content/graphql", login_url: "{URL}/oauth/token", user: harbour, audience: aud, scope: "a b", channels: [abc, def], every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "s&cret=1")
    with h:
        check(until(lambda: len(events(h, "connect")) == 10), "reuters: each item of every page is a delivery", (len(events(h, "connect")), polls(h), h.log_text()[-900:]))
        check(until(lambda: len(asked("/content/graphql")) > 16) and len(asked("/oauth/token")) == 1, "reuters: one token serves many questions", len(asked("/oauth/token")))
        items.append(item(11))
        check(until(lambda: len(events(h, "connect")) == 11), "reuters: what comes later is taken", polls(h))
        tokens.clear()
        items.append(item(12))
        check(until(lambda: len(events(h, "connect")) == 12) and len(asked("/oauth/token")) == 2, "reuters: a token that is refused is renewed", (polls(h), len(asked("/oauth/token"))))
        lasts["expires"] = 4
        tokens.clear()
        until(lambda: len(asked("/oauth/token")) == 3)
        check(until(lambda: len(asked("/oauth/token")) >= 5), "reuters: and one that ends before it does", len(asked("/oauth/token")))
        lasts["expires"] = 3600
        for n in range(20, 26):
            items.append(item(n))
            seen = len(asked("/content/graphql"))
            until(lambda: len(asked("/content/graphql")) > seen + 1, within_s=10)
            with contextlib.suppress(ProcessLookupError, KeyError, IndexError): os.kill(h.roles()["intake"][0], signal.SIGKILL)
        check(until(lambda: len(events(h, "connect")) == 18, within_s=40), "reuters: killed at any moment nothing is lost", len(events(h, "connect")))
        time.sleep(1)
        check(len(events(h, "connect")) == 18, "reuters: and nothing doubled", len(events(h, "connect")))
        page("/content/graphql", (200, {}, b'{"errors": [{"message": "Variable channel is not known"}], "data": null}'))
        check(until(lambda: "the search is refused: Variable" in str(polls(h)["connect"].get("error"))), "reuters: what GraphQL refuses is told", polls(h))
        page("/oauth/token", (401, {}, b""))
        h.stop()
        h.start()
        check(until(lambda: "the login is refused: status 401" in str(polls(h)["connect"].get("error"))), "reuters: a login that is refused is told", polls(h))
        kept = "".join(open(os.path.join(h.data, "polls", n)).read() for n in os.listdir(os.path.join(h.data, "polls")))
        check(not any(t in h.log_text() + kept for t in [*tokens, "s&cret"]), "reuters: neither secret nor token is written anywhere")


# ---- Reuters' older API ----
def rest():
    forget()
    tokens, items = set(), []
    def login(r):
        if urllib.parse.parse_qs(r.body.decode()) != {"username": ["harbour"], "password": ["s&cret"]}: return 401, {}, b""
        token = secrets.token_hex(8) + "+/="
        tokens.add(token)
        return 200, {}, f'<?xml version="1.0"?><authToken>{token}</authToken>'.encode()
    def listed(r):
        if r.query.get("token", [""])[0] not in tokens: return 403, {}, b""
        since = int(r.query.get("pollToken", ["0"])[0].removeprefix("p&"))
        return 200, {}, ('<results><status code="10"/><pollToken>p&amp;%d</pollToken>' % len(items) + "".join(f"<result><id>{i}</id><guid>g{i}</guid></result>" for i in items[since:]) + "</results>").encode()
    def one(r):
        if r.query.get("token", [""])[0] not in tokens: return 403, {}, b""
        return 200, {"Content-Type": "application/xml"}, newsml(r.query["id"][0], "Older item " + r.query["id"][0].rpartition(":")[2], created="2026-01-23T06:00:00Z" if False else at()).encode()
    page("/rest/xml/login", login)
    page("/rest/xml/items", listed)
    page("/rest/xml/item", one)
    items += ["tag:reuters.com,2026:a1", "tag:reuters.com,2026:a2"]
    h = House(config=site({"old": f'road: reuters-token, url: "{URL}/rest/xml", login_url: "{URL}/rest/xml/login", user: harbour, channels: [xyz], every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "s&cret")
    with h:
        check(until(lambda: len(events(h, "old")) == 2), "reuters-token: each item is a delivery", (polls(h), h.log_text()[-900:]))
        check(h.shows("/", "Older item a1"), "reuters-token: and on the front")
        check("maxAge=1h" in asked("/rest/xml/items")[0][2] and "channel=xyz" in asked("/rest/xml/items")[0][2], "reuters-token: the first time an hour", asked("/rest/xml/items")[0][2])
        check(until(lambda: "pollToken=p%262" in asked("/rest/xml/items")[-1][2]), "reuters-token: then from the poll-token on", asked("/rest/xml/items")[-1][2])
        tokens.clear()
        items.append("tag:reuters.com,2026:a3")
        check(until(lambda: len(events(h, "old")) == 3) and len(asked("/rest/xml/login")) == 2, "reuters-token: a token that is refused is renewed", polls(h))
        for n in range(4, 8):
            items.append(f"tag:reuters.com,2026:a{n}")
            seen = len(asked("/rest/xml/items"))
            until(lambda: len(asked("/rest/xml/items")) > seen, within_s=10)
            with contextlib.suppress(ProcessLookupError, KeyError, IndexError): os.kill(h.roles()["intake"][0], signal.SIGKILL)
        check(until(lambda: len(events(h, "old")) >= 7, within_s=40) and h.shows("/", "Older item a7"), "reuters-token: killed at any moment nothing is lost", len(events(h, "old")))
        check(not any(t in h.log_text() for t in [*tokens, "s&cret"]), "reuters-token: neither secret nor token is in the log")


# ---- a queue that is emptied by who reads it ----
def queue():
    forget()
    waiting, deleted = {}, []
    def entries(r):
        got = [dict(e, _wireq_receipt=f"{k}/{secrets.token_hex(4)}") for k, e in list(waiting.items())[:5]]
        return 200, {"Retry-After": "1"}, json.dumps({"entries": got}).encode()
    def remove(r):
        if r.command != "DELETE": return 405, {}, b""
        k = int(urllib.parse.unquote(r.path).split("/")[4])
        gone = waiting.pop(k, None)
        deleted.append(k)
        return (204 if gone else 410), {}, b""
    def put(*numbers):
        for n in numbers: waiting[n] = {"urn": f"urn:newsml:dpa.com:20260101:{n}", "entry_id": f"e{n}", "version": 1, "format": "digitalwires-1.0", "headline": f"Queue {n}"}
    page("/api/top%20secret/entries.json", entries)
    page("/api/top%20secret/entry/*", remove)
    put(*range(1, 13))
    h = House(config=site({"queue": f'road: dpa, url: "{URL}/api/{{secret}}/entries.json", every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "top secret")
    with h:
        check(until(lambda: len(events(h, "queue")) == 12 and not waiting), "dpa: each entry is a delivery, and deleted", (len(events(h, "queue")), waiting, polls(h), h.log_text()[-900:]))
        for n in range(20, 26):
            put(n)
            until(lambda: n in deleted or len(events(h, "queue")) >= n - 7, within_s=8)
            with contextlib.suppress(ProcessLookupError, KeyError, IndexError): os.kill(h.roles()["intake"][0], signal.SIGKILL)
        check(until(lambda: len(events(h, "queue")) == 18 and not waiting, within_s=40), "dpa: killed at any moment nothing is lost", (len(events(h, "queue")), waiting))
        page("/api/top%20secret/entry/*", (500, {}, b""))
        put(30)
        check(until(lambda: len(events(h, "queue")) == 19) and until(lambda: polls(h)["queue"]["failures"] >= 2), "dpa: what cannot be deleted is stored all the same", polls(h))
        page("/api/top%20secret/entry/*", remove)
        check(until(lambda: not waiting, within_s=30) and len(events(h, "queue")) == 19, "dpa: and comes again under another receipt as the same delivery", (waiting, len(events(h, "queue"))))
        check("top secret" not in h.log_text() and "top%20secret" not in h.log_text() + h.verb("status").stdout, "dpa: the secret of the address is not in the log")


PARTS = [documents, alarms, older_pages, slow_ones, certificates, crashes, nginx, ap, connect, rest, queue]
for part in PARTS:
    if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]: part()
done()
