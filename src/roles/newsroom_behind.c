/* newsroom_behind: what follows a publication in its own time: words into the search index,
 * pictures to the darkroom and what it made of them, cards of sections. */
#include "newsroom.h"

#include <string.h>

enum {
    WANTS_MAX = 4096, /* pictures that wait for the darkroom in memory; the store knows the rest */
    WANTS_AT_ONCE = 512, /* names looked through in one go */
    INDEX_AT_ONCE = 8,
    LOOK_LATER_MS = 2000,
};

static void ask_store_again(struct newsroom *n)
{
    n->want_more = true;
    n->want_after[0] = 0;
}

/* A list that is full is emptied first; then the store is asked who still waits. */
void newsroom_want(struct newsroom *n, struct span hex)
{
    struct want w;
    if (!hash_from_hex(hex, &w.blob)) return;
    if (n->want_count == WANTS_MAX) {
        ask_store_again(n);
        return;
    }
    if (!n->wanted) n->wanted = map_new(n->want_arena);
    if (map_get(n->wanted, hex)) return;
    w.hex = arena_keep(n->want_arena, hex);
    *map_at(n->wanted, w.hex) = n;
    *ARENA_PUSH(n->want_arena, n->wants, n->want_count, n->want_cap) = w;
}

static void forget_wants(struct newsroom *n)
{
    arena_reset(n->want_arena);
    n->wants = NULL;
    n->wanted = NULL;
    n->want_next = n->want_count = n->want_cap = 0;
}

static void look_not_now(struct newsroom *n)
{
    n->look_not_before_us = clock_mono_us() + LOOK_LATER_MS * INT64_C(1000);
}

/* Pictures that pages wait for and nobody has looked at: left over by a list that was full, or by a
 * newsroom before this one. Names are asked for in order, from where the last call ended. */
static void find_wants(struct newsroom *n)
{
    struct span names[WANTS_AT_ONCE];
    size_t count = 0;
    arena_reset(n->job);
    if (store_wanted_names(
            n->store, S(""), span_of(n->want_after), n->job, names, COUNT(names), &count) != OK) {
        look_not_now(n);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t w, h, forms;
        if (names[i].n == HASH_HEX && !store_picture(n->store, names[i], &w, &h, &forms))
            newsroom_want(n, names[i]);
    }
    n->want_more = count == COUNT(names);
    struct span last =
        n->want_more ? span_cut(names[count - 1], 0, sizeof n->want_after - 1) : S("");
    memcpy(n->want_after, last.n ? last.p : "", last.n);
    n->want_after[last.n] = 0;
}

/* ---- one thing at a time ---- */
static bool may_look(const struct newsroom *n)
{
    return clock_mono_us() >= n->look_not_before_us &&
           (!n->hooks.may_look || n->hooks.may_look(n->hooks.with));
}

static bool look_at_one(struct newsroom *n)
{
    if (!n->hooks.look || (!n->want_count && !n->want_more) || !may_look(n)) return false;
    if (n->want_next == n->want_count) { /* all is done: room for more */
        bool more = n->want_more;
        forget_wants(n);
        if (more) find_wants(n);
        return more;
    }
    struct want *w = &n->wants[n->want_next++];
    n->looked_card = false;
    struct span bytes;
    arena_reset(n->job);
    enum result r = ledger_blob(n->ledger, &w->blob, &bytes, n->job);
    if (r == OK)
        n->hooks.look(n->hooks.with, w->hex, bytes);
    else if (r != ERR_ABSENT && r != ERR_CORRUPT)
        newsroom_look_later(n);
    return true;
}

static bool ask_for_card(struct newsroom *n)
{
    if (!n->hooks.card || n->cards_asked > n->config->section_count || !may_look(n)) return false;
    n->looked_card = true;
    size_t i = n->cards_asked++;
    arena_reset(n->job);
    if (i == 0) {
        n->hooks.card(n->hooks.with, "card.jpg", n->config->tagline, S("#1d2b3a"));
        return true;
    }
    const struct config_section *s = &n->config->sections[i - 1];
    n->hooks.card(
        n->hooks.with, arena_printf(n->job, "card-%.*s.jpg", FMT(s->name)).p, s->title, s->colour);
    return true;
}

/* True: the last thing asked of the darkroom was a card, and is to be asked again. */
static bool unask_card(struct newsroom *n)
{
    if (!n->looked_card || !n->cards_asked) return false;
    n->cards_asked--;
    return true;
}

/* At once, and nothing before it: who counts how often the darkroom ends on it, counts in a row. */
void newsroom_look_again(struct newsroom *n)
{
    if (!unask_card(n) && !n->looked_card && n->want_next) n->want_next--;
}

void newsroom_file_missing(struct newsroom *n, struct span hex)
{
    uint32_t width, height, forms;
    if (!hex.n)
        n->cards_asked = 0;
    else if (store_picture(n->store, hex, &width, &height, &forms) && forms)
        newsroom_want(n, hex);
}

void newsroom_look_later(struct newsroom *n)
{
    if (!unask_card(n)) ask_store_again(n);
    look_not_now(n);
}

bool newsroom_behind(struct newsroom *n)
{
    bool more = false;
    if (store_index_some(n->store, clock_now_ms(), INDEX_AT_ONCE, &more) != OK) more = false;
    return more | look_at_one(n) | ask_for_card(n);
}

/* ---- what the darkroom made of it ---- */
static enum result write_rendition(struct newsroom *n, struct span hex, const char *what,
    enum picture_form form, struct span bytes)
{
    struct span path = arena_printf(
        n->job, "%s/%.*s-%s.%s", n->house->pictures, FMT(hex), what, picture_forms[form].ending);
    enum result r = bytes.n ? file_write_durable(path.p, bytes) : OK;
    if (r != OK) log_warn("%s cannot be written: the picture stays away until it can", path.p);
    return r;
}

static enum result write_renditions(
    struct newsroom *n, struct span hex, const struct picture_answer *p)
{
    for (size_t i = 0; i < p->made_count; i++)
        for (enum picture_form f = 0; f < PICTURE_FORMS; f++)
            TRY(write_rendition(
                n, hex, arena_printf(n->job, "%u", p->made[i].width).p, f, p->made[i].forms[f]));
    TRY(write_rendition(n, hex, "card", FORM_JPEG, p->card));
    for (size_t s = 0; s < PICTURE_SHAPES; s++)
        TRY(write_rendition(n, hex, picture_shapes[s].name, FORM_JPEG, p->shapes[s]));
    return OK;
}

static enum result keep_picture(struct newsroom *n, struct span hex, const struct picture_answer *p)
{
    TRY(write_renditions(n, hex, p));
    TRY(store_begin(n->store));
    enum result r = store_put_picture(n->store, hex, p->width, p->height, p->forms);
    if (r == OK) r = newsroom_touch_waiting(n, S(""), hex);
    if (r == OK) r = newsroom_decide_pages(n);
    if (r == OK) r = store_commit(n->store, n->position);
    if (r != OK) store_rollback(n->store);
    return r;
}

void newsroom_picture(struct newsroom *n, struct span hex, const struct picture_answer *p)
{
    newsroom_begin_job(n);
    if (!p->forms) log_warn("picture %.12s… is not shown: %.*s", hex.p, FMT(p->why));
    if (keep_picture(n, hex, p) != OK) newsroom_look_later(n);
    newsroom_bump_now(n);
}
