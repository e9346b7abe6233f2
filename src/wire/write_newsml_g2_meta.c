/* write_newsml_g2_meta.c: what a NewsML-G2 item says of itself: hops, rights, itemMeta,
 * contentMeta; and the elements that all of it is written with. */
#include "write_newsml_g2.h"

#include <stdio.h>

/* ---- elements ---- */
void g2_open_tag(struct xml_out *o, const char *name)
{
    buf_printf(o->b, "<%s>", name);
}

void g2_close_tag(struct xml_out *o, const char *name)
{
    buf_printf(o->b, "</%s>\n", name);
}

void g2_attr(struct xml_out *o, const char *name, struct span value)
{
    if (!value.n) return;
    buf_printf(o->b, " %s=\"", name);
    html_put(o->b, value);
    buf_char(o->b, '"');
}

void g2_attr_number(struct xml_out *o, const char *name, uint32_t value)
{
    if (value) buf_printf(o->b, " %s=\"%u\"", name, value);
}

void g2_element(struct xml_out *o, const char *name, struct span text)
{
    if (!text.n) return;
    g2_open_tag(o, name);
    html_put(o->b, text);
    g2_close_tag(o, name);
}

void g2_element_role(struct xml_out *o, const char *name, struct span role, struct span text)
{
    if (!text.n) return;
    buf_printf(o->b, "<%s", name);
    g2_attr(o, "role", role);
    buf_char(o->b, '>');
    html_put(o->b, text);
    g2_close_tag(o, name);
}

/* An empty element with a code: as a URI or a qcode by its look. */
void g2_element_code(struct xml_out *o, const char *name, struct span code)
{
    bool is_uri = span_starts(code, S("http://")) || span_starts(code, S("https://"));
    buf_printf(o->b, "<%s", name);
    g2_attr(o, is_uri ? "uri" : "qcode", code);
    buf_lit(o->b, "/>\n");
}

void g2_element_time(struct xml_out *o, const char *name, struct when t)
{
    char text[25];
    utc_text(t.ms, text);
    struct span utc = span_of(text);
    switch (t.kind) {
    case WHEN_ABSENT: break;
    case WHEN_UTC: g2_element(o, name, utc); break;
    case WHEN_LOCAL: g2_element(o, name, span_cut(utc, 0, utc.n - 1)); break;
    case WHEN_EMPTY: buf_printf(o->b, "<%s xsi:nil=\"true\"/>\n", name); break;
    case WHEN_UNREADABLE: g2_element(o, name, S("unreadable")); break;
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
    g2_element_code(o, "itemClass", has_colon(s->kind_literal) ? s->kind_literal : span_of(code));
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
    g2_element_code(o, "pubStatus", odd ? s->status_literal : span_of(code));
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
    for (uint32_t i = 0; i < s->signal_count; i++) g2_element_code(o, "signal", s->signals[i]);
    if (s->is_test && !has_signal(s, S("sig:test"))) g2_element_code(o, "signal", S("sig:test"));
    if (s->signal_count) return;
    if (s->change == CHANGE_CORRECTION) g2_element_code(o, "signal", S("sig:correction"));
    if (s->change == CHANGE_UPDATE) g2_element_code(o, "signal", S("sig:update"));
}

void g2_put_item_meta(struct xml_out *o)
{
    const struct story *s = o->s;
    g2_open_tag(o, "itemMeta");
    put_class(o);
    buf_lit(o->b, "<provider");
    g2_attr(o, "literal", s->provider);
    buf_lit(o->b, "/>\n");
    g2_element_time(o, "versionCreated", s->version_created);
    g2_element_time(o, "firstCreated", s->first_created);
    g2_element_time(o, "embargoed", s->embargo);
    put_status(o);
    for (uint32_t i = 0; i < s->note_count; i++)
        g2_element_role(o, "edNote", s->notes[i].role, s->notes[i].text);
    put_signals(o);
    g2_element_time(o, "expires", s->expires);
    for (uint32_t i = 0; i < s->link_count; i++) {
        buf_lit(o->b, "<link");
        g2_attr(o, "rel", s->links[i].literal_rel);
        g2_attr(o, "residref", s->links[i].guid);
        g2_attr(o, "version", s->links[i].version);
        buf_lit(o->b, "/>\n");
    }
    g2_close_tag(o, "itemMeta");
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
    if (type) g2_attr(o, "type", span_of(type));
    if (bare && j->literal.n && j->scheme.n)
        buf_printf(o->b, " qcode=\"%.*s:%.*s\"", FMT(j->scheme),
            FMT(j->code)); /* an IPTC number: only digits */
    else
        g2_attr(o, is_uri ? "uri" : bare ? "literal" : "qcode", j->literal);
    buf_char(o->b, '>');
    g2_element(o, "name", j->name);
    g2_close_tag(o, genre ? "genre" : "subject");
}

void g2_put_content_meta(struct xml_out *o)
{
    const struct story *s = o->s;
    const struct picture *first = s->picture_count ? &s->pictures[0] : NULL;
    g2_open_tag(o, "contentMeta");
    if (s->urgency) buf_printf(o->b, "<urgency>%u</urgency>\n", s->urgency);
    if (s->language.n) {
        buf_lit(o->b, "<language");
        g2_attr(o, "tag", s->language);
        buf_lit(o->b, "/>\n");
    }
    for (uint32_t i = 0; i < s->keyword_count; i++) g2_element(o, "keyword", s->keywords[i]);
    for (uint32_t i = 0; i < s->subject_count; i++) put_subject(o, &s->subjects[i]);
    g2_element(o, "slugline", s->slugline);
    g2_element(o, "headline", s->headline_raw.n ? s->headline_raw : s->headline);
    g2_element(o, "dateline", s->dateline_raw.n ? s->dateline_raw : s->dateline);
    g2_element(o, "by", s->byline);
    g2_element(o, "creditline", s->creditline);
    g2_element_role(o, "description", S("drol:summary"), s->abstract);
    if (first && span_eq(first->role, S("self")))
        g2_element_role(o, "description", S("drol:caption"), first->caption);
    g2_close_tag(o, "contentMeta");
}

/* ---- what stands before them ---- */
void g2_put_rights(struct xml_out *o)
{
    const struct story *s = o->s;
    if (!s->copyright_holder.n && !s->copyright.n && !s->usage_count) return;
    g2_open_tag(o, "rightsInfo");
    if (s->copyright_holder.n) {
        buf_lit(o->b, "<copyrightHolder");
        g2_attr(o, "literal", s->copyright_holder);
        buf_lit(o->b, "/>\n");
    }
    g2_element(o, "copyrightNotice", s->copyright);
    for (uint32_t i = 0; i < s->usage_count; i++) g2_element(o, "usageTerms", s->usage[i]);
    g2_close_tag(o, "rightsInfo");
}

void g2_put_hops(struct xml_out *o)
{
    const struct story *s = o->s;
    if (!s->hop_count) return;
    g2_open_tag(o, "hopHistory");
    for (uint32_t i = 0; i < s->hop_count; i++) {
        buf_lit(o->b, "<hop><party");
        g2_attr(o, "literal", s->hops[i]);
        buf_lit(o->b, "/></hop>\n");
    }
    g2_close_tag(o, "hopHistory");
}
