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
enum press_place { PLACE_STORY_TOP, PLACE_STORY_END, PLACE_FRONT, PLACE_SECTION };
enum press_screen { ON_ANY_SCREEN, ON_PHONES, ON_DESKTOPS };
struct press_slot { /* of an advertisement: an image that is a link, or a frame */
    enum press_place place;
    enum press_screen screen;
    uint32_t width, height;
    struct span image, link, alt, frame;
};
/* Hosts besides our own that a page's policy is open for (CSP, level 3): sources, each behind a
 * space; empty: none. */
struct page_hosts {
    struct span images, frames, scripts;
    struct span style_code, script_code; /* of the theme, in the page itself: by its hash */
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
    const struct press_slot *slots;
    uint32_t slot_count;
    const struct span *ad_hosts;
    uint32_t ad_host_count;
    struct span tag_name, tag_script; /* the one script of others; empty: none */
    const struct span *tag_hosts;
    uint32_t tag_host_count;
    const struct span *members; /* sections that a membership service shuts */
    uint32_t member_count;
};

#endif
