#!/usr/bin/env python3
"""Readers' comments in the whole house: what is taken and what is not, that no address is kept, what editors see, and that they go with their story (D7)."""
import glob, urllib.parse
from _desk import *

CONFIG = """
site:
  name: Quillmere Post
  comments: open
feeds:
  wire:
    provider: Wire
    folder: @WIRE@
    comments: yes
  silent:
    provider: Silent Wire
    folder: @FOLDER@/silent
sections:
  news:
    title: News
server:
  trusted_proxies: 127.0.0.1
desk:
  listen: 127.0.0.1:0
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def send(h, path, headers=None, **fields):
    head = {k: v for k, v in (FORM | (headers or {})).items() if v is not None}
    return h.ask(path + "/comments", "POST", head, urllib.parse.urlencode(fields))


def stamp_in(answer): return (re.search(r'name="stamp" value="([^"]+)"', answer.text) or [None, None])[1]


def comment(h, path, wait=2.1, headers=None, **fields):
    first = send(h, path, headers, **fields)
    time.sleep(wait)
    return send(h, path, headers, **fields, stamp=stamp_in(first) or "")


h = House(CONFIG, listen="127.0.0.1:0")
os.makedirs(os.path.join(h.folder, "silent"))
with h:
    h.drop("a.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns were lit.</p>"))
    h.drop("b.xml", newsml("tag:example.org,2026:2", "Ferry sails", "<p>Into the fog.</p>"))
    bridge, ferry = h.path_of("Harbour bridge opens"), h.path_of("Ferry sails")
    # ---- nobody moderates: none are taken ----
    page = until(lambda: "No editor is there" in h.get(bridge + "/comments").text and h.get(bridge))
    check(page and "Write a comment" not in page.text and "no comments are taken" in h.verb("status").stdout, "without an editor's account no comments are taken, and status says so", h.verb("status").stdout)
    check(send(h, bridge, name="x", text="y").status == 409, "nor is what is sent all the same")
    check(account(h, "rita", "reader").returncode == 0 and not until(lambda: "Write a comment" in h.get(bridge).text, within_s=2), "who may only look moderates nothing")
    check(account(h, "ed", "editor").returncode == 0 and until(lambda: "Write a comment" in h.get(bridge).text), "with an editor's account they are")

    page = h.get(bridge)
    check("Write a comment" in page.text and f'action="{bridge}/comments"' in page.text and "set-cookie" not in page.headers, "the form stands under the story, without a cookie")
    check("form-action 'self'" in page.headers["content-security-policy"] and page.text.count("<script>") == 1 and "<script>(() =>" in page.text, "and without a script but the theme's own")
    for label, field in (("comment-name", "input"), ("comment-text", "textarea")):
        check(f'<label for="{label}">' in page.text and f'<{field} id="{label}"' in page.text, f"{label} has a label")

    # ---- two forms: written, looked at, sent ----
    words = {"name": "Perpetua <b>Quill</b>", "text": "My barge & <script>alert(1)</script>\nwas there."}
    first = send(h, bridge, **words)
    check(first.status == 200 and first.headers["cache-control"] == "no-store" and "noindex" in first.headers["x-robots-tag"] and stamp_in(first), "the first form is answered with what it will look like", first.text[:500])
    check("Perpetua &lt;b&gt;Quill" in first.text and "&lt;script&gt;alert(1)" in first.text and "<script>alert" not in first.text and "barge" not in h.get(bridge).text, "escaped, and nothing is kept yet")
    quick = send(h, bridge, **words, stamp=stamp_in(first))
    check(quick.status == 422 and 'role="alert"' in quick.text and "very quick" in quick.text, "sent without reading it is not taken, and says why", quick.status)
    time.sleep(2.1)
    changed = send(h, bridge, **(words | {"text": "Other words"}), stamp=stamp_in(first))
    check(changed.status == 200 and stamp_in(changed) != stamp_in(first), "other words under the same stamp are looked at again")
    a = send(h, bridge, **words, stamp=stamp_in(first))
    check(a.status == 303 and a.headers["location"].startswith(bridge + "/comments?change=") and a.headers["location"].endswith("#thanks"), "then it is sent, and leads to where it can be changed", a.headers)
    check(until(lambda: "Perpetua &lt;b&gt;Quill" in h.get(bridge).text) and "1 comment" in h.get(bridge).text and "<script>alert" not in h.get(bridge).text, "and stands under it, escaped")
    again = send(h, bridge, **words, stamp=stamp_in(first))
    h.drop("c.xml", newsml("tag:example.org,2026:3", "A later story", "<p>Later.</p>"))
    check(again.status == 303 and h.path_of("A later story") and "1 comment" in h.get(bridge).text, "the same form sent twice is one comment")
    check(h.get(bridge + "/comments").status == 200 and "barge" in h.get(bridge + "/comments").text and "noindex" in h.get(bridge + "/comments").headers["x-robots-tag"], "they have a page of their own too")

    # ---- what is not taken ----
    a = send(h, bridge, name="", text="x")
    check(a.status == 422 and 'aria-invalid="true"' in a.text and 'href="#comment-name"' in a.text and "Give a name" in a.text and ">x</textarea>" in a.text, "an error names its field, leads to it, and keeps what was written", a.text[-3000:])
    for what, fields in {"a name of 61 characters": {"name": "n" * 61, "text": "x"}, "a text of 4,001": {"name": "n", "text": "\u00e9" * 4001}, "a text of spaces": {"name": "n", "text": " \n "}}.items():
        check(send(h, bridge, **fields).status == 422, f"{what} is refused")
    check(send(h, bridge, name="n" * 60, text="\u00e9" * 4000).status == 200, "60 and 4,000 are taken")
    check(send(h, bridge, {"Content-Type": "text/plain"}, **words).status == 400, "what is no form is refused")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": None, "Origin": "https://evil.example"}, {"Sec-Fetch-Site": None, "Origin": "null"}):
        check(comment(h, bridge, 0, headers, name="Far", text="From afar").status == 403, f"a form from elsewhere is refused: {headers}")
    check(h.ask(bridge + "/comments", "POST", FORM, "name=x&text=" + "y" * 70000).status == 413, "a form over the limit is not read")
    check(comment(h, bridge, website="http://spam.example", name="Spam", text="Buy oil").status == 303, "who fills in the hidden field is thanked")
    check(send(h, "/2026/01/23/none-0123456789ab", **words).status == 404 and send(h, "/section/news", **words).status == 404, "where there is no story there is no comment")

    # ---- how many ----
    a = [comment(h, ferry, 2.1 if i == 0 else 0, {"X-Forwarded-For": "203.0.113.9"}, name="Many", text=f"Number {i}").status for i in range(1)]
    stamps = [stamp_in(send(h, ferry, {"X-Forwarded-For": "203.0.113.9"}, name="Many", text=f"Again {i}")) for i in range(6)]
    time.sleep(2.1)
    a += [send(h, ferry, {"X-Forwarded-For": "203.0.113.9"}, name="Many", text=f"Again {i}", stamp=s).status for i, s in enumerate(stamps)]
    check(a == [303] * 5 + [429, 429], "one address sends five in ten minutes", a)
    check(comment(h, ferry, headers={"X-Forwarded-For": "203.0.113.10"}, name="Other", text="From next door").status == 303, "its neighbour may still")
    check(until(lambda: "next door" in h.get(ferry).text and "Again 3" in h.get(ferry).text) and "Again 4" not in h.get(ferry).text and "6 comments" in h.get(ferry).text, "and what was over it is not there")
    kept = b"".join(open(f, "rb").read() for f in glob.glob(h.data + "/ledger*") + glob.glob(h.data + "/store*/**/*.db*", recursive=True))
    check(b"203.0.113" not in kept and "203.0.113" not in h.log_text() and b"Again 3" in kept, "no address is in ledger, store or log")
    check(b"Buy oil" not in kept and b"From afar" not in kept, "nor what was not taken")

    # ---- the desk ----
    port = int(until(lambda: re.findall(r"desk https?://[^/]*:(\d+)/desk/", h.log_text()))[-1])
    ed, rita = Desk(h, port), Desk(h, port)
    ed.sign_in("ed", PASSWORD), rita.sign_in("rita", PASSWORD)
    listed = ed.get("/desk/comments").text
    check("Perpetua &lt;b&gt;Quill" in listed and "Harbour bridge opens" in listed and "<script" not in listed, "the desk lists them, escaped, with their stories")
    form = re.search(r'action="(/desk/story/(\w{12})/hide)"><input type="hidden" name="token" value="(\w+)"><input type="hidden" name="once" value="([^"]+)"><input type="hidden" name="text" value="(\w+)">', listed[listed.find("Perpetua"):])
    hide = {"token": form[3], "once": form[4], "text": form[5]}
    check(ed.post(form[1], hide | {"token": "0" * 64}).status == 403 and rita.post(form[1], hide | {"token": rita.token()}).status == 403 and Desk(h, port).post(form[1], hide).status == 403, "hiding wants session, token and role")
    check(ed.post(form[1], hide).status == 303 and until(lambda: "Perpetua" not in h.get(bridge).text) and "No comments yet" in h.get(bridge).text, "an editor hides one, and it is gone from the page")
    check("act hide; account ed" in h.run("desk", "audit", "--data", h.data).stdout and "comment hidden" in ed.get(f"/desk/story/{form[2]}").text, "which the audit and the story's history tell")
    r = h.run("desk", "approve", bridge, "--text", form[5], "--data", h.data)
    check(r.returncode == 0 and "Perpetua" in h.get(bridge).text, "the terminal shows it again", r.stderr)

    # ---- an editor reads first ----
    h.write_config(CONFIG.replace("comments: open", "comments: approve"))
    check(h.verb("reload").returncode == 0, "reload")
    check(until(lambda: "No comments yet" in h.get(ferry).text and "An editor reads" in h.get(ferry).text), "the site file says that an editor reads first")
    check(comment(h, bridge, headers={"X-Forwarded-For": "203.0.113.11"}, name="Oswin", text="Read me first").status == 303, "one comes")
    check(until(lambda: "Read me first" in ed.get("/desk/comments").text) and "waits for an editor" in ed.get("/desk/comments").text and "Read me first" not in h.get(bridge).text, "it waits at the desk")

    # ---- with the story (D7) ----
    h.drop("kill.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>x</p>", status="canceled", version=2))
    check(until(lambda: h.get(bridge).status == 410), "the story is killed")
    gone = [h.get(bridge + "/comments"), h.get(bridge), send(h, bridge, **words)]
    check([g.status for g in gone] == [410, 410, 404] and not any("Perpetua" in g.text or "barge" in g.text for g in gone), "D7 its comments are gone with it", [g.status for g in gone])
    text = ed.get(f"/desk/story/{form[2]}").text
    check("2 comments. The story is not public" in text and "Perpetua" in text, "D7 the desk counts them", text[-3000:])
done()
