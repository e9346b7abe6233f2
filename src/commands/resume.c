/* resume: the brake is let go from the command line: what waits behind it is shown first, and
 * whoever goes on says what becomes of it. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
    RESUME_ASKS = 1, /* exit code: stories wait, and nobody has said what becomes of them */
    RESUME_TIMEOUT_MS = 10000,
};

static bool read_picks(struct arena *a, const char *text, struct pile_choice *c)
{
    struct span rest = span_of(text), id;
    story_id *list = ARENA_ARRAY(a, story_id, OFFICE_PILE_MAX);
    while (span_next(&rest, ',', &id)) {
        if (c->pick_count == OFFICE_PILE_MAX) return false;
        if (!story_id_read(span_trim(id), &list[c->pick_count++])) return false;
    }
    c->picks = list;
    return c->pick_count > 0;
}

static bool read_choice(
    struct arena *a, const char *publish, bool hold, struct pile_choice *c, const char **why)
{
    *c = (struct pile_choice){.what = hold ? PILE_HOLD : PILE_ASK};
    if (!publish) return true;
    c->what = strcmp(publish, "all") == 0 ? PILE_PUBLISH : PILE_PICK;
    *why = hold ? "--publish or --hold, one of them"
                : "--publish wants `all`, or the ids of stories with commas between them";
    return !hold && (c->what == PILE_PUBLISH || read_picks(a, publish, c));
}

/* Headlines are a stranger's: nothing in them moves a cursor. */
static int show_pile(struct house *h, struct office_eyes *e, const struct act *brake)
{
    struct held *pile;
    size_t count = 0;
    if (eyes_pile(e, brake->target, &pile, &count) != OK) return EX_IOERR;
    for (size_t i = 0; i < count; i++) {
        char since[25];
        utc_text(pile[i].since_ms / 1000 * 1000, since);
        printf("%.*s  %s  %.*s%s\n", FMT(story_id_text(e->a, pile[i].page)), since,
            FMT(text_plain(e->a, pile[i].headline)),
            pile_is_update(e, &pile[i]) ? "  (update of a public story)" : "");
    }
    fprintf(stderr,
        "broadsheet resume: %zu stories wait behind this brake, and nothing was changed; go on "
        "with: broadsheet resume %.*s --data %s --publish all, or --publish ID,ID… (the others are "
        "held), or --hold (all are held; updates of public stories go through)\n",
        count, FMT(brake->target), h->data);
    return RESUME_ASKS;
}

static int go_on(struct house *h, const struct act *acts, size_t n)
{
    struct office_done done;
    const struct act *brake = &acts[n - 1];
    int64_t from_us = clock_mono_us();
    if (!acts_done(h, acts, n, RESUME_TIMEOUT_MS, &done)) return EX_TEMPFAIL;
    if (n > 1) printf("%zu held\n", n - 1);
    printf("resume %.*s: done in %.1f ms (event %llu)\n", FMT(brake->target),
        (double)(clock_mono_us() - from_us) / 1000, (unsigned long long)done.pos);
    return EX_OK;
}

int resume_do(struct house *h, const struct act *act, const char *publish, bool hold)
{
    struct desk_visit v;
    struct pile_choice choice;
    struct act *acts = NULL, seen = *act;
    size_t n = 0;
    const char *why = NULL;
    if (!read_choice(h->arena, publish, hold, &choice, &why))
        return usage_error("resume", "%s", why);
    if (desk_visit_open(h, NULL, &v, &why) != OK) {
        fprintf(stderr, "broadsheet resume: %s\n", why);
        return EX_UNAVAILABLE;
    }
    int code = EX_USAGE;
    if (act_reaches(&v.eyes, &seen, &why) != REACHES_NOTHING) {
        why = pile_acts(&v.eyes, act, &choice, &acts, &n);
        code = !why ? EX_OK : choice.what == PILE_ASK ? show_pile(h, &v.eyes, act) : EX_DATAERR;
    }
    if (code != EX_OK && code != RESUME_ASKS)
        fprintf(stderr, "broadsheet resume %.*s: %s\n", FMT(act->target), why ? why : "");
    if (code == EX_OK) code = go_on(h, acts, n);
    desk_visit_close(&v);
    return code;
}
