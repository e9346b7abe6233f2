/* The stranger's look at a site that does show what it must not: on its own page whatever that
 * says, escaped in markup and JSON, in comments, in a sitemap behind the first. And at one that
 * does not.
 */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "roles.h"
#include "tap.h"

static const struct site_page {
    const char *path, *body;
} leaky[] = {{"/2026/01/23/words-", "<p>Nothing of it is left.</p>"},
    {"/rss.xml", "<title>Marrow &amp;amp; Thistle &amp;#39;at odds&amp;#39;</title>"},
    {"/api/v1/stories", "{\"headline\":\"A \\\"golden\\\" day\"}"},
    {"/sitemap.xml", "<loc>https://x/sitemap-1.xml</loc><loc>https://x/sitemap-2.xml</loc>"}};
static struct arena *a;
static story_id id;
static bool is_leaky, is_stale; /* is_stale: it says that a copy of before is good */
static bool is_told;            /* every question has said from where it comes */
static int door = -1;
static char root[] = "/tmp/broadsheet-probe-XXXXXX", path[64];

static struct span body_of(const char *asked)
{
    struct span own = story_id_text(a, id);
    if (is_leaky && strstr(asked, "/comments")) return S("");
    if (is_leaky && strcmp(asked, "/sitemap-2.xml") == 0)
        return arena_printf(a, "<loc>https://x/2026/01/23/words-%.*s</loc>", FMT(own));
    for (size_t i = 0; is_leaky && i < COUNT(leaky); i++)
        if (strncmp(asked, leaky[i].path, strlen(leaky[i].path)) == 0)
            return span_of(leaky[i].body);
    return (struct span){NULL, 0};
}

/* One question after the other, as the prober asks. */
static void *serve(void *with)
{
    (void)with;
    for (int fd; (fd = accept(door, NULL, NULL)) >= 0; close(fd)) {
        char ask[4096], word[1024];
        size_t n = 0;
        for (ssize_t got;
             n < sizeof ask - 1 && (got = read(fd, ask + n, sizeof ask - 1 - n)) > 0;) {
            n += (size_t)got;
            ask[n] = 0;
            if (!strstr(ask, "\r\n\r\n")) continue;
            is_told &= strstr(ask, "\r\nX-Country: IE\r\n") != NULL;
            must(sscanf(ask, "GET %1000s", word) == 1);
            struct span body = body_of(word);
            if (is_stale &&
                strstr(ask, "\r\nIf-Modified-Since: Fri, 23 Jan 2026 06:00:00 GMT\r\n")) {
                dprintf(fd, "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n");
                n = 0;
                continue;
            }
            dprintf(fd, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%.*s",
                body.p ? "200 OK" : "404 Not Found", body.n, (int)body.n, body.p ? body.p : "");
            n = 0;
        }
    }
    return NULL;
}

static bool shows(const struct probe *list, size_t n, const char *at)
{
    for (size_t i = 0; i < n; i++)
        if (span_find(list[i].path, span_of(at)) >= 0 && list[i].shows) return true;
    return false;
}

static bool names_searches(const struct probe *list, size_t n)
{
    bool named = false;
    for (size_t i = 0; i < n; i++) {
        if (span_find(list[i].path, S("q=")) >= 0 ||
            span_find_nocase(list[i].path, S("golden")) >= 0)
            return false;
        named |= span_eq(list[i].path, S("/search")) && span_eq(list[i].words, S("words 2"));
    }
    return named;
}

static size_t look(struct probe **out)
{
    static const struct span words[] = {{"Marrow & Thistle 'at", 20}, {"A \"golden\" day", 14}};
    struct probe_ask ask = {.address = span_of(path),
        .id = id,
        .path = arena_printf(a, "/2026/01/23/words-%.*s", FMT(story_id_text(a, id))),
        .words = words,
        .word_count = COUNT(words),
        .was_up_ms = INT64_C(1769148000000),
        .place = S("X-Country: IE\r\n")};
    return probe_story(a, &ask, out);
}

int main(void)
{
    pthread_t thread;
    struct probe *list;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    a = arena_new(256 << 20);
    id = UINT64_C(0x123456789abcdef);
    must(mkdtemp(root) != NULL);
    snprintf(path, sizeof path, "unix:%s/door", root);
    strcpy(at.sun_path, path + 5);
    door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(door >= 0 && bind(door, (struct sockaddr *)&at, sizeof at) == 0 && listen(door, 4) == 0);
    must(pthread_create(&thread, NULL, serve, NULL) == 0);
    is_leaky = is_told = true;
    size_t n = look(&list);
    check(n > 40, "a site is asked everywhere (%zu)", n);
    check(shows(list, n, "/2026/01/23/words-"), "its own page is there, whatever it says");
    check(shows(list, n, "/comments"), "so are its comments, though empty");
    check(shows(list, n, "/rss.xml"), "words escaped twice are found");
    check(shows(list, n, "/api/v1/stories"), "and in JSON");
    check(shows(list, n, "/sitemap-2.xml"), "a sitemap behind the first is asked");
    check(!shows(list, n, "/atom.xml"), "what does not show it does not");
    check(names_searches(list, n), "searches are named, and none of their words");
    check(is_told, "whoever asks as from a country says so in each question");
    is_leaky = false;
    n = look(&list);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) found += list[i].shows;
    check(n > 40 && !found, "a site without it is clean");
    is_stale = true;
    n = look(&list);
    check(shows(list, n, "/atom.xml"), "a site that calls copies of before good is not");
    shutdown(door, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(door);
    must(dir_remove(root) == OK);
    arena_free(a);
    return tap_end();
}
