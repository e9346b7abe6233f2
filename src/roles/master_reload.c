/* master_reload: a new configuration. It is read and tried here; then web and desk get it, which
 * may refuse; then the others; then it is in force, and `broadsheet reload` is told. Where one
 * refuses, it is in force nowhere. */
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

static bool hand_over(struct master *m, struct child *c, bool with_pem, const char **why)
{
    struct arena *a = arena_new(MASTER_RENEWAL_ARENA);
    struct span body = S("");
    bool good =
        renewal_pack(a, m->house, c->start.role, m->reload.turn, with_pem, &body, why) == OK;
    if (good && frame_send(c->control, MSG_RELOAD, body, -1, CONTROL_TIMEOUT_MS) != OK) {
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
    clock_slot_set(SLOT_RELOADS, clock_slot_get(SLOT_RELOADS) + 1);
}

static void reload_refused(struct master *m)
{
    const char *why = "";
    house_back(m->house, &m->reload.before);
    for (size_t i = 0; i < CHILDREN; i++) /* also who is late: it may take the new one yet */
        if (m->reload.asked[i] && m->children[i].up)
            (void)hand_over(m, &m->children[i], false, &why);
    log_error("the old configuration stays in force: %s", m->reload.why);
    reload_told(m, m->reload.why);
}

/* Web and desk have it. The ledger is the newsroom's to ask: it counts when that has it. */
static void reload_taken(struct master *m)
{
    const char *why = "";
    m->reload.is_kept_for = clock_slot_get(SLOT_CONFIG_EPOCH) + 1;
    m->reload.until_us = clock_mono_us() + RELOAD_ANSWER_MS * 1000LL;
    for (size_t i = 0; i < CHILDREN; i++) { /* fences are built from what the configuration names:
                                               fresh ones, in between two deliveries */
        struct child *c = &m->children[i];
        if (c->start.role == ROLE_NEWSROOM && c->up && !hand_over(m, c, false, &why))
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

void master_reload(struct master *m)
{
    struct house *h = m->house;
    if (m->reload.under_way) {
        m->reload.wanted_again = true;
        return;
    }
    if (!h->config_path) {
        log_warn("nothing to reload: the site runs without a configuration file (--config)");
        reload_told(m, "the site runs without a configuration file (serve --config)\n");
        return;
    }
    uint64_t turn = m->reload.turn + 1;
    memset(&m->reload, 0, sizeof m->reload);
    m->reload.turn = turn;
    m->reload.before = *h;
    if (!house_configure(h, m->reload.before.config_path, m->reload.before.wire_folder)) {
        log_error("the configuration has mistakes: the old one stays in force");
        reload_told(m, h->said);
        return;
    }
    m->reload.under_way = true;
    m->reload.until_us = clock_mono_us() + RELOAD_ANSWER_MS * 1000LL;
    for (size_t i = 0; i < CHILDREN; i++) {
        struct child *c = &m->children[i];
        const char *why = "";
        if ((c->start.role != ROLE_WEB && c->start.role != ROLE_DESK) || !c->up) continue;
        m->reload.asked[i] = m->reload.waits[i] = true;
        if (!hand_over(m, c, true, &why)) reload_heard(m, c, span_of(why));
    }
}

/* Once all have answered, or one has not in time. */
void master_reload_turn(struct master *m)
{
    if (!m->reload.under_way) return;
    bool late = clock_mono_us() > m->reload.until_us;
    if (m->reload.is_kept_for) {
        bool kept = clock_slot_get(SLOT_CONFIG_EPOCH) >= m->reload.is_kept_for;
        if (!kept && !late) return;
        reload_kept(m, kept);
        if (m->reload.wanted_again) master_reload(m);
        return;
    }
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
    if (m->reload.wanted_again) master_reload(m);
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
