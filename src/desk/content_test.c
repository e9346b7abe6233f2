/* content_test.c: what an item says has one name: two items are the same just where their names
 * are. */
#include "decide.h"
#include "tap.h"

enum { FIELDS = 20 };

/* Another item in the field numbered so; from 1. */
static struct story changed(struct story s, struct picture *p, struct member *m, int field)
{
    static const struct when later = {WHEN_UTC, 7};
    struct span other = S("other"),
                *texts[] = {&s.status_literal, &s.headline_raw, &s.slugline, &s.byline, &s.body.s,
                    &p->guid, &p->caption, &p->credit, &p->alt, &m->guid};
    s.pictures = p;
    s.members = m;
    if (field >= 1 && field <= (int)COUNT(texts)) *texts[field - 1] = other;
    if (field == 11) s.status = STATUS_CANCELED;
    if (field == 12) s.kind = KIND_PACKAGE;
    if (field == 13) s.embargo = later;
    if (field == 14) s.expires = later;
    if (field == 15) s.is_test = true;
    if (field == 16) s.note_count = 1;
    if (field == 17) s.picture_count = 0;
    if (field == 18) s.member_count = 0;
    if (field == 19) p->embargo = later;
    if (field == 20) p->expires = later;
    return s;
}

static void every_field(void)
{
    struct story plain = {.status = STATUS_USABLE, .picture_count = 1, .member_count = 1};
    for (int i = 0; i <= FIELDS; i++)
        for (int k = 0; k <= FIELDS; k++) {
            struct picture p[2] = {{.guid = S("p")}, {.guid = S("p")}};
            struct member m[2] = {{.guid = S("m")}, {.guid = S("m")}};
            struct story a = changed(plain, &p[0], &m[0], i), b = changed(plain, &p[1], &m[1], k);
            struct hash x = content_name(&a), y = content_name(&b);
            bool same = same_content(&a, &b);
            if (same != (i == k) || same != hash_eq(&x, &y))
                check(false, "fields %d and %d: same %d, names %d", i, k, same, hash_eq(&x, &y));
        }
    check(true, "whatever differs has another name, whatever is the same has one");
}

static void apart_from_the_version(void)
{
    struct story a = {.version = S("1"), .urgency = 3}, b = {.version = S("2"), .urgency = 4};
    struct hash x = content_name(&a), y = content_name(&b);
    check(same_content(&a, &b) && hash_eq(&x, &y), "version and what no reader sees are left out");
}

int main(void)
{
    every_field();
    apart_from_the_version();
    return tap_end();
}
