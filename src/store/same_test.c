/* Whatever the sequence of puts, drops, crashes and replays: the answers are those of a store
 * rebuilt from the last state of each story. Random; prints its seed; BROADSHEET_SEED repeats one.
 */
#include "try.h"

#include <sys/wait.h>
#include <time.h>

enum { STORIES = 40, ROUNDS = 12, JOBS = 12, OPS = 8 };

static uint64_t state;

static uint64_t dice(uint64_t n)
{
    state += 0x9E3779B97F4A7C15u;
    uint64_t z = state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % n;
}

struct op { /* what the newsroom does in one step: a pure function of these numbers */
    uint64_t story, version;
    bool drop;
    int64_t from_ms, until_ms;
};

struct job {
    struct op ops[OPS];
};

static struct view *view_of(struct arena *a, const struct op *p)
{
    struct view *v = try_view(a, p->story);
    v->body_text = arena_printf(a, "version%llu of the text", (unsigned long long)p->version);
    v->section = span_of(try_sections[(p->story + p->version) % 3]);
    v->tag_count = (uint32_t)(p->version % 3);
    v->noindex = p->version % 4 == 1;
    v->on_fronts = p->version % 5 != 1;
    v->front_ms += (int64_t)(p->version % 7) * 1000;
    return v;
}

static void apply(struct store *s, const struct op *p)
{
    struct arena *a = arena_new(1 << 20);
    struct view *v = view_of(a, p);
    if (p->drop)
        must(store_drop_story(s, v->id) == OK);
    else
        try_put(s, v, p->from_ms, p->until_ms);
    arena_free(a);
}

static void make_ops(struct job *jobs)
{
    static const int64_t edges[] = {NOW, NOW + 60000, NOW + 120000, INT64_MAX};
    for (int j = 0; j < JOBS; j++)
        for (int i = 0; i < OPS; i++)
            jobs[j].ops[i] = (struct op){
                dice(STORIES), dice(60), dice(4) == 0, edges[dice(2)], edges[2 + dice(2)]};
}

static void run_job(struct store *s, const struct job *job, uint64_t position)
{
    must(store_begin(s) == OK);
    for (int i = 0; i < OPS; i++) apply(s, &job->ops[i]);
    must(store_commit(s, position) == OK);
}

/* A child runs jobs and dies in the middle of one, at a step of its own or between the two commits.
 */
static void run_and_die(const struct job *jobs)
{
    uint64_t whole = dice(JOBS), steps = dice(OPS + 2);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct store *s = try_open(false);
        uint64_t from = store_position(s);
        for (uint64_t j = from; j < whole; j++) run_job(s, &jobs[j], j + 1);
        if (whole >= from) {
            must(store_begin(s) == OK);
            for (uint64_t i = 0; i < steps && i < OPS; i++) apply(s, &jobs[whole].ops[i]);
            if (steps > OPS) must(store_commit_file(&s->desk, DESK_SET_POSITION, whole + 1) == OK);
        }
        _exit(0);
    }
    int status;
    must(waitpid(child, &status, 0) == child && status == 0);
}

static void run_all(struct store *s, const struct job *jobs)
{
    for (uint64_t j = store_position(s); j < JOBS; j++) {
        run_job(s, &jobs[j], j + 1);
        bool more;
        if (dice(2)) must(store_index_some(s, NOW + 30000, 3, &more) == OK);
    }
    try_index(s, NOW + 90000);
}

/* Only the last step of each story, in another order. */
static void rebuild(struct store *s, const struct job *jobs)
{
    const struct op *last[STORIES] = {NULL};
    for (int j = 0; j < JOBS; j++)
        for (int i = 0; i < OPS; i++) last[jobs[j].ops[i].story] = &jobs[j].ops[i];
    must(store_begin(s) == OK);
    for (int i = STORIES; i-- > 0;)
        if (last[i]) apply(s, last[i]);
    must(store_commit(s, JOBS) == OK);
    try_index(s, NOW + 90000);
}

static void put_views(struct buf *b, struct arena *a, const struct view *list, size_t n)
{
    buf_printf(b, "%zu:", n);
    for (size_t i = 0; i < n; i++) buf_put(b, view_pack(a, &list[i]));
}

/* Everything that a reader can ask at an instant, as bytes. */
static struct span answers(struct reader *r, struct arena *a, int64_t now_ms)
{
    struct buf b;
    struct view *list;
    size_t n, total;
    buf_init(&b, a, 0);
    must(reader_begin(r, now_ms) == OK);
    for (int k = 0; k <= LIST_POPULAR; k++)
        for (size_t i = 0; i < 5; i++) {
            struct list_query q = {.kind = (enum list_kind)k,
                .limit = 100,
                .with_body = true,
                .day_from_ms = NOW,
                .day_until_ms = NOW + 1200000};
            q.name = span_of(k == LIST_SECTION  ? try_sections[i % 3]
                             : k == LIST_AUTHOR ? "ines-marlow"
                                                : try_tags[i]);
            must(reader_list(r, &q, a, &list, &n) == OK);
            put_views(&b, a, list, n);
            must(reader_count(r, q.kind, q.name, &total) == OK);
            must(k == LIST_DAY || k == LIST_NEWS || total == n);
        }
    for (uint64_t v = 0; v < 60; v++) {
        must(reader_search(r, arena_printf(a, "version%llu", (unsigned long long)v), 0, 50, a,
                 &list, &n, &total) == OK);
        put_views(&b, a, list, n);
    }
    buf_printf(&b, "%lld", (long long)reader_next_change(r));
    reader_end(r);
    return buf_span(&b);
}

static bool one_round(struct arena *a)
{
    static const int64_t instants[] = {
        NOW - 1, NOW, NOW + 59999, NOW + 60000, NOW + 119999, NOW + 120000};
    struct job jobs[JOBS];
    struct span lived[COUNT(instants)];
    make_ops(jobs);
    struct store *s = try_open(true);
    must(store_switch(s) == OK);
    store_close(s);
    for (int i = 0; i < 3; i++) run_and_die(jobs);
    s = try_open(false);
    run_all(s, jobs);
    bool same = try_whole(s);
    struct reader *r = try_reader(NULL, NULL);
    for (size_t i = 0; i < COUNT(instants); i++) lived[i] = answers(r, a, instants[i]);
    store_close(s);
    s = try_open(true);
    rebuild(s, jobs);
    must(store_switch(s) == OK);
    for (size_t i = 0; i < COUNT(instants); i++)
        same = span_eq(lived[i], answers(r, a, instants[i])) && same;
    reader_close(r);
    store_close(s);
    return same;
}

int main(void)
{
    const char *given = getenv("BROADSHEET_SEED");
    uint64_t seed =
        given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) << 16 | (uint64_t)getpid();
    state = seed;
    printf("# BROADSHEET_SEED=%llu\n", (unsigned long long)seed);
    try_start();
    for (int i = 0; i < ROUNDS; i++) {
        struct arena *a = arena_new((size_t)1 << 30);
        check(one_round(a), "round %d: lived, crashed and replayed is the same as rebuilt", i + 1);
        arena_free(a);
    }
    try_end();
    return tap_end();
}
