/* The watched folder: what is whole comes out once, nothing half ever, and the folder is not listed
 * for each batch. */
#include "folder_kit.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct span content_of(const char *name)
{
    struct span s = S("");
    return file_read(keep, path_of(name), 1 << 20, &s) == OK ? s : S("(none)");
}

/* ---- what is given ---- */
/* The file of that name in the last batch; NULL: not there. */
static const struct folder_file *given(const char *name)
{
    for (size_t i = 0; i < got_count; i++)
        if (span_eq(got[i].name, span_of(name))) return &got[i];
    return NULL;
}

/* Asks until that name is given. */
static bool comes(const char *name)
{
    int64_t until = clock_mono_us() + WAIT_US;
    while (take(BATCH), !given(name) && clock_mono_us() < until) usleep(2000);
    return given(name);
}

static bool goes(const char *name)
{
    int64_t until = clock_mono_us() + WAIT_US;
    while (take(BATCH), is_there(name) && clock_mono_us() < until) usleep(2000);
    return !is_there(name);
}

static bool is_given(const char *name, const char *text)
{
    return given(name) && span_eq(given(name)->bytes, span_of(text));
}

/* ---- what turned out bad ---- */
struct wanted {
    struct span delivery;
    int64_t size;
};

static struct wanted wanted_of(const char *name)
{
    return (struct wanted){arena_keep(keep, given(name)->delivery), (int64_t)given(name)->bytes.n};
}

static bool is_delivery(void *with, struct span delivery)
{
    const struct wanted *w = with;
    return span_eq(w->delivery, delivery);
}

static enum result quarantine(const char *name, struct wanted *w, const char *why)
{
    struct folder_wanted f_wanted = {span_of(name), w->size, is_delivery, w};
    return folder_quarantine(f, &f_wanted, span_of(why));
}

/* ---- the rules ---- */
static void test_whole(void)
{
    begin();
    check(take(BATCH) == 0, "an empty folder gives nothing");
    put("a.xml", "first");
    check(take(BATCH) == 1 && is_given("a.xml", "first"), "a file renamed into place is given");
    check(is_there("a.xml"), "and stays until it is durable");
    struct span delivery = arena_keep(keep, got[0].delivery);
    check(take(BATCH) == 1 && span_eq(got[0].delivery, delivery),
        "what was not made durable is given again, as the same delivery");
    done();
    check(!is_there("a.xml") && is_there("done/a.xml"), "then it lies in done/");
    check(take(BATCH) == 0, "and does not come again");
    write_in_place("b.xml", "second");
    check(take(BATCH) == 1 && is_given("b.xml", "second"), "a file whose writer has closed it");
    struct wanted b = wanted_of("b.xml");
    check(quarantine("b.xml", &b, "bad") == ERR_ABSENT && is_there("b.xml"),
        "what waits is no delivery that turned out bad");
    done();
    check(quarantine("b.xml", &b, "it is bad\n") == OK && is_there("quarantine/b.xml"),
        "one that did goes from done/ to quarantine/");
    check_span(content_of("quarantine/b.xml.why.txt"), S("it is bad\n"), "with the reason");
    check(quarantine("../x", &b, "bad") == ERR_ABSENT, "and not beyond the folder");
    end();
}

/* Three under one name, of which two turn out bad: each is itself, and nothing is written over. */
static void test_one_name(bool plain)
{
    static const char *const words[] = {"good", "bad!", "worse"};
    struct wanted w[COUNT(words)];
    begin();
    if (plain) folder_no_flags(f);
    for (size_t i = 0; i < COUNT(words); i++) {
        put("latest.xml", words[i]);
        must(comes("latest.xml"));
        w[i] = wanted_of("latest.xml");
        done();
    }
    check(quarantine("latest.xml", &w[1], "one\n") == OK &&
              span_eq(content_of("quarantine/latest.xml"), S("bad!")) &&
              span_eq(content_of("done/latest.xml"), S("good")),
        "of several that came under one name the bad one goes%s", plain ? ", without flags" : "");
    check(quarantine("latest.xml", &w[2], "two\n") == OK &&
              span_eq(content_of("quarantine/latest.xml"), S("bad!")) &&
              span_eq(content_of("quarantine/latest.xml~1"), S("worse")) &&
              span_eq(content_of("quarantine/latest.xml~1.why.txt"), S("two\n")) &&
              span_eq(content_of("quarantine/latest.xml.why.txt"), S("one\n")),
        "beside the one before, each with its note");
    check(quarantine("latest.xml", &w[2], "two\n") == ERR_ABSENT && is_there("done/latest.xml"),
        "and once");
    end();
}

static enum result taken(void)
{
    int wait = 0;
    arena_reset(a);
    return folder_take(f, a, got, BATCH, &got_count, &wait);
}

static void test_another_folder(void)
{
    char aside[80];
    begin();
    put("a.xml", "first");
    check(comes("a.xml"), "a folder");
    done();
    snprintf(aside, sizeof aside, "%s.aside", root);
    must(rename(root, aside) == 0);
    int64_t until = clock_mono_us() + (FOLDER_RESCAN_MS + 500) * 1000LL;
    enum result r = OK;
    while (clock_mono_us() < until && r == OK) r = taken(), usleep(2000);
    check(r == OK, "that is taken away is waited for");
    must(mkdir(root, 0750) == 0);
    until = clock_mono_us() + WAIT_US;
    while (clock_mono_us() < until && r == OK) r = taken(), usleep(2000);
    check(r == ERR_CLOSED, "another one in its place is noticed (%s)", result_name(r));
    nftw(aside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    end();
}

static void test_half(void)
{
    begin();
    int fd = open_writer("slow.xml", O_TRUNC);
    say(fd, "half of ");
    put("whole.xml", "whole");
    check(take(BATCH) == 1 && given("whole.xml"), "a file in writing is left alone (V7)");
    done();
    int64_t until = clock_mono_us() + (2 * FOLDER_STABLE_MS + FOLDER_RESCAN_MS + 500) * 1000LL;
    size_t early = 0;
    while (clock_mono_us() < until) early += take(BATCH), usleep(20000);
    check(early == 0, "also when it stands still, while its writer has it open");
    say(fd, "it");
    close(fd);
    check(take(BATCH) == 1 && is_given("slow.xml", "half of it"), "and given when that has closed");
    done();
    const char *names[] = {".x", "x.tmp", "x.part", "x.filepart", "x.crdownload", "x.swp", "x~"};
    for (size_t i = 0; i < COUNT(names); i++) write_in_place(names[i], "x");
    check(take(BATCH) == 0, "temporary names are not looked at");
    end();
}

static void test_without_events(void)
{
    begin();
    folder_deafen(f);
    put("a.xml", "whole");
    int fd = open_writer("b.xml", O_TRUNC);
    say(fd, "half");
    check(take(BATCH) == 0, "without events nobody knows that a file is whole");
    check(comes("a.xml") && !given("b.xml"), "until it has stood still; not while it is written");
    done();
    say(fd, " and whole");
    close(fd);
    check(comes("b.xml") && is_given("b.xml", "half and whole"), "then that one");
    done();
    end();
}

static void test_odd(void)
{
    begin();
    must(symlink("/etc/passwd", path_of("link.xml")) == 0);
    must(mkfifo(path_of("pipe.xml"), 0600) == 0);
    must(mkdir(path_of("folder.xml"), 0700) == 0);
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s/socket.xml", root);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(s >= 0 && bind(s, (struct sockaddr *)&at, sizeof at) == 0);
    int fd = open_writer(".large", O_TRUNC);
    must(ftruncate(fd, FOLDER_FILE_MAX + 1) == 0 && close(fd) == 0);
    must(rename(path_of(".large"), path_of("large.xml")) == 0);
    put("good.xml", "good");
    check(comes("good.xml") && got_count == 1, "a good file comes by all of them");
    done();
    check(goes("large.xml") && is_there("quarantine/large.xml"), "too large: to quarantine/");
    check(goes("link.xml") && is_there("quarantine/link.xml.why.txt"), "a link, not followed");
    check(goes("pipe.xml") && goes("socket.xml"), "a pipe and a socket");
    check(is_there("folder.xml"), "a folder stays");
    close(s);
    end();
}

static void test_unreadable(void)
{
    begin();
    bool root_runs = geteuid() == 0;
    must(chmod(root, 0777) == 0 && chmod(path_of("quarantine"), 0777) == 0);
    if (root_runs) must(seteuid(65534) == 0);
    write_in_place(".x", "x");
    must(chmod(path_of(".x"), 0) == 0 && rename(path_of(".x"), path_of("x.xml")) == 0);
    check(goes("x.xml") && is_there("quarantine/x.xml"), "a file that may not be read");
    if (root_runs) must(seteuid(0) == 0);
    check(span_find(content_of("quarantine/x.xml.why.txt"), S("give it to the user")) > 0,
        "is told what to do");
    end();
}

static void test_names_taken(void)
{
    enum { TIMES = 80 };
    char text[32];
    int there = 0;
    begin();
    for (int i = 0; i < TIMES; i++) {
        snprintf(text, sizeof text, "text %d", i);
        put("same.xml", text);
        there += take(BATCH) == 1 && is_given("same.xml", text);
        done();
    }
    check(there == TIMES && !is_there("same.xml"), "one name %d times is taken so often", TIMES);
    check_span(content_of("done/same.xml"), S("text 0"), "the first has its name in done/");
    check_span(content_of("done/same.xml~1"), S("text 1"), "the second a number");
    char command[128];
    snprintf(command, sizeof command, "test $(ls %s/done | wc -l) = %d", root, TIMES);
    check(system(command) == 0, "and nothing there is lost");
    end();
}

static void test_order(void)
{
    begin();
    for (int i = 0; i < 6; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.xml", (i * 5) % 6);
        put_at(name, "x", 1000000 + (i * 5) % 6);
    }
    const char *want[] = {"0.xml", "5.xml", "1.xml", "4.xml", "2.xml", "3.xml"};
    bool in_order = take(BATCH) == COUNT(want);
    for (size_t i = 0; in_order && i < COUNT(want); i++)
        in_order = span_eq(got[i].name, span_of(want[i]));
    check(in_order, "oldest and newest alternately");
    done();
    end();
}

/* ---- many ---- */
static void test_many(void)
{
    enum { FILES = 20000 };
    static unsigned char times[FILES];
    char name[32];
    size_t all = 0, kill_batch = 0, batches = 0;
    memset(times, 0, sizeof times);
    begin();
    check(take(BATCH) == 0, "a folder that is watched from the beginning");
    for (int i = 0; i < FILES; i++) { /* more events than the kernel's queue holds: 16,384 */
        snprintf(name, sizeof name, "%d.xml", i);
        write_in_place(name, "x");
    }
    int64_t start = clock_mono_us();
    while (all < FILES + 1 && clock_mono_us() - start < LONG_US) {
        if (take(BATCH) == 0) usleep(2000);
        for (size_t i = 0; i < got_count; i++)
            if (!span_eq(got[i].name, S("kill.xml"))) times[atoi(got[i].name.p)]++;
        if (given("kill.xml")) kill_batch = batches;
        all += got_count;
        batches += got_count > 0;
        done();
        if (batches == 100 && !is_there("done/kill.xml")) put("kill.xml", "kill");
    }
    size_t wrong = 0;
    for (int i = 0; i < FILES; i++) wrong += times[i] != 1;
    uint64_t most = 3 + (uint64_t)(clock_mono_us() - start) / (FOLDER_RESCAN_MS * 1000LL);
    check(all == FILES + 1 && !wrong, "each of %d files once, though events were lost", FILES);
    check(folder_listings(f) <= most, "%zu batches with %llu listings: no more than %llu", batches,
        (unsigned long long)folder_listings(f), (unsigned long long)most);
    check(kill_batch == 100, "a kill that comes in between is in the next batch");
    end();
}

static void test_more_than_fit(void)
{
    enum { FILES = 300, FIT = 100 };
    char name[32];
    size_t all = 0, oldest = 0, newest = FILES - 1;
    bool first_in_order = true;
    begin();
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "%d.xml", (i * 7) % FILES);
        put_at(name, "x", 1000000 + (i * 7) % FILES);
    }
    folder_close(f);
    open_folder(); /* nobody has heard of them */
    folder_set_names(f, FIT);
    int64_t start = clock_mono_us();
    while (all < FILES && clock_mono_us() - start < WAIT_US) {
        if (take(10) == 0) usleep(2000);
        for (size_t i = 0; i < got_count; i++, all++) {
            size_t n = (size_t)atoi(got[i].name.p);
            if (all < FIT / 2) first_in_order &= n == (all % 2 ? newest-- : oldest++);
        }
        done();
    }
    check(all == FILES && take(BATCH) == 0, "more names than there is room for: none is lost");
    check(first_in_order, "and both ends are those of all");
    end();
}

/* A sender that goes on for ever with two names. */
static void test_storm(void)
{
    begin();
    put("waits.xml", "waits");
    for (int i = 0; i < 14000; i++) write_in_place(i % 2 ? "one.xml" : "two.xml", "x");
    check(take(BATCH) > 0 && given("waits.xml"), "a storm of events does not stop the taking");
    done();
    end();
}

static void test_vanished(void)
{
    begin();
    put("a.xml", "a");
    put("b.xml", "b");
    must(unlink(path_of("a.xml")) == 0);
    check(take(BATCH) == 1 && given("b.xml"), "a file that vanished before it was looked at");
    check(unlink(path_of("b.xml")) == 0 && folder_done(f, &got[0]) == ERR_ABSENT,
        "and one that vanished after it was read");
    check(take(BATCH) == 0, "come no more");
    put("b.xml", "again");
    check(take(BATCH) == 1 && is_given("b.xml", "again"), "until they are there again");
    done();
    end();
}

/* ---- what happens to a file between its reading and its move ---- */
static void test_replaced(void)
{
    begin();
    put_at("a.xml", "first", 1000000);
    put("b.xml", "between");
    put_at("a.xml", "second, the kill", 2000000);
    check(take(1) == 1 && is_given("b.xml", "between") == false, "replaced while it waited");
    check(is_given("a.xml", "second, the kill"), "it is read as what it is now");
    put("a.xml", "third");
    done();
    check(is_there("a.xml") && !is_there("done/a.xml"), "replaced while in flight: it stays");
    check(comes("a.xml") && is_given("a.xml", "third"), "and is given as the new one");
    write_in_place("a.xml", "the fourth");
    done();
    check(
        comes("a.xml") && is_given("a.xml", "the fourth"), "written in place in flight: likewise");
    int fd = open_writer("a.xml", O_APPEND);
    done();
    check(
        is_there("a.xml") && !is_there("done/a.xml"), "somebody has opened it to write: it stays");
    say(fd, ", and more");
    close(fd);
    check(comes("a.xml") && is_given("a.xml", "the fourth, and more"), "and is given when closed");
    done();
    check(!is_there("a.xml") && is_there("done/a.xml"), "in the end it is done");
    end();
}

int main(void)
{
    log_quiet(LOG_ERROR);
    a = arena_new(256 << 20);
    keep = arena_new(64 << 20);
    test_whole();
    test_one_name(false);
    test_one_name(true);
    test_another_folder();
    test_half();
    test_without_events();
    test_odd();
    test_unreadable();
    test_names_taken();
    test_order();
    test_many();
    test_more_than_fit();
    test_storm();
    test_vanished();
    test_replaced();
    arena_free(a);
    arena_free(keep);
    return tap_end();
}
