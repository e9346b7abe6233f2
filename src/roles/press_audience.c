/* press_audience: the configuration's words on the audience turned into press's, which may not know
 * config. Plain copying; everything points into the configuration. */
#include "roles.h"

static const struct press_channel *channels_of(struct arena *a, const struct config *config)
{
    const struct config_audience *c = &config->audience;
    struct press_channel *list = ARENA_ARRAY(a, struct press_channel, c->channel_count + 1);
    for (uint32_t i = 0; i < c->channel_count; i++) {
        const struct config_channel *from = &c->channels[i];
        struct span url = from->url;
        if (span_eq(from->kind, S("mail")))
            url = arena_printf(a, "mailto:%.*s", FMT(from->address));
        else if (!url.n)
            url = arena_printf(a, "%.*s/rss.xml", FMT(config->base));
        list[i] = (struct press_channel){from->kind, from->title, url};
    }
    return list;
}

static const struct press_plan *plans_of(struct arena *a, const struct config_audience *c)
{
    struct press_plan *list = ARENA_ARRAY(a, struct press_plan, c->plan_count + 1);
    for (uint32_t i = 0; i < c->plan_count; i++) {
        const struct config_plan *p = &c->plans[i];
        list[i] = (struct press_plan){p->name, p->price, p->period, p->text, p->url};
    }
    return list;
}

_Static_assert((int)SLOT_SECTION == (int)PLACE_SECTION && (int)SCREEN_DESKTOP == (int)ON_DESKTOPS,
    "config's words in press's order");

static const struct press_slot *slots_of(struct arena *a, const struct config_audience *c)
{
    struct press_slot *list = ARENA_ARRAY(a, struct press_slot, c->slot_count + 1);
    for (uint32_t i = 0; i < c->slot_count; i++) {
        const struct config_slot *s = &c->slots[i];
        list[i] = (struct press_slot){.place = (enum press_place)s->place,
            .screen = (enum press_screen)s->screen,
            .width = s->width,
            .height = s->height,
            .image = s->image,
            .link = s->link,
            .alt = s->alt,
            .frame = s->frame};
    }
    return list;
}

void press_audience_of(struct arena *a, const struct config *config, struct press_audience *out)
{
    const struct config_audience *c = &config->audience;
    bool both = c->support_block == SUPPORT_BOTH;
    *out = (struct press_audience){.measures = c->measure == MEASURE_YES,
        .bots = c->bots,
        .bot_count = c->bot_count,
        .prefers = c->preferred_source == PREFERRED_YES,
        .shares = c->share_row == SHARE_YES,
        .share_by = c->share_by,
        .share_count = c->share_count,
        .channels = channels_of(a, config),
        .channel_count = c->channel_count,
        .plans = plans_of(a, c),
        .plan_count = c->plan_count,
        .support_above = both || c->support_block == SUPPORT_ABOVE,
        .support_below = both || c->support_block == SUPPORT_BELOW,
        .support_title = c->support_title,
        .support_text = c->support_text,
        .slots = slots_of(a, c),
        .slot_count = c->slot_count,
        .ad_hosts = c->ad_hosts,
        .ad_host_count = c->ad_host_count,
        .tag_name = c->tag_name,
        .tag_script = c->tag_script,
        .tag_hosts = c->tag_hosts,
        .tag_host_count = c->tag_host_count,
        .members = c->members,
        .member_count = c->member_count};
}
