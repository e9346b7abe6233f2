/* write_newsml_g2.c: a story as a NewsML-G2 2.34 power newsMessage with one item, for the
 * demonstration wire and for partners. Elements stand in the schema's order. What is in doubt in
 * the story is written so that a reader is in doubt too.
 * A package's own text is left out: a packageItem has no place for it. */
#include "wire.h"

#include <stdio.h>

struct xml_out {
    struct buf *b;
    const struct story *s;
};

/* ---- elements ---- */

static void open_tag(struct xml_out *o, const char *name)
{
    buf_printf(o->b, "<%s>", name);
}

static void close_tag(struct xml_out *o, const char *name)
{
    buf_printf(o->b, "</%s>\n", name);
}

static void attr(struct xml_out *o, const char *name, struct span value)
{
    if (!value.n) return;
    buf_printf(o->b, " %s=\"", name);
    html_put(o->b, value);
    buf_char(o->b, '"');
}

static void attr_number(struct xml_out *o, const char *name, uint32_t value)
{
    if (value) buf_printf(o->b, " %s=\"%u\"", name, value);
}

static void element(struct xml_out *o, const char *name, struct span text)
{
    if (!text.n) return;
    open_tag(o, name);
    html_put(o->b, text);
    close_tag(o, name);
}

static void element_role(struct xml_out *o, const char *name, struct span role, struct span text)
{
    if (!text.n) return;
    buf_printf(o->b, "<%s", name);
    attr(o, "role", role);
    buf_char(o->b, '>');
    html_put(o->b, text);
    close_tag(o, name);
}

/* An empty element with a code: as a URI or a qcode by its look. */
static void element_code(struct xml_out *o, const char *name, struct span code)
{
    bool is_uri = span_starts(code, S("http://")) || span_starts(code, S("https://"));
    buf_printf(o->b, "<%s", name);
    attr(o, is_uri ? "uri" : "qcode", code);
    buf_lit(o->b, "/>\n");
}

static void element_time(struct xml_out *o, const char *name, struct when t)
{
    char text[25];
    utc_text(t.ms, text);
    struct span utc = span_of(text);
    switch (t.kind) {
    case WHEN_ABSENT: break;
    case WHEN_UTC: element(o, name, utc); break;
    case WHEN_LOCAL: element(o, name, span_cut(utc, 0, utc.n - 1)); break;
    case WHEN_EMPTY: buf_printf(o->b, "<%s xsi:nil=\"true\"/>\n", name); break;
    case WHEN_UNREADABLE: element(o, name, S("unreadable")); break;
    }
}

/* ---- itemMeta ---- */

static bool has_colon(struct span s)
{
    return span_find_char(s, ':') > 0;
}

static void put_class(struct xml_out *o)
{
    char code[40];
    const struct story *s = o->s;
    const char *name = s->kind == KIND_PACKAGE ? "composite" : story_kind_name(s->kind);
    snprintf(code, sizeof code, "ninat:%s", name);
    element_code(o, "itemClass", has_colon(s->kind_literal) ? s->kind_literal : span_of(code));
}

static bool says_known_status(struct span code)
{
    static const char *const known[] = {"usable", "withheld", "canceled"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (span_ends(code, span_of(known[i]))) return true;
    return false;
}

/* What was held is written as it came only where no reader could take it for a known status. */
static void put_status(struct xml_out *o)
{
    char code[40];
    const struct story *s = o->s;
    snprintf(code, sizeof code, "stat:%s", story_status_name(s->status));
    bool odd = s->status == STATUS_UNKNOWN && has_colon(s->status_literal) &&
               !says_known_status(s->status_literal);
    element_code(o, "pubStatus", odd ? s->status_literal : span_of(code));
}

static bool has_signal(const struct story *s, struct span code)
{
    for (uint32_t i = 0; i < s->signal_count; i++)
        if (span_eq(s->signals[i], code)) return true;
    return false;
}

/* Signals as they came, and those that say what the story knows of itself where none of them does.
 */
static void put_signals(struct xml_out *o)
{
    const struct story *s = o->s;
    for (uint32_t i = 0; i < s->signal_count; i++) element_code(o, "signal", s->signals[i]);
    if (s->is_test && !has_signal(s, S("sig:test"))) element_code(o, "signal", S("sig:test"));
    if (s->signal_count) return;
    if (s->change == CHANGE_CORRECTION) element_code(o, "signal", S("sig:correction"));
    if (s->change == CHANGE_UPDATE) element_code(o, "signal", S("sig:update"));
}

static void put_item_meta(struct xml_out *o)
{
    const struct story *s = o->s;
    open_tag(o, "itemMeta");
    put_class(o);
    buf_lit(o->b, "<provider");
    attr(o, "literal", s->provider);
    buf_lit(o->b, "/>\n");
    element_time(o, "versionCreated", s->version_created);
    element_time(o, "firstCreated", s->first_created);
    element_time(o, "embargoed", s->embargo);
    put_status(o);
    for (uint32_t i = 0; i < s->note_count; i++)
        element_role(o, "edNote", s->notes[i].role, s->notes[i].text);
    put_signals(o);
    element_time(o, "expires", s->expires);
    for (uint32_t i = 0; i < s->link_count; i++) {
        buf_lit(o->b, "<link");
        attr(o, "rel", s->links[i].literal_rel);
        attr(o, "residref", s->links[i].guid);
        attr(o, "version", s->links[i].version);
        buf_lit(o->b, "/>\n");
    }
    close_tag(o, "itemMeta");
}

/* ---- contentMeta ---- */

static void put_subject(struct xml_out *o, const struct subject *j)
{
    static const char *const types[] = {
        [SUBJECT_PLACE] = "cpnat:geoArea",
        [SUBJECT_PERSON] = "cpnat:person",
        [SUBJECT_ORGANISATION] = "cpnat:organisation",
        [SUBJECT_EVENT] = "cpnat:event",
    };
    bool genre = j->kind == SUBJECT_GENRE;
    const char *type = j->kind < COUNT(types) ? types[j->kind] : NULL;
    bool is_uri = span_starts(j->literal, S("http://")) || span_starts(j->literal, S("https://"));
    bool bare = !is_uri && !has_colon(j->literal);
    buf_printf(o->b, "<%s", genre ? "genre" : "subject");
    if (type) attr(o, "type", span_of(type));
    if (bare && j->literal.n && j->scheme.n)
        buf_printf(o->b, " qcode=\"%.*s:%.*s\"", FMT(j->scheme),
            FMT(j->code)); /* an IPTC number: only digits */
    else
        attr(o, is_uri ? "uri" : bare ? "literal" : "qcode", j->literal);
    buf_char(o->b, '>');
    element(o, "name", j->name);
    close_tag(o, genre ? "genre" : "subject");
}

static void put_content_meta(struct xml_out *o)
{
    const struct story *s = o->s;
    const struct picture *first = s->picture_count ? &s->pictures[0] : NULL;
    open_tag(o, "contentMeta");
    if (s->urgency) buf_printf(o->b, "<urgency>%u</urgency>\n", s->urgency);
    if (s->language.n) {
        buf_lit(o->b, "<language");
        attr(o, "tag", s->language);
        buf_lit(o->b, "/>\n");
    }
    for (uint32_t i = 0; i < s->keyword_count; i++) element(o, "keyword", s->keywords[i]);
    for (uint32_t i = 0; i < s->subject_count; i++) put_subject(o, &s->subjects[i]);
    element(o, "slugline", s->slugline);
    element(o, "headline", s->headline_raw.n ? s->headline_raw : s->headline);
    element(o, "dateline", s->dateline_raw.n ? s->dateline_raw : s->dateline);
    element(o, "by", s->byline);
    element(o, "creditline", s->creditline);
    element_role(o, "description", S("drol:summary"), s->abstract);
    if (first && span_eq(first->role, S("self")))
        element_role(o, "description", S("drol:caption"), first->caption);
    close_tag(o, "contentMeta");
}

static void put_rights(struct xml_out *o)
{
    const struct story *s = o->s;
    if (!s->copyright_holder.n && !s->copyright.n && !s->usage_count) return;
    open_tag(o, "rightsInfo");
    if (s->copyright_holder.n) {
        buf_lit(o->b, "<copyrightHolder");
        attr(o, "literal", s->copyright_holder);
        buf_lit(o->b, "/>\n");
    }
    element(o, "copyrightNotice", s->copyright);
    for (uint32_t i = 0; i < s->usage_count; i++) element(o, "usageTerms", s->usage[i]);
    close_tag(o, "rightsInfo");
}

static void put_hops(struct xml_out *o)
{
    const struct story *s = o->s;
    if (!s->hop_count) return;
    open_tag(o, "hopHistory");
    for (uint32_t i = 0; i < s->hop_count; i++) {
        buf_lit(o->b, "<hop><party");
        attr(o, "literal", s->hops[i]);
        buf_lit(o->b, "/></hop>\n");
    }
    close_tag(o, "hopHistory");
}

/* ---- pictures ---- */

static bool is_self(const struct picture *p)
{
    return span_eq(p->role, S("self"));
}

/* What is known of a picture beside a text, as an assertion about it: remoteContent has no place
 * for words. */
static void put_assertion(struct xml_out *o, const struct picture *p)
{
    buf_lit(o->b, "<assert");
    attr(o, "uri", p->guid);
    buf_char(o->b, '>');
    element(o, "headline", p->headline);
    element_role(o, "description", S("drol:caption"), p->caption);
    element(o, "by", p->byline);
    element(o, "creditline", p->credit);
    element(o, "copyrightNotice", p->copyright);
    element(o, "altText", p->alt);
    for (uint32_t i = 0; i < p->usage_count; i++) element(o, "usageTerms", p->usage[i]);
    if (p->role.n) {
        buf_lit(o->b, "<role");
        attr(o, "literal", p->role);
        buf_lit(o->b, "/>\n");
    }
    close_tag(o, "assert");
}

static void put_remote(struct xml_out *o, const struct picture *p, const struct rendition *r)
{
    buf_lit(o->b, "<remoteContent");
    attr(o, "href", r->href);
    if (!is_self(p)) attr(o, "residref", p->guid);
    attr(o, "contenttype", r->type);
    if (r->role.n) {
        buf_lit(o->b, " rendition=\"rnd:");
        html_put(o->b, r->role);
        buf_char(o->b, '"');
    }
    attr_number(o, "width", r->width);
    attr_number(o, "height", r->height);
    buf_lit(o->b, "/>\n");
}

/* ---- content ---- */

/* Cleaned HTML is well-formed XML but for its two void elements. */
static void put_xhtml(struct buf *b, struct span markup)
{
    size_t from = 0;
    for (size_t i = 0; i + 3 < markup.n; i++) {
        bool is_void = span_starts(span_cut(markup, i, i + 4), S("<br>")) ||
                       span_starts(span_cut(markup, i, i + 4), S("<hr>"));
        if (!is_void) continue;
        buf_put(b, span_cut(markup, from, i + 3));
        buf_lit(b, "/>");
        from = i + 4;
    }
    buf_put(b, span_cut(markup, from, markup.n));
}

static void put_content(struct xml_out *o)
{
    const struct story *s = o->s;
    open_tag(o, "contentSet");
    if (s->body.s.n) {
        buf_lit(o->b, "<inlineXML contenttype=\"application/xhtml+xml\"><html "
                      "xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></head>\n<body>");
        put_xhtml(o->b, s->body.s);
        buf_lit(o->b, "</body></html></inlineXML>\n");
    }
    for (uint32_t i = 0; i < s->picture_count; i++)
        for (uint32_t k = 0; k < s->pictures[i].rendition_count; k++)
            put_remote(o, &s->pictures[i], &s->pictures[i].renditions[k]);
    close_tag(o, "contentSet");
}

static const char *mode_of(const struct story *s, struct span guid)
{
    static const char *const modes[] = {NULL, "seq", "alt"};
    for (uint32_t i = 0; i < s->member_count; i++)
        if (span_eq(s->members[i].guid, guid)) return modes[s->members[i].mode];
    return NULL;
}

/* Members stand in runs of one role; each run is a group below the root. */
static uint32_t put_group(struct xml_out *o, uint32_t i)
{
    const struct story *s = o->s;
    struct span role = s->pictures[i].role;
    buf_printf(o->b, "<group id=\"g%u\"", i);
    if (role.n) {
        buf_lit(o->b, " role=\"group:");
        html_put(o->b, role);
        buf_char(o->b, '"');
    }
    const char *mode = mode_of(s, s->pictures[i].guid);
    if (mode) buf_printf(o->b, " mode=\"pgrmod:%s\"", mode);
    buf_lit(o->b, ">\n");
    for (; i < s->picture_count && span_eq(s->pictures[i].role, role); i++) {
        const struct picture *p = &s->pictures[i];
        char code[64];
        buf_lit(o->b, "<itemRef");
        attr(o, "residref", p->guid);
        buf_lit(o->b, ">\n");
        snprintf(code, sizeof code, "ninat:%.*s", (int)(p->kind.n < 40 ? p->kind.n : 40),
            p->kind.n ? p->kind.p : "");
        if (p->kind.n) element_code(o, "itemClass", span_of(code));
        snprintf(code, sizeof code, "stat:%s", story_status_name(p->status));
        element_code(o, "pubStatus", span_of(code));
        element(o, "headline", p->headline);
        close_tag(o, "itemRef");
    }
    close_tag(o, "group");
    return i;
}

static void put_groups(struct xml_out *o)
{
    const struct story *s = o->s;
    buf_lit(o->b, "<groupSet root=\"root\">\n<group id=\"root\" role=\"group:root\">\n");
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (!i || !span_eq(s->pictures[i].role, s->pictures[i - 1].role))
            buf_printf(o->b, "<groupRef idref=\"g%u\"/>\n", i);
    buf_lit(o->b, "</group>\n");
    for (uint32_t i = 0; i < s->picture_count;) i = put_group(o, i);
    buf_lit(o->b, "</groupSet>\n");
}

/* ---- the message ---- */

static const char *item_element(enum story_kind kind)
{
    switch (kind) {
    case KIND_PACKAGE: return "packageItem";
    case KIND_CONCEPT: return "conceptItem";
    case KIND_PLANNING: return "planningItem";
    case KIND_KNOWLEDGE: return "knowledgeItem";
    case KIND_CATALOG: return "catalogItem";
    default: return "newsItem";
    }
}

static void put_item(struct xml_out *o)
{
    const struct story *s = o->s;
    const char *name = item_element(s->kind);
    buf_printf(o->b, "<%s", name);
    attr(o, "guid", s->guid);
    attr(o, "version", s->version);
    attr(o, "xml:lang", s->language);
    buf_lit(o->b, " standard=\"NewsML-G2\" standardversion=\"2.34\" conformance=\"power\">\n"
                  "<catalogRef "
                  "href=\"http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_39.xml\"/>\n");
    put_hops(o);
    put_rights(o);
    put_item_meta(o);
    put_content_meta(o);
    for (uint32_t i = 0; i < s->picture_count && s->kind != KIND_PACKAGE; i++)
        if (!is_self(&s->pictures[i])) put_assertion(o, &s->pictures[i]);
    if (s->kind == KIND_PACKAGE)
        put_groups(o);
    else
        put_content(o);
    close_tag(o, name);
}

void wire_write_newsml_g2(struct buf *b, const struct story *s, int64_t sent_ms)
{
    struct xml_out o = {.b = b, .s = s};
    buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<newsMessage "
               "xmlns=\"http://iptc.org/std/nar/2006-10-01/\""
               " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<header>\n");
    element_time(&o, "sent", (struct when){.kind = WHEN_UTC, .ms = sent_ms});
    buf_lit(b, "</header>\n<itemSet>\n");
    put_item(&o);
    buf_lit(b, "</itemSet>\n</newsMessage>\n");
}
