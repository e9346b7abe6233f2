#!/usr/bin/env python3
"""TLS by the server itself, with a certificate authority made here: versions, a certificate replaced in place while a connection stands, broken files."""
import ssl
from _house import *

CONFIG = site_file("Sealed Courier", more="""server:
  tls:
    certificate: @FOLDER@/cert.pem
    key: @FOLDER@/key.pem
""")
if not shutil.which("openssl"):
    skip("TLS", "no openssl here")
    done()
h = House(config=CONFIG)


def inside(name): return os.path.join(h.folder, name)


def openssl(*words): subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60)


def new_key(name, *more):
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", inside(name), "-days", "2", *more]


def make_certificate(serial):
    """Written beside and moved over, as certbot and its like do."""
    openssl("req", "-x509", *new_key("key.new"), "-CA", inside("ca.pem"), "-CAkey", inside("ca.key"), "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE", "-set_serial", str(serial), "-out", inside("cert.new"))
    os.chmod(inside("key.new"), 0o600)
    for name in ("key", "cert"): os.rename(inside(name + ".new"), inside(name + ".pem"))


def client(lowest=None, highest=None):
    c = ssl.create_default_context(cafile=inside("ca.pem"))
    c.set_ciphers("ALL:@SECLEVEL=0")  # else this client would not even offer 1.1
    if lowest: c.minimum_version = lowest
    if highest: c.maximum_version = highest
    return c


def handshake(context):
    """(version, serial number) of a fresh connection, or the reason why there is none."""
    with socket.create_connection((h.host, h.port), timeout=20) as s:
        try:
            with context.wrap_socket(s, server_hostname="127.0.0.1") as t: return t.version(), int(t.getpeercert()["serialNumber"], 16)
        except (ssl.SSLError, OSError) as e: return str(e), 0


openssl("req", "-x509", *new_key("ca.key"), "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign", "-out", inside("ca.pem"))
make_certificate(71)
h.tls = client()
h.start()
check(h.address.startswith("https://"), "with a certificate in the configuration the address is https", h.address)
h.drop("a.json", ninjs("tag:example.org,2026:1", "A sealed story"))
check(h.shows("/", "A sealed story"), "pages are answered over TLS")
check(h.get("/", Accept_Encoding="gzip").headers.get("content-encoding") == "gzip", "compressed as over plain HTTP")
V = ssl.TLSVersion
check(handshake(client(V.TLSv1_2, V.TLSv1_2))[0] == "TLSv1.2", "TLS 1.2 is spoken", handshake(client(V.TLSv1_2, V.TLSv1_2)))
check(handshake(client(V.TLSv1_3, V.TLSv1_3))[0] == "TLSv1.3", "TLS 1.3 is spoken")
import warnings
warnings.simplefilter("ignore", DeprecationWarning)
why = handshake(client(V.TLSv1_1, V.TLSv1_1))[0]
check("ALERT_PROTOCOL_VERSION" in why.upper().replace(" ", "_"), "TLS 1.1 is refused by the server", why)
weak = client(V.TLSv1_2, V.TLSv1_2)
weak.set_ciphers("AES128-SHA:AES256-SHA256:@SECLEVEL=0")
check(handshake(weak)[1] == 0, "so are ciphers without forward secrecy", handshake(weak))


def shakes(*words):
    """Whether openssl's own client agrees with the site on what it offers."""
    r = subprocess.run(["openssl", "s_client", "-connect", f"{h.host}:{h.port}", *words], input="", capture_output=True, text=True, timeout=60)
    return "Cipher is (NONE)" not in r.stdout and "New, " in r.stdout


for words, agrees in (("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", True), ("-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", True), ("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", True),
                      ("-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256", True), ("-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384", False), ("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA", False), ("-tls1_2 -cipher ECDHE-ECDSA-AES128-CCM", False),
                      ("-tls1_2 -cipher DHE:@SECLEVEL=0", False), ("-tls1_2 -cipher kRSA:@SECLEVEL=0", False), ("-tls1_2 -cipher aNULL:eNULL:@SECLEVEL=0", False), ("-tls1_2 -cipher PSK:@SECLEVEL=0", False)):
    check(shakes(*words.split()) == agrees, f"openssl s_client {words}: {'spoken' if agrees else 'refused'}")
with socket.create_connection((h.host, h.port), timeout=20) as s:
    s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    got = b""
    with contextlib.suppress(OSError):
        while more := s.recv(4096): got += more
check(b"HTTP/" not in got and b"sealed" not in got, "plain HTTP on this listener gets no page", got[:200])
with socket.create_connection((h.host, h.port), timeout=20): check(h.get("/").status == 200, "a connection that never begins its handshake keeps nobody waiting")

kept = h.connection()
check(h.ask("/", on=kept).status == 200 and handshake(h.tls)[1] == 71, "a connection stands, with the first certificate")
make_certificate(72)
r = h.verb("reload")
check(r.returncode == 0, "reload", r.stdout + r.stderr)
check(until(lambda: handshake(h.tls)[1] == 72), "new handshakes present the new certificate", handshake(h.tls))
before = kept.sock
check(h.ask("/", on=kept).status == 200 and kept.sock is before, "the connection that stood goes on under the old one")

# certbot's layout: links in one folder, files in another; a renewal writes new files and turns the links
def turn_links(n):
    for d in ("live", "archive"): os.makedirs(inside(d), exist_ok=True)
    make_certificate(n)
    for name in ("cert", "key"):
        os.rename(inside(name + ".pem"), inside(f"archive/{name}{n}.pem"))
        os.symlink(f"../archive/{name}{n}.pem", inside(f"live/{name}.new"))
        os.rename(inside(f"live/{name}.new"), inside(f"live/{name}.pem"))


def reloaded():
    r = h.verb("reload")
    return r.returncode == 0 or r.stdout + r.stderr


turn_links(73)
h.write_config(CONFIG.replace("@FOLDER@/", "@FOLDER@/live/"))
said = reloaded()
check(said is True and handshake(h.tls)[1] == 73, "a certificate under another name is in force when `reload` says so", (said, handshake(h.tls)))
turn_links(74)
said = reloaded()
check(said is True and handshake(h.tls)[1] == 74, "so is one behind links that were turned to another file", (said, handshake(h.tls)))
check(h.ask("/", on=kept).status == 200 and kept.sock is before, "and still the first connection stands")
kept.close()
web = h.roles()["web"]
theme = os.path.join(tempfile.mkdtemp(prefix="broadsheet-test-"), "theme")  # far from the configuration
os.makedirs(theme + "/words")
with open(theme + "/words/en.yaml", "w") as f: f.write('home: "The sealed front"\n')
with open(inside("imprint.html"), "w") as f: f.write("<p>Printed below the bridge.</p>")
h.write_config(CONFIG.replace("@FOLDER@/", "@FOLDER@/live/").replace("Sealed Courier", "Renamed Courier")
               + f"theme: {theme}\npages:\n  imprint:\n    title: Imprint\n    file: imprint.html\n")
said = reloaded()
page = h.get("/").text
check(said is True and "The sealed front" in page and "Renamed Courier" in page, "a theme in a folder that is new, and a new name, are shown when `reload` says so", (said, page[:1500]))
check("below the bridge" in h.get("/page/imprint").text, "so is the file of a house page")
shutil.move(theme, theme + ".old")
shutil.copytree(theme + ".old", theme)
with open(theme + "/words/en.yaml", "w") as f: f.write('home: "Another front"\n')
check(reloaded() is True and "Another front" in h.get("/").text, "and a theme's folder that was replaced")
check(h.roles()["web"] == web, "by the same process all along")
os.kill(web[0], signal.SIGKILL)
check(until(lambda: h.roles().get("web", web) != web) and h.shows("/", "Another front") and handshake(h.tls)[1] == 74, "one that takes its place has the same", handshake(h.tls))
with open(theme + "/words/en.yaml", "w") as f: f.write("home: [\n")
r = h.verb("reload")
check(r.returncode == 78 and theme + "/words/en.yaml" + ":" in r.stderr, "`reload` says what is wrong, and where", r.stdout + r.stderr)
check("Another front" in h.get("/").text, "and the old one stays")
h.write_config(CONFIG)
make_certificate(72)
check(reloaded() is True and handshake(h.tls)[1] == 72 and h.lacks("/", "Another front"), "the way back", handshake(h.tls))
for name, text, what in (("cert.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n", "a broken certificate file"), ("key.pem", open(inside("ca.key")).read(), "a key that belongs to another certificate")):
    os.rename(inside(name), inside("good"))
    with open(inside(name), "w") as f: f.write(text)
    r = h.verb("reload")
    check(r.returncode == 78 and inside(name) in h.log_text(), f"{what}: reload refuses, the log names the file", (r.returncode, r.stdout + r.stderr, h.log_text()[-600:]))
    check(handshake(h.tls)[1] == 72 and h.get("/").status == 200, "and the old one stays", handshake(h.tls))
    r = h.run("check", "--config", h.config_path)
    check(r.returncode == 78 and inside(name) in r.stderr, "`check` says so beforehand", r.stdout + r.stderr)
    r = h.run("serve", "--data", inside("other"), "--config", h.config_path, "--listen", "127.0.0.1:0")
    check(r.returncode == 78 and inside(name) in r.stderr, "a site does not start with it", r.stdout + r.stderr)
    os.rename(inside("good"), inside(name))
os.chmod(inside("key.pem"), 0o644)
r = h.run("check", "--config", h.config_path)
check(inside("key.pem") in r.stderr and "chmod" in r.stderr, "a private key that everybody may read is warned of", r.stdout + r.stderr)
os.chmod(inside("key.pem"), 0o600)
check(h.verb("reload").returncode == 0 and h.shows("/", "A sealed story"), "with good files the next reload is accepted")
check("BEGIN" not in h.log_text() and "PRIVATE" not in h.log_text(), "no key is ever logged")
check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
h.remove()
shutil.rmtree(os.path.dirname(theme))
done()
