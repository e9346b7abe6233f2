/* sqlite_files_test.c: SQLite over this house's files: a device that refuses a read is no damage,
 * of the database and of its log. That a full disk ends nobody: tests/house/disk.py. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"
#include "tap.h"

static char folder[] = "/tmp/broadsheet-sqlite-XXXXXX";
static char path[64];
static const char *const calls[] = {"pread", "pread64"};

static ssize_t refused(int fd, void *to, size_t n, off_t at)
{
    (void)fd, (void)to, (void)n, (void)at;
    errno = EIO;
    return -1;
}

static void refuse(bool is)
{
    sqlite3_vfs *v = sqlite3_vfs_find("unix");
    for (size_t i = 0; i < COUNT(calls); i++)
        (void)v->xSetSystemCall(v, calls[i], is ? (sqlite3_syscall_ptr)refused : NULL);
}

static int ask(sqlite3 *h)
{
    return sqlite3_exec(h, "SELECT sum(length(b)) FROM t", NULL, NULL, NULL) & 0xff;
}

static sqlite3 *opened(const char *files)
{
    sqlite3 *h;
    must(sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, files) == SQLITE_OK);
    must(sqlite3_exec(h, "PRAGMA journal_mode=WAL; PRAGMA cache_size=1", NULL, NULL, NULL) ==
         SQLITE_OK);
    return h;
}

static void reads_refused(const char *what)
{
    sqlite3 *ours = opened(sqlite_files()), *plain = opened(NULL);
    must(ask(ours) == SQLITE_OK && ask(plain) == SQLITE_OK);
    refuse(true);
    check(ask(ours) == SQLITE_IOERR, "%s that cannot be read is no damage", what);
    check(ask(plain) == SQLITE_CORRUPT, "as SQLite by itself would say");
    refuse(false);
    check(ask(ours) == SQLITE_OK, "and is read again in a moment");
    sqlite3_close(plain);
    sqlite3_close(ours);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/t.db", folder);
    check(sqlite_files() && sqlite_files() == sqlite_files(), "the files have a name");
    sqlite3 *h = opened(sqlite_files());
    must(sqlite3_exec(h,
             "CREATE TABLE t(b); WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n"
             " WHERE i<200) INSERT INTO t SELECT randomblob(3000) FROM n",
             NULL, NULL, NULL) == SQLITE_OK);
    reads_refused("a log");
    must(sqlite3_exec(h, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK);
    reads_refused("a database");
    sqlite3_close(h);
    unlink(path);
    rmdir(folder);
    return tap_end();
}
