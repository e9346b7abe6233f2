/* rehearse_wire: what the wire does: files moved into a feed's folder, files still being written,
 * signed pushes, replays; and what the rehearsal remembers of all that was ever sent, so that it
 * can look everywhere. */
#include "rehearse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DAY = 86400000 };

/* ---- remembering ---- */
static struct span slug_of(struct arena *a, struct span name)
{
    struct span slug = text_slug(a, span_trim(name), 64);
    return slug.n ? slug : text_casefold(a, span_trim(name));
}

static void remember(struct play *p, struct map *m, struct span text)
{
    if (!span_trim(text).n) return;
    struct span slug = slug_of(p->arena, text);
    if (slug.n) *map_at(m, slug) = m;
}

static void remember_authors(struct play *p, struct known *k, const struct story *s)
{
    enum { PEOPLE = 64 };
    struct span names[PEOPLE];
    struct credit credits[PEOPLE];
    size_t count = story_names(s->byline, names, PEOPLE);
    for (size_t i = 0; i < count; i++) remember(p, k->authors, names[i]);
    count = story_credits(s->credits, credits, PEOPLE);
    for (size_t i = 0; i < count; i++) remember(p, k->authors, credits[i].name);
}

static struct span provider_of(struct play *p, struct span feed)
{
    const struct config_feed *f = config_feed_named(p->config, feed);
    return f ? f->provider : p->config->feed_count ? p->config->feeds[0].provider : S("");
}

static void remember_story(struct play *p, struct span feed, const struct story *s)
{
    void **slot = map_at(p->known_map, s->guid);
    struct known *k = *slot;
    if (!k) {
        k = ARENA_NEW(p->arena, struct known);
        *k = (struct known){.guid = s->guid,
            .feed = feed,
            .id = story_id_of(p->key, provider_of(p, feed), s->guid),
            .tags = map_new(p->arena),
            .authors = map_new(p->arena),
            .files = map_new(p->arena)};
        *slot = k;
        *ARENA_PUSH(p->arena, p->known, p->known_count, p->known_cap) = k;
    }
    if (s->headline.n) k->headline = s->headline;
    for (uint32_t i = 0; i < s->subject_count; i++)
        if (s->subjects[i].kind != SUBJECT_GENRE) remember(p, k->tags, s->subjects[i].name);
    for (uint32_t i = 0; i < s->keyword_count; i++) remember(p, k->tags, s->keywords[i]);
    remember_authors(p, k, s);
    for (uint32_t i = 0; i < s->picture_count; i++)
        for (uint32_t r = 0; r < s->pictures[i].rendition_count; r++) {
            struct span href = s->pictures[i].renditions[r].href, name = href;
            while (name.n && span_find_char(name, '/') >= 0)
                name = span_cut(name, (size_t)span_find_char(name, '/') + 1, name.n);
            if (name.n) *map_at(k->files, name) = k;
        }
}

void wire_learn(struct play *p, struct span feed, struct span bytes)
{
    struct wire_result r = {0};
    const struct config_feed *f = config_feed_named(p->config, feed);
    struct wire_hint hint = {.format = f ? f->format : S("")};
    wire_read(p->arena, bytes, &hint, &r);
    for (size_t i = 0; r.end == WIRE_STORIES && i < r.count; i++)
        if (r.items[i].story) remember_story(p, feed, r.items[i].story);
}

struct known *known_of(struct play *p, struct span guid)
{
    return map_get(p->known_map, guid);
}

story_id id_of(struct play *p, struct span guid)
{
    struct known *k = known_of(p, guid);
    return k ? k->id : story_id_of(p->key, provider_of(p, S("")), guid);
}

/* ---- files ---- */
struct span step_feed(struct play *p, const struct json *step)
{
    struct span name = json_text(step, "feed");
    return name.n ? name : p->config->feed_count ? p->config->feeds[0].name : S("wire");
}

static struct span replaced(struct arena *a, struct span text, struct span from, struct span to)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (ptrdiff_t at; from.n && (at = span_find(text, from)) >= 0;) {
        buf_put(&b, span_cut(text, 0, (size_t)at));
        buf_put(&b, to);
        text = span_cut(text, (size_t)at + from.n, text.n);
    }
    buf_put(&b, text);
    return buf_span(&b);
}

static struct span step_bytes(struct play *p, const struct step *s, struct span name)
{
    struct span bytes = scenario_file(p->scenario, p->arena, name);
    const struct json *subst = json_get(s->json, "subst");
    for (const struct json *m = subst ? subst->first : NULL; m; m = m->next)
        bytes = replaced(p->arena, bytes, m->key, m->text);
    return bytes;
}

static const char *folder_of(struct play *p, struct span feed)
{
    const struct config_feed *f = config_feed_named(p->config, feed);
    return f && f->folder.n ? arena_cstr(p->step_arena, f->folder) : NULL;
}

/* Written beside the folder and renamed into it, as a careful transport does. */
bool wire_place(struct play *p, struct span feed, struct span name, struct span bytes)
{
    const char *folder = folder_of(p, feed);
    if (!folder) return troubled(p, "there is no feed “%.*s” with a folder", FMT(feed));
    const char *aside = arena_printf(p->step_arena, "%s/aside", p->root).p;
    const char *to = arena_printf(p->step_arena, "%s/%.*s", folder, FMT(name)).p;
    if (file_write_durable(aside, bytes) != OK || rename(aside, to) != 0)
        return troubled(p, "%s cannot be written: %s", to, strerror(errno));
    return true;
}

/* Sent without being looked for everywhere: one of many alike. */
static bool send_quietly(struct play *p, struct span feed, struct span name, struct span bytes)
{
    *ARENA_PUSH(p->arena, p->sent, p->sent_count, p->sent_cap) =
        (struct sent){arena_keep(p->arena, feed), arena_keep(p->arena, name), bytes, p->now_ms};
    if (!wire_place(p, feed, name, bytes)) return false;
    return !p->up ||
           p->stage->taken(p, feed, name); /* while the site is down the folder keeps it */
}

bool wire_send(struct play *p, struct span feed, struct span name, struct span bytes)
{
    wire_learn(p, feed, bytes);
    return send_quietly(p, feed, name, bytes);
}

/* “copies”: each bears its number where the file says {n}; the first and the last stand for all in
 * what is looked for. */
static bool send_copies(struct play *p, const struct step *s, struct span name, int64_t copies)
{
    struct span bytes = step_bytes(p, s, name), feed = step_feed(p, s->json);
    for (int64_t i = 1; i <= copies; i++) {
        struct span number = arena_printf(p->arena, "%lld", (long long)i);
        struct span one = replaced(p->arena, bytes, S("{n}"), number),
                    as = arena_printf(p->arena, "%.*s-%.*s", FMT(number), FMT(name));
        bool end = i == 1 || i == copies;
        if (!(end ? wire_send : send_quietly)(p, feed, as, one)) return false;
    }
    return true;
}

static bool send_one(struct play *p, const struct step *s, struct span name)
{
    int64_t copies = 0;
    if (span_to_i64(json_text(s->json, "copies"), &copies)) return send_copies(p, s, name, copies);
    return wire_send(p, step_feed(p, s->json), name, step_bytes(p, s, name));
}

bool step_send(struct play *p, const struct step *s)
{
    if (s->value->type == JSON_STRING) return send_one(p, s, s->value->text);
    for (const struct json *f = s->value->first; f; f = f->next)
        if (!send_one(p, s, f->text)) return false;
    return true;
}

bool step_replay(struct play *p, const struct step *s)
{
    int64_t since = INT64_MIN, days = 0;
    struct span text = s->value->text;
    bool all = span_eq(text, S("all"));
    if (!all && !(span_ends(text, S("d")) && span_to_i64(span_cut(text, 0, text.n - 1), &days)))
        return troubled(p, "replay wants “all” or a number of days such as “7d”");
    if (!all) since = p->now_ms - days * DAY;
    size_t count = p->sent_count;
    for (size_t i = 0; i < count; i++) {
        struct sent *f = &p->sent[i];
        if (f->at_ms < since) continue;
        if (!wire_place(p, f->feed, f->name, f->bytes)) return false;
        if (p->up && !p->stage->taken(p, f->feed, f->name)) return false;
    }
    return true;
}

/* ---- files that are being written ---- */
struct upload {
    int fd;
    struct span feed, name, bytes;
    size_t written;
};

bool step_upload(struct play *p, const struct step *s)
{
    struct upload *u = ARENA_NEW(p->arena, struct upload);
    struct span as = json_text(s->json, "as");
    u->feed = step_feed(p, s->json);
    u->name = as.n ? as : s->value->text;
    u->bytes = step_bytes(p, s, s->value->text);
    const char *folder = folder_of(p, u->feed);
    if (!folder) return troubled(p, "there is no feed “%.*s” with a folder", FMT(u->feed));
    int64_t n = (int64_t)u->bytes.n;
    (void)span_to_i64(json_text(s->json, "bytes"), &n);
    u->written = n < 0 || (size_t)n > u->bytes.n ? u->bytes.n : (size_t)n;
    u->fd = open(arena_printf(p->step_arena, "%s/%.*s", folder, FMT(u->name)).p,
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (u->fd < 0 || write_all(u->fd, u->bytes.p, u->written) != OK)
        return troubled(p, "%.*s cannot be written: %s", FMT(u->name), strerror(errno));
    *map_at(p->uploads, u->name) = u;
    return true;
}

/* Names that the folder leaves alone. */
static bool is_aside(struct span name)
{
    return span_starts(name, S(".")) || span_ends(name, S(".part")) || span_ends(name, S(".tmp"));
}

static bool upload_close(struct play *p, struct upload *u, bool cut)
{
    if (u->fd < 0) return true; /* closed by an earlier step: now it is renamed */
    struct span rest = span_cut(u->bytes, u->written, u->bytes.n);
    bool fine = cut || write_all(u->fd, rest.p, rest.n) == OK;
    close(u->fd);
    u->fd = -1;
    return fine || troubled(p, "%.*s cannot be written", FMT(u->name));
}

/* The writer of an upload closes it, with the rest written, or cut; then perhaps renames it. */
bool step_finish(struct play *p, const struct step *s)
{
    struct upload *u = map_get(p->uploads, s->value->text);
    bool cut = json_is_true(s->json, "cut");
    struct span as = json_text(s->json, "as");
    if (!u) return troubled(p, "no upload of “%.*s”", FMT(s->value->text));
    if (!upload_close(p, u, cut)) return false;
    const char *folder = folder_of(p, u->feed);
    if (as.n && rename(arena_printf(p->step_arena, "%s/%.*s", folder, FMT(u->name)).p,
                    arena_printf(p->step_arena, "%s/%.*s", folder, FMT(as)).p) != 0)
        return troubled(p, "%.*s cannot be renamed: %s", FMT(u->name), strerror(errno));
    if (as.n) u->name = arena_keep(p->arena, as);
    if (!cut) wire_learn(p, u->feed, u->bytes);
    if (is_aside(u->name)) return true;
    if (!cut)
        *ARENA_PUSH(p->arena, p->sent, p->sent_count, p->sent_cap) =
            (struct sent){u->feed, u->name, u->bytes, p->now_ms};
    return !p->up || p->stage->taken(p, u->feed, u->name);
}

/* ---- pushes ---- */
static struct span key_of(struct play *p, struct span feed)
{
    const struct config_feed *f = config_feed_named(p->config, feed);
    struct span key = S("");
    if (!f || !f->push_key_file.n) return key;
    if (file_read(p->step_arena, arena_cstr(p->step_arena, f->push_key_file), 4096, &key) != OK)
        return S("");
    return span_trim(key);
}

static struct push signed_push(struct play *p, const struct step *s, struct span how)
{
    unsigned char raw[16];
    random_bytes(raw, sizeof raw);
    int64_t at_s = p->now_ms / 1000;
    if (span_eq(how, S("late"))) at_s -= 2 * PUSH_WINDOW_MS / 1000;
    struct push push = {.feed = step_feed(p, s->json),
        .time = arena_printf(p->arena, "%lld", (long long)at_s),
        .nonce = bytes_hex(p->arena, raw, sizeof raw),
        .body = step_bytes(p, s, s->value->text)};
    struct span key = key_of(p, push.feed);
    if (span_eq(how, S("wrong"))) key = S("this is the key of somebody else entirely");
    push.signature = push_sign(p->arena, key, push.time, push.nonce, push.body);
    if (span_eq(how, S("none"))) push.time = push.nonce = push.signature = S("");
    return push;
}

bool step_push(struct play *p, const struct step *s)
{
    struct span how = json_text(s->json, "signature");
    int64_t want = 0;
    struct push push = signed_push(p, s, how);
    if (span_eq(how, S("replayed"))) {
        push.time = p->last_push_head[0];
        push.nonce = p->last_push_head[1];
        push.signature = p->last_push_head[2];
        push.body = p->last_push_body;
        push.feed = p->last_push_feed;
    }
    /* What is refused is learned too, so that it is looked for everywhere. */
    wire_learn(p, push.feed, push.body);
    int got = p->stage->push(p, &push, s->value->text);
    if (got == 202) {
        p->last_push_head[0] = push.time;
        p->last_push_head[1] = push.nonce;
        p->last_push_head[2] = push.signature;
        p->last_push_body = push.body;
        p->last_push_feed = push.feed;
    }
    if (span_to_i64(json_text(s->json, "status"), &want))
        held(p, got == want, "the push of %.*s was answered %d, not %lld", FMT(s->value->text), got,
            (long long)want);
    return true;
}
