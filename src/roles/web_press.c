/* web_press: the press in force: made of a configuration and a theme at the start, and again at
 * each reload; an old one goes once no thread renders with it. */
#include "web.h"

enum {
    WEB_PRESS_ARENA = 128 << 20, /* a configuration, a theme's files, what is made of them */
    CACHE_BYTES_MIN = 8 << 20,   /* fronts and what is read most */
};

struct owned { /* what a press stands on; it stands in it itself */
    struct owned *next;
    struct arena *arena;
};

static void own(struct web *w, struct arena *a)
{
    struct owned *o = ARENA_NEW(a, struct owned);
    *o = (struct owned){w->owned, a};
    w->owned = o;
}

void web_free_old(struct web *w)
{
    if (!w->owned || !w->owned->next || !site_press_settled(w->site)) return;
    while (w->owned->next) {
        struct owned *old = w->owned->next;
        w->owned->next = old->next;
        arena_free(old->arena);
    }
}

/* a: it and what it stands on */
static bool make_press(struct arena *a, const struct config *c, struct span theme,
    struct span files, const struct press **press, const struct press_site **site)
{
    struct press_site *ps = press_site_of(a, c);
    public_take(a, files, ps);
    struct press *p = NULL;
    struct span why = S("");
    if (press_open_pack(a, ps, theme, &p, &why) != OK) {
        log_error("the theme cannot be used: %.*s", FMT(why));
        return false;
    }
    *press = p;
    *site = ps;
    return true;
}

/* ---- a reload ---- */
/* NULL: it is in force; else why the one before stays. */
static const char *reload(struct web *w, struct span body, uint64_t *turn)
{
    struct arena *a = arena_new(WEB_PRESS_ARENA);
    struct renewal r;
    const struct press *p;
    const struct press_site *ps;
    const char *why = "the web cannot make its pages with it";
    struct config *c = renewal_unpack(a, body, &r) ? renewal_config(a, w->start->house, &r) : NULL;
    *turn = r.turn;
    if (!c || !make_press(a, c, arena_keep(a, r.theme), arena_keep(a, r.public_files), &p, &ps) ||
        (r.has_pem && net_reload_tls(w->server, &r.pem, &why) != OK)) {
        arena_free(a);
        return why;
    }
    own(w, a);
    site_set_press(w->site, p, ps);
    web_live_end(w); /* they come again, and find what the new configuration lets them */
    return NULL;
}

void web_reload_came(struct web *w, struct span body)
{
    uint64_t turn = 0;
    if (!w->server) { /* not open yet: the next one starts with it */
        w->channels.stopping = true;
        return;
    }
    const char *why = reload(w, body, &turn);
    renewal_told(w->start->control, turn, why);
}

/* ---- the site around it ---- */
bool web_open_site(struct web *w)
{
    const struct house *h = w->start->house;
    const struct press *p;
    const struct press_site *ps;
    if (tombs_open(h->data, false, &w->tombs) != OK) {
        log_error("the tombstones cannot be read: nothing is served without them");
        return false;
    }
    struct arena *a = arena_new(WEB_PRESS_ARENA);
    own(w, a);
    if (!make_press(a, h->config, h->theme, h->public_files, &p, &ps)) return false;
    struct site_config c = {.store_folder = h->store,
        .run_folder = h->run,
        .picture_folder = h->pictures,
        .press = p,
        .press_site = ps,
        .dead = house_is_dead,
        .tomb_count = house_tomb_count,
        .with = w->tombs,
        .cache_bytes = memory_share(h, CACHE_BYTES_MIN, SITE_CACHE_BYTES)};
    return site_open(&c, &w->site) == OK;
}

void web_close_site(struct web *w)
{
    if (w->site) site_close(w->site);
    if (w->tombs) tombs_close(w->tombs);
    while (w->owned) {
        struct owned *o = w->owned;
        w->owned = o->next;
        arena_free(o->arena);
    }
}
