/* topic_names.c: what IPTC's Media Topics are called, in every language that IPTC has: wires send a
 * code alone, readers want a word. Owns the table, made by make_topic_names.py from IPTC's own list
 * (CC BY 4.0); what came later than it has no name. Read-only, shared by all processes. */
#include "decide.h"

#include "topic_names_table.h"

/* The part of a row that is in a language, or empty. */
static struct span name_in(const char *names, int language)
{
    struct span rest = span_of(names);
    for (int i = 0; i < language; i++) {
        ptrdiff_t bar = span_find_char(rest, '|');
        if (bar < 0) return (struct span){0};
        rest = span_cut(rest, (size_t)bar + 1, rest.n);
    }
    ptrdiff_t end = span_find_char(rest, '|');
    return span_cut(rest, 0, end < 0 ? rest.n : (size_t)end);
}

/* The whole tag, else its language: "de-AT" is de, "en-AU" en-GB, "pt" pt-PT (RFC 4647, 3.4, and
 * of two that fit the one on which the other leans). */
static int language_of(struct span tag)
{
    ptrdiff_t dash = span_find_char(tag, '-');
    struct span head = dash < 0 ? tag : span_cut(tag, 0, (size_t)dash);
    int best = -1;
    if (span_eq_nocase(head, S("no"))) head = S("nb");
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct span own = span_of(languages[i].tag);
        if (span_eq_nocase(own, tag)) return (int)i;
        if (languages[i].leans_on < 0 && head.n && span_starts_nocase(own, head) &&
            (own.n == head.n || own.p[head.n] == '-'))
            best = (int)i;
    }
    return best;
}

static const char *names_of(uint32_t code)
{
    size_t low = 0, high = COUNT(topics);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (topics[mid].code < code)
            low = mid + 1;
        else
            high = mid;
    }
    return low < COUNT(topics) && topics[low].code == code ? topics[low].names : NULL;
}

struct span desk_topic_name(const struct subject *j, struct span language)
{
    struct topic_ref ref = topic_ref(j->scheme, j->code);
    if (j->name.n || ref.kind != TOPIC_MEDIA) return j->name;
    return topic_name(ref.code, language);
}

struct span topic_name(uint32_t code, struct span language)
{
    const char *names = names_of(code);
    struct span name = {0};
    for (int i = language_of(language); names && i >= 0 && !name.n; i = languages[i].leans_on)
        name = name_in(names, i);
    return names && !name.n ? name_in(names, 0) : name;
}
