/* Command lines as people type them, right and wrong. */
#include "commands.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "tap.h"

static const char *data, *to, *rest[2];
static bool json;
static size_t rest_count;

/* Words as the shell would give them; standard error goes where nobody reads it. */
static bool reads(char **argv)
{
    const struct option_row rows[] = {
        {"--data", &data, NULL, true}, {"--to", &to}, {"--json", NULL, &json}};
    int argc = 0;
    data = to = NULL;
    json = false;
    while (argv[argc]) argc++;
    return options_read(argc, argv, rows, COUNT(rows), rest, COUNT(rest), &rest_count);
}
#define READS(...) reads((char *[]){(char[]){"backup"}, __VA_ARGS__, NULL})
#define W(s) ((char[]){s})

static void right(void)
{
    check(READS(W("--data"), W("d"), W("--json"), W("x"), W("-")) && json && rest_count == 2 &&
              strcmp(data, "d") == 0 && strcmp(rest[1], "-") == 0,
        "options and arguments in any order");
    check(READS(W("x"), W("--data=a=b")) && strcmp(data, "a=b") == 0, "a value behind the first =");
    check(READS(W("--data"), W("-odd")) && strcmp(data, "-odd") == 0, "a value may begin with -");
}

static void wrong(void)
{
    check(!READS(W("--to"), W("x")), "a required one is missing");
    check(!READS(W("--data")), "no value at the end");
    check(!READS(W("--data"), W("--json")), "an option is no value");
    check(!READS(W("--data=")), "nothing is no value");
    check(!READS(W("--data"), W("d"), W("--data"), W("e")), "twice the same");
    check(!READS(W("--data"), W("d"), W("--json=no")), "a flag takes no value");
    check(!READS(W("--data"), W("d"), W("--dat"), W("e")), "no such option");
    check(!READS(W("--data"), W("d"), W("--data-dir"), W("e")), "nor a longer one");
    check(!READS(W("--data"), W("d"), W("-j")), "nor a short one");
    check(!READS(W("--data"), W("d"), W("1"), W("2"), W("3")), "too many arguments");
}

int main(void)
{
    fflush(stderr);
    if (!freopen("/dev/null", "w", stderr)) return 1;
    right();
    wrong();
    check(usage_error("backup", "why") == EX_USAGE, "a usage error has its code");
    check(exit_code(OK) == 0 && exit_code(ERR_BUSY) == EX_TEMPFAIL &&
              exit_code(ERR_ABSENT) == EX_NOINPUT && exit_code(ERR_DENIED) == EX_NOPERM &&
              exit_code(ERR_CORRUPT) == EX_DATAERR && exit_code(ERR_NEWER) == EX_CONFIG,
        "results have the codes of sysexits.h");
    for (size_t i = 0; i < command_count; i++)
        check(command_find(command_table[i].name) == &command_table[i] && command_table[i].what,
            "%s is found by its name", command_table[i].name);
    check(!command_find("serv") && !command_find(""), "what is no verb is not found");
    return tap_end();
}
