#!/usr/bin/env python3
"""Writes the verbs of docs/broadsheet.1 from the tables in the code, between its two marks, and docs/site.yaml.5 from docs/configuration.md, which is made from the schema: make_man.py [--check]"""
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


# ---- site.yaml(5) ----
PAGE = os.path.join(ROOT, "docs", "site.yaml.5")
SOURCE = os.path.join(ROOT, "docs", "configuration.md")
HEAD = """.\\" site.yaml(5): made by docs/make_man.py from docs/configuration.md; do not edit.
.Dd November 30, 2026
.Dt SITE.YAML 5
.Os
.Sh NAME
.Nm site.yaml
.Nd the configuration of a Broadsheet site
.Sh DESCRIPTION
.Xr broadsheet 1
reads it at its start and at
.Cm reload .
.Ic broadsheet check Fl \\-config Ar FILE
tells every mistake in it, with its line.
.Bl -bullet
"""
TAIL = """.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/broadsheet/site.yaml
The site file of the package.
.It Pa /usr/share/doc/broadsheet/examples/site.yaml.example
One with every key.
.El
.Sh SEE ALSO
.Xr broadsheet 1
"""


def words(markdown):
    """Markdown within a paragraph as lines that mdoc takes for plain words, a sentence each."""
    text = re.sub(r"\[([^\]]*)\]\(([^)]*)\)", lambda m: m[1] if not m[2].startswith("http") else f"{m[1]} ({m[2]})", markdown)
    text = text.replace("`", "").replace("\\|", "|").replace("\\", "\\e").strip()
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"^(?=[.'])", r"\\&", re.sub(r"([.!?][”)]?) (?=\S)", r"\1\n", text), flags=re.M)


def site_page():
    with open(SOURCE, encoding="utf-8") as f: text = f.read()
    how = text.split("\n## How it is written\n")[1].split("\n## ")[0]
    out = [HEAD, *(f".It\n{words(m)}\n" for m in re.findall(r"^- (.*(?:\n  .*)*)", how, re.M)), ".El\n.Sh KEYS\nWith what each takes, and what stands where it is left out.\n"]
    for part in re.split(r"^#{3,4} ", text.split("<!-- from here on made by config_describe")[1], flags=re.M)[1:]:
        title, _, body = part.partition("\n")
        about = body.split("\n|")[0]
        out.append(f".Ss {words(title)}\n" + (words(about) + "\n" if about.strip() else "") + ".Bl -tag -width Ds\n")
        for key, takes, otherwise, meaning in (re.split(r" (?<!\\)\| ", row) for row in re.findall(r"^\| (`.*) \|$", body, re.M)):
            left_out = "it has to be there" if otherwise == "a mistake" else f"left out: {otherwise}"
            out.append(f".It Cm {words(key)}\n({words(takes)}; {words(left_out)})\n{words(meaning)}\n")
        out.append(".El\n")
    return "".join(out) + TAIL


def page_of_verbs():
    with open(OUT, encoding="utf-8") as f: page = f.read()
    at, end = page.index(FROM) + len(FROM), page.index(TO)
    return page[:at] + section() + page[end:]


def main():
    for path, made in ((OUT, page_of_verbs()), (PAGE, site_page())):
        if "--check" not in sys.argv[1:]:
            with open(path, "w", encoding="utf-8") as f: f.write(made)
            continue
        with open(path, encoding="utf-8") as f: page = f.read()
        if page == made: continue
        print(f"{os.path.relpath(path, ROOT)} lacks what the code says: python3 docs/make_man.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__": sys.exit(main())
