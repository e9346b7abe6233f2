/* follow: what a spare is sent: `backup --follow`, which a spare starts by ssh or beside itself and
 * speaks with over standard input and output. Nothing listens, and all that it can be asked is what
 * comes behind a place of the ledger, and what stands beside it: a key that may run only this can
 * do nothing else. Kills go ahead of everything. Owns no file. */
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
    BESIDE_LOOK_MS = 5000,    /* for what stands beside the ledger */
    BESIDE_SETTLED_MS = 2000, /* what was written since may be written again at the same tick */
    PIECE_BYTES = 4 << 20,    /* of a file */
};

struct follow {
    const char *data;
    struct ledger *ledger;
    struct tombs *tombs;
    int in, out, bell;
    size_t tombs_sent;   /* of those that can be read */
    uint64_t tombs_seen; /* of all */
    uint64_t pos, forgettings;
    int64_t beside_ns, beside_ms; /* the newest file that was sent; when they are looked at again */
    struct hash names;            /* of their names, as the spare was told; zeros: it was not */
    struct arena *a, *files;      /* for one frame; for one file */
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

/* ---- what stands beside the ledger ---- */
static enum result send_names(struct follow *f, const struct beside *list, size_t count)
{
    struct buf b = fresh(f);
    for (size_t i = 0; i < count; i++)
        if (list[i].bytes <= BESIDE_FILE_MAX) put_span(&b, span_of(list[i].name));
    struct hash names = hash_of(buf_span(&b));
    if (!memcmp(&names, &f->names, sizeof names)) return OK;
    f->names = names;
    return send_frame(f, FOLLOW_NAMES, &b);
}

/* ERR_BUSY: it has its turn the next time. */
static enum result send_file(struct follow *f, const struct beside *file)
{
    struct span bytes;
    arena_reset(f->files);
    enum result r = beside_read(f->files, f->data, file->name, &bytes);
    if (r == ERR_BUSY) return r;
    if (r == ERR_ABSENT) return OK; /* gone meanwhile */
    if (r != OK) {
        log_warn("%s/%s is not sent (%s): make it readable and touch it, or copy it to the spare",
            f->data, file->name, result_name(r));
        return OK;
    }
    size_t at = 0;
    do {
        size_t n = bytes.n - at < PIECE_BYTES ? bytes.n - at : PIECE_BYTES;
        struct buf b = fresh(f);
        put_span(&b, span_of(file->name));
        put_u64(&b, (uint64_t)file->at_ns);
        put_u64(&b, bytes.n);
        put_u64(&b, at);
        put_span(&b, span_cut(bytes, at, at + n));
        r = send_frame(f, FOLLOW_FILE, &b);
        at += n;
    } while (r == OK && at < bytes.n);
    return r;
}

/* The oldest first, so that the newest that has come tells what is there. What was written just now
 * is sent again once it has settled. */
static enum result send_beside(struct follow *f)
{
    int64_t now = clock_mono_us() / 1000;
    if (now < f->beside_ms) return OK;
    f->beside_ms = now + BESIDE_LOOK_MS;
    struct arena *a = arena_new(BESIDE_ARENA);
    struct beside *list;
    size_t count = 0;
    int64_t settled = (clock_now_ms() - BESIDE_SETTLED_MS) * 1000000, newest = f->beside_ns;
    enum result r = beside_list(a, f->data, &list, &count);
    if (r == OK) r = send_names(f, list, count);
    for (size_t i = 0; i < count && r == OK; i++) {
        if (list[i].at_ns <= f->beside_ns) continue;
        r = send_file(f, &list[i]);
        if (r == OK && list[i].at_ns <= settled) newest = list[i].at_ns;
    }
    f->beside_ns = newest;
    arena_free(a);
    return r == ERR_BUSY ? OK : r;
}

static enum result send_round(struct follow *f)
{
    enum result r = send_tombs(f);
    if (r == OK) r = send_forgotten(f);
    if (r == OK) r = send_rows(f);
    if (r == OK) r = send_beside(f);
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
static bool take_asked(int fd, struct follow_ask *ask)
{
    char head[8], body[ASKED_MAX];
    if (!fd_read_whole(fd, head, sizeof head)) return false;
    struct take t = take_of((struct span){head, sizeof head});
    uint32_t n = take_u32(&t), type = take_u32(&t);
    if (type != FOLLOW_ASK || n > sizeof body || !fd_read_whole(fd, body, n)) return false;
    return follow_take_ask((struct span){body, n}, ask);
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
    struct follow_ask ask;
    if (!take_asked(f->in, &ask))
        return refuse(f, "what asks is no spare, or one of another version", EX_PROTOCOL);
    enum result r = ledger_holds(f->ledger, &ask.at);
    if (r == ERR_DENIED)
        return refuse(f,
            "what the spare has is no beginning of this ledger: it followed another, or went on by "
            "itself; give the spare a new folder",
            EX_DATAERR);
    f->pos = ask.at.pos;
    f->beside_ns = ask.beside_ns - 1; /* it may have one of several */
    f->forgettings = UINT64_MAX;
    while (r == OK && (r = send_round(f)) == OK)
        if (!wait_for_more(f)) return EX_OK;
    return r == ERR_CLOSED ? EX_OK : keep_fail("backup", "the spare cannot be sent more", r);
}

int follow_send(struct house *h, int fd_in, int fd_out)
{
    struct follow f = {.data = h->data, .in = fd_in, .out = fd_out, .bell = -1};
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
    f.files = arena_new(BESIDE_ARENA);
    int code = follow(&f);
    arena_free(f.files);
    arena_free(f.a);
    if (f.bell >= 0) close(f.bell);
    tombs_close(f.tombs);
    ledger_close(f.ledger);
    return code;
}

/* ---- what goes over the line ---- */
enum { FOLLOW_VERSION = 2 };

void follow_put_ask(struct buf *b, const struct follow_ask *ask)
{
    put_u32(b, FOLLOW_VERSION);
    put_u32(b, LEDGER_VERSION);
    put_u64(b, ask->at.pos);
    put_span(b, (struct span){(const char *)ask->at.chain.b, sizeof ask->at.chain.b});
    put_u64(b, (uint64_t)ask->beside_ns);
}

bool follow_take_ask(struct span body, struct follow_ask *out)
{
    struct take t = take_of(body);
    *out = (struct follow_ask){.beside_ns = 0};
    if (take_u32(&t) != FOLLOW_VERSION || take_u32(&t) != LEDGER_VERSION) return false;
    out->at.pos = take_u64(&t);
    struct span chain = take_span(&t);
    if (chain.n != sizeof out->at.chain.b || out->at.pos > INT64_MAX) return false;
    memcpy(out->at.chain.b, chain.p, chain.n);
    out->beside_ns = (int64_t)take_u64(&t);
    return take_done(&t) && out->beside_ns >= 0;
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
