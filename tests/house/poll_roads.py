#!/usr/bin/env python3
"""The agencies' roads, each against a server made from what is public of its API: order, cursors, tokens, queues; kill -9 at any moment; what is refused, and what leads elsewhere."""
from _agency import *
from _house import *


# ---- AP's Media API ----
def ap():
    forget()
    items, hold, texts = [], threading.Event(), {}
    def item(n, text=True):
        nitf = {"nitf": {"href": f"{URL}/media/v/content/{n}/download", "rel": "Story", "format": "NITF"}} if text else {}
        texts[str(n)] = f"<nitf><body><body.content><block><p>Words of item {n} &amp; more.</p></block></body.content></body></nitf>".encode()
        return {"meta": {"products": []}, "item": {"uri": f"{URL}/media/v/content/{n}", "altids": {"itemid": f"id{n}", "etag": f"id{n}_1"}, "version": 0, "type": "text" if text else "picture", "pubstatus": "usable", "language": "en", "versioncreated": at(), "firstcreated": at(), "headline": f"AP item {n}", "renditions": nitf}}
    def feed(r):
        if r.headers.get("x-api-key") != "ap key": return 403, {}, b""
        at_item = int(r.query.get("seq", ["0"])[0])
        if r.query.get("qt") == ["old"]: return 400, {}, b'{"error": {"code": 6060}}'
        end = time.monotonic() + 2
        while len(items) <= at_item and time.monotonic() < end: time.sleep(0.02)
        part = items[at_item:at_item + 3]
        return 200, {}, json.dumps({"api_version": "2.0", "data": {"updated": at(), "current_item_count": len(part), "items": part, "next_page": f"{URL}/media/v/content/feed?qt=new&seq={at_item + len(part)}"}}).encode()
    def text(r):
        if r.headers.get("x-api-key") != "ap key": return 403, {}, b""
        n = r.path.split("/")[4]
        return (200, {"Content-Type": "text/xml"}, texts[n]) if n in texts else (404, {}, b"")
    page("/media/v/content/feed", feed)
    page("/media/v/content/*", text)
    items += [item(1), item(2, False), item(3), item(4)]
    h = House(config=site({"ap": f'road: ap, url: "{URL}/media/v/content/feed?q=productid:1", every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "ap key")
    with h:
        check(until(lambda: len(events(h, "ap")) == 4), "ap: each item is a delivery", (len(events(h, "ap")), polls(h), h.log_text()[-900:]))
        check(until(lambda: "seq=4" in memory(h, "ap")["cursor"]), "ap: the cursor is next_page", memory(h, "ap"))
        check(h.shows("/", "AP item 1"), "ap: a story is on the front", h.verb("status", "--held").stdout + h.log_text()[-800:])
        check("Words of item 1 &amp; more." in h.get(h.path_of("AP item 1")).text, "ap: with its text")
        t = time.monotonic()
        items.append(item(5))
        check(until(lambda: len(events(h, "ap")) == 5) and time.monotonic() - t < 1.5, "ap: long polling: what comes is here at once", time.monotonic() - t)
        for n in range(6, 12):
            items.append(item(n))
            seen = len(asked("/media/v/content/feed"))
            until(lambda: len(asked("/media/v/content/feed")) > seen, within_s=10)
            kill_intake(h)
        check(until(lambda: len(events(h, "ap")) == 11, within_s=40), "ap: killed at any moment nothing is lost", len(events(h, "ap")))
        time.sleep(1)
        check(len(events(h, "ap")) == 11, "ap: and nothing doubled", len(events(h, "ap")))
        texts.clear()
        items.append(item(12))
        del texts["12"]
        check(until(lambda: len(events(h, "ap")) == 12), "ap: an item whose text is gone comes without it", polls(h))
        sizes = [e[1] for e in events(h, "ap")]
        check(sizes[4] > len(json.dumps(items[4])) + 80 and sizes[11] == len(json.dumps(items[11])), "ap: the text stands beside the item, whose own bytes are as they came", (sizes, len(json.dumps(items[4]))))
        h.stop()
        m = memory(h, "ap")
        m["cursor"] = f"{URL}/media/v/content/feed?qt=old&seq=12"
        json.dump(m, open(os.path.join(h.data, "polls", "ap.json"), "w"))
        h.start()
        check(until(lambda: "begins anew" in h.log_text()) and until(lambda: "qt=new&seq=12" in memory(h, "ap").get("cursor", "")), "ap: a cursor that is too old: it begins anew", h.log_text()[-600:])
        page("/media/v/content/feed", (200, {}, json.dumps({"data": {"items": [], "next_page": "http://169.254.169.254/feed"}}).encode()))
        check(until(lambda: "next_page leads elsewhere" in str(polls(h)["ap"].get("error"))), "ap: a next_page on another server is not followed", polls(h))
        check("ap key" not in h.log_text(), "ap: the key is not in the log")


# ---- Reuters Connect ----
def connect():
    forget()
    tokens, items, lasts = set(), [], {"expires": 3600}
    def login(r):
        form = urllib.parse.parse_qs(r.body.decode())
        if form != {"grant_type": ["client_credentials"], "client_id": ["harbour"], "client_secret": ["s&cret=1"], "audience": ["aud"], "scope": ["a b"]}: return 401, {}, b""
        token = secrets.token_hex(8)
        tokens.add(token)
        return 200, {}, json.dumps({"access_token": token, "expires_in": lasts["expires"], "token_type": "Bearer"}).encode()
    def graphql(r):
        if r.headers.get("Authorization", "").removeprefix("Bearer ") not in tokens: return 401, {}, b""
        q = json.loads(r.body)
        if "id" in q["variables"]:
            found = [i for i in items if i["versionedGuid"] == q["variables"]["id"]]
            return 200, {"Content-Type": "application/json"}, json.dumps({"data": {"item": found[0] if found else None}}).encode()
        since = q["variables"]["from"]
        part = sorted([i for i in items if i["when"] >= since and q["variables"]["channel"] == ["abc", "def"]], key=lambda i: i["when"])
        n = int(q["variables"]["cursor"] or 0)
        return 200, {}, json.dumps({"data": {"search": {"pageInfo": {"hasNextPage": n + 4 < len(part), "endCursor": str(n + 4)}, "items": [{k: i[k] for k in ("versionedGuid", "contentTimestamp")} for i in part[n:n + 4]]}}}).encode()
    def item(n):
        t = time.gmtime(time.time() - 60 + n)
        return {"versionedGuid": f"tag:reuters.com,2026:newsml_L{n}:1", "uri": f"tag:reuters.com,2026:newsml_L{n}", "contentTimestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", t), "when": time.strftime("%Y.%m.%d.%H.%M.%S", t),
                "headLine": f"Connect item {n}", "pubStatus": "usable", "language": "en", "versionCreated": at(), "firstCreated": at(), "bodyXhtml": "<p>Words.</p>", "usn": f"L{n}", "type": "text"}
    page("/oauth/token", login)
    page("/content/graphql", graphql)
    items += [item(n) for n in range(10)]
    h = House(config=site({"connect": f'road: reuters, url: "{URL}/content/graphql", login_url: "{URL}/oauth/token", user: harbour, audience: aud, scope: "a b", channels: [abc, def], every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "s&cret=1")
    with h:
        check(until(lambda: len(events(h, "connect")) == 10), "reuters: each item of every page is a delivery", (len(events(h, "connect")), polls(h), h.log_text()[-900:]))
        check(h.shows("/", "Connect item 1"), "reuters: and on the front", h.verb("status", "--held").stdout + h.log_text()[-800:])
        check(until(lambda: len(asked("/content/graphql")) > 16) and len(asked("/oauth/token")) == 1, "reuters: one token serves many questions", len(asked("/oauth/token")))
        items.append(item(11))
        check(until(lambda: len(events(h, "connect")) == 11), "reuters: what comes later is taken", polls(h))
        tokens.clear()
        items.append(item(12))
        check(until(lambda: len(events(h, "connect")) == 12) and len(asked("/oauth/token")) == 2, "reuters: a token that is refused is renewed", (polls(h), len(asked("/oauth/token"))))
        lasts["expires"] = 4
        tokens.clear()
        until(lambda: len(asked("/oauth/token")) == 3)
        check(until(lambda: len(asked("/oauth/token")) >= 5), "reuters: and one that ends before it does", len(asked("/oauth/token")))
        lasts["expires"] = 3600
        for n in range(20, 26):
            items.append(item(n))
            seen = len(asked("/content/graphql"))
            until(lambda: len(asked("/content/graphql")) > seen + 1, within_s=10)
            kill_intake(h)
        check(until(lambda: len(events(h, "connect")) == 18, within_s=40), "reuters: killed at any moment nothing is lost", len(events(h, "connect")))
        time.sleep(1)
        check(len(events(h, "connect")) == 18, "reuters: and nothing doubled", len(events(h, "connect")))
        page("/content/graphql", (200, {}, b'{"errors": [{"message": "Variable channel is not known"}], "data": null}'))
        check(until(lambda: "the search is refused: Variable" in str(polls(h)["connect"].get("error"))), "reuters: what GraphQL refuses is told", polls(h))
        page("/oauth/token", (401, {}, b""))
        h.stop()
        h.start()
        check(until(lambda: "the login is refused: status 401" in str(polls(h)["connect"].get("error"))), "reuters: a login that is refused is told", polls(h))
        kept = "".join(open(os.path.join(h.data, "polls", n)).read() for n in os.listdir(os.path.join(h.data, "polls")))
        check(not any(t in h.log_text() + kept for t in [*tokens, "s&cret"]), "reuters: neither secret nor token is written anywhere")


# ---- Reuters' older API ----
def rest():
    forget()
    tokens, items = set(), []
    def login(r):
        if urllib.parse.parse_qs(r.body.decode()) != {"username": ["harbour"], "password": ["s&cret"]}: return 401, {}, b""
        token = secrets.token_hex(8) + "+/="
        tokens.add(token)
        return 200, {}, f'<?xml version="1.0"?><authToken>{token}</authToken>'.encode()
    def listed(r):
        if r.query.get("token", [""])[0] not in tokens: return 403, {}, b""
        since = int(r.query.get("pollToken", ["0"])[0].removeprefix("p&"))
        return 200, {}, ('<results><status code="10"/><pollToken>p&amp;%d</pollToken>' % len(items) + "".join(f"<result><id>{i}</id><guid>g{i}</guid></result>" for i in items[since:]) + "</results>").encode()
    def one(r):
        if r.query.get("token", [""])[0] not in tokens: return 403, {}, b""
        return 200, {"Content-Type": "application/xml"}, newsml(r.query["id"][0], "Older item " + r.query["id"][0].rpartition(":")[2], created=at()).encode()
    page("/rest/xml/login", login)
    page("/rest/xml/items", listed)
    page("/rest/xml/item", one)
    items += ["tag:reuters.com,2026:a1", "tag:reuters.com,2026:a2"]
    h = House(config=site({"old": f'road: reuters-token, url: "{URL}/rest/xml", login_url: "{URL}/rest/xml/login", user: harbour, channels: [xyz], every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "s&cret")
    with h:
        check(until(lambda: len(events(h, "old")) == 2), "reuters-token: each item is a delivery", (polls(h), h.log_text()[-900:]))
        check(h.shows("/", "Older item a1"), "reuters-token: and on the front")
        check("maxAge=1h" in asked("/rest/xml/items")[0][2] and "channel=xyz" in asked("/rest/xml/items")[0][2], "reuters-token: the first time an hour", asked("/rest/xml/items")[0][2])
        check(until(lambda: "pollToken=p%262" in asked("/rest/xml/items")[-1][2]), "reuters-token: then from the poll-token on", asked("/rest/xml/items")[-1][2])
        tokens.clear()
        items.append("tag:reuters.com,2026:a3")
        check(until(lambda: len(events(h, "old")) == 3) and len(asked("/rest/xml/login")) == 2, "reuters-token: a token that is refused is renewed", polls(h))
        for n in range(4, 8):
            items.append(f"tag:reuters.com,2026:a{n}")
            seen = len(asked("/rest/xml/items"))
            until(lambda: len(asked("/rest/xml/items")) > seen, within_s=10)
            kill_intake(h)
        check(until(lambda: len(events(h, "old")) >= 7, within_s=40) and h.shows("/", "Older item a7"), "reuters-token: killed at any moment nothing is lost", len(events(h, "old")))
        check(not any(t in h.log_text() for t in [*tokens, "s&cret"]), "reuters-token: neither secret nor token is in the log")


# ---- a queue that is emptied by who reads it ----
def queue():
    forget()
    waiting, deleted = {}, []
    def entries(r):
        got = [dict(e, _wireq_receipt=f"{k}/{secrets.token_hex(4)}") for k, e in list(waiting.items())[:5]]
        return 200, {"Retry-After": "1"}, json.dumps({"entries": got}).encode()
    def remove(r):
        if r.command != "DELETE": return 405, {}, b""
        k = int(urllib.parse.unquote(r.path).split("/")[4])
        gone = waiting.pop(k, None)
        deleted.append(k)
        return (204 if gone else 410), {}, b""
    def put(*numbers):
        for n in numbers: waiting[n] = {"urn": f"urn:newsml:dpa.com:20260101:{n}", "entry_id": f"e{n}", "version": 1, "format": "digitalwires-1.0", "headline": f"Queue {n}", "language": "en", "pubstatus": "usable", "version_created": at(), "article_html": "<section class=\"main\"><p>Words of the queue.</p></section>"}
    page("/api/top%20secret/entries.json", entries)
    page("/api/top%20secret/entry/*", remove)
    put(*range(1, 13))
    h = House(config=site({"queue": f'road: dpa, url: "{URL}/api/{{secret}}/entries.json", every_seconds: 1, secret_file: "@FOLDER@/key"'}), wire=False)
    secret(h, "key", "top secret")
    with h:
        check(until(lambda: len(events(h, "queue")) == 12 and not waiting), "dpa: each entry is a delivery, and deleted", (len(events(h, "queue")), waiting, polls(h), h.log_text()[-900:]))
        check(h.shows("/", "Queue 12"), "dpa: and on the front", h.verb("status", "--held").stdout + h.log_text()[-800:])
        for n in range(20, 26):
            put(n)
            until(lambda: n in deleted or len(events(h, "queue")) >= n - 7, within_s=8)
            kill_intake(h)
        check(until(lambda: len(events(h, "queue")) == 18 and not waiting, within_s=40), "dpa: killed at any moment nothing is lost", (len(events(h, "queue")), waiting))
        page("/api/top%20secret/entry/*", lambda r: (500, {}, b"") if "/entry/30" in r.path else remove(r))
        put(30, 31)
        check(until(lambda: len(events(h, "queue")) == 20 and list(waiting) == [30]) and until(lambda: polls(h)["queue"].get("note_rings")), "dpa: what cannot be deleted is stored all the same, and those behind it are", (polls(h), waiting))
        put(32)
        check(until(lambda: len(events(h, "queue")) == 21 and list(waiting) == [30], within_s=8), "dpa: at the queue's own pace", (polls(h), waiting))
        check(until(lambda: "alarm: fetch" in h.log_text() and "1 entries of its queue" in h.log_text()) and h.verb("status").returncode == 1 and h.log_text().count("is taken and cannot be deleted:") == 1, "dpa: people are told, once", h.log_text()[-600:])
        page("/api/top%20secret/entry/*", remove)
        check(until(lambda: "all clear: fetch queue" in h.log_text()), "dpa: until it can be", h.log_text()[-600:])
        check(until(lambda: not waiting, within_s=30) and len(events(h, "queue")) == 21, "dpa: and comes again under another receipt as the same delivery", (waiting, len(events(h, "queue"))))
        check("top secret" not in h.log_text() and "top%20secret" not in h.log_text() + h.verb("status").stdout, "dpa: the secret of the address is not in the log")


run(ap, connect, rest, queue)
