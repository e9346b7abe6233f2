/* rules: the configuration's structs turned into those of desk and press, which may not know
 * config. Plain copying; everything points into the configuration. */
#include "roles.h"

/* As views have it: "+GB,IE", "-US". A word that is no country's (an older file's) stands for none.
 */
static struct span territory_of(struct arena *a, const struct config_feed *f)
{
    struct buf b;
    bool but = f->territory_except_count > 0;
    const struct span *list = but ? f->territory_except : f->territory;
    uint32_t n = but ? f->territory_except_count : f->territory_count;
    if (!n) return S("");
    buf_init(&b, a, 0);
    buf_char(&b, but ? '-' : '+');
    for (uint32_t i = 0; i < n; i++) {
        struct span code = country_of(list[i]);
        if (code.n && b.n > 1) buf_char(&b, ',');
        buf_put(&b, code);
    }
    return buf_span(&b);
}

static struct desk_feed desk_feed_of(
    struct arena *a, const struct config *c, const struct config_feed *f)
{
    return (struct desk_feed){.name = f->name,
        .provider = f->provider,
        .provider_ids = f->provider_ids,
        .provider_id_count = f->provider_id_count,
        .languages = f->languages,
        .language_count = f->language_count,
        .zone = f->zone,
        .pictures = f->pictures,
        .comments = f->comments,
        .noindex = f->index == INDEX_NO,
        .nonews = f->index != INDEX_YES,
        .retention_days = f->retention_days,
        .is_locked = f->locked,
        .territory = config_is_bound(f) ? territory_of(a, f) : S(""),
        .contract_ends_ms = config_instant(c, f->contract_ends),
        .kill_is_404 = f->kill == KILL_NOT_FOUND,
        .late_embargo_keeps = f->late_embargo == LATE_KEEP,
        .history = f->history == HISTORY_POLICY_FULL   ? HISTORY_FULL
                   : f->history == HISTORY_POLICY_NONE ? HISTORY_NONE
                                                       : HISTORY_CHANGES};
}

static struct desk_rule desk_rule_of(const struct config *c, const struct config_rule *r)
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
        .places = r->places,
        .place_count = r->place_count,
        .sources = r->sources,
        .source_count = r->source_count,
        .noindex = r->noindex,
        .shadow = r->shadow,
        .no_push = r->no_push,
        .pin_minutes = r->pin_minutes,
        .line = r->line};
    d.from_ms = config_instant(c, r->from);
    d.until_ms = config_instant(c, r->until);
    for (uint32_t i = 0; i < r->day_count; i++) d.days |= config_day(r->days[i]);
    d.has_hours = config_hours(r->hours, &d.hours_from, &d.hours_until);
    d.action = r->action == RULE_PUBLISH ? DESK_PUBLISH
               : r->action == RULE_HOLD  ? DESK_HOLD
               : r->action == RULE_DROP  ? DESK_DROP
               : r->action == RULE_WAIT  ? DESK_WAIT
                                         : DESK_NO_ACTION;
    return d;
}

_Static_assert((int)CONFIG_TOPIC_LEVELS_MAX == (int)DESK_TOPIC_LEVELS_MAX, "what is read is used");

static void desk_topics_of(struct arena *a, const struct config *c, struct desk_topics *out)
{
    struct desk_topic *list = ARENA_ARRAY(a, struct desk_topic, c->topic_count + 1);
    for (uint32_t i = 0; i < c->topic_count; i++) {
        const struct config_topic *t = &c->topics[i];
        list[i] = (struct desk_topic){t->code, t->broader, t->old, t->is_wider, t->name};
    }
    desk_topics_make(a, list, c->topic_count, out);
}

struct desk_rules *rules_of(struct arena *a, const struct config *c)
{
    struct desk_rules *out = ARENA_NEW(a, struct desk_rules);
    struct desk_feed *feeds = ARENA_ARRAY(a, struct desk_feed, c->feed_count + 1);
    for (uint32_t i = 0; i < c->feed_count; i++) feeds[i] = desk_feed_of(a, c, &c->feeds[i]);
    struct desk_section *sections = ARENA_ARRAY(a, struct desk_section, c->section_count + 1);
    for (uint32_t i = 0; i < c->section_count; i++)
        sections[i] = (struct desk_section){.name = c->sections[i].name,
            .subjects = c->sections[i].subjects,
            .subject_count = c->sections[i].subject_count};
    struct desk_rule *rules = ARENA_ARRAY(a, struct desk_rule, c->rule_count + 1);
    for (uint32_t i = 0; i < c->rule_count; i++) rules[i] = desk_rule_of(c, &c->rules[i]);
    *out = (struct desk_rules){.feeds = feeds,
        .feed_count = c->feed_count,
        .sections = sections,
        .section_count = c->section_count,
        .rules = rules,
        .rule_count = c->rule_count,
        .comments = c->comments == COMMENTS_OPEN      ? DESK_COMMENTS_OPEN
                    : c->comments == COMMENTS_APPROVE ? DESK_COMMENTS_APPROVE
                                                      : DESK_COMMENTS_OFF,
        .comment_days = c->comment_days,
        .comment_reports = c->talk.hide_reports,
        .comment_hold = c->talk.hold_score,
        .site_zone = c->zone,
        .knows_countries = c->country_header.n > 0,
        .parties = c->parties,
        .party_count = c->party_count,
        .no_ads = c->audience.not_beside,
        .no_ad_count = c->audience.not_beside_count};
    desk_topics_of(a, c, &out->topics);
    return out;
}

static void press_editions_of(struct arena *a, const struct config *c, struct press_editions *out)
{
    struct press_edition *list = ARENA_ARRAY(a, struct press_edition, c->edition_count + 1);
    for (uint32_t i = 0; i < c->edition_count; i++)
        list[i] = (struct press_edition){c->editions[i].language, c->editions[i].title,
            c->editions[i].url, c->editions[i].same_sections, c->editions[i].is_default};
    *out = (struct press_editions){list, c->edition_count};
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
            c->feeds[i].disclaimer, c->feeds[i].machines == MACHINES_NO, c->feeds[i].embeds};
    struct press_link *menu = ARENA_ARRAY(a, struct press_link, c->menu_count + 1);
    for (uint32_t i = 0; i < c->menu_count; i++)
        menu[i] = (struct press_link){c->menu[i].title, c->menu[i].url};
    struct press_house_page *pages = ARENA_ARRAY(a, struct press_house_page, c->page_count + 1);
    uint32_t page_count = 0;
    for (uint32_t i = 0; i < c->page_count; i++)
        if (!config_page_waits(&c->pages[i]))
            pages[page_count++] =
                (struct press_house_page){c->pages[i].name, c->pages[i].title, c->pages[i].body};
    p->sections = sections, p->section_count = c->section_count;
    p->feeds = feeds, p->feed_count = c->feed_count;
    p->menu = menu, p->menu_count = c->menu_count;
    p->pages = pages, p->page_count = page_count;
    p->crawlers = c->crawlers, p->crawler_count = c->crawler_count;
    press_editions_of(a, c, &p->editions);
}

/* Where a link is not written down, the house page of that name, if it is published. */
static struct span page_or(
    struct arena *a, const struct press_site *p, struct span link, const char *page)
{
    for (uint32_t i = 0; !link.n && i < p->page_count; i++)
        if (span_eq(p->pages[i].name, span_of(page))) return arena_printf(a, "/page/%s", page);
    return link;
}

static struct press_organisation organisation_of(
    struct arena *a, const struct config *c, const struct press_site *p)
{
    const struct config_organisation *o = &c->organisation;
    return (struct press_organisation){.is_news = o->kind == ORGANISATION_NEWS,
        .legal_name = o->legal_name,
        .founded = o->founded,
        .email = o->email,
        .telephone = o->telephone,
        .address = o->address,
        .contact_page = page_or(a, p, o->contact_page, "contact"),
        .principles = page_or(a, p, o->principles, "about"),
        .corrections = page_or(a, p, o->corrections, "corrections-policy"),
        .ethics = page_or(a, p, o->ethics, "ethics"),
        .fact_checking = o->fact_checking,
        .ownership = o->ownership,
        .masthead = o->masthead,
        .feedback = o->feedback,
        .same_as = o->same_as,
        .same_as_count = o->same_as_count};
}

static struct press_grievance grievance_of(const struct config_grievance *g)
{
    return (struct press_grievance){.officer = g->officer,
        .address = g->address,
        .email = g->email,
        .telephone = g->telephone,
        .body = g->body,
        .body_url = g->body_url,
        .acknowledge_hours = g->acknowledge_hours,
        .answer_days = g->answer_days};
}

_Static_assert((int)EMBEDS_NO == (int)PRESS_EMBEDS_NO, "the same words");

/* RFC 6797, 6.1. */
static struct span hsts_of(struct arena *a, const struct config *c)
{
    if (!c->hsts_days) return S("");
    return arena_printf(a, "max-age=%llu%s%s", c->hsts_days * 86400ULL,
        c->hsts_subdomains ? "; includeSubDomains" : "", c->hsts_preload ? "; preload" : "");
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
        .top = (enum press_top)c->front_top,
        .top_wait_ms =
            c->front_top == TOP_AFTER_MINUTES ? c->front_top_minutes * INT64_C(60000) : 0,
        .country_header = c->country_header.n ? arena_cstr(a, c->country_header) : NULL,
        .unknown_is_inside = c->unknown_country == UNKNOWN_INSIDE,
        .hubs = c->hubs,
        .hub_count = c->hub_count,
        .cdn_keys = c->cdn_keys,
        .cdn_lifetime = c->cdn_lifetime,
        .cdn_seconds = c->cdn_seconds,
        .cdn_stale_seconds = c->cdn_stale_seconds,
        .leads_home = c->redirect,
        .hsts = hsts_of(a, c),
        .acme_folder = c->acme_folder,
        .embeds = (enum press_embeds)c->embeds,
        .comment_edit_minutes = c->talk.edit_minutes,
        .comments_by_mail = c->talk.confirm == CONFIRM_MAIL};
    p->live = (struct press_live){.on = c->live.running,
        .push = c->live.push,
        .updates = c->live.updates,
        .hours = c->live.hours};
    p->offline = (struct press_offline){.on = c->offline.reading,
        .articles = c->offline.articles,
        .short_name = c->offline.short_name.n ? c->offline.short_name : c->site_name,
        .colour = c->offline.colour,
        .background = c->offline.background};
    press_lists(a, c, p);
    press_audience_of(a, c, &p->audience);
    p->organisation = organisation_of(a, c, p);
    p->grievance = grievance_of(&c->grievance);
    return p;
}

static struct office_feed office_feed_of(
    struct arena *a, const struct config *c, const struct config_feed *f)
{
    return (struct office_feed){.name = f->name,
        .agency = f->credit.n ? f->credit : f->provider,
        .disclaimer = f->disclaimer,
        .credit_line = f->credit_line,
        .languages = f->languages,
        .language_count = f->language_count,
        .territory = territory_of(a, f),
        .territory_by_proxy = !config_is_bound(f),
        .contract_ends_ms = config_instant(c, f->contract_ends),
        .retention_days = f->retention_days,
        .takedown_minutes = f->takedown_minutes,
        .pictures = f->pictures,
        .noindex = f->index == INDEX_NO,
        .locked = f->locked,
        .no_gallery = f->no_gallery,
        .shadow = f->shadow};
}

struct office_site *office_site_of(struct arena *a, const struct config *c)
{
    struct office_site *o = ARENA_NEW(a, struct office_site);
    struct office_feed *feeds = ARENA_ARRAY(a, struct office_feed, c->feed_count + 1);
    for (uint32_t i = 0; i < c->feed_count; i++) feeds[i] = office_feed_of(a, c, &c->feeds[i]);
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
        .section_count = c->section_count,
        .hears_complaints = c->grievance.officer.n > 0,
        .mails = c->mail_from.n > 0};
    return o;
}
