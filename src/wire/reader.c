/* reader.c: small helpers that several readers use: XML by local name, codes, contradicting times.
 * Never fatal. */
#include "copy.h"

#include <string.h>

struct span node_attr(const struct xml_node *n, const char *name)
{
    struct span value = n ? xml_attr(n, name) : (struct span){0}, wanted = span_of(name);
    const struct xml_attr *best = NULL;
    if (!n || value.p) return value;
    for (uint32_t i = 0; i < n->attr_count; i++)
        if (span_eq_nocase(n->attrs[i].name, wanted) &&
            (!best || memcmp(n->attrs[i].name.p, best->name.p, wanted.n) > 0))
            best = &n->attrs[i];
    return best ? best->value : value;
}

static struct xml_node *find_from(struct xml_node *n, const char *name)
{
    struct span wanted = span_of(name);
    while (n && (!n->name.n || (name && !span_eq_nocase(n->name, wanted)))) n = n->next;
    return n;
}

struct xml_node *kid(const struct xml_node *n, const char *name)
{
    return n ? find_from(n->first, name) : NULL;
}

struct xml_node *kid_after(const struct xml_node *n, const char *name)
{
    return n ? find_from(n->next, name) : NULL;
}

struct span kid_words(struct arena *a, const struct xml_node *n, const char *name)
{
    const struct xml_node *k = kid(n, name);
    return k ? xml_words(a, k) : (struct span){0};
}

struct xml_node *node_walk(const struct xml_node *top, const struct xml_node *n, bool into)
{
    if (into && n->first) return n->first;
    while (n != top && !n->next) n = n->parent;
    return n == top ? NULL : n->next;
}

bool code_is_uri(struct span s)
{
    return span_starts(s, S("http://")) || span_starts(s, S("https://"));
}

/* Where the scheme ends: the colon of a qcode, the last slash or hash of a URI; -1: there is none.
 */
static ptrdiff_t code_border(struct span s)
{
    if (!code_is_uri(s)) return span_find_char(s, ':');
    size_t i = s.n;
    while (i > 8 && s.p[i - 1] != '/' && s.p[i - 1] != '#') i--;
    return i > 8 ? (ptrdiff_t)i - 1 : -1;
}

struct span code_local(struct span qcode)
{
    ptrdiff_t border = code_border(qcode);
    return border < 0 ? qcode : span_cut(qcode, (size_t)border + 1, qcode.n);
}

struct span code_scheme(struct span qcode)
{
    ptrdiff_t border = code_border(qcode);
    return border < 0 ? (struct span){0}
                      : span_cut(qcode, 0, (size_t)border + (code_is_uri(qcode) ? 1 : 0));
}

void when_merge(struct arena *a, struct story *s, struct when *into, struct when next,
    uint32_t line, uint32_t column, const char *what)
{
    if (next.kind == WHEN_UNREADABLE) story_fault(a, s, line, column, "%s cannot be read", what);
    if (into->kind == WHEN_ABSENT) {
        *into = next;
    } else if (into->kind != next.kind || into->ms != next.ms) {
        story_fault(a, s, line, column, "%s is told twice, and differently", what);
        *into = (struct when){.kind = WHEN_UNREADABLE};
    }
}

void status_merge(struct arena *a, struct story *s, enum story_status next, struct span literal,
    uint32_t line, uint32_t column)
{
    bool told = s->status_literal.p != NULL, kills = next == STATUS_CANCELED;
    if (s->status == STATUS_CANCELED || (told && next == s->status)) return;
    if (told && s->status == STATUS_UNKNOWN && !kills) return;
    if (told) {
        story_fault(a, s, line, column, "the status is told twice, and differently");
        if (!kills) next = STATUS_UNKNOWN;
    }
    s->status = next;
    if (!told || kills) s->status_literal = literal.p ? literal : S("null");
}

void reader_order(struct arena *a, struct wire_result *out, const struct story *by,
    struct span guid, enum story_status status, struct span literal, uint32_t line, uint32_t column)
{
    struct story *s = story_new(a);
    s->guid = guid;
    s->provider = by->provider;
    s->kind = KIND_TEXT;
    s->status = status;
    s->status_literal = literal;
    s->version_created = by->version_created;
    story_fault(a, s, line, column, "an order in %.*s about another document",
        (int)(by->guid.n < 100 ? by->guid.n : 100), by->guid.p);
    reader_accept(a, out, s, line, column);
}

static struct span next_word(struct span *rest)
{
    struct span word = {0};
    while (!word.n && span_next(rest, ' ', &word)) word = span_trim(word);
    while (word.n &&
           (word.p[word.n - 1] == ':' || word.p[word.n - 1] == ',' || word.p[word.n - 1] == '.'))
        word.n--;
    return word;
}

void order_of_words(struct arena *a, struct story *s, struct span words, uint32_t line)
{
    words = text_fold(a, span_cut(words, 0, 200));
    if (copy_is_order(a, words))
        copy_hold(a, s, line, "its words to editors order a kill or a hold");
}

void change_of_words(struct arena *a, struct story *s, struct span words)
{
    enum { FIRST_WORDS = 2 }; /* "Eds: UPDATES …" */
    static const struct {
        const char *word, *signal;
    } changes[] = {
        {"CORRECTS", "sig:correction"},
        {"CORRECTED", "sig:correction"},
        {"CORRECTION", "sig:correction"},
        {"FIXES", "sig:correction"},
        {"UPDATES", "sig:update"},
        {"UPDATE", "sig:update"},
        {"ADDS", "sig:update"},
        {"RECASTS", "sig:update"},
        {"REWRITES", "sig:update"},
    };
    struct span rest = text_fold(a, span_cut(words, 0, 200));
    for (int i = 0; i < FIRST_WORDS; i++) {
        struct span word = next_word(&rest);
        for (size_t k = 0; k < COUNT(changes); k++)
            if (span_eq_nocase(word, span_of(changes[k].word)))
                story_add_signal(a, s, span_of(changes[k].signal));
        if (!span_eq_nocase(word, S("eds")) && !span_eq_nocase(word, S("editors"))) return;
    }
}

uint32_t pixels_of(struct span text)
{
    enum { PIXELS_MAX = 1000000 }; /* a side; more is no picture's */
    uint64_t v = 0;
    return span_to_u64(text, &v) && v <= PIXELS_MAX ? (uint32_t)v : 0;
}

struct span guid_of_content(struct arena *a, const struct story *s, struct span time)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_span(&b, s->headline);
    put_span(&b, time);
    put_span(&b, s->body.s);
    struct hash h = hash_of(buf_span(&b));
    return arena_printf(a, "urn:blake2b:%.*s", FMT(span_cut(hash_hex(a, &h), 0, 40)));
}
