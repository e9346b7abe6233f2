/* corpus_files: the corpus of attacks by pictures that may lie beside the project (see
 * tests/corpus.h), read without the floor that parses JSON: its lines are {"b64": "…", "name": "…"}
 * and we look for these two alone. For tests only. */
#ifndef CORPUS_FILES_H
#define CORPUS_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "corpus_base64.h"

static struct span corpus_value(struct span line, struct span key)
{
    ptrdiff_t at = span_find(line, key);
    if (at < 0) return S("");
    struct span rest = span_cut(line, (size_t)at + key.n, line.n), value;
    return span_next(&rest, '"', &value) ? value : S("");
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
        one(corpus_base64(a, corpus_value(line, S("\"b64\": \""))),
            arena_cstr(a, corpus_value(line, S("\"name\": \""))), with);
    }
    arena_free(a);
    return there;
}

#endif
