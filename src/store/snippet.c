/* snippet: where a query's words stand in a text as it is written. The text is cut into units, each
 * folded as the index folds it: a word, or one letter of a script without spaces. What matches is
 * marked from the first byte of its first unit to the last of its last, so that accents, harakat,
 * nukta and capitals stay inside the mark. Linear in the text, which is cut at a bound. */
#include "inside.h"

enum {
    TEXT_MAX = 48 << 10, /* bytes that are looked through: ten long stories' */
    UNITS_MAX = 20000,
    SNIPPET_POINTS = 260, /* code points that are shown */
    LEAD_POINTS = 60,     /* of them before the first match */
    FORM_UNITS_MAX = 40,  /* of a phrase */
    ASCII_WORD_MAX = 64,
};

struct unit {
    size_t from, to;
    struct span folded;
    bool cjk, glued; /* glued: one of a script without spaces, right behind another */
};
struct units {
    struct unit *list;
    size_t count;
};
struct form_units {
    struct units units;
    bool starts, in_english;
};
struct matcher {
    struct arena *a;
    struct words_cutter *cutter;
    struct form_units forms[QUERY_WORDS_MAX][FORMS_MAX];
    size_t form_counts[QUERY_WORDS_MAX], words;
};
struct match {
    size_t first, last; /* units */
    uint32_t word;
};

/* ---- units ---- */
static bool is_letterlike(uint32_t c) /* half-width Kana: pairs once they are folded */
{
    return fold_is_cjk(c) || (c >= 0xFF66 && c <= 0xFF9D);
}

static bool is_sound_mark(uint32_t c)
{
    return c == 0xFF9E || c == 0xFF9F || c == 0x3099 || c == 0x309A;
}

static struct span fold_ascii(struct arena *a, struct span s)
{
    char *out = arena_alloc(a, s.n);
    for (size_t i = 0; i < s.n; i++)
        out[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
    return (struct span){out, s.n};
}

static struct span fold_unit(struct matcher *m, struct span s, bool ascii)
{
    if (ascii && s.n <= ASCII_WORD_MAX) return fold_ascii(m->a, s);
    return words_cut(m->cutter, m->a, search_fold(m->a, s));
}

/* From *at, which stands on no gap, to the end of the unit. */
static struct unit next_unit(struct matcher *m, struct span text, size_t *at)
{
    struct unit u = {.from = *at};
    size_t i = *at;
    uint32_t c = utf8_next(text, &i);
    bool ascii = c < 0x80;
    u.cjk = is_letterlike(c);
    u.to = i;
    while (i < text.n) {
        c = utf8_next(text, &i);
        bool goes_on = u.cjk ? is_sound_mark(c) : !fold_is_gap(c) && !is_letterlike(c);
        if (!goes_on) break;
        ascii &= c < 0x80;
        u.to = i;
    }
    *at = u.to;
    u.folded = fold_unit(m, span_cut(text, u.from, u.to), ascii);
    if (u.cjk) { /* the fold gives a pair's first letter; alone it is itself */
        ptrdiff_t gap = span_find_char(u.folded, ' ');
        if (gap > 0) u.folded = span_cut(u.folded, 0, (size_t)gap);
    }
    return u;
}

static struct units units_of(struct matcher *m, struct span text)
{
    struct units out = {0};
    size_t cap = 0, at = 0;
    while (at < text.n && out.count < UNITS_MAX) {
        size_t next = at;
        if (fold_is_gap(utf8_next(text, &next))) {
            at = next;
            continue;
        }
        struct unit u = next_unit(m, text, &at);
        const struct unit *before = out.count ? &out.list[out.count - 1] : NULL;
        u.glued = u.cjk && before && before->cjk && before->to == u.from;
        if (u.folded.n) *ARENA_PUSH(m->a, out.list, out.count, cap) = u;
    }
    return out;
}

/* ---- matching ---- */
struct matcher *matcher_new(struct arena *a, struct words_cutter *c, const struct query *q)
{
    struct matcher *m = ARENA_NEW(a, struct matcher);
    m->a = a;
    m->cutter = c;
    m->words = q->count;
    for (size_t w = 0; w < q->count; w++) {
        m->form_counts[w] = q->words[w].form_count;
        for (size_t i = 0; i < q->words[w].form_count; i++) {
            const struct query_form *f = &q->words[w].forms[i];
            m->forms[w][i] = (struct form_units){units_of(m, f->text), f->starts, f->in_english};
        }
    }
    return m;
}

static bool form_at(const struct form_units *f, const struct units *text, size_t at)
{
    size_t n = f->units.count;
    if (!n || n > FORM_UNITS_MAX || at + n > text->count) return false;
    for (size_t k = 0; k < n; k++) {
        const struct unit *want = &f->units.list[k], *here = &text->list[at + k];
        bool open = f->starts && k + 1 == n && !want->cjk;
        if (open ? !span_starts(here->folded, want->folded) : !span_eq(here->folded, want->folded))
            return false;
        if (k && want->glued != here->glued) return false;
    }
    return true;
}

/* The longest of the query's words that begins at this unit. */
static bool match_at(const struct matcher *m, const struct units *text, size_t at, bool is_english,
    struct match *out)
{
    size_t longest = 0;
    for (size_t w = 0; w < m->words; w++)
        for (size_t i = 0; i < m->form_counts[w]; i++) {
            const struct form_units *f = &m->forms[w][i];
            if ((f->in_english && !is_english) || f->units.count <= longest ||
                !form_at(f, text, at))
                continue;
            longest = f->units.count;
            *out = (struct match){at, at + longest - 1, (uint32_t)w};
        }
    return longest > 0;
}

struct matches {
    struct match *list;
    size_t count;
};

static struct matches matches_in(struct matcher *m, const struct units *text, bool is_english)
{
    struct matches out = {0};
    size_t cap = 0;
    struct match one;
    for (size_t i = 0; i < text->count; i++)
        if (match_at(m, text, i, is_english, &one)) {
            *ARENA_PUSH(m->a, out.list, out.count, cap) = one;
            i = one.last;
        }
    return out;
}

static struct span head_of(struct span text)
{
    if (text.n <= TEXT_MAX) return text;
    size_t n = TEXT_MAX;
    while (n && ((unsigned char)text.p[n] & 0xC0) == 0x80) n--;
    return span_cut(text, 0, n);
}

static void add_piece(struct matcher *m, struct search_pieces *p, size_t *cap, struct span text,
    size_t from, size_t to, bool found)
{
    if (to > from)
        *ARENA_PUSH(m->a, p->list, p->count, *cap) =
            (struct search_piece){span_cut(text, from, to), found};
}

/* The text between two bytes, in pieces. */
static struct search_pieces pieces_of(struct matcher *m, struct span text,
    const struct units *units, const struct matches *found, size_t from, size_t to)
{
    struct search_pieces out = {.cut_before = from > 0, .cut_after = to < text.n};
    size_t cap = 0, at = from;
    for (size_t i = 0; i < found->count; i++) {
        size_t begins = units->list[found->list[i].first].from,
               ends = units->list[found->list[i].last].to;
        if (begins < from || ends > to) continue;
        add_piece(m, &out, &cap, text, at, begins, false);
        add_piece(m, &out, &cap, text, begins, ends, true);
        at = ends;
    }
    add_piece(m, &out, &cap, text, at, to, false);
    return out;
}

struct search_pieces matcher_whole(struct matcher *m, struct span text, bool is_english)
{
    text = head_of(text);
    struct units units = units_of(m, text);
    struct matches found = matches_in(m, &units, is_english);
    if (!found.count) return (struct search_pieces){0};
    return pieces_of(m, text, &units, &found, 0, text.n);
}

uint32_t matcher_has(struct matcher *m, struct span text, bool is_english)
{
    struct units units = units_of(m, head_of(text));
    uint32_t bits = 0;
    for (size_t i = 0; i < units.count; i++)
        for (size_t w = 0; w < m->words; w++)
            for (size_t k = 0; k < m->form_counts[w] && !(bits >> w & 1); k++)
                if ((is_english || !m->forms[w][k].in_english) &&
                    form_at(&m->forms[w][k], &units, i))
                    bits |= 1u << w;
    return bits;
}

struct span matcher_first(struct matcher *m, struct span text)
{
    text = head_of(text);
    struct units units = units_of(m, text);
    struct match one;
    for (size_t i = 0; i < units.count; i++)
        if (match_at(m, &units, i, false, &one))
            return span_cut(text, units.list[one.first].from, units.list[one.last].to);
    return S("");
}

/* ---- the best part ---- */
/* Code points between two bytes, counted no further than needed. */
static size_t points_between(struct span text, size_t from, size_t to)
{
    return utf8_count(span_cut(text, from, to));
}

/* The first match from which the most of the query's words stand within a snippet. */
static size_t best_start(struct span text, const struct units *units, const struct matches *found)
{
    size_t best = 0;
    int most = 0;
    for (size_t i = 0; i < found->count; i++) {
        uint32_t bits = 0;
        size_t begins = units->list[found->list[i].first].from;
        for (size_t k = i; k < found->count; k++) {
            size_t ends = units->list[found->list[k].last].to;
            if (ends - begins > 4 * SNIPPET_POINTS ||
                points_between(text, begins, ends) > SNIPPET_POINTS - LEAD_POINTS)
                break;
            bits |= 1u << found->list[k].word;
        }
        int n = __builtin_popcount(bits);
        if (n > most) most = n, best = i;
    }
    return best;
}

/* Where a snippet begins and ends: at words, so many code points around its first match. */
static void bounds_of(
    struct span text, const struct units *units, size_t first, size_t *from_out, size_t *to_out)
{
    size_t u = first, begins = units->list[first].from, points = 0, last = first;
    while (u && points < LEAD_POINTS) {
        size_t next = units->list[u - 1].from;
        points += points_between(text, next, units->list[u].from);
        if (points <= LEAD_POINTS) u--, begins = next;
    }
    if (!u) begins = 0;
    size_t ends = units->list[first].to;
    points = points_between(text, begins, ends);
    while (last + 1 < units->count && points < SNIPPET_POINTS) {
        points += points_between(text, units->list[last].to, units->list[last + 1].to);
        if (points <= SNIPPET_POINTS) ends = units->list[++last].to;
    }
    if (last + 1 == units->count) ends = text.n;
    *from_out = begins;
    *to_out = ends;
}

struct search_pieces matcher_best(struct matcher *m, struct span text, bool is_english)
{
    struct span head = head_of(text);
    struct units units = units_of(m, head);
    struct matches found = matches_in(m, &units, is_english);
    size_t from, to;
    if (!found.count) return (struct search_pieces){0};
    size_t best = best_start(head, &units, &found);
    bounds_of(head, &units, found.list[best].first, &from, &to);
    struct search_pieces out = pieces_of(m, head, &units, &found, from, to);
    out.cut_after |= head.n < text.n;
    return out;
}
