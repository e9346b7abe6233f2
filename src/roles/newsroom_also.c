/* newsroom_also: the same news from two agencies is put together (V8): pages that tell it point at
 * each other; which of them stands before which, the desk and the reader's page decide. */
#include "newsroom_alike.h"

static bool has_several_providers(const struct newsroom *n)
{
    for (uint32_t i = 1; i < n->config->feed_count; i++)
        if (!span_eq(n->config->feeds[i].provider, n->config->feeds[0].provider)) return true;
    return false;
}

static bool may_stand_with(struct arena *a, const struct story *s)
{
    return alike_speaks(a, s) && !desk_is_corrective(s) && s->status != STATUS_CANCELED;
}

/* ---- when it comes ---- */
/* What is pointed at here is compared again whenever either is decided, by what is shown of it. */
static enum result put_together(struct looking *l, const struct near_list *found)
{
    for (size_t i = 0; i < found->count; i++) {
        struct desk_set set;
        TRY(alike_load_other(l->n, found->list[i].page, &set));
        for (size_t k = set.version_count; k-- > alike_first_of(&set);) {
            const struct desk_version *w = &set.versions[k];
            struct wording other;
            if (w->received_ms < l->v->received_ms - GROUP_HOURS * HOUR_MS ||
                !desk_is_own(w, l->n->rules) || !may_stand_with(l->n->job, w->story) ||
                span_eq(newsroom_provider(l->n, w->feed), l->provider))
                continue;
            desk_wording(l->n->job, w->story, &other);
            if (!desk_is_same_news(&l->said, &other)) continue;
            TRY(store_put_point(l->n->store, POINT_ALIKE, w->item, l->v->item));
            TRY(store_put_point(l->n->store, POINT_ALIKE, l->v->item, w->item));
            alike_touch_later(l, set.page);
            break;
        }
    }
    alike_back(l->n);
    return OK;
}

enum result alike_group(struct looking *l)
{
    struct near_list found;
    if (!has_several_providers(l->n) || !may_stand_with(l->n->job, l->v->story)) return OK;
    int64_t since = l->v->received_ms - GROUP_HOURS * HOUR_MS;
    TRY(alike_find(l, ALIKE_ARRIVED, l->provider, since, &found));
    return put_together(l, &found);
}

/* ---- when either is decided ---- */
/* Is what is shown of that page, now or later, the same news by another agency? Which of two feeds
 * an agency uses does not make it two, nor how its name is spelled there. */
static enum result adds(struct newsroom *n, const struct decided *d, const struct wording *said,
    story_id page, bool *yes)
{
    struct desk_set set;
    struct verdict v;
    struct wording other;
    *yes = false;
    TRY(alike_load_other(n, page, &set));
    desk_decide(n->job, &set, n->rules, &v);
    if (v.shown == SIZE_MAX || v.interval.held) return OK;
    const struct desk_version *w = &set.versions[v.shown];
    int64_t apart = v.received_ms - d->verdict.received_ms;
    struct span ours = newsroom_provider(n, d->set.versions[d->verdict.shown].feed);
    if (apart > GROUP_HOURS * HOUR_MS || -apart > GROUP_HOURS * HOUR_MS ||
        span_eq_nocase(newsroom_provider(n, w->feed), ours) || !may_stand_with(n->job, w->story))
        return OK;
    desk_wording(n->job, w->story, &other);
    *yes = desk_is_same_news(said, &other);
    return OK;
}

static enum result also(
    struct newsroom *n, const struct decided *d, story_id *out, size_t room, size_t *count)
{
    story_id pages[PAGE_ALSO_MAX];
    struct wording said;
    size_t near = 0;
    *count = 0;
    TRY(store_pages_around(n->store, POINT_ALIKE, false, d->set.page, pages, COUNT(pages), &near));
    if (!near) return OK;
    const struct story *s = d->set.versions[d->verdict.shown].story;
    if (!may_stand_with(n->job, s)) return OK;
    desk_wording(n->job, s, &said);
    for (size_t i = 0; i < near && *count < room; i++) {
        bool yes = false;
        if (pages[i] != d->set.page) TRY(adds(n, d, &said, pages[i], &yes));
        if (yes) out[(*count)++] = pages[i];
    }
    return OK;
}

enum result newsroom_also(
    struct newsroom *n, const struct decided *d, story_id *out, size_t room, size_t *count)
{
    *count = 0;
    if (n->config->group_agencies == GROUP_NO) return OK;
    struct arena *job = alike_begin(n);
    enum result r = also(n, d, out, room, count);
    n->job = job;
    return r;
}
