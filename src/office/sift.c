/* sift.c: lists that are long: by words, and page by page. Nothing is left off without a word. */
#include "office.h"

enum { ROW_ARENA = 64 << 20 /* one row, folded: headlines and clauses, kilobytes */ };

struct sift sift_start(struct arena *a, struct span words)
{
    return (struct sift){text_casefold(a, span_trim(words)), arena_new(ROW_ARENA)};
}

bool sift_fits(struct sift *s, const struct span *texts, size_t n)
{
    struct buf b;
    struct span word, rest = s->words;
    bool fits = true;
    buf_init(&b, s->row, 0);
    for (size_t i = 0; rest.n && i < n; i++) {
        buf_put(&b, texts[i]);
        buf_char(&b, '\n');
    }
    struct span all = rest.n ? text_casefold(s->row, buf_span(&b)) : S("");
    while (fits && rest.n && span_next(&rest, ' ', &word))
        fits = !word.n || span_find(all, word) >= 0;
    arena_reset(s->row);
    return fits;
}

void sift_end(struct sift *s)
{
    arena_free(s->row);
}

struct sift_page sift_page(size_t count, size_t page, size_t each)
{
    size_t last = count ? (count - 1) / each + 1 : 1;
    struct sift_page p = {.page = page < 1 ? 1 : page > last ? last : page, .count = count};
    p.from = (p.page - 1) * each;
    p.until = p.from + each < count ? p.from + each : count;
    p.more = p.until < count;
    return p;
}

/* ---- what each list is sifted by ---- */
size_t sift_held(struct arena *a, struct span words, struct held *list, size_t count)
{
    size_t n = 0;
    struct sift s = sift_start(a, words);
    for (size_t i = 0; i < count; i++) {
        const struct held *h = &list[i];
        struct span texts[] = {
            h->headline, h->guid, h->feed, h->why, story_id_text(s.row, h->page)};
        if (sift_fits(&s, texts, COUNT(texts))) list[n++] = *h;
    }
    sift_end(&s);
    return n;
}

size_t sift_quarantine(struct arena *a, struct span words, struct quarantined *list, size_t count)
{
    size_t n = 0;
    struct sift s = sift_start(a, words);
    for (size_t i = 0; i < count; i++) {
        struct span texts[] = {list[i].name, list[i].feed, list[i].why};
        if (sift_fits(&s, texts, COUNT(texts))) list[n++] = list[i];
    }
    sift_end(&s);
    return n;
}

size_t sift_alarms(struct arena *a, struct span words, struct alarm *list, size_t count)
{
    size_t n = 0;
    struct sift s = sift_start(a, words);
    for (size_t i = 0; i < count; i++) {
        struct span texts[] = {list[i].kind, list[i].text};
        if (sift_fits(&s, texts, COUNT(texts))) list[n++] = list[i];
    }
    sift_end(&s);
    return n;
}
