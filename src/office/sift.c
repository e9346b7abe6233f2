/* sift.c: lists that are long: by words, and page by page. Nothing is left off without a word. */
#include "office.h"

bool sift_fits(struct arena *a, struct span words, const struct span *texts, size_t n)
{
    struct buf b;
    struct span word, rest = text_casefold(a, span_trim(words));
    if (!rest.n) return true;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < n; i++) {
        buf_put(&b, texts[i]);
        buf_char(&b, '\n');
    }
    struct span all = text_casefold(a, buf_span(&b));
    while (span_next(&rest, ' ', &word))
        if (word.n && span_find(all, word) < 0) return false;
    return true;
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
    for (size_t i = 0; i < count; i++) {
        const struct held *h = &list[i];
        struct span texts[] = {h->headline, h->guid, h->feed, h->why, story_id_text(a, h->page)};
        if (sift_fits(a, words, texts, COUNT(texts))) list[n++] = *h;
    }
    return n;
}

size_t sift_quarantine(struct arena *a, struct span words, struct quarantined *list, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct span texts[] = {list[i].name, list[i].feed, list[i].why};
        if (sift_fits(a, words, texts, COUNT(texts))) list[n++] = list[i];
    }
    return n;
}

size_t sift_alarms(struct arena *a, struct span words, struct alarm *list, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct span texts[] = {list[i].kind, list[i].text};
        if (sift_fits(a, words, texts, COUNT(texts))) list[n++] = list[i];
    }
    return n;
}
