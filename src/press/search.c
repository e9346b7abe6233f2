/* search: a form, and what was found, newest first, with the reader's words marked. Never kept, and
 * not for search engines: its words are the reader's own. */
#include "frame.h"
#include <string.h>

enum {
    SEARCH_ITEMS = 20,
    MARKED_WORDS = 8, /* of a query that are marked; the rest still count in the search */
    TEXT_MAX = 400,   /* code points of an abstract that are looked through */
};

/* ---- the reader's words ---- */
static size_t words_of(struct arena *a, struct span query, struct span *out)
{
    size_t n = 0;
    struct span rest = query, word;
    while (n < MARKED_WORDS && rest.n && span_next(&rest, ' ', &word)) {
        while (word.n && strchr("\"*-+()", word.p[0])) word = span_cut(word, 1, word.n);
        while (word.n && strchr("\"-+(),.", word.p[word.n - 1])) word.n--;
        if (word.n) out[n++] = text_casefold(a, word);
    }
    return n;
}

static bool is_letter(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Where a word of the query stands in the text, compared without case in ASCII and as it stands in
 * other scripts; how many bytes of text it takes. "the" is not in "they", "the*" is. */
static size_t match_at(struct span text, size_t i, const struct span *words, size_t count)
{
    struct span rest = span_cut(text, i, text.n);
    for (size_t k = 0; k < count; k++) {
        struct span word = words[k];
        bool open = span_ends(word, S("*"));
        while (span_ends(word, S("*"))) word.n--;
        if (!word.n || !span_starts_nocase(rest, word)) continue;
        if (open || word.n == rest.n || !is_letter((unsigned char)rest.p[word.n])) return word.n;
    }
    return 0;
}

static bool starts_word(struct span text, size_t i)
{
    if (i == 0) return true;
    unsigned char before = (unsigned char)text.p[i - 1];
    if (before >= 0x80) return (unsigned char)text.p[i] >= 0x80; /* scripts without spaces */
    return !is_letter(before);
}

static void piece(struct record *r, const char *name, struct span text, bool found)
{
    if (!text.n) return;
    struct record *item = record_item(r, name);
    record_text(item, "text", text);
    record_flag(item, "found", found);
}

void teaser_marked(struct sheet *s, struct record *r, const char *name, struct span text,
    const struct span *words, size_t n)
{
    size_t from = 0;
    (void)s;
    record_text(r, name, S(""));
    for (size_t i = 0; i < text.n;) {
        size_t length = starts_word(text, i) ? match_at(text, i, words, n) : 0;
        if (!length) {
            utf8_next(text, &i);
            continue;
        }
        piece(r, name, span_cut(text, from, i), false);
        piece(r, name, span_cut(text, i, i + length), true);
        i = from = i + length;
    }
    if (from) piece(r, name, span_cut(text, from, text.n), false);
}

static void put_found(
    struct sheet *s, const struct view *list, size_t n, const struct span *words, size_t word_count)
{
    for (size_t i = 0; i < n; i++) {
        struct record *r = record_item(s->root, "stories");
        teaser_fill(s, r, &list[i]);
        teaser_marked(s, r, "pieces", list[i].headline, words, word_count);
        teaser_marked(
            s, r, "abstract_pieces", utf8_head(list[i].abstract, TEXT_MAX), words, word_count);
    }
    page_views(s->out, list, n);
}

static struct span search_path(struct arena *a, struct span words)
{
    return arena_printf(a, "/search?q=%.*s", FMT(url_escape(a, words)));
}

enum result page_search(const struct press *p, const struct page_ask *ask, struct reader *r,
    struct arena *a, struct page *out)
{
    size_t n = 0, total = 0, page = ask->page ? ask->page : 1;
    struct view *list = NULL;
    struct span words[MARKED_WORDS];
    size_t word_count = words_of(a, ask->words, words);
    enum result result = OK;
    if (ask->words.n)
        result = reader_search(
            r, ask->words, (page - 1) * SEARCH_ITEMS, SEARCH_ITEMS, a, &list, &n, &total);
    if (result != OK) return result;
    out->no_store = out->noindex = true;
    struct sheet s = frame_open(p, a, out, "search", press_word(p, "search"), S(""));
    frame_crumbs_of(&s, press_word(p, "search"), S(""));
    frame_today(&s, reader_now_ms(r));
    record_text(s.root, "query", ask->words);
    for (size_t i = 0; i < n; i++) press_keep_shown(a, &list[i], reader_now_ms(r), out);
    put_found(&s, list, n, words, word_count);
    if (ask->words.n) record_text(s.root, "count", press_count(p, a, "found", total));
    record_flag(s.root, "nothing", ask->words.n && !n);
    record_flag(s.root, "bounded", total >= STORE_SEARCH_MAX);
    frame_pager(&s, search_path(a, ask->words), page, page * SEARCH_ITEMS < total);
    frame_close(&s, "search");
    return OK;
}
