/* memory: how much of it this house may have: what the machine has, or less where a control group
 * says so (cgroup v2: memory.max; v1: memory.limit_in_bytes; the least of all levels). Those who
 * would take as much as there is take a share. Asked once, before any cage. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "roles.h"

enum {
    MEMORY_SHARES = 4,
    MEMORY_ARENA = 256 << 10,
    CGROUP_FILE_MAX = 64 << 10,
};

static uint64_t number_in(struct arena *a, const char *path)
{
    struct span text;
    uint64_t n;
    bool is_told = file_read(a, path, 64, &text) == OK && span_to_u64(span_trim(text), &n);
    return is_told ? n : UINT64_MAX; /* "max", or no such file */
}

/* The group's own limit, and those of all above it. */
static uint64_t least_of(
    struct arena *a, const char *root, struct span group, const char *file, uint64_t least)
{
    for (;;) {
        uint64_t n = number_in(a, arena_printf(a, "%s%.*s/%s", root, FMT(group), file).p);
        if (n < least) least = n;
        if (!group.n) return least;
        do group.n--;
        while (group.n && group.p[group.n] != '/');
    }
}

/* A line of /proc/self/cgroup: "0::/GROUP" (v2), or "4:memory:/GROUP" (v1). cgroups(7). */
static uint64_t least_of_line(struct arena *a, const char *sys, struct span line, uint64_t least)
{
    struct span number, kinds, kind;
    bool is_v1 = false;
    if (!span_next(&line, ':', &number) || !span_next(&line, ':', &kinds) || !line.n) return least;
    struct span group = span_eq(line, S("/")) ? S("") : line;
    for (struct span rest = kinds; span_next(&rest, ',', &kind);)
        is_v1 |= span_eq(kind, S("memory"));
    if (is_v1)
        return least_of(
            a, arena_printf(a, "%s/memory", sys).p, group, "memory.limit_in_bytes", least);
    return kinds.n ? least : least_of(a, sys, group, "memory.max", least);
}

uint64_t memory_limit_of(const char *cgroups, const char *sys, uint64_t machine)
{
    struct arena *a = arena_new(MEMORY_ARENA);
    struct span text, line;
    uint64_t least = machine;
    if (file_read(a, cgroups, CGROUP_FILE_MAX, &text) == OK)
        while (span_next(&text, '\n', &line)) least = least_of_line(a, sys, line, least);
    arena_free(a);
    return least;
}

uint64_t memory_limit(void)
{
    uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    return memory_limit_of("/proc/self/cgroup", "/sys/fs/cgroup", machine);
}

size_t memory_share(const struct house *h, size_t least, size_t most)
{
    uint64_t share = h->memory_limit / MEMORY_SHARES;
    return share < least ? least : share < most ? (size_t)share : most;
}

void memory_give_way(void)
{
    FILE *f = fopen("/proc/self/oom_score_adj", "we");
    if (!f) return;
    fputs("500\n", f);
    fclose(f);
}
