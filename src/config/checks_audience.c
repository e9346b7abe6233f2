/* checks_audience.c: what no single value of the audience's keys can tell. */
#include <string.h>

#include "schema.h"

static const char share_words[] =
    "whatsapp|telegram|x|facebook|linkedin|reddit|mail|copy|system";

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

void check_audience(struct reading *r)
{
    if (r->is_ours) return; /* what the ledger holds was checked when it was written */
    check_share(r);
    check_channels(r);
    check_members(r);
}
