/* master_again: another program takes the place of this one (SIGUSR2), in the same process and by
 * the same doors. It is tried first, by `check --upgrade` over the same data and site file; one
 * that ends with anything but 0 is not started. What became of it stands in run/again, for whoever
 * asked. Never stops the house for a program that has not said yes. */
#include "master.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIAL_MS = 60 * 1000 };

static void say(const struct master *m, const char *word)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/again", m->house->run);
    if (file_write_durable(path, span_of(word)) != OK) log_warn("%s cannot be written", path);
}

static void try_it(const struct house *h)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    const char *words[] = {h->program, "check", "--upgrade", "--data", h->data,
        h->config_path ? "--config" : NULL, h->config_path, NULL};
    execv(h->program, (char **)(uintptr_t)words);
    _exit(127);
}

void master_again_begin(struct master *m)
{
    if (m->again.trial || m->stopping) return;
    if (!m->house->program || m->house->one) {
        log_warn("no other program takes over here: stop the site and start it");
        say(m, "refused\n");
        return;
    }
    say(m, "trying\n");
    m->again.until_us = clock_mono_us() + TRIAL_MS * 1000LL;
    m->again.trial = fork();
    if (m->again.trial == 0) try_it(m->house);
    if (m->again.trial < 0) {
        m->again.trial = 0;
        log_error("no process is to be had to try another program");
        say(m, "refused\n");
    }
}

void master_again_tried(struct master *m, int status)
{
    m->again.trial = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        say(m, "follows\n");
        m->again.is_wanted = m->stopping = true;
        return;
    }
    log_error("%s refuses this data or configuration (`check --upgrade` ends with %d): it is not "
              "started, and this one goes on",
        m->house->program, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    say(m, "refused\n");
}

void master_again_turn(struct master *m)
{
    if (m->again.trial && clock_mono_us() > m->again.until_us) kill(m->again.trial, SIGKILL);
}

/* This one may be what followed. */
void master_again_serves(const struct master *m)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/again", m->house->run);
    if (access(path, F_OK) == 0) say(m, "serves\n");
}
