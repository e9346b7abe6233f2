/* newsroom_receipt: a page that was shown is shown no more: what the courier needs to ask every
 * surface that could show it, as a row beside the decision. Asks nobody itself. */
#include "newsroom.h"

#include "picture.h"

enum {
    PHRASE_POINTS = 60,
    VERSIONS_ASKED = 3,
};

void newsroom_put_texts(struct json_out *o, const char *name, const struct span *list, size_t count)
{
    json_open(o, name, '[');
    for (size_t i = 0; i < count; i++) json_string(o, NULL, list[i]);
    json_close(o, ']');
}

void newsroom_put_file(struct newsroom *n, struct json_out *o, struct span hex)
{
    for (size_t w = 0; w < picture_width_count; w++)
        for (size_t f = 0; f < PICTURE_FORMS; f++)
            json_string(o, NULL,
                arena_printf(n->job, "/pictures/%.*s-%u.%s", FMT(hex), picture_widths[w],
                    picture_forms[f].ending));
    json_string(o, NULL, arena_printf(n->job, "/pictures/%.*s-card.jpg", FMT(hex)));
    for (size_t s = 0; s < PICTURE_SHAPES; s++)
        json_string(o, NULL,
            arena_printf(n->job, "/pictures/%.*s-%s.jpg", FMT(hex), picture_shapes[s].name));
}

void newsroom_put_files(struct newsroom *n, struct json_out *o, const struct view *v)
{
    for (uint32_t i = 0; i < v->picture_count; i++) {
        struct span hex = v->pictures[i].hash;
        if (!store_picture_elsewhere(n->store, hex, v->id)) newsroom_put_file(n, o, hex);
    }
}

struct span newsroom_country(struct newsroom *n, struct span territory)
{
    enum { LETTERS = 26 };
    for (int i = 0; territory.n && i < LETTERS * LETTERS; i++) {
        struct span code = arena_printf(n->job, "%c%c", 'A' + i / LETTERS, 'A' + i % LETTERS);
        struct reader_place there = {.country = country_of(code)};
        if (there.country.n && territory_has(territory, &there)) return there.country;
    }
    return S("");
}

/* Words that may stand nowhere: headline, and how the last texts began. They are looked for and
 * searched for; the receipt calls them by these names. */
static void put_words(
    struct newsroom *n, struct json_out *o, const struct decided *d, const struct view *v)
{
    struct span words[1 + VERSIONS_ASKED], names[1 + VERSIONS_ASKED], last = S("");
    size_t count = 0, openings = 0;
    if (v->headline.n) words[count] = v->headline, names[count++] = S("headline");
    for (size_t i = d->set.version_count; i-- > 0 && openings < VERSIONS_ASKED;) {
        struct span text = utf8_head(d->set.versions[i].story->body_text, PHRASE_POINTS);
        if (!text.n || span_eq(text, last)) continue;
        words[count] = last = text;
        names[count++] = arena_printf(n->job, "opening %zu", ++openings);
    }
    newsroom_put_texts(o, "words", words, count);
    newsroom_put_texts(o, "word_names", names, count);
}

/* What the desk took away by its own kill is called so (desk_killed_it). */
static const char *cause_of(const struct desk_set *set, const struct verdict *v)
{
    switch (v->state) {
    case STATE_KILLED: return "kill";
    case STATE_TAKEN_DOWN: return desk_killed_it(set) ? "kill" : "takedown";
    case STATE_PURGED: return "purge";
    case STATE_EXPIRED: return "expiry";
    case STATE_WITHHELD: return "withhold";
    default: return "withdrawn";
    }
}

enum result newsroom_receipt(struct newsroom *n, const struct decided *d, const struct view *before)
{
    const struct verdict *v = &d->verdict;
    struct span guid = S(""), provider;
    struct buf b;
    if (!store_guid_of(n->store, d->set.page, n->job, &guid, &provider)) guid = S("");
    buf_init(&b, n->job, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "what", S("a story"));
    json_string(&o, "story", before->id_text);
    json_string(&o, "guid", guid);
    json_string(&o, "url",
        arena_printf(
            n->job, "%.*s%.*s%.*s", FMT(n->config->url), FMT(n->config->base), FMT(before->path)));
    json_string(&o, "path", before->path);
    json_string(&o, "agency", before->agency);
    json_string(&o, "cause", span_of(cause_of(&d->set, v)));
    json_number(&o, "withdrawn_ms", v->state_ms);
    json_number(&o, "pos", (int64_t)n->position);
    struct span country = newsroom_country(n, before->territory);
    json_string(&o, "country", country);
    json_bool(&o, "apart", before->territory.n && !country.n);
    put_words(n, &o, d, before);
    json_open(&o, "more", '[');
    struct places_told told = newsroom_put_places(n, &o, d, before);
    json_close(&o, ']');
    json_number(&o, "left_out", (int64_t)told.left_out);
    json_bool(&o, "struck", told.is_struck);
    json_open(&o, "pictures", '[');
    newsroom_put_files(n, &o, before);
    json_close(&o, ']');
    json_close(&o, '}');
    struct out out = {.key = arena_printf(n->job, "receipt:%.*s:%lld", FMT(before->id_text),
                          (long long)v->state_ms),
        .kind = S("receipt"),
        .page = d->set.page,
        .at_ms = v->state_ms,
        .due_ms = v->state_ms,
        .body = buf_span(&b)};
    return store_put_out(n->store, &out);
}
