/* pack.c: the one byte form of a story, for sockets, the store and tests. One walk over the fields
 * serves both directions, so that the two cannot drift apart. Layout: "BSTY", u32 version, u32
 * CRC-32C of the rest, fields in the order below, all little-endian. Owns the version number: it
 * changes with every change of the walk. Never trusts a byte that it unpacks. */
#include "story.h"

#include <string.h>

enum { PACK_VERSION = 4, PACK_HEAD = 12 };

struct walk {
    struct arena *a;
    struct buf *out; /* packing */
    struct take *in; /* unpacking */
    const char *why; /* unpacking: the first thing that was wrong */
    bool own;        /* unpacking what this node packed itself: the body is clean */
};

static void walk_bad(struct walk *w, const char *why)
{
    if (!w->why) w->why = why;
    w->in->bad = true;
}

static void walk_span(struct walk *w, struct span *s)
{
    if (w->out) {
        put_span(w->out, *s);
        return;
    }
    *s = take_span(w->in);
    if (!utf8_valid(*s)) walk_bad(w, "a text is not UTF-8");
}

static void walk_u32(struct walk *w, uint32_t *v)
{
    if (w->out)
        put_u32(w->out, *v);
    else
        *v = take_u32(w->in);
}

static uint32_t walk_enum(struct walk *w, uint32_t v, uint32_t last)
{
    if (w->out) {
        put_u8(w->out, (uint8_t)v);
        return v;
    }
    v = take_u8(w->in);
    if (v > last) walk_bad(w, "a value is outside its list");
    return v > last ? 0 : v;
}
#define WALK_ENUM(w, field, last) ((field) = walk_enum((w), (uint32_t)(field), (uint32_t)(last)))

static void walk_bool(struct walk *w, bool *b)
{
    *b = walk_enum(w, *b, 1);
}

/* Years 1900 to 2199 are all that a reader makes; beyond them lies arithmetic that nobody has
 * checked. */
static void walk_when(struct walk *w, struct when *t)
{
    const int64_t ms_max = 10000000000000;
    WALK_ENUM(w, t->kind, WHEN_UNREADABLE);
    if (w->out) {
        put_u64(w->out, (uint64_t)t->ms);
        return;
    }
    t->ms = (int64_t)take_u64(w->in);
    if (t->ms > ms_max || t->ms < -ms_max) walk_bad(w, "a time is out of range");
}

/* The count of a list; every item takes at least one byte, which bounds what a broken count can ask
 * for. */
static void *walk_list(struct walk *w, void *list, uint32_t *count, uint32_t max, size_t item_bytes)
{
    walk_u32(w, count);
    if (w->out) return list;
    if (*count > max || *count > (size_t)(w->in->end - w->in->p)) walk_bad(w, "a list is too long");
    if (w->in->bad) *count = 0;
    return *count ? arena_alloc(w->a, item_bytes * *count) : NULL;
}
#define WALK_LIST(w, list, count, max)                                                             \
    ((list) = walk_list((w), (list), &(count), (max), sizeof *(list)))

static void walk_texts(struct walk *w, struct span **list, uint32_t *count)
{
    *list = walk_list(w, *list, count, STORY_LIST_MAX, sizeof **list);
    for (uint32_t i = 0; i < *count; i++) walk_span(w, &(*list)[i]);
}

static void walk_subject(struct walk *w, struct subject *j)
{
    WALK_ENUM(w, j->kind, SUBJECT_EVENT);
    walk_span(w, &j->literal);
    walk_span(w, &j->scheme);
    walk_span(w, &j->code);
    walk_span(w, &j->name);
    walk_bool(w, &j->apart);
}

static void walk_picture(struct walk *w, struct picture *p)
{
    struct span *texts[] = {&p->guid, &p->role, &p->kind, &p->headline, &p->caption, &p->credit,
        &p->byline, &p->copyright, &p->alt};
    for (size_t i = 0; i < COUNT(texts); i++) walk_span(w, texts[i]);
    walk_texts(w, &p->usage, &p->usage_count);
    WALK_ENUM(w, p->status, STATUS_UNKNOWN);
    walk_when(w, &p->embargo);
    walk_when(w, &p->expires);
    WALK_LIST(w, p->renditions, p->rendition_count, STORY_PICTURES_MAX);
    for (uint32_t i = 0; i < p->rendition_count; i++) {
        struct rendition *r = &p->renditions[i];
        walk_span(w, &r->href);
        walk_span(w, &r->type);
        walk_span(w, &r->role);
        walk_u32(w, &r->width);
        walk_u32(w, &r->height);
    }
}

static void walk_member(struct walk *w, struct member *m)
{
    walk_span(w, &m->guid);
    walk_span(w, &m->headline);
    walk_span(w, &m->group);
    WALK_ENUM(w, m->mode, MEMBERS_ALTERNATIVE);
    walk_u32(w, &m->choice);
    if (w->in && m->choice > STORY_MEMBERS_MAX) walk_bad(w, "a choice is out of range");
    walk_u32(w, &m->branch);
}

static void walk_head(struct walk *w, struct story *s)
{
    struct span *texts[] = {
        &s->provider,
        &s->guid,
        &s->version,
        &s->serial,
        &s->kind_literal,
        &s->status_literal,
        &s->headline,
        &s->headline_raw,
        &s->headline_tag,
        &s->slugline,
        &s->byline,
        &s->dateline,
        &s->dateline_raw,
        &s->creditline,
        &s->language,
        &s->abstract,
        &s->change_note,
        &s->credits,
        &s->copyright_holder,
        &s->copyright,
        &s->link,
        &s->body_text,
    };
    struct when *times[] = {
        &s->version_created, &s->first_created, &s->sent, &s->embargo, &s->expires};
    for (size_t i = 0; i < COUNT(texts); i++) walk_span(w, texts[i]);
    for (size_t i = 0; i < COUNT(times); i++) walk_when(w, times[i]);
    WALK_ENUM(w, s->kind, KIND_UNKNOWN);
    WALK_ENUM(w, s->status, STATUS_UNKNOWN);
    WALK_ENUM(w, s->change, CHANGE_CORRECTION);
    walk_bool(w, &s->is_test);
    walk_u32(w, &s->tag_number);
    walk_u32(w, &s->urgency);
    walk_u32(w, &s->paragraphs);
}

/* Markup that comes out of a socket or a file is cleaned again (which changes nothing in what was
 * clean): whoever packed it may have been broken into. */
static void walk_body(struct walk *w, struct html *body)
{
    struct span markup = body->s;
    walk_span(w, &markup);
    if (w->in && markup.n > STORY_BODY_MAX) walk_bad(w, "the body is too long");
    if (w->in && !w->in->bad) *body = w->own ? (struct html){markup} : html_clean(w->a, markup);
}

static void walk_story(struct walk *w, struct story *s)
{
    walk_head(w, s);
    walk_body(w, &s->body);
    walk_texts(w, &s->signals, &s->signal_count);
    walk_texts(w, &s->keywords, &s->keyword_count);
    walk_texts(w, &s->usage, &s->usage_count);
    walk_texts(w, &s->hops, &s->hop_count);
    WALK_LIST(w, s->subjects, s->subject_count, STORY_LIST_MAX);
    for (uint32_t i = 0; i < s->subject_count; i++) walk_subject(w, &s->subjects[i]);
    WALK_LIST(w, s->notes, s->note_count, STORY_LIST_MAX);
    for (uint32_t i = 0; i < s->note_count; i++) {
        walk_span(w, &s->notes[i].role);
        walk_span(w, &s->notes[i].text);
        walk_bool(w, &s->notes[i].public_text);
    }
    WALK_LIST(w, s->links, s->link_count, STORY_LIST_MAX);
    for (uint32_t i = 0; i < s->link_count; i++) {
        WALK_ENUM(w, s->links[i].rel, LINK_OTHER);
        walk_span(w, &s->links[i].guid);
        walk_span(w, &s->links[i].version);
        walk_span(w, &s->links[i].literal_rel);
    }
    WALK_LIST(w, s->pictures, s->picture_count, STORY_PICTURES_MAX);
    for (uint32_t i = 0; i < s->picture_count; i++) walk_picture(w, &s->pictures[i]);
    WALK_LIST(w, s->members, s->member_count, STORY_MEMBERS_MAX);
    for (uint32_t i = 0; i < s->member_count; i++) walk_member(w, &s->members[i]);
    WALK_LIST(w, s->faults, s->fault_count, STORY_LIST_MAX);
    for (uint32_t i = 0; i < s->fault_count; i++) {
        walk_u32(w, &s->faults[i].line);
        walk_u32(w, &s->faults[i].column);
        walk_span(w, &s->faults[i].what);
    }
}

struct span story_pack(struct arena *a, const struct story *s)
{
    struct buf fields, whole;
    buf_init(&fields, a, STORY_PACK_MAX - PACK_HEAD);
    struct story copy =
        *s; /* the walk writes nothing while packing, but takes a story that could be written */
    struct walk w = {.a = a, .out = &fields};
    walk_story(&w, &copy);
    if (fields.full) return (struct span){0};
    buf_init(&whole, a, STORY_PACK_MAX);
    buf_lit(&whole, "BSTY");
    put_u32(&whole, PACK_VERSION);
    put_u32(&whole, crc32c(buf_span(&fields)));
    buf_put(&whole, buf_span(&fields));
    return buf_span(&whole);
}

static struct story *unpack(struct arena *a, struct span bytes, bool own, const char **why_out)
{
    struct take t = take_of(bytes);
    if (bytes.n < PACK_HEAD || bytes.n > STORY_PACK_MAX || memcmp(bytes.p, "BSTY", 4) != 0) {
        *why_out = "not a packed story";
        return NULL;
    }
    (void)take_u32(&t);
    uint32_t version = take_u32(&t), sum = take_u32(&t);
    if (version != PACK_VERSION) {
        *why_out =
            version > PACK_VERSION ? "packed by a newer version" : "packed by an older version";
        return NULL;
    }
    if (crc32c(span_cut(bytes, PACK_HEAD, bytes.n)) != sum) {
        *why_out = "the checksum does not match";
        return NULL;
    }
    struct story *s = story_new(a);
    struct walk w = {.a = a, .in = &t, .own = own};
    walk_story(&w, s);
    if (!take_done(&t)) {
        *why_out = w.why ? w.why : "the fields do not fill the packed form";
        return NULL;
    }
    *why_out = NULL;
    return s;
}

struct story *story_unpack(struct arena *a, struct span bytes, const char **why_out)
{
    return unpack(a, bytes, false, why_out);
}

struct story *story_unpack_own(struct arena *a, struct span bytes, const char **why_out)
{
    return unpack(a, bytes, true, why_out);
}
