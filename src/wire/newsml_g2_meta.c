/* newsml_g2_meta.c: what a NewsML-G2 item says about itself: status, times, signals, notes, links,
 * head, subjects, rights. Owns the tables of signals. Where an item contradicts itself the safe
 * reading wins: unknown status, unreadable time. */
#include "newsml_g2.h"

#define STATUS_URI "http://cv.iptc.org/newscodes/pubstatusg2/"
#define SIGNAL_URI "http://cv.iptc.org/newscodes/signal/"

/* ---- status ---- */

enum story_status g2_status(const struct g2 *g, struct span code)
{
    if (!g2_in_scheme(g, code, "stat", STATUS_URI)) return STATUS_UNKNOWN;
    return story_status_of(code_local(code));
}

/* Absent: usable. Two that differ, an unknown code, a foreign scheme: held for the desk (A9). */
static void read_status(struct g2 *g, const struct xml_node *meta)
{
    struct story *s = g->s;
    bool first = true;
    for (const struct xml_node *n = kid(meta, "pubStatus"); n; n = kid_after(n, "pubStatus")) {
        struct span code = g2_code(n);
        enum story_status status = g2_status(g, code);
        if (status == STATUS_UNKNOWN)
            story_fault(g->a, s, n->line, n->column, "unknown pubStatus \"%.*s\"",
                (int)(code.n < 100 ? code.n : 100), code.p ? code.p : "");
        if (!first && status != s->status) {
            story_fault(g->a, s, n->line, n->column, "pubStatus is told twice, and differently");
            status = STATUS_UNKNOWN;
        }
        s->status = status;
        if (!first && !span_eq(code, s->status_literal) && s->status_literal.n < 200)
            code = arena_printf(g->a, "%.*s, %.*s", FMT(s->status_literal), FMT(code));
        s->status_literal = code;
        first = false;
    }
}

/* A kill from outside pubStatus: it wins over whatever pubStatus says. */
static void cancel(struct g2 *g, const struct xml_node *n, const char *by)
{
    if (g->s->status == STATUS_CANCELED) return;
    g->s->status = STATUS_CANCELED;
    story_fault(g->a, g->s, n->line, n->column, "canceled by %s", by);
}

/* ---- signals ---- */

enum meaning { MEANS_NOTHING, MEANS_TEST, MEANS_CANCEL };

/* Agencies' own signals that act. Exceptions to the standard; docs/formats/newsml-g2.md lists them.
 */
static const struct {
    const char *qcode;
    enum meaning meaning;
} foreign_signals[] = {
    {"edStat:D", MEANS_CANCEL},           /* Reuters: delete */
    {"sttinstruct:remove", MEANS_CANCEL}, /* STT: pubStatus stays usable */
};

/* IPTC's signal scheme, with what agencies put there without asking (dpa repeat, ANSA routing). */
static const struct {
    const char *code;
    enum meaning meaning;
} signals[] = {
    {"test", MEANS_TEST},
    {"update", MEANS_NOTHING},
    {"correction", MEANS_NOTHING},
    {"repeat", MEANS_NOTHING},
    {"retransmission", MEANS_NOTHING},
    {"atomic", MEANS_NOTHING},
    {"cliplevel", MEANS_NOTHING},
    {"routing", MEANS_NOTHING},
    {"refile", MEANS_NOTHING},
    {"newscontent", MEANS_NOTHING},
};

/* Schemes of agencies that are known to rule nothing but what foreign_signals says. */
static const char *const known_schemes[] = {
    "edStat",
    "prodId",
    "pmt",
    "var",
    "sic",
    "sar",
    "svd",
    "dpasig",
    "apsig",
    "apaind",
    "tt_sig",
    "sttinstruct",
    "update",
    "db",
};

static void tell_foreign_signal(struct g2 *g, const struct xml_node *n, struct span code)
{
    for (size_t i = 0; i < COUNT(known_schemes); i++)
        if (span_eq(code_scheme(code), span_of(known_schemes[i]))) return;
    story_fault(g->a, g->s, n->line, n->column, "signal of a scheme not known here: \"%.*s\"",
        (int)(code.n < 100 ? code.n : 100), code.p);
}

static void hold_unknown_signal(struct g2 *g, const struct xml_node *n, struct span code)
{
    story_fault(g->a, g->s, n->line, n->column, "unknown signal \"%.*s\"",
        (int)(code.n < 100 ? code.n : 100), code.p);
    if (g->s->status != STATUS_USABLE) return; /* a kill or a hold stays what it is */
    g->s->status = STATUS_UNKNOWN;
    g->s->status_literal = code;
}

static void act_on_signal(struct g2 *g, const struct xml_node *n, struct span code)
{
    for (size_t i = 0; i < COUNT(foreign_signals); i++)
        if (span_eq(code, span_of(foreign_signals[i].qcode)))
            cancel(g, n, foreign_signals[i].qcode);
    if (!g2_in_scheme(g, code, "sig", SIGNAL_URI)) {
        tell_foreign_signal(g, n, code);
        return;
    }
    for (size_t i = 0; i < COUNT(signals); i++) {
        if (!span_eq(code_local(code), span_of(signals[i].code))) continue;
        if (signals[i].meaning == MEANS_TEST) g->s->is_test = true;
        return;
    }
    hold_unknown_signal(g, n, code);
}

static void read_signals(struct g2 *g, const struct xml_node *meta)
{
    for (const struct xml_node *n = kid(meta, "signal"); n; n = kid_after(n, "signal")) {
        struct span code = g2_code(n);
        if (!code.n) continue;
        story_add_signal(g->a, g->s, code);
        act_on_signal(g, n, code);
    }
    const struct xml_node *item_class = kid(meta, "itemClass");
    struct span type = item_class ? node_attr(item_class, "msgType") : (struct span){0};
    if (span_eq(type, S("D"))) cancel(g, item_class, "msgType D"); /* Reuters */
}

/* ---- times ---- */

static void read_time(struct g2 *g, const struct xml_node *meta, const char *name, struct when *out)
{
    for (const struct xml_node *n = kid(meta, name); n; n = kid_after(n, name)) {
        struct span text = xml_words(g->a, n), nil = node_attr(n, "nil");
        struct when t = {.kind = WHEN_EMPTY};
        if (text.n && !span_eq(nil, S("true")) && !span_eq(nil, S("1"))) t = when_iso(text);
        when_merge(g->a, g->s, out, t, n->line, n->column, name);
    }
}

/* ---- notes and links ---- */

static void read_notes(struct g2 *g, const struct xml_node *meta)
{
    for (const struct xml_node *n = kid(meta, "edNote"); n; n = kid_after(n, "edNote")) {
        struct span role = node_attr(n, "role"), local = code_local(role),
                    limit = node_attr(n, "pubconstraint");
        struct span text = html_plain(g->a, html_clean_xml(g->a, n, NULL, NULL));
        bool open = limit.n == 0;
        bool public_text = open && span_eq(local, S("public"));
        story_add_note(g->a, g->s, role, text, public_text);
        if (!public_text) order_of_words(g->a, g->s, text, n->line);
        if (open && span_starts_nocase(local, S("correction")) && !g->s->change_note.n)
            g->s->change_note = text;
    }
}

static void read_links(struct g2 *g, const struct xml_node *meta)
{
    static const char *const targets[] = {"residref", "guidref", "href"};
    for (const struct xml_node *n = kid(meta, "link"); n; n = kid_after(n, "link")) {
        struct span guid = {0};
        for (size_t i = 0; i < COUNT(targets) && !guid.n; i++) guid = node_attr(n, targets[i]);
        story_add_link(g->a, g->s, node_attr(n, "rel"), guid, node_attr(n, "version"));
    }
}

void g2_read_management(struct g2 *g, const struct xml_node *item, const struct xml_node *meta)
{
    struct story *s = g->s;
    if (!meta) {
        story_fault(g->a, s, item->line, item->column, "the item has no itemMeta");
        return;
    }
    read_status(g, meta);
    read_time(g, meta, "versionCreated", &s->version_created);
    read_time(g, meta, "firstCreated", &s->first_created);
    read_time(g, meta, "embargoed", &s->embargo);
    read_time(g, meta, "expires", &s->expires);
    read_signals(g, meta);
    read_notes(g, meta);
    read_links(g, meta);
}

/* ---- contentMeta ---- */

/* The first that has no role or the main one; else the first at all. */
static struct span main_text(struct g2 *g, const struct xml_node *meta, const char *name)
{
    for (const struct xml_node *n = kid(meta, name); n; n = kid_after(n, name)) {
        struct span role = code_local(node_attr(n, "role")), text = xml_words(g->a, n);
        if (text.n && (!role.n || span_eq(role, S("main")))) return text;
    }
    return kid_words(g->a, meta, name);
}

static struct span language_of(const struct xml_node *n)
{
    return node_attr(n, "lang");
}

/* In the item's language, else English, else the first. */
static struct span name_of(struct g2 *g, const struct xml_node *n)
{
    struct span english = {0}, first = {0};
    for (const struct xml_node *k = kid(n, "name"); k; k = kid_after(k, "name")) {
        struct span lang = language_of(k), text = xml_words(g->a, k);
        if (!text.n) continue;
        if (!first.n) first = text;
        if (lang.n && span_eq_nocase(lang, g->s->language)) return text;
        if (!english.n && span_starts_nocase(lang, S("en"))) english = text;
    }
    return english.n ? english : first;
}

static enum subject_kind subject_kind_of(struct span type)
{
    static const struct {
        const char *local;
        enum subject_kind kind;
    } kinds[] = {
        {"geoArea", SUBJECT_PLACE},
        {"poi", SUBJECT_PLACE},
        {"person", SUBJECT_PERSON},
        {"organisation", SUBJECT_ORGANISATION},
        {"event", SUBJECT_EVENT},
        {"organization", SUBJECT_ORGANISATION},
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (span_eq_nocase(code_local(type), span_of(kinds[i].local))) return kinds[i].kind;
    return SUBJECT_TOPIC;
}

static struct span controlled_code(const struct xml_node *n)
{
    struct span code = node_attr(n, "qcode");
    return code.n ? code : node_attr(n, "uri");
}

/* A subject without a code has only a name: words that no vocabulary controls. */
static void read_subjects(struct g2 *g, const struct xml_node *meta)
{
    for (const struct xml_node *n = kid(meta, NULL); n; n = kid_after(n, NULL)) {
        bool subject = node_is(n, "subject"), genre = node_is(n, "genre");
        if (!subject && !genre) continue;
        enum subject_kind kind = genre ? SUBJECT_GENRE : subject_kind_of(node_attr(n, "type"));
        struct span name = name_of(g, n);
        story_add_subject(
            g->a, g->s, kind, controlled_code(n), name.n ? name : node_attr(n, "literal"));
    }
}

/* Reuters writes a time where the dateline should be; its real dateline stands in the text. */
static bool is_time(struct span text)
{
    for (size_t i = 0; i < 10; i++) {
        bool dash = i == 4 || i == 7;
        if (i >= text.n || (dash ? text.p[i] != '-' : text.p[i] < '0' || text.p[i] > '9'))
            return false;
    }
    return true;
}

static void read_head(struct g2 *g, const struct xml_node *meta)
{
    struct story *s = g->s;
    s->headline = main_text(g, meta, "headline");
    s->slugline = kid_words(g->a, meta, "slugline");
    s->byline = kid_words(g->a, meta, "by");
    s->creditline = kid_words(g->a, meta, "creditline");
    s->dateline_raw = kid_words(g->a, meta, "dateline");
    if (!is_time(s->dateline_raw)) s->dateline = s->dateline_raw;
    for (const struct xml_node *n = kid(meta, "description"); n && !s->abstract.n;
         n = kid_after(n, "description")) {
        struct span role = code_local(node_attr(n, "role"));
        if (!role.n || span_eq_nocase(role, S("summary"))) s->abstract = xml_words(g->a, n);
    }
}

static void read_urgency(struct g2 *g, const struct xml_node *meta)
{
    uint64_t u = 0;
    const struct xml_node *n = kid(meta, "urgency");
    struct span text = kid_words(g->a, meta, "urgency");
    if (!text.n) return;
    if (span_to_u64(text, &u) && u >= 1 && u <= 9)
        g->s->urgency = (uint32_t)u;
    else
        story_fault(g->a, g->s, n->line, n->column, "the urgency is not a number from 1 to 9");
}

void g2_read_content(struct g2 *g, const struct xml_node *item, const struct xml_node *meta)
{
    struct story *s = g->s;
    const struct xml_node *language = kid(meta, "language");
    if (language) s->language = node_attr(language, "tag");
    if (!s->language.n) s->language = language_of(item);
    if (!meta) return;
    read_head(g, meta);
    read_urgency(g, meta);
    read_subjects(g, meta);
    for (const struct xml_node *n = kid(meta, "keyword"); n; n = kid_after(n, "keyword"))
        story_add_keyword(g->a, s, xml_words(g->a, n));
}

/* A party is known by whatever tells it: its code in any scheme, its URI, its name. */
static void read_party(struct g2 *g, const struct xml_node *party)
{
    static const char *const names[] = {"qcode", "uri", "literal"};
    for (size_t i = 0; i < COUNT(names); i++) story_add_hop(g->a, g->s, node_attr(party, names[i]));
    for (const struct xml_node *n = kid(party, "name"); n; n = kid_after(n, "name"))
        story_add_hop(g->a, g->s, xml_words(g->a, n));
}

void g2_read_hops(struct g2 *g, const struct xml_node *in)
{
    for (const struct xml_node *h = kid(in, "hopHistory"); h; h = kid_after(h, "hopHistory"))
        for (const struct xml_node *hop = kid(h, "hop"); hop; hop = kid_after(hop, "hop"))
            for (const struct xml_node *p = kid(hop, "party"); p; p = kid_after(p, "party"))
                read_party(g, p);
}

void g2_read_rights(struct g2 *g, const struct xml_node *item)
{
    struct story *s = g->s;
    for (const struct xml_node *r = kid(item, "rightsInfo"); r; r = kid_after(r, "rightsInfo")) {
        const struct xml_node *holder = kid(r, "copyrightHolder");
        if (holder && !s->copyright_holder.n) {
            s->copyright_holder = name_of(g, holder);
            if (!s->copyright_holder.n) s->copyright_holder = g2_code(holder);
        }
        if (!s->copyright.n) s->copyright = kid_words(g->a, r, "copyrightNotice");
        for (const struct xml_node *n = kid(r, "usageTerms"); n; n = kid_after(n, "usageTerms"))
            story_add_usage(g->a, s, xml_words(g->a, n));
    }
}
