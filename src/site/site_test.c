/* From a request to an answer: every public address, conditions, codings, what must not be told. */
#include "site_kit.h"

static struct view *seen, *held, *embargoed, *merged, *expiring;
static story_id never_id;

static const char *of(const struct view *v)
{
    return arena_printf(kit_arena, "/wire%.*s", FMT(v->path)).p;
}

static void addresses(void)
{
    static const char *const good[] = {"/wire/", "/wire/section/world", "/wire/tag/ferries",
        "/wire/author/ines-marlow", "/wire/archive/2026/01/23", "/wire/search?q=ferry",
        "/wire/corrections", "/wire/rss.xml", "/wire/atom.xml", "/wire/feed.json",
        "/wire/section/world/rss.xml", "/wire/section/world/atom.xml",
        "/wire/section/world/feed.json", "/wire/tag/ferries/rss.xml", "/wire/tag/ferries/atom.xml",
        "/wire/tag/ferries/feed.json", "/wire/sitemap.xml", "/wire/sitemap-1.xml",
        "/wire/news-sitemap.xml", "/wire/robots.txt", "/wire/api/v1/stories",
        "/wire/%73ection/w%6Frld", "/wire/archive", "/wire/popular"};
    for (size_t i = 0; i < COUNT(good); i++)
        for (int again = 0; again < 2; again++) {
            struct site_answer r = kit_get(good[i]);
            check(r.status == 200 && r.body.n > 20, "%s%s: %d", good[i], again ? ", again" : "",
                r.status);
        }
    struct site_answer r = kit_get(of(seen));
    check(r.status == 200 && kit_holds(&r, "Ferry number1 sails") && r.visited == seen->id,
        "an article, and that it was read");
    r = kit_get("/wire/search?q=number1");
    check(kit_holds(&r, "sails") && span_eq(kit_field(&r, "Cache-Control"), S("no-store")),
        "what was searched for, kept by nobody");
}

static void other_addresses(void)
{
    static const char *const none[] = {"/", "/wires", "/wirex/", "/rss.xml", "/wire//rss.xml",
        "//wire/rss.xml", "/wire/./rss.xml", "/wire/x/../rss.xml", "/wire/%2e%2e/rss.xml",
        "/wire/section%2fworld", "/wire/rss.xml%00", "/wire/%00", "/wire/rss.xml%0a", "/wire/%",
        "/wire/%zz", "/wire/%ff", "/wire/\\rss.xml", "/wire/section/none", "/wire/tag/none",
        "/wire/author/none", "/wire/section/world?page=999", "/wire/2026/01/23/x",
        "/wire/archive/2025/01/01", "/wire/page/none", "/wire/assets/none.css",
        "/wire/assets/..%2f..%2fsite.db", "/wire/pictures/none.jpg", "/wire/section/world%3Fpage=2",
        "*", "", "wire/"};
    struct site_answer not_found = kit_get("/wire/nothing-here");
    check(not_found.status == 404 && span_eq(kit_field(&not_found, "Cache-Control"), S("no-store")),
        "404 is kept by nobody");
    for (size_t i = 0; i < COUNT(none); i++) {
        struct site_answer r = kit_get(none[i]);
        check(kit_same(&r, &not_found), "the same 404: %s (%d)", none[i], r.status);
    }
    char *path = arena_alloc(kit_arena, 70000);
    memset(path, 'a', 69999);
    memcpy(path, "/wire/tag/", 10);
    struct site_answer r = kit_get(path);
    check(kit_same(&r, &not_found), "the same for a path of 70,000 bytes");
}

static void tidied(void)
{
    static const struct {
        const char *from, *to;
    } rows[] = {{"/wire", "/wire/"}, {"/wire/section/world/", "/wire/section/world"},
        {"/wire/tag/%70%C3%A9/", "/wire/tag/p%C3%A9"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct site_answer r = kit_get(rows[i].from);
        check(r.status == 301 && span_eq(kit_field(&r, "Location"), span_of(rows[i].to)),
            "%s leads to %s (%.*s)", rows[i].from, rows[i].to, FMT(kit_field(&r, "Location")));
    }
    struct site_answer r =
        kit_get(arena_printf(kit_arena, "/wire/2025/12/31/old-name-%.*s", FMT(seen->id_text)).p);
    check(r.status == 301 && span_eq(kit_field(&r, "Location"), span_of(of(seen))),
        "a wrong date and slug lead to the right ones");
    r = kit_get(arena_printf(kit_arena, "%s/revisions", of(seen)).p);
    check(r.status == 200, "a story's revisions");
}

static void methods(void)
{
    struct site_answer get = kit_get(of(seen));
    struct site_answer head =
        kit_answer((struct site_ask){.method = HTTP_HEAD, .path = span_of(of(seen))});
    check(head.status == 200 && span_eq(head.head, get.head), "HEAD has the fields of GET");
    enum http_method others[] = {HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct site_answer r =
            kit_answer((struct site_ask){.method = others[i], .path = span_of(of(seen))});
        check(r.status == 405 && span_eq(kit_field(&r, "Allow"), S("GET, HEAD")) && !r.visited,
            "method %d: 405", (int)others[i]);
    }
}

static struct site_answer with(const char *accept, struct span if_none_match)
{
    return kit_answer((struct site_ask){.method = HTTP_GET,
        .path = S("/wire/"),
        .accept_encoding = span_of(accept),
        .if_none_match = if_none_match});
}

static void conditions(void)
{
    static const char *const accepts[] = {"", "gzip", "br"};
    struct span tags[3];
    for (size_t i = 0; i < 3; i++) {
        struct site_answer r = with(accepts[i], (struct span){NULL, 0});
        tags[i] = kit_field(&r, "ETag");
        check(r.status == 200 && tags[i].n > 2 &&
                  span_eq(kit_field(&r, "Content-Encoding"), span_of(accepts[i])) &&
                  span_eq(kit_field(&r, "Vary"), S("Accept-Encoding")),
            "200 in “%s”, with its tag", accepts[i]);
    }
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            struct site_answer r = with(accepts[i], tags[k]);
            check(r.status == (i == k ? 304 : 200), "asked in “%s” with the tag of “%s”",
                accepts[i], accepts[k]);
            if (i == k)
                check(!r.body.n && r.no_body_length && span_eq(kit_field(&r, "ETag"), tags[i]) &&
                          !kit_field(&r, "Content-Type").n,
                    "304 has the tag and no body");
        }
    struct site_answer r = with("", S("*"));
    check(r.status == 304, "* is any copy");
    r = with("", arena_printf(kit_arena, "\"x\", W/%.*s", FMT(tags[0])));
    check(r.status == 304, "a list, compared weakly");
    r = kit_answer((struct site_ask){.method = HTTP_GET,
        .path = S("/wire/"),
        .if_modified_since = S("Fri, 01 Jan 2100 00:00:00 GMT")});
    check(r.status == 200, "a date alone is never enough (K12)");
    r = kit_answer(
        (struct site_ask){.method = HTTP_GET, .path = S("/wire/"), .range = S("bytes=0-3")});
    check(r.status == 200 && r.body.n > 100, "a part is answered by the whole");
    r = kit_answer((struct site_ask){
        .method = HTTP_GET, .path = S("/wire/nothing-here"), .if_none_match = S("*")});
    check(r.status == 404, "* makes no 304 of a 404");
}

/* Search and a redirect repeat what was asked: that apart, both must be alike. */
static bool alike(struct site_answer r[2])
{
    if (r[0].status == 301)
        return r[1].status == 301 && r[0].head.n == r[1].head.n && span_eq(r[0].body, r[1].body);
    if (r[0].status != 200) return kit_same(&r[0], &r[1]);
    return r[1].status == 200 && span_eq(r[0].head, r[1].head) &&
           (kit_field(&r[0], "Content-Encoding").n || r[0].body.n == r[1].body.n);
}

/* E15: everything that can be asked about a held story answers as for one that never was. */
static void nothing_told(void)
{
    static const char *const ways[] = {"/wire/2026/01/23/ferry-%.*s", "/wire/2020/02/02/x-%.*s",
        "/wire/2026/01/23/%.*s", "/wire/2026/01/23/ferry-%.*s/", "/wire/api/v1/stories/%.*s",
        "/wire/2026/01/23/ferry-%.*s/revisions", "/wire/search?q=%.*s"};
    const struct {
        const char *what;
        story_id id;
    } who[] = {{"embargoed", embargoed->id}, {"withheld", held->id},
        {"part of a page that is not public", merged->id}};
    static const char *const accepts[] = {"", "gzip", "br"};
    for (size_t w = 0; w < COUNT(ways); w++)
        for (size_t i = 0; i < COUNT(who); i++)
            for (size_t c = 0; c < 3; c++) {
                struct site_answer r[2];
                story_id ids[] = {never_id, who[i].id};
                for (int k = 0; k < 2; k++) {
                    struct span text = story_id_text(kit_arena, ids[k]), path, query = S("");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                    path = arena_printf(kit_arena, ways[w], FMT(text));
#pragma GCC diagnostic pop
                    ptrdiff_t q = span_find_char(path, '?');
                    if (q >= 0) {
                        query = span_cut(path, (size_t)q + 1, path.n);
                        path = span_cut(path, 0, (size_t)q);
                    }
                    r[k] = kit_answer((struct site_ask){.method = HTTP_GET,
                        .path = path,
                        .query = query,
                        .has_query = q >= 0,
                        .accept_encoding = span_of(accepts[c]),
                        .if_none_match = S("*")});
                }
                check(alike(r), "%s as never known: %s in “%s” (%d)", who[i].what, ways[w],
                    accepts[c], r[1].status);
            }
    struct site_answer all = kit_get("/wire/");
    check(
        !kit_holds(&all, "number2 ") && !kit_holds(&all, "number3 "), "and the front has neither");
}

static void gone_ones(void)
{
    static const struct {
        int state, status;
        bool as_404;
    } rows[] = {{3, 410, false}, {4, 410, false}, {5, 410, false}, {7, 410, false}, {3, 404, true},
        {2, 404, false}, {0, 404, false}};
    struct site_answer not_found = kit_get("/wire/nothing-here");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct view *v = kit_view(20 + i);
        kit_put(v, NOON - HOUR, INT64_MAX);
        struct site_answer r = kit_get(of(v));
        check(r.status == 200, "a story stands");
        kit_gone((struct gone){.id = v->id,
            .state = rows[i].state,
            .as_404 = rows[i].as_404,
            .since_ms = NOON,
            .agency = S("Coastal News")});
        r = kit_get(of(v));
        check(r.status == rows[i].status && !kit_holds(&r, "number2") &&
                  span_eq(kit_field(&r, "Cache-Control"), S("no-store")),
            "state %d: %d", rows[i].state, r.status);
        if (rows[i].status == 404) check(kit_same(&r, &not_found), "the one 404");
        r = kit_answer(
            (struct site_ask){.method = HTTP_GET, .path = span_of(of(v)), .if_none_match = S("*")});
        check(r.status == rows[i].status, "and by no condition a 304");
    }
    struct view *part = kit_view(30);
    kit_put(part, NOON - HOUR, INT64_MAX);
    kit_gone((struct gone){.id = part->id, .state = 6, .merged_into = seen->id});
    struct site_answer r = kit_get(of(part));
    check(r.status == 301 && span_eq(kit_field(&r, "Location"), span_of(of(seen))),
        "part of a public page: 301");
    kit_kill(seen->id);
    r = kit_get(of(part));
    check(kit_same(&r, &not_found), "and 404 once that page was killed");
    r = kit_get(of(seen));
    check(r.status != 200 && !kit_holds(&r, "Ferry number1"), "a tombstone is obeyed at once");
    r = kit_get("/wire/");
    check(!kit_holds(&r, "Ferry number1 ") && kit_holds(&r, "Ferry number5 "),
        "on the front too, from which nothing was purged");
    r = kit_get("/wire/search?q=number1");
    check(!kit_holds(&r, "Ferry <mark>number1"), "and no search finds it");
}

/* Copies end by themselves at the instant in which they would be untrue. */
static void instants(void)
{
    struct site_answer r = kit_get(of(expiring));
    check(r.status == 200, "a story with an end");
    struct site_answer front = kit_get("/wire/");
    check(kit_holds(&front, "number4 ") && !kit_holds(&front, "number2 "), "is on the front");
    clock_set_virtual(NOON + 10 * MINUTE - 1);
    r = kit_get(of(expiring));
    check(r.status == 200, "a millisecond before its end it stands");
    clock_set_virtual(NOON + 10 * MINUTE);
    r = kit_get(of(expiring));
    check(r.status == 404, "at its end it does not, with no message from anybody");
    front = kit_get("/wire/");
    check(!kit_holds(&front, "number4 "), "nor does the front's copy show it");
    clock_set_virtual(NOON + 30 * MINUTE - 1);
    r = kit_get(of(embargoed));
    check(r.status == 404, "a millisecond before its release an embargo is shut");
    (void)kit_get("/wire/");
    clock_set_virtual(NOON + 30 * MINUTE);
    r = kit_get(of(embargoed));
    front = kit_get("/wire/");
    check(
        r.status == 200 && kit_holds(&front, "number2 "), "at its instant it is open, everywhere");
}

static struct view *moving;

static void new_headline(void)
{
    moving->headline = S("The newer headline");
    kit_put(moving, NOON - HOUR, INT64_MAX);
}

/* A page whose story changes while it is made serves its one request and is not kept. */
static void overtaken(void)
{
    moving = kit_view(40);
    kit_put(moving, NOON - HOUR, INT64_MAX);
    kit_meanwhile = new_headline;
    struct site_answer first = kit_get(of(moving)), second = kit_get(of(moving)),
                       third = kit_get(of(moving));
    check(!kit_meanwhile && kit_holds(&first, "number40 "), "a page as it was when it was begun");
    check(kit_holds(&second, "The newer headline") && !kit_holds(&second, "number40 sails</h1>"),
        "was not kept: the next one is new");
    check(kit_same(&second, &third), "and that one is kept");
}

static void before_the_store(void)
{
    struct site_hand *h;
    struct site *s = kit_site;
    const char *folder = s->config.store_folder;
    s->config.store_folder = kit_path("not-there");
    must(site_hand_open(s, &h) == OK);
    struct site_answer r;
    struct site_ask ask = {.method = HTTP_GET, .path = S("/wire/popular"), .arena = kit_arena};
    site_purge_all(s);
    check(!site_hand_ready(h), "no store yet");
    site_answer(h, &ask, &r);
    check(r.status == 503 && kit_field(&r, "Retry-After").n, "503, and when to come again");
    site_hand_close(h);
    s->config.store_folder = folder;
}

int main(void)
{
    kit_start("/wire");
    never_id = kit_view(99)->id;
    seen = kit_view(1);
    embargoed = kit_view(2);
    held = kit_view(3);
    expiring = kit_view(4);
    merged = kit_view(6);
    kit_put(seen, NOON - HOUR, INT64_MAX);
    kit_put(embargoed, NOON + 30 * MINUTE, INT64_MAX);
    kit_put(held, NOON - HOUR, INT64_MAX);
    kit_put(expiring, NOON - HOUR, NOON + 10 * MINUTE);
    kit_put(kit_view(5), NOON - HOUR, INT64_MAX);
    kit_gone((struct gone){.id = held->id, .state = 2});
    kit_gone((struct gone){.id = merged->id, .state = 6, .merged_into = embargoed->id});
    addresses();
    other_addresses();
    tidied();
    methods();
    conditions();
    nothing_told();
    instants();
    overtaken();
    gone_ones();
    before_the_store();
    return kit_end();
}
