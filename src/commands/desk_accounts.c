/* desk_accounts: who may sign in at the desk, with what password and which tokens, who is signed
 * in, who did what. Passwords are asked for, or read from a file; never given in the command. */
#include "desk_asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

enum { AUDIT_SHOWN = 200 };

static const char no_account[] = "there is no account of this name: `broadsheet desk account list`";

/* ---- passwords ---- */
static bool read_line(FILE *in, char *out, size_t room)
{
    if (!fgets(out, (int)room, in)) return false;
    out[strcspn(out, "\r\n")] = 0;
    return true;
}

static bool ask_hidden(const char *prompt, char *out, size_t room)
{
    struct termios before, silent;
    bool terminal = tcgetattr(0, &before) == 0;
    if (terminal) { /* silent first: whoever types at once is not shown either */
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(0, TCSAFLUSH, &silent);
        fputs(prompt, stderr);
    }
    bool good = read_line(stdin, out, room);
    if (terminal) {
        tcsetattr(0, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    return good;
}

static bool read_password(const struct asked *q, char *out, size_t room)
{
    char again[OFFICE_PASSWORD_MAX + 2];
    const char *why = NULL;
    if (q->password_file) {
        FILE *f = fopen(q->password_file, "r");
        bool good = f && read_line(f, out, room);
        if (f) fclose(f);
        if (!good) return desk_complain("the password's file cannot be read, or is empty"), false;
    } else {
        if (!ask_hidden("Password: ", out, room))
            return desk_complain("no password was given on standard input"), false;
        if (isatty(0) && (!ask_hidden("Again: ", again, sizeof again) || strcmp(out, again) != 0))
            return desk_complain("the two are not the same; nothing was changed: type it again"),
                   false;
    }
    if (password_fits(span_of(out), &why)) return true;
    return desk_complain(why), false;
}

static int hash_password(const struct asked *q, char hash[128])
{
    char password[OFFICE_PASSWORD_MAX + 2];
    if (!read_password(q, password, sizeof password)) return EX_USAGE;
    bool good = password_hash(span_of(password), hash);
    explicit_bzero(password, sizeof password);
    return good ? EX_OK : desk_complain("no memory for hashing the password (64 MB)");
}

/* ---- accounts ---- */
static void note(struct asked *q, const char *what, struct span name)
{
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    struct audit_line line = {.at_ms = clock_now_ms(),
        .what = span_of(what),
        .who = span_of(user ? user : "operator"),
        .address = S("terminal"),
        .detail = name};
    log_quiet(LOG_ERROR);
    audit(q->accounts, &line);
}

static int name_and_role(const struct asked *q, struct span name, enum desk_role *role)
{
    *role = desk_role_of(span_of(q->role));
    if (!account_name_fits(name))
        return desk_complain("a name has up to 40 of a-z, 0-9, dot, hyphen and underscore");
    if (*role == DESK_NOBODY)
        return desk_complain("which role? --role reader, --role editor or --role chief");
    return EX_OK;
}

/* What was named is gone, or was never there. */
static int told_gone(struct asked *q, enum result r, const char *absent, const char *cannot,
    const char *what, const char *said)
{
    if (r == ERR_ABSENT) return desk_complain(absent);
    if (r != OK) return desk_failed(cannot, r);
    note(q, what, desk_word(q, 2));
    printf("%s\n", said);
    return EX_OK;
}

int account_add(struct asked *q)
{
    struct account t = {.name = desk_word(q, 2), .made_ms = clock_now_ms()};
    int code = name_and_role(q, t.name, &t.role);
    if (code == EX_OK) code = hash_password(q, t.hash);
    if (code != EX_OK) return code;
    enum result r = accounts_add(q->accounts, &t);
    if (r == ERR_BUSY) return desk_complain("this name is taken: `broadsheet desk account list`");
    if (r != OK) return desk_failed("the account cannot be kept", r);
    note(q, "account added", t.name);
    printf("%.*s may sign in as %s\n", FMT(t.name), desk_role_name(t.role));
    return EX_OK;
}

static int account_change(struct asked *q, bool password)
{
    char hash[128] = "";
    enum desk_role role = password ? DESK_NOBODY : desk_role_of(desk_word(q, 3));
    if (!password && role == DESK_NOBODY)
        return desk_complain("account role NAME reader|editor|chief");
    int code = password ? hash_password(q, hash) : EX_OK;
    if (code != EX_OK) return code;
    enum result r = accounts_change(
        q->accounts, desk_word(q, 2), password ? hash : NULL, role, NULL, clock_now_ms());
    if (r == ERR_ABSENT) return desk_complain(no_account);
    if (r != OK) return desk_failed("the account cannot be changed", r);
    tries_forget(q->accounts, desk_word(q, 2), S(""));
    note(q, password ? "password set" : "role changed", desk_word(q, 2));
    printf("changed; the sessions of %.*s have ended\n", FMT(desk_word(q, 2)));
    return EX_OK;
}

int account_password(struct asked *q)
{
    return account_change(q, true);
}

int account_role(struct asked *q)
{
    return account_change(q, false);
}

int account_remove(struct asked *q)
{
    return told_gone(q, accounts_remove(q->accounts, desk_word(q, 2)), no_account,
        "the account cannot be removed", "account removed", "removed, with its sessions");
}

int account_list(struct asked *q)
{
    struct account *list;
    size_t count;
    enum result r = accounts_list(q->accounts, q->house.arena, &list, &count);
    if (r != OK) return desk_failed("the accounts cannot be read", r);
    for (size_t i = 0; i < count; i++)
        printf("%-24.*s %s\n", FMT(list[i].name), desk_role_name(list[i].role));
    return EX_OK;
}

int account_sessions(struct asked *q)
{
    struct session *list;
    size_t count;
    enum result r =
        sessions_list(q->accounts, desk_word(q, 2), clock_now_ms(), q->house.arena, &list, &count);
    if (r != OK) return desk_failed("the sessions cannot be read", r);
    for (size_t i = 0; i < count; i++) {
        char used[25];
        utc_text(list[i].used_ms / 1000 * 1000, used);
        printf("%.*s %-16.*s %s %.*s %.*s\n", FMT(list[i].number), FMT(list[i].account), used,
            FMT(list[i].address), FMT(list[i].agent));
    }
    return EX_OK;
}

int account_end(struct asked *q)
{
    return told_gone(q, sessions_end(q->accounts, S(""), desk_word(q, 2)),
        "there is no such session: `broadsheet desk account sessions`",
        "the session cannot be ended", "session ended", "ended");
}

/* The newest address from which this name is kept waiting now; empty: none. The audit is newest
 * first. */
static struct span address_that_waits(struct asked *q, int64_t *wait_out)
{
    struct audit_line *list;
    size_t count;
    int64_t now = clock_now_ms();
    if (audit_list(q->accounts, OFFICE_AUDIT_ROWS, q->house.arena, &list, &count) != OK)
        return S("");
    for (size_t i = 0; i < count && now - list[i].at_ms < OFFICE_FORGET_MS; i++) {
        bool is_try = span_starts(list[i].what, S("wrong name")) ||
                      span_starts(list[i].what, S("locked out"));
        if (!is_try || !span_eq(list[i].who, desk_word(q, 2))) continue;
        *wait_out = tries_wait(q->accounts, desk_word(q, 2), list[i].address, now);
        if (*wait_out) return list[i].address;
    }
    return S("");
}

int account_unlock(struct asked *q)
{
    int64_t wait = 0;
    struct span address = span_of(q->address ? q->address : "");
    tries_forget(q->accounts, desk_word(q, 2), address);
    note(q, "unlocked", desk_word(q, 2));
    printf("wrong tries of this name are forgotten%s%.*s\n", address.n ? ", and those from " : "",
        FMT(address));
    address = address_that_waits(q, &wait);
    if (address.n)
        printf("from %.*s it still has to wait %lld s, for too many wrong passwords came from "
               "there: free it too by --address %.*s\n",
            FMT(address), (long long)((wait + 999) / 1000), FMT(address));
    return EX_OK;
}

/* ---- tokens, audit ---- */
int token_add(struct asked *q)
{
    char text[TOKEN_TEXT + 1];
    enum desk_role role;
    int code = name_and_role(q, desk_word(q, 2), &role);
    if (code != EX_OK) return code;
    enum result r = tokens_add(q->accounts, desk_word(q, 2), role, clock_now_ms(), text);
    if (r == ERR_BUSY) return desk_complain("this name is taken: `broadsheet desk token list`");
    if (r != OK) return desk_failed("the token cannot be kept", r);
    note(q, "token added", desk_word(q, 2));
    fprintf(stderr, "The token, shown this once:\n");
    printf("%s\n", text);
    return EX_OK;
}

int token_list(struct asked *q)
{
    struct api_token *list;
    size_t count;
    enum result r = tokens_list(q->accounts, q->house.arena, &list, &count);
    if (r != OK) return desk_failed("the tokens cannot be read", r);
    for (size_t i = 0; i < count; i++)
        printf("%-24.*s %s\n", FMT(list[i].name), desk_role_name(list[i].role));
    return EX_OK;
}

int token_remove(struct asked *q)
{
    return told_gone(q, tokens_remove(q->accounts, desk_word(q, 2)),
        "there is no token of this name: `broadsheet desk token list`",
        "the token cannot be removed", "token removed", "removed");
}

int show_audit(struct asked *q)
{
    struct audit_line *list;
    size_t count;
    enum result r = audit_list(q->accounts, AUDIT_SHOWN, q->house.arena, &list, &count);
    if (r != OK) return desk_failed("the audit cannot be read", r);
    for (size_t i = count; i-- > 0;) {
        char at[25];
        utc_text(list[i].at_ms / 1000 * 1000, at);
        printf("%s %.*s; account %.*s, address %.*s%s%.*s\n", at, FMT(list[i].what),
            FMT(list[i].who.n ? list[i].who : S("-")), FMT(list[i].address),
            list[i].detail.n ? ": " : "", FMT(list[i].detail));
    }
    return EX_OK;
}
