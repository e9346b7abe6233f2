#!/usr/bin/env python3
"""Pictures and embeds in a text in a browser: nothing is asked of others before the click, what comes then, no layout that moves, without script, on a phone, from right to left.
The provider is a server of the test's own, to which Chromium's host rules lead; what is looked at stands in tests/browser/embeds.mjs."""
import json, tempfile
from _house import *
from browser import CHROMIUM, config, look, packages
from embeds import FRAME, VIDEO, stand


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        skip("embeds in a browser", why)
        done()
    houses, sites = [], []
    try:
        for language in ("en", "ar"):
            h = House(config=config(language).replace("    pictures: yes\n", "    pictures: yes\n    embeds: yes\n"), binary=PLAIN).start()
            houses.append(h)
            sites.append(dict(language=language, address=h.address.rstrip("/"), path=stand(h), frame=FRAME, video=VIDEO))
        look(dict(chromium=CHROMIUM, sites=sites), "embeds.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    done()


if __name__ == "__main__": main()
