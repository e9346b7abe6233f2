/* size: the reader's text size, for browsers that run no script. Pages are the same for everybody
 * and lie in caches, so the choice stands in a cookie that holds one letter, and a small style
 * sheet of its own tells it to the page: /size.css, never kept by a shared cache. Nothing is known
 * of who chose. */
#include "site_private.h"

static const struct size {
    const char *letter, *scale; /* scale NULL: as it is written, no cookie */
} sizes[] = {{"s", ".895"}, {"m", NULL}, {"l", "1.21"}};

static const struct size *size_named(struct span letter)
{
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (span_eq(letter, span_of(sizes[i].letter))) return &sizes[i];
    return NULL;
}

/* RFC 6265, 4.2.1. */
static const struct size *size_in(struct span cookies)
{
    struct span pair;
    while (cookies.n && span_next(&cookies, ';', &pair)) {
        pair = span_trim(pair);
        if (span_starts(pair, S("size="))) return size_named(span_cut(pair, 5, pair.n));
    }
    return NULL;
}

/* What is chosen is also seen on its button; the page itself shows the middle one. */
void site_size_style(const struct site_ask *ask, struct site_answer *out)
{
    const struct size *size = size_in(ask->cookie.p ? ask->cookie : S(""));
    struct span body = S("/* the text as it is written */\n");
    if (size && size->scale)
        body = arena_printf(ask->arena,
            ":root{--size:%s}\n"
            ".sizes [value=m]:not(#x){background:none;color:inherit}\n"
            ".sizes [value=%s]:not(#x){background:var(--ink);color:var(--paper)}\n"
            "@media (forced-colors:active){.sizes [value=m]:not(#x){outline:0}"
            ".sizes [value=%s]:not(#x){outline:3px solid Highlight;outline-offset:-4px}}\n",
            size->scale, size->letter, size->letter);
    struct head words = {.content_type = "text/css; charset=utf-8",
        .etag = etag_of(ask->arena, body, CODING_PLAIN),
        .differs_by = S("Cookie"),
        .cache = "private, no-cache"};
    bool same = etag_matches(ask->if_none_match, words.etag);
    if (same) words.content_type = NULL;
    *out = (struct site_answer){.status = same ? 304 : 200,
        .head = head_of(ask->arena, &words),
        .body = same ? S("") : body,
        .no_body_length = same};
}

bool site_takes_size(struct span raw_path)
{
    return span_ends(raw_path, S("/size"));
}

/* Only to a story's page of this site. */
static struct span way_back(const struct site_hand *h, const struct site_ask *ask, struct span to)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span path;
    struct route r;
    bool ours = to.n && url_clean_path(ask->arena, to, &path) && span_starts(path, ps->base);
    if (ours) path = span_cut(path, ps->base.n, path.n);
    if (ours && route_find(ask->arena, path, S(""), &r) && r.ask.kind == PAGE_ARTICLE) return path;
    return S("/");
}

void site_size(struct site_hand *h, const struct site_ask *ask, const struct site_form *form,
    struct site_answer *out)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span path, cookie;
    const struct size *size = size_named(query_value(ask->arena, form->body, "size"));
    if (!site_begin(h, ask, &path, out)) return;
    reader_end(h->reader);
    if (!span_eq(path, S("/size"))) {
        site_not_found(h, ask, out);
        return;
    }
    if (!size || !site_is_from_here(h, form)) {
        struct page_ask what = {.kind = PAGE_BAD_REQUEST, .page = 1};
        site_make_small(h, ask, &what, out);
        return;
    }
    cookie = arena_printf(ask->arena,
        "Set-Cookie: size=%s; Path=%.*s/; Max-Age=%d; SameSite=Lax; HttpOnly%s\r\n",
        size->scale ? size->letter : "", FMT(ps->base), size->scale ? SITE_SIZE_DAYS * 86400 : 0,
        span_starts(ps->url, S("https://")) ? "; Secure" : "");
    site_see_other(
        h, ask, way_back(h, ask, query_value(ask->arena, form->body, "to")), "#sizes", out);
    out->head = arena_printf(ask->arena, "%.*s%.*s", FMT(cookie), FMT(out->head));
}
