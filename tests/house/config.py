#!/usr/bin/env python3
"""A configured site: names, base path, masthead as data, sections, credit and disclaimer, noindex; reload without dropping a connection."""
from _house import *

CONFIG = """site:
  name: The Lantern
  url: https://news.example.org
  base: /wire
  language: en
  timezone: Asia/Kolkata
masthead:
  title: The Parent Paper
  url: https://example.org/
  menu:
    - title: Weather
      url: https://example.org/weather
feeds:
  agency:
    provider: Example Agency
    credit: Example
    timezone: UTC
    folder: @WIRE@
"""
with House(config=CONFIG) as h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "A story below a base path"))
    check(h.shows("/wire/", "A story below a base path"), "the site lives below its base path")
    check(h.get("/").status == 404 and h.get("/wire").status == 301, "and nowhere else")
    front = h.get("/wire/").text
    check("The Parent Paper" in front and "Weather" in front and "The Lantern" in front, "with the parent's masthead and menu")
    path = re.search(r'href="(/wire/\d{4}/[^"]+)"', front)[1]
    page = h.get(path).text
    check("auto generated from the Example news service" in page, "the agency's disclaimer stands on the page (R4)", page[-1500:])
    check("https://news.example.org" + path in page, "absolute links come from the configuration", path)
    check("IST" in page or "+05:30" in page, "times are in the site's zone")
    c = http.client.HTTPConnection(h.host, h.port, timeout=20)
    c.request("GET", "/wire/"); r = c.getresponse(); r.read()
    h.write_config(CONFIG.replace("The Lantern", "The Beacon"))
    r = h.verb("reload")
    check(r.returncode == 0, "reload", r.stdout + r.stderr)
    check(h.shows("/wire/", "The Beacon"), "puts the new name in force")
    c.request("GET", "/wire/"); r = c.getresponse()
    check(r.status == 200 and b"The Beacon" in r.read(), "on the connection that was open before")
    h.drop("b.json", ninjs("tag:example.org,2026:2", "After the reload"))
    check(h.shows("/wire/", "After the reload"), "stories flow after it")
    h.write_config(CONFIG.replace("timezone: UTC", "timezone: Mars/Olympus"))
    r = h.verb("reload")
    check(r.returncode == 78 and "The Beacon" in h.get("/wire/").text, "a broken one is refused, the old stays in force", r.stderr)
done()
