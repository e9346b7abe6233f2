/* ninjs.c: IPTC ninjs 1.0 to 3.0 and its dialects (Superdesk, TT, BBC, dpa) to stories. Owns the
 * names under which the same field comes: keys are told without regard to letter case, which is all
 * that parts 1.x and 2.x from 3.0. Never fatal. */
#include "ninjs.h"
#include "write_ninjs.h"

#include <string.h>

/* ---- keys ---- */

static const struct json *members_of(const struct json *object)
{
    return object && object->type == JSON_OBJECT ? object->first : NULL;
}

/* The first of its spellings. */
static const struct json *get(const struct json *object, struct span key)
{
    const struct json *best = NULL;
    for (const struct json *m = members_of(object); m; m = m->next) {
        if (m->key.n != key.n || !span_eq_nocase(m->key, key)) continue;
        if (!best || memcmp(m->key.p, best->key.p, key.n) > 0) best = m;
    }
    return best;
}

/* One pass, whatever their number. */
struct nj_spellings nj_spellings_of(const struct json *object, const char *name)
{
    struct nj_spellings all = {.count = 0};
    struct span key = span_of(name);
    for (const struct json *m = members_of(object); m; m = m->next) {
        if (m->key.n != key.n || !span_eq_nocase(m->key, key)) continue;
        all.too_many = all.count == NJ_SPELLINGS_MAX;
        if (all.too_many) break;
        size_t i = all.count++;
        for (; i && memcmp(m->key.p, all.at[i - 1]->key.p, key.n) > 0; i--)
            all.at[i] = all.at[i - 1];
        all.at[i] = m;
    }
    return all;
}

const struct json *nj_get(const struct json *object, const char *key)
{
    return get(object, span_of(key));
}

struct span nj_value(const struct json *v)
{
    bool scalar = v && (v->type == JSON_STRING || v->type == JSON_NUMBER);
    return scalar ? v->text : (struct span){0};
}

const struct json *nj_path(const struct json *v, const char *path)
{
    struct span rest = span_of(path), key;
    while (v && span_next(&rest, ' ', &key)) v = get(v, key);
    return v;
}

const struct json *nj_first(const struct json *list)
{
    return list && list->type == JSON_ARRAY ? list->first : NULL;
}

const struct json *nj_values(const struct json *v, bool *many)
{
    *many = v && v->type == JSON_ARRAY;
    return *many ? v->first : v;
}

struct span nj_code(const struct json *v)
{
    return v && v->type == JSON_OBJECT ? nj_text(v, "qcode code uri literal name") : nj_value(v);
}

bool nj_true(const struct json *object, const char *key)
{
    const struct json *v = nj_get(object, key);
    return v && v->type == JSON_TRUE;
}

struct span nj_text(const struct json *object, const char *keys)
{
    struct span rest = span_of(keys), key;
    while (span_next(&rest, ' ', &key)) {
        struct span v = nj_value(get(object, key));
        if (v.n) return v;
    }
    return (struct span){0};
}

/* What a value that is there says: nothing at all, as if the key were not there. */
static bool is_none(const struct json *v, unsigned ways)
{
    bool blank = v->type == JSON_STRING && !span_trim(v->text).n;
    if (v->type == JSON_NULL) return ways & (NJ_NULL_IS_NONE | NJ_BLANK_IS_NONE);
    return blank && (ways & NJ_BLANK_IS_NONE);
}

/* ---- times ---- */

/* null and "" are there and say nothing (WHEN_EMPTY); numbers and the rest are no times. */
static struct when time_of(const struct json *v)
{
    if (v->type == JSON_NULL || (v->type == JSON_STRING && !span_trim(v->text).n))
        return (struct when){.kind = WHEN_EMPTY};
    if (v->type != JSON_STRING) return (struct when){.kind = WHEN_UNREADABLE};
    return when_iso(span_trim(v->text));
}

void nj_time(struct arena *a, struct story *s, const struct json *object, const char *key,
    unsigned ways, struct when *out)
{
    struct nj_spellings all = nj_spellings_of(object, key);
    for (size_t i = 0; i < all.count; i++) {
        const struct json *v = all.at[i];
        if (!is_none(v, ways)) when_merge(a, s, out, time_of(v), v->line, v->column, key);
    }
    if (!all.too_many) return;
    story_fault(a, s, object->line, object->column, "too many spellings of %s", key);
    *out = (struct when){.kind = WHEN_UNREADABLE};
}

/* ---- status ---- */

enum story_status nj_status(struct span code)
{
    static const char uri[] = "http://cv.iptc.org/newscodes/pubstatusg2/";
    struct span scheme = code_scheme(code);
    if (scheme.n && !span_eq(scheme, S("stat")) && !span_eq(scheme, span_of(uri)))
        return STATUS_UNKNOWN;
    return story_status_of(code_local(code));
}

static enum story_status status_of(
    struct story *s, const struct json *v, struct span code, unsigned ways)
{
    if (v->type != JSON_STRING) return STATUS_UNKNOWN;
    if (!(ways & NJ_EMBARGOED) || !span_eq_nocase(code, S("embargoed"))) return nj_status(code);
    if (s->embargo.kind == WHEN_ABSENT) s->embargo.kind = WHEN_EMPTY; /* without an hour no end */
    return STATUS_USABLE;
}

void nj_read_status(
    struct arena *a, struct story *s, const struct json *item, const char *key, unsigned ways)
{
    struct nj_spellings all = nj_spellings_of(item, key);
    for (size_t i = 0; i < all.count; i++) {
        const struct json *v = all.at[i];
        struct span code = span_trim(nj_value(v));
        if (is_none(v, ways)) continue;
        enum story_status next = status_of(s, v, code, ways);
        if (next == STATUS_UNKNOWN) story_fault(a, s, v->line, v->column, "unknown %s", key);
        struct span literal = v->type == JSON_NULL ? S("null") : S("no text");
        status_merge(a, s, next, code.n ? code : literal, v->line, v->column);
    }
    if (all.too_many) nj_hold(a, s, item, span_of(key), "too many spellings of the status");
}

void nj_hold(
    struct arena *a, struct story *s, const struct json *at, struct span code, const char *why)
{
    story_fault(a, s, at->line, at->column, "%s", why);
    if (s->status != STATUS_USABLE) return;
    s->status = STATUS_UNKNOWN;
    s->status_literal = code;
}

void nj_signal(struct arena *a, struct story *s, const struct json *at, struct span code)
{
    static const char *const known[] = {"sig:update", "sig:correction", "sig:repeat",
        "sig:retransmission", "sig:atomic", "sig:cliplevel", "sig:refile", "sig:routing",
        "sig:newscontent"};
    code = span_trim(code);
    if (!code.n) return;
    story_add_signal(a, s, code);
    bool test = span_eq_nocase(code, S("sig:test"));
    if (test || span_eq_nocase(code, S("test"))) s->is_test = true;
    if (span_eq_nocase(code, S("edStat:D")) || span_eq_nocase(code, S("sttinstruct:remove")))
        s->status = STATUS_CANCELED;
    if (!span_starts_nocase(code, S("sig:")) || test) return;
    for (size_t i = 0; i < COUNT(known); i++)
        if (span_eq_nocase(code, span_of(known[i]))) return;
    nj_hold(a, s, at, code, "unknown signal");
}

/* A mark as a boolean, a number or a word. What "test" says in other words is of cricket. */
static bool says_yes(const struct json *v)
{
    static const char *const words[] = {"true", "yes", "1"};
    bool yes = v->type == JSON_TRUE;
    for (size_t i = 0; i < COUNT(words); i++)
        yes |= span_eq_nocase(span_trim(nj_value(v)), span_of(words[i]));
    return yes;
}

void nj_signals(struct arena *a, struct story *s, const struct json *item)
{
    static const char *const keys[] = {"signal", "signals"};
    static const char *const marks[] = {"istest", "is_test", "test"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct nj_spellings all = nj_spellings_of(item, keys[i]);
        for (size_t n = 0; n < all.count; n++) {
            bool many;
            const struct json *v = nj_values(all.at[n], &many);
            for (; v; v = many ? v->next : NULL) nj_signal(a, s, v, nj_code(v));
        }
        if (all.too_many) nj_hold(a, s, item, span_of(keys[i]), "too many spellings of a signal");
    }
    for (size_t i = 0; i < COUNT(marks); i++) {
        struct nj_spellings all = nj_spellings_of(item, marks[i]);
        for (size_t n = 0; n < all.count; n++) s->is_test |= says_yes(all.at[n]);
        s->is_test |= all.too_many;
    }
}

/* ---- head ---- */

/* 1.x: "headline": "…"; 2.0 on: "headlines": [{"role": "main", "value": "…"}]. */
struct span nj_main_value(
    const struct json *item, const char *single, const char *list, const char *role)
{
    struct span v = nj_text(item, single);
    const struct json *values = nj_get(item, list);
    if (v.n || !values || values->type != JSON_ARRAY) return v;
    for (const struct json *k = values->first; k; k = k->next) {
        struct span value = nj_text(k, "value");
        if (!v.n) v = value;
        if (value.n && span_eq(nj_text(k, "role"), span_of(role))) return value;
    }
    return v;
}

void nj_read_urgency(struct arena *a, struct story *s, const struct json *item)
{
    uint64_t u = 0;
    const struct json *v = nj_get(item, "urgency");
    struct span text = nj_value(v);
    if (!text.n) return;
    if (span_to_u64(text, &u) && u >= 1 && u <= 9)
        s->urgency = (uint32_t)u;
    else
        story_fault(a, s, v->line, v->column, "the urgency is not a number from 1 to 9");
}

void nj_read_head(struct story *s, const struct json *item)
{
    struct span type = nj_text(item, "type");
    s->guid = nj_text(item, "guid uri");
    s->version = nj_text(item, "version");
    s->kind_literal = type;
    s->kind = type.n ? story_kind_of(type) : KIND_TEXT;
    if (s->kind == KIND_COMPOSITE)
        s->kind = KIND_PACKAGE; /* ninjs has no word of its own for a package */
    s->provider = nj_text(item, "provider source");
    s->headline = nj_main_value(item, "headline", "headlines", "main");
    s->slugline = nj_text(item, "slugline slug");
    s->byline = nj_text(item, "byline by");
    s->creditline = nj_text(item, "creditline");
    s->dateline = nj_text(item, "dateline");
    s->language = nj_text(item, "language");
    s->abstract = nj_main_value(item, "description_text", "descriptions", "summary");
    s->copyright = nj_text(item, "copyrightnotice");
    s->copyright_holder = nj_text(item, "copyrightholder");
    s->link = nj_text(item, "link");
}

struct span nj_unwrap(struct arena *a, struct span uri)
{
    static const char *const prefixes[] = {WRAPPED_GUID, WRAPPED_FILE};
    struct span name;
    if (span_starts(uri, S(WRAPPED_PART))) return (struct span){0};
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        bool is_ours = span_starts(uri, span_of(prefixes[i]));
        if (is_ours && url_unescape(a, span_cut(uri, n, uri.n), false, &name)) return name;
    }
    return uri;
}

/* ---- one item ---- */

void nj_read_times(struct arena *a, struct story *s, const struct json *item, unsigned ways)
{
    nj_time(a, s, item, "versioncreated", ways, &s->version_created);
    nj_time(a, s, item, "firstcreated", ways, &s->first_created);
    nj_time(a, s, item, "embargoed", ways, &s->embargo);
    nj_time(a, s, item, "embargoeduntil", ways, &s->embargo);
    nj_time(a, s, item, "expires", ways, &s->expires);
}

/* Keys of other agencies' JSON in an item that their readers do not know for theirs: they may mean
 * the same here. */
static void read_foreign(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *types = nj_get(item, "editorialtypes");
    nj_time(a, s, item, "embargo", NJ_BLANK_IS_NONE, &s->embargo);
    nj_read_status(a, s, item, "status", NJ_BLANK_IS_NONE | NJ_EMBARGOED);
    if (types && types->type != JSON_NULL && (types->type != JSON_ARRAY || types->first))
        nj_hold(a, s, types, types->key, "editorial types of an item that is not AP's");
}

static void read_item(
    struct arena *a, const struct json *item, struct reject forgiven, struct wire_result *out)
{
    if (item->type != JSON_OBJECT) {
        reader_refuse(a, out, item->line, item->column, "the item is not an object");
        return;
    }
    struct story *s = story_new(a);
    if (forgiven.line) story_fault(a, s, forgiven.line, forgiven.column, "%.*s", FMT(forgiven.why));
    nj_read_head(s, item);
    s->guid = nj_unwrap(a, s->guid);
    nj_read_times(a, s, item, 0);
    nj_read_status(a, s, item, "pubstatus", 0);
    read_foreign(a, s, item);
    nj_signals(a, s, item);
    nj_read_urgency(a, s, item);
    ninjs_read_matters(a, s, item);
    ninjs_read_media(a, s, item);
    ninjs_read_own(a, s, item);
    reader_accept(a, out, s, item->line, item->column);
}

/* ---- the document ---- */

/* Most agencies' JSON has ninjs' keys: what a more particular reader knows is not ninjs, for the
 * same keys mean something else there. */
static bool is_another(const struct json *v)
{
    return ap_is(v) || dpa_is(v) || jsonfeed_is(v) || connect_is(v) || pa_is(v);
}

static bool is_item(const struct json *v)
{
    static const char *const marks[] = {"type", "headline", "headlines", "versioncreated",
        "pubstatus", "body_html", "bodies", "body_text"};
    bool named = nj_get(v, "guid") || nj_get(v, "uri"), marked = false;
    for (size_t i = 0; named && !marked && i < COUNT(marks); i++)
        marked = nj_get(v, marks[i]) != NULL;
    return marked && !is_another(v);
}

/* The first entry of the next list of a document that is one, bare or in the wrappers that agencies
 * use; NULL: no more. which: 0 before the first. */
static const struct json *next_list(const struct json *root, size_t *which)
{
    static const char *const wrappers[] = {
        "data search items", "data items", "items", "item", "entries"};
    if (root->type == JSON_ARRAY) return (*which)++ ? NULL : root->first;
    while (*which < COUNT(wrappers)) {
        const struct json *first = nj_first(nj_path(root, wrappers[(*which)++]));
        if (first) return first;
    }
    return NULL;
}

bool nj_holds(const struct json *root, nj_is *is)
{
    size_t which = 0;
    if (is(root)) return true;
    for (const struct json *v = next_list(root, &which); v; v = next_list(root, &which))
        for (; v; v = v->next)
            if (is(v)) return true;
    return false;
}

static void read_entries(struct arena *a, const struct json *root, struct reject forgiven,
    struct wire_result *out, nj_is *is, nj_read *read)
{
    size_t which = 0;
    for (const struct json *v = next_list(root, &which); v; v = next_list(root, &which))
        for (; v && out->count <= WIRE_ITEMS_MAX; v = v->next)
            (is(v) ? read : wire_read_entry)(a, v, forgiven, out);
}

void nj_read_items(struct arena *a, const struct json *root, struct reject forgiven,
    struct wire_result *out, nj_is *is, nj_read *read)
{
    if (is(root))
        read(a, root, forgiven, out);
    else
        read_entries(a, root, forgiven, out, is, read);
}

bool ninjs_is(const struct json *root)
{
    return !jsonfeed_is(root) && nj_holds(root, is_item);
}

/* In a list of ninjs what has too little of an item is one all the same. */
static bool is_entry(const struct json *v)
{
    return !is_another(v);
}

void ninjs_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    if (is_item(root))
        read_item(a, root, forgiven, out);
    else
        read_entries(a, root, forgiven, out, is_entry, read_item);
}
