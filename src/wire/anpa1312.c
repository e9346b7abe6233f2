/* anpa1312.c: ANPA 1312 (the news wire format of American and Asian agencies) to stories, one
 * message or many in a file. Owns the header, the keyword and what it was cut to, take keys, and
 * the trailer. Never fatal. */
#include "anpa1312.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

enum { US = 0x1F, DC1 = 0x11, DC4 = 0x14, KEYWORD_MAX = 24 }; /* characters of a keyword */

bool anpa1312_is(const struct raw *r)
{
    struct span rest = r->text;
    struct message m = {.line = 1};
    if (r->told) return true;
    if (!message_next(&rest, &m)) return false;
    if (span_find_char(m.head, US) >= 0) return true;
    for (size_t i = 0; i < m.slug.n; i++)
        if (m.slug.p[i] >= DC1 && m.slug.p[i] <= DC4) return true;
    return false;
}

/* ---- header ---- */

static bool is_date(struct span w)
{
    return w.n == 5 && w.p[2] == '-' && is_digit(w.p[0]) && is_digit(w.p[1]) && is_digit(w.p[3]) &&
           is_digit(w.p[4]);
}

/* "W2870", "a0105KYODO" → letter and four digits; line_bytes: of the letter. */
static struct span number_of(struct arena *a, struct span head, size_t *line_bytes)
{
    ptrdiff_t us = span_find_char(head, US);
    struct span n = span_trim(line_plain(a, us < 0 ? head : span_cut(head, 0, (size_t)us)));
    size_t i = n.n && !is_digit(n.p[0]);
    *line_bytes = i;
    while (i < n.n && is_digit(n.p[i])) i++;
    return span_cut(n, 0, i);
}

static uint32_t urgency_of(char priority)
{
    static const char order[] = "fburd"; /* flash, bulletin, urgent, regular, deferred */
    const char *at = priority ? strchr(order, priority | 0x20) : NULL;
    return at ? (uint32_t)(at - order) + 1 : 0;
}

/* "f l BC-LT--Argentina-CancerB 1stLd-Writethru 11-13 1049": priority, category, keyword, take key,
 * date and words, of which any may be missing. */
static void read_header(struct anpa *g)
{
    char *line = arena_cstr(g->a, g->m->slug);
    for (size_t i = 0; i < g->m->slug.n; i++)
        if ((unsigned char)line[i] < ' ') line[i] = ' ';
    struct span rest = span_trim((struct span){line, g->m->slug.n}), word = copy_word(&rest);
    struct buf key;
    buf_init(&key, g->a, 0);
    if (word.n == 1) {
        g->s->urgency = urgency_of(word.p[0]);
        word = copy_word(&rest);
    }
    if (word.n == 1) {
        story_add_subject(
            g->a, g->s, SUBJECT_TOPIC, arena_printf(g->a, "anpa1312:%c", word.p[0]), S(""));
        if (word.p[0] == 'v') story_add_subject(g->a, g->s, SUBJECT_GENRE, S("advisory"), S(""));
        word = copy_word(&rest);
    }
    g->keyword = word;
    while ((word = copy_word(&rest)).n && !is_date(word)) {
        uint64_t words;
        if (!span_trim(rest).n && span_to_u64(word, &words)) break;
        if (key.n) buf_char(&key, ' ');
        buf_put(&key, word);
    }
    g->key = buf_span(&key);
}

/* ---- keyword and take key ---- */

/* The header has room for so many characters, without spaces: of the last word there may be only a
 * piece. The full slug in the text tells; the piece goes. */
static struct span whole_words(struct span keyword, struct span slug)
{
    size_t k = 0, i = 0, border = 0;
    if (keyword.n < KEYWORD_MAX) return keyword;
    for (; k < keyword.n && i < slug.n; i++) {
        if (slug.p[i] == ' ' || slug.p[i] == '-' || slug.p[i] == ',') border = k;
        if (slug.p[i] == ' ' && keyword.p[k] != ' ') continue;
        if ((slug.p[i] | 0x20) != (keyword.p[k] | 0x20)) return keyword;
        k++;
    }
    bool ends_here = i == slug.n || strchr(" -,<", slug.p[i]);
    return k < keyword.n || ends_here || !border ? keyword : span_cut(keyword, 0, border);
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The cycle (BC: both, AM, PM) and the region of two letters ("US--", "LT--") are the wire's own
 * order; a sport's code of three ("BBO--") belongs to the slug. */
static struct span slugline_of(struct span keyword)
{
    static const char *const cycles[] = {"BC-", "AM-", "PM-"};
    for (size_t i = 0; i < COUNT(cycles); i++)
        if (span_starts_nocase(keyword, span_of(cycles[i]))) {
            keyword = span_cut(keyword, 3, keyword.n);
            break;
        }
    if (keyword.n > 4 && is_capital(keyword.p[0]) && is_capital(keyword.p[1]) &&
        keyword.p[2] == '-' && keyword.p[3] == '-')
        keyword = span_cut(keyword, 4, keyword.n);
    while (keyword.n && keyword.p[keyword.n - 1] == '-') keyword.n--;
    return keyword;
}

/* "1stLd-Writethru" and "1stAdd" are two words each. */
static struct span spaced(struct arena *a, struct span key)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < key.n; i++) {
        if (i && is_capital(key.p[i]) && key.p[i - 1] >= 'a' && key.p[i - 1] <= 'z')
            buf_char(&b, ' ');
        buf_char(&b, key.p[i]);
    }
    return buf_span(&b);
}

/* What follows the keyword in the full slug: ", 1st Ld-Writethru,1140" without the count. */
static struct span key_in_slug(struct span slug)
{
    ptrdiff_t comma = span_find_char(slug, ',');
    return comma < 0 ? (struct span){0} : span_trim(span_cut(slug, (size_t)comma + 1, slug.n));
}

static bool is_lead(struct arena *a, struct span key)
{
    struct span words = text_words(a, key);
    return text_has_words(words, S("ld"), false, false) ||
           text_has_words(words, S("lead"), false, false) ||
           text_has_words(words, S("writethru"), false, false);
}

/* "1st Ld, Adv 25": each part may say that it is sent ahead. An order goes in front of the body. */
static void say_key(struct anpa *g, struct span key)
{
    struct span rest = key, part;
    while (span_next(&rest, ',', &part))
        if (anpa_is_advance(g->a, span_trim(part)) && g->s->embargo.kind == WHEN_ABSENT)
            g->s->embargo = (struct when){.kind = WHEN_EMPTY};
    if (!copy_say(g->a, g->s, key, COPY_KEY, g->m->line)) return;
    struct buf b;
    buf_init(&b, g->a, 0);
    buf_lit(&b, "<p>");
    html_put(&b, key);
    buf_lit(&b, "</p>\n");
    buf_put(&b, buf_span(&g->body));
    g->body = b;
}

/* A lead is the story again, under its slugline; of another key the desk must know. The header has
 * room for one key, the full slug for all. */
static void read_keys(struct anpa *g)
{
    struct span in_head = spaced(g->a, g->key), in_slug = spaced(g->a, key_in_slug(g->slug));
    struct span key = in_head.n ? in_head : in_slug;
    g->s->slugline = slugline_of(whole_words(g->keyword, g->slug));
    if (key.n) say_key(g, key);
    if (in_head.n && in_slug.n && !span_eq(text_words(g->a, in_head), text_words(g->a, in_slug)))
        say_key(g, in_slug);
    if (key.n && !is_lead(g->a, key))
        g->s->slugline = arena_printf(g->a, "%.*s, %.*s", FMT(g->s->slugline), FMT(key));
}

/* ---- trailer ---- */

static bool two_digits(struct span s, size_t at, int *out)
{
    if (at + 2 > s.n || !is_digit(s.p[at]) || !is_digit(s.p[at + 1])) return false;
    *out = (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
    return true;
}

static bool three(struct span s, size_t at, char border, int out[3])
{
    return two_digits(s, at, &out[0]) && two_digits(s, at + 3, &out[1]) &&
           two_digits(s, at + 6, &out[2]) && s.p[at + 2] == border && s.p[at + 5] == border;
}

static struct when instant(int year, int month, int day, int hour, int minute)
{
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d", year + (year < 50 ? 2000 : 1900), month,
        day, hour, minute);
    return when_iso(span_of(text));
}

struct when anpa_time(struct span line)
{
    int d[3], hour, minute;
    for (size_t i = 0; i + 8 <= line.n; i++) {
        if (line.p[i + 2] == ':' && two_digits(line, i, &hour) &&
            two_digits(line, i + 3, &minute) && i + 6 < line.n && three(line, i + 6, '-', d))
            return instant(d[2], d[1], d[0], hour, minute);
        if (!three(line, i, '-', d)) continue;
        struct span rest = span_trim(span_cut(line, i + 8, line.n));
        if (!two_digits(rest, 0, &hour) || !two_digits(rest, 2, &minute)) break;
        size_t end = 4;
        while (end < rest.n && is_capital(rest.p[end])) end++;
        return copy_zoned(instant(d[2], d[0], d[1], hour, minute), span_cut(rest, 4, end));
    }
    return (struct when){.kind = WHEN_UNREADABLE};
}

static void read_trailer(struct anpa *g)
{
    struct lines l = lines_of(g->m->tail, 1);
    struct span line;
    while (lines_next(&l, &line)) {
        line = line_plain(g->a, line);
        if (!line.n) continue;
        g->s->version_created = anpa_time(line);
        return;
    }
}

/* ---- one message ---- */

static void read_message(
    struct arena *a, const struct raw *raw, const struct message *m, struct wire_result *out)
{
    struct anpa g = {.a = a, .s = story_new(a), .m = m};
    struct story *s = g.s;
    buf_init(&g.body, a, 0);
    s->kind = KIND_TEXT;
    read_header(&g);
    anpa_read_text(&g);
    read_keys(&g);
    s->body = html_clean(a, buf_span(&g.body));
    read_trailer(&g);
    size_t line = 0;
    struct span number = number_of(a, m->head, &line);
    story_set_serial(a, s, span_cut(number, 0, line), span_cut(number, line, number.n));
    s->guid = copy_guid(a, s, "anpa1312", number, s->version_created);
    message_finish(a, s, m, raw, anpa_time);
    reader_accept(a, out, s, m->line, 1);
}

void anpa1312_read(struct arena *a, const struct raw *r, struct wire_result *out)
{
    struct message m = {.line = 1};
    struct span rest = r->text;
    if (!message_next(&rest, &m)) {
        reader_refuse(a, out, 1, 1, "there is no message in it: it has no SOH");
        return;
    }
    do read_message(a, r, &m, out);
    while (out->count <= WIRE_ITEMS_MAX && message_next(&rest, &m));
}
