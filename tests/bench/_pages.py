"""The demonstration's paper behind the house's own TLS and HTTP/2, as browsers that measure see it: every name is mapped to loopback, and its certificate is trusted by its key."""
import base64, hashlib, json, os, re, subprocess, tempfile, shutil

from _bench import House, ROOT, until

NAME = "courier.example"
SECTIONS = ["world", "politics", "business", "science", "sport", "culture"]
CONFIG = f"""site:
  name: The Meridian Courier
  tagline: Every story in it is invented
  url: https://{NAME}
  language: en
  timezone: UTC
  comments: open
server:
  tls: {{certificate: "@FOLDER@/cert.pem", key: "@FOLDER@/key.pem"}}
feeds:
  wire: {{provider: Meridian Press Agency, credit: Meridian, timezone: UTC, folder: "@WIRE@", pictures: yes, comments: yes}}
organisation: {{email: desk@{NAME}}}
sections:
""" + "".join(f"  - {{name: {k}, subjects: []}}\n" if k == "world" else f"  - {k}\n" for k in SECTIONS) + "rules:\n" + "".join(
    f'  - {{name: filed under {k}, subjects: ["meridian:{k}"], to_section: {k}}}\n' for k in SECTIONS)


def openssl(*words, **more): return subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60, **more).stdout


def key_of(h):
    """The certificate's key as Chromium wants it: SHA-256 of its SubjectPublicKeyInfo."""
    cert, key = (os.path.join(h.folder, n) for n in ("cert.pem", "key.pem"))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-out", cert)
    os.chmod(key, 0o600)
    public = openssl("x509", "-in", cert, "-pubkey", "-noout")
    return base64.b64encode(hashlib.sha256(openssl("pkey", "-pubin", "-outform", "der", input=public)).digest()).decode()


class Paper:
    """with Paper() as p: p.flags are Chromium's, p.pages the paths of the front and of a story with a picture, which search engines may list."""
    def __init__(self, listen="127.0.0.1:0"): self.h = House(config=CONFIG, listen=listen)

    def ask(self, path):
        """By curl, which trusts the certificate and goes where the browser goes."""
        return subprocess.run(["curl", "-s", "--cacert", os.path.join(self.h.folder, "cert.pem"), "--resolve", f"{NAME}:{self.h.port}:{self.h.host}", f"https://{NAME}:{self.h.port}{path}"], capture_output=True, timeout=30).stdout.decode()

    def __enter__(self):
        h = self.h
        key = key_of(h)
        h.start()
        self.url = f"https://{NAME}"
        self.flags = [f"--host-resolver-rules=MAP {NAME} {h.host}:{h.port}", f"--ignore-certificate-errors-spki-list={key}"]
        source = tempfile.mkdtemp(prefix="broadsheet-bench-")
        subprocess.run([h.binary, "simulate", "--stories", os.path.join(ROOT, "demo"), "--to", source, "--length", "1"], check=True, capture_output=True, timeout=120)
        for name in sorted(os.listdir(source)):
            with open(os.path.join(source, name), "rb") as f: h.drop(name, f.read())
        shutil.rmtree(source)
        def story():
            found = [i for page in (1, 2, 3) for i in json.loads(self.ask(f"/api/v1/stories?page={page}") or '{"items": []}')["items"] if "10,000 metres record" in i["headline"]]
            return found and re.sub(r"^https?://[^/]+", "", found[0]["url"])
        path = until(story, within_s=120)
        if not path: raise SystemExit("the story does not stand\n" + h.log_text()[-2000:])
        if not until(lambda: "<picture" in self.ask(path) and "<picture" in self.ask("/"), within_s=120): raise SystemExit("the pictures are not drawn")
        if "noindex" in self.ask(path): raise SystemExit("the story may not be listed")
        self.pages = {"front": "/", "article": path}
        return self

    def __exit__(self, *_): self.h.remove()
