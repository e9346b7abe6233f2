/* Fuzz target: any bytes through the sanitiser. What comes out is clean: cleaned again it is the
 * same, it falls into blocks without rest, and no text is lost on the way from it. Seeds:
 * tests/fuzz/seeds/html. */
#include "text.h"

enum { ARENA_BYTES = 128 << 20, CUT_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_blocks(struct html all)
{
    size_t n = 0;
    for (struct html rest = all; rest.s.n > 0;) {
        struct html block = html_next_block(&rest);
        must(block.s.n > 0);
        n += block.s.n;
    }
    must(n == all.s.n);
}

/* Equal but for white space. */
static bool same_ink(struct span x, struct span y)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < x.n && x.p[i] == ' ') i++;
        while (k < y.n && y.p[k] == ' ') k++;
        if (i >= x.n || k >= y.n) return i >= x.n && k >= y.n;
        if (x.p[i] != y.p[k]) return false;
    }
}

/* Cleaned with a comment before it, so that no short way is taken (html_settled.c). */
static struct span whole(struct arena *a, struct span markup)
{
    struct buf b;
    buf_init(&b, a, markup.n + 8);
    buf_lit(&b, "<!---->");
    buf_put(&b, markup);
    return html_clean(a, buf_span(&b)).s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(ARENA_BYTES);
    struct span markup = {(const char *)data, size};
    struct html once = html_clean(a, markup);
    must(utf8_valid(once.s));
    must(span_find_nocase(once.s, S("<script")) < 0 && span_find(once.s, S("<svg")) < 0);
    must(span_eq(html_clean(a, once.s).s, once.s));
    must(span_eq(whole(a, once.s), once.s));
    if (!span_starts(markup, S("\xEF\xBB\xBF"))) must(span_eq(whole(a, markup), once.s));
    check_blocks(once);
    struct html story = html_clean_story(a, markup, (const char *const[]){NULL});
    must(span_eq(html_clean(a, story.s).s, story.s));
    check_blocks(story);
    must(utf8_valid(html_to_text(a, markup)));
    must(once.s.n >= CUT_BYTES || same_ink(html_to_text(a, markup), html_to_text(a, once.s)));
    if (html_has_text(once)) must(html_to_text(a, once.s).n > 0);
    struct span escaped = html_text(a, entities_decode(a, markup)).s;
    must(span_find_char(escaped, '<') < 0 && span_find_char(escaped, '"') < 0);
    struct reject why;
    struct xml_node *tree = xml_parse(a, markup, &why);
    if (tree) {
        struct html from_tree = html_clean_xml(a, tree, NULL, NULL);
        must(span_eq(html_clean(a, from_tree.s).s, from_tree.s));
    }
    arena_free(a);
    return 0;
}
