/* words_test.c: what words are, in which scripts they are whole, and that broken bytes end. */
#include "text.h"
#include "tap.h"

static struct arena *arena;

static bool has(const char *text, const char *phrase)
{
    return text_has_words(text_words(arena, span_of(text)), text_words(arena, span_of(phrase)),
        phrase[0] == '*', phrase[strlen(phrase) - 1] == '*');
}

static void test_words(void)
{
    check_span(text_words(arena, S("  “It’s” — the  MINISTER-president…")),
        S("it s the minister president"), "marks are gaps");
    check_span(text_words(arena, S("e\u0301te\u0301 «É»")), S("\u00e9t\u00e9 \u00e9"), "composed");
    check_span(text_words(arena, S("ex\u00ADit\u200Bpoll\u200C1")), S("exit poll 1"), "unseen");
    check_span(text_words(arena, S("\u0130stanbul")), S("istanbul"), "İ");
    check_span(text_words(arena, S("\u0627\u0650\u0646\u0640\u062A\u064E")),
        S("\u0627\u0646\u062A"), "vowel signs and stretching");
    check(text_words(arena, S("«…» — 🍇 ؟ ।")).n == 0 && text_words(arena, S("")).n == 0, "none");
}

static void test_edges(void)
{
    check(has("rape\U0001F347 «rape»", "rape") && !has("grapes", "rape"), "whole in Latin");
    check(has("grapes", "*rape*") && !has("grapes", "rape*") && has("rapeseed", "rape*"), "open");
    check(
        !has("été-là répété", "pété") && has("l'été", "ÉTÉ") && !has("répétée", "été"), "accents");
    check(has("使用AI技术", "ai") && has("出口投票所", "投票"), "without spaces");
    check(!has("one two", "one three") && has("one, two", "ONE TWO"), "phrases");
    check(!has("", "a") && !has("a", "") && !has("a", "--") && !has("", ""), "nothing is nowhere");
    check(!has("aaaaaaaab aab", "ab") && has("aab ab", "ab"), "a later one");
}

static void test_broken(void)
{
    struct span w = text_words(arena, S("\xF0\x9F\xFF\x80 a\xC3 \xE2\x80 word\xED\xA0\x80"));
    check(utf8_valid(w) && text_has_words(w, S("word"), false, true), "broken bytes");
    char all[512];
    uint64_t seed = 7;
    bool fine = true;
    for (int i = 0; i < 3000; i++) {
        for (size_t k = 0; k < sizeof all; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            all[k] = (char)(seed >> 56);
        }
        arena_reset(arena);
        w = text_words(arena, (struct span){all, sizeof all});
        fine &= utf8_valid(w) && text_has_words(w, w, false, false);
        text_has_words(w, (struct span){all, 2}, false, false);
    }
    check(fine, "random bytes");
}

int main(void)
{
    arena = arena_new(16 << 20);
    test_words();
    test_edges();
    test_broken();
    arena_free(arena);
    return tap_end();
}
