/* embed.c: addresses of videos, posts, sounds and charts that lie with others, as a fixed table.
 * Owns which providers there are, how each spells one thing, and the one spelling that is kept.
 * What no row spells is no embed. Linear. Never fails. */
#include "text.h"

#include <string.h>

enum {
    PARTS_MAX = 2, /* of one address: whose it is, and which */
    PART_MAX = 64, /* bytes of an id or a name; the longest known has 22 */
};

static const struct {
    const char *name;
    enum embed_kind kind;
} providers[] = {{"YouTube", EMBED_VIDEO}, {"Vimeo", EMBED_VIDEO}, {"X", EMBED_POST},
    {"Instagram", EMBED_POST}, {"Facebook", EMBED_POST}, {"TikTok", EMBED_POST},
    {"Telegram", EMBED_POST}, {"Spotify", EMBED_SOUND}, {"SoundCloud", EMBED_SOUND},
    {"Dailymotion", EMBED_VIDEO}, {"Datawrapper", EMBED_CHART}};
enum provider {
    YOUTUBE,
    VIMEO,
    X,
    INSTAGRAM,
    FACEBOOK,
    TIKTOK,
    TELEGRAM,
    SPOTIFY,
    SOUNDCLOUD,
    DAILYMOTION,
    DATAWRAPPER
};

/* host: without "www.", "m." or "mobile." before it; path without "/" at its end. {n}: digits;
 * {w}: letters, digits, "-", "_"; {u}: with "." too; {s}: what Spotify has; {url}: another address,
 * which is looked up instead. page NULL: as the row before. */
/* clang-format off */
static const struct form {
    enum provider provider;
    const char *host, *path, *query, *page, *frame;
} forms[] = {
    {YOUTUBE, "youtube.com", "/watch", "v={w}", "https://www.youtube.com/watch?v={1}", "https://www.youtube-nocookie.com/embed/{1}"},
    {YOUTUBE, "youtube.com", "/embed/{w}", NULL, NULL, NULL},
    {YOUTUBE, "youtube.com", "/shorts/{w}", NULL, NULL, NULL},
    {YOUTUBE, "youtube.com", "/live/{w}", NULL, NULL, NULL},
    {YOUTUBE, "youtube-nocookie.com", "/embed/{w}", NULL, NULL, NULL},
    {YOUTUBE, "youtu.be", "/{w}", NULL, NULL, NULL},
    {VIMEO, "player.vimeo.com", "/video/{n}", "h={w}", "https://vimeo.com/{1}/{2}", "https://player.vimeo.com/video/{1}?h={2}&dnt=1"},
    {VIMEO, "vimeo.com", "/{n}/{w}", NULL, NULL, NULL},
    {VIMEO, "player.vimeo.com", "/video/{n}", NULL, "https://vimeo.com/{1}", "https://player.vimeo.com/video/{1}?dnt=1"},
    {VIMEO, "vimeo.com", "/{n}", NULL, NULL, NULL},
    {X, "x.com", "/{u}/status/{n}", NULL, "https://x.com/{1}/status/{2}", "https://platform.twitter.com/embed/Tweet.html?dnt=true&id={2}"},
    {X, "twitter.com", "/{u}/status/{n}", NULL, NULL, NULL},
    {X, "platform.twitter.com", "/embed/Tweet.html", "id={n}", "https://x.com/i/status/{1}", "https://platform.twitter.com/embed/Tweet.html?dnt=true&id={1}"},
    {INSTAGRAM, "instagram.com", "/p/{w}", NULL, "https://www.instagram.com/p/{1}/", "https://www.instagram.com/p/{1}/embed/"},
    {INSTAGRAM, "instagram.com", "/p/{w}/embed", NULL, NULL, NULL},
    {INSTAGRAM, "instagram.com", "/p/{w}/embed/captioned", NULL, NULL, NULL},
    {INSTAGRAM, "instagram.com", "/reel/{w}", NULL, "https://www.instagram.com/reel/{1}/", "https://www.instagram.com/reel/{1}/embed/"},
    {INSTAGRAM, "instagram.com", "/reel/{w}/embed", NULL, NULL, NULL},
    {FACEBOOK, "facebook.com", "/watch", "v={n}", "https://www.facebook.com/watch/?v={1}", "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fwatch%2F%3Fv%3D{1}"},
    {FACEBOOK, "facebook.com", "/{u}/videos/{n}", NULL, "https://www.facebook.com/{1}/videos/{2}/", "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2F{1}%2Fvideos%2F{2}%2F"},
    {FACEBOOK, "facebook.com", "/{u}/posts/{w}", NULL, "https://www.facebook.com/{1}/posts/{2}", "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2F{1}%2Fposts%2F{2}"},
    {FACEBOOK, "facebook.com", "/plugins/video.php", "href={url}", NULL, NULL},
    {FACEBOOK, "facebook.com", "/plugins/post.php", "href={url}", NULL, NULL},
    {TIKTOK, "tiktok.com", "/@{u}/video/{n}", NULL, "https://www.tiktok.com/@{1}/video/{2}", "https://www.tiktok.com/embed/v2/{2}"},
    {TIKTOK, "tiktok.com", "/embed/v2/{n}", NULL, "https://www.tiktok.com/embed/v2/{1}", "https://www.tiktok.com/embed/v2/{1}"},
    {TELEGRAM, "t.me", "/{w}/{n}", NULL, "https://t.me/{1}/{2}", "https://t.me/{1}/{2}?embed=1"},
    {SPOTIFY, "open.spotify.com", "/{s}/{w}", NULL, "https://open.spotify.com/{1}/{2}", "https://open.spotify.com/embed/{1}/{2}"},
    {SPOTIFY, "open.spotify.com", "/embed/{s}/{w}", NULL, NULL, NULL},
    {SOUNDCLOUD, "soundcloud.com", "/{u}/{u}", NULL, "https://soundcloud.com/{1}/{2}", "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2F{1}%2F{2}"},
    {SOUNDCLOUD, "api.soundcloud.com", "/tracks/{n}", NULL, "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F{1}", "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F{1}"},
    {SOUNDCLOUD, "w.soundcloud.com", "/player", "url={url}", NULL, NULL},
    {DAILYMOTION, "dailymotion.com", "/video/{w}", NULL, "https://www.dailymotion.com/video/{1}", "https://geo.dailymotion.com/player.html?video={1}"},
    {DAILYMOTION, "dailymotion.com", "/embed/video/{w}", NULL, NULL, NULL},
    {DAILYMOTION, "geo.dailymotion.com", "/player.html", "video={w}", NULL, NULL},
    {DAILYMOTION, "dai.ly", "/{w}", NULL, NULL, NULL},
    {DATAWRAPPER, "datawrapper.dwcdn.net", "/{w}", NULL, "https://datawrapper.dwcdn.net/{1}/", "https://datawrapper.dwcdn.net/{1}/"},
    {DATAWRAPPER, "datawrapper.dwcdn.net", "/{w}/{n}", NULL, NULL, NULL},
};
/* clang-format on */

struct parts {
    struct span list[PARTS_MAX];
    size_t count;
};

static bool is_one_of_spotify(struct span word)
{
    static const char *const sorts[] = {"track", "album", "artist", "episode", "show", "playlist"};
    for (size_t i = 0; i < COUNT(sorts); i++)
        if (span_eq(word, span_of(sorts[i]))) return true;
    return false;
}

static bool belongs(char c, char sort)
{
    bool is_digit = c >= '0' && c <= '9';
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_digit || (sort != 'n' && (is_letter || c == '_' || c == '-')) ||
           (sort == 'u' && c == '.');
}

/* Does s spell the form, to its end? Its parts are kept behind those that parts has. */
static bool fits(struct span s, const char *form, struct parts *parts)
{
    size_t at = 0;
    for (; *form; form++) {
        if (*form != '{') {
            if (at == s.n || s.p[at++] != *form) return false;
            continue;
        }
        size_t from = at;
        while (at < s.n && belongs(s.p[at], form[1])) at++;
        struct span part = span_cut(s, from, at);
        if (!part.n || part.n > PART_MAX || parts->count == PARTS_MAX) return false;
        if (form[1] == 's' && !is_one_of_spotify(part)) return false;
        parts->list[parts->count++] = part;
        form += 2; /* at its "}" */
    }
    return at == s.n;
}

/* The value of the query's first parameter so named; "v={w}" names "v". */
static struct span value_of(struct span query, const char *form)
{
    struct span name = {form, (size_t)(strchr(form, '=') + 1 - form)}, one;
    while (span_next(&query, '&', &one))
        if (span_starts(one, name)) return span_cut(one, name.n, one.n);
    return (struct span){0};
}

static struct span filled(struct arena *a, const char *form, const struct parts *parts)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (; *form; form++) {
        if (*form != '{') {
            buf_char(&b, *form);
            continue;
        }
        buf_put(&b, parts->list[form[1] - '1']);
        form += 2;
    }
    return buf_span(&b);
}

static struct span plain_host(struct span host)
{
    static const char *const heads[] = {"www.", "m.", "mobile."};
    for (size_t i = 0; i < COUNT(heads); i++)
        if (span_starts(host, span_of(heads[i])))
            return span_cut(host, span_of(heads[i]).n, host.n);
    return host;
}

static const struct form *form_of(const struct url *u, struct parts *parts, struct span *inner_out)
{
    struct span host = plain_host(u->host), path = u->path;
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct form *f = &forms[i];
        *parts = (struct parts){0};
        if (!span_eq(host, span_of(f->host)) || !fits(path, f->path, parts)) continue;
        if (!f->query) return f;
        struct span value = value_of(u->query, f->query);
        const char *sort = strchr(f->query, '{');
        if (value.n && !strcmp(sort, "{url}")) {
            *inner_out = value;
            return f;
        }
        if (fits(value, sort, parts)) return f;
    }
    return NULL;
}

bool embed_of(struct arena *a, struct span address, struct embedded *out)
{
    for (int depth = 0; depth < 2; depth++) {
        struct url u;
        struct parts parts;
        struct span inner = {0}, s = span_trim(address);
        if (span_starts(s, S("//"))) s = arena_printf(a, "https:%.*s", FMT(s));
        if (!url_parse(a, s, &u) || u.port.n) return false;
        const struct form *f = form_of(&u, &parts, &inner);
        if (!f) return false;
        if (inner.n) {
            if (!url_unescape(a, inner, true, &address)) return false;
            continue;
        }
        while (!f->page) f--;
        *out = (struct embedded){.provider = providers[f->provider].name,
            .kind = providers[f->provider].kind,
            .page = filled(a, f->page, &parts),
            .frame = filled(a, f->frame, &parts)};
        must(url_parse(a, out->frame, &u));
        out->host = u.host;
        return true;
    }
    return false;
}
