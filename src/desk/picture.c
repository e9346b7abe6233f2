/* picture.c: a picture beside a story: whether, when and with which words it is shown. A picture
 * that came as an item of its own is decided as a story is, by the same rules (kills, embargoes,
 * expiry, holds), and what the story says of it comes on top. Pure. */
#include "decide.h"

bool desk_is_media(enum story_kind k)
{
    return k == KIND_PICTURE || k == KIND_GRAPHIC || k == KIND_VIDEO || k == KIND_AUDIO;
}

static bool hold(struct desk_picture *out, enum reason_code why, struct span detail)
{
    *out = (struct desk_picture){.interval = {FOREVER, FOREVER, true},
        .due_ms = out->due_ms,
        .why = why,
        .detail = detail,
        .feed = out->feed};
    return false;
}

static void narrow(struct interval *i, int64_t from_ms, int64_t until_ms)
{
    if (from_ms > i->from_ms) i->from_ms = from_ms;
    if (until_ms < i->until_ms) i->until_ms = until_ms;
}

/* ---- the picture's own item ---- */
/* How an item stands as its own picture; readers make one where it has renditions. */
static const struct picture *self_of(struct arena *a, const struct story *s)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].role, S("self"))) return &s->pictures[i];
    struct picture *p = ARENA_NEW(a, struct picture);
    *p = (struct picture){.guid = s->guid,
        .headline = s->headline,
        .caption = s->body_text.n ? s->body_text : s->abstract,
        .credit = s->creditline,
        .byline = s->byline,
        .copyright = s->copyright,
        .usage = s->usage,
        .usage_count = s->usage_count};
    return p;
}

static bool held_by_acts(const struct desk_set *set)
{
    bool held = false;
    for (size_t i = 0; i < set->act_count; i++) {
        if (set->acts[i].kind == ACT_HOLD) held = true;
        if (set->acts[i].kind == ACT_PUBLISH) held = false;
    }
    return held;
}

static bool released_by_acts(const struct desk_set *set)
{
    for (size_t i = set ? set->act_count : 0; i-- > 0;)
        if (set->acts[i].kind == ACT_PUBLISH) return true;
    return false;
}

static bool hold_for(struct desk_picture *out, const struct verdict *v)
{
    for (size_t i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];
        bool ends = r->code == WHY_EXPIRED || r->code == WHY_PAUSED;
        if (ends || reason_row(r->code)->stance > STANCE_SHOW) return hold(out, r->code, r->detail);
    }
    return hold(out, WHY_DESK_HOLD, S(""));
}

/* *own_out: the version that is shown; NULL: only acts are known. */
static bool judge_item(struct arena *a, const struct desk_set *item, const struct desk_rules *rules,
    struct desk_picture *out, const struct desk_version **own_out)
{
    struct verdict v;
    struct desk_set set = *item;
    set.is_picture = true;
    desk_decide(a, &set, rules, &v);
    if (v.is_dead) {
        bool by_desk = true;
        for (size_t i = 0; i < set.version_count; i++)
            by_desk &= set.versions[i].story->status != STATUS_CANCELED;
        return hold(out, by_desk ? WHY_TAKEN_DOWN : WHY_KILLED, S(""));
    }
    if (!set.version_count) return held_by_acts(&set) ? hold(out, WHY_DESK_HOLD, S("")) : true;
    if (v.shown == SIZE_MAX || v.interval.held) return hold_for(out, &v);
    if (!v.pictures) return hold(out, WHY_NO_PICTURES, S(""));
    narrow(&out->interval, v.interval.from_ms, v.right_ms);
    if (v.then_shown != SIZE_MAX) out->due_ms = v.interval.until_ms;
    *own_out = &set.versions[v.shown];
    return true;
}

/* ---- as the story has it ---- */
static bool judge_embed(const struct picture *p, const struct desk_version *story,
    const struct desk_rules *rules, struct desk_picture *out)
{
    const struct desk_feed *feed = feed_named(rules, story->feed);
    const struct zone *zone = feed ? feed->zone : NULL;
    const struct zone *fallback = zone ? zone : rules->site_zone ? rules->site_zone : zone_utc();
    int64_t from = 0, until = FOREVER;
    if (p->status == STATUS_CANCELED) return hold(out, WHY_KILLED, S(""));
    if (p->status == STATUS_WITHHELD) return hold(out, WHY_WITHHELD, S(""));
    if (p->status != STATUS_USABLE) return hold(out, WHY_STATUS_UNKNOWN, S(""));
    if (p->embargo.kind == WHEN_EMPTY) return hold(out, WHY_EMBARGO_EMPTY, S(""));
    if (p->embargo.kind == WHEN_LOCAL && !zone) return hold(out, WHY_EMBARGO_NO_ZONE, S(""));
    if (p->embargo.kind != WHEN_ABSENT && !when_utc(p->embargo, zone, &from))
        return hold(out, WHY_EMBARGO_UNREADABLE, S(""));
    if (p->expires.kind == WHEN_UNREADABLE) return hold(out, WHY_EXPIRY_UNREADABLE, S(""));
    if (p->expires.kind != WHEN_ABSENT) (void)!when_utc(p->expires, fallback, &until);
    narrow(&out->interval, from, until);
    return true;
}

/* ---- its words ---- */
static struct span first_of(struct span a, struct span b)
{
    return a.n ? a : b;
}

/* A text desk's copy of a caption may be older than the photo desk's correction (C7). */
static bool is_superseded(
    struct arena *a, const struct desk_set *item, const struct desk_version *own, struct span said)
{
    for (size_t i = 0; i < item->version_count; i++) {
        const struct desk_version *v = &item->versions[i];
        if (v == own || desk_version_cmp(v, own) >= 0) continue;
        if (span_eq(self_of(a, v->story)->caption, said)) return true;
    }
    return false;
}

/* A name of a file says nothing to those who cannot see the picture. */
static bool is_file_name(struct span s)
{
    static const char *const ends[] = {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif", ".heic"};
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct span e = span_of(ends[i]);
        if (s.n >= e.n && span_eq_nocase(span_cut(s, s.n - e.n, s.n), e)) return true;
    }
    return false;
}

static struct span alt_of(const struct picture *p)
{
    if (p->alt.n && !is_file_name(p->alt)) return p->alt;
    return is_file_name(p->headline) ? S("") : p->headline;
}

static void put_words(struct desk_picture *out, const struct picture *p, const struct picture *q)
{
    out->caption = first_of(p->caption, q->caption);
    out->credit = first_of(first_of(p->credit, p->byline), first_of(q->credit, q->byline));
    out->alt = first_of(alt_of(p), alt_of(q));
    out->copyright = first_of(p->copyright, q->copyright);
}

static void choose_words(struct arena *a, const struct desk_picture_ask *ask,
    const struct desk_version *own, const struct picture *self, struct desk_picture *out)
{
    static const struct picture nothing;
    const struct picture *embed = ask->embed ? ask->embed : &nothing;
    bool embed_first = !own || (ask->embed && embed->caption.n && ask->story->pos > own->pos &&
                                   !is_superseded(a, ask->item, own, embed->caption));
    if (embed_first)
        put_words(out, embed, self ? self : &nothing);
    else
        put_words(out, self, embed);
}

/* ---- its terms ---- */
static int64_t made_ms(const struct desk_version *v)
{
    const struct when *w = &v->story->version_created;
    return w->kind == WHEN_UTC && w->ms < v->received_ms ? w->ms : v->received_ms;
}

static bool judge_terms(struct arena *a, const struct desk_picture_ask *ask,
    const struct desk_version *own, const struct picture *self, struct desk_picture *out)
{
    struct terms t = {.why = WHY_PUBLISHED};
    bool released = released_by_acts(ask->item);
    if (ask->embed) terms_of_picture(a, ask->embed, &t);
    if (self) terms_of_picture(a, self, &t);
    if (t.days)
        narrow(&out->interval, 0, made_ms(own ? own : ask->story) + (int64_t)t.days * DAY_MS);
    if (released) return true;
    if (t.why != WHY_PUBLISHED) return hold(out, t.why, t.phrase);
    return !t.needs_credit || out->credit.n || hold(out, WHY_TERMS_CREDIT, S(""));
}

static void choose_file(const struct desk_picture_ask *ask, const struct desk_version *own,
    const struct picture *self, struct desk_picture *out)
{
    bool embed = ask->embed && ask->embed->rendition_count;
    const struct picture *p = embed ? ask->embed : self;
    if (!p) return;
    out->renditions = p->renditions;
    out->rendition_count = p->rendition_count;
    out->feed = embed ? ask->story->feed : own->feed;
}

static struct span territory_of(const struct desk_rules *rules, const struct desk_version *v)
{
    const struct desk_feed *feed = feed_named(rules, v->feed);
    return feed ? feed->territory : S("");
}

/* A picture is shown where its story is. One that came by a feed of another territory would be
 * shown where its own licence ends. */
static bool judge_territory(const struct desk_picture_ask *ask, const struct desk_version *own,
    const struct desk_rules *rules, struct desk_picture *out)
{
    struct span its = own ? territory_of(rules, own) : S("");
    return !its.n || !ask->story || span_eq(its, territory_of(rules, ask->story)) ||
           hold(out, WHY_TERRITORY, its);
}

void desk_picture(struct arena *a, const struct desk_picture_ask *ask,
    const struct desk_rules *rules, struct desk_picture *out)
{
    const struct desk_version *own = NULL;
    *out = (struct desk_picture){
        .interval = {0, FOREVER, false}, .due_ms = FOREVER, .why = WHY_PUBLISHED};
    if (ask->item && !judge_item(a, ask->item, rules, out, &own)) return;
    if (ask->embed && !judge_embed(ask->embed, ask->story, rules, out)) return;
    if (!judge_territory(ask, own, rules, out)) return;
    const struct picture *self = own ? self_of(a, own->story) : NULL;
    choose_words(a, ask, own, self, out);
    if (!judge_terms(a, ask, own, self, out)) return;
    choose_file(ask, own, self, out);
    if (out->interval.from_ms >= out->interval.until_ms) hold(out, WHY_EXPIRED, S(""));
}
