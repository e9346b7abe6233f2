#include "text.h"

#include "tap.h"

static struct arena *a;

static void test_parse(void)
{
    static const struct {
        const char *text, *host, *port, *path, *query, *fragment;
    } cases[] = {
        {"https://Example.com", "example.com", "", "/", "", ""},
        {"HTTP://example.com:8080/a/../b/./c?q=1#f", "example.com", "8080", "/b/c", "q=1", "f"},
        {"https://example.com:443/%2e%2e/x/", "example.com", "", "/x/", "", ""},
        {"http://example.com/..", "example.com", "", "/", "", ""},
        {"http://example.com/a/b/..", "example.com", "", "/a/", "", ""},
        {"http://[::1]:81/", "[::1]", "81", "/", "", ""},
        {"http://127.0.0.1/a//b", "127.0.0.1", "", "/a//b", "", ""},
        {"http://example.com?q=<\xC3\xA4>", "example.com", "", "/", "q=%3C%C3%A4%3E", ""},
        {"http://example.com./", "example.com.", "", "/", "", ""},
        {"http://a_b.example.com/x%20y", "a_b.example.com", "", "/x%20y", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct url u;
        check(url_parse(a, span_of(cases[i].text), &u) && span_eq(u.host, span_of(cases[i].host)) &&
                  span_eq(u.port, span_of(cases[i].port)) &&
                  span_eq(u.path, span_of(cases[i].path)) &&
                  span_eq(u.query, span_of(cases[i].query)) &&
                  span_eq(u.fragment, span_of(cases[i].fragment)),
            "%s: %.*s %.*s %.*s %.*s", cases[i].text, FMT(u.host), FMT(u.port), FMT(u.path),
            FMT(u.query));
    }
}

static void test_refused(void)
{
    static const char *const texts[] = {"", "example.com", "/a", "//example.com", "ftp://e.com/",
        "javascript:alert(1)", "http:example.com", "http://", "http:///a", "http://u@e.com/",
        "http://u:p@e.com/", "http://e.com/a b", "http://e.com/\t", "http://e.com\\@f.com/",
        "http://e.com:0/", "http://e.com:65536/", "http://e.com:8a/", "http://0x7f.1/",
        "http://2130706433/", "http://127.1/", "http://0177.0.0.1/", "http://127.0.0.256/",
        "http://127.0.0.0x1/", "http://1.2.3.4.5/", "http://e..com/", "http://.e.com/",
        "http://e%2ecom/", "http://\xC3\xA4.com/", "http://e.com/%zz", "http://e.com/%2",
        "http://[::1/", "http://[v1.x]/", "http://[1]/", "http://e.com/\xFF", "http://a<b/",
        " http://e.com/", "http://99999999999999999999999/"};
    struct url u;
    for (size_t i = 0; i < COUNT(texts); i++)
        check(!url_parse(a, span_of(texts[i]), &u), "\"%s\" is refused", texts[i]);
}

static void test_escapes(void)
{
    struct span s;
    check_span(url_escape(a, S("a-b_c.d~/\xC3\xA4?")), S("a-b_c.d~%2F%C3%A4%3F"), "escape");
    check(url_unescape(a, S("a%2Fb+%c3%a4"), true, &s), "unescape");
    check_span(s, S("a/b \xC3\xA4"), "with plus for space");
    check(url_unescape(a, S("+"), false, &s) && span_eq(s, S("+")), "or as it is");
    check(!url_unescape(a, S("%"), false, &s) && !url_unescape(a, S("%g0"), false, &s) &&
              !url_unescape(a, S("%00"), false, &s) && !url_unescape(a, S("%ff"), false, &s) &&
              !url_unescape(a, S("a%4"), false, &s),
        "bad escapes, NUL and bytes that are no UTF-8");
}

static void test_links(void)
{
    static const char *const safe[] = {
        "http://e.com", "https://e.com/a", "MAILTO:a@e.com", " \thttp://e.com"};
    static const char *const unsafe[] = {"javascript:alert(1)", "java\nscript:alert(1)", "data:x",
        "http:e.com", "//e.com", "/a", "", "http://", "mailto:", "vbscript:x", "\x01javascript:x",
        "httpx://e.com", "https:/e.com"};
    for (size_t i = 0; i < COUNT(safe); i++)
        check(url_is_safe_link(span_of(safe[i])), "\"%s\" may stand", safe[i]);
    for (size_t i = 0; i < COUNT(unsafe); i++)
        check(!url_is_safe_link(span_of(unsafe[i])), "\"%s\" may not", unsafe[i]);
}

static void test_paths(void)
{
    static const char *const bad[] = {"", "a", "//", "/a//b", "/../a", "/a/..", "/a/%2e%2e/b", "/.",
        "/a\\b", "/a%5cb", "/a%2fb", "/a%00", "/%0a", "/%7f", "/%C2%85", "/%ff", "/%", "/a/."};
    struct span s;
    check(url_clean_path(a, S("/2026/01/23/%C3%A4-b/"), &s), "a path of ours");
    check_span(s, S("/2026/01/23/\xC3\xA4-b/"), "decoded");
    check(url_clean_path(a, S("/"), &s) && url_clean_path(a, S("/a..b/...x"), &s), "dots in names");
    for (size_t i = 0; i < COUNT(bad); i++)
        check(!url_clean_path(a, span_of(bad[i]), &s), "\"%s\" is refused", bad[i]);
}

int main(void)
{
    a = arena_new(1 << 20);
    test_parse();
    test_refused();
    test_escapes();
    test_links();
    test_paths();
    arena_free(a);
    return tap_end();
}
