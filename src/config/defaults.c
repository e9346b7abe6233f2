/* defaults.c: what holds where the site file is silent, and the whole configuration where there is
 * no file. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schema.h"

/* Codes for wires that have them (medtop: and subj: share their first level), words for those that
 * have none. In order: a story about a war's price stands under world. What fits none goes to the
 * last. */
static const struct {
    const char *name, *colour, *subjects;
} sections[] = {
    {"world", "#1f4e79", "medtop:16000000|subj:16000000|medtop:20000638|subj:11002000|world*"},
    {"politics", "#7a1f2b", "medtop:11000000|subj:11000000|politic*"},
    {"business", "#1d5c3a",
        "medtop:04000000|subj:04000000|medtop:09000000|subj:09000000|business*|econom*|market*|"
        "finance*"},
    {"sport", "#b3541e", "medtop:15000000|subj:15000000|sport*"},
    {"science", "#2b6777", "medtop:13000000|subj:13000000|scien*|tech*"},
    {"health", "#5b2a86", "medtop:07000000|subj:07000000|health*"},
    {"environment", "#3f6b1f",
        "medtop:06000000|subj:06000000|medtop:17000000|subj:17000000|environment*|climate*|"
        "weather*"},
    {"culture", "#8a3a6b", "medtop:01000000|subj:01000000|culture*|arts*|entertainment*"},
    {"life", "#6b5b2a",
        "medtop:10000000|subj:10000000|medtop:08000000|subj:08000000|medtop:05000000|subj:05000000|"
        "medtop:12000000|subj:12000000|lifestyle*|education*"},
    {"news", "#3a3f47", ""},
};

static struct config_section section_of(struct arena *a, size_t i, struct span language)
{
    struct config_section s = {.name = span_of(sections[i].name),
        .title = title_of_section(span_of(sections[i].name), language),
        .colour = span_of(sections[i].colour)};
    struct span word, *list = NULL;
    size_t count = 0, cap = 0;
    for (const char *rest = sections[i].subjects; words_next(&rest, &word);)
        *ARENA_PUSH(a, list, count, cap) = word;
    s.subjects = list ? list : ARENA_NEW(a, struct span);
    s.subject_count = (uint32_t)count;
    return s;
}

bool default_section(
    struct arena *a, struct span name, struct span language, struct config_section *out)
{
    for (size_t i = 0; i < COUNT(sections); i++) {
        if (!span_eq(span_of(sections[i].name), name)) continue;
        *out = section_of(a, i, language);
        return true;
    }
    return false;
}

void limits_default(struct config_limits *l)
{
    if (!l->stories_per_hour) l->stories_per_hour = 20000;
    if (!l->updates_per_story_per_hour) l->updates_per_story_per_hour = 2000;
    if (!l->rewrites_per_hour) l->rewrites_per_hour = 10;
    if (!l->rewrite_after_days) l->rewrite_after_days = 3;
}

void config_defaults(struct arena *a, struct config *c)
{
    c->site_name = S("Broadsheet");
    c->url = S("http://127.0.0.1:8080");
    c->language = S("en");
    c->zone = machine_zone();
    c->front_items = 40;
    c->section_items = 30;
    c->feed_items = 50;
    c->front_top_minutes = 10;
    c->comment_days = 14;
    c->talk = (struct config_comments){.edit_minutes = 15,
        .hide_reports = 3,
        .hold_score = 90,
        .unattended_days = 14,
        .address_days = 180};
    c->grievance = (struct config_grievance){.acknowledge_hours = 24,
        .answer_days = 15,
        .acknowledge_alarm_hours = 4,
        .answer_alarm_hours = 48};
    c->confirm_changes_over = 50;
    c->live = (struct config_live){.running = true,
        .push = true,
        .updates = 3,
        .hours = 12,
        .listeners = 2000,
        .listeners_per_client = 8};
    c->offline =
        (struct config_offline){.articles = 30, .colour = S("#8f1d1a"), .background = S("#fcfbf8")};
    c->mail_server = S("smtp://127.0.0.1:25");
    c->log = LOG_INFO;
    c->listen = ARENA_NEW(a, struct span);
    c->listen[0] = S("127.0.0.1:8080");
    c->listen_count = 1;
    c->section_count = COUNT(sections);
    c->sections = ARENA_ARRAY(a, struct config_section, COUNT(sections));
    for (size_t i = 0; i < COUNT(sections); i++) {
        c->sections[i] = section_of(a, i, S(""));
        c->sections[i].title = S(""); /* when the language is known */
    }
}

/* "/usr/share/zoneinfo/Europe/London" -> "Europe/London" */
static const struct zone *zone_in_path(struct span path)
{
    ptrdiff_t at = span_find(path, S("zoneinfo/"));
    return zone_open(at < 0 ? path : span_cut(path, (size_t)at + 9, path.n));
}

const struct zone *machine_zone(void)
{
    char link[512];
    const struct zone *z = NULL;
    const char *tz = getenv("TZ");
    if (tz && *tz == ':') tz++;
    if (tz && *tz) z = zone_in_path(span_of(tz));
    ssize_t n = z ? 0 : readlink("/etc/localtime", link, sizeof link);
    if (n > 0) z = zone_in_path((struct span){link, (size_t)n});
    return z ? z : zone_utc();
}

struct config *config_default(struct arena *a, struct span wire_folder)
{
    struct config *c = ARENA_NEW(a, struct config);
    config_defaults(a, c);
    for (uint32_t i = 0; i < c->section_count; i++)
        c->sections[i].title = title_of_section(c->sections[i].name, c->language);
    c->noindex = true;
    c->feeds = ARENA_NEW(a, struct config_feed);
    c->feed_count = 1;
    c->feeds->name = S("wire");
    c->feeds->provider = c->feeds->credit = S("Wire");
    c->feeds->zone = c->zone;
    c->feeds->pictures = true;
    limits_default(&c->feeds->limits);
    c->feeds->folder = arena_keep(a, wire_folder);
    return c;
}
