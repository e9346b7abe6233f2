/* readers_test: what waits to be confirmed by mail: who may read the file, what is bounded, that of
 * a token only the hash is kept, what goes by itself and what is erased. */
#include "clock.h"
#include "tap.h"
#include "transport.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOUR = 3600 * 1000 };
static const int64_t T = INT64_C(1769148000000);
static char folder[] = "/tmp/broadsheet-readers-XXXXXX";
static struct arena *a;

static struct readers *open_it(void)
{
    struct readers *r = NULL;
    const char *why = "";
    enum result result = readers_open(folder, &r, &why);
    if (result != OK) printf("# %s: %s\n", result_name(result), why);
    must(result == OK);
    return r;
}

static struct reader_comment comment(const char *id, const char *address)
{
    return (struct reader_comment){.id = span_of(id),
        .story = 7,
        .name = S("Perpetua"),
        .text = S("The lanterns were lit."),
        .address = span_of(address),
        .at_ms = T};
}

static size_t due(struct readers *r, int64_t now, struct reader_comment **list)
{
    size_t n = 0;
    must(readers_due(r, now, a, list, &n, 10000) == OK);
    return n;
}

static size_t of(struct readers *r, const char *who, struct reader_comment **list)
{
    size_t n = 0;
    must(readers_of(r, span_of(who), a, list, &n) == OK);
    return n;
}

static struct span written(struct readers *r, const struct reader_comment *c, int64_t now)
{
    struct span token;
    must(readers_write(r, c, now, a, &token) == OK);
    return token;
}

static bool file_holds(struct span words)
{
    struct span bytes;
    must(file_read(a, arena_printf(a, "%s/readers.db", folder).p, 64 << 20, &bytes) == OK);
    return span_find(bytes, words) >= 0;
}

static void test_file(void)
{
    struct stat st;
    struct readers *r = open_it();
    must(stat(folder, &st) == 0);
    check((st.st_mode & 0777) == 0700, "the folder is its owner's alone");
    must(stat(arena_printf(a, "%s/readers.db", folder).p, &st) == 0);
    check((st.st_mode & 0777) == 0600, "and so is the file");
    readers_close(r);
    must(chmod(arena_printf(a, "%s/readers.db", folder).p, 0644) == 0);
    readers_close(open_it());
    must(stat(arena_printf(a, "%s/readers.db", folder).p, &st) == 0);
    check((st.st_mode & 0777) == 0600, "also when somebody had opened it to others");
}

static void test_way(void)
{
    struct readers *r = open_it();
    struct reader_comment c = comment("c1", "p.quill@example.org"), *list, found;
    check(readers_put(r, &c, T) == OK && due(r, T - 1, &list) == 0 && due(r, T, &list) == 1,
        "what is put aside waits for its letter");
    check(
        readers_put(r, &c, T) == OK && due(r, T, &list) == 1, "the same form is the same comment");
    struct span first = written(r, &list[0], T);
    check(
        first.n == 32 && !file_holds(first), "128 bits of a token, and the file has not got them");
    check(
        due(r, T, &list) == 0 && due(r, T + OUTBOX_TRY_FIRST_MS, &list) == 1 && list[0].tries == 1,
        "a letter that has not gone is due again later");
    struct span second = written(r, &list[0], T + OUTBOX_TRY_FIRST_MS);
    check(readers_letter(r, c.id, 0) == OK && due(r, T + 40 * HOUR, &list) == 0,
        "one that has is not");
    readers_close(r);
    r = open_it();
    check(readers_find(r, 7, c.id, second, T + HOUR, a, &found) == OK &&
              span_eq(found.text, c.text) && span_eq(found.name, c.name),
        "its link is good behind a restart");
    check(
        readers_find(r, 7, c.id, first, T + HOUR, a, &found) == OK, "and that of the first letter");
    check(readers_find(r, 8, c.id, second, T, a, &found) == ERR_ABSENT &&
              readers_find(r, 7, S("c2"), second, T, a, &found) == ERR_ABSENT &&
              readers_find(r, 7, c.id, S("00000000000000000000000000000000"), T, a, &found) ==
                  ERR_ABSENT &&
              readers_find(r, 7, c.id, S(""), T, a, &found) == ERR_ABSENT,
        "not for another story or comment, nor with another token");
    check(readers_find(r, 7, c.id, second, T + READERS_WAIT_MS, a, &found) == ERR_ABSENT,
        "nor behind 48 hours");
    check(readers_confirmed(r, &found, T + HOUR, 100 * (int64_t)HOUR) == OK &&
              readers_find(r, 7, c.id, second, T + HOUR, a, &found) == ERR_ABSENT,
        "nor once more");
    check(!file_holds(c.text) && file_holds(c.address),
        "then its words are gone, its address is not");
    check(readers_put(r, &c, T + HOUR) == OK && due(r, T + 2 * HOUR, &list) == 0,
        "what is confirmed is asked for no more");
    check(readers_sweep(r, T + 101 * (int64_t)HOUR - 1) == OK &&
              of(r, "P.QUILL@example.org", &list) == 1 && list[0].confirmed_ms == T + HOUR,
        "its writer is found by it, whatever its letters' case");
    check(readers_sweep(r, T + 101 * (int64_t)HOUR) == OK && of(r, "c1", &list) == 0 &&
              !file_holds(c.address),
        "until its time is over");
    readers_close(r);
}

static void test_forgotten_at_once(void)
{
    struct readers *r = open_it();
    struct reader_comment c = comment("f1", "at.once@example.org"), *list;
    must(readers_put(r, &c, T) == OK && due(r, T, &list) == 1);
    check(readers_confirmed(r, &list[0], T, 0) == OK && !file_holds(c.address) &&
              of(r, "at.once@example.org", &list) == 0 && of(r, "f1", &list) == 1,
        "where no address is to be kept it goes with the confirmation");
    must(readers_sweep(r, T + READERS_WAIT_MS) == OK);
    check(of(r, "f1", &list) == 0, "and the rest with the link");
    readers_close(r);
}

static void test_mistyped(void)
{
    struct readers *r = open_it();
    struct reader_comment wrong = comment("m1", "wrnog@example.org"),
                          right = comment("m1", "wrong@example.org"), *list, found;
    must(readers_put(r, &wrong, T) == OK && due(r, T, &list) == 1);
    struct span token = written(r, &list[0], T);
    must(readers_letter(r, wrong.id, 0) == OK);
    check(readers_put(r, &right, T) == OK && due(r, T, &list) == 1 &&
              span_eq(list[0].address, right.address),
        "the same form with another address goes there");
    check(readers_find(r, 7, wrong.id, token, T, a, &found) == ERR_ABSENT,
        "and whoever got the first letter confirms nothing");
    for (size_t i = 0; i < 2; i++) {
        struct reader_comment bad = comment("m2", i ? "a@example.org\r\nBcc: b@example.org" : "");
        check(readers_put(r, &bad, T) == ERR_DENIED, "what is no address is none");
    }
    must(readers_erase(r, &right) == OK);
    readers_close(r);
}

/* As many as that, in one transaction. */
static void put_many(int n)
{
    sqlite3 *db = NULL;
    must(sqlite3_open(arena_printf(a, "%s/readers.db", folder).p, &db) == SQLITE_OK);
    must(sqlite3_exec(db,
             arena_printf(a,
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d)"
                 "INSERT INTO comment SELECT 'm'||i,7,'N','T','','m'||i||'@example.org',10,%lld,"
                 "%lld,0,0,0 FROM n",
                 n, (long long)T, (long long)(T + READERS_WAIT_MS))
                 .p,
             NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static void test_bounds(void)
{
    struct readers *r = open_it();
    struct span large = {arena_alloc(a, 1 << 20), 1 << 20};
    memset((char *)(uintptr_t)large.p, 'x', large.n);
    struct reader_comment *list, c;
    for (int i = 0; i < 2 * LETTERS_OF_ADDRESS; i++) {
        c = comment(
            arena_printf(a, "b%d", i).p, i % 2 ? "Victim+x@example.org" : "victim@example.org");
        check(readers_put(r, &c, T) == OK, "nobody learns that it is enough (%d)", i);
    }
    check(due(r, T, &list) == LETTERS_OF_ADDRESS, "so many letters go to one person in a day");
    c = comment("b99", "victim@example.org");
    check(readers_put(r, &c, T + 24 * HOUR) == OK && of(r, "b99", &list) == 1, "then again");
    must(readers_sweep(r, T + READERS_WAIT_MS + 24 * HOUR) == OK);
    for (int i = 0; i < READERS_BYTES_MAX >> 20; i++) {
        c = comment(arena_printf(a, "n%d", i).p, arena_printf(a, "n%d@example.org", i).p);
        c.text = large;
        check(readers_put(r, &c, T) == (i < (READERS_BYTES_MAX >> 20) - 1 ? OK : ERR_FULL),
            "their words have a bound (%d)", i);
    }
    must(readers_sweep(r, T + READERS_WAIT_MS) == OK);
    put_many(READERS_WAITING_MAX);
    c = comment("over", "over@example.org");
    check(readers_put(r, &c, T) == ERR_FULL && of(r, "over", &list) == 0,
        "so many wait, and no more");
    must(readers_sweep(r, T + READERS_WAIT_MS) == OK);
    check(readers_put(r, &c, T + READERS_WAIT_MS) == OK, "48 hours later there is room");
    readers_close(r);
}

static void test_erased(void)
{
    struct readers *r = open_it();
    struct reader_comment *list, c = comment("e1", "Ines.Vale@example.org"), other = c;
    other.id = S("e2");
    other.story = 9;
    must(readers_put(r, &c, T) == OK && readers_put(r, &other, T) == OK);
    check(
        of(r, "ines.vale@example.org", &list) == 2 && of(r, "e1", &list) == 1, "by address, by id");
    check(of(r, "", &list) == 0, "nobody is not everybody");
    check(readers_forget_story(r, 9) == OK && of(r, "e2", &list) == 0, "with its story");
    check(readers_erase(r, &c) == OK && of(r, "e1", &list) == 0 && !file_holds(c.address),
        "what is erased is not in the file");
    readers_close(r);
}

int main(void)
{
    a = arena_new(1u << 30);
    must(mkdtemp(folder));
    test_file();
    test_way();
    test_forgotten_at_once();
    test_mistyped();
    test_erased();
    test_bounds();
    must(dir_remove(folder) == OK);
    arena_free(a);
    return tap_end();
}
