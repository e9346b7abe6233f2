/* topics.c: when is one subject below another? Wires give the leaf ("golf"), a newspaper's section
 * is the branch ("sport"); some wires have IPTC's Media Topics, older ones its subject codes of
 * 2004. Owns the way from the one to the other, by the topics that the site has from IPTC. Without
 * them, and for what they do not have, only the first level is known (branches.c). What is in
 * neither is below nothing, and goes where its story's other subjects say. */
#include <stdlib.h>

#include "decide.h"

enum { CODE_DIGITS = 8, BRANCHES_END = 20000000 /* below: the first level, the same in both */ };

static bool among(struct span scheme, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq_nocase(scheme, span_of(names[i]))) return true;
    return false;
}

struct topic_ref topic_ref(struct span scheme, struct span code)
{
    static const char *const topic[] = {"medtop", "mediatopic"}, *const old[] = {"subj", "subject",
                                                                     "subjectcode",
                                                                     "iptc-subject-code"};
    struct topic_ref r = {0};
    uint64_t number;
    if (code.n != CODE_DIGITS || !span_to_u64(code, &number)) return r;
    if (among(scheme, topic, COUNT(topic))) r.kind = TOPIC_MEDIA;
    if (among(scheme, old, COUNT(old))) r.kind = TOPIC_OLD;
    r.code = (uint32_t)number;
    return r;
}

/* ---- the site's topics ---- */
static int by_code(const void *a, const void *b)
{
    uint32_t x = ((const struct desk_topic *)a)->code, y = ((const struct desk_topic *)b)->code;
    return (x > y) - (x < y);
}

static const struct desk_topic *topic_of(const struct desk_topics *all, uint32_t code)
{
    const struct desk_topic key = {.code = code};
    return all->count ? bsearch(&key, all->list, all->count, sizeof key, by_code) : NULL;
}

static int by_old(const void *a, const void *b, void *list)
{
    const struct desk_topic *of = list;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    if (of[i].old != of[k].old) return of[i].old < of[k].old ? -1 : 1;
    return (i > k) - (i < k);
}

void desk_topics_make(
    struct arena *a, struct desk_topic *list, uint32_t count, struct desk_topics *out)
{
    uint32_t *index = ARENA_ARRAY(a, uint32_t, count + 1), n = 0;
    if (count) qsort(list, count, sizeof *list, by_code);
    for (uint32_t i = 0; i < count; i++)
        if (list[i].old && !list[i].is_wider) index[n++] = i;
    if (n) qsort_r(index, n, sizeof *index, by_old, list);
    *out = (struct desk_topics){.list = list, .by_old = index, .count = count, .old_count = n};
}

/* ---- the way up ---- */

static bool is_branch(uint32_t code)
{
    return code < BRANCHES_END && code % 1000000 == 0;
}

/* Subject codes carry their tree in their digits, 2+3+3: 15000000 takes all of sport. */
static bool covers(uint32_t wide, uint32_t code)
{
    uint32_t step = wide % 1000000 == 0 ? 1000000 : wide % 1000 == 0 ? 1000 : 1;
    return wide / step == code / step;
}

static void step(struct topic_path *p, enum topic_kind kind, uint32_t code)
{
    struct topic_ref r = {is_branch(code) ? TOPIC_MEDIA : kind, code};
    if (p->n && p->steps[p->n - 1].kind == r.kind && p->steps[p->n - 1].code == code) return;
    must(p->n < TOPIC_STEPS_MAX);
    p->steps[p->n++] = r;
}

/* From a topic upwards. The first level is compared by number alone: what a topic's old code says
 * of another branch, IPTC has moved since. */
static bool climb(
    const struct desk_topics *all, uint32_t code, struct topic_ref to, struct topic_path *p)
{
    size_t begun = p->n;
    for (int level = 0; code && level < DESK_TOPIC_LEVELS_MAX; level++) {
        const struct desk_topic *t = topic_of(all, code);
        step(p, TOPIC_MEDIA, code);
        if (to.kind == TOPIC_MEDIA || is_branch(to.code)) {
            if (code == to.code) return true;
        } else if (t && t->old && covers(to.code, t->old)) {
            step(p, TOPIC_OLD, to.code);
            return true;
        }
        code = t ? t->broader : topic_branch(code);
    }
    p->n = begun;
    return false;
}

/* The first row of by_old whose old code is not less. */
static size_t old_from(const struct desk_topics *all, uint32_t code)
{
    size_t low = 0, high = all->old_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (all->list[all->by_old[mid]].old < code)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* From a subject code over the topics that mean the same. */
static bool cross(
    const struct desk_topics *all, uint32_t code, struct topic_ref to, struct topic_path *p)
{
    if (is_branch(code)) return false;
    step(p, TOPIC_OLD, code);
    for (size_t i = old_from(all, code); i < all->old_count; i++) {
        const struct desk_topic *t = &all->list[all->by_old[i]];
        if (t->old != code) return false;
        if (climb(all, t->code, to, p)) return true;
    }
    return false;
}

bool topic_leads(
    const struct desk_topics *all, struct topic_ref from, struct topic_ref to, struct topic_path *p)
{
    p->n = 0;
    if (!from.kind || !to.kind) return false;
    if (from.kind == TOPIC_MEDIA) return climb(all, from.code, to, p);
    if (to.kind == TOPIC_MEDIA && !is_branch(to.code)) {
        bool found =
            cross(all, from.code, to, p) || cross(all, from.code - from.code % 1000, to, p);
        if (!found) p->n = 0;
        return found;
    }
    if (!covers(to.code, from.code)) return false;
    step(p, TOPIC_OLD, from.code);
    step(p, TOPIC_OLD, to.code);
    return true;
}

struct span topic_path_text(
    struct arena *a, const struct desk_topics *all, const struct topic_path *p)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < p->n; i++) {
        struct topic_ref r = p->steps[i];
        const struct desk_topic *t = r.kind == TOPIC_MEDIA ? topic_of(all, r.code) : NULL;
        buf_printf(&b, "%s%s%08u", i ? " < " : "", r.kind == TOPIC_OLD ? "subj:" : "", r.code);
        if (t) buf_printf(&b, " %.*s", FMT(t->name));
    }
    return buf_span(&b);
}
