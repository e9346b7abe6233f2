/* theme_watch: `serve --dev`: a template, style sheet or words file saved in the theme's folder is
 * in force at the next load of a page, by a reload like any other: a mistake is told as
 * file:line:column, and the theme before stays. By inotify(7); the folder's and its words/ alone,
 * as these are all that a theme reads. */
#include "master.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    QUIET_US = 80000,   /* an editor writes, renames and removes for one saving */
    AGAIN_US = 1000000, /* a folder that went away is looked for */
    EVENTS = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_DELETE_SELF |
             IN_MOVE_SELF | IN_ONLYDIR,
};

/* Adding a folder again is nothing; a configuration may have named another since. */
static void look_at(struct theme_watch *w, const struct config *c)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%.*s", FMT(c->theme));
    if (n <= 0 || (size_t)n + sizeof "/words" > sizeof path) return;
    w->sees = inotify_add_watch(w->fd, path, EVENTS) >= 0;
    memcpy(path + n, "/words", sizeof "/words");
    (void)inotify_add_watch(w->fd, path, EVENTS);
}

/* An editor's own files (".x.swp", "4913", "x~") may come and go: they cost a reload, no more. */
static bool something_changed(struct theme_watch *w)
{
    char room[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    bool any = false;
    while (read(w->fd, room, sizeof room) > 0) any = true;
    return any;
}

void master_watch_theme(struct master *m)
{
    struct theme_watch *w = &m->theme_watch;
    int64_t now = clock_mono_us();
    if (!m->house->is_watched || !m->house->config->theme.n) return;
    if (w->fd <= 0) {
        w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (w->fd < 0) {
            log_warn("the theme's folder cannot be watched: there are no more of inotify");
            m->house->is_watched = false;
            return;
        }
        look_at(w, m->house->config);
        w->again_us = now + AGAIN_US;
    }
    if (now >= w->again_us) {
        bool was_gone = !w->sees;
        look_at(w, m->house->config);
        w->again_us = now + AGAIN_US;
        if (was_gone && w->sees) w->due_us = now;
    }
    if (something_changed(w)) w->due_us = now + QUIET_US;
    if (!w->due_us || now < w->due_us) return;
    w->due_us = 0;
    log_info("the theme has changed");
    master_reload(m);
}

void master_watch_stop(struct master *m)
{
    if (m->theme_watch.fd > 0) close(m->theme_watch.fd);
}
