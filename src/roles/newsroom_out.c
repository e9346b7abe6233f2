/* newsroom_out: what a decision sends out of the house: news for subscribers (published, changed,
 * withdrawn), alarms for people, pictures to be fetched. Each is a row beside the decision, in the
 * same transaction, under a key that follows from what is said: the same decision made again, in a
 * replay or a rebuild, makes the same row, and nothing is sent twice. */
#include "newsroom.h"

#include <string.h>

enum { OUTS_OF_A_PAGE = 200 }; /* looked through for an earlier text */

static struct span short_hash(struct newsroom *n, struct span of)
{
    struct hash h = hash_of(of);
    return span_cut(hash_hex(n->job, &h), 0, 24);
}

/* ---- news ---- */
static bool is_correction(const struct decided *d)
{
    return d->set.versions[d->verdict.shown].story->change == CHANGE_CORRECTION;
}

static const char *event_of(const struct decided *d, bool is_first)
{
    return is_first ? "published" : is_correction(d) ? "corrected" : "updated";
}

/* What hubs are to fetch again, behind a message's own line: the front, and the lists on which the
 * page stands and stood. */
static void put_changed_lists(
    struct newsroom *n, struct buf *b, const struct view *view, const struct view *before)
{
    buf_lit(b, "\n/");
    if (view) newsroom_put_list_lines(n, b, view);
    if (before) newsroom_put_list_lines(n, b, before);
}

static struct span news_body(
    struct newsroom *n, const char *event, const struct view *v, const struct view *before)
{
    char published[25], changed[25];
    struct buf b;
    utc_text(v->published_ms, published);
    utc_text(v->changed_ms, changed);
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "event", span_of(event));
    json_string(&o, "id", v->id_text);
    json_string(&o, "url",
        arena_printf(
            n->job, "%.*s%.*s%.*s", FMT(n->config->url), FMT(n->config->base), FMT(v->path)));
    json_string(&o, "headline", v->headline);
    json_string(&o, "section", v->section);
    json_string(&o, "agency", v->agency);
    json_string(&o, "published", span_of(published));
    json_string(&o, "changed", span_of(changed));
    if (v->is_corrected && v->correction_note.n) json_string(&o, "correction", v->correction_note);
    json_close(&o, '}');
    put_changed_lists(n, &b, v, before);
    return buf_span(&b);
}

/* What readers would see as another text; a repetition or a correction equal to the present text is
 * none (V2, C9). Behind a withdrawal the same text is news again. */
static void put_text(struct buf *b, const struct decided *d, const struct view *v)
{
    put_span(b, v->headline);
    put_span(b, v->abstract);
    put_span(b, v->body_text);
    put_u8(b, v->is_corrected);
    for (size_t i = 0; i < d->set.struck.picture_count; i++) put_span(b, d->set.struck.pictures[i]);
}

static struct span text_hash(struct newsroom *n, const struct decided *d, const struct view *v)
{
    struct buf b;
    buf_init(&b, n->job, 0);
    put_text(&b, d, v);
    return short_hash(n, buf_span(&b));
}

static bool was_said(struct newsroom *n, story_id page, struct span key)
{
    struct out outs[OUTS_OF_A_PAGE];
    size_t count = 0;
    if (store_outs_of(n->store, page, n->job, outs, COUNT(outs), &count) != OK) return false;
    for (size_t i = 0; i < count; i++)
        if (span_eq(outs[i].key, key)) return true;
    return false;
}

/* Named by its text alone, so that a rebuild names it alike whatever it decides in one step; where
 * an earlier text is news again, also by what was said between. A rebuild behind an embargo's hour
 * does not know that the page was gone until then. */
static struct span news_key(
    struct newsroom *n, const struct decided *d, const struct view *v, const struct out *last)
{
    struct span plain = arena_printf(
        n->job, "push:%.*s:%.*s", FMT(story_id_text(n->job, d->set.page)), FMT(text_hash(n, d, v)));
    if (!last) return plain;
    if (span_starts(last->key, plain)) return last->key;
    bool waits = d->verdict.changed_ms > d->set.versions[d->verdict.shown].received_ms,
         again = (!waits && span_eq(last->kind, S("recall"))) || was_said(n, d->set.page, plain);
    return again ? arena_printf(n->job, "%.*s:%.8s", FMT(plain), short_hash(n, last->key).p)
                 : plain;
}

/* The last message was overtaken before it left: nobody has heard it. */
static bool is_overtaken(const struct out *last, int64_t at_ms)
{
    return last && span_eq(last->kind, S("push")) && !last->told && last->due_ms > at_ms;
}

/* A rule keeps it from subscribers; who was told is told of a correction nevertheless. */
static bool is_quiet(const struct decided *d, const struct out *last, const struct out *o)
{
    if (!d->verdict.no_push) return false;
    bool is_told = last && span_eq(last->kind, S("push")) &&
                   (span_eq(last->key, o->key) || !is_overtaken(last, o->at_ms));
    return !is_told || d->set.versions[d->verdict.shown].story->change != CHANGE_CORRECTION;
}

/* What came long after its own time, as all does behind an outage, floods nobody; who was told is
 * told of a correction nevertheless. An update that bears the first version's date tells no time.
 */
static bool is_late(const struct decided *d, const struct out *last)
{
    const struct verdict *v = &d->verdict;
    const struct desk_version *shown = &d->set.versions[v->shown];
    if (v->shown > 0 && v->wire_ms == v->first_wire_ms) return false;
    if (!desk_is_late(shown->received_ms, v->wire_ms)) return false;
    return !last || !span_eq(last->kind, S("push")) || !is_correction(d);
}

/* Hubs are told which lists have something, once however much it is; subscribers nothing. */
static enum result put_late(struct newsroom *n, const struct out *news)
{
    struct out o = {.key = arena_printf(n->job, "late:%.*s", FMT(news->key)),
        .kind = S("late"),
        .at_ms = news->at_ms,
        .due_ms = news->due_ms,
        .body = span_cut(news->body, (size_t)span_find_char(news->body, '\n'), news->body.n)};
    return store_put_out(n->store, &o);
}

static enum result push_news(struct newsroom *n, const struct decided *d, const struct view *v,
    const struct view *before, const struct out *last)
{
    bool is_first = !last || span_eq(last->kind, S("recall"));
    bool is_owed = !is_first && is_correction(d); /* D8: who was told the error */
    if (!v->on_fronts && !is_owed) return OK;     /* V11: old news is not pushed */
    struct out o = {.key = news_key(n, d, v, last),
        .kind = S("push"),
        .page = d->set.page,
        .at_ms = d->set.versions[d->verdict.shown].received_ms,
        .body = news_body(n, event_of(d, is_first), v, before)};
    if (d->set.struck.at_ms > o.at_ms) o.at_ms = d->set.struck.at_ms;
    o.due_ms = d->verdict.changed_ms > o.at_ms ? d->verdict.changed_ms : o.at_ms;
    if (is_overtaken(last, o.at_ms)) TRY(store_drop_out(n->store, last->key));
    if (is_quiet(d, last, &o)) return OK;
    return is_late(d, last) ? put_late(n, &o) : store_put_out(n->store, &o);
}

static const char *withdrawal_of(const struct verdict *v)
{
    switch (v->state) {
    case STATE_KILLED: return "killed by the agency";
    case STATE_TAKEN_DOWN:
    case STATE_PURGED: return "taken down by the editors";
    case STATE_EXPIRED: return "its right has ended";
    default: return "withdrawn for now";
    }
}

/* Says what was withdrawn by its address alone: nothing harmful is repeated (D6). last NULL: a rule
 * has kept it quiet, and a hub may have it out of the feeds nevertheless; or the store was built
 * again, with the kill known beforehand: whoever was told is known to the courier. What has not
 * left the newsroom does not leave any more. */
static enum result recall_item(struct newsroom *n, const struct decided *d, story_id item,
    const struct mint *mint, const struct view *before, const struct out *last)
{
    const struct verdict *v = &d->verdict;
    struct span id = story_id_text(n->job, item);
    TRY(store_drop_pushes(n->store, item));
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "event", S("withdrawn"));
    json_string(&o, "id", id);
    if (mint)
        json_string(&o, "url",
            arena_printf(n->job, "%.*s%.*s%.*s", FMT(n->config->url), FMT(n->config->base),
                FMT(page_path(n->job, mint))));
    char told[25];
    utc_text(last ? last->due_ms : 0, told);
    json_string(&o, "reason", span_of(withdrawal_of(v)));
    if (last) json_string(&o, "told", span_of(told));
    json_close(&o, '}');
    put_changed_lists(n, &b, NULL, before);
    struct out out = {
        .key = arena_printf(n->job, "recall:%.*s:%lld", FMT(id), (long long)v->state_ms),
        .kind = S("recall"),
        .page = item,
        .at_ms = v->state_ms,
        .due_ms = v->state_ms,
        .body = buf_span(&b)};
    return store_put_out(n->store, &out);
}

static enum result recall_news(
    struct newsroom *n, const struct decided *d, const struct view *before, const struct out *last)
{
    return recall_item(n, d, d->set.page, d->has_mint ? &d->mint : NULL, before, last);
}

/* Who was told of an item while it had a page of its own knows it by that address. */
static enum result recall_merged(struct newsroom *n, const struct decided *d)
{
    struct out last;
    struct mint mint;
    for (size_t i = 0; i < d->set.version_count; i++) {
        story_id item = d->set.versions[i].item;
        bool known = item == d->set.page;
        for (size_t k = 0; k < i; k++) known |= d->set.versions[k].item == item;
        if (known) continue;
        enum result r = store_last_out(n->store, item, n->job, &last);
        if (r != OK && r != ERR_ABSENT) return r;
        if (r == OK && span_eq(last.kind, S("recall"))) continue;
        bool has_mint = store_mint(n->store, item, n->job, &mint) == OK;
        TRY(recall_item(n, d, item, has_mint ? &mint : NULL, NULL, r == OK ? &last : NULL));
    }
    return OK;
}

/* The page's last message that somebody may have heard; ERR_ABSENT. What waits for an hour that
 * will not come is dropped, and waited says so. */
static enum result last_heard(
    struct newsroom *n, const struct decided *d, struct out *last, bool *waited)
{
    for (;;) {
        enum result r = store_last_out(n->store, d->set.page, n->job, last);
        if (r != OK || !is_overtaken(last, d->verdict.state_ms)) return r;
        TRY(store_drop_out(n->store, last->key));
        *waited = true;
    }
}

/* The page is shown no more, or, with a view, not before its hour. was_up: before was shown. */
static enum result take_back(struct newsroom *n, const struct decided *d, const struct view *view,
    const struct view *before, bool was_up)
{
    struct out last;
    bool was_quiet = was_up && before->on_fronts && d->verdict.was_public,
         is_dead = d->has_mint && d->verdict.is_dead, waited = false,
         is_built_again = view && view->on_fronts && !before;
    if (d->verdict.was_public || is_dead) TRY(recall_merged(n, d));
    enum result r = last_heard(n, d, &last, &waited);
    if (r == ERR_ABSENT && waited && !was_quiet && !is_built_again) return OK; /* nobody heard it */
    if (r == ERR_ABSENT)
        return was_quiet || is_dead || is_built_again ? recall_news(n, d, before, NULL) : OK;
    if (r != OK) return r;
    return was_quiet || !span_eq(last.kind, S("recall")) ? recall_news(n, d, before, &last) : OK;
}

enum result newsroom_news(
    struct newsroom *n, const struct decided *d, const struct view *view, const struct view *before)
{
    struct out last;
    const struct verdict *v = &d->verdict;
    bool was_up = before && before->changed_ms <= v->state_ms, /* else it waited for its hour */
        is_gone = v->was_public && !(view && story_is_public(&v->interval, d->set.reached_ms));
    if (is_gone && before && (was_up || !view)) {
        TRY(newsroom_cdn_withdrawn(n, d, before)); /* first: the receipt tells what became of it */
        TRY(newsroom_receipt(n, d, before));
    }
    if (view && before && (is_correction(d) || d->set.struck.at_ms))
        TRY(newsroom_cdn_corrected(n, d, view, before, text_hash(n, d, view)));
    if (!view || is_gone) TRY(take_back(n, d, view, before, was_up));
    if (!view) return OK;
    enum result r = store_last_out(n->store, d->set.page, n->job, &last);
    if (r != OK && r != ERR_ABSENT) return r;
    return push_news(n, d, view, before, r == OK ? &last : NULL);
}

/* ---- alarms ---- */
enum result newsroom_alarm(
    struct newsroom *n, const char *kind, struct span subject, const struct alarm *al)
{
    TRY(store_put_alarm(n->store, al));
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "kind", span_of(kind));
    if (subject.n) json_string(&o, "subject", subject);
    json_string(&o, "text", al->text);
    json_close(&o, '}');
    struct out out = {.key = arena_printf(n->job, "alarm:%llu:%.*s", (unsigned long long)al->pos,
                          FMT(short_hash(n, buf_span(&b)))),
        .kind = S("alarm"),
        .at_ms = al->at_ms,
        .due_ms = al->at_ms,
        .body = buf_span(&b)};
    return store_put_out(n->store, &out);
}

/* ---- pictures that items name ---- */
enum result newsroom_fetch(struct newsroom *n, struct span feed, struct span url)
{
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "feed", feed);
    json_string(&o, "url", url);
    json_close(&o, '}');
    int64_t now = clock_now_ms();
    struct out out = {.key = arena_printf(n->job, "fetch:%.*s", FMT(short_hash(n, buf_span(&b)))),
        .kind = S("fetch"),
        .at_ms = now,
        .due_ms = now,
        .body = buf_span(&b)};
    return store_put_out(n->store, &out);
}

enum result newsroom_fetched(
    struct newsroom *n, struct span feed, struct span url, struct span bytes)
{
    arena_reset(n->job);
    struct hash h = hash_keyed(ledger_key(n->ledger), url);
    struct buf b;
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "name", url);
    json_close(&o, '}');
    struct append ap = {.kind = EVENT_FILE,
        .received_ms = clock_now_ms(),
        .feed = feed,
        .delivery = arena_printf(n->job, "fetch:%.32s", hash_hex(n->job, &h).p),
        .meta = buf_span(&b),
        .blob = bytes};
    return ledger_append(n->ledger, &ap, 1);
}
