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
        {"[caption id=\"a\"]<img src=\"x\"> Words[/caption]\n\nA [caption]b[/caption]",
            "<figure><img src=\"x\"> Words</figure>\n<p>A b</p>\n"},
        {"[caption]x[caption]<img src=\"x\"> Words[/caption]",
            "<figure>x[caption]<img src=\"x\"> Words</figure>\n"},
        {"[caption]<img src=\"x\"> no end", "<p><img src=\"x\"> no end</p>\n"},
        {"He said [sic] and [1] stayed", "<p>He said [sic] and [1] stayed</p>\n"},
        {"[captions] no order", "<p>[captions] no order</p>\n"}, {"", ""}, {"\n\n \n", ""},
        {"a <!-- open", "<p>a <!-- open</p>\n"}, {"[gallery", "<p>[gallery</p>\n"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(post_markup(a, span_of(cases[i][0])), span_of(cases[i][1]), cases[i][0]);
}

static void originals(struct arena *a)
{
    static const char *const cases[][2] = {
        {"https://a.example/u/x-300x200.jpg", "https://a.example/u/x.jpg"},
        {"/u/x-scaled.png", "/u/x.png"}, {"/u/x.jpg", ""}, {"/u/x-300x.jpg", ""},
        {"/u/x-x200.jpg", ""}, {"/u/300x200.jpg", ""}, {"/u.d/x-3x2", ""}, {"", ""},
        {"/u/-3x2.jpg", "/u/.jpg"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span got = S("");
        bool is = post_original(a, span_of(cases[i][0]), &got);
        check(is == (cases[i][1][0] != 0), "%s", cases[i][0]);
        check_span(got, span_of(cases[i][1]), cases[i][0]);
    }
}

int main(void)
{
    struct arena *a = arena_new(1 << 20);
    texts(a);
    originals(a);
    arena_free(a);
    return tap_end();
}
