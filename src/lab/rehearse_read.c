/* rehearse_read: scenario.json -> struct scenario. Every mistake is told with its place, not only
 * the first. A table says which verbs there are, what they take and what may stand beside them. */
#include "rehearse.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = 1, LIST = 2, OBJECT = 4, YES = 8, COMPANIONS = 8 };

static const struct verb {
    const char *name;
    enum step_kind kind;
    int takes;
    const char *beside[COMPANIONS]; /* what more the step may hold */
} verbs[] = {
    {"send", STEP_SEND, TEXT | LIST, {"feed", "subst", "copies", "crash"}},
    {"replay", STEP_REPLAY, TEXT, {NULL}},
    {"desk", STEP_DESK, TEXT, {"story", "feed", "text", "picture", "to", "crash"}},
    {"comment", STEP_COMMENT, OBJECT, {NULL}},
    {"visit", STEP_VISIT, OBJECT, {NULL}},
    {"crash", STEP_CRASH, TEXT, {NULL}},
    {"rebuild", STEP_REBUILD, YES, {NULL}},
    {"backup", STEP_BACKUP, TEXT, {NULL}},
    {"restore", STEP_RESTORE, TEXT, {NULL}},
    {"pause", STEP_PAUSE, TEXT, {NULL}},
    {"resume", STEP_RESUME, TEXT, {NULL}},
    {"clock", STEP_CLOCK, TEXT, {NULL}},
    {"disk", STEP_DISK, TEXT, {NULL}},
    {"config", STEP_CONFIG, OBJECT, {NULL}},
    {"expect", STEP_EXPECT, OBJECT, {NULL}},
    {"push", STEP_PUSH, TEXT, {"feed", "signature", "status", "subst"}},
    {"upload", STEP_UPLOAD, TEXT, {"feed", "as", "bytes", "subst"}},
    {"finish", STEP_FINISH, TEXT, {"as", "cut"}},
    {"stop", STEP_STOP, YES, {NULL}},
    {"start", STEP_START, YES, {NULL}},
    {"fresh", STEP_FRESH, YES, {NULL}},
};
static const char *const always[] = {"at", "label", "note"};

struct reader {
    struct scenario *s;
    const char *file;
    bool bad;
};

__attribute__((format(printf, 3, 4))) static void mistake(
    struct reader *r, const struct json *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%u:%u: ", r->file, at ? at->line : 1, at ? at->column : 1);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    r->bad = true;
}

/* ---- times ---- */
bool offset_of(struct span text, int64_t *ms_out)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    if (!text.n || (text.p[0] != '+' && text.p[0] != '-')) return false;
    bool back = text.p[0] == '-';
    size_t n = 1;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9') n++;
    uint64_t count;
    if (!span_to_u64(span_cut(text, 1, n), &count) || count > 1000000000000u) return false;
    for (size_t i = 0; i < COUNT(units); i++)
        if (span_eq(span_cut(text, n, text.n), span_of(units[i].unit))) {
            *ms_out = (int64_t)count * units[i].ms * (back ? -1 : 1);
            return true;
        }
    return false;
}

static void read_at(struct reader *r, const struct json *j, struct step *s, int64_t *last_ms)
{
    const struct json *at = json_get(j, "at");
    int64_t ms = 0;
    s->at_ms = *last_ms;
    if (!at) return;
    s->at = at->text;
    if (offset_of(at->text, &ms)) {
        s->at_ms = r->s->start_ms + ms;
    } else {
        struct when w = when_iso(at->text);
        if (w.kind != WHEN_UTC) {
            mistake(r, at, "“%.*s” is no time: give +N with ms, s, m, h or d, or an RFC 3339 time",
                FMT(at->text));
            return;
        }
        s->at_ms = w.ms;
    }
    if (s->at_ms < *last_ms)
        mistake(r, at, "%.*s lies before the step above: time only goes forward", FMT(at->text));
    *last_ms = s->at_ms;
}

/* ---- steps ---- */
static const struct verb *verb_named(struct span name)
{
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (span_eq(name, span_of(verbs[i].name))) return &verbs[i];
    return NULL;
}

static bool takes(int kinds, const struct json *j)
{
    switch (j->type) {
    case JSON_STRING: return kinds & TEXT;
    case JSON_ARRAY: return kinds & LIST;
    case JSON_OBJECT: return kinds & OBJECT;
    case JSON_TRUE: return kinds & YES;
    default: return false;
    }
}

static bool may_stand(const struct verb *v, struct span key)
{
    for (size_t i = 0; i < COUNT(always); i++)
        if (span_eq(key, span_of(always[i]))) return true;
    for (size_t i = 0; i < COMPANIONS && v->beside[i]; i++)
        if (span_eq(key, span_of(v->beside[i]))) return true;
    return false;
}

/* The first member that is a verb is the step's. */
static const struct json *find_verb(const struct json *j, const struct verb **verb)
{
    for (const struct json *m = j->first; m; m = m->next) {
        *verb = verb_named(m->key);
        if (*verb) return m;
    }
    return NULL;
}

static void check_members(struct reader *r, const struct json *j, const struct verb *v)
{
    for (const struct json *m = j->first; m; m = m->next)
        if (!span_eq(m->key, span_of(v->name)) && !may_stand(v, m->key))
            mistake(r, m, "“%.*s” does not stand beside “%s”", FMT(m->key), v->name);
}

static void check_file(struct reader *r, const struct json *name)
{
    if (name->type != JSON_STRING || span_find_char(name->text, '/') >= 0)
        mistake(r, name, "the name of a file in this folder is wanted");
    else if (!scenario_file(r->s, r->s->arena, name->text).p)
        mistake(r, name, "there is no file %.*s in %s", FMT(name->text), r->s->folder);
}

static void check_value(struct reader *r, const struct step *s)
{
    if (s->kind == STEP_SEND && s->value->type == JSON_ARRAY)
        for (const struct json *f = s->value->first; f; f = f->next) check_file(r, f);
    else if (s->kind == STEP_SEND || s->kind == STEP_PUSH || s->kind == STEP_UPLOAD)
        check_file(r, s->value);
    int64_t ms;
    if (s->kind == STEP_CLOCK && !offset_of(s->value->text, &ms))
        mistake(r, s->value, "“%.*s” is no jump: give +N or -N with ms, s, m, h or d",
            FMT(s->value->text));
    if (s->kind == STEP_DESK && act_kind_of(s->value->text) == ACT_UNKNOWN)
        mistake(r, s->value, "the desk knows no act “%.*s”", FMT(s->value->text));
    for (const struct json *k = s->kind == STEP_EXPECT ? s->value->first : NULL; k; k = k->next)
        if (!expectation_known(k->key))
            mistake(r, k, "there is no expectation “%.*s”", FMT(k->key));
}

static void read_step(struct reader *r, const struct json *j, struct step *s, int64_t *last_ms)
{
    const struct verb *v = NULL;
    *s = (struct step){.kind = STEP_MARK, .json = j, .label = json_text(j, "label")};
    if (j->type != JSON_OBJECT) {
        mistake(r, j, "a step is an object");
        return;
    }
    s->value = find_verb(j, &v);
    if (!s->value) {
        const struct json *first = j->first;
        while (first && (span_eq(first->key, S("at")) || span_eq(first->key, S("label")) ||
                            span_eq(first->key, S("note"))))
            first = first->next;
        if (first) mistake(r, first, "there is no step “%.*s”", FMT(first->key));
    } else {
        s->kind = v->kind;
        check_members(r, j, v);
        if (takes(v->takes, s->value))
            check_value(r, s);
        else
            mistake(r, s->value, "“%s” does not take this kind of value", v->name);
    }
    if (s->kind == STEP_CONFIG) s->value = site_from(r->s->arena, s->value, r->s->folder);
    if (s->kind == STEP_FRESH) *last_ms = r->s->start_ms;
    read_at(r, j, s, last_ms);
}

static void read_steps(struct reader *r, const struct json *list)
{
    struct scenario *s = r->s;
    s->steps = ARENA_ARRAY(s->arena, struct step, list->count + 1);
    int64_t last_ms = s->start_ms;
    for (const struct json *j = list->first; j; j = j->next)
        read_step(r, j, &s->steps[s->count++], &last_ms);
}

/* ---- the head ---- */
static struct span joined(struct arena *a, const struct json *list)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (const struct json *j = list ? list->first : NULL; j; j = j->next)
        buf_printf(&b, "%s%.*s", b.n ? ", " : "", FMT(j->text));
    return buf_span(&b);
}

static void check_site(struct reader *r, const char *site_file)
{
    struct scenario *s = r->s;
    struct config_report report = {0};
    struct json *base = site_default(s->arena, site_file);
    if (!base) {
        mistake(r, NULL, "the site file %s cannot be read", site_file);
        return;
    }
    struct span text = site_config_text(s->arena, json_over(s->arena, base, s->site), NULL);
    if (config_parse(s->arena, text, S("site"), s->folder, &report)) return;
    struct buf b;
    buf_init(&b, s->arena, 0);
    for (size_t i = 0; i < report.count; i++) {
        config_mistake_print(&report.list[i], &b);
        buf_char(&b, '\n');
    }
    fprintf(stderr, "%.*s", (int)b.n, b.n ? b.p : "");
    mistake(r, s->site, "“site” has mistakes");
}

static void read_head(struct reader *r, const struct json *root, const char *site_file)
{
    static const char *const keys[] = {"title", "rules", "start", "site", "steps", "note"};
    struct scenario *s = r->s;
    for (const struct json *m = root->first; m; m = m->next) {
        bool fine = false;
        for (size_t i = 0; i < COUNT(keys); i++) fine |= span_eq(m->key, span_of(keys[i]));
        if (!fine) mistake(r, m, "unknown key “%.*s”", FMT(m->key));
    }
    s->title = json_text(root, "title");
    s->rules = joined(s->arena, json_get(root, "rules"));
    s->site = site_from(s->arena, json_get(root, "site"), s->folder);
    struct when start = when_iso(json_text(root, "start"));
    if (start.kind == WHEN_UTC)
        s->start_ms = start.ms;
    else
        mistake(r, json_get(root, "start"), "“start” wants an RFC 3339 time");
    if (!s->title.n) mistake(r, root, "“title” is missing");
    check_site(r, site_file);
}

struct scenario *scenario_read(struct arena *a, const char *folder, const char *site_file)
{
    struct scenario *s = ARENA_NEW(a, struct scenario);
    struct reader r = {.s = s, .file = arena_printf(a, "%s/scenario.json", folder).p};
    struct reject reject = {0};
    struct span bytes;
    *s = (struct scenario){.arena = a, .folder = folder};
    enum result got = file_read(a, r.file, SCENARIO_MAX, &bytes);
    const struct json *root = got == OK ? json_parse(a, bytes, &reject) : NULL;
    if (!root) {
        fprintf(stderr, "%s:%u:%u: %.*s\n", r.file, reject.line, reject.column,
            FMT(got == OK ? reject.why : span_of(result_name(got))));
        return NULL;
    }
    const struct json *steps = json_get(root, "steps");
    read_head(&r, root, site_file);
    if (steps && steps->type == JSON_ARRAY)
        read_steps(&r, steps);
    else
        mistake(&r, root, "“steps” wants a list");
    return r.bad ? NULL : s;
}

struct span scenario_file(const struct scenario *s, struct arena *a, struct span name)
{
    struct span bytes;
    const char *path = arena_printf(a, "%s/%.*s", s->folder, FMT(name)).p;
    return file_read(a, path, WIRE_FILE_MAX, &bytes) == OK ? bytes : (struct span){NULL, 0};
}
