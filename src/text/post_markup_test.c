/* A post as WordPress shows it: paragraphs, blocks that stay, orders and comments that go. */
#include "text.h"

#include "tap.h"

static void texts(struct arena *a)
{
    static const char *const cases[][2] = {
        {"One\ntwo.\r\n\r\nThree.", "<p>One<br>\ntwo.</p>\n<p>Three.</p>\n"},
        {"<p>A</p>\n\n<ul><li>b</li></ul>", "<p>A</p>\n<ul><li>b</li></ul>\n"},
        {"<pre>a</pre>\n\n<em>b</em>", "<pre>a</pre>\n<p><em>b</em></p>\n"},
        {"<!-- wp:paragraph -->\n<p>A</p>\n<!-- /wp:paragraph -->", "<p>A</p>\n"},
        {"[caption id=\"a\" width=\"3\"]Words[/caption] [gallery ids=\"1\"]", "<p>Words</p>\n"},
        {"He said [sic] and [1] stayed", "<p>He said [sic] and [1] stayed</p>\n"},
        {"[captions] no order", "<p>[captions] no order</p>\n"}, {"", ""}, {"\n\n \n", ""},
        {"a <!-- open", "<p>a <!-- open</p>\n"}, {"[gallery", "<p>[gallery</p>\n"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(post_markup(a, span_of(cases[i][0])), span_of(cases[i][1]), cases[i][0]);
}

int main(void)
{
    struct arena *a = arena_new(1 << 20);
    texts(a);
    arena_free(a);
    return tap_end();
}
