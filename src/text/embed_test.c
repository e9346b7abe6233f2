/* Which addresses are embeds, and that each has one spelling. */
#include "text.h"

#include "tap.h"

static const struct {
    const char *address, *page, *host; /* page NULL: no embed */
} cases[] = {
    {"https://www.youtube.com/watch?v=dQ4_-x&t=9", "https://www.youtube.com/watch?v=dQ4_-x",
        "www.youtube-nocookie.com"},
    {"//www.youtube.com/embed/abc123?rel=0", "https://www.youtube.com/watch?v=abc123",
        "www.youtube-nocookie.com"},
    {"http://m.youtube.com/shorts/abc", "https://www.youtube.com/watch?v=abc",
        "www.youtube-nocookie.com"},
    {"https://youtu.be/abc?si=1", "https://www.youtube.com/watch?v=abc",
        "www.youtube-nocookie.com"},
    {"https://www.youtube-nocookie.com/embed/abc", "https://www.youtube.com/watch?v=abc",
        "www.youtube-nocookie.com"},
    {"https://player.vimeo.com/video/123?h=a1b2&dnt=1", "https://vimeo.com/123/a1b2",
        "player.vimeo.com"},
    {"https://vimeo.com/123", "https://vimeo.com/123", "player.vimeo.com"},
    {"https://twitter.com/quay_news/status/17?s=20", "https://x.com/quay_news/status/17",
        "platform.twitter.com"},
    {"https://mobile.twitter.com/a/status/17", "https://x.com/a/status/17", "platform.twitter.com"},
    {"https://platform.twitter.com/embed/Tweet.html?id=17", "https://x.com/i/status/17",
        "platform.twitter.com"},
    {"https://www.instagram.com/p/Cx_1/?utm_source=x", "https://www.instagram.com/p/Cx_1/",
        "www.instagram.com"},
    {"https://www.instagram.com/reel/Cx_1/embed/", "https://www.instagram.com/reel/Cx_1/",
        "www.instagram.com"},
    {"https://www.facebook.com/plugins/"
     "video.php?height=314&href=https%3A%2F%2Fwww.facebook.com%2Fquay%2Fvideos%2F12%2F&t=0",
        "https://www.facebook.com/quay/videos/12/", "www.facebook.com"},
    {"https://www.facebook.com/watch/?v=12", "https://www.facebook.com/watch/?v=12",
        "www.facebook.com"},
    {"https://www.tiktok.com/@quay.news/video/71", "https://www.tiktok.com/@quay.news/video/71",
        "www.tiktok.com"},
    {"https://t.me/quaynews/44?embed=1", "https://t.me/quaynews/44", "t.me"},
    {"https://open.spotify.com/embed/episode/4rOo?theme=0", "https://open.spotify.com/episode/4rOo",
        "open.spotify.com"},
    {"https://soundcloud.com/quay/harbour-bells", "https://soundcloud.com/quay/harbour-bells",
        "w.soundcloud.com"},
    {"https://w.soundcloud.com/player/"
     "?visual=true&url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F9",
        "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F9",
        "w.soundcloud.com"},
    {"https://www.dailymotion.com/embed/video/x7", "https://www.dailymotion.com/video/x7",
        "geo.dailymotion.com"},
    {"https://geo.dailymotion.com/player/x1.html?video=x7", NULL, NULL},
    {"https://geo.dailymotion.com/player.html?video=x7", "https://www.dailymotion.com/video/x7",
        "geo.dailymotion.com"},
    {"https://datawrapper.dwcdn.net/aB1c2/4/", "https://datawrapper.dwcdn.net/aB1c2/",
        "datawrapper.dwcdn.net"},
    {"https://www.youtube.com/watch?list=PL1", NULL, NULL},
    {"https://www.youtube.com/watch?v=", NULL, NULL},
    {"https://www.youtube.com/watch?v=a\"b", NULL, NULL},
    {"https://www.youtube.com/embed/a/../../x", NULL, NULL},
    {"https://www.youtube.com.example.org/watch?v=abc", NULL, NULL},
    {"https://example.org/www.youtube.com/watch?v=abc", NULL, NULL},
    {"https://user@www.youtube.com/watch?v=abc", NULL, NULL},
    {"https://www.youtube.com:444/watch?v=abc", NULL, NULL},
    {"javascript:alert(1)//www.youtube.com/watch?v=abc", NULL, NULL},
    {"https://open.spotify.com/user/abc", NULL, NULL},
    {"https://w.soundcloud.com/player/?url=https%3A%2F%2Fexample.org%2Ftracks%2F9", NULL, NULL},
    {"https://w.soundcloud.com/player/?url=", NULL, NULL},
    {"https://www.facebook.com/plugins/"
     "post.php?href=https%3A%2F%2Fwww.facebook.com%2Fplugins%2Fpost.php%3Fhref%3Dx",
        NULL, NULL},
    {"https://t.me/joinchat", NULL, NULL},
    {"youtube.com/watch?v=abc", NULL, NULL},
    {"", NULL, NULL},
};

int main(void)
{
    struct arena *a = arena_new(8 << 20);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct embedded e, again;
        bool is = embed_of(a, span_of(cases[i].address), &e);
        check(is == (cases[i].page != NULL), "%s is%s an embed", cases[i].address,
            cases[i].page ? "" : " not");
        if (!is || !cases[i].page) continue;
        check_span(e.page, span_of(cases[i].page), "its one spelling");
        check_span(e.host, span_of(cases[i].host), "the host of its frame");
        check(embed_of(a, e.page, &again) && span_eq(again.page, e.page) &&
                  span_eq(again.frame, e.frame),
            "and that spells itself");
        check(span_starts(e.frame, arena_printf(a, "https://%.*s/", FMT(e.host))),
            "its frame lies there");
    }
    arena_free(a);
    return tap_end();
}
