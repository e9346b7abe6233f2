/* What a story's page and the frame say to readers as an audience: share, follow, preferred source,
 * support. */
#include "audience.h"
#include "pages_kit.h"

static struct view *one(uint64_t n)
{
    struct view *v = kit_view(n);
    v->headline = S("Tea & <b>\"scones\" at 50%");
    kit_put(v);
    return v;
}

static void test_share(void)
{
    static const struct span by[] = {{"mail", 4}, {"linkedin", 8}, {"copy", 4}, {"fax", 3}};
    struct view *v = one(1);
    check(kit_article(v) && !kit_says("class=\"share\""), "no row where the site wants none");
    kit_site.audience.shares = true;
    check(kit_article(v) && kit_is_sound() && kit_times("class=\"share\"") == 1, "a row to share");
    check(kit_says("https://wa.me/?text=Tea%20%26%20%3Cb%3E%22scones%22%20at%2050%25%20https%3A%2F%"
                   "2Fkit.example%2Fwire%2F2026%2F01%2F23%2F"),
        "headline and whole address, escaped for a query");
    check(kit_says("https://t.me/share/url?url=https%3A") && kit_says("https://x.com/intent/") &&
              kit_says("sharer.php?u=") && kit_says("mailto:?subject=Tea%20"),
        "each way that is a link");
    check(
        kit_says("<li class=\"can-copy\"><button type=\"button\" data-share=\"copy\" data-done=") &&
            kit_says("data-share=\"system\""),
        "what needs a script is hidden until one runs");
    check(!kit_says("linkedin.com"), "others only where they are asked for");
    kit_site.audience.share_by = by;
    kit_site.audience.share_count = COUNT(by);
    check(kit_article(v) && kit_says("share-offsite") && !kit_says("wa.me") &&
              kit_times("<li><a href=\"mailto:") == 1 && kit_times("data-share") == 1,
        "a list of one's own, in which what is unknown is left out");
    kit_site.audience.share_count = 0;
    check(kit_page((struct page_ask){.kind = PAGE_NOT_FOUND}) == OK && !kit_says("class=\"share\""),
        "nothing to share on a page of nothing");
}

static void test_channels(void)
{
    static const struct press_channel list[] = {
        {{"youtube", 7}, {"", 0}, {"https://youtube.example/@kit", 28}},
        {{"x", 1}, {"On <X>", 6}, {"https://x.example/kit", 21}},
        {{"x", 1}, {"Sport", 5}, {"https://x.example/sport", 23}},
        {{"mail", 4}, {"", 0}, {"mailto:desk@kit.example", 23}},
        {{"rss", 3}, {"", 0}, {"/wire/rss.xml", 13}},
        {{"other", 5}, {"Trick", 5}, {"javascript:hit()", 16}},
    };
    struct view *v = one(2);
    check(kit_article(v) && !kit_says("class=\"follow\""), "no channels, nothing is said of them");
    kit_site.audience.channels = list;
    kit_site.audience.channel_count = COUNT(list);
    check(kit_article(v) && kit_is_sound() && kit_times("class=\"follow\"") == 2,
        "under the story and at the foot");
    check(kit_times("href=\"https://youtube.example/@kit\" rel=\"me noopener\"") == 2 &&
              kit_says("</svg>YouTube</a>"),
        "a channel with rel=me and its own name");
    check(kit_says("</svg>On &lt;X&gt;</a>") && kit_times("id=\"to-x\"") == 1,
        "two of a kind are drawn once");
    check(kit_says("mailto:desk@kit.example") && kit_says("</svg>Write to us</a>"), "by mail");
    check(kit_times("href=\"/wire/rss.xml\"><svg") == 2, "our own feed is no other self");
    check(!kit_says("javascript") && !kit_says("Trick"), "no channel runs a script");
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound() &&
              kit_times("class=\"follow\"") == 1,
        "on the front at the foot alone");
    kit_site.audience.channel_count = 0;
}

static bool fits(const char *url, const char *base, const char *host)
{
    struct press_site s = {.url = span_of(url), .base = span_of(base)};
    struct span found = S("");
    bool is = prefer_fits(&s, &found);
    return host ? is && span_eq(found, span_of(host)) : !is;
}

static void test_preferred_source(void)
{
    check(fits("https://courier.org", "", "courier.org"), "a domain");
    check(fits("https://news.courier.co.in:8443", "", "news.courier.co.in"), "a subdomain");
    static const char *const not [] = {"http://127.0.0.1:8080", "http://[::1]:8080",
        "http://localhost", "https://newsroom", "https://a.localhost", "https://courier.local",
        "https://courier.example", "https://10.1.2.3"};
    for (size_t i = 0; i < COUNT(not ); i++) check(fits(not [i], "", NULL), "not for %s", not [i]);
    check(fits("https://courier.org", "/wire", NULL), "not for a folder of a domain");
    struct view *v = one(3);
    kit_site.url = S("https://courier.org");
    kit_site.base = S("");
    kit_press = kit_open("en", NULL);
    check(kit_article(v) && !kit_says("preferences/source"), "not where it is switched off");
    kit_site.audience.prefers = true;
    check(kit_article(v) && kit_is_sound() &&
              kit_times("https://www.google.com/preferences/source?q=courier.org\"") == 1,
        "the link stands under the story");
    kit_site.noindex = true;
    check(kit_article(v) && !kit_says("preferences/source"),
        "not of a site that search engines are kept from");
    kit_site.noindex = kit_site.audience.prefers = false;
    kit_site.url = S("https://kit.example");
    kit_site.base = S("/wire");
    kit_press = kit_open("en", NULL);
}

static void test_support(void)
{
    static const struct press_plan plans[] = {
        {{"Reader", 6}, {"<5>", 3}, {"a month", 7}, {"", 0}, {"https://pay.example/reader", 26}},
        {{"Trick", 5}, {"1", 1}, {"", 0}, {"", 0}, {"javascript:hit()", 16}},
    };
    struct view *v = one(4);
    check(kit_page((struct page_ask){.kind = PAGE_SUPPORT}) == ERR_ABSENT,
        "without plans there is no page");
    kit_site.audience.support_above = kit_site.audience.support_below = true;
    check(kit_article(v) && !kit_says("class=\"support"), "and no block");
    kit_site.audience.plans = plans;
    kit_site.audience.plan_count = COUNT(plans);
    check(kit_article(v) && kit_is_sound(), "a story that asks for support");
    ptrdiff_t above = span_find(kit_made.body, S("support is-above")),
              text = span_find(kit_made.body, S("The ferry left at dawn.</p>")),
              below = span_find(kit_made.body, S("support is-below"));
    check(above > 0 && above < text && text < below, "above its text and below it");
    check(kit_times("href=\"/wire/support\"") == 2, "both lead to the page");
    check(kit_page((struct page_ask){.kind = PAGE_SUPPORT}) == OK && kit_is_sound() &&
              kit_says("<b>&lt;5&gt;</b> <span>a month</span>") &&
              kit_says("href=\"https://pay.example/reader\" rel=\"noopener\">Choose: Reader</a>"),
        "the page: what it costs, and where it is paid");
    check(!kit_says("javascript"), "no plan runs a script");
    struct gone g = {.id = v->id, .published_ms = NOON, .since_ms = NOON, .path = v->path};
    check(kit_page((struct page_ask){.kind = PAGE_GONE, .id = v->id, .gone = &g}) == OK &&
              !kit_says("class=\"support"),
        "what was withdrawn asks for nothing");
    kit_site.audience.plan_count = 0;
}

static void test_members(void)
{
    static const struct span shut[] = {{"sport", 5}};
    struct view *v = kit_view(5);
    v->section = S("sport");
    kit_put(v);
    check(kit_article(v) && kit_says("\"isAccessibleForFree\":true") && !kit_says("cssSelector"),
        "everything is free of itself");
    kit_site.audience.members = shut;
    kit_site.audience.member_count = 1;
    check(kit_article(v) && kit_says("\"isAccessibleForFree\":false,") &&
              kit_says("\"hasPart\":[{\"@type\":\"WebPageElement\",\"isAccessibleForFree\":false,"
                       "\"cssSelector\":\".text\"}]"),
        "a section for members says so, and what is shut");
    check(kit_article(one(6)) && kit_says("\"isAccessibleForFree\":true"), "and no other section");
    kit_site.audience.member_count = 0;
}

static const struct press_slot kit_slots[] = {
    {PLACE_STORY_TOP, ON_PHONES, 320, 50, {"/ads/<own>.png", 14}, {"https://shop.example/", 21},
        {"A \"shop\"", 8}, {"", 0}},
    {PLACE_STORY_END, ON_ANY_SCREEN, 728, 90, {"", 0}, {"", 0}, {"", 0},
        {"https://ads.example.net/slot?n=1", 32}},
    {PLACE_FRONT, ON_DESKTOPS, 300, 250, {"https://img.example.net/a.png", 29},
        {"https://shop.example/", 21}, {"A shop", 6}, {"", 0}},
};
static const struct span kit_hosts[] = {
    {"ads.example.net", 15}, {"img.example.net", 15}, {"evil; script-src *", 18}};

static bool opens(const char *images, const char *frames, const char *scripts)
{
    return span_eq(kit_made.hosts.images, span_of(images)) &&
           span_eq(kit_made.hosts.frames, span_of(frames)) &&
           span_eq(kit_made.hosts.scripts, span_of(scripts));
}

static bool stays_shut(struct page_ask ask)
{
    return kit_page(ask) == OK && opens("", "", "") && !kit_says("<div class=\"ad") &&
           !kit_says("data-tag=");
}

static void test_ads(void)
{
    struct press_audience *c = &kit_site.audience;
    struct view *v = one(7), *grave = kit_view(8);
    grave->no_ads = true;
    kit_put(grave);
    check(kit_article(v) && opens("", "", "") && !kit_says("<div class=\"ad"), "none of itself");
    c->slots = kit_slots;
    c->slot_count = COUNT(kit_slots);
    c->ad_hosts = kit_hosts;
    c->ad_host_count = COUNT(kit_hosts);
    check(
        kit_article(v) && kit_is_sound() && kit_times("<div class=\"ad") == 2, "a story with two");
    check(kit_says("<a href=\"https://shop.example/\" rel=\"sponsored nofollow noopener\"><img "
                   "src=\"/ads/&lt;own&gt;.png\" width=\"320\" height=\"50\" alt=\"A "
                   "&quot;shop&quot;\" loading=\"lazy\"") &&
              kit_says("class=\"ad slot-0 on-phones\""),
        "an image that is a link, with its room");
    check(kit_says("<iframe src=\"https://ads.example.net/slot?n=1\" title=\"Advertisement\" "
                   "width=\"728\" height=\"90\" loading=\"lazy\" sandbox=\"allow-scripts ") &&
              !kit_says("allow-same-origin") && kit_says("class=\"ad slot-1 on-desktops\""),
        "a frame in a sandbox; what is wide is not for phones");
    check(kit_times("<p>Advertisement</p>") == 2, "each says what it is");
    check(opens("", " https://ads.example.net https://img.example.net", ""),
        "the policy opens for frames of listed hosts, and for nothing that is no host");
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && kit_is_sound() &&
              opens(" https://ads.example.net https://img.example.net", "", ""),
        "on the front for its images");
    check(kit_page((struct page_ask){.kind = PAGE_SECTION, .name = S("world")}) == OK &&
              opens("", "", ""),
        "a section without a slot stays shut");
    check(stays_shut((struct page_ask){.kind = PAGE_ARTICLE, .id = grave->id}),
        "none beside a subject that is to have none");
}

static void test_tag(void)
{
    static const struct span more[] = {{"collect.example.com", 19}};
    struct press_audience *c = &kit_site.audience;
    struct view *v = kit_view(9);
    v->comments_until_ms = NOON + HOUR;
    kit_put(v);
    c->tag_name = S("Meter <Inc>");
    c->tag_script = S("https://tag.example.com/t.js?id=1");
    c->tag_hosts = more;
    c->tag_host_count = 1;
    check(kit_article(v) && kit_is_sound() &&
              span_eq(kit_made.hosts.scripts,
                  S(" https://tag.example.com https://collect.example.com")),
        "the policy opens for the one script and what it speaks with");
    check(!kit_says("<script src=\"https://tag") &&
              kit_says("data-tag=\"https://tag.example.com/t.js"
                       "?id=1\"") &&
              kit_says("Meter &lt;Inc&gt;"),
        "the page itself loads nothing of it: it asks");
    check(kit_times("data-consent=\"yes\"") == 1 && kit_times("data-consent=\"no\"") == 1,
        "two answers, one beside the other");
    struct gone g = {.id = v->id, .published_ms = NOON, .since_ms = NOON, .path = v->path};
    check(stays_shut((struct page_ask){.kind = PAGE_GONE, .id = v->id, .gone = &g}) &&
              stays_shut((struct page_ask){.kind = PAGE_NOT_FOUND}) &&
              stays_shut((struct page_ask){.kind = PAGE_COMMENTS, .id = v->id}) &&
              stays_shut((struct page_ask){.kind = PAGE_REVISIONS, .id = v->id}) &&
              stays_shut((struct page_ask){.kind = PAGE_HOUSE, .name = S("about")}) &&
              stays_shut((struct page_ask){.kind = PAGE_SEARCH}) &&
              stays_shut((struct page_ask){.kind = PAGE_RSS}),
        "never on what has left, on nothing, on forms, in feeds");
    c->tag_script = S("");
    c->slot_count = 0;
}

int main(void)
{
    kit_start();
    test_share();
    test_channels();
    test_preferred_source();
    test_support();
    test_members();
    test_ads();
    test_tag();
    return kit_end();
}
