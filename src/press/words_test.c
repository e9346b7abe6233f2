/* The built-in words: every language has English's, loses no place in them, has the forms of its
 * own plural rule, and tells dates and numbers as its papers do. */
#include "pages_kit.h"
#include "theme_table.h"

#include <stdio.h>
#include <string.h>

enum { LANGUAGES = 14, NUMBERS = 1200 };

static const struct yaml *words_in(struct span bytes)
{
    struct reject why;
    const struct yaml *y = yaml_parse_text(kit_arena, bytes, &why);
    if (!y) printf("# %u:%u %.*s\n", why.line, why.column, FMT(why.why));
    return y;
}

static const char *word(const struct yaml *words, const char *key)
{
    const struct yaml *w = yaml_get(words, key);
    return w ? arena_cstr(kit_arena, w->text) : NULL;
}

/* ---- keys ---- */
static bool is_counted(const struct yaml *en, struct span stem)
{
    return yaml_get(en, arena_printf(kit_arena, "%.*s_other", FMT(stem)).p) &&
           yaml_get(en, arena_printf(kit_arena, "%.*s_none", FMT(stem)).p);
}

/* "stories_few" -> "stories", where English has "stories_none" and "stories_other". */
static struct span stem_of(const struct yaml *en, struct span key)
{
    for (int k = 0; k < PLURALS; k++) {
        const char *ending = arena_printf(kit_arena, "_%s", plural_name((enum plural)k)).p;
        struct span stem = span_cut(key, 0, key.n - strlen(ending));
        if (span_ends(key, span_of(ending)) && is_counted(en, stem)) return stem;
    }
    return S("");
}

static bool may_stand_alone(struct span key)
{
    return span_eq(key, S("day_first")) || span_starts(key, S("zone_")) ||
           span_starts(key, S("month_alone_"));
}

static size_t unlike(const struct yaml *from, const struct yaml *in, const struct yaml *en)
{
    size_t n = 0;
    for (const struct yaml *w = from->first; w; w = w->next) {
        bool is_free = stem_of(en, w->key).n || may_stand_alone(w->key);
        if (is_free || yaml_get(in, arena_cstr(kit_arena, w->key))) continue;
        printf("# %.*s\n", FMT(w->key));
        n++;
    }
    return n;
}

static size_t empty_words(const struct yaml *words)
{
    size_t n = 0;
    for (const struct yaml *w = words->first; w; w = w->next)
        if (!span_trim(w->text).n) n++, printf("# %.*s is empty\n", FMT(w->key));
    return n;
}

/* ---- places ---- */
static size_t lost_places(const struct yaml *from, const struct yaml *in, const struct yaml *en)
{
    size_t n = 0;
    for (const struct yaml *w = from->first; w; w = w->next) {
        const struct yaml *other = yaml_get(in, arena_cstr(kit_arena, w->key));
        bool dated = span_starts(w->key, S("date_"));
        for (size_t i = 0; !dated && !stem_of(en, w->key).n && other && i < w->text.n; i++) {
            struct span rest = span_cut(w->text, i, w->text.n);
            ptrdiff_t end = rest.p[0] == '{' ? span_find_char(rest, '}') : -1;
            if (end > 0 && span_find(other->text, span_cut(rest, 0, (size_t)end + 1)) < 0)
                n++, printf("# %.*s lost %.*s\n", FMT(w->key), (int)end + 1, rest.p);
        }
    }
    return n;
}

static size_t unfit_dates(const struct yaml *words)
{
    static const struct {
        const char *key, *wants;
    } dates[] = {
        {"date_long", "{d} {y} {time} {zone}"},
        {"date_day", "{d} {month} {y}"},
        {"date_short", "{d} {mon} {y} {time}"},
        {"date_month", "{y}"},
        {"date_today", "{weekday} {d} {month} {y}"},
        {"date_time", "{hh} {mm}"},
    };
    size_t n = 0;
    for (size_t i = 0; i < COUNT(dates); i++) {
        const char *text = word(words, dates[i].key);
        struct span rest = span_of(dates[i].wants), part;
        while (span_next(&rest, ' ', &part))
            if (span_find(span_of(text), part) < 0) n++, printf("# %s: %s\n", dates[i].key, text);
    }
    return n;
}

/* ---- plurals: the forms that whole numbers take, no others, and {n} in each of several ---- */
static size_t unfit_forms(const struct yaml *words, struct span language, struct span stem)
{
    size_t taken[PLURALS] = {0}, n = 0;
    for (uint64_t k = 1; k <= NUMBERS; k++) taken[plural_of(language, k)]++;
    taken[plural_of(language, 1000000)]++;
    for (int k = 0; k < PLURALS; k++) {
        const char *key =
            arena_printf(kit_arena, "%.*s_%s", FMT(stem), plural_name((enum plural)k)).p;
        const char *text = word(words, key);
        bool fits = taken[k] ? text != NULL : !text;
        if (fits && taken[k] > 1) fits = strstr(text, "{n}") != NULL;
        if (!fits) n++, printf("# %s: %s\n", key, text ? text : "is missing");
    }
    if (!word(words, arena_printf(kit_arena, "%.*s_none", FMT(stem)).p))
        n++, printf("# %.*s_none is missing\n", FMT(stem));
    return n;
}

static size_t unfit_plurals(const struct yaml *words, struct span language, const struct yaml *en)
{
    size_t n = 0;
    for (const struct yaml *w = en->first; w; w = w->next)
        if (span_ends(w->key, S("_other")) && is_counted(en, span_cut(w->key, 0, w->key.n - 6)))
            n += unfit_forms(words, language, span_cut(w->key, 0, w->key.n - 6));
    return n;
}

static void test_one_language(const struct theme_file *f, const struct yaml *en)
{
    struct span name = span_of(f->name), language = span_cut(name, 6, name.n - 5);
    const struct yaml *words = words_in(f->bytes);
    check(words && !empty_words(words), "%.*s has words", FMT(language));
    if (!words) return;
    check(!unlike(en, words, en) && !unlike(words, en, en), "%.*s has the same words as English",
        FMT(language));
    check(!lost_places(en, words, en) && !lost_places(words, en, en) && !unfit_dates(words),
        "%.*s fills in the same places", FMT(language));
    check(plural_is_known(language) && !unfit_plurals(words, language, en),
        "%.*s has the forms of its plural rule", FMT(language));
}

static void test_words(void)
{
    const struct yaml *en = NULL;
    size_t n = 0;
    for (size_t i = 0; i < theme_table_count; i++)
        if (!strcmp(theme_table[i].name, "words/en.yaml")) en = words_in(theme_table[i].bytes);
    must(en != NULL);
    for (size_t i = 0; i < theme_table_count; i++)
        if (span_starts(span_of(theme_table[i].name), S("words/")))
            n++, test_one_language(&theme_table[i], en);
    check(n == LANGUAGES, "%zu languages", n);
}

/* ---- as readers see them ---- */
static void test_counts(void)
{
    static const struct {
        const char *language;
        size_t n;
        const char *wanted;
    } cases[] = {
        {"en", 0, "No stories"},
        {"en", 1, "1 story"},
        {"en", 21, "21 stories"},
        {"hi", 1, "1 ख़बर"},
        {"hi", 2, "2 ख़बरें"},
        {"fr", 1, "1 article"},
        {"fr", 2, "2 articles"},
        {"fr", 1000000, "1000000 d’articles"},
        {"ru", 1, "1 материал"},
        {"ru", 21, "21 материал"},
        {"ru", 22, "22 материала"},
        {"ru", 11, "11 материалов"},
        {"ru", 112, "112 материалов"},
        {"ar", 2, "خبران"},
        {"ar", 3, "3 أخبار"},
        {"ar", 11, "11 خبرًا"},
        {"ar", 100, "100 خبر"},
        {"ar", 103, "103 أخبار"},
        {"bn", 35, "৩৫টি খবর"},
        {"mr", 120, "१२० बातम्या"},
        {"zh", 1, "1条新闻"},
        {"ur", 0, "کوئی خبر نہیں"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct press *p = kit_open(cases[i].language, NULL);
        must(p != NULL);
        check_span(
            press_count(p, kit_arena, "stories", cases[i].n), span_of(cases[i].wanted), "counted");
    }
}

static void test_dates(void)
{
    static const struct {
        const char *language, *day, *time, *month, *today;
    } cases[] = {
        {"en", "23 January 2026", "12:00", "January 2026", "Friday, 23 January 2026"},
        {"hi", "23 जनवरी 2026", "12:00", "जनवरी 2026", "शुक्रवार, 23 जनवरी 2026"},
        {"mr", "२३ जानेवारी २०२६", "१२:००", "जानेवारी २०२६", "शुक्रवार, २३ जानेवारी २०२६"},
        {"bn", "২৩ জানুয়ারি ২০২৬", "১২:০০", "জানুয়ারি ২০২৬", "শুক্রবার, ২৩ জানুয়ারি ২০২৬"},
        {"ta", "23 ஜனவரி 2026", "12:00", "ஜனவரி 2026", "வெள்ளிக்கிழமை, 23 ஜனவரி 2026"},
        {"te", "23 జనవరి 2026", "12:00", "జనవరి 2026", "శుక్రవారం, 23 జనవరి 2026"},
        {"ur", "23 جنوری 2026", "12:00", "جنوری 2026", "جمعہ، 23 جنوری 2026"},
        {"ar", "23 يناير 2026", "12:00", "يناير 2026", "الجمعة 23 يناير 2026"},
        {"es", "23 de enero de 2026", "12:00", "Enero de 2026", "Viernes, 23 de enero de 2026"},
        {"fr", "23 janvier 2026", "12h00", "Janvier 2026", "Vendredi 23 janvier 2026"},
        {"de", "23. Januar 2026", "12:00", "Januar 2026", "Freitag, 23. Januar 2026"},
        {"pt", "23 de janeiro de 2026", "12h00", "Janeiro de 2026",
            "Sexta-feira, 23 de janeiro de 2026"},
        {"ru", "23 января 2026 года", "12:00", "Январь 2026", "Пятница, 23 января 2026 года"},
        {"zh", "2026年1月23日", "12:00", "2026年1月", "2026年1月23日 星期五"},
    };
    check(COUNT(cases) == LANGUAGES, "every language's dates");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct press *p = kit_open(cases[i].language, NULL);
        must(p != NULL);
        check_span(press_date_day(p, kit_arena, NOON), span_of(cases[i].day), "a day");
        check_span(press_date_time(p, kit_arena, NOON), span_of(cases[i].time), "a time");
        check_span(press_date_month(p, kit_arena, NOON), span_of(cases[i].month), "a month");
        check_span(press_date_today(p, kit_arena, NOON), span_of(cases[i].today), "today");
        check_span(press_date_iso(p, kit_arena, NOON), S("2026-01-23T12:00:00+05:30"), "machines");
    }
}

static void test_parts_of_dates(void)
{
    int64_t first = NOON - (int64_t)22 * 24 * HOUR;
    check_span(press_date_day(kit_open("fr", NULL), kit_arena, first), S("1er janvier 2026"),
        "the first of a month, where it has a name");
    check_span(press_date_long(kit_open("hi", NULL), kit_arena, NOON),
        S("23 जनवरी 2026, 12:00 भारतीय समयानुसार"), "a zone's own name");
    kit_site.zone = zone_open(S("Europe/Dublin"));
    check_span(press_date_long(kit_open("hi", NULL), kit_arena, NOON + (int64_t)180 * 24 * HOUR),
        S("22 जुलाई 2026, 07:30 IST"), "not for another zone of the same letters");
    kit_site.zone = zone_open(S("Europe/Berlin"));
    check_span(press_date_long(kit_open("de", NULL), kit_arena, NOON),
        S("23. Januar 2026, 07:30 Uhr (MEZ)"), "and German's");
    kit_site.zone = zone_open(S("Asia/Kolkata"));
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    kit_start();
    test_words();
    test_counts();
    test_dates();
    test_parts_of_dates();
    return kit_end();
}
