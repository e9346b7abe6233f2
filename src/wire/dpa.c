/* dpa.c: dpa digitalwires (0.9, 1.0) to stories: one entry, a list, or {"entries": […]}. The type
 * is always "composite": what an entry is follows from what it carries. Owns the table of
 * categories. Notes without the mark "publishable", contacts and addresses never reach readers.
 * Never fatal. */
#include "ninjs.h"

static bool is_entry(const struct json *v)
{
    struct span format = nj_text(v, "format");
    if (span_starts(format, S("digitalwires"))) return true;
    return !format.n && nj_text(v, "urn").n && nj_text(v, "entry_id").n && nj_get(v, "version");
}

bool dpa_is(const struct json *root)
{
    return nj_holds(root, is_entry);
}

/* ---- head ---- */

static void public_note(struct arena *a, struct story *s, const char *key, struct span text)
{
    story_add_note(a, s, span_of(key), text, true);
}

static void read_head(struct arena *a, struct story *s, const struct json *item)
{
    nj_read_head(s, item);
    s->guid = nj_text(item, "urn");
    s->abstract = nj_text(item, "teaser");
    public_note(a, s, "kicker", nj_text(item, "kicker"));
    public_note(a, s, "autopublishnotice", nj_text(item, "autopublishnotice"));
    if (s->abstract.n)
        public_note(a, s, "subhead", nj_text(item, "subhead"));
    else
        s->abstract = nj_text(item, "subhead");
    story_add_usage(a, s, nj_text(item, "usageterms"));
}

/* ---- categories ---- */

enum use { USE_SUBJECT, USE_APART, USE_KEYWORD, USE_SIGNAL, USE_PROVIDER, USE_HOP, USE_NOTE };

/* Wires, audiences, rubrics and members of staff are left out. Points of interest are addresses of
 * whom the story is about: for the desk. */
static const struct category {
    const char *type;
    enum use use;
    enum subject_kind kind;
} categories[] = {
    {"dpasubject", USE_SUBJECT, SUBJECT_TOPIC},
    {"subject", USE_SUBJECT, SUBJECT_TOPIC},
    {"geosubject", USE_SUBJECT, SUBJECT_PLACE},
    {"genre", USE_SUBJECT, SUBJECT_GENRE},
    {"person", USE_APART, SUBJECT_PERSON},
    {"organisation", USE_APART, SUBJECT_ORGANISATION},
    {"organization", USE_APART, SUBJECT_ORGANISATION},
    {"company", USE_APART, SUBJECT_ORGANISATION},
    {"event", USE_APART, SUBJECT_EVENT},
    {"located", USE_APART, SUBJECT_PLACE},
    {"locationcreated", USE_APART, SUBJECT_PLACE},
    {"desk", USE_APART, SUBJECT_TOPIC},
    {"keyword", USE_KEYWORD, SUBJECT_TOPIC},
    {"signal", USE_SIGNAL, SUBJECT_TOPIC},
    {"provider", USE_PROVIDER, SUBJECT_TOPIC},
    {"infosource", USE_HOP, SUBJECT_TOPIC},
    {"poi", USE_NOTE, SUBJECT_TOPIC},
};

static void use_category(
    struct arena *a, struct story *s, const struct category *c, const struct json *v)
{
    struct span code = nj_text(v, "qcode"), name = nj_text(v, "name");
    uint32_t before = s->subject_count;
    switch (c->use) {
    case USE_SUBJECT:
    case USE_APART:
        story_add_subject(a, s, c->kind, code, name);
        if (s->subject_count > before) s->subjects[before].apart = c->use == USE_APART;
        break;
    case USE_KEYWORD: story_add_keyword(a, s, name); break;
    case USE_SIGNAL: nj_signal(a, s, v, code.n ? code : name); break;
    case USE_PROVIDER: s->provider = name; break;
    case USE_HOP: story_add_hop(a, s, name); break;
    case USE_NOTE: story_add_note(a, s, S("poi"), name, false); break;
    }
}

static bool is_of_type(const struct json *category, const char *type)
{
    return span_eq_nocase(code_local(nj_text(category, "type")), span_of(type));
}

static void read_categories(struct arena *a, struct story *s, const struct json *item)
{
    for (const struct json *v = nj_first(nj_get(item, "categories")); v; v = v->next)
        for (size_t i = 0; i < COUNT(categories); i++)
            if (is_of_type(v, categories[i].type)) use_category(a, s, &categories[i], v);
}

/* ---- status ---- */

/* The status stands among the categories too. null is "none" here, where ninjs leaves the key out.
 */
static void read_status(struct arena *a, struct story *s, const struct json *item)
{
    nj_read_status(a, s, item, "pubstatus", NJ_NULL_IS_NONE);
    for (const struct json *v = nj_first(nj_get(item, "categories")); v; v = v->next) {
        struct span code = nj_text(v, "qcode name");
        if (!is_of_type(v, "pubstatus")) continue;
        if (nj_status(code) == STATUS_UNKNOWN)
            story_fault(a, s, v->line, v->column, "unknown pubstatus");
        status_merge(a, s, nj_status(code), code, v->line, v->column);
    }
    nj_time(a, s, item, "version_created", NJ_NULL_IS_NONE, &s->version_created);
    nj_time(a, s, item, "content_created", NJ_NULL_IS_NONE, &s->first_created);
    nj_time(a, s, item, "embargoed", NJ_NULL_IS_NONE, &s->embargo);
    nj_time(a, s, item, "expires", NJ_NULL_IS_NONE, &s->expires);
    nj_signals(a, s, item);
    nj_read_urgency(a, s, item);
}

/* dpa's slugline is its keywords. */
static void make_slugline(struct arena *a, struct story *s)
{
    for (uint32_t i = 0; i < s->keyword_count && s->slugline.n < 200; i++)
        s->slugline = s->slugline.n
                          ? arena_printf(a, "%.*s/%.*s", FMT(s->slugline), FMT(s->keywords[i]))
                          : s->keywords[i];
}

/* ---- notes ---- */

static bool role_is(struct span role, const char *start)
{
    return span_starts_nocase(code_local(role), span_of(start));
}

/* "Publishable" means that it may be seen outside, not that it is for readers ("Zu diesem Text
 * finden Sie Bilder …"): only what dpa says of a correction or an update is. */
static void read_notes(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *list = nj_get(item, "ednotes"), *pad = nj_get(item, "notepad");
    for (const struct json *v = nj_first(list); v; v = v->next) {
        struct span role = nj_text(v, "role"), text = nj_text(v, "ednote");
        bool open = nj_true(v, "is_publishable"), corrects = role_is(role, "correction");
        story_add_note(a, s, role, text, open && (corrects || role_is(role, "public")));
        if (open && corrects && !s->change_note.n) s->change_note = text_fold(a, text);
        if (!role.n || role_is(role, "ap.ednote")) change_of_words(a, s, text);
        order_of_words(a, s, text, v->line);
    }
    if (nj_first(list)) return;
    story_add_note(a, s, S("notepad"), html_to_text(a, nj_text(pad, "public_html")), false);
    story_add_note(a, s, S("notepad"), html_to_text(a, nj_text(pad, "nonpublic_html")), false);
}

/* ---- media ---- */

static enum story_kind kind_of_medium(struct span type)
{
    enum story_kind k = story_kind_of(type);
    return kind_is_media(k) ? k : KIND_UNKNOWN;
}

static struct span caption_of(const struct json *item)
{
    struct span first = {0};
    for (const struct json *v = nj_first(nj_get(item, "descriptions")); v; v = v->next) {
        struct span text = nj_text(v, "description");
        if (span_eq(nj_text(v, "role"), S("drol:caption"))) return text;
        if (!first.n) first = text;
    }
    return first;
}

static void read_picture(
    struct arena *a, struct story *s, struct picture *p, const struct json *v, bool is_self)
{
    p->guid = arena_keep(a, span_trim(nj_text(v, "urn")));
    p->kind = span_of(story_kind_name(kind_of_medium(nj_text(v, "type"))));
    p->role = is_self                         ? S("self")
              : nj_true(v, "is_featureimage") ? S("featuremedia")
                                              : arena_printf(a, "embedded%u", s->picture_count);
    p->headline = nj_text(v, "headline");
    p->caption = nj_text(v, "caption");
    p->credit = nj_text(v, "creditline");
    p->byline = nj_text(v, "byline");
    p->copyright = nj_text(v, "copyrightnotice");
    nj_picture_rights(a, s, p, v, NJ_NULL_IS_NONE);
    if (p->status == STATUS_USABLE) p->status = s->status;
    if (p->embargo.kind == WHEN_ABSENT) p->embargo = s->embargo;
    if (p->expires.kind == WHEN_ABSENT) p->expires = s->expires;
    for (const struct json *r = nj_first(nj_get(v, "renditions")); r; r = r->next)
        picture_add_rendition(a, p,
            (struct rendition){.href = nj_text(r, "url href"),
                .type = nj_text(r, "mimetype"),
                .role = nj_text(r, "role"),
                .width = pixels_of(nj_text(r, "width")),
                .height = pixels_of(nj_text(r, "height"))});
}

/* Of an entry without text its own picture (or sound) goes first. */
static void read_media(struct arena *a, struct story *s, const struct json *item)
{
    const struct json *list = nj_first(nj_get(item, "associations")), *self = NULL;
    if (s->kind != KIND_TEXT)
        for (const struct json *v = list; v && !self; v = v->next)
            if (kind_of_medium(nj_text(v, "type")) == s->kind) self = v;
    if (self) {
        struct picture *p = story_add_picture(a, s);
        read_picture(a, s, p, self, true);
        p->guid = arena_keep(a, span_trim(s->guid));
        if (!p->caption.n) p->caption = caption_of(item);
        if (!p->credit.n) p->credit = s->creditline;
    }
    for (const struct json *v = list; v; v = v->next)
        if (v != self && kind_of_medium(nj_text(v, "type")) != KIND_UNKNOWN)
            read_picture(a, s, story_add_picture(a, s), v, false);
}

/* An entry with a text is a story; one without is its first picture or sound. */
static void read_kind(struct story *s, const struct json *item)
{
    const struct json *first = nj_first(nj_get(item, "associations"));
    enum story_kind k = kind_of_medium(nj_text(first, "type"));
    s->kind = html_has_text(s->body) || k == KIND_UNKNOWN ? KIND_TEXT : k;
}

static void read_boxes(struct arena *a, struct story *s, const struct json *item)
{
    static const char *const keys[] = {"infobox_html", "linkbox_html"};
    s->body = body_of_html(a, nj_text(item, "article_html"), s->headline);
    for (size_t i = 0; i < COUNT(keys); i++)
        public_note(a, s, keys[i], html_to_text(a, html_clean(a, nj_text(item, keys[i])).s));
}

static void read_entry(
    struct arena *a, const struct json *item, struct reject forgiven, struct wire_result *out)
{
    struct story *s = story_new(a);
    if (forgiven.line) story_fault(a, s, forgiven.line, forgiven.column, "%.*s", FMT(forgiven.why));
    read_head(a, s, item);
    read_status(a, s, item);
    read_categories(a, s, item);
    make_slugline(a, s);
    read_boxes(a, s, item);
    read_kind(s, item);
    read_notes(a, s, item);
    read_media(a, s, item);
    reader_accept(a, out, s, item->line, item->column);
}

void dpa_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    nj_read_items(a, root, forgiven, out, is_entry, read_entry);
}
