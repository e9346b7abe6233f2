#include "text.h"

#include "tap.h"

static void test_lines(void)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"<p>Cod rose.</p><p>Ling &amp; hake <em>fell</em>.</p>", "Cod rose.\n\nLing & hake fell."},
        {"<h2>Fish</h2><p>One<br>two</p>", "Fish\n\nOne\ntwo"},
        {"<ul><li>Cod</li><li>Ling <strong>too</strong></li></ul><p>End</p>",
            "- Cod\n- Ling too\n\nEnd"},
        {"<table><tbody><tr><th>Fish</th><th>Price</th></tr><tr><td>Cod</td><td>3</td></tr></tbody>"
         "</table>",
            "Fish | Price\nCod | 3"},
        {"<p>She said:</p><blockquote><p>Cod.</p><p>Ling.</p></blockquote><p>End</p>",
            "She said:\n\n> Cod.\n\n> Ling.\n\nEnd"},
        {"<pre>a\nb</pre>", "a\nb"},
        {"<p>पुल</p><p>جسر</p>", "पुल\n\nجسر"},
        {"", ""},
    };
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_span(
            html_lines(a, html_clean(a, span_of(rows[i].in))), span_of(rows[i].want), rows[i].in);
    arena_free(a);
}

int main(void)
{
    test_lines();
    return tap_end();
}
