/* finish.c: the last step of every reader. Folds and bounds the texts, cuts tags out of the
 * headline, decides what the version is to the one before, and finds in the body the reporters'
 * line and the agency's words on what it changed. Never fails. */
#include "lift.h"
#include "placed.h"

/* Folded, without control characters and bidi overrides, at most STORY_TEXT_MAX bytes at a
 * character's border. */
static struct span finish_text(struct arena *a, struct story *s, struct span text, const char *what)
{
    if (!text.n) return (struct span){0};
    text = text_fold(a, text_plain(a, text));
    if (text.n <= STORY_TEXT_MAX) return text;
    size_t n = STORY_TEXT_MAX;
    while (n > 0 && ((unsigned char)text.p[n] & 0xC0) == 0x80) n--;
    story_fault(a, s, 0, 0, "%s is longer than %d bytes: cut", what, STORY_TEXT_MAX);
    return span_cut(text, 0, n);
}

/* "BERLIN (dpa) - ", "Newport , VA": the mark at the end belongs to the text, the space to the
 * wire's form. */
static struct span tidy_dateline(struct arena *a, struct span s)
{
    static const char *const marks[] = {",", "-", "\xE2\x80\x93", "\xE2\x80\x94"};
    for (size_t i = 0; i < COUNT(marks); i++)
        if (span_ends(s, span_of(marks[i])))
            s = span_trim(span_cut(s, 0, s.n - span_of(marks[i]).n));
    if (span_find(s, S(" ,")) < 0) return s;
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ' ' || i + 1 == s.n || s.p[i + 1] != ',') buf_char(&b, s.p[i]);
    return buf_span(&b);
}

static void finish_head(struct arena *a, struct story *s)
{
    if (!s->headline_raw.n) s->headline_raw = s->headline;
    if (!s->dateline_raw.n) s->dateline_raw = s->dateline;
    struct {
        struct span *text;
        const char *what;
    } fields[] = {
        {&s->headline_raw, "headline"},
        {&s->slugline, "slugline"},
        {&s->byline, "byline"},
        {&s->dateline, "dateline"},
        {&s->dateline_raw, "dateline"},
        {&s->creditline, "credit line"},
        {&s->abstract, "abstract"},
        {&s->language, "language"},
        {&s->provider, "provider"},
        {&s->kind_literal, "item class"},
        {&s->status_literal, "status"},
        {&s->copyright_holder, "copyright holder"},
        {&s->copyright, "copyright notice"},
        {&s->change_note, "correction note"},
        {&s->link, "link"},
    };
    for (size_t i = 0; i < COUNT(fields); i++)
        *fields[i].text = finish_text(a, s, *fields[i].text, fields[i].what);
    s->dateline = tidy_dateline(a, s->dateline);
}

static void finish_lists(struct arena *a, struct story *s)
{
    for (uint32_t i = 0; i < s->subject_count; i++)
        s->subjects[i].name = finish_text(a, s, s->subjects[i].name, "a subject's name");
    for (uint32_t i = 0; i < s->keyword_count; i++)
        s->keywords[i] = finish_text(a, s, s->keywords[i], "a keyword");
    for (uint32_t i = 0; i < s->usage_count; i++)
        s->usage[i] = finish_text(a, s, s->usage[i], "usage terms");
    for (uint32_t i = 0; i < s->note_count; i++)
        s->notes[i].text = finish_text(a, s, s->notes[i].text, "a note");
    for (uint32_t i = 0; i < s->signal_count; i++)
        s->signals[i] = finish_text(a, s, s->signals[i], "a signal");
    for (uint32_t i = 0; i < s->member_count; i++) {
        s->members[i].headline = finish_text(a, s, s->members[i].headline, "a member's headline");
        s->members[i].group = finish_text(a, s, s->members[i].group, "a group's name");
    }
    for (uint32_t i = 0; i < s->picture_count; i++) {
        struct picture *p = &s->pictures[i];
        struct span *texts[] = {&p->role, &p->kind, &p->headline, &p->caption, &p->credit,
            &p->byline, &p->copyright, &p->alt};
        for (size_t k = 0; k < COUNT(texts); k++)
            *texts[k] = finish_text(a, s, *texts[k], "a picture's text");
        for (uint32_t k = 0; k < p->usage_count; k++)
            p->usage[k] = finish_text(a, s, p->usage[k], "usage terms");
    }
}

/* What a signal says of its version. scheme NULL: any, and none. */
static enum story_change change_of_signal(struct span signal)
{
    static const struct {
        const char *scheme, *code;
        enum story_change change;
    } codes[] = {
        {NULL, "correction", CHANGE_CORRECTION},
        {"edStat", "C", CHANGE_CORRECTION},
        {NULL, "update", CHANGE_UPDATE},
        {"edStat", "U", CHANGE_UPDATE},
        {"tt_sig", "replace", CHANGE_UPDATE},
        {NULL, "repeat", CHANGE_REPEAT},
        {NULL, "retransmission", CHANGE_REPEAT},
        {NULL, "refile", CHANGE_REFILE},
    };
    ptrdiff_t colon = span_find_char(signal, ':');
    struct span scheme = colon < 0 ? (struct span){0} : span_cut(signal, 0, (size_t)colon);
    struct span code = colon < 0 ? signal : span_cut(signal, (size_t)colon + 1, signal.n);
    for (size_t i = 0; i < COUNT(codes); i++) {
        bool in_scheme = !codes[i].scheme || span_eq(scheme, span_of(codes[i].scheme));
        if (in_scheme && span_eq(code, span_of(codes[i].code))) return codes[i].change;
    }
    return CHANGE_NONE;
}

static void raise_change(struct story *s, enum story_change change)
{
    if (change > s->change) s->change = change;
}

static void finish_change(struct arena *a, struct story *s)
{
    struct headline_parts head = headline_cut(a, s->headline_raw);
    struct headline_parts slug = headline_cut(a, s->slugline);
    s->headline = head.rest;
    s->headline_tag = head.tag.n ? head.tag : slug.tag;
    s->tag_number = head.number ? head.number : slug.number;
    raise_change(s, head.change);
    raise_change(s, slug.change);
    for (uint32_t i = 0; i < s->signal_count; i++) raise_change(s, change_of_signal(s->signals[i]));
    if (s->kind == KIND_TEXT && (head.is_advisory || slug.is_advisory)) s->kind = KIND_ADVISORY;
}

/* Whole blocks are kept as long as they fit; a single block that does not fit is left out. */
static void finish_body_size(struct arena *a, struct story *s)
{
    enum {
        CLEAN_MARGIN = 64 << 10
    }; /* bytes: cleaning stops this near to the limit, and does not say so */
    if (s->body.s.n > STORY_BODY_MAX - CLEAN_MARGIN && s->body.s.n <= STORY_BODY_MAX)
        story_fault(
            a, s, 0, 0, "the body is at the limit of %d bytes: its end may be cut", STORY_BODY_MAX);
    if (s->body.s.n <= STORY_BODY_MAX) return;
    struct html rest = s->body, *kept = NULL, block;
    size_t count = 0, cap = 0, bytes = 0;
    while ((block = html_next_block(&rest)).s.n) {
        if (bytes + block.s.n > STORY_BODY_MAX) break;
        bytes += block.s.n;
        *ARENA_PUSH(a, kept, count, cap) = block;
    }
    s->body = html_join(a, kept, count);
    s->body_text = (struct span){0};
    story_fault(a, s, 0, 0, "the body is longer than %d bytes: cut", STORY_BODY_MAX);
}

/* Paragraphs that show something: <p> not followed at once by its end. */
static uint32_t count_paragraphs(struct span markup)
{
    uint32_t count = 0;
    for (ptrdiff_t at; (at = span_find_char(markup, '<')) >= 0;) {
        markup = span_cut(markup, (size_t)at, markup.n);
        count += span_starts(markup, S("<p>")) && !span_starts(markup, S("<p></p>"));
        markup = span_cut(markup, 1, markup.n);
    }
    return count;
}

/* Does the first character that this cleaned block shows open a bracket? */
static bool opens_bracket(struct html block)
{
    bool in_tag = false;
    for (size_t i = 0; i < block.s.n; i++) {
        char c = block.s.p[i];
        if (!in_tag && c != '<' && c > ' ') return c == '(';
        in_tag = c == '<' || (in_tag && c != '>');
    }
    return false;
}

static bool starts_with_any(struct span text, const char *const *heads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_starts_nocase(text, span_of(heads[i]))) return true;
    return false;
}

/* "in WinnipegEditing by": the line breaks of the desk's form were lost on the way; a stop goes
 * where two duties touch. */
struct span story_mend_credits(struct arena *a, struct span text)
{
    static const char *const duties[] = {
        "Editing by ", "Writing by ", "Additional reporting by ", "Compiled by "};
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n; i++) {
        char before = i ? text.p[i - 1] : ' ';
        bool glued = (before >= 'a' && before <= 'z') || before == '.' || before == ')' ||
                     (unsigned char)before >= 0x80;
        for (size_t k = 0; glued && k < COUNT(duties); k++)
            if (span_starts(span_cut(text, i, text.n), span_of(duties[k]))) {
                buf_lit(&b, "; ");
                break;
            }
        buf_char(&b, text.p[i]);
    }
    return buf_span(&b);
}

/* "(Adds quote) HARBOUR …" in one block: the note ends with its bracket. */
static struct span bracketed(struct span text)
{
    int depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        depth += text.p[i] == '(' ? 1 : text.p[i] == ')' ? -1 : 0;
        if (depth == 0) return span_cut(text, 0, i + 1);
    }
    return text;
}

/* The agency's words on what it changed, as they stand in the first paragraphs: "(Corrects name in
 * …)". */
static bool is_change_note(struct span text)
{
    static const char *const heads[] = {
        "(Corrects ",
        "(Corrected ",
        "(Refiles ",
        "(Refiling ",
        "(Adds ",
        "(Updates ",
        "(Recasts ",
        "(Repeats ",
        "(Removes ",
        "(Rewrites ",
        "(Fixes ",
        "(Clarifies ",
        "(Changes ",
    };
    if (starts_with_any(text, heads, COUNT(heads))) return true;
    if (!span_starts(text, S("(In ")) && !span_starts(text, S("(This "))) return false;
    return span_find_nocase(text, S(" correct")) > 0 || span_find_nocase(text, S(" refile")) > 0;
}

/* Its text ends with a bracket, and a stop at most. */
static bool closes_bracket(struct html block)
{
    size_t n = block.s.n;
    while (n) {
        char c = block.s.p[n - 1];
        if (c == ')') return true;
        if (c == '>') {
            while (n && block.s.p[n - 1] != '<') n--;
            if (!n || !span_starts(span_cut(block.s, n - 1, block.s.n), S("</"))) return false;
        } else if (c != ' ' && c != '\n' && c != '.') {
            return false;
        }
        n--;
    }
    return false;
}

/* "HARBOUR - It opened. (Corrects day)": the last bracket, with those in it. */
static struct span last_bracketed(struct span text)
{
    int depth = 0;
    size_t end = text.n;
    while (end && text.p[end - 1] != ')') end--;
    for (size_t i = end; i-- > 0;) {
        depth += text.p[i] == ')' ? 1 : text.p[i] == '(' ? -1 : 0;
        if (depth == 0) return span_cut(text, i, end);
    }
    return S("");
}

static struct span change_note_in(struct arena *a, struct html block)
{
    bool opens = opens_bracket(block);
    if (!opens && !closes_bracket(block)) return S("");
    struct span text = html_plain(a, block);
    if (opens && is_change_note(text)) return bracketed(text);
    text = last_bracketed(text);
    return is_change_note(text) ? text : S("");
}

/* One of the first blocks; a byline has text below it. True while bylines and notes go before the
 * text proper. */
static bool lift_block(
    struct arena *a, struct story *s, struct html block, struct span text, bool is_last)
{
    struct story_dateline line;
    if (!text.n || is_change_note(text)) return true;
    if (!span_starts(block.s, S("<p>"))) return false;
    if (!is_last && lift_is_byline(text)) {
        if (!s->byline.n) s->byline = finish_text(a, s, text, "byline");
        return true;
    }
    bool is_line = story_dateline(text, &s->provider, 1, &line);
    if (is_line && !s->dateline.n) s->dateline = finish_text(a, s, line.place, "dateline");
    if (line.agency_known && !s->creditline.n)
        s->creditline = finish_text(a, s, line.agency, "credit line");
    return false;
}

static void finish_body(struct arena *a, struct story *s)
{
    enum { FIRST_BLOCKS = 4 }; /* a note on changes stands at the head: after the byline at most */
    finish_body_size(a, s);
    if (!s->body_text.n && s->body.s.n) s->body_text = html_plain(a, s->body);
    s->paragraphs = count_paragraphs(s->body.s);
    struct html rest = s->body, block, last = {0};
    bool is_head = s->kind == KIND_TEXT && !(s->byline.n && s->dateline.n && s->creditline.n);
    for (int i = 0; (block = html_next_block(&rest)).s.n; i++) {
        if (span_starts(block.s, S("<figure "))) {
            i--;
            continue;
        }
        last = html_has_text(block) ? block : last;
        if (i >= FIRST_BLOCKS) continue;
        if (is_head) is_head = lift_block(a, s, block, html_plain(a, block), !rest.s.n);
        struct span note = s->change_note.n ? S("") : change_note_in(a, block);
        if (note.n) s->change_note = finish_text(a, s, note, "correction note");
    }
    struct span credits = story_credits_in(html_plain(a, last));
    if (credits.n) s->credits = finish_text(a, s, story_mend_credits(a, credits), "credits");
}

void story_finish(struct arena *a, struct story *s)
{
    s->guid = arena_keep(a, span_trim(s->guid));
    s->version = arena_keep(a, span_trim(s->version));
    finish_head(a, s);
    placed_finish(a, s);
    finish_lists(a, s);
    finish_change(a, s);
    finish_body(a, s);
}
