/* plural: which form of a counted word a whole number takes.
 * Owns: Unicode CLDR's cardinal rules (UTS #35 part 3, "Language Plural Rules"; data of CLDR 48,
 * supplemental/plurals.xml) by language, as they read for whole numbers: v, f, t and e are 0 and i
 * is n, so that what speaks of fractions has fallen away. Pure. */
#include "text.h"

#include <string.h>

static const char *const names[PLURALS] = {"zero", "one", "two", "few", "many", "other"};

#define MILLIONS "many: n != 0 and n % 1000000 = 0"
#define SLAVIC_ONE "one: n % 10 = 1 and n % 100 != 11"
#define SLAVIC_FEW "few: n % 10 = 2..4 and n % 100 != 12..14"

/* A rule's conditions are tried in order; a number that fits none is "other". */
static const struct {
    const char *languages, *rule;
} rules[] = {
    {"bo dz id ig ii ja jv km ko lo ms my sah su th to vi wo yo yue zh", ""},
    {"am as bn doi fa gu hi kn kok pcm zu ff hy kab ak guw ln mg nso pa si ti wa", "one: n = 0..1"},
    {"af an ast az bal bg brx ce chr ckb da de dv ee el en eo et eu fi fo fur fy gl gsw ha haw hu "
     "ia io ka kk kl ks ku ky lb lg mas ml mn mr nb nd ne nl nn no nr ny om or os pap ps rm sc sd "
     "sn so sq ss st sv sw syr ta te tig tk tn tr ts ug ur uz ve vo wae xh xog yi",
        "one: n = 1"},
    {"ca es it pt-PT scn vec", "one: n = 1; " MILLIONS},
    {"fr pt", "one: n = 0..1; " MILLIONS},
    {"ru uk be",
        SLAVIC_ONE "; " SLAVIC_FEW "; many: n % 10 = 0 or n % 10 = 5..9 or n % 100 = 11..14"},
    {"bs hr sh sr", SLAVIC_ONE "; " SLAVIC_FEW},
    {"is mk", SLAVIC_ONE},
    {"pl", "one: n = 1; " SLAVIC_FEW "; many: n % 10 = 0..1 or n % 10 = 5..9 or n % 100 = 12..14"},
    {"cs sk", "one: n = 1; few: n = 2..4"},
    {"sl", "one: n % 100 = 1; two: n % 100 = 2; few: n % 100 = 3..4"},
    {"lt", "one: n % 10 = 1 and n % 100 != 11..19; few: n % 10 = 2..9 and n % 100 != 11..19"},
    {"lv prg", "zero: n % 10 = 0 or n % 100 = 11..19; one: n % 10 = 1 and n % 100 != 11"},
    {"mo ro", "one: n = 1; few: n = 0 or n % 100 = 1..19"},
    {"he iu naq sat se sma smi smj smn sms", "one: n = 1; two: n = 2"},
    {"ar ars", "zero: n = 0; one: n = 1; two: n = 2; few: n % 100 = 3..10; many: n % 100 = 11..99"},
    {"mt", "one: n = 1; two: n = 2; few: n = 0 or n % 100 = 3..10; many: n % 100 = 11..19"},
    {"cy", "zero: n = 0; one: n = 1; two: n = 2; few: n = 3; many: n = 6"},
    {"ga", "one: n = 1; two: n = 2; few: n = 3..6; many: n = 7..10"},
    {"gd", "one: n = 1 or n = 11; two: n = 2 or n = 12; few: n = 3..10 or n = 13..19"},
    {"ceb fil tl", "one: n = 1..3 or n % 10 = 0..3 or n % 10 = 5 or n % 10 = 7..8"},
};

const char *plural_name(enum plural p)
{
    return names[p];
}

static bool lists(const char *languages, struct span language)
{
    struct span rest = span_of(languages), word;
    while (span_next(&rest, ' ', &word))
        if (span_eq_nocase(word, language)) return true;
    return false;
}

static const char *rule_of(struct span language)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (lists(rules[i].languages, language)) return rules[i].rule;
    return NULL;
}

/* As listed, else without what follows the first "-". NULL: CLDR has none, or not here. */
static const char *rule_for(struct span language)
{
    const char *rule = rule_of(language);
    ptrdiff_t cut = span_find_char(language, '-');
    return rule || cut < 0 ? rule : rule_of(span_cut(language, 0, (size_t)cut));
}

/* ---- reading a rule: "n % 100 = 3..10", joined by "and", then by "or" ---- */
static bool skip(struct span *s, const char *word)
{
    *s = span_trim(*s);
    if (!span_starts(*s, span_of(word))) return false;
    *s = span_cut(*s, strlen(word), s->n);
    return true;
}

static uint64_t number(struct span *s)
{
    uint64_t n = 0;
    size_t i = 0;
    *s = span_trim(*s);
    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++)
        n = n * 10 + (uint64_t)(s->p[i] - '0');
    must(i > 0);
    *s = span_cut(*s, i, s->n);
    return n;
}

static bool relation_holds(struct span *s, uint64_t n)
{
    must(skip(s, "n"));
    uint64_t value = skip(s, "%") ? n % number(s) : n;
    bool wanted = !skip(s, "!=");
    if (wanted) must(skip(s, "="));
    uint64_t from = number(s), to = skip(s, "..") ? number(s) : from;
    return (from <= value && value <= to) == wanted;
}

static bool condition_holds(struct span s, uint64_t n)
{
    bool any = false;
    do {
        bool all = true;
        do all &= relation_holds(&s, n);
        while (skip(&s, "and"));
        any |= all;
    } while (skip(&s, "or"));
    return any;
}

static enum plural named(struct span name)
{
    size_t i = 0;
    while (i < PLURALS && !span_eq(span_of(names[i]), span_trim(name))) i++;
    must(i < PLURALS);
    return (enum plural)i;
}

enum plural plural_of(struct span language, uint64_t n)
{
    const char *rule = rule_for(language);
    struct span rest = span_of(rule ? rule : ""), one;
    while (rest.n && span_next(&rest, ';', &one)) {
        ptrdiff_t colon = span_find_char(one, ':');
        must(colon > 0);
        if (condition_holds(span_cut(one, (size_t)colon + 1, one.n), n))
            return named(span_cut(one, 0, (size_t)colon));
    }
    return PLURAL_OTHER;
}

bool plural_is_known(struct span language)
{
    return rule_for(language) != NULL;
}
