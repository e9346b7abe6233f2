/* convert: `broadsheet convert --to FORMAT FILE…` prints wire files in another format, for
 * partners. What cannot be read, and what the format could not say, is named on standard error.
 * Owns its exit codes: 64 usage, 65 a file or an item that cannot be read, 66 no such file. */
#include "commands.h"
#include "story.h"
#include "text.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { FILES_MAX = 1000 };
static const size_t FILE_BYTES_MAX = (size_t)48 << 20, ARENA_BYTES_MAX = (size_t)4 << 30;

struct stories {
    struct arena *a;
    const struct story **list;
    size_t count, cap;
    bool for_readers; /* the format knows no status and no embargo */
    bool own;         /* ninjs with our own object, for another Broadsheet */
    const char *(*withholds)(const struct story *s);
    int code;
};

/* ---- formats ---- */
static void as_ninjs(struct buf *b, const struct stories *in)
{
    for (size_t i = 0; i < in->count; i++) {
        (in->own ? wire_write_ninjs : wire_convert_ninjs)(b, in->list[i]);
        buf_char(b, '\n');
    }
}

static void as_newsml_g2(struct buf *b, const struct stories *in)
{
    wire_write_newsml_g2(b, in->list, in->count, (int64_t)time(NULL) * 1000);
}

static void as_rss(struct buf *b, const struct stories *in)
{
    wire_write_rss(b, in->list, in->count);
}

static void as_text(struct buf *b, const struct stories *in)
{
    for (size_t i = 0; i < in->count; i++) {
        if (i) buf_lit(b, "\f\n");
        wire_write_text(b, in->a, in->list[i]);
    }
}

static const struct format {
    const char *name;
    bool for_readers;
    void (*write)(struct buf *b, const struct stories *in);
    const char *(*withholds)(const struct story *s); /* why it is told otherwise; NULL: never */
} formats[] = {
    {"ninjs", false, as_ninjs, wire_ninjs_withholds},
    {"newsml-g2", false, as_newsml_g2, NULL},
    {"rss", true, as_rss, NULL},
    {"text", true, as_text, NULL},
};

static const struct format *format_named(const char *name)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0) return &formats[i];
    return NULL;
}

/* ---- reading ---- */
static void complain(struct stories *in, const char *path, struct reject r)
{
    fprintf(stderr, "%s:%u:%u: %.*s\n", path, r.line, r.column, FMT(r.why));
    in->code = EX_DATAERR;
}

static void take_item(struct stories *in, const char *path, const struct wire_item *item)
{
    const struct story *s = item->story;
    const char *why = s && in->for_readers ? wire_may_be_read(s) : NULL;
    if (!s)
        complain(in, path, item->reject);
    else if (why)
        fprintf(stderr, "%s: %.*s is left out: %s\n", path, FMT(s->guid), why);
    else
        *ARENA_PUSH(in->a, in->list, in->count, in->cap) = s;
    why = s && in->withholds ? in->withholds(s) : NULL;
    if (why) fprintf(stderr, "%s: %.*s is withheld: %s\n", path, FMT(s->guid), why);
}

static void take_file(struct stories *in, const char *path)
{
    struct span bytes;
    struct wire_result read;
    bool is_input = strcmp(path, "-") == 0;
    enum result got = file_read(in->a, is_input ? "/dev/stdin" : path, FILE_BYTES_MAX, &bytes);
    if (got != OK) {
        fprintf(stderr, "%s: %s\n", path, got == ERR_FULL ? "larger than 48 MB" : result_name(got));
        in->code = got == ERR_FULL ? EX_DATAERR : EX_NOINPUT;
        return;
    }
    wire_read(in->a, bytes, NULL, &read);
    if (read.end != WIRE_STORIES) complain(in, path, read.reject);
    for (size_t i = 0; i < read.count && read.end == WIRE_STORIES; i++)
        take_item(in, path, &read.items[i]);
}

int command_convert(int argc, char **argv)
{
    const char *to = NULL, *files[FILES_MAX];
    size_t count;
    bool own = false;
    const struct option_row rows[] = {
        {"--to", .value = &to, .required = true}, {"--own", .flag = &own}};
    if (!options_read(argc, argv, rows, COUNT(rows), files, FILES_MAX, &count)) return EX_USAGE;
    const struct format *f = format_named(to);
    if (!f) return usage_error(argv[0], "“%s” is no format that can be written", to);
    if (own && f->write != as_ninjs)
        return usage_error(argv[0], "only ninjs has a form of our own");
    if (!count) return usage_error(argv[0], "name at least one file (- is standard input)");
    struct stories in = {.a = arena_new(ARENA_BYTES_MAX),
        .for_readers = f->for_readers,
        .own = own,
        .withholds = own ? NULL : f->withholds};
    struct buf out;
    charset_prepare();
    for (size_t i = 0; i < count; i++) take_file(&in, files[i]);
    buf_init(&out, in.a, 0);
    f->write(&out, &in);
    if (write_all(STDOUT_FILENO, out.p, out.n) != OK) in.code = EX_IOERR;
    arena_free(in.a);
    return in.code;
}
