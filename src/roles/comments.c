/* comments: a reader's comment as an event of the ledger. Its delivery is its id, so that the same
 * form sent twice is one comment. */
#include "roles.h"

struct span comment_meta(struct arena *a, story_id story, const struct comment *c, int64_t since_ms)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "id", c->id);
    json_string(&o, "story", story_id_text(a, story));
    json_string(&o, "name", c->name);
    json_string(&o, "text", c->text);
    if (since_ms > 0) json_number(&o, "since_ms", since_ms);
    json_close(&o, '}');
    return buf_span(&b);
}

enum result comment_append(
    struct ledger *l, struct arena *a, story_id story, const struct comment *c)
{
    if (!comment_fits(c)) return ERR_DENIED;
    struct append ap = {.kind = EVENT_COMMENT,
        .received_ms = clock_now_ms(),
        .feed = S(""),
        .delivery = arena_printf(a, "comment:%.*s", FMT(c->id)),
        .meta = comment_meta(a, story, c, 0)};
    return ledger_append(l, &ap, 1);
}
