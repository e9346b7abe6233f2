#!/usr/bin/env python3
"""Every fault that is planted in a copy of the source, by `./dev mutants` and `./dev battery mutants`, still fits: its text stands once where its row says. Those runs take long and are seldom whole; a change that takes a row's place away is seen here."""
import importlib.util
from _house import *


def rows_of(path):
    spec = importlib.util.spec_from_file_location("rows", os.path.join(ROOT, "tests", path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.MUTANTS


def fits(what, file, old):
    with open(os.path.join(ROOT, file), encoding="utf-8") as f: found = f.read().count(old)
    check(found == 1, f"{what}: stands once in {file}", f"{found} times: {old.strip()[:80]}")


for row in rows_of("mutants/mutants.py"): fits(row["what"], row["file"], row["from"])
for what, _, _, _, replacements in rows_of("battery/mutants.py"):
    for file, old, _ in replacements: fits(what, file, old)
done()
