/* rules: what the routing rules would do: `rules test` reads wire files and explains each decision
 * with its line of the configuration; nothing is published and nothing is asked of a running site.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { TEST_ARENA = 1 << 30 };

struct test {
    struct arena *a;
    const struct config *config;
    const struct desk_rules *rules;
    const struct config_feed *feed;
    const char *config_file;
};

static struct span where(struct test *t, uint32_t line)
{
    return line ? arena_printf(t->a, " (%s:%u)", t->config_file, line) : S("");
}

static void print_rule(struct test *t, const struct desk_rule *r)
{
    static const char *const actions[] = {[DESK_NO_ACTION] = "",
        [DESK_PUBLISH] = ", publish",
        [DESK_HOLD] = ", hold",
        [DESK_DROP] = ", drop"};
    printf("  %s:%u: rule%s%.*s%s holds%s%s", t->config_file, r->line, r->name.n ? " “" : "",
        FMT(r->name), r->name.n ? "”" : "", actions[r->action], r->noindex ? ", noindex" : "");
    if (r->no_push) printf(", no push");
    if (r->pin_minutes) printf(", pin for %u minutes", r->pin_minutes);
    if (r->to_section.n) printf(", section %.*s", FMT(r->to_section));
    for (uint32_t i = 0; i < r->add_tag_count; i++)
        printf("%s%.*s", i ? ", " : ", tags: ", FMT(r->add_tags[i]));
    printf("\n");
}

static const char *outcome_of(const struct verdict *v, int64_t now_ms)
{
    if (story_is_public(&v->interval, now_ms)) return "published";
    if (!v->interval.held && v->interval.from_ms > now_ms) return "published later";
    for (size_t i = 0; i < v->reason_count; i++)
        if (v->reasons[i].code == WHY_RULE_DROP) return "dropped";
    return "held";
}

static void print_verdict(struct test *t, const struct story *s, const struct verdict *v)
{
    int64_t now = clock_now_ms();
    const char *outcome = outcome_of(v, now);
    printf("%.*s: %s in %.*s: %.*s\n", FMT(text_plain(t->a, s->guid)), outcome, FMT(v->section),
        FMT(text_plain(t->a, s->headline)));
    if (!v->interval.held && v->interval.from_ms > now) {
        char at[25];
        utc_text(v->interval.from_ms, at);
        printf("  from %s on\n", at);
    }
    for (size_t i = 0; i < v->rule_count; i++) print_rule(t, v->rules[i]);
    for (size_t i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];
        if (r->code == WHY_PUBLISHED) continue;
        printf("  %s%s%.*s%s%.*s\n", reason_text(r->code), r->detail.n ? ": " : "",
            FMT(text_plain(t->a, r->detail)), "", FMT(where(t, r->rule_line)));
    }
}

static void test_story(struct test *t, const struct story *s)
{
    struct desk_version v = {.story = s,
        .item = 1,
        .feed = t->feed->name,
        .received_ms = clock_now_ms(),
        .pos = 1};
    struct desk_set set = {.page = 1, .versions = &v, .version_count = 1};
    struct verdict verdict;
    set.reached_ms = v.received_ms;
    desk_decide(t->a, &set, t->rules, &verdict);
    print_verdict(t, s, &verdict);
}

static int test_file(struct test *t, const char *path)
{
    struct span bytes;
    struct wire_result result;
    struct wire_hint hint = {.format = t->feed->format, .file_name = span_of(path)};
    enum result r = file_read(t->a, path, FRAME_MAX, &bytes);
    if (r != OK) {
        fprintf(stderr, "%s: %s\n", path, result_name(r));
        return EX_NOINPUT;
    }
    wire_read(t->a, bytes, &hint, &result);
    int code = result.end == WIRE_STORIES ? EX_OK : EX_DATAERR;
    if (code != EX_OK)
        fprintf(stderr, "%s:%u:%u: %.*s\n", path, result.reject.line, result.reject.column,
            FMT(result.reject.why));
    for (size_t i = 0; code == EX_OK && i < result.count; i++)
        if (result.items[i].story) test_story(t, result.items[i].story);
    return code;
}

static const struct config *load(struct arena *a, const char *file)
{
    struct config_report report = {0};
    struct buf b;
    struct config *c = config_load(a, file, &report);
    buf_init(&b, a, 0);
    for (size_t i = 0; i < report.count; i++) {
        config_mistake_print(&report.list[i], &b);
        buf_char(&b, '\n');
    }
    if (b.n) fprintf(stderr, "%.*s", (int)b.n, b.p);
    return c;
}

static const struct config_feed *feed_of(const struct config *c, const char *name)
{
    const struct config_feed *f = name             ? config_feed_named(c, span_of(name))
                                  : c->feed_count == 1 ? &c->feeds[0]
                                                       : NULL;
    if (!f && name)
        fprintf(stderr, "broadsheet rules: there is no feed “%s”\n", name);
    else if (!f)
        fprintf(stderr, "broadsheet rules: by which feed would it come? give --feed NAME\n");
    return f;
}

int command_rules(int argc, char **argv)
{
    const char *config = NULL, *feed = NULL, *files[256];
    size_t n = 0;
    const struct option_row rows[] = {{"--config", &config, NULL, true}, {"--feed", &feed}};
    if (!options_read(argc, argv, rows, COUNT(rows), files, COUNT(files), &n)) return EX_USAGE;
    if (n < 2 || strcmp(files[0], "test") != 0)
        return usage_error("rules", "what? `broadsheet rules test --config FILE WIREFILE...`");
    struct test t = {.a = arena_new(TEST_ARENA), .config_file = config};
    int worst = EX_CONFIG;
    charset_prepare();
    if ((t.config = load(t.a, config)) && (t.feed = feed_of(t.config, feed))) {
        t.rules = rules_of(t.a, t.config);
        worst = EX_OK;
        for (size_t i = 1; i < n; i++) {
            int code = test_file(&t, files[i]);
            if (code > worst) worst = code;
        }
    }
    arena_free(t.a);
    return worst;
}
