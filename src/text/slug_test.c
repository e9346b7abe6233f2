#include "text.h"

#include <string.h>

#include "tap.h"

static struct arena *a;

static void test_slugs(void)
{
    static const struct {
        const char *text, *slug;
    } cases[] = {
        {"Storm hits the coast: 3 dead, 12 missing", "storm-hits-the-coast-3-dead-12-missing"},
        {"  --Don’t panic!  It's \"fine\" ", "dont-panic-its-fine"},
        {"Größe in Zürich, Æblegrød & Łódź", "grosse-in-zurich-aeblegrod-lodz"},
        {"Ação em São Paulo", "acao-em-sao-paulo"},
        {"Владимир Высоцкий: объезд", "vladimir-vysotskiy-obezd"},
        {"Київ і Щастя", "kiyiv-i-shchastya"},
        {"Αθήνα και Θεσσαλονίκη", "athina-kai-thessaloniki"},
        {"नरेन्द्र मोदी", "narendra-modi"},
        {"राम भारत में", "ram-bharat-men"},
        {"हिन्दी समाचार", "hindi-samachar"},
        {"फ़िल्म", "filma"},
        {"محمد في القاهرة", "mhmd-fy-alqahra"},
        {"北京", ""},
        {"iPhone 在北京 sale", "iphone-sale"},
        {"ﬁnance ½ Ⅳ", "finance-1-2-iv"},
        {"½", "1-2"},
        {"", ""},
        {"!!!", ""},
        {"a\xFF"
         "b",
            "a-b"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span got = text_slug(a, span_of(cases[i].text), 80);
        check(span_eq(got, span_of(cases[i].slug)), "%s: %.*s", cases[i].text, FMT(got));
    }
    check_span(text_slug(a, S("one two three"), 9), S("one-two"), "cut at a word");
    check_span(text_slug(a, S("one two three"), 7), S("one-two"), "cut where a word ends");
    check_span(text_slug(a, S("onetwothree"), 5), S("onetw"), "a word that is too long");
}

static void test_alphabet(void)
{
    bool plain = true;
    for (uint32_t c = 1; c < 0x30000; c++) {
        struct buf b;
        buf_init(&b, NULL, 0);
        buf_utf8(&b, c);
        struct arena *own = arena_new(1 << 20);
        struct span got = text_slug(own, buf_span(&b), 80);
        for (size_t i = 0; i < got.n; i++)
            plain = plain && strchr("abcdefghijklmnopqrstuvwxyz0123456789-", got.p[i]);
        plain = plain && !(got.n && (got.p[0] == '-' || got.p[got.n - 1] == '-'));
        arena_free(own);
        buf_free(&b);
    }
    check(plain, "no character gives anything but letters, digits and inner dashes");
}

static void test_casefold(void)
{
    check_span(text_casefold(a, S("  Stra\xC3\x9F"
                                  "e\n\xEF\xBC\xA1 ")),
        S("strasse a"), "folded");
    check_span(text_casefold(a, S("e\xCC\x81")), S("\xC3\xA9"), "composed");
    check_span(text_casefold(a, S("\xFF")), S("\xEF\xBF\xBD"), "broken bytes");
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < 100000; i++) buf_str(&b, i % 2 ? "\xCC\x81" : "\xCC\xA3");
    check(text_casefold(a, buf_span(&b)).n < 200,
        "a heap of marks is cut to what a letter may carry");
}

static void test_plain(void)
{
    check_span(text_plain(a, S("a\x01\t\n\x7F\xC2\x85"
                               "b\xE2\x80\xAE\xE2\x81\xA6\xEF\xBF\xBE\xFF")),
        S("a\t\nb\xEF\xBF\xBD"), "controls, overrides and noncharacters are gone");
    check_span(text_fold(a, S(" \xC2\xA0 a \r\n b ")), S("a b"), "white space is folded");
    check(text_is_rtl(S("1. \xD7\xA9\xD7\x9C latin")), "Hebrew first");
    check(text_is_rtl(S("\xD9\x85")) && !text_is_rtl(S("a \xD9\x85")) && !text_is_rtl(S("12")),
        "Arabic; Latin first; no letter");
}

int main(void)
{
    a = arena_new(64 << 20);
    test_slugs();
    test_alphabet();
    test_casefold();
    test_plain();
    arena_free(a);
    return tap_end();
}
