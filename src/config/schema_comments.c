/* schema_comments.c: the group `comments`: what is done about readers' comments where the site has
 * them (`site.comments`). */
#include "schema.h"

#define IN(type, member) offsetof(struct type, member)

static const struct key keys[] = {
    {"confirm", TYPE_CHOICE, IN(config, talk.confirm), .words = "no|mail", .otherwise = "no",
        .flags = KEY_EDITORIAL,
        .about =
            "`mail`: a comment is one once its writer has confirmed it by a link that comes to "
            "his e-mail address ([comments.md](comments.md#confirmed-by-mail)); it goes by the "
            "server and from the address under `alarms.mail`."},
    {"address_days", TYPE_COUNT, IN(config, talk.address_days), .max = 3650, .otherwise = "180",
        .flags = KEY_EDITORIAL,
        .about = "So many days behind a confirmation the address is kept beside the comment's id, "
                 "so that its writer can be found by it. 0: it is forgotten at once."},
    {"edit_minutes", TYPE_COUNT, IN(config, talk.edit_minutes), .max = 1440, .otherwise = "15",
        .flags = KEY_EDITORIAL,
        .about = "So long its writer may change or withdraw a comment, by the link that its "
                 "sending was answered with. 0: not at all."},
    {"hide_reports", TYPE_COUNT, IN(config, talk.hide_reports), .max = 1000, .otherwise = "3",
        .flags = KEY_EDITORIAL,
        .about = "So many reports by readers, each from another network, hide a comment until an "
                 "editor has looked at it. 0: none do."},
    {"hold_score", TYPE_COUNT, IN(config, talk.hold_score), .max = 100, .otherwise = "90",
        .flags = KEY_EDITORIAL,
        .about = "Where comments are `open`: one whose score for spam is this or more waits for an "
                 "editor all the same. The score is learnt from what editors approve and hide, and "
                 "is told once they have done so ten times each. 0: none waits."},
    {"unattended_days", TYPE_COUNT, IN(config, talk.unattended_days), .max = 365, .otherwise = "14",
        .flags = KEY_EDITORIAL,
        .about = "Where the site has a desk in the browser: no comments are taken while it has no "
                 "account of an editor, or none has signed in there for so many days. 0: that is "
                 "not asked."},
};
const struct group schema_comments = {"What is done about readers' comments, where the site has "
                                      "them.",
    keys, COUNT(keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};
