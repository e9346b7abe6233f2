/* rehearse_in: what comes into the house of this process: files and pushes, as intake takes them;
 * visits and comments, as web counts and passes them. */
#include "rehearse_here.h"

enum {
    TAKE_FILES = 64,
    COUNTS_EVERY_MS = 5 * 60 * 1000,
};

/* ---- folders and pushes ---- */
void here_open_doors(struct here *h)
{
    const struct config *c = h->house.config;
    const char *why = NULL;
    h->gate = push_gate_new();
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct config_feed *f = &c->feeds[i];
        if (f->push_key_file.n && push_gate_key(h->gate, f->name,
                                      arena_cstr(h->house.arena, f->push_key_file), &why) != OK)
            log_warn("no push for %.*s: %s", FMT(f->name), why ? why : "?");
        if (!f->folder.n || h->door_count == COUNT(h->doors)) continue;
        struct door *d = &h->doors[h->door_count];
        d->feed = f->name;
        if (folder_open(arena_cstr(h->house.arena, f->folder), &d->folder, &why) == OK)
            h->door_count++;
    }
}

void here_close_doors(struct here *h)
{
    for (size_t i = 0; i < h->door_count; i++) folder_close(h->doors[i].folder);
    h->door_count = 0;
    push_gate_free(h->gate);
    h->gate = NULL;
}

static bool is_picture(struct span b)
{
    return span_starts(b, S("\xff\xd8\xff")) || span_starts(b, S("\x89PNG\r\n"));
}

static struct span meta_of(struct arena *a, struct span name)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "name", name);
    json_close(&o, '}');
    return buf_span(&b);
}

static bool take_door(struct play *p, struct door *d, bool *more)
{
    struct here *h = here_of(p);
    struct folder_file files[TAKE_FILES];
    struct append events[TAKE_FILES];
    bool taken[TAKE_FILES];
    size_t count = 0;
    int wait = 0;
    arena_reset(h->job);
    if (folder_take(d->folder, h->job, files, TAKE_FILES, &count, &wait) != OK)
        return troubled(p, "the folder of %.*s cannot be read", FMT(d->feed));
    for (size_t i = 0; i < count; i++)
        events[i] =
            (struct append){.kind = is_picture(files[i].bytes) ? EVENT_FILE : EVENT_DELIVERY,
                .received_ms = clock_now_ms(),
                .feed = d->feed,
                .delivery = files[i].delivery,
                .meta = meta_of(h->job, files[i].name),
                .blob = files[i].bytes};
    enum result r = count ? deliveries_append(h->ledger, events, count, taken) : OK;
    if (r == ERR_FULL && p->disk_full) return true;
    if (r != OK) return troubled(p, "a delivery cannot be made durable: %s", result_name(r));
    for (size_t i = 0; i < count; i++)
        if (taken[i] && folder_done(d->folder, &files[i]) != OK)
            return troubled(p, "%.*s cannot be moved to done/", FMT(files[i].name));
    *more |= count > 0;
    return true;
}

bool here_take_all(struct play *p)
{
    struct here *h = here_of(p);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < h->door_count; i++)
            if (!take_door(p, &h->doors[i], &more)) return false;
    }
    return true;
}

bool here_taken(struct play *p, struct span feed, struct span name)
{
    (void)feed, (void)name;
    return here_take_all(p);
}

int here_push(struct play *p, const struct push *push, struct span name)
{
    struct here *h = here_of(p);
    if (push_check(h->gate, push, clock_now_ms()) != PUSH_OK) return 401;
    struct append ap = {.kind = is_picture(push->body) ? EVENT_FILE : EVENT_DELIVERY,
        .received_ms = clock_now_ms(),
        .feed = push->feed,
        .delivery = arena_printf(p->step_arena, "push:%.*s", FMT(push->nonce)),
        .meta = meta_of(p->step_arena, name),
        .blob = push->body};
    if (ledger_append(h->ledger, &ap, 1) != OK) return 503;
    push_gate_used(h->gate, push->feed, push->nonce, clock_now_ms());
    return ap.was_there_out ? 401 : 202;
}

/* ---- popularity enters the ledger every five minutes, as web's harvest does ---- */
bool here_harvest(struct play *p)
{
    struct here *h = here_of(p);
    int64_t now = clock_now_ms();
    if (now - h->counted_ms < COUNTS_EVERY_MS) return true;
    h->counted_ms = now;
    if (!h->visited_count) return true;
    struct buf b;
    buf_init(&b, p->step_arena, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_open(&o, "views", '{');
    for (size_t i = 0; i < h->visited_count; i++)
        json_number(
            &o, story_id_text(p->step_arena, h->visited[i].id).p, (int64_t)h->visited[i].views);
    json_close(&o, '}');
    json_close(&o, '}');
    h->visited_count = 0;
    struct span key = arena_printf(p->step_arena, "counts:%lld", (long long)now);
    return newsroom_counts(h->newsroom, buf_span(&b), key) == OK ||
           troubled(p, "counts cannot be kept");
}

bool here_visit(struct play *p, struct span path, size_t times)
{
    struct here *h = here_of(p);
    for (size_t i = 0; i < times; i++) {
        struct site_ask ask = {.method = HTTP_GET, .path = path, .arena = p->step_arena};
        struct site_answer answer;
        site_answer(h->hand, &ask, &answer);
        if (answer.hold) site_release(h->site, answer.hold);
        size_t k = 0;
        while (k < h->visited_count && h->visited[k].id != answer.visited) k++;
        if (!answer.visited || k == VISITED_MAX) continue;
        if (k == h->visited_count) h->visited_count++, h->visited[k].views = 0;
        h->visited[k].id = answer.visited;
        h->visited[k].views++;
    }
    return true;
}

/* ---- comments ---- */
void here_comment(struct play *p, struct span target, struct span body, struct answer *out)
{
    struct here *h = here_of(p);
    struct site_ask ask = {.method = HTTP_POST, .path = target, .arena = p->step_arena};
    struct site_form form = {.body = body,
        .type = S("application/x-www-form-urlencoded"),
        .fetch_site = S("same-origin")};
    struct site_comment kept;
    struct site_answer answer;
    *out = (struct answer){0};
    if (!site_comment(h->hand, &ask, &form, &kept, &answer)) {
        *out = (struct answer){.status = answer.status, .raw = answer.body, .body = answer.body};
        return;
    }
    struct comment c = {.word = (enum comment_word)kept.word,
        .id = kept.id,
        .name = kept.name,
        .text = kept.text,
        .parent = kept.parent,
        .why = kept.why,
        .key = kept.key};
    out->status = comment_append(h->ledger, p->step_arena, kept.story, &c) == OK ? 303 : 503;
}
