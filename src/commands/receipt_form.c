/* receipt_form: a receipt for people and machines: text, HTML, JSON; each of the last two carries
 * the signed form, so that it can be verified as it is. Reads no file and knows no key. */
#include "receipt.h"

static const char jws_begins[] = "<pre id=\"jws\">", jws_ends[] = "</pre>";

static void put_surfaces(struct buf *b, const struct json *j, bool html)
{
    static const char *const codings[] = {
        "plain", "gzip", "br", "If-None-Match", "If-Modified-Since", "Range"};
    const struct json *list = json_get(j, "surfaces");
    struct arena *a = arena_new(16 << 20);
    for (const struct json *s = list ? list->first : NULL; s; s = s->next) {
        struct span path = json_text(s, "path"), words = json_text(s, "words");
        if (words.n) path = arena_printf(a, "%.*s (%.*s)", FMT(path), FMT(words));
        buf_printf(
            b, html ? "<tr><td>%.*s</td>" : "  %.*s ", FMT(html ? html_text(a, path).s : path));
        for (size_t i = 0; i < COUNT(codings); i++) {
            struct span status = json_text(s, codings[i]);
            buf_printf(b, html ? "<td>%.*s</td>" : " %.*s", FMT(status.n ? status : S("-")));
        }
        buf_printf(b, html ? "<td>%s</td></tr>\n" : "  %s\n",
            json_is_true(s, "shows")        ? "STILL THERE"
            : json_is_true(s, "same_words") ? "gone; the same words stand in another story"
                                            : "gone");
    }
    arena_free(a);
}

static void put_list(struct buf *b, const struct json *j, const char *name, bool html)
{
    struct arena *a = arena_new(1 << 20);
    const struct json *list = json_get(j, name);
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        buf_printf(b, html ? "<li>%.*s</li>\n" : "  %.*s\n",
            FMT(html ? html_text(a, t->text).s : t->text));
    arena_free(a);
}

static void put_caches(struct buf *b, const struct json *j, bool html)
{
    struct arena *a = arena_new(1 << 20);
    const struct json *list = json_get(j, "caches");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next) {
        struct span name = json_text(c, "name"), what = json_text(c, "outcome");
        buf_printf(b, html ? "<li>%.*s: %.*s</li>\n" : "  %.*s: %.*s\n",
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

void receipt_text(struct buf *b, const struct json *j, const struct receipt *r)
{
    buf_printf(b, "Receipt of withdrawal%s\n", json_is_true(j, "clean") ? "" : ": NOT CLEAN");
    for (size_t i = 0; i < COUNT(facts); i++)
        if (json_text(j, facts[i][0]).n)
            buf_printf(b, "%-27s %.*s\n", facts[i][1], FMT(json_text(j, facts[i][0])));
    buf_printf(b, "Signature                   %s (key %.*s)\n",
        r->holds ? "holds" : "DOES NOT HOLD", FMT(r->kid));
    buf_printf(
        b, "Asked as a stranger (plain, gzip, br, If-None-Match, If-Modified-Since, Range):\n");
    put_surfaces(b, j, false);
    buf_printf(b, "Caches in front:\n");
    put_caches(b, j, false);
    buf_printf(b, "Told of it:\n");
    put_list(b, j, "told", false);
    buf_printf(b, "Not reached:\n");
    put_list(b, j, "not_reached", false);
}

void receipt_html(struct buf *b, const struct json *j, const struct receipt *r, struct span jws)
{
    struct arena *a = arena_new(1 << 20);
    buf_printf(b,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Receipt of "
        "withdrawal</title>\n<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem "
        "auto;padding:0 1rem}td,th{text-align:start;padding:.2rem .8rem .2rem 0}</style>"
        "</head>\n<body>\n<h1>Receipt of withdrawal%s</h1>\n<table>\n",
        json_is_true(j, "clean") ? "" : ": not clean");
    for (size_t i = 0; i < COUNT(facts); i++)
        if (json_text(j, facts[i][0]).n)
            buf_printf(b, "<tr><th scope=\"row\">%s</th><td>%.*s</td></tr>\n", facts[i][1],
                FMT(html_text(a, json_text(j, facts[i][0])).s));
    buf_printf(b, "<tr><th scope=\"row\">Signature</th><td>%s (key %.*s)</td></tr>\n</table>\n",
        r->holds ? "holds" : "does not hold", FMT(html_text(a, r->kid).s));
    buf_printf(b,
        "<h2>Asked as a stranger</h2>\n<table>\n<tr><th>Address</th><th>plain</th><th>gzip</th>"
        "<th>br</th><th>If-None-Match</th><th>If-Modified-Since</th><th>Range</th><th></th></tr>"
        "\n");
    put_surfaces(b, j, true);
    buf_printf(b, "</table>\n<h2>Caches in front</h2>\n<ul>\n");
    put_caches(b, j, true);
    buf_printf(b, "</ul>\n<h2>Told of it</h2>\n<ul>\n");
    put_list(b, j, "told", true);
    buf_printf(b, "</ul>\n<h2>Not reached</h2>\n<ul>\n");
    put_list(b, j, "not_reached", true);
    buf_printf(b,
        "</ul>\n<h2>Signed form</h2>\n<p>A JSON Web Signature (RFC 7515): <code>broadsheet receipt "
        "verify THIS-FILE --key HEX</code>.</p>\n%s%.*s%s\n</body></html>\n",
        jws_begins, FMT(html_text(a, span_trim(jws)).s), jws_ends);
    arena_free(a);
}

/* ---- what stands in a file that somebody has kept ---- */
static struct span jws_of(struct arena *a, const struct json *j)
{
    static const char *const members[] = {"protected", "payload", "signature"};
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    for (size_t i = 0; i < COUNT(members); i++)
        json_string(&o, members[i], json_text(j, members[i]));
    json_close(&o, '}');
    return buf_span(&b);
}

enum receipt_file receipt_find(struct arena *a, struct span bytes, struct span *jws_out)
{
    struct reject bad;
    ptrdiff_t from = span_find(bytes, span_of(jws_begins));
    if (from >= 0) {
        struct span rest = span_cut(bytes, (size_t)from + sizeof jws_begins - 1, bytes.n);
        ptrdiff_t end = span_find(rest, span_of(jws_ends));
        *jws_out = entities_decode(a, span_cut(rest, 0, end < 0 ? 0 : (size_t)end));
        return RECEIPT_IS_HTML;
    }
    const struct json *j = json_parse(a, bytes, &bad), *own = j ? json_get(j, "jws") : NULL;
    *jws_out = own ? jws_of(a, own) : bytes;
    return own ? RECEIPT_IS_JSON : RECEIPT_IS_JWS;
}

bool receipt_says_so(struct arena *a, enum receipt_file kind, struct span bytes, struct span jws,
    const struct receipt *r, const struct json *j)
{
    struct receipt good = *r;
    struct buf b;
    buf_init(&b, a, 0);
    good.holds = true; /* as it was written */
    if (kind == RECEIPT_IS_HTML) receipt_html(&b, j, &good, jws);
    if (kind == RECEIPT_IS_JSON) buf_put(&b, office_receipt_json(a, r->payload, jws));
    return kind == RECEIPT_IS_JWS || span_eq(span_trim(bytes), span_trim(buf_span(&b)));
}
