/* promote: a spare becomes the site. The one that follows is ended first, and the mark goes last: a
 * promotion that was cut off is said again. Nobody but people knows whether the house that it
 * followed is dead, and since when: where it was not heard just now, stories wait for their word.
 */
#include "follow.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
    HEARD_MAX_MS = 10000, /* a house that was stopped and not lost still tells that it is whole */
    END_WAIT_MS = 15000,
    END_LOOK_US = 20000,
    MARK_FILE_MAX = 4096,
};

/* The lock, once the one that follows has let go. */
static enum result take_over(struct arena *a, const char *data, int *lock)
{
    pid_t pid = spare_pid(a, data);
    if (pid) kill(pid, SIGTERM);
    int64_t until = clock_mono_us() + END_WAIT_MS * INT64_C(1000);
    enum result r;
    while ((r = dir_lock(data, lock)) == ERR_BUSY && clock_mono_us() < until) usleep(END_LOOK_US);
    return r;
}

static enum result sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum result r = fd >= 0 && fsync(fd) == 0 ? OK : ERR_IO;
    if (fd >= 0) close(fd);
    return r;
}

static struct span at_time(struct arena *a, int64_t ms)
{
    char text[32];
    time_t s = (time_t)(ms / 1000);
    struct tm tm;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&s, &tm));
    return arena_keep(a, span_of(text));
}

/* Kills that came after it was last heard are not known. */
static enum result doubt(
    struct arena *a, const char *data, const struct spare_state *s, int64_t asked_ms)
{
    bool is_fresh = s->heard_ms && asked_ms - s->heard_ms <= HEARD_MAX_MS && s->pos == s->head;
    if (is_fresh) return OK;
    enum result r = file_write_durable(
        spare_file(a, data, "unconfirmed"), S("promoted a while after it was last heard of\n"));
    if (r != OK) return r;
    fprintf(stderr,
        "This spare had everything last at %.*s. If the site that it followed has taken nothing "
        "since, nothing is missing: say\n"
        "`broadsheet confirm --data %s`. Until then, or until the feeds have been replayed past "
        "it, "
        "no wire story is shown.\n",
        FMT(s->heard_ms ? at_time(a, s->heard_ms) : S("no time")), data);
    return OK;
}

static int promote(struct arena *a, const char *data)
{
    struct span from;
    struct spare_state state;
    int lock = -1;
    int64_t asked_ms = clock_now_ms();
    const char *mark = spare_file(a, data, HOUSE_SPARE);
    if (file_read(a, mark, MARK_FILE_MAX, &from) != OK) {
        fprintf(stderr, "broadsheet promote: %s is no spare\n", data);
        return EX_NOINPUT;
    }
    if (access(spare_file(a, data, "ledger.db"), F_OK) != 0) {
        fprintf(stderr, "broadsheet promote: nothing has come to %s yet\n", data);
        return EX_NOINPUT;
    }
    enum result r = take_over(a, data, &lock);
    if (r != OK) return keep_fail("promote", "the process that follows does not end", r);
    spare_state_read(a, data, &state);
    r = doubt(a, data, &state, asked_ms);
    if (r == OK && unlink(mark) != 0) r = ERR_IO;
    if (r == OK) r = sync_folder(data);
    close(lock);
    if (r != OK) return keep_fail("promote", data, r);
    printf("%s is a site, up to event %llu of %.*s: start it, and never the old one beside it\n",
        data, (unsigned long long)state.pos, FMT(span_trim(from)));
    return EX_OK;
}

int command_promote(int argc, char **argv)
{
    const char *data = NULL, *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    struct arena *a = arena_new(1 << 20);
    int code = promote(a, data);
    arena_free(a);
    return code;
}
