/* schema_machines.c: keys of what machines read: the publisher in structured data, crawlers. */
#include "schema.h"

#define IN(type, member) offsetof(struct type, member)
#define LIST(type, member, count) .at = IN(type, member), .count_at = IN(type, count)
#define OF(member) IN(config, organisation.member)

static const struct key organisation_keys[] = {
    {"kind", TYPE_CHOICE, OF(kind), .words = "news|other", .otherwise = "news",
        .flags = KEY_EDITORIAL,
        .about = "`news`: schema.org's NewsMediaOrganization; `other`: Organization."},
    {"legal_name", TYPE_TEXT, OF(legal_name), .flags = KEY_EDITORIAL,
        .about = "The publisher's name in law."},
    {"founded", TYPE_TEXT, OF(founded), .flags = KEY_EDITORIAL,
        .about = "When it was founded: a year, or a date."},
    {"email", TYPE_TEXT, OF(email), .flags = KEY_EDITORIAL, .about = "Where readers write to."},
    {"telephone", TYPE_TEXT, OF(telephone), .flags = KEY_EDITORIAL,
        .about = "Where they call, with the country's code."},
    {"address", TYPE_TEXT, OF(address), .flags = KEY_EDITORIAL,
        .about = "The postal address, in one line."},
    {"same_as", TYPE_TEXTS, LIST(config, organisation.same_as, organisation.same_as_count),
        .flags = KEY_EDITORIAL, .about = "Its own pages elsewhere, as URLs."},
    {"contact_page", TYPE_LINK, OF(contact_page), .otherwise = "the house page `contact`",
        .flags = KEY_EDITORIAL, .about = "A page on how it is reached: a URL, or a path."},
    {"publishing_principles", TYPE_LINK, OF(principles), .otherwise = "the house page `about`",
        .flags = KEY_EDITORIAL, .about = "By what rules it publishes."},
    {"corrections_policy", TYPE_LINK, OF(corrections),
        .otherwise = "the house page `corrections-policy`", .flags = KEY_EDITORIAL,
        .about = "How it corrects."},
    {"ethics_policy", TYPE_LINK, OF(ethics), .otherwise = "the house page `ethics`",
        .flags = KEY_EDITORIAL, .about = "What it holds itself to."},
    {"fact_checking_policy", TYPE_LINK, OF(fact_checking), .flags = KEY_EDITORIAL,
        .about = "How it verifies."},
    {"ownership", TYPE_LINK, OF(ownership), .flags = KEY_EDITORIAL,
        .about = "Who owns and pays it."},
    {"masthead", TYPE_LINK, OF(masthead), .flags = KEY_EDITORIAL, .about = "Who its editors are."},
    {"feedback_policy", TYPE_LINK, OF(feedback), .flags = KEY_EDITORIAL,
        .about = "How readers are heard."},
};
const struct group schema_organisation = {
    "The publisher, as structured data tells it to search engines. See [machines.md](machines.md).",
    organisation_keys, COUNT(organisation_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static const struct key crawler_keys[] = {
    {"also", TYPE_TEXTS, LIST(config, crawlers, crawler_count), .flags = KEY_EDITORIAL,
        .about = "Names of crawlers beside those that are known, as they obey robots.txt under "
                 "them."},
};
const struct group schema_crawlers = {
    "Crawlers that gather words to train machines: kept out where a feed's `ai_crawlers` says so.",
    crawler_keys, COUNT(crawler_keys), .name_at = SIZE_MAX, .line_at = SIZE_MAX};
