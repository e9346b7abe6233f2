#!/usr/bin/env python3
"""What would change, told before it does: the ledger read again by this program and decided by another configuration, beside a running site and at rest; and a configuration
that would change many live pages waits for a second yes at a reload and at a start, while kills are obeyed."""
import json, sqlite3
from _house import *
from _desk import *

CONFIG = """site:
  name: The Post
  url: https://news.example.org
  timezone: UTC
  confirm_changes_over: 2
feeds:
  wire:
    provider: Example
    timezone: UTC
    folder: "@WIRE@"
desk:
  listen: 127.0.0.1:0
"""
RULES = """rules:
  - name: No bridges
    texts: [bridge]
    action: hold
  - name: Ferries
    texts: ["ferr*"]
    to_section: sport
    add_tags: [Ferries]
"""
T = "tag:example.org,2026:"
BRIDGES = 4


def files_of(folder):
    out = {}
    for where, _, names in os.walk(folder):
        for p in (os.path.join(where, n) for n in names):
            if not os.path.isfile(p) or p.endswith(("run/clock", "-shm")): continue # who reads moves the clock and takes a lock
            with open(p, "rb") as f: out[p] = hashlib.sha256(f.read()).hexdigest()
    return out


def replay(h, *words):
    """(exit code, {guid's last part: page}, sums)"""
    r = h.verb("replay", "--json", *words)
    lines = [json.loads(x) for x in r.stdout.splitlines()]
    if not lines: return r.returncode, {}, {"said": r.stderr}
    return r.returncode, {x["guid"].removeprefix(T): x for x in lines[:-1]}, lines[-1]


def change(page, what):
    return next((c for c in page["changes"] if c["what"] == what), None) if page else None


h = House(CONFIG)
new = os.path.join(h.folder, "new.yaml")
with open(new, "w") as f: f.write((CONFIG + RULES).replace("@WIRE@", h.wire))
scratch = os.path.join(h.folder, "scratch")
os.mkdir(scratch)
with h:
    for i in range(BRIDGES): h.drop(f"b{i}.json", ninjs(f"{T}b{i}", f"Old bridge {i} reopens"))
    h.drop("f.json", ninjs(T + "f", "Night ferry sails", "<p>The night ferry sails at nine with ten hands on board and room for more.</p>"))
    h.drop("p.json", ninjs(T + "p", "Park opens early"))
    h.drop("k.json", ninjs(T + "k", "A bridge that is killed"))
    h.drop("e.json", ninjs(T + "e", "A bridge under embargo", embargoed=at(600)))
    h.drop("x.json", b"{broken")
    check(all(h.shows("/", t) for t in ["Night ferry", "Park opens", "that is killed"] + [f"bridge {i} " for i in range(BRIDGES)]), "stories are live")
    h.drop("k2.json", ninjs(T + "k", "A bridge that is killed", version="2", status="canceled"))
    check(h.lacks("/", "that is killed") and until(lambda: "held 1, quarantined 1" in h.verb("status").stdout), "one is killed, a file is quarantined")

    # ---- beside a running site ----
    code, pages, sums = replay(h, "--config", new, "--scratch", scratch)
    check(code == 1 and sums["second_yes"] and sums["leave"] == BRIDGES and sums["change"] == 1 and sums["appear"] == 0 and sums["live"] == BRIDGES + 2, "read again and decided by other rules: what leaves and what changes is counted", (code, sums))
    check(all(pages[f"b{i}"]["fate"] == "leaves" and change(pages[f"b{i}"], "outcome")["after"] == "held" for i in range(BRIDGES)) and re.search(r"No bridges\) at .*new\.yaml:\d+", pages["b0"]["why"]), "what leaves, and why, with the rule's line", pages.get("b0"))
    check(change(pages["f"], "section")["after"] == "sport" and change(pages["f"], "tags")["after"] == "Ferries" and "p" not in pages, "what changes, field by field; and nothing else", pages)
    check("k" not in pages and pages["e"]["fate"] == "not live", "what was killed is in no list; an embargoed story is told as not live", list(pages))
    check(sums["read"] == {"deliveries": 10, "purged": 0, "lost": 0, "unreadable_now": 1, "unreadable_then": 1}, "it says what was read", sums)
    r = h.verb("replay", "--config", new)
    at_of = [r.stdout.find(x) for x in ("leaves: ", "changes: ", "not live: ", "  would leave the site")]
    check(r.returncode == 1 and -1 not in at_of and at_of == sorted(at_of) and re.search(r"would leave the site +4\n +would change +1  section 1, tags 1", r.stdout), "people get the gravest first, then a table", r.stdout + r.stderr)
    check("reload --data " + h.data + " --yes " + sums["token"] in r.stdout, "and how to say a second yes", r.stdout[-400:])
    code, pages, sums = replay(h, "--scratch", scratch)
    check(code == 0 and not pages and sums["pages"] == BRIDGES + 3, "this program, by the configuration in force, changes nothing", (code, pages, sums))
    code, pages, sums = replay(h, "--as-read", "--rules", new)
    check(code == 1 and sums["leave"] == BRIDGES and "read" not in sums and "token" not in sums, "--rules takes the rules alone, --as-read what was read", (code, sums))
    check(os.listdir(scratch) == [], "nothing is left of the scratch folder", os.listdir(scratch))
    for sign in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        p = subprocess.Popen([h.binary, "replay", "--data", h.data, "--scratch", scratch], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        made = until(lambda: os.listdir(scratch) or p.poll() is not None)
        p.send_signal(sign)
        _, said = p.communicate(timeout=30)
        check(made and p.returncode == 70 and f"ended by signal {int(sign)}" in said and os.listdir(scratch) == [], f"nor behind signal {int(sign)}", (p.returncode, said, os.listdir(scratch)))
    check(h.verb("replay", "--as-read").returncode == 64 and h.verb("replay", "--scratch", "/nowhere").returncode == 73 and h.run("replay", "--data", "/nowhere").returncode == 66, "what cannot be done is said")
    check("Old bridge 1" in h.get("/").text and h.verb("status").returncode == 0, "the site has not noticed")

    # ---- a reload with many changes ----
    with open(new) as f: h.write_config(f.read())
    r = h.verb("reload")
    token = re.search(r"--yes (\w+)", r.stderr)
    check(r.returncode == 1 and f"{BRIDGES + 1} live pages would change ({BRIDGES} leave the site, 0 appear" in r.stderr and "broadsheet replay --as-read" in r.stderr and token, "a reload that would change many live pages is refused with their number", r.stdout + r.stderr)
    token = token[1]
    check("Old bridge 1" in h.get("/").text and "the changed configuration waits for a second yes" in h.log_text(), "nothing has changed, and the log says why")
    s = h.verb("status")
    check(s.returncode == 1 and f"--yes {token}" in s.stdout and json.loads(h.verb("status", "--json").stdout)["changes_waiting"] == BRIDGES + 1, "`status` says that it waits", s.stdout)
    account(h, "ada", "editor")
    desk = Desk(h, desk_port(h))
    desk.sign_in("ada", PASSWORD)
    check(f"would change {BRIDGES + 1} live pages" in desk.get("/desk/live").text, "the desk's pages say so too")
    check(until(lambda: "alarm: second-yes" in h.log_text()), "an alarm is rung", h.log_text()[-600:])
    h.process.send_signal(signal.SIGHUP)
    check(until(lambda: h.log_text().count("the changed configuration waits for a second yes") >= 2) and "Old bridge 1" in h.get("/").text, "SIGHUP alone is no yes", h.log_text()[-500:])
    h.drop("b0k.json", ninjs(T + "b0", "Old bridge 0 reopens", version="2", status="canceled"))
    check(h.lacks("/", "bridge 0 "), "a kill is obeyed meanwhile")
    code, _, sums = replay(h, "--as-read", "--config", h.config_path)
    check(sums["token"] == token and sums["leave"] == BRIDGES - 1, "replay names the same change, whatever has come since", sums)
    with open(new) as f: h.write_config(f.read().replace('"ferr*"', '"park*", "ferr*"'))
    r = h.verb("reload", "--yes", token)
    check(r.returncode == 1 and "Old bridge 1" in h.get("/").text, "a yes is for that change alone", r.stdout + r.stderr)
    with open(new) as f: h.write_config(f.read())
    r = h.verb("reload", "--yes", token)
    check(r.returncode == 0 and h.lacks("/", "Old bridge") and h.shows("/section/sport", "Night ferry"), "with it the change is in force", r.stdout + r.stderr)
    check("waits" not in h.verb("status").stdout and h.verb("status").returncode == 0, "and nothing waits any more", h.verb("status").stdout)
    check("second yes" not in desk.get("/desk/live").text, "nor on the desk's pages")
    check(until(lambda: "all clear: second-yes" in h.log_text()), "the alarm ends", h.log_text()[-600:])
    h.write_config((CONFIG + RULES).replace("The Post", "The Other Post"))
    r = h.verb("reload")
    check(r.returncode == 0 and "The Other Post" in h.get("/").text, "a change that alters no story is asked for once", r.stderr)
    h.write_config(CONFIG.replace("over: 2", "over: 1000000"))
    check(h.verb("reload").returncode == 0 and h.shows("/", "Old bridge 1"), "1000000 is never asked")

    # ---- the next one, while the newsroom stands still: it is weighed against what was accepted last ----
    newsroom = h.roles()["newsroom"][0]
    os.kill(newsroom, signal.SIGSTOP)
    with open(new) as f: h.write_config(f.read())
    r = h.verb("reload")
    r = h.verb("reload", "--yes", re.search(r"--yes (\w+)", r.stderr)[1])
    check(r.returncode != 0 and "newsroom: the ledger does not take" in r.stdout + r.stderr, "a change that was agreed to waits for the newsroom", r.stdout + r.stderr)
    with open(new) as f: h.write_config(f.read().replace("The Post", "The Late Post"))
    r = h.verb("reload")
    check("second yes" not in r.stderr and "newsroom: the ledger does not take" in r.stdout + r.stderr, "the next change, of a name, is not asked for again", r.stdout + r.stderr)
    h.write_config(CONFIG)
    r = h.verb("reload")
    check(r.returncode == 1 and "live pages would change" in r.stderr, "one that takes all of it back is", r.stdout + r.stderr)
    os.kill(newsroom, signal.SIGCONT)
    check(h.lacks("/", "Old bridge 1") and h.shows("/", "The Late Post"), "what was accepted last comes in force", h.get("/").text[:200])
    h.write_config(CONFIG.replace("over: 2", "over: 1000000"))
    check(h.verb("reload").returncode == 0 and h.shows("/", "Old bridge 1"), "and goes again")

    # ---- while it is counted: many rules make that long enough to be caught at it ----
    h.write_config(CONFIG + RULES + "".join(f'  - {{name: Rule {i}, texts: ["word{i} and some more", "another{i}"], action: hold}}\n' for i in range(1900)))

    def stopped_weigher():
        """A reload whose count is held up: its process is stopped before it has answered."""
        for _ in range(50):
            until(lambda: not h.roles().get("weigher")) # the one before
            said = h.log_text().count("the changed configuration waits for a second yes")
            h.process.send_signal(signal.SIGHUP)
            pid = until(lambda: (h.roles().get("weigher") or [0])[0] or h.log_text().count("the changed configuration waits for a second yes") > said)
            with contextlib.suppress(OSError):
                if type(pid) is int:
                    os.kill(pid, signal.SIGSTOP)
                    if not until(lambda: h.log_text().count("the changed configuration waits for a second yes") > said, within_s=0.3) and h.roles().get("weigher") == [pid]: return pid
                    os.kill(pid, signal.SIGCONT)
            until(lambda: h.log_text().count("the changed configuration waits for a second yes") > said)
        return None

    weigher = stopped_weigher()
    check(weigher, "pages are looked at by a process of its own")
    h.drop("b1k.json", ninjs(T + "b1", "Old bridge 1 reopens", version="2", status="canceled"))
    h.drop("g.json", ninjs(T + "g", "News meanwhile"))
    check(h.lacks("/", "bridge 1 ") and h.shows("/", "News meanwhile") and h.roles().get("weigher") == [weigher], "kills and news do not wait for it")
    r = h.verb("takedown", "--reason", "a test", T + "b2")
    check(r.returncode == 0 and "bridge 2 " not in h.get("/").text, "nor does the desk", r.stdout + r.stderr)
    os.kill(weigher, signal.SIGKILL)
    check(until(lambda: "nobody knows how many pages" in h.log_text()) and "Old bridge 3" in h.get("/").text, "where it ends, nothing is put in force unseen", h.log_text()[-600:])

    # ---- a start puts nothing in force unasked that a reload would not ----
    h.write_config(CONFIG.replace("over: 2", "over: 0") + RULES)
    r = h.verb("reload")
    check(r.returncode == 1 and "waits for a second yes" in h.verb("status").stdout and h.shows("/", "Old bridge 3"), "a reload waits", r.stdout + r.stderr)
    h.drop("q.json", ninjs(T + "q", "Quay walks"))
    check(h.shows("/", "Quay walks"), "while it waits stories come")
    h.stop()
    h.wire += "-2"
    os.mkdir(h.wire)
    h.write_config(CONFIG.replace("over: 2", "over: 0") + RULES)
    h.drop("q2.json", ninjs(T + "q", "Quay walks", version="2", status="canceled"))
    h.start()
    check(until(lambda: h.verb("status").returncode == 1 and "--yes" in h.verb("status").stdout), "a start with that file asks as a reload does", h.log_text()[-900:])
    check("Old bridge 3" in h.get("/").text and "alarm: second-yes" in h.log_text(), "what was in force before is so still", h.log_text()[-600:])
    check(h.lacks("/", "Quay walks"), "a kill at the door that it names now is obeyed")
    for _ in range(2):
        os.kill(h.process.pid, signal.SIGKILL)
        h.process.wait()
        h.start()
    check(until(lambda: "--yes" in h.verb("status").stdout) and "Old bridge 3" in h.get("/").text, "so is it after every further start, however the one before ended", h.log_text()[-900:])
    r = h.verb("reload", "--yes", re.search(r"--yes (\w+)", h.verb("status").stdout)[1])
    check(r.returncode == 0 and h.lacks("/", "Old bridge 3") and h.shows("/section/sport", "Night ferry") and h.verb("status").returncode == 0, "until somebody says yes", r.stdout + r.stderr)
    h.stop()
    h.write_config(CONFIG.replace("over: 2", "over: 50"))
    h.start()
    check(h.shows("/", "Old bridge 3") and until(lambda: "waits" not in h.verb("status").stdout and "changes_waiting\":0" in h.verb("status", "--json").stdout), "a start with a file that changes fewer pages puts it in force", h.log_text()[-900:])
    h.stop()
    h.write_config(CONFIG.replace("over: 2", "over: 1000000") + RULES)
    h.start()
    check(h.lacks("/", "Old bridge 3") and h.shows("/section/sport", "Night ferry"), "1000000 is never asked here either", h.log_text()[-600:])
    h.stop()
    h.start()
    check(h.shows("/section/sport", "Night ferry") and "Old bridge" not in h.get("/").text and "waits" not in h.verb("status").stdout, "the next start has nothing to ask")
    s = json.loads(h.verb("status", "--json").stdout)
    check(s["applied"] == s["ledger"] > 0, "after a plain restart `status` knows what is applied", s)
    h.stop()

    # ---- at rest: nothing is written; then other bytes under the old deliveries stand for a reader that reads otherwise ----
    before = files_of(h.data)
    code, pages, sums = replay(h)
    after = files_of(h.data)
    check(code == 0 and not pages and before == after, "at rest it works, and leaves every byte as it was", (code, sums, [f for f in before.keys() | after.keys() if before.get(f) != after.get(f)]))
    db = sqlite3.connect(os.path.join(h.data, "ledger.db"))

    def read_otherwise(name, text):
        """The delivery of that file has these bytes; None: they are lost."""
        pos, old = next((p, b) for p, m, b in db.execute("SELECT pos, meta, blob FROM event WHERE meta IS NOT NULL") if f'"{name}"' in (m.decode() if isinstance(m, bytes) else m))
        if text is None:
            db.execute("DELETE FROM blob WHERE hash = ?", (old,))
            return
        data = text.encode()
        digest = hashlib.blake2b(data, digest_size=32).digest()
        db.execute("INSERT OR IGNORE INTO blob(hash, size, coding, bytes) VALUES(?, ?, 0, ?)", (digest, len(data), data))
        db.execute("UPDATE event SET blob = ?, blob_bytes = ? WHERE pos = ?", (digest, len(data), pos))

    read_otherwise("f.json", ninjs(T + "f", "Night ferry sails late", "<p>The night ferry sails at ten with ten hands on board and room for more.</p>"))
    read_otherwise("x.json", ninjs(T + "x", "Read at last"))
    read_otherwise("p.json", None)
    db.commit()
    db.close()
    code, pages, sums = replay(h)
    check(code == 1 and (sums["leave"], sums["appear"], sums["change"]) == (1, 1, 1) and set(pages) == {"f", "x", "p"}, "what a newer reader reads otherwise is found, page by page", (code, pages, sums))
    body, headline = change(pages["f"], "body"), change(pages["f"], "headline")
    check(body and "[-nine-] {+ten+}" in body["diff"] and headline and "{+late+}" in headline["diff"], "a short comparison of words shows how", pages.get("f"))
    check(pages["x"]["fate"] == "appears" and sums["read"]["unreadable_now"] == 1 and sums["read"]["unreadable_then"] == 1, "what could not be read before appears", (pages.get("x"), sums))
    check(pages["p"]["fate"] == "leaves" and "raw bytes" in pages["p"]["why"] and sums["read"]["lost"] == 1, "what has no bytes any more is counted and said", (pages.get("p"), sums))
    check("b0" not in pages and "b2" not in pages, "what was killed or taken down is still in no list")

    # ---- a rebuild by a reader that reads otherwise asks as a reload does ----
    h.write_config(CONFIG + RULES)
    h.start()
    check(h.shows("/section/sport", "Night ferry sails"), "the site goes on with what was read before")
    for yes in ([], ["--yes", "2"]):
        r = h.verb("rebuild", *yes)
        check(r.returncode == 1 and "3 live pages would change" in r.stderr and "--yes 3" in r.stderr, f"a rebuild that would change many live pages is refused with their number {yes}", r.stdout + r.stderr)
        check(until(lambda: h.verb("status").returncode == 0) and "sails late" not in h.get("/section/sport").text, "the old store stays in force")
    h.drop("m.json", ninjs(T + "m", "News meanwhile two"))
    check(h.shows("/", "News meanwhile two"), "and news go on")
    check(h.verb("rebuild", "--yes", "some").returncode == 64, "how many is a number")
    r = h.verb("rebuild", "--yes", "3")
    check(r.returncode == 0 and h.shows("/section/sport", "sails late") and h.shows("/", "Read at last") and h.lacks("/", "Park opens"), "until somebody says yes", r.stdout + r.stderr)
    r = h.verb("rebuild")
    check(r.returncode == 0 and h.shows("/", "Read at last"), "one that changes nothing asks nothing", r.stdout + r.stderr)
done()
