/* dress.c: the desk's templates, compiled once with the words of one language put in ({{$word}}).
 * They are the program's own: no theme changes what an editor signs in to, and a mistake in them is
 * our bug. A language without words for the desk gets English ones. */
#include <stdio.h>

#include "desk_table.h"
#include "visit.h"

struct dress {
    struct map *words; /* key -> struct span */
    struct map *whys;  /* a reason in English -> the same in this language */
    struct map *saids; /* any other sentence of the desk, in the same way */
    struct templates *templates;
    struct span language;
    bool rtl;
};

static const struct desk_file *file_named(struct span name)
{
    for (size_t i = 0; i < desk_table_count; i++)
        if (span_eq(span_of(desk_table[i].name), name)) return &desk_table[i];
    return NULL;
}

static struct map *load_map(struct arena *a, const struct desk_file *f)
{
    struct reject why;
    struct map *words = map_new(a);
    const struct yaml *y = f ? yaml_parse_text(a, f->bytes, &why) : NULL;
    must(y != NULL || !f);
    for (const struct yaml *w = y ? y->first : NULL; w; w = w->next) {
        struct span *text = ARENA_NEW(a, struct span);
        *text = w->text;
        *map_at(words, w->key) = text;
    }
    return words;
}

static void load_words(struct arena *a, struct dress *d, struct span language)
{
    ptrdiff_t cut = span_find_char(language, '-');
    if (cut > 0) language = span_cut(language, 0, (size_t)cut);
    const struct desk_file *f = file_named(arena_printf(a, "words/%.*s.yaml", FMT(language)));
    d->language = f ? arena_keep(a, language) : S("en");
    if (!f) f = file_named(S("words/en.yaml"));
    must(f != NULL);
    d->words = load_map(a, f);
    d->whys = load_map(a, file_named(arena_printf(a, "words/why-%.*s.yaml", FMT(d->language))));
    d->saids = load_map(a, file_named(arena_printf(a, "words/said-%.*s.yaml", FMT(d->language))));
    d->rtl = span_eq(dress_word(d, "direction"), S("rtl"));
}

static struct span word_of(const struct dress *d, struct span key)
{
    const struct span *word = map_get(d->words, key);
    if (!word) log_error("the desk's words lack “%.*s”", FMT(key));
    must(word != NULL);
    return *word;
}

static struct span with_words(struct arena *a, const struct dress *d, struct span source)
{
    struct buf b;
    ptrdiff_t at;
    buf_init(&b, a, 0);
    while ((at = span_find(source, S("{{$"))) >= 0) {
        struct span rest = span_cut(source, (size_t)at + 3, source.n);
        ptrdiff_t end = span_find(rest, S("}}"));
        must(end > 0);
        buf_put(&b, span_cut(source, 0, (size_t)at));
        buf_put(&b, html_text(a, word_of(d, span_cut(rest, 0, (size_t)end))).s);
        source = span_cut(rest, (size_t)end + 2, rest.n);
    }
    buf_put(&b, source);
    return buf_span(&b);
}

struct dress *dress_new(struct arena *a, struct span language)
{
    struct dress *d = ARENA_NEW(a, struct dress);
    struct reject why = {0};
    const char *name = "";
    load_words(a, d, language);
    d->templates = templates_new(a);
    for (size_t i = 0; i < desk_table_count; i++) {
        struct span file = span_of(desk_table[i].name);
        if (!span_ends(file, S(".html"))) continue;
        name = arena_cstr(a, span_cut(file, 0, file.n - 5));
        if (templates_add(d->templates, name, with_words(a, d, desk_table[i].bytes), &why))
            continue;
        log_error("themes/desk/%s.html:%u:%u: %.*s", name, why.line, why.column, FMT(why.why));
        must(!"the desk's templates");
    }
    bool linked = templates_link(d->templates, &why, &name);
    if (!linked) log_error("themes/desk/%s.html: %.*s", name, FMT(why.why));
    must(linked);
    return d;
}

struct span dress_word(const struct dress *d, const char *key)
{
    return word_of(d, span_of(key));
}

struct span dress_why(const struct dress *d, struct span english)
{
    const struct span *text = map_get(d->whys, english);
    if (!text) text = map_get(d->saids, english);
    return text ? *text : (struct span){NULL, 0};
}

struct map *dress_whys(const struct dress *d)
{
    return d->whys;
}

struct span dress_word_of(const struct dress *d, const char *prefix, struct span name)
{
    char key[64];
    int n = snprintf(key, sizeof key, "%s%.*s", prefix, FMT(name));
    must(n > 0 && (size_t)n < sizeof key);
    return word_of(d, span_of(key));
}

struct span dress_say(
    const struct dress *d, struct arena *a, const char *key, const char *name, struct span with)
{
    struct span text = dress_word(d, key);
    struct span place = arena_printf(a, "{%s}", name);
    ptrdiff_t at = span_find(text, place);
    if (at < 0) return text;
    struct span tail = span_cut(text, (size_t)at + place.n, text.n);
    return arena_printf(a, "%.*s%.*s%.*s", (int)at, text.p, FMT(with), FMT(tail));
}

struct html dress_render(
    const struct dress *d, const char *template, const struct record *r, struct arena *a)
{
    return template_render(d->templates, template, r, a);
}

struct span dress_language(const struct dress *d)
{
    return d->language;
}

bool dress_is_rtl(const struct dress *d)
{
    return d->rtl;
}

struct span dress_style(struct span *path_out)
{
    static char path[64];
    const struct desk_file *f = file_named(S("style.css"));
    must(f != NULL);
    snprintf(path, sizeof path, "/desk/style-%08x.css", (unsigned)fast_hash(f->bytes));
    *path_out = span_of(path);
    return f->bytes;
}

void put_why(const struct dress *d, struct record *r, struct span english)
{
    struct span text = dress_why(d, english);
    record_text(r, "text", text.p ? text : english);
    record_flag(r, "english", !text.p);
}
