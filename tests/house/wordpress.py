#!/usr/bin/env python3
"""The move from a real WordPress: Debian's, filled by its own functions with a thousand posts, exported by itself. What was public there is here with address, author, terms, comments, pictures;
nothing else is, anywhere; and what the running site answers to its readers is answered here, whatever its permalinks look like."""
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from _wordpress import *

COUNT = int(os.environ.get("WORDPRESS_POSTS", "1000"))
OLD = "https://old.example.org"
PATTERNS = {"/%year%/%monthnum%/%day%/%postname%/": [], "/archives/%post_id%": [], "/%category%/%postname%/": [], "/%author%/%year%/%postname%.html": ["topics", "label"], "": []}  # with the bases of categories and tags
CONFIG = """
site:
  name: Quillmere Post
  timezone: Europe/Berlin
  comments: open
feeds:
  house:
    provider: Quillmere Post
    folder: @FOLDER@/house
    comments: yes
    pictures: yes
  city:
    provider: City Agency
    folder: @WIRE@
    timezone: UTC
    comments: yes
    pictures: yes
sections:
  sport:
    title: Sport
    subjects: ["category:sport"]
  culture:
    title: Culture
    subjects: ["category:culture"]
  news:
    title: News
"""
NEVER = ("secretmark", "Secrettitle", "hiddencomment", "secretmeta", "@mail.example", "203.0.113.", "hidden-desk", "hidden tag", "Hidden desk", "of-a-draft")
# What a reader's way never leads to: doors of editors and machines, and files of the program itself.
MACHINERY = ("/wp-json", "/xmlrpc.php", "/wp-includes/", "/wp-login.php", "/wp-admin", "/index.php?rest_route=")


def path_of(url):
    u = urlsplit(url.replace("&amp;", "&").replace("&#038;", "&"))
    return u.path + ("?" + u.query if u.query else "")


class Links(HTMLParser):
    def __init__(self, base, text):
        super().__init__()
        self.base, self.found = base, set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for k, v in attrs:
            if k in ("href", "src") and v: self.found.add(urljoin(self.base, v).partition("#")[0])


class Visitor:
    """A reader of the new site who follows redirects, over one connection."""
    def __init__(self, h): self.h, self.on, self.pages = h, h.connection(), {}

    def ask(self, path):
        for _ in range(2):
            try: return self.h.ask(path, on=self.on)
            except (http.client.HTTPException, OSError):  # it had been used enough
                self.on.close()
                self.on = self.h.connection()
        return self.h.ask(path)

    def follow(self, path):
        """Status, where it ended, its text."""
        for _ in range(4):
            if path in self.pages: return self.pages[path]
            a = self.ask(path)
            if a.status != 301:
                if a.status == 200: self.pages[path] = (200, path, a.text)
                return a.status, path, a.text
            path = path_of(a.headers["location"])
        return 310, path, ""


def each(what, rows, fault):
    """One check of many rows; fault(row): what is wrong with it, or nothing."""
    bad = [(r, f) for r in rows for f in [fault(r)] if f]
    check(rows and not bad, f"{what}: {len(rows)}", f"{len(bad)} of {len(rows)}: " + "\n".join(map(str, bad[:12])) if rows else "none at all")


def plain(text):
    import html
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def forms(link):
    """Under which a page is read as well."""
    if "?" in link: return [link]
    bare = link.rstrip("/")
    return [link, bare, bare + "/feed/", bare + "/embed/", bare + "/amp/", bare + "/2/", bare + "/comment-page-1/"]


def main():
    why = wordpress_needs()
    if why: return skip("the move from a real WordPress", why)
    with WordPress() as wp, House(CONFIG) as h: moves(wp, h)


def export(wp, h, pattern):
    for _ in range(2): wp.tell("permalinks", pattern, *PATTERNS[pattern])
    path = os.path.join(h.folder, "export.xml")
    with open(path, "wb") as f: f.write(wp.tell("export"))
    return path, wp.links()


def moves(wp, h):
    os.makedirs(os.path.join(h.folder, "house"), exist_ok=True)
    wp.tell("install")
    wp.tell("permalinks", next(iter(PATTERNS)))
    told = {p["id"]: p for p in json.loads(wp.tell("fill", COUNT))}
    public, secret = [p for p in told.values() if not p["secret"]], [p for p in told.values() if p["secret"]]
    wxr, links = export(wp, h, next(iter(PATTERNS)))
    check(len(told) == COUNT and len(links["posts"]) == len(public) + 2, f"WordPress has {len(public)} posts that are public, {len(secret)} that are not", len(links["posts"]))

    # ---- the import ----
    began = time.monotonic()
    words = ["import", "wxr", wxr, "--feed", "house", "--wire", "city", "--types", "post,page,article", "--uploads", wp.uploads]
    r = h.verb(*words)
    named = sum(bool(p["guid"]) for p in public)
    shown = sum(len(p["shown"]) for p in public)
    check(r.returncode == 0 and f"{len(public) + 2} posts: {len(public) + 2 - named} of the house, {named} under their agency's guid, 0 here already" in r.stdout, "its export is imported", r.stdout + r.stderr)
    check(f"{shown + 1} comments; " in r.stdout and ", 0 not found there" in r.stdout, "with its readers' comments and its pictures", r.stdout)
    v = Visitor(h)
    last = path_of(links["posts"][str(public[-1]["id"])]["link"])
    check(until(lambda: v.ask(last).status == 301, within_s=240), f"all of it is published, {time.monotonic() - began:.1f} s after the start")
    check(until(lambda: not v.pages and v.follow(path_of(links["posts"][str(public[0]["id"])]["link"]))[0] == 200, within_s=60), "the first and the last")
    shown_files = [path_of(u) for p in links["pictures"][1:] for u in p["files"][:1]]
    check(until(lambda: all(v.ask(u).status == 301 for u in shown_files), within_s=120), "its pictures are ready", [(u, v.ask(u).status) for u in shown_files])
    v.pages.clear()

    # ---- what was public ----
    def page(p): return v.follow(path_of(links["posts"][str(p["id"])]["link"]))
    def fault(p):
        status, _, text = page(p)
        if status != 200: return status
        title, seen = re.sub(r"[\u2018\u2019\u201c\u201d'\"]|\s+", "", links["posts"][str(p["id"])]["title"]), re.sub(r"[\u2018\u2019\u201c\u201d'\"]|\s+", "", plain(text))
        missing = [w for w in p["words"] + p["shown"] if w not in text]
        return (missing and f"missing {missing}" or title not in seen and f"no title {title}" or re.sub(r"\s+", "", plain(p["author"])) not in seen and f"no author {p['author']}"
                or [w for w in p["hidden"] + ["[caption", "[gallery", "[contact-form", "[embed", "<!--", "alert(", "<iframe", "latest-posts"] if w in text])
    each("each post that was public is here with title, text, author and comments", public, fault)
    each("with its pictures, and the words under them", [p for p in public if p["n"] % 9 in (0, 2) or p["n"] % 11 == 0], lambda p: pictures_wrong(p, page(p)[2]))

    # ---- what was not ----
    everywhere = "".join(t for _, _, t in v.pages.values())
    surfaces = ["/", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/sitemap-1.xml", "/archive", "/section/sport", "/section/culture", "/section/news"] + [f"/api/v1/stories?page={n}" for n in range(1, COUNT // 20 + 3)]
    everywhere += "".join(v.ask(s).text for s in surfaces)
    each("of what was not public nothing is on any page, feed or list", NEVER, lambda w: w in everywhere and everywhere[max(everywhere.find(w) - 200, 0):][:400])
    kept = ledger_bytes(h)
    check(b"bodymark1x" in kept, "what was public is in the ledger")
    each("and of the rest not a byte", NEVER, lambda w: w.encode() in kept and kept[max(kept.find(w.encode()) - 100, 0):][:300])
    each("the search knows none of them", secret, lambda p: f"secretmark{p['n']}x" in re.sub(r'value="[^"]*"|<title>.*?</title>|title="Search: [^"]*"|q=\w+', "", v.ask(f"/search?q=secretmark{p['n']}x").text) and "found")
    each("its addresses are answered as what never was", secret, lambda p: v.ask(f"/?p={p['id']}").plain != v.ask("/?p=98765432").plain and "?p= is another answer")

    # ---- the agency's word ----
    p = next(p for p in reversed(public) if p["guid"])
    address = path_of(links["posts"][str(p["id"])]["link"])
    h.drop("kill.xml", newsml(p["guid"], "Any", "<p>x</p>", status="canceled", version=2))
    check(until(lambda: v.ask(address).status == 410 and v.ask(f"/?p={p['id']}").status == 410), "an agency's kill finds the page that was imported, by its guid", v.ask(address).status)
    public.remove(p)
    old = [p for p in public if p["n"] % 60 == 3]
    def before(p):
        now = links["posts"][str(p["id"])]
        return f"{os.path.dirname(path_of(now['link']).rstrip('/'))}/{now['before']}/"
    each("a post that was renamed has its old name too", old, lambda p: v.follow(before(p))[1] != page(p)[1] and (before(p), v.follow(before(p))[:2]))

    # ---- old addresses, under each pattern ----
    wp.serve()
    for k, pattern in enumerate(PATTERNS):
        if k:
            wxr, links = export(wp, h, pattern)
            bases = [w for pair in zip(("--category-base", "--tag-base"), PATTERNS[pattern]) for w in pair]
            r = h.verb("import", "wxr", wxr, *words[3:], *bases)
            check(r.returncode == 0 and f"\n{shown + 1} comments" in r.stdout, f"“{pattern}”: exported again", r.stdout + r.stderr)
            some = path_of(links["posts"][str(public[-1]["id"])]["link"])
            check(until(lambda: v.ask(some).status == 301, within_s=120), "its addresses have come", some)
        addresses(wp, v, links, public, pattern)


def pictures_wrong(p, text):
    """Of the picture that leads it (every eleventh) and of those in the text: shown whole, with their words."""
    shown = len(set(re.findall(r"/pictures/([0-9a-f]{64})-", text.split("<aside", 1)[0])))
    want = {p["n"] % 4} | ({0} if p["n"] % 9 == 2 else set()) if p["n"] % 9 in (0, 2) else {p["n"] % 4}
    words = ["Under it"] if p["n"] % 9 == 0 and p["n"] % 11 else ["Words under it"] if p["n"] % 9 == 2 and p["n"] % 11 else [f"Caption of picture {p['n'] % 4}"]
    return shown < len(want) and f"{shown} of {len(want)} pictures" or [w for w in words if w not in text and plain(w) not in plain(text)]


def addresses(wp, v, links, public, pattern):
    posts, hidden = links["posts"], ("Hidden desk",)
    where = {p["id"]: v.follow(f"/?p={p['id']}")[1] for p in public}
    rows = [(p["id"], f) for p in public for link in [path_of(posts[str(p["id"])]["link"])] for f in forms(link) + [f"/?p={p['id']}", f"/?page_id={p['id']}"] + ([link.upper()] if "?" not in link else [])]
    each(f"“{pattern}”: each post's address in all its forms leads to its page", rows, lambda r: v.follow(r[1])[1] != where[r[0]] and (r, v.follow(r[1])[:2]))
    terms = [t for t in links["terms"] if t["name"] not in hidden] + links["authors"]
    lists = [t[k] for t in terms for k in ("link", "feed")] + [f"/?cat={t['id']}" for t in terms if t.get("what") == "category"] + [f"/?author={t['id']}" for t in links["authors"]]
    if pattern: lists += [t["link"].rstrip("/") + "/page/2/" for t in terms if t.get("count", 99) > 30]
    each(f"“{pattern}”: categories, tags, authors, their feeds and later pages", [path_of(u) for u in lists], lambda u: (v.follow(u)[0] != 200 or "?" in u and v.follow(u)[1] == u) and (u, v.follow(u)[:2]))
    pictures = [p for p in links["pictures"] if "of-a-draft" not in p["files"][0]]
    each(f"“{pattern}”: pictures in every size, and their own pages", [path_of(u) for p in pictures for u in p["files"] + [p["page"], f"{OLD}/?attachment_id={p['id']}"]],
         lambda u: until(lambda: v.follow(u)[0] == 200 and v.follow(u)[1] != u, within_s=30 if "uploads" in u else 0) is False and v.follow(u)[:2])
    secret = [path_of(u) for p in links["pictures"] if "of-a-draft" in p["files"][0] for u in p["files"] + [p["page"]] if "?" not in u]
    each(f"“{pattern}”: none of a picture that nothing public shows", secret, lambda u: v.follow(u)[0] != 404 and v.follow(u)[:2]) if secret else None
    shut = {path_of(t["link"]) for t in links["terms"] if t["name"] in hidden} | {path_of(p["link"]) for p in links["shut"]}
    for m in re.findall(r"<loc>([^<]*)</loc>", wp.get("/wp-sitemap.xml" if pattern else "/?sitemap=index").text):
        old = path_of(m)
        text, file = wp.get(old).text, os.path.join(v.h.folder, "old-sitemap.xml")
        with open(file, "w") as f: f.write(text)
        r = v.h.run("import", "--verify", file, "--site", v.h.address)
        wrong = [l for l in r.stdout.splitlines()[:-1] if path_of(l.split()[1]) not in shut]
        check(text.count("<loc>") and not wrong, f"“{pattern}”: {old}: {r.stdout.splitlines()[-1]}", "\n".join(wrong[:20]))
        check(not pattern or v.follow(old)[0] == 200, f"“{pattern}”: and the file itself", v.follow(old)[:2])
    crawl(wp, v, links, public, pattern, shut)


def crawl(wp, v, links, public, pattern, shut):
    """What readers find by following the old site's own links, asked of both."""
    some = [public[0], public[len(public) // 2], public[-1], next(p for p in public if p["kind"] == "page"), next(p for p in public if p["kind"] == "article"), next(p for p in public if len(p["shown"]) > 6)]
    term, author = next(t for t in links["terms"] if t["slug"] == "eights"), links["authors"][1]
    starts = [f"{OLD}/", term["link"], author["link"], links["month"]] + [links["posts"][str(p["id"])]["link"] for p in some]
    found = set(starts)
    for s in starts:
        a = wp.get(path_of(s))
        if a.status == 200: found |= {u for u in Links(s, a.text).found if u.startswith(OLD + "/")}
    rows = sorted(path_of(u) for u in found if not path_of(u).startswith(MACHINERY) and path_of(u) not in shut and "/secrettitle" not in u)
    def fault(path):
        here = v.follow(path)[0]
        if here in (200, 410): return None
        old = wp.get(path)
        return old.status == 200 and f"{here} here, {old.status} there"
    each(f"“{pattern}”: what the old site's pages lead to", rows, fault)


main()
done()
