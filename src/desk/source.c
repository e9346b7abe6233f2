/* source.c: does an item say of itself that it rests on one source? Agencies put it at the end of
 * the headline ("… -source", "…, source says"), or into a note. It is no reason to hold a story; it
 * does not lead the front by itself. Several sources are another thing. */
#include "decide.h"

enum { ATTRIBUTION_BYTES = 48 }; /* "-government source close to the talks" */

/* What stands behind the headline's last dash: one between words, not within one (open-source). */
static struct span attribution(struct span headline)
{
    static const char *const dashes[] = {" -", "\xe2\x80\x93", "\xe2\x80\x94"};
    struct span last = S("");
    for (size_t i = 0; i < headline.n; i++)
        for (size_t k = 0; k < COUNT(dashes); k++)
            if (span_starts(span_cut(headline, i, headline.n), span_of(dashes[k])))
                last = span_cut(headline, i + span_of(dashes[k]).n, headline.n);
    return last.n <= ATTRIBUTION_BYTES ? last : S("");
}

bool words_one_source(const struct story *s)
{
    static const char *const marks[] = {"single source", "singlesource", "one source"};
    if (words_has(attribution(s->headline), S("source"), false) ||
        words_has(s->headline, S("source says"), false) ||
        words_has(s->headline, S("source said"), false))
        return true;
    for (size_t k = 0; k < COUNT(marks); k++) {
        struct span mark = span_of(marks[k]);
        for (uint32_t i = 0; i < s->note_count; i++)
            if (words_has(s->notes[i].text, mark, false)) return true;
        for (uint32_t i = 0; i < s->keyword_count; i++)
            if (words_has(s->keywords[i], mark, false)) return true;
        for (uint32_t i = 0; i < s->signal_count; i++)
            if (words_has(s->signals[i], mark, false)) return true;
    }
    return false;
}
