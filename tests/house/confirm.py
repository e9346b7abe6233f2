#!/usr/bin/env python3
"""Comments that their writers confirm by mail: the whole way, form, letter, link, button, desk, page; what a link opens and what not; that opening it changes nothing; that an address is in no ledger, log, URL or
answer, and cannot be flooded; that restarts and a full disk lose nothing; that one person is found and erased by address. The mail server is the test's own, on loopback."""
import glob, html, json, sqlite3, stat, urllib.parse
from _desk import *
from _smtp import MailServer, subject_of, text_of

mail = MailServer()
CONFIG = f"""
site:
  name: Quillmere “Post”
  url: https://post.example
  comments: approve
comments:
  confirm: mail
feeds:
  wire:
    provider: Wire
    folder: "@WIRE@"
    comments: yes
server:
  trusted_proxies: 127.0.0.1
desk:
  listen: 127.0.0.1:0
alarms:
  mail:
    server: smtp://127.0.0.1:{mail.port}
    from: post@post.example
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
answers, addresses = [], set()  # all that the house has said by HTTP; all addresses that were given
networks = 0


def send(h, path, network=None, **fields):
    global networks
    networks += network is None
    head = FORM | {"X-Forwarded-For": network or f"198.51.{networks // 250}.{networks % 250 + 1}"}
    a = h.ask(path + "/comments", "POST", head, urllib.parse.urlencode(fields))
    answers.append((a.headers, a.body))
    return a


def stamp_in(a): return (re.search(r'name="stamp" value="([^"]+)"', a.text) or [None, ""])[1]


def say_all(h, path, list, network=None):
    """Many at once: one wait for all of them, for nobody reads more quickly than two seconds."""
    stamps = [stamp_in(send(h, path, **{k: v for k, v in f.items() if k != "mail"})) for f in list]
    addresses.update(f["mail"] for f in list)
    time.sleep(2.1)
    return [send(h, path, network, **f, stamp=s) for f, s in zip(list, stamps)]


def say(h, path, name, text, address): return say_all(h, path, [dict(name=name, text=text, mail=address)])[0]


def link_of(letter):
    url = urllib.parse.urlsplit(re.search(r"https://\S+", text_of(letter))[0])
    return url.path, urllib.parse.parse_qs(url.query)["confirm"][0]


def letter_to(address, n=1): return until(lambda: len(mail.read(address)) >= n and mail.read(address)[n - 1])


def opened(h, link):
    """The page behind a letter's link: as a browser follows it to the story's own address."""
    path, token = link
    a = h.get(f"{path}?confirm={token}")
    answers.append((a.headers, a.body))
    if a.status != 301: return a
    a = h.get(a.headers["location"])
    answers.append((a.headers, a.body))
    return a


def confirm(h, path, token): return send(h, path, confirm=token)
def waiting(h): return json.loads(h.run("desk", "waiting", "--json", "--data", h.data).stdout)["waiting"]
def bytes_below(*patterns): return b"".join(open(f, "rb").read() for p in patterns for f in glob.glob(p, recursive=True) if os.path.isfile(f))
def aside(h): return sqlite3.connect(os.path.join(h.data, "readers", "readers.db"), timeout=10)


def count(h, sql="SELECT count(*) FROM comment WHERE confirmed_ms=0"):
    db = aside(h)
    try: return db.execute(sql).fetchone()[0]
    finally: db.close()


def change(h, sql):
    db = aside(h)
    with db: db.execute(sql)
    db.close()


def ready(h):
    for i, title in enumerate(("Harbour bridge opens", "Ferry sails", "Tram stops")): h.drop(f"{i}.xml", newsml(f"tag:example.org,2026:{i}", title, "<p>The lanterns were lit.</p>"))
    paths = [h.path_of(t) for t in ("Harbour bridge opens", "Ferry sails", "Tram stops")]
    check(account(h, "ed", "editor").returncode == 0 and until(lambda: "Write a comment" in h.get(paths[0]).text), "the site takes comments")
    return paths


r = subprocess.run([BINARY, "check", "--config", "/dev/stdin"], input=CONFIG.replace("alarms:\n  mail:\n", "x-:\n").split("x-:")[0].replace("@WIRE@", "/tmp"), capture_output=True, text=True)
check(r.returncode != 0 and "none can be sent" in r.stdout + r.stderr and "alarms.mail" in r.stdout + r.stderr, "without a mail server the site file is refused, and says why", r.stdout + r.stderr)

with House(CONFIG) as h:
    bridge, ferry, tram = ready(h)
    # ---- the form ----
    page = h.get(bridge).text
    check("You confirm the comment by e-mail" in page and 'name="mail"' not in page, "the story says that an address will be asked for")
    words = {"name": "Perpetua", "text": "My barge was there."}
    first = send(h, bridge, **words)
    field = re.search(r'<input id="comment-mail"[^>]*>', first.text)
    check(field and 'type="email"' in field[0] and 'autocomplete="email"' in field[0] and "required" in field[0] and '<label for="comment-mail">' in first.text and "value" not in field[0], "it is asked for beside the words as they will stand", first.text[-3000:])
    time.sleep(2.1)
    for bad in ("", "x", "a@b@example.org", "a@example.org\r\nBcc: victim@example.org", "a@example.org,victim@example.org", "p\u00e9rp@example.org", "a@b\u00fccher.example", "<a@example.org>", "a" * 65 + "@example.org", "a@" + "b." * 130 + "org"):
        a = send(h, bridge, **words, stamp=stamp_in(first), mail=bad)
        check(a.status == 422 and 'href="#comment-mail"' in a.text and "in plain Latin letters" in a.text and stamp_in(a) == stamp_in(first), f"refused, and said why: {bad[:40]!r}", a.status)
    check(count(h) == 0 and not mail.read(), "of none of those anything is kept or sent")
    addresses.add("perpetua.quill@example.org")
    sent = send(h, bridge, **words, stamp=stamp_in(first), mail=" Perpetua.Quill@Example.org ")
    check(sent.status == 303 and sent.headers["location"] == bridge + "#mailed" and "on its way" in h.get(bridge).text, "sent, it leads to where it is said that a mail comes", sent.headers)
    again = send(h, bridge, **words, stamp=stamp_in(first), mail="Perpetua.Quill@Example.org")
    check(again.status == 303, "the same form again is answered the same")

    # ---- the letter ----
    letter = letter_to("Perpetua.Quill@Example.org")
    check(letter and subject_of(letter) == "Quillmere “Post”: confirm your comment" and letter["To"] == "Perpetua.Quill@Example.org" and letter["From"] == "post@post.example" and letter.get_content_type() == "text/plain", "a letter comes, in the site's language", letter)
    text = text_of(letter)
    check("Perpetua" not in text and "barge" not in text and "arbour" not in text and "within 48 hours" in text and "do nothing" in text, "without a word of the comment or of the story", text)
    path, token = link = link_of(letter)
    check("quill" not in link[0].lower() + link[1].lower() and "@" not in text and re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{32}", token), "nor an address in its link", link)
    check(token.split("-")[1].encode() not in bytes_below(h.data + "/**"), "what proves it is nowhere in the data directory")
    check(not any(b"barge" in b for b in (bytes_below(h.data + "/ledger*"), bytes_below(h.data + "/store*/**"))) and not waiting(h), "the comment is no event yet, nor at the desk")

    # ---- opening changes nothing ----
    for _ in range(3): a = opened(h, link)
    check(a.status == 200 and "Yes, send it" in a.text and "no-store" in a.headers["cache-control"] and "noindex" in a.headers["x-robots-tag"] and f'action="{bridge}/comments"' in a.text, "the link opens a page with a button", a.text[-2000:])
    check(a.text.count("<script>") == 1 and "set-cookie" not in a.headers and not waiting(h) and count(h) == 1, "and opening it, however often, confirms nothing")
    check(h.ask(f"{bridge}/comments?confirm={token}", "HEAD").status == 200 and count(h) == 1, "nor does a scanner's HEAD")

    # ---- what confirms nothing ----
    id, secret = token.split("-")
    wrong = [id + "-" + "0" * 32, id + "-" + secret[:-1] + ("0" if secret[-1] != "0" else "1"), "0" * 32 + "-" + secret]
    got = [confirm(h, bridge, t) for t in wrong]
    check(all(a.status == 303 and a.headers["location"] == bridge + "/comments?confirm=over" for a in got), "a wrong token leads to a page that says so", [(a.status, a.headers) for a in got])
    over = h.get(bridge + "/comments?confirm=over")
    check(over.status == 403 and "does nothing any more" in over.text and "Yes, send it" not in over.text, "in the site's language", over.text[-1500:])
    check(confirm(h, bridge, "x").status == 403 and confirm(h, ferry, token).headers["location"].endswith("over"), "nor what is no token, nor under another story")
    check(h.ask(bridge + "/comments", "POST", FORM | {"Sec-Fetch-Site": "cross-site"}, urllib.parse.urlencode({"confirm": token})).status == 403, "nor a form from elsewhere")
    check(not waiting(h) and count(h) == 1, "none of them did")

    # ---- the button, behind a restart ----
    h.stop(signal.SIGKILL)
    h.start()
    until(lambda: "Write a comment" in h.get(bridge).text)
    a = confirm(h, bridge, token)
    check(a.status == 303 and a.headers["location"].startswith(bridge + "/comments?change=") and a.headers["location"].endswith("#thanks"), "behind a crash the button sends it, and leads to where it can be changed", (a.status, a.headers))
    listed = until(lambda: waiting(h))
    check(len(listed) == 1 and "My barge was there." not in h.get(bridge).text, "then it waits for an editor as any other", listed)
    h.run("desk", "approve", bridge, "--text", id, "--data", h.data)
    check(h.shows(bridge, "My barge was there."), "and stands once he shows it")
    a = confirm(h, bridge, token)
    check(a.headers["location"].endswith("confirm=over") and "1 comment<" in h.get(bridge).text, "a link is good once")
    check(count(h) == 0 and b"barge" not in bytes_below(h.data + "/readers/*"), "its words are kept in the ledger alone then")

    # ---- too late, closed, killed ----
    a = say_all(h, ferry, [dict(name="Late", text="Too late.", mail="late@example.org"), dict(name="Oswin", text="For the tram.", mail="oswin@example.org")])
    late = link_of(letter_to("late@example.org"))
    change(h, "UPDATE token SET until_ms=1 WHERE id='%s'" % late[1].split("-")[0])
    check(confirm(h, ferry, late[1]).headers["location"].endswith("over"), "what is older than its time is confirmed no more")
    say(h, tram, "Tobit", "Of the tram.", "tobit@example.org")
    tobit = link_of(letter_to("tobit@example.org"))
    h.drop("kill.xml", newsml("tag:example.org,2026:2", "Tram stops", "<p>x</p>", status="canceled", version=2))
    until(lambda: h.get(tram).status == 410)
    a = [opened(h, tobit), confirm(h, tram, tobit[1])]
    check([x.status for x in a] == [410, 404] and count(h, "SELECT count(*) FROM comment WHERE id='%s' AND confirmed_ms=0" % tobit[1].split("-")[0]) == 1, "D7 what waits for a killed story cannot be confirmed", [x.status for x in a])

    # ---- nobody is flooded ----
    got = say_all(h, ferry, [dict(name=f"F{i}", text=f"Flood {i}", mail="victim@example.org" if i % 2 else "Victim+shop@example.org") for i in range(8)])
    other = say(h, ferry, "Mara", "After the flood.", "mara@example.org")
    check({(a.status, a.headers["location"]) for a in got + [other]} == {(303, ferry + "#mailed")}, "each is answered the same", [(a.status, a.headers) for a in got])
    letter_to("mara@example.org")
    def to_victim(): return len(mail.read("victim@example.org")) + len(mail.read("Victim+shop@example.org"))
    check(until(lambda: to_victim() >= 5) and to_victim() == 5, "and five letters go to one person", to_victim())
    stamps = [stamp_in(send(h, ferry, name="N", text=f"Network {i}")) for i in range(7)]
    time.sleep(2.1)
    addresses.update(f"n{i}@example.org" for i in range(7))
    got = [send(h, ferry, "203.0.113.7", name="N", text=f"Network {i}", stamp=s, mail=f"n{i}@example.org").status for i, s in enumerate(stamps)]
    check(got == [303] * 5 + [429] * 2, "one network sends no more than it may", got)

    # ---- a server that does not take it ----
    mail.refused.add("nobody@example.org")
    mail.is_away = True
    say_all(h, ferry, [dict(name="A", text="Away.", mail="away@example.org"), dict(name="B", text="Refused.", mail="nobody@example.org")])
    check(until(lambda: "was not sent" in h.log_text()), "a mail server that is away is told in the log")
    mail.is_away = False
    change(h, "UPDATE comment SET due_ms=1 WHERE due_ms>0")
    check(letter_to("away@example.org"), "and asked again")
    check(until(lambda: "nor will it be" in h.log_text()), "but not for an address that it does not know", h.log_text()[-1500:])

    # ---- one person's data ----
    told = json.loads(h.run("reader", "export", "perpetua.quill@EXAMPLE.org", "--data", h.data).stdout)
    check(len(told["comments"]) == 1 and told["comments"][0]["address"] == "Perpetua.Quill@Example.org" and told["comments"][0]["said"][0]["text"] == "My barge was there." and told["unconfirmed"] == [], "a person is found by address", told)
    told = json.loads(h.run("reader", "export", "mara@example.org", "--data", h.data).stdout)
    check(told["comments"] == [] and [u["text"] for u in told["unconfirmed"]] == ["After the flood."], "and what waits is told too", told)
    r = h.run("reader", "erase", "mara@example.org", "--data", h.data)
    check(r.returncode == 1 and "1 comments and 0 complaints would be erased" in r.stdout, "an erasure is asked for twice", r.stdout)
    r = h.run("reader", "erase", "--yes", "mara@example.org", "--data", h.data)
    check(r.returncode == 0 and b"mara@example" not in bytes_below(h.data + "/**"), "what waits is erased, and its address", r.stdout + r.stderr)
    mara = link_of(letter_to("mara@example.org"))
    check(confirm(h, ferry, mara[1]).headers["location"].endswith("over"), "and its link opens nothing")
    r = h.run("reader", "erase", "--yes", "Perpetua.Quill@example.org", "--data", h.data)
    check(r.returncode == 0 and h.lacks(bridge, "My barge was there.") and not any(w in bytes_below(h.data + "/**").lower() for w in (b"my barge", b"perpetua.quill")), "what was confirmed as well", r.stdout + r.stderr)
    check("nothing under that" in h.run("reader", "erase", "--yes", "Perpetua.Quill@example.org", "--data", h.data).stdout, "once")

    # ---- where an address never is ----
    check(stat.S_IMODE(os.stat(h.data + "/readers/readers.db").st_mode) == 0o600 and stat.S_IMODE(os.stat(h.data + "/readers").st_mode) == 0o700, "the file with the addresses is its owner's alone")
    rest = b"".join(open(f, "rb").read() for f in glob.glob(h.data + "/**", recursive=True) if os.path.isfile(f) and "/readers/" not in f)
    places = {"ledger and every other file": rest.lower(), "log": h.log_text().lower().encode(), "answers": b"".join(str(k).encode() + b for k, b in answers).lower(), "status": h.verb("status").stdout.lower().encode()}
    for where, what in places.items():
        found = [a for a in addresses if a.lower().encode() in what or urllib.parse.quote(a.lower()).encode() in what]
        check(not found and b"example.org%0d" not in what, f"no address is in: {where}", found)
    check(len(addresses) > 15 and len(answers) > 60, "which has looked for many, in much", (len(addresses), len(answers)))

    # ---- switched off ----
    h.write_config(CONFIG.replace("confirm: mail", "confirm: no").replace("    from: post@post.example\n", "    from: post@post.example\n    to: [desk@post.example]\n"))
    check(h.verb("reload").returncode == 0 and until(lambda: "You confirm the comment by e-mail" not in h.get(ferry).text), "a reload takes it back")
    stamp = stamp_in(send(h, ferry, name="Ines", text="Straight in."))
    time.sleep(2.1)
    check(until(lambda: send(h, ferry, name="Ines", text="Straight in.", stamp=stamp).status == 303) and until(lambda: any("Straight in." in json.dumps(w) for w in waiting(h))), "then comments need no mail")

# ---- a full disk ----
mount = tempfile.mkdtemp(prefix="broadsheet-disk-")
if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", mount], capture_output=True).returncode != 0:
    os.rmdir(mount)
    skip("confirmed on a full disk", "a small file system cannot be mounted here")
    done()
filler = os.path.join(mount, "filler")
try:
    with House(CONFIG, data=os.path.join(mount, "data")) as h:
        bridge, *_ = ready(h)
        say(h, bridge, "Perpetua", "On a full disk.", "full@example.org")
        link = link_of(letter_to("full@example.org"))
        with open(filler, "ab", buffering=0) as f:
            for size in (1 << 16, 4096, 512):
                with contextlib.suppress(OSError):
                    while True: f.write(b"x" * size)
        a = confirm(h, bridge, link[1])
        check(a.status in (303, 503), "on a full disk a confirmation is taken, or asked for again", a.status)
        first = a.status
        os.unlink(filler)
        a = until(lambda: (x := confirm(h, bridge, link[1])).status == 303 and x)
        check(a and (first == 303 or "change=" in a.headers["location"]) and until(lambda: len(waiting(h)) == 1), "and with room the same link takes it, once", (first, a and a.headers))
finally:
    subprocess.run(["umount", "-l", mount])
    os.rmdir(mount)
done()
