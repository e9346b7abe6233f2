/* keep: the keeper's verbs: backup, restore, rebuild. Long work shows progress on standard
 * error. */
#include "commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    TOMBS_FILE_MAX = 1 << 30,
    REBUILD_MARK_MAX = 256,
    EXIT_SECOND_YES = 1, /* as of reload and replay */
    REBUILD_POLL_US = 50000,
    REBUILD_STILL_S = 10,
};

/* What is counted, for progress lines. */
static char copied[] = "copied", restored[] = "restored", events[] = "events";

static void progress(uint64_t done, uint64_t of, void *with)
{
    char *what = with;
    if (!isatty(2)) return;
    fprintf(stderr, "\r%s %llu of %llu", what, (unsigned long long)done, (unsigned long long)of);
    if (done >= of) fputc('\n', stderr);
}

static int fail(const char *verb, const char *what, enum result r)
{
    fprintf(stderr, "broadsheet %s: %s: %s%s%s\n", verb, what, result_name(r),
        r == ERR_IO ? ": " : "", r == ERR_IO ? strerror(errno) : "");
    return exit_code(r);
}

/* ---- backup ---- */
static enum result copy_file(struct arena *a, const char *from, const char *to)
{
    struct span bytes;
    enum result r = file_read(a, from, TOMBS_FILE_MAX, &bytes);
    return r == OK ? file_write_durable(to, bytes) : r;
}

/* Who complained stands in no ledger: DATA/grievances comes along, for its owner alone. */
static enum result copy_complaints(const char *from, const char *to)
{
    struct complaints *kept = NULL;
    enum result r = complaints_open(from, false, &kept);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    r = complaints_copy(kept, to);
    complaints_close(kept);
    return r;
}

static int backup(struct house *h, const char *to)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    enum result r = dir_make(to);
    if (r != OK) return fail("backup", to, r);
    r = ledger_open(h->data, "backup", false, &l, &why);
    if (r != OK) return fail("backup", why ? why : h->data, r);
    r = ledger_backup(l, arena_printf(h->arena, "%s/ledger.db", to).p, progress, copied);
    uint64_t head = 0;
    if (r == OK) r = ledger_head(l, &head);
    ledger_close(l);
    if (r != OK)
        return fail("backup",
            "the ledger could not be copied and verified; the old backup, if any, stands", r);
    /* Tombstones after the ledger: they may only be ahead of it. */
    r = copy_file(h->arena, arena_printf(h->arena, "%s/tombstones", h->data).p,
        arena_printf(h->arena, "%s/tombstones", to).p);
    if (r == OK)
        r = copy_file(h->arena, arena_printf(h->arena, "%s/version", h->data).p,
            arena_printf(h->arena, "%s/version", to).p);
    if (r != OK) return fail("backup", "tombstones", r);
    r = copy_complaints(h->data, to);
    if (r != OK) return fail("backup", "grievances", r);
    printf(
        "backup of %s in %s: up to event %llu, verified\n", h->data, to, (unsigned long long)head);
    return EX_OK;
}

int command_backup(int argc, char **argv)
{
    const char *data = NULL, *to = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--to", &to, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK) code = backup(&h, to);
    house_close(&h);
    return code;
}

/* ---- restore ---- */
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
    if (r != OK) return fail("restore", file, r);
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

/* Kills first, then what is derived from the ledger that goes, then the ledger: wherever this is
 * cut off, no killed story comes back and no pages of another ledger stand. */
static int bring_back(struct house *h, const char *from, struct ledger *source)
{
    struct arena *a = h->arena;
    enum result r = unite_tombs(from, h->data);
    if (r != OK) return fail("restore", "tombstones", r);
    r = dir_remove(h->store);
    if (r == OK || r == ERR_ABSENT) r = dir_remove(arena_printf(a, "%s.desk", h->store).p);
    if (r != OK && r != ERR_ABSENT) return fail("restore", h->store, r);
    /* The log of the old ledger must not be read as one of the new. */
    unlink(arena_printf(a, "%s/ledger.db-wal", h->data).p);
    unlink(arena_printf(a, "%s/ledger.db-shm", h->data).p);
    r = ledger_backup(source, arena_printf(a, "%s/ledger.db", h->data).p, progress, restored);
    if (r != OK) return fail("restore", from, r);
    r = copy_complaints(from, h->data);
    if (r != OK) return fail("restore", "grievances", r);
    printf("restored %s from %s; the next start builds the pages again\n", h->data, from);
    return EX_OK;
}

static int restore(const char *from, const char *data)
{
    struct house h;
    struct span why;
    struct ledger *l = NULL;
    const char *text = NULL;
    enum result r = ledger_open(from, "restore", false, &l, &text);
    if (r != OK) {
        fprintf(stderr,
            "broadsheet restore: %s: %s; --from wants the folder that `broadsheet backup --to` "
            "made\n",
            from, text ? text : result_name(r));
        return r == ERR_ABSENT ? EX_NOINPUT : exit_code(r);
    }
    int code = mark_unconfirmed(data);
    if (code == EX_OK) {
        r = house_open(&h, data, -1, &why); /* makes what is missing, and locks */
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

int command_restore(int argc, char **argv)
{
    const char *data = NULL, *from = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--from", &from, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    return restore(from, data);
}

/* ---- rebuild: the real roles, in their cages, with a fresh store ---- */
/* ERR_FULL, ERR_CORRUPT …: what ended it; what to do about it stands with it. */
static int rebuild_failed(const struct house *h, enum result r, bool is_damaged)
{
    struct statvfs s;
    uint64_t free_mb = statvfs(h->data, &s) == 0 ? (uint64_t)s.f_bavail * s.f_frsize >> 20 : 0;
    if (is_damaged)
        fprintf(stderr,
            "broadsheet rebuild: %s: the damaged store is not built again: nothing new is "
            "published, and %s (%llu MB are free in %s); a running site goes on with it by itself, "
            "else say it again\n",
            r == ERR_FULL ? "the disk is full" : result_name(r),
            r == ERR_FULL ? "a new one takes about as much as the old one: make room"
                          : "the log of the site says more",
            (unsigned long long)free_mb, h->store);
    else if (r == ERR_DENIED)
        fprintf(stderr,
            "broadsheet rebuild: %llu live pages would change: the old store stays in force; "
            "`broadsheet replay --data %s` shows which; if that is meant, say `broadsheet rebuild "
            "--data %s --yes %llu`\n",
            (unsigned long long)clock_slot_get(SLOT_REBUILD_PAGES), h->data, h->data,
            (unsigned long long)clock_slot_get(SLOT_REBUILD_PAGES));
    else if (r == ERR_FULL)
        fprintf(stderr,
            "broadsheet rebuild: the disk is full: beside the old store, which stays in force, "
            "there is no room for a new one in %s (%llu MB are free; it takes about as much as "
            "the old one): make room and say it again\n",
            h->store, (unsigned long long)free_mb);
    else
        fprintf(stderr,
            "broadsheet rebuild: %s: the old store stays in force; the log of the site says more, "
            "and `broadsheet check --audit` what is damaged\n",
            result_name(r));
    return r == ERR_DENIED && !is_damaged ? EXIT_SECOND_YES : exit_code(r);
}

/* Beside a running site and in none alike; the reason why it was given up stands in a slot of the
 * clock page, for a full disk has no room for a file. Where damage asks for it already the mark
 * stays as it is: what is only asked for is given up, and forgotten, where there is no room. */
static enum result mark_rebuild(const struct house *h, const char *yes, bool *is_damaged)
{
    struct span asked = arena_printf(h->arena, HOUSE_REBUILD_ASKED "%s", yes);
    const char *mark = arena_printf(h->arena, "%s/rebuild", h->run).p;
    struct span text;
    clock_slot_set(SLOT_REBUILD_ENDED, OK);
    *is_damaged = file_read(h->arena, mark, REBUILD_MARK_MAX, &text) == OK &&
                  !span_starts(text, span_of(HOUSE_REBUILD_ASKED));
    if (!*is_damaged) return file_write_durable(mark, asked);
    fprintf(stderr, "broadsheet rebuild: %.*s\n", FMT(span_trim(text)));
    return OK;
}

static bool rebuilt(const struct house *h)
{
    return access(arena_printf(h->arena, "%s/rebuild", h->run).p, F_OK) != 0;
}

struct still {
    uint64_t done;
    int64_t since_us;
};

/* A word to who waits, where nothing has moved for some seconds. */
static void tell_still(const struct house *h, uint64_t done, uint64_t of, struct still *s)
{
    if (done != s->done || !s->since_us)
        *s = (struct still){.done = done, .since_us = clock_mono_us()};
    if (clock_mono_us() - s->since_us < REBUILD_STILL_S * INT64_C(1000000)) return;
    s->since_us = clock_mono_us();
    fprintf(stderr,
        "broadsheet rebuild: at event %llu of %llu nothing has moved for %d s; readers see the "
        "old store; the log of the site on %s says what it waits for\n",
        (unsigned long long)done, (unsigned long long)of, REBUILD_STILL_S, h->data);
}

/* An exit code. child: the process of the site that does it, where it is ours; 0 once it is gone.
 * A site whose store is damaged never gives it up: there the first trouble ends the waiting. */
static int wait_rebuilt(const struct house *h, uint64_t head, pid_t *child, bool is_damaged)
{
    struct still still = {0};
    for (int i = 1; !rebuilt(h); i++) {
        if (is_damaged && clock_slot_get(SLOT_REBUILD_ENDED) != OK) break;
        uint64_t done = clock_slot_get(SLOT_APPLIED_POS);
        progress(done, head, events);
        tell_still(h, done, head, &still);
        usleep(REBUILD_POLL_US);
        if (child ? waitpid(*child, NULL, WNOHANG) == *child : i % 20 == 0 && !house_pid(h)) {
            if (child) *child = 0;
            break;
        }
    }
    enum result ended = (enum result)clock_slot_get(SLOT_REBUILD_ENDED);
    if (rebuilt(h) && (ended == OK || is_damaged)) return EX_OK;
    if (ended != OK) return rebuild_failed(h, ended, is_damaged);
    fprintf(stderr,
        "broadsheet rebuild: the site ended before it was done; its log says why; the next start "
        "or rebuild goes on with it\n");
    return EX_SOFTWARE;
}

static uint64_t head_of(const struct house *h)
{
    struct ledger *l = NULL;
    const char *why = NULL;
    uint64_t head = 0;
    if (ledger_open(h->data, "rebuild", false, &l, &why) != OK) return 0;
    if (ledger_head(l, &head) != OK) head = 0;
    ledger_close(l);
    return head;
}

/* Beside a running site: its newsroom starts again with a fresh store; readers see the old one
 * meanwhile. */
static int rebuild_running(const struct house *h, const char *yes, pid_t pid)
{
    uint64_t head = head_of(h);
    bool is_damaged = false;
    enum result r = mark_rebuild(h, yes, &is_damaged);
    if (r != OK) return rebuild_failed(h, r, false);
    if (!is_damaged && kill(pid, SIGUSR1) != 0) /* it is at it already */
        return fail("rebuild", "the running site cannot be told", ERR_IO);
    int code = wait_rebuilt(h, head, NULL, is_damaged);
    if (code == EX_OK) printf("rebuilt from %llu events while serving\n", (unsigned long long)head);
    return code;
}

static int rebuild_alone(const char *data, const char *yes)
{
    struct house h;
    struct span why;
    enum result r = house_open(&h, data, -1, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet rebuild: %.*s\n", FMT(why));
        return exit_code(r);
    }
    h.config = config_default(h.arena, S(""));
    h.config_from_ledger = true;
    uint64_t head = head_of(&h);
    clock_slot_set(SLOT_APPLIED_POS, 0);
    bool is_damaged = false;
    if ((r = mark_rebuild(&h, yes, &is_damaged)) != OK) return rebuild_failed(&h, r, false);
    pid_t pid = fork();
    if (pid == 0) _exit(master_run(&h, -1) ? EX_TEMPFAIL : EX_OK);
    if (pid < 0) return fail("rebuild", "no process can be started", ERR_IO);
    int code = wait_rebuilt(&h, head, &pid, is_damaged);
    if (pid && kill(pid, SIGTERM) == 0) waitpid(pid, NULL, 0);
    if (code == EX_OK) printf("rebuilt from %llu events\n", (unsigned long long)head);
    house_close(&h);
    return code;
}

int command_rebuild(int argc, char **argv)
{
    const char *data = NULL, *yes = NULL, *rest[1];
    char digits[32] = "";
    uint64_t may = UINT64_MAX;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--yes", &yes}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    if (yes && strcmp(yes, "all") != 0 && !span_to_u64(span_of(yes), &may))
        return usage_error("rebuild", "--yes: how many live pages may change? a number, or all");
    if (yes) snprintf(digits, sizeof digits, "%llu", (unsigned long long)may);
    struct house h;
    int code = house_visit_or_say(&h, data);
    pid_t pid = code == EX_OK ? house_pid(&h) : 0;
    if (code == EX_OK && pid) code = rebuild_running(&h, digits, pid);
    house_close(&h);
    return code == EX_OK && !pid ? rebuild_alone(data, digits) : code;
}
