/* mime_decode.c: what stands behind the encodings of mail: base64, quoted-printable, encoded words,
 * flowed lines. Linear. Never fails: a byte that fits nowhere stands for itself or is skipped. */
#include "mime.h"

#include <string.h>

/* ---- base64, quoted-printable (RFC 2045 6.7, 6.8) ---- */

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Whatever is not of the alphabet is skipped; "=" ends it. */
static void put_base64(struct buf *b, struct span s)
{
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        int v = base64_value(s.p[i]);
        if (v < 0) continue;
        bits = bits << 6 | (uint32_t)v;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        buf_char(b, (char)(bits >> count & 0xFF));
    }
}

static bool put_hex(struct buf *b, struct span s, size_t at)
{
    unsigned char byte;
    if (at + 2 > s.n || !hex_to_bytes(span_cut(s, at, at + 2), &byte, 1)) return false;
    buf_char(b, (char)byte);
    return true;
}

static void put_quoted_printable(struct buf *b, struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '=') {
            buf_char(b, s.p[i]);
            continue;
        }
        size_t k = i + 1; /* "=", perhaps blanks, line end: the line goes on */
        while (k < s.n && (s.p[k] == ' ' || s.p[k] == '\t' || s.p[k] == '\r')) k++;
        if (k >= s.n || s.p[k] == '\n')
            i = k;
        else if (put_hex(b, s, i + 1))
            i += 2;
        else
            buf_char(b, '=');
    }
}

struct span mime_decode(struct arena *a, const struct mime_part *p)
{
    struct span how = mime_field(a, p, "content-transfer-encoding");
    struct buf b;
    bool base64 = span_eq_nocase(how, S("base64"));
    if (!base64 && !span_eq_nocase(how, S("quoted-printable"))) return p->body;
    buf_init(&b, a, 0);
    if (base64)
        put_base64(&b, p->body);
    else
        put_quoted_printable(&b, p->body);
    return buf_span(&b);
}

/* ---- encoded words (RFC 2047) ---- */

struct word {
    struct span charset, text;
    char how; /* B or Q */
    size_t n; /* bytes of it all */
};

/* "=?charset?Q?text?=" at the head of s; the charset may name a language (RFC 2231 5). */
static bool word_at(struct span s, struct word *w)
{
    enum { CHARSET_MAX = 60, WORD_MAX = 2000 };
    if (!span_starts(s, S("=?"))) return false;
    struct span rest = span_cut(s, 2, s.n);
    ptrdiff_t mark = span_find_char(span_cut(rest, 0, CHARSET_MAX), '?');
    if (mark <= 0 || (size_t)mark + 2 >= rest.n || rest.p[mark + 2] != '?') return false;
    w->charset = span_cut(rest, 0, (size_t)mark);
    ptrdiff_t language = span_find_char(w->charset, '*');
    if (language > 0) w->charset.n = (size_t)language;
    w->how = (char)(rest.p[mark + 1] & ~0x20);
    struct span text = span_cut(rest, (size_t)mark + 3, (size_t)mark + 3 + WORD_MAX);
    ptrdiff_t end = span_find(text, S("?="));
    if (end < 0 || (w->how != 'B' && w->how != 'Q')) return false;
    w->text = span_cut(text, 0, (size_t)end);
    w->n = 2 + (size_t)mark + 3 + (size_t)end + 2;
    return true;
}

static void put_word(struct buf *b, const struct word *w)
{
    if (w->how == 'B') {
        put_base64(b, w->text);
        return;
    }
    for (size_t i = 0; i < w->text.n; i++) {
        if (w->text.p[i] == '=' && put_hex(b, w->text, i + 1))
            i += 2;
        else
            buf_char(b, w->text.p[i] == '_' ? ' ' : w->text.p[i]);
    }
}

static void put_text(struct arena *a, struct buf *out, struct buf *raw, struct span charset)
{
    const char *guess;
    if (raw->n) buf_put(out, wire_text(a, buf_span(raw), charset, &guess));
    buf_init(raw, a, 0);
}

/* Words side by side are one text, and a character may be parted by them: the bytes are joined
 * before they are read, where the charset is the same. */
static struct span decode_words(struct arena *a, struct span s)
{
    struct buf out, raw;
    struct span charset = {0};
    bool after_word = false;
    buf_init(&out, a, 0);
    buf_init(&raw, a, 0);
    for (size_t i = 0; i < s.n;) {
        struct word w;
        size_t k = i;
        while (after_word && k < s.n && (s.p[k] == ' ' || s.p[k] == '\t')) k++;
        if (word_at(span_cut(s, k, s.n), &w)) {
            if (!after_word || !span_eq_nocase(w.charset, charset))
                put_text(a, &out, &raw, after_word ? charset : (struct span){0});
            charset = w.charset;
            put_word(&raw, &w);
            after_word = true;
            i = k + w.n;
            continue;
        }
        if (after_word) put_text(a, &out, &raw, charset);
        after_word = false;
        buf_char(&raw, s.p[i++]);
    }
    put_text(a, &out, &raw, after_word ? charset : (struct span){0});
    return buf_span(&out);
}

struct span mime_text_field(struct arena *a, const struct mime_part *p, const char *name)
{
    return decode_words(a, mime_field(a, p, name));
}

bool mime_next_field(struct arena *a, struct span *rest, struct span *line_out)
{
    struct buf b;
    *line_out = (struct span){0};
    if (!rest->n) return false;
    buf_init(&b, a, 0);
    do buf_put(&b, mime_next_line(rest));
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'));
    *line_out = decode_words(a, buf_span(&b));
    return true;
}

/* ---- text ---- */

/* A line that ends in a space goes on in the next one (RFC 3676 4); a space in front is stuffing.
 */
static struct span unflowed(struct arena *a, struct span text, bool delsp)
{
    struct buf b;
    struct span rest = text, line;
    buf_init(&b, a, 0);
    while (span_next(&rest, '\n', &line)) {
        if (span_ends(line, S("\r"))) line.n--;
        if (span_starts(line, S(" "))) line = span_cut(line, 1, line.n);
        bool on = span_ends(line, S(" ")) && !span_eq(line, S("-- "));
        buf_put(&b, on && delsp ? span_cut(line, 0, line.n - 1) : line);
        if (!on) buf_char(&b, '\n');
    }
    return buf_span(&b);
}

struct span mime_text(struct arena *a, const struct mime_part *p, const char **guess_out)
{
    struct span text = wire_text(a, mime_decode(a, p), p->charset, guess_out);
    return p->flowed ? unflowed(a, text, p->delsp) : text;
}
