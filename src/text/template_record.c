/* template_record: names and values for a template.
 * Owns: the record's form. A record lives in its arena; names are not copied (they are literals),
 * texts are neither: both outlive the rendering. A name set again is replaced. Not for several
 * threads at once. */
#include "template.h"

struct field {
    struct span name;
    uint32_t hash;
    struct value value;
};

struct record {
    struct arena *a;
    struct field *fields;
    size_t count, cap;
    uint64_t mask; /* a bit for each name's hash: most questions end here */
};

uint32_t template_hash(struct span name)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < name.n; i++) h = (h ^ (unsigned char)name.p[i]) * 16777619u;
    return h ^ h >> 15;
}

static uint64_t mask_bit(uint32_t hash)
{
    return (uint64_t)1 << (hash & 63);
}

static struct field *find(const struct record *r, struct span name, uint32_t hash)
{
    if (!(r->mask & mask_bit(hash))) return NULL;
    for (size_t i = 0; i < r->count; i++) {
        struct field *f = &r->fields[i];
        if (f->hash == hash && span_eq(f->name, name)) return f;
    }
    return NULL;
}

const struct value *record_find(const struct record *r, struct span name, uint32_t hash)
{
    const struct field *f = find(r, name, hash);
    return f ? &f->value : NULL;
}

/* The value so named, made where it is not there. */
static struct value *value_at(struct record *r, const char *cstr)
{
    struct span name = span_of(cstr);
    uint32_t hash = template_hash(name);
    struct field *f = find(r, name, hash);
    if (f) return &f->value;
    f = ARENA_PUSH(r->a, r->fields, r->count, r->cap);
    *f = (struct field){.name = name, .hash = hash};
    r->mask |= mask_bit(hash);
    return &f->value;
}

static struct value *append(struct record *r, const char *name)
{
    struct value *list = value_at(r, name);
    if (list->kind != VALUE_LIST) *list = (struct value){.kind = VALUE_LIST};
    struct value *item = ARENA_PUSH(r->a, list->items, list->count, list->cap);
    *item = (struct value){.kind = VALUE_NONE};
    return item;
}

struct record *record_new(struct arena *a)
{
    struct record *r = ARENA_NEW(a, struct record);
    r->a = a;
    return r;
}

void record_text(struct record *r, const char *name, struct span s)
{
    *value_at(r, name) = (struct value){.kind = VALUE_TEXT, .text = s};
}

void record_html(struct record *r, const char *name, struct html h)
{
    *value_at(r, name) = (struct value){.kind = VALUE_HTML, .text = h.s};
}

void record_flag(struct record *r, const char *name, bool on)
{
    *value_at(r, name) = (struct value){.kind = on ? VALUE_RECORD : VALUE_NONE};
}

struct record *record_in(struct record *r, const char *name)
{
    struct record *in = record_new(r->a);
    *value_at(r, name) = (struct value){.kind = VALUE_RECORD, .record = in};
    return in;
}

struct record *record_item(struct record *r, const char *name)
{
    struct value *item = append(r, name);
    item->kind = VALUE_RECORD;
    item->record = record_new(r->a);
    return item->record;
}

void record_item_text(struct record *r, const char *name, struct span s)
{
    *append(r, name) = (struct value){.kind = VALUE_TEXT, .text = s};
}
