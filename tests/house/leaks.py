#!/usr/bin/env python3
"""`serve --one`: all roles as threads of one process, through a small life, and at its end nothing was lost of its memory: the search for leaks that cages forbid
to the others. It is also the test that --one publishes, kills and stops."""
from _house import *

KEY = b"0123456789abcdef0123456789abcdef"
CONFIG = """site:
  name: The Leak Courier
  timezone: UTC
feeds:
  wire:
    provider: example.org
    timezone: UTC
    folder: @WIRE@
    pictures: true
    push_key_file: @FOLDER@/push.key
"""


def push(h, body, signed=True, **more):
    headers = sign(KEY if signed else b"x" * 32, body, **more)
    return h.ask("/push/wire", "POST", {**headers, "Content-Type": "application/json"}, body)


env = dict(os.environ)
env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "").replace("detect_leaks=0", "detect_leaks=1") or "detect_leaks=1"
h = House(config=CONFIG, args=["--one"], env=env)
with open(os.path.join(h.folder, "push.key"), "wb") as f: f.write(KEY)
os.chmod(os.path.join(h.folder, "push.key"), 0o600)
h.start()
for i in range(5): h.drop(f"s{i}.xml", newsml(f"tag:example.org,2026:{i}", f"Story number {i} stands", f"<p>The lamps of Quillmere, number{i}.</p>", by="By Ines Marlow", created=at(i)))
check(all(h.shows("/", f"Story number {i} stands") for i in range(5)), "one process publishes")
path = h.path_of("Story number 1 stands")
h.drop("s1b.xml", newsml("tag:example.org,2026:1", "Story number 1 goes on", "<p>The lamps of Quillmere again.</p>", version=2, created=at(10)))
check(h.shows(path, "goes on"), "an update takes its place")
with open(os.path.join(h.wire, ".p.png"), "wb") as f: f.write(png(320, 200))
os.rename(os.path.join(h.wire, ".p.png"), os.path.join(h.wire, "p.png"))
h.drop("pic.json", ninjs("tag:example.org,2026:pic", "Story with a picture", associations=[{"name": "main", "type": "picture", "uri": "tag:example.org,2026:p1",
       "headlines": [{"value": "The quay"}], "renditions": [{"name": "main", "href": "p.png", "contentType": "image/png", "width": 320, "height": 200}]}]))
check(h.shows("/", "Story with a picture"), "a story with a picture")
pictured = h.path_of("Story with a picture")
picture = until(lambda: re.search(r"/pictures/[0-9a-f]{64}-\d+\.jpg", h.get(pictured).text))
check(picture and h.get(picture[0]).status == 200, "whose rendition was made", h.get(pictured).text[:300])
check(until(lambda: h.get("/pictures/card.jpg").status == 200), "and the site's card")
for coding in ("gzip", "br"):
    for surface in ("/", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap.xml", "/sitemap-1.xml", "/news-sitemap.xml", "/robots.txt", "/api/v1/stories", path, path + "/revisions",
                    "/archive", "/corrections", "/popular", "/author/ines-marlow", "/nothing", "/search?q=number2"):
        h.get(surface, Accept_Encoding=coding)
check(h.shows("/search?q=number2", "Story number 2"), "a search finds")
body = ninjs("tag:example.org,2026:pushed", "Story that was pushed").encode()
stamp, nonce = str(int(time.time())), secrets.token_hex(12)
check(push(h, body, stamp=stamp, nonce=nonce).status in (200, 202) and h.shows("/", "Story that was pushed"), "a push is taken")
check(push(h, body, stamp=stamp, nonce=nonce).status == 401, "and refused when it comes again")
check(push(h, body, signed=False).status == 401, "an unsigned one is not")
h.drop("bad.xml", "<newsItem guid='x'><broken")
check(until(lambda: os.path.exists(os.path.join(h.wire, "quarantine", "bad.xml.why.txt"))), "what cannot be read goes to quarantine/")
h.drop("k.xml", newsml("tag:example.org,2026:1", "Story number 1 goes on", "", version=3, status="canceled", created=at(20)))
check(until(lambda: h.get(path).status == 410), "a kill: 410")
check("goes on" not in h.get("/").text, "and off the front")
r = h.verb("takedown", h.path_of("Story number 3 stands"))
check(r.returncode == 0, "a takedown", r.stdout + r.stderr)
h.write_config(CONFIG.replace("The Leak Courier", "The Renamed Courier"))
r = h.verb("reload")
check(r.returncode == 0 and h.shows("/", "The Renamed Courier"), "a reload", r.stdout + r.stderr + h.log_text()[-1500:])
check(h.shows("/", "Story number 4 stands"), "after which all stands")
code = h.stop()
log = h.log_text()
check(code == 0, f"it ends by SIGTERM with status 0 ({code})", log[-3000:])
leak = log.find("LeakSanitizer")
check(leak < 0, "nothing leaked", log[leak:leak + 3000] if leak >= 0 else "")
check("AddressSanitizer" not in log and "runtime error" not in log, "no sanitizer spoke", log[-3000:])
h.remove()

# The house as it runs: no role but a killed one may end otherwise than by its own will.
with House() as h:
    h.drop("a.json", ninjs("tag:example.org,2026:a", "A story stands"))
    check(h.shows("/", "A story stands"), "the house in its processes")
    code = h.stop()
    log = h.log_text()
    check(code == 0 and "ended by signal" not in log and "ended with exit status" not in log, "no role ends badly", log[-2000:])
done()
