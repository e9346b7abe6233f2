/* answer: the one table of what a story's URL answers while the story is not public: state ->
 * answer. */
#include "site_private.h"

/* The desk's states by number (desk.h); the site may not see the desk. tests/matrix.sh checks that
 * the order agrees. */
enum { NEVER, PUBLIC, WITHHELD, KILLED, TAKEN_DOWN, EXPIRED, MERGED, PURGED };

static const enum answer_kind table[] = {
    [NEVER] = ANSWER_NOT_FOUND,
    [PUBLIC] = ANSWER_NOT_FOUND,   /* not public now, whatever the row says: as never */
    [WITHHELD] = ANSWER_NOT_FOUND, /* the URL returns with the story */
    [KILLED] = ANSWER_GONE,
    [TAKEN_DOWN] = ANSWER_GONE,
    [EXPIRED] = ANSWER_GONE,
    [MERGED] = ANSWER_MOVED, /* only where the other page is public */
    [PURGED] = ANSWER_GONE_BARE,
};

enum answer_kind answer_for(int state, bool as_404)
{
    if (state < 0 || (size_t)state >= COUNT(table)) return ANSWER_NOT_FOUND;
    enum answer_kind k = table[state];
    return as_404 && (k == ANSWER_GONE || k == ANSWER_GONE_BARE) ? ANSWER_NOT_FOUND : k;
}
