/* net: a small strict HTTP server on epoll: HTTP/1.1 (RFC 9110, 9112), TLS by OpenSSL and over it
 * HTTP/2 (RFC 9113, frames by nghttp2) for who asks for it by ALPN, the PROXY protocol; and a
 * blocking client for our own tools. Knows no news. One worker is one thread with one event loop; a
 * request lives and is answered on its worker's thread, and a handler never sees by which protocol
 * it came. */
#ifndef NET_H
#define NET_H

#include "base.h"

/* Limits (docs/limits.md). Those in struct net_limits are defaults and can be configured downward
 * or upward within reason. */
enum {
    NET_HEAD_MAX = 8 << 10, /* bytes of request line and header fields: browsers send under 4 KB */
    NET_HEADERS_MAX = 64,
    NET_TARGET_MAX = 4 << 10,
    NET_HEAD_TIME_MS = 10000,    /* total time for one request's head, from its first byte: not per
                                    idle (slow drip) */
    NET_IDLE_MS = 30000,         /* kept-alive and silent */
    NET_BODY_RATE_MIN = 500,     /* bytes a second, after a grace of 5 s; both directions */
    NET_CONNECTIONS_MAX = 10000, /* in all, per process */
    NET_PER_CLIENT_MAX = 64,     /* per resolved address (an IPv6 /64 counts as one) */
    NET_RESERVED = 256,          /* more, for those who may not be kept waiting: agencies' pushes,
                                    hubs, whoever watches; who asks for anything else is told so */
    NET_RESERVED_MS = 2000,      /* and has no longer to ask */
    NET_QUEUE_MS = 2000,         /* who waited longer for his turn is told to come again: a reader
                                    has gone by then, and work for him is what others wait for */
    NET_PIPELINE_MAX = 16,
    NET_BODY_TIME_MS = 10 * 60 * 1000, /* for a body in all: the largest push at 55 KB/s. Else one
                                          who drips at the lowest rate holds its bytes for hours */
    NET_BODIES_MAX = 256 << 20,        /* bytes of request bodies that have come and wait, over all
                                          connections: 8 of the largest pushes at once. More: 503. Not as
                                          declared, for declaring costs a client nothing */
};
struct net_limits {
    uint32_t head_time_ms, idle_ms, body_rate_min, connections_max, per_client_max,
        queue_ms; /* 0: the default. A body may stall for half of head_time_ms */
    size_t
        body_max; /* larger request bodies: 413, unless net_config.body_max says other for a path */
    size_t bodies_max; /* of all connections together: 503 */
};
struct net_limits net_limits_default(void);

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER
};
struct http_field {
    struct span name, value; /* name as sent (compare without case) */
};
struct net_address {      /* the client, after trusted proxies */
    unsigned char ip[16]; /* IPv4 as ::ffff:a.b.c.d; all zero for UNIX peers that told none */
    bool known;
};
struct http_request {
    enum http_method method;
    struct span method_text,
        target; /* origin-form as sent (of an absolute-form: what follows the host), or "*" */
    struct span path, query; /* target cut at the first "?"; still percent-encoded */
    struct span host, body;
    const struct http_field *fields;
    size_t field_count;
    bool has_query, http10;
    bool is_tls;     /* the client spoke TLS: with us, or with a trusted proxy that says so */
    bool is_plain;   /* it surely did not; neither: a proxy is silent about it */
    bool is_trusted; /* a proxy of ours brings it: what it says of the client may be believed */
    struct net_address client;
    struct arena *arena; /* for this request; reset when it is answered */
    struct net_connection *connection;
    struct net_stream *stream; /* whose the reply is: NULL over HTTP/1.1, the connection's own */
};
struct span http_header(const struct http_request *r, const char *name); /* first so named; p NULL:
    absent. Host, Content-Length, Transfer-Encoding, Content-Type, Authorization, Expect, Origin,
    Range, If-Range, If-Modified-Since stand at most once: a second was refused */
void net_address_text(const struct net_address *a, char out[64]);
bool net_address_is_four(const struct net_address *a); /* of IPv4 */
struct net_address net_address_network(
    const struct net_address *a); /* of IPv6 without the 64 bits that a client chooses at will */
bool net_address_is_local(const struct net_address *a); /* this machine itself, or a UNIX peer */

/* A reply. head holds complete field lines ("Content-Type: …\r\n…") without status line, Date,
 * Connection and Content-Length, which net writes. head and body must stand until done is called
 * (on the worker's thread), which happens exactly once, also when the client has gone. */
struct http_reply {
    int status;
    struct span head, body;
    bool no_body_length; /* 304 and 204: no Content-Length */
    bool close;          /* close the connection after it */
    void (*done)(void *with);
    void *with;
};
void http_reply(struct http_request *r, const struct http_reply *reply);
/* Answer later, from the same worker's thread (net_post brings other threads there). The token
 * stays good until answered; if the client goes, the reply is dropped. */
struct http_token {
    struct net_worker *worker;
    uint64_t id;
};
struct http_token http_defer(struct http_request *r);
void http_reply_later(struct http_token t, const struct http_reply *reply);

/* ---- replies that stay open (server-sent events), stream.c; all on the request's worker ---- */
struct http_room {
    uint32_t most, per_client; /* open at a time, of all and of one client (an IPv6 /64 is one) */
};
/* Instead of http_reply, to a GET. reply: head, and the first bytes as body, together under 4 KB;
 * both are copied. false: there is no room, or the server is stopping; the request is still to be
 * answered. done is called once, when it has ended in whatever way, never within this call. */
bool http_stream_open(struct http_request *r, const struct http_reply *reply,
    const struct http_room *room, struct http_token *token_out) CHECKED;
/* Copies bytes. false: it has ended, now or before; a reader who does not take a few KB that wait
 * for him is let go. */
bool http_stream_send(struct http_token t, struct span bytes);
/* The same, at a steady pace of some seconds: who has acknowledged nothing since the last one,
 * while something was waiting, is let go. */
bool http_stream_pulse(struct http_token t, struct span bytes);
void http_stream_end(struct http_token t, struct span last); /* last bytes, and the end */

struct net_listener {
    int fd; /* bound and listening, made by net_listen (the master) */
    bool is_tls, proxy_protocol, is_unix;
    bool is_own; /* our own tools', which are never kept waiting */
};
struct net_trusted { /* proxies whose X-Forwarded-For is believed, as CIDR */
    unsigned char ip[16];
    unsigned bits;
};
bool net_trusted_parse(
    struct span cidr, struct net_trusted *out); /* "127.0.0.1/8", "::1", "10.0.0.0/8" */

struct net_config {
    struct net_limits limits;
    struct net_listener *listeners;
    size_t listener_count;
    struct net_trusted *trusted;
    size_t trusted_count;
    bool trust_unix;                /* X-Forwarded-For over a UNIX socket is believed */
    const char *tls_cert, *tls_key; /* PEM files; NULL: no TLS */
    unsigned threads;
    /* Called on the worker's thread for every whole, valid request. It must call http_reply or
     * http_defer before it returns. */
    void (*handle)(struct net_worker *w, struct http_request *r, void *with);
    /* Body bytes allowed for this request line and head; called before a body is read. NULL:
     * limits.body_max for all. */
    size_t (*body_max)(const struct http_request *r, void *with);
    /* Is it answered however many wait (limits.queue_ms), and by a connection more than
     * limits.connections_max? Of line and head. NULL: nothing is. */
    bool (*is_reserved)(const struct http_request *r, void *with);
    void *with;
};
struct net_server;
enum result net_start(
    const struct net_config *c, struct net_server **out, const char **why_out) CHECKED; /* starts
the threads; config is copied, listeners' descriptors stay the caller's. Ignores SIGPIPE. Counts
M_REQUESTS, M_RESPONSES_*, M_CONNECTIONS, M_REFUSED and M_BYTES_OUT: handlers need not */
/* Stops accepting, answers who has asked or is asking, and joins the threads, within drain_ms.
 * Other threads may go on to net_post: what they bring runs in net_stop. Once. */
void net_halt(struct net_server *s, int drain_ms);
void net_stop(struct net_server *s, int drain_ms); /* net_halt, where it has not been; frees */
struct net_pem { /* a certificate with its chain, and its private key, as their files hold them */
    const char *cert_name, *key_name; /* for messages */
    struct span cert, key;
};
/* Of all three: not OK, and why_out names the file; good until the thread's next call. */
enum result net_pem_read(struct arena *a, const char *cert, const char *key, struct net_pem *out,
    const char **why_out) CHECKED;    /* net_pem_wipe is the caller's duty, in either case */
void net_pem_wipe(struct net_pem *p); /* the key's bytes */
enum result net_tls_try(
    const struct net_pem *p, const char **why_out) CHECKED; /* can TLS be spoken with them? */
enum result net_reload_tls(struct net_server *s, const struct net_pem *p,
    const char **why_out) CHECKED; /* new handshakes use them; on failure the old ones stay */
bool net_certificate_end(const char *pem_file,
    int64_t *end_ms_out); /* of the first certificate in it; false: there is none to be read */
unsigned net_workers(const struct net_server *s);
struct net_worker *net_worker_at(struct net_server *s, unsigned i);
unsigned net_worker_index(const struct net_worker *w);
void net_post(struct net_worker *w, void (*fn)(void *),
    void *with); /* runs fn(with) on that worker's thread; from any thread */
void net_watch(struct net_worker *w, int fd, void (*ready)(void *),
    void *with); /* readable events (level-triggered) of another descriptor on this worker's loop;
                    both from any thread */
void net_unwatch(struct net_worker *w, int fd);
uint32_t net_open_connections(const struct net_server *s);
uint32_t net_open_replies(const struct net_server *s);

/* "127.0.0.1:8080", "[::1]:8080", ":8080", "8080", "unix:/path". Binds and listens. port_out: the
 * real one (port 0). why_out: a sentence ("cannot listen on 8080: it is taken …"), good until the
 * thread's next call. A UNIX socket gets mode 0660, and takes the place of one that nobody listens
 * on any more. */
enum result net_listen(struct span address, struct arena *a, int *fd_out, uint16_t *port_out,
    const char **why_out) CHECKED;

/* ---- doors that outlive a program (sd_listen_fds(3)); the master, before it has a second thread
 * ---- */
/* Looks which listening sockets this process was started with (LISTEN_PID, LISTEN_FDS, which leave
 * the environment); net_listen then takes one that is bound to its address instead of binding
 * another. Returns how many there are. */
size_t net_handed_take(void);
void net_handed_close(void); /* those that nobody has asked for */
/* Right before execve: the program that follows in this process finds these. Overwrites the
 * descriptors from 3 on: whatever else was open there is lost. false: it cannot be done. */
bool net_handed_give(const int *fds, size_t count) CHECKED;

/* ---- a request parser of its own, for tests and fuzzing: what the server uses ---- */
enum http_parse { HTTP_DONE, HTTP_MORE, HTTP_BAD };
struct http_head {
    struct http_request r;
    struct http_field fields[NET_HEADERS_MAX];
    size_t bytes; /* of the head, with the blank line */
    uint64_t content_length;
    bool has_length, chunked, keep_alive, expects_continue;
    int bad_status; /* with HTTP_BAD: 400, 414, 417, 431, 501, 505 */
    const char *bad_why;
};
/* Strict: CR LF only, no folding, no white space before the colon, one Host, no Content-Length with
 * Transfer-Encoding, only "chunked". */
enum http_parse http_parse_head(struct span bytes, struct http_head *out);
struct http_chunks {
    int state;
    uint64_t left, total;
    uint32_t line_bytes;
};
/* Decodes chunked bytes in place: *used_out bytes were consumed, *made_out bytes of body stand at
 * p. */
enum http_parse http_parse_chunks(
    struct http_chunks *c, char *p, size_t n, size_t *used_out, size_t *made_out);

/* HTTP/2 without a socket: bytes of a client in, bytes for it out to the sink. What the server
 * does, but for reading, writing and deadlines. */
struct http2_trial;
struct http2_trial *http2_trial_open(const struct net_config *c); /* handle, limits, body_max */
bool http2_trial_say(struct http2_trial *t, struct span bytes,
    void (*sink)(struct span s, void *with), void *with); /* false: the connection is over */
void http2_trial_close(struct http2_trial *t);

/* ---- a blocking client for our own tools and tests (loopback and UNIX sockets); not for the
 * outside world ---- */
struct http_answer {
    int status;
    struct span head, body; /* head: field lines */
};
struct span http_answer_header(const struct http_answer *a, const char *name);
struct http_client; /* one kept-alive connection */
enum result http_client_open(
    struct span address, struct http_client **out) CHECKED; /* as net_listen's addresses */
void http_client_close(struct http_client *c);
/* head: extra field lines, each ending in CR LF. ERR_CLOSED, ERR_BUSY (timeout). The answer lives
 * in a. */
enum result http_client_ask(struct http_client *c, struct arena *a, const char *method,
    struct span target, struct span head, struct span body, int timeout_ms,
    struct http_answer *out) CHECKED;

/* ---- outgoing: everything that leaves the house goes through a fetcher (libcurl), several at once
 * on one thread. What a wire names is guarded: public addresses only, ports 80 and 443, http and
 * https, a few redirects each judged again. What the administrator has configured (is_ours) may be
 * anywhere, and is not led elsewhere by redirects. A mailbox (imap://, imaps://; RFC 3501, 5092)
 * may be at any port of a public address, and its connection is kept for the next question
 * (`mailbox`); TLS is wanted but for this machine's own. No proxy of the environment, no cookies,
 * no credentials in URLs, TLS always verified. An answer is compressed only where that is asked
 * for, and bounded as it is when it is undone. ---- */
enum {
    FETCH_BODY_MAX = 32 << 20, /* a picture of the largest kind */
    FETCH_TIMEOUT_MS = 30000,  /* in all */
    FETCH_CONNECT_MS = 10000,
    FETCH_REDIRECTS_MAX = 3,
    FETCH_AT_ONCE_MAX = 16,
    FETCH_FIELDS_MAX = 16,
    FETCH_LINKS_MAX = 16,            /* Link headers of an answer */
    FETCH_FIELD_BYTES_MAX = 2 << 10, /* an ETag, a Location: longer ones count as not sent */
};
struct net_guard { /* networks that may be reached although they are not public */
    const struct net_trusted *allowed;
    size_t allowed_count;
};
bool net_is_public(const struct net_address *a);
bool net_guard_allows(const struct net_guard *g, const struct net_address *a, uint16_t port);
/* A server's files, by FTP (RFC 959; a folder's list RFC 3659), FTP over TLS (RFC 4217) or SFTP.
 * The address says which (ftp://, ftps://, sftp://); a folder's ends in "/". What is asked is one
 * of: a file's bytes; a folder's list; size and time alone; commands in a folder. The data of FTP
 * comes from the machine that was asked, whatever it says of another one. */
struct net_line; /* a connection that is kept from one question to the next; one at a time. A
                    question has a thread of its own, since libcurl waits for such servers here and
                    there; `done` is called as always */
struct net_line *net_line_new(void);
void net_line_cut(struct net_line *l);  /* hangs up at once: no server makes us wait for its word */
void net_line_free(struct net_line *l); /* not while a question is under way; NULL is fine */
struct net_files {
    struct net_line *line;
    const char *list;            /* FTP: "MLSD" or "LIST"; SFTP: "LIST"; NULL: not a list */
    bool is_looked_at;           /* size and time alone */
    const struct span *commands; /* as the protocol's server wants them; NULL: none */
    size_t command_count;
    bool is_plain;                /* FTP without TLS; else TLS is demanded, on both lines */
    struct span key_file;         /* SFTP: private key; the password is its passphrase */
    const struct span *host_keys; /* SFTP: "SHA256:…" as ssh-keygen -l prints; one of them */
    size_t host_key_count;
    struct span known_hosts; /* SFTP, where there are no host_keys: a file as OpenSSH has it */
};
struct net_fetched {
    int status; /* HTTP's; of mail the last SMTP answer; 0: none came. Of a mailbox and of files
                   200, or 404 where the server says no (of files `said` tells); 206: a file is not
                   whole */
    struct span type, body;
    struct span why;  /* a sentence where there is no whole answer; empty: there is one */
    bool guarded;     /* the guard said no */
    bool key_changed; /* the server's key is not the one that is pinned */
    bool is_too_large, is_crowded; /* crowded: by itself it would not be */
    struct span
        location; /* of a redirect that was not followed: where it leads, whole; else empty */
    struct span etag, modified; /* ETag, Last-Modified (RFC 9110, 8.8), as sent; empty: none */
    int64_t date_ms;            /* Date (RFC 9110, 6.6.1); 0: none, or out of a cache */
    int64_t retry_after_s;      /* Retry-After (RFC 9110, 10.2.3), from now; 0: none */
    struct span said;           /* of files: why it is refused */
    int64_t size, time_s;       /* of a file, as the server has them; -1: it does not say */
    struct span links;          /* all Link headers (RFC 8288), joined by commas; empty: none */
};
struct net_fetch {
    struct span url;
    const char *method;      /* "GET", "POST", "PURGE"; mail: NULL; mailbox: a command, or NULL for
                                what the address names */
    const struct span *head; /* "Name: value", at most FETCH_FIELDS_MAX */
    size_t head_count;
    struct span body; /* mail: the whole message */
    bool is_ours;
    bool stays;            /* it carries a secret: it is not led elsewhere by redirects */
    bool may_shrink;       /* the answer may come as gzip or br; got.body is what that undone is */
    bool is_patient;       /* the other side may think as long as timeout_ms before it answers */
    struct span pin;       /* "sha256//BASE64" of the server's key, several by ";"; empty: any valid
                              certificate */
    struct span mail_from; /* smtp://, smtps:// */
    const struct span *mail_to;
    size_t mail_to_count;
    const struct net_files *files; /* FTP and SFTP (method NULL); until it is done */
    struct net_line *mailbox;      /* imap://, imaps:// */
    struct span user, password; /* of the server of mail or files, or HTTP's basic authentication */
    struct span bearer;  /* of a mailbox, instead of the password: an OAuth token (RFC 7628) */
    struct span ca_file; /* whose certificates are trusted; empty: the machine's */
    uint32_t timeout_ms; /* 0: FETCH_TIMEOUT_MS */
    size_t body_max;     /* 0: FETCH_BODY_MAX */
    void (*done)(const struct net_fetched *f, void *with); /* exactly once, out of
        net_fetcher_poll or net_fetcher_free; f and what it points to live until it returns */
    void *with;
};
struct net_fetcher;                                                 /* belongs to one thread */
struct net_fetcher *net_fetcher_new(const struct net_guard *guard); /* the guard must outlive it */
void net_fetcher_free(struct net_fetcher *f); /* what is under way ends with a why */
bool net_fetch_start(
    struct net_fetcher *f, const struct net_fetch *what); /* false: FETCH_AT_ONCE_MAX are under way.
                                                             Copies all that it needs */
size_t net_fetcher_busy(const struct net_fetcher *f);
/* A reference as seen from a base address (RFC 3986, 5), whole; http and https only. false: it is
 * none. Lives in a. */
bool net_url_join(struct arena *a, struct span base, struct span reference, struct span *out);
/* Other bounds than FETCH_AT_ONCE_MAX, and none: how many at once; bytes of all bodies that have
 * come and are not done with, together (what is over it fails as too large). Before the first. */
void net_fetcher_bounds(struct net_fetcher *f, size_t at_once, size_t bytes_max);
/* Moves transfers on; waits for them and for extra descriptors (revents are set), at most
 * timeout_ms. */
struct pollfd;
void net_fetcher_poll(
    struct net_fetcher *f, struct pollfd *extra, size_t extra_count, int timeout_ms);

#endif
