/* replay_say: what `broadsheet replay` tells: pages in order of weight, then a table; or JSON, a
 * line each. Guids, headlines and texts are a stranger's: nothing in them moves a cursor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "rules.h"

enum { REPLAY_TOLD_MAX = 100000 }; /* some 100 MB; whoever changes more wants the sums */

struct told {
    enum replay_fate fate;
    size_t field; /* the gravest */
    int64_t front_ms;
    story_id page;
    struct span text;
};

static const char *const fates[REPLAY_FATES] = {[REPLAY_LEAVES] = "leaves",
    [REPLAY_APPEARS] = "appears",
    [REPLAY_CHANGES] = "changes",
    [REPLAY_UNSEEN] = "not live"};

/* ---- one page ---- */
static struct span or_none(struct span s)
{
    return s.n ? s : S("none");
}

static struct span plain(struct replay_report *r, struct span s)
{
    return text_plain(r->line, s);
}

static void put_field(struct replay_report *r, struct buf *b, const struct replay_field *f)
{
    if (f->diff.n)
        buf_printf(b, "  %s: %.*s\n", f->what, FMT(plain(r, f->diff)));
    else
        buf_printf(b, "  %s: %.*s -> %.*s\n", f->what, FMT(or_none(plain(r, f->before))),
            FMT(or_none(plain(r, f->after))));
}

static struct span why_of(struct replay_report *r, const struct replay_page *p)
{
    return p->why.n ? p->why : rules_why(r->line, r->file, p->then);
}

static struct span as_text(struct replay_report *r, const struct replay_page *p)
{
    struct buf b;
    buf_init(&b, r->line, 0);
    buf_printf(
        &b, "%s: %.*s: %.*s\n", fates[p->fate], FMT(plain(r, p->guid)), FMT(plain(r, p->headline)));
    for (size_t i = 0; i < p->field_count; i++) put_field(r, &b, &p->fields[i]);
    struct span why = why_of(r, p);
    if (why.n) buf_printf(&b, "  because: %.*s\n", FMT(why));
    for (size_t i = 0; i < p->then->rule_count; i++)
        buf_printf(&b, "  %.*s:%u: “%.*s” fits\n", FMT(r->file), p->then->rules[i]->line,
            FMT(p->then->rules[i]->name));
    return buf_span(&b);
}

static void put_change(struct json_out *o, const struct replay_field *f)
{
    json_open(o, NULL, '{');
    json_string(o, "what", span_of(f->what));
    if (f->diff.n) {
        json_string(o, "diff", f->diff);
    } else {
        json_string(o, "before", f->before);
        json_string(o, "after", f->after);
    }
    json_close(o, '}');
}

static struct span as_json(struct replay_report *r, const struct replay_page *p)
{
    struct buf b;
    buf_init(&b, r->line, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "page", story_id_text(r->line, p->page));
    json_string(&o, "guid", p->guid);
    json_string(&o, "headline", p->headline);
    json_string(&o, "fate", span_of(fates[p->fate]));
    json_open(&o, "changes", '[');
    for (size_t i = 0; i < p->field_count; i++) put_change(&o, &p->fields[i]);
    json_close(&o, ']');
    struct span why = why_of(r, p);
    if (why.n) json_string(&o, "why", why);
    json_open(&o, "rules", '[');
    for (size_t i = 0; i < p->then->rule_count; i++) json_number(&o, NULL, p->then->rules[i]->line);
    json_close(&o, ']');
    json_close(&o, '}');
    buf_char(&b, '\n');
    return buf_span(&b);
}

void replay_report_page(struct replay_report *r, const struct replay_page *p)
{
    if (r->count == REPLAY_TOLD_MAX) return;
    arena_reset(r->line);
    struct told t = {.fate = p->fate,
        .field = p->fields[0].index,
        .front_ms = p->front_ms,
        .page = p->page,
        .text = arena_keep(r->a, r->json ? as_json(r, p) : as_text(r, p))};
    *ARENA_PUSH(r->a, r->told, r->count, r->cap) = t;
}

/* ---- in order ---- */
static int by_weight(const void *x, const void *y)
{
    const struct told *a = x, *b = y;
    if (a->fate != b->fate) return a->fate < b->fate ? -1 : 1;
    if (a->field != b->field) return a->field < b->field ? -1 : 1;
    if (a->front_ms != b->front_ms) return a->front_ms > b->front_ms ? -1 : 1;
    return a->page < b->page ? -1 : a->page > b->page;
}

static size_t differ(const struct replay_sum *s)
{
    return (size_t)replay_weight(s) + s->fates[REPLAY_UNSEEN];
}

static void print_pages(struct replay_report *r, const struct replay_end *e)
{
    if (r->count) qsort(r->told, r->count, sizeof *r->told, by_weight);
    size_t shown = !r->json && r->limit && r->limit < r->count ? r->limit : r->count;
    for (size_t i = 0; i < shown; i++) printf("%.*s", FMT(r->told[i].text));
    size_t more = differ(e->sum) - shown;
    if (more && !r->json) printf("… and %zu more pages (--limit N tells N, 0 all)\n", more);
    if (differ(e->sum)) printf("%s", r->json ? "" : "\n");
}

/* ---- the sums ---- */
static void print_row(const char *what, size_t n, const char *rest)
{
    printf("%-28s %8zu%s%s\n", what, n, *rest ? "  " : "", rest);
}

static struct span fields_of(struct replay_report *r, const struct replay_sum *s)
{
    struct buf b;
    buf_init(&b, r->line, 0);
    for (size_t i = 0; i < REPLAY_FIELDS; i++)
        if (s->fields[i])
            buf_printf(&b, "%s%s %zu", b.n ? ", " : "", replay_field_name(i), s->fields[i]);
    buf_char(&b, 0);
    return buf_span(&b);
}

static void print_table(struct replay_report *r, const struct replay_end *e)
{
    const struct replay_sum *s = e->sum;
    char days[64] = "";
    if (e->days) snprintf(days, sizeof days, "of the last %llu days", (unsigned long long)e->days);
    arena_reset(r->line);
    printf("%-28s %8s\n", "", "pages");
    print_row("looked at", s->pages, days);
    print_row("live now", s->live, "");
    print_row("  would leave the site", s->fates[REPLAY_LEAVES], "");
    print_row("  would change", s->fates[REPLAY_CHANGES], fields_of(r, s).p);
    print_row("would appear on the site", s->fates[REPLAY_APPEARS], "");
    print_row("not live, would differ", s->fates[REPLAY_UNSEEN], "");
}

static void print_read(const struct replay_end *e)
{
    if (!e->read) return;
    printf("read again up to event %llu: %llu deliveries, of which %llu are purged and %llu lost; "
           "unreadable: %zu now, %llu then\n",
        (unsigned long long)e->until_pos, (unsigned long long)e->read->deliveries,
        (unsigned long long)e->read->forgotten, (unsigned long long)e->read->lost,
        e->unreadable_now, (unsigned long long)(e->read->rejects + e->read->lost));
}

static bool wants_yes(const struct replay_end *e)
{
    return replay_weight(e->sum) > e->over;
}

static void print_yes(const struct replay_end *e)
{
    if (!wants_yes(e)) return;
    printf("more than %u live pages would change: this wants a second yes", e->over);
    if (e->token.n)
        printf(": broadsheet reload --data %.*s --yes %.*s", FMT(e->data), FMT(e->token));
    putchar('\n');
}

static void json_read(struct json_out *o, const struct replay_end *e)
{
    if (!e->read) return;
    json_open(o, "read", '{');
    json_number(o, "deliveries", (int64_t)e->read->deliveries);
    json_number(o, "purged", (int64_t)e->read->forgotten);
    json_number(o, "lost", (int64_t)e->read->lost);
    json_number(o, "unreadable_now", (int64_t)e->unreadable_now);
    json_number(o, "unreadable_then", (int64_t)(e->read->rejects + e->read->lost));
    json_close(o, '}');
}

static void print_json(struct replay_report *r, const struct replay_end *e)
{
    const struct replay_sum *s = e->sum;
    struct buf b;
    arena_reset(r->line);
    buf_init(&b, r->line, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    if (e->days) json_number(&o, "days", (int64_t)e->days);
    json_number(&o, "event", (int64_t)e->until_pos);
    json_number(&o, "pages", (int64_t)s->pages);
    json_number(&o, "live", (int64_t)s->live);
    json_number(&o, "leave", (int64_t)s->fates[REPLAY_LEAVES]);
    json_number(&o, "appear", (int64_t)s->fates[REPLAY_APPEARS]);
    json_number(&o, "change", (int64_t)s->fates[REPLAY_CHANGES]);
    json_number(&o, "not_live", (int64_t)s->fates[REPLAY_UNSEEN]);
    json_open(&o, "fields", '{');
    for (size_t i = 0; i < REPLAY_FIELDS; i++)
        if (s->fields[i]) json_number(&o, replay_field_name(i), (int64_t)s->fields[i]);
    json_close(&o, '}');
    json_read(&o, e);
    json_number(&o, "told", (int64_t)r->count);
    json_bool(&o, "second_yes", wants_yes(e));
    if (e->token.n) json_string(&o, "token", e->token);
    json_close(&o, '}');
    printf("%.*s\n", (int)b.n, b.p);
}

void replay_report_all(struct replay_report *r, const struct replay_end *e)
{
    print_pages(r, e);
    if (r->json) {
        print_json(r, e);
        return;
    }
    print_table(r, e);
    print_read(e);
    print_yes(e);
}
