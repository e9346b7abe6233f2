/* Fuzzing of json_parse: what is read is written again, read again, and is the same. */
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Depth is bounded by json_parse. */
static void write_again(struct json_out *o, const struct json *j, struct arena *a)
{
    const char *key = j->key.p ? arena_cstr(a, j->key) : NULL;
    if (j->type == JSON_OBJECT || j->type == JSON_ARRAY) {
        bool object = j->type == JSON_OBJECT;
        json_open(o, key, object ? '{' : '[');
        for (const struct json *m = j->first; m; m = m->next) write_again(o, m, a);
        json_close(o, object ? '}' : ']');
    } else {
        json_string(o, key, j->text);
    }
}

static void same(const struct json *one, const struct json *other)
{
    must(one->count == other->count && span_eq(one->key, other->key));
    if (!one->first) must(span_eq(one->text, other->text) || one->type >= JSON_ARRAY);
    const struct json *m = one->first, *k = other->first;
    for (; m && k; m = m->next, k = k->next) same(m, k);
    must(!m && !k);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct reject why;
    struct arena *a = arena_new((size_t)256 << 20);
    struct json *j = json_parse(a, (struct span){(const char *)p, n}, &why);
    must((j != NULL) == (why.why.n == 0));
    if (j) {
        struct buf b;
        buf_init(&b, a, 0);
        struct json_out o = {.b = &b};
        write_again(&o, j, a);
        struct json *again = json_parse(a, buf_span(&b), &why);
        must(again != NULL);
        same(j, again);
    }
    arena_free(a);
    return 0;
}
