/* address.c: old addresses in the one form under which they are kept and looked for. Pure. */
#include "store.h"

enum { ADDRESS_MAX = 2000 }; /* bytes: longer ones no browser of that time has sent */

static bool is_number(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0 && s.n <= 18;
}

/* What WordPress answers to whatever the path: the number of a post, page, picture, category or
 * author. */
static bool key_of_query(struct arena *a, struct span query, struct span *out)
{
    static const struct {
        const char *name, *key;
    } names[] = {
        {"p", "p"}, {"page_id", "p"}, {"attachment_id", "p"}, {"cat", "cat"}, {"author", "author"}};
    struct span pair;
    while (query.n && span_next(&query, '&', &pair)) {
        ptrdiff_t eq = span_find_char(pair, '=');
        if (eq < 0) continue;
        struct span value = span_cut(pair, (size_t)eq + 1, pair.n);
        for (size_t i = 0; i < COUNT(names); i++)
            if (span_eq(span_cut(pair, 0, (size_t)eq), span_of(names[i].name)) && is_number(value))
                return *out = arena_printf(a, "?%s=%.*s", names[i].key, FMT(value)), true;
    }
    return false;
}

static struct span path_of(struct arena *a, struct span address)
{
    struct url u;
    if (span_starts(address, S("/"))) return address;
    return url_parse(a, address, &u) ? u.path : S("");
}

bool address_key(struct arena *a, struct span address, struct span *out)
{
    if (address.n > ADDRESS_MAX) return false;
    ptrdiff_t at = span_find_char(address, '#');
    if (at >= 0) address = span_cut(address, 0, (size_t)at);
    at = span_find_char(address, '?');
    if (at >= 0 && key_of_query(a, span_cut(address, (size_t)at + 1, address.n), out)) return true;
    if (at >= 0) address = span_cut(address, 0, (size_t)at);
    struct span clean, path = path_of(a, address);
    if (!path.n || !url_clean_path(a, path, &clean)) return false;
    while (clean.n > 1 && clean.p[clean.n - 1] == '/') clean.n--;
    char *low = arena_cstr(a, clean);
    for (size_t i = 0; i < clean.n; i++)
        if (low[i] >= 'A' && low[i] <= 'Z') low[i] = (char)(low[i] + 32);
    *out = (struct span){low, clean.n};
    return clean.n > 1;
}
