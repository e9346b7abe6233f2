/* spare_look: how far a spare is, for status and promote, beside the one that follows. Never
 * writes.
 */
#include "follow.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    SPARE_FILE_MAX = 4096,
    LATE_MS = 60000, /* above the longest wait before a house is asked again */
};

const char *spare_file(struct arena *a, const char *data, const char *name)
{
    return arena_printf(a, "%s/%s", data, name).p;
}

bool spare_state_read(struct arena *a, const char *data, struct spare_state *out)
{
    struct span text;
    unsigned long long pos, head;
    long long heard;
    *out = (struct spare_state){0};
    if (file_read(a, spare_file(a, data, "run/spare"), SPARE_FILE_MAX, &text) != OK ||
        sscanf(arena_cstr(a, text), "%20llu %20llu %20lld", &pos, &head, &heard) != 3)
        return false;
    *out = (struct spare_state){pos, head, heard};
    return true;
}

pid_t spare_pid(struct arena *a, const char *data)
{
    struct span text;
    uint64_t pid = 0;
    int fd = -1;
    if (file_read(a, spare_file(a, data, "run/pid"), 64, &text) != OK ||
        !span_to_u64(span_trim(text), &pid))
        return 0;
    if (dir_lock(data, &fd) != OK) return (pid_t)pid;
    close(fd);
    return 0;
}

static void print(const struct spare_state *s, struct span from, pid_t pid, int64_t late_ms)
{
    printf("spare of %.*s: %llu of %llu events", FMT(from), (unsigned long long)s->pos,
        (unsigned long long)s->head);
    if (s->heard_ms)
        printf(", everything was here %lld s ago\n", (long long)(late_ms / 1000));
    else
        printf("; not yet whole\n");
    if (pid)
        printf("following (process %d)\n", (int)pid);
    else
        printf("not followed: `broadsheet spare` does not run\n");
}

static void print_json(struct arena *a, const struct spare_state *s, struct span from, pid_t pid)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_bool(&o, "spare", true);
    json_string(&o, "of", from);
    json_bool(&o, "following", pid != 0);
    json_number(&o, "ledger", (int64_t)s->pos);
    json_number(&o, "source", (int64_t)s->head);
    json_number(&o, "whole_ms", s->heard_ms);
    json_close(&o, '}');
    printf("%.*s\n", FMT(buf_span(&b)));
}

bool spare_status(const char *data, bool json, int *code_out)
{
    struct arena *a = arena_new(1 << 20);
    struct spare_state s;
    struct span from;
    bool is_spare = file_read(a, spare_file(a, data, HOUSE_SPARE), SPARE_FILE_MAX, &from) == OK;
    if (is_spare) {
        pid_t pid = spare_pid(a, data);
        spare_state_read(a, data, &s);
        int64_t late_ms = clock_now_ms() - s.heard_ms;
        if (json)
            print_json(a, &s, span_trim(from), pid);
        else
            print(&s, text_plain(a, span_trim(from)), pid, late_ms);
        *code_out = !pid ? 2 : late_ms > LATE_MS ? 1 : EX_OK;
    }
    arena_free(a);
    return is_spare;
}
