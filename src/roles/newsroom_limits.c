/* newsroom_limits: what a feed brings is counted as it is applied, in the ledger's order, and what
 * is too much is marked; so is what comes while its feed is in shadow (T5). A mark follows from the
 * events before it and the configuration in force there: a rebuild makes the same. A reading that
 * says nothing new is not counted. Kills and withholds are never marked. The desk says what a mark
 * means. */
#include "newsroom.h"

#include <string.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * INT64_C(3600000))

/* ---- shadow ---- */
static struct span live_name(struct newsroom *n, struct span feed)
{
    return arena_printf(n->job, "live:%.*s", FMT(feed));
}

static bool is_live(struct newsroom *n, struct span feed)
{
    struct span since;
    return store_text(n->store, live_name(n, feed).p, n->job, &since) == OK && since.n;
}

static bool is_in_shadow(struct newsroom *n, const struct config_feed *feed)
{
    return feed && feed->shadow && !is_live(n, feed->name);
}

enum result newsroom_go_live(struct newsroom *n, const struct act *t)
{
    if (!is_in_shadow(n, newsroom_feed(n, t->target)))
        return OK; /* else a later shadow were none */
    return store_set_text(n->store, live_name(n, t->target).p, S("yes"));
}

enum result newsroom_arm_shadows(struct newsroom *n)
{
    for (uint32_t i = 0; i < n->config->feed_count; i++) {
        const struct config_feed *f = &n->config->feeds[i];
        if (!f->shadow && is_live(n, f->name))
            TRY(store_set_text(n->store, live_name(n, f->name).p, S("")));
    }
    return OK;
}

/* ---- limits ---- */
/* When and by whom it was sent says nothing new. */
static void name_content(
    struct newsroom *n, const struct story *s, unsigned char out[static sizeof(struct hash)])
{
    struct story said = *s;
    said.sent = (struct when){0};
    said.fault_count = 0;
    struct hash h = hash_of(story_pack(n->job, &said));
    memcpy(out, h.b, 16);
}

/* A message to editors is no story, whether its format or its words say so. */
static bool is_counted(struct newsroom *n, const struct desk_version *v)
{
    const struct story *s = v->story;
    return s->status == STATUS_USABLE && s->kind != KIND_ADVISORY && !desk_is_media(s->kind) &&
           desk_is_own(v, n->rules) && desk_notice(n->job, s).kind == NOTICE_NONE;
}

static bool is_too_old(const struct desk_version *v, uint32_t days)
{
    const struct when *all[] = {&v->story->first_created, &v->story->version_created};
    for (size_t i = 0; days && i < COUNT(all); i++)
        if ((all[i]->kind == WHEN_UTC || all[i]->kind == WHEN_LOCAL) &&
            all[i]->ms < v->received_ms - days * DAY_MS)
            return true;
    return false;
}

static enum result mark_story(struct newsroom *n, const struct config_limits *l,
    const struct desk_version *v, struct stored_arrival *row)
{
    bool many = false;
    if (is_too_old(v, l->oldest_days)) row->mark = MARK_OLD;
    if (row->mark || !l->stories_per_hour) return OK;
    TRY(store_many_stories(
        n->store, v->feed, v->received_ms - HOUR_MS, l->stories_per_hour, &many));
    if (many) row->mark = MARK_STORIES;
    return OK;
}

static enum result mark_update(struct newsroom *n, const struct config_limits *l,
    const struct desk_version *v, struct stored_arrival *row)
{
    bool many = false;
    int64_t since = v->received_ms - HOUR_MS;
    if (row->is_rewrite && l->rewrites_per_hour) {
        TRY(store_many_rewrites(n->store, v->feed, since, row->page, l->rewrites_per_hour, &many));
        if (many) row->mark = MARK_REWRITES;
    }
    bool corrects = v->story->change == CHANGE_CORRECTION; /* what is wrong does not wait */
    if (row->mark || corrects || !l->updates_per_story_per_hour) return OK;
    TRY(store_many_updates(n->store, row->page, since, l->updates_per_story_per_hour, &many));
    if (many) row->mark = MARK_UPDATES;
    return OK;
}

/* Each limit of each feed is an alarm of its own. */
static struct span limit_subject(struct arena *a, struct span feed, int mark)
{
    static const char *const names[] = {[MARK_STORIES] = "stories",
        [MARK_UPDATES] = "updates",
        [MARK_OLD] = "old dates",
        [MARK_REWRITES] = "rewrites"};
    return arena_printf(a, "%.*s: %s", FMT(feed), names[mark]);
}

static struct span said(struct newsroom *n, const struct stored_arrival *row, uint32_t limit)
{
    struct span feed = row->feed;
    switch (row->mark) {
    case MARK_STORIES:
        return arena_printf(n->job,
            "%.*s: more than %u new stories within an hour: what is over waits for the desk",
            FMT(feed), limit);
    case MARK_UPDATES:
        return arena_printf(n->job,
            "%.*s: more than %u updates of one story within an hour: further ones wait for the "
            "desk",
            FMT(feed), limit);
    case MARK_OLD:
        return arena_printf(n->job,
            "%.*s: new stories that are older than %u days wait for the desk", FMT(feed), limit);
    default:
        return arena_printf(n->job,
            "%.*s: more than %u old stories were rewritten within an hour: further rewrites are "
            "frozen, kills still act",
            FMT(feed), limit);
    }
}

/* One alarm for each time that it is over: the first mark within an hour. It ends when the feed's
 * last hour was within its limits. */
static enum result tell(struct newsroom *n, const struct stored_arrival *row, uint32_t limit)
{
    if (store_arrival_marked(n->store, row->feed, row->at_ms - HOUR_MS, row->mark)) return OK;
    struct alarm al = {
        .kind = S("rate"), .text = said(n, row, limit), .at_ms = row->at_ms, .pos = row->pos};
    return newsroom_alarm(n, "rate", limit_subject(n->job, row->feed, row->mark), &al);
}

static uint32_t limit_of(const struct config_limits *l, int mark)
{
    return mark == MARK_STORIES   ? l->stories_per_hour
           : mark == MARK_UPDATES ? l->updates_per_story_per_hour
           : mark == MARK_OLD     ? l->oldest_days
                                  : l->rewrites_per_hour;
}

/* T3. Whose the page is of which nothing was counted yet: what kills or withholds came first makes
 * it its feed's too. */
static enum result find_owner(struct newsroom *n, story_id page, struct span *owner)
{
    struct desk_set set;
    TRY(newsroom_set(n, page, &set));
    struct span found = desk_owner(&set, n->rules);
    if (found.n) *owner = found;
    return OK;
}

static enum result count(struct newsroom *n, const struct config_feed *feed,
    const struct desk_version *v, bool is_import, struct stored_arrival *row)
{
    struct span owner = v->feed;
    int64_t first_ms = row->at_ms;
    unsigned char content[sizeof(struct hash)];
    name_content(n, v->story, content);
    memcpy(row->content, content, sizeof row->content);
    if (store_arrival_known(n->store, row->item, row->content)) return OK;
    enum result r = store_arrival_first(n->store, row->page, n->job, &owner, &first_ms);
    if (r != OK && r != ERR_ABSENT) return r;
    if (r == ERR_ABSENT) TRY(find_owner(n, row->page, &owner));
    if (!span_eq(owner, v->feed)) return OK; /* T3 */
    row->is_new = r == ERR_ABSENT;
    row->is_rewrite = !row->is_new && feed->limits.rewrite_after_days &&
                      first_ms < row->at_ms - feed->limits.rewrite_after_days * DAY_MS;
    /* What another site had published already is no flood, however much it is. */
    if (!row->mark && !is_import)
        TRY(row->is_new ? mark_story(n, &feed->limits, v, row)
                        : mark_update(n, &feed->limits, v, row));
    if (row->mark > MARK_SHADOW) TRY(tell(n, row, limit_of(&feed->limits, row->mark)));
    return store_put_arrival(n->store, row);
}

enum result newsroom_mark(
    struct newsroom *n, const struct desk_version *v, story_id page, bool is_import, int *mark_out)
{
    const struct config_feed *feed = newsroom_feed(n, v->feed);
    struct stored_arrival row = {.pos = v->pos,
        .number = v->number,
        .feed = v->feed,
        .item = v->item,
        .page = page,
        .at_ms = v->received_ms,
        .mark = is_in_shadow(n, feed) ? MARK_SHADOW : MARK_NONE};
    if (feed && is_counted(n, v)) TRY(count(n, feed, v, is_import, &row));
    *mark_out = row.mark;
    return OK;
}

size_t newsroom_within_limits(
    struct newsroom *n, struct span feed, struct arena *a, struct span out[static LIMITS_OF_A_FEED])
{
    size_t count = 0;
    int64_t since_ms = clock_now_ms() - HOUR_MS;
    for (int mark = MARK_STORIES; mark <= MARK_REWRITES; mark++)
        if (!store_arrival_marked(n->store, feed, since_ms, mark))
            out[count++] = limit_subject(a, feed, mark);
    return count;
}
