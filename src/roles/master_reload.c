/* master_reload: a new configuration. First it is weighed: one that changes many live pages waits
 * for a second yes. Then it is read and tried here; then web and desk get it, which may refuse;
 * then the others; then it is in force, and `broadsheet reload` is told. Where one refuses, it is
 * in force nowhere. */
#include "master.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MASTER_RENEWAL_ARENA = 96 << 20,
    MASTER_WHY_MAX = 4096,
    RELOAD_ANSWER_MS = 10000, /* web and desk take a configuration in milliseconds */
};

/* One that has ended, as the desk does for another store, and is not reaped yet refuses nothing:
 * the next one is asked, or starts with what is in force then. */
static bool hand_over(
    struct master *m, const struct house *h, struct child *c, bool with_pem, const char **why)
{
    struct arena *a = arena_new(MASTER_RENEWAL_ARENA);
    struct span body = S("");
    bool good = renewal_pack(a, h, c->start.role, m->reload.turn, with_pem, &body, why) == OK;
    enum result sent =
        good ? frame_send(c->control, MSG_RELOAD, body, -1, CONTROL_TIMEOUT_MS) : ERR_CLOSED;
    if (sent != OK && sent != ERR_CLOSED) {
        *why = "it takes no messages";
        good = false;
        if (c->pid) kill(c->pid, SIGKILL); /* half a frame may have gone */
    }
    if (body.n) explicit_bzero((char *)(uintptr_t)body.p, body.n);
    arena_free(a);
    return good;
}

/* What `broadsheet reload` reads. */
static void reload_told(struct master *m, const char *why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reload", m->house->run);
    if (!why)
        unlink(path);
    else if (file_write_durable(path, span_of(why)) != OK)
        log_warn("%s cannot be written", path);
    uint64_t number = clock_slot_get(SLOT_RELOADS_BEGUN);
    if (!why) clock_slot_set(SLOT_RELOADS_TAKEN, number);
    clock_slot_set(SLOT_RELOADS, number);
}

/* Who asks waits for one that began after the question: the one before may have read less. */
static void reload_counts(void)
{
    clock_slot_set(SLOT_RELOADS_BEGUN, clock_slot_get(SLOT_RELOADS_BEGUN) + 1);
}

static void reload_refused(struct master *m)
{
    const char *why = "";
    house_leave(m->house);
    for (size_t i = 0; i < CHILDREN; i++) /* also who is late: it may take the new one yet */
        if (m->reload.asked[i] && m->children[i].up &&
            !hand_over(m, m->house, &m->children[i], true, &why)) /* its old files may be gone */
            (void)hand_over(m, m->house, &m->children[i], false, &why);
    log_error("the old configuration stays in force: %s", m->reload.why);
    reload_told(m, m->reload.why);
}

/* ---- a second yes ---- */
/* What waits, for `status`; NULL: nothing does. */
static void now_waits(struct master *m, const struct weighed *w, const char *why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/waits", m->house->run);
    clock_slot_set(SLOT_CHANGES_WAIT, !why ? 0 : w->pages ? w->pages : 1);
    if (!why)
        unlink(path);
    else if (file_write_durable(path, span_of(why)) != OK)
        log_warn("%s cannot be written", path);
}

/* ARENA of the caller: what happened, how to look at it, how to say yes. */
static const char *why_it_waits(struct arena *a, const struct master *m, const struct weighed *w)
{
    const struct house *h = m->house;
    struct buf b;
    buf_init(&b, a, 0);
    if (w->end == WEIGH_MANY)
        buf_printf(&b,
            "the changed configuration waits for a second yes: %llu live pages would change (%llu "
            "leave the site, %llu appear on it; site.confirm_changes_over is %u); they are shown "
            "by: broadsheet replay --as-read --data %s --config %s",
            (unsigned long long)w->pages, (unsigned long long)w->leave,
            (unsigned long long)w->appear, w->over, h->data, h->config_path);
    else
        buf_printf(&b,
            "the changed configuration waits for a second yes, for nobody knows how many pages "
            "would change: %s",
            w->why);
    if (w->token[0])
        buf_printf(
            &b, "; put in force by: broadsheet reload --data %s --yes %s", h->data, w->token);
    else
        buf_str(&b, "; `site: {confirm_changes_over: 1000000}` puts it in force uncounted");
    buf_str(&b, "\n");
    buf_char(&b, 0);
    return b.p;
}

static void reload_waits(struct master *m, const struct weighed *w)
{
    struct arena *a = arena_new(64 << 10);
    const char *why = why_it_waits(a, m, w);
    log_error("%.*s", (int)strlen(why) - 1, why);
    m->reload.under_way = false;
    now_waits(m, w, why);
    reload_told(m, why);
    arena_free(a);
}

/* Web and desk have it. The ledger is the newsroom's to ask: it counts when that has it. */
static void reload_taken(struct master *m)
{
    const char *why = "";
    house_take(m->house, &m->reload.next);
    now_waits(m, NULL, NULL);
    m->reload.is_kept_for = true;
    m->reload.until_us = clock_mono_us() + RELOAD_ANSWER_MS * 1000LL;
    for (size_t i = 0; i < CHILDREN; i++) { /* fences are built from what the configuration names:
                                               fresh ones, in between two deliveries */
        struct child *c = &m->children[i];
        if (c->start.role == ROLE_NEWSROOM && c->up && !hand_over(m, m->house, c, false, &why))
            log_warn("the newsroom does not take the configuration: %s", why);
        if ((c->start.role != ROLE_INTAKE && c->start.role != ROLE_COURIER) || !c->up) continue;
        c->told_to_go = true;
        (void)!frame_send(c->control, MSG_STOP, S(""), -1, CONTROL_TIMEOUT_MS);
    }
    house_forget(m->house);
}

static void reload_kept(struct master *m, bool in_time)
{
    m->reload.under_way = false;
    if (in_time) log_info("configuration %s is in force", m->house->config_path);
    reload_told(m, in_time ? NULL
                           : "newsroom: the ledger does not take the new configuration now; it is "
                             "tried until it does\n");
}

static void reload_heard(struct master *m, struct child *c, struct span why)
{
    size_t i = (size_t)(c - m->children);
    if (!m->reload.under_way || !m->reload.waits[i]) return;
    m->reload.waits[i] = false;
    if (why.n)
        snprintf(
            m->reload.why, sizeof m->reload.why, "%s: %.*s\n", role_name(c->start.role), FMT(why));
}

static void begin(struct master *m)
{
    uint64_t turn = m->reload.turn + 1;
    memset(&m->reload, 0, sizeof m->reload);
    m->reload.turn = turn;
    m->reload.under_way = true;
    reload_counts();
    if (master_weigh(m)) return;
    struct weighed w = {.end = WEIGH_CANNOT, .why = "no process can be started"};
    reload_waits(m, &w);
}

void master_reload_none_waits(struct master *m)
{
    clock_slot_set(SLOT_CONFIG_TURN, 0); /* of a master before */
    now_waits(m, NULL, NULL);
}

void master_reload(struct master *m)
{
    if (m->reload.under_way) {
        m->reload.wanted_again = true;
        return;
    }
    if (!m->house->config_path) {
        log_warn("nothing to reload: the site runs without a configuration file (--config)");
        reload_counts();
        reload_told(m, "the site runs without a configuration file (serve --config)\n");
        return;
    }
    begin(m);
}

/* Web and desk; also one that was started meanwhile, with what is in force. */
static void ask_who_may_refuse(struct master *m)
{
    for (size_t i = 0; i < CHILDREN; i++) {
        struct child *c = &m->children[i];
        const char *why = "";
        if ((c->start.role != ROLE_WEB && c->start.role != ROLE_DESK) || !c->up) continue;
        if (m->reload.asked[i]) continue;
        m->reload.asked[i] = m->reload.waits[i] = true;
        if (!hand_over(m, &m->reload.next, c, true, &why)) reload_heard(m, c, span_of(why));
    }
}

static void reload_begins(struct master *m, const struct weighed *w)
{
    struct house *h = m->house, *next = &m->reload.next;
    if (!house_renew(h, next)) {
        m->reload.under_way = false;
        log_error("the configuration has mistakes: the old one stays in force");
        reload_told(m, next->said);
        return;
    }
    struct hash file = weigh_hash(next->config_bytes, next->config);
    if (memcmp(&file, &w->file, sizeof file) != 0) { /* it was written in between */
        house_leave(h);
        begin(m);
        return;
    }
    next->turn = m->reload.turn;
    m->reload.until_us = clock_mono_us() + RELOAD_ANSWER_MS * 1000LL;
    ask_who_may_refuse(m);
}

static void reload_weighed(struct master *m, const struct weighed *w)
{
    if (w->end == WEIGH_MANY || w->end == WEIGH_CANNOT)
        reload_waits(m, w);
    else
        reload_begins(m, w);
}

/* Until they have answered, or one has not in time. */
static void reload_asked(struct master *m)
{
    ask_who_may_refuse(m);
    bool late = clock_mono_us() > m->reload.until_us;
    for (size_t i = 0; i < CHILDREN; i++) {
        if (m->reload.waits[i] && !late) return;
        if (m->reload.waits[i]) reload_heard(m, &m->children[i], S("it has not answered in time"));
    }
    if (!m->reload.why[0]) {
        reload_taken(m);
        return;
    }
    m->reload.under_way = false;
    reload_refused(m);
}

/* The newsroom's part: the ledger has it. */
static void reload_in_ledger(struct master *m)
{
    bool kept = clock_slot_get(SLOT_CONFIG_TURN) >= m->reload.turn;
    if (kept || clock_mono_us() > m->reload.until_us) reload_kept(m, kept);
}

void master_reload_turn(struct master *m)
{
    struct weighed w;
    if (!m->reload.under_way) return;
    if (m->weigh.up) {
        if (master_weighed(m, &w)) reload_weighed(m, &w);
    } else if (m->reload.is_kept_for) {
        reload_in_ledger(m);
    } else {
        reload_asked(m);
    }
    if (!m->reload.under_way && m->reload.wanted_again) master_reload(m);
}

void master_reload_answered(struct master *m, struct child *c, struct span body)
{
    struct take t = take_of(body);
    uint64_t turn = take_u64(&t);
    bool took = take_u8(&t);
    struct span why = take_span(&t);
    if (!take_done(&t) || turn != m->reload.turn || why.n > MASTER_WHY_MAX) return;
    struct arena *a = arena_new(64 << 10);
    reload_heard(m, c, took ? S("") : why.n ? text_plain(a, why) : S("refused"));
    arena_free(a);
}
