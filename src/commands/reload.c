/* reload, confirm, status: small words with a running house. */
#include "commands.h"

#include "transport.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    RELOAD_TIMEOUT_MS = 20000,
    RELOAD_WHY_MAX = 8192,
    RELOAD_WAITS = 1, /* exit code: it wants a second yes */
};

/* What the site wrote down when it refused. */
static void print_why(struct house *h)
{
    struct span why = S("");
    const char *path = arena_printf(h->arena, "%s/reload", h->run).p;
    if (file_read(h->arena, path, RELOAD_WHY_MAX, &why) == OK) fprintf(stderr, "%.*s", FMT(why));
    fprintf(stderr, "broadsheet reload: the old configuration stays in force; `broadsheet check "
                    "--config FILE` lists every mistake in it\n");
}

/* It waits for a second yes: what the site wrote down says for what, and how. */
static bool print_waits(struct house *h)
{
    struct span why, waits;
    const char *said = arena_printf(h->arena, "%s/reload", h->run).p,
               *kept = arena_printf(h->arena, "%s/waits", h->run).p;
    if (file_read(h->arena, said, RELOAD_WHY_MAX, &why) != OK ||
        file_read(h->arena, kept, RELOAD_WHY_MAX, &waits) != OK || !span_eq(why, waits))
        return false;
    fprintf(stderr, "broadsheet reload: %.*s", FMT(why));
    return true;
}

/* A site of many pages takes its time to count what would change. */
static bool wait_reloaded(uint64_t number)
{
    for (;;) {
        if (wait_slot(SLOT_RELOADS, number, RELOAD_TIMEOUT_MS)) return true;
        uint64_t weighed = clock_slot_get(SLOT_WEIGHED);
        if (!weighed) return false;
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "%llu pages looked at\n", (unsigned long long)weighed - 1);
    }
}

static enum result leave_yes(struct house *h, const char *yes)
{
    if (!yes) return OK;
    return file_write_durable(arena_printf(h->arena, "%s/yes", h->run).p, span_of(yes));
}

int command_reload(int argc, char **argv)
{
    const char *data = NULL, *yes = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--yes", &yes}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code != EX_OK) return code;
    pid_t pid = house_pid(&h);
    uint64_t number = clock_slot_get(SLOT_RELOADS_BEGUN) + 1;
    if (!pid) {
        fprintf(stderr, "broadsheet reload: no site runs on %s\n", data);
        code = EX_UNAVAILABLE;
    } else if (leave_yes(&h, yes) != OK) {
        fprintf(stderr, "broadsheet reload: %s cannot be written: %s\n", h.run, strerror(errno));
        code = EX_NOPERM;
    } else if (kill(pid, SIGHUP) != 0) {
        fprintf(stderr, "broadsheet reload: process %d cannot be told: %s\n", (int)pid,
            strerror(errno));
        code = EX_NOPERM;
    } else if (!wait_reloaded(number)) {
        fprintf(stderr,
            "broadsheet reload: process %d has not done it in time; the site's log may "
            "say why\n",
            (int)pid);
        code = EX_TEMPFAIL;
    } else if (clock_slot_get(SLOT_RELOADS_TAKEN) >= number) {
        printf("the new configuration is in force\n");
    } else if (print_waits(&h)) {
        code = RELOAD_WAITS;
    } else {
        print_why(&h);
        code = EX_CONFIG;
    }
    house_close(&h);
    return code;
}

/* Pages made while stories were held back are made again. */
static void make_pages_again(const struct house *h)
{
    struct keys *keys = NULL;
    if (keys_open(h->run, false, &keys) != OK) return; /* no web has run here yet */
    keys_bump(keys, keys_slot(S("site")));
    keys_close(keys);
}

int command_confirm(int argc, char **argv)
{
    const char *data = NULL, *rest[1];
    bool the_clock = false;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--clock", NULL, &the_clock}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    if (rest_count && the_clock) return usage_error("confirm", "a story or --clock, one at a time");
    if (rest_count) return command_act(argc, argv); /* K6: the agency's kill is taken back */
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code != EX_OK) return code;
    char path[4096];
    snprintf(path, sizeof path, "%s/unconfirmed", h.data);
    if (the_clock) {
        clock_confirm();
        printf("the present wall time is taken as right\n");
    } else if (unlink(path) == 0) {
        clock_slot_set(SLOT_UNCONFIRMED, 0);
        make_pages_again(&h);
        printf("stories are shown again\n");
    } else {
        printf("nothing was waiting to be confirmed\n");
    }
    house_close(&h);
    return code;
}

struct facts {
    pid_t pid;
    size_t held, quarantined, alarms;
    uint64_t waits; /* pages that a configuration would change which waits for a second yes */
    uint64_t applied, head, acked, tombs;
    bool unconfirmed, suspect;
    struct poll_state *polls; /* feeds that the house asks for */
    size_t poll_count;
    bool poll_fails; /* one of them, so that people are told */
    struct span polls_json;
    const char *unread; /* what could not be looked at; NULL: nothing */
};

static void look_at_polls(const struct house *h, struct facts *f)
{
    const char *folder = arena_printf(h->arena, "%s/polls", h->data).p;
    if (poll_states_read(h->arena, folder, &f->polls, &f->poll_count, &f->polls_json) != OK)
        f->poll_count = 0; /* no feed is asked for, or the house has never run */
    for (size_t i = 0; i < f->poll_count; i++)
        f->poll_fails |= f->polls[i].failures >= POLL_ALARM_TRIES;
}

static struct span span_of_time(struct arena *a, int64_t ms)
{
    int64_t s = ms > 0 ? ms / 1000 : 0;
    if (s < 120) return arena_printf(a, "%lld s", (long long)s);
    return arena_printf(a, "%lld min", (long long)(s / 60));
}

static void print_polls(struct house *h, const struct facts *f)
{
    int64_t now = clock_now_ms();
    for (size_t i = 0; i < f->poll_count; i++) {
        const struct poll_state *s = &f->polls[i];
        printf("feed %.*s (%.*s, %.*s): ", FMT(s->feed), FMT(s->road), FMT(s->where));
        if (s->ok_ms)
            printf("last success %.*s ago", FMT(span_of_time(h->arena, now - s->ok_ms)));
        else
            printf("no success yet");
        if (f->pid) printf(", next try in %.*s", FMT(span_of_time(h->arena, s->next_ms - now)));
        if (s->failures) printf("; FAILS (%u): %.*s", (unsigned)s->failures, FMT(s->why));
        putchar('\n');
    }
}

static void count_lists(const struct house *h, struct facts *f)
{
    struct store *s = NULL;
    const char *why = NULL;
    struct held *held;
    struct quarantined *q;
    struct alarm *al;
    enum result r = store_look(h->store, &s, &why);
    if (r == OK) r = store_held(s, h->arena, &held, &f->held);
    if (r == OK) r = store_quarantine(s, h->arena, &q, &f->quarantined);
    if (r == OK) r = store_alarms(s, h->arena, &al, &f->alarms);
    if (r != OK) f->unread = "the store";
    if (s) store_close(s);
}

static void look(const struct house *h, struct facts *f)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    f->pid = house_pid(h);
    f->applied = clock_slot_get(SLOT_APPLIED_POS);
    f->acked = clock_slot_get(SLOT_WEB_ACK_POS);
    f->tombs = clock_slot_get(SLOT_TOMB_COUNT);
    f->unconfirmed = clock_slot_get(SLOT_UNCONFIRMED);
    f->suspect = clock_is_suspect();
    f->waits = f->pid ? clock_slot_get(SLOT_CHANGES_WAIT) : 0;
    count_lists(h, f);
    look_at_polls(h, f);
    enum result r = ledger_open(h->data, "status", false, &l, &why);
    if (r == OK) r = ledger_head(l, &f->head);
    if (r != OK) f->unread = "the ledger";
    if (l) ledger_close(l);
}

static void print_waiting(struct house *h, const struct facts *f)
{
    struct span why = S("");
    if (!f->waits) return;
    const char *path = arena_printf(h->arena, "%s/waits", h->run).p;
    if (file_read(h->arena, path, RELOAD_WHY_MAX, &why) != OK)
        why = S("a changed configuration waits for a second yes\n");
    printf("%.*s", FMT(why));
}

static void print_facts(const struct facts *f, bool json)
{
    if (json) {
        printf("{\"running\":%s,\"pid\":%d,\"ledger\":%llu,\"applied\":%llu,\"acknowledged\":%llu,"
               "\"held\":%zu,\"quarantined\":%zu,\"alarms\":%zu,\"unconfirmed\":%s,\"clock_"
               "suspect\":%s,\"changes_waiting\":%llu,\"polls\":%.*s}\n",
            f->pid ? "true" : "false", (int)f->pid, (unsigned long long)f->head,
            (unsigned long long)f->applied, (unsigned long long)f->acked, f->held, f->quarantined,
            f->alarms, f->unconfirmed ? "true" : "false", f->suspect ? "true" : "false",
            (unsigned long long)f->waits, FMT(f->polls_json.n ? f->polls_json : S("[]")));
        return;
    }
    if (f->pid)
        printf("running (process %d)\n", (int)f->pid);
    else
        printf("not running\n");
    printf("ledger: %llu events, %llu applied, %llu acknowledged by the web\n",
        (unsigned long long)f->head, (unsigned long long)f->applied, (unsigned long long)f->acked);
    printf("held %zu, quarantined %zu, alarms %zu\n", f->held, f->quarantined, f->alarms);
    if (f->unconfirmed)
        printf("RESTORED WITHOUT TOMBSTONES: stories are held until `broadsheet confirm`\n");
    if (f->suspect)
        printf("THE CLOCK JUMPED: embargoes stay shut until `broadsheet confirm --clock`\n");
}

static void print_held_json(struct arena *a, const struct held *h)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "guid", h->guid);
    json_string(&o, "feed", h->feed);
    json_string(&o, "headline", h->headline);
    json_string(&o, "why", h->why);
    json_close(&o, '}');
    printf("%.*s\n", FMT(buf_span(&b)));
}

/* One line a story; guids and headlines are a stranger's, so nothing in them moves a cursor. */
static enum result print_held(const struct house *h, bool json)
{
    struct store *s = NULL;
    const char *why = NULL;
    struct held *held;
    size_t count = 0;
    enum result r = store_look(h->store, &s, &why);
    if (r != OK) return r;
    r = store_held(s, h->arena, &held, &count);
    for (size_t i = 0; r == OK && i < count; i++) {
        if (json)
            print_held_json(h->arena, &held[i]);
        else
            printf("%.*s: %.*s (%.*s)\n", FMT(text_plain(h->arena, held[i].guid)), FMT(held[i].why),
                FMT(text_plain(h->arena, held[i].headline)));
    }
    store_close(s);
    return r;
}

int command_status(int argc, char **argv)
{
    const char *data = NULL, *rest[1];
    bool json = false, held = false;
    size_t rest_count;
    const struct option_row rows[] = {
        {"--data", &data, NULL, true}, {"--json", NULL, &json}, {"--held", NULL, &held}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code != EX_OK) return code;
    struct facts f = {0};
    look(&h, &f);
    if (!held) print_facts(&f, json);
    if (!held && !json) print_waiting(&h, &f);
    if (!held && !json) print_polls(&h, &f);
    if (held && print_held(&h, json) != OK)
        fprintf(
            stderr, "broadsheet: what is held cannot be read; see `broadsheet check --audit`\n");
    house_close(&h);
    if (f.unread)
        fprintf(
            stderr, "broadsheet: %s cannot be read; see `broadsheet check --audit`\n", f.unread);
    return !f.pid                                                        ? 2
           : f.unread                                                    ? 1
           : f.unconfirmed || f.suspect || f.waits || f.applied < f.head ? 1
           : f.poll_fails                                                ? 1
                                                                         : 0;
}
