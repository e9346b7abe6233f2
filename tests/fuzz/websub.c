/* Fuzzing of what a hub, and a document that names one, may say. The first byte says which: a query
 * of who asks back, a signature or a body of who brings something, Link headers, a document. No hub
 * has our secret here: so nothing is ever taken, and a challenge is given back only as it came. */
#include "clock.h"
#include "poller.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct room {
    char folder[64];
    struct net_guard guard;
    struct poller *all;
    struct poll *p;
    char callback[128]; /* its end */
    struct span where;  /* the same */
} r = {.folder = "/tmp/broadsheet-fuzz-XXXXXX"};

static enum result take(void *with, const struct poll_delivery *list, size_t n, size_t *new_out)
{
    (void)with, (void)list, (void)n, (void)new_out;
    must(!"nothing is taken of who has no secret");
    return OK;
}

static void forget(void)
{
    poller_close(r.all);
    must(dir_remove(r.folder) == OK);
}

static void names_hub(struct span links, struct span body)
{
    struct net_fetched got = {.status = 200, .links = links, .body = body};
    r.p->asked = r.p->feed->url;
    websub_heard(r.p, &got);
}

static void subscribe(struct arena *a)
{
    struct span bytes;
    struct reject bad;
    names_hub(S("<http://127.0.0.1:9/hub>; rel=hub"), S("<feed/>"));
    (void)websub_tend(r.p, INT64_MAX);
    for (int i = 0; i < 20; i++) net_fetcher_poll(r.all->fetcher, NULL, 0, 1); /* it is refused */
    must(file_read(a, arena_printf(a, "%s/websub/wire.json", r.folder).p, 1 << 16, &bytes) == OK);
    struct span token = json_text(json_parse(a, bytes, &bad), "token");
    must(POLL_SET(r.callback, arena_printf(a, "wire/%.*s", FMT(token))));
    r.where = span_of(r.callback);
}

static void begin(void)
{
    static const struct poll_feed feed = {.feed = {"wire", 4},
        .road = {"http", 4},
        .url = {"http://a.example/feed", 21},
        .callback = {"https://b.example", 17}};
    struct poll_hooks hooks = {take, NULL};
    struct arena *a = arena_new(1 << 20);
    const char *why = NULL;
    log_quiet(LOG_ERROR);
    must(mkdtemp(r.folder) && atexit(forget) == 0);
    must(poller_open(r.folder, &r.guard, &hooks, &r.all) == OK && poller_add(r.all, &feed, &why));
    r.p = r.all->list[0];
    subscribe(a);
    arena_free(a);
}

static void called(
    struct arena *a, bool is_post, struct span query, struct span signature, struct span body)
{
    struct span answer;
    struct poll_call c = {
        .is_post = is_post, .where = r.where, .query = query, .signature = signature, .body = body};
    int status = poller_called(r.all, a, &c, &answer);
    must(is_post ? status == 202 : status == 200 || status == 202 || status == 404);
    must((status == 200) == (answer.n > 0));
    for (size_t i = 0; i < answer.n; i++) must(answer.p[i] >= ' ' && answer.p[i] <= '~');
    c.where = query; /* and whatever this is */
    must(poller_called(r.all, a, &c, &answer) == 404 || poller_may_be_called(query));
}

static void scanned(struct arena *a, struct span s)
{
    struct span hub, self;
    uint64_t marks[64];
    poll_scan_hub(a, s, &hub, &self);
    must(hub.n <= s.n && self.n <= s.n && poll_scan_next(a, s).n <= s.n);
    must(poll_scan_link(a, s, "hub").n <= s.n);
    must(poll_scan_marks(s, marks, COUNT(marks)) <= COUNT(marks));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (!r.all) begin();
    struct arena *a = arena_new(16 << 20);
    char *bytes = malloc(n ? n : 1);
    if (n) memcpy(bytes, p, n);
    struct span s = span_cut((struct span){bytes, n}, 1, n);
    switch (n ? bytes[0] : 0) {
    case 'q': called(a, false, s, S(""), S("")); break;
    case 's': called(a, true, S(""), s, S("<feed/>")); break;
    case 'b': called(a, true, S(""), S("sha256=00"), s); break;
    default: scanned(a, s);
    }
    free(bytes);
    arena_reset(r.p->trip);
    arena_free(a);
    return 0;
}
