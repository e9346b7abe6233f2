/* purge_raw: the raw files of what is purged, in the done/ of its feed. Nothing is deleted but by
 * its bytes; what cannot be found or deleted is said. */
#include "purge.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RAW_NAME_KEPT = 240 };

/* done/ gives a name that is taken a number: NAME~1. */
static bool may_be(struct span file, struct span name)
{
    if (span_eq(file, name)) return true;
    struct span kept = span_cut(name, 0, name.n < RAW_NAME_KEPT ? name.n : RAW_NAME_KEPT);
    return span_starts(file, kept) && file.n > kept.n && file.p[kept.n] == '~';
}

static bool has_bytes(struct purging *g, const char *path, const struct event *e)
{
    struct span bytes;
    if (file_read(g->a, path, e->blob_bytes, &bytes) != OK) return false;
    struct hash h = hash_of(bytes);
    return bytes.n == e->blob_bytes && memcmp(&h, &e->blob, sizeof h) == 0;
}

static void tell_left(struct purging *g, const char *why, struct span file, struct span feed)
{
    g->report->left++;
    printf("%s: %.*s in done/ of feed %.*s: delete it yourself\n", why, FMT(file), FMT(feed));
}

static void remove_from(
    struct purging *g, const struct event *e, const char *folder, struct span name)
{
    struct span hash = arena_keep(g->a, (struct span){(const char *)&e->blob, sizeof e->blob});
    bool found = map_get(g->removed, hash) != NULL;
    DIR *d = opendir(folder);
    for (struct dirent *f; d && (f = readdir(d));) {
        const char *path = arena_printf(g->a, "%s/%s", folder, f->d_name).p;
        if (!may_be(span_of(f->d_name), name) || !has_bytes(g, path, e)) continue;
        found = true;
        if (unlink(path) != 0)
            tell_left(g, "a raw file cannot be deleted", span_of(f->d_name), e->feed);
    }
    if (d) closedir(d);
    if (found) *map_at(g->removed, hash) = g;
    if (!found) tell_left(g, "a raw file was not found", name, e->feed);
}

void purge_raw(struct purging *g, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(g->a, e->meta, &bad);
    struct span name = meta ? json_text(meta, "name") : S("");
    const struct config_feed *f = g->config ? config_feed_named(g->config, e->feed) : NULL;
    if (!span_starts(e->delivery, S("file:")) || !name.n) return; /* pushed: there is no file */
    if (f && f->folder.n)
        remove_from(g, e, arena_printf(g->a, "%.*s/done", FMT(f->folder)).p, name);
    else
        tell_left(g, "a raw file may be left", name, e->feed);
}
