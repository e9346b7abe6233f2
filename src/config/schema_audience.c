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
const struct group share_group = {"How readers pass a story on.", share_keys, COUNT(share_keys),
    .name_at = SIZE_MAX, .line_at = SIZE_MAX};

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

static const struct key slot_keys[] = {
    {"name", TYPE_NAME, IN(config_slot, name), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "What it is called in your own books."},
    {"place", TYPE_CHOICE, IN(config_slot, place), .words = "story-top|story-end|front|section",
        .otherwise = "story-top", .flags = KEY_EDITORIAL,
        .about =
            "Above a story's text, under the story, behind the front's first stories, or above "
            "a section's list."},
    {"screen", TYPE_CHOICE, IN(config_slot, screen), .words = "any|phone|desktop",
        .otherwise = "any", .flags = KEY_EDITORIAL,
        .about = "Where it is seen. What is wider than 340 pixels is never seen on a phone."},
    {"width", TYPE_COUNT, IN(config_slot, width), .min = 1, .max = 2000,
        .flags = KEY_EDITORIAL | KEY_NEEDED, .about = "In CSS pixels; kept free from the start."},
    {"height", TYPE_COUNT, IN(config_slot, height), .min = 1, .max = 2000,
        .flags = KEY_EDITORIAL | KEY_NEEDED, .about = "Likewise."},
    {"image", TYPE_LINK, IN(config_slot, image), .flags = KEY_EDITORIAL,
        .about = "A picture of this site (`/…`) or of a listed host, which is a link."},
    {"link", TYPE_LINK, IN(config_slot, link), .flags = KEY_EDITORIAL,
        .about = "Where the picture leads."},
    {"alt", TYPE_TEXT, IN(config_slot, alt), .flags = KEY_EDITORIAL,
        .about = "What the picture says, for who does not see it."},
    {"frame", TYPE_LINK, IN(config_slot, frame), .flags = KEY_EDITORIAL,
        .about = "In place of a picture: a page of a listed host, shown in a sandbox that can "
                 "neither read this site nor keep anything here."},
};
static const struct group slot_group = {"Places for advertisements.", slot_keys, COUNT(slot_keys),
    .item_bytes = sizeof(struct config_slot), .name_at = IN(config_slot, name),
    .line_at = SIZE_MAX};

static const struct key ads_keys[] = {
    {"slots", TYPE_ITEMS, PARTS(slots, slot_count), .group = &slot_group, .flags = KEY_EDITORIAL,
        .about = "The places. Without any there is no advertisement."},
    {"hosts", TYPE_TEXTS, PARTS(ad_hosts, ad_host_count), .flags = KEY_EDITORIAL,
        .about = "From which hosts, by https, pictures and frames may come: `ads.example.net`. "
                 "Only pages with a slot open the site's policy for them."},
    {"not_beside", TYPE_TEXTS, PARTS(not_beside, not_beside_count), .flags = KEY_EDITORIAL,
        .about = "Subjects, as in `sections`: beside such stories none stands, nor on the front or "
                 "a section while such a story leads it. None ever stands on what was withdrawn."},
};
const struct group ads_group = {"Advertisements, as places with a size and a label. See "
                                "[ads.md](ads.md).",
    ads_keys, COUNT(ads_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key tag_keys[] = {
    {"name", TYPE_TEXT, PART(tag_name), .flags = KEY_EDITORIAL,
        .about = "Whose it is, as readers are told when they are asked."},
    {"script", TYPE_LINK, PART(tag_script), .flags = KEY_EDITORIAL,
        .about = "The script's address, by https. Without it nobody is asked anything."},
    {"hosts", TYPE_TEXTS, PARTS(tag_hosts, tag_host_count), .flags = KEY_EDITORIAL,
        .about = "Further hosts that the script speaks with."},
};
const struct group tag_group = {"One script of others, such as a measurement that advertisers ask "
                                "for: loaded only for readers who have said yes.",
    tag_keys, COUNT(tag_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};
