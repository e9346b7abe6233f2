/* cdn: an administrator's word to the caches in front, through the running courier: drop a story,
 * or all. What the house withdraws by itself is told to them without this. */
#include "commands.h"

#include "transport.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { CDN_WAIT_MS = 30000, CDN_LOOK_US = 50 * 1000, CDN_ITEMS_MAX = 32, CDN_JOBS_MAX = 64 };

/* ---- what is to be dropped ---- */
static size_t items_of(struct store *s, struct span t, story_id out[CDN_ITEMS_MAX])
{
    size_t count = 0;
    while (t.n && t.p[t.n - 1] == '/') t.n--;
    bool is_id = t.n >= 12 && story_id_read(span_cut(t, t.n - 12, t.n), &out[0]) &&
                 (t.n == 12 || t.p[t.n - 13] == '-' || t.p[t.n - 13] == '/');
    if (is_id) return 1;
    return store_item_by_guid(s, t, out, CDN_ITEMS_MAX, &count) == OK ? count : 0;
}

static void put_keys(struct arena *a, struct json_out *o, story_id item, story_id page)
{
    json_string(o, NULL, arena_printf(a, "s-%.*s", FMT(story_id_text(a, item))));
    if (page != item) json_string(o, NULL, arena_printf(a, "s-%.*s", FMT(story_id_text(a, page))));
}

static void put_paths(struct arena *a, struct store *s, struct json_out *o, story_id page)
{
    struct mint m;
    struct span path = S(""), machines[SITE_MACHINE_PATHS];
    if (store_mint(s, page, a, &m) == OK) {
        path = page_path(a, &m);
        json_string(o, NULL, path);
        for (size_t i = 0; i < probe_behind_count; i++)
            json_string(o, NULL, arena_printf(a, "%.*s%s", FMT(path), probe_behind[i]));
    }
    size_t count = site_machine_paths(a, page, path, machines);
    for (size_t i = 0; i < count; i++) json_string(o, NULL, machines[i]);
}

/* Empty: there is no such story. */
static struct span job_body(struct arena *a, struct store *s, const char *target)
{
    story_id items[CDN_ITEMS_MAX], pages[CDN_ITEMS_MAX];
    bool all = strcmp(target, "all") == 0;
    size_t n = all ? 0 : items_of(s, span_of(target), items);
    if (!all && !n) return S("");
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    if (all) json_bool(&o, "all", true);
    json_open(&o, "keys", '[');
    if (all) json_string(&o, NULL, S("site"));
    for (size_t i = 0; i < n; i++) {
        if (store_page_of(s, items[i], &pages[i]) != OK) pages[i] = items[i];
        put_keys(a, &o, items[i], pages[i]);
    }
    if (!all) json_string(&o, NULL, S("s-many"));
    json_close(&o, ']');
    json_open(&o, "paths", '[');
    for (size_t i = 0; i < n; i++) put_paths(a, s, &o, pages[i]);
    for (size_t i = 0; i < probe_fixed_count && !all; i++)
        json_string(&o, NULL, span_of(probe_fixed[i]));
    json_close(&o, ']');
    json_close(&o, '}');
    return buf_span(&b);
}

/* ---- through the courier ---- */
static struct span put_ask(struct house *h, struct outbox *o, struct span body)
{
    unsigned char nonce[8];
    random_bytes(nonce, sizeof nonce);
    struct span key =
        arena_printf(h->arena, "purge-cdn:%.*s", FMT(bytes_hex(h->arena, nonce, sizeof nonce)));
    int64_t now = clock_now_ms();
    struct outbox_job job = {
        .key = key, .kind = S("purge-cdn"), .body = body, .at_ms = now, .due_ms = now};
    return outbox_put(o, &job, NULL) == OK ? key : S("");
}

struct asked {
    size_t caches, dropped, waiting;
};

/* The first request to each cache; the second, a little later, is not waited for. */
static struct asked look(struct house *h, struct outbox *o, struct span key, bool print)
{
    struct outbox_job *list = ARENA_ARRAY(h->arena, struct outbox_job, CDN_JOBS_MAX), own;
    struct span prefix = arena_printf(h->arena, "%.*s/", FMT(key));
    struct asked got = {0};
    size_t n = 0;
    bool taken = outbox_job(o, key, h->arena, &own) == OK && own.state != JOB_WAITS;
    if (!taken || outbox_list(o, S("cdn"), h->arena, list, CDN_JOBS_MAX, &n) != OK) got.waiting++;
    for (size_t i = 0; i < n; i++) {
        if (!span_starts(list[i].key, prefix) || span_ends(list[i].key, S("/again"))) continue;
        got.caches++;
        got.dropped += list[i].state == JOB_SENT;
        got.waiting += list[i].state == JOB_WAITS && !list[i].tries;
        if (print)
            printf("%-12.*s %.*s\n", FMT(list[i].subject),
                FMT(list[i].result.n ? list[i].result : S("not asked yet")));
    }
    return got;
}

static int ask_caches(struct house *h, struct span body)
{
    struct outbox *o = NULL;
    const char *why = NULL;
    if (outbox_open(arena_printf(h->arena, "%s/courier", h->data).p, &o, &why) != OK) {
        fprintf(
            stderr, "broadsheet purge-cdn: the outbox: %s\n", why ? why : "it cannot be opened");
        return EX_NOINPUT;
    }
    struct span key = put_ask(h, o, body);
    int64_t until = clock_mono_us() + CDN_WAIT_MS * 1000LL;
    while (key.n && look(h, o, key, false).waiting && clock_mono_us() < until) usleep(CDN_LOOK_US);
    struct asked got = look(h, o, key, true);
    outbox_close(o);
    if (!got.caches)
        fprintf(stderr, "broadsheet purge-cdn: no cache is told: add `cdn` to the configuration "
                        "(docs/cdn.md)\n");
    return got.caches && got.dropped == got.caches ? EX_OK : EX_UNAVAILABLE;
}

int command_purge_cdn(int argc, char **argv)
{
    const char *data = NULL, *rest[1], *why = NULL;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    if (!rest_count) return usage_error("purge-cdn", "what? give a story's URL or guid, or `all`");
    struct house h;
    struct store *s = NULL;
    struct span body = S("");
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK && !house_pid(&h)) {
        fprintf(
            stderr, "broadsheet purge-cdn: the site is not running: start it, then try again\n");
        code = EX_UNAVAILABLE;
    }
    if (code == EX_OK && store_look(h.store, &s, &why) != OK) {
        fprintf(stderr, "broadsheet purge-cdn: the store: %s\n", why ? why : "it cannot be read");
        code = EX_NOINPUT;
    }
    if (code == EX_OK) body = job_body(h.arena, s, rest[0]);
    if (s) store_close(s);
    if (code == EX_OK && !body.n) {
        fprintf(stderr, "broadsheet purge-cdn: %s: no story is known by this address or guid\n",
            rest[0]);
        code = EX_NOINPUT;
    }
    if (code == EX_OK) code = ask_caches(&h, body);
    house_close(&h);
    return code;
}
