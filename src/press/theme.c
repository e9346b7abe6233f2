/* theme: the files a site is dressed in. Built-in files, overridden one by one by a folder's;
 * templates get the interface's words before they are compiled ({{$word}}), so that a page pays
 * nothing for them; everything else is an asset whose path holds its hash. A folder is read once,
 * to a pack of its files' bytes: a press is made of the pack, where no folder can be seen. A
 * mistake is told as file:line:column. */
#include "audience.h"
#include "press_private.h"
#include "theme_table.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    THEME_FILES_MAX = 400,      /* in a folder: guards against a wrong folder */
    THEME_FILE_BYTES = 4 << 20, /* a font or a picture; templates are far smaller */
    THEME_BYTES = 24 << 20, /* of a folder in all: it goes to the web in one frame at a reload */
};

struct file {
    struct span name, origin; /* "words/en.yaml"; where it stands, for messages */
    struct span bytes;
};
struct theme {
    struct press *press;
    struct arena *a;
    struct map *files; /* name -> struct file */
    struct span *why;
};

static enum result refuse_at(
    struct theme *t, struct span origin, uint32_t line, uint32_t column, struct span why)
{
    *t->why = line ? arena_printf(t->a, "%.*s:%u:%u: %.*s", FMT(origin), line, column, FMT(why))
                   : arena_printf(t->a, "%.*s: %.*s", FMT(origin), FMT(why));
    return ERR_CORRUPT;
}

/* ---- files ---- */
static struct file *file_named(const struct theme *t, struct span name)
{
    return map_get(t->files, name);
}

static void put_file(struct theme *t, struct file f)
{
    struct file *kept = ARENA_NEW(t->a, struct file);
    *kept = f;
    *map_at(t->files, kept->name) = kept;
}

static void built_in(struct theme *t)
{
    for (size_t i = 0; i < theme_table_count; i++) {
        struct span name = span_of(theme_table[i].name);
        put_file(t, (struct file){
                        name, arena_printf(t->a, "themes/%.*s", FMT(name)), theme_table[i].bytes});
    }
}

static bool is_built_in(const struct file *f)
{
    for (size_t i = 0; i < theme_table_count; i++)
        if (f->bytes.p == theme_table[i].bytes.p) return true;
    return false;
}

static void unpack(struct theme *t, struct span pack)
{
    struct take in = take_of(pack);
    while (in.p < in.end && !in.bad) {
        struct file f = {0};
        f.name = take_span(&in); /* one by one: an initialiser's parts have no order */
        f.origin = take_span(&in);
        f.bytes = take_span(&in);
        if (!in.bad) put_file(t, f);
    }
}

struct packing { /* a folder's files on their way into a pack */
    struct theme t;
    const char *folder;
    struct buf out;
    size_t count;
};

static enum result pack_file(struct packing *p, struct file *f)
{
    struct theme *t = &p->t;
    struct arena *room = arena_new(2 * THEME_FILE_BYTES + (1 << 20));
    enum result r = OK;
    if (++p->count > THEME_FILES_MAX)
        r = refuse_at(t, span_of(p->folder), 0, 0, S("too many files for a theme"));
    else if (file_read(room, f->origin.p, THEME_FILE_BYTES, &f->bytes) != OK)
        r = refuse_at(t, f->origin, 0, 0, S("cannot be read, or is over 4 MB"));
    else if (p->out.n + f->bytes.n > THEME_BYTES)
        r = refuse_at(t, span_of(p->folder), 0, 0, S("the theme's files are over 24 MB in all"));
    if (r == OK) {
        put_span(&p->out, f->name);
        put_span(&p->out, f->origin);
        put_span(&p->out, f->bytes);
    }
    arena_free(room);
    return r;
}

/* The folder's own files of one level; below is "" or "words/". */
static enum result pack_files(struct packing *p, const char *below)
{
    struct theme *t = &p->t;
    struct span path = arena_printf(t->a, "%s/%s", p->folder, below);
    DIR *d = opendir(path.p);
    if (!d && *below) return OK;
    if (!d) return refuse_at(t, path, 0, 0, span_of(strerror(errno)));
    enum result r = OK;
    for (struct dirent *e; r == OK && (e = readdir(d));) {
        struct file f = {.name = arena_printf(t->a, "%s%s", below, e->d_name)};
        if (e->d_name[0] == '.' || e->d_type == DT_DIR) continue;
        f.origin = arena_printf(t->a, "%.*s%s", FMT(path), e->d_name);
        r = pack_file(p, &f);
    }
    closedir(d);
    return r;
}

enum result press_theme_read(
    struct arena *a, const char *folder, struct span *pack_out, struct span *why_out)
{
    struct packing p = {.t = {.a = a, .why = why_out}, .folder = folder};
    buf_init(&p.out, NULL, 0);
    enum result r = pack_files(&p, "");
    if (r == OK) r = pack_files(&p, "words/");
    if (r == OK) *pack_out = arena_keep(a, buf_span(&p.out));
    buf_free(&p.out);
    return r;
}

/* ---- words ---- */
static struct file *words_file(struct theme *t)
{
    struct span language = t->press->site->language;
    struct file *f = file_named(t, arena_printf(t->a, "words/%.*s.yaml", FMT(language)));
    ptrdiff_t cut = span_find_char(language, '-');
    if (!f && cut > 0)
        f = file_named(t, arena_printf(t->a, "words/%.*s.yaml", (int)cut, language.p));
    return f;
}

/* Lays a file's words over what is there. */
static enum result take_words(struct theme *t, const struct file *f, struct map *words)
{
    struct reject reject = {0};
    const struct yaml *y = yaml_parse_text(t->a, f->bytes, &reject);
    if (!y) return refuse_at(t, f->origin, reject.line, reject.column, reject.why);
    for (const struct yaml *w = y->first; w; w = w->next) {
        if (w->type != YAML_TEXT)
            return refuse_at(t, f->origin, w->line, w->column, S("a word is one line of text"));
        struct span *text = ARENA_NEW(t->a, struct span);
        *text = w->text;
        *map_at(words, w->key) = text;
    }
    return OK;
}

static enum result take_built_in_words(struct theme *t, struct span name, struct map *words)
{
    for (size_t i = 0; i < theme_table_count; i++) {
        struct file f = {name, arena_printf(t->a, "themes/%.*s", FMT(name)), theme_table[i].bytes};
        if (span_eq(span_of(theme_table[i].name), name)) return take_words(t, &f, words);
    }
    return OK;
}

/* Every word that the built-in English has must be there; of a counted one the forms of the
 * language's own rule. */
static enum result check_words(struct theme *t, const struct file *f)
{
    struct map *english = map_new(t->a);
    enum result r = take_built_in_words(t, S("words/en.yaml"), english);
    struct span key;
    void *value;
    for (size_t i = 0; r == OK && map_each(english, &i, &key, &value);) {
        struct span lost = press_lost_word(t->press, t->a, english, key);
        if (lost.n)
            r = refuse_at(
                t, f->origin, 0, 0, arena_printf(t->a, "the word \"%.*s\" is missing", FMT(lost)));
    }
    return r;
}

/* The rule that the words file names, else its own language's. */
static enum result take_plurals(struct theme *t, const struct file *f)
{
    struct press *p = t->press;
    const struct span *named = map_get(p->words, S("plurals"));
    p->lang = span_cut(f->name, 6, f->name.n - 5);
    press_take_plurals(p, named ? *named : p->lang);
    if (!named || plural_is_known(*named)) return OK;
    return refuse_at(t, f->origin, 0, 0,
        arena_printf(t->a, "there is no plural rule for \"%.*s\"", FMT(*named)));
}

static enum result load_words(struct theme *t)
{
    struct press *p = t->press;
    const struct file *f = words_file(t);
    if (!f)
        return refuse_at(t, S("words"), 0, 0,
            arena_printf(
                t->a, "there are no words for the language \"%.*s\"", FMT(p->site->language)));
    p->words = map_new(t->a);
    enum result r = take_built_in_words(t, f->name, p->words);
    if (r == OK) r = take_words(t, f, p->words);
    if (r == OK) r = take_plurals(t, f);
    if (r == OK) r = check_words(t, f);
    if (r != OK) return r;
    if (!press_take_digits(p, press_word(p, "digits")))
        return refuse_at(t, f->origin, 0, 0, S("the word \"digits\" is ten signs in a row"));
    p->rtl = span_eq(press_word(p, "direction"), S("rtl"));
    return OK;
}

enum result theme_load_words(struct press *p)
{
    struct span why = S("");
    struct theme t = {.a = p->arena, .press = p, .files = map_new(p->arena), .why = &why};
    built_in(&t);
    return load_words(&t);
}

/* ---- templates ---- */
/* The next {{$word}} in s: its place, length and word; -1: none. */
static ptrdiff_t next_word(struct span s, size_t *length, struct span *key)
{
    ptrdiff_t at = span_find(s, S("{{$"));
    ptrdiff_t end = at < 0 ? -1 : span_find(span_cut(s, (size_t)at, s.n), S("}}"));
    if (end < 0) return -1;
    *length = (size_t)end + 2;
    *key = span_cut(s, (size_t)at + 3, (size_t)(at + end));
    return at;
}

static struct span word_for(const struct theme *t, struct span key)
{
    const struct span *word = map_get(t->press->words, key);
    return word ? html_text(t->a, *word).s : (struct span){NULL, 0};
}

static void place_of(struct span source, size_t at, uint32_t *line, uint32_t *column)
{
    size_t from = 0;
    *line = 1;
    for (size_t i = 0; i < at; i++)
        if (source.p[i] == '\n') ++*line, from = i + 1;
    *column = (uint32_t)utf8_count(span_cut(source, from, at)) + 1;
}

static enum result put_words_in(struct theme *t, const struct file *f, struct span *out)
{
    struct span rest = f->bytes, key;
    struct buf b;
    ptrdiff_t at;
    size_t length;
    buf_init(&b, t->a, 0);
    while ((at = next_word(rest, &length, &key)) >= 0) {
        struct span word = word_for(t, key);
        if (!word.p) {
            uint32_t line, column;
            place_of(f->bytes, (size_t)(rest.p - f->bytes.p) + (size_t)at, &line, &column);
            return refuse_at(t, f->origin, line, column,
                arena_printf(t->a, "there is no word \"%.*s\"", FMT(key)));
        }
        buf_put(&b, span_cut(rest, 0, (size_t)at));
        buf_put(&b, word);
        rest = span_cut(rest, (size_t)at + length, rest.n);
    }
    buf_put(&b, rest);
    *out = buf_span(&b);
    return OK;
}

/* A column of a line with its words put in -> the column in the file. */
static uint32_t file_column(const struct theme *t, const struct file *f, const struct reject *r)
{
    struct span rest = f->bytes, line = S(""), key;
    for (uint32_t i = 0; i < r->line; i++) span_next(&rest, '\n', &line);
    size_t column = r->column ? r->column - 1 : 0, told = 0, own = 0, length;
    ptrdiff_t at;
    while ((at = next_word(line, &length, &key)) >= 0) {
        size_t before = utf8_count(span_cut(line, 0, (size_t)at));
        size_t word = utf8_count(word_for(t, key));
        if (told + before + word > column) break;
        told += before + word;
        own += before + utf8_count(span_cut(line, (size_t)at, (size_t)at + length));
        line = span_cut(line, (size_t)at + length, line.n);
    }
    return (uint32_t)(own + (column - told)) + 1;
}

static enum result refuse_template(
    struct theme *t, const struct file *f, const struct reject *reject)
{
    return refuse_at(t, f->origin, reject->line, file_column(t, f, reject), reject->why);
}

static enum result add_template(struct theme *t, const struct file *f)
{
    struct reject reject = {0};
    struct span source;
    const char *name = arena_cstr(t->a, span_cut(f->name, 0, f->name.n - 5));
    enum result r = put_words_in(t, f, &source);
    if (r == OK && !templates_add(t->press->templates, name, source, &reject))
        r = refuse_template(t, f, &reject);
    return r;
}

static enum result link_templates(struct theme *t)
{
    struct reject reject = {0};
    const char *name = NULL;
    if (templates_link(t->press->templates, &reject, &name)) return OK;
    const struct file *f = file_named(t, arena_printf(t->a, "%s.html", name ? name : ""));
    return f ? refuse_template(t, f, &reject)
             : refuse_at(t, S("themes"), reject.line, reject.column, reject.why);
}

/* ---- assets ---- */
static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
};

static bool is_colour(struct span s)
{
    if ((s.n != 7 && s.n != 4) || s.p[0] != '#') return false;
    for (size_t i = 1; i < s.n; i++)
        if (!strchr("0123456789abcdefABCDEF", s.p[i])) return false;
    return true;
}

/* No style stands at an element: a theme's own rules, the sections' colours and the room of
 * advertisements are rules behind the style sheet. */
static struct span with_tones(const struct theme *t, struct span css)
{
    const struct file *own = file_named(t, S("theme.css"));
    struct buf b;
    buf_init(&b, t->a, 0);
    buf_put(&b, css);
    if (own) buf_put(&b, own->bytes);
    for (uint32_t i = 0; i < t->press->site->section_count; i++) {
        struct span colour = t->press->site->sections[i].colour;
        if (!is_colour(colour)) continue;
        buf_printf(&b, ".tone-%u{--tone:%.*s}\n", i, FMT(colour));
        struct span pale = arena_printf(
            t->a, ".tone-%u{--tone:color-mix(in srgb,%.*s 55%%,#fff)}", i, FMT(colour));
        buf_printf(&b,
            "@media(prefers-color-scheme:dark){:root:not([data-theme=light]) %.*s}\n"
            ":root[data-theme=dark] %.*s\n",
            FMT(pale), FMT(pale));
    }
    ads_rules(t->press->site, &b);
    return buf_span(&b);
}

static void add_asset(struct theme *t, const struct file *f, const char *ending, const char *type)
{
    struct press *p = t->press;
    struct asset *asset = &p->assets[p->asset_count++];
    struct span stem = span_cut(f->name, 0, f->name.n - strlen(ending));
    bool is_style = span_eq(f->name, S("style.css"));
    *asset = (struct asset){.name = f->name,
        .bytes = is_style ? with_tones(t, f->bytes) : f->bytes,
        .content_type = type};
    asset->path = arena_printf(t->a, "/assets/%.*s-%08x%s", FMT(stem),
        (unsigned)(fast_hash(asset->bytes) & 0xffffffff), ending);
}

/* A theme with a style sheet of its own, in place of the built-in one, has no first part. */
static enum result take_first(struct theme *t)
{
    const struct file *boot = file_named(t, S("boot.js"));
    if (!first_take_boot(t->press, boot->bytes))
        return refuse_at(t, boot->origin, 0, 0,
            S("stands in every page, so it is not empty and holds no \"</\" and no \"<!--\""));
    for (size_t i = 0; first_kind(i) && is_built_in(file_named(t, S("style.css"))); i++) {
        struct span name = arena_printf(t->a, "%s.first", first_kind(i));
        first_take_style(t->press, i, with_tones(t, file_named(t, name)->bytes));
    }
    return OK;
}

static enum result take_files(struct theme *t)
{
    struct span name;
    void *value;
    enum result r = OK;
    t->press->templates = templates_new(t->a);
    t->press->assets = ARENA_ARRAY(t->a, struct asset, map_count(t->files));
    for (size_t i = 0; r == OK && map_each(t->files, &i, &name, &value);) {
        if (span_ends(name, S(".html"))) r = add_template(t, value);
        for (size_t k = 0; r == OK && k < COUNT(types); k++)
            if (span_ends(name, span_of(types[k].ending)))
                add_asset(t, value, types[k].ending, types[k].type);
    }
    if (r == OK) r = take_first(t);
    return r == OK ? link_templates(t) : r;
}

const struct asset *theme_asset(const struct press *p, struct span file)
{
    for (size_t i = 0; i < p->asset_count; i++)
        if (span_eq(p->assets[i].name, file) ||
            span_eq(span_cut(p->assets[i].path, 8, p->assets[i].path.n), file))
            return &p->assets[i];
    return NULL;
}

enum result theme_load(struct press *p, struct span pack, struct span *why_out)
{
    struct theme t = {p, p->arena, map_new(p->arena), why_out};
    built_in(&t);
    unpack(&t, pack);
    enum result r = load_words(&t);
    return r == OK ? take_files(&t) : r;
}
