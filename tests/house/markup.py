#!/usr/bin/env python3
"""Every kind of page in three languages is valid HTML by the Nu Html Checker (npm's vnu-jar), with no error and no warning. Skipped, and said so, where there is no Java or npm reaches no registry."""
import json
from _house import *
from _npm import HERE, packages

SITE = """
site:
  name: "{name}"
  tagline: "{tagline}"
  url: https://news.example.org
  language: {language}
  timezone: Asia/Kolkata
  comments: open
masthead: {{title: Parent, url: /, menu: [{{title: "Contact & more", url: /page/about}}]}}
feeds:
  wire: {{provider: Meridian, folder: "@WIRE@", pictures: yes, comments: yes, timezone: UTC}}
sections:
  - {{name: sport, subjects: [medtop:15000000], colour: "#aa2222"}}
  - {{name: world}}
pages:
  - {{name: about, title: "A & B", html: "<h2>We</h2><p>print <em>news</em>.</p><ul><li>A</li></ul>"}}
organisation: {{email: desk@news.example.org}}
"""
NAMES = {"en": ("Quillmere <Post>", "News & more", "Ferry & friends sail <at> dawn", "By Ines Marlow"), "hi": ("क्विलमीर समाचार", "ख़बरें और बहुत कुछ", "भोर में नाव चली", "ईशा मार्लो"), "ar": ("بريد كويلمير", "أخبار وأكثر", "أبحرت العبّارة عند الفجر", "إيناس مارلو")}
PHOTO = open(os.path.join(ROOT, "tests", "cases", "rehearse", "licence-territory", "pylon.jpg"), "rb").read()
BODY = """<p>First words &amp; more.</p><h2>A head</h2><p>A <a href="https://other.example/?a=1&amp;b=2">link</a>, <b>bold</b> and <i>italic</i>.</p><ul><li>one</li><li>two</li></ul><ol><li>a</li></ol><blockquote><p>Quoted.</p></blockquote>
<table><tr><th>Place</th><th>Rain</th></tr><tr><td>Velmara</td><td>7</td></tr></table><p>The end.</p><p>(Reporting by Ines Marlow; Editing by Otto Vane)</p>"""
SUBJECT = {"subjects": [{"name": "sport", "uri": "http://cv.iptc.org/newscodes/mediatopic/15000000"}]}


def pages_of(language):
    """Name and bytes of each page."""
    name, tagline, headline, by = NAMES[language]
    with House(SITE.format(name=name, tagline=tagline, language=language)) as h:
        picture = {"associations": [{"name": "main", "uri": "tag:example.org,2026:p", "type": "picture", "pubStatus": "usable", "descriptions": [{"role": "caption", "value": "The \"ferry\" & more"}], "infoSources": [{"role": "creditline", "name": "Ada/Meridian"}],
                                     "renditions": [{"name": "original", "href": "pylon.jpg", "contentType": "image/jpeg", "width": 640, "height": 400}]}]}
        h.drop("pylon.jpg", PHOTO)
        story = lambda **k: ninjs("tag:example.org,2026:a", headline, BODY, by=by, language=language, descriptions=[{"role": "summary", "value": "In short & \"quoted\"."}], located="QUAYSIDE", **SUBJECT, **picture, **k)
        h.drop("a.json", story())
        path = h.path_of(headline)
        for i in range(12): h.drop(f"s{i}.json", ninjs(f"tag:example.org,2026:s{i}", f"{headline} {i}", f"<p>Row {i}.</p>", language=language, **(SUBJECT if i % 2 else {})))
        h.drop("dead.json", ninjs("tag:example.org,2026:dead", "Thornapple soup", language=language))
        dead = h.path_of("Thornapple soup")
        h.drop("kill.json", ninjs("tag:example.org,2026:dead", "Thornapple soup", status="canceled", version="2"))
        h.drop("a2.json", newsml("tag:example.org,2026:m", "CORRECTED-Mill turns", "<p>Grain.</p>", version=2, signal="correction", language=language))
        until(lambda: h.get(dead).status == 410 and len(h.api()) >= 14)
        until(lambda: "/pictures/" in h.get(path).text)
        day = path[:11]
        kinds = {"front": "/", "section": "/section/sport", "section-2": "/section/sport?page=2", "tag": "/tag/sport", "article": path, "revisions": path + "/revisions", "comments": path + "/comments", "archive": "/archive", "day": "/archive" + day, "search": "/search?q=ferry",
                 "nothing-found": "/search?q=zephyrine", "search-empty": "/search", "corrections": "/corrections", "popular": "/popular", "house": "/page/about", "never": "/nothing-here", "gone": dead}
        author = re.search(r'href="(/author/[^"]+)"', h.get(path).text)
        if author: kinds["author"] = author[1]
        for kind, where in kinds.items():
            a = h.get(where)
            if a.headers["content-type"].startswith("text/html"): yield kind, a.body
            else: check(False, f"{language} {kind} is a page", (a.status, a.headers))


why = "there is no java (openjdk-17-jre-headless)" if not shutil.which("java") else packages()
jar = os.path.join(HERE, "node_modules", "vnu-jar", "build", "dist", "vnu.jar")
if not why and not os.path.exists(jar): why = "vnu-jar is not among npm's packages here"
if why:
    skip("every kind of page is valid HTML", why)
    done()
room = tempfile.mkdtemp(prefix="broadsheet-test-")
try:
    count = 0
    for language in NAMES:
        for kind, body in pages_of(language):
            count += 1
            with open(os.path.join(room, f"{language}-{kind}.html"), "wb") as f: f.write(body)
    with open(os.path.join(room, "bad-page.html"), "w") as f: f.write("<!doctype html><html lang=en><title>x</title><p><div></p><img src=x>")
    files = sorted(os.path.join(room, f) for f in os.listdir(room))
    r = subprocess.run(["java", "-Xss2m", "-jar", jar, "--format", "json", "--stdout", *files], capture_output=True, text=True, timeout=300)
    said = {}
    for m in json.loads(r.stdout)["messages"]:
        if m["type"] == "error" or m.get("subType") == "warning": said.setdefault(os.path.basename(m["url"].split("file:")[-1]), []).append(f"{m.get('lastLine')}: {m['message']} {m.get('extract', '')[:120]}")
    check(len(said.pop("bad-page.html", [])) >= 2, "the checker sees what is wrong", r.stderr)
    check(count >= 50, f"{count} pages were asked for")
    for f in files:
        name = os.path.basename(f)
        if name != "bad-page.html": check(name not in said, f"{name.removesuffix('.html')} is valid", said.get(name))
finally:
    shutil.rmtree(room, ignore_errors=True)
done()
