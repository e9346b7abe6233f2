/* rehearse_comment: a reader comments as a browser does: the form, the look at what it will stand
 * like, two seconds of the scenario's clock to read it, and the sending. */
#include "rehearse.h"

#include <string.h>

static struct span value_of(struct span page, const char *before)
{
    ptrdiff_t at = span_find(page, span_of(before));
    if (at < 0) return S("");
    struct span rest = span_cut(page, (size_t)at + strlen(before), page.n);
    ptrdiff_t end = span_find_char(rest, '"');
    return end < 0 ? S("") : span_cut(rest, 0, (size_t)end);
}

static struct span form_of(
    struct play *p, struct span name, struct span text, struct span stamp, struct span trap)
{
    return arena_printf(p->step_arena, "name=%.*s&text=%.*s&stamp=%.*s&website=%.*s",
        FMT(url_escape(p->step_arena, name)), FMT(url_escape(p->step_arena, text)),
        FMT(url_escape(p->step_arena, stamp)), FMT(url_escape(p->step_arena, trap)));
}

bool step_comment(struct play *p, const struct step *s)
{
    struct answer answer = {0};
    struct span guid = json_text(s->value, "story"), name = json_text(s->value, "name"),
                text = json_text(s->value, "text"), trap = json_text(s->value, "website");
    int64_t want = 303;
    int status = 0;
    (void)span_to_i64(json_text(s->value, "status"), &want);
    if (!guid.n) return troubled(p, "“story” is missing");
    struct span target =
        arena_printf(p->step_arena, "%.*s/comments", FMT(story_target(p, guid, &status)));
    p->stage->comment(p, target, form_of(p, name, text, S(""), trap), &answer);
    struct span stamp = value_of(answer.body, "name=\"stamp\" value=\"");
    if (answer.status == 200 && stamp.n) {
        stamp = arena_keep(p->step_arena, stamp);
        if (!play_move(p, p->now_ms - p->shift_ms + COMMENT_QUICK_MS)) return false;
        p->stage->comment(p, target, form_of(p, name, text, stamp, trap), &answer);
    }
    held(p, answer.status == want, "the comment was answered %d, not %lld", answer.status,
        (long long)want);
    return true;
}

/* The id of the comment that holds these words: scenarios cannot know ids. */
struct span comment_with(struct play *p, struct span guid, struct span words)
{
    struct stored_comment *list;
    size_t count = 0;
    story_id page = id_of(p, guid), known;
    struct span id = S("");
    struct store *store = p->stage->store(p, p->step_arena);
    if (!store) return id;
    if (store_page_of(store, page, &known) == OK) page = known;
    if (store_comments(store, page, p->step_arena, &list, &count) != OK) count = 0;
    for (size_t i = 0; i < count; i++)
        if (span_find(list[i].text, words) >= 0) id = list[i].id;
    p->stage->store_done(p, store);
    return id;
}
