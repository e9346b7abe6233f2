#!/usr/bin/env python3
"""Writes the verbs of docs/broadsheet.1 from the tables in the code, between its two marks: make_man.py [--check]"""
import os, re, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "docs", "broadsheet.1")
FROM, TO = '.\\" verbs: made by docs/make_man.py\n', '.\\" end of verbs\n'


def verbs():
    """(name, usage, what) of each row of the two tables."""
    for path in ("src/commands/table.c", "src/lab/table.c"):
        with open(os.path.join(ROOT, path), encoding="utf-8") as f: text = f.read()
        for m in re.finditer(r'\{"([\w-]+)",\s*command_\w+,\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}', text):
            yield (m[1], *("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part)).replace('\\"', '"') for part in (m[2], m[3])))


def safe(text): return text.replace("\\", "\\e").replace("-", "\\-") if text.startswith("-") else text


def usage_macros(usage):
    """--data DIR [--one] -> mdoc, one macro line."""
    out = []
    for word in re.findall(r"[\[\]|]|\.\.\.|[^\s\[\]|]+?(?=\.\.\.|[\s\[\]|]|$)", usage):
        if word == "[": out.append("Oo")
        elif word == "]": out.append("Oc")
        elif word == "|": out.append("|")
        elif word == "...": out.append("Ns No ...")
        elif word.startswith("--"): out.append("Fl \\-" + word[2:])
        elif word.isupper(): out.append("Ar " + word)
        else: out.append("Cm " + word)
    return " ".join(out)


def section():
    return "".join(f".It Cm {name}{' ' + usage_macros(usage) if usage else ''}\n{what[0].upper() + what[1:]}.\n" for name, usage, what in verbs())


def main():
    with open(OUT, encoding="utf-8") as f: page = f.read()
    at, end = page.index(FROM) + len(FROM), page.index(TO)
    made = page[:at] + section() + page[end:]
    if "--check" in sys.argv[1:]:
        if page != made: print("docs/broadsheet.1 lacks what the tables of verbs say: python3 docs/make_man.py", file=sys.stderr)
        return 0 if page == made else 1
    with open(OUT, "w", encoding="utf-8") as f: f.write(made)
    return 0


if __name__ == "__main__": sys.exit(main())
