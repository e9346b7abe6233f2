/* comments: what readers write, and say of what others wrote, as events of the ledger. A comment's
 * delivery is its id, so that the same form sent twice is one comment; a word about one has a key
 * of its own. Of where it came from nothing is in it. */
#include "roles.h"

struct span comment_meta(struct arena *a, story_id story, const struct comment *c, int64_t since_ms)
{
    struct buf b;
    struct json_out o = {.b = &b};
    bool says = c->word != COMMENT_SAID;
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    if (says) json_string(&o, "word", span_of(comment_words[c->word]));
    json_string(&o, says ? "of" : "id", c->id);
    json_string(&o, "story", story_id_text(a, story));
    if (c->name.n) json_string(&o, "name", c->name);
    if (c->text.n) json_string(&o, "text", c->text);
    if (c->parent.n) json_string(&o, "parent", c->parent);
    if (c->why.n) json_string(&o, "why", c->why);
    if (since_ms > 0) json_number(&o, "since_ms", since_ms);
    json_close(&o, '}');
    return buf_span(&b);
}

bool comment_read(struct arena *a, struct span meta, story_id *story_out, struct comment *out)
{
    struct reject bad;
    const struct json *j = json_parse(a, meta, &bad);
    if (!j || !story_id_read(json_text(j, "story"), story_out)) return false;
    struct span word = json_text(j, "word");
    *out = (struct comment){.word = COMMENT_WORDS, .key = S("0")};
    for (size_t i = 0; i < COMMENT_WORDS; i++)
        if (span_eq(word, span_of(comment_words[i]))) out->word = (enum comment_word)i;
    out->id = json_text(j, out->word == COMMENT_SAID ? "id" : "of");
    out->name = json_text(j, "name");
    out->text = json_text(j, "text");
    out->parent = json_text(j, "parent");
    out->why = json_text(j, "why");
    return comment_fits(out);
}

enum result comment_append(
    struct ledger *l, struct arena *a, story_id story, const struct comment *c)
{
    if (!comment_fits(c)) return ERR_DENIED;
    const char *word = c->word == COMMENT_SAID ? "comment" : comment_words[c->word];
    struct append ap = {.kind = EVENT_COMMENT,
        .received_ms = clock_now_ms(),
        .feed = S(""),
        .delivery =
            arena_printf(a, "%s:%.*s%s%.*s", word, FMT(c->id), c->key.n ? ":" : "", FMT(c->key)),
        .meta = comment_meta(a, story, c, 0)};
    return ledger_append(l, &ap, 1);
}
