/* API and JSON-LD: valid, complete, safe inside a page. */
#include "feed_kit.h"

static struct view *corrected(void)
{
    struct view *v = kit_view(0);
    v->headline = S("</script><!-- Ferry \"0\" sails");
    v->is_corrected = true;
    v->corrected_ms = v->changed_ms = v->wire_ms = v->published_ms + 60000;
    v->correction_note = S("Corrects the number of decks");
    v->label = S("CORRECTED");
    return v;
}

static const struct json *parsed(struct span text)
{
    struct reject why;
    const struct json *j = json_parse(kit_arena, text, &why);
    check(j != NULL, "valid JSON");
    check(span_find_char(text, '<') < 0 && span_find_char(text, '>') < 0, "safe inside a script");
    return j;
}

static void test_article(void)
{
    struct view *v = corrected();
    const struct json *j =
        parsed(jsonld_article(&kit_press, kit_arena, v, &(struct parts){0}, NULL));
    check_span(json_text(j, "@type"), S("NewsArticle"), "a news article");
    check_span(json_text(j, "headline"), v->headline, "headline");
    check_span(json_text(j, "creditText"), S("Coastal News"), "the agency's credit (R4)");
    check_span(json_text(j, "dateline"), S("QUAYSIDE"), "dateline (R4)");
    check_span(json_text(j, "backstory"), S("From Coastal News, unedited by The Kit <Courier>."),
        "disclaimer (R4)");
    struct when published = when_iso(json_text(j, "datePublished"));
    struct when modified = when_iso(json_text(j, "dateModified"));
    check(published.ms / 1000 == v->published_ms / 1000, "published as it was (C6)");
    check(modified.ms / 1000 == v->wire_ms / 1000, "modified: the version's own time (C6)");
    const struct json *c = json_get(j, "correction");
    check_span(json_text(c, "text"), v->correction_note, "what was corrected");
    const struct json *author = json_get(j, "author");
    check(author && author->first && span_eq(json_text(author->first, "name"), S("Ines Marlow")),
        "the author is a person");
    v->is_corrected = false;
    v->author_count = 0;
    j = parsed(jsonld_article(&kit_press, kit_arena, v, &(struct parts){0}, NULL));
    check(json_get(j, "correction") == NULL, "an update admits no fault (C6)");
    author = json_get(j, "author");
    check(author && author->first && span_eq(json_text(author->first, "@type"), S("Organization")),
        "without a byline the agency is the author");
}

static void test_breadcrumb(void)
{
    struct span names[] = {S("Home"), S("World"), S("Ferry")},
                paths[] = {S("/"), S("/section/world"), S("")};
    const struct json *j = parsed(jsonld_breadcrumb(&kit_press, kit_arena, names, paths, 3));
    const struct json *list = json_get(j, "itemListElement");
    check(list && list->count == 3, "three steps");
    check_span(json_text(list->first, "item"), S("https://kit.example/wire/"), "absolute");
    j = parsed(jsonld_site(&kit_press, kit_arena));
    check_span(json_text(j, "@type"), S("WebSite"), "the site with its search");
}

static void test_list(void)
{
    check(kit_page(page_api, (struct page_ask){.kind = PAGE_API_STORIES}, NOW) == OK, "first page");
    const struct json *j = kit_json(), *items = json_get(j, "items");
    check(items && items->count == 50, "fifty stories");
    check_span(json_text(j, "next"), S("https://kit.example/wire/api/v1/stories?page=2"), "and on");
    check(json_get(j, "total") == NULL, "no totals");
    check(json_get(items->first, "body_html") == NULL, "no bodies in the list");
    check(kit_made.id_count == 50, "the story that only tells of a next page is not on it");
    check(kit_page(page_api, (struct page_ask){.kind = PAGE_API_STORIES, .page = 2}, NOW) == OK,
        "second page");
    j = kit_json();
    check(json_get(j, "items")->count == 5 && !json_get(j, "next"), "the rest, and no next");
}

static void test_story(void)
{
    struct view *v = corrected();
    v->revision_count = 2;
    v->revisions = ARENA_ARRAY(kit_arena, struct view_revision, 2);
    v->revisions[0] = (struct view_revision){.from_ms = v->published_ms};
    v->revisions[1] = (struct view_revision){.from_ms = NOW + 1, .change = CHANGE_CORRECTION};
    kit_put(v);
    struct page_ask ask = {.kind = PAGE_API_STORY, .id = v->id};
    check(kit_page(page_api, ask, NOW) == OK, "a story by its id");
    const struct json *j = kit_json();
    check_span(json_text(j, "headline"), v->headline, "headline");
    check_span(json_text(j, "body_text"), v->body_text, "body");
    check_span(json_text(j, "body_html"), v->body.s, "markup");
    check(json_is_true(j, "corrected"), "corrected");
    check(json_get(j, "revisions")->count == 1, "what is not public yet is no revision");
    check(!kit_says("<"), "safe in any page");
    check(kit_hangs_on(arena_printf(kit_arena, "story:%.*s", FMT(v->id_text)).p), "its own key");
    ask.id++;
    check(kit_page(page_api, ask, NOW) == ERR_ABSENT, "an unknown id");
    ask.id = v->id;
    check(kit_page(page_api, ask, v->published_ms - 1) == ERR_ABSENT, "not before its time");
}

int main(void)
{
    kit_start();
    for (uint64_t n = 0; n < 55; n++) kit_put(kit_view(n));
    test_article();
    test_breadcrumb();
    test_list();
    test_story();
    return kit_end();
}
