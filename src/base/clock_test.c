#include "clock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
static const int64_t six = 1769148000000; /* 2026-01-23T06:00:00Z */
static char root[] = "/tmp/broadsheet-clock-XXXXXX";

/* In the kernel's place: whether the machine's clock is synchronised is for the test to say. */
static bool is_synchronised;
int adjtimex(struct timex *t)
{
    t->status = is_synchronised ? STA_PLL : STA_UNSYNC;
    return is_synchronised ? TIME_OK : TIME_ERROR;
}

static const char *page_path(const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void test_without_page(void)
{
    int64_t was = clock_now_ms();
    check(was > six - (int64_t)20 * 365 * 24 * HOUR && clock_now_ms() >= was, "the machine's time");
    check(!clock_is_virtual() && !clock_is_suspect(), "neither driven nor suspect");
    clock_tick();
    clock_slot_set(SLOT_APPLIED_POS, 7);
    check(clock_slot_get(SLOT_APPLIED_POS) == 7, "slots work in one process");
}

static void test_virtual(void)
{
    check(clock_open(page_path("virtual"), six) == OK, "a driven clock is made");
    check(clock_is_virtual() && clock_now_ms() == six, "it starts where it is told");
    check(clock_slot_get(SLOT_APPLIED_POS) == 0, "its slots are empty");
    clock_set_virtual(six + HOUR);
    check(clock_now_ms() == six + HOUR, "it is driven forward");
    clock_set_virtual(six);
    check(clock_now_ms() == six + HOUR, "and never back");
    clock_tick();
    check(clock_now_ms() == six + HOUR, "a tick does not move it");
}

static void test_virtual_jumps(void)
{
    int64_t now = clock_now_ms();
    clock_jump_wall(-HOUR);
    check(clock_now_ms() == now && !clock_is_suspect(), "the wall steps back: no flap (E13)");
    clock_set_virtual(now + MINUTE);
    check(clock_now_ms() == now + MINUTE, "time goes on");
    clock_jump_wall(HOUR);
    check(clock_now_ms() == now + MINUTE && !clock_is_suspect(), "the wall is right again");
    clock_jump_wall(4 * MINUTE);
    check(clock_now_ms() == now + 5 * MINUTE && !clock_is_suspect(), "a small jump is followed");
    clock_jump_wall(6 * MINUTE);
    check(clock_now_ms() == now + 5 * MINUTE && clock_is_suspect(), "a large one is suspect (E13)");
    clock_set_virtual(now + 6 * MINUTE);
    check(clock_now_ms() == now + 6 * MINUTE && clock_is_suspect(), "it goes on by its own time");
    clock_jump_wall(-6 * MINUTE);
    check(clock_now_ms() == now + 6 * MINUTE && !clock_is_suspect(), "the wall returned");
    clock_jump_wall(HOUR);
    clock_confirm();
    check(clock_now_ms() == now + 6 * MINUTE + HOUR && !clock_is_suspect(), "or is confirmed");
}

static void test_shared(void)
{
    int64_t now = clock_now_ms();
    pid_t child = fork();
    if (child == 0) {
        clock_set_virtual(now + HOUR);
        clock_slot_set(SLOT_STORE_EPOCH, 42);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    check(clock_now_ms() == now + HOUR && clock_slot_get(SLOT_STORE_EPOCH) == 42,
        "another process moves the same page");
    child = fork();
    if (child == 0) {
        bool same = clock_open(page_path("virtual"), -1) == OK && clock_is_virtual() &&
                    clock_now_ms() == now + HOUR && clock_slot_get(SLOT_STORE_EPOCH) == 42;
        _exit(same ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    check(status == 0, "one that opens the file while it is used sees it as it is");
}

static void test_restart(void)
{
    int64_t now = clock_now_ms();
    check(clock_open(page_path("other"), six) == OK, "another page: the first one is let go");
    check(clock_open(page_path("virtual"), six) == OK && clock_now_ms() == now,
        "a driven clock that starts again does not go behind its mark");
    check(clock_slot_get(SLOT_STORE_EPOCH) == 0, "slots begin anew");
}

static void test_real(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t wall = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    check(clock_open(page_path("real"), -1) == OK && !clock_is_virtual(), "a real clock");
    int64_t now = clock_now_ms();
    check(now >= wall && now < wall + HOUR, "shows the wall's time");
    clock_jump_wall(-2 * HOUR);
    check(clock_now_ms() >= now && !clock_is_suspect(), "the wall steps back, the house does not");
    clock_jump_wall(2 * HOUR);
    clock_jump_wall(2 * HOUR);
    check(clock_is_suspect() && clock_now_ms() < now + HOUR, "two hours ahead is suspect");
    check(clock_open(page_path("other"), six) == OK && clock_open(page_path("real"), -1) == OK,
        "started again within one boot");
    check(clock_now_ms() >= now, "it is not behind its mark");
    clock_jump_wall(2 * HOUR);
    clock_confirm();
    check(!clock_is_suspect() && clock_now_ms() >= now + 2 * HOUR, "confirmed, the house follows");
    now = clock_now_ms();
    check(clock_open(page_path("other"), six) == OK && clock_open(page_path("real"), -1) == OK,
        "started again, and the wall is two hours behind");
    check(clock_now_ms() >= now, "the mark holds");
    bool back = false;
    for (int64_t last = now, i = 0; i < 20000; i++) {
        if (i % 100 == 0) clock_tick();
        int64_t is = clock_now_ms();
        back = back || is < last;
        last = is;
    }
    check(!back, "ticking slower until the wall has caught up, it never goes back");
}

static void test_damaged(void)
{
    const char *path = page_path("damaged");
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    must(fd >= 0 && write(fd, "nonsense nonsense nonsense", 26) == 26);
    close(fd);
    check(clock_open(path, six) == OK && clock_now_ms() == six, "a damaged page is made anew");
    check(clock_open("/proc/nowhere/clock", six) != OK, "a place that cannot be");
    check(clock_now_ms() == six, "leaves the clock as it was");
}

/* As if the machine had been off, and started again with a wall that is so much ahead of the mark.
 */
static bool boots(int64_t off_ms)
{
    enum { BOOT_ID_AT = 12, HIGH_AT = 72 };
    unlink(page_path("boot"));
    must(clock_open(page_path("boot"), -1) == OK);
    int64_t mark_us = (clock_now_ms() - off_ms) * 1000;
    must(clock_open(page_path("aside"), -1) == OK);
    int fd = open(page_path("boot"), O_RDWR);
    must(fd >= 0 && pwrite(fd, "another boot", 12, BOOT_ID_AT) == 12 &&
         pwrite(fd, &mark_us, sizeof mark_us, HIGH_AT) == sizeof mark_us);
    close(fd);
    return clock_open(page_path("boot"), -1) == OK;
}

static void test_boot(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t wall = (int64_t)t.tv_sec * 1000;
    is_synchronised = true;
    must(boots(3 * HOUR));
    check(!clock_is_suspect() && clock_now_ms() >= wall, "off for hours, and synchronised: now");
    is_synchronised = false;
    must(boots(2 * MINUTE));
    check(!clock_is_suspect() && clock_now_ms() >= wall, "off for minutes: now, whoever vouches");
    must(boots(3 * HOUR));
    int64_t now = clock_now_ms();
    check(clock_is_suspect() && now < wall - 2 * HOUR,
        "off for hours, and nobody vouches: as before");
    clock_tick();
    check(clock_is_suspect() && clock_now_ms() < wall - 2 * HOUR, "and so it stays");
    is_synchronised = true;
    clock_tick();
    check(!clock_is_suspect() && clock_now_ms() >= wall, "until it is synchronised");
    clock_jump_wall(2 * HOUR);
    check(clock_is_suspect(), "a jump while we run is none of a boot");
    clock_jump_wall(-2 * HOUR);
    is_synchronised = false;
    must(boots(3 * HOUR));
    clock_confirm();
    check(!clock_is_suspect() && clock_now_ms() >= wall, "or somebody says that it is right");
}

int main(void)
{
    must(mkdtemp(root));
    log_quiet(LOG_ERROR);
    test_without_page();
    test_virtual();
    test_virtual_jumps();
    test_shared();
    test_restart();
    test_real();
    test_boot();
    test_damaged();
    check(dir_remove(root) == OK, "the test cleans up");
    return tap_end();
}
