/* check: is the store whole? Every row against its checksum, every story against its views, and
 * SQLite's own integrity check. Reads only. What it finds is answered by a rebuild; until then
 * readers leave the damaged rows out. */
#include "inside.h"

static enum result first_text(struct arena *a, struct db *d, const char *sql, struct span *out)
{
    sqlite3_stmt *q;
    int rc = sqlite3_prepare_v2(d->h, sql, -1, &q, NULL);
    if (rc != SQLITE_OK) return db_result(d, rc);
    rc = sqlite3_step(q);
    *out = rc == SQLITE_ROW ? db_keep(a, q, 0) : S("");
    sqlite3_finalize(q);
    return db_result(d, rc);
}

static enum result first_of(
    struct arena *a, struct db *d, const char *what, const struct summed_table *t, struct span *out)
{
    char *sql = sqlite3_mprintf(
        "SELECT %s FROM %s WHERE sum IS NOT bs_sum(%s)", what, t->table, t->columns);
    must(sql != NULL);
    enum result r = first_text(a, d, sql, out);
    sqlite3_free(sql);
    return r;
}

/* The story of the first of them: whoever reads it can look at its page. */
static struct span of_story(struct arena *a, struct db *d, const struct summed_table *t)
{
    struct span number;
    int64_t id = 0;
    if (!t->story || first_of(a, d, t->story, t, &number) != OK || !span_to_i64(number, &id) || !id)
        return S("");
    return arena_printf(a, ", the first of story %.*s", FMT(story_id_text(a, (story_id)id)));
}

static enum result check_table(
    struct store *s, struct arena *a, const struct summed_table *t, struct span *why_out)
{
    struct db *d = t->file == FILE_SITE ? &s->site : &s->desk;
    struct span bad = {0};
    enum result r = first_of(a, d, "count(*)", t, &bad);
    if (r != OK || span_eq(bad, S("0"))) return r;
    *why_out = arena_printf(a, "%.*s rows of table %s do not match their checksums%.*s", FMT(bad),
        t->table, FMT(of_story(a, d, t)));
    return ERR_CORRUPT;
}

static enum result check_file(struct arena *a, struct db *d, const char *name, struct span *why_out)
{
    struct span said = {0};
    enum result r = first_text(a, d, "PRAGMA integrity_check(1)", &said);
    if (r != OK || span_eq(said, S("ok"))) return r;
    *why_out = arena_printf(a, "%s: %.*s", name, FMT(said));
    return ERR_CORRUPT;
}

/* A body for every story, and nothing that belongs to none. */
static enum result check_joints(struct store *s, struct arena *a, struct span *why_out)
{
    struct span lone = {0};
    enum result r = first_text(a, &s->site,
        "SELECT (SELECT count(*) FROM story WHERE row NOT IN (SELECT story FROM body))"
        "+(SELECT count(*) FROM body WHERE story NOT IN (SELECT row FROM story))"
        "+(SELECT count(*) FROM label WHERE story NOT IN (SELECT row FROM story))"
        "+(SELECT count(*) FROM member WHERE story NOT IN (SELECT row FROM story))"
        "+(SELECT count(*) FROM shown WHERE story NOT IN (SELECT row FROM story))",
        &lone);
    if (r != OK || span_eq(lone, S("0"))) return r;
    *why_out = arena_printf(a, "%.*s rows belong to no story or lack their body", FMT(lone));
    return ERR_CORRUPT;
}

enum result store_check(struct store *s, struct arena *a, struct span *why_out)
{
    *why_out = S("");
    enum result r = check_file(a, &s->site, "site.db", why_out);
    if (r == OK) r = check_file(a, &s->desk, "desk.db", why_out);
    for (size_t i = 0; r == OK && i < summed_table_count; i++)
        r = check_table(s, a, &summed_tables[i], why_out);
    if (r == OK) r = check_joints(s, a, why_out);
    if (r != OK && !why_out->n) *why_out = span_of(result_name(r));
    return r;
}
