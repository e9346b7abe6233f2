/* pa.c: the flat JSON in which hubs pass on PA's and other agencies' items ("format":
 * "GOA-WIRES-NINJS") to stories. It looks like ninjs and is not: the guid is the USN, for the uri
 * has the time and the version in it. Empty strings say nothing. Never fatal. */
#include "ninjs.h"

static bool is_item(const struct json *v)
{
    return nj_text(v, "usn").n && (nj_get(v, "source-feed") || nj_get(v, "unique-name"));
}

bool pa_is(const struct json *root)
{
    return nj_holds(root, is_item);
}

/* {"code": ["iptccat:SFU", …]} */
static void read_codes(struct arena *a, struct story *s, const struct json *item)
{
    for (const struct json *v = nj_first(nj_path(item, "subjects code")); v; v = v->next)
        story_add_subject(a, s, SUBJECT_TOPIC, nj_value(v), (struct span){0});
    for (const struct json *v = nj_first(nj_get(item, "keywords")); v; v = v->next)
        story_add_keyword(a, s, nj_value(v));
    struct span rest = nj_text(item, "mediaCatCodes"), code;
    while (span_next(&rest, '+', &code)) {
        uint32_t before = s->subject_count;
        if (!span_trim(code).n) continue;
        story_add_subject(a, s, SUBJECT_TOPIC,
            arena_printf(a, "mediacat:%.*s", FMT(span_trim(code))), (struct span){0});
        if (s->subject_count > before) s->subjects[before].apart = true;
    }
}

/* Hubs differ in how they name the status: what either name says counts. */
static void read_status(struct arena *a, struct story *s, const struct json *item)
{
    enum { WAYS = NJ_BLANK_IS_NONE | NJ_EMBARGOED };
    uint64_t u = 0;
    nj_time(a, s, item, "versionCreated", WAYS, &s->version_created);
    nj_time(a, s, item, "firstVersion", WAYS, &s->first_created);
    nj_time(a, s, item, "dateTimeSent", WAYS, &s->sent);
    nj_time(a, s, item, "embargoed", WAYS, &s->embargo);
    nj_time(a, s, item, "embargo", WAYS, &s->embargo);
    nj_time(a, s, item, "expires", WAYS, &s->expires);
    nj_read_status(a, s, item, "status", WAYS);
    nj_read_status(a, s, item, "pubstatus", WAYS);
    nj_signals(a, s, item);
    if (span_to_u64(nj_text(item, "priority"), &u) && u >= 1 && u <= 9) s->urgency = (uint32_t)u;
}

static void read_item(
    struct arena *a, const struct json *item, struct reject forgiven, struct wire_result *out)
{
    struct story *s = story_new(a);
    struct span before = span_trim(nj_text(item, "originalUrn"));
    if (forgiven.line) story_fault(a, s, forgiven.line, forgiven.column, "%.*s", FMT(forgiven.why));
    nj_read_head(s, item);
    s->guid = nj_text(item, "usn");
    s->provider = nj_text(item, "source-feed");
    s->abstract = nj_text(item, "abstract subhead");
    read_status(a, s, item);
    read_codes(a, s, item);
    story_add_subject(
        a, s, SUBJECT_PLACE, (struct span){0}, text_fold(a, nj_text(item, "location")));
    story_add_usage(a, s, nj_text(item, "usage"));
    story_add_note(a, s, (struct span){0}, nj_text(item, "ednote"), false);
    change_of_words(a, s, nj_text(item, "ednote"));
    order_of_words(a, s, nj_text(item, "ednote"), item->line);
    if (!span_eq(before, s->guid)) story_add_link(a, s, S("replaces"), before, (struct span){0});
    nj_read_body(a, s, item);
    reader_accept(a, out, s, item->line, item->column);
}

void pa_read(
    struct arena *a, const struct json *root, struct reject forgiven, struct wire_result *out)
{
    nj_read_items(a, root, forgiven, out, is_item, read_item);
}
