/* Kills and lifts: the same dead whatever the order; durable, torn, on a full disk, seen by other
 * processes and threads. */
#include "ledger_testing.h"
#include "tomb_file.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct tomb kill_of(uint64_t story, unsigned char name, int64_t at_ms)
{
    return (struct tomb){.story = story, .kill = {name}, .cause = TOMB_WIRE, .at_ms = at_ms};
}

static struct tomb lift_of(uint64_t story, unsigned char name, int64_t at_ms)
{
    struct tomb t = kill_of(story, name, at_ms);
    t.is_lift = true;
    t.cause = TOMB_TAKEDOWN;
    return t;
}

static struct tombs *open_tombs(bool writer)
{
    struct tombs *t;
    must(tombs_open(test_folder, writer, &t) == OK);
    return t;
}

static size_t add_one(struct tombs *t, struct tomb tomb)
{
    size_t added;
    must(tombs_add(t, &tomb, 1, &added) == OK);
    return added;
}

static void test_life(void)
{
    folder_new();
    struct tombs *r, *w;
    check(tombs_open(test_folder, false, &r) == ERR_ABSENT, "a reader makes no file");
    w = open_tombs(true);
    check(tombs_open(test_folder, true, &r) == ERR_BUSY, "there is one writer");
    r = open_tombs(false);
    check(tombs_count(r) == 0 && !tombs_dead(r, 7), "nobody is dead at first");
    check(add_one(w, kill_of(7, 1, 100)) == 1, "a kill is added");
    check(tombs_dead(w, 7) && tombs_dead(r, 7) && !tombs_dead(r, 8), "and seen by a reader");
    check(add_one(w, kill_of(7, 1, 100)) == 0 && tombs_count(r) == 1, "once only");
    add_one(w, lift_of(7, 1, 200));
    check(!tombs_dead(r, 7), "a lift brings the story back");
    add_one(w, kill_of(7, 1, 100));
    check(!tombs_dead(r, 7), "the same kill read again stays lifted");
    add_one(w, kill_of(7, 2, 300));
    check(tombs_dead(r, 7), "another kill kills again");
    add_one(w, lift_of(9, 5, 50));
    check(!tombs_dead(r, 9), "a lift before its kill");
    add_one(w, kill_of(9, 5, 40));
    check(!tombs_dead(r, 9), "lifts it when it comes");
    check(add_one(w, kill_of(0, 0, 0)) == 1 && tombs_dead(r, 0), "story 0 is a story");

    struct tomb of[2];
    check(tombs_standing(r, 7, of, 2) == 1 && of[0].at_ms == 300 && !of[0].is_lift,
        "what was lifted does not stand");
    check(tombs_standing(r, 9, of, 2) == 0 && tombs_standing(r, 8, of, 2) == 0, "nor what is not");
    add_one(w, kill_of(7, 3, 250));
    check(
        tombs_standing(r, 7, of, 1) == 2 && of[0].at_ms == 250, "the oldest that stand come first");
    size_t i = 0, all = 0;
    for (struct tomb t; tombs_each(r, &i, &t);) all++;
    check(all == 7, "all records are walked");
    struct tomb t = kill_of(1, 1, 1);
    check(tombs_add(r, &t, 1, NULL) == ERR_DENIED, "a reader adds nothing");
    tombs_close(w);
    w = open_tombs(true);
    check(tombs_count(w) == 7 && tombs_dead(w, 7) && !tombs_dead(w, 9), "a new start knows all");
    check(tombs_standing(w, 7, of, 2) == 2 && of[1].at_ms == 300, "with their times");
    tombs_close(w);
    tombs_close(r);
    folder_end();
}

/* ---- any order, any doubling, any split and union: the same dead ---- */

enum { STORIES = 8, NAMES = 4, RECORDS = 40 };

static void random_records(uint64_t *seed, struct tomb *out)
{
    for (int i = 0; i < RECORDS; i++) {
        uint64_t story = next_random(seed) % STORIES;
        unsigned char name = (unsigned char)(next_random(seed) % NAMES);
        out[i] = next_random(seed) % 5 < 2 ? lift_of(story, name, i) : kill_of(story, name, i);
    }
}

static bool dead_by_oracle(const struct tomb *records, uint64_t story)
{
    for (int i = 0; i < RECORDS; i++) {
        if (records[i].story != story || records[i].is_lift) continue;
        bool lifted = false;
        for (int j = 0; j < RECORDS; j++)
            lifted = lifted || (records[j].story == story && records[j].is_lift &&
                                   memcmp(records[j].kill, records[i].kill, 16) == 0);
        if (!lifted) return true;
    }
    return false;
}

static void shuffle(uint64_t *seed, struct tomb *records, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(next_random(seed) % i);
        struct tomb t = records[i - 1];
        records[i - 1] = records[j];
        records[j] = t;
    }
}

/* Half of the records into one file, all in another order into a second, and the union of the two.
 */
static bool same_dead(uint64_t *seed, const struct tomb *records)
{
    struct tomb order[2 * RECORDS];
    memcpy(order, records, sizeof *order * RECORDS);
    memcpy(order + RECORDS, records, sizeof *order * RECORDS);
    shuffle(seed, order, 2 * RECORDS);
    size_t cut = (size_t)(next_random(seed) % (2 * RECORDS)), added;
    const char *other = in_folder("other");
    struct tombs *a, *b = open_tombs(true);
    must(tombs_open(other, true, &a) == OK);
    must(tombs_add(a, order, cut, &added) == OK);
    must(tombs_add(b, order + cut, 2 * RECORDS - cut, &added) == OK);
    must(tombs_union(b, in_folder("other/tombstones"), &added) == OK);
    tombs_close(a);
    tombs_close(b);
    b = open_tombs(false);
    bool same = true;
    for (uint64_t s = 0; s < STORIES; s++)
        same = same && tombs_dead(b, s) == dead_by_oracle(records, s);
    tombs_close(b);
    return same;
}

static void test_order_never_matters(void)
{
    uint64_t seed = seed_of("order");
    int wrong = 0;
    for (int round = 0; round < 25; round++) {
        struct tomb records[RECORDS];
        random_records(&seed, records);
        folder_new();
        wrong += !same_dead(&seed, records);
        folder_end();
    }
    check(wrong == 0, "any order, doubling and union gives the same dead");
}

/* ---- damage ---- */

static void flip_at(const char *path, off_t at)
{
    unsigned char c;
    int fd = open(path, O_RDWR);
    must(fd >= 0 && pread(fd, &c, 1, at) == 1);
    c ^= 0x40;
    must(pwrite(fd, &c, 1, at) == 1);
    close(fd);
}

static off_t slot_at(int slot)
{
    return TOMB_HEADER + slot * TOMB_RECORD;
}

static void test_damage(void)
{
    folder_new();
    const char *path = in_folder("tombstones");
    struct tombs *w = open_tombs(true), *r;
    for (uint64_t s = 1; s <= 5; s++) add_one(w, kill_of(s, 1, 1));
    tombs_close(w);
    flip_at(path, slot_at(1) + 20);
    r = open_tombs(false);
    check(!tombs_dead(r, 2) && tombs_dead(r, 5), "a damaged record costs itself, not those behind");
    w = open_tombs(true);
    check(add_one(w, kill_of(2, 1, 1)) == 1 && tombs_dead(r, 2) && tombs_count(w) == 6,
        "it is added again behind them");
    tombs_close(w);

    flip_at(path, slot_at(6) + 3);
    w = open_tombs(true);
    unsigned char slot[TOMB_RECORD];
    struct tomb none;
    int fd = open(path, O_RDONLY);
    must(tomb_file_read(fd, 6, 1, slot) == OK);
    close(fd);
    check(tombs_count(w) == 6 && tomb_unpack(slot, &none) == SLOT_FREE,
        "what is torn behind the last record is cut off");
    add_one(w, kill_of(77, 1, 1));
    check(tombs_dead(r, 77), "and written over");
    tombs_close(w);

    flip_at(path, TOMB_COUNT_AT + 5);
    w = open_tombs(true);
    check(tombs_dead(w, 77), "a damaged count hides no record");
    add_one(w, kill_of(78, 1, 1));
    check(tombs_dead(r, 78), "and readers go on");
    tombs_close(w);
    tombs_close(r);
    flip_at(path, 9);
    r = open_tombs(false);
    check(tombs_dead(r, 78), "a damaged header hides no record");
    w = open_tombs(true);
    add_one(w, kill_of(79, 1, 1));
    tombs_close(w);
    tombs_close(r);
    r = open_tombs(false);
    check(tombs_dead(r, 1) && tombs_dead(r, 79), "and is written anew by the writer");
    tombs_close(r);
    folder_end();
}

static void write_file(const char *name, struct span bytes)
{
    must(file_write_durable(in_folder(name), bytes) == OK);
}

static void test_other_files(void)
{
    folder_new();
    struct tombs *t;
    char noise[3 * TOMB_HEADER] = "BSTOMBS\n\2\0\0\0\100\0\0\0";
    uint32_t sum = crc32c((struct span){noise, 16});
    memcpy(noise + 16, &sum, sizeof sum);
    write_file("tombstones", (struct span){noise, sizeof noise});
    check(tombs_open(test_folder, true, &t) == ERR_NEWER, "a newer version is refused");
    random_bytes(noise, sizeof noise);
    write_file("tombstones", (struct span){noise, sizeof noise});
    check(tombs_open(test_folder, true, &t) == ERR_CORRUPT, "noise is refused");
    write_file("tombstones", S(""));
    check(tombs_open(test_folder, false, &t) == ERR_CORRUPT, "an empty file is refused");
    folder_end();
}

/* A writer that died between its record and its count. */
static void test_unpublished(void)
{
    folder_new();
    struct tombs *w = open_tombs(true), *r;
    add_one(w, kill_of(1, 1, 1));
    unsigned char packed[2 * TOMB_RECORD];
    struct tomb late[2] = {kill_of(2, 1, 1), kill_of(3, 1, 1)};
    tomb_pack(&late[0], packed);
    tomb_pack(&late[1], packed + TOMB_RECORD);
    int fd = open(in_folder("tombstones"), O_RDWR);
    must(pwrite(fd, packed + TOMB_RECORD, TOMB_RECORD, slot_at(2)) == TOMB_RECORD);
    r = open_tombs(false);
    check(tombs_dead(r, 3), "a reader counts what is written and not yet published");
    must(pwrite(fd, packed, TOMB_RECORD, slot_at(1)) == TOMB_RECORD);
    close(fd);
    tombs_close(w);
    w = open_tombs(true);
    check(tombs_count(w) == 3 && tombs_dead(w, 2), "the next writer publishes it");
    check(tombs_dead(r, 2), "and the reader takes what stood before");
    tombs_close(w);
    tombs_close(r);
    folder_end();
}

static void test_union_of_damaged(void)
{
    folder_new();
    const char *other = in_folder("backup"), *path = in_folder("backup/tombstones");
    struct tombs *b, *w = open_tombs(true);
    must(tombs_open(other, true, &b) == OK);
    for (uint64_t s = 1; s <= 5; s++) add_one(b, kill_of(s, 1, 1));
    tombs_close(b);
    add_one(w, kill_of(1, 1, 1));
    add_one(w, kill_of(50, 1, 1));
    must(truncate(path, slot_at(4) + 30) == 0);
    size_t added;
    check(tombs_union(w, path, &added) == OK && added == 3,
        "of a backup with a torn end, what is whole and missing is taken");
    check(tombs_dead(w, 4) && !tombs_dead(w, 5) && tombs_dead(w, 50), "and nothing of ours lost");
    check(tombs_union(w, path, &added) == OK && added == 0, "twice is once");
    check(tombs_union(w, in_folder("none"), &added) == ERR_ABSENT, "no such file");
    must(truncate(path, 100) == 0);
    check(tombs_union(w, path, &added) == ERR_CORRUPT, "no tombstones at all");
    tombs_close(w);
    folder_end();
}

/* ---- a full disk (K19): RLIMIT_FSIZE stands for it ---- */

static void add_many(struct tombs *t, uint64_t from, size_t n)
{
    struct tomb *list = calloc(n, sizeof *list);
    size_t added;
    for (size_t i = 0; i < n; i++) list[i] = kill_of(from + i, 1, 1);
    must(tombs_add(t, list, n, &added) == OK && added == n);
    free(list);
}

static void on_full_disk(void)
{
    signal(SIGXFSZ, SIG_IGN);
    struct tombs *w = open_tombs(true);
    add_many(w, 1000, 3000);
    struct stat st;
    must(stat(in_folder("tombstones"), &st) == 0);
    struct rlimit full = {(rlim_t)st.st_size, (rlim_t)st.st_size};
    must(setrlimit(RLIMIT_FSIZE, &full) == 0);
    add_many(w, 5000, 2048);
    struct tomb list[100];
    size_t added, fit = 0;
    enum result r;
    do {
        for (size_t i = 0; i < COUNT(list); i++) list[i] = kill_of(30000 + fit + i, 1, 1);
        r = tombs_add(w, list, COUNT(list), &added);
        fit += added;
    } while (r == OK);
    _exit(r == ERR_FULL && fit > 1000 && !tombs_dead(w, 30000 + fit) ? 0 : 1);
}

static void test_full_disk(void)
{
    folder_new();
    int status;
    pid_t child = fork();
    if (child == 0) on_full_disk();
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "on a full disk 2048 kills and more still go, then it says so");
    struct tombs *w = open_tombs(true);
    check(tombs_dead(w, 7047) && tombs_dead(w, 30999), "they are there after a restart");
    add_many(w, 40000, 5000);
    check(tombs_dead(w, 44999) && tombs_dead(w, 1000), "with room the file grows again");
    tombs_close(w);
    folder_end();
}

/* ---- other processes and threads ---- */

static void test_kill_9(void)
{
    folder_new();
    uint64_t seed = seed_of("kill -9 of the writer");
    uint64_t acked = 0, next = 1;
    for (int i = 0; i < 12; i++) {
        int ends[2];
        must(pipe(ends) == 0);
        pid_t child = fork();
        if (child == 0) {
            struct tombs *w = open_tombs(true);
            for (uint64_t s = next;; s++) {
                add_one(w, kill_of(s, 1, 1));
                if (write(ends[1], &s, sizeof s) != sizeof s) _exit(1);
            }
        }
        close(ends[1]);
        for (uint64_t n = 1 + next_random(&seed) % 20; n > 0; n--)
            must(read(ends[0], &acked, sizeof acked) == sizeof acked);
        kill(child, SIGKILL);
        while (read(ends[0], &acked, sizeof acked) == sizeof acked) continue;
        close(ends[0]);
        waitpid(child, NULL, 0);
        next = acked + 1;
    }
    struct tombs *w = open_tombs(true);
    uint64_t lost = 0;
    for (uint64_t s = 1; s <= acked; s++) lost += !tombs_dead(w, s);
    check(lost == 0 && tombs_count(w) <= acked + 1, "%d acknowledged kills, none lost or doubled",
        (int)acked);
    tombs_close(w);
    folder_end();
}

struct watch {
    struct tombs *reader;
    _Atomic uint64_t done; /* stories 1 … done are dead for everybody */
    atomic_bool over;
    atomic_int wrong;
};

static void *watch_kills(void *p)
{
    struct watch *w = p;
    for (uint64_t round = 0; !atomic_load(&w->over); round++) {
        uint64_t done = atomic_load(&w->done);
        if (done && !tombs_dead(w->reader, 1 + round % done)) atomic_fetch_add(&w->wrong, 1);
        if (done && !tombs_dead(w->reader, done)) atomic_fetch_add(&w->wrong, 1);
        if (tombs_dead(w->reader, 1ULL << 40)) atomic_fetch_add(&w->wrong, 1);
    }
    return NULL;
}

static void test_threads(void)
{
    folder_new();
    struct tombs *w = open_tombs(true);
    struct watch watch = {.reader = open_tombs(false)};
    pthread_t threads[3];
    for (size_t i = 0; i < COUNT(threads); i++)
        must(pthread_create(&threads[i], NULL, watch_kills, &watch) == 0);
    for (uint64_t s = 1; s <= 300; s++) {
        add_one(w, kill_of(s, 1, 1));
        atomic_store(&watch.done, s);
    }
    atomic_store(&watch.over, true);
    for (size_t i = 0; i < COUNT(threads); i++) pthread_join(threads[i], NULL);
    check(atomic_load(&watch.wrong) == 0, "every thread sees every kill that was acknowledged");
    tombs_close(watch.reader);
    tombs_close(w);
    folder_end();
}

int main(void)
{
    log_quiet(LOG_ERROR);
    test_life();
    test_order_never_matters();
    test_damage();
    test_other_files();
    test_unpublished();
    test_union_of_damaged();
    test_full_disk();
    test_kill_9();
    test_threads();
    return tap_end();
}
