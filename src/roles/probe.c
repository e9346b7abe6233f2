/* probe: a stranger's look at every surface that could show a story: page, fronts, feeds, sitemaps,
 * search, API; plain, gzip, br, with the validators of the answer before and of a copy from before
 * the withdrawal, and a part of the page alone. */
#include "roles.h"

#include <brotli/decode.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROBE_TIMEOUT_MS = 1000,
    PROBE_BODY_MAX = 64 << 20,
    ANSWER_ARENA = 1 << 30, /* a body as it came, decoded, and three times undone */
    NEAR_BYTES = 2000,      /* from a teaser's words to its address, in any list */
    SITEMAPS_MAX = 50,      /* of 10,000 stories each; what is older is in no other list either */
    PROBES_MAX = 6100,      /* 700 files of 40 pictures, and 1,000 pages by five questions each */
};

const char *const probe_fixed[] = {"/", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap.xml",
    "/sitemap-1.xml", "/news-sitemap.xml", "/api/v1/stories", "/corrections",
    "/corrections/rss.xml", "/corrections/atom.xml", "/corrections/feed.json", "/popular",
    "/popular/rss.xml", "/popular/atom.xml", "/popular/feed.json", "/wp-json/wp/v2/posts",
    "/wp-json/wp/v2/posts?per_page=100", "/wp-json/wp/v2/tags", "/live/front.json"};
const size_t probe_fixed_count = COUNT(probe_fixed);
const char *const probe_behind[] = {"/revisions", "/comments", "/lite", ".txt"};
const size_t probe_behind_count = COUNT(probe_behind);

static struct span gunzip(struct arena *a, struct span s)
{
    if (s.n < 18) return S("");
    const unsigned char *tail = (const unsigned char *)s.p + s.n - 4;
    size_t n =
        (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    if (n > PROBE_BODY_MAX) return S("");
    char *out = arena_alloc(a, n + 1);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    size_t made = 0;
    enum libdeflate_result r = libdeflate_gzip_decompress(d, s.p, s.n, out, n, &made);
    libdeflate_free_decompressor(d);
    return r == LIBDEFLATE_SUCCESS ? (struct span){out, made} : S("");
}

static struct span unbrotli(struct arena *a, struct span s)
{
    for (size_t room = s.n * 8 + 4096; room <= PROBE_BODY_MAX; room *= 4) {
        size_t n = room;
        uint8_t *out = arena_alloc(a, room);
        if (BrotliDecoderDecompress(s.n, (const uint8_t *)s.p, &n, out) ==
            BROTLI_DECODER_RESULT_SUCCESS)
            return (struct span){(char *)out, n};
    }
    return S("");
}

struct span body_plain(struct arena *a, const struct http_answer *answer)
{
    struct span coding = http_answer_header(answer, "Content-Encoding");
    if (coding.p && span_eq_nocase(coding, S("gzip"))) return gunzip(a, answer->body);
    if (coding.p && span_eq_nocase(coding, S("br"))) return unbrotli(a, answer->body);
    return answer->body;
}

struct prober {
    struct arena *a, *answer; /* answer: of one question; reset at the next */
    const struct probe_ask *ask;
    bool is_anothers;  /* what is asked for is the page of another story */
    struct span words; /* which ones a search is for; empty: the question is no search */
    struct http_client *client;
    struct probe *list;
    size_t n;
    bool is_alone; /* nobody answers any more: the house is closing */
};

/* Atom tells by the id to forget the story (RFC 6721): that is no trace of it. They stand last. */
static struct span without_deleted(struct span body)
{
    ptrdiff_t at = span_find(body, S("<at:deleted-entry "));
    return at < 0 ? body : span_cut(body, 0, (size_t)at);
}

/* "/2026/01/23/words-0123456789ab": its id. */
static bool address_at(struct span s, size_t at, story_id *out)
{
    static const char shape[] = "/dddd/dd/dd/";
    size_t end = at;
    for (size_t i = 0; i < sizeof shape - 1; i++, end++) {
        char x = end < s.n ? s.p[end] : 0;
        if (shape[i] == 'd' ? x < '0' || x > '9' : x != shape[i]) return false;
    }
    while (end < s.n && ((s.p[end] >= 'a' && s.p[end] <= 'z') || s.p[end] == '-' ||
                            (s.p[end] >= '0' && s.p[end] <= '9')))
        end++;
    return end - at >= sizeof shape - 1 + STORY_ID_TEXT &&
           story_id_read(span_cut(s, end - STORY_ID_TEXT, end), out);
}

/* The words at this place are another story's: its address stands beside them. */
static bool is_of_another(struct span body, size_t at, story_id own)
{
    size_t from = at > NEAR_BYTES ? at - NEAR_BYTES : 0,
           until = at + NEAR_BYTES < body.n ? at + NEAR_BYTES : body.n;
    story_id id;
    for (size_t i = from; i < until; i++)
        if (body.p[i] == '/' && address_at(body, i, &id) && id != own) return true;
    return false;
}

/* Words as they were before they stood in HTML, XML or JSON; feeds hold HTML in XML. */
static struct span unescaped(struct arena *a, struct span body)
{
    struct buf b;
    buf_init(&b, a, 0);
    body = entities_decode(a, entities_decode(a, body));
    for (size_t i = 0; i < body.n; i++) {
        bool escapes = body.p[i] == '\\' && i + 1 < body.n && strchr("\"\\/", body.p[i + 1]);
        buf_char(&b, body.p[escapes ? ++i : i]);
    }
    return buf_span(&b);
}

/* The id first: where it stands the story stands. Words alone may be those of another story, which
 * has the right to them. On the story's own pages (own_id empty) they are a trace either way. */
static void look_for(struct prober *p, struct span body, struct span own_id, struct probe *out)
{
    out->shows = own_id.n && span_find(without_deleted(body), own_id) >= 0;
    for (size_t i = 0; i < p->ask->word_count && !out->shows; i++) {
        struct span word = p->ask->words[i];
        size_t at = 0;
        ptrdiff_t found;
        while (word.n && !out->shows &&
               (found = span_find_nocase(span_cut(body, at, body.n), word)) >= 0) {
            bool other =
                own_id.n && (p->is_anothers || is_of_another(body, at + (size_t)found, p->ask->id));
            out->same_words |= other;
            out->shows = !other;
            at += (size_t)found + word.n;
        }
    }
    if (out->shows) out->same_words = false;
}

static bool is_a_page(const struct prober *p, struct span path)
{
    story_id id;
    size_t base = p->ask->base.n;
    return span_starts(span_cut(path, base, path.n), S("/api/v1/stories/")) ||
           address_at(path, base, &id);
}

/* As a stranger, but none who reads: what it asks for must not become popular by that (D2). */
static struct http_answer ask_once(struct prober *p, struct span path, struct span head)
{
    struct http_answer answer = {0};
    arena_reset(p->answer);
    head =
        arena_printf(p->answer, "Sec-Purpose: prefetch\r\n%.*s%.*s", FMT(p->ask->place), FMT(head));
    for (int tries = 0; tries < 2; tries++) {
        if (!p->client && http_client_open(p->ask->address, &p->client) != OK) p->client = NULL;
        if (!p->client) return answer;
        enum result r = http_client_ask(
            p->client, p->answer, "GET", path, head, S(""), PROBE_TIMEOUT_MS, &answer);
        if (r == OK) return answer;
        http_client_close(p->client);
        p->client = NULL;
        if (r == ERR_BUSY)
            return answer; /* silence; a kept connection that was closed is no silence */
    }
    return answer;
}

/* The words of a search are named, never repeated: what is asked is kept. */
static struct span told_path(const struct prober *p, struct span path)
{
    ptrdiff_t query = p->words.n ? span_find_char(path, '?') : -1;
    return query < 0 ? path : span_cut(path, 0, (size_t)query);
}

static void probe_one(
    struct prober *p, struct span path, const char *coding, struct span head, struct span *etag)
{
    if (p->n >= PROBES_MAX && p->ask->left_out) ++*p->ask->left_out;
    if (p->n >= PROBES_MAX || p->is_alone) return;
    struct http_answer answer = ask_once(p, path, head);
    p->is_alone = !answer.status;
    struct span id = story_id_text(p->a, p->ask->id);
    /* A page may repeat what it was asked for in its own address; the story's id elsewhere is a
     * trace. */
    bool own = span_find(path, id) >= 0;
    p->is_anothers = !own && is_a_page(p, path);
    struct probe *out = &p->list[p->n++];
    *out = (struct probe){
        .path = told_path(p, path), .words = p->words, .coding = coding, .status = answer.status};
    if (answer.status)
        look_for(p, unescaped(p->answer, body_plain(p->answer, &answer)), own ? S("") : id, out);
    /* Whatever it says: it is there, or a copy is good, or the way leads to it. */
    if (own && answer.status >= 200 && answer.status < 400) out->shows = true;
    if (span_find(http_answer_header(&answer, "Location"), id) >= 0) out->shows = true;
    struct span tag = http_answer_header(&answer, "ETag");
    if (tag.p) *etag = arena_keep(p->a, tag);
}

/* Who has a copy from when it was there is told that it is good no more (RFC 9110, section 13.1.3):
 * 304 would leave it standing. */
static void probe_since(struct prober *p, struct span path)
{
    char date[30];
    struct span etag = S("");
    size_t before = p->n;
    http_date(p->ask->was_up_ms, date);
    probe_one(
        p, path, "If-Modified-Since", arena_printf(p->a, "If-Modified-Since: %s\r\n", date), &etag);
    if (p->n > before && p->list[before].status == 304) p->list[before].shows = true;
}

static void probe_path(struct prober *p, struct span path)
{
    struct span etag = S(""), coded;
    path = arena_printf(p->a, "%.*s%.*s", FMT(p->ask->base), FMT(path));
    probe_one(p, path, "plain", S(""), &etag);
    probe_one(p, path, "gzip", S("Accept-Encoding: gzip\r\n"), &coded); /* each has its own tag */
    probe_one(p, path, "br", S("Accept-Encoding: br\r\n"), &coded);
    if (etag.n)
        probe_one(p, path, "If-None-Match",
            arena_printf(p->a, "If-None-Match: %.*s\r\n", FMT(etag)), &etag);
    if (p->ask->was_up_ms) probe_since(p, path);
    if (span_find(path, story_id_text(p->a, p->ask->id)) >= 0)
        probe_one(p, path, "Range", S("Range: bytes=0-\r\n"), &coded);
}

/* Bytes of a picture hold no words: that it can be had is the trace. */
static void probe_picture(struct prober *p, struct span path)
{
    struct span etag = S("");
    size_t before = p->n;
    probe_one(
        p, arena_printf(p->a, "%.*s%.*s", FMT(p->ask->base), FMT(path)), "plain", S(""), &etag);
    if (p->n == before) return;
    struct probe *last = &p->list[p->n - 1];
    last->shows = last->status == 200 || last->status == 206 || last->status == 304;
}

/* Those behind the first, which is asked with the rest. */
static void probe_sitemaps(struct prober *p)
{
    struct http_answer index =
        ask_once(p, arena_printf(p->a, "%.*s/sitemap.xml", FMT(p->ask->base)), S(""));
    for (int n = 2; n <= SITEMAPS_MAX; n++) {
        struct span path = arena_printf(p->a, "/sitemap-%d.xml", n);
        if (span_find(index.body, path) < 0) return;
        probe_path(p, path);
    }
}

/* What is asked with words repeats them: the id alone is the trace there. A suggestion's addresses
 * hold it; what is meant is no trace: it is words of another story. */
static void probe_searches(struct prober *p)
{
    static const char *const searches[] = {"/search", "/search/atom.xml", "/suggest"};
    const struct probe_ask *ask = p->ask;
    struct probe_ask quiet = *ask;
    quiet.word_count = 0;
    p->ask = &quiet;
    for (size_t i = 0; i < ask->word_count; i++) {
        if (!ask->words[i].n) continue;
        p->words = ask->word_names && ask->word_names[i].n ? ask->word_names[i]
                                                           : arena_printf(p->a, "words %zu", i + 1);
        for (size_t k = 0; k < COUNT(searches); k++)
            probe_path(p,
                arena_printf(p->a, "%s?q=%.*s", searches[k], FMT(url_escape(p->a, ask->words[i]))));
    }
    p->words = S("");
    p->ask = ask;
}

size_t probe_story(struct arena *a, const struct probe_ask *ask, struct probe **out)
{
    struct prober p = {.a = a,
        .answer = arena_new(ANSWER_ARENA),
        .ask = ask,
        .list = ARENA_ARRAY(a, struct probe, PROBES_MAX)};
    struct span page = ask->path.n
                           ? ask->path
                           : arena_printf(a, "/2000/01/01/%.*s", FMT(story_id_text(a, ask->id)));
    probe_path(&p, page);
    for (size_t i = 0; i < probe_behind_count; i++)
        probe_path(&p, arena_printf(a, "%.*s%s", FMT(page), probe_behind[i]));
    struct span machines[SITE_MACHINE_PATHS];
    size_t machine_count = site_machine_paths(a, ask->id, page, machines);
    for (size_t i = 0; i < machine_count; i++) probe_path(&p, machines[i]);
    for (size_t i = 0; i < probe_fixed_count; i++) probe_path(&p, span_of(probe_fixed[i]));
    probe_sitemaps(&p);
    for (size_t i = 0; i < ask->more_count; i++) probe_path(&p, ask->more[i]);
    probe_searches(&p);
    for (size_t i = 0; i < ask->picture_count; i++) probe_picture(&p, ask->pictures[i]);
    if (p.client) http_client_close(p.client);
    arena_free(p.answer);
    *out = p.list;
    return p.n;
}
