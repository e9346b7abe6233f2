/* config.c: the floor's door: bytes -> struct config, or mistakes. YAML, or JSON, of one schema.
 * Fatal: nothing. */
#include "schema.h"

/* JSON becomes the tree that YAML makes, so that one walk reads both (libyaml does not read all of
 * JSON's escapes). */
static struct yaml *yaml_of_json(struct arena *a, const struct json *j)
{
    static const char *const words[] = {
        [JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true"};
    struct yaml *y = ARENA_NEW(a, struct yaml), **next = &y->first;
    bool is_tree = j->type == JSON_ARRAY || j->type == JSON_OBJECT;
    y->type = j->type == JSON_ARRAY ? YAML_LIST : j->type == JSON_OBJECT ? YAML_MAP : YAML_TEXT;
    y->key = j->key;
    y->quoted = j->type == JSON_STRING;
    y->text = j->type <= JSON_TRUE ? span_of(words[j->type]) : is_tree ? (struct span){0} : j->text;
    y->line = y->key_line = j->line;
    y->column = y->key_column = j->column;
    for (const struct json *i = is_tree ? j->first : NULL; i; i = i->next) {
        *next = yaml_of_json(a, i); /* as deep as json_parse allows */
        next = &(*next)->next;
    }
    return y;
}

static struct yaml *tree_of(struct arena *a, struct span bytes, struct reject *reject)
{
    struct reject json_reject = {0};
    struct span head = span_trim(bytes);
    const struct json *j = head.n && head.p[0] == '{' ? json_parse(a, bytes, &json_reject) : NULL;
    return j ? yaml_of_json(a, j) : yaml_parse_text(a, bytes, reject);
}

static bool read_into(struct reading *r, struct span bytes)
{
    struct reject reject = {0};
    struct yaml *root = tree_of(r->a, bytes, &reject);
    if (!root) {
        mistake(r, reject.line, reject.column, S(""), "%.*s", FMT(reject.why));
        return false;
    }
    r->root = root;
    walk_root(r, root);
    if (!r->is_ours) check_config(r);
    sort_mistakes(r->report);
    return r->report->errors == 0;
}

struct config *config_parse(struct arena *a, struct span bytes, struct span name,
    const char *folder, struct config_report *report)
{
    struct reading r = {.a = a,
        .report = report,
        .name = name,
        .folder = folder,
        .config = ARENA_NEW(a, struct config)};
    *report = (struct config_report){0};
    config_defaults(a, r.config);
    r.config->file = name;
    return read_into(&r, bytes) ? r.config : NULL;
}

static const char *folder_of(struct arena *a, const char *path)
{
    struct span s = span_of(path);
    while (s.n && s.p[s.n - 1] != '/') s.n--;
    if (!s.n) return "";
    return arena_cstr(a, s.n > 1 ? span_cut(s, 0, s.n - 1) : s);
}

struct config *config_load(struct arena *a, const char *path, struct config_report *report)
{
    struct span bytes, name = arena_keep(a, span_of(path));
    struct reading r = {.a = a, .report = report, .name = name};
    *report = (struct config_report){0};
    enum result e = file_read(a, path, CONFIG_FILE_BYTES_MAX, &bytes);
    if (e == OK) return config_parse(a, bytes, name, folder_of(a, path), report);
    mistake(&r, 0, 0, S(""),
        e == ERR_ABSENT   ? "there is no such file"
        : e == ERR_DENIED ? "it may not be read"
        : e == ERR_FULL   ? "it is larger than 1 MB"
                          : "it cannot be read");
    return NULL;
}

struct config *config_overlay(
    struct arena *a, const struct config *base, struct span bytes, struct config_report *report)
{
    struct reading r = {
        .a = a, .report = report, .name = S("overlay"), .config = ARENA_NEW(a, struct config)};
    *report = (struct config_report){0};
    *r.config = *base;
    return read_into(&r, bytes) ? r.config : NULL;
}

struct config *config_from_editorial(
    struct arena *a, struct span json, struct config_report *report)
{
    struct config_report own = {0};
    struct reading r = {.a = a,
        .report = report ? report : &own,
        .name = S("ledger"),
        .is_ours = true,
        .config = ARENA_NEW(a, struct config)};
    *r.report = own;
    if (!read_into(&r, json)) return NULL;
    if (r.report->count && !r.config->zone) r.config->zone = zone_utc();
    return r.config;
}

static bool minute_of(struct span s, uint32_t *out)
{
    uint64_t hour, minute;
    if (s.n != 5 || s.p[2] != ':' || !span_to_u64(span_cut(s, 0, 2), &hour) ||
        !span_to_u64(span_cut(s, 3, 5), &minute) || hour > 24 || minute > 59 ||
        hour * 60 + minute > 24 * 60)
        return false;
    *out = (uint32_t)(hour * 60 + minute);
    return true;
}

bool config_hours(struct span text, uint32_t *from_out, uint32_t *until_out)
{
    text = span_trim(text);
    return text.n == 11 && text.p[5] == '-' && minute_of(span_cut(text, 0, 5), from_out) &&
           minute_of(span_cut(text, 6, 11), until_out) && *from_out != *until_out;
}

uint32_t config_day(struct span name)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (uint32_t i = 0; i < COUNT(days); i++)
        if (span_eq(name, span_of(days[i]))) return 1u << i;
    return 0;
}

int64_t config_instant(const struct config *c, struct span text)
{
    struct when w = when_iso(text);
    if (w.kind == WHEN_LOCAL) return zone_to_utc(c->zone ? c->zone : zone_utc(), w.ms);
    return w.kind == WHEN_UTC ? w.ms : 0;
}

const struct config_feed *config_feed_named(const struct config *c, struct span name)
{
    for (uint32_t i = 0; i < c->feed_count; i++)
        if (span_eq(c->feeds[i].name, name)) return &c->feeds[i];
    return NULL;
}

const struct config_section *config_section_named(const struct config *c, struct span name)
{
    for (uint32_t i = 0; i < c->section_count; i++)
        if (span_eq(c->sections[i].name, name)) return &c->sections[i];
    return NULL;
}
