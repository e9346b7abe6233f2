#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* What one call writes on standard error. */
static struct span said(void (*call)(void))
{
    static char text[8192];
    int pipes[2], kept = dup(2);
    must(pipe(pipes) == 0 && dup2(pipes[1], 2) == 2);
    call();
    dup2(kept, 2);
    close(kept);
    close(pipes[1]);
    ssize_t n = read(pipes[0], text, sizeof text);
    close(pipes[0]);
    return (struct span){text, n > 0 ? (size_t)n : 0};
}

static void say_fact(void)
{
    log_as("newsroom");
    log_warn("a fact with %s\nin it", "a line end");
}

static void say_too_little(void)
{
    log_debug("nobody asked");
}

static void say_much(void)
{
    char much[6000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = 0;
    log_error("%s", much);
}

/* The journal's stream, as systemd names it: what standard error is just now; and another. */
static void say_to(const struct stat *st)
{
    char stream[64];
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st->st_dev,
        (unsigned long long)st->st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_to_journal();
    log_warn("a fact");
    log_error("another");
    unsetenv("JOURNAL_STREAM");
    log_to_journal();
    log_warn("the last");
}

static void say_to_journal(void)
{
    struct stat st;
    must(fstat(2, &st) == 0);
    say_to(&st);
}

static void say_elsewhere(void)
{
    struct stat st;
    must(fstat(2, &st) == 0);
    st.st_ino++;
    say_to(&st);
}

static void test_journal(void)
{
    struct span text = said(say_to_journal), line;
    check(span_next(&text, '\n', &line) && span_starts(line, S("<4>2")), "the journal hears warn");
    check(span_next(&text, '\n', &line) && span_starts(line, S("<3>2")), "and error");
    check(span_next(&text, '\n', &line) && line.p[0] == '2', "nobody else a number");
    check(said(say_elsewhere).p[0] == '2',
        "nor where standard error is another stream than the journal's");
}

static void test_log(void)
{
    struct span line = said(say_fact);
    check(line.n > 25 && line.p[4] == '-' && line.p[19] == '.' && line.p[23] == 'Z', "time first");
    check_span(span_cut(line, 24, line.n), S(" newsroom warn a fact with a line end in it\n"),
        "role, level, fact, on one line");
    check(said(say_too_little).n == 0, "debug is quiet");
    line = said(say_much);
    check(line.n <= 4096 && line.p[line.n - 1] == '\n', "a long line is cut, and still a line");
}

static void test_metrics(void)
{
    struct buf b;
    check(metrics_share() == OK, "metrics are shared");
    pid_t child = fork();
    if (child == 0) {
        metric_add(M_KILLS, 3);
        stage_took(STAGE_RECEIVED_VISIBLE, 1500);
        stage_took(STAGE_RECEIVED_VISIBLE, 20000000);
        stage_took(STAGE_RECEIVED_VISIBLE, -5);
        metric_feed_came(S("wire"));
        metric_feed_came(S("wire"));
        metric_feed(S("wire"), &(struct metric_feed){1769148001123, true, 4, 180999});
        metric_feeds_begin();
        metric_feed(S("other"), &(struct metric_feed){0, true, 3, 181999});
        metric_feed(S("no \"label\""), &(struct metric_feed){.is_silent = true});
        metric_feed_unread(S("wire"));
        metric_feed_asked(S("other"), 7);
        metric_feed_asked(S("nobody"), 7);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    metric_add(M_KILLS, 1);
    check(metric_get(M_KILLS) == 4, "what another process counted is here");
    buf_init(&b, NULL, 0);
    metrics_print(&b);
    static const char *const lines[] = {"\nbroadsheet_kills_total 4\n",
        "\n# TYPE broadsheet_kills_total counter\n",
        "\n# TYPE broadsheet_stage_seconds histogram\n",
        "broadsheet_stage_seconds_bucket{stage=\"received_visible\",le=\"0.0001\"} 1\n",
        "broadsheet_stage_seconds_bucket{stage=\"received_visible\",le=\"0.00025\"} 1\n",
        "broadsheet_stage_seconds_bucket{stage=\"received_visible\",le=\"0.0025\"} 2\n",
        "broadsheet_stage_seconds_bucket{stage=\"received_visible\",le=\"10\"} 2\n",
        "broadsheet_stage_seconds_bucket{stage=\"received_visible\",le=\"+Inf\"} 3\n",
        "broadsheet_stage_seconds_sum{stage=\"received_visible\"} 20.001500\n",
        "broadsheet_stage_seconds_count{stage=\"received_visible\"} 3\n",
        "\n# TYPE broadsheet_feed_last_delivery_seconds gauge\n",
        "broadsheet_feed_deliveries_total{feed=\"wire\"} 2\n",
        "broadsheet_feed_last_delivery_seconds{feed=\"wire\"} 1769148001\n",
        "broadsheet_feed_silent{feed=\"wire\"} 0\nbroadsheet_feed_silent{feed=\"other\"} 1\n",
        "broadsheet_feed_missing_messages{feed=\"wire\"} 0\n"
        "broadsheet_feed_missing_messages{feed=\"other\"} 3\n",
        "broadsheet_feed_clock_ahead_seconds{feed=\"other\"} 181\n",
        "broadsheet_feed_unreadable_total{feed=\"wire\"} 1\n",
        "broadsheet_feed_poll_failures_total{feed=\"other\"} 7\n"};
    for (size_t i = 0; i < COUNT(lines); i++)
        check(span_find(buf_span(&b), span_of(lines[i])) >= 0, "the page holds: %.*s",
            (int)strcspn(lines[i] + 1, "\n"), lines[i] + (lines[i][0] == '\n'));
    check(span_find(buf_span(&b), S("no \"label")) < 0, "what is no label stands nowhere");
    check(span_find(buf_span(&b), S("nobody")) < 0, "nor whom nobody has named");
    buf_free(&b);
}

int main(void)
{
    test_log();
    test_journal();
    test_metrics();
    return tap_end();
}
