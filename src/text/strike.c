/* strike: words struck out of text and of cleaned markup, each replaced by STRIKE_MARK. Found
 * without regard to case, width, accents, kinds of white space, hyphens and quotation marks, and
 * across inline markup and entities. Whole words only in scripts that put spaces between words and
 * know capitals; in others (Arabic, Devanagari, Chinese …) also inside a longer word, for particles
 * are written onto names there: rather too much than too little. Linear in the text for each
 * pattern (Knuth, Morris and Pratt). Never fails. */
#include "text.h"

#include <utf8proc.h>

#include <string.h>

enum { FOLD_MAX = 18 }; /* code points that one may fold to: U+FDFA gives eighteen */

struct point {
    uint32_t c;           /* folded; ' ': white space, or a block's edge */
    uint32_t from, until; /* the bytes it came from; the same for those of one character */
};
struct line {
    struct arena *a;
    struct point *list;
    size_t n, cap;
};

static bool is_mark_to_drop(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x64B && c <= 0x65F) || c == 0x670 || c == 0x640;
}

static uint32_t plain_kind(uint32_t c)
{
    if (c == 0x2018 || c == 0x2019 || c == 0x201B || c == 0x2BC || c == 0x60 || c == 0xB4)
        return '\'';
    if (c >= 0x201C && c <= 0x201F) return '"';
    if (c >= 0x2010 && c <= 0x2015) return '-';
    return c;
}

/* What shows nothing of its own goes with the character before it. */
static void join_to_last(struct line *l, size_t from, size_t until)
{
    if (l->n && l->list[l->n - 1].until == from) l->list[l->n - 1].until = (uint32_t)until;
}

static void add(struct line *l, uint32_t c, size_t from, size_t until)
{
    if (c == ' ' && l->n && l->list[l->n - 1].c == ' ') { /* white space is one space */
        join_to_last(l, from, until);
        return;
    }
    *ARENA_PUSH(l->a, l->list, l->n, l->cap) = (struct point){c, (uint32_t)from, (uint32_t)until};
}

static bool is_space(uint32_t c)
{
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
    return c <= ' ' || k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_ZL ||
           k == UTF8PROC_CATEGORY_ZP;
}

static void add_folded(struct line *l, uint32_t c, size_t from, size_t until)
{
    const utf8proc_option_t how = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                  UTF8PROC_IGNORE | UTF8PROC_STRIPNA;
    utf8proc_int32_t out[FOLD_MAX];
    int boundary = 0;
    if (c < 0x80 && c > ' ') {
        add(l, c >= 'A' && c <= 'Z' ? c + 32 : plain_kind(c), from, until);
        return;
    }
    if (is_space(c)) {
        add(l, ' ', from, until);
        return;
    }
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)c, out, FOLD_MAX, how, &boundary);
    bool shows = false;
    for (utf8proc_ssize_t i = 0; i < n && i < FOLD_MAX; i++) {
        if (is_mark_to_drop((uint32_t)out[i])) continue;
        add(l, plain_kind((uint32_t)out[i]), from, until);
        shows = true;
    }
    if (!shows) join_to_last(l, from, until);
}

/* ---- markup ---- */
static bool is_inline(struct span tag)
{
    static const char *const names[] = {"a", "em", "strong", "sub", "sup"};
    size_t at = 1 + (tag.n > 1 && tag.p[1] == '/'), end = at;
    while (end < tag.n && tag.p[end] != ' ' && tag.p[end] != '>') end++;
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq(span_cut(tag, at, end), span_of(names[i]))) return true;
    return false;
}

static size_t end_of_tag(struct span s, size_t at)
{
    ptrdiff_t end = span_find_char(span_cut(s, at, s.n), '>');
    return end < 0 ? s.n : at + (size_t)end + 1;
}

/* A character reference as one character; 0: it is none. */
static size_t reference_at(struct arena *a, struct span s, size_t at, uint32_t *out)
{
    enum { REFERENCE_MAX = 34 }; /* the longest name of HTML has 32 bytes between & and ; */
    ptrdiff_t end = span_find_char(span_cut(s, at, at + REFERENCE_MAX), ';');
    if (end < 0) return 0;
    struct span as = span_cut(s, at, at + (size_t)end + 1), is = entities_decode(a, as);
    size_t used = 0;
    if (!is.n || span_eq(is, as)) return 0;
    *out = utf8_next(is, &used);
    return used == is.n ? as.n : 0;
}

static struct line line_of(struct arena *a, struct span s, bool is_markup)
{
    struct line l = {.a = a};
    for (size_t i = 0; i < s.n;) {
        size_t from = i, n = 0;
        uint32_t c = 0;
        if (is_markup && s.p[i] == '<') {
            i = end_of_tag(s, i);
            if (!is_inline(span_cut(s, from, i))) add(&l, ' ', from, from);
            continue;
        }
        if (is_markup && s.p[i] == '&') n = reference_at(a, s, i, &c);
        if (n)
            i += n;
        else
            c = utf8_next(s, &i);
        add_folded(&l, c, from, i);
    }
    return l;
}

/* ---- finding ---- */
static bool is_spaced_letter(uint32_t c)
{
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
    return k == UTF8PROC_CATEGORY_LU || k == UTF8PROC_CATEGORY_LL || k == UTF8PROC_CATEGORY_LT ||
           k == UTF8PROC_CATEGORY_ND;
}

static bool is_word_end(const struct line *l, size_t before)
{
    return !before || before == l->n || !is_spaced_letter(l->list[before - 1].c) ||
           !is_spaced_letter(l->list[before].c);
}

static struct line pattern_of(struct arena *a, struct span words)
{
    struct line l = line_of(a, words, false);
    while (l.n && l.list[l.n - 1].c == ' ') l.n--;
    while (l.n && l.list[0].c == ' ') l.list++, l.n--;
    return l;
}

bool strike_fits(struct arena *a, struct span words)
{
    struct line l = pattern_of(a, words);
    size_t letters = 0;
    for (size_t i = 0; i < l.n; i++) {
        utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)l.list[i].c);
        letters +=
            (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) || k == UTF8PROC_CATEGORY_ND;
    }
    return letters >= 2;
}

bool strike_same(struct arena *a, struct span x, struct span y)
{
    struct line l = pattern_of(a, x), m = pattern_of(a, y);
    if (l.n != m.n) return false;
    for (size_t i = 0; i < l.n; i++)
        if (l.list[i].c != m.list[i].c) return false;
    return true;
}

/* Marks the points that the words cover. */
static size_t find_all(const struct line *l, const struct line *words, bool *covered)
{
    size_t m = words->n, found = 0;
    size_t *back = ARENA_ARRAY(l->a, size_t, m + 1);
    if (!m || m > l->n) return 0;
    back[0] = 0;
    for (size_t i = 1, k = 0; i < m; i++) {
        while (k && words->list[i].c != words->list[k].c) k = back[k - 1];
        back[i] = k += words->list[i].c == words->list[k].c;
    }
    for (size_t i = 0, k = 0; i < l->n; i++) {
        while (k && l->list[i].c != words->list[k].c) k = back[k - 1];
        k += l->list[i].c == words->list[k].c;
        if (k < m) continue;
        k = back[m - 1];
        if (!is_word_end(l, i + 1 - m) || !is_word_end(l, i + 1)) continue;
        memset(covered + i + 1 - m, true, m * sizeof *covered);
        found++;
    }
    return found;
}

/* ---- writing ---- */
/* Covered points give one mark; the tags among them stay. */
static struct span without(const struct line *l, const bool *covered, struct span s)
{
    struct buf b;
    size_t done = 0;
    buf_init(&b, l->a, 0);
    for (size_t i = 0; i < l->n; i++) {
        const struct point *p = &l->list[i];
        if (!covered[i]) continue;
        if (p->from > done) buf_put(&b, span_cut(s, done, p->from));
        if (!i || !covered[i - 1]) buf_str(&b, STRIKE_MARK);
        if (p->until > done) done = p->until;
    }
    buf_put(&b, span_cut(s, done, s.n));
    return buf_span(&b);
}

static struct span strike(
    struct arena *a, struct span s, const struct span *words, size_t n, bool is_markup)
{
    if (!s.n || !n || s.n > UINT32_MAX) return s;
    struct line l = line_of(a, s, is_markup);
    bool *covered = ARENA_ARRAY(a, bool, l.n + 1);
    size_t found = 0;
    memset(covered, 0, (l.n + 1) * sizeof *covered);
    for (size_t i = 0; i < n; i++) {
        struct line w = pattern_of(a, words[i]);
        found += find_all(&l, &w, covered);
    }
    return found ? without(&l, covered, s) : s;
}

struct span text_strike(struct arena *a, struct span s, const struct span *words, size_t n)
{
    return strike(a, s, words, n, false);
}

/* ---- links ---- */
enum { SLUG_ALL = 4096 }; /* of an address; longer ones are looked at up to here */

static bool slug_holds(struct span slug, struct span part)
{
    for (size_t at = 0; part.n && at + part.n <= slug.n; at++)
        if (!memcmp(slug.p + at, part.p, part.n) && (!at || slug.p[at - 1] == '-') &&
            (at + part.n == slug.n || slug.p[at + part.n] == '-'))
            return true;
    return false;
}

bool strike_in_address(struct arena *a, struct span address, const struct span *words, size_t n)
{
    struct span plain;
    if (!url_unescape(a, entities_decode(a, address), true, &plain)) plain = address;
    struct span slug = text_slug(a, plain, SLUG_ALL);
    for (size_t i = 0; i < n; i++)
        if (slug_holds(slug, text_slug(a, words[i], SLUG_ALL))) return true;
    return false;
}

/* A link whose address says the words loses its tags; its text is looked at like any other. Links
 * do not lie in each other. An embed whose address says them goes. */
static struct span drop_links(struct arena *a, struct span s, const struct span *words, size_t n)
{
    struct buf b;
    bool dropping = false;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        if (s.p[i] != '<') {
            ptrdiff_t next = span_find_char(span_cut(s, i, s.n), '<');
            i = next < 0 ? s.n : i + (size_t)next;
            buf_put(&b, span_cut(s, from, i));
            continue;
        }
        i = end_of_tag(s, i);
        struct span tag = span_cut(s, from, i);
        bool picture = span_starts(tag, S("<figure data-picture"));
        bool opens = picture || span_starts(tag, S("<a ")) || span_starts(tag, S("<figure "));
        if (opens) dropping = !picture && strike_in_address(a, tag, words, n);
        bool is_link = opens || span_eq(tag, S("</a>")) || span_eq(tag, S("</figure>"));
        if (!is_link || !dropping) buf_put(&b, tag);
    }
    return buf_span(&b);
}

struct html html_strike(struct arena *a, struct html h, const struct span *words, size_t n)
{
    if (!n || !h.s.n) return h;
    bool links = span_find(h.s, S("<a ")) >= 0 || span_find(h.s, S("<figure ")) >= 0;
    struct span s = links ? drop_links(a, h.s, words, n) : h.s;
    return (struct html){strike(a, s, words, n, true)};
}
