/* rehearse_check: the expectations of a step, one function each, from a table: here those of what
 * readers see; the rest in rehearse_check_house.c. Each thing looked at is one check; a failure
 * says the address, what was there and what was wanted. */
#include "rehearse.h"

/* ---- status ---- */
static void check_status(struct play *p, const struct json *j)
{
    for (const struct json *m = j->first; m; m = m->next) {
        int got = 0;
        int64_t want = 0;
        struct span target = story_target(p, m->key, &got);
        (void)span_to_i64(m->text, &want);
        held(p, got == want, "%.*s (%.*s) answers %d, not %lld", FMT(m->key), FMT(target), got,
            (long long)want);
    }
}

/* ---- as one that never existed ---- */
static void ask_as(
    struct play *p, struct span target, const struct validators *v, int how, struct answer *out)
{
    struct request r = {.target = target};
    if (how == 1) r.coding = S("gzip");
    if (how == 2) r.coding = S("br");
    if (how == 3) r.method = HTTP_HEAD;
    if (how == 4) r.range = S("bytes=0-99");
    if (how == 5) r.if_none_match = v && v->etag[0].n ? v->etag[0] : S("\"1\"");
    if (how == 6)
        r.if_modified_since = v && v->modified.n ? v->modified : S("Thu, 01 Jan 2015 00:00:00 GMT");
    ask(p, p->step_arena, &r, out);
}

static void same_as_never(struct play *p, struct span target, struct span never)
{
    static const char *const how_told[] = {
        "a plain GET", "gzip", "br", "HEAD", "a range", "If-None-Match", "If-Modified-Since"};
    const struct validators *v = map_get(p->validators, seen_from(p, p->step_arena, target));
    for (int how = 0; how < (int)COUNT(how_told); how++) {
        struct answer got, want;
        ask_as(p, target, v, how, &got);
        ask_as(p, never, v, how, &want);
        held(p, got.status == want.status, "%.*s answers %d to %s; a guid never known gets %d",
            FMT(target), got.status, how_told[how], want.status);
        held(p, span_eq(got.head, want.head),
            "%.*s answers %s by another head than a guid never known gets", FMT(target),
            how_told[how]);
        held(p, span_eq(got.raw, want.raw),
            "%.*s answers %s by other bytes than a guid never known gets", FMT(target),
            how_told[how]);
    }
}

static struct span with_id(struct play *p, struct span path, story_id from, story_id to)
{
    struct arena *a = p->step_arena;
    struct span old = story_id_text(a, from);
    ptrdiff_t at = span_find(path, old);
    if (at < 0) return path;
    return arena_printf(a, "%.*s%.*s%.*s", (int)at, path.p, FMT(story_id_text(a, to)),
        (int)(path.n - (size_t)at - old.n), path.p + at + old.n);
}

static void never_one(struct play *p, struct span guid)
{
    unsigned char raw[16];
    random_bytes(raw, sizeof raw);
    struct arena *a = p->step_arena;
    story_id id = id_of(p, guid),
             never = id_of(p, arena_printf(a, "never:%.*s", FMT(bytes_hex(a, raw, sizeof raw))));
    struct known *k = known_of(p, guid);
    struct span probe = probe_target(p, id), why;
    struct civil day = civil_of(p->now_ms);
    struct span slug = k ? text_slug(a, k->headline, 64) : S("");
    struct span paths[] = {probe, arena_printf(a, "%.*s/revisions", FMT(probe)),
        arena_printf(a, "%.*s/comments", FMT(probe)), arena_printf(a, "%.*s/lite", FMT(probe)),
        arena_printf(a, "%.*s.txt", FMT(probe)),
        arena_printf(a, "%.*s/%04d/%02d/%02d/%.*s-%.*s", FMT(p->config->base), day.year, day.month,
            day.day, FMT(slug.n ? slug : S("x")), FMT(story_id_text(a, id))),
        k && k->right_path.n ? k->right_path : S("")};
    for (size_t i = 0; i < COUNT(paths); i++)
        if (paths[i].n) same_as_never(p, paths[i], with_id(p, paths[i], id, never));
    struct span machines[SITE_MACHINE_PATHS], nothing[SITE_MACHINE_PATHS],
        page = span_cut(probe, p->config->base.n, probe.n);
    size_t n = site_machine_paths(a, id, page, machines);
    must(site_machine_paths(a, never, with_id(p, page, id, never), nothing) == n);
    for (size_t i = 0; i < n; i++)
        same_as_never(p, arena_printf(a, "%.*s%.*s", FMT(p->config->base), FMT(machines[i])),
            arena_printf(a, "%.*s%.*s", FMT(p->config->base), FMT(nothing[i])));
    held(p, search_is_empty(p, guid, &why), "%.*s finds something", FMT(why));
    if (k && k->headline.n)
        held(p, search_is_empty(p, k->headline, &why), "%.*s finds something", FMT(why));
}

static void check_like_never(struct play *p, const struct json *j)
{
    for (const struct json *m = j->first; m; m = m->next) never_one(p, m->text);
}

/* ---- words ---- */
static void check_nowhere(struct play *p, const struct json *j)
{
    struct targets t = {0};
    surface_all(p, &t);
    for (const struct json *m = j->first; m; m = m->next) {
        struct span why;
        for (size_t i = 0; i < t.count; i++)
            held(p, !look_shows(p, look_at(p, t.list[i]), m->text), "“%.*s” stands on %.*s",
                FMT(m->text), FMT(t.list[i]));
        held(p, search_is_empty(p, m->text, &why), "%.*s finds something", FMT(why));
    }
}

/* What a surface says: of pictures, their answers; of “related”, that block alone. */
static struct span surface_answer(struct play *p, struct span surface, struct span target)
{
    const struct look *l = look_at(p, target);
    if (span_starts(surface, S("related:"))) return related_block(l->plain.body);
    struct http_answer h = {.head = l->plain.head};
    struct span type = http_answer_header(&h, "Content-Type");
    return arena_printf(p->step_arena, "%d %.*s", l->plain.status, FMT(type.p ? type : S("")));
}

static bool surface_shows(
    struct play *p, struct span surface, const struct targets *t, struct span text)
{
    bool own = span_starts(surface, S("related:")) || span_starts(surface, S("picture:"));
    for (size_t i = 0; i < t->count; i++) {
        if (!own && look_shows(p, look_at(p, t->list[i]), text)) return true;
        if (!own) continue;
        struct look l = {.plain = {.body = surface_answer(p, surface, t->list[i])}};
        if (look_shows(p, &l, text)) return true;
    }
    return false;
}

static void check_words(struct play *p, const struct json *j, bool wanted)
{
    for (const struct json *m = j->first; m; m = m->next) {
        struct targets t = {0};
        if (!surface_targets(p, m->key, &t)) {
            fail(p, "there is no surface “%.*s”", FMT(m->key));
            continue;
        }
        for (const struct json *w = m->first; w; w = w->next)
            held(p, surface_shows(p, m->key, &t, w->text) == wanted, "%.*s (%.*s) %s “%.*s”",
                FMT(m->key), FMT(t.count ? t.list[0] : S("no address")),
                wanted ? "does not show" : "shows", FMT(w->text));
    }
}

static void check_shows(struct play *p, const struct json *j)
{
    check_words(p, j, true);
}

static void check_lacks(struct play *p, const struct json *j)
{
    check_words(p, j, false);
}

/* In the first form of the page that holds them all. */
static bool in_order(struct play *p, const struct look *l, const struct json *words)
{
    size_t count;
    const struct span *forms = look_forms(p, l, &count);
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t last = -1;
        bool all = true, ordered = true;
        for (const struct json *w = words->first; w; w = w->next) {
            ptrdiff_t at = span_find(forms[i], text_folded(p->step_arena, w->text));
            all &= at >= 0;
            ordered &= at > last;
            last = at;
        }
        if (all) return ordered;
    }
    return false;
}

static void check_order(struct play *p, const struct json *j)
{
    for (const struct json *m = j->first; m; m = m->next) {
        struct targets t = {0};
        if (!surface_targets(p, m->key, &t) || !t.count) {
            fail(p, "there is no surface “%.*s”", FMT(m->key));
            continue;
        }
        held(p, in_order(p, look_at(p, t.list[0]), m), "%.*s does not show them in this order",
            FMT(m->key));
    }
}

/* ---- everywhere ---- */
static bool lists(struct play *p, struct span target, struct span id)
{
    return span_find(look_at(p, target)->plain.body, id) >= 0;
}

static void listed(struct play *p, struct span guid, struct span surface, struct span id)
{
    struct targets t = {0};
    bool found = false;
    must(surface_targets(p, surface, &t));
    for (size_t i = 0; i < t.count && !found; i++) found = lists(p, t.list[i], id);
    held(p, found, "%.*s does not list %.*s", FMT(surface), FMT(guid));
}

static void everywhere_one(struct play *p, struct span guid)
{
    static const char *const surfaces[] = {
        "rss", "atom", "jsonfeed", "sitemap", "newssitemap", "api", "wp"};
    struct arena *a = p->step_arena;
    struct known *k = known_of(p, guid);
    struct span id = story_id_text(a, id_of(p, guid)), key;
    void *value;
    int status = 0;
    story_target(p, guid, &status);
    held(p, status == 200, "%.*s answers %d", FMT(guid), status);
    bool found = lists(p, arena_printf(a, "%.*s/", FMT(p->config->base)), id);
    for (uint32_t i = 0; i < p->config->section_count && !found; i++)
        found = lists(p,
            arena_printf(
                a, "%.*s/section/%.*s", FMT(p->config->base), FMT(p->config->sections[i].name)),
            id);
    held(p, found, "neither the front nor a section lists %.*s", FMT(guid));
    for (size_t i = 0; i < COUNT(surfaces); i++) listed(p, guid, span_of(surfaces[i]), id);
    for (size_t i = 0; k && map_each(k->tags, &i, &key, &value);)
        listed(p, guid, arena_printf(a, "tag:%.*s", FMT(key)), id);
    if (k && k->headline.n) listed(p, guid, arena_printf(a, "search:%.*s", FMT(k->headline)), id);
}

static void check_everywhere(struct play *p, const struct json *j)
{
    for (const struct json *m = j->first; m; m = m->next) everywhere_one(p, m->text);
}

/* ---- the same as before ---- */
struct kept {
    struct span target, body;
    int status;
    struct kept *next;
};

void label_snapshot(struct play *p, struct span label)
{
    struct targets t = {0};
    struct kept *list = NULL;
    surface_all(p, &t);
    for (size_t i = 0; i < t.count; i++) {
        const struct look *l = look_at(p, t.list[i]);
        struct kept *k = ARENA_NEW(p->arena, struct kept);
        *k = (struct kept){arena_keep(p->arena, t.list[i]), arena_keep(p->arena, l->plain.body),
            l->plain.status, list};
        list = k;
    }
    *map_at(p->labels, label) = list;
}

/* Where two pages part, with a little of both. */
static struct span difference(struct play *p, struct span was, struct span is)
{
    size_t i = 0;
    while (i < was.n && i < is.n && was.p[i] == is.p[i]) i++;
    size_t from = i > 30 ? i - 30 : 0;
    return arena_printf(p->step_arena, "was …%.*s…, is …%.*s…", FMT(span_cut(was, from, i + 50)),
        FMT(span_cut(is, from, i + 50)));
}

static void check_same(struct play *p, const struct json *j)
{
    for (const struct json *m = j->first; m; m = m->next) {
        const struct kept *list = map_get(p->labels, m->text);
        if (!list) fail(p, "no step has the label “%.*s”", FMT(m->text));
        for (; list; list = list->next) {
            const struct look *l = look_at(p, list->target);
            if (!held(p, l->plain.status == list->status, "%.*s answers %d, at “%.*s” it was %d",
                    FMT(list->target), l->plain.status, FMT(m->text), list->status))
                continue;
            held(p, span_eq(l->plain.body, list->body), "%.*s is not as at “%.*s”: %.*s",
                FMT(list->target), FMT(m->text), FMT(difference(p, list->body, l->plain.body)));
        }
    }
}

/* ---- what Atom tells its readers to forget (RFC 6721) ---- */
static bool feed_has(struct play *p, const char *path, struct span what)
{
    struct span target = arena_printf(p->step_arena, "%.*s%s", FMT(p->config->base), path);
    return span_find(look_at(p, target)->plain.body, what) >= 0;
}

static void check_deleted(struct play *p, const struct json *j)
{
    static const char *const silent[] = {"/rss.xml", "/feed.json", "/corrections/rss.xml",
        "/corrections/feed.json", "/api/v1/stories", "/sitemap.xml", "/wp-json/wp/v2/posts"};
    for (const struct json *m = j->first; m; m = m->next) {
        struct arena *a = p->step_arena;
        struct span id = story_id_text(a, id_of(p, m->text));
        held(p, feed_has(p, "/atom.xml", arena_printf(a, ":%.*s\" when=", FMT(id))),
            "/atom.xml has no deleted-entry of %.*s", FMT(m->text));
        held(p,
            feed_has(
                p, "/corrections/atom.xml", arena_printf(a, ":%.*s#corrected\" when=", FMT(id))),
            "/corrections/atom.xml has no deleted-entry of %.*s", FMT(m->text));
        held(p, !feed_has(p, "/atom.xml", arena_printf(a, ":%.*s</id>", FMT(id))),
            "/atom.xml still has an entry of %.*s", FMT(m->text));
        for (size_t i = 0; i < COUNT(silent); i++)
            held(p, !feed_has(p, silent[i], id), "%s still names %.*s", silent[i], FMT(m->text));
    }
}

/* ---- the table ---- */
static const struct {
    const char *name;
    void (*check)(struct play *p, const struct json *j);
} table[] = {{"status", check_status}, {"like_never", check_like_never}, {"nowhere", check_nowhere},
    {"shows", check_shows}, {"lacks", check_lacks}, {"order", check_order},
    {"everywhere", check_everywhere}, {"same", check_same}, {"desk", check_desk},
    {"files", check_files}, {"receipt", check_receipt}, {"sent", check_sent},
    {"news", check_newest}, {"deleted", check_deleted}};

bool expectation_known(struct span key)
{
    if (span_eq(key, S("reader_in"))) return true;
    for (size_t i = 0; i < COUNT(table); i++)
        if (span_eq(key, span_of(table[i].name))) return true;
    return false;
}

void check_expectations(struct play *p, const struct json *expect)
{
    p->country = json_text(expect, "reader_in");
    for (const struct json *m = expect->first; m; m = m->next)
        for (size_t i = 0; i < COUNT(table); i++)
            if (span_eq(m->key, span_of(table[i].name))) table[i].check(p, m);
    p->country = S("");
}
