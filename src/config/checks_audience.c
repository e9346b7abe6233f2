/* checks_audience.c: what no single value of the audience's keys can tell. */
#include <string.h>

#include "schema.h"

static const char share_words[] = "whatsapp|telegram|x|facebook|linkedin|reddit|mail|copy|system";

static bool is_one_of(struct span s, const char *words)
{
    struct span w;
    while (words_next(&words, &w))
        if (span_eq(w, s)) return true;
    return false;
}

static const struct yaml *in_group(struct reading *r, const char *group, const char *key)
{
    const struct yaml *g = yaml_get(r->root, group);
    const struct yaml *y = g && g->type == YAML_MAP && key ? yaml_get(g, key) : NULL;
    return y ? y : g ? g : r->root;
}

static const struct yaml *nth(const struct yaml *list, uint32_t n)
{
    const struct yaml *y = list->type == YAML_TEXT ? NULL : list->first;
    while (y && n--) y = y->next;
    return y ? y : list;
}

static void check_share(struct reading *r)
{
    const struct config_audience *c = &r->config->audience;
    for (uint32_t i = 0; i < c->share_count; i++)
        if (!is_one_of(c->share_by[i], share_words))
            mistake_at(r, nth(in_group(r, "share", "by"), i),
                suggest_word(r->a, c->share_by[i], share_words), "nothing is shared by “%.*s”",
                FMT(utf8_head(c->share_by[i], 40)));
}

/* One "@", and nothing that would go on with another part of a mailto: URL (RFC 6068). */
static bool is_mail_address(struct span s)
{
    ptrdiff_t at = span_find_char(s, '@');
    if (at <= 0 || (size_t)at + 1 == s.n) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr(".-_+", c)) || (c == '@' && i == (size_t)at);
        if (!plain) return false;
    }
    return true;
}

static void check_channels(struct reading *r)
{
    const struct config_audience *c = &r->config->audience;
    const struct yaml *list = in_group(r, "channels", NULL);
    for (uint32_t i = 0; i < c->channel_count; i++) {
        const struct config_channel *ch = &c->channels[i];
        bool is_mail = span_eq(ch->kind, S("mail")), is_rss = span_eq(ch->kind, S("rss"));
        const struct yaml *at = nth(list, i);
        if (is_mail && !is_mail_address(ch->address))
            mistake_at(r, at, S("add “address: desk@news.example.org”"),
                "a channel by mail needs its address");
        else if (!is_mail && !is_rss && ch->kind.n && !ch->url.n)
            mistake_at(r, at, S("add “url”"), "this channel has no address");
        if (span_eq(ch->kind, S("other")) && !ch->title.n)
            mistake_at(r, at, S("add “title”"), "a channel of another kind needs a title");
    }
}

static void check_members(struct reading *r)
{
    const struct config_audience *c = &r->config->audience;
    for (uint32_t i = 0; i < c->member_count; i++)
        if (!config_section_named(r->config, c->members[i]))
            mistake_at(r, nth(in_group(r, "support", "members"), i), S(""),
                "there is no section “%.*s”", FMT(utf8_head(c->members[i], 60)));
}

/* ---- what comes from other hosts ---- */
static bool is_host(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return s.n > 2 && s.n <= 253 && span_find_char(s, '.') > 0 && s.p[s.n - 1] != '.';
}

static void check_hosts(struct reading *r, const char *group, const struct span *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!is_host(list[i]))
            mistake_at(r, nth(in_group(r, group, "hosts"), i),
                S("write ads.example.net, without https:// and path, in small letters"),
                "“%.*s” is not a host's name", FMT(utf8_head(list[i], 60)));
}

static bool is_listed(struct arena *a, struct span address, const struct span *hosts, uint32_t n)
{
    struct url u;
    if (!url_parse(a, address, &u) || !span_eq(u.scheme, S("https")) || u.port.n) return false;
    for (uint32_t i = 0; i < n; i++)
        if (span_eq(hosts[i], u.host)) return true;
    return false;
}

static void check_slots(struct reading *r)
{
    const struct config_audience *c = &r->config->audience;
    const struct yaml *slots = in_group(r, "ads", "slots");
    struct span advice = S("begin with https:// and put its host into ads.hosts");
    for (uint32_t i = 0; i < c->slot_count; i++) {
        const struct config_slot *s = &c->slots[i];
        const struct yaml *at = nth(slots, i);
        bool ours = span_starts(s->image, S("/"));
        if (!s->image.n == !s->frame.n)
            mistake_at(r, at, S(""), "a slot shows either an image or a frame");
        if (s->image.n && !ours && !is_listed(r->a, s->image, c->ad_hosts, c->ad_host_count))
            mistake_at(r, at, advice, "“image” is of no listed host");
        if (s->image.n && (!s->link.n || !s->alt.n))
            mistake_at(r, at, S(""), "an image needs “link” and “alt”");
        if (s->frame.n && !is_listed(r->a, s->frame, c->ad_hosts, c->ad_host_count))
            mistake_at(r, at, advice, "“frame” is of no listed host");
    }
}

static void check_tag(struct reading *r)
{
    const struct config_audience *c = &r->config->audience;
    struct url u;
    bool fine = url_parse(r->a, c->tag_script, &u) && span_eq(u.scheme, S("https")) && !u.port.n &&
                is_host(u.host);
    if (c->tag_script.n && !fine)
        mistake_at(r, in_group(r, "tag", "script"), S("begin with https:// and a host's name"),
            "“script” is no script of another host");
    if (c->tag_script.n && !c->tag_name.n)
        mistake_at(r, in_group(r, "tag", NULL), S("readers are told whose it is"),
            "“name” is missing here");
}

void check_audience(struct reading *r)
{
    if (r->is_ours) return; /* what the ledger holds was checked when it was written */
    check_share(r);
    check_channels(r);
    check_members(r);
    check_hosts(r, "ads", r->config->audience.ad_hosts, r->config->audience.ad_host_count);
    check_codes(r, yaml_get(in_group(r, "ads", NULL), "not_beside"));
    check_slots(r);
    check_hosts(r, "tag", r->config->audience.tag_hosts, r->config->audience.tag_host_count);
    check_tag(r);
}
