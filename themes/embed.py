#!/usr/bin/env python3
"""Writes the theme's files as one C table: embed.py OUT ROOT FILE..."""
import os, sys

out, root, files = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(out, "w", encoding="ascii") as o:
    o.write('#include "theme_table.h"\n\n')
    for k, path in enumerate(files):
        data = open(path, "rb").read()
        o.write(f"static const unsigned char file_{k}[] = {{")
        o.write(",".join(map(str, data)) if data else "0")
        o.write("};\n")
    o.write("const struct theme_file theme_table[] = {\n")
    for k, path in enumerate(files):
        size = os.path.getsize(path)
        o.write(f'    {{"{os.path.relpath(path, root)}", {{(const char *)file_{k}, {size}}}}},\n')
    o.write("};\n")
    o.write(f"const size_t theme_table_count = {len(files)};\n")
