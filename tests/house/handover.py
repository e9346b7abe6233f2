#!/usr/bin/env python3
"""Another program in the place of the one that runs (`restart`): by the same doors, no request fails, no delivery is lost, no kill waits for more than the change; one that refuses is not started. And what a service manager is told and keeps (sd_notify, sd_listen_fds), spoken by a small one of our own."""
import threading
from _house import *

DESK = "desk:\n  listen: 127.0.0.1:0\n"


class Readers:
    """Ask without a pause, half of them on connections that they keep."""
    def __init__(self, h, count=4):
        self.h, self.over, self.wrong, self.asked = h, threading.Event(), [], 0
        self.threads = [threading.Thread(target=self.read, args=(n % 2 == 0,)) for n in range(count)]

    def read(self, keeps):
        c = None
        while not self.over.is_set():
            try:
                c = c or self.h.connection()
                c.request("GET", "/")
                r = c.getresponse()
                page = r.read()
                if r.status != 200 or b"A story that stays" not in page: self.wrong.append((r.status, page[:200]))
                self.asked += 1
                if r.will_close or not keeps:
                    c.close()
                    c = None
            except Exception as e:
                self.wrong.append(repr(e))
                c = None

    def __enter__(self):
        for t in self.threads: t.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for t in self.threads: t.join()


def following():
    h = House(site_file("Old name") + DESK)
    with h:
        h.drop("a.json", ninjs("tag:example.org,2026:1", "A story that stays"))
        h.drop("b.json", ninjs("tag:example.org,2026:2", "A story that is killed meanwhile"))
        check(h.shows("/", "A story that stays") and h.shows("/", "is killed meanwhile"), "two stories stand")
        path, web = h.path_of("A story that is killed meanwhile"), h.roles()["web"]
        with Readers(h) as readers:
            until(lambda: readers.asked > 20)
            h.write_config(site_file("New name") + DESK)
            told = []
            ender = threading.Thread(target=lambda: told.append(h.verb("restart")))
            ender.start()
            h.drop("kill.json", ninjs("tag:example.org,2026:2", "A story that is killed meanwhile", version="2", status="canceled"))
            h.drop("c.json", ninjs("tag:example.org,2026:3", "A story that comes meanwhile"))
            ender.join()
            before = readers.asked
            until(lambda: readers.asked > before + 20)
        check(told[0].returncode == 0 and "serves, after" in told[0].stdout, "another program has taken over", (told[0].stdout, told[0].stderr, h.log_text()[-2000:]))
        check(not readers.wrong, f"{readers.asked} requests meanwhile, and none failed", readers.wrong[:3])
        check(h.process.poll() is None and h.roles()["web"] != web, "in the same process, with roles of its own")
        check(h.shows("/", "New name"), "by the configuration that stands in the file now")
        check(until(lambda: h.get(path).status == 410), "a kill that came meanwhile acts")
        check(h.shows("/", "A story that comes meanwhile"), "what came meanwhile is there")
        for n in range(2): check(h.verb("restart").returncode == 0 and h.get("/").status == 200, f"and again ({n + 2})", h.log_text()[-1500:])
        def opened(): return sorted(os.readlink(f"/proc/{h.process.pid}/fd/{n}") for n in os.listdir(f"/proc/{h.process.pid}/fd"))
        before = until(lambda: h.roles().get("desk") and opened())
        check(h.verb("restart").returncode == 0 and until(lambda: len(opened()) == len(before)), "no descriptor is left over each time", (before, opened()))
        check(h.stop() == 0, "it ends cleanly", h.log_text()[-1500:])


def refusing():
    h = House(site_file("Old name"))
    with h:
        h.drop("a.json", ninjs("tag:example.org,2026:1", "A story that stays"))
        check(h.shows("/", "A story that stays"), "a story stands")
        h.write_config(site_file("New name").replace("timezone: UTC\nfeeds", "timezone: Nowhere/At-All\nfeeds"))
        said = h.verb("restart")
        check(said.returncode == 78 and "refuses" in said.stderr and "check --upgrade" in said.stderr, "a configuration that the next program refuses: it is not started", (said.returncode, said.stderr))
        check("Old name" in h.get("/").text and "Nowhere/At-All" in h.log_text(), "the old one goes on, and the log says why")
        said = h.run("check", "--upgrade", "--data", h.data, "--config", h.config_path)
        check(said.returncode == 78 and "Nowhere/At-All" in said.stderr, "so does `check --upgrade`", said.stderr)
        h.write_config(site_file("New name"))
        said = h.run("check", "--upgrade", "--data", h.data, "--config", h.config_path)
        check(said.returncode == 0 and "ledger: " in said.stdout and "store: as this program has it" in said.stdout, "which says what would be", said.stdout)
        check(h.verb("restart").returncode == 0 and h.shows("/", "New name"), "once it is mended it follows")
    said = h.verb("restart")
    check(said.returncode != 0, "where nothing runs it says so", said.stderr)
    h.remove()


def newer():
    """A ledger and a store that a later program has written: neither is touched."""
    import sqlite3
    h = House()
    with h:
        h.drop("a.json", ninjs("tag:example.org,2026:1", "A story that stays"))
        check(h.shows("/", "A story that stays"), "a story stands")
        h.stop()
        with contextlib.closing(sqlite3.connect(os.path.join(h.data, "ledger.db"))) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("PRAGMA user_version = 99")
        said = h.run("check", "--upgrade", "--data", h.data)
        check(said.returncode == 78 and "version 99" in said.stdout, "a ledger of a later version: no", said.stdout + said.stderr)
        with contextlib.closing(sqlite3.connect(os.path.join(h.data, "ledger.db"))) as db: db.execute(f"PRAGMA user_version = {version}")
        site = next(os.path.join(f, n) for f, _, names in os.walk(h.data) for n in names if n == "desk.db")
        with contextlib.closing(sqlite3.connect(site)) as db:
            store = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("PRAGMA user_version = 99")
        said = h.run("check", "--upgrade", "--data", h.data)
        check(said.returncode == 78 and "newer version" in said.stdout, "a store of a later version: no, and what to do", said.stdout)
        with contextlib.closing(sqlite3.connect(site)) as db: db.execute(f"PRAGMA user_version = {store - 1}")
        said = h.run("check", "--upgrade", "--data", h.data)
        check(said.returncode == 0 and "is built from" in said.stdout, "an older one is built again, and it is told", said.stdout)
        h.start()
        check(h.shows("/", "A story that stays"), "and it is")


# ---- a service manager ----
class Manager:
    """The side of sd_notify that systemd has: words and descriptors that come by a datagram socket."""
    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.words, self.doors = [], []

    def hear(self):
        while select.select([self.socket], [], [], 0)[0]:
            text, fds, _, _ = socket.recv_fds(self.socket, 4096, 16)
            self.words += text.decode().splitlines()
            self.doors += fds
        return self.words


def managed():
    h = House(site_file("Watched"))
    m = Manager(h.folder)
    with contextlib.suppress(BlockingIOError):  # it is busy with others, and hears nothing until the house serves
        busy = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        busy.setblocking(False)
        while True: busy.sendto(b"STATUS=somebody else", m.path)
    h.env = {**os.environ, "NOTIFY_SOCKET": m.path, "WATCHDOG_USEC": "300000"}
    with h:
        check(until(lambda: "READY=1" in m.hear()) and f"MAINPID={h.process.pid}" in m.words, "it says when it serves", m.words)
        check("FDSTORE=1" in m.words and "FDNAME=doors" in m.words and len(m.doors) >= 1, "it gives its doors to be kept", m.words)
        check(until(lambda: m.hear().count("WATCHDOG=1") > 3), "and says again and again that it lives", m.words)
        kept = [fd for fd in m.doors if socket.socket(fileno=os.dup(fd)).family == socket.AF_INET][0]
        waiting = socket.create_connection((h.host, h.port))
        os.kill(h.process.pid, signal.SIGSTOP)
        m.hear()
        m.words.clear()
        time.sleep(0.5)
        quiet = [w for w in m.hear() if w == "WATCHDOG=1"]
        os.kill(h.process.pid, signal.SIGCONT)
        check(not quiet, "one that hangs says nothing", quiet)
        waiting.close()
        h.stop()
        check("STOPPING=1" in m.hear(), "it says that it ends", m.words)
        # the manager still holds the door: who comes now waits, and is answered by the next one
        waiting = http.client.HTTPConnection(h.host, h.port, timeout=60)
        waiting.request("GET", "/health")
        listens = f"{h.host}:{h.port}"
        words = [h.binary, "serve", "--data", h.data, "--config", h.config_path, "--listen", listens]
        log = open(os.path.join(h.folder, "log"), "ab")
        # LISTEN_PID is the number of the process that execs: a shell knows its own
        h.process = subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&%d' % kept, "sh", *words], pass_fds=[kept], stdout=log, stderr=log, env=h.env, start_new_session=True)
        h.log = log
        check(waiting.getresponse().status == 200, "who came between two programs is answered by the second: the door was never shut", h.log_text()[-1500:])
        check(until(lambda: "READY=1" in m.hear()), "which says that it serves", m.words)
    m.socket.close()


def strange():
    """What is meant for another process, or makes no sense, is passed over."""
    h = House(site_file("Strange"))
    h.env = {**os.environ, "LISTEN_PID": "1", "LISTEN_FDS": "3", "NOTIFY_SOCKET": "nonsense", "WATCHDOG_USEC": "-5"}
    with h:
        check(h.get("/health").status == 200, "words that are for another process are passed over", h.log_text()[-900:])
        h.stop()
    h.remove()


for part in (following, refusing, newer, managed, strange): part()
done()
