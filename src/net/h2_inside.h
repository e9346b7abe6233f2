/* h2_inside: what the files of HTTP/2 share among themselves; nobody else includes it. */
#ifndef H2_INSIDE_H
#define H2_INSIDE_H

#include "net_inside.h"

#include <nghttp2/nghttp2.h>

enum {
    NET_H2_FRAME_HEAD = 9,
    /* A record that is all but full, a frame of a body, and one more before nghttp2 lets us stop.
     */
    NET_H2_OUT_ROOM = 3 * NET_H2_OUT_BYTES + 64,
    NET_H2_WAITING_BYTES_MAX = 4 << 10, /* of an open reply: some twenty events */
};

/* h2_fields.c: pure */
struct net_h2_head { /* of a request, while its fields come; its text grows in a block */
    struct span method, scheme, authority, path; /* in the block's arena */
    size_t n, unfolded;
    bool has_line;
    int bad_status; /* 0: good so far */
    const char *bad_why;
};
/* False: more than anybody may have unfolded. */
bool net_h2_head_field(
    struct net_h2_head *h, struct net_block *b, struct span name, struct span value) CHECKED;
bool net_h2_head_end(
    struct net_h2_head *h, struct net_block *b) CHECKED; /* b->head, or bad_status */
enum { NET_H2_NV_MAX = NET_HEADERS_MAX + 3 }; /* fields of a reply, with status, date and length */
struct net_h2_list {                          /* a reply's fields */
    nghttp2_nv nv[NET_H2_NV_MAX];
    size_t n;
    char status[8], length[24];
};
void net_h2_list_of(struct net_h2_list *out, const struct http_reply *r, struct span date);

enum stream_state {
    TAKES_HEAD, /* fields are coming */
    TAKES_BODY,
    IS_ANSWERED, /* before all was said: the client gets a moment to hear that */
    IS_READY,    /* whole: the handler is next */
    IS_HANDLING, /* the handler has it, or will answer later */
    IS_SENDING,
    IS_OPEN, /* a reply that stays open (stream.c) */
};

struct net_stream {
    struct net_stream *next, *prev; /* in the order in which they were opened */
    struct net_connection *connection;
    int32_t id;
    enum stream_state state;
    bool is_over;           /* the client has said all: END_STREAM */
    bool is_head, is_whole; /* HEAD; the reply has been taken */
    bool is_flight_counted, is_declared;
    struct net_h2_head head;
    struct net_block *block; /* while fields come, and from the handler on */
    char *text, *body;       /* in between: the head as text; the body so far */
    size_t text_n, body_n, body_cap;
    uint64_t body_max, length, reserved;
    int64_t body_until_ms;
    int64_t deadline_ms;
    uint64_t token;
    struct net_address client;
    struct http_reply reply;
    size_t sent;           /* bytes of the reply's body */
    uint64_t lingered;     /* bytes that came after it */
    struct net_tail *tail; /* of an open reply */
    char *waiting;         /* of it: what nghttp2 has not taken yet */
    size_t waiting_n;
    bool is_ending; /* behind that there is nothing */
};

struct net_h2 {
    nghttp2_session *session;
    struct net_stream *first, *last;
    uint32_t count, sending;
    bool is_warned, is_draining, is_given_up, goodbye_is_said;
    uint32_t blame;
    char *out; /* being filled */
    size_t out_n;
    uint64_t data_sent, data_paid; /* bytes of bodies; those that have bought calm */
    int64_t idle_at_ms, refilled_ms;
    int64_t calm, resets; /* in thousandths: what is left of the two allowances */
};

/* h2_stream.c: one request and its reply */
struct net_stream *net_stream_new(struct net_connection *c, int32_t id);
void net_stream_end(struct net_stream *s);
void net_stream_end_head(struct net_stream *s);                      /* all fields have come */
void net_stream_take(struct net_stream *s, const void *p, size_t n); /* of its body */
void net_stream_sent(struct net_stream *s); /* all of the reply has been taken */
void net_stream_reset(struct net_stream *s, uint32_t code);
void net_stream_end_request(struct net_stream *s);
void net_stream_serve(struct net_stream *s); /* the handler's turn */
void net_stream_fold(struct net_stream *s);
/* It has its last word, and what the client goes on sending on it is not wanted. */
void net_stream_refuse(struct net_stream *s, int status, const char *why);

/* h2_stream.c, for stream.c */
void net_h2_open_reply(struct net_stream *s, const struct http_reply *reply);
bool net_h2_say(struct net_stream *s, struct span bytes); /* false: the stream is cut */
void net_h2_say_end(struct net_stream *s);
void net_h2_cut(struct net_stream *s); /* its reader is too slow; its end follows */

/* h2_frames.c */
void net_h2_put_out(struct net_h2 *h, const void *p, size_t n);
nghttp2_session *net_h2_session_new(struct net_connection *c);

/* h2_session.c: a session without a socket */
struct net_h2 *net_h2_open(struct net_connection *c);
void net_h2_free(struct net_connection *c); /* with its streams: their replies' done is called */
void net_h2_drop_streams(struct net_connection *c);
void net_h2_feed(struct net_connection *c, struct span bytes);
void net_h2_serve(struct net_connection *c); /* some of those that wait for the handler */
bool net_h2_can_serve(const struct net_connection *c);
void net_h2_rest(struct net_connection *c); /* what waits on makes itself small */
/* Bytes to be written, of which out has room for NET_H2_OUT_ROOM. */
size_t net_h2_fill(struct net_connection *c, char *out);
void net_h2_warn(struct net_connection *c);    /* there will be no new streams soon */
void net_h2_drain(struct net_connection *c);   /* GOAWAY: no new streams */
void net_h2_hang_up(struct net_connection *c); /* GOAWAY, and the end */
void net_h2_give_up(
    struct net_connection *c, uint32_t code, const char *why); /* the same, with blame */
bool net_h2_is_given_up(const struct net_connection *c);
bool net_h2_is_over(const struct net_connection *c);
void net_h2_expire(struct net_connection *c); /* refuses streams whose time is over */
struct net_h2_state {
    int64_t deadline_ms,
        idle_at_ms; /* the earliest of heads and bodies; when it is idle too long */
    uint64_t data_sent;
    uint32_t streams, busy, sending; /* in all; asked and not answered whole; being sent */
};
struct net_h2_state net_h2_look(const struct net_connection *c);
#endif
