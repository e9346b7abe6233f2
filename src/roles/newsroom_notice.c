/* newsroom_notice: orders in words (K8 to K10, K14). A notice is matched among its own feed's items
 * of the last days (T3): by the strongest class of names that finds any. One page: what the words
 * say. Several: all of them are suspended and the desk is told. None: the desk is told, with the
 * nearest, and the notice waits for a story that it has overtaken. All of it as of the event, so
 * that a rebuild comes to the same. Never decides. */
#include "newsroom.h"

#include <string.h>

enum { RECENT_HEADLINES = 500, NAMES_KEPT_EVERY = 256 };

struct found { /* pages that a notice may mean */
    struct named list[NOTICE_PAGES_MAX];
    size_t count;
};

static void add_found(struct found *f, struct named named)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].page == named.page) return;
    if (f->count < NOTICE_PAGES_MAX) f->list[f->count++] = named;
}

/* T3: a feed's words are about what it has brought itself, though it has sent the guid of
 * another's.
 */
static enum result is_own(
    struct newsroom *n, const struct desk_version *v, story_id page, bool *own_out)
{
    struct desk_set set;
    TRY(newsroom_set(n, page, &set));
    *own_out = span_eq(desk_owner(&set, n->rules), v->feed);
    return OK;
}

/* A guid is looked up whatever its age: a page of this feed that holds more than notices. */
static enum result find_guid(struct newsroom *n, const struct desk_version *v, struct span provider,
    struct span guid, bool of_story, struct found *f)
{
    struct desk_set set;
    struct named named = {.item = story_id_of(ledger_key(n->ledger), provider, guid)};
    if (named.item == v->item) return OK; /* its own name, under which a kill of it may lie */
    if (store_page_of(n->store, named.item, &named.page) != OK) return OK;
    TRY(newsroom_set(n, named.page, &set));
    bool any = false;
    for (size_t i = 0; i < set.version_count; i++)
        any |= set.versions[i].item == named.item &&
               desk_notice(n->job, set.versions[i].story).kind == NOTICE_NONE &&
               !(of_story && desk_is_corrective(set.versions[i].story));
    if (any && span_eq(desk_owner(&set, n->rules), v->feed)) add_found(f, named);
    return OK;
}

static enum result find_class(struct newsroom *n, const struct desk_version *v,
    struct span provider, const struct name_list *names, char class, bool of_story, struct found *f)
{
    int64_t since = v->received_ms - NOTICE_DAYS * INT64_C(86400000);
    for (size_t i = 0; i < names->count; i++) {
        struct span key = names->list[i];
        struct named list[NOTICE_PAGES_MAX];
        size_t count = 0;
        if (key.p[0] != class) continue;
        if (class == 'g') TRY(find_guid(n, v, provider, span_cut(key, 2, key.n), of_story, f));
        TRY(store_named(n->store, v->feed, key, since, list, COUNT(list), &count));
        for (size_t k = 0; k < count; k++) {
            bool own = false;
            TRY(is_own(n, v, list[k].page, &own));
            if (own && list[k].item != v->item) add_found(f, list[k]);
        }
    }
    return OK;
}

/* Which classes of names count. One that names a guid beside its own means that item and no other,
 * also where it has not come yet. */
static const char *classes_of(
    const struct desk_version *v, const struct notice *notice, const struct name_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        struct span key = names->list[i];
        if (key.p[0] == 'g' && !span_eq(span_cut(key, 2, key.n), v->story->guid)) return "gc";
    }
    return notice->sure ? "gchs" : "gc";
}

static enum result find(struct newsroom *n, const struct desk_version *v, struct span provider,
    const struct notice *notice, const struct name_list *names, struct found *f)
{
    const char *classes = classes_of(v, notice, names);
    for (size_t i = 0; classes[i] && !f->count; i++)
        TRY(find_class(n, v, provider, names, classes[i], notice->kind == NOTICE_CORRECTS, f));
    return OK;
}

/* ---- what is told ---- */
static void tell_one(struct newsroom *n, struct buf *b, struct named named)
{
    struct span guid = S("?"), provider;
    (void)store_guid_of(n->store, named.item, n->job, &guid, &provider);
    buf_printf(b, "%s%.*s", b->n ? ", " : "", FMT(guid));
}

static enum result alarm(struct newsroom *n, const struct desk_version *v, struct span text)
{
    struct alarm al = {.kind = S("notice"), .text = text, .at_ms = v->received_ms, .pos = v->pos};
    return newsroom_alarm(n, "kill", v->story->guid, &al);
}

static enum result tell_doubt(
    struct newsroom *n, const struct desk_version *v, struct span notice, const struct found *f)
{
    struct buf b;
    buf_init(&b, n->job, 0);
    for (size_t i = 0; i < f->count; i++) tell_one(n, &b, f->list[i]);
    return alarm(n, v,
        arena_printf(n->job,
            "%.*s: this order in words may mean %zu stories; all are suspended "
            "until the desk decides: %.*s",
            FMT(notice), f->count, FMT(buf_span(&b))));
}

/* The stories whose headlines share most words with the notice. */
static enum result tell_none(struct newsroom *n, const struct desk_version *v)
{
    struct recent_name *recent = ARENA_ARRAY(n->job, struct recent_name, RECENT_HEADLINES);
    size_t count = 0, told = 0;
    int64_t since = v->received_ms - NOTICE_DAYS * INT64_C(86400000);
    TRY(store_recent_names(
        n->store, v->feed, S("h:"), since, n->job, recent, RECENT_HEADLINES, &count));
    size_t *near = ARENA_ARRAY(n->job, size_t, count + 1);
    struct span said = desk_said(n->job, v->story);
    for (size_t i = 0; i < count; i++) near[i] = desk_nearness(said, recent[i].key);
    struct buf b;
    buf_init(&b, n->job, 0);
    for (; told < NOTICE_NEAREST; told++) {
        size_t best = count;
        for (size_t i = 0; i < count; i++)
            if (near[i] && (best == count || near[i] > near[best])) best = i;
        if (best == count) break;
        near[best] = 0;
        tell_one(n, &b, (struct named){.item = recent[best].item});
    }
    return alarm(n, v,
        arena_printf(n->job,
            "%.*s: this order in words fits no story that is known; it waits %d hours%s%.*s",
            FMT(v->story->guid), NOTICE_WAIT_HOURS, b.n ? "; nearest: " : "", FMT(buf_span(&b))));
}

/* ---- obeying ---- */
static enum result hit(
    struct newsroom *n, const struct stored_notice *notice, int effect, const struct named *named)
{
    struct stored_hit h = {*notice, named->item};
    h.notice.kind = effect;
    TRY(store_put_hit(n->store, &h));
    if (effect == NOTICE_KILL) TRY(newsroom_note_killed(n, named->page, notice->at_ms));
    newsroom_touch(n, named->page);
    return OK;
}

static struct stored_notice stored_of(const struct desk_version *v, enum notice_kind kind)
{
    struct stored_notice out = {
        .kind = kind, .guid = v->story->guid, .at_ms = v->received_ms, .pos = v->pos};
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, v->feed); /* the same words by another feed of the provider are not yet obeyed */
    put_u64(&b, v->item);
    put_u8(&b, (uint8_t)v->story->version_created.kind);
    put_u64(&b, (uint64_t)v->story->version_created.ms);
    put_span(&b, v->story->version);
    struct hash h = hash_of(buf_span(&b));
    buf_free(&b);
    memcpy(out.name, h.b, sizeof out.name);
    return out;
}

static enum result obey(struct newsroom *n, const struct desk_version *v, struct span provider,
    const struct notice *notice)
{
    struct name_list names = {.a = n->job};
    struct found found = {0};
    struct stored_notice stored = stored_of(v, notice->kind);
    bool is_new = false;
    TRY(store_put_notice(n->store, &stored, &is_new));
    if (!is_new) return OK;
    desk_notice_names(&names, v->story);
    TRY(find(n, v, provider, notice, &names, &found));
    int effect = notice->kind == NOTICE_KILL && found.count > 1 ? NOTICE_DOUBT : (int)notice->kind;
    for (size_t i = 0; i < found.count; i++) TRY(hit(n, &stored, effect, &found.list[i]));
    if (found.count > 1 && notice->kind != NOTICE_RELEASE)
        return tell_doubt(n, v, v->story->guid, &found);
    if (found.count || notice->kind == NOTICE_RELEASE) return OK;
    for (size_t i = 0; i < names.count; i++)
        if (strchr(classes_of(v, notice, &names), names.list[i].p[0]))
            TRY(store_notice_waits(n->store, v->feed, names.list[i], &stored));
    return tell_none(n, v);
}

/* ---- correctives (C14) ---- */
static enum result point_at(struct newsroom *n, story_id corrective, const struct named *about)
{
    if (about->item == corrective) return OK;
    TRY(store_put_point(n->store, POINT_CORRECTS, about->item, corrective));
    newsroom_touch(n, about->page);
    newsroom_touch(n, corrective);
    return OK;
}

/* One that does not link to its story names it: by the same names, and with the same patience, as a
 * notice. In doubt it stands alone, and the desk is told. */
static enum result find_corrected(
    struct newsroom *n, const struct desk_version *v, struct span provider)
{
    struct name_list names = {.a = n->job};
    struct found f = {0};
    struct stored_notice stored = stored_of(v, NOTICE_CORRECTS);
    struct notice words = {NOTICE_CORRECTS, true};
    bool is_new = false;
    if (v->story->link_count) return OK;
    TRY(store_put_notice(n->store, &stored, &is_new));
    if (!is_new) return OK;
    desk_notice_names(&names, v->story);
    TRY(find(n, v, provider, &words, &names, &f));
    if (f.count == 1) return point_at(n, v->item, &f.list[0]);
    if (f.count)
        return alarm(n, v,
            arena_printf(n->job, "%.*s: this corrective may be about %zu stories: none is linked",
                FMT(v->story->guid), f.count));
    for (size_t i = 0; i < names.count; i++)
        TRY(store_notice_waits(n->store, v->feed, names.list[i], &stored));
    return OK;
}

/* The first that comes for a waiting kill is killed; whatever else comes for it is suspended. */
static enum result meet(struct newsroom *n, const struct desk_version *v, struct span provider,
    const struct stored_notice *w)
{
    struct found f = {.count = 1};
    size_t all = 0, here = 0;
    bool own = false;
    f.list[0].item = v->item;
    TRY(store_page_of(n->store, v->item, &f.list[0].page));
    TRY(is_own(n, v, f.list[0].page, &own));
    if (!own) return OK;
    if (w->kind == NOTICE_CORRECTS)
        return point_at(n, story_id_of(ledger_key(n->ledger), provider, w->guid), &f.list[0]);
    TRY(store_hit_count(n->store, w->name, f.list[0].page, &all, &here));
    if (here || memcmp(stored_of(v, NOTICE_NONE).name, w->name, sizeof w->name) == 0) return OK;
    bool doubt = all && w->kind == NOTICE_KILL;
    TRY(hit(n, w, doubt ? NOTICE_DOUBT : w->kind, &f.list[0]));
    return doubt ? tell_doubt(n, v, w->guid, &f) : OK;
}

static enum result be_known(struct newsroom *n, const struct desk_version *v, struct span provider)
{
    struct name_list names = {.a = n->job};
    int64_t since = v->received_ms - NOTICE_WAIT_HOURS * INT64_C(3600000);
    desk_names(&names, v->story);
    for (size_t i = 0; i < names.count; i++) {
        struct stored_notice *waiting;
        size_t count = 0;
        TRY(store_put_name(n->store, v->feed, names.list[i], v->item, v->received_ms));
        TRY(store_notices_waiting(
            n->store, v->feed, names.list[i], since, n->job, &waiting, &count));
        for (size_t k = 0; k < count; k++) TRY(meet(n, v, provider, &waiting[k]));
    }
    if (v->pos % NAMES_KEPT_EVERY) return OK;
    return store_drop_names(n->store, v->received_ms - NOTICE_DAYS * INT64_C(86400000));
}

enum result newsroom_obey_words(
    struct newsroom *n, const struct desk_version *v, struct span provider)
{
    const struct story *s = v->story;
    if (!desk_is_of_feed(n->rules, v)) return OK; /* T2 */
    struct notice notice = desk_notice(n->job, s);
    bool corrective = desk_is_corrective(s) && s->status == STATUS_USABLE;
    if (notice.kind == NOTICE_NONE && corrective) TRY(find_corrected(n, v, provider));
    if (notice.kind == NOTICE_NONE)
        return s->status == STATUS_CANCELED ? OK : be_known(n, v, provider);
    bool in_force = s->status == STATUS_USABLE && !s->is_test && s->embargo.kind == WHEN_ABSENT;
    return in_force ? obey(n, v, provider, &notice) : OK;
}
