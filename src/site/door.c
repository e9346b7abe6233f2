/* door: what is answered before any page is asked. ACME's challenges (RFC 8555, 8.3), as a client
 * for certificates puts them into its webroot; and readers who come without TLS, or by the site's
 * name with or without "www.", are led to the site's own address. Where they are led depends on
 * the configuration alone, never on the host that a client names; and whether a page is there is
 * not asked. */
#include "site_private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ACME_TOKEN_MAX = 128,     /* of base64url; authorities send 43 characters */
    ACME_CHALLENGE_MAX = 512, /* bytes: the token, a point, a key's hash: 87 */
};
#define ACME_PATH ".well-known/acme-challenge/"

/* ---- challenges ---- */
/* RFC 8555, 8.3: the alphabet of base64url. So no name leads anywhere else. */
static bool is_token(struct span s)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (!s.n || s.n > ACME_TOKEN_MAX) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!memchr(alphabet, s.p[i], sizeof alphabet - 1)) return false;
    return true;
}

/* name below dir, which is closed. -1: there is none, or it is a link. */
static int step(int dir, const char *name, int flags)
{
    int fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);
    if (dir >= 0) close(dir);
    return fd;
}

static bool read_challenge(struct arena *a, struct span folder, struct span token, struct span *out)
{
    struct stat st;
    char *bytes = arena_alloc(a, ACME_CHALLENGE_MAX);
    int fd = open(arena_cstr(a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fd = step(fd, ".well-known", O_DIRECTORY);
    fd = step(fd, "acme-challenge", O_DIRECTORY);
    fd = step(fd, arena_cstr(a, token), O_NONBLOCK);
    if (fd < 0) return false;
    bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= ACME_CHALLENGE_MAX;
    ssize_t n = is_file ? pread(fd, bytes, ACME_CHALLENGE_MAX, 0) : -1;
    close(fd);
    if (n > 0) *out = (struct span){bytes, (size_t)n};
    return n > 0;
}

static void answer_challenge(
    const struct site_ask *ask, struct span folder, struct span token, struct site_answer *out)
{
    struct span body;
    bool there = is_token(token) && read_challenge(ask->arena, folder, token, &body);
    struct head words = {.content_type = there ? "application/octet-stream" : "text/plain",
        .cache = "no-store",
        .noindex = true};
    *out = (struct site_answer){.status = there ? 200 : 404,
        .head = head_of(ask->arena, &words),
        .body = there ? body : S("No such challenge.\n")};
}

/* ---- the site's own address ---- */
static struct span name_of(struct span host)
{
    size_t n = 0;
    if (host.n && host.p[0] == '[') return host;
    while (n < host.n && host.p[n] != ':') n++;
    return span_cut(host, 0, n);
}

/* The one is the other behind "www.". */
static bool differ_by_www(struct span one, struct span other)
{
    if (one.n < other.n) return differ_by_www(other, one);
    return other.n && one.n == other.n + 4 && span_starts_nocase(one, S("www.")) &&
           span_eq_nocase(span_cut(one, 4, one.n), other);
}

static bool is_elsewhere(const struct press_site *ps, const struct site_knock *k)
{
    ptrdiff_t at = span_find(ps->url, S("://"));
    if (!ps->leads_home || at < 0 || !k->target.n || k->target.p[0] != '/') return false;
    struct span own = name_of(span_cut(ps->url, (size_t)at + 3, ps->url.n));
    return (k->is_plain && span_starts(ps->url, S("https://"))) ||
           differ_by_www(name_of(k->host), own);
}

/* What is sent stays what it was: a push goes on as a push (RFC 9110, 15.4.9). */
static void lead_home(const struct press_site *ps, const struct site_ask *ask,
    const struct site_knock *k, struct site_answer *out)
{
    struct head words = {.content_type = "text/plain; charset=utf-8",
        .cache = "no-store",
        .extra = arena_printf(ask->arena, "Location: %.*s%.*s\r\n", FMT(ps->url), FMT(k->target))};
    *out = (struct site_answer){
        .status = ask->method == HTTP_GET || ask->method == HTTP_HEAD ? 301 : 308,
        .head = head_of(ask->arena, &words),
        .body = S("Moved.\n")};
}

static bool door(const struct press_site *ps, const struct site_ask *ask,
    const struct site_knock *k, struct site_answer *out)
{
    if (ps->acme_folder.n && span_starts(ask->path, S("/" ACME_PATH)))
        answer_challenge(
            ask, ps->acme_folder, span_cut(ask->path, sizeof ACME_PATH, ask->path.n), out);
    else if (is_elsewhere(ps, k))
        lead_home(ps, ask, k, out);
    else
        return false;
    return true;
}

bool site_door(struct site_hand *h, const struct site_ask *ask, const struct site_knock *k,
    struct site_answer *out)
{
    atomic_store(&h->turn, atomic_load(&h->site->press_turn));
    bool is = door(atomic_load(&h->site->press_site), ask, k, out);
    atomic_store(&h->turn, 0);
    return is;
}

struct span site_hsts(struct site_hand *h, struct arena *a)
{
    atomic_store(&h->turn, atomic_load(&h->site->press_turn));
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span line =
        ps->hsts.n ? arena_printf(a, "Strict-Transport-Security: %.*s\r\n", FMT(ps->hsts)) : S("");
    atomic_store(&h->turn, 0);
    return line;
}
