#!/usr/bin/env python3
"""The grievance officer's page, a complaint's way and the desk's list in a browser without scripts, on a phone and a desktop, light and dark, in English, Hindi and Arabic, accessible (tests/browser/grievance.mjs)."""
import tempfile
from browser import CHROMIUM, look, packages
from _desk import *

NAMES = {"en": "Quillmere Post", "hi": "क्विलमीर समाचार", "ar": "بريد كويلمير"}


def config(language):
    return f"""
site: {{name: "{NAMES[language]}", language: {language}, timezone: Asia/Kolkata}}
grievance:
  officer: Leela Menon
  address: 12 Quay Street, Mumbai 400001
  email: grievance@news.example.org
  telephone: "+91 22 5550 0100"
  body: News Council of Quillmere
  body_url: https://council.example.org/
feeds:
  wire: {{provider: Wire Agency, folder: "@WIRE@"}}
sections:
  news: {{title: "News"}}
desk: {{listen: "127.0.0.1:0"}}
"""


def start(language):
    h = House(config=config(language), binary=PLAIN).start()
    port = desk_port(h)
    check(account(h, "ed", "editor").returncode == 0, f"{language}: an editor's account")
    h.drop("s.xml", newsml("tag:example.org,2026:1", "Harbour bridge opens", "<p>The lanterns of Quillmere were lit.</p>", language=language))
    story = until(lambda: h.path_of("Harbour bridge opens"), within_s=120)
    return h, dict(language=language, address=h.address.rstrip("/"), desk=f"http://127.0.0.1:{port}", story=story)


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        skip("complaints in a browser", why)
        done()
    shots, houses, sites = tempfile.mkdtemp(prefix="broadsheet-screenshots-"), [], []
    try:
        for language in NAMES:
            h, site = start(language)
            houses.append(h)
            sites.append(site)
        look(dict(chromium=CHROMIUM, shots=shots, all=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=sites, password=PASSWORD), "grievance.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    import _house
    if _house._failed or os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
