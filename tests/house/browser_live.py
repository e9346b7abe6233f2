#!/usr/bin/env python3
"""Running stories and reading without a line, in Chromium (tests/browser/live.mjs): with and without script, phone and desktop, in three languages; the script publishes, corrects and kills while pages are open."""
import json
from _house import *
import browser

MORE = """sections:
  - name: world
    title: World
live:
  updates: 2
"""
OFFLINE = """offline:
  reading: yes
  short_name: Courier
"""


def config(language, more):
    return f"""site:
  name: "{browser.NAMES[language][0]}"
  url: https://courier.example
  language: {language}
  base: /wire
  timezone: UTC
feeds:
  wire:
    provider: Meridian
    timezone: UTC
    folder: "@WIRE@"
{MORE}{more}"""


def main():
    why = browser.packages() or ("" if os.path.exists(browser.CHROMIUM) else f"there is no {browser.CHROMIUM}")
    if why:
        skip("running stories in a browser", why)
        done()
    shots = tempfile.mkdtemp(prefix="broadsheet-screenshots-")
    houses, sites = [], []
    try:
        for language in ("en", "hi", "ar"):
            h = House(config(language, OFFLINE if language == "en" else ""), binary=PLAIN).start()
            houses.append(h)
            with open(os.path.join(h.folder, "off.yaml"), "w") as f: f.write(config(language, "").replace("@WIRE@", h.wire))
            sites.append(dict(language=language, address=h.address.rstrip("/") + "/wire", wire=h.wire, words=browser.words(language), config=h.config_path, off=os.path.join(h.folder, "off.yaml"),
                              reload=[h.binary, "reload", "--data", h.data], metrics=h.address.rstrip("/") + "/metrics"))
        browser.look(dict(chromium=browser.CHROMIUM, shots=shots, sites=sites), "live.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    import _house
    if _house._failed or os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
