/* said.c: what readers have written, newest first, with how it stands. Of a page of the list each
 * story's set is read once, and one alone lies in memory: a story with a full set of comments has
 * as many acts of editors. */
#include "office.h"

/* ---- what readers have said on one page ---- */
static struct comment_past past_of(struct arena *a, const struct talk *t, size_t i)
{
    const struct stored_comment *c = &t->list[i];
    uint64_t *reports = ARENA_ARRAY(a, uint64_t, t->report_count + 1);
    size_t n = 0;
    for (size_t k = 0; k < t->report_count; k++)
        if (span_eq(t->reports[k].id, c->id)) reports[n++] = t->reports[k].pos;
    return (struct comment_past){.id = c->id,
        .changed_pos = c->changed_pos,
        .taken_back = c->taken_back,
        .score = c->score,
        .reports = reports,
        .report_count = n};
}

enum result talk_load(struct store *s, story_id page, struct arena *a, struct talk *out)
{
    *out = (struct talk){0};
    TRY(store_comments(s, page, a, &out->list, &out->count));
    if (!out->count) return OK;
    TRY(store_reports(s, page, a, &out->reports, &out->report_count));
    out->pasts = ARENA_ARRAY(a, struct comment_past, out->count);
    for (size_t i = 0; i < out->count; i++) out->pasts[i] = past_of(a, out, i);
    return OK;
}

/* ---- the list ---- */
static struct span whys_of(struct arena *a, const struct talk *t, struct span id)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t w = 0; w < COMMENT_WHYS; w++) {
        bool said = false;
        for (size_t i = 0; i < t->report_count && !said; i++)
            said = span_eq(t->reports[i].id, id) &&
                   span_eq(t->reports[i].why, span_of(comment_whys[w]));
        if (said) buf_printf(&b, "%s%s", b.n ? ", " : "", comment_whys[w]);
    }
    return buf_span(&b);
}

/* How one stands, and what is said of it. */
void say_one(struct arena *a, const struct desk_rules *rules, const struct desk_set *set,
    const struct talk *t, size_t i, struct office_comment *out)
{
    out->said = t->list[i];
    out->state = desk_comment(set, rules, &t->pasts[i]);
    out->reports = desk_comment_reports(set, &t->pasts[i]);
    if (t->pasts[i].report_count) out->whys = whys_of(a, t, t->list[i].id);
}

/* All that the list has of the story of its row `first`. */
static enum result say_story(struct office_eyes *e, struct office_comment *list, size_t count,
    size_t first, struct arena *scratch)
{
    struct desk_set set;
    struct talk t;
    story_id page = list[first].said.page;
    TRY(set_load(e->store, page, scratch, &set));
    TRY(talk_load(e->store, page, scratch, &t));
    size_t n = set.version_count;
    struct span headline = n ? set.versions[n - 1].story->headline : S("");
    headline = arena_keep(e->a, headline);
    for (size_t i = first; i < count; i++) {
        struct stored_comment said = list[i].said;
        if (said.page != page) continue;
        for (size_t k = 0; k < t.count; k++)
            if (t.list[k].pos == said.pos) say_one(e->a, e->rules, &set, &t, k, &list[i]);
        list[i].said = said; /* its words lie in e's arena */
        list[i].headline = headline;
    }
    return OK;
}

static bool is_said(const struct office_comment *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (list[k].said.page == list[i].said.page) return true;
    return false;
}

enum result eyes_comments(struct office_eyes *e, bool waiting, size_t page,
    struct office_comment **out, size_t *count_out, bool *more_out)
{
    struct stored_comment *stored;
    size_t count = 0;
    /* One more than is shown: whether there are older ones. */
    TRY((waiting ? store_comments_waiting : store_comments_last)(
        e->store, (page - 1) * OFFICE_LIST_MAX, OFFICE_LIST_MAX + 1, e->a, &stored, &count));
    *more_out = count > OFFICE_LIST_MAX;
    *count_out = count = *more_out ? OFFICE_LIST_MAX : count;
    struct office_comment *list = ARENA_ARRAY(e->a, struct office_comment, count + 1);
    for (size_t i = 0; i < count; i++) list[i].said = stored[i];
    struct arena *scratch = arena_new(OFFICE_STORY_ARENA);
    enum result r = OK;
    for (size_t i = 0; r == OK && i < count; i++) {
        if (is_said(list, i)) continue;
        r = say_story(e, list, count, i, scratch);
        arena_reset(scratch);
    }
    arena_free(scratch);
    *out = list;
    return r;
}
