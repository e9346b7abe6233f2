/* act: the editor's hand from the command line: takedown, lift, publish, hold, pause, resume. An
 * act is an event in the ledger; the command ends when every page shows it. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { ACT_TIMEOUT_MS = 10000 };

bool wait_slot(enum clock_slot slot, uint64_t at_least, int timeout_ms)
{
    int64_t until = clock_mono_us() + timeout_ms * 1000LL;
    while (clock_slot_get(slot) < at_least) {
        if (clock_mono_us() > until) return false;
        usleep(1000);
    }
    return true;
}

static struct span new_uuid(struct arena *a)
{
    unsigned char b[16];
    random_bytes(b, sizeof b);
    b[6] = (b[6] & 0x0f) | 0x40; /* RFC 9562, version 4 */
    b[8] = (b[8] & 0x3f) | 0x80;
    struct span h = bytes_hex(a, b, sizeof b);
    return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h.p, h.p + 8, h.p + 12, h.p + 16, h.p + 20);
}

static bool perform_all(const struct house *h, const struct act *acts, size_t n, int timeout_ms,
    bool until_gone, struct office_done *done)
{
    bool runs = house_pid(h) != 0;
    acts_perform(h->data, acts, n, new_uuid(h->arena), runs ? timeout_ms : 0, until_gone, done);
    if (!done->kept) {
        fprintf(stderr, "broadsheet: %s\n", done->why);
        return false;
    }
    if (!runs) printf("kept; the site is not running: it acts as soon as it starts\n");
    if (!runs || done->acknowledged || done->gone) return true;
    fprintf(stderr,
        "broadsheet: kept, but not acknowledged by the site within %d s: see `broadsheet status`\n",
        timeout_ms / 1000);
    return false;
}

static bool perform(const struct house *h, const struct act *act, int timeout_ms, bool until_gone,
    struct office_done *done)
{
    return perform_all(h, act, 1, timeout_ms, until_gone, done);
}

bool acts_done(const struct house *h, const struct act *acts, size_t n, int timeout_ms,
    struct office_done *done)
{
    return perform_all(h, acts, n, timeout_ms, false, done);
}

bool act_perform(const struct house *h, const struct act *act, int timeout_ms, uint64_t *pos_out)
{
    struct office_done done;
    bool good = perform(h, act, timeout_ms, false, &done);
    *pos_out = done.pos;
    return good;
}

int house_visit_or_say(struct house *h, const char *data)
{
    struct span why;
    enum result r = house_visit(h, data, &why);
    if (r != OK) fprintf(stderr, "broadsheet: %.*s\n", FMT(why));
    return exit_code(r);
}

pid_t house_pid(const struct house *h)
{
    char path[4096];
    struct span text;
    uint64_t pid = 0;
    int fd = -1;
    snprintf(path, sizeof path, "%s/pid", h->run);
    if (file_read(h->arena, path, 64, &text) != OK || !span_to_u64(span_trim(text), &pid)) return 0;
    if (dir_lock(h->data, &fd) == OK) { /* nobody holds it: the file is left over from a crash */
        close(fd);
        return 0;
    }
    return (pid_t)pid;
}

/* What cannot be looked at is let through: an editor can always stop it. */
static enum act_reach reach_of(struct house *h, struct act *act, const char **why)
{
    struct desk_visit v;
    if (desk_visit_open(h, NULL, &v, why) != OK) return REACHES;
    enum act_reach reach = act_reaches(&v.eyes, act, why);
    desk_visit_close(&v);
    return reach;
}

int act_do(struct house *h, const struct act *act)
{
    const char *why = NULL, *verb = act_kind_name(act->kind);
    int64_t from_us = clock_mono_us();
    struct office_done done;
    struct act seen = *act; /* what is kept names the story as it was named here */
    enum act_reach reach = reach_of(h, &seen, &why);
    if (reach == REACHES_NOTHING) {
        fprintf(stderr, "broadsheet: %s %.*s: %s\n", verb, FMT(act->target), why);
        return act_row(act->kind)->of_story && !seen.story ? EX_NOINPUT : EX_USAGE;
    }
    if (!perform(h, act, ACT_TIMEOUT_MS, true, &done)) return EX_TEMPFAIL;
    uint64_t pos = done.pos;
    if (done.gone) {
        printf("%s %.*s: off every page after %.1f ms; much waits before it, and lists and receipt "
               "follow in their turn (event %llu)\n",
            verb, FMT(act->target), (double)done.gone_us / 1000, (unsigned long long)pos);
        return EX_OK;
    }
    if (reach == REACHES_LATER) {
        printf("%s %.*s: kept for a story that has not come: none is known by this URL, id or guid "
               "(event %llu)\n",
            verb, FMT(act->target), (unsigned long long)pos);
        return EX_NOINPUT;
    }
    printf("%s %.*s: done in %.1f ms (event %llu)\n", verb, FMT(act->target),
        (double)(clock_mono_us() - from_us) / 1000, (unsigned long long)pos);
    return EX_OK;
}

int command_act(int argc, char **argv)
{
    const char *data = NULL, *reason = NULL, *publish = NULL, *rest[1];
    bool hold = false;
    size_t rest_count;
    const struct option_row rows[] = {{"--data", &data, NULL, true}, {"--reason", &reason},
        {"--publish", &publish}, {"--hold", NULL, &hold}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 1, &rest_count)) return EX_USAGE;
    bool brake = strcmp(argv[0], "pause") == 0 || strcmp(argv[0], "resume") == 0;
    if (!rest_count && !brake) return usage_error(argv[0], "which story? give its URL or its guid");
    bool is_resume = strcmp(argv[0], "resume") == 0;
    if (!is_resume && (publish || hold))
        return usage_error(argv[0], "--publish and --hold are for resume");
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    struct act act = {.kind = act_kind_of(span_of(argv[0])),
        .target = span_of(rest_count ? rest[0] : "all"),
        .text = span_of(reason),
        .by = span_of(user ? user : "operator")};
    struct house h;
    int code = house_visit_or_say(&h, data);
    if (code == EX_OK) code = is_resume ? resume_do(&h, &act, publish, hold) : act_do(&h, &act);
    house_close(&h);
    return code;
}
