/* shadow.c: what is kept back of whole feeds: of those on trial, with what readers would see of
 * each story; of those that were over a limit. Ends by one act each, or story by story. */
#include "visit.h"

static struct record *put_story(struct visit *v, struct record *r, const struct held *h)
{
    struct record *item = record_item(r, "stories");
    bool has = span_trim(h->headline).n > 0;
    record_text(item, "headline", has ? h->headline : dress_word(v->book.dress, "no_headline"));
    record_text(
        item, "href", arena_printf(v->a, "/desk/story/%.*s", FMT(story_id_text(v->a, h->page))));
    put_time(v, item, "since", h->since_ms);
    return item;
}

static struct record *put_feed(
    struct visit *v, struct record *r, const char *name, struct span feed, size_t count)
{
    struct record *item = record_item(r, name);
    record_text(item, "name", feed);
    record_text(item, "label", dress_say(v->book.dress, v->a, "target_feed", "name", feed));
    record_text(item, "waiting",
        dress_say(v->book.dress, v->a, "waiting", "n", arena_printf(v->a, "%zu", count)));
    record_text(item, "once", visit_once(v));
    record_text(item, "stories", S(""));
    return item;
}

/* ---- over a limit ---- */
void put_kept_back(struct visit *v, struct record *r, struct office_eyes *e)
{
    struct arena *row = arena_new(OFFICE_STORY_ARENA);
    bool any = false;
    for (uint32_t i = 0; i < v->book.site->feed_count; i++) {
        struct held *list;
        size_t count;
        struct span feed = v->book.site->feeds[i].name;
        if (eyes_kept_back(e, feed, false, &list, &count) != OK || !count) continue;
        struct record *item = put_feed(v, r, "kept", feed, count);
        record_flag(item, "may", v->role >= act_row(ACT_RELEASE)->role);
        for (size_t k = 0; k < count && k < OFFICE_LIST_MAX; k++)
            record_flag(
                put_story(v, item, &list[k]), "update", eyes_is_public(e, row, list[k].page));
        any = true;
    }
    arena_free(row);
    record_flag(r, "kept_there", any);
}

/* ---- in shadow ---- */
static void put_trial(struct visit *v, struct office_eyes *e, struct arena *row, struct record *r,
    const struct held *h)
{
    struct verdict would;
    struct record *item = put_story(v, r, h);
    record_text(item, "would", S(""));
    record_text(item, "section", S(""));
    record_text(item, "reasons", S(""));
    if (eyes_trial(e, row, h->page, &would) != OK) return;
    record_text(item, "would", dress_word(v->book.dress, would_stand(&would, e->now_ms)));
    record_text(item, "section", section_title(v, would.section));
    put_reasons(v, item, &would);
}

void shadow_page(struct visit *v, int status, const struct span *why)
{
    struct office_eyes e;
    bool any = false;
    if (!visit_eyes(v, &e)) return;
    struct arena *row = arena_new(OFFICE_STORY_ARENA);
    struct record *r = visit_record(v, "shadow", "menu_shadow");
    put_outcome(v, r);
    if (why) put_why(v->book.dress, record_item(r, "trouble"), *why);
    for (uint32_t i = 0; i < v->book.site->feed_count; i++) {
        const struct office_feed *f = &v->book.site->feeds[i];
        struct held *list;
        size_t count = 0;
        bool on = eyes_in_shadow(&e, f);
        if (eyes_kept_back(&e, f->name, true, &list, &count) != OK || (!on && !count)) continue;
        struct record *item = put_feed(v, r, "feeds", f->name, count);
        record_flag(item, "on", on);
        record_flag(item, "may", v->role >= act_row(ACT_GO_LIVE)->role);
        for (size_t k = 0; k < count && k < OFFICE_LIST_MAX; k++)
            put_trial(v, &e, row, item, &list[k]);
        any = true;
    }
    record_flag(r, "none", !any);
    arena_free(row);
    visit_page(v, status, "shadow", r);
    eyes_close(&e);
}

void page_shadow(struct visit *v)
{
    shadow_page(v, 200, NULL);
}
