/* options: command lines, read by a table a verb. */
#include "commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

int usage_error(const char *verb, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "broadsheet %s: ", verb);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    const struct command *c = command_find(verb);
    if (c) fprintf(stderr, "\nusage: broadsheet %s %s", c->name, c->usage);
    fputc('\n', stderr);
    return EX_USAGE;
}

static const struct option_row *row_named(
    const struct option_row *rows, size_t n, const char *word, const char **inline_value)
{
    const char *eq = strchr(word, '=');
    size_t len = eq ? (size_t)(eq - word) : strlen(word);
    *inline_value = eq ? eq + 1 : NULL;
    for (size_t i = 0; i < n; i++)
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, word, len) == 0) return &rows[i];
    return NULL;
}

/* One option at argv[*i]; moves *i over its value. given: a bit for each row met before. */
static bool take_option(
    int argc, char **argv, int *i, const struct option_row *rows, size_t n, uint64_t *given)
{
    const char *value;
    const struct option_row *row = row_named(rows, n, argv[*i], &value);
    if (!row) {
        usage_error(argv[0], "unknown option %s", argv[*i]);
        return false;
    }
    uint64_t bit = 1ull << ((size_t)(row - rows) % 64);
    if (*given & bit) {
        usage_error(argv[0], "%s is given twice", row->name);
        return false;
    }
    *given |= bit;
    if (!row->value) {
        if (value) usage_error(argv[0], "%s takes no value", row->name);
        *row->flag = true;
        return !value;
    }
    /* "--data --one" is a forgotten value, not a folder of that name */
    if (!value && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0) value = argv[++*i];
    if (!value || !*value) {
        usage_error(argv[0], "%s wants a value", row->name);
        return false;
    }
    *row->value = value;
    return true;
}

bool options_read(int argc, char **argv, const struct option_row *rows, size_t n, const char **rest,
    size_t rest_max, size_t *rest_count)
{
    uint64_t given = 0;
    *rest_count = 0;
    for (int i = 1; i < argc; i++) {
        bool is_option = argv[i][0] == '-' && argv[i][1];
        if (is_option && !take_option(argc, argv, &i, rows, n, &given)) return false;
        if (is_option) continue;
        if (*rest_count == rest_max) {
            usage_error(argv[0], "too many arguments, from “%s” on", argv[i]);
            return false;
        }
        rest[(*rest_count)++] = argv[i];
    }
    for (size_t i = 0; i < n; i++)
        if (rows[i].required && !*rows[i].value) {
            usage_error(argv[0], "%s is missing", rows[i].name);
            return false;
        }
    return true;
}

int exit_code(enum result r)
{
    switch (r) {
    case OK: return EX_OK;
    case ERR_BUSY: return EX_TEMPFAIL;
    case ERR_ABSENT: return EX_NOINPUT;
    case ERR_DENIED: return EX_NOPERM;
    case ERR_CORRUPT: return EX_DATAERR;
    case ERR_NEWER: return EX_CONFIG;
    case ERR_FULL: return EX_CANTCREAT;
    default: return EX_IOERR;
    }
}
