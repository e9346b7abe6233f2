/* outbox_alarms: alarms that have been told, so that each is told once, again only after a long
 * while, and once more when it is over; and notes that outlive the courier. */
#include "outbox_db.h"

struct known_alarm {
    bool open;
    int64_t told_ms, since_ms;
    uint64_t count;
};

static enum result find_alarm(
    struct outbox *o, struct span kind, struct span subject, struct known_alarm *out)
{
    enum result r = OK;
    sqlite3_stmt *q = outbox_sql(o, SQL_ALARM);
    outbox_bind(q, 1, kind);
    outbox_bind(q, 2, subject);
    *out = (struct known_alarm){0};
    if (outbox_row(o, q, &r))
        *out = (struct known_alarm){.open = sqlite3_column_int(q, 0),
            .told_ms = sqlite3_column_int64(q, 1),
            .since_ms = sqlite3_column_int64(q, 2),
            .count = (uint64_t)sqlite3_column_int64(q, 3)};
    sqlite3_reset(q);
    return r;
}

static enum result put_alarm(struct outbox *o, struct span kind, struct span subject,
    struct span text, const struct known_alarm *k, int64_t now_ms)
{
    sqlite3_stmt *q = outbox_sql(o, SQL_ALARM_PUT);
    outbox_bind(q, 1, kind);
    outbox_bind(q, 2, subject);
    outbox_bind(q, 3, text);
    sqlite3_bind_int64(q, 4, k->since_ms);
    sqlite3_bind_int64(q, 5, now_ms);
    sqlite3_bind_int64(q, 6, k->told_ms);
    sqlite3_bind_int64(q, 7, (int64_t)k->count);
    sqlite3_bind_int(q, 8, k->open);
    return outbox_run(o, q);
}

enum result outbox_raise(struct outbox *o, struct span kind, struct span subject, struct span text,
    int64_t again_ms, int64_t now_ms, bool *tell_out)
{
    struct known_alarm k;
    enum result r = find_alarm(o, kind, subject, &k);
    if (r != OK) return r;
    *tell_out = !k.open || now_ms - k.told_ms >= again_ms;
    if (!k.open) k = (struct known_alarm){.open = true, .since_ms = now_ms};
    if (*tell_out) k.told_ms = now_ms;
    k.count++;
    return put_alarm(o, kind, subject, text, &k, now_ms);
}

enum result outbox_clear(
    struct outbox *o, struct span kind, struct span subject, int64_t now_ms, bool *tell_out)
{
    struct known_alarm k;
    *tell_out = false;
    enum result r = find_alarm(o, kind, subject, &k);
    if (r != OK || !k.open) return r;
    *tell_out = true;
    k.open = false;
    return put_alarm(o, kind, subject, S(""), &k, now_ms);
}

enum result outbox_alarms(
    struct outbox *o, struct arena *a, struct outbox_alarm *out, size_t n, size_t *count_out)
{
    enum result r = OK;
    sqlite3_stmt *q = outbox_sql(o, SQL_ALARMS);
    sqlite3_bind_int64(q, 1, (int64_t)n);
    *count_out = 0;
    while (*count_out < n && outbox_row(o, q, &r))
        out[(*count_out)++] = (struct outbox_alarm){.kind = outbox_keep(a, q, 0),
            .subject = outbox_keep(a, q, 1),
            .text = outbox_keep(a, q, 2),
            .since_ms = sqlite3_column_int64(q, 3),
            .last_ms = sqlite3_column_int64(q, 4),
            .count = (uint64_t)sqlite3_column_int64(q, 5),
            .open = true};
    sqlite3_reset(q);
    return r;
}

enum result outbox_note(struct outbox *o, struct span name, int64_t *value, bool write)
{
    enum result r = OK;
    sqlite3_stmt *q = outbox_sql(o, write ? SQL_NOTE_PUT : SQL_NOTE);
    outbox_bind(q, 1, name);
    if (write) {
        sqlite3_bind_int64(q, 2, *value);
        return outbox_run(o, q);
    }
    *value = outbox_row(o, q, &r) ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_reset(q);
    return r;
}
