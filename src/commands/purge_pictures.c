/* purge_pictures: which picture files go with a purged story (K20): those that its versions name
 * and no other page does. Their bytes in the ledger are forgotten by purge.c; here the darkroom's
 * renditions are removed. What another story shows too is left, and said. */
#include "commands.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_listed(const struct purge_files *out, struct span feed, struct span name)
{
    for (size_t i = 0; i < out->count; i++)
        if (span_eq(out->list[i].feed, feed) && span_eq(out->list[i].name, name)) return true;
    return false;
}

static void add_file(struct arena *a, struct purge_file f, struct purge_files *out)
{
    if (f.name.n && !is_listed(out, f.feed, f.name))
        *ARENA_PUSH(a, out->list, out->count, out->cap) = f;
}

void purge_files_of(
    struct arena *a, const struct stored_version *versions, size_t count, struct purge_files *out)
{
    const char *why = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct story *st = story_unpack(a, versions[i].packed, &why);
        for (uint32_t p = 0; st && p < st->picture_count; p++)
            for (uint32_t r = 0; r < st->pictures[p].rendition_count; r++)
                add_file(a,
                    (struct purge_file){
                        versions[i].feed, story_file_name(st->pictures[p].renditions[r].href)},
                    out);
    }
}

const struct purge_file *purge_file_in(
    const struct purge_files *files, struct arena *a, const struct event *e)
{
    struct reject bad;
    const struct json *meta = json_parse(a, e->meta, &bad);
    struct span name = meta ? json_text(meta, "name") : S("");
    for (size_t i = 0; i < files->count; i++)
        if (span_eq(files->list[i].feed, e->feed) && span_eq(files->list[i].name, name))
            return &files->list[i];
    return NULL;
}

enum result purge_renditions(struct arena *a, const char *folder, struct span hex)
{
    enum result r = OK;
    DIR *d = opendir(folder);
    for (struct dirent *f; d && (f = readdir(d));) {
        if (!span_starts(span_of(f->d_name), hex)) continue;
        if (unlink(arena_printf(a, "%s/%s", folder, f->d_name).p) != 0) r = ERR_IO;
    }
    if (d) closedir(d);
    return r;
}
