/* init.h: what the files of `broadsheet init` share. Private to the floor. */
#ifndef INIT_H
#define INIT_H

#include "commands.h"

struct init_answers { /* empty: not said */
    struct span name, url, language, timezone, agency, mail, mail_server, feed, folder;
};

/* ---- init_file.c: packaging/site.yaml, which the package installs and init fills in ---- */
/* With these answers in their places; where one is empty the line stays as it is. pages: what
 * stands below it, of house pages. */
struct span init_file(struct arena *a, const struct init_answers *w, struct span pages);
bool init_is_untouched(struct span bytes); /* nobody has written into it yet */

/* ---- init_ask.c: six questions ---- */
struct init_flags { /* of the command line; NULL: asked for, or with yes the default */
    const char *name, *url, *language, *timezone, *agency, *mail, *mail_server, *folder;
    const char *spool; /* below which feeds' folders lie */
    bool yes;
};
/* false: input has ended, or a flag will not do; said on standard error. */
bool init_ask(struct arena *a, const struct init_flags *f, struct init_answers *out);

#endif
