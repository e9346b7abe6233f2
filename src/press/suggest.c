/* suggest: what a reader may be about to type, for browsers and for the page's own field
 * (OpenSearch suggestions extension 1.1: what was typed, completions, descriptions, addresses); and
 * the description of the site's search (OpenSearch 1.1, draft 6). Never kept: it is made of what
 * was typed. */
#include "frame.h"
#include "xml_out.h"

enum {
    SUGGESTIONS = 10,
    SHORT_NAME_MAX = 16, /* characters, by OpenSearch */
};

typedef struct span told(const struct press *p, struct arena *a, const struct search_suggestion *s);

static void put_strings(const struct press *p, struct arena *a, struct json_out *o,
    const struct search_suggestion *list, size_t n, told *of)
{
    json_open(o, NULL, '[');
    for (size_t i = 0; i < n; i++) json_string(o, NULL, of(p, a, &list[i]));
    json_close(o, ']');
}

static struct span name_of(
    const struct press *p, struct arena *a, const struct search_suggestion *s)
{
    (void)p, (void)a;
    return s->name;
}

static struct span kind_of(
    const struct press *p, struct arena *a, const struct search_suggestion *s)
{
    static const char *const words[] = {[0] = "kind_story",
        [LABEL_TAG] = "kind_tag",
        [LABEL_AUTHOR] = "kind_author",
        [LABEL_PERSON] = "kind_person",
        [LABEL_PLACE] = "kind_place"};
    (void)a;
    return press_word(p, words[s->kind]);
}

static struct span address_of(
    const struct press *p, struct arena *a, const struct search_suggestion *s)
{
    return press_absolute(p, a, s->kind ? press_label_path(a, s->kind, s->slug) : s->path);
}

enum result page_suggest(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct search_suggestion list[SUGGESTIONS];
    size_t n = 0;
    if (ask->words.n) TRY(reader_suggest(r, ask->words, a, list, SUGGESTIONS, &n));
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, a, 0);
    json_open(&o, NULL, '[');
    json_string(&o, NULL, ask->words);
    put_strings(p, a, &o, list, n, name_of);
    put_strings(p, a, &o, list, n, kind_of);
    put_strings(p, a, &o, list, n, address_of);
    json_close(&o, ']');
    buf_lit(&b, "\n");
    for (size_t i = 0; i < n; i++) page_id(out, list[i].id);
    out->no_store = out->noindex = true;
    out->content_type = "application/x-suggestions+json; charset=utf-8";
    out->body = buf_span(&b);
    return OK;
}

static void put_url(const struct press *p, struct arena *a, struct xml_out *o, const char *type,
    const char *rel, const char *template)
{
    buf_lit(o->b, "<Url");
    xml_put_attr(o, "type", span_of(type));
    if (*rel) xml_put_attr(o, "rel", span_of(rel));
    xml_put_attr(o, "template", press_absolute(p, a, span_of(template)));
    buf_lit(o->b, "/>\n");
}

/* Whole words, where one fits. */
static struct span short_name(struct span name)
{
    struct span head = utf8_head(name, SHORT_NAME_MAX);
    size_t n = head.n;
    while (n && head.n < name.n && name.p[n] != ' ') n--;
    return span_trim(n ? span_cut(head, 0, n) : head);
}

enum result page_opensearch(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    struct buf b;
    struct xml_out o = {&b, a};
    (void)ask, (void)r;
    if (!p->site->url.n) return ERR_ABSENT; /* it is made of absolute addresses */
    buf_init(&b, a, 0);
    buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription"
                " xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n");
    xml_element(&o, "ShortName", short_name(p->site->name));
    xml_element(&o, "Description", press_say(p, a, "search_the_site", "site", p->site->name));
    xml_element(&o, "InputEncoding", S("UTF-8"));
    put_url(p, a, &o, "text/html", "", "/search?q={searchTerms}");
    put_url(p, a, &o, "application/x-suggestions+json", "suggestions", "/suggest?q={searchTerms}");
    put_url(p, a, &o, "application/rss+xml", "", "/search/rss.xml?q={searchTerms}");
    put_url(p, a, &o, "application/atom+xml", "", "/search/atom.xml?q={searchTerms}");
    put_url(p, a, &o, "application/opensearchdescription+xml", "self", "/opensearch.xml");
    buf_lit(&b, "</OpenSearchDescription>\n");
    out->content_type = "application/opensearchdescription+xml; charset=utf-8";
    out->body = buf_span(&b);
    return OK;
}
