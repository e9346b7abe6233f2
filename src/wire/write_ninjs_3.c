/* write_ninjs_3.c: a story as IPTC ninjs 3.0, one line, for partners: by the published schema
 * (ninjs-schema_3.0.json), which allows no name but its own. What it has no place for is left out;
 * what rules over publishing and cannot be said in it withholds the item. Never fatal. */
#include "wire.h"
#include "write_ninjs.h"

#include <stdio.h>
#include <string.h>

/* ---- what can be said ---- */

static bool is_sayable(struct when t)
{
    return t.kind == WHEN_ABSENT || t.kind == WHEN_UTC; /* date-time has a zone (RFC 3339, 5.6) */
}

/* The schema's word; NULL: it has none. */
static const char *type_of(const struct story *s)
{
    switch (s->kind) {
    case KIND_TEXT: return "text";
    case KIND_PICTURE: return "picture";
    case KIND_GRAPHIC: return "graphic";
    case KIND_VIDEO: return "video";
    case KIND_AUDIO: return "audio";
    case KIND_COMPOSITE:
    case KIND_PACKAGE: return "composite";
    case KIND_PLANNING: return "planning";
    default: return NULL;
    }
}

const char *wire_ninjs_withholds(const struct story *s)
{
    if (s->status == STATUS_CANCELED || s->status == STATUS_WITHHELD) return NULL;
    if (s->status != STATUS_USABLE) return "its status is unknown";
    if (s->is_test) return "it is a test";
    if (!type_of(s)) return "its kind has no word";
    if (!is_sayable(s->embargo)) return "its embargo has no instant";
    return is_sayable(s->expires) ? NULL : "the end of the right to show it has no instant";
}

static enum story_status status_of_picture(const struct picture *p)
{
    if (p->status == STATUS_CANCELED) return STATUS_CANCELED;
    bool usable = p->status == STATUS_USABLE && is_sayable(p->embargo) && is_sayable(p->expires);
    return usable ? STATUS_USABLE : STATUS_WITHHELD;
}

/* ---- pictures and members ---- */

/* The URI of what has none: its number in the item. */
static void put_part_uri(struct json_out *o, struct span guid, uint32_t number)
{
    char name[40];
    snprintf(name, sizeof name, WRAPPED_PART "%u", number);
    if (guid.n)
        ninjs_put_uri(o, "uri", WRAPPED_GUID, guid);
    else
        json_string(o, "uri", span_of(name));
}

static void put_renditions(struct json_out *o, const struct picture *p)
{
    if (!p->rendition_count) return;
    json_open(o, "renditions", '[');
    for (uint32_t i = 0; i < p->rendition_count; i++) {
        const struct rendition *r = &p->renditions[i];
        json_open(o, NULL, '{');
        json_string(o, "name", r->role); /* must be there; empty where the wire names none */
        ninjs_put_uri(o, "href", WRAPPED_FILE, r->href);
        ninjs_put_text(o, "contentType", r->type);
        ninjs_put_number(o, "width", r->width);
        ninjs_put_number(o, "height", r->height);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_usage(struct json_out *o, const struct span *usage, uint32_t count)
{
    struct buf b;
    if (!count) return;
    buf_init(&b, NULL, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_char(&b, '\n');
        buf_put(&b, usage[i]);
    }
    json_string(o, "usageTerms", buf_span(&b));
    buf_free(&b);
}

static void put_source(struct json_out *o, const char *role, const char *key, struct span value)
{
    json_open(o, NULL, '{');
    json_string(o, "role", span_of(role));
    json_string(o, key, value);
    json_close(o, '}');
}

static void put_credit(struct json_out *o, struct span credit)
{
    if (!credit.n) return;
    json_open(o, "infoSources", '[');
    put_source(o, "creditline", "name", credit);
    json_close(o, ']');
}

static void put_picture_words(struct json_out *o, const struct picture *p)
{
    if (p->headline.n) {
        json_open(o, "headlines", '[');
        ninjs_put_value(o, "main", NULL, p->headline);
        json_close(o, ']');
    }
    if (p->caption.n || p->alt.n) {
        json_open(o, "descriptions", '[');
        ninjs_put_value(o, "caption", NULL, p->caption);
        ninjs_put_value(o, "altText", NULL, p->alt);
        json_close(o, ']');
    }
}

static void put_picture(struct json_out *o, const struct picture *p, uint32_t number)
{
    struct story as_item = {.kind = story_kind_of(p->kind)};
    const char *type = p->kind.n ? type_of(&as_item) : NULL;
    bool known = type || !p->kind.n;
    json_open(o, NULL, '{');
    json_string(o, "name", p->role);
    put_part_uri(o, p->guid, number);
    if (type) json_string(o, "type", span_of(type));
    json_string(
        o, "pubStatus", span_of(story_status_name(known ? status_of_picture(p) : STATUS_WITHHELD)));
    ninjs_put_utc(o, "embargoedUntil", p->embargo);
    ninjs_put_utc(o, "expires", p->expires);
    put_picture_words(o, p);
    ninjs_put_text(o, "by", p->byline);
    ninjs_put_text(o, "copyrightNotice", p->copyright);
    put_credit(o, p->credit);
    put_usage(o, p->usage, p->usage_count);
    put_renditions(o, p);
    json_close(o, '}');
}

static bool is_among(const struct story *s, const struct member *m)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].guid, m->guid)) return true;
    return false;
}

static void put_member(struct json_out *o, const struct member *m)
{
    json_open(o, NULL, '{');
    json_string(o, "name", m->group);
    ninjs_put_uri(o, "uri", WRAPPED_GUID, m->guid);
    json_string(o, "type", S("text"));
    if (m->headline.n) {
        json_open(o, "headlines", '[');
        ninjs_put_value(o, "main", NULL, m->headline);
        json_close(o, ']');
    }
    json_close(o, '}');
}

static void put_associations(struct json_out *o, const struct story *s)
{
    bool open = false;
    if (s->picture_count && ninjs_is_self(&s->pictures[0])) put_renditions(o, &s->pictures[0]);
    for (uint32_t i = 0; i < s->picture_count; i++) {
        if (ninjs_is_self(&s->pictures[i])) continue;
        if (!open) json_open(o, "associations", '[');
        open = true;
        put_picture(o, &s->pictures[i], i);
    }
    for (uint32_t i = 0; i < s->member_count; i++) {
        if (is_among(s, &s->members[i])) continue;
        if (!open) json_open(o, "associations", '[');
        open = true;
        put_member(o, &s->members[i]);
    }
    if (open) json_close(o, ']');
}

/* ---- the item ---- */

/* For the partner's editors, to whom the agency wrote them; never for readers. */
static void put_notes(struct json_out *o, const struct story *s)
{
    struct buf b;
    if (!s->note_count) return;
    buf_init(&b, NULL, 0);
    for (uint32_t i = 0; i < s->note_count; i++) {
        if (i) buf_char(&b, '\n');
        buf_put(&b, s->notes[i].text);
    }
    json_string(o, "edNote", buf_span(&b));
    buf_free(&b);
}

/* The credit line, and the parties through whose hands it has come (T6). */
static void put_sources(struct json_out *o, const struct story *s)
{
    if (!s->creditline.n && !s->hop_count) return;
    json_open(o, "infoSources", '[');
    if (s->creditline.n) put_source(o, "creditline", "name", s->creditline);
    for (uint32_t i = 0; i < s->hop_count; i++) put_source(o, "hop", "literal", s->hops[i]);
    json_close(o, ']');
}

static void put_head(struct json_out *o, const struct story *s)
{
    const char *type = type_of(s);
    bool withheld = wire_ninjs_withholds(s) != NULL;
    ninjs_put_uri(o, "uri", WRAPPED_GUID, s->guid);
    ninjs_put_standard(o);
    if (type) json_string(o, "type", span_of(type));
    ninjs_put_text(o, "version", s->version);
    ninjs_put_utc(o, "versionCreated", s->version_created);
    ninjs_put_utc(o, "firstCreated", s->first_created);
    ninjs_put_utc(o, "embargoedUntil", s->embargo);
    ninjs_put_utc(o, "expires", s->expires);
    json_string(o, "pubStatus", withheld ? S("withheld") : span_of(story_status_name(s->status)));
    ninjs_put_names(o, s);
    ninjs_put_text(o, "located", s->dateline);
    ninjs_put_text(o, "copyrightHolder", s->copyright_holder);
    ninjs_put_text(o, "copyrightNotice", s->copyright);
    put_usage(o, s->usage, s->usage_count);
    put_notes(o, s);
    ninjs_put_descriptions(o, s);
    put_sources(o, s);
}

void wire_convert_ninjs(struct buf *b, const struct story *s)
{
    struct json_out o = {.b = b};
    json_open(&o, NULL, '{');
    put_head(&o, s);
    ninjs_put_matters(&o, s, true);
    ninjs_put_body(&o, s);
    put_associations(&o, s);
    json_close(&o, '}');
}
