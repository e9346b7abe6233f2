/* mail: one plain text message (RFC 5322) for SMTP. Whatever comes from a wire may stand in it: no
 * control gets into a header, and the text is base64 (RFC 2045, section 6.8), so that none of its
 * lines can be too long, begin with a dot or be taken for a header. Pure. */
#include "clock.h"
#include "transport.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_BYTES = 57, /* 76 characters of base64: RFC 2045, section 6.8 */
    WORD_BYTES = 39, /* an encoded word is 75 characters at most: RFC 2047, section 2 */
    SUBJECT_POINTS = 150,
};

static void put_base64(struct buf *b, struct span s)
{
    char text[128];
    must(s.n <= LINE_BYTES);
    sodium_bin2base64(
        text, sizeof text, (const unsigned char *)s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
    buf_put(b, span_of(text));
}

static bool is_plain(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] >= 0x7f) return false;
    return true;
}

/* RFC 2047: whole characters in each encoded word. */
static void put_words(struct buf *b, struct span s)
{
    bool first = true;
    for (size_t i = 0; i < s.n;) {
        size_t end = i, next = i;
        while (next < s.n && next - i <= WORD_BYTES) {
            end = next;
            utf8_next(s, &next);
        }
        if (next - i <= WORD_BYTES) end = next;
        if (!first) buf_lit(b, "\r\n ");
        first = false;
        buf_lit(b, "=?UTF-8?B?");
        put_base64(b, span_cut(s, i, end));
        buf_lit(b, "?=");
        i = end;
    }
}

/* White space for every control: nothing can begin a line of its own. */
static struct span one_line(struct arena *a, struct span s)
{
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i];
    return span_trim((struct span){p, s.n});
}

static void put_header(struct arena *a, struct buf *b, const char *name, struct span value)
{
    struct span line = one_line(a, value);
    buf_printf(b, "%s: ", name);
    if (is_plain(line))
        buf_put(b, line);
    else
        put_words(b, line);
    buf_lit(b, "\r\n");
}

/* One field, folded after each address (RFC 5322, section 2.2.3). */
static void put_to(struct arena *a, struct buf *b, const struct mail *m)
{
    buf_lit(b, "To:");
    for (size_t i = 0; i < m->to_count; i++)
        buf_printf(b, "%s %.*s", i ? ",\r\n" : "", FMT(one_line(a, m->to[i])));
    buf_lit(b, "\r\n");
}

static void put_date(struct buf *b, int64_t ms)
{
    char date[30];
    http_date(ms, date); /* "Sun, 29 Nov 2026 12:00:00 GMT" is RFC 5322's form but for the zone */
    buf_printf(b, "Date: %.25s +0000\r\n", date);
}

struct span mail_write(struct arena *a, const struct mail *m)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_date(&b, m->at_ms);
    put_header(a, &b, "From", m->from);
    put_to(a, &b, m);
    put_header(a, &b, "Subject", utf8_head(m->subject, SUBJECT_POINTS));
    ptrdiff_t at = span_find_char(m->from, '@');
    struct span host = at < 0 ? S("localhost") : span_cut(m->from, (size_t)at + 1, m->from.n);
    buf_printf(&b, "Message-ID: <%.*s@%.*s>\r\n", FMT(one_line(a, m->id)), FMT(one_line(a, host)));
    buf_lit(&b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\n");
    for (size_t i = 0; i < m->text.n; i += LINE_BYTES) {
        put_base64(&b, span_cut(m->text, i, i + LINE_BYTES));
        buf_lit(&b, "\r\n");
    }
    return buf_span(&b);
}
