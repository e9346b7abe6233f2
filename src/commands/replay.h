/* replay.h: what the two halves of `broadsheet replay` share. Private to the floor. */
#ifndef COMMANDS_REPLAY_H
#define COMMANDS_REPLAY_H

#include "commands.h"

struct replay_asked { /* the command line */
    const char *verb, *data, *config, *rules, *days, *limit, *scratch;
    bool as_read, json;
};
/* `replay`, and `rules dry-run`, which is a replay of stories as they were read. An exit code: 0
 * done; 1 done, and more live pages would change than may without a second yes. */
int replay_do(const struct replay_asked *q);

/* ---- telling (replay_say.c) ---- */
struct replay_report {
    struct arena *a;    /* of what is kept until it is told in order */
    struct arena *line; /* of the page at hand */
    struct span file;   /* in which rules have their lines */
    bool json;
    size_t limit; /* pages told to people; 0: all */
    struct told *told;
    size_t count, cap;
    int64_t now_ms;
};
void replay_report_page(struct replay_report *r, const struct replay_page *p);
struct replay_end { /* for the last lines */
    const struct replay_sum *sum;
    const struct replay_read *read; /* NULL: stories as they were read */
    size_t unreadable_now;
    uint64_t until_pos, days; /* days 0: all */
    uint32_t over;            /* confirm_changes_over */
    struct span token, data;  /* token empty: no other configuration */
};
void replay_report_all(struct replay_report *r, const struct replay_end *e);

#endif
