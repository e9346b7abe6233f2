/* look: what the verbs that show the desk's side stand on: the store beside a running site, seen
 * under the configuration that the ledger has in force, or under another. Changes nothing. */
#include "commands.h"

struct config *config_in_force(struct arena *a, const char *store)
{
    struct store *s = NULL;
    const char *why;
    struct span json = S("");
    if (store_look(store, &s, &why) != OK) return NULL;
    if (store_text(s, "config", a, &json) != OK) json = S("");
    store_close(s);
    return json.n ? config_from_editorial(a, json, NULL) : NULL;
}

enum result config_then(
    const struct house *h, int64_t at_ms, struct config **out, const char **why_out)
{
    struct ledger *l = NULL;
    struct event e;
    struct span json;
    enum result r = ledger_open(h->data, "look", false, &l, why_out);
    if (r != OK) return r;
    r = ledger_last(l, EVENT_CONFIG, at_ms, &e, h->arena);
    if (r == OK) r = ledger_blob(l, &e.blob, &json, h->arena);
    *out = r == OK ? config_from_editorial(h->arena, json, NULL) : NULL;
    ledger_close(l);
    *why_out = r == ERR_ABSENT ? "nothing was published here by then" : "the ledger cannot be read";
    return r == OK && !*out ? ERR_CORRUPT : r;
}

enum result desk_visit_open(
    struct house *h, const struct config *c, struct desk_visit *out, const char **why_out)
{
    struct arena *a = h->arena;
    *out = (struct desk_visit){0};
    if (!c) c = config_in_force(a, h->store);
    if (!c || tombs_open(h->data, false, &out->tombs) != OK) {
        *why_out = "there is nothing to see yet: start the site once (broadsheet serve)";
        return ERR_ABSENT;
    }
    struct office_look l = {.store_folder = h->store,
        .site = office_site_of(a, c),
        .rules = rules_of(a, c),
        .hooks = {house_is_dead, out->tombs}};
    enum result r = eyes_open(&l, a, &out->eyes, why_out);
    if (r == OK) return OK;
    tombs_close(out->tombs);
    return r == ERR_ABSENT ? ERR_IO : r;
}

void desk_visit_close(struct desk_visit *l)
{
    eyes_close(&l->eyes);
    tombs_close(l->tombs);
}
