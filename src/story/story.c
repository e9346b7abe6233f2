/* story.c: makes a story and fills its lists. Owns the names of kinds, states and changes, and the
 * limits on lists. Never fails: what is over a limit is left out, once with a fault. Fatal:
 * nothing. */
#include "story.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
    [KIND_TEXT] = "text",
    [KIND_PICTURE] = "picture",
    [KIND_GRAPHIC] = "graphic",
    [KIND_VIDEO] = "video",
    [KIND_AUDIO] = "audio",
    [KIND_COMPOSITE] = "composite",
    [KIND_PACKAGE] = "package",
    [KIND_CONCEPT] = "concept",
    [KIND_PLANNING] = "planning",
    [KIND_KNOWLEDGE] = "knowledge",
    [KIND_CATALOG] = "catalog",
    [KIND_ADVISORY] = "advisory",
    [KIND_UNKNOWN] = "unknown",
};

static const char *const status_names[] = {
    [STATUS_USABLE] = "usable",
    [STATUS_WITHHELD] = "withheld",
    [STATUS_CANCELED] = "canceled",
    [STATUS_UNKNOWN] = "unknown",
};

static const char *const change_names[] = {
    [CHANGE_NONE] = "none",
    [CHANGE_UPDATE] = "update",
    [CHANGE_REPEAT] = "repeat",
    [CHANGE_REFILE] = "refile",
    [CHANGE_CORRECTION] = "correction",
};

const char *story_kind_name(enum story_kind k)
{
    return kind_names[k];
}

enum story_kind story_kind_of(struct span local_name)
{
    static const struct {
        const char *name;
        enum story_kind kind;
    } others[] = {
        {"newscoverage", KIND_PLANNING},
        {"event", KIND_CONCEPT},
        {"animated", KIND_GRAPHIC},
        {"photo", KIND_PICTURE},
        {"image", KIND_PICTURE},
    };
    for (size_t i = 0; i < COUNT(kind_names); i++)
        if (span_eq_nocase(local_name, span_of(kind_names[i]))) return (enum story_kind)i;
    for (size_t i = 0; i < COUNT(others); i++)
        if (span_eq_nocase(local_name, span_of(others[i].name))) return others[i].kind;
    return KIND_UNKNOWN;
}

const char *story_status_name(enum story_status s)
{
    return status_names[s];
}

enum story_status story_status_of(struct span local_name)
{
    for (size_t i = 0; i < COUNT(status_names); i++)
        if (span_eq(local_name, span_of(status_names[i]))) return (enum story_status)i;
    return STATUS_UNKNOWN;
}

const char *story_change_name(enum story_change c)
{
    return change_names[c];
}

struct story *story_new(struct arena *a)
{
    return ARENA_NEW(a, struct story);
}

/* Lists grow at powers of two, so that the count alone tells whether there is room. */
static void *list_room(struct arena *a, void *list, uint32_t count, size_t item_bytes)
{
    if (count & (count - 1)) return list;
    void *grown = arena_alloc(a, item_bytes * (count ? (size_t)count * 2 : 1));
    if (count) memcpy(grown, list, item_bytes * count);
    return grown;
}
#define LIST_ADD(a, list, count)                                                                   \
    ((list) = list_room((a), (list), (count), sizeof *(list)), &(list)[(count)++])

void story_fault(
    struct arena *a, struct story *s, uint32_t line, uint32_t column, const char *fmt, ...)
{
    if (s->fault_count >= STORY_LIST_MAX) return;
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t length = n < 0 ? 0 : n < (int)sizeof text ? (size_t)n : sizeof text - 1;
    struct fault *f = LIST_ADD(a, s->faults, s->fault_count);
    *f = (struct fault){.line = line, .column = column};
    f->what = text_plain(a, (struct span){text, length});
}

/* True where a list has no room left; the first refusal is told in a fault. */
static bool list_over(
    struct arena *a, struct story *s, uint32_t count, uint32_t max, const char *what)
{
    if (count < max) return false;
    struct span last = s->fault_count ? s->faults[s->fault_count - 1].what : (struct span){0};
    if (!span_starts(last, S("too many ")))
        story_fault(a, s, 0, 0, "too many %s: only the first %u are kept", what, max);
    return true;
}

static bool list_full(struct arena *a, struct story *s, uint32_t count, const char *what)
{
    return list_over(a, s, count, STORY_LIST_MAX, what);
}

/* IPTC's vocabularies by URI, under the alias that newsrooms know them by. */
static const struct {
    const char *uri, *alias;
} iptc_schemes[] = {
    {"http://cv.iptc.org/newscodes/mediatopic/", "medtop"},
    {"http://cv.iptc.org/newscodes/subjectcode/", "subj"},
    {"http://cv.iptc.org/newscodes/genre/", "genre"},
};

static bool is_subject_code(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n == 8;
}

static void subject_split(struct subject *j)
{
    struct span l = j->literal;
    for (size_t i = 0; i < COUNT(iptc_schemes); i++) {
        struct span uri = span_of(iptc_schemes[i].uri);
        if (!span_starts(l, uri)) continue;
        j->scheme = span_of(iptc_schemes[i].alias);
        j->code = span_cut(l, uri.n, l.n);
        return;
    }
    j->code = l;
    if (is_subject_code(
            l)) { /* ninjs 1.x: IPTC subject codes stand bare; medtop numbers begin with 2 */
        j->scheme = l.p[0] == '2' ? S("medtop") : S("subj");
        return;
    }
    bool is_url = span_starts(l, S("http://")) || span_starts(l, S("https://"));
    for (size_t i = 0; i < l.n; i++) {
        bool cut = is_url ? l.p[i] == '/' || l.p[i] == '#' : l.p[i] == ':';
        if (!cut) continue;
        j->scheme = span_cut(l, 0, i);
        j->code = span_cut(l, i + 1, l.n);
        if (!is_url) return;
    }
}

void story_add_subject(
    struct arena *a, struct story *s, enum subject_kind kind, struct span literal, struct span name)
{
    literal = span_trim(literal);
    if (literal.n > STORY_TEXT_MAX || (!literal.n && !span_trim(name).n)) return;
    if (list_full(a, s, s->subject_count, "subjects")) return;
    for (uint32_t i = 0; i < s->subject_count; i++) {
        struct subject *old = &s->subjects[i];
        if (old->kind == kind && span_eq(old->literal, literal) &&
            (literal.n || span_eq(old->name, name)))
            return;
    }
    struct subject *j = LIST_ADD(a, s->subjects, s->subject_count);
    *j = (struct subject){
        .kind = kind, .literal = arena_keep(a, literal), .name = arena_keep(a, name)};
    subject_split(j);
}

static bool list_holds(const struct span *list, uint32_t count, struct span text)
{
    for (uint32_t i = 0; i < count; i++)
        if (span_eq(list[i], text)) return true;
    return false;
}

void story_add_keyword(struct arena *a, struct story *s, struct span text)
{
    text = text_fold(a, text);
    if (!text.n || list_full(a, s, s->keyword_count, "keywords") ||
        list_holds(s->keywords, s->keyword_count, text))
        return;
    *LIST_ADD(a, s->keywords, s->keyword_count) = arena_keep(a, text);
}

static bool is_digit_at(struct span s, size_t i)
{
    return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* "10,000": digits before, and three behind. */
static bool is_in_number(struct span s, size_t comma)
{
    return comma && is_digit_at(s, comma - 1) && is_digit_at(s, comma + 1) &&
           is_digit_at(s, comma + 2) && is_digit_at(s, comma + 3) && !is_digit_at(s, comma + 4);
}

bool story_next_keyword(struct span *rest, struct span *word_out)
{
    size_t i = 0;
    if (!rest->n) return false;
    while (i < rest->n && (rest->p[i] != ',' || is_in_number(*rest, i))) i++;
    *word_out = span_trim(span_cut(*rest, 0, i));
    *rest = span_cut(*rest, i + 1, rest->n);
    return true;
}

void story_add_signal(struct arena *a, struct story *s, struct span text)
{
    text = span_trim(text);
    if (!text.n || list_full(a, s, s->signal_count, "signals") ||
        list_holds(s->signals, s->signal_count, text))
        return;
    *LIST_ADD(a, s->signals, s->signal_count) = arena_keep(a, text);
}

enum {
    SERIAL_LINE_MAX = 32,  /* bytes of a line's name: letters of a service, a product's code */
    SERIAL_DIGITS_MAX = 6, /* IPTC 7901 writes four; dates and keys of databases are longer */
};

void story_set_serial(struct arena *a, struct story *s, struct span line, struct span digits)
{
    uint64_t n = 0;
    line = span_trim(line);
    if (digits.n > SERIAL_DIGITS_MAX || !span_to_u64(digits, &n) || !n) return;
    if (line.n > SERIAL_LINE_MAX) return;
    s->serial = arena_printf(a, "%.*s%s%.*s", FMT(line), line.n ? " " : "", FMT(digits));
}

void story_add_note(
    struct arena *a, struct story *s, struct span role, struct span text, bool public_text)
{
    text = text_fold(a, text);
    if (!text.n || list_full(a, s, s->note_count, "notes")) return;
    struct note *n = LIST_ADD(a, s->notes, s->note_count);
    *n = (struct note){.role = arena_keep(a, span_trim(role)),
        .text = arena_keep(a, text),
        .public_text = public_text};
}

void story_add_usage(struct arena *a, struct story *s, struct span text)
{
    text = text_fold(a, text);
    if (!text.n || list_full(a, s, s->usage_count, "usage terms")) return;
    *LIST_ADD(a, s->usage, s->usage_count) = arena_keep(a, text);
}

void story_add_hop(struct arena *a, struct story *s, struct span party)
{
    party = text_fold(a, party);
    if (!party.n || party.n > STORY_TEXT_MAX || list_full(a, s, s->hop_count, "hops") ||
        list_holds(s->hops, s->hop_count, party))
        return;
    *LIST_ADD(a, s->hops, s->hop_count) = arena_keep(a, party);
}

static enum link_rel link_rel_of(struct span rel)
{
    static const struct {
        const char *name;
        enum link_rel rel;
    } names[] = {
        {"prevVersion", LINK_PREVIOUS},
        {"previousVersion", LINK_PREVIOUS},
        {"derivedFrom", LINK_DERIVED},
        {"evolvedFrom", LINK_EVOLVED},
        {"replaces", LINK_REPLACES},
        {"replacing", LINK_REPLACES},
        {"seeAlso", LINK_SEE_ALSO},
    };
    ptrdiff_t colon = span_find_char(rel, ':');
    struct span local = colon < 0 ? rel : span_cut(rel, (size_t)colon + 1, rel.n);
    for (size_t i = 0; i < COUNT(names); i++)
        if (span_eq_nocase(local, span_of(names[i].name))) return names[i].rel;
    return LINK_OTHER;
}

void story_add_link(
    struct arena *a, struct story *s, struct span rel, struct span guid, struct span version)
{
    guid = span_trim(guid);
    if (!guid.n || list_full(a, s, s->link_count, "links")) return;
    struct link *l = LIST_ADD(a, s->links, s->link_count);
    *l = (struct link){.rel = link_rel_of(rel),
        .guid = arena_keep(a, guid),
        .version = arena_keep(a, span_trim(version)),
        .literal_rel = arena_keep(a, span_trim(rel))};
}

void story_add_member(struct arena *a, struct story *s, struct member m)
{
    m.guid = span_trim(m.guid);
    if (!m.guid.n || m.guid.n > STORY_TEXT_MAX || span_eq(m.guid, s->guid)) return;
    for (uint32_t i = 0; i < s->member_count; i++)
        if (span_eq(s->members[i].guid, m.guid)) return;
    if (list_over(a, s, s->member_count, STORY_MEMBERS_MAX, "members")) return;
    if (m.choice > STORY_MEMBERS_MAX) m.choice = m.branch = 0; /* more choices than members */
    m.guid = arena_keep(a, m.guid);
    m.group = arena_keep(a, span_trim(m.group));
    *LIST_ADD(a, s->members, s->member_count) = m;
}

struct picture *story_add_picture(struct arena *a, struct story *s)
{
    if (list_over(a, s, s->picture_count, STORY_PICTURES_MAX, "pictures"))
        return ARENA_NEW(a, struct picture); /* filled and forgotten */
    struct picture *p = LIST_ADD(a, s->pictures, s->picture_count);
    *p = (struct picture){0};
    return p;
}

void picture_add_rendition(struct arena *a, struct picture *p, struct rendition r)
{
    r.href = span_trim(r.href);
    if (!r.href.n || r.href.n > STORY_TEXT_MAX || p->rendition_count >= STORY_PICTURES_MAX) return;
    r.href = arena_keep(a, r.href);
    r.type = arena_keep(a, span_trim(r.type));
    r.role = arena_keep(a, span_trim(r.role));
    *LIST_ADD(a, p->renditions, p->rendition_count) = r;
}

struct span story_file_name(struct span href)
{
    size_t cut = href.n;
    if (span_find(href, S("://")) >= 0) return href;
    while (cut && href.p[cut - 1] != '/') cut--;
    return span_cut(href, cut, href.n);
}
