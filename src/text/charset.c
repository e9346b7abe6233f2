/* charset: bytes in the charsets that wires still use, to UTF-8. Single-byte sets and UTF-16 by
 * tables of our own, which need no system call; the East Asian sets by iconv, whose converters
 * charset_prepare opens once. What means nothing becomes U+FFFD. Never fatal. */
#include <errno.h>
#include <iconv.h>
#include <pthread.h>
#include <string.h>

#include "charset_table.h"
#include "prepare.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
enum { DECLARATION_MAX = 256 };    /* bytes in which an XML declaration must be over */

static struct converter {
    const char *label, *to_open;
    iconv_t iconv;
} converters[] = {{"gb18030", "GB18030", 0}, {"gbk", "GB18030", 0}, {"gb2312", "GB18030", 0},
    {"gb_2312-80", "GB18030", 0}, {"x-gbk", "GB18030", 0}, {"big5", "BIG5-HKSCS", 0},
    {"big5-hkscs", "BIG5-HKSCS", 0}, {"x-x-big5", "BIG5-HKSCS", 0}, {"euc-jp", "EUC-JP", 0},
    {"x-euc-jp", "EUC-JP", 0}, {"shift_jis", "CP932", 0}, {"shift-jis", "CP932", 0},
    {"sjis", "CP932", 0}, {"x-sjis", "CP932", 0}, {"windows-31j", "CP932", 0},
    {"ms_kanji", "CP932", 0}, {"iso-2022-jp", "ISO-2022-JP", 0}, {"euc-kr", "CP949", 0},
    {"ks_c_5601-1987", "CP949", 0}, {"korean", "CP949", 0}, {"windows-949", "CP949", 0}};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool prepared;

void charset_prepare(void)
{
    xml_prepare();
    pthread_mutex_lock(&lock);
    for (size_t i = 0; !prepared && i < COUNT(converters); i++) {
        struct converter *c = &converters[i];
        c->iconv = (iconv_t)-1;
        for (size_t k = 0; k < i && c->iconv == (iconv_t)-1; k++)
            if (!strcmp(converters[k].to_open, c->to_open)) c->iconv = converters[k].iconv;
        if (c->iconv == (iconv_t)-1) c->iconv = iconv_open("UTF-8", c->to_open);
    }
    prepared = true;
    pthread_mutex_unlock(&lock);
}

static void from_single_byte(struct buf *b, struct span s, const uint16_t table[128])
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80)
            buf_char(b, (char)c);
        else
            buf_utf8(b, table[c - 0x80]);
    }
}

static void from_utf16(struct buf *b, struct span s, bool big)
{
    uint32_t high = 0; /* the first half of a pair, waiting */
    for (size_t i = 0; i + 1 < s.n; i += 2) {
        unsigned char c0 = (unsigned char)s.p[i], c1 = (unsigned char)s.p[i + 1];
        uint32_t unit = big ? (uint32_t)c0 << 8 | c1 : (uint32_t)c1 << 8 | c0;
        bool is_low = (unit & 0xFC00) == 0xDC00;
        if (high && is_low)
            buf_utf8(b, 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF));
        else if (high)
            buf_utf8(b, 0xFFFD);
        bool used = high && is_low;
        high = (unit & 0xFC00) == 0xD800 ? unit : 0;
        if (!used && !high) buf_utf8(b, unit);
    }
    if (high || s.n % 2) buf_utf8(b, 0xFFFD);
}

/* Bytes that come out; to NULL: they are only counted. */
static size_t from_iconv(char *to, struct span s, iconv_t converter)
{
    char *in = (char *)(uintptr_t)s.p, piece[1024];
    size_t left = s.n, n = 0;
    iconv(converter, NULL, NULL, NULL, NULL);
    while (left > 0) {
        char *out = piece;
        size_t room = sizeof piece - sizeof REPLACEMENT;
        size_t r = iconv(converter, &in, &left, &out, &room);
        int why = errno;
        bool bad = r == (size_t)-1 && why != E2BIG;
        for (const char *p = REPLACEMENT; bad && *p; p++) *out++ = *p;
        if (to) memcpy(to + n, piece, (size_t)(out - piece));
        n += (size_t)(out - piece);
        if (!bad) continue;
        if (why == EINVAL) break; /* it ends within a character */
        in++;
        left--;
    }
    return n;
}

static const uint16_t *single_byte_table(struct span label)
{
    for (size_t i = 0; i < COUNT(single_byte_labels); i++)
        if (span_eq_nocase(label, span_of(single_byte_labels[i].label)))
            return single_bytes[single_byte_labels[i].set];
    return NULL;
}

static bool is_utf8_label(struct span label)
{
    return span_eq_nocase(label, S("utf-8")) || span_eq_nocase(label, S("utf8"));
}

static iconv_t converter_of(struct span label)
{
    for (size_t i = 0; prepared && i < COUNT(converters); i++)
        if (span_eq_nocase(label, span_of(converters[i].label))) return converters[i].iconv;
    return (iconv_t)-1;
}

static size_t convert(char *to, struct span s, iconv_t converter)
{
    pthread_mutex_lock(&lock);
    size_t n = from_iconv(to, s, converter);
    pthread_mutex_unlock(&lock);
    return n;
}

/* Twice, and the memory is taken in between: who has none may leave, and no lock stays behind. */
static bool to_utf8_by_iconv(struct arena *a, struct span s, struct span label, struct span *out)
{
    iconv_t converter = converter_of(label);
    *out = (struct span){0};
    if (converter == (iconv_t)-1) return false;
    size_t n = convert(NULL, s, converter);
    char *p = ARENA_ARRAY(a, char, n + 1);
    convert(p, s, converter);
    *out = (struct span){p, n};
    return true;
}

static bool is_ascii(struct span s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++) all |= (unsigned char)s.p[i];
    return all < 0x80;
}

/* UTF-16 can be told from its zeros, whatever is declared: no text in another set has any. */
static bool is_really_utf16(struct span s)
{
    return s.n && memchr(s.p, 0, s.n) != NULL;
}

static void put_utf16(struct buf *b, struct span s, struct span label)
{
    bool big = span_eq_nocase(label, S("utf-16be")) || span_starts(s, S("\xFE\xFF"));
    if (span_starts(s, S("\xFF\xFE"))) big = false;
    if (span_starts(s, S("\xFE\xFF")) || span_starts(s, S("\xFF\xFE"))) s = span_cut(s, 2, s.n);
    from_utf16(b, s, big);
}

bool charset_to_utf8(struct arena *a, struct span bytes, struct span label, struct span *out)
{
    label = span_trim(label);
    bool utf16 = span_starts_nocase(label, S("utf-16")) || span_eq_nocase(label, S("unicode")) ||
                 span_eq_nocase(label, S("iso-10646-ucs-2"));
    bool has_mark = span_starts(bytes, S("\xFE\xFF")) || span_starts(bytes, S("\xFF\xFE"));
    bool seven_bits = span_eq_nocase(label, S("iso-2022-jp")); /* all ASCII, and yet not */
    if (span_starts(bytes, S("\xEF\xBB\xBF"))) bytes = span_cut(bytes, 3, bytes.n);
    if (is_utf8_label(label) && !has_mark) {
        *out = bytes;
        return utf8_valid(bytes);
    }
    const uint16_t *table = single_byte_table(label);
    bool ascii = is_ascii(bytes);
    bool as_it_is = utf16 ? !has_mark && !is_really_utf16(bytes) && utf8_valid(bytes)
                          : !seven_bits && !has_mark && (ascii ? table != NULL : utf8_valid(bytes));
    if (as_it_is) {
        *out = bytes;
        return true;
    }
    if (!utf16 && !has_mark && !table) return to_utf8_by_iconv(a, bytes, label, out);
    struct buf b;
    buf_init(&b, a, 0);
    if (utf16 || has_mark)
        put_utf16(&b, bytes, label);
    else
        from_single_byte(&b, bytes, table);
    *out = buf_span(&b);
    return true;
}

/* The value of encoding= in an XML declaration at the head of bytes. */
static struct span declared(struct span bytes)
{
    struct span head = span_cut(bytes, 0, DECLARATION_MAX);
    if (!span_starts(head, S("<?xml"))) return (struct span){NULL, 0};
    ptrdiff_t end = span_find(head, S("?>")), at = span_find(head, S("encoding"));
    if (end < 0 || at < 0 || at > end) return (struct span){NULL, 0};
    struct span rest = span_trim(span_cut(head, (size_t)at + 8, (size_t)end));
    if (!span_starts(rest, S("="))) return (struct span){NULL, 0};
    rest = span_trim(span_cut(rest, 1, rest.n));
    if (rest.n < 2 || (*rest.p != '"' && *rest.p != '\'')) return (struct span){NULL, 0};
    ptrdiff_t close = span_find_char(span_cut(rest, 1, rest.n), *rest.p);
    return close < 0 ? (struct span){NULL, 0} : span_cut(rest, 1, (size_t)close + 1);
}

struct span charset_sniff(struct span bytes)
{
    if (span_starts(bytes, S("\xEF\xBB\xBF"))) return S("utf-8");
    if (span_starts(bytes, S("\xFE\xFF")) || span_starts(bytes, S("\0<\0"))) return S("utf-16be");
    if (span_starts(bytes, S("\xFF\xFE"))) return S("utf-16le");
    if (bytes.n >= 4 && bytes.p[0] == '<' && bytes.p[1] == 0 && bytes.p[3] == 0)
        return S("utf-16le");
    return declared(bytes);
}
