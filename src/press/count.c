/* count: numbers and counted words as readers are told them, in the digits and by the plural rule
 * of the words file. Pure. */
#include "press_private.h"

#include <stdio.h>

void press_put_number(const struct press *p, struct buf *b, uint64_t n, int at_least)
{
    char text[20];
    int count = 0;
    do text[count++] = (char)(n % 10);
    while ((n /= 10) || count < at_least);
    while (count-- > 0) buf_put(b, p->digits[(int)text[count]]);
}

struct span press_number(const struct press *p, struct arena *a, uint64_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    press_put_number(p, &b, n, 1);
    return buf_span(&b);
}

static const struct span *form_of(const struct press *p, const char *key, const char *ending)
{
    char form[64];
    int len = snprintf(form, sizeof form, "%s_%s", key, ending);
    must(len > 0 && (size_t)len < sizeof form);
    return map_get(p->words, span_of(form));
}

struct span press_count(const struct press *p, struct arena *a, const char *key, size_t n)
{
    const struct span *form = n ? NULL : form_of(p, key, "none");
    if (!form) form = form_of(p, key, plural_name(plural_of(p->plurals, n)));
    for (int k = PLURALS; !form && k-- > 0;) form = form_of(p, key, plural_name((enum plural)k));
    must(form != NULL);
    struct fill number = {"n", press_number(p, a, n)};
    return press_fill(a, *form, &number, 1);
}

/* Ten signs in a row, each of one character. */
bool press_take_digits(struct press *p, struct span digits)
{
    size_t at = 0;
    for (int k = 0; k < 10; k++) {
        size_t from = at;
        if (at >= digits.n) return false;
        utf8_next(digits, &at);
        p->digits[k] = span_cut(digits, from, at);
    }
    return at == digits.n;
}

/* ---- are all forms there? ---- */
static bool is_in(const struct map *words, struct span stem, const char *ending)
{
    char key[64];
    int len = snprintf(key, sizeof key, "%.*s_%s", FMT(stem), ending);
    return len > 0 && (size_t)len < sizeof key && map_get(words, span_of(key));
}

/* stories_few -> "stories", where English counts stories: it has stories_none and stories_other.
 * Else empty. */
static struct span counted_stem(const struct map *english, struct span key)
{
    for (int k = 0; k < PLURALS; k++) {
        struct span ending = span_of(plural_name((enum plural)k));
        if (!span_ends(key, ending) || key.n < ending.n + 2) continue;
        struct span stem = span_cut(key, 0, key.n - ending.n - 1);
        if (key.p[stem.n] == '_' && is_in(english, stem, "none") &&
            is_in(english, stem, plural_name(PLURAL_OTHER)))
            return stem;
    }
    return S("");
}

static void take_form(struct press *p, enum plural form)
{
    for (size_t i = 0; i < p->form_count; i++)
        if (p->forms[i] == form) return;
    p->forms[p->form_count++] = form;
}

/* Rules look at a number's last three digits, or for millions. */
void press_take_plurals(struct press *p, struct span language)
{
    enum { FAR = 1000, MILLION = 1000000 };
    p->plurals = language;
    p->form_count = 0;
    for (uint64_t n = 1; n <= FAR; n++) take_form(p, plural_of(language, n));
    take_form(p, plural_of(language, MILLION));
}

struct span press_lost_word(
    const struct press *p, struct arena *a, const struct map *english, struct span key)
{
    struct span stem = counted_stem(english, key);
    if (!stem.n) return map_get(p->words, key) ? S("") : key;
    for (size_t i = 0; i < p->form_count; i++) {
        const char *ending = plural_name(p->forms[i]);
        if (!is_in(p->words, stem, ending)) return arena_printf(a, "%.*s_%s", FMT(stem), ending);
    }
    return S("");
}
