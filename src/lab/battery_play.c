/* battery_play: a schedule, event by event, on a stage: what the stage does and what the oracle is
 * told go side by side. Time moves between events, in hops to each timer on the way; before the
 * newsroom has looked at a timer, what is seen may be late, never early (E1, E13). Stops at the
 * first difference: what follows from one is no news. */
#include "battery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOPS_MAX = 2000, LATE_PERCENT = 30, PUSH_TRIES_MS = 30000, PUSH_AGAIN_US = 20000 };

/* ---- telling ---- */
static struct span said(struct round *r, const char *fmt, va_list ap)
{
    char text[1500];
    vsnprintf(text, sizeof text, fmt, ap);
    char at[25];
    utc_text(r->p->now_ms, at);
    return arena_printf(r->arena, "event %zu, %s: %s", r->at + 1, at, text);
}

void round_differs(struct round *r, const char *fmt, ...)
{
    va_list ap;
    r->tally->divergences++;
    if (r->failed) return;
    r->failed = true;
    va_start(ap, fmt);
    r->why = said(r, fmt, ap);
    va_end(ap);
}

struct revision_known *round_word(const struct round *r, int number)
{
    return map_get(r->words, (struct span){(const char *)&number, sizeof number});
}

static const char *kind_of_leak(
    struct round *r, const struct oracle_view *v, const struct revision_known *k)
{
    const struct oracle_page *page =
        k && v->page_of[k->key] >= 0 ? &v->pages[v->page_of[k->key]] : NULL;
    bool killed = (k && k->item && k->item->status != OS_USABLE) || (page && page->is_dead);
    bool embargoed = (k && k->item && k->item->embargo.kind != OW_NONE) || (page && page->waits);
    if (killed) return r->tally->kill_leaks++, "kill leak";
    if (embargoed) return r->tally->embargo_leaks++, "embargo leak";
    return r->tally->divergences++, "divergence";
}

void round_leak(struct round *r, const struct oracle_view *v, int number, const char *where, ...)
{
    va_list ap;
    const char *kind = kind_of_leak(r, v, round_word(r, number));
    if (r->failed) return;
    char text[1000];
    va_start(ap, where);
    vsnprintf(text, sizeof text, where, ap);
    va_end(ap);
    char at[25];
    utc_text(r->p->now_ms, at);
    r->failed = true;
    r->why = arena_printf(r->arena, "event %zu, %s: %s: words of revision %d are in %s", r->at + 1,
        at, kind, number, text);
}

static bool did(struct round *r, bool fine)
{
    if (!fine)
        round_differs(r, "the house did not do it: %.*s",
            FMT(r->p->trouble.n ? r->p->trouble : S("no word why")));
    return fine;
}

/* ---- looking ---- */
story_id round_id(struct round *r, int key)
{
    if (r->ids[key]) return r->ids[key];
    struct span provider = r->p->config->feeds[key / ORACLE_GUIDS_MAX].provider;
    return r->ids[key] =
               story_id_of(r->p->key, provider, words_guid(r->arena, key % ORACLE_GUIDS_MAX));
}

/* Pages that become one have one past; what each was before is remembered here. */
static void look_up(struct round *r, int64_t at_ms, struct oracle_view *v)
{
    oracle_look(r->look_arena, r->log, r->log_count, at_ms, v);
    for (int i = 0; i < v->revisions && i < (int)COUNT(r->was_shown); i++)
        r->was_shown[i] |= v->was_shown[i];
}

static void ask_oracle(struct round *r, struct oracle_view *v)
{
    arena_reset(r->look_arena);
    look_up(r, r->p->now_ms, v);
}

/* E6: where one version takes the place of another by itself, the old one stands until the newsroom
 * has decided, if its right has not ended too. Also where the new one is a package that nobody sees
 * yet (P7): its page has a revision and is 404. */
static bool is_old_still(const struct oracle_page *old, const struct oracle_page *now, int64_t at)
{
    if (!now->revision || old->revision == now->revision) return false;
    return old->status == 200 ? old->end_ms > at : now->status != 200;
}

static void keep_old(struct round *r, struct oracle_view *v)
{
    struct oracle_view before;
    look_up(r, r->p->now_ms - 1, &before);
    for (size_t i = 0; i < v->page_count; i++) {
        if (!is_old_still(&before.pages[i], &v->pages[i], r->p->now_ms)) continue;
        v->pages[i] = before.pages[i];
        v->pages[i].stays = true;
    }
}

static void compare(struct round *r, bool whole, bool late)
{
    struct oracle_view v;
    arena_reset(r->p->step_arena);
    ask_oracle(r, &v);
    if (late) keep_old(r, &v);
    r->tally->comparisons++;
    if (r->layer == LAYER_TABLES)
        tables_compare(r, &v, whole, late);
    else
        pages_compare(r, &v, whole, late);
}

/* ---- the oracle's side ---- */
/* What comes may change the past, as which of two versions is the newer one: what readers have seen
 * up to here is remembered first. */
static struct oracle_event *note(struct round *r, int kind)
{
    struct oracle_view before;
    arena_reset(r->look_arena);
    if (r->log_count) look_up(r, r->p->now_ms - 1, &before);
    struct oracle_event *e = ARENA_PUSH(r->arena, r->log, r->log_count, r->log_cap);
    *e = (struct oracle_event){.kind = kind, .at_ms = r->p->now_ms};
    return e;
}

/* What others change since of the past, readers have seen up to here. */
static void note_policies(struct round *r, const struct oracle_policy *policies)
{
    struct oracle_view before;
    if (r->log_count) ask_oracle(r, &before);
    struct oracle_event *e = note(r, OE_POLICY);
    memcpy(e->policies, policies, sizeof e->policies);
    memcpy(r->policies, policies, sizeof r->policies);
}

static void know_word(struct round *r, int number, const struct oracle_item *item, int key)
{
    int *name = ARENA_NEW(r->arena, int);
    *name = number;
    void **slot = map_at(r->words, (struct span){(const char *)name, sizeof *name});
    if (*slot) return;
    struct revision_known *k = ARENA_NEW(r->arena, struct revision_known);
    *k = (struct revision_known){.item = item, .key = key};
    *slot = k;
}

/* ---- events ---- */
static int push_once(struct round *r, int feed, struct span name, struct span bytes)
{
    unsigned char raw[16];
    struct play *p = r->p;
    struct arena *a = p->step_arena;
    random_bytes(raw, sizeof raw);
    struct push push = {.feed = span_of(battery_feeds[feed]),
        .time = arena_printf(a, "%lld", (long long)(p->now_ms / 1000)),
        .nonce = bytes_hex(a, raw, sizeof raw),
        .body = bytes};
    struct span key = S("");
    if (r->layer != LAYER_TABLES &&
        file_read(a, arena_cstr(a, p->config->feeds[feed].push_key_file), 4096, &key) == OK)
        push.signature = push_sign(a, span_trim(key), push.time, push.nonce, bytes);
    return p->stage->push(p, &push, name);
}

/* Roles that have just ended are a 503: senders try again, as docs/push.md tells them. */
static bool push_file(struct round *r, int feed, struct span name, struct span bytes)
{
    int status = push_once(r, feed, name, bytes);
    int64_t until = clock_mono_us() + PUSH_TRIES_MS * 1000LL;
    while (r->layer == LAYER_HTTP && status == 503 && clock_mono_us() < until) {
        usleep(PUSH_AGAIN_US);
        status = push_once(r, feed, name, bytes);
    }
    if (status == 202) return true;
    round_differs(r, "a delivery was answered %d: %.*s", status, FMT(r->p->trouble));
    return false;
}

static bool push_bytes(struct round *r, int feed, struct span bytes)
{
    return push_file(r, feed, S("battery.json"), bytes);
}

/* Before the first story of the feed that shows it. Only where a darkroom costs nothing: elsewhere
 * none ever comes, and stories are without (P3). */
static bool push_pictures(struct round *r, const struct schedule_event *e)
{
    int agency = e->feed == 1;
    for (int i = 0; r->layer == LAYER_TABLES && i < e->item_count; i++) {
        int guid = e->items[i].picture - 1;
        if (guid < 0 || r->has_picture[e->feed][guid]) continue;
        r->has_picture[e->feed][guid] = true;
        if (!push_file(r, e->feed, words_picture_name(r->arena, agency, guid),
                words_picture_bytes(r->arena, agency, guid)))
            return false;
    }
    return true;
}

static void note_delivery(struct round *r, const struct schedule_event *e)
{
    struct oracle_event *o = note(r, OE_DELIVERY);
    o->feed = e->feed;
    o->item_count = e->item_count;
    memcpy(o->items, e->items, sizeof o->items);
    for (int i = 0; i < e->item_count; i++)
        know_word(r, e->items[i].revision, &e->items[i],
            oracle_item_of(r->policies, e->feed, e->items[i].guid));
}

static bool do_send(struct round *r, const struct schedule_event *e)
{
    struct span bytes = words_delivery(r->arena, e->feed, e->items, e->item_count);
    if (e->kind == SK_CUT) { /* V7: nothing of it */
        for (int i = 0; i < e->item_count; i++)
            know_word(r, e->items[i].revision, &e->items[i],
                oracle_item_of(r->policies, e->feed, e->items[i].guid));
        return push_bytes(r, e->feed, span_cut(bytes, 0, bytes.n * 2 / 3));
    }
    *ARENA_PUSH(r->arena, r->sent, r->sent_count, r->sent_cap) =
        (struct sent_file){e->feed, e, bytes};
    note_delivery(r, e);
    return push_pictures(r, e) && push_bytes(r, e->feed, bytes);
}

/* V6, V15. */
static bool do_replay(struct round *r, const struct schedule_event *e)
{
    for (size_t i = 0; i < r->sent_count; i++) {
        const struct sent_file *f = &r->sent[e->how ? r->sent_count - 1 - i : i];
        note_delivery(r, f->event);
        if (!push_bytes(r, f->feed, f->bytes)) return false;
    }
    return true;
}

static bool do_act(struct round *r, const struct schedule_event *e)
{
    static const enum act_kind kinds[] = {[OA_PUBLISH] = ACT_PUBLISH,
        [OA_HOLD] = ACT_HOLD,
        [OA_TAKEDOWN] = ACT_TAKEDOWN,
        [OA_LIFT] = ACT_LIFT,
        [OA_KILL] = ACT_KILL,
        [OA_CONFIRM] = ACT_CONFIRM,
        [OA_HEADLINE] = ACT_HEADLINE,
        [OA_PURGE] = ACT_PURGE,
        [OA_PAUSE] = ACT_PAUSE,
        [OA_RESUME] = ACT_RESUME,
        [OA_REDACT] = ACT_REDACT,
        [OA_UNREDACT] = ACT_UNREDACT,
        [OA_RELEASE] = ACT_RELEASE,
        [OA_GO_LIVE] = ACT_GO_LIVE,
        [OA_APPROVE] = ACT_APPROVE,
        [OA_HIDE] = ACT_HIDE};
    struct arena *a = r->p->step_arena;
    bool is_brake = e->act == OA_PAUSE || e->act == OA_RESUME;
    struct act act = {.kind = kinds[e->act], .by = S("battery")};
    act.target = is_brake                     ? span_of(battery_brake(e->brake))
                 : oracle_is_of_story(e->act) ? words_guid(a, e->guid)
                                              : span_of(battery_feeds[e->feed]);
    if (e->act == OA_APPROVE || e->act == OA_HIDE) act.text = words_comment(a, e->text, 0).id;
    if (e->act == OA_GO_LIVE && e->text) act.text = S("all");
    if (e->act == OA_HEADLINE && e->text) act.text = words_headline(a, e->text, e->guid);
    if (e->act == OA_REDACT || e->act == OA_UNREDACT) act.text = words_name(a, e->text - 1);
    struct oracle_event *o = note(r, OE_ACT);
    o->act = e->act, o->guid = e->guid, o->brake = e->brake, o->text = e->text, o->feed = e->feed;
    if (e->act == OA_HEADLINE && e->text) know_word(r, e->text, NULL, e->guid);
    return did(r, r->p->stage->act(r->p, &act));
}

static bool put_site(struct round *r, const struct oracle_policy *policies)
{
    struct reject reject;
    struct span text = words_site(r->p->arena, policies);
    r->p->site = json_parse(r->p->arena, text, &reject);
    must(r->p->site);
    return did(r, play_configure(r->p));
}

static bool do_policy(struct round *r, const struct schedule_event *e)
{
    note_policies(r, e->policies);
    return put_site(r, e->policies) && did(r, r->p->stage->reload(r->p));
}

static bool do_crash(struct round *r, const struct schedule_event *e)
{
    static const char *const roles[] = {"all", "newsroom", "web"};
    /* There the whole folder is another one, and a new clock page believes the wall. */
    if (e->how == CRASH_ALL && r->layer == LAYER_PRESS) r->wall_gap_ms = 0;
    return did(r, r->p->stage->crash(r->p, span_of(roles[e->how])));
}

/* E13: what the house's time must be now. */
static bool do_jump(struct round *r, const struct schedule_event *e)
{
    r->wall_gap_ms += e->delta_ms;
    int64_t want = r->p->now_ms;
    if (r->wall_gap_ms > 0 && r->wall_gap_ms <= CLOCK_JUMP_MAX_MS) {
        want += r->wall_gap_ms;
        r->wall_gap_ms = 0;
    }
    clock_jump_wall(e->delta_ms);
    r->p->now_ms = clock_now_ms();
    if (r->p->now_ms == want) return true;
    round_differs(r, "the house's clock is %lld ms away from where it must be",
        (long long)(r->p->now_ms - want));
    return false;
}

/* D7. Only where a reader's form is not in between: it takes none for what is not public. */
static bool do_comment(struct round *r, const struct schedule_event *e)
{
    int key = oracle_item_of(r->policies, e->feed, e->guid);
    if (r->layer != LAYER_TABLES) return true;
    struct oracle_event *o = note(r, OE_COMMENT);
    o->feed = e->feed, o->guid = e->guid, o->text = e->text;
    struct comment c = words_comment(r->p->step_arena, e->text, e->guid);
    return did(r, tables_comment(r->p, round_id(r, key), &c));
}

static bool do_event(struct round *r, const struct schedule_event *e)
{
    switch (e->kind) {
    case SK_SEND:
    case SK_CUT: return do_send(r, e);
    case SK_REPLAY: return do_replay(r, e);
    case SK_ACT: return do_act(r, e);
    case SK_POLICY: return do_policy(r, e);
    case SK_CRASH: return do_crash(r, e);
    case SK_REBUILD: return did(r, r->p->stage->rebuild(r->p));
    case SK_JUMP: return do_jump(r, e);
    case SK_COMMENT: return do_comment(r, e);
    default: return true;
    }
}

/* ---- time ---- */
static bool hop(struct round *r, int64_t to_ms)
{
    r->p->now_ms = to_ms;
    r->p->stage->set_clock(r->p, to_ms);
    bool quiet = r->at && !r->schedule->events[r->at - 1].queued;
    if (quiet && below(&r->luck, 100) < LATE_PERCENT) compare(r, false, true);
    struct oracle_view v;
    ask_oracle(r, &v);
    return !r->failed && did(r, r->p->stage->settle(r->p));
}

static bool move_by(struct round *r, int64_t ms)
{
    int64_t to_ms = r->p->now_ms + ms;
    bool queued = r->at && r->schedule->events[r->at - 1].queued;
    for (int i = 0; i < HOPS_MAX && !queued; i++) {
        int64_t due = r->p->stage->next_due(r->p);
        if (due <= r->p->now_ms) due = r->p->now_ms + 1;
        if (due >= to_ms) break; /* at that very instant: what comes now comes first */
        if (!hop(r, due)) return false;
    }
    if (r->p->now_ms == to_ms) return true;
    r->p->now_ms = to_ms;
    r->p->stage->set_clock(r->p, to_ms);
    return true;
}

/* ---- all ---- */
static bool make_house(struct round *r)
{
    struct play *p = r->p;
    struct ledger *l = NULL;
    const char *why = NULL;
    if (dir_make(p->data) != OK || ledger_open(p->data, "rehearsal", true, &l, &why) != OK)
        return did(r, troubled(p, "%s cannot be made: %s", p->data, why ? why : "?"));
    p->key = arena_keep(p->arena, ledger_key(l));
    ledger_close(l);
    return true;
}

static bool keep_first_day(struct round *r)
{
    struct play *p = r->p;
    p->stage->stop(p);
    return did(r, first_day_keep(r->first_day, p->data, p->key) && p->stage->start(p));
}

static bool begin(struct round *r)
{
    struct play *p = r->p;
    struct first_day *f = r->first_day;
    bool again = f && first_day_is_kept(f);
    if (again ? !did(r, first_day_again(f, p->data, &p->key)) : !make_house(r)) return false;
    note_policies(r, r->schedule->policies);
    if (!put_site(r, r->schedule->policies) || !did(r, p->up = p->stage->start(p))) return false;
    return !f || again || keep_first_day(r);
}

/* Every look is dear; most follow an event, some a rest, and one stands at the end. */
static bool settle_and_look(struct round *r, const struct schedule_event *e)
{
    bool last = r->at + 1 == r->schedule->count;
    if (e->queued && !last) return true;
    if (!did(r, r->p->stage->settle(r->p))) return false;
    static const int percent[LAYERS] = {22, 12, 8};
    bool whole = last || below(&r->luck, 100) < percent[r->layer];
    bool some = r->layer == LAYER_TABLES || below(&r->luck, 100) < 3 * percent[r->layer];
    struct oracle_view v;
    if (whole || some)
        compare(r, whole, false);
    else
        ask_oracle(r, &v);
    return !r->failed;
}

void round_play(struct round *r)
{
    static const struct scenario nothing;
    struct play *p = r->p;
    r->luck = r->schedule->seed ^ 0x5EED;
    r->words = map_new(r->arena);
    r->urls = map_new(r->arena);
    p->scenario = &nothing;
    p->now_ms = r->schedule->start_ms;
    p->looks = p->known_map = p->validators = map_new(p->arena);
    bool fine = begin(r);
    for (r->at = 0; fine && r->at < r->schedule->count; r->at++) {
        const struct schedule_event *e = &r->schedule->events[r->at];
        arena_reset(p->step_arena);
        r->tally->events++;
        fine = move_by(r, e->after_ms) && do_event(r, e) && settle_and_look(r, e);
    }
    r->tally->schedules++;
}
