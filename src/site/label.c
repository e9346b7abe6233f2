/* label: a name that was a tag and is a person's or a place's now: its page and its feeds answer
 * with the way there, while a public story has it; else nothing is known of it (E15). */
#include "site_private.h"

bool site_label_moved(struct site_hand *h, const struct site_ask *ask, const struct route *r,
    struct span path, struct site_answer *out)
{
    static const enum label_kind kinds[] = {LABEL_PERSON, LABEL_PLACE};
    static const char tag[] = "/tag/";
    struct span name;
    if (r->ask.list != LIST_TAG || !span_starts(path, span_of(tag))) return false;
    struct span rest = span_cut(path, sizeof tag - 1, path.n);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        enum list_kind list = label_list(kinds[i]);
        if (reader_tag_name(h->reader, list, r->ask.name, h->arena, &name) != OK) continue;
        site_moved(
            h, ask, arena_printf(h->arena, "/%s/%.*s", label_word(kinds[i]), FMT(rest)), out);
        return true;
    }
    return false;
}
