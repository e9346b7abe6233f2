/* net/mailbox: a connection that is kept from one question to the next: of a mailbox, whose server
 * remembers what was asked before. One feed has one, so that no other feed's question comes between
 * two of its own. Owns the sockets, to hang up without a word: libcurl would say LOGOUT, and wait
 * for the answer of a server that may hang. Fatal: no memory. */
#include "net_inside.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SOCKETS_MAX = 4 }; /* the one that is kept, and tries of a new one (RFC 8305) */

struct net_mailbox {
    CURLSH *share; /* holds the connection */
    int sockets[SOCKETS_MAX];
    size_t count;
};

struct net_mailbox *net_mailbox_new(void)
{
    struct net_mailbox *m = calloc(1, sizeof *m);
    must(m != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    m->share = curl_share_init();
    must(m->share &&
         curl_share_setopt(m->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK);
    return m;
}

void net_mailbox_free(struct net_mailbox *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->count; i++) (void)shutdown(m->sockets[i], SHUT_RDWR);
    must(curl_share_cleanup(m->share) == CURLSHE_OK);
    free(m);
}

static int close_socket(void *with, curl_socket_t fd)
{
    struct net_mailbox *m = with;
    for (size_t i = 0; i < m->count; i++)
        if (m->sockets[i] == fd) {
            m->sockets[i] = m->sockets[--m->count];
            break;
        }
    return close(fd);
}

int net_mailbox_keep(struct net_mailbox *m, int fd)
{
    if (fd >= 0 && m->count == SOCKETS_MAX) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0) m->sockets[m->count++] = fd;
    return fd;
}

void net_mailbox_use(struct net_mailbox *m, void *easy)
{
    curl_easy_setopt(easy, CURLOPT_SHARE, m->share);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, m);
}
