#!/usr/bin/env python3
"""What a licence wants of a story, told of each and held against what the site shows: by `broadsheet duties`, at the desk and in the API; a locked headline stays the agency's."""
import datetime, json
from _house import *
from _desk import *

SITE = """
site:
  name: Quillmere Post
  url: https://news.example.org
  timezone: UTC
desk: {listen: "127.0.0.1:0"}
feeds:
  coastal:
    provider: Coastal
    folder: @WIRE@
"""
STRICT = SITE + """
    credit: Coastal Wire
    locked: yes
    languages: en
    index: no
    retention_days: 30
    contract_ends: 2199-01-01
    takedown_minutes: 10
    no_gallery: yes
    territory: [GB, IE]
    territory_kept_by: proxy
    credit_line: "{agency}[ / {byline}]"
    credit_at: [top, end, lists]
"""
INLAND = STRICT + """
  inland: {provider: Inland, folder: "@FOLDER@/inland", retention_days: 3}
"""
BOLD_THEME = "{{>head}}<article><h1>{{headline}}</h1>{{#blocks}}{{{html}}}{{/blocks}}</article>{{>foot}}"
FERRY, BRIDGE, MILL = "tag:example.org,2026:ferry", "tag:example.org,2026:bridge", "tag:example.org,2026:mill"


def ago(minutes): return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def duties(h, *words):
    r = h.verb("duties", "--json", *words)
    return r.returncode, [json.loads(line) for line in r.stdout.splitlines()]


with House(SITE) as h:
    for guid, headline in ((FERRY, "Ferry sails at dawn"), (BRIDGE, "Bridge opens"), (MILL, "Mill turns again")):
        h.drop(headline[:4] + ".json", ninjs(guid, headline, versionCreated=ago(40), byline="By Ines Marlow"))
        check(h.shows("/", headline), f"{headline}: published")
    check(duties(h) == (0, []), "without a licence in the configuration nothing is broken", duties(h))
    code, every = duties(h, "--all", FERRY)
    check(code == 0 and [(d["duty"], d["state"]) for d in every] == [("credit", "met"), ("disclaimer", "met"), ("pictures", "met")], "but the agency is named, always", every)
    r = h.verb("desk", "headline", FERRY, "--text", "Our ferry")
    check(r.returncode == 0 and h.shows("/", "Our ferry"), "an editor gives another headline", r.stderr)

    h.write_config(STRICT)
    r = h.verb("reload")
    check(r.returncode == 0 and h.shows("/", "Ferry sails at dawn"), "a licence that locks the words brings the agency's back", r.stdout + r.stderr)
    check(h.lacks("/", "Our ferry"), "and the desk's goes")
    r = h.verb("desk", "headline", BRIDGE, "--text", "Our bridge")
    check(r.returncode == 64 and "its licence keeps the agency's headline" in r.stderr, "another is refused, with what can be done instead", r.stderr)
    check("its licence keeps the agency's headline" in h.verb("desk", "show", FERRY).stdout, "the desk tells why the old one is not shown")
    code, every = duties(h, "--all", FERRY)
    states = {d["duty"]: d["state"] for d in every}
    check(code == 0 and states == {"credit-line": "met"} | dict(credit="met", disclaimer="met", words="met", byline="met", pictures="met", language="met", index="met", retention="met", contract="met", gallery="met", territory="yours"), "every duty of the licence, and whether it is met", states)
    check(next(d for d in every if d["duty"] == "retention").get("due", "").startswith("20"), "with the instant until which it has to be", every)
    path = next(i for i in h.api() if "Ferry" in i["headline"])["url"].replace("https://news.example.org", "")
    said = h.get(path).text.count("Coastal Wire / Ines Marlow</p>")
    check(said == 2 and '<span class="agency">Coastal Wire / Ines Marlow</span>' in h.get("/").text, "the credit stands in the licence's form above and below the story, and on lists", said)
    check(all("Coastal Wire / Ines Marlow" in h.get(p).text for p in ("/rss.xml", "/atom.xml", "/feed.json")) and h.api()[0]["credit"] == "Coastal Wire / Ines Marlow" and '"creditText":"Coastal Wire / Ines Marlow"' in h.get(path).text, "and in feeds, API and structured data")
    ferry = h.get(path).text
    check('content="noindex"' in ferry and h.get(path).headers["x-robots-tag"].split(", ")[0] == "noindex" and f'<link rel="canonical" href="https://news.example.org{path}">' in ferry, "what search engines may not list says so, and that this is its one address")
    check(all("ferry-sails" not in h.get(p).text for p in ("/sitemap.xml", "/sitemap-1.xml", "/news-sitemap.xml")), "and stands in no sitemap")
    check("Coastal Wire" in h.get("/").text or "Coastal Wire" in h.get(h.api(1)[0]["url"].replace("https://news.example.org", "")).text, "the credit is the licence's own")

    theme = os.path.join(h.folder, "theme")
    os.mkdir(theme)
    with open(os.path.join(theme, "article.html"), "w") as f: f.write(BOLD_THEME)
    h.write_config(STRICT + f"theme: {theme}\n")
    r = h.verb("reload")
    bare = h.get(path).text
    check(r.returncode == 0 and "Coastal Wire / Ines Marlow</p>" in bare and 'class="disclaimer"' in bare, "a theme that leaves out credit and disclaimer gets both", r.stderr + bare[-900:])
    r = h.verb("duties", "--config", h.config_path)
    check(r.returncode == 0, "so the duties are met in it", r.stdout + r.stderr)
    h.write_config(SITE + f"    locked: yes\ntheme: {theme}\n")
    code, every = duties(h, "--config", h.config_path) if h.verb("reload").returncode == 0 else (0, [])
    check(code == 1 and {d["duty"] for d in every} == {"byline"}, "a theme that leaves out the byline breaks a locked licence, and it is told", every)
    h.write_config(STRICT + f"theme: {theme}\n")
    check(h.verb("reload").returncode == 0, "back under the strict one")

    h.drop("kill1.json", ninjs(BRIDGE, "Bridge opens", version="2", status="canceled", versionCreated=ago(2)))
    h.drop("kill2.json", ninjs(MILL, "Mill turns again", version="2", status="canceled", versionCreated=ago(30)))
    check(h.lacks("/", "Bridge opens") and h.lacks("/", "Mill turns again"), "two are killed: one at once, one by a wire that was half an hour late")
    code, broken = duties(h)
    check(code == 1 and [(d["duty"], d["state"]) for d in broken] == [("takedown", "broken")] and 1790 < int(broken[0]["detail"].split()[0]) < 1900, "the late one is a breach, with how long it took", broken)
    check(duties(h, "--all", BRIDGE)[1][0]["state"] == "met", "the other is none", duties(h, "--all", BRIDGE))
    r = h.verb("duties")
    check(r.returncode == 1 and "NOT" not in r.stdout and "broken: was gone in time after its withdrawal" in r.stdout and r.stdout.rstrip().endswith("3 stories with duties, 1 breaches"), "for people it is told in words", r.stdout)
    check(json.loads(h.verb("desk", "show", FERRY, "--json").stdout)["duties"][0] == {"duty": "credit", "state": "met", "detail": "Coastal Wire"}, "the story's JSON has them")

    # ---- the desk's page ----
    account(h, "ada", "reader")
    desk = Desk(h, desk_port(h))
    check(desk.get("/desk/duties").status == 303, "the desk's page of duties is for those who have signed in")
    desk.sign_in("ada", PASSWORD)
    page = desk.get("/desk/duties").text
    at_of = [page.find(x) for x in ("Mill turns again", "NOT met</b> · Was gone in time after its withdrawal", "Ferry sails at dawn", "Goes when its time is over", "Only for readers of the countries")]
    check(-1 not in at_of and at_of == sorted(at_of), "it tells what is broken first, then what falls due, and what is for people to keep", page)
    check("Bridge opens" not in page and "The agency is named" not in page, "nothing of what is met and over")
    story = re.search(r'href="(/desk/story/\w+)"><span class="headline" dir="auto">Mill', page)
    check(story and "Mill turns again" in desk.get(story[1]).text, "each leads to its story")
    check("Mill turns" in desk.get("/desk/duties?feed=coastal").text and "Mill turns" not in desk.get("/desk/duties?feed=inland").text, "it can be asked of one feed")
    check("Mill turns" not in desk.get("/desk/duties?page=2").text and desk.get("/desk/duties?page=x&feed=" + "%3Cb%3E" * 99).status == 200, "further pages are further stories")
    os.mkdir(os.path.join(h.folder, "inland"))
    h.write_config(INLAND)
    check(h.verb("reload").returncode == 0, "another feed has a licence for three days")
    h.wire = os.path.join(h.folder, "inland")
    for i in range(2): h.drop(f"inland{i}.json", ninjs(f"tag:example.org,2026:inland{i}", f"Inland news {i}", versionCreated=ago(60)))
    check(until(lambda: "Inland news 1" in desk.get("/desk/duties?feed=inland").text), "whose stories are listed")
    page = desk.get("/desk/duties").text
    at_of = [page.find(x) for x in ("Mill turns again", "Inland news", "Ferry sails at dawn")]
    check(-1 not in at_of and at_of == sorted(at_of), "what has to go sooner stands before what has to go later, of whatever feed", page)
    r = h.verb("duties", "urn:none")
    check(r.returncode == 66 and "known" in r.stderr, "an unknown story: said", r.stderr)
done()
