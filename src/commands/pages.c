/* pages: writes drafts of house pages into a folder, for a publisher to fill in, and says what the
 * site file wants then. What is there already is left alone. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static int write_draft(struct arena *a, const char *folder, const struct press_draft *d)
{
    const char *path = arena_printf(a, "%s/%.*s.html", folder, FMT(d->name)).p;
    if (access(path, F_OK) == 0) {
        fprintf(stderr, "%s is there already, and stays as it is\n", path);
        return EX_OK;
    }
    enum result r = file_write_durable(path, d->html);
    if (r == OK) return EX_OK;
    fprintf(stderr, "broadsheet pages: %s cannot be written: %s\n", path, strerror(errno));
    return exit_code(r);
}

void pages_rows(struct buf *out, const char *folder, struct span language)
{
    struct press_draft d;
    buf_lit(out, "# fill in every [[…]]; a page is published once none is left\npages:\n");
    for (size_t i = 0; press_draft(language, i, &d); i++)
        buf_printf(out, "  - {name: %.*s, title: \"%.*s\", file: %s/%.*s.html}\n", FMT(d.name),
            FMT(d.title), folder, FMT(d.name));
}

int pages_write(struct arena *a, const char *folder, struct span language)
{
    struct press_draft d;
    int code = dir_make(folder) == OK ? EX_OK : EX_CANTCREAT;
    if (code != EX_OK) fprintf(stderr, "broadsheet: %s: %s\n", folder, strerror(errno));
    for (size_t i = 0; code == EX_OK && press_draft(language, i, &d); i++)
        code = write_draft(a, folder, &d);
    return code;
}

int command_pages(int argc, char **argv)
{
    const char *language = "en", *rest[2];
    size_t count;
    struct option_row rows[] = {{"--language", &language}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, COUNT(rest), &count)) return EX_USAGE;
    if (count != 1) return usage_error("pages", "give one folder");
    struct arena *a = arena_new(1 << 20);
    int code = pages_write(a, rest[0], span_of(language));
    struct buf b;
    buf_init(&b, a, 0);
    pages_rows(&b, rest[0], span_of(language));
    if (code == EX_OK) printf("%.*s", FMT(buf_span(&b)));
    arena_free(a);
    return code;
}
