"""What the benches share: figures, CPU time, the cheapest GET that Python has, stories of our own."""
import os, re, socket, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "house"))
os.environ.setdefault("BROADSHEET", os.path.join(ROOT, "build-release", "broadsheet"))
from _house import House, newsml, ninjs, sign, until

TICK = os.sysconf("SC_CLK_TCK")


def load(): return "load " + " ".join(f"{x:.1f}" for x in os.getloadavg())
def pct(v, p): return sorted(v)[min(len(v) - 1, int(len(v) * p / 100))]


def cpu_s(pids):
    total = 0
    for p in pids:
        f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
        total += int(f[11]) + int(f[12])
    return total / TICK


class Line:
    """One kept-alive connection; the cheapest GET that Python has."""
    def __init__(self, host, port):
        self.where = host, port
        self.connect()

    def connect(self):
        self.s = socket.create_connection(self.where); self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path):
        try: return self.ask(path)
        except ConnectionError:  # it had been still for too long
            self.connect()
            return self.ask(path)

    def ask(self, path):
        self.s.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        data = b""
        while b"\r\n\r\n" not in data:
            got = self.s.recv(1 << 18)
            if not got: raise ConnectionResetError("closed")
            data += got
        head, body = data.split(b"\r\n\r\n", 1)
        n = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(body) < n: body += self.s.recv(1 << 18)
        return head, body


def story(n, words=620):
    body = "".join(f"<p>Paragraph {k} of story {n}: {' '.join(f'w{(n * 7 + k * 13 + j) % 997}' for j in range(words // 10))}.</p>" for k in range(10))
    sub = ("medtop:15000000", "medtop:04000000", "medtop:11000000", "medtop:13000000")[n % 4]
    return newsml(f"tag:bench.example,2026:{n}", f"Bench story number {n} stands here", body, subject=sub, created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))


def say(what, ms, bar_ms=None, more=""):
    """One line of figures; where a bar stands, whether p99 keeps it."""
    bar = "" if bar_ms is None else f"  (goal p99 <= {bar_ms} ms: {'kept' if pct(ms, 99) <= bar_ms else 'MISSED'})"
    print(f"{what}: n {len(ms)}  p50 {pct(ms, 50):.2f} ms  p90 {pct(ms, 90):.2f}  p99 {pct(ms, 99):.2f}  max {max(ms):.2f}{bar}{more}   ({load()})", flush=True)
