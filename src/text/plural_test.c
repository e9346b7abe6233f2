/* CLDR 48's own sample numbers (supplemental/plurals.xml, @integer), by language and category. */
#include "text.h"

#include "tap.h"

static const struct {
    const char *language;
    enum plural wanted;
    const char *numbers;
} samples[] = {
    {"en", PLURAL_ONE, "1"},
    {"en", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"hi", PLURAL_ONE, "0 1"},
    {"hi", PLURAL_OTHER, "2~17 100 1000 10000 100000 1000000"},
    {"mr", PLURAL_ONE, "1"},
    {"mr", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"bn", PLURAL_ONE, "0 1"},
    {"bn", PLURAL_OTHER, "2~17 100 1000 10000 100000 1000000"},
    {"ta", PLURAL_ONE, "1"},
    {"ta", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"te", PLURAL_ONE, "1"},
    {"te", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"ur", PLURAL_ONE, "1"},
    {"ur", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"ar", PLURAL_ZERO, "0"},
    {"ar", PLURAL_ONE, "1"},
    {"ar", PLURAL_TWO, "2"},
    {"ar", PLURAL_FEW, "3~10 103~110 1003"},
    {"ar", PLURAL_MANY, "11~26 111 1011"},
    {"ar", PLURAL_OTHER, "100~102 200~202 300~302 400~402 500~502 600 1000 10000 100000 1000000"},
    {"es", PLURAL_ONE, "1"},
    {"es", PLURAL_MANY, "1000000"},
    {"es", PLURAL_OTHER, "0 2~16 100 1000 10000 100000"},
    {"fr", PLURAL_ONE, "0 1"},
    {"fr", PLURAL_MANY, "1000000"},
    {"fr", PLURAL_OTHER, "2~17 100 1000 10000 100000"},
    {"de", PLURAL_ONE, "1"},
    {"de", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"pt", PLURAL_ONE, "0 1"},
    {"pt", PLURAL_MANY, "1000000"},
    {"pt", PLURAL_OTHER, "2~17 100 1000 10000 100000"},
    {"pt-PT", PLURAL_ONE, "1"},
    {"pt-PT", PLURAL_MANY, "1000000"},
    {"pt-PT", PLURAL_OTHER, "0 2~16 100 1000 10000 100000"},
    {"ru", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"ru", PLURAL_FEW, "2~4 22~24 32~34 42~44 52~54 62 102 1002"},
    {"ru", PLURAL_MANY, "0 5~19 100 1000 10000 100000 1000000"},
    {"zh", PLURAL_OTHER, "0~15 100 1000 10000 100000 1000000"},
    {"uk", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"uk", PLURAL_FEW, "2~4 22~24 32~34 42~44 52~54 62 102 1002"},
    {"uk", PLURAL_MANY, "0 5~19 100 1000 10000 100000 1000000"},
    {"be", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"be", PLURAL_FEW, "2~4 22~24 32~34 42~44 52~54 62 102 1002"},
    {"be", PLURAL_MANY, "0 5~19 100 1000 10000 100000 1000000"},
    {"pl", PLURAL_ONE, "1"},
    {"pl", PLURAL_FEW, "2~4 22~24 32~34 42~44 52~54 62 102 1002"},
    {"pl", PLURAL_MANY, "0 5~19 100 1000 10000 100000 1000000"},
    {"cs", PLURAL_ONE, "1"},
    {"cs", PLURAL_FEW, "2~4"},
    {"cs", PLURAL_OTHER, "0 5~19 100 1000 10000 100000 1000000"},
    {"sl", PLURAL_ONE, "1 101 201 301 401 501 601 701 1001"},
    {"sl", PLURAL_TWO, "2 102 202 302 402 502 602 702 1002"},
    {"sl", PLURAL_FEW, "3 4 103 104 203 204 303 304 403 404 503 504 603 604 703 704 1003"},
    {"sl", PLURAL_OTHER, "0 5~19 100 1000 10000 100000 1000000"},
    {"lt", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"lt", PLURAL_FEW, "2~9 22~29 102 1002"},
    {"lt", PLURAL_OTHER, "0 10~20 30 40 50 60 100 1000 10000 100000 1000000"},
    {"lv", PLURAL_ZERO, "0 10~20 30 40 50 60 100 1000 10000 100000 1000000"},
    {"lv", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"lv", PLURAL_OTHER, "2~9 22~29 102 1002"},
    {"ro", PLURAL_ONE, "1"},
    {"ro", PLURAL_FEW, "0 2~16 101 1001"},
    {"ro", PLURAL_OTHER, "20~35 100 1000 10000 100000 1000000"},
    {"he", PLURAL_ONE, "1"},
    {"he", PLURAL_TWO, "2"},
    {"he", PLURAL_OTHER, "0 3~17 100 1000 10000 100000 1000000"},
    {"mt", PLURAL_ONE, "1"},
    {"mt", PLURAL_TWO, "2"},
    {"mt", PLURAL_FEW, "0 3~10 103~109 1003"},
    {"mt", PLURAL_MANY, "11~19 111~117 1011"},
    {"mt", PLURAL_OTHER, "20~35 100 1000 10000 100000 1000000"},
    {"cy", PLURAL_ZERO, "0"},
    {"cy", PLURAL_ONE, "1"},
    {"cy", PLURAL_TWO, "2"},
    {"cy", PLURAL_FEW, "3"},
    {"cy", PLURAL_MANY, "6"},
    {"cy", PLURAL_OTHER, "4 5 7~20 100 1000 10000 100000 1000000"},
    {"ga", PLURAL_ONE, "1"},
    {"ga", PLURAL_TWO, "2"},
    {"ga", PLURAL_FEW, "3~6"},
    {"ga", PLURAL_MANY, "7~10"},
    {"ga", PLURAL_OTHER, "0 11~25 100 1000 10000 100000 1000000"},
    {"gd", PLURAL_ONE, "1 11"},
    {"gd", PLURAL_TWO, "2 12"},
    {"gd", PLURAL_FEW, "3~10 13~19"},
    {"gd", PLURAL_OTHER, "0 20~34 100 1000 10000 100000 1000000"},
    {"fil", PLURAL_ONE, "0~3 5 7 8 10~13 15 17 18 20 21 100 1000 10000 100000 1000000"},
    {"fil", PLURAL_OTHER, "4 6 9 14 16 19 24 26 104 1004"},
    {"sr", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"sr", PLURAL_FEW, "2~4 22~24 32~34 42~44 52~54 62 102 1002"},
    {"sr", PLURAL_OTHER, "0 5~19 100 1000 10000 100000 1000000"},
    {"mk", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"mk", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"is", PLURAL_ONE, "1 21 31 41 51 61 71 81 101 1001"},
    {"is", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
    {"it", PLURAL_ONE, "1"},
    {"it", PLURAL_MANY, "1000000"},
    {"it", PLURAL_OTHER, "0 2~16 100 1000 10000 100000"},
    {"fa", PLURAL_ONE, "0 1"},
    {"fa", PLURAL_OTHER, "2~17 100 1000 10000 100000 1000000"},
    {"ja", PLURAL_OTHER, "0~15 100 1000 10000 100000 1000000"},
    {"tr", PLURAL_ONE, "1"},
    {"tr", PLURAL_OTHER, "0 2~16 100 1000 10000 100000 1000000"},
};

static bool all_take(struct span language, enum plural wanted, struct span range)
{
    uint64_t from, to;
    ptrdiff_t tilde = span_find_char(range, '~');
    must(span_to_u64(tilde < 0 ? range : span_cut(range, 0, (size_t)tilde), &from));
    to = from;
    if (tilde > 0) must(span_to_u64(span_cut(range, (size_t)tilde + 1, range.n), &to));
    for (uint64_t n = from; n <= to; n++) {
        if (plural_of(language, n) == wanted) continue;
        printf("# %.*s: %llu is %s\n", FMT(language), (unsigned long long)n,
            plural_name(plural_of(language, n)));
        return false;
    }
    return true;
}

static void test_samples(void)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct span rest = span_of(samples[i].numbers), range;
        bool held = true;
        while (span_next(&rest, ' ', &range))
            held &= all_take(span_of(samples[i].language), samples[i].wanted, range);
        check(held, "%s: %s", samples[i].language, plural_name(samples[i].wanted));
    }
}

static void test_names_of_languages(void)
{
    check(plural_of(S("ru-RU"), 21) == PLURAL_ONE, "a country changes no rule");
    check(plural_of(S("pt-BR"), 0) == PLURAL_ONE && plural_of(S("pt-PT"), 0) == PLURAL_OTHER,
        "but where CLDR says so");
    check(plural_of(S("RU"), 3) == PLURAL_FEW, "capitals do not matter");
    check(plural_is_known(S("zh")) && plural_is_known(S("ar-EG")), "languages with a rule");
    check(!plural_is_known(S("tlh")) && !plural_is_known(S("")) && !plural_is_known(S("-")),
        "and without");
    check(plural_of(S("tlh"), 1) == PLURAL_OTHER && plural_of(S(""), 1) == PLURAL_OTHER,
        "no rule: other, as CLDR's root");
}

int main(void)
{
    test_samples();
    test_names_of_languages();
    return tap_end();
}
