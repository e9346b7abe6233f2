/* mail_text.c: the text of a mail, in plain form and as HTML, and what it says of what is attached.
 * Owns which form readers get. What holds in one form, or in the mail around a story, holds in the
 * other, and for the story. Linear. Never fatal. */
#include "mail.h"

enum { NOTE_MAX = 2500 }; /* bytes of a note around attached files: what is longer is a story */

/* ---- HTML as lines ---- */

static bool is_inline(struct span tag)
{
    static const char *const names[] = {"a", "b", "i", "em", "strong", "span", "u", "s", "sub",
        "sup", "q", "cite", "abbr", "small", "code", "time", "mark", "del", "ins", "kbd", "var"};
    if (span_starts(tag, S("/"))) tag = span_cut(tag, 1, tag.n);
    size_t n = 0;
    while (n < tag.n && ((tag.p[n] >= 'a' && tag.p[n] <= 'z') || is_digit(tag.p[n]))) n++;
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq(span_cut(tag, 0, n), span_of(names[i]))) return true;
    return false;
}

/* Cleaned markup as a plain text has it: blank lines between blocks. */
static struct span lines_of_html(struct arena *a, struct span markup)
{
    struct buf b;
    size_t from = 0;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < markup.n; i++) {
        if (markup.p[i] != '<') continue;
        ptrdiff_t end = span_find_char(span_cut(markup, i, markup.n), '>');
        size_t shut = end < 0 ? markup.n : i + (size_t)end;
        struct span tag = span_cut(markup, i + 1, shut);
        if (!is_inline(tag)) {
            buf_put(&b, html_to_text(a, span_cut(markup, from, i)));
            buf_str(&b, span_starts(tag, S("br")) ? "\n" : "\n\n");
            from = shut < markup.n ? shut + 1 : shut;
        }
        i = shut;
    }
    buf_put(&b, html_to_text(a, span_cut(markup, from, markup.n)));
    return buf_span(&b);
}

/* ---- what one text says counts for another ---- */

static void hold_as(struct arena *a, struct story *s, const struct story *by)
{
    s->is_test |= by->is_test;
    if (by->status == STATUS_CANCELED || s->status == STATUS_USABLE) s->status = by->status;
    if (by->embargo.kind != WHEN_ABSENT)
        when_merge(a, s, &s->embargo, by->embargo, 1, 1, "the embargo");
    if (s->expires.kind == WHEN_ABSENT) s->expires = by->expires;
}

bool mail_says_nothing(const struct mail *m)
{
    const struct story *s = m->s;
    return !m->p.order.n && !s->is_test && s->status == STATUS_USABLE &&
           s->embargo.kind == WHEN_ABSENT && s->expires.kind == WHEN_ABSENT;
}

static bool has_digit(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_digit(s.p[i])) return true;
    return false;
}

/* Prose to editors, in whatever letters: "please do not use the attached before Sunday". Where the
 * embargo is known already, only another time is news. */
static bool warns(struct mail *m)
{
    struct story *s = m->s;
    bool known = s->embargo.kind == WHEN_UTC || s->embargo.kind == WHEN_LOCAL;
    struct span text = html_to_text(m->a, s->body.s);
    if (text.n > NOTE_MAX) text.n = 0;
    if (copy_warns(m->a, s->headline, !known)) return true;
    if (copy_warns(m->a, text, !known || has_digit(text))) return true;
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct note *n = &s->notes[i];
        bool own = span_eq(n->role, S("from")) || (known && span_eq(n->role, S("embargo")));
        if (!own && copy_warns(m->a, n->text, !known || has_digit(n->text))) return true;
    }
    return false;
}

static bool says_one_of(struct span words, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_has_words(words, span_of(list[i]), false, false)) return true;
    return false;
}

/* An order around one story means that story, which is K8: killed, or withheld (K14). Around
 * several it may mean any of them (K9), and where the mail speaks of another version, it may bring
 * that: these are held for the desk. */
static bool orders_the_one(struct mail *m, enum story_status *out)
{
    static const char *const holds[] = {"hold", "withhold"};
    static const char *const another[] = {"replace", "replaces", "replaced", "replacement",
        "replacing", "corrected", "correct version", "substitute", "instead", "new version",
        "rewritten", "ersetzt", "ersatz", "neufassung", "korrigiert", "korrigierte", "berichtigt",
        "berichtigte", "remplace", "remplac\xC3\xA9", "corrig\xC3\xA9",
        "corrig\xC3\xA9"
        "e",
        "sustituye", "corregida", "sostituisce", "corretta"};
    size_t stories = 0;
    for (size_t i = m->first; i < m->out->count; i++) stories += m->out->items[i].story != NULL;
    struct span order = text_words(m->a, m->p.order), text = html_to_text(m->a, m->s->body.s),
                all = text_words(m->a, arena_printf(m->a, "%.*s %.*s %.*s", FMT(m->s->headline),
                                           FMT(span_cut(text, 0, NOTE_MAX)), FMT(m->p.order)));
    if (stories != 1 || text.n > NOTE_MAX || says_one_of(all, another, COUNT(another)))
        return false;
    *out = says_one_of(order, holds, COUNT(holds)) ? STATUS_WITHHELD : STATUS_CANCELED;
    return true;
}

void mail_cover(struct mail *m, bool whole)
{
    enum story_status ordered;
    bool is_the_one = whole && m->p.order.n && orders_the_one(m, &ordered);
    const char *why = !whole         ? "the mail that brought it has no end, or too many parts"
                      : m->p.order.n ? "the mail that brought it orders to kill or hold"
                      : !m->files    ? NULL
                      : warns(m)     ? "the mail that brought it speaks of an order or an embargo"
                                     : NULL;
    if (!why && mail_says_nothing(m)) return;
    for (size_t i = m->first; i < m->out->count; i++) {
        struct wire_item *item = &m->out->items[i];
        if (!item->story) continue;
        struct story *s = ARENA_NEW(m->a, struct story);
        *s = *item->story;
        hold_as(m->a, s, m->s);
        if (why) copy_hold(m->a, s, 1, why);
        if (is_the_one && s->status != STATUS_CANCELED) s->status = ordered;
        item->story = s;
    }
}

/* ---- two forms ---- */

/* One form of the text, being read. */
struct form {
    struct plain p;
    bool said; /* it has lines that say something of it, or that are not for readers */
};

/* mark and below it: who wrote (RFC 3676 4.3). */
static void fill(struct form *f, struct span text, struct span mark)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    while (lines_next(&l, &line))
        if (span_eq(line, mark)) {
            text = span_cut(text, 0, (size_t)(line.p - text.p));
            f->said = true;
            break;
        }
    f->said |= plain_fill(&f->p, text);
}

static struct form other_form(struct mail *m)
{
    struct story *s = story_new(m->a);
    s->headline = m->s->headline;
    return (struct form){.p = plain_of(m->a, s)};
}

static void hear(struct mail *m, const struct form *f)
{
    hold_as(m->a, m->s, f->p.s);
    if (!f->p.order.n || m->p.order.n) return;
    m->s->kind = KIND_ADVISORY;
    m->p.order = f->p.order;
}

static struct span known(struct mail *m, struct span text, const char *guess)
{
    struct raw r = {.guess = guess, .unsure = guess && !wire_guess_holds(m->a, text, guess)};
    copy_charset(m->a, m->s, &r, 1);
    return text;
}

static struct html html_body(struct mail *m, const struct mime_part *p)
{
    const char *guess;
    struct span bytes = mime_decode(m->a, p);
    struct span charset = p->charset.n ? p->charset : wire_page_charset(bytes);
    struct span text = wire_text(m->a, bytes, charset, &guess);
    return body_of_html(m->a, known(m, text, guess), m->s->headline);
}

void mail_hear(struct mail *m, const struct mime_part *p)
{
    const char *guess;
    struct form f = other_form(m);
    if (span_eq(p->type, S("text/plain")))
        fill(&f, mime_text(m->a, p, &guess), S("-- "));
    else if (span_eq(p->type, S("text/html")))
        fill(&f, lines_of_html(m->a, html_body(m, p).s), S("--"));
    hear(m, &f);
}

/* Beside a plain form. */
static struct html richer(struct mail *m, const struct form *plain)
{
    struct html rich = html_body(m, m->html), poor = m->s->body;
    struct form f = other_form(m);
    bool ordered = m->p.order.n > 0;
    fill(&f, lines_of_html(m->a, rich.s), S("--"));
    hear(m, &f);
    bool heard = f.said && html_has_text(f.p.s->body);
    if (heard && (!plain->said || !html_has_text(poor) || (!ordered && f.p.order.n)))
        return f.p.s->body;
    if (f.said || (plain->said && html_has_text(poor))) return poor;
    return html_has_text(rich) ? rich : poor;
}

static void read_html_alone(struct mail *m, struct form *f)
{
    struct html rich = html_body(m, m->html);
    f->said = !m->s->headline.n; /* the headline is taken out of the text then */
    fill(f, lines_of_html(m->a, rich.s), S("--"));
    if (!f->said && html_has_text(rich)) m->s->body = rich;
}

void mail_read_text(struct mail *m)
{
    const char *guess;
    struct form f = {.p = m->p};
    if (m->plain) {
        struct span text = mime_text(m->a, m->plain, &guess);
        fill(&f, known(m, text, guess), S("-- "));
        m->p = f.p;
        if (m->html) m->s->body = richer(m, &f);
    } else if (m->html) {
        read_html_alone(m, &f);
        m->p = f.p;
    }
}
