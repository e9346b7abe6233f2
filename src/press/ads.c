/* ads: places for advertisements, with their size and their label, and the question about the one
 * script of others. Only a page that has one opens its policy, and only for the hosts that the
 * owner has listed. Pages of what was withdrawn, of nothing, and of forms never call this. */
#include "audience.h"

#include <string.h>

enum { PHONE_WIDTH = 340 /* CSS pixels beside the margins of a phone of 360 */ };

/* A host that the configuration has listed, and nothing that would go on in a header. */
static bool is_host(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return s.n > 0;
}

struct span page_sources(struct arena *a, struct span before, const struct span *hosts, uint32_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_put(&b, before);
    for (uint32_t i = 0; i < n; i++) {
        struct span source = arena_printf(a, " https://%.*s", FMT(hosts[i]));
        if (is_host(hosts[i]) && span_find(buf_span(&b), source) < 0) buf_put(&b, source);
    }
    return buf_span(&b);
}

static void open_policy(struct sheet *s, const struct press_slot *slot)
{
    const struct press_audience *c = &s->p->site->audience;
    struct span *of = slot->frame.n ? &s->out->hosts.frames : &s->out->hosts.images;
    if (slot->frame.n || !span_starts(slot->image, S("/")))
        *of = page_sources(s->a, *of, c->ad_hosts, c->ad_host_count);
}

void ads_rules(const struct press_site *site, struct buf *out)
{
    for (uint32_t i = 0; i < site->audience.slot_count; i++) {
        const struct press_slot *slot = &site->audience.slots[i];
        if (slot->image.n)
            buf_printf(out, ".slot-%u img{width:%upx;aspect-ratio:%u/%u}\n", (unsigned)i,
                (unsigned)slot->width, (unsigned)slot->width, (unsigned)slot->height);
    }
}

static void put_slot(struct sheet *s, const char *list, uint32_t n)
{
    const struct press_slot *slot = &s->p->site->audience.slots[n];
    struct record *r = record_item(s->root, list);
    bool wide = slot->width > PHONE_WIDTH;
    record_text(r, "number", arena_printf(s->a, "%u", (unsigned)n));
    record_text(r, "image", slot->image);
    record_text(r, "link", slot->link);
    record_text(r, "alt", slot->alt);
    record_text(r, "frame", slot->frame);
    record_text(r, "width", arena_printf(s->a, "%u", (unsigned)slot->width));
    record_text(r, "height", arena_printf(s->a, "%u", (unsigned)slot->height));
    record_flag(r, "phone", slot->screen == ON_PHONES);
    record_flag(r, "desktop", slot->screen == ON_DESKTOPS || (wide && slot->screen != ON_PHONES));
    open_policy(s, slot);
}

void ads_put(struct sheet *s, enum press_place place, const struct view *v)
{
    static const char *const lists[] = {[PLACE_STORY_TOP] = "ads_top",
        [PLACE_STORY_END] = "ads_end",
        [PLACE_FRONT] = "ads_front",
        [PLACE_SECTION] = "ads_section"};
    const struct press_audience *c = &s->p->site->audience;
    if (v && v->no_ads) return;
    for (uint32_t i = 0; i < c->slot_count; i++)
        if (c->slots[i].place == place) put_slot(s, lists[place], i);
}

void tag_put(struct sheet *s)
{
    const struct press_audience *c = &s->p->site->audience;
    struct url u;
    if (!c->tag_script.n || !url_parse(s->a, c->tag_script, &u)) return;
    struct record *r = record_in(s->root, "tag");
    record_text(r, "script", c->tag_script);
    record_text(r, "question", press_say(s->p, s->a, "consent_question", "name", c->tag_name));
    s->out->hosts.scripts = page_sources(s->a, S(""), &u.host, 1);
    s->out->hosts.scripts =
        page_sources(s->a, s->out->hosts.scripts, c->tag_hosts, c->tag_host_count);
}
