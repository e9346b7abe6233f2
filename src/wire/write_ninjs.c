/* write_ninjs.c: a story as IPTC ninjs 3.0, one line. What ninjs has no place for stands in
 * "broadsheet". The line holds notes to editors: it is for the desk, for partners and for tests,
 * never for readers. docs/formats/ninjs.md lists the fields. */
#include "write_ninjs.h"

void ninjs_put_text(struct json_out *o, const char *key, struct span s)
{
    if (s.n) json_string(o, key, s);
}

void ninjs_put_number(struct json_out *o, const char *key, uint32_t v)
{
    if (v) json_number(o, key, v);
}

/* ---- times ---- */

static void put_local(struct json_out *o, const char *key, int64_t ms)
{
    char t[25];
    utc_text(ms, t);
    struct span s = span_of(t);
    json_string(o, key, span_cut(s, 0, s.n - 1)); /* without the Z */
}

/* A time that rules over publishing is written in every state: an empty one as null, a broken one
 * as what no reader can read. */
static void ruling_time(struct json_out *o, const char *key, struct when t)
{
    char utc[25];
    switch (t.kind) {
    case WHEN_ABSENT: break;
    case WHEN_UTC:
        utc_text(t.ms, utc);
        json_string(o, key, span_of(utc));
        break;
    case WHEN_LOCAL: put_local(o, key, t.ms); break;
    case WHEN_EMPTY: json_null(o, key); break;
    case WHEN_UNREADABLE: json_string(o, key, S("unreadable")); break;
    }
}

void ninjs_put_utc(struct json_out *o, const char *key, struct when t)
{
    if (t.kind == WHEN_UTC) ruling_time(o, key, t);
}

static void local_time(struct json_out *o, const char *key, struct when t)
{
    if (t.kind == WHEN_LOCAL) put_local(o, key, t.ms);
}

/* ---- lists ---- */

void ninjs_put_value(struct json_out *o, const char *role, const char *type, struct span value)
{
    if (!value.n) return;
    json_open(o, NULL, '{');
    json_string(o, "role", span_of(role));
    if (type) json_string(o, "contentType", span_of(type));
    json_string(o, "value", value);
    json_close(o, '}');
}

static void put_usage(struct json_out *o, const struct span *usage, uint32_t count)
{
    if (count == 1) json_string(o, "usageTerms", usage[0]);
    if (count < 2) return;
    json_open(o, "usageTerms", '[');
    for (uint32_t i = 0; i < count; i++) json_string(o, NULL, usage[i]);
    json_close(o, ']');
}

static void put_subject(struct json_out *o, const struct subject *j)
{
    static const char *const rels[] = {
        [SUBJECT_PLACE] = "place",
        [SUBJECT_PERSON] = "person",
        [SUBJECT_ORGANISATION] = "organisation",
        [SUBJECT_EVENT] = "event",
    };
    const char *rel = j->apart || j->kind >= COUNT(rels) ? NULL : rels[j->kind];
    json_open(o, NULL, '{');
    ninjs_put_text(o, "name", j->name);
    ninjs_put_text(o, "literal", j->literal);
    if (rel) json_string(o, "rel", span_of(rel));
    json_close(o, '}');
}

static bool put_keywords(struct json_out *o, const struct story *s, bool open)
{
    for (uint32_t i = 0; i < s->keyword_count; i++, open = true) {
        if (!open) json_open(o, "subjects", '[');
        json_open(o, NULL, '{');
        json_string(o, "name", s->keywords[i]);
        json_string(o, "rel", S("keyword"));
        json_close(o, '}');
    }
    return open;
}

/* One list of ninjs: subjects of a kind that came apart, or all that came among the subjects. */
static void put_subjects(struct json_out *o, const struct story *s, const char *key,
    enum subject_kind kind, bool apart, bool with_keywords)
{
    bool open = false;
    for (uint32_t i = 0; i < s->subject_count; i++) {
        const struct subject *j = &s->subjects[i];
        bool own_list = j->apart || j->kind == SUBJECT_GENRE;
        if (own_list != apart || (apart && j->kind != kind)) continue;
        if (!open) json_open(o, key, '[');
        open = true;
        put_subject(o, j);
    }
    if (with_keywords) open = put_keywords(o, s, open);
    if (open) json_close(o, ']');
}

void ninjs_put_matters(struct json_out *o, const struct story *s, bool with_keywords)
{
    put_subjects(o, s, "subjects", SUBJECT_TOPIC, false, with_keywords);
    put_subjects(o, s, "genres", SUBJECT_GENRE, true, false);
    put_subjects(o, s, "places", SUBJECT_PLACE, true, false);
    put_subjects(o, s, "people", SUBJECT_PERSON, true, false);
    put_subjects(o, s, "organisations", SUBJECT_ORGANISATION, true, false);
    put_subjects(o, s, "events", SUBJECT_EVENT, true, false);
}

/* ---- pictures ---- */

static void put_renditions(struct json_out *o, const struct picture *p)
{
    if (!p->rendition_count) return;
    json_open(o, "renditions", '[');
    for (uint32_t i = 0; i < p->rendition_count; i++) {
        const struct rendition *r = &p->renditions[i];
        json_open(o, NULL, '{');
        ninjs_put_text(o, "name", r->role);
        ninjs_put_name(o, "href", WRAPPED_FILE, r->href);
        ninjs_put_text(o, "contentType", r->type);
        ninjs_put_number(o, "width", r->width);
        ninjs_put_number(o, "height", r->height);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_picture(struct json_out *o, const struct picture *p)
{
    json_open(o, NULL, '{');
    ninjs_put_text(o, "name", p->role);
    ninjs_put_name(o, "uri", WRAPPED_GUID, p->guid);
    ninjs_put_text(o, "type", p->kind);
    json_string(o, "pubStatus", span_of(story_status_name(p->status)));
    ruling_time(o, "embargoedUntil", p->embargo);
    ruling_time(o, "expires", p->expires);
    if (p->headline.n) {
        json_open(o, "headlines", '[');
        ninjs_put_value(o, "main", NULL, p->headline);
        json_close(o, ']');
    }
    if (p->caption.n) {
        json_open(o, "descriptions", '[');
        ninjs_put_value(o, "caption", NULL, p->caption);
        json_close(o, ']');
    }
    ninjs_put_text(o, "by", p->byline);
    ninjs_put_text(o, "creditline", p->credit);
    ninjs_put_text(o, "copyrightNotice", p->copyright);
    ninjs_put_text(o, "altText", p->alt);
    put_usage(o, p->usage, p->usage_count);
    put_renditions(o, p);
    json_close(o, '}');
}

bool ninjs_is_self(const struct picture *p)
{
    return span_eq(p->role, S("self"));
}

static void put_pictures(struct json_out *o, const struct story *s)
{
    bool open = false;
    if (s->picture_count && ninjs_is_self(&s->pictures[0])) put_renditions(o, &s->pictures[0]);
    for (uint32_t i = 0; i < s->picture_count; i++) {
        if (ninjs_is_self(&s->pictures[i])) continue;
        if (!open) json_open(o, "associations", '[');
        open = true;
        put_picture(o, &s->pictures[i]);
    }
    if (open) json_close(o, ']');
}

/* ---- head and body ---- */

static struct span kind_word(const struct story *s)
{
    ptrdiff_t colon = span_find_char(s->kind_literal, ':');
    bool ours = s->kind == KIND_PLANNING || s->kind == KIND_CONCEPT || s->kind == KIND_UNKNOWN;
    if (!ours || !s->kind_literal.n) return span_of(story_kind_name(s->kind));
    return colon < 0 ? s->kind_literal
                     : span_cut(s->kind_literal, (size_t)colon + 1, s->kind_literal.n);
}

/* What has no identifier of its own was named by its reader. */
static bool is_made(const struct story *s)
{
    return span_starts(s->guid, S(MADE_GUID));
}

void ninjs_put_standard(struct json_out *o)
{
    json_open(o, "standard", '{');
    json_string(o, "name", S("ninjs"));
    json_string(o, "version", S("3.0"));
    json_string(o, "schema", S("https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"));
    json_close(o, '}');
}

static void put_headlines(struct json_out *o, const struct story *s)
{
    if (!s->headline_raw.n) return;
    json_open(o, "headlines", '[');
    ninjs_put_value(o, "main", NULL, s->headline_raw);
    if (!span_eq(s->headline, s->headline_raw)) ninjs_put_value(o, "display", NULL, s->headline);
    json_close(o, ']');
}

void ninjs_put_descriptions(struct json_out *o, const struct story *s)
{
    bool self = s->picture_count && ninjs_is_self(&s->pictures[0]);
    struct span caption = self ? s->pictures[0].caption : (struct span){0};
    if (!s->abstract.n && !caption.n) return;
    json_open(o, "descriptions", '[');
    ninjs_put_value(o, "summary", NULL, s->abstract);
    ninjs_put_value(o, "caption", NULL, caption);
    json_close(o, ']');
}

void ninjs_put_names(struct json_out *o, const struct story *s)
{
    ninjs_put_number(o, "urgency", s->urgency);
    ninjs_put_text(o, "language", s->language);
    put_headlines(o, s);
    ninjs_put_text(o, "slugline", s->slugline);
    ninjs_put_text(o, "by", s->byline);
}

static void put_head(struct json_out *o, const struct story *s, struct span uri)
{
    if (!uri.n) json_string(o, "uri", uri);
    ninjs_put_name(o, "uri", WRAPPED_GUID, uri);
    ninjs_put_standard(o);
    json_string(o, "type", kind_word(s));
    ninjs_put_text(o, "version", s->version);
    ninjs_put_utc(o, "versionCreated", s->version_created);
    ninjs_put_utc(o, "firstCreated", s->first_created);
    ruling_time(o, "embargoedUntil", s->embargo);
    ruling_time(o, "expires", s->expires);
    json_string(o, "pubStatus", span_of(story_status_name(s->status)));
    ninjs_put_names(o, s);
    ninjs_put_text(o, "copyrightHolder", s->copyright_holder);
    ninjs_put_text(o, "copyrightNotice", s->copyright);
    put_usage(o, s->usage, s->usage_count);
    ninjs_put_descriptions(o, s);
}

void ninjs_put_body(struct json_out *o, const struct story *s)
{
    if (!s->body.s.n) return;
    struct arena *a = arena_new(WIRE_WRITE_BYTES);
    json_open(o, "bodies", '[');
    ninjs_put_value(o, "main", "text/html", wire_body(a, s, true));
    ninjs_put_value(o, "text", "text/plain", s->body_text);
    json_close(o, ']');
    arena_free(a);
}

/* ---- our own object ---- */

static void put_words(struct json_out *o, const char *key, const struct span *list, uint32_t count)
{
    if (!count) return;
    json_open(o, key, '[');
    for (uint32_t i = 0; i < count; i++) json_string(o, NULL, list[i]);
    json_close(o, ']');
}

static void put_notes(struct json_out *o, const struct story *s)
{
    if (!s->note_count) return;
    json_open(o, "notes", '[');
    for (uint32_t i = 0; i < s->note_count; i++) {
        json_open(o, NULL, '{');
        ninjs_put_text(o, "role", s->notes[i].role);
        ninjs_put_text(o, "text", s->notes[i].text);
        json_bool(o, "public", s->notes[i].public_text);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_links(struct json_out *o, const struct story *s)
{
    if (!s->link_count) return;
    json_open(o, "links", '[');
    for (uint32_t i = 0; i < s->link_count; i++) {
        json_open(o, NULL, '{');
        ninjs_put_text(o, "rel", s->links[i].literal_rel);
        ninjs_put_text(o, "guid", s->links[i].guid);
        ninjs_put_text(o, "version", s->links[i].version);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_members(struct json_out *o, const struct story *s)
{
    static const char *const modes[] = {NULL, "sequential", "alternative"};
    if (!s->member_count) return;
    json_open(o, "members", '[');
    for (uint32_t i = 0; i < s->member_count; i++) {
        const struct member *m = &s->members[i];
        json_open(o, NULL, '{');
        ninjs_put_text(o, "guid", m->guid);
        ninjs_put_text(o, "headline", m->headline);
        ninjs_put_text(o, "group", m->group);
        if (modes[m->mode]) json_string(o, "mode", span_of(modes[m->mode]));
        ninjs_put_number(o, "choice", m->choice);
        ninjs_put_number(o, "branch", m->branch);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_faults(struct json_out *o, const struct story *s)
{
    if (!s->fault_count) return;
    json_open(o, "faults", '[');
    for (uint32_t i = 0; i < s->fault_count; i++) {
        json_open(o, NULL, '{');
        ninjs_put_number(o, "line", s->faults[i].line);
        ninjs_put_number(o, "column", s->faults[i].column);
        json_string(o, "what", s->faults[i].what);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_own(struct json_out *o, const struct story *s)
{
    json_open(o, "broadsheet", '{');
    if (is_made(s)) json_string(o, "guid", s->guid);
    ninjs_put_text(o, "provider", s->provider);
    ninjs_put_text(o, "itemClass", s->kind_literal);
    ninjs_put_text(o, "statusLiteral", s->status_literal);
    if (s->is_test) json_bool(o, "isTest", true);
    ninjs_put_text(o, "dateline", s->dateline_raw);
    ninjs_put_text(o, "placeline", s->dateline);
    ninjs_put_text(o, "creditline", s->creditline);
    ninjs_put_text(o, "credits", s->credits);
    ninjs_put_text(o, "headlineTag", s->headline_tag);
    if (s->change != CHANGE_NONE) json_string(o, "change", span_of(story_change_name(s->change)));
    ninjs_put_text(o, "changeNote", s->change_note);
    ninjs_put_text(o, "link", s->link);
    ninjs_put_utc(o, "sent", s->sent);
    local_time(o, "sent", s->sent);
    local_time(o, "versionCreatedLocal", s->version_created);
    local_time(o, "firstCreatedLocal", s->first_created);
    put_words(o, "signals", s->signals, s->signal_count);
    put_words(o, "keywords", s->keywords, s->keyword_count);
    put_words(o, "hops", s->hops, s->hop_count);
    put_notes(o, s);
    put_links(o, s);
    put_members(o, s);
    put_faults(o, s);
    json_close(o, '}');
}

static void write_line(struct buf *b, const struct story *s, struct span uri)
{
    struct json_out o = {.b = b};
    json_open(&o, NULL, '{');
    put_head(&o, s, uri);
    ninjs_put_matters(&o, s, false);
    ninjs_put_body(&o, s);
    put_pictures(&o, s);
    put_own(&o, s);
    json_close(&o, '}');
}

void wire_write_ninjs(struct buf *b, const struct story *s)
{
    write_line(b, s, s->guid);
}

void wire_print_ninjs(struct buf *b, const struct story *s)
{
    write_line(b, s, is_made(s) ? S("") : s->guid);
}
