#!/usr/bin/env python3
"""What docs/cdn.md says for services, asked of a small server that wants the form, the token and the signature that each of them wants."""
import base64, json, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from _house import *

SITE = """
site: {name: Behind, url: "https://news.example.org", timezone: UTC}
feeds: {wire: {provider: Wire, timezone: UTC, folder: "@WIRE@"}}
"""
DOCS = open(os.path.join(ROOT, "docs", "cdn.md")).read()
TOKEN, ID = secrets.token_hex(16), "AKIA" + secrets.token_hex(8).upper()
FILES = {"fastly": TOKEN, "cloudflare": f"Bearer {TOKEN}", "cloudfront": f'user = "{ID}:{TOKEN}"', "akamai": f"[default]\nhost = @HOST@\nclient_token = akab-client\naccess_token = akab-access\nclient_secret = {TOKEN}="}


def mac(key, text): return hmac.new(key, text.encode(), hashlib.sha256).digest()
def hexhash(b): return hashlib.sha256(b).hexdigest()


def amazon(r, body):
    """AWS signature 4, from what was received alone."""
    m = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^,/]+)/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)", r.headers.get("Authorization", ""))
    if not m or m[1] != ID: return False
    names, (day, region, service, end) = m[3].split(";"), m[2].split("/")
    if "host" not in names or "x-amz-date" not in names or service != "cloudfront" or region != "us-east-1": return False
    canonical = "\n".join([r.command, urllib.parse.quote(r.path), "", *(f"{n}:{r.headers[n].strip()}" for n in names), "", m[3], hexhash(body)])
    signed = "\n".join(["AWS4-HMAC-SHA256", r.headers["X-Amz-Date"], m[2], hexhash(canonical.encode())])
    key = mac(mac(mac(mac(b"AWS4" + TOKEN.encode(), day), region), service), end)
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest() == m[4]


def edgegrid(r, body):
    head, _, got = r.headers.get("Authorization", "").rpartition("signature=")
    m = re.fullmatch(r"EG1-HMAC-SHA256 client_token=akab-client;access_token=akab-access;timestamp=(\d{8}T\d\d:\d\d:\d\d\+0000);nonce=[0-9a-f-]{36};", head)
    if not m: return False
    key = base64.b64encode(mac((TOKEN + "=").encode(), m[1]))
    signed = "\t".join([r.command, "http", r.headers["Host"], r.path, "", base64.b64encode(hashlib.sha256(body).digest()).decode(), head])
    return base64.b64encode(mac(key, signed)).decode() == got


class Services(BaseHTTPRequestHandler):
    got, lock = [], threading.Lock()

    def log_message(self, *_): pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, names = 403, None
        if self.path == "/service/SERVICE/purge" and self.headers.get("Fastly-Key") == TOKEN: status, names = 200, self.headers.get("Surrogate-Key", "").split()
        if self.path == "/client/v4/zones/ZONE/purge_cache" and self.headers.get("Authorization") == f"Bearer {TOKEN}":
            names = json.loads(body).get("tags", [])
            status = 200 if 0 < len(names) <= 30 else 400
        if self.path == "/2020-05-31/distribution/DISTRIBUTION/invalidation" and amazon(self, body):
            import xml.etree.ElementTree as tree
            ns = "{http://cloudfront.amazonaws.com/doc/2020-05-31/}"
            batch = tree.fromstring(body)
            names = [p.text for p in batch.iter(ns + "Path")]
            status = 201 if int(batch.find(f"{ns}Paths/{ns}Quantity").text) == len(names) and batch.find(ns + "CallerReference").text else 400
        if self.path == "/ccu/v3/delete/tag/production" and edgegrid(self, body): status, names = 201, json.loads(body)["objects"]
        with Services.lock: Services.got.append((status, names))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
threading.Thread(target=server.serve_forever, daemon=True).start()
HERE = f"127.0.0.1:{server.server_address[1]}"


def recipe(name):
    """As the page has it, but for where the service is."""
    text = re.search(rf"^```yaml {name}\.yaml\n(.*?)^```$", DOCS, re.M | re.S)[1]
    text = re.sub(r"https://api\.(?:fastly|cloudflare)\.com", f"http://{HERE}", text).replace("secret_file:", "private: yes, secret_file:")
    text = text.replace("/usr/local/lib/broadsheet/", os.path.join(ROOT, "packaging", "purge") + "/").replace("DISTRIBUTION]", f'DISTRIBUTION, "http://{HERE}"]')
    return SITE + text


h = House(config=recipe("fastly"))
for name, text in FILES.items():
    with open(os.open(os.path.join(h.folder, name + ".key"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f: f.write(text.replace("@HOST@", f"http://{HERE}") + "\n")
h.start()
try:
    for n, name in enumerate(FILES):
        if name in ("cloudfront",) and not shutil.which("curl"):
            skip(name, "curl is not installed")
            continue
        if n:
            h.write_config(recipe(name))
            check(h.verb("reload").returncode == 0, f"{name}: its configuration is taken", h.log_text()[-600:])
        h.drop(f"{name}.json", ninjs(f"tag:example.org,2026:{name}", f"A story for {name}"))
        path = h.path_of(f"A story for {name}")
        page = until(lambda: (lambda a: a if a.headers.get("etag") and "s-maxage" in str(a.headers) + "s-maxage" * (name != "cloudfront") else None)(h.get(path)))
        said = page.headers
        if name == "cloudfront": check(said["cache-control"] == "max-age=0, must-revalidate, s-maxage=10" and h.get("/nothing").headers["cache-control"] == "no-store", "cloudfront: shared caches keep what exists for ten seconds, browsers nothing", said)
        else: check(said["cache-control"] == "no-cache" and "max-age=30" in (said.get("surrogate-control") or said.get("cdn-cache-control")), f"{name}: it may keep the page, browsers may not", said)
        if name in ("fastly", "cloudflare"): check("stale-while-revalidate=60" in (said.get("surrogate-control") or said["cdn-cache-control"]), f"{name}: and may show it stale while it asks")
        before = len(Services.got)
        h.drop(f"{name}-k.json", ninjs(f"tag:example.org,2026:{name}", f"A story for {name}", version="2", status="canceled"))
        wanted = path if name == "cloudfront" else "s-" + path.rsplit("-", 1)[1]
        check(until(lambda: any(status in (200, 201) and wanted in names for status, names in Services.got[before:])), f"{name}: a kill is told in its form, with its token", (wanted, Services.got[before:], h.log_text()[-600:]))
        check(all(status in (200, 201) for status, _ in Services.got[before:]), f"{name}: nothing is refused", Services.got[before:])
        r = h.run("purge-cdn", "--data", h.data, "all")
        everything = Services.got[-1][1]
        check(r.returncode == 0 and ("/*" in everything if name == "cloudfront" else everything == ["site"]), f"{name}: all of it by one word", (r.stdout + r.stderr, everything))
        with open(os.path.join(h.folder, name + ".key"), "w") as f: f.write(FILES[name].replace(TOKEN, "wrong").replace("@HOST@", f"http://{HERE}") + "\n")
        r = h.run("purge-cdn", "--data", h.data, "all")
        check(r.returncode == 69 and Services.got[-1][0] == 403, f"{name}: with another token it is refused, and that is said", r.stdout + r.stderr)
    check(TOKEN not in h.log_text(), "no token in the log")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-1500:])
    for old, new, what in (("lifetime: Surrogate-Control", "lifetime: Cache-Control", "browsers or nobody"), ("method: POST, header: Surrogate-Key", "by: url", "could outlive a kill"), ("  purge:", "  x:", "could outlive a kill")):
        h.write_config(recipe("fastly").replace(old, new))
        r = h.run("check", "--config", h.config_path)
        check(r.returncode == 78 and what in r.stderr, f"stale pages are refused: {what} ({new})", r.stdout + r.stderr)
finally:
    h.remove()
    server.shutdown()
done()
