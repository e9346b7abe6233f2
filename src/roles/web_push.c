/* web_push: pushes and comments on their way to intake and back. Whoever sends one waits for its
 * word: what is said to be taken is durable. Workers hand over to the role's thread, which alone
 * speaks with intake. */
#include "web.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char again_head[] = "Retry-After: 1\r\nContent-Type: text/plain\r\n";

/* ---- on the workers' threads ---- */
static struct span block_of(struct span s)
{
    char *copy = malloc(s.n + 1);
    must(copy);
    if (s.n) memcpy(copy, s.p, s.n);
    return (struct span){copy, s.n};
}

static void free_span(struct span s)
{
    free((char *)(uintptr_t)s.p);
}

/* To the role's thread, which speaks with intake. back, over: where whoever wrote it goes then. */
static void hand_over(
    struct web *w, enum message type, struct span frame, struct span back, struct span over)
{
    struct pushed *p = malloc(sizeof *p);
    must(p);
    *p = (struct pushed){
        .type = type, .frame = frame, .back = block_of(back), .over = block_of(over)};
    pthread_mutex_lock(&w->push_lock);
    *w->pushes_end = p;
    w->pushes_end = &p->next;
    pthread_mutex_unlock(&w->push_lock);
    uint64_t one = 1;
    (void)!write(w->push_bell, &one, sizeof one);
}

/* One more on its way; false: there are enough, and its sender is told to come back. */
static bool has_room(struct web *w, struct http_request *r)
{
    if (atomic_fetch_add(&w->pushes_waiting, 1) < PUSHES_WAITING_MAX) return true;
    atomic_fetch_sub(&w->pushes_waiting, 1);
    struct http_reply reply = web_reply_of(503, again_head, S("busy: send it again\n"));
    http_reply(r, &reply);
    return false;
}

/* Answered later: every frame begins by whom. */
static struct buf frame_of(const struct net_worker *worker, struct http_request *r)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u64(&b, http_defer(r).id);
    put_u64(&b, net_worker_index(worker));
    return b;
}

void web_push(struct web *w, struct net_worker *worker, struct http_request *r, struct span feed)
{
    static const char *const headers[] = {"Broadsheet-Time", "Broadsheet-Nonce",
        "Broadsheet-Signature", "Content-Type", "Broadsheet-Name"};
    if (r->method != HTTP_POST) {
        struct http_reply reply = web_reply_of(405, "Allow: POST\r\nContent-Type: text/plain\r\n",
            S("deliveries are pushed by POST\n"));
        http_reply(r, &reply);
        return;
    }
    if (!has_room(w, r)) return;
    struct buf b = frame_of(worker, r);
    put_span(&b, feed);
    for (size_t i = 0; i < COUNT(headers); i++) put_span(&b, web_header(r, headers[i]));
    put_span(&b, r->body);
    hand_over(w, MSG_PUSH, buf_span(&b), S(""), S(""));
}

/* WebSub: a hub asks back by GET, and brings what is new by POST. */
void web_hub(struct web *w, struct net_worker *worker, struct http_request *r, struct span where)
{
    bool is_post = r->method == HTTP_POST;
    if (!is_post && r->method != HTTP_GET) {
        struct http_reply reply = web_reply_of(405,
            "Allow: GET, POST\r\nContent-Type: text/plain\r\n", S("hubs ask by GET or POST\n"));
        http_reply(r, &reply);
        return;
    }
    if (!has_room(w, r)) return;
    struct buf b = frame_of(worker, r);
    put_u8(&b, is_post);
    put_span(&b, where);
    put_span(&b, r->query);
    put_span(&b, web_header(r, "X-Hub-Signature"));
    put_span(&b, web_header(r, "Content-Type"));
    put_span(&b, r->body);
    hand_over(w, MSG_HUB, buf_span(&b), S(""), S(""));
}

/* What intake is told, in its order; all of them begin by the story. */
static enum message put_comment(struct buf *b, const struct site_comment *c)
{
    const struct span said[] = {c->id, c->name, c->text, c->parent, c->why, c->key},
                      aside[] = {c->id, c->name, c->text, c->parent, c->address},
                      confirmed[] = {c->id, c->key};
    _Static_assert((int)SITE_REPORTED == (int)COMMENT_REPORTED, "in one order");
    bool confirms = c->word == SITE_CONFIRMED, waits = c->word == SITE_SAID && c->address.n;
    const struct span *texts = confirms ? confirmed : waits ? aside : said;
    size_t n = confirms ? COUNT(confirmed) : waits ? COUNT(aside) : COUNT(said);
    put_u64(b, c->story);
    if (!confirms && !waits) put_u8(b, (uint8_t)c->word);
    for (size_t i = 0; i < n; i++) put_span(b, texts[i]);
    return confirms ? MSG_CONFIRMS : waits ? MSG_ASIDE : MSG_COMMENT;
}

void web_pass_comment(
    struct web *w, struct net_worker *worker, struct http_request *r, const struct site_comment *c)
{
    if (!has_room(w, r)) return;
    struct buf b = frame_of(worker, r);
    enum message type = put_comment(&b, c);
    hand_over(w, type, buf_span(&b), c->back, c->over);
}

void web_pass_grievance(struct web *w, struct net_worker *worker, struct http_request *r,
    const struct site_grievance *g)
{
    if (!has_room(w, r)) return;
    struct buf b = frame_of(worker, r);
    const struct span texts[] = {g->token, g->name, g->contact, g->about, g->text, g->wish};
    put_u64(&b, g->number);
    put_u64(&b, g->story);
    for (size_t i = 0; i < COUNT(texts); i++) put_span(&b, texts[i]);
    hand_over(w, MSG_GRIEVANCE, buf_span(&b), g->back, S(""));
}

/* ---- the answer ---- */
struct later_reply {
    struct http_token token;
    struct http_reply reply;
};

static void answer_on_worker(void *with)
{
    struct later_reply *l = with;
    http_reply_later(l->token, &l->reply);
    free(l);
}

/* A comment's writer is led to a page. */
static struct http_reply led_back(struct span back)
{
    struct arena *a = arena_new(1 << 20);
    struct span head = block_of(arena_printf(a, "Location: %.*s\r\nCache-Control: no-store\r\n%.*s",
        FMT(back), FMT(site_security_head())));
    arena_free(a);
    return (struct http_reply){.status = 303,
        .head = head,
        .body = S(""),
        .done = free,
        .with = (char *)(uintptr_t)head.p};
}

static void push_answered(
    struct web *w, uint64_t id, uint64_t worker, int status, struct span why, struct span back)
{
    struct later_reply *l = malloc(sizeof *l);
    must(l && worker < net_workers(w->server));
    struct arena *a = arena_new(8192);
    l->token = (struct http_token){net_worker_at(w->server, (unsigned)worker), id};
    if (back.n)
        l->reply = led_back(back);
    else
        l->reply = web_reply_of(status, status == 503 ? again_head : web_plain_head,
            status == 200 ? why : arena_printf(a, "%.*s\n", FMT(why))); /* 200: a challenge */
    arena_free(a);
    atomic_fetch_sub(&w->pushes_waiting, 1);
    net_post(l->token.worker, answer_on_worker, l);
}

static void passed_on_done(struct web *w, size_t i, int status, struct span why)
{
    struct span back = w->passed_on[i].back, over = w->passed_on[i].over;
    w->passed_on[i].open = false;
    w->passed_on[i].back = w->passed_on[i].over = (struct span){0};
    push_answered(w, w->passed_on[i].id, w->passed_on[i].worker, status, why,
        status == 202   ? back
        : status == 410 ? over
                        : S(""));
    free_span(back);
    free_span(over);
}

/* ---- on the role's thread ---- */
/* Whoever pushes may learn late, never not at all. */
static bool pass_on(struct web *w, const struct pushed *p)
{
    struct take t = take_of(p->frame);
    uint64_t id = take_u64(&t), worker = take_u64(&t);
    for (size_t i = 0; i < PUSHES_WAITING_MAX; i++) {
        if (w->passed_on[i].open) continue;
        w->passed_on[i].id = id;
        w->passed_on[i].worker = worker;
        w->passed_on[i].open =
            channel_send(channel_to(&w->channels, ROLE_INTAKE, 0), p->type, p->frame);
        if (!w->passed_on[i].open) return false;
        w->passed_on[i].back = block_of(p->back);
        w->passed_on[i].over = block_of(p->over);
        return true;
    }
    return false;
}

void web_send_pushes(struct web *w)
{
    uint64_t count;
    (void)!read(w->push_bell, &count, sizeof count);
    pthread_mutex_lock(&w->push_lock);
    struct pushed *p = w->pushes;
    w->pushes = NULL;
    w->pushes_end = &w->pushes;
    pthread_mutex_unlock(&w->push_lock);
    while (p) {
        struct pushed *next = p->next;
        if (!pass_on(w, p)) {
            struct take t = take_of(p->frame);
            uint64_t id = take_u64(&t), worker = take_u64(&t);
            push_answered(w, id, worker, 503, S("intake is away: send it again"), S(""));
        }
        free_span(p->frame);
        free_span(p->back);
        free_span(p->over);
        free(p);
        p = next;
    }
}

void web_push_came_back(struct web *w, struct span body)
{
    struct take t = take_of(body);
    uint64_t id = take_u64(&t), worker = take_u64(&t);
    int status = (int)take_u32(&t);
    struct span why = take_span(&t);
    for (size_t i = 0; i < PUSHES_WAITING_MAX; i++) {
        if (!w->passed_on[i].open || w->passed_on[i].id != id || w->passed_on[i].worker != worker)
            continue;
        passed_on_done(w, i, status, why);
        return;
    }
}

void web_intake_went(struct web *w)
{
    for (size_t i = 0; i < PUSHES_WAITING_MAX; i++)
        if (w->passed_on[i].open)
            passed_on_done(w, i, 503, S("intake ended on the way: send it again"));
}
