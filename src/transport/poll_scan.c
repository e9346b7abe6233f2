/* poll_scan: where an answer says that it goes on, and which entries it has, found by looking over
 * its bytes once. No tree, no meaning: the process that holds the credentials does not parse what
 * strangers write; it only has to know what to ask next, and a wrong guess costs one question.
 * Every loop moves forward: linear in the bytes. */
#include "poller.h"

#include <string.h>

enum { TAG_MAX = 4 << 10, ID_MAX = 2 << 10 };

/* ---- XML ---- */
static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool ends_name(char c)
{
    return is_space(c) || c == '>' || c == '/';
}

/* The next tag with this local name from *at on: what stands between its name and ">". */
static bool next_tag(struct span b, const char *name, size_t *at, struct span *inside)
{
    size_t n = strlen(name);
    for (; *at < b.n; (*at)++) {
        if (b.p[*at] != '<') continue;
        size_t i = *at + 1, from = i;
        while (i < b.n && i - from < 64 && !ends_name(b.p[i]) && b.p[i] != '<')
            if (b.p[i++] == ':') from = i;
        if (i - from != n || i >= b.n || !ends_name(b.p[i]) || memcmp(b.p + from, name, n) != 0)
            continue;
        const char *end = memchr(b.p + i, '>', b.n - i < TAG_MAX ? b.n - i : TAG_MAX);
        if (!end) continue;
        *inside = (struct span){b.p + i, (size_t)(end - b.p) - i};
        *at = (size_t)(end - b.p) + 1;
        return true;
    }
    return false;
}

static struct span attribute(struct span tag, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i + n + 2 < tag.n; i++) {
        if (!is_space(tag.p[i]) || memcmp(tag.p + i + 1, name, n) != 0) continue;
        size_t k = i + 1 + n;
        while (k < tag.n && is_space(tag.p[k])) k++;
        if (k >= tag.n || tag.p[k] != '=') continue;
        for (k++; k < tag.n && is_space(tag.p[k]);) k++;
        if (k >= tag.n || (tag.p[k] != '"' && tag.p[k] != '\'')) continue;
        struct span rest = span_cut(tag, k + 1, tag.n);
        ptrdiff_t end = span_find_char(rest, tag.p[k]);
        return end < 0 ? S("") : span_cut(rest, 0, (size_t)end);
    }
    return S("");
}

/* Of the feed itself: what an entry links to next is another thing. */
static struct span xml_link(struct arena *a, struct span b, const char *rel)
{
    static const char *const entries[] = {"item", "entry"};
    size_t at = 0;
    struct span tag;
    for (size_t i = 0; i < COUNT(entries); i++) {
        size_t first = 0;
        if (next_tag(b, entries[i], &first, &tag)) b = span_cut(b, 0, first);
    }
    while (next_tag(b, "link", &at, &tag))
        if (span_eq(attribute(tag, "rel"), span_of(rel)))
            return arena_keep(a, entities_decode(a, span_trim(attribute(tag, "href"))));
    return S("");
}

static bool is_cdata(struct span b, size_t at)
{
    return span_starts(span_cut(b, at, b.n), S("<![CDATA["));
}

/* The text from *at on, which moves behind it: up to the next tag, or what stands in CDATA. Empty:
 * there is none, or it is longer than an id is. */
static struct span text_at(struct span b, size_t *at)
{
    bool is_plain = is_cdata(b, *at);
    if (is_plain) *at += sizeof "<![CDATA[" - 1;
    struct span rest = span_cut(b, *at, b.n - *at < ID_MAX ? b.n : *at + ID_MAX);
    ptrdiff_t n = is_plain ? span_find(rest, S("]]>")) : span_find_char(rest, '<');
    if (n < 0) return S("");
    *at += (size_t)n;
    return span_trim(span_cut(rest, 0, (size_t)n));
}

static size_t marks_of(struct span b, const char *name, uint64_t *out, size_t n)
{
    size_t at = 0, count = 0;
    struct span tag;
    while (count < n && next_tag(b, name, &at, &tag)) {
        struct span text = text_at(b, &at);
        if (text.n) out[count++] = fast_hash(text);
    }
    return count;
}

bool poll_scan_text(struct arena *a, struct span b, const char *name, size_t *at, struct span *out)
{
    struct span tag;
    if (!next_tag(b, name, at, &tag)) return false;
    bool is_plain = is_cdata(b, *at);
    struct span text = text_at(b, at);
    *out = arena_keep(a, is_plain ? text : entities_decode(a, text));
    return true;
}

/* ---- JSON ---- */
/* A string's end, from behind its opening quote on. */
static size_t string_end(struct span b, size_t i)
{
    for (; i < b.n && b.p[i] != '"'; i++)
        if (b.p[i] == '\\') i++;
    return i < b.n ? i : b.n;
}

/* Behind the value that begins at i. */
static size_t value_end(struct span b, size_t i)
{
    for (size_t depth = 0; i < b.n; i++) {
        char c = b.p[i];
        if (c == '"') i = string_end(b, i + 1);
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') {
            if (!depth) return i;
            if (!--depth) return i + 1;
        }
        if (c == ',' && !depth) return i;
    }
    return b.n;
}

static size_t skip_space(struct span b, size_t i)
{
    while (i < b.n && is_space(b.p[i])) i++;
    return i;
}

bool poll_scan_member(struct span b, struct span key, struct span *out)
{
    size_t i = skip_space(b, 0);
    if (i >= b.n || b.p[i] != '{') return false;
    for (i++; (i = skip_space(b, i)) < b.n && b.p[i] == '"';) {
        size_t end = string_end(b, i + 1);
        struct span name = span_cut(b, i + 1, end);
        i = skip_space(b, end + 1);
        if (i >= b.n || b.p[i] != ':') return false;
        i = skip_space(b, i + 1);
        end = value_end(b, i);
        if (span_eq(name, key)) {
            *out = span_trim(span_cut(b, i, end));
            return true;
        }
        i = skip_space(b, end);
        if (i < b.n && b.p[i] == ',') i++;
    }
    return false;
}

size_t poll_scan_items(struct span json, const char *path, struct span *out, size_t n)
{
    struct span rest = span_of(path), part;
    size_t count = 0;
    while (rest.n && span_next(&rest, ' ', &part))
        if (!poll_scan_member(json, part, &json)) return 0;
    size_t i = skip_space(json, 0);
    if (i >= json.n || json.p[i] != '[') return 0;
    for (i = skip_space(json, i + 1); i < json.n && json.p[i] != ']' && count < n;) {
        size_t end = value_end(json, i);
        out[count++] = span_trim(span_cut(json, i, end));
        i = skip_space(json, end);
        if (i < json.n && json.p[i] == ',') i = skip_space(json, i + 1);
    }
    return count;
}

static struct span unquoted(struct span s)
{
    return s.n >= 2 && s.p[0] == '"' ? span_cut(s, 1, s.n - 1) : s;
}

/* ---- both ---- */
static bool is_json(struct span b)
{
    if (span_starts(b, S("\xef\xbb\xbf"))) b = span_cut(b, 3, b.n);
    size_t i = skip_space(b, 0);
    return i < b.n && b.p[i] == '{';
}

static struct span member_text(struct arena *a, struct span b, const char *key)
{
    struct span v;
    struct reject bad;
    if (!poll_scan_member(b, span_of(key), &v) || v.n < 2 || v.p[0] != '"' || v.n > TAG_MAX)
        return S("");
    const struct json *j = json_parse(a, arena_printf(a, "[%.*s]", FMT(v)), &bad);
    return j && j->first ? j->first->text : S("");
}

struct span poll_scan_next(struct arena *a, struct span b)
{
    return is_json(b) ? member_text(a, b, "next_url") : xml_link(a, b, "next");
}

void poll_scan_hub(struct arena *a, struct span b, struct span *hub_out, struct span *self_out)
{
    struct span first;
    if (!is_json(b)) {
        *hub_out = xml_link(a, b, "hub");
        *self_out = xml_link(a, b, "self");
        return;
    }
    *hub_out = poll_scan_items(b, "hubs", &first, 1) ? member_text(a, first, "url") : S("");
    *self_out = member_text(a, b, "feed_url");
}

/* ---- Link ---- */
static bool has_word(struct span words, struct span wanted)
{
    struct span word;
    while (span_next(&words, ' ', &word))
        if (span_eq_nocase(word, wanted)) return true;
    return false;
}

/* What stands before the next c that is not quoted; *rest moves behind it. */
static struct span until_char(struct span *rest, char c, char other)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->n && (quoted || (rest->p[i] != c && rest->p[i] != other)); i++) {
        if (rest->p[i] == '"') quoted = !quoted;
        if (rest->p[i] == '\\' && quoted) i++;
    }
    struct span part = span_cut(*rest, 0, i);
    *rest = span_cut(*rest, i, rest->n);
    return span_trim(part);
}

struct span poll_scan_link(struct arena *a, struct span links, const char *rel)
{
    for (ptrdiff_t open; (open = span_find_char(links, '<')) >= 0;) {
        links = span_cut(links, (size_t)open + 1, links.n);
        ptrdiff_t shut = span_find_char(links, '>');
        if (shut < 0) break;
        struct span target = span_cut(links, 0, (size_t)shut);
        links = span_cut(links, (size_t)shut + 1, links.n);
        (void)until_char(&links, ';', ',');
        while (links.n && links.p[0] == ';') {
            links = span_cut(links, 1, links.n);
            struct span value = until_char(&links, ';', ','), name = S("");
            if (!span_next(&value, '=', &name) || !span_eq_nocase(span_trim(name), S("rel")))
                continue;
            value = span_trim(value);
            if (value.n >= 2 && value.p[0] == '"') value = span_cut(value, 1, value.n - 1);
            if (has_word(value, span_of(rel))) return arena_keep(a, span_trim(target));
        }
    }
    return S("");
}

size_t poll_scan_marks(struct span b, uint64_t *out, size_t n)
{
    static const char *const names[] = {"guid", "id", "link"};
    size_t count = 0;
    if (is_json(b)) {
        struct span items[POLL_ITEMS_MAX], id;
        size_t found = poll_scan_items(b, "items", items, n < POLL_ITEMS_MAX ? n : POLL_ITEMS_MAX);
        for (size_t i = 0; i < found; i++)
            if (poll_scan_member(items[i], S("id"), &id)) out[count++] = fast_hash(unquoted(id));
        return count;
    }
    for (size_t i = 0; i < COUNT(names) && !count; i++) count = marks_of(b, names[i], out, n);
    return count;
}
