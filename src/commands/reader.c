/* reader: what is kept of one reader, for him, and its erasure: comments, and complaints to the
 * grievance officer. Names are not persons: whoever shares one shares what is found by it; a
 * comment's id means one comment, an e-mail address those that were confirmed from there. What is
 * erased leaves the pages at once, then the ledger (its place and chain stay), then, by building
 * them again, all derived tables; what waits to be confirmed, the address and a complaint's words
 * leave at once. Backups are not reached. */
#include "commands.h"
#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    EVENTS_AT_ONCE = 64,
    WHO_MAX = 200,
    APPLY_WAIT_MS = 10000,
    APPLY_LOOK_US = 20000,
    READER_ARENA = 256 << 20,
};

struct about { /* one comment, and each event about it */
    story_id story;
    struct span id;
    uint64_t *events;
    size_t count, cap;
};
struct search {
    struct house house;
    struct ledger *ledger;
    struct readers *readers;      /* NULL: nobody has ever been asked to confirm */
    struct reader_comment *aside; /* what is known of addresses, of these comments */
    size_t aside_count, aside_cap;
    struct arena *a, *scratch;
    const char *who[WHO_MAX];
    size_t who_count;
    struct about *list;
    size_t count, cap;
    struct map *known; /* by id: place in list, from 1 */
    struct complaint *complaints;
    size_t complaint_count;
};

/* ---- what there is ---- */
static bool is_wanted(const struct search *s, const struct comment *c)
{
    for (size_t i = 0; i < s->who_count; i++)
        if (span_eq(span_of(s->who[i]), c->name) || span_eq(span_of(s->who[i]), c->id)) return true;
    for (size_t i = 0; i < s->aside_count; i++)
        if (span_eq(s->aside[i].id, c->id)) return true;
    return false;
}

static struct about *about_of(struct search *s, const struct comment *c, story_id story)
{
    uintptr_t at = (uintptr_t)map_get(s->known, c->id);
    if (at) return &s->list[at - 1];
    if (c->word != COMMENT_SAID || !is_wanted(s, c)) return NULL;
    struct about *b = ARENA_PUSH(s->a, s->list, s->count, s->cap);
    *b = (struct about){.story = story, .id = arena_keep(s->a, c->id)};
    *map_at(s->known, b->id) = (void *)(uintptr_t)s->count;
    return b;
}

static void look_at(struct search *s, const struct event *e)
{
    story_id story;
    struct comment c;
    if (e->kind != EVENT_COMMENT || e->forgotten) return;
    if (!comment_read(s->scratch, e->meta, &story, &c) || c.word == COMMENT_REPORTED) return;
    struct about *b = about_of(s, &c, story);
    if (b) *ARENA_PUSH(s->a, b->events, b->count, b->cap) = e->pos;
}

static enum result find_all(struct search *s)
{
    struct event events[EVENTS_AT_ONCE];
    size_t count = 0;
    uint64_t after = 0;
    s->known = map_new(s->a);
    do {
        arena_reset(s->scratch);
        TRY(ledger_tail(s->ledger, after, events, EVENTS_AT_ONCE, &count, s->scratch));
        for (size_t i = 0; i < count; i++) look_at(s, &events[i]);
        if (count) after = events[count - 1].pos;
    } while (count);
    return OK;
}

/* ---- addresses, and what waits to be confirmed ---- */
static bool is_aside(const struct search *s, struct span id)
{
    for (size_t i = 0; i < s->aside_count; i++)
        if (span_eq(s->aside[i].id, id)) return true;
    return false;
}

static enum result find_aside(struct search *s, struct span who)
{
    struct reader_comment *list;
    size_t count = 0;
    TRY(readers_of(s->readers, who, s->a, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (!is_aside(s, list[i].id))
            *ARENA_PUSH(s->a, s->aside, s->aside_count, s->aside_cap) = list[i];
    return OK;
}

static enum result open_aside(struct search *s, const char **why)
{
    const char *folder = arena_printf(s->a, "%s/readers", s->house.data).p;
    if (access(folder, F_OK) != 0) return OK;
    TRY(readers_open(folder, &s->readers, why));
    for (size_t i = 0; i < s->who_count; i++) TRY(find_aside(s, span_of(s->who[i])));
    return OK;
}

/* Those of whom the ledger has told. */
static enum result find_more_aside(struct search *s)
{
    for (size_t i = 0; i < s->count && s->readers; i++) TRY(find_aside(s, s->list[i].id));
    return OK;
}

static void put_address(struct search *s, struct span id, struct json_out *o)
{
    for (size_t i = 0; i < s->aside_count; i++)
        if (span_eq(s->aside[i].id, id) && s->aside[i].address.n)
            json_string(o, "address", s->aside[i].address);
}

static void put_waiting(struct search *s, struct json_out *o)
{
    char utc[25];
    json_open(o, "unconfirmed", '[');
    for (size_t i = 0; i < s->aside_count; i++) {
        const struct reader_comment *c = &s->aside[i];
        if (c->confirmed_ms) continue;
        utc_text(c->at_ms, utc);
        json_open(o, NULL, '{');
        json_string(o, "id", c->id);
        json_string(o, "story", story_id_text(s->a, c->story));
        json_string(o, "at", span_of(utc));
        json_string(o, "address", c->address);
        json_string(o, "name", c->name);
        json_string(o, "text", c->text);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static enum result erase_aside(struct search *s)
{
    for (size_t i = 0; i < s->aside_count; i++) TRY(readers_erase(s->readers, &s->aside[i]));
    if (s->aside_count)
        printf("%zu erased where comments wait to be confirmed and addresses are kept\n",
            s->aside_count);
    return OK;
}

/* Complaints to the grievance officer, by name, contact or number. */
static enum result find_complaints(struct search *s)
{
    struct complaints *kept = NULL;
    size_t cap = 0;
    enum result r = complaints_open(s->house.data, false, &kept);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    for (size_t i = 0; r == OK && i < s->who_count; i++) {
        struct complaint *list;
        size_t count = 0;
        r = complaints_of(kept, span_of(s->who[i]), s->a, &list, &count);
        for (size_t k = 0; r == OK && k < count; k++)
            *ARENA_PUSH(s->a, s->complaints, s->complaint_count, cap) = list[k];
    }
    complaints_close(kept);
    return r;
}

/* ---- export ---- */
static void put_complaint(struct search *s, const struct complaint *c, struct json_out *o)
{
    char utc[25];
    utc_text(c->at_ms, utc);
    json_open(o, NULL, '{');
    json_string(o, "number", story_id_text(s->a, c->number));
    json_string(o, "at", span_of(utc));
    json_string(o, "name", c->name);
    json_string(o, "contact", c->contact);
    json_string(o, "about", c->about);
    json_string(o, "text", c->text);
    json_string(o, "wish", c->wish);
    json_close(o, '}');
}

static enum result put_event(struct search *s, uint64_t pos, struct json_out *o)
{
    struct event e;
    story_id story;
    struct comment c;
    char utc[25];
    TRY(ledger_event(s->ledger, pos, &e, s->scratch));
    if (!comment_read(s->scratch, e.meta, &story, &c)) return OK;
    utc_text(e.received_ms, utc);
    json_open(o, NULL, '{');
    json_string(o, "at", span_of(utc));
    json_string(o, "what", c.word == COMMENT_SAID ? S("write") : span_of(comment_words[c.word]));
    if (c.name.n) json_string(o, "name", c.name);
    if (c.text.n) json_string(o, "text", c.text);
    if (c.parent.n) json_string(o, "answers", c.parent);
    json_close(o, '}');
    return OK;
}

static enum result print_all(struct search *s)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, s->a, 0);
    json_open(&o, NULL, '{');
    json_open(&o, "comments", '[');
    for (size_t i = 0; i < s->count; i++) {
        json_open(&o, NULL, '{');
        json_string(&o, "id", s->list[i].id);
        json_string(&o, "story", story_id_text(s->a, s->list[i].story));
        put_address(s, s->list[i].id, &o);
        json_open(&o, "said", '[');
        arena_reset(s->scratch);
        for (size_t k = 0; k < s->list[i].count; k++) TRY(put_event(s, s->list[i].events[k], &o));
        json_close(&o, ']');
        json_close(&o, '}');
    }
    json_close(&o, ']');
    put_waiting(s, &o);
    json_open(&o, "complaints", '[');
    for (size_t i = 0; i < s->complaint_count; i++) put_complaint(s, &s->complaints[i], &o);
    json_close(&o, ']');
    json_close(&o, '}');
    printf("%.*s\n", FMT(buf_span(&b)));
    return OK;
}

/* ---- erasure ---- */
static void wait_until_applied(const struct search *s, uint64_t pos)
{
    int64_t until = clock_mono_us() + APPLY_WAIT_MS * 1000LL;
    while (
        house_pid(&s->house) && clock_slot_get(SLOT_APPLIED_POS) < pos && clock_mono_us() < until)
        usleep(APPLY_LOOK_US);
}

/* Off the pages first: what a page shows is not forgotten yet. */
static enum result take_off(struct search *s)
{
    uint64_t pos = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct comment c = {.word = COMMENT_ERASED, .id = s->list[i].id, .key = S("0")};
        TRY(comment_append(s->ledger, s->a, s->list[i].story, &c));
    }
    TRY(ledger_head(s->ledger, &pos));
    wait_until_applied(s, pos);
    return OK;
}

static enum result forget(struct search *s)
{
    uint64_t *all = NULL;
    size_t count = 0, cap = 0;
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->list[i].count; k++)
            *ARENA_PUSH(s->a, all, count, cap) = s->list[i].events[k];
    if (!count) return OK;
    TRY(ledger_forget_all(s->ledger, all, count));
    printf("%zu comments erased, %zu events forgotten; backups made before still hold them\n",
        s->count, count);
    return OK;
}

static int build_again(const char *data)
{
    char verb[] = "rebuild", option[] = "--data", yes[] = "--yes", all[] = "all",
         *copy = strdup(data);
    must(copy);
    char *argv[] = {verb, option, copy, yes, all, NULL};
    int code = command_rebuild(5, argv);
    free(copy);
    return code;
}

static size_t waiting(const struct search *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->aside_count; i++) n += !s->aside[i].confirmed_ms;
    return n;
}

/* How a case stood stays, in ledger and figures; who complained and the words do not. */
static enum result erase_complaints(struct search *s)
{
    struct complaints *kept = NULL;
    if (!s->complaint_count) return OK;
    TRY(complaints_open(s->house.data, true, &kept));
    enum result r = OK;
    for (size_t i = 0; r == OK && i < s->complaint_count; i++) {
        r = complaints_erase(kept, s->complaints[i].number);
        if (r == ERR_ABSENT) r = OK; /* found twice: by name and by contact */
    }
    complaints_close(kept);
    if (r == OK) printf("%zu complaints erased\n", s->complaint_count);
    return r;
}

static int erase(struct search *s, const char *data, bool yes)
{
    if (!s->count && !s->aside_count && !s->complaint_count) {
        printf("there is nothing under that name, id, address or contact\n");
        return EX_NOINPUT;
    }
    if (!yes) {
        printf("%zu comments and %zu complaints would be erased, for good (`broadsheet reader "
               "export` shows them): say it again with --yes\n",
            s->count + waiting(s), s->complaint_count);
        return 1;
    }
    enum result r = erase_aside(s);
    if (r == OK) r = erase_complaints(s);
    if (r != OK) fprintf(stderr, "broadsheet: %s: run it again\n", result_name(r));
    if (r != OK || !s->count) return exit_code(r);
    r = take_off(s);
    if (r == OK) r = forget(s);
    if (r != OK) fprintf(stderr, "broadsheet: %s: run it again\n", result_name(r));
    int built = build_again(data);
    return r != OK ? exit_code(r) : built;
}

/* ---- the verb ---- */
static int run(struct search *s, const char *data, bool erases, bool yes)
{
    const char *why = NULL;
    enum result r = ledger_open(s->house.data, "desk", false, &s->ledger, &why);
    if (r == OK) r = open_aside(s, &why);
    if (r == OK) r = find_all(s);
    if (r == OK) r = find_more_aside(s);
    if (r == OK) r = find_complaints(s);
    int code = EX_OK;
    if (r == OK && erases)
        code = erase(s, data, yes);
    else if (r == OK)
        r = print_all(s);
    if (r != OK) fprintf(stderr, "broadsheet: %s\n", why ? why : result_name(r));
    if (s->ledger) ledger_close(s->ledger);
    readers_close(s->readers);
    return r == OK ? code : exit_code(r);
}

int command_reader(int argc, char **argv)
{
    struct search s = {0};
    const char *data = NULL, *rest[WHO_MAX + 1];
    size_t count = 0;
    bool yes = false;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--yes", NULL, &yes}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, COUNT(rest), &count)) return EX_USAGE;
    bool erases = count > 0 && strcmp(rest[0], "erase") == 0;
    if (count < 2 || (!erases && strcmp(rest[0], "export") != 0))
        return usage_error("reader",
            "export or erase, and whose: a name, an e-mail address, a comment's id, a complaint's "
            "number or contact");
    for (size_t i = 1; i < count; i++) s.who[s.who_count++] = rest[i];
    int code = house_visit_or_say(&s.house, data);
    if (code != EX_OK) return code;
    s.a = arena_new(READER_ARENA);
    s.scratch = arena_new(READER_ARENA);
    code = run(&s, data, erases, yes);
    arena_free(s.a);
    arena_free(s.scratch);
    house_close(&s.house);
    return code;
}
