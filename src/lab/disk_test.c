/* The battery's disk in memory: what a database must find on it again, and what it must not. */
#include "battery.h"
#include "tap.h"

#include <sqlite3.h>
#include <unistd.h>

static char folder[] = "/tmp/disk-XXXXXX", path[64];

static sqlite3 *open_it(void)
{
    sqlite3 *db = NULL;
    int keep = 1;
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK);
    must(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK);
    must(sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep) == SQLITE_OK);
    return db;
}

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* -1: it cannot be asked. */
static int rows(sqlite3 *db)
{
    sqlite3_stmt *q = NULL;
    int n = -1;
    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        n = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    return n;
}

static void close_it(sqlite3 *db)
{
    must(sqlite3_close(db) == SQLITE_OK);
}

static void test_two_handles(void)
{
    sqlite3 *a = open_it(), *b = open_it();
    check(run(a, "CREATE TABLE t(x); INSERT INTO t VALUES(1)") == SQLITE_OK && rows(b) == 1,
        "another handle sees what was committed");
    check(run(a, "BEGIN IMMEDIATE; INSERT INTO t VALUES(2)") == SQLITE_OK && rows(b) == 1,
        "and not what was not");
    check(run(b, "BEGIN IMMEDIATE") == SQLITE_BUSY, "a second writer is told that it is busy");
    check(run(b, "BEGIN; SELECT * FROM t") == SQLITE_OK && run(a, "COMMIT") == SQLITE_OK &&
              rows(b) == 1,
        "a snapshot stays as it was");
    check(run(b, "COMMIT") == SQLITE_OK && rows(b) == 2, "until it ends");
    close_it(a);
    close_it(b);
}

static void test_again(void)
{
    sqlite3 *db = open_it();
    check(rows(db) == 2, "what was committed is there when all handles were closed");
    close_it(db);
    disk_keep();
    db = open_it();
    check(run(db, "INSERT INTO t VALUES(4); CREATE TABLE other(x)") == SQLITE_OK && rows(db) == 3,
        "more is written");
    close_it(db);
    disk_again();
    db = open_it();
    check(rows(db) == 2 && run(db, "SELECT * FROM other") == SQLITE_ERROR,
        "and gone when the disk is put back");
    close_it(db);
}

static void test_name_is_gone(void)
{
    sqlite3 *db = NULL;
    must(unlink(path) == 0);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_CANTOPEN,
        "what was removed from the real disk is not there");
    sqlite3_close(db);
    db = open_it();
    check(access(path, F_OK) == 0 && rows(db) == -1, "and made anew it is empty");
    close_it(db);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/a.db", folder);
    disk_in_memory();
    test_two_handles();
    test_again();
    test_name_is_gone();
    must(dir_remove(folder) == OK);
    return tap_end();
}
