/* follow: how readers pass a story on and where else they find the publisher: plain links, made of
 * the story's own address and headline. No script of others, no counter, no picture from there. */
#include "audience.h"

#include <string.h>

/* ---- sharing ---- */
/* {url} and {title} are escaped for a query; what has no form is done by our own script. */
static const struct way {
    const char *name, *title, *word, *form;
} ways[] = {
    {"whatsapp", "WhatsApp", NULL, "https://wa.me/?text={title}%20{url}"},
    {"telegram", "Telegram", NULL, "https://t.me/share/url?url={url}&text={title}"},
    {"x", "X", NULL, "https://x.com/intent/post?url={url}&text={title}"},
    {"facebook", "Facebook", NULL, "https://www.facebook.com/sharer/sharer.php?u={url}"},
    {"mail", NULL, "share_mail", "mailto:?subject={title}&body={url}"},
    {"copy", NULL, "share_copy", NULL},
    {"system", NULL, "share_system", NULL},
    /* those that are there when asked for */
    {"linkedin", "LinkedIn", NULL, "https://www.linkedin.com/sharing/share-offsite/?url={url}"},
    {"reddit", "Reddit", NULL, "https://www.reddit.com/submit?url={url}&title={title}"},
};
enum { WAYS_OF_ITSELF = 7 };

static void put_way(struct sheet *s, struct record *r, const struct way *w, const struct view *v)
{
    struct record *item = record_item(r, "ways");
    record_text(item, "kind", span_of(w->name));
    record_text(item, "title", w->title ? span_of(w->title) : press_word(s->p, w->word));
    record_text(item, "action", w->form ? S("") : span_of(w->name));
    record_flag(item, "is_copy", !strcmp(w->name, "copy"));
    record_text(item, "href", S(""));
    if (!w->form) return;
    struct fill with[] = {{"url", url_escape(s->a, press_absolute(s->p, s->a, v->path))},
        {"title", url_escape(s->a, v->headline)}};
    record_text(item, "href", press_fill(s->a, span_of(w->form), with, COUNT(with)));
}

void share_put(struct sheet *s, const struct view *v)
{
    const struct press_audience *c = &s->p->site->audience;
    if (!c->shares) return;
    struct record *r = record_in(s->root, "share");
    for (size_t i = 0; !c->share_count && i < WAYS_OF_ITSELF; i++) put_way(s, r, &ways[i], v);
    for (uint32_t i = 0; i < c->share_count; i++)
        for (size_t k = 0; k < COUNT(ways); k++)
            if (span_eq(c->share_by[i], span_of(ways[k].name))) put_way(s, r, &ways[k], v);
}

/* ---- channels ---- */
static const struct {
    const char *kind, *title, *word;
} kinds[] = {
    {"youtube", "YouTube", NULL},
    {"telegram", "Telegram", NULL},
    {"whatsapp", "WhatsApp", NULL},
    {"x", "X", NULL},
    {"facebook", "Facebook", NULL},
    {"instagram", "Instagram", NULL},
    {"mastodon", "Mastodon", NULL},
    {"bluesky", "Bluesky", NULL},
    {"threads", "Threads", NULL},
    {"linkedin", "LinkedIn", NULL},
    {"mail", NULL, "channel_mail"},
    {"rss", "RSS", NULL},
};

static struct span channel_title(const struct press *p, const struct press_channel *ch)
{
    if (ch->title.n) return ch->title;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (span_eq(ch->kind, span_of(kinds[i].kind)))
            return kinds[i].title ? span_of(kinds[i].title) : press_word(p, kinds[i].word);
    return ch->kind;
}

/* Each kind's drawing stands on a page once, however many channels it has. */
static void put_drawing(struct sheet *s, struct record *r, uint32_t n)
{
    const struct press_channel *list = s->p->site->audience.channels;
    for (uint32_t i = 0; i < n; i++)
        if (span_eq(list[i].kind, list[n].kind)) return;
    struct record *item = record_item(r, "drawings");
    record_flag(item, arena_printf(s->a, "is_%.*s", FMT(list[n].kind)).p, true);
}

void follow_put(struct sheet *s)
{
    const struct press_audience *c = &s->p->site->audience;
    if (!c->channel_count) return;
    struct record *r = record_in(s->root, "follow");
    for (uint32_t i = 0; i < c->channel_count; i++) {
        const struct press_channel *ch = &c->channels[i];
        bool within = span_starts(ch->url, S("/"));
        if (!within && !url_is_safe_link(ch->url)) continue;
        struct record *item = record_item(r, "channels");
        record_text(item, "kind", ch->kind);
        record_text(item, "title", channel_title(s->p, ch));
        record_text(item, "href", ch->url);
        record_flag(item, "me", !within);
        put_drawing(s, r, i);
    }
}

/* ---- how long it is read ---- */
void measure_put(struct sheet *s, const struct view *v)
{
    if (!s->p->site->audience.measures) return;
    record_text(s->root, "beacon", press_path(s->p, s->a, S("/beacon")));
    record_text(s->root, "story_id", v->id_text);
}

/* ---- Google's preferred sources ---- */
/* "news.example.org": letters somewhere behind the last dot, and a dot. */
static bool is_domain(struct span host)
{
    ptrdiff_t dot = -1;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!fits) return false;
        if (c == '.') dot = (ptrdiff_t)i;
    }
    if (dot <= 0) return false;
    struct span top = span_cut(host, (size_t)dot + 1, host.n);
    static const char *const of_nobody[] = {
        "localhost", "local", "internal", "test", "invalid", "example", "arpa", "onion"};
    for (size_t i = 0; i < COUNT(of_nobody); i++) /* RFC 6761, 6762, 7686, and ICANN's "internal" */
        if (span_eq(top, span_of(of_nobody[i]))) return false;
    return top.n >= 2 && !(top.p[0] >= '0' && top.p[0] <= '9');
}

bool prefer_fits(const struct press_site *site, struct span *host_out)
{
    ptrdiff_t at = span_find(site->url, S("://"));
    if (at < 0 || site->base.n) return false;
    struct span host = span_cut(site->url, (size_t)at + 3, site->url.n);
    ptrdiff_t colon = span_find_char(host, ':');
    *host_out = colon < 0 ? host : span_cut(host, 0, (size_t)colon);
    return is_domain(*host_out);
}

void prefer_put(struct sheet *s)
{
    const struct press_site *site = s->p->site;
    struct span host;
    if (!site->audience.prefers || site->noindex || !prefer_fits(site, &host)) return;
    struct record *r = record_in(s->root, "prefer");
    record_text(r, "href",
        arena_printf(s->a, "https://www.google.com/preferences/source?q=%.*s", FMT(host)));
    record_text(r, "text", press_say(s->p, s->a, "prefer_us", "site", site->name));
}
