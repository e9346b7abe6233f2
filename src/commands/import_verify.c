/* import_verify: every address of an old sitemap, or of a list, is asked of the new site as a
 * browser would: 200, a redirect to a page that is there, or 410. The rest is listed. */
#include "import.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

enum {
    SITEMAP_MAX = 64 << 20, /* bytes: sitemaps.org allows 50 MB */
    ASK_ARENA = 64 << 20,
    ASK_MS = 30000,
    HOPS_MAX = 5
};

struct asked {
    struct arena *a;
    struct span address; /* host:port of the new site */
    struct http_client *client;
    size_t fine, moved, gone, wrong;
};

static bool ask_once(struct asked *q, struct span target, struct http_answer *out)
{
    for (int i = 0; i < 2; i++) {
        if (!q->client && http_client_open(q->address, &q->client) != OK) return false;
        if (http_client_ask(q->client, q->a, "GET", target, S(""), S(""), ASK_MS, out) == OK)
            return true;
        http_client_close(q->client); /* the server closes what has been idle, or used enough */
        q->client = NULL;
    }
    return false;
}

static struct span target_of(struct arena *a, struct span url)
{
    struct url u;
    if (!url_parse(a, url, &u)) return S("");
    return u.query.n ? arena_printf(a, "%.*s?%.*s", FMT(u.path), FMT(u.query)) : u.path;
}

/* 0: nobody answered. moved_out: over a redirect. */
static int ask(struct asked *q, struct span target, bool *moved_out)
{
    *moved_out = false;
    for (int hop = 0; hop <= HOPS_MAX; hop++) {
        struct http_answer answer;
        if (!ask_once(q, target, &answer)) return 0;
        if (answer.status != 301 && answer.status != 308) return answer.status;
        *moved_out = true;
        struct span to = http_answer_header(&answer, "location");
        if (!span_starts(to, S("/"))) return 200; /* elsewhere, as the owner has written it */
        target = to;
    }
    return 310;
}

static void look_at(struct asked *q, struct span url)
{
    bool moved;
    arena_reset(q->a);
    url = entities_decode(q->a, span_trim(url));
    struct span target = span_starts(url, S("/")) ? url : target_of(q->a, url);
    int status = target.n ? ask(q, target, &moved) : -1;
    if (status == 200 && moved)
        q->moved++;
    else if (status == 200)
        q->fine++;
    else if (status == 410)
        q->gone++;
    else {
        q->wrong++;
        printf("%s %.*s\n",
            status == -1    ? "no-url"
            : status == 0   ? "no-answer"
            : status == 310 ? "circle"
                            : arena_printf(q->a, "%d", status).p,
            FMT(url));
    }
}

/* A sitemap's <loc>s by their marks alone, so that a large or a broken one is read too; else a line
 * each. */
static void look_at_all(struct asked *q, struct span bytes)
{
    bool is_xml = span_find(bytes, S("<loc>")) >= 0;
    while (bytes.n) {
        struct span one;
        if (is_xml) {
            ptrdiff_t at = span_find(bytes, S("<loc>"));
            if (at < 0) return;
            bytes = span_cut(bytes, (size_t)at + 5, bytes.n);
            ptrdiff_t end = span_find_char(bytes, '<');
            one = span_cut(bytes, 0, end < 0 ? bytes.n : (size_t)end);
            bytes = span_cut(bytes, one.n, bytes.n);
        } else if (!span_next(&bytes, '\n', &one)) {
            return;
        }
        one = span_trim(one);
        if (one.n && one.p[0] != '#') look_at(q, one);
    }
}

static int verify(const char *file, const char *site)
{
    struct asked q = {0};
    struct arena *all = arena_new(SITEMAP_MAX + (1 << 20));
    struct url u;
    struct span bytes;
    if (!url_parse(all, span_of(site), &u) || !span_eq(u.scheme, S("http")))
        return usage_error("import", "--site wants http://HOST:PORT: where the new site listens");
    if (file_read(all, file, SITEMAP_MAX, &bytes) != OK) {
        fprintf(stderr, "broadsheet import: %s: %s\n", file, strerror(errno));
        arena_free(all);
        return EX_NOINPUT;
    }
    if (span_find(bytes, S("<sitemapindex")) >= 0) {
        fprintf(stderr,
            "broadsheet import: %s: an index of sitemaps names no pages: verify each file that it "
            "names\n",
            file);
        arena_free(all);
        return EX_DATAERR;
    }
    q.a = arena_new(ASK_ARENA);
    q.address = arena_printf(all, "%.*s:%.*s", FMT(u.host), FMT(u.port.n ? u.port : S("80")));
    look_at_all(&q, bytes);
    printf("%zu stand, %zu lead to a page, %zu are gone, %zu are wrong\n", q.fine, q.moved, q.gone,
        q.wrong);
    http_client_close(q.client);
    arena_free(q.a);
    arena_free(all);
    return q.wrong ? 1 : EX_OK;
}

int import_verify(const struct import_words *w)
{
    return verify(w->file, w->site);
}
