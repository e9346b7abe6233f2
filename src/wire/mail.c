/* mail.c: e-mail to stories: the text of a mail is one, and so is each wire file that is attached.
 * Owns what the header says, and what becomes of which part. Who sent it is for the desk only.
 * Never fatal: an attachment that cannot be read is refused alone. */
#include "mail.h"

#include "clock.h"

enum { FORWARDS_MAX = 3 }; /* mails in mails */

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
    while (story_next_keyword(&list, &word)) story_add_keyword(m->a, m->s, word);
}

/* What a machine answers, a report that a mail did not arrive, an invitation: words to us. Every
 * report comes from nobody (RFC 5321 4.5.5), whatever its form. */
static bool is_answer(struct mail *m)
{
    static const char *const reports[] = {
        "multipart/report", "message/delivery-status", "message/disposition-notification"};
    struct arena *a = m->a;
    for (struct mime_part *p = m->top; p; p = mime_walk(m->top, p))
        for (size_t i = 0; i < COUNT(reports); i++)
            if (span_eq(p->type, span_of(reports[i]))) return true;
    return span_starts_nocase(mime_field(a, m->top, "auto-submitted"), S("auto-replied")) ||
           span_find_nocase(mime_field(a, m->top, "from"), S("mailer-daemon")) >= 0 ||
           span_eq(mime_field(a, m->top, "return-path"), S("<>")) ||
           span_eq(m->top->type, S("text/calendar"));
}

/* A mailbox keeps flags of its own in a field of this name: read, old. */
static bool is_mailbox_flag(struct span word)
{
    return span_eq(word, S("RO")) || span_eq(word, S("R")) || span_eq(word, S("O")) ||
           span_eq(word, S("U"));
}

/* A release that begins with "From:" and "Subject:" is read as a mail: its labels are fields. What
 * mails have of their own under such a name is read elsewhere, or is none. */
static void take_field(struct mail *m, struct span field)
{
    struct span value = {0}, words = line_plain(m->a, span_cut(field, 0, STORY_TEXT_MAX));
    enum label label = plain_label(words, &value);
    ptrdiff_t colon = span_find_char(words, ':');
    struct span name = span_cut(words, 0, colon < 0 ? 0 : (size_t)colon);
    if (span_find_nocase(name, S("embargo")) >= 0) {
        label = LABEL_EMBARGO;
        value = span_trim(span_cut(words, name.n + 1, words.n));
    }
    if (label == LABEL_CREATED || label == LABEL_URGENCY || label == LABEL_KEYWORDS) return;
    if (label == LABEL_STATUS && is_mailbox_flag(value)) return;
    plain_take(&m->p, label, value, words, 1);
}

static void read_fields(struct mail *m)
{
    struct span rest = m->top->head, field;
    while (mime_next_field(m->a, &rest, &field)) take_field(m, field);
}

static void read_header(struct mail *m)
{
    struct story *s = m->s;
    struct span subject = subject_of(mime_text_field(m->a, m->top, "subject"));
    m->answer = is_answer(m);
    s->kind = m->answer ? KIND_ADVISORY : KIND_TEXT;
    s->guid = without_brackets(mime_field(m->a, m->top, "message-id"));
    s->headline = line_plain(m->a, subject);
    s->language = mime_field(m->a, m->top, "content-language");
    s->version_created = time_in(m, "date");
    story_add_note(m->a, s, S("from"), mime_text_field(m->a, m->top, "from"), false);
    plain_hear(&m->p, s->headline, 1);
    read_fields(m);
    if (s->expires.kind == WHEN_ABSENT) s->expires = time_in(m, "expiry-date");
    read_keywords(m);
    read_links(m);
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
    if (got.end == WIRE_STORIES) {
        take_items(m, &got);
        return;
    }
    if (got.end == WIRE_REJECT) {
        reader_refuse(m->a, m->out, got.reject.line, got.reject.column,
            arena_printf(m->a, "attachment %.*s: %.*s", FMT(p->name), FMT(got.reject.why)).p);
        return;
    }
    mail_hear(m, p);
    story_fault(m->a, m->s, 1, 1, "attachment %.*s (%.*s) is not read",
        (int)(p->name.n < 100 ? p->name.n : 100), p->name.p ? p->name.p : "",
        (int)(p->type.n < 60 ? p->type.n : 60), p->type.p);
}

static bool is_wire_copy(struct mail *m, const struct mime_part *p)
{
    const char *guess;
    struct raw raw = {.text = mime_text(m->a, p, &guess), .attached = true};
    return anpa1312_is(&raw) || iptc7901_is(&raw);
}

static void read_mail(struct arena *a, struct span bytes, int depth, struct wire_result *out);

static void add_mail(struct mail *m, const struct mime_part *p)
{
    size_t before = m->out->count;
    if (m->depth >= FORWARDS_MAX) {
        story_fault(m->a, m->s, 1, 1, "a mail in it is not read: it is the fourth in another");
        return;
    }
    read_mail(m->a, p->body, m->depth + 1, m->out);
    m->files += m->out->count - before;
}

static void read_part(struct mail *m, const struct mime_part *p)
{
    bool plain = span_eq(p->type, S("text/plain")), html = span_eq(p->type, S("text/html"));
    bool text = (plain || html) && !p->attached && !p->name.n;
    if (p->first || span_starts(p->type, S("multipart/"))) return;
    if (m->answer && !text) {
        story_fault(m->a, m->s, 1, 1, "what the answer of a machine carries is not read");
    } else if (span_eq(p->type, S("message/rfc822"))) {
        add_mail(m, p);
    } else if (span_starts(p->type, S("image/"))) {
        add_picture(m, p);
    } else if (!text || (plain && !m->answer && is_wire_copy(m, p))) {
        add_file(m, p);
    } else if (plain && !m->plain) {
        m->plain = p;
    } else if (html && !m->html) {
        m->html = p;
    } else {
        mail_hear(m, p);
        story_fault(m->a, m->s, 1, 1, "a further text of the mail is left out");
    }
}

static bool is_sealed(const struct mime_part *top)
{
    return span_eq(top->type, S("multipart/encrypted")) ||
           span_eq(top->type, S("application/pkcs7-mime")) ||
           span_eq(top->type, S("application/x-pkcs7-mime"));
}

static bool has_end(struct mime_part *top)
{
    for (struct mime_part *p = top; p; p = mime_walk(top, p))
        if (p->cut) return false;
    return true;
}

/* Does it tell nothing but that there are files in it? */
static bool is_wrapper(const struct mail *m)
{
    const struct story *s = m->s;
    return m->files && !html_has_text(s->body) && !s->fault_count && mail_says_nothing(m);
}

/* A mail around wire files is their envelope: held as a message to editors, for it may say "kill".
 */
static void finish(struct mail *m, bool dropped)
{
    struct story *s = m->s;
    bool whole = has_end(m->top);
    mail_read_text(m);
    if (dropped) copy_hold(m->a, s, 1, "the mail has more parts than are read");
    if (!whole) copy_hold(m->a, s, 1, "the mail has no end: it was cut off on the way");
    mail_cover(m, whole && !dropped);
    if (is_wrapper(m)) return;
    if (m->files) s->kind = KIND_ADVISORY;
    if (!s->guid.n) {
        s->guid = copy_guid(m->a, s, "mail", (struct span){0}, s->version_created);
        story_fault(m->a, s, 1, 1, "the mail has no Message-ID: known by its content");
    }
    reader_accept(m->a, m->out, s, 1, 1);
}

static void read_mail(struct arena *a, struct span bytes, int depth, struct wire_result *out)
{
    bool dropped = false;
    struct mail m = {.a = a, .out = out, .s = story_new(a), .depth = depth, .first = out->count};
    m.p = plain_of(a, m.s);
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
