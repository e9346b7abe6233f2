/* The archive: a day in pages, and the days that have any. */
#include "pages_kit.h"

static const struct page_ask day = {.kind = PAGE_ARCHIVE, .day_ms = 1769126400000}; /* 23 January */

static void test_day(void)
{
    struct page_ask ask = day;
    check(kit_page(ask) == OK && kit_is_sound() && kit_says("<h1>23 January 2026</h1>"), "a day");
    check(kit_hangs_on("day:2026-01-23") && kit_says("1 story") && !kit_says("?page="),
        "its key, how many it has, and one page for them");
    ask.day_ms += 24 * HOUR;
    check(kit_page(ask) == ERR_ABSENT, "no day without stories");
    ask = (struct page_ask){.kind = PAGE_ARCHIVE_DAYS};
    check(kit_page(ask) == OK && kit_is_sound() && kit_says("/wire/archive/2026/01/23") &&
              kit_says("January 2026"),
        "the days that have any");
}

/* Oldest first: a story keeps its page when later ones come. */
static void test_long_day(void)
{
    struct page_ask ask = day;
    for (uint64_t n = 2; n <= PRESS_DAY_ITEMS + 1; n++) kit_put(kit_view(n));
    check(kit_page(ask) == OK && kit_is_sound() &&
              kit_times("<div class=\"words\">") == PRESS_DAY_ITEMS &&
              kit_says("rel=\"next\" href=\"/wire/archive/2026/01/23?page=2\"") &&
              !kit_says("rel=\"prev\"") && !kit_says("Ferry 1 sails"),
        "a long day's first page has its oldest, and leads to what came later");
    ask.page = 2;
    check(kit_page(ask) == OK && kit_is_sound() && kit_times("<div class=\"words\">") == 1 &&
              kit_says("Ferry 1 sails") &&
              kit_says("rel=\"prev\" href=\"/wire/archive/2026/01/23\"") &&
              !kit_says("rel=\"next\""),
        "its last page has the newest, and leads back");
    check(kit_hangs_on("day:2026-01-23") &&
              kit_says("<link rel=\"canonical\" "
                       "href=\"https://kit.example/wire/archive/2026/01/23?page=2\""),
        "with the same key and an address of its own");
    ask.page = 3;
    check(kit_page(ask) == ERR_ABSENT, "and there is no page behind it");
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    kit_start();
    kit_put(kit_view(1));
    test_day();
    test_long_day();
    return kit_end();
}
