/* poll_test.c: what is found in strangers' bytes without a tree, whole and cut at every byte; what
 * is remembered of a feed. The roads themselves are tried against a server: tests/house/poll.py. */
#include "poller.h"
#include "tap.h"

#include <string.h>

static void next_pages(struct arena *a)
{
    const struct {
        const char *bytes, *next;
    } cases[] = {
        {"<feed><link rel='next' href='/p?a=1&amp;b=2'/><entry/></feed>", "/p?a=1&b=2"},
        {"<rss><channel><atom:link\n rel = \"next\"  href = \"x\" /></channel></rss>", "x"},
        {"<feed><link href=\"y\" rel=\"next\"></link></feed>", "y"},
        {"<feed><link rel='self' href='s'/><entry><link rel='next' href='other'/></entry></feed>",
            ""},
        {"<feed><links rel='next' href='no'/><linkrel='next'/></feed>", ""},
        {"<feed><link rel='next'/></feed>", ""},
        {"{\"version\": \"https://jsonfeed.org/version/1.1\", \"next_url\": "
         "\"https://a/\\u0062?\\\"\"}",
            "https://a/b?\""},
        {"{\"items\": [{\"next_url\": \"no\"}], \"x\": \"\\\\\"}", ""},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span b = span_of(cases[i].bytes);
        check_span(poll_scan_next(a, b), span_of(cases[i].next), cases[i].bytes);
        for (size_t n = 0; n < b.n; n++) { /* none reads behind its end */
            struct span cut = {malloc(n ? n : 1), n};
            memcpy((char *)(uintptr_t)cut.p, b.p, n);
            uint64_t marks[8];
            struct span items[8];
            (void)poll_scan_next(a, cut);
            (void)poll_scan_marks(cut, marks, COUNT(marks));
            (void)poll_scan_items(cut, "items", items, COUNT(items));
            free((char *)(uintptr_t)cut.p);
        }
    }
    check(true, "cut at every byte nothing is read behind the end");
}

static void hubs(struct arena *a)
{
    const struct {
        const char *bytes, *hub, *self;
    } cases[] = {
        {"<feed><link rel='hub' href='https://h/?a&amp;b'/><link href='/f' "
         "rel='self'/><entry/></feed>",
            "https://h/?a&b", "/f"},
        {"<rss><channel><atom:link rel=\"self\" href=\"s\"/><atom:link rel=\"hub\" href=\"h\"/>",
            "h", "s"},
        {"<feed><entry><link rel='hub' href='of an entry'/></entry></feed>", "", ""},
        {"{\"feed_url\": \"https://f\", \"hubs\": [{\"type\": \"WebSub\", \"url\": "
         "\"https://h\"}, {}]}",
            "https://h", "https://f"},
        {"{\"hubs\": [], \"feed_url\": 1}", "", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span hub, self, b = span_of(cases[i].bytes);
        poll_scan_hub(a, b, &hub, &self);
        check_span(hub, span_of(cases[i].hub), "hub");
        check_span(self, span_of(cases[i].self), "self");
        for (size_t n = 0; n < b.n; n++) {
            struct span cut = {malloc(n ? n : 1), n};
            memcpy((char *)(uintptr_t)cut.p, b.p, n);
            poll_scan_hub(a, cut, &hub, &self);
            free((char *)(uintptr_t)cut.p);
        }
    }
}

static void links(struct arena *a)
{
    const struct {
        const char *links, *hub;
    } cases[] = {
        {"<https://h>; rel=\"hub\"", "https://h"},
        {"<s>; rel=self, <h> ; title=\"a, <x>; rel=hub\" ; REL = \"x HUB\"", "h"},
        {"<a,b;c>;rel=hub", "a,b;c"},
        {"<x>; rel=hubs, <y>; relx=hub, <z>; rev=hub", ""},
        {"<x>; title=\"\\\", rel=hub, <y>; rel=hub", ""},
        {"<x", ""},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span b = span_of(cases[i].links);
        check_span(poll_scan_link(a, b, "hub"), span_of(cases[i].hub), cases[i].links);
        for (size_t n = 0; n < b.n; n++) {
            struct span cut = {malloc(n ? n : 1), n};
            memcpy((char *)(uintptr_t)cut.p, b.p, n);
            (void)poll_scan_link(a, cut, "hub");
            free((char *)(uintptr_t)cut.p);
        }
    }
}

static void marks(void)
{
    uint64_t m[8];
    struct span
        atom = S("<feed><id>f</id><entry><id>one</id></entry><entry><id> two </id></entry></feed>"),
        rss = S("<rss><item><guid isPermaLink='false'>one</guid></item><item><guid/></item></rss>"),
        cdata = S("<rss><item><guid><![CDATA[ a<b ]]></guid></item><item><guid><![CDATA[no"
                  "</guid></item><item><guid>two</guid></item></rss>"),
        links = S("<rss><item><link>one</link></item><item><link>two</link></item></rss>"),
        json = S("{\"items\": [{\"id\": \"one\"}, {\"id\" : 2}, {\"url\": \"x\"}]}");
    check(poll_scan_marks(atom, m, 8) == 3 && m[1] == fast_hash(S("one")) &&
              m[2] == fast_hash(S("two")),
        "entries of Atom by their ids");
    check(poll_scan_marks(rss, m, 8) == 1 && m[0] == fast_hash(S("one")), "of RSS by guid");
    check(poll_scan_marks(links, m, 8) == 2, "or link");
    check(poll_scan_marks(cdata, m, 8) == 2 && m[0] == fast_hash(S("a<b")) &&
              m[1] == fast_hash(S("two")),
        "also where they stand in CDATA");
    check(poll_scan_marks(json, m, 8) == 2 && m[0] == fast_hash(S("one")), "of JSON Feed");
    check(poll_scan_marks(atom, m, 2) == 2, "no more than there is room for");
}

static void items(void)
{
    struct span v[4],
        json = S(
            " {\"a\": \"]}\\\"\", \"data\" : {\"items\" : [ {\"x\": [1, \"]\"]} , 2 ,\"three\"]}}");
    check(poll_scan_items(json, "data items", v, 4) == 3, "the parts of an array");
    check_span(v[0], S("{\"x\": [1, \"]\"]}"), "as they stand");
    check_span(v[2], S("\"three\""), "strings too");
    check(poll_scan_items(json, "data items", v, 2) == 2, "at most so many");
    check(poll_scan_items(json, "data", v, 4) == 0 && poll_scan_items(json, "b c", v, 4) == 0,
        "what is no array has none");
    check(poll_scan_items(S("[[], {}]"), "", v, 4) == 2, "the text itself");
    struct span found;
    check(
        poll_scan_member(S("{\"a\": {\"b\": 1}, \"b\" : \"x\\/y\" }"), S("b"), &found), "a member");
    check_span(found, S("\"x\\/y\""), "as it stands");
    check(!poll_scan_member(S("[1]"), S("b"), &found), "of an object alone");
}

static void remembered(struct arena *a)
{
    char folder[] = "/tmp/broadsheet-poll-XXXXXX";
    must(mkdtemp(folder));
    struct poll_memory m = {0}, back;
    must(POLL_SET(m.url, S("https://a.example/?x=1&y=<2>")) && POLL_SET(m.cursor, S("c\"\\")));
    for (uint64_t i = 1; i <= POLL_MARKS + 5; i++) poll_mark(&m, i * 0x9e3779b97f4a7c15u);
    poll_mark(&m, (POLL_MARKS + 5) * 0x9e3779b97f4a7c15u);
    check(m.mark_count == POLL_MARKS && m.marks[0] == 6 * 0x9e3779b97f4a7c15u,
        "the oldest marks are forgotten, and none stands twice");
    check(poll_memory_write(folder, S("wire"), &m) == OK &&
              poll_memory_read(folder, S("wire"), &back) == OK,
        "written and read");
    check(memcmp(&m, &back, sizeof m) == 0, "it is the same");
    check(poll_memory_read(folder, S("other"), &back) == ERR_ABSENT && !back.url[0], "or none");
    must(file_write_durable(arena_printf(a, "%s/bad.json", folder).p, S("{\"marks\": [1")) == OK);
    check(poll_memory_read(folder, S("bad"), &back) == ERR_CORRUPT, "what is damaged is none");
    must(dir_remove(folder) == OK);
    check_span(poll_where(a, S("https://a.example/x/{secret}/y?z")), S("https://a.example/x/"),
        "people see no secret");
    check_span(poll_where(a, S("https://a.example/x?key={secret}")), S("https://a.example/x"),
        "nor a query");
    check(poll_same_origin(a, S("https://A.example/x"), S("https://a.example:443/y")) &&
              !poll_same_origin(a, S("https://a.example/"), S("http://a.example/")) &&
              !poll_same_origin(a, S("https://a.example/"), S("https://a.example.org/")),
        "what is one server");
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    next_pages(a);
    hubs(a);
    links(a);
    marks();
    items();
    remembered(a);
    arena_free(a);
    return tap_end();
}
