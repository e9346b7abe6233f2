#!/usr/bin/env python3
"""HTTP/2 by the real binary, asked by curl, nghttp and h2load: the same answers as over HTTP/1.1, byte for byte; pushes; and none of it without TLS."""
from _house import *

CONFIG = site_file("Twofold Courier", more="""  agency:
    provider: Agency
    timezone: UTC
    push_key_file: @FOLDER@/push
server:
  tls:
    certificate: @FOLDER@/cert.pem
    key: @FOLDER@/key.pem
""")
for tool in ("openssl", "curl", "nghttp", "h2load"):
    if not shutil.which(tool):
        skip("HTTP/2", f"no {tool} here")
        done()
h = House(config=CONFIG)


def inside(name): return os.path.join(h.folder, name)


def curl(version, path, *more, port=None):
    """(status, version spoken, fields, body) as curl has it, undecoded."""
    scheme = "http" if port else "https"
    r = subprocess.run(["curl", "-sS", "--cacert", inside("cert.pem"), version, "-D", inside("head"), "-o", inside("body"), "-w", "%{http_code} %{http_version}", *more,
                        f"{scheme}://127.0.0.1:{port or h.port}{path}"], capture_output=True, text=True, timeout=60)
    status, spoken = (r.stdout.split() + ["0", "0"])[:2]
    fields, body = {}, b""
    with contextlib.suppress(OSError):
        for line in open(inside("head"), encoding="latin-1"):
            name, colon, value = line.partition(":")
            if colon: fields[name.lower()] = value.strip()
        body = open(inside("body"), "rb").read()
    for name in ("head", "body"):
        with contextlib.suppress(OSError): os.remove(inside(name))
    fields.pop("date", None)
    return int(status), spoken, fields, b"" if "-I" in more else body


def same(path, what, want, *more):
    """Both protocols give the same; returns it."""
    one, two = curl("--http1.1", path, *more), curl("--http2", path, *more)
    one[2].pop("connection", None)
    check(one[1] == "1.1" and two[1] == "2" and one[0] == two[0] == want and one[2:] == two[2:], f"{what}: {want}, the same by both", (one[:3], two[:3]))
    return two


subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", inside("key.pem"), "-out", inside("cert.pem")], check=True, capture_output=True, timeout=60)
os.chmod(inside("key.pem"), 0o600)
key = secrets.token_hex(32).encode()
with open(inside("push"), "wb") as f: f.write(key + b"\n")
os.chmod(inside("push"), 0o600)
import ssl
h.tls = ssl.create_default_context(cafile=inside("cert.pem"))
h.start()
h.drop("a.json", ninjs("tag:example.org,2026:1", "A story told twice", "<p>" + "Words that fill a page. " * 3000 + "</p>"))
h.drop("b.json", ninjs("tag:example.org,2026:2", "A story to be killed"))
check(h.shows("/", "A story told twice") and h.shows("/", "A story to be killed"), "two stories are out")
path, doomed = h.path_of("A story told twice"), h.path_of("A story to be killed")
for p in ("/", path, "/rss.xml", "/feed.json", "/sitemap.xml", "/section/sport"): same(p, p, curl("--http1.1", p)[0])
page = same(path, "a page", 200)
check(b"A story told twice" in page[3] and len(page[3]) > 70000, "whole")
for coding in ("gzip", "br"):
    got = same(path, f"a page in {coding}", 200, "-H", f"Accept-Encoding: {coding}")
    check(got[2].get("content-encoding") == coding and got[2]["etag"] != page[2]["etag"], f"with its own tag in {coding}", got[2])
got = same(path, "a page that is known", 304, "-H", "If-None-Match: " + page[2]["etag"])
check(got[3] == b"" and "content-length" not in got[2], "without a body", got[2])
same(path, "HEAD", 200, "-I")
same("/2026/01/23/never-0123456789ab", "a page that never was", 404)
same("/nowhere", "an address that is none", 404)
same(path + "/", "an untidy address", 301)
same("/", "POST to a page", 413, "-d", "x")
same("/../../etc/passwd", "a path out of the house", 404, "--path-as-is")
h.drop("k.json", ninjs("tag:example.org,2026:2", "A story to be killed", status="canceled", version="2"))
check(until(lambda: curl("--http2", doomed)[0] == 410), "a kill shows over HTTP/2")
got = same(doomed, "a killed story", 410)
check(b"to be killed" not in got[3], "of which nothing is told")

body = newsml("tag:example.org,2026:9", "Pushed by the second protocol").encode()
with open(inside("item"), "wb") as f: f.write(body)


def push(headers, file="item", *more):
    words = [w for k, v in headers.items() for w in ("-H", f"{k}: {v}")]
    return curl("--http2", "/push/agency", *words, "-H", "Expect:", "--data-binary", "@" + inside(file), *more)


check(push({})[:2] == (401, "2"), "a push over HTTP/2 without a signature: 401")
headers = sign(key, body)
got = push(headers)
check(got[:2] == (202, "2"), "with one: 202", got)
check(h.shows("/", "Pushed by the second protocol"), "and it is published")
check(push(headers)[0] == 401, "the same again: 401")
with open(inside("large"), "wb") as f: f.truncate((32 << 20) + 1)
check(push({}, "large")[0] == 413, "one of more than 32 MB: 413")
with open(inside("large"), "wb") as f: f.truncate(20 << 20)
check(push({}, "large")[0] == 401, "one of 20 MB is read, and unsigned")

def counted_now(): return int(re.search(r"broadsheet_requests_total (\d+)", h.get("/metrics").text)[1])
def rests():
    """Nothing is asked meanwhile, and what was asked before is counted: each look counts itself alone."""
    looks = [counted_now() for _ in range(4)]
    return looks[-1] if looks[-1] - looks[0] == 3 else None
counted = until(rests) or 0
r = subprocess.run(["h2load", "-n", "400", "-c", "4", "-m", "16", f"https://127.0.0.1:{h.port}{path}"], capture_output=True, text=True, timeout=120)
check("400 succeeded, 0 failed, 0 errored, 0 timeout" in r.stdout and "400 2xx" in r.stdout and "Application protocol: h2" in r.stdout, "h2load: four hundred on four connections", r.stdout + r.stderr)
more = counted_now() - counted
check(401 <= more <= 404, "and they are counted", more)  # what was answered just before may be counted behind the first look
r = subprocess.run(["nghttp", "-nv", f"https://127.0.0.1:{h.port}/", f"https://127.0.0.1:{h.port}{path}", f"https://127.0.0.1:{h.port}/rss.xml"], capture_output=True, text=True, timeout=60)
check(r.stdout.count(":status: 200") == 3 and "SETTINGS_MAX_CONCURRENT_STREAMS(0x03):32" in r.stdout and "RST_STREAM" not in r.stdout, "nghttp: three on one connection", r.stdout[-3000:] + r.stderr)
check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
check("ERROR: AddressSanitizer" not in h.log_text() and "runtime error" not in h.log_text() and "ended by signal" not in h.log_text(), "no role ended, no sanitizer spoke", h.log_text()[-3000:])
h.remove()

with House() as plain:
    h = plain
    check(curl("--http2-prior-knowledge", "/", port=plain.port)[0] == 0, "without TLS there is no HTTP/2 for who just begins")
    got = curl("--http2", "/", port=plain.port)
    check(got[:2] == (200, "1.1"), "nor for who asks for an upgrade", got[:3])
done()
