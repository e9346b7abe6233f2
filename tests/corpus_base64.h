/* The bytes of a record in a corpus of attacks: base64 (RFC 4648, section 4), what is not of its
 * alphabet left out. Needs base alone. For tests only. */
#ifndef CORPUS_BASE64_H
#define CORPUS_BASE64_H

#include <string.h>

#include "base.h"

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

#endif
