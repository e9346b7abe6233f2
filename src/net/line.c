/* net/line: a connection that is kept from one question to the next: of a mailbox, whose server
 * remembers what was asked before. One feed has one, so that no other feed's question comes between
 * two of its own. Owns the sockets, to hang up without a word: libcurl would say LOGOUT, and wait
 * for the answer of a server that may hang. Fatal: no memory. */
#include "net_inside.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SOCKETS_MAX = 4 }; /* the one that is kept, and tries of a new one (RFC 8305) */

struct net_line {
    CURLSH *share; /* holds the connection */
    int sockets[SOCKETS_MAX];
    size_t count;
};

struct net_line *net_line_new(void)
{
    struct net_line *l = calloc(1, sizeof *l);
    must(l != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    l->share = curl_share_init();
    must(l->share &&
         curl_share_setopt(l->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK);
    return l;
}

void net_line_free(struct net_line *l)
{
    if (!l) return;
    for (size_t i = 0; i < l->count; i++) (void)shutdown(l->sockets[i], SHUT_RDWR);
    must(curl_share_cleanup(l->share) == CURLSHE_OK);
    free(l);
}

static int close_socket(void *with, curl_socket_t fd)
{
    struct net_line *l = with;
    for (size_t i = 0; i < l->count; i++)
        if (l->sockets[i] == fd) {
            l->sockets[i] = l->sockets[--l->count];
            break;
        }
    return close(fd);
}

int net_line_keep(struct net_line *l, int fd)
{
    if (fd >= 0 && l->count == SOCKETS_MAX) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0) l->sockets[l->count++] = fd;
    return fd;
}

void net_line_use(struct net_line *l, void *easy)
{
    curl_easy_setopt(easy, CURLOPT_SHARE, l->share);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, l);
}
