#!/usr/bin/env python3
"""A hub tells the house what is new (W3C WebSub): a small faithful hub of the test's own. Who asks back for what nobody asked for, signs wrongly, ends, denies or hangs; leases; what is on disk."""
from _mailbox import free_ports
from _agency import *


class Hub:
    """Takes subscriptions at /hub, asks back whether they are meant, and distributes. Each answer as the test says."""
    def __init__(self, name="/hub"):
        self.name, self.asked, self.lease, self.status, self.asks_back = name, [], None, 202, True
        self.answers, self.head = [], {}
        page(name, self.subscribe)

    def subscribe(self, r):
        form = {k: v[0] for k, v in urllib.parse.parse_qs(r.body.decode(), keep_blank_values=True).items()}
        self.asked.append((time.monotonic(), form))
        if self.status != 202: return self.status, self.head, b""
        if self.asks_back: threading.Thread(target=self.ask_back, args=(form,), daemon=True).start()
        return 202, {}, b""

    def ask_back(self, form, **changed):
        """As 5.3 wants it; changed: what a test does otherwise."""
        challenge = secrets.token_urlsafe(24) + " +&="
        query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": challenge, "hub.lease_seconds": str(self.lease or form["hub.lease_seconds"]), **changed}
        got = call("GET", form["hub.callback"] + "?" + urllib.parse.urlencode(query))
        self.answers.append((got[0], got[1] == query["hub.challenge"].encode()))
        return self.answers[-1]

    def form(self): return self.asked[-1][1]

    def send(self, body, method="sha256", secret=None, callback=None, signature=None):
        form = self.form()
        sig = signature if signature is not None else method + "=" + hmac.new((secret or form["hub.secret"]).encode(), body, method).hexdigest()
        return call("POST", callback or form["hub.callback"], body, {"Content-Type": "application/atom+xml", **({"X-Hub-Signature": sig} if sig else {})})[0]


def call(method, url, body=None, headers={}):
    u = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(u.hostname, u.port, timeout=20)
    try:
        c.request(method, u.path + ("?" + u.query if u.query else ""), body=body, headers=headers)
        r = c.getresponse()
        return r.status, r.read(), dict(r.getheaders())
    finally: c.close()


def ask_raw(h, text):
    """What comes for this much of a request, which goes no further."""
    with socket.create_connection((h.host, h.port), timeout=5) as s:
        s.sendall(text.encode())
        try: return s.recv(4096)
        except OSError: return b""


def house(feeds):
    port, = free_ports(1)
    return House(config=site(feeds).replace("https://news.example.org", f"http://127.0.0.1:{port}"), wire=False, listen=f"127.0.0.1:{port}")


def document(numbers, hub=None, words=""): return atom(numbers, f'<link rel="hub" href="{hub}"/><link rel="self" href="{URL}/feed"/>' if hub else "", words)


def note(h, feed="feed"): return polls(h)[feed].get("note", "")


def subscribed(h, feed="feed", hub=""): return until(lambda: note(h, feed).endswith(hub + ": subscribed"), within_s=30)


# ---- asked for, confirmed, brought ----
def brought():
    forget()
    hub = Hub()
    first = document([1], URL + "/hub")
    page("/feed", lambda r: (200, {}, first))
    with house({"feed": f'url: "{URL}/feed", every_seconds: 2, websub: yes'}) as h:
        check(subscribed(h), "the hub that a document names is asked, and asks back", (polls(h), hub.asked, h.log_text()[-900:]))
        form, base = hub.form(), f"http://127.0.0.1:{h.port}"
        check(form["hub.mode"] == "subscribe" and form["hub.topic"] == URL + "/feed" and int(form["hub.lease_seconds"]) > 86400, "for the feed's own address", form)
        check(re.fullmatch(re.escape(base) + r"/websub/feed/[0-9a-f]{32}", form["hub.callback"]) and re.fullmatch(r"[0-9a-f]{64}", form["hub.secret"]), "with an address that nobody guesses, and a secret", form)
        check(hub.answers[-1] == (200, True), "its challenge is given back as it is", hub.answers)
        time.sleep(2)
        before = len(asked("/feed"))
        time.sleep(5)
        check(len(asked("/feed")) - before <= 1, "the feed is asked for ten times more rarely", len(asked("/feed")) - before)
        for n, method in enumerate(("sha256", "sha384", "sha512"), 2):
            t = time.monotonic()
            check(hub.send(atom([n]), method) == 202 and h.shows("/", f"Harbour story {n}", within_s=5), f"{method}: what the hub brings is on the front", (time.monotonic() - t, h.log_text()[-500:]))
        count = len(events(h, "feed"))
        check(count == 4 and b"atom+xml" in events(h, "feed")[1][2], "each is a delivery, with its type", events(h, "feed"))
        # forged
        bad = atom([66], words=" forged")
        for what, got in {"no signature": hub.send(bad, signature=""), "another secret": hub.send(bad, secret="0" * 64), "no hex": hub.send(bad, signature="sha256=zz"), "cut": hub.send(bad, signature="sha256=" + "0" * 10),
                          "another method's name": hub.send(bad, signature="md5=" + hmac.new(form["hub.secret"].encode(), bad, "md5").hexdigest()), "of other bytes": hub.send(bad, signature="sha256=" + hmac.new(form["hub.secret"].encode(), bad + b" ", "sha256").hexdigest())}.items():
            check(got == 202, f"{what}: the answer tells nothing", got)
        check("not signed by it: dropped" in h.log_text(), "and the log says that it was dropped")
        for what, where in {"a guessed token": form["hub.callback"][:-32] + "0" * 32, "no token": base + "/websub/feed/", "no feed": form["hub.callback"].replace("/feed/", "/nobody/"), "short": form["hub.callback"][:-1]}.items():
            status = 413 if what in ("no token", "short") else 404
            check(hub.send(atom([67]), callback=where) == status and call("GET", where)[0] == 404, f"{what}: {status}")
        check(call("DELETE", form["hub.callback"])[0] == 405, "DELETE: 405")
        # asked back for what nobody asked for
        for what, changed in {"confirmed twice": {}, "another topic": {"hub.topic": URL + "/other"}, "unsubscribe": {"hub.mode": "unsubscribe"}, "no mode": {"hub.mode": ""}}.items():
            check(hub.ask_back(form, **changed) == (404, False), f"asked back, {what}: 404", hub.answers[-1])
        time.sleep(1)
        check(len(events(h, "feed")) == count and not any("Harbour story 6" in h.get(p).text for p in ("/", "/atom.xml")), "nothing of that was taken", events(h, "feed"))
        # SHA-1 is a poke
        page("/feed", lambda r: (200, {}, document([9, 1], URL + "/hub")))
        before = len(asked("/feed"))
        check(hub.send(atom([68]), "sha1") == 202 and h.shows("/", "Harbour story 9", within_s=5), "sha1: the feed itself is asked, at once")
        check("Harbour story 68" not in h.get("/").text and len(asked("/feed")) > before, "and what came with it is not taken")
        # by two roads
        count = len(events(h, "feed"))
        both = document([10, 9], URL + "/hub")
        check(hub.send(both) == 202 and h.shows("/", "Harbour story 10", within_s=5), "a whole document is brought")
        page("/feed", lambda r: (200, {}, both))
        before = len(asked("/feed"))
        hub.send(b"poke", "sha1")
        check(until(lambda: len(asked("/feed")) > before) and until(lambda: not polls(h)["feed"]["failures"]) and len(events(h, "feed")) == count + 1, "and asked for: one delivery", len(events(h, "feed")))
        before, t = len(asked("/feed")), time.monotonic()
        for n in range(40): hub.send(b"poke", "sha1")
        check(len(asked("/feed")) - before <= time.monotonic() - t + 2, "a hub that pokes without end does not make us ask without end", (len(asked("/feed")) - before, time.monotonic() - t))
        # who knows no address of ours brings nothing
        for where in ("", "feed", "feed/", "feed/" + "a" * 31, "feed/" + "g" * 32, "/" + "a" * 32, "feed/" + "a" * 32 + "/x"):
            said = ask_raw(h, f"POST /websub/{where} HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n")
            check(said.startswith(b"HTTP/1.1 413 "), f"/websub/{where}: no body is waited for", said[:80])
        check(ask_raw(h, f"POST /websub/feed/short HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n").startswith(b"HTTP/1.1 413 "), "nor one in chunks")
        check(call("GET", h.address + "/websub/feed/short")[0] == 404 and call("POST", h.address + "/websub/feed/" + "a" * 32, b"x")[0] == 404, "nor is it told which there are")
        # what is on disk, and where the secret is not
        folder = os.path.join(h.data, "polls", "websub")
        check(os.stat(folder).st_mode & 0o777 == 0o700, "the secret lies where nobody else may look", oct(os.stat(folder).st_mode))
        ps = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
        kept = "".join(open(os.path.join(h.data, "polls", n), errors="replace").read() for n in os.listdir(os.path.join(h.data, "polls")) if n != "websub")
        for where, what in (("the log", h.log_text()), ("the process list", ps), ("what is remembered", kept), ("status", h.verb("status").stdout)):
            check(form["hub.secret"] not in what and form["hub.callback"][-32:] not in what, f"neither secret nor token is in {where}")
        check("hub " + URL + "/hub: subscribed" in h.verb("status").stdout, "status shows the subscription", h.verb("status").stdout)
        # the ledger takes nothing
        with contextlib.closing(sqlite3.connect(f"{h.data}/ledger.db", isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            said = []
            t = threading.Thread(target=lambda: said.append(hub.send(atom([11]))), daemon=True)
            t.start()
            time.sleep(2)
            check(not said, "what is not durable is not acknowledged", said)
            db.execute("ROLLBACK")
            t.join(20)
        check(said in ([202], [503]) and (said == [202] or hub.send(atom([11])) == 202) and h.shows("/", "Harbour story 11"), "and is once it is", said)
        # what comes back after something else is news again, and is not when it is there already
        before = len(asked("/feed"))
        hub.send(b"poke", "sha1")
        check(until(lambda: len(asked("/feed")) > before), "asked for, and not again for a while")
        time.sleep(2)
        count = len(events(h, "feed"))
        for n in (20, 21, 20, 20): check(hub.send(atom([n])) == 202, f"brought: {n}")
        check(len(events(h, "feed")) == count + 3, "what comes back is a delivery, what comes twice is none", len(events(h, "feed")) - count)
        before = len(asked("/feed"))
        hub.send(b"poke", "sha1")
        check(until(lambda: len(asked("/feed")) > before) and until(lambda: len(events(h, "feed")) == count + 4), "and the feed's own state is the last word", len(events(h, "feed")) - count)
        # a poke while the feed is asked
        page("/feed", lambda r: (time.sleep(2), (200, {}, both))[1])
        before = len(asked("/feed"))
        hub.send(b"poke", "sha1")
        check(until(lambda: len(asked("/feed")) > before), "a poke")
        page("/feed", lambda r: (200, {}, document([22, 10], URL + "/hub")))
        check(hub.send(b"poke", "sha1") == 202 and h.shows("/", "Harbour story 22", within_s=8), "a poke while the feed is asked is not lost")
        # a restart
        subscriptions, answers = len(hub.asked), len(hub.answers)
        check(h.stop() == 0, "it ends cleanly", h.log_text()[-900:])
        h.start()
        check(until(lambda: hub.send(atom([12])) == 202) and h.shows("/", "Harbour story 12"), "after a start the subscription stands")
        check(len(hub.asked) == subscriptions, "and is not asked for again", len(hub.asked))
        h.stop()
        state = os.path.join(folder, "feed.json")
        with open(state) as f: old = json.load(f)
        with open(state, "w") as f: json.dump({**old, "callback": "https://old.example"}, f)
        h.start()
        check(until(lambda: len(hub.asked) > subscriptions) and until(lambda: len(hub.answers) > answers), "at another address of ours it is", len(hub.asked))


# ---- leases, a hub that is gone, another hub ----
def leases():
    forget()
    hub = Hub()
    hub.lease = 6
    page("/feed", lambda r: (200, {"Link": f'<{URL}/hub>; rel="hub", <{URL}/feed>; title="a, b"; rel=self'}, atom([1])))
    with house({"feed": f'url: "{URL}/feed", every_seconds: 2, websub: yes'}) as h:
        check(subscribed(h), "a hub that is named by a Link header", (polls(h), h.log_text()[-600:]))
        first, count = hub.form(), len(hub.asked)
        check(until(lambda: "its subscription has ended" in h.log_text(), within_s=20), "a lease of seconds ends", (h.log_text()[-600:], note(h)))
        before = len(asked("/feed"))
        check(until(lambda: len(asked("/feed")) - before >= 3, within_s=8), "and the feed is asked for at its own pace again", len(asked("/feed")) - before)
        page("/feed", lambda r: (200, {"Link": f'<{URL}/hub>; rel="hub"'}, atom([2, 1])))
        check(h.shows("/", "Harbour story 2") and not polls(h)["feed"]["failures"], "so that nothing is missed", polls(h)["feed"])
        check(len(hub.asked) == count, "a hub that gives such a lease is not asked the more often", len(hub.asked))
        hub.lease = 600
        check(until(lambda: note(h).endswith(": subscribed"), within_s=90), "it is asked again after a minute", (note(h), len(hub.asked)))
        gap = hub.asked[-1][0] - hub.asked[count - 1][0]
        check(len(hub.asked) == count + 1 and 59 < gap < 75 and hub.form() == first, "under the same secret", (gap, hub.form()))
        old = hub.form()["hub.callback"]
        other = Hub("/other")
        page("/feed", lambda r: (200, {}, document([3, 2], URL + "/other")))
        hub.send(b"poke", "sha1")
        check(until(lambda: other.asked) and subscribed(h, hub="/other"), "another hub is named: it is asked", (note(h), h.log_text()[-500:]))
        check(other.form()["hub.secret"] != first["hub.secret"] and hub.send(atom([70]), callback=old) == 404, "under another secret, and the old hub is not known any more")
        page("/feed", lambda r: (200, {}, document([4, 3])))
        other.send(b"poke", "sha1")
        check(until(lambda: "names no hub any more" in h.log_text()) and until(lambda: other.send(atom([71])) == 404) and until(lambda: not note(h)), "none is named: none is known", note(h))
        before = len(asked("/feed"))
        check(until(lambda: len(asked("/feed")) - before >= 3, within_s=20), "and the feed has its own pace again")


# ---- hubs that do otherwise ----
def others():
    forget()
    denies, silent, late, busy = Hub("/denies"), Hub("/silent"), Hub("/late"), Hub("/busy")
    denies.asks_back = silent.asks_back = late.asks_back = False
    busy.status, busy.head = 503, {"Retry-After": "16"}
    page("/hang", lambda r: time.sleep(300))
    page("/away", (307, {"Location": URL + "/thief"}, b""))
    page("/thief", (202, {}, b""))
    hubs = {"denies": URL + "/denies", "silent": URL + "/silent", "late": URL + "/late", "busy": URL + "/busy", "hang": URL + "/hang", "away": URL + "/away", "inside": f"http://127.0.0.3:{PORT}/hub", "script": "javascript:alert(1)", "large": URL + "/large"}
    for n, name in enumerate(hubs): page(f"/feed-{name}", lambda r, n=n, name=name: (200, {}, document([100 + n], hubs[name])))
    page("/feed-off", lambda r: (200, {}, document([99], URL + "/late")))
    with house({**{name: f'url: "{URL}/feed-{name}", every_seconds: 1, websub: yes' for name in hubs}, "off": f'url: "{URL}/feed-off", every_seconds: 1'}) as h:
        check(all(h.shows("/", f"Harbour story {100 + n}") for n in range(len(hubs))), "whatever hubs do, the feeds are asked for")
        check(until(lambda: denies.asked and late.asked and silent.asked), "hubs are asked", [len(x.asked) for x in (denies, late, silent)])
        check(denies.ask_back(denies.form(), **{"hub.mode": "denied", "hub.reason": "not you\r\nand nobody"}) == (202, False) and until(lambda: "denies the subscription: not you" in h.log_text()), "a hub may deny", (denies.answers, h.log_text()[-500:]))
        check(until(lambda: "deni" in note(h, "denies")), "and status shows it", note(h, "denies"))
        for what, challenge in {"long": "x" * 2000, "of two lines": "a\r\nb", "empty": ""}.items():
            check(late.ask_back(late.form(), **{"hub.challenge": challenge})[0] == 404, f"a challenge that is {what}: 404")
        check(late.ask_back(late.form(), **{"hub.topic": URL + "/elsewhere"}) == (404, False), "asked back for another feed: 404")
        check(late.ask_back(late.form(), **{"hub.lease_seconds": "99999999999999"}) == (200, True) and subscribed(h, "late"), "one that asks back late is answered; its lease has its bound")
        with open(os.path.join(h.data, "polls", "websub", "late.json")) as f: state = json.load(f)
        check(0 < int(state["until_ms"]) / 1000 - time.time() < 31 * 86400, "at most thirty days", state["until_ms"])
        check(until(lambda: len(busy.asked) >= 2, within_s=30) and 15 < busy.asked[1][0] - busy.asked[0][0] < 26, "one that says when to come again is asked then", [x[0] for x in busy.asked])
        check(until(lambda: len(silent.asked) >= 2, within_s=30) and silent.asked[1][0] - silent.asked[0][0] > 2, "one that never asks back is asked again, later", len(silent.asked))
        check(not asked("/thief") and "no subscription" in note(h, "away"), "the secret is not led elsewhere", note(h, "away"))
        check("no subscription" in note(h, "inside") and "127.0.0.3" in note(h, "inside"), "a hub inside of the network is not reached", note(h, "inside"))
        check(not any("feed-off" in f["hub.topic"] for _, f in late.asked) and "note" not in polls(h)["off"], "a feed that wants none has none", polls(h)["off"])
        before = len(asked("/feed-hang"))
        check(until(lambda: len(asked("/feed-hang")) - before >= 3, within_s=10), "a hub that hangs keeps its feed not waiting")
        t = time.monotonic()
        check(h.stop() == 0 and time.monotonic() - t < 6, "nor the house when it ends", time.monotonic() - t)


run(brought, leases, others)
