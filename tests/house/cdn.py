#!/usr/bin/env python3
"""Caches in front: a real Varnish and a real nginx keep pages for an hour and drop at once what is killed, withheld, taken down, expired or corrected;
what they answered stands in the receipt. Then caches of the test's own, that refuse, are away, or want a secret. All on loopback; each is ended by its pid."""
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from _house import *

SITE = """
site: {name: Behind, url: "http://news.example.org", timezone: UTC}
feeds: {wire: {provider: Wire, timezone: UTC, folder: "@WIRE@", pictures: yes}}
server: {trusted_proxies: [127.0.0.1]}
"""
FAR = "seconds: 3600"  # what is gone sooner than that was dropped


def story(guid, headline, **more): return ninjs(guid, headline, body=f"<p>What is told of {guid} stands here and nowhere else.</p>", **more)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def through(port, path, method="GET", **headers):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        c.request(method, path, headers={"Host": "news.example.org", **{k.replace("_", "-"): v for k, v in headers.items()}})
        r = c.getresponse()
        return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
    except OSError:
        return Answer(0, {}, b"")
    finally: c.close()


def receipt(h, target, within_s=20):
    def ask():
        r = h.run("receipt", "--data", h.data, "--json", target)
        return json.loads(r.stdout) if r.returncode == 0 else None
    return until(ask, within_s=within_s) or {}


def outcomes(r): return {c["name"]: c["outcome"] for c in r.get("caches", [])}


# ---- the real ones ----
def varnish(h, port):
    text = open(os.path.join(ROOT, "packaging", "varnish.vcl.example")).read().replace('"8080"', f'"{h.port}"')
    with open(h.folder + "/site.vcl", "w") as f: f.write(text)
    p = subprocess.Popen(["varnishd", "-F", "-j", "none", "-f", h.folder + "/site.vcl", "-a", f"127.0.0.1:{port}", "-n", h.folder + "/varnish", "-s", "malloc,32M", "-T", "none"],
                         stdout=open(h.folder + "/varnish.log", "wb"), stderr=subprocess.STDOUT)
    return p, lambda a: len(a.headers.get("x-varnish", "").split()) == 2


def nginx(h, port):
    d = h.folder
    text = open(os.path.join(ROOT, "packaging", "nginx-cache.conf.example")).read()
    for a, b in (("listen 80;", f"listen 127.0.0.1:{port};"), ("127.0.0.1:8080", f"127.0.0.1:{h.port}"), ("127.0.0.1:8091", f"127.0.0.1:{h.door}"), ("/var/cache/nginx/broadsheet", d + "/kept")): text = text.replace(a, b)
    with open(d + "/nginx.conf", "w") as f:
        f.write(f"load_module {PURGE_MODULE};\n" + ("user root;\n" if os.geteuid() == 0 else "") + f"daemon off; pid {d}/nginx.pid; error_log {d}/nginx.log;\nevents {{}}\nhttp {{ access_log off; "
                f"client_body_temp_path {d}/nb; proxy_temp_path {d}/np; fastcgi_temp_path {d}/nf; uwsgi_temp_path {d}/nu; scgi_temp_path {d}/ns;\n{text}\n}}\n")
    p = subprocess.Popen(["nginx", "-p", d, "-c", d + "/nginx.conf"], stdout=subprocess.DEVNULL, stderr=open(d + "/nginx.err", "wb"))
    return p, lambda a: a.headers.get("x-cache") == "HIT"


PURGE_MODULE = "/usr/lib/nginx/modules/ngx_http_cache_purge_module.so"


def behind(name, start, config):
    port, door = free_port(), free_port()
    h = House(config=SITE + config.replace("@PORT@", str(port)).replace("@DOOR@", str(door)))
    h.door = door
    h.start()
    cache, is_hit = start(h, port)
    get = lambda path, **kw: through(port, path, **kw)
    try:
        if not check(until(lambda: get("/").status == 200, within_s=40), f"{name} starts and serves", h.log_text()[-500:]): return
        h.drop("a.json", story("tag:example.org,2026:a", "Harbour bridge opens"))
        h.drop("b.json", story("tag:example.org,2026:b", "Lighthouse painted red"))
        h.drop("x.json", story("tag:example.org,2026:x", "Market square is paved", expires=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 8))))
        paths = {g: h.path_of(t) for g, t in (("a", "Harbour bridge opens"), ("b", "Lighthouse painted red"), ("x", "Market square is paved"))}
        check(h.run("purge-cdn", "--data", h.data, "all").returncode == (0 if "by: url" not in config else 69), f"{name}: all can be dropped by key, and not by address; either is said")
        for p in paths.values(): get(p), get(p, Accept_Encoding="gzip")
        for p in ("/rss.xml", "/section/world", "/sitemap-1.xml"): get(p)
        check(all(until(lambda: is_hit(get(p)), within_s=5) for p in paths.values()), f"{name}: keeps pages", {p: get(p).headers for p in paths.values()})
        check("xkey" not in get(paths["a"]).headers and "surrogate-control" not in get(paths["a"]).headers and "x-accel-expires" not in get(paths["a"]).headers, f"{name}: what is for it is not passed on")

        h.drop("a2.json", story("tag:example.org,2026:a", "CORRECTED-Harbour bridge opens in May", version="2"))
        check(until(lambda: "in May" in get(paths["a"]).text and "in May" in get(paths["a"], Accept_Encoding="gzip").text), f"{name}: a correction shows at once, plain and gzip", get(paths["a"]).text[:300])

        h.drop("a3.json", story("tag:example.org,2026:a", "Harbour bridge opens in May", version="3", status="canceled"))
        check(until(lambda: get(paths["a"]).status == 410, within_s=5), f"{name}: a kill shows at once", get(paths["a"]).status)
        check(get(paths["a"], Accept_Encoding="gzip").status == 410 and all("Harbour bridge" not in get(p).text for p in ("/", "/rss.xml", "/sitemap-1.xml", "/api/v1/stories")), f"{name}: in every coding, and on every list")
        r = receipt(h, "tag:example.org,2026:a")
        check(set(outcomes(r).values()) == {"purged"} and r.get("clean") is True, f"{name}: the receipt says that it was purged", r.get("caches"))

        h.drop("b2.json", story("tag:example.org,2026:b", "Lighthouse painted red", version="2", status="withheld"))
        check(until(lambda: get(paths["b"]).status == 404, within_s=5), f"{name}: so does a withhold", get(paths["b"]).status)
        h.drop("b3.json", story("tag:example.org,2026:b", "Lighthouse painted red", version="3"))
        check(until(lambda: get(paths["b"]).status == 200), f"{name}: and its end")
        check(until(lambda: get(paths["x"]).status == 410, within_s=20), f"{name}: and an expiry", get(paths["x"]).status)
        get(paths["b"]), get(paths["b"])
        check(h.run("takedown", "--data", h.data, "tag:example.org,2026:b").returncode == 0 and until(lambda: get(paths["b"]).status == 410, within_s=5), f"{name}: and a takedown", get(paths["b"]).status)
        before = until(lambda: is_hit(get("/corrections")))
        r = h.run("purge-cdn", "--data", h.data, paths["b"])
        check(r.returncode == 0 and "purged" in r.stdout and before and not is_hit(get("/rss.xml")), f"{name}: purge-cdn drops a story's pages, and says so", r.stdout + r.stderr)
    finally:
        cache.terminate()
        cache.wait(timeout=30)
        h.remove()


KEYED = "cdn:\n  keys: xkey\n  lifetime: Surrogate-Control\n  " + FAR + "\n  purge:\n    varnish: {url: \"http://127.0.0.1:@PORT@/\", private: yes%s}\n"
if not shutil.which("varnishd") or not os.path.exists("/usr/lib/x86_64-linux-gnu/varnish/vmods/libvmod_xkey.so"): skip("broadsheet behind varnish", "varnish or varnish-modules is not installed")
else:
    behind("varnish by PURGE", varnish, KEYED % "")
    behind("varnish by BAN", varnish, KEYED % ", method: BAN")
    behind("varnish with stale pages", varnish, KEYED.replace(FAR, "seconds: 1\n  stale_seconds: 300") % "")
if not shutil.which("nginx") or not os.path.exists(PURGE_MODULE): skip("broadsheet behind nginx that keeps", "nginx or libnginx-mod-http-cache-purge is not installed")
else: behind("nginx", nginx, "cdn:\n  lifetime: X-Accel-Expires\n  " + FAR + "\n  purge:\n    nginx: {url: \"http://127.0.0.1:@DOOR@\", by: url, private: yes}\n")


# ---- caches of our own ----
class Edge(BaseHTTPRequestHandler):
    """Remembers what it is asked; answers as it is told to."""
    got, status = [], 200

    def log_message(self, *_): pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock: Edge.got.append((time.monotonic(), self.command, self.path, dict(self.headers), body))
        self.send_response(Edge.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PURGE = do_BAN = do_POST = serve


def asked(method=None, path=None, first=0):
    with lock: return [g for g in Edge.got[first:] if method in (None, g[1]) and path in (None, g[2])]


lock = threading.Lock()
edge = ThreadingHTTPServer(("127.0.0.1", 0), Edge)
threading.Thread(target=edge.serve_forever, daemon=True).start()
EDGE = edge.server_address[1]
AWAY = free_port()
SECRET = "word-" + secrets.token_hex(8)
h = House(config=SITE + f"""
cdn:
  keys: Cache-Tag
  lifetime: CDN-Cache-Control
  seconds: 60
  purge:
    keyed: {{url: "http://127.0.0.1:{EDGE}/keyed", header: X-Keys, secret_header: X-Secret, secret_file: edge.key, private: yes}}
    tags: {{url: "http://127.0.0.1:{EDGE}/tags", method: POST, private: yes}}
    files: {{url: "http://127.0.0.1:{EDGE}/files", method: POST, by: url, private: yes}}
  command: [/bin/grep, "-q", "key s"]
alarms: {{webhook: "http://127.0.0.1:{EDGE}/alarm"}}
""")
with open(os.path.join(h.folder, "edge.key"), "w") as f: f.write(SECRET + "\n")
os.chmod(os.path.join(h.folder, "edge.key"), 0o600)
h.start()
try:
    for n in range(3): h.drop(f"s{n}.json", story(f"tag:example.org,2026:s{n}", f"Story number {n} of the harbour"))
    path = h.path_of("Story number 0 of the harbour")
    its_id = path.rsplit("-", 1)[1]
    page, front = (until(lambda: (lambda a: a if "etag" in a.headers else None)(h.get(p))) for p in (path, "/"))  # one made while the store changes is kept nowhere
    check(page.headers.get("cdn-cache-control") == "max-age=60" and page.headers.get("cache-control") == "no-cache", "the cache in front may keep it for a time, readers may not", page.headers)
    tags = page.headers.get("cache-tag", "").split(",")
    check(tags[:2] == ["site", "surface-story"] and f"s-{its_id}" in tags, "a page names its surface and the stories on it, by ids alone", tags)
    check(f"s-{its_id}" in front.headers["cache-tag"] and "surface-front" in front.headers["cache-tag"] and "harbour" not in front.headers["cache-tag"].lower(), "so does a front, and no word of them", front.headers["cache-tag"])
    again = h.get(path, If_None_Match=page.headers["etag"])
    check(again.status == 304 and again.headers.get("cache-tag") == page.headers["cache-tag"], "a 304 as well")
    nothing = [h.get(p).headers for p in ("/nothing", "/2026/01/01/abcdefghjkmn", "/search?q=harbour")]
    check(not any("cache-tag" in x or "cdn-cache-control" in x for x in nothing), "what does not exist, and what is made for one reader, names nothing and may not be kept", nothing)
    check("cache-tag" not in h.get(re.search(r'/assets/[^"]+\.css', front.text)[0]).headers, "nor do assets, which never change")

    count = len(asked())
    started = time.monotonic()
    h.drop("k.json", story("tag:example.org,2026:s0", "Story number 0 of the harbour", version="2", status="canceled"))
    until(lambda: asked("PURGE", "/keyed", count) and asked("POST", "/tags", count) and asked("POST", "/files", count))
    keyed = asked("PURGE", "/keyed", count)[0]
    check(f"s-{its_id}" in keyed[3]["X-Keys"].split() and "s-many" in keyed[3]["X-Keys"].split() and keyed[3]["X-Secret"] == SECRET, "PURGE by key with its secret", keyed[3])
    check(f"s-{its_id}" in json.loads(asked("POST", "/tags", count)[0][4])["tags"], "POST with tags as JSON", asked("POST", "/tags", count)[0][4])
    check(until(lambda: any("http://news.example.org" + path in json.loads(a[4])["files"] for a in asked("POST", "/files", count))), "POST with whole addresses as JSON", asked("POST", "/files", count)[0][4])
    alarm = until(lambda: asked("POST", "/alarm", count))
    check(alarm and all(keyed[0] < a[0] for a in alarm), "before anything else that leaves the house")
    r = receipt(h, "tag:example.org,2026:s0")
    check(outcomes(r) == dict.fromkeys(["keyed", "tags", "files", "command"], "purged") and r["clean"], "the receipt tells of each, the program too", r.get("caches"))
    shown = h.run("receipt", "--data", h.data, "tag:example.org,2026:s0").stdout
    check("Caches in front:\n  keyed: purged" in shown, "as text as well", shown)
    check(until(lambda: len(asked("PURGE", "/keyed", count)) == 2, within_s=25), "and each is asked a second time, for what was on its way meanwhile")
    check(SECRET not in h.log_text(), "no secret in the log")

    # ---- refused, then let through ----
    Edge.status = 403
    count = len(asked())
    h.drop("k1.json", story("tag:example.org,2026:s1", "Story number 1 of the harbour", version="2", status="canceled"))
    r = receipt(h, "tag:example.org,2026:s1")
    check(outcomes(r).get("keyed") == "refused: status 403" and outcomes(r).get("command") == "purged" and r["clean"] is False, "a cache that refuses: the receipt says so, and is not clean", r.get("caches"))
    check(until(lambda: "alarm: cdn: keyed: refused" in h.log_text()), "and people are told", h.log_text()[-600:])
    tries = len(asked("PURGE", "/keyed", count))
    check(until(lambda: len(asked("PURGE", "/keyed", count)) > tries, within_s=15), "it is asked again")
    Edge.status = 200
    check(until(lambda: "all clear: cdn keyed" in h.log_text(), within_s=40), "until it obeys", h.log_text()[-600:])
    r = h.run("purge-cdn", "--data", h.data, "all")
    check(r.returncode == 0 and json.loads(asked("POST", "/files")[-1][4]) == {"purge_everything": True}, "all: one word to those who know it", r.stdout + r.stderr)
    check(h.run("purge-cdn", "--data", h.data, "tag:example.org,2026:unknown").returncode == 66, "of an unknown story: 66")

    # ---- away; not allowed ----
    h.write_config(SITE + f"""
cdn:
  keys: Cache-Tag
  purge:
    away: {{url: "http://127.0.0.1:{AWAY}/", private: yes}}
    inside: {{url: "http://127.0.0.1:{EDGE}/inside"}}
  command: [/bin/false]
""")
    check(h.verb("reload").returncode == 0, "another configuration")
    h.drop("k2.json", story("tag:example.org,2026:s2", "Story number 2 of the harbour", version="2", status="canceled"))
    r = receipt(h, "tag:example.org,2026:s2", within_s=40)
    o = outcomes(r)
    check(o.get("away", "").startswith("unreachable") and not r["clean"], "a cache that is away: unreachable", r.get("caches"))
    check("not public" in o.get("inside", "") and not asked(path="/inside"), "a private address is reached only where that hook says so", o)
    check("status 1" in o.get("command", ""), "a program that fails is told by its status", o)
    code = h.stop()
    check(code == 0, "it ends cleanly", h.log_text()[-1500:])
finally:
    h.remove()

# ---- a page of more stories than a field may name ----
h = House(config=SITE.replace("feeds:", "front: {items: 200}\nfeeds:") + "cdn: {keys: xkey}\n")
h.start()
try:
    h.drop("many.xml", "\n".join(["<?xml version='1.0'?><newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><header/><itemSet>"] +
           [re.search(r"<newsItem.*</newsItem>", newsml(f"tag:example.org,2026:m{n}", f"Notice {n} to sailors", body=f"<p>Buoy {n} has moved a little.</p>"), re.S)[0] for n in range(260)] + ["</itemSet></newsMessage>"]))
    until(lambda: h.get("/sitemap-1.xml").text.count("<loc>") >= 260)
    field = h.get("/sitemap-1.xml").headers["xkey"]
    check(len(field) < 3200 and field.endswith(" s-many") and "surface-sitemap-1-xml" in field, "the field is bounded; the page is dropped with every story", (len(field), field[:60], field[-30:]))
finally:
    h.remove()
done()
