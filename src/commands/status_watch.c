/* status_watch: something that is said again each second: on a terminal over what was said before,
 * until q or Ctrl-C; elsewhere one after another, until nobody reads it any more. The terminal is
 * left as it was found. */
#include "commands.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { EACH_MS = 1000 };

static volatile sig_atomic_t told_to_end;

static void on_signal(int n)
{
    (void)n;
    told_to_end = 1;
}

/* No SA_RESTART: whoever waits for a key hears of it. */
static void hear_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    static const int list[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < COUNT(list); i++) must(sigaction(list[i], &sa, NULL) == 0);
    signal(SIGPIPE, SIG_IGN);
}

/* Keys come at once and are not shown; Ctrl-C stays a signal. false: no keys are to be had. */
static bool take_keys(struct termios *was)
{
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, was) != 0) return false;
    struct termios t = *was;
    t.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    return tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0;
}

/* Waits a second; true: somebody wants to end it. */
static bool wants_to_end(bool has_keys)
{
    struct pollfd p = {.fd = has_keys ? STDIN_FILENO : -1, .events = POLLIN};
    char key = 0;
    if (poll(&p, 1, EACH_MS) <= 0) return told_to_end;
    return read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q';
}

int watch_each_second(int (*say)(void *with), void *with, bool is_for_machines)
{
    struct termios was;
    static char block[1 << 16]; /* one write a second: nothing flickers */
    bool is_screen = isatty(STDOUT_FILENO) && !is_for_machines, has_keys = take_keys(&was);
    int code = 0;
    hear_signals();
    setvbuf(stdout, block, _IOFBF, sizeof block);
    do {
        if (is_screen) fputs("\033[H\033[J", stdout);
        code = say(with);
        if (!is_for_machines) fputs(is_screen ? "(q ends)\n" : "\n", stdout);
    } while (fflush(stdout) == 0 && !wants_to_end(has_keys));
    if (has_keys) tcsetattr(STDIN_FILENO, TCSANOW, &was);
    return code;
}
