/* demo: the demonstration, all in one: a folder of its own, a site in it, the demonstration wire.
 * Everything that it makes lies below that folder and goes with it; the site is its child and ends
 * with it, also when it is killed. */
#include "wiredemo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { DEMO_ARENA = 64 << 20, LOG_SHOWN = 4000, READY_TIMEOUT_S = 60, STOP_TIMEOUT_S = 20 };

struct show {
    struct arena *a;
    const char *folder, *wire, *data, *config, *log; /* folder and what lies below it */
    const char *listen;
    const char *theme; /* shown, and watched; NULL: the built-in one */
    char address[128]; /* "127.0.0.1:8080" */
    char desk[128];    /* empty: no door to be had */
    char password[16]; /* of its account; empty: none */
    pid_t site;        /* 0: ended */
};

static volatile int signalled;

static void on_signal(int n)
{
    signalled = n;
}

/* The demonstration ends in order, wherever it is: nothing is restarted by the kernel. */
static void heed_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    sigemptyset(&sa.sa_mask);
    const int list[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < COUNT(list); i++) must(sigaction(list[i], &sa, NULL) == 0);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- the folder ---- */
static const char *below(struct show *s, const char *name)
{
    return arena_printf(s->a, "%s/%s", s->folder, name).p;
}

/* The site's own subjects first by rule, so that each story stands where its author put it;
 * visitors' files by the IPTC's Media Topics, the rest under world. */
static struct span config_text(struct show *s)
{
    static const struct {
        const char *name, *title, *colour;
    } sections[] = {{"world", "World", "#1f4e79"}, {"politics", "Politics", "#7a1f2b"},
        {"business", "Business", "#1d5c3a"}, {"science", "Science", "#2b6777"},
        {"sport", "Sport", "#b3541e"}, {"culture", "Culture", "#8a3a6b"}};
    struct buf b;
    buf_init(&b, s->a, 0);
    buf_printf(&b,
        "site:\n  name: The Meridian Courier\n"
        "  tagline: \"A demonstration: every story in it is invented\"\n"
        "  url: \"http://%s\"\nserver:\n  listen: \"%s\"\n"
        "feeds:\n  wire:\n    provider: Meridian Press Agency\n    credit: Meridian\n"
        "    timezone: UTC\n    folder: \"%s\"\n    pictures: yes\n    embeds: yes\nsections:\n",
        s->address, s->address, s->wire);
    for (size_t i = 0; i < COUNT(sections); i++)
        buf_printf(&b, "  - {name: %s, title: %s, colour: \"%s\"%s}\n", sections[i].name,
            sections[i].title, sections[i].colour, i ? "" : ", subjects: []");
    buf_lit(&b, "rules:\n");
    for (size_t i = 0; i < COUNT(sections); i++)
        buf_printf(&b, "  - {name: filed under %s, subjects: [\"meridian:%s\"], to_section: %s}\n",
            sections[i].name, sections[i].name, sections[i].name);
    return buf_span(&b);
}

static bool make_folder(struct show *s)
{
    const char *tmp = getenv("TMPDIR");
    char *folder = arena_cstr(
        s->a, arena_printf(s->a, "%s/broadsheet-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp"));
    if (!mkdtemp(folder)) {
        fprintf(stderr, "broadsheet demo: %s cannot be made: %s\n", folder, strerror(errno));
        return false;
    }
    s->folder = folder;
    s->wire = below(s, "wire");
    s->data = below(s, "data");
    s->config = below(s, "site.yaml");
    s->log = below(s, "log");
    return dir_make(s->wire) == OK && file_write_durable(s->config, config_text(s)) == OK;
}

/* Port 0 (tests): a free one, chosen now, since links need to know it. */
static bool choose_address(struct show *s)
{
    struct span address = span_of(s->listen);
    uint16_t port = 0;
    const char *why = NULL;
    int fd = -1;
    if (!span_ends(address, S(":0"))) {
        snprintf(s->address, sizeof s->address, "%s", s->listen);
        return true;
    }
    if (net_listen(address, s->a, &fd, &port, &why) != OK) return false;
    close(fd);
    snprintf(s->address, sizeof s->address, "%.*s:%u", (int)address.n - 2, address.p, port);
    return true;
}

/* ---- the site ---- */
static _Noreturn void be_site(struct show *s, int ready_fd, pid_t parent)
{
    char fd_text[16];
    snprintf(fd_text, sizeof fd_text, "%d", ready_fd);
    int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0640);
    if (log >= 0 && !s->theme) (void)dup2(log, STDERR_FILENO); /* its mistakes are to be seen */
    (void)setpgid(0, 0); /* Ctrl-C is for the demonstration, which then ends the site */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(EX_UNAVAILABLE);
    const char *args[16] = {"broadsheet", "serve", "--data", s->data, "--config", s->config,
        "--listen", s->address, "--ready-fd", fd_text};
    size_t n = 10;
    if (s->desk[0]) args[n++] = "--desk", args[n++] = s->desk;
    if (s->theme) args[n++] = "--theme", args[n++] = s->theme, args[n++] = "--dev";
    execv("/proc/self/exe", (char *const *)(uintptr_t)args);
    _exit(EX_OSERR);
}

static void show_log(struct show *s)
{
    struct span text;
    if (file_read(s->a, s->log, 16 << 20, &text) != OK) return;
    if (text.n > LOG_SHOWN) text = span_cut(text, text.n - LOG_SHOWN, text.n);
    fprintf(stderr, "%.*s", FMT(text));
}

/* Waits for the line that tells that requests are answered; false: it ended before. */
static bool wait_ready(int fd)
{
    char line[256];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t until = clock_mono_us() + READY_TIMEOUT_S * 1000000LL;
    while (!signalled && clock_mono_us() < until) {
        if (poll(&p, 1, 100) <= 0) continue;
        return read(fd, line, sizeof line) > 0;
    }
    return false;
}

static void reap_site(struct show *s, bool *unavailable)
{
    int status = 0;
    if (s->site && waitpid(s->site, &status, WNOHANG) == s->site) s->site = 0;
    if (unavailable) *unavailable = WIFEXITED(status) && WEXITSTATUS(status) == EX_UNAVAILABLE;
}

static void stop_site(struct show *s)
{
    int64_t until = clock_mono_us() + STOP_TIMEOUT_S * 1000000LL;
    if (s->site) (void)kill(s->site, SIGTERM);
    while (s->site && clock_mono_us() < until) {
        reap_site(s, NULL);
        usleep(5000);
    }
    if (!s->site) return;
    (void)kill(s->site, SIGKILL);
    (void)waitpid(s->site, NULL, 0);
    s->site = 0;
}

static bool start_site(struct show *s)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe(ends) != 0) return false;
    fflush(stdout);
    s->site = fork();
    if (s->site == 0) {
        close(ends[0]);
        be_site(s, ends[1], parent);
    }
    close(ends[1]);
    bool ready = s->site > 0 && wait_ready(ends[0]);
    close(ends[0]);
    if (ready || signalled) return ready;
    usleep(100000);
    bool taken = false;
    reap_site(s, &taken);
    show_log(s);
    fprintf(stderr, "broadsheet demo: the site could not be started%s\n",
        taken ? ": if the port is taken, choose another: --listen 127.0.0.1:8081" : "");
    return false;
}

/* ---- words ---- */
static void greet(const struct show *s)
{
    printf("\n  The Meridian Courier       http://%s/\n"
           "  Put your own wire file in  %s\n"
           "  and it is published at once (NewsML-G2, ninjs, RSS, Atom; pictures beside it).\n"
           "  Ctrl-C ends everything and leaves nothing behind.\n\n",
        s->address, s->wire);
}

static void greet_editor(const struct show *s)
{
    if (!s->desk[0] || !s->password[0]) return;
    printf("  The editor's desk          http://%s/desk/\n"
           "  name demo, password        %s\n\n",
        s->desk, s->password);
}

static void part(const struct show *s)
{
    printf(
        "\nThe running order is done; the site goes on at http://%s/ until Ctrl-C.\n"
        "Your own wire file: put it in %s\n"
        "Your own feed:      broadsheet serve --data DIR --wire FOLDER\n"
        "                    or with a configuration: docs/configuration.md, `broadsheet check`\n",
        s->address, s->wire);
}

static void wait_for_end(struct show *s)
{
    while (!signalled && s->site) {
        usleep(50000);
        reap_site(s, NULL);
    }
    if (!signalled) {
        fprintf(stderr, "broadsheet demo: the site has ended:\n");
        show_log(s);
    }
}

static int play(struct show *s, const struct demo *demo, int64_t length_ms, bool once)
{
    struct simulation sim = {.demo = demo,
        .folder = s->wire,
        .address = s->address,
        .data = s->data,
        .length_ms = length_ms,
        .stop = &signalled};
    greet(s);
    greet_editor(s);
    bool fine = simulation_run(&sim);
    if (!once && !signalled) {
        part(s);
        wait_for_end(s);
    }
    return fine ? EX_OK : EX_SOFTWARE;
}

static int run(struct show *s, const struct demo *demo, int64_t length_ms, bool once)
{
    int code = EX_UNAVAILABLE;
    heed_signals();
    if (!demo_desk_address(s->a, s->desk)) s->desk[0] = 0;
    if (!choose_address(s) || !make_folder(s))
        fprintf(stderr, "broadsheet demo: no place for it: see --listen, and TMPDIR\n");
    else if (start_site(s)) {
        if (s->desk[0] && !demo_desk_account(s->a, s->data, s->password)) s->password[0] = 0;
        code = play(s, demo, length_ms, once);
    }
    stop_site(s);
    if (s->folder && dir_remove(s->folder) != OK)
        fprintf(stderr, "broadsheet demo: %s could not be removed\n", s->folder);
    return signalled ? EX_OK : code;
}

int command_demo(int argc, char **argv)
{
    const char *stories = "demo", *length = NULL, *rest[1];
    struct show s = {.listen = "127.0.0.1:8080"};
    bool once = false;
    size_t rest_count;
    uint64_t seconds = 0;
    const struct option_row rows[] = {{"--stories", &stories}, {"--listen", &s.listen},
        {"--length", &length}, {"--once", NULL, &once}, {"--theme", &s.theme}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (length && (!span_to_u64(span_of(length), &seconds) || !seconds || seconds > 86400))
        return usage_error("demo", "--length wants seconds, up to a day");
    s.a = arena_new(DEMO_ARENA);
    struct demo demo;
    struct span why;
    int code = EX_NOINPUT;
    if (demo_load(s.a, stories, &demo, &why))
        code = run(&s, &demo, (int64_t)seconds * 1000, once);
    else
        fprintf(stderr, "broadsheet demo: %.*s\n", FMT(why));
    arena_free(s.a);
    return code;
}
