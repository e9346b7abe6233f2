/* write_newsml_g2.c: a story as a NewsML-G2 2.34 power newsMessage, for the demonstration
 * wire and for partners. Elements stand in the schema's order. What is in doubt in
 * the story is written so that a reader is in doubt too.
 * A package's own text is left out: a packageItem has no place for it. */
#include "write_newsml_g2.h"

#include <stdio.h>

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
    g2_attr(o, "uri", p->guid);
    buf_char(o->b, '>');
    g2_element(o, "headline", p->headline);
    g2_element_role(o, "description", S("drol:caption"), p->caption);
    g2_element(o, "by", p->byline);
    g2_element(o, "creditline", p->credit);
    g2_element(o, "copyrightNotice", p->copyright);
    g2_element(o, "altText", p->alt);
    for (uint32_t i = 0; i < p->usage_count; i++) g2_element(o, "usageTerms", p->usage[i]);
    if (p->role.n) {
        buf_lit(o->b, "<role");
        g2_attr(o, "literal", p->role);
        buf_lit(o->b, "/>\n");
    }
    g2_close_tag(o, "assert");
}

static void put_remote(struct xml_out *o, const struct picture *p, const struct rendition *r)
{
    buf_lit(o->b, "<remoteContent");
    g2_attr(o, "href", r->href);
    if (!is_self(p)) g2_attr(o, "residref", p->guid);
    g2_attr(o, "contenttype", r->type);
    if (r->role.n) {
        buf_lit(o->b, " rendition=\"rnd:");
        html_put(o->b, r->role);
        buf_char(o->b, '"');
    }
    g2_attr_number(o, "width", r->width);
    g2_attr_number(o, "height", r->height);
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
    g2_open_tag(o, "contentSet");
    if (s->body.s.n) {
        buf_lit(o->b, "<inlineXML contenttype=\"application/xhtml+xml\"><html "
                      "xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></head>\n<body>");
        struct arena *a = arena_new(WIRE_WRITE_BYTES);
        put_xhtml(o->b, wire_body(a, s, true));
        arena_free(a);
        buf_lit(o->b, "</body></html></inlineXML>\n");
    }
    for (uint32_t i = 0; i < s->picture_count; i++)
        for (uint32_t k = 0; k < s->pictures[i].rendition_count; k++)
            put_remote(o, &s->pictures[i], &s->pictures[i].renditions[k]);
    g2_close_tag(o, "contentSet");
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
        g2_attr(o, "residref", p->guid);
        buf_lit(o->b, ">\n");
        snprintf(code, sizeof code, "ninat:%.*s", (int)(p->kind.n < 40 ? p->kind.n : 40),
            p->kind.n ? p->kind.p : "");
        if (p->kind.n) g2_element_code(o, "itemClass", span_of(code));
        snprintf(code, sizeof code, "stat:%s", story_status_name(p->status));
        g2_element_code(o, "pubStatus", span_of(code));
        g2_element(o, "headline", p->headline);
        g2_close_tag(o, "itemRef");
    }
    g2_close_tag(o, "group");
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
    g2_attr(o, "guid", s->guid);
    g2_attr(o, "version", s->version);
    g2_attr(o, "xml:lang", s->language);
    buf_lit(o->b, " standard=\"NewsML-G2\" standardversion=\"2.34\" conformance=\"power\">\n"
                  "<catalogRef "
                  "href=\"http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_39.xml\"/>\n");
    g2_put_hops(o);
    g2_put_rights(o);
    g2_put_item_meta(o);
    g2_put_content_meta(o);
    for (uint32_t i = 0; i < s->picture_count && s->kind != KIND_PACKAGE; i++)
        if (!is_self(&s->pictures[i])) put_assertion(o, &s->pictures[i]);
    if (s->kind == KIND_PACKAGE)
        put_groups(o);
    else
        put_content(o);
    g2_close_tag(o, name);
}

void wire_write_newsml_g2(
    struct buf *b, const struct story *const *list, size_t count, int64_t sent_ms)
{
    struct xml_out o = {.b = b};
    buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<newsMessage "
               "xmlns=\"http://iptc.org/std/nar/2006-10-01/\""
               " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<header>\n");
    g2_element_time(&o, "sent", (struct when){.kind = WHEN_UTC, .ms = sent_ms});
    buf_lit(b, "</header>\n<itemSet>\n");
    for (size_t i = 0; i < count; i++) {
        o.s = list[i];
        put_item(&o);
    }
    buf_lit(b, "</itemSet>\n</newsMessage>\n");
}
