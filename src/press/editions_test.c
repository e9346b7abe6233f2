/* Editions: the same paper in other languages, told to readers on every page and to search engines
 * where a page has its like. */
#include "pages_kit.h"

static const struct press_edition here_and_there[] = {
    {{"en", 2}, {"English", 7}, {"https://kit.example/wire", 24}, false, true},
    {{"hi", 2}, {"हिन्दी", 18}, {"https://hindi.example", 21}, true, false},
    {{"ur", 2}, {"<b>", 3}, {"https://kit.example/urdu", 24}, false, false},
};

static void open_with(uint32_t count)
{
    kit_site.editions = (struct press_editions){here_and_there, count};
    kit_press = kit_open("en", NULL);
    must(kit_press != NULL);
}

static bool alternate(const char *language, const char *href)
{
    return kit_says(arena_printf(
        kit_arena, "<link rel=\"alternate\" hreflang=\"%s\" href=\"%s\">\n", language, href)
                        .p);
}

static void test_front(void)
{
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound(), "a front");
    check(alternate("en", "https://kit.example/wire/") &&
              alternate("x-default", "https://kit.example/wire/") &&
              alternate("hi", "https://hindi.example/") &&
              alternate("ur", "https://kit.example/urdu/"),
        "names its like in every edition, itself and the default");
    check(kit_times("hreflang=\"hi\"") == 2 &&
              kit_says("<a href=\"https://hindi.example/\" lang=\"hi\" hreflang=\"hi\" "
                       "dir=\"auto\">हिन्दी</a>"),
        "and readers are led there, in that language's words");
    check(kit_says("<span aria-current=\"true\" lang=\"en\" dir=\"auto\">English</span>"),
        "its own is told as the one that is read");
    check(kit_says("&lt;b&gt;</a>"), "a title is text");
}

static void test_others(const struct view *v)
{
    check(kit_page((struct page_ask){.kind = PAGE_SECTION, .name = S("sport")}) == OK &&
              alternate("en", "https://kit.example/wire/section/sport") &&
              alternate("hi", "https://hindi.example/section/sport") && !kit_says("\"ur\" href="),
        "a section names its like where it has one");
    check(
        kit_says("href=\"https://kit.example/urdu/\" lang=\"ur\""), "else readers come to a front");
    check(kit_page((struct page_ask){.kind = PAGE_SECTION, .name = S("sport"), .page = 2}) != OK ||
              !kit_says("rel=\"alternate\" hreflang"),
        "an older page of it has none");
    check(kit_article(v) && !kit_says("rel=\"alternate\" hreflang") &&
              kit_says("href=\"https://hindi.example/\" lang=\"hi\""),
        "a story has no like; readers are led to the front");
    check(kit_page((struct page_ask){.kind = PAGE_NOT_FOUND}) == OK && kit_is_sound() &&
              !kit_says("rel=\"alternate\" hreflang"),
        "nor has what is not there");
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    kit_start();
    struct view *v = kit_view(1);
    kit_put(v);
    open_with(COUNT(here_and_there));
    test_front();
    test_others(v);
    kit_site.noindex = true;
    open_with(COUNT(here_and_there));
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK &&
              !kit_says("rel=\"alternate\" hreflang") && kit_says("class=\"editions\""),
        "what is kept from search engines names none");
    kit_site.noindex = false;
    open_with(0);
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK &&
              !kit_says("class=\"editions\"") && !kit_says("rel=\"alternate\" hreflang"),
        "one paper alone says nothing of it");
    return kit_end();
}
