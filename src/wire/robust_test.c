/* What comes in another dress: with a byte order mark, other line ends, in UTF-16. And what comes
 * broken: cut at every byte, with hostile bytes in it, read with too little memory.
 * Nothing crashes; half a document is no story; what is read is clean. */
#include "wire.h"

#include "tap.h"
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASES "tests/cases/wire"

static unsigned long seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (uint32_t)(seed >> 33) % sides;
}

static const struct sample {
    const char *path;
    bool page; /* what a page says stands before its end: a cut one may be whole enough */
} samples[] = {
    {"nitf-usable/in.xml", false},
    {"nitf-media/in.xml", false},
    {"ap-text-with-its-files/in.json", false},
    {"digitalwires-text/in.json", false},
    {"jsonfeed-1-0/in.json", false},
    {"connect-item/in.json", false},
    {"pa-json-item/in.json", false},
    {"ritzau-queue/in.xml", false},
    {"release-one/in.xml", false},
    {"wxr-posts/in.xml", false},
    {"html-news-article/in.html", true},
    {"html-text-from-the-article-element/in.html", true},
    {"g2-usable/in.xml", false},
    {"n1-usable/in.xml", false},
    {"ninjs-3-usable/in.json", false},
    {"rss-2/in.xml", false},
    {"atom-1/in.xml", false},
};

static struct span load(struct arena *a, const struct sample *m)
{
    struct span bytes = {0};
    const char *path = arena_printf(a, CASES "/%s", m->path).p;
    check(file_read(a, path, 1 << 20, &bytes) == OK && bytes.n > 0, "%s is there", m->path);
    return bytes;
}

static size_t stories_in(const struct wire_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) n += r->items[i].story != NULL;
    return n;
}

/* Bodies are clean, texts are UTF-8, and a story packs and unpacks to itself. */
static bool is_sound(struct arena *a, const struct story *s)
{
    const char *why = NULL;
    struct span packed = story_pack(a, s);
    struct story *back = packed.n ? story_unpack(a, packed, &why) : NULL;
    if (packed.n && (!back || !span_eq(story_pack(a, back), packed))) return false;
    return s->guid.n > 0 && utf8_valid(s->headline_raw) &&
           span_eq(html_clean(a, s->body.s).s, s->body.s);
}

/* ---- cut ---- */

static void test_cuts(const struct sample *m)
{
    struct arena *keep = arena_new(64 << 20), *a = arena_new(256 << 20);
    struct span bytes = load(keep, m), whole = span_trim(bytes);
    struct wire_result full, r;
    wire_read(keep, bytes, NULL, &full);
    size_t wrong = 0, all = stories_in(&full);
    for (size_t n = 0; n < whole.n; n++) {
        arena_reset(a);
        wire_read(a, span_cut(bytes, 0, n), NULL, &r);
        size_t got = stories_in(&r);
        bool alike = got <= all;
        for (size_t i = 0; m->page && i < r.count && alike; i++)
            alike = !r.items[i].story || r.items[i].story->status == full.items[0].story->status;
        if (m->page ? !alike : got > 0) wrong++;
    }
    check(all > 0, "%s: %zu stories", m->path, all);
    check(wrong == 0, "%s: cut at each of %zu bytes, never a wrong story (%zu)", m->path, whole.n,
        wrong);
    arena_free(a);
    arena_free(keep);
}

/* ---- the same in another dress ---- */

static struct span lines_of(struct arena *a, struct span bytes)
{
    struct wire_result r;
    struct buf b;
    buf_init(&b, a, 0);
    wire_read(a, bytes, NULL, &r);
    for (size_t i = 0; i < r.count; i++)
        if (r.items[i].story) {
            struct story s = *r.items[i].story;
            s.fault_count = 0; /* they tell lines and columns */
            wire_write_ninjs(&b, &s);
        }
    return buf_span(&b);
}

static struct span with_mark(struct arena *a, struct span bytes)
{
    return arena_printf(a, "\xEF\xBB\xBF%.*s", FMT(bytes));
}

static struct span with_returns(struct arena *a, struct span bytes)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < bytes.n; i++) {
        if (bytes.p[i] == '\n') buf_char(&b, '\r');
        buf_char(&b, bytes.p[i]);
    }
    return buf_span(&b);
}

/* Without its declaration, which names UTF-8; the mark says what it is. */
static struct span in_utf16(struct arena *a, struct span bytes)
{
    struct buf b;
    ptrdiff_t end = span_find(bytes, S("?>"));
    buf_init(&b, a, 0);
    put_u8(&b, 0xFF);
    put_u8(&b, 0xFE);
    for (size_t i = end < 0 ? 0 : (size_t)end + 2; i < bytes.n;) {
        uint32_t c = utf8_next(bytes, &i);
        must(c < 0xD800);
        put_u8(&b, (uint8_t)(c & 0xFF));
        put_u8(&b, (uint8_t)(c >> 8));
    }
    return buf_span(&b);
}

static void test_dress(const struct sample *m)
{
    struct arena *a = arena_new(256 << 20);
    struct span bytes = load(a, m), plain = lines_of(a, bytes);
    check(plain.n > 0 && span_eq(lines_of(a, with_mark(a, bytes)), plain),
        "%s: the same behind a byte order mark", m->path);
    check(span_eq(lines_of(a, with_returns(a, bytes)), plain), "%s: the same with other line ends",
        m->path);
    if (bytes.p[0] == '<' && !m->page)
        check(span_eq(lines_of(a, in_utf16(a, bytes)), plain), "%s: the same in UTF-16", m->path);
    arena_free(a);
}

/* ---- hostile bytes ---- */

static size_t spoil(char *p, size_t n, size_t room)
{
    static const char *const pieces[] = {"\0", "\xFF", "\xC0\x80", "\xED\xA0\x80", "<", ">", "&",
        "\"", "{", "}", "[", "]", "<![CDATA[", "]]>", "<!--", "&#x202e;", "\\u0000", "\\ud800",
        "null", "-1e999", "\r", "\x0B", "<script>", "</p>", "99999999999999999999"};
    for (uint32_t k = 0, times = 1 + dice(4); k < times; k++) {
        const char *piece = pieces[dice(COUNT(pieces))];
        size_t at = dice((uint32_t)n), length = *piece ? strlen(piece) : 1;
        if (dice(2) && n + length <= room) { /* put in */
            memmove(p + at + length, p + at, n - at);
            n += length;
        }
        if (at + length <= n) memcpy(p + at, piece, length);
    }
    return n;
}

static void test_hostile(const struct sample *m)
{
    enum { ROUNDS = 400, MORE = 200 };
    struct arena *keep = arena_new(64 << 20), *a = arena_new(512 << 20);
    struct span bytes = load(keep, m);
    char *copy = arena_alloc(keep, bytes.n + MORE);
    size_t unsound = 0, read = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct wire_result r;
        arena_reset(a);
        memcpy(copy, bytes.p, bytes.n);
        size_t n = spoil(copy, bytes.n, bytes.n + MORE);
        wire_read(a, (struct span){copy, n}, NULL, &r);
        read += stories_in(&r);
        for (size_t k = 0; k < r.count; k++)
            unsound += r.items[k].story ? !is_sound(a, r.items[k].story) : !r.items[k].reject.why.n;
    }
    check(
        unsound == 0, "%s: %d times hostile bytes, %zu stories, all sound", m->path, ROUNDS, read);
    arena_free(a);
    arena_free(keep);
}

/* ---- too little memory ---- */

enum { ENOUGH = 0, FULL = 3 };

static void end_full(void *with)
{
    (void)with;
    _exit(FULL);
}

/* As the caged reader does: a full arena ends the process with one honest code. */
static int read_within(struct span bytes, size_t cap)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct arena *a = arena_new(cap);
        struct wire_result r;
        arena_on_full(a, end_full, NULL);
        wire_read(a, bytes, NULL, &r);
        _exit(stories_in(&r) ? ENOUGH : 1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

static void test_memory(const struct sample *m)
{
    enum { STEP = 8 << 10, STEPS = 400 };
    struct arena *keep = arena_new(64 << 20);
    struct span bytes = load(keep, m);
    int full = 0, strange = 0, end = -1;
    for (size_t i = 1; i <= STEPS && end != ENOUGH; i++) {
        end = read_within(bytes, i * STEP);
        full += end == FULL;
        strange += end != FULL && end != ENOUGH;
    }
    check(end == ENOUGH && strange == 0, "%s: %d refills fail, each honestly", m->path, full);
    arena_free(keep);
}

int main(void)
{
    const char *told = getenv("BROADSHEET_SEED");
    seed = told ? strtoul(told, NULL, 10) : (unsigned long)clock_mono_us();
    printf("# BROADSHEET_SEED=%lu\n", seed);
    charset_prepare();
    for (size_t i = 0; i < COUNT(samples); i++) {
        test_dress(&samples[i]);
        test_cuts(&samples[i]);
        test_hostile(&samples[i]);
        test_memory(&samples[i]);
    }
    return tap_end();
}
