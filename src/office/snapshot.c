/* snapshot: a database of the desk as one piece of bytes, whole and of one instant, while others
 * write it: for backups and spares. Knows nothing of what is in it. */
#include <sqlite3.h>

#include "office.h"

enum { BUSY_MS = 5000 };

enum result office_snapshot(const char *file, size_t max, struct arena *a, struct span *out)
{
    sqlite3 *db = NULL;
    sqlite3_int64 n = 0;
    enum result r = OK;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        r = sqlite3_errcode(db) == SQLITE_CANTOPEN ? ERR_ABSENT : ERR_IO;
    sqlite3_busy_timeout(db, BUSY_MS);
    unsigned char *bytes = r == OK ? sqlite3_serialize(db, "main", &n, 0) : NULL;
    if (r == OK && !bytes) r = sqlite3_errcode(db) == SQLITE_BUSY ? ERR_BUSY : ERR_CORRUPT;
    if (r == OK && (size_t)n > max) r = ERR_FULL;
    if (r == OK) *out = arena_keep(a, (struct span){(const char *)bytes, (size_t)n});
    sqlite3_free(bytes);
    sqlite3_close(db);
    return r;
}
