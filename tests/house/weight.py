#!/usr/bin/env python3
"""What pages weigh: of each kind its bytes on their way (brotli, heads included), those of its style and scripts, script as a browser reads it, where a story's text begins, whom it asks. The bars are docs/site.md's.
And that what the build takes out of styles and scripts (themes/embed.py) is comments and indentation alone."""
import gzip, random
from _house import *

KB = 1024
CONFIG = """site:
  name: Brackhaven Post
  tagline: All of it is invented
  url: https://post.example
  timezone: UTC
  comments: open
feeds:
  wire: {provider: Quay Press, credit: Quay, timezone: UTC, folder: "@WIRE@", pictures: yes, comments: yes}
sections: [world, sport, news]
organisation: {email: desk@post.example}
share: {by: [copy, system, mail]}
audience: {measure: yes}
live: {updates: 2}
"""
SYLLABLES = [a + b for a in ("b", "br", "d", "f", "gl", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "v", "w") for b in ("a", "e", "en", "er", "i", "o", "on", "u")]
chance = random.Random(1)
sentence = lambda: " ".join("".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(26)).capitalize() + ". "
BODY = "".join(f"<p>{k}: {sentence()}{sentence()}{sentence()}</p>" + (f"<h2>Part {k}</h2>" if k % 4 == 3 else "") for k in range(24))  # some 1,900 words, which are squeezed worse than a language's


def coded(h, path):
    """Status, head and body as they are sent to a browser; the body as it is read."""
    r = h.ask(path, headers={"Accept-Encoding": "br", "Accept": "text/html"})
    plain = h.ask(path, headers={"Accept": "text/html"}).body
    head = sum(len(k) + len(v) + 4 for k, v in r.headers.items())
    return r.status, head + len(r.body), plain


def weigh(h, path):
    """What a browser that comes first fetches for it, but for pictures."""
    status, page, plain = coded(h, path)
    text = plain.decode()
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', text)
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    parts = {p: coded(h, p) for p in dict.fromkeys(scripts + styles) if p.startswith("/")}
    asked = set(re.findall(r'<(?:script|img|iframe|source|video|audio)[^>]* (?:src|srcset)="(?:https?:)?//([^/"]+)', text)) | {p for p in scripts + styles if not p.startswith("/")}
    inline = sum(len(x) for x in re.findall(r"<script(?![^>]*(?:src=|ld\+json))[^>]*>(.*?)</script>", text, re.S))
    return dict(status=status, page=page, style=sum(parts[p][1] for p in styles), script=sum(parts[p][1] for p in scripts), read=inline + sum(len(parts[p][2]) for p in scripts),
                wire=page + sum(x[1] for x in parts.values()), others=sorted(asked), text=text)


h = House(CONFIG, binary=PLAIN).start()
with open(os.path.join(ROOT, "demo", "pictures", "lighthouse.jpg"), "rb") as f: h.drop("lighthouse.jpg", f.read())
picture = {"p": {"uri": "tag:example.org,2026:p", "type": "picture", "altText": "A lighthouse", "creditline": "Quay / Ada Quill", "renditions": [{"name": "main", "href": "lighthouse.jpg", "contentType": "image/jpeg", "width": 1600, "height": 900}]}}
story = lambda n, **more: ninjs(f"tag:example.org,2026:{n}", f"Story {n} stands", BODY, by="Ada Quill", subjects=[{"uri": "medtop:15000000", "name": "Sport"}], **more)
for n in range(40): h.drop(f"{n}.json", story(n, versionCreated=at(n / 2), associations=picture if n % 2 else {}, descriptions=[{"role": "summary", "value": sentence()}]))
h.path_of("Story 39 stands")
for v in range(2, 6):
    h.drop(f"run-{v}.json", ninjs("tag:example.org,2026:39", "Story 39 stands", BODY + f"<p>Update {v} of it.</p>", version=str(v), by="Ada Quill", versionCreated=at(20 + v / 10)))
    running = h.path_of("Story 39 stands")
    until(lambda: f"Update {v} of it" in h.get(running).text)
article = h.path_of("Story 37 stands")
check(until(lambda: "<picture" in h.get(article).text and h.shows("/", "<picture", 0.1), within_s=60), "the pictures are drawn")
kinds = {"front": "/", "article": article, "running": running, "list": "/section/news", "search": "/search?q=story", "comments": article + "/comments", "revisions": running + "/revisions", "404": "/no/such"}
print(f"# {'kind':10} {'page':>7} {'style':>7} {'scripts':>7} {'in all':>7} bytes on their way; {'script':>6} as it is read")
got = {}
for kind, path in kinds.items():
    g = got[kind] = weigh(h, path)
    print(f"# {kind:10} {g['page']:7} {g['style']:7} {g['script']:7} {g['wire']:7} {'':18} {g['read']:6}")
    check(g["status"] == (404 if kind == "404" else 200) and g["wire"] <= 60 * KB, f"{kind}: {g['wire']} bytes on their way without pictures, at most 60 KB")
    check(g["read"] <= 10000, f"{kind}: {g['read']} bytes of script as it is read, at most 10 KB")
    check(not g["others"], f"{kind}: it asks nobody else", g["others"])
for kind in ("article", "running"):
    begins = len(gzip.compress(got[kind]["text"].partition("<p>0: ")[0].encode()))
    check(begins <= 14 * KB and "<p>0: " in got[kind]["text"], f"{kind}: its text begins at byte {begins} of its way, at most 14 KB")
check("/assets/live-" in got["running"]["text"] and "/assets/live-" not in got["article"]["text"], "live.js is named where a story runs, and not where none does")
check("/assets/live-" in got["front"]["text"] and not any("/assets/consent-" in g["text"] for g in got.values()), "and on the front; consent.js nowhere without a script of others")
for ending, kind in (("/lite", "text/html"), (".txt", "text/plain")):
    r = h.ask(article + ending, headers={"Accept-Encoding": "br"})
    check(r.status == 200 and r.headers["content-type"].startswith(kind) and len(r.body) < 10000, f"{ending} of 1,900 words: {len(r.body)} bytes on their way, under 10 KB", r.headers)
h.remove()

# ---- what the build takes out ----
sys.dont_write_bytecode = True  # what lies in themes/ goes into the binary
sys.path.insert(0, os.path.join(ROOT, "themes"))
import embed

KEPT = 'var a = "  /* no comment */  ";\nvar b = /\\/\\*x/;\nreturn\nf(a)\n;[1].x\n'
check(embed.lean("a.js", "/* one */\n\n  " + KEPT.replace("\n", "\n  ") + "\n/* two\n   lines */\n") == KEPT, "comments of whole lines and indentation go; words, patterns and line ends stay", embed.lean("a.js", KEPT))
for bad, what in (("var a = `x\n  y`;", "a text over lines"), ("var a = 'x\\\n  y';", "a line that goes on"), ("/* a */ b();", "words behind a comment"), ("/* a", "a comment without end"), ("/* a\n*/ b(); /* c */", "words between two")):
    try: said = embed.lean("a.js", bad)
    except SystemExit as e: said = None
    check(said is None, f"{what} is refused", said)
for folder, ending in (("js", ".js"), ("css", ".css")):
    for name in sorted(os.listdir(os.path.join(ROOT, "themes", folder))):
        text = open(os.path.join(ROOT, "themes", folder, name), encoding="utf-8").read()
        squeezed = lambda t: re.sub(r"\s+", "", re.sub(r"^\s*/\*.*?\*/\s*$", "", t, flags=re.M | re.S))
        check(squeezed(embed.lean(name, text)) == squeezed(text), f"{name}: the same words")
done()
