/* Fuzzing of whom a mail is from: who is taken is one address, and on the list; a second From, or a
 * server that is asked for a proof, lets nobody in who was not before; what is cut off reads
 * nothing behind its end. */
#include "poller.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct span listed[] = {{"desk@agency.example", 19}, {"*@wire.example", 14}};

static bool is_taken(struct arena *a, struct span mail, struct span server, struct span *from)
{
    const struct mail_senders known = {listed, COUNT(listed), server};
    return !mail_sender_refused(a, mail, &known, from);
}

static void check_taken(struct arena *a, struct span mail, struct span from)
{
    struct span again;
    size_t ats = 0;
    for (size_t i = 0; i < from.n; i++) {
        must(from.p[i] > ' ' && from.p[i] < 0x7f);
        ats += from.p[i] == '@';
    }
    must(ats == 1);
    must(span_eq_nocase(from, listed[0]) ||
         span_eq_nocase(span_cut(from, from.n - 13, from.n), S("@wire.example")));
    if (*mail.p == ' ' || *mail.p == '\t' || *mail.p == '\r') return; /* goes on with that line */
    struct buf two;
    buf_init(&two, a, 0);
    buf_lit(&two, "From: thief@evil.example\r\n");
    buf_put(&two, mail);
    must(!is_taken(a, buf_span(&two), S(""), &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new(16 << 20);
    char *bytes = malloc(n ? n : 1); /* of its very size: behind it lies nothing */
    struct span from, proven_from, anybody = S("*");
    if (n) memcpy(bytes, p, n);
    struct span mail = {bytes, n};
    bool is = is_taken(a, mail, S(""), &from),
         is_proven = is_taken(a, mail, S("mx.example"), &proven_from);
    if (is) check_taken(a, mail, from);
    if (is_proven) must(is && span_eq(from, proven_from));
    const struct mail_senders all = {&anybody, 1, S("")};
    if (is) must(!mail_sender_refused(a, mail, &all, &from));
    free(bytes);
    arena_free(a);
    return 0;
}
