/* tries_test.c: the lock-out curve: who waits, how long, and who does not. */
#include <stdlib.h>

#include "office.h"
#include "tap.h"

enum { NOW = 1000000000 };

static void curve(void)
{
    check(tries_wait_of(0) == 0 && tries_wait_of(4) == 0, "four wrong ones cost nothing");
    check(tries_wait_of(5) == 1000 && tries_wait_of(6) == 2000 && tries_wait_of(7) == 4000,
        "the fifth a second, then it doubles");
    check(tries_wait_of(14) == 512000 && tries_wait_of(15) == OFFICE_WAIT_MAX_MS &&
              tries_wait_of(1000) == OFFICE_WAIT_MAX_MS,
        "up to a quarter of an hour, and no further");
}

static void fail(struct accounts *c, const char *name, const char *address, int times, int64_t now)
{
    for (int i = 0; i < times; i++) must(tries_count(c, span_of(name), span_of(address), now));
}

static int64_t wait_of(struct accounts *c, const char *name, const char *address, int64_t now)
{
    return tries_wait(c, span_of(name), span_of(address), now);
}

static void waits(struct accounts *c)
{
    fail(c, "anna", "192.0.2.1", 4, NOW);
    check(wait_of(c, "anna", "192.0.2.1", NOW) == 0, "four tries are free");
    fail(c, "anna", "192.0.2.1", 1, NOW);
    check(wait_of(c, "anna", "192.0.2.1", NOW) == 1000, "after the fifth there is a second");
    check(wait_of(c, "anna", "192.0.2.1", NOW + 1000) == 0, "and when it is over, a try");
    check(wait_of(c, "bert", "192.0.2.1", NOW) == 1000, "the client waits for every name");
    check(wait_of(c, "anna", "192.0.2.2", NOW) == 1000, "the name for every strange client");
    check(wait_of(c, "bert", "192.0.2.2", NOW) == 0, "others do not");
    check(wait_of(c, "nobody-here", "192.0.2.3", NOW) == 0, "nor names that are not there …");
    fail(c, "nobody-here", "192.0.2.3", 5, NOW);
    check(wait_of(c, "nobody-here", "192.0.2.4", NOW) == 1000, "… which count as those that are");
    fail(c, "anna", "192.0.2.1", 40, NOW);
    check(wait_of(c, "anna", "192.0.2.1", NOW) == OFFICE_WAIT_MAX_MS, "the wait has an end");
    int64_t later = NOW + OFFICE_WAIT_MAX_MS + OFFICE_FORGET_MS;
    fail(c, "anna", "192.0.2.1", 1, later);
    check(wait_of(c, "anna", "192.0.2.1", later) == 0, "an hour after it the count begins again");
}

/* A stranger who never stops cannot keep an editor out of the place where he always signs in. */
static void known_place(struct accounts *c)
{
    tries_right(c, S("ed"), S("198.51.100.7"), NOW);
    for (int i = 0; i < 30; i++) fail(c, "ed", "203.0.113.1", 1, NOW + i);
    check(wait_of(c, "ed", "203.0.113.2", NOW + 30) > 600000, "strangers wait");
    check(wait_of(c, "ed", "198.51.100.7", NOW + 30) == 0, "the editor's own place does not");
    fail(c, "ed", "198.51.100.7", 5, NOW + 30);
    check(wait_of(c, "ed", "198.51.100.7", NOW + 30) == 1000, "but for its own failures");
    tries_right(c, S("ed"), S("198.51.100.7"), NOW + 2000);
    check(wait_of(c, "ed", "198.51.100.7", NOW + 2000) == 0, "which the right one takes away");
    check(wait_of(c, "ed", "203.0.113.1", NOW + 2000) > 0, "not the stranger's");
    int64_t month = NOW + 2000 + OFFICE_KNOWN_DAYS * INT64_C(86400000);
    for (int i = 0; i < 30; i++) fail(c, "ed", "203.0.113.1", 1, month + 1);
    check(
        wait_of(c, "ed", "198.51.100.7", month + 1) > 0, "after a month a place is strange again");
    tries_forget(c, S("ed"), S(""));
    check(wait_of(c, "ed", "203.0.113.9", month + 1) == 0, "an administrator's word ends the wait");
    check(wait_of(c, "ed", "203.0.113.1", month + 1) > 0, "not that of the address");
    tries_forget(c, S("ed"), S("203.0.113.1"));
    check(wait_of(c, "ed", "203.0.113.1", month + 1) == 0, "but where he names it");
    tries_right(c, S("mira"), S("198.51.100.8"), NOW);
    fail(c, "mira", "198.51.100.8", 2, NOW);
    fail(c, "mira2", "198.51.100.8", 2, NOW);
    fail(c, "mira", "198.51.100.8", 3, NOW);
    tries_forget(c, S("mira"), S(""));
    check(wait_of(c, "mira", "198.51.100.8", NOW) > 0, "an address waits for all its mistakes");
    tries_forget(c, S("mira"), S("198.51.100.8"));
    check(wait_of(c, "mira", "198.51.100.8", NOW) == 0, "until it is freed");
}

static void jumped_clock(struct accounts *c)
{
    fail(c, "lena", "192.0.2.77", 20, NOW + INT64_C(86400000) * 365);
    check(wait_of(c, "lena", "192.0.2.77", NOW) <= OFFICE_WAIT_MAX_MS,
        "a clock that was wrong locks nobody out for a year");
}

/* Who has some account may not use it to try all the others. */
static void one_of_ours(struct accounts *c)
{
    fail(c, "chief", "203.0.113.40", 4, NOW);
    fail(c, "lena", "203.0.113.40", 1, NOW);
    tries_right(c, S("lena"), S("203.0.113.40"), NOW);
    check(wait_of(c, "chief", "203.0.113.40", NOW) == 0, "four mistakes with another name stand …");
    fail(c, "chief", "203.0.113.40", 1, NOW);
    check(wait_of(c, "ines", "203.0.113.40", NOW) == 1000, "… and the fifth makes the client wait");
    fail(c, "mara", "203.0.113.41", 4, NOW);
    tries_right(c, S("mara"), S("203.0.113.41"), NOW);
    fail(c, "mara", "203.0.113.41", 4, NOW);
    check(wait_of(c, "mara", "203.0.113.41", NOW) == 0,
        "one's own mistakes are forgiven by the right one");
}

/* A flood of refusals pushes nothing else out of the audit. */
static void audit_floods(struct accounts *c)
{
    struct arena *a = arena_new(16 << 20);
    struct audit_line added = {.at_ms = NOW, .what = S("account added"), .who = S("operator")},
                      locked = {.at_ms = NOW, .what = S("locked out for now"), .who = S("ed")},
                      *list;
    size_t n, refused = 0;
    audit(c, &added);
    for (int i = 0; i < OFFICE_AUDIT_REFUSED + 50; i++) audit(c, &locked);
    must(audit_list(c, OFFICE_AUDIT_ROWS, a, &list, &n) == OK);
    for (size_t i = 0; i < n; i++) refused += span_eq(list[i].what, locked.what);
    check(refused == OFFICE_AUDIT_REFUSED, "so many refusals are kept (%zu)", refused);
    check(n > refused && span_eq(list[n - 1].what, added.what), "and what came before them stands");
    arena_free(a);
}

int main(void)
{
    char data[] = "/tmp/broadsheet-tries-XXXXXX";
    const char *why = NULL;
    struct accounts *c = NULL;
    must(mkdtemp(data) && accounts_open(data, &c, &why) == OK);
    curve();
    waits(c);
    known_place(c);
    one_of_ours(c);
    audit_floods(c);
    jumped_clock(c);
    accounts_close(c);
    must(dir_remove(data) == OK);
    return tap_end();
}
