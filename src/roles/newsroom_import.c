/* newsroom_import: what was taken over from the site that was here before: since when a story has
 * been public, and what its old addresses lead to. Both stand in the ledger and nowhere else.
 * Whether an address leads anywhere is asked when it is: this table knows nothing of what is
 * public. */
#include "newsroom.h"

static const char *const leads_names[] = {
    [ADDRESS_STORY] = "story",
    [ADDRESS_TAG] = "tag",
    [ADDRESS_AUTHOR] = "author",
    [ADDRESS_PICTURE] = "picture",
    [ADDRESS_PATH] = "path",
    [ADDRESS_GONE] = "gone",
};

struct span import_meta(struct arena *a, struct span name, int64_t since_ms)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "name", name);
    json_number(&o, "since_ms", since_ms);
    json_close(&o, '}');
    return buf_span(&b);
}

struct span address_meta(struct arena *a, const struct span *old, size_t n,
    enum address_leads leads, story_id story, struct span to)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, leads_names[leads], leads == ADDRESS_STORY ? story_id_text(a, story) : to);
    if (leads != ADDRESS_STORY && story) json_string(&o, "of", story_id_text(a, story));
    json_open(&o, "old", '[');
    for (size_t i = 0; i < n; i++) json_string(&o, NULL, old[i]);
    json_close(&o, ']');
    json_close(&o, '}');
    return buf_span(&b);
}

int64_t newsroom_since(struct newsroom *n, const struct event *e)
{
    struct reject bad;
    int64_t since;
    const struct json *meta = e->meta.n ? json_parse(n->job, e->meta, &bad) : NULL;
    bool told = meta && span_to_i64(json_text(meta, "since_ms"), &since) && since > 0;
    return told && since < e->received_ms ? since : e->received_ms;
}

static bool read_leads(struct newsroom *n, const struct json *meta, struct old_address *out)
{
    struct span tag = json_text(meta, "tag"), author = json_text(meta, "author"),
                picture = json_text(meta, "picture"), path = json_text(meta, "path");
    out->gone = json_get(meta, "gone") != NULL;
    if (tag.n) out->target = arena_printf(n->job, "/tag/%.*s", FMT(newsroom_tag_slug(n, tag)));
    if (author.n)
        out->target = arena_printf(n->job, "/author/%.*s", FMT(newsroom_tag_slug(n, author)));
    if (picture.n) out->target = arena_printf(n->job, "/pictures/%.*s", FMT(picture));
    if (path.n) out->target = path;
    return story_id_read(json_text(meta, "story"), &out->story) || out->target.n || out->gone;
}

enum result newsroom_apply_address(struct newsroom *n, const struct event *e)
{
    struct reject bad;
    struct old_address old = {.pos = e->pos, .by_hand = !span_starts(e->delivery, S("address:"))};
    const struct json *meta = e->forgotten ? NULL : json_parse(n->job, e->meta, &bad);
    const struct json *list = meta ? json_get(meta, "old") : NULL;
    if (!list || !read_leads(n, meta, &old)) return OK;
    for (const struct json *v = list->first; v; v = v->next)
        if (address_key(n->job, v->text, &old.address)) TRY(store_put_old(n->store, &old));
    return OK;
}
