/* newsroom_darkroom: what the darkroom is asked, one picture or card at a time, and what it
 * answers. It decodes strangers' pictures: its answer is for what was asked, or for nothing. */
#include "newsroom_room.h"

#include <stdio.h>
#include <sys/wait.h>

enum {
    LOOK_WAIT_MS = 60000, /* for one picture */
    LOOK_TRIES = 2,
};

/* ---- what it is asked ---- */
bool room_may_look(void *with)
{
    struct desk_room *d = with;
    return !d->look.busy && channel_to(&d->channels, ROLE_DARKROOM, 0);
}

static void look_sent(struct desk_room *d, bool is_card, struct span name, bool sent)
{
    bool again = span_eq(name, span_of(d->look.name)) && d->look.is_card == is_card;
    if (!again) d->look.tries = 0;
    snprintf(d->look.name, sizeof d->look.name, "%.*s", FMT(name));
    d->look.is_card = is_card;
    d->look.busy = true;
    d->look.lost = !sent;
    d->look.until_us = clock_mono_us() + LOOK_WAIT_MS * 1000LL;
}

void room_look(void *with, struct span hex, struct span bytes)
{
    struct desk_room *d = with;
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, hex);
    put_span(&b, bytes);
    look_sent(d, false, hex,
        channel_send(channel_to(&d->channels, ROLE_DARKROOM, 0), MSG_LOOK, buf_span(&b)));
    buf_free(&b);
}

void room_card(void *with, const char *name, struct span title, struct span colour)
{
    struct desk_room *d = with;
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, span_of(name));
    put_span(&b, d->own->site_name);
    put_span(&b, title);
    put_span(&b, colour);
    look_sent(d, true, span_of(name),
        channel_send(channel_to(&d->channels, ROLE_DARKROOM, 0), MSG_CARD, buf_span(&b)));
    buf_free(&b);
}

/* ---- what it answers ---- */
static bool look_answered(struct desk_room *d, bool is_card, struct span name)
{
    if (!d->look.busy || d->look.is_card != is_card || !span_eq(name, span_of(d->look.name))) {
        log_warn("the darkroom answers what it was not asked");
        return false;
    }
    d->look.busy = d->look.lost = false;
    d->look.tries = 0;
    return true;
}

void room_looked(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span hex = take_span(&t);
    struct picture_answer p = {0};
    p.width = take_u32(&t); /* one by one: an initialiser's parts have no order */
    p.height = take_u32(&t);
    p.forms = take_u32(&t);
    p.why = take_span(&t);
    uint32_t made = take_u32(&t);
    for (uint32_t i = 0; i < made && i < COUNT(p.made) && !t.bad; i++) {
        p.made[i].width = take_u32(&t);
        for (size_t f = 0; f < PICTURE_FORMS; f++) p.made[i].forms[f] = take_span(&t);
        p.made_count++;
    }
    p.card = take_span(&t);
    for (size_t s = 0; s < PICTURE_SHAPES; s++) p.shapes[s] = take_span(&t);
    if (look_answered(d, false, hex) && take_done(&t)) newsroom_picture(d->newsroom, hex, &p);
}

void room_card_made(struct desk_room *d, struct span body)
{
    struct take t = take_of(body);
    struct span name = take_span(&t), jpeg = take_span(&t);
    char path[4096];
    if (!look_answered(d, true, name) || !take_done(&t) || !jpeg.n) return;
    snprintf(path, sizeof path, "%s/%.*s", d->start->house->pictures, FMT(name));
    if (file_write_durable(path, jpeg) == OK) return;
    log_warn("%s cannot be written: it is made again later", path);
    newsroom_look_later(d->newsroom);
}

/* ---- when it does not answer ---- */
void room_darkroom_came(struct desk_room *d, const struct peer *p)
{
    if (!d->look.busy || d->look.lost) return;
    bool from_outside = WIFSIGNALED(p->last_status) && WTERMSIG(p->last_status) == SIGKILL;
    d->look.lost = true;
    if (!from_outside) d->look.tries++;
}

/* The darkroom ended at its work, or thinks too long. An end from outside, or none at all, does not
 * count against the picture. */
void room_look_over(struct desk_room *d)
{
    struct peer *p = channel_to(&d->channels, ROLE_DARKROOM, 0);
    if (d->look.busy && !d->look.lost && clock_mono_us() > d->look.until_us) {
        d->look.tries++;
        d->look.lost = true;
        if (p) channel_stuck(p);
    }
    if (!d->look.busy || !d->look.lost || !p) return;
    d->look.busy = d->look.lost = false;
    if (d->look.tries < LOOK_TRIES) {
        newsroom_look_again(d->newsroom);
    } else if (!d->look.is_card) {
        struct picture_answer bad = {.why = S("the darkroom ended on it, twice")};
        newsroom_picture(d->newsroom, span_of(d->look.name), &bad);
    }
}
