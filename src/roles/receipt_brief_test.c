/* Receipts after a purge: the story's own, as this program and an older one write it; another
 * story's, which names it; one that has nothing to do with it. */
#include "roles.h"
#include "tap.h"

static struct arena *a;
#define OWN "abcdefghjkmn"
#define OTHER "mnabcdefghjk"

static struct span brief(const char *payload)
{
    static const struct span ids[] = {{OWN, 12}};
    struct receipt_briefly how = {
        .ids = ids, .id_count = 1, .replaces = S("00ff"), .at_ms = INT64_C(1769148000000)};
    return receipt_brief(a, &how, span_of(payload));
}

static bool says(struct span s, const char *words)
{
    return span_find(s, span_of(words)) >= 0;
}

#define SURFACE(path) "{\"path\":\"/news" path "\",\"plain\":410,\"shows\":false}"

static void test_own(void)
{
    struct span s = brief(
        "{\"type\":\"kill-receipt\",\"story\":\"" OWN "\",\"guid\":\"urn:heir\",\"url\":"
        "\"https://x/news/2026/01/23/heir-named-" OWN
        "\",\"agency\":\"Alpha\",\"surfaces\":[" SURFACE("/2026/01/23/heir-named-" OWN) "," SURFACE("/2026/01/23/heir-named-" OWN "/revisions") "," SURFACE("/2026/01/23/twin-of-it-" OTHER) "," SURFACE(
            "/search?q=Heir%20"
            "named") "," SURFACE("/tag/heirs/rss.xml") "," SURFACE("/author/asha") "," SURFACE("/20"
                                                                                               "19/"
                                                                                               "05/"
                                                                                               "hei"
                                                                                               "r-"
                                                                                               "exp"
                                                                                               "ect"
                                                                                               "ed") "," SURFACE("/section/world?page=2") "," SURFACE("/rss.xml") "],\"clean\":true}");
    check(!says(s, "heir") && !says(s, "Heir") && !says(s, "asha") && !says(s, "twin"),
        "no word of it is left, nor of who told the same: %.*s", FMT(s));
    check(says(s, "\"/news/2026/01/23/" OWN "\"") &&
              says(s, "/news/2026/01/23/" OWN "/revisions") && says(s, "/news/2026/01/23/" OTHER),
        "pages are named by their ids");
    check(says(s, "\"/news/search\"") && says(s, "\"/news/tag\"") && says(s, "\"/news/author\"") &&
              says(s, "\"/news/…\"") && says(s, "/news/section/world?page=2") &&
              says(s, "/news/rss.xml"),
        "other surfaces by their kind");
    check(says(s, "\"agency\":\"Alpha\"") && says(s, "\"plain\":410") &&
              says(s, "\"clean\":true") &&
              says(s, "\"withheld_at_purge\":\"2026-01-23T06:00:00Z\"") &&
              says(s, "\"replaces\":\"00ff\""),
        "what was answered stays, and what became of the receipt is said");
    check(brief(span_of("").p).p == NULL && brief("[1]").p == NULL, "what is none is none");
    struct span again = brief(arena_cstr(a, s));
    check(again.p && !again.n, "a second purge changes nothing: %.*s", FMT(again));
}

static void test_others(void)
{
    struct span s =
        brief("{\"story\":\"" OTHER "\",\"guid\":\"urn:other\",\"url\":\"https://x/news/"
              "2026/01/23/twin-of-it-" OTHER
              "\",\"surfaces\":[" SURFACE("/2026/01/23/twin-of-it-" OTHER) "," SURFACE(
                  "/2026/01/23/heir-"
                  "named-" OWN) "," SURFACE("/tag/other") "]}");
    check(!says(s, "heir") && says(s, "/news/2026/01/23/" OWN) && says(s, "urn:other") &&
              says(s, "twin-of-it-" OTHER) && says(s, "/tag/other"),
        "another story's receipt keeps its own words: %.*s", FMT(s));
    s = brief("{\"story\":\"" OTHER "\",\"surfaces\":[" SURFACE("/2026/01/23/x-" OTHER) "]}");
    check(s.p && !s.n, "one that does not name it is left as it is");
}

int main(void)
{
    a = arena_new(8 << 20);
    test_own();
    test_others();
    arena_free(a);
    return tap_end();
}
