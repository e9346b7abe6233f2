/* sqlite_files_test.c: SQLite over this house's files: a device that refuses a read is no damage,
 * of the database and of its log; what could not be opened just then is written all the same. That
 * a full disk ends nobody: tests/house/disk.py. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static sqlite3 *opened(bool by_us)
{
    enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE };
    sqlite3 *h;
    int on = 1, rc = by_us ? sqlite_open(path, FLAGS, &h) : sqlite3_open_v2(path, &h, FLAGS, NULL);
    must(rc == SQLITE_OK &&
         sqlite3_file_control(h, "main", SQLITE_FCNTL_PERSIST_WAL, &on) == SQLITE_OK);
    must(sqlite3_exec(h, "PRAGMA journal_mode=WAL; PRAGMA cache_size=1", NULL, NULL, NULL) ==
         SQLITE_OK);
    return h;
}

static void reads_refused(const char *what)
{
    sqlite3 *ours = opened(true), *plain = opened(false);
    must(ask(ours) == SQLITE_OK && ask(plain) == SQLITE_OK);
    refuse(true);
    check(ask(ours) == SQLITE_IOERR, "%s that cannot be read is no damage", what);
    check(ask(plain) == SQLITE_CORRUPT, "as SQLite by itself would say");
    refuse(false);
    check(ask(ours) == SQLITE_OK, "and is read again in a moment");
    sqlite3_close(plain);
    sqlite3_close(ours);
}

/* The next opening of this file for writing is refused, for want of something. */
static const char *refused_file;
static bool always; /* not only the next */

static int opening(const char *name, int flags, int mode)
{
    bool refuses = refused_file && (flags & O_ACCMODE) == O_RDWR && strstr(name, refused_file);
    if (!refuses) return open(name, flags, mode);
    if (!always) refused_file = NULL;
    errno = ENOSPC;
    return -1;
}

static int write_one(sqlite3 *h)
{
    return sqlite3_exec(h, "INSERT INTO t VALUES('x')", NULL, NULL, NULL) & 0xff;
}

static void opening_refused(const char *file)
{
    sqlite3_vfs *v = sqlite3_vfs_find("unix");
    must(v->xSetSystemCall(v, "open", (sqlite3_syscall_ptr)opening) == SQLITE_OK);
    refused_file = file;
    sqlite3 *h = opened(false);
    check(write_one(h) == SQLITE_READONLY && write_one(h) == SQLITE_READONLY && !refused_file,
        "%s: SQLite by itself never writes what it could not open at first", file);
    sqlite3_close(h);
    refused_file = file;
    h = opened(true);
    check(!refused_file && write_one(h) == SQLITE_OK, "here it is opened again");
    sqlite3_close(h);
    refused_file = file;
    always = true;
    int rc = sqlite_open(path, SQLITE_OPEN_READWRITE, &h);
    check(rc == SQLITE_CANTOPEN || (rc == SQLITE_OK && sqlite3_db_readonly(h, "main") == 1),
        "and never given as one that is written though it cannot be (%d)", rc);
    sqlite3_close(h);
    refused_file = NULL;
    always = false;
    (void)v->xSetSystemCall(v, "open", NULL);
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/t.db", folder);
    sqlite3 *h = opened(true);
    must(sqlite3_exec(h,
             "CREATE TABLE t(b); WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n"
             " WHERE i<200) INSERT INTO t SELECT randomblob(3000) FROM n",
             NULL, NULL, NULL) == SQLITE_OK);
    reads_refused("a log");
    must(sqlite3_exec(h, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK);
    reads_refused("a database");
    sqlite3_close(h);
    static const char *const files[] = {"t.db", "t.db-wal", "t.db-shm"};
    for (size_t i = 0; i < COUNT(files); i++) opening_refused(files[i]);
    unlink(path);
    rmdir(folder);
    return tap_end();
}
