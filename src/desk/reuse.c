/* reuse.c: V9: some agencies give an id to another story after a while. A version that comes long
 * after the one before it and shares hardly a word with it waits for the desk. Only the age makes
 * it look at the words at all, so that it costs nothing in a day's work. */
#include "decide.h"

enum {
    REUSE_DAYS = 30,      /* V9 */
    REUSE_WORDS_MAX = 60, /* of the new head are looked for in the old text */
    REUSE_LETTERS = 5,    /* a word shorter than this is in every story */
    REUSE_SHARE = 5,      /* one in so many must be known */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

struct tally {
    int words, known;
};

static void count_words(struct tally *t, struct span text, const struct story *old)
{
    size_t i = 0;
    while (i < text.n && t->words < REUSE_WORDS_MAX) {
        size_t from = i;
        while (i < text.n && is_letter(text.p[i])) i++;
        struct span w = span_cut(text, from, i);
        if (i == from) i++;
        if (w.n < REUSE_LETTERS) continue;
        t->words++;
        t->known += words_has(old->headline, w, false) || words_has(old->body_text, w, false);
    }
}

static const struct known *version_before(const struct desk *d, const struct known *k)
{
    for (size_t i = k->place; i-- > 0;)
        if (d->rank[i]->item == k->item && desk_sent(d->rank[i]->v)->body_text.n) return d->rank[i];
    return NULL;
}

bool is_reused_guid(struct desk *d, const struct known *k)
{
    const struct story *s = desk_sent(k->v);
    if (s->change > CHANGE_UPDATE || !s->body_text.n) return false;
    const struct known *before = version_before(d, k);
    if (!before || k->created_ms - before->created_ms < REUSE_DAYS * DAY_MS) return false;
    struct tally t = {0};
    count_words(&t, s->headline, desk_sent(before->v));
    count_words(&t, utf8_head(s->body_text, DESK_HEAD_POINTS), desk_sent(before->v));
    return t.words > 0 && t.known * REUSE_SHARE < t.words;
}
