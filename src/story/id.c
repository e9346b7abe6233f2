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

/* Of an address what names its page: no query, no fragment, no history. */
static struct span page_of_address(struct span s)
{
    s = span_trim(s);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '?' || s.p[i] == '#') s.n = i;
    while (s.n && s.p[s.n - 1] == '/') s.n--;
    static const char *const behind[] = {"/revisions", "/comments", "/lite", ".txt"};
    for (size_t i = 0; i < COUNT(behind); i++)
        if (span_ends(s, span_of(behind[i]))) s.n -= span_of(behind[i]).n;
    return s;
}

static bool is_address(struct span s)
{
    ptrdiff_t slash = span_find_char(s, '/'), colon = span_find_char(s, ':');
    bool has_scheme = span_starts_nocase(s, S("http://")) || span_starts_nocase(s, S("https://"));
    return has_scheme || (slash >= 0 && (colon < 0 || colon > slash));
}

/* Hex digits are digits of our alphabet too: urn:uuid:… ends like an id, and is a guid. */
bool story_id_in(struct span target, story_id *out)
{
    struct span s = page_of_address(target);
    if (s.n == ID_DIGITS) return story_id_read(s, out);
    if (s.n < ID_DIGITS || !is_address(s)) return false;
    char before = s.p[s.n - ID_DIGITS - 1];
    return (before == '-' || before == '/') &&
           story_id_read(span_cut(s, s.n - ID_DIGITS, s.n), out);
}
