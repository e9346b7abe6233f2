/* config: the site's configuration: a schema table -> plain structs, every mistake with
 * file:line:column and a suggestion. YAML (strict: text/yaml). Nothing here opens the network.
 * Secrets are only named here (files), never held. Spans live in the arena given. */
#ifndef CONFIG_H
#define CONFIG_H

#include "base.h"
#include "clock.h"
#include "config_audience.h"
#include "text.h"

enum index_policy {
    INDEX_YES,
    INDEX_NO,
    INDEX_NO_NEWS
}; /* INDEX_NO_NEWS: kept out of news search only (Googlebot-News) */
enum on_kill { KILL_GONE, KILL_NOT_FOUND };                   /* 410 with a notice, or 404 */
enum on_top { TOP_AT_ONCE, TOP_AFTER_MINUTES, TOP_APPROVED }; /* who may lead the front */
enum history_policy { HISTORY_POLICY_CHANGES, HISTORY_POLICY_NONE, HISTORY_POLICY_FULL };
enum on_late_embargo {
    LATE_HIDE,
    LATE_KEEP
}; /* E6: a public story gets an embargoed version: hide until then, or keep the old version up */

struct config_limits { /* of one feed; 0: none */
    uint32_t stories_per_hour, updates_per_story_per_hour, oldest_days, rewrites_per_hour,
        rewrite_after_days;
};
enum { CONFIRM_NEVER = 1000000 }; /* of confirm_changes_over: nobody is asked */
enum comments { COMMENTS_OFF, COMMENTS_APPROVE, COMMENTS_OPEN }; /* readers' comments */

struct config_feed {
    struct span name;     /* [a-z0-9-]+; path of its push door and folder */
    struct span provider; /* "Reuters": shown, and part of story ids */
    struct span
        *provider_ids; /* what items may call it ("reuters.com", "REUTERS"); none: see schema.c */
    uint32_t provider_id_count;
    struct span format;                      /* "" sniffed */
    struct span credit;                      /* "Reuters": in datelines and JSON-LD */
    struct span credit_line, picture_credit; /* forms; empty: none */
    struct span *credit_at;                  /* "top", "end", "lists"; none: end */
    uint32_t credit_at_count;
    struct span disclaimer;  /* empty: the press's own sentence, in the site's language */
    const struct zone *zone; /* for times without zone; NULL: such embargoes are held */
    struct span folder;      /* watched folder; may be empty */
    struct config_poll {     /* what is asked for instead, or beside; url empty: nothing */
        struct span road, url, login_url, user, secret_file, secret_header, audience, scope;
        struct span ca_file, mailbox, authserv_id, move_to, marker, key_file, known_hosts;
        struct span client_id, refresh_file;
        bool websub, unencrypted;
        enum { AFTER_KEEP, AFTER_DELETE, AFTER_MOVE, AFTER_SEEN } after;
        struct span *channels, *from, *files, *host_keys, *server_keys;
        uint32_t channel_count, from_count, file_count, host_key_count, server_key_count;
        uint32_t every_seconds, unchanged_seconds;
    } poll;
    struct span push_key_file; /* file with the HMAC key; empty: no push */
    struct span *languages;    /* allowed; empty: all */
    uint32_t language_count;
    bool pictures;                 /* the licence allows them */
    bool comments;                 /* its stories may have comments, where the site has them */
    bool fetch_pictures;           /* those that items name by URL are fetched */
    bool embeds;                   /* frames of others may stand behind a click */
    uint32_t silent_after_minutes; /* 0: no length of silence is an alarm by itself */
    enum { RHYTHM_RINGS, RHYTHM_RINGS_NOT } silent_by_rhythm; /* where its own rhythm brings some */
    enum { GAPS_RING, GAPS_RING_NOT } gaps_by_number;         /* in the numbers of its messages */
    enum index_policy index;
    bool locked, no_gallery;
    struct span *territory, *territory_except; /* countries; at most one of them is there */
    uint32_t territory_count, territory_except_count;
    enum { TERRITORY_BY_SITE, TERRITORY_BY_PROXY } territory_keeper;
    uint32_t takedown_minutes; /* 0: no duty */
    uint32_t retention_days;   /* 0: for ever */
    struct span contract_ends; /* R5: as written; empty: never */
    enum on_kill kill;
    enum on_late_embargo late_embargo;
    struct config_limits limits;
    bool shadow;                 /* read and decided, and not public until the desk's go-live */
    enum history_policy history; /* which former words a page's history tells */
    enum { MACHINES_NO, MACHINES_YES } machines; /* may crawlers that train machines have it? */
    bool trusted_html; /* never: there for the message that explains why not */
    uint32_t line;
};
struct config_section {
    struct span name; /* [a-z0-9-]+: in the URL */
    struct span title;
    struct span *subjects; /* "medtop:15000000", "subj:15000000", "*sport*" keyword */
    uint32_t subject_count;
    struct span colour; /* of its card and line, "#rrggbb" */
    uint32_t line;
};
/* One routing rule: all of its conditions must hold. Lists: any of. Empty: no condition. */
struct config_rule {
    struct span name;
    struct span *feeds, *subjects, *genres, *languages, *keywords, *texts, *sections_in, *places,
        *sources;
    uint32_t feed_count, subject_count, genre_count, language_count, keyword_count, text_count,
        section_in_count, place_count, source_count;
    struct span from, until; /* as written, see config_instant; empty: no bound */
    struct span hours;       /* "22:00-06:00", in the site's zone; empty: any */
    struct span *days;       /* "mon" … "sun" */
    uint32_t day_count;
    uint32_t urgency_min, urgency_max; /* 0: no bound */
    struct span to_section;            /* action; empty: none */
    struct span *add_tags;
    uint32_t add_tag_count;
    enum { RULE_NONE, RULE_PUBLISH, RULE_HOLD, RULE_DROP, RULE_WAIT } action;
    bool noindex, no_push;
    bool shadow;          /* only says what it would do */
    uint32_t pin_minutes; /* it leads the front for so long; 0: as its weight says */
    uint32_t line;
};
struct config_link {
    struct span title, url;
};
enum { CONFIG_TOPIC_LEVELS_MAX = 8 /* of Media Topics; IPTC's tree has six */ };
struct config_topic {
    uint32_t code, broader; /* broader 0: nothing is above it */
    uint32_t old;           /* its subject code of 2004; 0: none */
    bool is_wider;          /* the old code means more than the topic */
    struct span name;
};
struct config_subscriber { /* is told by signed HTTP what is published, changed and withdrawn */
    struct span name, url, secret_file;
};
struct config_purge { /* a cache in front that is told what it must drop */
    struct span name, url;
    enum { PURGE_BY_KEY, PURGE_BY_URL } by;
    struct span method; /* PURGE, BAN, POST */
    struct span header; /* names the keys; empty, by POST: they go as JSON */
    struct span secret_header, secret_file;
    bool is_private;  /* it may have an address that is not public */
    uint32_t at_once; /* requests */
};
struct config_page {               /* a house page: imprint, privacy … */
    struct span name, title, file; /* /page/NAME; file: Markdown-free HTML, cleaned */
    struct html body;
};
struct config_comments {      /* what is done about readers' comments */
    uint32_t edit_minutes;    /* their writers may change them so long; 0: not at all */
    uint32_t hide_reports;    /* so many reports hide one until an editor looks; 0: none do */
    uint32_t hold_score;      /* under comments: open, a score from here on waits; 0: none does */
    uint32_t unattended_days; /* nobody has signed in at the desk so long: none are taken; 0: never
                                 asked */
    enum { CONFIRM_NO, CONFIRM_MAIL } confirm; /* by its writer, before it is one */
    uint32_t address_days; /* of CONFIRM_MAIL: so long behind that his address is kept */
};
struct config_organisation { /* the publisher, as structured data has it; links: URLs or paths */
    enum { ORGANISATION_NEWS, ORGANISATION_OTHER } kind;
    struct span legal_name, founded, email, telephone, contact_page, address;
    struct span principles, corrections, ethics, fact_checking, ownership, masthead, feedback;
    struct span *same_as;
    uint32_t same_as_count;
};
struct config_grievance { /* the officer who hears complaints; no name: there is none */
    struct span officer, address, email, telephone;
    struct span body, body_url; /* whom a complaint goes to next */
    uint32_t acknowledge_hours, answer_days;
    uint32_t acknowledge_alarm_hours, answer_alarm_hours; /* so long before; 0: not before */
};
struct config_live { /* running stories */
    bool running, push;
    uint32_t updates, hours, listeners, listeners_per_client;
};
struct config_offline { /* reading without a line */
    bool reading;
    uint32_t articles;
    struct span short_name, colour, background;
};
struct config_edition { /* the same paper in another language: a site of its own */
    struct span language, title, url;
    bool same_sections, is_default;
};
struct config {
    struct span file; /* path it came from; empty: no file */
    struct span site_name, tagline;
    struct span url;  /* "https://news.example.org", without base path and trailing slash; the only
                         source of absolute links */
    struct span base; /* "" or "/wire": no trailing slash */
    struct span language; /* of the interface */
    const struct zone *zone;
    struct span *parties; /* own names in hop histories (T6) */
    uint32_t party_count;
    struct span media_topics;    /* IPTC's file; empty: only the first level is known */
    struct config_topic *topics; /* what it says, by code */
    uint32_t topic_count;
    enum { EMBEDS_CLICK, EMBEDS_LINK, EMBEDS_NO } embeds;
    enum { GROUP_YES, GROUP_NO } group_agencies; /* V8 */
    struct span
        country_header; /* in which a trusted proxy tells the reader's country; empty: none */
    enum { UNKNOWN_OUTSIDE, UNKNOWN_INSIDE } unknown_country;
    bool noindex; /* the whole site (default without a configuration file) */
    enum comments comments;
    uint32_t comment_days;         /* a story is open to comments for so long */
    uint32_t confirm_changes_over; /* a reload that changes more live pages wants a second yes */
    struct span masthead_title,
        masthead_url;         /* the parent's, where the site lives beside an existing one */
    struct config_link *menu; /* the parent's menu */
    uint32_t menu_count;
    struct config_section *sections;
    uint32_t section_count;
    struct config_feed *feeds;
    uint32_t feed_count;
    struct config_rule *rules;
    uint32_t rule_count;
    struct config_page *pages;
    uint32_t page_count;
    struct span *listen; /* addresses; see net_listen */
    uint32_t listen_count;
    struct span *trusted_proxies;
    uint32_t trusted_proxy_count;
    bool proxy_protocol;
    struct span *plain_listen; /* doors without TLS beside those */
    uint32_t plain_listen_count;
    bool redirect;           /* readers at another address are led to `url` */
    struct span acme_folder; /* of challenges; empty: none are answered */
    uint32_t hsts_days;      /* 0: no such header */
    bool hsts_subdomains, hsts_preload;
    struct span *desk_listen; /* the desk's own door; none: no desk in the browser */
    uint32_t desk_listen_count;
    struct span tls_cert, tls_key;
    uint32_t queue_ms;  /* 0: NET_QUEUE_MS */
    uint32_t threads;   /* 0: as many as processors, at most 8 */
    enum log_level log; /* what is below is not written */
    struct span theme;  /* folder over the built-in theme; empty: none */
    uint32_t front_items, section_items, feed_items;
    enum on_top front_top;
    uint32_t front_top_minutes; /* of TOP_AFTER_MINUTES */
    struct span publisher_logo;
    struct span *hubs; /* WebSub hubs of our feeds */
    uint32_t hub_count;
    struct config_subscriber *subscribers;
    uint32_t subscriber_count;
    struct span mail_server, mail_from, mail_user, mail_password_file; /* of alarms */
    struct span *mail_to;
    uint32_t mail_to_count;
    struct span alarm_webhook, alarm_secret_file, alarm_command;
    struct span *quiet; /* kinds of alarm that are logged only */
    uint32_t quiet_count;
    struct span *reachable; /* networks that fetches may reach although they are not public */
    uint32_t reachable_count;
    struct span cdn_keys, cdn_lifetime; /* header names; empty: no such header is sent */
    uint32_t cdn_seconds;               /* at most so long a cache in front keeps a page */
    uint32_t cdn_stale_seconds;         /* and so much longer while it fetches another */
    struct config_purge *purges;
    uint32_t purge_count;
    struct span *purge_command; /* program and arguments; none: no command */
    uint32_t purge_command_count;
    struct span purge_command_file; /* that it may read; empty: none */
    struct config_audience audience;
    struct config_comments talk;
    struct config_organisation organisation;
    struct config_grievance grievance;
    struct span *crawlers; /* names beside those that are known */
    uint32_t crawler_count;
    struct span public_folder; /* empty: "public" beside the site file, if it is there */
    struct config_live live;
    struct config_offline offline;
    struct config_edition *editions;
    uint32_t edition_count;
};

/* The licence binds its stories to countries, and the site has to see to it. */
bool config_is_bound(const struct config_feed *f);

/* A draft: a place to fill in, "[[…]]", stands in it still. It is not published. */
bool config_page_waits(const struct config_page *p);

struct config_mistake {
    struct span file;
    uint32_t line, column;
    struct span what;   /* "unknown key “lisen”" */
    struct span advice; /* "did you mean “listen”?" */
    bool is_warning;
};
struct config_report {
    struct config_mistake *list;
    size_t count, cap, errors;
};
/* Reads the file (and house pages it names). NULL when there is an error; every mistake is in the
 * report, not only the first. */
struct config *config_load(struct arena *a, const char *path, struct config_report *report);
/* The same from bytes (YAML, or JSON, which is YAML to us). folder: where relative files are looked
 * for; name: for messages. */
struct config *config_parse(struct arena *a, struct span bytes, struct span name,
    const char *folder, struct config_report *report);
/* Without a file: the machine's time zone, noindex, one feed "wire" with everything allowed, ten
 * sections by subject. */
struct config *config_default(struct arena *a, struct span wire_folder);
/* Lays JSON or YAML over a configuration (rehearsals' "site" and "config"). NULL on a mistake. */
struct config *config_overlay(
    struct arena *a, const struct config *base, struct span bytes, struct config_report *report);
/* What desk and press depend on, as one canonical JSON line (never addresses, secrets or paths of
 * secrets); goes into the ledger as EVENT_CONFIG. */
struct span config_editorial(struct arena *a, const struct config *c);
/* NULL: damaged. Time zones that this system does not know any more are warnings in the report (may
 * be NULL): the site's is UTC then, a feed's is none (its embargoes without a zone are held). */
struct config *config_from_editorial(
    struct arena *a, struct span json, struct config_report *report);
/* The site file as it stands, but with another's editorial part (config_editorial's form): of a
 * feed of the same name the doors are the file's, a feed that only the other has has none, one that
 * only the file has is left out. NULL: damaged. Points into file. */
struct config *config_with_editorial(
    struct arena *a, const struct config *file, struct span json, struct config_report *report);
/* "22:00-06:00" as minutes of the day; an end before its beginning is the next day's. */
bool config_hours(struct span text, uint32_t *from_out, uint32_t *until_out);
/* Bit 0: Monday. 0: no day of the week. */
uint32_t config_day(struct span name);
/* A date, or a date and a time, of the site's zone where it names none; ms since 1970 in UTC. 0:
 * nothing was written. */
int64_t config_instant(const struct config *c, struct span text);
const struct config_feed *config_feed_named(const struct config *c, struct span name);
const struct config_section *config_section_named(const struct config *c, struct span name);
void config_mistake_print(const struct config_mistake *m,
    struct buf *out); /* "site.yaml:12:3: unknown key …; did you mean …?" */
/* docs/configuration.md's table of every key, from the schema. */
void config_describe(struct buf *out);

#endif
