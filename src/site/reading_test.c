/* Other ways to read a story: its words alone, and its text larger or smaller. */
#include "site_kit.h"

static struct view *seen, *embargoed, *killed;

static struct site_answer get(struct span path)
{
    return kit_answer((struct site_ask){.method = HTTP_GET, .path = path, .arena = kit_arena});
}

static struct span below(const struct view *v, const char *what)
{
    return arena_printf(kit_arena, "/wire%.*s%s", FMT(v->path), what);
}

/* The same predicate, the same answers: 404 byte for byte as of one that never was, 410, 301. */
static void words_alone(void)
{
    static const char *const ends[] = {"/lite", ".txt"};
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct site_answer page = get(below(seen, ends[i])),
                           hidden = get(below(embargoed, ends[i])),
                           never = get(arena_printf(
                               kit_arena, "/wire/2026/01/23/x-0123456789ab%s", ends[i])),
                           gone = get(below(killed, ends[i]));
        check(
            page.status == 200 && span_find(page.body, seen->headline) >= 0, "%s is read", ends[i]);
        check(span_eq(kit_field(&page, "X-Robots-Tag"), S("noindex")), "%s: not indexed", ends[i]);
        check(page.body.n < 10000, "%s: %zu bytes", ends[i], page.body.n);
        check(hidden.status == 404 && never.status == 404 && span_eq(hidden.body, never.body) &&
                  span_eq(hidden.head, never.head),
            "%s: an embargoed story is as one that never was", ends[i]);
        check(gone.status == 410, "%s: a killed one is gone", ends[i]);
        struct site_answer other = get(
            arena_printf(kit_arena, "/wire/2026/01/23/wrong-%.*s%s", FMT(seen->id_text), ends[i]));
        check(other.status == 301 && span_ends(kit_field(&other, "Location"), span_of(ends[i])),
            "%s: one right address", ends[i]);
    }
    struct site_answer file = get(below(seen, ".txt"));
    check(span_starts(kit_field(&file, "Content-Type"), S("text/plain")), "a text file is one");
    check(get(below(seen, ".txt/lite")).status == 404, "a file has nothing below it");
}

static struct site_answer style(struct span cookie)
{
    return kit_answer((struct site_ask){
        .method = HTTP_GET, .path = S("/wire/size.css"), .cookie = cookie, .arena = kit_arena});
}

static void text_size(void)
{
    struct site_answer none = style((struct span){0}), large = style(S("a=1; size=l"));
    check(
        none.status == 200 && span_find(none.body, S("--size")) < 0, "without a cookie as written");
    check(
        large.status == 200 && span_find(large.body, S(":root{--size:1.21}")) >= 0, "by it larger");
    check(span_starts(kit_field(&large, "Cache-Control"), S("private")) &&
              span_eq(kit_field(&large, "Vary"), S("Cookie")),
        "no shared cache keeps it");
    check(span_eq(style(S("size=<script>")).body, none.body), "nothing else is a size");
    struct site_answer again = kit_answer((struct site_ask){.method = HTTP_GET,
        .path = S("/wire/size.css"),
        .cookie = S("size=l"),
        .if_none_match = kit_field(&large, "ETag"),
        .arena = kit_arena});
    check(again.status == 304, "it is asked for again, and not sent again");
    struct site_answer plain = get(below(seen, "")),
                       sized = kit_answer((struct site_ask){.method = HTTP_GET,
                           .path = below(seen, ""),
                           .cookie = S("size=l"),
                           .arena = kit_arena});
    check(span_eq(plain.body, sized.body), "the page is the same for everybody");
    check(
        span_find(plain.body, S("<noscript><link rel=\"stylesheet\" href=\"/wire/size.css\">")) > 0,
        "and asks for the style where no script runs");
}

static struct site_answer choose(const char *form, const char *site)
{
    struct site_answer out;
    struct site_ask ask = {.method = HTTP_POST, .path = S("/wire/size"), .arena = kit_arena};
    struct site_form f = {.body = span_of(form), .fetch_site = span_of(site)};
    site_size(kit_hand, &ask, &f, &out);
    return out;
}

static void choosing(void)
{
    const char *form =
        arena_printf(kit_arena, "size=l&to=%.*s", FMT(url_escape(kit_arena, below(seen, "")))).p;
    struct site_answer a = choose(form, "same-origin");
    check(a.status == 303 && span_eq(kit_field(&a, "Location"),
                                 arena_printf(kit_arena, "%.*s#sizes", FMT(below(seen, "")))),
        "back to the story");
    check(span_starts(kit_field(&a, "Set-Cookie"),
              S("size=l; Path=/wire/; Max-Age=31536000; SameSite=Lax")),
        "with a cookie of one letter");
    check(span_eq(kit_field(&a, "Cache-Control"), S("no-store")), "which nobody keeps");
    a = choose("size=m&to=/", "same-origin");
    check(span_find(kit_field(&a, "Set-Cookie"), S("Max-Age=0")) > 0, "the middle one needs none");
    static const char *const elsewhere[] = {"size=l&to=https://evil.example/",
        "size=l&to=//evil.example/", "size=l&to=/wire/%0d%0aX:y", "size=l&to=/wire/../../x",
        "size=l", "size=l&to=/wire/search?q=1"};
    for (size_t i = 0; i < COUNT(elsewhere); i++) {
        a = choose(elsewhere[i], "same-origin");
        check(a.status == 303 && span_eq(kit_field(&a, "Location"), S("/wire/#sizes")), "%s",
            elsewhere[i]);
    }
    check(choose("size=xl", "same-origin").status == 400, "another size is none");
    check(choose("size=l", "cross-site").status == 400, "another site's form is not heard");
}

static struct site_answer picture(const char *file, const char *save_data)
{
    return kit_answer((struct site_ask){.method = HTTP_GET,
        .path = arena_printf(kit_arena, "/wire/pictures/%.*s%s", FMT(seen->pictures[0].hash), file),
        .save_data = save_data ? span_of(save_data) : (struct span){0},
        .arena = kit_arena});
}

static void keep_file(const char *end, const char *bytes)
{
    must(file_write_durable(arena_printf(kit_arena, "%s/%.*s%s", kit_path("pictures"),
                                FMT(seen->pictures[0].hash), end)
                                .p,
             span_of(bytes)) == OK);
}

/* Whoever wants to save gets the smallest width under whatever name he asked for. */
static void saving(void)
{
    must(dir_make(kit_path("pictures")) == OK);
    keep_file("-480.jpg", "small");
    keep_file("-1200.jpg", "large");
    keep_file("-card.jpg", "card");
    struct site_answer all = picture("-1200.jpg", NULL), less = picture("-1200.jpg", "on"),
                       off = picture("-1200.jpg", "off"), card = picture("-card.jpg", "on");
    check_span(all.body, S("large"), "a picture as it is");
    check_span(less.body, S("small"), "the smallest for who saves data");
    check_span(off.body, S("large"), "only for \"on\"");
    check_span(card.body, S("card"), "a card has one width");
    check_span(kit_field(&all, "Vary"), S("Save-Data"), "caches are told of it");
    check_span(kit_field(&less, "Vary"), S("Save-Data"), "either way");
    check(span_starts(kit_field(&all, "Cache-Control"), S("public")) &&
              span_starts(kit_field(&less, "Cache-Control"), S("private")),
        "a shared cache keeps the whole one");
    struct site_answer page = get(below(seen, ""));
    check(!kit_field(&page, "Vary").n || span_find(kit_field(&page, "Vary"), S("Save-Data")) < 0,
        "pages do not depend on it");
}

/* Their folder may be emptied: what pages show is asked for again, and nothing else is. */
static void emptied(void)
{
    char hashes[SITE_MISSING_MAX][SITE_HASH_BYTES];
    check(picture("-9999.jpg", NULL).status == 404 && site_missing(kit_site, hashes) == 0,
        "what never was is not found");
    must(unlink(arena_printf(
             kit_arena, "%s/%.*s-480.jpg", kit_path("pictures"), FMT(seen->pictures[0].hash))
                    .p) == 0);
    check(picture("-800.webp", NULL).status == 503 && picture("-800.webp", NULL).status == 503,
        "what is gone comes in a moment");
    check(site_missing(kit_site, hashes) == 1 &&
              span_eq(span_of(hashes[0]), seen->pictures[0].hash) &&
              site_missing(kit_site, hashes) == 0,
        "and is told once");
    struct site_ask card = {
        .method = HTTP_GET, .path = S("/wire/pictures/card-world.jpg"), .arena = kit_arena};
    check(kit_answer(card).status == 503 && site_missing(kit_site, hashes) == 1 && !hashes[0][0],
        "so are cards");
}

int main(void)
{
    kit_start("/wire");
    seen = kit_view(1);
    seen->pictures = ARENA_ARRAY(kit_arena, struct view_picture, 1);
    seen->pictures[seen->picture_count++] = (struct view_picture){
        .hash = S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        .item = 5,
        .width = 1600,
        .height = 900,
        .until_ms = INT64_MAX};
    embargoed = kit_view(2);
    killed = kit_view(3);
    must(store_begin(kit_store) == OK &&
         store_put_picture(kit_store, seen->pictures[0].hash, 1600, 900, 7) == OK);
    kit_commit();
    kit_put(seen, NOON - HOUR, INT64_MAX);
    kit_put(embargoed, NOON + 30 * MINUTE, INT64_MAX);
    kit_gone((struct gone){.id = killed->id,
        .state = 3,
        .since_ms = NOON - MINUTE,
        .published_ms = NOON - HOUR,
        .path = killed->path,
        .agency = S("Coastal News"),
        .by = S("Coastal News")});
    words_alone();
    text_size();
    choosing();
    saving();
    emptied();
    return kit_end();
}
