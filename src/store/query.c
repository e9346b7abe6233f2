/* query: what a reader typed -> the words that he means, and an FTS5 expression for them. Words are
 * ANDed; "a phrase" stays together as it is typed; a trailing * asks for a beginning. Beside each
 * word stand its other forms: an English word's other number, which counts in English stories
 * alone, and an Arabic word with or without its article. No other language has endings here: what
 * is not known is not guessed. Every word ends as an FTS5 string that holds only folded letters and
 * spaces: no operator of FTS5 can be spoken from outside. Never fails: what makes no sense is a
 * word like others, or nothing. */
#include "inside.h"

#include <string.h>

enum {
    QUERY_BYTES_MAX = 1000, /* longer than any question; site cuts at 200 */
    QUERY_PREFIX_MIN = 2,   /* letters before a *: one letter would read half the index */
    ENGLISH_MIN = 3,        /* letters of the shorter form */
    ARTICLE_REST_MIN = 2,   /* letters behind an Arabic article */
};

static bool is_quote(uint32_t c)
{
    return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB;
}

/* The next word or quoted phrase of *rest. */
static bool next_word(struct span *rest, struct span *word_out, bool *quoted_out)
{
    size_t from = 0, i = 0;
    bool quoted = false;
    while (i < rest->n) {
        size_t at = i;
        uint32_t c = utf8_next(*rest, &i);
        bool ends = is_quote(c) || (c == ' ' && !quoted);
        if (ends && (at > from || quoted)) {
            *word_out = span_cut(*rest, from, at);
            *quoted_out = quoted;
            *rest = span_cut(*rest, is_quote(c) && !quoted ? at : i, rest->n);
            return true;
        }
        if (ends) {
            quoted = is_quote(c);
            from = i;
        }
    }
    *word_out = span_cut(*rest, from, rest->n);
    *quoted_out = quoted;
    *rest = (struct span){NULL, 0};
    return word_out->n > 0;
}

/* ---- other forms of a word ---- */
static void add_form(struct query_word *w, struct span text, bool starts, bool in_english)
{
    must(w->form_count < FORMS_MAX);
    w->forms[w->form_count++] = (struct query_form){text, starts, in_english};
}

static bool is_ascii_word(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'a' || s.p[i] > 'z') return false;
    return s.n >= ENGLISH_MIN;
}

/* Words in which the s is no plural's, or makes another word. */
static bool is_exception(struct span s)
{
    static const char *const words[] = {"new", "news", "this", "his", "has", "was", "its", "does",
        "goes", "yes", "always", "perhaps", "mean", "means", "series", "species", "good", "goods",
        "arm", "arms", "custom", "customs", "glass", "force", "forces"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_eq(s, span_of(words[i]))) return true;
    return false;
}

static bool ends_in_any(struct span s, const char *const *ends, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_ends(s, span_of(ends[i]))) return true;
    return false;
}

static bool is_vowel(char c)
{
    return c && strchr("aeiou", c);
}

/* "records": "record"; "cities": "city"; "losses": "loss". Empty: it is no plural. */
static struct span singular_of(struct arena *a, struct span s)
{
    static const char *const no_plural[] = {"ss", "us", "is", "as", "os"}, *const by_es[] = {"sses",
                                                                               "shes", "ches",
                                                                               "xes", "zes"};
    if (!span_ends(s, S("s")) || ends_in_any(s, no_plural, COUNT(no_plural))) return S("");
    if (span_ends(s, S("ies")) && s.n > 4)
        return arena_printf(a, "%.*sy", FMT(span_cut(s, 0, s.n - 3)));
    return span_cut(s, 0, s.n - (ends_in_any(s, by_es, COUNT(by_es)) ? 2 : 1));
}

static struct span stemmed_plural(struct arena *a, struct span s)
{
    static const char *const by_es[] = {"s", "sh", "ch", "x", "z"};
    if (span_ends(s, S("y")) && !is_vowel(s.p[s.n - 2]))
        return arena_printf(a, "%.*sies", FMT(span_cut(s, 0, s.n - 1)));
    return arena_printf(a, "%.*s%s", FMT(s), ends_in_any(s, by_es, COUNT(by_es)) ? "es" : "s");
}

static void add_english(struct arena *a, struct query_word *w, struct span s)
{
    if (!is_ascii_word(s) || is_exception(s)) return;
    struct span one = singular_of(a, s);
    if (one.n >= ENGLISH_MIN) add_form(w, one, false, true);
    if (!one.n) add_form(w, stemmed_plural(a, s), false, true);
}

static void add_article(struct arena *a, struct query_word *w, struct span s, bool starts)
{
    static const char article[] = "\xd8\xa7\xd9\x84"; /* alef, lam */
    size_t letters = utf8_count(s), i = 0;
    uint32_t first = s.n ? utf8_next(s, &i) : 0;
    if (span_find_char(s, ' ') >= 0 || first < 0x0621 || first > 0x064A) return;
    if (!span_starts(s, span_of(article)))
        add_form(w, arena_printf(a, "%s%.*s", article, FMT(s)), starts, false);
    else if (letters >= 2 + ARTICLE_REST_MIN)
        add_form(w, span_cut(s, sizeof article - 1, s.n), starts, false);
}

static struct span folded_of(struct arena *a, struct span text, bool *lone_cjk)
{
    struct buf b;
    buf_init(&b, a, 0);
    *lone_cjk = fold_put(&b, a, text, true);
    return span_trim(buf_span(&b));
}

static bool parse_word(
    struct arena *a, struct span typed, bool quoted, bool open, struct query_word *w)
{
    bool star = span_ends(typed, S("*")), lone;
    *w = (struct query_word){.quoted = quoted};
    struct span folded = folded_of(a, typed, &lone);
    if (!folded.n) return false;
    bool starts = (star || open) && utf8_count(folded) >= QUERY_PREFIX_MIN;
    if (open && !starts && !lone) return false; /* one letter more, and it is one */
    add_form(w, typed, starts || lone, false);
    if (quoted) return true;
    if (!starts) add_english(a, w, folded);
    add_article(a, w, folded, starts);
    return true;
}

void query_parse(struct arena *a, struct span typed, bool as_typing, struct query *out)
{
    struct span rest = text_casefold(a, span_cut(typed, 0, QUERY_BYTES_MAX)), word;
    bool quoted = false;
    out->count = 0;
    while (out->count < QUERY_WORDS_MAX && next_word(&rest, &word, &quoted)) {
        bool open = as_typing && !rest.n && !quoted;
        if (parse_word(a, word, quoted, open, &out->words[out->count])) out->count++;
    }
}

/* ---- the expression ---- */
struct span first_part(struct span language)
{
    ptrdiff_t cut = span_find_char(language, '-');
    return cut < 0 ? language : span_cut(language, 0, (size_t)cut);
}

/* One word that no reader types, and that is in no other column. */
static void put_mark(struct buf *b, char kind, struct span value)
{
    if (!value.n) return;
    buf_printf(b, "%szq%c%016llx", b->n ? " " : "", kind, (unsigned long long)fast_hash(value));
}

struct span query_marks(
    struct arena *a, struct span section, struct span agency, struct span language)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_mark(&b, 's', section);
    put_mark(&b, 'a', agency);
    put_mark(&b, 'l', first_part(language));
    return buf_span(&b);
}

static void put_column(struct buf *b, int column)
{
    static const char *const names[] = {"title", "lead", "names", "words", "marks"};
    if (column < SEARCH_COLUMNS)
        buf_printf(b, "%s : ", names[column]);
    else
        buf_lit(b, "{title lead names words} : ");
}

static void put_form(struct buf *b, struct arena *a, const struct query_form *f, int column)
{
    bool lone;
    struct span english = query_marks(a, S(""), S(""), S("en"));
    if (f->in_english) buf_char(b, '(');
    put_column(b, column);
    buf_printf(b, "\"%.*s\"%s", FMT(folded_of(a, f->text, &lone)), f->starts ? " *" : "");
    if (f->in_english) buf_printf(b, " AND marks : \"%.*s\")", FMT(english));
}

static void put_word(struct buf *b, struct arena *a, const struct query_word *w, int column)
{
    buf_str(b, b->n ? " AND (" : "(");
    for (size_t i = 0; i < w->form_count; i++) {
        if (w->forms[i].in_english && column < HEAD_COLUMNS) continue; /* heads have no marks */
        if (i) buf_lit(b, " OR ");
        put_form(b, a, &w->forms[i], column);
    }
    buf_char(b, ')');
}

struct span query_expression(
    struct arena *a, const struct query *q, int column, const struct search_ask *narrowed)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < q->count; i++) put_word(&b, a, &q->words[i], column);
    if (!b.n || !narrowed) return buf_span(&b);
    struct span marks = query_marks(a, narrowed->section, narrowed->agency, narrowed->language),
                mark;
    while (marks.n && span_next(&marks, ' ', &mark))
        buf_printf(&b, " AND marks : \"%.*s\"", FMT(mark));
    return buf_span(&b);
}

struct span query_any(struct arena *a, const struct span *words, size_t n)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_column(&b, SEARCH_COLUMNS);
    buf_char(&b, '(');
    for (size_t i = 0; i < n; i++) {
        bool lone;
        buf_printf(&b, "%s\"%.*s\"", i ? " OR " : "", FMT(folded_of(a, words[i], &lone)));
    }
    buf_char(&b, ')');
    return buf_span(&b);
}
