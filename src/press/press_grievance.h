/* press_grievance.h: what pages know of the grievance officer and of complaints; part of press.h.
 */
#ifndef PRESS_GRIEVANCE_H
#define PRESS_GRIEVANCE_H

#include "base.h"
#include "story.h"

struct press_grievance {
    struct span officer; /* empty: there is none, and no page */
    struct span address, email, telephone, body, body_url;
    uint32_t acknowledge_hours, answer_days;
};
/* A complaint that is written and not yet sent for good; all may be empty. */
struct grievance_form {
    struct span name, contact, about, text, wish;
    struct span stamp; /* sends it: it was looked at as it will go */
    const char *name_wrong, *contact_wrong, *about_wrong, *text_wrong, *wish_wrong, *wrong;
    int status; /* of the answer; 0: 200 */
};
/* What a complainant is told by mail. */
struct grievance_news {
    story_id number;
    struct span token;
    enum { GRIEVANCE_NEWS_ACKNOWLEDGED, GRIEVANCE_NEWS_UPHELD, GRIEVANCE_NEWS_REJECTED } what;
    struct span wording;
    int64_t answer_by_ms;
};
struct press_site;
/* In the site's language, by the built-in words. false: there are none. In a. */
bool press_grievance_mail(struct arena *a, const struct press_site *site,
    const struct grievance_news *n, struct span *subject_out, struct span *text_out);
/* The hash of a case's secret, as it is kept. */
struct span grievance_key(struct arena *a, struct span token);

#endif
