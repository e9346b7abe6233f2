/* checks.c: what no single value can tell: names that must exist elsewhere, files that must be
 * readable, things that cannot both be. Runs after the whole file has been read, so that order in
 * the file does not matter. */
#include <string.h>

#include "schema.h"

/* ---- what is left out ---- */
static struct span title_of(struct arena *a, struct span name)
{
    char *title = arena_cstr(a, name);
    for (size_t i = 0; i < name.n; i++)
        if (title[i] == '-') title[i] = ' ';
    if (title[0] >= 'a' && title[0] <= 'z') title[0] = (char)(title[0] - 32);
    return span_of(title);
}

static void fill_sections(struct reading *r)
{
    for (uint32_t i = 0; i < r->config->section_count; i++) {
        struct config_section *s = &r->config->sections[i], built_in;
        bool is_known = default_section(r->a, s->name, r->config->language, &built_in);
        if (!s->subjects && is_known) {
            s->subjects = built_in.subjects;
            s->subject_count = built_in.subject_count;
        }
        if (!s->colour.n && is_known) s->colour = built_in.colour;
        if (!s->title.n && is_known) s->title = built_in.title;
        if (!s->title.n) s->title = title_of(r->a, s->name);
    }
}

static void fill_feeds(struct config *c)
{
    for (uint32_t i = 0; i < c->feed_count; i++) {
        struct config_feed *f = &c->feeds[i];
        if (!f->provider.n) f->provider = f->name;
        if (!f->credit.n) f->credit = f->provider;
        limits_default(&f->limits);
    }
}

/* ---- names that must exist ---- */
static struct span names_of(struct reading *r, bool of_feeds)
{
    struct buf b;
    buf_init(&b, r->a, 0);
    uint32_t n = of_feeds ? r->config->feed_count : r->config->section_count;
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_char(&b, '|');
        buf_put(&b, of_feeds ? r->config->feeds[i].name : r->config->sections[i].name);
    }
    buf_char(&b, 0);
    return buf_span(&b);
}

static void check_name(struct reading *r, const struct yaml *y, bool of_feed)
{
    if (y->type != YAML_TEXT || !y->text.n) return;
    if (of_feed ? config_feed_named(r->config, y->text) != NULL
                : config_section_named(r->config, y->text) != NULL)
        return;
    mistake_at(r, y, suggest_word(r->a, y->text, names_of(r, of_feed).p), "there is no %s “%.*s”",
        of_feed ? "feed" : "section", FMT(utf8_head(y->text, 60)));
}

static void check_names(struct reading *r, const struct yaml *list, bool of_feeds)
{
    if (!list) return;
    if (list->type == YAML_TEXT) check_name(r, list, of_feeds);
    for (const struct yaml *y = list->type == YAML_LIST ? list->first : NULL; y; y = y->next)
        check_name(r, y, of_feeds);
}

static bool has_any(const struct yaml *map, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (yaml_get(map, keys[i])) return true;
    return false;
}

static void check_days(struct reading *r, const struct yaml *list)
{
    static const char days[] = "mon|tue|wed|thu|fri|sat|sun";
    const struct yaml *y = list && list->type == YAML_LIST ? list->first : list;
    for (; y; y = list->type == YAML_LIST ? y->next : NULL)
        if (y->type == YAML_TEXT && y->text.n && !config_day(y->text))
            mistake_at(r, y, suggest_word(r->a, y->text, days), "“%.*s” is no day of the week",
                FMT(utf8_head(y->text, 40)));
}

static void check_times(struct reading *r, const struct yaml *rule)
{
    const struct yaml *hours = yaml_get(rule, "hours"), *from = yaml_get(rule, "from"),
                      *until = yaml_get(rule, "until"), *action = yaml_get(rule, "action");
    uint32_t begin, end;
    if (hours && hours->type == YAML_TEXT && !config_hours(hours->text, &begin, &end))
        mistake_at(r, hours, S("write 22:00-06:00"), "“%.*s” are no hours of a day",
            FMT(utf8_head(hours->text, 40)));
    check_days(r, yaml_get(rule, "days"));
    int64_t first = from && from->type == YAML_TEXT ? config_instant(r->config, from->text) : 0,
            over = until && until->type == YAML_TEXT ? config_instant(r->config, until->text) : 0;
    if (first && over && first >= over)
        mistake_at(r, from, S("“until” is the first moment after it"),
            "“from” is not before “until”: no story can come between");
    bool waits = action && action->type == YAML_TEXT && span_eq(action->text, S("wait"));
    if (waits && !until && !hours && !yaml_get(rule, "days"))
        mistake_at(r, action, S("give until, hours or days, or write hold"),
            "this rule waits for nothing");
}

static void check_rule(struct reading *r, const struct yaml *rule)
{
    static const char *const actions[] = {
        "to_section", "add_tags", "noindex", "no_push", "pin_minutes", "action"};
    uint64_t min = 0, max = 9;
    const struct yaml *low = yaml_get(rule, "urgency_min"), *high = yaml_get(rule, "urgency_max");
    check_names(r, yaml_get(rule, "feeds"), true);
    check_names(r, yaml_get(rule, "sections"), false);
    check_names(r, yaml_get(rule, "to_section"), false);
    check_conditions(r, rule);
    check_times(r, rule);
    bool both = low && high && span_to_u64(low->text, &min) && span_to_u64(high->text, &max);
    if (both && max && min > max)
        mistake_at(r, low, S("1 is the most urgent"),
            "urgency_min is above urgency_max: no story can be both");
    if (!has_any(rule, actions, COUNT(actions)))
        warning_at(r, rule,
            S("give it to_section, add_tags, noindex, no_push, pin_minutes or action"),
            "this rule does nothing");
}

static void check_rules(struct reading *r)
{
    const struct yaml *rules = yaml_get(r->root, "rules");
    for (const struct yaml *y = rules && rules->type == YAML_LIST ? rules->first : NULL; y;
         y = y->next)
        if (y->type == YAML_MAP) check_rule(r, y);
}

/* ---- house pages ---- */
static const char *why_unread(enum result e)
{
    return e == ERR_ABSENT   ? "there is no such file"
           : e == ERR_DENIED ? "it may not be read"
           : e == ERR_FULL   ? "it is larger than 1 MB"
                             : "it cannot be read";
}

bool config_page_waits(const struct config_page *p)
{
    ptrdiff_t at = span_find(p->body.s, S("[["));
    return at >= 0 && span_find(span_cut(p->body.s, (size_t)at, p->body.s.n), S("]]")) >= 0;
}

static void load_page(struct reading *r, const struct yaml *y, struct config_page *p)
{
    struct span bytes;
    bool has_html = yaml_get(y, "html") != NULL;
    if (!p->title.n) p->title = title_of(r->a, p->name);
    if (p->file.n && has_html)
        mistake_at(r, y, S("leave out one of them"), "a page has either a file or html");
    if (!p->file.n && !has_html)
        mistake_at(r, y, S("name a file, or write html"), "this page has no text");
    if (!p->file.n || has_html || !r->folder) return;
    enum result e = file_read(r->a, arena_cstr(r->a, p->file), CONFIG_PAGE_BYTES_MAX, &bytes);
    if (e != OK)
        mistake_at(r, yaml_get(y, "file"), S("paths are seen from the site file's folder"),
            "“%.*s”: %s", FMT(p->file), why_unread(e));
    else if (!utf8_valid(bytes))
        mistake_at(
            r, yaml_get(y, "file"), S("save it as UTF-8"), "“%.*s” is not UTF-8", FMT(p->file));
    else
        p->body = html_clean(r->a, bytes);
}

static void load_pages(struct reading *r)
{
    const struct yaml *pages = yaml_get(r->root, "pages");
    uint32_t i = 0;
    for (const struct yaml *y = pages && pages->type != YAML_TEXT ? pages->first : NULL;
         y && i < r->config->page_count; y = y->next)
        if (y->type == YAML_MAP) {
            struct config_page *p = &r->config->pages[i++];
            load_page(r, y, p);
            if (config_page_waits(p))
                warning_at(r, y, S("fill it in, and reload"),
                    "“%.*s” is not published: a place to fill in, “[[…]]”, stands in it",
                    FMT(p->name));
        }
}

/* ---- the rest ---- */
static const struct yaml *place_of(struct reading *r, const char *group, const char *key)
{
    const struct yaml *g = yaml_get(r->root, group);
    const struct yaml *y = g && g->type == YAML_MAP ? yaml_get(g, key) : NULL;
    return y ? y : g ? g : r->root;
}

static void check_feeds(struct reading *r)
{
    const struct config *c = r->config;
    const struct yaml *feeds = yaml_get(r->root, "feeds");
    if (!c->feed_count)
        warning_at(r, feeds ? feeds : r->root, S("name one under “feeds”"),
            "there is no feed: nothing will come in");
    for (uint32_t i = 0; i < c->feed_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (c->feeds[i].folder.n && span_eq(c->feeds[i].folder, c->feeds[k].folder))
                mistake_at(r, feeds ? feeds : r->root, S("give each its own"),
                    "the feeds “%.*s” and “%.*s” watch one folder", FMT(c->feeds[k].name),
                    FMT(c->feeds[i].name));
}

static void check_sections(struct reading *r)
{
    const struct config *c = r->config;
    const struct yaml *y = yaml_get(r->root, "sections");
    for (const struct yaml *s = y ? y->first : NULL; s; s = s->next)
        if (s->type == YAML_MAP) check_codes(r, yaml_get(s, "subjects"));
    if (!c->section_count)
        mistake_at(r, y ? y : r->root, S("leave “sections” out for the built-in ones"),
            "there is no section");
    for (uint32_t i = 0; i < c->section_count; i++)
        if (!c->sections[i].subject_count) return;
    if (c->section_count)
        warning_at(r, y ? y : r->root, S("add a section with “subjects: []”"),
            "every section has subjects: what fits none goes to “%.*s”",
            FMT(c->sections[c->section_count - 1].name));
}

static void check_site(struct reading *r)
{
    const struct config *c = r->config;
    if (!c->theme.n && !language_is_built_in(c->language))
        mistake_at(r, place_of(r, "site", "language"),
            arena_printf(r->a, "use %.*s, or a theme with words/LANGUAGE.yaml",
                FMT(languages_built_in(r->a))),
            "the built-in theme has no words in “%.*s”", FMT(c->language));
    const struct yaml *site = yaml_get(r->root, "site");
    if (r->folder && !(site && site->type == YAML_MAP && yaml_get(site, "url")))
        warning_at(r, site ? site : r->root, S("set site.url to the address that readers use"),
            "absolute links will begin with %.*s", FMT(c->url));
    if (!c->tls_cert.n != !c->tls_key.n)
        mistake_at(
            r, place_of(r, "server", "tls"), S("give both"), "TLS needs a certificate and its key");
}

/* What a browser has been told is not taken back by telling it otherwise. */
static void check_door(struct reading *r)
{
    const struct config *c = r->config;
    bool is_https = span_starts(c->url, S("https://"));
    const struct yaml *hsts = place_of(r, "server", "hsts");
    if (c->hsts_days && !is_https)
        mistake_at(r, hsts, S("begin site.url with https://"),
            "readers' browsers would be bound to TLS, which site.url does not speak");
    if (c->hsts_preload && (c->hsts_days < HSTS_PRELOAD_DAYS || !c->hsts_subdomains))
        mistake_at(r, hsts, S("give “days: 365” at least, and “subdomains: yes”"),
            "browsers' lists take no site that says less");
    if (c->plain_listen_count && !c->tls_cert.n)
        mistake_at(r, place_of(r, "server", "plain_listen"), S("put it into “listen”"),
            "without “tls” every door is a plain one");
    else if (c->plain_listen_count && !c->redirect)
        warning_at(r, place_of(r, "server", "plain_listen"), S("add “redirect: yes”"),
            "readers of these doors get the pages without TLS");
}

static bool is_http(struct span s)
{
    return span_starts(s, S("https://")) || span_starts(s, S("http://"));
}

/* What goes out: whole, so that an alarm does not find out at night that nobody can be told. */
static void check_outgoing(struct reading *r)
{
    const struct config *c = r->config;
    const struct yaml *mail = place_of(r, "alarms", "mail");
    bool has_scheme =
        span_starts(c->mail_server, S("smtp://")) || span_starts(c->mail_server, S("smtps://"));
    if (!has_scheme)
        mistake_at(r, mail, S("write smtp://host:port or smtps://host:port"),
            "“%.*s” is not a mail server", FMT(utf8_head(c->mail_server, 60)));
    if (c->mail_to_count && !c->mail_from.n)
        mistake_at(r, mail, S("add “from”"), "mail needs a sender's address");
    bool confirms = c->talk.confirm == CONFIRM_MAIL;
    if (confirms && !c->mail_from.n)
        mistake_at(r, place_of(r, "comments", "confirm"),
            S("add alarms.mail with “server” and “from”, or say “confirm: no”"),
            "comments are to be confirmed by mail, and none can be sent");
    if (c->mail_from.n && !c->mail_to_count && !confirms)
        mistake_at(r, mail, S("add “to”"), "mail has nobody to go to");
    if (!c->mail_user.n != !c->mail_password_file.n)
        mistake_at(r, mail, S("give both"), "a user needs a password_file, and it a user");
    if (c->alarm_webhook.n && !is_http(c->alarm_webhook))
        mistake_at(r, place_of(r, "alarms", "webhook"), S("begin with https://"),
            "“webhook” is a whole address");
    for (uint32_t i = 0; i < c->hub_count; i++)
        if (!is_http(c->hubs[i]))
            mistake_at(r, place_of(r, "syndication", "hubs"), S("begin with https://"),
                "“%.*s” is not a hub's address", FMT(utf8_head(c->hubs[i], 60)));
    for (uint32_t i = 0; i < c->subscriber_count; i++)
        if (!is_http(c->subscribers[i].url))
            mistake_at(r, place_of(r, "syndication", "subscribers"), S("begin with https://"),
                "“url” of “%.*s” is a whole address", FMT(c->subscribers[i].name));
}

bool config_is_bound(const struct config_feed *f)
{
    return f->territory_keeper == TERRITORY_BY_SITE &&
           f->territory_count + f->territory_except_count > 0;
}

static void check_countries(struct reading *r, const struct yaml *list)
{
    const struct yaml *y = list && list->type == YAML_LIST ? list->first : list;
    for (; y; y = list->type == YAML_LIST ? y->next : NULL)
        if (y->type == YAML_TEXT && !country_of(y->text).n)
            mistake_at(r, y,
                span_eq_nocase(y->text, S("uk")) ? S("write GB")
                                                 : S("write its two letters of ISO 3166, as IE"),
                "“%.*s” is no country", FMT(utf8_head(y->text, 40)));
}

/* A feed as it stands in the file, by its name. */
static const struct yaml *feed_in_file(struct reading *r, struct span name)
{
    const struct yaml *feeds = yaml_get(r->root, "feeds");
    for (const struct yaml *y = feeds && feeds->type != YAML_TEXT ? feeds->first : NULL; y;
         y = y->next) {
        const struct yaml *n = y->type == YAML_MAP ? yaml_get(y, "name") : NULL;
        if (y->type == YAML_MAP && span_eq(n ? n->text : y->key, name)) return y;
    }
    return feeds ? feeds : r->root;
}

static void check_form(struct reading *r, const struct yaml *y, const char *const *names, size_t n)
{
    struct span what;
    if (y && y->type == YAML_TEXT && form_mistake(y->text, names, n, &what))
        mistake_at(r, y, S("docs/configuration.md lists them"), "there is no place “%.*s”",
            FMT(utf8_head(what, 40)));
}

static void check_credit(struct reading *r, const struct config_feed *f, const struct yaml *y)
{
    static const char *const of_story[] = {"agency", "byline", "copyright", "site"},
                             *const of_picture[] = {"agency", "credit", "site"};
    static const char places[] = "top|end|lists";
    if (y->type != YAML_MAP) return;
    check_form(r, yaml_get(y, "credit_line"), of_story, COUNT(of_story));
    check_form(r, yaml_get(y, "picture_credit"), of_picture, COUNT(of_picture));
    for (uint32_t i = 0; i < f->credit_at_count; i++)
        if (!span_eq(f->credit_at[i], S("top")) && !span_eq(f->credit_at[i], S("end")) &&
            !span_eq(f->credit_at[i], S("lists")))
            mistake_at(r, yaml_get(y, "credit_at"), suggest_word(r->a, f->credit_at[i], places),
                "a credit does not stand at “%.*s”", FMT(f->credit_at[i]));
}

static void check_territory(struct reading *r, const struct config_feed *f, const struct yaml *y)
{
    if (y->type != YAML_MAP) return;
    check_countries(r, yaml_get(y, "territory"));
    check_countries(r, yaml_get(y, "territory_except"));
    if (f->territory_count && f->territory_except_count)
        mistake_at(r, yaml_get(y, "territory_except"), S("leave out one of them"),
            "a licence names the countries that it covers, or those that it leaves out");
    if (config_is_bound(f) && !r->config->country_header.n)
        warning_at(r, y, S("set site.country_header, or “territory_kept_by: proxy”"),
            "the licence of “%.*s” is for some countries, and nobody tells where a reader is: all "
            "its stories are held",
            FMT(f->name));
}

static bool is_token(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'z') ||
                (s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '-' || s.p[i] == '_'))
            return false;
    return s.n > 0;
}

static void check_purge(struct reading *r, struct config_purge *p)
{
    const struct yaml *at = place_of(r, "cdn", "purge");
    if (!p->method.n) p->method = S("PURGE");
    if (!p->at_once) p->at_once = CONFIG_PURGES_AT_ONCE;
    if (!p->header.n && p->by == PURGE_BY_KEY && !span_eq(p->method, S("POST")))
        p->header = S("xkey-purge");
    if (!is_http(p->url))
        mistake_at(
            r, at, S("begin with https://"), "“url” of “%.*s” is a whole address", FMT(p->name));
    if (!p->secret_header.n != !p->secret_file.n)
        mistake_at(r, at, S("give both"), "“%.*s”: secret_header needs secret_file, and it that",
            FMT(p->name));
    if ((p->header.n && !is_token(p->header)) ||
        (p->secret_header.n && !is_token(p->secret_header)))
        mistake_at(r, at, S("letters, digits and hyphens"), "“%.*s”: this is no header's name",
            FMT(p->name));
    if (p->by == PURGE_BY_KEY && !r->config->cdn_keys.n)
        mistake_at(r, at, S("add cdn.keys, or say “by: url”"),
            "“%.*s” drops by key, and pages name none", FMT(p->name));
}

/* A stale page may be shown only where a purge takes it away with the fresh one; and browsers,
 * which nobody purges, never hear of it. */
static void check_stale(struct reading *r)
{
    const struct config *c = r->config;
    bool can_say = span_eq(c->cdn_lifetime, S("Surrogate-Control")) ||
                   span_eq(c->cdn_lifetime, S("CDN-Cache-Control"));
    bool by_key = c->purge_count || c->purge_command_count;
    for (uint32_t i = 0; i < c->purge_count; i++) by_key &= c->purges[i].by == PURGE_BY_KEY;
    if (!c->cdn_stale_seconds || (can_say && by_key)) return;
    mistake_at(r, place_of(r, "cdn", "stale_seconds"),
        can_say ? S("leave it out, or purge by key")
                : S("leave it out, or take another “lifetime”"),
        can_say ? "a stale page could outlive a kill where not everything is dropped by key"
                : "browsers or nobody would obey “stale_seconds”");
}

/* A cache that may keep pages and is never told to drop them would go on showing what was killed.
 */
static void check_cdn(struct reading *r)
{
    struct config *c = r->config;
    const struct yaml *at = place_of(r, "cdn", "lifetime");
    if (!c->cdn_seconds) c->cdn_seconds = CONFIG_CDN_SECONDS;
    for (uint32_t i = 0; i < c->purge_count; i++) check_purge(r, &c->purges[i]);
    check_stale(r);
    if (c->purge_command_file.n && !c->purge_command_count)
        mistake_at(r, place_of(r, "cdn", "command_file"), S("add “command”"),
            "“command_file” is for a command");
    if (c->purge_command_count && c->purge_command[0].p[0] != '/')
        mistake_at(r, place_of(r, "cdn", "command"), S("begin with /"),
            "“command” names its program by the whole path");
    if (c->cdn_lifetime.n && !c->purge_count && !c->purge_command_count)
        warning_at(r, at, S("add cdn.purge or cdn.command"),
            "a cache in front may keep pages %u s, and nobody tells it of a kill",
            (unsigned)c->cdn_seconds);
}

/* What readers send must not reach it: its door is its own. */
static void check_desk(struct reading *r)
{
    const struct config *c = r->config;
    const struct yaml *at = place_of(r, "desk", "listen");
    if (c->desk_listen_count > 1) mistake_at(r, at, S("give one address"), "the desk has one door");
    for (uint32_t i = 0; i < c->listen_count && c->desk_listen_count; i++)
        if (span_eq(c->listen[i], c->desk_listen[0]))
            mistake_at(r, at, S("give the desk another port"), "%.*s is the readers' door",
                FMT(c->listen[i]));
}

/* Only what people write: an older file that the ledger holds stays readable. */
static void check_licences(struct reading *r)
{
    const struct config *c = r->config;
    bool by_unix = false;
    if (r->is_ours) return;
    for (uint32_t i = 0; i < c->feed_count; i++) {
        const struct yaml *y = feed_in_file(r, c->feeds[i].name);
        check_territory(r, &c->feeds[i], y);
        check_credit(r, &c->feeds[i], y);
        check_poll(r, &c->feeds[i], y);
    }
    for (uint32_t i = 0; i < c->listen_count; i++) by_unix |= span_starts(c->listen[i], S("unix:"));
    const struct yaml *at = place_of(r, "site", "country_header");
    if (c->country_header.n && !is_token(c->country_header))
        mistake_at(r, at, S("letters, digits and hyphens"), "this is no header's name");
    else if (c->country_header.n && !c->trusted_proxy_count && !by_unix)
        warning_at(r, at, S("add the proxy to server.trusted_proxies"),
            "no proxy is trusted to send “%.*s”: no reader's country is known",
            FMT(c->country_header));
}

void check_config(struct reading *r)
{
    fill_sections(r);
    fill_feeds(r->config);
    if (r->root->type != YAML_MAP) return;
    check_site(r);
    check_door(r);
    check_desk(r);
    check_sections(r);
    check_feeds(r);
    check_licences(r);
    check_outgoing(r);
    check_cdn(r);
    check_rules(r);
    load_pages(r);
    check_audience(r);
    check_editions(r);
    check_topics(r);
}
