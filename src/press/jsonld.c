/* jsonld: what search engines and archives read of a page (schema.org; JSON-LD 1.1). Made from the
 * view alone, so it knows nothing that the page may not. json_out escapes it for <script>. */
#include "audience.h"
#include "picture.h"
#include "json_words.h"

#define CONTEXT "https://schema.org"

static void open_type(struct json_out *o, const char *key, const char *type)
{
    json_open(o, key, '{');
    json_string(o, "@type", span_of(type));
}

static void put_organisation(struct json_out *o, const char *key, struct span name)
{
    if (!name.n) return;
    open_type(o, key, "Organization");
    json_string(o, "name", name);
    json_close(o, '}');
}

static struct span absolute_of(const struct press *p, struct arena *a, struct span address)
{
    return span_find(address, S("://")) > 0 ? address : press_absolute(p, a, address);
}

/* A link of the configuration: a path is one of this site. */
static void put_policy(
    const struct press *p, struct arena *a, struct json_out *o, const char *key, struct span link)
{
    if (link.n) json_string(o, key, absolute_of(p, a, link));
}

static void put_service(const struct press *p, struct arena *a, struct json_out *o, const char *key)
{
    const struct press_organisation *org = &p->site->organisation;
    open_type(o, key, "ContactPoint");
    json_string(o, "contactType", S("customer service"));
    json_words(o, "email", org->email);
    json_words(o, "telephone", org->telephone);
    put_policy(p, a, o, "url", org->contact_page);
    json_close(o, '}');
}

static void put_officer(const struct press *p, struct arena *a, struct json_out *o, const char *key)
{
    const struct press_grievance *g = &p->site->grievance;
    open_type(o, key, "ContactPoint");
    json_string(o, "contactType", S("grievance officer"));
    json_string(o, "name", g->officer);
    json_words(o, "email", g->email);
    json_words(o, "telephone", g->telephone);
    json_string(o, "url", press_absolute(p, a, S("/grievance")));
    json_close(o, '}');
}

static void put_contact(const struct press *p, struct arena *a, struct json_out *o)
{
    const struct press_organisation *org = &p->site->organisation;
    bool serves = org->email.n || org->telephone.n || org->contact_page.n;
    bool hears = p->site->grievance.officer.n > 0;
    const char *key = serves && hears ? NULL : "contactPoint";
    if (!key) json_open(o, "contactPoint", '[');
    if (serves) put_service(p, a, o, key);
    if (hears) put_officer(p, a, o, key);
    if (!key) json_close(o, ']');
}

/* schema.org: Organization, NewsMediaOrganization. */
static void put_about_publisher(const struct press *p, struct arena *a, struct json_out *o)
{
    const struct press_organisation *org = &p->site->organisation;
    json_words(o, "legalName", org->legal_name);
    json_words(o, "foundingDate", org->founded);
    json_words(o, "address", org->address);
    put_policy(p, a, o, "publishingPrinciples", org->principles);
    if (org->is_news) {
        put_policy(p, a, o, "correctionsPolicy", org->corrections);
        put_policy(p, a, o, "ethicsPolicy", org->ethics);
        put_policy(p, a, o, "verificationFactCheckingPolicy", org->fact_checking);
        put_policy(p, a, o, "ownershipFundingInfo", org->ownership);
        put_policy(p, a, o, "masthead", org->masthead);
        put_policy(p, a, o, "actionableFeedbackPolicy", org->feedback);
    }
    put_contact(p, a, o);
    if (!org->same_as_count) return;
    json_open(o, "sameAs", '[');
    for (uint32_t i = 0; i < org->same_as_count; i++)
        if (url_is_safe_link(org->same_as[i])) json_string(o, NULL, org->same_as[i]);
    json_close(o, ']');
}

static void put_publisher(
    const struct press *p, struct arena *a, struct json_out *o, const char *key, bool whole)
{
    open_type(o, key, p->site->organisation.is_news ? "NewsMediaOrganization" : "Organization");
    json_string(o, "@id", press_absolute(p, a, S("/#publisher")));
    json_string(o, "name", p->site->name);
    json_string(o, "url", press_absolute(p, a, S("/")));
    if (p->site->logo.n) {
        open_type(o, "logo", "ImageObject");
        json_string(o, "url", absolute_of(p, a, p->site->logo));
        json_close(o, '}');
    }
    if (whole) put_about_publisher(p, a, o);
    json_close(o, '}');
}

static void put_person(const struct press *p, struct arena *a, struct json_out *o,
    const struct view *v, struct span name)
{
    struct span path = press_author_path(a, v, name);
    open_type(o, NULL, "Person");
    json_string(o, "name", name);
    if (path.n) json_string(o, "url", press_absolute(p, a, path));
    json_close(o, '}');
}

/* People of the reporters' line that have one of these duties; the list is opened with the first.
 * Who stands in the byline is not said again. */
static size_t put_credited(const struct press *p, struct arena *a, struct json_out *o,
    const struct view *v, const char *key, unsigned roles)
{
    struct credit *people;
    size_t n = press_credits(a, v, &people), said = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_author = false;
        for (uint32_t k = 0; k < v->author_count; k++)
            is_author |= span_eq(v->authors[k].name, people[i].name);
        if (is_author || !(roles >> people[i].role & 1)) continue;
        if (key && !said) json_open(o, key, '[');
        put_person(p, a, o, v, people[i].name);
        said++;
    }
    if (key && said) json_close(o, ']');
    return said;
}

static void put_authors(
    const struct press *p, struct arena *a, struct json_out *o, const struct view *v)
{
    const unsigned wrote = 1u << CREDIT_REPORTING | 1u << CREDIT_WRITING | 1u << CREDIT_COMPILING;
    size_t named = v->author_count;
    json_open(o, "author", '[');
    for (uint32_t i = 0; i < v->author_count; i++) put_person(p, a, o, v, v->authors[i].name);
    if (!named) named = put_credited(p, a, o, v, NULL, wrote);
    if (!named) put_organisation(o, NULL, v->agency);
    json_close(o, ']');
    if (v->author_count) put_credited(p, a, o, v, "contributor", wrote);
    put_credited(p, a, o, v, "editor", 1u << CREDIT_EDITING);
    put_credited(p, a, o, v, "translator", 1u << CREDIT_TRANSLATING);
}

/* Corrections alone have one: an update or a refile admits no fault (C6). A corrective is one too,
 * at an address of its own (C14). */
static void put_comment(const struct press *p, struct arena *a, struct json_out *o, const char *key,
    struct span text, struct span path, int64_t at_ms)
{
    open_type(o, key, "CorrectionComment");
    json_words(o, "text", text);
    if (path.n) json_string(o, "url", press_absolute(p, a, path));
    json_string(o, "datePublished", press_date_iso(p, a, at_ms));
    json_close(o, '}');
}

static void put_correction(const struct press *p, struct arena *a, struct json_out *o,
    const struct view *v, const struct parts *parts)
{
    size_t n = v->is_corrected;
    for (size_t i = 0; i < parts->count; i++) n += parts->list[i].kind == REF_CORRECTED_BY;
    const char *key = n > 1 ? NULL : "correction";
    if (n > 1) json_open(o, "correction", '[');
    if (v->is_corrected) put_comment(p, a, o, key, v->correction_note, S(""), v->corrected_ms);
    for (size_t i = 0; i < parts->count; i++) {
        const struct view *by = parts->list[i].view;
        if (parts->list[i].kind == REF_CORRECTED_BY)
            put_comment(p, a, o, key, by->headline, by->path, by->published_ms);
    }
    if (n > 1) json_close(o, ']');
}

/* What is for members, as the search engines ask for it: by its place on the page. */
static void put_shut(struct json_out *o)
{
    open_type(o, NULL, "WebPageElement");
    json_bool(o, "isAccessibleForFree", false);
    json_string(o, "cssSelector", S(".text"));
    json_close(o, '}');
}

static void put_parts(const struct press *p, struct arena *a, struct json_out *o,
    const struct view *v, const struct parts *parts)
{
    bool open = !support_is_free(p->site, v);
    if (open) json_open(o, "hasPart", '[');
    if (open) put_shut(o);
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->list[i].kind != REF_MEMBER) continue;
        if (!open) json_open(o, "hasPart", '[');
        open = true;
        open_type(o, NULL, "NewsArticle");
        json_string(o, "headline", parts->list[i].view->headline);
        json_string(o, "url", press_absolute(p, a, parts->list[i].view->path));
        json_close(o, '}');
    }
    if (open) json_close(o, ']');
}

/* The wire's own time of this version (C6); where that lies before publication, ours. */
static int64_t modified_ms(const struct view *v)
{
    return v->wire_ms > v->published_ms ? v->wire_ms : v->changed_ms;
}

/* Wide, four to three and square, as search engines ask for it, where the darkroom has made them.
 */
static void put_shapes(
    const struct press *p, struct arena *a, struct json_out *o, const struct view_picture *pic)
{
    for (enum picture_shape s = 0; s < PICTURE_SHAPES; s++)
        if (pic->forms & picture_shape_bit(s))
            json_string(o, NULL,
                press_absolute(p, a,
                    arena_printf(
                        a, "/pictures/%.*s-%s.jpg", FMT(pic->hash), picture_shapes[s].name)));
}

/* The card, and of a picture its words: they are corrected with it (C7). */
static void put_image(
    const struct press *p, struct arena *a, struct json_out *o, const struct view *v)
{
    struct span url = press_absolute(p, a, press_card_path(p, a, v));
    json_open(o, "image", '[');
    if (v->picture_count) {
        const struct view_picture *pic = &v->pictures[0];
        open_type(o, NULL, "ImageObject");
        json_string(o, "url", url);
        json_number(o, "width", CARD_WIDTH);
        json_number(o, "height", CARD_HEIGHT);
        json_words(o, "caption", pic->caption);
        json_words(o, "creditText", pic->credit);
        json_words(o, "copyrightNotice", pic->copyright);
        json_close(o, '}');
        put_shapes(p, a, o, pic);
    } else {
        json_string(o, NULL, url);
    }
    json_close(o, ']');
}

static void put_times(
    const struct press *p, struct arena *a, struct json_out *o, const struct view *v)
{
    json_string(o, "datePublished", press_date_iso(p, a, v->published_ms));
    json_string(o, "dateModified", press_date_iso(p, a, modified_ms(v)));
}

/* backstory is schema.org's place for how an article was made: the disclaimer (R4). */
static void put_source(
    const struct press *p, struct arena *a, struct json_out *o, const struct view *v)
{
    put_organisation(o, "sourceOrganization", v->agency);
    json_words(o, "creditText", press_agency_line(v));
    json_words(o, "copyrightNotice", v->copyright);
    json_words(o, "dateline", press_place(a, v));
    json_string(o, "backstory", press_disclaimer(p, a, v));
}

static void put_matters(const struct press *p, struct json_out *o, const struct view *v)
{
    const struct press_section *s = press_section_named(p, v->section);
    json_words(o, "articleSection", s && s->title.n ? s->title : v->section);
    json_words(o, "inLanguage", v->language);
    json_bool(o, "isAccessibleForFree", support_is_free(p->site, v));
    if (!v->tag_count) return;
    json_open(o, "keywords", '[');
    for (uint32_t i = 0; i < v->tag_count; i++) json_string(o, NULL, v->tags[i].name);
    json_close(o, ']');
}

struct span jsonld_article(const struct press *p, struct arena *a, const struct view *v,
    const struct parts *parts, const struct live *l)
{
    struct buf b;
    struct json_out o = {.b = &b};
    struct span url = press_absolute(p, a, v->path);
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "@context", S(CONTEXT));
    json_string(&o, "@type", span_of(jsonld_article_type(l)));
    json_string(&o, "@id", url);
    open_type(&o, "mainEntityOfPage", "WebPage");
    json_string(&o, "@id", url);
    json_close(&o, '}');
    json_string(&o, "url", url);
    json_string(&o, "headline", v->headline);
    json_words(&o, "description", v->abstract);
    put_image(p, a, &o, v);
    put_times(p, a, &o, v);
    put_authors(p, a, &o, v);
    put_publisher(p, a, &o, "publisher", false);
    put_source(p, a, &o, v);
    put_matters(p, &o, v);
    put_correction(p, a, &o, v, parts);
    put_parts(p, a, &o, v, parts);
    jsonld_live(p, a, &o, v, l);
    json_close(&o, '}');
    return buf_span(&b);
}

struct span jsonld_breadcrumb(const struct press *p, struct arena *a, const struct span *names,
    const struct span *paths, size_t n)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "@context", S(CONTEXT));
    json_string(&o, "@type", S("BreadcrumbList"));
    json_open(&o, "itemListElement", '[');
    for (size_t i = 0; i < n; i++) {
        open_type(&o, NULL, "ListItem");
        json_number(&o, "position", (int64_t)i + 1);
        json_string(&o, "name", names[i]);
        if (paths[i].n) json_string(&o, "item", press_absolute(p, a, paths[i]));
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_close(&o, '}');
    return buf_span(&b);
}

struct span jsonld_site(const struct press *p, struct arena *a)
{
    struct buf b;
    struct json_out o = {.b = &b};
    struct span search = press_absolute(p, a, S("/search?q={search_term_string}"));
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "@context", S(CONTEXT));
    json_string(&o, "@type", S("WebSite"));
    json_string(&o, "name", p->site->name);
    json_words(&o, "description", p->site->tagline);
    json_string(&o, "url", press_absolute(p, a, S("/")));
    json_words(&o, "inLanguage", p->site->language);
    put_publisher(p, a, &o, "publisher", true);
    open_type(&o, "potentialAction", "SearchAction");
    open_type(&o, "target", "EntryPoint");
    json_string(&o, "urlTemplate", search);
    json_close(&o, '}');
    json_string(&o, "query-input", S("required name=search_term_string"));
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_span(&b);
}
