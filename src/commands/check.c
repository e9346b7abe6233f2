/* check: what is wrong is told before anything depends on it: a site file, every checksum and chain
 * of a data directory, or whether this program may follow the one that serves (--upgrade). */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

static void progress(uint64_t done, uint64_t of, void *with)
{
    (void)with;
    if (!isatty(2)) return;
    fprintf(stderr, "\rverified %llu of %llu", (unsigned long long)done, (unsigned long long)of);
    if (done >= of) fputc('\n', stderr);
}

/* ---- audit ---- */
/* What lay there, as far as it can be read: a delivery by its feed and file, whose stories are
 * those that a restored backup may lack. */
static struct span what_lies_at(struct house *h, uint64_t pos)
{
    struct ledger *l = NULL;
    const char *why;
    struct event e;
    struct reject bad;
    struct span out = S("");
    if (!pos || ledger_open(h->data, "audit", false, &l, &why) != OK) return out;
    if (ledger_event(l, pos, &e, h->arena) == OK) {
        struct span name = json_text(json_parse(h->arena, e.meta, &bad), "name");
        out = arena_printf(h->arena, " (%.*s%s%.*s%s)",
            FMT(e.feed.n ? arena_printf(h->arena, "feed %.*s", FMT(e.feed)) : S("the house's own")),
            name.n ? ", file “" : "", FMT(text_plain(h->arena, name)), name.n ? "”" : "");
    }
    ledger_close(l);
    return out;
}

static void tell_damage(struct house *h, const struct ledger_report *r, struct span why)
{
    struct span at = r->bad_pos
                         ? arena_printf(h->arena, " at event %llu%.*s",
                               (unsigned long long)r->bad_pos, FMT(what_lies_at(h, r->bad_pos)))
                         : S("");
    const char *next = "; restore a backup into a new folder and compare (docs/operations.md)";
    printf("ledger: DAMAGED%.*s: %.*s%s%s%s%s\n", FMT(at), FMT(why), *r->where ? " (" : "",
        r->where, *r->where ? ")" : "", span_find(why, S("restore a backup")) < 0 ? next : "");
}

static int audit_ledger(struct house *h)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    struct ledger_report report = {0};
    enum result r = ledger_open(h->data, "audit", false, &l, &why);
    if (r == OK) {
        r = ledger_verify(l, true, progress, NULL, &report);
        ledger_close(l);
    }
    if (r == OK && !report.bad_pos) {
        printf("ledger: %llu events, %llu blobs, %llu forgotten: every chain and hash holds\n",
            (unsigned long long)report.events, (unsigned long long)report.blobs,
            (unsigned long long)report.forgotten);
        return EX_OK;
    }
    const char *said = why && *why ? why : report.why && *report.why ? report.why : result_name(r);
    tell_damage(h, &report, span_of(said));
    return EX_DATAERR;
}

static int audit_rest(struct house *h)
{
    int code = EX_OK;
    struct tombs *t = NULL;
    struct store *s = NULL;
    const char *text = NULL;
    struct span why = S("");
    if (tombs_open(h->data, false, &t) == OK) {
        printf("tombstones: %llu records\n", (unsigned long long)tombs_count(t));
        tombs_close(t);
    } else {
        printf("tombstones: MISSING or damaged; restore them from a backup\n");
        code = EX_DATAERR;
    }
    if (house_pid(h)) {
        printf(
            "store: in use by the running site, which checks every row that it reads; stop it to "
            "check all at once\n");
        return code;
    }
    enum result r = store_open(h->store, false, &s, &text);
    if (r == OK) r = store_check(s, h->arena, &why);
    if (s) store_close(s);
    if (r == OK)
        printf("store: every row holds\n");
    else
        printf("store: DAMAGED (%.*s): `broadsheet rebuild --data %s` makes it again from the "
               "ledger\n",
            FMT(why.n ? why : span_of(text)), h->data);
    return r == OK ? code : EX_DATAERR;
}

static int check_config(const char *file)
{
    struct arena *a = arena_new(256 << 20);
    struct config_report report = {0};
    struct config *c = config_load(a, file, &report);
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < report.count; i++) {
        config_mistake_print(&report.list[i], &b);
        buf_char(&b, '\n');
    }
    struct span theme, files;
    bool good = c && house_try(a, c, &theme, &b) && public_read(a, c, file, &files, &b);
    fprintf(stderr, "%.*s", (int)b.n, b.n ? b.p : "");
    if (good)
        printf("%s: no mistakes: %u feeds, %u sections, %u rules\n", file, c->feed_count,
            c->section_count, c->rule_count);
    struct span open = good ? feeds_without_ids(a, c) : S("");
    if (open.n) printf("%.*s\n", FMT(open));
    int code = good ? EX_OK : access(file, R_OK) == 0 ? EX_CONFIG : EX_NOINPUT;
    arena_free(a);
    return code;
}

/* ---- may this program follow? ---- */
static int upgrade_ledger(struct house *h, uint64_t *events_out)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    enum result r = ledger_open(h->data, "upgrade", false, &l, &why);
    if (r == OK) r = ledger_head(l, events_out);
    if (l) ledger_close(l);
    if (r != OK) {
        printf("ledger: %s\n", why ? why : result_name(r));
        return r == ERR_NEWER ? EX_CONFIG : EX_DATAERR;
    }
    printf("ledger: %llu events, as this program reads and writes them\n",
        (unsigned long long)*events_out);
    return EX_OK;
}

/* Derived: an older one is built again; one by a newer program is not touched. */
static int upgrade_store(const struct house *h, uint64_t events)
{
    struct store *s = NULL;
    const char *why = NULL;
    enum result r = store_look(h->store, &s, &why);
    if (r == OK) {
        printf("store: as this program has it\n");
        store_close(s);
        return EX_OK;
    }
    if (r == ERR_NEWER) {
        printf("store: %s: install that version again, or remove %s, and it is built anew\n", why,
            h->store);
        return EX_CONFIG;
    }
    printf(
        "store: of another version, or not there: it is built from %llu events at the start; until "
        "then pages answer 503\n",
        (unsigned long long)events);
    return EX_OK;
}

static int check_upgrade(struct house *h)
{
    uint64_t events = 0;
    printf("program: Broadsheet %s\n", BROADSHEET_VERSION);
    int code = upgrade_ledger(h, &events);
    return code ? code : upgrade_store(h, events);
}

static int check_data(const char *data, bool upgrade)
{
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK && upgrade) {
        code = check_upgrade(&h);
    } else if (code == EX_OK) {
        int first = audit_ledger(&h), second = audit_rest(&h);
        code = first ? first : second;
    }
    house_close(&h);
    return code;
}

int command_check(int argc, char **argv)
{
    const char *data = NULL, *config = NULL, *rest[1];
    bool audit = false, upgrade = false;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data}, {"--config", &config},
        {"--audit", NULL, &audit}, {"--upgrade", NULL, &upgrade}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    if (!config && rest_count) config = rest[0];
    if ((audit || upgrade) != (data != NULL) || (audit && upgrade) || (!config && !data))
        return usage_error(
            "check", "what? give --config FILE, or --audit --data DIR, or --upgrade --data DIR");
    int code = config ? check_config(config) : EX_OK;
    int seen = data ? check_data(data, upgrade) : EX_OK;
    return code ? code : seen;
}
