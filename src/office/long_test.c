/* long_test.c: the desk's lists when they are long: what one look at them takes stays bounded,
 * however many acts, cases and rows there are. */
#include <stdlib.h>
#include <string.h>

#include "office.h"
#include "tap.h"

#define NOW INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define MB ((size_t)1 << 20)
enum { STORIES = 5, COMMENTS = 190, TERMINAL = 256 };

static char folder[] = "/tmp/broadsheet-long-XXXXXX";
static uint64_t pos;

static bool nothing_dead(story_id id, void *with)
{
    (void)id, (void)with;
    return false;
}

static void put_story(struct store *s, struct arena *a, story_id id)
{
    struct story *story = ARENA_NEW(a, struct story);
    story->guid = arena_printf(a, "urn:quay:%llu", (unsigned long long)id);
    story->headline = arena_printf(a, "Ferry %llu sails", (unsigned long long)id);
    struct stored_version v = {.item = id,
        .page = id,
        .feed = S("coastal"),
        .packed = story_pack(a, story),
        .received_ms = NOW,
        .pos = ++pos};
    must(store_put_version(s, &v) == OK);
}

static void put_act(struct store *s, struct arena *a, const struct act *t)
{
    struct stored_act stored = {
        .page = t->story, .json = act_write(a, t), .at_ms = NOW + (int64_t)pos, .pos = ++pos};
    must(store_put_act(s, &stored) == OK);
}

/* As many as a story takes, each let in by an editor but the newest. */
static void put_comments(struct store *s, struct arena *a, story_id id)
{
    for (unsigned i = 0; i < COMMENTS; i++) {
        struct stored_comment c = {.pos = ++pos,
            .page = id,
            .id = arena_printf(a, "%08llx%08x", (unsigned long long)id, i),
            .name = S("Perpetua"),
            .text = S("The lanterns were lit."),
            .at_ms = NOW};
        must(store_put_comment(s, &c) == OK);
        struct act t = {.kind = ACT_APPROVE, .story = id, .text = c.id, .by = S("anna")};
        if (i + 1 < COMMENTS) put_act(s, a, &t);
    }
}

static struct span listed(struct office_eyes *e, const char *what, const char *words, size_t page)
{
    struct buf b;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    must(office_json_list(e, span_of(what), span_of(words), page, &o) == OK);
    return buf_span(&b);
}

static size_t times(struct span text, const char *what)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = span_find(text, span_of(what))) >= 0; n++)
        text = span_cut(text, (size_t)at + strlen(what), text.n);
    return n;
}

static void comments(struct office_eyes *e)
{
    size_t said = 0, shown = 0, waits = 0, pages = 0, used = arena_used(e->a);
    bool more = true;
    while (more && pages < 100) {
        struct span page = listed(e, "comments", "", ++pages);
        said += times(page, "The lanterns were lit.");
        shown += times(page, "\"shown\"");
        waits += times(page, "\"waits\"");
        more = span_find(page, S("\"more\":true")) >= 0;
    }
    check(said == STORIES * COMMENTS && shown == said - STORIES && waits == STORIES,
        "every comment of several stories is listed once, with how it stands");
    check(pages == (STORIES * COMMENTS - 1) / OFFICE_LIST_MAX + 1, "page by page");
    check(arena_used(e->a) - used < 8 * MB, "and no act is kept for it");
    used = arena_used(e->a);
    check(times(listed(e, "comments", "", OFFICE_PAGES_MAX), "lanterns") == 0 &&
              arena_used(e->a) - used < MB / 4,
        "a page far behind the end reads none of them");
}

static void look(const char *store_folder, void (*at)(struct office_eyes *))
{
    struct arena *a = arena_new(TERMINAL * MB); /* as the terminal has it */
    struct desk_rules rules = {.site_zone = zone_utc(), .comments = DESK_COMMENTS_APPROVE};
    struct office_site site = {.zone = zone_utc()};
    struct office_look l = {.store_folder = store_folder,
        .site = &site,
        .rules = &rules,
        .hooks = {nothing_dead, NULL}};
    struct office_eyes eyes;
    const char *why = NULL;
    must(eyes_open(&l, a, &eyes, &why) == OK);
    at(&eyes);
    eyes_close(&eyes);
    arena_free(a);
}

int main(void)
{
    struct store *s;
    const char *why;
    char path[64];
    struct arena *a = arena_new(64 * MB);
    must(mkdtemp(folder) != NULL);
    log_quiet(LOG_ERROR + 1);
    snprintf(path, sizeof path, "%s/store", folder);
    must(store_open(path, false, &s, &why) == OK && store_begin(s) == OK);
    for (story_id id = 1; id <= STORIES; id++) put_story(s, a, id), put_comments(s, a, id);
    must(store_commit(s, pos) == OK);
    store_close(s);
    look(path, comments);
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
