/* courier_receipt: after a story was withdrawn, every surface that could ever have shown it is
 * asked as a stranger would, plain, compressed and with the validators of before; what was answered
 * is signed and kept for the agency. It also says what nobody here can reach. The words that are
 * looked for come with the job and are forgotten with it: the receipt repeats none of them. */
#include "courier.h"

#include <string.h>
#include <unistd.h>

enum {
    ACK_WAIT_MS = 2000, /* the web acknowledges within a few milliseconds */
    ACK_LOOK_US = 1000,
    RECEIPT_ARENA = 128 << 20,
    WORDS_MAX = 8,
    MORE_MAX = 1500,      /* 300 pages of a picture, and their lists */
    COPY_TAKEN_MS = 1000, /* before the withdrawal: HTTP knows whole seconds */
    PICTURES_MAX = 700,   /* files: 40 pictures in 4 widths and 3 forms, cards and shapes */
};

struct times {
    int64_t withdrawn_ms, acknowledged_ms, from_ms, to_ms;
};

bool courier_wait_for_web(uint64_t pos)
{
    int64_t until = clock_mono_us() + ACK_WAIT_MS * 1000LL;
    while (clock_slot_get(SLOT_WEB_ACK_POS) < pos) {
        if (clock_mono_us() > until) return false;
        usleep(ACK_LOOK_US);
    }
    return true;
}

static size_t texts_of(struct arena *a, const struct json *list, struct span *out, size_t max)
{
    size_t n = 0;
    for (const struct json *t = list ? list->first : NULL; t && n < max; t = t->next)
        if (t->type == JSON_STRING && t->text.n) out[n++] = arena_keep(a, t->text);
    return n;
}

static struct span cdn_key(struct arena *a, const struct json *job)
{
    return arena_printf(
        a, "cdn:%.*s:%.*s", FMT(json_text(job, "story")), FMT(json_text(job, "withdrawn_ms")));
}

struct span courier_receipt_cdn(struct arena *a, const struct outbox_job *j)
{
    struct reject bad;
    const struct json *job = json_parse(a, j->body, &bad);
    return job ? cdn_key(a, job) : S("");
}

static void put_time(struct json_out *o, const char *name, int64_t ms)
{
    char text[25];
    utc_text(ms, text);
    json_string(o, name, span_of(text));
}

/* One line a path: each coding's status. */
static bool put_surfaces(struct json_out *o, const struct probe *list, size_t n)
{
    bool clean = true;
    json_open(o, "surfaces", '[');
    for (size_t i = 0; i < n;) {
        bool shows = false, words = false;
        json_open(o, NULL, '{');
        size_t first = i;
        json_string(o, "path", list[first].path);
        if (list[first].words.n) json_string(o, "words", list[first].words);
        for (; i < n && (i == first || strcmp(list[i].coding, list[first].coding) != 0); i++) {
            json_number(o, list[i].coding, list[i].status);
            shows |= list[i].shows || list[i].status == 0;
            words |= list[i].same_words;
        }
        json_bool(o, "shows", shows);
        if (words && !shows) json_bool(o, "same_words", true);
        json_close(o, '}');
        clean &= !shows;
    }
    json_close(o, ']');
    return clean;
}

/* A story for some countries is asked for as from one of them: over our own door our own word is
 * believed (web_told). Pages of several territories are apart: one country does not see them all.
 */
static struct span place_of(struct courier *c, struct arena *a, const struct json *job)
{
    struct span country = json_text(job, "country"), field = c->config->country_header;
    bool believed = span_starts(span_of(c->start->house->self), S("unix:"));
    if (!country.n || !field.n || !believed) return S("");
    return arena_printf(a, "%.*s: %.*s\r\n", FMT(field), FMT(country));
}

static bool is_unseen(struct courier *c, struct arena *a, const struct json *job)
{
    return json_is_true(job, "apart") || (json_text(job, "country").n && !place_of(c, a, job).n);
}

static void put_unreachable(
    struct courier *c, struct json_out *o, int64_t left_out, bool is_unseen_there, bool is_struck)
{
    static const char *const always[] = {"copies that readers and search engines have made",
        "pages of lists behind the first, but for that on which it would stand now",
        "pages of other stories that named it as related, but for the newest ones",
        "caches between this server and its readers: pages ask them to come back each time",
        "other sites that took the story from a feed before it was withdrawn"};
    json_open(o, "not_reached", '[');
    for (size_t i = 0; i < COUNT(always); i++) json_string(o, NULL, span_of(always[i]));
    if (is_unseen_there)
        json_string(o, NULL,
            S("pages for some countries only: nobody here could ask as a reader in each of them"));
    if (is_struck)
        json_string(
            o, NULL, S("addresses with words that were struck from it: it is known by its id"));
    if (left_out)
        json_string(o, NULL,
            arena_printf(c->job, "%lld addresses here, which were too many to be asked",
                (long long)left_out));
    json_close(o, ']');
    json_open(o, "told", '[');
    for (uint32_t i = 0; i < c->config->subscriber_count; i++)
        json_string(o, NULL, c->config->subscribers[i].name);
    for (uint32_t i = 0; i < c->config->hub_count; i++) json_string(o, NULL, c->config->hubs[i]);
    json_close(o, ']');
}

static struct span compose(struct courier *c, struct arena *a, const struct json *job,
    const struct times *t, const struct probe *list, size_t n, size_t unasked)
{
    int64_t left_out = 0;
    if (!span_to_i64(json_text(job, "left_out"), &left_out)) left_out = 0;
    static const char *const copied[] = {"what", "story", "guid", "url", "agency", "cause"};
    bool unseen = is_unseen(c, a, job);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "type", S("kill-receipt"));
    json_string(&o, "version", S("1"));
    json_string(&o, "site", c->config->site_name);
    for (size_t i = 0; i < COUNT(copied); i++)
        json_string(&o, copied[i], json_text(job, copied[i]));
    put_time(&o, "withdrawn", t->withdrawn_ms);
    put_time(&o, "acknowledged", t->acknowledged_ms);
    put_time(&o, "asked_from", t->from_ms);
    put_time(&o, "asked_until", t->to_ms);
    json_number(&o, "within_ms", t->to_ms - t->withdrawn_ms);
    bool clean = put_surfaces(&o, list, n);
    clean &= courier_cdn_tell(c, &o, cdn_key(a, job));
    if (!unseen && json_text(job, "country").n)
        json_string(&o, "asked_as_in", json_text(job, "country"));
    json_bool(&o, "clean", clean && n > 0 && !unseen);
    put_unreachable(c, &o, left_out + (int64_t)unasked, unseen, json_is_true(job, "struck"));
    json_close(&o, '}');
    return buf_span(&b);
}

static enum result keep(struct courier *c, struct arena *a, const struct json *job,
    int64_t withdrawn_ms, struct span payload)
{
    struct sign_key key;
    struct span id = json_text(job, "story");
    if (span_eq(json_text(job, "cause"), S("purge"))) {
        struct receipt_briefly how = {.ids = &id, .id_count = 1, .at_ms = withdrawn_ms};
        struct span brief = receipt_brief(a, &how, payload);
        if (!brief.p) return ERR_CORRUPT;
        if (brief.n) payload = brief;
    }
    enum result r = receipt_key(a, c->start->house->data, false, &key);
    if (r != OK) return r;
    struct span jws = receipt_sign(a, &key, payload);
    sign_key_wipe(&key);
    const char *path = arena_printf(
        a, "%s/%.*s-%lld.jws", c->start->house->receipts, FMT(id), (long long)withdrawn_ms)
                           .p;
    return file_write_durable(path, jws);
}

static enum result make(struct courier *c, struct arena *a, const struct json *job)
{
    struct span words[WORDS_MAX], names[WORDS_MAX] = {{0}}, more[MORE_MAX], pictures[PICTURES_MAX];
    struct probe_ask ask = {.address = span_of(c->start->house->self),
        .base = c->config->base,
        .path = json_text(job, "path"),
        .words = words,
        .word_names = names,
        .more = more,
        .pictures = pictures};
    struct times t = {.acknowledged_ms = clock_now_ms()};
    size_t unasked = 0;
    ask.left_out = &unasked;
    ask.place = place_of(c, a, job);
    struct probe *list = NULL;
    if (!story_id_read(json_text(job, "story"), &ask.id) ||
        !span_to_i64(json_text(job, "withdrawn_ms"), &t.withdrawn_ms))
        return ERR_CORRUPT;
    ask.word_count = texts_of(a, json_get(job, "words"), words, COUNT(words));
    (void)texts_of(a, json_get(job, "word_names"), names, COUNT(names));
    ask.was_up_ms = t.withdrawn_ms - COPY_TAKEN_MS;
    ask.more_count = texts_of(a, json_get(job, "more"), more, COUNT(more));
    ask.picture_count = texts_of(a, json_get(job, "pictures"), pictures, COUNT(pictures));
    t.from_ms = clock_now_ms();
    size_t n = probe_story(a, &ask, &list);
    t.to_ms = clock_now_ms();
    bool answered = n > 0 && list[n - 1].status != 0;
    return answered ? keep(c, a, job, t.withdrawn_ms, compose(c, a, job, &t, list, n, unasked))
                    : ERR_CLOSED;
}

void courier_receipt(struct flying *f, const struct outbox_job *j)
{
    struct arena *a = arena_new(RECEIPT_ARENA);
    struct reject bad;
    const struct json *job = json_parse(a, j->body, &bad);
    uint64_t pos = 0;
    enum result r = ERR_CORRUPT;
    if (job && span_to_u64(json_text(job, "pos"), &pos))
        r = courier_wait_for_web(pos) ? make(f->of, a, job) : ERR_BUSY;
    arena_free(a);
    if (r == OK)
        courier_done(f, true, S("signed and kept"), false);
    else
        courier_done(f, false,
            r == ERR_BUSY ? S("the web has not acknowledged yet") : span_of(result_name(r)),
            r == ERR_CORRUPT);
}
