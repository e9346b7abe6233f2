/* What takes steps in proportion to what came, whatever an attacker writes: each reader is given
 * one size and twice that, and may take little more than twice the steps. Steps are counted, not
 * timed: the comparisons and cuts of the files read in here, and the memory of others. */
#include "feed.h"
#include "ninjs.h"
#include "page.h"

#include "tap.h"
#include <string.h>

static size_t steps;

static struct span counted_trim(struct span s)
{
    struct span t = span_trim(s);
    steps += s.n - t.n + 1;
    return t;
}

static bool counted_eq(struct span a, struct span b)
{
    steps++;
    return span_eq_nocase(a, b);
}

static bool counted_starts(struct span a, struct span b)
{
    steps++;
    return span_starts_nocase(a, b);
}

#define span_trim counted_trim
#define span_eq_nocase counted_eq
#define span_starts_nocase counted_starts
#include "ninjs.c"
#include "page.c"
#undef span_trim
#undef span_eq_nocase
#undef span_starts_nocase

static void repeat(struct buf *b, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) buf_str(b, text);
}

/* A tag with the beginning of an attribute again and again, and white space without end behind. */
static size_t steps_of_page(size_t size)
{
    struct arena *a = arena_new(64 << 20);
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "<link ");
    repeat(&b, "relx ", size);
    repeat(&b, " ", 4 * size);
    buf_lit(&b, "><link rel = canonical href='https://example.org/a'>");
    steps = 0;
    check_span(
        page_canonical(a, buf_span(&b)), S("https://example.org/a"), "the page's own address");
    arena_free(a);
    return steps;
}

/* One key in as many spellings as its letters allow. */
static size_t steps_of_spellings(size_t size)
{
    struct arena *a = arena_new(64 << 20);
    struct buf b;
    struct reject reject;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < size; i++) {
        char key[] = "embargoeduntil";
        for (size_t k = 0; k < sizeof key - 1; k++)
            if (i >> k & 1) key[k] = (char)(key[k] - 'a' + 'A');
        buf_printf(&b, "%s\"%s\":\"2026-01-23T06:00:00Z\"", i ? "," : "{", key);
    }
    buf_lit(&b, "}");
    const struct json *object = json_parse(a, buf_span(&b), &reject);
    must(object);
    struct story *s = story_new(a);
    steps = 0;
    nj_read_times(a, s, object, 0);
    check(s->embargo.kind == WHEN_UNREADABLE, "nobody has %zu spellings of one key", size);
    arena_free(a);
    return steps;
}

static const char HEAD[] =
    "<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>"
    "<title>Example</title><wp:wxr_version>1.2</wp:wxr_version>"
    "<item><guid>cover</guid><wp:post_id>5</wp:post_id><wp:post_type>attachment</wp:post_type>"
    "<wp:status>inherit</wp:status><wp:attachment_url>https://example.org/a.jpg"
    "</wp:attachment_url>";

/* One picture with a long table of its own, as the cover of every post. */
static size_t steps_of_export(size_t size)
{
    struct arena *a = arena_new(1u << 30);
    struct buf b;
    struct wire_result r;
    buf_init(&b, a, 0);
    buf_str(&b, HEAD);
    repeat(&b, "<wp:postmeta><wp:meta_key>k</wp:meta_key></wp:postmeta>", size);
    buf_lit(&b, "</item>");
    for (size_t i = 0; i < size; i++)
        buf_printf(&b,
            "<item><guid>g%zu</guid><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
            "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>5</wp:meta_value>"
            "</wp:postmeta></item>",
            i);
    buf_lit(&b, "</channel></rss>");
    size_t before = arena_used(a);
    wire_read(a, buf_span(&b), NULL, &r);
    check(r.end == WIRE_STORIES && r.count == size + 1, "the export's %zu posts", size);
    check(r.items[size].story && r.items[size].story->picture_count == 1, "the last has its cover");
    size_t used = arena_used(a) - before;
    arena_free(a);
    return used;
}

static void grows(const char *what, size_t of(size_t size), size_t size)
{
    size_t once = of(size), twice = of(2 * size);
    check(once > size && twice < once * 5 / 2, "%s: %zu steps, twice the size %zu", what, once,
        twice);
}

int main(void)
{
    charset_prepare();
    grows("a tag of a page", steps_of_page, 2000);
    grows("spellings of a key", steps_of_spellings, 2000);
    grows("covers of an export", steps_of_export, 500);
    return tap_end();
}
