/* alarm: tries the ways by which people are told, through the running courier: what works here
 * works at night. */
#include "commands.h"

#include "transport.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { TEST_WAIT_MS = 40000, TEST_LOOK_US = 100 * 1000, WAYS = 3, ALARM_TEXT_MAX = 4000 };
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

int alarm_test(struct house *h)
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

/* ---- for scripts that bring a wire's files ---- */
static struct span read_text(struct arena *a)
{
    struct buf b;
    char piece[1024];
    buf_init(&b, a, 0);
    for (size_t n; b.n < ALARM_TEXT_MAX && (n = fread(piece, 1, sizeof piece, stdin)) > 0;)
        buf_put(&b, (struct span){piece, n});
    struct span s = span_trim(span_cut(buf_span(&b), 0, ALARM_TEXT_MAX));
    return utf8_valid(s) ? s : S("its text is not UTF-8");
}

static struct span state_body(struct arena *a, const char *kind, const char *subject, bool over)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "kind", span_of(kind));
    json_string(&o, "subject", span_of(subject));
    json_string(&o, "text", over ? S("") : read_text(a));
    json_string(&o, "state", over ? S("over") : S("raised"));
    json_close(&o, '}');
    return buf_span(&b);
}

/* Durable when it returns; the courier tells it, when it runs. */
static int state(struct house *h, const char *verb, const char *kind, const char *subject)
{
    struct outbox *o = NULL;
    const char *why = NULL;
    unsigned char nonce[8];
    bool over = strcmp(verb, "clear") == 0;
    if (strcmp(kind, "server-key") != 0 && strcmp(kind, "feed") != 0)
        return usage_error("alarm", "scripts may raise “server-key” and “feed”, not “%s”", kind);
    if (outbox_open(arena_printf(h->arena, "%s/courier", h->data).p, &o, &why) != OK) {
        fprintf(stderr, "broadsheet alarm: the outbox: %s\n", why ? why : "it cannot be opened");
        return EX_NOINPUT;
    }
    random_bytes(nonce, sizeof nonce);
    struct span key =
        arena_printf(h->arena, "state:%.*s", FMT(bytes_hex(h->arena, nonce, sizeof nonce)));
    int64_t now = clock_now_ms();
    struct outbox_job job = {.key = key,
        .kind = S("state"),
        .body = state_body(h->arena, kind, subject, over),
        .at_ms = now,
        .due_ms = now};
    enum result r = outbox_put(o, &job, NULL);
    outbox_close(o);
    if (r != OK) fprintf(stderr, "broadsheet alarm: it cannot be kept: %s\n", result_name(r));
    return r == OK ? EX_OK : exit_code(r);
}

int command_alarm(int argc, char **argv)
{
    const char *data = NULL, *rest[3];
    size_t n;
    const struct option_row rows[] = {{"--data", &data, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 3, &n)) return EX_USAGE;
    bool is_test = n == 1 && strcmp(rest[0], "test") == 0,
         is_state = n == 3 && (!strcmp(rest[0], "raise") || !strcmp(rest[0], "clear"));
    if (!is_test && !is_state)
        return usage_error("alarm", "what? `broadsheet alarm test --data DIR`, or `raise` or "
                                    "`clear` with a kind and a feed");
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK) code = is_test ? alarm_test(&h) : state(&h, rest[0], rest[1], rest[2]);
    house_close(&h);
    return code;
}
