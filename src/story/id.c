/* id.c: the public id of a story. Owns its alphabet (Crockford's base32 in lower case) and its
 * length. Never fatal. */
#include "story.h"

enum { ID_DIGITS = 12, ID_BITS = ID_DIGITS * 5 };

/* Provider and guid are framed by their lengths, so that no two pairs give the same bytes. */
story_id story_id_of(struct span key, struct span feed_provider, struct span guid)
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_span(&b, feed_provider);
    put_span(&b, guid);
    struct hash h = hash_keyed(key, buf_span(&b));
    buf_free(&b);
    story_id id = 0;
    for (int i = 0; i < 8; i++) id = id << 8 | h.b[i];
    return id >> (64 - ID_BITS);
}

struct span story_id_text(struct arena *a, story_id id)
{
    return base32(a, id, ID_DIGITS);
}

bool story_id_read(struct span text, story_id *out)
{
    const struct span alphabet = S("0123456789abcdefghjkmnpqrstvwxyz");
    story_id id = 0;
    if (text.n != ID_DIGITS) return false;
    for (size_t i = 0; i < text.n; i++) {
        ptrdiff_t digit = span_find_char(alphabet, text.p[i]);
        if (digit < 0) return false;
        id = id << 5 | (story_id)digit;
    }
    *out = id;
    return true;
}

bool story_id_in(struct span target, story_id *out)
{
    ptrdiff_t query = span_find_char(target, '?');
    if (query >= 0) target = span_cut(target, 0, (size_t)query);
    while (target.n && target.p[target.n - 1] == '/') target.n--;
    if (target.n < ID_DIGITS ||
        !story_id_read(span_cut(target, target.n - ID_DIGITS, target.n), out))
        return false;
    char before = target.n == ID_DIGITS ? '/' : target.p[target.n - ID_DIGITS - 1];
    return before == '-' || before == '/';
}
