#!/usr/bin/env python3
"""A theme in the making (serve --dev): what is saved is shown at the next load; a mistake is told with its place, and what was there stays; words, styles and files in and out; also where the folder itself goes and comes back."""
from _house import *

h = House(site_file("The Pier") + 'theme: "@FOLDER@/theme"\n')
h.args.append("--dev")
theme = os.path.join(h.folder, "theme")
os.makedirs(os.path.join(theme, "words"))


def save(name, text):
    """As editors do: beside it, then renamed over it."""
    path = os.path.join(theme, name)
    with open(path + "~", "w") as f: f.write(text)
    os.rename(path + "~", path)


with h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "A story that stays"))
    check(h.shows("/", "A story that stays"), "a site with an empty theme")
    save("front.html", "{{>head}}<p>Mine</p>{{>foot}}\n")
    start = time.monotonic()
    check(h.shows("/", "<p>Mine</p>"), "a saved template is shown")
    check(time.monotonic() - start < 5, "soon", f"{time.monotonic() - start:.2f} s")
    save("front.html", "{{>head}}\n<p>{{#open}}</p>{{>foot}}\n")
    check(until(lambda: "theme/front.html:2:4: this section is never closed" in h.log_text()), "a mistake is told with its place", h.log_text()[-500:])
    check("<p>Mine</p>" in h.get("/").text, "and the theme before stays")
    with open(os.path.join(theme, "front.html"), "w") as f: f.write("{{>head}}<p>Ours</p>{{>foot}}\n")
    check(h.shows("/", "<p>Ours</p>"), "written in place, it is shown as well")
    save("words/en.yaml", 'corrections: "Errata"\n')
    check(h.shows("/", ">Errata</a>"), "a word")
    style = re.search(r'href="(/assets/style-[^"]+)"', h.get("/").text)[1]
    save("style.css", "body{color:#123456}\n")
    check(until(lambda: style not in h.get("/").text), "a style sheet has another address")
    check("#123456" in h.get(re.search(r'href="(/assets/style-[^"]+)"', h.get("/").text)[1]).text, "and stands there")
    os.unlink(os.path.join(theme, "front.html"))
    check(h.lacks("/", "<p>Ours</p>"), "a file that is taken away: the built-in one")
    os.rename(theme, theme + "-old")
    check(until(lambda: "cannot be used" in h.log_text() or "No such file" in h.log_text()), "a folder that is gone is told", h.log_text()[-500:])
    check(">Errata</a>" in h.get("/").text, "and changes nothing")
    os.rename(theme + "-old", theme)
    save("front.html", "{{>head}}<p>Back</p>{{>foot}}\n")
    check(h.shows("/", "<p>Back</p>"), "back again, it is watched again")
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-800:])

h = House(site_file("The Pier"))
r = h.run("serve", "--data", h.data, "--wire", h.wire, "--dev")
check(r.returncode == 64 and "--config" in r.stderr, "--dev wants a configuration", r.stderr)
h.remove()
done()
