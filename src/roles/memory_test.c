/* memory_test.c: which limit of memory holds: the machine's, or the least that a control group of
 * either kind, or one above it, says. */
#include <stdio.h>
#include <unistd.h>

#include "roles.h"
#include "tap.h"

static char root[] = "/tmp/broadsheet-memory-XXXXXX";
static struct arena *a;

static const char *path(const char *name)
{
    return arena_printf(a, "%s/%s", root, name).p;
}

static void put(const char *folder, const char *file, const char *text)
{
    must(dir_make(path(folder)) == OK);
    must(file_write_durable(path(arena_printf(a, "%s/%s", folder, file).p), span_of(text)) == OK);
}

static uint64_t limit(const char *groups)
{
    must(file_write_durable(path("cgroup"), span_of(groups)) == OK);
    return memory_limit_of(path("cgroup"), root, 8000);
}

int main(void)
{
    a = arena_new(1 << 20);
    must(mkdtemp(root));
    put("system.slice/site.service", "memory.max", "1000\n");
    put("system.slice/free.service", "memory.max", "max\n");
    put("small.slice/a/b", "memory.max", "3000\n");
    put("small.slice", "memory.max", "500\n");
    put("memory/docker/x", "memory.limit_in_bytes", "2000\n");
    put("memory", "memory.limit_in_bytes", "9223372036854771712\n");
    check(limit("0::/system.slice/site.service\n") == 1000, "v2: its own");
    check(limit("0::/system.slice/free.service\n") == 8000, "“max”: the machine's");
    check(limit("0::/small.slice/a/b\n") == 500, "the least of those above it");
    check(limit("12:cpu:/x\n4:memory:/docker/x\n0::/\n") == 2000, "v1");
    check(limit("4:hugetlb,memory:/docker/x\n") == 2000, "v1, with another kind beside it");
    check(limit("4:memory:/\n") == 8000, "v1's way to say that there is none");
    check(limit("0::/elsewhere/unknown\n") == 8000, "a group that is not seen from here");
    check(limit("nonsense\n:\n::\n") == 8000 && limit("") == 8000, "what is no list of groups");
    check(memory_limit_of(path("none"), root, 8000) == 8000, "no list");
    check(memory_limit() > 16 << 20, "this machine has some");

    struct house h = {.memory_limit = 400};
    check(memory_share(&h, 10, 1000) == 100 && memory_share(&h, 200, 1000) == 200 &&
              memory_share(&h, 10, 50) == 50,
        "a share is a part, not below what is needed, not above what is wanted");
    must(dir_remove(root) == OK);
    arena_free(a);
    return tap_end();
}
