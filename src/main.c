/* broadsheet: from the wire to the web in milliseconds. One binary; each verb is a row of a table.
 */
#include "commands.h"
#include "lab.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void print_rows(const struct command *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("  %-10s %s\n             broadsheet %s %s\n", rows[i].name, rows[i].what,
            rows[i].name, rows[i].usage);
}

static int help(void)
{
    printf("broadsheet %s: from the wire to the web in milliseconds, and every correction and kill "
           "honoured everywhere.\n\nverbs:\n",
        BROADSHEET_VERSION);
    print_rows(command_table, command_count);
    printf("\nfor rehearsing and measuring:\n");
    print_rows(lab_commands, lab_command_count);
    printf("\nSee broadsheet(1) and docs/. Exit codes are those of sysexits.h.\n");
    return EX_OK;
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < lab_command_count; i++)
        if (strcmp(lab_commands[i].name, name) == 0) return &lab_commands[i];
    return command_find(name);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--version") == 0)) return command_version(argc - 1, argv + 1);
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help() + (argc < 2 ? EX_USAGE : 0);
    const struct command *c = find(argv[1]);
    if (!c) {
        fprintf(
            stderr, "broadsheet: there is no verb “%s”; `broadsheet help` lists them\n", argv[1]);
        return EX_USAGE;
    }
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            printf("broadsheet %s %s\n\n%s\n", c->name, c->usage, c->what);
            return EX_OK;
        }
    return c->run(argc - 1, argv + 1);
}
