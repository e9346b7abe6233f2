/* rehearse_check_house: expectations of what readers do not see: the desk's lists, the tombstones,
 * the bytes of every file, what has left the house. */
#include "rehearse.h"

#include <string.h>

/* ---- the desk ---- */
struct desk_list {
    const char *name;
    struct span *list;
    size_t count, cap;
};

static void list_add(struct play *p, struct desk_list *l, struct span text)
{
    *ARENA_PUSH(p->step_arena, l->list, l->count, l->cap) = text;
}

static void read_desk(struct play *p, struct store *s, struct desk_list lists_out[3])
{
    struct held *h;
    struct quarantined *q;
    struct alarm *al;
    size_t n;
    if (store_held(s, p->step_arena, &h, &n) == OK)
        for (size_t i = 0; i < n; i++) list_add(p, &lists_out[0], h[i].guid);
    if (store_quarantine(s, p->step_arena, &q, &n) == OK)
        for (size_t i = 0; i < n; i++) list_add(p, &lists_out[1], q[i].name);
    if (store_alarms(s, p->step_arena, &al, &n) == OK)
        for (size_t i = 0; i < n; i++) list_add(p, &lists_out[2], al[i].text);
}

static bool has(const struct desk_list *l, struct span text, bool whole)
{
    for (size_t i = 0; i < l->count; i++)
        if (whole ? span_eq(l->list[i], text) : span_find_nocase(l->list[i], text) >= 0)
            return true;
    return false;
}

static struct span told_list(struct play *p, const struct desk_list *l)
{
    struct buf b;
    buf_init(&b, p->step_arena, 0);
    for (size_t i = 0; i < l->count && i < 10; i++)
        buf_printf(&b, "%s“%.*s”", i ? ", " : "", FMT(l->list[i]));
    return b.n ? buf_span(&b) : S("nothing");
}

static void check_list(struct play *p, const struct json *want, const struct desk_list *l)
{
    bool whole = strcmp(l->name, "alarms") != 0;
    for (const struct json *m = want->first; m; m = m->next)
        held(p, has(l, m->text, whole), "the desk's %s do not list “%.*s”, but %.*s", l->name,
            FMT(m->text), FMT(told_list(p, l)));
    if (!want->first)
        held(p, !l->count, "the desk's %s list %.*s; nothing was expected", l->name,
            FMT(told_list(p, l)));
}

static void check_tombstones(struct play *p, const struct json *want)
{
    struct tombs *t = NULL;
    if (tombs_open(p->data, false, &t) != OK) {
        fail(p, "the tombstones cannot be read");
        return;
    }
    for (const struct json *m = want->first; m; m = m->next)
        held(p, tombs_dead(t, id_of(p, m->text)), "no tombstone stands for %.*s", FMT(m->text));
    if (!want->first)
        held(p, !tombs_count(t), "there are %llu tombstones; none was expected",
            (unsigned long long)tombs_count(t));
    tombs_close(t);
}

void check_desk(struct play *p, const struct json *j)
{
    struct desk_list lists_of[3] = {{"held"}, {"quarantined"}, {"alarms"}};
    struct store *s = p->stage->store(p, p->step_arena);
    if (!s) return;
    read_desk(p, s, lists_of);
    for (const struct json *m = j->first; m; m = m->next) {
        bool known = span_eq(m->key, S("tombstones"));
        if (known) check_tombstones(p, m);
        for (size_t i = 0; i < COUNT(lists_of); i++)
            if (span_eq(m->key, span_of(lists_of[i].name))) {
                check_list(p, m, &lists_of[i]);
                known = true;
            }
        if (!known) fail(p, "the desk has no list “%.*s”", FMT(m->key));
    }
    p->stage->store_done(p, s);
}

/* ---- files (K20): the bytes of everything below DATA and the feeds' folders ---- */
void check_files(struct play *p, const struct json *j)
{
    const char *wire = arena_printf(p->step_arena, "%s/wire", p->root).p;
    for (const struct json *m = j->first; m; m = m->next) {
        bool wanted = span_eq(m->key, S("hold"));
        if (!wanted && !span_eq(m->key, S("lack"))) fail(p, "files “hold” or “lack”");
        for (const struct json *w = m->first; w; w = w->next) {
            struct span where = folder_find(p->step_arena, p->data, w->text);
            if (!where.n) where = folder_find(p->step_arena, wire, w->text);
            held(p, wanted == (where.n > 0), "“%.*s” is in %.*s", FMT(w->text),
                FMT(where.n ? where : S("no file")));
        }
    }
}

/* ---- what has left for subscribers (D8) ---- */
static struct span told_outs(struct play *p, const struct out *list, size_t n)
{
    struct buf b;
    buf_init(&b, p->step_arena, 0);
    for (size_t i = 0; i < n; i++)
        if (list[i].due_ms <= p->now_ms)
            buf_printf(&b, "%s%.*s", b.n ? ", " : "", FMT(list[i].kind));
    return buf_span(&b);
}

static struct span wanted_outs(struct play *p, const struct json *list)
{
    struct buf b;
    buf_init(&b, p->step_arena, 0);
    for (const struct json *m = list->first; m; m = m->next)
        buf_printf(&b, "%s%.*s", b.n ? ", " : "", FMT(m->text));
    return buf_span(&b);
}

void check_sent(struct play *p, const struct json *j)
{
    enum { SENT_MAX = 1000 };
    struct store *s = p->stage->store(p, p->step_arena);
    if (!s) return;
    for (const struct json *m = j->first; m; m = m->next) {
        struct out *list = ARENA_ARRAY(p->step_arena, struct out, SENT_MAX);
        size_t n = 0;
        if (store_outs_of(s, id_of(p, m->key), p->step_arena, list, SENT_MAX, &n) != OK)
            fail(p, "the store cannot be read");
        struct span got = told_outs(p, list, n), want = wanted_outs(p, m);
        held(p, span_eq(got, want), "about %.*s has left: %.*s; not: %.*s", FMT(m->key),
            FMT(got.n ? got : S("nothing")), FMT(want.n ? want : S("nothing")));
    }
    p->stage->store_done(p, s);
}

/* ---- the newest news of a story that the newsroom handed to the courier ---- */
static void check_news(struct play *p, struct store *s, struct span guid, struct span kind)
{
    struct out last;
    story_id page = id_of(p, guid);
    if (store_page_of(s, page, &page) != OK) page = id_of(p, guid);
    enum result r = store_last_out(s, page, p->step_arena, &last);
    held(p, r == OK && span_eq(last.kind, kind), "the newest news of %.*s is %.*s, not a %.*s",
        FMT(guid), FMT(r == OK ? last.kind : S("none")), FMT(kind));
}

void check_newest(struct play *p, const struct json *j)
{
    struct store *s = p->stage->store(p, p->step_arena);
    if (!s) return;
    for (const struct json *m = j->first; m; m = m->next) {
        bool recalled = span_eq(m->key, S("recalled"));
        if (!recalled && !span_eq(m->key, S("push"))) fail(p, "“news” knows push and recalled");
        for (const struct json *w = m->first; w; w = w->next)
            check_news(p, s, w->text, recalled ? S("recall") : S("push"));
    }
    p->stage->store_done(p, s);
}

/* ---- what this product does not do yet ---- */
void check_receipt(struct play *p, const struct json *j)
{
    (void)j;
    fail(p, "this product does not keep receipts yet");
}
