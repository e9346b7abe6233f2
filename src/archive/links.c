/* links.c: the other addresses under which a post was known, as WordPress makes them. Never fatal.
 */
#include "archive.h"

/* Letters of other scripts are written out, as text_slug does: WordPress allows no such login. */
struct span wxr_slug(struct arena *a, struct span name)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c >= 0x80) return text_slug(a, name, 200);
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (c >= 'A' && c <= 'Z') buf_char(&b, (char)(c + 32));
        if (letter) buf_char(&b, (char)c);
        bool part = c == ' ' || c == '.' || c == '-' || c == '/';
        if (part && b.n && b.p[b.n - 1] != '-') buf_char(&b, '-');
    }
    while (b.n && b.p[b.n - 1] == '-') b.n--;
    return buf_span(&b);
}

/* The link with its last part that is the name changed; empty: it does not hold it. */
static struct span renamed(struct arena *a, struct span link, struct span name, struct span other)
{
    for (size_t at = link.n; name.n && other.n && at-- > 0;) {
        size_t end = at + name.n;
        if (link.p[at] != '/' || end >= link.n ||
            !span_eq_nocase(span_cut(link, at + 1, end + 1), name))
            continue;
        bool whole = end + 1 == link.n || link.p[end + 1] == '/' || link.p[end + 1] == '.';
        if (!whole) continue;
        return arena_printf(a, "%.*s/%.*s%.*s", FMT(span_cut(link, 0, at)), FMT(other),
            FMT(span_cut(link, end + 1, link.n)));
    }
    return S("");
}

/* "2025-05-03" as it stands in a permalink. */
static struct span day_path(struct arena *a, struct span date)
{
    if (date.n < 10 || date.p[4] != '-' || date.p[7] != '-') return S("");
    return arena_printf(a, "%.*s/%.*s/%.*s", FMT(span_cut(date, 0, 4)), FMT(span_cut(date, 5, 7)),
        FMT(span_cut(date, 8, 10)));
}

size_t post_old_links(struct arena *a, const struct wxr_item *i, struct span *out, size_t max)
{
    size_t n = 0;
    for (size_t k = 0; k < i->meta_count && n < max; k++) {
        struct span value = i->meta[k].value, old = S("");
        if (span_eq(i->meta[k].key, S("_wp_old_slug")) && value.n)
            old = renamed(a, i->link, i->name, value);
        if (span_eq(i->meta[k].key, S("_wp_old_date")))
            old = renamed(a, i->link, day_path(a, i->date), day_path(a, value));
        if (old.n) out[n++] = old;
    }
    return n;
}
