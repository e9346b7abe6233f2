#!/usr/bin/env python3
"""Makes docs/limits.md from the limits in the code, each with its reason: make_limits.py [--check]

A limit is a constant of an unnamed enum, or a `static const` size, whose name tells that it bounds something. Its reason is the comment behind it."""
import os, re, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "docs", "limits.md")
FLOORS = "base text net ledger story wire archive desk store office picture press site transport config roles commands".split()
BOUNDS = re.compile(r"(_MAX|_MIN|_MS|_HOURS|_DAYS|_MAX_V1|_MAX_BYTES|_BYTES_MAX|_ARENA|_TRIES|_ITEMS|_RATE_MIN|_WINDOW|_AT_ONCE|_BACKLOG|_READERS|_KEEP|_FIRST_MS)$")
BYTES = re.compile(r"BYTES|BLOB|BODY|BODIES|PACK|ARENA|FILE_MAX|HEAD_MAX|META|WAL|PAGE_MAX|FRAME_MAX|CHUNK_MAX|ANSWER|CLEAN|SCRATCH|ROW_MAX|TARGET|TEXT_MAX")
NO_BOUND = {"DAY_MS", "OFFSET_MAX_MIN", "SPARES_MAX"}
HEAD = """# Limits

Made from the code by `docs/make_limits.py`; do not edit. Everything that comes from outside is bounded. What is over a limit is refused, cut, or waits;
nothing grows without end. To change one, change the constant, and its reason beside it.
"""


def sources(floor):
    folder = os.path.join(ROOT, "src", floor)
    names = sorted(os.listdir(folder), key=lambda n: (n != floor + ".h", n))
    return [n for n in names if re.search(r"\.[ch]$", n) and not re.search(r"_test\.c$|_table\.h$|_testing\.h$|_corpus\.h$|_kit\.h$", n)]


def blocks(text):
    """Bodies of unnamed enums, with the comment that stands behind the brace."""
    for m in re.finditer(r"^(?:static )?enum \{(.*?)\};?([ \t]*/\*.*?\*/)?", text, re.M | re.S):
        yield m[1] + (m[2] or "")
    for m in re.finditer(r"^static const (?:size_t|int64_t|uint64_t|uint32_t) (\w+)\s*=\s*([^;]*);([ \t]*/\*.*?\*/)?", text, re.M | re.S):
        yield f"{m[1]} = {m[2]},{m[3] or ''}"


def enumerators(block):
    """[name, expression, reason] of each constant with a value. A comment on a line of its own belongs to the constant below it, else to the one before it."""
    found, current, reason, gap = [], "", "", ""
    for p in re.findall(r"/\*.*?\*/|[^/,]+|,|/(?!\*)", block, re.S) + [","]:
        if p.startswith("/*"):
            words = re.sub(r"\s+", " ", p[2:-2]).strip()
            if current.strip() or "\n" in gap or not found: reason = (reason + " " + words).strip()
            else: found[-1][2] = (found[-1][2] + " " + words).strip()
        elif p != ",":
            current += p
            gap += p
        else:
            m = re.match(r"\s*(\w+)\s*=\s*(.*)", current, re.S)
            if m:
                found.append([m[1], m[2].strip(), reason])
                reason = ""
            current = gap = ""
    return found


def value(expression, known):
    text = re.sub(r"\(\s*(?:size_t|int64_t|uint64_t)\s*\)", "", expression)
    text = re.sub(r"\b(0x[0-9a-fA-F]+|\d+)[uUlL]+\b", r"\1", text)
    text = re.sub(r"\b[A-Z][A-Z0-9_]+\b", lambda m: str(known[m[0]]) if m[0] in known else m[0], text)
    return eval(text, {"__builtins__": {}}) if re.fullmatch(r"[\d\sxa-fA-F()+*<>/-]+", text) else None


def shown(name, n):
    units = (("h", 3600000), ("min", 60000), ("s", 1000)) if name.endswith("_MS") else (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)) if BYTES.search(name) else ()
    for unit, size in units:
        if n >= size and n % size == 0: return f"{n // size} {unit}"
    return f"{n} ms" if name.endswith("_MS") else f"{n:,}"


def collect():
    known, rows = {}, {}
    for floor in FLOORS:
        rows[floor] = []
        for name in sources(floor):
            with open(os.path.join(ROOT, "src", floor, name), encoding="utf-8") as f: text = f.read()
            for block in blocks(text):
                found = enumerators(block)
                for k, (constant, expression, reason) in enumerate(found):
                    try: n = value(expression, known)
                    except (SyntaxError, NameError, TypeError): n = None
                    if n is None: continue
                    known[constant] = n
                    if BOUNDS.search(constant) and constant not in NO_BOUND: rows[floor].append((constant, shown(constant, n), reason, name))
    return rows


def page():
    out = [HEAD]
    for floor, rows in collect().items():
        if not rows: continue
        out.append(f"\n## {floor}\n\n| limit | value | why | in |\n|---|---|---|---|\n")
        for name, n, reason, file in rows:
            clean = reason.replace("|", "\\|").replace("<", "&lt;")
            out.append(f"| `{name}` | {n} | {clean} | `{file}` |\n")
    return "".join(out)


def main():
    made = page()
    if "--check" in sys.argv[1:]:
        with open(OUT, encoding="utf-8") as f: same = f.read() == made
        if not same: print("docs/limits.md is not what the code says: python3 docs/make_limits.py", file=sys.stderr)
        return 0 if same else 1
    with open(OUT, "w", encoding="utf-8") as f: f.write(made)
    return 0


if __name__ == "__main__": sys.exit(main())
