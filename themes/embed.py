#!/usr/bin/env python3
"""Writes the theme's files as one C table, named as the file it goes to: embed.py OUT ROOT FILE...
css/*.css become the one file style.css and js/*.js the one file site.js, in the order of their names: one request each."""
import os, sys

out, root, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
joined = {"css": "style.css", "js": "site.js"}
files = {}
for path in paths:
    name = os.path.relpath(path, root)
    name = joined.get(os.path.dirname(name), name)
    files[name] = files.get(name, b"") + open(path, "rb").read()
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
