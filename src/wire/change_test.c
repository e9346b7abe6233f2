/* What is written otherwise and says the same is read the same: every sample of this floor, and the
 * agencies' where they are here, changed in ways that the formats' own rules call nothing (XML 1.0;
 * Namespaces in XML; RFC 8259), once at every site and then at sites of luck. What fails is told
 * with as few sites as it needs. */
#include "samples_kit.h"

#include "change_bytes_kit.h"
#include "change_names_kit.h"

enum { SITES_MAX = 1 << 17, TIMES = 3, BESIDE_TIMES = 1, TOLD_MAX = 3 };

static const struct change {
    const char *name;
    bool json;
    void (*make)(struct draft *d);
} changes[] = {
    {"prefixes renamed", false, rename_prefixes},
    {"prefixes as default namespaces", false, to_defaults},
    {"default namespaces as prefixes", false, to_prefixes},
    {"attributes in another order", false, attribute_order},
    {"other quotes", false, quotes},
    {"white space in tags", false, loose_tags},
    {"empty elements in two tags", false, empty_elements},
    {"CDATA and entities exchanged", false, cdata},
    {"letters as numbers", false, numbers},
    {"comments and instructions", false, comments},
    {"lines end with CR LF", false, crlf},
    {"lines end with CR", false, cr},
    {"UTF-16, little end first", false, utf16_little},
    {"UTF-16, big end first", false, utf16_big},
    {"UTF-8 with its mark", false, utf8_mark},
    {"ISO-8859-1", false, latin_1},
    {"members in another order", true, member_order},
    {"white space between members", true, json_spaces},
    {"escapes", true, json_escapes},
    {"UTF-8 with its mark (JSON)", true, utf8_mark},
};

static struct {
    size_t made, differ;
} tally[COUNT(changes)];
static size_t times;
static bool choices[SITES_MAX];

/* ---- one change ---- */
struct trial {
    struct arena *a;
    struct span changed, said;
    size_t sites;
};

static bool make(const struct change *c, struct span in, const bool *on, struct trial *t)
{
    struct draft d = {.a = t->a, .in = in, .on = on};
    buf_init(&d.out, t->a, 0);
    c->make(&d);
    t->sites = d.sites;
    t->changed = buf_span(&d.out);
    return !d.bad && d.sites <= SITES_MAX;
}

static bool differs(const struct change *c, struct span in, struct span want, const bool *on)
{
    struct trial t = {.a = arena_new(SAMPLE_ARENA)};
    struct wire_result r;
    bool other = false;
    if (make(c, in, on, &t)) {
        wire_read(t.a, t.changed, NULL, &r);
        other = !span_eq(result_said(t.a, &r), want);
    }
    arena_free(t.a);
    return other;
}

/* Fewer sites, by halves, as long as it still differs. */
static void shrink(const struct change *c, struct span in, struct span want, size_t sites)
{
    for (size_t step = (sites + 1) / 2; step; step = step > 1 ? (step + 1) / 2 : 0)
        for (size_t at = 0; at < sites; at += step) {
            bool kept[SITES_MAX];
            memcpy(kept, choices, sizeof kept);
            for (size_t i = at; i < at + step && i < sites; i++) choices[i] = false;
            if (!differs(c, in, want, choices)) memcpy(choices, kept, sizeof kept);
        }
}

static void show_difference(struct span was, struct span is)
{
    size_t at = 0;
    while (at < was.n && at < is.n && was.p[at] == is.p[at]) at++;
    size_t from = at > 60 ? at - 60 : 0;
    printf("#   was: %.160s\n#   is:  %.160s\n", was.p + from, is.p + from);
}

static void tell(const struct change *c, const char *path, struct span in, size_t sites)
{
    struct trial t = {.a = arena_new(SAMPLE_ARENA)};
    struct wire_result was, is;
    size_t left = 0, at = 0;
    for (size_t i = 0; i < sites; i++) left += choices[i];
    make(c, in, choices, &t);
    wire_read(t.a, in, NULL, &was);
    wire_read(t.a, t.changed, NULL, &is);
    while (at < in.n && at < t.changed.n && in.p[at] == t.changed.p[at]) at++;
    printf("# %s: %s: %zu sites are enough, from byte %zu: %.80s\n", path, c->name, left, at,
        at < t.changed.n ? t.changed.p + at : "");
    show_difference(result_shown(t.a, &was), result_shown(t.a, &is));
    arena_free(t.a);
}

static void try_change(size_t k, const char *path, struct span in, struct span want)
{
    const struct change *c = &changes[k];
    struct trial t = {.a = arena_new(SAMPLE_ARENA)};
    for (size_t n = 0; n <= times; n++) {
        for (size_t i = 0; n && i < t.sites; i++) choices[i] = roll(2);
        arena_reset(t.a);
        if (!make(c, in, n ? choices : NULL, &t)) break;
        struct wire_result r;
        tally[k].made++;
        wire_read(t.a, t.changed, NULL, &r);
        if (span_eq(result_said(t.a, &r), want)) continue;
        for (size_t i = 0; !n && i < t.sites; i++) choices[i] = true;
        if (tally[k].differ++ >= TOLD_MAX) break;
        shrink(c, in, want, t.sites);
        tell(c, path, in, t.sites);
        break;
    }
    arena_free(t.a);
}

/* ---- one sample ---- */
/* In UTF-8, without a mark: what the changes are made of. */
static struct span as_utf8(struct arena *a, struct span bytes)
{
    struct span text = bytes, label = charset_sniff(bytes);
    if (label.n && !charset_to_utf8(a, bytes, label, &text)) return S("");
    if (span_starts(text, S("\xEF\xBB\xBF"))) text = span_cut(text, 3, text.n);
    text = span_trim(text);
    struct buf b;
    buf_init(&b, a, 0);
    if (span_starts(text, S("<?xml "))) {
        buf_lit(&b, "<?xml version=\"1.0\"?>");
        text = without_declaration(text);
    }
    buf_put(&b, text);
    return utf8_valid(buf_span(&b)) ? buf_span(&b) : S("");
}

static void one(const char *path, struct span bytes)
{
    struct arena *a = arena_new(SAMPLE_ARENA);
    struct wire_result r;
    struct span text = as_utf8(a, bytes);
    bool json = text.n && (text.p[0] == '{' || text.p[0] == '[');
    bool xml = text.n && text.p[0] == '<';
    wire_read(a, bytes, NULL, &r);
    struct span want = result_said(a, &r);
    for (size_t k = 0;
         r.end == WIRE_STORIES && is_document(&r) && (json || xml) && k < COUNT(changes); k++)
        if (changes[k].json == json) try_change(k, path, text, want);
    arena_free(a);
}

static void say(const char *whose)
{
    for (size_t k = 0; k < COUNT(changes); k++)
        if (tally[k].made)
            check(tally[k].differ == 0, "%s: %s: %zu made, %zu read otherwise", whose,
                changes[k].name, tally[k].made, tally[k].differ);
    memset(tally, 0, sizeof tally);
}

int main(void)
{
    static const char *const formats[] = {"newsml-g2", "newsml-1", "ninjs", "rss", "atom", "nitf",
        "ap-mediaapi", "dpa-digitalwires", "jsonfeed"};
    luck_begin();
    charset_prepare();
    times = TIMES;
    samples_of_ours(one);
    for (size_t k = 0; k < COUNT(changes); k++)
        check(tally[k].made > 4, "“%s” is made of some sample", changes[k].name);
    say("our samples");
    times = BESIDE_TIMES;
    for (size_t i = 0; i < COUNT(formats); i++)
        if (samples_beside(formats[i], one))
            say(formats[i]);
        else
            tap_skip(formats[i], "the wire samples are not here");
    return tap_end();
}
