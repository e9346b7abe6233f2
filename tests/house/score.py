#!/usr/bin/env python3
"""How far `read` agrees with the gold beside the agencies' samples (SHARED/wires/score.py), and why where it does not: each field that differs stands below with its reason, or the test fails; and so does a
reason for what differs no more. What is left is gold's or the judge's; a reader's own miss has no row here and must be mended. RSS and Atom have a table of their own (FEEDS)."""
import collections
from _house import *

CSS = "its body is HTML escaped in a <pre>: gold took the style sheet, or the line above it, for the whole text"
HEADING = "it writes <p><h3>…</h3></p>: in HTML a heading ends the paragraph before it, so that the heading stands in none; gold counts the <p>"
REFS = "the judge looks for residref, guid or uri in gold's rows, which have ref: both lists are the same, in the same order"
WHY = {
    "newsml-1/belga-98055798-v4.xml: version_created": "the file has no zone (20190129T133400); a feed's `timezone` gives it, `read` has no feed and must not guess one",
    "newsml-1/belga-98055798-v4.xml: first_created": "the same",
    **{f"newsml-1/businesswire-{n}.xml: {f}": CSS for n in ("20130515006361", "20130605006126-zh", "20210130005024r1")
       for f in ("body_text_first_80_chars", "body_text_last_80_chars", "body_text_length", "paragraphs")},
    "newsml-1/solita-se-8.xml: paragraphs": "a line of its lead stands in no <p>; loose text between paragraphs is one (two items)",
    **{f"newsml-g2/{n}.xml: package_refs": REFS for n in ("apa-writer-package", "reuters-KBN0FL0NM-v10-package", "reuters-snep-linklist", "reuters-video-syria-v2")},
    "newsml-g2/reuters-MTZXEE13ZXCZES-opta.xml: paragraphs": "its text stands in a <pre> without any <p>; what is shown is a paragraph",
    **{f"newsml-g2/stt-{n}.xml: paragraphs": HEADING for n in ("101160101-note", "101801633-v4-nohl", "101801633-v4", "101801733", "105868846-v7-long")},
    "newsml-g2/stt-planning-584717-remove.xml: pubstatus": "stat:usable with the signal sttinstruct:remove, by which STT takes a plan back: it is obeyed as a kill",
    "newsml-g2/tt-585167.xml: first_created": "the file has versionCreated and contentCreated, no firstCreated; gold has it from a peer that takes the one for the other",
    "newsml-g2/tt-585167.xml: body_text_length": "the address of TT's picture, its caption and its photographer stand with the picture, not in the text",
    "newsml-g2/tt-585167.xml: paragraphs": "TT's own elements (INGRESS, CITAT, MELLIS, rows of facts): gold counts its <P> alone",
    "ninjs/iptc-1.4-businesswire-newsml-20130731006140.json: paragraphs": "a text without markup is one paragraph",
    "ninjs/iptc-2.1-dpa_text.json: type": "the key is absent: text, as ninjs has it",
    **{f"ninjs/iptc-2.1-tt_text_image_2.json: {f}": "its body begins with an h1 that repeats the headline: left out, for a page has it already (CONVENTIONS.md says so of NewsML-G2)" for f in ("body_text_first_80_chars", "body_text_length")},
    **{f"ninjs/iptc-3.0-20231008-anti-doping-measures-at-the-tou.json: {f}": "the same" for f in ("body_text_first_80_chars", "body_text_length")},
    "ninjs/iptc-3.0-ntb_text.json: subjects": "gold has none, the file has four with literals",
    **{f"nitf/{n}.xml: guid": "the file names no identifier: the reader makes one of its bytes, so that it is the same whenever it comes" for n in ("ap-condon", "ap-nba-glance-agate")},
    "wxr/superdesk-wxr.xml: version_created": "the year 3013, a thousand years after the others: no time that can be meant (V10)",
    "wxr/wpimp-theme-unit-test-data.xml: headline": "gold keeps the markup of the title; a headline is text",
}
FEEDS = ("atom/", "rss/")  # feedparser's answers, about what it keeps of markup and of repeated elements

judge = os.path.join(SHARED, "wires", "score.py")
if not os.path.exists(judge):
    skip("the readers' score", f"no {judge} here")
    done()
r = subprocess.run([sys.executable, judge, "--worst", "1000", PLAIN], capture_output=True, text=True, timeout=550)
lines = [l.strip() for l in r.stdout.splitlines() if re.match(r"  \S+/\S+: \w+$", l)]
misses = collections.Counter(l for l in lines if not l.startswith(FEEDS))
last = r.stdout.splitlines()[-1] if r.stdout else r.stderr
m = re.match(r"fields (\d+)/(\d+) [\d.]+%  files \d+/\d+  crashes (\d+)", last)
check(m and int(m[2]) > 5000 and m[3] == "0", f"every sample is read, none ends the reader: {last}", r.stdout[-2000:] + r.stderr[-1000:])
if not m: done()
check(int(m[2]) - int(m[1]) == len(lines), "each field that differs is named", (last, len(lines)))
unknown = [k for k in misses if k not in WHY]
check(not unknown, f"each of the {sum(misses.values())} that differ outside of RSS and Atom has its reason", "\n".join(unknown))
stale = [k for k in WHY if k not in misses]
check(not stale, "and each reason its difference", "\n".join(stale))
own = int(m[1]) + sum(misses[k] for k in misses if k in WHY)
check(own / int(m[2]) >= 0.995, f"what remains is {int(m[2]) - own} of {m[2]}: {100 * own / int(m[2]):.2f}% of what gold can judge")
done()
