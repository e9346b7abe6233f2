/* comments: a reader's comment as an event of the ledger. Its delivery is its id, so that the same
 * form sent twice is one comment. */
#include "roles.h"

enum result comment_append(
    struct ledger *l, struct arena *a, story_id story, const struct comment *c)
{
    struct buf b;
    struct json_out o = {.b = &b};
    if (!comment_fits(c)) return ERR_DENIED;
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "id", c->id);
    json_string(&o, "story", story_id_text(a, story));
    json_string(&o, "name", c->name);
    json_string(&o, "text", c->text);
    json_close(&o, '}');
    struct append ap = {.kind = EVENT_COMMENT,
        .received_ms = clock_now_ms(),
        .feed = S(""),
        .delivery = arena_printf(a, "comment:%.*s", FMT(c->id)),
        .meta = buf_span(&b)};
    return ledger_append(l, &ap, 1);
}
