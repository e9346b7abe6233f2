#include "text.h"

#include <iconv.h>
#include <string.h>

#include "tap.h"

static struct arena *a;

static bool gives(struct span bytes, const char *label, struct span want)
{
    struct span got;
    bool known = charset_to_utf8(a, bytes, span_of(label), &got);
    if (known && !span_eq(got, want)) printf("# got: %.*s\n", FMT(got));
    return known && span_eq(got, want);
}

static void test_sets(void)
{
    check(gives(S("\xE4 \x80"), "ISO-8859-1", S("\xC3\xA4 \xE2\x82\xAC")), "Latin-1");
    check(gives(S("\xA4"), "iso-8859-15", S("\xE2\x82\xAC")), "Latin-9 has the euro");
    check(gives(S("\xCF\xF0"), "windows-1251", S("\xD0\x9F\xD1\x80")), "Cyrillic");
    check(gives(S("\xD0\xD2"), "KOI8-R", S("\xD0\xBF\xD1\x80")), "KOI8");
    check(gives(S("\xC3\xA4"), "windows-1252", S("\xC3\xA4")), "what is UTF-8 stays UTF-8");
    check(gives(S("plain"), "windows-1252", S("plain")), "ASCII");
    check(gives(S("\xEF\xBB\xBF\xC3\xA4"), "utf-8", S("\xC3\xA4")), "the mark is taken off");
    struct span s;
    check(!charset_to_utf8(a, S("\xE4"), S("utf-8"), &s), "Latin-1 that says it is UTF-8");
    check(!charset_to_utf8(a, S("\xE4"), S("martian"), &s), "a set that nobody knows");
}

static void test_utf16(void)
{
    check(gives(S("\xFE\xFF\0a\xD8\x3D\xDE\0"), "utf-16", S("a\xF0\x9F\x98\x80")), "big-endian");
    check(gives(S("a\0\xE4\0"), "utf-16", S("a\xC3\xA4")), "little-endian without a mark");
    check(gives(S("a\0\x3D\xD8"
                  "b\0"),
              "utf-16le",
              S("a\xEF\xBF\xBD"
                "b")),
        "half of a pair");
    check(gives(S("a\0b"), "utf-16le", S("a\xEF\xBF\xBD")), "half of a unit");
}

static void test_prepared(void)
{
    struct span s;
    check(!charset_to_utf8(a, S("\x82\xA0"), S("shift_jis"), &s), "not before it is prepared");
    charset_prepare();
    charset_prepare();
    check(gives(S("\x82\xA0"), "Shift_JIS", S("\xE3\x81\x82")), "Shift_JIS");
    check(gives(S("\xA4\xA2"), "euc-jp", S("\xE3\x81\x82")), "EUC-JP");
    check(gives(S("\xD6\xD0"), "gb2312", S("\xE4\xB8\xAD")), "GB18030 for GB2312");
    check(gives(S("\xA4\xA4"), "big5", S("\xE4\xB8\xAD")), "Big5");
    check(gives(S("\xB0\xA1"), "euc-kr", S("\xEA\xB0\x80")), "EUC-KR");
    check(gives(S("\x1B$B$\"\x1B(B"), "iso-2022-jp", S("\xE3\x81\x82")), "ISO-2022-JP");
    check(gives(S("a\xFF\x82\xA0\x82"), "euc-kr", S("a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")) ||
              charset_to_utf8(a, S("a\xFF\x82\xA0\x82"), S("euc-kr"), &s),
        "broken bytes do not stop it");
}

/* Every byte of every set that iconv knows too; ours follow WHATWG, which fills what is empty below
 * A0. */
static void test_against_iconv(void)
{
    static const char *const sets[] = {"windows-1250", "windows-1251", "windows-1252",
        "windows-1253", "windows-1254", "windows-1256", "windows-1257", "iso-8859-2", "iso-8859-3",
        "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-10", "iso-8859-13",
        "iso-8859-14", "iso-8859-15", "iso-8859-16", "koi8-r"};
    for (size_t i = 0; i < COUNT(sets); i++) {
        iconv_t c = iconv_open("UTF-8", sets[i]);
        if (c == (iconv_t)-1) {
            tap_skip(sets[i], "iconv does not know it");
            continue;
        }
        bool same = true;
        for (int byte = 0x80; byte < 0x100; byte++) {
            char in[2] = {(char)byte, ' '}, out[8], *p = in, *q = out;
            size_t left = 1, room = sizeof out;
            if (iconv(c, &p, &left, &q, &room) == (size_t)-1) continue;
            struct span got;
            same = same && charset_to_utf8(a, (struct span){in, 2}, span_of(sets[i]), &got) &&
                   got.n == sizeof out - room + 1 && !memcmp(got.p, out, sizeof out - room);
        }
        check(same, "%s is what iconv says", sets[i]);
        iconv_close(c);
    }
}

static void test_sniff(void)
{
    check_span(charset_sniff(S("<?xml version=\"1.0\" encoding = 'KOI8-R' ?><a/>")), S("KOI8-R"),
        "declared");
    check(charset_sniff(S("<a encoding='x'/>")).n == 0, "no declaration");
    check(charset_sniff(S("<?xml encoding='x")).n == 0, "a declaration that does not end");
    check_span(charset_sniff(S("\xFF\xFE<\0")), S("utf-16le"), "a mark");
    check_span(charset_sniff(S("<\0?\0")), S("utf-16le"), "zeros");
    check(charset_sniff(S("")).n == 0, "nothing");
}

int main(void)
{
    a = arena_new(8 << 20);
    test_sets();
    test_utf16();
    test_prepared();
    test_against_iconv();
    test_sniff();
    arena_free(a);
    return tap_end();
}
