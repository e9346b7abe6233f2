/* net_inside: what the files of net share among themselves; nobody else includes it.
 * - server.c: starts, stops, drains; what all workers share
 * - worker.c: one thread, one epoll: events, posts, watches, sweeps
 * - connection.c: one socket: accept, TLS or not, PROXY, close; bytes.c: read and write
 * - h1.c: HTTP/1.1 on a connection: heads, bodies, the handler (a struct net_protocol)
 * - h2.c: HTTP/2 on a connection (another), with h2_inside.h of its own; h2_session.c,
 *   h2_frames.c, h2_stream.c: its session, frames and streams, without a socket; h2_fields.c:
 *   heads between the two protocols; h2_trial.c: for the fuzzer
 * - stream.c: replies that stay open
 * - reply.c: status line, date, writing, waiting for slow readers
 * - parse.c, chunks.c, proxy.c, trusted.c, address.c: pure: bytes in, meaning out
 * - clients.c: how many connections or requests one client has; tls.c, tickets.c: OpenSSL's
 *   contexts, and the keys of session tickets
 * - listen.c, client.c: for the master and for tools
 * - guard.c, fetch.c: outgoing, by libcurl; for the courier, and for feeds that are polled
 * - line.c: where libcurl waits for a server, in a thread of its own; fetch_files.c: files
 */
#ifndef NET_INSIDE_H
#define NET_INSIDE_H

#include "net.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
    NET_READ_BYTES =
        4 << 10, /* one read, so that a client who pipelines and stalls leaves no more behind */
    NET_BLOCK_BYTES = NET_HEAD_MAX + NET_READ_BYTES,
    NET_ARENA_MAX =
        64 << 20, /* one request's own memory: the largest page that is made, many times over */
    NET_LINGER_MS =
        1000, /* after a refusal: so long the client may go on sending before we hang up */
    NET_LINGER_BYTES =
        8 << 20, /* and so much: one who uploads too large a body should read why it was refused */
    NET_RETRY_AFTER_S = 5,   /* told to those who are over a limit */
    NET_PROXY_MAX = 1 << 10, /* a PROXY header with its extras; haproxy sends under 300 bytes */
    NET_ACCEPT_BATCH = 16,   /* accepted in one go, before requests get their turn */
    NET_SWEEP_MIN_MS = 10,   /* between two looks at all deadlines */
    NET_SWEEP_MAX_MS = 1000,
    NET_TLS_EARLY_RECORD = 1400, /* with what TLS adds a packet, over IPv6 too */
    NET_TLS_EARLY_BYTES =
        32 << 10, /* so much of a connection goes so: a page, its style and script */
    NET_IMBALANCE =
        8, /* connections that a worker may have above the idlest before it hands new ones over */
};

/* HTTP/2's own. A connection may ask for much at once, so it must ask well. */
enum {
    NET_H2_STREAMS_MAX = 32, /* requests at once: a page with its pictures; browsers queue more */
    NET_H2_SENDING_MAX = 8,  /* replies on their way at once; the requests behind them wait as a few
                                bytes of text, so that a slow reader holds little memory */
    NET_H2_WINDOW_MAX_BYTES = 256 << 10, /* of a body on its way to us: a push over a long line */
    NET_H2_CONNECTION_WINDOW_MAX_BYTES = 1 << 20, /* of all bodies of a connection */
    NET_H2_TABLE_MAX_BYTES = 4 << 10, /* HPACK's memory, each way: what RFC 7541 begins with */
    NET_H2_UNFOLDED_BYTES_MAX =
        4 * NET_HEAD_MAX,                  /* one block of fields may unfold to so much: over
                                              NET_HEAD_MAX is 431, over this the end of the
                                              connection: small blocks that unfold to megabytes */
    NET_H2_SEND_HEAD_BYTES_MAX = 64 << 10, /* of a reply's head: a long Location, many times over */
    NET_H2_CONTINUATIONS_MAX =
        8,                       /* frames after the first of one head: it has 8 KB, one frame 16 */
    NET_H2_SETTINGS_MAX = 32,    /* entries of one SETTINGS frame: some eight are registered */
    NET_H2_CALM_MAX = 256,       /* frames in one go that ask for nothing: PING, SETTINGS, PRIORITY,
                                    WINDOW_UPDATE, RST_STREAM, CONTINUATION, empty DATA, unknown ones */
    NET_H2_CALM_RATE_MAX = 32,   /* and so many more each second, */
    NET_H2_CALM_PER_REQUEST = 8, /* for each request that ended well, */
    NET_H2_CALM_PER_BYTES = 1 << 10, /* and for so many bytes that we sent: windows want updates */
    NET_H2_RESETS_MAX = 100, /* streams in one go that were reset or refused (CVE-2023-44487): who
                                leaves a page cancels its pictures, three times over */
    NET_H2_RESETS_RATE_MAX = 8, /* and so many more each second, and one for each that ended well */
    NET_H2_OUT_BYTES = 16 << 10, /* written in one go: a TLS record */
};

struct net_source { /* what an epoll event belongs to: the first member of the thing itself */
    enum net_source_kind { SOURCE_LISTENER, SOURCE_WAKE, SOURCE_WATCH, SOURCE_CONNECTION } kind;
};

/* Room for one read and for the request that was parsed from it. A worker has one in use; a request
 * that is answered later keeps its own. */
struct net_block {
    struct net_block *next;
    struct arena *arena;
    size_t at, end; /* bytes[at..end) have not been looked at */
    struct http_head head;
    char bytes[NET_BLOCK_BYTES];
};

/* A reply of which the socket has not taken everything. */
struct net_sending {
    struct net_sending *next;
    struct http_reply reply;
    size_t prefix_n, sent, total;
    uint64_t acknowledged; /* bytes that had left the socket's queue when the deadline was set */
    bool has_body;
    char prefix[256];
};

enum net_stage {
    AT_PROXY,     /* waits for the PROXY header */
    AT_HANDSHAKE, /* TLS */
    AT_HEAD,      /* idle, or a head is coming */
    AT_BODY,
    AT_HANDLING, /* the handler has it, or will answer later */
    AT_SENDING,
    AT_OPEN,    /* a reply that stays open (stream.c) */
    AT_STREAMS, /* HTTP/2, from its first byte to its last */
    AT_LINGER,  /* we have said our last word and let the client finish its own */
    AT_DEAD,
};

struct net_connection;
/* What speaks on a connection once it is open, chosen by ALPN; all run on the worker's thread. */
struct net_protocol {
    void (*run)(struct net_connection *c);     /* there may be something to read or to go on with */
    void (*expired)(struct net_connection *c); /* its deadline has passed */
    void (*warn)(struct net_connection *c);    /* the server will stop; NULL: no word for it */
    void (*drain)(struct net_connection *c);   /* who has not asked by now is let go */
    void (*ended)(struct net_connection *c);   /* it is being closed; NULL: nothing to free */
};
extern const struct net_protocol net_h1, net_h2;

struct net_connection {
    struct net_source source;
    int fd;
    struct net_worker *worker;
    const struct net_protocol *protocol;
    const struct net_listener *listener;
    SSL *ssl;
    int64_t deadline_ms;
    uint64_t token; /* not 0: answered later */
    uint32_t slot;
    unsigned char stage;
    bool readable, fin_seen; /* the socket may have bytes; epoll has told of an end */
    bool at_end, broken;     /* the end was read; the socket is of no use any more */
    bool queued;             /* in the worker's again list */
    bool is_trusted,
        is_counted;         /* the peer is a proxy of ours; the peer is in the table of clients */
    bool is_flight_counted; /* so is this request's client */
    bool head_due, head_started; /* worth parsing again; its first byte has come */
    bool keep_alive, is_head, http10, chunked;
    bool kept_is_request; /* kept holds what the handler was given */
    bool is_secure;
    bool is_spare;                   /* beyond the limit: for what is reserved alone */
    bool has_asked;                  /* once, at least */
    struct net_address peer, client; /* the connection's, and this request's */
    struct net_connection *next;     /* in the again or the dead list */
    struct net_block *block;         /* of a request that is answered later or still being sent */
    struct net_sending *sending;
    char *kept; /* the beginning of a head, or a head and the body so far */
    size_t kept_n, kept_cap, head_bytes;
    uint64_t body_left, lingered;
    uint64_t body_max;
    int64_t body_until_ms;
    struct http_chunks chunks;
    uint64_t reserved;     /* of the server's room for bodies */
    uint64_t written;      /* bytes, but for what TLS adds */
    struct net_tail *tail; /* of an open reply */
    struct net_h2 *h2;     /* its session; NULL: HTTP/1.1 */
    struct net_h2_socket *h2_socket;
};

struct net_post_item {
    void (*fn)(void *);
    void *with;
};

struct net_watch {
    struct net_source source;
    int fd;
    bool dead;
    void (*ready)(void *);
    void *with;
    struct net_watch *next;
};

struct net_ear { /* a listener as one worker's epoll knows it */
    struct net_source source;
    const struct net_listener *listener;
};

struct net_worker {
    struct net_server *server;
    unsigned index;
    int epoll, wake;
    struct net_source wake_source;
    pthread_t thread;
    int64_t now_ms; /* coarse and monotonic, as of this turn of the loop */
    int64_t sweep_at_ms, date_s;
    int64_t clear_us, ready_us; /* the last look that left nobody out; since when whoever is ready
                                   has waited at most */
    char date[40];              /* "Date: …\r\n" */
    size_t date_n;
    struct net_ear *ears;
    bool started, ears_gone;
    bool ears_off; /* out of descriptors: accepting rests until the next sweep */
    struct net_connection **slots;
    uint32_t slot_count;
    uint32_t *free_slots, free_count;
    _Atomic uint32_t open;
    struct net_connection *again, **again_end, *dead;
    struct net_block *block, *blocks; /* in use; the pool */
    unsigned spare_blocks;
    struct net_sending *sendings; /* the pool */
    uint64_t tokens;
    struct {
        uint64_t requests, bytes, by_class[6];
    } counts;             /* since the last time they were told to metrics */
    pthread_mutex_t lock; /* of the posts and watches */
    struct net_post_item *posts, *running;
    size_t post_count, post_cap, running_cap;
    struct net_watch *watches;
    _Atomic bool has_dead_watches;
    bool draining, drained;
    int64_t drain_at_ms; /* between the warning and this, who was about to ask does */
};

struct net_server {
    struct net_config config;
    struct net_worker *workers;
    unsigned worker_count;
    int64_t body_grace_ms, sweep_ms;
    int64_t began_us; /* by net_now_us */
    _Atomic uint32_t open;
    _Atomic uint64_t bodies; /* bytes reserved for request bodies */
    _Atomic bool stopping;
    _Atomic int64_t stop_at_ms;
    _Atomic uint32_t open_replies;
    struct net_clients *clients, *listeners; /* connections or requests; open replies */
    struct net_tls *tls;
};

/* server.c */
struct net_server *net_server_new(const struct net_config *c); /* not started; net_stop frees it */
/* Room for request bodies over all connections; false: there is none left. *reserved is what this
 * one has. Any thread. */
bool net_bodies_reserve(struct net_server *s, uint64_t *reserved, uint64_t n) CHECKED;
void net_bodies_release(struct net_server *s, uint64_t *reserved);

/* worker.c */
int64_t net_now_ms(void);
int64_t net_now_us(void);
/* Why this request is not to be answered now: NULL, or a word for who asked. */
const char *net_too_busy(struct net_connection *c, const struct http_request *r);
void net_worker_time(struct net_worker *w); /* looks at the clock: now_ms, and the date as told */
void net_worker_init(struct net_worker *w, struct net_server *s, unsigned index);
enum result net_worker_start(struct net_worker *w);
void net_worker_wake(struct net_worker *w);
void net_worker_free(struct net_worker *w);
void net_again(struct net_connection *c); /* run it once more in this turn or the next */
void net_bury(
    struct net_connection *c); /* freed at the end of this turn: events may still point to it */
struct net_block *net_block_take(struct net_worker *w);
void net_block_give(struct net_worker *w, struct net_block *b);

/* connection.c */
void net_accept(struct net_worker *w, struct net_ear *ear);
void net_connection_ready(struct net_connection *c, uint32_t events);
void net_connection_run(struct net_connection *c);
void net_connection_expired(struct net_connection *c);
void net_close(struct net_connection *c);  /* at once */
void net_linger(struct net_connection *c); /* says the end and waits a little for the client's */
/* bytes.c */
/* Bytes; 0 at the end of the stream; -1 nothing now; -2 broken. Keeps c->readable, at_end and
 * broken. */
ssize_t net_read(struct net_connection *c, void *p, size_t n);
/* Bytes taken; 0 nothing now; -2 broken. */
ssize_t net_write(struct net_connection *c, const struct iovec *iov, int count);

/* reply.c */
void net_reply(struct net_connection *c, const struct http_reply *reply);
void net_send_more(struct net_connection *c);
/* What a refusal says, in either version of HTTP; why: static. */
struct http_reply net_refusal(int status, const char *why);
void net_refuse(struct net_connection *c, int status, const char *why, bool close);
bool net_reader_is_slow(
    struct net_connection *c); /* at a deadline while sending; false: it got more time */
/* `sent` of the bytes written in all: whether too few of them have been acknowledged since the last
 * look, which *acknowledged remembers. */
bool net_is_slow(const struct net_connection *c, uint64_t sent, uint64_t *acknowledged);
uint64_t net_acknowledged(const struct net_connection *c, uint64_t sent);
void net_drop_sending(struct net_connection *c);
/* Status line and the fields that are net's own; at most 200 bytes. */
size_t net_reply_prefix(const struct net_connection *c, const struct http_reply *r, char *out);
/* stream.c: the end of an open reply, if there is one: its done is called. */
void net_tail_end(struct net_server *s, struct net_tail **at);
/* h1.c */
void net_answered(struct net_connection *c, bool close); /* a reply has gone out whole */
/* What the bytes of the head do not tell. */
void net_introduce(struct net_connection *c, struct http_request *r,
    const struct net_address *client, struct arena *a);
/* A body's deadline, after n bytes more of it. */
int64_t net_earned(const struct net_connection *c, int64_t deadline_ms, int64_t until_ms, size_t n);

/* h2_stream.c: for those who reply */
void net_h2_reply(struct net_stream *s, const struct http_reply *reply);
struct http_token net_h2_defer(struct net_stream *s);
struct net_stream *net_h2_find(struct net_connection *c, uint64_t token); /* NULL: not one of its */
/* h2.c */
void net_h2_begin(struct net_connection *c); /* the handshake chose HTTP/2 */

/* clients.c: how much one client has at once; an IPv6 /64 is one client. Any thread. */
struct net_clients *net_clients_new(void);
void net_clients_free(struct net_clients *t);
bool net_clients_enter(struct net_clients *t, const struct net_address *a,
    uint32_t most); /* false: has so much already */
void net_clients_leave(struct net_clients *t, const struct net_address *a);
/* Who asks; and behind a proxy of ours, whether that client may ask once more now (*counted_out: it
 * was entered, and must leave). */
bool net_clients_admit(const struct net_connection *c, const struct http_request *r,
    struct net_address *client_out, bool *counted_out);

/* tls.c */
enum result net_tls_open(
    const struct net_pem *p, struct net_tls **out, const char **why_out) CHECKED;
enum result net_tls_reload(
    struct net_tls *t, const struct net_pem *p, const char **why_out) CHECKED;
void net_tls_free(struct net_tls *t);
SSL *net_tls_new(struct net_tls *t, int fd); /* a session of the present certificate; any thread */
bool net_tls_chose_h2(const SSL *ssl);       /* after the handshake */
void net_tls_later(struct net_tls *t, int64_t ms); /* a test's: so much time has passed */

/* tickets.c: keys of session tickets, which turn by themselves; any thread */
struct net_tickets *net_tickets_new(void);
void net_tickets_free(struct net_tickets *t); /* when no connection is left that uses them */
void net_tickets_use(struct net_tickets *t, SSL_CTX *ctx);
void net_tickets_later(struct net_tickets *t, int64_t ms);

/* address.c */
bool net_address_parse(
    struct span text, struct net_address *out); /* "1.2.3.4", "::1"; IPv4 becomes mapped */
struct net_address net_address_of(const struct sockaddr_storage *sa); /* UNIX: not known */

/* listen.c: an address as people write it */
struct net_place {
    struct sockaddr_storage sa;
    socklen_t n;
    bool is_unix, is_any;
};
bool net_place_parse(struct span address, struct net_place *out);
bool net_place_loopback(struct net_place *place); /* where a client finds ":8080" */

/* handed.c: one that was handed over and is bound there, ours from now on; -1: none */
int net_handed_for(const struct net_place *place);

/* trusted.c */
bool net_lies_in(const struct net_trusted *net, const struct net_address *a);
bool net_is_trusted(const struct net_config *c, const struct net_address *a);
struct net_address net_client_of(
    const struct net_config *c, const struct http_request *r, struct net_address peer);

/* proxy.c: the PROXY protocol, versions 1 and 2 (haproxy's proxy-protocol.txt) */
struct net_proxied {
    struct net_address client; /* not known: LOCAL or UNKNOWN */
    bool is_secure;            /* the client speaks TLS with the proxy */
    size_t used;
};
enum http_parse net_parse_proxy(struct span bytes, struct net_proxied *out);

/* parse.c */
bool net_is_token(unsigned char c);
/* ---- fetch_files.c: what differs where a server's files are asked for. easy: libcurl's ---- */
struct curl_slist;
/* commands_out: to be freed when the handle is. */
void fetch_files_set(void *easy, struct arena *a, const struct net_fetch *ask,
    struct net_fetched *got, struct curl_slist **commands_out);
void fetch_files_end(void *easy, int code, struct arena *a, struct net_fetched *got);

/* ---- line.c; easy: libcurl's handle, set up but for its sockets' end ---- */
/* Its thread writes `with` to `told`, a pipe, when it is at its end; then net_line_join gives
 * libcurl's code. false: there can be no thread. */
bool net_line_ask(struct net_line *l, void *easy, int told, void *with);
int net_line_join(struct net_line *l);
int net_line_keep(struct net_line *l, int fd); /* -1: it was not to be had, or may not be */

#endif
