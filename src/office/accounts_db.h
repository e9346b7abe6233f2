/* accounts_db.h: accounts.db as the files that own its tables use it. Private to office. */
#ifndef ACCOUNTS_DB_H
#define ACCOUNTS_DB_H

#include <sqlite3.h>

#include "office.h"

struct accounts {
    sqlite3 *db;
    char why[512];
};
/* Prepared and bound ("t" a struct span, "b" 32 bytes, "i" an int64_t); stepping and finalizing are
 * the caller's. */
sqlite3_stmt *accounts_query(struct accounts *c, const char *sql, const char *types, ...);
/* Runs it; changed_out (may be NULL): rows. */
enum result accounts_do(
    struct accounts *c, int *changed_out, const char *sql, const char *types, ...) CHECKED;
struct span column_text(struct arena *a, sqlite3_stmt *q, int column);

#endif
