/* net/mailbox: a connection to a mailbox, kept from one question to the next: its server remembers
 * what was asked before, and no other feed's question comes between two of one feed. libcurl waits
 * inside of a call for a mail's last line, and for the answer to every LOGOUT: so a question has a
 * thread of its own, and who takes too long is cut off by its sockets, which are ours. Fatal: no
 * memory. */
#include "net_inside.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SOCKETS_MAX = 8, /* the one that is kept, and tries of a new one (RFC 8305) */
    TURN_MS = 1000,
};

struct net_mailbox {
    CURLM *multi; /* holds the connection; the thread's while there is one */
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

struct net_mailbox *net_mailbox_new(void)
{
    struct net_mailbox *m = calloc(1, sizeof *m);
    must(m != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    m->multi = curl_multi_init();
    must(m->multi && pthread_mutex_init(&m->lock, NULL) == 0);
    return m;
}

void net_mailbox_cut(struct net_mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->count; i++) (void)shutdown(m->sockets[i], SHUT_RDWR);
    m->is_cut = true;
    curl_multi_wakeup(m->multi);
    pthread_mutex_unlock(&m->lock);
}

void net_mailbox_free(struct net_mailbox *m)
{
    if (!m) return;
    net_mailbox_cut(m);
    curl_multi_cleanup(m->multi);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

/* ---- its sockets ---- */
static int close_socket(void *with, curl_socket_t fd)
{
    struct net_mailbox *m = with;
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->count; i++)
        if (m->sockets[i] == fd) {
            m->sockets[i] = m->sockets[--m->count];
            break;
        }
    int r = close(fd); /* under lock: else its number may be another's when it is shut down */
    pthread_mutex_unlock(&m->lock);
    return r;
}

int net_mailbox_keep(struct net_mailbox *m, int fd)
{
    if (fd < 0) return fd;
    pthread_mutex_lock(&m->lock);
    bool good = !m->is_cut && m->count < SOCKETS_MAX;
    if (good) m->sockets[m->count++] = fd;
    pthread_mutex_unlock(&m->lock);
    if (!good) close(fd);
    return good ? fd : -1;
}

/* ---- a question ---- */
static bool is_cut(struct net_mailbox *m)
{
    pthread_mutex_lock(&m->lock);
    bool yes = m->is_cut;
    pthread_mutex_unlock(&m->lock);
    return yes;
}

static void *ask(void *with)
{
    struct net_mailbox *m = with;
    int running = 1, left;
    must(curl_multi_add_handle(m->multi, m->easy) == CURLM_OK);
    for (;;) {
        curl_multi_perform(m->multi, &running);
        if (!running || is_cut(m)) break;
        curl_multi_poll(m->multi, NULL, 0, TURN_MS, NULL);
    }
    const CURLMsg *got = curl_multi_info_read(m->multi, &left);
    m->code = got && got->msg == CURLMSG_DONE ? got->data.result : CURLE_OPERATION_TIMEDOUT;
    curl_multi_remove_handle(m->multi, m->easy);
    must(write(m->told, &m->with, sizeof m->with) == (ssize_t)sizeof m->with);
    return NULL;
}

/* What was cut off is closed by then, and its connection forgotten. */
static void mend(struct net_mailbox *m)
{
    if (!is_cut(m)) return;
    curl_multi_cleanup(m->multi);
    m->multi = curl_multi_init();
    must(m->multi != NULL);
    m->is_cut = false;
}

bool net_mailbox_ask(struct net_mailbox *m, void *easy, int told, void *with)
{
    sigset_t all, before;
    mend(m);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, m);
    m->easy = easy;
    m->told = told;
    m->with = with;
    sigfillset(&all); /* signals are the other threads' */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = pthread_create(&m->thread, NULL, ask, m) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

int net_mailbox_join(struct net_mailbox *m)
{
    pthread_join(m->thread, NULL);
    return (int)m->code;
}
