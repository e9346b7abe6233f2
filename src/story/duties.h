/* duties: the words of reporters' lines. Private to story. */
#ifndef STORY_DUTIES_H
#define STORY_DUTIES_H

#include "story.h"

enum duty_form {
    OPENS = 1, /* opens a line that stands alone, without bracket or colon */
    MARKED,    /* is a duty only with a colon behind it: alone it is a word like others */
    WITHIN,    /* inside brackets it needs no colon */
};

struct duty {
    const char *words;
    enum credit_role role;
    enum duty_form form;
};
extern const struct duty duties[];
extern const size_t duty_count;

#endif
