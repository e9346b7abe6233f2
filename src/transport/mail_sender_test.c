/* mail_sender_test.c: whom a mail is from, and who proves it: what is clear is taken, what has two
 * readings is nobody's. */
#include "poller.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static const struct span listed[] = {{"desk@agency.example", 19}, {"*@wire.example", 14}};

static const char *refused(struct arena *a, const char *mail, const char *server, struct span *from)
{
    const struct mail_senders known = {listed, COUNT(listed), span_of(server)};
    return mail_sender_refused(a, span_of(mail), &known, from);
}

static void senders(struct arena *a)
{
    const struct {
        const char *mail, *from;
        bool is_taken;
    } cases[] = {
        {"From: desk@agency.example\r\n\r\nx", "desk@agency.example", true},
        {"Received: x\r\nFROM:\r\n \"Desk, The\" <Desk@Agency.Example> (on duty)\r\n\r\nx",
            "Desk@Agency.Example", true},
        {"From : Any One <one@wire.example>\n\nx", "one@wire.example", true},
        {"From: (desk@agency.example) thief@evil.example\n\n", "thief@evil.example", false},
        {"From: \"desk@agency.example\" <thief@evil.example>\n\n", "thief@evil.example", false},
        {"From: desk@agency.example <thief@evil.example>\n\n", "thief@evil.example", false},
        {"From: thief@evil.example, desk@agency.example\n\n", "", false},
        {"From: thief@evil.example, <desk@agency.example>\n\n", "", false},
        {"From: <thief@evil.example> <desk@agency.example>\n\n", "", false},
        {"From: <desk@agency.example> x\n\n", "", false},
        {"From: <desk@agency.example>, x@evil.example\n\n", "", false},
        {"From: desk@agency.example\nFrom: thief@evil.example\n\n", "", false},
        {"From: x: desk@agency.example;\n\n", "", false},
        {"\tFrom: desk@agency.example\n\n", "", false},
        {"From: desk@agency.example@evil.example\n\n", "", false},
        {"From: desk @agency.example\n\n", "", false},
        {"From: \"desk\"@agency.example\n\n", "", false},
        {"From: \"<desk@agency.example>\n\n", "", false},
        {"From: (desk@agency.example\n\n", "", false},
        {"From: one@wire.example.evil.example\n\n", "one@wire.example.evil.example", false},
        {"From: one@evilwire.example\n\n", "one@evilwire.example", false},
        {"From: =?utf-8?q?desk=40agency.example?=\n\n", "", false},
        {"Subject: x\n\nFrom: desk@agency.example\n", "", false},
        {"Sender: desk@agency.example\n\n", "", false},
        {"From:\n\n", "", false},
        {"", "", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span from, whole = span_of(cases[i].mail);
        check(!refused(a, cases[i].mail, "", &from) == cases[i].is_taken, "taken or not: %zu", i);
        check_span(from, span_of(cases[i].from), "its sender");
        for (size_t n = 0; n < whole.n; n++) { /* none reads behind its end */
            char *cut = malloc(n ? n : 1);
            const struct mail_senders known = {listed, COUNT(listed), S("mx.example")};
            memcpy(cut, whole.p, n);
            (void)mail_sender_refused(a, (struct span){cut, n}, &known, &from);
            free(cut);
        }
    }
    const struct span any[] = {S("*")};
    const struct mail_senders all = {any, 1, S("")};
    struct span from;
    check(!mail_sender_refused(a, S("Subject: x\n\n"), &all, &from), "* is whoever writes");
}

static void proofs(struct arena *a)
{
    const struct {
        const char *field;
        bool is_proven;
    } cases[] = {
        {"Authentication-Results: mx.example; spf=pass; dmarc=pass header.from=agency.example",
            true},
        {"authentication-results: MX.example 1;\r\n\tdkim=none;\r\n\tDMARC = pass (p=none)", true},
        {"Authentication-Results: mx.example; dmarc=fail\n"
         "Authentication-Results: mx.example; dmarc=pass",
            false}, /* only the topmost is the server's own */
        {"Authentication-Results: other.example; dmarc=fail\n"
         "Authentication-Results: mx.example; dmarc=pass",
            true},
        {"Authentication-Results: evil.example; dmarc=pass", false},
        {"Authentication-Results: mx.example.evil; dmarc=pass", false},
        {"Authentication-Results: mx.example; dkim=pass; spf=pass", false},
        {"Authentication-Results: mx.example; dmarc=fail (dmarc=pass; dmarc=pass)", false},
        {"Authentication-Results: mx.example; spf=fail smtp.mailfrom=\"x; dmarc=pass\"", false},
        {"Authentication-Results: mx.example; dmarc=passed", false},
        {"Authentication-Results: mx.example; dmarc=none reason=pass", false},
        {"Authentication-Results: mx.example; x-dmarc=pass", false},
        {"Authentication-Results: mx.example; none", false},
        {"Authentication-Results: (mx.example; dmarc=pass", false},
        {"Authentication-Results: mx.example; dmarc=fail reason=\"x\n"
         "Authentication-Results: mx.example; dmarc=pass",
            false}, /* nobody knows what the topmost says */
        {"Authentication-Results: mx.example; dmarc=fail; dmarc=pass", false},
        {"Authentication-Results: mx.example; dmarc=pass; dmarc=fail", false},
        {"Authentication-Results: mx.example; dmarc/1=fail; dmarc=pass", false},
        {"Authentication-Results: mx.example; dmarc=pass; spf=fail; dmarc=pass", true},
        {"Authentication-Results:", false},
        {"X-Authentication-Results: mx.example; dmarc=pass", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span from;
        const char *mail = arena_printf(a, "%s\nFrom: desk@agency.example\n\nx", cases[i].field).p;
        check(
            !refused(a, mail, "mx.example", &from) == cases[i].is_proven, "proven or not: %zu", i);
    }
    struct span from;
    check(refused(a, "From: thief@evil.example\nAuthentication-Results: mx.example; dmarc=pass\n\n",
              "mx.example", &from) != NULL,
        "who is proven and not on the list is not taken");
}

int main(void)
{
    struct arena *a = arena_new(256 << 20);
    senders(a);
    proofs(a);
    arena_free(a);
    return tap_end();
}
