/* courier_letters: the mails by which readers confirm their comments. Which are due stands where
 * the comments wait (transport.h, readers); no job of the outbox, no log and no alarm learns an
 * address. Alarms go by the same server: a few letters are under way at a time, and never in their
 * place. */
#include "courier.h"

#include <unistd.h>

enum {
    LETTERS_PRESS_ARENA = 128 << 20, /* a theme's files, for their words */
    LETTER_ARENA = 1 << 20,
    LETTERS_PAUSE_MS = 10000, /* the file cannot be read or written now */
    LETTERS_TRIED = 8,        /* for half an hour: somebody should know */
    CODE_NO_MAILBOX = 550,    /* RFC 5321, 4.2.2: what no second try changes */
    CODE_NOT_HERE = 551,
    CODE_NO_NAME = 553,
};

/* ---- opening ---- */
void courier_letters_before(struct courier *c)
{
    const struct house *h = c->start->house;
    struct span why = S("");
    if (c->config->talk.confirm != CONFIRM_MAIL || !c->config->mail_from.n) return;
    if (dir_make(arena_printf(c->own, "%s/readers", h->data).p) != OK)
        log_error("%s/readers cannot be made", h->data);
    c->words = arena_new(LETTERS_PRESS_ARENA);
    if (press_open_pack(c->words, press_site_of(c->words, c->config), h->theme, &c->press, &why) ==
        OK)
        return;
    log_error("no letter can be written to readers: %.*s", FMT(why));
    c->press = NULL;
}

void courier_letters_open(struct courier *c)
{
    const char *why = "", *folder = arena_printf(c->own, "%s/readers", c->start->house->data).p;
    if (c->press && readers_open(folder, &c->readers, &why) != OK)
        log_error("%s: %s: no comment can be confirmed by mail", folder, why);
}

void courier_letters_close(struct courier *c)
{
    readers_close(c->readers);
    arena_free(c->words);
}

/* ---- one ---- */
static void failed(struct letter *l, const struct net_fetched *got)
{
    struct courier *c = l->of;
    bool is_final = got->status == CODE_NO_MAILBOX || got->status == CODE_NOT_HERE ||
                    got->status == CODE_NO_NAME;
    bool quotes = span_find_nocase(got->why, l->to) >= 0;
    struct span why = quotes ? S("the mail server refuses it") : got->why;
    log_warn(
        "a letter to a reader was not sent%s: %.*s", is_final ? ", nor will it be" : "", FMT(why));
    if (is_final && readers_letter(c->readers, l->id, 0) != OK) log_warn("it will be tried again");
    if (!is_final && l->tries >= LETTERS_TRIED)
        courier_alarm(c, "outgoing", S("letters to readers"),
            arena_printf(c->job,
                "readers wait for the mails that let them confirm their comments: %.*s", FMT(why)));
}

static void mailed(const struct net_fetched *got, void *with)
{
    struct letter *l = with;
    struct courier *c = l->of;
    if (got->why.n)
        failed(l, got);
    else if (readers_letter(c->readers, l->id, 0) != OK)
        log_warn("a letter has gone, and may go once more");
    arena_free(l->arena);
    *l = (struct letter){.of = c};
}

/* The link names the story by its id alone: its words may have to be unsaid before it is opened. */
static struct span link_of(struct letter *l, const struct reader_comment *rc, struct span token)
{
    const struct config *c = l->of->config;
    struct span path = site_probe_path(l->arena, c->base, rc->story, rc->at_ms);
    return arena_printf(l->arena, "%.*s%.*s/comments?confirm=%.*s-%.*s", FMT(c->url), FMT(path),
        FMT(rc->id), FMT(token));
}

static bool may_send(struct letter *l, struct span *password)
{
    const struct config *c = l->of->config;
    struct span s;
    if (!c->mail_user.n) return true;
    if (file_read(l->arena, arena_cstr(l->arena, c->mail_password_file), COURIER_SECRET_MAX, &s) !=
        OK)
        return false;
    *password = span_trim(s);
    return password->n > 0;
}

static void send(struct letter *l, const struct reader_comment *rc, struct span token)
{
    const struct config *c = l->of->config;
    struct hash id = hash_of(token);
    struct mail m = {.from = c->mail_from,
        .to = &l->to,
        .to_count = 1,
        .id = span_cut(hash_hex(l->arena, &id), 0, 32),
        .at_ms = clock_now_ms()};
    m.text = press_letter(l->of->press, l->arena, link_of(l, rc, token), &m.subject);
    struct net_fetch ask = {.url = c->mail_server,
        .body = mail_write(l->arena, &m),
        .is_ours = true,
        .mail_from = c->mail_from,
        .mail_to = &l->to,
        .mail_to_count = 1,
        .user = c->mail_user,
        .done = mailed,
        .with = l};
    if (may_send(l, &ask.password) && net_fetch_start(l->of->fetcher, &ask)) return;
    mailed(&(struct net_fetched){.why = S("it could not be begun")}, l);
}

/* ---- those that are due ---- */
static bool is_under_way(const struct courier *c, struct span id)
{
    for (size_t i = 0; i < COUNT(c->letters); i++)
        if (c->letters[i].arena && span_eq(c->letters[i].id, id)) return true;
    return false;
}

static struct letter *free_letter(struct courier *c)
{
    for (size_t i = 0; i < COUNT(c->letters); i++)
        if (!c->letters[i].arena) return &c->letters[i];
    return NULL;
}

/* Its token is durable before it leaves: no link arrives that opens nothing. */
static enum result begin(struct courier *c, struct letter *l, const struct reader_comment *rc)
{
    struct span token;
    TRY(readers_write(c->readers, rc, clock_now_ms(), c->job, &token));
    *l = (struct letter){.of = c, .tries = rc->tries, .arena = arena_new(LETTER_ARENA)};
    l->id = arena_keep(l->arena, rc->id);
    l->to = arena_keep(l->arena, rc->address);
    send(l, rc, token);
    return OK;
}

void courier_letters_turn(struct courier *c)
{
    struct reader_comment *list;
    size_t count = 0;
    int64_t now = clock_now_ms();
    if (!c->readers || now < c->letters_ms || !free_letter(c)) return;
    enum result r = readers_due(c->readers, now, c->job, &list, &count, 2 * COUNT(c->letters));
    for (size_t i = 0; i < count && r == OK; i++) {
        struct letter *l = free_letter(c);
        bool room = net_fetcher_busy(c->fetcher) + COURIER_KEPT < COURIER_JOBS;
        if (l && room && !is_under_way(c, list[i].id)) r = begin(c, l, &list[i]);
    }
    if (r != OK) c->letters_ms = now + LETTERS_PAUSE_MS;
}
