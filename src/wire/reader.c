/* reader.c: small helpers that several readers use: XML by local name, codes, contradicting times.
 * Never fatal. */
#include "reader.h"

bool node_is(const struct xml_node *n, const char *name)
{
    return n->name.n && (!name || span_eq_nocase(n->name, span_of(name)));
}

struct span node_attr(const struct xml_node *n, const char *name)
{
    return n ? xml_attr(n, name) : (struct span){0};
}

static struct xml_node *find_from(struct xml_node *n, const char *name)
{
    while (n && !node_is(n, name)) n = n->next;
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
