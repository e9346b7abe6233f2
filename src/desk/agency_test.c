/* agency_test.c: which names are plainly another agency's than the feed's (T2), and which are not:
 * how agencies call themselves, and what they hand on. */
#include "decide.h"
#include "tap.h"

static const struct {
    const char *feed, *item, *guid;
    bool is_other;
} cases[] = {
    {"Reuters", "Totally Other Agency", "tag:other.example,2026:1", true},
    {"Reuters", "afp.com", "1", true},
    {"Reuters", "The Associated Press", "1", true},
    {"AP", "Australian Associated Press", "1", true},
    {"Harbour Agency", "REUTERS", "1", true},
    {"Harbour Agency", "Meridian News Agency", "1", true},
    {"City Desk", "dpa", "1", true},
    {"Reuters", "reuters.com", "1", false},
    {"Reuters", "Thomson Reuters", "1", false},
    {"Reuters: World News", "REUTERS", "1", false},
    {"AP", "The Associated Press", "1", false},
    {"Associated Press", "AP", "1", false},
    {"AAP", "Australian Associated Press", "1", false},
    {"EFE", "texto.efeservicios.com", "1", false},
    {"Keystone-SDA", "www.sda-ats.ch", "1", false},
    {"PA Media", "PA_API", "1", false},
    {"Harbour Agency", "harbouragency.example", "1", false},
    {"Harbour Press Agency", "HPA News Agency", "1", false},
    {"AP", "z01122", "1", false},
    {"AP", "Sportradar", "1", false},
    {"Reuters", "TT Games", "1", false},
    {"Reuters", "", "1", false},
    {"Wire", "Reuters", "1", false},
    {"News agency", "Reuters", "1", false},
    /* handed on by the feed's own */
    {"dpa", "ap", "urn:newsml:dpa.com:20090101:1", false},
    {"Reuters", "AFP", "tag:reuters.com,2026:newsml_1", false},
};

static void names(struct arena *a)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk_feed feed = {.name = S("wire"), .provider = span_of(cases[i].feed)};
        struct story *s = story_new(a);
        s->provider = span_of(cases[i].item);
        s->guid = span_of(cases[i].guid);
        check((names_another_agency(a, &feed, s).n > 0) == cases[i].is_other, "%s by %s%s",
            cases[i].item, cases[i].feed, cases[i].is_other ? " is another's" : "");
    }
}

static void other_fields(struct arena *a)
{
    struct span ids[] = {S("afp.com")};
    struct desk_feed feed = {.name = S("wire"), .provider = S("Reuters")};
    struct story *s = story_new(a);
    s->creditline = S("AFP");
    check_span(
        names_another_agency(a, &feed, s), S("AFP"), "an item without a provider: its credit line");
    s->provider = S("Reuters");
    check(!names_another_agency(a, &feed, s).n, "a provider's word stands above its credit line");
    s->provider = S("AFP");
    check(names_another_agency(a, &feed, s).n, "AFP by Reuters");
    s->copyright_holder = S("Thomson Reuters");
    check(!names_another_agency(a, &feed, s).n, "is handed on where the copyright is the feed's");
    s->copyright_holder = S("");
    feed.provider_ids = ids;
    feed.provider_id_count = 1;
    check(!names_another_agency(a, &feed, s).n, "a feed with provider_ids has said it all");
    check(!names_another_agency(a, NULL, s).n, "a feed that is not known has another reason");
}

int main(void)
{
    struct arena *a = arena_new(8 << 20);
    names(a);
    other_fields(a);
    arena_free(a);
    return tap_end();
}
