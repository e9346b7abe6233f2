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

/* ---- datelines ---- */

static bool is_agency(struct span s)
{
    static const char *const known[] = {"Reuters", "Thomson Reuters", "AP", "AFP", "dpa", "EFE",
        "ANSA", "APA", "ATS", "SDA", "Keystone-SDA", "Keystone-ATS", "Belga", "ANP", "NTB", "TT",
        "Ritzau", "STT", "PAP", "TASS", "Interfax", "Xinhua", "Kyodo", "Jiji", "Yonhap", "UPI",
        "AAP", "PTI", "ANI", "Lusa", "Europa Press", "Bernama", "Antara", "PA", "PA Media", "CP",
        "The Canadian Press", "La Presse Canadienne", "KUNA", "SPA", "WAM", "MENA", "AA",
        "Anadolu"};
    ptrdiff_t slash = span_find_char(s, '/'); /* "dpa/tmn" */
    return is_one_of(slash < 0 ? s : span_cut(s, 0, (size_t)slash), known, COUNT(known));
}

static bool is_month(struct span word)
{
    static const char *const heads[] = {"jan", "ene", "gen", "feb", "fev", "fév", "mar", "mär",
        "mrt", "mrz", "apr", "abr", "avr", "may", "mai", "maj", "mei", "mag", "jun", "jui", "giu",
        "jul", "lug", "aug", "ago", "aoû", "aou", "sep", "set", "oct", "okt", "out", "ott", "nov",
        "dec", "dez", "déc", "dic"};
    enum { LONGEST = 10 }; /* "septiembre" */
    if (word.n > LONGEST) return false;
    for (size_t i = 0; i < COUNT(heads); i++)
        if (span_starts_nocase(word, span_of(heads[i]))) return true;
    return false;
}

/* "30", "30." */
static bool is_day(struct span word)
{
    if (span_ends(word, S("."))) word = span_cut(word, 0, word.n - 1);
    return (word.n == 1 || word.n == 2) && is_digit(word.p[0]) && is_digit(word.p[word.n - 1]);
}

static struct span last_word(struct span s)
{
    size_t at = s.n;
    while (at > 0 && s.p[at - 1] != ' ' && s.p[at - 1] != ',') at--;
    return span_cut(s, at, s.n);
}

static struct span without_last(struct span s)
{
    s = span_trim(span_cut(s, 0, s.n - last_word(s).n));
    return span_ends(s, S(",")) ? span_trim(span_cut(s, 0, s.n - 1)) : s;
}

/* Takes "Nov 30", "30 nov 2026" off the end. */
static bool cut_date(struct span *head)
{
    struct span s = *head, last = last_word(s);
    if (last.n == 4 && (span_starts(last, S("19")) || span_starts(last, S("20")))) {
        s = without_last(s);
        last = last_word(s);
    }
    struct span before = last_word(without_last(s));
    bool is_date = (is_month(last) && is_day(before)) || (is_day(last) && is_month(before));
    if (is_date) *head = without_last(without_last(s));
    return is_date;
}

/* The bracket that ends it. */
static struct span cut_agency(struct span *head)
{
    ptrdiff_t open = span_find_char(*head, '(');
    if (open < 1 || !span_ends(*head, S(")"))) return (struct span){0};
    struct span agency = span_cut(*head, (size_t)open + 1, head->n - 1);
    *head = span_trim(span_cut(*head, 0, (size_t)open));
    return span_trim(agency);
}

static bool is_place(struct span s)
{
    enum { PLACE_MAX = 60, WORDS_MAX = 7 }; /* bytes: "ABOARD AIR FORCE ONE", "PARIS/BERLIN" */
    size_t words = 1;
    for (size_t i = 0; i < s.n; i++) {
        words += s.p[i] == ' ';
        if (!is_letter(s.p[i]) && span_find_char(S(" ,./'-"), s.p[i]) < 0) return false;
    }
    return s.n >= 2 && s.n <= PLACE_MAX && words <= WORDS_MAX && is_letter(s.p[0]) &&
           !is_lower(s.p[0]);
}

/* Its first word is in capitals. */
static bool is_shouted(struct span place)
{
    size_t n = 0;
    for (; n < place.n && place.p[n] != ',' && place.p[n] != ' '; n++)
        if (is_lower(place.p[n])) return false;
    return n > 1;
}

/* What stands before the first dash; empty: none stands near. */
static struct span before_dash(struct span text)
{
    enum { HEAD_MAX = 120 }; /* bytes */
    static const char *const dashes[] = {" - ", " -- ", " \u2013 ", " \u2014 ", ".- ", ")- "};
    struct span head = span_cut(text, 0, text.n < HEAD_MAX ? text.n : HEAD_MAX);
    ptrdiff_t best = -1;
    for (size_t i = 0; i < COUNT(dashes); i++) {
        ptrdiff_t at = span_find(head, span_of(dashes[i]));
        if (at >= 0 && dashes[i][0] == ')') at++;
        if (at > 0 && (best < 0 || at < best)) best = at;
    }
    return span_cut(head, 0, best > 0 ? (size_t)best : 0);
}

struct span lift_place(struct span text, struct span *agency_out)
{
    struct span head = before_dash(text);
    *agency_out = (struct span){0};
    if (!head.n) return (struct span){0};
    struct span agency = cut_agency(&head);
    bool is_dated = cut_date(&head), is_known = agency.n && is_agency(agency);
    *agency_out = is_known ? agency : (struct span){0};
    bool is_line = is_known || (is_dated && is_shouted(head));
    return is_line && is_place(head) ? head : (struct span){0};
}
