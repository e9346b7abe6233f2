/* net/line: a connection to a mailbox or to a server of files, kept from one question to the next:
 * its server remembers what was asked before, and no other feed's question comes between two of one
 * feed. libcurl waits inside of a call for a mail's last line, for the TLS of FTP's data and for
 * the answer to every good-bye: so a question has a thread of its own, and who takes too long is
 * cut off by its sockets, which are ours. Fatal: no memory. */
#include "net_inside.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SOCKETS_MAX = 16, /* control, data, and tries of several addresses (RFC 8305) */
    TURN_MS = 10, /* libcurl 7.88 forgets to wait for FTP's control line while the data line says
                     hello */
};

struct net_line {
    CURLM *multi; /* holds the connection; the thread's while there is one */
    CURLSH
    *shared; /* TLS sessions: many FTP servers take no data line that does not go on from one */
    pthread_mutex_t lock;
    int sockets[SOCKETS_MAX]; /* under lock, with: */
    size_t count;
    bool is_cut;
    /* the question under way */
    pthread_t thread;
    CURL *easy;
    CURLcode code;
    int told;
    void *with;
};

struct net_line *net_line_new(void)
{
    struct net_line *l = calloc(1, sizeof *l);
    must(l != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    l->multi = curl_multi_init();
    l->shared = curl_share_init();
    must(l->multi && l->shared && pthread_mutex_init(&l->lock, NULL) == 0);
    curl_share_setopt(l->shared, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return l;
}

void net_line_cut(struct net_line *l)
{
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->count; i++) (void)shutdown(l->sockets[i], SHUT_RDWR);
    l->is_cut = true;
    curl_multi_wakeup(l->multi);
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

/* ---- its sockets ---- */
static int close_socket(void *with, curl_socket_t fd)
{
    struct net_line *l = with;
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->count; i++)
        if (l->sockets[i] == fd) {
            l->sockets[i] = l->sockets[--l->count];
            break;
        }
    int r = close(fd); /* under lock: else its number may be another's when it is shut down */
    pthread_mutex_unlock(&l->lock);
    return r;
}

int net_line_keep(struct net_line *l, int fd)
{
    if (fd < 0) return fd;
    pthread_mutex_lock(&l->lock);
    bool good = !l->is_cut && l->count < SOCKETS_MAX;
    if (good) l->sockets[l->count++] = fd;
    pthread_mutex_unlock(&l->lock);
    if (!good) close(fd);
    return good ? fd : -1;
}

/* ---- a question ---- */
static bool is_cut(struct net_line *l)
{
    pthread_mutex_lock(&l->lock);
    bool yes = l->is_cut;
    pthread_mutex_unlock(&l->lock);
    return yes;
}

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
    const CURLMsg *got = curl_multi_info_read(l->multi, &left);
    l->code = got && got->msg == CURLMSG_DONE ? got->data.result : CURLE_OPERATION_TIMEDOUT;
    curl_multi_remove_handle(l->multi, l->easy);
    must(write(l->told, &l->with, sizeof l->with) == (ssize_t)sizeof l->with);
    return NULL;
}

/* What was cut off is closed by then, and its connection forgotten. */
static void mend(struct net_line *l)
{
    if (!is_cut(l)) return;
    curl_multi_cleanup(l->multi);
    l->multi = curl_multi_init();
    must(l->multi != NULL);
    l->is_cut = false;
}

bool net_line_ask(struct net_line *l, void *easy, int told, void *with)
{
    sigset_t all, before;
    mend(l);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, l);
    curl_easy_setopt(easy, CURLOPT_SHARE, l->shared);
    l->easy = easy;
    l->told = told;
    l->with = with;
    sigfillset(&all); /* signals are the other threads' */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = pthread_create(&l->thread, NULL, ask, l) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

int net_line_join(struct net_line *l)
{
    pthread_join(l->thread, NULL);
    return (int)l->code;
}
