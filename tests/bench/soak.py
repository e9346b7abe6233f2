"""Hours of a wire and its readers, good and bad at once: what memory, descriptors and processes do meanwhile. Some 400 stories live at a time: they come, are updated, and their right ends: what grows then, grows by
itself, or for each kill, as tombstones must: a busy agency has some in a week, the load 120 an hour. Memory is what each role has for itself (Pss_Anon: shared pages by their share, files that are mapped left out); its drift is the slope of a line through what was measured behind the first third, when caches are full."""
import contextlib, http.client, os, random, re, socket, statistics, threading, time
from _bench import *

STORIES = 400  # that live at any time, about: each …
STAYS_S = 120  # … until its right ends
EACH_S = 10    # memory is looked at
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
HOSTILE = [HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\nHost: a\n\n", HEAD + b"X: a\r\n b\r\n\r\n", HEAD + b"X: " + b"a" * 20000 + b"\r\n\r\n",
           b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\x7f\x09" * 400, b"POST /push/wire HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 5000,
           b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /%ff%00%2e%2e HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /search?q=" + b"%3Cscript%3E" * 200 + b" HTTP/1.1\r\nHost: a\r\n\r\n", bytes(range(256)) * 20]
LISTS = ["/", "/section/sport", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap-1.xml", "/news-sitemap.xml", "/api/v1/stories", "/wp-json/wp/v2/posts", "/popular", "/archive", "/robots.txt", "/health", "/metrics", "/nothing/here"]


class Load:
    def __init__(self, h, seed, kills):
        self.h, self.ends, self.rnd, self.counts = h, False, random.Random(seed), {"delivered": 0, "kills": 0, "answered": 0, "5xx": 0, "attacks": 0}
        self.live, self.killed, self.n, self.start, self.kills = [], [], 0, time.monotonic(), kills
        self.threads = [threading.Thread(target=self.each, args=(f, pause)) for f, pause in ((self.wire, 0.1), (self.reader, 0.004), (self.reader, 0.02), (self.attacker, 0.03), (self.sitter, 0.5))]
        for t in self.threads: t.start()

    def each(self, act, pause):
        rnd, line = random.Random(self.rnd.random()), []
        while not self.ends:
            with contextlib.suppress(OSError, http.client.HTTPException): act(rnd, line)
            time.sleep(pause)
        for s in line:
            with contextlib.suppress(Exception): s.close()

    def stop(self):
        self.ends = True
        for t in self.threads: t.join()

    # ---- the wire: four parts news, one part harm ----
    def wire(self, rnd, _):
        self.n += 1
        n, dice = self.n, rnd.random()
        body = "<p>" + " ".join(f"w{rnd.randrange(5000)}" for _ in range(rnd.choice((40, 200, 600)))) + "</p>"
        if dice < 0.2: return self.h.drop(f"h{n}.json", self.harm(rnd, n, body))
        now = time.time()
        self.live = [l for l in self.live if l[2] > now]
        if len(self.live) >= STORIES / 2 and dice < 0.6:
            k, version, until = rnd.choice(self.live)
            self.put(k, version + 1, until, f"Soak story {k} stands, the {version + 1}.", body)
        else: self.put(n, 1, now + STAYS_S, f"Soak story {n} stands", body)
        if self.counts["kills"] < (time.monotonic() - self.start) / 3600 * self.kills:
            k, version, _ = self.live.pop(0)
            self.killed = (self.killed + [k])[-50:]
            self.h.drop(f"k{n}.json", ninjs(f"tag:soak.example,2026:{k}", "", "", version=str(version + 1), status="canceled"))
            self.counts["kills"] += 1
        self.counts["delivered"] += 1

    def put(self, k, version, until, name, body):
        self.live = [l for l in self.live if l[0] != k] + [(k, version, until)]
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until))
        self.h.drop(f"s{k}-{version}.json", ninjs(f"tag:soak.example,2026:{k}", name, body, version=str(version), expires=ends, subjects=[{"name": "sport", "uri": "http://cv.iptc.org/newscodes/mediatopic/15000000"}]))

    def harm(self, rnd, n, body):
        good = ninjs(f"tag:soak.example,2026:harm{n % 20}", "A headline with <script>alert(1)</script>", "<p onclick=x()>" * rnd.choice((1, 500)) + body + "<img src=x onerror=alert(1)>", version=str(n)).encode()
        kind = rnd.randrange(5)
        if kind == 0: return good[:rnd.randrange(len(good))]
        if kind == 1: return bytes(b ^ (rnd.random() < 0.01) * 255 for b in good)
        if kind == 2: return b"[" * 100000
        if kind == 3: return rnd.randbytes(5000)
        return good

    # ---- readers ----
    def reader(self, rnd, line):
        if not line: line.append(self.h.connection())
        path = rnd.choice(LISTS) if rnd.random() < 0.9 else f"/search?q=w{rnd.randrange(5000)}"
        try:
            line[0].request("GET", path, headers={"Accept-Encoding": rnd.choice(("gzip", "br", "identity"))})
            r = line[0].getresponse()
            r.read()
        except (OSError, http.client.HTTPException):
            line.pop().close()
            raise
        self.counts["answered"] += 1
        self.counts["5xx"] += r.status >= 500

    # ---- strangers ----
    def attacker(self, rnd, _):
        self.counts["attacks"] += 1
        with socket.create_connection((self.h.host, self.h.port), timeout=1) as s:
            s.settimeout(1)
            s.sendall(rnd.choice(HOSTILE))
            if rnd.random() < 0.5: s.shutdown(socket.SHUT_WR)
            if rnd.random() < 0.5: s.recv(65536)

    def sitter(self, rnd, line):
        """Connections that say half a request, and stay."""
        while len(line) < 60:
            s = socket.create_connection((self.h.host, self.h.port), timeout=1)
            line.append(s)
            s.sendall(HEAD[:rnd.randrange(len(HEAD))])
        for _ in range(5): line.pop(0).close()


def of_process(pid):
    """(its own memory, all of its PSS, both in KB; descriptors)"""
    with open(f"/proc/{pid}/smaps_rollup") as f: kb = dict(re.findall(r"^(\w+):\s+(\d+)", f.read(), re.M))
    return int(kb["Pss_Anon"]), int(kb["Pss"]), len(os.listdir(f"/proc/{pid}/fd"))


def of_house(h):
    out = {}
    for role, pids in {"master": [h.process.pid], **h.roles()}.items():
        with contextlib.suppress(OSError, TypeError):
            each = [of_process(p) for p in pids]
            out[role] = tuple(map(sum, zip(*each)))
    return out


def slope(points):
    """Of a line through (x, y), by least squares; y of the line at the first x."""
    n, mx, my = len(points), statistics.mean(x for x, _ in points), statistics.mean(y for _, y in points)
    b = sum((x - mx) * (y - my) for x, y in points) / (sum((x - mx) ** 2 for x, _ in points) or 1)
    return b, my + b * (points[0][0] - mx)


def soak(minutes, kills, seed=1):
    with House(config="site:\n  name: Soak\n  timezone: UTC\nfeeds:\n  wire:\n    provider: Wire\n    timezone: UTC\n    folder: @WIRE@\n") as h:
        load_, start, seen = Load(h, seed, kills), time.monotonic(), []
        try:
            while time.monotonic() - start < 60 * minutes:
                time.sleep(EACH_S)
                at = (time.monotonic() - start) / 3600
                seen.append((at, of_house(h)))
                total = [sum(v[i] for v in seen[-1][1].values()) for i in (0, 1, 2)]
                if len(seen) % 6 == 0: print(f"  {at * 60:5.0f} min  own {total[0] / 1024:7.1f} MB  PSS {total[1] / 1024:7.1f} MB  descriptors {total[2]:4}  {load_.counts}  ({load()})", flush=True)
        finally: load_.stop()
        well = until(lambda: not [f for f in os.listdir(h.wire) if f.endswith(".json")] and h.verb("status").returncode == 0, within_s=120)
        asked = time.time() - 1
        shown = {int(m) for p in range(1, STORIES // 10 + 20) for i in h.api(p) for m in re.findall(r"^Soak story (\d+) ", i["headline"])}
        report(seen, [s for s in seen if s[0] > seen[-1][0] / 3], h.log_text())
        lost = {k for k, _, until in load_.live if until > time.time()} - shown  # those that may end meanwhile are none
        back = shown & ({k for k in load_.killed} | {k for k, _, until in load_.live if until < asked})
        print(f"{minutes} min, {load_.counts['delivered']} deliveries, {load_.counts['kills']} kills, {load_.counts['answered']} answers ({load_.counts['5xx']} of 5xx), {load_.counts['attacks']} attacks: {len(lost)} stories lost, {len(back)} killed or ended ones shown, {'healthy' if well else 'NOT healthy'} at the end   ({load()})")


def report(seen, settled, log):
    crashes, ended = re.findall(r"(\S+) ended by signal (\d+)", log), re.findall(r"(\S+) ended with exit status (\d+)", log)
    print(f"crashes: {len(crashes)} {crashes or ''}; roles that ended by themselves: {len(ended)} {ended or ''}")
    print("role       own at first     settled        last   drift an hour   PSS at last   descriptors first, most, last")
    for role in [*seen[-1][1], "all"]:
        pick = lambda s, i: sum(v[i] for v in s.values()) if role == "all" else s.get(role, (0, 0, 0))[i]
        b, base = slope([(at, pick(s, 0)) for at, s in settled])
        fds = [pick(s, 2) for _, s in seen]
        print(f"{role:10} {pick(seen[0][1], 0) / 1024:9.1f} MB {base / 1024:9.1f} MB {pick(seen[-1][1], 0) / 1024:9.1f} MB {100 * b / (base or 1):+9.2f} %   {pick(seen[-1][1], 1) / 1024:9.1f} MB      {fds[0]:4} {max(fds):4} {fds[-1]:4}")
