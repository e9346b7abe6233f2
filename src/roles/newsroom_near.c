/* newsroom_near: V14: an id that another story bears but for case, space or escape. Both are
 * stories of their own, for an agency may mean it so; but a kill that misses its story by one
 * letter is no kill, so the desk is told. Never joins anything. */
#include "newsroom.h"

/* "Tag:Example.org/Bridge%201" and "tag:example.org/bridge 1" fold to one. */
static uint64_t near_key(struct arena *a, struct span provider, struct span guid)
{
    struct span plain;
    struct buf b;
    buf_init(&b, a, 0);
    buf_put(&b, provider);
    buf_char(&b, '\n');
    if (!url_unescape(a, guid, false, &plain)) plain = guid;
    plain = text_casefold(a, plain);
    for (size_t i = 0; i < plain.n; i++)
        if ((unsigned char)plain.p[i] > ' ') buf_char(&b, plain.p[i]);
    return fast_hash(buf_span(&b));
}

enum result newsroom_note_near(
    struct newsroom *n, const struct desk_version *v, struct span provider)
{
    story_id known, other;
    enum result r = store_page_of(n->store, v->item, &known);
    if (r != ERR_ABSENT) return r;
    uint64_t key = near_key(n->job, provider, v->story->guid);
    r = store_near(n->store, key, v->item, &other);
    if (r != OK && r != ERR_ABSENT) return r;
    TRY(store_put_near(n->store, key, v->item));
    struct span guid, theirs;
    if (r == ERR_ABSENT || !store_guid_of(n->store, other, n->job, &guid, &theirs)) return OK;
    struct alarm al = {.kind = S("story"),
        .text = arena_printf(n->job, "%.*s: its id is nearly the id of another story: %.*s",
            FMT(v->story->guid), FMT(guid)),
        .at_ms = v->received_ms,
        .pos = v->pos};
    return store_put_alarm(n->store, &al);
}
