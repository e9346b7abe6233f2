/* receipt: what was asked and answered after a story was withdrawn, for the agency: as text, HTML,
 * JSON or in its signed form; its verification; its keys. Reads files of the data directory; asks
 * no running site. */
#include "receipt.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum { FILE_MAX = 3 * RECEIPT_BYTES_MAX }; /* with what it says in clear */

int receipt_fail(const char *what, const char *why, int code)
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

/* ---- showing and verifying ---- */
enum shape { SHAPE_TEXT, SHAPE_HTML, SHAPE_JSON, SHAPE_SIGNED };

static void print(struct arena *a, enum shape shape, struct span jws, const struct receipt *r,
    const struct json *j)
{
    struct buf b;
    buf_init(&b, a, 0);
    if (shape == SHAPE_SIGNED) buf_printf(&b, "%.*s\n", FMT(span_trim(jws)));
    if (shape == SHAPE_JSON) buf_printf(&b, "%.*s\n", FMT(office_receipt_json(a, r->payload, jws)));
    if (shape == SHAPE_HTML) receipt_html(&b, j, r, jws);
    if (shape == SHAPE_TEXT) receipt_text(&b, j, r);
    fwrite(b.p, 1, b.n, stdout);
}

/* Another key than the one given may have signed it: that is no forgery. */
static int does_not_hold(
    struct arena *a, const char *file, const struct receipt *r, const char *public_hex)
{
    unsigned char public[32];
    struct span hex = span_of(public_hex ? public_hex : ""), kid = S("");
    if (hex.n == 64 && hex_to_bytes(hex, public, sizeof public)) kid = receipt_kid(a, public);
    if (kid.n && !span_eq(kid, r->kid))
        return receipt_fail(file,
            arena_printf(a,
                "it says that key %.*s signed it, and the one given is %.*s: `broadsheet receipt "
                "key --all` prints those of before",
                FMT(text_plain(a, r->kid)), FMT(kid))
                .p,
            EX_DATAERR);
    return receipt_fail(file,
        "its signature does not hold for any key that is known here: give the site's public key "
        "with --key",
        EX_DATAERR);
}

static int show(
    struct arena *a, const char *file, const char *data, const char *public_hex, enum shape shape)
{
    struct span bytes, jws;
    struct receipt r;
    struct reject bad;
    enum result got = file_read(a, file, FILE_MAX, &bytes);
    if (got != OK) return receipt_fail(file, result_name(got), EX_NOINPUT);
    const struct json *j = NULL;
    enum receipt_file kind = receipt_find(a, bytes, &jws);
    if (receipt_read(a, jws, data, span_of(public_hex ? public_hex : ""), &r) == OK)
        j = json_parse(a, r.payload, &bad);
    if (!j) return receipt_fail(file, "it is not a receipt", EX_DATAERR);
    print(a, shape, jws, &r, j);
    if (!r.holds) return does_not_hold(a, file, &r, public_hex);
    if (!receipt_says_so(a, kind, bytes, jws, &r, j))
        return receipt_fail(file,
            "it says something else in clear than what was signed, which is printed here; or "
            "another version of this program wrote it",
            EX_DATAERR);
    return EX_OK;
}

int command_receipt(int argc, char **argv)
{
    const char *data = NULL, *key = NULL, *rest[2];
    bool html = false, json = false, jws = false, all = false;
    size_t n = 0;
    const struct option_row rows[] = {{"--data", &data}, {"--key", &key}, {"--html", NULL, &html},
        {"--json", NULL, &json}, {"--jws", NULL, &jws}, {"--all", NULL, &all}};
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
        code = receipt_print_keys(&h, all);
    else if (strcmp(rest[0], "rotate") == 0)
        code = receipt_rotate_key(&h);
    else if (!story_of(&h, rest[0], &id) || !(file = receipt_newest(h.arena, h.receipts, id)))
        code = receipt_fail(rest[0],
            "there is no receipt of it: it was not withdrawn, or never public (a purged story is "
            "known by its id alone)",
            EX_NOINPUT);
    else
        code = show(a, file, h.data, NULL, shape);
    if (data && h.arena) house_close(&h);
    arena_free(a);
    return code;
}
