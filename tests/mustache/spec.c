/* mustache-spec FILE.json…: plays the specification's tests against text's templates, as TAP.
 * Three things are ours and told as such: a page's root is a record, so that a test whose root is
 * none is skipped; a partial that is nowhere is refused when a theme is loaded, with its place; and
 * escaping goes by the value's type, so that every text of a test is given as markup. */
#include "text.h"

#include "tap.h"
#include "template.h"

enum { FILE_MAX = 1 << 20 };

static void put_object(struct record *r, const struct json *object);

static struct html as_markup(struct span text)
{
    return (struct html){text};
}

/* A list within a list: themes never get one, the specification has it. */
static void put_list(struct record *r, const char *name, const struct json *list, struct arena *a)
{
    record_flag(r, name, false);
    for (const struct json *item = list->first; item; item = item->next) {
        if (item->type == JSON_OBJECT) {
            put_object(record_item(r, name), item);
            continue;
        }
        record_item_text(r, name, item->text);
        struct span key = span_of(name);
        const struct value *all = record_find(r, key, template_hash(key));
        struct value *last = &all->items[all->count - 1];
        last->kind = VALUE_HTML;
        if (item->type != JSON_ARRAY) continue;
        struct record *inner = record_new(a);
        put_list(inner, "list", item, a);
        *last = *record_find(inner, S("list"), template_hash(S("list")));
    }
}

static struct arena *arena;

static void put_object(struct record *r, const struct json *object)
{
    for (const struct json *m = object->first; m; m = m->next) {
        const char *name = arena_cstr(arena, m->key);
        switch (m->type) {
        case JSON_OBJECT: put_object(record_in(r, name), m); break;
        case JSON_ARRAY: put_list(r, name, m, arena); break;
        case JSON_TRUE: record_flag(r, name, true); break;
        case JSON_STRING:
        case JSON_NUMBER: record_html(r, name, as_markup(m->text)); break;
        default: record_flag(r, name, false); break;
        }
    }
}

static bool is_refused(const struct json *test, const struct reject *why)
{
    return span_find(json_text(test, "desc"), S("empty string should be used when the named")) >=
               0 &&
           span_find(why->why, S("no template of this name")) >= 0 && why->line == 1;
}

static void play(const char *file, const struct json *test)
{
    struct templates *set = templates_new(arena);
    struct record *root = record_new(arena);
    struct reject why = {0};
    const char *name = arena_printf(arena, "%s: %.*s", file, FMT(json_text(test, "name"))).p;
    const struct json *data = json_get(test, "data"), *partials = json_get(test, "partials");
    if (data && data->type != JSON_OBJECT) {
        tap_skip(name, "a page's root is a record");
        return;
    }
    if (data) put_object(root, data);
    bool fits = templates_add(set, "page", json_text(test, "template"), &why);
    for (const struct json *p = partials ? partials->first : NULL; fits && p; p = p->next)
        fits = templates_add(set, arena_cstr(arena, p->key), p->text, &why);
    if (fits && !templates_link(set, &why, NULL)) {
        check(is_refused(test, &why), "%s (told at load)", name);
        return;
    }
    if (!fits)
        check(false, "%s: %u:%u: %.*s", name, why.line, why.column, FMT(why.why));
    else
        check_span(template_render(set, "page", root, arena).s, json_text(test, "expected"), name);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct span bytes;
        struct reject why = {0};
        arena = arena_new(64 << 20);
        must(file_read(arena, argv[i], FILE_MAX, &bytes) == OK);
        const struct json *spec = json_parse(arena, bytes, &why);
        const struct json *tests = spec ? json_get(spec, "tests") : NULL;
        const char *slash = strrchr(argv[i], '/');
        check(tests && tests->count > 0, "%s has tests", argv[i]);
        for (const struct json *t = tests ? tests->first : NULL; t; t = t->next)
            play(slash ? slash + 1 : argv[i], t);
        arena_free(arena);
    }
    return tap_end();
}
