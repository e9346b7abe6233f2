/* words.c: what agencies say in words where a field would have been safer: not for use yet (E12),
 * hold (K14), a test (A3), an obituary written ahead (A5), a message to editors (A1, K10), gaps
 * still to be filled (A4). Owns the table of phrases. Never decides: it only finds. A false find
 * costs an editor a click; a missed one costs the paper its name. */
#include <assert.h>
#include <string.h>

#include "decide.h"

enum place {
    NOTES = 1,
    SLUG = 2,
    HEADLINE = 4,
    BODY = 8,
    GENRE = 16,
    ALL = NOTES | SLUG | HEADLINE | BODY
};
enum how { ANY_CASE, AS_WRITTEN, AT_START, AS_WRITTEN_AT_START };

/* A space in a phrase stands for any run of spaces and of - / _ : , . ; a phrase is found as whole
 * words only. */
static const struct phrase {
    const char *words;
    int places;
    enum how how;
    enum reason_code why;
} phrases[] = {
    /* E12. "embargo" is also an ordinary word: in prose only capitals or "until" make it an order.
     */
    {"embargo", NOTES | SLUG, ANY_CASE, WHY_EMBARGO_WORDS},
    {"embargoed", NOTES | SLUG, ANY_CASE, WHY_EMBARGO_WORDS},
    {"EMBARGO", BODY, AS_WRITTEN, WHY_EMBARGO_WORDS},
    {"EMBARGO", HEADLINE, AS_WRITTEN_AT_START, WHY_EMBARGO_WORDS},
    {"EMBARGOED", HEADLINE | BODY, AS_WRITTEN, WHY_EMBARGO_WORDS},
    {"embargoed until", HEADLINE | BODY, ANY_CASE, WHY_EMBARGO_WORDS},
    {"embargoed till", HEADLINE | BODY, ANY_CASE, WHY_EMBARGO_WORDS},
    {"embargoed for", HEADLINE | BODY, ANY_CASE, WHY_EMBARGO_WORDS},
    {"embargoed to", HEADLINE | BODY, ANY_CASE, WHY_EMBARGO_WORDS},
    {"embargo until", HEADLINE | BODY, ANY_CASE, WHY_EMBARGO_WORDS},
    {"under embargo", HEADLINE | BODY, AS_WRITTEN_AT_START, WHY_EMBARGO_WORDS},
    {"sous embargo", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"sperrfrist", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"HFR", ALL, AS_WRITTEN, WHY_EMBARGO_WORDS},
    {"hold for release", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"do not use", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"do not publish", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"not for release", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"not for publication before", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    {"not for use before", ALL, ANY_CASE, WHY_EMBARGO_WORDS},
    /* K14 */
    {"HOLD HOLD HOLD", ALL, AS_WRITTEN, WHY_WITHHELD},
    /* A3 */
    {"this is a test", NOTES | HEADLINE, ANY_CASE, WHY_TEST},
    {"this is a test", BODY, AT_START, WHY_TEST},
    {"test test", ALL, ANY_CASE, WHY_TEST},
    {"test only", ALL, ANY_CASE, WHY_TEST},
    {"test message", ALL, ANY_CASE, WHY_TEST},
    {"test item", ALL, ANY_CASE, WHY_TEST},
    {"test story", ALL, ANY_CASE, WHY_TEST},
    {"please disregard", ALL, ANY_CASE, WHY_TEST},
    {"please ignore", ALL, ANY_CASE, WHY_TEST},
    {"TEST", NOTES, AS_WRITTEN, WHY_TEST},
    /* A5 */
    {"advance obituary", ALL, ANY_CASE, WHY_OBITUARY},
    {"advance obit", ALL, ANY_CASE, WHY_OBITUARY},
    {"obituary advance", ALL, ANY_CASE, WHY_OBITUARY},
    {"obit advance", ALL, ANY_CASE, WHY_OBITUARY},
    {"adv obit", ALL, ANY_CASE, WHY_OBITUARY},
    {"prepared obituary", ALL, ANY_CASE, WHY_OBITUARY},
    {"prepared obit", ALL, ANY_CASE, WHY_OBITUARY},
    {"obituary prepared in advance", ALL, ANY_CASE, WHY_OBITUARY},
    {"obit prep", SLUG | NOTES, ANY_CASE, WHY_OBITUARY},
    {"hold for death", ALL, ANY_CASE, WHY_OBITUARY},
    {"in the event of death", NOTES, ANY_CASE, WHY_OBITUARY},
    {"for use upon death", NOTES, ANY_CASE, WHY_OBITUARY},
    /* A1, K10 */
    {"ADVISORY", HEADLINE | SLUG, AS_WRITTEN_AT_START, WHY_ADVISORY},
    {"advisory", GENRE, ANY_CASE, WHY_ADVISORY},
    {"daybook", GENRE | HEADLINE | SLUG, AT_START, WHY_ADVISORY},
    {"news digest", GENRE | HEADLINE | SLUG, AT_START, WHY_ADVISORY},
    {"DIGEST", HEADLINE | SLUG, AS_WRITTEN_AT_START, WHY_ADVISORY},
    {"digest", GENRE, ANY_CASE, WHY_ADVISORY},
    {"news budget", HEADLINE | SLUG, ANY_CASE, WHY_ADVISORY},
    {"budget", GENRE, ANY_CASE, WHY_ADVISORY},
    {"SCHEDULE", HEADLINE | SLUG, AS_WRITTEN_AT_START, WHY_ADVISORY},
    {"schedule", GENRE, ANY_CASE, WHY_ADVISORY},
    {"service message", GENRE | HEADLINE | SLUG, ANY_CASE, WHY_ADVISORY},
    {"terminvorschau", GENRE, ANY_CASE, WHY_ADVISORY},
    {"planungshinweis", GENRE, ANY_CASE, WHY_ADVISORY},
    {"achtung", GENRE, ANY_CASE,
        WHY_ADVISORY}, /* dpa's word to editors: what is late, still good */
    {"nicht zur veröffentlichung bestimmt", SLUG | HEADLINE, ANY_CASE, WHY_ADVISORY},
    {"informationen sind nicht zur veröffentlichung bestimmt", BODY, ANY_CASE, WHY_ADVISORY},
    {"KILL KILL KILL", HEADLINE | SLUG | BODY, AS_WRITTEN, WHY_ADVISORY},
    {"STORY WITHDRAWN", HEADLINE | SLUG | BODY, AS_WRITTEN, WHY_ADVISORY},
    {"mandatory kill", HEADLINE | SLUG | BODY, ANY_CASE, WHY_ADVISORY},
    {"please kill", HEADLINE | BODY, ANY_CASE, WHY_ADVISORY},
    {"story is withdrawn", HEADLINE | BODY, ANY_CASE, WHY_ADVISORY},
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_gap(char c)
{
    return c == ' ' || c == '-' || c == '/' || c == '_' || c == ':' || c == ',' || c == '.';
}

/* Length of the phrase at the head of text as whole words; 0: it does not stand there. */
size_t words_at(struct span text, struct span phrase, bool exact_case)
{
    size_t i = 0;
    for (size_t k = 0; k < phrase.n; k++) {
        if (phrase.p[k] == ' ') {
            size_t from = i;
            while (i < text.n && is_gap(text.p[i])) i++;
            if (i == from) return 0;
            continue;
        }
        if (i >= text.n) return 0;
        bool same = exact_case ? text.p[i] == phrase.p[k] : lower(text.p[i]) == lower(phrase.p[k]);
        if (!same) return 0;
        i++;
    }
    return i < text.n && words_is_letter(text.p[i]) ? 0 : i;
}

bool words_has(struct span text, struct span phrase, bool exact_case)
{
    for (size_t i = 0; i < text.n && phrase.n; i++) {
        if (lower(text.p[i]) != lower(phrase.p[0]) || (i && words_is_letter(text.p[i - 1])))
            continue;
        if (words_at(span_cut(text, i, text.n), phrase, exact_case)) return true;
    }
    return false;
}

/* Which phrases a story was found to hold. */
struct finding {
    struct words_found *out;
    size_t n, count;
    unsigned char first[26]; /* letter -> 1 + the last phrase that begins with it; 0: none */
    unsigned char next[COUNT(phrases)]; /* 1 + the phrase before it with the same letter */
};

static void index_phrases(struct finding *f)
{
    static_assert(COUNT(phrases) < 255, "phrases are counted in a byte");
    for (size_t i = 0; i < COUNT(phrases); i++) {
        unsigned char *first = &f->first[lower(phrases[i].words[0]) - 'a'];
        f->next[i] = *first;
        *first = (unsigned char)(i + 1);
    }
}

static void add(struct finding *f, enum reason_code why, struct span phrase)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->out[i].why == why) return;
    if (f->count < f->n) f->out[f->count++] = (struct words_found){why, phrase};
}

static void ask_table(struct finding *f, struct span rest, enum place place, bool at_start)
{
    unsigned char letter = (unsigned char)(lower(rest.p[0]) - 'a');
    for (size_t k = letter < 26 ? f->first[letter] : 0; k; k = f->next[k - 1]) {
        const struct phrase *p = &phrases[k - 1];
        if (!(p->places & (int)place)) continue;
        if (!at_start && (p->how == AT_START || p->how == AS_WRITTEN_AT_START)) continue;
        bool exact = p->how == AS_WRITTEN || p->how == AS_WRITTEN_AT_START;
        if (words_at(rest, span_of(p->words), exact)) add(f, p->why, span_of(p->words));
    }
}

/* Goes once over the text's words; the table is asked at each of them. */
static void find_in(struct finding *f, struct span text, enum place place)
{
    bool at_start = true, in_word = false;
    for (size_t i = 0; i < text.n; i++) {
        bool now = words_is_letter(text.p[i]);
        if (now && !in_word) {
            ask_table(f, span_cut(text, i, text.n), place, at_start);
            at_start = false;
        }
        in_word = now;
    }
}

/* A slug that begins with "test": "TEST-1", "testjobs"; but neither sport nor courts. */
static bool slug_is_test(struct span slug)
{
    static const char *const words[] = {"testimony", "testament", "testify", "testifies",
        "testosterone", "testicular", "tests", "testing"};
    if (!span_starts_nocase(slug, S("test"))) return false;
    size_t n = 4;
    while (n < slug.n && words_is_letter(slug.p[n])) n++;
    struct span first = span_cut(slug, 0, n), rest = span_cut(slug, n, slug.n);
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_eq_nocase(first, span_of(words[i]))) return false;
    return !words_has(rest, S("cricket"), false) && !words_has(rest, S("match"), false) &&
           !words_has(rest, S("rugby"), false);
}

/* "TEST: …", "[TEST] …", "TEST" alone. */
static bool headline_is_test(struct span h)
{
    if (span_starts_nocase(h, S("[test]")) || span_starts_nocase(h, S("(test)"))) return true;
    while (h.n && !words_is_letter(h.p[0])) h = span_cut(h, 1, h.n);
    if (!span_starts(h, S("TEST"))) return span_eq_nocase(span_trim(h), S("test"));
    struct span rest = span_trim(span_cut(h, 4, h.n));
    return !rest.n || (!words_is_letter(h.p[4]) && strchr(":-!.,;*]#", rest.p[0]));
}

size_t words_find(const struct story *s, struct words_found *out, size_t n)
{
    struct finding f = {.out = out, .n = n};
    struct span gap;
    index_phrases(&f);
    find_in(&f, s->headline_raw.n ? s->headline_raw : s->headline, HEADLINE);
    find_in(&f, s->slugline, SLUG);
    find_in(&f, utf8_head(s->body_text, DESK_HEAD_POINTS), BODY);
    for (uint32_t i = 0; i < s->note_count; i++) find_in(&f, s->notes[i].text, NOTES);
    for (uint32_t i = 0; i < s->subject_count; i++) {
        if (s->subjects[i].kind != SUBJECT_GENRE) continue;
        find_in(&f, s->subjects[i].code, GENRE);
        find_in(&f, s->subjects[i].name, GENRE);
    }
    if (slug_is_test(s->slugline)) add(&f, WHY_TEST, s->slugline);
    if (headline_is_test(s->headline_raw)) add(&f, WHY_TEST, S("TEST"));
    bool english = !s->language.n || span_starts_nocase(s->language, S("en"));
    if (words_placeholder(s->headline, english, &gap) ||
        words_placeholder(s->body_text, english, &gap))
        add(&f, WHY_PLACEHOLDER, gap);
    return f.count;
}

/* ---- A4: gaps ---- */
static struct span word_at(struct span text, size_t i)
{
    size_t n = i;
    while (n < text.n && words_is_letter(text.p[n])) n++;
    return span_cut(text, i, n);
}

static struct span word_before(struct span text, size_t i)
{
    while (i > 0 && !words_is_letter(text.p[i - 1])) i--;
    size_t end = i;
    while (i > 0 && words_is_letter(text.p[i - 1])) i--;
    return span_cut(text, i, end);
}

static struct span word_after(struct span text, size_t i)
{
    while (i < text.n && words_is_letter(text.p[i])) i++;
    while (i < text.n && !words_is_letter(text.p[i])) i++;
    return word_at(text, i);
}

static bool is_one_of(struct span word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq_nocase(word, span_of(list[i]))) return true;
    return false;
}

/* Twenty and thirty in Roman numerals, and what else is really written so. */
static bool is_numeral(struct span text, size_t i)
{
    static const char *const beside[] = {"siglo", "secolo", "século", "siècle", "segle", "wiek",
        "bowl", "olympiad", "olympics", "chromosome", "chromosomes", "cromosoma", "cromosomas",
        "rated", "century", "games", "jornada", "vin", "part", "volume", "jahrhundert"};
    return is_one_of(word_before(text, i), beside, COUNT(beside)) ||
           is_one_of(word_after(text, i), beside, COUNT(beside));
}

static bool word_is_gap(struct span text, size_t i, struct span w, bool english)
{
    static const char *const shops[] = {"maxx", "elevator", "elevators"};
    size_t x = 0, tk = 0;
    while (x < w.n && w.p[x] == 'X') x++;
    if (x == w.n && x >= 2) return !is_numeral(text, i);
    while (tk + 1 < w.n && w.p[tk] == 'T' && w.p[tk + 1] == 'K') tk += 2;
    if (tk && tk == w.n) return english && !is_one_of(word_after(text, i), shops, COUNT(shops));
    if (w.p[0] == 'l' || w.p[0] == 'L')
        return span_eq_nocase(w, S("lorem")) && span_eq_nocase(word_after(text, i), S("ipsum"));
    if (!english || !span_eq_nocase(w, S("aged"))) return false;
    /* "aged , of Harrow" has lost its number; "well aged, it said" has not. */
    struct span rest = span_cut(text, i + w.n, text.n);
    return rest.n > 1 && rest.p[0] == ' ' && strchr(",.;:)_", rest.p[1]);
}

/* "[date]", "[age]" and their like. */
static bool mark_is_gap(struct span rest)
{
    static const char *const marks[] = {
        "[date]", "[age]", "[name]", "[day]", "(date tk)", "(age tk)", "[tk]"};
    for (size_t i = 0; i < COUNT(marks); i++)
        if (span_starts_nocase(rest, span_of(marks[i]))) return true;
    return false;
}

/* Could a gap begin with these two letters? Asked at every word of every body. */
static bool may_begin_gap(char first, char second)
{
    switch (first) {
    case 'X': return second == 'X';
    case 'T': return second == 'K';
    case 'L':
    case 'l': return lower(second) == 'o';
    case 'A':
    case 'a': return lower(second) == 'g';
    case '[':
    case '(': return true;
    default: return false;
    }
}

static size_t gap_at(struct span text, size_t i, bool english)
{
    if (!words_is_letter(text.p[i])) return mark_is_gap(span_cut(text, i, text.n)) ? 1 : 0;
    struct span w = word_at(text, i);
    return word_is_gap(text, i, w, english) ? w.n : 0;
}

bool words_placeholder(struct span text, bool english, struct span *found_out)
{
    bool in_word = false;
    for (size_t i = 0; i + 1 < text.n; i++) {
        bool begins = !in_word && may_begin_gap(text.p[i], text.p[i + 1]);
        size_t n = begins ? gap_at(text, i, english) : 0;
        if (n) {
            *found_out = span_cut(text, i, i + n);
            return true;
        }
        in_word = words_is_letter(text.p[i]);
    }
    return false;
}
