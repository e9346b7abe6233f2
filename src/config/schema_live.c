/* schema_live.c: keys of running stories and of reading without a line. */
#include "schema.h"

#define IN(member) offsetof(struct config, member)

static const struct key live_keys[] = {
    {"running", TYPE_FLAG, IN(live.running), .otherwise = "yes", .flags = KEY_EDITORIAL,
        .about = "Whether stories that move fast are shown as running: a timeline of what came "
                 "with each update, a mark at what is new to the reader, and word of the next "
                 "update while the page is open. See [live.md](live.md)."},
    {"updates", TYPE_COUNT, IN(live.updates), .min = 1, .max = 100, .otherwise = "3",
        .flags = KEY_EDITORIAL, .about = "A story is running from so many updates on …"},
    {"hours", TYPE_COUNT, IN(live.hours), .min = 1, .max = 168, .otherwise = "12",
        .flags = KEY_EDITORIAL,
        .about = "… within so many hours, until so many have passed without one."},
    {"push", TYPE_FLAG, IN(live.push), .otherwise = "yes", .flags = KEY_EDITORIAL,
        .about = "Whether open pages hear of an update at once, over a connection that stays "
                 "open (server-sent events). With `no`, and where one is refused, they ask every "
                 "30 to 60 seconds."},
    {"listeners", TYPE_COUNT, IN(live.listeners), .min = 1, .max = 100000, .otherwise = "2000",
        .about = "So many such connections at most, beside those of readers. Each takes a file "
                 "descriptor and the memory that [live.md](live.md) tells. Both numbers are taken "
                 "at the "
                 "start."},
    {"listeners_per_client", TYPE_COUNT, IN(live.listeners_per_client), .min = 1, .max = 100000,
        .otherwise = "8",
        .about = "Of one address (an IPv6 /64 counts as one). Who has more asks instead."},
};
const struct group schema_live = {
    "Running stories.", live_keys, COUNT(live_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key offline_keys[] = {
    {"reading", TYPE_FLAG, IN(offline.reading), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Whether browsers keep what their reader has read, for when there is no line: by "
                 "a service worker below the site's base. What is withdrawn leaves them as soon as "
                 "they are online. With `no` a worker of before removes itself and all it kept. "
                 "See [offline.md](offline.md)."},
    {"articles", TYPE_COUNT, IN(offline.articles), .min = 1, .max = 200, .otherwise = "30",
        .flags = KEY_EDITORIAL, .about = "So many stories, those read last."},
    {"short_name", TYPE_TEXT, IN(offline.short_name), .otherwise = "`site.name`",
        .flags = KEY_EDITORIAL, .about = "Under its icon, where a reader has installed the site."},
    {"colour", TYPE_COLOUR, IN(offline.colour), .otherwise = "\"#8f1d1a\"", .flags = KEY_EDITORIAL,
        .about = "Of the installed site's window: `\"#rrggbb\"`, in quotes."},
    {"background", TYPE_COLOUR, IN(offline.background), .otherwise = "\"#fcfbf8\"",
        .flags = KEY_EDITORIAL, .about = "Of the window before the first page is there."},
};
const struct group schema_offline = {"Reading without a line.", offline_keys, COUNT(offline_keys),
    .name_at = SIZE_MAX, .line_at = SIZE_MAX};
