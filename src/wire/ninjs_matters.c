/* ninjs_matters.c: what a ninjs item is about and carries: subjects, keywords, notes, rights,
 * links, body, pictures, and the "broadsheet" object in which our own writer keeps what ninjs has
 * no place for. Never fatal. */
#include "ninjs.h"

/* The first entry of a list that has this role; empty: none. */
static struct span value_of_role(
    const struct json *item, const char *list, const char *role, const char *key)
{
    const struct json *values = nj_get(item, list);
    for (const struct json *v = values && values->type == JSON_ARRAY ? values->first : NULL; v;
         v = v->next)
        if (span_eq(nj_text(v, "role"), span_of(role))) return nj_text(v, key);
    return (struct span){0};
}

/* ---- matters ---- */

struct subject_list {
    const char *key;
    enum subject_kind kind;
    bool apart;
};

static const struct subject_list subject_lists[] = {
    {"subject", SUBJECT_TOPIC, false},
    {"subjects", SUBJECT_TOPIC, false},
    {"genre", SUBJECT_GENRE, true},
    {"genres", SUBJECT_GENRE, true},
    {"place", SUBJECT_PLACE, true},
    {"places", SUBJECT_PLACE, true},
    {"person", SUBJECT_PERSON, true},
    {"people", SUBJECT_PERSON, true},
    {"organisation", SUBJECT_ORGANISATION, true},
    {"organisations", SUBJECT_ORGANISATION, true},
    {"event", SUBJECT_EVENT, true},
    {"events", SUBJECT_EVENT, true},
};

/* Our own writer says in rel what a subject is; the standard's rel ("classifies") says nothing
 * about that. */
static enum subject_kind kind_of_rel(struct span rel, enum subject_kind otherwise)
{
    static const struct {
        const char *rel;
        enum subject_kind kind;
    } rels[] = {
        {"place", SUBJECT_PLACE},
        {"person", SUBJECT_PERSON},
        {"organisation", SUBJECT_ORGANISATION},
        {"event", SUBJECT_EVENT},
    };
    for (size_t i = 0; i < COUNT(rels); i++)
        if (span_eq(rel, span_of(rels[i].rel))) return rels[i].kind;
    return otherwise;
}

static void add_subject(
    struct arena *a, struct story *s, const struct subject_list *list, const struct json *v)
{
    bool object = v->type == JSON_OBJECT;
    uint32_t before = s->subject_count;
    struct span literal = object ? nj_text(v, "uri code qcode literal") : (struct span){0};
    struct span name = object ? nj_text(v, "name") : nj_value(v);
    if (!list->apart && !literal.n && span_eq(nj_text(v, "rel"), S("keyword"))) {
        story_add_keyword(a, s, name); /* 3.0 has no list for them */
        return;
    }
    enum subject_kind kind = list->apart ? list->kind : kind_of_rel(nj_text(v, "rel"), list->kind);
    story_add_subject(a, s, kind, literal, name);
    if (s->subject_count > before) s->subjects[before].apart = list->apart;
}

static void read_subjects(struct arena *a, struct story *s, const struct json *item)
{
    for (size_t i = 0; i < COUNT(subject_lists); i++) {
        const struct json *list = nj_get(item, subject_lists[i].key);
        for (const struct json *v = list && list->type == JSON_ARRAY ? list->first : NULL; v;
             v = v->next)
            add_subject(a, s, &subject_lists[i], v);
    }
}

static void read_texts(struct arena *a, struct story *s, const struct json *list,
    void add(struct arena *a, struct story *s, struct span text))
{
    if (!list) return;
    add(a, s, nj_value(list));
    for (const struct json *v = list->type == JSON_ARRAY ? list->first : NULL; v; v = v->next)
        add(a, s, v->type == JSON_OBJECT ? nj_text(v, "value name text") : nj_value(v));
}

static void read_links(struct arena *a, struct story *s, const struct json *item)
{
    static const char *const keys[] = {
        "evolvedfrom", "derivedfrom", "replacing", "replaces", "translatedfrom"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const struct json *v = nj_get(item, keys[i]);
        if (!v) continue;
        story_add_link(a, s, span_of(keys[i]), nj_value(v), (struct span){0});
        for (const struct json *k = v->type == JSON_ARRAY ? v->first : NULL; k; k = k->next) {
            struct span guid = k->type == JSON_OBJECT ? nj_text(k, "guid uri") : nj_value(k);
            story_add_link(a, s, span_of(keys[i]), guid, nj_text(k, "version"));
        }
    }
}

/* Where 3.0 has a credit line, and our writer the parties through whose hands it came. */
static void read_sources(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *list = nj_get(item, "infosources");
    if (!s->creditline.n) s->creditline = value_of_role(item, "infosources", "creditline", "name");
    for (const struct json *v = list && list->type == JSON_ARRAY ? list->first : NULL; v;
         v = v->next)
        if (span_eq(nj_text(v, "role"), S("hop"))) story_add_hop(a, s, nj_text(v, "literal"));
}

void ninjs_read_matters(struct arena *a, struct story *s, const struct json *item)
{
    struct span note = nj_text(item, "ednote");
    read_sources(a, s, item);
    read_subjects(a, s, item);
    read_texts(a, s, nj_get(item, "keywords"), story_add_keyword);
    read_texts(a, s, nj_get(item, "usageterms"), story_add_usage);
    if (note.n) story_add_note(a, s, (struct span){0}, note, false);
    order_of_words(a, s, note, item->line);
    read_links(a, s, item);
}

/* ---- the body ---- */

/* Of several bodies: HTML before NITF before plain text; of equals the first that says anything. */
static int rank_of(struct span type)
{
    if (span_find_nocase(type, S("nitf")) >= 0) return 2;
    if (span_find_nocase(type, S("html")) >= 0) return 3;
    return !type.n || span_starts_nocase(type, S("text/plain")) ? 1 : 0;
}

struct html nj_body_of_nitf(struct arena *a, struct span text, struct span headline)
{
    struct reject reject = {0};
    struct xml_node *root = xml_parse(a, text, &reject);
    return root ? body_of_nitf(a, root) : body_of_any(a, text, headline);
}

static bool read_bodies(struct arena *a, struct story *s, const struct json *list)
{
    int best = 0;
    struct span text = {0};
    for (const struct json *v = list && list->type == JSON_ARRAY ? list->first : NULL; v;
         v = v->next) {
        struct span value = nj_text(v, "value"), type = nj_text(v, "contenttype");
        if (!type.n) type = nj_text(v, "role");
        int rank = span_trim(value).n ? rank_of(type) : 0;
        if (rank <= best) continue;
        best = rank;
        text = value;
    }
    if (best == 3) s->body = body_of_html(a, text, s->headline);
    if (best == 2) s->body = nj_body_of_nitf(a, text, s->headline);
    if (best == 1) s->body = body_of_any(a, text, s->headline);
    return best > 0;
}

/* 1.x has one key for each form; TT and others made up more of the kind: "body_html5". */
void nj_read_body(struct arena *a, struct story *s, const struct json *item)
{
    struct span text = nj_text(item, "body_html5 body_html body_xhtml body_richhtml5");
    if (read_bodies(a, s, nj_get(item, "bodies"))) return;
    if (span_trim(text).n) {
        s->body = body_of_html(a, text, s->headline);
        return;
    }
    text = nj_text(item, "body_nitf");
    if (span_trim(text).n)
        s->body = nj_body_of_nitf(a, text, s->headline);
    else
        s->body = body_of_any(a, nj_text(item, "body_text"), s->headline);
}

/* ---- pictures ---- */

static void add_rendition(struct arena *a, struct picture *p, const struct json *v)
{
    struct span role = v->key.n ? v->key : nj_text(v, "name");
    picture_add_rendition(a, p,
        (struct rendition){.href = nj_unwrap(a, nj_text(v, "href")),
            .type = nj_text(v, "mimetype contenttype"),
            .role = role,
            .width = pixels_of(nj_text(v, "width")),
            .height = pixels_of(nj_text(v, "height"))});
}

static bool is_many(const struct json *v)
{
    return v && (v->type == JSON_OBJECT || v->type == JSON_ARRAY);
}

static void read_renditions(struct arena *a, struct picture *p, const struct json *item)
{
    const struct json *list = nj_get(item, "renditions");
    for (const struct json *v = is_many(list) ? list->first : NULL; v; v = v->next)
        if (v->type == JSON_OBJECT) add_rendition(a, p, v);
}

void nj_picture_rights(
    struct arena *a, struct story *s, struct picture *p, const struct json *item, unsigned ways)
{
    struct story own = {0}; /* a picture says it as an item does */
    nj_time(a, &own, item, "embargoed", ways, &own.embargo);
    nj_time(a, &own, item, "embargoeduntil", ways, &own.embargo);
    nj_time(a, &own, item, "expires", ways, &own.expires);
    nj_read_status(a, &own, item, "pubstatus", ways);
    nj_signals(a, &own, item);
    read_texts(a, &own, nj_get(item, "usageterms"), story_add_usage);
    p->status = own.is_test && own.status == STATUS_USABLE ? STATUS_UNKNOWN : own.status;
    p->embargo = own.embargo;
    p->expires = own.expires;
    p->usage = own.usage;
    p->usage_count = own.usage_count;
    for (uint32_t i = 0; i < own.fault_count; i++)
        story_fault(
            a, s, own.faults[i].line, own.faults[i].column, "%.*s", FMT(own.faults[i].what));
}

static void read_picture(
    struct arena *a, struct story *s, struct picture *p, const struct json *item)
{
    p->guid = nj_unwrap(a, span_trim(nj_text(item, "guid uri")));
    p->kind = nj_text(item, "type");
    p->headline = nj_main_value(item, "headline", "headlines", "main");
    p->caption = nj_main_value(item, "description_text", "descriptions", "caption");
    p->credit = nj_text(item, "creditline source");
    if (!p->credit.n) p->credit = value_of_role(item, "infosources", "creditline", "name");
    p->byline = nj_text(item, "byline by");
    p->copyright = nj_text(item, "copyrightnotice");
    p->alt = nj_text(item, "body_text alttext alt");
    struct span alt = value_of_role(item, "descriptions", "altText", "value");
    if (alt.n && alt.p == p->caption.p) p->caption = (struct span){0}; /* for want of a caption */
    if (!p->alt.n) p->alt = alt;
    nj_picture_rights(a, s, p, item, 0);
    read_renditions(a, p, item);
}

/* Of a package, texts and packages in it are its members, in the order in which they stand. */
static void add_member(struct arena *a, struct story *s, const struct picture *p)
{
    enum story_kind k = story_kind_of(p->kind);
    bool text = k == KIND_TEXT || k == KIND_COMPOSITE || k == KIND_PACKAGE || !p->kind.n;
    if (s->kind != KIND_PACKAGE || !text) return;
    story_add_member(a, s, (struct member){.guid = p->guid, .headline = p->headline});
}

/* 1.x: an object, the member's key is its role; from 2.0: an array, the role stands in "name". */
static void read_associations(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *list = nj_get(item, "associations");
    for (const struct json *v = is_many(list) ? list->first : NULL; v; v = v->next) {
        if (v->type != JSON_OBJECT) continue;
        struct picture *p = story_add_picture(a, s);
        read_picture(a, s, p, v);
        p->role = v->key.n ? v->key : nj_text(v, "name");
        add_member(a, s, p);
    }
}

/* An item's own renditions: it stands as its own first association. Of a text only pictures count,
 * not its PDF. */
static void read_self(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *list = nj_get(item, "renditions");
    bool any = false;
    for (const struct json *v = is_many(list) ? list->first : NULL; v; v = v->next)
        any |= kind_is_media(s->kind) ||
               span_starts_nocase(nj_text(v, "mimetype contenttype"), S("image/"));
    if (!any) return;
    struct picture *p = story_add_picture(a, s);
    read_picture(a, s, p, item);
    p->role = S("self");
    if (!kind_is_media(s->kind)) p->kind = S("picture");
}

void ninjs_read_media(struct arena *a, struct story *s, const struct json *item)
{
    nj_read_body(a, s, item);
    read_self(a, s, item);
    read_associations(a, s, item);
}

/* ---- our own object ---- */

static void read_notes(struct arena *a, struct story *s, const struct json *own)
{
    const struct json *list = nj_get(own, "notes");
    if (!list || list->type != JSON_ARRAY) return;
    s->notes = NULL; /* they say the same as edNote, each with its role */
    s->note_count = 0;
    for (const struct json *v = list->first; v; v = v->next) {
        const struct json *open = nj_get(v, "public");
        story_add_note(
            a, s, nj_text(v, "role"), nj_text(v, "text"), open && open->type == JSON_TRUE);
    }
}

static void read_own_links(struct arena *a, struct story *s, const struct json *own)
{
    const struct json *list = nj_get(own, "links");
    for (const struct json *v = list && list->type == JSON_ARRAY ? list->first : NULL; v;
         v = v->next)
        story_add_link(a, s, nj_text(v, "rel"), nj_text(v, "guid"), nj_text(v, "version"));
}

static uint32_t small_number(struct span text)
{
    uint64_t v = 0;
    return span_to_u64(text, &v) && v <= STORY_MEMBERS_MAX ? (uint32_t)v : 0;
}

/* Order, groups and choices, which associations have no place for: they take the place of what was
 * made of those. */
static void read_own_members(struct arena *a, struct story *s, const struct json *own)
{
    const struct json *list = nj_get(own, "members");
    if (!list || list->type != JSON_ARRAY || s->kind != KIND_PACKAGE) return;
    s->members = NULL;
    s->member_count = 0;
    for (const struct json *v = list->first; v; v = v->next) {
        struct span mode = nj_text(v, "mode");
        story_add_member(a, s,
            (struct member){.guid = nj_text(v, "guid"),
                .headline = nj_text(v, "headline"),
                .group = nj_text(v, "group"),
                .mode = span_eq(mode, S("alternative"))  ? MEMBERS_ALTERNATIVE
                        : span_eq(mode, S("sequential")) ? MEMBERS_SEQUENTIAL
                                                         : MEMBERS_UNORDERED,
                .choice = small_number(nj_text(v, "choice")),
                .branch = small_number(nj_text(v, "branch"))});
    }
}

/* A time that the wire gave without a zone stands here, because ninjs proper must not guess one. */
static void read_local(
    struct arena *a, struct story *s, const struct json *own, const char *key, struct when *out)
{
    struct when t = {0};
    nj_time(a, s, own, key, 0, &t);
    if (out->kind == WHEN_ABSENT && t.kind == WHEN_LOCAL) *out = t;
}

/* Words, links and signals are taken from it, never a status or a right: those stand in ninjs
 * proper. */
void ninjs_read_own(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *own = nj_get(item, "broadsheet");
    if (!own || own->type != JSON_OBJECT) return;
    if (!s->guid.n && span_starts(nj_text(own, "guid"), S(MADE_GUID)))
        s->guid = nj_text(own, "guid");
    struct {
        const char *key;
        struct span *text;
    } texts[] = {
        {"provider", &s->provider},
        {"dateline", &s->dateline_raw},
        {"placeline", &s->dateline},
        {"creditline", &s->creditline},
        {"link", &s->link},
        {"changeNote", &s->change_note},
        {"itemClass", &s->kind_literal},
        {"statusLiteral", &s->status_literal},
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct span v = nj_text(own, texts[i].key);
        if (v.n) *texts[i].text = v;
    }
    read_local(a, s, own, "versionCreatedLocal", &s->version_created);
    read_local(a, s, own, "firstCreatedLocal", &s->first_created);
    nj_time(a, s, own, "sent", 0, &s->sent);
    read_texts(a, s, nj_get(own, "keywords"), story_add_keyword);
    read_texts(a, s, nj_get(own, "hops"), story_add_hop);
    nj_signals(a, s, own);
    read_notes(a, s, own);
    read_own_links(a, s, own);
    read_own_members(a, s, own);
}
