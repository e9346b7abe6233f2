/* feed_tail.c: addresses that are written below another one, and what blog software hangs on the
 * texts of a feed. Linear. Never fatal. */
#include "feed.h"

enum {
    BASES_MAX = 8,  /* elements in each other that are asked for their xml:base */
    TAIL_MAX = 4000 /* bytes of a last paragraph that is looked at */
};

/* ---- addresses ---- */

static bool has_scheme(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ':') return i > 0;
        if (s.p[i] == '/' || s.p[i] == '?' || s.p[i] == '#') return false;
    }
    return false;
}

/* RFC 3986, 5.2.2, of http and https alone; empty: base is neither. */
static struct span joined(struct arena *a, struct span base, struct span ref)
{
    struct url u;
    if (!url_parse(a, base, &u)) return (struct span){0};
    struct span port = u.port.n ? arena_printf(a, ":%.*s", FMT(u.port)) : u.port, path = u.path;
    if (span_starts(ref, S("//"))) return arena_printf(a, "%.*s:%.*s", FMT(u.scheme), FMT(ref));
    bool from_root = span_starts(ref, S("/")), query = span_starts(ref, S("?"));
    while (!query && path.n && path.p[path.n - 1] != '/') path.n--;
    struct span whole = arena_printf(a, "%.*s://%.*s%.*s%.*s%.*s", FMT(u.scheme), FMT(u.host),
        FMT(port), FMT(from_root ? S("") : path), FMT(ref));
    if (!url_parse(a, whole, &u)) return (struct span){0};
    return arena_printf(a, "%.*s://%.*s%.*s%.*s%s%.*s", FMT(u.scheme), FMT(u.host), FMT(port),
        FMT(u.path), u.query.n ? "?" : "", FMT(u.query));
}

struct span feed_url(struct arena *a, const struct xml_node *n, struct span href)
{
    href = span_trim(href);
    for (int i = 0; n && i < BASES_MAX && href.n && !has_scheme(href); i++, n = n->parent) {
        struct span base = span_trim(node_attr(n, "base"));
        if (!base.n) continue;
        struct span whole = joined(a, base, href);
        if (whole.n) return whole;
        if (has_scheme(base) || span_starts(base, S("/"))) continue;
        size_t end = base.n;
        while (end && base.p[end - 1] != '/') end--;
        if (!span_starts(href, S("/")))
            href = arena_printf(a, "%.*s%.*s", FMT(span_cut(base, 0, end)), FMT(href));
    }
    return arena_keep(a, href);
}

/* ---- texts ---- */

static const struct {
    const char *head, *middle;
} tails[] = {
    {"The post ", " appeared first on "},
    {"Der Beitrag ", " erschien zuerst auf "},
    {"La entrada ", " se public\xC3\xB3 primero en "},
    {"O post ", " apareceu primeiro em "},
    {"L'articolo ", " proviene da "},
    {"L\xE2\x80\x99"
     "article ",
        " est apparu en premier sur "},
};

/* Where the tail begins in a plain text; its end: it has none. */
static size_t tail_at(struct span text)
{
    size_t from = text.n > TAIL_MAX ? text.n - TAIL_MAX : 0;
    struct span end = span_cut(text, from, text.n);
    for (size_t i = 0; i < COUNT(tails); i++) {
        ptrdiff_t middle = span_find(end, span_of(tails[i].middle));
        ptrdiff_t head = span_find(end, span_of(tails[i].head));
        if (head >= 0 && middle > head) return from + (size_t)head;
    }
    return text.n;
}

static void cut_body(struct arena *a, struct story *s)
{
    struct html rest = s->body, last = {0}, block;
    while ((block = html_next_block(&rest)).s.n) last = block;
    if (!last.s.n || last.s.n == s->body.s.n || last.s.n > TAIL_MAX) return;
    struct span text = html_to_text(a, last.s);
    if (text.n && tail_at(text) == 0) s->body.s.n -= last.s.n;
}

void feed_without_tail(struct arena *a, struct story *s)
{
    static const char *const cuts[] = {"[\xE2\x80\xA6]", "[...]", "\xE2\x80\xA6", "..."};
    cut_body(a, s);
    s->abstract = span_trim(span_cut(s->abstract, 0, tail_at(s->abstract)));
    for (size_t i = 0; i < COUNT(cuts); i++) {
        struct span cut = span_of(cuts[i]);
        if (!span_ends(s->abstract, cut)) continue;
        struct span words = span_trim(span_cut(s->abstract, 0, s->abstract.n - cut.n));
        if (span_starts(html_to_text(a, s->body.s), words)) s->abstract = (struct span){0};
        return;
    }
}
