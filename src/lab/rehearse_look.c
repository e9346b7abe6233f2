/* rehearse_look: one address asked in every way that a reader's browser or a cache may ask, whose
 * answers must mean the same; and the forms of a page in which words are looked for: as sent, with
 * entities and escapes undone, and without markup. */
#include "rehearse.h"

#include <string.h>

static const char *const coding_words[CODINGS] = {"", "gzip", "br"};
static const char *const coding_told[CODINGS] = {"plain", "gzip", "br"};

static struct span field(const struct answer *a, const char *name)
{
    struct http_answer h = {.status = a->status, .head = a->head};
    struct span v = http_answer_header(&h, name);
    return v.p ? v : S("");
}

void ask(struct play *p, struct arena *a, const struct request *r, struct answer *out)
{
    p->stage->ask(p, a, r, out);
    struct http_answer h = {.status = out->status, .head = out->head, .body = out->raw};
    out->body = out->raw.n ? body_plain(a, &h) : S("");
}

struct span seen_from(struct play *p, struct arena *a, struct span target)
{
    return arena_printf(a, "%.*s\t%.*s", FMT(target), FMT(p->country));
}

/* ---- the same in every way ---- */
static void same_coded(struct play *p, struct span target, const struct answer *plain,
    struct validators *v, enum coding c)
{
    struct answer got;
    struct request r = {.target = target, .coding = span_of(coding_words[c])};
    ask(p, p->step_arena, &r, &got);
    held(p, got.status == plain->status, "%.*s answers %d to %s and %d without it", FMT(target),
        got.status, coding_told[c], plain->status);
    if (got.status == plain->status)
        held(p, span_eq(got.body, plain->body), "%.*s says something else by %s than without it",
            FMT(target), coding_told[c]);
    v->etag[c] = arena_keep(p->arena, field(&got, "ETag"));
}

/* 304 may only be said while the plain body is what it was when the validator was given. */
static void judge_conditional(struct play *p, struct span target, const struct answer *plain,
    const struct answer *got, const struct validators *old, const char *how)
{
    if (got->status == 304) {
        held(p, plain->status == 200, "%.*s answers 304 to %s, but is %d now", FMT(target), how,
            plain->status);
        held(p, span_eq(old->body, plain->body),
            "%.*s answers 304 to %s, but has changed since that was given", FMT(target), how);
        return;
    }
    held(p, got->status == plain->status, "%.*s answers %d to %s and %d without it", FMT(target),
        got->status, how, plain->status);
    if (got->status == plain->status)
        held(p, span_eq(got->body, plain->body), "%.*s says something else with %s", FMT(target),
            how);
}

static void same_conditional(
    struct play *p, struct span target, const struct answer *plain, const struct validators *old)
{
    struct answer got;
    for (int c = 0; c < CODINGS; c++) {
        if (!old->etag[c].n) continue;
        struct request r = {
            .target = target, .coding = span_of(coding_words[c]), .if_none_match = old->etag[c]};
        ask(p, p->step_arena, &r, &got);
        judge_conditional(p, target, plain, &got, old, "If-None-Match");
    }
    if (!old->modified.n) return;
    struct request r = {.target = target, .if_modified_since = old->modified};
    ask(p, p->step_arena, &r, &got);
    judge_conditional(p, target, plain, &got, old, "If-Modified-Since");
}

static void same_other(struct play *p, struct span target, const struct answer *plain)
{
    struct answer got;
    struct request head = {.method = HTTP_HEAD, .target = target};
    ask(p, p->step_arena, &head, &got);
    held(p, got.status == plain->status && span_eq(got.head, plain->head),
        "%.*s answers HEAD by another head (%d) than GET (%d)", FMT(target), got.status,
        plain->status);
    struct request range = {.target = target, .range = S("bytes=0-15")};
    ask(p, p->step_arena, &range, &got);
    held(p, got.status == plain->status || (got.status == 206 && plain->status == 200),
        "%.*s answers %d to a range and %d without it", FMT(target), got.status, plain->status);
}

static void remember_validators(
    struct play *p, struct span target, const struct answer *plain, struct validators *fresh)
{
    fresh->status = plain->status;
    fresh->body = arena_keep(p->arena, plain->body);
    fresh->etag[CODING_PLAIN] = arena_keep(p->arena, field(plain, "ETag"));
    fresh->modified = arena_keep(p->arena, field(plain, "Last-Modified"));
    struct validators **slot =
        (struct validators **)map_at(p->validators, seen_from(p, p->arena, target));
    if (!*slot) *slot = ARENA_NEW(p->arena, struct validators);
    **slot = *fresh;
}

const struct look *look_at(struct play *p, struct span target)
{
    void **slot = map_at(p->looks, seen_from(p, p->step_arena, target));
    if (*slot) return *slot;
    struct look *l = ARENA_NEW(p->step_arena, struct look);
    *slot = l;
    target = arena_keep(p->arena, target);
    struct request r = {.target = target};
    ask(p, p->step_arena, &r, &l->plain);
    struct validators fresh = {0},
                      *old = map_get(p->validators, seen_from(p, p->step_arena, target));
    if (l->plain.status == 0) {
        fail(p, "%.*s is not answered at all", FMT(target));
        return l;
    }
    held(p, l->plain.status < 500, "%.*s answers %d", FMT(target), l->plain.status);
    same_coded(p, target, &l->plain, &fresh, CODING_GZIP);
    same_coded(p, target, &l->plain, &fresh, CODING_BROTLI);
    if (old) same_conditional(p, target, &l->plain, old);
    same_other(p, target, &l->plain);
    remember_validators(p, target, &l->plain, &fresh);
    return l;
}

/* ---- forms ---- */
static int hex_of(struct span s, size_t at)
{
    int v = 0;
    for (size_t i = at; i < at + 4; i++) {
        char c = i < s.n ? s.p[i] : 0;
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

/* \u003c \" \/ \n: JSON's escapes undone wherever they stand. Surrogates are not put together. */
static struct span unescaped(struct arena *a, struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n; i++) {
        char next = i + 1 < s.n ? s.p[i + 1] : 0;
        int point = s.p[i] == '\\' && next == 'u' ? hex_of(s, i + 2) : -1;
        if (point >= 0) {
            buf_utf8(&b, (uint32_t)point);
            i += 5;
        } else if (s.p[i] == '\\' && next && strchr("\"\\/nrt", next)) {
            buf_char(&b, strchr("nrt", next) ? ' ' : next);
            i++;
        } else {
            buf_char(&b, s.p[i]);
        }
    }
    return buf_span(&b);
}

static struct span without(struct arena *a, struct span s, struct span what)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (ptrdiff_t at; (at = span_find(s, what)) >= 0; s = span_cut(s, (size_t)at + what.n, s.n))
        buf_put(&b, span_cut(s, 0, (size_t)at));
    buf_put(&b, s);
    return buf_span(&b);
}

/* Of a page's head the theme's style: its classes are words of stories, too. */
static struct span without_style(struct arena *a, struct span s)
{
    ptrdiff_t from = span_find(s, S("<style>")), to = span_find(s, S("</style>"));
    ptrdiff_t head = span_find(s, S("</head>"));
    if (from < 0 || to < from || head < to) return s;
    struct span behind = span_cut(s, (size_t)to, s.n);
    return arena_printf(a, "%.*s%.*s", FMT(span_cut(s, 0, (size_t)from)), FMT(behind));
}

struct span text_folded(struct arena *a, struct span s)
{
    return text_fold(a, text_casefold(a, s));
}

const struct span *look_forms(struct play *p, const struct look *look, size_t *count_out)
{
    struct look *l = (struct look *)(uintptr_t)look; /* made at need; p->step_arena owns it */
    struct arena *a = p->step_arena;
    if (!l->forms && utf8_valid(l->plain.body)) {
        struct span body = without_style(a, l->plain.body);
        struct span open = unescaped(a, entities_decode(a, body));
        open = without(a, without(a, open, S("<![CDATA[")), S("]]>"));
        l->forms = ARENA_ARRAY(a, struct span, 4);
        l->forms[0] = text_folded(a, html_to_text(a, body));
        l->forms[1] = text_folded(a, html_to_text(a, open));
        l->forms[2] = text_folded(a, open);
        l->forms[3] = text_folded(a, body);
        l->form_count = 4;
    }
    *count_out = l->form_count;
    return l->forms;
}

bool look_shows(struct play *p, const struct look *l, struct span text)
{
    size_t count;
    const struct span *forms = look_forms(p, l, &count);
    struct span folded = text_folded(p->step_arena, text);
    for (size_t i = 0; i < count; i++)
        if (span_find(forms[i], folded) >= 0) return true;
    return false;
}
