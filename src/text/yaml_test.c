#include "text.h"

#include "tap.h"

static struct arena *a;

static void test_tree(void)
{
    struct reject why;
    const struct yaml *y = yaml_parse_text(a,
        S("# a site\nsite:\n  name: \"The Daily\"\n  port: 8080\nfeeds:\n  - one\n  - {a: b}\n"),
        &why);
    check(y && y->type == YAML_MAP, "a map");
    const struct yaml *site = yaml_get(y, "site"), *name = yaml_get(site, "name");
    check(name && name->quoted && name->line == 3 && name->column == 9 && name->key_column == 3,
        "values and keys know where they stand");
    check_span(name ? name->text : S("?"), S("The Daily"), "a quoted scalar");
    const struct yaml *port = yaml_get(site, "port");
    check(port && !port->quoted && span_eq(port->text, S("8080")), "a plain one");
    const struct yaml *feeds = yaml_get(y, "feeds");
    check(feeds && feeds->type == YAML_LIST && span_eq(feeds->first->text, S("one")) &&
              yaml_get(feeds->first->next, "a"),
        "a list");
    check(!yaml_get(y, "none") && !yaml_get(feeds, "x") && !yaml_get(NULL, "x"), "absent is NULL");
    static const char *const empty[] = {"", "# nothing\n", "---\n", "\n\n"};
    for (size_t i = 0; i < COUNT(empty); i++) {
        y = yaml_parse_text(a, span_of(empty[i]), &why);
        check(y && y->type == YAML_MAP && !y->first, "an empty file is an empty map (%zu)", i);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *text;
        uint32_t line, column;
    } cases[] = {
        {"a: &x 1\n", 1, 4},
        {"a: &x {b: 1}\n", 1, 4},
        {"a: &x\n  - 1\n", 1, 4},
        {"a: *x\n", 1, 4},
        {"a: !!str 1\n", 1, 4},
        {"a: !x [1]\n", 1, 4},
        {"%TAG ! tag:x,2026:\n---\na: 1\n", 1, 1},
        {"a: 1\nb: 2\na: 3\n", 3, 1},
        {"a: 1\n---\nb: 2\n", 2, 1},
        {"? [1, 2]\n: x\n", 1, 3},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n", 1, 17},
        {"a: [1\n", 0, 0},
        {"a:\n\t- 1\n", 0, 0},
        {"a: \"\\0\"\n", 1, 4},
        {"a: \xFF\n", 0, 0},
        {"a: b: c\n", 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reject why;
        struct yaml *y = yaml_parse_text(a, span_of(cases[i].text), &why);
        bool placed =
            !cases[i].line || (why.line == cases[i].line && why.column == cases[i].column);
        check(!y && why.why.n && why.line && placed, "%.20s: %u:%u: %.*s", cases[i].text, why.line,
            why.column, FMT(why.why));
    }
}

int main(void)
{
    a = arena_new(4 << 20);
    test_tree();
    test_refused();
    arena_free(a);
    return tap_end();
}
