/* lift.c: what an agency wrote into the text because its format has no field for it: "By Joseph
 * Ax" above the first paragraph, "WINNIPEG, Nov 30 (Reuters) -" at its head. They become fields;
 * the text stays as it was sent (C16), and a page leaves out what it shows already. Only what can
 * be nothing else is taken: a wrong byline is worse than none. Never fails. */
#include "lift.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_one_of(struct span word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_eq_nocase(word, span_of(list[i]))) return true;
    return false;
}

/* The next word of a line without its comma; rest moves behind it. Empty: no more. */
static struct span next_word(struct span *rest)
{
    struct span s = span_trim(*rest);
    ptrdiff_t end = span_find_char(s, ' ');
    struct span word = span_cut(s, 0, end < 0 ? s.n : (size_t)end);
    *rest = span_cut(s, word.n, s.n);
    return span_ends(word, S(",")) ? span_cut(word, 0, word.n - 1) : word;
}

/* ---- bylines ---- */

/* "By", "Von" …: what stands behind it; empty: none of them. */
static struct span behind_by(struct span line)
{
    static const char *const heads[] = {"By ", "BY ", "Von ", "VON ", "Par ", "PAR ", "Por ",
        "POR ", "Door ", "DOOR ", "Av ", "AV ", "Af ", "AF "};
    for (size_t i = 0; i < COUNT(heads); i++)
        if (span_starts(line, span_of(heads[i])))
            return span_cut(line, span_of(heads[i]).n, line.n);
    return (struct span){0};
}

/* A part of a name: its first letter is large, and no sentence's mark is in it. */
static bool is_name(struct span word)
{
    static const char marks[] = "!?:;()[]\"%&$@";
    bool is_initial = word.n == 2 || span_eq(word, S("Jr.")) || span_eq(word, S("Sr."));
    for (size_t i = 0; i < word.n; i++) {
        bool stop = word.p[i] == '.' && !is_initial && i + 1 == word.n;
        if (stop || is_digit(word.p[i]) || span_find_char(span_of(marks), word.p[i]) >= 0)
            return false;
    }
    return word.n && is_letter(word.p[0]) && !is_lower(word.p[0]);
}

bool lift_is_byline(struct span line)
{
    enum { LINE_MAX = 160, WORDS_MAX = 20 }; /* four names with their agency */
    static const char *const between[] = {"and", "und", "et", "y", "e", "en", "och", "og", "de",
        "da", "do", "dos", "du", "del", "della", "di", "la", "le", "van", "von", "der", "den",
        "ten", "ter", "bin", "al", "el", "ben", "zu", "dpa", "afp", "in"};
    struct span rest = behind_by(line);
    size_t words = 0, names = 0;
    bool last_is_name = false;
    if (!rest.n || line.n > LINE_MAX) return false;
    for (struct span w = next_word(&rest); w.n; w = next_word(&rest), words++) {
        last_is_name = is_name(w);
        names += last_is_name;
        if (!last_is_name && (words == 0 || !is_one_of(w, between, COUNT(between)))) return false;
    }
    bool by_agency = span_ends(line, S(" dpa")) || span_ends(line, S(" afp"));
    return names >= 2 && words <= WORDS_MAX && (last_is_name || by_agency);
}
