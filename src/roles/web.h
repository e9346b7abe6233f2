/* web.h: what the files of the web role share. Private to roles. */
#ifndef ROLES_WEB_H
#define ROLES_WEB_H

#include "roles.h"

/* Limits (docs/limits.md). */
enum {
    COMMENTS_OF_ADDRESS = 5,        /* in one window: a heated evening, no flood */
    COMMENT_WINDOW_MS = 10 * 60000, /* then it is forgotten who it was */
    COMMENTS_A_MINUTE = 120,        /* of all readers: what editors could never read is a flood */
    COMMENT_SLOTS = 4096,           /* addresses at a time, as keyed hashes */
};
struct comment_brake;
struct comment_brake *comment_brake_new(void);
void comment_brake_free(struct comment_brake *b);
/* One more from this client? Addresses are kept in memory alone, hashed under a key that dies with
 * the process. Any thread. */
bool comment_may(struct comment_brake *b, const struct net_address *client);

/* What a trusted proxy says of the reader under a header's name; empty: nothing. with: the struct
 * http_request. */
struct span web_told(void *with, const char *name);

#endif
