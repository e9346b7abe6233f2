/* The sanitiser: what comes out of known markup, and what must hold for every markup there is. */
#include "text.h"

#include "html_corpus.h"
#include "html_elements.h"
#include "tap.h"

/* ---- a strict reader of cleaned markup: knows the allow-list by itself ---- */

static const char *const may_hold[][2] = {
    /* element, what may stand in it ("#": text and inlines, "*": what may stand at the top) */
    {"", "* p div figure"}, {"figure", ""}, {"p", "#"}, {"div", "#"}, {"h2", "#"}, {"h3", "#"},
    {"h4", "#"}, {"pre", "#"}, {"dt", "#"}, {"caption", "#"}, {"blockquote", "# * p"},
    {"li", "# * p"}, {"dd", "# * p"}, {"td", "# * p"}, {"th", "# * p"}, {"ul", "li"}, {"ol", "li"},
    {"dl", "dt dd"}, {"table", "caption thead tbody"}, {"thead", "tr"}, {"tbody", "tr"},
    {"tr", "td th"}, {"em", "#"}, {"strong", "#"}, {"sub", "#"}, {"sup", "#"}, {"a", "#"}};

/* A figure of ours: between blocks of the top, with a name and without more. */
static const char *wrong_figure(struct span attrs)
{
    static const char *const names[] = {
        " data-picture=\"", " data-embed=\"", " data-alt=\"", " data-caption=\""};
    bool named = false;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct span name = span_of(names[i]);
        if (!span_starts(attrs, name)) continue;
        if (named && i == 1) return "a figure with two names";
        named |= i < 2;
        attrs = span_cut(attrs, name.n, attrs.n);
        ptrdiff_t end = span_find_char(attrs, '"');
        if (end <= 0 || span_find_char(span_cut(attrs, 0, (size_t)end), '<') >= 0)
            return "a figure's value";
        attrs = span_cut(attrs, (size_t)end + 1, attrs.n);
    }
    return attrs.n || !named ? "a figure of another sort" : NULL;
}

static bool has_word(const char *words, struct span word)
{
    struct span rest = span_of(words), part;
    while (span_next(&rest, ' ', &part))
        if (span_eq(part, word)) return true;
    return false;
}

static const char *rule_of(struct span element)
{
    for (size_t i = 0; i < COUNT(may_hold); i++)
        if (span_eq(span_of(may_hold[i][0]), element)) return may_hold[i][1];
    return NULL;
}

static bool may_stand_in(struct span element, struct span holder)
{
    const char *rule = rule_of(holder);
    if (!rule) return false;
    if (has_word(rule, element)) return true;
    if (has_word(rule, S("#")) && has_word("em strong sub sup a br", element)) return true;
    return has_word(rule, S("*")) && has_word("h2 h3 h4 pre blockquote ul ol dl table hr", element);
}

static bool is_number(struct span s)
{
    uint64_t n;
    return span_to_u64(s, &n) && n > 1 && n <= 100;
}

/* What stands between a start tag's name and its ">". */
static const char *wrong_attrs(struct span element, struct span attrs)
{
    if (span_eq(element, S("figure"))) return wrong_figure(attrs);
    if (attrs.n == 0) return span_eq(element, S("a")) ? "a link without target" : NULL;
    if (span_eq(element, S("a"))) {
        if (!span_starts(attrs, S(" href=\""))) return "a link without href";
        struct span value = span_cut(attrs, 7, attrs.n);
        ptrdiff_t end = span_find_char(value, '"');
        if (end < 0) return "a link without end";
        if (!span_eq(span_cut(value, (size_t)end, value.n), S("\" rel=\"nofollow noopener\"")))
            return "a link with more";
        value = span_cut(value, 0, (size_t)end);
        if (!span_starts_nocase(value, S("http:")) && !span_starts_nocase(value, S("https:")) &&
            !span_starts_nocase(value, S("mailto:")))
            return "a link with another scheme";
        return NULL;
    }
    if (!span_eq(element, S("td")) && !span_eq(element, S("th"))) return "an attribute";
    static const char *const names[] = {" colspan=\"", " rowspan=\""};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct span name = span_of(names[i]);
        if (!span_starts(attrs, name)) continue;
        attrs = span_cut(attrs, name.n, attrs.n);
        ptrdiff_t end = span_find_char(attrs, '"');
        if (end < 0 || !is_number(span_cut(attrs, 0, (size_t)end))) return "a wrong span";
        attrs = span_cut(attrs, (size_t)end + 1, attrs.n);
    }
    return attrs.n ? "an attribute of a cell" : NULL;
}

static const char *wrong_text(struct span text, struct span holder)
{
    if (text.n == 0) return NULL;
    const char *rule = rule_of(holder);
    if (!rule || !has_word(rule, S("#"))) return "loose text";
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '>') return "a raw >";
        if ((unsigned char)text.p[i] < ' ' && text.p[i] != '\n' && text.p[i] != '\t')
            return "a control";
        if (text.p[i] != '&') continue;
        struct span rest = span_cut(text, i, text.n);
        if (!span_starts(rest, S("&amp;")) && !span_starts(rest, S("&lt;")) &&
            !span_starts(rest, S("&gt;")))
            return "a raw &";
    }
    return NULL;
}

/* NULL: html is what the contract promises. */
static const char *wrong(struct span html)
{
    struct span stack[100] = {{"", 0}};
    size_t depth = 0;
    if (!utf8_valid(html)) return "broken UTF-8";
    while (html.n > 0) {
        ptrdiff_t open = span_find_char(html, '<');
        struct span text = span_cut(html, 0, open < 0 ? html.n : (size_t)open);
        const char *why = wrong_text(text, stack[depth]);
        if (why || open < 0) return why;
        html = span_cut(html, (size_t)open + 1, html.n);
        ptrdiff_t close = span_find_char(html, '>');
        if (close < 0) return "a tag without end";
        struct span tag = span_cut(html, 0, (size_t)close);
        html = span_cut(html, (size_t)close + 1, html.n);
        if (tag.n > 0 && tag.p[0] == '/') {
            if (depth == 0 || !span_eq(stack[depth], span_cut(tag, 1, tag.n)))
                return "crossing tags";
            depth--;
            continue;
        }
        ptrdiff_t space = span_find_char(tag, ' ');
        struct span name = span_cut(tag, 0, space < 0 ? tag.n : (size_t)space);
        if (!may_stand_in(name, stack[depth])) return "an element that may not stand here";
        if ((why = wrong_attrs(name, span_cut(tag, name.n, tag.n)))) return why;
        if (span_eq(name, S("br")) || span_eq(name, S("hr"))) continue;
        if (++depth == COUNT(stack)) return "too deep";
        stack[depth] = name;
    }
    return depth ? "an element left open" : NULL;
}

/* All that must hold for markup; NULL: it does. */
static const char *broken_promise_of(struct arena *a, struct html once)
{
    const char *why = wrong(once.s);
    if (why) return why;
    struct span whole = arena_printf(a, "<!---->%.*s", FMT(once.s)); /* more than html_settled.c */
    if (!span_eq(html_clean(a, once.s).s, once.s)) return "cleaning again changes it";
    if (!span_eq(html_clean(a, whole).s, once.s)) return "cleaning again whole changes it";
    if (!span_eq(html_clean_story(a, once.s, (const char *const[]){NULL}).s, once.s))
        return "cleaning again as a story changes it";
    if (!span_eq(html_plain(a, once), html_to_text(a, once.s))) return "it has two plain texts";
    struct html rest = once;
    size_t n = 0;
    while (rest.s.n > 0) {
        struct html block = html_next_block(&rest);
        n += block.s.n;
        if (block.s.n == 0 || wrong(block.s)) return "a block that is none";
    }
    if (n != once.s.n) return "blocks that leave something out";
    if (html_has_text(once) && html_to_text(a, once.s).n == 0) return "text that is none";
    return NULL;
}

/* A figure's place is no text: without them all is the same. */
static struct html without_figure(void *with, struct html block, const struct html_figure *f)
{
    (void)with, (void)block, (void)f;
    return (struct html){S("")};
}

static const char *broken_promise(struct arena *a, struct span markup)
{
    struct html plain = html_clean(a, markup);
    struct html story = html_clean_story(a, markup, (const char *const[]){NULL});
    const char *why = broken_promise_of(a, plain);
    if (!why) why = broken_promise_of(a, story);
    if (why) return why;
    return span_eq(html_figures(a, plain, without_figure, NULL).s,
               html_figures(a, story, without_figure, NULL).s)
               ? NULL
               : "figures change the text";
}

static void promises_hold_for(const char *name)
{
    struct corpus c;
    if (!corpus_open(&c, name)) {
        tap_skip(name, "the corpus is not here");
        return;
    }
    struct arena *a = arena_new(256 << 20);
    struct span payload, line;
    int failed = 0, count = 0;
    for (; corpus_next(&c, a, &payload, &line); count++, arena_reset(a)) {
        const char *why = broken_promise(a, payload);
        struct span in_feed = entities_decode(a, payload); /* feeds carry it escaped */
        if (!why) why = broken_promise(a, in_feed);
        if (!why) continue;
        failed++;
        printf("# %s: %.*s\n# gave %.*s\n", why, FMT(payload), FMT(html_clean(a, payload).s));
    }
    check(failed == 0 && count > 0, "%s: %d payloads keep the promises", name, count);
    arena_free(a);
    arena_free(c.a);
}

/* ---- chosen cases ---- */

static const struct {
    const char *in, *want;
} cases[] = {
    {"", ""},
    {"plain &amp; simple", "<p>plain &amp; simple</p>"},
    {"<p>one<p>two", "<p>one</p><p>two</p>"},
    {" <p>  a \n b </p>\n<p>&nbsp;</p><p></p>", "<p>a b</p>"},
    {"<p>b <b>bold <i>both</b> it</i> off",
        "<p>b <strong>bold <em>both</em></strong> <em>it</em> off</p>"},
    {"<p>a <em></em>b<em> c</em>d<em>e </em>f", "<p>a b <em>c</em>d<em>e</em> f</p>"},
    {"<div>loose</div><p>own</p>", "<div>loose</div><p>own</p>"},
    {"<p>cut<ul><li>x</ul>tail</p>end", "<p>cut</p><ul><li>x</li></ul><div>tail</div><p>end</p>"},
    {"<h1>One</h1><h5>Five<p>text", "<h2>One</h2><h4>Five</h4><p>text</p>"},
    {"<h4><p>lead</p><p>more</p></h4>", "<p>lead</p><p>more</p>"},
    {"<dl><dt><p>t</p><dd>d</dl>", "<dl><dt>t</dt><dd>d</dd></dl>"},
    {"<li>a<li>b", "<ul><li>a</li><li>b</li></ul>"},
    {"<ol><li>a<ul><li>b</ul><li>c</ol>", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"},
    {"<ul>x<p>y</p></ul>", "<ul><li>x<p>y</p></li></ul>"},
    {"<table><tr><td>1<td><tr><th colspan=2 rowspan=0>x</table>",
        "<table><tbody><tr><td>1</td><td></td></tr><tr><th "
        "colspan=\"2\">x</th></tr></tbody></table>"},
    {"<table><caption>c</caption><thead><tr><th>h<tbody><tr><td>d</table>",
        "<table><caption>c</caption><thead><tr><th>h</th></tr></thead><tbody><tr><td>d</td></tr></"
        "tbody></table>"},
    {"<table>stray<tr><td>x</table>",
        "<table><tbody><tr><td>stray</td></tr><tr><td>x</td></tr></tbody></table>"},
    {"<td>a</td><td>b</td>", "<p>a</p><p>b</p>"},
    {"<td><div>a</div><div>b</div></td>", "<div>a</div><div>b</div>"},
    {"<table><td><div>a</div><div>b</div></table>",
        "<table><tbody><tr><td>a<br>b</td></tr></tbody></table>"},
    {"<dl><dt>t<dd>d</dl>", "<dl><dt>t</dt><dd>d</dd></dl>"},
    {"<p>a<br><br><br><br>b<br></p>", "<p>a<br><br>b</p>"},
    {"<pre>\n\n  x\n\t<b>y</b>\n </pre>", "<pre>  x\n\t<strong>y</strong></pre>"},
    {"a<hr>b", "<p>a</p><hr><p>b</p>"},
    {"<a href=' HTTPS://x.example/?a=1&copy=2&amp;b '><p>1</p><p>2</p></a>",
        "<p><a href=\"HTTPS://x.example/?a=1&amp;copy=2&amp;b\" rel=\"nofollow noopener\">1</a></p>"
        "<p><a href=\"HTTPS://x.example/?a=1&amp;copy=2&amp;b\" rel=\"nofollow "
        "noopener\">2</a></p>"},
    {"<a href=\"java\tscript:alert(1)\">x</a> <a href=/rel>y</a> <a name=z>z</a>", "<p>x y z</p>"},
    {"a<script>b</script>c<style>d</style>e<svg><p>f</svg>g<iframe>h</iframe><iframe/>i",
        "<p>acegi</p>"},
    {"<form>x<form>y</form>z</form>w", "<p>w</p>"},
    {"<figure><img><figcaption>c</figcaption></figure><header><h1>h</h1></header><p>x", "<p>x</p>"},
    {"&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
    {"<!-- a --><!doctype html><![CDATA[x]]><?y?>z", "<p>z</p>"},
    {"x\x01\xC2\x85\xEF\xBF\xBFy\xFFz", "<p>xy\xEF\xBF\xBDz</p>"},
    {"<unknown>a<x:y>b</x:y></unknown>", "<p>ab</p>"},
    {"<p>a</h2>b</td>c", "<p>abc</p>"},
    {"<div>a<p>b</div>c", "<div>a</div><p>b</p><p>c</p>"},
    {"<li>a<p></p>b</li>", "<ul><li>a<br>b</li></ul>"},
    {"<b>1<p>2</p>3</b>4",
        "<p><strong>1</strong></p><p><strong>2</strong></p><p><strong>3</strong>4</p>"},
    {"<p><b>open<p>not carried on", "<p><strong>open</strong></p><p>not carried on</p>"},
};

static void chosen_cases(struct arena *a)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        check_span(html_clean(a, span_of(cases[i].in)).s, span_of(cases[i].want), "a chosen case");
        const char *why = broken_promise(a, span_of(cases[i].in));
        check(!why, "promises hold: %s", why ? why : "all");
    }
}

/* ---- pictures and embeds where they stood ---- */

#define PICTURE(name) "<figure data-picture=\"" name "\"></figure>"
#define EMBED(page) "<figure data-embed=\"" page "\"></figure>"
#define VIDEO EMBED("https://www.youtube.com/watch?v=a1")
#define POST EMBED("https://x.com/quay/status/7")

static const struct {
    const char *in, *want;
} stories[] = {
    {"<p>a</p><img src='b.jpg'><p>c", "<p>a</p>" PICTURE("b.jpg") "<p>c</p>"},
    {"<p><img src=b.jpg>a", PICTURE("b.jpg") "<p>a</p>"},
    {"<p>a <img src=b.jpg> c", "<p>a c</p>" PICTURE("b.jpg")},
    {"a<b>x<img src=b.jpg>y</b>c<p>d", "<p>a<strong>xy</strong>c</p>" PICTURE("b.jpg") "<p>d</p>"},
    {"<ul><li>a<img src=b.jpg><li>c</ul>d",
        "<ul><li>a</li><li>c</li></ul>" PICTURE("b.jpg") "<p>d</p>"},
    {"<figure><img src=b.jpg alt='A \"q\"'><figcaption>Cod <b>&lt;here</b></figcaption></figure>x",
        "<figure data-picture=\"b.jpg\" data-alt=\"A &quot;q&quot;\" data-caption=\"Cod "
        "&lt;here\"></figure><p>x</p>"},
    {"<figure><figure><img src=1.jpg><figcaption>one</figure><figure><img src=2.jpg></figure>"
     "<figcaption>both</figcaption></figure>x",
        "<figure data-picture=\"1.jpg\" data-caption=\"one\"></figure>" PICTURE(
            "2.jpg") "<p>x</p>"},
    {"<img src=b.jpg width=1 height=1><img src=c.gif height='1px'><img alt=x><img src=''>", ""},
    {"<img src='data:image/gif;base64,R0' data-src=b.jpg>", PICTURE("b.jpg")},
    {"<p>a<svg><img src=b.jpg></svg><noscript><img src=c.jpg></noscript><video><img src=d.jpg>",
        "<p>a</p>"},
    {"<header><img src=b.jpg></header><p>x", "<p>x</p>"},
    {"<p>a</p><iframe src='//www.youtube.com/embed/a1?rel=0' onload=x>in</iframe><p>b",
        "<p>a</p>" VIDEO "<p>b</p>"},
    {"<p>a</p><iframe src='https://example.org/embed/a1'></iframe><p>b", "<p>a</p><p>b</p>"},
    {"<p>a</p><iframe srcdoc='<script>'></iframe><p>b", "<p>a</p><p>b</p>"},
    {"<figure class=wp-block-embed><div>\nhttps://youtu.be/a1\n</div><figcaption>c</figcaption>"
     "</figure>x",
        VIDEO "<p>x</p>"},
    {"<figure><iframe src=https://youtu.be/a1>https://t.me/a/1</iframe></figure>x",
        VIDEO "<p>x</p>"},
    {"<figure>https://example.org/a1</figure>x", "<p>x</p>"},
    {"<figure><img src=b.jpg><figcaption><a href=https://x.com/quay/status/7>by</a></figure>x",
        "<figure data-picture=\"b.jpg\" data-caption=\"by\"></figure><p>x</p>"},
    {"<blockquote class='Twitter-Tweet'><p>Hi <a href=https://t.co/1>l</a></p>&mdash; Q <a "
     "href='https://twitter.com/quay/status/7?ref'>Nov 30</a></blockquote><script></script><p>x",
        "<blockquote><p>Hi <a href=\"https://t.co/1\" rel=\"nofollow noopener\">l</a></p>"
        "\xE2\x80\x94 Q <a href=\"https://twitter.com/quay/status/7?ref\" rel=\"nofollow "
        "noopener\">Nov 30</a></blockquote>" POST "<p>x</p>"},
    {"<blockquote><a href=https://x.com/quay/status/7>d</a></blockquote>",
        "<blockquote><a href=\"https://x.com/quay/status/7\" rel=\"nofollow "
        "noopener\">d</a></blockquote>"},
    {"<div class=fb-post data-href=https://www.facebook.com/quay/posts/9></div>x",
        EMBED("https://www.facebook.com/quay/posts/9") "<p>x</p>"},
    {"<script async data-telegram-post='quay/44'></script>x",
        EMBED("https://t.me/quay/44") "<p>x</p>"},
    {"<figure data-embed='https://example.org/x'></figure><figure data-embed='javascript:x'>"
     "</figure><figure data-picture=''></figure><p>x",
        "<p>x</p>"},
    {"<figure data-embed='https://youtu.be/a1'></figure>", VIDEO},
};

static void story_cases(struct arena *a)
{
    for (size_t i = 0; i < COUNT(stories); i++) {
        struct html got = html_clean_story(a, span_of(stories[i].in), (const char *const[]){NULL});
        check_span(got.s, span_of(stories[i].want), "a picture or an embed where it stood");
        const char *why = broken_promise(a, span_of(stories[i].in));
        check(!why, "promises hold: %s", why ? why : "all");
    }
    check_span(html_clean(a, S("<p>a<img src=b.jpg>" VIDEO)).s, S("<p>a</p>" VIDEO),
        "what is no story keeps ours and makes none");
}

static bool is_secret(const struct xml_node *n, void *with)
{
    return span_eq(xml_attr(n, "class"), span_of(with));
}

static void xml_cases(struct arena *a)
{
    struct reject r;
    char secret[] = "secret";
    struct xml_node *n = xml_parse(a,
        S("<body.content><hl1>Top</hl1><block><p lede='true'>In <person>Ann</person> said "
          "<em>yes</em>.</p>"
          "<media><media-caption>no</media-caption></media><hl2>Sub</hl2><p/></block>"
          "<div class='secret'>no<p>no</p></div><p class='secret'/><p>a<br/>b &amp; c</p>"
          "<table><tr><td colspan='2'>1</td></tr></table><script>no</script>tail</body.content>"),
        &r);
    if (!check(n != NULL, "the sample parses")) return;
    check_span(html_clean_xml(a, n, is_secret, secret).s,
        S("<h2>Top</h2><p>In Ann said <em>yes</em>.</p><h3>Sub</h3><p>a<br>b &amp; c</p>"
          "<table><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table><p>tail</p>"),
        "NITF block content");
    check(html_clean_xml(a, xml_parse(a, S("<a/>"), &r), NULL, NULL).s.n == 0, "an empty element");
}

/* ---- sizes: these end soon, or the suite's time-out tells ---- */

static struct span repeated(struct arena *a, const char *piece, size_t bytes)
{
    struct buf b;
    buf_init(&b, a, 0);
    while (b.n < bytes) buf_str(&b, piece);
    return buf_span(&b);
}

static void big_inputs(void)
{
    static const char *const pieces[] = {"<b>", "<b>x", "<div>", "<p>x", "</p>", "<ul><li>",
        "<table>", "<table><tr><td>x", "<a href=http://x>", "<a href=http://x>y<p>", "&amp;", "&",
        "<", "</", "<!--", "<!-- -->", "<a ", "a=1 ", "<svg>", "<blockquote>y",
        "<em><strong><sub>z</em>", "x ", "<br>", "<pre>\n ", "&lt;", "\xC2\xA0", "<!--<script>",
        "<title>", "\r", "\x80", "&CounterClockwiseContourIntegra"};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct arena *a = arena_new(256 << 20);
        struct span in = repeated(a, pieces[i], 1 << 20);
        const char *why = broken_promise(a, in);
        check(!why, "1 MB of the same, %d: %s", (int)i, why ? why : "fine");
        arena_free(a);
    }
    struct arena *a = arena_new(64 << 20);
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "<a ");
    for (int i = 0; i < 50000; i++) buf_printf(&b, "n%d=%d ", i, i);
    buf_lit(&b, ">x</a>");
    check_span(html_clean(a, buf_span(&b)).s, S("<p>x</p>"), "50,000 attributes");
    arena_free(a);
}

/* ---- random markup out of hard pieces ---- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % n;
}

/* Equal but for white space: what stray end tags part is a matter of taste. */
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

static void random_markup(uint64_t seed)
{
    static const char *const pieces[] = {"<figure>", "</figure>", "<figcaption>c", "</figcaption>",
        "<img src=a.jpg alt=x>", "<iframe src=https://youtu.be/a1></iframe>",
        "<figure data-picture='p\"'></figure>", "<figure data-embed=https://t.me/a/1></figure>",
        "<blockquote class=twitter-tweet><a href=https://x.com/a/status/1>d</a></blockquote>",
        "<p>", "</p>", "<div>", "</div>", "<ul>", "</ul>", "<li>", "</li>", "<table>", "</table>",
        "<tr>", "<td>", "</td>", "<thead>", "<caption>", "</caption>", "<em>", "</em>", "<b>",
        "</b>", "<a href='http://x/'>", "</a>", "<br>", "<hr>", "<pre>", "</pre>", "<h2>", "</h2>",
        "<dl>", "<dt>", "<dd>", "</dl>", "<blockquote>", "</blockquote>", "x", " ", "\n", "&nbsp;",
        "y ", " z", "&amp;", "<sub>", "</sub>", "<sup>", "<svg>", "</svg>", "<!-- -->", "<br/>",
        "<x>", "<ol>", "</ol>", "<th>", "</tr>"};
    struct arena *a = arena_new(64 << 20);
    random_state = seed;
    int failed = 0;
    for (int round = 0; round < 20000 && failed < 5; round++, arena_reset(a)) {
        struct buf b;
        buf_init(&b, a, 0);
        for (uint32_t n = 1 + random_below(24); n > 0; n--)
            buf_str(&b, pieces[random_below(COUNT(pieces))]);
        const char *why = broken_promise(a, buf_span(&b));
        struct span cleaned = html_clean(a, buf_span(&b)).s;
        if (!why && !same_ink(html_to_text(a, buf_span(&b)), html_to_text(a, cleaned)))
            why = "the text is not the cleaned text";
        if (!why) continue;
        failed++;
        printf("# %s: %.*s\n# gave %.*s\n", why, FMT(buf_span(&b)), FMT(cleaned));
    }
    check(failed == 0, "20000 random markups, seed %llu", (unsigned long long)seed);
    arena_free(a);
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    chosen_cases(a);
    story_cases(a);
    xml_cases(a);
    big_inputs();
    random_markup(1);
    uint64_t seed;
    random_bytes(&seed, sizeof seed);
    random_markup(seed);
    static const char *const corpora[] = {"html-tokenizer/html5lib.jsonl",
        "html-tree/html5lib.jsonl", "xss/payloadbox.jsonl", "xss/payloadsallthethings.jsonl",
        "xss-expect/dompurify.jsonl", "xss-expect/html5lib-sanitizer.jsonl",
        "feed-sanitize/feedparser.jsonl", "naughty/blns.jsonl", "svg/payloadsallthethings.jsonl"};
    for (size_t i = 0; i < COUNT(corpora); i++) promises_hold_for(corpora[i]);
    arena_free(a);
    return tap_end();
}
