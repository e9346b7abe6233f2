/* rendition.c: what the darkroom made of pictures, and the cards of sections, as readers ask for
 * them. Files that are missing, as their folder may be emptied, are noted: the newsroom has them
 * made again. */
#include "site_private.h"
#include "picture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PICTURE_FILE_MAX = 8 << 20 };

static bool is_card_of_section(struct span file)
{
    return span_eq(file, S("card.jpg")) ||
           (span_starts(file, S("card-")) && span_ends(file, S(".jpg")));
}

/* The Save-Data request header (W3C Network Information, "Save-Data": on): a browser that asks for
 * less gets the smallest width of the same form under the name it asked for; pages stay the same
 * for everybody. */
static bool saves_data(const struct site_ask *ask)
{
    return ask->save_data.p && span_eq_nocase(span_trim(ask->save_data), S("on"));
}

static bool read_smallest(
    const struct site_hand *h, const struct site_ask *ask, struct span file, struct span *bytes)
{
    ptrdiff_t dot = span_find_char(file, '.');
    if (file.p[HASH_HEX + 1] < '0' || file.p[HASH_HEX + 1] > '9')
        return false; /* a card is for other sites' readers */
    const char *path = arena_printf(h->arena, "%s/%.*s-%u%.*s", h->site->config.picture_folder,
        FMT(span_cut(file, 0, HASH_HEX)), picture_widths[0],
        FMT(span_cut(file, (size_t)dot, file.n)))
                           .p;
    return file_read(ask->arena, path, PICTURE_FILE_MAX, bytes) == OK;
}

/* Bytes under a name depend on Save-Data; what saves is kept by no shared cache, so that one which
 * does not look at Vary keeps the whole picture for all. */
static struct head picture_head(
    const struct site_hand *h, const struct site_ask *ask, bool card, bool small)
{
    const struct press_site *ps = atomic_load(&h->site->press_site);
    bool bound = place_counts(h);
    struct head words = {.cache = bound || small ? "private, max-age=30"
                                  : card         ? "public, max-age=3600"
                                                 : "public, max-age=30"};
    if (!card) words.differs_by = S("Save-Data");
    if (bound && ps->country_header)
        words.differs_by =
            arena_printf(ask->arena, "%s%s", ps->country_header, card ? "" : ", Save-Data");
    return words;
}

/* ---- files that are missing ---- */
/* Names that never were are no loss: the smallest of a picture's renditions is always made, and so
 * is the front's card. */
static bool is_missing(const struct site_hand *h, bool card, struct span file)
{
    const char *folder = h->site->config.picture_folder;
    const char *least =
        card ? arena_printf(h->arena, "%s/card.jpg", folder).p
             : arena_printf(h->arena, "%s/%.*s-%u.%s", folder, FMT(span_cut(file, 0, HASH_HEX)),
                   picture_widths[0], picture_forms[FORM_JPEG].ending)
                   .p;
    return access(least, F_OK) != 0 && errno == ENOENT;
}

/* One for whom there is no room is noted when he is asked for again. */
static void note_missing(struct site *s, struct span hash)
{
    struct missing *g = &s->missing;
    pthread_mutex_lock(&g->lock);
    size_t i = 0;
    while (i < g->count && !span_eq(span_of(g->hashes[i]), hash)) i++;
    if (i == g->count && i < COUNT(g->hashes))
        snprintf(g->hashes[g->count++], sizeof g->hashes[0], "%.*s", FMT(hash));
    pthread_mutex_unlock(&g->lock);
}

size_t site_missing(struct site *s, char out[SITE_MISSING_MAX][SITE_HASH_BYTES])
{
    struct missing *g = &s->missing;
    pthread_mutex_lock(&g->lock);
    size_t count = g->count;
    memcpy(out, g->hashes, sizeof g->hashes);
    g->count = 0;
    pthread_mutex_unlock(&g->lock);
    return count;
}

/* ---- the answer ---- */
static bool may_be_seen(const struct site_hand *h, struct span file, bool card)
{
    uint32_t width, height;
    if (!picture_type_of(file)) return false;
    return card ||
           (file.n > HASH_HEX + 1 && file.p[HASH_HEX] == '-' &&
               reader_picture(h->reader, span_cut(file, 0, HASH_HEX), &width, &height) == OK);
}

static bool read_whole(
    const struct site_hand *h, const struct site_ask *ask, struct span file, struct span *bytes)
{
    const char *path =
        arena_printf(h->arena, "%s/%.*s", h->site->config.picture_folder, FMT(file)).p;
    return file_read(ask->arena, path, PICTURE_FILE_MAX, bytes) == OK;
}

static void answer_missing(struct site_hand *h, const struct site_ask *ask, struct span file,
    bool card, struct site_answer *out)
{
    if (!is_missing(h, card, file)) {
        site_not_found(h, ask, out);
        return;
    }
    note_missing(h->site, card ? S("") : span_cut(file, 0, HASH_HEX));
    site_trouble(h, ask, BUSY, out);
}

static void answer_bytes(const struct site_ask *ask, struct span file, struct span bytes,
    struct head words, struct site_answer *out)
{
    words.content_type = picture_type_of(file);
    words.etag = arena_printf(ask->arena, "\"%016llx\"", (unsigned long long)fast_hash(bytes));
    bool same = etag_matches(ask->if_none_match, words.etag);
    if (same) words.content_type = NULL;
    *out = (struct site_answer){.status = same ? 304 : 200,
        .head = head_of(ask->arena, &words),
        .body = same ? S("") : bytes,
        .no_body_length = same};
}

void site_picture(
    struct site_hand *h, const struct site_ask *ask, const struct route *r, struct site_answer *out)
{
    struct span bytes;
    bool card = is_card_of_section(r->file);
    if (!may_be_seen(h, r->file, card)) {
        site_not_found(h, ask, out);
        return;
    }
    bool small = !card && saves_data(ask) && read_smallest(h, ask, r->file, &bytes);
    if (!small && !read_whole(h, ask, r->file, &bytes)) {
        answer_missing(h, ask, r->file, card, out);
        return;
    }
    answer_bytes(ask, r->file, bytes, picture_head(h, ask, card, small), out);
    if (place_counts(h) || small) return;
    const struct press_site *ps = atomic_load(&h->site->press_site);
    struct span cdn = cdn_of_picture(ask->arena, ps, card ? S("") : span_cut(r->file, 0, HASH_HEX));
    out->head = arena_printf(ask->arena, "%.*s%.*s", FMT(cdn), FMT(out->head));
}
