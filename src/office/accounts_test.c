/* accounts_test.c: accounts.db: accounts, sessions, tokens, the audit; and files that are not ours
 * to read. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "office.h"
#include "tap.h"

enum { NOW = 1000000000 };
static char data[] = "/tmp/broadsheet-accounts-XXXXXX";

static struct account named(const char *name, enum desk_role role)
{
    struct account t = {.name = span_of(name), .role = role, .made_ms = NOW};
    snprintf(t.hash, sizeof t.hash, "hash of %s", name);
    return t;
}

static void accounts(struct accounts *c, struct arena *a)
{
    struct account anna = named("anna", DESK_CHIEF), ed = named("ed", DESK_EDITOR), back, *list;
    size_t n;
    check(accounts_add(c, &anna) == OK && accounts_add(c, &ed) == OK, "accounts are added");
    check(accounts_add(c, &anna) == ERR_BUSY, "a name once");
    check(accounts_find(c, S("anna"), a, &back) == OK && back.role == DESK_CHIEF &&
              strcmp(back.hash, "hash of anna") == 0,
        "and found with role and hash");
    check(accounts_find(c, S("ann"), a, &back) == ERR_ABSENT, "an unknown name is not");
    check(accounts_list(c, a, &list, &n) == OK && n == 2 && span_eq(list[0].name, S("anna")),
        "and listed by name");
    check(account_name_fits(S("a.b-c_9")) && !account_name_fits(S("Anna")) &&
              !account_name_fits(S("")) && !account_name_fits(S("a b")) &&
              !account_name_fits(S("12345678901234567890123456789012345678901")),
        "names are short and plain");
}

static struct session begin(
    struct accounts *c, const char *account, int64_t now, char token[TOKEN_TEXT + 1])
{
    struct session s = {
        .account = span_of(account), .address = S("192.0.2.1"), .agent = S("Phone")};
    token_new(token);
    must(token_hash(span_of(token), s.token));
    must(sessions_start(c, &s, now) == OK);
    return s;
}

static void sessions(struct accounts *c, struct arena *a)
{
    char token[TOKEN_TEXT + 1], other[TOKEN_TEXT + 1], third[TOKEN_TEXT + 1];
    struct session s, *list;
    size_t n;
    begin(c, "anna", NOW, token);
    begin(c, "anna", NOW, other);
    begin(c, "ed", NOW, third);
    check(strcmp(token, other) != 0, "no two tokens are alike");
    check(sessions_find(c, span_of(token), NOW, a, &s) == OK && s.role == DESK_CHIEF &&
              span_eq(s.account, S("anna")),
        "a session is found by its token, with its account's role");
    check(sessions_find(c, S("00"), NOW, a, &s) == ERR_ABSENT &&
              sessions_find(c, S(""), NOW, a, &s) == ERR_ABSENT,
        "what is no token finds nothing");
    check(!span_eq(token_form(a, span_of(token)), token_form(a, span_of(other))) &&
              span_eq(token_form(a, span_of(token)), token_form(a, span_of(token))),
        "each session has a form token of its own");
    check(sessions_list(c, S("anna"), NOW, a, &list, &n) == OK && n == 2, "one's own are listed");
    check(sessions_list(c, S(""), NOW, a, &list, &n) == OK && n == 3, "or everybody's");
    check(sessions_end(c, S("ed"), list[0].number) == ERR_ABSENT, "another's cannot be ended");
    must(sessions_find(c, span_of(token), NOW + OFFICE_IDLE_MS - 1, a, &s) == OK);
    check(sessions_find(c, span_of(token), NOW + 2 * OFFICE_IDLE_MS - 2, a, &s) == OK,
        "a used session goes on");
    check(sessions_find(c, span_of(other), NOW + OFFICE_IDLE_MS + 1, a, &s) == ERR_ABSENT,
        "an idle one has ended");
    int64_t now = NOW;
    while (now < NOW + OFFICE_LIFE_MS - OFFICE_IDLE_MS / 2)
        must(sessions_find(c, span_of(token), now += OFFICE_IDLE_MS / 2, a, &s) == OK);
    check(sessions_find(c, span_of(token), NOW + OFFICE_LIFE_MS + 1, a, &s) == ERR_ABSENT,
        "and after seven days any has");
}

static void changes(struct accounts *c, struct arena *a)
{
    char token[TOKEN_TEXT + 1], other[TOKEN_TEXT + 1];
    struct account back;
    struct session mine = begin(c, "anna", NOW, token), s;
    begin(c, "anna", NOW, other);
    must(accounts_change(c, S("anna"), "new hash", DESK_NOBODY, mine.token, NOW) == OK);
    check(sessions_find(c, span_of(token), NOW, a, &s) == OK &&
              sessions_find(c, span_of(other), NOW, a, &s) == ERR_ABSENT,
        "a new password ends the others and not the one that gave it");
    must(accounts_find(c, S("anna"), a, &back) == OK);
    check(strcmp(back.hash, "new hash") == 0 && back.role == DESK_CHIEF, "and changes no role");
    must(accounts_change(c, S("anna"), NULL, DESK_READER, NULL, NOW) == OK);
    check(sessions_find(c, span_of(token), NOW, a, &s) == ERR_ABSENT,
        "a new role ends every session that had the old one");
    must(accounts_find(c, S("anna"), a, &back) == OK);
    check(
        strcmp(back.hash, "new hash") == 0 && back.role == DESK_READER, "and leaves the password");
    check(accounts_change(c, S("none"), NULL, DESK_READER, NULL, NOW) == ERR_ABSENT,
        "nobody is changed for nobody");
    for (int i = 0; i < OFFICE_SESSIONS_MAX + 5; i++) begin(c, "ed", NOW + i, token);
    struct session *list;
    size_t n;
    check(sessions_list(c, S("ed"), NOW, a, &list, &n) == OK && n == OFFICE_SESSIONS_MAX,
        "an account has so many sessions at most (%zu)", n);
    must(accounts_remove(c, S("ed")) == OK);
    check(sessions_list(c, S("ed"), NOW, a, &list, &n) == OK && n == 0 &&
              accounts_remove(c, S("ed")) == ERR_ABSENT,
        "a removed account leaves none");
}

static void tokens(struct accounts *c, struct arena *a)
{
    char text[TOKEN_TEXT + 1], session[TOKEN_TEXT + 1];
    struct api_token t, *list;
    struct session s;
    size_t n;
    check(tokens_add(c, S("robot"), DESK_EDITOR, NOW, text) == OK &&
              tokens_add(c, S("robot"), DESK_EDITOR, NOW, session) == ERR_BUSY,
        "a token's name is given once");
    check(tokens_find(c, span_of(text), NOW, a, &t) == OK && t.role == DESK_EDITOR &&
              span_eq(t.name, S("robot")),
        "it is found, with its role");
    begin(c, "anna", NOW, session);
    check(tokens_find(c, span_of(session), NOW, a, &t) == ERR_ABSENT &&
              sessions_find(c, span_of(text), NOW, a, &s) == ERR_ABSENT,
        "a session is no token, and a token no session");
    check(tokens_list(c, a, &list, &n) == OK && n == 1 && tokens_remove(c, S("robot")) == OK &&
              tokens_find(c, span_of(text), NOW, a, &t) == ERR_ABSENT,
        "removed, it opens nothing");
}

static void audits(struct accounts *c, struct arena *a)
{
    struct audit_line *list;
    size_t n;
    log_quiet(LOG_ERROR);
    for (int i = 0; i < OFFICE_AUDIT_ROWS + 3; i++) {
        struct audit_line line = {.at_ms = NOW + i,
            .what = S("refused: <test>"),
            .who = S("anna"),
            .address = S("::1"),
            .detail = S("")};
        if (i >= 3 && i < OFFICE_AUDIT_ROWS) continue; /* each is a commit: a few do */
        audit(c, &line);
    }
    check(audit_list(c, 3, a, &list, &n) == OK && n == 3 && list[0].at_ms > list[2].at_ms,
        "the newest lines of the audit come first");
}

static void strange_files(struct accounts *c)
{
    char file[4096], command[128];
    const char *why = NULL;
    struct accounts *other = NULL;
    sqlite3 *db;
    accounts_close(c);
    snprintf(file, sizeof file, "%s/desk/accounts.db", data);
    snprintf(command, sizeof command, "PRAGMA user_version=%d", OFFICE_VERSION + 1);
    must(sqlite3_open(file, &db) == SQLITE_OK &&
         sqlite3_exec(db, command, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    check(accounts_open(data, &other, &why) == ERR_NEWER && strstr(why, "newer") &&
              strstr(why, "accounts.db"),
        "a newer version's file is refused in words: %s", why);
    must(sqlite3_open(file, &db) == SQLITE_OK &&
         sqlite3_exec(db, "PRAGMA user_version=1; PRAGMA application_id=7", NULL, NULL, NULL) ==
             SQLITE_OK);
    sqlite3_close(db);
    check(accounts_open(data, &other, &why) == ERR_CORRUPT, "so is another program's: %s", why);
    FILE *f = fopen(file, "w");
    for (int i = 0; i < 200; i++) fputs("this is no database at all ", f);
    fclose(f);
    check(accounts_open(data, &other, &why) == ERR_CORRUPT, "and what is none: %s", why);
    unlink(file);
    check(accounts_open(data, &other, &why) == OK, "without a file a new one is made");
    accounts_close(other);
    check(accounts_open("/proc/nowhere", &other, &why) != OK && strstr(why, "/proc/nowhere"),
        "a folder that cannot be made is named: %s", why);
}

static void passwords(void)
{
    char hash[128];
    const char *why;
    check(!password_fits(S("ninechars"), &why) && password_fits(S("ten_chars_"), &why),
        "ten characters are a password");
    check(password_fits(S("दस अक्षर यहाँ हैं"), &why), "in any script");
    check(!password_fits(S("two\nlines are none"), &why) &&
              !password_fits((struct span){"nul\0nul\0nul", 11}, &why) &&
              !password_fits(S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), &why),
        "lines, NULs and broken bytes are none");
    check(password_hash(S("three plain words"), hash) && strstr(hash, "$argon2id$") == hash,
        "hashed by argon2id: %.30s", hash);
    check(password_right(hash, S("three plain words")) &&
              !password_right(hash, S("three plain wordz")) && !password_right(hash, S("")) &&
              !password_right(password_nobody(), S("three plain words")),
        "the right one opens, no other; nobody's hash nothing");
    check(strlen(password_nobody()) == strlen(hash) && strncmp(password_nobody(), hash, 30) == 0,
        "and costs the same");
}

int main(void)
{
    const char *why = NULL;
    struct accounts *c = NULL;
    struct arena *a = arena_new(64 << 20);
    must(mkdtemp(data));
    must(accounts_open(data, &c, &why) == OK);
    accounts(c, a);
    sessions(c, a);
    changes(c, a);
    tokens(c, a);
    audits(c, a);
    passwords();
    strange_files(c);
    must(dir_remove(data) == OK);
    arena_free(a);
    return tap_end();
}
