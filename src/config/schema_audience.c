/* schema_audience.c: the keys of the site file that are about readers as an audience: what is
 * counted, how they share, follow and support, what stands beside stories for money. A part of the
 * table of schema.c. */
#include "schema.h"

#define IN(type, member) offsetof(struct type, member)
#define PART(member) .at = IN(config, audience.member)
#define PARTS(member, count) PART(member), .count_at = IN(config, audience.count)

static const struct key audience_keys[] = {
    {"measure", TYPE_CHOICE, PART(measure), .words = "yes|no", .otherwise = "yes",
        .flags = KEY_EDITORIAL,
        .about = "Whether it is counted which stories are read, for how long and from where "
                 "readers come: sums alone, on this server alone, without cookies; not of readers "
                 "whose browser says Do Not Track or Global Privacy Control. Without it nothing is "
                 "most read. See [audience.md](audience.md)."},
    {"keep_days", TYPE_COUNT, PART(keep_days), .min = 1, .max = 36500, .otherwise = "400",
        .flags = KEY_EDITORIAL, .about = "How long the sums of a day are kept."},
    {"bots", TYPE_TEXTS, PARTS(bots, bot_count), .flags = KEY_EDITORIAL,
        .about = "Words of user agents that are no readers, besides those that the program knows."},
    {"preferred_source", TYPE_CHOICE, PART(preferred_source), .words = "yes|no", .otherwise = "yes",
        .flags = KEY_EDITORIAL,
        .about = "Whether stories link to Google's page on which a reader makes this site a "
                 "preferred source. Google takes domains and subdomains alone: there is no link "
                 "where the site has a `base`, an address of numbers or no public name."},
};
const struct group audience_group = {"What is counted of readers, and what they are offered.",
    audience_keys, COUNT(audience_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key share_keys[] = {
    {"row", TYPE_CHOICE, PART(share_row), .words = "yes|no", .otherwise = "yes",
        .flags = KEY_EDITORIAL, .about = "Whether links to share it stand under a story."},
    {"by", TYPE_TEXTS, PARTS(share_by, share_count),
        .otherwise = "`whatsapp`, `telegram`, `x`, `facebook`, `mail`, `copy`, `system`",
        .flags = KEY_EDITORIAL,
        .about = "Which, in order. Plain links: nothing is loaded from there. `copy` copies the "
                 "address and `system` opens the device's own list; both are seen where scripts "
                 "run. `linkedin` and `reddit` may be added."},
};
const struct group share_group = {
    "How readers pass a story on.", share_keys, COUNT(share_keys), .name_at = SIZE_MAX,
    .line_at = SIZE_MAX};

static const struct key channel_keys[] = {
    {"kind", TYPE_WORD, IN(config_channel, kind),
        .words = "youtube|telegram|whatsapp|x|facebook|instagram|mastodon|bluesky|threads|linkedin|"
                 "mail|rss|other",
        .flags = KEY_EDITORIAL | KEY_NEEDED, .about = "What it is; it chooses the icon."},
    {"url", TYPE_LINK, IN(config_channel, url), .flags = KEY_EDITORIAL,
        .otherwise = "of `rss`: the site's own feed",
        .about = "The channel's address. It is linked with `rel=me`."},
    {"address", TYPE_TEXT, IN(config_channel, address), .flags = KEY_EDITORIAL,
        .about = "Of `mail`: the address to which readers write."},
    {"title", TYPE_TEXT, IN(config_channel, title), .otherwise = "the kind's name",
        .flags = KEY_EDITORIAL, .about = "What readers see."},
};
const struct group channel_group = {
    "Where else readers find the publisher: at the foot of each page and under each story.",
    channel_keys, COUNT(channel_keys), .item_bytes = sizeof(struct config_channel),
    .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key plan_keys[] = {
    {"name", TYPE_TEXT, IN(config_plan, name), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "What it is called."},
    {"price", TYPE_TEXT, IN(config_plan, price), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "With its currency, as it is to be read: `₹199`."},
    {"period", TYPE_TEXT, IN(config_plan, period), .flags = KEY_EDITORIAL,
        .about = "For how long: `a month`."},
    {"text", TYPE_TEXT, IN(config_plan, text), .flags = KEY_EDITORIAL,
        .about = "One sentence on it."},
    {"url", TYPE_LINK, IN(config_plan, url), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "Where it is paid: the publisher's payment provider."},
};
static const struct group plan_group = {"What readers can pay, in order.", plan_keys,
    COUNT(plan_keys), .item_bytes = sizeof(struct config_plan), .name_at = SIZE_MAX,
    .line_at = SIZE_MAX};

static const struct key support_keys[] = {
    {"plans", TYPE_ITEMS, PARTS(plans, plan_count), .group = &plan_group, .flags = KEY_EDITORIAL,
        .about = "What readers can pay. Without any there is neither block nor page."},
    {"block", TYPE_CHOICE, PART(support_block), .words = "both|above|below|nowhere",
        .otherwise = "both", .flags = KEY_EDITORIAL,
        .about = "Where a story asks for support: above its text, below it, or both."},
    {"title", TYPE_TEXT, PART(support_title), .otherwise = "“Support our journalism”",
        .flags = KEY_EDITORIAL, .about = "Of block and page."},
    {"text", TYPE_TEXT, PART(support_text), .otherwise = "a sentence in the site's language",
        .flags = KEY_EDITORIAL, .about = "What it is for."},
    {"members", TYPE_NAMES, PARTS(members, member_count), .flags = KEY_EDITORIAL,
        .about = "Sections whose stories a membership service in front of the site shuts. They "
                 "say so in structured data (`isAccessibleForFree`, and in `hasPart` what is shut: "
                 "`.text`); the site itself shuts nothing."},
};
const struct group support_group = {"Readers' support: a block beside stories and a page of its "
                                    "own, `/support`.",
    support_keys, COUNT(support_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};
