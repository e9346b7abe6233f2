/* place: private to text. Line and column in a text that is asked for them in rising order: each
 * byte is counted once. Lines end in LF. */
#ifndef TEXT_PLACE_H
#define TEXT_PLACE_H

#include "text.h"

struct place {
    struct span bytes;
    size_t counted;          /* up to here */
    size_t line_start;       /* of the line in which that is */
    uint32_t lines, columns; /* before it; columns are characters, in bytes of UTF-8 */
};

/* Counts on to the byte at, or to the end; what lies behind stays as it is. */
static inline void place_move(struct place *p, size_t at)
{
    if (at > p->bytes.n) at = p->bytes.n;
    while (p->counted < at) {
        struct span rest = span_cut(p->bytes, p->counted, at);
        ptrdiff_t end = span_find_char(rest, '\n');
        if (end < 0) {
            uint32_t columns = 0;
            for (size_t i = 0; i < rest.n; i++)
                columns += ((unsigned char)rest.p[i] & 0xC0) != 0x80;
            p->columns += columns;
            p->counted = at;
            return;
        }
        p->lines++;
        p->columns = 0;
        p->counted += (size_t)end + 1;
        p->line_start = p->counted;
    }
}

#endif
