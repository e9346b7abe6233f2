/* diff: what became of a text, word by word: the shortest edit by E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations" (Algorithmica 1, 1986), section 4b: in linear space, by the middle
 * of the path. The halves wait on a list instead of the C stack, and the work is bounded: beyond it
 * the answer is "too different", never a slow page. */
#include "text.h"

struct box { /* old[x, u) against new[y, v) */
    uint32_t x, u, y, v;
};
struct differ {
    struct arena *a;
    const uint32_t *old, *new;
    int64_t *forth, *back; /* furthest reaching x of each diagonal */
    size_t work;
    struct box *boxes;
    size_t box_count, box_cap;
    struct diff_run *runs;
    size_t run_count, run_cap;
};

static void put(struct differ *d, enum diff_kind kind, uint32_t from, uint32_t count)
{
    struct diff_run *last = d->run_count ? &d->runs[d->run_count - 1] : NULL;
    if (!count) return;
    if (last && last->kind == kind && last->from + last->count == from)
        last->count += count;
    else
        *ARENA_PUSH(d->a, d->runs, d->run_count, d->run_cap) = (struct diff_run){kind, from, count};
}

struct snake { /* the middle run of equal words: old[x, u), new[y, v) */
    int64_t x, y, u, v;
};

/* One step of the search from the upper left; diagonal k, n words old, m new. */
static int64_t reach(const int64_t *v, int64_t k, int64_t d)
{
    return k == -d || (k != d && v[k - 1] < v[k + 1]) ? v[k + 1] : v[k - 1] + 1;
}

/* false: the work is spent. d->forth and d->back point at their middles. */
static bool middle(struct differ *d, const struct box *b, struct snake *out)
{
    const uint32_t *p = d->old + b->x, *q = d->new + b->y;
    int64_t n = b->u - b->x, m = b->v - b->y, delta = n - m, *f = d->forth, *r = d->back;
    f[1] = r[1] = 0;
    for (int64_t e = 0; e <= (n + m + 1) / 2; e++) {
        for (int64_t k = -e; k <= e; k += 2) {
            int64_t x = reach(f, k, e), y = x - k, x0 = x, y0 = y;
            while (x < n && y < m && x >= 0 && y >= 0 && p[x] == q[y]) x++, y++, d->work++;
            f[k] = x;
            bool meets =
                delta % 2 && k >= delta - (e - 1) && k <= delta + (e - 1) && x <= n && y <= m;
            if (meets && f[k] + r[delta - k] >= n) return *out = (struct snake){x0, y0, x, y}, true;
        }
        for (int64_t k = -e; k <= e; k += 2) {
            int64_t x = reach(r, k, e), y = x - k, x0 = x, y0 = y;
            while (x < n && y < m && x >= 0 && y >= 0 && p[n - x - 1] == q[m - y - 1])
                x++, y++, d->work++;
            r[k] = x;
            bool meets = delta % 2 == 0 && k >= delta - e && k <= delta + e && x <= n && y <= m;
            if (meets && r[k] + f[delta - k] >= n)
                return *out = (struct snake){n - x, m - y, n - x0, m - y0}, true;
        }
        d->work += (size_t)(2 * e + 2);
        if (d->work > DIFF_WORK_MAX) return false;
    }
    must(!"two texts have a shortest edit");
    return false;
}

static void push_box(struct differ *d, struct box b)
{
    *ARENA_PUSH(d->a, d->boxes, d->box_count, d->box_cap) = b;
}

/* Cuts the box at its middle; the later half waits below the earlier one. */
static bool cut(struct differ *d, const struct box *b)
{
    struct snake s;
    if (!middle(d, b, &s)) return false;
    uint32_t x = b->x + (uint32_t)s.x, y = b->y + (uint32_t)s.y, u = b->x + (uint32_t)s.u,
             v = b->y + (uint32_t)s.v;
    push_box(d, (struct box){u, b->u, v, b->v});
    if (u > x) push_box(d, (struct box){x, u, y, v});
    push_box(d, (struct box){b->x, x, b->y, y});
    return true;
}

/* What is equal at both ends first: most edits are small. */
static bool walk(struct differ *d)
{
    while (d->box_count) {
        struct box b = d->boxes[--d->box_count];
        uint32_t same = 0, tail = 0;
        while (b.x + same < b.u && b.y + same < b.v && d->old[b.x + same] == d->new[b.y + same])
            same++;
        put(d, DIFF_SAME, b.y, same);
        b.x += same;
        b.y += same;
        while (b.u > b.x && b.v > b.y && d->old[b.u - 1] == d->new[b.v - 1]) b.u--, b.v--, tail++;
        if (tail) push_box(d, (struct box){b.u, b.u + tail, b.v, b.v + tail});
        if (b.x == b.u || b.y == b.v) {
            put(d, DIFF_OUT, b.x, b.u - b.x);
            put(d, DIFF_IN, b.y, b.v - b.y);
        } else if (!cut(d, &b)) {
            return false;
        }
    }
    return true;
}

bool diff_tokens(struct arena *a, const uint32_t *old, uint32_t old_count, const uint32_t *new,
    uint32_t new_count, struct diff_run **out, size_t *count_out)
{
    size_t half = ((size_t)old_count + new_count) / 2 + 3, room = 2 * half + 1;
    struct differ d = {.a = a, .old = old, .new = new};
    d.forth = ARENA_ARRAY(a, int64_t, room);
    d.back = ARENA_ARRAY(a, int64_t, room);
    for (size_t i = 0; i < room; i++) d.forth[i] = d.back[i] = 0;
    d.forth += half;
    d.back += half;
    push_box(&d, (struct box){0, old_count, 0, new_count});
    bool whole = walk(&d);
    *out = d.runs;
    *count_out = whole ? d.run_count : 0;
    return whole;
}

/* ---- words ---- */
void diff_cut(struct arena *a, struct map *known, struct span text, struct diff_words *out)
{
    struct span word;
    size_t cap = 0, n = 0;
    *out = (struct diff_words){0};
    while (text.n && span_next(&text, ' ', &word)) {
        if (!word.n) continue;
        *ARENA_PUSH(a, out->words, n, cap) = word;
    }
    out->count = (uint32_t)n;
    out->numbers = ARENA_ARRAY(a, uint32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        void **slot = map_at(known, out->words[i]);
        if (!*slot) {
            uint32_t *number = ARENA_NEW(a, uint32_t);
            *number = (uint32_t)map_count(known);
            *slot = number;
        }
        out->numbers[i] = *(uint32_t *)*slot;
    }
}
