/* sending: files of the demonstration wire into a watched folder, as an agency's delivery does it:
 * under a hidden name, synced, renamed, so that nobody sees half a file. */
#include "simulation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PICTURE_MAX = 4 << 20 };

static bool write_file(struct run *r, struct span name, struct span bytes, int64_t *renamed_us_out)
{
    const char *hidden = arena_printf(r->a, "%s/.%.*s.tmp", r->s->folder, FMT(name)).p;
    const char *path = arena_printf(r->a, "%s/%.*s", r->s->folder, FMT(name)).p;
    int fd = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool fine = fd >= 0 && write_all(fd, bytes.p, bytes.n) == OK && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    r->last_file = path;
    *renamed_us_out = clock_mono_us();
    if (fine && rename(hidden, path) == 0) return true;
    fprintf(stderr, "broadsheet simulate: %s: %s\n", path, strerror(errno));
    r->failed = true;
    return false;
}

static void send_file(struct run *r, struct span name)
{
    struct span bytes;
    int64_t us;
    void **slot = name.n ? map_at(r->pictures, name) : NULL;
    if (!slot || *slot) return;
    *slot = r;
    const char *path = arena_printf(r->a, "%s/pictures/%.*s", r->demo->folder, FMT(name)).p;
    if (file_read(r->a, path, PICTURE_MAX, &bytes) == OK) (void)write_file(r, name, bytes, &us);
}

static struct html send_from_text(void *with, struct html block, const struct html_figure *f)
{
    if (!f->is_embed) send_file(with, f->name);
    return block;
}

void send_picture(struct run *r, const struct demo_act *act)
{
    if (!act->story || act->verb == DEMO_LIFT_EMBARGO) return;
    const struct demo_version *v = demo_version_of(act->story, act->version);
    struct html body = html_clean_story(r->a, v->body, (const char *const[]){NULL});
    send_file(r, v->picture.file);
    (void)html_figures(r->a, body, send_from_text, r);
}

static struct filing filing_of(struct run *r, const struct demo_act *act)
{
    struct filed *f = &r->filed[act->story - r->demo->stories];
    int64_t now = clock_now_ms();
    if (!f->first_ms) f->first_ms = now;
    return (struct filing){.story = act->story,
        .version = act->version,
        .verb = act->verb,
        .run = r->stamp,
        .note = act->note,
        .now_ms = now,
        .first_ms = f->first_ms,
        .embargo_ms = act->verb == DEMO_EMBARGO ? run_embargo_ms(r, act->until_ms) : 0,
        .today = r->today};
}

bool send_story(struct run *r, const struct demo_act *act, int64_t *renamed_us_out)
{
    struct filing f = filing_of(r, act);
    const struct story *s = filing_story(r->a, &f);
    struct span name = arena_printf(r->a, "%03u-%.*s-%u.%s", ++r->files, FMT(act->story->id),
        act->version, act->story->is_g2 ? "xml" : "json");
    return write_file(r, name, filing_bytes(r->a, &f, s), renamed_us_out);
}
