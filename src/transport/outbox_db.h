/* outbox_db.h: what the outbox's files share. Private to the floor.
 * - outbox.c: jobs
 * - outbox_alarms.c: alarms and notes
 * - outbox_db.c: the file */
#ifndef OUTBOX_DB_H
#define OUTBOX_DB_H

#include <sqlite3.h>

#include "transport.h"

enum sql {
    SQL_PUT,
    SQL_ADD,
    SQL_DUE,
    SQL_NEXT,
    SQL_END,
    SQL_LATER,
    SQL_TAKE_BACK,
    SQL_COUNT_SENT,
    SQL_FORGET,
    SQL_FORGET_ALARM,
    SQL_LIST,
    SQL_JOB,
    SQL_SWEEP,
    SQL_ALARM,
    SQL_ALARM_PUT,
    SQL_ALARMS,
    SQL_NOTE,
    SQL_NOTE_PUT,
    SQLS
};
struct outbox {
    sqlite3 *db;
    sqlite3_stmt *stmts[SQLS];
    char why[400];
};

sqlite3_stmt *outbox_sql(struct outbox *o, enum sql which); /* fresh: nothing is bound to it */
void outbox_bind(sqlite3_stmt *q, int at, struct span s);
enum result outbox_run(struct outbox *o, sqlite3_stmt *q);
/* A row stands ready in q; false: none, and the statement is reset. */
bool outbox_row(struct outbox *o, sqlite3_stmt *q, enum result *r);
struct span outbox_keep(struct arena *a, sqlite3_stmt *q, int column);

#endif
