/* poll_state: what is remembered of a polled feed, a small JSON file each; and what people are
 * shown of all of them, one file that is replaced whole. Neither ever holds a secret. A file that
 * cannot be read is as none: the feed begins anew. */
#include "poller.h"

#include <stdio.h>
#include <unistd.h>

enum { MEMORY_FILE_MAX = 128 << 10, STATES_FILE_MAX = 1 << 20, STATE_ARENA = 16 << 20 };

static const char *path_of(struct arena *a, const char *folder, struct span feed)
{
    return arena_printf(a, "%s/%.*s.json", folder, FMT(feed)).p;
}

static bool read_memory(const struct json *j, struct poll_memory *m)
{
    const struct json *marks = json_get(j, "marks");
    for (const struct json *v = marks && marks->type == JSON_ARRAY ? marks->first : NULL;
         v && m->mark_count < POLL_MARKS; v = v->next) {
        unsigned char b[8];
        if (!hex_to_bytes(v->text, b, sizeof b)) return false;
        for (size_t i = 0; i < sizeof b; i++)
            m->marks[m->mark_count] = m->marks[m->mark_count] << 8 | b[i];
        m->mark_count++;
    }
    return POLL_SET(m->url, json_text(j, "url")) && POLL_SET(m->moved, json_text(j, "moved")) &&
           POLL_SET(m->cursor, json_text(j, "cursor")) && POLL_SET(m->etag, json_text(j, "etag")) &&
           POLL_SET(m->modified, json_text(j, "modified")) &&
           POLL_SET(m->seen, json_text(j, "seen")) && POLL_SET(m->chain, json_text(j, "chain"));
}

enum result poll_memory_read(const char *folder, struct span feed, struct poll_memory *out)
{
    struct arena *a = arena_new(STATE_ARENA);
    struct span bytes;
    struct reject bad;
    *out = (struct poll_memory){0};
    enum result r = file_read(a, path_of(a, folder, feed), MEMORY_FILE_MAX, &bytes);
    const struct json *j = r == OK ? json_parse(a, bytes, &bad) : NULL;
    if (r == OK && (!j || !read_memory(j, out))) r = ERR_CORRUPT;
    arena_free(a);
    return r;
}

enum result poll_memory_write(const char *folder, struct span feed, const struct poll_memory *m)
{
    struct arena *a = arena_new(STATE_ARENA);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "url", span_of(m->url));
    if (m->moved[0]) json_string(&o, "moved", span_of(m->moved));
    if (m->cursor[0]) json_string(&o, "cursor", span_of(m->cursor));
    if (m->etag[0]) json_string(&o, "etag", span_of(m->etag));
    if (m->modified[0]) json_string(&o, "modified", span_of(m->modified));
    if (m->seen[0]) json_string(&o, "seen", span_of(m->seen));
    if (m->chain[0]) json_string(&o, "chain", span_of(m->chain));
    json_open(&o, "marks", '[');
    for (size_t i = 0; i < m->mark_count; i++)
        json_string(&o, NULL, arena_printf(a, "%016llx", (unsigned long long)m->marks[i]));
    json_close(&o, ']');
    json_close(&o, '}');
    buf_char(&b, '\n');
    enum result r = file_write_durable(path_of(a, folder, feed), buf_span(&b));
    arena_free(a);
    return r;
}

/* ---- what people are shown ---- */
bool poll_wants_people(const struct poll_state *s)
{
    return s->failures >= POLL_ALARM_TRIES || s->ahead_ms || s->note_rings;
}

static void write_state(struct json_out *o, const struct poll_state *s)
{
    json_open(o, NULL, '{');
    json_string(o, "feed", s->feed);
    json_string(o, "road", s->road);
    json_string(o, "where", s->where);
    json_number(o, "last_success_ms", s->ok_ms);
    json_number(o, "next_try_ms", s->next_ms);
    json_number(o, "deliveries", (int64_t)s->deliveries);
    json_number(o, "failures", s->failures);
    json_number(o, "failures_in_all", (int64_t)s->all_failures);
    if (s->ahead_ms) json_number(o, "clock_ahead_ms", s->ahead_ms);
    if (s->why.n) json_string(o, "error", s->why);
    if (s->note.n) json_string(o, "note", s->note);
    if (s->note_rings) json_bool(o, "note_rings", true);
    json_close(o, '}');
}

/* Replaced whole, and not durable: it is made anew each second that something changes. */
static enum result replace(const char *path, const char *part, struct span s)
{
    FILE *f = fopen(part, "we");
    if (!f) return ERR_IO;
    bool good = fwrite(s.p, 1, s.n, f) == s.n;
    good = fclose(f) == 0 && good;
    return good && rename(part, path) == 0 ? OK : ERR_IO;
}

enum result poll_states_write(const char *folder, const struct poll_state *list, size_t n)
{
    struct arena *a = arena_new(STATE_ARENA);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '[');
    for (size_t i = 0; i < n; i++) write_state(&o, &list[i]);
    json_close(&o, ']');
    enum result r = replace(arena_printf(a, "%s/polls", folder).p,
        arena_printf(a, "%s/.polls", folder).p, buf_span(&b));
    arena_free(a);
    return r;
}

static int64_t number_of(const struct json *j, const char *key)
{
    int64_t v = 0;
    return span_to_i64(json_text(j, key), &v) ? v : 0;
}

enum result poll_states_read(struct arena *a, const char *folder, struct poll_state **out,
    size_t *count_out, struct span *json_out)
{
    struct span bytes;
    struct reject bad;
    *out = NULL;
    *count_out = 0;
    *json_out = S("");
    TRY(file_read(a, arena_printf(a, "%s/polls", folder).p, STATES_FILE_MAX, &bytes));
    const struct json *j = json_parse(a, bytes, &bad);
    if (!j || j->type != JSON_ARRAY) return ERR_CORRUPT;
    *json_out = bytes;
    *out = ARENA_ARRAY(a, struct poll_state, j->count + 1);
    for (const struct json *v = j->first; v; v = v->next)
        (*out)[(*count_out)++] = (struct poll_state){.feed = json_text(v, "feed"),
            .road = json_text(v, "road"),
            .where = json_text(v, "where"),
            .ok_ms = number_of(v, "last_success_ms"),
            .next_ms = number_of(v, "next_try_ms"),
            .deliveries = (uint64_t)number_of(v, "deliveries"),
            .failures = (uint32_t)number_of(v, "failures"),
            .all_failures = (uint64_t)number_of(v, "failures_in_all"),
            .ahead_ms = number_of(v, "clock_ahead_ms"),
            .why = json_text(v, "error"),
            .note = json_text(v, "note"),
            .note_rings = json_get(v, "note_rings") != NULL};
    return OK;
}
