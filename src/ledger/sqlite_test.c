/* The ledger's door in one process: opening, appending, reading, leases, counters, bells. */
#include "handle.h"
#include "ledger_testing.h"
#include <dirent.h>
#include <poll.h>

static void test_opening(void)
{
    struct ledger *l;
    const char *why = try_open(test_folder, false, &l);
    check(opened == ERR_ABSENT && *why, "an absent ledger is not made by asking: %s", why);
    l = open_as("intake");
    struct arena *a = arena_new(1 << 20);
    struct event first;
    check(ledger_event(l, 1, &first, a) == OK && first.kind == EVENT_GENESIS,
        "a new ledger begins with its genesis");
    struct span key = arena_keep(a, ledger_key(l));
    char nothing[32] = {0};
    check(key.n == 32 && memcmp(key.p, nothing, 32) != 0, "the genesis holds a key of 32 bytes");
    struct ledger *second = open_as("desk");
    check_span(ledger_key(second), key, "another handle has the same key");
    uint64_t head;
    check(ledger_head(second, &head) == OK && head == 1, "opening again makes no second genesis");
    ledger_close(second);
    ledger_close(l);
    check(access(in_folder("ledger.db-wal"), F_OK) == 0, "the WAL stays behind a clean close");
    arena_free(a);
}

static void test_versions(void)
{
    struct ledger *l;
    const char *path = in_folder("ledger.db");
    edit(path, "PRAGMA user_version = 7");
    const char *why = try_open(test_folder, true, &l);
    check(opened == ERR_NEWER && strstr(why, "7") && strstr(why, "1"),
        "a newer version is refused, both named: %s", why);
    edit(path, "PRAGMA user_version = 1; PRAGMA application_id = 5");
    why = try_open(test_folder, true, &l);
    check(opened == ERR_CORRUPT, "another program's file is refused: %s", why);
    edit(path, "PRAGMA application_id = 1112755271");
    ledger_close(open_as("intake"));
    edit(path, "ALTER TABLE head RENAME TO no_head");
    why = try_open(test_folder, true, &l);
    check(opened == ERR_CORRUPT, "a ledger without one of its tables is refused: %s", why);
    edit(path, "ALTER TABLE no_head RENAME TO head");
}

static void test_no_database(void)
{
    struct ledger *l;
    const char *folder = in_folder("other");
    must(dir_make(folder) == OK);
    char noise[4096];
    random_bytes(noise, sizeof noise);
    must(
        file_write_durable(in_folder("other/ledger.db"), (struct span){noise, sizeof noise}) == OK);
    const char *why = try_open(folder, true, &l);
    check(opened == ERR_CORRUPT, "noise is no ledger: %s", why);
    must(truncate(in_folder("other/ledger.db"), 0) == 0);
    why = try_open(folder, false, &l);
    check(opened == ERR_ABSENT, "nor is what a crash left before the genesis: %s", why);
    must(try_open(folder, true, &l) && opened == OK);
    ledger_close(l);
}

static void test_append_and_read(void)
{
    struct ledger *l = open_as("intake");
    struct arena *a = arena_new(64 << 20);
    char *long_text = arena_alloc(a, 100000);
    memset(long_text, 'x', 100000);
    char noise[5000];
    random_bytes(noise, sizeof noise);
    struct append batch[] = {
        {.kind = EVENT_DELIVERY,
            .received_ms = 5000,
            .feed = S("agency"),
            .delivery = S("1"),
            .meta = S("{\"n\":1}"),
            .blob = {long_text, 100000}},
        {.kind = EVENT_ACT, .received_ms = 4000, .delivery = S("1"), .meta = S("{\"verb\":\"x\"}")},
        {.kind = EVENT_DELIVERY,
            .received_ms = 6000,
            .feed = S("agency"),
            .delivery = S("2"),
            .blob = {noise, sizeof noise}},
        {.kind = EVENT_DELIVERY,
            .received_ms = 6000,
            .feed = S("agency"),
            .delivery = S("1"),
            .blob = S("other bytes under a delivery that is there")},
        {.kind = EVENT_FILE, .received_ms = 6000, .blob = S("")},
    };
    check(ledger_append(l, batch, COUNT(batch)) == OK, "a batch goes in");
    check(batch[0].pos_out == 2 && batch[1].pos_out == 3 && batch[2].pos_out == 4 &&
              batch[4].pos_out == 5,
        "positions follow without gaps");
    check(batch[3].was_there_out && batch[3].pos_out == 2 && !batch[1].was_there_out,
        "a delivery twice in one batch stands once; the same name in another feed is another");
    check(ledger_append(l, batch, 4) == OK && batch[0].was_there_out && batch[2].pos_out == 4,
        "the batch again finds itself");

    struct event e[8];
    size_t count;
    check(ledger_tail(l, 1, e, 8, &count, a) == OK && count == 4, "the tail gives them all");
    check(e[0].received_ms == 5000 && e[1].received_ms == 5000 && e[2].received_ms == 6000,
        "times never go back along the positions");
    check_span(e[0].meta, S("{\"n\":1}"), "meta comes back");
    check_span(e[0].delivery, S("1"), "delivery comes back");
    check_span(e[0].feed, S("agency"), "feed comes back");
    struct span bytes;
    check(ledger_blob(l, &e[0].blob, &bytes, a) == OK, "a packed blob is read");
    check_span(bytes, ((struct span){long_text, 100000}), "and is as it came");
    check(ledger_blob(l, &e[2].blob, &bytes, a) == OK, "an unpacked blob is read");
    check_span(bytes, ((struct span){noise, sizeof noise}), "and is as it came");
    check(ledger_blob(l, &e[3].blob, &bytes, a) == OK && bytes.n == 0, "an empty file is a blob");
    struct hash none = {{0}};
    check(hash_eq(&e[1].blob, &none) && ledger_blob(l, &none, &bytes, a) == ERR_ABSENT,
        "an act has no blob");
    check(
        ledger_find(l, S("agency"), S("2"), &e[0], a) == OK && e[0].pos == 4, "found by delivery");
    check(ledger_find(l, S("agency"), S("3"), &e[0], a) == ERR_ABSENT, "not found");
    check(ledger_event(l, 99, &e[0], a) == ERR_ABSENT && ledger_event(l, 0, &e[0], a) == ERR_ABSENT,
        "no event there");
    check(ledger_tail(l, 5, e, 8, &count, a) == OK && count == 0, "behind the head is nothing");
    check(ledger_tail(l, 1, e, 2, &count, a) == OK && count == 2, "at most as many as asked for");
    ledger_close(l);
    arena_free(a);
}

static void test_once_per_content(void)
{
    struct ledger *l = open_as("intake");
    struct ledger_report before, after;
    must(ledger_verify(l, false, NULL, NULL, &before) == OK);
    append_one(l, "same-1", S("the same bytes by two routes"), 0, NULL);
    append_one(l, "same-2", S("the same bytes by two routes"), 0, NULL);
    check(ledger_verify(l, true, NULL, NULL, &after) == OK && after.blobs == before.blobs + 1 &&
              after.events == before.events + 2,
        "equal bytes stand once");
    ledger_close(l);
}

static void test_caps(void)
{
    struct ledger *l = open_as("intake");
    char *big = calloc(1, LEDGER_BLOB_MAX + 1);
    uint64_t head, after;
    must(ledger_head(l, &head) == OK);
    check(append_one(l, "big", (struct span){big, LEDGER_BLOB_MAX + 1}, 0, NULL) == ERR_FULL,
        "a blob over the cap is refused");
    check(append_one(l, "big", (struct span){big, LEDGER_BLOB_MAX}, 0, NULL) == OK,
        "one at the cap goes in");
    must(ledger_head(l, &after) == OK);
    check(after == head + 1, "and nothing else did");
    free(big);
    ledger_close(l);
}

static void test_full_disk(void)
{
    struct ledger *l = open_as("intake");
    uint64_t head, after;
    must(ledger_head(l, &head) == OK);
    must(ledger_db_exec(l, "PRAGMA max_page_count = 1") == OK);
    static char noise[200000];
    random_bytes(noise, sizeof noise);
    struct append batch[] = {
        {.kind = EVENT_ACT, .delivery = S("full-1"), .meta = S("{}")},
        {.kind = EVENT_FILE, .delivery = S("full-2"), .blob = {noise, sizeof noise}},
    };
    check(ledger_append(l, batch, 2) == ERR_FULL, "a full disk is told as such");
    must(ledger_head(l, &after) == OK);
    check(after == head, "and nothing of the batch was written");
    must(ledger_db_exec(l, "PRAGMA max_page_count = 1000000") == OK);
    check(ledger_append(l, batch, 2) == OK && !batch[0].was_there_out, "with room it goes in");
    ledger_close(l);
}

static void test_leases(void)
{
    struct ledger *l = open_as("intake");
    uint64_t a = 0, b = 0, again = 0;
    check(ledger_lease(l, "poll", S("node a"), 1000, 500, &a) == OK && a > 0, "a free lease");
    check(ledger_lease(l, "poll", S("node b"), 1400, 500, &b) == ERR_BUSY, "is not free");
    check(ledger_lease(l, "poll", S("node a"), 1400, 500, &again) == OK && again == a,
        "its holder renews it and keeps the fence");
    check(ledger_lease(l, "poll", S("node b"), 1899, 500, &b) == ERR_BUSY, "renewed it holds on");
    struct append e = {.kind = EVENT_ACT, .meta = S("{}"), .lease = "poll", .fence = a};
    check(ledger_append(l, &e, 1) == OK, "its holder appends");
    check(ledger_lease(l, "poll", S("node b"), 1900, 500, &b) == OK && b > a,
        "run out, it goes to another with a higher fence");
    struct append late[] = {{.kind = EVENT_ACT, .delivery = S("late"), .meta = S("{}")},
        {.kind = EVENT_ACT, .meta = S("{}"), .lease = "poll", .fence = a}};
    uint64_t head, after;
    must(ledger_head(l, &head) == OK);
    check(ledger_append(l, late, 2) == ERR_DENIED, "the old fence is refused");
    must(ledger_head(l, &after) == OK);
    check(head == after, "for the whole batch");
    late[1].lease = "never taken";
    check(ledger_append(l, late, 2) == ERR_DENIED, "a lease that nobody took is refused");
    ledger_close(l);
}

static bool rings(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

static int bells_in_folder(void)
{
    int count = 0;
    DIR *d = opendir(in_folder("bells"));
    for (struct dirent *e; (e = readdir(d));) count += e->d_type == DT_SOCK;
    closedir(d);
    return count;
}

static void test_bells(void)
{
    int one, two;
    struct ledger *l = open_as("intake");
    check(ledger_bell_open(test_folder, "newsroom", &one) == OK, "a bell is hung up");
    must(ledger_bell_open(test_folder, "newsroom", &two) == OK);
    check(!rings(one), "it is silent");
    append_one(l, "bell-1", S("x"), 0, NULL);
    check(rings(one) && rings(two), "an append rings all");
    ledger_bell_hush(one);
    check(!rings(one) && rings(two), "hushed it is silent");
    append_one(l, "bell-1", S("x"), 0, NULL);
    check(rings(one), "an append that was there already rings too");
    close(two);
    append_one(l, "bell-2", S("x"), 0, NULL);
    check(bells_in_folder() == 1, "a dead bell is taken down");
    for (int i = 0; i < 2000; i++) bell_ring(l);
    check(append_one(l, "bell-3", S("x"), 0, NULL) == OK && rings(one),
        "a bell that nobody hushes holds up nobody");
    close(one);
    ledger_close(l);
}

static void test_long_folder(void)
{
    char deep[1024];
    int n = snprintf(deep, sizeof deep, "%s", test_folder);
    for (int i = 0; i < 4; i++) n += snprintf(deep + n, sizeof deep - (size_t)n, "/%040d", i);
    struct ledger *l;
    const char *why;
    int fd;
    must(ledger_open(deep, "intake", true, &l, &why) == OK);
    check(ledger_bell_open(deep, "newsroom", &fd) == OK, "a bell hangs in a folder of %d bytes", n);
    append_one(l, "1", S("x"), 0, NULL);
    check(rings(fd), "and rings");
    close(fd);
    ledger_close(l);
}

int main(void)
{
    log_quiet(LOG_ERROR);
    folder_new();
    test_opening();
    test_versions();
    test_no_database();
    test_append_and_read();
    test_once_per_content();
    test_caps();
    test_full_disk();
    test_leases();
    test_bells();
    test_long_folder();
    folder_end();
    return tap_end();
}
