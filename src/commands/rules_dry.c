/* rules_dry: `broadsheet rules dry-run`: what a changed site file would do to what has come in the
 * last days: each page is decided twice, by the configuration in force and by the new one, as a
 * reload would. Reads the store beside a running site; writes nothing anywhere. */
#include "rules.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum {
    DRY_RULES_ARENA = 512 << 20, /* both configurations, compiled */
    DRY_PAGE_ARENA = 1 << 30,    /* one page: 2,000 versions */
    DRY_PAGES = 512,             /* looked up at once */
    DRY_DAYS = 7,                /* where --days does not say */
    DRY_DAYS_MAX = 3650,         /* ten years: all that there is */
};

struct side { /* one configuration and what it says of the page at hand */
    const struct config *config;
    const struct desk_rules *rules;
    struct verdict v;
    const char *outcome;
};
struct dry {
    struct arena *a, *page; /* page: reset for each */
    struct store *store;
    struct tombs *tombs;
    struct side now, then;
    struct brakes brakes;
    int64_t now_ms, since_ms;
    bool json;
    struct span file; /* the new one's name */
    size_t pages, changed, live, leave, come;
};

/* ---- what differs ---- */
struct change {
    const char *what;
    struct span before, after;
};
struct changes {
    struct change list[8];
    size_t n;
};

static void differ(struct changes *c, const char *what, struct span before, struct span after)
{
    if (!span_eq(before, after)) c->list[c->n++] = (struct change){what, before, after};
}

static struct span tags_of(struct arena *a, const struct verdict *v)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (uint32_t i = 0; i < v->tag_count; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", FMT(v->tags[i]));
    return buf_span(&b);
}

static struct span instant(struct arena *a, bool is_told, int64_t ms)
{
    char at[25];
    if (!is_told) return S("");
    utc_text(ms, at);
    return arena_keep(a, span_of(at));
}

static struct span later_of(struct dry *d, const struct side *s)
{
    return instant(d->page, strcmp(s->outcome, "later") == 0, s->v.interval.from_ms);
}

static struct span pin_of(struct dry *d, const struct side *s)
{
    return instant(d->page, s->v.pinned_until_ms > d->now_ms, s->v.pinned_until_ms);
}

static struct span yes_or_no(bool b)
{
    return b ? S("yes") : S("no");
}

static void compare(struct dry *d, struct changes *c)
{
    const struct side *x = &d->now, *y = &d->then;
    differ(c, "outcome", span_of(x->outcome), span_of(y->outcome));
    differ(c, "from", later_of(d, x), later_of(d, y));
    differ(c, "section", x->v.section, y->v.section);
    differ(c, "tags", tags_of(d->page, &x->v), tags_of(d->page, &y->v));
    differ(c, "noindex", yes_or_no(x->v.noindex), yes_or_no(y->v.noindex));
    differ(c, "pinned until", pin_of(d, x), pin_of(d, y));
}

/* ---- telling ---- */
static struct span or_none(struct span s)
{
    return s.n ? s : S("none");
}

static void print_page(struct dry *d, const struct story *s, const struct changes *c)
{
    struct span why = rules_why(d->page, d->file, &d->then.v);
    printf(
        "%.*s: %.*s\n", FMT(text_plain(d->page, s->guid)), FMT(text_plain(d->page, s->headline)));
    for (size_t i = 0; i < c->n; i++)
        printf("  %s: %.*s -> %.*s\n", c->list[i].what, FMT(or_none(c->list[i].before)),
            FMT(or_none(c->list[i].after)));
    if (why.n) printf("  because: %.*s\n", FMT(why));
    for (size_t i = 0; i < d->then.v.rule_count; i++)
        printf("  %.*s:%u: “%.*s” fits\n", FMT(d->file), d->then.v.rules[i]->line,
            FMT(d->then.v.rules[i]->name));
}

static void json_page(struct dry *d, const struct story *s, const struct changes *c)
{
    struct buf b;
    buf_init(&b, d->page, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "guid", s->guid);
    json_string(&o, "headline", s->headline);
    json_bool(&o, "live", story_is_public(&d->now.v.interval, d->now_ms));
    json_open(&o, "changes", '[');
    for (size_t i = 0; i < c->n; i++) {
        json_open(&o, NULL, '{');
        json_string(&o, "what", span_of(c->list[i].what));
        json_string(&o, "before", c->list[i].before);
        json_string(&o, "after", c->list[i].after);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_open(&o, "rules", '[');
    for (size_t i = 0; i < d->then.v.rule_count; i++)
        json_number(&o, NULL, d->then.v.rules[i]->line);
    json_close(&o, ']');
    json_close(&o, '}');
    printf("%.*s\n", (int)b.n, b.p);
}

static void print_sum(const struct dry *d, unsigned days)
{
    if (d->json)
        printf("{\"days\":%u,\"pages\":%zu,\"changed\":%zu,\"live\":%zu,\"leave\":%zu,"
               "\"appear\":%zu}\n",
            days, d->pages, d->changed, d->live, d->leave, d->come);
    else
        printf("%zu pages of the last %u days, %zu would change; %zu of these are live now\n"
               "%zu live pages would leave the site, %zu pages would appear on it\n",
            d->pages, days, d->changed, d->live, d->leave, d->come);
}

/* ---- deciding ---- */
static void decide(struct dry *d, struct side *s, const struct desk_set *set)
{
    desk_decide(d->page, set, s->rules, &s->v);
    s->outcome = rules_outcome(&s->v, d->now_ms);
}

static bool is_recent(const struct dry *d, const struct desk_set *set)
{
    for (size_t i = 0; i < set->version_count; i++)
        if (set->versions[i].received_ms >= d->since_ms) return true;
    return false;
}

/* A picture by itself is never a page. */
static bool is_media(const struct desk_set *set)
{
    return desk_is_media(set->versions[set->version_count - 1].story->kind);
}

static enum result try_page(struct dry *d, story_id page)
{
    struct desk_set set;
    struct changes c = {0};
    arena_reset(d->page);
    TRY(set_load(d->store, page, d->page, &set));
    brakes_give(&d->brakes, &set);
    set.reached_ms = d->now_ms;
    if (!is_recent(d, &set) || is_media(&set) || tombs_dead(d->tombs, page)) return OK;
    decide(d, &d->now, &set);
    decide(d, &d->then, &set);
    compare(d, &c);
    d->pages++;
    if (!c.n) return OK;
    bool was = story_is_public(&d->now.v.interval, d->now_ms),
         will = story_is_public(&d->then.v.interval, d->now_ms);
    d->changed++;
    d->live += was;
    d->leave += was && !will;
    d->come += !was && will;
    const struct story *s = set.versions[set.version_count - 1].story;
    if (d->json)
        json_page(d, s, &c);
    else
        print_page(d, s, &c);
    return OK;
}

static enum result try_pages(struct dry *d)
{
    story_id some[DRY_PAGES];
    size_t n = 0;
    for (story_id after = 0;; after = some[n - 1]) {
        TRY(store_pages(d->store, after, some, COUNT(some), &n));
        if (!n) return OK;
        for (size_t i = 0; i < n; i++) TRY(try_page(d, some[i]));
    }
}

/* ---- the command ---- */
static enum result open_all(struct dry *d, const struct house *h, const char **why)
{
    struct span json;
    TRY(store_look(h->store, &d->store, why));
    *why = "the tombstones cannot be read";
    TRY(tombs_open(h->data, false, &d->tombs));
    *why = "no configuration is in force yet: start the site once (broadsheet serve)";
    TRY(store_text(d->store, "config", d->a, &json));
    d->now.config = config_from_editorial(d->a, json, NULL);
    if (!d->now.config) return ERR_CORRUPT;
    d->now.rules = rules_of(d->a, d->now.config);
    d->then.rules = rules_of(d->a, d->then.config);
    *why = "the brakes cannot be read";
    return brakes_load(d->store, d->a, &d->brakes);
}

static int run(struct dry *d, const struct house *h, unsigned days)
{
    const char *why = NULL;
    d->now_ms = clock_now_ms();
    d->since_ms = d->now_ms - (int64_t)days * 24 * 3600 * 1000;
    enum result r = open_all(d, h, &why);
    if (r == OK) {
        why = "the store cannot be read";
        r = try_pages(d);
    }
    if (r == OK) print_sum(d, days);
    if (r != OK) fprintf(stderr, "broadsheet rules: %s: %s\n", why, result_name(r));
    if (d->store) store_close(d->store);
    if (d->tombs) tombs_close(d->tombs);
    return exit_code(r);
}

int rules_dry_run(const struct rules_asked *q)
{
    struct house h = {0};
    uint64_t days = DRY_DAYS;
    if (q->days && (!span_to_u64(span_of(q->days), &days) || !days || days > DRY_DAYS_MAX))
        return usage_error("rules", "--days takes a number from 1 to %d", DRY_DAYS_MAX);
    int code = house_visit_or_say(&h, q->data);
    struct dry d = {
        .a = arena_new(DRY_RULES_ARENA), .page = arena_new(DRY_PAGE_ARENA), .json = q->json};
    if (code == EX_OK && !(d.then.config = rules_config(d.a, q->config))) code = EX_CONFIG;
    if (code == EX_OK) {
        d.file = d.then.config->file;
        code = run(&d, &h, (unsigned)days);
    }
    arena_free(d.a);
    arena_free(d.page);
    house_close(&h);
    return code;
}
