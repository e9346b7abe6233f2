/* rebuild: every derived table again, from the ledger. Shows progress on standard error. */
#include "keep.h"

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
    REBUILD_MARK_MAX = 256,
    EXIT_SECOND_YES = 1, /* as of reload and replay */
    REBUILD_POLL_US = 50000,
    REBUILD_STILL_S = 10,
};

static char events[] = "events"; /* what is counted, for progress lines */

/* The real roles, in their cages, with a fresh store. */
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
        keep_progress(done, head, events);
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
        return keep_fail("rebuild", "the running site cannot be told", ERR_IO);
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
    if (pid < 0) return keep_fail("rebuild", "no process can be started", ERR_IO);
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
