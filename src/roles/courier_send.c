/* courier_send: one job of each kind on its way: mail, webhook, command, message to a subscriber,
 * ping of a hub, fetch of a picture. A table says which. Secrets are read from their files for each
 * message, stand in no argument, URL or log, and are wiped. */
#include "courier.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FLIGHT_ARENA = 4 << 20,
    STATUS_OK_FROM = 200,
    STATUS_OK_TO = 299,
    KEPT_WAIT_MS = 60000, /* for the newsroom to keep a picture: a step of its may take long */
};

static struct flying *free_flying(struct courier *c)
{
    for (size_t i = 0; i < COURIER_JOBS; i++)
        if (!c->flying[i].used) return &c->flying[i];
    return NULL;
}

static void failed(struct flying *f, struct span why, bool final)
{
    courier_done(f, false, why, final);
}

/* ---- secrets ---- */
bool courier_secret(struct flying *f, struct span file, struct span *out)
{
    struct span s;
    if (file_read(f->arena, arena_cstr(f->arena, file), COURIER_SECRET_MAX, &s) != OK) return false;
    *out = span_trim(s);
    return out->n > 0;
}

/* As pushes to us are signed (docs/push.md). */
static size_t sign(
    struct flying *f, struct span secret_file, struct span body, struct span *head, size_t n)
{
    struct span key;
    unsigned char nonce[16];
    if (!secret_file.n) return n;
    if (!courier_secret(f, secret_file, &key)) return SIZE_MAX;
    random_bytes(nonce, sizeof nonce);
    struct span time = arena_printf(f->arena, "%lld", (long long)(clock_now_ms() / 1000)),
                hex = bytes_hex(f->arena, nonce, sizeof nonce),
                mac = push_sign(f->arena, key, time, hex, body);
    memset((char *)(uintptr_t)key.p, 0, key.n);
    head[n++] = arena_printf(f->arena, "Broadsheet-Time: %.*s", FMT(time));
    head[n++] = arena_printf(f->arena, "Broadsheet-Nonce: %.*s", FMT(hex));
    head[n++] = arena_printf(f->arena, "Broadsheet-Signature: %.*s", FMT(mac));
    return n;
}

/* ---- HTTP ---- */
static bool is_ok(int status)
{
    return status >= STATUS_OK_FROM && status <= STATUS_OK_TO;
}

/* 4xx but 408 and 429 will not change by trying again. */
static bool is_final(int status)
{
    return status >= 400 && status < 500 && status != 408 && status != 429;
}

static void answered(const struct net_fetched *got, void *with)
{
    struct flying *f = with;
    char text[64];
    snprintf(text, sizeof text, "status %d", got->status);
    if (got->why.n)
        failed(f, got->why, got->guarded);
    else if (is_ok(got->status))
        courier_done(f, true, span_of(text), false);
    else
        failed(f, span_of(text), is_final(got->status));
}

static void post(
    struct flying *f, struct span url, struct span type, struct span body, struct span secret_file)
{
    struct span head[6];
    size_t n = 0;
    head[n++] = arena_printf(f->arena, "Content-Type: %.*s", FMT(type));
    head[n++] = S("Expect:");
    n = sign(f, secret_file, body, head, n);
    if (n == SIZE_MAX) {
        failed(f, S("the secret's file cannot be read"), false);
        return;
    }
    struct net_fetch ask = {.url = url,
        .method = "POST",
        .head = head,
        .head_count = n,
        .body = body,
        .is_ours = true,
        .body_max = 64 << 10,
        .done = answered,
        .with = f};
    must(net_fetch_start(f->of->fetcher, &ask));
}

static void send_webhook(struct flying *f, const struct outbox_job *j)
{
    const struct config *c = f->of->config;
    post(f, c->alarm_webhook, S("application/json"), j->body, c->alarm_secret_file);
}

static void send_to_subscriber(struct flying *f, const struct outbox_job *j)
{
    const struct config *c = f->of->config;
    ptrdiff_t cut = span_find_char(j->subject, ' ');
    struct span name = span_cut(j->subject, (size_t)(cut + 1), j->subject.n);
    f->feed = arena_keep(f->arena, j->subject);
    for (uint32_t i = 0; i < c->subscriber_count; i++)
        if (span_eq(c->subscribers[i].name, name)) {
            post(f, c->subscribers[i].url, S("application/json"), j->body,
                c->subscribers[i].secret_file);
            return;
        }
    failed(f, S("there is no such subscriber any more"), true);
}

static void send_ping(struct flying *f, const struct outbox_job *j)
{
    post(f, j->subject, S("application/x-www-form-urlencoded"), courier_ping_form(f, j), S(""));
}

/* ---- mail ---- */
static struct span field(struct flying *f, const struct outbox_job *j, const char *name)
{
    struct reject bad;
    const struct json *json = json_parse(f->arena, j->body, &bad);
    return json ? json_text(json, name) : S("");
}

static void mailed(const struct net_fetched *got, void *with)
{
    if (got->why.n)
        failed(with, got->why, false);
    else
        courier_done(with, true, S("taken by the mail server"), false);
}

void courier_mail(struct flying *f, struct span mail, const struct span *to, size_t to_count)
{
    const struct config *c = f->of->config;
    struct net_fetch ask = {.url = c->mail_server,
        .body = mail,
        .is_ours = true,
        .mail_from = c->mail_from,
        .mail_to = to,
        .mail_to_count = to_count,
        .user = c->mail_user,
        .done = mailed,
        .with = f};
    if (c->mail_user.n && !courier_secret(f, c->mail_password_file, &ask.password)) {
        failed(f, S("the password's file cannot be read"), false);
        return;
    }
    must(net_fetch_start(f->of->fetcher, &ask));
}

static struct span mail_text(struct flying *f, const struct outbox_job *j)
{
    const struct config *c = f->of->config;
    struct span subject = field(f, j, "subject");
    return arena_printf(f->arena,
        "%.*s\r\n\r\n%.*s%s%.*s\r\n\r\nSite: %.*s (%.*s%.*s)\r\nKind of alarm: %.*s\r\n",
        FMT(field(f, j, "title")), FMT(field(f, j, "text")), subject.n ? "\r\n\r\nAbout: " : "",
        FMT(subject), FMT(c->site_name), FMT(c->url), FMT(c->base), FMT(field(f, j, "kind")));
}

static void send_mail(struct flying *f, const struct outbox_job *j)
{
    const struct config *c = f->of->config;
    bool over = span_eq(field(f, j, "state"), S("over"));
    struct hash id = hash_of(j->key);
    struct mail m = {.from = c->mail_from,
        .to = c->mail_to,
        .to_count = c->mail_to_count,
        .subject = arena_printf(f->arena, "[%.*s] %s%.*s", FMT(c->site_name),
            over ? "all clear: " : "", FMT(field(f, j, "title"))),
        .text = mail_text(f, j),
        .id = span_cut(hash_hex(f->arena, &id), 0, 32),
        .at_ms = j->at_ms};
    courier_mail(f, mail_write(f->arena, &m), c->mail_to, c->mail_to_count);
}

/* ---- a program ---- */
/* The text on its standard input, from a file without a name, so that a program that does not read
 * cannot hold us up. */
static int input_of(struct span text)
{
    int fd = memfd_create("alarm", MFD_CLOEXEC);
    if (fd < 0) return -1;
    if (write_all(fd, text.p, text.n) == OK && lseek(fd, 0, SEEK_SET) == 0) return fd;
    close(fd);
    return -1;
}

void courier_spawn(struct flying *f, const char *const *argv, struct span text)
{
    const char *path = argv[0];
    char *const env[] = {(char[]){"PATH=/usr/bin:/bin"}, (char[]){"LC_ALL=C.UTF-8"}, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    int in = input_of(text);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    int e = in < 0 ? errno
                   : posix_spawn(&f->pid, path, &files, &how, (char *const *)(uintptr_t)argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    if (in >= 0) close(in);
    f->until_us = clock_mono_us() + COURIER_COMMAND_MS * 1000LL;
    if (e == 0) return;
    f->pid = 0;
    failed(f, arena_printf(f->arena, "%s: %s", path, strerror(e)), false);
}

static void send_to_command(struct flying *f, const struct outbox_job *j)
{
    const char *argv[] = {arena_cstr(f->arena, f->of->config->alarm_command),
        arena_cstr(f->arena, field(f, j, "kind")), arena_cstr(f->arena, field(f, j, "subject")),
        NULL};
    courier_spawn(f, argv, mail_text(f, j));
}

static void command_ended(struct flying *f, int status)
{
    f->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        courier_done(f, true, S("exit status 0"), false);
    else if (WIFEXITED(status))
        failed(f, arena_printf(f->arena, "it ended with status %d", WEXITSTATUS(status)), false);
    else
        failed(f, arena_printf(f->arena, "it ended by signal %d", WTERMSIG(status)), false);
}

void courier_reap(struct courier *c)
{
    for (size_t i = 0; i < COURIER_JOBS; i++) {
        struct flying *f = &c->flying[i];
        int status = 0;
        if (f->handed_over && clock_mono_us() > f->until_us)
            failed(f, S("the newsroom could not keep it"), false);
        if (!f->pid) continue;
        if (waitpid(f->pid, &status, WNOHANG) == f->pid)
            command_ended(f, status);
        else if (clock_mono_us() > f->until_us)
            kill(-f->pid, SIGKILL);
    }
}

/* ---- a picture that an item names ---- */
/* For logs: without what may be a secret, the user's name, password and query. */
static struct span public_part(struct arena *a, struct span url)
{
    ptrdiff_t cut = span_find(url, S("?")), host = span_find(url, S("://"));
    if (cut >= 0) url = span_cut(url, 0, (size_t)cut);
    if (host < 0) return url;
    struct span scheme = span_cut(url, 0, (size_t)host + 3), rest = span_cut(url, scheme.n, url.n);
    ptrdiff_t slash = span_find(rest, S("/"));
    struct span authority = slash < 0 ? rest : span_cut(rest, 0, (size_t)slash);
    size_t user = authority.n;
    while (user && authority.p[user - 1] != '@') user--;
    return arena_printf(a, "%.*s%.*s", FMT(scheme), FMT(span_cut(rest, user, rest.n)));
}

static void fetched(const struct net_fetched *got, void *with)
{
    struct flying *f = with;
    struct peer *newsroom = channel_to(&f->of->channels, ROLE_NEWSROOM, 0);
    if (got->key_changed)
        courier_alarm(f->of, "server-key", f->feed,
            arena_printf(f->of->job, "%.*s: %.*s", FMT(f->url), FMT(got->why)));
    if (got->why.n || !is_ok(got->status)) {
        struct span why = got->why.n ? got->why : S("the server has no such picture");
        failed(f,
            arena_printf(f->arena, "the picture %.*s of feed %.*s: %.*s",
                FMT(public_part(f->arena, f->url)), FMT(f->feed), FMT(why)),
            got->guarded || got->is_too_large || is_final(got->status));
        return;
    }
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, span_of(f->key));
    put_span(&b, f->feed);
    put_span(&b, f->url);
    put_span(&b, got->body);
    f->handed_over = newsroom && channel_send(newsroom, MSG_FETCHED, buf_span(&b));
    f->until_us = clock_mono_us() + KEPT_WAIT_MS * 1000LL;
    buf_free(&b);
    if (!f->handed_over) failed(f, S("the newsroom is away"), false);
}

void courier_kept(struct courier *c, struct span key)
{
    for (size_t i = 0; i < COURIER_JOBS; i++)
        if (c->flying[i].handed_over && span_eq(key, span_of(c->flying[i].key)))
            courier_done(&c->flying[i], true, S("fetched"), false);
}

void courier_newsroom_went(struct courier *c)
{
    for (size_t i = 0; i < COURIER_JOBS; i++)
        if (c->flying[i].handed_over)
            failed(&c->flying[i], S("the newsroom went before it was kept"), false);
}

static void send_for_picture(struct flying *f, const struct outbox_job *j)
{
    f->feed = arena_keep(f->arena, field(f, j, "feed"));
    f->url = arena_keep(f->arena, field(f, j, "url"));
    struct span head[] = {S("Accept: image/jpeg, image/png, image/webp, image/gif;q=0.5")};
    struct net_fetch ask = {.url = f->url,
        .method = "GET",
        .head = head,
        .head_count = COUNT(head),
        .done = fetched,
        .with = f};
    must(net_fetch_start(f->of->fetcher, &ask));
}

/* ---- a test of the ways ---- */
static void send_test(struct flying *f, const struct outbox_job *j)
{
    courier_tell(f->of, j->key, S("test"),
        S("this is a test of the alarms: nothing has happened, and nothing needs to be done"));
    courier_done(f, true, S("on its way"), false);
}

/* ---- what a script beside the house has to say of a feed ---- */
static void raise_or_clear(struct flying *f, const struct outbox_job *j)
{
    const char *kind = alarm_kind(field(f, j, "kind"))->name;
    struct span subject = field(f, j, "subject");
    if (span_eq(field(f, j, "state"), S("over")))
        courier_all_clear(f->of, kind, subject);
    else
        courier_alarm(f->of, kind, subject, field(f, j, "text"));
    courier_done(f, true, S("on its way"), false);
}

/* ---- an administrator's own word to the caches ---- */
static void expand_for_caches(struct flying *f, const struct outbox_job *j)
{
    courier_cdn_take(f->of, j->key, j->body, j->at_ms);
    courier_done(f, true, S("on its way"), false);
}

/* ---- the table ---- */
static const struct {
    const char *kind;
    void (*send)(struct flying *f, const struct outbox_job *j);
} ways[] = {{"mail", send_mail}, {"webhook", send_webhook}, {"command", send_to_command},
    {"deliver", send_to_subscriber}, {"ping", send_ping}, {"fetch", send_for_picture},
    {"test", send_test}, {"receipt", courier_receipt}, {"cdn", courier_cdn},
    {"purge-cdn", expand_for_caches}, {"state", raise_or_clear}, {"complainant", courier_answer}};

static size_t under_way(const struct courier *c)
{
    size_t n = 0;
    for (size_t i = 0; i < COURIER_JOBS; i++) n += c->flying[i].used;
    return n > net_fetcher_busy(c->fetcher) ? n : net_fetcher_busy(c->fetcher);
}

void courier_send(struct courier *c, const struct outbox_job *job)
{
    struct flying *f = free_flying(c);
    size_t room = COURIER_JOBS - (span_eq(job->kind, S("cdn")) ? 0 : COURIER_KEPT);
    if (!f || under_way(c) >= room) return; /* their turn comes */
    *f = (struct flying){
        .of = c, .used = true, .tries = job->tries, .arena = arena_new(FLIGHT_ARENA)};
    snprintf(f->key, sizeof f->key, "%.*s", FMT(job->key));
    snprintf(f->kind, sizeof f->kind, "%.*s", FMT(job->kind));
    for (size_t i = 0; i < COUNT(ways); i++)
        if (span_eq(job->kind, span_of(ways[i].kind))) {
            ways[i].send(f, job);
            return;
        }
    failed(f, S("this version sends nothing of this kind"), true);
}
