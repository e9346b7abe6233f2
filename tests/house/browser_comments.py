#!/usr/bin/env python3
"""Readers' comments in a browser: answered, reported, changed with and without JavaScript, on a phone and a desktop, in English, Hindi and Arabic, accessible (tests/browser/comments.mjs); and payloads of cross-site
scripting, through the form as a browser sends it, none of which may run: on the page that shows what was written, on the one that changes it, under the story and at the desk."""
import base64, email, glob, json, tempfile
from browser import CHROMIUM, HERE, look, packages
from _desk import *
from _smtp import MailServer, text_of

NAMES = {"en": "Quillmere Post", "hi": "क्विलमीर समाचार", "ar": "بريد كويلمير"}
LINES = 3800  # characters of payloads in one comment
KINDS = ("xss", "xss-expect", "naughty")


def config(language, letters=None):
    """letters: the port of a mail server, by which comments are confirmed."""
    mail = f'alarms: {{mail: {{server: "smtp://127.0.0.1:{letters}", from: post@post.example}}}}' if letters else ""
    return f"""{mail}
site: {{name: "{NAMES[language]}", language: {language}, timezone: Asia/Kolkata, comments: open}}
comments: {{hide_reports: 2, confirm: {"mail" if letters else "no"}}}
feeds:
  wire: {{provider: Wire Agency, folder: "@WIRE@", comments: yes}}
sections:
  news: {{title: "News"}}
server: {{trusted_proxies: 127.0.0.1}}
desk: {{listen: "127.0.0.1:0"}}
"""


def payloads():
    """Those of the corpora that a form can hold as text, each on one line."""
    out = []
    for kind in KINDS:
        for name in sorted(glob.glob(os.path.join(SHARED, "attacks", kind, "*.jsonl"))):
            for line in open(name):
                with contextlib.suppress(UnicodeDecodeError): out.append(base64.b64decode(json.loads(line)["b64"]).decode())
    return [re.sub(r"[\r\n\0]+", " ", p) for p in out if p.strip()]


def comments_of(list):
    """As many payloads in a comment as it holds; those that are short enough are names too."""
    names = [p for p in list if len(p) <= 60]
    texts, text = [], ""
    for p in list:
        if len(text) + len(p) > LINES: texts, text = texts + [text], ""
        text += p + "\n"
    texts.append(text)
    step = max(1, len(names) // len(texts))
    return [dict(name=names[i * step % len(names)], text=t, parts=[p.strip() for p in t.split("\n") if p.strip()]) for i, t in enumerate(texts)]


def start(language, letters=None):
    h = House(config=config(language, letters), binary=PLAIN).start()
    port = desk_port(h)
    check(account(h, "ed", "editor").returncode == 0, f"{language}: an editor's account")
    for i, title in enumerate(("Harbour bridge opens", "Ferry sails")):
        h.drop(f"s{i}.xml", newsml(f"tag:example.org,2026:{i}", title, "<p>The lanterns of Quillmere were lit.</p>", language=language))
    bridge, ferry = h.path_of("Harbour bridge opens"), h.path_of("Ferry sails")
    until(lambda: 'id="write"' in h.get(bridge).text)
    return h, dict(language=language, address=h.address.rstrip("/"), desk=f"http://127.0.0.1:{port}", story=bridge, other=ferry)


def lay_out(box):
    """Each letter's link, as its reader finds it in his mailbox, for the browser's script."""
    links = {}

    def taken(to, letter):
        links[to] = re.search(r"https?://\S+", text_of(email.message_from_bytes(letter)))[0]
        with open(box + ".new", "w") as f: json.dump(links, f)
        os.rename(box + ".new", box)
    return taken


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        print(f"# NOTHING OF COMMENTS WAS LOOKED AT IN A BROWSER: {why}")
        skip("comments in a browser", why)
        done()
    list = payloads()
    if not list: skip("payloads of cross-site scripting", "the attack corpora are not there")
    shots, houses, sites = tempfile.mkdtemp(prefix="broadsheet-screenshots-"), [], []
    try:
        for language in NAMES:
            h, site = start(language)
            houses.append(h)
            sites.append(site)
        mail = MailServer()
        h, by_mail = start("en", mail.port)
        houses.append(h)
        by_mail["box"] = os.path.join(h.folder, "links")
        mail.taken = lay_out(by_mail["box"])
        print(f"# {len(list)} payloads of {', '.join(KINDS)}")
        look(dict(chromium=CHROMIUM, shots=shots, all=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=sites, by_mail=by_mail, hostile=comments_of(list) if list else [], password=PASSWORD), "comments.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    import _house
    if _house._failed or os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
