/* link.c: which items share a page: an update, correction or refile that the agency sends under a
 * new id (C3, C5). */
#include "decide.h"

/* "SYRIA-CRISIS/ (UPDATE 1)" -> "syria-crisis": tags, brackets, slashes at the end and case are
 * off. */
struct span desk_slug(struct arena *a, struct span slugline)
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
    struct span key = desk_slug(a, s->slugline);
    if (!key.n) return key;
    return arena_printf(a, "%.*s\n%.*s", FMT(feed), FMT(key));
}

bool desk_follows(const struct link *l)
{
    return l->guid.n && (l->rel == LINK_PREVIOUS || l->rel == LINK_DERIVED ||
                            l->rel == LINK_EVOLVED || l->rel == LINK_REPLACES);
}

/* A story made out of several others continues none of them: a wrap-up that names two running
 * stories would else make one page of both. What it continues, its slugline says. */
static bool is_combination(const struct story *s)
{
    bool wrapup = span_find(s->headline_tag, S("WRAPUP")) >= 0;
    struct span first = {0};
    for (uint32_t i = 0; i < s->link_count; i++) {
        const struct link *l = &s->links[i];
        if (!desk_follows(l) || !(wrapup || l->rel == LINK_DERIVED) || span_eq(l->guid, s->guid))
            continue;
        if (first.n && !span_eq(first, l->guid)) return true;
        first = l->guid;
    }
    return false;
}

static bool points_at(const struct story *s, const struct story *older)
{
    for (uint32_t i = 0; i < s->link_count; i++)
        if (desk_follows(&s->links[i]) && span_eq(s->links[i].guid, older->guid))
            return !is_combination(s);
    return false;
}

/* A translation is derived too, and stands on a page of its own. */
static bool same_language(struct span a, struct span b)
{
    return !a.n || !b.n || span_eq_nocase(span_cut(a, 0, 2), span_cut(b, 0, 2));
}

static bool has_genre(const struct story *s, struct span literal)
{
    for (uint32_t i = 0; i < s->subject_count; i++)
        if (s->subjects[i].kind == SUBJECT_GENRE && span_eq(s->subjects[i].literal, literal))
            return true;
    return false;
}

/* Beside its report an agency sends questions and answers, a background, a chronology, all under
 * the event's slug and each updated by itself: no update of one is an update of another. */
static bool same_genre(const struct story *x, const struct story *y)
{
    bool named = false;
    for (uint32_t i = 0; i < x->subject_count; i++) {
        if (x->subjects[i].kind != SUBJECT_GENRE) continue;
        if (has_genre(y, x->subjects[i].literal)) return true;
        named = true;
    }
    for (uint32_t i = 0; named && i < y->subject_count; i++)
        if (y->subjects[i].kind == SUBJECT_GENRE) return false;
    return true;
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

/* A2: the first story behind a flash carries its slugline and no tag. A flash takes no place
 * itself: it would leave a headline where a story stood. */
static bool follows_flash(const struct story *o, const struct story *n)
{
    return is_bare_flash(o) && n->body_text.n && !is_bare_flash(n);
}

bool desk_links(const struct desk_version *older, const struct desk_version *newer)
{
    const struct story *o = older->story, *n = newer->story;
    if (older->item == newer->item || !span_eq(older->feed, newer->feed) ||
        !same_language(o->language, n->language))
        return false;
    if (!may_share(o->kind) || !may_share(n->kind)) return false;
    if (desk_is_corrective(o) || desk_is_corrective(n)) return false;
    int64_t between = told_ms(newer) - told_ms(older);
    bool may_run = n->change == CHANGE_UPDATE ? same_genre(o, n) : n->change != CHANGE_NONE;
    bool named = points_at(n, o), runs = (may_run || follows_flash(o, n)) && between >= 0 &&
                                         between <= DESK_LINK_HOURS * INT64_C(3600000);
    if (!named && !runs) return false;
    struct arena *a = arena_new(1 << 20);
    struct span ko = desk_slug(a, o->slugline), kn = desk_slug(a, n->slugline);
    bool same = named || (ko.n && span_eq(ko, kn));
    /* An order in words stands alone, whatever it names: its address never was one (K10). */
    same = same && desk_notice(a, o).kind == NOTICE_NONE && desk_notice(a, n).kind == NOTICE_NONE;
    arena_free(a);
    return same;
}

bool desk_is_own(const struct desk_version *v, const struct desk_rules *rules)
{
    return provider_fits(feed_named(rules, v->feed), v->story->provider) &&
           !desk_is_echo(v->story, rules);
}

/* A party that is a URL stands for everything below it: a feed names its own address. */
static bool is_party(struct span party, struct span hop)
{
    if (span_eq_nocase(party, hop)) return true;
    bool url = span_starts(party, S("http://")) || span_starts(party, S("https://"));
    if (!party.n || !url || !span_starts_nocase(hop, party)) return false;
    return party.p[party.n - 1] == '/' || hop.p[party.n] == '/';
}

bool desk_is_echo(const struct story *s, const struct desk_rules *rules)
{
    if (s->status == STATUS_CANCELED || s->status == STATUS_WITHHELD) return false;
    for (uint32_t i = 0; i < rules->party_count; i++)
        for (uint32_t k = 0; k < s->hop_count; k++)
            if (is_party(rules->parties[i], s->hops[k])) return true;
    return false;
}

struct span desk_owner(const struct desk_set *set, const struct desk_rules *rules)
{
    for (size_t i = 0; i < set->version_count; i++)
        if (desk_is_own(&set->versions[i], rules)) return set->versions[i].feed;
    return S("");
}
