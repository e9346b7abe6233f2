/* newsroom_view: a verdict and its story -> the public view. What is put in here is all that pages
 * can ever show. */
#include "newsroom.h"

#include <string.h>

bool hash_from_hex(struct span hex, struct hash *out)
{
    return hex.n == 2 * sizeof out->b && hex_to_bytes(hex, out->b, sizeof out->b);
}

/* "/2026/01/23/harbour-bridge-abcdefghjkmn"; a headline without letters that URLs can hold leaves
 * the id alone. */
struct span page_path(struct arena *a, const struct mint *m)
{
    struct civil c = civil_of(m->date_ms);
    struct span id = story_id_text(a, m->page);
    return arena_printf(a, "/%04d/%02d/%02d/%.*s%s%.*s", c.year, c.month, c.day, FMT(m->slug),
        m->slug.n ? "-" : "", FMT(id));
}

enum { SLUG_CHARACTERS = 64 };

struct span newsroom_slug_of(struct newsroom *n, struct span words)
{
    return text_slug(n->job, words, SLUG_CHARACTERS);
}

struct span newsroom_slug(struct newsroom *n, const struct decided *d)
{
    return newsroom_slug_of(n, d->verdict.headline);
}

/* ---- tags and authors ---- */
struct span newsroom_tag_slug(struct newsroom *n, struct span name)
{
    struct span slug = text_slug(n->job, name, SLUG_CHARACTERS);
    return slug.n ? slug : text_casefold(n->job, name);
}

static struct view_tag tag_of(struct newsroom *n, struct span name)
{
    return (struct view_tag){newsroom_tag_slug(n, name), arena_keep(n->job, name)};
}

/* "10" names nothing; "2024" does. */
static bool is_word(struct span name)
{
    enum { DIGITS = 3 };
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    }
    return name.n >= DIGITS;
}

/* Who or where it is counts for more than that a keyword says it too. */
static void add_label(struct newsroom *n, struct view_tag *list, uint32_t *count, struct span name,
    enum label_kind kind)
{
    name = span_trim(name);
    if (!is_word(name) || *count >= PAGE_TAGS_MAX) return;
    if (span_find(name, S(STRIKE_MARK)) >= 0) return; /* what the desk has struck has no page */
    struct view_tag t = tag_of(n, name);
    t.kind = kind;
    for (uint32_t i = 0; i < *count; i++) {
        if (!span_eq(list[i].slug, t.slug)) continue;
        if (list[i].kind == LABEL_TAG) list[i].kind = kind;
        return;
    }
    if (t.slug.n) list[(*count)++] = t;
}

static enum label_kind label_of(const struct subject *j)
{
    return j->kind == SUBJECT_PERSON  ? LABEL_PERSON
           : j->kind == SUBJECT_PLACE ? LABEL_PLACE
                                      : LABEL_TAG;
}

/* A code that came without a name has IPTC's, in the site's language. */
static struct span name_of(struct newsroom *n, const struct decided *d, const struct subject *j)
{
    struct span name = desk_topic_name(j, n->config->language);
    return j->name.n ? name : desk_strike(n->job, name, &d->set.struck);
}

static void view_tags(
    struct newsroom *n, const struct decided *d, const struct story *s, struct view *v)
{
    v->tags = ARENA_ARRAY(n->job, struct view_tag, PAGE_TAGS_MAX);
    for (uint32_t i = 0; i < s->subject_count; i++)
        if (s->subjects[i].kind != SUBJECT_GENRE)
            add_label(n, v->tags, &v->tag_count, name_of(n, d, &s->subjects[i]),
                label_of(&s->subjects[i]));
    for (uint32_t i = 0; i < s->keyword_count; i++)
        add_label(n, v->tags, &v->tag_count, s->keywords[i], LABEL_TAG);
    for (uint32_t i = 0; i < d->verdict.tag_count; i++)
        add_label(n, v->tags, &v->tag_count, d->verdict.tags[i], LABEL_TAG);
}

/* "By Asha Rao and Tom Lind" -> two names. */
static void view_authors(struct newsroom *n, struct view *v)
{
    struct span names[PAGE_TAGS_MAX];
    size_t count = story_names(v->byline, names, COUNT(names));
    v->authors = ARENA_ARRAY(n->job, struct view_tag, PAGE_TAGS_MAX);
    for (size_t i = 0; i < count; i++)
        add_label(n, v->authors, &v->author_count, names[i], LABEL_AUTHOR);
}

/* People of the reporters' line have an author's page as those of the byline have. */
static void view_credited(struct newsroom *n, struct view *v)
{
    struct credit list[PAGE_TAGS_MAX];
    size_t count = story_credits(v->credits, list, COUNT(list));
    v->credited = ARENA_ARRAY(n->job, struct view_tag, PAGE_TAGS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct span slug = newsroom_tag_slug(n, list[i].name);
        bool is_author = false;
        for (uint32_t k = 0; k < v->author_count; k++)
            is_author |= span_eq(v->authors[k].slug, slug);
        if (!is_author) add_label(n, v->credited, &v->credited_count, list[i].name, LABEL_AUTHOR);
    }
}

void newsroom_view_lists(struct newsroom *n, const struct decided *d, struct view *v)
{
    const struct story *s = d->set.versions[d->verdict.shown].story;
    v->section = d->verdict.section;
    v->byline = s->byline;
    v->credits = s->credits;
    view_tags(n, d, s, v);
    view_authors(n, v);
    view_credited(n, v);
}

/* ---- revisions ---- */
static void view_revisions(struct newsroom *n, const struct decided *d, struct view *v)
{
    const struct verdict *w = &d->verdict;
    v->revisions = ARENA_ARRAY(n->job, struct view_revision, w->revision_count + 1);
    for (size_t i = 0; i < w->revision_count; i++) {
        const struct desk_version *dv = &d->set.versions[w->revisions[i].version];
        int64_t wire = dv->story->version_created.kind == WHEN_UTC ? dv->story->version_created.ms
                                                                   : dv->received_ms;
        if (wire > dv->received_ms) wire = dv->received_ms; /* V10 */
        /* Corrected-away words are not repeated (C11): a revision is told by its label and times;
         * only the present headline is shown. */
        bool present = w->revisions[i].version == w->shown;
        v->revisions[v->revision_count++] =
            (struct view_revision){.from_ms = w->revisions[i].from_ms,
                .until_ms = w->revisions[i].until_ms,
                .wire_ms = wire,
                .headline = present ? w->headline : S(""),
                .label = dv->story->headline_tag,
                .change = (uint32_t)dv->story->change};
    }
    newsroom_history(n, d, v);
    newsroom_timeline(n, d, v);
}

static bool language_is_rtl(struct span language, struct span text)
{
    static const char *codes[] = {"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ku-Arab"};
    for (size_t i = 0; i < COUNT(codes); i++)
        if (span_starts_nocase(language, span_of(codes[i])) &&
            (language.n == 2 || language.p[2] == '-'))
            return true;
    return !language.n && text_is_rtl(text);
}

/* Wires date by whole seconds; of stories of one second the one that came later stands first. Up to
 * half a second of delay counts by the millisecond, more by less, so that no story leaves its
 * second. */
static int64_t front_place(const struct verdict *w)
{
    int64_t since = w->published_ms >= w->front_ms ? w->published_ms : w->changed_ms,
            lag = since - w->front_ms;
    if (w->front_ms % 1000 != 0 || lag <= 0) return w->front_ms;
    int64_t place = lag < 500 ? lag : 500 + (lag - 500) / 64;
    return w->front_ms + (place < 999 ? place : 999);
}

enum result newsroom_view(struct newsroom *n, struct decided *d, struct view **out)
{
    const struct verdict *w = &d->verdict;
    const struct desk_version *dv = &d->set.versions[w->shown];
    const struct story *s = dv->story;
    const struct config_feed *feed = newsroom_feed(n, dv->feed);
    struct view *v = ARENA_NEW(n->job, struct view);
    *v = (struct view){.id = d->set.page,
        .id_text = story_id_text(n->job, d->set.page),
        .path = page_path(n->job, &d->mint),
        .feed = dv->feed,
        .agency = feed ? (feed->credit.n ? feed->credit : feed->provider) : dv->feed,
        .headline = w->headline,
        .label = s->headline_tag,
        .abstract = s->abstract,
        .section = w->section,
        .language = s->language,
        .byline = s->byline,
        .dateline = s->dateline,
        .credits = s->credits,
        .body = s->body,
        .body_text = s->body_text,
        .published_ms = w->published_ms,
        .changed_ms = w->changed_ms,
        .front_ms = front_place(w),
        .received_ms = w->received_ms,
        .wire_ms = w->wire_ms,
        .first_wire_ms = w->first_wire_ms,
        .corrected_ms = w->corrected_ms,
        .correction_note = w->correction_note,
        .copyright = s->copyright,
        .urgency = s->urgency,
        .is_corrected = w->is_corrected,
        .is_corrective = w->is_corrective,
        .is_developing = w->is_developing,
        .has_one_source = w->has_one_source,
        .lead_ms = w->lead_ms,
        .territory = w->territory,
        .noindex = w->noindex,
        .no_ads = w->no_ads,
        .pinned_until_ms = w->pinned_until_ms,
        .nonews = w->nonews,
        .on_fronts = w->on_fronts,
        .rtl = language_is_rtl(s->language, s->headline)};
    /* K6. Who never saw it is not told that it was gone. */
    if (w->is_restored && w->published_ms < w->withdrawn_ms) {
        v->withdrawn_ms = w->withdrawn_ms;
        v->restored_ms = w->restored_ms;
    }
    if (!v->language.n) v->language = n->config->language;
    newsroom_view_lists(n, d, v);
    TRY(newsroom_view_pictures(n, d, v));
    if (feed) newsroom_credit(n, feed, v);
    TRY(newsroom_view_comments(n, d, v));
    view_revisions(n, d, v);
    TRY(newsroom_refs(n, d, v));
    *out = v;
    return OK;
}
