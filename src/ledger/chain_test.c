/* What an edited, cut or damaged ledger looks like to verify; what forgetting leaves; what a backup
 * is. */
#include "handle.h"
#include "ledger_testing.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

static const char phrase[] = "a sentence that a court wants gone: Zwetschgenroester 4711";

/* A fresh ledger with two appenders' events at 2 … 13. */
static struct ledger *filled(void)
{
    struct ledger *l = open_as("intake"), *desk = open_as("desk");
    for (int i = 0; i < 12; i++) {
        char name[16], text[64];
        snprintf(name, sizeof name, "d%d", i);
        snprintf(text, sizeof text, "text of %d", i);
        must(append_one(i % 3 ? l : desk, name, span_of(text), 1000 + i, NULL) == OK);
    }
    ledger_close(desk);
    return l;
}

static void test_sound(void)
{
    folder_new();
    struct ledger *l = filled();
    struct ledger_report report;
    check(ledger_verify(l, true, NULL, NULL, &report) == OK && report.bad_pos == 0 &&
              report.events == 13 && report.blobs == 13,
        "a sound ledger verifies");
    ledger_close(l);
    folder_end();
}

/* Each row: what another hand does to the file, and the position at which verify must stop. */
static const struct {
    const char *name, *sql;
    uint64_t bad_pos;
} damages[] = {
    {"an edited time", "UPDATE event SET received_ms = received_ms - 1 WHERE pos = 5", 5},
    {"an edited kind", "UPDATE event SET kind = 3 WHERE pos = 5", 5},
    {"an edited feed", "UPDATE event SET feed = x'41' WHERE pos = 5", 5},
    {"an edited delivery", "UPDATE event SET delivery = x'41' WHERE pos = 5", 5},
    {"an edited meta", "UPDATE event SET meta = x'7b7d' WHERE pos = 5", 5},
    {"an edited appender", "UPDATE event SET appender = CAST('desk' AS BLOB) WHERE pos = 6", 6},
    {"an edited salt", "UPDATE event SET salt = randomblob(16) WHERE pos = 5", 5},
    {"an edited payload hash", "UPDATE event SET payload = randomblob(32) WHERE pos = 5", 5},
    {"an edited chain", "UPDATE event SET chain = randomblob(32) WHERE pos = 5", 5},
    {"a cut chain hash", "UPDATE event SET chain = x'00' WHERE pos = 5", 5},
    {"an edited length", "UPDATE event SET blob_bytes = 3 WHERE pos = 5", 5},
    {"another event's blob",
        "UPDATE event SET blob = (SELECT blob FROM event WHERE pos = 7) WHERE pos = 6", 6},
    {"an edited blob",
        "UPDATE blob SET bytes = CAST('text of X' AS BLOB) WHERE hash ="
        " (SELECT blob FROM event WHERE pos = 5)",
        5},
    {"a blob of an unknown coding",
        "UPDATE blob SET coding = 9 WHERE hash ="
        " (SELECT blob FROM event WHERE pos = 5)",
        5},
    {"a removed blob", "DELETE FROM blob WHERE hash = (SELECT blob FROM event WHERE pos = 5)", 5},
    {"a removed event", "DELETE FROM event WHERE pos = 5", 5},
    {"events that closed the gap",
        "DELETE FROM event WHERE pos = 5; UPDATE event SET pos = pos - 1 WHERE pos = 6;"
        "UPDATE event SET pos = pos - 1 WHERE pos = 7",
        5},
    {"two events that changed places",
        "UPDATE event SET pos = 99 WHERE pos = 5; UPDATE event SET pos = 5 WHERE pos = 6;"
        "UPDATE event SET pos = 6 WHERE pos = 99",
        5},
    {"a cut tail", "DELETE FROM event WHERE pos = 13", 13},
    {"an event put in",
        "INSERT INTO event SELECT 14, kind, received_ms, appender, feed, x'00', blob, blob_bytes,"
        " meta, salt, payload, chain, forgotten FROM event WHERE pos = 13",
        14},
    {"a payload under a forgotten event", "UPDATE event SET forgotten = 1 WHERE pos = 5", 5},
    {"a forgotten mark with another payload hash",
        "UPDATE event SET forgotten = 1, blob = NULL, meta = NULL, salt = NULL,"
        " payload = randomblob(32) WHERE pos = 5",
        5},
    {"a removed head", "DELETE FROM head WHERE appender = CAST('desk' AS BLOB)", 13},
};

static void test_damages(void)
{
    for (size_t i = 0; i < COUNT(damages); i++) {
        folder_new();
        ledger_close(filled());
        must(edit(in_folder("ledger.db"), damages[i].sql));
        struct ledger *l = open_as("keeper");
        struct ledger_report report;
        enum result r = ledger_verify(l, true, NULL, NULL, &report);
        check(r == ERR_CORRUPT && report.bad_pos == damages[i].bad_pos && *report.why,
            "%s is found: event %d: %s", damages[i].name, (int)report.bad_pos, report.why);
        ledger_close(l);
        folder_end();
    }
}

static struct hash all_that_is_read(struct ledger *l)
{
    struct arena *a = arena_new(4 << 20);
    struct buf b;
    struct event e[16];
    size_t count;
    buf_init(&b, a, 0);
    must(ledger_tail(l, 0, e, 16, &count, a) == OK);
    for (size_t i = 0; i < count; i++) {
        struct span bytes;
        must(ledger_blob(l, &e[i].blob, &bytes, a) == OK);
        put_u64(&b, e[i].pos);
        put_u32(&b, (uint32_t)e[i].kind);
        put_u64(&b, (uint64_t)e[i].received_ms);
        put_span(&b, e[i].feed);
        put_span(&b, e[i].delivery);
        put_span(&b, e[i].meta);
        put_span(&b, bytes);
    }
    struct hash h = hash_of(buf_span(&b));
    arena_free(a);
    return h;
}

enum flip { FLIP_REFUSED, FLIP_FOUND, FLIP_HARMLESS, FLIP_SILENT };

static enum flip what_a_flip_does(const struct hash *was)
{
    struct ledger *l;
    try_open(test_folder, false, &l);
    if (opened != OK) return FLIP_REFUSED;
    struct ledger_report report;
    enum flip flip = FLIP_FOUND;
    if (ledger_verify(l, true, NULL, NULL, &report) == OK) {
        struct hash is = all_that_is_read(l);
        flip = hash_eq(&is, was) ? FLIP_HARMLESS : FLIP_SILENT;
    }
    ledger_close(l);
    return flip;
}

/* X5: one bit of the file at a time: opening or verify stops, or all that is read is as it was. */
static void test_bit_flips(void)
{
    uint64_t seed = seed_of("bit flips");
    folder_new();
    struct ledger *sound = filled();
    struct hash was = all_that_is_read(sound);
    ledger_close(sound);
    const char *path = in_folder("ledger.db");
    must(edit(path, "PRAGMA wal_checkpoint(TRUNCATE)"));
    int fd = open(path, O_RDWR), count[4] = {0};
    off_t size = lseek(fd, 0, SEEK_END);
    for (int i = 0; i < 200; i++) {
        unsigned char c, flipped;
        off_t at = (off_t)(next_random(&seed) % (uint64_t)size);
        must(pread(fd, &c, 1, at) == 1);
        flipped = (unsigned char)(c ^ 1 << (next_random(&seed) & 7));
        must(pwrite(fd, &flipped, 1, at) == 1);
        count[what_a_flip_does(&was)]++;
        must(pwrite(fd, &c, 1, at) == 1);
    }
    close(fd);
    printf("# %d refused at open, %d found by verify, %d in free space\n", count[FLIP_REFUSED],
        count[FLIP_FOUND], count[FLIP_HARMLESS]);
    check(count[FLIP_SILENT] == 0, "no flipped bit changes in silence what is read");
    folder_end();
}

static bool folder_holds(struct span needle)
{
    struct arena *a = arena_new(64 << 20);
    DIR *d = opendir(test_folder);
    bool found = false;
    for (struct dirent *e; (e = readdir(d));) {
        struct span bytes;
        if (e->d_type == DT_REG && file_read(a, in_folder(e->d_name), 32 << 20, &bytes) == OK)
            found = found || span_find(bytes, needle) >= 0;
    }
    closedir(d);
    arena_free(a);
    return found;
}

static void test_forget(void)
{
    folder_new();
    struct ledger *l = filled(), *reader = open_as("newsroom");
    struct arena *a = arena_new(1 << 20);
    char text[3000];
    random_bytes(text, sizeof text);
    memcpy(text + 100, phrase, sizeof phrase);
    struct span blob = {text, sizeof text};
    struct append events[] = {
        {.kind = EVENT_DELIVERY,
            .feed = S("f"),
            .delivery = S("x"),
            .blob = blob,
            .meta = S("{\"name\":\"Zwetschgenroester.xml\"}")},
        {.kind = EVENT_DELIVERY, .feed = S("f"), .delivery = S("y"), .blob = blob},
    };
    must(ledger_append(l, events, 2) == OK);
    for (int i = 0; i < 60; i++) {
        char name[32];
        snprintf(name, sizeof name, "after%d", i);
        must(append_one(l, name, (struct span){text, (size_t)(i + 1)}, 0, NULL) == OK);
    }
    struct hash h = hash_of(blob);
    struct span needle = {phrase, sizeof phrase - 1}, bytes, raw_hash = {(char *)h.b, 32};
    check(folder_holds(needle) && folder_holds(raw_hash), "the bytes are on disk before");

    check(ledger_forget(l, events[0].pos_out) == OK, "one of two events with these bytes");
    check(!folder_holds(S("Zwetschgenroester.xml")), "its meta is gone");
    check(ledger_blob(reader, &h, &bytes, a) == OK, "the bytes stay while another needs them");
    check(ledger_forget(l, events[1].pos_out) == OK, "and the other");
    check(ledger_blob(reader, &h, &bytes, a) == ERR_ABSENT, "then they are gone for readers");
    check(!folder_holds(needle), "and from every file of the folder");
    check(!folder_holds(raw_hash), "their hash too: nobody can prove a guess");

    struct event e;
    check(ledger_event(l, events[0].pos_out, &e, a) == OK && e.forgotten && e.meta.n == 0 &&
              e.blob_bytes == sizeof text && span_eq(e.delivery, S("x")),
        "the event stays, marked, with its key");
    struct ledger_report report;
    check(ledger_verify(l, true, NULL, NULL, &report) == OK && report.forgotten == 2,
        "the chains still hold");
    struct append again = {
        .kind = EVENT_DELIVERY, .feed = S("f"), .delivery = S("x"), .blob = blob};
    check(ledger_append(l, &again, 1) == OK && again.was_there_out && !folder_holds(needle),
        "the same delivery again does not bring it back");
    check(ledger_forget(l, events[0].pos_out) == OK, "forgetting twice is fine");
    check(ledger_forget(l, 1) == ERR_DENIED, "the genesis cannot be forgotten");
    check(ledger_forget(l, 999) == ERR_ABSENT, "nor what is not there");
    check(append_one(reader, "later", S("z"), 0, NULL) == OK, "other handles go on appending");
    ledger_close(reader);
    ledger_close(l);
    arena_free(a);
    folder_end();
}

static int count_vacuum(unsigned what, void *with, void *s, void *text)
{
    (void)what, (void)s;
    if (strcmp(text, "VACUUM") == 0) ++*(int *)with;
    return 0;
}

/* A purge of many events writes the file anew once, and beside itself. */
static void test_forgetting_many(void)
{
    folder_new();
    struct arena *a = arena_new(1 << 20);
    struct ledger *l = filled();
    struct event e;
    uint64_t positions[] = {2, 5, 7, 11}, wrong[] = {3, 999}, genesis[] = {3, 1};
    int times = 0;
    bool all = true;
    must(setenv("SQLITE_TMPDIR", "/", 1) == 0);
    must(sqlite3_trace_v2(l->db, SQLITE_TRACE_STMT, count_vacuum, &times) == SQLITE_OK);
    check(ledger_forget_all(l, wrong, 2) == ERR_ABSENT && ledger_event(l, 3, &e, a) == OK &&
              !e.forgotten && ledger_forget_all(l, genesis, 2) == ERR_DENIED,
        "many are forgotten all or none");
    check(ledger_forget_all(l, positions, COUNT(positions)) == OK && times == 1,
        "many are forgotten with one VACUUM (%d)", times);
    for (size_t i = 0; i < COUNT(positions); i++)
        all = all && ledger_event(l, positions[i], &e, a) == OK && e.forgotten;
    check(all && ledger_event(l, 3, &e, a) == OK && !e.forgotten, "these and no other");
    check(
        strcmp(getenv("SQLITE_TMPDIR"), l->folder) == 0, "its copy stands in the ledger's folder");
    struct ledger_report report;
    check(ledger_verify(l, true, NULL, NULL, &report) == OK && report.forgotten == COUNT(positions),
        "the chains hold");
    ledger_close(l);
    arena_free(a);
    folder_end();
}

static void count_call(uint64_t done, uint64_t of, void *calls)
{
    must(done <= of);
    ++*(int *)calls;
}

static void test_backup(void)
{
    folder_new();
    struct ledger *l = filled();
    static char noise[3 << 20];
    random_bytes(noise, sizeof noise);
    must(append_one(l, "noise", (struct span){noise, sizeof noise}, 0, NULL) == OK);
    const char *to = in_folder("copy/ledger.db");
    must(dir_make(in_folder("copy")) == OK);
    int calls = 0;
    check(ledger_backup(l, to, count_call, &calls) == OK && calls > 1,
        "a backup with progress (%d calls)", calls);
    check(access(in_folder("copy/ledger.db-wal"), F_OK) < 0 &&
              access(in_folder("copy/ledger.db.partial"), F_OK) < 0,
        "it is one file");

    struct ledger *copy;
    const char *why;
    must(ledger_open(in_folder("copy"), "keeper", false, &copy, &why) == OK);
    struct ledger_report report;
    check(ledger_verify(copy, true, NULL, NULL, &report) == OK && report.events == 14,
        "which opens and verifies");
    check_span(ledger_key(copy), ledger_key(l), "and has the same key");
    check(append_one(copy, "after", S("x"), 0, NULL) == OK, "and goes on");
    ledger_close(copy);

    must(unlink(to) == 0);
    must(edit(in_folder("ledger.db"), "UPDATE event SET meta = x'7b7d' WHERE pos = 3"));
    check(ledger_backup(l, to, NULL, NULL) == ERR_CORRUPT && access(to, F_OK) < 0,
        "a damaged ledger gives no backup under the name asked for");
    check(ledger_backup(l, in_folder("no/such/place"), NULL, NULL) == ERR_IO, "nor does no folder");
    ledger_close(l);
    folder_end();
}

int main(void)
{
    log_quiet(LOG_ERROR);
    test_sound();
    test_damages();
    test_bit_flips();
    test_forget();
    test_forgetting_many();
    test_backup();
    return tap_end();
}
