"""What whole-house tests share: a TAP counter, a running Broadsheet on port 0 (waited for by a pipe, ended by its pid), requests, wire files of our own.
Nothing here sleeps for a fixed time to wait for something: it asks until it is so, within a bound."""
import contextlib, gzip, hashlib, hmac, http.client, os, re, secrets, select, shutil, signal, socket, struct, subprocess, sys, tempfile, time, zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
BINARY = os.environ.get("BROADSHEET", os.path.join(ROOT, "build", "broadsheet"))
PLAIN = os.environ.get("BROADSHEET_PLAIN", BINARY)
SHARED = os.environ.get("BROADSHEET_SHARED", os.path.join(ROOT, "..", "shared"))
_count = 0
_failed = 0
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that houses end, and what was made and mounted goes


def check(held, what, detail=""):
    global _count, _failed
    _count += 1
    _failed += not held
    print(f"{'' if held else 'not '}ok {_count} - {what}", flush=True)
    if not held and detail != "": print("# " + str(detail)[:3000].replace("\n", "\n# "), flush=True)
    return bool(held)


def skip(what, why):
    global _count
    _count += 1
    print(f"ok {_count} - {what} # SKIP {why}", flush=True)


def done():
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)


def until(condition, what="", within_s=20.0):
    """Asks until it is so; returns the last answer (falsy when the bound was reached)."""
    end = time.monotonic() + within_s
    while True:
        got = condition()
        if got or time.monotonic() > end: return got
        time.sleep(0.002)


def site_file(name, url=None, more=""):
    """The least configuration: one feed, whose folder is the house's wire. more: what stands behind it, of the feed, of others, of the site."""
    url = f"  url: {url}\n" if url else ""
    return f"site:\n  name: {name}\n{url}  timezone: UTC\nfeeds:\n  wire:\n    provider: Wire\n    timezone: UTC\n    folder: @WIRE@\n{more}"


def png(width, height, number=0):
    """A picture of our own, another one for each number."""
    row = lambda y: b"\0" + b"".join(bytes(((x * 255 // width + number) & 255, y * 255 // height, (x * y) & 63)) for x in range(width))
    block = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + block(b"IDAT", zlib.compress(b"".join(map(row, range(height))))) + block(b"IEND", b"")


class House:
    def __init__(self, config=None, wire=True, binary=BINARY, listen="127.0.0.1:0", data=None, args=(), env=None):
        self.folder = tempfile.mkdtemp(prefix="broadsheet-test-")
        self.data = data or os.path.join(self.folder, "data")
        self.wire = os.path.join(self.folder, "wire")
        os.makedirs(self.wire, exist_ok=True)
        self.config, self.binary, self.listen, self.args, self.env = config, binary, listen, list(args), env
        self.with_wire = wire
        self.process = None
        if config is not None:
            self.config_path = os.path.join(self.folder, "site.yaml")
            self.write_config(config)

    def write_config(self, text):
        with open(self.config_path, "w") as f: f.write(text.replace("@WIRE@", self.wire).replace("@FOLDER@", self.folder))

    def command(self):
        c = [self.binary, "serve", "--data", self.data, "--listen", self.listen]
        if self.with_wire and self.config is None: c += ["--wire", self.wire]
        if self.config is not None: c += ["--config", self.config_path]
        return c + self.args

    def start(self, wait=True):
        r, w = os.pipe()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(self.command() + ["--ready-fd", str(w)], pass_fds=[w], stdout=self.log, stderr=self.log, start_new_session=True, env=self.env)
        os.close(w)
        with os.fdopen(r) as f: self.address = f.readline().strip() if wait and select.select([r], [], [], 90)[0] else ""
        m = re.search(r"//([^:/]+):(\d+)", self.address)
        self.socket = self.address.removeprefix("unix:") if self.address.startswith("unix:") else None
        self.host, self.port = (m[1], int(m[2])) if m else ("", 0)
        if wait and not self.address: raise RuntimeError("the house did not start:\n" + self.log_text()[-3000:])
        return self

    def log_text(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f: return f.read()

    def stop(self, how=signal.SIGTERM):
        if not self.process: return None
        if self.process.poll() is None: self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process = None
        self.log.close()
        return code

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self): return self.start()
    def __exit__(self, kind, *_):
        if kind: print("# the house's log:\n# " + self.log_text()[-6000:].replace("\n", "\n# "), flush=True)
        self.remove()

    def run(self, *words, code=None, **kw):
        r = subprocess.run([self.binary, *words], capture_output=True, text=True, timeout=120, **kw)
        return r

    def verb(self, verb, *words):
        return self.run(verb, "--data", self.data, *words)

    # ---- requests ----
    def connection(self):
        """A connection that stays open: TCP, a UNIX socket, or TLS where the house has a certificate (self.tls: the context that trusts it)."""
        if self.socket: return UnixConnection(self.socket)
        if self.address.startswith("https:"): return http.client.HTTPSConnection(self.host, self.port, timeout=20, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=20)

    def ask(self, path, method="GET", headers=None, body=None, on=None):
        c = on or self.connection()
        try:
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            return Answer(r.status, {k.lower(): ", ".join(r.headers.get_all(k)) for k in r.headers}, r.read())
        finally:
            if not on: c.close()

    def get(self, path, **headers):
        return self.ask(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def shows(self, path, text, within_s=20.0):
        return until(lambda: text in self.get(path).text, within_s=within_s)

    def lacks(self, path, text, within_s=20.0):
        return until(lambda: text not in self.get(path).text, within_s=within_s)

    # ---- the wire ----
    def drop(self, name, text):
        data = text if isinstance(text, bytes) else text.encode()
        hidden = os.path.join(self.wire, "." + name)
        with open(hidden, "wb") as f:
            f.write(data)
        os.rename(hidden, os.path.join(self.wire, name))

    def roles(self):
        """pid of each role, by its name."""
        out = {}
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/children") as f:
                for pid in f.read().split():
                    with contextlib.suppress(OSError):
                        out.setdefault(open(f"/proc/{pid}/comm").read().strip().removeprefix("bs-"), []).append(int(pid))
        return out

    def api(self, page=1):
        import json
        return json.loads(self.get(f"/api/v1/stories?page={page}").body)["items"]

    def path_of(self, headline):
        def find():
            for i in self.api():
                if i["headline"] == headline: return re.sub(r"^https?://[^/]+", "", i["url"])
            return None
        return until(find)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, before=b""):
        super().__init__("localhost", timeout=20)
        self.path, self.before = path, before

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
        if self.before: self.sock.sendall(self.before)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        coding = headers.get("content-encoding")
        if coding == "gzip": self.plain = gzip.decompress(body)
        else: self.plain = body
        self.text = self.plain.decode("utf-8", "replace")


def ledger_bytes(h):
    """All that a house's ledger holds, unpacked: every event's words, and every file that came."""
    import ctypes, sqlite3
    unpack = ctypes.CDLL("libzstd.so.1").ZSTD_decompress
    unpack.restype, unpack.argtypes = ctypes.c_size_t, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    def plain(size, coding, data):
        if coding == 0: return data
        out = ctypes.create_string_buffer(size + 1)
        if unpack(out, size, data, len(data)) != size: raise RuntimeError("a blob cannot be unpacked")
        return out.raw[:size]
    with contextlib.closing(sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)) as db:
        events = b"\n".join(b"\n".join(bytes(x or b"") if not isinstance(x, str) else x.encode() for x in row) for row in db.execute("SELECT feed, delivery, meta FROM event"))
        return events + b"\n" + b"\n".join(plain(*row) for row in db.execute("SELECT size, coding, bytes FROM blob"))


def at(minutes=0):
    """An instant that many minutes from now, as wires write it: old news would not be on fronts."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60 * minutes - 3600))


def newsml(guid, headline, body="<p>Some words that stand here.</p>", version=1, status="usable", embargoed=None, expires=None, signal="", subject="medtop:15000000",
           created=None, language="en", slugline="", by="", provider="example.org", urgency=5, extra=""):
    """One NewsML-G2 item of our own, in a newsMessage."""
    created = created or at()
    emb = f"<embargoed>{embargoed}</embargoed>" if embargoed is not None else ""
    exp = f"<expires>{expires}</expires>" if expires else ""
    sig = f'<signal qcode="sig:{signal}"/>' if signal else ""
    slug = f"<slugline>{slugline}</slugline>" if slugline else ""
    byline = f"<by>{by}</by>" if by else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>{created}</sent></header><itemSet>
<newsItem guid="{guid}" version="{version}" standard="NewsML-G2" standardversion="2.34" conformance="power" xml:lang="{language}">
<catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_40.xml"/>
<itemMeta><itemClass qcode="ninat:text"/><provider literal="{provider}"/><versionCreated>{created}</versionCreated>{emb}{exp}
<pubStatus qcode="stat:{status}"/>{sig}</itemMeta>
<contentMeta><urgency>{urgency}</urgency><contentCreated>{created}</contentCreated>{byline}{slug}<headline>{headline}</headline><language tag="{language}"/>
<subject qcode="{subject}"><name>Sport</name></subject>{extra}</contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html></inlineXML></contentSet>
</newsItem></itemSet></newsMessage>"""


def ninjs(guid, headline, body="<p>Some words that stand here.</p>", version="1", status="usable", **more):
    import json
    item = {"uri": guid, "standard": {"name": "ninjs", "version": "3.0"}, "type": "text", "version": version, "pubStatus": status, "versionCreated": at(),
            "language": "en", "headlines": [{"role": "main", "value": headline}],
            "bodies": [{"role": "main", "contentType": "text/html", "value": body}]}
    item.update(more)
    return json.dumps(item, ensure_ascii=False)


def sign(key, body, stamp=None, nonce=None):
    stamp, nonce = stamp or str(int(time.time())), nonce or secrets.token_hex(12)
    mac = hmac.new(key, stamp.encode() + b"\n" + nonce.encode() + b"\n" + body, hashlib.sha256).hexdigest()
    return {"Broadsheet-Time": stamp, "Broadsheet-Nonce": nonce, "Broadsheet-Signature": mac}
