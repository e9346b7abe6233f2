/* rules.h: words for what rules do, for `rules` and `replay`. Private to the floor. */
#ifndef RULES_H
#define RULES_H

#include "commands.h"

struct rules_asked { /* the command line */
    const char *config, *feed, *at, *data;
    bool json;
    const char **files;
    size_t count;
};
/* The reasons in one line, each of a rule with its line of the site file. */
struct span rules_why(struct arena *a, struct span file, const struct verdict *v);
/* Prints every mistake. file NULL: a plain site without rules. NULL: there were errors. */
const struct config *rules_config(struct arena *a, const char *file);

#endif
