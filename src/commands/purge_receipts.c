/* purge_receipts: receipts that hold words of a purged story (K20) are signed anew without them: a
 * signed paper cannot be changed in silence, so the new one says since when it is shorter and names
 * the one before by its hash. One that nobody can vouch for is removed, and said. */
#include "purge.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ONE_ARENA = 64 << 20 };

struct signing {
    struct house *house;
    const struct receipt_briefly *how;
    struct sign_key key;
    bool has_key;
    struct purge_receipts_report *report;
};

static void leave(struct signing *g, const char *path, const char *why)
{
    g->report->left++;
    printf("a receipt still holds words of it: %s: %s\n", path, why);
}

static void take_away(struct signing *g, const char *path)
{
    if (unlink(path) != 0) {
        leave(g, path, "delete it yourself");
        return;
    }
    g->report->removed++;
    printf("removed, for it named the story and its signature did not hold: %s\n", path);
}

static void sign_anew(struct signing *g, struct arena *a, const char *path, struct span before)
{
    struct receipt r;
    struct hash h = hash_of(before);
    struct receipt_briefly how = *g->how;
    how.replaces = hash_hex(a, &h);
    if (receipt_read(a, before, g->house->data, S(""), &r) != OK) return; /* no receipt */
    struct span payload = receipt_brief(a, &how, r.payload);
    if (!payload.n) return;
    if (!r.holds)
        take_away(g, path);
    else if (!g->has_key)
        leave(g, path, "keys/receipt.key cannot be read: run it again as who may");
    else if (file_write_durable(path, receipt_sign(a, &g->key, payload)) != OK)
        leave(g, path, "it cannot be written");
    else
        g->report->signed_anew++;
}

static void look_at(struct signing *g, struct arena *a, const char *name)
{
    struct span bytes;
    const char *path = arena_printf(a, "%s/%s", g->house->receipts, name).p;
    if (!span_ends(span_of(name), S(".jws"))) return;
    if (file_read(a, path, RECEIPT_BYTES_MAX, &bytes) == OK)
        sign_anew(g, a, path, bytes);
    else
        leave(g, path, "it cannot be read");
}

/* Every receipt: a picture's, or another story's, may name its address. */
void purge_receipts(
    struct house *h, const struct span *ids, size_t id_count, struct purge_receipts_report *out)
{
    struct receipt_briefly how = {.ids = ids, .id_count = id_count, .at_ms = clock_now_ms()};
    struct signing g = {.house = h, .how = &how, .report = out};
    struct dirent **list;
    int n = scandir(h->receipts, &list, NULL, alphasort);
    struct arena *a = arena_new(ONE_ARENA);
    g.has_key = receipt_key(a, h->data, false, &g.key) == OK;
    for (int i = 0; i < n; i++) {
        arena_reset(a);
        look_at(&g, a, list[i]->d_name);
        free(list[i]);
    }
    if (n >= 0) free(list);
    if (g.has_key) sign_key_wipe(&g.key);
    arena_free(a);
}
