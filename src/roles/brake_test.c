/* How much one network may write, report, and have sent by mail. */
#include <stdarg.h>
#include <unistd.h>

#include "tap.h"
#include "web.h"

#define NOON ((int64_t)1769149800000)
enum { MINUTE = 60000 };

typedef bool asked(struct comment_brake *b, const struct net_address *client);

static struct net_address at(unsigned char last)
{
    struct net_address a = {.known = true};
    a.ip[10] = a.ip[11] = 0xff; /* IPv4 lies in ::ffff:0:0/96 */
    a.ip[12] = 192;
    a.ip[15] = last;
    return a;
}

static size_t may(struct comment_brake *b, asked *ask, unsigned char who, size_t times)
{
    struct net_address a = at(who);
    size_t n = 0;
    for (size_t i = 0; i < times; i++) n += ask(b, &a);
    return n;
}

int main(void)
{
    char path[] = "/tmp/broadsheet-clock-XXXXXX";
    int fd = mkstemp(path);
    must(fd >= 0 && clock_open(path, NOON) == OK);
    struct comment_brake *b = comment_brake_new();
    check(may(b, comment_may_mail, 7, 50) == LETTERS_OF_NETWORK,
        "a network has so many letters sent");
    check(may(b, comment_may, 7, 50) == COMMENTS_OF_ADDRESS, "writes so many comments");
    check(may(b, comment_may_report, 7, 50) == REPORTS_OF_ADDRESS, "and reports so many");
    check(may(b, comment_may_mail, 8, 1) == 1, "another one may still");
    clock_set_virtual(NOON + COMMENT_WINDOW_MS);
    check(may(b, comment_may, 7, 50) == COMMENTS_OF_ADDRESS, "ten minutes later it writes again");
    check(may(b, comment_may_mail, 7, 1) == 0, "but has no letter sent");
    clock_set_virtual(NOON + LETTER_WINDOW_MS - 1);
    check(may(b, comment_may_mail, 7, 1) == 0, "nor within the day");
    clock_set_virtual(NOON + LETTER_WINDOW_MS);
    check(may(b, comment_may_mail, 7, 1) == 1, "then again");
    clock_set_virtual(NOON + 2 * LETTER_WINDOW_MS);
    size_t all = 0;
    for (int i = 0; i < 200; i++) all += may(b, comment_may, (unsigned char)i, 1);
    check(all == COMMENTS_A_MINUTE, "and all together have a bound");
    clock_set_virtual(NOON + 2 * LETTER_WINDOW_MS + MINUTE);
    check(may(b, comment_may, 199, 1) == 1, "for a minute");
    comment_brake_free(b);
    close(fd);
    unlink(path);
    return tap_end();
}
