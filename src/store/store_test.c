/* Opening, jobs, crashes between the two commits, the switch to a rebuilt store, keys. */
#include "try.h"

#include <sys/wait.h>

static void put_number(struct store *s, uint64_t n)
{
    struct arena *a = arena_new(1 << 20);
    struct view *v = try_view(a, n);
    struct stored_version version = {.item = v->id,
        .page = v->id,
        .feed = v->feed,
        .packed = S("packed"),
        .link_key = S("ferry"),
        .received_ms = NOW,
        .pos = n + 1};
    try_put(s, v, v->published_ms, INT64_MAX);
    must(store_put_version(s, &version) == OK);
    arena_free(a);
}

static size_t versions_of(struct store *s, uint64_t n)
{
    struct arena *a = arena_new(1 << 20);
    struct stored_version *list;
    size_t count;
    must(store_versions(s, try_view(a, n)->id, a, &list, &count) == OK);
    arena_free(a);
    return count;
}

static bool has_story(struct store *s, uint64_t n)
{
    struct arena *a = arena_new(1 << 20);
    struct view *v;
    int64_t from, until;
    enum result r = store_story_summary(s, try_view(a, n)->id, a, &v, &from, &until);
    arena_free(a);
    return r == OK;
}

static void jobs(void)
{
    struct store *s = try_open(false);
    check(store_position(s) == 0, "a new store has applied nothing");
    must(store_begin(s) == OK);
    put_number(s, 0);
    must(store_commit(s, 1) == OK);
    must(store_begin(s) == OK);
    put_number(s, 1);
    store_rollback(s);
    check(store_position(s) == 1 && has_story(s, 0) && !has_story(s, 1), "a job is all or nothing");
    struct store *second;
    const char *why;
    enum result busy = store_open(try_folder, false, &second, &why);
    check(busy == ERR_BUSY && why, "a second writer is refused");
    store_close(s);
    s = try_open(false);
    check(store_position(s) == 1 && has_story(s, 0), "it is all there after reopening");
    store_close(s);
}

/* A web process that starts while no newsroom runs: the writer left its WAL behind when it closed.
 */
static void reader_alone(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct reader *r;
        bool good = reader_open(try_folder, (struct reader_hooks){0}, &r) == OK;
        good = good && reader_begin(r, NOW + DAY_MS) == OK && reader_position(r) == 1;
        _exit(good ? 0 : 1);
    }
    int status;
    must(waitpid(child, &status, 0) == child);
    check(status == 0, "readers open a store whose writer has closed it");
}

/* desk.db has job 2, site.db has not: the store is at 1, and applying 2 again ends where it should.
 */
static void crash_between_commits(void)
{
    pid_t child = fork();
    if (child == 0) {
        struct store *s = try_open(false);
        must(store_begin(s) == OK);
        put_number(s, 1);
        must(store_commit_file(&s->desk, DESK_SET_POSITION, 2) == OK);
        _exit(0);
    }
    int status;
    must(waitpid(child, &status, 0) == child && status == 0);
    struct store *s = try_open(false);
    check(store_position(s) == 1, "after a crash between the commits the lower position counts");
    check(versions_of(s, 1) == 1 && !has_story(s, 1), "one file has the job, the other has not");
    must(store_begin(s) == OK);
    put_number(s, 1);
    must(store_commit(s, 2) == OK);
    check(store_position(s) == 2 && versions_of(s, 1) == 1 && has_story(s, 1),
        "applied again, nothing is doubled and nothing missing");
    store_close(s);
}

static void switching(void)
{
    struct store *old = try_open(false);
    struct arena *a = arena_new(4 << 20);
    struct reader *r = try_reader(NULL, NULL);
    struct store *fresh = try_open(true);
    check(store_position(fresh) == 0 && !has_story(fresh, 0), "a fresh store starts empty");
    must(store_begin(fresh) == OK);
    put_number(fresh, 5);
    must(store_commit(fresh, 9) == OK);
    must(reader_begin(r, NOW + DAY_MS) == OK);
    check(reader_position(r) == 2, "readers stay with the old one while it is built");
    check_span(
        try_list(r, a, (struct list_query){.kind = LIST_NEWEST}), S("1,0"), "with its stories");
    check(store_switch(fresh) == OK, "the fresh one takes its place");
    check_span(try_list(r, a, (struct list_query){.kind = LIST_NEWEST}), S("1,0"),
        "an open snapshot stands");
    reader_end(r);
    must(reader_begin(r, NOW + DAY_MS) == OK);
    check(reader_position(r) == 9, "the next snapshot sees the new one");
    check_span(
        try_list(r, a, (struct list_query){.kind = LIST_NEWEST}), S("5"), "with its stories");
    reader_end(r);
    store_close(old);
    store_close(fresh);
    struct store *again = try_open(false);
    check(store_position(again) == 9 && has_story(again, 5), "it is what is opened from now on");
    store_close(again);
    reader_close(r);
    arena_free(a);
}

/* A rebuild that died before its switch changes nothing and leaves nothing behind. */
static void rebuild_dies(void)
{
    struct store *fresh = try_open(true);
    uint64_t dead = fresh->generation;
    store_close(fresh);
    struct store *s = try_open(false);
    check(store_position(s) == 9 && s->generation != dead, "the old store stands");
    char path[PATH_MAX];
    folder_path(try_folder, dead, FILE_SITE, path);
    check(access(path, F_OK) != 0, "the remains are swept away");
    store_close(s);
}

static void set_version(int version)
{
    uint64_t generation;
    char path[PATH_MAX], sql[64];
    struct db d;
    must(folder_current(try_folder, &generation) == OK);
    folder_path(try_folder, generation, FILE_SITE, path);
    must(db_open(path, SQLITE_OPEN_READWRITE, &d) == OK);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", version);
    must(db_exec(&d, sql) == OK);
    db_close(&d);
}

/* A cage forbids the files of SQLite's own: one job of a thousand stories would wait for ever. */
static void temporaries(void)
{
    struct db d;
    sqlite3_stmt *q;
    must(db_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &d) == OK);
    must(sqlite3_prepare_v2(d.h, "PRAGMA temp_store", -1, &q, NULL) == SQLITE_OK);
    must(sqlite3_step(q) == SQLITE_ROW);
    check(sqlite3_column_int(q, 0) == 2, "what SQLite spills stays in memory");
    sqlite3_finalize(q);
    db_close(&d);
}

static int refuse_all(
    void *with, int what, const char *a, const char *b, const char *c, const char *d)
{
    (void)with, (void)what, (void)a, (void)b, (void)c, (void)d;
    return SQLITE_DENY;
}

/* A fence or a failing disk is no damaged store: only that is built again. */
static void unprepared(void)
{
    static const char *const sql[] = {"SELECT 1", "SELECT x FROM nothing"};
    struct db d;
    int64_t n = 0;
    must(db_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &d) == OK);
    db_statements(&d, sql, COUNT(sql));
    check(db_number(&d, 1, NULL, 0, &n) == ERR_CORRUPT, "a table that is not there is damage");
    sqlite3_set_authorizer(d.h, refuse_all, NULL);
    enum result r = db_number(&d, 0, NULL, 0, &n);
    check(r == ERR_DENIED, "what may not be prepared is not (%s)", result_name(r));
    db_close(&d);
}

static void strangers(void)
{
    struct store *s;
    struct reader *r;
    const char *why = NULL;
    set_version(STORE_VERSION + 1);
    enum result result = store_open(try_folder, false, &s, &why);
    check(result == ERR_NEWER && why, "a newer version's store is refused: %s", why);
    check(reader_open(try_folder, (struct reader_hooks){0}, &r) == ERR_NEWER, "by readers too");
    set_version(STORE_VERSION - 1);
    result = store_open(try_folder, false, &s, &why);
    check(result == ERR_CORRUPT, "an older one asks for a rebuild: %s", why);
    set_version(STORE_VERSION);
    uint64_t generation;
    char path[PATH_MAX];
    must(folder_current(try_folder, &generation) == OK);
    folder_path(try_folder, generation, FILE_DESK, path);
    must(unlink(path) == 0);
    result = store_open(try_folder, false, &s, &why);
    check(result == ERR_CORRUPT, "a missing file asks for a rebuild: %s", why);
    s = try_open(true);
    must(store_switch(s) == OK);
    check(store_position(s) == 0, "and a rebuild can begin");
    store_close(s);
}

static bool was_touched(struct store *s, const char *name)
{
    size_t n;
    const uint32_t *slots = store_touched(s, &n);
    for (size_t i = 0; i < n; i++)
        if (slots[i] == keys_slot(span_of(name))) return true;
    return false;
}

static void touched(void)
{
    struct store *s = try_open(false);
    struct arena *a = arena_new(1 << 20);
    struct view *v = try_view(a, 3);
    must(store_begin(s) == OK);
    try_put(s, v, v->published_ms, INT64_MAX);
    check(was_touched(s, "front") && was_touched(s, "section:world") && was_touched(s, "all"),
        "a put touches its lists");
    check(was_touched(s, "day:2026-01-01") && was_touched(s, "author:ines-marlow"),
        "its day and author");
    must(store_commit(s, 1) == OK);
    must(store_begin(s) == OK);
    check(!was_touched(s, "front"), "a new job starts clean");
    v->section = S("sport");
    v->tag_count = 0;
    try_put(s, v, v->published_ms, INT64_MAX);
    check(was_touched(s, "section:world") && was_touched(s, "section:sport"),
        "a move touches both sections");
    check(was_touched(s, "tag:budget") && was_touched(s, "tag:weather") == false,
        "and the tags it had");
    must(store_commit(s, 2) == OK);
    store_close(s);
    arena_free(a);
}

/* One that gives no reason to those who asked, as store_file does: false is "not there" for them.
 */
static int interrupt(void *with)
{
    (void)with;
    return 1;
}

static void unheard_failure(void)
{
    struct arena *a = arena_new(1 << 20);
    struct store *s = try_open(false);
    struct span hash;
    uint64_t before = store_position(s);
    must(store_begin(s) == OK);
    sqlite3_progress_handler(s->desk.h, 1, interrupt, NULL);
    must(!store_file(s, S("wire"), S("a.jpg"), a, &hash));
    sqlite3_progress_handler(s->desk.h, 0, NULL, NULL);
    enum result failed = store_failed(s);
    check(failed != OK && store_commit(s, before + 1) == failed && store_position(s) == before,
        "what was decided while a question failed is not kept");
    must(store_begin(s) == OK && store_failed(s) == OK);
    check(store_commit(s, before + 1) == OK, "and decided again");
    store_close(s);
    arena_free(a);
}

static void keys(void)
{
    struct keys *writer, *web;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/run", try_folder);
    check(keys_open(folder, false, &web) == ERR_ABSENT, "keys are absent before the writer");
    must(keys_open(folder, true, &writer) == OK && keys_open(folder, false, &web) == OK);
    uint32_t slot = keys_slot(S("section:world"));
    uint64_t before = keys_get(web, slot);
    keys_bump(writer, slot);
    check(
        keys_get(web, slot) == before + 1 && slot < KEY_SLOTS, "a bump is seen on the other side");
    keys_close(writer);
    keys_close(web);
}

int main(void)
{
    try_start();
    jobs();
    reader_alone();
    crash_between_commits();
    switching();
    rebuild_dies();
    temporaries();
    unprepared();
    strangers();
    touched();
    unheard_failure();
    keys();
    try_end();
    return tap_end();
}
