#!/usr/bin/env python3
"""X4: the system refuses. In a running house every kind of I/O call from the wire to the web is made to fail, one after another, with "no room", "no descriptor", "no memory" and "the device is broken" (strace -e inject):
no role ends by a signal, nothing that was delivered is lost, kills act, readers are served.

usage: faults.py [--all] [--roles ROLE,ROLE] [--calls CALL,CALL]     the environment: FAULTS and STARTS (how many are drawn), SEED

One house plays them all: into each role one fault at a time, the n-th such call of a story's way or all from the n-th on, then a story and a kill are filed; the fault ends after a moment at the latest. A fault counts
where a call was in fact refused. Then the house is started under faults, all roles at once: it starts, or ends with a reason, and the next start is well. Not refused are close and fcntl, for what the tracer refuses is not done at all: a close is,
whatever it answers, and the end of a lock no local file system refuses; nor the calls of readers and darkroom: their cages take what the tracer puts in a call's place for a forbidden one. Those are ended and starved elsewhere (crash.py, scarce.py).
Nor is brk, which is no input or output: the C library does not outlive its refusal before main."""
import argparse, collections, json, random
from _house import *

ROLES = ["intake", "newsroom", "web"]
ERRORS = ["ENOSPC", "EMFILE", "ENOMEM", "EIO"]
CALLS = set("""open openat openat2 read readv pread64 preadv write writev pwrite64 pwritev fsync fdatasync rename renameat renameat2 unlink unlinkat mkdir mkdirat getdents64 stat fstat lstat newfstatat statx lseek ftruncate
fallocate mmap mremap flock sendto sendmsg recvfrom recvmsg accept4 socket socketpair connect setsockopt getsockopt epoll_wait epoll_pwait epoll_ctl epoll_create1 poll ppoll ioctl eventfd2 pipe2 dup dup2 dup3 statfs
fstatfs inotify_add_watch inotify_init1 utimensat fchmod fchmodat link linkat symlink readlink readlinkat access faccessat faccessat2 getcwd sendfile copy_file_range clone clone3""".split())
AT_START = set("openat mmap ftruncate fallocate flock unlink socket bind listen clone clone3 mkdir epoll_create1 eventfd2 socketpair pipe2 ioctl statfs".split())
DEPTH = 12     # the n of the n-th call goes up to here
LASTS_S = 0.4  # no fault lasts longer, but where a picture is made, …
PICTURE_LASTS_S = 1.2
START_S = 1.5  # … and none at a start
PICTURE_EACH = 4
CAGED = ("reader", "darkroom")
KEPT = [("web", "epoll_wait", "ENOMEM", "1+"), ("newsroom", "pread64", "EIO", "1+"), ("newsroom", "recvmsg", "ENOMEM", "1+"), ("newsroom", "sendmsg", "ENOMEM", "1+"), ("web", "recvmsg", "EMFILE", "1+"),
        ("web", "sendmsg", "ENOSPC", "1+"), ("newsroom", "fsync", "ENOSPC", "1+"), ("newsroom", "rename", "EIO", "1+"), ("intake", "pwrite64", "ENOSPC", "1+"), ("intake", "read", "EIO", "2+")]  # which broke something once, and what matters most
KEPT_STARTS = [("openat", "ENOSPC", "4"), ("openat", "ENOSPC", "8")]  # which left a role without its folders, and a database unwritten
COMES_S = 60   # within this all is well again


class Trace:
    """strace on a role, from the moment this returns until end()."""
    def __init__(self, folder, pid, calls, *words):
        self.out = os.path.join(folder, f"trace-{pid}")
        self.p = subprocess.Popen(["strace", "-f", "-p", str(pid), "-o", self.out, "-e", "trace=" + calls, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said = self.p.stderr.readline()

    def end(self):
        with contextlib.suppress(OSError): self.p.send_signal(signal.SIGINT)
        self.p.stderr.read()
        self.p.wait(timeout=60)
        try:
            with open(self.out, errors="replace") as f: text = f.read()
            os.unlink(self.out)
        except OSError: return []
        return text.splitlines()


class Run:
    def __init__(self, h):
        self.h, self.n, self.alive, self.failed = h, 0, None, []
        self.played, self.hits, self.by, self.pictured, self.paths = 0, 0, collections.Counter(), [], {}

    def crashes(self):  # a role that hangs, or cannot be introduced, is killed by the master: that is none
        return [c for c in re.findall(r"(\S+ ended by signal (?!9\b)\d+)", self.h.log_text()) if not c.startswith(CAGED)]

    def file_picture(self):
        name, picture = f"Pictured story {self.n} stays", f"p{self.n}.png"
        self.h.drop(picture, png(96, 60, self.n))
        self.h.drop(f"i{self.n}.json", ninjs(f"tag:example.org,2026:pictured-{self.n}", name, associations=[{"name": "main", "uri": f"tag:example.org,2026:p{self.n}", "type": "picture", "pubStatus": "usable",
            "renditions": [{"name": "original", "href": picture, "contentType": "image/png", "width": 96, "height": 60}]}]))
        self.pictured.append(name)

    def file(self, has_picture=False):
        """The next story, and a kill of the one before it; now and then, or where it is asked for, another that stays, with a picture."""
        self.n += 1
        has_picture |= self.n % PICTURE_EACH == 1
        if has_picture: self.file_picture()
        self.waited_for = self.pictured[-1] if has_picture else None
        guid, name = f"tag:example.org,2026:{self.n}", f"Story number {self.n} stands"
        self.h.drop(f"s{self.n}.json", ninjs(guid, name))
        if self.alive: self.h.drop(f"k{self.n}.json", ninjs(self.alive[0], self.alive[1], "", version="2", status="canceled", versionCreated=at(7)))
        self.gone, self.alive = self.alive, (guid, name)

    def asked(self, path):
        """None: refused, or no answer while the fault lasts: it ends in its time also where the web answers nobody."""
        connection = self.h.connection()
        try: return self.h.ask(path, on=connection)
        except (OSError, http.client.HTTPException): return None
        finally: connection.close()

    def is_well(self):
        front, api = self.asked("/"), self.asked("/api/v1/stories")
        if not front or not api or front.status != 200 or api.status != 200: return False
        return all(self.alive[1] in a.text and not (self.gone and self.gone[1] in a.text) for a in (front, api))

    def is_done(self): return self.is_well() and (not self.waited_for or self.has_picture(self.waited_for))

    def path_of(self, name):
        """None: it is on no page of the API; what was found once is looked for no more."""
        page = 1
        while name not in self.paths:
            api = self.asked(f"/api/v1/stories?page={page}")
            items = json.loads(api.body)["items"] if api and api.status == 200 else []
            if not items: return None
            self.paths.update({i["headline"]: re.sub(r"^https?://[^/]+", "", i["url"]) for i in items})
            page += 1
        return self.paths[name]

    def has_picture(self, name):
        page = self.asked(self.path_of(name) or "/none")
        found = set(re.findall(r"/pictures/[\w-]+\.\w+", page.text)) if page else []
        own = page and re.search(r'og:image" content="[^"]*/pictures/[0-9a-f]{64}-', page.text)  # until it is there, the card of its section stands for it
        return bool(own) and all((picture := self.asked(path)) and picture.status == 200 for path in found)

    def picture_seen(self, name):
        """Of a story that does not stand with its picture: where it was lost, for people."""
        path, guid = self.path_of(name), f"tag:example.org,2026:pictured-{name.split()[2]}"
        page = self.asked(path or "/none")
        return f"{name}: {path}: {page and page.status} {page and re.findall(r'/pictures/[^ ]+', page.text)}; {self.h.verb('desk', 'show', guid).stdout}; {self.h.verb('status').stdout}"

    def seen(self):
        """What is not as it should be, for people."""
        page, state = self.asked("/"), {}
        for role, pids in {**self.h.roles(), "master": [self.h.process.pid]}.items():
            for pid in pids:
                with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as f: state[role] = re.findall(r"State:\s+(.*)|TracerPid:\s+(\d+)", f.read())
        shown = page and re.findall(r"(?:Pictured s|S)tory(?: number)? \d+", page.text)
        return f"wanted {self.alive[1]}, not {self.gone and self.gone[1]}; front: {page and page.status} {shown}; {self.h.verb('status').stdout}; {os.listdir(self.h.wire)}; {state}; {self.h.log_text()[-700:]}"

    def judge(self, what, before):
        well, crashed = until(self.is_well, within_s=COMES_S), self.crashes()[before:]
        if not crashed and well: return True
        self.failed.append((what, crashed, "" if well else self.seen()))
        print("#", self.failed[-1], flush=True)
        return bool(well)

    def round(self, faults):
        """faults: (role, call, error, when) of each role one."""
        traces, before = [], len(self.crashes())
        for role, call, error, when in faults:
            pids = self.h.roles().get(role)
            if pids: traces.append(((role, call, error, when), Trace(self.h.folder, pids[0], call, "-e", f"inject={call}:error={error}:when={when}")))
        self.file(has_picture="newsroom" in [f[0] for f in faults])
        self.h.patience_s = PICTURE_LASTS_S if self.waited_for else LASTS_S
        until(self.is_done, within_s=self.h.patience_s)
        del self.h.patience_s
        for fault, trace in traces:
            hits = sum("(INJECTED)" in line for line in trace.end())
            self.played += 1
            self.hits += hits > 0
            self.by[fault[0] + " " + fault[1]] += hits > 0
        return self.judge(faults, before)

    def is_acknowledged(self):
        """The line between newsroom and web has outlived it all."""
        a = self.asked("/health")
        told = json.loads(a.body) if a else {}
        return bool(told) and told["acknowledged"] >= told["applied"]

    def start(self, call, error, when):
        """The whole house is started under a fault, which each process meets; then it passes."""
        h, before = self.h, len(self.crashes())
        h.stop()
        out = os.path.join(h.folder, "trace-start")
        h.wrap = ["strace", "-D", "-f", "-o", out, "-e", "trace=" + call, "-e", f"inject={call}:error={error}:when={when}"]
        h.start(wait=False)
        self.file()
        until(lambda: h.process.poll() is not None, within_s=START_S)
        tracer = re.search(r"TracerPid:\s+(\d+)", open(f"/proc/{h.process.pid}/status").read()) if h.process.poll() is None else None
        if tracer and int(tracer[1]):
            with contextlib.suppress(OSError): os.kill(int(tracer[1]), signal.SIGKILL)
            until(lambda: not os.path.exists(f"/proc/{tracer[1]}"), within_s=COMES_S)
        with contextlib.suppress(OSError), open(out, errors="replace") as f:
            self.hits += "(INJECTED)" in f.read()
        self.played += 1
        h.wrap = []
        code = h.process.poll()
        if code is not None and code < 0: self.failed.append(((call, error, when), f"the first process ended by signal {-code}"))
        if code is not None: h.stop(); h.start()
        else: until(h.find, within_s=COMES_S)
        return self.judge(("start", call, error, when), before)


class Traced(House):
    """A house that may be started by a tracer; its door is on a socket of its own, so that its address is known however it starts."""
    wrap = ()

    patience_s = 20

    def command(self): return [*self.wrap, *super().command()]

    def connection(self):
        c = super().connection()
        c.timeout = self.patience_s
        return c

    def find(self):
        self.socket = self.listen.removeprefix("unix:")
        return os.path.exists(self.socket)


def calls_of(run):
    """{role: [(call, how often)]} of one story's way, and readers' questions."""
    out = {}
    for role in ROLES:
        t = Trace(run.h.folder, run.h.roles()[role][0], "all")
        for _ in range(PICTURE_EACH):
            run.file()
            assert until(run.is_done, within_s=COMES_S)
        counts = collections.Counter(m[1] for l in t.end() if (m := re.match(r"\d+ +(\w+)\(", l)))
        out[role] = sorted((c, n) for c, n in counts.items() if c in CALLS)
    return out


def every(calls, roles):
    return [(role, call, error, when) for role in roles for call, n in calls[role] for error in ERRORS for k in range(1, min(n, DEPTH) + 1) for when in (str(k), f"{k}+")]


def starts(calls):
    return [(call, error, when) for call in sorted({c for role in ROLES for c, _ in calls[role]} | AT_START) for error in ERRORS for k in range(1, DEPTH + 1) for when in (str(k), f"{k}+")]


def rounds(faults):
    """Of each role one at a time."""
    by_role = {r: [f for f in faults if f[0] == r] for r in ROLES}
    while any(by_role.values()): yield [f.pop() for f in by_role.values() if f]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--all", action="store_true"); ap.add_argument("--roles", default=",".join(ROLES)); ap.add_argument("--calls")
    a = ap.parse_args()
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
    rnd, wanted = random.Random(seed), int(os.environ.get("FAULTS", "60"))
    if not shutil.which("strace"):
        skip("faults of the system", "no strace here")
        done()
    folder = tempfile.mkdtemp(prefix="broadsheet-door-")
    with Traced(config=site_file("Faults", more="    pictures: yes\n"), binary=PLAIN, listen="unix:" + os.path.join(folder, "door")) as h:
        run = Run(h)
        run.file()
        assert until(run.is_well, within_s=COMES_S)
        probe = Trace(h.folder, h.roles()["web"][0], "read")
        probe.end()
        if "attached" not in probe.said:
            skip("faults of the system", "no process may be traced here: " + probe.said.strip())
            done()
        calls = calls_of(run)
        for role in ROLES: print("#", role + ":", ", ".join(f"{c} {n}" for c, n in calls[role]))
        faults, at_start = every(calls, a.roles.split(",")), starts(calls)
        if a.calls: faults, at_start = [f for f in faults if f[1] in a.calls.split(",")], [f for f in at_start if f[0] in a.calls.split(",")]
        rnd.shuffle(faults)
        rnd.shuffle(at_start)
        print(f"# seed {seed}, {len(faults)} faults, {'all' if a.all else wanted} of them", flush=True)
        for fault in KEPT: run.round([fault])
        check(not run.failed, f"{run.hits} faults of {run.played} that broke something once: all is well", run.failed)
        run.failed = []
        for these in rounds(faults):
            if not run.round(these) or (not a.all and run.hits >= wanted): break
        check(not run.failed, f"{run.hits} faults of {run.played} met a call: no role ended by a signal, stories and kills came through, readers were served (seed {seed})", run.failed)
        for what, n in sorted(run.by.items()): print(f"# {what}: {n}")
        if not until(run.is_acknowledged, within_s=5): print("# the web acknowledges no more:", h.get("/health").text.strip())
        run.failed, run.hits, run.played = [], 0, 0
        for fault in KEPT_STARTS + at_start[:int(os.environ.get("STARTS", "600" if a.all else "8"))]: run.start(*fault)
        check(not run.failed, f"{run.hits} of {run.played} starts met a fault: none ended by a signal, and the next was well", run.failed)
        check(until(lambda: not [f for f in os.listdir(h.wire) if f.endswith((".json", ".png"))], within_s=COMES_S), "the folder is empty", os.listdir(h.wire))
        check(not os.listdir(os.path.join(h.wire, "quarantine")), "nothing was taken for damaged", os.listdir(os.path.join(h.wire, "quarantine")))
        lost = [p for p in run.pictured if not until(lambda: run.has_picture(p), within_s=COMES_S)]
        check(not lost, f"{len(run.pictured)} stories stand with their pictures", [run.picture_seen(p) for p in lost])
        ended = collections.Counter(re.findall(r"(\S+) ended with exit status (\d+)", h.log_text()))
        print("# ended by themselves, and were started again:", ", ".join(f"{r} ({s}) {n}" for (r, s), n in ended.items()) or "none")
        check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
        r = h.verb("check", "--audit")
        check(r.returncode == 0, "the audit finds every chain and row sound", r.stdout + r.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    done()


main()
