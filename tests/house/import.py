#!/usr/bin/env python3
"""The move from WordPress in the whole house: what was public there is public here and nothing else, every old address leads where it should and tells of nothing that is not public,
a kill for last year's story finds the imported page, and an import that was interrupted goes on."""
import csv, hashlib, json, sqlite3
from _house import *

CONFIG = """
site:
  name: Quillmere Post
  timezone: UTC
  comments: open
feeds:
  house:
    provider: Quillmere Post
    folder: @FOLDER@/house
    comments: yes
    pictures: yes
    limits: {stories_per_hour: 2}
  old-wire:
    provider: Old Wire
    folder: @FOLDER@/old
    retention_days: 30
  wire:
    provider: Wire
    folder: @WIRE@
    timezone: UTC
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
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old Quill</title><link>https://old.example.org</link><language>en</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://old.example.org</wp:base_site_url><wp:base_blog_url>https://old.example.org</wp:base_blog_url>
<wp:author><wp:author_id>2</wp:author_id><wp:author_login><![CDATA[asha]]></wp:author_login><wp:author_display_name><![CDATA[Asha Rao]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>sport</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name>Sport</wp:cat_name></wp:category>
<wp:category><wp:term_id>31</wp:term_id><wp:category_nicename>rowing</wp:category_nicename><wp:category_parent>sport</wp:category_parent><wp:cat_name>Rowing</wp:cat_name></wp:category>
"""
TAIL = "</channel></rss>\n"


def term(domain, slug, name): return f'<category domain="{domain}" nicename="{slug}"><![CDATA[{name}]]></category>'
def meta(key, value): return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
def comment(number, who, text, approved="1", kind=""):
    return (f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author><![CDATA[{who}]]></wp:comment_author><wp:comment_author_email>someone@mail.example</wp:comment_author_email>"
            f"<wp:comment_author_IP>203.0.113.77</wp:comment_author_IP><wp:comment_date_gmt>2025-05-04 10:00:00</wp:comment_date_gmt>"
            f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type></wp:comment>")


def post(number, title, link, body="Some words.\n\nMore words.", status="publish", kind="post", date="2025-05-03 09:00:00", password="", more="", guid=None):
    guid = guid or f"https://old.example.org/?p={number}"
    return (f"<item><title><![CDATA[{title}]]></title><link>{link}</link><pubDate></pubDate><dc:creator>asha</dc:creator><guid isPermaLink=\"false\">{guid}</guid>"
            f"<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded><wp:post_id>{number}</wp:post_id><wp:post_date>{date}</wp:post_date>"
            f"<wp:post_date_gmt>{date}</wp:post_date_gmt><wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type><wp:post_password>{password}</wp:post_password>{more}</item>\n")


def there(h, path):
    """Where a redirect leads, and what stands there."""
    a = h.get(path)
    if a.status != 301: return a.status, "", ""
    to = a.headers["location"]
    if h.get(to).status == 301: to = h.get(to).headers["location"]  # a slash at its end was taken off first
    return 301, to, h.get(to).text


def came(h, feed):
    """How many deliveries of a feed are in the ledger."""
    with contextlib.closing(sqlite3.connect(f"file:{h.data}/ledger.db?mode=ro", uri=True)) as db: return db.execute("SELECT count(*) FROM event WHERE feed = ? AND kind = 2", (feed.encode(),)).fetchone()[0]


def same_as_never(h, path, never):
    """Status, every field but the date, bytes."""
    a, b = h.get(path), h.get(never)
    fields = lambda x: {k.lower(): v for k, v in dict(x.headers).items() if k.lower() not in ("date", "age")}
    return a.status == b.status and a.plain == b.plain and fields(a) == fields(b)


def site_digest(h, paths):
    out = hashlib.sha256()
    for p in paths:
        a = h.get(p)
        out.update(f"{p} {a.status} {a.headers.get('location', '')}\n".encode() + a.plain)
    return out.hexdigest()


SECRETS = [("draft", "Secret draft", {}), ("private", "Secret private", {}), ("future", "Secret future", {"date": "2031-05-03 09:00:00"}), ("trash", "Secret trash", {}),
           ("auto-draft", "Secret auto", {}), ("pending", "Secret pending", {}), ("publish", "Secret password", {"password": "hush"}), ("publish", "Secret planned", {"date": "2031-05-03 09:00:00"}),
           ("inherit", "Secret revision", {"kind": "revision"}), ("publish", "Secret menu", {"kind": "nav_menu_item"}), ("weird", "Secret weird", {})]
ITEMS = (post(1, "The ferry sails &amp; returns", "https://old.example.org/2025/05/03/the-ferry-sails/", "Into the fog.\n\n[caption id=\"x\"]Words[/caption]\n\n<script>alert(1)</script><b>Bold</b> end.",
              more=term("category", "rowing", "Rowing") + term("category", "sport", "Sport") + term("post_tag", "fog", "Sea fog")
              + comment(1, "Oswin <b>", "A fine ferry") + comment(2, "Spammer", "Buy oil", "spam") + comment(3, "Waiting", "Not yet", "0") + comment(4, "Pinger", "Linked", "1", "pingback"))
         + post(2, "Plain permalink", "https://old.example.org/?p=2", more=term("post_tag", "fog", "Sea fog"))
         + post(3, "हिन्दी की ख़बर", "https://old.example.org/archives/3/%e0%a4%b9%e0%a4%bf%e0%a4%a8%e0%a5%8d%e0%a4%a6%e0%a5%80")
         + post(4, "About this paper", "https://old.example.org/about/us/", kind="page")
         + post(5, "Agency copy of last year", "https://old.example.org/world/agency-copy.html", "<p>Wire words.</p>", more=meta("_agency_guid", "tag:wire.example,2025:77"))
         + post(6, "Barges collide on the canal", "https://old.example.org/world/barges/", "<p>Barge words.</p>", date="2026-01-20 08:00:00", more=term("category", "river-desk", "River Desk"))
         + post(9, "Harbour talks fail at night", "https://old.example.org/house/talks/", "<p>Our own words on the talks.</p>", date="2026-01-20 08:00:00")
         + post(7, "The only one of June", "https://old.example.org/archives/held-one/", date="2025-06-07 09:00:00", more=term("category", "culture", "Culture") + term("post_tag", "lone", "Lone"))
         + post(8, "The only one of 2024", "https://old.example.org/?p=8", date="2024-02-29 09:00:00")
         + "".join(post(100 + i, title, f"https://old.example.org/secret-{i}/", "hidden words", status, more=term("category", "hidden", "Hidden category"), **kw) for i, (status, title, kw) in enumerate(SECRETS)))
OLD = {"/2025/05/03/the-ferry-sails/": "Into the fog", "/2025/05/03/the-ferry-sails": "Into the fog", "/2025/05/03/THE-FERRY-sails/amp/": "Into the fog", "/2025/05/03/the-ferry-sails/feed/": "Into the fog",
       "/2025/05/03/the-ferry-sails/2/": "Into the fog", "/2025/05/03/the-ferry-sails/comment-page-1/": "Into the fog", "/?p=1": "Into the fog", "/anything?x=1&p=1&utm=2": "Into the fog",
       "/?p=2": "Plain permalink", "/archives/3/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80/": "ख़बर", "/about/us": "About this paper", "/?page_id=4": "About this paper",
       "/world/agency-copy.html": "Wire words", "/world/agency-copy.html?amp=1": "Wire words",
       "/category/sport/": "ferry sails", "/category/sport/rowing/page/2/": "ferry sails", "/category/rowing": "ferry sails", "/tag/fog/": "ferry sails", "/author/asha/": "ferry sails", "/?cat=31": "ferry sails", "/?author=2": "ferry sails",
       "/2025/05/": "", "/2025/": "", "/feed/": "<rss", "/category/sport/feed/": "<rss", "/wp-sitemap.xml": "<sitemapindex"}

h = House(CONFIG)
os.makedirs(os.path.join(h.folder, "house"))
wxr = os.path.join(h.folder, "old.xml")
with open(wxr, "w") as f: f.write(HEAD + ITEMS + TAIL)
def imported(*words): return h.verb("import", "wxr", *words)
with h:
    h.drop("known.xml", newsml("tag:wire.example,2026:9", "Barges collide on the canal", "<p>From the wire itself.</p>", created="2026-01-20T07:30:00Z"))
    check(h.path_of("Barges collide on the canal"), "a story of the wire is here already")
    h.drop("talks.xml", newsml("tag:wire.example,2026:11", "Harbour talks fail at night", "<p>The wire's words.</p>", created="2026-01-20T07:30:00Z"))
    check(h.path_of("Harbour talks fail at night"), "and another")
    h.drop("early.xml", newsml("tag:wire.example,2026:10", "Other", "<p>x</p>"))

    # ---- what is refused ----
    r = imported(wxr)
    check(r.returncode == 64 and "--feed" in r.stderr, "which feed must be said where there are two", r.stderr)
    r = imported(wxr, "--feed", "nosuch")
    check(r.returncode == 64 and "nosuch" in r.stderr, "an unknown feed is named", r.stderr)
    for what, text in {"broken": HEAD + ITEMS[:5000], "no export": "<rss version='2.0'><channel><item/></channel></rss>", "entities": '<!DOCTYPE rss [<!ENTITY a "b">]>' + (HEAD + ITEMS + TAIL).split("\n", 1)[1],
                       "another version": HEAD.replace("<wp:wxr_version>1.2", "<wp:wxr_version>banana") + ITEMS + TAIL, "empty": ""}.items():
        bad = os.path.join(h.folder, "bad.xml")
        with open(bad, "w") as f: f.write(text)
        r = imported(bad, "--feed", "house")
        check(r.returncode == 65 and "bad.xml:" in r.stderr and "nothing is taken" in r.stderr, f"{what}: refused whole, with its place", (r.returncode, r.stderr))
    check(h.get("/?p=1").status == 200 and h.get("/2025/05/03/the-ferry-sails/").status == 404, "and nothing of it is there")

    # ---- the import ----
    def alarms(): return json.loads(h.verb("status", "--json").stdout)["alarms"]
    alarms_before = alarms()
    r = imported(wxr, "--feed", "house", "--wire", "wire", "--agencies", "River Desk")
    check(r.returncode == 0 and "9 posts: 7 of the house, 1 under their agency's guid, 1 here already" in r.stdout and f"{len(SECRETS)} left out" in r.stdout, "an export is imported", r.stdout + r.stderr)
    ferry = h.path_of("The ferry sails & returns")
    check(ferry and ferry.startswith("/2025/05/03/"), "under its own day", ferry)
    page = h.get(ferry).text
    check("<p>Into the fog.</p>" in page and "<strong>Bold</strong>" in page and "alert(1)" not in page and "[caption" not in page and "Asha Rao" in page, "its text is paragraphs, clean, with its author", page[-3000:])
    check("Oswin" in page and "A fine ferry" in page and "Buy oil" not in page and "Not yet" not in page and "Linked" not in page, "with the comments that were shown")
    check(until(lambda: there(h, "/world/agency-copy.html")[0] == 301), "the last of them has come")
    for path, words in OLD.items():
        status, to, text = there(h, path)
        check(status == 301 and words in text, f"{path} leads to its page", (status, to, text[:300]))
    check(h.get("/section/sport").text.count("ferry sails") >= 1 and "ferry sails" in h.get("/tag/sea-fog").text, "section and tag have it")
    check(there(h, "/world/barges/")[1] == h.path_of("Barges collide on the canal") and "Barge words" not in h.get(h.path_of("Barges collide on the canal")).text, "what the wire has sent itself is known by headline and date")
    check("Our own words on the talks" in there(h, "/house/talks/")[2], "a post of the house is its own, whatever an agency has called its story", there(h, "/house/talks/"))
    check(alarms() == alarms_before, "and no post of them rings", h.verb("desk", "alarms").stdout)
    front = [i["headline"] for i in h.api()]
    check(front.index("Other") < front.index("The ferry sails & returns"), "old news stands behind new", front)

    # ---- what was not public ----
    never = h.get("/no-such-address").plain
    for i in range(len(SECRETS)):
        for path in (f"/secret-{i}/", f"/secret-{i}/amp", f"/?p={100 + i}"):
            a = h.get(path)
            same = a.plain == never if path[1] != "?" else a.plain == h.get("/").plain
            check(a.status == (404 if path[1] != "?" else 200) and same, f"{path}: as what never was ({SECRETS[i][1]})", (a.status, a.headers.get("location")))
    check(h.get("/category/hidden/").plain == never, "nor a category that only they had")
    kept = ledger_bytes(h) + b"".join(open(os.path.join(d, f), "rb").read() for d, _, fs in os.walk(h.data) for f in fs if "report" not in f and os.path.isfile(os.path.join(d, f)))
    check(b"hidden words" not in kept and b"Secret draft" not in kept and b"203.0.113.77" not in kept and b"mail.example" not in kept and b"Buy oil" not in kept, "nothing of it is in any file of the house, nor a commenter's address")
    rows = list(csv.reader(open(os.path.join(h.data, "import-report.csv"))))
    check(os.stat(os.path.join(h.data, "import-report.csv")).st_mode & 0o77 == 0, "the report is for its owner alone")
    check(len(rows) == 1 + 9 + len(SECRETS) and ["5", "https://old.example.org/world/agency-copy.html", "agency", "tag:wire.example,2025:77"] in rows and any(r[2] == "left-out" and r[3] == "a draft" for r in rows), "the report tells each", rows)

    # ---- again ----
    before = h.verb("status", "--json").stdout
    r = imported(wxr, "--feed", "house", "--wire", "wire", "--agencies", "River Desk")
    check(r.returncode == 0 and "\n0 new events;" in r.stdout, "the same file again adds nothing", r.stdout + r.stderr)

    # ---- a kill for last year's story ----
    h.drop("kill.xml", newsml("tag:wire.example,2025:77", "Agency copy of last year", "<p>x</p>", status="canceled", version=2))
    check(until(lambda: h.get("/world/agency-copy.html").status == 410), "a kill for last year's story finds the imported page: its old address is gone")
    check("Wire words" not in h.get("/world/agency-copy.html").text and h.get("/?p=5").status == 410 and "Agency copy" not in h.get("/").text, "under every address")
    r = h.verb("takedown", "--reason", "by order", ferry)
    check(r.returncode == 0 and h.get("/2025/05/03/the-ferry-sails/amp/").status == 410 and h.get("/tag/fog/").status == 301, "a takedown too; its tag still has another story")
    check(h.get("/category/rowing").status == 404 and h.get("/category/rowing").plain == h.get("/no-such-address").plain, "a category without any public story is no more")
    check(h.verb("lift", ferry).returncode == 0 and until(lambda: there(h, "/?p=1")[0] == 301), "and lifted")
    hold = h.verb("hold", h.path_of("Plain permalink"))
    check(hold.returncode == 0 and until(lambda: h.get("/?p=2").status == 200), "a story is held", hold.stderr)
    for path in ("/?p=2", "/about?p=2&x=1"): check(same_as_never(h, path, path.replace("p=2", "p=987654")), f"held: {path} is answered as what never was", (h.get(path).status, h.get(path).headers))
    for path, never in {"/2025/06/07": "/2025/06/08", "/2025/06": "/2022/09", "/2024": "/2023", "/2024/02/29/": "/2023/02/28/", "/category/culture": "/category/nothing", "/tag/lone": "/tag/nothing", "/archives/held-one/": "/archives/never/", "/archives/held-one/feed/": "/archives/never/feed/"}.items():
        check(h.get(path).status in (301, 200), f"{path}: led somewhere")
    for title in ("The only one of June", "The only one of 2024"):
        r = h.verb("hold", h.path_of(title))
        check(r.returncode == 0 and until(lambda: title not in [i["headline"] for i in h.api()]), "another is held", r.stderr)
    for path, never in {"/2025/06/07": "/2025/06/08", "/2025/06": "/2022/09", "/2024": "/2023", "/2024/02/29/": "/2023/02/28/", "/category/culture": "/category/nothing", "/category/culture/feed/": "/category/nothing/feed/", "/tag/lone": "/tag/nothing", "/archives/held-one/": "/archives/never/", "/archives/held-one/feed/": "/archives/never/feed/"}.items():
        check(until(lambda: same_as_never(h, path, never)), f"{path}: with all its stories held it is answered as what never was", (h.get(path).status, h.get(path).headers, h.get(never).headers))

    # ---- the same export by the folder ----
    def both(number, title): return HEAD + post(number, title, f"https://old.example.org/?p={number}") + TAIL
    def how_often(title): return [i["headline"] for p in (1, 2, 3) for i in h.api(p)].count(title)
    def put(name, text):
        with open(os.path.join(h.folder, "house", "." + name), "w") as f: f.write(text)
        os.rename(os.path.join(h.folder, "house", "." + name), os.path.join(h.folder, "house", name))
    first, last = os.path.join(h.folder, "first.xml"), os.path.join(h.folder, "last.xml")
    with open(first, "w") as f: f.write(both(701, "By command, then by folder"))
    with open(last, "w") as f: f.write(both(702, "By folder, then by command"))
    check(imported(first, "--feed", "house").returncode == 0 and until(lambda: there(h, "/?p=701")[0] == 301), "one by the command")
    put("first.xml", both(701, "By command, then by folder"))
    put("last.xml", both(702, "By folder, then by command"))
    check(until(lambda: h.path_of("By folder, then by command")), "one by the folder alone")
    check(imported(last, "--feed", "house").returncode == 0 and until(lambda: there(h, "/?p=702")[0] == 301), "which the command then brings too")
    check(how_often("By command, then by folder") == 1 and how_often("By folder, then by command") == 1, "each is one story, whichever way it came first", [i["headline"] for i in h.api()])

    # ---- a table by hand ----
    table = os.path.join(h.folder, "table.csv")
    with open(table, "w") as f: f.write("old,new\n/impressum,/page/imprint\n/about/us\n\"/a\",\"/b\",c\n/x,javascript:alert(1)\n/self,/self/\n,/y\n\"/open,/z\n")
    r = h.verb("import", "redirects", table)
    check(r.returncode == 65 and all(f"table.csv:{n}: " in r.stderr for n in (3, 4, 5, 6, 7, 8)) and "table.csv:2:" not in r.stderr and h.get("/impressum").status == 404, "a table with mistakes: each with its line, nothing taken", r.stderr)
    with open(table, "w") as f: f.write(f"old,new\r\nhttps://old.example.org/impressum/,/corrections\r\n/shop,https://shop.example.org/?a=b\r\n/spam/old.php,gone\r\n\"/uploads/a,b.pdf\",{ferry}\r\n# no line\r\n/feed,/atom.xml\r\n")
    r = h.verb("import", "redirects", table)
    check(r.returncode == 0 and "5 addresses, 5 of them new" in r.stdout, "a table is taken", r.stderr)
    check(until(lambda: h.get("/feed").headers.get("location") == "/atom.xml"), "it stands above the import's own")
    r = h.verb("import", "redirects", table)
    check(r.returncode == 0 and "5 addresses, 0 of them new" in r.stdout, "the same table again adds nothing", r.stdout + r.stderr)
    check(h.get("/impressum").headers.get("location") == "/corrections" and h.get("/shop/").headers.get("location") == "https://shop.example.org/?a=b" and h.get("/spam/old.php").status == 410
          and h.get("/uploads/a,b.pdf").headers.get("location") == ferry, "paths, URLs elsewhere, what is gone, a story")

    with open(table, "w") as f: f.write("/tag/later,/corrections\n/find,/search?q=harbour%20bridge&x=%C3%A4#top\n/twist,/twist?again=1\n/find2,/a%3Fb?x\n")
    r = h.verb("import", "redirects", table)
    check(r.returncode == 65 and all(f"table.csv:{n}: " in r.stderr for n in (3, 4)) and "table.csv:2:" not in r.stderr, "a query does not make a circle another address", r.stderr)
    with open(table, "w") as f: f.write("/tag/later,/corrections\n/find,/search?q=harbour%20bridge&x=%C3%A4#top\n")
    r = h.verb("import", "redirects", table)
    check(r.returncode == 0 and until(lambda: h.get("/find").headers.get("location") == "/search?q=harbour%20bridge&x=%C3%A4"), "a target may have a query", (r.stdout, r.stderr, h.get("/find").headers))
    later = os.path.join(h.folder, "later.xml")
    with open(later, "w") as f: f.write(HEAD + post(300, "Written later", "https://old.example.org/?p=300", more=term("post_tag", "later", "Later news") + term("post_tag", "feed-of", "Later news") + term("category", "rowing", "Rowing")) + TAIL)
    r = imported(later, "--feed", "house", "--category-base", "/topics/", "--tag-base", ".")
    check(r.returncode == 0 and until(lambda: there(h, "/feed-of/")[0] == 301) and there(h, "/topics/sport/rowing/")[0] == 301, "lists under a base of the site's own, and under none", (r.stdout, r.stderr, there(h, "/feed-of/"), there(h, "/topics/sport/rowing/")))
    r = imported(later, "--feed", "house")
    check(r.returncode == 0 and until(lambda: there(h, "/tag/feed-of")[1] == "/tag/later-news"), "a later export", (r.stdout, r.stderr))
    check(h.get("/tag/later").headers.get("location") == "/corrections" and h.get("/feed").headers.get("location") == "/atom.xml", "leaves what was written by hand", h.get("/tag/later").headers)

    # ---- proving it ----
    sitemap = os.path.join(h.folder, "sitemap.xml")
    urls = ["https://old.example.org" + p for p in OLD] + ["https://old.example.org/world/agency-copy.html", "https://old.example.org/secret-0/", "https://old.example.org/"]
    with open(sitemap, "w") as f: f.write("<urlset>" + "".join(f"<url><loc>{u.replace('&', '&amp;')}</loc></url>\n" for u in urls) + "</urlset>")
    r = h.run("import", "--verify", sitemap, "--site", h.address)
    check(r.returncode == 1 and r.stdout == "404 https://old.example.org/secret-0/\n2 stand, 23 lead to a page, 3 are gone, 1 are wrong\n", "verify lists what is wrong, exit 1", r.stdout)
    with open(sitemap, "w") as f: f.write("<?xml version='1.0'?><sitemapindex><sitemap><loc>https://old.example.org/wp-sitemap-posts-post-1.xml</loc></sitemap></sitemapindex>")
    r = h.run("import", "--verify", sitemap, "--site", h.address)
    check(r.returncode == 65 and "an index of sitemaps" in r.stderr and not r.stdout, "an index of sitemaps names no pages: that is said", (r.returncode, r.stdout, r.stderr))
    with open(sitemap, "w") as f: f.write("\n".join(["https://old.example.org/", "/?p=1", "/spam/old.php", "# nothing", ""]))
    r = h.run("import", "--verify", sitemap, "--site", h.address)
    check(r.returncode == 0 and "1 stand, 1 lead to a page, 1 are gone, 0 are wrong" in r.stdout, "a list of addresses that are all well", r.stdout + r.stderr)

    # ---- rebuilt ----
    paths = list(OLD) + [ferry, "/", "/section/sport", "/tag/sea-fog", "/api/v1/stories", "/sitemap-1.xml", "/impressum", "/spam/old.php"] + [f"/secret-{i}/" for i in range(len(SECRETS))]
    was = site_digest(h, paths)
    r = h.verb("rebuild")
    check(r.returncode == 0 and site_digest(h, paths) == was, "a rebuild gives the same site", r.stderr)

    # ---- a licence that ends; pictures of the uploads folder; a purge ----
    more = os.path.join(h.folder, "more.xml")
    recent = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 86400 * 5))
    uploads = os.path.join(h.folder, "uploads")
    os.makedirs(os.path.join(uploads, "2025", "05"))
    shutil.copy(os.path.join(ROOT, "demo", "pictures", "lighthouse.jpg"), os.path.join(uploads, "2025", "05", "Light.jpg"))
    at_old = "https://old.example.org/wp-content/uploads/2025/05/Light.jpg"
    with open(more, "w") as f:
        f.write(HEAD + post(50, "Old agency words", "https://old.example.org/w/old/", more=meta("guid", "urn:old:1")) + post(51, "New agency words", "https://old.example.org/w/new/", date=recent, more=meta("guid", "urn:old:2"))
                + post(52, "By the agency", "https://old.example.org/w/nameless/", date=recent, more=term("category", "pti", "PTI")) + TAIL)
    r = imported(more, "--feed", "house", "--wire", "old-wire", "--agencies", "PTI, Somebody")
    check(r.returncode == 0 and "2 under their agency's guid" in r.stdout and "1 of an agency that a kill by guid cannot find" in r.stdout, "agency copy goes to the agency's feed; what has no guid is counted", r.stdout + r.stderr)
    check(until(lambda: there(h, "/w/new/")[0] == 301 and there(h, "/w/nameless/")[0] == 301) and h.get("/w/old/").status in (404, 410), "whose retention applies: what is too old is not here", h.get("/w/old/").status)
    check("52,https://old.example.org/w/nameless/,agency-without-guid" in open(os.path.join(h.data, "import-report.csv")).read().replace('"', ""), "and the report names it")
    with open(more, "w") as f:
        f.write(HEAD + post(60, "The lighthouse painted", "https://old.example.org/light/", f'Words.\n\n<img src="{at_old}" alt="The tower">\n\n<img src="https://old.example.org/wp-content/uploads/../../../etc/passwd">') + TAIL)
    r = imported(more, "--feed", "house", "--uploads", uploads)
    check(r.returncode == 0 and "1 pictures from the folder" in r.stdout, "a picture is taken from the folder of uploads", r.stdout + r.stderr)
    light = h.path_of("The lighthouse painted")
    check(until(lambda: h.get("/wp-content/uploads/2025/05/Light.jpg").status == 301, within_s=60), "its old address leads to it")
    to = h.get("/wp-content/uploads/2025/05/light.jpg").headers.get("location", "/")
    check(re.fullmatch(r"/pictures/[0-9a-f]{64}-\d+\.jpg", to) and h.get(to).status == 200 and h.get(to).headers["content-type"] == "image/jpeg" and 'alt="The tower"' in h.get(light).text, "while the story shows it", to)
    check(h.verb("hold", light).returncode == 0 and until(lambda: h.get("/wp-content/uploads/2025/05/Light.jpg").status == 404), "and no longer")
    r = h.verb("purge", light)
    check(r.returncode in (0, 69) and until(lambda: h.get("/light/").status == 404, within_s=60) and h.get("/light/").plain == h.get("/no-such-address").plain, "a purged story's old address tells nothing", (r.returncode, r.stdout, r.stderr, h.get("/light/").status))
    with sqlite3.connect(os.path.join(h.data, "ledger.db")) as db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(open(os.path.join(h.data, f), "rb").read() for f in os.listdir(h.data) if f.startswith("ledger.db"))
    check(b"org/light/" not in kept and b"Light.jpg" not in kept and b"lighthouse painted" not in kept, "nor does the ledger")

    # ---- interrupted ----
    big = os.path.join(h.folder, "big.xml")
    with open(big, "w") as f: f.write(HEAD + "".join(post(1000 + i, f"Number {i} of a large archive", f"https://old.example.org/n/{i}/", f"Words of number {i}.", date=f"2024-{1 + i % 12:02}-{1 + i % 28:02} 09:00:00") for i in range(1500)) + TAIL)
    p = subprocess.Popen([h.binary, "import", "wxr", big, "--data", h.data, "--feed", "house"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: h.get("/n/70").status == 301 or p.poll() is not None, within_s=60)
    p.kill()
    p.wait()
    first = p.returncode
    r = imported(big, "--feed", "house")
    new = int(re.search(r"(\d+) new events", r.stdout)[1]) if r.returncode == 0 else -1
    check(first == -9 and r.returncode == 0 and 0 < new < 3000, "an import that was killed goes on where it was", (first, r.stdout, r.stderr))
    r = imported(big, "--feed", "house")
    check("\n0 new events;" in r.stdout, "and then all is there, once", r.stdout)
    check(until(lambda: there(h, "/n/1499/")[0] == 301, within_s=120) and there(h, "/n/0")[0] == 301, "the first and the last")
    before = came(h, "wire")
    p = subprocess.Popen([h.binary, "import", "wxr", big, "--data", h.data, "--feed", "wire"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # a shell may have it ignored in what it runs behind it
    check(until(lambda: came(h, "wire") > before or p.poll() is not None, within_s=60) and p.poll() is None, "an import is on its way", p.returncode)
    p.send_signal(signal.SIGINT)
    out = p.communicate()[1].decode()
    part = came(h, "wire") - before
    check(p.returncode == 75 and "stopped; the same command goes on" in out and 0 < part < 1500, "an interrupt is obeyed, and what had come is kept", (p.returncode, out, part))
    r = imported(big, "--feed", "wire")
    check(r.returncode == 0 and came(h, "wire") - before == 1500, "the same command goes on where it was", (r.returncode, r.stdout, r.stderr, came(h, "wire") - before))
    samples = os.path.join(SHARED, "wires", "wxr")
    if os.path.isdir(samples):
        for name in sorted(f for f in os.listdir(samples) if f.endswith(".xml")):
            r = imported(os.path.join(samples, name), "--feed", "house")
            bad = "invalid" in name or "malformed" in name
            check(r.returncode == (65 if bad else 0) and "Sanitizer" not in r.stderr, f"{name}: {'refused' if bad else r.stdout.splitlines()[0] if r.stdout else ''}", (r.returncode, r.stdout, r.stderr))
    else:
        skip("open samples of exports", "there is no ../shared here")
    check("store" not in h.verb("check", "--audit").stderr, "and the audit finds nothing")
done()
