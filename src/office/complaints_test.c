/* complaints_test.c: the file of who complained: what it takes, finds and forgets; that nobody else
 * can read it, and that nothing of what was erased stays in it. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "office.h"
#include "tap.h"

static char room[] = "/tmp/broadsheet-complaints-XXXXXX";
static struct arena *a;

static struct complaint made_up(story_id number, const char *name, const char *contact)
{
    return (struct complaint){.number = number,
        .at_ms = 1769148000000 + (int64_t)number,
        .token = S("0123456789abcdef0123456789abcdef"),
        .name = span_of(name),
        .contact = span_of(contact),
        .about = S("/2026/01/23/bridge-0123456789ab"),
        .text = S("The quillmere bridge is not <b>grey</b>.\nIt is green."),
        .wish = S("")};
}

static bool holds(struct span words)
{
    struct span bytes;
    must(file_read(a, arena_printf(a, "%s/grievances/cases.db", room).p, 1 << 26, &bytes) == OK);
    return span_find(bytes, words) >= 0;
}

static void mails(void)
{
    static const char *const good[] = {"asha.rao@example.org", "a+b_c-d@mail.example.co.in"};
    static const char *const bad[] = {"", "+91 22 5550 0100", "asha", "@example.org", "asha@",
        "asha@localhost", "asha@example.org, bert@example.org", "asha@example.org\r\nBcc: x@y.zz",
        "asha rao@example.org", "asha@exa mple.org", "<asha@example.org>", "asha@example..org",
        "asha@example.org.", "a@b@example.org", "-f@example.org", "\"a b\"@example.org",
        "asha@-example.org", "asha%x@example.org", "asha@ex\xc3\xa4mple.org"};
    for (size_t i = 0; i < COUNT(good); i++)
        check(complaint_has_mail(span_of(good[i])), "is written to: %s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        check(!complaint_has_mail(span_of(bad[i])), "is not, number %zu", i);
}

static void bounds(void)
{
    char long_text[4 * COMPLAINT_TEXT_MAX];
    struct complaint c = made_up(7, "Asha Rao", "asha@example.org");
    memset(long_text, 'x', sizeof long_text);
    check(complaint_fits(&c), "a complaint");
    c.text = (struct span){long_text, COMPLAINT_TEXT_MAX};
    check(complaint_fits(&c), "with 4,000 characters");
    c.text.n++;
    check(!complaint_fits(&c), "and no more");
    c = made_up(7, "", "x");
    check(!complaint_fits(&c), "not without a name");
    c = made_up(7, "x", "");
    check(!complaint_fits(&c), "nor without a contact");
    c = made_up(0, "x", "y");
    check(!complaint_fits(&c), "nor without a number");
    c = made_up(7, "x\xff", "y");
    check(!complaint_fits(&c), "nor what is no text");
    c = made_up(7, "x", "y");
    c.token = S("short");
    check(!complaint_fits(&c), "nor a secret that can be guessed");
}

static void keeps(void)
{
    struct complaints *c = NULL;
    struct complaint t = made_up(7, "Asha Rao", "asha@example.org"), back;
    struct complaint other = made_up(8, "Bert", "Asha@Example.org"), *list;
    struct stat st;
    size_t n = 0;
    check(complaints_open(room, false, &c) == ERR_ABSENT, "before the first there is no file");
    must(complaints_open(room, true, &c) == OK);
    check(complaints_put(c, &t) == OK && complaints_put(c, &other) == OK, "two come");
    t.text = S("other words");
    check(complaints_put(c, &t) == OK && complaints_find(c, 7, a, &back) == OK &&
              span_find(back.text, S("green")) > 0,
        "the same number again changes nothing");
    must(stat(arena_printf(a, "%s/grievances/cases.db", room).p, &st) == 0);
    check((st.st_mode & 0777) == 0600, "the file is its owner's alone: %o", st.st_mode & 0777);
    must(stat(arena_printf(a, "%s/grievances", room).p, &st) == 0);
    check((st.st_mode & 0077) == 0, "and so is the folder: %o", st.st_mode & 0777);
    check(complaints_of(c, S("asha@example.org"), a, &list, &n) == OK && n == 2,
        "one contact, whatever its case");
    check(
        complaints_of(c, S("Bert"), a, &list, &n) == OK && n == 1 && list[0].number == 8, "a name");
    check(complaints_of(c, story_id_text(a, 7), a, &list, &n) == OK && n == 1, "a number");
    check(complaints_of(c, S("' OR 1=1 --"), a, &list, &n) == OK && n == 0, "nothing else");
    struct complaints *reads = NULL;
    must(complaints_open(room, false, &reads) == OK);
    check(complaints_find(reads, 8, a, &back) == OK, "another reads beside it");
    check(complaints_put(reads, &(struct complaint){.number = 9}) != OK, "and cannot write");
    complaints_close(reads);
    check(holds(S("quillmere")), "the words lie there");
    check(complaints_erase(c, 7) == OK && complaints_erase(c, 8) == OK, "they are erased");
    check(complaints_erase(c, 7) == ERR_ABSENT && complaints_find(c, 7, a, &back) == ERR_ABSENT,
        "once");
    check(!holds(S("quillmere")) && !holds(S("Asha")), "and no byte of them is left");
    complaints_close(c);
}

static void floods(void)
{
    struct complaints *c = NULL;
    enum result r = OK;
    int taken = 0;
    must(complaints_open(room, true, &c) == OK);
    for (story_id i = 1000; r == OK && i < 1000 + 2 * COMPLAINTS_A_DAY; i++) {
        struct complaint t = made_up(i, "x", "y");
        r = complaints_put(c, &t);
        taken += r == OK;
    }
    check(r == ERR_BUSY && taken == COMPLAINTS_A_DAY, "so many a day, and no more: %d", taken);
    struct complaint later = made_up(5000, "x", "y");
    later.at_ms += INT64_C(86400000) * 2;
    check(complaints_put(c, &later) == OK, "another day another complaint");
    complaints_close(c);
}

int main(void)
{
    a = arena_new(256 << 20);
    log_quiet(getenv("LOUD") ? LOG_DEBUG : LOG_ERROR + 1);
    must(mkdtemp(room) != NULL);
    mails();
    bounds();
    keeps();
    floods();
    must(dir_remove(room) == OK);
    arena_free(a);
    return tap_end();
}
