/* What leaves for partners: RSS that says the same when it is read again, text that a person can
 * read, and nothing in either of what they cannot say. */
#include "wire.h"

#include "tap.h"

static const char MARKET[] =
    "{\"uri\":\"tag:example.org,2026:fish\",\"type\":\"text\",\"version\":\"2\","
    "\"versionCreated\":\"2026-01-23T06:00:00Z\",\"pubStatus\":\"usable\",\"language\":\"en\","
    "\"by\":\"Ada Quay & Co\",\"copyrightNotice\":\"(c) Example <Wire>\","
    "\"headlines\":[{\"role\":\"main\",\"value\":\"Prices <b> & catches\"}],"
    "\"subjects\":[{\"name\":\"fishing\"}],"
    "\"bodies\":[{\"role\":\"main\",\"contentType\":\"text/html\",\"value\":"
    "\"<p>HARBOUR, Jan 23 - Cod rose.</p><ul><li>Cod 4</li><li>Plaice 3</li></ul>"
    "<table><caption>Landed</caption><tr><th>Boat</th><th>Boxes</th></tr>"
    "<tr><td>Anna</td><td>12</td></tr></table><blockquote><p>We sailed.</p></blockquote>\"}],"
    "\"associations\":[{\"name\":\"featuremedia\",\"uri\":\"tag:example.org,2026:pic\","
    "\"type\":\"picture\",\"pubStatus\":\"usable\",\"creditline\":\"Example\",\"renditions\":["
    "{\"name\":\"small\",\"href\":\"https://img.example.org/s.jpg\",\"width\":200},"
    "{\"name\":\"large\",\"href\":\"https://img.example.org/l.jpg\",\"width\":2000}]}]}";

static const struct story *read_one(struct arena *a, struct span bytes)
{
    struct wire_result r;
    wire_read(a, bytes, NULL, &r);
    must(r.end == WIRE_STORIES && r.count == 1 && r.items[0].story);
    return r.items[0].story;
}

static void rss_says_the_same(struct arena *a)
{
    struct buf b;
    const struct story *s = read_one(a, span_of(MARKET));
    buf_init(&b, a, 0);
    wire_write_rss(&b, &s, 1);
    const struct story *x = read_one(a, buf_span(&b));
    check_span(x->guid, s->guid, "guid");
    check_span(x->headline, S("Prices <b> & catches"), "what looks like markup is none");
    check_span(x->byline, s->byline, "byline");
    check_span(x->copyright, S("(c) Example <Wire>"), "rights");
    check_span(x->body.s, s->body.s, "body");
    check(x->version_created.ms == s->version_created.ms, "time");
    check(x->keyword_count == 1 && span_eq(x->keywords[0], S("fishing")), "subject");
    check(x->picture_count == 1 && x->pictures[0].rendition_count == 1, "one picture");
    check_span(x->pictures[0].renditions[0].href, S("https://img.example.org/l.jpg"),
        "the largest rendition");
    check_span(x->pictures[0].credit, S("Example"), "its credit");
}

static void text_can_be_read(struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 0);
    wire_write_text(&b, a, read_one(a, span_of(MARKET)));
    check_span(buf_span(&b),
        S("Prices <b> & catches\nAda Quay & Co\n\nHARBOUR, Jan 23 - Cod rose.\n\n- Cod 4\n"
          "- Plaice 3\n\nLanded\nBoat\tBoxes\nAnna\t12\n\nWe sailed.\n\n(c) Example <Wire>\n"),
        "text");
}

static void told(struct arena *a, const char *members, const char *why)
{
    struct span bytes =
        arena_printf(a, "{\"uri\":\"u:1\",\"type\":\"text\",%s\"version\":\"1\"}", members);
    const char *got = wire_may_be_read(read_one(a, bytes));
    check_span(span_of(got ? got : "may be read"), span_of(why), members);
}

static void only_what_they_can_say(struct arena *a)
{
    told(a, "\"pubStatus\":\"usable\",", "may be read");
    told(a, "\"pubStatus\":\"canceled\",", "it is canceled");
    told(a, "\"pubStatus\":\"withheld\",", "it is not usable");
    told(a, "\"embargoedUntil\":\"2020-01-01T00:00:00Z\",", "it has an embargo");
    told(a, "\"embargoedUntil\":null,", "it has an embargo");
    told(a, "\"expires\":\"2099-01-01T00:00:00Z\",", "the right to show it ends");
}

/* What the formats cannot say of a picture keeps it and its words out of them. */
static void picture_is_told(struct arena *a, const char *members, bool may)
{
    struct buf rss, text;
    const struct story *s = read_one(
        a, arena_printf(a,
               "{\"uri\":\"u:1\",\"type\":\"text\",\"version\":\"1\",\"pubStatus\":\"usable\","
               "\"headlines\":[{\"value\":\"Cod\"}],\"associations\":[{\"name\":\"featuremedia\","
               "\"uri\":\"u:2\",\"type\":\"picture\",%s\"descriptions\":[{\"role\":\"caption\","
               "\"value\":\"A quay\"}],\"renditions\":[{\"name\":\"o\","
               "\"href\":\"https://img.example.org/o.jpg\"}]}]}",
               members));
    buf_init(&rss, a, 0);
    buf_init(&text, a, 0);
    wire_write_rss(&rss, &s, 1);
    wire_write_text(&text, a, s);
    bool in_rss = span_find(buf_span(&rss), S("o.jpg")) >= 0;
    bool words = span_find(buf_span(&rss), S("A quay")) >= 0;
    bool in_text = span_find(buf_span(&text), S("A quay")) >= 0;
    check(in_rss == may && words == may && in_text == may, "a picture with {%s}: %s", members,
        may ? "told of" : "left out");
}

static void only_free_pictures(struct arena *a)
{
    picture_is_told(a, "", true);
    picture_is_told(a, "\"pubStatus\":\"usable\",", true);
    picture_is_told(a, "\"pubStatus\":\"canceled\",", false);
    picture_is_told(a, "\"pubStatus\":\"withheld\",", false);
    picture_is_told(a, "\"pubStatus\":null,", false);
    picture_is_told(a, "\"embargoedUntil\":\"2099-01-01T00:00:00Z\",", false);
    picture_is_told(a, "\"expires\":\"2020-01-01T00:00:00Z\",", false);
    picture_is_told(a, "\"expires\":\"2099-01-01T00:00:00Z\",", false);
    picture_is_told(a, "\"expires\":\"soon\",", false);
}

static void several_in_one_message(struct arena *a)
{
    struct buf b;
    struct wire_result r;
    const struct story *s = read_one(a, span_of(MARKET)), *both[2] = {s, s};
    buf_init(&b, a, 0);
    wire_write_newsml_g2(&b, both, 2, 0);
    wire_read(a, buf_span(&b), NULL, &r);
    check(r.end == WIRE_STORIES && r.count == 2, "two items in one message: %zu", r.count);
}

/* A wire's own name that looks like one that our writer made is still the wire's. */
static void names_that_look_like_ours(struct arena *a)
{
    static const char *const names[] = {"urn:x-broadsheet:guid:tag:example.org,2026:fish",
        "urn:x-broadsheet:part:1", "urn:x-broadsheet:file:boat 1.jpg", "urn:x-broadsheet:"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct picture *p;
        struct buf house, partner;
        struct story *s = story_new(a);
        s->guid = span_of(names[i]);
        s->headline = s->headline_raw = S("Prices");
        s->status = STATUS_USABLE;
        p = story_add_picture(a, s);
        p->role = S("featuremedia");
        p->guid = span_of(names[i]);
        p->status = STATUS_USABLE;
        picture_add_rendition(a, p, (struct rendition){.href = span_of(names[i])});
        buf_init(&house, a, 0);
        buf_init(&partner, a, 0);
        wire_write_ninjs(&house, s);
        wire_convert_ninjs(&partner, s);
        const struct story *both[2] = {
            read_one(a, buf_span(&house)), read_one(a, buf_span(&partner))};
        for (int k = 0; k < 2; k++) {
            check_span(both[k]->guid, s->guid, "the item's name");
            must(both[k]->picture_count == 1 && both[k]->pictures[0].rendition_count == 1);
            check_span(both[k]->pictures[0].guid, s->guid, "the picture's name");
            check_span(both[k]->pictures[0].renditions[0].href, s->guid, "the file's name");
        }
    }
}

int main(void)
{
    struct arena *a = arena_new(64 << 20);
    charset_prepare();
    rss_says_the_same(a);
    text_can_be_read(a);
    only_what_they_can_say(a);
    only_free_pictures(a);
    several_in_one_message(a);
    names_that_look_like_ours(a);
    arena_free(a);
    return tap_end();
}
