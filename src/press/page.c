/* page: what every page kind needs: the keys, ids and instants a page hangs on, paths below the
 * base, words, and the small facts of a view that several pages tell. Never reads the store. */
#include "press_private.h"
#include "picture.h"

#include <string.h>

enum { KEY_NAME_MAX = 512 }; /* a section's, tag's or author's slug is far shorter */

/* ---- what a page hangs on ---- */
static void add_slot(struct page *p, uint32_t slot)
{
    for (uint32_t i = 0; i < p->key_count; i++)
        if (p->keys[i] == slot) return;
    /* The last place is kept for "all", which every change of a story touches. */
    if (p->key_count >= PRESS_KEYS_MAX - 1) slot = keys_slot(S("all"));
    if (p->key_count == PRESS_KEYS_MAX) return;
    p->keys[p->key_count++] = slot;
}

void page_key(struct page *p, const char *kind, struct span name)
{
    char text[KEY_NAME_MAX];
    size_t n = strlen(kind);
    if (n + name.n > sizeof text) {
        add_slot(p, keys_slot(S("all")));
        return;
    }
    memcpy(text, kind, n);
    if (name.n) memcpy(text + n, name.p, name.n);
    add_slot(p, keys_slot((struct span){text, n + name.n}));
}

/* A page of more stories than it can name is not kept: a kill could not find it. */
void page_id(struct page *p, story_id id)
{
    if (p->id_count == PRESS_IDS_MAX)
        p->no_store = true;
    else
        p->ids[p->id_count++] = id;
}

void page_views(struct page *p, const struct view *list, size_t n)
{
    for (size_t i = 0; i < n; i++) page_id(p, list[i].id);
}

void page_until(struct page *p, int64_t ms)
{
    if (ms < p->valid_until_ms) p->valid_until_ms = ms;
}

/* ---- words ---- */
struct span press_word(const struct press *p, const char *key)
{
    const struct span *word = map_get(p->words, span_of(key));
    must(word != NULL);
    return *word;
}

/* ---- paths ---- */
struct span press_path(const struct press *p, struct arena *a, struct span path)
{
    if (!p->site->base.n) return path;
    return arena_printf(a, "%.*s%.*s", FMT(p->site->base), FMT(path));
}

struct span press_absolute(const struct press *p, struct arena *a, struct span path)
{
    return arena_printf(a, "%.*s%.*s%.*s", FMT(p->site->url), FMT(p->site->base), FMT(path));
}

const struct press_section *press_section_named(const struct press *p, struct span name)
{
    for (uint32_t i = 0; i < p->site->section_count; i++)
        if (span_eq(p->site->sections[i].name, name)) return &p->site->sections[i];
    return NULL;
}

/* ---- the agency's sentence ---- */
static const struct press_feed *feed_named(const struct press *p, struct span name)
{
    for (uint32_t i = 0; i < p->site->feed_count; i++)
        if (span_eq(p->site->feeds[i].name, name)) return &p->site->feeds[i];
    return NULL;
}

struct span press_disclaimer(const struct press *p, struct arena *a, const struct view *v)
{
    const struct press_feed *feed = feed_named(p, v->feed);
    struct span text = feed ? span_trim(feed->disclaimer) : S("");
    if (!text.n) text = press_word(p, "disclaimer");
    struct fill with[] = {{"agency", v->agency}, {"site", p->site->name}};
    return press_fill(a, text, with, COUNT(with));
}

struct span press_dateline(struct arena *a, const struct view *v)
{
    enum { FIRST_BLOCKS = 4 }; /* a byline and a note on changes may stand before it */
    struct html rest = v->body, block;
    for (int i = 0; v->dateline.n && i < FIRST_BLOCKS && (block = next_text_block(&rest)).s.n; i++)
        if (span_starts(html_to_text(a, block.s), v->dateline)) return (struct span){0};
    return v->dateline;
}

struct span press_agency_line(const struct view *v)
{
    return v->credit_line.n ? v->credit_line : v->agency;
}

enum result press_story_says(const struct press *p, struct reader *r, struct arena *a, story_id id,
    struct press_sentences *out)
{
    struct view v;
    struct page page;
    struct page_ask ask = {.kind = PAGE_ARTICLE, .id = id, .page = 1};
    enum result result = reader_story(r, id, a, &v);
    if (result == OK) result = press_make(p, &ask, r, a, &page);
    if (result != OK) return result;
    out->credit = press_says(a, page.body, press_agency_line(&v));
    out->disclaimer = press_says(a, page.body, press_disclaimer(p, a, &v));
    out->dateline = !v.dateline.n || press_says(a, page.body, v.dateline);
    out->byline = v.author_count > 0 || !v.byline.n || press_says(a, page.body, v.byline);
    for (uint32_t i = 0; i < v.author_count; i++)
        out->byline &= press_says(a, page.body, v.authors[i].name);
    out->noindex = page.noindex;
    return OK;
}

/* ---- pictures ---- */
struct span press_card_path(const struct press *p, struct arena *a, const struct view *v)
{
    for (uint32_t i = 0; v && i < v->picture_count; i++)
        if (v->pictures[i].width)
            return arena_printf(a, "/pictures/%.*s-card.jpg", FMT(v->pictures[i].hash));
    if (v && press_section_named(p, v->section))
        return arena_printf(a, "/pictures/card-%.*s.jpg", FMT(v->section));
    return S("/pictures/card.jpg");
}

bool press_picture_shown(const struct view_picture *pic, int64_t now_ms)
{
    return pic->width && pic->height && pic->from_ms <= now_ms && now_ms < pic->until_ms;
}

void press_keep_shown(struct arena *a, struct view *v, int64_t now_ms, struct page *out)
{
    if (!v->picture_count) return;
    struct view_picture *shown = ARENA_ARRAY(a, struct view_picture, v->picture_count + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->picture_count; i++) {
        const struct view_picture *pic = &v->pictures[i];
        if (pic->from_ms > now_ms) page_until(out, pic->from_ms);
        if (pic->until_ms > now_ms) page_until(out, pic->until_ms);
        if (press_picture_shown(pic, now_ms)) shown[n++] = *pic;
    }
    v->pictures = shown;
    v->picture_count = n;
    if (n && shown[0].item) page_id(out, shown[0].item);
}

void page_pictures(struct page *p, const struct view *v)
{
    for (uint32_t i = 1; i < v->picture_count; i++)
        if (v->pictures[i].item) page_id(p, v->pictures[i].item);
}

/* ---- texts with places in them ---- */
static const struct fill *fill_named(const struct fill *list, size_t n, struct span name)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq(span_of(list[i].name), name)) return &list[i];
    return NULL;
}

struct span press_fill(struct arena *a, struct span text, const struct fill *list, size_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n;) {
        struct span rest = span_cut(text, i, text.n);
        ptrdiff_t end = rest.p[0] == '{' ? span_find_char(rest, '}') : -1;
        const struct fill *f = end > 0 ? fill_named(list, n, span_cut(rest, 1, (size_t)end)) : NULL;
        if (f) {
            buf_put(&b, f->with);
            i += (size_t)end + 1;
            continue;
        }
        ptrdiff_t next = span_find_char(span_cut(rest, 1, rest.n), '{');
        size_t plain = next < 0 ? rest.n : (size_t)next + 1;
        buf_put(&b, span_cut(rest, 0, plain));
        i += plain;
    }
    return buf_span(&b);
}

struct span press_say(
    const struct press *p, struct arena *a, const char *key, const char *name, struct span with)
{
    struct fill one = {name, with};
    return press_fill(a, press_word(p, key), &one, 1);
}
