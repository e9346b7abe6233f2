#include "text.h"

#include "tap.h"

static struct span part(struct html h, const char *what)
{
    ptrdiff_t at = span_find(h.s, span_of(what));
    must(at >= 0);
    return span_cut(h.s, (size_t)at, (size_t)at + span_of(what).n);
}

static void test_parts(void)
{
    struct arena *a = arena_new(1 << 20);
    struct html h = html_clean(a, S("<p>OSLO, Nov 30 (NTB) - Cod &amp; <em>ling</em>.</p>"));
    struct html_part list[] = {
        {part(h, "OSLO, Nov 30 (NTB)"), "span", "class", S("dateline")},
        {part(h, "OSLO"), "span", "class", S("a\"b")},
        {part(h, "Nov 30"), "time", "datetime", S("2026-11-30")},
        {part(h, "Cod"), "span", "class", S("x")},
    };
    check_span(html_parts(a, h, list, 4).s,
        S("<p><span class=\"dateline\"><span class=\"a&quot;b\">OSLO</span>, <time "
          "datetime=\"2026-11-30\">Nov 30</time> (NTB)</span> - <span class=\"x\">Cod</span> &amp; "
          "<em>ling</em>.</p>"),
        "elements around parts, one in another");
    check_span(
        html_to_text(a, html_parts(a, h, list, 4).s), html_plain(a, h), "no word is changed");
    check_span(html_parts(a, h, NULL, 0).s, h.s, "without parts it is as it was");
    check_span(html_first_text(h), S("OSLO, Nov 30 (NTB) - Cod &amp; "), "the text at its head");
    check_span(html_first_text(html_clean(a, S("<h2>A</h2>"))), S(""), "of a paragraph alone");
    arena_free(a);
}

static void test_cut_end(void)
{
    static const struct {
        const char *in, *text, *want; /* want NULL: nothing is cut */
    } rows[] = {
        {"<p>Cod rose. (By A &amp; B)</p>", "(By A & B)", "<p>Cod rose.</p>"},
        {"<p>Cod <em>rose.</em> (By A)</p>", "(By A)", "<p>Cod <em>rose.</em></p>"},
        {"<p>(By A)</p>", "(By A)", NULL},
        {"<p>Cod rose. (By <em>A</em>)</p>", "(By A)", NULL},
        {"<ul><li>Cod (By A)</li></ul>", "(By A)", NULL},
        {"<p>Cod rose.</p>", "", NULL},
    };
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct html h = html_clean(a, span_of(rows[i].in)), was = h;
        bool cut = html_cut_end(a, &h, span_of(rows[i].text));
        check(cut == (rows[i].want != NULL), "%s", rows[i].in);
        check_span(h.s, rows[i].want ? span_of(rows[i].want) : was.s, "what is left");
    }
    arena_free(a);
}

int main(void)
{
    test_parts();
    test_cut_end();
    return tap_end();
}
