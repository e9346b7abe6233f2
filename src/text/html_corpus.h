/* html_corpus: for tests only. Reads the attack corpora (JSON lines with "b64"), where they are
 * present. */
#ifndef HTML_CORPUS_H
#define HTML_CORPUS_H

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

enum { CORPUS_FILE_MAX = 16 << 20 };

static inline struct span corpus_base64(struct arena *a, struct span s)
{
    struct buf b;
    buf_init(&b, a, 0);
    uint32_t bits = 0, n = 0;
    for (size_t i = 0; i < s.n; i++) {
        static const char digits[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        ptrdiff_t v = span_find_char(span_of(digits), s.p[i]);
        if (v < 0) break;
        bits = bits << 6 | (uint32_t)v;
        if ((n += 6) < 8) continue;
        n -= 8;
        buf_char(&b, (char)(bits >> n & 0xFF));
    }
    return buf_span(&b);
}

struct corpus {
    struct arena *a; /* of the file */
    struct span rest;
};

/* name: "xss/payloadbox.jsonl". false: not there. */
static inline bool corpus_open(struct corpus *c, const char *name)
{
    const char *shared = getenv("BROADSHEET_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/attacks/%s", shared ? shared : "../shared", name);
    c->a = arena_new((size_t)CORPUS_FILE_MAX * 2);
    if (file_read(c->a, path, CORPUS_FILE_MAX, &c->rest) == OK) return true;
    arena_free(c->a);
    return false;
}

/* The next case, in arena a; line_out is its JSON line. false: no more. */
static inline bool corpus_next(
    struct corpus *c, struct arena *a, struct span *payload_out, struct span *line_out)
{
    while (span_next(&c->rest, '\n', line_out)) {
        ptrdiff_t at = span_find(*line_out, S("\"b64\": \""));
        if (at < 0) continue;
        struct span b64 = span_cut(*line_out, (size_t)at + 8, line_out->n);
        *payload_out = corpus_base64(a, b64);
        return true;
    }
    return false;
}

#endif
