/* mail.c: e-mail to stories: the text of a mail is one, and so is each wire file that is attached.
 * Owns which part of a mail is its text, and what becomes of the others. Who sent it is for the
 * desk only. Never fatal: an attachment that cannot be read is refused alone. */
#include "copy.h"
#include "mime.h"

#include <string.h>

#include "clock.h"

enum { FORWARDS_MAX = 3 }; /* mails in mails */

struct mail {
    struct arena *a;
    struct wire_result *out;
    struct mime_part *top;
    const struct mime_part *html, *plain;
    struct story *s;
    size_t files; /* items that came out of attachments */
    int depth;
};

bool mail_is(const struct raw *r)
{
    return !r->attached && (r->told || mime_is(r->bytes));
}

/* ---- header ---- */

static struct span without_brackets(struct span id)
{
    ptrdiff_t open = span_find_char(id, '<'), shut = span_find_char(id, '>');
    return open >= 0 && shut > open ? span_cut(id, (size_t)open + 1, (size_t)shut) : id;
}

/* "Re: Fwd: WG: Harbour reopens". */
static struct span subject_of(struct span subject)
{
    static const char *const marks[] = {"re:", "fwd:", "fw:", "aw:", "wg:", "tr:", "rv:", "i:"};
    for (bool cut = true; cut;) {
        cut = false;
        subject = span_trim(subject);
        for (size_t i = 0; i < COUNT(marks) && !cut; i++)
            if (span_starts_nocase(subject, span_of(marks[i]))) {
                subject = span_cut(subject, span_of(marks[i]).n, subject.n);
                cut = true;
            }
    }
    return subject;
}

static struct when time_in(struct mail *m, const char *name)
{
    struct span text = mime_field(m->a, m->top, name);
    return text.n ? when_rfc822(text) : (struct when){0};
}

static void read_links(struct mail *m)
{
    struct span old = mime_field(m->a, m->top, "supersedes");
    if (!old.n) old = mime_field(m->a, m->top, "replaces");
    if (old.n) story_add_link(m->a, m->s, S("replaces"), without_brackets(old), (struct span){0});
}

static void read_keywords(struct mail *m)
{
    struct span list = mime_text_field(m->a, m->top, "keywords"), word;
    while (span_next(&list, ',', &word)) story_add_keyword(m->a, m->s, word);
}

/* What a machine answers, a report that a mail did not arrive, an invitation: words to us. */
static bool is_answer(struct mail *m)
{
    struct span how = mime_field(m->a, m->top, "auto-submitted");
    return span_starts_nocase(how, S("auto-replied")) ||
           span_eq(m->top->type, S("multipart/report")) ||
           span_eq(m->top->type, S("text/calendar"));
}

static void read_header(struct mail *m)
{
    struct story *s = m->s;
    struct span subject = subject_of(mime_text_field(m->a, m->top, "subject"));
    s->kind = is_answer(m) ? KIND_ADVISORY : KIND_TEXT;
    s->guid = without_brackets(mime_field(m->a, m->top, "message-id"));
    s->headline = line_plain(m->a, subject);
    s->language = mime_field(m->a, m->top, "content-language");
    s->version_created = time_in(m, "date");
    s->expires = time_in(m, "expires");
    if (s->expires.kind == WHEN_ABSENT) s->expires = time_in(m, "expiry-date");
    story_add_note(m->a, s, S("from"), mime_text_field(m->a, m->top, "from"), false);
    if (copy_is_order(m->a, s->headline)) copy_say(m->a, s, s->headline, COPY_LINE, 1);
    copy_embargo(m->a, s, s->headline, 1);
    read_keywords(m);
    read_links(m);
}

/* ---- text ---- */

/* "-- " and below it: who wrote (RFC 3676 4.3). Quoted from an earlier mail: not this one's text.
 */
static struct span without_signature(struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    while (lines_next(&l, &line))
        if (span_eq(line, S("-- "))) return span_cut(text, 0, (size_t)(line.p - text.p));
    return text;
}

static struct span html_charset(struct span markup)
{
    struct span head = span_cut(markup, 0, 2048);
    ptrdiff_t at = span_find_nocase(head, S("charset="));
    if (at < 0) return (struct span){0};
    size_t from = (size_t)at + 8;
    while (from < head.n && strchr("\"' ", head.p[from])) from++;
    size_t to = from;
    while (to < head.n && !strchr("\"' />;", head.p[to])) to++;
    return span_cut(head, from, to);
}

static struct html html_body(struct mail *m)
{
    const char *guess;
    struct span bytes = mime_decode(m->a, m->html);
    struct span charset = m->html->charset.n ? m->html->charset : html_charset(bytes);
    return body_of_html(m->a, wire_text(m->a, bytes, charset, &guess), m->s->headline);
}

/* Of two forms of one text the richer, unless lines of the plain one say more than text does: these
 * would stand in the other as paragraphs. */
static void read_text(struct mail *m)
{
    bool said = false;
    if (m->plain) said = plain_fill(m->a, m->s, without_signature(mime_text(m->a, m->plain)));
    if (!m->html || (said && html_has_text(m->s->body))) return;
    struct html rich = html_body(m);
    if (html_has_text(rich)) m->s->body = rich;
}

/* ---- parts ---- */

static bool in_alternative(const struct mime_part *p)
{
    for (p = p->parent; p; p = p->parent)
        if (span_eq(p->type, S("multipart/alternative")) ||
            span_eq(p->type, S("multipart/related")))
            return true;
    return false;
}

/* Pictures come as files beside the mail; what is drawn inside of it is layout. */
static void add_picture(struct mail *m, const struct mime_part *p)
{
    struct span id = without_brackets(mime_field(m->a, p, "content-id"));
    if (!p->name.n || (in_alternative(p) && !p->attached)) return;
    struct picture *picture = story_add_picture(m->a, m->s);
    picture->guid = arena_keep(m->a, id.n ? id : p->name);
    picture->kind = S("picture");
    picture->role = m->s->picture_count == 1
                        ? S("featuremedia")
                        : arena_printf(m->a, "embedded%u", m->s->picture_count - 1);
    picture->caption = line_plain(m->a, mime_text_field(m->a, p, "content-description"));
    picture_add_rendition(
        m->a, picture, (struct rendition){.href = p->name, .type = p->type, .role = S("original")});
}

static void take_items(struct mail *m, const struct wire_result *got)
{
    for (size_t i = 0; i < got->count && m->out->count <= WIRE_ITEMS_MAX; i++) {
        *ARENA_PUSH(m->a, m->out->items, m->out->count, m->out->cap) = got->items[i];
        m->files++;
    }
}

/* A wire file as its own format; what is damaged is refused, what is none is named to the desk. */
static void add_file(struct mail *m, const struct mime_part *p)
{
    struct wire_result got;
    wire_read_attached(m->a, mime_decode(m->a, p), p->charset, &got);
    if (got.end == WIRE_STORIES)
        take_items(m, &got);
    else if (got.end == WIRE_REJECT)
        reader_refuse(m->a, m->out, got.reject.line, got.reject.column,
            arena_printf(m->a, "attachment %.*s: %.*s", FMT(p->name), FMT(got.reject.why)).p);
    else
        story_fault(m->a, m->s, 1, 1, "attachment %.*s (%.*s) is not read",
            (int)(p->name.n < 100 ? p->name.n : 100), p->name.p ? p->name.p : "",
            (int)(p->type.n < 60 ? p->type.n : 60), p->type.p);
}

static bool is_wire_copy(struct mail *m, const struct mime_part *p)
{
    struct raw raw = {.text = mime_text(m->a, p), .attached = true};
    return anpa1312_is(&raw) || iptc7901_is(&raw);
}

static void read_mail(struct arena *a, struct span bytes, int depth, struct wire_result *out);

static void read_part(struct mail *m, const struct mime_part *p)
{
    bool plain = span_eq(p->type, S("text/plain")), html = span_eq(p->type, S("text/html"));
    bool file = p->attached || p->name.n;
    if (p->first || span_starts(p->type, S("multipart/"))) return;
    if (span_eq(p->type, S("message/rfc822"))) {
        size_t before = m->out->count;
        if (m->depth < FORWARDS_MAX) read_mail(m->a, p->body, m->depth + 1, m->out);
        m->files += m->out->count - before;
    } else if (span_starts(p->type, S("image/"))) {
        add_picture(m, p);
    } else if (plain && !file && is_wire_copy(m, p)) {
        add_file(m, p);
    } else if (plain && !file && !m->plain) {
        m->plain = p;
    } else if (html && !file && !m->html) {
        m->html = p;
    } else if (file || !(plain || html)) {
        add_file(m, p);
    } else {
        story_fault(m->a, m->s, 1, 1, "a further text of the mail is left out");
    }
}

static bool is_sealed(const struct mime_part *top)
{
    return span_eq(top->type, S("multipart/encrypted")) ||
           span_eq(top->type, S("application/pkcs7-mime")) ||
           span_eq(top->type, S("application/x-pkcs7-mime"));
}

/* A mail around wire files is their envelope: held as a message to editors, for it may say "kill".
 */
static void finish(struct mail *m, bool dropped)
{
    struct story *s = m->s;
    read_text(m);
    if (m->files && !html_has_text(s->body) && !s->fault_count) return;
    if (m->files) s->kind = KIND_ADVISORY;
    if (dropped) copy_hold(m->a, s, 1, "the mail has more parts than are read");
    for (struct mime_part *p = m->top; p; p = mime_walk(m->top, p))
        if (p->cut && p->first)
            copy_hold(m->a, s, 1, "the mail has no end: it was cut off on the way");
    if (!s->guid.n) {
        s->guid = copy_guid(m->a, s, "mail", (struct span){0}, s->version_created);
        story_fault(m->a, s, 1, 1, "the mail has no Message-ID: known by its content");
    }
    reader_accept(m->a, m->out, s, 1, 1);
}

static void read_mail(struct arena *a, struct span bytes, int depth, struct wire_result *out)
{
    bool dropped = false;
    struct mail m = {.a = a, .out = out, .s = story_new(a), .depth = depth};
    m.top = mime_parse(a, bytes, &dropped);
    if (is_sealed(m.top)) {
        reader_refuse(a, out, 1, 1, "the mail is encrypted");
        return;
    }
    read_header(&m);
    for (struct mime_part *p = m.top; p; p = mime_walk(m.top, p)) read_part(&m, p);
    finish(&m, dropped);
}

void mail_read(struct arena *a, const struct raw *r, struct wire_result *out)
{
    read_mail(a, r->bytes, 0, out);
}
