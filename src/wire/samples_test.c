/* Real wire files: what is read must survive packing and writing. The files belong to the agencies
 * and are not part of this project; without them (../shared, or BROADSHEET_SHARED) the test is
 * skipped. */
#include "wire.h"

#include "tap.h"
#include <dirent.h>

static unsigned long seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (uint32_t)(seed >> 33) % sides;
}

struct tally {
    int files, stories, packed_alike, damaged_read, g2_alike, ninjs_alike, rss_alike, partner_alike;
};

static struct span line_of(struct arena *a, const struct story *s)
{
    struct buf b;
    buf_init(&b, a, 0);
    wire_write_ninjs(&b, s);
    return buf_span(&b);
}

/* A few cuts and flipped bits: never a story. */
static int damage(struct arena *a, struct span packed)
{
    const char *why;
    int read = 0;
    char *copy = arena_cstr(a, packed);
    for (int i = 0; i < 24; i++) {
        size_t at = dice((uint32_t)packed.n);
        read += story_unpack(a, span_cut(packed, 0, at), &why) != NULL;
        copy[at] ^= (char)(1 << dice(8));
        read += !span_eq(packed, (struct span){copy, packed.n}) &&
                story_unpack(a, (struct span){copy, packed.n}, &why) != NULL;
        copy[at] = packed.p[at];
    }
    return read;
}

/* What decides about publishing, and what readers see, is the same. */
static bool alike(const struct story *x, const struct story *y)
{
    bool same =
        span_eq(x->guid, y->guid) && span_eq(x->version, y->version) && x->status == y->status;
    same = same && x->embargo.kind == y->embargo.kind && x->embargo.ms == y->embargo.ms &&
           x->is_test == y->is_test;
    same = same && x->expires.kind == y->expires.kind && x->expires.ms == y->expires.ms &&
           x->change == y->change;
    same = same && span_eq(x->headline, y->headline) && span_eq(x->headline_tag, y->headline_tag);
    same = same && span_eq(x->slugline, y->slugline) && span_eq(x->byline, y->byline) &&
           span_eq(x->language, y->language);
    same = same && span_eq(x->dateline, y->dateline) && span_eq(x->body.s, y->body.s) &&
           x->urgency == y->urgency;
    same = same && x->note_count == y->note_count && x->usage_count == y->usage_count &&
           x->hop_count == y->hop_count && x->kind == y->kind;
    return same && span_eq(x->credits, y->credits) && span_eq(x->copyright, y->copyright);
}

static bool reads_back(struct arena *a, struct span bytes, const struct story *s)
{
    struct wire_result r;
    wire_read(a, bytes, NULL, &r);
    return r.end == WIRE_STORIES && r.count == 1 && r.items[0].story && alike(r.items[0].story, s);
}

/* RSS gives pictures no names: they come back under that of their file. */
static struct html unnamed(void *with, struct html block, const struct html_figure *f)
{
    (void)with;
    return f->is_embed ? block : (struct html){S("<figure></figure>")};
}

static bool same_body(struct arena *a, struct html x, struct html y)
{
    return span_eq(html_figures(a, x, unnamed, NULL).s, html_figures(a, y, unnamed, NULL).s);
}

/* What RSS can say of it comes back. */
static bool reads_back_from_rss(struct arena *a, const struct story *s)
{
    struct buf b;
    struct wire_result r;
    if (wire_may_be_read(s)) return true;
    buf_init(&b, a, 0);
    wire_write_rss(&b, &s, 1);
    wire_read(a, buf_span(&b), NULL, &r);
    const struct story *x = r.end == WIRE_STORIES && r.count == 1 ? r.items[0].story : NULL;
    return x && span_eq(x->guid, s->guid) && span_eq(x->headline, s->headline) &&
           (!s->body.s.n || same_body(a, x->body, s->body)) &&
           (s->version_created.kind != WHEN_UTC ||
               x->version_created.ms / 1000 == s->version_created.ms / 1000);
}

static bool same_time(struct when x, struct when y)
{
    return x.kind == y.kind && x.ms == y.ms;
}

/* Subjects but desks of the agency, which stand apart and in no list of ninjs. */
static uint32_t listed(const struct story *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->subject_count; i++)
        n += !s->subjects[i].apart || s->subjects[i].kind != SUBJECT_TOPIC;
    return n;
}

/* What ninjs by the schema can say comes back; what it cannot say and would let out is withheld. */
static bool reads_back_from_partner(struct arena *a, const struct story *s)
{
    struct buf b;
    struct wire_result r;
    enum story_status want = wire_ninjs_withholds(s) ? STATUS_WITHHELD : s->status;
    buf_init(&b, a, 0);
    wire_convert_ninjs(&b, s);
    wire_read(a, buf_span(&b), NULL, &r);
    const struct story *x = r.end == WIRE_STORIES && r.count == 1 ? r.items[0].story : NULL;
    bool same = x && x->status == want && span_eq(x->guid, s->guid) &&
                span_eq(x->version, s->version) && span_eq(x->headline_raw, s->headline_raw) &&
                span_eq(x->body.s, s->body.s) && span_eq(x->byline, s->byline) &&
                span_eq(x->creditline, s->creditline) && span_eq(x->slugline, s->slugline) &&
                x->urgency == s->urgency && x->keyword_count == s->keyword_count &&
                listed(x) == listed(s) && x->hop_count == s->hop_count &&
                x->picture_count >= s->picture_count && x->member_count >= s->member_count;
    same = same && (s->embargo.kind != WHEN_UTC || same_time(x->embargo, s->embargo)) &&
           (s->expires.kind != WHEN_UTC || same_time(x->expires, s->expires));
    for (uint32_t i = 0; same && i < s->picture_count; i++) {
        const struct picture *p = &s->pictures[i], *q = &x->pictures[i];
        same = span_eq(p->guid, q->guid) && span_eq(p->caption, q->caption) &&
               span_eq(p->credit, q->credit) && p->rendition_count == q->rendition_count;
    }
    return same;
}

static void story_survives(
    struct arena *a, const char *path, const struct story *s, struct tally *t)
{
    const char *why = NULL;
    struct span packed = story_pack(a, s);
    struct story *back = story_unpack(a, packed, &why);
    bool same = back && span_eq(line_of(a, s), line_of(a, back));
    struct buf g2;
    buf_init(&g2, a, 0);
    wire_write_newsml_g2(&g2, &s, 1, 0);
    bool no_place = s->kind == KIND_PACKAGE && s->body.s.n; /* a packageItem has none for a text */
    bool by_g2 = no_place || reads_back(a, buf_span(&g2), s),
         by_ninjs = reads_back(a, line_of(a, s), s);
    t->stories++;
    t->packed_alike += same;
    t->g2_alike += by_g2;
    t->ninjs_alike += by_ninjs;
    bool by_rss = reads_back_from_rss(a, s);
    t->rss_alike += by_rss;
    bool by_partner = reads_back_from_partner(a, s);
    t->partner_alike += by_partner;
    t->damaged_read += damage(a, packed);
    if (!same || !by_g2 || !by_ninjs || !by_rss || !by_partner)
        printf("# %s: pack %d, G2 %d, ninjs %d, RSS %d, ninjs by the schema %d\n", path, same,
            by_g2, by_ninjs, by_rss, by_partner);
}

static void one_file(const char *path, struct tally *t)
{
    struct arena *a = arena_new(512 << 20);
    struct span bytes;
    struct wire_result r;
    if (file_read(a, path, 16 << 20, &bytes) == OK) {
        wire_read(a, bytes, NULL, &r);
        t->files++;
        for (size_t i = 0; i < r.count; i++)
            if (r.items[i].story) story_survives(a, path, r.items[i].story, t);
    }
    arena_free(a);
}

static bool folder(const char *root, const char *format)
{
    char path[1024];
    struct tally t = {0};
    snprintf(path, sizeof path, "%s/wires/%s", root, format);
    DIR *d = opendir(path);
    if (!d) return false;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (e->d_name[0] == '.' || strstr(e->d_name, ".expected.json")) continue;
        snprintf(path, sizeof path, "%s/wires/%s/%s", root, format, e->d_name);
        one_file(path, &t);
    }
    closedir(d);
    check(t.files > 0 && t.stories > 0, "%s: %d files, %d stories", format, t.files, t.stories);
    check(t.packed_alike == t.stories, "%s: %d survive packing", format, t.packed_alike);
    check(t.damaged_read == 0, "%s: no damaged pack gives a story", format);
    check(t.g2_alike == t.stories, "%s: %d read back from NewsML-G2", format, t.g2_alike);
    check(t.ninjs_alike == t.stories, "%s: %d read back from ninjs", format, t.ninjs_alike);
    check(t.rss_alike == t.stories, "%s: %d read back from RSS", format, t.rss_alike);
    check(t.partner_alike == t.stories, "%s: %d read back from ninjs by the schema", format,
        t.partner_alike);
    return true;
}

int main(void)
{
    static const char *const formats[] = {"newsml-g2", "newsml-1", "ninjs", "rss", "atom", "nitf",
        "ap-mediaapi", "dpa-digitalwires", "jsonfeed", "wxr", "other-json", "other-xml", "anpa1312",
        "iptc7901"};
    const char *root = getenv("BROADSHEET_SHARED"), *told = getenv("BROADSHEET_SEED");
    seed = told ? strtoul(told, NULL, 10) : (unsigned long)clock_mono_us();
    printf("# BROADSHEET_SEED=%lu\n", seed);
    charset_prepare();
    for (size_t i = 0; i < COUNT(formats); i++)
        if (!folder(root ? root : "../shared", formats[i]))
            tap_skip(formats[i], "the wire samples are not here");
    return tap_end();
}
