/* net/fetch: outgoing requests and mail by libcurl's multi interface, several at once on the
 * caller's thread. Owns the bounds: addresses (guard.c), sizes, times, redirects, protocols.
 * Uncompresses only where that is asked for; keeps no cookie, reads no environment. Fatal: no
 * memory. */
#include "net_inside.h"

#include "clock.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FETCH_ARENA = 1 << 20, /* the request's texts; bodies have buffers of their own */
    LOW_BYTES_S = 200,     /* slower than this for LOW_SECONDS: given up */
    LOW_SECONDS = 15,
    EXTRA_MAX = 24,
    HTTPS_PORT = 443,
    CUT_AFTER_MS = 2000, /* what has a thread of its own, where libcurl itself does not end */
};

struct fetch {
    struct fetch *next;
    struct net_fetcher *all;
    CURL *easy;
    struct curl_slist *head, *to;
    const struct net_guard *guard; /* NULL: ours */
    struct net_fetch ask;
    struct span message; /* what is left of a mail to be sent */
    struct buf body;
    struct net_fetched got;
    struct arena *arena;
    int64_t until_us; /* of what has a thread of its own: then it is cut off */
    bool is_late;
    char error[CURL_ERROR_SIZE];
};
struct net_fetcher {
    CURLM *multi;
    const struct net_guard *guard;
    struct fetch *list;
    size_t busy, at_once;
    atomic_size_t bytes; /* of all bodies; threads add to it */
    size_t bytes_max;    /* 0: no bound */
    int told[2];         /* a pipe: questions with threads that have ended; 0: none was asked yet */
};

/* ---- what libcurl asks ---- */
static uint16_t port_of(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)sa)->sin_port);
    return ntohs(((const struct sockaddr_in6 *)(const void *)sa)->sin6_port);
}

/* NULL: HTTP and outgoing mail. */
static struct net_line *line_of(const struct fetch *f)
{
    return f->ask.files ? f->ask.files->line : f->ask.mailbox;
}

static bool is_apart(const struct fetch *f)
{
    return line_of(f) != NULL;
}

/* Of a mailbox and of files the administrator names the port, and the server those of its data: the
 * address alone is judged. */
static uint16_t judged_port(const struct fetch *f, const struct sockaddr *sa)
{
    return is_apart(f) ? HTTPS_PORT : port_of(sa);
}

static curl_socket_t open_socket(void *with, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *f = with;
    (void)purpose;
    if (to->family != AF_INET && to->family != AF_INET6) return CURL_SOCKET_BAD;
    struct sockaddr_storage sa = {0};
    memcpy(&sa, &to->addr, to->addrlen < sizeof sa ? to->addrlen : sizeof sa);
    struct net_address a = net_address_of(&sa);
    if (f->guard && !net_guard_allows(f->guard, &a, judged_port(f, &to->addr))) {
        f->got.guarded = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    return is_apart(f) ? net_line_keep(line_of(f), fd) : fd;
}

static size_t take_body(char *p, size_t size, size_t count, void *with)
{
    struct fetch *f = with;
    size_t n = size * count, most = f->ask.body_max ? f->ask.body_max : FETCH_BODY_MAX;
    bool is_large = f->body.n + n > most,
         is_crowded = f->all->bytes_max && f->all->bytes + n > f->all->bytes_max;
    if (is_large || is_crowded) {
        f->got.is_too_large = true;
        f->got.is_crowded = !is_large;
        return 0;
    }
    f->all->bytes += n;
    buf_put(&f->body, (struct span){p, n});
    return n;
}

static size_t give_message(char *p, size_t size, size_t count, void *with)
{
    struct fetch *f = with;
    size_t room = size * count, n = f->message.n < room ? f->message.n : room;
    if (n) memcpy(p, f->message.p, n);
    f->message = span_cut(f->message, n, f->message.n);
    return n;
}

/* ---- one request ---- */
static const char *text_of(struct fetch *f, struct span s)
{
    return arena_cstr(f->arena, s);
}

/* A line that could hold a second one is not sent. */
static bool is_line(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20) return false;
    return s.n > 0;
}

static const char *protocols_of(const struct fetch *f)
{
    return f->ask.mailbox  ? "imap,imaps"
           : f->ask.files  ? "ftp,ftps,sftp"
           : f->ask.method ? "http,https"
                           : "smtp,smtps";
}

static void set_bounds(struct fetch *f)
{
    CURL *e = f->easy;
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
    curl_easy_setopt(
        e, CURLOPT_TIMEOUT_MS, (long)(f->ask.timeout_ms ? f->ask.timeout_ms : FETCH_TIMEOUT_MS));
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_BYTES_S);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)(f->ask.is_patient ? 0 : LOW_SECONDS));
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* nobody waits for a resolver that hangs */
    if (f->ask.may_shrink) curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip, br");
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, protocols_of(f));
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, f->guard && !f->ask.stays ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, is_apart(f) ? 0L : 1L); /* the next one is judged
                                                                         by itself */
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, f);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, f->error);
    curl_easy_setopt(e, CURLOPT_PRIVATE, f);
    if (f->ask.pin.n) curl_easy_setopt(e, CURLOPT_PINNEDPUBLICKEY, text_of(f, f->ask.pin));
    if (f->ask.ca_file.n) curl_easy_setopt(e, CURLOPT_CAINFO, text_of(f, f->ask.ca_file));
}

static void set_login(struct fetch *f)
{
    if (!f->ask.user.n) return;
    curl_easy_setopt(f->easy, CURLOPT_USERNAME, text_of(f, f->ask.user));
    if (f->ask.bearer.n)
        curl_easy_setopt(f->easy, CURLOPT_XOAUTH2_BEARER, text_of(f, f->ask.bearer));
    else
        curl_easy_setopt(f->easy, CURLOPT_PASSWORD, text_of(f, f->ask.password));
}

static void set_http(struct fetch *f)
{
    CURL *e = f->easy;
    curl_easy_setopt(e, CURLOPT_USERAGENT, "Broadsheet/" BROADSHEET_VERSION);
    for (size_t i = 0; i < f->ask.head_count && i < FETCH_FIELDS_MAX; i++)
        if (is_line(f->ask.head[i]))
            f->head = curl_slist_append(f->head, text_of(f, f->ask.head[i]));
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, f->head);
    if (f->ask.body.p) {
        struct span body = arena_keep(f->arena, f->ask.body);
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, body.p);
    }
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, f->ask.method);
    set_login(f);
}

static void set_mail(struct fetch *f)
{
    CURL *e = f->easy;
    for (size_t i = 0; i < f->ask.mail_to_count; i++)
        if (is_line(f->ask.mail_to[i]))
            f->to = curl_slist_append(f->to, text_of(f, f->ask.mail_to[i]));
    curl_easy_setopt(e, CURLOPT_MAIL_FROM, text_of(f, f->ask.mail_from));
    curl_easy_setopt(e, CURLOPT_MAIL_RCPT, f->to);
    f->message = arena_keep(f->arena, f->ask.body);
    curl_easy_setopt(e, CURLOPT_READFUNCTION, give_message);
    curl_easy_setopt(e, CURLOPT_READDATA, f);
    curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
    /* a password never goes in the clear to another machine; a mail server here needs no TLS */
    curl_easy_setopt(e, CURLOPT_USE_SSL, (long)(f->ask.user.n ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    set_login(f);
}

/* Only what cannot leave this machine may go without TLS: a name may lead anywhere. */
static bool is_here(struct span url)
{
    static const char *const here[] = {"imap://127.0.0.1", "imap://[::1]"};
    for (size_t i = 0; i < COUNT(here); i++) {
        struct span after = span_cut(url, strlen(here[i]), url.n);
        if (span_starts(url, span_of(here[i])) && (!after.n || strchr(":/", after.p[0])))
            return true;
    }
    return false;
}

static void set_mailbox(struct fetch *f)
{
    CURL *e = f->easy;
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, f->ask.method);
    curl_easy_setopt(
        e, CURLOPT_USE_SSL, (long)(is_here(f->ask.url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    set_login(f);
}

static void dispose(struct fetch *f)
{
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->head);
    curl_slist_free_all(f->to);
    buf_free(&f->body);
    arena_free(f->arena);
    free(f);
}

/* ---- what waits inside of libcurl's calls, and so has a thread of its own ---- */
/* false: as if too many were under way. */
static bool start_apart(struct net_fetcher *all, struct fetch *f)
{
    int64_t ms = (f->ask.timeout_ms ? f->ask.timeout_ms : FETCH_TIMEOUT_MS) + CUT_AFTER_MS;
    f->until_us = clock_mono_us() + ms * 1000;
    if (!all->told[1] && pipe2(all->told, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    if (f->ask.mailbox)
        set_mailbox(f);
    else
        fetch_files_set(f->easy, f->arena, &f->ask, &f->got, &f->head);
    return net_line_ask(line_of(f), f->easy, all->told[1], f);
}

bool net_fetch_start(struct net_fetcher *all, const struct net_fetch *what)
{
    must(what->done != NULL);
    if (all->busy >= all->at_once) return false;
    struct fetch *f = calloc(1, sizeof *f);
    must(f != NULL);
    f->all = all;
    f->arena = arena_new(FETCH_ARENA + what->body.n);
    f->ask = *what;
    f->guard = what->is_ours ? NULL : all->guard;
    buf_init(&f->body, NULL, 0);
    f->easy = curl_easy_init();
    must(f->easy != NULL);
    curl_easy_setopt(f->easy, CURLOPT_URL, text_of(f, what->url));
    set_bounds(f);
    if (is_apart(f) && !start_apart(all, f)) {
        dispose(f);
        return false;
    }
    if (!is_apart(f) && what->method) set_http(f);
    if (!is_apart(f) && !what->method) set_mail(f);
    f->next = all->list;
    all->list = f;
    all->busy++;
    if (!is_apart(f)) must(curl_multi_add_handle(all->multi, f->easy) == CURLM_OK);
    return true;
}

/* ---- the end of one ---- */
static struct span reason_of(const struct fetch *f, CURLcode code)
{
    if (f->got.why.n) return f->got.why;
    if (f->got.guarded) return S("it leads to an address that is not public");
    if (f->got.is_too_large) return S("the answer is larger than allowed");
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return S("the server's key is not the one that is pinned for it");
    return f->error[0] ? span_of(f->error) : span_of(curl_easy_strerror(code));
}

/* The last answer's own, not a redirect's before it. */
static struct span field_of(struct fetch *f, const char *name)
{
    struct curl_header *h;
    if (curl_easy_header(f->easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK) return S("");
    struct span s = span_of(h->value);
    return s.n <= FETCH_FIELD_BYTES_MAX && is_line(s) ? arena_keep(f->arena, s) : S("");
}

static struct span links_of(struct fetch *f)
{
    struct curl_header *h;
    struct span all = S("");
    for (size_t i = 0; i < FETCH_LINKS_MAX; i++) {
        if (curl_easy_header(f->easy, "Link", i, CURLH_HEADER, -1, &h) != CURLHE_OK) break;
        struct span s = span_of(h->value);
        if (s.n <= FETCH_FIELD_BYTES_MAX && is_line(s))
            all = arena_printf(f->arena, "%.*s%s%.*s", FMT(all), all.n ? ", " : "", FMT(s));
    }
    return all;
}

/* When the answer was made, by its server's clock. With Age (RFC 9111, 5.1) it was made before. */
static int64_t date_of(struct fetch *f)
{
    struct when w = when_rfc822(field_of(f, "Date"));
    return w.kind == WHEN_UTC && !field_of(f, "Age").n ? w.ms : 0;
}

static void read_fields(struct fetch *f)
{
    const char *to = NULL;
    curl_off_t after = 0;
    f->got.etag = field_of(f, "ETag");
    f->got.modified = field_of(f, "Last-Modified");
    f->got.links = links_of(f);
    f->got.date_ms = date_of(f);
    curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &to);
    if (to && strlen(to) <= FETCH_FIELD_BYTES_MAX) f->got.location = span_of(to);
    curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &after);
    f->got.retry_after_s = after > 0 ? (int64_t)after : 0;
}

/* What an answer means without HTTP's status; whether its server said no. */
static bool judge_apart(struct fetch *f, CURLcode code)
{
    bool said_no = code == CURLE_QUOTE_ERROR || code == CURLE_REMOTE_FILE_NOT_FOUND;
    if (f->ask.files) {
        if (!f->got.why.n && !f->got.guarded && !f->got.is_too_large)
            fetch_files_end(f->easy, (int)code, f->arena, &f->got);
        return f->got.said.n > 0;
    }
    f->got.status = code == CURLE_OK ? 200 : said_no ? 404 : 0;
    return said_no;
}

static void finish(struct net_fetcher *all, struct fetch *f, CURLcode code, struct span why)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
    f->got.status = (int)status;
    f->got.type = type ? span_of(type) : S("");
    f->got.body = buf_span(&f->body);
    read_fields(f);
    f->got.key_changed |= code == CURLE_SSL_PINNEDPUBKEYNOTMATCH;
    bool is_refused = is_apart(f) && !why.n && judge_apart(f, code);
    if (why.n || (code != CURLE_OK && !is_refused)) f->got.why = why.n ? why : reason_of(f, code);
    for (struct fetch **at = &all->list; *at; at = &(*at)->next)
        if (*at == f) {
            *at = f->next;
            break;
        }
    all->busy--;
    all->bytes -= f->body.n;
    if (!is_apart(f)) curl_multi_remove_handle(all->multi, f->easy);
    f->ask.done(&f->got, f->ask.with); /* what `files` points to may end with it */
    dispose(f);
}

static void finish_done(struct net_fetcher *all)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(all->multi, &left)) != NULL;) {
        char *f = NULL;
        if (m->msg != CURLMSG_DONE) continue;
        CURLcode code = m->data.result; /* m is gone once the handle is */
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &f);
        finish(all, (struct fetch *)(void *)f, code, S(""));
    }
}

/* ---- of those with threads of their own ---- */
static void cut_late(struct net_fetcher *all)
{
    for (struct fetch *f = all->list; f; f = f->next) {
        if (!is_apart(f) || clock_mono_us() < f->until_us) continue;
        f->is_late = true;
        net_line_cut(line_of(f));
    }
}

static void finish_apart(struct net_fetcher *all)
{
    struct fetch *f;
    while (all->told[1] && read(all->told[0], (void *)&f, sizeof f) == (ssize_t)sizeof f) {
        CURLcode code = (CURLcode)net_line_join(line_of(f));
        bool is_late = code != CURLE_OK && !f->got.why.n && f->is_late;
        finish(all, f, code, is_late ? S("it took too long") : S(""));
    }
}

static void end_apart(struct net_fetcher *all)
{
    for (struct fetch *f = all->list; f; f = f->next)
        if (is_apart(f)) net_line_cut(line_of(f));
    for (struct fetch *f = all->list; f; f = f->next)
        if (is_apart(f)) (void)net_line_join(line_of(f));
    if (!all->told[1]) return;
    close(all->told[0]);
    close(all->told[1]);
}

/* ---- all of them ---- */
struct net_fetcher *net_fetcher_new(const struct net_guard *guard)
{
    struct net_fetcher *f = calloc(1, sizeof *f);
    must(f != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    f->guard = guard;
    f->at_once = FETCH_AT_ONCE_MAX;
    f->multi = curl_multi_init();
    must(f->multi != NULL);
    return f;
}

void net_fetcher_free(struct net_fetcher *all)
{
    if (!all) return;
    end_apart(all);
    while (all->list) finish(all, all->list, CURLE_OK, S("the house is closing"));
    curl_multi_cleanup(all->multi);
    free(all);
}

bool net_url_join(struct arena *a, struct span base, struct span reference, struct span *out)
{
    char *text = NULL;
    CURLU *u = curl_url();
    bool good = u && curl_url_set(u, CURLUPART_URL, arena_cstr(a, base), 0) == CURLUE_OK &&
                curl_url_set(u, CURLUPART_URL, arena_cstr(a, reference), 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK &&
                (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0);
    if (good) *out = arena_keep(a, span_of(text));
    curl_free(text);
    curl_url_cleanup(u);
    return good;
}

void net_fetcher_bounds(struct net_fetcher *f, size_t at_once, size_t bytes_max)
{
    f->at_once = at_once;
    f->bytes_max = bytes_max;
}

size_t net_fetcher_busy(const struct net_fetcher *f)
{
    return f->busy;
}

void net_fetcher_poll(
    struct net_fetcher *all, struct pollfd *extra, size_t extra_count, int timeout_ms)
{
    struct curl_waitfd fds[EXTRA_MAX + 1];
    int running = 0;
    size_t n = extra_count;
    must(extra_count <= EXTRA_MAX);
    for (size_t i = 0; i < extra_count; i++)
        fds[i] = (struct curl_waitfd){.fd = extra[i].fd, .events = CURL_WAIT_POLLIN};
    if (all->told[1])
        fds[n++] = (struct curl_waitfd){.fd = all->told[0], .events = CURL_WAIT_POLLIN};
    cut_late(all);
    curl_multi_perform(all->multi, &running);
    finish_done(all);
    curl_multi_poll(all->multi, fds, (unsigned)n, timeout_ms, NULL);
    for (size_t i = 0; i < extra_count; i++) extra[i].revents = fds[i].revents;
    curl_multi_perform(all->multi, &running);
    finish_done(all);
    finish_apart(all);
}
