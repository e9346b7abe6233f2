#!/usr/bin/env python3
"""Makes the tables of docs/theming.md from the templates, the press and docs/theming.tsv: make_theming.py [--check]

--check says what is amiss and exits 1: a name that the press makes or a template uses and theming.tsv does not tell, one that it tells and nobody makes, a template that uses what nobody makes, tables that are not of today."""
import glob, os, re, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "docs", "theming.md")
MARK = "<!-- made by docs/make_theming.py -->\n"
MAKERS = r"\b(record_text|record_html|record_flag|record_in|record_item|record_item_text|story_time|teaser_\w+|add_link)\(([^;{]*?)\"([a-z_0-9]+)\""
KINDS = {"record_text": "text", "record_html": "markup", "record_flag": "yes or no", "record_in": "record", "record_item": "list", "record_item_text": "list", "story_time": "time", "add_link": "list"}


def read(path):
    with open(path, encoding="utf-8") as f: return f.read()


def press_sources():
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "press", "*.c"))):
        if not path.endswith("_test.c"): yield os.path.basename(path), read(path)


def made():
    """name -> its kinds, as the press makes it."""
    names = {}
    for _, text in press_sources():
        for call, _, name in re.findall(MAKERS, text): names.setdefault(name, set()).add(KINDS.get(call, "list"))
    return names


def spoken():
    """Every word in quotes: names that are handed on; and those of kinds of channels, which are put together ("is_%.*s")."""
    kinds = re.search(r'"kind", TYPE_WORD.*?\.words =\s*"([^;]*?)",', read(os.path.join(ROOT, "src", "config", "schema_audience.c")), re.S)
    put_together = {"is_" + k for k in re.sub(r'"\s*"', "", kinds[1]).split("|")}
    return put_together | {w for _, text in press_sources() for w in re.findall(r'"([a-z_0-9]+)"', text)}


def templates():
    """template -> (names that it uses, templates that it takes in)."""
    out = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "themes", "*.html"))):
        text = read(path)
        tags = re.findall(r"\{\{\{?\s*([#^&]?)\s*([a-z_0-9.]+)\s*\}", text)
        names = {part for _, name in tags for part in name.split(".") if part}
        out[os.path.basename(path)[:-5]] = (names, re.findall(r"\{\{>\s*([\w-]+)\s*\}\}", text))
    return out


def told():
    rows = [line.split("\t", 1) for line in read(os.path.join(ROOT, "docs", "theming.tsv")).splitlines() if line and line[0] != "#"]
    return {name: what for name, what in rows}


def pages():
    """Templates that are a page of their own: the press names them when it closes a frame."""
    return {m for _, text in press_sources() for m in re.findall(r'frame_close\([^;]*?"([\w-]+)"', text)}


def amiss():
    names, words, uses, what = made(), spoken(), templates(), told()
    used = {n for u, _ in uses.values() for n in u}
    for n in sorted((set(names) | used) - set(what)): yield f'docs/theming.tsv does not tell what "{n}" is ({", ".join(t for t, (u, _) in uses.items() if n in u) or "no template uses it yet"})'
    for n in sorted(set(what) - set(names) - used - words): yield f'docs/theming.tsv tells of "{n}", which nothing makes'
    for t, (u, taken) in uses.items():
        for n in sorted(u - set(names) - words): yield f'themes/{t}.html uses "{n}", which nothing makes'
        for p in taken:
            if p not in uses: yield f"themes/{t}.html takes in {p}, which is not there"


def tables():
    names, uses, what, own = made(), templates(), told(), pages()
    lines = ["## Templates", "", "| template | is | uses | takes in |", "|---|---|---|---|"]
    for t, (u, taken) in uses.items():
        lines.append(f"| `{t}` | {'a page' if t in own else 'a part'} | {' '.join(f'`{n}`' for n in sorted(u))} | {' '.join(f'`{p}`' for p in dict.fromkeys(taken))} |")
    lines += ["", "## Names", "", "| name | kind | is | used by |", "|---|---|---|---|"]
    for n in sorted(what):
        users = [t for t, (u, _) in uses.items() if n in u]
        kinds = ", ".join(sorted(names.get(n, {"list"})))
        lines.append(f"| `{n}` | {kinds} | {what[n]} | {' '.join(f'`{t}`' for t in users) or 'nothing yet'} |")
    return "\n".join(lines) + "\n"


def main():
    wrong = list(amiss())
    text = read(OUT)
    head = text.split(MARK)[0]
    whole = head + MARK + "\n" + tables()
    if "--check" in sys.argv:
        if whole != text: wrong.append("docs/theming.md is not of today: python3 docs/make_theming.py")
    elif not wrong:
        with open(OUT, "w", encoding="utf-8") as f: f.write(whole)
    for w in wrong: print(w)
    sys.exit(1 if wrong else 0)


main()
