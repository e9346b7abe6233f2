/* `broadsheet read`: files good and bad, in one call; and what every verb says of itself. */
#include "commands.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tap.h"

static char folder[] = "/tmp/broadsheet-read-XXXXXX";
static struct arena *a;

static const char *at(const char *name)
{
    return arena_printf(a, "%s/%s", folder, name).p;
}

static void put(const char *name, struct span text)
{
    must(file_write_durable(at(name), text) == OK);
}

static struct span ninjs(const char *guid)
{
    return arena_printf(a,
        "{\"uri\":\"%s\",\"standard\":{\"name\":\"ninjs\",\"version\":\"3.0\"},\"type\":\"text\","
        "\"pubStatus\":\"usable\",\"versionCreated\":\"2026-01-23T06:00:00Z\",\"headlines\":"
        "[{\"role\":\"main\",\"value\":\"Bridge\"}],\"bodies\":[{\"role\":\"main\",\"contentType\":"
        "\"text/html\",\"value\":\"<p>Words.</p>\"}]}\n",
        guid);
}

struct got {
    int code;
    struct span out, err;
};

static struct span file(const char *name)
{
    struct span s;
    return file_read(a, at(name), 1 << 20, &s) == OK ? s : S("");
}

/* In a child, as a shell would. input: a file for standard input, or NULL. */
static struct got run(int (*command)(int, char **), const char *input, const char *const *words)
{
    char *argv[16] = {0};
    int argc = 0;
    for (; words[argc]; argc++) argv[argc] = arena_cstr(a, span_of(words[argc]));
    fflush(NULL);
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        must(freopen(at("out"), "w", stdout) && freopen(at("err"), "w", stderr));
        must(freopen(input ? input : "/dev/null", "r", stdin));
        int code = command(argc, argv);
        fflush(NULL);
        _exit(code);
    }
    int status;
    must(waitpid(child, &status, 0) == child);
    return (struct got){WIFEXITED(status) ? WEXITSTATUS(status) : -1, file("out"), file("err")};
}
#define RUN(command, input, ...) run(command, input, (const char *const[]){__VA_ARGS__, NULL})

static size_t lines(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n;
}

static bool says(struct span s, const char *words)
{
    return span_find(s, span_of(words)) >= 0;
}

static void reading(void)
{
    put("one.json", ninjs("tag:example.org,2026:1"));
    put("two.json", ninjs("tag:example.org,2026:2"));
    put("bad.xml", S("<newsItem guid='x'>\n <broken"));
    put("empty", S(""));
    put("half.json", arena_printf(a, "%.*s{\"broken\n", FMT(ninjs("tag:example.org,2026:3"))));
    struct got r = RUN(command_read, NULL, "read", at("one.json"));
    check(r.code == EX_OK && lines(r.out) == 1 && !r.err.n && says(r.out, "tag:example.org,2026:1"),
        "a file: one line an item");
    struct span first = r.out;
    r = RUN(command_read, NULL, "read", at("one.json"), at("two.json"));
    check(r.code == EX_OK && lines(r.out) == 2 && span_starts(r.out, first), "two, in order");
    r = RUN(command_read, NULL, "read", at("one.json"), at("bad.xml"), at("two.json"));
    check(r.code == EX_DATAERR && lines(r.out) == 2 && says(r.out, "2026:2"),
        "a bad one between: the others are printed, and 65");
    struct span where = arena_printf(a, "%s:2:", at("bad.xml"));
    check(span_starts(r.err, where) && lines(r.err) == 1 && r.err.n > where.n + 4,
        "file, line, column and why on standard error (%.*s)", FMT(r.err));
    r = RUN(command_read, NULL, "read", at("none"), at("two.json"));
    check(r.code == EX_NOINPUT && lines(r.out) == 1 && says(r.err, at("none")), "no such file: 66");
    r = RUN(command_read, NULL, "read", at("none"), at("bad.xml"));
    check(r.code == EX_NOINPUT && lines(r.err) == 2, "each is told, the higher code wins");
    r = RUN(command_read, NULL, "read", at("empty"));
    check(r.code == EX_DATAERR && lines(r.err) == 1 && !r.out.n, "an empty file: 65");
    r = RUN(command_read, NULL, "read", folder);
    check(r.code != EX_OK && r.err.n && !r.out.n, "a folder");
    r = RUN(command_read, at("one.json"), "read", "/dev/stdin");
    check(r.code == EX_OK && span_eq(r.out, first), "standard input by its name");
    r = RUN(command_read, at("one.json"), "read", "-");
    check(r.code == EX_OK && span_eq(r.out, first), "and by a dash (%.*s)", FMT(r.err));
    r = RUN(command_read, at("bad.xml"), "read", "-");
    check(r.code == EX_DATAERR && span_starts(r.err, S("-:2:")), "a bad one there (%.*s)",
        FMT(r.err));
    r = RUN(command_read, NULL, "read");
    check(r.code == EX_USAGE && says(r.err, "usage") && !r.out.n, "no file: 64");
    r = RUN(command_read, NULL, "read", "--what");
    check(r.code == EX_USAGE && says(r.err, "usage"), "an option: 64");
    r = RUN(command_read, NULL, "read", "--help");
    check(r.code == EX_OK && says(r.out, "usage") && !r.err.n, "help is no error");
}

/* Each verb stands in the manual; and called wrongly it says so with 64 and changes nothing. */
static void verbs(void)
{
    struct span man;
    must(file_read(a, "docs/broadsheet.1", 1 << 20, &man) == OK);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *c = &command_table[i];
        check(span_find(man, arena_printf(a, ".It Cm %s", c->name)) >= 0 && c->what[0],
            "%s stands in the manual", c->name);
        if (c->run == command_version) continue;
        struct got r = RUN(c->run, NULL, c->name, "--no-such-option");
        check(r.code == EX_USAGE && r.err.n && !r.out.n, "%s with an unknown option: 64 (%d)",
            c->name, r.code);
    }
    struct got r = RUN(command_version, NULL, "version");
    check(r.code == EX_OK && span_starts(r.out, S("broadsheet ")), "the version");
}

int main(void)
{
    must(mkdtemp(folder) != NULL);
    a = arena_new(64 << 20);
    reading();
    verbs();
    arena_free(a);
    must(dir_remove(folder) == OK);
    return tap_end();
}
