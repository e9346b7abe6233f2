/* names.c: under which names words may speak of a story: its guid, the codes in it, its headline,
 * its slugline; each as a key that a notice's words give too. Owns the form of those keys: a letter
 * for the class, strongest first, and the name folded. */
#include <string.h>

#include "decide.h"

enum {
    HEADLINE_LETTERS = 8, /* shorter words name nothing: "Weather", "Results" */
    SLUG_LETTERS = 4,
    SAID_POINTS = 600, /* of a notice that are compared with every headline of a week */
    CODE_MIN = 5,      /* "V9991", "L1N14N0FF"; a year is no code */
    CODE_MAX = 64,     /* longer are addresses and hashes of something else */
};

static void add(struct name_list *out, char class, struct span name)
{
    if (!name.n || name.n > STORY_TEXT_MAX || out->count >= DESK_NAMES_MAX) return;
    struct span key = arena_printf(out->a, "%c:%.*s", class, FMT(name));
    for (size_t i = 0; i < out->count; i++)
        if (span_eq(out->list[i], key)) return;
    out->list[out->count++] = key;
}

struct span words_folded(struct arena *a, struct span text)
{
    struct buf b;
    struct span t = text_casefold(a, text);
    buf_init(&b, a, 0);
    bool gap = false;
    for (size_t i = 0; i < t.n; i++) {
        /* Quotation marks and dashes of all sorts begin with E2 80. */
        bool mark =
            i + 2 < t.n && (unsigned char)t.p[i] == 0xE2 && (unsigned char)t.p[i + 1] == 0x80;
        if (mark) i += 2;
        if (mark || !words_is_letter(t.p[i])) {
            gap = b.n > 0;
            continue;
        }
        if (gap) buf_char(&b, ' ');
        gap = false;
        buf_char(&b, t.p[i]);
    }
    return buf_span(&b);
}

void name_guid(struct name_list *out, struct span guid)
{
    add(out, 'g', guid);
}

static bool has_letters(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return true;
    return false;
}

/* Numbers by which agencies call an item: a letter and four digits, or what ends a guid. */
void name_code(struct name_list *out, struct span token)
{
    while (token.n && strchr(".:'#", token.p[token.n - 1])) token.n--;
    while (token.n && strchr("#'", token.p[0])) token = span_cut(token, 1, token.n);
    if (span_starts_nocase(token, S("tag:")) || span_starts_nocase(token, S("urn:")))
        name_guid(out, token);
    size_t digits = 0;
    for (size_t i = 0; i < token.n; i++) digits += token.p[i] >= '0' && token.p[i] <= '9';
    if (token.n < CODE_MIN || token.n > CODE_MAX || digits < 3 || !has_letters(token)) return;
    add(out, 'c', text_casefold(out->a, token));
}

/* "tag:reuters.com,2026:newsml_L1N14N0FF": what stands behind the last colon, slash or underscore.
 */
static void name_guid_codes(struct name_list *out, struct span guid)
{
    for (size_t i = guid.n, cuts = 0; i > 0 && cuts < 2; i--) {
        if (!strchr(":/_", guid.p[i - 1])) continue;
        name_code(out, span_cut(guid, i, guid.n));
        cuts++;
    }
}

void name_headline(struct name_list *out, struct span text)
{
    struct span words = words_folded(out->a, headline_cut(out->a, text).rest);
    if (words.n >= HEADLINE_LETTERS) add(out, 'h', words);
}

void name_slugline(struct name_list *out, struct span slugline)
{
    struct span words = words_folded(out->a, desk_slug(out->a, slugline));
    if (words.n >= SLUG_LETTERS) add(out, 's', words);
}

static void name_item_numbers(struct name_list *out, struct span text)
{
    size_t i = 0;
    while (i < text.n) {
        size_t from = i;
        while (i < text.n && words_is_letter(text.p[i])) i++;
        struct span w = span_cut(text, from, i);
        bool number = w.n == CODE_MIN && (w.p[0] | 0x20) >= 'a' && (w.p[0] | 0x20) <= 'z' &&
                      !has_letters(span_cut(w, 1, w.n));
        if (number) name_code(out, w);
        i += i == from;
    }
}

void desk_names(struct name_list *out, const struct story *s)
{
    name_guid(out, s->guid); /* for a notice that waits; by guid it looks without a name */
    name_guid_codes(out, s->guid);
    name_item_numbers(out, s->slugline);
    name_item_numbers(out, s->headline_raw);
    for (uint32_t i = 0; i < s->keyword_count && i < 8; i++) name_item_numbers(out, s->keywords[i]);
    name_headline(out, s->headline_raw.n ? s->headline_raw : s->headline);
    /* A corrective has its story's slugline, and is not what that names. */
    if (!desk_is_corrective(s)) name_slugline(out, s->slugline);
}

struct span desk_said(struct arena *a, const struct story *notice)
{
    return words_folded(
        a, arena_printf(a, "%.*s %.*s %.*s", FMT(notice->headline_raw), FMT(notice->slugline),
               FMT(utf8_head(notice->body_text, SAID_POINTS))));
}

size_t desk_nearness(struct span said, struct span headline_key)
{
    enum { LETTERS = 4 }; /* shorter words stand in every headline */
    struct span words = span_cut(headline_key, 2, headline_key.n), word;
    size_t near = 0;
    while (words.n && span_next(&words, ' ', &word))
        near += word.n >= LETTERS && words_has(said, word, true);
    return near;
}
