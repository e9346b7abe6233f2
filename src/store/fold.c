/* fold: the words that are indexed and asked for, in one form on both sides, so that a reader finds
 * what he means and not only what the agency typed. After NFKC and case folding (text_casefold):
 *   Latin       letters without a decomposition become plain ones; accents fall in the tokenizer
 *   Arabic      tatweel and harakat fall; forms of alef, ya, kaf and ta marbuta are one, and the
 *               Persian forms with them
 *   Devanagari  matras and virama stay; nukta falls; chandrabindu and homorganic nasals become
 *               anusvara
 *   CJK         Han, Kana, Hangul: overlapping pairs, and the last letter of a run alone; a single
 *               letter is asked for as a prefix
 *   digits      of every script become 0-9
 *   signs       become spaces, so that a sign alone is no word
 * Never fails; linear in the text. */
#include "inside.h"

struct range {
    uint32_t first, last;
    enum { FALLS, BECOMES, BECOMES_TWO, DIGIT } how;
    uint32_t to, then;
};

/* Sorted by first; ranges do not overlap. */
static const struct range ranges[] = {
    {0x00A1, 0x00A9, BECOMES, ' ', 0},
    {0x00AB, 0x00AC, BECOMES, ' ', 0},
    {0x00AD, 0x00AD, FALLS, 0, 0},
    {0x00AE, 0x00B4, BECOMES, ' ', 0},
    {0x00B6, 0x00B9, BECOMES, ' ', 0},
    {0x00BB, 0x00BF, BECOMES, ' ', 0},
    {0x00D7, 0x00D7, BECOMES, ' ', 0},
    {0x00E6, 0x00E6, BECOMES_TWO, 'a', 'e'},
    {0x00F0, 0x00F0, BECOMES, 'd', 0},
    {0x00F7, 0x00F7, BECOMES, ' ', 0},
    {0x00F8, 0x00F8, BECOMES, 'o', 0},
    {0x00FE, 0x00FE, BECOMES_TWO, 't', 'h'},
    {0x0111, 0x0111, BECOMES, 'd', 0},
    {0x0131, 0x0131, BECOMES, 'i', 0},
    {0x0142, 0x0142, BECOMES, 'l', 0},
    {0x0153, 0x0153, BECOMES_TWO, 'o', 'e'},
    {0x02B9, 0x02BF, BECOMES, ' ', 0}, /* modifier apostrophes */
    {0x0300, 0x036F, FALLS, 0, 0},
    {0x0390, 0x0390, BECOMES, 0x03B9, 0},
    {0x03AC, 0x03AC, BECOMES, 0x03B1, 0},
    {0x03AD, 0x03AD, BECOMES, 0x03B5, 0},
    {0x03AE, 0x03AE, BECOMES, 0x03B7, 0},
    {0x03AF, 0x03AF, BECOMES, 0x03B9, 0},
    {0x03B0, 0x03B0, BECOMES, 0x03C5, 0},
    {0x03CA, 0x03CA, BECOMES, 0x03B9, 0},
    {0x03CB, 0x03CB, BECOMES, 0x03C5, 0},
    {0x03CC, 0x03CC, BECOMES, 0x03BF, 0},
    {0x03CD, 0x03CD, BECOMES, 0x03C5, 0},
    {0x03CE, 0x03CE, BECOMES, 0x03C9, 0},
    {0x0451, 0x0451, BECOMES, 0x0435, 0},
    {0x0591, 0x05BD, FALLS, 0, 0}, /* Hebrew points and accents */
    {0x05BF, 0x05BF, FALLS, 0, 0},
    {0x05C1, 0x05C2, FALLS, 0, 0},
    {0x05C4, 0x05C5, FALLS, 0, 0},
    {0x05C7, 0x05C7, FALLS, 0, 0},
    {0x060C, 0x060D, BECOMES, ' ', 0},
    {0x0610, 0x061A, FALLS, 0, 0},
    {0x061B, 0x061B, BECOMES, ' ', 0},
    {0x061C, 0x061C, FALLS, 0, 0},
    {0x061E, 0x061F, BECOMES, ' ', 0},
    {0x0622, 0x0623, BECOMES, 0x0627, 0},
    {0x0624, 0x0624, BECOMES, 0x0648, 0},
    {0x0625, 0x0625, BECOMES, 0x0627, 0},
    {0x0626, 0x0626, BECOMES, 0x064A, 0},
    {0x0629, 0x0629, BECOMES, 0x0647, 0},
    {0x0640, 0x0640, FALLS, 0, 0},
    {0x0649, 0x0649, BECOMES, 0x064A, 0},
    {0x064B, 0x065F, FALLS, 0, 0},
    {0x0660, 0x0669, DIGIT, 0, 0},
    {0x066A, 0x066D, BECOMES, ' ', 0},
    {0x0670, 0x0670, FALLS, 0, 0},
    {0x0671, 0x0671, BECOMES, 0x0627, 0},
    {0x06A9, 0x06A9, BECOMES, 0x0643, 0},
    {0x06C0, 0x06C1, BECOMES, 0x0647, 0},
    {0x06CC, 0x06CC, BECOMES, 0x064A, 0},
    {0x06D4, 0x06D4, BECOMES, ' ', 0},
    {0x06D5, 0x06D5, BECOMES, 0x0647, 0},
    {0x06D6, 0x06DC, FALLS, 0, 0},
    {0x06DF, 0x06E8, FALLS, 0, 0},
    {0x06EA, 0x06ED, FALLS, 0, 0},
    {0x06F0, 0x06F9, DIGIT, 0, 0},
    {0x08D3, 0x08E1, FALLS, 0, 0},
    {0x08E3, 0x08FF, FALLS, 0, 0},
    {0x0901, 0x0901, BECOMES, 0x0902, 0},
    {0x093C, 0x093C, FALLS, 0, 0},
    {0x0964, 0x0965, BECOMES, ' ', 0},
    {0x0966, 0x096F, DIGIT, 0, 0},
    {0x09BC, 0x09BC, FALLS, 0, 0},
    {0x09E6, 0x09EF, DIGIT, 0, 0},
    {0x0A3C, 0x0A3C, FALLS, 0, 0},
    {0x0A66, 0x0A6F, DIGIT, 0, 0},
    {0x0ABC, 0x0ABC, FALLS, 0, 0},
    {0x0AE6, 0x0AEF, DIGIT, 0, 0},
    {0x0B66, 0x0B6F, DIGIT, 0, 0},
    {0x0BE6, 0x0BEF, DIGIT, 0, 0},
    {0x0C66, 0x0C6F, DIGIT, 0, 0},
    {0x0CE6, 0x0CEF, DIGIT, 0, 0},
    {0x0D66, 0x0D6F, DIGIT, 0, 0},
    {0x0E50, 0x0E59, DIGIT, 0, 0},
    {0x1040, 0x1049, DIGIT, 0, 0},
    {0x180B, 0x180E, FALLS, 0, 0},
    {0x200B, 0x200F, FALLS, 0, 0},
    {0x2010, 0x2029, BECOMES, ' ', 0},
    {0x202A, 0x202E, FALLS, 0, 0},
    {0x202F, 0x205F, BECOMES, ' ', 0},
    {0x2060, 0x206F, FALLS, 0, 0},
    {0x20A0, 0x20CF, BECOMES, ' ', 0},
    {0x2190, 0x2BFF, BECOMES, ' ', 0},
    {0x2E00, 0x2E7F, BECOMES, ' ', 0},
    {0x3001, 0x3003, BECOMES, ' ', 0},
    {0x3008, 0x3020, BECOMES, ' ', 0},
    {0x3030, 0x3030, BECOMES, ' ', 0},
    {0x3099, 0x309A, FALLS, 0, 0},
    {0x30FB, 0x30FB, BECOMES, ' ', 0},
    {0xFE00, 0xFE0F, FALLS, 0, 0},
    {0xFE10, 0xFE1F, BECOMES, ' ', 0},
    {0xFE30, 0xFE6F, BECOMES, ' ', 0},
    {0xFEFF, 0xFEFF, FALLS, 0, 0},
    {0x1F000, 0x1FAFF, BECOMES, ' ', 0},
};

/* Written without spaces, or with endings that hide the word: searched by pairs of letters. */
static const uint32_t cjk[][2] = {
    {0x1100, 0x11FF},
    {0x2E80, 0x2FDF},
    {0x3005, 0x3007},
    {0x3021, 0x3029},
    {0x3031, 0x3035},
    {0x303B, 0x303B},
    {0x3041, 0x3096},
    {0x309D, 0x309F},
    {0x30A1, 0x30FA},
    {0x30FC, 0x30FF},
    {0x3105, 0x312F},
    {0x3130, 0x318F},
    {0x31F0, 0x31FF},
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xA960, 0xA97F},
    {0xAC00, 0xD7FF},
    {0xF900, 0xFAFF},
    {0x20000, 0x323AF},
};

bool fold_is_cjk(uint32_t c)
{
    if (c < cjk[0][0]) return false;
    for (size_t i = 0; i < COUNT(cjk); i++)
        if (c >= cjk[i][0] && c <= cjk[i][1]) return true;
    return false;
}

static const struct range *range_of(uint32_t c)
{
    size_t low = 0, high = COUNT(ranges);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT(ranges) && c >= ranges[low].first ? &ranges[low] : NULL;
}

bool fold_is_gap(uint32_t c)
{
    if (c < 0x80)
        return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    const struct range *r = range_of(c);
    return r && r->how == BECOMES && r->to == ' ';
}

/* A Devanagari nasal with virama before a consonant of its own class: written as anusvara just as
 * often. */
static bool is_homorganic(uint32_t nasal, struct span s, size_t i)
{
    static const uint32_t classes[][2] = {
        {0x0919, 0x0915}, {0x091E, 0x091A}, {0x0923, 0x091F}, {0x0928, 0x0924}, {0x092E, 0x092A}};
    for (size_t k = 0; k < COUNT(classes); k++) {
        if (nasal != classes[k][0]) continue;
        if (i >= s.n || utf8_next(s, &i) != 0x094D || i >= s.n) return false;
        uint32_t next = utf8_next(s, &i);
        return next >= classes[k][1] && next <= classes[k][1] + 3;
    }
    return false;
}

struct folding {
    struct buf *b;
    uint32_t last; /* CJK letter whose pair is open; 0: no run */
    size_t run;    /* letters in it */
};

static void end_run(struct folding *f)
{
    if (!f->run) return;
    buf_utf8(f->b, f->last);
    buf_char(f->b, ' ');
    f->run = 0;
}

static void put_cjk(struct folding *f, uint32_t c)
{
    if (f->run) {
        buf_utf8(f->b, f->last);
        buf_utf8(f->b, c);
    }
    if (f->run || (f->b->n && f->b->p[f->b->n - 1] != ' ')) buf_char(f->b, ' ');
    f->last = c;
    f->run++;
}

static void put_point(struct folding *f, uint32_t c)
{
    if (fold_is_cjk(c)) {
        put_cjk(f, c);
        return;
    }
    const struct range *r = c < 0x80 ? NULL : range_of(c);
    if (r && r->how == FALLS) return;
    end_run(f);
    bool word = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    if (!r)
        word &&c >= 0x80 ? buf_utf8(f->b, c) : buf_char(f->b, word ? (char)c : ' ');
    else if (r->how == DIGIT)
        buf_char(f->b, (char)('0' + (c - r->first)));
    else
        buf_utf8(f->b, r->to);
    if (r && r->how == BECOMES_TWO) buf_utf8(f->b, r->then);
}

/* Words from *at on that all are ASCII, or all are not; moves *at behind them. Most text is ASCII,
 * and casefold costs 80 ns a byte. */
static struct span next_part(struct span text, size_t *at, bool *ascii_out)
{
    size_t from = *at, i = from, until = from;
    bool first = true;
    while (i < text.n) {
        bool ascii = true;
        for (; i < text.n && (unsigned char)text.p[i] > ' '; i++)
            if ((unsigned char)text.p[i] >= 0x80) ascii = false;
        if (first) *ascii_out = ascii;
        if (ascii != *ascii_out) break;
        while (i < text.n && (unsigned char)text.p[i] <= ' ') i++;
        first = false;
        until = i;
    }
    *at = until;
    return span_cut(text, from, until);
}

static void put_ascii(struct folding *f, struct span part)
{
    for (size_t i = 0; i < part.n; i++) {
        char c = part.p[i];
        put_point(f, (uint32_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
    }
}

static void put_folded(struct folding *f, struct span s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (is_homorganic(c, s, i)) {
            utf8_next(s, &i);
            c = 0x0902;
        }
        put_point(f, c);
    }
}

bool fold_put(struct buf *b, struct arena *a, struct span text, bool asking)
{
    struct folding f = {.b = b};
    for (size_t at = 0; at < text.n;) {
        bool ascii = true, more = at > 0;
        struct span part = next_part(text, &at, &ascii);
        if (more) put_point(&f, ' ');
        if (ascii)
            put_ascii(&f, part);
        else
            put_folded(&f, text_casefold(a, part));
    }
    bool lone = f.run == 1;
    if (!asking || lone) end_run(&f);
    return asking && lone;
}

struct span search_fold(struct arena *a, struct span text)
{
    struct buf b;
    buf_init(&b, a, 0);
    fold_put(&b, a, text, false);
    return span_trim(buf_span(&b));
}
