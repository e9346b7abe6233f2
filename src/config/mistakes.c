/* mistakes.c: what is wrong in a site file, where, and what was probably meant. Collects all of it;
 * never stops at the first. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"

static struct config_mistake *add(struct reading *r, uint32_t line, uint32_t column,
    struct span advice, bool is_warning, const char *fmt, va_list ap)
{
    static struct config_mistake spare;
    char text[512];
    struct config_report *report = r->report;
    if (!is_warning) report->errors++;
    if (report->count == CONFIG_MISTAKES_MAX) return &spare;
    vsnprintf(text, sizeof text, fmt, ap);
    struct config_mistake *m = ARENA_PUSH(r->a, report->list, report->count, report->cap);
    *m = (struct config_mistake){.file = r->name,
        .line = line,
        .column = column,
        .advice = advice,
        .is_warning = is_warning};
    m->what = arena_keep(r->a, text_plain(r->a, span_of(text)));
    return m;
}

void mistake(
    struct reading *r, uint32_t line, uint32_t column, struct span advice, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(r, line, column, advice, false, fmt, ap);
    va_end(ap);
}

void mistake_at(struct reading *r, const struct yaml *y, struct span advice, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(r, y->line, y->column, advice, false, fmt, ap);
    va_end(ap);
}

void warning_at(struct reading *r, const struct yaml *y, struct span advice, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(r, y->line, y->column, advice, true, fmt, ap);
    va_end(ap);
}

void config_mistake_print(const struct config_mistake *m, struct buf *out)
{
    buf_put(out, m->file);
    if (m->line) buf_printf(out, ":%u:%u", m->line, m->column);
    buf_lit(out, ": ");
    if (m->is_warning) buf_lit(out, "warning: ");
    buf_put(out, m->what);
    if (m->advice.n) buf_lit(out, "; ");
    buf_put(out, m->advice);
}

bool words_next(const char **rest, struct span *word)
{
    if (!*rest || !**rest) return false;
    size_t n = strcspn(*rest, "|");
    *word = (struct span){*rest, n};
    *rest += n + ((*rest)[n] == '|');
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters put in, left out, changed, or swapped with their neighbour (Damerau, in its restricted
 * form). Words longer than 32 letters are alike to nothing. */
size_t word_distance(struct span a, struct span b)
{
    enum { LETTERS = CHOICE_WORD_MAX };
    size_t d[3][LETTERS + 1];
    if (a.n > LETTERS || b.n > LETTERS) return LETTERS;
    for (size_t k = 0; k <= b.n; k++) d[0][k] = k;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *now = d[i % 3], *up = d[(i + 2) % 3], *upper = d[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= b.n; k++) {
            bool same = a.p[i - 1] == b.p[k - 1];
            now[k] = least(least(up[k] + 1, now[k - 1] + 1), up[k - 1] + !same);
            bool swapped = i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1];
            if (swapped) now[k] = least(now[k], upper[k - 2] + 1);
        }
    }
    return d[a.n % 3][b.n];
}

static bool is_near(struct span said, size_t distance)
{
    return distance <= (said.n < 4 ? 1 : said.n < 8 ? 2 : 3) && distance < said.n;
}

struct span suggest_word(struct arena *a, struct span said, const char *words)
{
    struct span w, best = {0};
    size_t nearest = SIZE_MAX;
    struct buf all;
    buf_init(&all, a, 0);
    for (const char *rest = words; words_next(&rest, &w);) {
        size_t d = word_distance(said, w);
        if (d < nearest) best = w;
        if (d < nearest) nearest = d;
        buf_printf(&all, "%s%.*s", all.n ? ", " : "", FMT(w));
    }
    if (is_near(said, nearest)) return arena_printf(a, "did you mean “%.*s”?", FMT(best));
    return arena_printf(a, "it can be: %.*s", FMT(buf_span(&all)));
}

static void nearest_key(const struct group *g, struct span said, struct span *best, size_t *nearest)
{
    for (size_t i = 0; i < g->key_count; i++) {
        struct span name = span_of(g->keys[i].name);
        size_t d = word_distance(said, name);
        if (d >= *nearest || (g->keys[i].flags & KEY_OURS)) continue;
        *best = name;
        *nearest = d;
    }
}

/* The group, other than g, in which a key of exactly this name stands; by its path. Three levels
 * are all there are. */
static struct span elsewhere(struct arena *a, const struct group *in, struct span path,
    const struct group *g, struct span said)
{
    for (size_t i = 0; i < in->key_count; i++) {
        const struct key *k = &in->keys[i];
        if (in != g && span_eq(span_of(k->name), said) && !(k->flags & KEY_OURS))
            return path.n ? path : S("the top");
        if (k->type != TYPE_GROUP && k->type != TYPE_ITEMS) continue;
        struct span below =
            path.n ? arena_printf(a, "%.*s.%s", FMT(path), k->name) : span_of(k->name);
        struct span found = elsewhere(a, k->group, below, g, said);
        if (found.n) return found;
    }
    return (struct span){0};
}

struct span suggest_key(struct arena *a, const struct group *g, struct span said)
{
    struct span best = {0};
    size_t nearest = SIZE_MAX;
    nearest_key(g, said, &best, &nearest);
    if (is_near(said, nearest)) return arena_printf(a, "did you mean “%.*s”?", FMT(best));
    struct span path = elsewhere(a, &schema_root, S(""), g, said);
    if (path.n) return arena_printf(a, "it belongs under “%.*s”", FMT(path));
    struct buf all;
    buf_init(&all, a, 0);
    for (size_t i = 0; i < g->key_count; i++)
        if (!(g->keys[i].flags & KEY_OURS))
            buf_printf(&all, "%s%s", all.n ? ", " : "", g->keys[i].name);
    return arena_printf(a, "there are: %.*s", FMT(buf_span(&all)));
}

/* The nearest name in the machine's list of zones; case does not count. */
struct span suggest_zone(struct arena *a, struct span said)
{
    struct span tab, line, best = {0};
    size_t nearest = SIZE_MAX;
    if (file_read(a, "/usr/share/zoneinfo/zone1970.tab", 1 << 20, &tab) != OK) tab = S("");
    while (span_next(&tab, '\n', &line)) {
        struct span field = {0}, name = {0};
        for (int i = 0; i < 3 && span_next(&line, '\t', &field); i++) name = i == 2 ? field : name;
        if (!name.n || name.p[0] == '#') continue;
        size_t d = span_eq_nocase(said, name) ? 0 : word_distance(said, name);
        if (d < nearest) best = name;
        if (d < nearest) nearest = d;
    }
    if (best.n && is_near(said, nearest)) return arena_printf(a, "did you mean “%.*s”?", FMT(best));
    return S("names look like Europe/London or UTC");
}

static bool is_behind(const struct config_mistake *a, const struct config_mistake *b)
{
    if (!span_eq(a->file, b->file)) return false;
    return a->line != b->line ? a->line > b->line : a->column > b->column;
}

void sort_mistakes(struct config_report *report)
{
    for (size_t i = 1; i < report->count; i++)
        for (size_t k = i; k > 0 && is_behind(&report->list[k - 1], &report->list[k]); k--) {
            struct config_mistake m = report->list[k];
            report->list[k] = report->list[k - 1];
            report->list[k - 1] = m;
        }
}

void take_mistakes(struct reading *r, const struct config_report *of)
{
    struct config_report *to = r->report;
    to->errors += of->errors;
    for (size_t i = 0; i < of->count && to->count < CONFIG_MISTAKES_MAX; i++) {
        const struct config_mistake *from = &of->list[i];
        struct config_mistake *m = ARENA_PUSH(r->a, to->list, to->count, to->cap);
        *m = *from;
        m->file = arena_keep(r->a, from->file);
        m->what = arena_keep(r->a, from->what);
        m->advice = arena_keep(r->a, from->advice);
    }
}
