#!/usr/bin/env python3
"""A Media Topic that came as a code alone has IPTC's own name on the page, in the site's language; what the desk strikes stays struck, whoever named it."""
import json
from _house import *

BODY = {"role": "main", "contentType": "text/html", "value": "<p>The harbour rowers came home.</p>"}
STORY = {"uri": "tag:example.org,2026:1", "type": "text", "version": "1", "pubStatus": "usable", "versionCreated": at(), "language": "en",
         "headlines": [{"role": "main", "value": "Rowers come home"}], "bodies": [BODY],
         "subjects": [{"literal": "medtop:20000717"}, {"literal": "medtop:15000000"}, {"literal": "medtop:29999999"}, {"literal": "medtop:11000000", "name": "Rathaus"}]}
for language, words, lacks in (("en", ["sport"], "29999999"), ("ar", ["رياضة"], "medtop")):
    with House(config=site_file("Topics").replace("  timezone: UTC\nfeeds", f"  timezone: UTC\n  language: {language}\nfeeds", 1)) as h:
        h.drop("a.json", json.dumps(STORY))
        check(h.shows("/", "Rowers come home"), f"{language}: a story with codes and no names")
        path = h.path_of("Rowers come home")
        text = h.get(path).text
        tags = re.findall(r'href="[^"]*/tag/[^"]*"[^>]*>([^<]*)<', text)
        check(all(w in tags for w in words) and "Rathaus" in tags, f"{language}: its tags have IPTC's names, and the wire's own where it has one", tags)
        check(len(tags) == 3 and lacks not in text, f"{language}: a code that IPTC does not have is no tag", tags)
        named = re.search(r'"keywords":(\[[^\]]*\]|"[^"]*")', text)
        check(named and words[0] in named[1], f"{language}: so has its structured data", named and named[1])
        if language == "en":
            r = h.run("desk", "redact", path, "--text", "sport", "--data", h.data)
            check(r.returncode == 0, "the desk strikes the name", r.stdout + r.stderr)
            check(h.lacks(path, ">sport<") and h.get("/tag/sport").status == 404, "and it is no tag any more")
done()
