#!/usr/bin/env python3
"""The door without TLS beside the one with it: redirects to the site's own address, ACME's challenges by real clients, HSTS, and what the alarms say of a certificate that ends."""
import ssl
from _house import *

SITE = """site:
  name: The Door
  url: https://news.example.org
  timezone: UTC
feeds:
  wire: {provider: Wire, timezone: UTC, folder: @WIRE@, push_key_file: @FOLDER@/push.key}
server:
  tls: {certificate: @FOLDER@/live/cert.pem, key: @FOLDER@/live/key.pem}
  plain_listen: "127.0.0.1:@PLAIN@"
  redirect: yes
  acme_folder: @FOLDER@/webroot
  hsts: {days: 365, subdomains: yes, preload: yes}
"""
PEERS = os.path.join(ROOT, "build-peers", "usr", "bin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


PLAIN_PORT = free_port()
h = House(config=SITE.replace("@PLAIN@", str(PLAIN_PORT)))
inside = lambda *names: os.path.join(h.folder, *names)
for d in ("live", "webroot"): os.makedirs(inside(d))
with open(os.open(inside("push.key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f: f.write(b"k" * 64 + b"\n")


def certificate(days):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days), "-subj", "/CN=news.example.org",
                    "-keyout", inside("live/key.pem"), "-out", inside("live/cert.pem")], check=True, capture_output=True)
    os.chmod(inside("live/key.pem"), 0o600)


def plain(path, method="GET", host="news.example.org", body=None, **headers):
    c = http.client.HTTPConnection("127.0.0.1", PLAIN_PORT, timeout=20)
    c.request(method, path, body=body, headers={"Host": host, **headers})
    r = c.getresponse()
    a = Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
    c.close()
    return a


def secure(path, host="news.example.org"): return h.ask(path, headers={"Host": host})


certificate(2)
h.tls = ssl.create_default_context()
h.tls.check_hostname, h.tls.verify_mode = False, ssl.CERT_NONE
h.start()
try:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "A story behind two doors"))
    check(h.shows("/", "A story behind two doors"), "the door with TLS has the pages")

    # ---- led to the site's own address ----
    for path in ("/", "/section/sport?page=2", "/no/such/page", "//evil.example/", "/a%0d%0aSet-Cookie:%20x=y"):
        r = plain(path)
        check(r.status == 301 and r.headers.get("location") == "https://news.example.org" + path and "A story" not in r.text, f"without TLS {path} leads to the same address at site.url", (r.status, r.headers))
    check("strict-transport-security" not in plain("/").headers, "HSTS is never said without TLS (RFC 6797, 7.2)")
    check(plain("/", host="evil.example").headers.get("location") == "https://news.example.org/", "never to the host that a client names")
    check(plain("/size", "POST", body="size=l").status == 308, "what is sent stays what it was: 308")
    r = plain("/push/wire", "POST", body="x")
    check(r.status == 308 and r.headers["location"].endswith("/push/wire"), "a push as well: it may hold what is under embargo", r.status)
    check(plain("/health").status == 200, "whoever watches is answered at every door")
    r = secure("/section/sport?page=2", host="www.news.example.org")
    check(r.status == 301 and r.headers.get("location") == "https://news.example.org/section/sport?page=2", "www leads to the bare name", (r.status, r.headers))
    check(secure("/", host="WWW.news.example.org:443").status == 301 and secure("/", host="news.example.org:8443").status == 200, "by the name alone")
    check(secure("/", host="wwwx.news.example.org").status == 200 and secure("/", host="127.0.0.1").status == 200, "any other name is served, and led nowhere")
    for path, status in (("/", 200), ("/no/such/page", 404)):
        r = secure(path)
        check(r.status == status and r.headers.get("strict-transport-security") == "max-age=31536000; includeSubDomains; preload", f"HSTS with every page, {status}", r.headers)

    # ---- challenges, as clients put them there ----
    at = "/.well-known/acme-challenge/"
    os.makedirs(inside("webroot" + at))
    put = lambda name, text: open(inside("webroot" + at + name), "w").write(text)
    put("token_-1", "token_-1.thumbprint")
    r = plain(at + "token_-1")
    check(r.status == 200 and r.text == "token_-1.thumbprint" and r.headers["content-type"] == "application/octet-stream" and r.headers["cache-control"] == "no-store", "a challenge is answered without TLS, and not led away", (r.status, r.headers))
    check(secure(at + "token_-1").status == 200 and plain(at + "token_-1", host="www.news.example.org").status == 200, "at every door and name")
    put("large", "x" * 600)
    put("dotted.txt", "no token")
    os.symlink(inside("push.key"), inside("webroot" + at + "link"))
    os.mkfifo(inside("webroot" + at + "pipe"))
    os.mkdir(inside("webroot" + at + "folder"))
    with open(inside("webroot/outside"), "w") as f: f.write("outside")
    for name in ("nothing", "link", "pipe", "folder", "large", "dotted.txt", "", ".", "..", "../outside", "..%2foutside", "%2e%2e/outside", "token_-1/", "token_-1%00", "a" * 129, "folder/x"):
        r = plain(at + name)
        check(r.status == 404 and "kkk" not in r.text and "outside" not in r.text, f"what is no file of a token's name is 404: {name[:20]!r}", (r.status, r.text))
    shutil.rmtree(inside("webroot/.well-known"))
    check(plain(at + "token_-1").status == 404, "and where the client has cleared its folder away")
    os.makedirs(inside("elsewhere/acme-challenge"))
    os.symlink(inside("elsewhere"), inside("webroot/.well-known"))
    with open(inside("elsewhere/acme-challenge/t"), "w") as f: f.write("elsewhere")
    check(plain(at + "t").status == 404, "a folder that is a link leads nowhere")
    os.unlink(inside("webroot/.well-known"))

    # ---- the alarm ----
    check(until(lambda: all(f"alarm: {k}: {inside('live/cert.pem')} ends within 2 days" in h.log_text() for k in ("certificate", "certificate-urgent"))), "a certificate of less than three days rings twice, by its file's name", h.log_text()[-1500:])
    certificate(11)
    check(h.verb("reload").returncode == 0 and until(lambda: "all clear: certificate-urgent" in h.log_text()), "of eleven days: the urgent one is over", h.log_text()[-800:])
    check("all clear: certificate " not in h.log_text(), "and the other is not")

    # ---- real clients against an authority of our own, while the site serves ----
    try: from _acme import Authority
    except ImportError as e: Authority = skip("clients of ACME", str(e))
    authority = Authority(PLAIN_PORT) if Authority else None

    def issued(name, command, cert, key, clients_env={}):
        r = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": h.folder, **clients_env})
        if not check(r.returncode == 0 and os.path.exists(cert), f"{name}: a certificate without stopping the site", (r.returncode, r.stdout[-1500:], r.stderr[-1500:], authority.asked)): return
        for source, to in ((key, "key"), (cert, "cert")):
            shutil.copy(source, inside(f"live/{to}.new"))
            os.chmod(inside(f"live/{to}.new"), 0o600)
            os.rename(inside(f"live/{to}.new"), inside(f"live/{to}.pem"))
        check(h.verb("reload").returncode == 0, f"{name}: it is put in force")
        trusts = ssl.create_default_context(cadata=authority.chain(authority.certificate))
        with socket.create_connection((h.host, h.port), timeout=20) as s, trusts.wrap_socket(s, server_hostname="news.example.org") as t:
            check(t.version() == "TLSv1.3", f"{name}: a browser that trusts this authority trusts the site")

    if authority:
        if not os.path.exists(PEERS + "/dehydrated"): skip("dehydrated", "it is not in build-peers (./dev test puts it there)")
        else:
            with open(inside("dehydrated.conf"), "w") as f:
                f.write(f'CA="{authority.url}/directory"\nBASEDIR="{inside("dehydrated")}"\nWELLKNOWN="{inside("webroot" + at)}"\nKEYSIZE=2048\nKEY_ALGO=prime256v1\nCONTACT_EMAIL=\n')
            os.makedirs(inside("dehydrated")), os.makedirs(inside("webroot" + at))
            base = [PEERS + "/dehydrated", "--config", inside("dehydrated.conf")]
            r = subprocess.run(base + ["--register", "--accept-terms"], capture_output=True, text=True, timeout=120)
            check(r.returncode == 0, "dehydrated: registers", r.stdout + r.stderr)
            own = inside("dehydrated/certs/news.example.org")
            issued("dehydrated", base + ["--cron", "--domain", "news.example.org"], own + "/fullchain.pem", own + "/privkey.pem")
        if not os.path.exists(PEERS + "/lego"): skip("lego", "it is not in build-peers (./dev test puts it there)")
        else:
            own = inside("lego/certificates/news.example.org")
            issued("lego", [PEERS + "/lego", "--server", authority.url + "/directory", "--accept-tos", "--email", "desk@example.org", "--domains", "news.example.org", "--domains", "www.news.example.org",
                            "--path", inside("lego"), "--http", "--http.webroot", inside("webroot"), "run"], own + ".crt", own + ".key")
        check(until(lambda: "all clear: certificate " in h.log_text()), "with ninety days before it the alarm is over", h.log_text()[-800:])
        authority.stop()
    check(h.shows("/", "A story behind two doors"), "the pages stand as before")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])

    # ---- what the site file may not say ----
    for old, new, what in (("https://news", "http://news", "bound to TLS"), ("days: 365", "days: 30", "lists take no site"), ("  redirect: yes\n", "", "add “redirect: yes”"),
                           ("  tls: {certificate: @FOLDER@/live/cert.pem, key: @FOLDER@/live/key.pem}\n", "", "every door is a plain one")):
        h.write_config(SITE.replace("@PLAIN@", str(PLAIN_PORT)).replace(old, new))
        r = h.run("check", "--config", h.config_path)
        check(what in r.stdout + r.stderr, f"`check` tells: {what}", r.stdout + r.stderr)
finally:
    h.remove()
done()
