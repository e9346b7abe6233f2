/* follow: what a spare is sent: `backup --follow`, which a spare starts by ssh or beside itself and
 * speaks with over standard input and output. Nothing listens, and all that it can be asked is what
 * comes behind a place of the ledger: a key that may run only this can do nothing else. Kills go
 * ahead of everything. Owns no file. */
#include "follow.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    ROUND_MS = 1000,  /* a word at least so often, also where nothing is new */
    LOOK_MS = 100,    /* for kills */
    ASKED_MAX = 4096, /* bytes of the one question */
    TOMBS_AT_ONCE = 1000,
    ROWS_AT_ONCE = 256, /* before kills are looked for again */
    FORGOTTEN_AT_ONCE = 100000,
    ROW_ARENA = 128 << 20,
};

struct follow {
    struct ledger *ledger;
    struct tombs *tombs;
    int in, out, bell;
    size_t tombs_sent;   /* of those that can be read */
    uint64_t tombs_seen; /* of all */
    uint64_t pos, forgettings;
    struct arena *a; /* for one frame */
};

static enum result send_frame(struct follow *f, enum follow_frame type, struct buf *b)
{
    return frame_write(f->out, type, buf_span(b));
}

static struct buf fresh(struct follow *f)
{
    struct buf b;
    arena_reset(f->a);
    buf_init(&b, f->a, 0);
    return b;
}

static enum result send_tombs(struct follow *f)
{
    struct tomb t;
    uint64_t count = tombs_count(f->tombs);
    enum result r = OK;
    while (r == OK && f->tombs_seen < count) {
        struct buf b = fresh(f);
        size_t n = 0;
        while (n < TOMBS_AT_ONCE && tombs_each(f->tombs, &f->tombs_sent, &t)) {
            follow_put_tomb(&b, &t);
            n++;
        }
        if (n) r = send_frame(f, FOLLOW_TOMBS, &b);
        if (n < TOMBS_AT_ONCE) break;
    }
    if (r == OK) f->tombs_seen = count;
    return r;
}

/* Of what the spare has: rows that follow go as they stand now. */
static enum result send_forgotten(struct follow *f)
{
    uint64_t number, *list;
    size_t n = 0;
    enum result r = ledger_forgettings(f->ledger, &number);
    if (r != OK || number == f->forgettings) return r;
    struct arena *a = arena_new(ROW_ARENA);
    r = ledger_forgotten(f->ledger, f->pos, a, &list, &n);
    for (size_t i = 0; i < n && r == OK;) {
        struct buf b = fresh(f);
        for (size_t k = 0; k < FORGOTTEN_AT_ONCE && i < n; k++) put_u64(&b, list[i++]);
        r = send_frame(f, FOLLOW_FORGET, &b);
    }
    arena_free(a);
    if (r == OK) f->forgettings = number;
    return r;
}

static enum result send_rows(struct follow *f)
{
    for (size_t n = 1;; n++) {
        struct span row;
        arena_reset(f->a);
        enum result r = ledger_pack(f->ledger, f->pos, f->a, &row);
        if (r == ERR_ABSENT) return OK;
        if (r == OK) r = frame_write(f->out, FOLLOW_ROW, row);
        if (r == OK && n % ROWS_AT_ONCE == 0) r = send_tombs(f);
        if (r != OK) return r;
        f->pos++;
    }
}

static enum result send_round(struct follow *f)
{
    enum result r = send_tombs(f);
    if (r == OK) r = send_forgotten(f);
    if (r == OK) r = send_rows(f);
    struct buf b = fresh(f);
    put_u64(&b, f->pos);
    put_u64(&b, (uint64_t)clock_now_ms());
    return r == OK ? send_frame(f, FOLLOW_WHOLE, &b) : r;
}

/* Until something is new, or a round's time is over. false: the spare is gone. */
static bool wait_for_more(struct follow *f)
{
    int64_t until = clock_mono_us() + ROUND_MS * INT64_C(1000);
    while (clock_mono_us() < until && f->tombs_seen >= tombs_count(f->tombs)) {
        struct pollfd p[] = {{.fd = f->in, .events = POLLIN}, {.fd = f->bell, .events = POLLIN}};
        if (poll(p, COUNT(p), LOOK_MS) <= 0) continue;
        if (p[0].revents) return false; /* it has asked all that it may */
        ledger_bell_hush(f->bell);
        return true;
    }
    return true;
}

/* ---- the question ---- */
static bool take_asked(int fd, struct ledger_mark *at)
{
    char head[8], body[ASKED_MAX];
    if (!fd_read_whole(fd, head, sizeof head)) return false;
    struct take t = take_of((struct span){head, sizeof head});
    uint32_t n = take_u32(&t), type = take_u32(&t);
    if (type != FOLLOW_ASK || n > sizeof body || !fd_read_whole(fd, body, n)) return false;
    return follow_take_ask((struct span){body, n}, at);
}

static int refuse(struct follow *f, const char *why, int code)
{
    struct buf b = fresh(f);
    buf_put(&b, span_of(why));
    if (send_frame(f, FOLLOW_REFUSED, &b) != OK) return EX_IOERR;
    fprintf(stderr, "broadsheet backup: %s\n", why);
    return code;
}

static int follow(struct follow *f)
{
    struct ledger_mark at;
    if (!take_asked(f->in, &at))
        return refuse(f, "what asks is no spare, or one of another version", EX_PROTOCOL);
    enum result r = ledger_holds(f->ledger, &at);
    if (r == ERR_DENIED)
        return refuse(f,
            "what the spare has is no beginning of this ledger: it followed another, or went on by "
            "itself; give the spare a new folder",
            EX_DATAERR);
    f->pos = at.pos;
    f->forgettings = UINT64_MAX;
    while (r == OK && (r = send_round(f)) == OK)
        if (!wait_for_more(f)) return EX_OK;
    return r == ERR_CLOSED ? EX_OK : keep_fail("backup", "the spare cannot be sent more", r);
}

int follow_send(struct house *h, int fd_in, int fd_out)
{
    struct follow f = {.in = fd_in, .out = fd_out, .bell = -1};
    const char *why = NULL;
    char name[64];
    signal(SIGPIPE, SIG_IGN);
    enum result r = ledger_open(h->data, "backup", false, &f.ledger, &why);
    if (r != OK) return keep_fail("backup", why ? why : h->data, r);
    r = tombs_open(h->data, false, &f.tombs);
    if (r != OK) {
        ledger_close(f.ledger);
        return keep_fail("backup", "tombstones", r);
    }
    snprintf(name, sizeof name, "follow-%d", (int)getpid());
    if (ledger_bell_open(h->data, name, &f.bell) != OK) f.bell = -1; /* rounds come all the same */
    f.a = arena_new(ROW_ARENA);
    int code = follow(&f);
    arena_free(f.a);
    if (f.bell >= 0) close(f.bell);
    tombs_close(f.tombs);
    ledger_close(f.ledger);
    return code;
}

/* ---- what goes over the line ---- */
enum { FOLLOW_VERSION = 1 };

void follow_put_ask(struct buf *b, const struct ledger_mark *at)
{
    put_u32(b, FOLLOW_VERSION);
    put_u32(b, LEDGER_VERSION);
    put_u64(b, at->pos);
    put_span(b, (struct span){(const char *)at->chain.b, sizeof at->chain.b});
}

bool follow_take_ask(struct span body, struct ledger_mark *at)
{
    struct take t = take_of(body);
    *at = (struct ledger_mark){0};
    if (take_u32(&t) != FOLLOW_VERSION || take_u32(&t) != LEDGER_VERSION) return false;
    at->pos = take_u64(&t);
    struct span chain = take_span(&t);
    if (chain.n != sizeof at->chain.b || at->pos > INT64_MAX) return false;
    memcpy(at->chain.b, chain.p, chain.n);
    return take_done(&t);
}

void follow_put_tomb(struct buf *b, const struct tomb *t)
{
    put_u64(b, t->story);
    put_span(b, (struct span){(const char *)t->kill, sizeof t->kill});
    put_u8(b, t->is_lift);
    put_u8(b, (uint8_t)t->cause);
    put_u64(b, (uint64_t)t->at_ms);
}

bool follow_take_tomb(struct take *t, struct tomb *out)
{
    *out = (struct tomb){.story = take_u64(t)};
    struct span kill = take_span(t);
    if (kill.n != sizeof out->kill) return false;
    memcpy(out->kill, kill.p, kill.n);
    uint8_t lift = take_u8(t);
    out->is_lift = lift;
    out->cause = (enum tomb_cause)take_u8(t);
    out->at_ms = (int64_t)take_u64(t);
    return !t->bad && lift <= 1 && out->cause >= TOMB_WIRE && out->cause <= TOMB_CRASHED;
}
