/* The watched folder under a random sender, against a model, and under one that runs beside us:
 * every whole text once, nothing half. Prints its seed; BROADSHEET_SEED runs one again. */
#include "folder_kit.h"
#include "luck.h"

#include <signal.h>

/* ---- a random sender against a model ---- */
enum { NAMES = 12, TEXTS = 4000 };

struct text { /* everything that was ever written whole; each has a length of its own */
    bool replaced;
    int taken;
    struct span delivery;
};

static struct text texts[TEXTS];

static int text_count, on_name[NAMES], writer[NAMES], writes[NAMES], broken, lost;

static const char *text_of(int n, char room[TEXTS + 64])
{
    int at = snprintf(room, 64, "text %d:", n);
    memset(room + at, 'x', (size_t)n);
    strcpy(room + at + n, ":end");
    return room;
}

static void replace(int name, int text)
{
    if (on_name[name] >= 0) texts[on_name[name]].replaced = true;
    on_name[name] = text;
}

static const char *name_of(int n)
{
    static char name[16];
    snprintf(name, sizeof name, "n%d.xml", n);
    return name;
}

static void finish_writing(int n)
{
    char room[TEXTS + 64];
    const char *text = text_of(writes[n], room);
    say(writer[n], text + 4);
    close(writer[n]);
    writer[n] = -1;
    on_name[n] = writes[n];
}

static void start_writing(int n, int text)
{
    replace(n, -1);
    writes[n] = text;
    writer[n] = open_writer(name_of(n), O_TRUNC);
    say(writer[n], "text");
}

static void send_any(void)
{
    char room[TEXTS + 64];
    int n = (int)roll(NAMES);
    if (writer[n] >= 0) {
        finish_writing(n);
        return;
    }
    if (roll(8) == 0) {
        if (on_name[n] >= 0) unlink(path_of(name_of(n)));
        replace(n, -1);
        return;
    }
    if (text_count == TEXTS) return;
    int text = text_count++;
    if (roll(3) == 0) {
        start_writing(n, text);
        return;
    }
    if (roll(2))
        put(name_of(n), text_of(text, room));
    else
        write_in_place(name_of(n), text_of(text, room));
    replace(n, text);
}

/* What a ledger does: the same delivery again is none. */
static void keep_one(const struct folder_file *g)
{
    char room[TEXTS + 64];
    int text = -1;
    if (sscanf(g->bytes.p, "text %d:", &text) != 1 || text < 0 || text >= text_count ||
        !span_eq(g->bytes, span_of(text_of(text, room)))) {
        broken++;
        return;
    }
    if (texts[text].taken && span_eq(texts[text].delivery, g->delivery)) return;
    texts[text].taken++;
    texts[text].delivery = arena_keep(keep, g->delivery);
}

/* What is not in the folder any more has been taken. */
static void look_for_lost(void)
{
    for (int i = 0; i < NAMES; i++) {
        if (on_name[i] < 0 || is_there(name_of(i))) continue;
        lost += !texts[on_name[i]].taken;
        on_name[i] = -1;
    }
}

static void take_any(void)
{
    take(1 + roll(BATCH));
    if (roll(6) == 0) return; /* it did not become durable */
    for (size_t i = 0; i < got_count; i++) keep_one(&got[i]);
    for (unsigned int i = roll(4); i; i--) send_any(); /* in flight */
    for (size_t i = 0; i < got_count; i++) {
        enum result r = folder_done(f, &got[i]);
        must(r == OK || r == ERR_ABSENT);
    }
    look_for_lost();
}

static int texts_wrong(void)
{
    int wrong = 0;
    for (int i = 0; i < text_count; i++)
        wrong += texts[i].taken > 1 || (!texts[i].taken && !texts[i].replaced);
    return wrong;
}

static void test_random(void)
{
    begin();
    for (int i = 0; i < NAMES; i++) on_name[i] = writer[i] = -1;
    for (int i = 0; i < 12000; i++) roll(3) ? send_any() : take_any();
    for (int i = 0; i < NAMES; i++)
        if (writer[i] >= 0) finish_writing(i);
    int64_t until = clock_mono_us() + WAIT_US;
    while (clock_mono_us() < until) {
        take(BATCH);
        for (size_t i = 0; i < got_count; i++) keep_one(&got[i]);
        done();
        bool empty = true;
        for (int i = 0; i < NAMES; i++) empty &= !is_there(name_of(i));
        if (empty) break;
        usleep(2000);
    }
    check(!broken, "a random sender: nothing half");
    check(!lost, "nothing moved away that was not read");
    check(texts_wrong() == 0, "and each of %d whole texts once, but those replaced", text_count);
    end();
}

/* ---- and one that runs beside us ---- */
enum { LIVE_NAMES = 6, LIVE_TEXTS = 3000 };

static _Noreturn void live_sender(void)
{
    char room[TEXTS + 64];
    for (int i = 0; i < LIVE_TEXTS; i++) {
        const char *text = text_of(i, room);
        int n = i % LIVE_NAMES;
        if (roll(2)) {
            put(name_of(n), text);
            continue;
        }
        int fd = open_writer(name_of(n), O_TRUNC);
        say(fd, "");
        must(write_all(fd, text, 6) == OK);
        must(write_all(fd, text + 6, strlen(text) - 6) == OK);
        close(fd);
    }
    _exit(0);
}

static void test_live(void)
{
    begin();
    memset(texts, 0, sizeof texts);
    text_count = LIVE_TEXTS;
    broken = 0;
    pid_t child = fork();
    must(child >= 0);
    if (!child) live_sender();
    int64_t until = clock_mono_us() + LONG_US;
    bool sending = true, last = false;
    while (clock_mono_us() < until && !last) {
        int status;
        if (sending && waitpid(child, &status, WNOHANG) == child) sending = false;
        take(BATCH);
        for (size_t i = 0; i < got_count; i++) {
            keep_one(&got[i]);
            enum result r = folder_done(f, &got[i]);
            must(r == OK || r == ERR_ABSENT);
        }
        last = !sending;
        for (int i = LIVE_TEXTS - LIVE_NAMES; i < LIVE_TEXTS; i++) last &= texts[i].taken == 1;
        if (!sending) usleep(2000);
    }
    check(!broken, "a sender beside us: nothing half");
    check(last, "and what it sent last under each name is taken");
    if (sending) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    end();
}

int main(void)
{
    log_quiet(LOG_ERROR);
    luck_begin();
    a = arena_new(256 << 20);
    keep = arena_new(64 << 20);
    test_random();
    test_live();
    arena_free(a);
    arena_free(keep);
    return tap_end();
}
