#!/usr/bin/env python3
"""A licence for some countries over HTTP: who is believed about a reader's country, what readers elsewhere get on every surface, and that neither our cache nor one in front carries a copy across a border."""
import gzip, http.client, json
from _house import *

SITE = """
site:
  name: Quillmere Post
  url: https://news.example.org
  timezone: UTC
  country_header: CF-IPCountry
  comments: open
feeds:
  coastal:
    provider: Coastal
    folder: @WIRE@
    pictures: yes
    comments: yes
    territory: [GB, IE]
  open:
    provider: Open
    folder: @OPEN@
server:
  trusted_proxies: 127.0.0.1
cdn:
  keys: Surrogate-Key
  lifetime: CDN-Cache-Control
  purge:
    - {name: front, url: "http://127.0.0.1:9/", private: yes}
"""
FERRY, MILL = "tag:example.org,2026:ferry", "tag:example.org,2026:mill"
GB, US = {"CF-IPCountry": "GB"}, {"CF-IPCountry": "US"}
PHOTO = open(os.path.join(ROOT, "tests", "cases", "rehearse", "licence-territory", "pylon.jpg"), "rb").read()
LISTS = ("/", "/section/sport", "/tag/sport", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap-1.xml", "/news-sitemap.xml", "/api/v1/stories", "/archive", "/search?q=ferry", "/wp-json/wp/v2/posts", "/wp-json/wp/v2/posts?search=ferry", "/api/v1/stories?limit=50", "/api/v1/stories?tag=sport")


def stranger(path, headers):
    """By another address than the proxy's."""
    return h.ask(path, headers=headers, on=http.client.HTTPConnection(h.host, h.port, timeout=20, source_address=("127.0.0.2", 0)))


room = tempfile.mkdtemp()
with House(SITE.replace("@OPEN@", room)) as h:
    h.drop("pylon.jpg", PHOTO)
    h.drop("ferry.json", ninjs(FERRY, "Ferry sails at dawn", "<p>The ferry left the quay early.</p>", subject=[{"code": "medtop:15000000", "name": "sport"}], associations={"main": {"type": "picture", "pubstatus": "usable", "description_text": "The ferry", "creditline": "Ada/Coastal",
        "renditions": {"original": {"href": "pylon.jpg", "mimetype": "image/jpeg", "width": 640, "height": 400}}}}))
    with open(os.path.join(room, ".m"), "w") as f: f.write(ninjs(MILL, "Mill turns again", "<p>Grain was ground.</p>", subject=[{"code": "medtop:15000000", "name": "sport"}]))
    os.rename(os.path.join(room, ".m"), os.path.join(room, "mill.json"))
    check(until(lambda: "Ferry sails" in h.ask("/", headers=GB).text and "Mill turns" in h.ask("/", headers=GB).text), "both stories are out", h.log_text()[-2000:])
    items = json.loads(h.ask("/api/v1/stories", headers=GB).body)["items"]
    ferry = next(i for i in items if "Ferry" in i["headline"])
    path = ferry["url"].replace("https://news.example.org", "")
    mill = next(i for i in items if "Mill" in i["headline"])["url"].replace("https://news.example.org", "")
    picture = until(lambda: (re.search(r"/pictures/[0-9a-f]{64}-\d+\.jpg", h.ask(path, headers=GB).text) or [None])[0])
    check(bool(picture), "with its picture")

    # ---- where it is ----
    for p in LISTS:
        home, away = h.ask(p, headers=GB), h.ask(p, headers=US)
        named = path.split("/")[-1][-12:]
        check(home.status == away.status == 200 and named in home.text or p in ("/archive",), f"{p}: there at home", home.text[-600:])
        check(named not in away.text and "Ferry sails" not in away.text, f"{p}: not elsewhere")
    for p in (path, path + "/revisions", path + "/comments", "/api/v1/stories/" + ferry["id"], f"/api/v1/stories/{ferry['id']}/ninjs", "/2026/01/01/x-" + ferry["id"]):
        away = h.ask(p, headers=US)
        check(away.status == 451 and "erry" not in away.text.replace("?q=", "") and "Coastal" not in away.text, f"{p}: 451 and no word of it", away.text[:600])
        check("noindex" in away.headers.get("x-robots-tag", "") and away.headers["cache-control"] == "no-store" and away.headers.get("link") == '<https://news.example.org/>; rel="blocked-by"', "kept nowhere, and says who (RFC 7725)", away.headers)
    totals = [h.ask("/wp-json/wp/v2/posts", headers=where).headers["x-wp-total"] for where in (GB, US, GB)]
    check(totals == ["2", "1", "2"], "no total counts it elsewhere", totals)
    check([h.ask("/oembed?url=" + path, headers=where).status for where in (GB, US)] == [200, 404], "nor is it quoted there")
    check(h.ask("/2026/01/01/x-" + ferry["id"], headers=GB).status == 301, "at home a wrong address leads to the right one")
    check(h.ask(picture, headers=GB).status == 200 and h.ask(picture, headers=US).status == 404, "its picture too")
    check(h.ask(path + "/comments", "POST", {**US, "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}, "name=A&text=B").status == 451, "nobody writes under it from elsewhere")

    # ---- who is believed ----
    check("cannot tell" in h.get(path).text and h.get(path).status == 451, "nobody has said from where: outside, and that is said")
    check(stranger(path, GB).status == 451 and "Ferry sails" not in stranger("/", GB).text and stranger(picture, GB).status == 404, "a stranger's own word is not believed")
    check(stranger(mill, {}).status == 200, "what is for everybody he gets")
    for word in ("UK", "XX", "T1", "GBR", "", "GB, IE"):
        check(h.ask(path, headers={"CF-IPCountry": word}).status == 451, f"“{word}” is no country")
    check(h.ask(path, headers={"cf-ipcountry": "ie"}).status == 200, "case does not matter")
    c = http.client.HTTPConnection(h.host, h.port, timeout=20)
    c.putrequest("GET", path); c.putheader("CF-IPCountry", "GB"); c.putheader("CF-IPCountry", "US"); c.endheaders()
    check(c.getresponse().status == 451, "two answers are none"); c.close()

    # ---- caches ----
    for p in ("/", path):
        a = h.ask(p, headers=GB)
        check(a.headers["cache-control"] == "private, no-cache" and a.headers["vary"] == "Accept-Encoding, CF-IPCountry", f"{p}: for no shared cache, and by what it differs", a.headers)
        check("cdn-cache-control" not in a.headers and "surrogate-key" not in a.headers, f"{p}: no cache in front is asked to keep it", a.headers)
        head, zipped = h.ask(p, "HEAD", GB), h.ask(p, headers={**GB, "Accept-Encoding": "gzip"})
        check(head.status == 200 and head.headers["etag"] == a.headers["etag"] and head.headers["vary"] == a.headers["vary"] and not head.body, f"{p}: HEAD says the same")
        check(gzip.decompress(zipped.body) == a.body and zipped.headers["vary"] == a.headers["vary"] and zipped.headers["etag"] != a.headers["etag"], f"{p}: and so does gzip")
        check(h.ask(p, headers={**GB, "If-None-Match": a.headers["etag"]}).status == 304, f"{p}: 304 at home")
        away = h.ask(p, headers={**US, "If-None-Match": f'{a.headers["etag"]}, {zipped.headers["etag"]}'})
        check(away.status != 304 and away.headers.get("etag") != a.headers["etag"], f"{p}: never for a traveller", away.status)
        part = h.ask(p, headers={**US, "Range": "bytes=0-999999"})
        check("Ferry sails" not in part.text, f"{p}: nor by a range")
        check(h.ask(p, "HEAD", US).status == away.status, f"{p}: HEAD elsewhere answers as GET")
        check("Ferry sails" not in gzip.decompress(h.ask("/", headers={**US, "Accept-Encoding": "gzip"}).body).decode(), f"{p}: nor compressed")
    a, b = h.ask("/", headers={"CF-IPCountry": "US"}), h.ask("/", headers={"CF-IPCountry": "FR"})
    check(a.body == b.body, "two countries outside see the same")
    a = h.ask(mill, headers=US)
    pic = h.ask(picture, headers=GB)
    check(pic.headers["cache-control"] == "private, max-age=30" and pic.headers["vary"] == "CF-IPCountry, Save-Data" and "cdn-cache-control" not in pic.headers, "the picture is for no shared cache", pic.headers)
    check(h.ask(picture, headers={**US, "If-None-Match": pic.headers["etag"]}).status == 404, "and gives a traveller no 304")
    style = re.search(r"/assets/style-[0-9a-f]+\.css", a.text)[0]
    check("immutable" in h.ask(style, headers=US).headers["cache-control"] and h.ask("/robots.txt", headers=US).headers["vary"] == "Accept-Encoding", "what is the same for everybody stays so")

    # ---- its receipt ----
    def receipt():
        r = h.verb("receipt", "--json", FERRY)
        return json.loads(r.stdout) if r.returncode == 0 else None
    check(h.verb("takedown", FERRY).returncode == 0 and until(lambda: h.ask(path, headers=GB).status == 410), "taken down at home")
    got = until(receipt, within_s=30) or {}
    seen = {s["path"]: s for s in got.get("surfaces", [])}
    check(got.get("asked_as_in") == "GB" and seen.get(path, {}).get("plain") == 410, "the receipt tells what a reader at home gets", got)
    check(not any("some countries" in t for t in got.get("not_reached", [])), "and leaves nobody out", got.get("not_reached"))
    check(h.verb("lift", FERRY).returncode == 0 and until(lambda: h.ask(path, headers=GB).status == 200) and until(lambda: h.ask(picture, headers=GB).status == 200), "and it comes back")

    # ---- duties, and a story for everybody ----
    r = h.verb("duties", "--json", "--all", FERRY)
    d = {x["duty"]: x for x in map(json.loads, r.stdout.splitlines())}
    check(r.returncode == 0 and d["territory"]["state"] == "met" and d["territory"]["detail"] == "+GB,IE", "the duty is met, and says which", r.stdout + r.stderr)
    h.write_config(SITE.replace("@OPEN@", room).replace("    territory: [GB, IE]\n", ""))
    r = h.verb("reload")
    check(r.returncode == 0 and until(lambda: h.ask(path, headers=US).status == 200) and h.ask(picture, headers=US).status == 200, "a wider licence opens it", r.stderr)
    a = h.ask("/", headers=US)
    check("Ferry sails" in a.text and a.headers["cache-control"] == "no-cache" and a.headers["vary"] == "Accept-Encoding" and "max-age=30" in a.headers["cdn-cache-control"], "and then caches in front may keep it", a.headers)
    check(stranger(path, {}).status == 200, "for everybody")

    # ---- nobody tells ----
    h.write_config(SITE.replace("@OPEN@", room).replace("  country_header: CF-IPCountry\n", ""))
    r = h.verb("reload")
    check("all its stories are held" in r.stdout + r.stderr or r.returncode == 0, "it can be put in force", r.stdout + r.stderr)
    check(until(lambda: h.ask(path, headers=GB).status == 404) and h.ask(picture, headers=GB).status == 404, "without a header nothing of it is shown")
    check("cannot tell where a reader is" in h.verb("status", "--held").stdout, "and the desk reads why", h.verb("status", "--held").stdout)
    r = h.run("check", "--config", h.config_path)
    check("all its stories are held" in r.stdout + r.stderr, "the site file's check warns", r.stdout + r.stderr)
    check(h.ask(mill).status == 200, "other stories stand")
done()
