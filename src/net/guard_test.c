/* Which addresses a fetch may reach: the public ones, on the web's ports; and what is allowed by
 * name. */
#include "net_inside.h"
#include "tap.h"

static struct net_address address(const char *text)
{
    struct net_address a;
    must(net_address_parse(span_of(text), &a));
    a.known = true;
    return a;
}

static void test_table(void)
{
    static const struct {
        const char *ip;
        bool is_public;
    } rows[] = {{"93.184.216.34", true}, {"8.8.8.8", true}, {"1.1.1.1", true}, {"0.0.0.0", false},
        {"0.1.2.3", false}, {"10.0.0.1", false}, {"10.255.255.255", false}, {"11.0.0.0", true},
        {"100.63.255.255", true}, {"100.64.0.0", false}, {"100.127.255.255", false},
        {"100.128.0.0", true}, {"127.0.0.1", false}, {"127.255.255.254", false},
        {"169.254.169.254", false}, {"172.15.0.1", true}, {"172.16.0.1", false},
        {"172.31.255.255", false}, {"172.32.0.0", true}, {"192.0.0.170", false},
        {"192.0.2.1", false}, {"192.88.99.1", false}, {"192.168.1.1", false}, {"198.18.0.1", false},
        {"198.19.255.255", false}, {"198.51.100.7", false}, {"203.0.113.9", false},
        {"223.255.255.255", true}, {"224.0.0.1", false}, {"240.0.0.1", false},
        {"255.255.255.255", false}, {"::", false}, {"::1", false}, {"::ffff:127.0.0.1", false},
        {"::ffff:10.0.0.1", false}, {"::ffff:8.8.8.8", true}, {"::127.0.0.1", false},
        {"64:ff9b::7f00:1", false}, {"64:ff9b:1::1", false}, {"100::1", false}, {"2001::1", false},
        {"2001:db8::1", false}, {"2002:7f00:1::1", false}, {"2606:4700::1111", true},
        {"2a00:1450:4001::200e", true}, {"3fff::1", false}, {"fc00::1", false}, {"fd00::1", false},
        {"fe80::1", false}, {"fec0::1", false}, {"ff02::1", false}, {"5f00::1", false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct net_address a = address(rows[i].ip);
        check(net_is_public(&a) == rows[i].is_public, "%s is %spublic", rows[i].ip,
            rows[i].is_public ? "" : "not ");
    }
    struct net_address unknown = {.known = false};
    check(!net_is_public(&unknown), "an unknown address is not public");
}

static void test_guard(void)
{
    struct net_trusted home;
    must(net_trusted_parse(S("127.0.0.0/8"), &home));
    struct net_guard none = {0}, some = {&home, 1};
    struct net_address here = address("127.0.0.1"), there = address("8.8.8.8"),
                       other = address("10.0.0.1");
    check(!net_guard_allows(&none, &here, 80), "loopback is refused");
    check(net_guard_allows(&some, &here, 6379), "but for where it is allowed, on any port");
    check(!net_guard_allows(&some, &other, 80), "which allows nothing else");
    check(net_guard_allows(&none, &there, 80) && net_guard_allows(&none, &there, 443),
        "public addresses on the web's ports");
    check(!net_guard_allows(&none, &there, 22) && !net_guard_allows(&none, &there, 0),
        "and on no others");
}

int main(void)
{
    test_table();
    test_guard();
    return tap_end();
}
