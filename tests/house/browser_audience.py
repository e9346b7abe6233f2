#!/usr/bin/env python3
"""What a browser sees of readers as an audience: share, follow, support, and what is counted; with and without script, on phone and desktop (tests/browser/audience.mjs)."""
import struct, tempfile
from browser import CHROMIUM, HERE, look, packages
from _desk import *

SITES = {"en": ("Quillmere Post", "Harbour bridge opens after eleven years"), "hi": ("क्विलमीर समाचार", "बंदरगाह का पुल ग्यारह साल बाद खुला"), "ar": ("بريد كويلمير", "جسر الميناء يُفتتح بعد أحد عشر عامًا")}
PARAGRAPH = {"en": "The lanterns of Quillmere were lit when the first ferry crossed under it.", "hi": "जब पहली नाव उसके नीचे से निकली तो दीप जलाए गए।", "ar": "أُضيئت المصابيح حين عبرت أول عبّارة من تحته."}
SECRET = "five plain words here"


def config(language):
    name = SITES[language][0]
    return f"""
site: {{name: "{name}", url: "https://courier.org", language: {language}, timezone: Asia/Kolkata}}
feeds:
  wire: {{provider: Wire Agency, folder: "@WIRE@"}}
channels:
  - {{kind: youtube, url: "https://www.youtube.com/@courier"}}
  - {{kind: telegram, url: "https://t.me/courier"}}
  - {{kind: whatsapp, url: "https://whatsapp.com/channel/courier"}}
  - {{kind: x, url: "https://x.com/courier"}}
  - {{kind: facebook, url: "https://www.facebook.com/courier"}}
  - {{kind: instagram, url: "https://www.instagram.com/courier"}}
  - {{kind: mastodon, url: "https://social.example/@courier"}}
  - {{kind: linkedin, url: "https://www.linkedin.com/company/courier"}}
  - {{kind: mail, address: desk@courier.org}}
  - {{kind: rss}}
support:
  plans:
    - {{name: Reader, price: "₹99", period: a month, text: Every story as it comes., url: "https://pay.example/reader"}}
    - {{name: Friend, price: "₹999", period: a year, url: "https://pay.example/friend"}}
desk: {{listen: "127.0.0.1:0"}}
"""


ADS = """
ads:
  hosts: [ads.example.net]
  slots:
    phone: {screen: phone, width: 320, height: 50, image: "https://ads.example.net/phone.png", link: "https://shop.example", alt: A shop by the harbour}
    wide: {width: 728, height: 90, image: "https://ads.example.net/wide.png", link: "https://shop.example", alt: A shop by the harbour}
    end: {place: story-end, width: 300, height: 250, frame: "https://ads.example.net/frame"}
    front: {place: front, width: 300, height: 250, frame: "https://ads.example.net/frame"}
tag: {name: Meter Inc, script: "https://tag.example.com/t.js"}
"""
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def words(language):
    with open(os.path.join(ROOT, "themes", "words", language + ".yaml"), encoding="utf-8") as f: return dict(re.findall(r'^(\w+): "(.*)"$', f.read(), re.M))


def read_some(h, path):
    """Something for the desk's page: some readers, and six minutes later by the house's own clock."""
    for n in range(7):
        head = {"User-Agent": AGENT, "Referer": ["https://www.search.example/", "https://courier.org/", "https://a-site-with-a-very-long-name.example.org/"][n % 3]}
        h.ask(path, headers=head)
        h.ask("/beacon", "POST", head | {"Sec-Fetch-Site": "same-origin"}, f"story={path[-12:]}&seconds={n * n * 10}&from=search.example")
    with open(os.path.join(h.data, "run", "clock"), "r+b") as f:
        f.seek(96)
        f.write(struct.pack("<q", int(time.time() * 1000) + 360000))


def start(language, more=""):
    h = House(config(language) + more, listen="127.0.0.1:0", binary=PLAIN, args=["--virtual-clock", str(int(time.time() * 1000))]).start()
    for i in range(3):
        h.drop(f"s{i}.xml", newsml(f"tag:example.org,2026:{i}", SITES[language][1] + (f" ({i})" if i else ""), f"<p>{PARAGRAPH[language]}</p>" * 12, language=language, created=at(-i)))
    path = h.path_of(SITES[language][1])
    check(path and account(h, "ruth", "editor", SECRET).returncode == 0, f"{language}: a story and an editor")
    h.drop("k1.xml", newsml("tag:example.org,2026:k", "Old quay to be sold", language=language))
    h.killed = h.path_of("Old quay to be sold")
    h.drop("k2.xml", newsml("tag:example.org,2026:k", "Old quay to be sold", version=2, status="canceled", language=language))
    until(lambda: h.get(h.killed).status == 410)
    read_some(h, path)
    check(until(lambda: "search.example" in h.verb("audience").stdout), f"{language}: it was read", h.verb("audience").stdout)
    return h, dict(language=language, dir="rtl" if language == "ar" else "ltr", address=h.address.rstrip("/"), desk=f"http://127.0.0.1:{desk_port(h)}", story=path, killed=h.killed, words=words(language), secret=SECRET)


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        skip("readers as an audience in a browser", why)
        done()
    shots = tempfile.mkdtemp(prefix="broadsheet-screenshots-")
    houses = []
    try:
        for language in SITES: houses.append(start(language))
        paid = start("en", ADS)
        houses.append(paid)
        look(dict(chromium=CHROMIUM, shots=shots, all=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=[s for _, s in houses[:-1]], paid=paid[1]), "audience.mjs")
    finally:
        for h, _ in houses: h.remove()
    if os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
