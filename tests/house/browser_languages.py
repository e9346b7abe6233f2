#!/usr/bin/env python3
"""The site in each of its languages, in a browser (tests/browser/languages.mjs): front, story, section and search, on a phone and a desk, light and dark: nothing that axe finds, nothing off the screen, nothing of another
language in the interface, and every story in its own language and direction. One house, reloaded from language to language; its stories are in all of them. Here the first half; browser_languages_2.py has the
other, browser_theme.py the second theme."""
import json
from browser import CHROMIUM, HERE, everything, look, packages, path_of, settled
from _house import *

# A headline and a sentence in each language; all of it is invented.
STORIES = {
    "en": ("Old lighthouse of Brackhaven opens to visitors", "The lamp was lit again on Monday evening after nine years of repairs."),
    "hi": ("ब्रैकहेवन का पुराना प्रकाशस्तंभ आगंतुकों के लिए खुला", "नौ साल की मरम्मत के बाद सोमवार शाम को दीप फिर जलाया गया।"),
    "mr": ("ब्रॅकहेवनचे जुने दीपगृह पर्यटकांसाठी खुले", "नऊ वर्षांच्या दुरुस्तीनंतर सोमवारी संध्याकाळी दिवा पुन्हा पेटवण्यात आला."),
    "bn": ("ব্র্যাকহেভেনের পুরোনো বাতিঘর দর্শনার্থীদের জন্য খুলল", "নয় বছরের সংস্কারের পর সোমবার সন্ধ্যায় বাতি আবার জ্বালানো হয়েছে।"),
    "ta": ("பிராக்ஹேவன் பழைய கலங்கரை விளக்கம் பார்வையாளர்களுக்குத் திறப்பு", "ஒன்பது ஆண்டுப் பழுதுபார்ப்புக்குப் பின் திங்கட்கிழமை மாலை விளக்கு மீண்டும் ஏற்றப்பட்டது."),
    "te": ("బ్రాక్‌హేవెన్ పాత దీపస్తంభం సందర్శకులకు తెరుచుకుంది", "తొమ్మిదేళ్ల మరమ్మతుల తర్వాత సోమవారం సాయంత్రం దీపాన్ని మళ్లీ వెలిగించారు."),
    "ur": ("بریک ہیون کا پرانا روشنی کا مینار سیاحوں کے لیے کھل گیا", "نو برس کی مرمت کے بعد پیر کی شام چراغ دوبارہ روشن کیا گیا۔"),
    "ar": ("منارة براكهافن القديمة تفتح أبوابها للزوار", "أُضيء المصباح من جديد مساء الاثنين بعد تسع سنوات من الترميم."),
    "es": ("El viejo faro de Brackhaven abre a los visitantes", "La lámpara volvió a encenderse el lunes por la tarde tras nueve años de obras."),
    "fr": ("Le vieux phare de Brackhaven ouvre aux visiteurs", "La lampe a été rallumée lundi soir après neuf ans de travaux."),
    "de": ("Der alte Leuchtturm von Brackhaven öffnet für Besucher", "Nach neun Jahren Instandsetzung wurde die Lampe am Montagabend wieder entzündet."),
    "pt": ("O velho farol de Brackhaven abre para visitantes", "A lâmpada voltou a ser acesa na noite de segunda-feira após nove anos de obras."),
    "ru": ("Старый маяк Бракхейвена открылся для посетителей", "Лампу вновь зажгли в понедельник вечером после девяти лет ремонта."),
    "zh": ("布拉克港老灯塔向游客开放", "经过九年修缮，灯塔于周一傍晚重新点亮。"),
}
WORD = {"en": "lighthouse", "hi": "प्रकाशस्तंभ", "mr": "दीपगृह", "bn": "বাতিঘর", "ta": "விளக்கம்", "te": "దీపస్తంభం", "ur": "مینار", "ar": "منارة", "es": "faro", "fr": "phare", "de": "Leuchtturm", "pt": "farol", "ru": "маяк", "zh": "灯塔"}
RTL = ("ur", "ar")


def config(language, theme=""):
    others = [k for k in ("en", "hi", "ur") if k != language]
    editions = "".join(f'  - {{language: {k}, url: "https://{k}.post.example"}}\n' for k in others)
    return f"""site: {{name: "Brackhaven Post", tagline: "All of it is invented", url: "https://post.example", language: {language}, timezone: Asia/Kolkata, confirm_changes_over: 1000000}}
feeds:
  wire: {{provider: Quay Press, credit: Quay, timezone: UTC, folder: "@WIRE@", pictures: yes}}
sections: [world, sport, news]
editions:
  - {{language: {language}, url: "https://post.example", default: yes}}
{editions}{theme}"""


def fill(h):
    with open(os.path.join(ROOT, "demo", "pictures", "lighthouse.jpg"), "rb") as f: h.drop("lighthouse.jpg", f.read())
    for k, (language, (headline, sentence)) in enumerate(STORIES.items()):
        picture = {"p": {"uri": f"tag:example.org,2026:pic-{language}", "type": "picture", "altText": headline, "descriptions": [{"role": "caption", "value": sentence}], "creditline": "Quay / Ada Quill",
                         "renditions": [{"name": "main", "href": "lighthouse.jpg", "contentType": "image/jpeg", "width": 1600, "height": 900}]}} if k % 2 == 0 else {}
        h.drop(f"{language}.json", ninjs(f"tag:example.org,2026:{language}", headline, f"<p>{sentence}</p><h2>{headline}</h2><p>{sentence} {sentence}</p><blockquote><p>{sentence}</p></blockquote>", language=language,
                                         by="Ada Quill", versionCreated=at(40 - k), subjects=[{"uri": "medtop:15000000" if k % 3 == 0 else "medtop:16000000", "name": "x"}],
                                         descriptions=[{"role": "summary", "value": sentence}], associations=picture))


def words(language):
    with open(os.path.join(ROOT, "themes", "words", language + ".yaml"), encoding="utf-8") as f: return dict(re.findall(r'^(\w+): "(.*)"$', f.read(), re.M))


def site(h, language, **more):
    own = next(path_of(i) for i in everything(h) if i["headline"] == STORIES[language][0])
    pages = [("front", "/"), ("article", own), ("list", "/section/world"), ("search", "/search?q=" + WORD[language])]
    return dict(address=h.address.rstrip("/"), language=language, dir="rtl" if language in RTL else "ltr", words=words(language), pages=[dict(kind=k, path=p) for k, p in pages], **more)


def is_drawn(h): return all("srcset" in h.get(p).text for p in ("/", "/section/world"))


def go_to(h, language, theme=""): return go_to_config(h, language, config(language, theme))


def go_to_config(h, language, text):
    h.write_config(text)
    r = h.verb("reload")
    return check(r.returncode == 0 and f'<html lang="{language}"' in h.get("/").text, f"{language}: is in force", r.stdout + r.stderr)


HALF = len(STORIES) // 2


def main(languages, themed=()):
    """languages in the built-in theme, then those in the second one."""
    why = packages() or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why:
        skip("the site's languages in a browser", why)
        done()
    shots = tempfile.mkdtemp(prefix="broadsheet-languages-") if os.environ.get("BROADSHEET_KEEP_SHOTS") else ""
    stories = [dict(language=k, dir="rtl" if k in RTL else "ltr", headline=v[0]) for k, v in STORIES.items()]
    plan = dict(chromium=CHROMIUM, shots=shots, stories=stories, english=words("en"))
    evening = f'theme: "{os.path.join(ROOT, "themes-second", "evening")}"\n'
    h = House(config("en"), binary=PLAIN)
    with h:
        fill(h)
        check(until(lambda: settled(h) and is_drawn(h), within_s=60), "stories in all languages stand, with pictures", h.log_text()[-2000:])
        check(sorted(STORIES) == sorted(f[:-5] for f in os.listdir(os.path.join(ROOT, "themes", "words"))), "as many as there are words files")
        for language, theme in [(k, "") for k in languages] + [(k, "evening") for k in themed]:
            if go_to(h, language, evening if theme else ""): look({**plan, "site": site(h, language, theme=theme)}, "languages.mjs")
        check(h.stop() == 0, "the house ends cleanly", h.log_text()[-2000:])
    if shots: print(f"# screenshots: {shots}")
    done()


if __name__ == "__main__": main(list(STORIES)[:HALF])
