#!/usr/bin/env python3
"""A warm spare (issue 6): it follows ledger and tombstones, over ssh and beside the site; it never serves; either end may be killed at any moment; it catches up; promoted, it is the site, and what was
killed stays so."""
import random, sqlite3
from _house import *

FTP_WHY = ""
try: import _ftp
except ImportError as e: FTP_WHY = str(e)
SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(1 << 30)))
print(f"# TEST_SEED={SEED}", flush=True)
rnd = random.Random(SEED)
T = "tag:example.org,2026:"


spares = []  # to be ended, however this ends


class Spare:
    """The process that follows."""
    def __init__(self, h, data, source, *more):
        self.h, self.data, self.process = h, data, None
        spares.append(self)
        self.command = [h.binary, "spare", "--from", source, "--data", data, *more]

    def start(self):
        self.log = open(self.data + ".log", "ab")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        return self

    def end(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None: self.process.send_signal(how)
        code = self.process.wait(timeout=60) if self.process else None
        self.process = None
        return code

    def child(self):
        """The pid of what it has started to reach the site; 0: none now."""
        with contextlib.suppress(OSError, ValueError, IndexError): return int(open(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read().split()[0])
        return 0

    def said(self): return open(self.data + ".log", errors="replace").read()
    def status(self): return self.h.run("status", "--data", self.data, "--json")

    def state(self):
        import json
        with contextlib.suppress(ValueError): return json.loads(self.status().stdout)
        return {}


def head(h):
    with contextlib.closing(sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)) as db: return db.execute("SELECT max(pos) FROM event").fetchone()[0]


def is_whole(h, spare, within_s=60):
    """It has all that the site's ledger has, by its own word."""
    return until(lambda: (s := spare.state()).get("following") and s.get("ledger") == head(h) == s.get("source"), within_s=within_s)


def rows(data):
    with contextlib.closing(sqlite3.connect(f"file:{data}/ledger.db?mode=ro", uri=True)) as db:
        return [db.execute(q).fetchall() for q in ("SELECT * FROM event ORDER BY pos", "SELECT * FROM blob ORDER BY hash", "SELECT * FROM head ORDER BY appender")]


def accounts(data):
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{data}/desk/accounts.db?mode=ro", uri=True)) as db: return [n for n, in db.execute("SELECT name FROM account")]
    return []


def by_ssh(h):
    """Over a real sshd, with a key that may do nothing else; the spare's source and options, and the server. Where there is none: beside the site."""
    why = FTP_WHY or _ftp.needs("sshd")
    if why:
        skip("over ssh", why)
        return [h.data], None
    place, at = _ftp.Place(), _ftp.port()
    place.new_key("host")
    place.new_key("user")
    conf = place.write("sshd.conf", f"Port {at}\nListenAddress 127.0.0.1\nHostKey {place.path('host')}\nPidFile none\nUsePAM no\nPasswordAuthentication no\nStrictModes no\nPermitRootLogin forced-commands-only\n"
                       f"AuthorizedKeysFile {place.path('keys')}\nMaxStartups 100\nLogLevel VERBOSE\n")
    with open(place.path("user.pub")) as f: place.write("keys", f'command="{h.binary} backup --follow --data {h.data}",restrict {f.read()}')
    with open(place.path("host.pub")) as f: place.write("known", f"[127.0.0.1]:{at} {f.read()}")
    server = _ftp.Server(place, [_ftp.program("sshd"), "-D", "-e", "-f", conf], at)
    check(server.is_up, "sshd answers", open(place.path("server.log")).read())
    return [f"ssh://root@127.0.0.1:{at}/nobody/asks", "--ssh", f"ssh -F none -i {place.path('user')} -o UserKnownHostsFile={place.path('known')}"], server


def kill_a_sender(server):
    """What sends, over there."""
    for pid in server.below():
        with contextlib.suppress(OSError):
            if b"--follow" in open(f"/proc/{pid}/cmdline", "rb").read(): os.kill(pid, signal.SIGKILL)


def played():
    with House(site_file("Quillmere Post", url="https://news.example.org")) as h:
        source, server = by_ssh(h)
        spare = Spare(h, os.path.join(h.folder, "spare"), *source)
        for n in range(30): h.drop(f"{n}.json", ninjs(f"{T}{n}", f"Story {n} of the ferry", f"<p>{'Words that stand. ' * rnd.randrange(1, 400)}</p>"))
        check(until(lambda: h.get("/").text.count("of the ferry") >= 10 and len(h.api()) >= 10), "stories stand")
        spare.start()
        check(is_whole(h, spare), "a spare has everything", spare.said() + spare.status().stdout)
        check(spare.status().returncode == 0, "and its status is healthy", spare.status().stdout)

        doomed = h.path_of("Story 7 of the ferry")
        h.drop("k7.json", ninjs(T + "7", "Story 7 of the ferry", status="canceled", version="2"))
        check(until(lambda: h.get(doomed).status == 410) and is_whole(h, spare), "a kill goes over")
        check(until(lambda: open(spare.data + "/tombstones", "rb").read().count(b"TOMB") == open(h.data + "/tombstones", "rb").read().count(b"TOMB") > 0), "with its tombstone")

        def beside(folder): return {f"{d}/{f}": open(f"{folder}/{d}/{f}", "rb").read() for d in ("keys", "receipts") for f in sorted(os.listdir(f"{folder}/{d}")) if not f.endswith(".new")}
        def same():
            with contextlib.suppress(OSError): return len(beside(h.data)) >= 3 and beside(spare.data) == beside(h.data)
        r = h.run("desk", "account", "add", "ida", "--role", "editor", "--data", h.data, input="three old ferries\n")
        check(r.returncode == 0 and until(lambda: "ida" in accounts(spare.data), within_s=30), "an account goes over", r.stderr + spare.said()[-600:])
        check(until(same, within_s=60), "and keys and receipts", spare.said()[-600:])
        with open(f"{h.data}/receipts/large.jws.new", "wb") as f: f.write(rnd.randbytes(9_500_000))
        os.rename(f"{h.data}/receipts/large.jws.new", f"{h.data}/receipts/large.jws")
        check(until(same, within_s=60), "and a large one", spare.said()[-600:])
        receipt = next(n for n in beside(h.data) if n.startswith("receipts/"))
        modes = {n: os.stat(f"{spare.data}/{n}").st_mode & 0o077 for n in (receipt, "keys/receipt.key", "desk/accounts.db")}
        check(not any(modes.values()), "for their owner alone", modes)
        os.rename(f"{h.data}/{receipt}", os.path.join(h.folder, "away"))
        check(until(lambda: not os.path.exists(f"{spare.data}/{receipt}"), within_s=30), "what is gone goes there too")
        os.rename(os.path.join(h.folder, "away"), f"{h.data}/{receipt}")
        spare.end()
        spare.start()
        check(until(same, within_s=30), "and what is back comes back, of whatever age", spare.said()[-600:])

        for verb in (["serve", "--listen", "127.0.0.1:0", "--config", h.config_path], ["rebuild"], ["takedown", T + "3"], ["restore", "--from", h.data]):
            r = h.run(verb[0], "--data", spare.data, *verb[1:])
            check(r.returncode == 77 and "promote" in r.stderr, f"{verb[0]} does nothing with a spare, and says why", f"{r.returncode} {r.stdout}{r.stderr}")
        r = h.run("spare", "--from", h.data, "--data", h.data)
        check(r.returncode == 64 and "a site in it" in r.stderr, "a site is not made a spare", r.stderr)

        n = 30
        for turn in range(6):  # either end dies somewhere
            for _ in range(20):
                h.drop(f"{n}.json", ninjs(f"{T}{n}", f"Story {n} of the ferry", f"<p>{'Words that stand. ' * rnd.randrange(1, 400)}</p>"))
                n += 1
            for _ in range(rnd.randrange(200000)): pass  # somewhere
            if turn % 3 == 2 and server: kill_a_sender(server)
            elif turn % 3:
                if (pid := spare.child()): os.kill(pid, signal.SIGKILL)
            else:
                spare.end(signal.SIGKILL)
                spare.start()
        check(until(lambda: head(h) > n, within_s=60) and is_whole(h, spare), "killed here and there at any moment it has everything again", spare.said()[-2000:])
        spare.end(signal.SIGKILL)
        for _ in range(40):
            h.drop(f"{n}.json", ninjs(f"{T}{n}", f"Story {n} of the ferry"))
            n += 1
        gone = h.path_of(f"Story {n - 2} of the ferry")
        check(bool(gone) and h.verb("takedown", gone, "--reason", "a test").returncode == 0, "it falls behind, and something is taken down meanwhile")
        r = h.verb("purge", "--config", h.config_path, gone)
        check(r.returncode in (0, 69), "and forgotten", r.stdout + r.stderr)
        spare.start()
        check(is_whole(h, spare), "and catches up", spare.said()[-2000:])
        spare.end()
        check(rows(h.data) == rows(spare.data), "what it has is the site's ledger, row by row, what was forgotten too")

        before = {p: h.get(p).body for p in ("/", "/rss.xml", "/sitemap-1.xml", "/corrections", "/api/v1/stories")}
        live = h.path_of("Story 5 of the ferry") or h.path_of(f"Story {n - 5} of the ferry")
        page = h.get(live).body
        spare.start()
        check(is_whole(h, spare), "it goes on")
        h.stop(signal.SIGKILL)
        check(until(lambda: time.time() * 1000 - spare.state().get("whole_ms", 0) < 2000), "a site that has ended is followed on, while its machine is up")
        r = h.run("promote", "--data", spare.data)
        check(r.returncode == 0 and "is a site" in r.stdout and "confirm" not in r.stderr, "promoted at once the spare is the site", r.stdout + r.stderr + spare.said()[-800:])
        check(spare.process.wait(timeout=30) is not None, "and follows no more")
        h.data = spare.data
        h.start()
        check(until(lambda: h.get(live).body == page), "it shows the same story, byte for byte")
        check(until(lambda: all(h.get(p).body == before[p] for p in before)), "and the same fronts, feeds, lists", [p for p in before if h.get(p).body != before[p]])
        check(h.get(doomed).status == 410 and h.get(gone).status in (404, 410), "what was killed and what was forgotten stays so")
        check("ida" in accounts(h.data) and receipt.split("/")[1] in os.listdir(h.data + "/receipts"), "accounts and receipts are there")
        h.drop("after.json", ninjs(T + "after", "After the change of guard"))
        check(h.shows("/", "After the change of guard"), "and goes on by itself")

        h.stop()
        other = os.path.join(h.folder, "late")
        late = Spare(h, other, h.data)
        h.start()
        late.start()
        check(is_whole(h, late), "another spare follows the new site")
        late.end()
        state = os.path.join(other, "run", "spare")
        with open(state) as f: at, end, _ = f.read().split()
        with open(state, "w") as f: f.write(f"{at:>20} {end:>20} {1000000000000:>20}\n")
        check(late.status().returncode == 2 and "not followed" in h.run("status", "--data", other).stdout, "one that follows no more says so", h.run("status", "--data", other).stdout)
        r = h.run("promote", "--data", other)
        check(r.returncode == 0 and "2001-09-09" in r.stderr and "confirm" in r.stderr, "promoted long after it was last heard, it says so", r.stderr)
        h.stop()
        h.data = other
        h.start()
        check("of the ferry" not in h.get("/").text and h.get(live).status != 200, "and shows no story")
        check(h.verb("confirm").returncode == 0 and until(lambda: h.get(live).status == 200), "until somebody says that nothing is missing")


try: played()
finally:
    for s in spares: s.end(signal.SIGKILL)
    if not FTP_WHY: _ftp.end_all()
done()
