/* receipt: the signed form of a kill receipt and its keys. Composes nothing (courier_receipt.c
 * does) and asks nobody. The secret key is read by those who sign and by the keeper, never by the
 * web. */
#include "roles.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_FILE_MAX = 256 };

static const char *key_path(struct arena *a, const char *data, const char *name)
{
    return arena_printf(a, "%s/keys/%s", data, name).p;
}

struct span receipt_kid(struct arena *a, const unsigned char public[32])
{
    struct hash h = hash_of((struct span){(const char *)public, 32});
    return span_cut(hash_hex(a, &h), 0, RECEIPT_KID);
}

/* ---- keys ---- */
static enum result keep_key(struct arena *a, const char *data, const struct sign_key *k)
{
    struct span kid = receipt_kid(a, k->public);
    const char *name = arena_printf(a, "receipt-%.*s.pub", FMT(kid)).p;
    mode_t before = umask(077);
    enum result r = dir_make(arena_printf(a, "%s/keys", data).p);
    if (r == OK)
        r = file_write_durable(
            key_path(a, data, name), arena_printf(a, "%.*s\n", FMT(bytes_hex(a, k->public, 32))));
    if (r == OK)
        r = file_write_durable(
            key_path(a, data, "receipt.key"), arena_printf(a, "%.*s\n", FMT(sign_key_seed(a, k))));
    umask(before);
    return r;
}

enum result receipt_key(struct arena *a, const char *data, bool make, struct sign_key *out)
{
    struct span text;
    enum result r = file_read(a, key_path(a, data, "receipt.key"), KEY_FILE_MAX, &text);
    if (r == OK) return sign_key_read(span_trim(text), out) ? OK : ERR_CORRUPT;
    if (r != ERR_ABSENT || !make) return r;
    sign_key_make(out);
    return keep_key(a, data, out);
}

enum result receipt_rotate(struct arena *a, const char *data)
{
    struct sign_key k;
    sign_key_make(&k);
    enum result r = keep_key(a, data, &k);
    sign_key_wipe(&k);
    return r;
}

static bool known_public(struct arena *a, const char *data, struct span kid, unsigned char out[32])
{
    struct span text;
    for (size_t i = 0; i < kid.n; i++)
        if (!((kid.p[i] >= '0' && kid.p[i] <= '9') || (kid.p[i] >= 'a' && kid.p[i] <= 'f')))
            return false; /* it becomes part of a path */
    const char *name = arena_printf(a, "receipt-%.*s.pub", FMT(kid)).p;
    return data && kid.n == RECEIPT_KID &&
           file_read(a, key_path(a, data, name), KEY_FILE_MAX, &text) == OK &&
           span_trim(text).n == 64 && hex_to_bytes(span_trim(text), out, 32);
}

/* ---- JWS (RFC 7515, section 7.2.2) ---- */
static struct span header_of(struct arena *a, struct span kid)
{
    return base64url(a, arena_printf(a, "{\"alg\":\"EdDSA\",\"kid\":\"%.*s\"}", FMT(kid)));
}

struct span receipt_sign(struct arena *a, const struct sign_key *k, struct span payload)
{
    unsigned char sig[SIGN_BYTES];
    struct span head = header_of(a, receipt_kid(a, k->public)), body = base64url(a, payload);
    sign_bytes(k, arena_printf(a, "%.*s.%.*s", FMT(head), FMT(body)), sig);
    struct buf b;
    buf_init(&b, a, 0);
    struct json_out o = {.b = &b};
    json_open(&o, NULL, '{');
    json_string(&o, "protected", head);
    json_string(&o, "payload", body);
    json_string(&o, "signature", base64url(a, (struct span){(const char *)sig, sizeof sig}));
    json_close(&o, '}');
    buf_char(&b, '\n');
    return buf_span(&b);
}

enum result receipt_read(
    struct arena *a, struct span jws, const char *data, struct span public_hex, struct receipt *out)
{
    struct reject bad;
    const struct json *j = jws.n <= RECEIPT_BYTES_MAX ? json_parse(a, jws, &bad) : NULL, *h;
    struct span head, sig;
    unsigned char public[32];
    if (!j || !base64url_read(a, json_text(j, "protected"), &head) ||
        !base64url_read(a, json_text(j, "payload"), &out->payload) ||
        !base64url_read(a, json_text(j, "signature"), &sig) || sig.n != SIGN_BYTES ||
        !(h = json_parse(a, head, &bad)) || !span_eq(json_text(h, "alg"), S("EdDSA")))
        return ERR_CORRUPT;
    out->kid = json_text(h, "kid");
    bool known = public_hex.n ? public_hex.n == 64 && hex_to_bytes(public_hex, public, 32)
                              : known_public(a, data, out->kid, public);
    struct span signed_bytes =
        arena_printf(a, "%.*s.%.*s", FMT(json_text(j, "protected")), FMT(json_text(j, "payload")));
    out->holds = known && sign_holds(public, signed_bytes, (const unsigned char *)sig.p);
    return OK;
}

/* Names sort by time. */
const char *receipt_newest(struct arena *a, const char *folder, story_id id)
{
    struct dirent **list;
    const char *found = NULL;
    struct span want = arena_printf(a, "%.*s-", FMT(story_id_text(a, id)));
    int n = scandir(folder, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        struct span name = span_of(list[i]->d_name);
        if (span_starts(name, want) && span_ends(name, S(".jws")))
            found = arena_printf(a, "%s/%s", folder, list[i]->d_name).p;
        free(list[i]);
    }
    if (n >= 0) free(list);
    return found;
}
