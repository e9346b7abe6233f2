/* syndicate: feeds of the front, a section, a label, a day, a search …: gathers the channel, then
 * lets the format's file write it. Items come whole: abstract, body, and at their end dateline,
 * agency and disclaimer. */
#include "syndicate.h"

#include "picture.h"

enum {
    FEED_ITEMS = 30,           /* where the configuration names no number */
    FEED_ITEMS_MAX = 200,      /* with bodies: 2 MB of text */
    FEED_DELETED_MAX = 100,    /* a day on which an agency takes back more is no day's work */
    FEED_PICTURE_WIDTH = 1200, /* shown in readers' windows, not in print */
    DAY_MS = 86400000,
};

/* ---- what an item is made of ---- */
static struct span host_of(const struct channel *c)
{
    struct url u;
    return url_parse(c->a, c->press->site->url, &u) ? u.host : S("localhost");
}

/* A correction is an entry of its own, named after its story: who must forget one, finds the other.
 */
static struct span name_of(const struct channel *c, int64_t published_ms, struct span id_text)
{
    struct civil day = civil_of(published_ms);
    return arena_printf(c->a, "tag:%.*s,%04d-%02d-%02d:%.*s%s", FMT(host_of(c)), day.year,
        day.month, day.day, FMT(id_text), c->of_corrections ? "#corrected" : "");
}

struct span item_name(const struct channel *c, const struct view *v)
{
    return name_of(c, v->published_ms, v->id_text);
}

struct span item_name_gone(const struct channel *c, const struct gone *g)
{
    return name_of(c, g->published_ms, story_id_text(c->a, g->id));
}

int64_t item_published_ms(const struct channel *c, const struct view *v)
{
    return c->of_corrections ? v->corrected_ms : v->published_ms;
}

int64_t item_changed_ms(const struct channel *c, const struct view *v)
{
    return c->of_corrections ? v->corrected_ms : v->changed_ms;
}

struct span item_summary(const struct channel *c, const struct view *v)
{
    return c->of_corrections && v->correction_note.n ? v->correction_note : v->abstract;
}

struct span item_url(const struct channel *c, const struct view *v)
{
    return press_absolute(c->press, c->a, v->path);
}

static void put_paragraph(struct buf *b, const char *tag, struct span text)
{
    if (!text.n) return;
    buf_printf(b, "<p><%s>", tag);
    html_put(b, text);
    buf_printf(b, "</%s></p>\n", tag);
}

static struct span part_word(const struct channel *c, const struct part *part)
{
    if (part->kind == REF_ALSO)
        return arena_printf(c->a,
            "%.*s:", FMT(press_say(c->press, c->a, "also_from", "agency", part->view->agency)));
    return press_word(c->press, part->kind == REF_CORRECTS ? "corrects" : "corrected_by");
}

/* A package's stories, each with its first words; what corrects a story, and what it corrects. */
static void put_item_parts(const struct channel *c, struct buf *b, const struct view *v)
{
    const struct parts *parts = &c->parts[v - c->items];
    for (size_t i = 0; i < parts->count; i++) {
        const struct view *other = parts->list[i].view;
        bool member = parts->list[i].kind == REF_MEMBER;
        buf_lit(b, "<p>");
        if (!member) {
            html_put(b, part_word(c, &parts->list[i]));
            buf_char(b, ' ');
        }
        buf_lit(b, "<a href=\"");
        html_put(b, item_url(c, other));
        buf_lit(b, "\">");
        html_put(b, other->headline);
        buf_lit(b, "</a>");
        if (member) {
            buf_lit(b, "<br>");
            html_put(b, press_lead(c->a, other));
        }
        buf_lit(b, "</p>\n");
    }
}

struct span item_content(const struct channel *c, const struct view *v)
{
    struct buf b;
    struct span place = press_dateline(c->a, v);
    bool is_place = place.n && v->agency.n;
    buf_init(&b, c->a, 0);
    /* Agencies write what they corrected into the body; then it is not said twice. */
    if (c->of_corrections && v->is_corrected)
        put_paragraph(&b, "strong", v->correction_note);
    else if (v->is_corrected && span_find(v->body_text, v->correction_note) < 0)
        put_paragraph(&b, "strong", v->correction_note);
    buf_put(&b, press_body(c->press, c->a, v).s);
    buf_lit(&b, "\n");
    put_item_parts(c, &b, v);
    put_paragraph(&b, "small",
        arena_printf(
            c->a, "%.*s%s%.*s", FMT(place), is_place ? " · " : "", FMT(press_agency_line(v))));
    put_paragraph(&b, "small", press_disclaimer(c->press, c->a, v));
    return buf_span(&b);
}

size_t item_authors(const struct channel *c, const struct view *v, struct span **out)
{
    struct span *list = ARENA_ARRAY(c->a, struct span, v->author_count + 1);
    for (uint32_t i = 0; i < v->author_count; i++) list[i] = v->authors[i].name;
    *out = list;
    if (v->author_count) return v->author_count;
    list[0] = v->byline.n ? v->byline : v->agency;
    return list[0].n ? 1 : 0;
}

struct span item_section(const struct channel *c, const struct view *v)
{
    const struct press_section *s = press_section_named(c->press, v->section);
    return s && s->title.n ? s->title : v->section;
}

/* The darkroom makes the smallest width always, and those up to the original's. */
static uint32_t width_made(const struct view_picture *p)
{
    uint32_t best = picture_widths[0];
    for (size_t i = 1; i < picture_width_count; i++)
        if (picture_widths[i] <= p->width && picture_widths[i] <= FEED_PICTURE_WIDTH)
            best = picture_widths[i];
    return best;
}

struct item_picture item_picture(const struct channel *c, const struct view *v)
{
    if (!v->picture_count) return (struct item_picture){0};
    const struct view_picture *p = &v->pictures[0];
    uint32_t width = width_made(p);
    struct span path = arena_printf(c->a, "/pictures/%.*s-%u.jpg", FMT(p->hash), width);
    return (struct item_picture){press_absolute(c->press, c->a, path), width, p};
}

/* ---- the channel ---- */
static const struct feed_format {
    enum page_kind kind;
    const char *content_type;
    struct span (*write)(const struct channel *c);
} formats[PRESS_FEEDS] = {
    {PAGE_RSS, "application/rss+xml; charset=utf-8", syndicate_rss},
    {PAGE_ATOM, "application/atom+xml; charset=utf-8", syndicate_atom},
    {PAGE_JSONFEED, "application/feed+json; charset=utf-8", syndicate_jsonfeed},
};

const char *const press_feeds[PRESS_FEEDS] = {"rss.xml", "atom.xml", "feed.json"};

static const struct feed_format *format_of(enum page_kind kind)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (formats[i].kind == kind) return &formats[i];
    must(!"a feed of an unknown format");
    return NULL;
}

/* ---- of what ---- */
struct channel_place { /* what a channel is called, where its page is, and what it hangs on */
    struct span label, page, query;
    struct span key, key_name;
};

static enum result place_of_section(
    const struct channel *c, const struct page_ask *ask, struct channel_place *out)
{
    const struct press_section *s = press_section_named(c->press, ask->name);
    if (!s) return ERR_ABSENT;
    *out = (struct channel_place){.label = s->title.n ? s->title : s->name,
        .page = arena_printf(c->a, "/section/%.*s", FMT(url_escape(c->a, ask->name))),
        .key = S("section:"),
        .key_name = ask->name};
    return OK;
}

static enum result place_of_label(const struct channel *c, const struct page_ask *ask,
    struct reader *r, struct channel_place *out)
{
    enum label_kind kind = list_label(ask->list);
    *out = (struct channel_place){.page = press_label_path(c->a, kind, ask->name),
        .key = arena_printf(c->a, "%s:", label_word(kind)),
        .key_name = ask->name};
    return reader_tag_name(r, ask->list, ask->name, c->a, &out->label);
}

static enum result place_of_day(
    const struct channel *c, const struct page_ask *ask, struct channel_place *out)
{
    struct civil d = civil_of(ask->day_ms);
    *out = (struct channel_place){
        .label = press_date_day(c->press, c->a, zone_to_utc(c->press->site->zone, ask->day_ms)),
        .page = arena_printf(c->a, "/archive/%04d/%02d/%02d", d.year, d.month, d.day),
        .key = S("day:"),
        .key_name = arena_printf(c->a, "%04d-%02d-%02d", d.year, d.month, d.day)};
    return OK;
}

static enum result place_of_search(
    const struct channel *c, const struct page_ask *ask, struct channel_place *out)
{
    struct span path = search_path(c->a, ask, ask->words, "");
    *out = (struct channel_place){
        .label = press_say(c->press, c->a, "search_feed", "words", ask->words),
        .page = S("/search"),
        .query = span_cut(path, sizeof "/search" - 1, path.n),
        .key = S("all")};
    return ask->words.n ? OK : ERR_ABSENT;
}

static enum result place_of(const struct channel *c, const struct page_ask *ask, struct reader *r,
    struct channel_place *out)
{
    if (ask->of_search) return place_of_search(c, ask, out);
    if (list_label(ask->list)) return place_of_label(c, ask, r, out);
    if (ask->list == LIST_SECTION) return place_of_section(c, ask, out);
    if (ask->list == LIST_DAY) return place_of_day(c, ask, out);
    *out = (struct channel_place){.key = S("front")};
    if (ask->list == LIST_CORRECTIONS)
        *out = (struct channel_place){
            press_word(c->press, "corrections"), S("/corrections"), .key = S("all")};
    if (ask->list == LIST_POPULAR)
        *out = (struct channel_place){
            press_word(c->press, "most_read"), S("/popular"), .key = S("popular")};
    return OK;
}

/* Title, addresses and keys of what is asked for. ERR_ABSENT: no such section, or a label that no
 * public story has. */
static enum result channel_open(struct channel *c, const struct page_ask *ask, const char *file,
    struct reader *r, struct page *out)
{
    struct channel_place at;
    TRY(place_of(c, ask, r, &at));
    c->of_corrections = ask->list == LIST_CORRECTIONS;
    page_key(out, arena_cstr(c->a, at.key), at.key_name);
    if (ask->list == LIST_POPULAR) page_key(out, "all", S(""));
    c->title = at.label.n
                   ? arena_printf(c->a, "%.*s: %.*s", FMT(c->press->site->name), FMT(at.label))
                   : c->press->site->name;
    c->about = c->press->site->tagline.n ? c->press->site->tagline : c->title;
    c->home = press_absolute(c->press, c->a,
        at.page.n ? arena_printf(c->a, "%.*s%.*s", FMT(at.page), FMT(at.query)) : S("/"));
    c->self = press_absolute(
        c->press, c->a, arena_printf(c->a, "%.*s/%s%.*s", FMT(at.page), file, FMT(at.query)));
    return OK;
}

/* RFC 6721: whoever has kept an entry that is public no more is told to forget it, by its id alone.
 * While the feed reaches back as far: what it would no longer list, it need not take back. It tells
 * so of every story of the site, for of what is gone no section or tag is kept (D6). */
static enum result find_deleted(struct channel *c, struct reader *r, size_t limit, struct page *out)
{
    struct gone *list;
    size_t n, kept = 0;
    int64_t since = c->count == limit ? item_changed_ms(c, &c->items[c->count - 1]) : 0;
    if (c->count == limit && !c->of_corrections) since = c->items[c->count - 1].front_ms;
    enum result result = reader_left(r, FEED_DELETED_MAX, c->a, &list, &n);
    if (result != OK) return result;
    while (kept < n && list[kept].since_ms >= since) kept++;
    c->deleted = list;
    c->deleted_count = kept;
    if (kept && list[0].since_ms > c->modified_ms) c->modified_ms = list[0].since_ms;
    page_key(out, "gone", S(""));
    return OK;
}

static size_t items_of(const struct press *p)
{
    uint32_t items = p->site->feed_items ? p->site->feed_items : FEED_ITEMS;
    return items < FEED_ITEMS_MAX ? items : FEED_ITEMS_MAX;
}

/* Of a search the newest, whatever else its page shows first. */
static enum result read_found(
    struct channel *c, const struct page_ask *ask, struct reader *r, struct view **out)
{
    struct search_ask q = search_ask_of(c->press, ask, reader_now_ms(r));
    struct search_found found;
    q.newest = q.plain = true;
    q.n = items_of(c->press);
    TRY(reader_find(r, &q, c->a, &found));
    *out = ARENA_ARRAY(c->a, struct view, found.count + 1);
    for (size_t i = 0; i < found.count; i++) (*out)[i] = *found.list[i].view;
    c->count = found.count;
    return OK;
}

static enum result read_items(
    struct channel *c, const struct page_ask *ask, struct reader *r, struct view **out)
{
    if (ask->of_search) return read_found(c, ask, r, out);
    bool day = ask->list == LIST_DAY;
    struct list_query q = {.kind = ask->list,
        .name = ask->name,
        .limit = items_of(c->press),
        .with_body = ask->list != LIST_CORRECTIONS};
    if (day) {
        const struct zone *zone = c->press->site->zone;
        q.day_from_ms = zone_to_utc(zone, ask->day_ms);
        q.day_until_ms = zone_to_utc(zone, ask->day_ms + DAY_MS);
    }
    return reader_list(r, &q, c->a, out, &c->count);
}

enum result page_feed(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    const struct feed_format *f = format_of(ask->kind);
    /* Of searches there is no end: no hub can be told that one has changed. */
    struct channel c = {.press = p, .a = a, .hub_count = ask->of_search ? 0 : p->site->hub_count};
    enum result result = channel_open(&c, ask, press_feeds[f - formats], r, out);
    if (result != OK) return result;
    struct view *list;
    result = read_items(&c, ask, r, &list);
    if (result != OK) return result;
    if (!c.count && ask->list == LIST_DAY && !ask->of_search) return ERR_ABSENT;
    c.items = list;
    struct parts *parts = ARENA_ARRAY(a, struct parts, c.count + 1);
    c.parts = parts;
    for (size_t i = 0; i < c.count; i++) {
        result = press_parts(&list[i], r, a, out, &parts[i]);
        if (result != OK) return result;
        int64_t changed = item_changed_ms(&c, &list[i]);
        if (changed > c.modified_ms) c.modified_ms = changed;
        press_keep_shown(a, &list[i], reader_now_ms(r), out);
    }
    if (ask->kind == PAGE_ATOM) result = find_deleted(&c, r, items_of(p), out);
    if (result != OK) return result;
    page_key(out, "site", S(""));
    page_views(out, list, c.count);
    page_until(out, reader_next_change(r));
    out->status = 200;
    out->content_type = f->content_type;
    out->modified_ms = c.modified_ms;
    out->noindex = p->site->noindex || ask->of_search;
    out->no_store |= ask->of_search;
    out->body = f->write(&c);
    return OK;
}
