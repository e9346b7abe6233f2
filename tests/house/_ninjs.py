"""The rules of IPTC's ninjs 3.0 schema, as a table: a rule is str, a form of one (URI, TIME), a set of words, a range of whole numbers, a list of one kind, or an object: its members, "!" what must be there."""
import re

UNRESERVED = r"A-Za-z0-9._~\-"
PCHAR = rf"(?:[{UNRESERVED}!$&'()*+,;=:@]|%[0-9A-Fa-f]{{2}})"
HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[{UNRESERVED}!$&'()*+,;=]|%[0-9A-Fa-f]{{2}})*)"
USER = rf"(?:(?:[{UNRESERVED}!$&'()*+,;=:]|%[0-9A-Fa-f]{{2}})*@)?"
URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{USER}{HOST}(?::\d*)?(?:/{PCHAR}*)*|/(?:{PCHAR}+(?:/{PCHAR}*)*)?|{PCHAR}+(?:/{PCHAR}*)*|)(?:\?(?:{PCHAR}|[/?])*)?(?:#(?:{PCHAR}|[/?])*)?")  # RFC 3986, 3
TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)")  # RFC 3339, 5.6
# A rule: str, a form of one (URI, TIME), a set of words, a range of whole numbers, a list of one kind, or an object: its members, "!" what must be there.
COUNT = range(0, 1 << 31)
WORDS = {"role": str, "contentType": str, "value": str, "!": ["value"]}
NAMED = {"name": str, "rel": str, "uri": URI, "literal": str}
RENDITION = {"name": str, "href": URI, "contentType": str, "title": str, "width": COUNT, "height": COUNT, "sizeInBytes": COUNT, "format": str, "!": ["name"]}
NINJS = {
    "uri": URI, "type": {"text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"}, "representationType": {"full", "partial"}, "profile": str,
    "version": str, "firstCreated": TIME, "versionCreated": TIME, "contentCreated": TIME, "embargoedUntil": TIME, "expires": TIME, "pubStatus": {"usable", "withheld", "canceled"},
    "urgency": range(1, 10), "copyrightHolder": str, "copyrightNotice": str, "usageTerms": str, "edNote": str, "language": str, "descriptions": [WORDS], "bodies": [WORDS],
    "headlines": [WORDS], "people": [NAMED], "organisations": [NAMED], "places": [NAMED], "subjects": [NAMED], "events": [NAMED], "objects": [NAMED],
    "infoSources": [{"name": str, "role": str, "uri": URI, "literal": str}], "title": str, "by": str, "slugline": str, "located": str, "renditions": [RENDITION],
    "altIds": [{"role": str, "value": str}], "standard": {"name": str, "version": str, "schema": URI}, "genres": [{"name": str, "uri": str, "literal": str}],
}
NINJS["associations"] = [{**NINJS, "name": str, "rel": str, "!": ["name", "uri"]}]
ITEM = {**NINJS, "!": ["uri"]}


def wrong(v, rule, at=""):
    """Each place at which v breaks the rule."""
    if rule is str: return [] if isinstance(v, str) else [f"{at} is no text: {v!r}"]
    if isinstance(rule, re.Pattern): return [] if isinstance(v, str) and rule.fullmatch(v) else [f"{at} has not the form: {v!r}"]
    if isinstance(rule, set): return [] if isinstance(v, str) and v in rule else [f"{at} is no word of the schema: {v!r}"]
    if isinstance(rule, range): return [] if type(v) is int and v in rule else [f"{at} is no number of the schema: {v!r}"]
    if isinstance(rule, list): return sum((wrong(x, rule[0], f"{at}[{i}]") for i, x in enumerate(v)), []) if isinstance(v, list) else [f"{at} is no list"]
    if not isinstance(v, dict): return [f"{at} is no object"]
    lacks = [f"{at} lacks {k}" for k in rule.get("!", []) if k not in v]
    return lacks + sum((wrong(x, rule[k], f"{at}.{k}") if k in rule else [f"{at}.{k} is no name of the schema"] for k, x in v.items()), [])
