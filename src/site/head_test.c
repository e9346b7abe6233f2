/* Validators and codings: a strong tag names one coding, weights are obeyed; and the whole table
 * state -> answer. */
#include "site_private.h"

#include "tap.h"

static struct arena *a;

static void tags(void)
{
    struct span plain = etag_of(a, S("words"), CODING_PLAIN), other = etag_of(a, S("wordz"), 0),
                gzip = etag_of(a, S("words"), CODING_GZIP),
                br = etag_of(a, S("words"), CODING_BROTLI);
    check(plain.n > 18 && plain.p[0] == '"' && plain.p[plain.n - 1] == '"', "a strong tag, quoted");
    check(!span_eq(plain, gzip) && !span_eq(plain, br) && !span_eq(gzip, br),
        "a tag names one coding");
    check(!span_eq(plain, other), "and one text");
    check_span(etag_of(a, S("words"), CODING_PLAIN), plain, "the same again for the same bytes");
}

static void matching(void)
{
    struct span tag = S("\"abc-gz\"");
    static const struct {
        const char *list;
        bool matches;
    } rows[] = {{"\"abc-gz\"", true}, {"*", true}, {"  *  ", true}, {"W/\"abc-gz\"", true},
        {"\"x\", \"abc-gz\"", true}, {"\"x\",\"y\" ,W/\"abc-gz\" ,\"z\"", true},
        {"\t\"abc-gz\"\t", true}, {",,\"abc-gz\",", true}, {"", false}, {"\"abc\"", false},
        {"\"abc-br\"", false}, {"abc-gz", false}, {"\"ABC-gz\"", false}, {"\"abc-gz", false},
        {"w/\"abc-gz\"", false}, {"W/ \"abc-gz\"", false}, {"\"*\"", false}, {"\"x\", *", false},
        {"\"xabc-gz\"", false}};
    for (size_t i = 0; i < COUNT(rows); i++)
        check(etag_matches(span_of(rows[i].list), tag) == rows[i].matches, "If-None-Match: %s",
            rows[i].list);
    check(!etag_matches((struct span){NULL, 0}, tag), "none was sent");
    check(!etag_matches(S("*"), S("")), "what has no tag is never the same");
}

static void codings(void)
{
    static const struct {
        const char *accept;
        enum coding coding;
    } rows[] = {{"", CODING_PLAIN}, {"gzip", CODING_GZIP}, {"br", CODING_BROTLI},
        {"gzip, br", CODING_BROTLI}, {"gzip, deflate, br, zstd", CODING_BROTLI},
        {"br;q=0, gzip", CODING_GZIP}, {"br;q=0,gzip;q=0", CODING_PLAIN},
        {"br;q=0.0, gzip;q=0.000", CODING_PLAIN}, {"br;q=0.001", CODING_BROTLI},
        {"gzip;q=1.0, br;q=0", CODING_GZIP}, {"gzip ; q=0", CODING_PLAIN},
        {"gzip;q=0, gzip", CODING_PLAIN}, {"GZIP", CODING_GZIP}, {"Br;Q=0", CODING_PLAIN},
        {"identity", CODING_PLAIN}, {"identity;q=0", CODING_PLAIN},
        {"identity;q=0, gzip", CODING_GZIP}, {"*", CODING_PLAIN}, {"*;q=0", CODING_PLAIN},
        {"deflate", CODING_PLAIN}, {"zstd", CODING_PLAIN}, {"brotli", CODING_PLAIN},
        {"xgzip", CODING_PLAIN}, {"gzipped", CODING_PLAIN}, {"b r", CODING_PLAIN},
        {",,,gzip,,", CODING_GZIP}, {";q=1,gzip", CODING_GZIP}};
    for (size_t i = 0; i < COUNT(rows); i++)
        check(coding_choose(span_of(rows[i].accept)) == rows[i].coding, "Accept-Encoding: %s",
            rows[i].accept);
    check(coding_choose((struct span){NULL, 0}) == CODING_PLAIN, "none was sent");
}

static bool has(struct span head, const char *line)
{
    return span_find(head, span_of(line)) >= 0;
}

static void lines(void)
{
    struct span h = head_of(a, &(struct head){"text/html", S("\"t\""), S(""), true, "br",
                                   "no-cache", true, 1769149800000});
    check(has(h, "Content-Type: text/html\r\n") && has(h, "Cache-Control: no-cache\r\n") &&
              has(h, "ETag: \"t\"\r\n") && has(h, "Content-Encoding: br\r\n") &&
              has(h, "Vary: Accept-Encoding\r\n") && has(h, "X-Robots-Tag: noindex\r\n") &&
              has(h, "Last-Modified: Fri, 23 Jan 2026 06:30:00 GMT\r\n"),
        "the fields of a page");
    check(has(h, "Content-Security-Policy: default-src 'none'") && has(h, "nosniff\r\n") &&
              has(h, "X-Frame-Options: DENY\r\n"),
        "with those that guard it");
    check(span_ends(h, S("\r\n")) && span_find(h, S("\r\n\r\n")) < 0, "whole lines, none empty");
    h = head_of(a, &(struct head){.cache = "private", .coded = true, .differs_by = S("X-Country")});
    check(has(h, "Vary: Accept-Encoding, X-Country\r\n"), "it may differ by another header");
    h = head_of(a, &(struct head){.cache = "private", .differs_by = S("X-Country")});
    check(has(h, "Vary: X-Country\r\n"), "or by that alone");
    h = head_of(a, &(struct head){.cache = "no-store"});
    check(!has(h, "Content-Type:") && !has(h, "ETag") && !has(h, "Vary") && !has(h, "Robots") &&
              !has(h, "Last-Modified") && !has(h, "Content-Encoding"),
        "and nothing that does not hold");
}

/* The order is the desk's; tests/house/matrix.py checks that the names agree. */
static void states(void)
{
    static const struct {
        const char *state;
        enum answer_kind answer, as_404;
    } rows[] = {{"never", ANSWER_NOT_FOUND, ANSWER_NOT_FOUND},
        {"public", ANSWER_NOT_FOUND, ANSWER_NOT_FOUND},
        {"withheld", ANSWER_NOT_FOUND, ANSWER_NOT_FOUND}, {"killed", ANSWER_GONE, ANSWER_NOT_FOUND},
        {"taken down", ANSWER_GONE, ANSWER_NOT_FOUND}, {"expired", ANSWER_GONE, ANSWER_NOT_FOUND},
        {"merged", ANSWER_MOVED, ANSWER_MOVED}, {"purged", ANSWER_GONE_BARE, ANSWER_NOT_FOUND}};
    for (int i = 0; i < (int)COUNT(rows); i++)
        check(answer_for(i, false) == rows[i].answer && answer_for(i, true) == rows[i].as_404, "%s",
            rows[i].state);
    check(answer_for(-1, false) == ANSWER_NOT_FOUND && answer_for(8, false) == ANSWER_NOT_FOUND &&
              answer_for(INT32_MAX, false) == ANSWER_NOT_FOUND,
        "an unknown state is nothing");
}

/* ---- for a cache in front ---- */
static void for_caches(void)
{
    static struct page page;
    struct press_site ps = {.cdn_keys = S("xkey"), .cdn_seconds = 30};
    struct press_site none = {.cdn_seconds = 30};
    page.ids[0] = 77;
    page.id_count = 1;
    struct span id = story_id_text(a, 77);
    check_span(cdn_of_page(a, &none, S("/"), &page), S(""), "a site without caches says nothing");
    check_span(cdn_of_page(a, &ps, S("/"), &page),
        arena_printf(a, "xkey: site surface-front s-%.*s\r\n", FMT(id)), "a front");
    check_span(cdn_of_page(a, &ps, S("/section/world/rss.xml"), &page),
        arena_printf(a, "xkey: site surface-section s-%.*s\r\n", FMT(id)), "a section's feed");
    check_span(cdn_of_page(a, &ps, S("/sitemap-1.xml"), &page),
        arena_printf(a, "xkey: site surface-sitemap-1-xml s-%.*s\r\n", FMT(id)), "a sitemap");
    check_span(cdn_of_page(a, &ps, S("/2026/01/23/x-abcdefghjkmn"), &page),
        arena_printf(a, "xkey: site surface-story s-%.*s\r\n", FMT(id)), "a story");
    ps.cdn_keys = S("Cache-Tag");
    ps.cdn_lifetime = S("CDN-Cache-Control");
    check_span(cdn_of_page(a, &ps, S("/popular?x=1\r\ny"), &page),
        arena_printf(a,
            "CDN-Cache-Control: max-age=30\r\nCache-Tag: site,surface-popular,s-%.*s\r\n", FMT(id)),
        "tags part by commas; no byte of a query comes in");
    page.id_count = PRESS_IDS_MAX;
    for (size_t i = 0; i < PRESS_IDS_MAX; i++) page.ids[i] = i + 1;
    struct span many = cdn_of_page(a, &ps, S("/"), &page);
    check(many.n < 3100 && span_ends(many, S(",s-many\r\n")), "a field is bounded: %zu", many.n);
    page.is_static = true;
    check_span(cdn_of_page(a, &ps, S("/assets/x.css"), &page), S(""), "an asset never changes");
    ps.cdn_lifetime = S("X-Accel-Expires");
    check_span(cdn_of_picture(a, &ps, S("0123456789abcdef0123456789abcdef")),
        S("X-Accel-Expires: 30\r\nCache-Tag: site,f-0123456789abcdef\r\n"), "a picture's file");
    check_span(cdn_of_picture(a, &ps, S("")), S("X-Accel-Expires: 30\r\n"), "a section's card");
    check_span(
        cdn_cache_words(a, &ps, &page), S(""), "browsers and caches on the way keep nothing");
    page.is_static = false;
    page.id_count = 0;
    ps = (struct press_site){
        .cdn_lifetime = S("Surrogate-Control"), .cdn_seconds = 30, .cdn_stale_seconds = 60};
    check_span(cdn_of_page(a, &ps, S("/"), &page),
        S("Surrogate-Control: max-age=30, stale-while-revalidate=60\r\n"), "stale for a while");
    ps = (struct press_site){.cdn_lifetime = S("Cache-Control"), .cdn_seconds = 30};
    check_span(cdn_cache_words(a, &ps, &page), S("max-age=0, must-revalidate, s-maxage=30"),
        "where there is no other field, shared caches keep it, browsers ask again");
    check_span(cdn_of_page(a, &ps, S("/"), &page), S(""), "which is said once");
    page.differs_by = "X-Country";
    check_span(cdn_cache_words(a, &ps, &page), S(""), "never of what depends on the country");
}

/* A page opens its policy for the hosts that it names, by kind; nothing else changes. */
static void policies(void)
{
    struct page_hosts none = {0},
                      some = {.images = S(" https://img.example"),
                          .frames = S(" https://ads.example"),
                          .scripts = S(" https://tag.example")},
                      code = {.style_code = S(" 'sha256-b='"), .script_code = S(" 'sha256-a='")};
    struct head shut = {.cache = "no-cache", .hosts = &none},
                open = {.cache = "no-cache", .hosts = &some};
    struct span plain = head_of(a, &(struct head){.cache = "no-cache"}), got = head_of(a, &open);
    check_span(head_of(a, &shut), plain, "a page without other hosts has the policy of all");
    check(span_find(plain, S("frame-src")) < 0 && span_find(plain, S("https://")) < 0,
        "which names nobody else");
    check(span_find(got, S("Content-Security-Policy: default-src 'none'; img-src 'self' "
                           "https://img.example https://tag.example; style-src 'self'; script-src "
                           "'self' https://tag.example; font-src 'self'; connect-src 'self' "
                           "https://tag.example; frame-src https://ads.example; manifest-src "
                           "'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
                           "'none'\r\nX-Content-Type-Options: nosniff\r\n")) >= 0,
        "a page with some names them, by kind");
    check(span_find(head_of(a, &(struct head){.cache = "no-cache", .hosts = &code}),
              S("style-src 'self' 'sha256-b='; script-src 'self' 'sha256-a='; font-src 'self'; "
                "connect-src 'self'; manifest-src")) >= 0,
        "what stands in a page is named by its hash");
    check(got.n > plain.n && span_ends(plain, S("Cross-Origin-Resource-Policy: same-origin\r\n")) &&
              span_ends(got, S("Cross-Origin-Resource-Policy: same-origin\r\n")),
        "and all else stands");
}

int main(void)
{
    a = arena_new(1 << 20);
    tags();
    matching();
    codings();
    for_caches();
    lines();
    states();
    policies();
    arena_free(a);
    return tap_end();
}
