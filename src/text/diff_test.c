#include "text.h"

#include <stdio.h>
#include <stdlib.h>

#include "luck.h"
#include "tap.h"

static struct arena *a;
/* The shortest edit by the plain table. */
static uint32_t distance(const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m)
{
    uint32_t *row = ARENA_ARRAY(a, uint32_t, m + 1);
    for (uint32_t j = 0; j <= m; j++) row[j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t corner = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t above = row[j], best = above < row[j - 1] ? above : row[j - 1];
            row[j] = x[i - 1] == y[j - 1] ? corner : best + 1;
            corner = above;
        }
    }
    return row[m];
}

/* The runs, played, lead from old to new, each word used once and in order; false: they do not. */
static bool leads(const struct diff_run *r, size_t n, const uint32_t *x, uint32_t x_count,
    const uint32_t *y, uint32_t y_count, uint32_t *edits)
{
    uint32_t i = 0, j = 0;
    *edits = 0;
    for (size_t k = 0; k < n; k++) {
        if (r[k].from != (r[k].kind == DIFF_OUT ? i : j) || !r[k].count) return false;
        for (uint32_t c = 0; c < r[k].count; c++) {
            if (r[k].kind == DIFF_SAME && (i >= x_count || j >= y_count || x[i] != y[j]))
                return false;
            i += r[k].kind != DIFF_IN;
            j += r[k].kind != DIFF_OUT;
        }
        if (r[k].kind != DIFF_SAME) *edits += r[k].count;
    }
    return i == x_count && j == y_count;
}

static void test_random(void)
{
    enum { ROUNDS = 3000, LONGEST = 40 };
    uint32_t x[LONGEST], y[LONGEST], edits, wrong = 0, longer = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t n = roll(LONGEST), m = roll(LONGEST), kinds = 1 + roll(9);
        struct diff_run *runs;
        size_t count;
        arena_reset(a);
        for (uint32_t i = 0; i < n; i++) x[i] = roll(kinds);
        for (uint32_t i = 0; i < m; i++) y[i] = i < n && roll(3) ? x[i] : roll(kinds);
        bool told = diff_tokens(a, x, n, y, m, &runs, &count);
        if (!told || !leads(runs, count, x, n, y, m, &edits))
            wrong++;
        else if (edits != distance(x, n, y, m))
            longer++;
    }
    check(!wrong, "%u of %d differences do not lead from old to new", wrong, ROUNDS);
    check(!longer, "%u of %d are not the shortest", longer, ROUNDS);
}

static void test_bounds(void)
{
    enum { MANY = 40000 };
    uint32_t *x = ARENA_ARRAY(a, uint32_t, MANY), *y = ARENA_ARRAY(a, uint32_t, MANY), edits;
    struct diff_run *runs;
    size_t count;
    for (uint32_t i = 0; i < MANY; i++) x[i] = i, y[i] = MANY + i;
    check(!diff_tokens(a, x, MANY, y, MANY, &runs, &count) && !count,
        "two long texts without a common word are too different to tell");
    for (uint32_t i = 0; i < MANY; i++) y[i] = i % 1000 == 7 ? MANY + i : i;
    check(diff_tokens(a, x, MANY, y, MANY, &runs, &count) &&
              leads(runs, count, x, MANY, y, MANY, &edits) && edits == 2 * MANY / 1000,
        "few changes in a long text are told");
    check(diff_tokens(a, x, 0, y, 0, &runs, &count) && !count, "nothing against nothing");
}

static void test_words(void)
{
    struct map *known = map_new(a);
    struct diff_words old, new;
    struct diff_run *runs;
    size_t count;
    diff_cut(a, known, S("The bridge is shut until Friday"), &old);
    diff_cut(a, known, S("The old bridge is open"), &new);
    check(
        old.count == 6 && new.count == 5 && old.numbers[1] == new.numbers[2], "words are numbered");
    check(diff_tokens(a, old.numbers, old.count, new.numbers, new.count, &runs, &count) &&
              count == 5 && runs[1].kind == DIFF_IN && runs[1].count == 1,
        "an inserted word is one run");
}

int main(void)
{
    luck_begin();
    a = arena_new(64 << 20);
    test_random();
    arena_reset(a);
    test_bounds();
    test_words();
    arena_free(a);
    return tap_end();
}
