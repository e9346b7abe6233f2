/* Fuzzing of addresses: what is read is clean, and reading it again gives the same. */
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void url_again(struct arena *a, const struct url *u)
{
    struct url again;
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "%.*s://%.*s%s%.*s%.*s", FMT(u->scheme), FMT(u->host), u->port.n ? ":" : "",
        FMT(u->port), FMT(u->path));
    if (u->query.n) buf_printf(&b, "?%.*s", FMT(u->query));
    if (b.n > 8192) return;
    must(url_parse(a, buf_span(&b), &again));
    must(span_eq(u->host, again.host) && span_eq(u->path, again.path));
    must(span_eq(u->query, again.query) && span_eq(u->port, again.port));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct span s = {(const char *)p, n}, out;
    struct arena *a = arena_new((size_t)64 << 20);
    struct url u;
    if (url_parse(a, s, &u)) url_again(a, &u);
    if (url_clean_path(a, s, &out)) {
        must(utf8_valid(out) && out.n && out.p[0] == '/');
        must(span_find(out, S("//")) < 0 && span_find(out, S("/../")) < 0);
        must(span_find_char(out, '\\') < 0 && span_find_char(out, '\n') < 0);
    }
    must(url_unescape(a, url_escape(a, s), false, &out) ==
         (utf8_valid(s) && span_find_char(s, 0) < 0));
    url_is_safe_link(s);
    arena_free(a);
    return 0;
}
