#include "text.h"

#include "tap.h"

static struct arena *a;

static void test_text(void)
{
    static const struct {
        const char *words, *text, *want;
    } cases[] = {
        {"Asha Rao", "Mayor Asha Rao said", "Mayor […] said"},
        {"asha rao", "ASHA  \t RAO, Asha\xC2\xA0Rao", "[…], […]"},
        {"Rao", "Raoul and Rao's brother", "Raoul and […]'s brother"},
        {"Rao", "Rao", "[…]"},
        {"José Núñez",
            "Jose Nunez; Jose\xCC\x81 Nu\xCC\x81n\xCC\x83"
            "ez!",
            "[…]; […]!"},
        {"O'Hara", "O’Hara and O‘Hara", "[…] and […]"},
        {"Smith-Lee", "Smith‑Lee, Smith–Lee", "[…], […]"},
        {"ＡＢＣ", "the abc team", "the […] team"},
        {"soft",
            "so\xC2\xAD"
            "ft",
            "[…]"},
        {"محمد", "قال ومُحَمَّد اليوم", "قال و[…] اليوم"},
        {"राम", "कल राम आए", "कल […] आए"},
        {"山田", "昨日山田氏は", "昨日[…]氏は"},
        {"Straße", "in der STRASSE hier", "in der […] hier"},
        {"ana", "anana banana ana", "anana banana […]"},
        {"not there", "nothing of it", "nothing of it"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span words = span_of(cases[i].words);
        check_span(text_strike(a, span_of(cases[i].text), &words, 1), span_of(cases[i].want),
            cases[i].text);
    }
    struct span two[] = {S("Asha Rao"), S("Rao said")};
    check_span(text_strike(a, S("Asha Rao said"), two, 2), S("[…]"), "what overlaps is one mark");
}

static void test_markup(void)
{
    static const struct {
        const char *words, *markup, *want;
    } cases[] = {
        {"Asha Rao", "<p>Mayor <strong>Asha</strong> Rao said</p>",
            "<p>Mayor <strong>[…]</strong> said</p>"},
        {"Rao & Sons", "<p>Rao &amp; Sons, Rao&#32;&#38; sons</p>", "<p>[…], […]</p>"},
        {"one two", "<p>one</p><p>two</p>", "<p>[…]</p><p></p>"},
        {"<b>", "<p>a &lt;b&gt; c</p>", "<p>a […] c</p>"},
        {"strong", "<p><strong>weak</strong></p>", "<p><strong>weak</strong></p>"},
        {"Asha Rao",
            "<p><a href=\"https://example.org/people/asha-rao.html\" rel=\"nofollow noopener\">"
            "she</a> and <a href=\"https://example.org/x\" rel=\"nofollow noopener\">Asha "
            "Rao</a></p>",
            "<p>she and <a href=\"https://example.org/x\" rel=\"nofollow noopener\">[…]</a></p>"},
        {"Asha Rao", "<p><a href=\"https://example.org/?q=Asha%20Rao&amp;x=1\">her</a></p>",
            "<p>her</p>"},
        {"amp", "<p>a &amp; b</p>", "<p>a &amp; b</p>"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span words = span_of(cases[i].words);
        struct html got = html_strike(a, (struct html){span_of(cases[i].markup)}, &words, 1);
        check_span(got.s, span_of(cases[i].want), cases[i].markup);
    }
}

static void test_addresses(void)
{
    struct span words = S("Asha Rao");
    check(strike_in_address(a, S("mayor-asha-rao-resigns"), &words, 1), "a slug");
    check(!strike_in_address(a, S("natasha-raoul"), &words, 1), "whole words of a slug");
    check(strike_fits(a, S("Li")) && !strike_fits(a, S(" - x ")), "two letters at least");
    check(strike_same(a, S(" ASHA\tRao "), words) && !strike_same(a, S("Asha"), words),
        "what strikes the same");
}

/* Whatever the pattern, the text is walked a bounded number of times. */
static void test_hostile(void)
{
    enum { LONG = 200000 };
    char *text = arena_alloc(a, LONG), *pattern = arena_alloc(a, 400);
    for (size_t i = 0; i < LONG; i++) text[i] = 'a';
    for (size_t i = 0; i < 400; i++) pattern[i] = 'a';
    pattern[399] = 'b';
    struct span words = {pattern, 400}, s = {text, LONG};
    check(span_eq(text_strike(a, s, &words, 1), s), "nearly found at every letter");
    struct html broken = {S("<p>Rao &#; &amp <a href=\"Rao")};
    words = S("Rao");
    check(html_strike(a, broken, &words, 1).s.n > 0, "broken markup ends");
}

int main(void)
{
    a = arena_new(256 << 20);
    test_text();
    test_markup();
    test_addresses();
    test_hostile();
    arena_free(a);
    return tap_end();
}
