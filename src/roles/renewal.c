/* renewal: what a reload hands from the master to newsroom, web and desk. They run behind fences
 * that shut them out of the configuration's folder, where keys lie, and that name files as they
 * were: a certificate or theme that has come since cannot be opened there. So bytes go over, not
 * names. */
#include "roles.h"

enum {
    RENEWAL_PEM_ARENA = 8 << 20,
    RENEWAL_PAGES_MAX = 10000,
    RENEWAL_TOPICS_MAX = 10000,
    RENEWAL_TIMEOUT_MS = 2000,
};

static bool speaks_tls(const struct house *h, enum role to)
{
    if (to == ROLE_DESK) return h->has_desk && h->desk.is_tls;
    for (size_t i = 0; to == ROLE_WEB && i < h->listener_count; i++)
        if (h->listeners[i].is_tls) return true;
    return false;
}

static enum result put_pem(struct buf *b, const struct config *c, const char **why)
{
    struct arena *a = arena_new(RENEWAL_PEM_ARENA);
    struct net_pem pem;
    enum result r =
        net_pem_read(a, arena_cstr(a, c->tls_cert), arena_cstr(a, c->tls_key), &pem, why);
    if (r == OK) {
        put_span(b, c->tls_cert);
        put_span(b, c->tls_key);
        put_span(b, pem.cert);
        put_span(b, pem.key);
    }
    net_pem_wipe(&pem);
    arena_free(a);
    return r;
}

static void put_topics(struct buf *b, const struct config *c, bool are_needed)
{
    put_u32(b, are_needed ? c->topic_count : 0);
    for (uint32_t i = 0; are_needed && i < c->topic_count; i++) {
        const struct config_topic *t = &c->topics[i];
        put_u32(b, t->code);
        put_u32(b, t->broader);
        put_u32(b, t->old);
        put_u8(b, t->is_wider);
        put_span(b, t->name);
    }
}

static bool take_topics(struct arena *a, struct take *t, struct renewal *out)
{
    out->topic_count = take_u32(t);
    if (t->bad || out->topic_count > RENEWAL_TOPICS_MAX) return false;
    out->topics = ARENA_ARRAY(a, struct config_topic, out->topic_count + 1);
    for (uint32_t i = 0; i < out->topic_count; i++) {
        struct config_topic *topic = &out->topics[i];
        topic->code = take_u32(t);
        topic->broader = take_u32(t);
        topic->old = take_u32(t);
        topic->is_wider = take_u8(t);
        topic->name = take_span(t);
    }
    return true;
}

enum result renewal_pack(struct arena *a, const struct house *h, enum role to, uint64_t turn,
    bool with_pem, struct span *out, const char **why_out)
{
    const struct config *c = h->config;
    bool shows = to == ROLE_WEB, has_pages = shows || to == ROLE_NEWSROOM,
         has_pem = with_pem && c->tls_cert.n && speaks_tls(h, to);
    struct buf b;
    buf_init(&b, a, 0);
    put_u64(&b, turn);
    put_span(&b, h->config_bytes);
    put_span(&b, shows ? h->theme : S(""));
    put_span(&b, shows ? h->public_files : S(""));
    put_u32(&b, has_pages ? c->page_count : 0);
    for (uint32_t i = 0; has_pages && i < c->page_count; i++) put_span(&b, c->pages[i].body.s);
    put_topics(&b, c, to != ROLE_WEB);
    put_u8(&b, has_pem);
    enum result r = has_pem ? put_pem(&b, c, why_out) : OK;
    *out = buf_span(&b);
    return r;
}

bool renewal_unpack(struct arena *a, struct span body, struct renewal *out)
{
    struct take t = take_of(body);
    *out = (struct renewal){0};
    out->turn = take_u64(&t); /* one by one: an initialiser's parts have no order */
    out->config = take_span(&t);
    out->theme = take_span(&t);
    out->public_files = take_span(&t);
    out->page_count = take_u32(&t);
    if (t.bad || out->page_count > RENEWAL_PAGES_MAX) return false;
    out->pages = ARENA_ARRAY(a, struct span, out->page_count + 1);
    for (uint32_t i = 0; i < out->page_count; i++) out->pages[i] = take_span(&t);
    if (!take_topics(a, &t, out)) return false;
    out->has_pem = take_u8(&t);
    if (out->has_pem) {
        out->pem.cert_name = arena_cstr(a, take_span(&t));
        out->pem.key_name = arena_cstr(a, take_span(&t));
        out->pem.cert = take_span(&t);
        out->pem.key = take_span(&t);
    }
    return take_done(&t);
}

void renewal_told(int control, uint64_t turn, const char *why)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u64(&b, turn);
    put_u8(&b, !why);
    put_span(&b, span_of(why ? why : ""));
    (void)!frame_send(control, MSG_RELOADED, buf_span(&b), -1, RENEWAL_TIMEOUT_MS);
    buf_free(&b);
}

struct config *renewal_config(struct arena *a, const struct house *h, const struct renewal *r)
{
    struct config_report report = {0};
    struct config *c = config_parse(
        a, arena_keep(a, r->config), arena_keep(a, span_of(h->config_path)), NULL, &report);
    for (uint32_t i = 0; c && i < c->page_count && i < r->page_count; i++)
        c->pages[i].body.s = arena_keep(a, r->pages[i]);
    if (!c) return NULL;
    c->topics = r->topics;
    c->topic_count = r->topic_count;
    for (uint32_t i = 0; i < c->topic_count; i++)
        c->topics[i].name = arena_keep(a, c->topics[i].name);
    house_own_url(h, c);
    return c;
}
