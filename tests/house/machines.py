#!/usr/bin/env python3
"""What machines read (docs/machines.md), from a running site: wp-json as an app asks it, the API with its filters, cursor and ninjs, OpenAPI, oEmbed, robots.txt and what licences say of crawlers, the folder public/,
sitemaps, feeds and JSON-LD by the rules of their formats (_valid.py). And on each of them: a story that is embargoed, held or killed is not there, by no name and in no number."""
import json, urllib.parse
from _house import *
from _ninjs import ITEM, wrong as not_ninjs
import _valid

URL = "https://news.example.org"
SITE = """
site:
  name: Quillmere Post
  url: https://news.example.org
  timezone: Asia/Kolkata
  logo: /logo.png
feeds:
  coastal: {provider: Coastal, folder: "@WIRE@", pictures: yes, ai_crawlers: yes, disclaimer: "From {agency}; {site} has not read it."}
  inland: {provider: Inland, folder: "@FOLDER@/inland"}
sections:
  - {name: sport, title: Sport & games, subjects: [medtop:15000000]}
  - {name: world, title: World}
pages:
  - {name: about, title: About us, html: "<p>We print what comes.</p>"}
  - {name: corrections-policy, title: How we correct, html: "<p>We do.</p>"}
  - {name: privacy, title: Privacy, html: "<p>[[name of the publisher]] keeps nothing.</p>"}
organisation:
  legal_name: Quillmere Printing Ltd
  email: desk@news.example.org
  same_as: [https://social.example/quillmere]
  ethics_policy: https://parent.example/ethics
"""

PHOTO = open(os.path.join(ROOT, "tests", "cases", "rehearse", "licence-territory", "pylon.jpg"), "rb").read()
SUBJECT = {"subjects": [{"name": "sport", "uri": "http://cv.iptc.org/newscodes/mediatopic/15000000"}]}
asked = lambda h, path, **kw: json.loads(h.get(path, **kw).body)
local = lambda url: url.replace(URL, "")

h = House(SITE)
public, inland = os.path.join(h.folder, "public"), os.path.join(h.folder, "inland")
os.makedirs(os.path.join(public, ".well-known"))
os.makedirs(inland)
put = lambda name, text: open(os.path.join(public, name), "w").write(text)
put("ads.txt", "ads.example, 7, DIRECT\n")
put(".well-known/security.txt", "Contact: mailto:security@news.example.org\n")
put("google0123456789abcdef.html", "google-site-verification: google0123456789abcdef.html")
h.start()
try:
    with open(os.path.join(inland, ".m"), "w") as f: f.write(ninjs("tag:example.org,2026:mill", "Mill turns again", "<p>Grain was ground in Velmara.</p>", language="en-GB"))
    os.rename(os.path.join(inland, ".m"), os.path.join(inland, "mill.json"))
    h.drop("pylon.jpg", PHOTO)
    picture = {"associations": [{"name": "main", "uri": "tag:example.org,2026:p", "type": "picture", "pubStatus": "usable", "descriptions": [{"role": "caption", "value": "The ferry"}], "infoSources": [{"role": "creditline", "name": "Ada/Coastal"}],
                                 "renditions": [{"name": "original", "href": "pylon.jpg", "contentType": "image/jpeg", "width": 640, "height": 400}]}]}
    h.drop("ferry.json", ninjs("tag:example.org,2026:ferry", "Ferry & friends sail <at> dawn", "<p>The ferry left the quay early.</p><p><a href=\"/relative\">here</a> <a href=\"https://other.example/x\">there</a></p>", by="By Ines Marlow", **SUBJECT, **picture))
    h.path_of("Ferry & friends sail <at> dawn"), h.path_of("Mill turns again")
    for i in range(23): h.drop(f"s{i}.json", ninjs(f"tag:example.org,2026:s{i}", f"Lantern number{i} is lit", f"<p>Row {i} of lanterns along the quay.</p>", **(SUBJECT if i % 2 else {})))
    until(lambda: len(asked(h, "/api/v1/stories")["items"]) == 25)
    h.drop("secret.json", ninjs("tag:example.org,2026:secret", "Quillwort heir named", "<p>Zephyrine.</p>", embargoed=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 9000)), **SUBJECT))
    h.drop("dead.json", ninjs("tag:example.org,2026:dead", "Thornapple soup is sold", "<p>Gillyflower.</p>", **SUBJECT))
    dead = local(h.path_of("Thornapple soup is sold"))
    dead_id = dead[-12:]
    picture_there = until(lambda: "/pictures/" in h.get(local(h.path_of("Ferry & friends sail <at> dawn"))).text and asked(h, "/wp-json/wp/v2/posts?search=ferry")[0]["featured_media"])
    check(bool(picture_there), "a wire, a picture, an embargo, and a story that will be killed")
    first = asked(h, "/wp-json/wp/v2/posts?per_page=100")
    dead_number = next(p["id"] for p in first if "Thornapple" in p["title"]["rendered"])

    # ---- wp-json ----
    index = asked(h, "/wp-json/")
    check(index["name"] == "Quillmere Post" and "wp/v2" in index["namespaces"] and "/wp/v2/posts" in index["routes"], "the index, also with a slash at its end")
    a = h.get("/wp-json/wp/v2/posts")
    posts = json.loads(a.body)
    check(len(posts) == 10 and a.headers["x-wp-total"] == "26" and a.headers["x-wp-totalpages"] == "3", "ten posts, and totals of what is public: the embargoed one is in no number (E15)", (len(posts), a.headers))
    check(a.headers["access-control-allow-origin"] == "*" and "X-WP-Total" in a.headers["access-control-expose-headers"], "any page's script may read it, totals too")
    want = {"id", "date", "date_gmt", "guid", "modified", "modified_gmt", "slug", "status", "type", "link", "title", "content", "excerpt", "author", "featured_media", "comment_status", "ping_status", "sticky", "template", "format", "meta", "categories", "tags", "_links"}
    check(set(posts[0]) == want, "a post has what WordPress gives it", set(posts[0]) ^ want)
    ferry = asked(h, "/wp-json/wp/v2/posts?search=ferry&_embed")[0]
    check(ferry["title"]["rendered"] == "Ferry &amp; friends sail &lt;at&gt; dawn" and "The ferry left" in ferry["content"]["rendered"] and "From Coastal; Quillmere Post has not read it." in ferry["content"]["rendered"], "title and text as markup, with the agency's sentence (R4)", ferry)
    check(ferry["_embedded"]["author"][0]["name"] == "Ines Marlow" and ferry["_embedded"]["wp:term"][0][0]["name"] == "Sport &amp; games", "_embed: author and terms", ferry["_embedded"])
    media = ferry["_embedded"]["wp:featuredmedia"][0]
    check(h.get(local(media["source_url"])).status == 200 and "Ada/Coastal" in media["caption"]["rendered"] and media["media_details"]["sizes"]["full"]["source_url"] == media["source_url"], "and its picture, with the credit", media)
    check(asked(h, f"/wp-json/wp/v2/media/{ferry['featured_media']}")["source_url"] == media["source_url"], "which can be asked for by its number")
    one = asked(h, f"/wp-json/wp/v2/posts/{ferry['id']}")
    check(one["link"] == ferry["link"] and ferry["id"] < 1 << 53 and float(ferry["id"]) == ferry["id"], "one post by its number, which a double holds")
    check([p["id"] for p in asked(h, f"/wp-json/wp/v2/posts?slug={ferry['slug']}")] == [ferry["id"]] and [p["id"] for p in asked(h, f"/wp-json/wp/v2/posts?include={ferry['id']},7")] == [ferry["id"]], "by its slug, by include")
    check(set(asked(h, f"/wp-json/wp/v2/posts/{ferry['id']}?_fields=id,title.rendered")) == {"id", "title"}, "_fields")
    pages = [p["id"] for n in (1, 2, 3) for p in asked(h, f"/wp-json/wp/v2/posts?page={n}")]
    check(len(set(pages)) == 26 and h.get("/wp-json/wp/v2/posts?page=4").status == 400, "pages hold each post once; behind the last is none", len(set(pages)))
    links = lambda a: {rel: local(to) for to, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', a.headers.get("link", ""))}
    check([sorted(links(h.get(f"/wp-json/wp/v2/posts?page={n}"))) for n in (1, 2, 3)] == [["next"], ["next", "prev"], ["prev"]], "Link names the page before and the one behind, where there are such")
    walk, at_page = [], "/wp-json/wp/v2/posts?search=lantern%20number1&per_page=2&_fields=id&order=desc"
    while at_page and len(walk) < 40:
        a = h.get(at_page)
        walk += [p["id"] for p in json.loads(a.body)]
        at_page = links(a).get("next")
    check(len(set(walk)) == len(walk) == int(a.headers["x-wp-total"]) and set(json.loads(a.body)[0]) == {"id"} and len(walk) > 0, "who follows them has all that was asked for, as it was asked for", (walk, a.headers))
    long = h.get("/wp-json/wp/v2/posts?per_page=1&" + "&".join(f"{name}=" + "1," * 90 for name in ("tags", "categories", "_fields")) + "&search=" + "%26" * 60 + "lantern")
    check(long.status == 200 and len(long.headers.get("link", "")) < 2100, "a question too long for a field has none", long.headers)
    check("Link" in a.headers["access-control-expose-headers"] and links(h.get("/wp-json/wp/v2/posts?per_page=5&search=%0d%0aX-A:%20b")) == {}, "scripts may read it, and nothing breaks out of it")
    sport = next(c for c in asked(h, "/wp-json/wp/v2/categories") if c["slug"] == "sport")
    a = h.get(f"/wp-json/wp/v2/posts?categories={sport['id']}&per_page=50")
    check(len(json.loads(a.body)) == sport["count"] == int(a.headers["x-wp-total"]) == 13 and all(sport["id"] in p["categories"] for p in json.loads(a.body)), "a category: its count is its posts", (sport, a.headers))
    tag = asked(h, f"/wp-json/wp/v2/tags/{ferry['tags'][0]}")
    check(tag["slug"] == "sport" and asked(h, f"/wp-json/wp/v2/tags?slug={tag['slug']}")[0]["id"] == tag["id"] and len(asked(h, f"/wp-json/wp/v2/posts?tags={tag['id']}&per_page=100")) == tag["count"], "a tag by number and slug", tag)
    check(asked(h, "/wp-json/wp/v2/posts?categories=999") == [] and asked(h, "/wp-json/wp/v2/posts?tags=999") == [], "numbers of nothing leave nothing")
    import datetime
    moved = lambda iso, seconds: urllib.parse.quote((datetime.datetime.fromisoformat(iso) + datetime.timedelta(seconds=seconds)).isoformat())
    first_at, last_at = moved(min(p["date"] for p in first), -1), moved(max(p["date"] for p in first), 1)
    check([len(asked(h, f"/wp-json/wp/v2/posts?per_page=100&{q}")) for q in (f"after={first_at}", f"before={first_at}", f"after={last_at}", f"before={last_at}", f"after={first_at}&before={last_at}&categories={sport['id']}")] == [26, 0, 0, 26, 13], "after and before, by the site's clock, also within a category")
    check(h.get("/wp-json/wp/v2/posts?per_page=101").status == 400 and h.get("/wp-json/wp/v2/posts?after=soon").status == 400 and asked(h, "/wp-json/wp/v2/posts?per_page=0")["code"] == "rest_invalid_param", "what cannot be understood is refused as WordPress does")
    check(asked(h, "/wp-json/wp/v2/types")["post"]["rest_base"] == "posts" and asked(h, "/wp-json/wp/v2/types/post")["slug"] == "post", "types")
    never = h.get("/wp-json/wp/v2/posts/4503599627370497")
    check(never.status == 404 and json.loads(never.body)["code"] == "rest_post_invalid_id", "a number of no post")
    check(h.ask("/wp-json/wp/v2/posts", method="POST").status == 405, "reading only")

    # ---- the API ----
    everything = asked(h, "/api/v1/stories")["items"]
    walk, path = [], "/api/v1/stories?limit=7"
    while path:
        page = asked(h, path)
        walk += page["items"]
        path = local(page["next"]) if "next" in page else None
    check([i["id"] for i in walk] == [i["id"] for i in everything] and len(walk) == 26, "a cursor walks through all, each once and in order", len(walk))
    some = lambda q: {i["headline"] for i in asked(h, "/api/v1/stories?" + q)["items"]}
    check(len(some("section=sport")) == 13 and len(some("tag=sport")) == 13 and some("agency=Inland") == some("agency=inland") == some("language=en-GB") == some("q=velmara") == {"Mill turns again"}, "section, tag, agency, language, words")
    check(len(some("language=en")) == 26 and some("section=none") == some("tag=none") == some("author=nobody") == set() and len(some("author=ines-marlow")) == 1, "a range of languages; names of nothing; an author")
    check(some("section=sport&q=ferry") == {"Ferry & friends sail <at> dawn"} and some("section=world&q=ferry") == set(), "together")
    cut = sorted(i["published"] for i in everything)[12]
    check({i["id"] for i in asked(h, "/api/v1/stories?since=" + cut)["items"]} == {i["id"] for i in everything if i["published"] >= cut} and {i["id"] for i in asked(h, "/api/v1/stories?until=" + cut)["items"]} == {i["id"] for i in everything if i["published"] < cut}, "since and until")
    for bad in ("since=x", "until=2026-02-30", "limit=0", "limit=101", "limit=x", "cursor=x", "cursor=7-zz"):
        check(h.get("/api/v1/stories?" + bad).status == 400 and "error" in asked(h, "/api/v1/stories?" + bad), f"{bad} is refused, with a word on why")
    sections = asked(h, "/api/v1/sections")["items"]
    check([s["name"] for s in sections] == ["sport", "world"] and h.get(local(sections[0]["stories"])).status == 200, "sections")
    story = next(i for i in everything if "Ferry" in i["headline"])
    item = asked(h, f"/api/v1/stories/{story['id']}/ninjs")
    check(not not_ninjs(item, ITEM), "a story as ninjs 3.0, by the schema's rules", not_ninjs(item, ITEM))
    check(item["headlines"][0]["value"] == story["headline"] and item["usageTerms"].startswith("From Coastal") and item["associations"][0]["infoSources"][0]["name"] == "Ada/Coastal" and h.get(local(item["associations"][0]["renditions"][0]["href"])).status == 200, "with the agency's sentence, and the picture with its credit", item)
    again = os.path.join(h.folder, "again.json")
    with open(again, "w") as f: json.dump(item, f)
    r = h.run("read", again)
    check(r.returncode == 0 and json.loads(r.stdout)["headlines"][0]["value"] == story["headline"], "which our own reader takes", r.stderr)
    doc = asked(h, "/openapi.json")
    refs = set(re.findall(r'"\$ref": ?"#/components/schemas/(\w+)"', h.get("/openapi.json").text))
    check(doc["openapi"].startswith("3.1") and doc["servers"][0]["url"] == URL and refs == set(doc["components"]["schemas"]) - set() and all("responses" in op for p in doc["paths"].values() for op in p.values()), "OpenAPI 3.1; every schema is referred to, and is there", refs)
    for path, item_ in doc["paths"].items():
        names = {p["name"] for p in item_["get"]["parameters"] if p["in"] == "path"} if "parameters" in item_["get"] else set()
        check(names == set(re.findall(r"\{(\w+)\}", path)), f"{path}: its places are its parameters")
    head = set(doc["components"]["schemas"]["StoryHead"]["properties"])
    more = set(doc["components"]["schemas"]["Story"]["allOf"][1]["properties"])
    whole = asked(h, f"/api/v1/stories/{story['id']}")
    check(all(set(i) <= head for i in everything) and set(whole) <= head | more and set(doc["components"]["schemas"]["StoryHead"]["required"]) <= set(whole), "what is answered is what is described", [set(whole) - head - more])

    # ---- oEmbed ----
    page = h.get(local(story["url"])).text
    link = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)
    check(bool(link), "a story's page says where its oEmbed is")
    a = h.get(local(link[1].replace("&amp;", "&")))
    oembed = json.loads(a.body)
    check(oembed["version"] == "1.0" and oembed["type"] == "rich" and isinstance(oembed["width"], int) and isinstance(oembed["height"], int) and oembed["title"] == story["headline"] and not _valid.Markup(oembed["html"]).wrong and "has not read it" in oembed["html"], "a rich quotation without script, with the agency's sentence", oembed)
    check(h.get(local(oembed["thumbnail_url"])).status == 200 and oembed["thumbnail_width"] and oembed["thumbnail_height"], "with a picture, and its size")
    ask = lambda url, more="": h.get(f"/oembed?url={urllib.parse.quote(url, safe='')}{more}")
    x = ask(story["url"], "&format=xml&maxwidth=300")
    check(x.headers["content-type"].startswith("text/xml") and _valid.ET.fromstring(x.text).findtext("width") == "300" and _valid.ET.fromstring(x.text).findtext("title") == story["headline"], "as XML, within a width", x.text)
    nothing = h.get("/2026/01/01/0123456789ab")
    for other in ("https://other.example" + local(story["url"]), URL + "/", URL + "/2026/01/01/0123456789ab", "https://news.example.org.evil.example" + local(story["url"]), "x", ""):
        check(ask(other).status == 404 and ask(other).body == nothing.body, f"of {other or 'nothing'}: 404, as any page that never was")
    check(ask(story["url"], "&format=yaml").status in (404, 501), "nor in another format")

    # ---- crawlers ----
    robots = h.get("/robots.txt").text
    check(robots.startswith("User-agent: *\nAllow: /\n") and re.search(r"(User-agent: [^\n]+\n)+Disallow: /\n", robots) and "User-agent: GPTBot\n" in robots and f"Sitemap: {URL}/sitemap.xml" in robots, "robots.txt: one licence keeps machines out, and so the whole site does", robots)
    mill = next(i for i in everything if "Mill" in i["headline"])
    kept, free = h.get(local(mill["url"])), h.get(local(story["url"]))
    check("noai" in kept.headers.get("x-robots-tag", "") and kept.headers.get("tdm-reservation") == "1" and 'name="tdm-reservation" content="1"' in kept.text, "its stories say so, in head and page", kept.headers)
    check("noai" not in free.headers.get("x-robots-tag", "") and "tdm-reservation" not in free.headers and "tdm-reservation" not in free.text, "stories of a licence that allows it do not", free.headers)
    check(asked(h, "/.well-known/tdmrep.json")[0]["tdm-reservation"] == 1 and h.get("/").headers.get("tdm-reservation") == "1" and h.get("/rss.xml").headers.get("tdm-reservation") == "1", "nor may lists be taken, on which both stand")
    check(h.get(f"/api/v1/stories/{mill['id']}").headers.get("tdm-reservation") == "1" and "tdm-reservation" not in h.get(f"/api/v1/stories/{story['id']}").headers, "the same in the API")

    # ---- public/ ----
    check(h.get("/ads.txt").text == "ads.example, 7, DIRECT\n" and h.get("/ads.txt").headers["content-type"] == "text/plain; charset=utf-8", "a file of public/ as it is")
    check("security@" in h.get("/.well-known/security.txt").text and h.get("/google0123456789abcdef.html").headers["content-type"].startswith("text/html"), "also below .well-known, also a proof")
    for odd in ("/public/ads.txt", "/ads.txt/", "/.well-known/", "/.well-known", "/.well-known/../ads.txt", "/%2e%2e/site.yaml", "/site.yaml", "/..%2fsite.yaml", "/.well-known/..%2f..%2fsite.yaml", "/ads.txt%00"):
        check(h.get(odd).status in (404, 400, 301) and "DIRECT" not in h.get(odd).text and "provider" not in h.get(odd).text, f"{odd} is none of it", h.get(odd).status)
    def refused(name, make, why):
        make(os.path.join(public, name))
        r = h.run("reload", "--data", h.data)
        (shutil.rmtree if os.path.isdir(os.path.join(public, name)) and not os.path.islink(os.path.join(public, name)) else os.unlink)(os.path.join(public, name))
        check(r.returncode != 0 and why in r.stdout + r.stderr, f"public/{name}: {why}", (r.returncode, r.stdout + r.stderr))
    text = lambda p: open(p, "w").write("x")
    refused("robots.txt", text, "would take the place of a page")
    refused("rss.xml", text, "would take the place of a page")
    refused("passwd.txt", lambda p: os.symlink("/etc/passwd", p), "links are not followed")
    refused("sub", os.mkdir, "is no file")
    refused("pipe", os.mkfifo, "is no file")
    refused("a b.txt", text, "name that needs escapes")
    refused("huge.txt", lambda p: open(p, "w").write("x" * (513 << 10)), "is over 512 kB")
    text(os.path.join(public, "sitemap.xml"))
    r = h.run("check", "--config", h.config_path)
    check(r.returncode != 0 and "sitemap.xml" in r.stderr, "check says so, too", r.stderr)
    os.unlink(os.path.join(public, "sitemap.xml"))
    put("app-ads.txt", "y\n")
    check(h.run("reload", "--data", h.data).returncode == 0 and until(lambda: h.get("/app-ads.txt").text == "y\n") and "embed" not in h.get("/health").text, "a new file is there after a reload")
    os.unlink(os.path.join(public, "app-ads.txt"))
    check(h.run("reload", "--data", h.data).returncode == 0 and until(lambda: h.get("/app-ads.txt").status == 404), "and gone after another")

    # ---- a kill ----
    dead_places = [dead, f"/api/v1/stories/{dead_id}", f"/api/v1/stories/{dead_id}/ninjs", f"/wp-json/wp/v2/posts/{dead_number}", f"/wp-json/wp/v2/posts?include={dead_number}", f"/wp-json/wp/v2/posts?slug={dead.split('/')[-1]}", "/oembed?url=" + urllib.parse.quote(URL + dead, safe=""),
                   "/wp-json/wp/v2/posts?search=thornapple", "/api/v1/stories?q=thornapple", "/wp-json/wp/v2/posts?per_page=100&_embed", f"/wp-json/wp/v2/posts?categories={sport['id']}&per_page=100", "/api/v1/stories?limit=100", "/api/v1/stories?section=sport", "/sitemap-1.xml", "/news-sitemap.xml", "/rss.xml", "/wp-json/wp/v2/tags"]
    check(all("hornapple" in h.get(p).text or dead_id in h.get(p).text for p in dead_places[:-1]), "what will be killed stands in all of them", [p for p in dead_places if "hornapple" not in h.get(p).text])
    h.drop("kill.json", ninjs("tag:example.org,2026:dead", "Thornapple soup is sold", status="canceled", version="2"))
    until(lambda: h.get(dead).status == 410)
    left = [p for p in dead_places if "hornapple" in h.get(p).text.replace("?q=thornapple", "") or "illyflower" in h.get(p).text]
    check(not left, "the kill takes it out of every one", left)
    check(h.get(f"/api/v1/stories/{dead_id}/ninjs").status == 410 and h.get(f"/wp-json/wp/v2/posts/{dead_number}").body == never.body and ask(URL + dead).status == 404, "410 where the page says so; where numbers are asked, the same as for none")
    a = h.get("/wp-json/wp/v2/posts")
    check(a.headers["x-wp-total"] == "25" and asked(h, f"/wp-json/wp/v2/categories/{sport['id']}")["count"] == 12, "and out of every number", a.headers["x-wp-total"])
    secret = [p for p in ("/wp-json/wp/v2/posts?per_page=100", "/wp-json/wp/v2/posts?search=quillwort", "/api/v1/stories?limit=100", "/api/v1/stories?q=zephyrine", "/sitemap-1.xml", "/news-sitemap.xml", "/rss.xml", "/atom.xml", "/feed.json") if re.search("quillwort heir|zephyrine\\.", h.get(p).text, re.I)]
    check(not secret, "what is embargoed was in none of them", secret)

    # ---- sitemaps ----
    index = h.get("/sitemap.xml").text
    check(not _valid.sitemap_index(index) and "<lastmod>" in index, "the index of sitemaps, with the time of each part", _valid.sitemap_index(index))
    part = h.get("/sitemap-1.xml").text
    check(not _valid.sitemap(part) and part.count("<image:loc>") == 1 and h.get(local(re.search("<image:loc>([^<]+)", part)[1])).status == 200, "a part of it, with pictures", _valid.sitemap(part))
    news = h.get("/news-sitemap.xml").text
    check(not _valid.news_sitemap(news, time.time() + 5) and news.count("<news:news>") == 25, "the news sitemap", _valid.news_sitemap(news, time.time() + 5))

    # ---- feeds ----
    for below in ("", "/section/sport", "/tag/sport", "/corrections"):
        for file, rules in (("rss.xml", _valid.rss), ("atom.xml", _valid.atom), ("feed.json", _valid.jsonfeed)):
            path = f"{below}/{file}"
            bad = rules(h.get(path).text, URL + path)
            check(not bad, f"{path} keeps its format's rules", bad)

    # ---- structured data ----
    def blocks(path): return [json.loads(b) for b in re.findall(r'<script type="application/ld\+json">(.*?)</script>', h.get(path).text, re.S)]
    for path in ("/", local(story["url"]), local(mill["url"]), "/section/sport", "/author/ines-marlow", "/tag/sport", "/archive"):
        bad = sum((_valid.jsonld(b) for b in blocks(path)), [])
        check(blocks(path) and not bad, f"{path}: types and properties are schema.org's, links whole", bad)
    article = next(b for b in blocks(local(story["url"])) if b["@type"] == "NewsArticle")
    crumbs = next(b for b in blocks(local(story["url"])) if b["@type"] == "BreadcrumbList")
    check(not _valid.google_article(article) and not _valid.google_breadcrumb(crumbs), "an article as Google wants it", _valid.google_article(article) + _valid.google_breadcrumb(crumbs))
    publisher = next(b for b in blocks("/") if b["@type"] == "WebSite")["publisher"]
    check(publisher["@type"] == "NewsMediaOrganization" and publisher["logo"]["url"] == URL + "/logo.png" and publisher["legalName"] == "Quillmere Printing Ltd" and publisher["sameAs"] == ["https://social.example/quillmere"] and publisher["ethicsPolicy"] == "https://parent.example/ethics"
          and publisher["publishingPrinciples"] == URL + "/page/about" and publisher["correctionsPolicy"] == URL + "/page/corrections-policy" and publisher["contactPoint"]["email"] == "desk@news.example.org", "the publisher, its policies from the configuration and the house pages", publisher)
    h.drop("large.png", png(1300, 1250))
    h.drop("large.json", ninjs("tag:example.org,2026:large", "Windmill seen from the dyke", associations=[{**picture["associations"][0], "uri": "tag:example.org,2026:lp", "renditions": [{"name": "original", "href": "large.png", "contentType": "image/png", "width": 1300, "height": 1250}]}]))
    large = local(h.path_of("Windmill seen from the dyke"))
    images = lambda: [i for b in blocks(large) if b["@type"] == "NewsArticle" for i in b["image"]]
    check(until(lambda: len(images()) == 4, within_s=40) and [i[-8:] for i in images()[1:]] == ["16x9.jpg", "-4x3.jpg", "-1x1.jpg"] and all(h.get(local(i)).status == 200 for i in images()[1:]), "a large picture in three shapes, as Discover asks for", images())
    check(len(article["image"]) == 1, "a small one is not enlarged")
    check(article["publisher"]["@id"] == publisher["@id"], "to whom each article points")

    # ---- drafts ----
    drafts = os.path.join(h.folder, "drafts")
    r = h.run("pages", "--language", "hi", drafts)
    rows = re.findall(r'- \{name: ([\w-]+), title: "([^"]+)", file: ([^}]+)\}', r.stdout)
    check(r.returncode == 0 and [n for n, _, _ in rows] == ["about", "contact", "terms", "privacy", "corrections-policy"] and all("[[" in open(f).read() for _, _, f in rows) and rows[0][1] == "हमारे बारे में", "drafts of five pages, in the site's language, each with places to fill in", r.stdout + r.stderr)
    before = open(rows[0][2]).read()
    with open(rows[0][2], "a") as f: f.write("ours")
    r = h.run("pages", drafts)
    check(r.returncode == 0 and open(rows[0][2]).read() == before + "ours", "what is there is left alone", r.stderr)
    filled = SITE.replace("pages:\n", "pages:\n  - {name: contact, title: Contact, file: drafts/contact.html}\n")
    with open(os.path.join(drafts, "contact.html"), "w") as f: f.write("<p>Write to desk@news.example.org.</p>")
    h.write_config(filled)
    check(h.run("reload", "--data", h.data).returncode == 0 and until(lambda: h.get("/page/contact").status == 200) and "/page/contact" in h.get("/").text
          and next(b for b in blocks("/") if b["@type"] == "WebSite")["publisher"]["contactPoint"]["url"] == URL + "/page/contact", "one that is filled in stands in the footer, and in the publisher's data")
    check(h.get("/page/about").status == 200 and h.get("/page/privacy").status == 404 and "/page/privacy" not in h.get("/").text and "privacy" in h.log_text(), "a page with a place to fill in is not published, and the log says so")
finally:
    h.remove()
done()
