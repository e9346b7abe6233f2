#!/usr/bin/env python3
"""Readers as an audience in the whole house: what is counted and what is not, that nothing of a reader is kept, that reloads move no story, exports, and the same after a rebuild.
The house's clock is driven, as rehearsals drive it: sums enter the ledger every five minutes."""
import csv, io, json, struct
from _desk import *

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NOON = 1769149800000  # 2026-01-23T06:30:00Z
CONFIG = """
site:
  name: Quillmere Post
  url: https://courier.org
  timezone: UTC
feeds:
  wire:
    provider: Wire
    folder: @WIRE@
audience:
  keep_days: 3
  bots: [Housewatch]
server:
  trusted_proxies: 127.0.0.1
desk:
  listen: 127.0.0.1:0
"""


class Clock:
    """The page of the house's clock: its driven hour lies at byte 96."""
    def __init__(self, h): self.path, self.ms = os.path.join(h.data, "run", "clock"), NOON
    def on(self, minutes):
        self.ms += int(minutes * 60000)
        with open(self.path, "r+b") as f:
            f.seek(96)
            f.write(struct.pack("<q", self.ms))


def read(h, path, n=1, times=1, **more):
    """A reader from network n."""
    head = {"User-Agent": AGENT, "X-Forwarded-For": f"198.18.{n >> 8}.{n & 255}"} | {k.replace("_", "-"): v for k, v in more.items()}
    c = h.connection()
    for _ in range(times): a = h.ask(path, headers={k: v for k, v in head.items() if v is not None}, on=c)
    c.close()
    return a


def beacon(h, story, n=1, seconds=40, origin="search.example", **more):
    head = {"User-Agent": AGENT, "X-Forwarded-For": f"198.18.{n >> 8}.{n & 255}", "Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain;charset=UTF-8"} | {k.replace("_", "-"): v for k, v in more.items()}
    return h.ask("/beacon", "POST", head, f"story={story[-12:]}&seconds={seconds}&from={origin}")


def exported(h, *words):
    r = h.verb("audience", "--format", "json", *words)
    return json.loads(r.stdout) if r.returncode == 0 else {"stories": [], "referrers": [], "error": r.stderr}


def of(h, path, *words): return next((s for s in exported(h, *words)["stories"] if s["id"] == path[-12:]), {})


def ranked(h): return re.findall(r'<h2[^>]*><a href="([^"]+)"', h.get("/popular").text)


h = House(CONFIG, args=["--virtual-clock", str(NOON)])
with h:
    clock = Clock(h)
    for i, (name, head) in enumerate([("a", "Harbour bridge opens"), ("b", "Ferry sails"), ("c", "Lighthouse is lit")]):
        h.drop(f"{name}.xml", newsml(f"tag:example.org,2026:{i}", head, "<p>The lanterns were lit.</p>", created="2026-01-23T06:00:00Z"))
    bridge, ferry, light = (h.path_of(t) for t in ("Harbour bridge opens", "Ferry sails", "Lighthouse is lit"))
    page = h.get(bridge)
    check(f'data-beacon="/beacon" data-story="{bridge[-12:]}"' in page.text and "set-cookie" not in page.headers, "the page says where its script tells how long it was seen, and sets no cookie")

    # ---- who is counted ----
    read(h, bridge, 1, Referer="https://www.search.example/find?q=my+secret+words")
    read(h, bridge, 2, Referer="https://courier.org/")
    read(h, bridge, 3)
    for head in ({"DNT": "1"}, {"Sec_GPC": "1"}, {"User_Agent": "Googlebot/2.1"}, {"User_Agent": None}, {"User_Agent": "Mozilla/5.0 Housewatch"}, {"Sec_Purpose": "prefetch"}): read(h, bridge, 4, **head)
    h.ask(bridge, "HEAD", {"User-Agent": AGENT})
    answers = [beacon(h, bridge, 1), beacon(h, bridge, 2, seconds=700), beacon(h, bridge, 5, DNT="1"), beacon(h, bridge, 6, Sec_GPC="1"), beacon(h, bridge, 7, Sec_Fetch_Site="cross-site"),
               beacon(h, "x" * 12, 8), beacon(h, "abcdefghjkmn", 8), beacon(h, bridge, 9, User_Agent="HeadlessChrome")]
    same = {(a.status, a.body, tuple(sorted((k, v) for k, v in a.headers.items() if k != "date"))) for a in answers}
    check(len(same) == 1 and answers[0].status == 204 and answers[0].headers["cache-control"] == "no-store" and "set-cookie" not in answers[0].headers, "whatever is sent, the answer is the same: 204, nothing kept in the browser", same)
    clock.on(6)
    check(until(lambda: of(h, bridge)), "after five minutes the sums are in the ledger", h.verb("audience").stderr)
    row = of(h, bridge)
    check(row.get("pages") == 3, "three pages were read: not by bots, not ahead, not of those who do not want it", row)
    check(row.get("seen") == 2 and row.get("seconds") == {"under_10": 0, "under_30": 0, "under_60": 1, "under_180": 0, "under_600": 0, "longer": 1}, "two were seen, and for how long; what cannot run scripts is apart", row)
    check(row.get("day") == "2026-01-23" and row.get("url", "").endswith(bridge), "of which day and story")
    hosts = {r["host"]: (r["pages"], r["seen"]) for r in exported(h)["referrers"]}
    check(hosts == {"search.example": (1, 2), "(own)": (1, 0), "(unknown)": (1, 0)}, "where from: hosts, our own and the unknown apart", hosts)

    # ---- attacks: one reader is one, however loud ----
    for n in range(20, 23): read(h, ferry, n)
    read(h, light, 30, times=10000)
    for _ in range(50): beacon(h, light, 30)
    clock.on(6)
    check(until(lambda: of(h, light).get("pages") == 10000, within_s=60), "10,000 reloads are counted as pages", of(h, light))
    check(ranked(h) == [ferry, bridge, light] or ranked(h) == [bridge, ferry, light], "and move the story like one reader", ranked(h))
    with contextlib.closing(__import__("sqlite3").connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)) as db:
        metas = [json.loads(bytes(m) if not isinstance(m, str) else m) for (m,) in db.execute("SELECT meta FROM event WHERE kind=7")]
    views = {}
    for m in metas:
        for k, v in m.get("views", {}).items(): views[k] = views.get(k, 0) + v
    check(views == {bridge[-12:]: 3, ferry[-12:]: 3, light[-12:]: 1}, "in the ledger it has one reader", views)
    kept = ledger_bytes(h)
    check(not any(w in kept for w in (b"198.18", b"Firefox", b"secret", b"X11")), "no address, no browser, no query of a reader is in the ledger")
    files = [os.path.join(d, f) for d, _, fs in os.walk(h.data) for f in fs]
    check(not any(w in open(f, "rb").read() for f in files if os.path.isfile(f) for w in (b"198.18.", b"my+secret")), "nor in any other file")

    # ---- a killed story is in no list, and its sums tell no word ----
    h.drop("k.xml", newsml("tag:example.org,2026:1", "Ferry sails", "<p>x</p>", version=2, status="canceled", created="2026-01-23T06:40:00Z"))
    until(lambda: h.get(ferry).status == 410)
    check(ferry not in ranked(h), "what was killed is not most read")
    row = of(h, ferry)
    check(row.get("pages") == 3 and not row.get("url") and not row.get("headline"), "its sums stay, without a word of it", row)

    # ---- the desk ----
    account(h, "ruth", "editor")
    desk = Desk(h, desk_port(h))
    check(desk.get("/desk/audience").status == 303, "nobody sees sums without a session")
    desk.sign_in("ruth", PASSWORD)
    page = desk.get("/desk/audience")
    order = [re.search(rf'/desk/story/{p[-12:]}"[^>]*>([^<]*)</a></th><td>(\d+)</td><td>(\d+)</td>', page.text) for p in (light, bridge, ferry)]
    check(all(order) and [m[2] for m in order] == ["10000", "3", "3"] and order[0].start() < order[1].start(), "the desk sees what was read, most first", page.text[-3000:])
    check("search.example" in page.text and "from this site" in page.text and "not said" in page.text, "from where")
    check('<progress max="52" value="51" aria-label="30 to 60 seconds">' in page.text and "98%" in page.text, "and for how long", page.text[-1500:])
    check("<b>10006</b>" in desk.get("/desk/audience?days=1").text and 'days=30" aria-current' in desk.get("/desk/audience?days=30").text and desk.get("/desk/audience?days=x").status == 200, "of today, of a month")

    # ---- exports ----
    rows = list(csv.DictReader(io.StringIO(h.verb("audience", "--format", "csv").stdout)))
    check(len(rows) == 3 and rows[0]["day"] == "2026-01-23" and sum(int(r["pages"]) for r in rows) == 10006, "as CSV", rows)
    rows = list(csv.DictReader(io.StringIO(h.verb("audience", "--format", "csv", "--referrers").stdout)))
    check({r["host"] for r in rows} == {"search.example", "(own)", "(unknown)"}, "and where from", rows)
    check(exported(h, "--from", "2026-01-24")["stories"] == [] and len(exported(h, "--from", "2026-01-23", "--to", "2026-01-23")["stories"]) == 3, "of some days")
    check(h.verb("audience", "--from", "yesterday").returncode == 64, "a day is YYYY-MM-DD")
    check("10006" in h.verb("audience").stdout.replace(",", ""), "and for people", h.verb("audience").stdout)

    # ---- pure function ----
    before = exported(h)
    r = h.verb("rebuild")
    check(until(lambda: exported(h) == before), "a rebuild comes to the same", r.stderr)

    # ---- retention ----
    clock.on(4 * 24 * 60)
    read(h, bridge, 40)
    clock.on(6)
    check(until(lambda: [s["day"] for s in exported(h)["stories"]] == ["2026-01-27"]), "after its days a sum goes", exported(h))

    # ---- off ----
    h.write_config(CONFIG.replace("keep_days: 3", "measure: no"))
    r = h.verb("reload")
    check(until(lambda: "data-beacon" not in h.get(bridge).text), "switched off no page measures", r.stderr)
    for n in range(50, 55): read(h, bridge, n), beacon(h, bridge, n)
    clock.on(6)
    time.sleep(2.5) # the role looks each second
    check(of(h, bridge).get("pages") == 1, "and nothing is counted", exported(h))
done()
