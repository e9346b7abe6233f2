/* config_test.c: golden folders tests/cases/config/NAME/{site.yaml,want.txt}: want.txt holds every
 * mistake, one a line, or "ok" and what the file means where nothing is wrong. Then overlays, the
 * default, and the documents made from the schema. BROADSHEET_BLESS=1 writes the wants anew. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "tap.h"

static struct span told(struct arena *a, const struct config_report *report)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < report->count; i++) {
        config_mistake_print(&report->list[i], &b);
        buf_char(&b, '\n');
    }
    return buf_span(&b);
}

static void golden(const char *name)
{
    struct arena *a = arena_new(64 << 20);
    struct span dir = arena_printf(a, "tests/cases/config/%s", name), bytes, want = {0};
    struct span file = arena_printf(a, "%s/site.yaml", dir.p),
                want_file = arena_printf(a, "%s/want.txt", dir.p);
    struct config_report report;
    if (!check(file_read(a, file.p, 1 << 20, &bytes) == OK, "%s is read", file.p)) return;
    struct config *c = config_parse(a, bytes, S("site.yaml"), dir.p, &report);
    struct span got = told(a, &report);
    if (c) got = arena_printf(a, "%.*sok\n%.*s\n", FMT(got), FMT(config_editorial(a, c)));
    if (getenv("BROADSHEET_BLESS") && file_write_durable(want_file.p, got) != OK)
        check(false, "%s is written", want_file.p);
    if (file_read(a, want_file.p, 1 << 20, &want) != OK) check(false, "%s is read", want_file.p);
    check_span(got, want, name);
    check((c == NULL) == (report.errors > 0), "%s: no configuration where there are errors", name);
    arena_free(a);
}

static void goldens(void)
{
    struct dirent **list;
    int n = scandir("tests/cases/config", &list, NULL, alphasort);
    check(n > 2, "there are cases");
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.') golden(list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

static struct config *with_words(struct arena *a, int words, struct config_report *report)
{
    struct buf b;
    buf_init(&b, a, 1 << 20);
    buf_str(&b,
        "site:\n  name: A\n  url: https://a.example\nrules:\n  - name: Many\n    action: hold\n"
        "    texts:\n");
    for (int i = 0; i < words; i++) buf_printf(&b, "      - word%d\n", i);
    return config_parse(a, buf_span(&b), S("site.yaml"), "/", report);
}

static void long_lists(struct arena *a)
{
    enum { AS_MANY = 4000, LINES_BEFORE = 7 };
    struct config_report report;
    struct config *c = with_words(a, AS_MANY, &report);
    check(c && c->rules[0].text_count == AS_MANY, "a long list is read whole");
    c = with_words(a, AS_MANY + 1, &report);
    struct span said = told(a, &report);
    check(!c && span_find(said, arena_printf(a, "site.yaml:%d:9: “texts” has more than %d entries",
                                    AS_MANY + 1 + LINES_BEFORE, AS_MANY)) >= 0,
        "one entry more is a mistake, where it stands: %.*s", FMT(said));
}

static void defaults(struct arena *a)
{
    struct config *c = config_default(a, S("/srv/wire"));
    check(c->noindex && c->feed_count == 1 && c->section_count == 10 && c->zone,
        "the default: noindex, one feed, ten sections, a zone");
    check_span(c->feeds[0].folder, S("/srv/wire"), "the wire's folder");
    check(c->feeds[0].pictures && c->feeds[0].zone == c->zone,
        "with pictures, in the machine's zone");
    check(c->sections[9].subject_count == 0, "the last section takes what fits none");
    check(config_feed_named(c, S("wire")) && !config_feed_named(c, S("other")), "feeds by name");
    check(config_section_named(c, S("sport")) && !config_section_named(c, S("sports")),
        "sections by name");
    setenv("TZ", "Asia/Kolkata", 1);
    check_span(zone_name(config_default(a, S(""))->zone), S("Asia/Kolkata"),
        "TZ names the machine's zone");
    setenv("TZ", "No/Where", 1);
    check(config_default(a, S(""))->zone != NULL, "a wrong TZ does no harm");
    unsetenv("TZ");
}

static struct config *with_key(struct arena *a, const char *file, struct config_report *report)
{
    return config_parse(a,
        arena_printf(a,
            "site: {name: A, url: 'https://a.example'}\n"
            "feeds: {w: {provider: W, timezone: UTC, push_key_file: '%s'}}\n"
            "alarms: {webhook: 'https://a.example/x', secret_file: '%s'}\n",
            file, file),
        S("site.yaml"), "/etc/site", report);
}

/* What systemd's LoadCredential= gives the service: a folder's name in its environment, no secret.
 */
static void credentials(struct arena *a)
{
    struct config_report report;
    const char *file = "${CREDENTIALS_DIRECTORY}/wire.key";
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/b.service", 1);
    struct config *c = with_key(a, file, &report);
    must(c);
    check_span(c->feeds[0].push_key_file, S("/run/credentials/b.service/wire.key"),
        "a key among the service's credentials");
    check_span(c->alarm_secret_file, c->feeds[0].push_key_file, "whichever key it is");
    check(!report.count, "without a word");
    const char *const wrong[] = {"${CREDENTIALS_DIRECTORY}", "${CREDENTIALS_DIRECTORY}/",
        "${CREDENTIALS_DIRECTORY}/../x", "${CREDENTIALS_DIRECTORY}/..",
        "${CREDENTIALS_DIRECTORY}/a/b", "${HOME}/wire.key", "x/${CREDENTIALS_DIRECTORY}/y"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        check(!with_key(a, wrong[i], &report), "“%s” is none", wrong[i]);
    const char *const unset[] = {"", "credentials", NULL};
    for (size_t i = 0; i < COUNT(unset); i++) {
        if (unset[i])
            setenv("CREDENTIALS_DIRECTORY", unset[i], 1);
        else
            unsetenv("CREDENTIALS_DIRECTORY");
        c = with_key(a, file, &report);
        check(c && report.count == 2 && !report.errors,
            "outside of the service it is a warning: %.*s", FMT(told(a, &report)));
        check_span(c->feeds[0].push_key_file, S("/etc/site/${CREDENTIALS_DIRECTORY}/wire.key"),
            "and a file that is not there");
    }
}

static void overlays(struct arena *a)
{
    struct config_report report;
    struct config *base = config_default(a, S("/srv/wire"));
    struct config *c = config_overlay(a, base,
        S("{\"feeds\": {\"reuters\": {\"provider\": \"Reuters\", \"timezone\": \"UTC\"}}}"),
        &report);
    if (!check(c != NULL, "a rehearsal's JSON is read: %.*s", FMT(told(a, &report)))) return;
    const struct config_feed *reuters = config_feed_named(c, S("reuters"));
    check(c->feed_count == 2 && reuters && reuters->zone == zone_utc() && !reuters->pictures,
        "its feed stands beside the default one");
    check(base->feed_count == 1 && c->section_count == 10 && c->noindex,
        "the base is untouched, the rest stays");
    c = config_overlay(a, base,
        S("{\"feeds\": {\"wire\": {\"retention_days\": 30}}, \"site\": {\"base\": \"/wire\"}}"),
        &report);
    check(c && c->feed_count == 1 && c->feeds[0].retention_days == 30 && c->feeds[0].pictures,
        "a feed of the same name is changed, not replaced");
    check(base->feeds[0].retention_days == 0 && !base->base.n, "in the copy only");
    check(c && c->feeds[0].limits.rewrites_per_hour == 10 && c->feeds[0].limits.oldest_days == 0,
        "limits stand where the file is silent");
    c = config_overlay(a, base,
        S("{\"feeds\": {\"wire\": {\"shadow\": true, \"limits\": {\"stories_per_hour\": 9}}}, "
          "\"front\": {\"top\": \"after-minutes\", \"top_minutes\": 3}}"),
        &report);
    check(c && c->feeds[0].shadow && c->feeds[0].limits.stories_per_hour == 9 &&
              c->feeds[0].limits.rewrites_per_hour == 10 && c->front_top == TOP_AFTER_MINUTES &&
              c->front_top_minutes == 3,
        "limits, shadow and the front's first place are read");
    check(!config_overlay(a, base, S("{\"front\": {\"top\": \"afterwards\"}}"), &report) &&
              !config_overlay(a, base,
                  S("{\"feeds\": {\"wire\": {\"limits\": {\"rewrites_per_hour\": 0}}}}"), &report),
        "and checked");
    c = config_overlay(a, base, S("{\"feeds\": {\"wire\": null}}"), &report);
    check(c && c->feed_count == 0, "null takes a feed out");
    c = config_overlay(a, base, S("sections: {city: {subjects: [city*]}, rest: {}}\n"), &report);
    check(c && c->section_count == 2 && c->sections[1].subject_count == 0,
        "sections are replaced as a whole");
    check(
        !config_overlay(a, base, S("{\"feeds\": {\"wire\": {\"timezone\": \"Moon\"}}}"), &report) &&
            report.errors == 1,
        "a mistake gives none");
    check_span(report.list[0].what, S("there is no time zone “Moon”"), "and says which");
    check(report.list[0].line == 1, "and where");
    check(!config_overlay(a, base, S("{\"feeds\": "), &report), "half a file is none");
}

static void loads(struct arena *a)
{
    struct config_report report;
    struct config *c = config_load(a, "packaging/site.yaml.example", &report);
    check(c && report.count == 0, "packaging/site.yaml.example is clean: %.*s",
        FMT(told(a, &report)));
    check(!config_load(a, "tests/cases/config/no-such.yaml", &report) && report.errors == 1,
        "a file that is not there");
    check_span(told(a, &report), S("tests/cases/config/no-such.yaml: there is no such file\n"),
        "is told without a line");
}

/* The part of docs/configuration.md behind its marker is made from the schema. */
static void documents(struct arena *a)
{
    struct span doc = {0}, marker = S("<!-- from here on made by config_describe: "
                                      "BROADSHEET_BLESS=1 test-config-config -->\n");
    const char *path = "docs/configuration.md";
    struct buf b;
    buf_init(&b, a, 0);
    config_describe(&b);
    if (!check(file_read(a, path, 1 << 20, &doc) == OK, "%s is read", path)) return;
    ptrdiff_t at = span_find(doc, marker);
    if (!check(at >= 0, "%s has its marker", path)) return;
    struct span whole = arena_printf(
        a, "%.*s%.*s%.*s", FMT(span_cut(doc, 0, (size_t)at)), FMT(marker), FMT(buf_span(&b)));
    if (getenv("BROADSHEET_BLESS"))
        check(file_write_durable(path, whole) == OK, "%s is written", path);
    else
        check(span_eq(doc, whole), "%s is as the schema says", path);
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    setenv("TZ", "UTC", 1);
    goldens();
    long_lists(a);
    credentials(a);
    defaults(a);
    overlays(a);
    loads(a);
    documents(a);
    arena_free(a);
    return tap_end();
}
