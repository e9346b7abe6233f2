/* letter: what a reader is sent who is to confirm a comment, in the site's language. Nothing that a
 * reader wrote stands in it: else anybody could send his words to anybody by us. */
#include "press_private.h"

struct span press_letter(
    const struct press *p, struct arena *a, struct span link, struct span *subject_out)
{
    struct span site = p->site->name;
    *subject_out = press_say(p, a, "letter_subject", "site", site);
    return arena_printf(a, "%.*s\r\n\r\n%.*s\r\n\r\n%.*s\r\n",
        FMT(press_say(p, a, "letter_about", "site", site)), FMT(link),
        FMT(press_word(p, "letter_else")));
}
