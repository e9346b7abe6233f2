/* newsroom_comments: what readers write under a story, what they and the desk say of it, and what
 * of it is shown. Everything follows from the ledger's order, the scores too: a rebuild gives the
 * same. */
#include "newsroom.h"

#include "office.h"

/* ---- which one ---- */
static enum result find(
    struct newsroom *n, story_id page, struct span id, bool *found, struct stored_comment *out)
{
    struct stored_comment *list;
    size_t count;
    *found = false;
    TRY(store_comments(n->store, page, n->job, &list, &count));
    for (size_t i = 0; i < count && !*found; i++) {
        *found = span_eq(list[i].id, id);
        *out = list[i];
    }
    return OK;
}

/* ---- what moderators have taught ---- */
enum taught { TAUGHT_NOTHING, TAUGHT_GOOD, TAUGHT_BAD };

static enum result teach(struct newsroom *n, const struct stored_comment *c, enum taught as, int by)
{
    uint64_t words[SPAM_WORDS_MAX];
    if (as == TAUGHT_NOTHING) return OK;
    size_t count = desk_spam_words(n->job, c->name, c->text, words);
    int good = as == TAUGHT_GOOD ? by : 0, bad = as == TAUGHT_BAD ? by : 0;
    TRY(store_spam_teach(n->store, 0, good, bad));
    for (size_t i = 0; i < count; i++) TRY(store_spam_teach(n->store, words[i], good, bad));
    return OK;
}

static enum result teach_as(struct newsroom *n, struct stored_comment *c, enum taught as)
{
    if (c->taught == (int)as) return OK;
    TRY(teach(n, c, (enum taught)c->taught, -1));
    TRY(teach(n, c, as, 1));
    c->taught = as;
    return store_put_comment(n->store, c);
}

enum result newsroom_teach(struct newsroom *n, story_id page, const struct act *act)
{
    bool found;
    struct stored_comment c;
    TRY(find(n, page, act->text, &found, &c));
    if (!found) return OK;
    return teach_as(n, &c, act->kind == ACT_APPROVE ? TAUGHT_GOOD : TAUGHT_BAD);
}

static enum result score(struct newsroom *n, struct stored_comment *c)
{
    uint64_t words[SPAM_WORDS_MAX];
    struct spam_count counts[SPAM_WORDS_MAX], all;
    size_t count = 0;
    TRY(store_spam_word(n->store, 0, &all.good, &all.bad));
    c->score = SPAM_UNKNOWN;
    if (all.good < SPAM_LEARN_MIN || all.bad < SPAM_LEARN_MIN) return OK;
    count = desk_spam_words(n->job, c->name, c->text, words);
    for (size_t i = 0; i < count; i++)
        TRY(store_spam_word(n->store, words[i], &counts[i].good, &counts[i].bad));
    c->score = desk_spam_score(counts, count, all);
    return OK;
}

/* ---- what readers send ---- */
/* A story takes so many and no more: whoever floods it fills no page. */
static enum result has_room(struct newsroom *n, const struct stored_comment *c, bool *room)
{
    struct stored_comment *list;
    size_t count, bytes = c->text.n;
    TRY(store_comments(n->store, c->page, n->job, &list, &count));
    for (size_t i = 0; i < count; i++) bytes += list[i].text.n + list[i].name.n;
    *room = count < COMMENTS_MAX && bytes <= COMMENTS_BYTES_MAX;
    return OK;
}

static enum result apply_said(
    struct newsroom *n, const struct event *e, story_id page, const struct comment *said)
{
    bool room = false;
    struct stored_comment c = {.pos = e->pos,
        .page = page,
        .id = said->id,
        .name = said->name,
        .text = said->text,
        .parent = said->parent,
        .at_ms = newsroom_since(n, e),
        .score = SPAM_UNKNOWN};
    TRY(has_room(n, &c, &room));
    if (!room) return OK;
    if (c.at_ms == e->received_ms) TRY(score(n, &c)); /* what another site let stand is no news */
    return store_put_comment(n->store, &c);
}

/* Words that were learnt are unlearnt before they go. */
static enum result apply_change(
    struct newsroom *n, const struct event *e, struct stored_comment *c, struct span text)
{
    TRY(teach(n, c, (enum taught)c->taught, -1));
    c->taught = TAUGHT_NOTHING;
    c->text = text;
    c->changed_pos = e->pos;
    c->changed_ms = e->received_ms;
    TRY(score(n, c));
    return store_put_comment(n->store, c);
}

static enum result apply_word(
    struct newsroom *n, const struct event *e, struct stored_comment *c, const struct comment *word)
{
    struct stored_report report = {
        .pos = e->pos, .page = c->page, .id = c->id, .why = word->why, .at_ms = e->received_ms};
    switch (word->word) {
    case COMMENT_CHANGED: return c->taken_back ? OK : apply_change(n, e, c, word->text);
    case COMMENT_TAKEN_BACK: c->taken_back = true; return store_put_comment(n->store, c);
    case COMMENT_REPORTED: return store_put_report(n->store, &report);
    case COMMENT_ERASED:
        TRY(teach(n, c, (enum taught)c->taught, -1));
        return store_drop_comment(n->store, c);
    default: return OK;
    }
}

enum result newsroom_apply_comment(struct newsroom *n, const struct event *e)
{
    story_id story, page;
    struct comment said;
    struct stored_comment of;
    bool found = false;
    if (e->forgotten || !comment_read(n->job, e->meta, &story, &said)) return OK;
    if (store_page_of(n->store, story, &page) != OK) page = story;
    if (said.word == COMMENT_SAID) {
        TRY(apply_said(n, e, page, &said));
    } else {
        TRY(find(n, page, said.id, &found, &of));
        if (!found) return OK;
        TRY(apply_word(n, e, &of, &said));
    }
    newsroom_touch(n, page);
    return OK;
}

/* ---- what is shown ---- */
/* Where a talk began: what is answered need not be there any more, nor be shown. Who is answered
 * has written before. */
static struct span thread_of(const struct talk *t, const struct span *threads, size_t i)
{
    struct span parent = t->list[i].parent;
    for (size_t k = 0; k < i && parent.n; k++)
        if (span_eq(t->list[k].id, parent)) return threads[k].n ? threads[k] : parent;
    return parent;
}

/* D7: they stand in the story's own row, so that they are seen when it is, and never else. What is
 * struck from the story is struck from them; one of which nothing is left is not shown. */
enum result newsroom_view_comments(struct newsroom *n, const struct decided *d, struct view *v)
{
    struct talk t;
    size_t bytes = 0;
    v->comments_until_ms = desk_comments_until(&d->set, &d->verdict, n->rules);
    v->comments_wait = n->rules->comments == DESK_COMMENTS_APPROVE;
    if (!v->comments_until_ms) return OK;
    TRY(talk_load(n->store, d->set.page, n->job, &t));
    v->comments = ARENA_ARRAY(n->job, struct view_comment, t.count + 1);
    struct span *threads = ARENA_ARRAY(n->job, struct span, t.count + 1);
    for (size_t i = 0; i < t.count; i++) {
        const struct stored_comment *c = &t.list[i];
        threads[i] = thread_of(&t, threads, i);
        bytes += c->text.n + c->name.n;
        if (desk_comment(&d->set, n->rules, &t.pasts[i]) != COMMENT_SHOWN) continue;
        /* What was struck from the story is not said under it either. */
        struct span name = desk_strike(n->job, c->name, &d->set.struck);
        struct span text = desk_strike(n->job, c->text, &d->set.struck);
        if (!name.n || !text.n) continue;
        v->comments[v->comment_count++] = (struct view_comment){.id = c->id,
            .name = name,
            .text = text,
            .parent = c->parent,
            .thread = threads[i],
            .at_ms = c->at_ms,
            .changed_ms = c->changed_ms};
    }
    v->comments_full = t.count >= COMMENTS_MAX || bytes + 4 * COMMENT_TEXT_MAX > COMMENTS_BYTES_MAX;
    return OK;
}

enum result newsroom_comments_wait(struct newsroom *n, const struct decided *d)
{
    struct talk t;
    bool there = d->verdict.shown != SIZE_MAX && n->rules->comments != DESK_COMMENTS_OFF;
    TRY(talk_load(n->store, d->set.page, n->job, &t));
    for (size_t i = 0; i < t.count; i++) {
        bool waits = there && desk_comment(&d->set, n->rules, &t.pasts[i]) == COMMENT_WAITS;
        if (waits != t.list[i].waits) TRY(store_comment_waits(n->store, t.list[i].pos, waits));
    }
    return OK;
}
