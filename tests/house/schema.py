#!/usr/bin/env python3
"""What `convert --to ninjs` writes is ninjs 3.0 by IPTC's published schema: every sample of ours, and of the agencies where those are here, held against the schema's rules as the table below
says them (names, types, words, forms, what must be there; nothing else may be), and against the schema itself where that is here: SHARED/ninjs-schema_3.0.json, or BROADSHEET_NINJS_SCHEMA.
What is read from it is the same story again, or is withheld for what ninjs cannot say. A process for each of some thousand files: plain ones, as `unit wire-write` looks for faults of memory."""
import json
from _house import *
from _ninjs import ITEM, NINJS, wrong


def convert(path, *more):
    r = subprocess.run([PLAIN, "convert", "--to", "ninjs", *more, path], capture_output=True, timeout=120)
    if r.returncode not in (0, 65): check(False, f"convert {path}: {r.returncode}", r.stderr.decode(errors="replace"))
    return [json.loads(l) for l in r.stdout.splitlines()], r.stderr.decode(errors="replace")


def files(folder):
    return [os.path.join(d, f) for d, _, names in sorted(os.walk(folder)) for f in sorted(names) if not f.endswith(".expected.json") and f != "want.txt" and f != "want.json"]


# The checker itself: it finds what the schema forbids.
GOOD = {"uri": "urn:x:1", "type": "text", "pubStatus": "usable", "urgency": 1, "versionCreated": "2026-01-23T06:00:00Z", "associations": [{"name": "", "uri": "tag:a.example,2026:1"}]}
check(not wrong(GOOD, ITEM), "what the schema allows is allowed", wrong(GOOD, ITEM))
for bad in ({"broadsheet": {}}, {"usageTerms": ["a", "b"]}, {"type": "package"}, {"embargoedUntil": None}, {"versionCreated": "2026-01-23T06:00:00"}, {"pubStatus": "unknown"}, {"urgency": 0},
            {"urgency": "1"}, {"uri": "a b"}, {"uri": "7"}, {"renditions": [{"href": "http://a.example/x"}]}, {"renditions": [{"name": "a", "href": "x.jpg"}]}, {"associations": [{"name": "a"}]},
            {"genres": [{"rel": "x"}]}, {"headlines": [{"role": "main"}]}, {"associations": [{"name": "a", "uri": "urn:x:1", "altText": "b"}]}):
    check(wrong({**GOOD, **bad}, ITEM), f"and it sees {json.dumps(bad)}")

# What cannot be said is not said otherwise: the item is withheld, and named.
h = House()
path = os.path.join(h.folder, "item.json")


def told(members, **want):
    with open(path, "w") as f: json.dump({"uri": "tag:example.org,2026:1", "type": "text", "version": "1", "headlines": [{"role": "main", "value": "Cod rises"}], **members}, f)
    got, said = convert(path)
    held = want.pop("named", None)
    same = len(got) == 1 and not wrong(got[0], ITEM) and all(got[0].get(k) == v for k, v in want.items())
    check(same and (f"withheld: {held}" in said if held else not said), f"{json.dumps(members)}: {want}", (got, said))
    return got[0] if got else {}


told({}, pubStatus="usable", type="text")
told({"embargoedUntil": "2026-12-01T06:00:00+01:00"}, pubStatus="usable", embargoedUntil="2026-12-01T05:00:00Z")
told({"embargoedUntil": None}, pubStatus="withheld", embargoedUntil=None, named="its embargo")
told({"embargoedUntil": "soon"}, pubStatus="withheld", named="its embargo")
told({"embargoedUntil": "2026-12-01T06:00:00"}, pubStatus="withheld", named="its embargo")
told({"expires": "2026-12-01T06:00:00"}, pubStatus="withheld", named="the end of the right")
told({"pubStatus": "perhaps"}, pubStatus="withheld", named="its status is unknown")
told({"pubStatus": "canceled", "embargoedUntil": None}, pubStatus="canceled")
told({"isTest": True}, pubStatus="withheld", named="it is a test")
told({"type": "concept"}, pubStatus="withheld", type=None, named="its kind")
told({"type": "composite"}, pubStatus="usable", type="composite")
told({"usageTerms": ["Not in Austria", "No archive"]}, usageTerms="Not in Austria\nNo archive")
told({"uri": "a guid of old"}, uri="urn:x-broadsheet:guid:a%20guid%20of%20old")
got = told({"associations": [{"name": "featuremedia", "type": "picture", "embargoedUntil": None, "creditline": "Wire", "altText": "A boat",
                              "renditions": [{"href": "boat 1.jpg", "width": 200}]}]}, pubStatus="usable")
picture = got.get("associations", [{}])[0]
check(picture.get("pubStatus") == "withheld" and not wrong(picture, NINJS["associations"][0]), "a picture whose embargo cannot be said is withheld", picture)
with open(path, "w") as f: json.dump(got, f)
back = json.loads(subprocess.run([BINARY, "read", path], capture_output=True, text=True).stdout)["associations"][0]
check((back["creditline"], back["altText"], back["renditions"][0]["href"], "uri" in back) == ("Wire", "A boat", "boat 1.jpg", False), "and read again with its credit, its words, its file", back)
own, _ = convert(path, "--own")
check("broadsheet" in own[0], "--own: with our own object, for another Broadsheet")
h.remove()

# ---- every sample ----
schema = os.environ.get("BROADSHEET_NINJS_SCHEMA", os.path.join(SHARED, "ninjs-schema_3.0.json"))
validator = None
try:
    import jsonschema
    with open(schema) as f: text = re.sub(r'"\$ref": "https://geojson.org/schema/GeoJSON.json#"', '"type": "object"', f.read())
    validator = jsonschema.Draft202012Validator(json.loads(text), format_checker=jsonschema.FormatChecker())
except (ImportError, OSError) as e: skip("the published schema itself", f"not here: {e}")
sources = [("ours", files(os.path.join(ROOT, "tests", "cases", "wire")))]
if os.path.isdir(os.path.join(SHARED, "wires")): sources.append(("the agencies'", [p for d in sorted(os.listdir(os.path.join(SHARED, "wires"))) for p in files(os.path.join(SHARED, "wires", d)) if os.path.isdir(os.path.join(SHARED, "wires", d))]))
else: skip("the agencies' samples", f"no {SHARED}/wires here")
for whose, paths in sources:
    count, broken = 0, []
    for p in paths:
        for i, item in enumerate(convert(p)[0]):
            count += 1
            faults = wrong(item, ITEM)
            if validator: faults += [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(item)]
            if faults: broken.append(f"{os.path.basename(p)}#{i + 1}: {'; '.join(faults[:4])}")
    check(count > 100 and not broken, f"{whose}: {count} items, each valid", f"{len(broken)} are not\n" + "\n".join(broken))
done()
