/* wire.c: the door of this floor. Owns the registry of formats, the sniffing, and what happens to
 * every item in the end. Pure: no file, no clock, no network. Fatal: nothing; bad bytes give a
 * reject. */
#include "reader.h"

struct format {
    const char *name;
    const char *roots; /* XML: names of the root element, separated by spaces; NULL: JSON */
    void (*read_xml)(struct arena *a, struct xml_node *root, struct wire_result *out);
    bool (*is_json)(const struct json *root);
    void (*read_json)(
        struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out);
    bool (*is_raw)(const struct raw *r); /* neither XML nor JSON; asked in the order of this list */
    void (*read_raw)(struct arena *a, const struct raw *r, struct wire_result *out);
};

static const struct format formats[] = {
    {"newsml-g2",
        "newsMessage newsItem packageItem conceptItem planningItem knowledgeItem catalogItem",
        newsml_g2_read, NULL, NULL},
    {"newsml-1", "NewsML", newsml_1_read, NULL, NULL},
    /* JSON: the more particular first */
    {"ap", NULL, NULL, ap_is, ap_read},
    {"digitalwires", NULL, NULL, dpa_is, dpa_read},
    {"jsonfeed", NULL, NULL, jsonfeed_is, jsonfeed_read},
    {"reuters-connect", NULL, NULL, connect_is, connect_read},
    {"pa", NULL, NULL, pa_is, pa_read},
    {"ninjs", NULL, NULL, ninjs_is, ninjs_read},
    {"rss", "rss RDF channel", rss_read, NULL, NULL},
    {"atom", "feed entry", atom_read, NULL, NULL},
    {"nitf", "nitf", nitf_read, NULL, NULL},
    {"ritzau", "RBNews XMLNewsQueuedResponse ListOfRBNews", ritzau_read, NULL, NULL},
    {"release", "release releases", release_read, NULL, NULL},
    {"html", NULL, NULL, NULL, NULL}, /* pages: page_read */
    {"anpa1312", .is_raw = anpa1312_is, .read_raw = anpa1312_read},
    {"iptc7901", .is_raw = iptc7901_is, .read_raw = iptc7901_read},
    {"mail", .is_raw = mail_is, .read_raw = mail_read},
    {"text", .is_raw = plain_is, .read_raw = plain_read},
};

size_t wire_format_count(void)
{
    return COUNT(formats);
}

const char *wire_format_name(size_t i)
{
    must(i < COUNT(formats));
    return formats[i].name;
}

static const struct format *format_named(struct span name)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (span_eq(name, span_of(formats[i].name))) return &formats[i];
    return NULL;
}

static const struct format *format_of_root(const struct xml_node *root)
{
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct span rest = span_of(formats[i].roots), name;
        while (span_next(&rest, ' ', &name))
            if (span_eq_nocase(name, root->name)) return &formats[i];
    }
    return NULL;
}

static void unknown(struct wire_result *out, const char *why)
{
    out->end = WIRE_UNKNOWN;
    out->reject = (struct reject){.line = 1, .column = 1, .why = span_of(why)};
}

static void rejected(struct wire_result *out, struct reject r)
{
    out->end = WIRE_REJECT;
    out->reject = r;
    if (!out->reject.why.n) out->reject.why = S("not well-formed");
    out->items = NULL;
    out->count = out->cap = 0;
}

/* With a charset from outside the declaration inside is wrong: it becomes spaces, so that lines and
 * columns stay. */
static bool apply_charset(struct arena *a, struct span charset, struct span *bytes)
{
    struct span utf8;
    if (!charset.n || !charset_to_utf8(a, *bytes, charset, &utf8)) return false;
    char *p = arena_cstr(a, utf8);
    ptrdiff_t end = span_find(utf8, S("?>"));
    if (span_starts(utf8, S("<?xml")) && end > 0)
        for (ptrdiff_t i = 0; i < end + 2; i++)
            if (p[i] != '\n') p[i] = ' ';
    *bytes = (struct span){p, utf8.n};
    return true;
}

/* What says or implies that it is UTF-8 and is not: XML calls that fatal (XML 1.0, 4.3.3), yet a
 * whole delivery is not lost for one byte. NULL: that is not what is wrong with it. */
static const char *mend_charset(struct arena *a, struct span *bytes)
{
    struct span label = charset_sniff(*bytes);
    const char *guess;
    if ((label.n && !span_eq_nocase(label, S("utf-8")) && !span_eq_nocase(label, S("utf8"))) ||
        utf8_valid(*bytes))
        return NULL;
    struct span text = wire_text(a, *bytes, (struct span){0}, &guess);
    if (!guess || !apply_charset(a, S("utf-8"), &text)) return NULL;
    *bytes = text;
    return guess;
}

static void note_charset(struct arena *a, struct wire_result *out, const char *guess)
{
    for (size_t i = 0; i < out->count; i++) {
        if (!out->items[i].story) continue;
        struct story *s = ARENA_NEW(a, struct story);
        *s = *out->items[i].story;
        story_fault(a, s, 1, 1, "this is not UTF-8, though it says so: read as %s", guess);
        out->items[i].story = s;
    }
}

static void read_xml(
    struct arena *a, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    struct reject reject = {0};
    const struct format *told = format_named(hint->format);
    if (told && told->roots) out->format = told->name;
    apply_charset(a, hint->charset, &bytes);
    struct xml_node *root = xml_parse(a, bytes, &reject);
    const char *guess = root ? NULL : mend_charset(a, &bytes);
    if (guess) root = xml_parse(a, bytes, &reject);
    if (!root) {
        rejected(out, reject);
        return;
    }
    const struct format *f = format_of_root(root);
    if (!f) {
        unknown(out, "no reader knows this XML document");
        return;
    }
    out->format = f->name;
    f->read_xml(a, root, out);
    if (guess) note_charset(a, out, guess);
}

/* ---- JSON: a document, or one in each line ---- */

/* What the feed's configuration names is asked first. NULL: no reader knows it. */
static const struct format *format_of_json(const struct json *root, struct span told)
{
    const struct format *f = format_named(told);
    if (f && f->is_json && f->is_json(root)) return f;
    for (size_t i = 0; i < COUNT(formats); i++)
        if (formats[i].is_json && formats[i].is_json(root)) return &formats[i];
    return NULL;
}

void wire_read_entry(
    struct arena *a, const struct json *entry, struct reject forgiven, struct wire_result *out)
{
    const struct format *f = format_of_json(entry, (struct span){0});
    if (f)
        f->read_json(a, entry, forgiven, out);
    else
        reader_refuse(a, out, entry->line, entry->column, "no reader knows this entry");
}

/* Each line stands alone, as `broadsheet read` prints them. false: the first is no document, so
 * that the whole is none of this sort. */
static bool read_json_lines(
    struct arena *a, struct span bytes, struct span told, struct wire_result *out)
{
    struct span rest = bytes, line;
    uint32_t number = 0;
    while (span_next(&rest, '\n', &line)) {
        struct reject forgiven = {0}, reject = {0};
        number++;
        if (!span_trim(line).n) continue;
        const struct json *root = wire_parse_json(a, &line, &forgiven, &reject);
        const struct format *f = root ? format_of_json(root, told) : NULL;
        if (!f && !out->format) return false;
        if (forgiven.line) forgiven.line = number;
        if (f && !out->format) out->format = f->name;
        if (f)
            f->read_json(a, root, forgiven, out);
        else
            reader_refuse(a, out, number, root ? 1 : reject.column,
                root ? "no reader knows this line" : arena_cstr(a, reject.why));
    }
    return out->format != NULL;
}

static void read_json(
    struct arena *a, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    struct reject reject = {0}, forgiven = {0};
    const struct json *root = wire_parse_json(a, &bytes, &forgiven, &reject);
    const struct format *f = root ? format_of_json(root, hint->format) : NULL;
    if (f) {
        out->format = f->name;
        f->read_json(a, root, forgiven, out);
    } else if (root) {
        unknown(out, "no reader knows this JSON document");
    } else if (!read_json_lines(a, bytes, hint->format, out)) {
        rejected(out, reject);
    }
}

/* ---- web pages ---- */

/* Behind what may stand in front of a root element: declaration, comments. */
static struct span without_prolog(struct span rest)
{
    static const struct {
        const char *open, *close;
    } parts[] = {{"<?", "?>"}, {"<!--", "-->"}};
    for (;;) {
        size_t before = rest.n;
        rest = span_trim(rest);
        for (size_t i = 0; i < COUNT(parts); i++) {
            if (!span_starts(rest, span_of(parts[i].open))) continue;
            ptrdiff_t end = span_find(rest, span_of(parts[i].close));
            rest =
                span_cut(rest, end < 0 ? rest.n : (size_t)end + span_of(parts[i].close).n, rest.n);
        }
        if (rest.n == before) return rest;
    }
}

static bool is_page(struct span rest)
{
    rest = without_prolog(rest);
    return span_starts_nocase(rest, S("<!doctype html")) || span_starts_nocase(rest, S("<html"));
}

struct span wire_page_charset(struct span page)
{
    enum { HEAD_MAX = 4096 }; /* browsers look no further than 1024 */
    struct span head = span_cut(page, 0, HEAD_MAX);
    ptrdiff_t at = span_find_nocase(head, S("charset="));
    if (at < 0) return (struct span){0};
    size_t from = (size_t)at + 8;
    while (from < head.n && (head.p[from] == '"' || head.p[from] == '\'' || head.p[from] == ' '))
        from++;
    size_t to = from;
    while (to < head.n && to - from < 40 && head.p[to] != '"' && head.p[to] != '\'' &&
           head.p[to] != ' ' && head.p[to] != '>' && head.p[to] != ';' && head.p[to] != '/')
        to++;
    return span_cut(head, from, to);
}

static void read_page(
    struct arena *a, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    struct span charset = hint->charset.n ? hint->charset : wire_page_charset(bytes), utf8 = bytes;
    if (!charset.n || !charset_to_utf8(a, bytes, charset, &utf8)) utf8 = bytes;
    if (!utf8_valid(utf8) && !charset_to_utf8(a, bytes, S("windows-1252"), &utf8)) {
        unknown(out, "this page's charset is not known");
        return;
    }
    if (page_read(a, utf8, out))
        out->format = "html";
    else
        unknown(out, "this is a web page, not a wire item");
}

/* ---- neither XML nor JSON ---- */

static void read_raw(struct arena *a, struct span bytes, const struct wire_hint *hint,
    bool attached, struct wire_result *out)
{
    struct raw r = {.bytes = bytes, .attached = attached};
    r.text = wire_text(a, bytes, hint->charset, &r.guess);
    r.unsure = r.guess && !wire_guess_holds(a, r.text, r.guess);
    for (size_t i = 0; i < COUNT(formats); i++) {
        r.told = span_eq(hint->format, span_of(formats[i].name));
        if (!formats[i].is_raw || !formats[i].is_raw(&r)) continue;
        out->format = formats[i].name;
        formats[i].read_raw(a, &r, out);
        return;
    }
    unknown(out, "no reader knows this format");
}

/* White space and byte order mark in front of a document that starts in the next line: seen in real
 * feeds, harmless. */
static struct span without_lead(struct span bytes)
{
    if (span_starts(bytes, S("\xEF\xBB\xBF"))) bytes = span_cut(bytes, 3, bytes.n);
    size_t i = 0;
    while (i < bytes.n &&
           (bytes.p[i] == ' ' || bytes.p[i] == '\t' || bytes.p[i] == '\r' || bytes.p[i] == '\n'))
        i++;
    return span_cut(bytes, i, bytes.n);
}

static uint32_t lines_in(struct span s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n;
}

static void shift_lines(struct wire_result *out, uint32_t by)
{
    if (out->reject.line) out->reject.line += by;
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].reject.line) out->items[i].reject.line += by;
}

/* Two bytes a character, byte order told or not: XML's reader has its own way with it. */
static bool is_utf16(struct span s)
{
    if (span_starts(s, S("\xFF\xFE")) || span_starts(s, S("\xFE\xFF"))) return true;
    return s.n >= 4 && ((s.p[0] == 0 && s.p[1] && s.p[2] == 0 && s.p[3]) ||
                           (s.p[0] && s.p[1] == 0 && s.p[2] && s.p[3] == 0));
}

static void read_any(struct arena *a, struct span bytes, const struct wire_hint *hint,
    bool attached, struct wire_result *out)
{
    bool wide = is_utf16(bytes);
    const char *guess;
    struct span as_text = wide ? wire_text(a, bytes, hint->charset, &guess) : bytes;
    struct span rest = without_lead(as_text);
    bool markup = rest.n && rest.p[0] == '<';
    *out = (struct wire_result){.end = WIRE_STORIES};
    if (!rest.n)
        unknown(out, "the file is empty");
    else if (is_page(rest))
        read_page(a, rest, hint, out);
    else if (markup)
        read_xml(a, wide ? bytes : rest, hint, out);
    else if (rest.p[0] == '{' || rest.p[0] == '[')
        read_json(a, rest, hint, out);
    else
        read_raw(a, bytes, hint, attached, out);
    bool cut = !wide && (markup || rest.n == 0 || rest.p[0] == '{' || rest.p[0] == '[');
    uint32_t by = cut ? lines_in(span_cut(bytes, 0, bytes.n - rest.n)) : 0;
    if (by) shift_lines(out, by);
    if (out->count > WIRE_ITEMS_MAX)
        rejected(out, (struct reject){.why = arena_printf(a, "more than %d items in one delivery",
                                          WIRE_ITEMS_MAX)});
}

void wire_read(
    struct arena *a, struct span bytes, const struct wire_hint *hint, struct wire_result *out)
{
    static const struct wire_hint no_hint;
    read_any(a, bytes, hint ? hint : &no_hint, false, out);
}

void wire_read_attached(
    struct arena *a, struct span bytes, struct span charset, struct wire_result *out)
{
    struct wire_hint hint = {.charset = charset};
    read_any(a, bytes, &hint, true, out);
}

static struct wire_item *add_item(struct arena *a, struct wire_result *out)
{
    struct wire_item *item = ARENA_PUSH(a, out->items, out->count, out->cap);
    *item = (struct wire_item){0};
    return item;
}

void reader_refuse(
    struct arena *a, struct wire_result *out, uint32_t line, uint32_t column, const char *why)
{
    if (out->count > WIRE_ITEMS_MAX) return;
    add_item(a, out)->reject = (struct reject){line, column, span_of(why)};
}

/* A guid is kept as it is or refused: a cut or mended one could be another story's. */
static const char *guid_trouble(struct span guid)
{
    if (!guid.n) return "the item has no guid";
    if (guid.n > STORY_TEXT_MAX) return "the item's guid is too long";
    for (size_t i = 0; i < guid.n; i++)
        if ((unsigned char)guid.p[i] < 0x20 || guid.p[i] == 0x7F)
            return "the item's guid holds control characters";
    return NULL;
}

void reader_accept(
    struct arena *a, struct wire_result *out, struct story *s, uint32_t line, uint32_t column)
{
    const char *why = guid_trouble(span_trim(s->guid));
    if (!why && s->version.n > STORY_TEXT_MAX) why = "the item's version is too long";
    if (why) {
        reader_refuse(a, out, line, column, why);
        return;
    }
    if (out->count > WIRE_ITEMS_MAX) return;
    story_finish(a, s);
    add_item(a, out)->story = s;
}
