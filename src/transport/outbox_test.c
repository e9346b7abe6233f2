/* The outbox: what is known by its key leaves once, what fails is tried again and given up in the
 * end, what waits can be taken back; an alarm is told once, and its end once. */
#include "clock.h"
#include "tap.h"
#include "transport.h"

#include <unistd.h>

enum { HOUR = 3600 * 1000 };
static char folder[] = "/tmp/broadsheet-outbox-XXXXXX";
static struct arena *a;

static struct outbox *open_it(void)
{
    struct outbox *o = NULL;
    const char *why = "";
    enum result r = outbox_open(folder, &o, &why);
    if (r != OK) printf("# %s: %s\n", result_name(r), why);
    must(r == OK);
    return o;
}

static void put(struct outbox *o, const char *key, const char *kind, const char *subject,
    int64_t at, int64_t due, bool want_new)
{
    bool is_new = !want_new;
    struct outbox_job j = {.key = span_of(key),
        .kind = span_of(kind),
        .subject = span_of(subject),
        .body = S("{}"),
        .at_ms = at,
        .due_ms = due};
    check(outbox_put(o, &j, &is_new) == OK && is_new == want_new, "%s is %s", key,
        want_new ? "new" : "known");
}

static size_t due(struct outbox *o, int64_t now, int64_t *next)
{
    struct outbox_job jobs[50];
    size_t n = 0;
    must(outbox_due(o, now, a, jobs, COUNT(jobs), &n, next) == OK);
    return n;
}

static enum outbox_state state_of(struct outbox *o, const char *key)
{
    struct outbox_job j;
    must(outbox_job(o, span_of(key), a, &j) == OK);
    return j.state;
}

static void test_jobs(void)
{
    struct outbox *o = open_it();
    int64_t next;
    put(o, "a", "push", "s", 1000, 0, true);
    put(o, "a", "push", "s", 2000, 0, false);
    put(o, "later", "push", "s", 1000, 9000, true);
    struct outbox_job grown;
    check(outbox_add(o, S("later"), S("\nmore")) == OK &&
              outbox_job(o, S("later"), a, &grown) == OK && span_eq(grown.body, S("{}\nmore")),
        "what waits takes more");
    check(outbox_add(o, S("unknown"), S("more")) == ERR_ABSENT, "what is unknown does not");
    check(due(o, 999, &next) == 0 && next == 1000, "nothing is due before its time");
    check(due(o, 1000, &next) == 1 && next == 9000, "one is due, and the next is known");
    must(outbox_sent(o, S("a"), S("200"), 1500) == OK);
    check(state_of(o, "a") == JOB_SENT, "it is sent");
    outbox_close(o);
    o = open_it();
    put(o, "a", "push", "s", 3000, 0, false);
    check(due(o, 8999, &next) == 0, "what was sent is not due again, also in a new process");
    size_t sent = 9;
    must(outbox_take_back(o, S("push"), S("s"), 4000, &sent) == OK);
    check(sent == 1 && state_of(o, "later") == JOB_TAKEN_BACK && state_of(o, "a") == JOB_SENT,
        "what waits is taken back, what has left is counted");
    must(outbox_take_back(o, S("push"), S("other"), 4000, &sent) == OK);
    check(sent == 0, "another subject has sent nothing");
    must(outbox_sweep(o, 4000 + OUTBOX_KEEP_MS) == OK);
    struct outbox_job j;
    check(outbox_job(o, S("a"), a, &j) == ERR_ABSENT, "what is old is forgotten");
    outbox_close(o);
}

static void test_tries(void)
{
    struct outbox *o = open_it();
    int64_t now = 1000000, next, waited = 0;
    bool given_up = true;
    put(o, "t", "mail", "", now, 0, true);
    int64_t began = now;
    for (int tries = 0; tries < 400; tries++) {
        must(outbox_failed(o, S("t"), S("no answer"), false, now, &given_up) == OK);
        if (given_up) break;
        must(due(o, now, &next) == 0);
        check(next - now >= OUTBOX_TRY_FIRST_MS && next - now <= OUTBOX_TRY_MAX_MS &&
                  next - now >= waited,
            "it waits longer each time: %lld s", (long long)(next - now) / 1000);
        waited = next - now;
        now = next;
    }
    check(given_up && now - began > OUTBOX_GIVE_UP_MS && now - began < OUTBOX_GIVE_UP_MS + HOUR,
        "after a day it is given up");
    check(state_of(o, "t") == JOB_GIVEN_UP, "and stays so");
    put(o, "f", "mail", "", now, 0, true);
    must(outbox_failed(o, S("f"), S("refused"), true, now, &given_up) == OK);
    check(given_up, "a final no is given up at once");
    outbox_close(o);
}

static void test_together(void)
{
    struct outbox *o = open_it();
    struct outbox_job j = {.key = S("x1"), .kind = S("k"), .at_ms = 1}, seen;
    must(outbox_begin(o) == OK && outbox_put(o, &j, NULL) == OK);
    check(outbox_end(o, ERR_IO) == ERR_IO, "an error is given back");
    check(outbox_job(o, S("x1"), a, &seen) == ERR_ABSENT, "and nothing of it stays");
    must(outbox_begin(o) == OK && outbox_put(o, &j, NULL) == OK && outbox_end(o, OK) == OK);
    check(outbox_job(o, S("x1"), a, &seen) == OK, "else all of it does");
    outbox_close(o);
}

static bool raise_it(struct outbox *o, int64_t now)
{
    bool tell = false;
    must(outbox_raise(o, S("disk"), S("/srv"), S("12 MB"), HOUR, now, &tell) == OK);
    return tell;
}

static bool clear_it(struct outbox *o, int64_t now)
{
    bool tell = false;
    must(outbox_clear(o, S("disk"), S("/srv"), now, &tell) == OK);
    return tell;
}

static void test_alarms(void)
{
    struct outbox *o = open_it();
    struct outbox_alarm list[5];
    size_t n = 0;
    check(!clear_it(o, 1), "what was never raised has no end");
    check(raise_it(o, 10), "the first is told");
    check(!raise_it(o, 20) && !raise_it(o, 9 + HOUR), "the next are counted");
    must(outbox_alarms(o, a, list, COUNT(list), &n) == OK);
    check(n == 1 && list[0].count == 3 && list[0].since_ms == 10, "it is open since the first");
    check(raise_it(o, 10 + HOUR), "after an hour it is told again");
    check(clear_it(o, 20 + HOUR) && !clear_it(o, 30 + HOUR), "its end is told once");
    must(outbox_alarms(o, a, list, COUNT(list), &n) == OK);
    check(n == 0, "none is open");
    check(raise_it(o, 40 + HOUR), "and a new one is told at once");
    outbox_close(o);
}

/* What caches must drop goes first, and is tried again soon. */
static void test_caches(void)
{
    struct outbox *o = open_it();
    struct outbox_job list[4];
    size_t n = 0;
    int64_t now = 50000000, next = 0;
    bool given_up = true;
    put(o, "early", "mail", "", now - 1000, 0, true);
    put(o, "drop", "cdn", "edge", now, 0, true);
    must(outbox_due(o, now, a, list, COUNT(list), &n, &next) == OK);
    check(n >= 2 && span_eq(list[0].key, S("drop")), "it goes ahead of what is older");
    must(outbox_failed(o, S("drop"), S("refused"), false, now, &given_up) == OK && !given_up);
    must(outbox_due(o, now, a, list, 1, &n, &next) == OK);
    check(next == now + OUTBOX_URGENT_FIRST_MS, "it is tried again within a second");
    for (int i = 0; i < 20; i++)
        must(outbox_failed(o, S("drop"), S("refused"), false, now, &given_up) == OK);
    must(outbox_due(o, now, a, list, 1, &n, &next) == OK);
    check(next == now + OUTBOX_URGENT_MAX_MS, "and then each minute");
    outbox_close(o);
}

/* K20, D8: words leave the file; what withdraws stays. */
static void test_forget(void)
{
    struct outbox *o = open_it();
    struct outbox_job j = {.key = S("w1"),
        .kind = S("mail"),
        .subject = S("guid:1"),
        .at_ms = 1,
        .body = S("held: zanzibar")};
    struct outbox_alarm list[5];
    bool tell = false, given_up = false;
    size_t n = 0, sent = 0;
    must(outbox_put(o, &j, NULL) == OK);
    j = (struct outbox_job){.key = S("w2"),
        .kind = S("deliver"),
        .subject = S("guid:1 x"),
        .at_ms = 1,
        .body = S("withdrawn guid:1")};
    must(outbox_put(o, &j, NULL) == OK);
    j = (struct outbox_job){.key = S("w3"),
        .kind = S("webhook"),
        .subject = S("other"),
        .at_ms = 1,
        .body = S("about guid:1 as well")};
    must(outbox_put(o, &j, NULL) == OK);
    must(outbox_raise(o, S("feed"), S("guid:1"), S("zanzibar"), HOUR, 5, &tell) == OK);
    must(outbox_forget(o, S("guid:1"), 10) == OK && outbox_forget(o, S(""), 10) == OK);
    check(state_of(o, "w1") == JOB_TAKEN_BACK && state_of(o, "w3") == JOB_TAKEN_BACK,
        "what is about it, or says it, is taken back");
    check(state_of(o, "w2") == JOB_WAITS, "what withdraws it still leaves");
    must(outbox_job(o, S("w1"), a, &j) == OK);
    check(!j.body.n, "and nothing of it stays");
    must(outbox_alarms(o, a, list, COUNT(list), &n) == OK);
    for (size_t i = 0; i < n; i++)
        if (span_eq(list[i].subject, S("guid:1")))
            check(!list[i].text.n, "an alarm about it forgets its words");
    must(outbox_failed(o, S("w2"), S("no answer"), false, 20, &given_up) == OK);
    must(outbox_take_back(o, S("deliver"), S("guid:1 x"), 30, &sent) == OK);
    check(sent == 1, "who did not answer may have read it");
    outbox_close(o);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    a = arena_new(8 << 20);
    test_jobs();
    test_tries();
    test_together();
    test_alarms();
    test_caches();
    test_forget();
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
