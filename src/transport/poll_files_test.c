/* poll_files_test.c: folders' lists as servers write them, whole and damaged; what is remembered of
 * files; which are to be fetched. The roads themselves are tried against real servers:
 * tests/house/ftp.py. */
#include "poll_files.h"
#include "clock.h"
#include "luck.h"
#include "tap.h"

#include <unistd.h>

static const int64_t now_ms = 1769148000000; /* 2026-01-23T06:00:00Z */

/* ---- a folder's list ---- */
static void forms(void)
{
    const struct {
        const char *line, *name, *time;
        int64_t size;
        enum listed_kind kind;
    } cases[] = {
        {"type=file;size=12;modify=20260122101500; one.xml", "one.xml", "2026-01-22T10:15:00Z", 12,
            LISTED_FILE},
        {"modify=20260122101500.123;Perm=adfrw;Size=7;Type=FILE;UNIX.owner=wire;  two  words",
            " two  words", "2026-01-22T10:15:00Z", 7, LISTED_FILE},
        {"type=file;size=0; a;b.xml", "a;b.xml", NULL, 0, LISTED_FILE},
        {"type=dir;sizd=4096;modify=20260122101500; folder", NULL, NULL, 0, LISTED_OTHER},
        {"type=cdir;modify=20260122101500; .", NULL, NULL, 0, LISTED_OTHER},
        {"type=OS.unix=slink:/etc/passwd;size=9; link", NULL, NULL, 0, LISTED_OTHER},
        {"type=file;size=-1; minus", NULL, NULL, 0, LISTED_OTHER},
        {"type=file; sizeless", NULL, NULL, 0, LISTED_OTHER},
        {"size=12; typeless", NULL, NULL, 0, LISTED_UNKNOWN},
        {"type=file;size=12; ../up", NULL, NULL, 0, LISTED_REFUSED},
        {"type=file;size=12; /etc/passwd", NULL, NULL, 0, LISTED_REFUSED},
        {"type=file;size=12; ..", NULL, NULL, 0, LISTED_REFUSED},
        {"type=file;size=12; ", NULL, NULL, 0, LISTED_REFUSED},
        {"type=file;size=12; a\tb", NULL, NULL, 0, LISTED_REFUSED},
        {"-rw-r--r--    1 wire     news         1234 Jan 22 10:15 one.xml", "one.xml",
            "2026-01-22T10:15:00Z", 1234, LISTED_FILE},
        {"-rw-r--r--    1 1001     1001            8 Nov 30 02:42 a b.xml", "a b.xml",
            "2025-11-30T02:42:00Z", 8, LISTED_FILE},
        {"-rw-r--r--. 1 wire news 1234 Dec  3  2024 old -> name", "old -> name",
            "2024-12-03T00:00:00Z", 1234, LISTED_FILE},
        {"-rw-rw-r--   1 wire 1234 22 Jan 10:15 groupless", "groupless", "2026-01-22T10:15:00Z",
            1234, LISTED_FILE},
        {"-rw------- 1 Domain Users 99 2026-01-22 10:15 iso", "iso", "2026-01-22T10:15:00Z", 99,
            LISTED_FILE},
        {"-rw-r--r-- 1 a 2025 300 Jan 22 10:15 numbers 12 Feb 2020 x", "numbers 12 Feb 2020 x",
            "2026-01-22T10:15:00Z", 300, LISTED_FILE},
        {"-rw-r--r-- 1 a b 99999999999999999999 Jan 22 10:15 huge", NULL, NULL, 0, LISTED_UNKNOWN},
        {"drwxr-xr-x    2 wire     news         4096 Jan 22 10:15 folder", NULL, NULL, 0,
            LISTED_OTHER},
        {"lrwxrwxrwx    1 wire     news           11 Jan 22 10:15 link -> /etc/passwd", NULL, NULL,
            0, LISTED_OTHER},
        {"prw-r--r--    1 wire     news            0 Jan 22 10:15 pipe", NULL, NULL, 0,
            LISTED_OTHER},
        {"-rw-r--r-- 1 a b 5 Jan 22 10:15 ../up", NULL, NULL, 0, LISTED_REFUSED},
        {"-rw-r--r-- 1 a b 5 Jan 22 10:15", NULL, NULL, 0, LISTED_REFUSED},
        {"01-22-26  10:15AM                 1234 one two.xml", "one two.xml",
            "2026-01-22T10:15:00Z", 1234, LISTED_FILE},
        {"01-22-2026  12:15PM  5 noon", "noon", "2026-01-22T12:15:00Z", 5, LISTED_FILE},
        {"01-22-26  12:15AM  5 night", "night", "2026-01-22T00:15:00Z", 5, LISTED_FILE},
        {"01-22-26  10:15AM       <DIR>          folder", NULL, NULL, 0, LISTED_OTHER},
        {"total 12", NULL, NULL, 0, LISTED_OTHER},
        {"", NULL, NULL, 0, LISTED_OTHER},
        {"<html>", NULL, NULL, 0, LISTED_UNKNOWN},
        {"-", NULL, NULL, 0, LISTED_UNKNOWN},
        {" ;", NULL, NULL, 0, LISTED_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct listed f;
        enum listed_kind kind = list_line(span_of(cases[i].line), now_ms, &f);
        char at[25] = "";
        check(kind == cases[i].kind, "%s", cases[i].line);
        if (kind != LISTED_FILE) continue;
        if (cases[i].time) utc_text(f.time_ms, at);
        check_span(f.name, span_of(cases[i].name), "its name");
        check(f.size == cases[i].size && strcmp(at, cases[i].time ? cases[i].time : "") == 0,
            "its size and time: %lld, %s", (long long)f.size, at);
    }
}

static void names(void)
{
    check(list_name_fits(S("*.xml"), S("a.xml")) && !list_name_fits(S("*.xml"), S("a.xml2")) &&
              list_name_fits(S("a?c*"), S("abc")) && !list_name_fits(S("a?c*"), S("ac")) &&
              list_name_fits(S("**"), S("")) && !list_name_fits(S(""), S("a")) &&
              list_name_fits(S("*ab*ab"), S("abaabab")) && !list_name_fits(S("*.XML"), S("a.xml")),
        "which names fit");
    char many[256], text[256];
    for (size_t i = 0; i < sizeof many; i++) {
        many[i] = i % 2 ? '*' : 'a';
        text[i] = 'a';
    }
    check(!list_name_fits((struct span){many, 255}, (struct span){text, 100}),
        "also where many stars fit many letters");
}

/* A piece of memory of just this size: reading behind it is seen. */
static struct span exact(struct span s)
{
    char *p = malloc(s.n ? s.n : 1);
    must(p);
    if (s.n) memcpy(p, s.p, s.n);
    return (struct span){p, s.n};
}

static bool is_sound(struct span bytes)
{
    struct listed out[64];
    size_t counts[LISTED_UNKNOWN + 1], lines = 0, n = list_read(bytes, now_ms, out, 64, counts);
    for (size_t i = 0; i < COUNT(counts); i++) lines += counts[i];
    bool good = n <= counts[LISTED_FILE] && lines <= bytes.n + 1;
    for (size_t i = 0; good && i < n; i++)
        good = list_name_is_safe(out[i].name) && out[i].size >= 0 && out[i].name.p >= bytes.p &&
               out[i].name.p + out[i].name.n <= bytes.p + bytes.n;
    return good;
}

/* Whatever becomes of a list, no name leads elsewhere, and none lies outside of it. */
static void damaged(void)
{
    static const char list[] =
        "type=file;size=12;modify=20260122101500; one.xml\r\n"
        "-rw-r--r--    1 wire     news         1234 Jan 22 10:15 two.xml\r\n"
        "01-22-26  10:15AM  1234 three.xml\r\nlrwxrwxrwx 1 a b 5 Jan 22 10:15 four -> ../x\n";
    static const char letters[] = " ;-/\\.=:0919JanFebdl\t\r\n\0\xff<";
    bool good = true;
    for (size_t n = 0; n < sizeof list; n++) {
        struct span cut = exact((struct span){list, n});
        good = is_sound(cut) && good;
        free((char *)(uintptr_t)cut.p);
    }
    check(good, "cut at every byte");
    for (int round = 0; good && round < 20000; round++) {
        struct span s = exact((struct span){list, sizeof list - 1});
        for (uint32_t k = roll(8) + 1; k-- > 0;)
            ((char *)(uintptr_t)s.p)[roll((uint32_t)s.n)] = letters[roll(sizeof letters - 1)];
        good = is_sound(s);
        free((char *)(uintptr_t)s.p);
    }
    check(good, "with letters changed at random");
}

/* What is written in any form is read again. */
static void again(struct arena *a)
{
    static const char letters[] = "abcXYZ019 ._-äö;()[]{}'\"%$&+,=~#@!^";
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    bool good = true;
    for (int round = 0; good && round < 5000; round++) {
        char name[40];
        size_t n = roll(30) + 1;
        for (size_t i = 0; i < n; i++) name[i] = letters[roll(sizeof letters - 1)];
        struct span s = {name, n};
        if (!list_name_is_safe(s)) continue;
        int64_t size = (int64_t)roll(1 << 30) * roll(100);
        int m = (int)roll(12), d = (int)roll(28) + 1, h = (int)roll(24), min = (int)roll(60);
        struct civil c = {.year = 2025, .month = m + 1, .day = d, .hour = h, .minute = min};
        struct span lines[] = {
            arena_printf(a, "type=file;size=%lld;modify=2025%02d%02d%02d%02d00; %.*s",
                (long long)size, m + 1, d, h, min, FMT(s)),
            arena_printf(a, "-rw-r--r-- %u user%u group %lld %s %2d  2025 %.*s", roll(9), roll(99),
                (long long)size, months[m], d, FMT(s)),
            arena_printf(a, "%02d-%02d-25  %02d:%02d%s %14lld %.*s", m + 1, d, h % 12 ? h % 12 : 12,
                min, h < 12 ? "AM" : "PM", (long long)size, FMT(s))};
        for (size_t i = 0; i < COUNT(lines) && good; i++) {
            struct listed f;
            int64_t at = civil_to_ms(c);
            if (i == 1) at -= at % (24 * 3600 * 1000LL);
            good = list_line(lines[i], now_ms, &f) == LISTED_FILE && span_eq(f.name, s) &&
                   f.size == size && f.time_ms == at;
            if (!good) printf("# %.*s\n", FMT(lines[i]));
        }
        arena_reset(a);
    }
    check(good, "what is written in each form is read again as it is");
}

/* ---- what is remembered ---- */
static void remembered(struct arena *a)
{
    char folder[] = "/tmp/broadsheet-files-XXXXXX";
    must(mkdtemp(folder));
    struct known *k = known_new(), *back = known_new(), *other = known_new();
    struct span url = S("sftp://a.example/wire");
    for (uint64_t i = 1; i <= 3000; i++) known_take(k, i * 0x9e3779b97f4a7c15u);
    known_take(k, 0x9e3779b97f4a7c15u);
    check(k->taken_count == 3000 && known_is_taken(k, 7 * 0x9e3779b97f4a7c15u) &&
              !known_is_taken(k, 7),
        "what is taken is known, once");
    check(known_read(back, folder, S("wire"), url) == ERR_ABSENT, "nothing is remembered yet");
    check(known_write(k, folder, S("wire"), url) == OK && !k->has_changed &&
              known_read(back, folder, S("wire"), url) == OK,
        "written and read");
    check(back->taken_count == 3000 &&
              memcmp(back->taken, k->taken, 3000 * sizeof *k->taken) == 0 && !back->has_changed,
        "it is the same");
    check(known_read(other, folder, S("wire"), S("sftp://b.example/")) == ERR_CORRUPT &&
              !other->taken_count,
        "of another address it is none");
    const char *path = arena_printf(a, "%s/wire.taken", folder).p;
    must(file_write_durable(
             path, S("sftp://a.example/wire\n0000000000000001\n00000000000000x2\n")) == OK);
    check(known_read(other, folder, S("wire"), url) == ERR_CORRUPT && !other->taken_count,
        "what is damaged is none");
    must(dir_remove(folder) == OK);
    known_free(k);
    known_free(back);
    known_free(other);
}

static void forgotten(void)
{
    struct known *k = known_new();
    uint64_t listed[] = {5, 3, FILES_MAX};
    for (uint64_t i = 1; i <= FILES_MAX / 2; i++) known_take(k, i);
    known_saw(k, NULL, 0, listed, COUNT(listed));
    check(k->taken_count == FILES_MAX / 2, "with room left nothing is forgotten");
    for (uint64_t i = 1; i <= FILES_MAX + 5; i++) known_take(k, i);
    check(k->taken_count == FILES_MAX, "there is never more than there may be files");
    known_saw(k, NULL, 0, listed, COUNT(listed));
    check(k->taken_count == 3 && known_is_taken(k, 3) && known_is_taken(k, FILES_MAX),
        "then what is not listed any more is");
    known_free(k);
}

/* ---- which are to be fetched ---- */
static struct picked pick(
    struct arena *a, struct known *k, const struct poll_feed *f, const char *list)
{
    struct picked out;
    size_t counts[LISTED_UNKNOWN + 1];
    files_pick(a, k, f, span_of(list), &out, counts);
    return out;
}

static void age(struct known *k, int seconds)
{
    for (size_t i = 0; i < k->sight_count; i++) k->sights[i].since_us -= seconds * 1000000LL;
}

static void settled(struct arena *a)
{
    static const char list[] = "type=file;size=2;modify=20260102120000; b.xml\n"
                               "type=file;size=1;modify=20260101120000; c.xml\n"
                               "type=file;size=1;modify=20260101120000; a.xml\n"
                               "type=file;size=3;modify=20260101000000; .hidden.xml\n"
                               "type=file;size=3;modify=20260101000000; half.xml.part\n"
                               "type=file;size=0;modify=20260101000000; empty.xml\n"
                               "type=file;size=3;modify=20260101000000; other.txt\n"
                               "type=file;size=99999999999;modify=20260101000000; large.xml\n";
    struct span pattern = S("*.xml");
    struct poll_feed feed = {.feed = S("wire"), .patterns = &pattern, .pattern_count = 1};
    struct known *k = known_new();
    struct picked p = pick(a, k, &feed, list);
    check(
        !p.count && p.has_young && p.too_large.count == 1, "what is seen for the first time waits");
    check_span(p.too_large.example, S("large.xml"), "what is too large is told");
    check(p.lost_count == 1 && span_eq(p.lost[0].file.name, S("large.xml")),
        "and stands on the desk's list");
    p = pick(a, k, &feed, list);
    check(p.lost_count == 1, "which is tried again until it is durable there");
    known_take(k, p.lost[0].state);
    p = pick(a, k, &feed, list);
    check(!p.lost_count && p.too_large.count == 1, "and once");
    age(k, FILES_SETTLE_S);
    p = pick(a, k, &feed,
        "type=file;size=2;modify=20260102120000; b.xml\ntype=file;size=2;modify=20260101120000; "
        "c.xml\n"
        "type=file;size=1;modify=20260101120001; a.xml\n");
    check(p.count == 1 && span_eq(p.list[0].file.name, S("b.xml")),
        "another size or time begins anew, and what stood still is taken");
    age(k, FILES_SETTLE_S);
    p = pick(a, k, &feed, list);
    age(k, FILES_SETTLE_S);
    p = pick(a, k, &feed, list);
    check(p.count == 3 && span_eq(p.list[1].file.name, S("c.xml")) &&
              span_eq(p.list[0].file.name, S("a.xml")) && !p.has_young,
        "in order of time and name");
    for (int i = 0; i < FILES_TRIES; i++) known_tried(k, fast_hash(S("a.xml")));
    p = pick(a, k, &feed, list);
    check(p.stuck.count == 1 && p.count == 3 && span_eq(p.list[2].file.name, S("a.xml")),
        "what could not be fetched again and again comes last, and is told");
    known_take(k, p.list[0].state);
    p = pick(a, k, &feed, list);
    check(p.count == 2 && !p.left.count, "what is taken is not taken again");
    feed.after = POLL_DELETE;
    check(pick(a, k, &feed, list).left.count == 1, "and is told where it should have gone");
    known_free(k);
}

static void marked(struct arena *a)
{
    struct poll_feed feed = {.feed = S("wire"), .marker = S(".done")};
    struct known *k = known_new();
    struct picked p = pick(a, k, &feed,
        "type=file;size=1; a.xml\ntype=file;size=1; b.xml\ntype=file;size=0; b.xml.done\n"
        "type=file;size=9; c.xml.done\n");
    check(p.count == 1 && span_eq(p.list[0].file.name, S("b.xml")) && !p.has_young,
        "with a marker: those whose own is there, at once, and no marker");
    known_free(k);
}

static void many(struct arena *a)
{
    struct poll_feed feed = {.feed = S("wire")};
    struct known *k = known_new();
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < FILES_MAX + 10; i++)
        buf_printf(&b, "type=file;size=1;modify=20260101%02d%02d%02d; f%06d\n", i / 3600 % 24,
            i / 60 % 60, i % 60, i);
    buf_char(&b, 0);
    pick(a, k, &feed, b.p);
    check(k->sight_count == FILES_MAX, "of a folder with too many files as many as there may be");
    age(k, FILES_SETTLE_S);
    struct picked p = pick(a, k, &feed, b.p);
    check(p.count == FILES_TRIP_MAX && p.has_more && span_eq(p.list[0].file.name, S("f000000")),
        "and of a trip the oldest");
    known_free(k);
}

int main(void)
{
    struct arena *a = arena_new(512 << 20);
    luck_begin();
    forms();
    names();
    damaged();
    again(a);
    remembered(a);
    forgotten();
    settled(a);
    marked(a);
    many(a);
    arena_free(a);
    return tap_end();
}
