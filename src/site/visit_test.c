/* Who is counted as a reader, where he is said to come from, and what a page's script may tell. */
#include "site_kit.h"

#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
#define PHONE                                                                                      \
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "  \
    "Mobile Safari/537.36"

static struct span from;

static bool counts(struct site_visit v)
{
    if (!v.agent.p) v.agent = S(FIREFOX);
    if (!v.host.p) v.host = S("kit.example");
    return site_is_read(kit_hand, kit_arena, &v, &from);
}

static void test_who(void)
{
    static const char *const people[] = {FIREFOX, PHONE,
        "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80; U; en) Presto/2.5.25 Version/10.54",
        "Mozilla/5.0 (Linux; Android 9; CUBOT NOVA) AppleWebKit/537.36 Chrome/99 Mobile Safari",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"};
    static const char *const others[] = {"", "curl/8.5.0", "python-requests/2.31", "Wget/1.21",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/103",
        "facebookexternalhit/1.1", "WhatsApp/2.23", "Twitterbot/1.0", "FeedFetcher-Google",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 11) Chrome/119 Chrome-Lighthouse",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0)", "Mozilla/5.0 (House Watch/2)"};
    static const struct span more[] = {{"House Watch", 11}};
    for (size_t i = 0; i < COUNT(people); i++)
        check(counts((struct site_visit){.agent = span_of(people[i])}), "a reader: %s", people[i]);
    kit_press_site.audience.bots = more;
    kit_press_site.audience.bot_count = 1;
    for (size_t i = 0; i < COUNT(others); i++)
        check(!counts((struct site_visit){.agent = span_of(others[i])}), "none: %s", others[i]);
    check(!counts((struct site_visit){.agent = {NULL, 0}, .purpose = S("prefetch;prerender")}),
        "what is fetched ahead nobody has read");
}

static void test_wishes(void)
{
    check(!counts((struct site_visit){.dnt = S("1")}), "Do Not Track: not counted");
    check(!counts((struct site_visit){.gpc = S("1")}), "Global Privacy Control: not counted");
    check(counts((struct site_visit){.dnt = S("0")}), "who minds not is");
    kit_press_site.audience.measures = false;
    check(!counts((struct site_visit){.dnt = {NULL, 0}}), "nobody where the site does not measure");
    kit_press_site.audience.measures = true;
}

static bool comes(const char *referrer, const char *want)
{
    struct site_visit v = {.referrer = referrer ? span_of(referrer) : (struct span){0}};
    return counts(v) && span_eq(from, span_of(want));
}

static void test_referrers(void)
{
    check(comes("https://www.Search.example:8443/find?q=secret", "search.example"),
        "the host alone: neither path nor query");
    check(comes(NULL, "(unknown)") && comes("", "(unknown)"), "none is unknown");
    check(comes("https://kit.example/2026/", "(own)"), "from a page of ours");
    check(comes("android-app://com.chat.example/", "com.chat.example"), "from an application");
    static const char *const not [] = {"javascript:hit()", "https://localhost/",
        "https://a<script>.example/", "https:///", "https://q\"uote.example/", "data:text/html,x"};
    for (size_t i = 0; i < COUNT(not ); i++)
        check(comes(not [i], "(unknown)"), "no host: %s", not [i]);
    struct span many = arena_printf(kit_arena, "https://%0200d.example/", 1);
    check(comes(many.p, "(unknown)"), "no endless one");
}

static bool beacon(struct span body, struct span site, struct site_beacon *b)
{
    struct site_visit v = {.agent = S(PHONE), .host = S("kit.example"), .fetch_site = site};
    struct site_ask ask = {.method = HTTP_POST, .path = S("/wire/beacon"), .arena = kit_arena};
    return site_beacon(kit_hand, &ask, &v, body, b);
}

static void test_beacon(void)
{
    struct site_beacon b;
    struct view *v = kit_view(1), *later = kit_view(2), *killed = kit_view(3);
    kit_put(v, NOON - HOUR, INT64_MAX);
    kit_put(later, NOON + HOUR, INT64_MAX);
    kit_put(killed, NOON - HOUR, INT64_MAX);
    kit_kill(killed->id);
    struct span fine =
        arena_printf(kit_arena, "story=%.*s&seconds=42&from=www.search.example", FMT(v->id_text));
    check(beacon(fine, S("same-origin"), &b) && b.story == v->id && b.seconds == 42 &&
              span_eq(b.referrer, S("search.example")),
        "a story was read for 42 seconds");
    check(beacon(fine, (struct span){0}, &b), "an old browser says not from where it asks");
    check(!beacon(fine, S("cross-site"), &b), "no other site counts here");
    check(!beacon(arena_printf(kit_arena, "story=%.*s&seconds=4", FMT(later->id_text)),
              S("same-origin"), &b) &&
              !beacon(arena_printf(kit_arena, "story=%.*s&seconds=4", FMT(killed->id_text)),
                  S("same-origin"), &b),
        "nor is it counted for what is not public");
    check(!beacon(arena_printf(kit_arena, "story=%.*s&seconds=-1", FMT(v->id_text)),
              S("same-origin"), &b) &&
              !beacon(S("story=x"), S("same-origin"), &b) && !beacon(S(""), S("same-origin"), &b),
        "nor what is none");
    check(beacon(arena_printf(kit_arena, "story=%.*s&seconds=99999999", FMT(v->id_text)),
              S("same-origin"), &b) &&
              b.seconds == 86400,
        "nobody reads longer than a day");
    check(
        site_takes_beacon(S("/wire/beacon")) && !site_takes_beacon(S("/wire/beacons")), "its path");
}

int main(void)
{
    kit_start("/wire");
    kit_press_site.audience.measures = true;
    test_who();
    test_wishes();
    test_referrers();
    test_beacon();
    return kit_end();
}
