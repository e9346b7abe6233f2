#!/usr/bin/env python3
"""What readers do with comments that are there, without JavaScript: answers in threads, reports, changes and withdrawals by link; what moderators teach; and that a rebuild gives the same."""
import glob, html, json, urllib.parse
from _desk import *

CONFIG = """
site:
  name: Quillmere Post
  comments: open
comments:
  hide_reports: 2
feeds:
  wire:
    provider: Wire
    folder: @WIRE@
    comments: yes
sections:
  news:
    title: News
server:
  trusted_proxies: 127.0.0.1
desk:
  listen: 127.0.0.1:0
"""
networks = 0


def form(**fields): return urllib.parse.urlencode(fields)


def send(h, path, address=None, **fields):
    global networks
    networks += address is None
    head = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address or f"198.51.{networks // 250}.{networks % 250 + 1}"}
    return h.ask(path + "/comments", "POST", head, form(**fields))


def stamp_in(a): return (re.search(r'name="stamp" value="([^"]+)"', a.text) or [None, ""])[1]


def say_all(h, path, list):
    """Many at once: one wait for all of them."""
    stamps = [stamp_in(send(h, path, **f)) for f in list]
    time.sleep(2.1)
    return [send(h, path, **f, stamp=s) for f, s in zip(list, stamps)]


def say(h, path, name, text, parent=""): return say_all(h, path, [{"name": name, "text": text, "parent": parent}])[0]


def id_of(h, path, words):
    page = until(lambda: words in h.get(path).text and h.get(path).text)
    return re.findall(r'<li id="c-([0-9a-f]+)"', page[:page.find(words)])[-1]


def link_of(answer): return answer.headers["location"].split("#")[0]
def token_of(answer): return urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)["change"][0]


h = House(CONFIG, listen="127.0.0.1:0")
with h:
    h.drop("a.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns were lit.</p>"))
    h.drop("b.xml", newsml("tag:example.org,2026:2", "Ferry sails", "<p>Into the fog.</p>"))
    bridge, ferry = h.path_of("Harbour bridge opens"), h.path_of("Ferry sails")
    port = desk_port(h)
    account(h, "ed", "editor")
    ed = Desk(h, port)
    ed.sign_in("ed", PASSWORD)
    until(lambda: "Write a comment" in h.get(bridge).text)

    # ---- threads ----
    say(h, bridge, "Perpetua", "The first word.")
    first = id_of(h, bridge, "The first word.")
    page = h.get(bridge).text
    check(f'href="{bridge}/comments?to={first}#write"' in page and f'href="#c-{first}"' in page, "each comment has a link of its own, and one to answer it")
    reply_page = h.get(f"{bridge}/comments?to={first}")
    check(reply_page.status == 200 and "no-store" in reply_page.headers["cache-control"] and f'name="parent" value="{first}"' in reply_page.text and "in answer to" in reply_page.text, "the form for an answer is a page")
    check(h.get(f"{bridge}/comments?to={first}").body == h.get(f"{bridge}/comments?to={first}").body and "set-cookie" not in reply_page.headers, "the same for everybody")
    say(h, bridge, "Oswin", "An answer to it.", first)
    answer = id_of(h, bridge, "An answer to it.")
    say(h, bridge, "Ines", "An answer to the answer.", answer)
    deeper = id_of(h, bridge, "An answer to the answer.")
    page = h.get(bridge).text
    block = page[page.find(f'id="c-{first}"'):page.find("</ol>\n</li>")]
    check(block.count("<ol>") == 1 and all(f'id="c-{i}"' in block for i in (answer, deeper)), "two levels are shown: what answers an answer stands beside it", block[:2000])
    check(f'href="#c-{answer}">in answer to <span dir="auto">Oswin' in block and "3 comments" in page, "and says whom it answers", block[:2000])
    check('name="parent" value=""' in h.get(f"{bridge}/comments?to={'0' * 32}").text and h.get(f"{bridge}/comments?to=%3Cscript%3E").text.count("<script>") == 1, "what is not there is not answered")
    say(h, bridge, "Nobody", "An answer to nothing.", "f" * 32)
    check(f'<li id="c-{id_of(h, bridge, "An answer to nothing.")}">' in h.get(bridge).text and "is not shown" not in h.get(bridge).text, "an answer to what never was stands by itself")

    # ---- what is hidden leaves a place where it was answered ----
    story = re.search(r"-(\w{12})$", bridge)[1]
    check(h.run("desk", "hide", bridge, "--text", first, "--data", h.data).returncode == 0, "the first is hidden")
    page = until(lambda: "The first word." not in h.get(bridge).text and h.get(bridge).text)
    check("This comment is not shown." in page and "Perpetua" not in page and "An answer to it." in page and "3 comments" in page, "what it was is not told, its answers stand", page[-3000:])
    h.run("desk", "approve", bridge, "--text", first, "--data", h.data)
    until(lambda: "The first word." in h.get(bridge).text)

    # ---- reports ----
    report = h.get(f"{bridge}/comments?report={answer}")
    check(report.status == 200 and "An answer to it." in report.text and 'value="abuse"' in report.text and "The first word" not in report.text, "the form for a report names the one comment")
    check(send(h, bridge, report=answer).status == 422 and send(h, bridge, report=answer, why="because <b>").status == 422, "without a reason of ours it is none")
    check(h.ask(bridge + "/comments", "POST", {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}, form(report=answer, why="spam")).status == 403, "nor from elsewhere")
    for _ in range(3): a = send(h, bridge, "203.0.113.7", report=answer, why="abuse")
    check(a.status == 303 and a.headers["location"] == bridge + "#reported", "a report is thanked for")
    check(until(lambda: "reported 1 times" in ed.get("/desk/comments").text) and "abuse" in ed.get("/desk/comments").text and "An answer to it." in h.get(bridge).text, "one network counts once, and the desk sees it", ed.get("/desk/comments").text[:3000])
    check(send(h, bridge, "203.0.113.200", report=answer, why="spam").status == 303 and until(lambda: "An answer to it." not in h.get(bridge).text), "two networks hide it")
    check("An answer to the answer." in h.get(bridge).text, "its answers stand")
    waiting = ed.get("/desk/comments?q=waiting").text
    check("An answer to it." in waiting and "The first word." not in waiting and "reported 2 times" in waiting, "it waits for an editor")
    h.run("desk", "approve", bridge, "--text", answer, "--data", h.data)
    check(until(lambda: "An answer to it." in h.get(bridge).text) and "reported" not in ed.get("/desk/comments").text, "who lets it stand has seen the reports")
    check(send(h, bridge, "203.0.113.200", report=answer, why="other").status == 303 and "An answer to it." in h.get(bridge).text, "and those do not come again")
    many = [send(h, bridge, "192.0.2.1", report=deeper, why="spam").status for _ in range(12)]
    check(many == [303] * 10 + [429] * 2, "one network reports ten times in ten minutes", many)
    check(send(h, bridge, report="f" * 32, why="spam").status == 409, "what is not there is not reported")

    # ---- changes ----
    a = say(h, ferry, "Mara", "The ferry was late agian.")
    mine = id_of(h, ferry, "late agian")
    page = h.get(link_of(a))
    check(page.status == 200 and "no-store" in page.headers["cache-control"] and "late agian" in page.text and "noindex" in page.headers["x-robots-tag"], "the link opens the words for a change")
    token = token_of(a)
    check(token not in h.get(ferry).text and token not in h.log_text(), "it stands on no page and in no log")
    wrong = [token[:-1] + ("0" if token[-1] != "0" else "1"), "x", "--", token.replace(mine, first)] + [re.sub(r"-(\d+)-", lambda m: f"-{int(m[1]) + 60000}-", token)]
    check([h.get(f"{ferry}/comments?change={t}").status for t in wrong] == [403] * 5 and h.get(f"{bridge}/comments?change={token}").status == 403, "another, a longer one, or one for another story opens nothing")
    check(send(h, ferry, change=wrong[0], text="Mine now").status == 403, "and changes nothing")
    check(send(h, ferry, change=token, text=" ").status == 422, "a change has words")
    a = send(h, ferry, change=token, text="The ferry was late <i>again</i>.")
    check(a.status == 303 and a.headers["location"].endswith("#changed") and until(lambda: "late &lt;i&gt;again" in h.get(ferry).text) and "agian" not in h.get(ferry).text and "changed</span>" in h.get(ferry).text, "a change stands there, escaped, and is told")
    check("again&lt;/i&gt;" in h.get(f"{ferry}/comments?change={token}").text, "the link opens the new words")
    a = send(h, ferry, change=token, do="withdraw")
    check(a.status == 303 and until(lambda: "again&lt;" not in h.get(ferry).text) and "No comments yet" in h.get(ferry).text, "then it is withdrawn")
    check("withdrawn by its writer" in ed.get("/desk/comments").text, "which the desk is told")
    h.run("desk", "approve", ferry, "--text", mine, "--data", h.data)
    check(not until(lambda: "again&lt;" in h.get(ferry).text, within_s=1), "an editor does not bring it back")

    # ---- an editor reads first: what he let stand is not what was put in its place ----
    h.write_config(CONFIG.replace("comments: open", "comments: approve"))
    h.verb("reload")
    until(lambda: "An editor reads" in h.get(ferry).text)
    a = say(h, ferry, "Tobit", "Innocent words.")
    until(lambda: "Innocent words." in ed.get("/desk/comments?q=waiting").text)
    check("Innocent words." not in h.get(ferry).text and "Innocent words." in h.get(link_of(a)).text, "its writer sees the words that wait, others do not")
    tobit = re.search(r'name="text" value="(\w+)"', ed.get("/desk/comments?q=waiting").text)[1]
    h.run("desk", "approve", ferry, "--text", tobit, "--data", h.data)
    until(lambda: "Innocent words." in h.get(ferry).text)
    send(h, ferry, change=token_of(a), text="Buy my oil.")
    check(until(lambda: "Innocent words." not in h.get(ferry).text) and "Buy my oil." not in h.get(ferry).text and "Buy my oil." in ed.get("/desk/comments?q=waiting").text, "changed behind the editor's back it waits again")

    # ---- what moderators teach ----
    good = ["The bridge was lit by lanterns last night", "My children loved the boats in the harbour", "The council promised a ramp for wheelchairs", "Who pays for the lanterns", "Fog at six and the ferry still sailed", "A fine piece about the old quay", "The tram stop is too far from the quay", "Thank you for naming the engineer", "The toll was dropped two years ago", "I walked over it with my mother"]
    bad = [f"Cheap watches and pills at http://shop{i}.example/best CASINO BONUS NOW !!!!!!" for i in range(10)]
    h.write_config(CONFIG.replace("comments: open", "comments: approve").replace("hide_reports", "hold_score: 80\n  hide_reports"))
    h.verb("reload")
    say_all(h, bridge, [{"name": f"R{i}", "text": t} for i, t in enumerate(good + bad)])
    until(lambda: all(t[:30] in ed.get("/desk/comments").text for t in good + bad))
    rows = {html.unescape(m[1]): m[2] for m in re.finditer(r'<p class="said" dir="auto">(.*?)</p>.*?name="text" value="(\w+)"', ed.get("/desk/comments").text, re.S)}
    for t in good: h.run("desk", "approve", bridge, "--text", rows[t], "--data", h.data)
    for t in bad: h.run("desk", "hide", bridge, "--text", rows[t], "--data", h.data)
    say_all(h, ferry, [{"name": "S", "text": "CASINO BONUS at http://shop99.example/best pills !!!!!!"}, {"name": "T", "text": "The lanterns on the quay were lit"}])
    until(lambda: "shop99" in ed.get("/desk/comments?q=waiting").text and "on the quay were lit" in ed.get("/desk/comments?q=waiting").text)
    waiting = ed.get("/desk/comments?q=waiting").text
    score = {w: int(re.search(r"spam (\d+) of 100", waiting[waiting.find(w) - 600:waiting.find(w)])[1]) for w in ("shop99", "on the quay were lit")}
    check(score["shop99"] >= 90 and score["on the quay were lit"] <= 30, "the score has been learnt from what editors did", score)
    check(waiting.find("on the quay were lit") < waiting.find("shop99"), "the least likely spam stands first")
    listed = json.loads(h.run("desk", "waiting", "--json", "--data", h.data).stdout)["waiting"]
    check(any(c.get("score") == score["shop99"] for c in listed) and all(c["state"] == "waits" for c in listed), "the terminal lists them too", listed)
    h.write_config(CONFIG.replace("hide_reports", "hold_score: 80\n  hide_reports"))
    h.verb("reload")
    check(until(lambda: "on the quay were lit" in h.get(ferry).text) and "shop99" not in h.get(ferry).text, "open: what is likely spam waits all the same")

    # ---- a rebuild gives the same ----
    before = [h.get(bridge).body, h.get(ferry).body, h.run("desk", "comments", "--json", "--data", h.data).stdout]
    check(h.verb("rebuild").returncode == 0, "rebuild")
    after = until(lambda: [h.get(bridge).body, h.get(ferry).body, h.run("desk", "comments", "--json", "--data", h.data).stdout] == before)
    check(after, "a rebuild gives the same pages, states and scores", [a == b for a, b in zip(before, [h.get(bridge).body, h.get(ferry).body, h.run("desk", "comments", "--json", "--data", h.data).stdout])])
    kept = b"".join(open(f, "rb").read() for f in glob.glob(h.data + "/ledger*") + glob.glob(h.data + "/store*/**/*.db*", recursive=True))
    check(not any(a in kept for a in (b"203.0.113", b"198.51.", b"192.0.2.1")) and b"lanterns last night" in kept, "no address is in ledger or store")

    # ---- one person's data ----
    told = json.loads(h.run("reader", "export", "Tobit", "--data", h.data).stdout)["comments"]
    check(len(told) == 1 and [x["what"] for x in told[0]["said"]] == ["write", "change"] and told[0]["said"][1]["text"] == "Buy my oil.", "one person's comments are exported, as written and as changed", told)
    r = h.run("reader", "erase", "Tobit", first, "--data", h.data)
    check(r.returncode == 1 and "2 comments and 0 complaints would be erased" in r.stdout and "The first word." in h.get(bridge).text, "an erasure is asked for twice", r.stdout + r.stderr)
    r = h.run("reader", "erase", "--yes", "Tobit", first, "--data", h.data)
    check(r.returncode == 0 and "2 comments erased" in r.stdout and until(lambda: "The first word." not in h.get(bridge).text) and "An answer to it." in h.get(bridge).text and "This comment is not shown." in h.get(bridge).text, "they are gone, and their answers stand", r.stdout + r.stderr)
    kept = lambda: b"".join(open(f, "rb").read() for f in glob.glob(h.data + "/ledger*") + glob.glob(h.data + "/store*/**/*.db*", recursive=True))
    check(until(lambda: not any(w in kept() for w in (b"The first word.", b"Innocent words.", b"Buy my oil.", b"Tobit", b"Perpetua")), within_s=30), "no word of theirs is in ledger or store", [w for w in (b"The first word.", b"Innocent words.", b"Buy my oil.", b"Tobit", b"Perpetua") if w in kept()])
    check(h.run("check", "--audit", "--data", h.data).returncode == 0, "every chain holds")
    shown = h.get(bridge).body
    check(h.verb("rebuild").returncode == 0 and h.get(bridge).body == shown and json.loads(h.run("reader", "export", "Tobit", "--data", h.data).stdout)["comments"] == [], "a rebuild brings nothing back")

    # ---- with the story (D7) ----
    h.drop("kill.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>x</p>", status="canceled", version=2))
    until(lambda: h.get(bridge).status == 410)
    gone = [h.get(f"{bridge}/comments?to={first}").status, h.get(f"{bridge}/comments?report={first}").status, send(h, bridge, report=first, why="spam").status, h.get(f"{bridge}/comments?change={token}").status]
    check(gone == [410, 410, 404, 410], "D7 no form of it is there any more", gone)
done()
