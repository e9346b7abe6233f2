#!/usr/bin/env python3
"""The desk in a phone's browser, as an editor uses it at night: without script, in English, Hindi and Arabic, light and dark (tests/browser/desk.mjs). Sets up the houses; what is done and looked at
stands there."""
import json
from browser import CHROMIUM, HERE, look, packages
from _desk import *

SITES = {"en": ("Quillmere Post", "Sport", "News"), "hi": ("क्विलमीर समाचार", "खेल", "ख़बरें"), "ar": ("بريد كويلمير", "رياضة", "أخبار")}
TITLES = {
    "en": ["Harbour bridge opens after eleven years of delays, two inquiries and a flood that nobody in the council had believed could come", "HFR budget of the town", "Ferry timetable changes", "Mayor Edda Marlow resigns", "Secret of the morning"],
    "hi": ["बंदरगाह का पुल ग्यारह साल की देरी, दो जाँचों और एक बाढ़ के बाद, जिस पर परिषद में किसी को भरोसा नहीं था, आख़िर खुल गया", "HFR नगर का बजट", "नाव का समय बदला", "महापौर एद्दा मार्लो ने इस्तीफ़ा दिया", "सुबह का राज़"],
    "ar": ["جسر الميناء يُفتتح بعد أحد عشر عامًا من التأخير وتحقيقين وفيضان لم يصدق أحد في المجلس أنه قد يأتي", "HFR ميزانية البلدة", "تغيير مواعيد العبارة", "استقالة العمدة إدا مارلو", "سر الصباح"]}
STRUCK = {"en": "Marlow", "hi": "मार्लो", "ar": "مارلو"}
BODY = "<p>The lanterns of Quillmere were lit for the {n}th time.</p><table><tr>" + "<td>Wide cell</td>" * 14 + "</tr></table><p>" + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2 + "</p>"
SLUGLINE = "BRIDGE/HARBOUR/A-VERY-LONG-SLUGLINE-OF-THE-AGENCY-WITHOUT-ANY-SPACE"


def config(language):
    name, sport, news = SITES[language]
    return f"""
site: {{name: "{name}", language: {language}, timezone: Asia/Kolkata}}
feeds:
  wire: {{provider: Wire Agency, folder: "@WIRE@", retention_days: 30}}
  trial: {{provider: Trial Wire, folder: "@FOLDER@/trial", shadow: yes}}
  flood: {{provider: Flood Wire, folder: "@FOLDER@/flood", limits: {{stories_per_hour: 1}}}}
sections:
  sport: {{title: "{sport}", subjects: ["medtop:15000000"]}}
  news: {{title: "{news}"}}
desk: {{listen: "127.0.0.1:0"}}
"""


def words(language):
    with open(os.path.join(ROOT, "themes", "desk", "words", language + ".yaml"), encoding="utf-8") as f: return dict(re.findall(r'^([\w-]+): "(.*)"$', f.read(), re.M))


def check_sentences():
    """What the desk says in English alone is said by accident: each sentence of the code has words in every language, and none has lost its place in the code."""
    code = "".join(re.sub(r'"\s*\n\s*"', "", open(os.path.join(folder, f), encoding="utf-8").read()) for folder in (os.path.join(ROOT, "src", d) for d in ("desk", "office", "roles")) for f in sorted(os.listdir(folder)) if f.endswith(".c"))
    asked = set(re.findall(r'\*?why(?:_out)? = \(?"([^"]+)"', "".join(open(os.path.join(ROOT, "src", f), encoding="utf-8").read() for f in ("desk/act.c", "office/reach.c", "office/acts.c", "office/brakes.c"))))
    for language in ("hi", "ar"):
        with open(os.path.join(ROOT, "themes", "desk", "words", f"said-{language}.yaml"), encoding="utf-8") as f: said = set(re.findall(r'^"(.*?)": ', f.read(), re.M))
        check(len(asked) > 15 and asked <= said, f"{language}: what an editor's form is told has words", asked - said)
        check(all(f'"{s}"' in code for s in said), f"{language}: and each is a sentence of the code", [s for s in said if f'"{s}"' not in code])


def into(h, feed, name, text):
    with open(os.path.join(h.folder, name), "w") as f: f.write(text)
    os.rename(os.path.join(h.folder, name), os.path.join(h.folder, feed, name))


def start(language):
    h = House(config(language), listen="127.0.0.1:0", binary=PLAIN)
    for feed in ("trial", "flood"): os.makedirs(os.path.join(h.folder, feed))
    h.start()
    port = desk_port(h)
    check(account(h, "anna", "chief").returncode == 0 and account(h, "ed", "editor").returncode == 0, f"{language}: two accounts")
    titles = TITLES[language]
    for i, title in enumerate(titles):
        h.drop(f"s{i}.xml", newsml(f"tag:example.org,2026:{i}", title, "<p>Do not use until Monday.</p>" if i == 1 else BODY.format(n=i), language=language, embargoed="2199-01-01T00:00:00Z" if i == 4 else None, by="Ada Quill", slugline=f"{SLUGLINE}-{i}"))
    h.drop("none.xml", newsml("tag:example.org,2026:none", "", "<p></p>"))
    h.drop("bad.xml", "<newsItem guid='x'><broken")
    for k in range(2):
        for feed in ("trial", "flood"): into(h, feed, f"{feed}{k}.xml", newsml(f"tag:example.org,2026:{feed}{k}", f"{titles[2]} {feed} {k}", f"<p>A text of {feed} by itself, the {k}th.</p>", language=language))
    listed = lambda what: h.run("desk", what, "--data", h.data).stdout
    check(until(lambda: titles[0] in listed("live") and titles[3] in listed("live") and titles[1] in listed("held") and "kept" not in listed("held") and listed("kept-back").strip() and listed("shadow").count(titles[2]) == 2), f"{language}: its stories have come",
          listed("live") + listed("held"))
    return h, dict(language=language, desk=f"http://127.0.0.1:{port}", wire=h.wire, titles=titles, struck=STRUCK[language], words=words(language))


def main():
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        print(f"# NOTHING OF THE DESK WAS LOOKED AT IN A BROWSER: {why}")
        skip("the desk in a browser", why)
        done()
    check_sentences()
    shots, houses = tempfile.mkdtemp(prefix="broadsheet-screenshots-"), []
    try:
        sites = []
        for language in os.environ.get("BROADSHEET_DESK_LANGUAGES", "en hi ar").split():
            h, site = start(language)
            houses.append(h)
            sites.append(site)
        look(dict(chromium=CHROMIUM, shots=shots, all=bool(os.environ.get("BROADSHEET_KEEP_SHOTS")), sites=sites, password=PASSWORD), "desk.mjs")
        for h in houses: check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    finally:
        for h in houses: h.remove()
    import _house
    if _house._failed or os.environ.get("BROADSHEET_KEEP_SHOTS"): print(f"# screenshots: {shots}")
    else: shutil.rmtree(shots)
    done()


if __name__ == "__main__": main()
