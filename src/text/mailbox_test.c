/* mailbox_test: which addresses a mail is sent to; above all which are none. */
#include "base.h"
#include "tap.h"
#include "text.h"

static struct arena *a;

static struct span times(char c, size_t n, const char *tail)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < n; i++) buf_char(&b, c);
    buf_put(&b, span_of(tail));
    return buf_span(&b);
}

static void test_bounds(void)
{
    check(text_is_mailbox(times('a', 64, "@example.org")), "64 bytes before the @");
    check(!text_is_mailbox(times('a', 65, "@example.org")), "65 are too many");
    struct span domain = arena_printf(a, "%.*s.%.*s.%.*s.org", FMT(times('b', 60, "")),
        FMT(times('c', 60, "")), FMT(times('d', 60, "")));
    struct span longest =
        arena_printf(a, "%.*s@%.*s", FMT(times('a', 254 - 1 - (int)domain.n, "")), FMT(domain));
    check(longest.n == 254 && !text_is_mailbox(arena_printf(a, "a%.*s", FMT(longest))),
        "255 bytes in all are too many");
    check(text_is_mailbox(span_cut(longest, longest.n - 252, longest.n)) ==
              (span_find_char(span_cut(longest, longest.n - 252, longest.n), '@') <= 64),
        "fewer are not, where each part holds");
    check(text_is_mailbox(arena_printf(a, "a@%.*s.org", FMT(times('b', 63, "")))), "a label of 63");
    check(!text_is_mailbox(arena_printf(a, "a@%.*s.org", FMT(times('b', 64, "")))), "not of 64");
}

int main(void)
{
    a = arena_new(1 << 20);
    static const char *const good[] = {"perpetua@example.org", "P.Quill+post@mail.example.co.in",
        "o'swin_1@xn--bcher-kva.example", "a@b.c", "x@1.example",
        "!#$%&'*+-/=?^_`{|}~@example.org"};
    static const char *const bad[] = {"", "@", "a", "a@", "@example.org", "a@example",
        "a@@example.org", "a@b@example.org", "a b@example.org", "a@exam ple.org",
        "a@example.org\r\nBcc: b@example.org", "a@example.org\n", "\ra@example.org",
        "a\t@example.org", "a@example.org,b@example.org", "a@example.org;b@example.org",
        "<a@example.org>", "Name <a@example.org>", "\"a\"@example.org", "a@[127.0.0.1]",
        "a@127.0.0.1", "a@1.2", ".a@example.org", "a.@example.org", "a..b@example.org",
        "a@.example.org", "a@example..org", "a@example.org.", "a@-example.org", "a@example-.org",
        "a(b)@example.org", "a\\@example.org", "a@example.org%0d", "a:b@example.org",
        "p\xc3\xa9rp@example.org",
        "a@b\xc3\xbc"
        "cher.example",
        "a@ex_ample.org"};
    for (size_t i = 0; i < COUNT(good); i++)
        check(text_is_mailbox(span_of(good[i])), "%s is one", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        check(!text_is_mailbox(span_of(bad[i])), "number %zu is none", i);
    check(!text_is_mailbox((struct span){"a\0@example.org", 14}), "nor one with a NUL");
    test_bounds();
    check_span(text_mailbox_owner(a, S("P.Quill+a+b@Example.ORG")), S("p.quill@example.org"),
        "what stands behind a plus is one mailbox");
    check_span(text_mailbox_owner(a, S("a@b+c")), S("a@b+c"), "before the @ alone");
    arena_free(a);
    return tap_end();
}
