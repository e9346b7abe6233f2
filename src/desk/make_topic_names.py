#!/usr/bin/env python3
"""Makes topic_names_table.h from IPTC's Media Topics in every language that they have: make_topic_names.py FILE > src/desk/topic_names_table.h
FILE is IPTC's spreadsheet (.xlsx, https://iptc.org/std/NewsCodes/) or JSON of all languages (https://cv.iptc.org/newscodes/mediatopic/?format=json&lang=x-all). Retired topics too: wires go on sending them."""
import html, json, re, sys, zipfile

# IPTC's tags in the order of the table; a name that is that of the language it leans on is left out.
LANGUAGES = [("en-GB", None), ("en-US", "en-GB"), ("ar", None), ("da", None), ("de", None), ("es", None), ("fr", None), ("nb", None), ("nn", "nb"), ("pt-BR", "pt-PT"), ("pt-PT", None), ("sv", None), ("zh-Hans", None)]
IPTC_TAG = {"da": "dk", "nb": "no-NB", "nn": "no-NN", "sv": "se"}  # not those of BCP 47


def from_json(path):
    for c in json.load(open(path, encoding="utf-8"))["conceptSet"]: yield c["qcode"], c["prefLabel"]


def from_sheet(path):
    z = zipfile.ZipFile(path)
    texts = ["".join(re.findall(r"<t[^>]*>(.*?)</t>", s, re.S)) for s in re.findall(r"<si>(.*?)</si>", z.read("xl/sharedStrings.xml").decode(), re.S)]
    head = None
    for row in re.findall(r"<row .*?</row>", z.read("xl/worksheets/sheet1.xml").decode(), re.S):
        cells = {}
        for at, attributes, value in re.findall(r'<c r="([A-Z]+)\d+"([^>]*)><v>(.*?)</v>', row):
            cells[at] = html.unescape(texts[int(value)] if 't="s"' in attributes else value)
        if head is None:
            if "NewsCode-URI" in cells.values(): head = {name: at for at, name in cells.items()}
            continue
        yield cells[head["NewsCode-QCode (flat)"]], {m[1]: cells[at] for name, at in head.items() if (m := re.fullmatch(r"Name \((.*)\)", name)) and at in cells}


def literal(s):
    return '"' + "".join(c if c.isprintable() and c not in '"\\?' else "".join(f"\\{b:03o}" for b in c.encode()) for c in s) + '"'


topics = {}
for qcode, names in (from_sheet if sys.argv[1].endswith(".xlsx") else from_json)(sys.argv[1]):
    names = {tag: re.sub(r"\s+", " ", names.get(IPTC_TAG.get(tag, tag), "")).strip() for tag, _ in LANGUAGES}
    for tag, base in LANGUAGES:
        if base and names[tag] == names[base]: names[tag] = ""
    topics[int(qcode.split(":")[1])] = [names[tag] for tag, _ in LANGUAGES]
print("/* Made by make_topic_names.py from IPTC's Media Topics. Copyright IPTC, International Press Telecommunications\n * Council, https://iptc.org; licence CC BY 4.0, https://creativecommons.org/licenses/by/4.0/: the names alone are taken, unchanged. */")
print("/* clang-format off */")
print("static const struct { const char *tag; int leans_on; } languages[] = {" + ", ".join(f'{{"{t}", {[x for x, _ in LANGUAGES].index(b) if b else -1}}}' for t, b in LANGUAGES) + "};")
print("/* Names in the order of languages, parted by |; empty: as in the one it leans on, else none. */")
print("static const struct { uint32_t code; const char *names; } topics[] = {")
for code, names in sorted(topics.items()):
    assert not any("|" in n for n in names)
    print(f"    {{{code}, {literal('|'.join(names).rstrip('|'))}}},")
print("};")
