/* reply.c: answers as they are sent: a kept page, a page of this answer alone, trouble, another
 * address. What must not be told (held, embargoed, never known) goes through one door:
 * site_not_found. */
#include "site_private.h"

#include <string.h>

static void plain_answer(struct site_answer *out, struct span head, int status, struct span body)
{
    *out = (struct site_answer){.status = status, .head = head, .body = body};
}

void site_kept(const struct site_ask *ask, struct entry *e, struct site_answer *out)
{
    enum coding c = coding_choose(ask->accept_encoding);
    if (c != CODING_PLAIN) entry_code(e, c);
    if (!e->coded[c].head.p) c = CODING_PLAIN;
    const struct coded *k = &e->coded[c];
    *out = (struct site_answer){
        .status = e->status, .head = k->head, .body = k->body, .hold = e, .visited = e->visited};
    /* K12: If-Modified-Since is never honoured: a page also changes when a story leaves it, which
     * is no newer date of any story on it; only the tag of the bytes knows. */
    bool same = ask->if_none_match.p && etag_matches(ask->if_none_match, k->etag);
    if (!same || e->status != 200) return;
    out->status = 304;
    out->head = k->head304;
    out->body = S("");
    out->no_body_length = true;
}

void site_made(const struct site_ask *ask, const struct page *p, struct site_answer *out)
{
    enum coding c = coding_choose(ask->accept_encoding);
    struct span body = c == CODING_PLAIN ? S("") : press_squeeze(ask->arena, c, p->body);
    if (!body.n) {
        c = CODING_PLAIN;
        body = arena_keep(ask->arena, p->body);
    }
    struct span head = head_of(ask->arena, &(struct head){.content_type = p->content_type,
                                               .coded = true,
                                               .coding = coding_name(c),
                                               .cache = "no-store",
                                               .noindex = p->noindex,
                                               .extra = p->extra,
                                               .hosts = &p->hosts});
    plain_answer(out, head, p->status, body);
}

/* ---- trouble ---- */
static const struct {
    enum page_kind kind;
    int status;
    const char *head, *words;
} troubles[] = {
    [WRONG_METHOD] = {PAGE_WRONG_METHOD, 405, "Allow: GET, HEAD\r\n",
        "Pages are read by GET and HEAD.\n"},
    [BROKEN] = {PAGE_BROKEN, 500, "", "The page could not be made.\n"},
    [BUSY] = {PAGE_BUSY, 503, "Retry-After: 2\r\n",
        "The site is being made ready: try again in a moment.\n"},
};

void site_trouble(
    struct site_hand *h, const struct site_ask *ask, enum site_trouble t, struct site_answer *out)
{
    struct page_ask what = {.kind = troubles[t].kind, .page = 1};
    bool reads_pages = ask->accept.p && accept_names(ask->accept, S("text/html"));
    if (reads_pages &&
        press_make(atomic_load(&h->site->press), &what, NULL, h->arena, &h->page) == OK)
        site_made(ask, &h->page, out);
    else
        plain_answer(out,
            head_of(ask->arena, &(struct head){.content_type = "text/plain; charset=utf-8",
                                    .cache = "no-store",
                                    .noindex = true}),
            troubles[t].status, span_of(troubles[t].words));
    out->head = arena_printf(ask->arena, "%s%.*s", troubles[t].head, FMT(out->head));
}

void site_make_small(struct site_hand *h, const struct site_ask *ask, const struct page_ask *what,
    struct site_answer *out)
{
    const struct press *press = atomic_load(&h->site->press);
    enum result r = press_make(press, what, h->reader, h->arena, &h->page);
    if (r == OK)
        site_made(ask, &h->page, out);
    else
        site_trouble(h, ask, BROKEN, out);
}

void site_not_found(struct site_hand *h, const struct site_ask *ask, struct site_answer *out)
{
    struct page_ask what = {.kind = PAGE_NOT_FOUND, .page = 1};
    site_make_small(h, ask, &what, out);
}

/* ---- another address ---- */
/* A query as it was written; what may not stand in one (RFC 3986, 3.4) is escaped. */
static struct span query_escaped(struct arena *a, struct span query)
{
    static const char other[] = "-._~!$&'()*+,;=:@/?%";
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < query.n; i++) {
        unsigned char c = (unsigned char)query.p[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || (c && strchr(other, c));
        if (is_plain)
            buf_char(&b, (char)c);
        else
            buf_put(&b, url_escape(a, span_cut(query, i, i + 1)));
    }
    return buf_span(&b);
}

/* A decoded path as it may stand in a header: segments escaped, slashes kept. */
static struct span path_escaped(struct arena *a, struct span path)
{
    struct buf b;
    struct span part;
    buf_init(&b, a, 0);
    for (bool first = true; span_next(&path, '/', &part); first = false) {
        if (!first) buf_char(&b, '/');
        buf_put(&b, url_escape(a, part));
    }
    return buf_span(&b);
}

void site_moved(
    struct site_hand *h, const struct site_ask *ask, struct span path, struct site_answer *out)
{
    site_moved_query(h, ask, path, S(""), out);
}

void site_moved_query(struct site_hand *h, const struct site_ask *ask, struct span path,
    struct span query, struct site_answer *out)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span head =
        head_of(ask->arena, &(struct head){.content_type = "text/plain; charset=utf-8",
                                .cache = place_counts(h) ? "private, no-cache" : "no-cache"});
    head = arena_printf(ask->arena, "Location: %.*s%.*s%.*s\r\n%.*s", FMT(ps->base),
        FMT(path_escaped(ask->arena, path)), FMT(query_escaped(ask->arena, query)), FMT(head));
    plain_answer(out, head, 301, S("Moved.\n"));
}

void site_see_other(struct site_hand *h, const struct site_ask *ask, struct span path,
    const char *behind, struct site_answer *out)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span head = head_of(ask->arena, &(struct head){.cache = "no-store", .noindex = true});
    head = arena_printf(ask->arena, "Location: %.*s%.*s%s\r\n%.*s", FMT(ps->base),
        FMT(path_escaped(ask->arena, path)), behind, FMT(head));
    plain_answer(out, head, 303, S(""));
}

void site_moved_out(const struct site_ask *ask, struct span url, struct site_answer *out)
{
    struct span head = head_of(ask->arena,
        &(struct head){.content_type = "text/plain; charset=utf-8", .cache = "no-cache"});
    head = arena_printf(ask->arena, "Location: %.*s\r\n%.*s", FMT(url), FMT(head));
    plain_answer(out, head, 301, S("Moved.\n"));
}
