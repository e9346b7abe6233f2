/* pile.c: what waits behind a brake, and what becomes of it when the brake is let go: one rule for
 * browser, API and terminal. Nothing of it is published that nobody has chosen. */
#include "office.h"

static bool is_chosen(const struct pile_choice *c, story_id page)
{
    for (size_t i = 0; i < c->pick_count; i++)
        if (c->picks[i] == page) return true;
    return false;
}

static const char *may_go(const struct pile_choice *c, size_t count)
{
    if (c->what == PILE_ASK && count) return "stories wait behind this brake: nothing was changed";
    bool one_by_one = c->what == PILE_HOLD || c->what == PILE_PICK;
    return one_by_one && count > OFFICE_PILE_MAX
               ? "more wait than can be held one by one: go on section by section"
               : NULL;
}

/* Of what was picked and does not wait any more nobody is told that it was published. */
static const char *all_wait(const struct pile_choice *c, const struct held *pile, size_t count)
{
    for (size_t i = 0; c->what == PILE_PICK && i < c->pick_count; i++) {
        bool waits = false;
        for (size_t k = 0; k < count; k++) waits |= pile[k].page == c->picks[i];
        if (!waits) return "a story that was picked does not wait behind this brake";
    }
    return NULL;
}

bool pile_is_update(struct office_eyes *e, const struct held *h)
{
    struct arena *row = arena_new(OFFICE_STORY_ARENA);
    bool is_public = eyes_is_public(e, row, h->page);
    arena_free(row);
    return is_public;
}

const char *pile_acts(struct office_eyes *e, const struct act *brake, const struct pile_choice *c,
    struct act **out, size_t *n)
{
    struct held *pile = NULL;
    size_t count = 0;
    if (c->what != PILE_PUBLISH && eyes_pile(e, brake->target, &pile, &count) != OK)
        return "what waits cannot be read now: nothing was changed; try again";
    const char *why = may_go(c, count);
    if (!why) why = all_wait(c, pile, count);
    if (why) return why;
    struct act *acts = ARENA_ARRAY(e->a, struct act, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (is_chosen(c, pile[i].page) || pile_is_update(e, &pile[i])) continue;
        acts[(*n)++] = (struct act){
            .kind = ACT_HOLD, .story = pile[i].page, .by = brake->by, .via = brake->via};
    }
    acts[(*n)++] = *brake;
    *out = acts;
    return NULL;
}

void pile_json(struct office_eyes *e, const struct held *pile, size_t count, struct json_out *o)
{
    json_open(o, "pile", '[');
    for (size_t i = 0; i < count && i < OFFICE_PILE_MAX; i++) {
        char since[25];
        utc_text(pile[i].since_ms / 1000 * 1000, since);
        json_open(o, NULL, '{');
        json_string(o, "id", story_id_text(e->a, pile[i].page));
        json_string(o, "headline", pile[i].headline);
        json_string(o, "feed", pile[i].feed);
        json_string(o, "since", span_of(since));
        json_bool(o, "update", pile_is_update(e, &pile[i]));
        json_close(o, '}');
    }
    json_close(o, ']');
    json_number(o, "waiting", (int64_t)count);
}
