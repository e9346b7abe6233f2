#!/usr/bin/env python3
"""Runs every test and closes with one plain line: N passed, N failed, N skipped.

usage: tests/run.py [--only WORD] [--list]

Four kinds, each speaking TAP (https://testanything.org/tap-version-13-specification.html):
  unit     src/<floor>/*_test.c, built with ASan and UBSan
  script   tests/house/*.sh and *.py: the real binary on sockets bound to port 0, sanitized and plain
  case     rehearsals, in process and over HTTP
  battery  random schedules against the oracle (tests/battery/run.py)
Each program is bounded in time and ended by its own process group."""
import argparse, collections, contextlib, json, os, re, signal, subprocess, sys, threading, time
from room import in_memory

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.environ.get("BROADSHEET_SHARED", os.path.join(ROOT, "..", "shared"))
LIMIT_S = 1800
WAITING = {"house bring", "house clears", "house watched", "house courier", "house faults", "house folders", "house ftp", "house poll", "house poll_roads"}  # of whose time most is spent asleep: they run beside the others
BROWSERS = "house browser"  # … and so do those of a browser, which is a core of its own for most of the time
ALWAYS = {"house conformance", "house crash", "house docs", "house faults", "house planted", "house power"}
TURNS = int(os.environ.get("TURNS", "3"))  # a run plays each so-manieth house, by the number of the commit, and of the browsers' a third of that share, and one of the two ways to rehearse; units and batteries always; 1: all of everything
taking = threading.Lock()
TIDY_S = 20  # for a test that is told to end to take away what it has made


def unit_tests():
    out = subprocess.run(["meson", "introspect", "--tests", os.path.join(ROOT, "build-asan")], capture_output=True, text=True, check=True).stdout
    for t in sorted(json.loads(out), key=lambda t: t["name"]):
        yield "unit " + t["name"], t["cmd"]


def scripts():
    folder = os.path.join(ROOT, "tests", "house")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".sh"): yield "house " + name[:-3], ["bash", path]
        if name.endswith(".py") and not name.startswith("_"): yield "house " + name[:-3], [sys.executable, path]


def rehearsals():
    """Both ways with the plain program; in process also with the sanitized one, a ninth of them by the number of the commit, as it takes seconds for each (SANITIZED=all: all)."""
    cases = os.path.join(ROOT, "tests", "cases", "rehearse")
    if not os.path.isdir(cases): return
    plain, checked = (os.path.join(ROOT, build, "broadsheet") for build in ("build", "build-asan"))
    every = sorted(os.path.join(cases, c) for c in os.listdir(cases))
    some = every if os.environ.get("SANITIZED") == "all" else every[turn() % 9::9]
    yield "rehearse in process", [plain, "rehearse", "--format", "tap", cases]
    yield "rehearse over HTTP", [plain, "rehearse", "--http", "--format", "tap", cases]
    yield "rehearse sanitized", [checked, "rehearse", "--format", "tap", *some]


def batteries():
    program = [sys.executable, os.path.join(ROOT, "tests", "battery", "run.py")]
    for part in subprocess.run([*program, "--list"], capture_output=True, text=True, check=True).stdout.splitlines():
        yield "battery " + part, [*program, part]


def environment():
    env = dict(os.environ)
    env.update(BROADSHEET=os.path.join(ROOT, "build-asan", "broadsheet"), BROADSHEET_PLAIN=os.path.join(ROOT, "build", "broadsheet"),
               BROADSHEET_SHARED=SHARED, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:allocator_may_return_null=1:quarantine_size_mb=32:malloc_context_size=10",  # the last two: half of the time that the kernel takes for pages
               UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1", G_SLICE="always-malloc")
    env["LSAN_OPTIONS"] = "suppressions=" + os.path.join(ROOT, "tests", "lsan.supp") + ":print_suppressions=0"
    return env


def watch(p):
    """What it prints, whether its time ran out, and the seconds of a processor that it took with all it waited for. First told, so that houses and mounts of its own go; then killed with all that it has started."""
    late = []
    def tell(): late.append(True); os.kill(p.pid, signal.SIGTERM); kill.start()
    def last():
        with contextlib.suppress(ProcessLookupError): os.killpg(p.pid, signal.SIGKILL)
    told, kill = threading.Timer(LIMIT_S, tell), threading.Timer(TIDY_S, last)
    told.start()
    out = p.stdout.read().decode("utf-8", "replace")
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    for t in (told, kill): t.cancel()
    return out, bool(late), used.ru_utime + used.ru_stime


def run(name, command, env, plain=()):
    if name in plain:
        command = [env["BROADSHEET_PLAIN"] if part == env["BROADSHEET"] else part for part in command]
        env = {**env, "BROADSHEET": env["BROADSHEET_PLAIN"]}
    # Rehearsals end processes, never the disk: in memory they need not wait for it.
    if name.startswith("rehearse") and in_memory(): env = {**env, "TMPDIR": in_memory()}
    # The search for leaks at the end of every role of every house takes seconds each and looks into /proc, which cages forbid: it runs where one process holds all.
    if name.startswith("house") or "HTTP" in name: env = {**env, "ASAN_OPTIONS": env["ASAN_OPTIONS"].replace("detect_leaks=1", "detect_leaks=0")}
    start = time.monotonic()
    p = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    out, late, used = watch(p)
    passed = failed = skipped = 0
    plan = None
    for line in out.splitlines():
        m = re.match(r"(not )?ok\b(.*)", line)
        if m and re.search(r"# skip", m[2], re.I): skipped += 1
        elif m and m[1]: failed += 1
        elif m: passed += 1
        m = re.match(r"1\.\.(\d+)", line)
        if m: plan = int(m[1])
    total = passed + failed + skipped
    broken = late or p.returncode != 0 or total == 0 or (plan is not None and plan != total)
    if broken and not failed: failed += 1
    said = [f"{'ok  ' if not failed else 'FAIL'} {name:44} {passed:6} passed {failed:3} failed {skipped:3} skipped  {time.monotonic() - start:6.1f} s {used:6.1f} cpu{' (plain)' if name in plain else ''}"]
    said += ["       " + line.strip()[:160] for line in out.splitlines() if re.search(r"# skip", line, re.I) and not failed]
    if failed:
        why = "took longer than its limit" if late else f"exit status {p.returncode}"
        said += ["     | " + l for l in out.splitlines() if not re.match(r"ok\b", l)][-60:] + [f"     | ({why})"]
    print("\n".join(said), flush=True)
    return passed, failed, skipped


def lane(name): return 0 if name in WAITING else 1 if name.startswith(BROWSERS) else 2


def turn():
    return int(subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip() or 0)


def changed_lately():
    """Houses whose own file one of the last commits changed: they have no turn, but are played."""
    r = subprocess.run(["git", "log", "-6", "--format=", "--name-only", "--", "tests/house"], cwd=ROOT, capture_output=True, text=True)
    return {f"house {os.path.basename(f).removesuffix('.py')}" for f in r.stdout.split()}


def of_other_turns(tests):
    """The houses, programs of a browser and one of the two ways to rehearse, that this run leaves to the next ones."""
    tests = [t for t in tests if t[0] not in changed_lately()]
    houses = [t for t in tests if t[0].startswith("house") and not t[0].startswith(BROWSERS) and t[0] not in ALWAYS]
    kinds = [(houses, TURNS), ([t for t in tests if t[0].startswith(BROWSERS)], 3 * TURNS), ([t for t in tests if t[0] in ("rehearse in process", "rehearse over HTTP")], 2)]
    return [t for each, turns in kinds for n, t in enumerate(each) if TURNS > 1 and n % turns != turn() % turns]


def plain_this_time(tests):
    """Houses that this run plays with the plain program, as the sanitized one takes three times as long: each third is sanitized, and others the next time."""
    houses = [t[0] for t in tests if t[0].startswith("house")]
    return {h for n, h in enumerate(houses) if n % 3 != turn() // TURNS % 3}


def next_of(queue, is_own):
    """None: nothing is left that this lane may play; batteries take all cores by themselves, so they stay in their own."""
    with taking:
        if not queue or (not is_own and queue[0][0].startswith("battery")): return None
        return queue.popleft()


def run_each(own, rest, env, plain, sums):
    """First its own lane's, then what is left of the others': no core stands idle."""
    for queue in (own, rest):
        while one := next_of(queue, queue is own):
            for i, n in enumerate(run(*one, env, plain)): sums[i] += n


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--only"); ap.add_argument("--list", action="store_true")
    a = ap.parse_args()
    tests = [*unit_tests(), *rehearsals(), *scripts(), *batteries()]  # what is long and is one before what is many
    if a.only: tests = [t for t in tests if a.only in t[0]]
    if a.list:
        print("\n".join(t[0] for t in tests)); return 0
    left = [] if a.only else of_other_turns(tests)
    tests = [t for t in tests if t not in left]
    plain = () if a.only or os.environ.get("SANITIZED") == "all" else plain_this_time(tests)
    for name, _ in left: print(f"skip {name:44} left to another run (TURNS=1 plays it)")
    if not os.path.isdir(SHARED): print(f"(no {SHARED}: the tests on real wire samples and attack corpora are skipped)")
    env, lanes = environment(), [collections.deque(t for t in tests if lane(t[0]) == n) for n in range(3)]
    counts = [[0, 0, 0] for _ in lanes]
    threads = [threading.Thread(target=run_each, args=(own, lanes[-1], env, plain, c)) for own, c in zip(lanes, counts)]
    for t in threads: t.start()
    for t in threads: t.join()
    sums = [sum(c) for c in zip(*counts)]
    sums[2] += len(left)
    print(f"{sums[0]} passed, {sums[1]} failed, {sums[2]} skipped")
    return 1 if sums[1] or not sums[0] else 0


sys.exit(main())
