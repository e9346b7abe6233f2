/* config_audience.h: what the site file says of readers as an audience: what is counted of them,
 * how they share and follow, how they support the site, what stands beside stories for money. A
 * part of config.h. */
#ifndef CONFIG_AUDIENCE_H
#define CONFIG_AUDIENCE_H

#include "base.h"

struct config_channel {              /* where the publisher is found elsewhere */
    struct span kind;                /* "youtube", "mastodon", "mail" …; what it is drawn as */
    struct span url, address, title; /* address: of mail; title empty: the kind's own name */
};
struct config_plan { /* one way to support the site */
    struct span name, price, period, text, url;
};
struct config_slot { /* one place for an advertisement */
    struct span name;
    enum { SLOT_STORY_TOP, SLOT_STORY_END, SLOT_FRONT, SLOT_SECTION } place;
    enum { SCREEN_ANY, SCREEN_PHONE, SCREEN_DESKTOP } screen;
    uint32_t width, height;       /* CSS pixels, kept free before anything has come */
    struct span image, link, alt; /* an image that is a link, or */
    struct span frame;            /* a page of a listed host in a sandbox */
};
struct config_audience {
    enum { MEASURE_YES, MEASURE_NO } measure;
    enum { PREFERRED_YES, PREFERRED_NO } preferred_source;
    uint32_t keep_days; /* 0: AUDIENCE_KEEP_DAYS */
    struct span *bots;  /* words of user agents, besides the built-in ones */
    uint32_t bot_count;
    enum { SHARE_YES, SHARE_NO } share_row;
    struct span *share_by; /* none: all */
    uint32_t share_count;
    struct config_channel *channels;
    uint32_t channel_count;
    enum { SUPPORT_BOTH, SUPPORT_ABOVE, SUPPORT_BELOW, SUPPORT_NOWHERE } support_block;
    struct span support_title, support_text;
    struct config_plan *plans;
    uint32_t plan_count;
    struct span *members; /* sections whose stories a membership service shuts */
    uint32_t member_count;
    struct config_slot *slots;
    uint32_t slot_count;
    struct span *ad_hosts;
    uint32_t ad_host_count;
    struct span *not_beside; /* subjects beside which none stands */
    uint32_t not_beside_count;
    struct span tag_name, tag_script; /* the one script of others; empty: none */
    struct span *tag_hosts;
    uint32_t tag_host_count;
};

#endif
