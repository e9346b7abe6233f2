"""E1: when a story that was embargoed is seen, against the instant that its embargo names, on the house's own clock. Who asks is a stranger who knows the address beforehand: every answer that he has before
the instant and that tells of the story is a leak."""
import hashlib, json, os, random, re, sqlite3, time
from _bench import *
from pressure import CONFIG, Wire, with_house

ONES = 60         # one a second
SAMPLE = 64       # pages that are asked for all the time when many come at once
LOOK_BEFORE = 0.1 # seconds
LEAD_S = 5        # all must be applied so long before
LISTS = ("/", "/section/{section}", "/rss.xml", "/atom.xml", "/feed.json", "/api/v1/stories", "/news-sitemap.xml", "/archive/{day}")
SECTIONS = ("sport", "business", "politics", "science")


def key_of(house):
    db = sqlite3.connect(f"file:{house.data}/ledger.db?mode=ro", uri=True)
    try: return db.execute("SELECT bytes FROM blob JOIN event ON event.blob = blob.hash WHERE pos = 1").fetchone()[0]
    finally: db.close()


def id_of(key, provider, guid):
    """As src/story/id.c makes it."""
    framed = b"".join(len(x).to_bytes(4, "little") + x for x in (provider.encode(), guid.encode()))
    number = int.from_bytes(hashlib.blake2b(framed, key=key, digest_size=32).digest()[:8], "big") >> 4
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[number >> 5 * k & 31] for k in reversed(range(12)))


def stamp(s): return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(s))


def sealed(guid, n, at):
    words = " ".join(f"s{(n * 37 + k * 19) % 9973}" for k in range(120))
    return newsml(guid, f"Sealed {n} opens", f"<p>Quillseal {words}</p>", embargoed=stamp(at), created=stamp(time.time()), subject="medtop:15000000")


def tells(line, place, mark):
    """Is it told of? And when the answer was there."""
    head, body = line.get(place)
    status = head[9:12]
    return (status in (b"200", b"301") if mark is None else mark in body), time.time()


class Looks:
    def __init__(self): self.leaks, self.late, self.asked = [], {}, 0

    def look(self, line, place, mark, at):
        """Asks until it is seen; notes what came too early."""
        shown, now = tells(line, place, mark)
        self.asked += 1
        if shown and now < at: self.leaks.append((place, round((at - now) * 1000, 2)))
        if shown and now >= at: self.late[place] = (now - at) * 1000
        return shown and now >= at


def ones(w):
    """One a second: its page and every list, until all have it."""
    key, first, pages, lists = key_of(w.h), int(time.time()) + 8 + ONES // 20, [], []
    for n in range(ONES): w.push(sealed(f"tag:bench.example,2026:one-{n}", n, first + n).encode())
    leaks = asked = 0
    if time.time() > first - 1: raise SystemExit("the stories were not taken in time")
    for n in range(ONES):
        at, place = first + n, f"/2026/01/01/x-{id_of(key, 'Urgent', f'tag:bench.example,2026:one-{n}')}"
        looks, open_ = Looks(), {place: None}
        for p in ("/", "/rss.xml", "/api/v1/stories", "/section/sport"): open_[p] = f"Sealed {n} opens".encode()
        time.sleep(max(0, at - LOOK_BEFORE - time.time()))
        while open_ and time.time() < at + 5:
            for p in list(open_):
                if looks.look(w.line, p, open_[p], at): del open_[p]
        if open_: raise SystemExit(f"story {n} is not seen 5 s after its instant: {list(open_)}\n" + w.h.log_text()[-2000:])
        leaks, asked = leaks + len(looks.leaks), asked + looks.asked
        pages.append(looks.late.pop(place))
        lists += looks.late.values()
    print(f"embargo, one story at an instant: {leaks} early of {asked} answers")
    say("  late, its page", pages, 100)
    say("  late, front, feed, API, section", lists, 100)


def load_sealed(w, count, at):
    aside = os.path.join(w.h.folder, "aside")
    os.makedirs(aside, exist_ok=True)
    for n in range(count):
        with open(os.path.join(aside, f"{n:06d}.xml"), "w") as f: f.write(sealed(f"tag:bench.example,2026:many-{n}", n, at))
    for n in range(count): os.rename(os.path.join(aside, f"{n:06d}.xml"), os.path.join(w.h.wire, f"{n:06d}.xml"))


def at_one_instant(w, count):
    key, start, room = key_of(w.h), time.time(), max(60, count // 60)
    before = int(re.search(r"^broadsheet_deliveries_total (\d+)", w.h.get("/metrics").text, re.M)[1])
    (victim, path), = w.publish(1)
    at = int(time.time()) + room
    load_sealed(w, count, at)
    done = lambda: int(re.search(r"^broadsheet_deliveries_total (\d+)", w.h.get("/metrics").text, re.M)[1]) >= before + count + 1
    while not done():
        if time.time() > at - LEAD_S: raise SystemExit(f"{count} stories were not applied within {room} s: give them more time")
        time.sleep(0.2)
    print(f"  {count} embargoed stories came in {time.time() - start:.0f} s", flush=True)
    ids = [id_of(key, "Wire", f"tag:bench.example,2026:many-{n}") for n in range(count)]
    looks, day = Looks(), time.strftime("%Y/%m/%d", time.gmtime(at))
    open_ = {f"/2026/01/01/x-{i}": None for i in random.Random(1).sample(ids, SAMPLE)}
    for p in LISTS: open_[p.format(section="sport", day=day)] = b"Sealed "
    newsroom = w.h.roles()["newsroom"]
    time.sleep(max(0, at - 0.5 - time.time()))
    cpu = cpu_s(newsroom)
    while open_ and time.time() < at + 30:
        for p in list(open_):
            if looks.look(w.line, p, open_[p], at): del open_[p]
    if open_: raise SystemExit(f"not seen 30 s after the instant: {list(open_)[:5]}\n" + w.h.log_text()[-2000:])
    pages = [v for p, v in looks.late.items() if "/x-" in p]
    lists = {p: v for p, v in looks.late.items() if "/x-" not in p}
    print(f"embargo, {count} stories of one instant: {len(looks.leaks)} early of {looks.asked} answers {looks.leaks[:3] or ''}")
    say(f"  late, {SAMPLE} pages asked for all the time", pages, 100)
    say("  late, lists", list(lists.values()), 100)
    print("    " + "  ".join(f"{p} {v:.0f} ms" for p, v in sorted(lists.items(), key=lambda x: x[1])))
    print(f"  a kill while they are told of, from its 202: {w.kill(victim, path)[1]:.1f} ms")
    shut = [i for i in ids if not tells(w.line, f"/2026/01/01/x-{i}", None)[0]]
    print(f"  then each of the {count} asked for once: {len(shut)} still shut; {time.time() - at:.1f} s after the instant")
    until(lambda: cpu_s(newsroom) == (time.sleep(0.5), cpu_s(newsroom))[1], within_s=60)
    found = until(lambda: tells(w.line, f"/search?q=%22sealed+{count // 2}+opens%22", ids[count // 2].encode())[0], within_s=600)
    print(f"  found by search, which runs behind publication: {time.time() - at:.1f} s after the instant" if found else "  NOT found by search within 600 s")
    print(f"  the newsroom worked {cpu_s(newsroom) - cpu:.2f} s of a processor on the release   ({load()})", flush=True)


def embargo(released):
    with_house(ones)
    with_house(lambda w: at_one_instant(w, released))
