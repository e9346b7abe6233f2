/* commands: the verbs of `broadsheet`, one file each, and the table that --help, the manual page
 * and main are made from. Exit codes are those of sysexits.h. Errors go to standard error as
 * sentences with the next step. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <sys/types.h>

#include "base.h"
#include "roles.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb */
    const char *usage;                 /* "[--config FILE] --data DIR" */
    const char *what;                  /* one line */
};
extern const struct command command_table[];
extern const size_t command_count;

int command_serve(int argc, char **argv);
int command_read(int argc, char **argv);
int command_check(int argc, char **argv);
int command_reload(int argc, char **argv);
int command_rebuild(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_act(int argc, char **argv);
int command_purge(int argc, char **argv);
struct purge_report {
    size_t forgotten, shared; /* events; deliveries that hold other stories too and were left */
};
/* Takes a story's bytes out of the ledger and done/; the store is to be built again after it. c
 * NULL: raw files are only named. */
enum result purge_forget(struct store *s, struct ledger *l, const struct config *c,
    struct span target, struct purge_report *out) CHECKED;
int command_desk(int argc, char **argv);
int command_confirm(int argc, char **argv);
int command_status(int argc, char **argv);
int command_alarm(int argc, char **argv);
int command_purge_cdn(int argc, char **argv);
int command_receipt(int argc, char **argv);
int command_push(int argc, char **argv);
int command_version(int argc, char **argv);

/* ---- options: a table walked once. Values stand in argv ---- */
struct option_row {
    const char *name;   /* "--data" */
    const char **value; /* where it goes; NULL: a flag */
    bool *flag;
    bool required;
};
/* Leaves what is no option in rest (at most rest_max). false: an unknown, doubled, or missing
 * option was named on standard error with the usage line. */
bool options_read(int argc, char **argv, const struct option_row *rows, size_t n, const char **rest,
    size_t rest_max, size_t *rest_count);
int usage_error(const char *verb, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* prints, returns EX_USAGE */
int exit_code(enum result r);
const struct command *command_find(const char *name);

/* ---- the house, beside a running one ---- */
pid_t house_pid(const struct house *h); /* of the running master; 0: none */
/* Appends an act and waits until every web thread shows it. false: said why. */
bool act_perform(const struct house *h, const struct act *act, int timeout_ms, uint64_t *pos_out);
bool wait_slot(enum clock_slot slot, uint64_t at_least, int timeout_ms);
/* Opens the house of a command that works beside a server; prints what is wrong. */
int house_visit_or_say(struct house *h, const char *data);

#endif
