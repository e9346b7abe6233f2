/* battery_words: what a schedule's wire sends: ninjs whose every revision carries words of its own
 * in headline, text, tag, byline, slugline and note, so that a leak is provable in any bytes; and
 * the configuration of the site that it is sent to. Pure. */
#include "battery.h"

#include <string.h>

const char *const battery_feeds[ORACLE_FEEDS] = {"alpha", "beta", "gamma"};
const char *const battery_sections[2] = {"sport", "world"};
static const char *const providers[] = {"Alpha", "Beta"};

/* Letters that ids and hashes do not use (i, l, o, u) in front, then five of twenty. */
static const char letters[] = "bcdfghjkmnpqrstvwxyz";
enum { LETTERS = 20, DIGITS = 5, WORD_BYTES = 4 + DIGITS };

struct span word_of(struct arena *a, enum word_kind k, int number)
{
    char out[WORD_BYTES] = {'u', 'l', 'o', (char)k};
    for (int i = WORD_BYTES - 1; i >= 4; i--, number /= LETTERS) out[i] = letters[number % LETTERS];
    return arena_keep(a, (struct span){out, WORD_BYTES});
}

static bool is_kind(char c)
{
    return c == WORD_HEADLINE || c == WORD_BODY || c == WORD_TAG || c == WORD_AUTHOR ||
           c == WORD_NAME || c == WORD_COMMENT || c == WORD_DESK;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* In any case: pages may capitalise. */
static bool word_here(const char *p, enum word_kind *kind, int *number)
{
    if (lower(p[0]) != 'u' || lower(p[1]) != 'l' || lower(p[2]) != 'o' || !is_kind(lower(p[3])))
        return false;
    *kind = (enum word_kind)lower(p[3]);
    *number = 0;
    for (int i = 4; i < WORD_BYTES; i++) {
        const char *at = memchr(letters, lower(p[i]), LETTERS);
        if (!at) return false;
        *number = *number * LETTERS + (int)(at - letters);
    }
    return true;
}

bool word_next(struct span text, size_t *i, enum word_kind *kind, int *number)
{
    for (; *i + WORD_BYTES <= text.n; (*i)++) {
        if (!word_here(text.p + *i, kind, number)) continue;
        *i += WORD_BYTES;
        return true;
    }
    return false;
}

struct span words_guid(struct arena *a, int guid)
{
    return arena_printf(a, "urn:newsml:battery.example:story-%d", guid);
}

/* ---- words that say nothing: other ones for each guid of each agency, but where an item says what
 * another said (T4, V8) ---- */
enum { SHARED_FROM = 1000 }; /* above all guids */
static struct span filler(struct arena *a, int story, int from, int count)
{
    static const char *const words[] = {"harbour", "bridge", "council", "river", "weather",
        "market", "school", "garden", "winter", "museum", "forest", "railway", "tower", "island",
        "village", "engine", "doctor", "teacher", "valley", "station", "theatre", "bakery",
        "meadow", "castle", "ferry", "orchard", "canal", "library", "cinema", "stadium", "factory",
        "hospital", "airport", "mountain", "kitchen", "window", "carpet", "pepper", "cotton",
        "silver", "copper", "timber", "granite", "marble", "velvet", "lantern", "compass", "anchor",
        "saddle", "hammer", "basket", "candle", "mirror", "pencil", "ribbon", "button", "pillow",
        "blanket", "bucket", "ladder"};
    uint64_t luck = (uint64_t)story * 977 + 5;
    struct buf b;
    buf_init(&b, a, 0);
    for (int i = 0; i < from; i++) draw(&luck);
    for (int i = 0; i < count; i++)
        buf_printf(&b, "%s%s", i ? " " : "", words[below(&luck, (int)COUNT(words))]);
    return buf_span(&b);
}

struct span words_name(struct arena *a, int guid)
{
    return word_of(a, WORD_NAME, NAMES_FROM + guid);
}

struct span words_tag(struct arena *a, int tag)
{
    return arena_printf(a, "watch%d", tag);
}

struct span words_headline(struct arena *a, int text, int guid)
{
    struct span w = word_of(a, WORD_HEADLINE, text);
    return arena_printf(a, "Editors write %.*s of it with %.*s", FMT(w), FMT(words_name(a, guid)));
}

struct comment words_comment(struct arena *a, int comment, int guid)
{
    struct span w = word_of(a, WORD_COMMENT, COMMENTS_FROM + comment);
    return (struct comment){.id = arena_printf(a, "%016x", comment),
        .name = arena_printf(a, "Reader %.*s", FMT(w)),
        .text = arena_printf(a, "I say %.*s of %.*s and more.", FMT(w), FMT(words_name(a, guid)))};
}

/* ---- ninjs ---- */
static void put_time(struct arena *a, struct json_out *o, const char *key, struct oracle_time t)
{
    char text[25];
    utc_text(t.ms, text);
    switch (t.kind) {
    case OW_UTC: json_string(o, key, span_of(text)); break;
    case OW_LOCAL: /* the same without its Z */
        json_string(o, key, arena_printf(a, "%.*s", (int)strlen(text) - 1, text));
        break;
    case OW_EMPTY: json_null(o, key); break;
    case OW_UNREADABLE: json_string(o, key, S("when the minister has spoken")); break;
    default: break;
    }
}

static struct span headline_of(struct arena *a, int revision, int story, int guid)
{
    return arena_printf(a, "%.*s opens %.*s with %.*s", FMT(word_of(a, WORD_HEADLINE, revision)),
        FMT(filler(a, story, 0, 3)), FMT(words_name(a, guid)));
}

/* K10: its own words are nowhere, and those of the headline that it names are where that is. */
static void put_order(struct arena *a, struct json_out *o, int agency, const struct oracle_item *i)
{
    int guid = i->order - 1,
        story = i->order_says ? SHARED_FROM + i->order_says : 2 * guid + agency;
    struct span body = word_of(a, WORD_BODY, i->revision);
    if (i->order_revision) {
        struct span head = headline_of(a, i->order_revision, story, guid);
        json_string(o, "headline", S("STORY WITHDRAWN"));
        json_string(o, "body_html",
            arena_printf(
                a, "<p>HEADLINE: %.*s</p><p>It is wrong: %.*s.</p>", FMT(head), FMT(body)));
    } else {
        json_string(o, "headline", S("KILL KILL KILL"));
        json_string(o, "body_html",
            arena_printf(a, "<p>Please kill the story %.*s in full: %.*s.</p>",
                FMT(words_guid(a, guid)), FMT(body)));
    }
}

static void put_words(struct arena *a, struct json_out *o, int agency, const struct oracle_item *i)
{
    int story = i->says ? SHARED_FROM + i->says : 2 * i->guid + agency;
    struct span body = word_of(a, WORD_BODY, i->revision),
                desk = word_of(a, WORD_DESK, i->revision),
                author = word_of(a, WORD_AUTHOR, i->revision), name = words_name(a, i->guid);
    json_string(o, "headline", headline_of(a, i->revision, story, i->guid));
    if (i->slug)
        json_string(o, "slugline", arena_printf(a, "FAMILY-%d/ (%.*s)", i->slug, FMT(desk)));
    json_string(o, "byline", arena_printf(a, "By %.*s and %.*s", FMT(author), FMT(name)));
    json_string(o, "ednote", arena_printf(a, "Desks: %.*s", FMT(desk)));
    json_string(
        o, "description_text", arena_printf(a, "In short, %.*s of %.*s.", FMT(body), FMT(name)));
    if (i->no_body) return;
    json_string(o, "body_html",
        arena_printf(a, "<p>%.*s said %.*s %.*s and %.*s.</p><p>Then %.*s came back to %.*s.</p>",
            FMT(filler(a, story, 3, 9)), FMT(body), FMT(name), FMT(filler(a, story, 12, 8)),
            FMT(filler(a, story, 20, 12)), FMT(body)));
}

static void put_matters(struct arena *a, struct json_out *o, const struct oracle_item *i)
{
    json_open(o, "subject", '[');
    json_open(o, NULL, '{');
    json_string(o, "code", i->section == 0 ? S("medtop:15000000") : S("medtop:11000000"));
    json_string(o, "name", i->section == 0 ? S("sport") : S("politics"));
    json_close(o, '}');
    json_close(o, ']');
    json_open(o, "keywords", '[');
    json_string(o, NULL, word_of(a, WORD_TAG, i->revision));
    json_string(o, NULL, words_name(a, i->guid));
    if (i->topic) json_string(o, NULL, arena_printf(a, "topic%d", i->topic));
    json_close(o, ']');
    if (i->link) json_string(o, "evolvedfrom", words_guid(a, i->link - 1));
}

static const char *const statuses[] = {"usable", "withheld", "canceled", "approved"};

struct span words_picture_name(struct arena *a, int agency, int guid)
{
    return arena_printf(a, "picture-%d-%d.jpg", agency, guid);
}

struct span words_picture_bytes(struct arena *a, int agency, int guid)
{
    return arena_printf(a, "\xff\xd8\xff picture %d of agency %d", guid, agency);
}

static void put_picture(
    struct arena *a, struct json_out *o, int agency, const struct oracle_item *i)
{
    json_open(o, "featuremedia", '{');
    json_string(o, "guid", words_guid(a, i->picture - 1));
    json_string(o, "type", S("picture"));
    json_string(o, "pubstatus", span_of(statuses[i->picture_status]));
    put_time(a, o, "embargoed", i->picture_embargo);
    put_time(a, o, "expires", i->picture_expires);
    json_open(o, "renditions", '{');
    json_open(o, "original", '{');
    json_string(o, "href", words_picture_name(a, agency, i->picture - 1));
    json_string(o, "mimetype", S("image/jpeg"));
    json_close(o, '}');
    json_close(o, '}');
    json_close(o, '}');
}

static void put_associations(
    struct arena *a, struct json_out *o, int agency, const struct oracle_item *i)
{
    if (!i->is_package && !i->picture) return;
    json_open(o, "associations", '{');
    if (i->picture) put_picture(a, o, agency, i);
    for (int k = 0; k < ORACLE_MEMBERS; k++) {
        if (!i->members[k]) continue;
        json_open(o, arena_printf(a, "part%d", k).p, '{');
        json_string(o, "guid", words_guid(a, i->members[k] - 1));
        json_string(o, "type", S("text"));
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_item(struct arena *a, struct json_out *o, int feed, const struct oracle_item *i)
{
    static const char *const signals[] = {NULL, "sig:update", "sig:refile", "sig:correction"};
    json_open(o, NULL, '{');
    json_string(o, "guid", words_guid(a, i->guid));
    json_string(o, "type", i->is_picture ? S("picture") : i->is_package ? S("package") : S("text"));
    json_string(o, "provider",
        i->other_provider ? S("Somebody Else") : span_of(providers[feed == 1 ? 1 : 0]));
    if (i->version[0]) json_string(o, "version", span_of(i->version));
    json_string(o, "pubstatus", span_of(statuses[i->status]));
    json_string(o, "language", i->other_language ? S("fi") : S("en"));
    put_time(a, o, "versioncreated", i->created);
    put_time(a, o, "embargoed", i->embargo);
    put_time(a, o, "expires", i->expires);
    if (signals[i->change]) json_string(o, "signal", span_of(signals[i->change]));
    if (i->is_test) json_bool(o, "istest", true);
    if (i->order)
        put_order(a, o, feed == 1, i);
    else if (i->is_picture) /* words that nobody sees: no two versions say the same */
        json_string(o, "slugline",
            arena_printf(
                a, "PICTURE-%d/ (%.*s)", i->guid, FMT(word_of(a, WORD_DESK, i->revision))));
    else
        put_words(a, o, feed == 1, i);
    put_matters(a, o, i);
    put_associations(a, o, feed == 1, i);
    json_close(o, '}');
}

struct span words_delivery(struct arena *a, int feed, const struct oracle_item *items, int count)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    if (count > 1) json_open(&o, NULL, '[');
    for (int i = 0; i < count; i++) put_item(a, &o, feed, &items[i]);
    if (count > 1) json_close(&o, ']');
    return buf_span(&b);
}

/* ---- the site ---- */
const char *battery_brake(int brake)
{
    if (brake == OB_ALL) return "all";
    return brake < OB_SECTION ? battery_feeds[brake - OB_FEED]
                              : battery_sections[brake - OB_SECTION];
}

static void put_limit(struct json_out *o, const char *key, int limit)
{
    enum { AS_GOOD_AS_NONE = 1000000 };
    json_number(o, key, limit ? limit : AS_GOOD_AS_NONE);
}

static void put_feed(struct json_out *o, int f, const struct oracle_policy *p)
{
    json_open(o, battery_feeds[f], '{');
    json_string(o, "provider", span_of(providers[p->provider]));
    json_open(o, "provider_ids", '[');
    json_string(o, NULL, span_of(providers[p->provider]));
    json_close(o, ']');
    if (p->has_zone) json_string(o, "timezone", S("Asia/Kolkata"));
    json_open(o, "languages", '[');
    json_string(o, NULL, S("en"));
    json_close(o, ']');
    json_number(o, "retention_days", p->retention_days);
    json_string(o, "on_kill", p->kill_is_404 ? S("not-found") : S("gone"));
    json_string(o, "late_embargo", p->late_embargo_keeps ? S("keep") : S("hide"));
    json_bool(o, "shadow", p->shadow);
    json_bool(o, "comments", p->comments);
    json_bool(o, "pictures", p->pictures);
    json_open(o, "limits", '{');
    put_limit(o, "stories_per_hour", p->stories_per_hour);
    put_limit(o, "updates_per_story_per_hour", p->updates_per_hour);
    put_limit(o, "rewrites_per_hour", p->rewrites_per_hour);
    if (p->rewrite_after_days) json_number(o, "rewrite_after_days", p->rewrite_after_days);
    json_number(o, "oldest_days", p->oldest_days);
    json_close(o, '}');
    json_close(o, '}');
}

static void put_section(struct json_out *o, const char *name, const char *subject)
{
    json_open(o, name, '{');
    json_string(o, "title", span_of(name));
    if (subject) {
        json_open(o, "subjects", '[');
        json_string(o, NULL, span_of(subject));
        json_close(o, ']');
    }
    json_close(o, '}');
}

static void put_rule(struct arena *a, struct json_out *o, int tag, const struct oracle_rule *r)
{
    static const char *const actions[] = {"none", "publish", "hold", "drop"};
    if (!r->topic) return;
    json_open(o, NULL, '{');
    json_open(o, "feeds", '[');
    json_string(o, NULL, span_of(battery_feeds[tag / ORACLE_RULES]));
    json_close(o, ']');
    json_open(o, "keywords", '[');
    json_string(o, NULL, arena_printf(a, "topic%d", r->topic));
    json_close(o, ']');
    json_string(o, "action", span_of(actions[r->action % 4]));
    if (r->section) json_string(o, "to_section", span_of(battery_sections[(r->section - 1) % 2]));
    if (r->tags) {
        json_open(o, "add_tags", '[');
        json_string(o, NULL, words_tag(a, tag));
        json_close(o, ']');
    }
    json_bool(o, "noindex", r->noindex);
    json_close(o, '}');
}

struct span words_site(struct arena *a, const struct oracle_policy *policies)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    static const char *const comments[] = {"off", "approve", "open"};
    json_open(&o, NULL, '{');
    json_open(&o, "site", '{');
    json_string(&o, "name", S("Battery"));
    json_string(&o, "url", S("http://battery.example"));
    json_string(&o, "timezone", S("UTC"));
    json_string(&o, "language", S("en"));
    json_string(&o, "comments", span_of(comments[policies[0].site_comments % 3]));
    json_close(&o, '}');
    json_open(&o, "feeds", '{');
    for (int f = 0; f < ORACLE_FEEDS; f++) put_feed(&o, f, &policies[f]);
    json_close(&o, '}');
    json_open(&o, "sections", '{');
    put_section(&o, battery_sections[0], "medtop:15000000");
    put_section(&o, battery_sections[1], NULL);
    json_close(&o, '}');
    json_open(&o, "rules", '[');
    for (int tag = 0; tag < TAGS; tag++)
        put_rule(a, &o, tag, &policies[tag / ORACLE_RULES].rules[tag % ORACLE_RULES]);
    json_close(&o, ']');
    json_open(&o, "front", '{'); /* nothing falls off a page */
    json_number(&o, "items", 200);
    json_number(&o, "section_items", 200);
    json_number(&o, "feed_items", 200);
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_span(&b);
}
