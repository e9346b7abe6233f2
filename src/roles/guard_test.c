/* One network moves a story as one reader does. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"
#include "web.h"

#define NOON ((int64_t)1769149800000)

static struct net_address at(const char *text)
{
    struct net_address a = {.known = true};
    bool is_six = strchr(text, ':');
    memset(a.ip, 0xff, 12); /* IPv4 lies in ::ffff:0:0/96 */
    memset(a.ip, 0, 10);
    must(inet_pton(is_six ? AF_INET6 : AF_INET, text, is_six ? a.ip : a.ip + 12) == 1);
    return a;
}

static size_t asks(struct guard *g, const char *address, story_id story, size_t times, int64_t ms)
{
    struct net_address a = at(address);
    size_t counted = 0;
    for (size_t i = 0; i < times; i++) counted += guard_counts(g, &a, story, ms + (int64_t)i);
    return counted;
}

static void test_reloads(struct guard *g)
{
    check(asks(g, "192.0.2.7", 1, 10000, NOON) == 1, "10,000 reloads are one reader");
    check(asks(g, "192.0.2.7", 2, 10, NOON) == 1, "of another story one more");
    check(asks(g, "192.0.2.8", 1, 10, NOON) == 1, "another address is another reader");
    check(asks(g, "192.0.2.7", 1, 10, NOON + (GUARD_MINUTES - 1) * 60000) == 0,
        "within the hours it stays one");
    check(asks(g, "192.0.2.7", 1, 10, NOON + GUARD_MINUTES * 60000) == 1, "behind them it is new");
}

static void test_many_addresses_of_one(struct guard *g)
{
    size_t counted = 0;
    char text[64];
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "2001:db8:1:%x::%x", i, i + 1);
        counted += asks(g, text, 3, 1, NOON);
    }
    check(counted == 1, "whoever has a whole network of IPv6 is one reader");
    check(asks(g, "2001:db8:2::1", 3, 5, NOON) == 1, "another network is another");
}

static void test_many_stories_of_one(struct guard *g)
{
    size_t counted = 0;
    for (story_id s = 100; s < 100 + 4 * GUARD_OF_NETWORK; s++)
        counted += asks(g, "198.51.100.1", s, 1, NOON);
    check(counted == GUARD_OF_NETWORK, "who reads everything moves so many stories and no more");
    check(asks(g, "198.51.100.1", 100, 5, NOON) == 0, "and cannot wash out what he has read");
}

static void test_many_networks(struct guard *g)
{
    size_t counted = 0;
    char text[64];
    for (unsigned i = 0; i < 50000; i++) {
        snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        counted += asks(g, text, 4, 2, NOON);
    }
    check(counted > 49900 && counted <= 50100, "50,000 readers are 50,000: %zu", counted);
}

int main(void)
{
    struct guard *g = guard_new();
    test_reloads(g);
    test_many_addresses_of_one(g);
    test_many_stories_of_one(g);
    test_many_networks(g);
    guard_free(g);
    return tap_end();
}
