#!/usr/bin/env python3
"""A mailbox that the house asks for by itself, of a real dovecot: who may write, what is too large or broken, wrong passwords and certificates, numbers that are made anew, what becomes of mails;
kill -9 at any moment: none lost, none doubled, none deleted before it is durable. And servers of the test's own, which hang, lie and speak no TLS."""
from _mailbox import *


def house(feeds, more=""):
    h = House(config=site(feeds, more), wire=False)
    secret(h, "pass", PASSWORD)
    secret(h, "wrong", "open barley")
    return h


def names(h, feed): return [json.loads(e[2])["name"] for e in events(h, feed)]
def cursor(h, feed): return until(lambda: memory_or_none(h, feed).get("cursor"))


def memory_or_none(h, feed):
    try: return memory(h, feed)
    except (OSError, ValueError): return {}


def uid_done(h, feed): return int((memory_or_none(h, feed).get("cursor") or "0 0").split()[1])


# ---- mails to stories ----
def mails():
    with Dovecot() as d:
        d.put(mail(1, "Harbour bridge reopens"), mail(2, "Buy cheap bridges", sender="Desk desk@agency.example <thief@evil.example>"))
        with house({"box": d.poll()}) as h:
            check(h.shows("/", "Harbour bridge reopens"), "a mail is on the front", h.log_text()[-1500:] + d.log())
            check(until(lambda: uid_done(h, "box") == 2) and len(events(h, "box")) == 1, "who is not on the list is left alone", events(h, "box"))
            check("mails left alone: 1" in h.log_text() and "thief@evil.example" in h.log_text(), "and the log says who", h.log_text()[-800:])
            check("taken for it" in h.log_text(), "it is told that From proves nothing")
            check(b'"message/rfc822"' in events(h, "box")[0][2] and events(h, "box")[0][1] == len(mail(1, "Harbour bridge reopens")), "the mail's bytes are kept as they came", events(h, "box"))
            d.put(mail(3, "Ferry runs again from the north pier", "Ferry words."))
            check(h.shows("/", "Ferry runs again from the north pier"), "the next mail comes by itself")
            d.put(mail(4, "KILL: Ferry runs again from the north pier", "Please kill \"Ferry runs again from the north pier\"."))
            check(h.lacks("/", "Ferry runs again from the north pier"), "a kill by mail kills", h.log_text()[-1500:])
            d.put(mail(5, "KILL: Harbour bridge reopens", "Please kill the story Harbour bridge reopens.", sender="thief@evil.example"))
            check(until(lambda: uid_done(h, "box") == 5) and h.shows("/", "Harbour bridge reopens"), "and not from whoever writes one")
            check(set(d.flags().values()) <= {"", "\\Recent"}, "keep: nothing in the mailbox is changed, not even marked as read", d.flags())
            text = h.verb("status").stdout
            check(f"feed box (imap, {d.url}): last success" in text, "status shows the mailbox", text)
            ps = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
            kept = "".join(open(os.path.join(h.data, "polls", n), errors="replace").read() for n in os.listdir(os.path.join(h.data, "polls")))
            for where, what in (("the log", h.log_text()), ("the process list", ps), ("what is remembered", kept), ("status", text)):
                check(PASSWORD not in what, f"the password is not in {where}")
            check(h.stop() == 0, "it ends cleanly", h.log_text()[-800:])
            h.start()
            d.put(mail(6, "Lighthouse lit", "Light words."))
            check(h.shows("/", "Lighthouse lit") and len(events(h, "box")) == 4, "after a start it goes on from there", names(h, "box"))


# ---- Authentication-Results of one's own server ----
def proofs():
    own = "Authentication-Results: mx.news.example; dkim=pass; dmarc={} header.from=agency.example\r\n"
    with Dovecot() as d:
        d.put(mail(1, "Proven story", fields=own.format("pass")), mail(2, "Forged story", fields=own.format("fail") + own.format("pass")),
              mail(3, "Foreign proof", fields=own.format("pass").replace("mx.news", "mx.evil")), mail(4, "No proof"))
        with house({"box": d.poll(', from: ["*@agency.example"], authserv_id: mx.news.example')}) as h:
            check(h.shows("/", "Proven story") and until(lambda: uid_done(h, "box") == 4), "a mail that its server has proven is taken", h.log_text()[-800:])
            check(names(h, "box") == ["mail-1.eml"] and "does not say dmarc=pass" in h.log_text(), "one that is forged, proven elsewhere or not at all is left alone", names(h, "box"))


# ---- too large, broken, empty ----
def bad_mails():
    sealed = mail(3, "Sealed").replace(b"text/plain; charset=utf-8", b'application/pkcs7-mime; smime-type="enveloped-data"; name="smime.p7m"')
    cut = mail(4, "Cut story").replace(b"text/plain; charset=utf-8", b'multipart/mixed; boundary="b"').replace(b"Words that", b"--b\r\nContent-Type: text/plain\r\n\r\nWords that")
    line = b"Words that go on and on, and on, and on, and on.\r\n"
    huge = mail(2, "Huge story") + line * ((33 << 20) // len(line))
    noise = b"From: desk@agency.example\r\n" + bytes(range(256)) * 40
    with Dovecot() as d:
        d.put(mail(1, "Story before"), huge, sealed, cut, noise, mail(6, "Story behind"))
        with house({"box": d.poll()}) as h:
            check(h.shows("/", "Story before") and h.shows("/", "Story behind"), "large and broken mails keep nobody waiting", h.log_text()[-1500:])
            check(until(lambda: uid_done(h, "box") == 6), "and are done with", cursor(h, "box"))
            sizes = {json.loads(e[2])["name"]: e[1] for e in events(h, "box")}
            check(0 < sizes.get("mail-2.eml", 0) < 2000 and "mail 2 (" in h.log_text() and "its header alone is taken" in h.log_text(), "of a mail that is too large the header is taken, and the log says so", sizes)
            held = until(lambda: (t := h.verb("status", "--held").stdout) and "Huge story" in t and "Cut story" in t and t)
            check(held, "it is held for the desk, and so is one that was cut off", h.verb("status", "--held").stdout)
            check("Huge story" not in h.get("/").text and "Cut story" not in h.get("/").text, "neither is public")
            listed = until(lambda: (t := h.verb("quarantine", "list").stdout) and "mail-3.eml" in t and t)
            check(listed and "encrypted" in listed, "what cannot be read is in quarantine, with its name", h.verb("quarantine", "list").stdout)
            check("\\Seen" not in str(d.flags()), "and all that marks nothing", d.flags())


# ---- wrong password, wrong certificate, no TLS ----
def wrong_ones():
    with Dovecot() as d:
        d.put(mail(1, "Right story"))
        feeds = {"right": d.poll(), "password": d.poll().replace("/pass", "/wrong"), "authority": d.poll(ca=d.folder + "/other.pem"), "machine": d.poll().replace(f'ca_file: "{d.ca}", ', ""),
                 "starttls": d.poll(url=d.plain_url), "pinned": d.poll() + f', server_keys: ["{pin(d.folder + "/ca-server.pem")}"]', "otherkey": d.poll() + f', server_keys: ["{pin(d.folder + "/other-server.pem")}"]', "starttls2": d.poll(url=d.plain_url, ca=d.folder + "/other.pem"), "nobox": d.poll() + ", mailbox: Elsewhere", "name": d.poll(url=d.url.replace("127.0.0.1", "127.0.0.3"))}
        with house(feeds) as h:
            check(h.shows("/", "Right story"), "one mailbox that answers beside those that do not", h.log_text()[-800:])
            for name, said in {"password": "denied", "authority": "certificate", "machine": "certificate", "starttls2": "certificate", "otherkey": "pinned", "nobox": "", "name": "not public"}.items():
                p = until(lambda: (x := polls(h).get(name)) and x["failures"] and x, within_s=40) or {}
                check(p.get("failures") and said in p.get("error", "").lower(), f"{name}: it fails, and says why", p)
                check(not events(h, name), f"{name}: it brings nothing")
            check(until(lambda: len(events(h, "starttls")) == 1), "imap:// changes to TLS before it logs in", polls(h)["starttls"])
            check(until(lambda: len(events(h, "pinned")) == 1), "a server with the key that is named is asked", polls(h)["pinned"])
            check(until(lambda: polls(h)["password"]["failures"] >= 3, within_s=30), "a wrong password is tried again, ever more rarely", polls(h)["password"])
            check(polls(h)["right"]["failures"] == 0, "and the right one does not notice")
            check("open barley" not in h.log_text() and PASSWORD not in h.log_text(), "no password is in the log")
            secret(h, "wrong", PASSWORD)
            check(until(lambda: len(events(h, "password")) == 1, within_s=40), "a password that is mended is used without a restart", polls(h)["password"])


# ---- a mailbox that takes tokens and no password ----
def tokens():
    forget()
    good, given = {OWN_TOKEN}, []
    def grant(r):
        form = {k: v[0] for k, v in urllib.parse.parse_qs(r.body.decode()).items()}
        right = {"client_credentials": form.get("scope") == "https://mail.example/.default", "refresh_token": form.get("refresh_token") == "a refresh/token+"}
        if form.get("client_id") != "the-client" or form.get("client_secret") != "open barley" or not right.get(form.get("grant_type")): return 400, {}, b'{"error": "invalid_client"}'
        given.append(f"token-{len(given)}~{'x' * 1500}")
        good.add(given[-1])
        return 200, {"Content-Type": "application/json"}, json.dumps({"access_token": given[-1], "token_type": "Bearer", "expires_in": 3600}).encode()
    page("/token", grant)
    page("/whose", lambda r: (200, {"Content-Type": "application/json"}, b'{"user": "wire", "active": "yes"}') if r.query.get("t", [""])[0] in good else (401, {}, b"{}"))
    with Dovecot(oauth=f"{URL}/whose?t=") as d:
        d.put(mail(1, "Story by token"))
        oauth = lambda **more: d.poll().replace("/pass", "/client") + f', login_url: "{URL}/token", client_id: the-client' + "".join(f", {k}: {v}" for k, v in more.items())
        feeds = {"client": oauth(scope='"https://mail.example/.default"'), "refresh": oauth(refresh_file='"@FOLDER@/refresh"'), "stranger": oauth(), "password": d.poll()}
        h = house(feeds)
        secret(h, "client", "open barley")
        secret(h, "refresh", "a refresh/token+")
        with h:
            check(until(lambda: len(events(h, "client")) == 1 and len(events(h, "refresh")) == 1), "by client credentials, and by a refresh token, its mails are taken", (polls(h), h.log_text()[-800:], d.log()))
            check(h.shows("/", "Story by token"), "and public")
            p = until(lambda: (x := polls(h)["stranger"]) and x["failures"] >= 3 and x, within_s=40) or {}
            check("the login is refused: status 400" in p.get("error", ""), "where no token is given, it fails and says why", p)
            check(until(lambda: polls(h)["password"]["failures"]), "a password is nothing to it", polls(h)["password"])
            n = len(given)
            d.put(mail(2, "Second story by token"))
            check(until(lambda: len(events(h, "client")) == 2) and len(given) == n, "a token that is good is used on", (len(given), n))
            good.clear()
            good.add(OWN_TOKEN)
            d.restart()
            d.put(mail(3, "Third story by token"))
            check(until(lambda: len(events(h, "client")) == 3 and len(events(h, "refresh")) == 3, within_s=60), "one that is taken back is replaced by another", (polls(h), d.log()))
            kept = "".join(open(os.path.join(h.data, "polls", n), errors="replace").read() for n in os.listdir(os.path.join(h.data, "polls")) if os.path.isfile(os.path.join(h.data, "polls", n)))
            shown = h.log_text() + kept + h.verb("status").stdout
            check(not any(x in shown for x in ("open barley", "a refresh/token", "xxxxxxxx")), "no secret and no token is in the log, on disk or in what is shown")


# ---- what becomes of mails that were taken ----
def afterwards():
    with Dovecot() as d:
        d.make("Seen", "Gone", "Moved", "Taken", "Stuck")
        ways = {"seen": ("Seen", "after: seen"), "gone": ("Gone", "after: delete"), "moved": ("Moved", "after: move, move_to: Taken"), "stuck": ("Stuck", "after: move, move_to: Nowhere")}
        for name, (box, _) in ways.items(): d.put(mail(f"{name}1", f"Story one of {name}"), mail(f"{name}2", f"Strange {name}", sender="x@evil.example"), mail(f"{name}3", f"Story three of {name}"), box=box)
        with house({n: d.poll(f', from: ["desk@agency.example"], mailbox: {box}, {after}') for n, (box, after) in ways.items()}) as h:
            for name, (box, _) in ways.items():
                check(until(lambda: uid_done(h, name) == 3) and len(events(h, name)) == 2, f"{name}: its mails are taken", (names(h, name), h.log_text()[-600:]))
            check(d.flags("Seen") == {"Story one of seen": "\\Seen", "Strange seen": "", "Story three of seen": "\\Seen"}, "seen: what was taken is marked as read, what was not is not", d.flags("Seen"))
            check(list(d.flags("Gone")) == ["Strange gone"], "delete: what was taken is away, the rest stays", d.flags("Gone"))
            check(list(d.flags("Moved")) == ["Strange moved"] and set(d.flags("Taken")) == {"Story one of moved", "Story three of moved"}, "move: it stands in the other folder", (d.flags("Moved"), d.flags("Taken")))
            check(len(d.flags("Stuck")) == 3 and "they stay" in h.log_text(), "a folder that is not there: they stay, and the log says so", d.flags("Stuck"))
            d.put(mail("stuck4", "Story four of stuck"), box="Stuck")
            check(h.shows("/", "Story four of stuck"), "and the news goes on")
            # the ledger takes nothing: nothing is deleted
            with contextlib.closing(sqlite3.connect(f"{h.data}/ledger.db", isolation_level=None)) as db:
                db.execute("BEGIN IMMEDIATE")
                d.put(mail("gone5", "Story five of gone"), box="Gone")
                time.sleep(4)
                check("Story five of gone" in d.flags("Gone"), "what the ledger has not taken is not deleted", d.flags("Gone"))
                kill_intake(h)
                db.execute("ROLLBACK")
            check(until(lambda: "Story five of gone" not in d.flags("Gone"), within_s=30) and h.shows("/", "Story five of gone"), "and is once it has", d.flags("Gone"))


# ---- kill -9 at any moment, in a mailbox that is emptied meanwhile ----
def crashes():
    with Dovecot() as d:
        d.make("Kept", "Gone")
        total = 160
        for box in ("Kept", "Gone"): d.put(*[mail(f"{box}{n}", f"{box} number {n}", f"Words of {box} {n}.") for n in range(total // 2)], box=box)
        with house({"kept": d.poll() + ", mailbox: Kept", "gone": d.poll() + ", mailbox: Gone, after: delete"}) as h:
            for n in range(8):
                seen = uid_done(h, "kept") + uid_done(h, "gone")
                for box in ("Kept", "Gone"): d.put(*[mail(f"{box}{k}", f"{box} number {k}", f"Words of {box} {k}.") for k in range(total // 2 + 10 * n, total // 2 + 10 * n + 10)], box=box)
                until(lambda: uid_done(h, "kept") + uid_done(h, "gone") != seen, within_s=10)
                time.sleep([0, 0.002, 0.005, 0.01, 0.03, 0.1, 0.2, 0.4][n])
                kill_intake(h)
            for name in ("kept", "gone"):
                check(until(lambda: uid_done(h, name) == total, within_s=60), f"{name}: killed again and again it comes to the end", (uid_done(h, name), polls(h)))
                check(sorted(names(h, name), key=lambda s: int(s[5:-4])) == [f"mail-{k}.eml" for k in range(1, total + 1)], f"{name}: none is lost, none is there twice", len(names(h, name)))
            check(not d.flags("Gone") and len(d.flags("Kept")) == total, "what was to be deleted is away, what was to stay is there", (len(d.flags("Gone")), len(d.flags("Kept"))))
            # appended, and the cursor not moved
            path = os.path.join(h.data, "polls", "kept.json")
            h.stop()
            with open(path) as f: old = json.load(f)
            old["cursor"] = old["cursor"].replace(f" {total} ", " 100 ")
            with open(path, "w") as f: json.dump(old, f)
            h.start()
            check(until(lambda: uid_done(h, "kept") == total) and len(events(h, "kept")) == total, "a cursor that is behind brings nothing twice", len(events(h, "kept")))


# ---- UIDVALIDITY ----
def made_anew():
    first = [mail(n, f"Old number {n}", f"Words of {n}.") for n in range(1, 31)]
    with Dovecot() as d:
        d.make("Box")
        d.put(*first, box="Box")
        with house({"box": d.poll() + ", mailbox: Box"}) as h:
            check(until(lambda: len(events(h, "box")) == 30), "thirty mails", len(events(h, "box")))
            old = cursor(h, "box").split()[0]
            d.remove("Box")
            time.sleep(1.1)  # dovecot numbers mailboxes by seconds
            d.make("Box")
            d.put(*first[10:], mail(31, "New number 31", "New words."), box="Box")
            check(h.shows("/", "New number 31"), "a mailbox that was made anew: its new mail comes", (polls(h), h.log_text()[-900:]))
            check(until(lambda: uid_done(h, "box") == 21) and cursor(h, "box").split()[0] != old, "its new numbers are remembered", cursor(h, "box"))
            check(len(events(h, "box")) == 31 and "all of it is read again" in h.log_text(), "and what came before comes no second time", names(h, "box"))
            # a gap of numbers
            d.put(*[mail(f"g{n}", "Gap", str(n)) for n in range(3)], box="Box")
            with d.login() as m:
                m.select("Box")
                m.store("1:23", "+FLAGS", "\\Deleted")
                m.expunge()
            d.put(mail(40, "Behind the gap"), box="Box")
            check(h.shows("/", "Behind the gap"), "numbers may have gaps")


# ---- servers that hang, lie, and speak no TLS ----
class Liar:
    """Says what an IMAP server would, and at one point what it would not."""
    def __init__(self, at, tls=None):
        self.at, self.said = at, []
        self.ear = socket.create_server(("127.0.0.1", 0))
        self.port = self.ear.getsockname()[1]
        self.tls = tls
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            s, _ = self.ear.accept()
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        with contextlib.suppress(OSError):
            if self.tls: s = self.tls.wrap_socket(s, server_side=True)
            if self.at == "greeting": time.sleep(300)
            s.sendall(b"* OK ready\r\n")
            f = s.makefile("rb")
            while line := f.readline():
                self.said.append(line)
                tag, _, command = line.strip().partition(b" ")
                answer = self.answer(s, command)
                s.sendall(b"" if answer is None else answer)
                s.sendall(tag + (b" NO not now\r\n" if answer is None else b" OK done\r\n"))

    def answer(self, s, command):
        word = command.split()[0].upper()
        if word == b"CAPABILITY": return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n"
        if word in (b"SELECT", b"EXAMINE"):
            if self.at == "nonumbers": return b"* 1 EXISTS\r\n"
            return b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n" % (4294967295 if self.at == "vast" else 3)
        if self.at == "noise":
            while True: s.sendall(b"* 1 FETCH (UID 9999999 RFC822.SIZE 10)\r\n" * 1000)
        if self.at == "vast": return b""
        if b"RFC822.SIZE" in command: return b"* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n* 2 FETCH (UID 2 RFC822.SIZE 10)\r\n"
        if b"BODY[" in command and self.at == "hang":
            s.sendall(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nFrom: ")
            time.sleep(300)
        if b"BODY[]" in command and self.at == "large":
            s.sendall(b"* 1 FETCH (UID 1 BODY[] {4000000000}\r\n")
            while True: s.sendall(b"x" * 65536)
        if b"BODY[]" in command and self.at == "empty": return b"* 1 FETCH (UID 1 BODY[] NIL)\r\n"
        if b"BODY[" in command:
            uid = command.split()[2]
            tries = sum(b"FETCH " + uid + b" BODY" in s for s in self.said)
            if self.at == "no" and tries == 1: return None
            if self.at == "gone" and uid == b"2" and tries == 1: return b""
            text = b"From: desk@agency.example\r\nSubject: Lie %b of %b\r\nMessage-ID: <%b@x>\r\n\r\n" % (uid, self.at.encode(), uid)
            if self.at == "tail":
                s.sendall(b"* 1 FETCH (UID %b BODY[] {%d}\r\n%b" % (uid, len(text), text))
                time.sleep(300)
            return b"* 1 FETCH (UID 1 BODY[HEADER] {%d}\r\n%s)\r\n" % (len(text), text)
        if self.at == "logout" and word == b"LOGOUT": time.sleep(300)
        return b""


def liars():
    with Dovecot() as d:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(d.folder + "/ca-server.pem", d.folder + "/ca-server.key")
        kinds = {k: Liar(k, tls) for k in ("greeting", "hang", "nonumbers", "noise", "vast", "large", "empty", "logout", "no", "gone", "tail")}
        bare = Liar("bare")
        d.put(mail(1, "Good story 1"))
        feeds = {k: d.poll(url=f"imaps://127.0.0.1:{v.port}") for k, v in kinds.items()}
        with house({"good": d.poll(), "bare": d.poll(url=f"imap://localhost:{bare.port}"), **feeds}) as h:
            check(h.shows("/", "Good story 1"), "a good mailbox beside those that hang and lie", h.log_text()[-900:])
            p = until(lambda: (x := polls(h)["bare"]) and x["failures"] and x) or {}
            check(p and not any(b"AUTH" in s.upper() and b"CAPABILITY" not in s.upper() or b"LOGIN" in s.upper() for s in bare.said), "without TLS no password is sent to what is not this machine by number", (p, bare.said))
            p = until(lambda: (x := polls(h)["nonumbers"]) and x["failures"] and x) or {}
            check("does not number" in p.get("error", ""), "a server without numbers is told", p)
            p = until(lambda: (x := polls(h)["noise"]) and x["failures"] and x) or {}
            check(p.get("failures"), "a list without end has its bound", p)
            check(until(lambda: uid_done(h, "large") == 2, within_s=60) and sum(e[1] for e in events(h, "large")) < 1000, "a mail that is larger than its server says has its bound", (events(h, "large"), polls(h)["large"]))
            for n in range(2, 8):
                d.put(mail(n, f"Good story {n}"))
                check(h.shows("/", f"Good story {n}", within_s=10), f"the good one keeps its rhythm: {n}", polls(h)["good"])
            check(until(lambda: uid_done(h, "logout") == 2), "all have been asked", polls(h))
            for k in ("no", "gone"): check(until(lambda: uid_done(h, k) == 2, within_s=30) and len(events(h, k)) == 2, f"{k}: a mail that is listed and not given at once is not passed over", (names(h, k), polls(h)[k]))
            check(until(lambda: all(polls(h)[k]["failures"] for k in ("greeting", "hang", "tail")), within_s=90), "what hangs is given up", polls(h))
            t = time.monotonic()
            check(h.stop() == 0 and time.monotonic() - t < 6, "and a house that asks servers which hang ends at once, also where they hang at LOGOUT", time.monotonic() - t)


if not shutil.which("dovecot"):
    skip("mailboxes", "dovecot is not installed")
    done()
run(mails, proofs, bad_mails, wrong_ones, tokens, afterwards, crashes, made_anew, liars)
