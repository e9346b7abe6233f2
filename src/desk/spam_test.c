/* spam_test.c: the score is what the decisions make of it and nothing else; what it is worth on a
 * small set of our own, each part of it judged by what the others taught. */
#include <stdio.h>
#include <stdlib.h>

#include "desk.h"

#include "tap.h"

enum { SAID_MAX = 400, WORDS_MAX = 20000, PARTS = 5, HOLD = 90 };

struct said {
    struct span name, text;
    bool bad;
    uint64_t words[SPAM_WORDS_MAX];
    size_t count;
};
static struct said *list;
static size_t all;

/* ---- a model, as whoever keeps the counts has it ---- */
struct model {
    struct {
        uint64_t word;
        struct spam_count n;
    } words[WORDS_MAX];
    size_t count;
    struct spam_count all;
};

static struct spam_count *counted(struct model *m, uint64_t word, bool make)
{
    static struct spam_count none;
    for (size_t i = 0; i < m->count; i++)
        if (m->words[i].word == word) return &m->words[i].n;
    none = (struct spam_count){0, 0};
    if (!make || m->count == WORDS_MAX) return &none;
    m->words[m->count].word = word;
    m->words[m->count].n = none;
    return &m->words[m->count++].n;
}

static void teach(struct model *m, const struct said *s)
{
    *(s->bad ? &m->all.bad : &m->all.good) += 1;
    for (size_t i = 0; i < s->count; i++) {
        struct spam_count *n = counted(m, s->words[i], true);
        *(s->bad ? &n->bad : &n->good) += 1;
    }
}

static int score(struct model *m, const struct said *s)
{
    struct spam_count counts[SPAM_WORDS_MAX];
    for (size_t i = 0; i < s->count; i++) counts[i] = *counted(m, s->words[i], false);
    return desk_spam_score(counts, s->count, m->all);
}

/* ---- the set ---- */
static void read_line(struct arena *a, struct span line)
{
    ptrdiff_t bar = span_find(line, S(" | "));
    if (line.n < 2 || line.p[0] == '#' || bar < 0 || all == SAID_MAX) return;
    struct said *s = &list[all++];
    s->bad = line.p[0] == '-';
    s->name = span_cut(line, 2, (size_t)bar);
    s->text = span_cut(line, (size_t)bar + 3, line.n);
    s->count = desk_spam_words(a, s->name, s->text, s->words);
}

static void test_set(struct arena *a)
{
    struct span file, line;
    list = calloc(SAID_MAX, sizeof *list);
    struct model *m = calloc(1, sizeof *m);
    must(list && m && file_read(a, "tests/cases/desk/spam.txt", 1 << 20, &file) == OK);
    while (span_next(&file, '\n', &line)) read_line(a, line);
    size_t right = 0, wrong = 0, missed = 0, bad = 0, halves = 0;
    for (size_t part = 0; part < PARTS; part++) {
        m->count = 0;
        m->all = (struct spam_count){0, 0};
        for (size_t i = 0; i < all; i++)
            if (i % PARTS != part) teach(m, &list[i]);
        for (size_t i = part; i < all; i += PARTS) {
            int at = score(m, &list[i]);
            bad += list[i].bad;
            right += at >= HOLD && list[i].bad;
            wrong += at >= HOLD && !list[i].bad;
            missed += at < HOLD && list[i].bad;
            halves += at >= 50 ? list[i].bad : !list[i].bad;
        }
    }
    printf("# %zu comments of our own, %zu of them spam; held from %d on: precision %.2f, recall "
           "%.2f; %zu on the right side of 50\n",
        all, bad, HOLD, (double)right / (double)(right + wrong), (double)right / (double)bad,
        halves);
    check(all >= 90 && bad * 3 >= all, "there are enough of both");
    check(wrong * 20 <= right, "at most one in twenty of those held is none");
    check(missed * 4 <= bad, "three in four are held");
    check(halves * 10 >= all * 9, "nine in ten stand on the right side");
    free(list);
    free(m);
}

/* ---- the rule ---- */
static void test_rule(void)
{
    struct spam_count known = {.good = 20, .bad = 20}, word = {.good = 0, .bad = 20};
    check(desk_spam_score(&word, 1, (struct spam_count){.good = 9, .bad = 90}) == SPAM_UNKNOWN,
        "too little was decided");
    check(desk_spam_score(NULL, 0, known) == 50, "no word is known: as likely as not");
    check(desk_spam_score(&word, 1, known) > 90, "a word of hidden ones alone");
    word = (struct spam_count){.good = 20, .bad = 0};
    check(desk_spam_score(&word, 1, known) < 10, "a word of shown ones alone");
    word = (struct spam_count){.good = 7, .bad = 7};
    check(desk_spam_score(&word, 1, known) == 50, "a word of both tells nothing");
    struct spam_count many[SPAM_WORDS_MAX];
    for (size_t i = 0; i < SPAM_WORDS_MAX; i++) many[i] = (struct spam_count){.good = 0, .bad = 20};
    check(desk_spam_score(many, SPAM_WORDS_MAX, known) == 100, "however many, it stays a score");
}

static bool same_word(struct arena *a, const char *x, const char *y)
{
    uint64_t one[SPAM_WORDS_MAX], two[SPAM_WORDS_MAX];
    size_t n = desk_spam_words(a, S("n"), span_of(x), one),
           k = desk_spam_words(a, S("n"), span_of(y), two);
    return n == k && memcmp(one, two, n * sizeof *one) == 0;
}

static void test_words(struct arena *a)
{
    uint64_t out[SPAM_WORDS_MAX];
    check(same_word(a, "Lantern", "lantern") && same_word(a, "lantern lantern", "lantern"),
        "a word counts once, whatever its case");
    check(!same_word(a, "lantern", "LANTERN LANTERN"), "but shouting is seen");
    check(!same_word(a, "well", "well!!!!!"), "and so are repetitions");
    check(desk_spam_words(a, S(""), S("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"), out) == 2,
        "where words have no spaces, pairs count");
    char *text = arena_alloc(a, 20000);
    size_t n = 0;
    for (int i = 0; i < 3000; i++) n += (size_t)snprintf(text + n, 8, "w%04d ", i);
    check(desk_spam_words(a, S("n"), (struct span){text, n}, out) == SPAM_WORDS_MAX,
        "no more words than there is room for");
}

int main(void)
{
    struct arena *a = arena_new(16 << 20);
    test_rule();
    test_words(a);
    test_set(a);
    arena_free(a);
    return tap_end();
}
