"""What tests of polled feeds share: a server of the test's own that answers as each test says, and what the house makes of it."""
import base64, hashlib, json, sqlite3, threading, urllib.parse
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
    lines = "".join(f"  {name}: {{provider: {'Reuters' if name == 'connect' else name.capitalize()}, timezone: UTC, poll: {{{poll}}}}}\n" for name, poll in feeds.items())
    return f'site: {{name: Polled, url: "https://news.example.org", timezone: UTC}}\nfeeds:\n{lines}{more}{allow}'


def pin(certificate):
    """What `server_keys` names: as docs/delivery.md shows how to get it."""
    run = lambda words, data: subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout
    key = run(["pkey", "-pubin", "-outform", "der"], run(["x509", "-in", certificate, "-pubkey", "-noout"], b""))
    return "sha256//" + base64.b64encode(hashlib.sha256(key).digest()).decode()


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


def kill_intake(h):
    """It may be starting again at this moment."""
    with contextlib.suppress(ProcessLookupError, KeyError, IndexError): os.kill(h.roles()["intake"][0], signal.SIGKILL)


def run(*parts):
    for part in parts:
        if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]: part()
    done()
