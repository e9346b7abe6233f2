/* order_test.c: small graphs of items that point at each other (updates, packages, correctives,
 * kills, kills in words, flashes) come to a newsroom in every order: what is public in the end is
 * the same, and a rebuild from the ledger gives the same again. Which page of several keeps its
 * URL, and whether what is dead was public before, depend on the order by right and are not
 * compared. Prints its seed; BROADSHEET_SEED runs one again. */
#include "luck.h"
#include "newsroom_kit.h"

enum { ROUNDS = 24, ITEMS_MAX = 4, ORDERS_MAX = 24 };

/* ---- graphs ---- */
struct graph {
    int n, at; /* items; number of the order that is written now */
    struct {
        enum { TEXT, FLASH, PACKAGE, KILL, WORDS, CORRECTIVE } kind;
        int slug, links[2], link_count;
        const char *rel;
        bool update, embargoed;
    } items[ITEMS_MAX];
};

static void random_graph(struct graph *g)
{
    static const char *const rels[] = {"evolvedfrom", "derivedfrom", "replaces", "evolvedfrom"};
    *g = (struct graph){.n = 2 + (int)roll(ITEMS_MAX - 1)};
    for (int i = 0; i < g->n; i++) {
        uint32_t k = roll(12);
        g->items[i].kind = k < 6     ? TEXT
                           : k == 6  ? FLASH
                           : k < 9   ? PACKAGE
                           : k == 9  ? KILL
                           : k == 10 ? WORDS
                                     : CORRECTIVE;
        g->items[i].slug = (int)roll(3);
        g->items[i].rel = rels[roll(COUNT(rels))];
        g->items[i].link_count = (int)roll(3);
        for (int l = 0; l < 2; l++) g->items[i].links[l] = (int)roll((uint32_t)g->n);
        /* What is named by its slugline alone is whatever has it when the words come: that depends
         * on the order by right (K9). Here words name an item. */
        if (k == 10 && g->items[i].links[0] == i) g->items[i].links[0] = (i + 1) % g->n;
        if (k == 11) g->items[i].link_count = 1 + (int)roll(2);
        g->items[i].update = roll(2);
        g->items[i].embargoed = !roll(10);
    }
}

static void put_times(struct json_out *o, const struct graph *g, int i)
{
    char text[25];
    utc_text(BASE_MS - 3600000 + i * 60000, text);
    json_string(o, "versioncreated", span_of(text));
    utc_text(BASE_MS + INT64_C(86400000) * 20, text);
    if (g->items[i].embargoed) json_string(o, "embargoed", span_of(text));
}

static struct span guid_of(const struct graph *g, int round, int i)
{
    return arena_printf(a, "tag:order.example,2026:r%do%di%d", round, g->at, i);
}

static void put_links(struct json_out *o, const struct graph *g, int round, int i)
{
    bool package = g->items[i].kind == PACKAGE;
    if (!g->items[i].link_count || g->items[i].kind == KILL || g->items[i].kind == WORDS) return;
    json_open(o, package ? "associations" : g->items[i].rel, '[');
    for (int l = 0; l < g->items[i].link_count; l++) {
        json_open(o, NULL, '{');
        json_string(o, package ? "uri" : "guid", guid_of(g, round, g->items[i].links[l]));
        if (package) json_string(o, "type", S("text"));
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* One item as ninjs. A kill is a second version of the first item that it would link to. */
static struct span bytes_of(const struct graph *g, int round, int i)
{
    static const char *const slugs[] = {"", "ALPHA", "BETA"};
    struct buf b;
    struct json_out o = {.b = &b};
    int kind = g->items[i].kind, target = g->items[i].links[0];
    bool kill = kind == KILL, quiet = kind == FLASH || kind == PACKAGE || kill;
    buf_init(&b, a, 0);
    json_open(&o, NULL, '{');
    json_string(&o, "guid", guid_of(g, round, kill ? target : i));
    json_string(&o, "version", kill ? S("2") : S("1"));
    json_string(&o, "type", kind == PACKAGE ? S("composite") : S("text"));
    put_times(&o, g, i);
    json_string(&o, "pubstatus", kill ? S("canceled") : S("usable"));
    json_string(&o, "language", S("en"));
    json_number(&o, "urgency", kind == FLASH ? 1 : 5);
    json_string(&o, "headline",
        arena_printf(a, "%sRound %d order %d item %d",
            kind == CORRECTIVE   ? "CORRECTIVE-"
            : g->items[i].update ? "UPDATE 1-"
                                 : "",
            round, g->at, i));
    if (kind == WORDS)
        json_string(&o, "body_html",
            arena_printf(a, "<p>Please kill %.*s.</p>", FMT(guid_of(g, round, target))));
    else if (!quiet)
        /* A word of its own: what says the same as what an order before killed is held (T4). */
        json_string(&o, "body_html",
            arena_printf(a, "<p>The text r%do%di%d in full.</p>", round, g->at, i));
    if (g->items[i].slug)
        json_string(
            &o, "slugline", arena_printf(a, "%s R%dO%d", slugs[g->items[i].slug], round, g->at));
    put_links(&o, g, round, i);
    json_close(&o, '}');
    return buf_span(&b);
}

static void deliver(struct span bytes)
{
    static int count;
    now_ms += 1000;
    clock_set_virtual(now_ms);
    struct append ap = {.kind = EVENT_DELIVERY,
        .received_ms = now_ms,
        .feed = S("wire"),
        .delivery = arena_printf(a, "test:%d", ++count),
        .meta = S("{\"name\":\"item.json\"}"),
        .blob = bytes};
    must(ledger_append(newsroom_ledger(newsroom), &ap, 1) == OK);
}

/* ---- what is public ---- */
static struct reader_hooks dead_hooks;

static bool is_dead(story_id id, void *with)
{
    (void)with;
    return tombs_dead(newsroom_tombs(newsroom), id);
}

static void tell_refs(struct reader *r, struct buf *b, const struct view *v)
{
    unsigned others[REF_ALSO + 1] = {0}; /* correctives stand in no order that means anything */
    for (uint32_t i = 0; i < v->ref_count; i++) {
        struct view other;
        if (reader_story(r, v->refs[i].page, a, &other) != OK) continue;
        char item = other.headline.p[other.headline.n - 1];
        if (v->refs[i].kind == REF_MEMBER)
            buf_printf(b, " holds %c", item);
        else
            others[v->refs[i].kind] |= 1u << (item - '0');
    }
    if (others[REF_CORRECTS]) buf_printf(b, " corrects %x", others[REF_CORRECTS]);
    if (others[REF_CORRECTED_BY]) buf_printf(b, " corrected by %x", others[REF_CORRECTED_BY]);
}

/* The stories of one order, item by item: "0 2(developing) ..." */
static struct span public_of(struct reader *r, int round, int order, int n)
{
    struct buf b;
    struct view *list;
    size_t count = 0;
    struct list_query q = {.kind = LIST_NEWEST, .limit = STORE_LIST_MAX};
    buf_init(&b, a, 0);
    must(reader_list(r, &q, a, &list, &count) == OK);
    for (int i = 0; i < n; i++) {
        struct span want = arena_printf(a, "Round %d order %d item %d", round, order, i);
        for (size_t k = 0; k < count; k++) {
            if (!span_eq(list[k].headline, want)) continue;
            buf_printf(&b, "[%d%s%s", i, list[k].is_developing ? " developing" : "",
                list[k].is_corrected ? " corrected" : "");
            tell_refs(r, &b, &list[k]);
            buf_lit(&b, "]");
        }
    }
    return buf_span(&b);
}

static int orders_of(int n, int out[ORDERS_MAX][ITEMS_MAX])
{
    int count = 0;
    for (int code = 0; code < 256; code++) {
        int seen = 0;
        for (int i = 0; i < n; i++) seen |= 1 << (code >> (2 * i) & 3);
        if (seen != (1 << n) - 1 || code >> (2 * n)) continue;
        for (int i = 0; i < n; i++) out[count][i] = code >> (2 * i) & 3;
        count++;
    }
    return count;
}

struct result_of_round {
    struct span text[ORDERS_MAX];
    int orders, n;
};

static void tell_graph(const struct graph *g)
{
    for (int i = 0; i < g->n; i++)
        printf("# item %d: kind %d slug %d %s %d->%d,%d%s%s\n", i, g->items[i].kind,
            g->items[i].slug, g->items[i].rel, g->items[i].link_count, g->items[i].links[0],
            g->items[i].links[1], g->items[i].update ? " update" : "",
            g->items[i].embargoed ? " embargoed" : "");
}

static void play_round(int round, struct result_of_round *out)
{
    struct graph g;
    int orders[ORDERS_MAX][ITEMS_MAX];
    random_graph(&g);
    *out = (struct result_of_round){.orders = orders_of(g.n, orders), .n = g.n};
    for (int o = 0; o < out->orders; o++) {
        g.at = o;
        for (int i = 0; i < g.n; i++) deliver(bytes_of(&g, round, orders[o][i]));
    }
    must(newsroom_work() == OK);
    struct reader *r;
    must(reader_open(house.store, dead_hooks, &r) == OK);
    must(reader_begin(r, now_ms) == OK);
    bool same = true;
    for (int o = 0; o < out->orders; o++) {
        out->text[o] = public_of(r, round, o, g.n);
        if (span_eq(out->text[o], out->text[0])) continue;
        if (same) tell_graph(&g);
        same = false;
        printf("# order %d %d %d %d: %.*s, not %.*s\n", orders[o][0], orders[o][1], orders[o][2],
            orders[o][3], FMT(out->text[o]), FMT(out->text[0]));
    }
    reader_end(r);
    reader_close(r);
    check(same, "V1 round %d: %d items in %d orders end as %.*s", round, g.n, out->orders,
        FMT(out->text[0]));
}

static bool rebuilt_is_same(const struct result_of_round *rounds)
{
    struct reader *r;
    bool same = true;
    newsroom_close(newsroom);
    newsroom_start(true);
    must(newsroom_work() == OK);
    must(newsroom_switch(newsroom) == OK);
    must(reader_open(house.store, dead_hooks, &r) == OK);
    must(reader_begin(r, now_ms) == OK);
    for (int k = 0; k < ROUNDS; k++)
        for (int o = 0; o < rounds[k].orders; o++)
            same &= span_eq(public_of(r, k, o, rounds[k].n), rounds[k].text[o]);
    reader_end(r);
    reader_close(r);
    return same;
}

int main(void)
{
    static const char *const feed[] = {"wire"}, *const provider[] = {"Wire"};
    static struct result_of_round rounds[ROUNDS];
    log_quiet(LOG_ERROR + 1);
    luck_begin();
    dead_hooks.dead = is_dead;
    house_start(feed, provider, 1);
    newsroom_start(false);
    must(newsroom_configure(newsroom, house.config) == OK);
    for (int k = 0; k < ROUNDS; k++) play_round(k, &rounds[k]);
    check(rebuilt_is_same(rounds), "a rebuild from the ledger ends the same");
    house_end();
    return tap_end();
}
