#!/usr/bin/env python3
"""Measures Broadsheet on this machine and prints figures with their spread: bench/run.py [latency] [kills] [pressure] [embargo] [serving] [loading] [restore] [readers] [lighthouse] [slow] [slow-connections] [election] [soak] [--runs N] [--stories N] [--pairs N] [--queue N] [--released N] [--minutes N] [--kills N] [--connections N] [--seconds N] [--seed N]

  latency   from the rename of a file into the folder until a GET of the front page shows it (p50, p99), with the stages
  kills     from the rename of a kill's file until its story's page answers 410 (p50, p99)
  pressure  from a kill's 202 until no surface shows its story: with nothing else to do, behind a queue of N items, with all processors busy (K18)
  embargo   how long after its instant a story is seen, and never before: one story at a time, and N of one instant (E1)
  serving   CPU time per request of a cached article page, against nginx serving the same bytes and header fields from disk, in alternating pairs
  loading   N stories through the whole way in one run: stories/s, and the last thousand against the first
  restore   a site of 100,000 stories (--stories N) backed up, brought back in another folder, and served: how long until it shows all (goal: 60 s; not run unless named)
  lighthouse  Lighthouse's four scores and its figures for the front and a story, as on a phone, over h2 and TLS (npm; not run unless named)
  slow      first text at 400 kbit/s and 400 ms there and back, emulated by Chromium and over a line of packets (root; not run unless named)
  soak      N minutes of a wire and its readers, good and bad at once, --kills an hour among it: memory and descriptors of each role, its drift an hour, crashes, what was lost (root; not run unless named)
  slow-connections  slowhttptest's four modes: what a normal reader waits beside them, and the web's memory for each (not run unless named)
  election  a seeded election night, fifty to a thousand requests a second within a minute, with listeners, results and a kill (not run unless named)
  readers   a delivery through cage, reader and packing, against the bare tokeniser over the same bytes: ratio of processor time, and the reader's peak of memory
(the store alone: tests/bench/store.c)
Nothing here is a test: a noisy machine gives noisy figures, so ratios and CPU time are printed, with the load."""
import os, re, shutil, socket, statistics, subprocess, sys, tempfile, threading, time

from _bench import *
from embargo import embargo
from pressure import pressure
from readers import readers
from restore import restore


def latency(count=300):
    with House() as h:
        for n in range(30): h.drop(f"warm{n}.xml", story(900000 + n))
        h.shows("/", "number 900029")
        line, took = Line(h.host, h.port), []
        for n in range(count):
            mark = f"number {n} stands".encode()
            hidden = os.path.join(h.wire, f".{n}.xml")
            with open(hidden, "w") as f: f.write(story(n))
            t0 = time.perf_counter()
            os.rename(hidden, os.path.join(h.wire, f"{n}.xml"))
            while mark not in line.get("/")[1]:
                if time.perf_counter() - t0 > 10: raise SystemExit(f"story {n} is not shown within 10 s\n" + h.log_text() + h.verb("status").stdout)
            took.append((time.perf_counter() - t0) * 1000)
            time.sleep(0.01)
        print(f"wire to web, {count} stories one by one: p50 {pct(took, 50):.2f} ms  p90 {pct(took, 90):.2f}  p99 {pct(took, 99):.2f}  max {max(took):.2f}   ({load()})")
        metrics = h.get("/metrics").text
        for name in dict.fromkeys(re.findall(r'stage="(\w+)"', metrics)):
            s = re.search(rf'_sum\{{stage="{name}"\}} ([\d.e+-]+)', metrics); c = re.search(rf'_count\{{stage="{name}"\}} (\d+)', metrics)
            if s and c and int(c[1]): print(f"  stage {name:18} mean {1000 * float(s[1]) / int(c[1]):8.3f} ms over {c[1]}")


def kills(count=200):
    """From the rename of a kill's file until its story's page, which readers hold in the cache, answers 410."""
    with House() as h:
        for n in range(count): h.drop(f"{n}.xml", story(n))
        def listed(): return {i["headline"]: i["url"] for page in range(1, count // 10 + 2) for i in h.api(page)}
        if not until(lambda: len(listed()) == count, within_s=60): raise SystemExit("the stories are not listed")
        paths = listed()
        line, took = Line(h.host, h.port), []
        for n in range(count):
            path = "/" + paths[f"Bench story number {n} stands here"].split("/", 3)[3]
            line.get(path)
            hidden = os.path.join(h.wire, f".k{n}.xml")
            with open(hidden, "w") as f: f.write(newsml(f"tag:bench.example,2026:{n}", "", "", version=2, status="canceled", created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())))
            t0 = time.perf_counter()
            os.rename(hidden, os.path.join(h.wire, f"k{n}.xml"))
            while b" 410 " not in line.get(path)[0].split(b"\r\n")[0]:
                if time.perf_counter() - t0 > 10: raise SystemExit(f"story {n} is not killed within 10 s\n" + h.log_text())
            took.append((time.perf_counter() - t0) * 1000)
            time.sleep(0.01)
        print(f"kill to 410, {count} kills one by one: p50 {pct(took, 50):.2f} ms  p90 {pct(took, 90):.2f}  p99 {pct(took, 99):.2f}  max {max(took):.2f}   ({load()})")


NGINX = """worker_processes 1; daemon off; pid {d}/pid; error_log {d}/error.log crit;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; open_file_cache max=100 inactive=600s; open_file_cache_valid 600s;
 client_body_temp_path {d}/b; proxy_temp_path {d}/p; fastcgi_temp_path {d}/f; uwsgi_temp_path {d}/u; scgi_temp_path {d}/s;
 server {{ listen 127.0.0.1:{port} reuseport; root {d}/root; default_type text/html; etag on; gzip_static always;
{headers} }} }}
"""


def wrk(port, path, seconds):
    r = subprocess.run(["wrk", "-t1", "-c64", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
    return int(re.search(r"(\d+) requests in", r.stdout)[1])


def serving(pairs=9, seconds=3):
    import http.client
    config = "site:\n  name: Bench\n  timezone: UTC\nserver:\n  threads: 1\nfeeds:\n  wire:\n    provider: Wire\n    timezone: UTC\n    folder: @WIRE@\n"
    with House(config=config) as h:
        body = "".join(f"<p>{' '.join('%x' % (hash((k, j)) & 0xffffff) for j in range(60))}.</p>" for k in range(40))
        h.drop("a.xml", newsml("tag:bench.example,2026:page", "A cached article page", body))
        path = h.path_of("A cached article page")
        c = http.client.HTTPConnection(h.host, h.port); c.request("GET", path, headers={"Accept-Encoding": "gzip"}); r = c.getresponse(); page = r.read()
        print(f"article page: {len(page)} bytes gzip")
        folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
        os.makedirs(folder + "/root"); open(folder + "/root/page.gz", "wb").write(page); open(folder + "/root/page", "wb").write(b"")
        fields = "".join(f'  add_header {k} "{v}";\n' for k, v in r.getheaders() if k.lower() not in ("content-type", "content-length", "date", "connection", "etag", "content-encoding", "last-modified", "server"))
        port = h.port + 1 if h.port < 65000 else h.port - 1
        open(folder + "/nginx.conf", "w").write(NGINX.format(d=folder, port=port, headers=fields))
        n = subprocess.Popen(["nginx", "-c", folder + "/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
        try:
            until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
            worker = subprocess.run(["pgrep", "-P", str(n.pid)], capture_output=True, text=True).stdout.split()
            web = h.roles()["web"]
            ratios, ours, theirs = [], [], []
            for k in range(pairs):
                figures = []
                for pids, p, where in ((web, h.port, path), (worker, port, "/page")):
                    before = cpu_s(pids); count = wrk(p, where, seconds); figures.append((cpu_s(pids) - before) / count * 1e6)
                ours.append(figures[0]); theirs.append(figures[1]); ratios.append(figures[0] / figures[1])
                print(f"  pair {k + 1}: broadsheet {figures[0]:.2f} us/request, nginx {figures[1]:.2f}, ratio {ratios[-1]:.2f}   ({load()})", flush=True)
            print(f"cached article, CPU per request: median ratio {statistics.median(ratios):.2f} of nginx's (min {min(ratios):.2f}, max {max(ratios):.2f}); medians {statistics.median(ours):.2f} and {statistics.median(theirs):.2f} us")
        finally:
            n.terminate(); n.wait(); shutil.rmtree(folder)


def loading(count=10000):
    import json
    with House() as h:
        aside = os.path.join(h.folder, "aside")  # of the same file system: to move a file in costs next to nothing
        os.mkdir(aside)
        for n in range(count):
            with open(os.path.join(aside, f"{n:06d}.xml"), "w") as f: f.write(story(n))
        os.sync()
        t0 = time.perf_counter()
        def move_in():
            for n in range(count): os.rename(os.path.join(aside, f"{n:06d}.xml"), os.path.join(h.wire, f"{n:06d}.xml"))
        mover = threading.Thread(target=move_in)
        mover.start()
        marks, step = [(0.0, 0)], max(1, count // 10)
        line = Line(h.host, h.port)

        def applied():
            m = re.search(rb"^broadsheet_stories_total (\d+)", line.get("/metrics")[1], re.M)
            return int(m[1]) if m else 0
        while True:
            got = applied()
            marks.append((time.perf_counter() - t0, got))
            if got >= count: break
            if time.perf_counter() - t0 > 600: raise SystemExit(f"only {got} stories within 600 s")
            time.sleep(0.005)
        mover.join()
        took = marks[-1][0]

        def at(k):
            """When the k-th was there, between the two looks around it: the newsroom publishes in batches."""
            n = next(i for i, (_, g) in enumerate(marks) if g >= k)
            (t1, g1), (t2, g2) = marks[max(n - 1, 0)], marks[n]
            return t2 if g2 == g1 else t1 + (t2 - t1) * (k - g1) / (g2 - g1)
        first, last = at(step), at(count) - at(count - step)
        print(f"loading {count} stories through the whole way: {count / took:.0f} stories/s ({took:.1f} s from the first file moved in; {load()})")
        print(f"  first {step}: {first:.2f} s, last {step}: {last:.2f} s, ratio {last / first:.2f}")
        tenths = [at(step * k) for k in range(1, 10)] + [took]
        gap = max(b[0] - a[0] for a, b in zip(marks, marks[1:]))
        print("  seconds by tenths: " + " ".join(f"{b - a:.2f}" for a, b in zip([0, *tenths], tenths)) + f" (looked at least every {gap * 1000:.0f} ms)")
        cpu = {r: cpu_s(p) for r, p in h.roles().items()}
        print("  CPU seconds by role: " + ", ".join(f"{r} {s:.1f}" for r, s in cpu.items()))
        if not until(lambda: 'number 5 stands' in h.get('/search?q=%22story+number+5+stands%22').text, within_s=120): raise SystemExit("not searchable within 120 s")
        print(f"  searchable after {time.perf_counter() - t0:.1f} s")


what = [a for a in sys.argv[1:] if not a.startswith("-")] or ["latency", "kills", "pressure", "embargo", "serving", "loading", "readers"]
option = lambda name, default: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
what = [w for w in what if not w.isdigit()]
if {"-h", "--help", "help"} & set(sys.argv): sys.exit(__doc__)
print(f"{os.cpu_count()} processors, {load()}")
if "latency" in what: latency()
if "kills" in what: kills()
if "pressure" in what: pressure(option("--queue", 50000))
if "embargo" in what: embargo(option("--released", 10000))
if "serving" in what: serving(option("--pairs", 9))
if "loading" in what: loading(option("--stories", 10000))
if "restore" in what: restore(option("--stories", 100000))
if "readers" in what: readers()
if "lighthouse" in what:
    from lighthouse import lighthouse
    lighthouse(option("--runs", 5))
if "soak" in what:
    from soak import soak
    soak(option("--minutes", 120), option("--kills", 120))
if "slow" in what:
    from slow import slow
    slow(option("--runs", 7))
if "slow-connections" in what:
    from slow_connections import slow_connections
    slow_connections(option("--connections", 10000))
if "election" in what:
    from election import election
    election(option("--seconds", 90), option("--seed", 20261103))
