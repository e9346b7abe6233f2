/* receipt: what was asked and answered after a story was withdrawn, for the agency: as text, HTML,
 * JSON or in its signed form; its verification; its keys. Reads files of the data directory; asks
 * no running site. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int fail(const char *what, const char *why, int code)
{
    fprintf(stderr, "broadsheet receipt: %s: %s\n", what, why);
    return code;
}

/* ---- which one ---- */
static bool story_of(struct house *h, const char *target, story_id *out)
{
    struct span meant = span_of(target);
    struct store *s = NULL;
    const char *why = NULL;
    size_t count = 0;
    story_id page;
    if (store_look(h->store, &s, &why) == OK) {
        if (store_items_meant(s, meant, out, 1, &count) != OK) count = 0;
        if (count && store_page_of(s, *out, &page) == OK) *out = page;
        store_close(s);
    }
    return count || story_id_in(meant, out); /* of what was purged only its receipts are known */
}

/* ---- how it is shown ---- */
static void print_surfaces(const struct json *j, bool html)
{
    static const char *const codings[] = {
        "plain", "gzip", "br", "If-None-Match", "If-Modified-Since", "Range"};
    const struct json *list = json_get(j, "surfaces");
    struct arena *a = arena_new(16 << 20);
    for (const struct json *s = list ? list->first : NULL; s; s = s->next) {
        struct span path = json_text(s, "path"), words = json_text(s, "words");
        if (words.n) path = arena_printf(a, "%.*s (%.*s)", FMT(path), FMT(words));
        printf(html ? "<tr><td>%.*s</td>" : "  %.*s ", FMT(html ? html_text(a, path).s : path));
        for (size_t i = 0; i < COUNT(codings); i++) {
            struct span status = json_text(s, codings[i]);
            printf(html ? "<td>%.*s</td>" : " %.*s", FMT(status.n ? status : S("-")));
        }
        printf(html ? "<td>%s</td></tr>\n" : "  %s\n",
            json_is_true(s, "shows")        ? "STILL THERE"
            : json_is_true(s, "same_words") ? "gone; the same words stand in another story"
                                            : "gone");
    }
    arena_free(a);
}

static void print_list(const struct json *j, const char *name, bool html)
{
    struct arena *a = arena_new(1 << 20);
    const struct json *list = json_get(j, name);
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        printf(
            html ? "<li>%.*s</li>\n" : "  %.*s\n", FMT(html ? html_text(a, t->text).s : t->text));
    arena_free(a);
}

static void print_caches(const struct json *j, bool html)
{
    struct arena *a = arena_new(1 << 20);
    const struct json *list = json_get(j, "caches");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next) {
        struct span name = json_text(c, "name"), what = json_text(c, "outcome");
        printf(html ? "<li>%.*s: %.*s</li>\n" : "  %.*s: %.*s\n",
            FMT(html ? html_text(a, name).s : name), FMT(html ? html_text(a, what).s : what));
    }
    arena_free(a);
}

static const char *const facts[][2] = {{"site", "Site"}, {"what", "What"}, {"url", "Address"},
    {"guid", "The agency's name of it"}, {"agency", "Agency"}, {"cause", "Cause"},
    {"withdrawn", "Withdrawn"}, {"acknowledged", "Acknowledged by every page"},
    {"asked_from", "Asked from"}, {"asked_until", "Asked until"},
    {"asked_as_in", "Asked as in the country"}, {"within_ms", "In all, milliseconds"},
    {"withheld_at_purge", "Without its words since the purge"},
    {"replaces", "In place of the receipt with the hash (BLAKE2b-256)"}};

static void print_text(const struct json *j, const struct receipt *r)
{
    printf("Receipt of withdrawal%s\n", json_is_true(j, "clean") ? "" : ": NOT CLEAN");
    for (size_t i = 0; i < COUNT(facts); i++)
        if (json_text(j, facts[i][0]).n)
            printf("%-27s %.*s\n", facts[i][1], FMT(json_text(j, facts[i][0])));
    printf("Signature                   %s (key %.*s)\n", r->holds ? "holds" : "DOES NOT HOLD",
        FMT(r->kid));
    printf("Asked as a stranger (plain, gzip, br, If-None-Match, If-Modified-Since, Range):\n");
    print_surfaces(j, false);
    printf("Caches in front:\n");
    print_caches(j, false);
    printf("Told of it:\n");
    print_list(j, "told", false);
    printf("Not reached:\n");
    print_list(j, "not_reached", false);
}

static void print_html(const struct json *j, const struct receipt *r)
{
    struct arena *a = arena_new(1 << 20);
    printf("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Receipt of "
           "withdrawal</title>\n<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem "
           "auto;padding:0 1rem}td,th{text-align:start;padding:.2rem .8rem .2rem 0}</style>"
           "</head>\n<body>\n<h1>Receipt of withdrawal%s</h1>\n<table>\n",
        json_is_true(j, "clean") ? "" : ": not clean");
    for (size_t i = 0; i < COUNT(facts); i++)
        if (json_text(j, facts[i][0]).n)
            printf("<tr><th scope=\"row\">%s</th><td>%.*s</td></tr>\n", facts[i][1],
                FMT(html_text(a, json_text(j, facts[i][0])).s));
    printf("<tr><th scope=\"row\">Signature</th><td>%s (key %.*s)</td></tr>\n</table>\n",
        r->holds ? "holds" : "does not hold", FMT(html_text(a, r->kid).s));
    printf("<h2>Asked as a stranger</h2>\n<table>\n<tr><th>Address</th><th>plain</th><th>gzip</th>"
           "<th>br</th><th>If-None-Match</th><th>If-Modified-Since</th><th>Range</th><th></th></tr>"
           "\n");
    print_surfaces(j, true);
    printf("</table>\n<h2>Caches in front</h2>\n<ul>\n");
    print_caches(j, true);
    printf("</ul>\n<h2>Told of it</h2>\n<ul>\n");
    print_list(j, "told", true);
    printf("</ul>\n<h2>Not reached</h2>\n<ul>\n");
    print_list(j, "not_reached", true);
    printf("</ul>\n</body></html>\n");
    arena_free(a);
}

enum shape { SHAPE_TEXT, SHAPE_HTML, SHAPE_JSON, SHAPE_SIGNED };

static int show(
    struct arena *a, const char *file, const char *data, const char *public_hex, enum shape shape)
{
    struct span bytes;
    struct receipt r;
    struct reject bad;
    enum result got = file_read(a, file, RECEIPT_BYTES_MAX, &bytes);
    if (got != OK) return fail(file, result_name(got), EX_NOINPUT);
    const struct json *j = NULL;
    if (receipt_read(a, bytes, data, span_of(public_hex ? public_hex : ""), &r) == OK)
        j = json_parse(a, r.payload, &bad);
    if (!j) return fail(file, "it is not a receipt", EX_DATAERR);
    if (shape == SHAPE_SIGNED) printf("%.*s", FMT(bytes));
    if (shape == SHAPE_JSON) printf("%.*s\n", FMT(r.payload));
    if (shape == SHAPE_HTML) print_html(j, &r);
    if (shape == SHAPE_TEXT) print_text(j, &r);
    if (!r.holds)
        return fail(file,
            "its signature does not hold for any key that is known here: give the site's public "
            "key with --key",
            EX_DATAERR);
    return EX_OK;
}

/* ---- keys ---- */
static int print_key(struct house *h)
{
    struct sign_key k;
    enum result r = receipt_key(h->arena, h->data, false, &k);
    if (r != OK)
        return fail("keys/receipt.key", "there is none yet: start the site once", EX_NOINPUT);
    printf("%.*s  key %.*s\n", FMT(bytes_hex(h->arena, k.public, sizeof k.public)),
        FMT(receipt_kid(h->arena, k.public)));
    sign_key_wipe(&k);
    return EX_OK;
}

static int rotate(struct house *h)
{
    enum result r = receipt_rotate(h->arena, h->data);
    if (r != OK) return fail("keys", result_name(r), EX_CANTCREAT);
    printf("a new key signs from now on; the old public keys stay, so that old receipts verify\n");
    return print_key(h);
}

int command_receipt(int argc, char **argv)
{
    const char *data = NULL, *key = NULL, *rest[2];
    bool html = false, json = false, jws = false;
    size_t n = 0;
    const struct option_row rows[] = {{"--data", &data}, {"--key", &key}, {"--html", NULL, &html},
        {"--json", NULL, &json}, {"--jws", NULL, &jws}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 2, &n)) return EX_USAGE;
    if (!n) return usage_error("receipt", "of which story? give its URL or its guid");
    bool verify = n == 2 && strcmp(rest[0], "verify") == 0;
    if ((n == 2 && !verify) || (!data && !(verify && key)))
        return usage_error("receipt", verify ? "by which key? give --data DIR or --key HEX"
                                             : "give --data DIR and one story");
    struct house h = {.arena = NULL};
    struct arena *a = arena_new(64 << 20);
    int code = data ? house_visit_or_say(&h, data) : EX_OK;
    enum shape shape = html ? SHAPE_HTML : json ? SHAPE_JSON : jws ? SHAPE_SIGNED : SHAPE_TEXT;
    story_id id;
    const char *file = NULL;
    if (code != EX_OK)
        ;
    else if (verify)
        code = show(a, rest[1], data, key, shape);
    else if (strcmp(rest[0], "key") == 0)
        code = print_key(&h);
    else if (strcmp(rest[0], "rotate") == 0)
        code = rotate(&h);
    else if (!story_of(&h, rest[0], &id) || !(file = receipt_newest(h.arena, h.receipts, id)))
        code = fail(rest[0],
            "there is no receipt of it: it was not withdrawn, or never public (a purged story is "
            "known by its id alone)",
            EX_NOINPUT);
    else
        code = show(a, file, h.data, NULL, shape);
    if (data && h.arena) house_close(&h);
    arena_free(a);
    return code;
}
