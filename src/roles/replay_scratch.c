/* replay_scratch: the ledger of a house, read again from its raw bytes by this program into a
 * scratch house: the newsroom's own work, with readers of our own in their cages. The house's
 * ledger is only read; its tombstones are copied, so that what is killed by now is killed there
 * too. Fatal: nothing; what cannot be read is counted. */
#include "roles.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SCRATCH_ARENA = 256 << 20,
    SCRATCH_TOMBS_MAX = 1 << 30, /* the tombstones' file, as a backup takes it */
    SCRATCH_READERS = 2,         /* one reads while the other's stories are decided */
    SCRATCH_READ_MS = 15000,     /* as the house waits the second time: it is not in a hurry here */
    SCRATCH_TRIES = 2,           /* crashes on one delivery */
    SCRATCH_EVENTS = 512,        /* looked through in one go, for counting */
    ASKED_KEPT = 8,              /* positions last asked for: more than are under way */
};

struct scratch_reader {
    pid_t pid; /* 0: none */
    int fd;
    uint64_t pos; /* at work; 0: free */
    struct arena *a;
    struct span request;
};
struct replay_scratch {
    struct house house;
    struct newsroom *newsroom;
    struct scratch_reader readers[SCRATCH_READERS];
    size_t turn;
    uint64_t asked[ASKED_KEPT];
    size_t asked_count;
    struct replay_read read;
};

/* ---- readers ---- */
static void end_reader(struct scratch_reader *r)
{
    if (!r->pid) return;
    close(r->fd);
    kill(r->pid, SIGKILL);
    (void)waitpid(r->pid, NULL, 0);
    r->pid = 0;
}

static void send_request(struct scratch_reader *r)
{
    if (!r->pid && reader_fork(&r->pid, &r->fd) != OK) r->pid = 0;
    if (r->pid && frame_write(r->fd, MSG_READ, r->request) != OK) end_reader(r);
}

static void ask(void *with, uint64_t pos, struct span bytes, const struct wire_hint *hint)
{
    struct replay_scratch *s = with;
    struct scratch_reader *r = &s->readers[s->turn++ % SCRATCH_READERS];
    must(!r->pos); /* never more than the window */
    s->asked[s->asked_count++ % ASKED_KEPT] = pos;
    arena_reset(r->a);
    r->pos = pos;
    r->request = ask_pack(r->a, bytes, hint);
    send_request(r);
}

static enum result answer(void *with, uint64_t pos, struct arena *a, struct wire_result *out)
{
    struct replay_scratch *s = with;
    struct scratch_reader *r = &s->readers[0];
    while (r->pos != pos) must(++r < s->readers + SCRATCH_READERS);
    enum result got = ERR_CORRUPT;
    for (int i = 0; got != OK && i < SCRATCH_TRIES; i++) {
        if (!r->pid) send_request(r);
        if (r->pid) got = reader_take(a, r->fd, SCRATCH_READ_MS, out);
        if (got != OK) end_reader(r);
    }
    r->pos = 0;
    return got;
}

static bool was_asked(const struct replay_scratch *s, uint64_t pos)
{
    for (size_t i = 0; i < ASKED_KEPT; i++)
        if (s->asked[i] == pos) return true;
    return false;
}

/* What no reader was asked for has no bytes, and was not purged: no quarantine tells of that. */
static void quarantined(void *with, const struct quarantined *q)
{
    struct replay_scratch *s = with;
    if (was_asked(s, q->pos))
        s->read.rejects++;
    else
        s->read.lost++;
}

/* ---- opening ---- */
static enum result make_house(struct house *h, const char *folder)
{
    *h = (struct house){.arena = arena_new(SCRATCH_ARENA), .lock_fd = -1};
    h->data = arena_cstr(h->arena, span_of(folder));
    h->store = arena_printf(h->arena, "%s/store", folder).p;
    h->run = arena_printf(h->arena, "%s/run", folder).p;
    h->pictures = arena_printf(h->arena, "%s/pictures", folder).p;
    h->receipts = arena_printf(h->arena, "%s/receipts", folder).p;
    h->config = config_default(h->arena, S(""));
    h->config_from_ledger = true;
    TRY(dir_make(h->store));
    TRY(dir_make(h->run));
    return dir_make(h->pictures);
}

static enum result copy_tombs(struct house *h, const struct house *from)
{
    struct span bytes;
    TRY(file_read(h->arena, arena_printf(h->arena, "%s/tombstones", from->data).p,
        SCRATCH_TOMBS_MAX, &bytes));
    return file_write_durable(arena_printf(h->arena, "%s/tombstones", h->data).p, bytes);
}

enum result replay_scratch_open(const struct house *h, const char *folder, int64_t now_ms,
    struct replay_scratch **out, struct span *why_out)
{
    struct replay_scratch *s = calloc(1, sizeof *s);
    must(s);
    *out = s;
    for (size_t i = 0; i < SCRATCH_READERS; i++) s->readers[i].a = arena_new(256u << 20);
    signal(SIGPIPE, SIG_IGN); /* a reader that ends is no reason to end */
    *why_out = S("the scratch folder cannot be written");
    TRY(make_house(&s->house, folder));
    *why_out = S("the tombstones cannot be copied");
    TRY(copy_tombs(&s->house, h));
    *why_out = S("the scratch clock cannot be made");
    TRY(clock_open(arena_printf(s->house.arena, "%s/clock", s->house.run).p, now_ms));
    struct newsroom_options o = {.ledger_appender = "replay", .ledger_of = h->data};
    struct newsroom_hooks hooks = {.ask = ask,
        .answer = answer,
        .window = SCRATCH_READERS,
        .quarantined = quarantined,
        .with = s};
    *why_out = S("");
    enum result r = newsroom_open(&s->house, &o, &hooks, &s->newsroom, why_out);
    if (r == OK) (void)cage_looker(folder);
    return r;
}

/* ---- reading ---- */
static enum result count_deliveries(struct replay_scratch *s, uint64_t until_pos)
{
    struct arena *a = arena_new(SCRATCH_ARENA);
    struct event *list = ARENA_ARRAY(s->house.arena, struct event, SCRATCH_EVENTS);
    size_t count = 1;
    enum result r = OK;
    for (uint64_t after = 0; r == OK && count && after < until_pos; arena_reset(a)) {
        r = ledger_tail(newsroom_ledger(s->newsroom), after, list, SCRATCH_EVENTS, &count, a);
        for (size_t i = 0; r == OK && i < count && list[i].pos <= until_pos; i++) {
            bool is_delivery = list[i].kind == EVENT_DELIVERY;
            s->read.deliveries += is_delivery;
            s->read.forgotten += is_delivery && list[i].forgotten;
        }
        if (r == OK && count) after = list[count - 1].pos;
    }
    arena_free(a);
    return r == ERR_CORRUPT ? ERR_LEDGER : r;
}

enum result replay_scratch_read(struct replay_scratch *s, uint64_t until_pos,
    bool (*go_on)(void *with, uint64_t pos), void *with, struct replay_read *out)
{
    bool more = true;
    TRY(count_deliveries(s, until_pos));
    while (more && newsroom_position(s->newsroom) < until_pos) {
        TRY(newsroom_step(s->newsroom, &more));
        more = more || newsroom_position(s->newsroom) < until_pos;
        if (go_on && !go_on(with, newsroom_position(s->newsroom))) return ERR_CLOSED;
    }
    *out = s->read;
    return OK;
}

struct store *replay_scratch_store(struct replay_scratch *s)
{
    return newsroom_store(s->newsroom);
}

void replay_scratch_close(struct replay_scratch *s)
{
    if (!s) return;
    for (size_t i = 0; i < SCRATCH_READERS; i++) {
        end_reader(&s->readers[i]);
        arena_free(s->readers[i].a);
    }
    newsroom_close(s->newsroom);
    if (s->house.arena) arena_free(s->house.arena);
    free(s);
}
