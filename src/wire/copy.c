/* copy.c: lines, blocks and times of wire copy. Owns how a text that was broken to a line's width
 * becomes paragraphs again. Linear in the bytes. Never fails. */
#include "copy.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

/* ---- lines ---- */

struct lines lines_of(struct span text, uint32_t first_number)
{
    return (struct lines){.rest = text, .number = first_number - 1};
}

bool lines_next(struct lines *l, struct span *line_out)
{
    *line_out = (struct span){0};
    if (!l->rest.p || !l->rest.n) return false;
    size_t i = 0;
    while (i < l->rest.n && l->rest.p[i] != '\n' && l->rest.p[i] != '\r') i++;
    *line_out = span_cut(l->rest, 0, i);
    if (i + 1 < l->rest.n && l->rest.p[i] == '\r' && l->rest.p[i + 1] == '\n') i++;
    l->rest = span_cut(l->rest, i + 1, l->rest.n);
    l->number++;
    return true;
}

struct span copy_word(struct span *rest)
{
    *rest = span_trim(*rest);
    size_t i = 0;
    while (i < rest->n && rest->p[i] != ' ') i++;
    struct span word = span_cut(*rest, 0, i);
    *rest = span_cut(*rest, i, rest->n);
    return word;
}

bool line_is_blank(struct span line)
{
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        bool nbsp = c == 0xC2 && i + 1 < line.n && (unsigned char)line.p[i + 1] == 0xA0;
        if (c > ' ' && c != 0x7F && !nbsp) return false;
        i += nbsp;
    }
    return true;
}

/* ASCII with single spaces, as most lines are: it is plain and folded. */
static bool is_plain(struct span line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] < ' ' || line.p[i] > '~' || (i && line.p[i] == ' ' && line.p[i - 1] == ' '))
            return false;
    return true;
}

struct span line_plain(struct arena *a, struct span line)
{
    line = span_trim(line);
    return is_plain(line) ? arena_keep(a, line) : text_fold(a, text_plain(a, line));
}

/* Wires break at 64 to 72 characters. */
bool line_wraps(struct span line, struct span next)
{
    enum { WIDTH = 64, FULL = 40 };
    size_t used = utf8_count(line), first = 0;
    while (first < next.n && next.p[first] != ' ') first++;
    return used >= FULL && used + 1 + utf8_count(span_cut(next, 0, first)) > WIDTH;
}

/* ---- the text ---- */

static size_t indent_of(struct span line)
{
    size_t i = 0;
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t')) i++;
    return i < line.n && line.p[0] == '\t' ? 4 : i;
}

/* Columns: bars, or gaps of three spaces between words. */
static bool is_row(struct span line)
{
    struct span t = span_trim(line);
    if (t.n > 1 && t.p[0] == '|') return true;
    ptrdiff_t gap = span_find(t, S("   "));
    return gap > 0 || span_find_char(t, '\t') > 0;
}

static bool is_item(struct span line)
{
    struct span t = span_trim(line);
    return span_starts(t, S("- ")) || span_starts(t, S("* ")) || span_starts(t, S("\xE2\x80\xA2"));
}

/* Every line of a table stands for itself, and so does one of a list: at least two, the first among
 * them, for a dash also begins a line by chance. */
static bool keeps_lines(struct span block)
{
    struct lines l = lines_of(block, 1);
    struct span line;
    size_t rows = 0, items = 0, count = 0;
    bool first_is_item = false;
    while (lines_next(&l, &line)) {
        if (line_is_blank(line)) continue;
        if (!count) first_is_item = is_item(line);
        rows += is_row(line);
        items += is_item(line);
        count++;
    }
    return count > 1 && (rows * 2 >= count || (first_is_item && items > 1));
}

void copy_block(struct buf *markup, struct arena *a, struct span block)
{
    struct lines l = lines_of(block, 1);
    struct span line;
    bool apart = keeps_lines(block), bars = false, any = false;
    while (lines_next(&l, &line)) {
        struct span words = line_plain(a, line);
        if (!words.n) continue;
        bars = words.p[0] == '|';
        bool broken = apart && !(any && !bars && !is_row(line) && !is_item(line));
        buf_str(markup, !any ? "<p>" : broken ? "<br>" : " ");
        html_put(markup, words);
        any = true;
    }
    if (any) buf_lit(markup, "</p>\n");
}

/* Paragraphs that only an indent begins: no blank line parts them. */
static bool by_indent(struct span text)
{
    struct lines l = lines_of(text, 1);
    struct span line;
    size_t blocks = 0, indented = 0, rows = 0;
    bool was_blank = true;
    while (lines_next(&l, &line)) {
        bool blank = line_is_blank(line);
        blocks += !blank && was_blank;
        indented += !blank && !was_blank && indent_of(line) >= 2;
        rows += !blank && is_row(line);
        was_blank = blank;
    }
    return indented > 0 && indented >= blocks && rows < indented;
}

void copy_paragraphs(struct buf *markup, struct arena *a, struct span text)
{
    text = span_cut(text, 0, WIRE_BODY_RAW_MAX);
    struct lines l = lines_of(text, 1);
    struct span line, block = {0};
    bool indents = by_indent(text);
    while (lines_next(&l, &line)) {
        bool blank = line_is_blank(line);
        if (block.n && (blank || (indents && indent_of(line) >= 2))) {
            copy_block(markup, a, block);
            block = (struct span){0};
        }
        if (blank) continue;
        if (!block.n) block = line;
        block.n = (size_t)(line.p + line.n - block.p);
    }
    if (block.n) copy_block(markup, a, block);
}

/* ---- identity and time ---- */

static bool all_zeros(struct span number)
{
    for (size_t i = 0; i < number.n; i++)
        if (number.p[i] >= '1' && number.p[i] <= '9') return false;
    return true;
}

/* Numbers begin again each day; the minute that a message was sent in tells the days apart. Some
 * systems send every message as number 0000. */
struct span copy_guid(struct arena *a, const struct story *s, const char *format,
    struct span number, struct when time)
{
    char at[25];
    if (!all_zeros(number) && (time.kind == WHEN_UTC || time.kind == WHEN_LOCAL)) {
        utc_text(time.ms, at);
        at[16] = '\0';
        return arena_printf(a, MADE_GUID "%s:%s:%.*s", format, at, FMT(number));
    }
    struct buf b;
    buf_init(&b, a, 0);
    put_span(&b, s->headline);
    put_span(&b, s->slugline);
    put_u64(&b, (uint64_t)time.ms);
    put_span(&b, s->body.s);
    struct hash h = hash_of(buf_span(&b));
    return arena_printf(a, MADE_GUID "%s:%.*s", format, FMT(span_cut(hash_hex(a, &h), 0, 40)));
}

static const char *month_of(struct span word)
{
    static const struct {
        const char *names, *month;
    } months[] = {
        {"jan ene gen", "Jan"},
        {"feb fev fév", "Feb"},
        {"mar mär mrz", "Mar"},
        {"apr avr abr", "Apr"},
        {"may mai mag maj", "May"},
        {"jun juin giu", "Jun"},
        {"jul juil lug", "Jul"},
        {"aug aou aoû ago", "Aug"},
        {"sep set", "Sep"},
        {"oct okt ott out", "Oct"},
        {"nov", "Nov"},
        {"dec dez dic déc", "Dec"},
    };
    for (size_t i = 0; i < COUNT(months); i++) {
        struct span rest = span_of(months[i].names), name;
        while (span_next(&rest, ' ', &name))
            if (span_starts_nocase(word, name)) return months[i].month;
    }
    return NULL;
}

static bool all_digits(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i])) return false;
    return s.n > 0;
}

/* RFC 822 knows the zones; German wires write theirs in German. */
static struct span zone_word(struct span word)
{
    if (span_eq_nocase(word, S("MEZ"))) return S("CET");
    return span_eq_nocase(word, S("MESZ")) ? S("CEST") : word;
}

struct when copy_time(struct span text)
{
    char line[80];
    struct span day = copy_word(&text), zone = copy_word(&text), month = zone;
    if (!all_digits(day) || day.n != 6) return (struct when){.kind = WHEN_UNREADABLE};
    if (month_of(month))
        zone = (struct span){0};
    else
        month = copy_word(&text);
    struct span year = copy_word(&text);
    const char *name = month_of(month);
    bool full = all_digits(year) && (year.n == 2 || year.n == 4);
    if (!name || !full || zone.n > 8) return (struct when){.kind = WHEN_UNREADABLE};
    struct span z = zone_word(zone);
    snprintf(line, sizeof line, "%.2s %s %.*s %.2s:%.2s %.*s", day.p, name, FMT(year), day.p + 2,
        day.p + 4, (int)z.n, z.p ? z.p : "");
    return when_rfc822(span_of(line));
}

struct when copy_zoned(struct when local, struct span zone)
{
    char at[25], line[80];
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (local.kind != WHEN_LOCAL || zone.n > 8 || !zone.n) return local;
    utc_text(local.ms, at);
    int month = (at[5] - '0') * 10 + at[6] - '0';
    struct span z = zone_word(zone);
    snprintf(line, sizeof line, "%.2s %.3s %.4s %.5s %.*s", at + 8, names + 3 * (month - 1), at,
        at + 11, FMT(z));
    struct when t = when_rfc822(span_of(line));
    return t.kind == WHEN_UTC ? t : local;
}
