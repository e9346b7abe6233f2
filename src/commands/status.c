/* status: what is running, held, silent: for people, and for monitors by its exit code. */
#include "commands.h"

#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { WAITS_TEXT_MAX = 8192 };

struct facts {
    pid_t pid;
    size_t held, quarantined, alarms;
    uint64_t purged; /* deliveries whose bytes were purged */
    uint64_t waits;  /* pages that a configuration would change which waits for a second yes */
    uint64_t applied, head, acked, tombs;
    bool unconfirmed, suspect, unattended;
    uint64_t silent, amiss; /* feeds */
    struct feed_came *feeds;
    struct feed_amiss *lacks; /* of each of them */
    bool *has_ids;            /* provider_ids of each */
    size_t feed_count;
    struct span without_ids;  /* a line that names those which have none */
    struct poll_state *polls; /* feeds that the house asks for */
    size_t poll_count;
    bool poll_fails; /* one of them, so that people are told */
    struct span polls_json;
    struct disk disk;
    struct disk_growth growth;
    const char *unread; /* what could not be looked at; NULL: nothing */
};

static void look_at_polls(const struct house *h, struct facts *f)
{
    const char *folder = arena_printf(h->arena, "%s/polls", h->data).p;
    if (poll_states_read(h->arena, folder, &f->polls, &f->poll_count, &f->polls_json) != OK)
        f->poll_count = 0; /* no feed is asked for, or the house has never run */
    for (size_t i = 0; i < f->poll_count; i++)
        f->poll_fails |= f->polls[i].failures >= POLL_ALARM_TRIES || f->polls[i].ahead_ms ||
                         f->polls[i].note_rings;
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
        if (s->ahead_ms)
            printf("; ITS SERVER'S CLOCK is %lld s %s ours", llabs(s->ahead_ms) / 1000,
                s->ahead_ms > 0 ? "ahead of" : "behind");
        if (s->note.n) printf("; %.*s", FMT(s->note));
        putchar('\n');
    }
}

/* Those that are configured, also where nothing has come yet. */
static enum result look_at_feeds(const struct house *h, struct store *s, struct facts *f)
{
    struct feed_came *came = NULL;
    size_t count = 0, cap = 0;
    const struct config *c = config_in_force(h->arena, h->store);
    if (c) f->has_ids = ARENA_ARRAY(h->arena, bool, c->feed_count + 1);
    enum result r = store_feeds_came(s, clock_now_ms(), h->arena, &came, &count);
    for (uint32_t i = 0; c && r == OK && i < c->feed_count; i++) {
        struct feed_came *feed = ARENA_PUSH(h->arena, f->feeds, f->feed_count, cap);
        *feed = (struct feed_came){.feed = c->feeds[i].name};
        f->has_ids[i] = c->feeds[i].provider_id_count > 0;
        for (size_t k = 0; k < count; k++)
            if (span_eq(came[k].feed, feed->feed)) *feed = came[k];
    }
    f->lacks = ARENA_ARRAY(h->arena, struct feed_amiss, f->feed_count + 1);
    for (size_t i = 0; i < f->feed_count; i++)
        feed_amiss(s, f->feeds[i].feed, clock_now_ms(), h->arena, &f->lacks[i]);
    if (c) f->without_ids = feeds_without_ids(h->arena, c);
    return r;
}

struct span feeds_without_ids(struct arena *a, const struct config *c)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (uint32_t i = 0; i < c->feed_count; i++)
        if (!c->feeds[i].provider_id_count)
            buf_printf(
                &b, "%s%.*s", b.n ? ", " : "feeds without provider_ids: ", FMT(c->feeds[i].name));
    if (b.n)
        buf_lit(&b, "; what plainly names another agency is held, any other name is taken for "
                    "the feed's own");
    return buf_span(&b);
}

static void print_feed(struct house *h, const struct feed_came *s, const struct feed_amiss *lacks)
{
    printf("feed %.*s: ", FMT(s->feed));
    if (!s->last_ms)
        printf("nothing has come in the last weeks");
    else
        printf("%llu delivered in 24 h, the last %.*s ago", (unsigned long long)s->of_a_day,
            FMT(span_of_time(h->arena, clock_now_ms() - s->last_ms)));
    if (s->unread) printf("; %llu could not be read", (unsigned long long)s->unread);
    if (lacks->gaps.n) printf("; %.*s", FMT(lacks->gaps));
    if (lacks->clock.n) printf("; %.*s", FMT(lacks->clock));
    putchar('\n');
}

static void print_feeds(struct house *h, const struct facts *f)
{
    for (size_t i = 0; i < f->feed_count; i++) print_feed(h, &f->feeds[i], &f->lacks[i]);
    if (f->without_ids.n) printf("%.*s\n", FMT(f->without_ids));
    if (f->silent)
        printf("SILENT FEEDS: %llu; `broadsheet desk alarms` tells which\n",
            (unsigned long long)f->silent);
    if (f->amiss)
        printf("FEEDS WITH A GAP, OR A CLOCK THAT IS AHEAD: %llu\n", (unsigned long long)f->amiss);
}

static void count_purged(const struct house *h, struct store *s, struct facts *f)
{
    struct span text;
    if (store_text(s, STORE_TEXT_PURGED, h->arena, &text) != OK || !span_to_u64(text, &f->purged))
        f->purged = 0;
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
    if (r == OK) r = look_at_feeds(h, s, f);
    if (r == OK) count_purged(h, s, f);
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
    f->unattended = f->pid && clock_slot_get(SLOT_UNATTENDED);
    f->suspect = clock_is_suspect();
    f->silent = f->pid ? clock_slot_get(SLOT_FEEDS_SILENT) : 0;
    f->amiss = f->pid ? clock_slot_get(SLOT_FEEDS_AMISS) : 0;
    f->waits = f->pid ? clock_slot_get(SLOT_CHANGES_WAIT) : 0;
    count_lists(h, f);
    look_at_polls(h, f);
    f->disk = disk_look(h->data);
    f->growth = disk_grows(h->arena, h->data, clock_now_ms());
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
    if (file_read(h->arena, path, WAITS_TEXT_MAX, &why) != OK)
        why = S("a changed configuration waits for a second yes\n");
    printf("%.*s", FMT(why));
}

static struct span facts_json(struct arena *a, const struct facts *f)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_bool(&o, "running", f->pid != 0);
    json_number(&o, "pid", f->pid);
    json_number(&o, "ledger", (int64_t)f->head);
    json_number(&o, "applied", (int64_t)f->applied);
    json_number(&o, "acknowledged", (int64_t)f->acked);
    json_number(&o, "held", (int64_t)f->held);
    json_number(&o, "quarantined", (int64_t)f->quarantined);
    json_number(&o, "alarms", (int64_t)f->alarms);
    json_number(&o, "purged", (int64_t)f->purged);
    json_bool(&o, "unconfirmed", f->unconfirmed);
    json_bool(&o, "clock_suspect", f->suspect);
    json_bool(&o, "clock_synchronised", clock_is_synchronised());
    json_bool(&o, "comments_unattended", f->unattended);
    json_number(&o, "changes_waiting", (int64_t)f->waits);
    json_number(&o, "feeds_silent", (int64_t)f->silent);
    json_number(&o, "feeds_amiss", (int64_t)f->amiss);
    json_open(&o, "disk", '{');
    json_number(&o, "bytes", (int64_t)f->disk.bytes);
    json_number(&o, "free", (int64_t)f->disk.free);
    json_number(&o, "used_percent", f->disk.used_percent);
    json_number(&o, "grows_a_day", f->growth.a_day);
    json_number(&o, "days_left", f->growth.days_left);
    json_bool(&o, "low", disk_is_low(&f->disk));
    json_bool(&o, "intake_stopped", disk_is_full(&f->disk));
    json_close(&o, '}');
    json_open(&o, "feeds", '[');
    for (size_t i = 0; i < f->feed_count; i++) {
        json_open(&o, NULL, '{');
        json_string(&o, "feed", f->feeds[i].feed);
        json_number(&o, "last_ms", f->feeds[i].last_ms);
        json_number(&o, "in_24_hours", (int64_t)f->feeds[i].of_a_day);
        json_number(&o, "unreadable_in_24_hours", (int64_t)f->feeds[i].unread);
        json_number(&o, "missing_messages", (int64_t)f->lacks[i].missing);
        json_number(&o, "clock_ahead_ms", f->lacks[i].ahead_ms);
        json_bool(&o, "has_provider_ids", f->has_ids[i]);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    buf_printf(&b, ",\"polls\":%.*s}", FMT(f->polls_json.n ? f->polls_json : S("[]")));
    return buf_span(&b);
}

static void print_disk(const struct facts *f)
{
    printf("disk: %llu MB free of %llu MB (%u%% used)", (unsigned long long)(f->disk.free >> 20),
        (unsigned long long)(f->disk.bytes >> 20), f->disk.used_percent);
    if (f->growth.a_day < 0)
        printf("; what it loses a day is known after a day\n");
    else if (f->growth.days_left < 0)
        printf("; it loses nothing\n");
    else
        printf("; it loses %lld MB a day: %lld days are left\n", (long long)(f->growth.a_day >> 20),
            (long long)f->growth.days_left);
    if (disk_is_full(&f->disk))
        printf("THE DISK IS FULL: nothing new is taken; kills still act: make room\n");
    else if (disk_is_low(&f->disk))
        printf("THE DISK IS NEARLY FULL: make room\n");
}

static void print_facts(const struct facts *f)
{
    if (f->pid)
        printf("running (process %d)\n", (int)f->pid);
    else
        printf("not running\n");
    printf("ledger: %llu events, %llu applied, %llu acknowledged by the web\n",
        (unsigned long long)f->head, (unsigned long long)f->applied, (unsigned long long)f->acked);
    printf("held %zu, quarantined %zu, alarms %zu\n", f->held, f->quarantined, f->alarms);
    if (f->purged) printf("purged: %llu deliveries\n", (unsigned long long)f->purged);
    if (f->unconfirmed)
        printf("RESTORED WITHOUT TOMBSTONES: stories are held until `broadsheet confirm`\n");
    if (f->unattended)
        printf("no comments are taken: no editor has been at the desk (`comments.unattended_days` "
               "in the site file)\n");
    if (!clock_is_synchronised())
        printf("the machine's clock is not synchronised: see to chrony or another NTP client\n");
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

static void print_all(struct house *h, const struct facts *f)
{
    print_facts(f);
    print_disk(f);
    print_waiting(h, f);
    print_feeds(h, f);
    print_polls(h, f);
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
    int code = EX_OK;
    if (spare_status(data, json, &code)) return code;
    code = house_visit_or_say(&h, data);
    if (code != EX_OK) return code;
    struct facts f = {0};
    look(&h, &f);
    if (!held && json) printf("%.*s\n", FMT(facts_json(h.arena, &f)));
    if (!held && !json) print_all(&h, &f);
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
           : f.poll_fails || f.silent || f.amiss                         ? 1
           : disk_is_full(&f.disk)                                       ? 1
                                                                         : 0;
}
