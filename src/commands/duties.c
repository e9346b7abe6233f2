/* duties: `broadsheet duties`: what the licences want of the stories that are public or were
 * withdrawn, and what of it is not met. Reads only. */
#include "commands.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 256, PAGE_ARENA = 1 << 30, TELL_EVERY = 4096 };

struct asked {
    const char *data, *config;
    const struct press *press;
    struct office_eyes *eyes;
    bool all, json;
    size_t seen, stories, broken;
};

static void print_duty(const struct asked *q, struct office_eyes *e, const struct office_story *s,
    const struct duty *d)
{
    char due[25] = "";
    struct span id = story_id_text(e->a, s->set.page);
    if (d->due_ms) utc_text(d->due_ms, due);
    if (!q->json) {
        printf("%.*s  %s: %s%s%.*s%s%s  %.*s\n", FMT(id), duty_state_name(d->state),
            duty_text(d->kind), d->detail.n ? ": " : "", FMT(text_plain(e->a, d->detail)),
            *due ? "; by " : "", due, FMT(text_plain(e->a, s->verdict.headline)));
        return;
    }
    struct buf b;
    buf_init(&b, e->a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "id", id);
    json_string(&o, "duty", span_of(duty_name(d->kind)));
    json_string(&o, "state", span_of(duty_state_name(d->state)));
    if (d->detail.n) json_string(&o, "detail", d->detail);
    if (*due) json_string(&o, "due", span_of(due));
    json_close(&o, '}');
    printf("%.*s\n", (int)b.n, b.p);
}

static enum result look_at(struct asked *q, struct office_eyes *e, story_id page)
{
    struct office_story s;
    struct duty list[DUTIES];
    enum result r = eyes_story(e, page, &s);
    if (r != OK) return r == ERR_ABSENT ? OK : r;
    size_t n = duties_of(e, &s, list);
    q->stories += n > 0;
    for (size_t i = 0; i < n; i++) {
        q->broken += list[i].state == DUTY_BROKEN;
        if (q->all || list[i].state == DUTY_BROKEN) print_duty(q, e, &s, &list[i]);
    }
    return OK;
}

static enum result look_at_all(struct asked *q, struct office_eyes *e)
{
    struct arena *own = e->a, *scratch = arena_new(PAGE_ARENA);
    story_id pages[PAGES_AT_ONCE], after = 0;
    size_t count;
    enum result r = OK;
    e->a = scratch;
    do {
        r = store_pages(e->store, after, pages, COUNT(pages), &count);
        for (size_t i = 0; r == OK && i < count; i++) {
            arena_reset(scratch);
            r = look_at(q, e, after = pages[i]);
            if (++q->seen % TELL_EVERY == 0 && isatty(STDERR_FILENO))
                fprintf(stderr, "%zu stories looked at\n", q->seen);
        }
    } while (r == OK && count);
    e->a = own;
    arena_free(scratch);
    return r;
}

/* The page as readers get it: made anew, from the rows. */
static bool says_of(void *with, story_id page, struct page_says *out)
{
    struct asked *q = with;
    struct press_sentences says;
    enum result r = press_story_says(q->press, q->eyes->reader, q->eyes->a, page, &says);
    if (r == OK)
        *out = (struct page_says){
            says.credit, says.disclaimer, says.byline, says.dateline, says.noindex};
    return r == OK;
}

/* The site file names the theme, which is no part of what the ledger holds. */
static bool open_press(struct asked *q, struct house *h, struct office_eyes *e)
{
    struct config_report report = {0};
    struct press *press = NULL;
    struct span why = S("");
    struct config *c =
        q->config ? config_load(h->arena, q->config, &report) : config_in_force(h->arena, h->store);
    const char *theme = c && c->theme.n ? arena_cstr(h->arena, c->theme) : NULL;
    if (!c || press_open(h->arena, press_site_of(h->arena, c), theme, &press, &why) != OK) {
        fprintf(stderr, "broadsheet duties: pages cannot be made: %.*s\n",
            FMT(c ? why : S("the site file has mistakes: `broadsheet check`")));
        return false;
    }
    q->press = press;
    q->eyes = e;
    e->page_says = says_of;
    e->with = q;
    return true;
}

static int look(struct asked *q, struct office_eyes *e, const char *target)
{
    story_id page;
    if (target && !eyes_find(e, span_of(target), &page)) {
        fprintf(stderr, "broadsheet duties: no story is known by this URL, id or guid\n");
        return EX_NOINPUT;
    }
    enum result r = target ? look_at(q, e, page) : look_at_all(q, e);
    if (r != OK) {
        fprintf(
            stderr, "broadsheet duties: the store cannot be read: `broadsheet check --audit`\n");
        return exit_code(r);
    }
    if (!q->json) printf("%zu stories with duties, %zu breaches\n", q->stories, q->broken);
    return q->broken ? 1 : EX_OK;
}

int command_duties(int argc, char **argv)
{
    struct asked q = {0};
    struct house h;
    struct desk_visit v;
    const char *target[1] = {NULL}, *why = NULL;
    size_t count;
    const struct option_row rows[] = {{"--data", &q.data, NULL, true}, {"--config", &q.config},
        {"--all", NULL, &q.all}, {"--json", NULL, &q.json}};
    if (!options_read(argc, argv, rows, COUNT(rows), target, 1, &count)) return EX_USAGE;
    int code = house_visit_or_say(&h, q.data);
    if (code != EX_OK) return code;
    enum result r = desk_visit_open(&h, NULL, &v, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet duties: %s\n", why);
        house_close(&h);
        return exit_code(r);
    }
    code = open_press(&q, &h, &v.eyes) ? look(&q, &v.eyes, count ? target[0] : NULL) : EX_CONFIG;
    desk_visit_close(&v);
    house_close(&h);
    return code;
}
