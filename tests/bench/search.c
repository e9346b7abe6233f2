/* Measures searches over a store of many stories of ordinary length; not a test, prints figures
 * only (processor time). Words are as frequent as in a language (Zipf). Build and run: ninja -C
 * build-release bench-search && build-release/bench-search [STORIES] */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "../../src/store/try.h"
#include "clock.h"

enum { VOCABULARY = 60000, BODY_WORDS = 280, ROUNDS = 300 };

static struct arena *a;
static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* The rank of a word: the first is a twentieth of all. */
static uint64_t rank_of(void)
{
    double u = (double)(next() >> 11) / (double)(1ull << 53);
    return (uint64_t)(pow(VOCABULARY, u)) - 1;
}

static void put_word(struct buf *b, uint64_t rank)
{
    static const char *const parts[] = {"ka", "lo", "mi", "ret", "son", "vel", "tar", "ing", "per",
        "dan", "ho", "qui", "bes", "ul", "nor", "che"};
    uint64_t n = rank * 2654435761u % 65521 + 16;
    for (; n; n /= 16) buf_str(b, parts[n % 16]);
}

static struct span some_words(size_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_char(&b, ' ');
        put_word(&b, rank_of());
    }
    return buf_span(&b);
}

static void fill(uint64_t stories)
{
    struct store *s = try_open(true);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < stories; i++) {
        arena_reset(a);
        struct view *v = try_view(a, i);
        v->language = i % 3 ? S("en") : S("hi");
        v->agency = i % 2 ? S("Meridian") : S("Coastal News");
        v->headline = some_words(9);
        v->abstract = some_words(20);
        v->body_text = some_words(BODY_WORDS);
        v->body = html_text(a, v->body_text);
        try_put(s, v, v->published_ms, INT64_MAX);
    }
    must(store_commit(s, stories) == OK);
    int64_t t0 = clock_mono_us();
    try_index(s, NOW + (int64_t)stories * 60000);
    printf(
        "indexed, a story           %9.1f us\n", (double)(clock_mono_us() - t0) / (double)stories);
    must(store_switch(s) == OK);
    store_close(s);
}

/* Of this thread: what else the machine does is not ours. */
static int64_t cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_value(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return p < q ? -1 : p > q;
}

static void tell(const char *what, double *us, size_t n)
{
    qsort(us, n, sizeof *us, by_value);
    printf("%-26s %9.1f us half, %9.1f us p99, %9.1f us most\n", what, us[n / 2], us[n * 99 / 100],
        us[n - 1]);
}

enum what { COMMON, TWO, PHRASE, NARROWED, PERIOD, MISSPELT, TYPED, WHATS };
static const char *const names[WHATS] = {"the commonest words", "two words of any rank",
    "a phrase of two", "one word of one section", "a word of one month", "a misspelt word",
    "the beginning of a word"};

static struct search_ask ask_of(enum what w, size_t i, int64_t now_ms)
{
    struct buf b;
    struct search_ask ask = {.n = 20};
    buf_init(&b, a, 0);
    put_word(&b, w == COMMON ? i % 40 : rank_of());
    if (w == TWO || w == PHRASE) {
        buf_char(&b, ' ');
        put_word(&b, rank_of());
    }
    ask.words = buf_span(&b);
    if (w == PHRASE) ask.words = arena_printf(a, "\"%.*s\"", FMT(ask.words));
    if (w == NARROWED) ask.section = S("sport"), ask.language = S("en");
    if (w == PERIOD)
        ask.from_ms = now_ms - INT64_C(60) * DAY_MS, ask.until_ms = now_ms - INT64_C(30) * DAY_MS;
    if (w == MISSPELT && ask.words.n > 4) {
        char *p = arena_cstr(a, ask.words);
        char c = p[3];
        p[3] = p[4], p[4] = c;
        ask.words = span_of(p);
    }
    return ask;
}

static void measure(struct reader *r, enum what w, int64_t now_ms)
{
    static double us[ROUNDS];
    size_t shown = 0, meant = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        struct search_found found = {0};
        struct search_suggestion list[10];
        size_t n = 0;
        arena_reset(a);
        struct search_ask ask = ask_of(w, i, now_ms);
        int64_t t0 = cpu_us();
        if (w == TYPED)
            must(reader_suggest(r, utf8_head(ask.words, 2 + i % 4), a, list, 10, &n) == OK);
        else
            must(reader_find(r, &ask, a, &found) == OK);
        us[i] = (double)(cpu_us() - t0);
        shown += n + found.count > 0;
        meant += found.meant.n > 0;
    }
    tell(names[w], us, ROUNDS);
    printf("#   answered %zu of %d, put right %zu\n", shown, ROUNDS, meant);
}

int main(int argc, char **argv)
{
    uint64_t stories = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    int64_t now_ms = NOW + (int64_t)stories * 60000;
    try_start();
    a = arena_new(512 << 20);
    fill(stories);
    struct reader *r = try_reader(NULL, NULL);
    must(reader_begin(r, now_ms) == OK);
    printf("%llu stories\n", (unsigned long long)stories);
    for (enum what w = 0; w < WHATS; w++) measure(r, w, now_ms);
    reader_end(r);
    reader_close(r);
    arena_free(a);
    try_end();
    return 0;
}
