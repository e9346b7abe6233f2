/* Fuzzing of xml_parse and what walks its trees: no crash, no leak, everything bounded by the
 * input; and what is read without expat, expat reads too, with the same text at the same places. */
#include "xml_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct xml_node *step(const struct xml_node *n)
{
    if (n->first) return n->first;
    while (n && !n->next) n = n->parent;
    return n ? n->next : NULL;
}

static void must_agree(struct arena *a, struct span text)
{
    struct reject why = {0};
    const struct xml_node *x = xml_read_plain(a, text), *y;
    if (!x) return;
    y = xml_read_by_expat(a, text, &why);
    for (; x && y; x = step(x), y = step(y)) {
        must(span_eq(x->name, y->name) && span_eq(x->space, y->space) && span_eq(x->text, y->text));
        must(x->line == y->line && x->column == y->column && x->attr_count == y->attr_count);
        for (uint32_t i = 0; i < x->attr_count; i++)
            must(span_eq(x->attrs[i].name, y->attrs[i].name) &&
                 span_eq(x->attrs[i].space, y->attrs[i].space) &&
                 span_eq(x->attrs[i].value, y->attrs[i].value));
    }
    must(!x && !y);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct reject why;
    struct arena *a = arena_new((size_t)256 << 20);
    charset_prepare();
    struct xml_node *top = xml_parse(a, (struct span){(const char *)p, n}, &why);
    must((top != NULL) == (why.why.n == 0));
    if (top) {
        struct span text = xml_text(a, top);
        must(utf8_valid(text) && text.n <= n * 4 + 64);
        must(utf8_valid(xml_words(a, top)));
    }
    must_agree(a, (struct span){(const char *)p, n});
    arena_free(a);
    return 0;
}
