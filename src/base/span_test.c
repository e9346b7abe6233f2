#include "base.h"

#include <string.h>

#include "tap.h"

static void test_cutting(void)
{
    struct span s = S("abcdef");
    check_span(span_cut(s, 2, 4), S("cd"), "cut in the middle");
    check_span(span_cut(s, 4, 99), S("ef"), "the end is clamped");
    check_span(span_cut(s, 9, 3), S(""), "a cut that is upside down is empty");
    check_span(span_of(NULL), S(""), "NULL gives the empty span");
    check_span(span_trim(S(" \t\xC2\xA0 a b\r\n\xC2\xA0")), S("a b"), "trim takes no-break spaces");
    check_span(span_trim(S(" \n ")), S(""), "nothing but white space trims to nothing");
}

static void test_comparing(void)
{
    check(span_eq(S(""), span_of(NULL)), "two empty spans are equal");
    check(span_eq_nocase(S("HTTP"), S("http")), "equal but for case");
    check(!span_eq_nocase(S("\xC3\x84"), S("\xC3\xA4")), "case folding is for ASCII only");
    check(!span_eq_nocase(S("@"), S("`")), "signs have no case");
    check(span_cmp(S("a"), S("ab")) < 0 && span_cmp(S("b"), S("ab")) > 0, "order is by bytes");
    check(span_cmp(S("\xFF"), S("a")) > 0, "bytes are unsigned");
    check(span_starts(S("abc"), S("ab")) && !span_starts(S("a"), S("ab")), "starts");
    check(span_ends(S("abc"), S("bc")) && !span_ends(S("c"), S("bc")), "ends");
}

static void test_finding(void)
{
    check(span_find(S("hayneedle"), S("needle")) == 3, "find");
    check(span_find(S("hay"), S("needle")) == -1, "not there");
    check(span_find_nocase(S("hayNEEdle"), S("needle")) == 3, "find without case");
    check(
        span_find_char(S("a,b"), ',') == 1 && span_find_char(S(""), 'x') == -1, "find a character");
}

static void test_parts(void)
{
    struct span rest = S("a,,b"), part;
    check(span_next(&rest, ',', &part) && span_eq(part, S("a")), "first part");
    check(span_next(&rest, ',', &part) && part.n == 0, "an empty part in the middle");
    check(span_next(&rest, ',', &part) && span_eq(part, S("b")), "last part");
    check(!span_next(&rest, ',', &part), "and then no more");
    rest = S("a,");
    check(span_next(&rest, ',', &part) && span_next(&rest, ',', &part) && part.n == 0 &&
              !span_next(&rest, ',', &part),
        "a separator in the end leaves an empty part");
}

static void test_numbers(void)
{
    uint64_t u = 7;
    int64_t i;
    check(span_to_u64(S("18446744073709551615"), &u) && u == UINT64_MAX, "the largest u64");
    check(!span_to_u64(S("18446744073709551616"), &u), "one more overflows");
    check(!span_to_u64(S(""), &u) && !span_to_u64(S("+1"), &u) && !span_to_u64(S("1 "), &u),
        "digits only");
    check(span_to_i64(S("-9223372036854775808"), &i) && i == INT64_MIN, "the least i64");
    check(!span_to_i64(S("-9223372036854775809"), &i) && !span_to_i64(S("9223372036854775808"), &i),
        "past both ends");
    check(!span_to_i64(S("-"), &i), "a sign alone is no number");
}

static void test_utf8(void)
{
    check(utf8_valid(S("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80")), "one to four bytes");
    static const char *const broken[] = {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\x80", "\xC3",
        "\xE2\x82", "12345678\xE2\x82", "\xC3\x28"};
    for (size_t i = 0; i < COUNT(broken); i++)
        check(!utf8_valid(span_of(broken[i])), "broken UTF-8 no. %zu is refused", i);
    size_t at = 0;
    struct span s = S("\xE2\x82x");
    check(utf8_next(s, &at) == 0xFFFD && at == 1, "a broken byte is U+FFFD and moves by one");
    check(utf8_next(s, &at) == 0xFFFD && utf8_next(s, &at) == 'x' && at == s.n, "then goes on");
    check(utf8_count(S("\xC3\xA4"
                       "b\xE2\x82\xAC")) == 3,
        "code points are counted");
    check_span(utf8_head(S("\xC3\xA4"
                           "b\xE2\x82\xAC"),
                   2),
        S("\xC3\xA4"
          "b"),
        "the first two");
    check_span(utf8_head(S("ab"), 9), S("ab"), "fewer than asked");
}

static void test_utf8_round_trip(void)
{
    struct buf b;
    bool same = true;
    buf_init(&b, NULL, 0);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        b.n = 0;
        buf_utf8(&b, c);
        size_t i = 0;
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        uint32_t back = utf8_next(buf_span(&b), &i);
        same = same && back == (surrogate ? 0xFFFD : c) && i == b.n && utf8_valid(buf_span(&b));
    }
    check(same, "every code point is written and read back; surrogates become U+FFFD");
    buf_free(&b);
}

int main(void)
{
    test_cutting();
    test_comparing();
    test_finding();
    test_parts();
    test_numbers();
    test_utf8();
    test_utf8_round_trip();
    return tap_end();
}
