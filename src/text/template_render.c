/* template_render: operations and a record into a page.
 * Owns: the lookup of names outward and the escaping. Reads the set only, so any number of threads
 * may render. Escaping goes by the value's type and not by the tag: text is escaped even in
 * {{{name}}}, so that no theme can let a story's words be markup. Fatal, as bugs of ours: an
 * unknown page template, a set not linked. */
#include "template.h"

/* What stands around: the innermost first. */
struct scope {
    const struct record *record; /* NULL: item is no record */
    const struct value *item;    /* {{.}} */
    const struct scope *outer;
};

struct rendering {
    struct buf out;
    uint32_t partials; /* inside one another now */
    uint32_t steps;
    struct span indents[TEMPLATE_PARTIALS_MAX]; /* of the partials around, each alone on its line */
    uint32_t indent_count;
    bool is_line_start; /* of a partial's source: its indents are still to be written */
};

static const struct value none;

/* The rest of a dotted name is looked for in the first part's value alone. */
static const struct value *look_into(const struct value *v, struct span rest)
{
    struct span part;
    while (v && span_next(&rest, '.', &part))
        v = v->kind == VALUE_RECORD && v->record ? record_find(v->record, part, template_hash(part))
                                                 : NULL;
    return v ? v : &none;
}

static const struct value *look_up(const struct scope *f, const struct template_op *op)
{
    if (span_eq(op->text, S("."))) return f->item ? f->item : &none;
    for (; f; f = f->outer) {
        const struct value *v = f->record ? record_find(f->record, op->text, op->hash) : NULL;
        if (v) return op->rest.n ? look_into(v, op->rest) : v;
    }
    return &none;
}

static bool is_empty(const struct value *v)
{
    switch (v->kind) {
    case VALUE_TEXT:
    case VALUE_HTML: return v->text.n == 0;
    case VALUE_LIST: return v->count == 0;
    case VALUE_RECORD: return false;
    default: return true;
    }
}

static void render_ops(struct rendering *r, const struct template *t, size_t from, size_t to,
    const struct scope *around);

static void render_with(struct rendering *r, const struct template *t, size_t from, size_t to,
    const struct scope *around, const struct value *item)
{
    struct scope f = {item->kind == VALUE_RECORD ? item->record : NULL, item, around};
    bool is_flag = item->kind == VALUE_RECORD && !item->record;
    render_ops(r, t, from, to, is_flag ? around : &f);
}

static void render_section(
    struct rendering *r, const struct template *t, size_t i, const struct scope *around)
{
    const struct template_op *op = &t->ops[i];
    const struct value *v = look_up(around, op);
    if (op->kind == OP_INVERTED) {
        if (is_empty(v)) render_ops(r, t, i + 1, op->end, around);
    } else if (v->kind == VALUE_LIST) {
        for (size_t k = 0; k < v->count; k++)
            render_with(r, t, i + 1, op->end, around, &v->items[k]);
    } else if (!is_empty(v)) {
        render_with(r, t, i + 1, op->end, around, v);
    }
}

static void put_indents(struct rendering *r)
{
    if (!r->is_line_start) return;
    r->is_line_start = false;
    for (uint32_t i = 0; i < r->indent_count; i++) buf_put(&r->out, r->indents[i]);
}

static void render_value(
    struct rendering *r, const struct template_op *op, const struct scope *around)
{
    const struct value *v = look_up(around, op);
    put_indents(r);
    if (op->kind == OP_HTML && v->kind == VALUE_HTML)
        buf_put(&r->out, v->text);
    else if (v->kind == VALUE_TEXT || v->kind == VALUE_HTML)
        html_put(&r->out, v->text);
}

static void render_literal(struct rendering *r, struct span text)
{
    if (!r->indent_count) {
        buf_put(&r->out, text);
        return;
    }
    while (text.n) {
        ptrdiff_t end = span_find_char(text, '\n');
        size_t n = end < 0 ? text.n : (size_t)end + 1;
        put_indents(r);
        buf_put(&r->out, span_cut(text, 0, n));
        r->is_line_start = end >= 0;
        text = span_cut(text, n, text.n);
    }
}

/* One that stands alone on its line is indented as the tag is: each line of its source, and none of
 * a value. One within a line is not, whatever stands around it. */
static void render_partial(
    struct rendering *r, const struct template_op *op, const struct scope *around)
{
    uint32_t indent_count = r->indent_count;
    if (r->partials == TEMPLATE_PARTIALS_MAX) return;
    if (!op->is_alone) {
        put_indents(r);
        r->indent_count = 0;
    } else if (op->indent.n) {
        r->indents[r->indent_count++] = op->indent;
        r->is_line_start = true;
    }
    r->partials++;
    render_ops(r, op->partial, 0, op->partial->count, around);
    r->partials--;
    r->indent_count = indent_count;
    r->is_line_start = op->is_alone && indent_count > 0;
}

static void render_ops(struct rendering *r, const struct template *t, size_t from, size_t to,
    const struct scope *around)
{
    for (size_t i = from; i < to && !r->out.full && r->steps < TEMPLATE_STEPS_MAX; i++) {
        r->steps++;
        const struct template_op *op = &t->ops[i];
        switch (op->kind) {
        case OP_LITERAL: render_literal(r, op->text); break;
        case OP_TEXT:
        case OP_HTML: render_value(r, op, around); break;
        case OP_PARTIAL: render_partial(r, op, around); break;
        case OP_SECTION:
        case OP_INVERTED:
            render_section(r, t, i, around);
            i = op->end;
            break;
        case OP_END: break;
        }
    }
}

struct html template_render(
    const struct templates *set, const char *name, const struct record *record, struct arena *a)
{
    const struct template *t = map_get(set->by_name, span_of(name));
    must(t != NULL && set->is_linked);
    struct rendering r = {.partials = 0};
    struct scope outermost = {.record = record};
    buf_init(&r.out, a, TEMPLATE_PAGE_MAX);
    render_ops(&r, t, 0, t->count, &outermost);
    return (struct html){buf_span(&r.out)};
}
