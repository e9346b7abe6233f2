/* read: `broadsheet read FILE…` prints each item of each file (- is standard input) as one line of
 * ninjs 3.0. Refusals go to standard error as file:line:column: why. Owns its exit codes: 64 usage,
 * 65 a file or an item that cannot be read, 66 no such file. */
#include "base.h"
#include "story.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int command_read(int argc, char **argv);

static const size_t FILE_BYTES_MAX = (size_t)48
                                     << 20; /* one delivery of the largest kind, as everywhere */
static const size_t ARENA_BYTES_MAX = (size_t)2 << 30;

static void complain(const char *path, struct reject r)
{
    fprintf(stderr, "%s:%u:%u: %.*s\n", path, r.line, r.column, FMT(r.why));
}

static int print_items(struct arena *a, const char *path, const struct wire_result *result)
{
    int code = EX_OK;
    for (size_t i = 0; i < result->count; i++) {
        const struct wire_item *item = &result->items[i];
        if (!item->story) {
            complain(path, item->reject);
            code = EX_DATAERR;
            continue;
        }
        struct buf line;
        buf_init(&line, a, 0);
        wire_print_ninjs(&line, item->story);
        buf_char(&line, '\n');
        if (write_all(STDOUT_FILENO, line.p, line.n) != OK) return EX_IOERR;
    }
    return code;
}

static int read_one(const char *path)
{
    struct arena *a = arena_new(ARENA_BYTES_MAX);
    struct span bytes;
    int code = EX_DATAERR;
    bool is_input = strcmp(path, "-") == 0;
    enum result got = file_read(a, is_input ? "/dev/stdin" : path, FILE_BYTES_MAX, &bytes);
    if (got == ERR_FULL) {
        fprintf(stderr, "%s:0:0: larger than %zu bytes\n", path, FILE_BYTES_MAX);
    } else if (got != OK) {
        fprintf(stderr, "%s: %s\n", path, result_name(got));
        code = EX_NOINPUT;
    } else {
        struct wire_result result;
        wire_read(a, bytes, NULL, &result);
        if (result.end == WIRE_STORIES)
            code = print_items(a, path, &result);
        else
            complain(path, result.reject);
    }
    arena_free(a);
    return code;
}

int command_read(int argc, char **argv)
{
    int worst = EX_OK;
    if (argc < 2 || (argv[1][0] == '-' && argv[1][1] != '\0')) {
        fputs("usage: broadsheet read FILE...\n",
            argc == 2 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
        return argc == 2 && strcmp(argv[1], "--help") == 0 ? EX_OK : EX_USAGE;
    }
    charset_prepare();
    for (int i = 1; i < argc; i++) {
        int code = read_one(argv[i]);
        if (code > worst) worst = code;
    }
    return worst;
}
