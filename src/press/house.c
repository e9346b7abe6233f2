/* house: the publisher's own pages (about, contact, terms …), as the configuration has them. */
#include "frame.h"

enum result page_house(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)r;
    for (uint32_t i = 0; i < p->site->page_count; i++) {
        const struct press_house_page *page = &p->site->pages[i];
        if (!span_eq(page->name, ask->name)) continue;
        struct sheet s = frame_open(
            p, a, out, "house", page->title, arena_printf(a, "/page/%.*s", FMT(page->name)));
        record_text(s.root, "heading", page->title);
        frame_crumbs_of(&s, page->title, out->canonical);
        record_html(s.root, "text", page->body);
        frame_close(&s, "house");
        return OK;
    }
    return ERR_ABSENT;
}
