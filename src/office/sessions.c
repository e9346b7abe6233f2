/* sessions.c: who is signed in, and the API's tokens. A token is 256 random bits, kept as its hash:
 * whoever reads the file can sign in with nothing of it. */
#include <stdio.h>
#include <string.h>

#include "accounts_db.h"

enum { TOUCH_MS = 60000, AGENT_MAX = 120, NUMBER_BYTES = 6 };

void token_new(char text_out[TOKEN_TEXT + 1])
{
    unsigned char b[TOKEN_BYTES];
    random_bytes(b, sizeof b);
    for (size_t i = 0; i < sizeof b; i++) snprintf(text_out + 2 * i, 3, "%02x", b[i]);
}

bool token_hash(struct span text, unsigned char out[TOKEN_BYTES])
{
    unsigned char b[TOKEN_BYTES];
    if (text.n != TOKEN_TEXT || !hex_to_bytes(text, b, sizeof b)) return false;
    struct hash h = hash_keyed(S("broadsheet desk token"), (struct span){(char *)b, sizeof b});
    memcpy(out, h.b, TOKEN_BYTES);
    return true;
}

struct span token_form(struct arena *a, struct span text)
{
    struct hash h = hash_keyed(text, S("form"));
    return hash_hex(a, &h);
}

static struct span cut_agent(struct span agent)
{
    return utf8_valid(agent) ? utf8_head(agent, AGENT_MAX) : S("");
}

static enum result sweep(struct accounts *c, struct span account, int64_t now_ms)
{
    enum result r = accounts_do(c, NULL, "DELETE FROM session WHERE used_ms<?1 OR made_ms<?2", "ii",
        now_ms - OFFICE_IDLE_MS, now_ms - OFFICE_LIFE_MS);
    if (r != OK) return r;
    return accounts_do(c, NULL,
        "DELETE FROM session WHERE account=?1 AND token NOT IN (SELECT token FROM session"
        " WHERE account=?1 ORDER BY used_ms DESC LIMIT ?2)",
        "ti", account, (int64_t)OFFICE_SESSIONS_MAX - 1);
}

enum result sessions_start(struct accounts *c, const struct session *s, int64_t now_ms)
{
    enum result r = sweep(c, s->account, now_ms);
    if (r != OK) return r;
    return accounts_do(c, NULL, "INSERT INTO session VALUES(?1,?2,?3,?3,?4,?5)", "btitt", s->token,
        s->account, now_ms, s->address, cut_agent(s->agent));
}

/* The role is the account's: it cannot outlive a change of it. */
#define COLUMNS                                                                                    \
    "SELECT s.token, s.account, a.role, s.made_ms, s.used_ms, s.address, s.agent FROM session s"   \
    " JOIN account a ON a.name=s.account"

static struct session read_session(struct arena *a, sqlite3_stmt *q)
{
    struct session s = {.account = column_text(a, q, 1),
        .role = (enum desk_role)sqlite3_column_int(q, 2),
        .made_ms = sqlite3_column_int64(q, 3),
        .used_ms = sqlite3_column_int64(q, 4),
        .address = column_text(a, q, 5),
        .agent = column_text(a, q, 6)};
    if (sqlite3_column_bytes(q, 0) == TOKEN_BYTES)
        memcpy(s.token, sqlite3_column_blob(q, 0), TOKEN_BYTES);
    s.number = bytes_hex(a, s.token, NUMBER_BYTES);
    return s;
}

enum result sessions_find(
    struct accounts *c, struct span text, int64_t now_ms, struct arena *a, struct session *out)
{
    unsigned char hash[TOKEN_BYTES];
    if (!token_hash(text, hash)) return ERR_ABSENT;
    sqlite3_stmt *q =
        accounts_query(c, COLUMNS " WHERE s.token=?1 AND s.used_ms>=?2 AND s.made_ms>=?3", "bii",
            hash, now_ms - OFFICE_IDLE_MS, now_ms - OFFICE_LIFE_MS);
    bool found = q && sqlite3_step(q) == SQLITE_ROW;
    if (found) *out = read_session(a, q);
    sqlite3_finalize(q);
    if (!found) return ERR_ABSENT;
    if (now_ms - out->used_ms > TOUCH_MS)
        (void)!accounts_do(
            c, NULL, "UPDATE session SET used_ms=?2 WHERE token=?1", "bi", hash, now_ms);
    return OK;
}

enum result sessions_list(struct accounts *c, struct span account, int64_t now_ms, struct arena *a,
    struct session **out, size_t *count_out)
{
    sqlite3_stmt *q = accounts_query(c,
        COLUMNS " WHERE (?1='' OR s.account=?1) AND s.used_ms>=?2 AND s.made_ms>=?3"
                " ORDER BY s.account, s.used_ms DESC",
        "tii", account, now_ms - OFFICE_IDLE_MS, now_ms - OFFICE_LIFE_MS);
    size_t n = 0, cap = 0;
    struct session *list = NULL;
    while (q && sqlite3_step(q) == SQLITE_ROW) *ARENA_PUSH(a, list, n, cap) = read_session(a, q);
    sqlite3_finalize(q);
    *out = list;
    *count_out = n;
    return q ? OK : ERR_CORRUPT;
}

enum result sessions_end(struct accounts *c, struct span account, struct span number)
{
    int changed = 0;
    enum result r = accounts_do(c, &changed,
        "DELETE FROM session WHERE (?1='' OR account=?1) AND lower(substr(hex(token),1,12))=?2",
        "tt", account, number);
    return r == OK && !changed ? ERR_ABSENT : r;
}

/* ---- tokens of the API ---- */
enum result tokens_add(struct accounts *c, struct span name, enum desk_role role, int64_t now_ms,
    char text_out[TOKEN_TEXT + 1])
{
    unsigned char hash[TOKEN_BYTES];
    token_new(text_out);
    must(token_hash(span_of(text_out), hash));
    return accounts_do(c, NULL, "INSERT INTO token VALUES(?1,?2,?3,?4,0)", "tbii", name, hash,
        (int64_t)role, now_ms);
}

static struct api_token read_token(struct arena *a, sqlite3_stmt *q)
{
    return (struct api_token){column_text(a, q, 0), (enum desk_role)sqlite3_column_int(q, 1),
        sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 3)};
}

enum result tokens_find(
    struct accounts *c, struct span text, int64_t now_ms, struct arena *a, struct api_token *out)
{
    unsigned char hash[TOKEN_BYTES];
    if (!token_hash(text, hash)) return ERR_ABSENT;
    sqlite3_stmt *q = accounts_query(
        c, "SELECT name, role, made_ms, used_ms FROM token WHERE hash=?1", "b", hash);
    bool found = q && sqlite3_step(q) == SQLITE_ROW;
    if (found) *out = read_token(a, q);
    sqlite3_finalize(q);
    if (found && now_ms - out->used_ms > TOUCH_MS)
        (void)!accounts_do(
            c, NULL, "UPDATE token SET used_ms=?2 WHERE hash=?1", "bi", hash, now_ms);
    return found ? OK : ERR_ABSENT;
}

enum result tokens_list(
    struct accounts *c, struct arena *a, struct api_token **out, size_t *count_out)
{
    sqlite3_stmt *q =
        accounts_query(c, "SELECT name, role, made_ms, used_ms FROM token ORDER BY name", "");
    size_t n = 0, cap = 0;
    struct api_token *list = NULL;
    while (q && sqlite3_step(q) == SQLITE_ROW) *ARENA_PUSH(a, list, n, cap) = read_token(a, q);
    sqlite3_finalize(q);
    *out = list;
    *count_out = n;
    return q ? OK : ERR_CORRUPT;
}

enum result tokens_remove(struct accounts *c, struct span name)
{
    int changed = 0;
    enum result r = accounts_do(c, &changed, "DELETE FROM token WHERE name=?1", "t", name);
    return r == OK && !changed ? ERR_ABSENT : r;
}
