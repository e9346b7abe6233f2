/* The tokenizer against html5lib's tests, where they are present, and a few cases of our own. */
#include "html_tokens.h"

#include "html_corpus.h"
#include "tap.h"

/* Prints tokens one a line, neighbouring texts joined, as expected_lines prints the expectation. */
static struct span token_lines(struct arena *a, struct html_tokens *t)
{
    struct buf b;
    bool in_text = false;
    buf_init(&b, a, 0);
    while (html_tokens_next(t)) {
        const struct html_token *k = &t->token;
        if (in_text && k->kind != HTML_TEXT) buf_char(&b, '\n');
        if (!in_text && k->kind == HTML_TEXT) buf_lit(&b, "Character ");
        in_text = k->kind == HTML_TEXT;
        if (k->kind == HTML_TEXT) buf_put(&b, k->text);
        if (k->kind == HTML_COMMENT) buf_printf(&b, "Comment %.*s\n", FMT(k->text));
        if (k->kind == HTML_DOCTYPE) buf_lit(&b, "DOCTYPE\n");
        if (k->kind == HTML_END) buf_printf(&b, "EndTag %.*s\n", FMT(k->name));
        if (k->kind != HTML_START) continue;
        buf_printf(&b, "StartTag %.*s", FMT(k->name));
        for (uint32_t i = 0; i < k->attr_count; i++)
            buf_printf(&b, " %.*s=%.*s", FMT(k->attrs[i].name), FMT(k->attrs[i].value));
        buf_printf(&b, "%s\n", k->self_closing ? " /" : "");
    }
    if (in_text) buf_char(&b, '\n');
    return buf_span(&b);
}

static struct span expected_lines(struct arena *a, const struct json *expect)
{
    struct buf b;
    bool in_text = false;
    buf_init(&b, a, 0);
    for (const struct json *token = expect->first; token; token = token->next) {
        const struct json *kind = token->first, *text = kind->next;
        bool is_text = span_eq(kind->text, S("Character"));
        if (in_text && !is_text) buf_char(&b, '\n');
        if (!(in_text && is_text)) buf_put(&b, kind->text);
        if (!(in_text && is_text) && !span_eq(kind->text, S("DOCTYPE"))) buf_char(&b, ' ');
        if (!span_eq(kind->text, S("DOCTYPE"))) buf_put(&b, text->text);
        in_text = is_text;
        if (span_eq(kind->text, S("StartTag"))) {
            for (const struct json *at = text->next->first; at; at = at->next)
                buf_printf(&b, " %.*s=%.*s", FMT(at->key), FMT(at->text));
            if (text->next->next && text->next->next->type == JSON_TRUE) buf_lit(&b, " /");
        }
        if (!is_text) buf_char(&b, '\n');
    }
    if (in_text) buf_char(&b, '\n');
    return buf_span(&b);
}

static enum html_mode mode_of(struct span state)
{
    static const struct {
        const char *name;
        enum html_mode mode;
    } modes[] = {{"RCDATA state", HTML_RCDATA}, {"RAWTEXT state", HTML_RAWTEXT},
        {"PLAINTEXT state", HTML_PLAINTEXT}, {"Script data state", HTML_SCRIPT},
        {"CDATA section state", HTML_CDATA}};
    for (size_t i = 0; i < COUNT(modes); i++)
        if (span_eq(state, span_of(modes[i].name))) return modes[i].mode;
    return HTML_DATA;
}

/* The corpus does not say which element the raw text is in: the first end tag expected tells. */
static struct span raw_name(const struct json *expect)
{
    for (const struct json *token = expect->first; token; token = token->next)
        if (span_eq(token->first->text, S("EndTag"))) return token->first->next->text;
    return S("xmp");
}

/* Some expectations are escaped twice: "\\uFFFD". */
static struct span unescaped(struct arena *a, struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        unsigned char code[2];
        bool escaped = span_starts(span_cut(s, i, s.n), S("\\u")) &&
                       hex_to_bytes(span_cut(s, i + 2, i + 6), code, 2);
        if (escaped)
            buf_utf8(&b, (uint32_t)(code[0] << 8 | code[1]));
        else
            buf_char(&b, s.p[i]);
        i += escaped ? 6 : 1;
    }
    return buf_span(&b);
}

/* Those that expect what we do not do: surrogates kept, or text coerced to what XML can hold. */
static bool is_foreign(const struct json *line)
{
    return span_eq(json_text(line, "file"), S("xmlViolation.test")) ||
           span_starts(json_text(line, "title"), S("Invalid Unicode character U+DFFF"));
}

/* One case in one state; false: it differs, and says so. */
static bool agrees(struct arena *a, struct span payload, const struct json *line, struct span state)
{
    const struct json *expect = json_get(line, "expect");
    struct html_tokens *t = ARENA_NEW(a, struct html_tokens);
    html_tokens_init(t, a, payload);
    if (mode_of(state) != HTML_DATA) html_tokens_raw(t, mode_of(state), raw_name(expect));
    struct span got = token_lines(a, t), want = unescaped(a, expected_lines(a, expect));
    if (span_eq(got, want)) return true;
    printf("# %.*s, %.*s\n# in   %.*s\n# want %.*s# got  %.*s", FMT(json_text(line, "title")),
        FMT(state), FMT(payload), FMT(want), FMT(got));
    return false;
}

static void html5lib_cases(void)
{
    struct corpus c;
    if (!corpus_open(&c, "html-tokenizer/html5lib.jsonl")) {
        tap_skip("html5lib's tokenizer tests", "the corpus is not here");
        return;
    }
    struct arena *a = arena_new(64 << 20);
    struct span payload, text;
    int agreed = 0, differed = 0, left_out = 0;
    for (; corpus_next(&c, a, &payload, &text); arena_reset(a)) {
        struct reject r;
        const struct json *line = json_parse(a, text, &r);
        if (!line || is_foreign(line)) {
            left_out++;
            continue;
        }
        const struct json *states = json_get(line, "states");
        const struct json *state = states ? states->first : NULL;
        do {
            if (agrees(a, payload, line, state ? state->text : S("Data state")))
                agreed++;
            else
                differed++;
        } while (state && (state = state->next));
    }
    check(agreed > 0 && differed == 0, "html5lib: %d agree, %d differ, %d left out", agreed,
        differed, left_out);
    arena_free(a);
    arena_free(c.a);
}

int main(void)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"a<b C=d c=e F>x</B >", "Character a\nStartTag b c=d f=\nCharacter x\nEndTag b\n"},
        {"<p/><br / >", "StartTag p /\nStartTag br\n"},
        {"<a href='?a=1&copy=2&lt;'>&copy=2",
            "StartTag a href=?a=1&copy=2<\nCharacter \xC2\xA9=2\n"},
        {"<!--a--!>b<!-->c<!x>", "Comment a\nCharacter b\nComment \nCharacter c\nComment x\n"},
        {"1 < 2 </3><a", "Character 1 < 2 \nComment 3\n"},
        {"a\r\nb\rc", "Character a\nb\nc\n"},
    };
    struct arena *a = arena_new(4 << 20);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct html_tokens *t = ARENA_NEW(a, struct html_tokens);
        html_tokens_init(t, a, span_of(cases[i].in));
        check_span(token_lines(a, t), span_of(cases[i].want), "tokens");
    }
    html5lib_cases();
    arena_free(a);
    return tap_end();
}
