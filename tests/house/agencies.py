#!/usr/bin/env python3
"""Whose news a feed brings (T2), where it has no provider_ids: of the shared wires each agency's samples come by a feed of its own, and none is taken for another's;
what plainly names another agency waits for the desk, with the next step, and comes out by it."""
import csv, json
from _house import *

AGENCY = "names another agency"
WIRES = os.path.join(SHARED, "wires")
# What is another agency's by every word of it: its provider, its guid, its copyright; nothing in it names the feed's own.
OTHERS = {
    # An AP story inside dpa's own channel of partners: a house that takes both says so.
    "urn:newsml:ap.org:20230101:cd1ee53edee0df1bf00de01b044366b4": "ap",
    # IPTC's specimens, whose provider is Reuters.
    "urn:newsml:acmenews.com:20141121:US-FINANCE-FED": "REUTERS",
    "urn:newsml:acmenews.com:20161018:US-FINANCE-FED": "REUTERS",
    # IPTC's specimen of ninjs, whose text begins with "(AP)".
    "http://ninjs.example.com/newsitems/20130709simp123": "AP",
    # A specimen of a program, with a story of AAP's.
    "urn:newsml:localhost:2017-08-24T14:37:19.783611:c044162e-7f40-4d04-b700-49b6a66e652c": "AAP",
}
FOLDERS = 8  # that one house watches


def held(h): return {x["guid"]: x["why"] for x in map(json.loads, h.verb("status", "--held", "--json").stdout.splitlines())}


def applied(h):
    s = json.loads(h.verb("status", "--json").stdout)
    return s["applied"] == s["ledger"]


def by_agency():
    """Agency, as a publisher would write it (without what the list says of the road in brackets) -> its samples. What is no agency's is a tool's test."""
    with open(os.path.join(WIRES, "MANIFEST.tsv")) as f: rows = list(csv.DictReader(f, delimiter="\t"))
    out = {}
    for r in rows:
        path = os.path.join(WIRES, r["file"])
        if os.path.isfile(path) and not path.endswith(".expected.json"): out.setdefault(re.sub(r"\s*\(.*", "", r["provider"]), []).append(path)
    return sorted(out.items())


def bring(group):
    """One house for so many agencies: how many files came, and which items were taken for another's."""
    names = {agency: re.sub(r"[^a-z0-9]+", "-", agency.lower()).strip("-") for agency, _ in group}
    feeds = "".join(f"  {feed}: {{provider: {json.dumps(agency)}, timezone: UTC, folder: '@WIRE@/{feed}'}}\n" for agency, feed in names.items())
    h = House(config="site: {name: Samples, timezone: UTC}\nfeeds:\n" + feeds)
    root, count = h.wire, 0
    for feed in names.values(): os.makedirs(os.path.join(root, feed))
    h.start()
    for agency, paths in group:
        h.wire = os.path.join(root, names[agency])
        for path in paths:
            with open(path, "rb") as f: h.drop(f"{count:04d}-{os.path.basename(path)}", f.read())
            count += 1
    waits = lambda: [n for f in names.values() for n in os.listdir(os.path.join(root, f)) if os.path.isfile(os.path.join(root, f, n))]
    check(until(lambda: not waits() and applied(h), within_s=120), f"{len(group)} feeds bring {count} files", waits())
    got = {guid: why for guid, why in held(h).items() if AGENCY in why}
    h.remove()
    return got


with House(config=site_file("Agencies").replace("provider: Wire", "provider: Reuters")) as h:
    h.drop("own.xml", newsml("tag:reuters.com,2026:own", "Harbour opens", "<p>The harbour opens again.</p>", provider="reuters.com"))
    h.drop("other.xml", newsml("tag:other.example,2026:other", "Market closes", "<p>The market closes early.</p>", provider="Totally Other Agency"))
    own = h.path_of("Harbour opens")
    check(own and until(lambda: "tag:other.example,2026:other" in held(h)) and "Market closes" not in h.get("/").text, "the feed's own is public, another agency's waits", held(h))
    check(AGENCY in held(h)["tag:other.example,2026:other"] and "provider_ids" in held(h)["tag:other.example,2026:other"] and "Totally Other Agency" in held(h)["tag:other.example,2026:other"],
          "with who it names, and the next step", held(h))
    r = subprocess.run([h.binary, "check", "--config", h.config_path], capture_output=True, text=True)
    check(r.returncode == 0 and "without provider_ids" in r.stdout and "wire" in r.stdout, "`check` says which feed does not say it", [r.stdout, r.stderr])
    s = h.verb("status")
    check("without provider_ids" in s.stdout, "and `status`", s.stdout)
    check(json.loads(h.verb("status", "--json").stdout)["feeds"][0]["has_provider_ids"] is False, "in JSON too", h.verb("status", "--json").stdout)
    with open(h.config_path) as f: text = f.read()
    h.write_config(text.replace("provider: Reuters\n", "provider: Reuters\n    provider_ids: [reuters.com, Totally Other Agency]\n"))
    r = h.verb("reload")
    check(r.returncode == 0 and h.path_of("Market closes"), "the name in provider_ids lets it out", [r.stdout, r.stderr])
    check("without provider_ids" not in h.verb("status").stdout, "and nothing is said of the feed any more", h.verb("status").stdout)

if not os.path.exists(os.path.join(WIRES, "MANIFEST.tsv")):
    skip("no agency's samples are taken for another's", f"no {WIRES} here")
    done()
all_of_them = by_agency()
got = {}
for n in range(0, len(all_of_them), FOLDERS): got |= bring(all_of_them[n:n + FOLDERS])
wrong = [f"{guid}: {why}" for guid, why in got.items() if f"({OTHERS.get(guid)})" not in why]
check(not wrong, f"of {len(all_of_them)} agencies and tools, each by a feed of its name, no item is taken for another's that is not ({len(OTHERS)} are)", "\n".join(wrong))
check(set(OTHERS) <= set(got), "those that are wait", set(OTHERS) - set(got))
done()
