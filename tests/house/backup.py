#!/usr/bin/env python3
"""Backups: what is new goes into the one before, which is valid whatever cuts it off; a purge reaches it; another site's is left alone; one tar by a pipe, and back."""
import random, sqlite3, tarfile
from _house import *

SEED = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(1 << 30)))
print(f"# TEST_SEED={SEED}", flush=True)
rnd = random.Random(SEED)
T = "tag:example.org,2026:"


def drop(h, first, n):
    for k in range(first, first + n): h.drop(f"{k}.json", ninjs(f"{T}{k}", f"Story {k} of the mill", f"<p>{secrets.token_hex(rnd.randrange(20, 9000))}</p>"))
    check(until(lambda: events(h.data) >= first + n, within_s=60), f"{first + n} have come")


def events(folder):
    with contextlib.closing(sqlite3.connect(f"file:{folder}/ledger.db?mode=ro", uri=True)) as db: return db.execute("SELECT max(pos) FROM event").fetchone()[0]


def holds(h, backup):
    """A restored copy of it passes the audit; how many events it has."""
    to = tempfile.mkdtemp(dir=h.folder)
    shutil.copytree(backup, to + "/backup")
    r = h.run("restore", "--from", to + "/backup", "--data", to + "/data")
    if r.returncode: return r.stdout + r.stderr
    r = h.run("check", "--audit", "--data", to + "/data")
    n = events(to + "/data")
    shutil.rmtree(to)
    return n if r.returncode == 0 and "every chain and hash holds" in r.stdout else r.stdout + r.stderr


def head_for(tar, name):
    """Its first head with another name, and the sum that is right for it."""
    h = bytearray(tar[:512])
    h[:100] = name.ljust(100, b"\0")
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)


def said(r): return f"{r.returncode} {r.stdout}{r.stderr}"


with House(site_file("Quillmere Post")) as h:
    backup = os.path.join(h.folder, "backup")
    drop(h, 0, 40)
    r = h.verb("backup", "--to", backup)
    check(r.returncode == 0 and "verified" in r.stdout and "new in it" not in r.stdout, "the first is whole", said(r))
    before = os.stat(backup + "/ledger.db").st_ino
    first = events(backup)
    drop(h, 40, 40)
    r = h.verb("backup", "--to", backup)
    fresh = re.search(r"up to event (\d+), verified; new in it: (\d+)", r.stdout)
    check(r.returncode == 0 and fresh and int(fresh[2]) == int(fresh[1]) - first == events(backup) - first > 0, "the second takes what is new", said(r))
    check(os.stat(backup + "/ledger.db").st_ino == before and not os.path.exists(backup + "/ledger.db-journal"), "into the same file")
    check(holds(h, backup) == events(backup), "and holds", holds(h, backup))

    other = os.path.join(h.folder, "cut")
    ends, last = set(), 0
    for turn in range(12):  # cut off anywhere
        drop(h, 80 + 10 * turn, 10)
        p = subprocess.Popen([h.binary, "backup", "--data", h.data, "--to", other], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with contextlib.suppress(subprocess.TimeoutExpired): p.wait(timeout=rnd.random() * rnd.choice([0.02, 0.1, 0.4]))
        p.kill()
        p.communicate()
        ends.add(p.returncode)
        if not os.path.exists(other + "/ledger.db"): continue
        n = holds(h, other) if turn % 3 == 2 else last
        if not isinstance(n, int) or n < last: check(False, "what was cut off holds, and is no less than before", n)
        last = n if isinstance(n, int) else last
    r, came = h.verb("backup", "--to", other), events(h.data)
    check(r.returncode == 0 and last <= (n := holds(h, other)) == events(other) <= came, f"killed at any moment it holds, and the next one is whole ({len(ends)} ends)", f"{said(r)} {n} {last} {came}")

    word = "unspeakable" + secrets.token_hex(20)
    h.drop("gone.json", ninjs(T + "gone", "Story of a court", f"<p>{word}</p>"))
    check(h.shows("/", "Story of a court") and h.verb("backup", "--to", backup).returncode == 0, "a story comes into the backup")
    r = h.verb("purge", "--config", h.config_path, T + "gone")
    check(r.returncode == 0, "and is purged", said(r))
    r = h.verb("backup", "--to", backup)
    copy = House(wire=False, data=backup)
    check(r.returncode == 0 and word.encode() not in ledger_bytes(copy) and word.encode() not in open(backup + "/ledger.db", "rb").read(), "and its words are gone from the backup after the next", said(r))
    check(holds(h, backup) == events(backup), "which holds", holds(h, backup))

    with House(site_file("Somebody Else")) as other_house:
        other_house.drop("x.json", ninjs(T + "x", "Of another house"))
        check(other_house.shows("/", "Of another house"), "another site")
        bytes_before = open(backup + "/ledger.db", "rb").read()
        r = other_house.verb("backup", "--to", backup)
        check(r.returncode == 77 and "another" in r.stderr and open(backup + "/ledger.db", "rb").read() == bytes_before, "does not write over this one's backup", said(r))
        r = other_house.verb("backup", "--to", backup, "--whole")
        check(r.returncode == 0 and holds(h, backup) == events(backup) < 80, "unless it is told to", said(r))
    r = h.verb("backup", "--to", backup, "--whole")
    with open(backup + "/ledger.db", "r+b") as f: f.truncate(5000)
    r = h.verb("backup", "--to", backup)
    check(r.returncode == 0 and "new in it" not in r.stdout and holds(h, backup) == events(backup), "one that is damaged is made anew", said(r))

    # ---- what stands beside the ledger: accounts, keys, receipts ----
    r = h.run("desk", "account", "add", "ida", "--role", "editor", "--data", h.data, input="three old ferries\n")
    check(r.returncode == 0, "an account", said(r))
    with contextlib.closing(sqlite3.connect(f"{h.data}/desk/accounts.db")) as db:
        db.execute("INSERT INTO session VALUES(?,'ida',?,?,'','')", (secrets.token_bytes(32), now := int(time.time() * 1000), now))
        db.commit()
    h.drop("k.json", ninjs(f"{T}k", "Last story of the mill"))
    killed = h.path_of("Last story of the mill")
    h.drop("k2.json", ninjs(f"{T}k", "Last story of the mill", version="2", status="canceled"))
    check(until(lambda: h.get(killed).status == 410) and until(lambda: os.listdir(h.data + "/receipts"), within_s=60), "and a kill with its receipt")
    def beside(folder): return {f"{d}/{f}": open(f"{folder}/{d}/{f}", "rb").read() for d in ("keys", "receipts") for f in sorted(os.listdir(f"{folder}/{d}"))}
    def backed_up(): return h.verb("backup", "--to", backup).returncode == 0 and beside(backup) == beside(h.data)
    check(until(backed_up) and len(beside(backup)) >= 3, "are backed up, with the keys", sorted(beside(backup)))
    modes = {f: oct(os.stat(os.path.join(d, f)).st_mode & 0o077) for d, _, names in os.walk(backup) for f in names if f.endswith((".key", ".jws", "accounts.db"))}
    check(len(modes) >= 3 and set(modes.values()) == {"0o0"}, "for their owner alone", modes)
    new = os.path.join(h.folder, "elsewhere")
    r = h.run("restore", "--from", backup, "--data", new)
    check(r.returncode == 0 and beside(new) == beside(backup), "a new machine has them", said(r))
    r = h.run("desk", "account", "list", "--data", new)
    check("ida" in r.stdout, "and the account", said(r))
    def sessions(folder):
        with contextlib.closing(sqlite3.connect(f"file:{folder}/desk/accounts.db?mode=ro", uri=True)) as db: return db.execute("SELECT count(*) FROM session").fetchone()[0]
    check((sessions(backup), sessions(new)) == (1, 0), "where nobody is signed in", (sessions(backup), sessions(new)))
    r = h.run("desk", "account", "add", "new-here", "--role", "editor", "--data", new, input="four old ferries\n")
    check(r.returncode == 0, "another account", said(r))
    os.unlink(next(f"{new}/{n}" for n in beside(new) if n.startswith("receipts/")))
    r = h.run("restore", "--from", backup, "--data", new)
    check(r.returncode == 0 and "new-here" in h.run("desk", "account", "list", "--data", new).stdout and beside(new) == beside(backup), "what is there already stays, and what is missing comes", (said(r), h.run("desk", "account", "list", "--data", new).stdout, sorted(beside(new)), sorted(beside(backup))))
    receipt = next(n for n in beside(backup) if n.startswith("receipts/"))
    with open(f"{backup}/receipts/no-more.jws", "w") as f: f.write("of a story that was purged")
    check(until(backed_up), "what is gone from the site goes from the backup", sorted(beside(backup)))

    tar = os.path.join(h.folder, "all.tar")
    with open(tar, "wb") as f: r = subprocess.run([h.binary, "backup", "--data", h.data, "--to", "-"], stdout=f, stderr=subprocess.PIPE, text=True)
    sent = int((re.search(r"up to event (\d+), verified", r.stderr) or [0, 0])[1])
    check(r.returncode == 0 and sent, "a stream ends with a plain line", r.stderr)
    with tarfile.open(tar) as t: names = t.getnames()
    check(names[:2] == ["version", "tombstones"] and names[-1] == "ledger.db" and {"desk/accounts.db", "keys/receipt.key", receipt} <= set(names), "it is a tar", names)
    data = open(tar, "rb").read()
    to = os.path.join(h.folder, "from-tar")
    tmp = os.path.join(h.folder, "tmp")
    os.mkdir(tmp)
    env = {**os.environ, "TMPDIR": tmp}
    def restore(b): return subprocess.run([h.binary, "restore", "--from", "-", "--data", to], input=b, capture_output=True, env=env)
    for what, bad in (("a file twice", data[:-1024] + data[:1024] + bytes(1024)), ("a name that climbs", data[:-1024] + head_for(data, b"keys/../../evil") + data[512:1024] + bytes(1024)), ("cut off", data[:len(data) * 2 // 3]), ("without its end", data[:-1024]), ("another file in it", data[:-1024] + data[:512].replace(b"version", b"../evil") + data[512:1024] + bytes(1024)),
                      ("no tar", b"x" * 5000), ("nothing", b"")):
        r = restore(bad)
        check(r.returncode == 65 and not os.path.exists(to), f"a stream that is wrong restores nothing: {what}", r.stderr)
    r = restore(data)
    check(r.returncode == 0 and events(to) == sent and beside(backup).items() <= beside(to).items(), "and comes back by a pipe", r.stderr)
    check(not os.listdir(tmp) and not os.path.exists(h.folder + "/evil"), "nothing is left over", os.listdir(tmp))
    p = subprocess.Popen([h.binary, "backup", "--data", h.data, "--to", "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    p.stdout.read(1)
    p.send_signal(signal.SIGTERM)
    p.wait(timeout=30)
    check(p.returncode != 0 and not os.listdir(tmp), "also where it is interrupted", (p.returncode, os.listdir(tmp)))
done()
