#!/usr/bin/env python3
"""Hostile HTTP against the real server: smuggling, malformed requests, slow clients, floods, request headers that must not be reflected. Loopback only. What others have collected is in corpora.py."""
from _house import *


def send(h, data, wait_s=3.0):
    s = socket.create_connection((h.host, h.port), timeout=wait_s)
    out = b""
    try:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        while True:
            got = s.recv(65536)
            if not got: break
            out += got
            if len(out) > 1 << 20: break
    except OSError: pass
    s.close()
    return out


h = House(binary=PLAIN).start()
h.drop("a.json", ninjs("tag:example.org,2026:1", "Standing story"))
h.shows("/", "Standing story")

for data, what in ((b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length with Transfer-Encoding"),
                   (b"GET / HTTP/1.1\nHost: a\n\n", "bare LF"), (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "a folded header"),
                   (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", "a bad chunk size"), (b"GET / HTTP/1.1\r\n\r\n", "no Host"),
                   (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "two Hosts"), (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "white space before the colon"),
                   (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n", "9 KB of header")):
    got = send(h, data)
    check(re.match(rb"HTTP/1\.1 4\d\d ", got) and got.count(b"HTTP/1.1 ") == 1, f"{what}: refused, and the connection closed", got[:200])
for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "/pictures/../../version", "/assets/%00", "/section/%ff", "//evil.example/", "/\\evil"):
    a = h.ask(path)
    check(a.status in (400, 404) and "root:" not in a.text, f"GET {path}: {a.status}")
for name in ("X-Forwarded-Host", "X-Original-URL", "X-Forwarded-Proto", "Forwarded", "X-Host"):
    a = h.ask("/", headers={name: "evil.example"})
    check("evil.example" not in a.text and "evil.example" not in str(a.headers), f"{name} is not reflected and changes nothing")
check("evil.example" not in h.ask("/", headers={"Host": "evil.example"}).text, "nor is Host: absolute links come from the configuration alone")
a = h.get("/search?q=" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E")
check("<script>alert" not in a.text, "a search for markup is shown as text")
h.drop("x.json", ninjs("tag:example.org,2026:x", "A headline with <script>alert(1)</script> in it",
                       "<p onclick='x()'>Text <script>alert(1)</script><img src=x onerror=alert(1)> <a href='javascript:alert(1)'>link</a><iframe src='//e'></iframe></p><style>*{}</style><p>Inert body stands.</p>"))
path = h.path_of("A headline with <script>alert(1)</script> in it")
check(path, "a hostile story is published as text")
text = h.get(path or "/").text
check("Inert body stands" in text and not re.search(r"(?i)<script>alert|onerror=|onclick=|javascript:|<iframe|<style>\*", text), "its body is inert (R7)")
a = h.get("/")
for name, want in (("content-security-policy", "default-src 'none'"), ("x-content-type-options", "nosniff"), ("referrer-policy", "strict-origin"), ("x-frame-options", "DENY")):
    check(want in a.headers.get(name, ""), f"{name} is sent", a.headers)


def stalled():
    s = socket.create_connection((h.host, h.port), timeout=5)
    s.settimeout(0.2)
    with contextlib.suppress(OSError): s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
    return s


def waits(s):  # neither answered nor closed
    try: s.recv(1)
    except TimeoutError: return True
    except OSError: pass
    return False


LIMIT = int(re.search(r"`NET_PER_CLIENT_MAX` \| ([\d,]+)", open(os.path.join(ROOT, "docs", "limits.md")).read())[1].replace(",", ""))
socks = [stalled() for _ in range(LIMIT + 20)]
check(not any(waits(s) for s in socks[-10:]), f"of one client's stalled connections those beyond {LIMIT} are turned away at once")
check(waits(socks[0]), "the others wait for their head's time to pass")
another = http.client.HTTPConnection(h.host, h.port, timeout=5, source_address=("127.0.0.2", 0))
another.request("GET", "/")
check(another.getresponse().status == 200, "and another client is served meanwhile")
for s in socks: s.close()
check(until(lambda: h.get("/").status == 200), "and the site answers afterwards")
check("ended by signal" not in h.log_text(), "no role ended", h.log_text()[-2000:])
h.remove()
done()
