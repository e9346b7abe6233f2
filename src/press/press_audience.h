/* press_audience.h: what pages know of readers as an audience; filled by roles from the
 * configuration, stands as long as the press. A part of press.h. */
#ifndef PRESS_AUDIENCE_H
#define PRESS_AUDIENCE_H

#include "base.h"

struct press_channel { /* url: an address, "mailto:…", or a path of this host */
    struct span kind, title, url;
};
struct press_plan {
    struct span name, price, period, text, url;
};
struct press_audience {
    bool measures;           /* readers are counted */
    const struct span *bots; /* words of user agents that are none, besides site's own */
    uint32_t bot_count;
    bool prefers; /* the owner lets stories link to Google's preferred sources */
    bool shares;
    const struct span *share_by; /* none: all */
    uint32_t share_count;
    const struct press_channel *channels;
    uint32_t channel_count;
    const struct press_plan *plans; /* none: neither block nor page */
    uint32_t plan_count;
    bool support_above, support_below;
    struct span support_title, support_text; /* empty: the language's own */
    const struct span *members;              /* sections that a membership service shuts */
    uint32_t member_count;
};

#endif
