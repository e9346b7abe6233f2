/* newsroom_mint: a page's address: its day and slug, an event of its own that is durable before the
 * page is seen under it. */
#include "newsroom.h"

static struct span mint_json(struct arena *a, const struct mint *m)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "id", story_id_text(a, m->page));
    json_string(&o, "slug", m->slug);
    json_number(&o, "day_ms", m->date_ms);
    json_number(&o, "from_ms", m->from_ms);
    json_close(&o, '}');
    return buf_span(&b);
}

bool newsroom_read_mint(struct arena *a, const struct event *e, struct mint *out)
{
    struct reject bad;
    const struct json *meta = json_parse(a, e->meta, &bad);
    *out = (struct mint){.pos = e->pos};
    if (!meta || !story_id_read(json_text(meta, "id"), &out->page) ||
        !span_to_i64(json_text(meta, "day_ms"), &out->date_ms))
        return false;
    out->slug = json_text(meta, "slug");
    (void)span_to_i64(json_text(meta, "from_ms"), &out->from_ms); /* none: seen at once */
    return true;
}

int64_t newsroom_day(const struct newsroom *n, int64_t ms)
{
    const struct zone *z = n->rules->site_zone;
    int64_t local = ms + (z ? zone_offset_s(z, ms) * 1000 : 0);
    struct civil c = civil_of(local);
    c.hour = c.minute = c.second = 0;
    return civil_to_ms(c);
}

static bool same_mint(const struct mint *a, const struct mint *b)
{
    return span_eq(a->slug, b->slug) && a->date_ms == b->date_ms && a->from_ms == b->from_ms;
}

/* Since when it is seen: one that is made anew, for what was struck, since then. */
static int64_t seen_from(const struct decided *d)
{
    int64_t from_ms = d->verdict.interval.from_ms, struck_ms = d->set.struck.at_ms;
    bool anew = d->has_mint && struck_ms > from_ms && struck_ms <= d->set.reached_ms;
    return anew ? struck_ms : from_ms;
}

/* A rebuild comes to a page by other steps than the house has: what was minted since, behind what
 * this one has applied, stays the URL that readers know. */
static bool was_minted_since(struct newsroom *n, struct decided *d)
{
    struct mint m;
    bool since = n->known && d->has_mint && store_mint(n->known, d->set.page, n->job, &m) == OK &&
                 m.pos > d->mint.pos;
    if (since) d->mint = m;
    return since;
}

static void plan_mint(struct newsroom *n, struct decided *d, struct append *batch, size_t *count)
{
    const struct verdict *v = &d->verdict;
    bool will_be_seen = v->shown != SIZE_MAX && !v->interval.held;
    if (!v->must_mint || (!will_be_seen && !d->has_mint) || was_minted_since(n, d)) return;
    struct mint m = {.page = d->set.page,
        .slug = will_be_seen ? newsroom_slug(n, d) : d->mint.slug,
        .date_ms = will_be_seen ? newsroom_day(n, v->published_ms) : d->mint.date_ms,
        .from_ms = seen_from(d)};
    if (d->has_mint && same_mint(&m, &d->mint)) return;
    struct hash name = hash_of(arena_printf(n->job, "%.*s %lld %lld %lld", FMT(m.slug),
        (long long)m.date_ms, (long long)m.from_ms, (long long)(d->has_mint ? d->mint.pos : 0)));
    d->wants_mint = true;
    d->mint_append = *count;
    d->mint = m;
    batch[(*count)++] = (struct append){.kind = EVENT_MINT,
        .received_ms = clock_now_ms(),
        .feed = S(""),
        .delivery = arena_printf(n->job, "mint:%.*s:%s:%.*s", FMT(story_id_text(n->job, m.page)),
            d->has_mint ? "again" : "first",
            FMT(d->has_mint ? span_cut(hash_hex(n->job, &name), 0, 16) : S(""))),
        .meta = mint_json(n->job, &m)};
}

/* A mint that stands in the ledger already is used as it is: rebuild must give the URL that readers
 * know. */
static enum result take_mint(struct newsroom *n, struct decided *d, const struct append *batch)
{
    const struct append *ap = &batch[d->mint_append];
    d->mint.pos = ap->pos_out;
    if (ap->was_there_out) {
        struct event e;
        TRY(newsroom_of_ledger(ledger_event(n->ledger, ap->pos_out, &e, n->job)));
        if (!newsroom_read_mint(n->job, &e, &d->mint)) return ERR_LEDGER;
    }
    d->has_mint = true;
    return store_put_mint(n->store, &d->mint);
}

/* Of another house's ledger: what it does not hold is minted for us alone. */
static enum result mint_apart(struct newsroom *n, struct append *batch, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event e;
        enum result r = ledger_find(n->ledger, batch[i].feed, batch[i].delivery, &e, n->job);
        if (r != OK && r != ERR_ABSENT) return newsroom_of_ledger(r);
        batch[i].was_there_out = r == OK;
        batch[i].pos_out = r == OK ? e.pos : n->position;
    }
    return OK;
}

static enum result append_mints(struct newsroom *n, struct append *batch, size_t count)
{
    if (n->options.ledger_of) return mint_apart(n, batch, count);
    for (size_t at = 0; at < count; at += LEDGER_BATCH_MAX)
        TRY(newsroom_of_ledger(ledger_append(
            n->ledger, batch + at, count - at < LEDGER_BATCH_MAX ? count - at : LEDGER_BATCH_MAX)));
    return OK;
}

enum result newsroom_mint_all(struct newsroom *n, struct decided *list, size_t count)
{
    struct append *batch = ARENA_ARRAY(n->job, struct append, count + 1);
    size_t mints = 0;
    for (size_t i = 0; i < count; i++) plan_mint(n, &list[i], batch, &mints);
    TRY(append_mints(n, batch, mints));
    for (size_t i = 0; i < count; i++)
        if (list[i].wants_mint) TRY(take_mint(n, &list[i], batch));
    return OK;
}

/* An address that says what was struck, of a page that may not be minted again: it is not shown. */
static void drop_struck(struct newsroom *n, struct decided *d)
{
    const struct redactions *r = &d->set.struck;
    if (strike_in_address(n->job, d->mint.slug, r->words, r->word_count))
        d->mint.slug = newsroom_slug(n, d);
}

/* The desk's words for a URL take the place of the minted ones. They are the act's own and no mint:
 * whenever the ledger is read again, whatever came between, they are the same. */
void newsroom_reslug(struct newsroom *n, struct decided *d)
{
    if (!d->has_mint) return;
    drop_struck(n, d);
    for (size_t i = d->set.act_count; i-- > 0;) {
        if (d->set.acts[i].kind != ACT_RESLUG) continue;
        struct span slug = newsroom_slug_of(n, d->set.acts[i].text);
        if (slug.n) d->mint.slug = slug;
        return;
    }
}
