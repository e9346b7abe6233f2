/* json_mend.c: JSON that is not quite well-formed: a charset that is not UTF-8, a key that is there
 * twice (IPTC's own ninjs 1.4 example has one). Owns which keys are never forgiven. Never fatal. */
#include "reader.h"

enum { MENDS_MAX = 8 }; /* each costs a parse of the whole document */

/* Keys that rule over publishing, in whatever JSON, and those that items stand below: twice is a
 * contradiction, never forgiven. */
static bool key_rules(struct span key)
{
    static const char *const keys[] = {"guid", "uri", "usn", "urn", "altids", "itemid", "version",
        "versioncreated", "version_created", "type", "pubstatus", "status", "embargoed",
        "embargoeduntil", "embargo", "expires", "signal", "signals", "istest", "is_test", "test",
        "api_mode", "editorialtypes", "messagetype", "msgtype", "edstatus", "categories", "ednote",
        "ednotes", "broadsheet", "associations", "data", "search", "items", "item", "entries"};
    for (size_t i = 0; i < COUNT(keys); i++)
        if (span_eq_nocase(key, span_of(keys[i]))) return true;
    return false;
}

/* Columns count characters, not bytes. */
static size_t offset_of(struct span bytes, struct reject at)
{
    size_t i = 0;
    for (uint32_t line = 1; i < bytes.n && line < at.line; i++) line += bytes.p[i] == '\n';
    for (uint32_t column = 1; i < bytes.n && column < at.column; column++) utf8_next(bytes, &i);
    return i;
}

/* The second of two equal keys, if it rules nothing, gets another name, so that nobody reads it. */
static bool mend_key(struct arena *a, struct span *bytes, struct reject why, int attempt)
{
    if (!span_ends(why.why, S("is there twice")) || !why.line || !why.column) return false;
    size_t at = offset_of(*bytes, why) + 1;
    if (at >= bytes->n || bytes->p[at - 1] != '"') return false;
    struct span rest = span_cut(*bytes, at, bytes->n);
    ptrdiff_t end = span_find_char(rest, '"');
    struct span key = span_cut(rest, 0, end < 0 ? 0 : (size_t)end);
    if (!key.n || (unsigned char)key.p[0] >= 0x80 || span_find_char(key, '\\') >= 0 ||
        key_rules(key))
        return false;
    char *copy = arena_cstr(a, *bytes);
    copy[at] = (char)('1' + attempt);
    *bytes = (struct span){copy, bytes->n};
    return true;
}

const struct json *wire_parse_json(
    struct arena *a, struct span *bytes, struct reject *forgiven_out, struct reject *reject_out)
{
    const struct json *root = json_parse(a, *bytes, reject_out);
    if (!root && !utf8_valid(*bytes)) {
        const char *guess;
        *forgiven_out = *reject_out;
        *bytes = wire_text(a, *bytes, (struct span){0}, &guess);
        root = json_parse(a, *bytes, reject_out);
    }
    struct span mended = *bytes;
    for (int i = 0; !root && i < MENDS_MAX && mend_key(a, &mended, *reject_out, i); i++) {
        if (!forgiven_out->line) *forgiven_out = *reject_out;
        *reject_out = (struct reject){0};
        root = json_parse(a, mended, reject_out);
    }
    return root;
}
