#!/usr/bin/env python3
"""The desk's long lists, page by page and by words, in the browser, the terminal and the API alike; its acts, the same by all three; receipts by each; and an administrator who frees an address."""
import json, urllib.parse
from _desk import *

CONFIG = """
site: {name: Quillmere Post, comments: approve}
feeds:
  wire: {provider: Wire, folder: "@WIRE@", comments: yes}
server: {trusted_proxies: 127.0.0.1}
desk: {listen: "127.0.0.1:0"}
"""
HELD, CASES, BAD = 130, 104, 103


def rows(page): return len(re.findall(r'<li><(?:a href|div)', page.text[page.text.index("<main"):]))


with House(CONFIG, listen="127.0.0.1:0") as h:
    port = desk_port(h)
    anna = Desk(h, port)
    account(h, "anna", "chief")
    anna.sign_in("anna", PASSWORD)
    token = h.run("desk", "token", "add", "robot", "--role", "chief", "--data", h.data).stdout.strip()
    api = lambda path, body=None: anna.ask("/desk/api/v1/" + path, "POST" if body else "GET", {"Authorization": "Bearer " + token, "Cookie": ""}, json.dumps(body) if body else None)
    listed = lambda *words: h.run("desk", *words, "--data", h.data)

    for n in range(HELD): h.drop(f"h{n:03}.json", ninjs(f"tag:example.org,2026:h{n}", f"HFR number {n:03}u of the town", f"<p>Text of number {n}, by itself.</p>"))
    for n in range(BAD): h.drop(f"bad{n:03}.xml", f"<newsItem guid='{n}'><broken")
    for n in range(CASES): h.drop(f"c{n:03}.json", ninjs(f"tag:example.org,2026:c{n}", f"Case {n:03} of the harbour", f"<p>What harbour case {n} is about, alone.</p>"))
    check(until(lambda: json.loads(api("held").text)["total"] == HELD and json.loads(api("quarantine").text)["total"] == BAD and "Case 103" in listed("live", "103").stdout, within_s=60), "a day of a large desk", api("held").text[:300])

    # ---- held, unreadable, alarms ----
    one, two = anna.get("/desk/held"), anna.get("/desk/held?page=2")
    check(rows(one) == 100 and rows(two) == HELD - 100 and f"1–100 / {HELD}" in one.text and f"101–{HELD} / {HELD}" in two.text, "held: a hundred on a page, and which of how many", [rows(one), rows(two)])
    check("/desk/held?page=2" in one.text and "Older" not in two.text and "/desk/held?page=1" in two.text, "with the way to the rest and back")
    found = anna.get("/desk/held?q=" + urllib.parse.quote("TOWN number 017u"))
    check(rows(found) == 1 and "number 017u" in found.text and "Show all" in found.text, "held stories are found by words, whatever their case")
    check(rows(anna.get("/desk/held?q=not+for+use+yet")) == 100, "and by the reason")
    check("Nothing in this list fits" in anna.get("/desk/held?q=xyzzyx").text and rows(anna.get("/desk/held?page=99")) == HELD - 100, "what is not there is said; a page behind the end is the last")
    one, two = anna.get("/desk/quarantine"), anna.get("/desk/quarantine?page=2")
    check(rows(one) == 100 and rows(two) == BAD - 100 and rows(anna.get("/desk/quarantine?q=bad042")) == 1, "unreadable files: the same")
    one = anna.get("/desk/alarms")
    check("1–100 / " in one.text and rows(anna.get("/desk/alarms?page=2")) > 0 and rows(anna.get("/desk/alarms?q=bad042")) == 1, "alarms: the same")
    check(rows(anna.get("/desk/live")) == 100 and rows(anna.get("/desk/live?page=2")) == CASES - 100 and "Older" not in anna.get("/desk/live?page=2").text, "live: the same")

    # ---- the terminal and the API ----
    j = json.loads(api("held").text)
    check(len(j["held"]) == HELD and j["page"] == 1 and j["more"] is False, "the API says how many there are, and whether more follow", {k: j[k] for k in j if k != "held"})
    j = json.loads(api("live").text), json.loads(api("live?page=2").text)
    check(len(j[0]["live"]) == 100 and j[0]["more"] and len(j[1]["live"]) == CASES - 100 and not j[1]["more"], "live by pages")
    check([s["headline"] for s in json.loads(api("held?q=number+017u").text)["held"]] == ["HFR number 017u of the town"] and api("held?page=0").status == 422 and api("held?page=x").status == 422, "by words too; a page that is none is refused")
    check(api("held?q=" + "x" * 500).status == 200 and api("held?q=" + "x" * 501).status == 422 and listed("held", "x" * 501).returncode == 64, "and more words than anybody looks for")
    long = {p: anna.get(p + "?q=" + "x" * 501) for p in ("/desk/live", "/desk/held", "/desk/quarantine", "/desk/alarms", "/desk/takedowns")}
    check(all(a.status == 422 and "longer than 500 bytes" in a.text for a in long.values()) and anna.get("/desk/held?q=" + "x" * 500).status == 200, "the pages say so too, and list nothing as if it had been found", {p: a.status for p, a in long.items()})
    r = listed("live")
    check(len(r.stdout.splitlines()) == 100 and "--page 2" in r.stderr, "the terminal says that more follow, beside the list", r.stderr)
    check(len(listed("live", "--page", "2").stdout.splitlines()) == CASES - 100 and listed("live", "--page", "0").returncode == 64, "and shows them")
    check(len(listed("held", "number 017u").stdout.splitlines()) == 1 and not listed("held").stderr, "by words")

    # ---- takedowns, by the API; their list ----
    codes = {api("acts", {"act": "takedown", "story": f"tag:example.org,2026:c{n}", "text": "At a court's request", "reference": f"K {n}/26", "requested_by": "District court"}).status for n in range(CASES)}
    check(codes <= {200, 202}, "cases are opened by the API", codes)
    check(until(lambda: rows(anna.get("/desk/takedowns?page=2")) == CASES - 100) and rows(anna.get("/desk/takedowns")) == 100, "takedowns: a hundred on a page")
    check(rows(anna.get("/desk/takedowns?q=" + urllib.parse.quote("K 7/26"))) >= 1 and rows(anna.get("/desk/takedowns?q=" + urllib.parse.quote("Case 055"))) == 1, "found by reference and by headline", [rows(anna.get("/desk/takedowns?q=" + urllib.parse.quote(q))) for q in ("K 7/26", "Case 055")])
    j = json.loads(api("takedowns").text)
    check(j["total"] == CASES == len(j["takedowns"]) and all(c["open"] for c in j["takedowns"]) and j["takedowns"][0]["headline"] == f"Case {CASES - 1} of the harbour", "the same by the API", j["takedowns"][:1])
    r = h.run("desk", "lift", "tag:example.org,2026:c9", "--data", h.data)
    check(r.returncode == 0 and sum(not c["open"] for c in json.loads(api("takedowns").text)["takedowns"]) == 1, "a lift in the terminal closes the case in the list", r.stderr)

    # ---- receipts ----
    story = json.loads(api("stories?of=tag:example.org,2026:c3").text)["id"]
    check(until(lambda: api(f"stories/{story}/receipt").status == 200, within_s=60), "the API gives the receipt of a takedown", api(f"stories/{story}/receipt").text)
    receipt = json.loads(api(f"stories/{story}/receipt").text)
    check(receipt["clean"] is True and receipt["cause"] == "takedown" and receipt["story"] == story, "clean", receipt)
    signed = api(f"stories/{story}/receipt.jws")
    with open(os.path.join(h.folder, "r.jws"), "w") as f: f.write(signed.text)
    key = h.run("receipt", "key", "--data", h.data).stdout.split()[0]
    r = h.run("receipt", "verify", os.path.join(h.folder, "r.jws"), "--key", key)
    check(r.returncode == 0 and "holds" in r.stdout and signed.headers["content-type"] == "application/jose+json", "and its signed form, which verifies", r.stderr)
    page = anna.get(f"/desk/story/{story}/receipt")
    check("None shows it" in page.text and anna.get(f"/desk/story/{story}/receipt.jws").body == signed.body, "the desk shows the same one")
    check(Desk(h, port).get(f"/desk/story/{story}/receipt").status == 303 and Desk(h, port).get(f"/desk/story/{story}/receipt.jws").status == 303, "to nobody without a session")
    held = json.loads(api("held?q=number+017u").text)["held"][0]["id"]
    check(api(f"stories/{held}/receipt").status == 404 and "There is no receipt yet" in anna.get(f"/desk/story/{held}/receipt").text, "what was never public has none")

    # ---- one table ----
    table = json.loads(api("acts").text)["acts"]
    told = listed("acts").stdout
    for row in table:
        check(row["act"] in told.split(), f"{row['act']}: listed by the terminal")
        r = h.run("desk", row["act"], "no-such-guid", "--data", h.data)
        check(r.returncode != 0 and "there is no “" not in r.stderr or row["act"] in ("takedown", "kill", "purge", "lift", "redact", "pause", "resume") and "there is no “" not in r.stderr, f"{row['act']}: a verb of the terminal", r.stderr + r.stdout)
        if row["of"] == "story": check(anna.get(f"/desk/story/{held}/{row['act']}").status == 200, f"{row['act']}: a page of the desk")
        check(api("acts", {"act": row["act"], "story": "", "target": ""}).status in (200, 202, 422), f"{row['act']}: an act of the API")
    forms = "".join(open(os.path.join(ROOT, "themes", "desk", f), encoding="utf-8").read() for f in ("brakes.html", "resume.html", "shadow.html", "quarantine.html"))
    check({r["act"] for r in table if r["of"] == "target"} == set(re.findall(r'name="act" value="([\w-]+)"', forms)), "and every act on what is no story has its form")

    # ---- what readers have written ----
    def say(path, words, n):
        form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"203.0.113.{n}"}
        send = lambda **more: h.ask(path + "/comments", "POST", form, urllib.parse.urlencode({"name": "Oswin", "text": words} | more))
        stamp = re.search(r'name="stamp" value="([^"]+)"', send().text)
        return lambda: send(stamp=stamp[1]).status
    places = ("Lanterns", "Ferries", "Bridges")
    for n, place in enumerate(places): h.drop(f"l{n}.json", ninjs(f"tag:example.org,2026:l{n}", f"{place} of the harbour town", f"<p>What the {place.lower()} are for.</p>"))
    paths = [until(lambda: h.path_of(f"{place} of the harbour town")) for place in places]
    said = {f"Letter {n} to the harbour": say(paths[n // 4], f"Letter {n} to the harbour", n) for n in range(12)}
    time.sleep(2.1)
    check({post() for post in said.values()} == {303}, "readers write, of several stories")
    check(until(lambda: len(json.loads(api("comments").text)["comments"]) == len(said)), "the API lists what they have written", api("comments").text[:300])
    for c in json.loads(api("comments").text)["comments"]:
        if "Letter 7 " not in c["said"]: check(api("acts", {"act": "approve", "story": c["story"], "text": c["text_id"]}).status in (200, 202), "approved")
    j = json.loads(api("comments").text)
    check({c["said"]: c["state"] for c in j["comments"]} == {w: "waits" if "Letter 7 " in w else "shown" for w in said} and j["page"] == 1 and j["more"] is False and len({c["story"] for c in j["comments"]}) == 3, "with how each stands", j)
    check(json.loads(listed("comments", "--json").stdout) == j and len(listed("comments").stdout.splitlines()) == len(said), "the terminal the same")
    page = anna.get("/desk/comments").text
    check(page.count("waits for an editor") == 1 and "Bridges of the harbour town" in page and all(w in page for w in said), "and the page", page[-1500:])
    check(json.loads(api("comments?page=1000000").text)["comments"] == [] and anna.get("/desk/comments?page=1000000").status == 200, "far behind the end there are none")

    # ---- an old form, an old page ----
    form = anna.get(f"/desk/story/{held}/headline").text
    fields = {m[1]: m[2] for m in re.finditer(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[form.index("<main"):])} | {"text": "Words <of> an hour"}
    anna.cookie = None
    a = anna.post(f"/desk/story/{held}/headline", fields)
    check(a.status == 403 and "nothing that you wrote is lost" in a.text and 'name="keep.text" value="Words &lt;of&gt; an hour"' in a.text and fields["token"] not in a.text, "a form whose session has ended brings the sign-in, with what was written", a.text[-1500:])
    evil = anna.post(f"/desk/story/{held}/headline", fields, {"Sec-Fetch-Site": "cross-site"})
    check(evil.status == 403 and "Words" not in evil.text, "one from another site brings nothing")
    anna.sign_in("anna", PASSWORD)
    a = anna.post(f"/desk/story/{held}/headline", fields)
    check(a.status == 403 and "Words &lt;of&gt; an hour" in a.text and "signed in anew" in a.text and fields["token"] not in a.text, "one of an earlier session is shown again, with a token of this one", a.text[-1500:])
    check("Words" not in json.loads(api("stories/" + held).text)["headline"], "and nothing has been changed")

    # ---- what was picked of a pile stays picked ----
    check(api("acts", {"act": "pause", "target": "all"}).status in (200, 202), "the brake is on")
    for n in range(2): h.drop(f"p{n}.json", ninjs(f"tag:example.org,2026:p{n}", f"Story {n} behind the brake"))
    check(until(lambda: anna.get("/desk/resume?target=all").text.count("behind the brake") == 2), "two stories wait behind it", anna.get("/desk/resume?target=all").text[-1500:])
    pile = anna.get("/desk/resume?target=all").text
    pick = re.findall(r'name="(pick\.\w+)" value="yes"', pile)
    fields = {m[1]: m[2] for m in re.finditer(r'<input type="hidden" name="(\w+)" value="([^"]*)"', pile[pile.index("<main"):])} | {"pile": "pick", pick[0]: "yes"}
    anna.cookie = None
    anna.sign_in("anna", PASSWORD)
    a = anna.post("/desk/brakes", fields)
    check(a.status == 403 and f'name="{pick[0]}" value="yes" checked' in a.text and f'name="{pick[1]}" value="yes">' in a.text and 'role="alert"' in a.text, "a form of an earlier session is shown again as it was filled in", [a.status, a.text[-1800:]])
    check(api("acts", {"act": "resume", "target": "all"}).status == 422, "the API, too, asks what becomes of the pile")
    a = json.loads(api("acts", {"act": "resume", "target": "all"}).text)
    check(a["waiting"] == 2 and {x["headline"] for x in a["pile"]} == {"Story 0 behind the brake", "Story 1 behind the brake"} and "publish" in a["error"], "and shows it", a)
    check(api("acts", {"act": "resume", "target": "all", "publish": "some"}).status == 422 and api("acts", {"act": "resume", "target": "all", "publish": ["x"]}).status == 422 and api("acts", {"act": "resume", "target": "all", "publish": "all", "hold": True}).status == 422, "a choice that cannot be meant is refused")
    check(api("acts", {"act": "resume", "target": "all", "publish": [a["pile"][0]["id"]]}).status == 200 and h.shows("/", a["pile"][0]["headline"]) and a["pile"][1]["headline"] not in h.get("/").text, "the brake is let go, and what was picked is published")

    # ---- an administrator frees an address ----
    far = Desk(h, port, behind="203.0.113.7")
    for _ in range(9): wrong = far.sign_in("anna", "wrong wrong wrong")
    check(wrong.status == 429, "too many tries from an address", wrong.status)
    r = h.run("desk", "account", "unlock", "anna", "--data", h.data)
    check(r.returncode == 0 and ("--address 203.0.113.7" in r.stdout) == (far.sign_in("anna", PASSWORD).status == 429), "unlock tells from where the name still has to wait", r.stdout)
    for _ in range(9): wrong = far.sign_in("anna", "wrong wrong wrong")
    r = h.run("desk", "account", "unlock", "anna", "--address", "203.0.113.7", "--data", h.data)
    a = far.sign_in("anna", PASSWORD)
    check(r.returncode == 0 and "and those from 203.0.113.7" in r.stdout and a.status == 303, "and frees it", [r.stdout, a.status])
done()
