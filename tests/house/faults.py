#!/usr/bin/env python3
"""X4: the system refuses. In a running house every kind of I/O call from the wire to the web is made to fail, one after another, with "no room", "no descriptor", "no memory" and "the device is broken" (strace -e inject):
no role ends by a signal, nothing that was delivered is lost, kills act, readers are served.

usage: faults.py [--all] [--roles ROLE,ROLE]     the environment: FAULTS (how many are drawn), SEED

One house plays them all: into each role one fault at a time, the n-th such call of a story's way or all from the n-th on, then a story and a kill are filed; the fault ends after a moment at the latest. A fault counts
where a call was in fact refused. Not refused are close, for what the tracer refuses is not done at all, and a close is, whatever it answers; and the calls of readers and darkroom: their cages take what the tracer puts in a
call's place for a forbidden one. Those are ended and starved elsewhere (crash.py, scarce.py)."""
import argparse, collections, random
from _house import *

ROLES = ["intake", "newsroom", "web"]
ERRORS = ["ENOSPC", "EMFILE", "ENOMEM", "EIO"]
CALLS = set("""open openat openat2 read readv pread64 preadv write writev pwrite64 pwritev fsync fdatasync rename renameat renameat2 unlink unlinkat mkdir mkdirat getdents64 stat fstat lstat newfstatat statx lseek ftruncate
fallocate mmap mremap brk fcntl flock sendto sendmsg recvfrom recvmsg accept4 socket socketpair connect setsockopt getsockopt epoll_wait epoll_pwait epoll_ctl epoll_create1 poll ppoll ioctl eventfd2 pipe2 dup dup2 dup3 statfs
fstatfs inotify_add_watch inotify_init1 utimensat fchmod fchmodat link linkat symlink readlink readlinkat access faccessat faccessat2 getcwd sendfile copy_file_range clone clone3""".split())
DEPTH = 12     # the n of the n-th call goes up to here
LASTS_S = 0.4  # no fault lasts longer
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
        self.played, self.hits, self.by = 0, 0, collections.Counter()

    def crashes(self): return re.findall(r"\S+ ended by signal \d+.*", self.h.log_text())

    def file(self):
        """The next story, and a kill of the one before it."""
        self.n += 1
        guid, name = f"tag:example.org,2026:{self.n}", f"Story number {self.n} stands"
        self.h.drop(f"s{self.n}.json", ninjs(guid, name))
        if self.alive: self.h.drop(f"k{self.n}.json", ninjs(self.alive[0], self.alive[1], "", version="2", status="canceled", versionCreated=at(7)))
        self.gone, self.alive = self.alive, (guid, name)

    def asked(self, path):
        try: return self.h.get(path)
        except (OSError, http.client.HTTPException): return None

    def is_well(self):
        front, api = self.asked("/"), self.asked("/api/v1/stories")
        if not front or not api or front.status != 200 or api.status != 200: return False
        return all(self.alive[1] in a.text and not (self.gone and self.gone[1] in a.text) for a in (front, api))

    def round(self, faults):
        """faults: (role, call, error, when) of each role one."""
        traces, before = [], len(self.crashes())
        for role, call, error, when in faults:
            pids = self.h.roles().get(role)
            if pids: traces.append(((role, call, error, when), Trace(self.h.folder, pids[0], call, "-e", f"inject={call}:error={error}:when={when}")))
        self.file()
        until(self.is_well, within_s=LASTS_S)
        for fault, trace in traces:
            hits = sum("(INJECTED)" in line for line in trace.end())
            self.played += 1
            self.hits += hits > 0
            self.by[fault[0] + " " + fault[1]] += hits > 0
        well = until(self.is_well, within_s=COMES_S)
        crashed = self.crashes()[before:]
        if crashed or not well: self.failed.append((faults, crashed, "" if well else f"{self.alive} or {self.gone} is not as it should be"))
        if crashed or not well: print("#", self.failed[-1], flush=True)
        return well


def calls_of(run):
    """{role: [(call, how often)]} of one story's way, and readers' questions."""
    out = {}
    for role in ROLES:
        t = Trace(run.h.folder, run.h.roles()[role][0], "all")
        for _ in range(2):
            run.file()
            assert until(run.is_well, within_s=COMES_S)
        counts = collections.Counter(m[1] for l in t.end() if (m := re.match(r"\d+ +(\w+)\(", l)))
        out[role] = sorted((c, n) for c, n in counts.items() if c in CALLS)
    return out


def every(calls, roles):
    return [(role, call, error, when) for role in roles for call, n in calls[role] for error in ERRORS for k in range(1, min(n, DEPTH) + 1) for when in (str(k), f"{k}+")]


def rounds(faults):
    """Of each role one at a time."""
    by_role = {r: [f for f in faults if f[0] == r] for r in ROLES}
    while any(by_role.values()): yield [f.pop() for f in by_role.values() if f]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--all", action="store_true"); ap.add_argument("--roles", default=",".join(ROLES)); ap.add_argument("--calls")
    a = ap.parse_args()
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
    rnd, wanted = random.Random(seed), int(os.environ.get("FAULTS", "500"))
    if not shutil.which("strace"):
        skip("faults of the system", "no strace here")
        done()
    with House(binary=PLAIN) as h:
        run = Run(h)
        run.file()
        assert until(run.is_well, within_s=COMES_S)
        probe = Trace(h.folder, h.roles()["web"][0], "read")
        if "attached" not in probe.said:
            probe.end()
            skip("faults of the system", "no process may be traced here: " + probe.said.strip())
            done()
        probe.end()
        calls = calls_of(run)
        for role in ROLES: print("#", role + ":", ", ".join(f"{c} {n}" for c, n in calls[role]))
        faults = every(calls, a.roles.split(","))
        if a.calls: faults = [f for f in faults if f[1] in a.calls.split(",")]
        rnd.shuffle(faults)
        print(f"# seed {seed}, {len(faults)} faults, {'all' if a.all else wanted} of them", flush=True)
        for these in rounds(faults):
            if not run.round(these) or (not a.all and run.hits >= wanted): break
        check(not run.failed, f"{run.hits} faults of {run.played} met a call: no role ended by a signal, stories and kills came through, readers were served (seed {seed})", run.failed)
        for what, n in sorted(run.by.items()): print(f"# {what}: {n}")
        left = [f for f in os.listdir(h.wire) if f.endswith(".json")]
        check(until(lambda: not [f for f in os.listdir(h.wire) if f.endswith(".json")], within_s=COMES_S), "the folder is empty", left)
        check(not [f for f in os.listdir(os.path.join(h.wire, "quarantine"))], "nothing was taken for damaged", os.listdir(os.path.join(h.wire, "quarantine")))
        ended = collections.Counter(re.findall(r"(\S+) ended with exit status (\d+)", h.log_text()))
        print("# ended by themselves, and were started again:", ", ".join(f"{r} ({s}) {n}" for (r, s), n in ended.items()) or "none")
        check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
        r = h.verb("check", "--audit")
        check(r.returncode == 0, "the audit finds every chain and row sound", r.stdout + r.stderr)
    done()


main()
