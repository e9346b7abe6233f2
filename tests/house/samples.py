#!/usr/bin/env python3
"""Publishes every sample of the shared wires whose formats know a status: each usable item is on its page with its headline and every word of its body, or stands in a table
below with the reason that the desk gives; and no page shows anything else."""
import html as htmllib, json, unicodedata
from _house import *

CONFIG = site_file("Samples")
# Usable by its wire, and not on a page: file (without ending) -> what the desk says.
HELD = {
    **dict.fromkeys("""ansa-photo-irham apa-writer-picture-2.28 dpa-dw-image dpa-pic-171117-90-000086 iptc-listing3-photo
        reuters-LYNXMPEA6F0MS-v2-picture reuters-LYNXMPEA6F0MT-v2-picture reuters-LYNXMPEA6F13M-v1-picture reuters-picture-kenya iptc-1.4-ninjsExSimplePhoto1
        iptc-2.1-SIPA_image_2 iptc-2.1-imageEncodedRights ap-cp-picture ap-picture-item-anon dpa-image""".split(), "the feed's licence has no pictures"),
    "dpa-pic-171117-99-908458": "embargoed without a time: held until a version without embargo",
    # IPTC's own example of terms in prose.
    "illformed-undeclared-prefix": "its terms of use forbid a place (not for use outside)",
    "ap-metadata-example": "it is not an article (video)",
    "reuters-video-syria-v2#3": "it is not an article (video)",
    **dict.fromkeys("dpa-dw-audio dpa-audio".split(), "it is not an article (audio)"),
    **dict.fromkeys("dpa-dw-lesestuecke dpa-lesestuecke".split(), "it is a message to editors, not a story (achtung)"),
    "dpa17-170629-99-48571": "it is a message to editors, not a story (informationen sind nicht zur veröffentlichung bestimmt)",
    "bbc-ldrs-text": "it is a message to editors, not a story",
    # Packages that only list their members, and items of which the file holds a head or a description only.
    **dict.fromkeys("""iptc-listing1-embargo iptc-3.0-ntb_text
        superdesk-empty-headline""".split(), "it has no text"),
    # Packages whose members were not sent with them, and such as name terms of use that an editor must read (R2).
    "reuters-snep-linklist": "no story in it is public yet",
    "reuters-video-syria-v2": "its terms of use end at a time that is not understood (digital display after)",
    # AP's answers only name the NITF file in which the text is.
    **dict.fromkeys("ap-cp-agate ap-cp-politics ap-cp-sports ap-text-item-topten".split(), "it has no text"),
    # Its agency left the headline out, or emptied it.
    **dict.fromkeys("fp-example#2 jf-readme-feed ritzau-9a6955fc ritzau-9a6955fc-b".split(), "it has no headline"),
    "apa-writer-package": "it has no headline",
    **dict.fromkeys("stt-101159380-pre stt-101801633-v4-nohl stt-102051098-abstract".split(), "it has no headline"),
    # Its own `expires`, or NITF's `date.expire`, lies in the past.
    **dict.fromkeys("iptc-2.1-tt_text_image_2 aap-abc-news aap-finance-highlights aap-roosters".split(), "the right to show it has ended"),
    # Filler for a layout, sent by a tool's test, and items that call themselves tests.
    **dict.fromkeys("superdesk-media-1 superdesk-media-2-resend".split(), "its text has a gap to be filled in (Lorem)"),
    "superdesk-upd-3-update": "it is marked as a test (test item)",
    # Tests of feed readers, of one element each.
    **dict.fromkeys("""afp-TX-PAR-NBK16-noheadline afp-TX-PAR-NBK16-noheadline2 fp-encoding-demoronize-1 fp-lang-item_dc_language fp-node_precedence-atom10_id
        fp-node_precedence-atom10_id#2 fp-rss-item_category_domain fp-rss-item_category_multiple fp-rss-item_comments fp-rss-item_content_encoded
        fp-rss-item_dc_date fp-rss-item_dc_subject_multiple fp-rss-item_description_and_summary fp-rss-item_description_escaped_markup
        fp-rss-item_expirationDate fp-rss-item_fullitem fp-rss-item_guid fp-rss-item_guid_not_permalink fp-rss-item_guid_not_permalink_conflict_link
        fp-rss-item_image_link_conflict fp-rss-item_multiple_dc_creator fp-rss-item_pubDate_map_updated_parsed fp-rss-item_source_url nf-illegally-nested#2
        nf-illegally-nested#4 nf-illegally-nested#6 nf-illegally-nested#8 nf-illegally-nested#10 nf-illegally-nested#12 nf-illegally-nested#14
        nf-illegally-nested#16 nf-illegally-nested#18 nf-illegally-nested#20 nf-rss2sample#2 fp-atom-entry_content_mode_escaped fp-atom10-entry_author_name
        fp-atom10-entry_content_application_xml fp-atom10-entry_content_base64 fp-atom10-entry_content_escaped_markup fp-atom10-entry_contributor_multiple
        fp-atom10-entry_link_multiple fp-atom10-entry_link_no_href fp-atom10-entry_link_rel_enclosure fp-atom10-entry_rights fp-atom10-entry_source_title
        fp-atom10-entry_summary_inline_markup fp-base-entry_content_xml_base_inherit_3 fp-lang-entry_content_xml_lang_blank
        fp-lang-entry_content_xml_lang_inherit_3 fp-namespace-atomsvg fp-sanitize-entry_content_iframe fp-sanitize-entry_content_script
        fp-sanitize-entry_content_script_base64""".split(), "it has no headline"),
    **dict.fromkeys("""fp-media-rss-item_media_title1 fp-media-rss-media_group fp-node_precedence-atom10_title fp-node_precedence-atom10_title#2 fp-atom-entry_title_base64
        fp-atom10-entry_title_inline_markup fp-atom10-entry_title_text_plain_brackets fp-atom10-entry_title_type_empty-no-crash
        fp-sanitize-entry_title_script_inline nf-atom-with-tag-uri-links""".split(), "it has no text"),
    "afp-751ha-photo": "the feed's licence has no pictures",
    "belga-107255546-video": "it is not an article (video)",
}
# Packages without text of their own, of which a member is public: headline and members.
LISTS = {"reuters-KBN0FL0NM-v10-package"}
# Usable by its wire, and another item has ended it or taken its place: file -> that one, which is shown, held, or canceled.
REPLACED = {
    "stt-planning-584717": "stt-planning-584717-remove",
    # Two life cycles of one guid and of the correction that continues it: the kill of that guid ends both.
    **dict.fromkeys("superdesk-corr-1 superdesk-corr-2-corrected superdesk-kill-1-item superdesk-kill-2-corrected".split(), "superdesk-kill-3-killed"),
    **dict.fromkeys("superdesk-upd-1-origin superdesk-upd-2-update".split(), "superdesk-upd-3-update"),
}


def words(s):
    """What a reader sees, without markup and differences of white space."""
    s = re.sub(r"(?is)<(script|style).*?</\1>", " ", s)
    s = htmllib.unescape(re.sub(r"<[^>]*>", " ", s))
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", s))


def read(path):
    r = subprocess.run([PLAIN, "read", path], capture_output=True, timeout=60)
    return [json.loads(l) for l in r.stdout.splitlines()]


def samples(fmt):
    folder = os.path.join(SHARED, "wires", fmt)
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if not name.endswith(".expected.json") and os.path.isfile(os.path.join(folder, name)): yield os.path.join(folder, name)


class Item:
    """One item of a sample, as `read` prints it."""
    def __init__(self, path, number, got):
        stem = os.path.splitext(os.path.basename(path))[0]
        self.name = stem if number == 0 else f"{stem}#{number + 1}"
        self.guid, self.status = got["uri"], got.get("pubStatus", "usable")
        heads = {x.get("role"): x["value"] for x in got.get("headlines", [])}
        self.key = self.guid or next(iter(heads.values()), "")
        self.heads = {words(htmllib.escape(v)) for v in heads.values()}
        if not heads:  # an alert's one line
            html = next((b["value"] for b in got.get("bodies", []) if b["contentType"] == "text/html"), "")
            self.heads = {words(html.split("</p>")[0])}
        self.body = words(htmllib.escape(next((b["value"] for b in got.get("bodies", []) if b["contentType"] == "text/plain"), "")))

        self.below = self.body[len(by):] if (by := words(htmllib.escape(got.get("by", "")))) and self.body.startswith(by) else self.body  # a byline stands above the text, once

    def is_on(self, page): return (self.body or self.name in LISTS) and page.head in self.heads and self.below in page.text


class Page:
    def __init__(self, story, h):
        self.path = re.sub(r"^https?://[^/]+", "", story["url"])
        html = h.get(self.path).text
        h1 = re.search(r"(?s)<h1[^>]*>(.*?)</h1>", html)
        self.head, self.text = words(h1[1]) if h1 else "", words(html)


paths = [p for fmt in ("newsml-g2", "ninjs", "nitf", "ap-mediaapi", "dpa-digitalwires", "jsonfeed", "other-json", "other-xml", "newsml-1", "iptc7901", "anpa1312", "rss", "atom") for p in samples(fmt)]
if not paths:
    skip("the shared wire samples are published", f"no {SHARED}/wires here")
    done()
h = House(config=CONFIG).start()
items = []
for n, p in enumerate(paths):
    items += [Item(p, k, got) for k, got in enumerate(read(p))]
    with open(p, "rb") as f: h.drop(f"{n:04d}-{os.path.basename(p)}", f.read())
check(until(lambda: not [f for f in os.listdir(h.wire) if os.path.isfile(os.path.join(h.wire, f))], within_s=120), "all samples are taken from the folder")


def applied():
    s = json.loads(h.verb("status", "--json").stdout)
    return s["applied"] == s["ledger"]


check(until(applied, within_s=180), "and applied")
stories = {}
for number in range(1, 60):
    got = h.api(number)
    if not got: break
    for s in got: stories[s["id"]] = s
pages = [Page(s, h) for s in stories.values()]
held = {x[k]: x["why"] for x in map(json.loads, h.verb("status", "--held", "--json").stdout.splitlines()) for k in ("headline", "guid")}

usable = [i for i in items if i.status == "usable"]
shown = {i.name for i in usable if any(i.is_on(p) for p in pages)}
check(len(shown) > 100, f"{len(shown)} of {len(usable)} usable items are on their pages with headline and every word of the body")
hidden = [i for i in usable if i.name not in shown and i.name not in REPLACED]
wrong = [f"{i.name}: {held.get(i.key, 'not held')}" for i in hidden if i.name not in HELD or HELD[i.name] not in held.get(i.key, "").split("; ")]
check(not wrong, f"what is usable and not shown is held for the reason that is known ({len(HELD)} items)", "\n".join(wrong))
canceled = {i.name for i in items if i.status == "canceled"}
late = [f"{name} by {by}" for name, by in REPLACED.items() if by not in shown | canceled | set(HELD)]
check(not late, f"or another item has ended it or stands in its place ({len(REPLACED)} items)", "\n".join(late))
names = {i.name for i in items}
stale = [n for n in [*HELD, *REPLACED] if n not in names or n in shown]
check(not stale, "nothing stands in the tables that is shown, or is no sample", "\n".join(stale))
strange = [p.path for p in pages if not any(i.is_on(p) for i in usable)]
check(not strange, f"no page shows what is canceled, withheld, a plan, a concept or empty ({len(pages)} pages)", "\n".join(strange))
texts = {i.body for i in usable if i.name in shown}
leaked = [i.name for i in items if i.status != "usable" and len(i.body) > 100 and i.body not in texts and any(i.body[:200] in p.text for p in pages)]
check(not leaked, "nor its words beside another story", "\n".join(leaked))
log = h.log_text()
check("AddressSanitizer" not in log and "runtime error" not in log and "ended by signal" not in log, "nothing crashed", log[-3000:])
h.remove()
done()
