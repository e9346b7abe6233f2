/* Text out of markup, escaping, references, and the cuts of cleaned markup. */
#include "text.h"

#include "tap.h"

static void plain_text(struct arena *a)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"", ""},
        {"one", "one"},
        {"<p>one</p><p>two</p>", "one two"},
        {"a<b>b</b>c<br>d<td>e</td>f<li>g", "abc d e f g"},
        {" a \n\t\xC2\xA0 b&nbsp;&#8239;\xE3\x80\x80 c ", "a b c"},
        {"AT&amp;T &lt;b&gt; &unknown; &copy 1", "AT&T <b> &unknown; \xC2\xA9 1"},
        {"<head><title>t</title><style>s</style></head><script>s</script>x", "x"},
        {"<figure><figcaption>f</figcaption></figure><hl2>h</hl2>x<x>y</x>", "h xy"},
        {"<h1>a</h1>b<div>c<section>d</section></div>", "a b c d"},
        {"<em>a</em> <em>b</em>", "a b"},
        {"a\x01\xEF\xBB\xBF"
         "b",
            "ab"},
        {"\xE6\x96\xB0\xE9\x97\xBB<p>\xD8\xAE\xD8\xA8\xD8\xB1",
            "\xE6\x96\xB0\xE9\x97\xBB \xD8\xAE\xD8\xA8\xD8\xB1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(html_to_text(a, span_of(cases[i].in)), span_of(cases[i].want), "plain text");
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(html_plain(a, html_clean(a, span_of(cases[i].in))), span_of(cases[i].want),
            "plain text of cleaned markup");
}

static void references(struct arena *a)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"no reference & none; &; &#; &#x; &1;", "no reference & none; &; &#; &#x; &1;"},
        {"&amp;&amp;amp;&AMP;&amp", "&&amp;&&"},
        {"&notit; &notin; &not;", "\xC2\xACit; \xE2\x88\x89 \xC2\xAC"},
        {"&#8217;&#x2019;&#X2019;&#146;&#0;&#xD800;&#99999999999;",
            "\xE2\x80\x99\xE2\x80\x99\xE2\x80\x99\xE2\x80\x99"
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"&nGt;&CounterClockwiseContourIntegral;&zwnj;",
            "\xE2\x89\xAB\xE2\x83\x92\xE2\x88\xB3\xE2\x80\x8C"},
        {"&AElig&frac12&sup2;&zzz", "\xC3\x86\xC2\xBD\xC2\xB2&zzz"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(entities_decode(a, span_of(cases[i].in)), span_of(cases[i].want), "references");
}

static void escaping(struct arena *a)
{
    check_span(html_text(a, S("<a b=\"c\" d='e'>&amp;")).s,
        S("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;"), "escaped for text and attributes");
    struct buf b;
    buf_init(&b, a, 0);
    html_put(&b, S("x"));
    html_put(&b, S("<"));
    html_put(&b, S(""));
    check_span(buf_span(&b), S("x&lt;"), "appended");
}

static void seeing(struct arena *a)
{
    check(html_has_text(html_clean(a, S("<p>x"))), "a letter is seen");
    check(!html_has_text(html_clean(a, S(""))), "nothing is not");
    check(!html_has_text(html_clean(a, S("<hr><table><tr><td>&nbsp;</table>"))),
        "lines and spaces are not");
    check(!html_has_text(html_clean(a, S("<p>&#8203;&shy;&#8206;"))), "marks without ink are not");
    check(html_has_text(html_clean(a, S("<table><td>&lt;"))), "a sign is");
}

static void blocks(struct arena *a)
{
    struct html all = html_clean(a, S("<p>a<br>b</p><ul><li>c<ul><li>d</ul></ul><hr><p>e")),
                rest = all;
    static const char *const want[] = {
        "<p>a<br>b</p>", "<ul><li>c<ul><li>d</li></ul></li></ul>", "<hr>", "<p>e</p>"};
    struct html parts[COUNT(want)];
    for (size_t i = 0; i < COUNT(want); i++) {
        parts[i] = html_next_block(&rest);
        check_span(parts[i].s, span_of(want[i]), "a block");
    }
    check(html_next_block(&rest).s.n == 0, "no block more");
    check_span(html_join(a, parts, COUNT(want)).s, all.s, "joined again");
    check(html_join(a, NULL, 0).s.n == 0, "nothing joined");
    rest = html_text(a, S("loose"));
    check_span(html_next_block(&rest).s, S("loose"), "text without a block");
    check(rest.s.n == 0, "and nothing behind it");
}

static void headings(struct arena *a)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"<p>a</p>", "<p>a</p>"},
        {"<h2>a</h2><h3>b</h3>", "<h2>a</h2><h3>b</h3>"},
        {"<h3>a</h3><p>b</p><h3>c</h3>", "<h2>a</h2><p>b</p><h2>c</h2>"},
        {"<h4>a</h4><h2>b</h2>", "<h2>a</h2><h2>b</h2>"},
        {"<h2>a</h2><h4>b</h4><h4>c</h4>", "<h2>a</h2><h3>b</h3><h3>c</h3>"},
        {"<hr><h3>a &lt;h3> b</h3", "<hr><h2>a &lt;h3> b</h3"},
        {"<", "<"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(html_headings(a, (struct html){span_of(cases[i].in)}).s, span_of(cases[i].want),
            "headings begin at h2 and leave none out");
}

int main(void)
{
    struct arena *a = arena_new(8 << 20);
    plain_text(a);
    references(a);
    escaping(a);
    seeing(a);
    blocks(a);
    headings(a);
    arena_free(a);
    return tap_end();
}
