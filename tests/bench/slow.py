"""First text over a poor line: h2 and TLS at 400 kbit/s with 400 ms there and back. Two ways: Chromium's own emulation, which slows answers and knows nothing of connections; and a line of packets, made of two network
namespaces with a queue between, on which TCP's and TLS's own turns and slow start take the time that they take. The second needs root (tun, unshare)."""
import contextlib, ctypes, fcntl, heapq, json, os, select, socket, statistics, struct, subprocess, threading, time

from _bench import ROOT, load
from _npm import HERE as BROWSER, packages
from _pages import NAME, Paper

CHROMIUM = os.environ.get("BROADSHEET_CHROMIUM", "/usr/bin/chromium")
KBIT, TURN_MS, QUEUE_MAX = 400, 400, 100  # packets that wait; more are dropped, as a line's buffer does
SERVER, CLIENT = "10.77.0.1", "10.77.0.2"
GOAL_MS = 2000
CLONE_NEWNET, TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x40000000, 0x400454CA, 1, 0x1000


def end_of_line(address, peer):
    """This thread alone gets a network of its own, with one end of the line in it: the file that its packets are read from and written to."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET): raise OSError(ctypes.get_errno(), "unshare")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"line", IFF_TUN | IFF_NO_PI))
    for words in (("link", "set", "lo", "up"), ("addr", "add", address, "peer", peer, "dev", "line"), ("link", "set", "line", "up")): subprocess.run(["ip", *words], check=True)
    return fd


def carry(a, b, stop):
    """Moves packets between the two ends: each way KBIT wide and half of TURN_MS long."""
    free, waiting, count = {a: 0.0, b: 0.0}, [], 0
    queued = {a: 0, b: 0}
    while not stop.is_set():
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(waiting)
            queued[to] -= 1
            with contextlib.suppress(OSError): os.write(to, packet)
        patience = min(0.05, max(0.0, waiting[0][0] - time.monotonic())) if waiting else 0.05
        for fd in select.select([a, b], [], [], patience)[0]:
            with contextlib.suppress(BlockingIOError):
                packet, to, now = os.read(fd, 65536), b if fd == a else a, time.monotonic()
                if queued[to] >= QUEUE_MAX: continue
                free[to] = max(now, free[to]) + len(packet) * 8 / (KBIT * 1000)
                queued[to] += 1
                heapq.heappush(waiting, (free[to] + TURN_MS / 2000, count := count + 1, to, packet))


LOOK = """
import { chromium } from "playwright-core";
const plan = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: plan.chromium, headless: true, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...plan.flags] });
for (const [kind, path] of Object.entries(plan.pages)) for (let n = 0; n < plan.runs; n++) {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } }), page = await context.newPage();
  if (plan.emulated) {
    const tools = await context.newCDPSession(page);
    await tools.send("Network.enable");
    await tools.send("Network.emulateNetworkConditions", { offline: false, latency: plan.turn, downloadThroughput: plan.kbit * 125, uploadThroughput: plan.kbit * 125 });
  }
  await page.goto(plan.url + path, { waitUntil: "load", timeout: 120000 });
  const said = await page.evaluate(() => new Promise(done => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0], n = performance.getEntriesByType("navigation")[0];
    const told = p => done({ first: p.startTime, begun: n.responseStart, whole: n.responseEnd, load: n.loadEventEnd, secure: n.requestStart, protocol: n.nextHopProtocol, css: Math.max(...performance.getEntriesByType("resource").filter(r => r.name.includes(".css")).map(r => r.responseEnd)), script: Math.max(...performance.getEntriesByType("resource").filter(r => r.name.includes(".js")).map(r => r.responseEnd)) });
    if (paint) told(paint); else new PerformanceObserver(l => { const p = l.getEntriesByName("first-contentful-paint")[0]; if (p) told(p); }).observe({ type: "paint", buffered: true });
  }));
  console.log(JSON.stringify({ kind, ...said }));
  await context.close();
}
await browser.close();
"""


def look(plan):
    with open(os.path.join(BROWSER, "node_modules", ".slow.mjs"), "w") as f: f.write(LOOK)
    r = subprocess.run(["node", f.name, json.dumps(plan)], capture_output=True, text=True, timeout=580)
    if r.returncode: raise SystemExit(r.stderr[-2000:])
    return [json.loads(l) for l in r.stdout.splitlines()]


def tell(how, said):
    for kind in dict.fromkeys(s["kind"] for s in said):
        mine = [s for s in said if s["kind"] == kind]
        first, middle = sorted(s["first"] for s in mine), lambda name: statistics.median(s[name] for s in mine)
        print(f"first text, {how}, {kind}, {mine[0]['protocol']}: median {middle('first'):.0f} ms ({first[0]:.0f} to {first[-1]:.0f}), {len(mine)} runs  goal {GOAL_MS}: {'kept' if middle('first') <= GOAL_MS else 'MISSED'}"
              f"  (asked {middle('secure'):.0f}, first byte {middle('begun'):.0f}, page {middle('whole'):.0f}, style {middle('css'):.0f}, script {middle('script'):.0f}, loaded {middle('load'):.0f}; {load()})", flush=True)


def slow(runs=7):
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}") or ("" if os.geteuid() == 0 else "a line of packets needs root")
    if why: return print(f"slow: {why}")
    server = end_of_line(SERVER, CLIENT)
    with Paper(f"{SERVER}:0") as paper:
        plan = dict(chromium=CHROMIUM, flags=paper.flags, url=paper.url, pages=paper.pages, runs=runs, turn=TURN_MS, kbit=KBIT)
        tell("emulated", look({**plan, "emulated": True}))
        stop, said = threading.Event(), []
        def client():
            end = end_of_line(CLIENT, SERVER)
            mover = threading.Thread(target=carry, args=(server, end, stop))
            mover.start()
            said.extend(look(plan))
            stop.set()
            mover.join()
        t = threading.Thread(target=client)
        t.start()
        t.join()
        stop.set()
        tell("line of packets", said)


if __name__ == "__main__": slow()
