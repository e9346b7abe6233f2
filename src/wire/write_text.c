/* write_text.c: a story as plain text for partners: headline, byline, then the body's blocks, an
 * empty line between; rows of tables with tabs, entries of lists with a dash. It holds what readers
 * may read and nothing else; what plain text cannot say (status, embargo) is the caller's to leave
 * out (wire_may_be_read). */
#include "wire.h"

static void put_line(struct buf *b, const char *before, struct span text)
{
    if (text.n) buf_printf(b, "%s%.*s\n", before, FMT(text));
}

/* The next of the two tags at or behind from; markup.n: none. */
static size_t next_tag(struct span markup, size_t from, struct span one, struct span other)
{
    for (size_t i = from; i < markup.n; i++) {
        struct span rest = span_cut(markup, i, markup.n);
        if (span_starts(rest, one) || span_starts(rest, other)) return i;
    }
    return markup.n;
}

/* Cells of one row, with tabs between. */
static void put_row(struct buf *b, struct arena *a, struct span row)
{
    size_t at = next_tag(row, 0, S("<td"), S("<th"));
    for (bool first = true; at < row.n; first = false) {
        size_t end = next_tag(row, at + 1, S("<td"), S("<th"));
        buf_printf(b, "%s%.*s", first ? "" : "\t", FMT(html_to_text(a, span_cut(row, at, end))));
        at = end;
    }
    buf_char(b, '\n');
}

static void put_parts(struct buf *b, struct arena *a, struct span markup, struct span tag)
{
    size_t at = next_tag(markup, 0, tag, tag);
    put_line(b, "", html_to_text(a, span_cut(markup, 0, at))); /* a caption */
    while (at < markup.n) {
        size_t end = next_tag(markup, at + 1, tag, tag);
        struct span part = span_cut(markup, at, end);
        if (span_eq(tag, S("<tr")))
            put_row(b, a, part);
        else
            put_line(b, "- ", html_to_text(a, part));
        at = end;
    }
}

static void put_block(struct buf *b, struct arena *a, struct span markup)
{
    if (span_starts(markup, S("<table")))
        put_parts(b, a, markup, S("<tr"));
    else if (span_starts(markup, S("<ul")) || span_starts(markup, S("<ol")))
        put_parts(b, a, markup, S("<li"));
    else
        put_line(b, "", html_to_text(a, markup));
}

void wire_write_text(struct buf *b, struct arena *a, const struct story *s)
{
    struct html rest = s->body;
    put_line(b, "", s->headline_raw);
    put_line(b, "", s->byline);
    for (struct html block = html_next_block(&rest); block.s.n; block = html_next_block(&rest)) {
        if (!html_has_text(block)) continue;
        buf_char(b, '\n');
        put_block(b, a, block.s);
    }
    bool shown = s->picture_count && wire_picture_may_be_seen(&s->pictures[0]);
    if (!s->body.s.n && shown && s->pictures[0].caption.n)
        buf_printf(b, "\n%.*s\n", FMT(s->pictures[0].caption));
    if (s->copyright.n) buf_printf(b, "\n%.*s\n", FMT(s->copyright));
}

bool wire_picture_may_be_seen(const struct picture *p)
{
    return p->status == STATUS_USABLE && p->embargo.kind == WHEN_ABSENT &&
           p->expires.kind == WHEN_ABSENT;
}

const char *wire_may_be_read(const struct story *s)
{
    if (s->status == STATUS_CANCELED) return "it is canceled";
    if (s->status != STATUS_USABLE) return "it is not usable";
    if (s->is_test) return "it is a test";
    if (s->embargo.kind != WHEN_ABSENT) return "it has an embargo";
    if (s->expires.kind != WHEN_ABSENT) return "the right to show it ends";
    switch (s->kind) {
    case KIND_ADVISORY: return "it is for editors";
    case KIND_CONCEPT:
    case KIND_PLANNING:
    case KIND_KNOWLEDGE:
    case KIND_CATALOG: return "it is no story";
    default: break;
    }
    return NULL;
}
