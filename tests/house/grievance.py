#!/usr/bin/env python3
"""A complaint to the grievance officer, the whole way: form, alarm, desk, acknowledged, decided, the complainant's own page, mail, the months' figures; hostile words, forms from elsewhere, floods, a restart; and that
who complained stands in no ledger, store, outbox or log, cannot be seen by strangers, and can be erased. Deadlines that pass are tried with a driven clock (src/roles/grievance_test.c)."""
import email, glob, json, stat, threading, urllib.parse
from email.header import decode_header, make_header
import _house
from _desk import *


def until(condition, what="", within_s=90.0): return _house.until(condition, what, within_s)


FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
OFFICER = """
grievance:
  officer: Leela Menon
  address: 12 Quay Street, Mumbai 400001
  email: grievance@news.example.org
  telephone: "+91 22 5550 0100"
  body: News Council of Quillmere
  body_url: https://council.example.org/complain
"""


class Post(threading.Thread):
    """As little of SMTP (RFC 5321) as takes a letter, with the envelope's addresses."""
    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.letters = self.socket.getsockname()[1], []

    def run(self):
        while True:
            c, _ = self.socket.accept()
            with contextlib.suppress(ConnectionError): self.speak(c)
            c.close()

    def speak(self, c):
        f, to = c.makefile("rwb"), []
        say = lambda s: (f.write(s + b"\r\n"), f.flush())
        say(b"220 test")
        while line := f.readline():
            verb = line.strip().upper()
            if verb.startswith(b"RCPT TO:"): to.append(line.strip()[8:].decode())
            if verb.startswith(b"DATA"):
                say(b"354 go on")
                letter = b""
                while (l := f.readline()) not in (b".\r\n", b""): letter += l[1:] if l.startswith(b"..") else l
                self.letters.append((to, email.message_from_bytes(letter)))
                to = []
                say(b"250 taken")
            elif verb.startswith(b"QUIT"): return say(b"221 bye")
            else: say(b"250 fine")

    def to(self, address): return [l for to, l in list(self.letters) if to == [f"<{address}>"]]


post = Post()
post.start()
CONFIG = f"""
site: {{name: Quillmere Post, url: "https://news.example.org", timezone: Asia/Kolkata}}
feeds:
  wire: {{provider: Wire, folder: "@WIRE@"}}
sections:
  news: {{title: News}}
server: {{trusted_proxies: 127.0.0.1}}
desk: {{listen: "127.0.0.1:0"}}
alarms:
  mail: {{server: "smtp://127.0.0.1:{post.port}", from: post@news.example.org, to: [desk@news.example.org]}}
"""
WORDS = dict(name="Perpetua <b>Quill</b>", contact="perpetua@reader.example", about="", text="The bridge is not grey & <script>alert(1)</script>\nIt is green.", wish='"><img src=x onerror=alert(2)>')


def send(h, headers=None, **fields):
    head = {k: v for k, v in (FORM | (headers or {})).items() if v is not None}
    return h.ask("/grievance", "POST", head, urllib.parse.urlencode(fields))


def stamp_in(answer): return (re.search(r'name="stamp" value="([^"]+)"', answer.text) or [None, ""])[1]


def complain(h, headers=None, wait=2.1, **fields):
    fields = WORDS | fields
    first = send(h, headers, **fields)
    time.sleep(wait)
    return send(h, headers, **fields, stamp=stamp_in(first))


def words_of(letter): return letter.get_payload(decode=True).decode()
def subject_of(letter): return str(make_header(decode_header(letter["Subject"])))
def rung(text): return [l for l in post.to("desk@news.example.org") if text in words_of(l)]


with House(CONFIG) as h:
    check(h.get("/grievance").status == 404 and send(h, **WORDS).status == 404 and 'href="/grievance"' not in h.get("/").text, "without an officer there is no page, no form, no link")
    check(account(h, "ed", "editor").returncode == 0 and account(h, "rita", "reader").returncode == 0, "accounts")
    h.write_config(CONFIG + OFFICER)
    check(h.verb("reload").returncode == 0 and until(lambda: h.get("/grievance").status == 200), "an officer is named")
    h.drop("a.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns were lit.</p>"))
    bridge = until(lambda: h.path_of("Harbour bridge opens"), "the story is up", within_s=120)

    # ---- the page ----
    page = h.get("/grievance")
    check(all(w in page.text for w in ("Leela Menon", "12 Quay Street", "grievance@news.example.org", "+91 22 5550 0100", "within 24 hours", "within 15 days", "News Council of Quillmere", "https://council.example.org/complain")), "the officer, the terms, the body", page.text)
    check("No complaint has come" in page.text and "set-cookie" not in page.headers and 'href="/grievance"' in h.get("/").text, "no figures yet, no cookie; the footer links it")
    publisher = next(j["publisher"] for j in map(json.loads, re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)) if j.get("@type") == "WebSite")
    check(publisher["contactPoint"] == {"@type": "ContactPoint", "contactType": "grievance officer", "name": "Leela Menon", "email": "grievance@news.example.org", "telephone": "+91 22 5550 0100", "url": "https://news.example.org/grievance"}, "the officer in structured data", publisher)

    # ---- what is not taken ----
    for what, fields, word in (("no name", dict(name=""), "Give your name"), ("a name of 101", dict(name="n" * 101), "Give your name"), ("no contact", dict(contact=" "), "Say how you are reached"), ("no words", dict(text=" \n"), "Say what is wrong"),
                               ("4,001 characters", dict(text="\u0915" * 4001), "Say what is wrong"), ("a wish of 1,001", dict(wish="w" * 1001), "The wish is too long"),
                               ("another site", dict(about="https://evil.example/2026/01/23/x-0123456789ab"), "no address of a page"), ("a script", dict(about="javascript:alert(1)"), "no address of a page"),
                               ("another site that begins so", dict(about="https://news.example.org.evil.example/"), "no address of a page")):
        a = send(h, **(WORDS | fields))
        check(a.status == 422 and 'role="alert"' in a.text and word in a.text and not stamp_in(a) and "<script>alert" not in a.text, f"refused, with the reason: {what}", a.status)
    check(send(h, **(WORDS | dict(text="\u0915" * 4000, wish="w" * 1000, about=f"https://news.example.org{bridge}#x"))).status == 200, "the longest are taken")
    check(send(h, {"Content-Type": "text/plain"}, **WORDS).status == 400 and h.ask("/grievance", "POST", FORM, "text=" + "y" * 70000).status == 413, "what is no form, or too long a one, is refused")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": None, "Origin": "https://evil.example"}, {"Sec-Fetch-Site": None, "Origin": "null"}):
        check(complain(h, headers, 0).status == 403, f"a form from elsewhere is refused: {headers}")
    a = complain(h, website="http://spam.example", text="Buy oil")
    check(a.status == 303 and a.headers["location"] == "/grievance", "who fills in the hidden field gets no number", a.headers)

    # ---- one comes ----
    mine = dict(about=f"https://news.example.org{bridge}")
    first = send(h, **(WORDS | mine))
    check(first.status == 200 and first.headers["cache-control"] == "no-store" and "Perpetua &lt;b&gt;Quill" in first.text and "&lt;script&gt;alert(1)" in first.text and "<img src=x" not in first.text and "<script>alert" not in first.text, "the first form is answered with what was written, escaped")
    check(send(h, **(WORDS | mine), stamp=stamp_in(first)).status == 422, "sent without reading it is not taken")
    time.sleep(2.1)
    check(stamp_in(send(h, **(WORDS | mine | dict(text="Other")), stamp=stamp_in(first))) not in ("", stamp_in(first)), "other words under the same stamp are looked at again")
    a = send(h, **(WORDS | mine), stamp=stamp_in(first))
    found = re.fullmatch(r"/grievance/([0-9a-z]{12})\?key=([0-9a-f]{32})", a.headers.get("location", ""))
    check(a.status == 303 and found, "then it is sent, and leads to a page of its own", a.headers)
    link, number = a.headers["location"], found[1]
    shown = until(lambda: "To be acknowledged by" in h.get(link).text and h.get(link))
    check(shown and f"Complaint {number}" in shown.text and "To be decided by" in shown.text and shown.headers["cache-control"] == "no-store" and "noindex" in shown.headers["x-robots-tag"] and "IST" in shown.text, "it tells number and deadlines, and lies in no cache", shown and shown.text)
    check(not any(w in shown.text for w in ("Perpetua", "perpetua@", "grey", "onerror")), "but not who complained, nor what of")
    again = send(h, **(WORDS | mine), stamp=stamp_in(first))
    check(again.status == 303 and again.headers["location"] == link, "the same form sent twice is one complaint")
    strangers = [h.get(p) for p in (f"/grievance/{number}", f"/grievance/{number}?key=", f"/grievance/{number}?key={'0' * 32}", f"/grievance/0123456789ab?key={found[2]}", f"/grievance/{number[::-1]}?key={'0' * 32}")]
    check(all(s.status == 404 and s.body == strangers[0].body for s in strangers), "without its secret there is no such page, whether the number is one or not", [s.status for s in strangers])
    check(until(lambda: rung(number)) and "has come" in words_of(rung(number)[0]) and "Perpetua" not in words_of(rung(number)[0]), "the alarm rings, without who complained")
    figures = until(lambda: re.search(r'<th scope="row">[^<]+</th><td>1</td><td>0</td><td>0</td><td>1</td>', h.get("/grievance").text))
    check(figures, "the month's figures count it: received 1, open 1", h.get("/grievance").text[-3000:])

    # ---- the desk ----
    port = desk_port(h)
    ed, rita = Desk(h, port), Desk(h, port)
    ed.sign_in("ed", PASSWORD), rita.sign_in("rita", PASSWORD)
    listed = ed.get("/desk/complaints").text
    check(number in listed and "New: not acknowledged yet" in listed and "To be acknowledged by" in listed and 'href="/desk/complaints"' in ed.get("/desk/live").text, "the desk lists it, with what is due", listed[-2000:])
    at = f"/desk/complaints/{number}"
    one = ed.get(at).text
    check(all(w in one for w in ("Perpetua &lt;b&gt;Quill", "perpetua@reader.example", "&lt;script&gt;alert(1)", "onerror=alert(2)&gt;", bridge, "told by mail")) and "<script" not in one and "<img" not in one, "an editor reads who and what, escaped", one)
    check(re.search(r'href="/desk/story/\w{12}"', one), "and goes to the story")
    seen = rita.get(at).text
    check("Perpetua" not in seen and "perpetua@" not in seen and "is shown to editors" in seen and "<form class=\"card\"" not in seen, "who may only look does not", seen[-2000:])
    check(ed.get("/desk/alarms").text.count(f'href="{at}"') >= 1, "the alarm leads to it")

    def deed(desk, verb, **fields):
        form = {m[1]: m[2] for m in re.finditer(r'<input type="hidden" name="(\w+)" value="([^"]*)"', desk.get(at).text.split(f'action="{at}/{verb}"')[-1])}
        return desk.post(f"{at}/{verb}", {k: form[k] for k in ("token", "once") if k in form} | fields)

    token = rita.token()
    check(rita.post(at + "/acknowledge", {"token": token}).status == 403 and ed.post(at + "/acknowledge", {"token": "0" * 64}).status == 403 and Desk(h, port).post(at + "/acknowledge", {"token": "0" * 64}).status == 403, "acting wants role, token and session")
    back = ed.post(at + "/uphold", {"token": "0" * 64, "text": "half an answer"})
    check(back.status == 403 and "half an answer" in back.text, "what was written for a form that has grown old is not lost")
    check("not acknowledged yet" in ed.get(at).text, "and nothing was done")
    a = deed(ed, "acknowledge")
    check(a.status == 303 and until(lambda: "Acknowledged, to be decided" in ed.get(at).text), "an editor acknowledges it", a.status)
    check("Acknowledged" in h.get(link).text and "To be acknowledged" not in h.get(link).text, "its own page tells")
    letter = until(lambda: post.to("perpetua@reader.example"))
    check(letter and number in words_of(letter[0]) and f"https://news.example.org{link}" in words_of(letter[0]) and "Leela Menon" in words_of(letter[0]) and letter[0]["Subject"].startswith("[Quillmere Post]"), "whoever complained is told by mail", letter and words_of(letter[0]))
    check(until(lambda: [l for l in rung(number) if "it is over" in words_of(l) and "all clear" in subject_of(l)]), "and those who were rung that it is over")
    check(deed(ed, "note", text="Spoke to the agency.").status == 303 and deed(ed, "forward").status == 303, "a note; it is passed on")
    check("Spoke to the agency" in ed.get(at).text and "Spoke to" not in h.get(link).text and until(lambda: "Passed on" in h.get(link).text), "the note is the desk's alone")
    empty = deed(ed, "uphold", text=" ")
    check(empty.status == 422 and 'role="alert"' in empty.text, "a decision has words")
    wording = "We corrected it: <i>green</i>.\nThank you & sorry."
    check(deed(ed, "uphold", text=wording).status == 303, "it is decided")
    decided = until(lambda: "the complaint is upheld" in h.get(link).text and h.get(link).text)
    check(decided and "We corrected it: &lt;i&gt;green&lt;/i&gt;.\nThank you &amp; sorry." in decided and "<i>green" not in decided and "News Council of Quillmere" in decided, "its page tells how, in the desk's words, and who is next", decided)
    check(until(lambda: len(post.to("perpetua@reader.example")) == 2) and "<i>green</i>" in words_of(post.to("perpetua@reader.example")[1]), "so does a mail")
    check(until(lambda: re.search(r'</th><td>1</td><td>1</td><td>0</td><td>0</td>', h.get("/grievance").text)), "and the figures: decided in time")
    check("act uphold; account ed" in h.run("desk", "audit", "--data", h.data).stdout, "the audit names who did it")

    # ---- by telephone; terminal and API ----
    a = complain(h, {"X-Forwarded-For": "203.0.113.7"}, contact="+91 98 5550 0123", name="Bert", about="")
    other = re.search(r"/grievance/(\w{12})", a.headers["location"])[1]
    until(lambda: other in ed.get("/desk/complaints").text)
    check("told by hand" in ed.get(f"/desk/complaints/{other}").text, "who gives a telephone is to be told by hand")
    check(ed.get("/desk/complaints").text.index(other) < ed.get("/desk/complaints").text.index(number), "what is open stands first")
    rows = json.loads(h.run("desk", "complaints", "--json", "--data", h.data).stdout)
    check(rows["total"] == 2 and rows["complaints"][0]["id"] == other and "contact" not in rows["complaints"][0], "the terminal lists them", rows)
    tokens = {r: h.run("desk", "token", "add", r, "--role", r, "--data", h.data).stdout.split()[-1] for r in ("reader", "editor")}
    api = lambda role, path, method="GET", body=None: ed.ask("/desk/api/v1/" + path, method, {"Authorization": "Bearer " + tokens[role], "Content-Type": "application/json", "Cookie": ""}, body and json.dumps(body))
    check(json.loads(api("editor", f"complaints/{other}").body)["contact"] == "+91 98 5550 0123" and "contact" not in json.loads(api("reader", f"complaints/{other}").body), "the API tells editors who complained, and nobody else")
    check(api("reader", "acts", "POST", {"act": "acknowledge", "target": other}).status == 403 and api("editor", "acts", "POST", {"act": "acknowledge", "target": "0123456789ab"}).status == 422, "its acts want the role, and a complaint")
    check(api("editor", "acts", "POST", {"act": "acknowledge", "target": other}).status == 200, "and acknowledge")
    r = h.run("desk", "reject", other, "--text", "The story is right.", "--data", h.data)
    check(r.returncode == 0 and json.loads(h.run("desk", "complaint", other, "--data", h.data).stdout)["decision"] == "rejected", "the terminal decides", r.stderr)
    check(h.run("desk", "reject", "--text", "x", "--data", h.data).returncode != 0 and h.run("desk", "uphold", "0123456789ab", "--text", "x", "--data", h.data).returncode != 0, "only what is there")
    check(len(post.to("perpetua@reader.example")) == 2 and not [l for to, l in post.letters if "reader.example" not in str(to) and "desk@" not in str(to)], "nobody else was written to")

    # ---- a flood ----
    here = {"X-Forwarded-For": "203.0.113.9"}
    stamps = [stamp_in(send(h, here, **(WORDS | dict(text=f"Number {i}")))) for i in range(5)]
    time.sleep(2.1)
    many = [send(h, here, **(WORDS | dict(text=f"Number {i}")), stamp=s).status for i, s in enumerate(stamps)]
    check(many == [303] * 3 + [429, 429], "one network sends three in an hour", many)

    # ---- a restart: its page is found by what is kept ----
    h.stop(), h.start()
    ed.port = desk_port(h)
    check(until(lambda: "the complaint is upheld" in h.get(link).text) and h.get(f"/grievance/{number}?key={'0' * 32}").status == 404, "behind a restart the link still opens it")
    check(until(lambda: re.search(r'</th><td>5</td><td>2</td><td>0</td><td>3</td>', h.get("/grievance").text)), "and the figures are the same", h.get("/grievance").text[-2500:])

    # ---- where it lies, and where not ----
    cases = os.path.join(h.data, "grievances", "cases.db")
    check(b"perpetua@reader.example" in open(cases, "rb").read() and stat.S_IMODE(os.stat(cases).st_mode) == 0o600, "who complained lies in a file of its own, its owner's alone")
    kept = b"".join(open(f, "rb").read() for f in glob.glob(h.data + "/**/*", recursive=True) if os.path.isfile(f) and "/grievances/" not in f) + h.log_text().encode()
    check(not [w for w in (b"perpetua@", b"Perpetua", b"98 5550 0123", b"is not grey", b"203.0.113") if w in kept], "and nowhere else", [w for w in (b"perpetua@", b"Perpetua", b"98 5550 0123", b"is not grey", b"203.0.113") if w in kept])
    backup = os.path.join(h.folder, "backup")
    check(h.run("backup", "--data", h.data, "--to", backup).returncode == 0 and stat.S_IMODE(os.stat(backup + "/grievances/cases.db").st_mode) == 0o600, "a backup takes it along, its owner's alone")

    # ---- one person's data ----
    mine = json.loads(h.run("reader", "export", "--data", h.data, "PERPETUA@reader.example").stdout)["complaints"]
    check(len(mine) == 4 and mine[0]["number"] == number and mine[0]["text"] == WORDS["text"], "all that is kept of one person is shown", mine)
    check(h.run("reader", "erase", "--data", h.data, "perpetua@reader.example").returncode != 0 and b"Perpetua" in open(cases, "rb").read(), "erasing wants a second word")
    check(h.run("reader", "erase", "--data", h.data, "--yes", "perpetua@reader.example").returncode == 0 and b"erpetua" not in open(cases, "rb").read(), "then it is gone from the file")
    check("have been erased" in ed.get(at).text and "the complaint is upheld" in h.get(link).text, "the case stays, and its figures")
done()
