/* newsroom_looks_test.c: the newsroom and its darkroom: pictures without end, a disk that takes
 * none of what was made, answers that were not asked for. */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "newsroom_kit.h"

static void append(enum event_kind kind, struct span meta, struct span blob)
{
    newsroom_event(kind, kind == EVENT_FILE ? S("wire") : S(""), meta, blob);
}

/* ---- pictures without end ---- */
static size_t looks;

static void count_looks(void *with, struct span hex, struct span bytes)
{
    struct picture_answer none = {.why = S("a test")};
    (void)with, (void)bytes;
    looks++;
    must(store_begin(newsroom_store(newsroom)) == OK &&
         store_put_picture(newsroom_store(newsroom), hex, 0, 0, none.forms) == OK &&
         store_commit(newsroom_store(newsroom), newsroom_position(newsroom)) == OK);
}

static void want_file(int i)
{
    struct span bytes = arena_printf(a, "picture %d", i);
    struct hash h = hash_of(bytes);
    append(EVENT_FILE, arena_printf(a, "{\"name\":\"p%d.jpg\"}", i), bytes);
    must(store_want_file(newsroom_store(newsroom), S(""), hash_hex(a, &h), 1) == OK);
}

static void pictures_without_end(void)
{
    enum { REAL = 20, MANY = 70000 };
    newsroom_close(newsroom);
    hooks.look = count_looks;
    newsroom_start(false);
    for (int i = 0; i < REAL; i++) want_file(i);
    must(newsroom_work() == OK);
    for (int i = 0; i < MANY; i++) {
        struct hash h = hash_of(arena_printf(a, "none %d", i));
        newsroom_want(newsroom, hash_hex(a, &h));
    }
    check(newsroom->want_count < MANY, "what waits for the darkroom is bounded (%zu)",
        newsroom->want_count);
    while (newsroom_behind(newsroom)) continue;
    check(looks == REAL, "what there was no room for is found again in the store (%zu)", looks);
    want_file(REAL);
    must(newsroom_work() == OK);
    newsroom_close(newsroom);
    newsroom_start(false);
    while (newsroom_behind(newsroom)) continue;
    check(looks == REAL + 1, "so is what a newsroom before did not come to (%zu)", looks);
    newsroom_close(newsroom);
    hooks.look = NULL;
    newsroom_start(false);
}

/* ---- a disk that takes nothing ---- */
static void no_look(void *with, struct span hex, struct span bytes)
{
    (void)with, (void)hex, (void)bytes;
    looks++;
}

static bool is_kept(struct span hex)
{
    uint32_t w, h, forms;
    return store_picture(newsroom_store(newsroom), hex, &w, &h, &forms);
}

static void no_room_for_a_picture(void)
{
    struct picture_answer made = {.width = 640, .height = 400, .forms = 1, .made_count = 1};
    made.made[0].width = 320;
    made.made[0].forms[0] = S("a rendition");
    struct hash h = hash_of(S("picture 77"));
    struct span hex = hash_hex(a, &h);
    const char *away = arena_printf(a, "%s/away", root).p;
    newsroom_close(newsroom);
    hooks.look = no_look;
    newsroom_start(false);
    while (newsroom_behind(newsroom)) continue;
    want_file(77);
    must(newsroom_work() == OK);
    newsroom_want(newsroom, hex);
    looks = 0;
    while (newsroom_behind(newsroom)) continue;
    check(looks == 1, "the darkroom is asked");
    must(rename(house.pictures, away) == 0);
    newsroom_picture(newsroom, hex, &made);
    check(!is_kept(hex), "what could not be written is not said to be there");
    while (newsroom_behind(newsroom)) continue;
    check(looks == 1, "nor asked for again at once");
    must(rename(away, house.pictures) == 0);
    newsroom->look_not_before_us = 0;
    while (newsroom_behind(newsroom)) continue;
    check(looks == 2, "but in a moment");
    newsroom_picture(newsroom, hex, &made);
    const char *file = arena_printf(a, "%s/%.*s-320.", house.pictures, FMT(hex)).p;
    check(
        is_kept(hex) && access(arena_printf(a, "%s%s", file, picture_forms[0].ending).p, R_OK) == 0,
        "and then it stands");
    newsroom_close(newsroom);
    hooks.look = NULL;
    newsroom_start(false);
}

/* ---- a darkroom that was taken over ---- */
static void *run_role(void *with)
{
    (void)!role_newsroom(with);
    return NULL;
}

static int hand_peer(int control, enum role role)
{
    int fds[2];
    struct buf b;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    buf_init(&b, a, 0);
    put_u32(&b, (uint32_t)role);
    put_u32(&b, 0);
    put_u32(&b, 0);
    must(frame_send(control, MSG_CHANNEL, buf_span(&b), fds[1], 5000) == OK);
    close(fds[1]);
    return fds[0];
}

static struct span evil_answer(const char *hex)
{
    struct buf b;
    buf_init(&b, a, 0);
    put_span(&b, span_of(hex));
    for (int i = 0; i < 3; i++) put_u32(&b, 1);
    put_span(&b, S(""));
    put_u32(&b, 1);
    put_u32(&b, 320);
    for (size_t f = 0; f < PICTURE_FORMS; f++) put_span(&b, S("evil"));
    put_span(&b, S("evil"));
    return buf_span(&b);
}

static uint64_t head_of(struct ledger *l)
{
    uint64_t head = 0;
    must(ledger_head(l, &head) == OK);
    return head;
}

static void darkroom_taken_over(void)
{
    int fds[2];
    pthread_t thread;
    const char *why;
    struct ledger *l;
    struct buf b;
    newsroom_close(newsroom);
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    struct role_start s = {.role = ROLE_NEWSROOM, .control = fds[1], .house = &house};
    must(ledger_open(house.data, "desk", false, &l, &why) == OK);
    must(pthread_create(&thread, NULL, run_role, &s) == 0);
    int darkroom = hand_peer(fds[0], ROLE_DARKROOM), web = hand_peer(fds[0], ROLE_WEB);
    uint64_t head = head_of(l);
    must(frame_send(darkroom, MSG_LOOKED, evil_answer("../../evil"), -1, 5000) == OK);
    buf_init(&b, a, 0);
    put_span(&b, S("../../evil-card.jpg"));
    put_span(&b, S("evil"));
    must(frame_send(darkroom, MSG_CARD_MADE, buf_span(&b), -1, 5000) == OK);
    for (int i = 0; i < 5000 && head_of(l) == head;
         i++) { /* what the web sends is done behind it */
        buf_init(&b, a, 0);
        put_span(&b, arena_printf(a, "test:counts:%d", i));
        put_span(&b, S("{\"views\":{}}"));
        must(frame_send(web, MSG_COUNTS, buf_span(&b), -1, 5000) == OK);
        usleep(2000);
    }
    check(head_of(l) > head, "the newsroom works on");
    check(access(arena_printf(a, "%s/evil-320.jpg", root).p, F_OK) != 0 &&
              access(arena_printf(a, "%s/evil-card.jpg", root).p, F_OK) != 0 &&
              access(arena_printf(a, "%s/data/evil-320.jpg", root).p, F_OK) != 0,
        "what the darkroom was not asked for is written nowhere");
    must(frame_send(fds[0], MSG_STOP, S(""), -1, 5000) == OK);
    pthread_join(thread, NULL);
    close(darkroom), close(web), close(fds[0]);
    ledger_close(l);
}

int main(void)
{
    static const char *const feed[] = {"wire"}, *const provider[] = {"Wire"};
    log_quiet(LOG_ERROR + 1);
    house_start(feed, provider, 1);
    house.one = true;
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    pictures_without_end();
    no_room_for_a_picture();
    darkroom_taken_over();
    newsroom_start(false);
    house_end();
    return tap_end();
}
