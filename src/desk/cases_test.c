/* cases_test.c: plays tests/cases/desk/FILE.yaml: what came when, and what a reader would be
 * answered then. A check at a time sees only what had come by that time, as the newsroom does; the
 * desk itself knows no now. How cases are written: tests/cases/desk/README.md. */
#include <dirent.h>
#include <stdlib.h>

#include "desk.h"
#include "tap.h"

#define START_MS INT64_C(1769148000000) /* 2026-01-23T06:00:00Z */

struct play {
    struct arena *a;
    struct desk_feed feeds[2];
    struct desk_section sections[3];
    struct desk_rule rules[8];
    struct desk_topic topics[32];
    struct desk_rules in_force;
    const struct yaml *body; /* of the case */
    struct desk_version versions[64];
    size_t version_count;
    struct act acts[64];
    size_t act_count;
    struct hit hits[8];
    size_t hit_count;
    struct pause pauses[8];
    size_t pause_count;
    int64_t at[160]; /* of event n */
};

static struct span text_of(const struct yaml *map, const char *key, struct span otherwise)
{
    const struct yaml *y = yaml_get(map, key);
    return y ? y->text : otherwise;
}

/* "90s", "-2d", "5m", "1h" after the start. */
static int64_t time_of(struct span s)
{
    char tmp[32] = {0}, *end;
    must(s.n > 0 && s.n < sizeof tmp);
    memcpy(tmp, s.p, s.n);
    double n = strtod(tmp, &end);
    int64_t unit = *end == 'd'                    ? 86400000
                   : *end == 'h'                  ? 3600000
                   : *end == 'm' && end[1] != 's' ? 60000
                   : *end == 's'                  ? 1000
                                                  : 1;
    return START_MS + (int64_t)(n * (double)unit);
}

/* A time as a wire would have it: "60s", "nil", "garbage", "local 60s", "none". */
static struct when when_of(struct span s)
{
    if (!s.n || span_eq(s, S("none"))) return (struct when){WHEN_ABSENT, 0};
    if (span_eq(s, S("nil"))) return (struct when){WHEN_EMPTY, 0};
    if (span_eq(s, S("garbage"))) return (struct when){WHEN_UNREADABLE, 0};
    if (span_starts(s, S("local "))) return (struct when){WHEN_LOCAL, time_of(span_cut(s, 6, s.n))};
    return (struct when){WHEN_UTC, time_of(s)};
}

static struct span default_body(struct arena *a, const struct yaml *w)
{
    return arena_printf(a,
        "The harbour bridge will close on Sunday for %.*s repairs, the city said.",
        FMT(text_of(w, "version", S("new"))));
}

static void set_head(struct arena *a, struct story *s, const struct yaml *w)
{
    const struct yaml *language = yaml_get(w, "language");
    s->headline_raw = text_of(w, "headline", S("Harbour bridge closes"));
    s->slugline = text_of(w, "slug", S(""));
    s->language = language ? language->text : S("en");
    s->provider = text_of(w, "provider", S(""));
    s->version = text_of(w, "version", S(""));
    struct span body = yaml_get(w, "body") ? text_of(w, "body", S("")) : default_body(a, w);
    s->body = html_clean(a, body.n ? arena_printf(a, "<p>%.*s</p>", FMT(body)) : S(""));
    s->urgency =
        yaml_get(w, "urgency") ? (uint32_t)atoi(arena_cstr(a, text_of(w, "urgency", S("")))) : 0;
}

static struct story *story_from(struct arena *a, const struct yaml *w, struct span at)
{
    struct story *s = story_new(a);
    s->guid = arena_printf(a, "tag:example.org,2026:%.*s", FMT(text_of(w, "guid", S("a"))));
    s->kind_literal = text_of(w, "kind", S("text"));
    s->kind = story_kind_of(s->kind_literal);
    s->status_literal = text_of(w, "status", S("usable"));
    s->status = story_status_of(s->status_literal);
    s->is_test = yaml_get(w, "test") != NULL;
    s->version_created = when_of(text_of(w, "created", at));
    s->first_created = when_of(text_of(w, "first_created", S("none")));
    s->embargo = when_of(text_of(w, "embargo", S("")));
    s->expires = when_of(text_of(w, "expires", S("")));
    set_head(a, s, w);
    if (yaml_get(w, "note")) story_add_note(a, s, S("edNote"), text_of(w, "note", S("")), false);
    if (yaml_get(w, "signal")) story_add_signal(a, s, text_of(w, "signal", S("")));
    if (yaml_get(w, "keyword")) story_add_keyword(a, s, text_of(w, "keyword", S("")));
    if (yaml_get(w, "subject"))
        story_add_subject(a, s, SUBJECT_TOPIC, text_of(w, "subject", S("")), S(""));
    if (yaml_get(w, "genre"))
        story_add_subject(a, s, SUBJECT_GENRE, text_of(w, "genre", S("")), S(""));
    if (yaml_get(w, "place"))
        story_add_subject(a, s, SUBJECT_PLACE, S(""), text_of(w, "place", S("")));
    s->dateline = text_of(w, "dateline", S(""));
    s->creditline = text_of(w, "credit", S(""));
    s->abstract = text_of(w, "abstract", S(""));
    if (yaml_get(w, "usage")) story_add_usage(a, s, text_of(w, "usage", S("")));
    if (yaml_get(w, "replaces"))
        story_add_link(a, s, S("replaces"),
            arena_printf(a, "tag:example.org,2026:%.*s", FMT(text_of(w, "replaces", S("")))),
            S(""));
    story_finish(a, s);
    return s;
}

static void add_wire(struct play *p, const struct yaml *w, struct span at, uint64_t pos)
{
    must(p->version_count < COUNT(p->versions));
    struct desk_version *v = &p->versions[p->version_count++];
    struct span guid = text_of(w, "guid", S("a"));
    *v = (struct desk_version){
        .story = story_from(p->a, w, at), .received_ms = time_of(at), .pos = pos};
    v->item = 100 + (uint64_t)guid.p[0];
    v->feed = text_of(w, "feed", S("wire"));
}

static void add_brake(
    struct play *p, struct span pause, struct span resume, int64_t at_ms, uint64_t pos)
{
    if (pause.n) {
        must(p->pause_count < COUNT(p->pauses));
        p->pauses[p->pause_count++] = (struct pause){pause, at_ms, FOREVER, pos, UINT64_MAX};
    }
    for (size_t i = 0; resume.n && i < p->pause_count; i++)
        if (span_eq(p->pauses[i].target, resume) && p->pauses[i].until_ms == FOREVER) {
            p->pauses[i].until_ms = at_ms;
            p->pauses[i].until_pos = pos;
        }
}

/* What the newsroom has found a notice to mean for item a. */
static void add_hit(struct play *p, struct span effect, int64_t at_ms, uint64_t pos)
{
    static const char *const names[] = {[NOTICE_RELEASE] = "release",
        [NOTICE_HOLD] = "hold",
        [NOTICE_DOUBT] = "doubt",
        [NOTICE_KILL] = "kill"};
    int k = NOTICE_KILL;
    while (k > NOTICE_RELEASE && !span_eq(effect, span_of(names[k]))) k--;
    must(p->hit_count < COUNT(p->hits));
    struct hit *h = &p->hits[p->hit_count++];
    *h = (struct hit){.effect = (enum notice_kind)k,
        .item = 100 + 'a',
        .guid = S("tag:example.org,2026:notice"),
        .at_ms = at_ms,
        .pos = pos};
    h->notice[0] = (unsigned char)pos;
}

static void add_event(struct play *p, const struct yaml *e, uint64_t pos)
{
    struct span at = text_of(e, "at", S("0s")), act = text_of(e, "desk", S(""));
    const struct yaml *wire = yaml_get(e, "wire");
    if (wire) add_wire(p, wire, at, pos);
    if (yaml_get(e, "notice")) add_hit(p, text_of(e, "notice", S("")), time_of(at), pos);
    add_brake(p, text_of(e, "pause", S("")), text_of(e, "resume", S("")), time_of(at), pos);
    if (!act.n) return;
    must(p->act_count < COUNT(p->acts));
    struct act *t = &p->acts[p->act_count++];
    *t = (struct act){.kind = act_kind_of(act),
        .story = 100 + 'a',
        .text = text_of(e, "text", S("")),
        .at_ms = time_of(at),
        .pos = pos};
    must(t->kind != ACT_UNKNOWN);
}

/* What had come by this time. */
static struct desk_set play_until(struct play *p, int64_t at_ms)
{
    uint64_t pos = 1;
    p->version_count = p->act_count = p->pause_count = p->hit_count = 0;
    for (const struct yaml *e = yaml_get(p->body, "comes")->first; e; e = e->next, pos++)
        if (time_of(text_of(e, "at", S("0s"))) <= at_ms) add_event(p, e, pos);
    struct desk_set set = {.versions = p->versions,
        .version_count = p->version_count,
        .acts = p->acts,
        .act_count = p->act_count,
        .hits = p->hits,
        .hit_count = p->hit_count,
        .pauses = p->pauses,
        .pause_count = p->pause_count};
    if (p->version_count) set.page = p->versions[0].item;
    return set;
}

/* ---- the site of a case ---- */
static struct span *span_list(struct arena *a, const struct yaml *list, uint32_t *n)
{
    struct span *out = NULL;
    size_t count = 0, cap = 0;
    if (list && list->type == YAML_TEXT) *ARENA_PUSH(a, out, count, cap) = list->text;
    for (const struct yaml *y = list && list->type == YAML_LIST ? list->first : NULL; y;
         y = y->next)
        *ARENA_PUSH(a, out, count, cap) = y->text;
    *n = (uint32_t)count;
    return out;
}

static uint32_t number_of(const struct yaml *map, const char *key)
{
    uint64_t n = 0;
    span_to_u64(text_of(map, key, S("")), &n);
    return (uint32_t)n;
}

static void set_feed(struct play *p, const struct yaml *f)
{
    struct desk_feed *feed = &p->feeds[0];
    *feed = (struct desk_feed){
        .name = S("wire"), .provider = S("Agency"), .zone = zone_utc(), .pictures = true};
    p->feeds[1] =
        (struct desk_feed){.name = S("other"), .provider = S("Agency"), .zone = zone_utc()};
    if (!f) return;
    feed->provider = text_of(f, "provider", feed->provider);
    struct span zone = text_of(f, "zone", S("UTC"));
    feed->zone = span_eq(zone, S("none")) ? NULL : zone_open(zone);
    feed->retention_days = number_of(f, "retention_days");
    feed->territory = text_of(f, "territory", S(""));
    feed->is_locked = yaml_get(f, "locked") != NULL;
    feed->late_embargo_keeps = yaml_get(f, "late_embargo_keeps") != NULL;
    feed->languages = span_list(p->a, yaml_get(f, "languages"), &feed->language_count);
    feed->provider_ids = span_list(p->a, yaml_get(f, "provider_ids"), &feed->provider_id_count);
}

/* Hours as minutes of the day, "480-1200"; days as the rule's bits. */
static void set_rule_times(struct desk_rule *r, const struct yaml *y)
{
    struct span hours = text_of(y, "hours", S("")), from = text_of(y, "from", S("")),
                until = text_of(y, "until", S(""));
    r->has_hours = hours.n && sscanf(hours.p, "%u-%u", &r->hours_from, &r->hours_until) == 2;
    r->days = number_of(y, "days");
    if (from.n) r->from_ms = time_of(from);
    if (until.n) r->until_ms = time_of(until);
}

static void set_rule(struct play *p, struct desk_rule *r, const struct yaml *y)
{
    struct span action = text_of(y, "action", S(""));
    *r = (struct desk_rule){.line = y->line,
        .no_push = yaml_get(y, "no_push") != NULL,
        .pin_minutes = number_of(y, "pin_minutes"),
        .urgency_min = number_of(y, "urgency_min"),
        .urgency_max = number_of(y, "urgency_max")};
    r->feeds = span_list(p->a, yaml_get(y, "feeds"), &r->feed_count);
    r->subjects = span_list(p->a, yaml_get(y, "subjects"), &r->subject_count);
    r->genres = span_list(p->a, yaml_get(y, "genres"), &r->genre_count);
    r->languages = span_list(p->a, yaml_get(y, "languages"), &r->language_count);
    r->keywords = span_list(p->a, yaml_get(y, "keywords"), &r->keyword_count);
    r->texts = span_list(p->a, yaml_get(y, "texts"), &r->text_count);
    r->sections = span_list(p->a, yaml_get(y, "sections"), &r->section_count);
    r->places = span_list(p->a, yaml_get(y, "places"), &r->place_count);
    r->sources = span_list(p->a, yaml_get(y, "sources"), &r->source_count);
    set_rule_times(r, y);
    r->to_section = text_of(y, "to_section", S(""));
    r->add_tags = span_list(p->a, yaml_get(y, "add_tags"), &r->add_tag_count);
    r->noindex = yaml_get(y, "noindex") != NULL;
    r->action = span_eq(action, S("hold"))      ? DESK_HOLD
                : span_eq(action, S("drop"))    ? DESK_DROP
                : span_eq(action, S("publish")) ? DESK_PUBLISH
                : span_eq(action, S("wait"))    ? DESK_WAIT
                                                : DESK_NO_ACTION;
}

static void set_topics(struct play *p)
{
    const struct yaml *list = yaml_get(p->body, "topics");
    uint32_t n = 0;
    for (const struct yaml *y = list ? list->first : NULL; y; y = y->next) {
        must(n < COUNT(p->topics));
        p->topics[n++] = (struct desk_topic){.code = number_of(y, "code"),
            .broader = number_of(y, "below"),
            .old = number_of(y, "old"),
            .name = text_of(y, "name", S(""))};
    }
    desk_topics_make(p->a, p->topics, n, &p->in_force.topics);
}

static void set_site(struct play *p)
{
    static struct span sport[] = {{"subj:15000000", 13}, {"medtop:15000000", 15}, {"*sport*", 7}},
                       world[] = {{"medtop:16000000", 15}};
    p->sections[0] = (struct desk_section){S("world"), world, COUNT(world)};
    p->sections[1] = (struct desk_section){S("sport"), sport, COUNT(sport)};
    p->sections[2] = (struct desk_section){S("news"), NULL, 0};
    set_feed(p, yaml_get(p->body, "feed"));
    p->in_force = (struct desk_rules){.feeds = p->feeds,
        .feed_count = 2,
        .sections = p->sections,
        .section_count = 3,
        .rules = p->rules,
        .knows_countries = yaml_get(p->body, "knows_countries") != NULL,
        .site_zone = zone_open(text_of(p->body, "site_zone", S("UTC")))};
    set_topics(p);
    const struct yaml *rules = yaml_get(p->body, "rules");
    for (const struct yaml *y = rules ? rules->first : NULL; y; y = y->next) {
        must(p->in_force.rule_count < COUNT(p->rules));
        set_rule(p, &p->rules[p->in_force.rule_count++], y);
    }
}

/* ---- checks ---- */
static const char *answer_at(const struct verdict *v, int64_t at_ms)
{
    static const char *const names[] = {
        "never", "public", "withheld", "killed", "taken down", "expired", "merged", "purged"};
    if (story_is_public(&v->interval, at_ms) || story_is_public(&v->then, at_ms)) return "public";
    bool is_over = !v->interval.held && at_ms >= v->interval.until_ms;
    return names[is_over ? v->state_after : v->state];
}

static size_t shown_at(const struct verdict *v, int64_t at_ms)
{
    if (story_is_public(&v->interval, at_ms)) return v->shown;
    return story_is_public(&v->then, at_ms) ? v->then_shown : SIZE_MAX;
}

static const char *const codes[REASONS] = {"PUBLISHED", "EMBARGO", "EMBARGO_EMPTY",
    "EMBARGO_UNREADABLE", "EMBARGO_NO_ZONE", "EMBARGO_WORDS", "KILLED", "KILL_FIRST",
    "KILL_OLD_VERSION", "TAKEN_DOWN", "WITHHELD", "STATUS_UNKNOWN", "KIND", "KIND_UNKNOWN", "TEST",
    "NO_HEADLINE", "NO_BODY", "LANGUAGE", "PROVIDER", "FOREIGN_FEED", "EXPIRED", "EXPIRES",
    "EXPIRY_UNREADABLE", "RETENTION", "ADVISORY", "RULE_HOLD", "RULE_DROP", "DESK_HOLD",
    "DESK_PUBLISH", "PAUSED", "VERSION_CONFLICT", "VERSION_ODD", "AFTER_KILL", "NO_DATE",
    "FUTURE_DATE", "OLD_DATE", "REUSED_GUID", "SIGNAL_UNKNOWN", "PLACEHOLDER", "OBITUARY", "MERGED",
    "FEED_UNKNOWN", "LOCAL_HEADLINE", "LOCKED", "RESTORED", "TERMS_PLACE", "TERMS_WEB",
    "TERMS_ARCHIVE", "TERMS_HANDOUT", "TERMS_TIME", "TERMS_CREDIT", "NO_PICTURES", "NOTICE_KILL",
    "NOTICE_HOLD", "NOTICE_DOUBT", "SHADOW", "RULE_SHADOW", "MANY_STORIES", "MANY_UPDATES",
    "TOO_OLD", "FROZEN", "RULE_WAIT", "ECHO", "COPY", "TERRITORY", "OTHER_AGENCY"};

static bool has_reason(const struct verdict *v, struct span name, bool alarm)
{
    for (size_t i = 0; i < v->reason_count; i++)
        if (span_eq(name, span_of(codes[v->reasons[i].code])) && (!alarm || v->reasons[i].alarm))
            return true;
    return false;
}

static bool rings(const struct verdict *v)
{
    for (size_t i = 0; i < v->reason_count; i++)
        if (v->reasons[i].alarm) return true;
    return false;
}

static bool says_yes(struct span s)
{
    return span_eq(s, S("true")) || span_eq(s, S("yes"));
}

static struct span clock_of(struct arena *a, int64_t ms)
{
    if (ms == FOREVER) return S("never");
    return ms ? arena_printf(a, "%lds", (long)((ms - START_MS) / 1000)) : S("0");
}

static struct span revisions_of(struct play *p, const struct verdict *v)
{
    struct buf b;
    buf_init(&b, p->a, 0);
    for (size_t i = 0; i < v->revision_count; i++) {
        if (i) buf_char(&b, ' ');
        buf_put(&b, p->versions[v->revisions[i].version].story->version);
    }
    return buf_span(&b);
}

/* Lifts are written with a minus. */
static struct span kills_of(struct arena *a, const struct verdict *v)
{
    size_t lifts = 0;
    for (size_t i = 0; i < v->kill_count; i++) lifts += v->kills[i].is_lift;
    return arena_printf(a, "%zu-%zu", v->kill_count - lifts, lifts);
}

static void check_key(struct play *p, const struct yaml *want, const struct verdict *v,
    int64_t at_ms, const char *what)
{
    struct arena *a = p->a;
    size_t shown = shown_at(v, at_ms);
    const struct story *s = shown != SIZE_MAX ? p->versions[shown].story : NULL;
    bool yes = says_yes(want->text);
    if (span_eq(want->key, S("answer")))
        check_span(span_of(answer_at(v, at_ms)), want->text, what);
    else if (span_eq(want->key, S("shows")))
        check_span(s ? (s->version.n ? s->version : s->headline) : S("nothing"), want->text, what);
    else if (span_eq(want->key, S("item")))
        check(s && span_ends(s->guid, want->text), "%s", what);
    else if (span_eq(want->key, S("why")))
        check(has_reason(v, want->text, false), "%s: %.*s", what, FMT(want->text));
    else if (span_eq(want->key, S("why_not")))
        check(!has_reason(v, want->text, false), "%s: not %.*s", what, FMT(want->text));
    else if (span_eq(want->key, S("alarm")))
        check(
            yes || span_eq(want->text, S("no")) ? rings(v) == yes : has_reason(v, want->text, true),
            "%s: alarm", what);
    else if (span_eq(want->key, S("corrected")))
        check(v->is_corrected == yes, "%s: corrected", what);
    else if (span_eq(want->key, S("developing")))
        check(v->is_developing == yes, "%s: developing", what);
    else if (span_eq(want->key, S("restored")))
        check(v->is_restored == yes, "%s: restored", what);
    else if (span_eq(want->key, S("fronts")))
        check(v->on_fronts == yes, "%s: on fronts", what);
    else if (span_eq(want->key, S("noindex")))
        check(v->noindex == yes, "%s: noindex", what);
    else if (span_eq(want->key, S("territory")))
        check_span(v->territory, want->text, what);
    else if (span_eq(want->key, S("quiet")))
        check(v->no_push == yes, "%s: quiet", what);
    else if (span_eq(want->key, S("pinned")))
        check_span(clock_of(a, v->pinned_until_ms), want->text, what);
    else if (span_eq(want->key, S("from")))
        check_span(clock_of(a, v->interval.held ? 0 : v->interval.from_ms), want->text, what);
    else if (span_eq(want->key, S("fit")))
        check_span(arena_printf(a, "%zu", v->rule_count), want->text, what);
    else if (span_eq(want->key, S("mint")))
        check(v->must_mint == yes, "%s: must mint", what);
    else if (span_eq(want->key, S("dead")))
        check(v->is_dead == yes, "%s: dead", what);
    else if (span_eq(want->key, S("headline")))
        check_span(v->headline, want->text, what);
    else if (span_eq(want->key, S("section")))
        check_span(v->section, want->text, what);
    else if (span_eq(want->key, S("note")))
        check_span(v->correction_note, want->text, what);
    else if (span_eq(want->key, S("tag")))
        check_span(v->tag_count ? v->tags[0] : S(""), want->text, what);
    else if (span_eq(want->key, S("revisions")))
        check_span(revisions_of(p, v), want->text, what);
    else if (span_eq(want->key, S("kills")))
        check_span(kills_of(a, v), want->text, what);
    else if (span_eq(want->key, S("published")))
        check_span(clock_of(a, v->published_ms), want->text, what);
    else if (span_eq(want->key, S("changed")))
        check_span(clock_of(a, v->changed_ms), want->text, what);
    else if (span_eq(want->key, S("front")))
        check_span(clock_of(a, v->front_ms), want->text, what);
    else if (span_eq(want->key, S("wire")))
        check_span(clock_of(a, v->wire_ms), want->text, what);
    else if (span_eq(want->key, S("first_wire")))
        check_span(clock_of(a, v->first_wire_ms), want->text, what);
    else if (span_eq(want->key, S("until")))
        check_span(clock_of(a, v->interval.until_ms), want->text, what);
    else if (span_eq(want->key, S("right")))
        check_span(clock_of(a, v->right_ms), want->text, what);
    else if (!span_eq(want->key, S("at")))
        check(false, "%s: no such check: %.*s", what, FMT(want->key));
}

static void tell_reasons(const struct verdict *v)
{
    for (size_t i = 0; i < v->reason_count; i++)
        printf("# because: %s%s\n", reason_text(v->reasons[i].code),
            v->reasons[i].alarm ? " (alarm)" : "");
}

/* Deciding again when the clock has got there changes nothing of what is public. */
static void decide_later(
    struct play *p, struct desk_set *set, const struct verdict *v, int64_t at_ms, const char *what)
{
    struct verdict later;
    set->reached_ms = at_ms;
    desk_decide(p->a, set, &p->in_force, &later);
    bool same = shown_at(v, at_ms) == shown_at(&later, at_ms) && v->is_dead == later.is_dead;
    if (!same) check(false, "%s: decided again at that time it is the same", what);
    if (story_is_public(&v->then, at_ms))
        check(story_is_public(&later.interval, at_ms), "%s: what follows has become the interval",
            what);
}

static void play_case(struct arena *a, const struct yaml *c, const char *file)
{
    struct play *p = ARENA_NEW(a, struct play);
    p->a = a;
    p->body = c;
    struct span rule = text_of(c, "rule", S("?")), title = text_of(c, "says", S("?"));
    const struct yaml *then = yaml_get(c, "then");
    if (!check(then && then->first && yaml_get(c, "comes"), "%s:%u: a case has comes and then",
            file, c->line))
        return;
    set_site(p);
    for (const struct yaml *t = then->first; t; t = t->next) {
        int64_t at_ms = time_of(text_of(t, "at", S("0s")));
        struct desk_set set = play_until(p, at_ms);
        struct verdict v;
        desk_decide(a, &set, &p->in_force, &v);
        decide_later(p, &set, &v, at_ms, arena_printf(a, "%.*s %s:%u", FMT(rule), file, t->line).p);
        for (const struct yaml *want = t->first; want; want = want->next) {
            if (span_eq(want->key, S("at"))) continue;
            struct span what = arena_printf(a, "%.*s %.*s (%s:%u, at %.*s, %.*s)", FMT(rule),
                FMT(title), file, t->line, FMT(text_of(t, "at", S("0s"))), FMT(want->key));
            int failed = tap_failed;
            check_key(p, want, &v, at_ms, what.p);
            if (tap_failed != failed) tell_reasons(&v);
        }
    }
}

static void play_file(const char *name)
{
    struct arena *a = arena_new(256 << 20);
    struct span bytes, path = arena_printf(a, "tests/cases/desk/%s", name);
    struct reject reject = {0};
    if (!check(file_read(a, path.p, 1 << 20, &bytes) == OK, "%s is read", name)) return;
    const struct yaml *y = yaml_parse_text(a, bytes, &reject);
    if (!check(
            y != NULL, "%s is YAML: %u:%u %.*s", name, reject.line, reject.column, FMT(reject.why)))
        return;
    for (const struct yaml *c = y->first; c; c = c->next) play_case(a, c, name);
    arena_free(a);
}

int main(void)
{
    struct dirent **list;
    int n = scandir("tests/cases/desk", &list, NULL, alphasort);
    check(n > 2, "there are cases");
    for (int i = 0; i < n; i++) {
        if (span_ends(span_of(list[i]->d_name), S(".yaml"))) play_file(list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return tap_end();
}
