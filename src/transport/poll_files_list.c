/* poll_files_list: a folder's list, line by line, as servers write it. What is no file is no file:
 * links lead elsewhere, and folders are not entered. Strangers' bytes: every loop moves forward. */
#include "poll_files.h"

#include "clock.h"

enum { WORDS_MAX = 12, FACT_YEAR_DIGITS = 14 };

static const int64_t day_ms = 24 * 3600 * 1000LL;

/* ---- names ---- */
bool list_name_is_safe(struct span s)
{
    if (!s.n || s.n > FILES_NAME_BYTES_MAX || span_eq(s, S(".")) || span_eq(s, S("..")))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '/' || s.p[i] == '\\')
            return false;
    return true;
}

bool list_name_fits(struct span pattern, struct span s)
{
    size_t p = 0, i = 0, star = SIZE_MAX, mark = 0;
    while (i < s.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = i;
        } else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

static enum listed_kind named(struct listed *f, struct span name)
{
    f->name = name;
    return list_name_is_safe(name) ? LISTED_FILE : LISTED_REFUSED;
}

/* ---- times ---- */
static bool number(struct span s, int least, int most, int *out)
{
    uint64_t v;
    bool good =
        s.n && s.n <= 4 && span_to_u64(s, &v) && v >= (uint64_t)least && v <= (uint64_t)most;
    if (good) *out = (int)v;
    return good;
}

static bool month_of(struct span s, int *out)
{
    static const char names[] = "jan feb mar apr may jun jul aug sep oct nov dec";
    for (int m = 0; s.n == 3 && m < 12; m++)
        if (span_eq_nocase(s, (struct span){names + 4 * m, 3})) {
            *out = m + 1;
            return true;
        }
    return false;
}

static bool clock_of(struct span s, struct civil *c)
{
    ptrdiff_t colon = span_find_char(s, ':');
    struct span rest = colon < 0 ? S("") : span_cut(s, (size_t)colon + 1, s.n);
    return colon > 0 && number(span_cut(s, 0, (size_t)colon), 0, 23, &c->hour) &&
           number(span_cut(rest, 0, 2), 0, 59, &c->minute);
}

/* "Jan", "31", "12:00" or "2025". Without a year it is the last time that this day was. */
static bool unix_time(const struct span *w, int64_t now_ms, int64_t *out)
{
    struct civil c = {0};
    bool is_day_first = !month_of(w[0], &c.month);
    if (is_day_first && !month_of(w[1], &c.month)) return false;
    if (!number(w[is_day_first ? 0 : 1], 1, 31, &c.day)) return false;
    if (number(w[2], 1970, 2199, &c.year)) {
        *out = civil_to_ms(c);
        return true;
    }
    if (!clock_of(w[2], &c)) return false;
    c.year = civil_of(now_ms).year;
    *out = civil_to_ms(c);
    if (*out > now_ms + day_ms) {
        c.year--;
        *out = civil_to_ms(c);
    }
    return true;
}

/* "2026-01-31", "12:00" */
static bool iso_time(const struct span *w, int64_t *out)
{
    struct civil c = {0};
    struct span d = w[0];
    bool good = d.n == 10 && d.p[4] == '-' && d.p[7] == '-' &&
                number(span_cut(d, 0, 4), 1970, 2199, &c.year) &&
                number(span_cut(d, 5, 7), 1, 12, &c.month) &&
                number(span_cut(d, 8, 10), 1, 31, &c.day) && clock_of(w[1], &c);
    if (good) *out = civil_to_ms(c);
    return good;
}

/* ---- MLSD: "type=file;size=12;modify=20260131120000; name" ---- */
static bool fact_time(struct span s, int64_t *out)
{
    struct civil c = {0};
    bool good = s.n >= FACT_YEAR_DIGITS && number(span_cut(s, 0, 4), 1970, 2199, &c.year) &&
                number(span_cut(s, 4, 6), 1, 12, &c.month) &&
                number(span_cut(s, 6, 8), 1, 31, &c.day) &&
                number(span_cut(s, 8, 10), 0, 23, &c.hour) &&
                number(span_cut(s, 10, 12), 0, 59, &c.minute) &&
                number(span_cut(s, 12, 14), 0, 60, &c.second);
    if (good) *out = civil_to_ms(c);
    return good;
}

static enum listed_kind facts_line(struct span line, struct listed *f)
{
    ptrdiff_t space = span_find_char(line, ' ');
    struct span facts = span_cut(line, 0, (size_t)space), fact;
    bool has_size = false, is_file = false, has_type = false;
    while (span_next(&facts, ';', &fact)) {
        if (span_starts_nocase(fact, S("type="))) {
            has_type = true;
            is_file = span_eq_nocase(span_cut(fact, 5, fact.n), S("file"));
        } else if (span_starts_nocase(fact, S("size="))) {
            has_size = span_to_i64(span_cut(fact, 5, fact.n), &f->size) && f->size >= 0;
        } else if (span_starts_nocase(fact, S("modify="))) {
            f->stamp = fast_hash(span_cut(fact, 7, fact.n));
            (void)fact_time(span_cut(fact, 7, fact.n), &f->time_ms);
        }
    }
    if (!has_type) return LISTED_UNKNOWN;
    if (!is_file || !has_size) return LISTED_OTHER;
    return named(f, span_cut(line, (size_t)space + 1, line.n));
}

/* ---- ls -l, DIR ---- */
/* The first words; behind: what stands behind the last one and its one space. */
static size_t words_of(struct span line, struct span *out, size_t n)
{
    size_t count = 0, i = 0;
    while (count < n) {
        while (i < line.n && line.p[i] == ' ') i++;
        size_t from = i;
        while (i < line.n && line.p[i] != ' ') i++;
        if (i == from) break;
        out[count++] = span_cut(line, from, i);
    }
    return count;
}

static struct span behind(struct span line, struct span word)
{
    size_t at = (size_t)(word.p - line.p) + word.n;
    return span_cut(line, at + 1, line.n);
}

/* The size stands before the time, wherever that is: some leave out the group, some the links. */
static enum listed_kind unix_line(struct span line, int64_t now_ms, struct listed *f)
{
    struct span w[WORDS_MAX];
    size_t n = words_of(line, w, COUNT(w)), last = 0;
    if (w[0].n < 10) return LISTED_UNKNOWN;
    for (size_t i = 2; !last && i + 1 < n; i++) {
        if (!span_to_i64(w[i - 1], &f->size) || f->size < 0) continue;
        if (i + 2 < n && unix_time(w + i, now_ms, &f->time_ms))
            last = i + 2;
        else if (iso_time(w + i, &f->time_ms))
            last = i + 1;
        if (!last) continue;
        const char *end = w[last].p + w[last].n;
        f->stamp = fast_hash((struct span){w[i].p, (size_t)(end - w[i].p)});
    }
    if (line.p[0] != '-') return LISTED_OTHER;
    return last ? named(f, behind(line, w[last])) : LISTED_UNKNOWN;
}

/* "01-31-26  12:00PM  1234 name"; "<DIR>" instead of the size. */
static enum listed_kind dir_line(struct span line, struct listed *f)
{
    struct span w[3], d, t;
    struct civil c = {0};
    if (words_of(line, w, 3) < 3) return LISTED_UNKNOWN;
    d = w[0];
    t = w[1];
    bool good = (d.n == 8 || d.n == 10) && d.p[2] == '-' && d.p[5] == '-' &&
                number(span_cut(d, 0, 2), 1, 12, &c.month) &&
                number(span_cut(d, 3, 5), 1, 31, &c.day) &&
                number(span_cut(d, 6, d.n), 0, 2199, &c.year) && clock_of(t, &c);
    if (!good) return LISTED_UNKNOWN;
    if (c.year < 100) c.year += c.year < 70 ? 2000 : 1900;
    bool is_afternoon = span_ends(t, S("PM")), is_morning = span_ends(t, S("AM"));
    if (is_afternoon && c.hour < 12) c.hour += 12;
    if (is_morning && c.hour == 12) c.hour = 0;
    if (!span_to_i64(w[2], &f->size) || f->size < 0) return LISTED_OTHER;
    f->time_ms = civil_to_ms(c);
    f->stamp = fast_hash((struct span){d.p, (size_t)(t.p + t.n - d.p)});
    return named(f, behind(line, w[2]));
}

enum listed_kind list_line(struct span line, int64_t now_ms, struct listed *out)
{
    *out = (struct listed){.size = -1};
    if (!line.n || span_starts_nocase(line, S("total "))) return LISTED_OTHER;
    ptrdiff_t space = span_find_char(line, ' ');
    if (space > 0 && line.p[space - 1] == ';') return facts_line(line, out);
    if (line.p[0] >= '0' && line.p[0] <= '9') return dir_line(line, out);
    if (span_find_char(S("-dlbcpsD"), line.p[0]) >= 0) return unix_line(line, now_ms, out);
    return LISTED_UNKNOWN;
}

size_t list_read(struct span bytes, int64_t now_ms, struct listed *out, size_t n,
    size_t counts_out[LISTED_UNKNOWN + 1])
{
    struct span line;
    size_t count = 0;
    memset(counts_out, 0, (LISTED_UNKNOWN + 1) * sizeof *counts_out);
    while (bytes.n && span_next(&bytes, '\n', &line)) {
        struct listed f;
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        enum listed_kind kind = list_line(line, now_ms, &f);
        counts_out[kind]++;
        if (kind == LISTED_FILE && count < n) out[count++] = f;
    }
    return count;
}
