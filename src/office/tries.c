/* tries.c: wrong passwords: who has to wait, and how long; and the audit lines. Names and addresses
 * are kept as hashes: the file holds no list of who tried what. */
#include <string.h>

#include "accounts_db.h"

int64_t tries_wait_of(uint32_t failures)
{
    if (failures < OFFICE_TRIES_FREE) return 0;
    uint32_t doublings = failures - OFFICE_TRIES_FREE;
    int64_t ms = doublings > 20 ? OFFICE_WAIT_MAX_MS : (int64_t)OFFICE_WAIT_FIRST_MS << doublings;
    return ms < OFFICE_WAIT_MAX_MS ? ms : OFFICE_WAIT_MAX_MS;
}

/* What is counted apart: the client, the name, and the name from that client. */
enum key_kind { KEY_CLIENT, KEY_NAME, KEY_BOTH, KEYS };

static void key_of(
    enum key_kind kind, struct span name, struct span address, unsigned char out[TOKEN_BYTES])
{
    struct buf b;
    buf_init(&b, NULL, 0);
    put_u8(&b, (uint8_t)kind);
    put_span(&b, kind == KEY_CLIENT ? S("") : name);
    put_span(&b, kind == KEY_NAME ? S("") : address);
    struct hash h = hash_of(buf_span(&b));
    memcpy(out, h.b, TOKEN_BYTES);
    buf_free(&b);
}

static int64_t wait_for(struct accounts *c, const unsigned char key[TOKEN_BYTES], int64_t now_ms)
{
    sqlite3_stmt *q = accounts_query(c, "SELECT until_ms FROM tries WHERE key=?1", "b", key);
    int64_t until = q && sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    int64_t left = until - now_ms;
    return left > OFFICE_WAIT_MAX_MS ? OFFICE_WAIT_MAX_MS : left > 0 ? left : 0;
}

static bool is_known(struct accounts *c, const unsigned char key[TOKEN_BYTES], int64_t now_ms)
{
    sqlite3_stmt *q = accounts_query(c, "SELECT 1 FROM known WHERE key=?1 AND at_ms>?2", "bi", key,
        now_ms - OFFICE_KNOWN_DAYS * INT64_C(86400000));
    bool known = q && sqlite3_step(q) == SQLITE_ROW;
    sqlite3_finalize(q);
    return known;
}

int64_t tries_wait(struct accounts *c, struct span name, struct span address, int64_t now_ms)
{
    unsigned char key[KEYS][TOKEN_BYTES];
    for (int k = 0; k < KEYS; k++) key_of((enum key_kind)k, name, address, key[k]);
    int64_t own = wait_for(c, key[KEY_CLIENT], now_ms), both = wait_for(c, key[KEY_BOTH], now_ms);
    int64_t of_name =
        is_known(c, key[KEY_BOTH], now_ms) ? both : wait_for(c, key[KEY_NAME], now_ms);
    return own > of_name ? own : of_name;
}

static enum result count_one(
    struct accounts *c, const unsigned char key[TOKEN_BYTES], int64_t now_ms)
{
    sqlite3_stmt *q =
        accounts_query(c, "SELECT failures, until_ms, at_ms FROM tries WHERE key=?1", "b", key);
    uint32_t failures = 0;
    if (q && sqlite3_step(q) == SQLITE_ROW) {
        int64_t until = sqlite3_column_int64(q, 1), at = sqlite3_column_int64(q, 2);
        if (now_ms < (until > at ? until : at) + OFFICE_FORGET_MS)
            failures = (uint32_t)sqlite3_column_int(q, 0);
    }
    sqlite3_finalize(q);
    if (failures < 1000) failures++;
    return accounts_do(c, NULL, "INSERT OR REPLACE INTO tries VALUES(?1,?2,?3,?4)", "biii", key,
        (int64_t)failures, now_ms + tries_wait_of(failures), now_ms);
}

bool tries_count(struct accounts *c, struct span name, struct span address, int64_t now_ms)
{
    unsigned char key[TOKEN_BYTES];
    if (sqlite3_exec(c->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) return false;
    bool good = true;
    for (int k = 0; k < KEYS; k++) {
        key_of((enum key_kind)k, name, address, key);
        good = good && count_one(c, key, now_ms) == OK;
    }
    (void)!accounts_do(c, NULL,
        "DELETE FROM tries WHERE (SELECT count(*) FROM tries)>?1 AND key IN"
        " (SELECT key FROM tries ORDER BY at_ms LIMIT 100)",
        "i", (int64_t)OFFICE_TRIES_ROWS);
    good = good && sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!good) sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return good;
}

/* The client is forgiven its mistakes with this name, and none with others: who has some account
 * may not use it to try all the rest. */
void tries_right(struct accounts *c, struct span name, struct span address, int64_t now_ms)
{
    unsigned char key[TOKEN_BYTES], client[TOKEN_BYTES];
    key_of(KEY_BOTH, name, address, key);
    key_of(KEY_CLIENT, name, address, client);
    (void)!accounts_do(c, NULL,
        "UPDATE tries SET until_ms=?3, failures=max(0, failures-coalesce("
        "(SELECT failures FROM tries WHERE key=?2),0)) WHERE key=?1",
        "bbi", client, key, now_ms);
    (void)!accounts_do(c, NULL, "DELETE FROM tries WHERE key=?1", "b", key);
    key_of(KEY_NAME, name, address, client);
    (void)!accounts_do(c, NULL, "DELETE FROM tries WHERE key=?1", "b", client);
    (void)!accounts_do(
        c, NULL, "INSERT OR REPLACE INTO known VALUES(?1,?2,?3)", "bti", key, name, now_ms);
    (void)!accounts_do(c, NULL, "DELETE FROM known WHERE at_ms<?1", "i",
        now_ms - OFFICE_KNOWN_DAYS * INT64_C(86400000));
}

void tries_forget(struct accounts *c, struct span name, struct span address)
{
    unsigned char key[TOKEN_BYTES];
    key_of(KEY_NAME, name, S(""), key);
    (void)!accounts_do(c, NULL, "DELETE FROM tries WHERE key=?1", "b", key);
    (void)!accounts_do(
        c, NULL, "DELETE FROM tries WHERE key IN (SELECT key FROM known WHERE name=?1)", "t", name);
    for (int k = 0; address.n && k < KEYS; k++) {
        key_of((enum key_kind)k, name, address, key);
        (void)!accounts_do(c, NULL, "DELETE FROM tries WHERE key=?1", "b", key);
    }
}

/* ---- the audit ---- */
#define IS_REFUSAL "(what LIKE 'refused%' OR what LIKE 'wrong%' OR what LIKE 'locked%')"

static bool is_refusal(const struct audit_line *t)
{
    return span_starts(t->what, S("refused")) || span_starts(t->what, S("wrong")) ||
           span_starts(t->what, S("locked"));
}

void audit_log(const struct audit_line *t)
{
    log_line(is_refusal(t) ? LOG_WARN : LOG_INFO, "audit: %.*s; account %.*s, address %.*s%s%.*s",
        FMT(t->what), FMT(t->who.n ? t->who : S("-")), FMT(t->address), t->detail.n ? ": " : "",
        FMT(t->detail));
}

void audit(struct accounts *c, const struct audit_line *t)
{
    audit_log(t);
    (void)!accounts_do(c, NULL,
        "INSERT INTO audit(at_ms, what, who, address, detail) VALUES(?1,?2,?3,?4,?5)", "itttt",
        t->at_ms, t->what, t->who, t->address, t->detail);
    if (is_refusal(t))
        (void)!accounts_do(c, NULL,
            "DELETE FROM audit WHERE " IS_REFUSAL " AND n<=(SELECT n FROM audit WHERE " IS_REFUSAL
            " ORDER BY n DESC LIMIT 1 OFFSET ?1)",
            "i", (int64_t)OFFICE_AUDIT_REFUSED);
    else
        (void)!accounts_do(c, NULL,
            "DELETE FROM audit WHERE NOT " IS_REFUSAL
            " AND n<=(SELECT n FROM audit WHERE NOT " IS_REFUSAL
            " ORDER BY n DESC LIMIT 1 OFFSET ?1)",
            "i", (int64_t)(OFFICE_AUDIT_ROWS - OFFICE_AUDIT_REFUSED));
}

enum result audit_list(
    struct accounts *c, size_t n, struct arena *a, struct audit_line **out, size_t *count_out)
{
    sqlite3_stmt *q = accounts_query(c,
        "SELECT at_ms, what, who, address, detail FROM audit ORDER BY n DESC LIMIT ?1", "i",
        (int64_t)n);
    size_t count = 0, cap = 0;
    struct audit_line *list = NULL;
    while (q && sqlite3_step(q) == SQLITE_ROW)
        *ARENA_PUSH(a, list, count, cap) = (struct audit_line){sqlite3_column_int64(q, 0),
            column_text(a, q, 1), column_text(a, q, 2), column_text(a, q, 3), column_text(a, q, 4)};
    sqlite3_finalize(q);
    *out = list;
    *count_out = count;
    return q ? OK : ERR_CORRUPT;
}
