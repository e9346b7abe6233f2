/* How pages are put together: who leads the front with a picture, crumbs and today's date on each
 * kind of page, the times of a story, and what stands before its text. */
#include "pages_kit.h"
#include "picture.h"

#include <stdio.h>
#include <string.h>

#define HASH "aa0000000000000000000000000000000000000000000000000000000000000"

static struct view *story(uint64_t n, uint8_t urgency, bool pictured)
{
    struct view *v = kit_view(n);
    v->urgency = urgency;
    v->front_ms = v->published_ms;
    if (pictured)
        v->pictures[v->picture_count++] =
            (struct view_picture){.hash = arena_printf(kit_arena, HASH "%x", (unsigned)n % 16),
                .width = 1000,
                .height = 500,
                .forms = 1u << FORM_JPEG,
                .until_ms = INT64_MAX};
    return v;
}

static struct span part(const char *from, const char *to)
{
    ptrdiff_t start = span_find(kit_made.body, span_of(from)),
              end = span_find(kit_made.body, span_of(to));
    if (start < 0 || end < start) return S("");
    return span_cut(kit_made.body, (size_t)start, (size_t)end);
}

static bool leads(const char *headline)
{
    must(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound());
    return span_find(part("teaser lead", "<div class=\"second\">"), span_of(headline)) >= 0;
}

static void test_lead(void)
{
    for (uint64_t n = 1; n <= 4; n++) kit_put(story(n, 4, false));
    check(leads("Ferry 1 sails"), "without any picture the newest leads");
    kit_put(story(5, 4, true));
    check(leads("Ferry 5 sails"), "a pictured one, as urgent and about as new, leads before it");
    kit_put(story(5, 5, true));
    check(leads("Ferry 5 sails"), "and one that is a step less urgent");
    kit_put(story(5, 6, true));
    check(leads("Ferry 1 sails"), "not one that is two steps less urgent");
    kit_put(story(5, 2, true));
    kit_put(story(1, 1, false));
    check(leads("Ferry 1 sails"), "a flash leads without a picture");
    struct view *old = story(5, 4, true);
    old->front_ms = NOON - 13 * HOUR;
    kit_put(story(1, 4, false));
    kit_put(old);
    check(leads("Ferry 1 sails"), "nor does one lead that is half a day older");
    kit_site.top = PRESS_TOP_APPROVED;
    kit_press = kit_open("en", NULL);
    kit_put(story(5, 1, true));
    must(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK);
    check(!kit_says("teaser lead"), "whom the desk has not approved a picture does not help");
    kit_site.top = PRESS_TOP_AT_ONCE;
    kit_press = kit_open("en", NULL);
}

/* Pictures and teasers in the second rank, and those that stand beside them. */
static bool second_is(size_t pictures, size_t columns, size_t beside)
{
    must(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound());
    struct span whole = part("<div class=\"second\">", "<aside class=\"rail\">"),
                body = kit_made.body;
    ptrdiff_t cut = span_find(whole, S("<div class=\"beside\">"));
    kit_made.body = cut < 0 ? whole : span_cut(whole, 0, (size_t)cut);
    size_t shots = kit_times("class=\"shot\""), heads = kit_times("<article");
    kit_made.body = cut < 0 ? S("") : span_cut(whole, (size_t)cut, whole.n);
    size_t others = kit_times("<article"), bare = !kit_says("class=\"shot\"");
    kit_made.body = body;
    if (shots != pictures || heads != columns || others != beside)
        printf("# %zu pictures, %zu columns, %zu beside\n", shots, heads, others);
    return shots == pictures && heads == columns && others == beside && bare;
}

static void test_second_rank(void)
{
    kit_put(story(5, 1, true));
    check(second_is(0, 4, 0), "no picture: four in words");
    kit_put(story(1, 4, true));
    check(second_is(1, 1, 3), "one: the others beside it");
    kit_put(story(2, 4, true));
    check(second_is(2, 2, 2), "two: the others beside them");
    kit_put(story(3, 4, true));
    check(second_is(3, 3, 0), "three fill the row");
    kit_put(story(3, 3, false));
    kit_put(story(4, 4, true));
    check(second_is(2, 2, 2), "what breaks the row stands beside it, in words");
}

/* ---- around the pages ---- */
static bool has_crumbs(struct page_ask ask, const char *here)
{
    if (kit_page_at(ask, NOON + HOUR) != OK || !kit_is_sound()) return false;
    struct span want =
        arena_printf(kit_arena, "<span aria-current=\"page\" dir=\"auto\">%s</span>", here);
    return span_find(kit_made.body, want) >= 0 && kit_times("class=\"crumbs\"") == 1 &&
           kit_times("BreadcrumbList") == 1;
}

static void test_crumbs(void)
{
    struct view *v = story(1, 4, true);
    v->comments_until_ms = NOON + 24 * HOUR;
    kit_put(v);
    check(has_crumbs((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}, "Ferry 1 sails"),
        "crumbs on a story");
    check(has_crumbs(
              (struct page_ask){.kind = PAGE_REVISIONS, .id = v->id}, "History of this story") &&
              kit_says("<a href=\"/wire/section/world\">World &amp; beyond</a></li>") &&
              kit_times(">Ferry 1 sails</a>") == 2,
        "on its history, through its section and itself");
    check(has_crumbs((struct page_ask){.kind = PAGE_COMMENTS, .id = v->id}, "Comments"),
        "on its comments");
    check(has_crumbs((struct page_ask){.kind = PAGE_CORRECTIONS}, "Corrections"), "corrections");
    check(has_crumbs((struct page_ask){.kind = PAGE_POPULAR}, "Most read"), "most read");
    check(has_crumbs((struct page_ask){.kind = PAGE_SEARCH}, "Search"), "search");
    check(has_crumbs((struct page_ask){.kind = PAGE_HOUSE, .name = S("about")}, "About &lt;us&gt;"),
        "a house page");
    check(has_crumbs((struct page_ask){.kind = PAGE_ARCHIVE_DAYS}, "Archive"), "the archive");
    check(has_crumbs((struct page_ask){.kind = PAGE_SECTION, .name = S("sport")}, "Sport"),
        "a section");
}

static bool tells_today(struct page_ask ask)
{
    must(kit_page_at(ask, NOON + HOUR) == OK);
    bool told = kit_says("<time datetime=\"2026-01-23\">Friday, 23 January 2026</time>");
    if (told) check(kit_made.valid_until_ms <= NOON + 12 * HOUR, "it ends at the site's midnight");
    return told;
}

static void test_today(void)
{
    static const enum page_kind with[] = {
        PAGE_FRONT, PAGE_SECTION, PAGE_CORRECTIONS, PAGE_POPULAR, PAGE_SEARCH, PAGE_ARCHIVE_DAYS};
    for (size_t i = 0; i < COUNT(with); i++)
        check(tells_today((struct page_ask){.kind = with[i], .name = S("sport")}),
            "today's date on page kind %d", with[i]);
    check(!tells_today((struct page_ask){.kind = PAGE_ARTICLE, .id = kit_view(1)->id}) &&
              kit_made.valid_until_ms > NOON + 12 * HOUR,
        "not on a story: its page does not end at midnight");
    check(!tells_today((struct page_ask){.kind = PAGE_HOUSE, .name = S("about")}),
        "nor on a house page");
}

static void test_times(void)
{
    struct view *v = story(1, 4, true);
    kit_put(v);
    struct page_ask ask = {.kind = PAGE_ARTICLE, .id = v->id};
    check(kit_page(ask) == OK && kit_says(">On the wire<") && kit_says(">Received<") &&
              !kit_says(">This version on the wire<"),
        "a story that was sent once has one time on the wire");
    v->wire_ms = v->published_ms + 20 * MINUTE;
    kit_put(v);
    check(kit_page(ask) == OK &&
              kit_says("This version on the wire</dt><dd><time dir=\"ltr\" "
                       "datetime=\"2026-01-23T12:19:00+05:30\"") &&
              kit_says("On the wire</dt><dd><time dir=\"ltr\" "
                       "datetime=\"2026-01-23T11:58:51+05:30\"") &&
              kit_says("Received</dt><dd><time dir=\"ltr\" "
                       "datetime=\"2026-01-23T11:58:58+05:30\""),
        "one that was updated: when it was first sent beside when that came; the update's own");
}

/* A slow line shows the text with the first of its 14 KB; what only machines read comes last. */
static void test_text_comes_early(void)
{
    struct view *v = story(1, 4, true);
    kit_put(v);
    must(kit_page((struct page_ask){.kind = PAGE_ARTICLE, .id = v->id}) == OK);
    ptrdiff_t text = span_find(kit_made.body, S("<div class=\"text\"")),
              json = span_find(kit_made.body, S("application/ld+json")),
              foot = span_find(kit_made.body, S("</footer>\n<script"));
    must(text > 0);
    struct span before = span_cut(kit_made.body, 0, (size_t)text);
    size_t n = press_squeeze(kit_arena, CODING_GZIP, before).n;
    check(n && n < 14 * 1024, "the text begins within the first 14 KB of its way: %zu", n);
    check(json > text && foot > text && foot < json, "structured data stands behind the foot");
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    kit_start();
    test_lead();
    test_second_rank();
    test_crumbs();
    test_today();
    test_times();
    test_text_comes_early();
    return kit_end();
}
