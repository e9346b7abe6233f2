/* plain_label.c: the lines of a plain text that say something of it: "STATUS: withheld", "KILL",
 * "EMBARGOED UNTIL …". Owns the table of labels, and what holds because it is told twice and
 * differently. Never fatal. */
#include <string.h>

#include "clock.h"
#include "plain.h"

enum { LABEL_MAX = 24 }; /* bytes of "notes to editors" before its colon, with room */

struct plain plain_of(struct arena *a, struct story *s)
{
    struct plain p = {.a = a, .s = s};
    buf_init(&p.body, a, 0);
    return p;
}

static const struct {
    const char *name;
    enum label label;
} labels[] = {
    {"headline", LABEL_HEADLINE},
    {"title", LABEL_HEADLINE},
    {"titel", LABEL_HEADLINE},
    {"titre", LABEL_HEADLINE},
    {"slug", LABEL_SLUG},
    {"slugline", LABEL_SLUG},
    {"stichwort", LABEL_SLUG},
    {"byline", LABEL_BYLINE},
    {"author", LABEL_BYLINE},
    {"autor", LABEL_BYLINE},
    {"dateline", LABEL_DATELINE},
    {"embargo", LABEL_EMBARGO},
    {"embargoed until", LABEL_EMBARGO},
    {"sperrfrist", LABEL_EMBARGO},
    {"expires", LABEL_EXPIRES},
    {"urgency", LABEL_URGENCY},
    {"priority", LABEL_URGENCY},
    {"id", LABEL_ID},
    {"guid", LABEL_ID},
    {"item id", LABEL_ID},
    {"story id", LABEL_ID},
    {"version", LABEL_VERSION},
    {"date", LABEL_CREATED},
    {"time", LABEL_CREATED},
    {"created", LABEL_CREATED},
    {"language", LABEL_LANGUAGE},
    {"copyright", LABEL_COPYRIGHT},
    {"credit", LABEL_CREDIT},
    {"source", LABEL_CREDIT},
    {"status", LABEL_STATUS},
    {"summary", LABEL_SUMMARY},
    {"keywords", LABEL_KEYWORDS},
    {"tags", LABEL_KEYWORDS},
    {"usage", LABEL_USAGE},
    {"usage terms", LABEL_USAGE},
    {"note to editors", LABEL_NOTE},
    {"notes to editors", LABEL_NOTE},
    {"editor's note", LABEL_NOTE},
    {"editors' note", LABEL_NOTE},
    {"editors", LABEL_NOTE},
    {"eds", LABEL_NOTE},
    {"correction", LABEL_CHANGE},
    {"update", LABEL_CHANGE},
};

enum label plain_label(struct span line, struct span *value_out)
{
    ptrdiff_t colon = span_find_char(line, ':');
    if (colon <= 0 || colon > LABEL_MAX) return LABEL_NONE;
    struct span name = span_trim(span_cut(line, 0, (size_t)colon));
    *value_out = span_trim(span_cut(line, (size_t)colon + 1, line.n));
    for (size_t i = 0; i < COUNT(labels); i++)
        if (span_eq_nocase(name, span_of(labels[i].name))) return labels[i].label;
    return LABEL_NONE;
}

static struct when time_of(struct span text)
{
    struct when t = when_iso(text);
    return t.kind == WHEN_UNREADABLE ? when_rfc822(text) : t;
}

static void add_keywords(struct arena *a, struct story *s, struct span list)
{
    struct span word;
    while (story_next_keyword(&list, &word)) story_add_keyword(a, s, word);
}

/* Told twice and differently it is unknown, unless one is a kill. What something else holds already
 * no word frees. */
static void take_status(struct plain *p, struct span word, uint32_t line)
{
    struct story *s = p->s;
    char *small = arena_cstr(p->a, word);
    for (size_t i = 0; i < word.n; i++)
        if (small[i] >= 'A' && small[i] <= 'Z') small[i] = (char)(small[i] | 0x20);
    enum story_status status = story_status_of((struct span){small, word.n});
    bool differs = p->status.p && !span_eq_nocase(p->status, word);
    if (differs) story_fault(p->a, s, line, 1, "the status is told twice, and differently");
    if (status == STATUS_UNKNOWN) story_fault(p->a, s, line, 1, "unknown status");
    p->status = word;
    if (!s->status_literal.n || status == STATUS_CANCELED) s->status_literal = word;
    if (status == STATUS_CANCELED)
        s->status = STATUS_CANCELED;
    else if (differs && s->status != STATUS_CANCELED)
        s->status = STATUS_UNKNOWN;
    else if (s->status == STATUS_USABLE)
        s->status = status;
}

/* told: the value that an earlier label gave. */
static void take_once(struct plain *p, struct span *into, struct span *told, struct span v,
    const char *what, uint32_t line)
{
    if (told->n && !span_eq(*told, v))
        copy_hold(
            p->a, p->s, line, arena_printf(p->a, "the %s is told twice, and differently", what).p);
    *into = *told = v;
}

static void put_order(struct plain *p, struct span words)
{
    if (!p->order.n) p->order = words;
    copy_block(&p->body, p->a, words);
}

void plain_hear(struct plain *p, struct span headline, uint32_t line)
{
    if (copy_is_order(p->a, headline) && copy_say(p->a, p->s, headline, COPY_LINE, line))
        p->order = headline;
    copy_embargo(p->a, p->s, headline, line);
}

bool plain_say(struct plain *p, struct span words, uint32_t line)
{
    if (!words.n) return false;
    if (copy_is_order(p->a, words)) {
        if (copy_say(p->a, p->s, words, COPY_LINE, line)) put_order(p, words);
    } else if (copy_embargo(p->a, p->s, words, line)) {
        story_add_note(p->a, p->s, S("embargo"), words, false);
    } else if (span_eq_nocase(words, S("for immediate release"))) {
        story_add_note(p->a, p->s, S("head"), words, false);
    } else {
        return false;
    }
    return true;
}

void plain_take(struct plain *p, enum label label, struct span v, struct span whole, uint32_t line)
{
    struct arena *a = p->a;
    struct story *s = p->s;
    uint64_t n = 0;
    switch (label) {
    case LABEL_NONE: break;
    case LABEL_HEADLINE:
        s->headline = v;
        plain_hear(p, v, line);
        break;
    case LABEL_SLUG:
        s->slugline = v;
        plain_hear(p, v, line);
        break;
    case LABEL_SUMMARY:
        if (!plain_say(p, v, line)) s->abstract = v;
        break;
    case LABEL_BYLINE: s->byline = v; break;
    case LABEL_DATELINE: s->dateline = v; break;
    case LABEL_EMBARGO: when_merge(a, s, &s->embargo, time_of(v), line, 1, "the embargo"); break;
    case LABEL_EXPIRES: when_merge(a, s, &s->expires, time_of(v), line, 1, "the expiry"); break;
    case LABEL_URGENCY:
        if (span_to_u64(v, &n) && n >= 1 && n <= 9) s->urgency = (uint32_t)n;
        break;
    case LABEL_ID: take_once(p, &s->guid, &p->id, v, "identifier", line); break;
    case LABEL_VERSION: take_once(p, &s->version, &p->version, v, "version", line); break;
    case LABEL_CREATED: s->version_created = time_of(v); break;
    case LABEL_LANGUAGE: s->language = v; break;
    case LABEL_COPYRIGHT: s->copyright = v; break;
    case LABEL_CREDIT: s->creditline = v; break;
    case LABEL_STATUS: take_status(p, v, line); break;
    case LABEL_KEYWORDS: add_keywords(a, s, v); break;
    case LABEL_USAGE: story_add_usage(a, s, v); break;
    case LABEL_NOTE:
        if (copy_say(a, s, v, COPY_NOTE, line)) put_order(p, v);
        break;
    case LABEL_CHANGE:
        if (copy_say(a, s, whole, COPY_LINE, line)) put_order(p, whole);
        break;
    }
}
