"""Slow connections against the site: what a normal reader waits beside them, and what each of them costs the web process. slowhttptest's four modes, which open connections as fast as it can,
and as fast the site ends them; then thousands of our own that stand at once, opened in a second or two. Before all, the same reader alone."""
import os, re, shutil, socket, subprocess, time

from _bench import *

ROOM = 500  # descriptors that are not for slow connections
GOAL_MS, GOAL_BYTES = 50, 4096
MODES = {"slow heads": ["-H"], "slow bodies": ["-B", "-u", "/comments"], "ranges": ["-R"], "slow reading": ["-X", "-w", "1", "-y", "2", "-n", "5", "-z", "1", "-k", "3"]}
KINDS = {"heads that never end": b"GET / HTTP/1.1\r\nHost: x\r\nX-a: b\r\n", "silent, after an answer": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bodies that never come": b"POST /comments HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\na="}
# Slow clients come from one address here: it is a trusted proxy's, which no client's limit holds for.
CONFIG = "site: {name: Bench, timezone: UTC}\nserver: {trusted_proxies: [127.0.0.1]}\nfeeds: {wire: {provider: Wire, timezone: UTC, folder: \"@WIRE@\"}}\n"


def private(pids):
    total = 0
    for p in pids:
        with open(f"/proc/{p}/smaps_rollup") as f: total += sum(int(l.split()[1]) for l in f if l.startswith("Private_")) << 10
    return total


def program():
    own = os.path.join(ROOT, "build-peers", "usr", "bin", "slowhttptest")
    return shutil.which("slowhttptest") or (own if os.path.exists(own) else None)


def normal(line, paths, count=100):
    took = []
    for n in range(count * len(paths)):
        t0 = time.perf_counter()
        line.get(paths[n % len(paths)])
        took.append((time.perf_counter() - t0) * 1000)
    return took


def figures(what, took, standing, cost):
    say(f"{what}, {standing} stand: normal requests", took, GOAL_MS, f"; {cost:.0f} bytes each (goal {GOAL_BYTES}: {'kept' if cost <= GOAL_BYTES else 'MISSED'})")


def crowd(h, kind, said, count, line, paths, web, opened):
    before, out = private(web), []
    for _ in range(count):
        s = socket.socket()
        if kind.startswith("silent"): s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.connect((h.host, h.port))
        s.sendall(said)
        out.append(s)
    took, standing = normal(line, paths, 30), opened()
    figures(kind, took, standing, (private(web) - before) / max(1, standing))
    for s in out: s.close()


def slow_connections(most, seconds=20):
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(most, hard - ROOM, 10000 - ROOM)
    if not program(): raise SystemExit("slowhttptest is not here: ./dev bench slow-connections unpacks it into build-peers")
    with House(config=CONFIG) as h:
        for n in range(30): h.drop(f"{n}.xml", story(n))
        h.shows("/", "number 29 ")
        paths = ["/", h.path_of("Bench story number 7 stands here"), "/rss.xml"]
        web, line = h.roles()["web"], Line(h.host, h.port)
        opened = lambda: int(re.search(rb"^broadsheet_open_connections (\d+)", line.get("/metrics")[1], re.M)[1])
        say("nobody slow: normal requests", normal(line, paths), GOAL_MS)
        for kind, said in KINDS.items():
            crowd(h, kind, said, count, line, paths, web, opened)
            until(lambda: opened() < 20, within_s=90)
        for mode, words in MODES.items():
            if "-u" not in words: words = words + ["-u", "/"]
            url = f"http://{h.host}:{h.port}" + words[words.index("-u") + 1]
            words = [w for k, w in enumerate(words) if w != "-u" and (k == 0 or words[k - 1] != "-u")]
            for path in paths * 50: line.get(path)
            before = private(web)
            p = subprocess.Popen([program(), *words, "-c", str(count), "-r", "2000", "-l", str(seconds), "-i", "5", "-u", url, "-p", "5"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            took, most_open, cost = [], 0, 0
            try:
                while p.poll() is None:
                    for path in paths:
                        t0 = time.perf_counter()
                        line.get(path)
                        took.append((time.perf_counter() - t0) * 1000)
                    now = opened()
                    if now > most_open: most_open, cost = now, (private(web) - before) / now
                    time.sleep(0.01)
            finally:
                if p.poll() is None: p.terminate()
                p.wait()
            figures(f"slowhttptest, {mode}", took, most_open, cost)
            until(lambda: opened() < 20, within_s=90)
