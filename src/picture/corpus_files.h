/* corpus_files: the corpus of attacks by pictures that may lie beside the project (see
 * tests/corpus.h), read without the floor that parses JSON: its lines are {"b64": "…", "name": "…"}
 * and we look for these two alone. For tests only. */
#ifndef CORPUS_FILES_H
#define CORPUS_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"

static struct span corpus_value(struct span line, struct span key)
{
    ptrdiff_t at = span_find(line, key);
    if (at < 0) return S("");
    struct span rest = span_cut(line, (size_t)at + key.n, line.n), value;
    return span_next(&rest, '"', &value) ? value : S("");
}

static struct span corpus_bytes(struct arena *a, struct span s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    unsigned v = 0, bits = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
        if (!at) continue;
        v = (v << 6 | (unsigned)(at - digits)) & 0xFFFFFF;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out[n++] = (char)(v >> bits);
    }
    return (struct span){out, n};
}

/* false: it is not there. */
__attribute__((unused)) static bool corpus_pictures(
    void (*one)(struct span bytes, const char *name, void *with), void *with)
{
    struct arena *a = arena_new(64 << 20);
    const char *shared = getenv("BROADSHEET_SHARED");
    const char *path = arena_printf(
        a, "%s/attacks/image/payloadsallthethings.jsonl", shared ? shared : "../shared")
                           .p;
    struct span rest, line;
    bool there = file_read(a, path, 16 << 20, &rest) == OK;
    while (there && span_next(&rest, '\n', &line)) {
        if (!line.n) continue;
        one(corpus_bytes(a, corpus_value(line, S("\"b64\": \""))),
            arena_cstr(a, corpus_value(line, S("\"name\": \""))), with);
    }
    arena_free(a);
    return there;
}

#endif
