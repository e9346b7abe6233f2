/* corrective.c: C14: a corrective: an item of its own that says what was wrong in an earlier story
 * and replaces nothing. It is told by its words, for it has no field of its own; its page and the
 * story's link to each other. Never finds the story itself. */
#include "decide.h"

static bool begins_with(struct span text, struct span words)
{
    return words_at(span_trim(text), words, true) > 0;
}

static bool ends_with_word(struct span text, struct span word)
{
    text = span_trim(text);
    return span_ends(text, word) && text.n > word.n && text.p[text.n - word.n - 1] == ' ';
}

/* AP: "Correction: Bridge-Closing story". In capitals it is a tag, and the story itself again. */
static bool is_ap_form(const struct story *s, struct span slug)
{
    if (!span_starts(s->headline_raw, S("Correction: "))) return false;
    return ends_with_word(s->headline_raw, S("story")) ||
           ends_with_word(s->headline_raw, S("stories")) || words_has(slug, S("correction"), false);
}

bool desk_is_corrective(const struct story *s)
{
    if (s->kind != KIND_TEXT && s->kind != KIND_COMPOSITE && s->kind != KIND_UNKNOWN) return false;
    if (span_find(s->headline_tag, S("CORRECTIVE")) >= 0) return true;
    if (begins_with(s->headline_raw, S("CORRECTIVE")) ||
        begins_with(s->headline_raw, S("Corrective")))
        return true;
    if (words_has(s->slugline, S("corrective"), false) || is_ap_form(s, s->slugline)) return true;
    for (uint32_t i = 0; i < s->subject_count; i++)
        if (s->subjects[i].kind == SUBJECT_GENRE &&
            (span_eq_nocase(s->subjects[i].code, S("corrective")) ||
                span_eq_nocase(s->subjects[i].name, S("corrective"))))
            return true;
    return false;
}
