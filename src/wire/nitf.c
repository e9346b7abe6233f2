/* nitf.c: IPTC NITF 2.5 to 3.6, as a document of its own, to stories. Owns identity, status, times
 * and rights of docdata, and the order that one document gives about another. Elements are told by
 * local name in any or no namespace. Never fatal. Where a document contradicts itself the safe
 * reading wins: held. */
#include "nitf.h"

#include <string.h>

/* ---- looking around ---- */

static bool is_among(const struct xml_node *n, const char *names)
{
    struct span rest = span_of(names), name;
    while (n->name.n && span_next(&rest, ' ', &name))
        if (span_eq_nocase(name, n->name)) return true;
    return false;
}

struct span nitf_words(struct arena *a, const struct xml_node *n, const char *without)
{
    struct buf b;
    if (!n) return (struct span){0};
    buf_init(&b, a, 0);
    bool into = true;
    for (const struct xml_node *k = node_walk(n, n, true); k; k = node_walk(n, k, into)) {
        into = !is_among(k, without);
        if (!k->name.n) buf_put(&b, k->text);
    }
    return text_fold(a, buf_span(&b));
}

const struct xml_node *nitf_next(
    const struct xml_node *top, const struct xml_node *n, const char *name)
{
    if (!top) return NULL;
    do n = node_walk(top, n ? n : top, true);
    while (n && !node_is(n, name));
    return n;
}

struct span nitf_meta(const struct nitf *g, const char *names)
{
    struct span rest = span_of(names), name;
    while (span_next(&rest, ' ', &name))
        for (const struct xml_node *n = kid(g->head, "meta"); n; n = kid_after(n, "meta")) {
            struct span content = span_trim(node_attr(n, "content"));
            if (content.n && span_eq_nocase(node_attr(n, "name"), name)) return content;
        }
    return (struct span){0};
}

/* ---- identity ---- */

/* Who sends it: the register of its name, else the first in the chain of delivery. */
static struct span provider_of(struct nitf *g)
{
    struct span name = node_attr(kid(g->docdata, "doc-id"), "regsrc");
    if (!name.n) name = node_attr(kid(kid(g->docdata, "del-list"), "from-src"), "src-name");
    if (!name.n) name = nitf_words(g->a, kid(g->body_head, "distributor"), "");
    if (!name.n) name = node_attr(kid(g->docdata, "doc.copyright"), "holder");
    return name;
}

/* The digits that end a name, and the mark in front of them: "k_47". false: it does not end so. */
static bool cut_number(struct span name, size_t *digits_at, uint64_t *n)
{
    size_t i = name.n;
    while (i && name.p[i - 1] >= '0' && name.p[i - 1] <= '9') i--;
    *digits_at = i;
    return i && i < name.n && (name.p[i - 1] == '_' || name.p[i - 1] == '-') &&
           span_to_u64(span_cut(name, i, name.n), n);
}

/* Each version has a name of its own that is the key and a number (NTB, Ritzau): it replaces the
 * ones before it, of which some may never have been sent. */
static void link_generations(struct nitf *g, struct span key)
{
    enum { GENERATIONS_MAX = 50 }; /* looked back */
    struct story *s = g->s;
    size_t at = 0;
    uint64_t number = 0;
    if (!key.n || !cut_number(s->guid, &at, &number)) return;
    if (!span_eq(span_cut(s->guid, 0, at - 1), key)) return;
    struct span stem = span_cut(s->guid, 0, at);
    bool padded = s->guid.p[at] == '0';
    int width = padded ? (int)(s->guid.n - at) : 1;
    if (width > 9 || number > 999999999) return;
    for (uint64_t i = 1; i <= number && i <= GENERATIONS_MAX; i++)
        story_add_link(g->a, s, S("replaces"),
            arena_printf(g->a, "%.*s%0*u", FMT(stem), width, (unsigned)(number - i)),
            (struct span){0});
}

static void read_identity(struct nitf *g)
{
    const struct xml_node *key = kid(g->docdata, "du-key");
    struct story *s = g->s;
    s->guid = span_trim(node_attr(kid(g->docdata, "doc-id"), "id-string"));
    s->version = span_trim(node_attr(key, "version"));
    s->provider = provider_of(g);
    s->kind = KIND_TEXT;
    s->kind_literal = node_attr(kid(g->head, "tobject"), "tobject.type");
    if (span_eq_nocase(s->kind_literal, S("test"))) s->is_test = true;
    if (s->guid.n <= STORY_TEXT_MAX) link_generations(g, span_trim(node_attr(key, "key")));
}

/* Some agencies name no document: it is known by what it says, and so has no later version. */
static void name_by_content(struct nitf *g)
{
    struct story *s = g->s;
    if (s->guid.n) return;
    s->guid = guid_of_content(g->a, s, node_attr(kid(g->docdata, "date.issue"), "norm"));
    story_fault(g->a, s, g->root->line, g->root->column,
        "the document has no doc-id: known by its content");
}

/* ---- status ---- */

static bool is_embargoed(struct span word)
{
    return span_eq_nocase(word, S("embargoed"));
}

static enum story_status status_of(struct span word)
{
    static const struct {
        const char *word;
        enum story_status status;
    } words[] = {
        {"usable", STATUS_USABLE},
        {"embargoed", STATUS_USABLE}, /* and an embargo */
        {"withheld", STATUS_WITHHELD},
        {"canceled", STATUS_CANCELED},
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_eq_nocase(word, span_of(words[i].word))) return words[i].status;
    return STATUS_UNKNOWN;
}

static void add_status(struct nitf *g, const struct xml_node *docdata, struct span word)
{
    enum story_status status = status_of(word);
    if (status == STATUS_UNKNOWN)
        story_fault(g->a, g->s, docdata->line, docdata->column,
            "unknown management-status \"%.*s\"", (int)(word.n < 100 ? word.n : 100), word.p);
    g->embargoed |= is_embargoed(word);
    status_merge(g->a, g->s, status, word, docdata->line, docdata->column);
}

static bool is_status(const struct xml_attr *attr)
{
    return span_eq_nocase(attr->name, S("management-status"));
}

/* Whatever the letter case of its name, small letters first: attributes have no order (XML 1.0,
 * 3.1). */
static void read_statuses(struct nitf *g, const struct xml_node *docdata)
{
    const struct xml_attr *all = docdata->attrs, *first = NULL;
    for (uint32_t i = 0; i < docdata->attr_count; i++)
        if (is_status(&all[i]) &&
            (!first || memcmp(all[i].name.p, first->name.p, first->name.n) > 0))
            first = &all[i];
    if (first) add_status(g, docdata, span_trim(first->value));
    for (uint32_t i = 0; i < docdata->attr_count; i++)
        if (is_status(&all[i]) && &all[i] != first) add_status(g, docdata, span_trim(all[i].value));
}

static void read_status(struct nitf *g)
{
    const struct xml_node *n = g->docdata;
    for (; n; n = kid_after(n, "docdata")) read_statuses(g, n);
}

/* The other document that this one is about. Without a status of its own that one has this one's.
 */
static void give_order(struct nitf *g, struct wire_result *out)
{
    struct span other = span_trim(node_attr(g->docdata, "management-doc-idref")),
                word = span_trim(node_attr(g->docdata, "management-idref-status"));
    if (!other.n || span_eq(other, g->s->guid)) return;
    enum story_status status = word.n ? status_of(word) : g->s->status;
    if (is_embargoed(word)) status = STATUS_WITHHELD;
    if (status == STATUS_USABLE) return;
    reader_order(g->a, out, g->s, other, status, word.n ? word : g->s->status_literal,
        g->docdata->line, g->docdata->column);
}

/* ---- times ---- */

/* What a template left unfilled ("YYYYMMDD000000-HHMM") says nothing. */
static bool is_template(struct span norm)
{
    return span_starts_nocase(norm, S("YYYY")) || span_starts(norm, S("0000"));
}

static struct when time_of(struct nitf *g, const struct xml_node *n, const char *attr)
{
    struct span norm = span_trim(node_attr(n, attr));
    if (n && !norm.n) norm = xml_words(g->a, n);
    if (!norm.n) return (struct when){.kind = WHEN_ABSENT};
    if (!is_template(norm)) return when_iso(norm);
    story_fault(g->a, g->s, n->line, n->column, "the date is a template that nobody filled in");
    return (struct when){.kind = WHEN_ABSENT};
}

static void read_issue(struct nitf *g)
{
    const struct xml_node *n = kid(g->docdata, "date.issue");
    struct story *s = g->s;
    s->version_created = time_of(g, n, "norm");
    if (s->version_created.kind == WHEN_ABSENT)
        s->version_created = time_of(g, kid(g->head, "pubdata"), "date.publication");
    if (s->version_created.kind != WHEN_UNREADABLE) return;
    story_fault(g->a, s, n ? n->line : 0, n ? n->column : 0, "the date of issue cannot be read");
}

static bool is_after(struct when t, struct when issue)
{
    bool same_sort = t.kind == issue.kind;
    bool told = t.kind == WHEN_UTC || t.kind == WHEN_LOCAL;
    return told && (!same_sort || t.ms > issue.ms);
}

/* date.release says when an embargo lifts. Agencies also fill it where there is none: with the hour
 * of issue, or with what cannot be read while the status says usable. An hour later than the issue
 * is meant. */
static void read_embargo(struct nitf *g)
{
    struct story *s = g->s;
    const struct xml_node *n = kid(g->docdata, "date.release");
    struct when t = time_of(g, n, "norm");
    struct span status = s->status_literal;
    if (g->embargoed) {
        s->embargo = t.kind == WHEN_ABSENT ? (struct when){.kind = WHEN_EMPTY} : t;
        if (t.kind == WHEN_UNREADABLE)
            story_fault(g->a, s, n->line, n->column, "date.release cannot be read");
        return;
    }
    if (s->status == STATUS_CANCELED) return;
    if (t.kind == WHEN_UNREADABLE) {
        story_fault(g->a, s, n->line, n->column, "date.release cannot be read");
        if (!span_eq_nocase(status, S("usable"))) s->embargo = t;
    }
    if (is_after(t, s->version_created)) s->embargo = t;
}

/* Of two beginnings of the right the later counts; one that cannot be read wins over both, for it
 * may be later still. */
static void begin_right(struct nitf *g, struct when t, const struct xml_node *n)
{
    struct when *into = &g->s->embargo;
    if (g->s->status == STATUS_CANCELED) return;
    if (t.kind == WHEN_UNREADABLE) {
        story_fault(g->a, g->s, n->line, n->column, "startdate cannot be read");
        *into = t;
    }
    bool known = into->kind == WHEN_UTC || into->kind == WHEN_LOCAL;
    if (!is_after(t, g->s->version_created)) return;
    if (into->kind == WHEN_ABSENT || (known && is_after(t, *into))) *into = t;
}

/* Of two ends of the right the earlier counts; one that cannot be read wins over both. */
static void end_right(struct nitf *g, struct when t, const struct xml_node *n, const char *what)
{
    struct when *into = &g->s->expires;
    if (t.kind == WHEN_ABSENT) return;
    if (t.kind == WHEN_UNREADABLE)
        story_fault(g->a, g->s, n->line, n->column, "%s cannot be read", what);
    bool known = into->kind == WHEN_UTC || into->kind == WHEN_LOCAL;
    bool earlier = known && t.kind == into->kind && t.ms < into->ms;
    if (into->kind == WHEN_ABSENT || t.kind == WHEN_UNREADABLE || earlier) *into = t;
}

/* Limits that only point at a contract, or are one word ("online"), say nothing by themselves: a
 * note to the desk. Prose is terms of use. */
static void read_limits(struct nitf *g, struct span text)
{
    text = span_trim(text);
    if (span_find_nocase(text, S("agreement")) >= 0 || span_find_char(text, ' ') < 0)
        story_add_note(g->a, g->s, S("limitations"), text, false);
    else
        story_add_usage(g->a, g->s, text);
}

static void read_rights(struct nitf *g)
{
    struct story *s = g->s;
    const struct xml_node *expire = kid(g->docdata, "date.expire");
    end_right(g, time_of(g, expire, "norm"), expire, "date.expire");
    const struct xml_node *n = kid(g->docdata, "doc.rights");
    for (; n; n = kid_after(n, "doc.rights")) {
        struct span start = span_trim(node_attr(n, "startdate")),
                    end = span_trim(node_attr(n, "enddate"));
        struct when opens = start.n && !is_template(start) ? when_iso(start) : (struct when){0};
        if (end.n && !is_template(end)) end_right(g, when_iso(end), n, "enddate");
        begin_right(g, opens, n);
        story_add_usage(g->a, s, node_attr(n, "type"));
        read_limits(g, node_attr(n, "limitations"));
        story_add_note(g->a, s, S("geography"), node_attr(n, "geography"), false);
        if (!s->copyright_holder.n) s->copyright_holder = node_attr(n, "owner");
    }
}

/* ---- the document ---- */

static void read_document(struct nitf *g, struct wire_result *out)
{
    g->head = kid(g->root, "head");
    g->docdata = kid(g->head, "docdata");
    g->body = kid(g->root, "body");
    g->body_head = kid(g->body, "body.head");
    g->s = story_new(g->a);
    read_identity(g);
    read_status(g);
    read_issue(g);
    read_embargo(g);
    nitf_read_head(g);
    read_rights(g);
    nitf_read_matters(g);
    nitf_read_media(g);
    g->s->body = body_of_nitf(g->a, g->root);
    name_by_content(g);
    reader_accept(g->a, out, g->s, g->root->line, g->root->column);
    give_order(g, out);
}

void nitf_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    struct nitf g = {.a = a, .root = root};
    read_document(&g, out);
}
