/* Addresses, trusted proxies, X-Forwarded-For, the PROXY protocol. */
#include "net_inside.h"
#include "tap.h"

static bool is(struct net_address a, const char *want)
{
    char text[64];
    net_address_text(&a, text);
    if (strcmp(text, want) == 0) return true;
    printf("# got %s\n", text);
    return false;
}

static struct net_address address(const char *text)
{
    struct net_address a = {0};
    must(net_address_parse(span_of(text), &a));
    return a;
}

static void test_address(void)
{
    struct net_address a;
    check(is(address("192.0.2.7"), "192.0.2.7"), "IPv4 is written as such");
    check(is(address("2001:db8::7"), "2001:db8::7"), "IPv6");
    check(is(address("::ffff:192.0.2.7"), "192.0.2.7"), "mapped IPv4 is IPv4");
    check(is((struct net_address){0}, "-"), "nobody");
    check(!net_address_parse(S(""), &a) && !net_address_parse(S("a.b"), &a) &&
              !net_address_parse(S("1.2.3"), &a) && !net_address_parse(S("1.2.3.4\0"), &a) &&
              !net_address_parse(S("01.2.3.4"), &a),
        "what is no address");
}

static bool lies(const char *cidr, const char *ip)
{
    struct net_trusted t;
    must(net_trusted_parse(span_of(cidr), &t));
    struct net_config c = {.trusted = &t, .trusted_count = 1};
    struct net_address a = address(ip);
    return net_is_trusted(&c, &a);
}

static void test_trusted(void)
{
    struct net_trusted t;
    check(lies("127.0.0.1/8", "127.9.9.9") && !lies("127.0.0.1/8", "128.0.0.1"), "/8");
    check(lies("10.0.0.0/9", "10.127.0.1") && !lies("10.0.0.0/9", "10.128.0.1"), "/9");
    check(lies("192.0.2.1", "192.0.2.1") && !lies("192.0.2.1", "192.0.2.2"), "one address");
    check(lies("::1", "::1") && !lies("::1", "::2"), "one IPv6 address");
    check(lies("fd00::/8", "fd12::1") && !lies("fd00::/8", "fe00::1"), "an IPv6 net");
    check(lies("0.0.0.0/0", "9.9.9.9") && !lies("0.0.0.0/0", "2001:db8::1"),
        "all of IPv4 is not IPv6");
    check(!net_trusted_parse(S("10.0.0.0/33"), &t) && !net_trusted_parse(S("::/129"), &t) &&
              !net_trusted_parse(S("10.0.0.0/"), &t) && !net_trusted_parse(S("x/8"), &t) &&
              !net_trusted_parse(S("10.0.0.0/-1"), &t),
        "what is no net");
    check(!net_is_trusted(&(struct net_config){0}, &(struct net_address){.known = true}),
        "nobody is trusted unasked");
}

static struct net_address client_of(const char *first, const char *second, struct net_address peer)
{
    struct net_trusted t[2];
    must(net_trusted_parse(S("10.0.0.0/8"), &t[0]) && net_trusted_parse(S("::1"), &t[1]));
    struct net_config c = {.trusted = t, .trusted_count = 2};
    struct http_field fields[2] = {
        {S("X-Forwarded-For"), span_of(first)}, {S("x-forwarded-for"), span_of(second)}};
    struct http_request r = {.fields = fields, .field_count = second ? 2 : 1};
    return net_client_of(&c, &r, peer);
}

static void test_forwarded(void)
{
    struct net_address peer = address("10.0.0.1");
    check(is(client_of("192.0.2.1", NULL, peer), "192.0.2.1"), "the only one");
    check(is(client_of("6.6.6.6, 192.0.2.1", NULL, peer), "192.0.2.1"),
        "what the client claims does not count");
    check(is(client_of("6.6.6.6, 192.0.2.1, 10.0.0.2", NULL, peer), "192.0.2.1"),
        "through two proxies");
    check(is(client_of("6.6.6.6, 192.0.2.1", "10.0.0.2,10.0.0.3", peer), "192.0.2.1"),
        "two fields are one list");
    check(is(client_of("10.0.0.9, 10.0.0.2", NULL, peer), "10.0.0.9"),
        "all are ours: the first of them");
    check(is(client_of("192.0.2.1:4711", NULL, peer), "192.0.2.1"), "with a port");
    check(is(client_of("[2001:db8::1]:4711", NULL, peer), "2001:db8::1"), "IPv6 with a port");
    check(is(client_of("2001:db8::1", NULL, peer), "2001:db8::1"), "IPv6");
    check(is(client_of("192.0.2.1, unknown", NULL, peer), "10.0.0.1"),
        "nonsense ends the walk at the last we know");
    check(is(client_of("192.0.2.1, unknown, 10.0.0.2", NULL, peer), "10.0.0.2"),
        "also behind a proxy");
    check(is(client_of("", NULL, peer), "10.0.0.1"), "an empty list");
    check(is(client_of(",,,", NULL, (struct net_address){0}), "-"), "commas over a UNIX socket");
}

static enum http_parse proxied(struct span bytes, const char *want, size_t *used)
{
    struct net_proxied told;
    for (size_t n = 1; n < bytes.n; n++) {
        enum http_parse part = net_parse_proxy(span_cut(bytes, 0, n), &told);
        if (part == HTTP_DONE) break;
        if (part == HTTP_BAD) return HTTP_BAD;
    }
    enum http_parse read = net_parse_proxy(bytes, &told);
    *used = told.used;
    if (read == HTTP_DONE && !is(told.client, want)) return HTTP_MORE;
    return read;
}

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
static void test_proxy(void)
{
    size_t used;
    check(proxied(S("PROXY TCP4 192.0.2.1 10.0.0.1 1234 80\r\nGET"), "192.0.2.1", &used) ==
                  HTTP_DONE &&
              used == 39,
        "v1, IPv4");
    check(proxied(S("PROXY TCP6 2001:db8::1 ::1 1234 80\r\n"), "2001:db8::1", &used) == HTTP_DONE,
        "v1, IPv6");
    check(proxied(S("PROXY UNKNOWN\r\n"), "-", &used) == HTTP_DONE, "v1, unknown");
    check(proxied(S("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "-", &used) == HTTP_DONE,
        "v1, unknown with more");
    check(proxied(S("PROXY TCP4 192.0.2.1 10.0.0.1 1234 80\n"), "", &used) == HTTP_BAD,
        "v1, bare LF");
    check(proxied(S("PROXY TCP4 192.0.2.1 10.0.0.1 1234 80 \r\n"), "", &used) == HTTP_BAD,
        "v1, a space too many");
    check(proxied(S("PROXY TCP4 192.0.2.1 10.0.0.1 1234 99999\r\n"), "", &used) == HTTP_BAD,
        "v1, no port");
    check(proxied(S("PROXY TCP4 2001:db8::1 ::1 1234 80\r\n"), "", &used) == HTTP_BAD,
        "v1, the wrong family");
    check(proxied(S("PROXY TCP4 192.0.2.1\r\n"), "", &used) == HTTP_BAD, "v1, too short");
    check(proxied(S("GET / HTTP/1.1\r\n"), "", &used) == HTTP_BAD, "no PROXY at all");
    char endless[300] = "PROXY TCP4 ";
    memset(endless + 11, '1', sizeof endless - 11);
    check(
        proxied((struct span){endless, sizeof endless}, "", &used) == HTTP_BAD, "v1, without end");

    check(proxied(S(SIGNATURE "\x21\x11\0\x0c\xc0\0\2\1\x0a\0\0\1\x04\xd2\0\x50GET"), "192.0.2.1",
              &used) == HTTP_DONE &&
              used == 28,
        "v2, IPv4");
    check(proxied(S(SIGNATURE "\x21\x11\0\x0f\xc0\0\2\1\x0a\0\0\1\x04\xd2\0\x50\x04\0\0"),
              "192.0.2.1", &used) == HTTP_DONE &&
              used == 31,
        "v2, with an extra");
    check(proxied(S(SIGNATURE "\x21\x21\0\x24\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0"
                              "\0\0\0\0\0\0\0\1\4\xd2\0\x50"),
              "2001:db8::1", &used) == HTTP_DONE,
        "v2, IPv6");
    check(proxied(S(SIGNATURE "\x20\0\0\0"), "-", &used) == HTTP_DONE, "v2, local");
    check(proxied(S(SIGNATURE "\x11\x11\0\0"), "", &used) == HTTP_BAD, "version 1 in binary");
    check(proxied(S(SIGNATURE "\x21\x11\0\4\1\2\3\4"), "", &used) == HTTP_BAD,
        "v2, too short for IPv4");
    check(proxied(S(SIGNATURE "\x21\x11\xff\xff"), "", &used) == HTTP_BAD, "v2, far too long");
}

static void test_proxied_tls(void)
{
#define TCP4_HEAD "\x0a\0\0\1\x0a\0\0\2\x04\xd2\0\x50"
    struct net_proxied told;
    struct span tls = S(SIGNATURE "\x21\x11\0\x18" TCP4_HEAD "\x04\0\1x\x20\0\5\1\0\0\0\0");
    check(net_parse_proxy(tls, &told) == HTTP_DONE && told.is_secure && told.used == tls.n,
        "v2, a client over TLS");
    struct span plain = S(SIGNATURE "\x21\x11\0\x14" TCP4_HEAD "\x20\0\5\0\0\0\0\0");
    check(net_parse_proxy(plain, &told) == HTTP_DONE && !told.is_secure, "v2, one who is not");
    struct span broken = S(SIGNATURE "\x21\x11\0\x10" TCP4_HEAD "\x20\xff\xff\1");
    check(net_parse_proxy(broken, &told) == HTTP_DONE && !told.is_secure,
        "v2, an extra beyond the end");
}

/* Headers with bytes changed at random: no crash, no look past the end, and never more used than
 * given. */
static void test_proxy_noise(void)
{
    static const struct span models[] = {
        {"PROXY TCP4 192.0.2.1 10.0.0.1 1234 80\r\n", 39},
        {SIGNATURE "\x21\x11\0\x18" TCP4_HEAD "\x04\0\1x\x20\0\5\1\0\0\0\0", 40},
    };
    uint64_t seed;
    random_bytes(&seed, sizeof seed);
    printf("# seed %llu\n", (unsigned long long)seed);
    bool held = true;
    for (int i = 0; i < 20000; i++) {
        struct span model = models[i % 2];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t n = (size_t)(seed >> 33) % model.n + 1;
        char *copy = malloc(n);
        memcpy(copy, model.p, n);
        for (uint64_t r = seed >> 20; r & 3; r >>= 8) copy[(r >> 2) % n] = (char)(r >> 13);
        struct net_proxied told;
        enum http_parse read = net_parse_proxy((struct span){copy, n}, &told);
        if (read == HTTP_DONE && (told.used == 0 || told.used > n)) held = false;
        free(copy);
    }
    check(held, "twenty thousand broken headers");
}

static void test_clients(void)
{
    struct net_clients *t = net_clients_new();
    struct net_address a = address("192.0.2.1"), b = address("192.0.2.2"),
                       c = address("2001:db8:0:1::1"), d = address("2001:db8:0:1:ffff::2"),
                       e = address("2001:db8:0:2::1");
    check(
        net_clients_enter(t, &a, 2) && net_clients_enter(t, &a, 2) && !net_clients_enter(t, &a, 2),
        "two and no more");
    check(net_clients_enter(t, &b, 2), "another is another");
    check(
        net_clients_enter(t, &c, 1) && !net_clients_enter(t, &d, 1) && net_clients_enter(t, &e, 1),
        "an IPv6 /64 is one client");
    net_clients_leave(t, &a);
    check(net_clients_enter(t, &a, 2), "who left may come again");
    net_clients_leave(t, &a);
    net_clients_leave(t, &a);
    net_clients_leave(t, &b);
    net_clients_leave(t, &c);
    net_clients_leave(t, &e);
    net_clients_free(t);
}

int main(void)
{
    test_address();
    test_trusted();
    test_forwarded();
    test_proxy();
    test_proxied_tls();
    test_proxy_noise();
    test_clients();
    return tap_end();
}
