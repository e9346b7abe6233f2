/* grievances: a complaint made durable: who complains and in which words in a file of its own,
 * which can forget; in the ledger, which cannot, the number, the story and a hash of the secret
 * that opens its page. The words first: an event without them would be a case without a complaint.
 */
#include "roles.h"

static struct span meta_of(struct arena *a, story_id story, const struct complaint *c)
{
    struct buf b;
    struct json_out o = {.b = &b};
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "number", story_id_text(a, c->number));
    if (story) json_string(&o, "story", story_id_text(a, story));
    json_string(&o, "key", grievance_key(a, c->token));
    json_close(&o, '}');
    return buf_span(&b);
}

enum result grievance_append(
    struct ledger *l, struct arena *a, const char *data, story_id story, const struct complaint *c)
{
    struct complaints *kept = NULL;
    if (!complaint_fits(c)) return ERR_DENIED;
    TRY(complaints_open(data, true, &kept));
    enum result r = complaints_put(kept, c);
    complaints_close(kept);
    if (r != OK) return r;
    struct append ap = {.kind = EVENT_GRIEVANCE,
        .received_ms = c->at_ms,
        .feed = S(""),
        .delivery = arena_printf(a, "grievance:%.*s", FMT(story_id_text(a, c->number))),
        .meta = meta_of(a, story, c)};
    return ledger_append(l, &ap, 1);
}

bool grievance_read(struct arena *a, struct span meta, story_id *number_out, story_id *story_out,
    struct span *key_out)
{
    struct reject bad;
    const struct json *j = json_parse(a, meta, &bad);
    if (!j || !story_id_read(json_text(j, "number"), number_out)) return false;
    if (!story_id_read(json_text(j, "story"), story_out)) *story_out = 0;
    *key_out = json_text(j, "key");
    return key_out->n > 0;
}
