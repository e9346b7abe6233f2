/* page_article.c: an article of schema.org as a page carries it, to a story. What the page says of
 * its article is taken, never what the page looks like, but for the text where the article has
 * none. A value may be a text, an object with a name, or a list of these. Never fatal. */
#include "page.h"

enum { LISTED_MAX = 200 }; /* authors, pictures of one article */

/* ---- values: a text, an object with a name, or a list of these ---- */

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
    return name_of(a, nj_values(nj_get(article, key), &many));
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
    const struct json *v = nj_values(nj_get(article, "author"), &many);
    for (; v && n < LISTED_MAX; v = many ? v->next : NULL, n++)
        feed_add_author(a, s, name_of(a, v));
}

static void read_keywords(struct arena *a, struct story *s, const struct json *article)
{
    const struct json *list = nj_get(article, "keywords");
    struct span rest = nj_value(list), word;
    while (story_next_keyword(&rest, &word)) story_add_keyword(a, s, plain(a, word));
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
    if (page_has_type(v, people, COUNT(people))) return SUBJECT_PERSON;
    if (page_has_type(v, places, COUNT(places))) return SUBJECT_PLACE;
    if (page_has_type(v, bodies, COUNT(bodies))) return SUBJECT_ORGANISATION;
    if (page_has_type(v, events, COUNT(events))) return SUBJECT_EVENT;
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
        const struct json *v = nj_values(nj_get(article, lists[i].key), &many);
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
    const struct json *v = nj_values(nj_get(article, "image"), &many);
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
                .width = pixels_of(nj_text(v, "width")),
                .height = pixels_of(nj_text(v, "height"))});
    }
}

static void read_time(
    struct arena *a, struct story *s, const struct json *article, const char *key, struct when *out)
{
    const struct json *v = nj_get(article, key);
    if (!v || v->type == JSON_NULL || !span_trim(nj_value(v)).n) return;
    nj_time(a, s, article, key, 0, out);
}

static void read_corrections(struct arena *a, struct story *s, const struct json *article)
{
    bool many;
    const struct json *v = nj_values(nj_get(article, "correction"), &many);
    for (; v; v = many ? v->next : NULL) {
        struct span text = name_of(a, v);
        if (!text.n || code_is_uri(text)) continue;
        story_add_signal(a, s, S("sig:correction"));
        story_add_note(a, s, S("correction"), text, true);
        if (!s->change_note.n) s->change_note = text;
    }
}

/* One value: a word, or a DefinedTerm. What has no word that can be read is not published. */
static void read_one_status(struct arena *a, struct story *s, const struct json *v)
{
    struct span word =
        v->type == JSON_OBJECT ? nj_text(v, "name value text termCode @id url") : nj_value(v);
    bool says_nothing = v->type == JSON_NULL || (v->type == JSON_STRING && !span_trim(word).n);
    word = plain(a, word);
    if (says_nothing || span_eq_nocase(code_local(word), S("Published"))) return;
    story_fault(a, s, v->line, v->column, "the article is not published");
    s->status = STATUS_UNKNOWN;
    s->status_literal = word;
}

/* Published, or nothing said: usable. Drafts and what was withdrawn are held, also where the list
 * has another word beside. */
static void read_status(struct arena *a, struct story *s, const struct json *article)
{
    bool many;
    const struct json *v = nj_values(nj_get(article, "creativeWorkStatus"), &many);
    for (; v; v = many ? v->next : NULL) read_one_status(a, s, v);
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
        v = nj_values(v, &many);
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
    struct span shown = page_text(page);
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

void page_read_article(
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
    read_identity(s, article, page_canonical(a, page));
    reader_accept(a, out, s, article->line, article->column);
}
