/* poll_imap: a mailbox (RFC 3501), as libcurl speaks with it. It is looked into read-only
 * (EXAMINE), so that reading marks nothing. The cursor is "UIDVALIDITY UID BOX": all up to that
 * number is done with. Under another UIDVALIDITY the numbers mean nothing any more: everything is
 * read again, and what has come before is the same delivery, by its bytes. Mails are asked for one
 * by one, each after its size; a few together are made durable; then, where that is wanted, they
 * are marked, deleted or moved; then the cursor moves. So a crash at any moment loses none and
 * doubles none. Who is not on the list of senders is left alone. */
#include "poller.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDTH_MIN = 500,   /* so many numbers are asked for at once … */
    WIDTH_MAX = 32768, /* … doubling over gaps; an answer is 60 bytes a mail */
    STRANGER_BYTES = 200,
    BATCH_BYTES = 8 << 20,      /* of mails before they are made durable; and POLL_MARK_EACH */
    HEAD_BYTES_MAX = 256 << 10, /* of a mail that is too large */
    LOOKED_MAX = 200,           /* mails of strangers, too, before that is remembered */
};

enum step { LOOK, LIST, READ, READ_HEAD, OPEN, MARK, EXPUNGE };

struct letter {
    uint32_t uid;
    uint64_t bytes;
};
struct box_trip {
    enum step step;
    uint32_t validity, from, next, width; /* from: the first that is not done with; next: UIDNEXT */
    struct letter *list;
    size_t count, at;
    struct poll_delivery taken[POLL_MARK_EACH];
    uint32_t uids[POLL_MARK_EACH]; /* of those that are marked, deleted or moved */
    size_t taken_count, uid_count, bytes, looked, strangers;
    struct span stranger; /* the last of them, for the log */
    const char *stranger_why;
    bool is_crowded; /* this mail did not come because much else is under way */
    bool is_lost;    /* it could not be had, again and again: its header is asked for */
};

/* ---- what is asked ---- */
static struct span box_of(const struct poll *p)
{
    return p->feed->mailbox.n ? p->feed->mailbox : S("INBOX");
}

static struct span quoted(struct poll *p, struct span box)
{
    return arena_printf(p->trip, "\"%.*s\"", FMT(box));
}

/* RFC 5092. The mailbox stands in it always: a connection that was lost is made again. */
static struct span address(struct poll *p, const struct box_trip *w, struct span rest)
{
    struct span url = p->feed->url;
    while (url.n && url.p[url.n - 1] == '/') url.n--;
    struct span validity =
        w && w->validity ? arena_printf(p->trip, ";UIDVALIDITY=%u", w->validity) : S("");
    return arena_printf(p->trip, "%.*s/%.*s%.*s%.*s", FMT(url), FMT(url_escape(p->trip, box_of(p))),
        FMT(validity), FMT(rest));
}

static struct span uid_set(struct poll *p, const struct box_trip *w)
{
    struct buf b;
    buf_init(&b, p->trip, 0);
    for (size_t i = 0; i < w->uid_count; i++) buf_printf(&b, "%s%u", i ? "," : "", w->uids[i]);
    return buf_span(&b);
}

static uint32_t last_of(const struct box_trip *w)
{
    uint64_t last = (uint64_t)w->from + w->width - 1;
    return last < w->next ? (uint32_t)last : w->next - 1;
}

static struct span mark_command(struct poll *p, const struct box_trip *w)
{
    struct span set = uid_set(p, w);
    if (p->feed->after == POLL_MOVE)
        return arena_printf(
            p->trip, "UID MOVE %.*s %.*s", FMT(set), FMT(quoted(p, p->feed->move_to)));
    return arena_printf(p->trip, "UID STORE %.*s +FLAGS.SILENT (%s)", FMT(set),
        p->feed->after == POLL_DELETE ? "\\Deleted" : "\\Seen");
}

static struct span command_of(struct poll *p, const struct box_trip *w)
{
    switch (w ? w->step : LOOK) {
    case LOOK: return arena_printf(p->trip, "EXAMINE %.*s", FMT(quoted(p, box_of(p))));
    case LIST:
        return arena_printf(p->trip, "UID FETCH %u:%u (UID RFC822.SIZE)", w->from, last_of(w));
    case OPEN: return arena_printf(p->trip, "SELECT %.*s", FMT(quoted(p, box_of(p))));
    case MARK: return mark_command(p, w);
    case EXPUNGE: return arena_printf(p->trip, "UID EXPUNGE %.*s", FMT(uid_set(p, w)));
    case READ:
    case READ_HEAD: break;
    }
    return S("");
}

static void ask_imap(struct poll *p, struct poll_ask *q)
{
    struct box_trip *w = p->way;
    if (p->feed->login_url.n && oauth_ask(p, q)) {
        if (!w) p->way = w = ARENA_NEW(p->trip, struct box_trip); /* a token alone is no success */
        return;
    }
    struct span command = command_of(p, w), rest = S("");
    q->mailbox = p->own;
    q->method = command.n ? command.p : NULL;
    q->body_max = POLL_CONTROL_BYTES_MAX;
    if (!command.n) {
        bool is_head = w->step == READ_HEAD;
        rest = arena_printf(
            p->trip, "/;UID=%u%s", w->list[w->at].uid, is_head ? "/;SECTION=HEADER" : "");
        q->body_max = is_head ? HEAD_BYTES_MAX : POLL_BODY_MAX;
        q->is_extra = true;
    }
    q->url = address(p, w, rest);
    q->user = p->feed->user;
    q->is_secret = true;
    if (p->feed->login_url.n)
        q->bearer = span_of(p->token);
    else
        (void)poll_secret(p, q, &q->password);
}

/* ---- what is answered ---- */
static bool number_after(struct span line, const char *word, uint64_t *out)
{
    ptrdiff_t at = span_find_nocase(line, span_of(word));
    size_t from = at < 0 ? line.n : (size_t)at + strlen(word), to = from;
    while (to < line.n && line.p[to] >= '0' && line.p[to] <= '9') to++;
    return span_to_u64(span_cut(line, from, to), out);
}

static uint32_t number_in(struct span answer, const char *word)
{
    uint64_t v = 0;
    return number_after(answer, word, &v) && v <= UINT32_MAX ? (uint32_t)v : 0;
}

/* Two mailboxes of one server may have the same UIDVALIDITY. */
static uint64_t mark_of(const struct poll *p)
{
    return fast_hash(arena_printf(p->trip, "%.*s\n%.*s", FMT(p->feed->user), FMT(box_of(p))));
}

static void remember(struct poll *p, const struct box_trip *w, uint32_t uid, struct poll_heard *h)
{
    h->memory = poll_remember(p);
    must(POLL_SET(h->memory->cursor,
        arena_printf(p->trip, "%u %u %016llx", w->validity, uid, (unsigned long long)mark_of(p))));
}

/* The first that is not done with; 1: none is. */
static uint32_t from_cursor(const struct poll *p, uint32_t validity)
{
    struct span mark = arena_printf(p->trip, "%016llx", (unsigned long long)mark_of(p)),
                rest = span_of(p->memory.cursor), first = S(""), second = S("");
    uint64_t known = 0, uid = 0;
    if (!rest.n) return 1;
    if (span_next(&rest, ' ', &first) && span_to_u64(first, &known) && known == validity &&
        span_next(&rest, ' ', &second) && span_to_u64(second, &uid) && uid < UINT32_MAX &&
        span_eq(rest, mark))
        return (uint32_t)uid + 1;
    log_warn("feed %.*s: the mailbox is another one, or was made anew: all of it is read again",
        FMT(p->feed->feed));
    return 1;
}

static void heard_look(struct poll *p, struct span answer, struct poll_heard *h)
{
    uint32_t validity = number_in(answer, "[UIDVALIDITY "), next = number_in(answer, "[UIDNEXT ");
    if (!validity || !next) {
        poll_fail(h, S("the server does not number its mails (UIDVALIDITY, UIDNEXT)"));
        return;
    }
    struct box_trip *w = ARENA_NEW(p->trip, struct box_trip);
    *w = (struct box_trip){.step = LIST, .validity = validity, .next = next, .width = WIDTH_MIN};
    w->from = from_cursor(p, validity);
    if (w->from >= next) {
        remember(p, w, next - 1, h); /* all is done with, also in an empty one */
        return;
    }
    p->way = w;
    h->then = POLL_GOES_ON;
}

static int by_uid(const void *x, const void *y)
{
    const struct letter *a = x, *b = y;
    return a->uid < b->uid ? -1 : a->uid > b->uid;
}

/* "* 12 FETCH (UID 17 RFC822.SIZE 4711)"; other lines are news of the mailbox. */
static void read_list(struct poll *p, struct box_trip *w, struct span answer)
{
    size_t cap = 0, kept = 0;
    struct span line;
    w->list = NULL;
    w->count = w->at = 0;
    while (span_next(&answer, '\n', &line)) {
        uint64_t uid, bytes;
        if (span_find_nocase(line, S(" FETCH (")) < 0 || !number_after(line, "UID ", &uid) ||
            !number_after(line, "RFC822.SIZE ", &bytes) || uid < w->from || uid > last_of(w) ||
            !bytes) /* an empty one has nothing to ask for */
            continue;
        *ARENA_PUSH(p->trip, w->list, w->count, cap) = (struct letter){(uint32_t)uid, bytes};
    }
    if (w->count) qsort(w->list, w->count, sizeof *w->list, by_uid);
    for (size_t i = 0; i < w->count; i++)
        if (!kept || w->list[kept - 1].uid != w->list[i].uid) w->list[kept++] = w->list[i];
    w->count = kept;
}

static enum step read_step(const struct box_trip *w)
{
    return w->list[w->at].bytes > POLL_BODY_MAX ? READ_HEAD : READ;
}

static void heard_list(struct poll *p, struct box_trip *w, struct span answer, struct poll_heard *h)
{
    read_list(p, w, answer);
    h->then = POLL_GOES_ON;
    if (w->count) {
        w->step = read_step(w);
        return;
    }
    w->from = last_of(w) + 1;
    w->width = w->width < WIDTH_MAX ? 2 * w->width : WIDTH_MAX;
    if (w->from < w->next) return;
    remember(p, w, w->next - 1, h);
    h->then = POLL_RESTS;
}

/* ---- a mail ---- */
/* Known by its bytes alone: a mailbox that moves to another server brings nothing twice. */
static void take_mail(struct poll *p, struct box_trip *w, struct span bytes)
{
    struct span from;
    uint32_t uid = w->list[w->at].uid;
    const struct mail_senders known = {
        p->feed->senders, p->feed->sender_count, p->feed->authserv_id};
    const char *why = mail_sender_refused(p->of->job, bytes, &known, &from);
    if (why) {
        w->strangers++;
        w->stranger = arena_keep(p->trip, utf8_head(from, STRANGER_BYTES));
        w->stranger_why = why;
        return;
    }
    w->taken[w->taken_count++] = (struct poll_delivery){.feed = p->feed->feed,
        .known = S("mail"),
        .name = arena_printf(p->trip, "mail-%u.eml", uid),
        .type = S("message/rfc822"),
        .bytes = arena_keep(p->trip, bytes)};
    bool stays = w->step == READ_HEAD && p->feed->after != POLL_SEEN; /* it is here alone */
    if (!stays) w->uids[w->uid_count++] = uid;
    w->bytes += bytes.n;
}

static void tell_strangers(const struct poll *p, struct box_trip *w)
{
    if (w->strangers)
        log_warn("feed %.*s: mails left alone: %zu, the last from “%.*s”: %s", FMT(p->feed->feed),
            w->strangers, FMT(utf8_head(text_plain(p->trip, w->stranger), 100)), w->stranger_why);
}

/* What is done is remembered; then the mailbox is looked into anew. */
static void finish(struct poll *p, struct box_trip *w, struct poll_heard *h)
{
    bool is_end = w->at == w->count;
    remember(p, w, is_end ? last_of(w) : w->list[w->at].uid - 1, h);
    tell_strangers(p, w);
    h->then = POLL_GOES_ON;
    p->way = NULL;
}

/* What was taken is made durable; those from w->at on are looked at again. */
static void end_batch(struct poll *p, struct box_trip *w, struct poll_heard *h)
{
    h->then = POLL_GOES_ON;
    h->list = w->taken;
    h->count = w->taken_count;
    w->step = OPEN;
    if (!w->uid_count || p->feed->after == POLL_KEEP) finish(p, w, h);
}

static void next_mail(struct poll *p, struct box_trip *w, struct poll_heard *h)
{
    h->then = POLL_GOES_ON;
    w->is_lost = false;
    w->at++;
    bool is_full = w->taken_count == POLL_MARK_EACH || w->bytes >= BATCH_BYTES;
    if (w->at < w->count && !is_full && ++w->looked < LOOKED_MAX)
        w->step = read_step(w);
    else
        end_batch(p, w, h);
}

/* It was listed, and is not given: somebody took it away meanwhile, or the server is not well. What
 * is true the next list says; nothing is passed over. */
static void not_given(struct poll *p, struct box_trip *w, struct poll_heard *h)
{
    if (w->at)
        end_batch(p, w, h);
    else
        poll_fail(h, S("the server does not give a mail that it lists"));
}

/* By itself, not because much else is under way. */
static bool is_huge(const struct net_fetched *got)
{
    return got->is_too_large && !got->is_crowded;
}

/* Of a mail that does not come at all nothing but its number is known: so much the desk sees. */
static void give_lost(struct poll *p, struct box_trip *w, uint32_t uid)
{
    w->taken[w->taken_count++] = (struct poll_delivery){.feed = p->feed->feed,
        .known = arena_printf(p->trip, "%.*s\n%016llx %u %u", FMT(p->feed->url),
            (unsigned long long)mark_of(p), w->validity, uid),
        .by_known = true,
        .name = arena_printf(p->trip, "mail-%u.eml", uid),
        .unread = arena_printf(p->trip,
            "not taken: the server gives neither mail %u (%llu bytes) nor its header; it stays in "
            "the "
            "mailbox",
            uid, (unsigned long long)w->list[w->at].bytes)};
}

/* Of one that is too large the header is shown to the desk, where it is held: it has no text. */
static void heard_mail(
    struct poll *p, struct box_trip *w, const struct net_fetched *got, struct poll_heard *h)
{
    uint32_t uid = w->list[w->at].uid;
    if (w->step == READ && is_huge(got)) {
        w->step = READ_HEAD;
        h->then = POLL_GOES_ON;
        return;
    }
    w->is_crowded = got->is_crowded;
    if (got->status != 200 && !(w->step == READ_HEAD && is_huge(got))) {
        not_given(p, w, h);
        return;
    }
    p->misses = 0;
    if (w->step == READ_HEAD)
        log_warn("feed %.*s: mail %u (%llu bytes) %s: %s", FMT(p->feed->feed), uid,
            (unsigned long long)w->list[w->at].bytes, w->is_lost ? "cannot be had" : "is too large",
            got->is_too_large ? "it is left alone"
                              : "its header alone is taken, and it stays in the mailbox");
    if (got->status == 200 && !got->body.n)
        log_warn("feed %.*s: mail %u has no bytes", FMT(p->feed->feed), uid);
    else if (got->status == 200)
        take_mail(p, w, got->body);
    else
        give_lost(p, w, uid);
    next_mail(p, w, h);
}

/* A mail that does not come takes none before it along, and is no reason to lose those behind it:
 * after a few tries its header is enough, and then it is left alone. */
static void misses_imap(struct poll *p, bool may_pass, struct poll_heard *h)
{
    struct box_trip *w = p->way;
    (void)may_pass;
    if (p->feed->login_url.n) poll_forget_token(p); /* whatever it was: the next one is new */
    if (!w || (w->step != READ && w->step != READ_HEAD) || w->is_crowded) return;
    if (w->at && !w->is_lost) {
        end_batch(p, w, h);
        return;
    }
    uint32_t uid = w->list[w->at].uid;
    if (w->step == READ) {
        if (!poll_goes_without(p, arena_printf(p->trip, "mail %u", uid), h->why, h)) return;
        w->step = READ_HEAD;
        w->is_lost = true;
        h->then = POLL_GOES_ON;
        return;
    }
    if (!w->is_lost && !poll_goes_without(p, S("a mail's header"), h->why, h)) return;
    log_warn("feed %.*s: mail %u cannot be had, nor its header: it is left alone",
        FMT(p->feed->feed), uid);
    give_lost(p, w, uid);
    next_mail(p, w, h);
}

/* ---- after it is durable ---- */
static void heard_marked(
    struct poll *p, struct box_trip *w, const struct net_fetched *got, struct poll_heard *h)
{
    bool is_done = got->status == 200;
    if (is_done && w->step == OPEN && number_in(got->body, "[UIDVALIDITY ") != w->validity) {
        finish(p, w, h); /* the numbers are another mailbox's; the next look says so */
        return;
    }
    bool expunges = w->step == MARK && p->feed->after == POLL_DELETE;
    h->then = POLL_GOES_ON;
    if (is_done && w->step == OPEN)
        w->step = MARK;
    else if (is_done && expunges)
        w->step = EXPUNGE;
    else
        finish(p, w, h);
    if (!is_done)
        log_warn(
            "feed %.*s: the server does not let its mails be marked, deleted or moved: they stay",
            FMT(p->feed->feed));
}

static void heard_imap(struct poll *p, const struct net_fetched *got, struct poll_heard *h)
{
    struct box_trip *w = p->way;
    if (oauth_heard(p, got, h)) return;
    if (w && w->step >= OPEN)
        heard_marked(p, w, got, h);
    else if (w && w->step >= READ)
        heard_mail(p, w, got, h);
    else if (got->status != 200)
        poll_fail(h, S("the server refuses to show the mailbox"));
    else if (w && w->step == LIST)
        heard_list(p, w, got->body, h);
    else
        heard_look(p, got->body, h);
}

static void open_imap(struct poll *p)
{
    p->own = net_line_new();
}

static void close_imap(struct poll *p)
{
    net_line_free(p->own);
}

const struct poll_road poll_imap = {.name = "imap",
    .every_s = 30,
    .needs_secret = true,
    .needs_user = true,
    .keeps = BATCH_BYTES + POLL_BODY_MAX + (4 << 20),
    .ask = ask_imap,
    .heard = heard_imap,
    .misses = misses_imap,
    .sees_refusals = true,
    .open = open_imap,
    .close = close_imap};
