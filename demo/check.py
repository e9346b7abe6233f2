#!/usr/bin/env python3
"""Checks the demonstration wire against README.md. Prints every fault with its file; exit 1 if there was one.

Needs nothing but Python's standard library: it reads the strict subset of YAML by itself.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
SECTIONS = {"world", "business", "politics", "science", "sport", "culture"}
NEEDED = ["id", "language", "section", "urgency", "headline", "slugline", "byline", "dateline", "abstract", "format",
          "subjects", "keywords", "places", "credits", "body"]
FIELDS = set(NEEDED) | {"picture", "versions"}
CHANGES = {"update", "correct", "refile", "full"}
TAGS = {"body", "p", "h3", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "figure", "img", "figcaption", "iframe"}
ATTRIBUTES = {"img": {"src", "alt"}, "iframe": {"src"}}
PLACEHOLDERS = {"{{date}}", "{{weekday}}", "{{yesterday}}"}
ACTS = {"file": 1, "flash": 1, "update": 1, "correct": 1, "refile": 1, "embargo": 1, "withhold": 1, "lift": 1, "kill": 1,
        "lift-embargo": 0, "pause": 0, "resume": 0}
AGENCY = {"en": "(Meridian) - ", "hi": "(मेरिडियन) - ", "ar": "(ميريديان) - "}
DAYS = re.compile(r"\b(Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day\b|(सोम|मंगल|बुध|गुरु|शुक्र|शनि|रवि)वार"
                  r"|\b(الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت)\b")
MAX_PICTURE, MAX_FOLDER = 220_000, 3_000_000

faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


class Lines:
    def __init__(self, path):
        self.rows = [r for r in path.read_text(encoding="utf-8").split("\n")]
        self.i, self.name = 0, path.name

    def peek(self):
        """The next line's indent and text, past blank lines and comments; None at the end."""
        while self.i < len(self.rows):
            row = self.rows[self.i]
            if row.strip() and not row.lstrip().startswith("#"):
                return len(row) - len(row.lstrip(" ")), row.strip()
            self.i += 1
        return None

    def bad(self, why):
        raise ValueError(f"{self.name}:{self.i + 1}: {why}")


def scalar(lines, text):
    if text.startswith('"'):
        if len(text) < 2 or not text.endswith('"') or '"' in text[1:-1] or "\\" in text:
            lines.bad("a quoted text must close on its line, without quotes or backslashes inside")
        return text[1:-1]
    if re.match(r"[&*!{\[>%@`']", text) or ": " in text or " #" in text:
        lines.bad("outside the strict subset")
    return text


def literal(lines, indent):
    rows = []
    while lines.i < len(lines.rows):
        row = lines.rows[lines.i]
        if row.strip() and len(row) - len(row.lstrip(" ")) <= indent:
            break
        rows.append(row.strip())
        lines.i += 1
    return "\n".join(rows).strip() + "\n"


def block(lines, indent):
    at, text = lines.peek()
    return (sequence if text.startswith("- ") else mapping)(lines, at)


def sequence(lines, indent):
    out = []
    while (row := lines.peek()) and row[0] == indent and row[1].startswith("- "):
        rest = row[1][2:]
        if not rest.startswith('"') and re.match(r"[a-z]+: ", rest):
            lines.rows[lines.i] = " " * (indent + 2) + rest
            out.append(mapping(lines, indent + 2))
        else:
            out.append(scalar(lines, rest))
            lines.i += 1
    return out


def mapping(lines, indent):
    out = {}
    while (row := lines.peek()) and row[0] == indent and not row[1].startswith("- "):
        m = re.match(r"([a-z]+):(?: (.*))?$", row[1])
        if not m:
            lines.bad("expected 'name: value'")
        if m[1] in out:
            lines.bad(f"{m[1]} stands twice")
        lines.i += 1
        if m[2] == "|":
            out[m[1]] = literal(lines, indent)
        elif m[2]:
            lines.i -= 1
            out[m[1]] = scalar(lines, m[2])
            lines.i += 1
        else:
            out[m[1]] = block(lines, indent)
    return out


def load(path):
    try:
        lines = Lines(path)
        tree = mapping(lines, 0)
        if lines.peek():
            lines.bad("left over")
        return tree
    except ValueError as e:
        fault(path.name, e)
        return {}


def words_of(body):
    return len(re.sub(r"<[^>]*>", " ", body).split())


def check_text(where, story):
    for name, value in story.items():
        if not isinstance(value, str):
            continue
        for p in re.findall(r"\{\{.*?\}\}", value):
            if p not in PLACEHOLDERS:
                fault(where, f"unknown placeholder {p} in {name}")
        if m := DAYS.search(value):
            fault(where, f"a day of the week in {name}: {m[0]}")


def check_body(where, story, may_be_empty):
    body = story["body"]
    if not body.strip():
        return None if may_be_empty else fault(where, "empty body")
    try:
        root = ET.fromstring(f"<body>{body}</body>")
    except ET.ParseError as e:
        return fault(where, f"body is not well-formed: {e}")
    for e in root.iter():
        if e.tag not in TAGS or set(e.attrib) != ATTRIBUTES.get(e.tag, set()):
            fault(where, f"element {e.tag} with {e.attrib}")
    paragraphs = [p.text or "" for p in root.findall("p")]
    first = paragraphs[1] if paragraphs[0].startswith("(This story has been corrected") else paragraphs[0]
    city = story["dateline"].upper() if story["language"] == "en" else story["dateline"]
    if not (first.startswith(city) and "{{date}} " + AGENCY[story["language"]] in first):
        fault(where, f"no dateline: {first[:60]}")
    if paragraphs[-1] != story["credits"]:
        fault(where, "the last paragraph is not the credits line")
    if not 130 <= words_of(body) <= 800:
        fault(where, f"{words_of(body)} words")
    if not 5 <= len(paragraphs) <= 24:
        fault(where, f"{len(paragraphs)} paragraphs")


def check_story(path):
    where, story = path.name, load(path)
    for name in NEEDED:
        if name not in story:
            fault(where, f"no {name}")
            return None
    for name in set(story) - FIELDS:
        fault(where, f"unknown field {name}")
    if story["id"] != path.stem or not re.fullmatch(r"[a-z0-9-]+", story["id"]):
        fault(where, "id is not the file's name")
    if story["language"] not in AGENCY or story["section"] not in SECTIONS or story["format"] not in ("newsml-g2", "ninjs"):
        fault(where, "language, section or format")
    if not re.fullmatch(r"[1-8]", story["urgency"]) or not re.fullmatch(r"[A-Z0-9-]+/[A-Z0-9-]*", story["slugline"]):
        fault(where, "urgency or slugline")
    for s in story["subjects"]:
        if not re.fullmatch(r"medtop:\d{8}\|.+", s):
            fault(where, f"subject {s}")
    if "picture" in story:
        if set(story["picture"]) != {"file", "caption", "credit", "alt"}:
            fault(where, "picture needs file, caption, credit, alt")
        elif not (HERE / "pictures" / story["picture"]["file"]).is_file():
            fault(where, f"no picture {story['picture']['file']}")
    states = {1: story}
    for v in story.get("versions", []):
        n = int(v["version"])
        if n != len(states) + 1 or v["change"] not in CHANGES:
            fault(where, f"version {n} {v['change']}")
        if set(v) - FIELDS - {"version", "change", "note"}:
            fault(where, f"unknown field in version {n}")
        states[n] = {**states[len(states)], **v}
        if v["change"] == "correct" and not (v["headline"].startswith("CORRECTED-") and v.get("note")
                                             and "(This story has been corrected" in v["body"]):
            fault(where, "a correction needs CORRECTED-, a note and its line in the body")
    for n, state in states.items():
        check_text(f"{where} version {n}", state)
        check_body(f"{where} version {n}", state, n == 1 and any(v["change"] == "full" for v in story.get("versions", [])))
    return story


def check_script(stories):
    script = load(HERE / "script.yaml")
    now, sent, embargoes = 0, {}, {}
    for a in script.get("acts", []):
        where = f"script.yaml at {a.get('at')}"
        if int(a["at"]) < now or int(a["at"]) > int(script["length"]):
            fault(where, "out of order or after the end")
        now = int(a["at"])
        if a["act"] not in ACTS:
            fault(where, f"unknown act {a['act']}")
        elif ACTS[a["act"]]:
            if a["story"] not in stories:
                fault(where, f"no story {a['story']}")
            elif int(a["version"]) != sent.get(a["story"], 0) + 1:
                fault(where, f"{a['story']} version {a['version']} after {sent.get(a['story'], 0)}")
            sent[a["story"]] = int(a["version"])
            if a["act"] in CHANGES:
                v = [v for v in stories[a["story"]]["versions"] if v["version"] == a["version"]]
                if not v or v[0]["change"] != a["act"]:
                    fault(where, f"{a['story']} has no version {a['version']} of that kind")
        if a["act"] == "embargo":
            embargoes[a["story"]] = a["until"]
        if a["act"] == "lift-embargo" and embargoes.get(a["story"]) != a["at"]:
            fault(where, "the embargo ends at another second")
    for s in sorted(set(stories) - set(sent)):
        fault("script.yaml", f"{s} is never filed")


def jpeg_size(data):
    i = 2
    while i < len(data):
        marker, length = data[i + 1], int.from_bytes(data[i + 2:i + 4], "big")
        if marker in (0xC0, 0xC1, 0xC2):
            return int.from_bytes(data[i + 7:i + 9], "big"), int.from_bytes(data[i + 5:i + 7], "big")
        i += 2 + length
    return None


def check_pictures(stories):
    used = {s["picture"]["file"] for s in stories.values() if "picture" in s}
    for p in sorted((HERE / "pictures").iterdir()):
        data = p.read_bytes()
        if len(data) > MAX_PICTURE or jpeg_size(data) != (1600, 900):
            fault(p.name, f"{len(data)} bytes, {jpeg_size(data)}")
        if p.name not in used:
            fault(p.name, "no story shows it")
    total = sum(f.stat().st_size for f in HERE.rglob("*") if f.is_file())
    if total > MAX_FOLDER:
        fault("demo", f"{total} bytes in all")


def main():
    stories = {s["id"]: s for p in sorted((HERE / "stories").iterdir()) if (s := check_story(p))}
    check_script(stories)
    check_pictures(stories)
    for language in AGENCY:
        mine = [s for s in stories.values() if s["language"] == language]
        print(language, len(mine), " ".join(f"{x}={sum(s['section'] == x for s in mine)}" for x in sorted(SECTIONS)))
    print("formats", " ".join(f"{x}={sum(s['format'] == x for s in stories.values())}" for x in ("newsml-g2", "ninjs")),
          "pictures", sum("picture" in s for s in stories.values()))
    for f in faults:
        print(f)
    print(f"{len(stories)} stories, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
