/* prune: room is made where nothing is lost by it: raw files in done/ whose bytes the ledger has,
 * and renditions of pictures that no page shows; both once they are older than some days, or than
 * their feed's licence lasts. Nothing in the ledger is touched: its chains and what a rebuild makes
 * of it stay. */
#include "commands.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    PRUNE_DAYS = 30,
    PRUNE_DAYS_MAX = 36500,
    PRUNE_ARENA = 128 << 20, /* one file beside the ledger's copy of it */
};

struct prune {
    struct house *house;
    struct config *config;
    struct ledger *ledger;
    struct reader *reader;
    struct arena *a; /* for one file */
    int64_t days, now_s;
    bool only_told, is_store_shut;
    uint64_t files, bytes, left, failed;
};

static bool is_older(const struct prune *p, const struct stat *st, int64_t days)
{
    return S_ISREG(st->st_mode) && p->now_s - (int64_t)st->st_mtime > days * 24 * 3600;
}

static void drop(struct prune *p, int folder, const char *name, const struct stat *st)
{
    if (!p->only_told && unlinkat(folder, name, 0) != 0) {
        p->failed++;
        return;
    }
    p->files++;
    p->bytes += (uint64_t)st->st_blocks * 512;
}

/* ERR_ABSENT: somebody has put it there, or its bytes were purged and it was not found then. */
static enum result stands_in_ledger(struct prune *p, const char *path)
{
    struct span bytes, kept;
    arena_reset(p->a);
    enum result r = file_read(p->a, path, LEDGER_BLOB_MAX, &bytes);
    if (r != OK) return r;
    struct hash h = hash_of(bytes);
    return ledger_blob(p->ledger, &h, &kept, p->a);
}

/* Each regular file of a folder that is older and may_go: OK; ERR_CLOSED: it is left; else it is,
 * and counted. */
static enum result each_old(struct prune *p, const char *folder, int64_t days,
    enum result (*may_go)(struct prune *, const char *path))
{
    DIR *d = opendir(folder);
    struct stat st;
    char path[4096];
    if (!d) return OK; /* nothing has come by this feed, or it is polled */
    enum result r = OK;
    for (struct dirent *e; r == OK && (e = readdir(d));) {
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !is_older(p, &st, days))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        enum result may = may_go(p, path);
        if (may == OK)
            drop(p, dirfd(d), e->d_name, &st);
        else if (may == ERR_CORRUPT)
            r = may; /* the ledger's own copy does not hold: this one may be all that there is */
        else if (may != ERR_CLOSED)
            p->left++;
    }
    closedir(d);
    return r;
}

static int64_t days_of(const struct prune *p, const struct config_feed *f)
{
    return f->retention_days && f->retention_days < p->days ? f->retention_days : p->days;
}

static enum result prune_feeds(struct prune *p)
{
    enum result r = OK;
    for (uint32_t i = 0; i < p->config->feed_count && r == OK; i++) {
        const struct config_feed *f = &p->config->feeds[i];
        if (!f->folder.n) continue;
        const char *done = arena_printf(p->house->arena, "%.*s/done", FMT(f->folder)).p;
        r = each_old(p, done, days_of(p, f), stands_in_ledger);
    }
    return r;
}

/* ERR_CLOSED: a page shows it, or it is not known. What is nobody's rendition may go. */
static enum result is_shown_nowhere(struct prune *p, const char *path)
{
    struct span name = span_of(strrchr(path, '/') + 1);
    uint32_t width, height;
    if (span_starts(name, S("card"))) return ERR_CLOSED;
    enum result r = reader_picture(p->reader, span_cut(name, 0, HASH_HEX), &width, &height);
    return r == ERR_ABSENT ? OK : ERR_CLOSED;
}

/* A rendition says nothing of its feed: the shortest licence counts for all. Where it is not known
 * what pages show, all are left. */
static enum result prune_renditions(struct prune *p)
{
    int64_t days = p->days;
    struct reader_hooks none = {NULL, NULL};
    enum result r = OK;
    for (uint32_t i = 0; i < p->config->feed_count; i++)
        if (days_of(p, &p->config->feeds[i]) < days) days = days_of(p, &p->config->feeds[i]);
    p->is_store_shut = reader_open(p->house->store, none, &p->reader) != OK;
    if (p->is_store_shut) return OK;
    p->is_store_shut = reader_begin(p->reader, p->now_s * 1000) != OK;
    if (!p->is_store_shut) {
        r = each_old(p, p->house->pictures, days, is_shown_nowhere);
        reader_end(p->reader);
    }
    reader_close(p->reader);
    return r;
}

static int say(const struct prune *p, enum result r)
{
    if (r == ERR_CORRUPT)
        fprintf(stderr, "broadsheet prune: the ledger is damaged: nothing more is deleted; see "
                        "`broadsheet check --audit`\n");
    if (p->left)
        fprintf(stderr,
            "broadsheet prune: %llu files in done/ are left, for the ledger does not have their "
            "bytes\n",
            (unsigned long long)p->left);
    if (p->is_store_shut)
        fprintf(stderr, "broadsheet prune: pictures are left, for the store cannot be read; once "
                        "the site has been started, say it again\n");
    if (p->failed)
        fprintf(stderr, "broadsheet prune: %llu files cannot be deleted: say it as their owner\n",
            (unsigned long long)p->failed);
    printf("%s %llu files, %llu MB\n", p->only_told ? "would delete" : "deleted",
        (unsigned long long)p->files, (unsigned long long)(p->bytes >> 20));
    return r != OK ? exit_code(r) : p->failed ? EX_NOPERM : EX_OK;
}

static int prune(struct prune *p, const char *site)
{
    struct config_report report = {0};
    const char *why = NULL;
    p->config = config_load(p->house->arena, site, &report);
    if (!p->config) {
        fprintf(stderr,
            "broadsheet prune: %s has mistakes; `broadsheet check --config %s` names "
            "them\n",
            site, site);
        return EX_CONFIG;
    }
    enum result r = ledger_look(p->house->data, &p->ledger, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet prune: %s\n", why);
        return exit_code(r);
    }
    p->a = arena_new(PRUNE_ARENA);
    r = prune_feeds(p);
    if (r == OK) r = prune_renditions(p);
    arena_free(p->a);
    ledger_close(p->ledger);
    return say(p, r);
}

int command_prune(int argc, char **argv)
{
    const char *data = NULL, *site = NULL, *days = NULL, *rest[1];
    bool told = false;
    uint64_t n = PRUNE_DAYS;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true},
        {"--config", &site, NULL, true}, {"--days", &days}, {"--dry-run", NULL, &told}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    if (days && (!span_to_u64(span_of(days), &n) || n > PRUNE_DAYS_MAX))
        return usage_error("prune", "--days: a number");
    struct house h;
    int code = house_visit_or_say(&h, data);
    struct prune p = {
        .house = &h, .days = (int64_t)n, .now_s = clock_now_ms() / 1000, .only_told = told};
    if (code == EX_OK) code = prune(&p, site);
    house_close(&h);
    return code;
}
