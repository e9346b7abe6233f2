/* Corpora of attacks that lie beside the project: JSON lines of {id, b64, …}. For tests only;
 * absent corpora are no failure. BROADSHEET_SHARED overrides where they are. */
#ifndef CORPUS_H
#define CORPUS_H

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((unused)) static struct span corpus_base64(struct arena *a, struct span s)
{
    unsigned char *out = (unsigned char *)arena_alloc(a, s.n + 1);
    size_t n = 0, bits = 0;
    unsigned v = 0;
    for (size_t i = 0; i < s.n; i++) {
        static const char digits[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
        if (!at) continue;
        v = (v << 6 | (unsigned)(at - digits)) & 0xFFFFFF;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out[n++] = (unsigned char)(v >> bits);
    }
    return (struct span){(char *)out, n};
}

/* Calls one for each record of attacks/name; false: the file is not there. */
__attribute__((unused)) static bool corpus_each(struct arena *a, const char *name,
    void (*one)(const struct json *record, struct span payload, void *with), void *with)
{
    const char *shared = getenv("BROADSHEET_SHARED");
    const char *path = arena_printf(a, "%s/attacks/%s", shared ? shared : "../shared", name).p;
    struct span rest, line;
    struct reject why;
    if (file_read(a, path, (size_t)64 << 20, &rest) != OK) return false;
    while (span_next(&rest, '\n', &line)) {
        struct arena *own = arena_new((size_t)256 << 20);
        const struct json *record = line.n ? json_parse(own, line, &why) : NULL;
        if (record)
            one(record, corpus_base64(own, json_text(record, "b64")), with);
        else if (line.n)
            printf("# %s: a line that is no JSON: %.*s\n", name, FMT(why.why));
        arena_free(own);
    }
    return true;
}

#endif
