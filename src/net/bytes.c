/* net/bytes: what a connection reads and writes, by TLS or not; remembers whether the socket may
 * have more, has ended, or is broken. */
#include "net_inside.h"

#include <errno.h>
#include <string.h>

static ssize_t read_tls(struct net_connection *c, void *p, size_t n)
{
    ERR_clear_error();
    int r = SSL_read(c->ssl, p, (int)n);
    if (r > 0) return r;
    c->readable = false;
    switch (SSL_get_error(c->ssl, r)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return -1;
    case SSL_ERROR_ZERO_RETURN: c->at_end = true; return 0;
    default: c->broken = true; return -2;
    }
}

ssize_t net_read(struct net_connection *c, void *p, size_t n)
{
    if (c->ssl) return read_tls(c, p, n);
    ssize_t r;
    do r = recv(c->fd, p, n, 0);
    while (r < 0 && errno == EINTR);
    /* Fewer than asked for: the socket is drained, and the next byte brings a new event (epoll(7)).
     */
    if (r < (ssize_t)n && !(r > 0 && c->fin_seen)) c->readable = false;
    if (r > 0) return r;
    if (r == 0) c->at_end = true;
    if (r == 0 || errno == EAGAIN) return r;
    c->broken = true;
    return -2;
}

/* A record is read when it is whole. What a connection begins with, a page's head above all, goes
 * in records of one packet: over a slow line the style is asked for while the page still comes.
 * One that the socket did not take is never offered again as a shorter one. */
static size_t record_bytes(uint64_t written, size_t n)
{
    return written < NET_TLS_EARLY_BYTES && n > NET_TLS_EARLY_RECORD ? NET_TLS_EARLY_RECORD : n;
}

/* One record, or several: a client may have room for small ones only (RFC 6066, 4). Fewer than n:
 * the socket is full. written: of this connection before. */
static size_t write_record(struct net_connection *c, const char *p, size_t n, uint64_t written)
{
    size_t taken = 0;
    while (taken < n) {
        ERR_clear_error();
        int r = SSL_write(c->ssl, p + taken, (int)record_bytes(written + taken, n - taken));
        if (r > 0) {
            taken += (size_t)r;
            continue;
        }
        int why = SSL_get_error(c->ssl, r);
        c->broken = why != SSL_ERROR_WANT_WRITE && why != SSL_ERROR_WANT_READ;
        break;
    }
    return taken;
}

/* One record for a small reply: prefix and body together. What lies together already is not copied.
 */
static ssize_t write_tls(struct net_connection *c, const struct iovec *iov, int count)
{
    enum { RECORD = 16 << 10 };
    static _Thread_local char record[RECORD];
    size_t taken = 0, from = 0;
    int i = 0;
    for (;;) {
        while (i < count && from == iov[i].iov_len) i++, from = 0;
        if (i == count) return (ssize_t)taken;
        const char *p = (const char *)iov[i].iov_base + from;
        size_t n = iov[i].iov_len - from < RECORD ? iov[i].iov_len - from : RECORD;
        from += n;
        if (n < RECORD && i + 1 < count) {
            memcpy(record, p, n);
            p = record;
            while (n < RECORD && ++i < count) {
                from = iov[i].iov_len < RECORD - n ? iov[i].iov_len : RECORD - n;
                if (from) memcpy(record + n, iov[i].iov_base, from);
                n += from;
            }
        }
        size_t written = write_record(c, p, n, c->written + taken);
        if (c->broken) return -2;
        taken += written;
        if (written < n) return (ssize_t)taken;
    }
}

static ssize_t write_plain(struct net_connection *c, const struct iovec *iov, int count)
{
    ssize_t r;
    do r = writev(c->fd, iov, count);
    while (r < 0 && errno == EINTR);
    if (r >= 0) return r;
    if (errno == EAGAIN) return 0;
    c->broken = true;
    return -2;
}

ssize_t net_write(struct net_connection *c, const struct iovec *iov, int count)
{
    if (c->broken) return -2;
    ssize_t taken = c->ssl ? write_tls(c, iov, count) : write_plain(c, iov, count);
    if (taken > 0) c->written += (uint64_t)taken;
    return taken;
}
