#!/usr/bin/env python3
"""Pictures where they stood in the text and embeds behind a click (docs/article.md): what a story's page has, what opens its policy and nothing else, what leaves as data, and what a kill of a picture takes away."""
from _house import *

SITE = """
site: {{name: Quay, url: https://news.example.org, timezone: UTC, embeds: {embeds}}}
feeds:
  wire: {{provider: Wire, folder: "@WIRE@", pictures: yes, embeds: yes, timezone: UTC}}
"""
GUID, PICTURE = "tag:example.org,2026:a", "tag:example.org,2026:a-second"
FILES = os.path.join(ROOT, "tests", "cases", "rehearse", "K15-picture-killed")
VIDEO, POST, FRAME = "https://www.youtube.com/watch?v=abc123", "https://x.com/quay/status/7", "https://www.youtube-nocookie.com/embed/abc123"
BODY = """<p>LINDMARCH, Nov 30 (Wire) - The first words.</p><figure><img src="slip.jpg"></figure><p>Words before it.</p><figure><img src="pylon.jpg" onerror="x()"></figure><p>Words behind it.</p>
<iframe src="https://www.youtube.com/embed/abc123?autoplay=1" onload="x()"></iframe><blockquote class="twitter-tweet"><p>So it was said.</p><a href="https://twitter.com/quay/status/7?s=1">Nov 30</a></blockquote><script src="https://platform.example/w.js"></script>
<iframe src="https://tracker.example/frame"></iframe><p>The last words.</p>"""


def picture(name, guid, file, caption):
    return {"name": name, "uri": guid, "type": "picture", "pubStatus": "usable", "descriptions": [{"role": "caption", "value": caption}], "infoSources": [{"role": "creditline", "name": "Mira Holt/Wire"}],
            "renditions": [{"name": "original", "href": file, "contentType": "image/jpeg", "width": 640, "height": 400}]}


def story(version="1", **more):
    return ninjs(GUID, "A mast is raised", BODY, version=version, associations=[picture("main", "tag:example.org,2026:a-first", "slip.jpg", "The slip"), picture("second", PICTURE, "pylon.jpg", "The pylon")], **more)


def text_of(page): return page.split('<div class="text"', 1)[1].split('<footer class="story-foot"', 1)[0]


def stand(h):
    for file in ("slip.jpg", "pylon.jpg"):
        with open(os.path.join(FILES, file), "rb") as f: h.drop(file, f.read())
    h.drop("a.json", story())
    path = h.path_of("A mast is raised")
    check(until(lambda: h.get(path).text.count("/pictures/") > 2 and "The pylon" in h.get(path).text, within_s=60), "the story stands with its pictures", h.log_text()[-1500:])
    return path


def page_has_both(h, path):
    page, text = h.get(path).text, text_of(h.get(path).text)
    order = [text.find(t) for t in ("The first words", "Words before it", "The pylon", "Mira Holt", "Words behind it", 'class="embed is-video"', "So it was said", 'class="embed is-post"', "The last words")]
    check(order == sorted(order) and -1 not in order, "picture and embeds stand where they stood", order)
    check(page.count("The slip</figcaption>") + page.count("The slip <span") == 1 and "The slip" not in text, "the picture of the head is not shown again")
    check(page.count('<figcaption>The pylon') == 1, "nor is that of the text, below it")
    shot = text.split("<figcaption>The pylon")[0].rsplit("<figure>", 1)[1]
    check(all(w in shot for w in ('loading="lazy"', 'width="640"', 'height="400"', "srcset=")), "it is lazy and has its size", shot)
    check(f'href="{VIDEO}" rel="nofollow noopener" data-frame="{FRAME}"' in text and "Video on YouTube" in text and "tells YouTube your address" in text, "an embed says whose it is and what a click does", text)
    check("<iframe" not in page and "onerror" not in page and "tracker.example" not in page and "data-picture" not in page and "platform.example" not in page, "no frame, no script, nothing of others")


def policy_of(h, path): return re.sub(r" 'sha256-[\w+/=]+'", "", h.get(path).headers["content-security-policy"])  # but for what the theme has in the page


def policy_opens_here_alone(h, path):
    plain = policy_of(h, "/")
    want = plain.replace("connect-src 'self'; ", "connect-src 'self'; frame-src https://www.youtube-nocookie.com https://platform.twitter.com; ")
    check(want != plain and policy_of(h, path) == want, "the page's policy names the hosts of its embeds, and nothing else", h.get(path).headers["content-security-policy"])
    for other in ("/section/x", path + "/revisions", path + "/lite", path + ".txt", "/nothing"):
        check(policy_of(h, other) == plain, f"{other.replace(path, 'PAGE')}: it stays shut")


def data_has_links(h, path):
    id = path.rsplit("-", 1)[1]
    for where in (path + "/lite", path + ".txt", "/rss.xml", "/atom.xml", "/feed.json", f"/api/v1/stories/{id}", f"/api/v1/stories/{id}/ninjs", "/wp-json/wp/v2/posts"):
        a = h.get(where)
        got = a.text.replace("\\/", "/").replace("\\u003d", "=")
        name = where.replace(path, "PAGE").replace(id, "ID")
        if not check(a.status == 200, f"{name} is there", a.status): continue
        check(VIDEO in got and POST in got, f"{name}: embeds are links", got[:2000])
        check(not re.search("iframe|data-frame|data-picture|data-embed|youtube-nocookie", got), f"{name}: and no more")


def main():
    with House(SITE.format(embeds="click")) as h:
        path = stand(h)
        page_has_both(h, path)
        policy_opens_here_alone(h, path)
        data_has_links(h, path)
        h.drop("kill.json", ninjs(PICTURE, "Pylon", type="picture", version="2", status="canceled", versionCreated=at(10)))
        check(until(lambda: "The pylon" not in h.get(path).text), "a killed picture leaves the text (K15)")
        text = text_of(h.get(path).text)
        check("<img" not in text and "Words behind it" in text and "embed is-video" in text, "the rest stays where it is")
        h.drop("gone.json", story(version="3", pubStatus="canceled", versionCreated=at(20)))
        check(until(lambda: h.get(path).status == 410), "a killed story is gone (K1)")
        gone = h.get(path)
        check("youtube" not in gone.text.lower() and "frame-src" not in gone.headers["content-security-policy"], "and its embeds with it")
    with House(SITE.format(embeds="link")) as h:
        path = stand(h)
        text = text_of(h.get(path).text)
        check(f'<a href="{VIDEO}"' in text and "data-frame" not in text and "tells YouTube" not in text, "embeds: link has links alone", text)
        check("frame-src" not in h.get(path).headers["content-security-policy"], "and opens nothing")
    done()


if __name__ == "__main__": main()
