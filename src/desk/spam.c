/* spam.c: what moderators have let stand and what they have hidden teaches what to expect of a new
 * comment: naive Bayes over its words and a few marks (links, capitals, repetitions, long numbers).
 * Pure: counts come from who keeps them, and the same decisions give the same score. It only puts
 * the queue in order, and holds what would have been shown at once; it never hides anything.
 */
#include <math.h>
#include <stdlib.h>

#include "decide.h"

enum {
    WORD_BYTES_MAX = 64,
    REPEATS = 5,       /* of one character in a row */
    DIGITS = 7,        /* a telephone number */
    CAPITALS_OF = 12,  /* letters at least, before their capitals are looked at */
    CAPITALS_PART = 2, /* and so many of them, one in … */
    LINKS_TOLD = 3,
};

struct list {
    struct arena *a;
    uint64_t *out;
    size_t n;
};

static void add(struct list *l, const char *kind, struct span word)
{
    if (l->n == SPAM_WORDS_MAX || !word.n) return;
    uint64_t h = fast_hash(arena_printf(l->a, "%s%.*s", kind, FMT(word)));
    for (size_t i = 0; i < l->n; i++)
        if (l->out[i] == h) return;
    l->out[l->n++] = h;
}

/* ---- words ---- */
/* Kana, Han: written without spaces. */
static bool is_run_together(struct span word)
{
    unsigned char c = (unsigned char)word.p[0];
    return c >= 0xE3 && c <= 0xE9;
}

static size_t character_bytes(unsigned char c)
{
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static void add_pairs(struct list *l, const char *kind, struct span word)
{
    size_t one = character_bytes((unsigned char)word.p[0]);
    if (one >= word.n) add(l, kind, word);
    while (one < word.n) {
        size_t next = character_bytes((unsigned char)word.p[one]);
        add(l, kind, span_cut(word, 0, one + next));
        word = span_cut(word, one, word.n);
        one = next;
    }
}

static void add_words(struct list *l, const char *kind, struct span text)
{
    struct span words = text_words(l->a, text), word;
    while (words.n && span_next(&words, ' ', &word)) {
        if (!word.n) continue;
        if (is_run_together(word))
            add_pairs(l, kind, word);
        else
            add(l, kind, span_cut(word, 0, WORD_BYTES_MAX));
    }
}

/* ---- marks ---- */
static size_t links_in(struct span text)
{
    size_t n = 0;
    ptrdiff_t at;
    while ((at = span_find(text, S("://"))) >= 0) {
        n++;
        text = span_cut(text, (size_t)at + 3, text.n);
    }
    return n;
}

static bool shouts(struct span text)
{
    size_t capitals = 0, letters = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool capital = text.p[i] >= 'A' && text.p[i] <= 'Z';
        capitals += capital;
        letters += capital || (text.p[i] >= 'a' && text.p[i] <= 'z');
    }
    return letters >= CAPITALS_OF && capitals * CAPITALS_PART >= letters;
}

static bool has_run(struct span text, size_t wanted, bool of_digits)
{
    size_t run = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool digit = text.p[i] >= '0' && text.p[i] <= '9';
        bool goes_on = of_digits ? digit : i > 0 && text.p[i] == text.p[i - 1];
        run = goes_on ? run + 1 : of_digits ? 0 : 1;
        if (run >= wanted) return true;
    }
    return false;
}

static void add_marks(struct list *l, struct span text)
{
    size_t links = links_in(text);
    if (links) add(l, "links ", arena_printf(l->a, "%zu", links < LINKS_TOLD ? links : LINKS_TOLD));
    if (shouts(text)) add(l, "mark ", S("capitals"));
    if (has_run(text, REPEATS, false)) add(l, "mark ", S("repeats"));
    if (has_run(text, DIGITS, true)) add(l, "mark ", S("number"));
}

size_t desk_spam_words(struct arena *a, struct span name, struct span text, uint64_t *out)
{
    struct list l = {a, out, 0};
    add_marks(&l, text);
    add_words(&l, "name ", name);
    add_words(&l, "", text);
    return l.n;
}

/* ---- the score ---- */
static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    if (fabs(a) == fabs(b)) return a < b ? 1 : a > b ? -1 : 0;
    return fabs(a) < fabs(b) ? 1 : -1;
}

/* What one word tells, in bits for hiding: Laplace's rule on both sides, so that a word never seen
 * in one of them is no proof. */
static double bits_of(struct spam_count w, struct spam_count all)
{
    return log2(((double)w.bad + 1) / ((double)all.bad + 2)) -
           log2(((double)w.good + 1) / ((double)all.good + 2));
}

int desk_spam_score(const struct spam_count *words, size_t n, struct spam_count all)
{
    double bits[SPAM_WORDS_MAX], sum = 0;
    size_t known = 0;
    if (all.good < SPAM_LEARN_MIN || all.bad < SPAM_LEARN_MIN) return SPAM_UNKNOWN;
    for (size_t i = 0; i < n && i < SPAM_WORDS_MAX; i++)
        if (words[i].good + words[i].bad > 0) bits[known++] = bits_of(words[i], all);
    qsort(bits, known, sizeof *bits, by_size);
    for (size_t i = 0; i < known && i < SPAM_TELLING; i++) sum += bits[i];
    return (int)lround(100 / (1 + exp2(-sum)));
}
