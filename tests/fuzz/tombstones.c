/* Fuzz: a tombstone file of any bytes (first byte odd), or a sound header with any count and slots
 * behind it, whose sums are put right where the first byte says so (bit 1). Opening it never
 * crashes; reader and writer agree on who is dead; a kill added to it works and survives; and
 * whatever it holds can be united with another. */
#include "tomb_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { INPUT_MAX = 64 << 10, MEMORY_MIN = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[64];

static void tidy(void)
{
    (void)!dir_remove(root);
}

static bool has_memory(void)
{
    struct statvfs s;
    return access("/dev/shm", W_OK) == 0 && statvfs("/dev/shm", &s) == 0 &&
           (uint64_t)s.f_bavail * s.f_frsize >= MEMORY_MIN;
}

static const char *folder_of(const char *name)
{
    static char path[2][128];
    static int turn;
    if (!*root) {
        log_quiet(LOG_ERROR);
        snprintf(root, sizeof root, "%s/fuzz-tombs-XXXXXX", has_memory() ? "/dev/shm" : "/tmp");
        must(mkdtemp(root));
        atexit(tidy);
    }
    char *p = path[turn++ % 2];
    snprintf(p, sizeof path[0], "%s/%s", root, name);
    must(dir_make(p) == OK);
    return p;
}

/* Every record that the reader has: both agree on its story. */
static void agree(struct tombs *a, struct tombs *b)
{
    size_t i = 0;
    for (struct tomb t; tombs_each(a, &i, &t);)
        must(tombs_dead(a, t.story) == tombs_dead(b, t.story));
}

static void unite_with_empty(const char *file, struct tombs *like)
{
    const char *folder = folder_of("other");
    struct tombs *t;
    size_t added;
    must(tombs_open(folder, true, &t) == OK);
    must(tombs_union(t, file, &added) == OK);
    agree(like, t);
    must(tombs_union(t, file, &added) == OK && added == 0);
    tombs_close(t);
    must(dir_remove(folder) == OK);
}

static struct span sound_header(struct arena *a)
{
    const char *folder = folder_of("sound");
    struct tombs *t;
    struct span bytes;
    must(tombs_open(folder, true, &t) == OK);
    tombs_close(t);
    must(file_read(a, arena_printf(a, "%s/tombstones", folder).p, 1 << 20, &bytes) == OK);
    must(dir_remove(folder) == OK);
    return span_cut(bytes, 0, TOMB_HEADER);
}

/* The file that these bytes stand for. */
static struct span file_of(struct arena *a, struct span input)
{
    static struct arena *kept;
    static struct span header;
    if (!kept) {
        kept = arena_new(1 << 20);
        header = sound_header(kept);
    }
    if (input.n < 9 || input.p[0] & 1) return span_cut(input, 1, input.n);
    char *file = arena_alloc(a, TOMB_HEADER + input.n);
    memcpy(file, header.p, TOMB_HEADER);
    memcpy(file + TOMB_COUNT_AT, input.p + 1, 8);
    memcpy(file + TOMB_HEADER, input.p + 9, input.n - 9);
    for (size_t at = 0; input.p[0] & 2 && at + TOMB_RECORD <= input.n - 9; at += TOMB_RECORD) {
        char *slot = file + TOMB_HEADER + at;
        memcpy(slot, "TOMB", 4);
        uint32_t sum = crc32c((struct span){slot, TOMB_RECORD - 4});
        memcpy(slot + TOMB_RECORD - 4, &sum, 4);
    }
    return (struct span){file, TOMB_HEADER + input.n - 9};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX) return 0;
    const char *folder = folder_of("own");
    char file[160];
    snprintf(file, sizeof file, "%s/tombstones", folder);
    struct arena *a = arena_new(4 << 20);
    struct span bytes = file_of(a, (struct span){(const char *)data, size});
    FILE *f = fopen(file, "w");
    must(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
    arena_free(a);

    struct tombs *reader, *writer;
    enum result r = tombs_open(folder, false, &reader);
    enum result w = tombs_open(folder, true, &writer);
    must((r == OK) == (w == OK));
    if (r == OK) {
        agree(reader, writer);
        agree(writer, reader);
        unite_with_empty(file, writer);
        struct tomb kill = {.story = 4711, .kill = "fuzz", .cause = TOMB_WIRE};
        size_t added;
        must(tombs_add(writer, &kill, 1, &added) == OK);
        agree(writer, reader);
        tombs_close(writer);
        must(tombs_open(folder, true, &writer) == OK);
        agree(reader, writer);
    }
    tombs_close(reader);
    tombs_close(writer);
    must(unlink(file) == 0);
    return 0;
}
