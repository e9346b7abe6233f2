/* rules.h: what the two halves of `broadsheet rules` share. Private to the floor. */
#ifndef RULES_H
#define RULES_H

#include "commands.h"

struct rules_asked { /* the command line */
    const char *config, *feed, *at, *data, *days;
    bool json;
    const char **files;
    size_t count;
};
/* "public", "later", "held", "dropped" or "killed": what becomes of it, as of now. */
const char *rules_outcome(const struct verdict *v, int64_t now_ms);
/* The reasons in one line, each of a rule with its line of the site file. */
struct span rules_why(struct arena *a, struct span file, const struct verdict *v);
/* Prints every mistake. file NULL: a plain site without rules. NULL: there were errors. */
const struct config *rules_config(struct arena *a, const char *file);
int rules_dry_run(const struct rules_asked *q);

#endif
