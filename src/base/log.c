/* log: one line a fact on standard error: time role level fact. One write a line, so that lines of
 * threads and roles never mix. Never fails and never blocks on memory. */
#include "clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 }; /* a pipe takes this much in one piece (PIPE_BUF) */

static _Thread_local char role_name[24] = "main";
static _Atomic int lowest_level = LOG_INFO;
static _Atomic bool is_journal;

void log_as(const char *role)
{
    snprintf(role_name, sizeof role_name, "%s", role);
}

void log_quiet(enum log_level lowest)
{
    atomic_store(&lowest_level, (int)lowest);
}

/* systemd names the stream that it reads; a role's standard error may be another by now. */
void log_to_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;
    atomic_store(&is_journal, stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
                                  fstat(2, &st) == 0 && st.st_dev == device && st.st_ino == inode);
}

static size_t head(char *line, size_t room, enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"},
                             *const priorities[] = {"<7>", "<6>", "<4>", "<3>"}; /* sd-daemon(3) */
    int64_t ms = clock_now_ms();
    struct civil c = civil_of(ms);
    int n = snprintf(line, room, "%s%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s %s ",
        atomic_load_explicit(&is_journal, memory_order_relaxed) ? priorities[level] : "", c.year,
        c.month, c.day, c.hour, c.minute, c.second, (int)(((ms % 1000) + 1000) % 1000), role_name,
        names[level]);
    return n < 0 ? 0 : (size_t)n;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed)) return;
    int kept = errno;
    char line[LINE_MAX_BYTES];
    size_t start = head(line, sizeof line, level);
    va_list ap;
    va_start(ap, fmt);
    int said = vsnprintf(line + start, sizeof line - start - 1, fmt, ap);
    va_end(ap);
    size_t n = start + (said < 0 ? 0 : (size_t)said);
    if (n > sizeof line - 2) n = sizeof line - 2;
    for (size_t i = start; i < n; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F) line[i] = ' ';
    line[n++] = '\n';
    ssize_t ignored = write(2, line, n);
    (void)ignored;
    errno = kept;
}
