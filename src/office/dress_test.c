/* dress_test.c: the desk's pages in each language: every word is there, every template compiles,
 * text is escaped; forms and cookies as browsers send them. */
#include <string.h>

#include "visit.h"

#include "tap.h"

static const char *const act_prefixes[] = {"act_", "ask_", "did_"};

static void languages(struct arena *a)
{
    static const char *const names[] = {"en", "hi", "ar", "hi-IN", "xx"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct dress *d = dress_new(a, span_of(names[i]));
        size_t words = 0, unasked = 0;
        for (int k = 0; k < ACT_UNKNOWN; k++)
            for (size_t p = 0; p < COUNT(act_prefixes); p++) {
                /* brakes have a page of their own, which asks nothing */
                bool asks = act_row((enum act_kind)k)->of_story || p != 1;
                unasked += !asks;
                if (asks)
                    words +=
                        dress_word_of(d, act_prefixes[p], span_of(act_kind_name((enum act_kind)k)))
                            .n > 0;
            }
        for (int r = 0; r <= DESK_CHIEF; r++)
            words += dress_word_of(d, "role_", span_of(desk_role_name((enum desk_role)r))).n > 0;
        check(words == 3 * ACT_UNKNOWN - unasked + 4, "%s has a word for every act and role",
            names[i]);
        struct record *r = record_new(a);
        record_text(r, "title", S("<b>&\"'"));
        struct span page = dress_render(d, "message", r, a).s;
        check(span_find(page, S("&lt;b&gt;&amp;")) >= 0 && span_find(page, S("<b>&")) < 0,
            "and its pages escape text");
        check(span_find(page, S("{{")) < 0, "with every place filled");
    }
    check(dress_is_rtl(dress_new(a, S("ar"))) && !dress_is_rtl(dress_new(a, S("hi"))),
        "Arabic runs from the right");
    check(span_eq(dress_language(dress_new(a, S("xx"))), S("en")),
        "a language without words gets English");
    struct span path, css = dress_style(&path);
    check(css.n > 100 && span_starts(path, S("/desk/style-")) && span_ends(path, S(".css")),
        "the style's name holds its hash");
    check(span_find(css, S("url(")) < 0 && span_find(css, S("@import")) < 0,
        "and it fetches nothing");
}

/* A reason that is renamed loses its translation without a word: told here. */
static void reasons(struct arena *a)
{
    static const char *const names[] = {"hi", "ar"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct dress *d = dress_new(a, span_of(names[i]));
        size_t known = 0;
        for (int c = 0; c < REASONS; c++)
            known += dress_why(d, span_of(reason_text((enum reason_code)c))).p != NULL;
        check(known == REASONS && known == map_count(dress_whys(d)),
            "every reason of the desk, and nothing else, has words in %s (%zu of %d, %zu)",
            names[i], known, REASONS, map_count(dress_whys(d)));
    }
}

static void forms(struct arena *a)
{
    struct form f;
    check(form_read(a, S("name=anna&password=a+b%26c%3D&&empty="), &f) && f.count == 3, "a form");
    check_span(form_get(&f, "password"), S("a b&c="), "is decoded");
    check(
        form_get(&f, "none").n == 0 && form_get(&f, "empty").n == 0, "what is not there is empty");
    check(!form_read(a, S("a=1&a=2"), &f), "a field twice is refused: which one was meant?");
    check(!form_read(a, S("a=%zz"), &f) && !form_read(a, S("a=%ff"), &f) &&
              !form_read(a, S("a=%00"), &f),
        "bad escapes, bytes that are no text, and NULs are refused");
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i <= FORM_FIELDS_MAX; i++) buf_printf(&b, "f%d=1&", i);
    check(!form_read(a, buf_span(&b), &f), "too many fields are refused");
    check_span(cookie_get(S("a=1; desk=xyz;b=2"), "desk"), S("xyz"), "a cookie by its name");
    check(!cookie_get(S("xdesk=1; desk2=2"), "desk").p && !cookie_get(S(""), "desk").p,
        "and no other");
}

static void checks(void)
{
    const char *why;
    struct act hold = {.kind = ACT_HOLD, .story = 1}, section = {.kind = ACT_SECTION, .story = 1};
    check(act_check(&hold, DESK_EDITOR, &why) && !act_check(&hold, DESK_READER, &why),
        "a hold wants an editor");
    check(!act_check(&section, DESK_CHIEF, &why), "a section its name");
    for (int k = 0; k < ACT_UNKNOWN; k++) {
        struct act t = {
            .kind = (enum act_kind)k, .story = 1, .target = S("wire"), .text = S("all")};
        if (act_row(t.kind)->of_grievance) t.target = S("0123456789ab");
        if (k == ACT_HISTORY) t.text = S("changes");
        check(act_check(&t, act_row(t.kind)->role, &why) &&
                  !act_check(&t, act_row(t.kind)->role - 1, &why),
            "%s by its role and none below", act_kind_name(t.kind));
    }
    struct act strike = {.kind = ACT_REDACT, .story = 1, .text = S("x.")};
    check(!act_check(&strike, DESK_CHIEF, &why), "one letter is too little to strike");
    strike.text = S("Li");
    check(act_check(&strike, DESK_EDITOR, &why), "two are a name");
    strike.picture = S("tag:p");
    check(!act_check(&strike, DESK_CHIEF, &why), "words or a picture, not both");
    strike.text = S("");
    check(act_check(&strike, DESK_EDITOR, &why), "a picture");
    char long_text[ACT_TEXT_MAX + 2];
    memset(long_text, 'x', sizeof long_text);
    hold.text = (struct span){long_text, sizeof long_text};
    check(!act_check(&hold, DESK_CHIEF, &why), "texts have an end");
    hold.text = S("\xff");
    check(!act_check(&hold, DESK_CHIEF, &why), "and are texts");
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    languages(a);
    reasons(a);
    forms(a);
    checks();
    arena_free(a);
    return tap_end();
}
