/* corrections: every public story that was corrected: what, and when; and, without a word of them,
 * what was withdrawn. */
#include "frame.h"

static void put_correction(struct sheet *s, const struct view *v)
{
    struct record *r = record_item(s->root, "stories");
    teaser_fill(s, r, v);
    record_text(r, "note", v->correction_note);
    story_time(s, r, "wire_time", v->wire_ms, press_date_long);
    story_time(s, r, "at", v->corrected_ms, press_date_long);
}

/* C15: that, when and by whom; nothing of the story (D6). */
static enum result put_withdrawn(struct sheet *s, struct reader *r)
{
    enum { WITHDRAWN_ITEMS = 50 };
    struct gone *list;
    size_t n;
    enum result result = reader_withdrawn(r, WITHDRAWN_ITEMS, s->a, &list, &n);
    record_flag(s->root, "withdrawn_there", result == OK && n > 0);
    for (size_t i = 0; result == OK && i < n; i++) {
        struct record *item = record_item(s->root, "withdrawn");
        record_text(item, "what", gone_sentence(s, &list[i]));
        story_time(s, item, "wire_time", list[i].wire_ms, press_date_long);
        story_time(s, item, "at", list[i].since_ms, press_date_long);
    }
    return result;
}

enum result page_corrections(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    size_t n, items = list_page_items(p), page = ask->page ? ask->page : 1;
    struct list_query q = {
        .kind = LIST_CORRECTIONS, .offset = (page - 1) * items, .limit = items + 1};
    struct view *list;
    enum result result = reader_list(r, &q, a, &list, &n);
    if (result != OK) return result;
    if (!n && page > 1) return ERR_ABSENT;
    bool more = n > items;
    if (more) n = items;
    struct span path =
        page > 1 ? arena_printf(a, "/corrections?page=%zu", page) : S("/corrections");
    struct sheet s = frame_open(p, a, out, "corrections", press_word(p, "corrections"), path);
    frame_about(&s, press_word(p, "corrections_about"));
    frame_crumbs_of(&s, press_word(p, "corrections"), path);
    frame_today(&s, reader_now_ms(r));
    frame_feeds(&s, S("/corrections"), press_word(p, "corrections"));
    for (size_t i = 0; i < n; i++) {
        list[i].picture_count = 0;
        put_correction(&s, &list[i]);
    }
    page_views(out, list, n);
    if (page == 1) result = put_withdrawn(&s, r);
    frame_pager(&s, S("/corrections"), page, more);
    page_key(out, "all", S(""));
    page_until(out, reader_next_change(r));
    frame_close(&s, "corrections");
    return result;
}
