/* Too many at once: who waited too long for his turn is told to come again, in the kernel's queue
 * or in ours; what is reserved is answered all the same, and by connections of its own. */
#include "net_kit.h"

enum { QUEUE_MS = 50, HELD_MS = 200 };

static struct kit kit;
static struct buf heard;

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    struct http_reply reply = {.status = 200, .body = S("answered at once")};
    http_reply(r, &reply);
}

static bool is_reserved(const struct http_request *r, void *with)
{
    (void)with;
    return span_eq(r->path, S("/push"));
}

static void start(uint32_t connections_max, uint32_t queue_ms)
{
    struct net_config c = {
        .limits = net_limits_default(), .handle = handle, .is_reserved = is_reserved, .threads = 1};
    c.limits.queue_ms = queue_ms;
    c.limits.connections_max = connections_max;
    kit_start(&kit, &c, "127.0.0.1:0");
}

/* The worker has stood still for longer than anybody may wait. */
static void release(struct kit_hold *h)
{
    int64_t until_us = net_now_us() + HELD_MS * 1000;
    while (net_now_us() < until_us) poll(NULL, 0, 5);
    sem_post(&h->released);
}

static const char *answer(int fd, const char *until)
{
    heard.n = 0;
    kit_hear(fd, &heard, until);
    return heard.p;
}

/* Asks until it is answered: on a busy machine anybody may have waited. */
static bool comes_again(int fd, struct span what)
{
    for (int i = 0; i < 100; i++) {
        kit_say(fd, what);
        if (strstr(answer(fd, "at once"), " 200 ")) return true;
    }
    return false;
}

#define ASK S("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
#define PUSH S("POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")

static void test_waiting(void)
{
    struct kit_hold h;
    start(100, QUEUE_MS);
    int kept = kit_dial(&kit), pusher = kit_dial(&kit);
    check(comes_again(kept, ASK) && comes_again(pusher, ASK), "who is alone is answered");
    uint64_t before = metric_get(M_OVERLOADED);
    kit_hold(&kit, &h);
    kit_say(kept, ASK), kit_say(pusher, PUSH);
    int fresh = kit_dial(&kit), fresh_pusher = kit_dial(&kit);
    kit_say(fresh, ASK), kit_say(fresh_pusher, PUSH);
    release(&h);
    const char *said = answer(kept, "at once");
    check(strstr(said, " 503 ") && strstr(said, "Retry-After: "),
        "who waited too long on a connection that stood is told to come again");
    check(strstr(answer(fresh, "at once"), " 503 "), "so is who waited for the connection");
    check(strstr(answer(pusher, "at once"), " 200 ") &&
              strstr(answer(fresh_pusher, "at once"), " 200 "),
        "what is reserved is answered all the same");
    check(metric_get(M_OVERLOADED) >= before + 2, "and the others are counted");
    check(comes_again(kept, ASK) && comes_again(fresh, ASK),
        "who comes again, on the same connection, is answered");
    close(kept), close(pusher), close(fresh), close(fresh_pusher);
    kit_stop(&kit);
}

static void test_room(void)
{
    start(2, GUARD_MS);
    int held[2] = {kit_dial(&kit), kit_dial(&kit)};
    for (int i = 0; i < 2; i++) kit_say(held[i], ASK), answer(held[i], "at once");
    int more = kit_dial(&kit), pusher = kit_dial(&kit);
    kit_say(more, ASK), kit_say(pusher, PUSH);
    check(strstr(answer(more, NULL), " 503 ") && strstr(heard.p, "Connection: close"),
        "a connection too many is told to come again, and closed");
    check(strstr(answer(pusher, NULL), " 200 ") && strstr(heard.p, "answered"),
        "but for what is reserved there is room, once");
    int silent = kit_dial(&kit);
    check(strlen(answer(silent, NULL)) == 0 || strstr(heard.p, " 408 "),
        "who does not ask soon, is let go");
    for (int i = 0; i < 2; i++)
        kit_say(held[i], ASK),
            check(strstr(answer(held[i], "at once"), " 200 "), "those who were there are served");
    close(more), close(pusher), close(silent), close(held[0]), close(held[1]);
    kit_stop(&kit);
}

int main(void)
{
    buf_init(&heard, NULL, 0);
    test_waiting();
    test_room();
    buf_free(&heard);
    return tap_end();
}
