/* Replies that stay open, over real sockets: who listens, who leaves, who is too many, who does not
 * read, and the server's end. */
#include "net_kit.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 1000 };
static struct kit kit;
static struct buf heard;
static struct http_token token;
static struct http_room room = {3, 2};
static sem_t opened, ended, ran;
static bool last_said;
static char piece[PIECE];

static void note_end(void *with)
{
    (void)with;
    sem_post(&ended);
}

static void handle(struct net_worker *w, struct http_request *r, void *with)
{
    (void)w, (void)with;
    struct http_reply reply = {.status = 200,
        .head = S("Content-Type: text/event-stream\r\n"),
        .body = S("first\n"),
        .done = note_end};
    if (span_eq(r->path, S("/listen")) && http_stream_open(r, &reply, &room, &token)) {
        sem_post(&opened);
        return;
    }
    reply = (struct http_reply){.status = span_eq(r->path, S("/listen")) ? 503 : 200};
    http_reply(r, &reply);
}

static void start(void)
{
    struct net_config c = {.limits = net_limits_default(), .handle = handle, .threads = 1};
    kit_start(&kit, &c, "127.0.0.1:0");
}

static void say(void *with)
{
    last_said = http_stream_send(token, span_of(with));
    sem_post(&ran);
}
static void say_piece(void *with)
{
    (void)with;
    last_said = http_stream_send(token, (struct span){piece, PIECE});
    sem_post(&ran);
}
static void pulse(void *with)
{
    last_said = http_stream_pulse(token, span_of(with));
    sem_post(&ran);
}
static void end(void *with)
{
    http_stream_end(token, span_of(with));
    sem_post(&ran);
}

static bool run(void (*fn)(void *), const char *with)
{
    union {
        const char *in;
        void *out;
    } unconst = {.in = with};
    net_post(net_worker_at(kit.server, 0), fn, unconst.out);
    sem_wait(&ran);
    return last_said;
}

static int listen_from(const char *from)
{
    int fd = kit_dial_from(&kit, from);
    kit_say(fd, S("GET /listen HTTP/1.1\r\nHost: x\r\n\r\n"));
    return fd;
}

static void test_words(void)
{
    int fd = listen_from("127.0.0.1");
    sem_wait(&opened);
    heard.n = 0;
    kit_hear(fd, &heard, "first\n");
    check(strstr(heard.p, "200 OK") && strstr(heard.p, "Connection: close") &&
              !strstr(heard.p, "Content-Length"),
        "the head, without a length, and the first words");
    check(run(say, "second\n") && kit_hear(fd, &heard, "second\n"), "more words, later");
    check(run(pulse, ":\n") && run(pulse, ":\n") && kit_hear(fd, &heard, ":\n:\n"), "pulses");
    check(net_open_replies(kit.server) == 1, "it is counted");
    run(end, "last\n");
    check(kit_hear(fd, &heard, NULL) && strstr(heard.p, "last\n"), "last words, and the end");
    sem_wait(&ended);
    check(
        net_open_replies(kit.server) == 0 && !run(say, "x"), "its done is called, nothing follows");
    close(fd);
}

static void test_leaving(void)
{
    int fd = listen_from("127.0.0.1");
    sem_wait(&opened);
    close(fd);
    sem_wait(&ended);
    check(!run(say, "x"), "who leaves is let go");
    fd = listen_from("127.0.0.1");
    sem_wait(&opened);
    shutdown(fd, SHUT_WR);
    sem_wait(&ended);
    check(true, "so is who says that nothing more will come");
    close(fd);
}

static void test_room(void)
{
    int a = listen_from("127.0.0.2"), b, c;
    sem_wait(&opened);
    b = listen_from("127.0.0.2");
    sem_wait(&opened);
    heard.n = 0;
    c = listen_from("127.0.0.2");
    kit_hear(c, &heard, "503 Service");
    close(c);
    check(true, "one client has two and no third");
    c = listen_from("127.0.0.3");
    sem_wait(&opened);
    int d = listen_from("127.0.0.4");
    kit_hear(d, &heard, "503 Service");
    check(true, "all have three and no fourth");
    kit_say(d, S("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    check(kit_hear(d, &heard, "200 OK"), "who is refused may ask for something else");
    int all[] = {a, b, c, d};
    for (size_t i = 0; i < COUNT(all); i++) close(all[i]);
    for (int i = 0; i < 3; i++) sem_wait(&ended);
    check(net_open_replies(kit.server) == 0, "all have left");
}

/* A socket takes some hundred KB before it is full. */
static void test_slow(void)
{
    int fd = listen_from("127.0.0.1");
    sem_wait(&opened);
    size_t said = 0;
    while (run(say_piece, NULL)) said += PIECE;
    sem_wait(&ended);
    check(said > 0 && said < (64 << 20), "who does not read is let go when his socket is full");
    close(fd);
    fd = listen_from("127.0.0.1");
    sem_wait(&opened);
    said = 0;
    int small = 2048;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (int i = 0; i < 400 && run(say_piece, NULL); i++) said += PIECE;
    bool first = run(pulse, ":\n"), second = first && run(pulse, ":\n");
    check(said == 400 * PIECE && first && !second,
        "and who has taken nothing of what waits from one pulse to the next");
    sem_wait(&ended);
    close(fd);
}

static void test_end(void)
{
    int fd = listen_from("127.0.0.1");
    sem_wait(&opened);
    kit_stop(&kit);
    sem_wait(&ended);
    check(true, "the server's end ends it");
    close(fd);
}

int main(void)
{
    buf_init(&heard, NULL, 0);
    memset(piece, 'x', sizeof piece);
    sem_init(&opened, 0, 0);
    sem_init(&ended, 0, 0);
    sem_init(&ran, 0, 0);
    start();
    test_words();
    test_leaving();
    test_room();
    test_slow();
    test_end();
    buf_free(&heard);
    return tap_end();
}
