/* popular: what is read most now; the store's list holds nothing killed, held or old (D2). */
#include "frame.h"

enum { POPULAR_ITEMS = 20 };

enum result page_popular(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)ask;
    struct list_query q = {.kind = LIST_POPULAR, .limit = POPULAR_ITEMS};
    struct view *list;
    size_t n;
    enum result result = reader_list(r, &q, a, &list, &n);
    if (result != OK) return result;
    struct sheet s = frame_open(p, a, out, "popular", press_word(p, "most_read"), S("/popular"));
    record_text(s.root, "heading", press_word(p, "most_read"));
    frame_crumbs_of(&s, press_word(p, "most_read"), S("/popular"));
    frame_today(&s, reader_now_ms(r));
    frame_feeds(&s, S("/popular"), press_word(p, "most_read"));
    for (size_t i = 0; i < n; i++) press_keep_shown(a, &list[i], reader_now_ms(r), out);
    teaser_list(&s, s.root, "stories", list, n, true);
    page_key(out, "popular", S(""));
    page_key(out, "all", S(""));
    page_until(out, reader_next_change(r));
    frame_close(&s, "popular");
    return OK;
}
