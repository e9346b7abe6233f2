/* article_text: a story's text as its page shows it. The byline that stands in it is shown above,
 * the reporters' line set apart below, the dateline marked where it stands; no word of the agency
 * is changed or said twice. */
#include "frame.h"

enum { FIRST_BLOCKS = 4 }; /* a byline and a note on changes may stand before the text proper */

/* ---- the reporters' line ---- */
static bool is_credits(struct arena *a, struct html block, struct span credits)
{
    if (!credits.n || block.s.n > 8 * credits.n + 1024) return false;
    return span_eq(
        text_fold(a, story_mend_credits(a, html_to_text(a, block.s))), text_fold(a, credits));
}

/* The end of the text as it was sent, or as it was mended. */
static bool ends_in_credits(struct arena *a, struct span text, struct span credits)
{
    enum { TAIL = 8 << 10 }; /* bytes: twice the longest credits */
    if (!credits.n || span_find(text, credits) >= 0) return true;
    struct span tail = span_cut(text, text.n < TAIL ? 0 : text.n - TAIL, text.n);
    return span_find(story_mend_credits(a, tail), credits) >= 0;
}

struct span press_author_path(struct arena *a, const struct view *v, struct span name)
{
    struct {
        const struct view_tag *list;
        uint32_t count;
    } both[] = {{v->authors, v->author_count}, {v->credited, v->credited_count}};
    for (size_t k = 0; k < COUNT(both); k++)
        for (uint32_t i = 0; i < both[k].count; i++)
            if (span_eq(both[k].list[i].name, name))
                return arena_printf(a, "/author/%.*s", FMT(url_escape(a, both[k].list[i].slug)));
    return (struct span){0};
}

size_t press_credits(struct arena *a, const struct view *v, struct credit **out)
{
    enum { PEOPLE_MAX = 48 };
    *out = ARENA_ARRAY(a, struct credit, PEOPLE_MAX);
    return story_credits(v->credits, *out, PEOPLE_MAX);
}

static void put_piece(struct record *r, struct span text, struct span href, const char *role)
{
    if (!text.n) return;
    struct record *item = record_item(r, "credit_pieces");
    record_text(item, "text", text);
    record_text(item, "href", href);
    record_text(item, "role", span_of(role));
}

/* The line as the agency wrote it, its people as links to their pages. */
static void put_credits(struct sheet *s, const struct view *v)
{
    struct credit *people;
    size_t n = press_credits(s->a, v, &people), done = 0;
    for (size_t i = 0; i < n; i++) {
        struct span path = press_author_path(s->a, v, people[i].name);
        size_t at = (size_t)(people[i].name.p - v->credits.p);
        if (!path.n) continue;
        put_piece(s->root, span_cut(v->credits, done, at), S(""), "");
        put_piece(s->root, people[i].name, press_path(s->p, s->a, path),
            story_credit_role(people[i].role));
        done = at + people[i].name.n;
    }
    put_piece(s->root, span_cut(v->credits, done, v->credits.n), S(""), "");
}

/* ---- the byline ---- */
/* A byline that stands in the text is shown above it. */
static bool is_byline(struct arena *a, struct html block, struct span byline)
{
    if (!byline.n || block.s.n > 8 * byline.n + 1024) return false;
    return span_eq(html_to_text(a, block.s), text_fold(a, byline));
}

/* ---- the dateline ---- */
/* Of the years about publication the one in which the day lies next to it: datelines name none. */
static int year_of(const struct story_dateline *d, int64_t published_ms)
{
    int now = civil_of(published_ms).year, best = now;
    int64_t best_gap = INT64_MAX;
    for (int year = now - 1; year <= now + 1; year++) {
        struct civil c = {.year = year, .month = d->month, .day = d->day};
        int64_t gap = civil_to_ms(c) - published_ms;
        if (gap < 0) gap = -gap;
        if (gap < best_gap) best_gap = gap, best = year;
    }
    return best;
}

/* ISO 8601; empty where the line does not tell the month, or a day that no calendar has. */
static struct span day_of(struct arena *a, const struct story_dateline *d, int64_t published_ms)
{
    if (!d->month || !d->day) return (struct span){0};
    struct civil c = {
        .year = d->year ? d->year : year_of(d, published_ms), .month = d->month, .day = d->day};
    struct civil back = civil_of(civil_to_ms(c));
    if (back.month != c.month || back.day != c.day) return (struct span){0};
    return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

bool press_text_dateline(const struct view *v, struct html block, struct story_dateline *out)
{
    struct span own[] = {v->agency, v->credit_line};
    return story_dateline(html_first_text(block), own, COUNT(own), out);
}

/* What the wire says in a field of its own stands in one piece: a licence may lock it. */
static struct html mark_dateline(
    struct arena *a, const struct view *v, struct html block, const struct story_dateline *d)
{
    struct html_part list[4] = {{d->whole, "span", "class", S("dateline-in-text")}};
    struct span day = day_of(a, d, v->published_ms);
    size_t n = 1;
    bool locked = v->dateline.n && !span_eq(v->dateline, d->place);
    const struct html_part place = {d->place, "span", "class", S("city")},
                           date = {d->date, "time", "datetime", day},
                           agency = {d->agency, "span", "class", S("source")};
    bool agency_first = d->agency.n && d->agency.p < d->place.p;
    if (!locked && agency_first) list[n++] = agency;
    if (!locked) list[n++] = place;
    if (!locked && d->date.n && day.n) list[n++] = date;
    if (!locked && d->agency.n && !agency_first) list[n++] = agency;
    return html_parts(a, block, list, n);
}

struct span press_place(struct arena *a, const struct view *v)
{
    struct html rest = v->body, block;
    struct story_dateline d;
    if (v->dateline.n) return v->dateline;
    for (int i = 0; i < FIRST_BLOCKS && (block = next_text_block(&rest)).s.n; i++)
        if (press_text_dateline(v, block, &d)) return arena_keep(a, d.place);
    return (struct span){0};
}

/* ---- all ---- */
static struct record *add_block(struct record *r, struct html block, bool is_table)
{
    struct record *item = record_item(r, "blocks");
    record_text(item, "picture", S(""));
    record_text(item, "embed", S(""));
    record_html(item, "html", block);
    record_flag(item, "table", is_table);
    return item;
}

/* One of the story's pictures where it stood in the text; that of the head is not shown again, and
 * one that may not be shown now stands nowhere (K15, R3). */
static void put_in_text(struct sheet *s, const struct view *v, const struct html_figure *f)
{
    if (f->is_embed) embed_put(s, v, f->name);
    for (uint32_t i = 1; !f->is_embed && i < v->picture_count; i++) {
        if (!span_eq(v->pictures[i].hash, f->name)) continue;
        struct record *item = add_block(s->root, (struct html){S("")}, false);
        story_picture(s, item, &v->pictures[i]);
        record_flag(item, "later", true);
        return;
    }
}

/* Blocks between tables, pictures and embeds are put together; a table gets a box of its own, in
 * which it can be scrolled on a phone. The last block is left out where it is the credits, and one
 * of the first where it is the byline. */
void article_text(struct sheet *s, const struct view *v)
{
    struct html rest = html_headings(s->a, v->body), *run = ARENA_ARRAY(s->a, struct html, 1),
                block;
    struct story_dateline line;
    size_t n = 0, cap = 1;
    bool apart = false, dated = false;
    int at = 0;
    while ((block = html_next_block(&rest)).s.n) {
        struct html_figure figure;
        if (html_figure_of(s->a, block, &figure)) {
            if (n) add_block(s->root, html_join(s->a, run, n), false), n = 0;
            put_in_text(s, v, &figure);
            continue;
        }
        bool is_table = span_starts(block.s, S("<table"));
        bool is_last = !html_has_text(rest), is_first = at++ < FIRST_BLOCKS;
        if (is_first && !is_last && is_byline(s->a, block, v->byline)) continue;
        bool is_line = is_last && is_credits(s->a, block, v->credits);
        apart = is_line || (is_last && html_cut_end(s->a, &block, v->credits));
        if (is_first && !dated && (dated = press_text_dateline(v, block, &line)))
            block = mark_dateline(s->a, v, block, &line);
        if (is_table && n) add_block(s->root, html_join(s->a, run, n), false), n = 0;
        if (is_table)
            add_block(s->root, block, true);
        else if (!is_line)
            *ARENA_PUSH(s->a, run, n, cap) = block;
    }
    if (n) add_block(s->root, html_join(s->a, run, n), false);
    bool is_within = !apart && ends_in_credits(s->a, v->body_text, v->credits);
    record_text(s->root, "credits", is_within ? S("") : v->credits);
    if (!is_within) put_credits(s, v);
}
