/* newsroom_readers: deliveries on their way to the readers' cages and back: who works at what, how
 * long is waited, what becomes of one on which a reader ended. While a reader is waited for, what
 * waits behind it is looked through for kills. */
#include <sys/wait.h>

#include "newsroom_room.h"

enum {
    READER_WAIT_MS = 4000, /* for one delivery; the slowest honest one takes well under a second */
    READER_WAIT_AGAIN_MS = 15000, /* the second time: no story is lost to a machine out of breath */
    READER_LOOK_MS = 100,         /* then kills that wait behind it are looked for */
    READER_TRIES = 2,             /* crashes on one delivery before it is quarantined */
    KILLED_TRIES =
        50, /* ends from outside (kill -9, out of memory) do not count against the delivery */
};

static struct asked *asked_at(struct desk_room *d, uint64_t pos)
{
    for (size_t i = 0; i < ASKED_MAX; i++)
        if (d->asked[i].pos == pos) return &d->asked[i];
    return NULL;
}

static bool reader_busy(const struct desk_room *d, int reader)
{
    for (size_t i = 0; i < ASKED_MAX; i++)
        if (d->asked[i].pos && !d->asked[i].answered && d->asked[i].reader == reader) return true;
    return false;
}

static void send_waiting(struct desk_room *d)
{
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *q = &d->asked[i];
        if (!q->pos || q->answered || q->reader >= 0) continue;
        for (int r = 0; r < HOUSE_READERS && q->reader < 0; r++) {
            struct peer *p = channel_to(&d->channels, ROLE_READER, r);
            if (p && !reader_busy(d, r) && channel_send(p, MSG_READ, q->request)) q->reader = r;
        }
    }
}

void room_ask(void *with, uint64_t pos, struct span bytes, const struct wire_hint *hint)
{
    struct desk_room *d = with;
    if (asked_at(d, pos)) return; /* asked ahead by a step that could not be finished */
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *q = &d->asked[i];
        if (q->pos) continue;
        arena_reset(d->asked_arena[i]);
        *q = (struct asked){
            .pos = pos, .reader = -1, .request = ask_pack(d->asked_arena[i], bytes, hint)};
        send_waiting(d);
        return;
    }
    must(!"more asked than the window");
}

static bool a_reader_is_free(struct desk_room *d)
{
    for (int r = 0; r < HOUSE_READERS; r++)
        if (channel_to(&d->channels, ROLE_READER, r) && !reader_busy(d, r)) return true;
    return false;
}

/* It thinks too long. */
static void give_up_reader(struct desk_room *d, struct asked *q)
{
    struct peer *p = channel_to(&d->channels, ROLE_READER, q->reader);
    if (q->reader >= 0) q->crashes++;
    q->reader = -1;
    if (p) channel_stuck(p);
}

static int64_t reader_until(const struct asked *q)
{
    return clock_mono_us() + (q->crashes ? READER_WAIT_AGAIN_MS : READER_WAIT_MS) * INT64_C(1000);
}

/* What is only looked at has one try: it has its turn later. No kill waits for a slow reader. */
enum result room_answer(void *with, uint64_t pos, struct arena *a, struct wire_result *out)
{
    struct desk_room *d = with;
    struct asked *q = asked_at(d, pos);
    must(q);
    int64_t until = reader_until(q);
    int tries = d->looks_ahead ? 1 : READER_TRIES;
    while (!q->answered && q->crashes < tries && q->kills < KILLED_TRIES && !d->channels.stopping) {
        send_waiting(d);
        channels_poll(&d->channels, NULL, 0, READER_LOOK_MS);
        if (q->answered) break;
        if (!d->looks_ahead) {
            d->looks_ahead = true;
            newsroom_look_ahead(d->newsroom, !a_reader_is_free(d));
            d->looks_ahead = false;
        }
        if (q->answered || clock_mono_us() < until) continue;
        give_up_reader(d, q);
        until = reader_until(q);
    }
    enum result r = d->channels.stopping && !q->answered ? ERR_CLOSED : ERR_CORRUPT;
    if (q->answered && result_unpack(a, arena_keep(a, q->answer), out)) r = OK;
    q->pos = 0;
    return r;
}

void room_reader_answered(struct desk_room *d, int reader, struct span body)
{
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *q = &d->asked[i];
        if (!q->pos || q->answered || q->reader != reader) continue;
        q->answer = arena_keep(d->asked_arena[i], body);
        q->answered = true;
    }
}

/* A reader went in the middle of its work: that delivery is sent again to the next. Whether it was
 * at fault is told with its successor. */
void room_reader_went(struct desk_room *d, int reader)
{
    for (size_t i = 0; i < ASKED_MAX; i++)
        if (d->asked[i].pos && !d->asked[i].answered && d->asked[i].reader == reader)
            d->asked[i].reader = -2 - reader;
}

void room_reader_came(struct desk_room *d, const struct peer *p)
{
    bool from_outside = WIFSIGNALED(p->last_status) && WTERMSIG(p->last_status) == SIGKILL;
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *q = &d->asked[i];
        if (!q->pos || q->reader != -2 - p->index) continue;
        q->reader = -1;
        if (from_outside)
            q->kills++;
        else
            q->crashes++;
    }
    send_waiting(d);
}
