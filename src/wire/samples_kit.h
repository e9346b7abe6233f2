/* samples_kit.h: for tests: the samples of this floor, and those that lie beside the project where
 * they do; and what a reading says, without the places that it names. */
#ifndef SAMPLES_KIT_H
#define SAMPLES_KIT_H

#include "wire.h"

#include "luck.h"
#include "tap.h"
#include <dirent.h>

enum { SAMPLE_ARENA = 512 << 20, SAMPLE_MAX = 16 << 20 };

/* All that is in the result but lines and columns: for comparing. */
__attribute__((unused)) static struct span result_said(struct arena *a, const struct wire_result *r)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "%d %s %.*s\n", r->end, r->format ? r->format : "-", FMT(r->reject.why));
    for (size_t i = 0; i < r->count; i++) {
        if (!r->items[i].story) {
            buf_printf(&b, "refused: %.*s\n", FMT(r->items[i].reject.why));
            continue;
        }
        struct story s = *r->items[i].story;
        s.faults = ARENA_ARRAY(a, struct fault, s.fault_count + 1);
        for (uint32_t k = 0; k < s.fault_count; k++)
            s.faults[k].what = r->items[i].story->faults[k].what;
        buf_put(&b, story_pack(a, &s));
        buf_char(&b, '\n');
    }
    return buf_span(&b);
}

/* The same for people: the first place at which two readings differ, as ninjs. */
__attribute__((unused)) static struct span result_shown(
    struct arena *a, const struct wire_result *r)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "%d %s %.*s\n", r->end, r->format ? r->format : "-", FMT(r->reject.why));
    for (size_t i = 0; i < r->count; i++) {
        if (r->items[i].story)
            wire_write_ninjs(&b, r->items[i].story);
        else
            buf_printf(&b, "refused: %.*s", FMT(r->items[i].reject.why));
        buf_char(&b, '\n');
    }
    return buf_span(&b);
}

/* XML and JSON: a document says where it ends, and its writing is not its meaning. Pages, and what
 * comes line by line, have tests of their own (robust_test.c, copy_test.c). */
__attribute__((unused)) static bool is_document(const struct wire_result *r)
{
    static const char *const others[] = {"html", "anpa1312", "iptc7901", "mail", "text"};
    for (size_t i = 0; r->format && i < COUNT(others); i++)
        if (strcmp(r->format, others[i]) == 0) return false;
    return true;
}

typedef void sample_fn(const char *path, struct span bytes);

/* Each file of a folder; how many there were. */
__attribute__((unused)) static size_t samples_in(const char *folder, sample_fn *one)
{
    size_t count = 0;
    char path[2048];
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        struct arena *a = arena_new(SAMPLE_ARENA);
        struct span bytes;
        const char *name = names[i]->d_name;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        bool is_one =
            name[0] != '.' && !strstr(name, ".expected.json") && !strstr(name, "want.txt");
        if (is_one && file_read(a, path, SAMPLE_MAX, &bytes) == OK) {
            one(path, bytes);
            count++;
        }
        arena_free(a);
        free(names[i]);
    }
    free(names);
    return count;
}

__attribute__((unused)) static size_t samples_of_ours(sample_fn *one)
{
    size_t count = 0;
    char path[2048];
    struct dirent **names = NULL;
    int n = scandir("tests/cases/wire", &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "tests/cases/wire/%s", names[i]->d_name);
        if (names[i]->d_name[0] != '.') count += samples_in(path, one);
        free(names[i]);
    }
    free(names);
    return count;
}

/* A format of the agencies' own files; 0: they are not here. */
__attribute__((unused)) static size_t samples_beside(const char *format, sample_fn *one)
{
    char path[2048];
    const char *root = getenv("BROADSHEET_SHARED");
    snprintf(path, sizeof path, "%s/wires/%s", root ? root : "../shared", format);
    return samples_in(path, one);
}

#endif
