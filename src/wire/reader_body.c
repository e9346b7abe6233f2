/* reader_body.c: markup of every sort that wires send to one clean body. Owns what is left out of a
 * body and why: repeated headlines, captions that belong to pictures, notepads not meant for
 * readers. The cleaning itself is text's. Never fails. */
#include "reader.h"

/* ---- markup as a string ---- */

/* Left out of HTML with all they hold: what describes the page. */
static const char *const left_out[] = {"head", "title", "header"};

/* Classes of what dpa writes to editors in the body: no reader may see it. */
static const char *const notepads[] = {"notepad", "np-nonpublic", NULL};

/* Does the tag's name stand here, as a whole word? */
static bool names(struct span at, struct span name)
{
    if (at.n <= name.n || !span_eq_nocase(span_cut(at, 0, name.n), name)) return false;
    char end = at.p[name.n];
    return end == '>' || end == ' ' || end == '/' || end == '\t' || end == '\n' || end == '\r';
}

/* Where the element that opens at `at` ends, or 0: it never does. Each name's missing end is looked
 * for only once. */
static size_t element_end(struct span at, size_t k, bool *endless)
{
    struct span name = span_of(left_out[k]);
    if (endless[k] || !names(span_cut(at, 1, at.n), name)) return 0;
    for (size_t i = 1; i + name.n + 2 < at.n; i++) {
        if (at.p[i] != '<' || at.p[i + 1] != '/') continue;
        if (names(span_cut(at, i + 2, at.n), name)) {
            ptrdiff_t close = span_find_char(span_cut(at, i, at.n), '>');
            return close < 0 ? at.n : i + (size_t)close + 1;
        }
    }
    endless[k] = true;
    return 0;
}

static struct span without_left_out(struct arena *a, struct span markup)
{
    bool endless[COUNT(left_out)] = {false};
    struct buf b;
    buf_init(&b, a, 0);
    size_t from = 0, i = 0;
    for (ptrdiff_t next; (next = span_find_char(span_cut(markup, i, markup.n), '<')) >= 0;) {
        size_t skip = 0;
        i += (size_t)next;
        for (size_t k = 0; k < COUNT(left_out) && !skip; k++)
            skip = element_end(span_cut(markup, i, markup.n), k, endless);
        if (!skip) {
            i++;
            continue;
        }
        buf_put(&b, span_cut(markup, from, i));
        i += skip;
        from = i;
    }
    if (from == 0) return markup;
    buf_put(&b, span_cut(markup, from, markup.n));
    return buf_span(&b);
}

/* An h1 that says the headline once more, cut from the markup; markup as it is where there is none.
 */
static struct span without_headline(struct arena *a, struct span markup, struct span headline)
{
    ptrdiff_t open = span_find_nocase(markup, S("<h1"));
    if (!headline.n || open < 0) return markup;
    size_t from = (size_t)open;
    ptrdiff_t close = span_find_nocase(span_cut(markup, from, markup.n), S("</h1>"));
    if (close < 0) return markup;
    size_t to = from + (size_t)close + 5;
    struct span words = html_to_text(a, span_cut(markup, from, to));
    if (!span_eq(words, text_fold(a, headline))) return markup;
    struct buf b;
    buf_init(&b, a, 0);
    buf_put(&b, span_cut(markup, 0, from));
    buf_put(&b, span_cut(markup, to, markup.n));
    return buf_span(&b);
}

struct html body_of_html(struct arena *a, struct span markup, struct span headline)
{
    markup = without_left_out(a, span_cut(markup, 0, WIRE_BODY_RAW_MAX));
    return html_clean_story(a, without_headline(a, markup, headline), notepads);
}

/* ---- plain text ---- */

static bool is_blank(struct span line)
{
    return span_trim(line).n == 0;
}

struct html body_of_text(struct arena *a, struct span text)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct span rest = span_cut(text, 0, WIRE_BODY_RAW_MAX), line;
    bool open = false;
    while (span_next(&rest, '\n', &line)) {
        bool blank = is_blank(line);
        if (open && blank) buf_lit(&b, "</p>\n");
        if (!open && !blank) buf_lit(&b, "<p>");
        if (open && !blank) buf_char(&b, '\n');
        if (!blank) html_put(&b, text_fold(a, line));
        open = !blank;
    }
    if (open) buf_lit(&b, "</p>");
    return html_clean(a, buf_span(&b));
}

bool looks_like_markup(struct span text)
{
    static const char *const marks[] = {
        "</p", "<p>", "<br", "</div", "</a>", "</h", "</li", "</b>", "</em", "</strong"};
    for (size_t i = 0; i < COUNT(marks); i++)
        if (span_find_nocase(text, span_of(marks[i])) >= 0) return true;
    return false;
}

struct html body_of_any(struct arena *a, struct span text, struct span headline)
{
    return looks_like_markup(text) ? body_of_html(a, text, headline) : body_of_text(a, text);
}

/* ---- XML trees ---- */

struct skips {
    const struct xml_node *headline,
        *subhead; /* the h1 that repeats the headline, the h2 right behind it */
};

static bool has_class(const struct xml_node *n, const char *name)
{
    struct span rest = node_attr(n, "class"), part;
    while (span_next(&rest, ' ', &part))
        if (span_eq_nocase(part, span_of(name))) return true;
    return false;
}

static bool skip_in_xhtml(const struct xml_node *n, void *with)
{
    const struct skips *skips = with;
    static const struct span names[] = {
        SPAN("head"), SPAN("style"), SPAN("header"), SPAN("title"), SPAN("bild")};
    if (n == skips->headline || n == skips->subhead) return true;
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq_nocase(n->name, names[i])) return true;
    for (size_t i = 0; n->attr_count && notepads[i]; i++)
        if (has_class(n, notepads[i])) return true;
    return false;
}

/* TT's own elements, under the names that a reader's browser knows. */
static void rename_elements(struct xml_node *top)
{
    static const struct {
        struct span from, to;
    } names[] = {
        {SPAN("hl1"), SPAN("h2")},
        {SPAN("hl2"), SPAN("h3")},
        {SPAN("mellis"), SPAN("h3")},
        {SPAN("rubrik"), SPAN("h2")},
        {SPAN("citat"), SPAN("blockquote")},
        {SPAN("ingress"), SPAN("div")},
        {SPAN("block"), SPAN("div")},
        {SPAN("source"), SPAN("span")},
        {SPAN("nitf-table"), SPAN("div")},
    };
    for (struct xml_node *n = top; n; n = node_walk(top, n, true))
        for (size_t i = 0; n->name.n && i < COUNT(names); i++)
            if (span_eq_nocase(n->name, names[i].from)) {
                n->name = names[i].to;
                break;
            }
}

/* The h1 at the head of the body that says the headline (or the document's title) once more. */
static void find_repeats(struct arena *a, const struct xml_node *body, struct span headline,
    struct span title, struct skips *out)
{
    for (const struct xml_node *n = body; n; n = node_walk(body, n, true)) {
        if (!node_is(n, "h1")) continue;
        struct span words = xml_words(a, n);
        bool repeats = words.n && (span_eq(words, headline) || span_eq(words, title));
        if (!repeats) continue;
        out->headline = n;
        const struct xml_node *next = kid_after(n, NULL);
        if (next && node_is(next, "h2")) out->subhead = next;
        return;
    }
}

struct html body_of_xhtml(
    struct arena *a, struct xml_node *n, struct span headline, struct span *subhead_out)
{
    const struct xml_node *html = node_is(n, "html") ? n : kid(n, "html");
    struct xml_node *body = kid(html ? html : n, "body");
    struct skips skips = {0};
    if (!body) body = html ? kid(n, "html") : n;
    if (!body) body = n;
    *subhead_out = (struct span){0};
    if (!kid(body, NULL) && looks_like_markup(xml_text(a, body))) /* escaped inside the frame */
        return body_of_html(a, xml_text(a, body), headline);
    rename_elements(n);
    find_repeats(a, body, text_fold(a, headline), kid_words(a, kid(html, "head"), "title"), &skips);
    *subhead_out = skips.subhead ? xml_words(a, skips.subhead) : (struct span){0};
    return html_clean_xml(a, body, skip_in_xhtml, &skips);
}

/* ---- NITF ---- */

/* Code for embedding that a desk pasted as text: it is meant for a machine. */
static bool is_pasted_code(const struct xml_node *n)
{
    static const char *const marks[] = {"<script", "<iframe", "<embed", "<blockquote", "</div>"};
    const struct xml_node *first = n->first;
    if ((!node_is(n, "p") && !node_is(n, "pre")) || !first || first->name.n || first->next)
        return false;
    struct span text = span_trim(first->text);
    if (!span_starts(text, S("<")) || !span_ends(text, S(">"))) return false;
    for (size_t i = 0; i < COUNT(marks); i++)
        if (span_find_nocase(text, span_of(marks[i])) >= 0) return true;
    return false;
}

/* Notes to editors, what describes a table or a picture, code. */
static bool skip_in_nitf(const struct xml_node *n, void *with)
{
    static const struct span names[] = {
        SPAN("nitf-table-metadata"), SPAN("table-reference"), SPAN("media-metadata")};
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq_nocase(n->name, names[i])) return true;
    if (node_is(n, "note") && (span_eq_nocase(node_attr(n, "noteclass"), S("editorsnote")) ||
                                  span_eq_nocase(node_attr(n, "type"), S("npa"))))
        return true;
    return skip_in_xhtml(n, with) || is_pasted_code(n);
}

/* A note holds a body.content of its own, which is no text of the story. */
static bool is_content(const struct xml_node *n)
{
    return node_is(n, "body.content") && !(n->parent && node_is(n->parent, "note"));
}

struct html body_of_nitf(struct arena *a, struct xml_node *n)
{
    enum { PARTS_MAX = 16 }; /* one is usual */
    const struct xml_node *parts[PARTS_MAX], *body = NULL;
    struct html cleaned[PARTS_MAX];
    struct skips skips = {0};
    size_t count = 0;
    for (const struct xml_node *k = n; k; k = node_walk(n, k, !is_content(k))) {
        if (is_content(k) && count < PARTS_MAX) parts[count++] = k;
        if (node_is(k, "body") && !body) body = k;
    }
    if (!count) parts[count++] = body ? body : n;
    rename_elements(n);
    for (size_t i = 0; i < count; i++)
        cleaned[i] = html_clean_xml(a, parts[i], skip_in_nitf, &skips);
    return count == 1 ? cleaned[0] : html_join(a, cleaned, count);
}
