#!/usr/bin/env python3
"""Advertisements in the whole house: which pages have them, for whom their policy is open, beside what none stands, and that nothing of it is there of itself."""
import json
from _house import *

SLOTS = """
ads:
  hosts: [ads.example.net, img.example.net]
  not_beside: ["medtop:03000000"]
  slots:
    top: {width: 320, height: 50, image: /assets/favicon.svg, link: "https://shop.example.org", alt: A shop}
    end: {place: story-end, width: 300, height: 250, frame: "https://ads.example.net/slot"}
    front: {place: front, width: 300, height: 250, image: "https://img.example.net/a.png", link: "https://shop.example.org", alt: A shop}
    list: {place: section, width: 300, height: 250, frame: "https://ads.example.net/list"}
"""
TAG = 'tag: {name: Meter Inc, script: "https://tag.example.com/t.js"}\n'
BASE = """
site: {name: Quillmere Post, url: "https://courier.org", timezone: UTC, comments: open}
feeds: {wire: {provider: Wire, folder: "@WIRE@", comments: yes}}
sections:
  sport: {title: Sport, subjects: ["medtop:15000000"]}
  world: {title: World}
"""


def policy(answer): return answer.headers["content-security-policy"]
def shut(answer): return "https://" not in policy(answer) and "frame-src" not in policy(answer) and 'class="ad ' not in answer.text and "data-tag=" not in answer.text


h = House(BASE)
with h:
    h.drop("a.xml", newsml("tag:example.org,2026:1", "Ferry sails", created=at(-3)))
    h.drop("b.xml", newsml("tag:example.org,2026:2", "Old quay to be sold", created=at(-2)))
    h.drop("c.xml", newsml("tag:example.org,2026:3", "Boat sinks off the cape", subject="medtop:03000000", created=at(-1)))
    ferry, quay, wreck = (h.path_of(t) for t in ("Ferry sails", "Old quay to be sold", "Boat sinks off the cape"))
    check(all(shut(h.get(p)) for p in (ferry, wreck, "/", "/section/sport")), "of itself no page names another host")
    h.write_config(BASE + SLOTS)
    check(h.verb("reload", ).returncode == 0 and until(lambda: not shut(h.get(ferry))), "with slots a story has them", h.log_text()[-1500:])
    page = h.get(ferry)
    check("frame-src https://ads.example.net https://img.example.net;" in policy(page) and "img-src 'self';" in policy(page) and re.search(r"script-src 'self'( 'sha256-[\w+/=]+')?;", policy(page)), "its policy is open for the frame and for nothing else", policy(page))
    check(page.text.count("<p>Advertisement</p>") == 2 and 'sandbox="allow-scripts allow-popups' in page.text and "allow-same-origin" not in page.text, "labelled, the frame in a sandbox")
    again = h.get(ferry, If_None_Match=page.headers["etag"])
    check(again.status == 304 and policy(again) == policy(page), "an unchanged page has the same policy")
    zipped = h.get(ferry, Accept_Encoding="gzip")
    check(policy(zipped) == policy(page), "and a packed one")
    check(until(lambda: shut(h.get(wreck))), "none beside a subject that is to have none")
    check(until(lambda: 'class="ad ' not in h.get("/").text), "nor on the front while such a story leads it", policy(h.get("/")))
    check("frame-src https://ads.example.net" in policy(h.get("/section/sport")), "a section has its own")
    h.drop("b2.xml", newsml("tag:example.org,2026:2", "Old quay to be sold", version=2, status="canceled"))
    check(until(lambda: h.get(quay).status == 410) and shut(h.get(quay)), "none on what was withdrawn")
    for path in ("/nothing", "/2026/01/01/x-abcdefghjkmn", ferry + "/comments", ferry + "/revisions", "/search?q=ferry", "/corrections", "/popular", "/archive", "/rss.xml", "/api/v1/stories", "/robots.txt", "/support"):
        check(shut(h.get(path)), f"none on {path.replace(ferry, '…')}", policy(h.get(path)))
    form = h.ask(ferry + "/comments", "POST", {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}, "name=A&text=B")
    check(form.status == 200 and shut(form), "nor beside a form that was sent", form.status)
    h.write_config(BASE + TAG)
    h.verb("reload")
    check(until(lambda: "data-tag" in h.get(ferry).text), "the one script is asked about")
    page = h.get(ferry)
    check(re.search(r"script-src 'self' 'sha256-[\w+/=]+' https://tag\.example\.com;", policy(page)) and "connect-src 'self' https://tag.example.com;" in policy(page) and 'src="https://' not in page.text, "the page names it in its policy and loads nothing of it", policy(page))
    check(shut(h.get(quay)) and shut(h.get("/nothing")) and shut(h.get(ferry + "/comments")), "and it is nowhere else")
done()
