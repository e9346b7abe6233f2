#!/usr/bin/env python3
"""Files that the house fetches by FTP, FTPS and SFTP from real servers (vsftpd, OpenSSH, pyftpdlib): whole, once, none lost, whatever is killed when; who is not who they were is refused; servers that mean harm."""
from _agency import *
from _ftp import *
from _house import *

def story(n, words="", **more): return ninjs(f"tag:example.org,2026:f{n}", f"Fetched story {n}{words}", **more)


def feed(server, scheme, path, **more):
    words = {"every_seconds": 1, "unchanged_seconds": 1, "user": USER, "secret_file": '"@FOLDER@/key"', **more}
    return f'url: "{scheme}://127.0.0.1:{server.port}{path}", ' + ", ".join(f"{k}: {v}" for k, v in words.items() if v is not None)


def house(place, feeds, **more):
    h = House(config=site(feeds, **more), wire=False)
    secret(h, "key", place.password)
    secret(h, "wrong", "guessed")
    for n in ("ca.pem", "user", "host.pub"):
        if os.path.exists(place.path(n)): shutil.copy(place.path(n), os.path.join(h.folder, n))
    with open(os.path.join(h.folder, "known"), "w") as f: f.write("")
    return h


def error(h, name): return str(polls(h)[name].get("error"))


def count(h, name): return len(events(h, name))


# ---- FTP over TLS, FTP without ----
def ftps():
    why = needs("vsftpd")
    if why: return skip("FTPS from vsftpd", why)
    place = Place()
    explicit, implicit, plain = vsftpd(place), vsftpd(place, "implicit"), vsftpd(place, "none")
    if not check(explicit.is_up and implicit.is_up and plain.is_up, "vsftpd answers", open(place.path("server.log")).read()): return
    place.put("one.json", story(1))
    place.put("two words ä#%;.json", story(2))
    place.put("three.txt", "not asked for")
    place.put("half.json.part", story(99))
    os.symlink("/etc/passwd", os.path.join(place.folder, "link.json"))
    os.mkdir(os.path.join(place.folder, "folder.json"))
    ca = dict(ca_file='"@FOLDER@/ca.pem"', files='["*.json"]')
    h = house(place, {"explicit": feed(explicit, "ftp", "/out/", **ca), "implicit": feed(implicit, "ftps", "/out", **ca), "plain": feed(plain, "ftp", "/out", unencrypted="yes"),
                      "stranger": feed(explicit, "ftp", "/out/"), "downgraded": feed(plain, "ftp", "/out/", **ca), "guessed": feed(implicit, "ftps", "/out/", **{**ca, "secret_file": '"@FOLDER@/wrong"'}),
                      "lost": feed(plain, "ftp", "/nowhere/", unencrypted="yes"), "pinned": feed(explicit, "ftp", "/out/", **ca, server_keys=f'["{pin(place.path("srv.pem"))}"]'), "otherkey": feed(implicit, "ftps", "/out/", **ca, server_keys='["sha256//' + "A" * 43 + '="]'), "inside": 'url: "ftp://127.0.0.3:21/", unencrypted: yes, every_seconds: 1'}, allow="outgoing: {allow: [127.0.0.1]}\n")
    with h:
        check(h.shows("/", "Fetched story 1"), "explicit TLS: a file is a story", (polls(h), h.log_text()[-1500:]))
        check(until(lambda: count(h, "explicit") == 2 and count(h, "implicit") == 2 and count(h, "plain") == 3), "explicit, implicit and no TLS: each file once; what is no file, hidden or no match never", (polls(h), h.log_text()[-900:]))
        check("certificate" in until(lambda: error(h, "stranger").replace("None", "")), "a certificate of nobody that is known is refused", polls(h)["stranger"])
        check("speaks no TLS" in until(lambda: error(h, "downgraded").replace("None", "")), "a server without TLS where TLS is wanted is refused, and it is said what to do", polls(h)["downgraded"])
        check("the login is refused" in until(lambda: error(h, "guessed").replace("None", "")), "a wrong password is told", polls(h)["guessed"])
        check("cannot be listed" in until(lambda: error(h, "lost").replace("None", "")), "a folder that is not there is told", polls(h)["lost"])
        check("pinned" in until(lambda: error(h, "otherkey").replace("None", "")), "a server that shows another key than the one named is not asked (T7)", polls(h)["otherkey"])
        check(until(lambda: count(h, "pinned") == 2), "one that shows it is", polls(h)["pinned"])
        check("not public" in until(lambda: error(h, "inside").replace("None", "")), "no connection to what the guard does not allow", polls(h)["inside"])
        check(not any(count(h, n) for n in ("stranger", "downgraded", "guessed", "lost", "inside", "otherkey")), "nothing is taken from any of these")
        place.put("four.json", story(4))
        check(until(lambda: count(h, "explicit") == 3 and count(h, "implicit") == 3), "what comes later is taken, while others fail", polls(h))
        place.put("one.json", story(1, " again", version="2"), age_s=30)
        check(until(lambda: all(count(h, n) == 4 for n in ("explicit", "implicit", "pinned"))) and h.shows("/", "Fetched story 1 again"), "a file that is replaced is taken anew, by each", polls(h))
        before = count(h, "implicit")
        h.stop()
        h.start()
        check(until(lambda: polls(h)["implicit"]["last_success_ms"]) and until(lambda: polls(h)["explicit"]["last_success_ms"]), "after a start they are asked again")
        until(lambda: len(open(os.path.join(h.data, "polls", "explicit.taken")).read().split()) >= 5)
        check(count(h, "implicit") == before and polls(h)["implicit"]["deliveries"] == 0 and polls(h)["explicit"]["deliveries"] == 0, "and nothing comes twice", polls(h))
        check(place.password not in h.log_text() + h.verb("status").stdout and "guessed" not in h.log_text().replace("feed guessed", ""), "no password is in the log or in what is shown")
    for s in (explicit, implicit, plain): s.stop()


# ---- SFTP: who it is, who we are ----
def sftp():
    why = needs("sshd")
    if why: return skip("SFTP from OpenSSH", why)
    place = Place()
    key = place.new_key("host")
    place.new_key("user")
    server = sshd(place)
    if not check(server.is_up, "sshd answers", open(place.path("server.log")).read()): return
    place.put("one.json", story(1))
    place.put('two "words\' ä#%.json', story(2))
    os.symlink("/etc/passwd", os.path.join(place.folder, "link.json"))
    good = {"host_keys": f'["{key}"]', "files": '"*.json"'}
    wrong = "SHA256:" + "A" * 43
    h = house(place, {"password": feed(server, "sftp", "/~/out/", **good), "key": feed(server, "sftp", place.folder, **{**good, "secret_file": None, "key_file": '"@FOLDER@/user"'}),
                      "known": feed(server, "sftp", "/~/out", known_hosts='"@FOLDER@/known"'), "impostor": feed(server, "sftp", "/~/out/", every_seconds=30, host_keys=f'["{wrong}"]'),
                      "guessed": feed(server, "sftp", "/~/out/", **{**good, "secret_file": '"@FOLDER@/wrong"'}), "lost": feed(server, "sftp", "/nowhere", **good)})
    with open(place.path("host.pub")) as f, open(os.path.join(h.folder, "known"), "w") as k: k.write(f"[127.0.0.1]:{server.port} {f.read()}")
    with h:
        check(h.shows("/", "Fetched story 1"), "sftp: a file is a story", (polls(h), h.log_text()[-1500:]))
        check(until(lambda: all(count(h, n) == 2 for n in ("password", "key", "known"))), "by password, by private key, by known_hosts", (polls(h), h.log_text()[-900:]))
        said = until(lambda: error(h, "impostor").replace("None", ""))
        check(key in said and "ssh-ed25519" in said and "host_keys" in said, "another host key is refused: it is told which was seen, and what to do", said)
        rings = until(lambda: "alarm: server-key: " in h.log_text()) and polls(h)["impostor"]
        check(rings and "impostor" in h.verb("desk", "alarms").stdout + h.log_text() and rings["failures"] < 3, "and rings at once, not after the third try", rings)
        check("the login is refused" in until(lambda: error(h, "guessed").replace("None", "")), "a wrong password is told", polls(h)["guessed"])
        check("cannot be listed" in until(lambda: error(h, "lost").replace("None", "")), "a folder that is not there is told", polls(h)["lost"])
        check(not any(count(h, n) for n in ("impostor", "guessed", "lost")), "nothing is taken from any of these")
        place.put("kill.json", ninjs("tag:example.org,2026:f1", "Fetched story 1", version="2", status="canceled"))
        check(h.lacks("/", "Fetched story 1"), "a kill comes by sftp", h.log_text()[-900:])
        server.stop()
        other = place.new_key("host")
        server = sshd(place, server.port)
        place.put("late.json", story(7))
        said = until(lambda: other in error(h, "password") and error(h, "password"))
        check(said, "a host key that has changed is refused", polls(h)["password"])
        check(until(lambda: "known_hosts has another one" in error(h, "known")), "by known_hosts, too", polls(h)["known"])
        check(until(lambda: polls(h)["key"]["failures"] >= 2) and count(h, "password") + count(h, "key") + count(h, "known") == 9, "and nothing is taken from it", polls(h))
        with open(h.config_path) as f: text = f.read()
        h.stop()
        with open(h.config_path, "w") as f: f.write(text.replace(key, other))
        h.start()
        check(until(lambda: count(h, "password") == 4), "until somebody has put the new one there", polls(h))
        kept = "".join(open(os.path.join(h.data, "polls", n)).read() for n in os.listdir(os.path.join(h.data, "polls")))
        check(place.password not in h.log_text() + kept + h.verb("status").stdout, "the password is written nowhere")
        names = [p for role in h.roles().values() for p in role]
        check(not any(place.password.encode() in open(f"/proc/{p}/cmdline", "rb").read() for p in names), "nor in a process list")
    server.stop()


# ---- when a file is whole ----
def whole():
    why = needs("sshd") or needs("pyftpdlib")
    if why: return skip("files that grow", why)
    place = Place()
    key = place.new_key("host")
    s, f = sshd(place), pyftpd(place)
    if not check(s.is_up and f.is_up, "sshd and pyftpdlib answer", open(place.path("server.log")).read()): return
    marked = {"marker": ".done"}
    h = house(place, {"sftp": feed(s, "sftp", "/~/out/", host_keys=f'["{key}"]', files='"*.json"', unchanged_seconds=2), "mlsd": feed(f, "ftp", "/", unencrypted="yes", files='"*.json"', unchanged_seconds=2),
                      "marked": feed(s, "sftp", "/~/out/", host_keys=f'["{key}"]', files='"*.txt"', **marked)})
    with h:
        text = story(1)
        for n in range(1, 9):
            place.put("grows.json", text[:len(text) * n // 9], age_s=600, at_once=False)
            time.sleep(0.6)
        check(count(h, "sftp") == 0 and count(h, "mlsd") == 0, "a file that grows is not taken, although its time is old", polls(h))
        place.put("grows.json", text, age_s=600, at_once=False)
        check(until(lambda: count(h, "sftp") == 1 and count(h, "mlsd") == 1) and events(h, "sftp")[0][1] == len(text) == events(h, "mlsd")[0][1], "when it is whole it is: by LIST and by MLSD", (events(h, "sftp"), polls(h)))
        place.put("waits.txt", story(2))
        asked_at = polls(h)["marked"]["last_success_ms"]
        until(lambda: polls(h)["marked"]["last_success_ms"] > asked_at + 3000)
        check(count(h, "marked") == 0, "with a marker a file waits for its own", polls(h))
        place.put("waits.txt.done", "")
        check(until(lambda: count(h, "marked") == 1), "and is taken when it is there", polls(h))
        with open(os.path.join(place.folder, "huge.json"), "wb") as big: big.truncate(40 << 20)
        place.put("behind.json", story(3))
        check(until(lambda: "left there as too large" in str(polls(h)["sftp"].get("note"))) and until(lambda: count(h, "sftp") == 3), "a file that is too large stays there, is told, and holds up none", polls(h))
        check("huge.json" in h.verb("status").stdout and h.log_text().count("huge.json is larger") == 2, "once by each feed, and status shows it", h.verb("status").stdout)
        listed = until(lambda: (lambda s: s if s.count("huge.json: not taken: it has 41943040 bytes") == 2 else None)(h.verb("quarantine", "list").stdout))
        check(listed and h.verb("quarantine", "retry", "all").returncode == 65 and h.verb("quarantine", "list").stdout.count("huge.json") == 2, "and it is on the desk's list, also after a retry", (h.verb("quarantine", "list").stdout, h.log_text()[-600:]))
    for x in (s, f): x.stop()


# ---- what becomes of them there ----
def after():
    why = needs("sshd") or needs("vsftpd") or needs("pyftpdlib")
    if why: return skip("deleting and moving", why)
    places = [Place() for _ in range(5)]
    deleted, moved, ftp, replaced, refused = places
    for p in (moved, ftp):
        os.mkdir(os.path.join(p.folder, "seen"))
        os.chown(os.path.join(p.folder, "seen"), UID, UID)
    keys = [p.new_key("host") for p in places]
    servers = [sshd(deleted), sshd(moved), vsftpd(ftp), pyftpd(replaced, "replaces"), pyftpd(refused, "read-only")]
    if not check(all(s.is_up for s in servers), "the servers answer"): return
    for i, p in enumerate(places):
        p.put(f"a {i}.json", story(10 + i))
        p.put(f"b{i}.json", story(20 + i))
    deleted.put('c".json', story(30))
    deleted.put('c".json.done', "")
    for n in ("a 0", "b0"): deleted.put(n + ".json.done", "")
    with open(os.path.join(moved.folder, "seen", "b1.json"), "w") as f: f.write("another one of this name")
    replaced.put("replaced.xml", story(40))
    replaced.put("replaced.xml.next", story(40, " anew", version="2"), age_s=20)
    h = house(deleted, {"deleted": feed(servers[0], "sftp", "/~/out/", host_keys=f'["{keys[0]}"]', after="delete", marker=".done"), "moved": feed(servers[1], "sftp", "/~/out/", host_keys=f'["{keys[1]}"]', after="move", move_to="seen", secret_file='"@FOLDER@/k1"'),
                        "ftp": feed(servers[2], "ftp", "/out/", ca_file='"@FOLDER@/ca2"', after="move", move_to="seen", secret_file='"@FOLDER@/k2"'),
                        "replaced": feed(servers[3], "ftp", "/", unencrypted="yes", after="delete", secret_file='"@FOLDER@/k3"', files='["*.json", "replaced.xml"]'),
                        "refused": feed(servers[4], "ftp", "/", unencrypted="yes", after="delete", secret_file='"@FOLDER@/k4"')})
    for i, p in enumerate(places):
        secret(h, f"k{i}", p.password)
        shutil.copy(p.path("ca.pem"), os.path.join(h.folder, f"ca{i}"))
    with h:
        check(until(lambda: count(h, "deleted") == 3) and until(lambda: not deleted.names()), "sftp: after durability files are deleted, and their markers", (deleted.names(), polls(h), h.log_text()[-900:]))
        check(until(lambda: count(h, "moved") == 2) and until(lambda: not moved.names()), "sftp: or moved", (moved.names(), h.log_text()[-900:]))
        seen = sorted(os.listdir(os.path.join(moved.folder, "seen")))
        check(len(seen) == 3 and seen[:2] == ["a 1.json", "b1.json"] and open(os.path.join(moved.folder, "seen", "b1.json")).read().startswith("another"), "under another name where one stands already", seen)
        check(until(lambda: count(h, "ftp") == 2) and until(lambda: not ftp.names()) and sorted(os.listdir(os.path.join(ftp.folder, "seen"))) == ["a 2.json", "b2.json"], "ftp: the same", (ftp.names(), h.log_text()[-900:]))
        check(until(lambda: count(h, "replaced") == 4) and h.shows("/", "Fetched story 40 anew"), "a file that is replaced while it is taken is not deleted, but taken as well", (replaced.names(), polls(h), h.log_text()[-900:]))
        check(until(lambda: replaced.names() == ["replaced.xml.was"]), "and then deleted", replaced.names())
        check(until(lambda: "cannot be cleared away" in str(polls(h)["refused"].get("note"))) and refused.names() == ["a 4.json", "b4.json"], "what may not be deleted is told", polls(h)["refused"])
        said = polls(h)["refused"]["last_success_ms"]
        until(lambda: polls(h)["refused"]["last_success_ms"] > said + 2500)
        check(count(h, "refused") == 2 and h.log_text().count("cannot be cleared away") == 2, "and not fetched again and again", h.log_text()[-900:])
    for s in servers: s.stop()


# ---- a thousand files, and everything is killed ----
def thousand():
    why = needs("sshd") or needs("vsftpd")
    if why: return skip("a thousand files", why)
    place, other = Place(), Place()
    key = place.new_key("host")
    s, v = sshd(place), vsftpd(other)
    for n in range(1000): place.put(f"f{n:04}.json", story(n), age_s=5000 - n)
    for n in range(300): other.put(f"f{n:04}.json", story(5000 + n), age_s=5000 - n)
    h = house(place, {"sftp": feed(s, "sftp", "/~/out/", host_keys=f'["{key}"]'), "ftp": feed(v, "ftp", "/out/", ca_file='"@FOLDER@/ca2"', after="delete", secret_file='"@FOLDER@/k2"')})
    secret(h, "k2", other.password)
    shutil.copy(other.path("ca.pem"), os.path.join(h.folder, "ca2"))
    t = time.monotonic()
    with h:
        for bound in (60, 200, 400):
            until(lambda: count(h, "sftp") > bound, within_s=60)
            s.stop()
            kill_intake(h)
            s.start()
        for bound in (500, 650):
            until(lambda: count(h, "sftp") > bound, within_s=60)
            kill_intake(h)
        until(lambda: count(h, "sftp") > 800, within_s=60)
        h.stop(signal.SIGKILL)
        v.stop()
        h.start()
        v.start()
        check(until(lambda: count(h, "sftp") >= 1000, within_s=120), "a thousand files, servers and house killed over and over: none is lost", (count(h, "sftp"), polls(h), h.log_text()[-900:]))
        print(f"# {time.monotonic() - t:.1f} s")
        check(until(lambda: count(h, "ftp") >= 300 and not other.names(), within_s=120), "and where they are deleted every one of them is there", (count(h, "ftp"), len(other.names()), polls(h)))
        taken = lambda: len(open(os.path.join(h.data, "polls", "sftp.taken")).read().split())
        check(until(lambda: taken() == 1001) and count(h, "sftp") == 1000 and count(h, "ftp") == 300, "nothing twice", (count(h, "sftp"), count(h, "ftp"), taken()))
        check(until(lambda: h.get(h.path_of("Fetched story 999")).status == 200), "the last one is a page")
    for x in (s, v): x.stop()


# ---- servers that mean harm, and one that does not ----
def harm():
    why = needs("vsftpd") or needs("pyftpdlib")
    if why: return skip("servers that mean harm", why)
    place = Place()
    good, elsewhere = vsftpd(place), pyftpd(place, "elsewhere")
    place.put("one.json", story(1))
    bad = {how: Hostile(how) for how in ("silent", "greets", "endless", "mute", "grows", "cut", "names")}
    ca = {"ca_file": '"@FOLDER@/ca.pem"'}
    handless = Hostile("mute", place)  # of its data's TLS not a word: libcurl waits for it inside of a call
    h = house(place, {"handless": feed(handless, "ftps", "/", **ca), "good": feed(good, "ftp", "/out/", **ca), "elsewhere": feed(elsewhere, "ftp", "/", unencrypted="yes"), **{how: feed(b, "ftp", "/", unencrypted="yes") for how, b in bad.items()}})
    with h:
        check(until(lambda: count(h, "elsewhere") == 1), "data comes from the machine that was asked, whatever PASV says", polls(h)["elsewhere"])
        for n in range(2, 6):
            t = time.monotonic()
            place.put(f"n{n}.json", story(n))
            check(until(lambda: count(h, "good") == n) and time.monotonic() - t < 8, "a feed beside them is asked as always", (time.monotonic() - t, polls(h)["good"]))
        check(until(lambda: any(a.startswith("EPSV") for a in handless.asked)), "one of them is silent where TLS should begin", (handless.asked, polls(h)["handless"]))
        check(until(lambda: "larger than allowed" in error(h, "endless")), "a list without end is given up", polls(h)["endless"])
        check(until(lambda: sum(a.startswith("RETR") for a in bad["grows"].asked) >= 1) and count(h, "grows") == 0, "a file without end is not taken", polls(h)["grows"])
        check(until(lambda: sum(a.startswith("RETR") for a in bad["cut"].asked) >= 1) and count(h, "cut") == 0, "nor one that is cut", polls(h)["cut"])
        check(until(lambda: count(h, "names") == 1), "of names only those of one segment are asked for", (polls(h)["names"], bad["names"].asked))
        check([a for a in bad["names"].asked if a.startswith("RETR")] == ["RETR plain.xml"], "and no other", bad["names"].asked)
        check("names that are not asked for" in str(polls(h)["names"].get("note")), "that is told", polls(h)["names"])
        check(until(lambda: "cannot be fetched" in str(polls(h)["cut"].get("note")), within_s=40), "a file that never comes whole is told", polls(h)["cut"])
        good.signal(signal.SIGSTOP)
        place.put("later.json", story(9))
        t = time.monotonic()
        check(h.get("/").status == 200 and until(lambda: count(h, "elsewhere") == 6, within_s=15), "a server that stands still keeps nobody waiting", (count(h, "elsewhere"), polls(h)["elsewhere"]))
        end = time.monotonic()
        h.stop()
        check(time.monotonic() - end < 10, "and not the house, when it ends", time.monotonic() - end)
        good.signal(signal.SIGCONT)
    for x in (good, elsewhere): x.stop()


try: run(ftps, sftp, whole, after, thousand, harm)
finally: end_all()
