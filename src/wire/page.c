/* page.c: web pages that carry an article as schema.org JSON-LD (NewsArticle and its kin) to
 * stories: for archives. What a page says of its article is taken, never what the page looks like,
 * but for the text where the article has none: then <article> is it. Nothing is fetched. Never
 * fatal. */
#include "feed.h"
#include "ninjs.h"

enum {
    SCRIPTS_MAX = 32, /* of one page: three are usual */
    NODES_MAX = 2000, /* looked at in one script */
    LISTED_MAX = 200, /* authors, pictures, topics of one article */
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

/* What stands behind the name of an attribute and its "="; p NULL: the tag has none. */
static struct span behind_name(struct span tag, struct span name)
{
    for (size_t i = 1; i + name.n < tag.n; i++) {
        char before = tag.p[i - 1];
        bool at_word = before == ' ' || before == '\n' || before == '\t' || before == '\r' ||
                       before == '"' || before == '\'';
        if (!at_word || !span_starts_nocase(span_cut(tag, i, tag.n), name)) continue;
        struct span v = span_trim(span_cut(tag, i + name.n, tag.n));
        if (span_starts(v, S("="))) return span_trim(span_cut(v, 1, v.n));
    }
    return (struct span){0};
}

/* name="value" or name=value in the inside of a tag; empty: it has none. */
static struct span attr_in(struct arena *a, struct span tag, const char *name)
{
    struct span v = behind_name(tag, span_of(name));
    if (!v.n) return v;
    bool quoted = v.p[0] == '"' || v.p[0] == '\'';
    ptrdiff_t end = span_find_char(span_cut(v, 1, v.n), quoted ? v.p[0] : ' ');
    size_t n = end < 0 ? v.n : (size_t)end + 1;
    return entities_decode(a, span_cut(v, quoted ? 1 : 0, n));
}

static struct span canonical_of(struct arena *a, struct span page)
{
    size_t at = 0, from, to;
    while (next_tag(page, "<link", &at, &from, &to)) {
        struct span tag = span_cut(page, from, to);
        if (span_eq_nocase(attr_in(a, tag, "rel"), S("canonical"))) return attr_in(a, tag, "href");
    }
    return (struct span){0};
}

/* What is in the first <article>, up to its own end: others may stand in it and behind it. */
static struct span article_in(struct span page)
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

static bool has_type(const struct json *v, const char *const *names, size_t count)
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
    return v->type == JSON_OBJECT && has_type(v, names, COUNT(names));
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

/* ---- values: a text, an object with a name, or a list of these ---- */

static const struct json *each(const struct json *v, bool *many)
{
    *many = v && v->type == JSON_ARRAY;
    return *many ? v->first : v;
}

static struct span plain(struct arena *a, struct span text)
{
    return feed_plain(a, text);
}

static struct span name_of(struct arena *a, const struct json *v)
{
    if (!v) return (struct span){0};
    return plain(a, v->type == JSON_OBJECT ? nj_text(v, "name value text") : nj_value(v));
}

static struct span text_of(struct arena *a, const struct json *article, const char *keys)
{
    return plain(a, nj_text(article, keys));
}

static struct span first_name(struct arena *a, const struct json *article, const char *key)
{
    bool many;
    return name_of(a, each(nj_get(article, key), &many));
}

static struct span href_of(const struct json *v)
{
    struct span s = v && v->type == JSON_OBJECT ? nj_text(v, "url contentUrl @id") : nj_value(v);
    return span_trim(s);
}

/* ---- the article ---- */

static void read_authors(struct arena *a, struct story *s, const struct json *article)
{
    bool many;
    int n = 0;
    const struct json *v = each(nj_get(article, "author"), &many);
    for (; v && n < LISTED_MAX; v = many ? v->next : NULL, n++)
        feed_add_author(a, s, name_of(a, v));
}

static void read_keywords(struct arena *a, struct story *s, const struct json *article)
{
    const struct json *list = nj_get(article, "keywords");
    struct span rest = nj_value(list), word;
    while (span_next(&rest, ',', &word)) story_add_keyword(a, s, plain(a, word));
    for (const struct json *v = nj_first(list); v; v = v->next)
        story_add_keyword(a, s, name_of(a, v));
}

static enum subject_kind kind_of(const struct json *v, enum subject_kind otherwise)
{
    static const char *const people[] = {"Person"},
                             *const places[] = {"Place", "City", "Country", "State",
                                 "AdministrativeArea"},
                             *const bodies[] = {"Organization", "NewsMediaOrganization",
                                 "Corporation", "GovernmentOrganization", "SportsTeam"},
                             *const events[] = {"Event", "SportsEvent"};
    if (has_type(v, people, COUNT(people))) return SUBJECT_PERSON;
    if (has_type(v, places, COUNT(places))) return SUBJECT_PLACE;
    if (has_type(v, bodies, COUNT(bodies))) return SUBJECT_ORGANISATION;
    if (has_type(v, events, COUNT(events))) return SUBJECT_EVENT;
    return otherwise;
}

static void read_subjects(struct arena *a, struct story *s, const struct json *article)
{
    static const struct {
        const char *key;
        enum subject_kind kind;
    } lists[] = {
        {"articleSection", SUBJECT_TOPIC},
        {"about", SUBJECT_TOPIC},
        {"mentions", SUBJECT_TOPIC},
        {"genre", SUBJECT_GENRE},
        {"contentLocation", SUBJECT_PLACE},
        {"locationCreated", SUBJECT_PLACE},
        {"spatialCoverage", SUBJECT_PLACE},
    };
    for (size_t i = 0; i < COUNT(lists); i++) {
        bool many;
        const struct json *v = each(nj_get(article, lists[i].key), &many);
        for (; v; v = many ? v->next : NULL) {
            bool object = v->type == JSON_OBJECT;
            struct span code = object ? nj_text(v, "sameAs @id") : (struct span){0};
            story_add_subject(
                a, s, object ? kind_of(v, lists[i].kind) : lists[i].kind, code, name_of(a, v));
        }
    }
}

static void read_pictures(struct arena *a, struct story *s, const struct json *article)
{
    bool many;
    const struct json *v = each(nj_get(article, "image"), &many);
    for (; v && s->picture_count < LISTED_MAX; v = many ? v->next : NULL) {
        struct span href = href_of(v);
        if (!href.n) continue;
        struct picture *p = story_add_picture(a, s);
        p->guid = arena_keep(a, href);
        p->kind = S("picture");
        p->role = s->picture_count == 1 ? S("featuremedia")
                                        : arena_printf(a, "embedded%u", s->picture_count - 1);
        p->caption = text_of(a, v, "caption description");
        p->credit = text_of(a, v, "creditText");
        p->byline = first_name(a, v, "creator");
        p->copyright = text_of(a, v, "copyrightNotice");
        picture_add_rendition(a, p,
            (struct rendition){.href = href,
                .role = S("original"),
                .width = nj_pixels(nj_text(v, "width")),
                .height = nj_pixels(nj_text(v, "height"))});
    }
}

static void read_time(
    struct arena *a, struct story *s, const struct json *article, const char *key, struct when *out)
{
    const struct json *v = nj_get(article, key);
    if (!v || v->type == JSON_NULL || !span_trim(nj_value(v)).n) return;
    nj_time(a, s, article, key, out);
}

static void read_corrections(struct arena *a, struct story *s, const struct json *article)
{
    bool many;
    const struct json *v = each(nj_get(article, "correction"), &many);
    for (; v; v = many ? v->next : NULL) {
        struct span text = name_of(a, v);
        if (!text.n || code_is_uri(text)) continue;
        story_add_signal(a, s, S("sig:correction"));
        story_add_note(a, s, S("correction"), text, true);
        if (!s->change_note.n) s->change_note = text;
    }
}

/* Published, or nothing said: usable. Drafts and what was withdrawn are held. */
static void read_status(struct arena *a, struct story *s, const struct json *article)
{
    struct span word = first_name(a, article, "creativeWorkStatus");
    if (!word.n || span_eq_nocase(word, S("Published"))) return;
    s->status = STATUS_UNKNOWN;
    s->status_literal = word;
    story_fault(a, s, article->line, article->column, "the article is not published");
}

static void read_identity(struct story *s, const struct json *article, struct span canonical)
{
    static const char *const keys[] = {"identifier", "@id", "url"};
    s->link = href_of(nj_get(article, "url"));
    if (!s->link.n) s->link = href_of(nj_get(article, "mainEntityOfPage"));
    if (!code_is_uri(s->link)) s->link = canonical;
    for (size_t i = 0; i < COUNT(keys) && !s->guid.n; i++) {
        const struct json *v = nj_get(article, keys[i]);
        bool many;
        v = each(v, &many);
        s->guid =
            span_trim(v && v->type == JSON_OBJECT ? nj_text(v, "value @id name") : nj_value(v));
        if (span_starts(s->guid, S("#"))) s->guid = (struct span){0}; /* a place in the page */
    }
    if (!s->guid.n) s->guid = s->link;
}

/* articleBody often is one run of text, its paragraphs lost: then the page's own are better. */
static void read_body(
    struct arena *a, struct story *s, const struct json *article, struct span page)
{
    enum { RUN = 600 }; /* characters: longer texts have paragraphs */
    struct span text = nj_text(article, "articleBody text");
    bool parted = span_find_char(text, '\n') >= 0 || span_find_nocase(text, S("<p")) >= 0;
    struct span shown = article_in(page);
    if (span_trim(text).n) s->body = body_of_any(a, text, s->headline);
    if ((parted || text.n < RUN) && s->body.s.n) return;
    struct html body = body_of_html(a, shown, s->headline);
    if (html_has_text(body)) s->body = body;
}

static void read_lines(struct arena *a, struct story *s, const struct json *article)
{
    s->kind = KIND_TEXT;
    s->headline = text_of(a, article, "headline name");
    s->abstract = text_of(a, article, "description abstract");
    s->provider = first_name(a, article, "publisher");
    if (!s->provider.n) s->provider = first_name(a, article, "sourceOrganization");
    s->creditline = text_of(a, article, "creditText");
    if (!s->creditline.n) s->creditline = s->provider;
    s->dateline = text_of(a, article, "dateline");
    s->copyright = text_of(a, article, "copyrightNotice");
    s->copyright_holder = first_name(a, article, "copyrightHolder");
    s->language = first_name(a, article, "inLanguage");
    story_add_usage(a, s, text_of(a, article, "license"));
    story_add_usage(a, s, text_of(a, article, "usageInfo"));
}

static void read_article(
    struct arena *a, const struct json *article, struct span page, struct wire_result *out)
{
    struct story *s = story_new(a);
    read_lines(a, s, article);
    read_authors(a, s, article);
    read_time(a, s, article, "datePublished", &s->first_created);
    read_time(a, s, article, "dateModified", &s->version_created);
    read_time(a, s, article, "expires", &s->expires);
    if (s->version_created.kind == WHEN_ABSENT) s->version_created = s->first_created;
    read_status(a, s, article);
    read_corrections(a, s, article);
    read_keywords(a, s, article);
    read_subjects(a, s, article);
    read_pictures(a, s, article);
    story_add_link(a, s, S("derivedFrom"), href_of(nj_get(article, "isBasedOn")), (struct span){0});
    read_body(a, s, article, page);
    read_identity(s, article, canonical_of(a, page));
    reader_accept(a, out, s, article->line, article->column);
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
        read_article(a, article, page, out);
        return true;
    }
    return false;
}
