/* alike.c: whether two stories say the same in the same words: a near copy (T4), or one piece of
 * news from two agencies (V8). Judged by words alone, so that it is the same whichever came first.
 * Owns what counts as a word, and how much must be shared. Never asks who sent it or when. */
#include <stdlib.h>
#include <string.h>

#include "decide.h"

enum {
    ALIKE_RUN = 3,      /* words in a row that stand for how something is said */
    COPY_PERCENT = 90,  /* T4: of the words */
    COPY_BODY_MIN = 20, /* words: a shorter body proves nothing by itself. There the headlines are
                           compared too, and … */
    COPY_WORDS_MIN = 5, /* both together must have so many */
    COPY_HEADLINE_PERCENT = 80,
    SAME_BODY_MIN = 12,     /* V8: words; a shorter text is never put together with another */
    SAME_RUNS_PERCENT = 50, /* said so, under headlines that share half of their words; or … */
    SAME_HEADLINE_PERCENT = 50,
    SAME_MOST_PERCENT = 80, /* … nearly all said so, under headlines that share some */
    SAME_SOME_PERCENT = 30,
};

/* ---- words ---- */
/* Scripts that are written without spaces: Han, kana, Thai, Lao, Burmese, Khmer. There each
 * character counts as a word. */
static bool stands_alone(struct span at)
{
    unsigned char a = (unsigned char)at.p[0], b = at.n > 1 ? (unsigned char)at.p[1] : 0;
    return (a >= 0xE3 && a <= 0xE9) || (a == 0xF0 && b >= 0xA0) ||
           (a == 0xE0 && b >= 0xB8 && b <= 0xBB) ||
           (a == 0xE1 && ((b >= 0x80 && b <= 0x82) || b == 0x9E || b == 0x9F));
}

static size_t character_bytes(struct span at)
{
    unsigned char lead = (unsigned char)at.p[0];
    size_t n = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return n < at.n ? n : at.n;
}

static struct span take_word(struct span *rest)
{
    while (rest->n && rest->p[0] == ' ') *rest = span_cut(*rest, 1, rest->n);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ') {
        struct span at = span_cut(*rest, n, rest->n);
        if (stands_alone(at) && n) break;
        n += character_bytes(at);
        if (stands_alone(at)) break;
    }
    struct span word = span_cut(*rest, 0, n);
    *rest = span_cut(*rest, n, rest->n);
    return word;
}

static struct hash_list words_of(struct arena *a, struct span text)
{
    struct span rest = words_folded(a, utf8_head(text, WORDING_CHARACTERS)), word;
    size_t room = rest.n < WORDING_WORDS ? rest.n : WORDING_WORDS;
    struct hash_list out = {ARENA_ARRAY(a, uint64_t, room + 1), 0};
    while (out.count < WORDING_WORDS && (word = take_word(&rest)).n)
        out.list[out.count++] = fast_hash(word);
    return out;
}

static struct hash_list numbers_of(struct arena *a, struct span text)
{
    struct span rest = words_folded(a, text), word;
    struct hash_list out = {ARENA_ARRAY(a, uint64_t, WORDING_NUMBERS), 0};
    while (out.count < WORDING_NUMBERS && (word = take_word(&rest)).n)
        if (word.p[0] >= '0' && word.p[0] <= '9') out.list[out.count++] = fast_hash(word);
    return out;
}

static int cmp_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort(struct hash_list *l, bool unique)
{
    size_t n = 0;
    if (l->count) qsort(l->list, l->count, sizeof *l->list, cmp_hash);
    for (size_t i = 0; i < l->count; i++)
        if (!unique || !n || l->list[n - 1] != l->list[i]) l->list[n++] = l->list[i];
    l->count = n;
}

static struct hash_list runs_of(struct arena *a, const struct hash_list *words)
{
    struct hash_list out = {ARENA_ARRAY(a, uint64_t, words->count + 1), 0};
    size_t length = words->count < ALIKE_RUN ? words->count : ALIKE_RUN;
    for (size_t i = 0; length && i + length <= words->count; i++)
        out.list[out.count++] =
            fast_hash((struct span){(const char *)(words->list + i), length * sizeof *words->list});
    sort(&out, true);
    return out;
}

static struct span primary(struct span language)
{
    size_t n = 0;
    while (n < language.n && language.p[n] != '-' && language.p[n] != '_') n++;
    return span_cut(language, 0, n);
}

void desk_wording(struct arena *a, const struct story *s, struct wording *out)
{
    *out = (struct wording){.language = primary(s->language),
        .headline = words_of(a, s->headline),
        .body = words_of(a, s->body_text),
        .numbers = numbers_of(a, s->headline)};
    out->runs = runs_of(a, out->body.count ? &out->body : &out->headline);
    sort(&out->headline, false);
    sort(&out->body, false);
}

/* ---- comparing ---- */
static size_t common(const struct hash_list *a, const struct hash_list *b)
{
    size_t n = 0;
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        if (a->list[i] == b->list[k]) {
            n++;
            i++;
            k++;
        } else if (a->list[i] < b->list[k]) {
            i++;
        } else {
            k++;
        }
    }
    return n;
}

/* Twice what both have, of all that there is. */
static bool share(size_t both, size_t all, size_t percent)
{
    return all && 200 * both >= percent * all;
}

static bool lists_share(const struct hash_list *a, const struct hash_list *b, size_t percent)
{
    return share(common(a, b), a->count + b->count, percent);
}

/* "5 hurt" and "7 hurt" may be two events told by one form. */
static bool share_no_number(const struct wording *a, const struct wording *b)
{
    size_t both = 0;
    for (size_t i = 0; i < a->numbers.count; i++)
        for (size_t k = 0; k < b->numbers.count; k++)
            both += a->numbers.list[i] == b->numbers.list[k];
    return a->numbers.count && b->numbers.count && !both;
}

static bool same_numbers(const struct wording *a, const struct wording *b)
{
    size_t n = a->numbers.count;
    return n == b->numbers.count &&
           (!n || !memcmp(a->numbers.list, b->numbers.list, n * sizeof *a->numbers.list));
}

bool desk_is_copy(const struct wording *a, const struct wording *b)
{
    if (a->body.count >= COPY_BODY_MIN && b->body.count >= COPY_BODY_MIN)
        return lists_share(&a->body, &b->body, COPY_PERCENT);
    size_t in_a = a->body.count + a->headline.count, in_b = b->body.count + b->headline.count;
    if (in_a < COPY_WORDS_MIN || in_b < COPY_WORDS_MIN || !same_numbers(a, b)) return false;
    size_t both = common(&a->body, &b->body) + common(&a->headline, &b->headline);
    return share(both, in_a + in_b, COPY_PERCENT) &&
           lists_share(&a->headline, &b->headline, COPY_HEADLINE_PERCENT);
}

bool desk_is_same_news(const struct wording *a, const struct wording *b)
{
    if (a->body.count < SAME_BODY_MIN || b->body.count < SAME_BODY_MIN) return false;
    if (!span_eq_nocase(a->language, b->language) || share_no_number(a, b)) return false;
    return (lists_share(&a->runs, &b->runs, SAME_RUNS_PERCENT) &&
               lists_share(&a->headline, &b->headline, SAME_HEADLINE_PERCENT)) ||
           (lists_share(&a->runs, &b->runs, SAME_MOST_PERCENT) &&
               lists_share(&a->headline, &b->headline, SAME_SOME_PERCENT));
}

/* The smallest hashes of the runs: texts that share much share some of them. */
size_t desk_wording_keys(const struct wording *w, const uint64_t **out)
{
    *out = w->runs.list;
    return w->runs.count < WORDING_KEYS ? w->runs.count : WORDING_KEYS;
}

/* ---- what was killed ---- */
static bool is_lifted(const struct verdict *v, const struct kill *k)
{
    for (size_t i = 0; i < v->kill_count; i++)
        if (v->kills[i].is_lift && !memcmp(v->kills[i].name, k->name, sizeof k->name)) return true;
    return false;
}

int64_t desk_killed_ms(const struct verdict *v, int64_t until_ms)
{
    int64_t last = 0;
    for (size_t i = 0; i < v->kill_count; i++) {
        const struct kill *k = &v->kills[i];
        bool counts = !k->is_lift && k->at_ms <= until_ms && k->at_ms > last;
        if (counts && !is_lifted(v, k)) last = k->at_ms;
    }
    return last && until_ms - last <= COPY_HOURS * INT64_C(3600000) ? last : 0;
}
