/* Several processes on one ledger, and processes that die at any instant (X1, X2's half that a test
 * can do): nothing that was acknowledged is lost, nothing is doubled. TEST_SEED repeats a run's
 * choices. */
#include "handle.h"
#include "ledger_testing.h"
#include <signal.h>
#include <sys/wait.h>

enum { APPENDERS = 4, EVENTS_EACH = 200, KILLS = 30 };

/* A batch of one to four deliveries from number first on. */
static enum result append_some(struct ledger *l, int first, int n)
{
    struct append batch[4];
    char names[4][24], texts[4][200];
    for (int i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "d%d", first + i);
        snprintf(texts[i], sizeof texts[i], "%0150d", first + i);
        batch[i] = (struct append){.kind = EVENT_DELIVERY,
            .received_ms = 1000 + first,
            .feed = l->appender,
            .delivery = span_of(names[i]),
            .blob = span_of(texts[i])};
    }
    return ledger_append(l, batch, (size_t)n);
}

static void appender(int number)
{
    char name[32];
    snprintf(name, sizeof name, "appender %d", number);
    struct ledger *l = open_as(name);
    for (int i = 0; i < EVENTS_EACH; i += 2)
        if (append_some(l, i, 2) != OK) _exit(1);
    ledger_close(l);
    _exit(0);
}

static void test_at_once(void)
{
    folder_new();
    pid_t children[APPENDERS];
    for (int i = 0; i < APPENDERS; i++) {
        children[i] = fork();
        if (children[i] == 0) appender(i);
    }
    int good = 0;
    for (int i = 0; i < APPENDERS; i++) {
        int status;
        waitpid(children[i], &status, 0);
        good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    check(good == APPENDERS, "%d processes make and fill one ledger at once", APPENDERS);
    struct ledger *l = open_as("keeper");
    struct ledger_report report = {.why = ""};
    check(ledger_verify(l, true, NULL, NULL, &report) == OK &&
              report.events == APPENDERS * EVENTS_EACH + 1,
        "positions without gaps, every chain holds: %s", report.why);
    ledger_close(l);
    folder_end();
}

/* Appends for ever, and writes into the pipe the number up to which all is acknowledged. */
static void victim(int to_parent, int first, uint64_t seed)
{
    struct ledger *l = open_as("victim");
    for (int at = first;;) {
        int n = 1 + (int)(next_random(&seed) % 4);
        if (append_some(l, at, n) != OK) _exit(1);
        at += n;
        if (write(to_parent, &at, sizeof at) != sizeof at) _exit(1);
    }
}

/* Lets one victim live for some acknowledgements and a little longer; returns up to where it had
 * acknowledged. */
static int kill_one(int first, uint64_t *seed)
{
    int ends[2], acked = first, at;
    must(pipe(ends) == 0);
    uint64_t childs_seed = next_random(seed);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        victim(ends[1], first, childs_seed);
    }
    close(ends[1]);
    for (uint64_t acks = next_random(seed) % 12; acks > 0; acks--) {
        must(read(ends[0], &at, sizeof at) == sizeof at);
        acked = at;
    }
    for (volatile uint64_t spin = next_random(seed) % 3000000; spin > 0;) spin = spin - 1;
    kill(child, SIGKILL);
    while (read(ends[0], &at, sizeof at) == sizeof at) acked = at;
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    must(WIFSIGNALED(status));
    return acked;
}

static void test_kills(void)
{
    folder_new();
    uint64_t seed = seed_of("kill -9");
    int acked = 0;
    for (int i = 0; i < KILLS; i++) acked = kill_one(acked, &seed);

    struct ledger *l = open_as("victim");
    struct arena *a = arena_new(1 << 20);
    struct ledger_report report = {.why = ""};
    check(ledger_verify(l, true, NULL, NULL, &report) == OK, "all holds after %d kills: %s", KILLS,
        report.why);
    int lost = 0;
    for (int i = 0; i < acked; i++) {
        char name[24];
        struct event e;
        snprintf(name, sizeof name, "d%d", i);
        lost += ledger_find(l, S("victim"), span_of(name), &e, a) != OK;
        arena_reset(a);
    }
    check(acked > 0 && lost == 0, "%d acknowledged events, %d lost", acked, lost);
    /* What came behind the last acknowledgement is at most one batch; nothing else may be there,
     * and nothing twice. */
    check(report.events >= (uint64_t)acked + 1 && report.events <= (uint64_t)acked + 1 + 4,
        "%d events stand there: none doubled", (int)report.events);
    arena_free(a);
    ledger_close(l);
    folder_end();
}

/* A reader of another process sees the ledger after its writers have closed, and while one is
 * killed. */
static void test_reader_after_close(void)
{
    folder_new();
    ledger_close(open_as("intake"));
    sqlite3 *db;
    must(sqlite3_open_v2(in_folder("ledger.db"), &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    check(sqlite3_exec(db, "SELECT * FROM event", NULL, NULL, NULL) == SQLITE_OK,
        "a read-only connection works on a ledger that was closed cleanly");
    sqlite3_close(db);
    folder_end();
}

int main(void)
{
    log_quiet(LOG_ERROR);
    test_at_once();
    test_kills();
    test_reader_after_close();
    return tap_end();
}
