/* newsroom_pictures: the pictures of a story: who they are, what the desk says of each, whether its
 * file is there and has been looked at. A picture is known by the id of its own item, whether that
 * has come or not: kills, acts and new versions of it reach every page that shows it. Never decides
 * and never opens a file. */
#include "newsroom.h"

#include <string.h>

enum { CARRIERS_MAX = 8 }; /* picture items that name one file; more than one is rare */

/* ---- what pages hang on ---- */
static struct span item_key(struct newsroom *n, story_id item)
{
    return arena_printf(n->job, "item %.*s", FMT(story_id_text(n->job, item)));
}

static struct span carrier_key(struct newsroom *n, struct span file)
{
    return arena_printf(n->job, "carried %.*s", FMT(file));
}

enum result newsroom_touch_waiting(struct newsroom *n, struct span feed, struct span name)
{
    story_id list[256];
    size_t count = COUNT(list);
    for (story_id after = 0; count == COUNT(list); after = list[count - 1]) {
        TRY(store_wanting(n->store, feed, name, after, list, COUNT(list), &count));
        for (size_t i = 0; i < count; i++) newsroom_touch(n, list[i]);
        if (!count) break;
    }
    return OK;
}

/* Grows the list that it walks: whoever shows what is decided is decided after it. */
enum result newsroom_touch_users(struct newsroom *n)
{
    for (size_t i = 0; i < n->pages.n; i++)
        TRY(newsroom_touch_waiting(n, S(""), item_key(n, n->pages.list[i])));
    return OK;
}

/* ---- files ---- */
static const struct rendition *largest(const struct rendition *list, uint32_t count)
{
    const struct rendition *best = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct rendition *r = &list[i];
        bool is_picture = !r->type.n || span_starts_nocase(r->type, S("image/"));
        if (is_picture && r->href.n && (!best || r->width > best->width)) best = r;
    }
    return best;
}

static bool is_elsewhere(struct span href)
{
    return span_find(href, S("://")) >= 0;
}

/* Under which name its bytes would have come: that of the file delivered beside the item; its whole
 * URL where it lies elsewhere and the courier may fetch it; else empty. */
static struct span file_name(struct newsroom *n, struct span feed, struct span href)
{
    const struct config_feed *f = newsroom_feed(n, feed);
    if (is_elsewhere(href)) {
        bool may =
            f && f->fetch_pictures && utf8_valid(href) &&
            (span_starts_nocase(href, S("https://")) || span_starts_nocase(href, S("http://")));
        return may ? href : S("");
    }
    return story_file_name(href);
}

/* The file's hash and what the darkroom found; false: not there (yet), or no picture. The page
 * hangs on the file also when it is there: a whole one may follow a damaged one (P3). */
static bool find_file(
    struct newsroom *n, story_id page, const struct desk_picture *says, struct view_picture *out)
{
    const struct rendition *r = largest(says->renditions, says->rendition_count);
    struct span name = r ? file_name(n, says->feed, r->href) : S("");
    if (!name.n) return false;
    (void)!store_want_file(n->store, says->feed, name, page);
    if (!store_file(n->store, says->feed, name, n->job, &out->hash)) {
        if (is_elsewhere(name)) (void)!newsroom_fetch(n, says->feed, name);
        return false;
    }
    if (!store_picture(n->store, out->hash, &out->width, &out->height, &out->forms)) {
        (void)!store_want_file(n->store, S(""), out->hash, page);
        newsroom_want(n, out->hash);
        return false;
    }
    return out->forms != 0;
}

/* ---- whose picture it is ---- */
/* An item of pictures is noted under the files that it brings, so that a story which names the file
 * alone is known to show it; stories that were there before it are decided again. */
enum result newsroom_note_picture(struct newsroom *n, const struct desk_version *v)
{
    const struct story *s = v->story;
    struct span provider = newsroom_provider(n, v->feed);
    if (!desk_is_media(s->kind)) return OK;
    for (uint32_t i = 0; i < s->picture_count; i++)
        for (uint32_t k = 0; k < s->pictures[i].rendition_count; k++) {
            struct span file = file_name(n, v->feed, s->pictures[i].renditions[k].href);
            if (!file.n) continue;
            TRY(store_want_file(n->store, provider, carrier_key(n, file), v->item));
            TRY(newsroom_touch_waiting(n, v->feed, file));
        }
    return OK;
}

/* The ids under which a picture of a story is known: that of its guid; where no such item has come,
 * those of the items that bring its file. A story's picture of itself has none. */
static size_t items_of(struct newsroom *n, const struct desk_version *dv, const struct picture *p,
    story_id out[CARRIERS_MAX])
{
    struct span provider = newsroom_provider(n, dv->feed);
    story_id page;
    size_t count = 0, more = 0;
    if (p->guid.n && span_eq(p->guid, dv->story->guid)) return 0;
    if (p->guid.n) out[count++] = story_id_of(ledger_key(n->ledger), provider, p->guid);
    if (count && store_page_of(n->store, out[0], &page) == OK) return count;
    const struct rendition *r = largest(p->renditions, p->rendition_count);
    struct span file = r ? file_name(n, dv->feed, r->href) : S("");
    if (file.n && store_wanting(n->store, provider, carrier_key(n, file), 0, out + count,
                      CARRIERS_MAX - count, &more) != OK)
        more = 0;
    return count + more;
}

/* ---- one picture ---- */
struct looked { /* what all its items say together */
    struct desk_picture says;
    story_id item; /* under which a kill would come */
};

static void strike_words(struct newsroom *n, const struct redactions *r, struct desk_picture *says)
{
    struct span *const texts[] = {&says->caption, &says->credit, &says->alt, &says->copyright};
    for (size_t i = 0; r->word_count && i < COUNT(texts); i++)
        *texts[i] = desk_strike(n->job, *texts[i], r);
}

static bool is_struck(const struct redactions *r, const struct picture *p, struct span hash)
{
    struct span names[] = {p->guid, hash};
    if (desk_strikes_picture(r, names, COUNT(names))) return true;
    for (uint32_t i = 0; i < p->rendition_count; i++)
        if (desk_strikes_picture(r, &p->renditions[i].href, 1)) return true;
    return false;
}

/* The strictest of what several items say. */
static void narrow(struct desk_picture *says, const struct desk_picture *before)
{
    struct interval *i = &says->interval;
    if (before->due_ms < says->due_ms) says->due_ms = before->due_ms;
    if (i->held) return;
    if (before->interval.from_ms > i->from_ms) i->from_ms = before->interval.from_ms;
    if (before->interval.until_ms < i->until_ms) i->until_ms = before->interval.until_ms;
    i->held = i->from_ms >= i->until_ms;
    if (i->held) says->why = WHY_EXPIRED;
}

static enum result ask_desk(struct newsroom *n, const struct desk_version *dv,
    const struct picture *p, story_id page, struct looked *out)
{
    story_id items[CARRIERS_MAX];
    size_t count = items_of(n, dv, p, items);
    struct desk_picture_ask ask = {.embed = p, .story = dv};
    if (!count) desk_picture(n->job, &ask, n->rules, &out->says);
    for (size_t i = 0; i < count; i++) {
        struct desk_set set;
        struct desk_picture before = out->says;
        story_id of;
        if (store_page_of(n->store, items[i], &of) != OK) of = items[i];
        TRY(newsroom_set(n, of, &set));
        TRY(store_want_file(n->store, S(""), item_key(n, of), page));
        ask.item = &set;
        /* X9: a tombstone counts also where the ledger does not know of the kill. */
        bool buried = tombs_dead(n->tombs, items[i]) || tombs_dead(n->tombs, of);
        desk_picture(n->job, &ask, n->rules, &out->says);
        if (i) narrow(&out->says, &before);
        desk_redactions(n->job, set.acts, set.act_count, &set.struck);
        strike_words(n, &set.struck, &out->says);
        out->item = items[i];
        if (buried) out->says.interval.held = true;
        if (buried && out->says.why == WHY_PUBLISHED) out->says.why = WHY_KILLED;
        if (out->says.interval.held) break;
    }
    return OK;
}

static bool is_shown_kind(const struct picture *p)
{
    return !p->kind.n || span_eq(p->kind, S("picture")) || span_eq(p->kind, S("graphic"));
}

/* The list of what is held names each picture once, whoever shows it. One that came by itself is
 * there already, as an item. */
static enum result tell_desk(struct newsroom *n, const struct desk_version *dv,
    const struct picture *p, const struct looked *l)
{
    story_id page;
    if (!l->item || store_page_of(n->store, l->item, &page) == OK) return OK;
    bool tell = l->says.interval.held && l->says.why != WHY_KILLED && l->says.why != WHY_EXPIRED &&
                l->says.why != WHY_TAKEN_DOWN;
    if (!tell) return store_drop_held(n->store, l->item);
    struct held h = {.page = l->item,
        .guid = p->guid,
        .headline = p->headline.n ? p->headline : utf8_head(p->caption, 120),
        .feed = dv->feed,
        .why = arena_printf(n->job, "the picture of %.*s: %s%s%.*s%s", FMT(dv->story->guid),
            reason_text(l->says.why), l->says.detail.n ? " (" : "", FMT(l->says.detail),
            l->says.detail.n ? ")" : ""),
        .since_ms = dv->received_ms};
    return store_put_held(n->store, &h);
}

static struct view_picture picture_as_said(const struct looked *l, const struct view *v)
{
    return (struct view_picture){.item = l->item,
        .caption = l->says.caption,
        .credit = l->says.credit,
        .alt = l->says.alt.n ? l->says.alt : v->headline,
        .copyright = l->says.copyright,
        .from_ms = l->says.interval.from_ms,
        .until_ms = l->says.interval.until_ms};
}

static enum result view_picture(struct newsroom *n, struct decided *d,
    const struct desk_version *dv, const struct picture *p, struct view *v)
{
    struct looked l = {0};
    if (v->picture_count >= PAGE_PICTURES_MAX || !is_shown_kind(p)) return OK;
    TRY(ask_desk(n, dv, p, d->set.page, &l));
    TRY(tell_desk(n, dv, p, &l));
    if (l.says.due_ms < d->pictures_due_ms) d->pictures_due_ms = l.says.due_ms;
    strike_words(n, &d->set.struck, &l.says);
    struct view_picture *out = &v->pictures[v->picture_count];
    *out = picture_as_said(&l, v);
    if (!l.says.interval.held && find_file(n, d->set.page, &l.says, out) &&
        !is_struck(&d->set.struck, p, out->hash))
        v->picture_count++;
    return OK;
}

/* ---- where they stand in the text ---- */
struct placing {
    struct newsroom *n;
    const struct view *v;
    const struct span *names; /* of v's pictures in the text as it was sent */
};

/* By the hash of its file, which is all that pages know of it: one that is not shown stands
 * nowhere.
 */
static struct html place(void *with, struct html block, const struct html_figure *f)
{
    const struct placing *g = with;
    struct buf b;
    if (f->is_embed) return block;
    buf_init(&b, g->n->job, 0);
    for (uint32_t i = 0; i < g->v->picture_count; i++) {
        if (!span_eq(g->names[i], f->name)) continue;
        html_put_figure(&b, &(struct html_figure){.name = g->v->pictures[i].hash});
        break;
    }
    return (struct html){buf_span(&b)};
}

enum result newsroom_view_pictures(struct newsroom *n, struct decided *d, struct view *v)
{
    struct span *names = ARENA_ARRAY(n->job, struct span, PAGE_PICTURES_MAX + 1);
    struct placing g = {n, v, names};
    const struct desk_version *dv = &d->set.versions[d->verdict.shown];
    d->pictures_due_ms = INT64_MAX;
    v->pictures = ARENA_ARRAY(n->job, struct view_picture, PAGE_PICTURES_MAX + 1);
    /* As sent: the photo desk's word on the same caption is told by it (C7). */
    const struct story *sent = desk_sent(dv);
    for (uint32_t i = 0; d->verdict.pictures && i < sent->picture_count; i++) {
        names[v->picture_count] = story_picture_name(n->job, &sent->pictures[i]);
        TRY(view_picture(n, d, dv, &sent->pictures[i], v));
    }
    v->body = html_figures(n->job, v->body, place, &g);
    return OK;
}

/* ---- the desk's private preview ---- */
/* E16, K15: what is held is shown to editors, who decide about it; what is killed is shown to
 * nobody. */
static enum result preview_picture(struct newsroom *n, const struct decided *d,
    const struct desk_version *dv, const struct picture *p, struct view *v)
{
    struct looked l = {0};
    if (v->picture_count >= PAGE_PICTURES_MAX || !is_shown_kind(p)) return OK;
    TRY(ask_desk(n, dv, p, d->set.page, &l));
    bool gone = l.says.why == WHY_KILLED || l.says.why == WHY_TAKEN_DOWN ||
                l.says.why == WHY_EXPIRED || (l.item && tombs_dead(n->tombs, l.item));
    struct view_picture *out = &v->pictures[v->picture_count];
    *out = picture_as_said(&l, v);
    if (l.says.interval.held) out->from_ms = INT64_MAX;
    if (!gone && find_file(n, d->set.page, &l.says, out)) v->picture_count++;
    return OK;
}

enum result newsroom_preview(struct newsroom *n, const struct decided *d)
{
    const struct verdict *w = &d->verdict;
    size_t last = d->set.version_count - 1;
    size_t shown = w->shown != SIZE_MAX ? w->shown : w->version != SIZE_MAX ? w->version : last;
    if (!d->set.version_count || w->is_dead || !w->pictures)
        return store_drop_preview(n->store, d->set.page);
    const struct desk_version *dv = &d->set.versions[shown];
    struct view v = {.id = d->set.page,
        .headline = w->headline,
        .pictures = ARENA_ARRAY(n->job, struct view_picture, PAGE_PICTURES_MAX + 1)};
    for (uint32_t i = 0; i < dv->story->picture_count; i++)
        TRY(preview_picture(n, d, dv, &dv->story->pictures[i], &v));
    return store_put_preview(n->store, &v);
}

/* What was held of this story's pictures, before it is said anew. */
enum result newsroom_forget_pictures(struct newsroom *n, const struct decided *d)
{
    story_id page;
    for (size_t i = 0; i < d->set.version_count; i++) {
        const struct desk_version *dv = &d->set.versions[i];
        if (desk_is_media(dv->story->kind)) continue;
        for (uint32_t k = 0; k < dv->story->picture_count; k++) {
            const struct picture *p = &dv->story->pictures[k];
            if (!p->guid.n || span_eq(p->guid, dv->story->guid)) continue;
            story_id item =
                story_id_of(ledger_key(n->ledger), newsroom_provider(n, dv->feed), p->guid);
            if (store_page_of(n->store, item, &page) != OK) TRY(store_drop_held(n->store, item));
        }
    }
    return OK;
}

/* ---- an item of pictures by itself ---- */
bool newsroom_is_picture(const struct decided *d)
{
    const struct desk_set *set = &d->set;
    if (!set->version_count) return false;
    enum story_kind k = set->versions[set->version_count - 1].story->kind;
    return k == KIND_PICTURE || k == KIND_GRAPHIC;
}

/* Why it may be shown nowhere; empty: it may, or nobody is to do anything about it. */
struct span newsroom_why_no_picture(struct newsroom *n, const struct decided *d)
{
    struct desk_picture_ask ask = {.item = &d->set};
    struct desk_picture says;
    desk_picture(n->job, &ask, n->rules, &says);
    if (!says.interval.held || says.why == WHY_KILLED || says.why == WHY_TAKEN_DOWN ||
        says.why == WHY_EXPIRED)
        return S("");
    return arena_printf(n->job, "%s%s%.*s%s", reason_text(says.why), says.detail.n ? " (" : "",
        FMT(says.detail), says.detail.n ? ")" : "");
}
