/* pictures.c: the pictures of a post: the one that leads it, by number, those in its text, by their
 * URL, and those of its galleries. They are named only: whether they are fetched is the feed's
 * licence. Linear. Never fatal. */
#include "archive.h"

enum {
    PICTURES_OF_A_POST_MAX = 40,
    TAG_MAX = 16384 /* bytes of one <img …>, and of what hangs on it */
};

static bool is_known(const struct story *s, struct span url)
{
    for (uint32_t i = 0; i < s->picture_count; i++)
        if (span_eq(s->pictures[i].guid, url)) return true;
    return false;
}

static void add(struct arena *a, struct story *s, struct span url, struct span alt,
    struct span caption, const char *role)
{
    struct url u;
    if (!url_parse(a, url, &u) || s->picture_count >= PICTURES_OF_A_POST_MAX || is_known(s, url))
        return;
    struct picture *p = story_add_picture(a, s);
    p->guid = arena_keep(a, url);
    p->kind = S("picture");
    p->role = role ? span_of(role) : arena_printf(a, "embedded%u", s->picture_count);
    p->alt = text_fold(a, html_to_text(a, alt));
    p->caption = text_fold(a, html_to_text(a, caption));
    picture_add_rendition(a, p, (struct rendition){.href = p->guid, .role = S("original")});
}

static void add_attached(
    struct arena *a, struct story *s, const struct wxr_attachment *w, const char *role)
{
    if (w) add(a, s, w->url, w->alt, w->caption, role);
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

/* The attachment of which the text shows a part or a smaller one: by WordPress's own class, else by
 * its name. NULL: it is none of the site's that the export knows. */
static const struct wxr_attachment *attachment_of(
    struct arena *a, const struct wxr_site *site, struct span tag, struct span url)
{
    struct span classes = attr_of(a, tag, "class"), original;
    ptrdiff_t at = span_find(classes, S("wp-image-"));
    if (at >= 0) {
        struct span number = span_cut(classes, (size_t)at + 9, classes.n);
        size_t n = 0;
        while (n < number.n && number.p[n] >= '0' && number.p[n] <= '9') n++;
        const struct wxr_attachment *w = map_get(site->attachments, span_cut(number, 0, n));
        if (w) return w;
    }
    const struct wxr_attachment *w = map_get(site->files, url);
    if (w || !post_original(a, url, &original)) return w;
    w = map_get(site->files, original);
    if (w) return w;
    size_t dot = original.n;
    while (dot && original.p[dot - 1] != '.') dot--;
    return map_get(
        site->files, arena_printf(a, "%.*s-scaled%.*s", FMT(span_cut(original, 0, dot - 1)),
                         FMT(span_cut(original, dot - 1, original.n))));
}

/* What stands under it: <figcaption> of its figure, or the words of its [caption]. */
static struct span caption_behind(struct span rest)
{
    struct span near = span_cut(rest, 0, TAG_MAX);
    ptrdiff_t next = span_find_nocase(near, S("<img "));
    if (next >= 0) near = span_cut(near, 0, (size_t)next);
    ptrdiff_t close = span_find_nocase(near, S("</figcaption>"));
    ptrdiff_t open = span_find_nocase(near, S("<figcaption"));
    if (open >= 0 && close > open) {
        struct span words = span_cut(near, (size_t)open, (size_t)close);
        ptrdiff_t end = span_find_char(words, '>');
        return end < 0 ? S("") : span_cut(words, (size_t)end + 1, words.n);
    }
    close = span_find(near, S("[/caption]"));
    return close < 0 ? S("") : span_cut(near, 0, (size_t)close);
}

/* "[gallery ids="3,4"]"; without numbers: what hangs on the post. */
static void add_gallery(struct arena *a, struct story *s, const struct wxr_site *site,
    const struct wxr_item *i, struct span order)
{
    struct span ids = attr_of(a, order, "ids"), id;
    const struct wxr_attachment *hung = ids.n ? NULL : map_get(site->hung, i->id);
    while (ids.n && span_next(&ids, ',', &id))
        add_attached(a, s, map_get(site->attachments, span_trim(id)), NULL);
    for (; hung; hung = hung->next) add_attached(a, s, hung, NULL);
}

static void add_shown(struct arena *a, struct story *s, const struct wxr_site *site,
    struct span tag, struct span rest)
{
    struct span url = whole_url(a, site, attr_of(a, tag, "src"));
    const struct wxr_attachment *w = attachment_of(a, site, tag, url);
    add(a, s, w ? w->url : url, attr_of(a, tag, "alt"), caption_behind(rest), NULL);
}

struct marks { /* of what comes next: each is looked for again only once it is passed */
    size_t img, order;
};

static size_t mark_from(struct span s, size_t from, struct span mark)
{
    ptrdiff_t found = span_find_nocase(span_cut(s, from, s.n), mark);
    return found < 0 ? s.n : from + (size_t)found;
}

void post_pictures(
    struct arena *a, struct story *s, const struct wxr_site *site, const struct wxr_item *i)
{
    struct span text = i->content;
    struct marks m = {mark_from(text, 0, S("<img ")), mark_from(text, 0, S("[gallery"))};
    for (size_t k = 0; k < i->meta_count; k++)
        if (span_eq(i->meta[k].key, S("_thumbnail_id")))
            add_attached(a, s, map_get(site->attachments, i->meta[k].value), "featuremedia");
    while (s->picture_count < PICTURES_OF_A_POST_MAX && (m.img < text.n || m.order < text.n)) {
        bool is_img = m.img < m.order;
        struct span tag = span_cut(text, is_img ? m.img : m.order, text.n);
        ptrdiff_t end = span_find_char(span_cut(tag, 0, TAG_MAX), is_img ? '>' : ']');
        if (end < 0) return; /* no such tag is written: what is behind it is not looked at again */
        size_t behind = (size_t)(tag.p - text.p) + (size_t)end + 1;
        tag = span_cut(tag, 0, (size_t)end);
        if (is_img)
            add_shown(a, s, site, tag, span_cut(text, behind, text.n));
        else
            add_gallery(a, s, site, i, tag);
        if (m.img < behind) m.img = mark_from(text, behind, S("<img "));
        if (m.order < behind) m.order = mark_from(text, behind, S("[gallery"));
    }
}
