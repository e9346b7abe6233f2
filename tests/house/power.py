#!/usr/bin/env python3
"""X2: the power goes while the wire comes. Whatever was acknowledged (a push by 2xx, a file in done/, an editor's takedown by its verb) is there when the house starts again on the disk as the cut left it:
every story whole, once, in no older turn; nothing that was killed is public; the ledger's chains hold; a rebuild gives the same bytes; what nobody acknowledged can be sent again.

The disk (_disk.py) keeps back what it was not told to flush, and at the cut loses, keeps or tears it. So a house that does not flush must lose here: a control plays the same with the ledger's flushes
taken away, by a library laid under the real program, and must fail.   ROUNDS cuts, SEED, FS=ext4|xfs|btrfs; KEEP=1 keeps the images that failed; LIMIT_S seconds at most, then fewer cuts."""
import json, random, sqlite3, threading, traceback
from _disk import KINDS, Disk, Mounted, NoRoom
from _house import *

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
ROUNDS = int(os.environ.get("ROUNDS", "30"))
FS = os.environ.get("FS", "ext4")
CUTS_A_RUN = 10  # of one house; then a fresh one, so that its first seconds are cut too
CONTROL_CUTS = 6
PATIENCE_S, CONTROL_PATIENCE_S = 60, 5  # until a house has all of it: what a control has lost does not come
PAGES_READ = 12  # of each cut, besides the lists
LIMIT_S = int(os.environ.get("LIMIT_S", max(420, 10 * ROUNDS)))  # then no cut is begun any more: a slow machine makes fewer
TOO_LATE_S = 120  # after that: what has been begun is given up. Both well before a test run kills what does not end
LEAST_CUTS = min(10, ROUNDS)
ROOM_A_CUT = 100 << 20  # of an image, as it is at most half full
print(f"# seed {SEED}, {ROUNDS} cuts, {FS}", flush=True)
CONFIG = """site:
  name: Power
  url: https://news.example.org
  timezone: UTC
feeds:
  push:
    provider: Example
    timezone: UTC
    push_key_file: @FOLDER@/key
  wire:
    provider: Wire
    timezone: UTC
    folder: @WIRE@
"""
# What `PRAGMA synchronous = OFF` would do, without a switch for it in the product.
NO_FLUSH = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int is_ledger(int fd)
{
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return strstr(path, "/ledger.db") != NULL;
}
int fsync(int fd) { return is_ledger(fd) ? 0 : ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { return is_ledger(fd) ? 0 : ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""


end_s = time.monotonic() + LIMIT_S


class Late(Exception): pass


class Story:
    def __init__(self, n, feed): self.n, self.feed, self.sent, self.acked, self.kill_sent, self.kill_acked, self.path, self.seen_gone, self.bodies = n, feed, 0, 0, False, False, None, False, {}
    def guid(self): return f"tag:example.org,2026:{self.feed}-{self.n}"
    def copy(self):
        s = Story(self.n, self.feed)
        s.__dict__.update(self.__dict__)
        return s


def headline(s, turn): return f"Story {s.feed} {s.n} turn {turn}"


def item(s, turn, killed=False):
    """Its bytes; the same ones whenever it is sent again."""
    if (turn, killed) not in s.bodies: s.bodies[turn, killed] = make_item(s, turn, killed)
    return s.bodies[turn, killed]


def make_item(s, turn, killed):
    rnd = random.Random(f"{SEED} {s.feed} {s.n} {turn}")
    words = lambda count: " ".join("".join(rnd.choice("abcdefghiklmnoprstuvw") for _ in range(rnd.randrange(3, 9))) for _ in range(count))
    body = f"<p>Beginning of {s.feed} {s.n} turn {turn}: {words(20)}</p>" + "".join(f"<p>{words(60)}</p>" for _ in range(rnd.choice((0, 1, 3, 20)))) + f"<p>{words(20)}: end of {s.feed} {s.n} turn {turn}</p>"
    status, version = ("canceled", 99) if killed else ("usable", turn)
    if s.n % 2: return newsml(s.guid(), headline(s, turn), body, version=version, status=status).encode()
    return ninjs(s.guid(), headline(s, turn), body, version=str(version), status=status).encode()


class Run:
    """A house on a disk, and what it has been sent and has acknowledged."""
    def __init__(self, disk, rnd, env=None):
        self.disk, self.rnd, self.env, self.lock, self.ended, self.stories, self.troubles = disk, rnd, env, threading.Lock(), False, [], []
        self.patience_s = CONTROL_PATIENCE_S if env else PATIENCE_S
        self.key = secrets.token_hex(32).encode()
        self.house = self.house_at(disk.at, env)
        self.house.port = 0
        self.senders = [threading.Thread(target=self.guarded, args=(f, random.Random(rnd.random())), daemon=True) for f in (self.push_all, self.push_all, self.drop_all, self.edit_all)]

    def house_at(self, at, env=None):
        h = House(CONFIG, data=os.path.join(at, "data"), binary=PLAIN, env=env)
        h.wire = os.path.join(at, "wire")
        os.makedirs(h.wire, exist_ok=True)
        h.write_config(CONFIG)
        with open(os.open(os.path.join(h.folder, "key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f: f.write(self.key + b"\n")
        return h

    def guarded(self, work, rnd):
        while not self.ended:
            if not self.house.port: time.sleep(0.002); continue
            try: work(rnd)
            except (OSError, http.client.HTTPException, ValueError) as e:  # it is not there yet, or not any more
                if not self.ended and not isinstance(e, (ConnectionError, http.client.HTTPException)): self.troubles.append(repr(e))
                time.sleep(0.01)

    def wait_for_room(self):
        """Cuts are looked for here, not a full disk (disk.py): where a cut takes long, more would come than it holds, and a rebuild wants as much again."""
        while not self.ended and (s := os.statvfs(self.disk.at)).f_bavail < s.f_blocks // 2: time.sleep(0.05)

    def next_of(self, feed, mine, rnd):
        """A new story, a new turn of one, or a kill: (story, turn, is a kill). Each story has one who sends it, so at most one of its turns is under way."""
        self.wait_for_room()
        alive = [s for s in mine if not s.kill_sent]
        what = rnd.random()
        if alive and what < 0.25: return rnd.choice(alive), 0, True
        if alive and what < 0.5: s = rnd.choice(alive)
        else:
            with self.lock: self.stories.append(s := Story(len(self.stories), feed))
            mine.append(s)
        return s, s.acked + 1, False

    def say(self, s, turn, killed):
        """Noted before it is sent: from here on it may be there."""
        with self.lock:
            if killed: s.kill_sent = True
            else: s.sent = turn
        return item(s, turn or s.sent, killed)

    def acknowledged(self, s, turn, killed):
        with self.lock:
            if killed: s.kill_acked = True
            else: s.acked = turn

    def push_all(self, rnd):
        c, mine = self.house.connection(), []
        while not self.ended:
            s, turn, killed = self.next_of("push", mine, rnd)
            body = self.say(s, turn, killed)
            while not self.ended and self.house.ask("/push/push", "POST", sign(self.key, body), body, on=c).status != 202: time.sleep(0.005)
            if not self.ended: self.acknowledged(s, turn, killed)

    def drop_all(self, rnd):
        """Some files at once, as a courier moves them in."""
        mine, count = [], 0
        while not self.ended:
            batch = {}
            for _ in range(rnd.randrange(1, 9)):
                s, turn, killed = self.next_of("wire", [x for x in mine if x not in {b[0] for b in batch.values()}], rnd)
                if s not in mine: mine.append(s)
                count += 1
                batch[f"{count}-{s.n}.wire"] = s, turn, killed
                self.house.drop(f"{count}-{s.n}.wire", self.say(s, turn, killed))
            while batch and not self.ended:
                for name in [n for n in batch if os.path.exists(os.path.join(self.house.wire, "done", n))]: self.acknowledged(*batch.pop(name))
                time.sleep(0.002)

    def edit_all(self, rnd):
        """Looks where stories stand, takes one down now and then, and notes what readers have seen gone."""
        while not self.ended:
            for page in (1, 2):
                for i in self.house.api(page):
                    with self.lock:
                        for s in self.stories:
                            if i["headline"].startswith(f"Story {s.feed} {s.n} "): s.path = re.sub(r"^https?://[^/]+", "", i["url"])
            with self.lock: known = [s for s in self.stories if s.path and not s.seen_gone]
            for s in known:
                if s.kill_acked and self.house.get(s.path).status == 410: s.seen_gone = True
            alive = [s for s in known if not s.kill_sent and s.acked == s.sent]
            if alive and rnd.random() < 0.3:
                s = rnd.choice(alive)
                self.say(s, 0, True)
                if self.house.verb("takedown", s.guid()).returncode == 0: self.acknowledged(s, 0, True)
            time.sleep(0.02)

    def noted(self):
        with self.lock: return [s.copy() for s in self.stories]

    def cuts(self, count, first):
        """Starts the house and its senders, cuts at random instants: [(image, kind, writes under way, acknowledged before, sent until behind)]."""
        out = []
        starting = threading.Thread(target=self.house.start, daemon=True)
        starting.start()
        with_start = self.rnd.random() < 0.5  # a cut while it makes its folders
        if not with_start: starting.join()
        for t in self.senders: t.start()
        for k in range(count):
            time.sleep(self.rnd.uniform(0, 0.15) if k == 0 else self.rnd.uniform(0.02, 0.6))
            before, kind = self.noted(), self.rnd.choice(KINDS)
            image, under_way = self.disk.cut(f"cut{first + k}", kind, self.rnd.randrange(1 << 30))
            out.append((image, kind, under_way, before, self.noted()))
        starting.join()
        self.ended = True
        for t in self.senders: t.join()
        self.house.stop(signal.SIGKILL)
        return out

    def remove(self):
        self.ended = True
        self.house.remove()


# ---- the house that starts on what the cut has left ----
def listed(h):
    out, page = [], 1
    while page <= 40:
        got = h.api(page)
        out += [i["headline"] for i in got]
        if not got: break
        page += 1
    return out


def wrong_in_lists(got, before, until_):
    """What contradicts the notes: [] when all is well."""
    wrong, there = [], {}
    for head in got:
        m = re.fullmatch(r"Story (\w+) (\d+) turn (\d+)", head)
        if not m: wrong.append(f"torn: {head!r}"); continue
        if (key := (m[1], int(m[2]))) in there: wrong.append(f"twice: {head}")
        there[key] = int(m[3])
    old = {(s.feed, s.n): s for s in before}
    for s in until_:
        b, turn = old.get((s.feed, s.n)) or Story(s.n, s.feed), there.pop((s.feed, s.n), 0)
        if b.kill_acked and turn: wrong.append(f"killed, and public: {headline(s, turn)}")
        elif b.acked and not s.kill_sent and not turn: wrong.append(f"lost: {headline(s, b.acked)}")
        elif turn and turn < b.acked: wrong.append(f"lost: {headline(s, b.acked)}, for turn {turn} stands")
        elif turn > s.sent: wrong.append(f"never sent: {headline(s, turn)}")
    return wrong + [f"never sent: {k}" for k in there]


def in_ledger(h):
    """What is not in it was lost there; what is in it was not published."""
    db = sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)
    try: return str(db.execute("SELECT max(pos), sum(feed = 'push'), sum(feed = 'wire'), sum(kind = 2) FROM event").fetchone())
    finally: db.close()


def believe_done(h, before, until_):
    """A file in done/ is as good as a word: whoever looks there after the cut may rely on it. Of stories that were sent once."""
    known = {s.n: s for s in before}
    once = {s.n: s for s in until_ if s.feed == "wire" and s.sent == 1 and not s.kill_sent}
    with contextlib.suppress(OSError):
        for name in os.listdir(os.path.join(h.wire, "done")):
            n = int(re.fullmatch(r"\d+-(\d+)\.wire.*", name)[1])
            if n not in once: continue
            if n not in known: before.append(known.setdefault(n, once[n].copy()))
            known[n].acked = 1


def wrong_in_pages(h, rnd):
    wrong = []
    items = [i for page in (1, 2, 3) for i in h.api(page)]
    for i in rnd.sample(items, min(len(items), PAGES_READ)):
        who = i["headline"].removeprefix("Story ")
        page = h.get(re.sub(r"^https?://[^/]+", "", i["url"]))
        if page.status != 200 or f"Beginning of {who}:" not in page.text or f": end of {who}<" not in page.text: wrong.append(f"torn: the page of {who} ({page.status})")
    return wrong


slowest = []


def send_again(run, h, before, until_):
    """What was on its way, as a sender does that has heard nothing; then everything is as if there had been no cut."""
    old = {(s.feed, s.n): s for s in before}
    for s in until_:
        b = old.get((s.feed, s.n)) or Story(s.n, s.feed)
        for turn, killed in ((s.sent, False), (0, True)):
            if killed and (b.kill_acked or not s.kill_sent) or not killed and b.acked == s.sent: continue
            body = item(s, turn or s.sent, killed)
            if s.feed == "wire": h.drop(f"again-{s.n}-{turn}.wire", body)
            elif not until(lambda: h.ask("/push/push", "POST", sign(run.key, body), body).status == 202, within_s=30): return ["what is sent again is not taken"]
            else: s.acked, s.kill_acked = s.sent, s.kill_sent
        s.acked, s.kill_acked = s.sent, s.kill_sent
    return []


def is_settled(h):
    """Nothing waits in the folder or in the ledger."""
    if any(re.match(r"[^.].*\.wire$", e.name) for e in os.scandir(h.wire)): return False
    db = sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)
    try: return db.execute("SELECT max(pos) FROM event").fetchone()[0] == json.loads(h.get("/health").text)["applied"]
    finally: db.close()


def told(h, condition, patience_s):
    """Until nothing is wrong any more; what is wrong at the end."""
    last, start = ["not asked"], time.monotonic()

    def fine():
        nonlocal last
        try: last = condition()
        except (OSError, ValueError, http.client.HTTPException) as e: last = [f"no answer: {e!r}"]
        return not last
    until(fine, within_s=patience_s)
    slowest.append(time.monotonic() - start)
    return last


def first_difference(a, b):
    at = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"{a[max(0, at - 80):at + 80]!r} became {b[max(0, at - 80):at + 80]!r}"


def wrong_after(run, h, before, until_, rnd):
    """Everything that must hold, in the order in which a reader would meet it."""
    if not os.path.exists(os.path.join(h.data, "ledger.db")) and any(s.acked or s.kill_acked for s in before): return ["lost: the ledger"]
    believe_done(h, before, until_)
    h.start()
    wrong = [f"seen gone, and public again: {s.guid()}" for s in before if s.seen_gone and h.get(s.path).status == 200]
    wrong += told(h, lambda: wrong_in_lists(listed(h), before, until_), run.patience_s)
    if wrong: return [*wrong[:6], "its ledger and what of it is applied: " + in_ledger(h) + " " + h.get("/health").text]
    wrong += wrong_in_pages(h, rnd) + send_again(run, h, before, until_)
    wrong += told(h, lambda: wrong_in_lists(listed(h), until_, until_) or ([] if is_settled(h) else ["something waits for ever"]), run.patience_s) + wrong_in_pages(h, rnd)
    places = ("/", "/rss.xml", "/atom.xml", "/sitemap-1.xml", "/api/v1/stories", "/corrections")
    pages = {p: h.get(p).body for p in places}
    r = h.verb("rebuild")
    if r.returncode: wrong.append("a rebuild fails: " + r.stdout + r.stderr)
    wrong += [f"a rebuild gives other bytes: {p}: {first_difference(pages[p], got)}" for p in places if (got := h.get(p).body) != pages[p]]
    if h.stop() != 0: wrong.append("it does not end cleanly")
    r = h.verb("check", "--audit")
    if r.returncode: wrong.append("the audit: " + r.stdout + r.stderr)
    return wrong


def revive(run, cut, rnd):
    image, _, _, before, until_ = cut
    at = os.path.join(run.disk.folder, "revived")
    try: mounted = Mounted(image, at)
    except OSError as e: return [f"the file system: {e}"]
    h = run.house_at(at)
    try: wrong = wrong_after(run, h, before, until_, rnd)
    except (OSError, RuntimeError, ValueError, http.client.HTTPException, sqlite3.Error, subprocess.SubprocessError) as e: wrong = [f"it does not stand: {e!r}\n{h.log_text()[-2000:]}"]
    finally:
        if h.process: h.stop(signal.SIGKILL)
        log = h.log_text() if os.path.exists(os.path.join(h.folder, "log")) else ""
        shutil.rmtree(h.folder, ignore_errors=True)
        mounted.close()
    return wrong if not wrong or wrong[0].startswith("it does") else [*wrong, log[-1500:]]


def play(count, rnd, env=None):
    """[(cut, what is wrong)] of one house; raises OSError where there can be no such disk."""
    disk = Disk(FS)
    run, out = None, []
    try:
        disk.need(ROOM_A_CUT * count)
        run = Run(disk, rnd, env)
        cuts = run.cuts(count, 0)
        if run.troubles: print("# trouble while sending: " + "; ".join(run.troubles[:3]))
        disk.unplug()
        for cut in cuts:
            if time.monotonic() > end_s: break
            kept = os.path.join(tempfile.gettempdir(), f"power-{SEED}-{os.getpid()}-{len(out)}.img")
            if os.environ.get("KEEP"): shutil.copy(cut[0], kept)
            wrong = revive(run, cut, rnd)
            out.append((cut, wrong))
            if os.environ.get("KEEP") and (env or not wrong): os.unlink(kept)
            if wrong and not env: print(f"# cut {len(out)} of a house ({cut[1]}, {cut[2]} writes under way): " + "\n#   ".join("\n".join([*wrong[:8], wrong[-1]]).split("\n")), flush=True)
            os.unlink(cut[0])
    finally:
        if run: run.remove()
        disk.close()
    return out


def counts(out): return sum(s.acked for c, _ in out for s in c[3]), sum(s.kill_acked for c, _ in out for s in c[3]), sum(c[2] for c, _ in out)


def cut_it(rnd):
    results, start = [], time.monotonic()
    while len(results) < ROUNDS and time.monotonic() < end_s:
        results += play(min(CUTS_A_RUN, ROUNDS - len(results)), rnd)
        bad = sum(1 for _, w in results if w)
        if ROUNDS > 100: print(f"# {len(results)} cuts, {time.monotonic() - start:.0f} s, {bad} with something wrong", flush=True)
    acked, kills, under_way = counts(results)
    bad, made = sum(1 for _, w in results if w), len(results)
    if made < ROUNDS: skip(f"{ROUNDS - made} of {ROUNDS} cuts", f"{LIMIT_S} s are over")
    check(made >= LEAST_CUTS and acked > 2 * made and kills > made // 2 and under_way > made // 5, f"{made} cuts of {FS}: {acked} acknowledged turns and {kills} kills to be found again, {under_way} writes under way, {(time.monotonic() - start) / max(made, 1):.1f} s a cut; the slowest house had all of it {max(slowest, default=0):.1f} s after its start")
    check(bad == 0, f"after each everything that was acknowledged is there, whole and once, and nothing that was killed (seed {SEED})", f"{bad} cuts with something wrong")


def control(rnd):
    folder = tempfile.mkdtemp(prefix="broadsheet-noflush-")
    source, library = os.path.join(folder, "noflush.c"), os.path.join(folder, "noflush.so")
    try:
        with open(source, "w") as f: f.write(NO_FLUSH)
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        out = play(CONTROL_CUTS, rnd, {**os.environ, "LD_PRELOAD": library})
        lost = sum(1 for cut, wrong in out if any(s.acked for s in cut[3]) and any(w.startswith(("lost", "it does not stand")) for w in wrong))
        check(lost > 0, f"a control whose ledger does not flush loses what it acknowledged, in {lost} of {len(out)} cuts", [w[:2] for _, w in out])
    finally: shutil.rmtree(folder)


def too_late(*_): raise Late()


def both(rnd):
    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(LIMIT_S + TOO_LATE_S)
    try:
        cut_it(rnd)
        control(rnd)
    except Late: check(False, f"it ends within {LIMIT_S + TOO_LATE_S} s", traceback.format_exc()[-1500:])
    except NoRoom as e: check(False, "there is room for the images", e)
    finally: signal.alarm(0)


def main():
    if os.geteuid() != 0: skip("power cuts", "only root can mount")
    elif not shutil.which(f"mkfs.{FS}"): skip("power cuts", f"there is no mkfs.{FS}")
    else:
        try: Disk(FS).close()
        except OSError as e: skip("power cuts", f"no such disk can be had here: {e}")
        else:
            both(random.Random(SEED))
    done()


main()
