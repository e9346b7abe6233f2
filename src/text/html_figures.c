/* html_figures: the block that stands in cleaned markup where a picture or an embed stood.
 * Owns its one spelling. Knows not whose picture it is. */
#include "text.h"

static const char *const attrs[] = {"data-picture", "data-embed", "data-alt", "data-caption"};
enum { PICTURE, EMBED, ALT, CAPTION };

static void put_attr(struct buf *b, int which, struct span value)
{
    if (!value.n) return;
    buf_printf(b, " %s=\"", attrs[which]);
    html_put(b, value);
    buf_char(b, '"');
}

void html_put_figure(struct buf *b, const struct html_figure *f)
{
    buf_lit(b, "<figure");
    put_attr(b, f->is_embed ? EMBED : PICTURE, f->name);
    if (!f->is_embed) put_attr(b, ALT, f->alt), put_attr(b, CAPTION, f->caption);
    buf_lit(b, "></figure>");
}

static struct span attr_in(struct arena *a, struct span tag, int which)
{
    struct span key = arena_printf(a, " %s=\"", attrs[which]);
    ptrdiff_t at = span_find(tag, key);
    if (at < 0) return S("");
    struct span value = span_cut(tag, (size_t)at + key.n, tag.n);
    ptrdiff_t end = span_find_char(value, '"');
    return end < 0 ? S("") : entities_decode(a, span_cut(value, 0, (size_t)end));
}

bool html_figure_of(struct arena *a, struct html block, struct html_figure *out)
{
    if (!span_starts(block.s, S("<figure "))) return false;
    struct span embed = attr_in(a, block.s, EMBED);
    *out = (struct html_figure){.is_embed = embed.n > 0,
        .name = embed.n ? embed : attr_in(a, block.s, PICTURE),
        .alt = attr_in(a, block.s, ALT),
        .caption = attr_in(a, block.s, CAPTION)};
    return out->name.n > 0;
}

struct html html_figures(struct arena *a, struct html h,
    struct html (*replace)(void *, struct html block, const struct html_figure *), void *with)
{
    struct html_figure f;
    struct html block;
    struct buf b;
    if (span_find(h.s, S("<figure ")) < 0) return h;
    buf_init(&b, a, 0);
    while ((block = html_next_block(&h)).s.n)
        buf_put(&b, html_figure_of(a, block, &f) ? replace(with, block, &f).s : block.s);
    return (struct html){buf_span(&b)};
}
