/* battery_shrink: a schedule that fails, made as small as it still fails, and kept as a file that
 * can be replayed. */
#include "battery_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHRINK_SECONDS = 45 };

/* On a day that has just been made; of tables also on one that is put back, as most of a long run
 * are (battery_day.c): its ledger begins with the configuration of whoever made it. */
static bool plays_well(struct battery *b, const struct schedule *s, const char *root, char *why)
{
    struct tally t = {0};
    if (!battery_play_one(b, s, root, NULL, &t, why)) return false;
    if (b->layer != LAYER_TABLES) return true;
    struct first_day *first = first_day_new();
    struct schedule nothing = *s;
    nothing.count = 0;
    for (size_t i = 0; i < COUNT(nothing.policies); i++) nothing.policies[i].comments ^= true;
    bool fine = battery_play_one(b, &nothing, root, first, &t, why) &&
                battery_play_one(b, s, root, first, &t, why);
    if (dir_remove(root) != OK) log_error("%s is left over", root);
    first_day_free(first);
    return fine;
}

bool battery_still_fails(struct battery *b, const struct schedule *s, char why[WHY_BYTES])
{
    char *shared = mmap(NULL, WHY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        char root[160];
        battery_be_child(b);
        alarm(PLAY_SECONDS);
        snprintf(root, sizeof root, "%s/small", b->root);
        _exit(plays_well(b, s, root, shared) ? 0 : 1);
    }
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    bool fails = !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (fails && WIFEXITED(status) && WEXITSTATUS(status) == 1)
        snprintf(why, WHY_BYTES, "%s", shared);
    else if (fails)
        battery_say_ended(b, status, why);
    munmap(shared, WHY_BYTES);
    return fails;
}

static struct schedule without(struct arena *a, const struct schedule *s, size_t from, size_t n)
{
    struct schedule out = *s;
    out.events = ARENA_ARRAY(a, struct schedule_event, s->count);
    out.count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (i < from || i >= from + n) out.events[out.count++] = s->events[i];
    return out;
}

/* Time goes on as if they had come: what follows keeps its instant. */
static struct schedule shorter(struct arena *a, const struct schedule *s, size_t from, size_t n)
{
    struct schedule out = without(a, s, from, n);
    for (size_t i = from; i < from + n && from < out.count; i++)
        out.events[from].after_ms += s->events[i].after_ms;
    return out;
}

static void shrink(struct battery *b, struct schedule *s, char why[WHY_BYTES])
{
    int64_t until = clock_mono_us() + SHRINK_SECONDS * 1000000LL;
    for (size_t n = s->count / 2; n > 0; n /= 2)
        for (size_t from = 0; from < s->count && clock_mono_us() < until;) {
            size_t take = from + n > s->count ? s->count - from : n;
            struct schedule less = shorter(b->arena, s, from, take);
            if (less.count && schedule_is_sound(&less) && battery_still_fails(b, &less, why))
                *s = less;
            else
                from += take;
        }
}

void battery_keep_smaller(struct battery *b, const struct failure *f)
{
    char why[WHY_BYTES];
    snprintf(why, sizeof why, "%s", f->why);
    struct schedule s = *schedule_make(b->arena, f->seed);
    if (!battery_still_fails(b, &s, why))
        printf("seed %llu fails no more when played alone\n", (unsigned long long)f->seed);
    else
        shrink(b, &s, why);
    const char *path = arena_printf(b->arena, "%s/battery-%s-%llu.txt", b->to,
        battery_layers[b->layer].name, (unsigned long long)f->seed)
                           .p;
    if (file_write_durable(path, schedule_write(b->arena, &s, battery_layers[b->layer].name)) != OK)
        fprintf(stderr, "broadsheet battery: %s cannot be written\n", path);
    printf("seed %llu, %zu events: %s\n  broadsheet battery --replay %s\n",
        (unsigned long long)f->seed, s.count, why, path);
}
