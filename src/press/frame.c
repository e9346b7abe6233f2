/* frame: what stands around every html page: head, masthead, menus, foot, crumbs, pager. Puts
 * names into records; how they look is the theme's. Never reads the store. */
#include "frame.h"
#include "audience.h"

#include <string.h>

static struct span link_below(struct sheet *s, struct span path)
{
    return press_path(s->p, s->a, path);
}

/* ---- links from the configuration: only to the web, or within the site ---- */
static bool is_fine_link(struct span url)
{
    bool within = url.n && url.p[0] == '/' && !span_starts(url, S("//"));
    return within || url_is_safe_link(url);
}

static void add_link(struct record *r, const char *list, struct span title, struct span url)
{
    if (!title.n || !is_fine_link(url)) return;
    struct record *item = record_item(r, list);
    record_text(item, "title", title);
    record_text(item, "url", url);
}

static void parent_site(struct sheet *s)
{
    const struct press_site *site = s->p->site;
    if (!site->menu_count && !site->masthead_title.n) return;
    struct record *parent = record_in(s->root, "parent");
    add_link(parent, "top", site->masthead_title, site->masthead_url);
    record_text(parent, "links", S(""));
    for (uint32_t i = 0; i < site->menu_count; i++)
        add_link(parent, "links", site->menu[i].title, site->menu[i].url);
}

/* ---- menus ---- */
void frame_section(struct sheet *s, struct span section)
{
    const struct press_site *site = s->p->site;
    record_text(s->root, "menu", S(""));
    for (uint32_t i = 0; i < site->section_count; i++) {
        struct record *item = record_item(s->root, "menu");
        bool here = span_eq(site->sections[i].name, section);
        record_text(item, "title", site->sections[i].title);
        record_text(item, "href", s->p->places[i].href);
        record_text(item, "tone", s->p->places[i].tone);
        record_flag(item, "here", here);
    }
}

static void house_links(struct sheet *s)
{
    const struct press_site *site = s->p->site;
    for (uint32_t i = 0; i < site->page_count; i++) {
        struct record *item = record_item(s->root, "house");
        record_text(item, "title", site->pages[i].title);
        record_text(item, "href",
            arena_printf(s->a, "%.*s/page/%.*s", FMT(site->base), FMT(site->pages[i].name)));
    }
    if (!site->grievance.officer.n) return;
    struct record *item = record_item(s->root, "house");
    record_text(item, "title", press_word(s->p, "grievance_title"));
    record_text(item, "href", link_below(s, S("/grievance")));
}

static void fixed_names(struct sheet *s)
{
    const struct press *p = s->p;
    struct record *r = s->root;
    record_text(r, "lang", p->lang);
    record_text(r, "dir", p->rtl ? S("rtl") : S("ltr"));
    record_text(r, "site", p->site->name);
    record_text(r, "tagline", p->site->tagline);
    record_text(r, "base", p->site->base);
    record_text(r, "home", link_below(s, S("/")));
    record_text(r, "css", p->css);
    record_text(r, "script", p->script);
    record_text(r, "live_script", p->live_script);
    record_text(r, "consent_script", p->consent_script);
    record_text(r, "icon", p->icon);
    if (p->site->url.n) record_text(r, "opensearch", link_below(s, S("/opensearch.xml")));
    record_text(r, "touch_icon", p->touch_icon);
    record_flag(r, "live_on", p->site->live.on);
    record_flag(r, "offline_on", p->site->offline.on);
}

struct sheet frame_open(const struct press *p, struct arena *a, struct page *out, const char *kind,
    struct span title, struct span path)
{
    struct sheet s = {p, a, out, record_new(a)};
    struct span name = p->site->name;
    fixed_names(&s);
    record_text(s.root, "kind", span_of(kind));
    record_text(s.root, "title", title);
    record_text(s.root, "page_title",
        title.n ? arena_printf(a, "%.*s \xe2\x80\x94 %.*s", FMT(title), FMT(name)) : name);
    if (path.n) {
        out->canonical = path;
        if (p->site->url.n) record_text(s.root, "canonical", press_absolute(p, a, path));
    }
    frame_section(&s, S(""));
    parent_site(&s);
    house_links(&s);
    follow_put(&s);
    frame_editions(&s, path);
    first_put(&s, kind);
    return s;
}

void frame_about(struct sheet *s, struct span description)
{
    record_text(s->root, "description", description);
}

/* ---- head ---- */
void frame_feeds(struct sheet *s, struct span below, struct span title)
{
    frame_feeds_of(s, below, S(""), title);
}

void frame_feeds_of(struct sheet *s, struct span below, struct span query, struct span title)
{
    static const struct {
        const char *file, *type, *name;
    } kinds[] = {
        {"rss.xml", "application/rss+xml", "RSS"},
        {"atom.xml", "application/atom+xml", "Atom"},
        {"feed.json", "application/feed+json", "JSON Feed"},
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct record *item = record_item(s->root, "feeds");
        record_text(item, "href",
            arena_printf(s->a, "%.*s%.*s/%s%.*s", FMT(s->p->site->base), FMT(below), kinds[i].file,
                FMT(query)));
        record_text(item, "type", span_of(kinds[i].type));
        record_text(item, "name", span_of(kinds[i].name));
        record_text(item, "title", title);
    }
}

void frame_json(struct sheet *s, struct span json)
{
    if (json.n) record_html(record_item(s->root, "json"), "script", html_script_json(s->a, json));
}

void frame_card(struct sheet *s, const struct view *v, const char *type)
{
    if (!s->p->site->url.n) return; /* cards need absolute links */
    struct record *card = record_in(s->root, "card");
    record_text(card, "type", span_of(type));
    record_text(card, "image", press_absolute(s->p, s->a, press_card_path(s->p, s->a, v)));
}

/* ---- crumbs ---- */
void frame_crumb(struct sheet *s, struct span name, struct span path)
{
    must(s->crumbs < FRAME_CRUMBS_MAX);
    struct record *item = record_item(s->root, "crumbs");
    record_text(item, "name", name);
    bool here = span_eq(path, s->out->canonical);
    record_text(item, "href", here ? S("") : link_below(s, path));
    s->crumb_names[s->crumbs] = name;
    s->crumb_paths[s->crumbs++] = path;
}

void frame_crumbs_done(struct sheet *s)
{
    frame_json(s, jsonld_breadcrumb(s->p, s->a, s->crumb_names, s->crumb_paths, s->crumbs));
}

void frame_crumbs_of(struct sheet *s, struct span title, struct span path)
{
    frame_crumb(s, press_word(s->p, "home"), S("/"));
    frame_crumb(s, title, path);
    frame_crumbs_done(s);
}

static void crumbs_to_story(struct sheet *s, const struct view *v)
{
    const struct press_section *section = press_section_named(s->p, v->section);
    frame_crumb(s, press_word(s->p, "home"), S("/"));
    if (section)
        frame_crumb(s, section->title, arena_printf(s->a, "/section/%.*s", FMT(section->name)));
    frame_crumb(s, v->headline, v->path);
}

void frame_crumbs_of_story(
    struct sheet *s, const struct view *v, struct span title, struct span path)
{
    crumbs_to_story(s, v);
    if (title.n) frame_crumb(s, title, path);
    frame_crumbs_done(s);
}

/* ---- today ---- */
void frame_today(struct sheet *s, int64_t now_ms)
{
    record_text(s->root, "today", press_date_today(s->p, s->a, now_ms));
    record_text(s->root, "today_iso", span_cut(press_date_iso(s->p, s->a, now_ms), 0, 10));
    page_until(s->out, press_midnight(s->p, now_ms, 1));
}

/* ---- pager ---- */
size_t list_page_items(const struct press *p)
{
    size_t n = p->site->section_items;
    return n < 5 ? 30 : n > 200 ? 200 : n;
}

static struct span page_link(struct sheet *s, struct span path, size_t page)
{
    if (page <= 1) return link_below(s, path);
    char mark = span_find_char(path, '?') < 0 ? '?' : '&';
    return arena_printf(s->a, "%.*s%.*s%cpage=%zu", FMT(s->p->site->base), FMT(path), mark, page);
}

static void put_pager(struct sheet *s, struct span path, size_t page, bool more, bool ascends)
{
    if (page <= 1 && !more) return;
    struct span before = page > 1 ? page_link(s, path, page - 1) : S("");
    struct span behind = more ? page_link(s, path, page + 1) : S("");
    struct record *r = record_in(s->root, "pager");
    struct span number = press_number(s->p, s->a, page);
    record_text(r, "here", press_say(s->p, s->a, "page_number", "n", number));
    record_flag(r, "ascends", ascends);
    record_text(r, "newer", ascends ? behind : before);
    record_text(r, "older", ascends ? before : behind);
}

void frame_pager(struct sheet *s, struct span path, size_t page, bool more)
{
    put_pager(s, path, page, more, false);
}

void frame_pager_up(struct sheet *s, struct span path, size_t page, bool more)
{
    put_pager(s, path, page, more, true);
}

/* ---- the end ---- */
void frame_close(struct sheet *s, const char *template)
{
    record_flag(s->root, "noindex", s->out->noindex);
    record_flag(s->root, "no_machines", s->out->no_machines);
    s->out->body = template_render(s->p->templates, template, s->root, s->a).s;
}
