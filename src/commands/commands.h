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
int command_convert(int argc, char **argv);
int command_check(int argc, char **argv);
int command_reload(int argc, char **argv);
int command_restart(int argc, char **argv);
int command_rebuild(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_spare(int argc, char **argv);
int command_promote(int argc, char **argv);
/* status of a spare, with its exit code; false: it is none. */
bool spare_status(const char *data, bool json, int *code_out);
int command_act(int argc, char **argv);
int command_purge(int argc, char **argv);
int command_prune(int argc, char **argv);
struct purge_report {
    size_t forgotten, left; /* events; deliveries and pictures that other stories have too, and
                               files that could not be deleted: each was named */
};
/* Takes a page's bytes out of the ledger, done/ and the folder of renditions, and adds to out; the
 * store is to be built again after it. c NULL: raw files are only named. */
enum result purge_forget(struct store *s, struct ledger *l, const struct config *c,
    const char *pictures, story_id page, struct purge_report *out) CHECKED;
/* Its pictures: the files that its versions name. */
struct purge_file {
    struct span feed, name;
};
struct purge_files {
    struct purge_file *list;
    size_t count, cap;
};
void purge_files_of(
    struct arena *a, const struct stored_version *versions, size_t count, struct purge_files *out);
/* The one that an EVENT_FILE brought; NULL: none of them. */
const struct purge_file *purge_file_in(
    const struct purge_files *files, struct arena *a, const struct event *e);
/* Removes every rendition of the original with this hash. */
enum result purge_renditions(struct arena *a, const char *folder, struct span hex) CHECKED;
int command_reader(int argc, char **argv);
int command_desk(int argc, char **argv);
int command_as_of(int argc, char **argv);
int command_quarantine(int argc, char **argv);
int command_duties(int argc, char **argv);
int command_audience(int argc, char **argv);
int command_confirm(int argc, char **argv);
int command_status(int argc, char **argv);
int command_alarm(int argc, char **argv);
int alarm_test(struct house *h); /* an exit code; what became of it was printed */
int command_purge_cdn(int argc, char **argv);
int command_receipt(int argc, char **argv);
int command_rules(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_push(int argc, char **argv);
int command_import(int argc, char **argv);
int command_pages(int argc, char **argv);
/* Drafts of house pages into a folder: an exit code, what is wrong was said; and their rows for a
 * site file that names them below folder. */
int pages_write(struct arena *a, const char *folder, struct span language);
void pages_rows(struct buf *out, const char *folder, struct span language);
int command_init(int argc, char **argv);
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

/* status_watch.c: says it each second until somebody wants an end; the last code of say. Lines for
 * machines stand alone. */
int watch_each_second(int (*say)(void *with), void *with, bool is_for_machines);

/* ---- the house, beside a running one ---- */
pid_t house_pid(const struct house *h); /* of the running master; 0: none */
/* Appends an act and waits until every web thread shows it. false: said why. */
bool act_perform(const struct house *h, const struct act *act, int timeout_ms, uint64_t *pos_out);
/* The same, looked at first and told on standard output: an exit code. EX_NOINPUT: no story is
 * known by this name; an act that may come before its story has been kept all the same. */
int act_do(struct house *h, const struct act *act);
bool wait_slot(enum clock_slot slot, uint64_t at_least, int timeout_ms);
/* Several acts in one step; false: said why. */
bool acts_done(const struct house *h, const struct act *acts, size_t n, int timeout_ms,
    struct office_done *done);
/* Lets a brake go. publish: "all", or ids with commas; NULL with hold false: the pile is shown, and
 * nothing is done where there is one (exit code 1). */
int resume_do(struct house *h, const struct act *act, const char *publish, bool hold);
/* Opens the house of a command that works beside a server; prints what is wrong. */
int house_visit_or_say(struct house *h, const char *data);

/* ---- the desk's side, beside a running house ---- */
struct desk_visit {
    struct office_eyes eyes;
    struct tombs *tombs;
};
/* T2: "feeds without provider_ids: NAMES …" and what that means, a line for people; empty: every
 * feed has them. */
struct span feeds_without_ids(struct arena *a, const struct config *c);
/* The editorial configuration in force, as the store names it; NULL: none yet. */
struct config *config_in_force(struct arena *a, const char *store);
/* c NULL: the configuration in force. ERR_ABSENT: no site has run here yet. why_out: a sentence.
 * Everything lives in the house's arena. */
enum result desk_visit_open(
    struct house *h, const struct config *c, struct desk_visit *out, const char **why_out) CHECKED;
void desk_visit_close(struct desk_visit *l);
/* The editorial configuration that was in force at an instant. ERR_ABSENT: none by then. */
enum result config_then(
    const struct house *h, int64_t at_ms, struct config **out, const char **why_out) CHECKED;

#endif
