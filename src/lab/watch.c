/* watch: looks at a site as a reader does, over the loopback, and waits until something is to be
 * seen. Never looks anywhere but over HTTP. */
#include "wiredemo.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAUSE_US = 300, LINE_WIDTH = 100, WAYS = 4 };

bool watch_get(struct watch *w, struct span path, struct http_answer *out)
{
    for (int tries = 0; tries < 2; tries++) {
        if (!w->client && http_client_open(w->address, &w->client) != OK) w->client = NULL;
        if (!w->client) return false;
        arena_reset(w->a);
        if (http_client_ask(w->client, w->a, "GET", path, S(""), S(""), WATCH_TIMEOUT_MS, out) ==
            OK)
            return true;
        watch_close(w);
    }
    return false;
}

void watch_close(struct watch *w)
{
    if (w->client) http_client_close(w->client);
    w->client = NULL;
}

bool watch_until(struct watch *w, const struct sight *s, int64_t *seen_us_out)
{
    int64_t until = clock_mono_us() + WATCH_TIMEOUT_MS * 1000LL;
    int status = s->status ? s->status : 200;
    while (clock_mono_us() < until && !(w->stop && *w->stop)) {
        struct http_answer answer;
        bool there = watch_get(w, s->path, &answer);
        *seen_us_out = clock_mono_us();
        if (there && answer.status == status &&
            (!s->words.n || span_find(answer.body, s->words) >= 0))
            return true;
        usleep(PAUSE_US);
    }
    return false;
}

/* ---- after a kill ---- */
static size_t print_paths(const struct probe *list, size_t n, int status)
{
    size_t count = 0, width = LINE_WIDTH;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].coding, "plain") != 0 || list[i].status != status) continue;
        if (width + list[i].path.n + 2 > LINE_WIDTH) {
            if (count)
                printf("\n               ");
            else
                printf("          %3d  ", status);
            width = 15;
        }
        printf("%.*s  ", FMT(list[i].path));
        width += list[i].path.n + 2;
        count++;
    }
    if (count) printf("\n");
    return count;
}

bool watch_gone(struct watch *w, const struct probe_ask *ask)
{
    struct probe *list = NULL;
    arena_reset(w->a);
    size_t n = probe_story(w->a, ask, &list), urls = 0, bad = 0;
    for (int status = 0; status < 600; status++) urls += print_paths(list, n, status);
    for (size_t i = 0; i < n; i++) {
        if (!list[i].shows) continue;
        bad++;
        printf("          STILL SHOWN: %.*s (%s)\n", FMT(list[i].path), list[i].coding);
    }
    if (!bad && n)
        printf("          %zu URLs asked in %d ways (plain, gzip, br, If-None-Match): the story is "
               "on none of them\n",
            urls, WAYS);
    return n && !bad;
}
