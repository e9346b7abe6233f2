"""An election night, played: a seeded mix of what readers ask, from a calm evening to twenty times as many within a minute, beside a wire that brings results and one kill. Loopback only, and bounded."""
import random, socket, threading

from _bench import *

CALM, PEAK, RAMP_S = 50, 1000, 60  # requests a second; how long it takes
STORIES, LISTENERS = 400, 200
CONFIG = "site: {name: Election, timezone: UTC}\nserver: {trusted_proxies: [127.0.0.1]}\nfeeds: {wire: {provider: Wire, timezone: UTC, folder: \"@WIRE@\"}}\n"
# Shares of a hundred: many look at the front and at the page that runs, few at each of the others.
MIX = (("front", 38), ("running", 27), ("tail", 18), ("section", 6), ("feed", 5), ("live file", 4), ("search", 2))


class Night:
    def __init__(self, h, seed):
        self.h, self.dice, self.took, self.wrong, self.lock = h, random.Random(seed), {name: [] for name, _ in MIX}, {}, threading.Lock()
        pages = {i["headline"]: "/" + i["url"].split("/", 3)[3] for n in range(1, STORIES // 50 + 2) for i in h.api(n)}
        self.tail = sorted(pages.values())
        self.running = pages["Bench story number 0 stands here"]
        self.id = self.running[-12:]

    def path(self, what):
        d = self.dice
        return {"front": "/", "running": self.running, "tail": self.tail[int(len(self.tail) * d.random() ** 3)], "section": "/section/" + d.choice(("sport", "world", "business")),
                "feed": d.choice(("/rss.xml", "/atom.xml", "/feed.json")), "live file": f"/live/{self.id}.json", "search": f"/search?q=story+{d.randrange(STORIES)}"}[what]

    def plan(self, seconds):
        """(at, what, path), evenly spread within each second."""
        names, weights = zip(*MIX)
        for s in range(seconds):
            rate = CALM if s < 10 else min(PEAK, CALM + (PEAK - CALM) * (s - 10) / RAMP_S)
            for k in range(int(rate)):
                what = self.dice.choices(names, weights)[0]
                yield s + k / rate, what, self.path(what)

    def read(self, share, begin):
        line = Line(self.h.host, self.h.port)
        for at, what, path in share:
            wait = begin + at - time.perf_counter()
            if wait > 0: time.sleep(wait)
            t0 = time.perf_counter() if wait > 0 else begin + at  # who comes late has waited since he wanted to come
            try:
                head, _ = line.get(path)
                status = int(head.split(b" ", 2)[1])
            except (OSError, ValueError): status = 0
            with self.lock:
                if status == 200 or (what == "live file" and status == 404): self.took[what].append((time.perf_counter() - t0) * 1000)
                else: self.wrong[status] = self.wrong.get(status, 0) + 1

    def listen(self):
        out = []
        for _ in range(LISTENERS):
            s = socket.create_connection((self.h.host, self.h.port))
            s.sendall(f"GET /live/{self.id} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode())
            out.append(s)
        return out


def election(seconds, seed, readers=24):
    with House(config=CONFIG) as h:
        for n in range(STORIES): h.drop(f"{n}.xml", story(n))
        if not until(lambda: len(h.api(STORIES // 50)) > 0 and "number 399 " in h.get("/").text, within_s=120): raise SystemExit("the stories are not shown\n" + h.log_text()[-2000:])
        night = Night(h, seed)
        plan, listeners = list(night.plan(seconds)), night.listen()
        before = {r: cpu_s(p) for r, p in h.roles().items()}
        print(f"election night: {len(plan)} requests in {seconds} s, {CALM} to {PEAK} a second, {LISTENERS} listeners, seed {seed}   ({load()})", flush=True)
        begin = time.perf_counter() + 0.5
        threads = [threading.Thread(target=night.read, args=(plan[n::readers], begin), daemon=True) for n in range(readers)]
        for t in threads: t.start()
        news = 0
        while any(t.is_alive() for t in threads):
            h.drop(f"news{news}.xml", newsml("tag:bench.example,2026:0", "Bench story number 0 stands here", f"<p>Result {news} has come in.</p>", version=news + 2, created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))
            news += 1
            time.sleep(2)
            if news == seconds // 4:
                victim, t0 = night.tail[3], time.perf_counter()
                n = int(re.search(r"number-(\d+)-", victim)[1])
                h.drop("kill.xml", newsml(f"tag:bench.example,2026:{n}", "", "", version=99, status="canceled", created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))
                gone = until(lambda: h.get(victim).status == 410, within_s=30)
                print(f"  a kill in the middle: 410 after {(time.perf_counter() - t0) * 1000:.0f} ms" if gone else "  a kill in the middle: NOT within 30 s", flush=True)
        took_s = time.perf_counter() - begin
        for s in listeners: s.close()
        for what, ms in night.took.items():
            if ms: say(f"  {what}", ms)
        every = [m for v in night.took.values() for m in v]
        say(f"all, {len(every) / took_s:.0f} a second", every, None, "; otherwise than 200: " + (", ".join(f"{n} by {s or 'none'}" for s, n in sorted(night.wrong.items())) or "none") + " (410: the story that was killed)")
        print("  CPU seconds by role: " + ", ".join(f"{r} {cpu_s(p) - before.get(r, 0):.1f}" for r, p in h.roles().items()), flush=True)
