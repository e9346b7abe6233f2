/* What comes over a bad line: the golden cases of wire copy and mail, cut at every byte, with bytes
 * changed, read with too little memory, and through systems that change line ends. Never a crash,
 * and from a cut message never a story that differs from the whole one's. */
#include "wire.h"

#include "tap.h"
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASES "tests/cases/wire"
enum { ARENA = 16 << 20, FILE_MAX = 8 << 10 };

static char memory[ARENA];

static void is_full(void *with)
{
    (void)with;
    _exit(3); /* as in the cage */
}

static struct arena *room(size_t bytes)
{
    struct arena *a = arena_on(memory, bytes);
    arena_on_full(a, is_full, NULL);
    return a;
}

static struct span line_of(struct arena *a, const struct story *s)
{
    struct buf b;
    buf_init(&b, a, 0);
    wire_print_ninjs(&b, s);
    return buf_span(&b);
}

/* The story's words without its faults and notes: what readers see. */
static struct span shown(struct arena *a, const struct story *s)
{
    return arena_printf(
        a, "%.*s|%.*s|%.*s|%.*s", FMT(s->guid), FMT(s->headline), FMT(s->slugline), FMT(s->body.s));
}

static struct wire_result read_bytes(struct arena *a, struct span bytes)
{
    struct wire_result r;
    wire_read(a, bytes, NULL, &r);
    for (size_t i = 0; i < r.count; i++) {
        const struct story *s = r.items[i].story;
        must(s || r.items[i].reject.why.n);
        if (!s) continue;
        const char *why;
        must(span_eq(html_clean(a, s->body.s).s, s->body.s));
        must(story_unpack(a, story_pack(a, s), &why));
    }
    return r;
}

static bool is_in(const struct span *list, size_t count, struct span one)
{
    for (size_t i = 0; i < count; i++)
        if (span_eq(list[i], one)) return true;
    return false;
}

struct whole {
    const struct story *story[8];
    struct span shown[8];
    size_t count;
    bool ends;       /* it has one, which a cut takes away */
    bool held_below; /* only a line below its text holds it */
};

static bool is_open(const struct story *s)
{
    return s->status == STATUS_USABLE && s->kind == KIND_TEXT && !s->is_test &&
           s->embargo.kind == WHEN_ABSENT;
}

/* Where an end could be missed, a story that readers see is the whole one's. A mail without parts,
 * and text, have none: cut between lines they give what the whole one begins with, and of one that
 * is held by a line above its text nothing. */
static bool may_be_shown(struct arena *a, const struct whole *w, const struct story *s)
{
    if (s->status != STATUS_USABLE || s->kind != KIND_TEXT) return true;
    if (w->ends) return is_in(w->shown, w->count, shown(a, s));
    if (!is_open(s) || !s->body_text.n) return true;
    for (size_t i = 0; i < w->count; i++)
        if ((w->held_below || is_open(w->story[i])) &&
            span_starts(w->story[i]->headline, s->headline) &&
            span_starts(w->story[i]->body_text, s->body_text))
            return true;
    return false;
}

/* In UTF-16 the line end's zero stands behind it. */
static bool is_behind_line(struct span bytes, size_t n, bool wide)
{
    if (wide) return n >= 2 && n % 2 == 0 && bytes.p[n - 2] == '\n';
    return n && bytes.p[n - 1] == '\n';
}

static void cut_everywhere(struct span bytes, bool ends, const char *name)
{
    struct arena *keep = arena_new(64 << 20);
    bool wide = strstr(name, "utf-16") != NULL;
    struct whole w = {.ends = ends};
    w.held_below = strstr(name, "-below-a-") != NULL || strstr(name, "-behind-the-end") != NULL;
    size_t wrong = 0, asked = 0;
    struct wire_result r = read_bytes(keep, bytes);
    for (size_t i = 0; i < r.count && w.count < COUNT(w.shown); i++) {
        if (!r.items[i].story) continue;
        w.story[w.count] = r.items[i].story;
        w.shown[w.count++] = shown(keep, r.items[i].story);
    }
    for (size_t n = 0; n < bytes.n; n++) {
        struct arena *a = room(ARENA);
        r = read_bytes(a, arena_keep(a, span_cut(bytes, 0, n)));
        if (!ends && !is_behind_line(bytes, n, wide)) continue;
        asked++;
        for (size_t i = 0; i < r.count; i++) {
            const struct story *s = r.items[i].story;
            if (!s || may_be_shown(a, &w, s)) continue;
            if (!wrong++) printf("# %s cut at %zu: %.*s\n", name, n, FMT(shown(a, s)));
        }
    }
    check(wrong == 0, "%s: cut in %zu places", name, asked);
    arena_free(keep);
}

/* Every byte in turn becomes one that means something to these formats. */
static void change_bytes(struct span bytes, const char *name)
{
    static const char with[] = "\x01\x02\x03\x04\x1f\x08^=<\n \t:;-\x80\xff(?";
    size_t read = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        struct arena *a = room(ARENA);
        char *copy = arena_cstr(a, bytes);
        copy[i] = with[i % (sizeof with - 1)];
        read += read_bytes(a, (struct span){copy, bytes.n}).end == WIRE_STORIES;
    }
    check(read > 0 || bytes.n == 0, "%s: %zu of %zu changed ones are read", name, read, bytes.n);
}

/* One reading in a process of its own, as in the cage: 0: as wanted; 3: too little memory. */
static int starved(struct span bytes, size_t room_bytes, struct span want)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct arena *a = room(room_bytes);
        struct wire_result r = read_bytes(a, bytes);
        bool same =
            r.count == 0 || !r.items[0].story || span_eq(line_of(a, r.items[0].story), want);
        _exit(same ? 0 : 1);
    }
    must(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

/* Memory that ends at any point ends the reader in an orderly way, and enough gives the story. */
static void starve(struct span bytes, const char *name)
{
    struct arena *keep = arena_new(64 << 20);
    struct wire_result r = read_bytes(keep, bytes);
    struct span want = r.count && r.items[0].story ? line_of(keep, r.items[0].story) : S("");
    size_t times = 0, n = 512;
    int end = 3;
    for (; n < ARENA && end == 3; n += n / 4, times++) end = starved(bytes, n, want);
    check(
        end == 0 && times > 1, "%s: read whole after %zu times too little memory", name, times - 1);
    arena_free(keep);
}

static struct span with_ends(struct arena *a, struct span bytes, const char *end)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] == '\n')
            buf_str(&b, end);
        else if (bytes.p[i] != '\r')
            buf_char(&b, bytes.p[i]);
    return buf_span(&b);
}

/* LF, CR LF, and DEL in front as lines that wake up do: the same story. */
static void carry(struct span bytes, const char *name)
{
    struct arena *a = arena_new(64 << 20);
    struct wire_result lf = read_bytes(a, with_ends(a, bytes, "\n")),
                       crlf = read_bytes(a, with_ends(a, bytes, "\r\n")),
                       woken = read_bytes(a, arena_printf(a, "\x7F\x7F\r%.*s", FMT(bytes)));
    bool same = lf.count == crlf.count && lf.count == woken.count;
    for (size_t i = 0; same && i < lf.count; i++) {
        if (!lf.items[i].story) continue;
        struct span x = line_of(a, lf.items[i].story);
        same = span_eq(x, line_of(a, crlf.items[i].story)) &&
               span_eq(shown(a, lf.items[i].story), shown(a, woken.items[i].story));
    }
    check(same, "%s: by any line end the same", name);
    arena_free(a);
}

static void one_case(const char *name)
{
    struct arena *a = arena_new(1 << 20);
    const char *kind = strncmp(name, "mail-", 5) == 0 ? "eml" : "txt";
    const char *path = arena_printf(a, CASES "/%s/in.%s", name, kind).p;
    struct span bytes;
    must(file_read(a, path, FILE_MAX, &bytes) == OK);
    bool copy = strncmp(name, "7901-", 5) == 0 || strncmp(name, "anpa-", 5) == 0;
    bool bare = strstr(name, "without-control") != NULL || strstr(name, "cut-off") != NULL;
    bool ends = copy || span_find(bytes, S("multipart/")) >= 0;
    cut_everywhere(bytes, ends, name);
    change_bytes(bytes, name);
    starve(bytes, name);
    if (copy && !bare) carry(bytes, name);
    arena_free(a);
}

static bool is_ours(const char *name)
{
    static const char *const heads[] = {"7901-", "anpa-", "text-", "mail-"};
    for (size_t i = 0; i < COUNT(heads); i++)
        if (strncmp(name, heads[i], strlen(heads[i])) == 0) return true;
    return false;
}

/* ---- a head without an end ---- */

/* A bracket that is never shut takes every line in: none is written again for the next. In a
 * process of its own, for memory that ends ends it. */
static void long_heads(void)
{
    enum { LINES = 200000, ROOM = 64 << 20 };
    static const char *const heads[] = {"\x01"
                                        "a0105\x1fqns\r\nf i \x13\x11"
                                        "BC-H 01-23 0105\r\n\x02(\n",
        "\x01qns0042 3 i 45  qns 0107\r\nH/\r\n\x02(\n", "Headline: H\nSlug: s\n\n(\n"};
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct arena *a = arena_new(8 << 20);
        struct buf b;
        int status = 0;
        buf_init(&b, a, 0);
        buf_str(&b, heads[i]);
        for (int k = 0; k < LINES; k++) buf_lit(&b, "a\n");
        pid_t child = fork();
        if (child == 0) {
            struct arena *small = arena_new(ROOM);
            arena_on_full(small, is_full, NULL);
            _exit(read_bytes(small, buf_span(&b)).count == 1 ? 0 : 1);
        }
        must(child > 0 && waitpid(child, &status, 0) == child);
        check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a head of many lines, %zu", i);
        arena_free(a);
    }
}

/* ---- what the transport and the configuration know ---- */

static struct wire_result told(
    struct arena *a, struct span bytes, const char *format, const char *charset)
{
    struct wire_hint hint = {.format = span_of(format), .charset = span_of(charset)};
    struct wire_result r;
    wire_read(a, bytes, &hint, &r);
    return r;
}

static struct span wide(struct arena *a, const char *ascii, bool big)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (; *ascii; ascii++) {
        if (big) buf_char(&b, '\0');
        buf_char(&b, *ascii);
        if (!big) buf_char(&b, '\0');
    }
    return buf_span(&b);
}

static void hints(void)
{
    struct arena *a = arena_new(64 << 20);
    struct span letter = S("Harbour open\n\nThe harbour is open.\n");
    struct wire_result r = told(a, letter, NULL, NULL);
    check(r.end == WIRE_UNKNOWN, "any text is no wire copy");
    r = told(a, letter, "text", NULL);
    check(r.count == 1 && r.items[0].story, "where the feed says text, it is");
    check_span(r.items[0].story->headline, S("Harbour open"), "its headline");
    r = told(a, letter, "iptc7901", NULL);
    check(r.count == 1 && !r.items[0].story, "where the feed says IPTC 7901, it is refused");
    r = told(a, letter, "anpa1312", NULL);
    check(r.count == 1 && !r.items[0].story, "and so it is as ANPA 1312");
    struct span copy = S("\x01qns0042 3 i 45  qns 0107\nMost/\n\x02Most otev\370en =\n\nText.\n"
                         "\x03"
                         "230600 GMT Jan 26\n\x04");
    r = told(a, copy, NULL, "iso-8859-2");
    check_span(r.items[0].story->headline, S("Most otevřen"), "a charset from outside wins");
    check(r.items[0].story->fault_count == 0, "and nothing was guessed");
    r = told(a, copy, NULL, "no such set");
    check_span(r.items[0].story->headline, S("Most otevøen"), "one that nobody knows does not");
    const char *json = "{\"uri\":\"urn:x:1\",\"type\":\"text\",\"headline\":\"H\"}",
               *xml = "<rss><channel><item><guid>1</guid></item></channel></rss>";
    for (int big = 0; big < 2; big++) {
        r = told(a, wide(a, json, big), NULL, NULL);
        check(r.end == WIRE_STORIES && r.count == 1, "JSON in UTF-16 without a mark, %d", big);
        r = told(a, wide(a, xml, big), NULL, NULL);
        check(r.end == WIRE_STORIES && r.count == 1, "XML in UTF-16 without a mark, %d", big);
    }
    arena_free(a);
}

int main(void)
{
    struct dirent **names = NULL;
    charset_prepare();
    int n = scandir(CASES, &names, NULL, alphasort), count = 0;
    for (int i = 0; i < n; i++) {
        if (is_ours(names[i]->d_name)) {
            one_case(names[i]->d_name);
            count++;
        }
        free(names[i]);
    }
    free(names);
    check(count > 50, "%d cases", count);
    long_heads();
    hints();
    return tap_end();
}
