/* import_pictures: files of the old site's uploads folder become files of the ledger, delivered
 * beside the stories that show them, so that nothing has to be fetched; and their old URL leads to
 * the picture while a public story shows it. */
#include "import.h"

#include <string.h>

/* The file below the folder of uploads; empty: the picture does not lie there. No link leads out of
 * it: dots are refused in the URL, and what is linked in the folder is the owner's. */
static const char *file_of(struct import *m, struct span url)
{
    static const char place[] = "/wp-content/uploads/";
    struct url u;
    struct span path;
    if (!m->uploads || !url_parse(m->post_arena, url, &u) ||
        !url_clean_path(m->post_arena, u.path, &path))
        return NULL;
    ptrdiff_t at = span_find(path, span_of(place));
    if (at < 0 || memchr(path.p, 0, path.n)) return NULL;
    path = span_cut(path, (size_t)at + sizeof place - 1, path.n);
    return arena_printf(m->post_arena, "%s/%.*s", m->uploads, FMT(path)).p;
}

static enum result take_file(struct import *m, const struct config_feed *feed, story_id story,
    struct span url, struct span bytes, struct span *name_out)
{
    struct arena *a = m->post_arena;
    struct hash h = hash_of(bytes);
    struct span hex = hash_hex(a, &h);
    struct buf b;
    *name_out = import_name(m, "picture",
        arena_printf(a, "%.*s\n%.*s", FMT(feed->name), FMT(url))); /* one for each folder's x.jpg */
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "name", *name_out);
    json_close(&o, '}');
    TRY(import_add(
        m, &(struct append){.kind = EVENT_FILE,
               .feed = feed->name,
               .delivery = import_name(m, "import-file",
                   arena_printf(a, "%.*s\n%.*s\n%.*s", FMT(feed->name), FMT(url), FMT(hex))),
               .meta = buf_span(&b),
               .blob = bytes}));
    m->pictures++;
    struct span old[2] = {url};
    size_t n = post_original(a, url, &old[1]) ? 2 : 1;
    return import_addresses(m, old, n, ADDRESS_PICTURE, story, hex);
}

enum result import_pictures(
    struct import *m, struct story *s, const struct config_feed *feed, story_id story)
{
    for (uint32_t i = 0; i < s->picture_count; i++) {
        struct span bytes, url = s->pictures[i].renditions[0].href;
        const char *file = file_of(m, url);
        if (!file) continue;
        arena_reset(m->file_arena);
        if (file_read(m->file_arena, file, LEDGER_BLOB_MAX, &bytes) != OK || !bytes.n) {
            m->missing++;
            continue;
        }
        TRY(take_file(m, feed, story, url, bytes, &s->pictures[i].renditions[0].href));
    }
    return OK;
}
