/* serve: opens the house, binds the doors, starts the roles. Says at start what it assumes. */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    LISTEN_MAX = HOUSE_LISTENERS_MAX,
    AGAIN_WORDS_MAX = 64 /* of a command line, when another program takes over */
};

/* --listen may be given several times: taken out of argv before the table is read. */
static size_t take_listens(int *argc, char **argv, const char **out)
{
    size_t n = 0;
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "--listen") == 0 && i + 1 < *argc && n < LISTEN_MAX)
            out[n++] = argv[++i];
        else if (strncmp(argv[i], "--listen=", 9) == 0 && n < LISTEN_MAX)
            out[n++] = argv[i] + 9;
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    return n;
}

static bool bind_one(struct house *h, struct span address, bool tls)
{
    if (h->listener_count == HOUSE_LISTENERS_MAX) {
        fprintf(stderr, "broadsheet serve: at most %d doors\n", HOUSE_LISTENERS_MAX);
        return false;
    }
    struct net_listener *l = &h->listeners[h->listener_count];
    uint16_t port = 0;
    const char *why = NULL;
    enum result r = net_listen(address, h->arena, &l->fd, &port, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet serve: cannot listen on %.*s: %s\n", FMT(address),
            why ? why : strerror(errno));
        return false;
    }
    l->is_unix = span_starts(address, S("unix:"));
    l->is_tls = tls && !l->is_unix;
    l->proxy_protocol = h->config->proxy_protocol;
    if (!h->address[0] && !l->is_unix) {
        size_t colon = address.n;
        while (colon && address.p[colon - 1] != ':') colon--;
        struct span host = colon > 1 ? span_cut(address, 0, colon - 1) : S("127.0.0.1");
        snprintf(
            h->address, sizeof h->address, "%s://%.*s:%u", tls ? "https" : "http", FMT(host), port);
    }
    if (!h->address[0] && l->is_unix) snprintf(h->address, sizeof h->address, "%.*s", FMT(address));
    h->listener_count++;
    return true;
}

/* A door of plain HTTP for receipts' questions, whatever the others speak. A path that is too long
 * for a socket is no misfortune: the first listener is asked then. */
static void bind_self(struct house *h)
{
    char first[sizeof h->address];
    memcpy(first, h->address, sizeof first);
    snprintf(h->self, sizeof h->self, "unix:%.100s/self", h->run);
    bool proxied = h->config->proxy_protocol;
    h->config->proxy_protocol = false;
    if (h->listener_count == HOUSE_LISTENERS_MAX || strlen(h->run) > 95 ||
        !bind_one(h, span_of(h->self), false))
        memcpy(h->self, first, sizeof h->self);
    else
        h->listeners[h->listener_count - 1].is_own = true;
    h->config->proxy_protocol = proxied;
    memcpy(h->address, first, sizeof first);
}

static bool bind_doors(struct house *h, const char **listens, size_t n)
{
    struct config *c = h->config;
    bool tls = c->tls_cert.n > 0;
    for (size_t i = 0; i < n; i++)
        if (!bind_one(h, span_of(listens[i]), tls)) return false;
    for (uint32_t i = 0; !n && i < c->listen_count && i < LISTEN_MAX; i++)
        if (!bind_one(h, c->listen[i], tls)) return false;
    if (!h->listener_count && !bind_one(h, S("127.0.0.1:8080"), tls)) return false;
    for (uint32_t i = 0; tls && i < c->plain_listen_count; i++)
        if (!bind_one(h, c->plain_listen[i], false)) return false;
    return true;
}

static void desk_words(struct house *h, struct span address, uint16_t port)
{
    if (h->desk.is_unix) {
        snprintf(h->desk_address, sizeof h->desk_address, "%.*s", FMT(address));
        return;
    }
    size_t colon = address.n;
    while (colon && address.p[colon - 1] != ':') colon--;
    struct span host = colon > 1 ? span_cut(address, 0, colon - 1) : S("127.0.0.1");
    snprintf(h->desk_address, sizeof h->desk_address, "%s://%.*s:%u",
        h->desk.is_tls ? "https" : "http", FMT(host), port);
}

/* The desk's own door: never one of the readers'. */
static bool bind_desk(struct house *h, const char *given)
{
    const struct config *c = h->config;
    struct span address = given ? span_of(given) : c->desk_listen_count ? c->desk_listen[0] : S("");
    uint16_t port = 0;
    const char *why = NULL;
    if (!address.n) return true;
    if (net_listen(address, h->arena, &h->desk.fd, &port, &why) != OK) {
        fprintf(stderr, "broadsheet serve: cannot listen on %.*s for the desk: %s\n", FMT(address),
            why ? why : strerror(errno));
        return false;
    }
    h->desk.is_unix = span_starts(address, S("unix:"));
    h->desk.is_tls = c->tls_cert.n > 0 && !h->desk.is_unix;
    h->has_desk = true;
    desk_words(h, address, port);
    return true;
}

static bool bind_all(struct house *h, const char **listens, size_t n)
{
    if (!bind_doors(h, listens, n)) return false;
    bind_self(h);
    return true;
}

static void say_hello(const struct house *h)
{
    const struct config *c = h->config;
    fprintf(stderr, "Broadsheet %s · %s · data in %s\n", BROADSHEET_VERSION, h->address, h->data);
    if (!h->config_path)
        fprintf(stderr,
            "no configuration file: times are shown in %.*s, search engines are asked not to index "
            "(see docs/configuration.md; --config FILE)\n",
            FMT(zone_name(c->zone)));
    if (h->has_desk)
        fprintf(stderr,
            "desk %s/desk/ · accounts are made by `broadsheet desk account add NAME --data %s`\n",
            h->desk_address, h->data);
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct config_feed *f = &c->feeds[i];
        if (f->folder.n)
            fprintf(stderr, "feed %.*s (%.*s): wire files put into %.*s are published\n",
                FMT(f->name), FMT(f->provider), FMT(f->folder));
        if (f->push_key_file.n)
            fprintf(stderr, "feed %.*s (%.*s): takes signed pushes at /push/%.*s\n", FMT(f->name),
                FMT(f->provider), FMT(f->name));
    }
    if (clock_slot_get(SLOT_UNCONFIRMED))
        fprintf(stderr,
            "RESTORED WITHOUT TOMBSTONES: no wire story is shown until the feeds have been "
            "replayed and `broadsheet confirm --data %s` is given\n",
            h->data);
}

/* ---- another program takes over ---- */
/* What it takes to begin anew with the same words: noted before argv is taken apart. */
struct again {
    bool is_asked;
    char program[4096];
    char *words[AGAIN_WORDS_MAX + 1];
    size_t count;
    int doors[HOUSE_LISTENERS_MAX + 1];
    size_t door_count;
};

/* --ready-fd is left out: whoever waited has been told, and the number may be another's by then. */
static void note_words(struct again *again, int argc, char **argv)
{
    ssize_t n = readlink("/proc/self/exe", again->program, sizeof again->program - 1);
    again->program[n < 0 ? 0 : n] = 0;
    again->words[again->count++] = again->program;
    for (int i = 0; i < argc && again->count < AGAIN_WORDS_MAX; i++) {
        bool is_two = strcmp(argv[i], "--ready-fd") == 0;
        if (is_two)
            i++;
        else if (strncmp(argv[i], "--ready-fd=", 11) != 0)
            again->words[again->count++] = argv[i];
    }
}

/* Its own descriptors: those of the house end with it. */
static void keep_doors(struct again *again, const struct house *h)
{
    int fds[HOUSE_LISTENERS_MAX + 1];
    size_t n = house_doors(h, fds);
    for (size_t i = 0; i < n; i++) {
        int fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (fd >= 0) again->doors[again->door_count++] = fd;
    }
}

static int begin_anew(const struct again *again)
{
    if (!net_handed_give(again->doors, again->door_count))
        log_error("the doors cannot be handed over: %s", strerror(errno));
    else
        execv(again->program, again->words);
    fprintf(
        stderr, "broadsheet serve: %s cannot be started: %s\n", again->program, strerror(errno));
    return EX_OSERR;
}

static int run(struct house *h, const char **listens, size_t listen_count, const char *desk,
    const char *ready_fd, struct again *again)
{
    log_quiet(h->config->log);
    house_keep_in_force(h);
    net_handed_take();
    if (!bind_all(h, listens, listen_count) || !bind_desk(h, desk)) return EX_UNAVAILABLE;
    net_handed_close();
    house_own_url(h, h->config);
    say_hello(h);
    h->program = again->program[0] == '/' ? again->program : NULL;
    again->is_asked = master_run(h, ready_fd ? atoi(ready_fd) : -1);
    if (again->is_asked) keep_doors(again, h);
    return EX_OK;
}

int command_serve(int argc, char **argv)
{
    const char *listens[LISTEN_MAX], *data = NULL, *wire = NULL, *config = NULL, *theme = NULL,
                                     *desk = NULL, *ready_fd = NULL, *clock = NULL, *rest[1];
    bool one = false, dev = false;
    struct again again = {0};
    note_words(&again, argc, argv);
    size_t listen_count = take_listens(&argc, argv, listens), rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--wire", &wire},
        {"--config", &config}, {"--theme", &theme}, {"--one", NULL, &one}, {"--dev", NULL, &dev},
        {"--desk", &desk}, {"--ready-fd", &ready_fd}, {"--virtual-clock", &clock}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    if (!wire && !config)
        return usage_error("serve",
            "where does the wire come from? give --wire FOLDER, or --config FILE with feeds");
    if (dev && !config)
        return usage_error("serve", "--dev watches the theme of a site with --config FILE");
    struct house h;
    struct span why;
    int64_t virtual_ms = -1;
    if (clock && !span_to_i64(span_of(clock), &virtual_ms))
        return usage_error("serve", "--virtual-clock wants milliseconds since 1970");
    log_as("master");
    log_to_journal();
    int code = exit_code(house_open(&h, data, virtual_ms, &why));
    h.theme_folder = span_of(theme);
    h.one = one;
    h.is_watched = dev;
    if (code != EX_OK)
        fprintf(stderr, "broadsheet serve: %.*s\n", FMT(why));
    else if (!house_configure(&h, config, span_of(wire)))
        code = EX_CONFIG;
    else
        code = run(&h, listens, listen_count, desk, ready_fd, &again);
    house_close(&h);
    return code == EX_OK && again.is_asked ? begin_anew(&again) : code;
}
