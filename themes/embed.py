#!/usr/bin/env python3
"""Writes the theme's files as one C table, named as the file it goes to: embed.py OUT ROOT FILE...
css/*.css become the one file style.css and js/*.js the one file site.js, in the order of their names: one request each. Of styles and scripts, what only their writers read is left out.
What the first screen of a front and of a story needs of the style is there once more, as files of their own: it stands in these pages (docs/looks.md)."""
import os, sys

OF_ALL = ["10-base", "15-scripts", "20-head", "25-crumbs", "30-teasers", "65-editions", "66-ads", "70-live"]
FIRST = {"front.first": [*OF_ALL, "40-front"], "article.first": [*OF_ALL, "60-story", "62-article", "64-languages", "65-audience"]}


def lean(name, text):
    """Without indentation, empty lines and comments that have lines of their own. Line by line: a line's own words stay as they are, and so do the line ends, which a script may need.
    That is safe where no text runs over several lines, so such text is refused."""
    out, inside = [], False
    for number, line in enumerate(text.split("\n"), 1):
        if "`" in line or line.endswith("\\"): raise SystemExit(f"{name}:{number}: text over several lines would lose its indentation: say it otherwise")
        line = line.strip()
        if inside or line.startswith("/*"):
            inside = "*/" not in line
            if not inside and not line.endswith("*/"): raise SystemExit(f"{name}:{number}: words behind a comment that began a line")
            if line.count("*/") > 1: raise SystemExit(f"{name}:{number}: two comments in one line")
        elif line: out.append(line + "\n")
    if inside: raise SystemExit(f"{name}: a comment without end")
    return "".join(out)


def bytes_of(path, name):
    with open(path, "rb") as f: data = f.read()
    return lean(name, data.decode()).encode() if name.endswith((".css", ".js")) else data


def table(out, root, paths):
    joined, files = {"css": "style.css", "js": "site.js"}, {}
    for path in paths:
        name = os.path.relpath(path, root)
        data = bytes_of(path, name)
        name = joined.get(os.path.dirname(name), name)
        files[name] = files.get(name, b"") + data
        for first, parts in FIRST.items():
            if os.path.relpath(path, root) in [f"css/{part}.css" for part in parts]: files[first] = files.get(first, b"") + data
    table = os.path.splitext(os.path.basename(out))[0]
    row = table.removesuffix("_table") + "_file"
    with open(out, "w", encoding="ascii") as o:
        o.write(f'#include "{table}.h"\n\n')
        for k, data in enumerate(files.values()):
            o.write(f"static const unsigned char file_{k}[] = {{")
            o.write(",".join(map(str, data)) if data else "0")
            o.write("};\n")
        o.write(f"const struct {row} {table}[] = {{\n")
        for k, (name, data) in enumerate(files.items()):
            o.write(f'    {{"{name}", {{(const char *)file_{k}, {len(data)}}}}},\n')
        o.write("};\n")
        o.write(f"const size_t {table}_count = {len(files)};\n")


if __name__ == "__main__": table(sys.argv[1], sys.argv[2], sys.argv[3:])
