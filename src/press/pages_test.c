/* The html pages: what stands on them, what never does, and what they hang on. */
#include "pages_kit.h"
#include "picture.h"

#include <stdio.h>
#include <string.h>

#define HOSTILE "<script>alert(1)</script>\"' onload=x &amp;"

/* ---- the article ---- */
static struct view *full_view(void)
{
    struct arena *a = kit_arena;
    struct view *v = kit_view(1);
    v->abstract = S("Calm seas & an early start.");
    v->dateline = S("QUAYSIDE");
    v->label = S("CORRECTED, UPDATE 2");
    v->credits = S("(Reporting by Ines Marlow; Editing by Tom Lind)");
    v->copyright = S("(c) Coastal News");
    v->body = html_clean(a, S("<p>The ferry left at dawn.</p><table><tr><td>1</td></tr></table>"
                              "<p>(Reporting by Ines Marlow; Editing by Tom Lind)</p>"));
    v->body_text = html_to_text(a, v->body.s);
    v->authors[v->author_count++] = (struct view_tag){S("ines-marlow"), S("Ines Marlow")};
    v->authors[v->author_count++] = (struct view_tag){S("tom-lind"), S("Tom Lind")};
    kit_tag(v, S("rivers"), S("Rivers"));
    v->pictures[v->picture_count++] = (struct view_picture){
        .hash = S("aa00000000000000000000000000000000000000000000000000000000000001"),
        .caption = S("The ferry"),
        .credit = S("Coastal/Ada"),
        .alt = S("A white ferry"),
        .copyright = S("(c) Ada Marlow"),
        .item = 77,
        .width = 1000,
        .height = 500,
        .forms = 1u << FORM_JPEG | 1u << FORM_WEBP | 1u << FORM_AVIF,
        .until_ms = INT64_MAX};
    v->is_corrected = true;
    v->corrected_ms = v->changed_ms = v->published_ms + HOUR / 2;
    v->correction_note = S("Corrects the hour of sailing");
    v->revisions[0].headline = S("");
    v->revisions[1] = (struct view_revision){v->corrected_ms, INT64_MAX, v->corrected_ms - MINUTE,
        v->headline, S("CORRECTED"), CHANGE_CORRECTION, .note = v->correction_note};
    v->revision_count = 2;
    return v;
}

static void test_article(void)
{
    struct view *v = full_view(), *other = kit_view(2);
    kit_tag(other, S("rivers"), S("Rivers"));
    kit_put(v);
    kit_put(other);
    check(kit_page_at((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}, NOON + HOUR) == OK,
        "a full story's page is made");
    check(kit_is_sound(), "its markup is balanced");
    check(kit_times("<h1") == 1 && kit_says("Ferry 1 sails</h1>"), "one h1: the headline alone");
    check(kit_says("Calm seas &amp; an early start."), "the standfirst");
    check(kit_says("href=\"/wire/author/ines-marlow\"") && kit_says(">Tom Lind</a>"),
        "authors are links");
    check(kit_says(">QUAYSIDE</span>") && kit_says(">Coastal News</span>"),
        "D1, R4: dateline with the agency's credit");
    check(kit_says("datetime=\"2026-01-23T11:59:00+05:30\"") &&
              kit_says("23 January 2026, 11:59 IST"),
        "D1: full date with year, in the site's zone");
    check(kit_says(">On the wire<") && kit_says(">Received<") && kit_says(">Last change<"),
        "D1: wire time, received, last change");
    check(kit_says("role=\"note\"") && kit_says("Corrects the hour of sailing") &&
              kit_says("23 January 2026, 12:29 IST"),
        "C1: a correction box says what and when");
    check(kit_says("badge is-corrected\">Corrected<") && kit_says("badge is-update\">Update 2<") &&
              !kit_says("CORRECTED, UPDATE"),
        "C2: labels are badges");
    check(kit_times("(Reporting by <a ") == 1 && kit_says("class=\"credits\">(Reporting by <a "),
        "the credits stand apart, once");
    check(
        kit_says("<a class=\"is-reporting\" href=\"/wire/author/ines-marlow\">Ines Marlow</a>; "
                 "Editing by <a class=\"is-editing\" href=\"/wire/author/tom-lind\">Tom Lind</a>)"),
        "their people are links to their pages");
    check(kit_says("\"@type\":\"Person\",\"name\":\"Ines "
                   "Marlow\",\"url\":\"https://kit.example/wire/author/ines-marlow\""),
        "an author's page is named for machines");
    check(kit_says("<div class=\"scroll\"") && kit_says("<table>"), "a table can be scrolled");
    check(kit_says("From Coastal News; The Kit &lt;Courier&gt; has not read it."),
        "R4: the agency's sentence");
    check(kit_says(
              "/wire/pictures/"
              "aa00000000000000000000000000000000000000000000000000000000000001-480.jpg 480w, ") &&
              kit_says("-800.jpg 800w\"") && !kit_says("-1200.jpg"),
        "renditions up to the original's width");
    ptrdiff_t avif = span_find(kit_made.body, S("<source type=\"image/avif\" srcset=\"/wire/")),
              webp = span_find(kit_made.body, S("<source type=\"image/webp\" srcset=\"/wire/")),
              img = span_find(kit_made.body, S("<img src=\"/wire/pictures/aa"));
    check(avif > 0 && avif < webp && webp < img && kit_says("-800.avif 800w\"") &&
              kit_says("-480.webp 480w, "),
        "the smaller forms stand before the JPEG");
    check(kit_says("decoding=\"async\"></picture>") && !kit_says("loading=\"lazy\""),
        "the first picture is fetched at once");
    check(kit_says("(c) Ada Marlow</span></figcaption>") &&
              kit_says("\"copyrightNotice\":\"(c) Ada Marlow\""),
        "with its own copyright, also in JSON-LD");
    check(kit_names_id(77), "a kill of the picture ends the page (K15)");
    check(kit_says("width=\"1000\" height=\"500\"") && kit_says("alt=\"A white ferry\"") &&
              kit_says("The ferry") && kit_says("Coastal/Ada"),
        "the picture with its size, text, caption and credit");
    check(kit_says("href=\"/wire/tag/rivers\""), "tags");
    check(kit_says("Ferry 2 sails"), "related stories");
    check(kit_says("/revisions\">"), "the way to its history");
    check(kit_says("<link rel=\"canonical\" href=\"https://kit.example/wire/2026/01/23/ferry-"),
        "canonical from the site's url and base");
    check(kit_says("property=\"og:image\" content=\"https://kit.example/wire/pictures/aa") &&
              kit_says("twitter:card"),
        "Open Graph and Twitter card");
    check(kit_says("application/ld+json") && kit_says("BreadcrumbList") && kit_says("NewsArticle"),
        "JSON-LD");
    check(kit_says("<form class=\"sizes\"") && kit_says("<button name=\"size\" value=\"l\">") &&
              kit_says("<noscript><link rel=\"stylesheet\" href=\"/wire/size.css\"></noscript>"),
        "the text size needs no script");
    check(kit_hangs_on("site") && kit_hangs_on("tag:rivers") &&
              kit_hangs_on(arena_printf(kit_arena, "story:%.*s", FMT(v->id_text)).p) &&
              kit_hangs_on(arena_printf(kit_arena, "story:%.*s", FMT(other->id_text)).p),
        "it hangs on itself, its tags and the related");
    check(kit_names(v) && kit_names(other), "ids: itself and the related");
    check(kit_made.modified_ms == v->changed_ms, "Last-Modified is its last change");
}

static void test_bare_article(void)
{
    struct view *v = kit_view(3);
    kit_put(v);
    check(kit_article(v) && kit_is_sound(), "a bare story's page is made");
    static const char *const not [] = {"class=\"standfirst\"", "class=\"byline\"",
        "class=\"place\"", "class=\"credits\"", "class=\"copyright\"", "class=\"tags\"", "<figure",
        "role=\"note\"", "class=\"badge", "/revisions", "Last change", "class=\"kicker\"></p>"};
    for (size_t i = 0; i < COUNT(not ); i++)
        check(!kit_says(not [i]), "what is empty is not shown: %s", not [i]);
    check(kit_says("From Coastal News;"), "R4: the agency's sentence stands there");
}

static void test_restored(void)
{
    struct view *v = kit_view(31);
    v->body = html_clean(kit_arena, S("<h3>Part</h3><p>Text.</p>"));
    v->withdrawn_ms = NOON - 30 * MINUTE;
    v->restored_ms = NOON - 10 * MINUTE;
    kit_put(v);
    check(kit_article(v) && kit_is_sound() &&
              kit_says("withdrawn on 23 January 2026, 11:30 IST and restored on 23 January 2026, "
                       "11:50 IST"),
        "K6: a story that came back says that it was gone");
    check(kit_says("<h2>Part</h2>"), "a body's headings follow the page's");
}

static void test_flash(void)
{
    struct view *v = kit_view(4);
    v->is_developing = true;
    v->label = S("KORREKTUR, ACTUALIZACIÓN 2, عاجل");
    kit_put(v);
    check(kit_article(v) && kit_says("is-corrected\">Corrected<") &&
              kit_says("is-update\">Update 2<") && kit_says("is-urgent\">Urgent<"),
        "C2: tags of other languages are badges in the page's");
    v->label = S("REFILE");
    v->body = (struct html){S("")};
    kit_put(v);
    check(
        kit_article(v) && kit_says("This story is developing"), "a flash says that more is coming");
    check(kit_says("is-developing\">Developing<") && !kit_says("REFILE"),
        "C4: a refile raises no alarm badge");
}

static void test_own_times_of_pictures(void)
{
    struct view *v = kit_view(5);
    for (int i = 0; i < 2; i++)
        v->pictures[v->picture_count++] = (struct view_picture){
            .hash = i ? S("bb00000000000000000000000000000000000000000000000000000000000001")
                      : S("cc00000000000000000000000000000000000000000000000000000000000001"),
            .width = 480,
            .height = 270,
            .from_ms = i ? 0 : NOON + HOUR,
            .until_ms = i ? NOON + 2 * HOUR : INT64_MAX};
    kit_put(v);
    struct page_ask ask = {.kind = PAGE_ARTICLE, .id = v->id};
    check(kit_page_at(ask, NOON) == OK && !kit_says("/pictures/cc") && kit_says("/pictures/bb"),
        "a picture under embargo is not named");
    check(kit_made.valid_until_ms == NOON + HOUR, "the page ends when the picture's embargo does");
    check(kit_page_at(ask, NOON + HOUR) == OK && kit_says("/pictures/cc"), "then it is there");
    check(kit_page_at(ask, NOON + 2 * HOUR) == OK && !kit_says("/pictures/bb"),
        "a picture whose right has ended is gone");
}

static void test_hostile_words(void)
{
    struct view *v = kit_view(6);
    v->headline = v->abstract = v->byline = v->dateline = v->label = v->agency = S(HOSTILE);
    v->correction_note = v->copyright = v->language = v->section = S(HOSTILE);
    v->is_corrected = true;
    v->authors[v->author_count++] = (struct view_tag){S("x\"><script>"), S(HOSTILE)};
    kit_tag(v, S("y\"><script>"), S(HOSTILE));
    kit_put(v);
    static const struct page_ask asks[] = {{.kind = PAGE_ARTICLE}, {.kind = PAGE_FRONT},
        {.kind = PAGE_REVISIONS}, {.kind = PAGE_TAG, .name = {"y\"><script>", 11}},
        {.kind = PAGE_AUTHOR, .name = {"x\"><script>", 11}}, {.kind = PAGE_CORRECTIONS},
        {.kind = PAGE_SEARCH, .words = {"<script>alert(1)</script>", 25}}};
    for (size_t i = 0; i < COUNT(asks); i++) {
        struct page_ask ask = asks[i];
        ask.id = v->id;
        check(kit_page(ask) == OK && kit_times("<script>") == 1 && kit_is_sound(),
            "hostile words do nothing on page %zu", i);
    }
}

/* ---- languages ---- */
static void test_directions(void)
{
    struct view *v = kit_view(7);
    v->headline = S("\xd8\xa7\xd9\x84\xd8\xb9\xd8\xa8\xd8\xa7\xd8\xb1\xd8\xa9");
    v->language = S("ar");
    v->rtl = true;
    kit_put(v);
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound(), "a mixed front");
    check(kit_says("<html lang=\"en\" dir=\"ltr\">"), "the page's own language");
    check(kit_says(" dir=\"rtl\">") && kit_says("<h2 lang=\"ar\">") | kit_says("<h3 lang=\"ar\">"),
        "a teaser in another language and direction says so");
    check(kit_article(v) && kit_says("<article class=\"story tone-0\" dir=\"rtl\">") &&
              kit_says("<h1 lang=\"ar\">"),
        "so does its page");
    struct press *english = kit_press;
    kit_press = kit_open("ar", NULL);
    check(kit_press && kit_article(v) && kit_is_sound(), "the interface in Arabic");
    check(kit_says("<html lang=\"ar\" dir=\"rtl\">") && !kit_says("<h1 lang=") &&
              kit_says("23 \xd9\x8a\xd9\x86\xd8\xa7\xd9\x8a\xd8\xb1 2026"),
        "its own language needs no mark; the date is Arabic");
    kit_press = kit_open("hi-IN", NULL);
    check(kit_press && kit_article(v) && kit_is_sound() && kit_says("lang=\"hi\"") &&
              kit_says("23 \xe0\xa4\x9c\xe0\xa4\xa8\xe0\xa4\xb5\xe0\xa4\xb0\xe0\xa5\x80 2026"),
        "and in Hindi");
    kit_press = english;
    kit_site.language = S("en");
}

/* ---- lists ---- */
static void test_front(void)
{
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound(), "the front");
    check(kit_says("Friday, 23 January 2026"), "today's date");
    check(kit_made.valid_until_ms == NOON + HOUR, "it ends when a picture may be shown");
    check(kit_hangs_on("front") && kit_hangs_on("popular") && kit_hangs_on("site"), "its keys");
    check(kit_says("Ferry 1 sails") && kit_says("Ferry 2 sails") && kit_says("Ferry 3 sails") &&
              kit_says("Ferry 4 sails") && kit_says("Ferry 5 sails"),
        "every story of its list is there");
    check(kit_says("href=\"https://parent.example/opinion\"") && !kit_says("javascript:"),
        "the parent's menu, without what is no link");
    check(kit_page_at((struct page_ask){.kind = PAGE_FRONT}, NOON + 3 * HOUR) == OK &&
              kit_made.valid_until_ms == NOON + 12 * HOUR,
        "else at the site's midnight");
    check(kit_says("Parent</a>") && kit_says("World &amp; beyond"), "masthead and sections");
    check(!kit_says("id=\"more\""), "no heading without stories");
}

static bool leads_with(const char *headline, int64_t now_ms)
{
    must(kit_page_at((struct page_ask){.kind = PAGE_FRONT}, now_ms) == OK);
    ptrdiff_t from = span_find(kit_made.body, S("teaser lead")),
              to = span_find(kit_made.body, S("<div class=\"second\">"));
    if (from < 0 || to < from) return !headline;
    struct span lead = span_cut(kit_made.body, (size_t)from, (size_t)to);
    return headline && span_find(lead, span_of(headline)) >= 0;
}

static void test_first_place(void)
{
    struct view *v = kit_view(1);
    int64_t late = NOON + 4 * HOUR;
    v->headline = S("A strong story");
    v->urgency = 1;
    v->published_ms = v->front_ms = late;
    v->id = 900;
    v->id_text = story_id_text(kit_arena, v->id);
    kit_put(v);
    check(leads_with("A strong story", late), "at once: the weightiest leads");
    kit_site.top = PRESS_TOP_WAITS;
    kit_site.top_wait_ms = 10 * MINUTE;
    kit_press = kit_open("en", NULL);
    check(!leads_with("A strong story", late + MINUTE) && !leads_with(NULL, late + MINUTE),
        "after minutes: another leads until then");
    check(kit_says("A strong story") && kit_made.valid_until_ms == late + 10 * MINUTE,
        "and the page ends then");
    check(leads_with("A strong story", late + 10 * MINUTE), "then it leads");
    v->has_one_source = true;
    kit_put(v);
    check(!leads_with("A strong story", late + HOUR) && kit_says("A strong story"),
        "one source does not lead");
    v->lead_ms = late;
    kit_put(v);
    check(leads_with("A strong story", late + MINUTE), "but where the desk says so, at once");
    kit_site.top = PRESS_TOP_APPROVED;
    kit_press = kit_open("en", NULL);
    check(leads_with("A strong story", late + MINUTE), "approved");
    v->lead_ms = 0;
    kit_put(v);
    check(leads_with(NULL, late + HOUR) && kit_says("A strong story") && kit_is_sound(),
        "approved: nobody leads by weight, and nothing is missing");
    kit_site.top = PRESS_TOP_AT_ONCE;
    kit_site.top_wait_ms = 0;
    kit_press = kit_open("en", NULL);
    must(store_begin(kit_store) == OK && store_drop_story(kit_store, v->id) == OK &&
         store_commit(kit_store, 1000) == OK);
}

static void test_sections(void)
{
    for (uint64_t n = 20; n < 27; n++) {
        struct view *v = kit_view(n);
        v->section = S("sport");
        kit_tag(v, S("cup"), S("The Cup"));
        v->authors[v->author_count++] = (struct view_tag){S("asha-rao"), S("Asha Rao")};
        kit_put(v);
    }
    struct page_ask ask = {.kind = PAGE_SECTION, .name = S("sport")};
    check(kit_page(ask) == OK && kit_is_sound() && kit_says("<h1>Sport</h1>"), "a section");
    check(kit_says("aria-current=\"true\">Sport</a>"), "it is marked in the menu");
    check(kit_says("?page=2") && kit_says("Ferry 20 ") && !kit_says("Ferry 25 "), "five a page");
    check(kit_hangs_on("section:sport") && kit_made.id_count == 5, "its key and ids");
    check(kit_says("/wire/section/sport/rss.xml"), "its feeds");
    ask.page = 2;
    check(kit_page(ask) == OK && kit_says("Ferry 25 ") && !kit_says("page=3"), "the second page");
    check_span(kit_made.canonical, S("/section/sport?page=2"), "has an address of its own");
    ask.page = 3;
    check(kit_page(ask) == ERR_ABSENT, "there is no third");
    ask = (struct page_ask){.kind = PAGE_SECTION, .name = S("weather")};
    check(kit_page(ask) == ERR_ABSENT, "no section of that name");
    ask = (struct page_ask){.kind = PAGE_TAG, .name = S("cup")};
    check(kit_page(ask) == OK && kit_says("<h1>The Cup</h1>") && kit_hangs_on("tag:cup"), "a tag");
    ask.name = S("nothing");
    check(kit_page(ask) == ERR_ABSENT, "no tag without public stories");
    ask = (struct page_ask){.kind = PAGE_AUTHOR, .name = S("asha-rao")};
    check(kit_page(ask) == OK && kit_says("<h1>Asha Rao</h1>") && kit_hangs_on("author:asha-rao"),
        "an author");
    ask.name = S("nobody");
    check(kit_page(ask) == ERR_ABSENT, "no author without public stories");
}

static void test_marks(void)
{
    struct view *v = kit_view(32);
    v->abstract = S("Zebrafish and zebra swim");
    kit_put(v);
    check(kit_page((struct page_ask){.kind = PAGE_SEARCH, .words = S("zebra")}) == OK &&
              kit_says("Zebrafish and <mark>zebra</mark> swim"),
        "a word is not marked where it begins another");
    check(kit_page((struct page_ask){.kind = PAGE_SEARCH, .words = S("zebra*")}) == OK &&
              kit_says("<mark>Zebrafish</mark> and <mark>zebra</mark> swim"),
        "but with a * it is");
}

static void test_search(void)
{
    struct page_ask ask = {.kind = PAGE_SEARCH};
    check(kit_page(ask) == OK && kit_is_sound() && !kit_says("stories found"), "an empty search");
    ask.words = S("FERRY 20");
    check(kit_page(ask) == OK && kit_says("1 story found"), "a count");
    check(kit_says("<mark>Ferry</mark> <mark>20</mark> sails"), "the words are marked");
    check(kit_made.no_store && kit_made.noindex, "kept nowhere");
    ask.words = S("zeppelin");
    check(kit_page(ask) == OK && kit_says("Nothing was found") && kit_says("Try fewer words"),
        "nothing found, and what to try");
}

static void test_corrections(void)
{
    check(kit_page_at((struct page_ask){.kind = PAGE_CORRECTIONS}, NOON + HOUR) == OK &&
              kit_is_sound() && kit_says("Corrects the hour of sailing"),
        "what was corrected");
    check(kit_says("Corrected here") && kit_says("23 January 2026, 12:29 IST"), "and when");
    check(kit_hangs_on("all"), "hangs on all");
}

static void test_revisions(void)
{
    struct view *v = full_view();
    check(kit_page_at((struct page_ask){.kind = PAGE_REVISIONS, .id = v->id}, NOON + HOUR) == OK &&
              kit_is_sound(),
        "a story's history");
    check(kit_times("<li>\n<h2>") == 2 && kit_says("First published") && kit_says("shown now"),
        "D3: its public versions");
    check(kit_times("Corrects the hour of sailing") == 1, "the agency's reason, once");
    check(kit_made.noindex, "is not to be found");
    check(kit_page((struct page_ask){.kind = PAGE_REVISIONS, .id = 1}) == ERR_ABSENT, "of nothing");
}

/* What the view tells of the changes, in paragraphs; what it does not tell is not there. */
static void test_changes(void)
{
    struct page_ask ask = {.kind = PAGE_REVISIONS};
    struct view *v = full_view();
    struct view_piece pieces[] = {{PIECE_SAME, S("Ferry 1 sails")}, {PIECE_IN, S("at six \n The")},
        {PIECE_OUT, S("<old> boat")}, {PIECE_IN, S("ferry")}, {PIECE_GAP, S("")},
        {PIECE_SAME, S("calm. \n")}};
    v->revisions[1].compared = true;
    v->revisions[1].words_in = 4;
    v->revisions[1].words_out = 1;
    v->revisions[1].pieces = pieces;
    v->revisions[1].piece_count = COUNT(pieces);
    kit_put(v);
    ask.id = v->id;
    check(kit_page_at(ask, NOON + HOUR) == OK && kit_is_sound(), "a history with changes");
    check(kit_times("<p class=\"changes\"") == 2, "in paragraphs");
    check(kit_says("[added:] </span>at six</ins>") && kit_says("[added:] </span>ferry</ins>"),
        "what is new, said to those who hear");
    check(kit_says("[taken out:] </span>&lt;old&gt; boat</del>"), "what went, as text");
    check(kit_says("4 words are new") && kit_says("1 word was taken out"), "and how much");
    v->revisions[1] = (struct view_revision){.from_ms = v->corrected_ms, .too_different = true};
    kit_put(v);
    check(kit_page_at(ask, NOON + HOUR) == OK && kit_says("differs too much"), "too much to tell");
    kit_put(full_view());
}

static void test_popular(void)
{
    struct page_ask ask = {.kind = PAGE_POPULAR};
    check(kit_page(ask) == OK && kit_is_sound() && kit_says("There are no stories here yet"),
        "nothing is popular at first");
    struct view *v = kit_view(2);
    must(store_begin(kit_store) == OK && store_put_counts(kit_store, v->id, 9, NOON) == OK &&
         store_commit(kit_store, 1000) == OK);
    check(
        kit_page(ask) == OK && kit_says("Ferry 2 sails") && kit_hangs_on("popular"), "then it is");
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_says("Most read"),
        "on the front too");
}

static void test_house(void)
{
    struct page_ask ask = {.kind = PAGE_HOUSE, .name = S("about")};
    check(kit_page(ask) == OK && kit_is_sound() && kit_says("<h1>About &lt;us&gt;</h1>") &&
              kit_says("<p>We print.</p>"),
        "a house page");
    ask.name = S("other");
    check(kit_page(ask) == ERR_ABSENT, "no other");
}

/* ---- what is no story ---- */
static void test_not_found(void)
{
    check(kit_page((struct page_ask){.kind = PAGE_NOT_FOUND}) == OK && kit_is_sound(), "a 404");
    struct span first = arena_keep(kit_arena, kit_made.body);
    check(kit_made.status == 404 && kit_made.no_store && !kit_made.id_count, "and its status");
    struct page_ask odd = {
        .kind = PAGE_NOT_FOUND, .name = S("x"), .words = S("y"), .id = 7, .page = 9};
    check(kit_page_at(odd, NOON + 99 * HOUR) == OK && span_eq(kit_made.body, first),
        "E15: the same bytes whatever was asked, and whenever");
}

static void test_gone(void)
{
    struct gone g = {.id = 1,
        .state = 3,
        .since_ms = NOON,
        .agency = S("Coastal News"),
        .path = S("/2026/01/23/ferry-secret-slug")};
    struct page_ask ask = {.kind = PAGE_GONE, .gone = &g, .id = 1};
    check(kit_page(ask) == OK && kit_made.status == 410 && kit_is_sound() && kit_made.no_store,
        "a tombstone");
    check(kit_says("This story was withdrawn by Coastal News on 23 January 2026, 12:00 IST."),
        "D6: by whom and when");
    check(!kit_says("ferry"), "and nothing of the story");
    g.state = 4;
    check(
        kit_page(ask) == OK && kit_says("taken down by the editors of The Kit"), "by the editors");
    g.wording = S("At the <b>request</b> of a court");
    check(kit_page(ask) == OK && kit_says("At the &lt;b&gt;request&lt;/b&gt; of a court"),
        "with their public words, escaped");
    g.wording = S("");
    g.state = 5;
    check(kit_page(ask) == OK && kit_says("has expired"), "expired");
    g.state = 7;
    check(kit_page(ask) == OK && kit_made.status == 410 && !kit_says("Coastal") &&
              !kit_says("23 January"),
        "K20: purged is bare");
    check(kit_page((struct page_ask){.kind = PAGE_BAD_REQUEST}) == OK && kit_made.status == 400 &&
              kit_is_sound(),
        "400");
    check(kit_page((struct page_ask){.kind = PAGE_BUSY}) == OK && kit_made.status == 503, "503");
    check(kit_page((struct page_ask){.kind = PAGE_WRONG_METHOD}) == OK && kit_made.status == 405 &&
              kit_made.no_store && kit_is_sound() && kit_says("can only be read"),
        "405");
    check(kit_page((struct page_ask){.kind = PAGE_BROKEN}) == OK && kit_made.status == 500 &&
              kit_made.no_store && kit_is_sound() && kit_says("The fault is ours"),
        "500");
}

static void test_noindex(void)
{
    struct view *v = kit_view(30);
    v->noindex = true;
    kit_put(v);
    check(kit_article(v) && kit_made.noindex && kit_says("content=\"noindex\""), "noindex is told");
    check(kit_article(kit_view(2)) && !kit_made.noindex && !kit_says("content=\"noindex\""),
        "others are not");
}

/* The words alone, for slow lines: what the article must say stands there too. */
static void test_lite(void)
{
    struct view *v = full_view();
    v->id = 77;
    kit_put(v);
    struct page_ask ask = {.kind = PAGE_LITE, .id = v->id};
    check(kit_page_at(ask, NOON + HOUR) == OK && kit_made.noindex, "a page of words alone");
    check(kit_is_sound(), "its markup is balanced");
    check(!kit_says("<script") && !kit_says("<img") && !kit_says("<picture") &&
              !kit_says("stylesheet"),
        "without script, picture or style");
    check(kit_says("rel=\"canonical\"") && kit_made.body.n < 10000,
        "it names the article, and is short");
    check(kit_says("From Coastal News; The Kit &lt;Courier&gt; has not read it."),
        "R4: the agency's sentence");
    check(kit_says("Corrects the hour of sailing") && kit_says("Calm seas &amp; an early start."),
        "C1: with its correction");
    ask.kind = PAGE_TEXT;
    check(kit_page_at(ask, NOON + HOUR) == OK && kit_made.noindex &&
              span_starts(span_of(kit_made.content_type), S("text/plain")),
        "a text file");
    check(kit_says("From Coastal News; The Kit <Courier> has not read it.") && !kit_says("<p>") &&
              kit_says("Calm seas & an early start."),
        "R4: the agency's sentence as text");
    check(kit_says("https://kit.example/wire/"), "and the article's address");
    check(kit_times("Reporting by Ines Marlow") == 1, "the reporters' line once");
    ask.id = 78;
    check(kit_page_at(ask, NOON + HOUR) == ERR_ABSENT, "of no story that is not public");
}

/* What stands in the text as it was sent, and in a field too, is on the page once. */
static void test_said_once(void)
{
    struct view *v = full_view();
    v->byline = S("By Ines Marlow and Tom Lind");
    v->credits = S("Reporting by Ines Marlow in Winnipeg; Editing by Tom Lind");
    v->body =
        html_clean(kit_arena, S("<p>By Ines Marlow and Tom Lind</p><p>QUAYSIDE, Jan 23 (CN) - "
                                "The ferry left.</p><p>Reporting by Ines Marlow in "
                                "WinnipegEditing by Tom Lind</p>"));
    v->body_text = html_to_text(kit_arena, v->body.s);
    kit_put(v);
    check(kit_page_at((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}, NOON + HOUR) == OK,
        "a story whose text holds its byline, dateline and credits");
    check(!kit_says("By Ines Marlow and Tom Lind") && kit_says(">Tom Lind</a>"),
        "the byline stands above the text alone");
    check(!kit_says("class=\"place\"") &&
              kit_says("<p><span class=\"dateline-in-text\"><span class=\"city\">QUAYSIDE</span>, "
                       "<time datetime=\"2026-01-23\">Jan 23</time> (<span "
                       "class=\"source\">CN</span>)</span> - The ferry"),
        "the dateline in the text alone, marked");
    check(kit_times("Reporting by <a") == 1 && kit_says("</a> in Winnipeg; Editing by <a") &&
              !kit_says("WinnipegEditing"),
        "the credits once, mended");
    v->body = html_clean(kit_arena, S("<p>The ferry left. (Reporting by Ines Marlow in "
                                      "WinnipegEditing by Tom Lind)</p>"));
    v->credits = S("(Reporting by Ines Marlow in Winnipeg; Editing by Tom Lind)");
    v->body_text = html_to_text(kit_arena, v->body.s);
    kit_put(v);
    check(kit_page_at((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}, NOON + HOUR) == OK &&
              kit_times("Reporting by Ines Marlow") == 1,
        "within the last paragraph they are not said again below it");
    v->body = html_clean(kit_arena, S("<p>The ferry left. (Reporting by Ada Voss)</p>"));
    v->credits = S("(Reporting by Ada Voss)");
    v->body_text = html_to_text(kit_arena, v->body.s);
    v->author_count = 0;
    v->byline = S("");
    v->credited = ARENA_NEW(kit_arena, struct view_tag);
    *v->credited = (struct view_tag){S("ada-voss"), S("Ada Voss")};
    v->credited_count = 1;
    v->dateline = S("");
    kit_put(v);
    check(kit_page_at((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}, NOON + HOUR) == OK &&
              kit_says("<p>The ferry left.</p>") &&
              kit_says("/wire/author/ada-voss\">Ada Voss</a>)"),
        "as a bracket that ends the last paragraph they are set apart");
    check(kit_says("\"author\":[{\"@type\":\"Person\",\"name\":\"Ada Voss\""),
        "who reported it is its author where no byline names one");
    check(kit_page_at(
              (struct page_ask){.kind = PAGE_AUTHOR, .list = LIST_AUTHOR, .name = S("ada-voss")},
              NOON + HOUR) == OK &&
              kit_says("Ferry 1 sails"),
        "and has a page on which it stands");
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    kit_start();
    test_bare_article();
    test_article();
    test_said_once();
    test_lite();
    test_restored();
    test_flash();
    test_own_times_of_pictures();
    test_popular();
    test_front();
    test_first_place();
    test_directions();
    test_sections();
    test_search();
    test_marks();
    test_corrections();
    test_revisions();
    test_changes();
    test_house();
    test_not_found();
    test_gone();
    test_noindex();
    test_hostile_words();
    return kit_end();
}
