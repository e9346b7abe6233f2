/* link.c: which items share a page: an update, correction or refile that the agency sends under a
 * new id (C3, C5). */
#include "decide.h"

/* "SYRIA-CRISIS/ (UPDATE 1)" -> "syria-crisis": tags, brackets, slashes at the end and case are
 * off. */
static struct span slug_key(struct arena *a, struct span slugline)
{
    struct span s = headline_cut(a, slugline).rest;
    struct buf b;
    buf_init(&b, a, 0);
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '(' || c == '[') depth++;
        if (!depth) buf_char(&b, c);
        if ((c == ')' || c == ']') && depth) depth--;
    }
    struct span key = span_trim(buf_span(&b));
    while (key.n && (key.p[key.n - 1] == '/' || key.p[key.n - 1] == '-' || key.p[key.n - 1] == ' '))
        key.n--;
    return text_casefold(a, key);
}

struct span desk_link_key(struct arena *a, const struct story *s, struct span feed)
{
    struct span key = slug_key(a, s->slugline);
    if (!key.n) return key;
    return arena_printf(a, "%.*s\n%.*s", FMT(feed), FMT(key));
}

static bool points_at(const struct story *s, const struct story *older)
{
    for (uint32_t i = 0; i < s->link_count; i++) {
        const struct link *l = &s->links[i];
        bool follows = l->rel == LINK_PREVIOUS || l->rel == LINK_DERIVED ||
                       l->rel == LINK_EVOLVED || l->rel == LINK_REPLACES;
        if (follows && l->guid.n && span_eq(l->guid, older->guid)) return true;
    }
    return false;
}

/* A translation is derived too, and stands on a page of its own. */
static bool same_language(struct span a, struct span b)
{
    return !a.n || !b.n || span_eq_nocase(span_cut(a, 0, 2), span_cut(b, 0, 2));
}

static bool may_share(enum story_kind k)
{
    return k == KIND_TEXT || k == KIND_COMPOSITE || k == KIND_UNKNOWN;
}

static int64_t told_ms(const struct desk_version *v)
{
    const struct when *w = &v->story->version_created;
    return w->kind == WHEN_UTC || w->kind == WHEN_LOCAL ? w->ms : v->received_ms;
}

bool desk_links(const struct desk_version *older, const struct desk_version *newer)
{
    const struct story *o = older->story, *n = newer->story;
    if (older->item == newer->item || !span_eq(older->feed, newer->feed) ||
        !same_language(o->language, n->language))
        return false;
    if (!may_share(o->kind) || !may_share(n->kind)) return false;
    if (points_at(n, o)) return true;
    int64_t between = told_ms(newer) - told_ms(older);
    if (n->change == CHANGE_NONE || between < 0 || between > DESK_LINK_HOURS * INT64_C(3600000))
        return false;
    struct arena *a = arena_new(1 << 20);
    struct span ko = slug_key(a, o->slugline), kn = slug_key(a, n->slugline);
    bool same = ko.n && span_eq(ko, kn);
    arena_free(a);
    return same;
}

bool desk_is_own(const struct desk_version *v, const struct desk_rules *rules)
{
    return provider_fits(feed_named(rules, v->feed), v->story->provider);
}

struct span desk_owner(const struct desk_set *set, const struct desk_rules *rules)
{
    for (size_t i = 0; i < set->version_count; i++)
        if (desk_is_own(&set->versions[i], rules)) return set->versions[i].feed;
    return S("");
}
