/* desk: `broadsheet desk …`: for the terminal what the desk shows in a browser: the lists, a story,
 * every act of the desk's table; and accounts, sessions and tokens (desk_accounts.c). Works on DATA
 * beside a running site. */
#include "desk_asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

int desk_complain(const char *what)
{
    fprintf(stderr, "broadsheet desk: %s\n", what);
    return EX_USAGE;
}

int desk_failed(const char *what, enum result r)
{
    fprintf(stderr, "broadsheet desk: %s: %s\n", what, result_name(r));
    return exit_code(r);
}

struct span desk_word(const struct asked *q, size_t i)
{
    return i < q->count ? span_of(q->words[i]) : S("");
}

/* ---- what the desk sees ---- */
static int with_eyes(struct asked *q, int (*look)(struct asked *q, struct office_eyes *e))
{
    struct desk_visit l;
    const char *why = NULL;
    enum result r = desk_visit_open(&q->house, NULL, &l, &why);
    if (r == ERR_ABSENT) return desk_complain(why);
    if (r != OK) return desk_failed(why, r);
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
        return desk_complain("--page wants a number from 1 on");
    if (desk_word(q, 1).n > OFFICE_WORDS_MAX)
        return desk_complain("these are too many words to look for: 500 bytes at most");
    enum result r = office_json_list(e, desk_word(q, 0), desk_word(q, 1), page, &o);
    if (r == ERR_ABSENT) return desk_complain("there is no such list: `broadsheet desk --help`");
    if (r != OK) return desk_failed("the store cannot be read; is it sound? `broadsheet check`", r);
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
    if (!eyes_find(e, desk_word(q, 1), &page) || eyes_story(e, page, &s) != OK) {
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

static int show_complaint(struct asked *q, struct office_eyes *e)
{
    story_id number;
    struct office_complaint c;
    if (!story_id_read(desk_word(q, 1), &number) ||
        eyes_complaint(e, q->house.data, number, &c) != OK) {
        fprintf(stderr, "broadsheet desk: there is no complaint of this number\n");
        return EX_NOINPUT;
    }
    struct buf b;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    complaint_json(e, &o, &c);
    json_close(&o, '}');
    printf("%.*s\n", (int)b.n, b.p);
    return EX_OK;
}

static int show_one_complaint(struct asked *q)
{
    return with_eyes(q, show_complaint);
}

/* ---- acts ---- */
static bool fill_act(struct asked *q, struct act *t, const char **why)
{
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    *t = (struct act){.kind = act_kind_of(desk_word(q, 0)),
        .target = desk_word(q, 1),
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
    if (!fill_act(q, &t, &why)) return desk_complain(why);
    if (t.kind == ACT_RESUME) return resume_do(&q->house, &t, q->publish, q->hold);
    if (q->publish || q->hold) return desk_complain("--publish and --hold are for resume");
    return act_do(&q->house, &t);
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
    {"waiting", NULL, 1, false, list},
    {"complaints", NULL, 1, false, list},
    {"complaint", NULL, 2, false, show_one_complaint},
    {"acts", NULL, 1, false, list},
    {"show", NULL, 2, false, show},
};

static int run(struct asked *q)
{
    const char *why = NULL;
    size_t i = 0;
    while (i < COUNT(table) &&
           !(span_eq(desk_word(q, 0), span_of(table[i].verb)) &&
               (!table[i].second || span_eq(desk_word(q, 1), span_of(table[i].second)))))
        i++;
    if (i == COUNT(table))
        return act_kind_of(desk_word(q, 0)) != ACT_UNKNOWN
                   ? act(q)
                   : usage_error("desk", "there is no “%.*s %.*s”", FMT(desk_word(q, 0)),
                         FMT(desk_word(q, 1)));
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
        {"--page", &q.page}, {"--address", &q.address}, {"--publish", &q.publish},
        {"--hold", NULL, &q.hold}, {"--json", NULL, &q.json}};
    if (!options_read(argc, argv, rows, COUNT(rows), q.words, WORDS_MAX, &q.count)) return EX_USAGE;
    if (!q.count)
        return usage_error("desk", "what? account, token, audit, a list, show, or an act");
    int code = house_visit_or_say(&q.house, q.data);
    if (code == EX_OK) code = run(&q);
    house_close(&q.house);
    return code;
}
