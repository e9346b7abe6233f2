/* intake_comments: what readers send, passed on by web. Where the site wants it confirmed by mail a
 * comment is put aside first, outside the ledger, with its writer's address, and becomes an event
 * by the link that the courier sends there (docs/comments.md). The web hears strangers: nothing
 * that it says is believed, not even that a comment needs no confirmation. */
#include "intake.h"
#include "transport.h"

#include <stdlib.h>
#include <unistd.h>

struct intake_comments {
    struct ledger *ledger;
    struct readers *readers; /* NULL: nobody confirms anything, or it cannot be opened */
    bool confirms;
    int64_t keep_ms; /* an address, behind its confirmation */
    int64_t sweep_us;
};

struct intake_comments *intake_comments_open(const struct house *h, struct ledger *l)
{
    const struct config_comments *talk = &h->config->talk;
    struct intake_comments *c = calloc(1, sizeof *c);
    must(c);
    *c = (struct intake_comments){.ledger = l,
        .confirms = talk->confirm == CONFIRM_MAIL,
        .keep_ms = talk->address_days * INT64_C(86400000)};
    const char *why = "", *folder = arena_printf(h->arena, "%s/readers", h->data).p;
    if (!c->confirms && access(folder, F_OK) != 0) return c;
    if (readers_open(folder, &c->readers, &why) != OK)
        log_error("%s: %s: no comment can be confirmed by mail", folder, why);
    return c;
}

void intake_comments_close(struct intake_comments *c)
{
    readers_close(c->readers);
    free(c);
}

void intake_comments_turn(struct intake_comments *c)
{
    if (!c->readers || clock_mono_us() < c->sweep_us) return;
    c->sweep_us = clock_mono_us() + READERS_SWEEP_MS * 1000LL;
    if (readers_sweep(c->readers, clock_now_ms()) != OK)
        log_warn("comments whose time to be confirmed is over are not forgotten yet");
}

/* ---- the answer ---- */
struct asked { /* by whom, to be told */
    struct peer *from;
    uint64_t token, worker;
};

static struct asked asked_by(struct peer *from, struct take *t)
{
    struct asked a = {.from = from, .token = take_u64(t)};
    a.worker = take_u64(t);
    return a;
}

static void tell(struct arena *a, const struct asked *to, enum result r)
{
    int status = r == OK ? 202 : r == ERR_DENIED ? 422 : r == ERR_ABSENT ? 410 : 503;
    struct buf b;
    buf_init(&b, a, 0);
    put_u64(&b, to->token);
    put_u64(&b, to->worker);
    put_u32(&b, (uint32_t)status);
    put_span(&b, r == OK           ? S("kept")
                 : r == ERR_DENIED ? S("this is no comment")
                 : r == ERR_ABSENT ? S("this link is over")
                 : r == ERR_FULL   ? S("there is no room now: send it again later")
                                   : S("it could not be kept: send it again"));
    channel_send(to->from, MSG_PUSH_RESULT, buf_span(&b));
}

/* ---- straight into the ledger ---- */
static void comment_came(
    struct intake_comments *ic, struct arena *a, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    struct asked by = asked_by(from, &t);
    story_id story = take_u64(&t);
    struct comment c = {.word = (enum comment_word)take_u8(&t)};
    struct span *const texts[] = {&c.id, &c.name, &c.text, &c.parent, &c.why, &c.key};
    for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = take_span(&t);
    if (!intake_is_whole(&t, from)) return;
    if (c.word > COMMENT_REPORTED) c.word = COMMENT_WORDS; /* readers say no more than that */
    bool is_unconfirmed = c.word == COMMENT_SAID && ic->confirms; /* a reload is on its way */
    tell(a, &by, is_unconfirmed ? ERR_BUSY : comment_append(ic->ledger, a, story, &c));
}

/* ---- confirmed by mail ---- */
static struct comment comment_of(const struct reader_comment *rc)
{
    return (struct comment){.word = COMMENT_SAID,
        .id = rc->id,
        .name = rc->name,
        .text = rc->text,
        .parent = rc->parent};
}

static enum result put_aside(struct intake_comments *ic, const struct reader_comment *rc)
{
    struct comment c = comment_of(rc);
    if (!ic->readers || !ic->confirms) return ERR_CLOSED;
    return comment_fits(&c) ? readers_put(ic->readers, rc, clock_now_ms()) : ERR_DENIED;
}

static void aside_came(
    struct intake_comments *ic, struct arena *a, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    struct asked by = asked_by(from, &t);
    struct reader_comment c = {.story = take_u64(&t)};
    struct span *const texts[] = {&c.id, &c.name, &c.text, &c.parent, &c.address};
    for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = take_span(&t);
    if (intake_is_whole(&t, from)) tell(a, &by, put_aside(ic, &c));
}

/* The ledger first: on a full disk it waits as before, and the same link takes it once more. That
 * it is in the ledger and not yet forgotten here does no harm: the same id is the same comment. */
static enum result confirm(
    struct intake_comments *ic, struct arena *a, story_id story, struct span id, struct span link)
{
    struct reader_comment rc;
    int64_t now = clock_now_ms();
    if (!ic->readers) return ic->confirms ? ERR_CLOSED : ERR_ABSENT;
    TRY(readers_find(ic->readers, story, id, link, now, a, &rc));
    struct comment c = comment_of(&rc);
    TRY(comment_append(ic->ledger, a, story, &c));
    if (readers_confirmed(ic->readers, &rc, now, ic->keep_ms) != OK)
        log_warn("a comment is confirmed, and not forgotten yet where it has waited");
    return OK;
}

static void confirm_came(
    struct intake_comments *ic, struct arena *a, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    struct asked by = asked_by(from, &t);
    story_id story = take_u64(&t);
    struct span id = take_span(&t), link = take_span(&t);
    if (intake_is_whole(&t, from)) tell(a, &by, confirm(ic, a, story, id, link));
}

void intake_comments_came(
    struct intake_comments *c, struct arena *a, struct peer *from, const struct frame *f)
{
    if (f->type == MSG_COMMENT) comment_came(c, a, from, f->body);
    if (f->type == MSG_ASIDE) aside_came(c, a, from, f->body);
    if (f->type == MSG_CONFIRMS) confirm_came(c, a, from, f->body);
}
