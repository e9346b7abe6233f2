/* status: pages that are no story: 404, 410, 451, 400, 405, 500, 503. None reads the store. The 404
 * knows nothing of the request or of the store: it is the same bytes for what never was and for
 * what must not be told (E15). A tombstone tells that a story was withdrawn, when and by whom, and
 * nothing of the story (D6). */
#include "frame.h"

/* The desk's states by number (desk.h); press may not see the desk. */
enum { STATE_KILLED = 3, STATE_TAKEN_DOWN = 4, STATE_EXPIRED = 5 };

struct span gone_sentence(struct sheet *s, const struct gone *g)
{
    static const char *const words[] = {"gone_withdrawn", "gone_taken_down", "gone_expired"};
    struct span agency = g->agency.n ? g->agency : press_word(s->p, "the_agency");
    struct fill with[] = {
        {"agency", agency},
        {"site", s->p->site->name},
        {"date", g->since_ms > 0 ? press_date_long(s->p, s->a, g->since_ms) : S("")},
    };
    const char *word = words[g->state - STATE_KILLED];
    return press_fill(s->a, press_word(s->p, word), with, COUNT(with));
}

static void put_tombstone(struct sheet *s, const struct gone *g)
{
    if (!g || g->state < STATE_KILLED || g->state > STATE_EXPIRED) return; /* purged: bare */
    bool by_agency = g->state == STATE_KILLED;
    record_text(s->root, "what", gone_sentence(s, g));
    record_text(s->root, "wording", g->wording);
    record_text(s->root, "explained",
        press_word(s->p, by_agency ? "gone_explained" : "gone_explained_short"));
}

static const struct {
    enum page_kind kind;
    int status;
    const char *name, *title, *text;
    bool offers_search;
} pages[] = {
    {PAGE_NOT_FOUND, 404, "not-found", "not_found", "not_found_text", true},
    {PAGE_GONE, 410, "gone", "gone", NULL, true},
    {PAGE_NOT_HERE, 451, "not-here", "not_here", "not_here_text", true},
    {PAGE_COUNTRY_UNKNOWN, 451, "not-here", "not_here", "country_unknown_text", true},
    {PAGE_BAD_REQUEST, 400, "bad-request", "bad_request", "bad_request_text", false},
    {PAGE_WRONG_METHOD, 405, "wrong-method", "wrong_method", "wrong_method_text", false},
    {PAGE_BROKEN, 500, "broken", "broken", "broken_text", false},
    {PAGE_BUSY, 503, "busy", "busy", "busy_text", false},
};

enum result page_status(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    (void)r;
    size_t k = 0;
    while (k < COUNT(pages) - 1 && pages[k].kind != ask->kind) k++;
    out->status = pages[k].status;
    out->no_store = out->noindex = true;
    struct span title = press_word(p, pages[k].title);
    struct sheet s = frame_open(p, a, out, pages[k].name, title, S(""));
    record_text(s.root, "heading", title);
    record_text(s.root, "what", pages[k].text ? press_word(p, pages[k].text) : S(""));
    record_flag(s.root, "offer_search", pages[k].offers_search);
    if (ask->kind == PAGE_GONE) put_tombstone(&s, ask->gone);
    frame_close(&s, "status");
    return OK;
}
