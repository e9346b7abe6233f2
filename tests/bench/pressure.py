"""K18: how long a kill takes that is durable already, until a stranger finds its story nowhere: with nothing else to do, behind a long queue, with all processors busy."""
import http.client, os, re, secrets, signal, subprocess, time
from _bench import *

IDLE, QUEUED, BUSY = 200, 60, 100  # kills
CONFIG = """site:
  name: Bench
  url: https://news.example.org
  timezone: UTC
feeds:
  urgent:
    provider: Urgent
    timezone: UTC
    push_key_file: @FOLDER@/key
  wire:
    provider: Wire
    timezone: UTC
    folder: @WIRE@
"""
LISTS = ("/", "/section/sport", "/tag/sport", "/rss.xml", "/section/sport/rss.xml", "/tag/sport/atom.xml", "/atom.xml", "/feed.json", "/archive/{day}", "/sitemap-1.xml", "/news-sitemap.xml", "/popular",
         "/api/v1/stories", "/search?q=%22victim+{n}+stands%22")


def guid(n): return f"tag:bench.example,2026:victim-{n}"


def victim(n, killed=False):
    words = " ".join(f"v{(n * 31 + k * 17) % 9973}" for k in range(120))
    return newsml(guid(n), f"Victim {n} stands", f"<p>{words}</p>", version=2 if killed else 1, status="canceled" if killed else "usable",
                  created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())).encode()


class Wire:
    """A house whose kills come by push: 202 says when they are durable."""
    def __init__(self, house):
        self.h, self.key, self.next = house, secrets.token_hex(32).encode(), 0
        with open(os.open(os.path.join(house.folder, "key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f: f.write(self.key + b"\n")

    def start(self):
        self.h.start()
        self.line, self.door, self.day = Line(self.h.host, self.h.port), self.h.connection(), time.strftime("%Y/%m/%d", time.gmtime())
        return self

    def push(self, body):
        def ask():
            try: return self.h.ask("/push/urgent", "POST", sign(self.key, body), body, on=self.door).status
            except (ConnectionError, http.client.HTTPException): self.door = self.h.connection()  # it had been still for too long
        while (status := ask()) in (None, 503): time.sleep(0.001)
        if status != 202: raise SystemExit(f"a push is answered {status}\n" + self.h.log_text()[-2000:])

    def publish(self, count):
        """So many victims, the newest first: each stands on the front when it is killed. [(number, path)]"""
        first = self.next
        self.next += count
        for n in range(first, self.next): self.push(victim(n))
        paths = {}

        def listed():
            for page in range(1, count // 50 + 3):
                for i in self.h.api(page): paths[i["headline"]] = "/" + i["url"].split("/", 3)[3]
            return all(f"Victim {n} stands" in paths for n in range(first, self.next))
        if not until(listed, within_s=120): raise SystemExit("the stories are not listed\n" + self.h.log_text()[-2000:])
        return [(n, paths[f"Victim {n} stands"]) for n in reversed(range(first, self.next))]

    def places(self, n, path): return [path, f"/api/v1/stories/{path[-12:]}", *(p.format(day=self.day, n=n) for p in LISTS)]

    def shows(self, place, path, n):
        head, body = self.line.get(place)
        if place == path: return b" 200 " in head.split(b"\r\n")[0]
        return path.encode() in body or f"Victim {n} stands".encode() in body

    def seen(self, n, path): return [p for p in self.places(n, path) if self.shows(p, path, n)]

    def gone_ms(self, n, path, since):
        """Until the last of all places has been found without it."""
        for place in self.places(n, path):
            while self.shows(place, path, n):
                if time.perf_counter() - since > 60: raise SystemExit(f"{place} shows victim {n} a minute after its kill\n" + self.h.log_text()[-3000:])
        return (time.perf_counter() - since) * 1000

    def kill(self, n, path):
        """(from its sending, from its 202) until it is gone."""
        self.seen(n, path)  # all of them are in the cache
        body, t0 = victim(n, True), time.perf_counter()
        self.push(body)
        t1 = time.perf_counter()
        gone = self.gone_ms(n, path, t1)
        return gone + (t1 - t0) * 1000, gone


def kills(w, victims):
    out = []
    for n, path in victims:
        out.append(w.kill(n, path))
        time.sleep(0.01)
    return [a for a, _ in out], [b for _, b in out]


def idle(w):
    victims = w.publish(IDLE)
    until(lambda: w.shows(LISTS[-1].format(n=victims[0][0]), *victims[0][::-1]), within_s=30)
    seen = len(w.seen(*victims[0]))
    sent, durable = kills(w, victims)
    say(f"kill, idle, from its 202 until {seen} places lack it", durable, 100)
    say("  from its sending", sent)


def applied(w): return int(re.search(r'"applied":(\d+)', w.h.get("/health").text)[1])


def fill(w, count):
    """So many deliveries in the ledger that nobody has applied."""
    aside, began = os.path.join(w.h.folder, "aside"), time.perf_counter()
    os.mkdir(aside)
    for n in range(count):
        with open(os.path.join(aside, f"{n:06d}.xml"), "w") as f: f.write(story(n))
    for n in range(count): os.rename(os.path.join(aside, f"{n:06d}.xml"), os.path.join(w.h.wire, f"{n:06d}.xml"))
    while left := sum(1 for e in os.scandir(w.h.wire) if e.name.endswith(".xml")):
        if time.perf_counter() - began > 600: raise SystemExit(f"{left} of {count} files are not taken within 600 s")
        time.sleep(0.5)
    print(f"  {count} items are in the ledger after {time.perf_counter() - began:.0f} s", flush=True)


def queued(w, count):
    victims = w.publish(QUEUED)
    newsroom = w.h.roles()["newsroom"][0]
    before = applied(w)
    os.kill(newsroom, signal.SIGSTOP)
    fill(w, count)
    (n, path), rest = victims[0], victims[1:]
    w.seen(n, path)
    w.push(victim(n, True))
    t0 = time.perf_counter()
    os.kill(newsroom, signal.SIGCONT)
    print(f"kill behind {count} items that nobody has looked at, from the newsroom's waking: {w.gone_ms(n, path, t0):.1f} ms   ({load()})", flush=True)
    took, backlog = [], []
    for n, path in rest:
        left = before + count - applied(w)
        if left < 1000: break
        backlog.append(left)
        took.append(w.kill(n, path)[1])
        time.sleep(0.2)
    say(f"kill behind a queue of {backlog[0]} to {backlog[-1]} items, from its 202", took, 1000)
    print(f"  the queue goes by {(backlog[0] - backlog[-1]) / max(0.001, time.perf_counter() - t0):.0f} stories/s", flush=True)


def busy(w):
    victims = w.publish(BUSY)
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"], start_new_session=True) for _ in range(2 * os.cpu_count())]
    try:
        before = cpu_s([p.pid for p in loops])
        t0 = time.perf_counter()
        sent, durable = kills(w, victims)
        say(f"kill with {len(loops)} busy loops on {os.cpu_count()} processors, from its 202", durable, 1000, f"  the loops had {(cpu_s([p.pid for p in loops]) - before) / (time.perf_counter() - t0):.2f} processors")
        say("  from its sending", sent)
    finally:
        for p in loops: p.kill(); p.wait()


def with_house(work):
    h = House(CONFIG)
    try:
        w = Wire(h).start()
        work(w)
        print("  CPU seconds by role: " + ", ".join(f"{r} {cpu_s(p):.1f}" for r, p in h.roles().items()), flush=True)
    finally: h.remove()


def pressure(queue):
    with_house(lambda w: (idle(w), busy(w)))
    with_house(lambda w: queued(w, queue))
