/* What readers are told when the site cannot answer: a page for browsers, one line for programs;
 * never kept by anybody, and dressed although there is no store. */
#include <unistd.h>

#include "site_private.h"
#include "tap.h"

static struct arena *a;
static struct site_hand *hand;

static bool nobody(story_id id, void *with)
{
    (void)id, (void)with;
    return false;
}

static uint64_t none(void *with)
{
    (void)with;
    return 0;
}

static struct site_answer ask(enum http_method method, const char *path, const char *accept)
{
    struct site_ask q = {
        .method = method, .path = span_of(path), .accept = span_of(accept), .arena = a};
    struct site_answer out;
    site_answer(hand, &q, &out);
    return out;
}

static bool holds(struct span s, const char *words)
{
    return span_find(s, span_of(words)) >= 0;
}

static void test_trouble(void)
{
    static const struct {
        enum http_method method;
        int status;
        const char *head, *page;
    } cases[] = {
        {HTTP_GET, 503, "Retry-After: 2\r\n", "One moment, please"},
        {HTTP_POST, 405, "Allow: GET, HEAD\r\n", "This page can only be read"},
    };
    static const char *const programs[] = {"", "*/*", "application/json", "text/html;q=0, */*"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct site_answer r =
            ask(cases[i].method, "/", "text/html,application/xhtml+xml,*/*;q=.8");
        check(
            r.status == cases[i].status && holds(r.head, "Content-Type: text/html; charset=utf-8"),
            "%d: a browser gets a page", cases[i].status);
        check(holds(r.body, cases[i].page) && holds(r.body, "noindex"), "that says what is wrong");
        check(holds(r.head, cases[i].head) && holds(r.head, "Cache-Control: no-store\r\n") &&
                  holds(r.head, "nosniff") && holds(r.head, "Content-Security-Policy"),
            "with its fields");
        for (size_t k = 0; k < COUNT(programs); k++) {
            r = ask(cases[i].method, "/", programs[k]);
            check(r.status == cases[i].status && holds(r.head, "text/plain; charset=utf-8") &&
                      holds(r.head, cases[i].head) && holds(r.head, "no-store") && r.body.n < 80,
                "%d: who wants \"%s\" gets one line", cases[i].status, programs[k]);
        }
    }
}

static void test_dress(const struct press *p)
{
    struct site_answer r =
        ask(HTTP_GET, arena_cstr(a, press_asset_path(p, "style.css")), "text/css,*/*;q=0.1");
    check(r.status == 200 && holds(r.head, "text/css"), "the style needs no store");
    if (r.hold) site_release(NULL, r.hold);
    check(ask(HTTP_GET, "/assets/none.css", "text/css").status == 404, "what is none is none");
}

int main(void)
{
    char folder[] = "/tmp/broadsheet-site-XXXXXX";
    struct press *press = NULL;
    struct span why = S("");
    struct site *s = NULL;
    must(mkdtemp(folder) != NULL);
    log_quiet(LOG_ERROR + 1);
    a = arena_new(64 << 20);
    struct press_site site = {.name = S("The Kit"), .language = S("en"), .zone = zone_utc()};
    must(press_open(a, &site, NULL, &press, &why) == OK);
    struct site_config c = {.store_folder = arena_printf(a, "%s/none", folder).p,
        .run_folder = folder,
        .picture_folder = folder,
        .press = press,
        .press_site = &site,
        .dead = nobody,
        .tomb_count = none,
        .cache_bytes = 1 << 20};
    must(site_open(&c, &s) == OK && site_hand_open(s, &hand) == OK);
    test_trouble();
    test_dress(press);
    site_hand_close(hand);
    site_close(s);
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
