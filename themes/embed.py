#!/usr/bin/env python3
"""Writes the theme's files as one C table, named as the file it goes to: embed.py OUT ROOT FILE..."""
import os, sys

out, root, files = sys.argv[1], sys.argv[2], sys.argv[3:]
table = os.path.splitext(os.path.basename(out))[0]
row = table.removesuffix("_table") + "_file"
with open(out, "w", encoding="ascii") as o:
    o.write(f'#include "{table}.h"\n\n')
    for k, path in enumerate(files):
        data = open(path, "rb").read()
        o.write(f"static const unsigned char file_{k}[] = {{")
        o.write(",".join(map(str, data)) if data else "0")
        o.write("};\n")
    o.write(f"const struct {row} {table}[] = {{\n")
    for k, path in enumerate(files):
        size = os.path.getsize(path)
        o.write(f'    {{"{os.path.relpath(path, root)}", {{(const char *)file_{k}, {size}}}}},\n')
    o.write("};\n")
    o.write(f"const size_t {table}_count = {len(files)};\n")
