/* Golden cases of the wire floor: each folder tests/cases/wire/NAME holds in.* (what came), perhaps
 * format.txt (what the feed's configuration calls it), and want.txt (what it says).
 * BROADSHEET_REGENERATE=1 writes want.txt anew: look at the difference before you commit it. */
#include "wire.h"

#include "tap.h"
#include <dirent.h>
#include <unistd.h>

#define CASES "tests/cases/wire"

static void line(struct buf *b, const char *name, struct span text)
{
    if (text.n) buf_printf(b, "  %s: %.*s\n", name, FMT(text));
}

static void line_time(struct buf *b, const char *name, struct when t)
{
    static const char *const kinds[] = {"absent", "", "local", "empty", "unreadable"};
    char text[25];
    if (t.kind == WHEN_ABSENT) return;
    utc_text(t.ms, text);
    buf_printf(b, "  %s: %s", name, kinds[t.kind]);
    if (t.kind == WHEN_LOCAL) buf_char(b, ' ');
    if (t.kind == WHEN_UTC || t.kind == WHEN_LOCAL)
        buf_put(b, span_cut(span_of(text), 0, t.kind == WHEN_LOCAL ? 19 : 24));
    buf_char(b, '\n');
}

static void describe_lists(struct buf *b, const struct story *s)
{
    static const char *const kinds[] = {
        "topic", "genre", "place", "person", "organisation", "event"};
    for (uint32_t i = 0; i < s->subject_count; i++) {
        const struct subject *j = &s->subjects[i];
        buf_printf(
            b, "  subject: %s %.*s \"%.*s\"\n", kinds[j->kind], FMT(j->literal), FMT(j->name));
    }
    for (uint32_t i = 0; i < s->keyword_count; i++) line(b, "keyword", s->keywords[i]);
    for (uint32_t i = 0; i < s->signal_count; i++) line(b, "signal", s->signals[i]);
    for (uint32_t i = 0; i < s->usage_count; i++) line(b, "usage", s->usage[i]);
    for (uint32_t i = 0; i < s->hop_count; i++) line(b, "hop", s->hops[i]);
    for (uint32_t i = 0; i < s->note_count; i++)
        line(b, s->notes[i].public_text ? "public note" : "note", s->notes[i].text);
    for (uint32_t i = 0; i < s->link_count; i++)
        buf_printf(b, "  link %u: %.*s %.*s\n", s->links[i].rel, FMT(s->links[i].guid),
            FMT(s->links[i].version));
    for (uint32_t i = 0; i < s->picture_count; i++) {
        const struct picture *p = &s->pictures[i];
        buf_printf(b, "  picture %.*s (%.*s, %s): %.*s\n", FMT(p->role), FMT(p->kind),
            story_status_name(p->status), FMT(p->guid));
        line(b, "  caption", p->caption);
        line(b, "  credit", p->credit);
        line_time(b, "  embargo", p->embargo);
        for (uint32_t k = 0; k < p->rendition_count; k++)
            buf_printf(b, "    rendition %.*s %.*s %ux%u\n", FMT(p->renditions[k].role),
                FMT(p->renditions[k].href), p->renditions[k].width, p->renditions[k].height);
    }
}

static void describe_members(struct buf *b, const struct story *s)
{
    static const char *const modes[] = {"unordered", "sequential", "alternative"};
    for (uint32_t i = 0; i < s->member_count; i++) {
        const struct member *m = &s->members[i];
        buf_printf(b, "  member %.*s (%s", FMT(m->group), modes[m->mode]);
        if (m->choice) buf_printf(b, ", choice %u, alternative %u", m->choice, m->branch);
        buf_printf(b, "): %.*s \"%.*s\"\n", FMT(m->guid), FMT(m->headline));
    }
}

static void describe(struct buf *b, const struct story *s)
{
    buf_printf(b, "%s %s\n", story_status_name(s->status), story_kind_name(s->kind));
    line(b, "guid", s->guid);
    line(b, "version", s->version);
    line(b, "serial", s->serial);
    line(b, "provider", s->provider);
    line(b, "status as sent", s->status_literal);
    if (s->is_test) buf_lit(b, "  TEST\n");
    line_time(b, "created", s->version_created);
    line_time(b, "first created", s->first_created);
    line_time(b, "embargo", s->embargo);
    line_time(b, "expires", s->expires);
    line(b, "headline", s->headline);
    line(b, "headline tag", s->headline_tag);
    if (s->change) buf_printf(b, "  change: %s\n", story_change_name(s->change));
    line(b, "change note", s->change_note);
    line(b, "slugline", s->slugline);
    line(b, "byline", s->byline);
    line(b, "dateline", s->dateline);
    line(b, "credit line", s->creditline);
    line(b, "language", s->language);
    if (s->urgency) buf_printf(b, "  urgency: %u\n", s->urgency);
    line(b, "abstract", s->abstract);
    line(b, "body", s->body.s);
    line(b, "credits", s->credits);
    line(b, "copyright", s->copyright);
    line(b, "copyright holder", s->copyright_holder);
    line(b, "page", s->link);
    describe_lists(b, s);
    describe_members(b, s);
    for (uint32_t i = 0; i < s->fault_count; i++)
        buf_printf(b, "  fault %u:%u: %.*s\n", s->faults[i].line, s->faults[i].column,
            FMT(s->faults[i].what));
}

static struct span describe_result(struct arena *a, const struct wire_result *r)
{
    static const char *const ends[] = {"stories", "rejected", "unknown"};
    struct buf b;
    buf_init(&b, a, 0);
    buf_printf(&b, "%s: %s\n", r->format ? r->format : "no format", ends[r->end]);
    if (r->end != WIRE_STORIES)
        buf_printf(&b, "%u:%u: %.*s\n", r->reject.line, r->reject.column, FMT(r->reject.why));
    for (size_t i = 0; i < r->count; i++) {
        const struct wire_item *item = &r->items[i];
        buf_char(&b, '\n');
        if (item->story)
            describe(&b, item->story);
        else
            buf_printf(&b, "refused %u:%u: %.*s\n", item->reject.line, item->reject.column,
                FMT(item->reject.why));
    }
    return buf_span(&b);
}

/* The folder's in.* file; NULL: it has none. */
static const char *input_of(struct arena *a, const char *folder)
{
    DIR *d = opendir(folder);
    const char *path = NULL;
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        if (strncmp(e->d_name, "in.", 3) == 0) path = arena_printf(a, "%s/%s", folder, e->d_name).p;
    if (d) closedir(d);
    return path;
}

static void run_case(const char *name)
{
    struct arena *a = arena_new(64 << 20);
    const char *folder = arena_printf(a, CASES "/%s", name).p, *in = input_of(a, folder);
    const char *want_path = arena_printf(a, "%s/want.txt", folder).p;
    struct span bytes, want = {0};
    if (!check(in && file_read(a, in, 1 << 20, &bytes) == OK, "%s has its input", name)) return;
    struct wire_hint hint = {0};
    struct wire_result result;
    if (file_read(a, arena_printf(a, "%s/format.txt", folder).p, 100, &hint.format) == OK)
        hint.format = span_trim(hint.format);
    wire_read(a, bytes, &hint, &result);
    struct span got = describe_result(a, &result);
    if (getenv("BROADSHEET_REGENERATE")) must(file_write_durable(want_path, got) == OK);
    check(file_read(a, want_path, 1 << 20, &want) == OK, "%s has its want.txt", name);
    check_span(got, want, name);
    arena_free(a);
}

int main(void)
{
    struct dirent **names = NULL;
    charset_prepare();
    int n = scandir(CASES, &names, NULL, alphasort);
    check(n > 2, "there are cases in " CASES);
    for (int i = 0; i < n; i++) {
        if (names[i]->d_name[0] != '.') run_case(names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return tap_end();
}
