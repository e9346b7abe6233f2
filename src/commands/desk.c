/* desk: `broadsheet desk …`: accounts, sessions and tokens; and for the terminal what the desk
 * shows in a browser: the lists, a story, every act of the desk's table. Works on DATA beside a
 * running site. Passwords are asked for, or read from a file; never given in the command. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

enum { WORDS_MAX = 4, AUDIT_SHOWN = 200 };

struct asked { /* the command line, read once */
    const char *data, *role, *password_file, *reason, *text, *picture, *reference, *requested_by,
        *deadline, *confirm, *page, *address;
    bool json;
    const char *words[WORDS_MAX]; /* after the verb */
    size_t count;
    struct house house;
    struct accounts *accounts;
};

static int complain(const char *what)
{
    fprintf(stderr, "broadsheet desk: %s\n", what);
    return EX_USAGE;
}

static int failed(const char *what, enum result r)
{
    fprintf(stderr, "broadsheet desk: %s: %s\n", what, result_name(r));
    return exit_code(r);
}

static struct span word(const struct asked *q, size_t i)
{
    return i < q->count ? span_of(q->words[i]) : S("");
}

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
    if (terminal) {
        fputs(prompt, stderr);
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(0, TCSAFLUSH, &silent);
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
        if (!good) return complain("the password's file cannot be read, or is empty"), false;
    } else {
        if (!ask_hidden("Password: ", out, room))
            return complain("no password was given on standard input"), false;
        if (isatty(0) && (!ask_hidden("Again: ", again, sizeof again) || strcmp(out, again) != 0))
            return complain("the two are not the same; nothing was changed: type it again"), false;
    }
    if (password_fits(span_of(out), &why)) return true;
    return complain(why), false;
}

static int hash_password(const struct asked *q, char hash[128])
{
    char password[OFFICE_PASSWORD_MAX + 2];
    if (!read_password(q, password, sizeof password)) return EX_USAGE;
    bool good = password_hash(span_of(password), hash);
    explicit_bzero(password, sizeof password);
    return good ? EX_OK : complain("no memory for hashing the password (64 MB)");
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

static int account_add(struct asked *q)
{
    struct account t = {
        .name = word(q, 2), .role = desk_role_of(span_of(q->role)), .made_ms = clock_now_ms()};
    if (!account_name_fits(t.name))
        return complain("a name has up to 40 of a-z, 0-9, dot, hyphen and underscore");
    if (t.role == DESK_NOBODY)
        return complain("which role? --role reader, --role editor or --role chief");
    int code = hash_password(q, t.hash);
    if (code != EX_OK) return code;
    enum result r = accounts_add(q->accounts, &t);
    if (r == ERR_BUSY) return complain("this name is taken: `broadsheet desk account list`");
    if (r != OK) return failed("the account cannot be kept", r);
    note(q, "account added", t.name);
    printf("%.*s may sign in as %s\n", FMT(t.name), desk_role_name(t.role));
    return EX_OK;
}

static int account_change(struct asked *q, bool password)
{
    char hash[128] = "";
    enum desk_role role = password ? DESK_NOBODY : desk_role_of(word(q, 3));
    if (!password && role == DESK_NOBODY) return complain("account role NAME reader|editor|chief");
    int code = password ? hash_password(q, hash) : EX_OK;
    if (code != EX_OK) return code;
    enum result r = accounts_change(
        q->accounts, word(q, 2), password ? hash : NULL, role, NULL, clock_now_ms());
    if (r == ERR_ABSENT)
        return complain("there is no account of this name: `broadsheet desk account list`");
    if (r != OK) return failed("the account cannot be changed", r);
    tries_forget(q->accounts, word(q, 2), S(""));
    note(q, password ? "password set" : "role changed", word(q, 2));
    printf("changed; the sessions of %.*s have ended\n", FMT(word(q, 2)));
    return EX_OK;
}

static int account_remove(struct asked *q)
{
    enum result r = accounts_remove(q->accounts, word(q, 2));
    if (r == ERR_ABSENT)
        return complain("there is no account of this name: `broadsheet desk account list`");
    if (r != OK) return failed("the account cannot be removed", r);
    note(q, "account removed", word(q, 2));
    printf("removed, with its sessions\n");
    return EX_OK;
}

static int account_list(struct asked *q)
{
    struct account *list;
    size_t count;
    enum result r = accounts_list(q->accounts, q->house.arena, &list, &count);
    if (r != OK) return failed("the accounts cannot be read", r);
    for (size_t i = 0; i < count; i++)
        printf("%-24.*s %s\n", FMT(list[i].name), desk_role_name(list[i].role));
    return EX_OK;
}

static int account_sessions(struct asked *q)
{
    struct session *list;
    size_t count;
    enum result r =
        sessions_list(q->accounts, word(q, 2), clock_now_ms(), q->house.arena, &list, &count);
    if (r != OK) return failed("the sessions cannot be read", r);
    for (size_t i = 0; i < count; i++) {
        char used[25];
        utc_text(list[i].used_ms / 1000 * 1000, used);
        printf("%.*s %-16.*s %s %.*s %.*s\n", FMT(list[i].number), FMT(list[i].account), used,
            FMT(list[i].address), FMT(list[i].agent));
    }
    return EX_OK;
}

static int account_end(struct asked *q)
{
    enum result r = sessions_end(q->accounts, S(""), word(q, 2));
    if (r == ERR_ABSENT)
        return complain("there is no such session: `broadsheet desk account sessions`");
    if (r != OK) return failed("the session cannot be ended", r);
    note(q, "session ended", word(q, 2));
    printf("ended\n");
    return EX_OK;
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
        if (!is_try || !span_eq(list[i].who, word(q, 2))) continue;
        *wait_out = tries_wait(q->accounts, word(q, 2), list[i].address, now);
        if (*wait_out) return list[i].address;
    }
    return S("");
}

static int account_unlock(struct asked *q)
{
    int64_t wait = 0;
    struct span address = span_of(q->address ? q->address : "");
    tries_forget(q->accounts, word(q, 2), address);
    note(q, "unlocked", word(q, 2));
    printf("wrong tries of this name are forgotten%s%.*s\n", address.n ? ", and those from " : "",
        FMT(address));
    address = address_that_waits(q, &wait);
    if (address.n)
        printf("from %.*s it still has to wait %lld s, for too many wrong passwords came from "
               "there: free it too by --address %.*s\n",
            FMT(address), (long long)((wait + 999) / 1000), FMT(address));
    return EX_OK;
}

static int account_password(struct asked *q)
{
    return account_change(q, true);
}

static int account_role(struct asked *q)
{
    return account_change(q, false);
}

/* ---- tokens, audit ---- */
static int token_add(struct asked *q)
{
    char text[TOKEN_TEXT + 1];
    enum desk_role role = desk_role_of(span_of(q->role));
    if (!account_name_fits(word(q, 2)))
        return complain("a name has up to 40 of a-z, 0-9, dot, hyphen and underscore");
    if (role == DESK_NOBODY)
        return complain("which role? --role reader, --role editor or --role chief");
    enum result r = tokens_add(q->accounts, word(q, 2), role, clock_now_ms(), text);
    if (r == ERR_BUSY) return complain("this name is taken: `broadsheet desk token list`");
    if (r != OK) return failed("the token cannot be kept", r);
    note(q, "token added", word(q, 2));
    fprintf(stderr, "The token, shown this once:\n");
    printf("%s\n", text);
    return EX_OK;
}

static int token_list(struct asked *q)
{
    struct api_token *list;
    size_t count;
    enum result r = tokens_list(q->accounts, q->house.arena, &list, &count);
    if (r != OK) return failed("the tokens cannot be read", r);
    for (size_t i = 0; i < count; i++)
        printf("%-24.*s %s\n", FMT(list[i].name), desk_role_name(list[i].role));
    return EX_OK;
}

static int token_remove(struct asked *q)
{
    enum result r = tokens_remove(q->accounts, word(q, 2));
    if (r == ERR_ABSENT)
        return complain("there is no token of this name: `broadsheet desk token list`");
    if (r != OK) return failed("the token cannot be removed", r);
    note(q, "token removed", word(q, 2));
    printf("removed\n");
    return EX_OK;
}

static int show_audit(struct asked *q)
{
    struct audit_line *list;
    size_t count;
    enum result r = audit_list(q->accounts, AUDIT_SHOWN, q->house.arena, &list, &count);
    if (r != OK) return failed("the audit cannot be read", r);
    for (size_t i = count; i-- > 0;) {
        char at[25];
        utc_text(list[i].at_ms / 1000 * 1000, at);
        printf("%s %.*s; account %.*s, address %.*s%s%.*s\n", at, FMT(list[i].what),
            FMT(list[i].who.n ? list[i].who : S("-")), FMT(list[i].address),
            list[i].detail.n ? ": " : "", FMT(list[i].detail));
    }
    return EX_OK;
}

/* ---- what the desk sees ---- */
static int with_eyes(struct asked *q, int (*look)(struct asked *q, struct office_eyes *e))
{
    struct desk_visit l;
    const char *why = NULL;
    enum result r = desk_visit_open(&q->house, NULL, &l, &why);
    if (r == ERR_ABSENT) return complain(why);
    if (r != OK) return failed(why, r);
    int code = look(q, &l.eyes);
    desk_visit_close(&l);
    return code;
}

/* One line a thing: what stands first, then the rest. */
static void print_row(const struct json *row)
{
    static const char *const first[] = {"id", "event", "target", "act", "kind"};
    const char *begun = NULL;
    for (size_t i = 0; i < COUNT(first) && !begun; i++)
        if (json_text(row, first[i]).n) {
            begun = first[i];
            printf("%.*s", FMT(json_text(row, first[i])));
        }
    for (const struct json *m = row->first; m; m = m->next) {
        if (begun && span_eq(m->key, span_of(begun))) continue;
        if (m->type == JSON_TRUE) printf("  %.*s", FMT(m->key));
        if ((m->type == JSON_STRING || m->type == JSON_NUMBER) && m->text.n)
            printf("  %.*s: %.*s", FMT(m->key), FMT(m->text));
    }
    putchar('\n');
}

/* Beside the list, so that what reads it line by line reads rows alone. */
static void tell_more(struct span total, uint64_t page)
{
    fprintf(stderr, "broadsheet desk: more follow%s%.*s: --page %llu shows the next\n",
        total.n ? "; in all " : "", FMT(total), (unsigned long long)page + 1);
}

static int print_list(struct asked *q, struct office_eyes *e)
{
    struct buf b;
    struct reject why;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    uint64_t page = 1;
    if (q->page && (!span_to_u64(span_of(q->page), &page) || !page || page > OFFICE_PAGES_MAX))
        return complain("--page wants a number from 1 on");
    enum result r = office_json_list(e, word(q, 0), word(q, 1), page, &o);
    if (r == ERR_ABSENT) return complain("there is no such list: `broadsheet desk --help`");
    if (r != OK) return failed("the store cannot be read; is it sound? `broadsheet check`", r);
    if (q->json) {
        printf("%.*s\n", (int)b.n, b.p);
        return EX_OK;
    }
    const struct json *j = json_parse(e->a, buf_span(&b), &why);
    const struct json *list = j ? json_get(j, q->words[0]) : NULL;
    for (const struct json *row = list ? list->first : NULL; row; row = row->next) print_row(row);
    if (j && json_is_true(j, "more")) tell_more(json_text(j, "total"), page);
    return EX_OK;
}

static void print_story(struct office_eyes *e, const struct office_story *s)
{
    static const char *const answers[] = {"404", "200", "410", "301"};
    const struct verdict *w = &s->verdict;
    printf("%.*s  %.*s\n", FMT(story_id_text(e->a, s->set.page)), FMT(w->headline));
    printf("its address answers %s\n", answers[s->answers]);
    for (size_t i = 0; i < w->reason_count; i++) {
        printf("  %s", reason_text(w->reasons[i].code));
        if (w->reasons[i].detail.n) printf(": %.*s", FMT(w->reasons[i].detail));
        if (w->reasons[i].rule_line) printf(" (rule in line %u)", w->reasons[i].rule_line);
        putchar('\n');
    }
    for (size_t i = 0; i < s->set.version_count; i++)
        printf("version %.*s  %s  %.*s\n", FMT(s->set.versions[i].story->version),
            story_status_name(s->set.versions[i].story->status),
            FMT(s->set.versions[i].story->headline));
    for (size_t i = 0; i < s->set.act_count; i++) {
        char at[25];
        utc_text(s->set.acts[i].at_ms / 1000 * 1000, at);
        printf("%s  %s by %.*s  %.*s\n", at, act_kind_name(s->set.acts[i].kind),
            FMT(s->set.acts[i].by), FMT(s->set.acts[i].text));
    }
}

static int show_story(struct asked *q, struct office_eyes *e)
{
    story_id page;
    struct office_story s;
    if (!eyes_find(e, word(q, 1), &page) || eyes_story(e, page, &s) != OK) {
        fprintf(stderr, "broadsheet desk: no story is known by this URL, id or guid\n");
        return EX_NOINPUT;
    }
    if (!q->json) {
        print_story(e, &s);
        return EX_OK;
    }
    struct buf b;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    office_json_story(e, &s, &o);
    printf("%.*s\n", (int)b.n, b.p);
    return EX_OK;
}

static int list(struct asked *q)
{
    return with_eyes(q, print_list);
}

static int show(struct asked *q)
{
    return with_eyes(q, show_story);
}

/* ---- acts ---- */
static bool fill_act(struct asked *q, struct act *t, const char **why)
{
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    *t = (struct act){.kind = act_kind_of(word(q, 0)),
        .target = word(q, 1),
        .text = span_of(q->text ? q->text : q->reason),
        .picture = span_of(q->picture),
        .by = span_of(user ? user : "operator"),
        .via = S("cli"),
        .reference = span_of(q->reference),
        .requested_by = span_of(q->requested_by)};
    if (!act_row(t->kind)->of_story && !t->target.n) t->target = S("all");
    struct when w = q->deadline ? when_iso(span_of(q->deadline)) : (struct when){0};
    if (q->deadline && w.kind != WHEN_UTC) {
        *why = "--deadline wants a time with its zone: 2026-01-23T11:30+05:30";
        return false;
    }
    t->deadline_ms = w.ms;
    if (!act_check(t, DESK_CHIEF, why)) return false;
    if (act_row(t->kind)->twice && !span_eq(span_of(q->confirm), t->target)) {
        *why = "this cannot be undone: say it again with --confirm and the same story";
        return false;
    }
    return true;
}

static int act(struct asked *q)
{
    struct act t;
    const char *why;
    return fill_act(q, &t, &why) ? act_do(&q->house, &t) : complain(why);
}

/* ---- the table ---- */
static const struct {
    const char *verb, *second; /* NULL: any, or none */
    size_t words;              /* at least */
    bool accounts;
    int (*run)(struct asked *q);
} table[] = {
    {"account", "add", 3, true, account_add},
    {"account", "passwd", 3, true, account_password},
    {"account", "role", 4, true, account_role},
    {"account", "remove", 3, true, account_remove},
    {"account", "list", 2, true, account_list},
    {"account", "sessions", 2, true, account_sessions},
    {"account", "end-session", 3, true, account_end},
    {"account", "unlock", 3, true, account_unlock},
    {"token", "add", 3, true, token_add},
    {"token", "list", 2, true, token_list},
    {"token", "remove", 3, true, token_remove},
    {"audit", NULL, 1, true, show_audit},
    {"live", NULL, 1, false, list},
    {"held", NULL, 1, false, list},
    {"quarantine", NULL, 1, false, list},
    {"alarms", NULL, 1, false, list},
    {"pauses", NULL, 1, false, list},
    {"kept-back", NULL, 1, false, list},
    {"shadow", NULL, 1, false, list},
    {"takedowns", NULL, 1, false, list},
    {"comments", NULL, 1, false, list},
    {"acts", NULL, 1, false, list},
    {"show", NULL, 2, false, show},
};

static int run(struct asked *q)
{
    const char *why = NULL;
    size_t i = 0;
    while (i < COUNT(table) &&
           !(span_eq(word(q, 0), span_of(table[i].verb)) &&
               (!table[i].second || span_eq(word(q, 1), span_of(table[i].second)))))
        i++;
    if (i == COUNT(table))
        return act_kind_of(word(q, 0)) != ACT_UNKNOWN
                   ? act(q)
                   : usage_error(
                         "desk", "there is no “%.*s %.*s”", FMT(word(q, 0)), FMT(word(q, 1)));
    if (q->count < table[i].words) return usage_error("desk", "a word is missing");
    if (table[i].accounts) {
        enum result r = accounts_open(q->house.data, &q->accounts, &why);
        if (r != OK) {
            fprintf(stderr, "broadsheet desk: %s\n", why);
            return exit_code(r);
        }
    }
    int code = table[i].run(q);
    accounts_close(q->accounts);
    return code;
}

int command_desk(int argc, char **argv)
{
    struct asked q = {0};
    const struct option_row rows[] = {{"--data", &q.data, NULL, true}, {"--role", &q.role},
        {"--password-file", &q.password_file}, {"--reason", &q.reason}, {"--text", &q.text},
        {"--picture", &q.picture}, {"--reference", &q.reference},
        {"--requested-by", &q.requested_by}, {"--deadline", &q.deadline}, {"--confirm", &q.confirm},
        {"--page", &q.page}, {"--address", &q.address}, {"--json", NULL, &q.json}};
    if (!options_read(argc, argv, rows, COUNT(rows), q.words, WORDS_MAX, &q.count)) return EX_USAGE;
    if (!q.count)
        return usage_error("desk", "what? account, token, audit, a list, show, or an act");
    int code = house_visit_or_say(&q.house, q.data);
    if (code == EX_OK) code = run(&q);
    house_close(&q.house);
    return code;
}
