#!/usr/bin/env python3
"""More than can be answered: slow clients of four kinds cost little and keep nobody waiting; readers who wait too long are told to come again, while pushes, kills and /health are answered."""
import json, threading
from _house import *

SLOW = 100  # of each kind
CONFIG = """site: {name: Crowded, timezone: UTC}
feeds:
  wire: {provider: Wire, timezone: UTC, folder: "@WIRE@"}
  urgent: {provider: Urgent, timezone: UTC, push_key_file: "@FOLDER@/key"}
server: {trusted_proxies: [127.0.0.1], threads: 1, queue_ms: @QUEUE@}
"""
KEY = secrets.token_hex(32).encode()


def house(queue_ms):
    h = House(config=CONFIG.replace("@QUEUE@", str(queue_ms)), binary=PLAIN)
    with open(os.open(os.path.join(h.folder, "key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f: f.write(KEY + b"\n")
    return h.start()


def push(h, body, headers={}):
    return h.ask("/push/urgent", "POST", {**sign(KEY, body.encode()), "X-Forwarded-For": "203.0.113.1", **headers}, body).status


def memory(h):
    """Private bytes of the web process."""
    with open(f"/proc/{h.roles()['web'][0]}/smaps_rollup") as f: return sum(int(l.split()[1]) for l in f if l.startswith("Private_")) << 10


# ---- slowhttptest's four kinds: heads that never end, bodies that drip, ranges without number, readers who do not read ----
KINDS = {"headers": b"GET / HTTP/1.1\r\nHost: x\r\nX-a: b\r\n", "body": b"POST /comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 400\r\n\r\na=",
         "range": b"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-" + b"".join(b",5-%d" % n for n in range(600)) + b"\r\n\r\n", "read": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 8}
h = house(2000)
try:
    h.drop("a.json", ninjs("tag:example.org,2026:a", "A story in a crowd"))
    check(h.shows("/", "A story in a crowd"), "a story stands")
    kept = h.connection()
    for kind, said in KINDS.items():
        for _ in range(3): h.ask("/", on=kept)
        before, crowd = memory(h), []
        for n in range(SLOW):
            s = socket.socket()
            if kind == "read": s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            s.connect((h.host, h.port))
            s.sendall(said)
            crowd.append(s)
        check(h.ask("/", on=kept).status == 200 and h.get("/").status == 200, f"{kind}: with {SLOW} of them readers are answered, on old lines and new")
        cost = (memory(h) - before) / SLOW
        check(cost < 16384, f"{kind}: each costs little: {cost:.0f} bytes")
        for n, s in enumerate(crowd): s.close()
    check(h.ask("/", on=kept).status == 200, "and when they have gone")
finally: h.remove()

# ---- a flood ----
h = house(5)
h.get = lambda path, **fields: until(lambda: (lambda a: a if a.status != 503 else None)(House.get(h, path, **fields)))  # as a reader who comes again
try:
    h.drop("a.json", ninjs("tag:example.org,2026:a", "A story in a flood"))
    path = h.path_of("A story in a flood")
    check(push(h, ninjs("tag:example.org,2026:k", "A pushed story")) == 202 and h.path_of("A pushed story"), "a push is taken")
    killed = h.path_of("A pushed story")
    stop, seen, lock = threading.Event(), {}, threading.Lock()

    def flood(n):
        """Searches that nobody has made before, many in one go."""
        asked = 0
        while not stop.is_set():
            try:
                with socket.create_connection((h.host, h.port), timeout=20) as s:
                    for _ in range(20):
                        burst = b"".join(b"GET /search?q=word%d-%d HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.%d\r\n\r\n" % (n, asked + k, n) for k in range(16))
                        asked += 16
                        s.sendall(burst)
                        got = b""
                        while got.count(b"HTTP/1.1 ") < 16 and (more := s.recv(1 << 16)): got += more
                        with lock:
                            for status in re.findall(rb"HTTP/1\.1 (\d+)", got): seen[int(status)] = seen.get(int(status), 0) + 1
                            if b" 503 " in got: seen["retry"] = b"Retry-After: " in got[got.index(b" 503 "):]
                        if stop.is_set(): return
            except OSError: continue
    threads = [threading.Thread(target=flood, args=(n,), daemon=True) for n in range(1, 25)]
    for t in threads: t.start()
    check(until(lambda: seen.get(503, 0) > 20 and seen.get(200, 0) > 20, within_s=60), "in a flood some are answered and some are told to come again", seen)
    check(seen.get("retry") is True, "with Retry-After", seen)
    check(all(House.get(h, "/health", X_Forwarded_For="203.0.113.2").status == 200 for _ in range(20)), "whoever watches is answered each time")
    check(all(push(h, ninjs(f"tag:example.org,2026:p{n}", f"Pushed in a flood {n}")) == 202 for n in range(10)), "so is each push")
    check(push(h, ninjs("tag:example.org,2026:k", "A pushed story", version="2", status="canceled")) == 202, "and a kill")
    check(until(lambda: h.get(killed, X_Forwarded_For="203.0.113.3").status == 410), "which shows at once")
    check(until(lambda: "alarm: overload" in h.log_text()), "and people are told", h.log_text()[-600:])
    stop.set()
    for t in threads: t.join()
    check(until(lambda: h.get(path, X_Forwarded_For="203.0.113.4").status == 200), "after it readers are served as before")
    overloaded = int(re.search(r"^broadsheet_overloaded_total (\d+)", h.get("/metrics").text, re.M)[1])
    check(overloaded >= seen[503], "and the metric has counted them", (overloaded, seen))
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-1500:])
finally: h.remove()
done()
