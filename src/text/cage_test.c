/* The wire reader's parsers, in a cage where every system call but read, write and exit is death:
 * none may be made. */
#include "clock.h"
#include "text.h"

#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

enum { MEMORY = 64 << 20, LONG = 20000 };
static char memory[MEMORY];

static bool parse_xml(struct arena *a)
{
    struct buf b;
    struct reject why;
    buf_init(&b, a, 0);
    buf_lit(&b, "<?xml version='1.0' encoding='windows-1251'?><!DOCTYPE r SYSTEM 'x'><r>");
    for (int i = 0; i < LONG; i++) buf_printf(&b, "<i%d x='&nbsp;'>\xCF\xF0&mdash;</i%d>", i, i);
    buf_lit(&b, "</r>");
    struct xml_node *n = xml_parse(a, buf_span(&b), &why);
    return n && xml_words(a, n).n == LONG * 7 && !xml_parse(a, S("<a><b></a>"), &why);
}

static bool parse_json(struct arena *a)
{
    struct buf b;
    struct reject why;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    for (int i = 0; i < LONG; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        json_string(&o, key, S("\xD0\x9F \" \\ \n"));
    }
    json_close(&o, '}');
    struct json *j = json_parse(a, buf_span(&b), &why);
    return j && j->count == LONG && !json_parse(a, S("{\"a\":1,\"a\":2}"), &why);
}

static bool parse_html(struct arena *a)
{
    return html_clean(a, S("<p>one<script>x</script> <b>two &eacute;")).s.n > 10 &&
           span_eq(html_to_text(a, S("<p>a</p><p>b")), S("a b")) &&
           span_eq(entities_decode(a, S("&eacute;")), S("\xC3\xA9"));
}

static bool parse_others(struct arena *a)
{
    struct span s;
    char text[25];
    utc_text(when_iso(S("2026-01-23T07:00:00+01:00")).ms, text);
    return !strcmp(text, "2026-01-23T06:00:00Z") &&
           when_rfc822(S("Fri, 23 Jan 2026 06:00:00 EST")).kind == WHEN_UTC &&
           charset_to_utf8(a, S("\xA4\xA2"), S("euc-jp"), &s) && s.n == 3 &&
           charset_to_utf8(a, S("a\0b\0"), S("utf-16le"), &s) && s.n == 2 &&
           text_slug(a, S("\xD0\x9F\xD1\x80 e\xCC\x81"), 80).n == 4 &&
           text_casefold(a, S("\xC3\x84")).n == 2 && text_plain(a, S("a\x01")).n == 1;
}

static bool hash_bytes(struct arena *a)
{
    (void)a;
    return crc32c(S("123456789")) == 0xE3069283u && fast_hash(S("a")) != 0;
}

static void test_in_cage(const char *what, bool (*run)(struct arena *))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct arena *a = arena_on(memory, sizeof memory);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) syscall(SYS_exit, 77);
        syscall(SYS_exit, run(a) ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        tap_skip(what, "this kernel has no cage");
        return;
    }
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s in the cage (%s %d)", what,
        WIFSIGNALED(status) ? "signal" : "exit",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

int main(void)
{
    charset_prepare();
    crc32c(S(""));
    test_in_cage("XML", parse_xml);
    test_in_cage("JSON", parse_json);
    test_in_cage("HTML", parse_html);
    test_in_cage("dates, charsets and slugs", parse_others);
    test_in_cage("hashes", hash_bytes);
    return tap_end();
}
