/* cage_test.c: the desk's fence, tried from inside: what it reads, what it cannot read, what it
 * cannot write. The real fence in a process of its own; where the kernel has no Landlock, skipped.
 */
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "roles.h"
#include "tap.h"

static char data[] = "/tmp/broadsheet-cage-XXXXXX";

static const char *at(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", data, name);
    return path;
}

static const struct {
    const char *file;
    bool reads, writes;
} table[] = {
    {"store/7/site.db", true, false},
    {"store.desk/7/desk.db", true, false},
    {"store/7/site.db-wal", true, false},
    {"store.desk/7/desk.db-wal", true, false},
    {"store/7/site.db-shm", true, true},
    {"store.desk/7/desk.db-shm", true, true},
    {"store/current", true, false},
    {"tombstones", true, false},
    {"desk/accounts.db", true, true},
    {"ledger.db", true, true},
    {"ledger.db-wal", true, true},
    {"config/push.key", false, false},
    {"config/site.yaml", false, false},
    {"pictures/a.jpg", true, false},
    {"receipts/a.jws", true, false},
    {"keys/receipt.key", false, false},
    {"run/pid", false, false},
    {"version", false, false},
};

static void make_all(void)
{
    static const char *const folders[] = {"store/7", "store.desk/7", "desk", "config", "pictures",
        "receipts", "keys", "run", "bells"};
    for (size_t i = 0; i < COUNT(folders); i++) must(dir_make(at(folders[i])) == OK);
    for (size_t i = 0; i < COUNT(table); i++)
        must(file_write_durable(at(table[i].file), S("bytes")) == OK);
}

static bool opens(const char *path, int how)
{
    int fd = open(path, how | O_CLOEXEC);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

/* One bit a thing that is as it must be; by the exit status nothing else could come through. */
static int inside(const struct house *h)
{
    if (!cage_close(ROLE_DESK, h)) return 1;
    for (size_t i = 0; i < COUNT(table); i++) {
        if (opens(at(table[i].file), O_RDONLY) != table[i].reads) return 10 + (int)i;
        if (opens(at(table[i].file), O_WRONLY) != table[i].writes) return 40 + (int)i;
    }
    if (opens(at("store/7/new"), O_WRONLY | O_CREAT)) return 70;
    if (opens(at("new"), O_WRONLY | O_CREAT)) return 71;
    if (unlink(at("store/7/site.db")) == 0 || unlink(at("tombstones")) == 0) return 72;
    if (rename(at("store/current"), at("store/other")) == 0) return 73;
    if (!opens(at("desk/accounts.db-journal"), O_WRONLY | O_CREAT)) return 74;
    if (opens("/etc/passwd", O_RDONLY)) return 75;
    return 0;
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    must(mkdtemp(data));
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) {
        tap_skip("the desk's fence holds", "no Landlock on this kernel");
        must(dir_remove(data) == OK);
        return tap_end();
    }
    make_all();
    must(clock_open(at("run/clock"), 0) == OK);
    clock_slot_set(SLOT_STORE_EPOCH, 7);
    struct house h = {.arena = a,
        .data = arena_cstr(a, span_of(data)),
        .store = arena_printf(a, "%s/store", data).p,
        .run = arena_printf(a, "%s/run", data).p,
        .pictures = arena_printf(a, "%s/pictures", data).p,
        .receipts = arena_printf(a, "%s/receipts", data).p,
        .config = config_default(a, S("")),
        .config_path = arena_printf(a, "%s/config/site.yaml", data).p};
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(inside(&h));
    must(pid > 0 && waitpid(pid, &status, 0) == pid);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    check(code == 0,
        "the desk reads the store and cannot write it, appends to the ledger, and sees no key (%d)",
        code);
    must(dir_remove(data) == OK);
    arena_free(a);
    return tap_end();
}
