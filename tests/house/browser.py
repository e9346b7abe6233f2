#!/usr/bin/env python3
"""What a browser sees: the plain binary with the demonstration's stories in English, Hindi and Arabic and with hostile ones, looked at by Chromium (tests/browser/run.mjs).
Sets up the houses and says which pages there are; every check of a page stands in tests/browser/."""
import html, json, tempfile
from _house import *
from _npm import packages

HERE = os.path.join(ROOT, "tests", "browser")
CHROMIUM = os.environ.get("BROADSHEET_CHROMIUM", "/usr/bin/chromium-headless-shell")
SECTIONS = ["world", "politics", "business", "science", "sport", "culture"]
NAMES = {"en": ("The Meridian Courier", "Every story in it is invented", "Imprint"), "hi": ("मेरिडियन समाचार", "इसकी हर ख़बर काल्पनिक है", "प्रकाशक"),
         "ar": ("بريد ميريديان", "كل خبر فيه من نسج الخيال", "بيانات النشر")}
STORIES = {"en": "10,000 metres record", "hi": "केसर घाटी", "ar": "واحة الندى"} # with pictures


def config(language):
    name, tagline, imprint = NAMES[language]
    sections = "\n".join(f"  - {k}" if k != "world" else "  - {name: world, subjects: []}" for k in SECTIONS)
    rules = "\n".join(f'  - {{name: filed under {k}, subjects: ["meridian:{k}"], to_section: {k}}}' for k in SECTIONS)
    return f"""site:
  name: "{name}"
  tagline: "{tagline}"
  url: https://courier.example
  language: {language}
  timezone: Asia/Kolkata
  comments: open
masthead:
  title: Example
  url: /
  menu:
    - {{title: "{imprint}", url: /page/imprint}}
feeds:
  wire:
    provider: Meridian Press Agency
    credit: Meridian
    timezone: UTC
    folder: "@WIRE@"
    pictures: yes
    comments: yes
sections:
{sections}
rules:
{rules}
pages:
  imprint:
    title: "{imprint}"
    html: "<p>Meridian, 1 Quay Street. <a href='/corrections'>#</a></p><ul><li>A</li></ul>"
front:
  section_items: 6
"""


# ---- what nobody may run ----
SHAPES = [
    "<script>hit()</script>", "<script src=/hit></script>", "<img src=x onerror=hit()>", "<svg onload=hit()>", "<svg><script>hit()</script></svg>", "<iframe src='javascript:parent.hit()'></iframe>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>", "<a href='javascript:hit()'>link</a>", "<a href='java&#10;script:hit()'>link</a>", "<a href='&#1;javascript:hit()'>link</a>",
    "<a href='data:text/html,<script>hit()</script>'>link</a>", "<form action='javascript:hit()'><input type=submit autofocus onfocus=hit()></form>", "<math><mi xlink:href='javascript:hit()'>x</mi></math>",
    "<style>@import '/hit';*{background:url(/hit)}</style>", "<p style='background:url(/hit);position:fixed;inset:0'>cover</p>", "<link rel=stylesheet href=/hit>", "<meta http-equiv=refresh content='0;url=/hit'>",
    "<base href=//evil.example/>", "<object data=/hit></object>", "<embed src=/hit>", "<video src=/hit onloadstart=hit()></video>", "<details open ontoggle=hit()>d</details>", "<marquee onstart=hit()>m</marquee>",
    "<input autofocus onfocus=hit()>", "<select autofocus onfocus=hit()></select>", "<template><script>hit()</script></template>", "<noscript><p title='</noscript><img src=x onerror=hit()>'></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=hit()&gt;'>", "<svg></p><style><a id='</style><img src=1 onerror=hit()>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit()>", "<!--><img src=x onerror=hit()>-->", "<![CDATA[><img src=x onerror=hit()>]]>", "<textarea></textarea><img src=x onerror=hit()></textarea>",
    "<xmp><p title='</xmp><img src=x onerror=hit()>'>", "<plaintext><img src=x onerror=hit()>", "<b><p><b></p><img/src=x/onerror=hit()>", "<img src='x` `onerror=hit()'>", "\"><script>hit()</script>", "' onmouseover=hit() '",
    "</title><script>hit()</script>", "</script><script>hit()</script>", "<scr<script>ipt>hit()</scr</script>ipt>", "&lt;script&gt;hit()&lt;/script&gt;", "<a href='vbscript:hit()'>v</a>", "<button formaction='javascript:hit()'>b</button>",
    "<svg><a xlink:href='javascript:hit()'><text y=20>x</text></a></svg>", "<svg><animate onbegin=hit() attributeName=x dur=1s>", "<p id=main class=skip onclick=hit()>clobber</p>", "<img name=getElementById src=x>",
    "\u202e<script>hit()</script>", "{{{html}}}{{headline}}", "<a href='//evil.example/' target=_blank ping=/hit>elsewhere</a>", "<p onanimationstart=hit() style='animation:x 1s'>a</p>", "<body onload=hit() onpageshow=hit()>",
]
ALL = " ".join(SHAPES)


def hostile_newsml(n, shapes, picture):
    """Every field that a page shows holds the shapes; XML's own escapes put them there as text, and once more as elements where they are well-formed."""
    raw = " ".join(shapes)
    t = html.escape(raw)
    body = f"<p>{t}</p><script>hit()</script><p onclick='hit()' style='background:url(/hit)'>struck <a href='javascript:hit()'>link</a></p><iframe src='/hit'></iframe>" \
           f"<svg onload='hit()' xmlns='http://www.w3.org/2000/svg'><script>hit()</script></svg><table onclick='hit()'><tr><td>{t}</td></tr></table><style>*{{background:url(/hit)}}</style>"
    extra = f"<description role='drol:summary'>{t}</description><keyword>{html.escape(raw[:300])}</keyword><creditline>{t}</creditline>"
    return newsml(f"tag:example.org,2026:hostile-{n}", f"Hostile {n} {t}", body, slugline=html.escape(raw[:200]), by="By " + html.escape(raw[:400]), subject="meridian:world", extra=extra, created=at(40 - n / 10))


def hostile_ninjs(n, shapes, picture):
    t = " ".join(shapes)
    more = {"by": t[:400], "slugline": t[:200], "ednote": t, "copyrightNotice": t, "headlines": [{"role": "main", "value": f"Hostile {n} {t}"}],
            "descriptions": [{"role": "summary", "value": t}], "keywords": [t[:100], "hostile"], "subjects": [{"uri": "meridian:world", "name": t[:120]}],
            "associations": [{"name": "p", "type": "picture", "headlines": [{"value": t}], "altText": t, "descriptions": [{"role": "caption", "value": t}], "creditline": t, "by": t[:100],
                              "uri": f"tag:example.org,2026:hostile-picture-{n}", "renditions": [{"name": "main", "href": picture, "contentType": "image/jpeg", "width": 1600, "height": 900}]}]}
    return ninjs(f"tag:example.org,2026:hostile-{n}", "", f"<p>The beginning of it.</p><p>Words {t}</p>" + "\n".join(shapes) + f"<p>The end of it.</p><figure><img src='{picture}' alt=\"{html.escape(t)}\" onerror=hit()></figure>",
                 versionCreated=at(40 - n / 10), **more)


def our_files():
    """Name, text: the hostile stories, one whose words are hard to set, and one that is killed."""
    picture = "hostile.jpg"
    yield "z-hostile-0.xml", hostile_newsml(0, SHAPES, picture)
    yield "z-hostile-1.json", hostile_ninjs(1, SHAPES, picture)
    for k in range(0, len(SHAPES), 12):
        yield f"z-hostile-{k}-a.json", hostile_ninjs(100 + k, SHAPES[k:k + 12], picture)
    long_word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    yield "z-long.json", ninjs("tag:example.org,2026:long", f"{long_word} elects a chair", f"<p>{long_word * 2}</p><p>https://example.org/{'a' * 200}</p><table><tr>{'<td>Wide cell</td>' * 14}</tr></table>",
                               by="Ada Quill", subjects=[{"uri": "meridian:business", "name": "Business"}], versionCreated=at(41), descriptions=[{"role": "summary", "value": "A " + long_word + " has a new chair."}])


def words(language):
    with open(os.path.join(ROOT, "themes", "words", language + ".yaml"), encoding="utf-8") as f:
        return dict(re.findall(r'^(\w+): "(.*)"$', f.read(), re.M))


# ---- the houses ----
def fill(h, source):
    for name in sorted(os.listdir(source)):
        with open(os.path.join(source, name), "rb") as f: h.drop(name, f.read())
    with open(os.path.join(ROOT, "demo", "pictures", "lighthouse.jpg"), "rb") as f: h.drop("hostile.jpg", f.read())
    for name, text in our_files(): h.drop(name, text)


def settled(h):
    s = json.loads(h.verb("status", "--json").stdout or "{}")
    return s and s["applied"] == s["ledger"] and not [f for f in os.listdir(h.wire) if os.path.isfile(os.path.join(h.wire, f))]


def everything(h): return [i for page in range(1, 5) for i in h.api(page)]


def is_drawn(h, pages):
    """The darkroom works behind publication: renditions and cards come a moment later."""
    for p in pages:
        if p["kind"] not in ("front", "article", "foreign", "corrected"): continue
        text = h.get(p["path"]).text
        if p["kind"] in ("article", "foreign") and "<figure>" not in text: return False
        if h.get(re.search(r'og:image" content="https://[^/]+([^"]+)', text)[1]).status != 200: return False
    return True


def path_of(item): return re.sub(r"^https?://[^/]+", "", item["url"])


def pages_of(h, language):
    """Every kind of page, with what a look at it needs to know."""
    items = everything(h)
    has = lambda text: next(path_of(i) for i in items if text in i["headline"])
    corrected = has("votes to close its seafront")
    story, foreign = has(STORIES[language]), has(STORIES["en" if language == "ar" else "ar"])
    text = h.get(story).text
    tag = re.search(r'href="(/tag/[^"]+)"', text)[1]
    author = re.search(r'href="(/author/[^"]+)"', text)[1]
    history = corrected + "/revisions"
    day = "/archive" + story[:11]
    word = {"en": "the", "hi": "की", "ar": "في"}[language]
    pages = [("front", "/", 200), ("article", story, 200), ("foreign", foreign, 200), ("corrected", corrected, 200), ("long", has("elects a chair"), 200), ("revisions", history, 200),
             ("section", "/section/science", 200), ("section-2", "/section/culture?page=2", 200), ("tag", tag, 200), ("author", author, 200), ("search", "/search", 200),
             ("found", "/search?q=" + word, 200), ("nothing", "/search?q=xyzzyx", 200), ("corrections", "/corrections", 200), ("days", "/archive", 200), ("day", day, 200), ("popular", "/popular", 200),
             ("house", "/page/imprint", 200), ("404", "/no/such/page", 404), ("410", h.killed, 410), ("restored", h.restored, 200)]
    return [dict(kind=k, path=p, status=s) for k, p, s in pages]


def look(plan, script="run.mjs"):
    """Runs the browser once; each line of its output is one check."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False, encoding="utf-8") as f: json.dump(plan, f, ensure_ascii=False)
    p = subprocess.Popen(["node", os.path.join(HERE, script), f.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    count = 0
    for line in p.stdout:
        try: said = json.loads(line)
        except ValueError: continue
        count += check(said["ok"], said["what"], said.get("detail", "")) or 1
    errors = p.stderr.read()
    check(p.wait() == 0 and count > 0, "the browser's run came to its end", errors[-3000:])
    os.unlink(f.name)


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        print(f"# NOTHING OF THE PUBLIC SITE WAS LOOKED AT IN A BROWSER: {why}")
        skip("the site in a browser", why)
        done()
    shots = tempfile.mkdtemp(prefix="broadsheet-screenshots-")
    source = tempfile.mkdtemp(prefix="broadsheet-test-")
    r = subprocess.run([PLAIN, "simulate", "--stories", os.path.join(ROOT, "demo"), "--to", source, "--length", "1"], capture_output=True, text=True, timeout=60)
    check(r.returncode == 0, "the demonstration's stories are written", r.stderr)
    houses, sites = [], []
    try:
        for language in NAMES:
            h = House(config=config(language), binary=PLAIN).start()
            houses.append(h)
            fill(h, source)
        for h, language in zip(houses, NAMES):
            check(until(lambda: settled(h), within_s=60), f"{language}: all of them are applied", h.log_text()[-2000:])
            h.killed, h.restored = kill(h, "killed", "Old quay to be sold"), restore(h)
            until(lambda: settled(h), within_s=60)
            items = everything(h)
            pages = pages_of(h, language)
            check(until(lambda: is_drawn(h, pages), within_s=180), f"{language}: their pictures and cards are drawn")
            sites.append(dict(language=language, dir="rtl" if language == "ar" else "ltr", address=h.address.rstrip("/"), name=NAMES[language][0], pages=pages,
                              hostile=[path_of(i) for i in everything(h) if i["headline"].startswith("Hostile")]))
        look(dict(chromium=CHROMIUM, shots=shots, all=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=sites, english=words("en"), shapes=SHAPES, node_modules=os.path.join(HERE, "node_modules")))
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
        shutil.rmtree(source, ignore_errors=True)
    import _house
    if _house._failed or os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


def kill(h, name, headline):
    """One more story, public and then killed: the path of its tombstone."""
    guid = f"tag:example.org,2026:{name}"
    h.drop(f"{name}-1.json", ninjs(guid, headline, versionCreated=at(55), subjects=[{"uri": "meridian:world", "name": "World"}]))
    path = until(lambda: next((path_of(i) for i in everything(h) if i["headline"] == headline), None))
    h.drop(f"{name}-2.json", ninjs(guid, headline, version="2", status="canceled", versionCreated=at(56)))
    until(lambda: h.get(path).status == 410)
    return path


def restore(h):
    """A story that its agency killed, sent again, and that the desk confirmed."""
    path = kill(h, "restored", "New quay to be built")
    h.drop("restored-3.json", ninjs("tag:example.org,2026:restored", "New quay to be built", version="3", versionCreated=at(57), subjects=[{"uri": "meridian:world", "name": "World"}]))
    until(lambda: settled(h))
    r = h.verb("confirm", path)
    check(r.returncode == 0 and until(lambda: h.get(path).status == 200), "a story comes back", r.stdout + r.stderr)
    return path


if __name__ == "__main__": main()
