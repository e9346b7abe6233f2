/* restore: a backup comes back, from a folder or as a tar from standard input. Tombstones are
 * united, never replaced, and where there were none nothing of the wires is shown until somebody
 * says so. */
#include "keep.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { SESSIONS_ARENA = 16 << 20 };

static char restored[] = "restored";

/* Where no tombstones stand here, the site must be confirmed before it shows stories. The mark is
 * made before anything else, so that a restore that was cut off leaves it too. */
static int mark_unconfirmed(const char *data)
{
    char file[4096];
    snprintf(file, sizeof file, "%s/tombstones", data);
    if (access(file, F_OK) == 0) return EX_OK;
    enum result r = dir_make(data);
    snprintf(file, sizeof file, "%s/unconfirmed", data);
    if (r == OK)
        r = file_write_durable(file, S("restored without this machine's own tombstones\n"));
    if (r != OK) return keep_fail("restore", file, r);
    fprintf(stderr,
        "There were no tombstones in %s: kills after the backup are not known. No wire story is "
        "shown until the feeds have been\n"
        "replayed past the backup, or you say `broadsheet confirm --data %s`.\n",
        data, data);
    return EX_OK;
}

static enum result unite_tombs(const char *from, const char *data)
{
    struct tombs *t = NULL;
    size_t added = 0;
    char file[4096];
    enum result r = tombs_open(data, true, &t);
    if (r != OK) return r;
    snprintf(file, sizeof file, "%s/tombstones", from);
    if (access(file, F_OK) == 0) r = tombs_union(t, file, &added);
    tombs_close(t);
    return r;
}

static enum result bring_complaints(const char *from, const char *to)
{
    struct complaints *kept = NULL;
    enum result r = complaints_open(from, false, &kept);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    r = complaints_copy(kept, to);
    complaints_close(kept);
    return r;
}

/* Kills first, then what is derived from the ledger that goes, then the ledger: wherever this is
 * cut off, no killed story comes back and no pages of another ledger stand. */
static int bring_back(struct house *h, const char *from, struct ledger *source)
{
    struct arena *a = h->arena;
    enum result r = unite_tombs(from, h->data);
    if (r != OK) return keep_fail("restore", "tombstones", r);
    r = dir_remove(h->store);
    if (r == OK || r == ERR_ABSENT) r = dir_remove(arena_printf(a, "%s.desk", h->store).p);
    if (r != OK && r != ERR_ABSENT) return keep_fail("restore", h->store, r);
    /* The log of the old ledger must not be read as one of the new. */
    unlink(arena_printf(a, "%s/ledger.db-wal", h->data).p);
    unlink(arena_printf(a, "%s/ledger.db-shm", h->data).p);
    r = ledger_backup(source, arena_printf(a, "%s/ledger.db", h->data).p, keep_progress, restored);
    if (r != OK) return keep_fail("restore", from, r);
    r = bring_complaints(from, h->data);
    return r == OK ? EX_OK : keep_fail("restore", "grievances", r);
}

/* Of an older day: who was signed in then is not now. */
static enum result end_sessions(const char *data)
{
    struct arena *a = arena_new(SESSIONS_ARENA);
    struct accounts *c = NULL;
    struct session *list = NULL;
    const char *why;
    size_t count = 0;
    enum result r = accounts_open(data, &c, &why);
    if (r == OK) r = sessions_list(c, S(""), 0, a, &list, &count);
    for (size_t i = 0; i < count && r == OK; i++) r = sessions_end(c, S(""), list[i].number);
    accounts_close(c);
    arena_free(a);
    return r;
}

static enum result bring_missing(const char *from, const char *data)
{
    struct arena *a = arena_new(BESIDE_ARENA), *one = arena_new(BESIDE_ARENA);
    struct beside *list;
    size_t count;
    enum result r = beside_list(a, from, &list, &count);
    for (size_t i = 0; i < count && r == OK; i++) {
        struct span bytes;
        bool by_itself = !strcmp(list[i].name, "grievances/cases.db"); /* bring_complaints */
        if (by_itself || access(arena_printf(a, "%s/%s", data, list[i].name).p, F_OK) == 0)
            continue;
        arena_reset(one);
        r = beside_read(one, from, list[i].name, &bytes);
        if (r == OK) r = beside_write(data, list[i].name, bytes, list[i].at_ns);
        if (r == OK && !strcmp(list[i].name, "desk/accounts.db")) r = end_sessions(data);
    }
    arena_free(one);
    arena_free(a);
    return r;
}

/* Accounts, keys and receipts: what is here stays, for it is newer. Before the house is opened,
 * which makes a key where there is none; one that is at work is left alone, and opening it says so.
 */
static int bring_beside(const char *from, const char *data)
{
    int lock = -1;
    enum result r = dir_lock(data, &lock);
    if (r == ERR_BUSY) return EX_OK;
    if (r == OK) r = bring_missing(from, data);
    if (lock >= 0) close(lock);
    return r == OK ? EX_OK : keep_fail("restore", "accounts, keys and receipts", r);
}

/* Only read: it may lie on a disk that cannot be written. One that was cut off while it grew has to
 * be, once. */
static int open_backup(const char *from, struct ledger **out)
{
    const char *text = NULL;
    enum result r = ledger_look(from, out, &text);
    if (r != OK && r != ERR_ABSENT && r != ERR_NEWER)
        r = ledger_open(from, "restore", false, out, &text);
    if (r == OK) return EX_OK;
    fprintf(stderr,
        "broadsheet restore: %s: %s; --from wants the folder that `broadsheet backup --to` made\n",
        from, text ? text : result_name(r));
    return exit_code(r);
}

static int restore(const char *from, const char *data)
{
    struct house h;
    struct span why;
    struct ledger *l = NULL;
    int code = open_backup(from, &l);
    if (code != EX_OK) return code;
    code = mark_unconfirmed(data);
    if (code == EX_OK) code = bring_beside(from, data);
    if (code == EX_OK) {
        enum result r = house_open(&h, data, -1, &why); /* makes what is missing, and locks */
        code = exit_code(r);
        if (r == OK)
            code = bring_back(&h, from, l);
        else
            fprintf(stderr, "broadsheet restore: %.*s\n", FMT(why));
        house_close(&h);
    }
    ledger_close(l);
    return code;
}

/* All of it has come, and is what it should be, before anything is touched. */
static int from_stream(const char *folder, void *with)
{
    const char *data = with, *why = "";
    enum result r = tar_read(STDIN_FILENO, folder, backup_has, &why);
    if (r == OK) return restore(folder, data);
    fprintf(stderr,
        "broadsheet restore: standard input: %s; it wants what `broadsheet backup --to -` gives\n",
        why);
    return exit_code(r);
}

int command_restore(int argc, char **argv)
{
    const char *data = NULL, *from = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--from", &from, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    bool streams = strcmp(from, "-") == 0;
    int code = streams ? tar_spooled("restore", from_stream, (void *)(uintptr_t)data)
                       : restore(from, data);
    if (code == EX_OK)
        printf("restored %s from %s; the next start builds the pages again\n", data,
            streams ? "standard input" : from);
    return code;
}
