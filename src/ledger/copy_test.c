/* A copy that follows: what goes into it holds, is the beginning of its ledger, and forgets with
 * it. */
#include "handle.h"
#include "ledger_testing.h"

static enum result more(struct ledger *l, const char *file, uint64_t *added)
{
    return ledger_backup_more(l, file, NULL, NULL, added);
}

static uint64_t events_of(const char *name, enum result *r)
{
    struct ledger *l = NULL;
    const char *why;
    struct ledger_report report = {0};
    *r = ledger_look(in_folder(name), &l, &why);
    if (*r == OK) *r = ledger_verify(l, true, NULL, NULL, &report);
    if (*r != OK) printf("# %s\n", report.why ? report.why : why);
    ledger_close(l);
    return report.events;
}

static void fill(struct ledger *l, const char *name, size_t n)
{
    char delivery[64], text[200];
    for (size_t i = 0; i < n; i++) {
        snprintf(delivery, sizeof delivery, "%s-%zu", name, i);
        snprintf(text, sizeof text, "the words of %s, number %zu, which are said once", name, i);
        must(append_one(l, delivery, span_of(text), 1000, NULL) == OK);
    }
}

static void test_grows(void)
{
    struct ledger *l = open_as("intake"), *other;
    const char *why;
    uint64_t added = 0;
    enum result r;
    must(dir_make(in_folder("copy")) == OK);
    const char *file = in_folder("copy/ledger.db");
    fill(l, "a", 5);
    check(more(l, file, &added) == ERR_ABSENT, "there is no copy yet");
    must(ledger_backup(l, file, NULL, NULL) == OK);
    check(more(l, file, &added) == OK && added == 0, "nothing is new");
    fill(l, "b", 600);
    append_one(l, "twin", S("the words of a, number 1, which are said once"), 2000, NULL);
    must(ledger_open(test_folder, "newsroom", false, &other, &why) == OK);
    fill(other, "c", 3);
    ledger_close(other);
    check(more(l, file, &added) == OK && added == 604, "what is new is copied: %llu",
        (unsigned long long)added);
    check(events_of("copy", &r) == 610 && r == OK, "and the copy verifies whole");
    check(access(in_folder("copy/ledger.db-wal"), F_OK) != 0, "it is one file");
    ledger_close(l);
}

static void test_forgets(void)
{
    struct ledger *l = open_as("intake");
    uint64_t added, before = 0, after = 0;
    enum result r;
    must(ledger_forgettings(l, &before) == OK);
    must(ledger_forget(l, 4) == OK && ledger_forget(l, 2) == OK);
    must(ledger_forgettings(l, &after) == OK);
    check(before != after, "that something was forgotten is seen");
    append_one(l, "again", S("the words of a, number 2, which are said once"), 3000, NULL);
    check(more(l, in_folder("copy/ledger.db"), &added) == OK && added == 1, "one more is copied");
    check(events_of("copy", &r) == 611 && r == OK, "it verifies");
    struct ledger *copy;
    struct event e;
    struct arena *a = arena_new(1 << 20);
    const char *why;
    must(ledger_look(in_folder("copy"), &copy, &why) == OK);
    check(ledger_event(copy, 2, &e, a) == OK && e.forgotten && ledger_event(copy, 4, &e, a) == OK &&
              e.forgotten,
        "what the ledger has forgotten the copy has forgotten");
    ledger_close(copy);
    arena_free(a);
    ledger_close(l);
}

static void test_other(void)
{
    struct ledger *l = open_as("intake"), *second;
    const char *why;
    uint64_t added;
    struct ledger_mark before, after;
    must(ledger_open(in_folder("second"), "intake", true, &second, &why) == OK);
    fill(second, "z", 700);
    struct ledger *copy;
    must(ledger_copy_open(in_folder("copy/ledger.db"), &copy, &why) == OK);
    must(ledger_mark(copy, UINT64_MAX, &before) == OK);
    check(more(second, in_folder("copy/ledger.db"), &added) == ERR_DENIED,
        "another ledger's copy is refused");
    must(ledger_mark(copy, UINT64_MAX, &after) == OK);
    check(hash_eq(&before.chain, &after.chain) && before.pos == after.pos, "and stays as it is");
    ledger_close(copy);
    ledger_close(second);
    ledger_close(l);
}

/* What comes by a line may be anything. */
static void test_hostile(void)
{
    struct ledger *l = open_as("intake"), *copy;
    struct arena *a = arena_new(16 << 20);
    const char *why;
    struct span rows[20];
    must(dir_make(in_folder("spare")) == OK);
    must(ledger_copy_open(in_folder("spare/ledger.db"), &copy, &why) == OK);
    for (uint64_t i = 0; i < COUNT(rows); i++) must(ledger_pack(l, i, a, &rows[i]) == OK);
    check(ledger_land(copy, rows + 1, 2) == ERR_CORRUPT, "the first event comes first");
    ledger_close(copy);
    must(ledger_copy_open(in_folder("spare/ledger.db"), &copy, &why) == OK);
    check(ledger_land(copy, rows, 10) == OK, "ten land in an empty copy");
    check(
        ledger_land(copy, rows, 1) == ERR_CORRUPT && ledger_land(copy, rows + 11, 1) == ERR_CORRUPT,
        "none twice, and no gap");
    uint64_t seed = seed_of("hostile");
    size_t kept = 0;
    for (int i = 0; i < 400; i++) {
        struct span bad = arena_keep(a, rows[10]);
        ((char *)(uintptr_t)bad.p)[next_random(&seed) % bad.n] ^=
            (char)(1 << next_random(&seed) % 8);
        kept += ledger_land(copy, &bad, 1) == OK;
        bad = span_cut(rows[10], 0, next_random(&seed) % rows[10].n);
        kept += ledger_land(copy, &bad, 1) == OK;
    }
    check(kept == 0, "of four hundred bits and cuts none is kept: %zu", kept);
    struct span half[] = {rows[10], rows[12]};
    struct ledger_mark m;
    check(ledger_land(copy, half, 2) == ERR_CORRUPT && ledger_mark(copy, UINT64_MAX, &m) == OK &&
              m.pos == 10,
        "all or none");
    check(ledger_land(copy, rows + 10, 10) == OK, "and the right ones land");
    ledger_close(copy);
    enum result r;
    check(events_of("spare", &r) == 20 && r == OK, "the copy verifies");
    ledger_close(l);
    arena_free(a);
}

int main(void)
{
    log_quiet(LOG_ERROR);
    folder_new();
    test_grows();
    test_forgets();
    test_other();
    test_hostile();
    folder_end();
    return tap_end();
}
