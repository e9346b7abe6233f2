/* page.c: web pages that carry an article as schema.org JSON-LD (NewsArticle and its kin): finds it
 * in the page, and what the page itself tells of it. For archives. Nothing is fetched. Never fatal.
 */
#include "page.h"

enum {
    SCRIPTS_MAX = 32, /* of one page: three are usual */
    NODES_MAX = 2000, /* looked at in one script */
};

/* ---- the page ---- */

/* The next tag so named at or behind *at: its inside is [*from, *to). false: there is none. */
static bool next_tag(struct span page, const char *open, size_t *at, size_t *from, size_t *to)
{
    ptrdiff_t start = span_find_nocase(span_cut(page, *at, page.n), span_of(open));
    if (start < 0) return false;
    *from = *at + (size_t)start + span_of(open).n;
    ptrdiff_t end = span_find_char(span_cut(page, *from, page.n), '>');
    if (end < 0) return false;
    *to = *from + (size_t)end;
    *at = *to + 1;
    return true;
}

static size_t word_end(struct span s, bool at_equals)
{
    size_t i = 0;
    while (i < s.n && s.p[i] != ' ' && !(s.p[i] >= '\t' && s.p[i] <= '\r') &&
           !(at_equals && i && s.p[i] == '='))
        i++;
    return i;
}

/* The next attribute of a tag's inside, which *rest moves behind: name, name=value, name="value"
 * (HTML, 13.1.2.3). The value is empty where there is none. false: no more. */
static bool next_attr(struct span *rest, struct span *name, struct span *value)
{
    *rest = span_trim(*rest);
    *value = (struct span){0};
    if (!rest->n) return false;
    size_t end = word_end(*rest, true);
    *name = span_cut(*rest, 0, end);
    *rest = span_trim(span_cut(*rest, end, rest->n));
    if (!span_starts(*rest, S("="))) return true;
    *rest = span_trim(span_cut(*rest, 1, rest->n));
    bool quoted = rest->n && (rest->p[0] == '"' || rest->p[0] == '\'');
    if (quoted) {
        char mark = rest->p[0];
        *rest = span_cut(*rest, 1, rest->n);
        ptrdiff_t at = span_find_char(*rest, mark);
        end = at < 0 ? rest->n : (size_t)at;
    } else {
        end = word_end(*rest, false);
    }
    *value = span_cut(*rest, 0, end);
    *rest = span_cut(*rest, end + (quoted ? 1 : 0), rest->n);
    return true;
}

/* Of the attribute so named in the inside of a tag; empty: it has none. */
static struct span attr_in(struct arena *a, struct span tag, const char *wanted)
{
    struct span name, value;
    while (next_attr(&tag, &name, &value))
        if (span_eq_nocase(name, span_of(wanted))) return entities_decode(a, value);
    return (struct span){0};
}

struct span page_canonical(struct arena *a, struct span page)
{
    size_t at = 0, from, to;
    while (next_tag(page, "<link", &at, &from, &to)) {
        struct span tag = span_cut(page, from, to);
        if (span_eq_nocase(attr_in(a, tag, "rel"), S("canonical"))) return attr_in(a, tag, "href");
    }
    return (struct span){0};
}

/* What is in the first <article>, up to its own end: others may stand in it and behind it. */
struct span page_text(struct span page)
{
    size_t at = 0, from, to;
    if (!next_tag(page, "<article", &at, &from, &to)) return (struct span){0};
    struct span rest = span_cut(page, at, page.n);
    int depth = 1;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] != '<') continue;
        struct span here = span_cut(rest, i, rest.n);
        depth += span_starts_nocase(here, S("<article")) ? 1 : 0;
        depth -= span_starts_nocase(here, S("</article")) ? 1 : 0;
        if (depth == 0) return span_cut(rest, 0, i);
    }
    return (struct span){0};
}

/* ---- its data ---- */

/* Line breaks stand raw in the strings of many pages, which JSON forbids. */
static struct span without_controls(struct arena *a, struct span s)
{
    char *p = arena_cstr(a, s);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)p[i] < 0x20) p[i] = ' ';
    return (struct span){p, s.n};
}

/* Behind a CDATA mark, if there is one; then between the first bracket and the last. */
static const struct json *parse_script(struct arena *a, struct span s)
{
    struct reject why = {0};
    ptrdiff_t mark = span_find(span_cut(s, 0, 60), S("<![CDATA["));
    size_t from = mark < 0 ? 0 : (size_t)mark + 9, end = s.n;
    if (mark >= 0 && span_find(s, S("]]>")) > 0) end = (size_t)span_find(s, S("]]>"));
    size_t to = end;
    while (from < s.n && s.p[from] != '{' && s.p[from] != '[') from++;
    while (to > from && s.p[to - 1] != '}' && s.p[to - 1] != ']') to--;
    struct span text = span_cut(s, from, to);
    if (!text.n) return NULL;
    const struct json *root = json_parse(a, text, &why);
    return root ? root : json_parse(a, without_controls(a, text), &why);
}

static struct span local_type(struct span type)
{
    size_t i = type.n;
    while (i && type.p[i - 1] != '/' && type.p[i - 1] != ':') i--;
    return span_cut(type, i, type.n);
}

bool page_has_type(const struct json *v, const char *const *names, size_t count)
{
    const struct json *types = nj_get(v, "@type");
    const struct json *first = types && types->type == JSON_ARRAY ? types->first : types;
    for (const struct json *t = first; t; t = types == first ? NULL : t->next)
        for (size_t i = 0; i < count; i++)
            if (span_eq(local_type(nj_value(t)), span_of(names[i]))) return true;
    return false;
}

static bool is_article(const struct json *v)
{
    static const char *const names[] = {"NewsArticle", "ReportageNewsArticle",
        "AnalysisNewsArticle", "BackgroundNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle",
        "AskPublicNewsArticle", "LiveBlogPosting", "BlogPosting", "Article", "Report"};
    return v->type == JSON_OBJECT && page_has_type(v, names, COUNT(names));
}

/* The article in a script: the document itself, or in an array, @graph or mainEntity. A queue, no
 * recursion. */
static const struct json *find_article(struct arena *a, const struct json *root)
{
    static const char *const inside[] = {"@graph", "mainEntity", "mainEntityOfPage"};
    const struct json **queue = arena_alloc(a, sizeof *queue * NODES_MAX);
    size_t head = 0, count = 0;
    queue[count++] = root;
    while (head < count) {
        const struct json *v = queue[head++];
        if (is_article(v)) return v;
        for (const struct json *k = nj_first(v); k && count < NODES_MAX; k = k->next)
            queue[count++] = k;
        for (size_t i = 0; i < COUNT(inside); i++)
            if (nj_get(v, inside[i]) && count < NODES_MAX) queue[count++] = nj_get(v, inside[i]);
    }
    return NULL;
}

bool page_read(struct arena *a, struct span page, struct wire_result *out)
{
    size_t at = 0, from, to;
    for (int i = 0; i < SCRIPTS_MAX && next_tag(page, "<script", &at, &from, &to); i++) {
        bool data = span_find_nocase(span_cut(page, from, to), S("ld+json")) >= 0;
        ptrdiff_t end = span_find_nocase(span_cut(page, at, page.n), S("</script"));
        if (end < 0) return false;
        const struct json *root =
            data ? parse_script(a, span_cut(page, at, at + (size_t)end)) : NULL;
        const struct json *article = root ? find_article(a, root) : NULL;
        at += (size_t)end;
        if (!article) continue;
        page_read_article(a, article, page, out);
        return true;
    }
    return false;
}
