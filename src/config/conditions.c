/* conditions.c: what is wrong with a rule's conditions by themselves: a list that is empty, a code
 * that nothing has, words without a letter. */
#include <ctype.h>

#include "schema.h"

/* A list that has lost its last entry would make a rule about a few stories one about all. */
static void check_filled(struct reading *r, const struct yaml *rule)
{
    static const char *const lists[] = {"feeds", "subjects", "genres", "languages", "keywords",
        "texts", "sections", "places", "sources", "days"};
    for (size_t i = 0; i < COUNT(lists); i++) {
        const struct yaml *y = yaml_get(rule, lists[i]);
        if (y && !y->text.n && !y->first)
            mistake_at(r, y, S("name some, or leave the key out"),
                "“%s” is empty: the rule would take every story", lists[i]);
    }
}

static void check_code(struct reading *r, const struct yaml *y)
{
    ptrdiff_t colon = y->type == YAML_TEXT ? span_find_char(y->text, ':') : -1;
    struct span scheme = span_cut(y->text, 0, colon < 0 ? 0 : (size_t)colon),
                code = span_cut(y->text, scheme.n + 1, y->text.n);
    uint64_t number;
    if (!span_eq_nocase(scheme, S("medtop")) && !span_eq_nocase(scheme, S("subj"))) return;
    if (code.n != 8 || !span_to_u64(code, &number))
        mistake_at(r, y, S("write eight digits, such as medtop:15000000"),
            "“%.*s” is no code of the IPTC's", FMT(utf8_head(y->text, 40)));
}

void check_codes(struct reading *r, const struct yaml *subjects)
{
    if (!subjects) return;
    check_code(r, subjects);
    for (const struct yaml *y = subjects->first; y; y = y->next) check_code(r, y);
}

static void check_words(struct reading *r, const struct yaml *y)
{
    bool has_word = y->type != YAML_TEXT || !y->text.n;
    for (size_t i = 0; i < y->text.n && !has_word; i++)
        has_word = isalnum((unsigned char)y->text.p[i]) || (unsigned char)y->text.p[i] >= 0x80;
    if (!has_word)
        mistake_at(r, y, S("write words; a * stands at an end of them"),
            "“%.*s” has no letter to look for", FMT(utf8_head(y->text, 40)));
}

void check_conditions(struct reading *r, const struct yaml *rule)
{
    const struct yaml *texts = yaml_get(rule, "texts");
    check_filled(r, rule);
    check_codes(r, yaml_get(rule, "subjects"));
    if (!texts) return;
    check_words(r, texts);
    for (const struct yaml *y = texts->first; y; y = y->next) check_words(r, y);
}
