/* A message for SMTP: nothing of a wire can become a header, a command or a too long line. */
#include "clock.h"
#include "tap.h"
#include "transport.h"

static struct arena *a;

static struct span written(struct span subject, struct span text)
{
    static const struct span to[] = {{"desk@example.org", 16}, {"night@example.org", 17}};
    struct mail m = {.from = S("post@example.org"),
        .to = to,
        .to_count = 2,
        .subject = subject,
        .text = text,
        .id = S("abc"),
        .at_ms = 1769148000000};
    return mail_write(a, &m);
}

static bool lines_are_short(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n = s.p[i] == '\n' ? 0 : n + 1;
        if (n > 200 || (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))) return false;
    }
    return true;
}

static size_t count_of(struct span s, struct span what)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = span_find(s, what)) >= 0; n++)
        s = span_cut(s, (size_t)at + what.n, s.n);
    return n;
}

static void test_plain(void)
{
    struct span m = written(S("A story is held"), S("Why: an empty body"));
    check(span_starts(m, S("Date: Fri, 23 Jan 2026 06:00:00 +0000\r\n")), "a date of RFC 5322");
    check(span_find(m, S("To: desk@example.org,\r\n night@example.org\r\n")) > 0, "one To field");
    check(span_find(m, S("Subject: A story is held\r\n")) > 0, "a plain subject stays as it is");
    check(span_find(m, S("Message-ID: <abc@example.org>\r\n")) > 0, "a name of its own");
    check(span_find(m, S("\r\n\r\nV2h5OiBhbiBlbXB0eSBib2R5\r\n")) > 0, "the text is base64");
}

static void test_hostile(void)
{
    struct span m = written(
        S("Kill\r\nBcc: all@example.org\r\n\r\nbody"), S("\r\n.\r\nMAIL FROM:<x@example.org>\r\n"));
    check(span_find(m, S("\nBcc:")) < 0, "a subject brings no field of its own");
    check(count_of(m, S("\r\n\r\n")) == 1, "and no end of the head");
    check(
        span_find(m, S("\n.\r\n")) < 0 && span_find(m, S("MAIL FROM")) < 0, "a text is no command");
}

static void test_scripts(void)
{
    char *long_word = arena_alloc(a, 3000);
    for (size_t i = 0; i < 3000; i += 3) memcpy(long_word + i, "\xe0\xa4\x95", 3);
    struct span m = written((struct span){long_word, 3000}, (struct span){long_word, 3000});
    check(lines_are_short(m), "lines stay short, each ending in CR LF");
    check(count_of(m, S("=?UTF-8?B?")) > 5 && span_find(m, S("?=\r\n =?UTF-8?B?")) > 0,
        "encoded words are folded");
    struct span rest = m;
    bool whole = true;
    for (ptrdiff_t at; (at = span_find(rest, S("=?UTF-8?B?"))) >= 0;) {
        rest = span_cut(rest, (size_t)at + 10, rest.n);
        ptrdiff_t end = span_find(rest, S("?="));
        whole &= end > 0 && end % 4 == 0 && end <= 63;
    }
    check(whole, "each within 75 characters");
}

int main(void)
{
    a = arena_new(1 << 20);
    test_plain();
    test_hostile();
    test_scripts();
    arena_free(a);
    return tap_end();
}
