/* alarm: tries the ways by which people are told, through the running courier: what works here
 * works at night. */
#include "commands.h"

#include "transport.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { TEST_WAIT_MS = 40000, TEST_LOOK_US = 100 * 1000, WAYS = 3 };
static const char *const ways[WAYS] = {"mail", "webhook", "command"};

static const char *word_of(enum outbox_state s)
{
    return s == JOB_SENT ? "sent" : s == JOB_GIVEN_UP ? "given up" : "not sent yet";
}

/* A test is known by its key; the courier makes a job of each way that is configured. */
static struct span put_test(struct house *h, struct outbox *o)
{
    unsigned char nonce[8];
    random_bytes(nonce, sizeof nonce);
    struct span key =
        arena_printf(h->arena, "test:%.*s", FMT(bytes_hex(h->arena, nonce, sizeof nonce)));
    int64_t now = clock_now_ms();
    struct outbox_job job = {.key = key, .kind = S("test"), .at_ms = now, .due_ms = now};
    return outbox_put(o, &job, NULL) == OK ? key : S("");
}

static bool is_over(struct house *h, struct outbox *o, struct span key, bool *any, bool *all_sent)
{
    struct outbox_job job;
    if (outbox_job(o, key, h->arena, &job) != OK || job.state == JOB_WAITS) return false;
    bool over = true;
    *any = false;
    *all_sent = true;
    for (size_t i = 0; i < WAYS; i++) {
        struct span k = arena_printf(h->arena, "%.*s/%s", FMT(key), ways[i]);
        if (outbox_job(o, k, h->arena, &job) != OK) continue;
        *any = true;
        *all_sent &= job.state == JOB_SENT;
        over &= job.state != JOB_WAITS || job.tries > 0;
    }
    return over;
}

static bool is_taken(struct house *h, struct outbox *o, struct span key)
{
    struct outbox_job job;
    return outbox_job(o, key, h->arena, &job) == OK && job.state != JOB_WAITS;
}

static void print_ways(struct house *h, struct outbox *o, struct span key)
{
    for (size_t i = 0; i < WAYS; i++) {
        struct outbox_job job;
        struct span k = arena_printf(h->arena, "%.*s/%s", FMT(key), ways[i]);
        if (outbox_job(o, k, h->arena, &job) == OK)
            printf("%-8s %s: %.*s\n", ways[i], word_of(job.state), FMT(job.result));
        else
            printf("%-8s not configured\n", ways[i]);
    }
}

static int test(struct house *h)
{
    struct outbox *o = NULL;
    const char *why = NULL;
    bool any = false, all_sent = false;
    if (!house_pid(h)) {
        fprintf(stderr, "broadsheet alarm: the site is not running: start it, then try again\n");
        return EX_UNAVAILABLE;
    }
    if (outbox_open(arena_printf(h->arena, "%s/courier", h->data).p, &o, &why) != OK) {
        fprintf(stderr, "broadsheet alarm: the outbox: %s\n", why ? why : "it cannot be opened");
        return EX_NOINPUT;
    }
    struct span key = put_test(h, o);
    int64_t until = clock_mono_us() + TEST_WAIT_MS * 1000LL;
    while (key.n && !is_over(h, o, key, &any, &all_sent) && clock_mono_us() < until)
        usleep(TEST_LOOK_US);
    bool taken = any || (key.n && is_taken(h, o, key));
    if (taken) print_ways(h, o, key);
    outbox_close(o);
    if (!key.n)
        fprintf(stderr, "broadsheet alarm: the test cannot be written down: is the disk full?\n");
    else if (!taken)
        fprintf(stderr,
            "broadsheet alarm: the courier has not taken it within %d s: the site's log "
            "says why\n",
            TEST_WAIT_MS / 1000);
    else if (!any)
        fprintf(stderr, "broadsheet alarm: nobody would be told: add `alarms` to the configuration "
                        "(docs/configuration.md)\n");
    return any && all_sent ? EX_OK : EX_UNAVAILABLE;
}

int command_alarm(int argc, char **argv)
{
    const char *data = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    if (!rest_count || strcmp(rest[0], "test") != 0)
        return usage_error("alarm", "what? `broadsheet alarm test --data DIR`");
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK) code = test(&h);
    house_close(&h);
    return code;
}
