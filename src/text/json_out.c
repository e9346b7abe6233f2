/* json_out: writing JSON, safe inside <script> too (RFC 8259; <, > and & and the line separators
 * are escaped). Never fails: the buf's flag tells when it is full. What is no UTF-8 becomes U+FFFD.
 */
#include "text.h"

static void put_escaped(struct buf *b, struct span s)
{
    buf_char(b, '"');
    for (size_t i = 0, from = 0; i < s.n;) {
        from = i;
        uint32_t c = utf8_next(s, &i);
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c == '\n') {
            buf_lit(b, "\\n");
        } else if (c < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '&' || c == 0x2028 ||
                   c == 0x2029) {
            buf_printf(b, "\\u%04x", (unsigned)c);
        } else if (c == 0xFFFD) {
            buf_lit(b, "\xEF\xBF\xBD");
        } else {
            buf_put(b, span_cut(s, from, i));
        }
    }
    buf_char(b, '"');
}

/* The comma where one is due, and the key. */
static void begin(struct json_out *o, const char *key)
{
    if (o->comma) buf_char(o->b, ',');
    o->comma = true;
    if (!key) return;
    put_escaped(o->b, span_of(key));
    buf_char(o->b, ':');
}

void json_open(struct json_out *o, const char *key, char bracket)
{
    begin(o, key);
    buf_char(o->b, bracket);
    o->comma = false;
}

void json_close(struct json_out *o, char bracket)
{
    buf_char(o->b, bracket);
    o->comma = true;
}

void json_string(struct json_out *o, const char *key, struct span s)
{
    begin(o, key);
    put_escaped(o->b, s);
}

void json_number(struct json_out *o, const char *key, int64_t v)
{
    begin(o, key);
    if (v < 0) buf_char(o->b, '-');
    buf_u64(o->b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void json_bool(struct json_out *o, const char *key, bool v)
{
    begin(o, key);
    buf_str(o->b, v ? "true" : "false");
}

void json_null(struct json_out *o, const char *key)
{
    begin(o, key);
    buf_lit(o->b, "null");
}
