/* darkroom: pictures in a cage: looks at headers, makes renditions and cards. Takes bytes, gives
 * bytes; no file, no network. A crash costs one picture: its story runs without it. */
#include "picture.h"
#include "roles.h"

#include <string.h>

enum { DARKROOM_ARENA = 512 << 20 };

static uint32_t forms_in(const struct span forms[PICTURE_FORMS])
{
    uint32_t bits = 0;
    for (size_t f = 0; f < PICTURE_FORMS; f++) bits |= forms[f].n ? 1u << f : 0;
    return bits;
}

void darkroom_work(struct arena *a, struct span bytes, struct picture_answer *out)
{
    memset(out, 0, sizeof *out);
    struct picture_facts facts = picture_look(bytes);
    if (facts.type == PICTURE_UNKNOWN) {
        out->why = span_of(facts.why);
        return;
    }
    out->width = facts.width;
    out->height = facts.height;
    out->forms = (1u << PICTURE_FORMS) - 1;
    for (size_t i = 0; i < picture_width_count && out->made_count < COUNT(out->made); i++) {
        if (i && picture_widths[i] > facts.width) break;
        struct span *forms = out->made[out->made_count].forms;
        if (picture_scale(a, bytes, picture_widths[i], forms) != OK) {
            out->forms = 0;
            out->why = S("it cannot be decoded");
            return;
        }
        out->forms &= forms_in(forms);
        out->made[out->made_count++].width = picture_widths[i];
    }
    if (picture_card(a, bytes, &out->card) != OK) out->card = S("");
    for (enum picture_shape s = 0; s < PICTURE_SHAPES; s++) {
        if (picture_crop(a, bytes, s, &out->shapes[s]) == OK)
            out->forms |= picture_shape_bit(s);
        else
            out->shapes[s] = S("");
    }
}

struct darkroom {
    struct channels channels;
    struct arena *job;
    const struct house *house;
    bool is_ready;
};

/* Fonts and loaders are opened once, before the cage closes: those of every word that the site's
 * cards show, whatever their script. What a later configuration adds is drawn with these fonts. */
static void open_fonts(struct darkroom *d, const struct config *c)
{
    struct buf words;
    struct span jpeg;
    buf_init(&words, d->job, 0);
    buf_printf(&words, "A %.*s", FMT(c->tagline));
    for (uint32_t i = 0; i < c->section_count; i++)
        buf_printf(&words, " %.*s", FMT(c->sections[i].title));
    (void)!picture_section_card(
        d->job, arena_printf(d->job, "A %.*s", FMT(c->site_name)), buf_span(&words), S(""), &jpeg);
}

/* Once; then the cage closes, and nothing is taken in before. */
static void get_ready(struct darkroom *d)
{
    const char *why = NULL;
    d->is_ready = true;
    if (picture_start(&why) == OK)
        open_fonts(d, d->house->config);
    else
        log_error("no pictures: %s", why ? why : "libvips does not start");
    if (!d->house->one) cage_close(ROLE_DARKROOM, d->house);
}

static void look(struct darkroom *d, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    struct span hex = take_span(&t), bytes = take_span(&t);
    must(take_done(&t));
    struct picture_answer p;
    darkroom_work(d->job, bytes, &p);
    struct buf b;
    buf_init(&b, d->job, 0);
    put_span(&b, hex);
    put_u32(&b, p.width);
    put_u32(&b, p.height);
    put_u32(&b, p.forms);
    put_span(&b, p.why);
    put_u32(&b, (uint32_t)p.made_count);
    for (size_t i = 0; i < p.made_count; i++) {
        put_u32(&b, p.made[i].width);
        for (size_t f = 0; f < PICTURE_FORMS; f++) put_span(&b, p.made[i].forms[f]);
    }
    put_span(&b, p.card);
    for (size_t s = 0; s < PICTURE_SHAPES; s++) put_span(&b, p.shapes[s]);
    if (!channel_send(from, MSG_LOOKED, buf_span(&b))) d->channels.stopping = true;
}

static void card(struct darkroom *d, struct peer *from, struct span body)
{
    struct take t = take_of(body);
    struct span name = take_span(&t), site = take_span(&t), title = take_span(&t),
                colour = take_span(&t), jpeg;
    must(take_done(&t));
    if (picture_section_card(d->job, site, title, colour, &jpeg) != OK) jpeg = S("");
    struct buf b;
    buf_init(&b, d->job, 0);
    put_span(&b, name);
    put_span(&b, jpeg);
    if (!channel_send(from, MSG_CARD_MADE, buf_span(&b))) d->channels.stopping = true;
}

static void on_frame(void *with, struct peer *from, struct frame *f)
{
    struct darkroom *d = with;
    if (!d->is_ready && from) get_ready(d);
    arena_reset(d->job);
    if (from && f->type == MSG_LOOK) look(d, from, f->body);
    if (from && f->type == MSG_CARD) card(d, from, f->body);
}

/* A rehearsed house starts again for every scenario, most of which have no picture: there the
 * half second of getting ready waits for the first. */
int role_darkroom(const struct role_start *s)
{
    struct darkroom d = {.job = arena_new(DARKROOM_ARENA), .house = s->house};
    if (!s->house->one) memory_give_way();
    channels_init(&d.channels, s->control);
    d.channels.on_frame = on_frame;
    d.channels.with = &d;
    if (s->house->virtual_ms < 0) get_ready(&d);
    while (!d.channels.stopping) channels_poll(&d.channels, NULL, 0, -1);
    channels_close(&d.channels);
    arena_free(d.job);
    return 0;
}
