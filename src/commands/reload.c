/* reload, confirm: small words with a running house. */
#include "commands.h"

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
