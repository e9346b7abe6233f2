/* init_ask: the questions of `broadsheet init`. An answer is right when the site file with it has
 * no mistakes and the theme has its language: what the server will say later is said here at once,
 * and asked again. */
#include "init.h"

#include "press.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 1000, /* of an answer: no name and no address is longer */
    TRIAL_ARENA = 64 << 20,
};

struct question {
    const char *words, *flag;
    size_t at;              /* of its answer in init_answers */
    const char *otherwise;  /* NULL: what is worked out; "": it may be left out */
    const char *if_nothing; /* said where nothing is taken for an answer */
};
#define AT(field) offsetof(struct init_answers, field)
enum { ASK_NAME, ASK_URL, ASK_LANGUAGE, ASK_TIMEZONE, ASK_AGENCY, ASK_MAIL, QUESTIONS };
static const struct question questions[QUESTIONS] = {
    [ASK_NAME] = {"What is the paper called?", "--name", AT(name), "My News", ""},
    [ASK_URL] = {"Under which address will readers find it, such as https://news.example.org?",
        "--url", AT(url), "", "none yet"},
    [ASK_LANGUAGE] = {"Its language? (en, hi, mr, bn, ta, te, ur, ar, es, fr, de, pt, ru, zh)",
        "--language", AT(language), "en", ""},
    [ASK_TIMEZONE] = {"The time zone of its readers, such as Europe/London?", "--timezone",
        AT(timezone), NULL, ""},
    [ASK_AGENCY] = {"Which agency's wire comes in? (Part of every story's address for good.)",
        "--agency", AT(agency), "Wire", ""},
    [ASK_MAIL] = {"Whom do alarms reach by mail?", "--mail", AT(mail), "", "nobody yet"},
};

static struct span *answer_at(struct init_answers *w, const struct question *q)
{
    return (struct span *)(void *)((char *)w + q->at);
}

/* ---- is it right? ---- */
static const char *flaw_of_config(struct arena *keep, struct arena *a, const struct init_answers *w)
{
    struct config_report report = {0};
    struct span why = S("");
    struct press *p = NULL;
    struct config *c = config_parse(a, init_file(a, w, S("")), S("site.yaml"), "/", &report);
    if (c && press_open_pack(a, press_site_of(a, c), S(""), &p, &why) == OK) return NULL;
    if (c) return arena_cstr(keep, why);
    for (size_t i = 0; i < report.count; i++) {
        const struct config_mistake *m = &report.list[i];
        if (m->is_warning) continue;
        return arena_printf(
            keep, "%.*s%s%.*s", FMT(m->what), m->advice.n ? "; " : "", FMT(m->advice))
            .p;
    }
    return "it cannot be used";
}

static bool is_clean(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F) return false;
    return utf8_valid(s);
}

/* NULL: none. */
static const char *flaw(struct arena *keep, const struct init_answers *w)
{
    const struct span all[] = {
        w->name, w->url, w->language, w->timezone, w->agency, w->mail, w->mail_server, w->folder};
    for (size_t i = 0; i < COUNT(all); i++)
        if (!is_clean(all[i])) return "it has signs that no text has, or is not UTF-8";
    if (w->mail.n && !text_is_mailbox(w->mail)) return "it looks like desk@example.org";
    if (w->folder.n && w->folder.p[0] != '/') return "a folder's whole path begins with /";
    struct arena *a = arena_new(TRIAL_ARENA);
    const char *why = flaw_of_config(keep, a, w);
    arena_free(a);
    return why;
}

/* ---- from the terminal ---- */
/* false: the input has ended. A line that is too long is read to its end, and is no answer. */
static bool read_answer(struct arena *a, struct span *out, const char **flaw_out)
{
    char line[LINE_MAX_BYTES + 2];
    *flaw_out = NULL;
    if (!fgets(line, sizeof line, stdin)) return false;
    size_t n = strlen(line);
    bool is_whole = n && line[n - 1] == '\n';
    for (int c = is_whole || feof(stdin) ? EOF : getchar(); c != EOF && c != '\n'; c = getchar())
        *flaw_out = "no answer is as long as that";
    *out = arena_keep(a, span_trim(span_of(line)));
    return true;
}

static bool ask(struct arena *a, const struct question *q, struct init_answers *w)
{
    struct span otherwise = *answer_at(w, q);
    for (;;) {
        const char *why = NULL;
        printf("%zu of %d. %s [%.*s] ", (size_t)(q - questions) + 1, QUESTIONS, q->words,
            FMT(otherwise.n ? otherwise : span_of(q->if_nothing)));
        fflush(stdout);
        *answer_at(w, q) = S("");
        if (!read_answer(a, answer_at(w, q), &why)) {
            fprintf(stderr, "\nbroadsheet init: the answers have ended; nothing was written\n");
            return false;
        }
        if (!answer_at(w, q)->n) *answer_at(w, q) = otherwise;
        if (!isatty(0)) putchar('\n');
        if (!why) why = flaw(a, w);
        if (!why) return true;
        printf("   That will not do: %s\n", why);
    }
}

static bool take_flag(
    struct arena *a, const struct question *q, const char *said, struct init_answers *w)
{
    *answer_at(w, q) = span_trim(arena_keep(a, span_of(said)));
    const char *why = flaw(a, w);
    if (why) fprintf(stderr, "broadsheet init: %s: %s\n", q->flag, why);
    return !why;
}

/* A feed is called as its agency is, and so is its folder. false: the folder will not do. */
static bool name_feed(struct arena *a, const struct init_flags *f, struct init_answers *w)
{
    struct span slug = text_slug(a, w->agency, 40);
    w->feed = slug.n ? slug : S("wire");
    w->folder = f->folder ? span_of(f->folder) : arena_printf(a, "%s/%.*s", f->spool, FMT(w->feed));
    const char *why = flaw(a, w);
    if (why) fprintf(stderr, "broadsheet init: --folder: %s\n", why);
    return !why;
}

static bool server_fits(struct arena *a, const char *server)
{
    const struct init_answers trial = {
        .mail = S("desk@example.org"), .mail_server = span_of(server)};
    const char *why = flaw(a, &trial);
    if (why) fprintf(stderr, "broadsheet init: --mail-server: %s\n", why);
    return !why;
}

bool init_ask(struct arena *a, const struct init_flags *f, struct init_answers *w)
{
    const char *const said[QUESTIONS] = {
        f->name, f->url, f->language, f->timezone, f->agency, f->mail};
    *w = (struct init_answers){.mail_server = span_of(f->mail_server)};
    if (!server_fits(a, f->mail_server)) return false;
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct question *q = &questions[i];
        *answer_at(w, q) =
            q->otherwise ? span_of(q->otherwise) : zone_name(config_default(a, S(""))->zone);
        if (said[i] ? !take_flag(a, q, said[i], w) : !f->yes && !ask(a, q, w)) return false;
        if (i == ASK_AGENCY && !name_feed(a, f, w)) return false;
    }
    return true;
}
