/* parse.h: what the files that read an HTTP/1.1 head share. Private to the floor. */
#ifndef NET_PARSE_H
#define NET_PARSE_H

#include "net_inside.h"

/* What a byte may be. */
enum { TOKEN = 1, TARGET = 2, NAME = 4, LITERAL = 8, DIGIT = 16 };
bool net_all_of(struct span s, unsigned char kind);
enum http_parse net_bad(struct http_head *out, int status, const char *why); /* why: static */

/* ---- framing.c ---- */
/* What the fields said, before they are weighed together. */
struct framing {
    unsigned seen; /* bits, one a known field */
    bool close, keep, foreign_coding;
};

/* host [":" port] of RFC 9110 7.2: a registered name, an IPv4 address or an IP literal in brackets.
 * May be empty. */
bool framing_host_is_valid(struct span host);
enum http_parse framing_note(struct http_head *out, struct framing *f, struct http_field field);
enum http_parse framing_weigh(struct http_head *out, const struct framing *f);

#endif
