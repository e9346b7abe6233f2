/* restart: the program that lies on the disk now takes the place of the one that runs. The house
 * tries it first (roles/master_again.c), and what became of it stands in run/again. */
#include "commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    RESTART_TIMEOUT_MS = 120 * 1000,
    RESTART_LOOK_US = 20 * 1000,
};

/* What stands in run/again, from "asked" on; the last word, or none in time. */
static struct span wait_for_end(struct arena *a, const char *path, int64_t *took_us)
{
    int64_t t0 = clock_mono_us(), until = t0 + RESTART_TIMEOUT_MS * 1000LL;
    struct span word = S("");
    while (clock_mono_us() < until) {
        arena_reset(a);
        if (file_read(a, path, 64, &word) != OK) word = S("");
        word = span_trim(word);
        if (span_eq(word, S("serves")) || span_eq(word, S("refused"))) break;
        usleep(RESTART_LOOK_US);
    }
    *took_us = clock_mono_us() - t0;
    return word;
}

static int restart(struct house *h, const char *data)
{
    char path[4096]; /* the arena is used up while it is waited */
    int64_t took_us;
    pid_t pid = house_pid(h);
    snprintf(path, sizeof path, "%s/again", h->run);
    if (!pid) {
        fprintf(stderr, "broadsheet restart: no site runs on %s: start it\n", data);
        return EX_UNAVAILABLE;
    }
    if (file_write_durable(path, S("asked\n")) != OK || kill(pid, SIGUSR2) != 0) {
        fprintf(stderr, "broadsheet restart: process %d cannot be told: %s\n", (int)pid,
            strerror(errno));
        return EX_NOPERM;
    }
    struct span end = wait_for_end(h->arena, path, &took_us);
    if (span_eq(end, S("serves"))) {
        printf("the program that was installed serves, after %.1f s\n", (double)took_us / 1e6);
        return EX_OK;
    }
    if (span_eq(end, S("refused"))) {
        fprintf(stderr,
            "broadsheet restart: the program that is installed refuses, and the old one goes on: "
            "`broadsheet check --upgrade --data %s --config FILE` says why\n",
            data);
        return EX_CONFIG;
    }
    fprintf(stderr,
        "broadsheet restart: it does not serve after %d s; the site's log may say why (here: "
        "“%.*s”)\n",
        RESTART_TIMEOUT_MS / 1000, FMT(end));
    return EX_TEMPFAIL;
}

int command_restart(int argc, char **argv)
{
    const char *data = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK) code = restart(&h, data);
    house_close(&h);
    return code;
}
