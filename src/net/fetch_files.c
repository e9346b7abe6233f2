/* net/fetch_files: what differs where a fetch asks for files of an FTP, FTPS or SFTP server: the
 * line that is kept between questions, TLS, host keys, what an answer means. libcurl waits inside
 * of a call for the TLS of FTP's data and for every good-bye: so a question has a thread, and a
 * line is cut by its sockets, which are ours. A host key is looked at each time that a line is
 * opened; one that nobody has named is refused, and told. Fatal: no memory. */
#include "net_inside.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SOCKETS_MAX = 16, /* control, data, and the tries of several addresses */
    CONNECT_MS = 10 * 1000,
    QUIET_S = 20,             /* so long FTP waits for one reply */
    TURN_MS = 10,             /* libcurl 7.88 forgets to wait for the control line while the data
                                 line says hello */
    PRINT_BYTES_MAX = 44 + 1, /* of 32 bytes in base64, with its NUL */
};

struct net_line {
    CURLM *multi;   /* holds the connection between questions */
    CURLSH *shared; /* TLS sessions: many servers take no data line that does not go on from one */
    pthread_mutex_t lock;
    int open[SOCKETS_MAX]; /* under lock, with: */
    size_t count;
    bool is_cut;
    /* the question under way: the thread's own until it is joined */
    pthread_t thread;
    CURL *easy;
    CURLcode code;
    int told;
    void *with;
};

/* ---- a line ---- */
struct net_line *net_line_new(void)
{
    struct net_line *l = calloc(1, sizeof *l);
    must(l != NULL);
    l->multi = curl_multi_init();
    l->shared = curl_share_init();
    must(l->multi && l->shared && pthread_mutex_init(&l->lock, NULL) == 0);
    curl_share_setopt(l->shared, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return l;
}

void net_line_cut(struct net_line *l)
{
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->count; i++) shutdown(l->open[i], SHUT_RDWR);
    l->is_cut = true;
    pthread_mutex_unlock(&l->lock);
}

void net_line_free(struct net_line *l)
{
    if (!l) return;
    net_line_cut(l);
    curl_multi_cleanup(l->multi);
    curl_share_cleanup(l->shared);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

bool fetch_files_opened(struct net_line *l, int fd)
{
    pthread_mutex_lock(&l->lock);
    bool good = !l->is_cut && l->count < SOCKETS_MAX;
    if (good) l->open[l->count++] = fd;
    pthread_mutex_unlock(&l->lock);
    return good;
}

static int closed(void *with, curl_socket_t fd)
{
    struct net_line *l = with;
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->count; i++)
        if (l->open[i] == fd) {
            l->open[i] = l->open[--l->count];
            break;
        }
    int r = close(fd);
    pthread_mutex_unlock(&l->lock);
    return r;
}

static bool is_cut(struct net_line *l)
{
    pthread_mutex_lock(&l->lock);
    bool yes = l->is_cut;
    pthread_mutex_unlock(&l->lock);
    return yes;
}

/* ---- its thread ---- */
static void *ask(void *with)
{
    struct net_line *l = with;
    int running = 1, left;
    must(curl_multi_add_handle(l->multi, l->easy) == CURLM_OK);
    for (;;) {
        curl_multi_perform(l->multi, &running);
        if (!running || is_cut(l)) break;
        curl_multi_poll(l->multi, NULL, 0, TURN_MS, NULL);
    }
    const CURLMsg *m = curl_multi_info_read(l->multi, &left);
    l->code = m && m->msg == CURLMSG_DONE ? m->data.result : CURLE_ABORTED_BY_CALLBACK;
    curl_multi_remove_handle(l->multi, l->easy);
    must(write(l->told, (void *)&l->with, sizeof l->with) == (ssize_t)sizeof l->with);
    return NULL;
}

/* What was cut is closed by then, and its connection forgotten. */
static void mend(struct net_line *l)
{
    if (!is_cut(l)) return;
    curl_multi_cleanup(l->multi);
    l->multi = curl_multi_init();
    must(l->multi != NULL && l->count == 0);
    l->is_cut = false;
}

bool fetch_files_start(struct net_line *l, void *easy, int told, void *with)
{
    sigset_t all, before;
    mend(l);
    l->easy = easy;
    l->told = told;
    l->with = with;
    sigfillset(&all); /* signals are the other threads' */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = pthread_create(&l->thread, NULL, ask, l) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

int fetch_files_join(struct net_line *l)
{
    pthread_join(l->thread, NULL);
    return (int)l->code;
}

/* ---- host keys (RFC 4253, 8), printed as OpenSSH does ---- */
struct host {
    struct arena *a;
    const struct net_files *files;
    struct net_fetched *got;
};

static struct span print_of(struct arena *a, const void *key, size_t n)
{
    unsigned char sum[SHA256_DIGEST_LENGTH], text[PRINT_BYTES_MAX];
    SHA256(key, n, sum);
    int made = EVP_EncodeBlock(text, sum, sizeof sum);
    while (made && text[made - 1] == '=') made--;
    return arena_printf(a, "SHA256:%.*s", made, (const char *)text);
}

/* The key's own first field (RFC 4253, 6.6): ssh-ed25519 … */
static struct span kind_of(const unsigned char *key, size_t n)
{
    size_t len = n > 4 ? (size_t)key[2] << 8 | key[3] : 0;
    bool good = len && len <= 64 && len <= n - 4 && !key[0] && !key[1];
    for (size_t i = 0; good && i < len; i++) good = key[4 + i] > ' ' && key[4 + i] < 0x7f;
    return good ? (struct span){(const char *)key + 4, len} : S("unknown kind");
}

static void tell_key(struct host *h, const void *key, size_t n, const char *what)
{
    h->got->key_changed = true;
    h->got->why = arena_printf(h->a,
        "the server's host key is %.*s (%.*s), %s: ask the agency whether it is theirs, then put "
        "it "
        "into %s",
        FMT(print_of(h->a, key, n)), FMT(kind_of(key, n)), what,
        h->files->host_key_count ? "host_keys" : "known_hosts");
}

static int has_print(void *with, int type, const char *key, size_t n)
{
    struct host *h = with;
    (void)type;
    struct span seen = print_of(h->a, key, n);
    for (size_t i = 0; i < h->files->host_key_count; i++)
        if (span_eq(h->files->host_keys[i], seen)) return CURLKHMATCH_OK;
    tell_key(h, key, n, "which is none of host_keys");
    return CURLKHMATCH_MISMATCH;
}

static int is_known(CURL *easy, const struct curl_khkey *known, const struct curl_khkey *found,
    enum curl_khmatch match, void *with)
{
    (void)easy, (void)known;
    if (match == CURLKHMATCH_OK) return CURLKHSTAT_FINE;
    tell_key(with, found->key, found->len,
        match == CURLKHMATCH_MISMATCH ? "and known_hosts has another one"
                                      : "which known_hosts does not have");
    return CURLKHSTAT_REJECT;
}

static void set_ssh(CURL *e, struct host *h, const struct net_fetch *ask)
{
    const struct net_files *f = ask->files;
    bool has_key = f->key_file.n > 0;
    curl_easy_setopt(e, CURLOPT_SSH_AUTH_TYPES,
        has_key ? (long)CURLSSH_AUTH_PUBLICKEY
                : (long)(CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
    if (has_key) {
        curl_easy_setopt(e, CURLOPT_SSH_PRIVATE_KEYFILE, arena_cstr(h->a, f->key_file));
        curl_easy_setopt(e, CURLOPT_KEYPASSWD, arena_cstr(h->a, ask->password));
    }
    if (f->host_key_count) {
        curl_easy_setopt(e, CURLOPT_SSH_HOSTKEYFUNCTION, has_print);
        curl_easy_setopt(e, CURLOPT_SSH_HOSTKEYDATA, h);
    } else { /* an empty one holds no key, and none is trusted */
        curl_easy_setopt(e, CURLOPT_SSH_KNOWNHOSTS,
            f->known_hosts.n ? arena_cstr(h->a, f->known_hosts) : "/dev/null");
        curl_easy_setopt(e, CURLOPT_SSH_KEYFUNCTION, is_known);
        curl_easy_setopt(e, CURLOPT_SSH_KEYDATA, h);
    }
}

/* ---- FTP ---- */
static void set_ftp(CURL *e, const struct net_files *f)
{
    curl_easy_setopt(e, CURLOPT_USE_SSL, (long)(f->is_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(e, CURLOPT_FTP_SKIP_PASV_IP, 1L);
    curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)QUIET_S);
    if (f->list) curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, f->list);
}

/* ---- a question ---- */
static void set_line(CURL *e, struct net_line *l)
{
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(e, CURLOPT_SHARE, l->shared);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, closed);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, l);
}

void fetch_files_set(void *easy, struct arena *a, const struct net_fetch *ask,
    struct net_fetched *got, struct curl_slist **commands_out)
{
    const struct net_files *f = ask->files;
    struct host *h = ARENA_NEW(a, struct host);
    *h = (struct host){a, f, got};
    set_line(easy, f->line);
    curl_easy_setopt(easy, CURLOPT_USERNAME, arena_cstr(a, ask->user));
    curl_easy_setopt(easy, CURLOPT_PASSWORD, arena_cstr(a, f->key_file.n ? S("") : ask->password));
    curl_easy_setopt(easy, CURLOPT_FILETIME, (long)!f->list);
    curl_easy_setopt(easy, CURLOPT_NOBODY, (long)(f->is_looked_at || f->command_count));
    if (span_starts_nocase(ask->url, S("sftp:")))
        set_ssh(easy, h, ask);
    else
        set_ftp(easy, f);
    for (size_t i = 0; i < f->command_count; i++)
        *commands_out = curl_slist_append(*commands_out, arena_cstr(a, f->commands[i]));
    if (f->command_count) curl_easy_setopt(easy, CURLOPT_POSTQUOTE, *commands_out);
    got->size = got->time_s = -1;
}

/* ---- its end ---- */
/* What people can do about it; NULL: libcurl's own words are better. */
static const char *advice(CURLcode code)
{
    switch (code) {
    case CURLE_LOGIN_DENIED: return "the login is refused: look at user, secret_file and key_file";
    case CURLE_USE_SSL_FAILED:
        return "the server speaks no TLS: ask the agency for FTPS or SFTP, or say unencrypted: yes";
    case CURLE_SSL_CACERT_BADFILE: return "its ca_file cannot be read, or holds no certificate";
    default: return NULL;
    }
}

static bool is_refusal(CURLcode code)
{
    return code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_FTP_COULDNT_RETR_FILE ||
           code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_QUOTE_ERROR;
}

void fetch_files_end(void *easy, int code, struct arena *a, struct net_fetched *got)
{
    curl_off_t size = -1, at = -1;
    long reply = 0;
    CURLcode end = (CURLcode)code;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &at);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
    got->size = (int64_t)size;
    got->time_s = (int64_t)at;
    got->status = end == CURLE_OK             ? 200
                  : end == CURLE_PARTIAL_FILE ? 206
                  : is_refusal(end)           ? 404
                                              : 0;
    if (got->status == 404 || got->status == 206)
        got->said = reply >= 400 ? arena_printf(a, "the server answers %ld", reply)
                                 : arena_printf(a, "%s", curl_easy_strerror(end));
    else if (advice(end))
        got->why = span_of(advice(end));
}
