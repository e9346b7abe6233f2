/* Corpora of attacks that lie beside the project: JSON lines of {id, b64, …}. For tests only;
 * absent corpora are no failure. BROADSHEET_SHARED overrides where they are. */
#ifndef CORPUS_H
#define CORPUS_H

#include "corpus_base64.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
