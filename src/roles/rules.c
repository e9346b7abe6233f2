/* rules: the configuration's structs turned into those of desk and press, which may not know
 * config. Plain copying; everything points into the configuration. */
#include "roles.h"

static int64_t contract_end(const struct config *c, const struct config_feed *f)
{
    struct when w = when_iso(f->contract_ends);
    if (w.kind == WHEN_LOCAL) return zone_to_utc(c->zone ? c->zone : zone_utc(), w.ms);
    return w.kind == WHEN_UTC ? w.ms : 0;
}

static struct desk_feed desk_feed_of(const struct config *c, const struct config_feed *f)
{
    return (struct desk_feed){.name = f->name,
        .provider = f->provider,
        .provider_ids = f->provider_ids,
        .provider_id_count = f->provider_id_count,
        .languages = f->languages,
        .language_count = f->language_count,
        .zone = f->zone,
        .pictures = f->pictures,
        .noindex = f->index == INDEX_NO,
        .nonews = f->index != INDEX_YES,
        .retention_days = f->retention_days,
        .contract_ends_ms = contract_end(c, f),
        .kill_is_404 = f->kill == KILL_NOT_FOUND,
        .late_embargo_keeps = f->late_embargo == LATE_KEEP};
}

static struct desk_rule desk_rule_of(const struct config_rule *r)
{
    struct desk_rule d = {.name = r->name,
        .feeds = r->feeds,
        .feed_count = r->feed_count,
        .subjects = r->subjects,
        .subject_count = r->subject_count,
        .genres = r->genres,
        .genre_count = r->genre_count,
        .languages = r->languages,
        .language_count = r->language_count,
        .keywords = r->keywords,
        .keyword_count = r->keyword_count,
        .texts = r->texts,
        .text_count = r->text_count,
        .sections = r->sections_in,
        .section_count = r->section_in_count,
        .urgency_min = r->urgency_min,
        .urgency_max = r->urgency_max,
        .to_section = r->to_section,
        .add_tags = r->add_tags,
        .add_tag_count = r->add_tag_count,
        .noindex = r->noindex,
        .line = r->line};
    d.action = r->action == RULE_PUBLISH ? DESK_PUBLISH
               : r->action == RULE_HOLD  ? DESK_HOLD
               : r->action == RULE_DROP  ? DESK_DROP
                                         : DESK_NO_ACTION;
    return d;
}

struct desk_rules *rules_of(struct arena *a, const struct config *c)
{
    struct desk_rules *out = ARENA_NEW(a, struct desk_rules);
    struct desk_feed *feeds = ARENA_ARRAY(a, struct desk_feed, c->feed_count + 1);
    for (uint32_t i = 0; i < c->feed_count; i++) feeds[i] = desk_feed_of(c, &c->feeds[i]);
    struct desk_section *sections = ARENA_ARRAY(a, struct desk_section, c->section_count + 1);
    for (uint32_t i = 0; i < c->section_count; i++)
        sections[i] = (struct desk_section){.name = c->sections[i].name,
            .subjects = c->sections[i].subjects,
            .subject_count = c->sections[i].subject_count};
    struct desk_rule *rules = ARENA_ARRAY(a, struct desk_rule, c->rule_count + 1);
    for (uint32_t i = 0; i < c->rule_count; i++) rules[i] = desk_rule_of(&c->rules[i]);
    *out = (struct desk_rules){.feeds = feeds,
        .feed_count = c->feed_count,
        .sections = sections,
        .section_count = c->section_count,
        .rules = rules,
        .rule_count = c->rule_count,
        .site_zone = c->zone};
    return out;
}

static void press_lists(struct arena *a, const struct config *c, struct press_site *p)
{
    struct press_section *sections = ARENA_ARRAY(a, struct press_section, c->section_count + 1);
    for (uint32_t i = 0; i < c->section_count; i++)
        sections[i] = (struct press_section){
            c->sections[i].name, c->sections[i].title, c->sections[i].colour};
    struct press_feed *feeds = ARENA_ARRAY(a, struct press_feed, c->feed_count + 1);
    for (uint32_t i = 0; i < c->feed_count; i++)
        feeds[i] = (struct press_feed){c->feeds[i].name,
            c->feeds[i].credit.n ? c->feeds[i].credit : c->feeds[i].provider,
            c->feeds[i].disclaimer};
    struct press_link *menu = ARENA_ARRAY(a, struct press_link, c->menu_count + 1);
    for (uint32_t i = 0; i < c->menu_count; i++)
        menu[i] = (struct press_link){c->menu[i].title, c->menu[i].url};
    struct press_house_page *pages = ARENA_ARRAY(a, struct press_house_page, c->page_count + 1);
    for (uint32_t i = 0; i < c->page_count; i++)
        pages[i] = (struct press_house_page){c->pages[i].name, c->pages[i].title, c->pages[i].body};
    p->sections = sections, p->section_count = c->section_count;
    p->feeds = feeds, p->feed_count = c->feed_count;
    p->menu = menu, p->menu_count = c->menu_count;
    p->pages = pages, p->page_count = c->page_count;
}

struct press_site *press_site_of(struct arena *a, const struct config *c)
{
    struct press_site *p = ARENA_NEW(a, struct press_site);
    *p = (struct press_site){.name = c->site_name,
        .tagline = c->tagline,
        .url = c->url,
        .base = c->base,
        .language = c->language,
        .logo = c->publisher_logo,
        .zone = c->zone,
        .noindex = c->noindex,
        .masthead_title = c->masthead_title,
        .masthead_url = c->masthead_url,
        .front_items = c->front_items,
        .section_items = c->section_items,
        .feed_items = c->feed_items,
        .hubs = c->hubs,
        .hub_count = c->hub_count,
        .cdn_keys = c->cdn_keys,
        .cdn_lifetime = c->cdn_lifetime,
        .cdn_seconds = c->cdn_seconds};
    press_lists(a, c, p);
    return p;
}

struct office_site *office_site_of(struct arena *a, const struct config *c)
{
    struct office_site *o = ARENA_NEW(a, struct office_site);
    struct office_feed *feeds = ARENA_ARRAY(a, struct office_feed, c->feed_count + 1);
    for (uint32_t i = 0; i < c->feed_count; i++)
        feeds[i] = (struct office_feed){c->feeds[i].name,
            c->feeds[i].credit.n ? c->feeds[i].credit : c->feeds[i].provider,
            c->feeds[i].disclaimer};
    struct office_section *sections = ARENA_ARRAY(a, struct office_section, c->section_count + 1);
    for (uint32_t i = 0; i < c->section_count; i++)
        sections[i] = (struct office_section){c->sections[i].name,
            c->sections[i].title.n ? c->sections[i].title : c->sections[i].name};
    *o = (struct office_site){.name = c->site_name,
        .url = c->url,
        .base = c->base,
        .language = c->language,
        .zone = c->zone,
        .feeds = feeds,
        .feed_count = c->feed_count,
        .sections = sections,
        .section_count = c->section_count};
    return o;
}
