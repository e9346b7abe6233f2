/* write_ninjs_uri.c: identifiers and addresses as both writers of ninjs put them: the wire's own,
 * or wrapped into a URI of ours (RFC 3986, 3), which our reader takes off again. Never fatal. */
#include "write_ninjs.h"

#include <string.h>

static bool is_uri_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~:/?#@!$&'()*+,;=", c));
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Characters that may stand behind the scheme; at most one fragment. */
static bool is_uri_rest(struct span s)
{
    int fragments = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%') {
            if (s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2])) return false;
            i += 2;
        } else if (!is_uri_char(s.p[i])) {
            return false;
        }
        fragments += s.p[i] == '#';
    }
    return fragments < 2;
}

/* What stands behind "//": one "@" at most, and of a port only digits. */
static bool is_authority(struct span s)
{
    size_t end = 0;
    while (end < s.n && !strchr("/?#", s.p[end])) end++;
    struct span host = span_cut(s, 0, end);
    ptrdiff_t at = span_find_char(host, '@');
    if (at >= 0) host = span_cut(host, (size_t)at + 1, host.n);
    ptrdiff_t colon = span_find_char(host, ':');
    for (size_t i = colon < 0 ? host.n : (size_t)colon + 1; i < host.n; i++)
        if (host.p[i] < '0' || host.p[i] > '9') return false;
    return span_find_char(host, '@') < 0;
}

static bool is_uri(struct span s)
{
    ptrdiff_t colon = span_find_char(s, ':');
    if (colon < 1 || !((s.p[0] | 32) >= 'a' && (s.p[0] | 32) <= 'z')) return false;
    for (ptrdiff_t i = 0; i < colon; i++)
        if (!is_uri_char(s.p[i]) || strchr("_~:/?#@!$&'()*,;=", s.p[i])) return false;
    struct span rest = span_cut(s, (size_t)colon + 1, s.n);
    if (!is_uri_rest(rest)) return false;
    return !span_starts(rest, S("//")) || is_authority(span_cut(rest, 2, rest.n));
}

static void put_wrapped(struct json_out *o, const char *key, const char *prefix, struct span s)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    buf_str(&b, prefix);
    for (size_t i = 0; i < s.n; i++) {
        if (is_uri_char(s.p[i]) && !strchr(":/?#@", s.p[i]))
            buf_char(&b, s.p[i]);
        else
            buf_printf(&b, "%%%02X", (unsigned char)s.p[i]);
    }
    json_string(o, key, buf_span(&b));
    buf_free(&b);
}

void ninjs_put_uri(struct json_out *o, const char *key, const char *prefix, struct span s)
{
    if (is_uri(s) && !span_starts(s, S(WRAPPED)))
        json_string(o, key, s);
    else
        put_wrapped(o, key, prefix, s);
}

void ninjs_put_name(struct json_out *o, const char *key, const char *prefix, struct span s)
{
    if (span_starts(s, S(WRAPPED)))
        put_wrapped(o, key, prefix, s);
    else
        ninjs_put_text(o, key, s);
}
