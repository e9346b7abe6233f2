/* ninjs.c: IPTC ninjs 1.0 to 3.0 and its dialects (Superdesk, TT, BBC, dpa) to stories. Owns the
 * names under which the same field comes: keys are told without regard to letter case, which is all
 * that parts 1.x and 2.x from 3.0. Never fatal. */
#include "ninjs.h"

#include <string.h>

/* ---- keys ---- */

/* Of members whose keys differ by letter case only, the one with small letters first, then the
 * others: in whatever order they stand, for JSON's members have none (RFC 8259, 4). before NULL:
 * from the first on. */
static const struct json *get_behind(
    const struct json *object, struct span key, const struct json *before)
{
    const struct json *best = NULL;
    for (const struct json *m = object->first; m; m = m->next) {
        if (m->key.n != key.n || !span_eq_nocase(m->key, key)) continue;
        if (before && memcmp(m->key.p, before->key.p, key.n) >= 0) continue;
        if (!best || memcmp(m->key.p, best->key.p, key.n) > 0) best = m;
    }
    return best;
}

static const struct json *get(const struct json *object, struct span key)
{
    if (!object || object->type != JSON_OBJECT) return NULL;
    return get_behind(object, key, NULL);
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

/* ---- times ---- */

/* null and "" are there and say nothing (WHEN_EMPTY); numbers and the rest are no times. */
static struct when time_of(const struct json *v)
{
    if (v->type == JSON_NULL || (v->type == JSON_STRING && !span_trim(v->text).n))
        return (struct when){.kind = WHEN_EMPTY};
    if (v->type != JSON_STRING) return (struct when){.kind = WHEN_UNREADABLE};
    return when_iso(span_trim(v->text));
}

void nj_time(
    struct arena *a, struct story *s, const struct json *object, const char *key, struct when *out)
{
    for (const struct json *v = nj_get(object, key); v; v = get_behind(object, span_of(key), v))
        when_merge(a, s, out, time_of(v), v->line, v->column, key);
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

void nj_read_status(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *v = nj_get(item, "pubstatus");
    bool first = true;
    for (; v; v = get_behind(item, v->key, v), first = false) {
        struct span code = nj_value(v);
        enum story_status status = v->type == JSON_STRING ? nj_status(code) : STATUS_UNKNOWN;
        if (!first && status != s->status) status = STATUS_UNKNOWN;
        if (status == STATUS_UNKNOWN) story_fault(a, s, v->line, v->column, "unknown pubstatus");
        s->status = status;
        s->status_literal = code.n ? code : S("null");
    }
}

static void hold(struct arena *a, struct story *s, const struct json *at, struct span code)
{
    story_fault(a, s, at->line, at->column, "unknown signal");
    if (s->status != STATUS_USABLE) return;
    s->status = STATUS_UNKNOWN;
    s->status_literal = code;
}

void nj_signal(struct arena *a, struct story *s, const struct json *at, struct span code)
{
    static const char *const known[] = {"sig:update", "sig:correction", "sig:repeat",
        "sig:retransmission", "sig:atomic", "sig:cliplevel", "sig:refile", "sig:routing",
        "sig:newscontent"};
    if (!code.n) return;
    story_add_signal(a, s, code);
    if (span_eq(code, S("test")) || span_eq(code, S("sig:test"))) s->is_test = true;
    if (span_eq(code, S("edStat:D")) || span_eq(code, S("sttinstruct:remove")))
        s->status = STATUS_CANCELED;
    if (!span_starts(code, S("sig:")) || span_eq(code, S("sig:test"))) return;
    for (size_t i = 0; i < COUNT(known); i++)
        if (span_eq(code, span_of(known[i]))) return;
    hold(a, s, at, code);
}

void nj_signals(struct arena *a, struct story *s, const struct json *item)
{
    static const char *const keys[] = {"signal", "signals"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const struct json *v = nj_get(item, keys[i]);
        if (!v) continue;
        nj_signal(a, s, v, nj_value(v));
        for (const struct json *k = v->type == JSON_ARRAY ? v->first : NULL; k; k = k->next)
            nj_signal(a, s, k,
                k->type == JSON_OBJECT ? nj_text(k, "qcode code uri literal name") : nj_value(k));
    }
    static const char *const marks[] = {"istest", "is_test", "test"};
    for (size_t i = 0; i < COUNT(marks); i++) {
        const struct json *v = nj_get(item, marks[i]);
        if (v && v->type == JSON_TRUE) s->is_test = true;
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

/* ---- one item ---- */

void nj_read_times(struct arena *a, struct story *s, const struct json *item)
{
    nj_time(a, s, item, "versioncreated", &s->version_created);
    nj_time(a, s, item, "firstcreated", &s->first_created);
    nj_time(a, s, item, "embargoed", &s->embargo);
    nj_time(a, s, item, "embargoeduntil", &s->embargo);
    nj_time(a, s, item, "expires", &s->expires);
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
    nj_read_times(a, s, item);
    nj_read_status(a, s, item);
    nj_signals(a, s, item);
    nj_read_urgency(a, s, item);
    ninjs_read_matters(a, s, item);
    ninjs_read_media(a, s, item);
    ninjs_read_own(a, s, item);
    reader_accept(a, out, s, item->line, item->column);
}

/* ---- the document ---- */

static bool looks_like_item(const struct json *v)
{
    static const char *const marks[] = {"type", "headline", "headlines", "versioncreated",
        "pubstatus", "body_html", "bodies", "body_text"};
    const struct json *version = nj_get(v, "version");
    bool named = nj_get(v, "guid") || nj_get(v, "uri");
    if (version && span_starts(nj_value(version), S("https://jsonfeed.org/"))) return false;
    for (size_t i = 0; named && i < COUNT(marks); i++)
        if (nj_get(v, marks[i])) return true;
    return false;
}

/* Wrappers seen: a bare array, {"item": […]} (BBC), {"items": […]}. */
static const struct json *item_list(const struct json *root)
{
    static const char *const keys[] = {"item", "items"};
    if (root->type == JSON_ARRAY) return root;
    for (size_t i = 0; i < COUNT(keys); i++) {
        const struct json *v = nj_get(root, keys[i]);
        if (v && v->type == JSON_ARRAY) return v;
    }
    return NULL;
}

bool ninjs_is(const struct json *root)
{
    if (looks_like_item(root)) return true;
    const struct json *list = item_list(root), *version = nj_get(root, "version");
    if (version && span_starts(nj_value(version), S("https://jsonfeed.org/"))) return false;
    for (const struct json *v = list ? list->first : NULL; v; v = v->next)
        if (looks_like_item(v)) return true;
    return false;
}

void ninjs_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    if (looks_like_item(root)) {
        read_item(a, root, forgiven, out);
        return;
    }
    const struct json *list = item_list(root);
    for (const struct json *v = list ? list->first : NULL; v; v = v->next)
        read_item(a, v, forgiven, out);
}
