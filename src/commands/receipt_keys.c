/* receipt_keys: the public keys that an agency verifies receipts with: the one in force and those
 * of before, each by its name (kid), which stands in what it signed. Shows no secret. */
#include "receipt.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { KEY_FILE_MAX = 256 };

static bool is_key_file(struct span name, struct span *kid)
{
    struct span begin = S("receipt-"), end = S(".pub");
    if (!span_starts(name, begin) || !span_ends(name, end)) return false;
    *kid = span_cut(name, begin.n, name.n - end.n);
    return kid->n == RECEIPT_KID;
}

static void print_old(struct house *h, struct span kid)
{
    struct span text;
    const char *path = arena_printf(h->arena, "%s/keys/receipt-%.*s.pub", h->data, FMT(kid)).p;
    if (file_read(h->arena, path, KEY_FILE_MAX, &text) == OK)
        printf("%.*s  key %.*s  of before\n", FMT(span_trim(text)), FMT(kid));
}

static void print_all_old(struct house *h, struct span now)
{
    struct dirent **list;
    int n = scandir(arena_printf(h->arena, "%s/keys", h->data).p, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        struct span kid;
        if (is_key_file(span_of(list[i]->d_name), &kid) && !span_eq(kid, now)) print_old(h, kid);
        free(list[i]);
    }
    if (n >= 0) free(list);
}

int receipt_print_keys(struct house *h, bool all)
{
    struct sign_key k;
    enum result r = receipt_key(h->arena, h->data, false, &k);
    if (r != OK)
        return receipt_fail(
            "keys/receipt.key", "there is none yet: start the site once", EX_NOINPUT);
    struct span kid = receipt_kid(h->arena, k.public);
    printf("%.*s  key %.*s%s\n", FMT(bytes_hex(h->arena, k.public, sizeof k.public)), FMT(kid),
        all ? "  in force" : "");
    sign_key_wipe(&k);
    if (all) print_all_old(h, kid);
    return EX_OK;
}

int receipt_rotate_key(struct house *h)
{
    enum result r = receipt_rotate(h->arena, h->data);
    if (r != OK) return receipt_fail("keys", result_name(r), EX_CANTCREAT);
    printf("a new key signs from now on; the old public keys stay, so that old receipts verify: "
           "`broadsheet receipt key --all`\n");
    return receipt_print_keys(h, false);
}
