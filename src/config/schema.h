/* schema.h: the table from which everything about the site file follows: what is read, what is
 * refused and why, what goes into the ledger, and the page of documentation. Private to config. */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stddef.h>

#include "config.h"

enum {
    CONFIG_FILE_BYTES_MAX = 1 << 20, /* a thousand rules are 200 kB */
    CONFIG_PAGE_BYTES_MAX = 1 << 20, /* a house page */
    CONFIG_ITEMS_MAX = 4000,   /* sections, feeds, rules, links; IPTC has 1400 topics. A list longer
                                  than this is a mistake */
    LIMIT_NONE = 1000000,      /* of a feed's limits: more than any wire brings in an hour */
    CONFIG_MISTAKES_MAX = 200, /* after these nobody reads on */
    CONFIG_CDN_SECONDS = 30,   /* so long a lost purge shows a killed page at most */
    HSTS_PRELOAD_DAYS = 365,   /* what hstspreload.org asks of sites on browsers' lists */
    CONFIG_PURGES_AT_ONCE = 4, /* requests to one cache; the courier keeps room for more */
};

enum value_type {
    TYPE_TEXT, /* one line */
    TYPE_NAME, /* [a-z0-9-]+ */
    TYPE_FLAG,
    TYPE_COUNT,
    TYPE_ZONE,
    TYPE_ORIGIN, /* http(s)://host[:port] */
    TYPE_BASE,   /* /path */
    TYPE_LINK,   /* http(s) URL or /path */
    TYPE_COLOUR,
    TYPE_LANGUAGE,
    TYPE_PATH,     /* of a file or folder, relative to the site file's */
    TYPE_KEY_FILE, /* a path, and surely not the secret itself */
    TYPE_CHOICE,   /* to an enum */
    TYPE_INSTANT,  /* an ISO 8601 date or time, kept as text */
    TYPE_WORD,     /* one of some words, kept as text */
    TYPE_TEXTS,    /* one or a list */
    TYPE_NAMES,
    TYPE_ADDRESSES,
    TYPE_NETWORKS,
    TYPE_GROUP, /* a map; its keys fill the same struct */
    TYPE_ITEMS, /* a list of maps, or a map by name */
    TYPE_HTML,
    TYPE_LINE, /* written by us alone */
};
enum key_flag {
    KEY_EDITORIAL = 1, /* desk and press depend on it: goes into the ledger */
    KEY_OURS = 2,      /* not for people: only in what the ledger holds */
    KEY_NEEDED = 4,
};
struct group;
struct key {
    const char *name;
    enum value_type type;
    size_t at, count_at;       /* offsets */
    const struct group *group; /* GROUP, ITEMS */
    const char *words;         /* CHOICE, WORD: "gone|not-found" */
    uint32_t min, max;         /* COUNT */
    const char *otherwise;     /* the default, as documentation has it */
    const char *about;         /* a sentence */
    int flags;
};
struct group {
    const char *about;
    const struct key *keys;
    size_t key_count;
    size_t item_bytes;       /* ITEMS */
    size_t name_at, line_at; /* SIZE_MAX: none */
    bool merges; /* over a configuration: items of the same name are changed, others stay */
};
extern const struct group schema_root, schema_comments, schema_organisation, schema_crawlers,
    schema_grievance;
/* schema_audience.c */
extern const struct group audience_group, share_group, channel_group, support_group, ads_group,
    tag_group;
extern const struct group schema_live, schema_offline; /* schema_live.c */

/* What is being read. */
struct reading {
    struct arena *a;
    struct config_report *report;
    struct span name;   /* of the file, for messages */
    const char *folder; /* NULL: no files are read */
    bool is_ours;       /* the ledger's own form: no defaults, our keys allowed */
    struct config *config;
    const struct yaml *root;
};

/* walk.c */
void walk_root(struct reading *r, const struct yaml *root);
/* values.c */
void value_read(struct reading *r, const struct key *k, const struct yaml *y, void *base);
/* Nothing is left out silently: says so of a list, at its first entry behind CONFIG_ITEMS_MAX. */
void too_many(struct reading *r, const struct key *k, const struct yaml *first_over);
/* mistakes.c */
void mistake(struct reading *r, uint32_t line, uint32_t column, struct span advice, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));
void mistake_at(struct reading *r, const struct yaml *y, struct span advice, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void warning_at(struct reading *r, const struct yaml *y, struct span advice, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
size_t word_distance(
    struct span a, struct span b); /* letters put in, left out, changed, swapped with the next */
struct span suggest_word(
    struct arena *a, struct span said, const char *words); /* "did you mean “x”?", or the list */
struct span suggest_zone(struct arena *a, struct span said);
struct span suggest_key(struct arena *a, const struct group *g, struct span said);
void sort_mistakes(struct config_report *report); /* of each file by line and column */
void take_mistakes(struct reading *r, const struct config_report *of); /* behind ours */
/* topics.c */
void check_topics(struct reading *r); /* reads IPTC's file, too */
/* checks.c */
void check_config(struct reading *r);
void check_audience(struct reading *r); /* checks_audience.c */
/* polls.c */
void check_poll(struct reading *r, struct config_feed *f, const struct yaml *feed);
void check_conditions(struct reading *r, const struct yaml *rule); /* conditions.c */
void check_codes(struct reading *r, const struct yaml *subjects);  /* NULL, a list, or one */
/* schema_editions.c */
extern const struct group edition_group;
void check_editions(struct reading *r);
/* titles.c: static, but for the list */
struct span title_of_section(struct span name, struct span language); /* else English */
bool language_is_built_in(struct span language);     /* the built-in theme has its words: "hi-IN" */
struct span language_own_name(struct span language); /* "हिन्दी"; else the code itself */
struct span languages_built_in(struct arena *a);     /* "en, hi … or zh" */
/* defaults.c */
void config_defaults(struct arena *a, struct config *c);
bool default_section(struct arena *a, struct span name, struct span language,
    struct config_section *out);              /* the built-in section of this name */
void limits_default(struct config_limits *l); /* where the file is silent */
const struct zone *machine_zone(void);

#define CHOICE_WORD_MAX 32
bool words_next(const char **rest, struct span *word); /* of "a|b|c" */

#endif
