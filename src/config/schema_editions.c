/* schema_editions: the same paper in other languages, each a site of its own. */
#include "schema.h"

#include <stddef.h>

#define PART(field) offsetof(struct config_edition, field)

static const struct key edition_keys[] = {
    {"language", TYPE_LANGUAGE, PART(language), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "Its language, as search engines and readers are told it."},
    {"title", TYPE_TEXT, PART(title), .otherwise = "the language's own name",
        .flags = KEY_EDITORIAL, .about = "What readers click."},
    {"url", TYPE_LINK, PART(url), .flags = KEY_EDITORIAL | KEY_NEEDED,
        .about = "Where it lives, with its base path: `https://hindi.example.org`, "
                 "`https://example.org/hindi`. The one that is this site's own address is this "
                 "site, so that all of them can have the same list."},
    {"same_sections", TYPE_FLAG, PART(same_sections), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "It has sections of the same names: a section's page leads to its section, and "
                 "not to its front."},
    {"default", TYPE_FLAG, PART(is_default), .otherwise = "no", .flags = KEY_EDITORIAL,
        .about = "Readers of languages that none of them has are sent there (`x-default`)."},
};
const struct group edition_group = {
    "Editions: the same paper in other languages, each a site of its own. See "
    "[editions.md](editions.md).",
    edition_keys, COUNT(edition_keys), .item_bytes = sizeof(struct config_edition),
    .name_at = SIZE_MAX, .line_at = SIZE_MAX};

static bool is_web(struct span s)
{
    return span_starts(s, S("https://")) || span_starts(s, S("http://"));
}

static const struct yaml *nth(const struct yaml *list, uint32_t n)
{
    const struct yaml *y = list ? list->first : NULL;
    while (y && n--) y = y->next;
    return y ? y : list;
}

void check_editions(struct reading *r)
{
    const struct config *c = r->config;
    const struct yaml *y = yaml_get(r->root, "editions");
    bool has_default = false;
    for (uint32_t i = 0; i < c->edition_count; i++) {
        struct config_edition *e = &c->editions[i];
        const struct yaml *at = nth(y, i);
        while (e->url.n && e->url.p[e->url.n - 1] == '/') e->url.n--;
        if (!is_web(e->url))
            mistake_at(r, at ? at : r->root, S("write https://…"),
                "an edition has a full address: “%.*s”", FMT(utf8_head(e->url, 80)));
        if (!e->title.n) e->title = language_own_name(e->language);
        for (uint32_t k = 0; k < i; k++)
            if (span_eq(c->editions[k].url, e->url) ||
                span_eq_nocase(c->editions[k].language, e->language))
                mistake_at(r, at ? at : r->root, S("each language and address once"),
                    "two editions are in “%.*s”, or live at one address", FMT(e->language));
        if (e->is_default && has_default)
            mistake_at(
                r, at ? at : r->root, S("leave one of them"), "two editions are the default");
        has_default |= e->is_default;
    }
}
