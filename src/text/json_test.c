#include "text.h"

#include <string.h>

#include "corpus.h"
#include "tap.h"

static struct arena *a;

static void test_tree(void)
{
    struct reject why;
    struct json *j = json_parse(a,
        S("\xEF\xBB\xBF{\"uri\":\"tag:\\u00e4\\ud83d\\ude00\",\n \"n\":-12.5e400,\"list\":[1,null,"
          "true,{}],"
          "\"yes\":true}\n"),
        &why);
    check(j && j->type == JSON_OBJECT && j->count == 4, "an object with four members");
    check_span(json_text(j, "uri"), S("tag:\xC3\xA4\xF0\x9F\x98\x80"), "escapes are decoded");
    check_span(json_text(j, "n"), S("-12.5e400"), "a number keeps its text");
    check(json_is_true(j, "yes") && !json_is_true(j, "no"), "true");
    const struct json *list = json_get(j, "list");
    check(list && list->count == 4 && list->first->next->type == JSON_NULL, "a list");
    check(list && list->line == 2 && list->column == 23, "values know where they stand");
    check(json_text(j, "list").p == NULL && !json_get(list, "x"), "what is not there is empty");
    j = json_parse(a, S("\"a\\u0000b\""), &why);
    check(j && j->text.n == 3, "a string may hold NUL");
}

static void test_refused(void)
{
    static const struct {
        const char *text;
        uint32_t line, column;
    } cases[] = {
        {"{\"a\":1,\n  \"a\":2}", 2, 3},
        {"[\"\\ud800\"]", 1, 2},
        {"[\"\\udc00\\ud800\"]", 1, 2},
        {"{\"\\udc00\":1}", 1, 2},
        {"[\"\\ud800\\\\udc00\"]", 1, 2},
        {"{\"a\\u0000\":1}", 1, 2},
        {"[1,]", 0, 0},
        {"[1] x", 0, 0},
        {"", 0, 0},
        {"{", 0, 0},
        {"[01]", 0, 0},
        {"[\"\xFF\"]", 0, 0},
        {"nul", 0, 0},
        {"[1,\n\"\xC1\xB8\"]", 2, 2},
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"c\":"
         "1}",
            1, 63},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reject why;
        struct json *j = json_parse(a, span_of(cases[i].text), &why);
        bool placed =
            !cases[i].line || (why.line == cases[i].line && why.column == cases[i].column);
        check(!j && why.why.n && placed, "%s: %u:%u: %.*s", cases[i].text, why.line, why.column,
            FMT(why.why));
    }
}

static void test_depth(void)
{
    char text[400];
    struct reject why;
    memset(text, '[', 200);
    memset(text + 200, ']', 200);
    check(json_parse(a, (struct span){text + 136, 128}, &why) != NULL, "64 levels");
    check(
        !json_parse(a, (struct span){text + 135, 130}, &why) && why.column == 65, "65 are refused");
}

static void test_writing(void)
{
    struct buf b;
    struct reject why;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "a", S("</script>&\"\\\n\x01\xE2\x80\xA8\xFF"));
    json_open(&o, "list", '[');
    json_number(&o, NULL, INT64_MIN);
    json_bool(&o, NULL, false);
    json_null(&o, NULL);
    json_open(&o, NULL, '{');
    json_close(&o, '}');
    json_close(&o, ']');
    json_bool(&o, "b", true);
    json_close(&o, '}');
    check_span(buf_span(&b),
        S("{\"a\":\"\\u003c/script\\u003e\\u0026\\\"\\\\\\n\\u0001\\u2028\xEF\xBF\xBD\","
          "\"list\":[-9223372036854775808,false,null,{}],\"b\":true}"),
        "what is written is escaped, with commas where they belong");
    check(json_parse(a, buf_span(&b), &why) != NULL, "and can be read");
}

static void test_many_keys(void)
{
    struct buf b;
    struct reject why;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    for (int i = 0; i < 50000; i++) json_number(&o, arena_printf(a, "k%d", i).p, i);
    struct json *j;
    size_t n = b.n;
    json_close(&o, '}');
    check((j = json_parse(a, buf_span(&b), &why)) && j->count == 50000, "fifty thousand keys");
    b.n = n;
    json_null(&o, "k777");
    json_close(&o, '}');
    check(!json_parse(a, buf_span(&b), &why), "and one of them twice");
}

/* The suite says of each file: accept, reject, or either. */
static void one_of_suite(const struct json *record, struct span payload, void *with)
{
    struct reject why;
    size_t *counts = with;
    struct arena *own = arena_new((size_t)64 << 20);
    bool read = json_parse(own, payload, &why) != NULL;
    struct span expect = json_text(record, "expect"), name = json_text(record, "name");
    bool must_read = span_eq(expect, S("accept")) || span_starts(name, S("y_"));
    bool must_refuse = span_eq(expect, S("reject")) || span_starts(name, S("n_"));
    /* We refuse duplicate keys, and NUL in a key; the suite has them as acceptable. */
    if (span_find(name, S("duplicated_key")) >= 0 || span_find(name, S("escaped_null")) >= 0)
        must_read = must_refuse = false;
    counts[read]++;
    if ((must_read && !read) || (must_refuse && read) || (!read && !why.why.n))
        check(false, "%.*s: %s", FMT(name), read ? "was read" : "was refused");
    arena_free(own);
}

static void test_suite(void)
{
    size_t counts[2] = {0, 0};
    if (!corpus_each(a, "json/jsontestsuite.jsonl", one_of_suite, counts)) {
        tap_skip("the JSON test suite", "shared/attacks is not here");
        return;
    }
    check(counts[0] > 100 && counts[1] > 50, "the suite: %zu refused, %zu read", counts[0],
        counts[1]);
}

int main(void)
{
    a = arena_new((size_t)256 << 20);
    test_tree();
    test_refused();
    test_depth();
    test_writing();
    test_many_keys();
    test_suite();
    arena_free(a);
    return tap_end();
}
