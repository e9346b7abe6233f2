/* picture_test.c: terms of use in prose, in four languages; and when a picture is shown, with which
 * words. */
#include "desk.h"
#include "tap.h"

#define NOON INT64_C(1769169600000)
#define HOUR INT64_C(3600000)

static struct arena *arena;
static struct desk_feed feeds[] = {
    {.name = {"wire", 4}, .provider = {"Wire", 4}, .pictures = true}};
static struct desk_rules rules = {.feeds = feeds, .feed_count = 1};

static struct picture *picture_of(const char *guid, const char *caption, const char *credit)
{
    struct picture *p = ARENA_NEW(arena, struct picture);
    *p = (struct picture){.guid = span_of(guid),
        .kind = S("picture"),
        .caption = span_of(caption),
        .credit = span_of(credit)};
    picture_add_rendition(
        arena, p, (struct rendition){.href = S("a.jpg"), .type = S("image/jpeg")});
    return p;
}

static void with_terms(struct picture *p, const char *terms)
{
    p->usage = ARENA_NEW(arena, struct span);
    p->usage[0] = span_of(terms);
    p->usage_count = 1;
}

static struct desk_version version_of(struct story *s, int version, uint64_t pos)
{
    s->version = arena_printf(arena, "%d", version);
    s->version_created = (struct when){WHEN_UTC, NOON + version * 1000};
    return (struct desk_version){
        .story = s, .item = 9, .feed = S("wire"), .received_ms = NOON + version * 1000, .pos = pos};
}

/* A picture that came by itself. */
static struct story *item_of(const char *caption, enum story_status status)
{
    struct story *s = story_new(arena);
    s->guid = S("pic");
    s->kind = KIND_PICTURE;
    s->status = status;
    struct picture *p = story_add_picture(arena, s);
    *p = *picture_of("pic", caption, "Ada/Wire");
    p->role = S("self");
    return s;
}

static struct desk_picture shown(const struct picture *embed, const struct desk_set *item)
{
    struct story *s = story_new(arena);
    struct desk_picture out;
    static struct desk_version story;
    story = version_of(s, 1, 5);
    desk_picture(arena, &(struct desk_picture_ask){.embed = embed, .story = &story, .item = item},
        &rules, &out);
    return out;
}

/* ---- terms ---- */
static const struct {
    const char *credit, *terms;
    enum reason_code why;
} cases[] = {
    {"Ada/Wire", "Editorial use only", WHY_PUBLISHED},
    {"Ada/Wire", "EDITORIAL USE ONLY. NO RESALES. MANDATORY CREDIT.", WHY_PUBLISHED},
    {"Ada/Wire", "Use only with the written agreement with the agency", WHY_PUBLISHED},
    {"Ada/Wire", "Nutzung nur nach schriftlicher Vereinbarung", WHY_PUBLISHED},
    {"Ada/Wire", "MAGS OUT, TV OUT", WHY_PUBLISHED},
    {"", "Mandatory credit", WHY_TERMS_CREDIT},
    {"", "Crédit obligatoire", WHY_TERMS_CREDIT},
    {"", "Crédito obligatorio", WHY_TERMS_CREDIT},
    {"", "nur mit vollständiger Nennung", WHY_TERMS_CREDIT},
    {"Handout via Wire", "", WHY_TERMS_HANDOUT},
    {"Police/Handout", "", WHY_TERMS_HANDOUT},
    {"Ada Marlow via Wire", "", WHY_TERMS_HANDOUT},
    {"Olivia/Wire", "", WHY_PUBLISHED},
    {"Ada/Wire", "This image has been supplied by a third party", WHY_TERMS_HANDOUT},
    {"Ada/Wire", "NO ARCHIVES", WHY_TERMS_ARCHIVE},
    {"Ada/Wire", "Keine Archive", WHY_TERMS_ARCHIVE},
    {"Ada/Wire", "Pas d'archives", WHY_TERMS_ARCHIVE},
    {"Ada/Wire", "No archivos", WHY_TERMS_ARCHIVE},
    {"Ada/Wire", "NOT FOR USE OUTSIDE THE UNITED STATES", WHY_TERMS_PLACE},
    {"Ada/Wire", "AUSTRIA OUT", WHY_TERMS_PLACE},
    {"Ada/Wire", "*** World Rights Except Italy ***", WHY_TERMS_PLACE},
    {"Ada/Wire", "Nicht zur Verwendung außerhalb Österreichs", WHY_TERMS_PLACE},
    {"Ada/Wire", "Utilisation interdite en Belgique", WHY_TERMS_PLACE},
    {"Ada/Wire", "Prohibido su uso en España", WHY_TERMS_PLACE},
    {"Ada/Wire", "Print use only", WHY_TERMS_WEB},
    {"Ada/Wire", "NO INTERNET", WHY_TERMS_WEB},
    {"Ada/Wire", "On-line out", WHY_TERMS_WEB},
    {"Ada/Wire", "Kein Internet", WHY_TERMS_WEB},
    {"Ada/Wire", "No use after December 31", WHY_TERMS_TIME},
};

static void terms(void)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct picture *p = picture_of("", "Ada climbs", cases[i].credit);
        with_terms(p, cases[i].terms);
        struct desk_picture out = shown(p, NULL);
        check(out.why == cases[i].why && out.interval.held == (cases[i].why != WHY_PUBLISHED),
            "R2: “%s”, credit “%s”: %s", cases[i].terms, cases[i].credit, reason_text(out.why));
    }
    struct picture *p = picture_of(
        "", "Women wait via the door for a cash handout outside, except Ada", "Ada/Wire");
    check(!shown(p, NULL).interval.held, "the same words in a caption's prose hold nothing");
    with_terms(p, "FOR USE WITHIN 14 DAYS");
    struct picture *q = picture_of("", "Ada climbs", "Ada/Wire");
    with_terms(q, "Not for use\n in Norway");
    check(shown(q, NULL).why == WHY_TERMS_PLACE, "a line may end within a phrase");
    check(shown(p, NULL).interval.until_ms == NOON + 1000 + 14 * 24 * HOUR,
        "a number of days is an end");
}

/* ---- the item and the story together ---- */
static void kills(void)
{
    struct picture *p = picture_of("pic", "Ada climbs", "Ada/Wire");
    struct desk_version v[] = {version_of(item_of("Ada climbs", STATUS_USABLE), 1, 1),
        version_of(item_of("Ada climbs", STATUS_CANCELED), 2, 2),
        version_of(item_of("Ada climbs", STATUS_WITHHELD), 2, 2)};
    struct desk_set set = {.page = 9, .versions = v, .version_count = 1};
    check(!shown(p, &set).interval.held, "a picture is shown");
    set.version_count = 2;
    check(shown(p, &set).why == WHY_KILLED, "K15: until it is killed");
    v[1] = v[2];
    check(shown(p, &set).why == WHY_WITHHELD, "K14: or withheld");
    set.version_count = 0;
    struct act hold = {.kind = ACT_HOLD, .pos = 3}, down = {.kind = ACT_TAKEDOWN, .pos = 3};
    set.act_count = 1;
    set.acts = &hold;
    check(shown(p, &set).why == WHY_DESK_HOLD, "or held by the desk, before it came");
    set.acts = &down;
    check(shown(p, &set).why == WHY_TAKEN_DOWN, "or taken down");
    p->status = STATUS_CANCELED;
    check(shown(p, NULL).why == WHY_KILLED, "or killed where the story names it");
}

static void times(void)
{
    struct picture *p = picture_of("pic", "Ada climbs", "Ada/Wire");
    struct story *s = item_of("Ada climbs", STATUS_USABLE);
    s->embargo = (struct when){WHEN_UTC, NOON + HOUR};
    s->expires = (struct when){WHEN_UTC, NOON + 9 * HOUR};
    struct desk_version v = version_of(s, 1, 1);
    struct desk_set set = {.page = 9, .versions = &v, .version_count = 1};
    p->embargo = (struct when){WHEN_UTC, NOON + 2 * HOUR};
    struct desk_picture out = shown(p, &set);
    check(out.interval.from_ms == NOON + 2 * HOUR, "E9: the later of two embargoes");
    check(out.interval.until_ms == NOON + 9 * HOUR, "R3: the sooner of two ends");
    p->embargo = (struct when){WHEN_UNREADABLE, 0};
    check(shown(p, &set).why == WHY_EMBARGO_UNREADABLE, "E3: an embargo that cannot be read holds");
    p->embargo = (struct when){WHEN_LOCAL, NOON};
    check(shown(p, &set).why == WHY_EMBARGO_NO_ZONE, "E4: and one without a zone");
    p->embargo = (struct when){WHEN_EMPTY, 0};
    check(shown(p, &set).why == WHY_EMBARGO_EMPTY, "E2: and an empty one");
}

/* E6: the feed keeps a version up until the embargo of the next one ends. */
static void followed(void)
{
    struct desk_version v[] = {version_of(item_of("Ada climbs", STATUS_USABLE), 1, 1),
        version_of(item_of("Mira climbs", STATUS_USABLE), 2, 2)};
    struct desk_set set = {.page = 9, .versions = v, .version_count = 1};
    struct story *last = item_of("Mira climbs", STATUS_USABLE);
    last->embargo = (struct when){WHEN_UTC, NOON + 2 * HOUR};
    check(shown(NULL, &set).due_ms == INT64_MAX, "nothing takes its place");
    v[1] = version_of(last, 2, 2);
    set.version_count = 2;
    feeds[0].late_embargo_keeps = true;
    struct desk_picture out = shown(NULL, &set);
    check(out.interval.until_ms == INT64_MAX && out.due_ms == NOON + 2 * HOUR,
        "E6: what an embargoed version will replace stands until that is decided");
    check_span(out.caption, S("Ada climbs"), "with its own words");
    last->expires = (struct when){WHEN_UTC, NOON + 3 * HOUR};
    check(shown(NULL, &set).interval.until_ms == NOON + 3 * HOUR,
        "R1: and no longer than what replaces it");
    set.reached_ms = NOON + 2 * HOUR;
    out = shown(NULL, &set);
    check_span(out.caption, S("Mira climbs"), "then the new one is shown");
    check(out.due_ms == INT64_MAX && out.interval.until_ms == NOON + 3 * HOUR, "to its own end");
    feeds[0].late_embargo_keeps = false;
}

static void words(void)
{
    struct desk_version v[] = {version_of(item_of("Ada climbs", STATUS_USABLE), 1, 1),
        version_of(item_of("Mira climbs", STATUS_USABLE), 2, 2)};
    struct desk_set set = {.page = 9, .versions = v, .version_count = 1};
    struct picture *p = picture_of("pic", "Ada climbs", "Ada/Wire");
    check_span(shown(p, &set).caption, S("Ada climbs"), "a caption");
    set.version_count = 2;
    check_span(shown(p, &set).caption, S("Mira climbs"),
        "C7: what the photo desk has corrected is not undone by an old copy");
    p->caption = S("Mira climbs at last");
    check_span(shown(p, &set).caption, S("Mira climbs at last"), "a newer one in the story counts");
    p->alt = S("IMG_2031.JPG");
    p->headline = S("Climbing");
    check_span(shown(p, NULL).alt, S("Climbing"), "a file's name is no text for the blind");
    p->headline = S("climb.jpeg");
    check(!shown(p, NULL).alt.n, "nor is it as a headline");
    p->credit = S("");
    p->byline = S("Tom Lind");
    check_span(shown(p, NULL).credit, S("Tom Lind"), "who took it is its credit");
}

/* A picture of its own item, whose feed's licence is for other countries than the story's. */
static void territory(void)
{
    static struct desk_feed two[] = {
        {.name = {"wire", 4}, .provider = {"Wire", 4}, .pictures = true},
        {.name = {"photos", 6},
            .provider = {"Wire", 4},
            .pictures = true,
            .territory = {"+GB", 3}}};
    static const struct desk_rules both = {.feeds = two, .feed_count = 2, .knows_countries = true};
    struct desk_version v = version_of(item_of("Climbing", STATUS_USABLE), 1, 4),
                        story = version_of(story_new(arena), 1, 5);
    v.feed = S("photos");
    struct desk_set set = {.page = 9, .versions = &v, .version_count = 1};
    struct desk_picture_ask ask = {
        .embed = picture_of("pic", "Climbing", "Ada/Wire"), .story = &story, .item = &set};
    struct desk_picture out;
    desk_picture(arena, &ask, &both, &out);
    check(
        out.interval.held && out.why == WHY_TERRITORY, "on a story for everybody it is not shown");
    two[0].territory = S("+GB");
    desk_picture(arena, &ask, &both, &out);
    check(!out.interval.held, "on one for the same countries it is");
}

int main(void)
{
    arena = arena_new(64 << 20);
    terms();
    kills();
    times();
    followed();
    words();
    territory();
    arena_free(arena);
    return tap_end();
}
