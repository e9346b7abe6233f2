/* ledger/ledger_testing.h: what this floor's tests share: a folder of their own, a second hand on
 * the file. Only for *_test.c. */
#ifndef LEDGER_TESTING_H
#define LEDGER_TESTING_H

#include "ledger.h"
#include "tap.h"
#include <sqlite3.h>
#include <unistd.h>

static char test_folder[256];

__attribute__((unused)) static const char *folder_new(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(test_folder, sizeof test_folder, "%s/ledger-test-XXXXXX", tmp ? tmp : "/tmp");
    must(mkdtemp(test_folder));
    return test_folder;
}

__attribute__((unused)) static void folder_end(void)
{
    must(dir_remove(test_folder) == OK);
}

/* Good until the eighth call after it. */
__attribute__((unused)) static const char *in_folder(const char *name)
{
    static char paths[8][512];
    static int turn;
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", test_folder, name);
    return path;
}

/* Opens, and keeps the sentence for the user apart: a check's arguments have no order. */
static enum result opened;
__attribute__((unused)) static const char *try_open(
    const char *folder, bool make, struct ledger **out)
{
    const char *why = "";
    opened = ledger_open(folder, "intake", make, out, &why);
    return why;
}

/* Another program's hand on a database file. */
__attribute__((unused)) static bool edit(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    bool ok = sqlite3_open(path, &db) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    if (!ok) printf("# %s: %s\n", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
    return ok;
}

__attribute__((unused)) static struct ledger *open_as(const char *appender)
{
    struct ledger *l;
    const char *why;
    enum result r = ledger_open(test_folder, appender, true, &l, &why);
    if (r != OK) printf("# open: %s: %s\n", result_name(r), why);
    must(r == OK);
    return l;
}

__attribute__((unused)) static enum result append_one(
    struct ledger *l, const char *delivery, struct span blob, int64_t received_ms, uint64_t *pos)
{
    struct append e = {.kind = EVENT_DELIVERY,
        .received_ms = received_ms,
        .feed = S("agency"),
        .delivery = span_of(delivery),
        .meta = S("{\"name\":\"a.xml\"}"),
        .blob = blob};
    enum result r = ledger_append(l, &e, 1);
    if (pos) *pos = e.pos_out;
    return r;
}

/* The seed of a random test: TEST_SEED repeats one. */
__attribute__((unused)) static uint64_t seed_of(const char *what)
{
    uint64_t seed;
    const char *given = getenv("TEST_SEED");
    if (given)
        seed = strtoull(given, NULL, 10);
    else
        random_bytes(&seed, sizeof seed);
    printf("# %s: TEST_SEED=%llu\n", what, (unsigned long long)seed);
    return seed ? seed : 1;
}

__attribute__((unused)) static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
