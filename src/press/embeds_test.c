/* Embeds on a page, by what the site and the feed say; and the body for who has none. */
#include "pages_kit.h"

#include "frame.h"

#define FIGURE "<figure data-embed=\"https://www.youtube.com/watch?v=a1\"></figure>"
#define PICTURE "<figure data-picture=\"00ff\"></figure>"
#define LINK                                                                                       \
    "<p><a href=\"https://www.youtube.com/watch?v=a1\" rel=\"nofollow "                            \
    "noopener\">https://www.youtube.com/watch?v=a1</a></p>"

static struct view *film(uint64_t n)
{
    struct view *v = kit_view(n);
    v->feed = S("films");
    v->body = (struct html){S("<p>Before.</p>" PICTURE FIGURE "<p>Behind.</p>")};
    kit_put(v);
    return v;
}

static void by_what_is_said(void)
{
    struct press_feed feeds[] = {{.name = S("films"), .agency = S("Films")}};
    struct view *v = film(71);
    kit_site.feeds = feeds;
    kit_site.feed_count = 1;
    kit_press = kit_open("en", NULL);
    check(kit_article(v) && kit_says(">Video on YouTube</a>") && !kit_says("data-frame=") &&
              !kit_made.hosts.frames.n,
        "a feed that is not said to have frames has links");
    feeds[0].embeds = true;
    check(kit_article(v) && kit_says("data-frame=\"https://www.youtube-nocookie.com/embed/a1\"") &&
              span_eq(kit_made.hosts.frames, S(" https://www.youtube-nocookie.com")),
        "one that is has a box, and the page opens its policy for it");
    check(!kit_says("data-picture") && !kit_says("<iframe"), "no more of it leaves");
    kit_site.embeds = PRESS_EMBEDS_LINK;
    check(kit_article(v) && kit_says("Video on YouTube") && !kit_says("data-frame=") &&
              !kit_made.hosts.frames.n,
        "a site may have links alone");
    check_span(press_body(kit_press, kit_arena, v).s, S("<p>Before.</p>" LINK "<p>Behind.</p>"),
        "what leaves as data has a link");
    kit_site.embeds = PRESS_EMBEDS_NO;
    check(kit_article(v) && !kit_says("YouTube"), "or nothing");
    check_span(
        press_body(kit_press, kit_arena, v).s, S("<p>Before.</p><p>Behind.</p>"), "there, too");
}

int main(void)
{
    kit_start();
    by_what_is_said();
    return kit_end();
}
