/* queue: names by their text, and three heaps of tickets over them: the oldest first, the newest
 * first, the first due first. A name that moves leaves its old tickets behind; they are void, and
 * skipped when they come up. So every move costs the logarithm of what waits, and memory grows with
 * the number of moves: the owner makes a new queue when there were many. No files here. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

enum { QUEUE_ARENA = 512 << 20 }; /* some 200 bytes a name, with its share of the map */

struct ticket {
    int64_t key;
    struct name *name;
    uint32_t stamp;
};
struct heap {
    struct ticket *at;
    size_t n, cap;
    bool largest_first;
};
struct queue {
    struct arena *a; /* names and their texts */
    struct map *names;
    struct heap oldest, newest, due;
    size_t count[NAME_OUT + 1], moves;
};

struct queue *queue_new(void)
{
    struct queue *q = calloc(1, sizeof *q);
    must(q);
    q->a = arena_new(QUEUE_ARENA);
    q->names = map_new(q->a);
    q->newest.largest_first = true;
    return q;
}

void queue_free(struct queue *q)
{
    if (!q) return;
    free(q->oldest.at);
    free(q->newest.at);
    free(q->due.at);
    arena_free(q->a);
    free(q);
}

/* ---- heaps ---- */
static bool comes_before(const struct heap *h, const struct ticket *x, const struct ticket *y)
{
    int c = x->key != y->key ? (x->key < y->key ? -1 : 1) : strcmp(x->name->text, y->name->text);
    return h->largest_first ? c > 0 : c < 0;
}

static void swap(struct ticket *x, struct ticket *y)
{
    struct ticket t = *x;
    *x = *y;
    *y = t;
}

static void heap_push(struct heap *h, struct ticket t)
{
    if (h->n == h->cap) {
        h->cap = h->cap ? h->cap * 2 : 64;
        h->at = realloc(h->at, h->cap * sizeof *h->at);
        must(h->at);
    }
    size_t i = h->n++;
    h->at[i] = t;
    for (; i && comes_before(h, &h->at[i], &h->at[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&h->at[i], &h->at[(i - 1) / 2]);
}

static void heap_drop_first(struct heap *h)
{
    h->at[0] = h->at[--h->n];
    for (size_t i = 0, child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && comes_before(h, &h->at[child + 1], &h->at[child])) child++;
        if (!comes_before(h, &h->at[child], &h->at[i])) break;
        swap(&h->at[child], &h->at[i]);
    }
}

/* The name of the first ticket that still holds; the void ones before it are thrown away. */
static struct name *heap_first(struct heap *h)
{
    while (h->n && h->at[0].stamp != h->at[0].name->stamp) heap_drop_first(h);
    return h->n ? h->at[0].name : NULL;
}

/* ---- names ---- */
struct name *queue_find(const struct queue *q, const char *text)
{
    return map_get(q->names, span_of(text));
}

struct name *queue_meet(struct queue *q, const char *text)
{
    struct name *n = queue_find(q, text);
    if (n) return n;
    n = ARENA_NEW(q->a, struct name);
    n->text = arena_cstr(q->a, span_of(text));
    *map_at(q->names, span_of(n->text)) = n;
    q->count[NAME_AWAY]++;
    q->moves++;
    return n;
}

static void move(struct queue *q, struct name *n, enum name_state to)
{
    q->count[n->state]--;
    q->count[to]++;
    q->moves++;
    n->state = to;
    n->stamp++;
}

void queue_ripe(struct queue *q, struct name *n)
{
    move(q, n, NAME_RIPE);
    struct ticket t = {n->id.mtime_ns, n, n->stamp};
    heap_push(&q->oldest, t);
    heap_push(&q->newest, t);
}

void queue_late(struct queue *q, struct name *n, int64_t due_ms)
{
    move(q, n, NAME_LATE);
    n->due_ms = due_ms;
    heap_push(&q->due, (struct ticket){due_ms, n, n->stamp});
}

void queue_drop(struct queue *q, struct name *n)
{
    move(q, n, NAME_AWAY);
}

int64_t queue_next_ms(struct queue *q)
{
    const struct name *n = heap_first(&q->due);
    return n ? n->due_ms : INT64_MAX;
}

void queue_wake(struct queue *q, int64_t now_ms)
{
    for (struct name *n; (n = heap_first(&q->due)) && n->due_ms <= now_ms;) queue_ripe(q, n);
}

struct name *queue_pop(struct queue *q, bool newest)
{
    struct name *n = heap_first(newest ? &q->newest : &q->oldest);
    if (n) move(q, n, NAME_OUT);
    return n;
}

size_t queue_waiting(const struct queue *q)
{
    return q->count[NAME_RIPE] + q->count[NAME_LATE];
}

size_t queue_moves(const struct queue *q)
{
    return q->moves;
}
