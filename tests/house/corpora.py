#!/usr/bin/env python3
"""The public attack corpora that speak HTTP (SHARED/attacks), each case as it lies there and whole, said over sockets to the house: waf-request, traversal, cache-unkeyed-header, crlf, http1, smuggling.
What has to hold: no 5xx but "not implemented", no byte of a file of this machine, nothing of the request in the answer's head, nothing of it unescaped in a page, no page changed by a field that no cache knows of, one answer
for one request and the end of the connection for a malformed one, and a ledger that is as it was. A few cases of our own stand for each kind, so that the test is one where the corpora are absent."""
import base64, itertools, json, select, urllib.parse
from _house import *

MARK = "mark-quillmere-7391"  # stands in the site's configuration, on this machine's disk, and on no page
CONFIG = f"""site:
  name: Quillmere
  url: https://news.example.org
  timezone: UTC
  comments: open
feeds:
  wire: {{provider: Wire, folder: "@WIRE@", timezone: UTC, comments: yes}}
  {MARK}: {{provider: Other, folder: "@FOLDER@/other", timezone: UTC}}
"""
HEAD = {"accept-ranges", "age", "allow", "cache-control", "connection", "content-encoding", "content-length", "content-security-policy", "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "etag",
        "keep-alive", "last-modified", "link", "location", "permissions-policy", "referrer-policy", "retry-after", "server", "strict-transport-security", "transfer-encoding", "vary", "x-content-type-options", "x-frame-options",
        "x-robots-tag", "access-control-allow-origin", "access-control-expose-headers", "tdm-reservation", "x-wp-total", "x-wp-totalpages"}
SMUGGLE = "POST /?cb=1 HTTP/1.1\r\n{}Host: localhost\r\nContent-Length: {}\r\n\r\n0\r\n\r\nG"
OWN = {
    "waf-request": [b"GET /search?q=%27%20OR%201%3D1-- HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 21\r\n\r\nq=%3Csvg/onload=a()%3E", b"GET /?x={{7*7}}%0a;cat%20/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    "traversal": [b"../../../../etc/passwd", b"..%2f..%2f..%2fetc%2fpasswd", b"%2e%2e/%2e%2e/site.yaml", b"..%252f..%252fetc/hosts", b"..\\..\\etc\\passwd", b"....//....//etc/hosts", b"%c0%ae%c0%ae/etc/passwd", b"..%00/../site.yaml"],
    "cache-unkeyed-header": [b"X-Forwarded-Host", b"X-Original-URL", b"X-Rewrite-URL", b"Forwarded", b"X-HTTP-Method-Override", b"X-Forwarded-Scheme", b"True-Client-IP", b"Cookie", b"Accept-Language", b"User-Agent"],
    "crlf": [b"/%0d%0aSet-Cookie:crlf=injection", b"/%0aSet-Cookie:crlf=injection", b"/%E5%98%8A%E5%98%8DSet-Cookie:crlf=injection", b"/\rSet-Cookie:crlf=injection"],
    "http1": [b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", b"GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", b"\x00\x01\x02\r\n\r\n"],
    "smuggling": [SMUGGLE.format(f, n).encode("latin-1") for n in (5, 6) for f in ("Transfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n", " Transfer-Encoding: chunked\r\n", "Transfer-Encoding:\x0bchunked\r\n", "Transfer-Encoding: xchunked\r\n")],
}
ENDED = {400, 408, 413, 414, 431, 505}  # the connection ends behind these
REFUSED = ENDED | {405, 411, 417, 501}


def records(kind):
    """Ours, then the corpus's: what the record says, and its bytes."""
    for b in OWN[kind]: yield {}, b
    folder = os.path.join(SHARED, "attacks", kind)
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        for line in open(os.path.join(folder, name), encoding="utf-8"):
            r = json.loads(line)
            yield r, base64.b64decode(r["b64"])


class Reply:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.status, self.head, self.body = int(lines[0].split()[1]), [l.partition(":")[::2] for l in lines[1:]], body
        self.names = {n.lower() for n, _ in self.head}

    def field(self, name): return ", ".join(v.strip() for n, v in self.head if n.lower() == name)


def split(data, method=b"GET"):
    """The answers in these bytes, and what is no answer. Their bodies have a length, always: nobody asks for chunks' sake here."""
    out = []
    while True:
        head, gap, rest = data.partition(b"\r\n\r\n")
        if not gap or not re.match(rb"HTTP/1\.1 \d\d\d ", head): return out, data
        r = Reply(head, b"")
        if 100 <= r.status < 200:
            data = rest
            continue
        n = 0 if method == b"HEAD" or r.status in (204, 304) else int(r.field("content-length") or 0)
        r.body, data = rest[:n], rest[n:]
        if len(r.body) < n: return out, data
        out.append(r)


class Line:
    """A connection; another one is made when the server has ended it."""
    def __init__(self, h): self.h, self.s = h, None

    def open(self):
        self.close()
        self.s = socket.create_connection((self.h.host, self.h.port), timeout=30)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self.s: self.s.close()
        self.s = None

    def whole(self, data, patience_s=0.3):
        """What comes until the server ends the connection: (answers, rest, did it end it by itself). It is told that nothing more comes once it has answered, or is waiting; after a refusal it has to end by itself."""
        self.open()
        got, told, ended = b"", False, False
        with contextlib.suppress(OSError):
            self.s.sendall(data)
        while True:
            answers = split(got, data.split(b" ", 1)[0])[0]
            refused = answers and answers[-1].status in ENDED
            if not told and not refused and (answers or not select.select([self.s], [], [], patience_s)[0]):
                told = True
                with contextlib.suppress(OSError): self.s.shutdown(socket.SHUT_WR)
                continue
            try: more = self.s.recv(1 << 18)
            except ConnectionError: more = b""
            except TimeoutError: break
            if not more:
                ended = not told
                break
            got += more
        self.close()
        answers, rest = split(got, data.split(b" ", 1)[0])
        return answers, rest, ended

    def one(self, data):
        """One request that is whole: its answer; None: the connection ended without one."""
        for _ in range(2):
            fresh = self.s is None
            if fresh: self.open()
            got = b""
            try:
                self.s.sendall(data)
                while not (answers := split(got, data.split(b" ", 1)[0])[0]):
                    more = self.s.recv(1 << 18)
                    if not more: break
                    got += more
            except ConnectionError: pass
            if got or fresh: break
            self.close()  # it had ended behind the answer before
        answers, rest = split(got, data.split(b" ", 1)[0])
        if len(answers) != 1 or rest: self.close()
        elif answers[0].field("connection").lower() == "close": self.close()
        return answers[0] if len(answers) == 1 and not rest else None


def lines_of_this_machine():
    out = {MARK.encode(), b"[boot loader]", b"root:x:0"}
    for path in ("/etc/passwd", "/etc/hosts", "/etc/issue", "/etc/group", "/etc/shadow", "/proc/self/environ"):
        with contextlib.suppress(OSError), open(path, "rb") as f: out |= {l for l in re.split(rb"[\n\0]", f.read()) if len(l) >= 12}
    return out


h = House(config=CONFIG, binary=PLAIN)
os.makedirs(os.path.join(h.folder, "other"))
h.start()
h.drop("a.json", ninjs("tag:example.org,2026:1", "Standing story", "<p>Words that stand here.</p>"))
article = h.path_of("Standing story")
check(article, "a story stands")
line, foreign = Line(h), lines_of_this_machine()
ledger = lambda: json.loads(h.verb("status", "--json").stdout)["ledger"]
before, wrong, judged = ledger(), [], set()
ours = b"".join(h.get(p).plain for p in ("/", article, article + "/comments", "/search?q=word", "/no/such/page", "/tag/sport")) + h.ask(article + "/comments", "POST", body="").plain  # the house's own markup


def values(text):
    """What a request's words say once they are decoded, as a page might repeat them."""
    for part in re.split(rb"[?&=\s]", text):
        plain = urllib.parse.unquote_to_bytes(part.replace(b"+", b" "))
        for m in re.finditer(rb"<[a-zA-Z/!?]|[\"'] ?[a-z]+=", plain): yield plain[m.start():m.start() + 40]


def judge(what, r, said=b"", ok=None):
    """One answer against all that holds for every kind."""
    def bad(why): wrong.append(f"{what}: {why}")
    if r is None: return bad("no answer, or more than one")
    if r.status >= 500 and r.status not in (501, 505): bad(f"status {r.status}")
    if ok and r.status not in ok: bad(f"status {r.status}")
    if r.names - HEAD: bad(f"fields {r.names - HEAD}")
    if r.body not in judged and (m := [l for l in foreign if l in r.body]): bad(f"a file's line: {m[0]!r}")
    if r.status != 200: judged.add(r.body)  # most are the one page of what is not there
    to = r.field("location")
    if to and not re.fullmatch(r"(https://news\.example\.org)?/(?!/)[!-~]*", to): bad(f"leads to {to!r}")
    if r.field("content-type").startswith("text/html"):
        page = r.body.replace(b"&#39;", b"")
        for v in values(said):
            if len(v) > 6 and v in page and v not in ours: bad(f"repeated as it came: {v!r}")


def close(kind, count, what):
    check(not wrong, f"{kind}: {count} requests, {what}", f"{len(wrong)} wrong\n" + "\n".join(w[:300] for w in wrong[:25]))
    wrong.clear()
    corpus = os.path.join(SHARED, "attacks", kind)
    if not os.path.isdir(corpus): skip(f"the corpus {kind}", f"no {corpus} here")


# ---- requests that firewalls look for: as they are, and what they carry, where this site reads words of readers ----
form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n"
count = 0
for r, data in records("waf-request"):
    name = r.get("name", data[:40])
    answers, rest, _ = line.whole(data)
    if not answers or rest: wrong.append(f"{name}: {len(answers)} answers, then {rest[:60]!r}")
    for a in answers: judge(name, a, data)
    head, _, body = data.partition(b"\r\n\r\n")
    target = (head.split(b" ") + [b"", b""])[1]
    query = target.partition(b"?")[2] or body
    words = urllib.parse.quote_from_bytes(query.partition(b"=")[2] or query)[:1500].encode()
    for path in (b"/search?q=" + words, b"/api/v1/stories?q=" + words, b"/wp-json/wp/v2/posts?search=" + words, b"/tag/" + words):
        judge(f"{name} at {path[:20]!r}", line.one(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"), query[:1500])
    sent = b"name=" + words + b"&text=" + words + b"&parent=" + words
    judge(f"{name} as a comment", line.one(b"POST " + article.encode() + b"/comments HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n" + form % len(sent) + b"\r\n" + sent), query[:1500])
    count += 6
close("waf-request", count, "no 5xx, nothing repeated as it came, no file's line, no field that is not the house's")

# ---- paths that lead elsewhere ----
places = (b"/", b"/assets/", b"/pictures/", b"/page/", b"/tag/", b"/words/", b"/.well-known/", article.encode() + b"/")
count = 0
for r, data in records("traversal"):
    name = r.get("id", data[:40])
    target = re.sub(rb"[\0-\x20]", lambda m: b"%%%02x" % m[0][0], data)  # such bytes end a target: as they are they are malformed, which http1 tries
    for path in (places[count // 2 % len(places)] + target, b"/search?q=" + target):
        a = line.one(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        judge(f"{name} {path[:80]!r}", a, target, {200, 400, 414} if path.startswith(b"/search") else {200, 301, 400, 404, 414} if b"?" in target else {400, 404, 414})
        count += 1
close("traversal", count, "400 or 404 for each path, a search for its words, no file's line")

# ---- fields that no cache knows of ----
plain = b"GET %s HTTP/1.1\r\nHost: localhost\r\n"
pages = {p: line.one(plain % p + b"\r\n") for p in (b"/", article.encode(), b"/search?q=story", b"/rss.xml")}
shown = lambda r: [(n.lower(), v) for n, v in r.head if n.lower() not in ("date", "connection", "age")]
FRAMING = {"host", "content-length", "transfer-encoding", "te", "expect", "connection"}  # these speak of the request itself: refused or heeded, and never repeated
count, changed = 0, []
for (r, data), page in zip(records("cache-unkeyed-header"), itertools.cycle(pages)):
    field, want = data.strip().rstrip(b":"), pages[page]
    for value in (b"evil.example", b"https://evil.example/" + MARK.encode(), b"/evil", b"1"):
        a = line.one(plain % page + field + b": " + value + b"\r\n\r\n")
        judge(f"{field} at {page}", a, ok={200, 206, 304, 400, 412, 417, 501})
        if not a: continue
        told = b"evil" in a.body or any("evil" in v for _, v in a.head)
        if told or a.status == 200 and (a.body != want.body or shown(a) != shown(want)): changed.append(f"{field}: {value}")
        if a.status not in (200, 304) and field.decode("latin-1").lower() not in FRAMING and re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+", field): changed.append(f"{field}: {value}: {a.status}")
        count += 1
    again = line.one(plain % page + b"\r\n")
    if not again or again.body != want.body or shown(again) != shown(want): changed.append(f"after {field}: another page")
wrong += changed
close("cache-unkeyed-header", count, "none changes a page, nor what the next reader gets, nor is it repeated")

# ---- line ends in an address ----
count = 0
for r, data in records("crlf"):
    tail = data.lstrip(b"/")
    wrong_slug = article.rsplit("-", 1)[0].encode()
    key = article.rsplit("-", 1)[1].encode()
    for path in (data, b"/" + data, article[:12].encode() + tail + b"-" + key, article.encode() + data, b"/search?q=" + tail, b"/?page=" + tail, b"/tag/" + tail, article.encode() + b"?" + tail, b"/wp-json/oembed/1.0/embed?url=" + tail):
        for more in (b"", b"\r\nX-Forwarded-Host: " + tail):
            answers, rest, _ = line.whole(b"GET " + path + b" HTTP/1.1\r\nHost: localhost" + more + b"\r\n\r\n")
            if len(answers) != 1 or rest: wrong.append(f"{path!r}: {len(answers)} answers, then {rest[:60]!r}")
            for a in answers:
                judge(path, a, path)
                if any("crlf=injection" in v and n.lower() != "location" or n.lower() == "set-cookie" for n, v in a.head): wrong.append(f"{path!r}: {a.head}")
            count += 1
close("crlf", count, "one answer each, and no field of it is the request's")

# ---- malformed requests ----
count = 0
for r, data in records("http1"):
    strict = r.get("meta") is None or re.search(r'"request(-finish)?"', r["meta"]) is not None  # the others tell what a lenient mode takes, which we have not
    answers, rest, ended = line.whole(data)
    for a in answers: judge(r.get("name", data[:60]), a, data)
    refused = bool(answers) and answers[-1].status in REFUSED
    lines = len(re.findall(rb"(?m)^[^\r\n]* (?:HTTP|RTSP|ICE)/\d", data)) or 1
    if rest or len(answers) > max(1, lines): wrong.append(f"{data[:120]!r}: {len(answers)} answers, then {rest[:60]!r}")
    if refused and answers[-1].status in ENDED and not ended: wrong.append(f"{data[:120]!r}: refused with {answers[-1].status}, and the connection stands")
    if not r and not refused: wrong.append(f"{data[:120]!r}: not refused")
    if strict and r.get("expect") == "error" and not refused and b"HTTP/1.0\r\n\r\n" not in data and b"Upgrade" not in data: wrong.append(f"{data[:160]!r}: bad, and answered {[a.status for a in answers]}")
    count += 1
close("http1", count, "what is malformed is refused, and the connection ends with it")

# ---- one request that may be read as two ----
probe, count, by_length = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n", 0, 0
robots = line.one(probe).body
for r, data in records("smuggling"):
    name = r.get("name", data[:60])
    answers, rest, ended = line.whole(data)
    for a in answers: judge(name, a, data)
    if len(answers) != 1 or rest: wrong.append(f"{name}: {len(answers)} answers, then {rest[:60]!r}")
    if answers and answers[0].status == 400 and not ended: wrong.append(f"{name}: malformed, and the connection stands")
    if answers and answers[0].status != 400:  # its length was believed: then what follows is the next request, and no byte of the body is of it
        by_length += 1
        body = data.partition(b"\r\n\r\n")[2]
        n = int(re.search(rb"(?i)content-length: (\d+)", data)[1])
        two, rest, _ = line.whole(data[:len(data) - len(body) + n] + probe)
        if len(two) > 2 or rest or len(two) == 2 and (two[1].status != 200 or two[1].body != robots): wrong.append(f"{name}: what follows is answered by {[a.status for a in two]}")
    count += 1
close("smuggling", count, f"one answer each, or the end of the connection ({by_length} read by their length, and what follows them is read from there)")

check(ledger() == before, "and the ledger is as it was", (before, ledger()))
check([s["headline"] for s in h.api()] == ["Standing story"], "as is the site")
check("ended by signal" not in h.log_text(), "no role ended", h.log_text()[-2000:])
line.close()
h.remove()
done()
