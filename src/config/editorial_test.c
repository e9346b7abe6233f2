/* editorial_test.c: the ledger's form and back as a property over the schema: every editorial key,
 * filled at random, comes back the same, and nothing else is in it. Prints its seed;
 * BROADSHEET_SEED runs one again. */
#include <stdlib.h>

#include "schema.h"
#include "luck.h"
#include "tap.h"

enum { ROUNDS = 200 };
static struct span word_of(const struct key *k, uint32_t chosen)
{
    struct span w = S("");
    uint32_t count = 0;
    for (const char *rest = k->words; words_next(&rest, &w);) count++;
    const char *rest = k->words;
    for (uint32_t i = 0; i <= chosen % count; i++) must(words_next(&rest, &w));
    return w;
}

static struct span pick(struct arena *a, const struct key *k)
{
    static const char *const texts[] = {
        "The Harbour Post", "हिन्दी समाचार", "\"quoted\" \\ <b>&amp;", "a: b # c", "no", "12"};
    switch (k->type) {
    case TYPE_NAME:
    case TYPE_NAMES: return arena_printf(a, "name-%u", roll(1000000));
    case TYPE_ORIGIN: return S("https://news.example.org:8443");
    case TYPE_BASE: return S("/wire");
    case TYPE_LINK: return S("https://example.org/a?b=c&d");
    case TYPE_COLOUR: return S("#a1b2c3");
    case TYPE_LANGUAGE: return S("hi");
    case TYPE_INSTANT: return S("2026-12-31T18:00:00Z");
    case TYPE_WORD: return word_of(k, roll(1000000));
    default: return span_of(texts[roll(COUNT(texts))]);
    }
}

static void fill_group(struct arena *a, const struct group *g, char *base, bool all);

static void fill_list(struct arena *a, const struct key *k, char *base)
{
    uint32_t n = 1 + roll(3);
    struct span *list = ARENA_ARRAY(a, struct span, n);
    for (uint32_t i = 0; i < n; i++) list[i] = pick(a, k);
    *(struct span **)(void *)(base + k->at) = list;
    *(uint32_t *)(void *)(base + k->count_at) = n;
}

static void fill_items(struct arena *a, const struct key *k, char *base, bool all)
{
    uint32_t n = 1 + roll(3);
    char *list = arena_alloc(a, n * k->group->item_bytes);
    for (uint32_t i = 0; i < n; i++) fill_group(a, k->group, list + i * k->group->item_bytes, all);
    *(char **)(void *)(base + k->at) = list;
    *(uint32_t *)(void *)(base + k->count_at) = n;
}

static void fill_key(struct arena *a, const struct key *k, char *base, bool all)
{
    static const char *const zones[] = {"UTC", "Europe/London", "Asia/Kolkata"};
    void *at = base + k->at;
    struct span w;
    uint32_t words = 0;
    for (const char *rest = k->words; words_next(&rest, &w);) words++;
    switch (k->type) {
    case TYPE_GROUP: fill_group(a, k->group, base, all); break;
    case TYPE_ITEMS: fill_items(a, k, base, all); break;
    case TYPE_TEXTS:
    case TYPE_NAMES:
    case TYPE_ADDRESSES:
    case TYPE_NETWORKS: fill_list(a, k, base); break;
    case TYPE_FLAG: *(bool *)at = roll(2); break;
    case TYPE_COUNT: *(uint32_t *)at = k->min + roll(k->max - k->min); break;
    case TYPE_LINE: *(uint32_t *)at = roll(1000); break;
    case TYPE_CHOICE: *(uint32_t *)at = roll(words); break;
    case TYPE_ZONE: *(const struct zone **)at = zone_open(span_of(zones[roll(3)])); break;
    case TYPE_HTML:
        *(struct html *)at = html_clean(a, S("<p>Printed by <strong>us</strong> &amp; others</p>"));
        break;
    default: *(struct span *)at = pick(a, k); break;
    }
}

static bool is_name_key(const struct key *k)
{
    return k->flags & KEY_NEEDED;
}

static void fill_group(struct arena *a, const struct group *g, char *base, bool all)
{
    for (size_t i = 0; i < g->key_count; i++)
        if ((g->keys[i].flags & KEY_EDITORIAL || all) &&
            (is_name_key(&g->keys[i]) || g->keys[i].group || roll(4)))
            fill_key(a, &g->keys[i], base, all);
}

static bool same_group(const struct group *g, const char *x, const char *y);

static bool same_list(const struct key *k, const char *x, const char *y, uint32_t n)
{
    const char *lx = *(const char *const *)(const void *)(x + k->at),
               *ly = *(const char *const *)(const void *)(y + k->at);
    for (uint32_t i = 0; i < n; i++) {
        if (k->type == TYPE_ITEMS &&
            !same_group(k->group, lx + i * k->group->item_bytes, ly + i * k->group->item_bytes))
            return false;
        if (k->type != TYPE_ITEMS && !span_eq(((const struct span *)(const void *)lx)[i],
                                         ((const struct span *)(const void *)ly)[i]))
            return false;
    }
    return true;
}

static bool same_key(const struct key *k, const char *x, const char *y)
{
    bool is_list = k->type == TYPE_ITEMS || k->type == TYPE_TEXTS || k->type == TYPE_NAMES;
    uint32_t nx = is_list ? *(const uint32_t *)(const void *)(x + k->count_at) : 0,
             ny = is_list ? *(const uint32_t *)(const void *)(y + k->count_at) : 0;
    if (is_list) return nx == ny && same_list(k, x, y, nx);
    switch (k->type) {
    case TYPE_GROUP: return same_group(k->group, x, y);
    case TYPE_FLAG: return x[k->at] == y[k->at];
    case TYPE_COUNT:
    case TYPE_LINE:
    case TYPE_CHOICE: return memcmp(x + k->at, y + k->at, 4) == 0;
    case TYPE_ZONE: return memcmp(x + k->at, y + k->at, sizeof(void *)) == 0;
    default:
        return span_eq(*(const struct span *)(const void *)(x + k->at),
            *(const struct span *)(const void *)(y + k->at));
    }
}

static bool same_group(const struct group *g, const char *x, const char *y)
{
    for (size_t i = 0; i < g->key_count; i++)
        if (g->keys[i].flags & KEY_EDITORIAL && !same_key(&g->keys[i], x, y)) {
            printf("# differs: %s\n", g->keys[i].name);
            return false;
        }
    return true;
}

static bool comes_back(struct arena *a, const struct config *c)
{
    struct span json = config_editorial(a, c);
    struct config *back = config_from_editorial(a, json, NULL);
    return back && same_group(&schema_root, (const char *)c, (const char *)back) &&
           span_eq(json, config_editorial(a, back));
}

static void distances(void)
{
    static const struct {
        const char *a, *b;
        size_t want;
    } rows[] = {{"lisen", "listen", 1}, {"feeds", "feeds", 0}, {"fedes", "feeds", 1},
        {"ab", "ba", 1}, {"", "abc", 3}, {"provder", "provider", 1}, {"tiemzone", "timezone", 1}};
    for (size_t i = 0; i < COUNT(rows); i++)
        check(word_distance(span_of(rows[i].a), span_of(rows[i].b)) == rows[i].want &&
                  word_distance(span_of(rows[i].b), span_of(rows[i].a)) == rows[i].want,
            "%s and %s are %zu apart", rows[i].a, rows[i].b, rows[i].want);
}

/* What an upgrade of the system may do to a ledger. */
static void lost_zones(struct arena *a)
{
    struct config_report report;
    struct config *c = config_from_editorial(a,
        S("{\"site\":{\"name\":\"X\",\"timezone\":\"Mars/Olympus\"},\"feeds\":[{\"name\":\"wire\","
          "\"provider\":\"Wire\",\"timezone\":\"Mars/Olympus\"}]}"),
        &report);
    check(c && c->zone == zone_utc() && c->feed_count == 1 && !c->feeds[0].zone,
        "a zone that the system has lost is UTC for the site, and none for a feed");
    check(report.errors == 0 && report.count == 2 &&
              span_find(report.list[0].what, S("Mars/Olympus")) >= 0,
        "and the report names it");
}

/* A site file under what the ledger has in force. */
static void laid_over(struct arena *a, const struct config *old)
{
    struct config_report report = {0};
    struct config *file = config_parse(a,
        S("site: {name: New}\nfeeds:\n  wire: {provider: New, folder: /new, languages: [fr]}\n  "
          "other: {provider: Other, folder: /other}\nrules: [{texts: [x], action: hold}]\n"
          "outgoing: {allow: [10.0.0.0/8]}\n"),
        S("site.yaml"), NULL, &report);
    must(file);
    struct span json = config_editorial(a, old);
    struct config *c = config_with_editorial(a, file, json, NULL);
    check(c && span_eq(config_editorial(a, c), json) && c->reachable_count == 1,
        "a random editorial part is laid over a file");
    c = config_with_editorial(a, file,
        S("{\"site\":{\"name\":\"Old\",\"timezone\":\"UTC\"},\"feeds\":[{\"name\":\"gone\","
          "\"provider\":\"Gone\"},{\"name\":\"wire\",\"provider\":\"Old\"}]}"),
        NULL);
    check(c && span_eq(c->site_name, S("Old")) && c->feed_count == 2 && !c->rule_count &&
              !c->feeds[0].folder.n && span_eq(c->feeds[1].provider, S("Old")) &&
              span_eq(c->feeds[1].folder, S("/new")) && !c->feeds[1].language_count,
        "the old words by the new doors");
    check(file->feed_count == 2 && span_eq(file->feeds[0].provider, S("New")),
        "and the file is as it was");
}

int main(void)
{
    luck_begin();
    int bad = -1;
    for (int i = 0; i < ROUNDS && bad < 0; i++) {
        struct arena *a = arena_new(16 << 20);
        struct config *c = ARENA_NEW(a, struct config);
        fill_group(a, &schema_root, (char *)c, false);
        if (!comes_back(a, c)) bad = i;
        arena_free(a);
    }
    check(bad < 0, "every editorial key comes back");
    struct arena *a = arena_new(16 << 20);
    check(comes_back(a, config_default(a, S("/srv/wire"))), "so does the default");
    struct config *c = config_default(a, S("/srv/secret-folder"));
    c->feeds[0].push_key_file = S("/etc/secret-key");
    c->tls_key = S("/etc/secret-tls");
    check(span_find(config_editorial(a, c), S("secret")) < 0 &&
              span_find(config_editorial(a, c), S("8080\"]")) < 0,
        "no path, no address, no secret's name is in it");
    check(!config_from_editorial(a, S("{\"feeds\": 3}"), NULL), "a damaged one is refused");
    check(config_from_editorial(a, S("{\"from_a_later_version\": {\"x\": 1}}"), NULL) != NULL,
        "another version's keys are passed over");
    lost_zones(a);
    struct config *random = ARENA_NEW(a, struct config);
    fill_group(a, &schema_root, (char *)random, false);
    laid_over(a, random);
    distances();
    arena_free(a);
    return tap_end();
}
