/* past: `broadsheet as-of TIME …`: what stood on the front, or what a story said, at an instant
 * that has been. For the desk's eyes: it shows what was corrected away, never what was withdrawn.
 */
#include "commands.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

enum { FRONT_ITEMS = 30, TELL_EVERY = 4096 };

struct asked {
    const char *data, *words[2];
    size_t count;
    bool json;
    struct house house;
    struct span target; /* "front", "section:NAME", or a story */
    int64_t at_ms;
};

static struct span word(const struct asked *q, size_t i)
{
    return i < q->count ? span_of(q->words[i]) : S("");
}

/* ---- saying ---- */
static void say_instant(const struct asked *q, const struct office_eyes *e)
{
    char utc[25];
    utc_text(q->at_ms, utc);
    printf("as of %.*s %.*s (%s)\n", FMT(office_time(e->site, e->a, q->at_ms)),
        FMT(zone_name(e->site->zone)), utc);
}

static void say_times(const struct office_eyes *e, const struct verdict *v, bool was_public)
{
    if (was_public)
        printf("public since %.*s\n", FMT(office_time(e->site, e->a, v->interval.from_ms)));
    else if (!v->interval.held && v->shown != SIZE_MAX)
        printf("not public; to be public from %.*s\n",
            FMT(office_time(e->site, e->a, v->interval.from_ms)));
    else
        printf("not public\n");
}

static void say_reasons(const struct verdict *v)
{
    for (size_t i = 0; i < v->reason_count; i++) {
        printf("  %s", reason_text(v->reasons[i].code));
        if (v->reasons[i].rule_line) printf(" (rule in line %u)", v->reasons[i].rule_line);
        putchar('\n');
    }
}

static void print_story(
    const struct asked *q, const struct office_eyes *e, const struct office_past *p)
{
    const struct story *s = p->shown->story;
    say_instant(q, e);
    say_times(e, &p->verdict, p->was_public);
    say_reasons(&p->verdict);
    if (p->is_dead) {
        printf("withdrawn since: its words are not shown\n");
        return;
    }
    printf("version %.*s, the latest of %zu; received %.*s\n",
        FMT(s->version.n ? s->version : S("-")), p->set.version_count,
        FMT(office_time(e->site, e->a, p->shown->received_ms)));
    printf("\n%.*s\n", FMT(text_plain(e->a, p->verdict.headline)));
    if (s->body_text.n) printf("\n%.*s\n", FMT(text_plain(e->a, s->body_text)));
}

static void json_instant(struct json_out *o, const char *name, int64_t ms)
{
    char utc[25];
    if (ms <= 0 || ms == FOREVER) return;
    utc_text(ms, utc);
    json_string(o, name, span_of(utc));
}

static void story_json(const struct asked *q, const struct office_eyes *e,
    const struct office_past *p, struct json_out *o)
{
    const struct verdict *v = &p->verdict;
    json_open(o, NULL, '{');
    json_instant(o, "as_of", q->at_ms);
    json_string(o, "id", story_id_text(e->a, p->set.page));
    json_bool(o, "public", p->was_public);
    json_bool(o, "withdrawn_since", p->is_dead);
    if (!v->interval.held) json_instant(o, "from", v->interval.from_ms);
    json_open(o, "reasons", '[');
    for (size_t i = 0; i < v->reason_count; i++)
        json_string(o, NULL, span_of(reason_text(v->reasons[i].code)));
    json_close(o, ']');
    if (!p->is_dead) {
        json_string(o, "version", p->shown->story->version);
        json_string(o, "section", v->section);
        json_string(o, "headline", v->headline);
        json_string(o, "text", p->shown->story->body_text);
        json_instant(o, "received", p->shown->received_ms);
    }
    json_close(o, '}');
}

static void front_json(const struct asked *q, const struct office_eyes *e,
    const struct office_teaser *list, size_t n, struct json_out *o)
{
    json_open(o, NULL, '{');
    json_instant(o, "as_of", q->at_ms);
    json_open(o, "stories", '[');
    for (size_t i = 0; i < n; i++) {
        json_open(o, NULL, '{');
        json_string(o, "id", story_id_text(e->a, list[i].page));
        json_bool(o, "withdrawn_since", list[i].is_dead);
        if (!list[i].is_dead) json_string(o, "headline", list[i].headline);
        if (!list[i].is_dead) json_string(o, "section", list[i].section);
        json_instant(o, "time", list[i].front_ms);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
}

static void print_front(
    const struct asked *q, const struct office_eyes *e, const struct office_teaser *list, size_t n)
{
    say_instant(q, e);
    if (!n) printf("nothing was public here\n");
    for (size_t i = 0; i < n; i++)
        printf("%.*s  %.*s  %.*s\n", FMT(office_time(e->site, e->a, list[i].front_ms)),
            FMT(story_id_text(e->a, list[i].page)),
            FMT(list[i].is_dead ? S("(withdrawn since)") : text_plain(e->a, list[i].headline)));
}

/* ---- looking ---- */
static int no_story(const char *what)
{
    fprintf(stderr, "broadsheet as-of: %s\n", what);
    return EX_NOINPUT;
}

static int show_story(const struct asked *q, struct office_eyes *e, struct json_out *o)
{
    story_id page;
    struct office_past p;
    if (!eyes_find(e, q->target, &page))
        return no_story("no story is known by this URL, id or guid; or ask for `front`");
    enum result r = past_story(e, page, q->at_ms, &p);
    if (r == ERR_ABSENT) return no_story("nothing of this story had come by then");
    if (r != OK) return no_story("the store cannot be read: `broadsheet check --audit`");
    if (q->json)
        story_json(q, e, &p, o);
    else
        print_story(q, e, &p);
    return EX_OK;
}

static void tell(size_t pages, void *with)
{
    (void)with;
    if (isatty(STDERR_FILENO) && pages % TELL_EVERY == 0)
        fprintf(stderr, "%zu stories looked at\n", pages);
}

static int show_front(
    const struct asked *q, struct office_eyes *e, struct span section, struct json_out *o)
{
    struct office_teaser *list;
    size_t n;
    if (past_front(e, q->at_ms, section, FRONT_ITEMS, tell, NULL, &list, &n) != OK)
        return no_story("the store cannot be read: `broadsheet check --audit`");
    if (q->json)
        front_json(q, e, list, n, o);
    else
        print_front(q, e, list, n);
    return EX_OK;
}

static int show(const struct asked *q, struct office_eyes *e)
{
    struct buf b;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    bool section = span_starts(q->target, S("section:"));
    int code = section || span_eq(q->target, S("front"))
                   ? show_front(q, e, section ? span_cut(q->target, 8, q->target.n) : S(""), &o)
                   : show_story(q, e, &o);
    if (q->json && code == EX_OK) printf("%.*s\n", (int)b.n, b.p);
    return code;
}

/* A time without a zone is the site's own, as it is configured now. */
static bool read_time(struct asked *q, const struct config *now)
{
    struct when w = when_iso(word(q, 0));
    if (w.kind == WHEN_UTC) q->at_ms = w.ms;
    if (w.kind == WHEN_LOCAL) q->at_ms = zone_to_utc(now->zone ? now->zone : zone_utc(), w.ms);
    return q->at_ms > 0;
}

static int run(struct asked *q)
{
    struct desk_visit l;
    struct config *c, *now;
    const char *why = NULL;
    if (config_then(&q->house, FOREVER, &now, &why) != OK)
        return no_story("there is nothing to see yet: start the site once (broadsheet serve)");
    if (!read_time(q, now))
        return usage_error("as-of", "“%.*s” is no time: 2026-01-23T11:30", FMT(word(q, 0)));
    if (q->at_ms > clock_now_ms()) return usage_error("as-of", "this instant is still to come");
    enum result r = config_then(&q->house, q->at_ms, &c, &why);
    if (r == OK) r = desk_visit_open(&q->house, c, &l, &why);
    if (r != OK) return no_story(why);
    int code = show(q, &l.eyes);
    desk_visit_close(&l);
    return code;
}

int command_as_of(int argc, char **argv)
{
    struct asked q = {0};
    const struct option_row rows[] = {{"--data", &q.data, NULL, true}, {"--json", NULL, &q.json}};
    if (!options_read(argc, argv, rows, COUNT(rows), q.words, COUNT(q.words), &q.count))
        return EX_USAGE;
    if (!q.count) return usage_error("as-of", "when? 2026-01-23T11:30");
    q.target = q.count > 1 ? word(&q, 1) : S("front");
    int code = house_visit_or_say(&q.house, q.data);
    if (code == EX_OK) code = run(&q);
    house_close(&q.house);
    return code;
}
