/* head: header fields of answers: validators, codings, security. RFC 9110 (8.8.3 ETag, 12.5.3
 * Accept-Encoding, 13.1.2 If-None-Match). */
#include "site_private.h"

#include <string.h>

#define OWN_ONLY                                                                                   \
    "Content-Security-Policy: default-src 'none'; img-src 'self'; style-src 'self'; script-src "   \
    "'self'; font-src 'self'; connect-src 'self'; "
#define NEVER "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"
#define OTHERS                                                                                     \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "X-Frame-Options: DENY\r\n"                                                                    \
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"                                         \
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), "                   \
    "interest-cohort=()\r\n"                                                                       \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"
/* A policy without other hosts than ours, and what never depends on a page. */
static const char security[] = OWN_ONLY NEVER OTHERS;

struct span site_security_head(void)
{
    return (struct span){security, sizeof security - 1};
}

/* CSP level 3: what a page shows or asks of other hosts is named, by kind; all else stays shut. */
static void put_security(struct buf *b, const struct page_hosts *h)
{
    if (!h ||
        (!h->images.n && !h->frames.n && !h->scripts.n && !h->style_code.n && !h->script_code.n)) {
        buf_put(b, site_security_head());
        return;
    }
    buf_printf(b,
        "Content-Security-Policy: default-src 'none'; img-src 'self'%.*s%.*s; style-src "
        "'self'%.*s; script-src 'self'%.*s%.*s; font-src 'self'; connect-src 'self'%.*s; ",
        FMT(h->images), FMT(h->scripts), FMT(h->style_code), FMT(h->script_code), FMT(h->scripts),
        FMT(h->scripts));
    if (h->frames.n) buf_printf(b, "frame-src%.*s; ", FMT(h->frames));
    buf_lit(b, NEVER OTHERS);
}

/* RFC 9110 12.5.5. */
static void put_vary(struct buf *b, const struct head *h)
{
    if (!h->coded && !h->differs_by.n) return;
    buf_printf(b, "Vary: %s%s%.*s\r\n", h->coded ? "Accept-Encoding" : "",
        h->coded && h->differs_by.n ? ", " : "", FMT(h->differs_by));
}

struct span head_of(struct arena *a, const struct head *h)
{
    struct buf b;
    buf_init(&b, a, 0);
    if (h->content_type) buf_printf(&b, "Content-Type: %s\r\n", h->content_type);
    buf_printf(&b, "Cache-Control: %s\r\n", h->cache);
    if (h->etag.n) buf_printf(&b, "ETag: %.*s\r\n", FMT(h->etag));
    put_vary(&b, h);
    if (h->coding) buf_printf(&b, "Content-Encoding: %s\r\n", h->coding);
    if (h->noindex) buf_lit(&b, "X-Robots-Tag: noindex\r\n");
    if (h->modified_ms > 0) {
        char date[30];
        http_date(h->modified_ms, date);
        buf_printf(&b, "Last-Modified: %s\r\n", date);
    }
    buf_put(&b, h->extra);
    put_security(&b, h->hosts);
    return buf_span(&b);
}

const char *coding_name(enum coding c)
{
    return c == CODING_GZIP ? "gzip" : c == CODING_BROTLI ? "br" : NULL;
}

/* A strong ETag names one encoding. */
struct span etag_of(struct arena *a, struct span body, enum coding c)
{
    static const char *ends[CODINGS] = {"", "-gz", "-br"};
    struct hash h = hash_of(body);
    return arena_printf(a, "\"%.24s%s\"", hash_hex(a, &h).p, ends[c]);
}

bool etag_matches(struct span list, struct span etag)
{
    if (!list.p || !etag.n) return false;
    if (span_eq(span_trim(list), S("*"))) return true;
    struct span part;
    while (span_next(&list, ',', &part)) {
        part = span_trim(part);
        if (span_starts(part, S("W/")))
            part = span_cut(part, 2, part.n); /* weak comparison: RFC 9110 13.1.2 */
        if (span_eq(part, etag)) return true;
    }
    return false;
}

/* q=0 forbids; the weights beyond that are not weighed: br where it may be, else gzip. */
bool accept_names(struct span list, struct span name)
{
    struct span part;
    while (span_next(&list, ',', &part)) {
        struct span word;
        part = span_trim(part);
        if (!span_next(&part, ';', &word) || !span_eq_nocase(span_trim(word), name)) continue;
        struct span q = span_trim(part.p ? part : S(""));
        if (!span_starts_nocase(q, S("q=0"))) return true;
        for (size_t i = 3; i < q.n; i++)
            if (q.p[i] >= '1' && q.p[i] <= '9') return true;
        return false;
    }
    return false;
}

enum coding coding_choose(struct span accept)
{
    if (!accept.p) return CODING_PLAIN;
    if (accept_names(accept, S("br"))) return CODING_BROTLI;
    return accept_names(accept, S("gzip")) ? CODING_GZIP : CODING_PLAIN;
}
