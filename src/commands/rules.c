/* rules: what routing rules do, told before anybody is. `rules test` reads wire files as the house
 * would, in a cage, and decides by the desk's own code; every decision is told with its line of the
 * site file. `rules dry-run` asks the same of what has come: it is `replay --as-read`. Nothing is
 * published, and nothing is written. */
#include "replay.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum {
    RULES_CONFIG_ARENA = 512 << 20, /* the site file, compiled */
    RULES_FILE_ARENA = 1 << 30,     /* one delivery, its stories and their verdicts */
    RULES_FILE_BYTES_MAX = FRAME_MAX - (64 << 10), /* one delivery of the largest kind */
    RULES_FILES_MAX = 256,                         /* named in one command */
};

/* Where no site file is given: what a rehearsal has, and no rules. */
#define PLAIN_SITE "feeds: {wire: {provider: Wire, timezone: UTC, pictures: yes}}"

struct test {
    struct arena *a; /* of the file at hand */
    const struct config *config;
    const struct desk_rules *rules;
    const struct config_feed *feed;
    struct span file; /* the site file's name */
    int64_t at_ms;
    bool json;
};

/* ---- words ---- */
static struct span rule_place(struct arena *a, struct span file, const struct desk_rule *r)
{
    return arena_printf(a, "%.*s:%u:%s%.*s%s", FMT(file), r->line, r->name.n ? " “" : " rule",
        FMT(r->name), r->name.n ? "”" : "");
}

static void add_word(struct buf *b, struct span word)
{
    buf_printf(b, "%s%.*s", b->n ? ", " : "", FMT(word));
}

static struct span rule_does(struct arena *a, const struct desk_rule *r)
{
    static const char *const actions[] = {[DESK_NO_ACTION] = "",
        [DESK_PUBLISH] = "publish",
        [DESK_HOLD] = "hold",
        [DESK_DROP] = "drop",
        [DESK_WAIT] = "wait"};
    struct buf b;
    buf_init(&b, a, 0);
    if (r->action) add_word(&b, span_of(actions[r->action]));
    if (r->to_section.n) add_word(&b, arena_printf(a, "to section %.*s", FMT(r->to_section)));
    for (uint32_t i = 0; i < r->add_tag_count; i++)
        add_word(&b, arena_printf(a, "tag %.*s", FMT(r->add_tags[i])));
    if (r->pin_minutes) add_word(&b, arena_printf(a, "pin for %u minutes", r->pin_minutes));
    if (r->no_push) add_word(&b, S("no push"));
    if (r->noindex) add_word(&b, S("noindex"));
    return buf_span(&b);
}

struct span rules_why(struct arena *a, struct span file, const struct verdict *v)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];
        if (r->code == WHY_PUBLISHED) continue;
        struct span detail = text_plain(a, r->detail);
        add_word(&b, span_of(reason_text(r->code)));
        if (detail.n) buf_printf(&b, " (%.*s)", FMT(detail));
        if (r->rule_line) buf_printf(&b, " at %.*s:%u", FMT(file), r->rule_line);
    }
    return buf_span(&b);
}

/* By which descent a story's topic leads where the section is its subjects', not a rule's. */
static struct span section_lineage(struct test *t, const struct story *s, const struct verdict *v)
{
    for (size_t i = 0; i < v->rule_count; i++)
        if (v->rules[i]->to_section.n) return (struct span){0};
    for (uint32_t i = 0; i < t->rules->section_count; i++) {
        const struct desk_section *c = &t->rules->sections[i];
        if (span_eq(c->name, v->section))
            return desk_lineage(t->a, t->rules, s, c->subjects, c->subject_count);
    }
    return (struct span){0};
}

static struct span rule_lineage(struct test *t, const struct story *s, const struct desk_rule *r)
{
    return desk_lineage(t->a, t->rules, s, r->subjects, r->subject_count);
}

/* ---- one item ---- */
static void print_lineage(struct span lineage)
{
    if (lineage.n) printf("    matched by ancestry: %.*s\n", FMT(lineage));
}

static void print_what_else(struct test *t, const struct verdict *v)
{
    char at[25];
    printf("  section %.*s", FMT(v->section));
    for (uint32_t i = 0; i < v->tag_count; i++)
        printf("%s%.*s", i ? ", " : "; tags added: ", FMT(v->tags[i]));
    if (v->pinned_until_ms > t->at_ms) {
        utc_text(v->pinned_until_ms, at);
        printf("; leads the front until %s", at);
    }
    printf("%s%s\n", v->no_push ? "; subscribers are not told" : "",
        v->noindex ? "; kept out of search engines" : "");
}

static void print_rules(struct test *t, const struct story *s, const struct verdict *v)
{
    for (size_t i = 0; i < v->rule_count; i++) {
        const struct desk_rule *r = v->rules[i];
        printf("  %.*s fits: %.*s\n", FMT(rule_place(t->a, t->file, r)), FMT(rule_does(t->a, r)));
        print_lineage(rule_lineage(t, s, r));
    }
}

static void print_verdict(struct test *t, const struct story *s, const struct verdict *v)
{
    struct span guid = text_plain(t->a, s->guid), headline = text_plain(t->a, s->headline),
                why = rules_why(t->a, t->file, v);
    const char *outcome = verdict_outcome(v, t->at_ms);
    printf("%.*s: %s", FMT(guid), outcome);
    if (strcmp(outcome, "later") == 0) {
        char at[25];
        utc_text(v->interval.from_ms, at);
        printf(", at %s", at);
    }
    printf("%s%.*s\n", headline.n ? ": " : "", FMT(headline));
    if (why.n) printf("  because: %.*s\n", FMT(why));
    print_what_else(t, v);
    print_lineage(section_lineage(t, s, v));
    print_rules(t, s, v);
}

static void put_rules(
    struct json_out *o, struct test *t, const struct story *s, const struct verdict *v)
{
    json_open(o, "rules", '[');
    for (size_t i = 0; i < v->rule_count; i++) {
        json_open(o, NULL, '{');
        if (v->rules[i]->name.n) json_string(o, "name", v->rules[i]->name);
        json_string(o, "file", t->file);
        json_number(o, "line", v->rules[i]->line);
        json_string(o, "does", rule_does(t->a, v->rules[i]));
        struct span lineage = rule_lineage(t, s, v->rules[i]);
        if (lineage.n) json_string(o, "ancestry", lineage);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_reasons(struct json_out *o, const struct verdict *v)
{
    json_open(o, "reasons", '[');
    for (size_t i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];
        if (r->code == WHY_PUBLISHED) continue;
        json_open(o, NULL, '{');
        json_string(o, "text", span_of(reason_text(r->code)));
        if (r->detail.n) json_string(o, "detail", r->detail);
        if (r->rule_line) json_number(o, "line", r->rule_line);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_instant(struct json_out *o, const char *key, int64_t ms)
{
    char at[25];
    utc_text(ms, at);
    json_string(o, key, span_of(at));
}

static void json_verdict(
    struct test *t, const char *path, const struct story *s, const struct verdict *v)
{
    struct buf b;
    buf_init(&b, t->a, 0);
    struct json_out o = {.b = &b};
    const char *outcome = verdict_outcome(v, t->at_ms);
    json_open(&o, NULL, '{');
    json_string(&o, "file", span_of(path));
    json_string(&o, "guid", s->guid);
    json_string(&o, "headline", s->headline);
    json_string(&o, "outcome", span_of(outcome));
    if (strcmp(outcome, "later") == 0) put_instant(&o, "from", v->interval.from_ms);
    json_string(&o, "section", v->section);
    struct span lineage = section_lineage(t, s, v);
    if (lineage.n) json_string(&o, "ancestry", lineage);
    json_open(&o, "tags", '[');
    for (uint32_t i = 0; i < v->tag_count; i++) json_string(&o, NULL, v->tags[i]);
    json_close(&o, ']');
    json_bool(&o, "noindex", v->noindex);
    json_bool(&o, "no_push", v->no_push);
    if (v->pinned_until_ms) put_instant(&o, "pinned_until", v->pinned_until_ms);
    put_rules(&o, t, s, v);
    put_reasons(&o, v);
    json_close(&o, '}');
    printf("%.*s\n", (int)b.n, b.p);
}

/* Each item as if it were the first of its story, and came now. */
static void test_story(struct test *t, const char *path, const struct story *s)
{
    struct desk_version v = {
        .story = s, .item = 1, .feed = t->feed->name, .received_ms = t->at_ms, .pos = 1};
    struct desk_set set = {.page = 1, .versions = &v, .version_count = 1, .reached_ms = t->at_ms};
    struct verdict verdict;
    desk_decide(t->a, &set, t->rules, &verdict);
    if (t->json)
        json_verdict(t, path, s, &verdict);
    else
        print_verdict(t, s, &verdict);
}

static int complain(const char *path, const struct reject *r)
{
    fprintf(stderr, "%s:%u:%u: %.*s\n", path, r->line, r->column, FMT(r->why));
    return EX_DATAERR;
}

static int test_file(struct test *t, const char *path)
{
    struct span bytes;
    struct wire_result result;
    struct wire_hint hint = {.format = t->feed->format, .file_name = span_of(path)};
    arena_reset(t->a);
    enum result r = file_read(t->a, path, RULES_FILE_BYTES_MAX, &bytes);
    if (r != OK) {
        fprintf(stderr, "%s: %s\n", path, r == ERR_FULL ? "it is too large" : result_name(r));
        return r == ERR_FULL ? EX_DATAERR : EX_NOINPUT;
    }
    r = read_in_cage(t->a, bytes, &hint, &result);
    if (r != OK) {
        fprintf(stderr, "%s: the reader ended on it: %s\n", path, result_name(r));
        return EX_DATAERR;
    }
    if (result.end != WIRE_STORIES) return complain(path, &result.reject);
    int code = EX_OK;
    for (size_t i = 0; i < result.count; i++)
        if (result.items[i].story)
            test_story(t, path, result.items[i].story);
        else
            code = complain(path, &result.items[i].reject);
    return code;
}

/* ---- the command ---- */
const struct config *rules_config(struct arena *a, const char *file)
{
    struct config_report report = {0};
    struct buf b;
    struct config *c = file ? config_load(a, file, &report)
                            : config_parse(a, S(PLAIN_SITE), S("built-in"), NULL, &report);
    buf_init(&b, a, 0);
    for (size_t i = 0; i < report.count && file; i++) {
        config_mistake_print(&report.list[i], &b);
        buf_char(&b, '\n');
    }
    if (b.n) fprintf(stderr, "%.*s", (int)b.n, b.p);
    return c;
}

static const struct config_feed *feed_of(const struct config *c, const char *name)
{
    const struct config_feed *f = name                 ? config_feed_named(c, span_of(name))
                                  : c->feed_count == 1 ? &c->feeds[0]
                                                       : NULL;
    if (f) return f;
    fprintf(stderr, "broadsheet rules: %s%s%s; give --feed NAME, one of:",
        name ? "there is no feed “" : "by which feed would it come", name ? name : "",
        name ? "”" : "");
    for (uint32_t i = 0; i < c->feed_count; i++) fprintf(stderr, " %.*s", FMT(c->feeds[i].name));
    fprintf(stderr, "%s\n", c->feed_count ? "" : " (the site file has none)");
    return NULL;
}

static bool instant_of(struct test *t, const char *at)
{
    t->at_ms = at ? config_instant(t->config, span_of(at)) : clock_now_ms();
    if (t->at_ms) return true;
    usage_error("rules", "--at takes a time such as 2026-05-03T18:00, of the site's zone");
    return false;
}

static int test(const struct rules_asked *q)
{
    struct arena *a = arena_new(RULES_CONFIG_ARENA);
    struct test t = {.a = arena_new(RULES_FILE_ARENA), .json = q->json};
    int worst = q->config ? EX_CONFIG : EX_SOFTWARE;
    t.config = rules_config(a, q->config);
    if (t.config) worst = EX_USAGE;
    if (t.config && (t.feed = feed_of(t.config, q->feed)) && instant_of(&t, q->at)) {
        t.file = t.config->file;
        t.rules = rules_of(a, t.config);
        worst = EX_OK;
        for (size_t i = 0; i < q->count; i++) {
            int code = test_file(&t, q->files[i]);
            if (code > worst) worst = code;
        }
    }
    arena_free(t.a);
    arena_free(a);
    return worst;
}

int command_rules(int argc, char **argv)
{
    const char *words[RULES_FILES_MAX];
    size_t n = 0;
    const char *days = NULL;
    struct rules_asked q = {0};
    const struct option_row rows[] = {{"--config", &q.config}, {"--feed", &q.feed}, {"--at", &q.at},
        {"--data", &q.data}, {"--days", &days}, {"--json", NULL, &q.json}};
    if (!options_read(argc, argv, rows, COUNT(rows), words, COUNT(words), &n)) return EX_USAGE;
    q.files = words + 1;
    q.count = n ? n - 1 : 0;
    bool is_test = n && strcmp(words[0], "test") == 0,
         is_dry = n && strcmp(words[0], "dry-run") == 0;
    if (is_test && q.count && !q.data && !days) return test(&q);
    if (is_dry && !q.count && q.data && q.config && !q.feed && !q.at)
        return replay_do(&(struct replay_asked){.verb = "rules",
            .data = q.data,
            .config = q.config,
            .days = days ? days : "7",
            .as_read = true,
            .json = q.json});
    return usage_error("rules", is_test  ? "which wire files?"
                                : is_dry ? "it needs --config NEW and --data DIR, and no more words"
                                         : "what? test, or dry-run");
}
