/* desk: the editors' own door: the office behind a listener of its own, in a process of its own, so
 * that what readers send cannot reach it, and the other way about. Reads the store's lists, writes
 * DATA/desk, and appends acts to the ledger. Holds no push key, serves no reader. It ends, and is
 * started again, when the store's generation changes: its fence names files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "roles.h"

enum {
    DESK_DRAIN_MS = 3000,
    DESK_ACT_TIMEOUT_MS = 10000,
    DESK_STORE_WAIT_MS = 5000,
    DESK_LOOK_MS = 250,
    DESK_BLIND_MAX = 3,   /* looks in a row: one alone may have met a busy writer */
    DESK_SHUT_MS = 30000, /* before it is tried again, where its file cannot be used */
    DESK_CONFIG_ARENA = 64 << 20,
};

struct desk_role_state {
    const struct role_start *start;
    struct channels channels;
    struct tombs *tombs;
    struct office *office;
    struct attended *attended;
    struct net_server *server;
    struct arena *job;
    uint64_t store_epoch;
    _Atomic bool is_refused; /* an act could not be kept: perhaps the fence names old files */
};

/* ---- what the office asks ---- */
static void perform(
    void *with, const struct act *acts, size_t n, struct span once, struct office_done *out)
{
    struct desk_role_state *d = with;
    acts_perform(d->start->house->data, acts, n, once, DESK_ACT_TIMEOUT_MS, true, out);
    if (!out->kept) d->is_refused = true;
}

/* Whether its signature holds is for those to say who have the public key. */
static bool find_receipt(void *with, struct arena *a, story_id page, struct office_receipt *out)
{
    struct desk_role_state *d = with;
    struct receipt r;
    const char *file = receipt_newest(a, d->start->house->receipts, page);
    if (!file || file_read(a, file, RECEIPT_BYTES_MAX, &out->jws) != OK ||
        receipt_read(a, out->jws, NULL, S(""), &r) != OK)
        return false;
    out->payload = r.payload;
    out->kid = r.kid;
    return true;
}

/* The fence names files. Where another store has come, or files of these names that are not those,
 * only a new process has a fence that fits. */
static bool fence_fits(const struct desk_role_state *d)
{
    return d->start->house->one || (clock_slot_get(SLOT_STORE_EPOCH) == d->store_epoch &&
                                       !d->is_refused && office_blind(d->office) < DESK_BLIND_MAX);
}

/* ---- the configuration ---- */
/* NULL: it is in force; else why the one before stays. */
static const char *reload(struct desk_role_state *d, struct span bytes, uint64_t *turn)
{
    struct arena *a = arena_new(DESK_CONFIG_ARENA);
    struct renewal r;
    const char *why = "the desk cannot read the configuration";
    struct config *c = renewal_unpack(a, bytes, &r) ? renewal_config(a, d->start->house, &r) : NULL;
    *turn = r.turn;
    if (!c || (r.has_pem && net_reload_tls(d->server, &r.pem, &why) != OK)) {
        arena_free(a);
        return why;
    }
    attended_set(d->attended, c);
    office_set(d->office, office_site_of(a, c), rules_of(a, c), a);
    return NULL;
}

struct reloaded {
    struct desk_role_state *d;
    struct span bytes;
};

/* On the worker's thread, between two requests. */
static void reload_there(void *with)
{
    struct reloaded *r = with;
    char *bytes = (char *)(uintptr_t)r->bytes.p;
    uint64_t turn = 0;
    const char *why = reload(r->d, r->bytes, &turn);
    renewal_told(r->d->start->control, turn, why);
    explicit_bzero(bytes, r->bytes.n);
    free(bytes);
    free(r);
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct desk_role_state *d = with;
    if (from || f->type != MSG_RELOAD) return;
    if (!d->server) { /* it is not open: the next one starts with the new configuration */
        d->channels.stopping = true;
        return;
    }
    struct reloaded *r = malloc(sizeof *r);
    char *copy = malloc(f->body.n + 1);
    must(r && copy);
    memcpy(copy, f->body.p, f->body.n);
    *r = (struct reloaded){d, {copy, f->body.n}};
    net_post(net_worker_at(d->server, 0), reload_there, r);
}

static void on_peer(void *with, struct peer *p)
{
    (void)with, (void)p;
}

/* ---- starting ---- */
static bool open_office(struct desk_role_state *d)
{
    const struct house *h = d->start->house;
    const char *why = "";
    if (tombs_open(h->data, false, &d->tombs) != OK) {
        log_error("the tombstones cannot be read: the desk stays shut");
        return false;
    }
    struct arena *book = arena_new(DESK_CONFIG_ARENA);
    struct office_config c = {.look = {.store_folder = h->store,
                                  .site = office_site_of(book, h->config),
                                  .rules = rules_of(book, h->config),
                                  .hooks = {house_is_dead, d->tombs}},
        .data = h->data,
        .pictures = h->pictures,
        .owner = book,
        .perform = perform,
        .receipt = find_receipt,
        .with = d};
    if (office_open(&c, &d->office, &why) == OK) return true;
    arena_free(book);
    log_error("the desk stays shut: %s", why);
    return false;
}

static bool start_server(struct desk_role_state *d)
{
    const struct house *h = d->start->house;
    const struct config *c = h->config;
    struct net_trusted *trusted =
        ARENA_ARRAY(d->job, struct net_trusted, c->trusted_proxy_count + 1);
    size_t trusted_count = 0;
    for (uint32_t i = 0; i < c->trusted_proxy_count; i++)
        if (net_trusted_parse(c->trusted_proxies[i], &trusted[trusted_count])) trusted_count++;
    struct net_listener listener = h->desk;
    struct net_config nc = {.limits = net_limits_default(),
        .listeners = &listener,
        .listener_count = 1,
        .trusted = trusted,
        .trusted_count = trusted_count,
        .trust_unix = true,
        .threads = 1, /* the office's state belongs to one thread */
        .handle = office_handle,
        .body_max = office_body_max,
        .with = d->office};
    if (listener.is_tls) {
        nc.tls_cert = arena_cstr(d->job, c->tls_cert);
        nc.tls_key = arena_cstr(d->job, c->tls_key);
    }
    nc.limits.body_max = 0;
    const char *why = NULL;
    if (net_start(&nc, &d->server, &why) == OK) return true;
    log_error("the desk's server cannot start: %s", why ? why : strerror(errno));
    return false;
}

/* The fence names the store's files: they have to be there first. */
static void wait_for_store(struct desk_role_state *d)
{
    int64_t until = clock_mono_us() + DESK_STORE_WAIT_MS * 1000LL;
    while (!d->channels.stopping && clock_mono_us() < until &&
           !(clock_slot_get(SLOT_STORE_EPOCH) && clock_slot_get(SLOT_APPLIED_POS)))
        channels_poll(&d->channels, NULL, 0, 5);
    d->store_epoch = clock_slot_get(SLOT_STORE_EPOCH);
}

/* What is wrong has been said; saying it every second helps nobody. */
static void stay_shut(struct desk_role_state *d)
{
    int64_t until = clock_mono_us() + DESK_SHUT_MS * 1000LL;
    while (!d->channels.stopping && clock_mono_us() < until)
        channels_poll(&d->channels, NULL, 0, DESK_LOOK_MS);
}

static void close_all(struct desk_role_state *d)
{
    if (d->server) net_halt(d->server, DESK_DRAIN_MS); /* who has asked is answered: acts too */
    if (d->office) office_quiet(d->office);
    net_stop(d->server, 0);
    office_close(d->office);
    attended_close(d->attended);
    if (d->tombs) tombs_close(d->tombs);
    channels_close(&d->channels);
    arena_free(d->job);
}

int role_desk(const struct role_start *s)
{
    struct desk_role_state d = {.start = s, .job = arena_new(16 << 20)};
    int status = 75;
    channels_init(&d.channels, s->control);
    d.channels.on_frame = on_frame;
    d.channels.on_peer = on_peer;
    d.channels.with = &d;
    wait_for_store(&d);
    /* What the fence names is made before it closes. */
    const char *folder = arena_printf(d.job, "%s/desk", s->house->data).p;
    bool good = dir_make(folder) == OK && complaints_folder(s->house->data) == OK;
    if (!good) log_error("the desk stays shut: %s cannot be made", folder);
    if (good) d.attended = attended_open(s->house);
    if (!s->house->one) cage_close(ROLE_DESK, s->house);
    if (good && !d.channels.stopping && open_office(&d) && start_server(&d)) {
        status = 0;
        while (!d.channels.stopping && fence_fits(&d)) {
            attended_look(d.attended);
            channels_poll(&d.channels, NULL, 0, DESK_LOOK_MS);
        }
    }
    if (status) stay_shut(&d);
    close_all(&d);
    return status;
}
