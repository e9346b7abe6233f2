/* pictures.c: the pictures of a post: the one that leads it, by number, and those in its text, by
 * their URL. They are named only: whether they are fetched is the feed's licence. Linear. Never
 * fatal. */
#include "archive.h"

enum { PICTURES_OF_A_POST_MAX = 40, TAG_MAX = 16384 /* bytes of one <img …> */ };

static bool is_known(const struct story *s, struct span url)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].guid, url)) return true;
    return false;
}

static void add(
    struct arena *a, struct story *s, struct span url, struct span alt, const char *role)
{
    struct url u;
    if (!url_parse(a, url, &u) || s->picture_count >= PICTURES_OF_A_POST_MAX || is_known(s, url))
        return;
    struct picture *p = story_add_picture(a, s);
    p->guid = arena_keep(a, url);
    p->kind = S("picture");
    p->role = span_of(role);
    p->alt = text_fold(a, html_to_text(a, alt));
    picture_add_rendition(a, p, (struct rendition){.href = p->guid, .role = S("original")});
}

/* One attribute of a tag, quoted as WordPress writes it; empty: none. */
static struct span attr_of(struct arena *a, struct span tag, const char *name)
{
    struct span key = arena_printf(a, " %s=", name);
    ptrdiff_t at = span_find_nocase(tag, key);
    if (at < 0) return S("");
    struct span rest = span_cut(tag, (size_t)at + key.n, tag.n);
    if (!rest.n || (rest.p[0] != '"' && rest.p[0] != '\'')) return S("");
    ptrdiff_t end = span_find_char(span_cut(rest, 1, rest.n), rest.p[0]);
    return end < 0 ? S("") : entities_decode(a, span_cut(rest, 1, (size_t)end + 1));
}

/* Also written below the site: "/wp-content/…". */
static struct span whole_url(struct arena *a, const struct wxr_site *site, struct span src)
{
    struct url u;
    src = span_trim(src);
    if (span_starts(src, S("//"))) return arena_printf(a, "https:%.*s", FMT(src));
    if (!span_starts(src, S("/")) || !url_parse(a, site->base, &u)) return src;
    return arena_printf(a, "%.*s://%.*s%s%.*s%.*s", FMT(u.scheme), FMT(u.host), u.port.n ? ":" : "",
        FMT(u.port), FMT(src));
}

void post_pictures(
    struct arena *a, struct story *s, const struct wxr_site *site, const struct wxr_item *i)
{
    struct span rest = i->content;
    for (size_t k = 0; k < i->meta_count; k++) {
        const struct span *url = span_eq(i->meta[k].key, S("_thumbnail_id"))
                                     ? map_get(site->attachments, i->meta[k].value)
                                     : NULL;
        if (url) add(a, s, *url, S(""), "featuremedia");
    }
    while (s->picture_count < PICTURES_OF_A_POST_MAX) {
        ptrdiff_t at = span_find_nocase(rest, S("<img "));
        if (at < 0) return;
        rest = span_cut(rest, (size_t)at, rest.n);
        struct span tag = span_cut(rest, 0, TAG_MAX);
        ptrdiff_t end = span_find_char(tag, '>');
        if (end < 0) return; /* no such tag is written: what is behind it is not looked at again */
        tag = span_cut(tag, 0, (size_t)end);
        add(a, s, whole_url(a, site, attr_of(a, tag, "src")), attr_of(a, tag, "alt"),
            arena_printf(a, "embedded%u", s->picture_count + 1).p);
        rest = span_cut(rest, tag.n, rest.n);
    }
}
